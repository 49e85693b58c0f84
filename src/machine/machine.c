/* machine/machine.c - the practice machine from outside: start, wait, stop, status; its folder and
 * what it says */
#include "private.h"
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/un.h>
#include <unistd.h>

/* The supervisor gives up by itself where nothing gets on; this is for one that is frozen. */
#define START_TIMEOUT_MS 1800000
#define STARTS_MOST 3 /* of supervisors that end without a word */
#define STOP_TIMEOUT_MS 120000
#define STOP_LOOKS 6000 /* of 5 ms: the workspaces are written a last time */
#define CONNECT_TIMEOUT_MS 60000
#define PROCESS_EXITING 0x4u /* PF_EXITING of linux/sched.h, as /proc/PID/stat gives it */
#define CPU_SPARED                                                                                 \
	25u /* hundredths of a processor that are the system's, however busy the machine is */
#define GIB (1024ULL * 1024 * 1024)

/* ---- paths ---- */

void machine_paths_init(struct machine_paths *p, enum machine_kind kind)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	p->folder = machine_state_folder(kind);
	for (const char *c = p->folder; *c != '\0'; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	snprintf(p->group, sizeof p->group, "ropes-%u-%08x", (unsigned)getuid(), hash);
	p->lock = xasprintf("%s.lock", p->folder);
	p->lease = xasprintf("%s.lease", p->folder);
	p->log = path_join(p->folder, "log");
	p->status = path_join(p->folder, "status");
	p->trouble = xasprintf("%s.trouble", p->folder);
	p->progress = path_join(p->folder, "progress");
	p->socket = path_join(p->folder, "docker.sock");
	p->control = path_join(p->folder, "control.sock");
	p->witness = path_join(p->folder, "witness.log");
	p->home = path_join(p->folder, "home.sock");
	p->ports = path_join(p->folder, "ports");
	p->refusal = path_join(p->folder, "refusal");
}

void machine_paths_finish(struct machine_paths *p)
{
	char **all[] = {&p->folder, &p->lock, &p->lease, &p->log, &p->status, &p->trouble,
		&p->progress, &p->socket, &p->control, &p->witness, &p->home, &p->ports,
		&p->refusal};
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		free(*all[i]);
		*all[i] = NULL;
	}
}

/* ---- processes ---- */

/* Start time and flags of a process, where there is one that is no zombie. */
static bool read_process(pid_t pid, unsigned long long *ret_start, unsigned *ret_flags)
{
	char path[64];
	if (pid <= 0)
		return false;
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	char bytes[1024];
	ssize_t got = fd >= 0 ? fd_read(fd, bytes, sizeof bytes - 1) : -1;
	if (got <= 0)
		return false;
	bytes[got] = '\0';
	/* the name may have blanks and parentheses: fields are counted from its end; the flags are
	 * the 9th, the start is the 22nd */
	const char *at = strrchr(bytes, ')');
	char state = '\0';
	return at != NULL &&
	       sscanf(at,
		       ") %c %*d %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d "
		       "%*d %*d %*d %*d %llu",
		       &state, ret_flags, ret_start) == 3 &&
	       state != 'Z';
}

unsigned long long machine_process_started(pid_t pid)
{
	unsigned long long start;
	unsigned flags;
	return read_process(pid, &start, &flags) ? start : 0;
}

/* A namespace's first process stays until all others in it have ended, and they may answer as long
 * as that takes. */
static bool is_process_ending(pid_t pid)
{
	unsigned long long start;
	unsigned flags;
	return !read_process(pid, &start, &flags) || (flags & PROCESS_EXITING) != 0;
}

bool machine_process_is(pid_t pid, unsigned long long start)
{
	return pid > 0 && start != 0 && machine_process_started(pid) == start;
}

/* ---- the status file ---- */

bool machine_record_read(const struct machine_paths *p, struct machine_record *ret)
{
	cleanup_buf struct buf text = {0};
	struct machine_record r = {0};
	int rootless = 0, kind = 0, network = 0;
	if (!file_read(p->status, 4096, &text, NULL))
		return false;
	unsigned long long data, memory, home = 0;
	int found;
	found = sscanf(buf_text(&text),
		"kind %d\nsupervisor %d %llu\ninit %d %llu\nrootless %d\ndata %llu\nmemory %llu\n"
		"pids %u\ncpu %u\nhome %llu\nnetwork %d\nversion %31s\ngroups %" GROUPS_WIDTH
		"[^\n]",
		&kind, &r.supervisor, &r.supervisor_start, &r.init, &r.init_start, &rootless, &data,
		&memory, &r.pids_limit, &r.cpu_limit, &home, &network, r.version, r.groups);
	if (found < 9) /* an earlier build's has no more */
		return false;
	r.kind = kind == MACHINE_SHELL ? MACHINE_SHELL : MACHINE_PRACTICE;
	r.rootless = rootless != 0;
	r.network = network != 0;
	r.data_limit = data;
	r.memory_limit = memory;
	r.home_limit = home;
	*ret = r;
	return true;
}

bool machine_record_write(
	const struct machine_paths *p, const struct machine_record *r, struct error *err)
{
	cleanup_buf struct buf text = {0};
	buf_printf(&text,
		"kind %d\nsupervisor %d %llu\ninit %d %llu\nrootless %d\ndata %llu\nmemory %llu\n"
		"pids %u\ncpu %u\nhome %llu\nnetwork %d\nversion %s\ngroups %s\n",
		(int)r->kind, (int)r->supervisor, r->supervisor_start, (int)r->init, r->init_start,
		r->rootless, (unsigned long long)r->data_limit, (unsigned long long)r->memory_limit,
		r->pids_limit, r->cpu_limit, (unsigned long long)r->home_limit, r->network,
		r->version[0] != '\0' ? r->version : "?", r->groups);
	return file_write(p->status, buf_text(&text), text.length, 0600, err);
}

/* ---- sweeping ---- */

void machine_sweep(const struct machine_paths *p, const struct machine_record *r)
{
	const char *groups = r != NULL ? r->groups : "";
	if (r != NULL && machine_process_is(r->init, r->init_start)) {
		(void)kill(r->init, SIGKILL);
		(void)cgroup_remove(p->group, groups); /* a paused process does not die */
		for (int i = 0; i < 1000 && machine_process_is(r->init, r->init_start); i++)
			usleep(5000);
	}
	(void)cgroup_remove(p->group, groups); /* a group that stays is met by the next start */
	(void)folder_remove(p->folder, NULL);  /* likewise what stays of it */
}

/* ---- locks ---- */

static int open_lock(const char *path)
{
	return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* A stop removes the lock's file: who waited for it then holds a file that nobody else sees. */
static bool is_in_place(int fd, const char *path)
{
	struct stat held, seen;
	return fstat(fd, &held) == 0 && lstat(path, &seen) == 0 && held.st_dev == seen.st_dev &&
	       held.st_ino == seen.st_ino;
}

int machine_lock(const struct machine_paths *p, bool wait)
{
	for (;;) {
		int fd = open_lock(p->lock);
		if (fd < 0)
			return -1;
		int held = flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB);
		int cause = errno;
		if (held == 0 && is_in_place(fd, p->lock))
			return fd;
		close(fd);
		errno = cause;
		if (held < 0 && cause != EINTR)
			return -1;
	}
}

int machine_lease(enum machine_kind kind)
{
	struct machine_paths p;
	machine_paths_init(&p, kind);
	int fd = open_lock(p.lease);
	if (fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0) {
		close(fd);
		fd = -1;
	}
	machine_paths_finish(&p);
	return fd;
}

static bool is_locked(const struct machine_paths *p)
{
	cleanup_fd int fd = open_lock(p->lock);
	if (fd < 0)
		return false;
	return flock(fd, LOCK_EX | LOCK_NB) < 0;
}

/* ---- status ---- */

/* Somebody accepts there: a socket's file outlives its daemon. */
static bool is_socket_listening(const char *path)
{
	struct sockaddr_un address;
	cleanup_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return fd >= 0 && unix_address(path, &address, NULL) &&
	       connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

static bool is_ready(const struct machine_paths *p, struct machine_record *r)
{
	return machine_record_read(p, r) && machine_process_is(r->init, r->init_start) &&
	       !is_process_ending(r->init) &&
	       (r->kind == MACHINE_SHELL || is_socket_listening(p->socket));
}

void machine_status_finish(struct machine_status *s)
{
	free(s->host);
	free(s->version);
	free(s->progress);
	*s = (struct machine_status){0};
}

bool machine_status(enum machine_kind kind, struct machine_status *ret, struct error *err)
{
	struct machine_paths p;
	struct machine_record r = {0};
	(void)err; /* there is always something to tell */
	machine_paths_init(&p, kind);
	*ret = (struct machine_status){.state = MACHINE_ABSENT};
	if (is_ready(&p, &r)) {
		*ret = (struct machine_status){
			.state = MACHINE_READY,
			.host = xasprintf("unix://%s", p.socket),
			.supervisor = r.supervisor,
			.init = r.init,
			.rootless = r.rootless,
			.version = xstrdup(r.version),
			.memory_limit = r.memory_limit,
			.data_limit = r.data_limit,
			.home_limit = r.home_limit,
			.pids_limit = r.pids_limit,
			.cpu_limit = r.cpu_limit,
			.network = r.network,
		};
	} else if (folder_exists(p.folder)) {
		ret->state = is_locked(&p) ? MACHINE_STARTING : MACHINE_STALE;
		cleanup_buf struct buf progress = {0};
		if (ret->state == MACHINE_STARTING && file_read(p.progress, 4096, &progress, NULL))
			ret->progress = buf_steal(&progress);
	}
	machine_paths_finish(&p);
	return true;
}

/* ---- starting ---- */

/* The folder above is ours alone: somebody else's would let them choose what we run. */
static bool make_private(const char *path, struct error *err)
{
	struct stat info;
	if (!folder_make(path, 0700, err))
		return error_wrap(err, "the practice machine's folder");
	if (lstat(path, &info) < 0 || !S_ISDIR(info.st_mode) || info.st_uid != geteuid())
		return error_set(err, 0,
			"the folder '%s' belongs to somebody else; set XDG_RUNTIME_DIR", path);
	return true;
}

/* A supervisor on a full disk could not even say why it ends. */
static bool has_room(const struct machine_paths *p, struct error *err)
{
	static const char some[] = "room for what it says";
	return file_write(p->progress, some, strlen(some), 0600, err) && unlink(p->progress) == 0;
}

static bool prepare_folder(const struct machine_paths *p, struct error *err)
{
	struct machine_record old = {0};
	struct sockaddr_un address;
	cleanup_free char *runtime = xdg_folder(XDG_RUNTIME);
	cleanup_free char *workspaces = machine_workspaces();
	cleanup_error struct error cause = {0};
	if (!unix_address(p->socket, &address, &cause))
		return error_set(
			err, 0, "%s; set XDG_RUNTIME_DIR to a shorter one", error_text(&cause));
	machine_sweep(p, machine_record_read(p, &old) ? &old : NULL);
	(void)unlink(p->trouble); /* of an earlier start */
	return make_private(runtime, err) && make_private(p->folder, err) &&
	       folder_make(workspaces, 0711, err) && has_room(p, err);
}

static uint64_t memory_of_machine(void)
{
	struct sysinfo info;
	return sysinfo(&info) == 0 ? (uint64_t)info.totalram * info.mem_unit : 2 * GIB;
}

static uint64_t lower_of(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static struct machine_record wanted_record(const struct machine_options *o)
{
	uint64_t memory = memory_of_machine();
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	return (struct machine_record){
		.kind = o->kind,
		.rootless = geteuid() != 0,
		.network = o->network && o->kind == MACHINE_PRACTICE,
		.data_limit = o->data_limit > 0 ? o->data_limit : lower_of(2 * GIB, memory / 2),
		.home_limit = o->kind == MACHINE_SHELL ? 0
			      : o->home_limit > 0      ? o->home_limit
						       : lower_of(GIB / 2, memory / 8),
		.memory_limit =
			o->memory_limit > 0 ? o->memory_limit : lower_of(2 * GIB, memory / 2),
		.pids_limit = o->pids_limit > 0 ? o->pids_limit : 1024,
		.cpu_limit = (unsigned)(processors > 0 ? processors : 1) * 100 - CPU_SPARED,
	};
}

static bool start_supervisor(
	struct machine_paths *p, const struct machine_options *o, int lock, struct error *err)
{
	struct supervisor_options supervisor = {
		.paths = *p, .record = wanted_record(o), .idle_ms = o->idle_ms, .lock_fd = lock};
	/* let go by the supervisor as well, once it can be counted */
	cleanup_fd int turn = o->kind == MACHINE_PRACTICE ? crowd_wait_for_turn() : -1;
	return (o->kind != MACHINE_PRACTICE || crowd_has_room(err)) && prepare_folder(p, err) &&
	       spawn_function(supervisor_run, &supervisor, true, NULL, err);
}

bool machine_start_background(const struct machine_options *o, struct error *err)
{
	struct machine_paths p;
	struct machine_record r;
	cleanup_free char *runtime = xdg_folder(XDG_RUNTIME);
	if (!make_private(runtime, err))
		return false;
	machine_paths_init(&p, o->kind);
	bool good = true;
	if (!is_ready(&p, &r)) {
		cleanup_fd int lock = machine_lock(&p, false);
		if (lock < 0 && errno != EWOULDBLOCK)
			good = error_set(err, errno, "the practice machine's lock '%s'", p.lock);
		else if (lock >= 0 && !is_ready(&p, &r))
			good = start_supervisor(&p, o, lock,
				err); /* the supervisor holds the lock until it is ready */
	}
	machine_paths_finish(&p);
	return good;
}

/* ---- waiting ---- */

static void tell_progress(
	const struct machine_paths *p, const struct machine_options *o, struct buf *told)
{
	cleanup_buf struct buf text = {0};
	if (o->progress == NULL || !file_read(p->progress, 4096, &text, NULL))
		return;
	if (text_same(buf_text(&text), buf_text(told)))
		return;
	o->progress(o->progress_data, buf_text(&text));
	buf_truncate(told, 0);
	buf_add_text(told, buf_text(&text));
}

static bool read_trouble(const struct machine_paths *p, struct error *err)
{
	cleanup_buf struct buf text = {0};
	struct statvfs disk;
	if (file_read(p->trouble, 65536, &text, NULL) && text.length > 0)
		return error_set(err, 0, "the practice machine did not start: %s", buf_text(&text));
	if (is_locked(p))
		return error_set(err, 0, "the practice machine is still coming up");
	cleanup_free char *above = xdg_folder(XDG_RUNTIME);
	if (statvfs(above, &disk) == 0 && (disk.f_bavail == 0 || disk.f_favail == 0))
		return error_set(err, 0,
			"the practice machine did not start: the disk of '%s' is full; free some "
			"space there",
			above);
	return error_set(err, 0, "the practice machine is not running");
}

/* A signal that asks to stop has come; whoever blocked it will read it. */
static bool is_interrupted(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	sigset_t set;
	bool found = false;
	if (sigpending(&set) == 0)
		for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
			found = found || sigismember(&set, numbers[i]) == 1;
	return found;
}

bool machine_wait(const struct machine_options *o, struct error *err)
{
	struct machine_paths p;
	struct machine_record r;
	cleanup_buf struct buf told = {0};
	int64_t end = clock_monotonic_ms() + START_TIMEOUT_MS;
	machine_paths_init(&p, o->kind);
	bool ready, interrupted = false;
	int starts = 0;
	while (!(ready = is_ready(&p, &r)) && clock_monotonic_ms() < end &&
		!(interrupted = is_interrupted())) {
		/* The supervisor lets go when it is ready, when it gave up, or when it has cleaned
		 * up after an old one: then no new one has begun yet. */
		if (!is_locked(&p)) {
			ready = is_ready(&p, &r);
			if (ready || file_exists(p.trouble) || starts++ == STARTS_MOST ||
				!machine_start_background(o, NULL))
				break;
		}
		tell_progress(&p, o, &told);
		usleep(10000);
	}
	if (interrupted)
		error_set(err, 0, "interrupted while the practice machine was coming up");
	else if (!ready)
		read_trouble(&p, err);
	machine_paths_finish(&p);
	return ready && (!o->network || r.network || machine_connect(err));
}

bool machine_start(const struct machine_options *o, struct error *err)
{
	return machine_start_background(o, err) && machine_wait(o, err);
}

/* ---- a network ---- */

/* The supervisor does it, when it is told; it writes that it did, or why it could not. */
bool machine_connect(struct error *err)
{
	struct machine_paths p;
	struct machine_record r;
	cleanup_buf struct buf refusal = {0};
	machine_paths_init(&p, MACHINE_PRACTICE);
	bool good = is_ready(&p, &r) || error_set(err, 0, "the practice machine is not running");
	int64_t end = clock_monotonic_ms() + CONNECT_TIMEOUT_MS;
	if (good && !r.network) {
		(void)unlink(p.refusal);
		(void)kill(r.supervisor, SIGUSR1);
	}
	while (good && !r.network && !file_exists(p.refusal) && clock_monotonic_ms() < end) {
		usleep(20000);
		good = is_ready(&p, &r) || error_set(err, 0, "the practice machine has just ended");
	}
	if (good && !r.network)
		good = error_set(err, 0, "%s",
			file_read(p.refusal, 65536, &refusal, NULL)
				? buf_text(&refusal)
				: "the practice machine gets no network");
	machine_paths_finish(&p);
	return good;
}

/* ---- stopping ---- */

/* The lock, once a start that is under way has ended; -1: it never did. */
static int wait_for_lock(const struct machine_paths *p, int timeout_ms)
{
	int64_t end = clock_monotonic_ms() + timeout_ms;
	int fd;
	while ((fd = machine_lock(p, false)) < 0 && clock_monotonic_ms() < end)
		usleep(10000);
	return fd;
}

bool machine_stop(enum machine_kind kind, struct error *err)
{
	struct machine_paths p;
	struct machine_record r = {0};
	machine_paths_init(&p, kind);
	cleanup_free char *runtime = xdg_folder(XDG_RUNTIME);
	bool good = true;
	if (folder_exists(runtime)) {
		cleanup_fd int lock = wait_for_lock(&p, STOP_TIMEOUT_MS);
		if (lock < 0) {
			machine_paths_finish(&p);
			return error_set(err, 0,
				"the practice machine is being brought up or down by another "
				"process");
		}
		bool known = machine_record_read(&p, &r);
		if (known && machine_process_is(r.supervisor, r.supervisor_start)) {
			(void)kill(r.supervisor, SIGTERM);
			for (int i = 0; i < STOP_LOOKS &&
					machine_process_is(r.supervisor, r.supervisor_start);
				i++)
				usleep(5000);
		}
		machine_sweep(&p, known ? &r : NULL);
		(void)unlink(p.trouble);
		(void)unlink(p.lease);
		if (folder_exists(p.folder))
			good = error_set(err, 0,
				"the practice machine's folder '%s' can't be removed", p.folder);
		(void)unlink(p.lock);
		(void)rmdir(runtime); /* empty unless something else lives there */
	}
	machine_paths_finish(&p);
	return good;
}
