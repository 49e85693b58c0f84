/* tests/cmd/test_views.c - what the main views look like: at 80 and at 40 columns, with colours,
 * without, and in words for screen readers. Golden files: tests/data/views, made anew with
 * ROPES_GOLDEN=1; look at them as a learner would. */
#include "ropes.h"

#include "fake/clock.h"

#include <pty.h>

#include "../../src/cmd/board_page.h"

static const struct look {
	const char *ending;
	const char *columns;
	bool words, colour;
} looks[] = {
	{"80", "80", false, false},
	{"40", "40", false, false},
	{"words-80", "80", true, false},
	{"words-40", "40", true, false},
	{"colour-80", "80", false, true},
	{"colour-40", "40", false, true},
};
static const struct look *look;
static const char *shown; /* the view's name */
static size_t minutes;    /* since the first view */

/* In this order: later ones show what was done in earlier ones. */
static const struct view {
	const char *name, *line, *input;
} views[] = {
	{"catalogue", "list", ""},
	{"course", "list practice", ""},
	{"lesson", "show practice#1.1", ""},
	{"session: examples, good and wrong", "learn practice#1.1 --trust --seed 3",
		"\n\n:next\ndocker run -d --name web nginx:nope\n:explain\n\n\n:quit\n"},
	{"session: a task", "learn practice#1.2 --trust --seed 3",
		"docker ps\n:hint\n:check\ndocker run --name job alpine true\n:where\n"
		":note a note of my own\n:links\n:quit\n"},
	{"session: giving up", "learn practice#1.2 --trust --seed 3 --learner eve",
		":solution\n:skip\n:help\n:quit\n"},
	{"reviews to come", "review practice", ""},
	{"quiz", "quiz practice#1.3 --seed 3", "a\nf\ndocker images\na1 b2 c3\nn\n"},
	{"course, later", "list practice", ""},
	{"progress", "progress", ""},
	{"questions", "progress practice --items", ""},
	{"notes", "notes", ""},
	{"explain", "explain -- docker run Nginx", "docker: invalid reference format\n"},
	{"doctor", "doctor", ""},
	{"doctor without docker", "doctor", ""},
};

static void prepare_view(void)
{
	ropes_sandbox();
	setenv("COLUMNS", look->columns, 1);
	setenv("ROPES_PLAIN", look->words ? "yes" : "no", 1);
	setenv("TERM", "xterm-256color", 1);
	unsetenv("NO_COLOR");
	fake_clock_stop((int64_t)1800000000 * 1000);
	fake_clock_forward((int64_t)minutes * 60 * 1000);
	if (strstr(shown, "without") != NULL)
		fake_sandbox.engine = NULL;
}

/* Copies the course to where courses of a team are, so that it has a name. */
static void copy_course(void)
{
	static const char *const files[] = {"practice.md", "quizzes/questions.gift"};
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
		cleanup_free char *from = xasprintf("views/course/%s", files[i]);
		cleanup_free char *source = suite_data(from);
		cleanup_free char *target = xasprintf(
			"%s/ropes/courses/practice/%s", getenv("XDG_DATA_HOME"), files[i]);
		cleanup_free char *folder = xstrndup(target, (size_t)(path_base(target) - target));
		cleanup_buf struct buf text = {0};
		struct error err = {0};
		ck_assert_msg(file_read(source, 1 << 20, &text, &err) &&
				      folder_make(folder, 0700, &err) &&
				      file_write(target, buf_text(&text), text.length, 0600, &err),
			"%s", error_text(&err));
	}
}

/* Runs it at a terminal. The caller frees what it wrote. */
static char *run_at_terminal(const char *line)
{
	struct winsize size = {.ws_row = 24, .ws_col = (unsigned short)atoi(look->columns)};
	struct buf out = {0};
	int master, slave;
	ck_assert_int_eq(openpty(&master, &slave, NULL, NULL, &size), 0);
	int in = ropes_file("stdin", "");
	pid_t pid = ropes_start(line, in, slave, slave);
	close(slave);
	close(in);
	suite_read(master, &out);
	(void)ropes_wait(pid);
	return buf_steal(&out);
}

/* Escape sequences as text, and paths that are the same in each run. */
static void add_readable(struct buf *out, const char *text)
{
	cleanup_free char *here = realpath(".", NULL);
	for (; *text != '\0'; text++) {
		if (text_starts(text, here)) {
			buf_add_text(out, "/HERE");
			text += strlen(here) - 1;
		} else if (*text == '\033')
			buf_add_text(out, "\\e");
		else if (*text != '\r')
			buf_add_char(out, *text);
	}
}

/* Wrapped paths are as long in each run. */
static void use_short_paths(void)
{
	cleanup_free char *home = xasprintf("%s/%d", suite_folder, (int)getpid());
	ck_assert_int_eq(chdir(home), 0);
	ck_assert_int_eq(setenv("XDG_DATA_HOME", "/proc/self/cwd/data", 1), 0);
}

static void draw_board(const struct board *board)
{
	int file = ropes_file("board", "");
	const struct screen_options options = {.input_fd = -1,
		.output_fd = file,
		.only_text = look->words,
		.width = (unsigned)atoi(look->columns)};
	struct screen *screen;
	ck_assert(screen_open(&options, &screen, NULL));
	board_page_draw(screen, board, true, NULL);
	screen_newline(screen);
	board_page_draw(screen, board, false, NULL);
	screen_close(screen);
	close(file);
}

/* What `ropes board` draws. The caller frees it. */
static char *show_board(void)
{
	cleanup_free char *path = suite_data("views/board.json");
	cleanup_buf struct buf json = {0};
	struct error err = {0};
	struct board board;
	ck_assert_msg(
		file_read(path, 1 << 20, &json, &err) && board_read(buf_text(&json), &board, &err),
		"%s", error_text(&err));
	board_sort(&board, BOARD_BY_NEED);
	draw_board(&board);
	board_finish(&board);
	return ropes_content("board");
}

START_TEST(views_look_as_kept)
{
	cleanup_buf struct buf made = {0};
	look = &looks[_i];
	cleanup_free char *name = xasprintf("views/%s", look->ending);
	cleanup_free char *path = suite_data(name);
	ropes_home();
	use_short_paths();
	copy_course();
	ropes_prepare = prepare_view;
	for (size_t i = 0; i < ARRAY_LENGTH(views); i++) {
		const struct view *v = &views[i];
		struct ropes_ran ran = {0};
		shown = v->name;
		minutes = i;
		if (look->colour && *v->input == '\0')
			ran.out = run_at_terminal(v->line);
		else
			ran = ropes_run(v->line, v->input);
		buf_printf(&made, "======== %s\n", v->name);
		add_readable(&made, ran.out);
		add_readable(&made, ran.err != NULL ? ran.err : "");
		ropes_finish(&ran);
	}
	if (!look->colour) {
		cleanup_free char *board = show_board();
		buf_printf(&made, "======== board, and what is left of it without the server\n%s",
			board);
	}
	suite_golden(path, buf_text(&made));
}
END_TEST

/* Only the terminal's own colours that are readable on a light and on a dark background: no white,
 * no black, no background. */
START_TEST(colours_are_readable_on_light_and_dark)
{
	cleanup_free char *name = xasprintf("views/%s", looks[4 + _i].ending);
	cleanup_free char *path = suite_data(name);
	cleanup_buf struct buf text = {0};
	ck_assert(file_read(path, 1 << 20, &text, NULL));
	const char *at = buf_text(&text);
	size_t count = 0;
	while ((at = strstr(at, "\\e[")) != NULL) {
		at += strlen("\\e[");
		cleanup_free char *codes = xstrndup(at, strspn(at, "0123456789;"));
		ck_assert_msg(at[strlen(codes)] == 'm', "%.20s", at);
		for (char *code = codes; *code != '\0'; code += *code == ';') {
			long number = strtol(code, &code, 10);
			ck_assert_msg(number < 10 || (number > 30 && number < 37), "%ld", number);
		}
		count++;
	}
	ck_assert_uint_gt(count, 20);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{views_look_as_kept, ARRAY_LENGTH(looks)},
		{colours_are_readable_on_light_and_dark, 2},
	};
	return suite_run("views", tests, ARRAY_LENGTH(tests), 60);
}
