/* cmd/board.c - ropes board: a workshop's board in the terminal, live */
#include "board.h"
#include "board_page.h"
#include "cmd.h"
#include "sync.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct showing {
	struct screen *screen;
	struct sync_watch *watch;
	struct board board;
	struct screen_scroll scroll;
	bool connected, ended;
};

/* Skip an update that cannot be parsed: the next one follows. */
static void take_news(struct showing *x)
{
	cleanup_error struct error ignored = {0};
	cleanup_free char *json = sync_watch_next(x->watch, &x->connected);
	struct board board;
	if (json == NULL || !board_read(json, &board, &ignored))
		return;
	board_finish(&x->board);
	board_sort(&board, BOARD_BY_NEED);
	x->board = board;
}

/* ---- keys ---- */

enum move { MOVE_UP, MOVE_DOWN, MOVE_PAGE_UP, MOVE_PAGE_DOWN, MOVE_HOME, MOVE_END, MOVE_OUT };

/* As terminals send them, and as less(1) has them. */
static const struct {
	const char *keys;
	enum move move;
} moves[] = {
	{"\033[A", MOVE_UP},
	{"\033OA", MOVE_UP},
	{"k", MOVE_UP},
	{"\033[B", MOVE_DOWN},
	{"\033OB", MOVE_DOWN},
	{"j", MOVE_DOWN},
	{"\033[5~", MOVE_PAGE_UP},
	{"b", MOVE_PAGE_UP},
	{"\033[6~", MOVE_PAGE_DOWN},
	{" ", MOVE_PAGE_DOWN},
	{"\033[H", MOVE_HOME},
	{"\033OH", MOVE_HOME},
	{"\033[1~", MOVE_HOME},
	{"g", MOVE_HOME},
	{"\033[F", MOVE_END},
	{"\033OF", MOVE_END},
	{"\033[4~", MOVE_END},
	{"G", MOVE_END},
	{"q", MOVE_OUT},
	{"Q", MOVE_OUT},
	{"\003", MOVE_OUT},
};

static void move_board(struct showing *x, enum move move)
{
	struct screen_scroll *s = &x->scroll;
	unsigned page = s->shown > 1 ? s->shown : 1;
	switch (move) {
	case MOVE_UP:
		s->first -= s->first > 0;
		break;
	case MOVE_DOWN:
		s->first++; /* the end of the list is found when it is drawn */
		break;
	case MOVE_PAGE_UP:
		s->first -= s->first < page ? s->first : page;
		break;
	case MOVE_PAGE_DOWN:
		s->first += page;
		break;
	case MOVE_HOME:
		s->first = 0;
		break;
	case MOVE_END:
		s->first = (unsigned)x->board.learner_count;
		break;
	case MOVE_OUT:
		x->ended = true;
	}
}

/* The length of a key that means nothing here: a letter, or a sequence up to its last byte. */
static size_t skip_key(const char *keys)
{
	size_t length = keys[0] == '\033' && (keys[1] == '[' || keys[1] == 'O') ? 2 : 1;
	if (length == 2)
		length += strcspn(keys + 2,
			"@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");
	return length > 1 && keys[length] != '\0' ? length + 1 : length;
}

static void take_keys(struct showing *x)
{
	char keys[64];
	ssize_t got = fd_read(STDIN_FILENO, keys, sizeof keys - 1);
	x->ended = x->ended || got <= 0;
	keys[got > 0 ? got : 0] = '\0';
	for (const char *at = keys; *at != '\0';) {
		size_t i = 0;
		while (i < ARRAY_LENGTH(moves) && !text_starts(at, moves[i].keys))
			i++;
		if (i < ARRAY_LENGTH(moves))
			move_board(x, moves[i].move);
		at += i < ARRAY_LENGTH(moves) ? strlen(moves[i].keys) : skip_key(at);
	}
}

/* ---- the board ---- */

static void take_board_signals(struct showing *x)
{
	struct signalfd_siginfo info;
	while (fd_read(screen_signals(x->screen), &info, sizeof info) == (ssize_t)sizeof info)
		x->ended = x->ended || (info.ssi_signo != SIGWINCH && info.ssi_signo != SIGTSTP);
	screen_resized(x->screen);
}

/* Waits for an update, or for the next second. */
static void wait_for_board(struct showing *x)
{
	struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
		{.fd = screen_signals(x->screen), .events = POLLIN},
		{.fd = sync_watch_fd(x->watch), .events = POLLIN}};
	if (poll(fds, ARRAY_LENGTH(fds), 1000) < 0 && errno != EINTR)
		x->ended = true;
	if (fds[0].revents != 0)
		take_keys(x);
	if (fds[1].revents != 0)
		take_board_signals(x);
	if (fds[2].revents != 0)
		take_news(x);
}

static void show_live(struct showing *x)
{
	(void)screen_signals(x->screen); /* before the terminal is changed */
	while (!x->ended && screen_is_alive(x->screen)) {
		screen_page_begin(x->screen);
		board_page_draw(x->screen, &x->board, x->connected, &x->scroll);
		screen_page_end(x->screen);
		wait_for_board(x);
	}
	screen_page_leave(x->screen);
}

static bool show_board(const char *url, const char *ca, const char *json, struct error *err)
{
	struct showing x = {.connected = true};
	if (!board_read(json, &x.board, err) || !common_screen(&x.screen, err))
		return false;
	board_sort(&x.board, BOARD_BY_NEED);
	bool live = screen_has_pages(x.screen);
	bool good = !live || sync_watch_open(url, ca, &x.watch, err);
	if (!live)
		board_page_draw(x.screen, &x.board, true, NULL);
	else if (good)
		show_live(&x);
	sync_watch_close(x.watch);
	board_finish(&x.board);
	return common_screen_close(x.screen, good, err);
}

static bool run_board(const struct arguments *a, struct error *err)
{
	const char *ca = arguments_get(a, "ca");
	char *json = NULL;
	if (ca != NULL && !file_exists(ca))
		return error_set_kind(err, ERROR_USAGE, "--ca: there is no file '%s'", ca);
	if (!sync_board(a->operands[0], ca, &json, err))
		return false;
	bool good = true;
	if (arguments_get(a, "json") != NULL)
		puts(json);
	else
		good = show_board(a->operands[0], ca, json, err);
	free(json);
	return good;
}

const struct command cmd_board = {
	.name = "board",
	.operands = "URL",
	.summary = N_("show a workshop's board, live"),
	.details = N_(
		"URL is the instructor's address, with its token, as `ropes serve --workshop` prints it.\n"
		"Shows learners with their current steps, those longest without progress first; raised hands;\n"
		"the step where most are stuck; the answers to the open question. The arrows, Page Up, Page\n"
		"Down, Home and End scroll; q quits. If standard output is not a terminal, prints the board\n"
		"once."),
	.options =
		{
			{"ca", "FILE", N_("the certificate that identifies the server")},
			OPTION_JSON,
		},
	.operands_min = 1,
	.operands_max = 1,
	.run = run_board,
};
