/* sandbox/private.h - declarations that the files of a learner's sandbox share */
#ifndef SANDBOX_PRIVATE_H
#define SANDBOX_PRIVATE_H

#include "sandbox.h"
#include "spawn.h"

#include <cjson/cJSON.h>

/* ---- shell.c: the bash of a session ---- */
struct shell {
	struct machine_process process;
	int lines, reports; /* -1: closed */
	char nonce[24];     /* part of the marks after lines' output */
	unsigned number;    /* of the last line and its mark */
	struct buf held;    /* output that may begin a mark or belongs to the next line */
	struct buf reported;
	char *folder; /* its working directory, inside; NULL before the first report */
};
struct shell_report {
	bool begins; /* a line is about to start; else it has ended */
	int status;
	char *folder;
};

struct sandbox {
	enum sandbox_daemon kind;
	enum machine_kind machine;
	char *learner;   /* a name that is safe for a folder */
	char *workspace; /* on this machine */
	char *shown;     /* the shell's working directory, for the prompt */
	char *host;      /* address for engines */
	char *tls_folder;
	char *gate_socket; /* SANDBOX_HOST: its gate's socket, inside */
	char *daemon;      /* SANDBOX_HOST: address of the daemon behind the gate … */
	char *daemon_tls;  /* … and its certificates; NULL: no TLS */
	char *gate_log;
	pid_t gate_process;
	int gate_stop;
	struct machine_options start;
	bool started;           /* this sandbox started the machine */
	bool buildkit, compose; /* the client has the plugin */
	pid_t init;             /* of the shell's machine */
	int lease, signals;
	struct sandbox_limits limits;
	bool limits_known; /* limits are known */
	struct shell shell;
	char *unkept; /* the last report; NULL */
};

/* ---- workspace.c: synchronizing the workspace ---- */
/* Synchronizes the workspace inside and outside, if there is an inside. */
bool workspace_sync(struct sandbox *sandbox, struct error *err);
/* Returns a report on files that could not be kept, if it differs from the last one; else NULL.
 * The caller frees it. */
char *workspace_unkept(struct sandbox *sandbox);
bool workspace_make(struct sandbox *sandbox, struct error *err);
bool workspace_clear(struct sandbox *sandbox, struct error *err);

bool shell_open(struct sandbox *sandbox, struct error *err);
void shell_close(struct shell *shell);
void shell_finish(struct shell *shell);
/* Passes a line to the shell; its output follows on the terminal and ends with the mark of its
 * number. */
bool shell_begin(struct sandbox *sandbox, const char *line, struct error *err);
/* Waits for a report; the caller owns the folder. False: the shell has ended, or is silent. */
bool shell_read_report(struct shell *shell, int timeout_ms, struct shell_report *ret);
/* Moves the report's folder to the shell. */
void shell_take_report(struct shell *shell, struct shell_report *report);
/* Reads input that the learner typed and no program read. */
void shell_read_typed(const struct shell *shell, struct buf *out);
/* Returns the beginning of a mark; number and "\a" follow. The caller frees it. */
char *shell_mark(const struct shell *shell);

/* ---- host.c: the docker client's default daemon ---- */
bool host_find(const char *wanted, char **ret_host, char **ret_tls, struct error *err);
/* Reads the limits from the answer to GET /info. */
struct sandbox_limits host_read_limits(const cJSON *info);

/* ---- session_gate.c: the gate to a learner's own daemon; starts it, or checks that it runs
 * ---- */
bool session_gate_start(struct sandbox *sandbox, struct error *err);
void session_gate_stop(struct sandbox *sandbox);

/* ---- pty.c: relays between the learner and the shell's terminal until the line ends ---- */
void pty_relay(
	struct sandbox *sandbox, const struct sandbox_run *run, struct sandbox_result *result);

#endif
