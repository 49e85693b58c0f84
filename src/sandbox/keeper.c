/* sandbox/keeper.c - the process that owns the practice daemon: brings it up, waits, and leaves
 * nothing behind */
#include "daemon.h"
#include "engine.h"
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define UP_TIMEOUT_MS 30000 /* since dockerd last logged anything */
#define SLOW_MS 3000        /* then whoever waits is told */
#define INIT_LOOK_MS 50
#define IDLE_LOOK_MS 10000
#define FILES_MOST 65536

struct keeper {
	struct keeper_options *options;
	const struct daemon_paths *paths;
	struct daemon_record record;
	pid_t bwrap, registry, sweeper, rootlesskit;
	int signals;
	int info;  /* bubblewrap writes here in pieces: closed early, it would die of SIGPIPE */
	int alive; /* end of the pipe that only this process has open for writing */
};

/* ---- what the starter hears ---- */

static void tell(void *data, const char *what)
{
	struct keeper *k = data;
	(void)file_write(k->paths->progress, what, strlen(what), 0600, NULL); /* only for show */
}

/* True while the daemon's process tree stands. */
static bool is_standing(const struct keeper *k)
{
	return waitpid(k->bwrap, NULL, WNOHANG) == 0;
}

static void last_lines(const char *path, struct buf *out)
{
	cleanup_buf struct buf log = {0};
	if (!file_read(path, 16 * 1024 * 1024, &log, NULL))
		return;
	const char *text = buf_text(&log), *at = text + log.length;
	for (int lines = 0; at > text && lines < 4; at--)
		lines += at[-1] == '\n';
	size_t length = strlen(at);
	while (length > 0 && at[length - 1] == '\n')
		length--;
	buf_printf(out, "; its last words:\n%.*s", (int)length, at);
}

static void tell_trouble(struct keeper *k, const struct error *err)
{
	cleanup_buf struct buf text = {0};
	buf_add_text(&text, error_text(err));
	if (k->bwrap > 0 && !is_standing(k)) /* else it is not dockerd that has a reason to tell */
		last_lines(k->paths->log, &text);
	(void)file_write(k->paths->trouble, buf_text(&text), text.length, 0600, NULL);
}

/* ---- becoming a keeper ---- */

static void leave_caller(const struct keeper_options *o)
{
	long most = sysconf(_SC_OPEN_MAX);
	for (int fd = 3; fd < most && fd < FILES_MOST; fd++)
		if (fd != o->lock_fd)
			close(fd); /* a pipe of the caller's would never end */
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int log = open(o->paths.log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	if (null >= 0)
		dup2(null, 0);
	dup2(log >= 0 ? log : null, 1);
	dup2(log >= 0 ? log : null, 2);
	if (null > 2)
		close(null);
	if (log > 2)
		close(log);
	if (chdir("/") < 0)
		return; /* it then only holds a folder */
}

static int open_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_SETMASK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* ---- the sweeper: cleans up when the keeper is gone without having done so ---- */

/* A new daemon is there already: then nothing is ours to clean, although the lock is free again. */
static bool has_successor(const struct daemon_paths *p, const struct daemon_record *own)
{
	struct daemon_record now;
	return daemon_record_read(p, &now) &&
	       (now.keeper != own->keeper || now.keeper_start != own->keeper_start) &&
	       process_is(now.keeper, now.keeper_start);
}

struct sweeper {
	const struct daemon_paths *paths;
	int read_end, write_end, lock;
	const struct daemon_record *record;
};

static int sweeper_run(void *data)
{
	const struct sweeper *s = data;
	struct daemon_record r = *s->record;
	char byte;
	close(s->write_end);
	if (s->lock >= 0)
		close(s->lock);
	prctl(PR_SET_NAME, "ropes-sweeper");
	(void)signal(SIGCHLD, SIG_DFL);
	if (fd_read(s->read_end, &byte, 1) > 0)
		return 0;                    /* told: all is cleaned */
	if (daemon_lock(s->paths, true) < 0) /* held until this process ends */
		return 1;
	/* our own keeper may still be ending: its end of the pipe is closed before it is gone */
	if (has_successor(s->paths, &r))
		return 0;
	daemon_sweep(s->paths, r.init > 0 ? &r : NULL);
	(void)unlink(s->paths->lock);
	return 0;
}

static bool start_sweeper(struct keeper *k, struct error *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set(err, errno, "pipe");
	struct sweeper s = {k->paths, ends[0], ends[1], k->options->lock_fd, &k->record};
	if (k->alive >= 0)
		close(k->alive);
	k->alive = ends[1];
	bool good = spawn_function(sweeper_run, &s, false, &k->sweeper, err);
	close(ends[0]);
	return good;
}

/* ---- bringing it up ---- */

static bool find_init(const struct buf *text, pid_t *ret)
{
	const char *at = strstr(buf_text(text), "\"child-pid\":");
	return at != NULL && sscanf(at, "\"child-pid\": %d", ret) == 1 && strchr(at, '\n') != NULL;
}

/* The end of the pipe is no sign that bubblewrap failed: unshare(1) has a helper that keeps it
 * open. So the process is looked at, too. */
static bool read_init(struct keeper *k, int fd, struct error *err)
{
	cleanup_buf struct buf text = {0};
	char bytes[512];
	for (bool standing = true;;) {
		struct pollfd ready = {.fd = fd, .events = POLLIN};
		ssize_t got = 0;
		if (poll(&ready, 1, INIT_LOOK_MS) > 0) {
			got = fd_read(fd, bytes, sizeof bytes);
			if (got <= 0)
				fd = -1; /* from now on poll() only waits */
		}
		if (got > 0)
			buf_add(&text, bytes, (size_t)got);
		if (find_init(&text, &k->record.init))
			return true;
		if (got <= 0 && !standing)
			return error_set(err, 0, "its namespaces could not be made");
		standing = is_standing(k); /* once more after its end: its last words count */
	}
}

static bool start_root(struct keeper *k, struct error *err)
{
	cleanup_words struct words words = {0};
	int info[2];
	if (pipe2(info, O_CLOEXEC) < 0)
		return error_set(err, errno, "pipe");
	const struct root_options root = {
		.paths = k->paths,
		.data_limit = k->record.data_limit,
		/* without a group a single program could take all of the machine's memory */
		.process_memory =
			k->record.memory_limit == 0 ? k->options->record.memory_limit / 2 : 0,
		.rootless = k->record.rootless,
		.info_fd = 9,
	};
	root_words(&root, &words);
	struct spawn spawn = {.argv = (const char *const *)words.items,
		.session = true, /* a group to end as a whole */
		.die_with_parent = true};
	spawn_fd_add(&spawn, info[1], 9);
	bool good = spawn_start(&spawn, &k->bwrap, err);
	close(info[1]);
	good = good && read_init(k, info[0], err);
	k->info = info[0];
	if (good)
		k->record.init_start = process_start(k->record.init);
	return good;
}

static bool was_told_to_stop(const struct keeper *k)
{
	struct signalfd_siginfo info;
	while (fd_read(k->signals, &info, sizeof info) == (ssize_t)sizeof info)
		if (info.ssi_signo != SIGCHLD)
			return true;
	return false;
}

static bool ask_version(struct keeper *k, struct engine *engine, struct error *err)
{
	struct engine_answer answer = {0};
	if (!engine_request(engine, "GET", "/version", NULL, &answer, err))
		return false;
	const char *version =
		cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(answer.json, "Version"));
	snprintf(k->record.version, sizeof k->record.version, "%.31s",
		version != NULL ? version : "?");
	engine_answer_finish(&answer);
	return true;
}

/* *size is what the file had at the last look. */
static bool has_grown(const char *path, int64_t *size)
{
	struct stat info;
	bool grown = stat(path, &info) == 0 && info.st_size > *size;
	if (grown)
		*size = info.st_size;
	return grown;
}

static bool wait_for_daemon(struct keeper *k, struct error *err)
{
	cleanup_free char *host = xasprintf("unix://%s", k->paths->socket);
	const struct engine_options options = {.host = host, .timeout_ms = 5000};
	struct engine *engine;
	if (!engine_open(&options, &engine, err))
		return false;
	int64_t start = clock_monotonic_ms(), end = start + UP_TIMEOUT_MS, said = 0, now = start;
	bool up = false, stop = false, slow = false, standing = true;
	while (!up && !stop && now < end && standing) {
		up = access(k->paths->socket, F_OK) == 0 && engine_ping(engine, NULL);
		stop = was_told_to_stop(k);
		if (!up)
			usleep(5000);
		standing = is_standing(k);
		now = clock_monotonic_ms();
		if (has_grown(k->paths->log, &said))
			end = now + UP_TIMEOUT_MS; /* slow, but getting on */
		if (!slow && now > start + SLOW_MS)
			tell(k, "dockerd is still coming up");
		slow = slow || now > start + SLOW_MS;
	}
	bool good = up         ? ask_version(k, engine, err)
		    : stop     ? error_set(err, 0, "it was told to stop")
		    : standing ? error_set(err, 0, "dockerd does not answer")
			       : error_set(err, 0, "dockerd ended");
	engine_close(engine);
	return good;
}

static bool bring_up(struct keeper *k, struct error *err)
{
	struct limits limits = {k->record.memory_limit, k->record.pids_limit};
	cgroup_make(k->paths->group, &limits);
	k->record.memory_limit = limits.memory;
	k->record.pids_limit = limits.pids;
	return (!k->record.rootless || rootlesskit_start(k->paths, &k->rootlesskit, err)) &&
	       start_root(k, err) && start_sweeper(k, err) && wait_for_daemon(k, err) &&
	       registry_start(k->paths, &k->record, &k->registry, err) &&
	       images_install(k->paths, &k->record, tell, k, err) &&
	       registry_wait(k->registry, err) && socket_hide(&k->record, err) &&
	       daemon_record_write(k->paths, &k->record, err);
}

/* ---- keeping ---- */

/* Nobody holds a lease: the exclusive lock can be had. */
static bool is_idle(const struct keeper *k)
{
	cleanup_fd int fd = open(k->paths->lease, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
}

static void keep(struct keeper *k)
{
	int64_t used = clock_monotonic_ms();
	for (;;) {
		struct pollfd fd = {.fd = k->signals, .events = POLLIN};
		(void)poll(&fd, 1, IDLE_LOOK_MS); /* a look too many does no harm */
		if (was_told_to_stop(k) || !is_standing(k) ||
			waitpid(k->registry, NULL, WNOHANG) != 0)
			return;
		if (!file_exists(
			    k->paths->status)) /* its folder was removed: nobody finds it again */
			return;
		if (waitpid(k->sweeper, NULL, WNOHANG) != 0 && !start_sweeper(k, NULL))
			return;
		if (k->options->idle_minutes > 0 && !is_idle(k))
			used = clock_monotonic_ms();
		if (k->options->idle_minutes > 0 &&
			clock_monotonic_ms() - used > (int64_t)k->options->idle_minutes * 60000)
			return;
	}
}

/* ---- bringing it down ---- */

/* Whoever holds the lock sweeps: where a new daemon is being started already, or has been, its
 * starter has done so, and the folder and the groups are its own. */
static void bring_down(struct keeper *k, bool locked)
{
	if (k->record.init > 0 && process_is(k->record.init, k->record.init_start))
		(void)kill(k->record.init,
			SIGKILL); /* the namespace's first process takes all others with it */
	if (k->registry > 0)
		(void)kill(k->registry, SIGKILL);
	if (k->bwrap > 0 && k->record.init == 0)
		(void)kill(-k->bwrap, SIGKILL);
	if (k->bwrap > 0)
		(void)spawn_wait(k->bwrap);
	if (k->rootlesskit > 0) {
		(void)kill(k->rootlesskit, SIGKILL);
		(void)spawn_wait(k->rootlesskit);
	}
	if (k->registry > 0)
		(void)spawn_wait(k->registry);
	if (locked)
		daemon_sweep(k->paths, &k->record);
	if (k->info >= 0)
		close(k->info);
	if (k->alive >= 0 && write(k->alive, "", 1) == 1)
		(void)spawn_wait(k->sweeper);
}

int keeper_run(void *data)
{
	struct keeper_options *o = data;
	struct keeper k = {
		.options = o, .paths = &o->paths, .record = o->record, .info = -1, .alive = -1};
	cleanup_error struct error err = {0};
	leave_caller(o);
	prctl(PR_SET_NAME, "ropes-keeper");
	k.signals = open_signals();
	k.record.keeper = getpid();
	k.record.keeper_start = process_start(k.record.keeper);
	bool up = bring_up(&k, &err), locked = true;
	if (up) {
		close(o->lock_fd);
		o->lock_fd = -1;
		keep(&k);
		locked = daemon_lock(k.paths, false) >= 0 && /* held until this process ends */
			 !has_successor(k.paths, &k.record);
	} else {
		tell_trouble(&k, &err);
	}
	bring_down(&k, locked);
	return up ? 0 : 1;
}
