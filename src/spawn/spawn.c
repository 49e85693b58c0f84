/* spawn/spawn.c - fork and exec, done once and carefully */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

void spawn_fd_add(struct spawn *spawn, int from, int to)
{
	if (spawn->fd_count < SPAWN_FDS_MAX)
		spawn->fds[spawn->fd_count++] = (struct spawn_fd){from, to};
}

/* The child's failure, as it goes over the error pipe. */
struct failure {
	int number;
	char what[32];
};

static _Noreturn void give_up(int pipe_end, const char *what)
{
	struct failure failure = {.number = errno};
	memccpy(failure.what, what, 0, sizeof failure.what - 1);
	(void)!write(pipe_end, &failure, sizeof failure); /* the parent then only sees the exit */
	_exit(127);
}

void spawn_reset_signals(void)
{
	sigset_t none;
	for (int number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL); /* some cannot be changed, and need no change */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Copy the descriptors above all targets first, then into place, so that no target is
 * overwritten before it was copied. */
static bool map_fds(const struct spawn *spawn)
{
	int high[SPAWN_FDS_MAX];
	for (size_t i = 0; i < spawn->fd_count; i++) {
		high[i] = fcntl(spawn->fds[i].from, F_DUPFD_CLOEXEC, 64);
		if (high[i] < 0)
			return false;
	}
	for (size_t i = 0; i < spawn->fd_count; i++)
		if (dup2(high[i], spawn->fds[i].to) < 0)
			return false;
	return true;
}

static _Noreturn void exec_program(const struct spawn *spawn, int errors, pid_t parent)
{
	spawn_reset_signals();
	if (spawn->session && setsid() < 0)
		give_up(errors, "setsid");
	for (size_t i = 0; i < spawn->namespace_count; i++)
		if (setns(spawn->namespaces[i], 0) < 0)
			give_up(errors, "setns");
	if (spawn->namespace_root &&
		(setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0))
		give_up(errors, N_("cannot become root there"));
	if (!map_fds(spawn))
		give_up(errors, "dup2");
	if (spawn->terminal && ioctl(0, TIOCSCTTY, 0) < 0)
		give_up(errors, "TIOCSCTTY");
	if (spawn->gid != 0 && (setgroups(0, NULL) < 0 || setgid(spawn->gid) < 0))
		give_up(errors, "setgid");
	if (spawn->uid != 0 && setuid(spawn->uid) < 0)
		give_up(errors, "setuid");
	if (spawn->die_with_parent) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(127);
	}
	if (spawn->folder != NULL && chdir(spawn->folder) < 0)
		give_up(errors, "chdir");
	if (spawn->environment != NULL)
		environ = (char **)(uintptr_t)spawn->environment;
	execvp(spawn->argv[0], (char *const *)(uintptr_t)spawn->argv);
	give_up(errors, "exec");
}

static bool read_failure(int fd, const struct spawn *spawn, struct error *err)
{
	struct failure failure;
	ssize_t got = fd_read(fd, &failure, sizeof failure);
	if (got != (ssize_t)sizeof failure)
		return true;
	if (failure.number == ENOENT && strcmp(failure.what, "exec") == 0)
		return error_set(err, 0,
			"the program '%s' is missing; `ropes doctor` shows how to install it",
			spawn->argv[0]);
	return error_set(
		err, failure.number, "cannot start '%s': %s", spawn->argv[0], _(failure.what));
}

bool spawn_start(const struct spawn *spawn, pid_t *ret_pid, struct error *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set(err, errno, "pipe");
	sigset_t all, before;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before); /* no handler runs in the child */
	pid_t parent = getpid(), pid = fork();
	if (pid == 0) {
		close(ends[0]);
		/* out of the way of the mapped descriptors */
		int errors = fcntl(ends[1], F_DUPFD_CLOEXEC, 128);
		exec_program(spawn, errors >= 0 ? errors : ends[1], parent);
	}
	int number = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(ends[1]);
	bool good = pid > 0 ? read_failure(ends[0], spawn, err) : error_set(err, number, "fork");
	close(ends[0]);
	if (good)
		*ret_pid = pid;
	else if (pid > 0)
		(void)spawn_wait(pid); /* it has already ended */
	return good;
}

int spawn_wait(pid_t pid)
{
	int status;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 127;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void spawn_hang_up(int *write_end, pid_t *pid)
{
	if (*write_end >= 0)
		close(*write_end);
	if (*pid > 0)
		(void)spawn_wait(*pid);
	*write_end = -1;
	*pid = 0;
}

bool spawn_run(const struct spawn *spawn, struct error *err)
{
	pid_t pid;
	if (!spawn_start(spawn, &pid, err))
		return false;
	int status = spawn_wait(pid);
	return status == 0 ||
	       error_set(err, 0, "'%s' exited with status %d", spawn->argv[0], status);
}

bool spawn_function(
	int (*run)(void *data), void *data, bool detach, pid_t *ret_pid, struct error *err)
{
	pid_t pid = fork();
	if (pid < 0)
		return error_set(err, errno, "fork");
	if (pid > 0) {
		if (detach)
			(void)spawn_wait(pid); /* the intermediate process, which ends at once */
		else
			*ret_pid = pid;
		return true;
	}
	if (detach) {
		(void)setsid();
		pid_t inner = fork();
		if (inner != 0)
			_exit(inner < 0 ? 127 : 0);
	}
	_exit(run(data));
}
