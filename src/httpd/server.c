/* httpd/server.c - the HTTP server: a few threads serve many connections */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TIMEOUT_S 30
#define CONNECTIONS_MAX 16384
#define PATIENCE_S 60
#define THREADS 32 /* also limits how many changes are committed together */
#define ARENAS 4
#define BEAT_MS 10000
#define LOOK_MS 1000
#define BODY_MAX ((size_t)16 * 1024 * 1024)
#define STACK_SIZE ((size_t)512 * 1024)

bool httpd_read_address(
	const char *text, char **ret_address, unsigned short *ret_port, struct error *err)
{
	const char *colon = strrchr(text, ':');
	long long port;
	if (!text_number(colon != NULL ? colon + 1 : text, 0, 65535, &port))
		return error_set_kind(err, ERROR_USAGE,
			"invalid address '%s': expected ADDRESS:PORT or PORT, e.g. 127.0.0.1:8410",
			text);
	size_t length = colon != NULL ? (size_t)(colon - text) : 0;
	bool brackets = length > 1 && text[0] == '[' && colon[-1] == ']';
	*ret_address = length == 0 ? xstrdup("127.0.0.1")
		       : brackets  ? xstrndup(text + 1, length - 2)
				   : xstrndup(text, length);
	*ret_port = (unsigned short)port;
	return true;
}

static bool is_loopback(const struct sockaddr_storage *address)
{
	const struct sockaddr_in *four = (const void *)address;
	const struct sockaddr_in6 *six = (const void *)address;
	return address->ss_family == AF_INET ? ntohl(four->sin_addr.s_addr) >> 24 == 127
					     : IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

/* Resolves the address, or the name of one of this machine's addresses. */
static bool resolve_address(
	const struct httpd_options *o, struct sockaddr_storage *ret, struct error *err)
{
	const struct addrinfo wanted = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found;
	cleanup_free char *port = xasprintf("%hu", o->port);
	int failure = getaddrinfo(o->address, port, &wanted, &found);
	if (failure != 0)
		return error_set_kind(err, ERROR_USAGE, "cannot listen on '%s': %s", o->address,
			gai_strerror(failure));
	*ret = (struct sockaddr_storage){0};
	memcpy(ret, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return true;
}

static bool read_address(
	const struct httpd_options *o, struct sockaddr_storage *ret, struct error *err)
{
	if (!resolve_address(o, ret, err))
		return false;
	if (o->tls_certificate == NULL && !is_loopback(ret))
		return error_set_kind(err, ERROR_USAGE,
			"%s can be reached from other machines, so it needs TLS: --tls-cert FILE --tls-key FILE",
			o->address);
	return true;
}

static void be_quiet(void *data, const char *format, va_list args)
{
	(void)data;
	(void)format;
	(void)args;
}

/* Bind before accepting requests, so that a request knows the server's own address. */
static int listen_on_address(const struct httpd_options *o, struct sockaddr_storage *address,
	unsigned short *ret_port, struct error *err)
{
	const int one = 1;
	fd_allow(UINT64_MAX); /* each connection needs one */
	bool six = address->ss_family == AF_INET6;
	socklen_t length = six ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	int fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
		bind(fd, (struct sockaddr *)address, length) != 0 || listen(fd, SOMAXCONN) != 0 ||
		getsockname(fd, (struct sockaddr *)address, &length) != 0) {
		error_set(err, errno, "cannot listen on %s:%u", o->address, o->port);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	*ret_port = ntohs(six ? ((struct sockaddr_in6 *)(void *)address)->sin6_port
			      : ((struct sockaddr_in *)(void *)address)->sin_port);
	return fd;
}

/* If it listens on all addresses, show the machine's host name. */
static char *url_of(
	const struct httpd_options *o, const char *origin, bool tls, unsigned short port)
{
	char name[HOST_NAME_MAX + 1] = "";
	bool every = text_same(o->address, "0.0.0.0") || text_same(o->address, "::");
	if (o->url != NULL || !every || gethostname(name, HOST_NAME_MAX) != 0)
		return xstrdup(o->url != NULL ? o->url : origin);
	return xasprintf("%s://%s:%u", tls ? "https" : "http", name, port);
}

/* Share arenas: otherwise each thread would keep memory that it needed only once. */
static void share_memory(void)
{
#ifdef M_ARENA_MAX
	mallopt(M_ARENA_MAX, ARENAS);
#endif
}

static bool listen_for_clients(struct httpd *server, struct error *err)
{
	struct sockaddr_storage address;
	const struct httpd_options *o = &server->o;
	if (!read_address(o, &address, err))
		return false;
	unsigned short port;
	server->listening = listen_on_address(o, &address, &port, err);
	if (server->listening < 0)
		return false;
	bool tls = o->tls_certificate != NULL;
	server->six = address.ss_family == AF_INET6;
	server->origin = xasprintf("%s://%s%s%s:%u", tls ? "https" : "http", server->six ? "[" : "",
		o->address, server->six ? "]" : "", port);
	server->url = url_of(o, server->origin, tls, port);
	server->prefix = httpd_prefix(server->url);
	return true;
}

static bool start_daemon(struct httpd *server, struct error *err)
{
	const struct httpd_options *o = &server->o;
	bool tls = o->tls_certificate != NULL;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
			 MHD_ALLOW_UPGRADE | MHD_USE_ERROR_LOG | (server->six ? MHD_USE_IPv6 : 0u) |
			 (tls ? MHD_USE_TLS : 0u);
	struct MHD_OptionItem secure[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)o->tls_certificate},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)o->tls_key},
		{MHD_OPTION_END, 0, NULL},
	};
	server->daemon = httpd_mhd.start_daemon(flags, 0, handle_admit, server, handle_request,
		server, MHD_OPTION_EXTERNAL_LOGGER, be_quiet, NULL, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_LISTEN_SOCKET, server->listening, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)TIMEOUT_S, MHD_OPTION_CONNECTION_LIMIT, o->connections_max,
		MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS, MHD_OPTION_THREAD_STACK_SIZE,
		STACK_SIZE, MHD_OPTION_URI_LOG_CALLBACK, handle_target, server,
		MHD_OPTION_NOTIFY_COMPLETED, handle_end, NULL, MHD_OPTION_NOTIFY_CONNECTION,
		handle_connection, server, MHD_OPTION_ARRAY, tls ? secure : &secure[2],
		MHD_OPTION_END);
	if (server->daemon == NULL)
		return error_set(err, 0,
			tls ? N_("cannot start the server; check that certificate and key belong together and are PEM files")
			    : N_("cannot start the server"));
	server->listening = -1;
	return true;
}

/* ---- periodic work ---- */

static void *run_heartbeat(void *data)
{
	struct httpd *server = data;
	int64_t next_ms = clock_monotonic_ms() + BEAT_MS;
	pthread_mutex_lock(&server->lock);
	while (!server->ending) {
		const struct timespec until = condition_until(LOOK_MS);
		if (condition_wait(&server->wake, &server->lock, &until) || server->ending)
			continue;
		connections_end_slow(server->connections);
		if (clock_monotonic_ms() < next_ms)
			continue;
		events_beat(server->hub);
		next_ms = clock_monotonic_ms() + BEAT_MS;
	}
	pthread_mutex_unlock(&server->lock);
	return NULL;
}

bool httpd_open(const struct httpd_options *o, struct httpd **ret, struct error *err)
{
	if (!httpd_library_open(err))
		return false;
	struct httpd *server = xcalloc(1, sizeof *server);
	share_memory();
	server->o = *o;
	server->o.body_max = o->body_max > 0 ? o->body_max : BODY_MAX;
	server->o.connections_max =
		o->connections_max > 0 ? o->connections_max : (unsigned)CONNECTIONS_MAX;
	server->connections = connections_create(
		o->timeout_s > 0 ? o->timeout_s : (unsigned)PATIENCE_S, server->o.connections_max);
	server->hub = events_create();
	server->relays = relay_list_create();
	server->listening = -1;
	pthread_mutex_init(&server->lock, NULL);
	condition_init(&server->wake);
	if (!listen_for_clients(server, err)) {
		httpd_close(server);
		return false;
	}
	*ret = server;
	return true;
}

const char *httpd_origin(const struct httpd *server)
{
	return server->origin;
}

const char *httpd_url(const struct httpd *server)
{
	return server->url;
}

struct hub *httpd_hub(struct httpd *server)
{
	return server->hub;
}

unsigned httpd_connections(const struct httpd *server, unsigned *ret_max)
{
	*ret_max = server->o.connections_max;
	return connections_count_open(server->connections);
}

bool httpd_start(struct httpd *server, const struct request *common, struct error *err)
{
	server->common = *common;
	if (!start_daemon(server, err))
		return false;
	if (pthread_create(&server->beat, NULL, run_heartbeat, server) == 0)
		return true;
	httpd_mhd.stop_daemon(server->daemon);
	server->daemon = NULL;
	return error_set(err, 0, "cannot start the server's clock");
}

void httpd_stop(struct httpd *server)
{
	if (server->daemon == NULL)
		return;
	pthread_mutex_lock(&server->lock);
	server->ending = true;
	pthread_cond_signal(&server->wake);
	pthread_mutex_unlock(&server->lock);
	pthread_join(server->beat, NULL);
	events_end(server->hub); /* the library waits for suspended connections */
	relay_list_end(server->relays);
	httpd_mhd.stop_daemon(server->daemon);
	server->daemon = NULL;
}

void httpd_close(struct httpd *server)
{
	if (server == NULL)
		return;
	httpd_stop(server);
	if (server->listening >= 0)
		close(server->listening);
	events_destroy(server->hub);
	relay_list_destroy(server->relays);
	connections_destroy(server->connections);
	pthread_mutex_destroy(&server->lock);
	pthread_cond_destroy(&server->wake);
	free(server->origin);
	free(server->url);
	free(server);
}
