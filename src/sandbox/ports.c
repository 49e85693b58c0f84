/* sandbox/ports.c - behind a class gate the ports that a learner publishes are nowhere near: the
 * daemon has them under other numbers, on its own loopback. A process makes a network for the
 * session, listens there where the gate says that ports are published, and carries each connection
 * through the gate (gate.h, POST /ports/80). The lines of the learner and the checks then find them
 * on localhost, and nobody else's. */
#include "private.h"

#include "engine.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_MS 5000
#define LOOK_MS 1000 /* where events can't be had */
#define PORTS_MOST 64
#define HEAD_MOST 1024

struct listener {
	unsigned short port;
	int fd;
};
struct relay_ports {
	const struct sandbox *sandbox;
	int stop_read, stop_write, ready_read, ready_write;
	struct engine *engine;
	struct engine_events *events;
	struct listener listeners[PORTS_MOST];
	size_t count;
};

/* ---- one connection: a process for each direction ---- */

struct direction {
	int from, to;
};

static int carry(void *data)
{
	const struct direction *d = data;
	char bytes[16384];
	ssize_t got;
	while ((got = fd_read(d->from, bytes, sizeof bytes)) > 0)
		if (!fd_write(d->to, bytes, (size_t)got, NULL))
			break;
	(void)shutdown(d->to, SHUT_WR);
	return 0;
}

/* The head of the answer, and not a byte more: what follows is the container's. */
static bool is_let_through(int gate)
{
	char head[HEAD_MOST + 1];
	size_t length = 0;
	while (length < HEAD_MOST && fd_read(gate, head + length, 1) == 1) {
		head[++length] = '\0';
		if (text_ends(head, "\r\n\r\n"))
			return text_starts(head, "HTTP/1.1 101 ");
	}
	return false;
}

static int ask_gate(const struct sandbox *s, unsigned short port)
{
	struct sockaddr_un address;
	cleanup_free char *text = xasprintf(
		"POST /ports/%u HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: "
		"tcp\r\n\r\n",
		port);
	if (!unix_address(s->socket, &address, NULL))
		return -1;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
		fd_write(fd, text, strlen(text), NULL) && is_let_through(fd))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

struct caller {
	const struct relay_ports *relay;
	unsigned short port;
	int fd;
};

static int serve(void *data)
{
	const struct caller *c = data;
	pid_t other;
	for (size_t i = 0; i < c->relay->count; i++)
		close(c->relay->listeners[i].fd); /* a port that is gone must not stay open here */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGCHLD, SIG_DFL);
	int gate = ask_gate(c->relay->sandbox, c->port);
	struct direction up = {c->fd, gate}, down = {gate, c->fd};
	if (gate < 0 || !spawn_function(carry, &up, false, &other, NULL))
		return 1;
	(void)carry(&down);
	(void)shutdown(c->fd, SHUT_RDWR); /* the other direction has nobody to read for */
	return spawn_wait(other);
}

static void take_caller(const struct relay_ports *r, const struct listener *l)
{
	struct caller c = {r, l->port, accept4(l->fd, NULL, NULL, SOCK_CLOEXEC)};
	pid_t pid;
	if (c.fd < 0)
		return;
	(void)spawn_function(serve, &c, false, &pid, NULL); /* else the caller sees an end */
	close(c.fd);
}

/* ---- which ports ---- */

static int listen_at(unsigned short port)
{
	const struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	const int yes = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
		bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
		listen(fd, 64) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool is_among(const cJSON *ports, unsigned short port)
{
	const cJSON *one;
	cJSON_ArrayForEach(one, ports)
		if (cJSON_GetNumberValue(one) == (double)port)
			return true;
	return false;
}

static bool is_open(const struct relay_ports *r, unsigned short port)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->listeners[i].port == port)
			return true;
	return false;
}

static void look(struct relay_ports *r)
{
	cJSON *ports = NULL;
	const cJSON *one;
	if (!engine_get(r->engine, "/ports", &ports, NULL) || !cJSON_IsArray(ports)) {
		cJSON_Delete(ports);
		return;
	}
	for (size_t i = 0; i < r->count; i++)
		if (!is_among(ports, r->listeners[i].port)) {
			close(r->listeners[i].fd);
			r->listeners[i--] = r->listeners[--r->count];
		}
	cJSON_ArrayForEach(one, ports) {
		unsigned short port = (unsigned short)cJSON_GetNumberValue(one);
		if (is_open(r, port) || r->count >= PORTS_MOST)
			continue;
		int fd = listen_at(port);
		if (fd >= 0)
			r->listeners[r->count++] = (struct listener){port, fd};
	}
	cJSON_Delete(ports);
}

static void see_event(void *data, const struct engine_event *event)
{
	bool *changed = data;
	*changed = *changed || text_same(event->type, "container");
}

/* The ports are asked for after the stream is there, or a change between them would be missed. */
static void look_at_events(struct relay_ports *r)
{
	bool changed = false;
	if (r->events == NULL) {
		if (!engine_events_open(r->engine, 0, &r->events, NULL))
			r->events = NULL;
		changed = true;
	} else if (!engine_events_read(r->events, see_event, &changed, NULL)) {
		engine_events_close(r->events);
		r->events = NULL;
	}
	if (changed)
		look(r);
}

static void serve_ports(struct relay_ports *r)
{
	for (;;) {
		struct pollfd fds[2 + PORTS_MOST] = {{.fd = r->stop_read, .events = POLLIN},
			{.fd = r->events != NULL ? engine_events_fd(r->events) : -1,
				.events = POLLIN}};
		size_t count = r->count;
		for (size_t i = 0; i < count; i++)
			fds[2 + i] = (struct pollfd){.fd = r->listeners[i].fd, .events = POLLIN};
		if (poll(fds, 2 + count, LOOK_MS) < 0 && errno != EINTR)
			return;
		if (fds[0].revents != 0)
			return;
		for (size_t i = 0; i < count; i++)
			if (fds[2 + i].revents != 0)
				take_caller(r, &r->listeners[i]);
		look_at_events(r);
	}
}

/* ---- the network ---- */

static bool write_map(const char *path, const char *text)
{
	cleanup_fd int fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd >= 0 && fd_write(fd, text, strlen(text), NULL);
}

/* An account that is not root may make one inside a user namespace, in which it is itself. */
static bool leave_users(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	cleanup_free char *users = xasprintf("%lu %lu 1\n", (unsigned long)uid, (unsigned long)uid);
	cleanup_free char *groups =
		xasprintf("%lu %lu 1\n", (unsigned long)gid, (unsigned long)gid);
	return uid == 0 ||
	       (unshare(CLONE_NEWUSER) == 0 && write_map("/proc/self/setgroups", "deny") &&
		       write_map("/proc/self/gid_map", groups) &&
		       write_map("/proc/self/uid_map", users));
}

static bool make_network(void)
{
	struct ifreq loopback = {.ifr_flags = IFF_UP};
	snprintf(loopback.ifr_name, sizeof loopback.ifr_name, "lo");
	if (!leave_users() || unshare(CLONE_NEWNET) < 0)
		return false;
	cleanup_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &loopback) == 0;
}

/* ---- the process ---- */

/* In the new process. A byte on the pipe says that the network is there. */
static int run(void *data)
{
	struct relay_ports *r = data;
	const struct engine_options options = {.host = r->sandbox->host};
	close(r->stop_write);
	close(r->ready_read);
	(void)setsid();
	prctl(PR_SET_NAME, "ropes-ports");
	prctl(PR_SET_DUMPABLE, 1);      /* its namespaces are opened by number */
	(void)signal(SIGCHLD, SIG_IGN); /* nobody waits for those of connections */
	if (!make_network() || !engine_open(&options, &r->engine, NULL))
		return 1;
	look_at_events(r);
	(void)fd_write(r->ready_write, "", 1, NULL); /* who waits sees the end of the pipe, too */
	close(r->ready_write);
	serve_ports(r);
	return 0;
}

static bool is_running(const struct sandbox *s)
{
	return s->ports_process > 0 && waitpid(s->ports_process, NULL, WNOHANG) == 0;
}

/* A daemon, and a gate that is no class's, knows no such thing. */
static bool is_needed(const struct sandbox *s)
{
	const struct engine_options options = {.host = s->host};
	struct engine *engine;
	cJSON *ports = NULL;
	if (s->socket == NULL || !engine_open(&options, &engine, NULL))
		return false;
	bool needed = engine_get(engine, "/ports", &ports, NULL) && cJSON_IsArray(ports);
	cJSON_Delete(ports);
	engine_close(engine);
	return needed;
}

static bool open_pipes(struct relay_ports *r, struct error *err)
{
	int stop[2], ready[2];
	if (pipe2(stop, O_CLOEXEC) < 0)
		return error_set(err, errno, "pipe");
	if (pipe2(ready, O_CLOEXEC) < 0) {
		close(stop[0]);
		close(stop[1]);
		return error_set(err, errno, "pipe");
	}
	r->stop_read = stop[0];
	r->stop_write = stop[1];
	r->ready_read = ready[0];
	r->ready_write = ready[1];
	return true;
}

static bool wait_until_ready(int fd)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	char byte;
	return poll(&ready, 1, READY_MS) > 0 && fd_read(fd, &byte, 1) == 1;
}

bool ports_start(struct sandbox *s, struct error *err)
{
	struct relay_ports r = {.sandbox = s};
	if (is_running(s))
		return true;
	ports_stop(s);
	if (!is_needed(s))
		return true;
	if (!open_pipes(&r, err))
		return false;
	bool good = spawn_function(run, &r, false, &s->ports_process, err);
	close(r.stop_read);
	close(r.ready_write);
	s->ports_stop = r.stop_write;
	if (good && !wait_until_ready(r.ready_read))
		good = error_set(err, 0, "a network for the ports of the class can't be made");
	close(r.ready_read);
	good = good && network_open(s->ports_process, "net", &s->net, err) &&
	       (geteuid() == 0 || network_open(s->ports_process, "user", &s->user, err));
	if (!good)
		ports_stop(s);
	return good;
}

void ports_stop(struct sandbox *s)
{
	spawn_hang_up(&s->ports_stop, &s->ports_process);
}
