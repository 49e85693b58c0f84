/* terminals/program.c - a seat's program on its pseudo-terminal */
#include "private.h"

#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROWS 24
#define COLUMNS 80
#define SHOWN_MAX ((size_t)256 * 1024)
#define TYPED_MAX ((size_t)1024 * 1024)
#define PATIENCE_MS 10000 /* for a program that was told to end */

void program_resize(struct seat *seat, unsigned rows, unsigned columns)
{
	if (rows > 0 && columns > 0) {
		seat->rows = rows;
		seat->columns = columns;
	}
	const struct winsize size = {
		.ws_row = (unsigned short)(seat->rows > 0 ? seat->rows : ROWS),
		.ws_col = (unsigned short)(seat->columns > 0 ? seat->columns : COLUMNS),
	};
	if (seat->terminal >= 0)
		(void)ioctl(seat->terminal, TIOCSWINSZ, &size); /* fails once the program is gone */
}

/* Opens both ends so that no other program that is started meanwhile inherits them. */
static bool open_pty(int *ret_terminal, int *ret_line, struct error *err)
{
	char path[64];
	int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), line = -1;
	if (terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0 &&
		ptsname_r(terminal, path, sizeof path) == 0)
		line = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (line < 0 || fcntl(terminal, F_SETFL, O_NONBLOCK) < 0) {
		error_set(err, errno, "cannot open a terminal");
		if (terminal >= 0)
			close(terminal);
		if (line >= 0)
			close(line);
		return false;
	}
	*ret_terminal = terminal;
	*ret_line = line;
	return true;
}

static bool start_on(const struct terminals *t, struct seat *seat, int line, struct error *err)
{
	cleanup_words struct words arguments = {0}, environment = {0};
	cleanup_free char *folder = seat_folder(t, seat);
	t->o.prepare(&t->o, folder, seat->key, seat->name, &arguments, &environment);
	struct spawn spawn = {.argv = (const char *const *)arguments.items,
		.environment = (const char *const *)environment.items,
		.folder = folder,
		.session = true,
		.terminal = true};
	for (int fd = 0; fd <= 2; fd++)
		spawn_fd_add(&spawn, line, fd);
	return spawn_start(&spawn, &seat->pid, err);
}

static void show(struct seat *seat, const char *bytes, size_t length)
{
	buf_add(&seat->shown, bytes, length);
	if (seat->shown.length <= 2 * SHOWN_MAX)
		return;
	buf_remove_front(&seat->shown, seat->shown.length - SHOWN_MAX);
	const char *end = memchr(seat->shown.data, '\n', seat->shown.length);
	if (end != NULL) /* do not begin within a character or a control sequence */
		buf_remove_front(&seat->shown, (size_t)(end + 1 - seat->shown.data));
	seat->is_cut = true;
}

void program_start(struct terminals *t, struct seat *seat)
{
	cleanup_error struct error err = {0};
	int line = -1;
	buf_truncate(&seat->shown, 0);
	buf_truncate(&seat->typed, 0);
	seat->is_killed = seat->is_cut = false;
	bool good = open_pty(&seat->terminal, &line, &err);
	if (good) {
		program_resize(seat, 0, 0);
		good = start_on(t, seat, line, &err);
		close(line);
	}
	seat->state = SEAT_OPEN;
	if (good)
		return;
	if (seat->terminal >= 0)
		close(seat->terminal);
	seat->terminal = -1;
	seat->state = SEAT_EMPTY;
	show(seat, error_text(&err), strlen(error_text(&err)));
}

void program_type(struct seat *seat, const void *bytes, size_t length)
{
	if (seat->terminal < 0 || seat->typed.length + length > TYPED_MAX)
		return;
	buf_add(&seat->typed, bytes, length);
	program_feed(seat);
}

void program_feed(struct seat *seat)
{
	if (seat->typed.length == 0 || seat->terminal < 0)
		return;
	ssize_t written = write(seat->terminal, seat->typed.data, seat->typed.length);
	if (written > 0)
		buf_remove_front(&seat->typed, (size_t)written);
	else if (written < 0 && errno != EAGAIN && errno != EINTR)
		buf_truncate(&seat->typed, 0);
}

ssize_t program_read(struct seat *seat, char *bytes, size_t size)
{
	ssize_t length = read(seat->terminal, bytes, size);
	if (length > 0)
		show(seat, bytes, (size_t)length);
	if (length < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	return length == 0 ? -1 : length;
}

void program_end(struct seat *seat, int64_t now_ms)
{
	if (seat->terminal >= 0)
		close(seat->terminal); /* the kernel tells the program by SIGHUP */
	seat->terminal = -1;
	seat->state = SEAT_ENDING;
	seat->since_ms = now_ms;
}

bool program_has_ended(struct seat *seat, int64_t now_ms)
{
	pid_t ended = waitpid(seat->pid, NULL, WNOHANG);
	if (ended != 0)
		return true;
	if (!seat->is_killed && now_ms - seat->since_ms > PATIENCE_MS) {
		seat->is_killed = true;
		kill(seat->pid, SIGKILL);
	}
	return false;
}
