/* machine/home.c - /home of a practice machine: a size-limited disk in memory, which a process
 * outside, the keeper, mirrors to the workspaces' folder. The keeper has the disk's descriptor
 * and no other way in. It outlives its starter until all processes inside have ended, and then
 * synchronizes a last time. */
#include "private.h"

#include "mirror.h"
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define LOOK_FIRST_MS 1000 /* interval without requests; doubles while nothing changes */
#define LOOK_LAST_MS 16000
#define TURN_MS 120000 /* maximum wait for another machine with the same workspaces */
#define NAME_LENGTH_MAX 64
#define FIRST_FD 64 /* parks descriptors here before closing all others */

struct guest {
	char name[NAME_LENGTH_MAX];
	struct mirror *mirror;
};

struct keeper {
	const struct home *home;
	char *workspaces;
	struct guest *guests;
	size_t count;
	unsigned uid, gid; /* the learner's, in our namespace */
};

struct question {
	enum machine_workspace_wish wish;
	char name[NAME_LENGTH_MAX];
};
struct answer {
	bool failed;
	char text[1024];
};

/* ---- both folders ---- */

static void act_as(unsigned uid, unsigned gid)
{
	(void)setfsgid(gid);
	(void)setfsuid(uid);
}

/* Opens the folder; a process inside can replace it by anything, but only a folder will do. */
static int open_inside(const struct keeper *k, const char *name, struct error *err)
{
	struct stat info;
	int tree = k->home->tree;
	act_as(k->uid, k->gid);
	if (fstatat(tree, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(info.st_mode))
		(void)unlinkat(tree, name, 0);
	(void)mkdirat(tree, name, 0755); /* fails if it exists */
	act_as(geteuid(), getegid());
	int fd = beneath_open(tree, name, O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		error_set(err, errno, "cannot mount the workspace in the machine");
	return fd;
}

static bool claim_entry(int fd, bool take)
{
	struct stat info;
	return !take || (fstat(fd, &info) == 0 && info.st_uid == geteuid()) ||
	       fchown(fd, geteuid(), getegid()) == 0;
}

static int open_outside(const struct keeper *k, const char *name, bool make, struct error *err)
{
	bool take = k->home->take;
	cleanup_fd int all = open(k->workspaces, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (make && all >= 0)
		(void)mkdirat(all, name, 0700); /* fails if it exists */
	int fd = all >= 0 ? openat(all, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	if (fd >= 0 && claim_entry(all, take) && claim_entry(fd, take))
		return fd;
	error_set(err, errno, "cannot open the workspace '%s/%s'", k->workspaces, name);
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool wait_for_turn(int fd, struct error *err)
{
	for (int64_t end = clock_monotonic_ms() + TURN_MS; flock(fd, LOCK_EX | LOCK_NB) < 0;) {
		if (errno != EWOULDBLOCK || clock_monotonic_ms() > end)
			return error_set(err, errno, "wait for the workspace");
		usleep(2000);
	}
	return true;
}

static bool serve_guest(const struct keeper *k, struct guest *g, enum machine_workspace_wish wish,
	bool whole, bool make, size_t *ret_changes, struct buf *told, struct error *err)
{
	cleanup_fd int outside = open_outside(k, g->name, make, err);
	if (outside < 0 || !wait_for_turn(outside, err))
		return false;
	cleanup_fd int inside = open_inside(k, g->name, err);
	if (inside < 0)
		return false;
	return wish == MACHINE_WORKSPACE_CLEAR
		       ? mirror_clear(g->mirror, inside, outside, err)
		       : mirror_sync(g->mirror, inside, outside, whole, ret_changes, told, err);
}

static struct guest *find_guest(struct keeper *k, const char *name)
{
	const struct mirror_options options = {.uid = k->uid,
		.gid = k->gid,
		.bytes_max = k->home->limit,
		.entries_max = MACHINE_WORKSPACE_ENTRIES,
		.take = k->home->take};
	for (size_t i = 0; i < k->count; i++)
		if (text_same(k->guests[i].name, name))
			return &k->guests[i];
	k->guests = array_grow(k->guests, k->count, sizeof *k->guests);
	struct guest *g = &k->guests[k->count++];
	*g = (struct guest){.mirror = mirror_new(&options)};
	snprintf(g->name, sizeof g->name, "%s", name);
	return g;
}

/* ---- requests ---- */

static void serve_question(struct keeper *k, int fd)
{
	const struct timeval timeout = {.tv_sec = 1};
	struct question question;
	struct answer answer = {0};
	cleanup_buf struct buf told = {0};
	cleanup_error struct error err = {0};
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
	if (recv(fd, &question, sizeof question, 0) != (ssize_t)sizeof question)
		return;
	question.name[NAME_LENGTH_MAX - 1] = '\0';
	if (question.name[0] == '\0' || question.name[0] == '.' ||
		strchr(question.name, '/') != NULL)
		return;
	answer.failed = !serve_guest(
		k, find_guest(k, question.name), question.wish, false, true, NULL, &told, &err);
	snprintf(answer.text, sizeof answer.text, "%s",
		answer.failed ? error_text(&err) : buf_text(&told));
	(void)send(fd, &answer, sizeof answer, MSG_NOSIGNAL); /* the requester may be gone */
}

/* Synchronizes all guests. True: something changed. */
static bool mirror_guests(struct keeper *k, bool whole)
{
	size_t all = 0;
	for (size_t i = 0; i < k->count; i++) {
		size_t changes = 0;
		if (serve_guest(k, &k->guests[i], MACHINE_WORKSPACE_SYNC, whole, false, &changes,
			    NULL, NULL))
			all += changes;
	}
	return all > 0;
}

static void watch_guests(struct keeper *k)
{
	int pause = LOOK_FIRST_MS;
	for (;;) {
		struct pollfd fds[] = {{.fd = k->home->listen, .events = POLLIN},
			{.fd = k->home->init, .events = POLLIN}};
		int ready = poll(fds, ARRAY_LENGTH(fds), pause);
		if (fds[1].revents != 0)
			return;
		pause = pause < LOOK_LAST_MS ? pause * 2 : pause;
		if (ready == 0 && mirror_guests(k, false))
			pause = LOOK_FIRST_MS;
		if (fds[0].revents == 0)
			continue;
		cleanup_fd int fd = accept4(k->home->listen, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			serve_question(k, fd);
		pause = LOOK_FIRST_MS;
	}
}

/* ---- the process ---- */

/* Closes all other descriptors, which are the supervisor's: its lock would stay locked. */
static bool keep_descriptors(struct home *h)
{
	int *const kept[] = {&h->tree, &h->listen, &h->init, &h->users};
	for (size_t i = 0; i < ARRAY_LENGTH(kept); i++)
		if (*kept[i] >= 0 && dup2(*kept[i], FIRST_FD + (int)i) >= 0)
			*kept[i] = FIRST_FD + (int)i;
	return fd_close_range(3, FIRST_FD - 1) &&
	       fd_close_range(FIRST_FD + ARRAY_LENGTH(kept), ~0U);
}

/* An ordinary user needs the machine's capabilities for the files that containers made there. No
 * process inside sees the keeper, because it joins none of the other namespaces. */
static bool get_rights(const struct home *h)
{
	return geteuid() == 0 ? prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) == 0
			      : setns(h->users, CLONE_NEWUSER) == 0;
}

static int keeper_run(void *data)
{
	struct home home = *(const struct home *)data;
	struct keeper k = {.home = &home, .workspaces = machine_workspaces()};
	prctl(PR_SET_NAME, "ropes-home");
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	if (!keep_descriptors(&home) || !get_rights(&home))
		return 1;
	(void)prctl(PR_SET_DUMPABLE, 0);
	umask(0);
	k.uid = k.gid = home.base + MACHINE_LEARNER_ID;
	watch_guests(&k);
	(void)mirror_guests(&k, true); /* no one is left to read a report */
	return 0;
}

bool home_start(const struct home *home, pid_t *ret, struct error *err)
{
	struct home given = *home;
	return spawn_function(keeper_run, &given, false, ret, err);
}

bool home_open(const struct machine_paths *paths, const struct machine_record *record,
	const struct machine_ids *ids, struct home *ret, struct error *err)
{
	const struct order order = {.kind = ORDER_HOME};
	int fds[MACHINE_FDS_MAX];
	size_t count = 0;
	*ret = (struct home){.limit = record->home_limit,
		.base = ids->rootless ? 0 : ids->base,
		.users = ids->users,
		.take = ids_are_alone(ids),
		.tree = -1};
	cleanup_fd int control =
		order_ask(paths->control, &order, &(struct words){0}, NULL, fds, &count, err);
	if (control < 0)
		return false;
	ret->tree = count == 1 ? fds[0] : -1;
	ret->init = (int)syscall(SYS_pidfd_open, record->init, 0);
	ret->listen = start_listen(paths->home, SOCK_SEQPACKET, err);
	return ret->listen >= 0 &&
	       ((ret->tree >= 0 && ret->init >= 0) ||
		       error_set(err, errno, "cannot mount the machine's /home"));
}

/* ---- sending requests ---- */

bool machine_workspace(enum machine_kind kind, const char *learner,
	enum machine_workspace_wish wish, struct buf *told, struct error *err)
{
	struct machine_paths p;
	struct sockaddr_un address;
	struct question question = {.wish = wish};
	struct answer answer;
	if (kind == MACHINE_SHELL)
		return true;
	machine_paths_init(&p, kind);
	snprintf(question.name, sizeof question.name, "%s", learner);
	cleanup_fd int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	bool good = fd >= 0 && unix_address(p.home, &address, NULL) &&
		    connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
		    send(fd, &question, sizeof question, MSG_NOSIGNAL) == (ssize_t)sizeof question;
	machine_paths_finish(&p);
	ssize_t got = -1;
	while (good && (got = recv(fd, &answer, sizeof answer, 0)) < 0 && errno == EINTR)
		continue;
	if (got != (ssize_t)sizeof answer)
		return error_set(err, got < 0 ? errno : 0,
			"nothing copies the workspace of the practice machine");
	answer.text[sizeof answer.text - 1] = '\0';
	if (answer.failed)
		return error_set(err, 0, "%s", answer.text);
	if (told != NULL)
		buf_add_text(told, answer.text);
	return true;
}
