/* tests/ports/test_ports.c - containers in a browser: a server, a seat, and an upstream that plays
 * the container */
#include "ports.h"
#include "suite.h"
#include "terminals.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/socket.h>

#define PATIENCE_MS 30000

/* ---- the container: what it answers goes by the path ---- */

#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNK "more and more and more and more\n"
#define MUCH ((size_t)8 * 1024 * 1024)

static atomic_int callers; /* connections to the container */

static const struct {
	const char *path, *answer;
} pages[] = {
	{"/plain", OK "Content-Length: 5\r\nX-Mine: yes\r\nETag: \"1\"\r\n\r\nhello"},
	{"/chunks", OK "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"},
	{"/close", OK "\r\nhello"},
	{"/empty", "HTTP/1.1 204 No Content\r\n\r\n"},
	{"/same", "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n"},
	{"/missing", "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone"},
	{"/early", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\nSet-Cookie: a=b\r\n\r\n" OK
		   "Content-Length: 5\r\n\r\nhello"},
	{"/whole", OK
		"Content-Length: 5\r\nSet-Cookie: a=b; Domain=localhost; Path=/\r\nSet-Cookie: c=d\r\n"
		"Clear-Site-Data: \"*\"\r\nService-Worker-Allowed: /\r\n"
		"Strict-Transport-Security: max-age=1\r\nAlt-Svc: h3=\":1\"\r\nNEL: {}\r\nReport-To: {}\r\n"
		"Referrer-Policy: unsafe-url\r\nWWW-Authenticate: Basic\r\n"
		"Access-Control-Allow-Origin: http://x\r\n"
		"Content-Security-Policy: default-src 'self'\r\nKeep-Alive: timeout=5\r\n"
		"X-Between: 1\r\nConnection: close, X-Between\r\n\r\nhello"},
	{"/go", "HTTP/1.1 302 Found\r\nLocation: /there?a=b\r\nContent-Length: 0\r\n\r\n"},
	{"/go-self",
		"HTTP/1.1 302 Found\r\nLocation: http://localhost:PORT/there\r\nContent-Length: 0\r\n\r\n"},
	{"/go-bare",
		"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:PORT\r\nContent-Length: 0\r\n\r\n"},
	{"/go-next",
		"HTTP/1.1 302 Found\r\nLocation: http://LOCALHOST:9/x\r\nContent-Length: 0\r\n\r\n"},
	{"/go-near", "HTTP/1.1 302 Found\r\nLocation: there\r\nContent-Length: 0\r\n\r\n"},
	{"/go-far",
		"HTTP/1.1 302 Found\r\nLocation: http://localhost.example/x\r\nContent-Length: 0\r\n\r\n"},
	{"/go-double", "HTTP/1.1 302 Found\r\nLocation: //x.example/\r\nContent-Length: 0\r\n\r\n"},
	{"/garbage", "what is this\r\n\r\n"},
	{"/status", "HTTP/1.1 999 Odd\r\n\r\n"},
	{"/upgrades", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"},
	{"/nothing", ""},
	{"/short", OK "Content-Length: 9\r\n\r\nhello"},
	{"/lab/plain", OK "Content-Length: 12\r\n\r\nbelow a path"},
	{"/declined", "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"},
};

static void send_text(int fd, const char *text)
{
	(void)send(fd, text, strlen(text), MSG_NOSIGNAL); /* the other side may have gone */
}

/* Replaces the first PORT by a number. */
static void send_answer(int fd, const char *answer, unsigned port)
{
	const char *at = strstr(answer, "PORT");
	cleanup_free char *text =
		at != NULL ? xasprintf("%.*s%u%s", (int)(at - answer), answer, port, at + 4)
			   : xstrdup(answer);
	send_text(fd, text);
}

static size_t body_of(const char *head)
{
	const char *length = strstr(head, "Content-Length: ");
	return length != NULL ? strtoul(length + 16, NULL, 10) : 0;
}

/* Sends without end, until nobody listens. */
static void pour(int fd)
{
	send_text(fd, OK "\r\n");
	while (send(fd, CHUNK, strlen(CHUNK), MSG_NOSIGNAL) > 0)
		continue;
}

static void speak_websocket(int fd)
{
	char bytes[256];
	ssize_t got;
	send_text(fd, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
		      "Connection: Upgrade\r\nSec-WebSocket-Accept: yes\r\n\r\nfirst");
	while ((got = recv(fd, bytes, sizeof bytes, 0)) > 0)
		(void)send(fd, bytes, (size_t)got, MSG_NOSIGNAL);
}

static void send_much(int fd)
{
	cleanup_buf struct buf bytes = {0};
	buf_printf(&bytes, OK "Content-Length: %zu\r\n\r\n", MUCH);
	buf_add_repeat(&bytes, 'm', MUCH);
	(void)fd_write(fd, bytes.data, bytes.length, NULL);
}

/* Says the request in an answer; of a long body only the length. */
static void send_echo(int fd, const struct buf *head, size_t body)
{
	cleanup_buf struct buf text = {0};
	buf_add(&text, head->data, head->length);
	buf_printf(&text, "<%zu>", body);
	cleanup_free char *begin = xasprintf(OK "Content-Length: %zu\r\n\r\n", text.length);
	send_text(fd, begin);
	send_text(fd, buf_text(&text));
}

/* Counts the body of a request, of which `had` bytes are there; in chunks, with their framing. */
static size_t read_body(int fd, const struct buf *bytes, size_t had)
{
	static char piece[65536];
	size_t length = body_of(buf_text(bytes)), count = had;
	bool chunked = strstr(buf_text(bytes), "Transfer-Encoding: chunked") != NULL;
	char last[5] = "";
	if (had >= sizeof last)
		memcpy(last, bytes->data + bytes->length - sizeof last, sizeof last);
	while (chunked ? memcmp(last, "0\r\n\r\n", 5) != 0 : count < length) {
		ssize_t got = recv(fd, piece, sizeof piece, 0);
		if (got <= 0)
			break;
		count += (size_t)got;
		if (got >= 5)
			memcpy(last, piece + got - 5, 5);
	}
	return count;
}

struct caller {
	int fd;
	unsigned port;
};

static void answer_caller(const struct caller *c)
{
	cleanup_buf struct buf head = {0};
	char bytes[4096], path[256] = "";
	const char *end = NULL;
	while (end == NULL) {
		ssize_t got = recv(c->fd, bytes, sizeof bytes, 0);
		if (got <= 0)
			return;
		buf_add(&head, bytes, (size_t)got);
		end = strstr(buf_text(&head), "\r\n\r\n");
	}
	(void)sscanf(buf_text(&head), "%*s %255[^? ]", path);
	for (size_t i = 0; i < ARRAY_LENGTH(pages); i++)
		if (text_same(pages[i].path, path))
			send_answer(c->fd, pages[i].answer, c->port);
	size_t size = (size_t)(end + 4 - buf_text(&head)), had = head.length - size;
	if (text_same(path, "/endless"))
		pour(c->fd);
	else if (text_same(path, "/socket"))
		speak_websocket(c->fd);
	else if (text_same(path, "/much"))
		send_much(c->fd);
	else if (text_same(path, "/silent"))
		(void)recv(c->fd, bytes, sizeof bytes, 0);
	else if (text_starts(path, "/echo")) {
		size_t body = read_body(c->fd, &head, had);
		buf_truncate(&head, size);
		send_echo(c->fd, &head, body);
	}
}

static void *serve_caller(void *data)
{
	struct caller *c = data;
	answer_caller(c);
	close(c->fd);
	free(c);
	callers--;
	return NULL;
}

struct container {
	int fd;
	unsigned short port;
	pthread_t thread;
};

static void *accept_callers(void *data)
{
	const struct container *container = data;
	int fd;
	while ((fd = accept4(container->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		pthread_t thread;
		struct caller *c = xmalloc(sizeof *c);
		*c = (struct caller){fd, container->port};
		callers++;
		ck_assert_int_eq(pthread_create(&thread, NULL, serve_caller, c), 0);
		ck_assert_int_eq(pthread_detach(thread), 0);
	}
	return NULL;
}

static int listen_somewhere(unsigned short *ret_port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(listen(fd, 64), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	*ret_port = ntohs(address.sin_port);
	return fd;
}

/* ---- the server ---- */

static struct {
	struct container container;
	struct terminals *terminals;
	struct ports *ports;
	struct httpd *httpd;
	char *token, *folder;
	char key[TERMINALS_KEY_SIZE];
	unsigned short port; /* of the server */
	unsigned short deaf; /* published, but nothing listens */
	bool has_machine;
} f;

static bool is_published(void *data, const char *folder, unsigned short port)
{
	(void)data;
	ck_assert(folder_exists(folder));
	return port == f.container.port || port == f.deaf;
}

static int open_socket(void *data, const char *folder)
{
	(void)data;
	(void)folder;
	return f.has_machine ? socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
}

static void prepare(const struct terminals_options *o, const char *folder, const char *key,
	const char *name, struct words *arguments, struct words *environment)
{
	(void)o;
	(void)folder;
	(void)key;
	(void)name;
	words_add(arguments, "true");
	words_add(environment, "A=b");
}

static void answer(struct request *r, struct reply *a)
{
	if (ports_is_request(r->ports, r))
		ports_answer(r, a);
	else
		reply_text(a, "text/plain", "the server's own", 16);
}

static bool is_known(const struct request *r)
{
	(void)r;
	return false;
}

static bool is_relayed(const struct request *r)
{
	return ports_is_request(r->ports, r);
}

static void note(const struct request *r, const struct reply *a, int64_t us)
{
	(void)r;
	(void)a;
	(void)us;
}

static void open_server(const char *url, const char *domain, unsigned connections_max)
{
	struct error err = {0};
	char *origin_port;
	f.container.fd = listen_somewhere(&f.container.port);
	ck_assert_int_eq(
		pthread_create(&f.container.thread, NULL, accept_callers, &f.container), 0);
	close(listen_somewhere(&f.deaf));
	f.has_machine = true;
	f.folder = xasprintf("%s/terminals-%d", suite_folder, (int)getpid());
	const struct terminals_options options = {.folder = f.folder, .max = 1, .prepare = prepare};
	ck_assert(terminals_open(&options, &f.terminals, &err));
	ck_assert(terminals_seat(f.terminals, "Ann", &f.token, &err));
	terminals_key(f.token, f.key);
	const struct ports_options ports = {.terminals = f.terminals,
		.domain = domain,
		.connections_max = connections_max,
		.is_published = is_published,
		.open_socket = open_socket};
	f.ports = ports_create(&ports);
	const struct httpd_options server = {.address = "127.0.0.1",
		.url = url,
		.answer = answer,
		.is_known = is_known,
		.is_relayed = is_relayed,
		.note = note};
	const struct request common = {.ports = f.ports};
	ck_assert_msg(httpd_open(&server, &f.httpd, &err), "%s", error_text(&err));
	ck_assert_msg(httpd_start(f.httpd, &common, &err), "%s", error_text(&err));
	origin_port = strrchr(httpd_origin(f.httpd), ':') + 1;
	f.port = (unsigned short)strtoul(origin_port, NULL, 10);
}

static void close_server(void)
{
	int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS;
	httpd_stop(f.httpd);
	httpd_close(f.httpd);
	ports_destroy(f.ports);
	terminals_close(f.terminals);
	free(f.token);
	free(f.folder);
	ck_assert_int_eq(shutdown(f.container.fd, SHUT_RDWR), 0);
	ck_assert_int_eq(pthread_join(f.container.thread, NULL), 0);
	close(f.container.fd);
	while (callers > 0 && clock_monotonic_ms() < until_ms)
		(void)poll(NULL, 0, 10);
	ck_assert_int_eq(callers, 0);
}

/* ---- the browser ---- */

static int connect_server(void)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(f.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
	ck_assert_int_eq(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

/* Sends a request to a port of the seat, with more headers, each with its line end, and a body. */
static int send_request(
	const char *method, unsigned port, const char *path, const char *headers, const char *body)
{
	int fd = connect_server();
	cleanup_free char *head =
		xasprintf("%s /port/%s/%u%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n%s\r\n", method,
			f.key, port, path, f.port, headers);
	ck_assert(fd_write(fd, head, strlen(head), NULL));
	ck_assert(fd_write(fd, body, strlen(body), NULL));
	return fd;
}

static char *read_all(int fd)
{
	struct buf out = {0};
	char bytes[65536];
	ssize_t got;
	while ((got = recv(fd, bytes, sizeof bytes, 0)) > 0)
		buf_add(&out, bytes, (size_t)got);
	close(fd);
	return buf_steal(&out);
}

#define CLOSE "Connection: close\r\n"

/* Where a body is divided is up to the relay: takes the sizes of its chunks out. */
static char *join_chunks(char *answer)
{
	char *end = strstr(answer, "\r\n\r\n");
	if (end == NULL || strcasestr(answer, "\r\nTransfer-Encoding: chunked\r\n") == NULL)
		return answer;
	struct buf out = {0};
	buf_add(&out, answer, (size_t)(end + 4 - answer));
	for (char *at = end + 4, *next; *at != '\0'; at = next) {
		size_t size = strtoul(at, &next, 16);
		if (!text_starts(next, "\r\n") || strlen(next) < size + 4)
			break;
		buf_add(&out, next + 2, size);
		next += 2 + size + 2;
	}
	free(answer);
	return buf_steal(&out);
}

static char *ask(const char *method, const char *path, const char *headers, const char *body)
{
	return join_chunks(read_all(send_request(method, f.container.port, path, headers, body)));
}

static char *get(const char *path)
{
	return ask("GET", path, CLOSE, "");
}

#define ASSERT_HAS(text, part)                                                                     \
	ck_assert_msg(strstr(text, part) != NULL, "expected '%s' in:\n%s", part, text)
#define ASSERT_LACKS(text, part)                                                                   \
	ck_assert_msg(strcasestr(text, part) == NULL, "expected no '%s' in:\n%s", part, text)

/* ---- addresses ---- */

static const struct {
	const char *url, *domain;
	unsigned short port;
	const char *address;
} addresses[] = {
	{"http://127.0.0.1:8410", NULL, 8080, "http://127.0.0.1:8410/port/K/8080/"},
	{"https://lab.example/ropes", NULL, 80, "https://lab.example/ropes/port/K/80/"},
	{"https://lab.example", NULL, 0, "https://lab.example/port/K/{port}/"},
	{"https://lab.example/ropes", "p.example", 8080, "https://K-8080.p.example/"},
	{"http://lab.example:8410", "p.example", 8080, "http://K-8080.p.example:8410/"},
	{"http://[::1]:8410", "localhost", 0, "http://K-{port}.localhost:8410/"},
	{"http://[::1]", "localhost", 80, "http://K-80.localhost/"},
	{"http://lab.example:8410", "p.example:443", 1, "http://K-1.p.example:443/"},
};

START_TEST(a_port_has_an_address)
{
	cleanup_free char *address =
		ports_address(addresses[_i].url, addresses[_i].domain, "K", addresses[_i].port);
	ck_assert_str_eq(address, addresses[_i].address);
}
END_TEST

static const struct {
	const char *text, *domain; /* NULL: it is none */
} domains[] = {
	{"ports.Lab.example", "ports.lab.example"},
	{"localhost:8443", "localhost:8443"},
	{"", NULL},
	{"a b", NULL},
	{"a/b", NULL},
	{"http://a", NULL},
	{".a", NULL},
	{"a..b", NULL},
	{"a:b", NULL},
	{"[::1]", NULL},
};

START_TEST(a_domain_is_one)
{
	struct error err = {0};
	char *domain = NULL;
	bool good = ports_read_domain(domains[_i].text, &domain, &err);
	ck_assert_int_eq(good, domains[_i].domain != NULL);
	ck_assert_pstr_eq(domain, domains[_i].domain);
	free(domain);
	error_finish(&err);
}
END_TEST

/* The rest of a path below "/port/", with K for the key, P for the port and D for one that is not
 * published. */
static const char *const wrong[] = {"", "K", "K/", "K/D/", "K/D/../P/", "K/0/", "K/65536/", "K/0P/",
	"K/Px/", "K/-1/", "K/P%2f", "k/P/", "T/P/", "K/22/", "../port/K/D/", "KK/P/", "K//P/"};

START_TEST(wrong_addresses_lead_nowhere)
{
	cleanup_buf struct buf path = {0};
	unsigned short other;
	cleanup_fd int listening = listen_somewhere(&other); /* of the server's own system */
	open_server(NULL, NULL, 0);
	for (const char *at = wrong[_i]; *at != '\0'; at++)
		switch (*at) {
		case 'K':
			buf_add_text(&path, f.key);
			break;
		case 'k':
			buf_add_text(&path, f.key);
			path.data[path.length - 1] = path.data[path.length - 1] == '0' ? '1' : '0';
			break;
		case 'T':
			buf_add_text(&path, f.token);
			break;
		case 'P':
			buf_printf(&path, "%u", f.container.port);
			break;
		case 'D':
			buf_printf(&path, "%u", other);
			break;
		default:
			buf_add_char(&path, *at);
		}
	cleanup_free char *head =
		xasprintf("GET /port/%s HTTP/1.1\r\nHost: x\r\n" CLOSE "\r\n", buf_text(&path));
	int fd = connect_server();
	ck_assert(fd_write(fd, head, strlen(head), NULL));
	cleanup_free char *seen = read_all(fd);
	ck_assert_msg(text_starts(seen, "HTTP/1.1 404 "), "%s:\n%s", wrong[_i], seen);
	ASSERT_HAS(seen, "Content-Security-Policy: sandbox ");
	struct pollfd caller = {.fd = listening, .events = POLLIN};
	ck_assert_int_eq(poll(&caller, 1, 0), 0);
	close_server();
}
END_TEST

START_TEST(the_key_leads_to_no_terminal)
{
	open_server(NULL, NULL, 0);
	char key[TERMINALS_KEY_SIZE];
	cleanup_free char *of_token = terminals_find(f.terminals, f.token);
	cleanup_free char *of_key = terminals_find(f.terminals, f.key);
	terminals_key(f.key, key);
	cleanup_free char *of_other = terminals_find(f.terminals, key);
	ck_assert_ptr_null(of_token);
	ck_assert_ptr_null(of_other);
	ck_assert_ptr_nonnull(of_key);
	ck_assert_uint_eq(strlen(f.key), 32);
	ck_assert_ptr_null(strstr(f.token, f.key));
	close_server();
}
END_TEST

/* ---- requests ---- */

static const struct {
	const char *method, *path, *headers, *body;
	const char *has, *also, *lacks; /* what the container gets */
} requests[] = {
	{"GET", "/echo?a=b%2Fc&d", "", "", "GET /echo?a=b%2Fc&d HTTP/1.1\r\n", "<0>", "Accept:"},
	{"GET", "/echo/%2e%2e/a%20b", "X-Mine: yes\r\n", "", "GET /echo/%2e%2e/a%20b HTTP/1.1\r\n",
		"X-Mine: yes\r\n", "Content-Length"},
	{"GET", "/echo/../x/./y", "Accept: text/html\r\n", "", "GET /echo/../x/./y HTTP",
		"Accept: text/html\r\n", "*/*"},
	{"POST", "/echo", "Content-Length: 3\r\nContent-Type: a/b\r\n", "abc", "POST /echo HTTP",
		"Content-Type: a/b\r\n", "Expect"},
	{"PUT", "/echo", "Content-Length: 3\r\n", "abc", "Content-Length: 3\r\n", "<3>", "Expect"},
	{"PATCH", "/echo", "Content-Length: 3\r\n", "abc", "PATCH /echo HTTP", "<3>", "Expect"},
	{"PUT", "/echo", "Expect: 100-continue\r\nContent-Length: 3\r\n", "abc", "PUT /echo HTTP",
		"<3>", "Expect"},
	{"DELETE", "/echo", "", "", "DELETE /echo HTTP", "<0>", "Content-Length"},
	{"OPTIONS", "/echo", "", "", "OPTIONS /echo HTTP", "<0>", "Origin"},
	{"POST", "/echo", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n",
		"Transfer-Encoding: chunked\r\n", "POST", "Content-Length"},
	{"GET", "/echo", "Cookie: a=b\r\nAuthorization: Basic x\r\nReferer: http://x/\r\n", "",
		"GET /echo HTTP", "Host: localhost:", "a=b"},
	{"GET", "/echo", "Authorization: Basic x\r\n", "", "GET", "Host: localhost:", "Basic"},
	{"GET", "/echo", "X-Forwarded-For: 1.2.3.4\r\nForwarded: for=1.2.3.4\r\nVia: 1.2.3.4\r\n",
		"", "GET", "Host: localhost:", "1.2.3.4"},
	{"GET", "/echo", "X-Between: 1\r\nConnection: close, X-Between\r\nTE: trailers\r\n", "",
		"GET", "Host: localhost:", "X-Between"},
	{"GET", "/echo", "Origin: null\r\n", "", "GET", "Origin: http://localhost:", "null"},
	{"GET", "/echo", "X-Empty:\r\n", "", "GET", "X-Empty:\r\n", "Proxy"},
};

START_TEST(requests_arrive)
{
	open_server(NULL, NULL, 0);
	cleanup_free char *headers = xasprintf("%s%s", requests[_i].headers,
		strstr(requests[_i].headers, "Connection") != NULL ? "" : CLOSE);
	int fd = send_request(requests[_i].method, f.container.port, requests[_i].path, headers,
		requests[_i].body);
	cleanup_free char *seen = read_all(fd);
	ASSERT_HAS(seen, "HTTP/1.1 200 OK\r\n");
	const char *body = strstr(seen, "\r\n\r\n") + 4;
	ASSERT_HAS(body, requests[_i].has);
	ASSERT_HAS(body, requests[_i].also);
	ASSERT_LACKS(body, requests[_i].lacks);
	close_server();
}
END_TEST

START_TEST(methods_for_proxies_are_refused)
{
	open_server(NULL, NULL, 0);
	cleanup_free char *seen = ask("TRACE", "/echo", CLOSE, "");
	ASSERT_HAS(seen, "HTTP/1.1 405 ");
	cleanup_free char *unclear = ask("POST", "/echo",
		"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n" CLOSE, "0\r\n\r\n");
	ASSERT_HAS(unclear, "HTTP/1.1 400 ");
	close_server();
}
END_TEST

static const struct {
	const char *headers, *answer;
} askers[] = {
	{"Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: script\r\n",
		"HTTP/1.1 403 "},
	{"Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n", "HTTP/1.1 403 "},
	{"Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\n", "HTTP/1.1 200 "},
	{"Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n", "HTTP/1.1 200 "},
	{"Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\n", "HTTP/1.1 200 "},
};

START_TEST(no_page_of_the_server_loads_from_a_container)
{
	open_server(NULL, NULL, 0);
	cleanup_free char *headers = xasprintf("%s" CLOSE, askers[_i].headers);
	cleanup_free char *seen = ask("GET", "/plain", headers, "");
	ASSERT_HAS(seen, askers[_i].answer);
	close_server();
}
END_TEST

START_TEST(a_page_without_an_origin_may_ask)
{
	open_server(NULL, NULL, 0);
	cleanup_free char *seen = ask("OPTIONS", "/echo",
		"Origin: null\r\nAccess-Control-Request-Method: PUT\r\n"
		"Access-Control-Request-Headers: x-mine\r\n" CLOSE,
		"");
	ASSERT_HAS(seen, "HTTP/1.1 204 ");
	ASSERT_HAS(seen, "Access-Control-Allow-Origin: *\r\n");
	ASSERT_HAS(seen, "Access-Control-Allow-Methods: PUT\r\n");
	ASSERT_HAS(seen, "Access-Control-Allow-Headers: x-mine\r\n");
	ASSERT_LACKS(seen, "Access-Control-Allow-Credentials");
	close_server();
}
END_TEST

/* ---- answers ---- */

static const struct {
	const char *path, *has, *also, *lacks;
} answers[] = {
	{"/plain", "HTTP/1.1 200 OK\r\n", "X-Mine: yes\r\n", "Transfer-Encoding"},
	{"/plain", "\r\n\r\nhello", "Content-Length: 5\r\n", "Set-Cookie"},
	{"/chunks", "HTTP/1.1 200 OK\r\n", "hello", "Content-Length"},
	{"/close", "HTTP/1.1 200 OK\r\n", "hello", "Content-Length"},
	{"/empty", "HTTP/1.1 204 ", "Referrer-Policy: no-referrer\r\n", "Transfer-Encoding"},
	{"/same", "HTTP/1.1 304 ", "ETag: \"1\"\r\n", "Transfer-Encoding"},
	{"/missing", "HTTP/1.1 404 ", "none", "502"},
	{"/early", "HTTP/1.1 200 OK\r\n", "hello", "Link"},
	{"/whole",
		"Content-Security-Policy: sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads\r\n",
		"Referrer-Policy: no-referrer\r\n", "Set-Cookie"},
	{"/whole", "Content-Security-Policy: default-src 'self'\r\n", "hello", "Clear-Site-Data"},
	{"/whole", "Access-Control-Allow-Origin: *\r\n", "hello", "Service-Worker"},
	{"/whole", "hello", "hello", "Strict-Transport"},
	{"/whole", "hello", "hello", "Alt-Svc"},
	{"/whole", "hello", "hello", "NEL:"},
	{"/whole", "hello", "hello", "Report-To"},
	{"/whole", "hello", "hello", "unsafe-url"},
	{"/whole", "hello", "hello", "WWW-Authenticate"},
	{"/whole", "hello", "hello", "http://x"},
	{"/whole", "hello", "hello", "X-Between"},
	{"/whole", "hello", "hello", "Keep-Alive"},
	{"/go", "HTTP/1.1 302 ", "Location: /port/K/P/there?a=b\r\n", "localhost"},
	{"/go-self", "HTTP/1.1 302 ", "Location: /port/K/P/there\r\n", "localhost"},
	{"/go-bare", "HTTP/1.1 302 ", "Location: /port/K/P/\r\n", "127.0.0.1"},
	{"/go-next", "HTTP/1.1 302 ", "Location: /port/K/9/x\r\n", "localhost"},
	{"/go-near", "HTTP/1.1 302 ", "Location: there\r\n", "localhost"},
	{"/go-far", "HTTP/1.1 302 ", "Location: http://localhost.example/x\r\n", "/port/"},
	{"/go-double", "HTTP/1.1 302 ", "Location: //x.example/\r\n", "/port/"},
	{"/garbage", "HTTP/1.1 502 ", "nothing answers there", "what is this"},
	{"/status", "HTTP/1.1 502 ", "nothing answers there", "999"},
	{"/upgrades", "HTTP/1.1 502 ", "nothing answers there", "101"},
	{"/nothing", "HTTP/1.1 502 ", "docker logs", "200"},
};

/* Puts key and port in the places of K and P. */
static char *fill_in(const char *text)
{
	const char *at = strstr(text, "/K/P");
	const char *other = strstr(text, "/K/");
	if (at != NULL)
		return xasprintf(
			"%.*s/%s/%u%s", (int)(at - text), text, f.key, f.container.port, at + 4);
	return other != NULL ? xasprintf("%.*s/%s/%s", (int)(other - text), text, f.key, other + 3)
			     : xstrdup(text);
}

START_TEST(answers_come_back)
{
	open_server(NULL, NULL, 0);
	cleanup_free char *seen = get(answers[_i].path), *also = fill_in(answers[_i].also);
	ASSERT_HAS(seen, answers[_i].has);
	ASSERT_HAS(seen, also);
	ASSERT_LACKS(seen, answers[_i].lacks);
	close_server();
}
END_TEST

START_TEST(a_head_has_no_body)
{
	open_server(NULL, NULL, 0);
	cleanup_free char *seen = ask("HEAD", "/plain", CLOSE, "");
	ASSERT_HAS(seen, "Content-Length: 5\r\n");
	ASSERT_LACKS(seen, "hello");
	close_server();
}
END_TEST

START_TEST(a_connection_goes_on)
{
	open_server(NULL, NULL, 0);
	int fd = send_request("GET", f.container.port, "/chunks", "", "");
	cleanup_free char *second =
		xasprintf("GET /port/%s/%u/plain HTTP/1.1\r\nHost: x\r\n" CLOSE "\r\n", f.key,
			f.container.port);
	ck_assert(fd_write(fd, second, strlen(second), NULL));
	cleanup_free char *seen = read_all(fd);
	ASSERT_HAS(seen, "Transfer-Encoding: chunked\r\n");
	ASSERT_HAS(seen, "Content-Length: 5\r\n");
	close_server();
}
END_TEST

START_TEST(an_answer_that_ends_early_is_not_complete)
{
	open_server(NULL, NULL, 0);
	cleanup_free char *seen = get("/short");
	ASSERT_HAS(seen, "Content-Length: 9\r\n");
	ck_assert(text_ends(seen, "\r\n\r\nhello"));
	close_server();
}
END_TEST

START_TEST(where_nothing_answers_it_says_what_to_do)
{
	open_server(NULL, NULL, 0);
	cleanup_free char *deaf = read_all(send_request("GET", f.deaf, "/", CLOSE, ""));
	ASSERT_HAS(deaf, "HTTP/1.1 502 ");
	ASSERT_HAS(deaf, "listen on all addresses (0.0.0.0)");
	ASSERT_HAS(deaf, "Content-Security-Policy: sandbox");
	f.has_machine = false;
	cleanup_free char *gone = get("/plain");
	ASSERT_HAS(gone, "HTTP/1.1 502 ");
	ASSERT_HAS(gone, "practice machine");
	close_server();
}
END_TEST

START_TEST(a_server_below_a_path)
{
	open_server("https://lab.example/lab", NULL, 0);
	cleanup_free char *seen = get("/go"),
			  *whole = fill_in("Location: /lab/port/K/P/there?a=b\r\n");
	ASSERT_HAS(seen, whole);
	cleanup_free char *head =
		xasprintf("GET /lab/port/%s/%u?a=b HTTP/1.1\r\nHost: x\r\n" CLOSE "\r\n", f.key,
			f.container.port);
	int fd = connect_server();
	ck_assert(fd_write(fd, head, strlen(head), NULL));
	cleanup_free char *slash = read_all(fd),
			  *completed = fill_in("Location: /lab/port/K/P/?a=b\r\n");
	ASSERT_HAS(slash, "HTTP/1.1 308 ");
	ASSERT_HAS(slash, completed);
	close_server();
}
END_TEST

/* ---- origins of their own ---- */

static char *ask_host(const char *host, const char *path)
{
	int fd = connect_server();
	cleanup_free char *head = xasprintf(
		"GET %s HTTP/1.1\r\nHost: %s\r\nCookie: own=1\r\n" CLOSE "\r\n", path, host);
	ck_assert(fd_write(fd, head, strlen(head), NULL));
	return read_all(fd);
}

START_TEST(a_name_leads_to_a_port)
{
	open_server("http://lab.example/lab", "ports.example:99", 0);
	f.key[0] = f.key[0] >= 'a' ? (char)(f.key[0] - 'a' + 'A') : f.key[0];
	cleanup_free char *name = xasprintf("%s-%u.ports.EXAMPLE:99", f.key, f.container.port);
	cleanup_free char *echo = ask_host(name, "/echo?a=b"), *whole = ask_host(name, "/whole");
	cleanup_free char *go = ask_host(name, "/go-self"), *deaf = NULL, *own = NULL;
	cleanup_free char *below = ask_host(name, "/lab/plain");
	ASSERT_HAS(echo, "GET /echo?a=b HTTP/1.1\r\nHost: localhost:");
	ASSERT_HAS(echo, "Cookie: own=1\r\n");
	ASSERT_HAS(below, "below a path");
	ASSERT_HAS(whole, "\r\n\r\nhello");
	ASSERT_LACKS(whole, "sandbox");
	ASSERT_LACKS(whole, "Domain");
	ASSERT_HAS(whole, "Set-Cookie: a=b; Path=/\r\n");
	ASSERT_HAS(whole, "Set-Cookie: c=d\r\n");
	ASSERT_HAS(whole, "WWW-Authenticate: Basic\r\n");
	ASSERT_LACKS(whole, "Strict-Transport");
	ASSERT_HAS(go, "Location: /there\r\n");
	cleanup_free char *no_port = xasprintf("%s-%u.ports.example", f.key, f.container.port + 1);
	deaf = ask_host(no_port, "/plain");
	ASSERT_HAS(deaf, "HTTP/1.1 404 ");
	own = ask_host("www.ports.example", "/plain");
	ASSERT_HAS(own, "the server's own");
	close_server();
}
END_TEST

/* ---- long and endless bodies ---- */

START_TEST(long_bodies_pass)
{
	open_server(NULL, NULL, 0);
	cleanup_free char *seen = get("/much");
	ck_assert_uint_gt(strlen(seen), MUCH);
	cleanup_buf struct buf body = {0};
	buf_add_repeat(&body, 'x', MUCH);
	cleanup_free char *headers = xasprintf("Content-Length: %zu\r\n" CLOSE, MUCH);
	cleanup_free char *echo = ask("POST", "/echo", headers, buf_text(&body));
	cleanup_free char *count = xasprintf("<%zu>", MUCH);
	ASSERT_HAS(echo, count);
	close_server();
}
END_TEST

/* The container answers before it has read the request: the client gets the answer at the end. */
START_TEST(an_answer_may_come_before_the_body)
{
	open_server(NULL, NULL, 0);
	cleanup_buf struct buf body = {0};
	buf_add_repeat(&body, 'x', MUCH);
	cleanup_free char *headers = xasprintf("Content-Length: %zu\r\n" CLOSE, MUCH);
	cleanup_free char *seen = ask("POST", "/missing", headers, buf_text(&body));
	ck_assert_msg(text_starts(seen, "HTTP/1.1 404 ") || text_starts(seen, "HTTP/1.1 502 "),
		"%.200s", seen);
	close_server();
}
END_TEST

static void await_callers(int count)
{
	int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS;
	while (callers != count && clock_monotonic_ms() < until_ms)
		(void)poll(NULL, 0, 10);
	ck_assert_int_eq(callers, count);
}

static const char *const without_end[] = {"/endless", "/silent"};

/* Others are served meanwhile; the container's side ends with the client's. */
START_TEST(an_endless_answer_holds_up_nobody)
{
	int fds[80];
	open_server(NULL, NULL, ARRAY_LENGTH(fds));
	for (size_t i = 0; i < ARRAY_LENGTH(fds); i++)
		fds[i] = send_request("GET", f.container.port, without_end[_i], "", "");
	await_callers(ARRAY_LENGTH(fds));
	cleanup_free char *full = get("/plain");
	ASSERT_HAS(full, "HTTP/1.1 503 ");
	cleanup_free char *own = ask_host("x", "/own");
	ASSERT_HAS(own, "the server's own");
	for (size_t i = 0; i < ARRAY_LENGTH(fds); i++)
		close(fds[i]);
	await_callers(0);
	int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS;
	bool served = false;
	while (!served && clock_monotonic_ms() < until_ms) {
		cleanup_free char *again = get("/plain");
		served = strstr(again, "hello") != NULL;
	}
	ck_assert(served);
	close_server();
}
END_TEST

START_TEST(a_server_that_stops_waits_for_no_answer)
{
	open_server(NULL, NULL, 0);
	cleanup_fd int fd = send_request("GET", f.container.port, without_end[_i], "", "");
	await_callers(1);
	int64_t begun_ms = clock_monotonic_ms();
	close_server();
	ck_assert_int_lt(clock_monotonic_ms() - begun_ms, PATIENCE_MS / 2);
}
END_TEST

/* ---- WebSocket ---- */

#define HANDSHAKE                                                                                  \
	"Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"   \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static void await_text(int fd, struct buf *seen, const char *text)
{
	char bytes[4096];
	while (strstr(buf_text(seen), text) == NULL) {
		ssize_t got = recv(fd, bytes, sizeof bytes, 0);
		ck_assert_msg(got > 0, "expected '%s' in:\n%s", text, buf_text(seen));
		buf_add(seen, bytes, (size_t)got);
	}
}

START_TEST(a_websocket_passes)
{
	cleanup_buf struct buf seen = {0};
	open_server(NULL, NULL, 0);
	int fd = send_request("GET", f.container.port, "/socket", HANDSHAKE, "");
	await_text(fd, &seen, "first");
	ASSERT_HAS(buf_text(&seen), "HTTP/1.1 101 ");
	ASSERT_HAS(buf_text(&seen), "Sec-WebSocket-Accept: yes\r\n");
	ASSERT_LACKS(buf_text(&seen), "Set-Cookie");
	ck_assert(fd_write(fd, "to and fro", 10, NULL));
	await_text(fd, &seen, "to and fro");
	close(fd);
	await_callers(0);
	cleanup_fd int open = send_request("GET", f.container.port, "/socket", HANDSHAKE, "");
	buf_truncate(&seen, 0);
	await_text(open, &seen, "first");
	close_server();
}
END_TEST

START_TEST(a_websocket_is_declined)
{
	open_server(NULL, NULL, 0);
	cleanup_free char *seen = ask("GET", "/declined", HANDSHAKE CLOSE, "");
	ASSERT_HAS(seen, "HTTP/1.1 403 ");
	ASSERT_HAS(seen, "Content-Length: 0\r\n");
	cleanup_free char *nothing = ask("GET", "/nothing", HANDSHAKE CLOSE, "");
	ASSERT_HAS(nothing, "HTTP/1.1 502 ");
	close_server();
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{a_port_has_an_address, ARRAY_LENGTH(addresses)},
		{a_domain_is_one, ARRAY_LENGTH(domains)},
		{wrong_addresses_lead_nowhere, ARRAY_LENGTH(wrong)},
		{the_key_leads_to_no_terminal, 0},
		{requests_arrive, ARRAY_LENGTH(requests)},
		{methods_for_proxies_are_refused, 0},
		{no_page_of_the_server_loads_from_a_container, ARRAY_LENGTH(askers)},
		{a_page_without_an_origin_may_ask, 0},
		{answers_come_back, ARRAY_LENGTH(answers)},
		{a_head_has_no_body, 0},
		{a_connection_goes_on, 0},
		{an_answer_that_ends_early_is_not_complete, 0},
		{where_nothing_answers_it_says_what_to_do, 0},
		{a_server_below_a_path, 0},
		{a_name_leads_to_a_port, 0},
		{long_bodies_pass, 0},
		{an_answer_may_come_before_the_body, 0},
		{an_endless_answer_holds_up_nobody, ARRAY_LENGTH(without_end)},
		{a_server_that_stops_waits_for_no_answer, ARRAY_LENGTH(without_end)},
		{a_websocket_passes, 0},
		{a_websocket_is_declined, 0},
	};
	return suite_run("ports", tests, ARRAY_LENGTH(tests), 60);
}
