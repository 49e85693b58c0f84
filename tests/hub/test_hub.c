/* tests/hub/test_hub.c - what Docker Hub answers without a network: tokens, repositories and
 * searches, before a registry that answers from a table; and all of it over TLS */
#include "fake/engine.h"
#include "hub.h"
#include "suite.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

struct internet {
	struct fake_engine *registry;
	struct hub *hub;
	struct buf certificate;
	int listen_fd, stop;
	unsigned short port;
	pthread_t thread;
};

static void *run(void *data)
{
	struct internet *net = data;
	hub_run(net->hub, net->stop);
	return NULL;
}

static void furnish(struct fake_engine *registry)
{
	fake_engine_answer(registry, "GET", "/v2/library/alpine/tags/list", 200, "{}");
	fake_engine_answer(registry, "GET", "/v2/library/alpine/manifests/3", 200, "the manifest");
	fake_engine_answer(registry, "GET", "/v2/library/alpine/blobs/*", 200, "a layer");
	fake_engine_answer(registry, "GET", "/v2/_catalog", 200,
		"{\"repositories\":[\"library/alpine\",\"docker/getting-started\",\"x y/z\",7]}");
}

static void internet_open(struct internet *net)
{
	struct error err = {0};
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	*net = (struct internet){.registry = fake_engine_start(suite_folder),
		.listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
		.stop = eventfd(0, EFD_CLOEXEC)};
	furnish(net->registry);
	ck_assert_int_eq(bind(net->listen_fd, (struct sockaddr *)&address, size), 0);
	ck_assert_int_eq(listen(net->listen_fd, 8), 0);
	ck_assert_int_eq(getsockname(net->listen_fd, (struct sockaddr *)&address, &size), 0);
	net->port = ntohs(address.sin_port);
	ck_assert_msg(hub_open(net->listen_fd, fake_engine_port(net->registry), &net->hub,
			      &net->certificate, &err),
		"%s", error_text(&err));
	ck_assert_int_eq(pthread_create(&net->thread, NULL, run, net), 0);
}

static void internet_close(struct internet *net)
{
	ck_assert_int_eq(eventfd_write(net->stop, 1), 0);
	ck_assert_int_eq(pthread_join(net->thread, NULL), 0);
	close(net->stop);
	close(net->listen_fd);
	hub_close(net->hub);
	fake_engine_stop(net->registry);
	buf_finish(&net->certificate);
}

static int dial(const struct internet *net)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(net->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

/* Sends bytes over TLS as a client that knows the hub's certificate; returns the whole answer. */
static char *exchange(const struct internet *net, const char *host, const char *request)
{
	struct buf answer = {0};
	gnutls_session_t session;
	gnutls_certificate_credentials_t trust;
	gnutls_datum_t pem = {
		(unsigned char *)net->certificate.data, (unsigned)net->certificate.length};
	char bytes[4096];
	ssize_t got;
	int fd = dial(net);
	ck_assert_int_eq(gnutls_certificate_allocate_credentials(&trust), 0);
	ck_assert_int_gt(
		gnutls_certificate_set_x509_trust_mem(trust, &pem, GNUTLS_X509_FMT_PEM), 0);
	ck_assert_int_eq(gnutls_init(&session, GNUTLS_CLIENT), 0);
	ck_assert_int_eq(gnutls_set_default_priority(session), 0);
	ck_assert_int_eq(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, trust), 0);
	ck_assert_int_eq(gnutls_server_name_set(session, GNUTLS_NAME_DNS, host, strlen(host)), 0);
	gnutls_session_set_verify_cert(session, host, 0);
	gnutls_transport_set_int(session, fd);
	int shaken = gnutls_handshake(session);
	ck_assert_msg(shaken == 0, "%s: %s", host, gnutls_strerror(shaken));
	ck_assert_int_eq(
		gnutls_record_send(session, request, strlen(request)), (ssize_t)strlen(request));
	while ((got = gnutls_record_recv(session, bytes, sizeof bytes)) > 0)
		buf_add(&answer, bytes, (size_t)got);
	gnutls_deinit(session);
	gnutls_certificate_free_credentials(trust);
	close(fd);
	return buf_steal(&answer);
}

#define TOKEN "Authorization: Bearer anonymous\r\n"

static const struct {
	const char *line, *more; /* the request's first line, and its further ones */
	const char *status;
	const char *has; /* in the answer; NULL: whatever there is */
} requests[] = {
	{"GET /token?service=registry.docker.io", "", "200", "\"token\":\"anonymous\""},
	{"GET /token", "Authorization: Basic YTpi\r\n", "401", "incorrect username or password"},
	{"POST /token", "Content-Length: 0\r\n", "401", "incorrect username or password"},
	{"GET /v2/", "", "401",
		"Www-Authenticate: Bearer realm=\"https://auth.docker.io/token\",service=\""
		"registry.docker.io\"\r\n"},
	{"GET /v2/", TOKEN, "200", "{}"},
	{"GET /v2/library/alpine/manifests/3", "", "401",
		"scope=\"repository:library/alpine:pull\"\r\n"},
	{"GET /v2/library/alpine/manifests/3", TOKEN, "200", "the manifest"},
	{"GET /v2/library/alpine/blobs/sha256:1", TOKEN "Range: bytes=0-\r\n", "200", "a layer"},
	{"GET /v2/library/alpine/manifests/4", TOKEN, "404", NULL},
	{"GET /v2/library/none/manifests/3", TOKEN, "401",
		"scope=\"repository:library/none:pull\",error=\"insufficient_scope\""},
	{"PUT /v2/library/alpine/manifests/3", TOKEN "Content-Length: 4\r\n", "401",
		"repository:library/alpine:pull,push"},
	{"HEAD /v2/library/none/manifests/3", TOKEN, "401", "insufficient_scope"},
	{"GET /v2/Library/Alpine/manifests/3", TOKEN, "404", NULL},
	{"GET /v2/alpine", TOKEN, "404", NULL},
	{"GET /v1/search?q=alpine&n=25", "", "200",
		"{\"results\":[{\"name\":\"alpine\",\"description\":\"A practice image of this "
		"machine\",\"star_count\":0,\"is_official\":true,"},
	{"GET /v1/search?n=25&q=getting%2Dstarted", "", "200",
		"\"name\":\"docker/getting-started\""},
	{"GET /v1/search?q=x+y%2", "", "200", "\"num_results\":0"},
	{"GET /v1/search?q=x+y", "", "200", "\"num_results\":1"},
	{"GET /v1/search", "", "200", "\"num_results\":3"},
	{"GET /frob", "", "404", NULL},
};

START_TEST(requests_are_answered)
{
	struct internet net;
	internet_open(&net);
	bool has_body = strstr(requests[_i].more, "Content-Length: 4") != NULL;
	cleanup_free char *request = xasprintf("%s HTTP/1.1\r\nHost: h\r\n%s\r\n%s",
		requests[_i].line, requests[_i].more, has_body ? "body" : "");
	cleanup_free char *answer = exchange(&net, "registry-1.docker.io", request);
	char status[4] = "";
	(void)sscanf(answer, "HTTP/1.1 %3s", status);
	ck_assert_msg(text_same(status, requests[_i].status), "%s: expected %s, got %s",
		requests[_i].line, requests[_i].status, answer);
	ck_assert_msg(requests[_i].has == NULL || strstr(answer, requests[_i].has) != NULL,
		"%s: expected '%s' in %s", requests[_i].line, requests[_i].has, answer);
	const char *body = strstr(answer, "\r\n\r\n");
	ck_assert(!text_starts(requests[_i].line, "HEAD") || (body != NULL && body[4] == '\0'));
	internet_close(&net);
}
END_TEST

START_TEST(each_name_of_the_hub_is_certified)
{
	struct internet net;
	internet_open(&net);
	for (size_t i = 0; hub_names[i] != NULL; i++) {
		cleanup_free char *answer =
			exchange(&net, hub_names[i], "GET /token HTTP/1.1\r\n\r\n");
		ck_assert_msg(text_starts(answer, "HTTP/1.1 200"), "%s: %s", hub_names[i], answer);
	}
	internet_close(&net);
}
END_TEST

/* None of these is a request; the connection ends without an answer. */
static const char *const broken[] = {
	"GET /token\r\n\r\n", "GET\r\n\r\n", "GET /token SPDY/1\r\n\r\n"};

START_TEST(what_is_no_request_gets_no_answer)
{
	struct internet net;
	internet_open(&net);
	cleanup_free char *answer = exchange(&net, hub_names[0], broken[_i]);
	ck_assert_str_eq(answer, "");
	internet_close(&net);
}
END_TEST

START_TEST(a_client_without_tls_harms_no_other)
{
	struct internet net;
	internet_open(&net);
	int fd = dial(&net);
	ck_assert(fd_write(fd, "GET / HTTP/1.1\r\n\r\n", 18, NULL));
	cleanup_free char *answer = exchange(&net, hub_names[0], "GET /token HTTP/1.1\r\n\r\n");
	ck_assert(text_starts(answer, "HTTP/1.1 200"));
	close(fd);
	internet_close(&net);
}
END_TEST

/* Without a registry no image exists, and nothing is found. */
START_TEST(a_registry_that_is_away_has_nothing)
{
	struct internet net;
	internet_open(&net);
	fake_engine_answer(net.registry, "GET", "/*", FAKE_ENGINE_DROP, "");
	cleanup_free char *pull = exchange(
		&net, hub_names[0], "GET /v2/library/alpine/manifests/3 HTTP/1.1\r\n" TOKEN "\r\n");
	ck_assert_msg(strstr(pull, "insufficient_scope") != NULL, "%s", pull);
	cleanup_free char *search =
		exchange(&net, hub_names[2], "GET /v1/search?q=a HTTP/1.1\r\n\r\n");
	ck_assert_msg(strstr(search, "\"num_results\":0") != NULL, "%s", search);
	internet_close(&net);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{requests_are_answered, ARRAY_LENGTH(requests)},
		{each_name_of_the_hub_is_certified, 1},
		{what_is_no_request_gets_no_answer, ARRAY_LENGTH(broken)},
		{a_client_without_tls_harms_no_other, 1},
		{a_registry_that_is_away_has_nothing, 1},
	};
	return suite_run("hub", tests, ARRAY_LENGTH(tests), 60);
}
