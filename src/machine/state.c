/* machine/state.c - the machine's folder, seen from outside: paths, processes, the supervisor's
 * record, locks, and the current status */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define PROCESS_EXITING 0x4u /* PF_EXITING of linux/sched.h, as /proc/PID/stat gives it */

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
	p->control = path_join(p->folder, CONTROL_SOCKET);
	p->witness = path_join(p->folder, "witness.log");
	p->home = path_join(p->folder, "home.sock");
	p->ports = path_join(p->folder, PORTS_FILE);
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

/* Reads start time and flags of a process, unless it is missing or a zombie. */
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
	/* the name may contain blanks and parentheses, so count fields from its end; the flags
	 * are the 9th, the start is the 22nd */
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

/* A namespace's first process stays until all others in it have ended, and those may answer
 * until then. */
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
	if (found < 9) /* an earlier build wrote no more */
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
		int64_t until_ms = clock_monotonic_ms() + GROUPS_PATIENCE_MS;
		while (machine_process_is(r->init, r->init_start) &&
			clock_monotonic_ms() < until_ms)
			usleep(5000);
	}
	(void)cgroup_remove(p->group, groups); /* the next start removes a remaining group */
	(void)folder_remove(p->folder, NULL);  /* likewise the remaining files */
}

/* ---- locks ---- */

static int open_lock(const char *path)
{
	return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* Stopping removes the lock's file, so a process that waited for it may have locked a file that
 * no other process sees. */
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

bool machine_is_locked(const struct machine_paths *p)
{
	cleanup_fd int fd = open_lock(p->lock);
	if (fd < 0)
		return false;
	return flock(fd, LOCK_EX | LOCK_NB) < 0;
}

/* ---- status ---- */

/* Reports whether a process accepts connections there, because a socket's file outlives its
 * daemon. */
static bool is_socket_listening(const char *path)
{
	struct sockaddr_un address;
	cleanup_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return fd >= 0 && unix_address(path, &address, NULL) &&
	       connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

bool machine_is_ready(const struct machine_paths *p, struct machine_record *r)
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
	(void)err; /* never fails */
	machine_paths_init(&p, kind);
	*ret = (struct machine_status){.state = MACHINE_ABSENT};
	if (machine_is_ready(&p, &r)) {
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
		ret->state = machine_is_locked(&p) ? MACHINE_STARTING : MACHINE_STALE;
		cleanup_buf struct buf progress = {0};
		if (ret->state == MACHINE_STARTING && file_read(p.progress, 4096, &progress, NULL))
			ret->progress = xstrdup(_(buf_text(&progress)));
	}
	machine_paths_finish(&p);
	return true;
}
