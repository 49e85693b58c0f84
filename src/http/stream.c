/* http/stream.c - a response that stays open: passes on its body as it arrives */
#include "private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define REDIRECTIONS_MAX 5L
#define WAIT_MS 1000 /* interval for checking the silence */

struct following {
	const struct http_stream *stream;
	const struct curl_library *curl;
	CURLM *multi;
	CURL *easy;
	int64_t heard_ms; /* time of the last byte */
	int64_t clock_ms; /* the server's clock, from its Date header; 0 */
	bool begun, enough;
};

static void begin_stream(struct following *f)
{
	long status = 0;
	f->curl->easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	f->begun = true;
	if (f->stream->begun != NULL)
		f->stream->begun(f->stream->data, status, f->clock_ms);
}

/* Parses "Date: Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7), the form that servers must send.
 */
static size_t receive_date(char *bytes, size_t size, size_t count, void *data)
{
	static const char name[] = "date:";
	struct following *f = data;
	struct tm at = {0};
	cleanup_free char *line = xstrndup(bytes, size * count);
	if (strncasecmp(line, name, strlen(name)) != 0)
		return size * count;
	const char *value = line + strlen(name);
	value += strspn(value, " \t");
	if (strptime(value, "%a, %d %b %Y %H:%M:%S GMT", &at) != NULL)
		f->clock_ms = (int64_t)timegm(&at) * 1000;
	return size * count;
}

static size_t receive_stream(char *bytes, size_t size, size_t count, void *data)
{
	struct following *f = data;
	long status = 0;
	f->heard_ms = clock_monotonic_ms();
	if (!f->begun)
		begin_stream(f);
	f->curl->easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status == 200 && !f->stream->take(f->stream->data, bytes, size * count))
		f->enough = true;
	return f->enough ? 0 : size * count;
}

/* True: the transfer ended; *ret_code has the result. */
static bool has_transfer_ended(struct following *f, CURLcode *ret_code)
{
	int left;
	const CURLMsg *message = f->curl->multi_info_read(f->multi, &left);
	if (message == NULL || message->msg != CURLMSG_DONE)
		return false;
	*ret_code = message->data.result;
	return true;
}

static bool poll_stop(struct following *f, struct curl_waitfd *stop)
{
	int events;
	stop->revents = 0;
	(void)f->curl->multi_poll(f->multi, stop, stop->fd >= 0, WAIT_MS, &events);
	return (stop->revents & CURL_WAIT_POLLIN) != 0;
}

static bool is_stream_silent(const struct following *f)
{
	long max = f->stream->silence_ms;
	return max > 0 && clock_monotonic_ms() - f->heard_ms > max;
}

static bool run_stream(struct following *f, struct error *err)
{
	struct curl_waitfd stop = {.fd = f->stream->stop_fd, .events = CURL_WAIT_POLLIN};
	f->heard_ms = clock_monotonic_ms();
	for (;;) {
		int running;
		CURLcode code = CURLE_OK;
		f->curl->multi_perform(f->multi, &running);
		if (f->enough)
			return true;
		if (has_transfer_ended(f, &code))
			return code == CURLE_OK || error_set(err, 0, "%s: %s", f->stream->url,
							   http_explain(f->curl, code));
		if (is_stream_silent(f))
			return error_set(err, 0, "%s: no data for %ld s", f->stream->url,
				f->stream->silence_ms / 1000);
		if (poll_stop(f, &stop))
			return true;
	}
}

bool http_follow(const struct http_stream *stream, long *ret_status, struct error *err)
{
	struct following f = {.stream = stream};
	*ret_status = 0;
	if (!curl_open(&f.curl, err))
		return false;
	f.multi = f.curl->multi_init();
	f.easy = f.curl->easy_init();
	if (f.multi == NULL || f.easy == NULL)
		die_out_of_memory();
	struct curl_slist *headers = http_headers(f.curl, stream->headers);
	http_set_up(f.curl, f.easy, stream->url, stream->user, stream->password, stream->ca,
		stream->pin);
	f.curl->easy_setopt(f.easy, CURLOPT_HTTPHEADER, headers);
	f.curl->easy_setopt(f.easy, CURLOPT_HEADERFUNCTION, receive_date);
	f.curl->easy_setopt(f.easy, CURLOPT_HEADERDATA, &f);
	f.curl->easy_setopt(f.easy, CURLOPT_WRITEFUNCTION, receive_stream);
	f.curl->easy_setopt(f.easy, CURLOPT_WRITEDATA, &f);
	if (stream->redirected) {
		f.curl->easy_setopt(f.easy, CURLOPT_FOLLOWLOCATION, 1L);
		f.curl->easy_setopt(f.easy, CURLOPT_MAXREDIRS, REDIRECTIONS_MAX);
	}
	f.curl->multi_add_handle(f.multi, f.easy);
	bool good = run_stream(&f, err);
	f.curl->easy_getinfo(f.easy, CURLINFO_RESPONSE_CODE, ret_status);
	f.curl->multi_remove_handle(f.multi, f.easy);
	f.curl->slist_free_all(headers);
	f.curl->easy_cleanup(f.easy);
	f.curl->multi_cleanup(f.multi);
	return good;
}
