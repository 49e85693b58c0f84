/* sandbox/shell.c - the learner's shell: one bash in the machine for a whole session. Between
 * two lines it waits in PROMPT_COMMAND, where it reports status and folder. It gets the next
 * line through a pipe, so that a line may have any length and any number of lines of text, while
 * the terminal is left to the programs. */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/ttydefaults.h>
#include <termios.h>
#include <unistd.h>

#define START_MS 10000
#define REPORT_MAX 8192
#define STALE_REPORTS_MAX 16

enum { LINES = 200, REPORTS = 201, SETTINGS = 202 };

/* Bash reads this as a command at its prompt, so that the line behaves as if typed there. A
 * trace (set -x) or an echo (set -v) shows only the line. Before &&, the status that the line
 * before left does not count as a failure (set -e). */
static const char dispatch[] =
	" { __ropes_line \"$_\" && [[ x ]]; } 2>/dev/null; \\eval \"$__ropes_text\"; "
	"{ __ropes_done \"$_\" && [[ x ]]; } 2>/dev/null\n";

/* ---- reports ---- */

/* Waits for a complete report: "r" when a line begins, or status and folder. False: the shell
 * has ended. */
bool shell_read_report(struct shell *sh, int timeout_ms, struct shell_report *ret)
{
	int64_t end = clock_monotonic_ms() + timeout_ms;
	for (;;) {
		const char *text = buf_text(&sh->reported);
		size_t first = strnlen(text, sh->reported.length);
		if (first < sh->reported.length) {
			const char *second = text + first + 1;
			size_t left = sh->reported.length - first - 1;
			bool begins = text_same(text, "r");
			size_t length = begins ? 0 : strnlen(second, left);
			if (begins || length < left) {
				*ret = (struct shell_report){.begins = begins,
					.status = (int)strtol(text, NULL, 10),
					.folder = begins ? NULL : xstrdup(second)};
				buf_remove_front(
					&sh->reported, first + 1 + (begins ? 0 : length + 1));
				return true;
			}
		}
		int64_t left = end - clock_monotonic_ms();
		struct pollfd ready = {.fd = sh->reports, .events = POLLIN};
		char bytes[512];
		if (left < 0 || poll(&ready, 1, (int)left) <= 0)
			return false;
		ssize_t got = fd_read(sh->reports, bytes, sizeof bytes);
		if (got <= 0 || sh->reported.length > REPORT_MAX)
			return false;
		buf_add(&sh->reported, bytes, (size_t)got);
	}
}

void shell_take_report(struct shell *sh, struct shell_report *report)
{
	if (report->folder != NULL) {
		free(sh->folder);
		sh->folder = report->folder;
	}
	report->folder = NULL;
}

char *shell_mark(const struct shell *sh)
{
	return xasprintf("\033]ropes;%s;", sh->nonce);
}

/* ---- opening ---- */

/* Makes a file that only the shell has: the nonce, then assets/shell/session.bash. */
static int make_settings(const struct shell *sh, struct error *err)
{
	cleanup_free char *path = data_path("assets/shell/session.bash");
	cleanup_buf struct buf text = {0};
	buf_printf(&text, "__ropes_nonce=%s\n", sh->nonce);
	if (!file_read(path, 65536, &text, err))
		return -1;
	int fd = memfd_create("ropes-shell", MFD_CLOEXEC);
	if (fd >= 0 && fd_write(fd, text.data, text.length, NULL) && fchmod(fd, 0444) == 0 &&
		lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	error_set(err, errno, "cannot write the shell's settings");
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Reports whether the machine has its own Docker Hub, whose certificate only the machine knows. */
static bool has_own_hub(const struct sandbox *s)
{
	struct machine_status status = {0};
	(void)machine_status(s->machine, &status, NULL);
	bool network = status.network;
	machine_status_finish(&status);
	return s->machine == MACHINE_PRACTICE && !network;
}

static void add_environment(const struct sandbox *s, struct words *ret)
{
	const char *term = getenv("TERM");
	words_addf(ret, "HOME=/home/%s", s->learner);
	words_addf(ret, "TERM=%s", term != NULL && *term != '\0' ? term : "xterm");
	words_add_all(ret,
		(const char *const[]){"SHELL=/bin/bash", "LANG=C.UTF-8",
			"PATH=/run/ropes/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
			"/sbin:/bin",
			"DOCKER_CLI_HINTS=false", NULL});
	if (has_own_hub(s))
		words_add(ret, "SSL_CERT_FILE=" MACHINE_CERTIFICATES);
	if (!s->buildkit)
		words_add(ret, "DOCKER_BUILDKIT=0"); /* the classic builder exists everywhere */
	if (s->gate_socket != NULL)
		words_addf(ret, "DOCKER_HOST=unix://%s", s->gate_socket);
}

bool shell_open(struct sandbox *s, struct error *err)
{
	struct shell *sh = &s->shell;
	static const char *const argv[] = {
		"bash", "--noediting", "--rcfile", "/dev/fd/202", "-i", NULL};
	cleanup_words struct words environment = {0};
	cleanup_free char *folder =
		sh->folder != NULL ? xstrdup(sh->folder) : xasprintf("/home/%s", s->learner);
	int lines[2], reports[2];
	shell_close(sh);
	snprintf(sh->nonce, sizeof sh->nonce, "%016llx", (unsigned long long)random_seed());
	cleanup_fd int file = make_settings(sh, err);
	if (file < 0)
		return false;
	if (pipe2(lines, O_CLOEXEC) < 0)
		return error_set(err, errno, "pipe");
	if (pipe2(reports, O_CLOEXEC) < 0) {
		close(lines[0]);
		close(lines[1]);
		return error_set(err, errno, "pipe");
	}
	add_environment(s, &environment);
	const struct machine_program program = {.argv = argv,
		.environment = (const char *const *)environment.items,
		.folder = folder,
		.learner = true,
		.terminal = true,
		.fds = {{lines[0], LINES}, {reports[1], REPORTS}, {file, SETTINGS}},
		.fd_count = 3};
	/* the shell may not read, so never block on writing */
	bool good = fcntl(lines[1], F_SETFL, O_NONBLOCK) == 0 || error_set(err, errno, "pipe");
	good = good && machine_run(s->machine, &program, &sh->process, err);
	close(lines[0]);
	close(reports[1]);
	sh->lines = lines[1];
	sh->reports = reports[0];
	struct shell_report report = {0};
	if (good && !shell_read_report(sh, START_MS, &report))
		good = error_set(err, 0, "the shell in the practice machine does not start");
	shell_take_report(sh, &report);
	if (!good)
		shell_close(sh);
	return good;
}

void shell_close(struct shell *sh)
{
	machine_process_close(&sh->process);
	if (sh->lines >= 0)
		close(sh->lines);
	if (sh->reports >= 0)
		close(sh->reports);
	sh->lines = sh->reports = -1;
	buf_truncate(&sh->reported, 0);
	buf_truncate(&sh->held, 0);
}

void shell_finish(struct shell *sh)
{
	shell_close(sh);
	buf_finish(&sh->reported);
	buf_finish(&sh->held);
	free(sh->folder);
	sh->folder = NULL;
}

/* ---- a line ---- */

/* Restores keys that a line may have changed: a key that stops output would stop the next line. */
static const struct {
	int key;
	cc_t value;
} terminal_keys[] = {{VINTR, CINTR}, {VQUIT, CQUIT}, {VERASE, CERASE}, {VKILL, CKILL}, {VEOF, CEOF},
	{VSTART, CSTART}, {VSTOP, CSTOP}, {VSUSP, CSUSP}, {VEOL, 0}, {VEOL2, 0},
	{VREPRINT, CREPRINT}, {VWERASE, CWERASE}, {VLNEXT, CLNEXT}, {VDISCARD, CDISCARD}};

/* Sets the terminal to a program's expectations; without `echo` for input that is not the
 * learner's. */
static void set_terminal(const struct shell *sh, bool echo)
{
	struct termios t;
	if (tcgetattr(sh->process.line, &t) < 0)
		return; /* the shell has ended; the caller notices soon */
	cfmakeraw(&t);
	t.c_iflag |= ICRNL | IXON | IUTF8 | BRKINT;
	t.c_oflag |= OPOST | ONLCR;
	t.c_lflag |= ISIG | ICANON | IEXTEN | (echo ? ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE : 0);
	for (size_t i = 0; i < ARRAY_LENGTH(terminal_keys); i++)
		t.c_cc[terminal_keys[i].key] = terminal_keys[i].value;
	(void)tcsetattr(sh->process.line, TCSANOW, &t);
}

/* Reads input that the learner typed and no program read. */
void shell_read_typed(const struct shell *sh, struct buf *out)
{
	struct termios before, t;
	char bytes[512];
	ssize_t got;
	if (tcgetattr(sh->process.line, &before) < 0)
		return;
	t = before;
	t.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	t.c_cc[VMIN] = 0;
	t.c_cc[VTIME] = 0;
	(void)tcsetattr(sh->process.line, TCSANOW, &t);
	while ((got = fd_read(sh->process.line, bytes, sizeof bytes)) > 0)
		buf_add(out, bytes, (size_t)got);
	(void)tcsetattr(sh->process.line, TCSANOW, &before);
}

static bool is_reporting(const struct shell *sh)
{
	struct pollfd ready = {.fd = sh->reports, .events = POLLIN};
	return sh->reported.length > 0 || poll(&ready, 1, 0) > 0;
}

static bool write_to_shell(const struct shell *sh, const char *bytes, size_t length)
{
	int64_t end = clock_monotonic_ms() + START_MS;
	while (length > 0 && clock_monotonic_ms() < end) {
		struct pollfd ready = {.fd = sh->lines, .events = POLLOUT};
		ssize_t done = write(sh->lines, bytes, length);
		if (done > 0) {
			bytes += done;
			length -= (size_t)done;
		} else if (errno != EAGAIN && errno != EINTR) {
			return false;
		} else {
			(void)poll(&ready, 1, 100); /* then try again */
		}
	}
	return length == 0;
}

static bool prepare_line(struct shell *sh)
{
	struct shell_report report = {0};
	/* a ^C between two lines causes one more; a program with the descriptor can send any
	 * number */
	for (unsigned i = 0; is_reporting(sh); i++) {
		if (i == STALE_REPORTS_MAX || !shell_read_report(sh, START_MS, &report))
			return false;
		shell_take_report(sh, &report);
	}
	(void)tcflush(sh->process.line, TCIFLUSH);
	(void)tcflow(sh->process.line, TCOON); /* the last line may have stopped it */
	set_terminal(sh, false);
	if (!fd_write(sh->process.terminal, dispatch, sizeof dispatch - 1, NULL) ||
		!write_to_shell(sh, "g", 1))
		return false;
	if (!shell_read_report(sh, START_MS, &report))
		return false;
	shell_take_report(sh, &report); /* a report other than "begins" is a program's */
	if (!report.begins)
		return false;
	set_terminal(sh, true);
	return true;
}

bool shell_begin(struct sandbox *s, const char *line, struct error *err)
{
	struct shell *sh = &s->shell;
	if (sh->process.control < 0 && !shell_open(s, err))
		return false;
	if (!prepare_line(sh)) {
		/* the shell was killed, or closed its descriptors: open another */
		if (!shell_open(s, err))
			return false;
		if (!prepare_line(sh))
			return error_set(
				err, 0, "the shell in the practice machine does not respond");
	}
	cleanup_buf struct buf words = {0};
	buf_printf(&words, "%u", ++sh->number);
	buf_add(&words, "", 1);
	buf_add(&words, line, strlen(line) + 1);
	if (write_to_shell(sh, words.data, words.length))
		return true;
	shell_close(sh);
	return error_set(err, 0, "the shell in the practice machine does not read the line");
}
