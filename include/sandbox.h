/*
 * sandbox.h - where a learner's line runs: a workspace, a shell in a practice machine (machine.h),
 * and a daemon: the machine's own, or somebody's own behind a gate (gate.h).
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
	const char *host; /* SANDBOX_HOST: an address; NULL: what the docker client would use */
	struct machine_options start;
	int signals; /* a signalfd to watch while a line runs, -1: none */
};

struct sandbox;
/* Prepares the workspace and, where a practice daemon is wanted, sets it off in the background.
 * Quick. */
bool sandbox_open(const struct sandbox_options *options, struct sandbox **ret, struct error *err);
/* Waits until lines can run. Called again after a daemon died, it brings up a new one. */
bool sandbox_wait(struct sandbox *sandbox, struct error *err);
/* `end_daemon`: also ends the practice daemon where this sandbox was the one that started it. */
void sandbox_close(struct sandbox *sandbox, bool end_daemon);

enum sandbox_daemon sandbox_kind(const struct sandbox *sandbox);
bool sandbox_started_daemon(const struct sandbox *sandbox);
const char *sandbox_workspace(const struct sandbox *sandbox); /* folder on this machine */
const char *sandbox_folder_shown(
	const struct sandbox *sandbox); /* where the shell stands: "~", "~/web" */
const char *sandbox_docker_host(
	const struct sandbox *sandbox); /* for an engine; NULL without a daemon */
const char *sandbox_tls_folder(const struct sandbox *sandbox); /* NULL */
/* What reached the daemon, JSON lines: the witness's log, or this session's gate's; NULL before
 * sandbox_wait(). */
const char *sandbox_gate_log(const struct sandbox *sandbox);
/* A socket in the daemon's network (engine_socket_function; data is the sandbox). */
int sandbox_socket(void *sandbox, int domain, int type, int protocol);

/* Removes what was made here: containers, networks, volumes, images and the files of the workspace.
 * On a practice daemon everything; on a live one only what carries the learner's label. */
bool sandbox_reset(struct sandbox *sandbox, struct error *err);
/* The same for what a cleanup of a lesson names is done by running lines. */

enum sandbox_input {
	SANDBOX_INPUT_TERMINAL, /* standard input is the learner's terminal: relayed raw, with
				   resizes */
	SANDBOX_INPUT_NONE,     /* nobody types: end-of-file is typed whenever the line waits */
	SANDBOX_INPUT_TEXT,     /* `text` is typed, then end-of-file */
};

struct sandbox_run {
	const char *line;
	enum sandbox_input input;
	int input_fd;           /* TERMINAL */
	const char *text;       /* TEXT */
	unsigned rows, columns; /* of the pty at first; 0: 24 × 80 */
	int timeout_ms;         /* then it is interrupted (^C, TERM, KILL); 0: none */
	size_t capture_limit;   /* of the captured copy; 0: 1 MiB. The learner sees all */
	/* Everything that the line prints, as it comes, raw. */
	void (*output)(void *data, const char *bytes, size_t length);
	void *output_data;
};

struct sandbox_result {
	int status; /* exit status; 128 + N where signal N ended it; 127 not found … as the shell
		       has it */
	bool timed_out;
	bool interrupted; /* ^C was typed or sent */
	bool shell_ended; /* by `exit` or a signal: the next line has a new one */
	bool hung_up;     /* the terminal closed or a SIGTERM/SIGHUP came: the session should end */
	char *output;     /* captured, NUL-ended, raw */
	size_t output_length;
	bool cut;     /* more came than was captured */
	char *unkept; /* what of the workspace could not be kept outside, in sentences that have not
			 been said; NULL: nothing */
	char *typed;  /* TERMINAL: what was typed meanwhile and no program took; NULL: nothing */
	int64_t started_ms, ended_ms; /* wall clock */
};
void sandbox_result_finish(struct sandbox_result *result);

/* Runs a line, of one or of several lines of text, in the session's shell, and waits for its end.
 * Variables, functions, jobs and the folder stay for the next one. What it left running ends with
 * the session. False: it could not be started (nothing ran). */
bool sandbox_run(struct sandbox *sandbox, const struct sandbox_run *run, struct sandbox_result *ret,
	struct error *err);

/* Writes a file into the workspace (a listing's title=NAME). Names that lead out of it are refused.
 */
bool sandbox_write_file(
	struct sandbox *sandbox, const char *name, const char *content, struct error *err);

/* What containers of the sandbox's daemon can be held to, as the daemon says itself. */
struct sandbox_limits {
	bool groups; /* they are in control groups, which `docker top` and `pause` need, too */
	bool memory, processes, processor;
};
/* Asked once, when lines can run. False: nothing is known, since the daemon does not answer. */
bool sandbox_limits(struct sandbox *sandbox, struct sandbox_limits *ret, struct error *err);

/* ---- somebody's own daemon ---------------------------------------------------------------------
 */

struct sandbox_host {
	char *address;    /* "unix:///var/run/docker.sock" */
	char *tls_folder; /* DOCKER_CERT_PATH; NULL: no TLS */
	char *name;       /* of the machine that it runs on, as it says itself */
	char *id;     /* tells it from another one at that address; the address where it has none */
	char *engine; /* "Docker 28.0.1", "Podman 5.4.2" */
	bool podman;
	struct sandbox_limits limits;
};
void sandbox_host_finish(struct sandbox_host *host);
/* Finds it (wanted: an address; NULL: the one that the docker client would use) and asks what it
 * is. Errors: none is found, a kind of address that ropes does not know, nobody answers there. */
bool sandbox_host_look(const char *wanted, struct sandbox_host *ret, struct error *err);

/* ---- what works here (ropes doctor)
 * -------------------------------------------------------------- */

struct sandbox_part {
	const char *name; /* "dockerd", "namespaces", "memory and process limits" … */
	bool present;
	bool needed;  /* without it no line runs; else something is weaker */
	char *detail; /* version, or what is missing */
	char *fix;    /* the command that fixes it; NULL */
};
struct sandbox_parts {
	struct sandbox_part *items;
	size_t count;
};
void sandbox_examine(struct sandbox_parts *ret);
/* The same for sessions before somebody's own daemon. */
void sandbox_examine_host(const char *wanted, struct sandbox_parts *ret);
void sandbox_parts_finish(struct sandbox_parts *parts);

#endif
