/* sandbox/session_gate.c - the gate of a session: a process of its own between the jail and the
 * daemon. It ends with the session, however that ends. */
#include "private.h"

#include "gate.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_MS 5000

struct starting {
	const struct sandbox *sandbox;
	int stop_read, stop_write, ready_read, ready_write;
};

static int open_log(const struct sandbox *s)
{
	return open(s->gate_log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* In the new process. A byte on the pipe says that the socket is there. */
static int serve(void *data)
{
	const struct starting *st = data;
	const struct sandbox *s = st->sandbox;
	struct gate_policy policy;
	struct gate *gate;
	close(st->stop_write);
	close(st->ready_read);
	(void)setsid(); /* ^C at the terminal is not meant for it */
	prctl(PR_SET_NAME, "ropes-gate");
	gate_policy_default(&policy);
	if (s->kind == SANDBOX_PRACTICE)
		words_addf(&policy.binds, "/home/%s=%s", s->learner, s->workspace);
	const struct gate_options options = {
		.listen = s->gate,
		.listen_fd = -1,
		.upstream = s->host,
		.profile = GATE_HOST,
		/* on somebody's daemon what is made is labelled; the practice daemon is all ours */
		.owner = s->kind == SANDBOX_HOST ? s->learner : NULL,
		.policy = &policy,
		.log_fd = open_log(s),
	};
	if (!gate_open(&options, &gate, NULL))
		return 1;
	(void)fd_write(st->ready_write, "", 1, NULL); /* who waits sees the end of the pipe, too */
	close(st->ready_write);
	gate_run(gate, st->stop_read);
	gate_close(gate);
	gate_policy_finish(&policy);
	return 0;
}

static bool is_running(struct sandbox *s)
{
	return s->gate_process > 0 && waitpid(s->gate_process, NULL, WNOHANG) == 0;
}

static bool wait_until_ready(int fd)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	char byte;
	return poll(&ready, 1, READY_MS) > 0 && fd_read(fd, &byte, 1) == 1;
}

bool session_gate_start(struct sandbox *s, struct error *err)
{
	int stop[2], ready[2];
	if (is_running(s))
		return true;
	session_gate_stop(s);
	s->gate = path_join(s->session, "gate.sock");
	s->gate_log = path_join(s->session, "gate.log");
	(void)unlink(s->gate);
	if (pipe2(stop, O_CLOEXEC) < 0)
		return error_set(err, errno, "pipe");
	if (pipe2(ready, O_CLOEXEC) < 0) {
		close(stop[0]);
		close(stop[1]);
		return error_set(err, errno, "pipe");
	}
	struct starting starting = {s, stop[0], stop[1], ready[0], ready[1]};
	bool good = spawn_function(serve, &starting, false, &s->gate_process, err);
	close(stop[0]);
	close(ready[1]);
	s->gate_stop = stop[1];
	if (good && !wait_until_ready(ready[0]))
		good = error_set(err, 0, "the gate to the daemon can't be set up at '%s'", s->gate);
	close(ready[0]);
	if (!good)
		session_gate_stop(s);
	return good;
}

void session_gate_stop(struct sandbox *s)
{
	spawn_hang_up(&s->gate_stop, &s->gate_process);
	free(s->gate);
	free(s->gate_log);
	s->gate = s->gate_log = NULL;
}
