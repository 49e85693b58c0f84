/* machine/supervisor.c - the process that owns the practice machine: brings it up, waits, and
 * removes everything */
#include "private.h"
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
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MS 10000
#define SILENT_MS 90000 /* then consider dockerd stuck, or stopped by root inside */
#define FILES_MAX 65536
#define LAST_LINES 4 /* of a log, for the waiting client */

struct supervisor {
	struct supervisor_options *options;
	const struct machine_paths *paths;
	struct machine_record record;
	pid_t reaper, publisher, keeper;
	struct home home;
	struct machine_ids ids;
	struct docker docker;
	int signals;
	int64_t asked_ms, answered_ms; /* last request to dockerd, and its last answer */
	bool connect;                  /* a client asked for a network */
	int alive;                     /* the only writing end of the pipe */
};

/* ---- reports to the starter ---- */

static void write_progress(void *data, const char *what)
{
	struct supervisor *k = data;
	(void)file_write(k->paths->progress, what, strlen(what), 0600, NULL); /* only for display */
}

/* Reports whether the machine's essential parts run. */
static bool is_standing(const struct supervisor *k)
{
	if (k->record.kind == MACHINE_SHELL)
		return waitpid(k->record.init, NULL, WNOHANG) == 0;
	return dockerd_is_standing(&k->docker);
}

static void last_lines(const char *path, struct buf *out)
{
	cleanup_buf struct buf log = {0};
	if (!file_read(path, 16 * 1024 * 1024, &log, NULL))
		return;
	const char *text = buf_text(&log), *end = text + log.length;
	while (end > text && end[-1] == '\n')
		end--;
	const char *at = end;
	for (int lines = 0; at > text && lines < LAST_LINES; at--)
		lines += at[-1] == '\n';
	at += *at == '\n'; /* the previous line's newline */
	buf_printf(out,
		_("; its last messages:\n"
		  "%.*s"),
		(int)(end - at), at);
}

static void tell_trouble(struct supervisor *k, const struct error *err)
{
	cleanup_buf struct buf text = {0};
	buf_add_text(&text, error_text(err));
	dockerd_await_log(&k->docker);
	if (k->docker.dockerd.control >= 0 && !is_standing(k)) /* else its log is not the reason */
		last_lines(k->paths->log, &text);
	(void)file_write(k->paths->trouble, buf_text(&text), text.length, 0600, NULL);
}

/* ---- becoming a supervisor ---- */

static void leave_caller(const struct supervisor_options *o)
{
	long max = sysconf(_SC_OPEN_MAX);
	for (int fd = 3; fd < max && fd < FILES_MAX; fd++)
		if (fd != o->lock_fd)
			close(fd); /* else a pipe of the caller's would never end */
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
		return; /* it then only keeps a folder in use */
}

static int open_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_SETMASK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* ---- the reaper: cleans up after a supervisor that ended without cleaning up ---- */

/* If a new daemon runs, there is nothing of ours to clean, although the lock is free again. */
static bool has_successor(const struct machine_paths *p, const struct machine_record *own)
{
	struct machine_record now;
	return machine_record_read(p, &now) &&
	       (now.supervisor != own->supervisor ||
		       now.supervisor_start != own->supervisor_start) &&
	       machine_process_is(now.supervisor, now.supervisor_start);
}

struct reaper {
	const struct machine_paths *paths;
	int read_end, write_end, lock;
	const struct machine_record *record;
};

static int reaper_run(void *data)
{
	const struct reaper *s = data;
	struct machine_record r = *s->record;
	char byte;
	close(s->write_end);
	if (s->lock >= 0)
		close(s->lock);
	prctl(PR_SET_NAME, "ropes-reaper");
	(void)signal(SIGCHLD, SIG_DFL);
	if (fd_read(s->read_end, &byte, 1) > 0)
		return 0;                     /* the supervisor has cleaned up */
	if (machine_lock(s->paths, true) < 0) /* until this process ends */
		return 1;
	/* our supervisor may still be ending: its end of the pipe closes before it is gone */
	if (has_successor(s->paths, &r))
		return 0;
	machine_sweep(s->paths, r.init > 0 ? &r : NULL);
	(void)unlink(s->paths->lock);
	return 0;
}

static bool start_reaper(struct supervisor *k, struct error *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set(err, errno, "pipe");
	struct reaper s = {k->paths, ends[0], ends[1], k->options->lock_fd, &k->record};
	if (k->alive >= 0)
		close(k->alive);
	k->alive = ends[1];
	bool good = spawn_function(reaper_run, &s, false, &k->reaper, err);
	close(ends[0]);
	return good;
}

/* ---- bringing it up ---- */

static bool was_told_to_stop(struct supervisor *k)
{
	struct signalfd_siginfo info;
	while (fd_read(k->signals, &info, sizeof info) == (ssize_t)sizeof info) {
		k->connect = k->connect || info.ssi_signo == SIGUSR1;
		if (info.ssi_signo != SIGCHLD && info.ssi_signo != SIGUSR1)
			return true;
	}
	return false;
}

static bool is_told_to_stop(void *data)
{
	return was_told_to_stop(data);
}

static bool bring_up_docker(struct supervisor *k, struct error *err)
{
	k->docker.paths = k->paths;
	k->docker.record = &k->record;
	k->docker.memory_wanted = k->options->record.memory_limit;
	k->docker.tell = write_progress;
	k->docker.is_stopped = is_told_to_stop;
	k->docker.data = k;
	return dockerd_start(&k->docker, err) && publish_start(k->paths, &k->publisher, err);
}

static bool bring_up_machine(struct supervisor *k, struct error *err)
{
	cleanup_free char *workspaces = machine_workspaces();
	bool practice = k->record.kind == MACHINE_PRACTICE;
	if (!ids_claim(workspaces, &k->ids, err) ||
		(!practice && !ids_own(&k->ids, workspaces, err)))
		return false;
	struct limits limits = {k->record.memory_limit, k->record.pids_limit, k->record.cpu_limit};
	(void)cgroup_make(k->paths->group, &k->ids, &limits, k->record.groups,
		NULL); /* doctor reports the reason */
	k->record.memory_limit = limits.memory;
	k->record.pids_limit = limits.pids;
	k->record.cpu_limit = limits.cpu;
	return start_init(k->paths, &k->record, &k->ids, k->options->lock_fd, err) &&
	       (!practice || (home_open(k->paths, &k->record, &k->ids, &k->home, err) &&
				     home_start(&k->home, &k->keeper, err))) &&
	       start_reaper(k, err) && (!practice || bring_up_docker(k, err)) &&
	       machine_record_write(k->paths, &k->record, err);
}

/* ---- supervising ---- */

/* No client holds a lease if the exclusive lock is available. */
static bool is_unleased(const struct supervisor *k)
{
	cleanup_fd int fd = open(k->paths->lease, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
}

static bool reap_helper(pid_t *helper)
{
	if (*helper <= 0 || waitpid(*helper, NULL, WNOHANG) == 0)
		return false;
	*helper = 0;
	return true;
}

/* Asks dockerd at most as often as the idle check runs. */
static bool is_dockerd_silent(struct supervisor *k)
{
	int64_t now = clock_monotonic_ms();
	if (k->record.kind == MACHINE_SHELL || now - k->asked_ms < LOOK_MS)
		return false;
	bool answers = dockerd_answers(&k->docker);
	k->asked_ms = clock_monotonic_ms();
	if (answers || k->answered_ms == 0)
		k->answered_ms = k->asked_ms;
	return k->asked_ms - k->answered_ms > SILENT_MS;
}

static int look_ms(const struct supervisor_options *o)
{
	return o->idle_ms > 0 && o->idle_ms < LOOK_MS ? (int)o->idle_ms : LOOK_MS;
}

/* If this fails, the machine goes on without a network. */
static void connect_machine(struct supervisor *k)
{
	cleanup_error struct error err = {0};
	const struct machine_paths *p = k->paths;
	k->connect = false;
	if (k->record.network)
		return;
	k->record.network = dockerd_connect(&k->docker, &err);
	if (k->record.network)
		(void)machine_record_write(p, &k->record, NULL); /* else the client times out */
	else
		(void)file_write(
			p->refusal, error_text(&err), strlen(error_text(&err)), 0600, NULL);
}

static void supervise_machine(struct supervisor *k)
{
	int64_t used = clock_monotonic_ms();
	for (;;) {
		struct pollfd fds[1 + DOCKER_PARTS] = {{.fd = k->signals, .events = POLLIN}};
		dockerd_poll(&k->docker, fds + 1);
		(void)poll(
			fds, ARRAY_LENGTH(fds), look_ms(k->options)); /* an extra round is fine */
		if (was_told_to_stop(k) || !is_standing(k) || is_dockerd_silent(k))
			return;
		if (!file_exists(
			    k->paths->status)) /* its folder was removed, so no one can find it */
			return;
		if (waitpid(k->reaper, NULL, WNOHANG) != 0 && !start_reaper(k, NULL))
			return;
		if (reap_helper(&k->publisher) && !publish_start(k->paths, &k->publisher, NULL))
			return;
		if (reap_helper(&k->keeper) && !home_start(&k->home, &k->keeper, NULL))
			return;
		if (k->connect)
			connect_machine(k);
		if (reap_helper(&k->docker.carrier)) /* else it would claim network access */
			return;
		if (reap_helper(&k->docker.logger)) /* dockerd would end when it logs next */
			return;
		if (k->options->idle_ms > 0 && !is_unleased(k))
			used = clock_monotonic_ms();
		if (k->options->idle_ms > 0 && clock_monotonic_ms() - used > k->options->idle_ms)
			return;
	}
}

/* ---- bringing it down ---- */

/* Whoever has the lock cleans up: if another process starts a new daemon or has done so, it
 * cleaned up first, and folder and groups are its own. */
static void bring_down(struct supervisor *k, bool locked)
{
	if (k->record.init > 0 && machine_process_is(k->record.init, k->record.init_start))
		(void)kill(k->record.init,
			SIGKILL); /* the namespace's first process takes all others with it */
	if (k->publisher > 0) {
		(void)kill(k->publisher, SIGKILL);
		(void)spawn_wait(k->publisher);
	}
	if (locked) /* a successor's groups have the same names */
		(void)cgroup_remove(
			k->paths->group, k->record.groups); /* a paused process does not die */
	dockerd_end(&k->docker);
	if (k->record.init > 0)
		(void)spawn_wait(k->record.init);
	if (k->keeper > 0)
		(void)spawn_wait(k->keeper); /* it synchronizes a last time */
	if (locked)
		machine_sweep(k->paths, &k->record);
	if (k->alive >= 0 && write(k->alive, "", 1) == 1)
		(void)spawn_wait(k->reaper);
}

int supervisor_run(void *data)
{
	struct supervisor_options *o = data;
	struct supervisor k = {.options = o,
		.paths = &o->paths,
		.record = o->record,
		.ids = {.claim = -1, .users = -1},
		.docker = DOCKER_NONE,
		.alive = -1};
	cleanup_error struct error err = {0};
	if (o->record.kind == MACHINE_PRACTICE)
		prctl(PR_SET_NAME, MACHINE_SUPERVISOR); /* crowd.c counts it from here on */
	leave_caller(o);
	k.signals = open_signals();
	k.record.supervisor = getpid();
	k.record.supervisor_start = machine_process_started(k.record.supervisor);
	bool up = bring_up_machine(&k, &err), locked = true;
	if (up) {
		close(o->lock_fd);
		o->lock_fd = -1;
		supervise_machine(&k);
		locked = machine_lock(k.paths, false) >= 0 && /* until this process ends */
			 !has_successor(k.paths, &k.record);
	} else {
		tell_trouble(&k, &err);
	}
	bring_down(&k, locked);
	return up ? 0 : 1;
}
