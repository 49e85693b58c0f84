/* sandbox/session_gate.c - a session's gate in front of a learner's own daemon: a process
 * outside the machine, with its socket inside. It ends with the session, however that ends. */
#include "private.h"

#include "gate.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_MS 5000

struct starting {
	const struct sandbox *sandbox;
	int listen_fd, stop_read, stop_write, ready_read, ready_write;
};

static int open_log(const struct sandbox *s)
{
	return open(s->gate_log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* Checks also use a gate, so that they see the learner's view with the learner's names. Its
 * socket is outside, and it logs nothing. */
static void *serve_checks(void *data)
{
	gate_run(data, -1);
	return NULL;
}

/* Runs in the new process. A byte on the pipe reports that both sockets exist. */
static int serve_session_gate(void *data)
{
	const struct starting *st = data;
	const struct sandbox *s = st->sandbox;
	struct gate_policy policy;
	struct gate *lines = NULL, *checks = NULL;
	pthread_t thread;
	close(st->stop_write);
	close(st->ready_read);
	(void)setsid(); /* keeps ^C at the terminal away from it */
	prctl(PR_SET_NAME, "ropes-gate");
	gate_policy_default(&policy);
	if (text_starts(s->daemon, "unix://")) /* another machine's folders are not ours */
		words_addf(&policy.binds, "/home/%s=%s", s->learner, s->workspace);
	struct gate_options options = {
		.listen_fd = st->listen_fd,
		.upstream = s->daemon,
		.tls_folder = s->daemon_tls,
		.profile = GATE_HOST,
		.learner = s->learner,
		.policy = &policy,
		.log_fd = open_log(s),
	};
	if (!gate_open(&options, &lines, NULL))
		return 1;
	options.listen = s->host + strlen("unix://");
	options.listen_fd = options.log_fd = -1;
	if (!gate_open(&options, &checks, NULL) ||
		pthread_create(&thread, NULL, serve_checks, checks) != 0)
		return 1;
	(void)fd_write(st->ready_write, "", 1, NULL); /* the parent also notices the end */
	close(st->ready_write);
	gate_run(lines, st->stop_read);
	gate_close(lines);
	(void)unlink(options.listen); /* the other gate ends with this process */
	gate_policy_finish(&policy);
	return 0;
}

static bool is_gate_running(struct sandbox *s)
{
	return s->gate_process > 0 && waitpid(s->gate_process, NULL, WNOHANG) == 0;
}

static bool wait_until_ready(int fd)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	char byte;
	return poll(&ready, 1, READY_MS) > 0 && fd_read(fd, &byte, 1) == 1;
}

/* Returns the name of a file of this session's in the machine's folder; the caller frees it. */
static char *own_file(const char *kind)
{
	cleanup_free char *folder = machine_state_folder(MACHINE_SHELL);
	return xasprintf("%s/gate-%d.%s", folder, (int)getpid(), kind);
}

/* From now on the gate is the sandbox's daemon. */
static void stand_between(struct sandbox *s)
{
	if (s->daemon != NULL)
		return;
	s->daemon = s->host;
	s->daemon_tls = s->tls_folder;
	s->tls_folder = NULL;
	cleanup_free char *path = own_file("sock");
	s->host = xasprintf("unix://%s", path);
}

bool session_gate_start(struct sandbox *s, struct error *err)
{
	int stop[2], ready[2];
	if (is_gate_running(s))
		return true;
	session_gate_stop(s);
	stand_between(s);
	(void)unlink(s->host + strlen("unix://"));
	s->gate_socket = xasprintf("/run/ropes/gate-%d.sock", (int)getpid());
	s->gate_log = own_file("log");
	cleanup_fd int listen_fd = machine_listen(s->machine, s->gate_socket, err);
	if (listen_fd < 0)
		return error_wrap(err, "cannot start the gate to the daemon");
	if (pipe2(stop, O_CLOEXEC) < 0)
		return error_set(err, errno, "pipe");
	if (pipe2(ready, O_CLOEXEC) < 0) {
		close(stop[0]);
		close(stop[1]);
		return error_set(err, errno, "pipe");
	}
	struct starting starting = {s, listen_fd, stop[0], stop[1], ready[0], ready[1]};
	bool good = spawn_function(serve_session_gate, &starting, false, &s->gate_process, err);
	close(stop[0]);
	close(ready[1]);
	s->gate_stop = stop[1];
	if (good && !wait_until_ready(ready[0]))
		good = error_set(err, 0, "cannot start the gate to the daemon at '%s'", s->daemon);
	close(ready[0]);
	if (!good)
		session_gate_stop(s);
	return good;
}

void session_gate_stop(struct sandbox *s)
{
	spawn_hang_up(&s->gate_stop, &s->gate_process);
	if (s->kind != SANDBOX_HOST)
		return;
	free(s->gate_socket);
	free(s->gate_log);
	s->gate_socket = s->gate_log = NULL;
}
