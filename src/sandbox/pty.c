/* sandbox/pty.c - between the learner and a running line: bytes both ways, sizes, time, the end */
#include "private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#define QUIET_MS 300 /* then a line that nobody types for is taken to wait */
#define CAPTURE_LIMIT ((size_t)1 << 20)
#define INPUT_PIECE 512 /* a tty's queue holds 4,096 bytes */
#define END_OF_FILE 0x04
#define INTERRUPT 0x03

enum side { INPUT, MASTER, SIGNALS, PROCESS, SIDES };

struct session {
	struct relay *r;
	int64_t started, last_output, last_typed;
	size_t typed; /* of the text */
	bool input_open, over;
	unsigned interrupts; /* ^C in a row */
	int64_t last_interrupt;
	unsigned stage; /* of ending it: ^C, TERM, KILL */
	int64_t stage_at;
	int pid_fd;
	struct buf pending; /* typed, but not taken by the pty yet */
};

/* ---- towards the learner ---- */

static void take_output(struct session *s, const char *bytes, size_t length)
{
	struct sandbox_result *result = s->r->result;
	const struct sandbox_run *run = s->r->run;
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

/* False: nobody holds the other end any more. */
static bool read_master(struct session *s)
{
	char bytes[16384];
	ssize_t got = fd_read(s->r->master, bytes, sizeof bytes);
	if (got > 0)
		take_output(s, bytes, (size_t)got);
	return got > 0 || (got < 0 && errno == EAGAIN);
}

/* ---- towards the line ---- */

static void type(struct session *s, const char *bytes, size_t length)
{
	buf_add(&s->pending, bytes, length);
}

static void write_pending(struct session *s)
{
	if (s->pending.length == 0)
		return;
	size_t piece = s->pending.length < INPUT_PIECE ? s->pending.length : INPUT_PIECE;
	ssize_t done = write(s->r->master, s->pending.data, piece);
	if (done > 0)
		buf_remove_front(&s->pending, (size_t)done);
	else if (done < 0 && errno != EAGAIN && errno != EINTR)
		buf_truncate(&s->pending, 0);
}

static void signal_line(const struct session *s, int number)
{
	(void)syscall(
		SYS_pidfd_send_signal, s->pid_fd, number, NULL, 0); /* it may have ended already */
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
		s->r->result->interrupted = true;
	}
	if (s->interrupts >= 3)
		signal_line(s, SIGKILL);
}

static void hang_up(struct session *s)
{
	s->r->result->hung_up = true;
	s->input_open = false;
	signal_line(s, SIGKILL);
}

static void read_input(struct session *s)
{
	char bytes[INPUT_PIECE];
	ssize_t got = fd_read(s->r->run->input_fd, bytes, sizeof bytes);
	if (got <= 0) {
		hang_up(s);
		return;
	}
	count_interrupts(s, bytes, (size_t)got);
	type(s, bytes, (size_t)got);
}

/* ---- what else happens ---- */

static void resize(struct session *s)
{
	struct winsize size;
	if (ioctl(s->r->run->input_fd, TIOCGWINSZ, &size) == 0)
		(void)ioctl(s->r->master, TIOCSWINSZ, &size);
}

static void take_signals(struct session *s)
{
	struct signalfd_siginfo info;
	static const char interrupt = INTERRUPT;
	while (fd_read(s->r->signals, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGWINCH && s->r->run->input == SANDBOX_INPUT_TERMINAL)
			resize(s);
		else if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGHUP)
			hang_up(s);
		else if (info.ssi_signo == SIGINT) {
			count_interrupts(s, &interrupt, 1);
			type(s, &interrupt, 1);
		}
	}
}

static void check_time(struct session *s, int64_t now)
{
	static const char interrupt = INTERRUPT;
	int limit = s->r->run->timeout_ms;
	if (limit <= 0 || now - s->started < limit)
		return;
	if (s->stage > 0 && now - s->stage_at < 1000)
		return;
	s->r->result->timed_out = true;
	s->stage_at = now;
	switch (s->stage++) {
	case 0:
		type(s, &interrupt, 1);
		break;
	case 1:
		signal_line(s, SIGTERM);
		break;
	default:
		signal_line(s, SIGKILL);
	}
}

/* Nobody sits there: the text is typed, and then end-of-file again and again while the line waits.
 * It works for programs that read lines and for those that switched the terminal to single keys. */
static void type_for_nobody(struct session *s, int64_t now)
{
	static const char end = END_OF_FILE;
	const struct sandbox_run *run = s->r->run;
	int64_t since = s->last_output > s->last_typed ? s->last_output : s->last_typed;
	size_t length = run->input == SANDBOX_INPUT_TEXT ? strlen(run->text) : 0;
	if (run->input == SANDBOX_INPUT_TERMINAL || s->pending.length > 0)
		return;
	bool ready = s->last_output > s->started || now - s->started >= QUIET_MS;
	if (s->typed < length && ready && now - since >= 20) {
		size_t piece = length - s->typed < INPUT_PIECE ? length - s->typed : INPUT_PIECE;
		type(s, run->text + s->typed, piece);
		s->typed += piece;
		s->last_typed = now;
	} else if (s->typed >= length && now - since >= QUIET_MS) {
		type(s, &end, 1);
		s->last_typed = now;
	}
}

static int wait_ms(const struct session *s)
{
	bool nobody = s->r->run->input != SANDBOX_INPUT_TERMINAL;
	return nobody ? 50 : s->r->run->timeout_ms > 0 ? 200 : -1;
}

static void drain(struct session *s)
{
	struct pollfd fd = {.fd = s->r->master, .events = POLLIN};
	while (poll(&fd, 1, 50) > 0 && (fd.revents & POLLIN) != 0 && read_master(s))
		continue;
}

static void step(struct session *s)
{
	const struct sandbox_run *run = s->r->run;
	bool open = run->input == SANDBOX_INPUT_TERMINAL && s->input_open;
	struct pollfd fds[SIDES] = {
		[INPUT] = {.fd = open && s->pending.length < 65536 ? run->input_fd : -1,
			.events = POLLIN},
		[MASTER] = {.fd = s->r->master,
			.events = (short)(POLLIN | (s->pending.length > 0 ? POLLOUT : 0))},
		[SIGNALS] = {.fd = s->r->signals, .events = POLLIN},
		[PROCESS] = {.fd = s->pid_fd, .events = POLLIN},
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
		(void)read_master(s); /* its end is seen by the process's */
	if (fds[PROCESS].revents != 0) {
		drain(s);
		s->over = true;
	} else if ((fds[MASTER].revents & (POLLHUP | POLLIN)) == POLLHUP) {
		usleep(1000); /* the last of the line is leaving */
	}
	int64_t now = clock_monotonic_ms();
	check_time(s, now);
	type_for_nobody(s, now);
}

void relay(struct relay *r)
{
	int64_t now = clock_monotonic_ms();
	struct session s = {
		.r = r, .started = now, .last_output = now, .last_typed = now, .input_open = true};
	s.pid_fd = (int)syscall(SYS_pidfd_open, r->pid, 0);
	while (!s.over)
		step(&s);
	if (s.pid_fd >= 0)
		close(s.pid_fd);
	buf_finish(&s.pending);
}
