/* screen/terminal.c - the terminal itself: its size, its signals, its mode */
#include "private.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>

#define WIDTH_MIN 20
#define WIDTH_MAX 100 /* longer lines are hard to read */

void screen_resized(struct screen *s)
{
	struct winsize size = {0};
	if (ioctl(s->output, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		size = (struct winsize){.ws_col = 80, .ws_row = 24};
	unsigned width = s->columns > 0 ? s->columns : size.ws_col;
	s->width = width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
	s->rows = size.ws_row > 0 ? size.ws_row : 24;
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
		s->input, TCSADRAIN, &mode); /* if the terminal is gone, the next write finds out */
}
