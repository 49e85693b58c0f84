/*
 * machine.h - a practice machine: a small Linux box of the learner's own.
 *
 * One user namespace and, below it, mount, pid, network, ipc, uts and cgroup namespaces contain
 * dockerd, the practice registry, the witness (gate.h) and the learner's shell. Root inside is a
 * subordinate id that owns nothing outside, so a command line can only affect the machine. A
 * supervisor process owns the machine, outlives the session, and removes everything however the
 * machine ends; if the supervisor is killed, a reaper does so. The state folder
 * ($XDG_RUNTIME_DIR/ropes/daemon) names one machine; another folder is another machine.
 *
 * The machine's first process starts programs; it takes orders over a socket that only the outside
 * has. Code on the outside opens no path that the inside can change.
 *
 *     machine_start(&options, &err); machine_run(&program, &process, &err); …
 *     machine_process_wait(&process); machine_stop(&err);
 *
 * Only src/machine/init.c calls clone(2) with namespaces.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include "base.h"

#define MACHINE_LEARNER_ID 1000 /* the learner's uid and gid inside */
#define MACHINE_FDS_MAX 8
/* Inside: this system's certificate authorities and the certificate of the machine's own Docker
 * Hub. */
#define MACHINE_CERTIFICATES "/run/ropes/certificates.pem"

enum machine_kind {
	MACHINE_PRACTICE, /* with a dockerd and images of its own */
	MACHINE_SHELL,    /* for command lines only, in this system's network: used with a learner's
			     own daemon */
};

/* ---- the machine --------------------------------------------------------------------------------
 */

enum machine_state {
	MACHINE_ABSENT, /* not running */
	MACHINE_STARTING,
	MACHINE_READY, /* dockerd answers, and the registry has the practice images */
	MACHINE_STALE, /* a state folder whose machine died */
};

struct machine_status {
	enum machine_state state;
	char *host; /* dockerd's address from outside: "unix:///run/…/docker.sock"; NULL while
		       absent */
	pid_t supervisor;
	pid_t init;                                    /* its first process, in our pid namespace */
	bool rootless;                                 /* started by an ordinary user */
	char *version;                                 /* dockerd's; NULL */
	char *progress;                                /* the current step of the start; NULL */
	uint64_t memory_limit, data_limit, home_limit; /* bytes; 0: no limit in force */
	unsigned pids_limit, cpu_limit;                /* cpu_limit in hundredths of a processor */
	bool network; /* it reaches the network, and has no Docker Hub of its own */
};
void machine_status_finish(struct machine_status *status);
bool machine_status(enum machine_kind kind, struct machine_status *ret, struct error *err);

/* Returns $XDG_RUNTIME_DIR/ropes/daemon (or …/shell); for root without it /run/ropes/daemon;
 * else /tmp/ropes-UID/daemon. The caller frees it. */
char *machine_state_folder(enum machine_kind kind);
/* Returns the folder on this machine that has a workspace for each learner. A shell machine has
 * it as /home; a practice machine has a size-limited copy there. The caller frees it. */
char *machine_workspaces(void);
/* Returns the path of the witness's log, JSON lines in a file outside. The caller frees it. */
char *machine_witness_log(void);

struct machine_options {
	enum machine_kind kind;
	/* Reports the current step ("making the practice images"); may be NULL. */
	void (*progress)(void *data, const char *what);
	void *progress_data;
	uint64_t data_limit;   /* of /var; 0: 2 GiB, or less on a small machine */
	uint64_t home_limit;   /* of /home; 0: 512 MiB, or less on a small machine */
	uint64_t memory_limit; /* 0: half of the machine's, at most 2 GiB */
	unsigned pids_limit;   /* 0: 1024 */
	bool network;          /* with network access; a running machine without it gets it */
	int64_t idle_ms;       /* ends after this time without a session; 0: never */
};

/* Starts the machine unless it runs, and waits until it is ready. Idempotent, and safe when two
 * processes call it at once. */
bool machine_start(const struct machine_options *options, struct error *err);
/* Like machine_start(), but returns at once; machine_wait() waits. */
bool machine_start_background(const struct machine_options *options, struct error *err);
bool machine_wait(const struct machine_options *options, struct error *err);
/* Reports whether this system has network access and a program that can pass it on to a machine. */
bool machine_can_have_network(void);
/* Gives a running machine network access: images that it lacks then come from the real Docker
 * Hub, which also replaces the stand-ins. Pulled images stay. */
bool machine_connect(struct error *err);
/* Ends the machine and removes everything: processes, mounts, cgroups, namespaces, files.
 * Returns true if there was no machine. */
bool machine_stop(enum machine_kind kind, struct error *err);
/* Takes a lease, so that the machine does not end because it is idle; close the descriptor to
 * release it. -1: there is no machine. */
int machine_lease(enum machine_kind kind);

#define MACHINE_WORKSPACE_ENTRIES 100000 /* maximum of files and folders in /home */
enum machine_workspace_wish { MACHINE_WORKSPACE_SYNC, MACHINE_WORKSPACE_CLEAR };
/* Synchronizes a learner's folder in /home with the one on this machine (mirror.h), or empties
 * both. Creates a missing folder. The machine also does this each second while something
 * changes, and when it ends. Appends sentences to `told` (may be NULL) about files that it could
 * not keep. */
bool machine_workspace(enum machine_kind kind, const char *learner,
	enum machine_workspace_wish wish, struct buf *told, struct error *err);

/* A published port: its number inside, as `-p 8080:80` says, and on this system's 127.0.0.1. */
struct machine_port {
	unsigned short inside, outside;
};
/* Finds a published port of the practice machine; 0 stands for any port. False: the port is not
 * published. */
bool machine_port(unsigned short inside, struct machine_port *ret);
/* Lists the ports that answer under another number, for people: "80 at http://localhost:40123,
 * …". */
void machine_moved_ports(struct buf *out);

/* ---- another practice machine of this account, by its state folder ---- */

/* Calls `each` with every port that it publishes, until `each` returns false. */
void machine_each_port(
	const char *folder, bool (*each)(void *data, const struct machine_port *port), void *data);
/* Opens a TCP socket in its network, where 127.0.0.1 has the ports that it publishes by their
 * numbers inside. -1: it does not run. */
int machine_port_socket(const char *folder);

/* The practice machines on this system, of all accounts. */
struct machine_crowd {
	unsigned running, max; /* max 0: no limit */
};
void machine_crowd(struct machine_crowd *ret);

struct machine_limits {
	uint64_t memory; /* bytes; 0: unavailable */
	unsigned pids;   /* 0: unavailable */
	unsigned cpu;    /* hundredths of a processor; 0: unavailable */
	bool unified;    /* control groups are version 2 */
	char *lack;      /* why there are no control groups, or "". The caller frees it. */
};
/* Makes the namespaces, the control groups and the root of a machine as a start does, without
 * dockerd, and ends it. The calling process may be in another control group afterwards. Errors:
 * the message of the step that failed. */
bool machine_probe(struct machine_limits *ret_limits, struct error *err);

/*
 * ---- images ----
 *
 * The images that every practice machine can pull. They are files in the cache, so they exist
 * whether or not a machine runs; a running machine follows each change.
 */

struct machine_image {
	char *name;    /* "alpine:3" */
	char *source;  /* where it was added from; NULL: a stand-in, made here */
	uint64_t size; /* bytes to pull; 0: the first start makes it */
};
struct machine_image_list {
	struct machine_image *items;
	size_t count;
};
void machine_image_list(struct machine_image_list *ret);
void machine_image_list_finish(struct machine_image_list *list);
/* Lists only their names. */
void machine_images(struct words *ret);
/* Adds the images of an archive (`docker save`, or OCI), replacing those of the same name;
 * `source` is for people. *ret_added: the names, including those added before a failure. */
bool machine_image_add(
	const char *file, const char *source, struct words *ret_added, struct error *err);
/* Adds an image from the caller's own Docker, from which it only reads. */
bool machine_image_save(const char *name, struct words *ret_added, struct error *err);
/* Adds an image from a registry. NULL: Docker Hub; else the registry's address, as
 * "https://mirror.example.org", which then also serves names of Docker Hub. Calls `tell` about
 * slow steps. */
bool machine_image_pull(const char *name, const char *registry,
	void (*tell)(void *data, const char *what), void *data, struct words *ret_added,
	struct error *err);
/* Removes an added image; a stand-in of the same name takes its place again. */
bool machine_image_remove(const char *name, struct error *err);

/* ---- programs in it -----------------------------------------------------------------------------
 */

struct machine_program {
	const char *const *argv;        /* argv[0] is looked up in the environment's PATH */
	const char *const *environment; /* the whole environment; NULL: PATH and HOME of root */
	const char *folder;             /* working directory; NULL: "/" */
	bool learner;                   /* runs as the learner, else as root inside */
	bool terminal;                  /* on a pty of the machine: descriptors 0 to 2 */
	unsigned rows, columns;         /* size of the terminal; 0: 24 × 80 */
	bool listens;                   /* LISTEN_FDS of sd_listen_fds(3): fds[0] is descriptor 3 */
	/* Descriptors of ours that become `to` in the program; without a terminal 0 to 2 default
	 * to /dev/null. */
	struct machine_fd {
		int from, to;
	} fds[MACHINE_FDS_MAX];
	size_t fd_count;
};

/* A running program of the machine. Closing it kills the program and the processes that it left. */
struct machine_process {
	int control;  /* readable once the program has ended */
	int terminal; /* the pty's master, non-blocking; -1 */
	int line;     /* the pty's other side, for its settings; -1 */
	pid_t keeper; /* the process inside that waits for it, in our pid namespace; 0: unknown */
};

bool machine_run(enum machine_kind kind, const struct machine_program *program,
	struct machine_process *ret, struct error *err);
/* Sends a signal to the foreground of the program's terminal, else to its process group. */
void machine_process_signal(const struct machine_process *process, int number);
/* Waits for its end and closes it. Returns the exit status, or 128 + signal; 137 if the machine
 * is gone. */
int machine_process_wait(struct machine_process *process);
void machine_process_close(struct machine_process *process);
/* Like machine_process_close(), for a program that ignores signals: also kills its keeper. */
void machine_process_kill(struct machine_process *process);
/* Runs a program to its end. A status other than 0 is an error, and so is a timeout, because
 * anyone inside can delay any program. */
bool machine_run_whole(enum machine_kind kind, const struct machine_program *program,
	int timeout_ms, struct error *err);

/* Opens a socket in the machine's network; -1 and errno on failure. */
int machine_socket(enum machine_kind kind, int domain, int type, int protocol);
/* Opens a stream socket that listens at a path inside, for the learner to connect to; -1 on
 * failure. */
int machine_listen(enum machine_kind kind, const char *path, struct error *err);

#endif
