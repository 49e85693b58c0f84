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

static void take_keys(struct showing *x)
{
	char keys[64];
	ssize_t got = fd_read(STDIN_FILENO, keys, sizeof keys);
	x->ended = x->ended || got <= 0;
	for (ssize_t i = 0; i < got; i++)
		x->ended = x->ended || keys[i] == 'q' || keys[i] == 'Q' || keys[i] == 3;
}

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
		board_page_draw(x->screen, &x->board, x->connected);
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
		board_page_draw(x.screen, &x.board, true);
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
	.summary = "show a workshop's board, live",
	.details =
		"URL is the instructor's address, with its token, as `ropes serve --workshop` prints it.\n"
		"Shows learners with their current steps, those longest without progress first; raised hands;\n"
		"the step where most are stuck; the answers to the open question. q quits. If standard output\n"
		"is not a terminal, prints the board once.",
	.options =
		{
			{"ca", "FILE", "the certificate that identifies the server"},
			OPTION_JSON,
		},
	.operands_min = 1,
	.operands_max = 1,
	.run = run_board,
};
