/* tests/terminals/test_terminals.c - programs that browsers show: a client on a socket pair */
#include "json.h"
#include "suite.h"
#include "terminals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <wslay/wslay.h>

#define PATIENCE_MS 30000

/* ---- a browser ---- */

static atomic_int open_ends; /* of the server */

struct browser {
	int fd;
	wslay_event_context_ptr socket;
	struct buf output;   /* binary messages, since the last "open" */
	struct buf states;   /* "open waiting2 ended " */
	unsigned close_code; /* 0: open; 1: without a code */
};

static ssize_t receive(
	wslay_event_context_ptr socket, uint8_t *bytes, size_t length, int flags, void *data)
{
	const struct browser *b = data;
	ssize_t got = recv(b->fd, bytes, length, MSG_DONTWAIT);
	(void)flags;
	if (got > 0)
		return got;
	wslay_event_set_error(socket,
		got < 0 && errno == EAGAIN ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
	return -1;
}

static ssize_t transmit(
	wslay_event_context_ptr socket, const uint8_t *bytes, size_t length, int flags, void *data)
{
	const struct browser *b = data;
	ssize_t sent = send(b->fd, bytes, length, MSG_NOSIGNAL);
	(void)flags;
	if (sent < 0)
		wslay_event_set_error(socket, WSLAY_ERR_CALLBACK_FAILURE);
	return sent;
}

static int mask(wslay_event_context_ptr socket, uint8_t *bytes, size_t length, void *data)
{
	(void)socket;
	(void)data;
	memset(bytes, 'm', length);
	return 0;
}

static void take(wslay_event_context_ptr socket, const struct wslay_event_on_msg_recv_arg *message,
	void *data)
{
	struct browser *b = data;
	cleanup_buf struct buf text = {0};
	(void)socket;
	if (message->opcode == WSLAY_CONNECTION_CLOSE)
		b->close_code = message->status_code != 0 ? message->status_code : 1;
	if (message->opcode == WSLAY_BINARY_FRAME)
		buf_add(&b->output, message->msg, message->msg_length);
	if (message->opcode != WSLAY_TEXT_FRAME)
		return;
	buf_add(&text, message->msg, message->msg_length);
	cJSON *json = json_parse(&text);
	const char *state = json_get_text(json, "state");
	if (state == NULL) {
		buf_add(&b->states, text.data, text.length);
		buf_add_char(&b->states, ' ');
		cJSON_Delete(json);
		return;
	}
	if (text_same(state, "open"))
		buf_truncate(&b->output, 0);
	buf_add_text(&b->states, state);
	if (json_get(json, "place") != NULL)
		buf_printf(&b->states, "%d", (int)json_get_number_or(json, "place", 0));
	if (json_get(json, "name") != NULL)
		buf_printf(&b->states, "(%s)", json_get_text(json, "name"));
	if (json_get(json, "may") != NULL)
		buf_printf(&b->states, "%s%dx%d", json_get_text(json, "may"),
			(int)json_get_number_or(json, "rows", 0),
			(int)json_get_number_or(json, "columns", 0));
	buf_add_char(&b->states, ' ');
	cJSON_Delete(json);
}

static void serve(struct browser *b, int ms)
{
	struct pollfd fd = {.fd = b->fd, .events = POLLIN};
	if (b->close_code == 0 && wslay_event_send(b->socket) != 0)
		b->close_code = 1;
	if (b->close_code == 0 && poll(&fd, 1, ms) > 0 && wslay_event_recv(b->socket) != 0)
		b->close_code = b->close_code != 0 ? b->close_code : 1;
}

static void say(struct browser *b, enum wslay_opcode opcode, const char *text)
{
	const struct wslay_event_msg message = {
		(uint8_t)opcode, (const uint8_t *)text, strlen(text)};
	ck_assert_int_eq(wslay_event_queue_msg(b->socket, &message), 0);
	serve(b, 0);
}

static void type(struct browser *b, const char *text)
{
	say(b, WSLAY_BINARY_FRAME, text);
}

static void await(struct browser *b, const struct buf *where, const char *what)
{
	int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS;
	while (strstr(buf_text(where), what) == NULL) {
		ck_assert_msg(clock_monotonic_ms() < until_ms && b->close_code == 0,
			"expected '%s'; got states '%s', output '%.300s', close code %u", what,
			buf_text(&b->states), buf_text(&b->output), b->close_code);
		serve(b, 100);
	}
}

static void await_close(struct browser *b, unsigned code)
{
	int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS;
	while (b->close_code == 0 && clock_monotonic_ms() < until_ms)
		serve(b, 100);
	ck_assert_uint_eq(b->close_code, code);
}

/* Takes nothing until nothing more comes: all between the program and the browser is full. */
static void await_jam(const struct browser *b)
{
	int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS, since_ms = clock_monotonic_ms();
	int there = 0;
	while (there == 0 || clock_monotonic_ms() < since_ms + 300) {
		int now;
		ck_assert_int_eq(ioctl(b->fd, FIONREAD, &now), 0);
		ck_assert_int_lt(clock_monotonic_ms(), until_ms);
		since_ms = now != there ? clock_monotonic_ms() : since_ms;
		there = now;
		(void)poll(NULL, 0, 20);
	}
}

static void close_end(void *data)
{
	int *end = data;
	close(*end);
	free(end);
	open_ends--;
}

static void connect_silent(struct terminals *t, struct browser *b)
{
	int ends[2];
	*b = (struct browser){0};
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	b->fd = ends[0];
	int *end = xmalloc(sizeof *end);
	*end = ends[1];
	open_ends++;
	ck_assert_int_eq(fcntl(*end, F_SETFL, O_NONBLOCK), 0);
	const struct terminals_connection connection = {
		.fd = *end, .close = close_end, .data = end};
	terminals_show(t, &connection);
}

static void connect_browser(struct terminals *t, struct browser *b)
{
	static const struct wslay_event_callbacks callbacks = {.recv_callback = receive,
		.send_callback = transmit,
		.genmask_callback = mask,
		.on_msg_recv_callback = take};
	connect_silent(t, b);
	ck_assert_int_eq(wslay_event_context_client_init(&b->socket, &callbacks, b), 0);
}

static void open_browser(struct terminals *t, struct browser *b, const char *token)
{
	cleanup_free char *hello =
		xasprintf("{\"token\": \"%s\", \"rows\": 10, \"columns\": 40}", token);
	connect_browser(t, b);
	say(b, WSLAY_TEXT_FRAME, hello);
}

static void close_browser(struct browser *b)
{
	close(b->fd);
	wslay_event_context_free(b->socket);
	buf_finish(&b->output);
	buf_finish(&b->states);
}

/* ---- terminals with a shell script each ---- */

static void prepare(const struct terminals_options *o, const char *folder, const char *key,
	const char *name, struct words *arguments, struct words *environment)
{
	const char *const words[] = {"sh", "-c", o->data, NULL};
	words_add_all(arguments, words);
	words_addf(environment, "NAME=%s", name);
	words_addf(environment, "KEY=%s", key);
	words_addf(environment, "PATH=%s", getenv("PATH"));
	ck_assert(folder_exists(folder));
}

static struct terminals *open_terminals(const char *script, unsigned max, int64_t idle_ms)
{
	struct terminals *t = NULL;
	struct error err = {0};
	cleanup_free char *folder = xasprintf("%s/terminals-%d", suite_folder, (int)getpid());
	const struct terminals_options options = {.folder = folder,
		.max = max,
		.seats_max = 5,
		.idle_ms = idle_ms,
		.prepare = prepare,
		.data = (void *)(uintptr_t)script};
	ck_assert_msg(terminals_open(&options, &t, &err), "%s", error_text(&err));
	return t;
}

static char *seat(struct terminals *t, const char *name)
{
	char *token = NULL;
	struct error err = {0};
	ck_assert_msg(terminals_seat(t, name, &token, &err), "%s", error_text(&err));
	return token;
}

#define SHELL "stty -echo; echo hello $NAME; while read line; do eval \"$line\"; done"

START_TEST(program_is_shown)
{
	struct terminals *t = open_terminals(SHELL, 2, 0);
	cleanup_free char *token = seat(t, "Ann Ü");
	struct browser b;
	open_browser(t, &b, token);
	await(&b, &b.states, "open(Ann Ü) ");
	await(&b, &b.output, "hello Ann Ü\r\n");
	type(&b, "echo $((40 + 2))\n");
	await(&b, &b.output, "42\r\n");
	type(&b, "stty size\n");
	await(&b, &b.output, "10 40\r\n");
	say(&b, WSLAY_TEXT_FRAME, "{\"rows\": 30, \"columns\": 100}");
	type(&b, "stty size\n");
	await(&b, &b.output, "30 100\r\n");
	say(&b, WSLAY_TEXT_FRAME, "{\"rows\": -1, \"columns\": 1e9}");
	type(&b, "stty size; echo same\n");
	await(&b, &b.output, "30 100\r\nsame");
	close_browser(&b);
	terminals_close(t);
}
END_TEST

START_TEST(session_goes_on)
{
	struct terminals *t = open_terminals(SHELL, 2, 0);
	cleanup_free char *token = seat(t, "Ann");
	struct browser b;
	open_browser(t, &b, token);
	type(&b, "kept=yes; echo before\n");
	await(&b, &b.output, "before");
	close_browser(&b);
	open_browser(t, &b, token);
	await(&b, &b.output, "hello Ann\r\nbefore\r\n"); /* what was shown is shown again */
	type(&b, "echo kept=$kept\n");
	await(&b, &b.output, "kept=yes");
	struct browser second;
	open_browser(t, &second, token);
	await(&second, &second.output, "kept=yes");
	type(&second, "echo from the second\n");
	await(&b, &b.output, "from the second"); /* both see the same */
	close_browser(&b);
	close_browser(&second);
	terminals_close(t);
}
END_TEST

START_TEST(ended_program_starts_again)
{
	struct terminals *t = open_terminals(SHELL, 1, 0);
	cleanup_free char *token = seat(t, "Ann");
	struct browser b;
	open_browser(t, &b, token);
	await(&b, &b.output, "hello");
	type(&b, "exit\n");
	await(&b, &b.states, "ended");
	type(&b, "nobody reads this\n");
	say(&b, WSLAY_TEXT_FRAME, "{\"start\": true}");
	await(&b, &b.states, "ended open(Ann)");
	await(&b, &b.output, "hello Ann");
	ck_assert_ptr_null(strstr(buf_text(&b.output), "nobody"));
	close_browser(&b);
	terminals_close(t);
}
END_TEST

START_TEST(too_many_wait)
{
	struct terminals *t = open_terminals(SHELL, 1, 0);
	struct browser b[3];
	cleanup_free char *ann = seat(t, "Ann"), *ben = seat(t, "Ben"), *cem = seat(t, "Cem");
	open_browser(t, &b[0], ann);
	await(&b[0], &b[0].output, "hello Ann");
	open_browser(t, &b[1], ben);
	await(&b[1], &b[1].states, "waiting1 ");
	open_browser(t, &b[2], cem);
	await(&b[2], &b[2].states, "waiting2 ");
	struct terminals_figures figures = terminals_figures(t);
	ck_assert_uint_eq(figures.running, 1);
	type(&b[0], "exit\n");
	await(&b[0], &b[0].states, "ended");
	await(&b[1], &b[1].output, "hello Ben");
	await(&b[2], &b[2].states, "waiting2 waiting1 ");
	say(&b[0], WSLAY_TEXT_FRAME, "{\"start\": true}");
	await(&b[0], &b[0].states, "waiting2"); /* behind those who waited */
	close_browser(&b[2]);                   /* who leaves does not wait */
	await(&b[0], &b[0].states, "waiting1");
	type(&b[1], "exit\n");
	await(&b[0], &b[0].states, "waiting1 open(Ann)");
	close_browser(&b[0]);
	close_browser(&b[1]);
	terminals_close(t);
}
END_TEST

START_TEST(idle_program_ends)
{
	struct terminals *t = open_terminals(
		"trap 'echo over >over; exit' HUP; echo hello $$; while :; do sleep 0.1; done", 1,
		200);
	cleanup_free char *token = seat(t, "Ann");
	struct browser b;
	open_browser(t, &b, token);
	await(&b, &b.output, "hello");
	int pid = atoi(strstr(buf_text(&b.output), "hello") + 6);
	for (int i = 0; i < 10; i++)
		serve(&b, 100); /* looked at, it goes on */
	ck_assert_int_eq(kill(pid, 0), 0);
	close_browser(&b);
	int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS;
	while (kill(pid, 0) == 0 && clock_monotonic_ms() < until_ms)
		(void)poll(NULL, 0, 50);
	ck_assert_int_ne(kill(pid, 0), 0);
	open_browser(t, &b, token);
	await(&b, &b.states, "open(Ann)");
	close_browser(&b);
	terminals_close(t);
}
END_TEST

START_TEST(no_token_no_terminal)
{
	static const char *const hellos[] = {"{\"token\": \"wrong\"}", "{\"token\": \"\"}",
		"{\"token\": \"../..\"}", "{\"token\": 1}", "{\"rows\": 24, \"columns\": 80}",
		"{\"start\": true}", "{}"};
	struct terminals *t = open_terminals(SHELL, 1, 0);
	cleanup_free char *token = seat(t, "Ann");
	struct browser b;
	for (size_t i = 0; i < ARRAY_LENGTH(hellos); i++) {
		connect_browser(t, &b);
		type(&b, "echo typed too early\n");
		say(&b, WSLAY_TEXT_FRAME, hellos[i]);
		await_close(&b, TERMINALS_UNKNOWN);
		ck_assert_uint_eq(b.states.length + b.output.length, 0);
		close_browser(&b);
	}
	connect_browser(t, &b);
	say(&b, WSLAY_TEXT_FRAME, "[1]");
	await_close(&b, WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA);
	close_browser(&b);
	connect_browser(t, &b);
	ck_assert_int_eq(send(b.fd, "GET / HTTP/1.1\r\n\r\n", 18, 0), 18); /* no frame */
	await_close(&b, WSLAY_CODE_PROTOCOL_ERROR);
	close_browser(&b);
	terminals_close(t);
}
END_TEST

/* Whoever says nothing takes the place of others who say nothing. */
START_TEST(silent_crowd_keeps_nobody_out)
{
	enum { CROWD = 10000, KEPT = 100 };
	static struct browser crowd[KEPT];
	struct terminals *t = open_terminals(SHELL, 2, 0);
	cleanup_free char *ann = seat(t, "Ann"), *ben = seat(t, "Ben");
	struct browser b, late;
	open_browser(t, &b, ann);
	await(&b, &b.output, "hello Ann");
	for (int i = 0; i < CROWD; i++) {
		int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS;
		while (open_ends > 900 && clock_monotonic_ms() < until_ms)
			(void)poll(NULL, 0, 1); /* the first of them are dropped at once */
		ck_assert_int_le(open_ends, 900);
		if (i >= KEPT)
			close(crowd[i % KEPT].fd);
		connect_silent(t, &crowd[i % KEPT]);
		if (i % 1000 == 999) {
			cleanup_free char *line = xasprintf("echo $((%d + 1))\n", i);
			cleanup_free char *due = xasprintf("%d\r\n", i + 1);
			type(&b, line);
			await(&b, &b.output, due);
		}
	}
	open_browser(t, &late, ben);
	await(&late, &late.output, "hello Ben");
	ck_assert_uint_eq(terminals_figures(t).connections, 2);
	for (int i = 0; i < KEPT; i++)
		close(crowd[i].fd);
	close_browser(&b);
	close_browser(&late);
	terminals_close(t);
}
END_TEST

/* ---- frames that no browser sends ---- */

/* Sends a frame as it is: its first byte, and the length that it claims. */
static void send_frame(struct browser *b, unsigned first, uint64_t claimed, const char *text)
{
	struct buf frame = {0};
	size_t bytes = claimed < 126 ? 0 : claimed < 65536 ? 2 : 8;
	buf_add_char(&frame, (char)first);
	buf_add_char(&frame, (char)(0x80 | (bytes == 0          ? (unsigned)claimed
						   : bytes == 2 ? 126
								: 127)));
	for (size_t i = bytes; i-- > 0;)
		buf_add_char(&frame, (char)(claimed >> 8 * i & 0xFF));
	buf_add(&frame, "\0\0\0\0", 4); /* a mask that changes nothing */
	buf_add_text(&frame, text);
	ck_assert_int_eq(send(b->fd, frame.data, frame.length, MSG_NOSIGNAL), (int)frame.length);
	buf_finish(&frame);
}

#define FIN 0x80u
#define CONTINUED 0u
#define LARGE                                                                                      \
	"01234567890123456789012345678901234567890123456789012345678901234567890123456789"         \
	"0123456789012345678901234567890123456789012345678901234567890123456789"

/* In pieces, and with control frames between them, a message is what it is as a whole. */
START_TEST(pieces_are_one_message)
{
	struct terminals *t = open_terminals(SHELL, 1, 0);
	cleanup_free char *token = seat(t, "Ann");
	cleanup_free char *rest = xasprintf("%s\"}", token);
	struct browser b;
	connect_browser(t, &b);
	send_frame(&b, WSLAY_TEXT_FRAME, 10, "{\"token\":\"");
	send_frame(&b, FIN | WSLAY_PING, 2, "hi");
	send_frame(&b, FIN | WSLAY_PONG, 0, "");
	send_frame(&b, FIN | CONTINUED, strlen(rest), rest);
	await(&b, &b.output, "hello Ann");
	send_frame(&b, WSLAY_BINARY_FRAME, 5, "echo ");
	for (int i = 0; i < 1000; i++) {
		send_frame(&b, CONTINUED, 0, "");
		if (i % 50 == 0)
			serve(&b, 0);
	}
	send_frame(&b, FIN | CONTINUED, 6, "whole\n");
	await(&b, &b.output, "whole\r\n");
	for (int i = 0; i < 1000; i++) {
		send_frame(&b, FIN | WSLAY_PING, 4, "ping");
		serve(&b, 0);
	}
	type(&b, "echo still here\n");
	await(&b, &b.output, "still here");
	close_browser(&b);
	terminals_close(t);
}
END_TEST

START_TEST(wrong_frames_end_the_connection)
{
	static const struct {
		unsigned first;
		uint64_t claimed;
		const char *text;
	} frames[] = {
		{FIN | WSLAY_BINARY_FRAME, 70000, "x"},
		{FIN | WSLAY_TEXT_FRAME, (uint64_t)1 << 40, "x"},
		{FIN | WSLAY_TEXT_FRAME, ~(uint64_t)0, "x"},
		{FIN | WSLAY_PING, 150, LARGE},
		{WSLAY_PING, 2, "hi"},
		{FIN | CONTINUED, 2, "hi"},
		{FIN | 0x40 | WSLAY_TEXT_FRAME, 2, "{}"},
		{FIN | 0x3, 2, "{}"},
		{FIN | WSLAY_CONNECTION_CLOSE, 1, "x"},
		{FIN | WSLAY_TEXT_FRAME, 2, "\xff\xff"},
	};
	struct terminals *t = open_terminals(SHELL, 1, 0);
	cleanup_free char *token = seat(t, "Ann");
	struct browser b, bad;
	open_browser(t, &b, token);
	await(&b, &b.output, "hello Ann");
	for (size_t i = 0; i < 2 * ARRAY_LENGTH(frames); i++) { /* before and after the token */
		if (i % 2 == 0) {
			connect_browser(t, &bad);
		} else {
			open_browser(t, &bad, token);
			await(&bad, &bad.output, "hello Ann");
		}
		int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS;
		send_frame(&bad, frames[i / 2].first, frames[i / 2].claimed, frames[i / 2].text);
		while (bad.close_code == 0 && clock_monotonic_ms() < until_ms)
			serve(&bad, 100);
		ck_assert_msg(bad.close_code != 0, "row %zu", i / 2);
		close_browser(&bad);
	}
	char half[40000] = {0};
	memset(half, 'x', sizeof half - 1);
	open_browser(t, &bad, token);
	send_frame(&bad, WSLAY_BINARY_FRAME, sizeof half - 1, half);
	send_frame(&bad, FIN | CONTINUED, sizeof half - 1, half); /* too large as a whole */
	await_close(&bad, WSLAY_CODE_MESSAGE_TOO_BIG);
	close_browser(&bad);
	type(&b, "echo still here\n");
	await(&b, &b.output, "still here");
	close_browser(&b);
	terminals_close(t);
}
END_TEST

/* A connection keeps the seat that its first message named. */
START_TEST(later_tokens_change_nothing)
{
	struct terminals *t = open_terminals(SHELL, 2, 0);
	cleanup_free char *ann = seat(t, "Ann"), *ben = seat(t, "Ben");
	cleanup_free char *other = xasprintf("{\"token\": \"%s\"}", ben);
	struct browser a, b;
	open_browser(t, &a, ann);
	open_browser(t, &b, ben);
	await(&a, &a.output, "hello Ann");
	await(&b, &b.output, "hello Ben");
	say(&a, WSLAY_TEXT_FRAME, other);
	type(&a, "echo typed by $NAME\n");
	await(&a, &a.output, "typed by Ann");
	type(&b, "echo typed by $NAME\n");
	await(&b, &b.output, "typed by Ben");
	ck_assert_ptr_null(strstr(buf_text(&b.output), "typed by Ann"));
	ck_assert_ptr_null(strstr(buf_text(&a.states), "Ben"));
	close_browser(&a);
	close_browser(&b);
	terminals_close(t);
}
END_TEST

/* After a long silence the browser has to take only what comes then. */
START_TEST(silent_program_keeps_its_browser)
{
	struct terminals *t =
		open_terminals("echo begun; sleep 21; echo on; sleep 1; echo ended; read x", 1, 0);
	cleanup_free char *token = seat(t, "Ann");
	struct browser b;
	open_browser(t, &b, token);
	await(&b, &b.output, "begun\r\non\r\nended\r\n");
	close_browser(&b);
	terminals_close(t);
}
END_TEST

START_TEST(slow_browser_loses_nothing)
{
	struct terminals *t =
		open_terminals("stty -onlcr; read go; seq 400000; echo done; cat", 1, 0);
	cleanup_free char *token = seat(t, "Ann");
	struct browser b;
	open_browser(t, &b, token);
	await(&b, &b.states, "open");
	type(&b, "go\n");
	await_jam(&b);
	await(&b, &b.output, "\ndone\n");
	cleanup_buf struct buf due = {0};
	for (int i = 1; i <= 400000; i++)
		buf_printf(&due, "%d\n", i);
	ck_assert_ptr_nonnull(strstr(buf_text(&b.output), buf_text(&due)));
	close_browser(&b);
	open_browser(t, &b, token); /* sees the end of it, from the beginning of a line */
	await(&b, &b.output, "\ndone\n");
	ck_assert_uint_lt(b.output.length, 600000);
	long first = strtol(buf_text(&b.output), NULL, 10);
	ck_assert_int_gt(first, 300000);
	close_browser(&b);
	terminals_close(t);
}
END_TEST

START_TEST(names_and_seats)
{
	static const struct {
		const char *name;
		bool good;
	} names[] = {{"Ann", true}, {"小明", true}, {"--help", true}, {"", false}, {" \t", false},
		{"a\nb", false}, {"a\033[2J", false}, {"\xff", false}};
	struct terminals *t = open_terminals(SHELL, 1, 0);
	struct error err = {0};
	char *token = NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		bool good = terminals_seat(t, names[i].name, &token, &err);
		ck_assert_msg(good == names[i].good, "'%s'", names[i].name);
		if (good)
			free(token);
		else
			ck_assert_int_eq(err.kind, ERROR_USAGE);
		error_finish(&err);
		err = (struct error){0};
	}
	free(seat(t, "four"));
	free(seat(t, "five"));
	ck_assert(!terminals_seat(t, "six", &token, &err));
	ck_assert_str_eq(error_text(&err), "all 5 seats of this server are taken");
	error_finish(&err);
	terminals_close(t);
}
END_TEST

/* The program speaks the language of the browser that took the seat. */
START_TEST(seats_have_languages)
{
	struct terminals *t = open_terminals(SHELL, 1, 0);
	cleanup_free char *program = path_parent(getenv("ROPES"));
	cleanup_free char *catalogues = path_join(program, "share/locale");
	char key[TERMINALS_KEY_SIZE];
	language_open(catalogues, "en");
	language_accept("xx, de-AT;q=0.8, en;q=0.5");
	cleanup_free char *token = seat(t, "Ann");
	language_accept(NULL);
	terminals_key(token, key);
	cleanup_free char *folder = terminals_find(t, key);
	cleanup_free char *language = terminals_language(folder);
	ck_assert_str_eq(language, "de");
	cleanup_free char *file = path_join(folder, "language");
	ck_assert_int_eq(unlink(file), 0); /* as an earlier version left it */
	cleanup_free char *unknown = terminals_language(folder);
	ck_assert_str_eq(unknown, "en");
	terminals_close(t);
}
END_TEST

START_TEST(missing_program_is_told)
{
	struct terminals *t = open_terminals(SHELL, 1, 0);
	cleanup_free char *token = seat(t, "Ann");
	cleanup_free char *path = xstrdup(getenv("PATH"));
	struct browser b;
	setenv("PATH", "/nonexistent", 1);
	open_browser(t, &b, token);
	await(&b, &b.states, "ended");
	ck_assert_ptr_nonnull(strstr(buf_text(&b.output), "'sh' is missing"));
	setenv("PATH", path, 1);
	close_browser(&b);
	terminals_close(t);
}
END_TEST

/* ---- what a seat has open ---- */

static atomic_int open_port;

static void list_ports(const struct terminals_options *o, const char *folder, const char *key,
	struct terminals_ports *ports)
{
	cleanup_free char *address = xasprintf("%s/%s", o->url, key);
	ck_assert(folder_exists(folder));
	if (open_port > 0) {
		terminals_ports_add(ports, (unsigned)open_port + 1, address);
		terminals_ports_add(ports, (unsigned)open_port, "b");
	}
}

START_TEST(what_is_open_is_told)
{
	struct terminals *t = NULL;
	struct error err = {0};
	char key[TERMINALS_KEY_SIZE];
	struct browser b, other;
	cleanup_free char *folder = xasprintf("%s/ports", suite_folder);
	const struct terminals_options options = {.folder = folder,
		.max = 1,
		.url = "u",
		.prepare = prepare,
		.list_ports = list_ports,
		.data = (void *)(uintptr_t) "echo key $KEY; read line"};
	ck_assert(terminals_open(&options, &t, &err));
	cleanup_free char *token = seat(t, "Ann");
	terminals_key(token, key);
	cleanup_free char *told = xasprintf(
		"{\"ports\":[{\"port\":80,\"address\":\"b\"},{\"port\":81,\"address\":\"u/%s\"}]} ",
		key);
	cleanup_free char *said = xasprintf("key %s", key);
	open_port = 80;
	open_browser(t, &b, token);
	await(&b, &b.output, said);
	await(&b, &b.states, told);
	open_browser(t, &other, token);
	await(&other, &other.states, told);
	open_port = 0;
	await(&b, &b.states, "{\"ports\":[]} ");
	await(&other, &other.states, "{\"ports\":[]} ");
	close_browser(&b);
	close_browser(&other);
	terminals_close(t);
}
END_TEST

/* A seat of an earlier version gets its key when its token comes. */
START_TEST(key_finds_the_seat)
{
	struct terminals *t = open_terminals("read line", 1, 0);
	char key[TERMINALS_KEY_SIZE];
	struct browser b;
	struct error err = {0};
	cleanup_free char *token = seat(t, "Ann"), *second = seat(t, "Ben");
	cleanup_free char *folder = xasprintf("%s/terminals-%d/.keys", suite_folder, (int)getpid());
	terminals_key(token, key);
	cleanup_free char *found = terminals_find(t, key);
	ck_assert(found != NULL && folder_exists(found));
	terminals_key(second, key);
	cleanup_free char *other = terminals_find(t, key);
	ck_assert(other != NULL && !text_same(found, other));
	ck_assert(folder_remove(folder, &err));
	ck_assert_ptr_null(terminals_find(t, key));
	open_browser(t, &b, second);
	await(&b, &b.states, "open(Ben) ");
	cleanup_free char *again = terminals_find(t, key);
	ck_assert_pstr_eq(again, other);
	close_browser(&b);
	terminals_close(t);
}
END_TEST

/* ---- guests ---- */

static atomic_bool pass_counts;

/* "of" is the token of the seat. */
static char *admit(const struct terminals_options *o, const char *pass, const char *of, char **name)
{
	char key[TERMINALS_KEY_SIZE];
	terminals_key(of, key);
	cleanup_free char *folder = terminals_find(*(struct terminals **)o->data, key);
	if (!text_same(pass, "pass") || !pass_counts)
		return NULL;
	*name = xstrdup("Bo");
	return xstrdup(folder != NULL ? path_base(folder) : "");
}

static void prepare_shell(const struct terminals_options *o, const char *folder, const char *key,
	const char *name, struct words *arguments, struct words *environment)
{
	const struct terminals_options shell = {.data = (void *)(uintptr_t)SHELL};
	(void)o;
	prepare(&shell, folder, key, name, arguments, environment);
}

/* A seat with its owner, and a guest who has asked. */
struct visit {
	struct terminals *t;
	char *token;
	struct browser owner, guest;
};

static void open_guest(const struct visit *v, struct browser *guest)
{
	cleanup_free char *hello = xasprintf("{\"pass\": \"pass\", \"of\": \"%s\"}", v->token);
	connect_browser(v->t, guest);
	say(guest, WSLAY_TEXT_FRAME, hello);
}

static void open_visit(struct visit *v)
{
	struct error err = {0};
	cleanup_free char *folder = xasprintf("%s/guests-%d", suite_folder, (int)getpid());
	const struct terminals_options options = {.folder = folder,
		.max = 2,
		.prepare = prepare_shell,
		.admit = admit,
		.data = &v->t};
	*v = (struct visit){0};
	pass_counts = true;
	ck_assert(terminals_open(&options, &v->t, &err));
	v->token = seat(v->t, "Ann");
	open_browser(v->t, &v->owner, v->token);
	await(&v->owner, &v->owner.output, "hello Ann");
	open_guest(v, &v->guest);
	await(&v->guest, &v->guest.states, "asking(Ann) ");
	await(&v->owner, &v->owner.states,
		"{\"guests\":[{\"id\":1,\"name\":\"Bo\",\"may\":\"ask\"}]} ");
}

static void answer(struct visit *v, const char *may)
{
	cleanup_free char *text = xasprintf("{\"guest\": 1, \"may\": \"%s\"}", may);
	say(&v->owner, WSLAY_TEXT_FRAME, text);
}

/* What the owner types has been printed, and everybody has been sent what they may see of it. */
static void print_more(struct visit *v, const char *word)
{
	cleanup_free char *line = xasprintf("echo %s\n", word);
	type(&v->owner, line);
	await(&v->owner, &v->owner.output, word);
	for (int i = 0; i < 5; i++)
		serve(&v->guest, 20);
}

static void close_visit(struct visit *v)
{
	close_browser(&v->owner);
	close_browser(&v->guest);
	terminals_close(v->t);
	free(v->token);
}

START_TEST(guest_sees_nothing_before_the_yes)
{
	struct visit v;
	open_visit(&v);
	print_more(&v, "private");
	say(&v.owner, WSLAY_TEXT_FRAME, "{\"rows\": 11, \"columns\": 44}");
	print_more(&v, "also private");
	ck_assert_uint_eq(v.guest.output.length, 0);
	ck_assert_str_eq(buf_text(&v.guest.states), "asking(Ann) ");
	answer(&v, "perhaps");
	say(&v.owner, WSLAY_TEXT_FRAME, "{\"guest\": 2, \"may\": \"look\"}");
	say(&v.guest, WSLAY_TEXT_FRAME, "{\"guest\": 1, \"may\": \"look\"}"); /* not for a guest */
	print_more(&v, "still private");
	ck_assert_uint_eq(v.guest.output.length, 0);
	answer(&v, "look");
	await(&v.guest, &v.guest.states, "open(Ann)look11x44 ");
	await(&v.guest, &v.guest.output, "still private");
	await(&v.owner, &v.owner.states, "\"may\":\"look\"}]} ");
	print_more(&v, "shared");
	await(&v.guest, &v.guest.output, "shared");
	close_visit(&v);
}
END_TEST

START_TEST(guest_types_only_with_the_right)
{
	struct visit v;
	open_visit(&v);
	type(&v.guest, "echo typed-asking\n");
	print_more(&v, "asked");
	answer(&v, "look");
	await(&v.guest, &v.guest.states, "open");
	type(&v.guest, "echo typed-looking\n");
	say(&v.guest, WSLAY_TEXT_FRAME, "{\"start\": true}");
	for (int i = 0; i < 5; i++)
		serve(&v.guest, 20);
	print_more(&v, "looked");
	answer(&v, "type");
	await(&v.guest, &v.guest.states, "{\"may\":\"type\"} ");
	type(&v.guest, "echo typed-together\n");
	await(&v.owner, &v.owner.output, "typed-together");
	answer(&v, "look");
	await(&v.guest, &v.guest.states, "{\"may\":\"look\"} ");
	type(&v.guest, "echo typed-late\n");
	for (int i = 0; i < 5; i++)
		serve(&v.guest, 20);
	print_more(&v, "the end");
	static const char *const never[] = {"typed-asking", "typed-looking", "typed-late"};
	for (size_t i = 0; i < ARRAY_LENGTH(never); i++)
		ck_assert_ptr_null(strstr(buf_text(&v.owner.output), never[i]));
	close_visit(&v);
}
END_TEST

START_TEST(size_is_the_owners)
{
	struct visit v;
	open_visit(&v);
	answer(&v, "type");
	await(&v.guest, &v.guest.states, "open(Ann)type10x40 ");
	say(&v.guest, WSLAY_TEXT_FRAME, "{\"rows\": 50, \"columns\": 200}");
	type(&v.guest, "stty size\n");
	await(&v.owner, &v.owner.output, "10 40\r\n");
	say(&v.owner, WSLAY_TEXT_FRAME, "{\"rows\": 12, \"columns\": 50}");
	await(&v.guest, &v.guest.states, "{\"rows\":12,\"columns\":50} ");
	type(&v.guest, "stty size\n");
	await(&v.owner, &v.owner.output, "12 50\r\n");
	close_visit(&v);
}
END_TEST

/* What was allowed ends in many ways, and at once. */
START_TEST(look_ends)
{
	static const char *const ways[] = {"no", "stop", "exit", "pass", "leave"};
	struct visit v;
	open_visit(&v);
	if (_i > 0) {
		answer(&v, "type");
		await(&v.guest, &v.guest.states, "open");
	}
	if (text_same(ways[_i], "pass"))
		pass_counts = false;
	else if (text_same(ways[_i], "exit"))
		type(&v.owner, "exit\n");
	else if (text_same(ways[_i], "leave"))
		close_browser(&v.owner);
	else
		answer(&v, "no");
	if (_i < 2) {
		type(&v.owner, "echo after the stop\n");
		await(&v.owner, &v.owner.output, "after the stop");
		type(&v.guest, "echo typed late\n");
	}
	await_close(&v.guest, _i == 0 ? TERMINALS_REFUSED : TERMINALS_OVER);
	ck_assert_ptr_null(strstr(buf_text(&v.guest.output), "after the stop"));
	if (text_same(ways[_i], "leave"))
		open_browser(v.t, &v.owner, v.token);
	else
		await(&v.owner, &v.owner.states, "{\"guests\":[]} ");
	ck_assert_ptr_null(strstr(buf_text(&v.owner.output), "typed late"));
	close_visit(&v);
}
END_TEST

START_TEST(new_look_needs_a_new_yes)
{
	struct visit v;
	open_visit(&v);
	answer(&v, "look");
	await(&v.guest, &v.guest.states, "open");
	close_browser(&v.guest);
	await(&v.owner, &v.owner.states, "{\"guests\":[]} ");
	open_guest(&v, &v.guest);
	await(&v.owner, &v.owner.states, "{\"id\":2,\"name\":\"Bo\",\"may\":\"ask\"}");
	answer(&v, "look"); /* the first one's number */
	print_more(&v, "private");
	ck_assert_str_eq(buf_text(&v.guest.states), "asking(Ann) ");
	ck_assert_uint_eq(v.guest.output.length, 0);
	close_visit(&v);
}
END_TEST

START_TEST(slow_guest_holds_up_nobody)
{
	struct visit v;
	open_visit(&v);
	answer(&v, "look");
	await(&v.guest, &v.guest.states, "open");
	type(&v.owner, "seq 300000; echo do''ne\n");
	await(&v.owner, &v.owner.output, "\r\ndone\r\n"); /* the guest takes nothing meanwhile */
	await(&v.guest, &v.guest.output, "\r\ndone\r\n"); /* it gets the end of it later */
	type(&v.owner, "seq 300000; echo ag''ain\n");
	await(&v.owner, &v.owner.output, "\r\nagain\r\n");
	answer(&v, "no");
	await_close(&v.guest, TERMINALS_OVER); /* although much was on its way */
	ck_assert_ptr_null(strstr(buf_text(&v.guest.output), "again"));
	close_visit(&v);
}
END_TEST

START_TEST(guest_without_a_pass)
{
	static const struct {
		const char *hello;
		unsigned code;
	} hellos[] = {{"{\"pass\": \"wrong\", \"of\": \"%s\"}", TERMINALS_UNKNOWN},
		{"{\"pass\": \"\", \"of\": \"%s\"}", TERMINALS_UNKNOWN},
		{"{\"pass\": \"pass\"}", TERMINALS_UNKNOWN},
		{"{\"pass\": \"pass\", \"of\": \"somebody\"}", TERMINALS_AWAY},
		{"{\"pass\": \"%s\"}", TERMINALS_UNKNOWN},
		{"{\"token\": \"pass\", \"of\": \"%s\"}", TERMINALS_UNKNOWN}};
	struct visit v;
	open_visit(&v);
	for (size_t i = 0; i < ARRAY_LENGTH(hellos); i++) {
		struct buf hello = {0};
		struct browser guest;
		const char *at = strstr(hellos[i].hello, "%s");
		buf_add(&hello, hellos[i].hello,
			at != NULL ? (size_t)(at - hellos[i].hello) : strlen(hellos[i].hello));
		buf_add_text(&hello, at != NULL ? v.token : "");
		buf_add_text(&hello, at != NULL ? at + 2 : "");
		connect_browser(v.t, &guest);
		say(&guest, WSLAY_TEXT_FRAME, buf_text(&hello));
		await_close(&guest, hellos[i].code);
		ck_assert_uint_eq(guest.states.length + guest.output.length, 0);
		close_browser(&guest);
		buf_finish(&hello);
	}
	for (int i = 0; i < 3;
		i++) /* of the guest who may not look, a token does not make an owner */
		say(&v.guest, WSLAY_TEXT_FRAME, "{\"token\": \"wrong\"}");
	cleanup_free char *token = xasprintf("{\"token\": \"%s\"}", v.token);
	say(&v.guest, WSLAY_TEXT_FRAME, token);
	print_more(&v, "private");
	ck_assert_uint_eq(v.guest.output.length, 0);
	close_visit(&v);
}
END_TEST

START_TEST(end_ends_all)
{
	struct terminals *t =
		open_terminals("echo pid $$; trap '' HUP; while :; do sleep 1; done", 1, 0);
	cleanup_free char *token = seat(t, "Ann");
	struct browser b, late;
	open_browser(t, &b, token);
	await(&b, &b.output, "pid ");
	int pid = atoi(strstr(buf_text(&b.output), "pid ") + 4);
	terminals_end(t);
	ck_assert_int_ne(kill(pid, 0), 0); /* also one that does not listen */
	connect_browser(t, &late);
	ck_assert_int_eq(open_ends, 0);
	close_browser(&b);
	close_browser(&late);
	terminals_close(t);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{program_is_shown, 1},
		{session_goes_on, 1},
		{ended_program_starts_again, 1},
		{too_many_wait, 1},
		{idle_program_ends, 1},
		{no_token_no_terminal, 1},
		{silent_crowd_keeps_nobody_out, 1},
		{pieces_are_one_message, 1},
		{wrong_frames_end_the_connection, 1},
		{later_tokens_change_nothing, 1},
		{silent_program_keeps_its_browser, 1},
		{slow_browser_loses_nothing, 1},
		{names_and_seats, 1},
		{seats_have_languages, 1},
		{missing_program_is_told, 1},
		{what_is_open_is_told, 1},
		{key_finds_the_seat, 1},
		{guest_sees_nothing_before_the_yes, 1},
		{guest_types_only_with_the_right, 1},
		{size_is_the_owners, 1},
		{look_ends, 5},
		{new_look_needs_a_new_yes, 1},
		{slow_guest_holds_up_nobody, 1},
		{guest_without_a_pass, 1},
		{end_ends_all, 1},
	};
	return suite_run("terminals", tests, ARRAY_LENGTH(tests), 60);
}
