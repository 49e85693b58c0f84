/* tests/fake/terminal.c - a person at a terminal: waits for words, then types */
#include "fake/terminal.h"

#include "base.h"
#include "screen.h"

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define WAIT_MS 30000
#define SHOWN_AT_FAILURE 1500

struct fake_terminal {
	pthread_t thread;
	int master, slave;
	int stop; /* eventfd: the program has ended */
	const struct fake_typing *typing;
	size_t count, at;
	size_t from;      /* the next row's words are searched from here */
	struct buf shown; /* without escape sequences */
	enum { TEXT, ESCAPE, CONTROL, STRING } state;
	bool failed;
};

/* Drops escape sequences, so that rows match the words and not their style. */
static void keep_byte(struct fake_terminal *t, char c)
{
	switch (t->state) {
	case TEXT:
		if (c == '\033')
			t->state = ESCAPE;
		else if (c != '\0')
			buf_add_char(&t->shown, c);
		break;
	case ESCAPE:
		t->state = c == '[' ? CONTROL : c == ']' ? STRING : TEXT;
		break;
	case CONTROL:
		if (c >= '@' && c <= '~')
			t->state = TEXT;
		break;
	case STRING:
		if (c == '\a' || c == '\\')
			t->state = TEXT;
		break;
	}
}

/* No process has this pty as its controlling terminal, so ^C sends the signal itself. */
static bool type_bytes(struct fake_terminal *t, const char *bytes)
{
	for (; *bytes != '\0'; bytes++) {
		if (*bytes == '\x03' && kill(getpid(), SIGINT) != 0)
			return false;
		if (*bytes != '\x03' && !fd_write(t->master, bytes, 1, NULL))
			return false;
	}
	return true;
}

/* Types each row as soon as its words are in the output. */
static void type(struct fake_terminal *t)
{
	while (t->at < t->count) {
		const struct fake_typing *row = &t->typing[t->at];
		const char *found = row->wait_for == NULL
					    ? buf_text(&t->shown) + t->from
					    : strstr(buf_text(&t->shown) + t->from, row->wait_for);
		if (found == NULL)
			return;
		t->from = t->shown.length;
		t->at++;
		if (row->type == NULL) {
			close(t->master);
			t->master = -1;
			return;
		}
		if (!type_bytes(t, row->type))
			t->failed = true;
	}
}

/* Keeps the program's output. False: the program closed its side. */
static bool take(struct fake_terminal *t)
{
	char bytes[4096];
	ssize_t length = fd_read(t->master, bytes, sizeof bytes);
	if (length <= 0)
		return false;
	for (ssize_t i = 0; i < length; i++)
		keep_byte(t, bytes[i]);
	return true;
}

static void *run(void *data)
{
	struct fake_terminal *t = data;
	sigset_t all;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL); /* the program under test handles signals */
	for (;;) {
		type(t);
		if (t->master < 0)
			return NULL;
		struct pollfd fds[] = {
			{.fd = t->master, .events = POLLIN}, {.fd = t->stop, .events = POLLIN}};
		int ready = poll(fds, ARRAY_LENGTH(fds), WAIT_MS);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready == 0)
			t->failed = true;
		if (ready <= 0 || (fds[0].revents & POLLIN) == 0) {
			close(t->master); /* the program sees a hang-up */
			t->master = -1;
			return NULL;
		}
		if (!take(t))
			return NULL;
	}
}

struct fake_terminal *fake_terminal_open(const struct fake_typing *typing, size_t count)
{
	struct fake_terminal *t = xcalloc(1, sizeof *t);
	const struct winsize size = {.ws_row = 24, .ws_col = 80};
	t->typing = typing;
	t->count = count;
	ck_assert_msg(openpty(&t->master, &t->slave, NULL, NULL, &size) == 0, "no pty: %s",
		strerror(errno));
	t->stop = eventfd(0, EFD_CLOEXEC);
	ck_assert(t->stop >= 0 && setenv("TERM", "xterm", 1) == 0);
	ck_assert(pthread_create(&t->thread, NULL, run, t) == 0);
	return t;
}

int fake_terminal_fd(const struct fake_terminal *t)
{
	return t->slave;
}

char *fake_terminal_close(struct fake_terminal *t)
{
	struct buf plain = {0};
	ck_assert_int_eq(eventfd_write(t->stop, 1), 0);
	pthread_join(t->thread, NULL);
	screen_strip(buf_text(&t->shown), t->shown.length, 0, &plain);
	const char *last = buf_text(&plain);
	if (plain.length > SHOWN_AT_FAILURE)
		last += plain.length - SHOWN_AT_FAILURE;
	ck_assert_msg(!t->failed && t->at == t->count, "waited in vain for '%s' after:\n%s",
		t->at < t->count ? t->typing[t->at].wait_for : "the end", last);
	if (t->master >= 0)
		close(t->master);
	close(t->slave);
	close(t->stop);
	buf_finish(&t->shown);
	free(t);
	return buf_steal(&plain);
}
