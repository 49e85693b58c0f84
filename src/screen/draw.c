/* screen/draw.c - output: filtered text with its look, newlines, and writing to the terminal */
#include "private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FLUSH_AT 32768

/* Writes everything; waits if the terminal is in non-blocking mode. */
static bool write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t done = write(fd, bytes, length);
		struct pollfd room = {.fd = fd, .events = POLLOUT};
		if (done < 0 && errno == EAGAIN)
			(void)poll(&room, 1, -1); /* if poll fails, write reports why */
		else if (done < 0 && errno != EINTR)
			return false;
		bytes += done > 0 ? done : 0;
		length -= done > 0 ? (size_t)done : 0;
	}
	return true;
}

/* screen_is_alive() reports that the reader is gone; suppress the signal. */
void screen_flush(struct screen *s)
{
	sigset_t pipe_only, before, pending;
	if (s->out.length == 0 || s->dead) {
		buf_truncate(&s->out, 0);
		return;
	}
	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	sigpending(&pending);
	sigprocmask(SIG_BLOCK, &pipe_only, &before);
	s->dead = !write_all(s->output, s->out.data, s->out.length);
	s->lost = s->dead && errno != EPIPE && errno != EIO; /* a pipe or terminal may go away */
	if (s->dead && !sigismember(&pending, SIGPIPE))
		(void)sigtimedwait(&pipe_only, NULL, &(const struct timespec){0}); /* discard it */
	sigprocmask(SIG_SETMASK, &before, NULL);
	buf_truncate(&s->out, 0);
}

void screen_newline(struct screen *s)
{
	buf_add_char(&s->out, '\n');
	if (s->out.length > FLUSH_AT && !s->page)
		screen_flush(s);
}

static const struct {
	unsigned look;
	const char *codes;
} codes[] = {
	{LOOK_BOLD, "1"},
	{LOOK_DIM, "2"},
	{LOOK_ITALIC, "3"},
	{LOOK_UNDERLINE, "4"},
	{LOOK_STRIKE, "9"},
	{LOOK_CODE, "36"},
	{LOOK_GREEN, "32"},
	{LOOK_RED, "31"},
	{LOOK_YELLOW, "33"},
	{LOOK_BLUE, "34"},
	{LOOK_MAGENTA, "35"},
};

static void begin_look(struct screen *s, unsigned look)
{
	buf_add_text(&s->out, "\033[0");
	for (size_t i = 0; i < ARRAY_LENGTH(codes); i++)
		if (look & codes[i].look)
			buf_printf(&s->out, ";%s", codes[i].codes);
	buf_add_char(&s->out, 'm');
}

/* Drops control characters, and those by which a command would read as another one: text from
 * other programs never reaches the terminal unfiltered. */
static void add_harmless(struct buf *out, const char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		uint32_t point;
		size_t taken = utf8_decode(text + at, length - at, &point);
		if (point == '\t')
			buf_add_text(out, "    ");
		else if (point == 0xFFFD && taken == 1)
			utf8_encode(out, point);
		else if (utf8_is_harmless(point))
			buf_add(out, text + at, taken);
		at += taken;
	}
}

void draw_text(struct screen *s, unsigned look, const char *text, size_t length)
{
	bool dressed = s->colour && look != 0 && length > 0;
	if (dressed)
		begin_look(s, look);
	add_harmless(&s->out, text, length);
	if (dressed)
		buf_add_text(&s->out, "\033[0m");
}

unsigned draw_look(enum screen_style style)
{
	static const unsigned looks[] = {
		[SCREEN_PLAIN] = 0,
		[SCREEN_TITLE] = LOOK_BOLD,
		[SCREEN_STRONG] = LOOK_BOLD,
		[SCREEN_QUIET] = LOOK_DIM,
		[SCREEN_COMMAND] = LOOK_BOLD,
		[SCREEN_GOOD] = LOOK_GREEN,
		[SCREEN_BAD] = LOOK_RED,
		[SCREEN_WARN] = LOOK_YELLOW,
		[SCREEN_LINK] = LOOK_UNDERLINE,
	};
	return looks[style];
}

void screen_put(struct screen *s, enum screen_style style, const char *text)
{
	draw_text(s, draw_look(style), text, strlen(text));
}

void draw_styled(struct screen *s, const struct styled *text, size_t at, size_t length)
{
	for (size_t end = at + length; at < end;) {
		size_t run = 1;
		while (at + run < end && text->looks[at + run] == text->looks[at])
			run++;
		draw_text(s, text->looks[at], text->text.data + at, run);
		at += run;
	}
}
