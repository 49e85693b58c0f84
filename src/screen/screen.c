/* screen/screen.c - the terminal: opening, size, output, words */
#include "private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define WIDTH_LEAST 20
#define WIDTH_MOST 100 /* longer lines are hard to read */
#define FLUSH_AT 32768

/* ---- opening ---- */

static unsigned number_of(const char *variable)
{
	long long number;
	return text_number(getenv(variable), 1, 10000, &number) ? (unsigned)number : 0;
}

void screen_resized(struct screen *s)
{
	struct winsize size = {0};
	if (ioctl(s->output, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		size = (struct winsize){.ws_col = 80, .ws_row = 24};
	unsigned width = s->columns > 0 ? s->columns : size.ws_col;
	s->width = width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : width;
	s->rows = size.ws_row > 0 ? size.ws_row : 24;
}

/* Terminals that are known to draw OSC 8; others may show its bytes. */
static bool knows_links(void)
{
	static const char *const variables[] = {
		"VTE_VERSION", "KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "WEZTERM_PANE"};
	for (size_t i = 0; i < ARRAY_LENGTH(variables); i++)
		if (getenv(variables[i]) != NULL)
			return getenv("TMUX") == NULL;
	return false;
}

bool screen_open(const struct screen_options *options, struct screen **ret, struct error *err)
{
	struct screen *s = xcalloc(1, sizeof *s);
	const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
	(void)err; /* nothing here can fail; the face leaves room for it */
	s->input = options->input_fd;
	s->output = options->output_fd;
	s->signals = -1;
	s->columns = options->width > 0 ? options->width : number_of("COLUMNS");
	s->drawing = !options->plain && isatty(s->output) && term != NULL &&
		     !text_same(term, "dumb") && *term != '\0';
	s->terminal = !options->plain && isatty(s->output) && isatty(s->input);
	s->colour = s->drawing && (no_colour == NULL || no_colour[0] == '\0');
	s->links = s->drawing && knows_links();
	s->has_saved = s->terminal && tcgetattr(s->input, &s->saved) == 0;
	screen_resized(s);
	*ret = s;
	return true;
}

void screen_close(struct screen *s)
{
	if (s == NULL)
		return;
	screen_page_leave(s);
	screen_progress(s, NULL);
	screen_foreign_end(s);
	screen_flush(s);
	prompt_destroy(s);
	history_close(s);
	foreign_destroy(s->foreign);
	screen_raw(s, false);
	if (s->signals >= 0)
		close(s->signals);
	buf_finish(&s->out);
	free(s);
}

unsigned screen_width(const struct screen *s)
{
	return s->width;
}

unsigned screen_rows(const struct screen *s)
{
	return s->rows;
}

bool screen_is_terminal(const struct screen *s)
{
	return s->terminal;
}

bool screen_has_colour(const struct screen *s)
{
	return s->colour;
}

bool screen_is_alive(const struct screen *s)
{
	return !s->dead;
}

int screen_signals(struct screen *s)
{
	static const int numbers[] = {SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGWINCH};
	sigset_t set;
	if (s->signals >= 0)
		return s->signals;
	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
		sigaddset(&set, numbers[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signals;
}

void screen_raw(struct screen *s, bool on)
{
	if (!s->has_saved)
		return;
	struct termios mode = s->saved;
	s->raw = on;
	if (on)
		cfmakeraw(&mode);
	(void)tcsetattr(
		s->input, TCSADRAIN, &mode); /* a terminal that is gone is met when it is written */
}

/* ---- output ---- */

/* Writes everything, waits where the terminal was set not to block. */
static bool write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t done = write(fd, bytes, length);
		struct pollfd room = {.fd = fd, .events = POLLOUT};
		if (done < 0 && errno == EAGAIN)
			(void)poll(&room, 1, -1); /* if that fails, write tells why */
		else if (done < 0 && errno != EINTR)
			return false;
		bytes += done > 0 ? done : 0;
		length -= done > 0 ? (size_t)done : 0;
	}
	return true;
}

/* A reader that is gone is told by screen_is_alive, not by a signal. */
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
	if (s->dead && !sigismember(&pending, SIGPIPE))
		(void)sigtimedwait(&pipe_only, NULL, &(const struct timespec){0}); /* if any */
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

/* Characters that turn the order of what follows, so that a command reads as another one. */
static bool turns_order(uint32_t point)
{
	return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

/* Control characters are left out: nothing foreign reaches the terminal raw. */
static void add_harmless(struct buf *out, const char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		uint32_t point;
		size_t taken = utf8_decode(text + at, length - at, &point);
		if (point == '\t')
			buf_add_text(out, "    ");
		else if (point == 0xFFFD && taken == 1)
			utf8_encode(out, point);
		else if (point >= 0x20 && point != 0x7F && !(point >= 0x80 && point < 0xA0) &&
			 !turns_order(point))
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

/* Inline code between backquotes gets its look; without colour the backquotes stay. */
void styled_add_marked(struct styled *t, unsigned look, const char *text, bool colour)
{
	bool code = false;
	while (*text != '\0') {
		size_t length = strcspn(text, "`");
		styled_add(t, code ? look | LOOK_CODE : look, text, length);
		text += length;
		if (*text != '`')
			break;
		bool closes = code || strchr(text + 1, '`') != NULL;
		if (!colour || !closes)
			styled_add(t, look, "`", 1);
		code = closes && !code;
		text++;
	}
}

void screen_say(
	struct screen *s, enum screen_style style, const char *mark, const char *format, ...)
{
	cleanup_buf struct buf text = {0};
	struct styled styled = {0};
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	screen_progress(s, NULL);
	unsigned look = draw_look(style);
	styled_add_marked(&styled, look, buf_text(&text), s->colour);
	size_t indent = mark != NULL ? utf8_width(mark, strlen(mark)) : 0;
	cleanup_free char *rest = xasprintf("%*s", (int)indent, "");
	const struct margin margin = {.first = mark, .rest = rest, .look = look};
	layout_write(s, &styled, &margin, s->width);
	styled_finish(&styled);
}

void screen_progress(struct screen *s, const char *what)
{
	if (what == NULL && !s->progress)
		return;
	if (!s->drawing) {
		if (what != NULL) {
			draw_text(s, 0, what, strlen(what));
			buf_add_text(&s->out, " …\n");
			screen_flush(s);
		}
		return;
	}
	buf_add_text(&s->out, "\r\033[K");
	if (what != NULL) {
		size_t fits = utf8_fit(what, strlen(what), s->width - 3);
		draw_text(s, LOOK_DIM, what, fits);
		draw_text(s, LOOK_DIM, " …", strlen(" …"));
	}
	s->progress = what != NULL;
	screen_flush(s);
}

void screen_bar(
	const struct screen *s, unsigned done, unsigned all, unsigned columns, struct buf *out)
{
	if (all == 0)
		return;
	unsigned full = done >= all ? columns : done * columns / all;
	if (s->drawing) {
		for (unsigned i = 0; i < columns; i++)
			buf_add_text(out, i < full ? "█" : "░");
		buf_add_char(out, ' ');
	}
	buf_printf(out, "%u/%u", done, all);
}
