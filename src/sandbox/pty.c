/* sandbox/pty.c - relays between the learner and a running line: bytes both ways, window sizes,
 * time limits, the end */
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
#define QUIET_MS 300 /* then a line without a learner counts as waiting */
#define CAPTURE_LIMIT ((size_t)1 << 20)
#define INPUT_PIECE 512 /* a tty's queue has 4,096 bytes */
#define END_OF_FILE 0x04
#define EMPTY_LINE 0x15 /* ^U */
#define INTERRUPT 0x03
#define NUMBER_MAX 12 /* length of a mark's number and end */

enum side { INPUT, MASTER, SIGNALS, SHELL, SIDES };

struct session {
	struct sandbox *sandbox;
	struct shell *shell;
	const struct sandbox_run *run;
	struct sandbox_result *result;
	char *mark;
	size_t mark_length;
	int64_t started, last_output, last_typed;
	size_t typed;    /* position in the text */
	bool line_begun; /* the learner typed something since the last Enter */
	bool input_open, over;
	unsigned interrupts; /* ^C in a row */
	int64_t last_interrupt;
	unsigned stage; /* of ending the line: ^C, TERM, KILL */
	int64_t stage_at;
	struct buf pending; /* typed, but not yet accepted by the pty */
};

/* ---- output ---- */

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
		/* capacity is exact between calls, which costs little below the limit */
		buf_add(&captured, bytes, kept);
		result->output = captured.data;
		result->output_length = captured.length;
	}
	result->cut = result->cut || kept < length;
	s->last_output = clock_monotonic_ms();
	if (run->output != NULL)
		run->output(run->output_data, bytes, length);
}

/* Returns how many bytes at the end of the text may begin a mark. */
static size_t count_held(const struct session *s, const char *text, size_t length)
{
	size_t max = length < s->mark_length ? length : s->mark_length;
	for (size_t count = max; count > 0; count--)
		if (memcmp(text + length - count, s->mark, count) == 0)
			return count;
	return 0;
}

/* Passes on output before a mark, or that turns out not to be one. False: there is no complete
 * mark. */
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
	if (end == NULL) { /* without a number it is not our mark */
		take_output(s, held->data, s->mark_length);
		buf_remove_front(held, s->mark_length);
		*ret_number = 0;
		return true;
	}
	*ret_number = (unsigned)strtoul(held->data + s->mark_length, NULL, 10);
	buf_remove_front(held, (size_t)(end + 1 - held->data));
	return true;
}

/* The mark of this line ends it; ignore the marks of the shell's start and of ^C between two
 * lines. Output after the end comes from background programs: the next line shows it. */
static void filter_output(struct session *s, const char *bytes, size_t length)
{
	unsigned number;
	buf_add(&s->shell->held, bytes, length);
	while (!s->over && s->shell->held.length > 0 && pass_mark(s, &number))
		s->over = number == s->shell->number;
}

/* False: no process has the other end open any more. */
static bool read_master(struct session *s)
{
	char bytes[16384];
	ssize_t got = fd_read(s->shell->process.terminal, bytes, sizeof bytes);
	if (got > 0)
		filter_output(s, bytes, (size_t)got);
	return got > 0 || (got < 0 && errno == EAGAIN);
}

/* ---- input ---- */

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

/* The third ^C within two seconds kills a line that ignores the others. Returns how many of the
 * bytes that takes the place of: a ^C that came after the kill would interrupt the shell. */
static size_t count_interrupts(struct session *s, const char *bytes, size_t length)
{
	int64_t now = clock_monotonic_ms();
	size_t through = 0;
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] != INTERRUPT)
			continue;
		s->interrupts = now - s->last_interrupt < 2000 ? s->interrupts + 1 : 1;
		s->last_interrupt = now;
		s->result->interrupted = true;
		through = i + 1;
	}
	if (through == 0 || s->interrupts < 3)
		return 0;
	signal_line(s, SIGKILL);
	buf_truncate(&s->pending, 0);
	return through;
}

static void hang_up(struct session *s)
{
	s->result->hung_up = true;
	s->input_open = false;
	s->over = true; /* the shell ends with the session */
}

/* Types the text's next line for the learner, if there is one. */
static void type_next_line(struct session *s)
{
	const char *text = s->run->text != NULL ? s->run->text + s->typed : "";
	size_t length = strcspn(text, "\n");
	if (*text == '\0')
		return;
	add_typed(s, text, length);
	s->typed += length + (text[length] == '\n');
}

/* Enter on an empty line types the next line of the text, if the line to run has one. */
static void add_keys(struct session *s, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		bool enter = bytes[i] == '\r' || bytes[i] == '\n';
		if (enter && !s->line_begun)
			type_next_line(s); /* without one, it is a plain Enter */
		add_typed(s, bytes + i, 1);
		s->line_begun = !enter;
	}
}

static void read_input(struct session *s)
{
	char bytes[INPUT_PIECE];
	ssize_t got = fd_read(s->run->input_fd, bytes, sizeof bytes);
	if (got <= 0) {
		hang_up(s);
		return;
	}
	size_t through = count_interrupts(s, bytes, (size_t)got);
	add_keys(s, bytes + through, (size_t)got - through);
}

/* ---- other events ---- */

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
			if (count_interrupts(s, &interrupt, 1) == 0)
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
	default: /* it ignored everything */
		machine_process_kill(&s->shell->process);
		s->result->shell_ended = s->over = true;
	}
}

/* A program that switched the terminal to single keys may have read an earlier end-of-file as a
 * key, so that its line is not empty: empty it first. */
static void type_end(struct session *s)
{
	static const char keys[] = {EMPTY_LINE, END_OF_FILE};
	struct termios t;
	bool single = tcgetattr(s->shell->process.line, &t) == 0 && (t.c_lflag & ICANON) == 0;
	add_typed(s, single ? keys : keys + 1, single ? 2 : 1);
}

/* Types for an absent learner: the text, and then end-of-file again and again while the line
 * waits. This works for programs that read lines and for those that switched the terminal to
 * single keys. */
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
		(void)read_master(s); /* the shell's own end is noticed below */
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

/* How a terminal shows keys while a line runs. */
static void add_echo(struct buf *out, const struct buf *keys)
{
	for (size_t i = 0; i < keys->length; i++) {
		unsigned char key = (unsigned char)keys->data[i];
		if (key == '\r' || key == '\n')
			buf_add_text(out, "\r\n");
		else if (key == '\t' || (key >= ' ' && key != 127))
			buf_add_char(out, (char)key);
		else
			buf_printf(out, "^%c", key ^ 64);
	}
}

/* The terminal has shown keys that were typed after the line's last output. The prompt shows them
 * again, so the next line's output must not begin with them. */
static void drop_echo(struct session *s, const struct buf *typed)
{
	struct buf *held = &s->shell->held;
	cleanup_buf struct buf echo = {0};
	char bytes[512];
	ssize_t got;
	while ((got = fd_read(s->shell->process.terminal, bytes, sizeof bytes)) > 0)
		buf_add(held, bytes, (size_t)got);
	add_echo(&echo, typed);
	size_t length = echo.length < held->length ? echo.length : held->length;
	while (length > 0 && memcmp(echo.data + echo.length - length, held->data, length) != 0)
		length--;
	buf_remove_front(held, length);
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
	drop_echo(s, &typed);
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
