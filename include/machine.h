/*
 * machine.h - a practice machine: a small Linux box of the learner's own. One user namespace and,
 * below it, mount, pid, network, ipc, uts and cgroup namespaces; in them dockerd, the practice
 * registry, the witness (gate.h) and the learner's shell. Root inside is a subordinate id that owns
 * nothing outside: whatever a line does, it does it in there.
 *
 * A supervisor process owns the machine, outlives the session, and removes everything however the
 * machine ends; a reaper does so where the supervisor was killed. The state folder
 * ($XDG_RUNTIME_DIR/ropes/daemon) names one machine; another folder is another machine.
 *
 * Programs are started by the machine's first process, which is asked over a socket that only the
 * outside has. Nothing outside is opened by a path that the inside can change.
 *
 *     machine_start(&options, &err);
 *     machine_run(&program, &process, &err); … machine_process_wait(&process); machine_stop(&err);
 *
 * clone(2) with namespaces is called in src/machine/init.c and nowhere else.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include "base.h"

#define MACHINE_LEARNER_ID 1000 /* the learner's uid and gid inside */
#define MACHINE_FDS_MAX 8
/* Inside: the authorities of this system, and the certificate of the machine's own Docker Hub. */
#define MACHINE_CERTIFICATES "/run/ropes/certificates.pem"

enum machine_kind {
	MACHINE_PRACTICE, /* with a dockerd and images of its own */
	MACHINE_SHELL, /* for lines only, in this system's network: before somebody's own daemon */
};

/* ---- the machine --------------------------------------------------------------------------------
 */

enum machine_state {
	MACHINE_ABSENT, /* not running */
	MACHINE_STARTING,
	MACHINE_READY, /* dockerd answers, and the registry has the practice images */
	MACHINE_STALE, /* a state folder of one that died */
};

struct machine_status {
	enum machine_state state;
	char *host; /* dockerd's address from outside: "unix:///run/…/docker.sock"; NULL while
		       absent */
	pid_t supervisor;
	pid_t init;     /* its first process, as seen from here */
	bool rootless;  /* started by an ordinary user */
	char *version;  /* dockerd's; NULL */
	char *progress; /* what is being done while it starts; NULL */
	uint64_t memory_limit, data_limit, home_limit; /* bytes; 0: not in force */
	unsigned pids_limit, cpu_limit;                /* the latter in hundredths of a processor */
	bool network; /* it has a way out, and no Docker Hub of its own */
};
void machine_status_finish(struct machine_status *status);
bool machine_status(enum machine_kind kind, struct machine_status *ret, struct error *err);

/* $XDG_RUNTIME_DIR/ropes/daemon (or …/shell); as root without it /run/ropes/daemon; else
 * /tmp/ropes-UID/daemon. The caller frees it. */
char *machine_state_folder(enum machine_kind kind);
/* The folder on this machine with a workspace for each learner, which is /home inside: in a machine
 * for lines itself, in a practice machine a copy of a limited size. The caller frees it. */
char *machine_workspaces(void);
/* What the witness logged, JSON lines: a file outside. The caller frees it. */
char *machine_witness_log(void);

struct machine_options {
	enum machine_kind kind;
	/* Tells what is being done ("making the practice images"); NULL. */
	void (*progress)(void *data, const char *what);
	void *progress_data;
	uint64_t data_limit;   /* of /var; 0: 2 GiB, or less on a small machine */
	uint64_t home_limit;   /* of /home; 0: 512 MiB, or less on a small machine */
	uint64_t memory_limit; /* 0: half of the machine's, at most 2 GiB */
	unsigned pids_limit;   /* 0: 1024 */
	bool network;          /* with a way out; one that runs without gets it */
	int64_t idle_ms;       /* ends by itself when no session used it for so long; 0: never */
};

/* Starts it where it is not running; waits until it is ready. Idempotent, and safe when two do it
 * at once. */
bool machine_start(const struct machine_options *options, struct error *err);
/* The same, but returns at once; machine_wait() waits. */
bool machine_start_background(const struct machine_options *options, struct error *err);
bool machine_wait(const struct machine_options *options, struct error *err);
/* This system has a way out, and a program that can give it to a machine. */
bool machine_can_have_network(void);
/* Gives a machine that runs a way out: what it lacks then comes from the real Docker Hub, also in
 * the place of stand-ins. Images that were pulled stay. */
bool machine_connect(struct error *err);
/* Ends it and removes everything: processes, mounts, cgroups, namespaces, files. True where none
 * was. */
bool machine_stop(enum machine_kind kind, struct error *err);
/* A session's hold on it, so that it does not end for idleness; closed to let go. -1: none. */
int machine_lease(enum machine_kind kind);

#define MACHINE_WORKSPACE_ENTRIES 100000 /* files and folders of /home */
enum machine_workspace_wish { MACHINE_WORKSPACE_SYNC, MACHINE_WORKSPACE_CLEAR };
/* A learner's folder in /home and that on this machine become the same (mirror.h), or empty. It is
 * made where it is missing. That also happens by itself each second while something changes, and
 * when the machine ends. What could not be kept is added to `told` (may be NULL) in sentences. */
bool machine_workspace(enum machine_kind kind, const char *learner,
	enum machine_workspace_wish wish, struct buf *told, struct error *err);

/* Where a published port of the practice machine answers on this system's 127.0.0.1; 0 asks for
 * any. False: it is not published. */
bool machine_port(unsigned short inside, unsigned short *ret_outside);
/* Those that answer under another number, for people: "80 at http://localhost:40123, …". */
void machine_moved_ports(struct buf *out);

/* Practice machines on this system, of all accounts. */
struct machine_crowd {
	unsigned running, max; /* most 0: any number */
};
void machine_crowd(struct machine_crowd *ret);

struct machine_limits {
	uint64_t memory; /* bytes; 0: not to be had */
	unsigned pids;   /* likewise */
	unsigned cpu;    /* hundredths of a processor; likewise */
	bool unified;    /* control groups of version 2 */
	char *lack;      /* why there are no control groups; "". The caller frees it. */
};
/* Makes the namespaces, the control groups and the root of a machine as a start does, without
 * dockerd, and ends it. The caller's process may be in another control group afterwards. Errors:
 * what refused it, in its own words. */
bool machine_probe(struct machine_limits *ret_limits, struct error *err);

/* ---- images -------------------------------------------------------------------------------------
 * What every practice machine has to pull. They are files of the cache, and there whether a machine
 * runs or not; one that runs is brought up to date by a change.
 */

struct machine_image {
	char *name;    /* "alpine:3" */
	char *source;  /* what it was added from; NULL: a stand-in, made here */
	uint64_t size; /* bytes to pull; 0: it is made at the first start */
};
struct machine_image_list {
	struct machine_image *items;
	size_t count;
};
void machine_image_list(struct machine_image_list *ret);
void machine_image_list_finish(struct machine_image_list *list);
/* Their names alone. */
void machine_images(struct words *ret);
/* Adds the images of an archive (`docker save`, or OCI), in the place of those of the same name;
 * `source` is for people. *ret_added: the names, also of those before one that failed. */
bool machine_image_add(
	const char *file, const char *source, struct words *ret_added, struct error *err);
/* The same from the caller's own Docker, of which it only reads. */
bool machine_image_save(const char *name, struct words *ret_added, struct error *err);
/* The same from a registry: NULL: Docker Hub; else its address, as "https://mirror.example.org", to
 * which names of Docker Hub belong. `tell` hears what takes long. */
bool machine_image_pull(const char *name, const char *registry,
	void (*tell)(void *data, const char *what), void *data, struct words *ret_added,
	struct error *err);
/* Takes away what was added; a stand-in of the same name is back. */
bool machine_image_remove(const char *name, struct error *err);

/* ---- programs in it -----------------------------------------------------------------------------
 */

struct machine_program {
	const char *const *argv;        /* argv[0] is looked up in the environment's PATH */
	const char *const *environment; /* all of it; NULL: PATH and HOME of root */
	const char *folder;             /* to start in; NULL: "/" */
	bool learner;                   /* runs as the learner, else as root inside */
	bool terminal;                  /* on a pty of the machine: descriptors 0 to 2 */
	unsigned rows, columns;         /* of it; 0: 24 × 80 */
	bool listens;                   /* LISTEN_FDS of sd_listen_fds(3): fds[0] is descriptor 3 */
	/* Descriptors of ours that become `to` in it; without a terminal 0 to 2 are /dev/null
	 * unless given. */
	struct machine_fd {
		int from, to;
	} fds[MACHINE_FDS_MAX];
	size_t fd_count;
};

/* A program that runs there. Closing it kills the program and whatever it left running. */
struct machine_process {
	int control;  /* readable once the program has ended */
	int terminal; /* the pty's master, non-blocking; -1 */
	int line;     /* the pty's other side, for its settings; -1 */
	pid_t keeper; /* the process inside that waits for it, as seen from here; 0: unknown */
};

bool machine_run(enum machine_kind kind, const struct machine_program *program,
	struct machine_process *ret, struct error *err);
/* Sends a signal to the foreground of its terminal, else to its group. */
void machine_process_signal(const struct machine_process *process, int number);
/* Waits for its end; exit status, or 128 + signal; 137 where the machine is gone. Closes it. */
int machine_process_wait(struct machine_process *process);
void machine_process_close(struct machine_process *process);
/* The same for one that does not listen: also ends what would end the program. */
void machine_process_kill(struct machine_process *process);
/* Runs it to its end; a status other than 0 is an error, and so is one that does not come in time:
 * somebody inside may hold up any program. */
bool machine_run_whole(enum machine_kind kind, const struct machine_program *program,
	int timeout_ms, struct error *err);

/* A socket in its network; -1 and errno. */
int machine_socket(enum machine_kind kind, int domain, int type, int protocol);
/* A stream socket that listens at a path inside, for the learner to connect to; -1: none. */
int machine_listen(enum machine_kind kind, const char *path, struct error *err);

#endif
