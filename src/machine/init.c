/* machine/init.c - the machine's first process: enters the new namespaces, makes the root, and
 * then starts programs on orders from the control socket. Each order has a process of its own,
 * which ends with the program and with the requester. */
#include "private.h"

#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <net/if.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define CONTAINER_INIT_MAX ((size_t)8 << 20)
#define HIGH_FD 64 /* parks descriptors here before they get their places */

extern char **environ;

/* ---- a program ---- */

static _Noreturn void report_failure(int fd, const char *what)
{
	struct reply reply = {.number = errno};
	snprintf(reply.what, sizeof reply.what, "%s", what);
	(void)fd_write(fd, &reply, sizeof reply, NULL); /* the pipe's end shows it, too */
	_exit(127);
}

static bool place_fds(const struct order *o, const int *fds, int line)
{
	int high[MACHINE_FDS_MAX];
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (unsigned i = 0; i < o->fd_count; i++)
		if ((high[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, HIGH_FD)) < 0)
			return false;
	for (int fd = 0; fd <= 2; fd++)
		if (dup2(line >= 0 ? line : null, fd) < 0)
			return false;
	for (unsigned i = 0; i < o->fd_count; i++)
		if (dup2(high[i], o->to[i]) < 0)
			return false;
	return true;
}

static bool become_learner(void)
{
	static const gid_t groups[] = {MACHINE_LEARNER_ID, MACHINE_DOCKER_GROUP};
	return setgroups(ARRAY_LENGTH(groups), groups) == 0 &&
	       setresgid(MACHINE_LEARNER_ID, MACHINE_LEARNER_ID, MACHINE_LEARNER_ID) == 0 &&
	       setresuid(MACHINE_LEARNER_ID, MACHINE_LEARNER_ID, MACHINE_LEARNER_ID) == 0;
}

static _Noreturn void become_program(
	const struct order *o, struct words *words, const int *fds, int line, int errors)
{
	cleanup_words struct words argv = {0};
	cleanup_words struct words environment = {0};
	for (unsigned i = 0; i < o->argc; i++)
		words_add(&argv, words->items[1 + i]);
	for (unsigned i = 0; i < o->envc; i++)
		words_add(&environment, words->items[1 + o->argc + i]);
	if (o->listens) {
		words_add(&environment, "LISTEN_FDS=1");
		words_addf(&environment, "LISTEN_PID=%d", (int)getpid());
	}
	spawn_reset_signals();
	errors = fcntl(errors, F_DUPFD_CLOEXEC, HIGH_FD * 2);
	if (setsid() < 0 || !place_fds(o, fds, line))
		report_failure(errors, "descriptors");
	if (line >= 0 && ioctl(0, TIOCSCTTY, 0) < 0)
		report_failure(errors, "TIOCSCTTY");
	if (o->learner && !become_learner())
		report_failure(errors, N_("cannot become the learner"));
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* root inside may kill the waiting process */
	if (chdir(words->items[0]) < 0 && chdir("/") < 0)
		report_failure(errors, words->items[0]);
	umask(022);
	environ = environment.items;
	execvp(argv.items[0], argv.items);
	report_failure(errors, argv.items[0]);
}

/* ---- the process of an order ---- */

struct order_process {
	int control, master, line;
	pid_t pid;
};

static void kill_children(void)
{
	/* reap everything that the program left: orphans are children of this process, too */
	for (;;) {
		cleanup_buf struct buf text = {0};
		cleanup_free char *path =
			xasprintf("/proc/%d/task/%d/children", (int)getpid(), (int)getpid());
		if (!file_read(path, 1 << 20, &text, NULL) || text.length == 0)
			break;
		for (char *at = text.data, *end; *at != '\0'; at = end) {
			long pid = strtol(at, &end, 10);
			if (end == at)
				break;
			(void)kill((pid_t)pid, SIGKILL);
		}
		if (waitpid(-1, NULL, 0) < 0 && errno == ECHILD)
			break;
		while (waitpid(-1, NULL, WNOHANG) > 0)
			continue; /* many may have ended at once */
	}
}

static void pass_signal(const struct order_process *p, int number)
{
	pid_t group = p->master >= 0 ? tcgetpgrp(p->master) : 0;
	(void)kill(-(group > 0 ? group : p->pid), number); /* it may have ended already */
}

/* Waits until the program has ended, or the requester is gone. */
static void attend_program(const struct order_process *p)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	for (;;) {
		int status, number;
		pid_t ended;
		while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
			if (ended != p->pid)
				continue;
			int result =
				WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
			(void)send(p->control, &result, sizeof result, MSG_NOSIGNAL);
			return;
		}
		struct pollfd fds[] = {
			{.fd = p->control, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
		(void)poll(fds, ARRAY_LENGTH(fds), -1);
		struct signalfd_siginfo info;
		(void)fd_read(signals, &info, sizeof info);
		if (fds[0].revents == 0)
			continue;
		ssize_t got = recv(p->control, &number, sizeof number, MSG_DONTWAIT);
		if (got == (ssize_t)sizeof number)
			pass_signal(p, number);
		else if (got >= 0 || (errno != EAGAIN && errno != EINTR))
			return;
	}
}

/* Open the line twice, so that a mode that the program sets on its descriptor, such as
 * O_NONBLOCK, does not affect the requester. */
static bool open_terminal(const struct order *o, int *ret_master, int *ret_line, int *ret_own)
{
	const struct winsize size = {.ws_row = (unsigned short)(o->rows > 0 ? o->rows : 24),
		.ws_col = (unsigned short)(o->columns > 0 ? o->columns : 80)};
	if (openpty(ret_master, ret_line, NULL, NULL, &size) < 0)
		return false;
	(void)fcntl(*ret_master, F_SETFD, FD_CLOEXEC);
	(void)fcntl(*ret_line, F_SETFD, FD_CLOEXEC);
	(void)fcntl(*ret_master, F_SETFL, fcntl(*ret_master, F_GETFL) | O_NONBLOCK);
	*ret_own = ioctl(*ret_master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (*ret_own < 0)
		return false;
	return !o->learner || fchown(*ret_line, MACHINE_LEARNER_ID, 5) == 0;
}

static void serve_run(int control, const struct order *o, struct words *words, const int *fds)
{
	struct order_process p = {.control = control, .master = -1, .line = -1};
	struct reply reply = {0};
	int errors[2], own = -1;
	bool good = words->count == (size_t)1 + o->argc + o->envc && o->argc > 0 &&
		    pipe2(errors, O_CLOEXEC) == 0;
	if (!good || (o->terminal && !open_terminal(o, &p.master, &p.line, &own))) {
		reply = (struct reply){
			.number = errno, .what = N_("cannot open a terminal for it")};
		(void)order_send_reply(control, &reply, NULL, 0);
		return;
	}
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	p.pid = fork();
	if (p.pid == 0)
		become_program(o, words, fds, p.line, errors[1]);
	close(errors[1]);
	for (unsigned i = 0; i < o->fd_count; i++)
		close(fds[i]); /* keep no end of a pipe open here */
	if (p.pid < 0)
		reply = (struct reply){.number = errno, .what = "fork"};
	else
		(void)fd_read(errors[0], &reply, sizeof reply);
	const int ends[] = {p.master, own};
	if (!order_send_reply(control, &reply, ends, p.line >= 0 ? 2 : 0) || reply.number != 0) {
		kill_children();
		return;
	}
	if (p.line >= 0) {
		close(p.line);
		close(own);
	}
	attend_program(&p);
	kill_children();
}

static void serve_socket(int control, const struct order *o)
{
	struct reply reply = {0};
	int fd = socket(o->domain, o->type | SOCK_CLOEXEC, o->protocol);
	if (fd < 0)
		reply = (struct reply){.number = errno, .what = "socket"};
	(void)order_send_reply(control, &reply, &fd, fd >= 0 ? 1 : 0);
}

/* Sends the user and the network namespace, which the outside could not open by a path. */
static void serve_namespaces(int control)
{
	const int fds[] = {open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC),
		open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)};
	bool good = fds[0] >= 0 && fds[1] >= 0;
	struct reply reply = {.number = good ? 0 : errno, .what = "namespaces"};
	(void)order_send_reply(control, &reply, fds, good ? 2 : 0);
}

static void serve_listen(int control, const char *path)
{
	struct sockaddr_un address;
	struct reply reply = {0};
	cleanup_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)unlink(path);
	bool good = fd >= 0 && unix_address(path, &address, NULL) &&
		    bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
		    chown(path, MACHINE_LEARNER_ID, MACHINE_LEARNER_ID) == 0 && listen(fd, 64) == 0;
	if (!good)
		reply = (struct reply){
			.number = errno, .what = N_("cannot open a socket to listen on")};
	(void)order_send_reply(control, &reply, &fd, good ? 1 : 0);
}

static void serve_home(int control, int home)
{
	struct reply reply = {
		.number = home < 0 ? ENOENT : 0, .what = N_("cannot mount its own /home")};
	(void)order_send_reply(control, &reply, &home, home >= 0 ? 1 : 0);
}

/* ---- the first process ---- */

static _Noreturn void serve_order(int control, int home)
{
	struct order order;
	cleanup_words struct words words = {0};
	int fds[MACHINE_FDS_MAX];
	(void)signal(SIGCHLD, SIG_DFL);
	(void)prctl(PR_SET_NAME, "ropes-order");
	if (order_receive(control, &order, &words, fds)) {
		if (order.kind == ORDER_RUN)
			serve_run(control, &order, &words, fds);
		else if (order.kind == ORDER_SOCKET)
			serve_socket(control, &order);
		else if (order.kind == ORDER_LISTEN && words.count == 1)
			serve_listen(control, words.items[0]);
		else if (order.kind == ORDER_WITNESS)
			inside_serve_witness(control, order.fd_count == 1 ? fds[0] : -1);
		else if (order.kind == ORDER_NAMESPACES)
			serve_namespaces(control);
		else if (order.kind == ORDER_HUB)
			inside_serve_hub(control);
		else if (order.kind == ORDER_HOME)
			serve_home(control, home);
	}
	_exit(0);
}

/* Answers an order when the machine has reached its limit of processes. */
static void refuse_order(int control)
{
	struct reply reply = {
		.number = errno, .what = N_("no room for a process (try `ropes reset`)")};
	struct order order;
	cleanup_words struct words words = {0};
	int fds[MACHINE_FDS_MAX];
	if (!order_receive(control, &order, &words, fds))
		return; /* the requester sees an end of file */
	for (unsigned i = 0; i < order.fd_count; i++)
		close(fds[i]);
	(void)order_send_reply(control, &reply, NULL, 0);
}

static bool become_root_inside(void)
{
	return setgroups(0, NULL) == 0 && setresgid(0, 0, 0) == 0 && setresuid(0, 0, 0) == 0;
}

static bool raise_loopback(void)
{
	struct ifreq loopback = {.ifr_flags = IFF_UP | IFF_RUNNING};
	snprintf(loopback.ifr_name, sizeof loopback.ifr_name, "lo");
	cleanup_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &loopback) == 0;
}

/* The arguments and environment of this process belong to the outside, and `ps` would show them
 * inside. proc(5) has their location: fields 48 and following. */
static void forget_words(void)
{
	static const char name[] = "ropes-machine";
	cleanup_buf struct buf text = {0};
	uintptr_t at[4] = {0}; /* start and end of arguments, then of environment */
	if (!file_read("/proc/self/stat", 4096, &text, NULL))
		return;
	const char *field = strrchr(buf_text(&text), ')');
	for (int i = 2; field != NULL && i < 48; i++)
		field = strchr(field + 1, ' ');
	if (field == NULL || sscanf(field, " %" SCNuPTR " %" SCNuPTR " %" SCNuPTR " %" SCNuPTR,
				     &at[0], &at[1], &at[2], &at[3]) != 4)
		return;
	for (size_t i = 0; i < 4; i += 2)
		if (at[i] != 0 && at[i] < at[i + 1])
			memset((void *)at[i], 0, at[i + 1] - at[i]);
	if (at[1] - at[0] > sizeof name)
		memcpy((void *)at[0], name, sizeof name);
	environ = NULL;
}

/* runc mounts the program of `docker run --init` with no flags but `ro`. From a system folder,
 * whose mount has more of them, the kernel refuses that. */
static bool copy_container_init(struct error *err)
{
	cleanup_free char *path = program_find("docker-init");
	cleanup_buf struct buf program = {0};
	return path == NULL ||
	       (file_read(path, CONTAINER_INIT_MAX, &program, err) &&
		       file_write(MACHINE_CONTAINER_INIT, program.data, program.length, 0755, err));
}

static bool set_up_machine(const struct init_options *o, int *ret_home, struct error *err)
{
	struct root_sources *sources;
	char byte;
	if (fd_read(o->go_fd, &byte, 1) != 1)
		return error_set(err, 0, "the supervisor has ended");
	if (o->root->groups && unshare(CLONE_NEWCGROUP) < 0)
		return error_set(err, errno, "cannot create a cgroup namespace");
	if (!root_open(o->root, &sources, err))
		return false;
	if (!become_root_inside())
		return error_set(err, errno, "cannot become root in the user namespace");
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)prctl(PR_SET_DUMPABLE, 0); /* keep the inside out of this process's memory */
	forget_words();
	(void)setsid();
	if (sethostname("ropes", 5) < 0 || (o->root->own_network && !raise_loopback()))
		return error_set(err, errno, "cannot set the machine's name and network");
	return root_enter(o->root, sources, ret_home, err) && copy_container_init(err) &&
	       (!o->root->rootless || rootlesskit_prepare(err)) && machine_load_seccomp(err);
}

static _Noreturn void init_run(const struct init_options *o)
{
	cleanup_error struct error err = {0};
	(void)prctl(PR_SET_NAME, "ropes-machine");
	int home = -1;
	bool good = set_up_machine(o, &home, &err);
	(void)fd_write(o->ready_fd, error_text(&err), strlen(error_text(&err)) + 1, NULL);
	close(o->ready_fd);
	close(o->go_fd);
	if (!good)
		_exit(1);
	(void)signal(SIGCHLD, SIG_IGN); /* let the kernel reap orphans */
	if (o->root->rootless && fork() == 0)
		_exit(rootlesskit_serve());
	for (;;) {
		int control = accept4(o->listen_fd, NULL, NULL, SOCK_CLOEXEC);
		if (control < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (control < 0)
			_exit(1); /* root inside broke it: start a new machine */
		pid_t pid = fork();
		if (pid == 0) {
			close(o->listen_fd);
			serve_order(control, home);
		}
		if (pid < 0)
			refuse_order(control);
		close(control);
	}
}

/* Like fork(2), into new namespaces. */
static pid_t fork_into(unsigned long spaces)
{
	return (pid_t)syscall(SYS_clone, spaces | SIGCHLD, NULL, NULL, NULL, NULL);
}

static _Noreturn void begin_init(const struct init_options *o, int lock_fd)
{
	if (lock_fd >= 0)
		close(lock_fd); /* only the supervisor releases it */
	init_run(o);
}

/* Maps the same ids in the same parts as the namespace above, as the kernel demands. */
static bool map_same(pid_t pid, unsigned count)
{
	static const char *const names[] = {"uid_map", "gid_map"};
	const unsigned own = MACHINE_LEARNER_ID, next = own + 1;
	cleanup_free char *text =
		xasprintf("0 0 %u\n%u %u 1\n%u %u %u\n", own, own, own, next, next, count - next);
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		cleanup_free char *path = xasprintf("/proc/%d/%s", (int)pid, names[i]);
		cleanup_fd int fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
			return false;
	}
	return true;
}

/* The result of the process between the outside and the machine. */
struct birth {
	pid_t pid;
	int number;
	const char *failed; /* valid on the other side, which is the same program */
};

static struct birth birth_failed(const char *what)
{
	return (struct birth){.number = errno, .failed = what};
}

/* In its user namespace: root of the outside has no id there, which the kernel demands of who
 * creates one below. The new ids hide this process, and with it the one that it starts, from
 * its own. */
static bool become_creator(const struct machine_ids *ids)
{
	return ids->rootless || (become_root_inside() && prctl(PR_SET_DUMPABLE, 1) == 0);
}

/* Make mounts read-only in a mount namespace that belongs to a user namespace above: who may
 * mount uses the system's, others make one. */
static struct birth start_below(
	const struct init_options *o, const struct machine_ids *ids, int lock_fd)
{
	const unsigned long spaces = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS |
				     (o->root->own_network ? CLONE_NEWNET : 0);
	bool own = ids->mounts;
	if (!own && (setns(ids->users, CLONE_NEWUSER) < 0 || !become_creator(ids)))
		return birth_failed(N_("cannot enter its user namespace"));
	if (unshare(CLONE_NEWNS) < 0 || !root_fix(o->root))
		return birth_failed(N_("cannot create a mount namespace"));
	if (own && setns(ids->users, CLONE_NEWUSER) < 0)
		return birth_failed(N_("cannot enter its user namespace"));
	/* make it a child of our starter, not our own */
	struct birth birth = {.pid = fork_into(CLONE_PARENT | spaces | (own ? 0 : CLONE_NEWUSER))};
	if (birth.pid == 0)
		begin_init(o, lock_fd);
	if (birth.pid < 0)
		return birth_failed(N_("cannot create its namespaces"));
	if (own || map_same(birth.pid, ids->count))
		return birth;
	struct birth stillborn = birth_failed(N_("cannot map the ids of its user namespace"));
	(void)kill(birth.pid, SIGKILL);
	return stillborn;
}

pid_t init_start(
	const struct init_options *o, const struct machine_ids *ids, int lock_fd, struct error *err)
{
	int told[2];
	struct birth birth = {.number = ECHILD, .failed = N_("cannot start its first process")};
	if (pipe2(told, O_CLOEXEC) < 0)
		return error_set(err, errno, "pipe"), -1;
	pid_t between = fork();
	if (between == 0) {
		birth = start_below(o, ids, lock_fd);
		(void)fd_write(told[1], &birth, sizeof birth, NULL); /* the end shows it */
		_exit(0);
	}
	close(told[1]);
	(void)fd_read(told[0], &birth, sizeof birth); /* on failure it keeps its value */
	close(told[0]);
	(void)spawn_wait(between);
	if (birth.failed != NULL)
		return error_set(err, birth.number, "%s", _(birth.failed)), -1;
	return birth.pid;
}
