/* ports/exchange.c - a request to a container and its answer, by libcurl over a socket of the
 * machine's network */
#include "private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONNECT_MS 5000L
#define BUFFER 16384L

struct transfer {
	struct exchange *exchange;
	struct head head;
	bool begun, has_machine;
};

/* ---- what libcurl asks for ---- */

static curl_socket_t open_machine_socket(
	void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *t = data;
	const struct exchange *e = t->exchange;
	(void)purpose;
	(void)address; /* 127.0.0.1, in the machine's network */
	int fd = e->o->open_socket(e->o->data, e->folder);
	t->has_machine = fd >= 0;
	return fd >= 0 ? fd : CURL_SOCKET_BAD;
}

static size_t read_upload(char *bytes, size_t size, size_t count, void *data)
{
	struct transfer *t = data;
	ssize_t length = relay_read(t->exchange->relay, bytes, size * count);
	return length >= 0 ? (size_t)length : CURL_READFUNC_ABORT;
}

static size_t take_head_line(char *bytes, size_t size, size_t count, void *data)
{
	struct transfer *t = data;
	size_t length = size * count;
	bool is_end = length > 0 && (bytes[0] == '\r' || bytes[0] == '\n');
	if (t->begun) /* what follows the body */
		return length;
	if (!is_end)
		return head_add(&t->head, bytes, length) ? length : 0;
	if (t->head.status < 200)
		return t->head.status == 101 ? 0 : length; /* nobody asked for it */
	struct reply reply = {0};
	int64_t body = head_reply(&t->head, &t->exchange->place, &reply);
	relay_begin(t->exchange->relay, &reply, body);
	t->begun = true;
	return length;
}

static size_t pass_body(char *bytes, size_t size, size_t count, void *data)
{
	struct transfer *t = data;
	return relay_write(t->exchange->relay, bytes, size * count) ? size * count : 0;
}

static int is_over(
	void *data, curl_off_t down_max, curl_off_t down, curl_off_t up_max, curl_off_t up)
{
	struct transfer *t = data;
	(void)down_max;
	(void)down;
	(void)up_max;
	(void)up;
	return relay_is_over(t->exchange->relay);
}

/* ---- one request ---- */

static void set_body(const struct curl_library *curl, CURL *easy, const struct exchange *e)
{
	bool is_head = text_same(e->method, "HEAD");
	if (is_head)
		curl->easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else
		curl->easy_setopt(easy, CURLOPT_CUSTOMREQUEST, e->method);
	if (is_head || e->length == 0)
		return;
	curl->easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl->easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)e->length);
}

static void set_transfer(const struct curl_library *curl, CURL *easy, struct transfer *t)
{
	const struct exchange *e = t->exchange;
	cleanup_free char *url = xasprintf("http://127.0.0.1:%u/", e->place.port);
	curl->easy_setopt(easy, CURLOPT_URL, url);
	curl->easy_setopt(easy, CURLOPT_REQUEST_TARGET, e->target);
	curl->easy_setopt(easy, CURLOPT_PROXY, "");
	curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl->easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl->easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER);
	curl->easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_machine_socket);
	curl->easy_setopt(easy, CURLOPT_OPENSOCKETDATA, t);
	curl->easy_setopt(easy, CURLOPT_READFUNCTION, read_upload);
	curl->easy_setopt(easy, CURLOPT_READDATA, t);
	curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_head_line);
	curl->easy_setopt(easy, CURLOPT_HEADERDATA, t);
	curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, pass_body);
	curl->easy_setopt(easy, CURLOPT_WRITEDATA, t);
	curl->easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, is_over);
	curl->easy_setopt(easy, CURLOPT_XFERINFODATA, t);
	curl->easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	set_body(curl, easy, e);
}

/* libcurl adds these two by itself unless it is told not to. */
static struct curl_slist *list_headers(const struct curl_library *curl, const struct words *headers)
{
	struct curl_slist *list = curl->slist_append(NULL, "Expect:");
	bool accepts = false;
	for (size_t i = 0; i < headers->count; i++) {
		list = curl->slist_append(list, headers->items[i]);
		accepts = accepts || strncasecmp(headers->items[i], "Accept:", 7) == 0;
	}
	return accepts ? list : curl->slist_append(list, "Accept:");
}

void exchange_refuse(struct exchange *e, bool has_machine)
{
	struct reply reply = {0};
	unsigned port = e->place.port;
	if (!has_machine)
		reply_error(&reply, 502,
			"The practice machine of this learner does not run. The page of the terminal starts it.");
	else
		reply_error(&reply, 502,
			"Port %u is published, but nothing answers there.\n"
			"\n"
			"- Does the container still run? `docker ps` shows it, `docker logs NAME` shows what it says.\n"
			"- Does the program in it listen at the second number of `-p %u:80`?\n"
			"- Does it listen on all addresses (0.0.0.0), not only on 127.0.0.1?\n"
			"- Does it speak HTTP, and not TLS?",
			port, port);
	headers_protect(&reply, &e->place);
	int64_t length = (int64_t)reply.body.length;
	relay_begin(e->relay, &reply, length);
}

void exchange_run(struct exchange *e)
{
	const struct curl_library *curl;
	struct transfer t = {.exchange = e, .has_machine = true};
	CURL *easy = curl_open(&curl, NULL) ? curl->easy_init() : NULL;
	if (easy == NULL) {
		exchange_refuse(e, true);
		return;
	}
	struct curl_slist *headers = list_headers(curl, &e->headers);
	set_transfer(curl, easy, &t);
	curl->easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	CURLcode code = curl->easy_perform(easy);
	if (!t.begun)
		exchange_refuse(e, t.has_machine);
	else if (code != CURLE_OK)
		relay_break(e->relay);
	curl->slist_free_all(headers);
	curl->easy_cleanup(easy);
	head_finish(&t.head);
}
