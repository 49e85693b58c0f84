/* machine/private.h - what the files of the practice machine share */
#ifndef MACHINE_PRIVATE_H
#define MACHINE_PRIVATE_H

#include "json.h"
#include "machine.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

/* The state folder and what lies in it. Only the outside sees it. */
struct machine_paths {
	char *folder, *lock, *lease, *log, *status, *trouble, *progress;
	char *socket;   /* dockerd's, made here and handed in */
	char *control;  /* the first process's */
	char *witness;  /* the witness's log */
	char *home;     /* where the keeper of /home is asked */
	char *ports;    /* published ones: "INSIDE OUTSIDE" lines */
	char *refusal;  /* why there is no network, once it was asked for */
	char group[32]; /* name of its cgroups: "ropes-" and a hash of the folder */
};
void machine_paths_init(struct machine_paths *paths, enum machine_kind kind);
void machine_paths_finish(struct machine_paths *paths);

/* A machine's control groups. Version 2: the folder that has the limits. Version 1: a name, the
 * same for each controller. "": it has none. */
#define GROUPS_MAX 512
#define GROUPS_WIDTH "511" /* of it, for sscanf(3) */

/* What the supervisor writes once all is ready; a process is known by number and start time. */
struct machine_record {
	enum machine_kind kind;
	pid_t supervisor, init;
	unsigned long long supervisor_start, init_start;
	bool rootless, network;
	uint64_t data_limit, memory_limit, home_limit;
	unsigned pids_limit, cpu_limit;
	char version[32];
	char groups[GROUPS_MAX]; /* as cgroup_make gave them */
};
bool machine_record_read(const struct machine_paths *paths, struct machine_record *ret);
bool machine_record_write(
	const struct machine_paths *paths, const struct machine_record *record, struct error *err);
/* Start time of a process in clock ticks; 0: there is none. */
unsigned long long machine_process_started(pid_t pid);
bool machine_process_is(pid_t pid, unsigned long long start);

/* The lock that whoever starts, stops or sweeps the machine holds: folder, cgroups and status file
 * are the holder's alone. A descriptor, closed to let go; -1 and errno EWOULDBLOCK: somebody has
 * it. */
int machine_lock(const struct machine_paths *paths, bool wait);

/* Removes what a machine left: processes, cgroups, files. The caller holds the lock. */
void machine_sweep(const struct machine_paths *paths, const struct machine_record *record);

/* ---- state.c ---- */

/* Its record is read into *r. */
bool machine_is_ready(const struct machine_paths *p, struct machine_record *r);
bool machine_is_locked(const struct machine_paths *p); /* somebody starts, stops or sweeps it */

/* ---- ids.c: who is who inside ---- */
struct machine_ids {
	bool rootless;
	unsigned base; /* root-started: the machine's 65,536 ids begin here */
	int claim;     /* holds the range while the machine stands; -1 */
	int users;     /* the user namespace; -1: not made yet */
};
#define MACHINE_ID_COUNT 65536u
/* Claims a range (as root; a free one, or that of machines with the same workspaces). */
bool ids_claim(const char *workspaces, struct machine_ids *ret, struct error *err);
/* No other machine has the same workspaces. */
bool ids_are_alone(const struct machine_ids *ids);
/* A user namespace with these ids. Root-started it belongs to the first of them, so that what is
 * counted by user (inotify, namespaces) is counted for nobody outside. A descriptor; -1 and err. */
int ids_namespace(const struct machine_ids *ids, struct error *err);
/* Gives the folder below /home, and what is in it, to the learner inside, whoever had it before. */
bool ids_own(const struct machine_ids *ids, const char *folder, struct error *err);

/* ---- cgroup.c ---- */
struct limits {
	uint64_t memory; /* bytes */
	unsigned pids;
	unsigned cpu; /* hundredths of a processor */
};
/* Makes the groups of this name, lets the machine with these ids make more below, and sets the
 * limits; *in_force is lowered to what this system does. An ordinary user's are made where systemd
 * or an administrator lets them, and the caller's process may move. Errors: why a user gets none.
 */
bool cgroup_make(const char *name, const struct machine_ids *ids, struct limits *in_force,
	char groups[GROUPS_MAX], struct error *err);
/* Puts a process into the groups, where there are any. */
void cgroup_join(const char *groups, pid_t pid);
/* Lets go on what is paused, kills what is in the groups, and removes them; root finds its own by
 * name. False: something stays. */
bool cgroup_remove(const char *name, const char *groups);
/* Inside, over an empty folder: the machine's own groups. What the kernel refuses is left out. */
bool cgroup_mount(const char *folder, struct error *err);

/* ---- groups.c ---- */

/* Lets the groups below a folder have limits; 0, or why they can't have those of memory and
 * processes: a number of errno. */
int groups_pass_on(const char *folder);
bool groups_set(const char *folder, const char *file, const char *value);
bool groups_remove_tree(const char *above, const char *name);
bool groups_is_unified(void);

/* ---- delegate.c: groups for who is not root ---- */
#define CGROUP_ROOT "/sys/fs/cgroup"
/* The folder of a group below which this user may make others that have limits. The caller frees
 * it; NULL and err. */
char *delegate_find(const char *name, struct error *err);
bool delegate_remove(const char *groups);

/* ---- root.c: what the machine sees ---- */
struct root_options {
	const char *workspaces;
	uint64_t data_limit;
	uint64_t home_limit; /* 0: /home is the workspaces' folder itself */
	bool groups;         /* cgroups of its own can be had */
	bool rootless;       /* dockerd needs RootlessKit's API */
	bool own_network;
};
/* In a mount namespace above the machine's user namespace: makes read-only what the machine sees
 * so. The kernel then lets nobody below undo it. False and errno. */
bool root_fix(const struct root_options *options);
/* What the new root is made of, opened while the process still is who started it. */
struct root_sources;
bool root_open(const struct root_options *options, struct root_sources **ret, struct error *err);
/* Makes the root of it, as root inside, and moves there. Takes the sources. *ret_home: /home as it
 * is now, whatever is mounted there later; -1: it has no limit. */
bool root_enter(const struct root_options *options, struct root_sources *sources, int *ret_home,
	struct error *err);

/* ---- init.c: the first process ---- */
#define MACHINE_DOCKER_SOCKET "/run/ropes/docker.sock" /* dockerd's own, inside; root's alone */
struct init_options {
	const struct root_options *root;
	int listen_fd; /* the control socket */
	int ready_fd;  /* says "" when it serves, else what went wrong */
	int go_fd;     /* a byte: ids and groups are there */
};
/* Starts it in namespaces of its own, as fork(2) would: in the user namespace `users`, or where an
 * ordinary user started it in one below, with the same ids. lock_fd is closed in it. -1 and err. */
pid_t init_start(const struct init_options *options, int users, int lock_fd, struct error *err);

/* ---- order.c: what is asked of the first process, as it goes over the socket ---- */
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
/* *ret_words and the descriptors are the caller's. */
bool order_receive(int fd, struct order *ret, struct words *ret_words, int *ret_fds);
bool order_send_reply(int fd, const struct reply *reply, const int *fds, size_t count);
/* Connects to the machine of this state folder and sends an order; reads its reply. */
int order_ask(const char *path, const struct order *order, const struct words *words,
	const int *fds, int *ret_fds, size_t *ret_count, struct error *err);
int order_socket(const char *path, int domain, int type, int protocol);
bool order_run(const char *path, const struct machine_program *program, struct machine_process *ret,
	struct error *err);
/* Runs a program as root in the machine; its input and output where they are not -1. */
bool order_run_to_end(const struct machine_paths *paths, const char *const *argv, int in_fd,
	int out_fd, struct error *err);

/* ---- inside.c: what the first process does itself, for as long as who asked is there ---- */
/* Between docker clients and dockerd, on the socket that everybody knows. */
void inside_serve_witness(int control, int log_fd);
/* The machine's Docker Hub, under the names of the real one. */
void inside_serve_hub(int control);
#define MACHINE_DOCKER_GROUP 998
#define MACHINE_REGISTRY_PORT 5000
#define MACHINE_REGISTRY_STORE "docker/registry/v2" /* below a registry's root folder */
/* Clients ask at port 443 of it, which dockerd sends on: a container may publish that port. */
#define MACHINE_HUB_ADDRESS "127.1.0.1"
#define MACHINE_HUB_NUMBER 0x7f010001u
#define MACHINE_HUB_PORT 5443
#define MACHINE_HUB_PORT_TEXT "5443"

/* ---- seccomp.c: what nobody in the machine may ask of the kernel ---- */
bool machine_load_seccomp(struct error *err);

/* ---- rootlesskit.c ---- */
#define ROOTLESSKIT_FOLDER "/run/rootless"
/* Inside: the folder, and the proxy that an unprivileged dockerd looks for there. */
bool rootlesskit_prepare(struct error *err);
/* Answers, inside, what an unprivileged dockerd asks RootlessKit's API. Never returns. */
int rootlesskit_serve(void);

/* ---- start.c ---- */
/* A socket at a path that only this side can find; -1 and err. */
int start_listen(const char *path, int type, struct error *err);
/* Makes the namespaces and, in them, the first process, which then serves orders; sets the record's
 * init and the ids' namespace. lock_fd is closed in it. */
bool start_init(const struct machine_paths *paths, struct machine_record *record,
	struct machine_ids *ids, int lock_fd, struct error *err);

/* ---- dockerd.c ---- */
struct docker {
	const struct machine_paths *paths;
	struct machine_record *record;
	uint64_t memory_wanted;
	void (*tell)(void *data, const char *what); /* hears what takes long */
	bool (*is_stopped)(void *data);             /* asked while dockerd comes up */
	void *data;
	pid_t logger, carrier; /* of its words; of its network */
	struct machine_process dockerd, registry;
	int witness, hub; /* the orders that they run by */
};
#define DOCKER_NONE                                                                                \
	{                                                                                          \
		.dockerd = {-1, -1, -1, 0}, .registry = {-1, -1, -1, 0}, .witness = -1, .hub = -1  \
	}
#define DOCKER_PARTS 4
/* Starts hub (or network), dockerd, registry and witness, and fills the registry. */
bool dockerd_start(struct docker *docker, struct error *err);
/* Puts a network in the place of the hub, and takes the stand-ins away. */
bool dockerd_connect(struct docker *docker, struct error *err);

/* Asks dockerd whether it is there; may take some seconds. */
bool dockerd_answers(const struct docker *docker);
/* What can be read once a part of it has ended. */
void dockerd_poll(const struct docker *docker, struct pollfd parts[DOCKER_PARTS]);
bool dockerd_is_standing(const struct docker *docker);
/* Until the last words of a dockerd that ended are in the log. */
void dockerd_await_log(struct docker *docker);
void dockerd_end(struct docker *docker);

/* ---- home.c ---- */
/* What its keeper needs. */
struct home {
	int tree, listen, init; /* /home; the socket; a pidfd of the first process */
	int users;              /* the user namespace, for who is not root */
	unsigned base;          /* of the ids inside, as the keeper sees them */
	uint64_t limit;
	bool take; /* the workspaces may be given to who starts the machine */
};
bool home_open(const struct machine_paths *paths, const struct machine_record *record,
	const struct machine_ids *ids, struct home *ret, struct error *err);
/* Starts the keeper, which ends once all inside have ended. The caller waits for *ret. */
bool home_start(const struct home *home, pid_t *ret, struct error *err);

/* ---- crowd.c ---- */
#define MACHINE_SUPERVISOR                                                                         \
	"ropes-supervise" /* the name of its process, by which they are counted */
/* True where one more may run. */
bool crowd_has_room(struct error *err);
/* Only one is started at a time, so that all are counted: until the descriptor is closed
 * everywhere.
 */
int crowd_wait_for_turn(void);

/* ---- supervisor.c ---- */
struct supervisor_options {
	struct machine_paths paths;
	struct machine_record record;
	int64_t idle_ms;
	int lock_fd; /* held until it is ready */
};
int supervisor_run(void *options);

/* ---- network.c ---- */
/* Gives the machine a way out; the caller ends *ret. */
bool network_start(const struct machine_paths *paths, pid_t *ret, struct error *err);
void network_end(pid_t *carrier);

/* ---- publish.c ---- */
/* The caller kills and waits for *ret. */
bool publish_start(const struct machine_paths *paths, pid_t *ret, struct error *err);

/* ---- recipes.c ---- */
/* Changes with all that the stand-ins are made of. */
uint64_t recipes_hash(const char *recipes);
/* Their names, as people write them: "alpine:3". */
void recipes_names(const char *recipes, struct words *ret);
/* Builds them, which leaves them in the registry, and keeps its store as a folder of this side. */
bool recipes_make(const struct machine_paths *paths, const char *recipes, const char *store,
	struct error *err);

/* ---- image_name.c ---- */

struct image_name {
	char *repository, *tag; /* the registry's: "library/redis", "7" */
	char *shown;            /* people's: "redis:7" */
};
/* Refuses what is no name, and what belongs to another registry than Docker Hub. */
bool image_name_read(const char *reference, struct image_name *ret, struct error *err);
void image_name_finish(struct image_name *name);

/* ---- archive.c ---- */
/* Gives the store of one name; it is the receiver's if it moves it away. */
typedef bool archive_take(
	void *data, const char *store, const struct image_name *name, struct error *err);
/* Makes a store of each image in a file, in the folder `work`. */
bool archive_read(const char *file, const char *source, const char *work, archive_take *take,
	void *data, struct error *err);

/* The same of an image layout that lies in `work` at ARCHIVE_ROOT. name: what it is to people. */
#define ARCHIVE_ROOT "root"
bool archive_read_layout(const char *name, const char *source, const char *work, archive_take *take,
	void *data, struct error *err);
/* "blobs/sha256/…" of a descriptor; the caller frees it. NULL: it has no such digest. */
char *archive_blob_path(const cJSON *descriptor);
/* Of an index's descriptors, the first for this processor; NULL. */
const cJSON *archive_choose_image(const cJSON *index);
#define IMAGE_PARTS_MAX 512 /* with its configuration and its manifest */

/* ---- pull.c ---- */
/* Fetches an image into a folder, as an image layout; digests are archive_read_layout's to check.
 * registry: "https://registry-1.docker.io". `tell` hears what takes long. */
bool pull_layout(const char *registry, const struct image_name *name, const char *folder,
	void (*tell)(void *data, const char *what), void *data, struct error *err);

/* ---- stores.c ---- */

/* What was added: names, and the folders of their stores, in one order. NULL: not wanted. */
void stores_list(struct words *ret_names, struct words *ret_stores);
char *stores_folder(void);            /* the caller frees it */
char *stores_path(const char *shown); /* likewise */

/* ---- images.c ---- */
/* Brings the registry of a machine that runs up to date; `without`: a name to take out first, or
 * NULL. */
bool images_refresh(const char *without, struct error *err);
/* Fills the registry with what was added and, if `standins`, the stand-ins, which are made first
 * where the cache has none. `tell` hears what takes long. */
bool images_install(const struct machine_paths *paths, bool standins,
	void (*tell)(void *data, const char *what), void *data, struct error *err);
/* Runs docker-registry, and waits until it listens. */
bool images_start_registry(
	const struct machine_paths *paths, struct machine_process *ret, struct error *err);

#endif
