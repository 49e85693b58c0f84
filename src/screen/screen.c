/* screen/screen.c - opens and closes a screen, and reports what it can do */
#include "private.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static unsigned number_of(const char *variable)
{
	long long number;
	return text_number(getenv(variable), 1, 10000, &number) ? (unsigned)number : 0;
}

/* Terminals that are known to draw OSC 8; others may show its bytes. */
static bool knows_links(void)
{
	static const char *const variables[] = {
		"VTE_VERSION", "KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "WEZTERM_PANE"};
	for (size_t i = 0; i < ARRAY_LENGTH(variables); i++)
		if (getenv(variables[i]) != NULL)
			return getenv("TMUX") == NULL;
	return false;
}

bool screen_open(const struct screen_options *options, struct screen **ret, struct error *err)
{
	struct screen *s = xcalloc(1, sizeof *s);
	const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
	(void)err; /* nothing fails here yet; the public header allows for it */
	s->input = options->input_fd;
	s->output = options->output_fd;
	s->signals = -1;
	s->columns = options->width > 0 ? options->width : number_of("COLUMNS");
	s->editing = options->editing;
	bool dumb = isatty(s->output) && (term == NULL || text_same(term, "dumb") || *term == '\0');
	s->words = options->only_text || (dumb && !options->plain);
	s->drawing = !options->plain && !options->only_text && isatty(s->output) && !dumb;
	s->terminal = !options->plain && isatty(s->output) && isatty(s->input);
	s->colour =
		s->drawing && !options->no_colour && (no_colour == NULL || no_colour[0] == '\0');
	s->links = s->drawing && knows_links();
	s->has_saved = s->terminal && tcgetattr(s->input, &s->saved) == 0;
	screen_resized(s);
	*ret = s;
	return true;
}

void screen_close(struct screen *s)
{
	if (s == NULL)
		return;
	screen_page_leave(s);
	screen_progress(s, NULL);
	screen_foreign_end(s);
	screen_flush(s);
	prompt_destroy(s);
	history_close(s);
	foreign_destroy(s->foreign);
	screen_set_pictures(s, NULL);
	screen_raw(s, false);
	if (s->signals >= 0)
		close(s->signals);
	buf_finish(&s->out);
	free(s);
}

unsigned screen_width(const struct screen *s)
{
	return s->width;
}

unsigned screen_rows(const struct screen *s)
{
	return s->rows;
}

bool screen_is_terminal(const struct screen *s)
{
	return s->terminal;
}

bool screen_has_colour(const struct screen *s)
{
	return s->colour;
}

bool screen_is_alive(const struct screen *s)
{
	return !s->dead;
}

bool screen_has_lost(struct screen *s)
{
	screen_flush(s);
	return s->lost;
}
