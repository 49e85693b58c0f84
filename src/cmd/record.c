/* cmd/record.c - ropes record: a session in a pseudoterminal of its own, between the terminal and a
 * recording of what it shows. What is typed is not recorded, unless the session shows it. */
#include "cast.h"
#include "cmd.h"
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TYPED_MAX 65536 /* typed, but not read by the session yet; more is read later */

struct recording {
	struct screen *screen;
	int file;     /* -1: writing failed */
	int terminal; /* our end of the session's terminal */
	int child;    /* pidfd */
	pid_t pid;
	struct buf typed;
	struct buf shown; /* the beginning of a character */
	int64_t last_ms;
	bool ended, input_ended;
	struct error lost; /* why the recording is not whole */
};

/* ---- the file ---- */

static void write_cast_lines(struct recording *r, const struct buf *lines)
{
	if (r->file < 0 || fd_write(r->file, buf_text(lines), lines->length, &r->lost))
		return;
	close(r->file);
	r->file = -1; /* the session goes on */
}

static void write_event(struct recording *r, char code, const char *data, size_t length)
{
	cleanup_buf struct buf line = {0};
	int64_t now = clock_monotonic_ms();
	cast_add_event(&line, now - r->last_ms, code, data, length);
	r->last_ms = now;
	write_cast_lines(r, &line);
}

static void write_cast_head(struct recording *r, const struct winsize *size, const char *title)
{
	cleanup_buf struct buf line = {0};
	const struct cast_head head = {.columns = size->ws_col,
		.rows = size->ws_row,
		.term = getenv("TERM"),
		.title = title,
		.time_s = clock_wall_ms() / 1000};
	cast_add_head(&line, &head);
	write_cast_lines(r, &line);
	r->last_ms = clock_monotonic_ms();
}

/* ---- the session ---- */

static void read_size(struct winsize *ret)
{
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, ret) < 0 || ret->ws_col == 0 || ret->ws_row == 0)
		*ret = (struct winsize){.ws_col = 80, .ws_row = 24};
}

/* The same options for `ropes learn`. */
static void list_learn_arguments(const struct arguments *arguments, struct words *ret)
{
	words_add(ret, "/proc/self/exe");
	words_add(ret, "learn");
	for (size_t i = 0; i < arguments->given_count; i++) {
		const struct argument *given = &arguments->given[i];
		if (!text_same(given->name, "force"))
			words_addf(ret, "--%s%s%s", given->name, *given->value != '\0' ? "=" : "",
				given->value);
	}
	words_add(ret, "--");
	if (arguments->operand_count > 1)
		words_add(ret, arguments->operands[1]);
}

static bool start_session(struct recording *r, const struct arguments *arguments,
	const struct winsize *size, struct error *err)
{
	cleanup_words struct words argv = {0};
	struct termios mode;
	int line;
	bool has_mode = tcgetattr(STDIN_FILENO, &mode) == 0;
	if (openpty(&r->terminal, &line, NULL, has_mode ? &mode : NULL, size) < 0)
		return error_set(err, errno, "cannot open a pseudoterminal");
	(void)fcntl(r->terminal, F_SETFD, FD_CLOEXEC);
	(void)fcntl(line, F_SETFD, FD_CLOEXEC);
	(void)fcntl(r->terminal, F_SETFL, O_NONBLOCK);
	list_learn_arguments(arguments, &argv);
	struct spawn spawn = {
		.argv = (const char *const *)argv.items, .session = true, .terminal = true};
	for (int fd = 0; fd <= 2; fd++)
		spawn_fd_add(&spawn, line, fd);
	bool good = spawn_start(&spawn, &r->pid, err);
	close(line);
	if (good)
		r->child = (int)syscall(SYS_pidfd_open, r->pid, 0);
	return good;
}

/* ---- between the terminals ---- */

static void resize_session(struct recording *r)
{
	struct winsize size;
	read_size(&size);
	(void)ioctl(r->terminal, TIOCSWINSZ, &size); /* its programs then learn of it */
	cleanup_free char *text = xasprintf("%ux%u", size.ws_col, size.ws_row);
	write_event(r, 'r', text, strlen(text));
}

/* Ctrl-Z goes to the session as a key; this is for a signal from elsewhere. */
static void stop_recorder(struct recording *r)
{
	screen_raw(r->screen, false);
	(void)kill(getpid(), SIGSTOP);
	screen_raw(r->screen, true);
	resize_session(r);
}

static void hand_on_signal(struct recording *r)
{
	struct signalfd_siginfo info;
	if (fd_read(screen_signals(r->screen), &info, sizeof info) != (ssize_t)sizeof info)
		return;
	if (info.ssi_signo == SIGWINCH)
		resize_session(r);
	else if (info.ssi_signo == SIGTSTP)
		stop_recorder(r);
	else
		(void)kill(r->pid, info.ssi_signo == SIGINT ? SIGTERM : (int)info.ssi_signo);
}

static void read_typed(struct recording *r)
{
	char bytes[4096];
	ssize_t got = fd_read(STDIN_FILENO, bytes, sizeof bytes);
	if (got > 0)
		buf_add(&r->typed, bytes, (size_t)got);
	if (got > 0 || r->input_ended)
		return;
	r->input_ended = true; /* our terminal is gone */
	(void)kill(r->pid, SIGHUP);
}

static void pass_typed(struct recording *r)
{
	ssize_t done = write(r->terminal, buf_text(&r->typed), r->typed.length);
	if (done > 0)
		buf_remove_front(&r->typed, (size_t)done);
}

static void pass_shown(struct recording *r)
{
	char bytes[16384];
	ssize_t got = fd_read(r->terminal, bytes, sizeof bytes);
	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0) { /* no one has the session's terminal any more */
		r->ended = true;
		return;
	}
	(void)fd_write(
		STDOUT_FILENO, bytes, (size_t)got, NULL); /* if it is gone, input ends, too */
	buf_add(&r->shown, bytes, (size_t)got);
	size_t whole = cast_whole_length(buf_text(&r->shown), r->shown.length);
	if (whole == 0)
		return;
	write_event(r, 'o', buf_text(&r->shown), whole);
	buf_remove_front(&r->shown, whole);
}

static void pass_on(struct recording *r)
{
	while (!r->ended) {
		bool reads = !r->input_ended && r->typed.length < TYPED_MAX;
		struct pollfd fds[] = {{.fd = screen_signals(r->screen), .events = POLLIN},
			{.fd = reads ? STDIN_FILENO : -1, .events = POLLIN},
			{.fd = r->terminal,
				.events = (short)(POLLIN | (r->typed.length > 0 ? POLLOUT : 0))},
			{.fd = r->child, .events = POLLIN}};
		if (poll(fds, ARRAY_LENGTH(fds), -1) < 0 && errno != EINTR)
			return;
		if (fds[0].revents != 0)
			hand_on_signal(r);
		if (fds[1].revents != 0)
			read_typed(r);
		if (fds[2].revents & POLLOUT)
			pass_typed(r);
		if (fds[2].revents & (POLLIN | POLLHUP | POLLERR))
			pass_shown(r);
		else if (fds[3].revents != 0)
			r->ended = true; /* everything that it showed is read */
	}
}

/* ---- a recording ---- */

static bool open_file(struct recording *r, const struct arguments *arguments, struct error *err)
{
	const char *path = arguments->operands[0];
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return error_set_kind(err, ERROR_USAGE, "record needs a terminal");
	if (!common_may_write(arguments, path, err))
		return false;
	r->file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return r->file >= 0 || error_set(err, errno, "cannot write '%s'", path);
}

static bool record_session(
	struct recording *r, const struct arguments *arguments, struct error *err)
{
	struct winsize size;
	const char *course = arguments->operand_count > 1 ? arguments->operands[1] : NULL;
	cleanup_free char *title = xasprintf(
		"ropes%s%s", course != NULL ? " learn " : "", course != NULL ? course : "");
	read_size(&size);
	(void)screen_signals(
		r->screen); /* before the terminal changes: they must not leave it so */
	if (!start_session(r, arguments, &size, err))
		return false;
	write_cast_head(r, &size, title);
	screen_raw(r->screen, true);
	pass_on(r);
	screen_raw(r->screen, false);
	close(r->terminal);
	r->terminal = -1;
	int status = spawn_wait(r->pid);
	cleanup_free char *text = xasprintf("%d", status);
	write_event(r, 'x', text, strlen(text));
	if (r->file < 0)

		error_move(err, &r->lost);
	printf(_("The recording is in %s; `ropes play` shows it.\n"), arguments->operands[0]);
	if (status != 0 && err != NULL)
		err->kind = (enum error_kind)status; /* the session has said why */
	return status == 0;
}

static bool run_record(const struct arguments *arguments, struct error *err)
{
	struct recording r = {.file = -1, .terminal = -1, .child = -1};
	bool good = open_file(&r, arguments, err) && common_screen(&r.screen, err) &&
		    record_session(&r, arguments, err);
	screen_close(r.screen);
	if (r.terminal >= 0)
		close(r.terminal);
	if (r.child >= 0)
		close(r.child);
	if (r.file >= 0)
		close(r.file);
	buf_finish(&r.typed);
	buf_finish(&r.shown);
	error_finish(&r.lost);
	return good;
}

const struct command cmd_record = {
	.name = "record",
	.operands = "FILE [COURSE[#LESSON]]",
	.summary = N_("record a session of the tutor"),
	.details = N_(
		"Starts `ropes learn` and writes what it shows into FILE, as an asciicast of version 3, which `ropes play`\n"
		"and asciinema show. Keys are not recorded, but what you type is shown, and therefore in FILE."),
	.options = {OPTION_FORCE, OPTION_LEARNER, OPTION_DAEMON, OPTION_IDLE, OPTION_NETWORK,
		OPTION_SEED, {"timeout", "SECONDS", N_("time limit of a line (default: none)")},
		{"trust", NULL,
			N_("let a course that does not come with ropes run hidden commands")}},
	.operands_min = 1,
	.operands_max = 2,
	.run = run_record,
};
