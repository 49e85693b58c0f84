/* tests/http/test_http.c - server-sent events out of bytes; an answer that goes on, from a socket
 * of the test's own */
#include "http.h"
#include "suite.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

/* ---- events ---- */

static const struct {
	const char *bytes, *events; /* NAME/ID/DATA| for each */
} streams[] = {
	{"data: a\n\n", "message//a|"},
	{"data:a\ndata:  b\n\n", "message//a\n b|"},
	{"event: state\nid: 7\ndata: {}\n\n", "state/7/{}|"},
	{"id: 7\ndata: 1\n\ndata: 2\n\n", "message/7/1|message/7/2|"},
	{"id: 7\ndata: 1\n\nid\ndata: 2\n\n", "message/7/1|message//2|"},
	{"event: x\n\ndata: 1\n\n", "message//1|"},
	{": comment\n\n:\n\n", ""},
	{"data: 1\r\n\r\ndata: 2\r\rdata: 3\n\n", "message//1|message//2|message//3|"},
	{"data\n\n", "message//|"},
	{"data\ndata\n\n", "message//\n|"},
	{"data: not ended\n", ""},
	{"\xEF\xBB\xBF"
	 "data: 1\n\n",
		"message//1|"},
	{"retry: 10\nnonsense: 1\nnonsense\ndata: 1\n\n", "message//1|"},
	{"data:a:b\n\n", "message//a:b|"},
};

static bool note(void *data, const struct http_event *event)
{
	buf_printf(data, "%s/%s/%s|", event->name, event->id, event->data);
	return true;
}

START_TEST(events_are_taken_out)
{
	const char *bytes = streams[_i].bytes;
	for (size_t piece = 1; piece <= strlen(bytes); piece++) {
		struct http_events events = {0};
		cleanup_buf struct buf seen = {0};
		for (size_t at = 0; at < strlen(bytes); at += piece) {
			size_t left = strlen(bytes) - at;
			http_events_take(
				&events, bytes + at, left < piece ? left : piece, note, &seen);
		}
		ck_assert_str_eq(buf_text(&seen), streams[_i].events);
		http_events_finish(&events);
	}
}
END_TEST

START_TEST(an_event_that_is_too_large_is_left_out)
{
	struct http_events events = {0};
	cleanup_buf struct buf seen = {0}, bytes = {0};
	for (int lines = 0; lines < 3; lines++) {
		buf_add_text(&bytes, "data: ");
		buf_add_repeat(&bytes, 'x', HTTP_EVENT_MAX / 2);
		buf_add_char(&bytes, '\n');
	}
	buf_add_text(&bytes, "\ndata: next\n\ndata: ");
	buf_add_repeat(&bytes, 'y', HTTP_EVENT_MAX * 2);
	buf_add_text(&bytes, "\n\ndata: last\n\n");
	ck_assert(http_events_take(&events, bytes.data, bytes.length, note, &seen));
	ck_assert_str_eq(buf_text(&seen), "message//next|message//last|");
	http_events_finish(&events);
}
END_TEST

START_TEST(a_new_connection_keeps_the_last_id_only)
{
	struct http_events events = {0};
	cleanup_buf struct buf seen = {0};
	static const char first[] = "id: 3\ndata: 1\n\nevent: x\ndata: half",
			  second[] = "data: 2\n\n";
	http_events_take(&events, first, strlen(first), note, &seen);
	http_events_restart(&events);
	http_events_take(&events, second, strlen(second), note, &seen);
	ck_assert_str_eq(buf_text(&seen), "message/3/1|message/3/2|");
	http_events_finish(&events);
}
END_TEST

/* ---- an answer that goes on ---- */

/* Answers one request with some bytes, and then is silent until the other side has enough. */
struct speaker {
	int fd;
	char url[64];
	const char *answer;
	pthread_t thread;
};

static void *speak(void *data)
{
	struct speaker *s = data;
	char bytes[4096];
	int fd = accept(s->fd, NULL, NULL);
	ck_assert(read(fd, bytes, sizeof bytes) > 0);
	ck_assert(fd_write(fd, s->answer, strlen(s->answer), NULL));
	while (fd_read(fd, bytes, sizeof bytes) > 0)
		continue;
	close(fd);
	return NULL;
}

static void begin(struct speaker *s, const char *answer)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;
	s->answer = answer;
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert(bind(s->fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(s->fd, 1) == 0);
	ck_assert(getsockname(s->fd, (struct sockaddr *)&at, &size) == 0);
	snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d/", ntohs(at.sin_port));
	ck_assert(pthread_create(&s->thread, NULL, speak, s) == 0);
}

static void end(struct speaker *s)
{
	pthread_join(s->thread, NULL);
	close(s->fd);
}

struct listener {
	struct buf heard;
	size_t enough;
	int stop;
	int64_t clock_ms;
};

static void hear_status(void *data, long status, int64_t clock_ms)
{
	struct listener *l = data;
	ck_assert_int_eq(status, 200);
	l->clock_ms = clock_ms;
}

static bool hear(void *data, const char *bytes, size_t length)
{
	struct listener *l = data;
	buf_add(&l->heard, bytes, length);
	if (l->stop >= 0 && l->heard.length >= l->enough)
		ck_assert(eventfd_write(l->stop, 1) == 0);
	return l->stop >= 0 || l->heard.length < l->enough;
}

static const char spoken[] = "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
			     "Content-Type: text/event-stream\r\n\r\ndata: 1\n\n";

START_TEST(a_stream_is_followed_until_one_has_enough)
{
	struct speaker speaker;
	struct error err = {0};
	struct listener listener = {.enough = 9, .stop = _i == 0 ? -1 : eventfd(0, EFD_CLOEXEC)};
	long status;
	begin(&speaker, spoken);
	const struct http_stream stream = {.url = speaker.url,
		.stop_fd = listener.stop,
		.begun = hear_status,
		.take = hear,
		.data = &listener};
	ck_assert_msg(http_follow(&stream, &status, &err), "%s", error_text(&err));
	ck_assert_int_eq(status, 200);
	ck_assert_str_eq(buf_text(&listener.heard), "data: 1\n\n");
	ck_assert_int_eq(listener.clock_ms, 784111777000);
	end(&speaker);
	buf_finish(&listener.heard);
	if (listener.stop >= 0)
		close(listener.stop);
}
END_TEST

START_TEST(who_is_silent_for_too_long_is_dead)
{
	struct speaker speaker;
	struct error err = {0};
	struct listener listener = {.enough = 100, .stop = -1};
	long status;
	begin(&speaker, spoken);
	const struct http_stream stream = {.url = speaker.url,
		.stop_fd = -1,
		.silence_ms = 300,
		.take = hear,
		.data = &listener};
	ck_assert(!http_follow(&stream, &status, &err));
	ck_assert_int_eq(status, 200);
	ck_assert_ptr_nonnull(strstr(error_text(&err), "no data for"));
	end(&speaker);
	buf_finish(&listener.heard);
	error_finish(&err);
}
END_TEST

START_TEST(what_is_no_stream_is_not_taken_for_one)
{
	struct speaker speaker;
	struct listener listener = {.enough = 1, .stop = -1};
	long status;
	begin(&speaker, "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\nConnection: "
			"close\r\n\r\ndata: 1\n\n");
	const struct http_stream stream = {
		.url = speaker.url, .stop_fd = -1, .take = hear, .data = &listener};
	ck_assert(http_follow(&stream, &status, NULL));
	ck_assert_int_eq(status, 404);
	ck_assert_uint_eq(listener.heard.length, 0);
	end(&speaker);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{events_are_taken_out, ARRAY_LENGTH(streams)},
		{an_event_that_is_too_large_is_left_out, 0},
		{a_new_connection_keeps_the_last_id_only, 0},
		{a_stream_is_followed_until_one_has_enough, 2},
		{who_is_silent_for_too_long_is_dead, 0},
		{what_is_no_stream_is_not_taken_for_one, 0},
	};
	return suite_run("http", tests, ARRAY_LENGTH(tests), 20);
}
