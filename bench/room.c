/*
 * bench/room.c - a workshop's server under load: boards that listen, learners whose verdicts come
 * in, and how long it takes from sending a verdict to each board's event that has it.
 *
 *     room PORT BOARD-PATH CODE BOARDS LEARNERS VERDICTS-A-SECOND SECONDS
 *
 * Prints two lines of milliseconds: the median, the 99th percentile, the largest, and how many were
 * lost. The first is until a statement was acknowledged, which is when it is on the disk; the
 * second until boards had it.
 */
#include "client.h"

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

#define SENDERS 4
#define MARK "\"line\":\"verdict "
#define EVENTS_MAX 64

/* A board: its stream without the chunks of HTTP, and the last event that is not whole yet. */
struct board {
	int fd;
	struct buf raw, event;
	bool head, first; /* the answer's head is read; the whole board is there */
	size_t chunk;     /* bytes that are missing of this chunk */
};

struct learner {
	char *name, *home, *key;
};

struct bench {
	int port;
	struct board *boards;
	size_t board_count, begun;
	struct learner *learners;
	size_t learner_count;
	double *sent; /* by verdict, in milliseconds */
	float *kept;  /* until it was acknowledged */
	size_t verdict_count;
	float *took;
	size_t took_count;
	pthread_mutex_t lock;
	size_t next;
	double start, pause;
};

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void sleep_until(double ms)
{
	double left = ms - now_ms();
	if (left <= 0)
		return;
	long seconds = (long)(left / 1000);
	struct timespec t = {seconds, (long)((left - (double)seconds * 1000) * 1e6)};
	nanosleep(&t, NULL);
}

/* ---- learners ---- */

static char *base64(const char *text)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct buf out = {0};
	for (size_t length = strlen(text); length > 0;) {
		unsigned char three[3] = {0};
		size_t taken = length < 3 ? length : 3;
		memcpy(three, text, taken);
		unsigned bits = (unsigned)three[0] << 16 | (unsigned)three[1] << 8 | three[2];
		for (size_t i = 0; i < 4; i++)
			buf_add_char(&out, i <= taken ? letters[bits >> (18 - 6 * i) & 63] : '=');
		text += taken;
		length -= taken;
	}
	return buf_steal(&out);
}

static const char *text_of(const cJSON *json, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
}

static bool join(struct bench *b, int fd, const char *code, size_t i)
{
	cleanup_buf struct buf body = {0}, answer = {0};
	buf_printf(&body, "{\"code\":\"%s\",\"name\":\"Learner %zu\",\"lines\":true}", code, i);
	if (!client_post(fd, "/room/join", NULL, &body, &answer))
		return false;
	cJSON *seat = cJSON_Parse(strstr(answer.data, "\r\n\r\n"));
	cleanup_free char *pair = xasprintf("%s:%s", text_of(seat, "key"), text_of(seat, "secret"));
	b->learners[i] = (struct learner){
		xstrdup(text_of(seat, "learner")), xstrdup(text_of(seat, "home")), base64(pair)};
	cJSON_Delete(seat);
	return true;
}

#define EXTENSION "https://ropes.invalid/extensions/"

static void make_verdict(const struct learner *l, size_t number, struct buf *out)
{
	char id[UUID_TEXT_SIZE];
	uuid_make(id);
	buf_truncate(out, 0);
	buf_printf(out,
		"{\"id\":\"%s\",\"actor\":{\"objectType\":\"Agent\",\"account\":{\"homePage\":"
		"\"%s\",\"name\":\"%s\"}},\"verb\":{\"id\":\"http://adlnet.gov/expapi/verbs/"
		"attempted\"},\"object\":{\"id\":\"https://ropes.invalid/courses/"
		"docker-start-here/docker/example-1\"},\"result\":{\"success\":true,\"extensions\":"
		"{\"" EXTENSION "line\":\"verdict %zu\",\"" EXTENSION "exit-status\":0,\"" EXTENSION
		"outcome\":\"held\"}},\"context\":{\"extensions\":{\"" EXTENSION
		"course\":\"docker-start-here\",\"" EXTENSION "lesson\":\"docker\",\"" EXTENSION
		"step\":\"example-1\"}},\"timestamp\":\"2026-01-01T00:00:00Z\"}",
		id, l->home, l->name, number);
}

static void *send_on(void *data)
{
	struct bench *b = data;
	cleanup_buf struct buf body = {0}, answer = {0};
	int fd = client_connect(b->port);
	while (fd >= 0) {
		pthread_mutex_lock(&b->lock);
		size_t i = b->next++;
		pthread_mutex_unlock(&b->lock);
		if (i >= b->verdict_count)
			break;
		const struct learner *l = &b->learners[i % b->learner_count];
		make_verdict(l, i, &body);
		sleep_until(b->start + (double)i * b->pause);
		b->sent[i] = now_ms();
		if (!client_post(fd, "/xapi/statements", l->key, &body, &answer))
			break;
		b->kept[i] = (float)(now_ms() - b->sent[i]);
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

/* ---- boards ---- */

static void take_event(struct bench *b, struct board *board, const char *text)
{
	double now = now_ms();
	b->begun += !board->first;
	board->first = true;
	for (const char *at = strstr(text, MARK); at != NULL; at = strstr(at + 1, MARK)) {
		size_t i = strtoul(at + sizeof MARK - 1, NULL, 10);
		if (i < b->verdict_count && b->took_count < b->verdict_count * b->board_count)
			b->took[b->took_count++] = (float)(now - b->sent[i]);
	}
}

static void take_text(struct bench *b, struct board *board, const char *bytes, size_t length)
{
	buf_add(&board->event, bytes, length);
	for (char *end; (end = strstr(buf_text(&board->event), "\n\n")) != NULL;) {
		size_t size = (size_t)(end + 2 - board->event.data);
		*end = '\0';
		if (text_starts(board->event.data, "event: "))
			take_event(b, board, board->event.data);
		buf_remove_front(&board->event, size);
	}
}

/* RFC 9112, 7.1. */
static void take_chunks(struct bench *b, struct board *board)
{
	struct buf *raw = &board->raw;
	for (;;) {
		if (board->chunk > 2) {
			size_t length =
				board->chunk - 2 < raw->length ? board->chunk - 2 : raw->length;
			if (length == 0)
				return;
			take_text(b, board, raw->data, length);
			buf_remove_front(raw, length);
			board->chunk -= length;
			continue;
		}
		const char *end = strstr(buf_text(raw), board->head ? "\r\n" : "\r\n\r\n");
		if (raw->length < board->chunk + 3 || end == NULL)
			return;
		if (!board->head) {
			board->head = true;
			buf_remove_front(raw, (size_t)(end + 4 - raw->data));
			continue;
		}
		buf_remove_front(raw, board->chunk); /* what ends the last one */
		end = strstr(buf_text(raw), "\r\n");
		board->chunk = 0;
		if (end == NULL)
			return;
		size_t size = strtoul(raw->data, NULL, 16);
		buf_remove_front(raw, (size_t)(end + 2 - raw->data));
		board->chunk = size + 2;
	}
}

static void read_boards(struct bench *b, int poll, int timeout_ms)
{
	struct epoll_event events[EVENTS_MAX];
	static char bytes[262144];
	int count = epoll_wait(poll, events, EVENTS_MAX, timeout_ms);
	for (int i = 0; i < count; i++) {
		struct board *board = events[i].data.ptr;
		ssize_t got = fd_read(board->fd, bytes, sizeof bytes);
		if (got <= 0) {
			epoll_ctl(poll, EPOLL_CTL_DEL, board->fd, NULL);
			continue;
		}
		buf_add(&board->raw, bytes, (size_t)got);
		take_chunks(b, board);
	}
}

static bool open_boards(struct bench *b, int poll, const char *path)
{
	cleanup_free char *request = xasprintf("GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);
	for (size_t i = 0; i < b->board_count; i++) {
		struct board *board = &b->boards[i];
		board->fd = client_connect(b->port);
		if (board->fd < 0 || !fd_write(board->fd, request, strlen(request), NULL))
			return false;
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = board};
		epoll_ctl(poll, EPOLL_CTL_ADD, board->fd, &event);
	}
	for (double end = now_ms() + 60000; b->begun < b->board_count && now_ms() < end;)
		read_boards(b, poll, 100);
	return b->begun == b->board_count;
}

/* ---- the run ---- */

static int by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

static void run(struct bench *b, int poll)
{
	pthread_t senders[SENDERS];
	b->start = now_ms() + 200;
	for (size_t i = 0; i < SENDERS; i++)
		pthread_create(&senders[i], NULL, send_on, b);
	double end = b->start + (double)b->verdict_count * b->pause + 5000;
	while (b->took_count < b->verdict_count * b->board_count && now_ms() < end)
		read_boards(b, poll, 50);
	for (size_t i = 0; i < SENDERS; i++)
		pthread_join(senders[i], NULL);
}

static void tell_times(float *times, size_t count)
{
	qsort(times, count, sizeof *times, by_value);
	printf("%.1f %.1f %.1f ", (double)times[count / 2], (double)times[count * 99 / 100],
		(double)times[count - 1]);
}

static int tell(const struct bench *b)
{
	size_t all = b->verdict_count * b->board_count;
	if (b->took_count == 0)
		return 1;
	tell_times(b->kept, b->verdict_count);
	printf("0\n");
	tell_times(b->took, b->took_count);
	printf("%zu\n", all - b->took_count);
	return 0;
}

int main(int argc, char **argv)
{
	struct bench b = {.lock = PTHREAD_MUTEX_INITIALIZER};
	struct rlimit limit;
	if (argc != 8) {
		fprintf(stderr, "room PORT BOARD-PATH CODE BOARDS LEARNERS VERDICTS-A-SECOND "
				"SECONDS\n");
		return 2;
	}
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit); /* else opening the boards tells */
	}
	b.port = atoi(argv[1]);
	b.board_count = strtoul(argv[4], NULL, 10);
	b.learner_count = strtoul(argv[5], NULL, 10);
	b.pause = 1000 / atof(argv[6]);
	b.verdict_count = (size_t)(atof(argv[6]) * atof(argv[7]));
	b.boards = xcalloc(b.board_count, sizeof *b.boards);
	b.learners = xcalloc(b.learner_count, sizeof *b.learners);
	b.sent = xcalloc(b.verdict_count, sizeof *b.sent);
	b.kept = xcalloc(b.verdict_count, sizeof *b.kept);
	b.took = xcalloc(b.verdict_count * b.board_count, sizeof *b.took);
	int fd = client_connect(b.port), poll = epoll_create1(EPOLL_CLOEXEC);
	for (size_t i = 0; i < b.learner_count; i++)
		if (!join(&b, fd, argv[3], i))
			return 1;
	if (!open_boards(&b, poll, argv[2])) {
		fprintf(stderr, "only %zu of %zu boards could be opened\n", b.begun, b.board_count);
		return 1;
	}
	run(&b, poll);
	return tell(&b);
}
