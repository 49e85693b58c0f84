/*
 * sandbox.h - where a learner's command line runs: a workspace, a shell in a practice machine
 * (machine.h), and a daemon: the machine's own, or the learner's own through a gate (gate.h).
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include "base.h"
#include "machine.h"

/* ---- a learner's sandbox ------------------------------------------------------------------------
 */

enum sandbox_daemon { SANDBOX_PRACTICE, SANDBOX_HOST, SANDBOX_NONE };

struct sandbox_options {
	const char *learner;
	enum sandbox_daemon daemon;
	const char *host; /* SANDBOX_HOST: an address; NULL: the docker client's default */
	struct machine_options start;
	int signals; /* a signalfd to watch while a line runs; -1: none */
};

struct sandbox;
/* Prepares the workspace and, if a practice daemon is wanted, starts it in the background.
 * Returns quickly. */
bool sandbox_open(const struct sandbox_options *options, struct sandbox **ret, struct error *err);
/* Waits until lines can run. After a daemon died, another call starts a new one. */
bool sandbox_wait(struct sandbox *sandbox, struct error *err);
/* `end_daemon`: also ends the practice daemon if this sandbox started it. */
void sandbox_close(struct sandbox *sandbox, bool end_daemon);

enum sandbox_daemon sandbox_kind(const struct sandbox *sandbox);
bool sandbox_started_daemon(const struct sandbox *sandbox);
const char *sandbox_workspace(const struct sandbox *sandbox); /* folder on this machine */
const char *sandbox_folder_shown(
	const struct sandbox *sandbox); /* the shell's working directory: "~", "~/web" */
const char *sandbox_docker_host(
	const struct sandbox *sandbox); /* address for an engine; NULL without a daemon */
const char *sandbox_tls_folder(const struct sandbox *sandbox); /* may be NULL */
/* Returns the log of requests that reached the daemon, JSON lines: the witness's, or that of
 * this session's gate. NULL before sandbox_wait(). */
const char *sandbox_gate_log(const struct sandbox *sandbox);
/* Opens a socket in the daemon's network (an engine_socket_function; data is the sandbox). */
int sandbox_socket(void *sandbox, int domain, int type, int protocol);

/* Removes what the learner created: containers, networks, volumes, images and the files of the
 * workspace. On a practice daemon it removes everything; on a live daemon only objects with the
 * learner's label. */
bool sandbox_reset(struct sandbox *sandbox, struct error *err);
/* To remove only what a lesson's cleanup names, run lines instead. */

enum sandbox_input {
	SANDBOX_INPUT_TERMINAL, /* standard input is the learner's terminal: relayed raw, with
				   resizes */
	SANDBOX_INPUT_NONE,     /* no one types: the pty gets end-of-file whenever the line waits */
	SANDBOX_INPUT_TEXT,     /* the pty gets `text`, then end-of-file */
};

struct sandbox_run {
	const char *line;
	enum sandbox_input input;
	int input_fd;           /* for TERMINAL */
	const char *text;       /* for TEXT; for TERMINAL, Enter on an empty line types its next
				   line, NULL: nothing */
	unsigned rows, columns; /* initial size of the pty; 0: 24 × 80 */
	int timeout_ms;         /* interrupts the line after this (^C, TERM, KILL); 0: never */
	size_t capture_limit;   /* limit of the captured copy; 0: 1 MiB. The learner sees all */
	/* Receives the raw output of the line as it arrives. */
	void (*output)(void *data, const char *bytes, size_t length);
	void *output_data;
};

struct sandbox_result {
	int status; /* exit status; 128 + N if signal N ended it; 127 not found … as in the shell */
	bool timed_out;
	bool interrupted; /* someone typed or sent ^C */
	bool shell_ended; /* by `exit` or a signal: the next line gets a new shell */
	bool hung_up;     /* the terminal closed or SIGTERM/SIGHUP arrived: end the session */
	char *output;     /* captured, raw, ends with NUL */
	size_t output_length;
	bool cut;     /* the output exceeded the captured copy */
	char *unkept; /* workspace files that could not be kept outside, in sentences not reported
			 before; NULL: none */
	char *typed;  /* TERMINAL: input typed meanwhile that no program read; NULL: none */
	int64_t started_ms, ended_ms; /* wall clock */
};
void sandbox_result_finish(struct sandbox_result *result);

/* Runs a command line, of one or several lines of text, in the session's shell, and waits for
 * its end. Variables, functions, jobs and the working directory stay for the next one. Processes
 * that it left end with the session. False: it could not start (nothing ran). */
bool sandbox_run(struct sandbox *sandbox, const struct sandbox_run *run, struct sandbox_result *ret,
	struct error *err);

/* Writes a file into the workspace (a listing's title=NAME). Refuses names that lead out of it. */
bool sandbox_write_file(
	struct sandbox *sandbox, const char *name, const char *content, struct error *err);

/* The limits that the sandbox's daemon can put on containers, as the daemon reports them. */
struct sandbox_limits {
	bool groups; /* containers are in control groups, which `docker top` and `pause` also need
		      */
	bool memory, processes, processor;
};
/* Ask once lines can run. False: unknown, because the daemon does not answer. */
bool sandbox_limits(struct sandbox *sandbox, struct sandbox_limits *ret, struct error *err);
/* Returns whether the docker client has the plugin for `docker compose`. */
bool sandbox_has_compose(const struct sandbox *sandbox);

/* ---- a learner's own daemon ---- */

struct sandbox_host {
	char *address;    /* "unix:///var/run/docker.sock" */
	char *tls_folder; /* DOCKER_CERT_PATH; NULL: no TLS */
	char *name;       /* the name of the daemon's machine, as it reports it */
	char *id;         /* distinguishes daemons at one address; the address if it has no id */
	char *engine;     /* "Docker 28.0.1", "Podman 5.4.2" */
	bool podman;
	struct sandbox_limits limits;
};
void sandbox_host_finish(struct sandbox_host *host);
/* Finds the address of the daemon that the docker client would use. The caller frees both. */
bool sandbox_host_address(char **ret_host, char **ret_tls, struct error *err);
/* Finds the daemon (wanted: an address; NULL: the docker client's default) and identifies it.
 * Errors: there is none, ropes does not support that kind of address, or nothing answers there. */
bool sandbox_host_look(const char *wanted, struct sandbox_host *ret, struct error *err);

/* ---- what works here (ropes doctor)
 * -------------------------------------------------------------- */

struct sandbox_part {
	const char *name; /* "dockerd", "namespaces", "memory and process limits" … */
	bool present;
	bool needed;  /* no line runs without it; else something is weaker */
	char *detail; /* version, or the missing part */
	char *fix;    /* the command that fixes it; NULL */
};
struct sandbox_parts {
	struct sandbox_part *items;
	size_t count;
};
void sandbox_examine(struct sandbox_parts *ret);
/* The same checks for sessions with a learner's own daemon. */
void sandbox_examine_host(const char *wanted, struct sandbox_parts *ret);
void sandbox_parts_finish(struct sandbox_parts *parts);

#endif
