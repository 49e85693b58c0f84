/* cmd/play.c - ropes play: shows a recording. What it has is treated like the output of any other
 * program: it may draw, but neither report, set titles, write the clipboard nor leave modes behind.
 */
#include "cast.h"
#include "cmd.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define RECORDING_MAX ((size_t)256 << 20)
#define CTRL_C 3

struct player {
	struct screen *screen;
	const struct cast *cast;
	double speed;
	int64_t max_idle_ms; /* 0: no limit */
	bool waits;          /* someone watches: the output is a terminal */
	bool keys;           /* and may press keys */
	bool paused, ended;
};

static void press_key(struct player *p, char key)
{
	if (key == ' ')
		p->paused = !p->paused;
	else if (key == 'q' || key == CTRL_C)
		p->ended = true;
}

static void read_keys(struct player *p)
{
	char keys[64];
	ssize_t got = fd_read(STDIN_FILENO, keys, sizeof keys);
	if (got <= 0)
		p->ended = true;
	for (ssize_t i = 0; i < got; i++)
		press_key(p, keys[i]);
}

static void read_signal(struct player *p)
{
	struct signalfd_siginfo info;
	bool known = fd_read(screen_signals(p->screen), &info, sizeof info) == (ssize_t)sizeof info;
	p->ended = p->ended || (known && (info.ssi_signo == SIGTERM || info.ssi_signo == SIGHUP ||
						 info.ssi_signo == SIGINT));
}

/* Waits, longer if someone pauses. */
static void wait_for(struct player *p, int64_t ms)
{
	int64_t left = ms, before = clock_monotonic_ms();
	while (!p->ended && (left > 0 || p->paused)) {
		struct pollfd fds[] = {{.fd = screen_signals(p->screen), .events = POLLIN},
			{.fd = p->keys ? STDIN_FILENO : -1, .events = POLLIN}};
		bool paused = p->paused;
		if (poll(fds, ARRAY_LENGTH(fds), paused ? -1 : (int)left) < 0 && errno != EINTR)
			return;
		if (fds[0].revents != 0)
			read_signal(p);
		if (fds[1].revents != 0)
			read_keys(p);
		int64_t now = clock_monotonic_ms();
		left -= paused ? 0 : now - before;
		before = now;
	}
}

static void play_events(struct player *p)
{
	for (size_t i = 0; i < p->cast->event_count && !p->ended; i++) {
		const struct cast_event *event = &p->cast->events[i];
		int64_t pause_ms = event->pause_ms;
		if (p->max_idle_ms > 0 && pause_ms > p->max_idle_ms)
			pause_ms = p->max_idle_ms;
		if (p->waits)
			wait_for(p, (int64_t)((double)pause_ms / p->speed));
		if (event->code == 'o' && !p->ended)
			screen_foreign(p->screen, event->data, strlen(event->data));
		p->ended = p->ended || !screen_is_alive(p->screen);
	}
}

static void tell_size(const struct player *p)
{
	struct winsize size;
	const struct cast_head *head = &p->cast->head;
	if (p->waits && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 &&
		(size.ws_col < head->columns || size.ws_row < head->rows))
		screen_say(p->screen, SCREEN_QUIET, NULL,
			"This was recorded in a terminal of %u columns and %u rows, and may look broken in a smaller one.",
			head->columns, head->rows);
}

static bool read_number_option(const struct arguments *arguments, const char *option, double low,
	double high, double *ret, struct error *err)
{
	const char *text = arguments_get(arguments, option);
	char *end;
	if (text == NULL)
		return true;
	double number = strtod(text, &end);
	if (end == text || *end != '\0' || !(number >= low && number <= high))
		return error_set_kind(err, ERROR_USAGE, "--%s: '%s' is not a number from %g to %g",
			option, text, low, high);
	*ret = number;
	return true;
}

static bool play_cast(struct player *p, struct error *err)
{
	if (!common_screen(&p->screen, err))
		return false;
	p->waits = isatty(STDOUT_FILENO);
	p->keys = screen_is_terminal(p->screen);
	tell_size(p);
	screen_flush(p->screen);
	if (p->waits)
		(void)screen_signals(p->screen); /* before the terminal changes */
	screen_raw(p->screen, p->keys);
	play_events(p);
	screen_foreign_end(p->screen);
	return common_screen_close(p->screen, true, err);
}

static bool run_play(const struct arguments *arguments, struct error *err)
{
	cleanup_buf struct buf text = {0};
	struct cast *cast = NULL;
	double speed = 1, idle_s = 0;
	if (!read_number_option(arguments, "speed", 0.1, 100, &speed, err) ||
		!read_number_option(arguments, "max-pause", 0.01, 3600, &idle_s, err) ||
		!file_read(arguments->operands[0], RECORDING_MAX, &text, err) ||
		!cast_parse(arguments->operands[0], buf_text(&text), text.length, &cast, err))
		return false;
	struct player player = {.cast = cast,
		.speed = speed,
		.max_idle_ms = idle_s > 0 ? (int64_t)(idle_s * 1000) : cast->head.max_idle_ms};
	bool good = play_cast(&player, err);
	cast_destroy(cast);
	return good;
}

const struct command cmd_play = {
	.name = "play",
	.operands = "FILE",
	.summary = N_("show a recording of a terminal"),
	.details = N_(
		"FILE is an asciicast, version 2 or 3. Space pauses and goes on, q quits. What the recording shows may draw,\n"
		"but not take over the terminal: sequences that report, set titles, write the clipboard or program keys are\n"
		"left out, and modes are restored at the end. If standard output is not a terminal, prints the text at once."),
	.options = {{"speed", "NUMBER", N_("play so many times as fast (0.1 to 100)")},
		{"max-pause", "SECONDS",
			N_("shorten longer pauses (default: as the recording says)")}},
	.operands_min = 1,
	.operands_max = 1,
	.run = run_play,
};
