/* screen/picture.c - a picture of a note: by chafa, if it is installed and the terminal has
 * graphics; else the drawing in text beside it
 *
 * Notes come from strangers. Only files below the note's folder are read, only SVG without entities
 * or references, and PNG; chafa runs with little memory and time, in an empty environment; and of
 * what it prints only whole graphics pass, in sixel
 * (https://www.vt100.net/docs/vt3xx-gp/chapter14.html) or by kitty's protocol
 * (https://sw.kovidgoyal.net/kitty/graphics-protocol/), or what screen_foreign() lets through. */
#include "private.h"
#include "spawn.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define FILE_MAX ((size_t)1 << 20)
#define TEXT_MAX ((size_t)16 << 10)
#define OUTPUT_MAX ((size_t)8 << 20)
#define MEMORY_MAX ((rlim_t)1 << 30)
#define SECONDS_MAX 3
#define COLUMNS_MAX 72
#define ROWS_MAX 24

enum graphics { GRAPHICS_NONE, GRAPHICS_SIXEL, GRAPHICS_KITTY };

void screen_set_pictures(struct screen *s, const char *folder)
{
	free(s->pictures);
	s->pictures = folder != NULL ? xstrdup(folder) : NULL;
}

/* ---- what the terminal can draw ---- */

static bool variable_has(const char *name, const char *part)
{
	const char *value = getenv(name);
	return value != NULL && strstr(value, part) != NULL;
}

/* Terminals that are known to draw pictures; within a multiplexer they may be others. */
static enum graphics find_graphics(void)
{
	static const char *const sixel[] = {"foot", "mlterm", "contour", "yaft", "sixel"};
	if (getenv("TMUX") != NULL || getenv("STY") != NULL || getenv("ZELLIJ") != NULL)
		return GRAPHICS_NONE;
	if (getenv("KITTY_WINDOW_ID") != NULL || variable_has("TERM", "kitty") ||
		variable_has("TERM", "ghostty"))
		return GRAPHICS_KITTY;
	for (size_t i = 0; i < ARRAY_LENGTH(sixel); i++)
		if (variable_has("TERM", sixel[i]))
			return GRAPHICS_SIXEL;
	return variable_has("TERM_PROGRAM", "WezTerm") || getenv("WEZTERM_PANE") != NULL
		       ? GRAPHICS_SIXEL
		       : GRAPHICS_NONE;
}

/* ---- what may be drawn ---- */

/* An SVG that names anything outside itself, or defines entities, is not drawn. */
static bool is_plain_svg(const struct buf *file)
{
	static const char *const refused[] = {"<!doctype", "<!entity", "<script", "<image",
		"<foreignobject", "href", "url(", "@import", "<?xml-stylesheet"};
	cleanup_free char *text = text_lower(xstrdup(buf_text(file)));
	if (strlen(text) != file->length || strstr(text, "<svg") == NULL)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++)
		if (strstr(text, refused[i]) != NULL)
			return false;
	return true;
}

static bool is_drawable(const char *name, const struct buf *file)
{
	static const char png[] = "\x89PNG\r\n\x1a\n";
	if (text_ends(name, ".svg"))
		return is_plain_svg(file);
	return text_ends(name, ".png") && file->length > strlen(png) &&
	       memcmp(file->data, png, strlen(png)) == 0;
}

/* ---- running chafa ---- */

struct drawing {
	int picture, output;
	int terminal; /* whose size chafa finds out; only for reading, so that it says nothing there
		       */
	const char *const *argv;
};

static void set_limit(int which, rlim_t value)
{
	(void)setrlimit(which, &(const struct rlimit){value, value}); /* what was lower stays */
}

static int exec_chafa(void *data)
{
	const struct drawing *d = data;
	char *const environment[] = {NULL};
	spawn_reset_signals();
	set_limit(RLIMIT_AS, MEMORY_MAX);
	set_limit(RLIMIT_CPU, SECONDS_MAX);
	set_limit(RLIMIT_FSIZE, 0);
	set_limit(RLIMIT_CORE, 0);
	(void)setsid(); /* without a terminal to ask */
	if (dup2(d->picture, STDIN_FILENO) < 0 || dup2(d->output, STDOUT_FILENO) < 0 ||
		dup2(d->terminal, STDERR_FILENO) < 0 || chdir("/") < 0)
		return 127;
	execvpe(d->argv[0], (char *const *)d->argv, environment);
	return 127;
}

/* Returns false at the deadline, or if there is too much. */
static bool read_drawing(int fd, struct buf *ret)
{
	int64_t end = clock_monotonic_ms() + SECONDS_MAX * 1000;
	char bytes[16384];
	ssize_t got = 1;
	while (got > 0 && ret->length < OUTPUT_MAX) {
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		int64_t left = end - clock_monotonic_ms();
		if (left <= 0 || poll(&wait, 1, (int)left) == 0)
			return false;
		got = fd_read(fd, bytes, sizeof bytes);
		if (got > 0)
			buf_add(ret, bytes, (size_t)got);
	}
	return got == 0;
}

static bool run_chafa(struct drawing *d, struct buf *ret)
{
	int ends[2];
	pid_t pid;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return false;
	d->output = ends[1];
	bool started = spawn_function(exec_chafa, d, false, &pid, NULL);
	close(ends[1]);
	bool whole = started && read_drawing(ends[0], ret);
	close(ends[0]);
	if (started && !whole)
		(void)kill(pid, SIGKILL);
	return started && spawn_wait(pid) == 0 && whole;
}

static bool draw_by_chafa(
	const struct screen *s, const struct buf *file, enum graphics graphics, struct buf *ret)
{
	/* If the terminal does not say how large a cell is, chafa takes 8 by 8. */
	struct winsize window = {0};
	bool square = ioctl(s->output, TIOCGWINSZ, &window) < 0 || window.ws_xpixel == 0;
	bool doubled = square && graphics == GRAPHICS_SIXEL;
	unsigned columns = s->width < COLUMNS_MAX ? s->width : COLUMNS_MAX;
	unsigned rows = s->rows > 2 * 6 ? s->rows - 6 : 6; /* the text around it stays visible */
	cleanup_free char *size = xasprintf(
		"--size=%ux%u", columns, (rows < ROWS_MAX ? rows : ROWS_MAX) * (doubled ? 2 : 1));
	cleanup_free char *name = xasprintf("/proc/self/fd/%d", s->output);
	const char *const argv[] = {"chafa",
		graphics == GRAPHICS_KITTY   ? "--format=kitty"
		: graphics == GRAPHICS_SIXEL ? "--format=sixels"
					     : "--format=symbols",
		"--colors=256", "--animate=off", "--threads=1",
		doubled ? "--font-ratio=1" : "--font-ratio=1/2", size, "/dev/stdin", NULL};
	struct drawing d = {.argv = argv};
	cleanup_fd int picture = memfd_create("picture", MFD_CLOEXEC);
	cleanup_fd int terminal = open(name, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	if (picture < 0 || terminal < 0 || !fd_write(picture, file->data, file->length, NULL) ||
		lseek(picture, 0, SEEK_SET) < 0)
		return false;
	d.picture = picture;
	d.terminal = terminal;
	return run_chafa(&d, ret);
}

/* ---- what it printed ---- */

/* The length of one whole graphic at the start of the text: ESC P … q … ESC \, or ESC _ G … ESC \;
 * 0: there is none. Nothing but printable ASCII is in it. */
static size_t graphic_length(const char *text, enum graphics graphics)
{
	const char *at = text;
	if (!text_starts(text, graphics == GRAPHICS_KITTY ? "\033_G" : "\033P"))
		return 0;
	at += graphics == GRAPHICS_KITTY ? 3 : 2 + strspn(text + 2, "0123456789;");
	if (graphics == GRAPHICS_SIXEL && *at != 'q')
		return 0;
	while ((*at >= ' ' && *at <= '~') || (*at == '\n' && graphics == GRAPHICS_SIXEL))
		at++;
	return text_starts(at, "\033\\") ? (size_t)(at - text) + 2 : 0;
}

/* Of kitty's commands only those that send and show a picture inside the sequence: no file, no
 * shared memory, no answer. */
static bool is_harmless_command(const char *text, enum graphics graphics)
{
	const char *first = text + strlen("\033_G");
	cleanup_free char *keys = xasprintf(",%.*s", (int)strcspn(first, ";\033"), first);
	static const char *const refused[] = {",t=f", ",t=t", ",t=s", ",a=q", ",a=d", ",a=f"};
	for (size_t i = 0; graphics == GRAPHICS_KITTY && i < ARRAY_LENGTH(refused); i++)
		if (strstr(keys, refused[i]) != NULL)
			return false;
	return true;
}

bool picture_filter(const struct buf *output, bool kitty, struct buf *ret)
{
	enum graphics graphics = kitty ? GRAPHICS_KITTY : GRAPHICS_SIXEL;
	const char *text = buf_text(output), *end = text + output->length;
	bool found = false;
	while (text < end) {
		size_t length = graphic_length(text, graphics);
		if (length > 0 && !is_harmless_command(text, graphics))
			return false;
		buf_add(ret, text, length);
		found = found || length > 0;
		text += length > 0 ? length : 1;
	}
	return found;
}

static bool draw_graphics(struct screen *s, const struct buf *file, enum graphics graphics)
{
	cleanup_buf struct buf output = {0}, passed = {0};
	if (!draw_by_chafa(s, file, graphics, &output) ||
		!picture_filter(&output, graphics == GRAPHICS_KITTY, &passed))
		return false;
	buf_add(&s->out, passed.data, passed.length);
	screen_newline(s);
	return true;
}

static bool draw_symbols(struct screen *s, const struct buf *file)
{
	cleanup_buf struct buf output = {0};
	if (!s->colour || !draw_by_chafa(s, file, GRAPHICS_NONE, &output) || output.length == 0)
		return false;
	screen_foreign(s, output.data, output.length);
	screen_foreign_end(s);
	return true;
}

/* ---- the drawing in text ---- */

static bool fits(const struct screen *s, const char *text)
{
	for (; *text != '\0'; text = text_next_line(text))
		if (utf8_width(text, strcspn(text, "\n")) > s->width)
			return false;
	return true;
}

/* "pictures/ports.txt" for "pictures/ports.svg" */
static bool draw_text_beside(struct screen *s, const char *name)
{
	cleanup_buf struct buf text = {0};
	cleanup_free char *beside =
		xasprintf("%.*s.txt", (int)(strlen(name) - strlen(".svg")), name);
	if (!beneath_read(s->pictures, beside, TEXT_MAX, &text, NULL) ||
		!utf8_valid(buf_text(&text), text.length) || !fits(s, buf_text(&text)))
		return false;
	for (const char *line = buf_text(&text); *line != '\0'; line = text_next_line(line)) {
		draw_text(s, 0, line, strcspn(line, "\n"));
		screen_newline(s);
	}
	return true;
}

static bool is_local(const char *name)
{
	return name[0] != '/' && strstr(name, "://") == NULL;
}

bool picture_exists(const struct screen *s, const char *name)
{
	return s->pictures != NULL && is_local(name) && beneath_exists(s->pictures, name);
}

bool picture_draw(struct screen *s, const char *name)
{
	cleanup_buf struct buf file = {0};
	if (s->pictures == NULL || s->words || !is_local(name) ||
		(!text_ends(name, ".svg") && !text_ends(name, ".png")))
		return false;
	bool good =
		beneath_read(s->pictures, name, FILE_MAX, &file, NULL) && is_drawable(name, &file);
	enum graphics graphics = s->drawing && good ? find_graphics() : GRAPHICS_NONE;
	return (graphics != GRAPHICS_NONE && draw_graphics(s, &file, graphics)) ||
	       draw_text_beside(s, name) || (s->drawing && good && draw_symbols(s, &file));
}
