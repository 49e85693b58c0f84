/* sandbox/pty.c - between the learner and a line that runs in the shell: bytes both ways, sizes,
 * time, the end */
#include "private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#define REPORT_MS 10000
#define QUIET_MS 300 /* then a line that nobody types for is taken to wait */
#define CAPTURE_LIMIT ((size_t)1 << 20)
#define INPUT_PIECE 512 /* a tty's queue holds 4,096 bytes */
#define END_OF_FILE 0x04
#define EMPTY_LINE 0x15 /* ^U */
#define INTERRUPT 0x03
#define NUMBER_MAX 12 /* of a mark, with its end */

enum side { INPUT, MASTER, SIGNALS, SHELL, SIDES };

struct session {
	struct sandbox *sandbox;
	struct shell *shell;
	const struct sandbox_run *run;
	struct sandbox_result *result;
	char *mark;
	size_t mark_length;
	int64_t started, last_output, last_typed;
	size_t typed; /* of the text */
	bool input_open, over;
	unsigned interrupts; /* ^C in a row */
	int64_t last_interrupt;
	unsigned stage; /* of ending it: ^C, TERM, KILL */
	int64_t stage_at;
	struct buf pending; /* typed, but not taken by the pty yet */
};

/* ---- towards the learner ---- */

static void take_output(struct session *s, const char *bytes, size_t length)
{
	struct sandbox_result *result = s->result;
	const struct sandbox_run *run = s->run;
	size_t limit = run->capture_limit > 0 ? run->capture_limit : CAPTURE_LIMIT;
	size_t room = result->output_length < limit ? limit - result->output_length : 0;
	size_t kept = length < room ? length : room;
	if (kept > 0) {
		struct buf captured = {.data = result->output,
			.length = result->output_length,
			.capacity = result->output != NULL ? result->output_length + 1 : 0};
		/* doubling is lost between calls; the limit keeps that small */
		buf_add(&captured, bytes, kept);
		result->output = captured.data;
		result->output_length = captured.length;
	}
	result->cut = result->cut || kept < length;
	s->last_output = clock_monotonic_ms();
	if (run->output != NULL)
		run->output(run->output_data, bytes, length);
}

/* How many bytes at the end of the text may begin a mark. */
static size_t count_held(const struct session *s, const char *text, size_t length)
{
	size_t max = length < s->mark_length ? length : s->mark_length;
	for (size_t count = max; count > 0; count--)
		if (memcmp(text + length - count, s->mark, count) == 0)
			return count;
	return 0;
}

/* Lets through what is before a mark, or what is no part of one. False: there is no whole one. */
static bool pass_mark(struct session *s, unsigned *ret_number)
{
	struct buf *held = &s->shell->held;
	const char *at = memmem(held->data, held->length, s->mark, s->mark_length);
	size_t through = at != NULL ? (size_t)(at - held->data)
				    : held->length - count_held(s, held->data, held->length);
	if (through > 0)
		take_output(s, held->data, through);
	buf_remove_front(held, through);
	size_t max = s->mark_length + NUMBER_MAX;
	const char *end =
		at != NULL ? memchr(held->data, '\a', held->length < max ? held->length : max)
			   : NULL;
	if (end == NULL && (at == NULL || held->length < max))
		return false;
	if (end == NULL) { /* somebody else's: it has no number */
		take_output(s, held->data, s->mark_length);
		buf_remove_front(held, s->mark_length);
		*ret_number = 0;
		return true;
	}
	*ret_number = (unsigned)strtoul(held->data + s->mark_length, NULL, 10);
	buf_remove_front(held, (size_t)(end + 1 - held->data));
	return true;
}

/* The mark of this line ends it; those of the shell's start and of ^C between two lines are
 * nobody's. What comes behind the end is of something that runs on: the next line shows it. */
static void filter_output(struct session *s, const char *bytes, size_t length)
{
	unsigned number;
	buf_add(&s->shell->held, bytes, length);
	while (!s->over && s->shell->held.length > 0 && pass_mark(s, &number))
		s->over = number == s->shell->number;
}

/* False: nobody holds the other end any more. */
static bool read_master(struct session *s)
{
	char bytes[16384];
	ssize_t got = fd_read(s->shell->process.terminal, bytes, sizeof bytes);
	if (got > 0)
		filter_output(s, bytes, (size_t)got);
	return got > 0 || (got < 0 && errno == EAGAIN);
}

/* ---- towards the line ---- */

static void add_typed(struct session *s, const char *bytes, size_t length)
{
	buf_add(&s->pending, bytes, length);
}

static void write_pending(struct session *s)
{
	if (s->pending.length == 0)
		return;
	size_t piece = s->pending.length < INPUT_PIECE ? s->pending.length : INPUT_PIECE;
	ssize_t done = write(s->shell->process.terminal, s->pending.data, piece);
	if (done > 0)
		buf_remove_front(&s->pending, (size_t)done);
	else if (done < 0 && errno != EAGAIN && errno != EINTR)
		buf_truncate(&s->pending, 0);
}

static void signal_line(const struct session *s, int number)
{
	machine_process_signal(&s->shell->process, number);
}

/* The third ^C within two seconds ends a line that does not listen. */
static void count_interrupts(struct session *s, const char *bytes, size_t length)
{
	int64_t now = clock_monotonic_ms();
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] != INTERRUPT)
			continue;
		s->interrupts = now - s->last_interrupt < 2000 ? s->interrupts + 1 : 1;
		s->last_interrupt = now;
		s->result->interrupted = true;
	}
	if (s->interrupts >= 3)
		signal_line(s, SIGKILL);
}

static void hang_up(struct session *s)
{
	s->result->hung_up = true;
	s->input_open = false;
	s->over = true; /* the shell ends with the session */
}

static void read_input(struct session *s)
{
	char bytes[INPUT_PIECE];
	ssize_t got = fd_read(s->run->input_fd, bytes, sizeof bytes);
	if (got <= 0) {
		hang_up(s);
		return;
	}
	count_interrupts(s, bytes, (size_t)got);
	add_typed(s, bytes, (size_t)got);
}

/* ---- what else happens ---- */

static void resize_terminal(struct session *s)
{
	struct winsize size;
	if (ioctl(s->run->input_fd, TIOCGWINSZ, &size) == 0)
		(void)ioctl(s->shell->process.terminal, TIOCSWINSZ, &size);
}

static void take_signals(struct session *s)
{
	struct signalfd_siginfo info;
	static const char interrupt = INTERRUPT;
	while (fd_read(s->sandbox->signals, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGWINCH && s->run->input == SANDBOX_INPUT_TERMINAL)
			resize_terminal(s);
		else if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGHUP)
			hang_up(s);
		else if (info.ssi_signo == SIGINT) {
			count_interrupts(s, &interrupt, 1);
			add_typed(s, &interrupt, 1);
		}
	}
}

static void check_time(struct session *s, int64_t now)
{
	static const char interrupt = INTERRUPT;
	int limit = s->run->timeout_ms;
	if (limit <= 0 || now - s->started < limit)
		return;
	if (s->stage > 0 && now - s->stage_at < 1000)
		return;
	s->result->timed_out = true;
	s->stage_at = now;
	switch (s->stage++) {
	case 0:
		add_typed(s, &interrupt, 1);
		break;
	case 1:
		signal_line(s, SIGTERM);
		break;
	case 2:
		signal_line(s, SIGKILL);
		break;
	default: /* what should end it does not listen */
		machine_process_kill(&s->shell->process);
		s->result->shell_ended = s->over = true;
	}
}

/* A program that has switched the terminal to single keys may have been given an end of file before
 * that as a key, and then has a line that is not empty: it is emptied first. */
static void type_end(struct session *s)
{
	static const char keys[] = {EMPTY_LINE, END_OF_FILE};
	struct termios t;
	bool single = tcgetattr(s->shell->process.line, &t) == 0 && (t.c_lflag & ICANON) == 0;
	add_typed(s, single ? keys : keys + 1, single ? 2 : 1);
}

/* Nobody sits there: the text is typed, and then end-of-file again and again while the line waits.
 * It works for programs that read lines and for those that switched the terminal to single keys. */
static void type_for_nobody(struct session *s, int64_t now)
{
	const struct sandbox_run *run = s->run;
	int64_t since = s->last_output > s->last_typed ? s->last_output : s->last_typed;
	size_t length = run->input == SANDBOX_INPUT_TEXT ? strlen(run->text) : 0;
	if (run->input == SANDBOX_INPUT_TERMINAL || s->pending.length > 0)
		return;
	bool ready = s->last_output > s->started || now - s->started >= QUIET_MS;
	if (s->typed < length && ready && now - since >= 20) {
		size_t piece = length - s->typed < INPUT_PIECE ? length - s->typed : INPUT_PIECE;
		add_typed(s, run->text + s->typed, piece);
		s->typed += piece;
		s->last_typed = now;
	} else if (s->typed >= length && now - since >= QUIET_MS) {
		type_end(s);
		s->last_typed = now;
	}
}

static int wait_ms(const struct session *s)
{
	bool nobody = s->run->input != SANDBOX_INPUT_TERMINAL;
	return nobody ? 50 : s->run->timeout_ms > 0 ? 200 : -1;
}

static void relay_step(struct session *s)
{
	const struct sandbox_run *run = s->run;
	bool open = run->input == SANDBOX_INPUT_TERMINAL && s->input_open;
	struct pollfd fds[SIDES] = {
		[INPUT] = {.fd = open && s->pending.length < 65536 ? run->input_fd : -1,
			.events = POLLIN},
		[MASTER] = {.fd = s->shell->process.terminal,
			.events = (short)(POLLIN | (s->pending.length > 0 ? POLLOUT : 0))},
		[SIGNALS] = {.fd = s->sandbox->signals, .events = POLLIN},
		[SHELL] = {.fd = s->shell->process.control, .events = POLLIN},
	};
	if (poll(fds, SIDES, wait_ms(s)) < 0 && errno != EINTR)
		s->over = true;
	if (fds[SIGNALS].revents != 0)
		take_signals(s);
	if (fds[INPUT].revents != 0)
		read_input(s);
	if (fds[MASTER].revents & POLLOUT)
		write_pending(s);
	if (fds[MASTER].revents & POLLIN)
		(void)read_master(s); /* its end is seen by the shell's */
	if (fds[SHELL].revents != 0 && !s->over) {
		while (read_master(s) && errno != EAGAIN)
			errno = 0;
		s->result->shell_ended = s->over = true;
	}
	int64_t now = clock_monotonic_ms();
	if (!s->over) {
		check_time(s, now);
		type_for_nobody(s, now);
	}
}

/* The report follows the mark. A line that closed the shell's descriptors leaves none. */
static void finish_run(struct session *s)
{
	struct shell_report report = {0};
	struct buf typed = {0};
	if (s->result->shell_ended) {
		if (s->shell->held.length > 0)
			take_output(s, s->shell->held.data, s->shell->held.length);
		s->result->status = s->shell->process.control >= 0
					    ? machine_process_wait(&s->shell->process)
					    : 128 + SIGKILL;
		shell_close(s->shell);
		return;
	}
	if (s->result->hung_up || !shell_read_report(s->shell, REPORT_MS, &report)) {
		s->result->status = s->result->hung_up ? 129 : 255;
		s->result->shell_ended = !s->result->hung_up;
		shell_close(s->shell);
		return;
	}
	s->result->status = report.status;
	shell_take_report(s->shell, &report);
	if (s->run->input != SANDBOX_INPUT_TERMINAL)
		return;
	shell_read_typed(s->shell, &typed);
	buf_add(&typed, buf_text(&s->pending), s->pending.length);
	if (typed.length > 0)
		s->result->typed = buf_steal(&typed);
	buf_finish(&typed);
}

void pty_relay(
	struct sandbox *sandbox, const struct sandbox_run *run, struct sandbox_result *result)
{
	int64_t now = clock_monotonic_ms();
	struct session s = {.sandbox = sandbox,
		.shell = &sandbox->shell,
		.run = run,
		.result = result,
		.mark = shell_mark(&sandbox->shell),
		.started = now,
		.last_output = now,
		.last_typed = now,
		.input_open = true};
	s.mark_length = strlen(s.mark);
	filter_output(&s, "", 0);
	while (!s.over)
		relay_step(&s);
	finish_run(&s);
	buf_finish(&s.pending);
	free(s.mark);
}
