/* machine/private.h - declarations that the files of the practice machine share */
#ifndef MACHINE_PRIVATE_H
#define MACHINE_PRIVATE_H

#include "json.h"
#include "machine.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#define CONTROL_SOCKET "control.sock"
#define PORTS_FILE "ports"
/* The state folder and its files. Only the outside sees it. */
struct machine_paths {
	char *folder, *lock, *lease, *log, *status, *trouble, *progress;
	char *socket;   /* dockerd's, made here and passed in */
	char *control;  /* the first process's */
	char *witness;  /* the witness's log */
	char *home;     /* requests to the keeper of /home */
	char *ports;    /* published ports: "INSIDE OUTSIDE" lines */
	char *refusal;  /* why a requested network failed */
	char group[32]; /* name of its cgroups: "ropes-" and a hash of the folder */
};
void machine_paths_init(struct machine_paths *paths, enum machine_kind kind);
void machine_paths_finish(struct machine_paths *paths);

/* A machine's control groups. Version 2: the folder that has the limits. Version 1: a name, the
 * same for each controller. "": there are none. */
#define GROUPS_MAX 512
#define GROUPS_WIDTH "511" /* the maximum for sscanf(3) */

/* The supervisor's record of a ready machine; number and start time identify a process. */
struct machine_record {
	enum machine_kind kind;
	pid_t supervisor, init;
	unsigned long long supervisor_start, init_start;
	bool rootless, network;
	uint64_t data_limit, memory_limit, home_limit;
	unsigned pids_limit, cpu_limit;
	char version[32];
	char groups[GROUPS_MAX]; /* from cgroup_make */
};
bool machine_record_read(const struct machine_paths *paths, struct machine_record *ret);
bool machine_record_write(
	const struct machine_paths *paths, const struct machine_record *record, struct error *err);
/* Returns a process's start time in clock ticks; 0: it does not exist. */
unsigned long long machine_process_started(pid_t pid);
bool machine_process_is(pid_t pid, unsigned long long start);

/* Takes the lock for starting, stopping or sweeping the machine: its owner has folder, cgroups
 * and status file to itself. Returns a descriptor, which closing releases; -1 and errno
 * EWOULDBLOCK: another process has the lock. */
int machine_lock(const struct machine_paths *paths, bool wait);

/* Removes the remains of a machine: processes, cgroups, files. The caller has the lock. */
void machine_sweep(const struct machine_paths *paths, const struct machine_record *record);

/* ---- state.c ---- */

/* Reads the record into *r. */
bool machine_is_ready(const struct machine_paths *p, struct machine_record *r);
bool machine_is_locked(const struct machine_paths *p); /* a process starts, stops or sweeps it */

/* ---- ids.c: the ids inside ---- */
struct machine_ids {
	bool rootless;
	bool mounts;    /* the starter is root with all rights, not that of a container */
	unsigned base;  /* started by root: the first of the machine's ids */
	unsigned count; /* MACHINE_ID_COUNT, or one less */
	int claim;      /* claims the range while the machine exists; -1 */
	int users;      /* the user namespace; -1: not made yet */
};
#define MACHINE_ID_COUNT 65536u
/* As root, claims a range: a free one, or that of machines with the same workspaces. Where only
 * 65,536 ids exist, as in a rootless container, machines share all but root's. */
bool ids_claim(const char *workspaces, struct machine_ids *ret, struct error *err);
/* Reports whether no other machine has the same workspaces. */
bool ids_are_alone(const struct machine_ids *ids);
/* Creates a user namespace with these ids and returns its descriptor; -1 and err on failure.
 * Started by root that may mount it belongs to the first of them, so that per-user counts
 * (inotify, namespaces) affect no user outside; else to its starter, who may enter only their
 * own. */
int ids_namespace(const struct machine_ids *ids, struct error *err);
/* Gives the folder below /home, and its content, to the learner inside, whoever owned it before. */
bool ids_own(const struct machine_ids *ids, const char *folder, struct error *err);

/* ---- cgroup.c ---- */
struct limits {
	uint64_t memory; /* bytes */
	unsigned pids;
	unsigned cpu; /* hundredths of a processor */
};
/* Makes the groups of this name, lets the machine with these ids make more below, and sets the
 * limits; lowers *in_force to what this system supports. An ordinary user's groups go where
 * systemd or an administrator permits, and the caller's process may move. Errors: why a user
 * gets none. */
bool cgroup_make(const char *name, const struct machine_ids *ids, struct limits *in_force,
	char groups[GROUPS_MAX], struct error *err);
/* Moves a process into the groups, if there are any. */
void cgroup_join(const char *groups, pid_t pid);
/* Thaws paused processes, kills all processes in the groups, and removes the groups; root finds
 * its own by name. False: something remains. */
bool cgroup_remove(const char *name, const char *groups);
/* Inside, over an empty folder: mounts the machine's own groups. Omits what the kernel refuses. */
bool cgroup_mount(const char *folder, struct error *err);

/* ---- groups.c ---- */

#define GROUPS_PATIENCE_MS 60000 /* thousands of killed processes take a while to leave */

/* Lets the groups below a folder have limits; returns 0, or the errno that prevents those of
 * memory and processes. */
int groups_pass_on(const char *folder);
/* Moves all processes of a group into one below it, because only a group without any passes
 * controllers on. The first group of a system is exempt, that of a container is not. */
bool groups_settle(const char *folder);
bool groups_set(const char *folder, const char *file, const char *value);
/* Removes a group and those below it, and ends their processes; waits for these until a time of
 * clock_monotonic_ms(). */
bool groups_remove_tree(const char *above, const char *name, int64_t until_ms);
bool groups_is_unified(void);

/* ---- delegate.c: groups for ordinary users ---- */
#define CGROUP_ROOT "/sys/fs/cgroup"
/* Returns the folder of a group below which this user may make others with limits. The caller
 * frees it; NULL and err on failure. */
char *delegate_find(const char *name, struct error *err);
bool delegate_remove(const char *groups);

/* ---- root.c: the machine's file system ---- */
struct root_options {
	const char *workspaces;
	uint64_t data_limit;
	uint64_t home_limit; /* 0: /home is the workspaces' folder itself */
	bool groups;         /* it can have cgroups of its own */
	bool rootless;       /* dockerd needs RootlessKit's API */
	bool own_network;
};
/* In a mount namespace above the machine's user namespace: makes read-only mounts read-only,
 * which the kernel then lets no process below undo. False and errno on failure. */
bool root_fix(const struct root_options *options);
/* The parts of the new root, opened while the process still has its starter's ids. */
struct root_sources;
bool root_open(const struct root_options *options, struct root_sources **ret, struct error *err);
/* Makes the machine's root, as root inside, and moves there. Takes the sources over. *ret_home:
 * the current /home, without later mounts in it; -1: it has no limit. */
bool root_enter(const struct root_options *options, struct root_sources *sources, int *ret_home,
	struct error *err);

/* ---- init.c: the first process ---- */
#define MACHINE_DOCKER_SOCKET "/run/ropes/docker.sock" /* dockerd's own, inside; only for root */
struct init_options {
	const struct root_options *root;
	int listen_fd; /* the control socket */
	int ready_fd;  /* gets "" when it serves, else the failure */
	int go_fd;     /* gets a byte when ids and groups are ready */
};
/* Starts the first process in namespaces of its own, like fork(2): in the ids' user namespace,
 * or, if its starter may not mount, in one below with the same ids. Closes lock_fd in it. -1 and
 * err on failure. */
pid_t init_start(const struct init_options *options, const struct machine_ids *ids, int lock_fd,
	struct error *err);

/* ---- order.c: orders to the first process, as they go over the socket ---- */
enum order_kind {
	ORDER_RUN,
	ORDER_SOCKET,
	ORDER_LISTEN,
	ORDER_WITNESS,
	ORDER_HUB,
	ORDER_NAMESPACES,
	ORDER_HOME
};
#define ORDER_SIZE_MAX (160 * 1024)
struct order {
	enum order_kind kind;
	bool learner, terminal, listens;
	unsigned rows, columns;
	int domain, type, protocol;
	unsigned argc, envc, fd_count;
	int to[MACHINE_FDS_MAX];
	/* NUL-ended words follow: folder, argv, environment */
};
struct reply {
	int number; /* errno; 0: done */
	char what[48];
};
bool order_send(int fd, const struct order *order, const struct words *words, const int *fds);
/* The caller owns *ret_words and the descriptors. */
bool order_receive(int fd, struct order *ret, struct words *ret_words, int *ret_fds);
bool order_send_reply(int fd, const struct reply *reply, const int *fds, size_t count);
/* Connects to the machine of this state folder, sends an order, and reads the reply. */
int order_ask(const char *path, const struct order *order, const struct words *words,
	const int *fds, int *ret_fds, size_t *ret_count, struct error *err);
int order_socket(const char *path, int domain, int type, int protocol);
bool order_run(const char *path, const struct machine_program *program, struct machine_process *ret,
	struct error *err);
/* Runs a program as root in the machine, with these descriptors as input and output unless they
 * are -1. */
bool order_run_to_end(const struct machine_paths *paths, const char *const *argv, int in_fd,
	int out_fd, struct error *err);

/* ---- inside.c: tasks of the first process itself, until the requester is gone ---- */
/* Serves between docker clients and dockerd, on the usual socket. */
void inside_serve_witness(int control, int log_fd);
/* Serves the machine's Docker Hub, under the names of the real one. */
void inside_serve_hub(int control);
#define MACHINE_DOCKER_GROUP 998
#define MACHINE_REGISTRY_PORT 5000
#define MACHINE_REGISTRY_STORE "docker/registry/v2" /* below a registry's root folder */
/* Clients connect to its port 443, which dockerd redirects, because a container may publish that
 * port. */
#define MACHINE_HUB_ADDRESS "127.1.0.1"
#define MACHINE_HUB_NUMBER 0x7f010001u
#define MACHINE_HUB_PORT 5443
#define MACHINE_HUB_PORT_TEXT "5443"

/* Where a machine has the program that `docker run --init` puts into a container. */
#define MACHINE_CONTAINER_INIT "/run/docker-init"

/* ---- seccomp.c: system calls that no process in the machine may use ---- */
bool machine_load_seccomp(struct error *err);

/* ---- rootlesskit.c ---- */
#define ROOTLESSKIT_FOLDER "/run/rootless"
/* Inside: makes the folder, and the proxy that an unprivileged dockerd looks for there. */
bool rootlesskit_prepare(struct error *err);
/* Inside: answers an unprivileged dockerd's requests to RootlessKit's API. Never returns. */
int rootlesskit_serve(void);

/* ---- start.c ---- */
/* Listens on a socket at a path that only this side can find; -1 and err on failure. */
int start_listen(const char *path, int type, struct error *err);
/* Makes the namespaces and, in them, the first process, which then serves orders; sets the
 * record's init and the ids' namespace. Closes lock_fd in it. */
bool start_init(const struct machine_paths *paths, struct machine_record *record,
	struct machine_ids *ids, int lock_fd, struct error *err);

/* ---- dockerd.c ---- */
struct docker {
	const struct machine_paths *paths;
	struct machine_record *record;
	uint64_t memory_wanted;
	void (*tell)(void *data, const char *what); /* reports slow steps */
	bool (*is_stopped)(void *data);             /* polled while dockerd comes up */
	void *data;
	pid_t logger, carrier; /* of its output; of its network */
	struct machine_process dockerd, registry;
	int witness, hub; /* the orders that run them */
};
#define DOCKER_NONE                                                                                \
	{                                                                                          \
		.dockerd = {-1, -1, -1, 0}, .registry = {-1, -1, -1, 0}, .witness = -1, .hub = -1  \
	}
#define DOCKER_PARTS 4
/* Starts hub (or network), dockerd, registry and witness, and fills the registry. */
bool dockerd_start(struct docker *docker, struct error *err);
/* Replaces the hub by a network, and removes the stand-ins. */
bool dockerd_connect(struct docker *docker, struct error *err);

/* Asks dockerd for a sign of life; may take some seconds. */
bool dockerd_answers(const struct docker *docker);
/* Fills in descriptors that become readable when a part has ended. */
void dockerd_poll(const struct docker *docker, struct pollfd parts[DOCKER_PARTS]);
bool dockerd_is_standing(const struct docker *docker);
/* Waits until the last output of an ended dockerd is in the log. */
void dockerd_await_log(struct docker *docker);
void dockerd_end(struct docker *docker);

/* ---- home.c ---- */
/* The inputs of its keeper. */
struct home {
	int tree, listen, init; /* /home; the socket; a pidfd of the first process */
	int users;              /* the user namespace, for ordinary users */
	unsigned base;          /* of the ids inside, in the keeper's namespace */
	uint64_t limit;
	bool take; /* it may give the workspaces to the starting user */
};
bool home_open(const struct machine_paths *paths, const struct machine_record *record,
	const struct machine_ids *ids, struct home *ret, struct error *err);
/* Starts the keeper, which ends after all processes inside have ended. The caller waits for
 * *ret. */
bool home_start(const struct home *home, pid_t *ret, struct error *err);

/* ---- crowd.c ---- */
#define MACHINE_SUPERVISOR                                                                         \
	"ropes-supervise" /* the name of its process, by which crowd.c counts the machines */
/* Reports whether one more machine may run. */
bool crowd_has_room(struct error *err);
/* Lets only one machine start at a time, so that all are counted: until the descriptor is closed
 * everywhere. */
int crowd_wait_for_turn(void);

/* ---- supervisor.c ---- */
struct supervisor_options {
	struct machine_paths paths;
	struct machine_record record;
	int64_t idle_ms;
	int lock_fd; /* locked until it is ready */
};
int supervisor_run(void *options);

/* ---- network.c ---- */
/* Gives the machine network access; the caller ends *ret. */
bool network_start(const struct machine_paths *paths, pid_t *ret, struct error *err);
void network_end(pid_t *carrier);

/* ---- publish.c ---- */
/* The caller kills *ret and waits for it. */
bool publish_start(const struct machine_paths *paths, pid_t *ret, struct error *err);

/* ---- recipes.c ---- */
/* Returns a hash of everything that goes into the stand-ins. */
uint64_t recipes_hash(const char *recipes);
/* Lists their names, as people write them: "alpine:3". */
void recipes_names(const char *recipes, struct words *ret);
/* Builds the stand-ins, which leaves them in the registry, and exports its store to a folder of
 * this side. */
bool recipes_make(const struct machine_paths *paths, const char *recipes, const char *store,
	struct error *err);

/* ---- image_name.c ---- */

struct image_name {
	char *repository, *tag; /* in the registry: "library/redis", "7" */
	char *shown;            /* for people: "redis:7" */
};
/* Refuses an invalid name, and the name of an image in another registry than Docker Hub. */
bool image_name_read(const char *reference, struct image_name *ret, struct error *err);
void image_name_finish(struct image_name *name);

/* ---- archive.c ---- */
/* Receives the store of one name; may keep it by moving it away. */
typedef bool archive_take(
	void *data, const char *store, const struct image_name *name, struct error *err);
/* Makes a store of each image in an archive, in the folder `work`. */
bool archive_read(const char *file, const char *source, const char *work, archive_take *take,
	void *data, struct error *err);

/* Does the same for an image layout in `work` at ARCHIVE_ROOT. name: its name for people. */
#define ARCHIVE_ROOT "root"
bool archive_read_layout(const char *name, const char *source, const char *work, archive_take *take,
	void *data, struct error *err);
/* Returns a descriptor's "blobs/sha256/…"; the caller frees it. NULL: it has no such digest. */
char *archive_blob_path(const cJSON *descriptor);
/* Returns an index's first descriptor for this processor, or NULL. */
const cJSON *archive_choose_image(const cJSON *index);
#define IMAGE_PARTS_MAX 512 /* including configuration and manifest */

/* ---- pull.c ---- */
/* Fetches an image into a folder, as an image layout; archive_read_layout checks its digests.
 * registry: "https://registry-1.docker.io". Reports slow steps to `tell`. */
bool pull_layout(const char *registry, const struct image_name *name, const char *folder,
	void (*tell)(void *data, const char *what), void *data, struct error *err);

/* ---- stores.c ---- */

/* Lists added images: names, and the folders of their stores, in the same order. NULL: not
 * wanted. */
void stores_list(struct words *ret_names, struct words *ret_stores);
char *stores_folder(void);            /* the caller frees it */
char *stores_path(const char *shown); /* the caller frees it */

/* ---- images.c ---- */
/* Updates the registry of a running machine; `without`: a name to remove first, or NULL. */
bool images_refresh(const char *without, struct error *err);
/* Fills the registry with the added images and, if `standins`, the stand-ins, which it builds
 * first if they are not cached. Reports slow steps to `tell`. */
bool images_install(const struct machine_paths *paths, bool standins,
	void (*tell)(void *data, const char *what), void *data, struct error *err);
/* Runs docker-registry and waits until it listens. */
bool images_start_registry(
	const struct machine_paths *paths, struct machine_process *ret, struct error *err);

#endif
