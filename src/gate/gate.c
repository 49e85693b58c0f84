/* gate/gate.c - the socket, a thread a connection, and the way of one request through it */
#include "private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define HEAD_TIMEOUT_MS 10000
#define BODY_LIMIT ((size_t)1 << 20)
#define STACK_SIZE ((size_t)256 * 1024)
#define IDLE_LOOK_MS 10000

bool is_class(const struct request *r)
{
	return r->gate->profile == GATE_CLASS;
}

void note_rule(struct request *r, const char *rule)
{
	char *copy = xstrdup(rule);
	free(r->rule);
	r->rule = copy;
}

bool refuse(struct request *r, int status, const char *rule, const char *format, ...)
{
	va_list args;
	r->status = status;
	note_rule(r, rule);
	buf_truncate(&r->message, 0);
	buf_add_text(&r->message, status == 404 ? "" : "ropes: ");
	va_start(args, format);
	buf_vprintf(&r->message, format, args);
	va_end(args);
	return false;
}

void forgive(struct request *r)
{
	r->status = 0;
	buf_truncate(&r->message, 0);
	free(r->rule);
	r->rule = NULL;
}

/* ---- one request ---- */

/* Unknown and repeated keys are refused; but for those that the API repeats. */
static bool judge_query(struct request *r)
{
	static const char *const repeated[] = {"t", "names", "changes"};
	for (size_t i = 0; i < r->target.query_count; i++) {
		const char *name = r->target.query[i].name;
		size_t length = strlen(name);
		bool known = false, may_repeat = false;
		for (const char *at = r->route->query; *at != '\0';) {
			size_t word = strcspn(at, " ");
			known = known || (word == length && strncmp(at, name, word) == 0);
			at += word + (at[word] == ' ');
		}
		if (!known)
			return refuse(r, 400, "query", "%s is no word of this query", name);
		for (size_t k = 0; k < ARRAY_LENGTH(repeated); k++)
			may_repeat = may_repeat || text_same(name, repeated[k]);
		for (size_t k = 0; k < i && !may_repeat; k++)
			if (text_same(r->target.query[k].name, name))
				return refuse(
					r, 400, "query", "%s is named twice in the query", name);
	}
	return true;
}

static void go_on(struct request *r)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
	if (r->head.expects_continue)
		(void)fd_write(r->client.fd, text, sizeof text - 1, NULL); /* it may be gone */
}

static bool is_type(const struct request *r, const char *type)
{
	return *r->head.content_type == '\0' || text_same(r->head.content_type, type);
}

static bool take_json(struct request *r)
{
	cleanup_buf struct buf text = {0};
	const char *why = "the body is not whole";
	struct body body;
	bool form = r->head.has_length || r->head.chunked;
	body_begin(&body, &r->client, &r->head, false);
	if (form && !text_same(r->head.content_type, "application/json") &&
		(r->head.length > 0 || r->head.chunked))
		return refuse(r, 400, "body", "Content-Type must be application/json");
	if (r->head.length > BODY_LIMIT)
		return refuse(
			r, 413, "body", "a body of more than %zu bytes is not taken", BODY_LIMIT);
	go_on(r);
	if (!body_read_all(&body, BODY_LIMIT, &text))
		return text.length + 16384 > BODY_LIMIT
			       ? refuse(r, 413, "body", "the body is too large")
			       : refuse(r, 400, "framing", "the body is broken");
	if (text.length == 0 && r->client.taken < r->client.pending.length)
		return refuse(r, 400, "framing", "bytes follow a body that is said to be empty");
	bool empty_is_fine = text_same(r->route->path, "exec/{exec}/start") ||
			     text_same(r->route->path, "commit") ||
			     text_same(r->route->path, "networks/{network}/disconnect");
	if ((text.length == 0 && empty_is_fine) || text_same(buf_text(&text), "null") ||
		text_same(buf_text(&text), "null\n")) {
		buf_truncate(&text, 0);
		buf_add_text(&text, "{}");
	}
	if (!json_read(buf_text(&text), text.length, &r->body, &why) || !cJSON_IsObject(r->body))
		return refuse(r, 400, "json", "%s", why);
	return true;
}

/* A body where none belongs is read and forgotten, a form among them. */
static bool take_nothing(struct request *r)
{
	cleanup_buf struct buf text = {0};
	struct body body;
	body_begin(&body, &r->client, &r->head, false);
	if (r->head.length > BODY_LIMIT || !body_read_all(&body, BODY_LIMIT, &text))
		return refuse(r, 400, "framing", "the body is broken, or too large");
	return true;
}

static bool take_body(struct request *r)
{
	/* `docker import` of a file: an archive comes where a pull has none */
	if (text_same(target_query(&r->target, "fromSrc"), "-"))
		r->body_kind = BODY_TAR;
	switch (r->body_kind) {
	case BODY_JSON:
		return take_json(r);
	case BODY_TAR:
		if (!is_type(r, "application/x-tar") && !is_type(r, "application/tar") &&
			(text_same(r->route->path, "build") || !is_type(r, "text/plain")))
			return refuse(r, 400, "body", "Content-Type must be application/x-tar");
		go_on(r);
		return true;
	case BODY_NONE:
		return take_nothing(r);
	}
	return false;
}

/* From 1.24, which target_parse() sees to, to the daemon's own. */
static bool judge_version(struct request *r)
{
	int most = r->target.minor >= 0 ? upstream_minor(r->gate) : -1;
	if (most < 0 || r->target.minor <= most)
		return true;
	/* a client that could not ask for the version takes its own: that is not its fault */
	cleanup_fd int fd = upstream_connect(r->gate);
	return fd < 0 ? refuse(r, 502, "daemon", "the daemon does not answer")
		      : refuse(r, 400, "version",
				"client version 1.%d is too new. Maximum supported API version is "
				"1.%d",
				r->target.minor, most);
}

static bool judge(struct request *r)
{
	const char *why = "";
	if (!target_parse(r->head.target, &r->target, &why))
		return refuse(r, 400, "target", "%s", why);
	owner_learn_shared(r->gate);
	return judge_version(r) && route_find(r) && judge_query(r) && take_body(r) && own_path(r) &&
	       (r->route->judge == NULL || r->route->judge(r));
}

static int http_head_status(enum head_result result)
{
	return result == HEAD_TOO_LARGE ? 431 : result == HEAD_TIMEOUT ? 408 : 400;
}

static void serve(struct request *r)
{
	const char *why = "";
	enum head_result result = http_head_read(&r->client, false, &r->head, &why);
	int status = 0;
	if (result == HEAD_END)
		return;
	r->started_ms = clock_monotonic_ms();
	if (result != HEAD_GOOD)
		(void)refuse(r, http_head_status(result), "head", "%s", why);
	else if (judge(r))
		status = forward(r);
	if (r->status != 0) {
		answer_error(r->client.fd, r->status, buf_text(&r->message));
		status = r->status;
	}
	audit(r, status);
}

static void request_finish(struct request *r)
{
	http_head_finish(&r->head);
	target_finish(&r->target);
	buf_finish(&r->message);
	buf_finish(&r->archive);
	words_finish(&r->warnings);
	words_finish(&r->names);
	words_finish(&r->references);
	free(r->bridge);
	cJSON_Delete(r->body);
	free(r->rule);
	/* what the client still sends is taken for a moment, so that it can read the answer */
	(void)shutdown(r->client.fd, SHUT_WR);
	char bytes[16384];
	for (int i = 0; i < 512 && r->status != 0; i++) {
		struct pollfd fd = {.fd = r->client.fd, .events = POLLIN};
		if (poll(&fd, 1, 100) <= 0 || read(r->client.fd, bytes, sizeof bytes) <= 0)
			break;
	}
	stream_finish(&r->client);
}

/* ---- connections ---- */

struct connection {
	struct gate *gate;
	int fd;
};

static void gate_free(struct gate *gate)
{
	gate_policy_finish(&gate->policy);
	words_finish(&gate->shared);
	pthread_mutex_destroy(&gate->lock);
	tls_close(gate->tls);
	free(gate->listen);
	free(gate->upstream);
	free(gate->owner);
	free(gate->version);
	free(gate);
}

/* One who uses the gate less; the last of a closed one takes it away. */
static void leave(struct gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	bool last = atomic_fetch_sub(&gate->connections, 1) == 1 && gate->closed;
	pthread_mutex_unlock(&gate->lock);
	if (last)
		gate_free(gate);
}

static void list_request(struct gate *gate, struct request *r)
{
	pthread_mutex_lock(&gate->lock);
	r->next = gate->open;
	gate->open = r;
	if (gate->closed) /* it came too late to be cut off with the others */
		(void)shutdown(r->client.fd, SHUT_RDWR);
	pthread_mutex_unlock(&gate->lock);
}

static void unlist_request(struct gate *gate, const struct request *r)
{
	pthread_mutex_lock(&gate->lock);
	struct request **at = &gate->open;
	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	pthread_mutex_unlock(&gate->lock);
}

static void *connection_run(void *data)
{
	struct connection *c = data;
	struct gate *gate = c->gate;
	struct request r = {
		.gate = gate, .daemon = -1, .client = {.fd = c->fd, .timeout_ms = HEAD_TIMEOUT_MS}};
	free(c);
	list_request(gate, &r);
	serve(&r);
	unlist_request(gate, &r);
	request_finish(&r);
	atomic_store(&gate->used_ms, clock_monotonic_ms());
	leave(gate);
	return NULL;
}

/* What is being served meets the end of its connections. The caller holds the lock. */
static void cut_off(struct gate *gate)
{
	for (const struct request *r = gate->open; r != NULL; r = r->next) {
		if (r->daemon >= 0)
			(void)shutdown(r->daemon, SHUT_RDWR);
		(void)shutdown(r->client.fd, SHUT_RDWR);
	}
}

static void start_connection(struct gate *gate, int fd)
{
	pthread_attr_t attributes;
	pthread_t thread;
	if (atomic_load(&gate->connections) >= gate->policy.connections) {
		answer_error(fd, 503, "ropes: too many connections at a time");
		close(fd);
		return;
	}
	/* one who does not read what was asked for holds a thread no longer than this; a tunnel
	 * waits by other means */
	const struct timeval patience = {.tv_sec = 60};
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	struct connection *c = xmalloc(sizeof *c);
	*c = (struct connection){gate, fd};
	atomic_fetch_add(&gate->connections, 1);
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	if (pthread_create(&thread, &attributes, connection_run, c) != 0) {
		leave(gate);
		close(fd);
		free(c);
	}
	pthread_attr_destroy(&attributes);
}

/* An owner who has left without saying so: what is theirs goes, once. */
static void look_for_idleness(struct gate *gate)
{
	int64_t limit = gate->policy.idle_seconds * 1000;
	int64_t used = atomic_load(&gate->used_ms);
	if (gate->profile != GATE_CLASS || limit == 0 || used == 0 ||
		atomic_load(&gate->connections) > 0 || clock_monotonic_ms() - used < limit)
		return;
	(void)owner_remove_all(gate); /* else there is nothing any more */
	atomic_store(&gate->used_ms, 0);
}

void gate_run(struct gate *gate, int stop_fd)
{
	struct pollfd fds[2] = {
		{.fd = gate->socket, .events = POLLIN}, {.fd = stop_fd, .events = POLLIN}};
	long long idle_ms = gate->policy.idle_seconds * 1000;
	int look_ms = idle_ms > 0 && idle_ms < IDLE_LOOK_MS ? (int)idle_ms : IDLE_LOOK_MS;
	for (;;) {
		if (poll(fds, 2, look_ms) < 0 && errno != EINTR)
			break;
		if (fds[1].revents != 0)
			break;
		look_for_idleness(gate);
		if ((fds[0].revents & POLLIN) == 0)
			continue;
		int fd = accept4(gate->socket, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			start_connection(gate, fd);
		else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
			usleep(20000); /* somebody will close something */
	}
	atomic_store(&gate->stopping, true);
	for (int i = 0; i < 600 && atomic_load(&gate->connections) > 0; i++)
		usleep(5000);
}

/* ---- life ---- */

static int listen_at(const char *path, struct error *err)
{
	struct sockaddr_un address;
	struct stat there;
	if (!unix_address(path, &address, err))
		return -1;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	/* one that a gate left behind does not answer any more */
	if (fd >= 0 && lstat(path, &there) == 0 && S_ISSOCK(there.st_mode) &&
		connect(fd, (const struct sockaddr *)&address, sizeof address) < 0 &&
		errno == ECONNREFUSED)
		(void)unlink(path);
	if (fd >= 0)
		close(fd);
	/* the mode is the socket's from the beginning, without an umask that all threads would
	 * share */
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

static bool open_tls(const char *folder, struct tls **ret, struct error *err)
{
	*ret = NULL;
	return folder == NULL || tls_open(folder, ret, err);
}

static struct gate *gate_make(const struct gate_options *o, struct tls *tls)
{
	struct gate *gate = xcalloc(1, sizeof *gate);
	gate->profile = o->profile;
	gate->listen = xstrdup(o->listen);
	gate->upstream = xstrdup(o->upstream);
	gate->owner = xstrdup(o->owner);
	gate->tls = tls;
	gate->socket = -1;
	gate->log_fd = o->log_fd;
	gate->clean = o->clean && o->profile == GATE_CLASS;
	pthread_mutex_init(&gate->lock, NULL);
	gate_policy_copy(&gate->policy, o->policy);
	(void)signal(SIGPIPE, SIG_IGN); /* a client that is gone is no reason to end */
	return gate;
}

bool gate_open(const struct gate_options *o, struct gate **ret, struct error *err)
{
	struct tls *tls;
	if (o->profile == GATE_CLASS && text_is_blank(o->owner))
		return error_set_kind(err, ERROR_USAGE, "the class profile needs an owner");
	if (!open_tls(o->tls_folder, &tls, err))
		return false;
	int fd = listen_at(o->listen, err);
	if (fd < 0) {
		tls_close(tls);
		return false;
	}
	struct gate *gate = gate_make(o, tls);
	gate->socket = fd;
	owner_learn_shared(gate);
	*ret = gate;
	return true;
}

void gate_close(struct gate *gate)
{
	if (gate == NULL)
		return;
	close(gate->socket);
	(void)unlink(gate->listen);
	pthread_mutex_lock(&gate->lock);
	atomic_fetch_add(&gate->connections, 1); /* this is one, too: nobody else is the last */
	gate->closed = true;
	cut_off(gate);
	pthread_mutex_unlock(&gate->lock);
	if (gate->clean)
		(void)owner_remove_all(gate); /* a daemon that is gone has taken all with it */
	leave(gate);
}
