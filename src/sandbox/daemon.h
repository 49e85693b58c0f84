/* sandbox/daemon.h - what the parts of the practice daemon share, and what the jail asks of it.
 * Private to src/sandbox. */
#ifndef SANDBOX_DAEMON_H
#define SANDBOX_DAEMON_H

#include "sandbox.h"

/* The state folder and what lies in it. */
struct daemon_paths {
	char *folder, *lock, *lease, *log, *status, *trouble, *progress, *socket_folder, *socket;
	char group[32]; /* name of its cgroups: "ropes-" and a hash of the folder */
};
void daemon_paths_init(struct daemon_paths *paths);
void daemon_paths_finish(struct daemon_paths *paths);

/* The folder on this machine that is /home inside: a workspace for each learner. The caller frees
 * it. */
char *daemon_workspaces(void);

/* What the keeper writes once all is ready; a process is known by number and start time. */
struct daemon_record {
	pid_t keeper, init;
	unsigned long long keeper_start, init_start;
	bool rootless;
	uint64_t data_limit, memory_limit;
	unsigned pids_limit;
	char version[32];
};
bool daemon_record_read(const struct daemon_paths *paths, struct daemon_record *ret);
bool daemon_record_write(
	const struct daemon_paths *paths, const struct daemon_record *record, struct error *err);
/* Start time of a process in clock ticks; 0: there is none. */
unsigned long long process_start(pid_t pid);
bool process_is(pid_t pid, unsigned long long start);

/* A session's hold on the daemon, so that it does not end for idleness; closed to let go. -1: none.
 */
int daemon_lease(void);

/* The lock that whoever starts, stops or sweeps the daemon holds: folder, cgroups and status file
 * are the holder's alone. A descriptor, closed to let go; -1 and errno EWOULDBLOCK: somebody has
 * it. */
int daemon_lock(const struct daemon_paths *paths, bool wait);

/* Removes what a daemon left: processes, cgroups, files. The caller holds the
 * lock. */
void daemon_sweep(const struct daemon_paths *paths, const struct daemon_record *record);

/* ---- cgroup.c ---- */
struct limits {
	uint64_t memory;
	unsigned pids;
};
/* Makes the groups and sets the limits; *in_force is lowered to what this machine does. */
void cgroup_make(const char *name, struct limits *in_force);
/* Puts a process into the groups, where there are any; name may be "". */
void cgroup_join(const char *name, pid_t pid);
/* Lets paused containers go on, so that they can be ended. */
void cgroup_thaw(const char *name);
/* Kills what is left in the groups and removes them. */
void cgroup_remove(const char *name);
bool cgroup_is_unified(void);

/* ---- root.c: the daemon's minimal root, as bwrap's words ---- */
struct root_options {
	const struct daemon_paths *paths;
	uint64_t data_limit;
	bool rootless;
	int info_fd;
};
void root_words(const struct root_options *options, struct words *ret);
/* /usr read-only, and /bin and its like: links on today's systems, folders on others. */
void root_add_system(struct words *ret);

/* ---- rootlesskit.c ---- */
#define ROOTLESSKIT_SOCKET "rootlesskit.sock" /* in the folder of the sockets */
/* Starts a process that answers what an unprivileged dockerd asks RootlessKit's API; it ends with
 * its parent. The caller kills and waits for *ret. */
bool rootlesskit_start(const struct daemon_paths *paths, pid_t *ret, struct error *err);

/* ---- keeper.c ---- */
struct keeper_options {
	struct daemon_paths paths;
	struct daemon_record record;
	int idle_minutes;
	int lock_fd; /* held until it is ready */
};
int keeper_run(void *options);

/* ---- static.c ---- */
/* A program of this name that needs no library, so that it runs in an image that has none: in PATH,
 * as NAME-static, NAME.static or NAME. NULL: none. The caller frees it. */
char *static_program_find(const char *name);

/* ---- images.c ---- */
/* Fills the registry of the daemon whose init is `init` with the practice images; makes the store
 * first where the cache has none. `tell` hears what takes long. */
bool images_install(const struct daemon_paths *paths, const struct daemon_record *record,
	void (*tell)(void *data, const char *what), void *data, struct error *err);
/* Covers the folder of the sockets in the daemon's own root, once all listen: a container can
 * mount what the daemon sees, and its raw socket must not be among it. */
bool socket_hide(const struct daemon_record *record, struct error *err);
/* Runs docker-registry in the daemon's namespaces. */
bool registry_start(const struct daemon_paths *paths, const struct daemon_record *record,
	pid_t *ret, struct error *err);
/* Until it answers. */
bool registry_wait(pid_t registry, struct error *err);
/* The namespaces of a process, as descriptors for spawn; user first where it is asked for. */
struct spawn;
bool join_namespaces(
	struct spawn *spawn, pid_t pid, bool user, const char *const *names, struct error *err);
void close_namespaces(struct spawn *spawn);

#endif
