/* sandbox/network.c - sockets in another network namespace */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool network_open(pid_t pid, const char *name, int *ret, struct error *err)
{
	cleanup_free char *path = xasprintf("/proc/%d/ns/%s", (int)pid, name);
	if (*ret >= 0)
		close(*ret);
	*ret = open(path, O_RDONLY | O_CLOEXEC);
	return *ret >= 0 || error_set(err, errno, "the daemon's network '%s'", path);
}

static int socket_here(int net, int domain, int kind, int protocol)
{
	cleanup_fd int own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (own < 0 || setns(net, CLONE_NEWNET) < 0)
		return -1;
	int fd = socket(domain, kind | SOCK_CLOEXEC, protocol);
	int number = errno;
	if (setns(own, CLONE_NEWNET) < 0)
		abort(); /* this thread would be in the wrong network from now on */
	errno = number;
	return fd;
}

struct socket_order {
	int net, user, domain, kind, protocol, pair[2];
};

static bool send_fd(int over, int fd)
{
	char byte = 0, control[CMSG_SPACE(sizeof fd)] = {0};
	struct iovec part = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof control};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(head), &fd, sizeof fd);
	return sendmsg(over, &message, 0) == 1;
}

static int receive_fd(int over)
{
	int fd = -1;
	char byte, control[CMSG_SPACE(sizeof fd)] = {0};
	struct iovec part = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof control};
	if (recvmsg(over, &message, MSG_CMSG_CLOEXEC) != 1)
		return -1;
	const struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	if (head != NULL && head->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(head), sizeof fd);
	return fd;
}

static int make_socket(void *data)
{
	const struct socket_order *o = data;
	close(o->pair[0]);
	if (setns(o->user, CLONE_NEWUSER) < 0 || setns(o->net, CLONE_NEWNET) < 0)
		return 1;
	int fd = socket(o->domain, o->kind | SOCK_CLOEXEC, o->protocol);
	return fd >= 0 && send_fd(o->pair[1], fd) ? 0 : 1;
}

/* Who joins a user namespace changes for good, so a child makes the socket and passes it back. */
static int socket_by_child(int net, int user, int domain, int kind, int protocol)
{
	struct socket_order o = {net, user, domain, kind, protocol, {-1, -1}};
	pid_t pid;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, o.pair) < 0)
		return -1;
	bool good = spawn_function(make_socket, &o, false, &pid, NULL);
	close(o.pair[1]);
	int fd = good ? receive_fd(o.pair[0]) : -1;
	close(o.pair[0]);
	if (good)
		(void)spawn_wait(pid); /* what it did is in fd */
	return fd;
}

int network_socket(int net, int user, int domain, int kind, int protocol)
{
	if (net < 0)
		return socket(domain, kind | SOCK_CLOEXEC, protocol);
	return user >= 0 ? socket_by_child(net, user, domain, kind, protocol)
			 : socket_here(net, domain, kind, protocol);
}
