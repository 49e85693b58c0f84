/* tests/screen/test_picture.c - pictures of notes: when they are drawn, by what, and what never
 * reaches the terminal */
#include "screen.h"
#include "suite.h"

#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define SVG                                                                                        \
	"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><path d=\"M0 0h9\"/></svg>"
#define SIXEL "\\033P0;1;0q\"1;1;6;6#1~~@@-\\033\\\\"

static const struct picture {
	const char *term, *chafa; /* chafa: what it does; NULL: there is none */
	const char *file, *content;
	const char *beside;              /* the drawing in text; NULL: there is none */
	const char *shows, *never_shows; /* NULL: whatever it is */
	unsigned short columns;          /* 0: 80 */
	bool words;
} pictures[] = {
	/* a terminal with graphics */
	{"foot", "printf '" SIXEL "'", "a.svg", SVG, "text", "\033P0;1;0q\"1;1;6;6#1~~@@-\033\\",
		"text", 0, false},
	{"xterm-kitty", "printf '\\033_Ga=T,f=32,m=1\\033\\\\\\033_Gm=0;AAAA\\033\\\\'", "a.svg",
		SVG, "text", "\033_Ga=T,f=32,m=1\033\\\033_Gm=0;AAAA\033\\", "text", 0, false},
	/* only whole graphics pass */
	{"foot", "printf '\\033]52;c;AAAA\\a\\033[6n" SIXEL "\\033[?1049hwords'", "a.svg", SVG,
		"text", "-\033\\", "\033[6n", 0, false},
	{"foot", "printf '" SIXEL "words\\033]0;x\\a'", "a.svg", SVG, "text", "-\033\\", "words", 0,
		false},
	{"foot", "printf '\\033P0q#1\\033[6n\\033\\\\'", "a.svg", SVG, "text", "text", "\033P", 0,
		false},
	{"foot", "printf '\\033P+q544e\\033\\\\'", "a.svg", SVG, "text", "text", "\033P", 0, false},
	{"xterm-kitty", "printf '\\033_Ga=T,t=f;L2V0Yy9wYXNzd2Q=\\033\\\\'", "a.svg", SVG, "text",
		"text", "\033_G", 0, false},
	{"xterm-kitty", "printf '\\033_Ga=q,i=1;AAAA\\033\\\\'", "a.svg", SVG, "text", "text",
		"\033_G", 0, false},
	/* chafa fails, hangs, writes without end, and has nothing of ours */
	{"foot", NULL, "a.svg", SVG, "text", "text", "picture", 0, false},
	{"foot", "printf '" SIXEL "'; exit 1", "a.svg", SVG, "text", "text", "\033P", 0, false},
	{"foot", "exec sleep 60", "a.svg", SVG, "text", "text", "\033P", 0, false},
	{"foot", "exec cat /dev/zero", "a.svg", SVG, "text", "text", "\033P", 0, false},
	{"foot", "[ -z \"$HOME$SECRET\" ] && [ \"$PWD\" = / ] && printf '" SIXEL "'", "a.svg", SVG,
		NULL, "-\033\\", NULL, 0, false},
	{"foot", "(: >/dev/tty) 2>/dev/null || printf '" SIXEL "'", "a.svg", SVG, NULL, "-\033\\",
		NULL, 0, false},
	{"foot", "grep -q '<svg' && printf '" SIXEL "'", "a.svg", SVG, NULL, "-\033\\", NULL, 0,
		false},
	/* what is drawn */
	{"foot", "printf '" SIXEL "'", "../a.svg", SVG, NULL, "picture A caption", "\033P", 0,
		false},
	{"foot", "printf '" SIXEL "'", "link.svg", NULL, NULL, "picture A caption", "\033P", 0,
		false},
	{"foot", "printf '" SIXEL "'", "a.svg", "<svg><image href=\"/etc/passwd\"/></svg>", NULL,
		"picture A caption", "\033P", 0, false},
	{"foot", "printf '" SIXEL "'", "a.svg", "<!DOCTYPE x [<!ENTITY a \"a\">]><svg>&a;</svg>",
		NULL, "picture A caption", "\033P", 0, false},
	{"foot", "printf '" SIXEL "'", "a.svg", "push graphic-context", NULL, "picture A caption",
		"\033P", 0, false},
	{"foot", "printf '" SIXEL "'", "a.png", SVG, NULL, "picture A caption", "\033P", 0, false},
	{"foot", "printf '" SIXEL "'", "a.gif", "GIF89a", NULL, "picture A caption", "\033P", 0,
		false},
	{"foot", "printf '" SIXEL "'", "https://example.org/a.svg", NULL, NULL,
		"picture A caption: https://", "\033P", 0, false},
	/* a terminal without graphics */
	{"xterm-256color", "printf 'blocks'", "a.svg", SVG, "text", "text", "blocks", 0, false},
	{"xterm-256color", "printf '\\033[?25l\\033[31mblocks\\033[0m\\033[6n'", "a.svg", SVG, NULL,
		"\033[31mblocks", "\033[6n", 0, false},
	{"xterm-256color", NULL, "a.svg", SVG, NULL, "picture A caption: a.svg", NULL, 0, false},
	{"xterm-256color", NULL, "a.svg", SVG, "a line of text that needs forty-one columns",
		"picture A caption", "needs", 40, false},
	{"xterm-256color", NULL, "a.svg", SVG, "one \033]52;c;AAAA\atwo", "one ]52;c;AAAAtwo",
		"\033]52", 0, false},
	/* words */
	{"foot", "printf '" SIXEL "'", "a.svg", SVG, "text", "Picture: A caption", "\033P", 0,
		true},
	{"dumb", "printf '" SIXEL "'", "a.svg", SVG, "text", "Picture: A caption", "text", 0,
		false},
};

static char *make_file(const char *name, const char *content, unsigned mode)
{
	cleanup_free char *folder = path_join(suite_folder, "pictures");
	struct error err = {0};
	ck_assert_msg(folder_make(folder, 0700, &err), "%s", error_text(&err));
	char *path = path_join(folder, name);
	ck_assert_msg(
		file_write(path, content, strlen(content), mode, &err), "%s", error_text(&err));
	return path;
}

/* Makes the files, and a program chafa; returns the PATH in which it is. */
static char *make_files(const struct picture *p)
{
	cleanup_free char *folder = path_join(suite_folder, "pictures");
	struct error err = {0};
	(void)folder_remove(folder, &err); /* of the case before */
	error_finish(&err);
	if (p->content != NULL)
		free(make_file(p->file, p->content, 0600));
	if (p->beside != NULL)
		free(make_file("a.txt", p->beside, 0600));
	free(make_file("outside.svg", SVG, 0600));
	cleanup_free char *link = path_join(folder, "link.svg");
	ck_assert_int_eq(symlink("outside.svg", link), 0);
	cleanup_free char *script =
		xasprintf("#!/bin/sh\n%s\n", p->chafa != NULL ? p->chafa : "exit 127");
	cleanup_free char *program = make_file("chafa", script, 0700);
	ck_assert_int_eq(chmod(program, 0700), 0);
	return xasprintf("%s:/usr/bin:/bin", folder);
}

static void draw_picture(const struct picture *p)
{
	cleanup_free char *folder = path_join(suite_folder, "pictures");
	const struct note_link links[] = {{.kind = NOTE_LINK_PICTURE, .url = p->file}};
	const struct note_span caption[] = {{.text = "A caption"}};
	const struct note_block block = {.kind = NOTE_PICTURE, .link = 1, .text = {caption, 1}};
	struct screen *screen;
	if (!screen_open(
		    &(struct screen_options){.input_fd = 0, .output_fd = 1, .only_text = p->words},
		    &screen, NULL))
		_exit(1);
	screen_raw(screen, true);
	screen_set_pictures(screen, folder);
	screen_blocks(screen, &block, 1, links, 1);
	screen_links(screen, links, 1);
	screen_flush(screen);
	_exit(0);
}

START_TEST(pictures_are_drawn)
{
	const struct picture *p = &pictures[_i];
	struct winsize size = {.ws_row = 24, .ws_col = p->columns > 0 ? p->columns : 80};
	cleanup_free char *path = make_files(p);
	cleanup_buf struct buf out = {0};
	int master;
	pid_t pid = forkpty(&master, NULL, NULL, &size);
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		static const char *const others[] = {"NO_COLOR", "COLUMNS", "TMUX", "STY", "ZELLIJ",
			"KITTY_WINDOW_ID", "TERM_PROGRAM", "WEZTERM_PANE"};
		for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
			unsetenv(others[i]);
		setenv("TERM", p->term, 1);
		setenv("PATH", path, 1);
		setenv("SECRET", "a secret", 1);
		draw_picture(p);
	}
	suite_read(master, &out);
	waitpid(pid, NULL, 0);
	const char *text = buf_text(&out);
	ck_assert_msg(p->shows == NULL || strstr(text, p->shows) != NULL, "%s", text);
	ck_assert_msg(p->never_shows == NULL || strstr(text, p->never_shows) == NULL, "%s", text);
	ck_assert_ptr_nonnull(strstr(text, "A caption"));
	bool listed = strstr(text, "[1]") != NULL;
	ck_assert_int_eq(listed, strstr(p->file, "//") != NULL || text_starts(p->file, "../"));
	ck_assert_ptr_null(strstr(text, "\033]52"));
	ck_assert_ptr_null(strstr(text, "\033[?1049h"));
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{pictures_are_drawn, ARRAY_LENGTH(pictures)},
	};
	return suite_run("picture", tests, ARRAY_LENGTH(tests), 30);
}
