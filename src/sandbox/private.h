/* sandbox/private.h - what the files of a learner's sandbox share */
#ifndef SANDBOX_PRIVATE_H
#define SANDBOX_PRIVATE_H

#include "sandbox.h"
#include "spawn.h"

#include <cjson/cJSON.h>

/* ---- shell.c: the bash of a session ---- */
struct shell {
	struct machine_process process;
	int lines, reports; /* -1: closed */
	char nonce[24];     /* in the marks behind lines' output */
	unsigned number;    /* of the last line, and in its mark */
	struct buf held;    /* output that may be the beginning of a mark, or is the next line's */
	struct buf reported;
	char *folder; /* where it stands, inside; NULL before the first report */
};
struct shell_report {
	bool begins; /* a line is about to be read; else it has ended */
	int status;
	char *folder;
};

struct sandbox {
	enum sandbox_daemon kind;
	enum machine_kind machine;
	char *learner;   /* a name that is safe as a folder's */
	char *workspace; /* on this machine */
	char *shown;     /* where the shell stands, for the prompt */
	char *host;      /* address for engines */
	char *tls_folder;
	char *gate_socket; /* SANDBOX_HOST: its gate's, inside */
	char *daemon;      /* SANDBOX_HOST: address of what is behind the gate … */
	char *daemon_tls;  /* … and how it is known; NULL: no TLS */
	char *gate_log;
	pid_t gate_process;
	int gate_stop;
	struct machine_options start;
	bool started; /* this sandbox set the machine off */
	bool buildkit;
	pid_t init; /* of the machine that the shell is in */
	int lease, signals;
	struct sandbox_limits limits;
	bool limits_known; /* the daemon was asked */
	struct shell shell;
	char *unkept; /* what was said last; NULL */
};

/* ---- workspace.c: on both sides ---- */
/* Makes it the same inside and outside, where there is an inside. */
bool workspace_sync(struct sandbox *sandbox, struct error *err);
/* What could not be kept, where it is something else than the last time; NULL. The caller frees it.
 */
char *workspace_unkept(struct sandbox *sandbox);
bool workspace_make(struct sandbox *sandbox, struct error *err);
bool workspace_clear(struct sandbox *sandbox, struct error *err);

bool shell_open(struct sandbox *sandbox, struct error *err);
void shell_close(struct shell *shell);
void shell_finish(struct shell *shell);
/* Hands a line over; its output follows on the terminal, and the mark of its number ends it. */
bool shell_begin(struct sandbox *sandbox, const char *line, struct error *err);
/* Waits for a report; the folder is the caller's. False: the shell has ended, or is silent. */
bool shell_read_report(struct shell *shell, int timeout_ms, struct shell_report *ret);
/* Takes the folder out of it. */
void shell_take_report(struct shell *shell, struct shell_report *report);
/* What was typed and no program took. */
void shell_read_typed(const struct shell *shell, struct buf *out);
/* What a mark begins with; number and "\a" follow. The caller frees it. */
char *shell_mark(const struct shell *shell);

/* ---- host.c: the daemon that the docker client would use ---- */
bool host_find(const char *wanted, char **ret_host, char **ret_tls, struct error *err);
/* Of the answer to GET /info. */
struct sandbox_limits host_read_limits(const cJSON *info);

/* ---- session_gate.c: before somebody's own daemon; starts it, or sees that it runs ---- */
bool session_gate_start(struct sandbox *sandbox, struct error *err);
void session_gate_stop(struct sandbox *sandbox);

/* ---- pty.c: relays between the learner and the shell's terminal until the line ends ---- */
void pty_relay(
	struct sandbox *sandbox, const struct sandbox_run *run, struct sandbox_result *result);

#endif
