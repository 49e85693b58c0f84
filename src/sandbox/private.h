/* sandbox/private.h - what the files of a learner's sandbox share */
#ifndef SANDBOX_PRIVATE_H
#define SANDBOX_PRIVATE_H

#include "daemon.h"
#include "spawn.h"

struct sandbox {
	enum sandbox_daemon kind;
	char *learner;   /* a name that is safe as a folder's */
	char *workspace; /* on this machine */
	char *session;   /* folder for what a line leaves for the next: bound at /run/ropes in the
			    jail */
	char *shown;     /* where the shell stands, for the prompt */
	char *host;      /* address for engines */
	char *socket;    /* path on this machine; NULL for TCP */
	char *tls_folder;
	char *gate;     /* the socket that the jail sees; NULL: it sees the daemon's (TLS) */
	char *gate_log; /* likewise */
	pid_t gate_process;
	int gate_stop;
	struct daemon_options start;
	bool started; /* this sandbox set the practice daemon off */
	bool rootless;
	pid_t init;
	char group[32]; /* cgroup; "" where there is none */
	int lease, signals, filter;
	int net, user; /* namespaces where its ports are, -1: ours */
	struct sandbox_limits limits;
	bool limits_known; /* the daemon was asked */
};

/* ---- host.c: the daemon that the docker client would use ---- */
bool host_find(const char *wanted, char **ret_host, char **ret_tls, struct error *err);

/* ---- session_gate.c: starts it, or sees that it runs; the session's folder must be there ---- */
bool session_gate_start(struct sandbox *sandbox, struct error *err);
void session_gate_stop(struct sandbox *sandbox);

/* ---- network.c ---- */
/* A namespace of a process ("net", "user"), in place of what *ret is. */
bool network_open(pid_t pid, const char *name, int *ret, struct error *err);
/* socket(2) there; user: the namespace that must be joined for it, -1: none. net -1: here. */
int network_socket(int net, int user, int domain, int kind, int protocol);

/* ---- seccomp.c: the filter as a file that bwrap reads; -1 and err where it can't be made ---- */
int filter_open(struct error *err);

/* ---- jail.c: bwrap's words for one line ---- */
void jail_words(const struct sandbox *sandbox, const char *line, int filter_fd, struct words *ret);
/* The wrapper that labels what is made on a daemon that is not ours. */
bool jail_write_wrapper(const struct sandbox *sandbox, struct error *err);
/* Reads where the last line left the shell. */
void jail_read_folder(struct sandbox *sandbox);

/* ---- pty.c: relays between the learner and a pty until the process ends ---- */
struct relay {
	const struct sandbox_run *run;
	struct sandbox_result *result;
	int master, signals;
	pid_t pid;
};
void relay(struct relay *relay);

/* ---- reset.c ---- */
bool reset_labelled(struct sandbox *sandbox, struct error *err);

#endif
