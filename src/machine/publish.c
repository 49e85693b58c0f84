/* machine/publish.c - publishes the containers' ports on the loopback of the outside, so that
 * "open http://localhost:8080" in a note works in the learner's browser. A child of the
 * supervisor listens where it can: it moves a port that is in use or not available to us, and
 * records the moves in the state folder's file `ports`. It never uses an address other than
 * 127.0.0.1. */
#include "private.h"

#include "engine.h"
#include "spawn.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PORT_FIRST 1024 /* lower ports are the system's, even if root runs this */
#define LISTENERS_MAX 512
#define CONNECTIONS_MAX 128
#define LOOK_MS 1000 /* while the daemon does not answer */
#define REST_MS 10
#define REST_TIMES 4 /* times the cost of looking: anyone inside may answer */

struct listener {
	unsigned short inside, outside;
	int fd;
	bool wanted;
};

struct publisher {
	const struct machine_paths *paths;
	struct engine *engine;
	struct engine_events *events;
	struct listener listeners[LISTENERS_MAX];
	size_t count;
	unsigned connections;
	int64_t rest_until; /* do not read events before this */
};

/* ---- one connection, a process each ---- */

struct caller {
	const struct publisher *publisher;
	unsigned short inside;
	int fd;
};

static int connect_inside(const struct publisher *p, unsigned short port)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = order_socket(p->paths->control, AF_INET, SOCK_STREAM, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool carry_bytes(int from, int to)
{
	char bytes[65536];
	ssize_t got = fd_read(from, bytes, sizeof bytes);
	return got > 0 && fd_write(to, bytes, (size_t)got, NULL);
}

static int serve_caller(void *data)
{
	const struct caller *c = data;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = 0; i < c->publisher->count; i++)
		close(c->publisher->listeners[i].fd); /* close a removed port here, too */
	int inside = connect_inside(c->publisher, c->inside);
	if (inside < 0)
		return 1;
	struct pollfd fds[] = {{.fd = c->fd, .events = POLLIN}, {.fd = inside, .events = POLLIN}};
	const int other[] = {inside, c->fd};
	for (unsigned open = 2; open > 0;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return 1;
		for (size_t i = 0; i < 2; i++) {
			if (fds[i].fd < 0 || fds[i].revents == 0 ||
				carry_bytes(fds[i].fd, other[i]))
				continue;
			(void)shutdown(other[i], SHUT_WR); /* the other direction may go on */
			fds[i].fd = -1;
			open--;
		}
	}
	return 0;
}

static void accept_caller(struct publisher *p, const struct listener *l)
{
	struct caller c = {p, l->inside, accept4(l->fd, NULL, NULL, SOCK_CLOEXEC)};
	pid_t pid;
	if (c.fd < 0)
		return;
	if (p->connections < CONNECTIONS_MAX && spawn_function(serve_caller, &c, false, &pid, NULL))
		p->connections++;
	close(c.fd); /* over the limit: the caller sees an end of file */
}

/* ---- which ports ---- */

static int listen_on_loopback(unsigned short port)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
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

static unsigned short port_of(int fd)
{
	struct sockaddr_in address;
	socklen_t length = sizeof address;
	return getsockname(fd, (struct sockaddr *)&address, &length) == 0 ? ntohs(address.sin_port)
									  : 0;
}

static void want_port(struct publisher *p, unsigned short port)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->listeners[i].inside == port) {
			p->listeners[i].wanted = true;
			return;
		}
	if (p->count >= LISTENERS_MAX)
		return;
	int fd = port >= PORT_FIRST ? listen_on_loopback(port) : -1;
	if (fd < 0)
		fd = listen_on_loopback(0); /* any free port */
	if (fd >= 0)
		p->listeners[p->count++] = (struct listener){port, port_of(fd), fd, true};
}

static void want_ports_of(struct publisher *p, const cJSON *container)
{
	const cJSON *port;
	cJSON_ArrayForEach(port, json_get(container, "Ports")) {
		double number = json_get_number_or(port, "PublicPort", 0);
		const char *type = json_get_text(port, "Type");
		if (number >= 1 && number <= 65535 && text_same(type, "tcp"))
			want_port(p, (unsigned short)number);
	}
}

static void write_ports(const struct publisher *p)
{
	cleanup_buf struct buf text = {0};
	for (size_t i = 0; i < p->count; i++)
		buf_printf(&text, "%u %u\n", p->listeners[i].inside, p->listeners[i].outside);
	(void)file_write(p->paths->ports, buf_text(&text), text.length, 0600, NULL);
}

static void look_for_ports(struct publisher *p)
{
	cJSON *containers = NULL;
	const cJSON *one;
	if (!engine_get(p->engine, "/containers/json", &containers, NULL))
		return;
	for (size_t i = 0; i < p->count; i++)
		p->listeners[i].wanted = false;
	cJSON_ArrayForEach(one, containers)
		want_ports_of(p, one);
	cJSON_Delete(containers);
	for (size_t i = 0; i < p->count; i++)
		if (!p->listeners[i].wanted) {
			close(p->listeners[i].fd);
			p->listeners[i--] = p->listeners[--p->count];
		}
	write_ports(p);
}

static void see_event(void *data, const struct engine_event *event)
{
	bool *changed = data;
	*changed = *changed || text_same(event->type, "container");
}

static int64_t processor_ms(void)
{
	struct timespec used;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used); /* it is always there */
	return (int64_t)used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

/* Ask for the ports after opening the event stream, to miss no change in between. */
static void look_at_events(struct publisher *p)
{
	int64_t before = processor_ms();
	bool changed = false;
	if (p->events == NULL) {
		changed = engine_events_open(p->engine, 0, &p->events, NULL);
	} else if (!engine_events_read(p->events, see_event, &changed, NULL)) {
		engine_events_close(p->events);
		p->events = NULL;
	}
	if (changed)
		look_for_ports(p);
	p->rest_until = clock_monotonic_ms() + REST_MS + REST_TIMES * (processor_ms() - before);
}

static void run_publisher(struct publisher *p)
{
	for (;;) {
		int64_t rest = p->rest_until - clock_monotonic_ms();
		bool rests = rest > 0;
		struct pollfd fds[1 + LISTENERS_MAX] = {
			{.fd = p->events != NULL && !rests ? engine_events_fd(p->events) : -1,
				.events = POLLIN}};
		size_t count = p->connections < CONNECTIONS_MAX ? p->count : 0;
		for (size_t i = 0; i < count; i++)
			fds[1 + i] = (struct pollfd){.fd = p->listeners[i].fd, .events = POLLIN};
		int ready = poll(fds, 1 + count, rests && rest < LOOK_MS ? (int)rest : LOOK_MS);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			p->connections--;
		for (size_t i = 0; ready > 0 && i < count; i++)
			if (fds[1 + i].revents != 0)
				accept_caller(p, &p->listeners[i]);
		if (!rests && (p->events == NULL || (ready > 0 && fds[0].revents != 0)))
			look_at_events(p);
	}
}

struct publishing {
	const struct machine_paths *paths;
	pid_t parent;
};

static int start_publisher(void *data)
{
	const struct publishing *o = data;
	struct publisher *p = xcalloc(1, sizeof *p);
	cleanup_free char *host = xasprintf("unix://%s", o->paths->socket);
	const struct engine_options options = {.host = host, .timeout_ms = 5000};
	prctl(PR_SET_NAME, "ropes-publisher");
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != o->parent || !fd_close_range(3, ~0U))
		return 1; /* else this process would keep the supervisor's lock */
	p->paths = o->paths;
	if (engine_open(&options, &p->engine, NULL))
		run_publisher(p);
	return 1;
}

bool publish_start(const struct machine_paths *paths, pid_t *ret, struct error *err)
{
	struct publishing o = {paths, getpid()};
	return spawn_function(start_publisher, &o, false, ret, err);
}

/* ---- for other processes ---- */

void machine_each_port(
	const char *folder, bool (*each)(void *data, const struct machine_port *port), void *data)
{
	cleanup_free char *path = path_join(folder, PORTS_FILE);
	cleanup_buf struct buf text = {0};
	struct machine_port port;
	(void)file_read(path, 65536, &text, NULL); /* without the file no port is published */
	for (const char *line = buf_text(&text);
		sscanf(line, "%hu %hu", &port.inside, &port.outside) == 2 && each(data, &port);)
		line = text_next_line(line);
}

int machine_port_socket(const char *folder)
{
	cleanup_free char *control = path_join(folder, CONTROL_SOCKET);
	return order_socket(control, AF_INET, SOCK_STREAM, 0);
}

static void each_own_port(bool (*each)(void *data, const struct machine_port *port), void *data)
{
	cleanup_free char *folder = machine_state_folder(MACHINE_PRACTICE);
	machine_each_port(folder, each, data);
}

static bool find_port(void *data, const struct machine_port *port)
{
	struct machine_port *wanted = data;
	if (wanted->inside == 0 || wanted->inside == port->inside)
		*wanted = *port;
	return wanted->outside == 0;
}

bool machine_port(unsigned short inside, struct machine_port *ret)
{
	struct machine_port wanted = {.inside = inside};
	each_own_port(find_port, &wanted);
	if (wanted.outside == 0)
		return false;
	*ret = wanted;
	return true;
}

static bool add_moved(void *data, const struct machine_port *port)
{
	struct buf *out = data;
	if (port->inside != port->outside) {
		buf_add_text(out, out->length > 0 ? ", " : "");
		buf_printf(out, _("%u at http://localhost:%u"), port->inside, port->outside);
	}
	return true;
}

void machine_moved_ports(struct buf *out)
{
	each_own_port(add_moved, out);
}
