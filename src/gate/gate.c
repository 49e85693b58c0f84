/* gate/gate.c - opens, runs and closes a gate */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int listen_for_clients(const char *path, struct error *err)
{
	struct sockaddr_un address;
	struct stat there;
	if (!unix_address(path, &address, err))
		return -1;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	/* no one answers on a socket that a dead gate left */
	if (fd >= 0 && lstat(path, &there) == 0 && S_ISSOCK(there.st_mode) &&
		connect(fd, (const struct sockaddr *)&address, sizeof address) < 0 &&
		errno == ECONNREFUSED)
		(void)unlink(path);
	if (fd >= 0)
		close(fd);
	/* the socket has its mode from the beginning; an umask would affect all threads */
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool good = fd >= 0 && fchmod(fd, 0600) == 0 &&
		    bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
		    listen(fd, 512) == 0;
	int cause = errno;
	if (good)
		return fd;
	if (fd >= 0)
		close(fd);
	error_set(err, cause, "listen at '%s'", path);
	return -1;
}

/* A given socket may be non-blocking. */
static int take_socket(const struct gate_options *o, struct error *err)
{
	if (o->listen_fd < 0)
		return listen_for_clients(o->listen, err);
	int flags = fcntl(o->listen_fd, F_GETFL);
	if (flags >= 0 && fcntl(o->listen_fd, F_SETFL, flags & ~O_NONBLOCK) == 0)
		return o->listen_fd;
	error_set(err, errno, "the gate's socket");
	return -1;
}

/* Checks the options before anything is created. */
static bool check_options(const struct gate_options *o, struct tls **ret_tls, struct error *err)
{
	*ret_tls = NULL;
	if (o->profile == GATE_HOST && text_is_blank(o->learner))
		return error_set_kind(err, ERROR_USAGE, "the host profile needs a learner");
	const struct route *flaw = match_flaw(routes, routes_count);
	if (flaw != NULL)
		return error_set(
			err, 0, "the gate's table has no rule for %s %s", flaw->method, flaw->path);
	return o->tls_folder == NULL || tls_open(o->tls_folder, ret_tls, err);
}

bool gate_open(const struct gate_options *o, struct gate **ret, struct error *err)
{
	struct tls *tls;
	if (!check_options(o, &tls, err))
		return false;
	int fd = take_socket(o, err);
	if (fd < 0) {
		tls_close(tls);
		return false;
	}
	fd_allow(DESCRIPTORS_MAX);
	(void)signal(SIGPIPE, SIG_IGN); /* a client that disconnects must not end the process */
	*ret = gate_create(o, fd, tls);
	return true;
}

void gate_run(struct gate *gate, int stop_fd)
{
	struct pollfd stop = {.fd = stop_fd, .events = POLLIN};
	if (!workers_start(gate))
		return;
	while (poll(&stop, 1, -1) < 0 && errno == EINTR)
		;
	workers_stop(gate);
}

void gate_close(struct gate *gate)
{
	if (gate == NULL)
		return;
	if (gate->listen != NULL)
		(void)unlink(gate->listen);
	close(gate->socket);
	gate_leave(gate);
}

bool gate_clear(const struct gate_options *o, struct error *err)
{
	struct tls *tls;
	if (!check_options(o, &tls, err))
		return false;
	struct gate *gate = gate_create(o, -1, tls);
	bool good = gate_clear_all(gate, err);
	gate_destroy(gate);
	return good;
}
