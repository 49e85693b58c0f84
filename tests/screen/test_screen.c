/* tests/screen/test_screen.c - what is drawn without and with a terminal, what foreign programs may
 * do to it */
#include "screen.h"
#include "suite.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>

/* ---- plain text of terminal output ---- */

static const struct {
	const char *raw, *plain;
} strips[] = {
	{"plain\r\n", "plain\n"},
	{"\033[31mred\033[0m", "red"},
	{"10%\r50%\r100%\r\n", "100%\n"},
	{"ab\bc", "ac"},
	{"\033]0;title\atext", "text"},
	{"\033]52;c;AAAA\033\\text", "text"},
	{"\033Pq...\033\\x", "x"},
	{"one\r\ntwo\r\n\033[2A\033[2Kuno\r\n", "uno\ntwo\n"},
	{"a\tb", "a       b"},
	{"\033(Bx", "x"},
	{"x\033[", "x"},
	{"é\033[1mü", "éü"},
	{"é\bx", "x"},
	{"éz\rx", "xz"},
	{"日本\rx", "x 本"},
	{"a\r\n\033[?1049hvim\033[?1049lb", "a\nb"},
	{"\033$(Bx", "x"},
	{"abc\r\033[Kd", "d"},
	{"\xFFx", "\xEF\xBF\xBDx"},
	/* marks have no column of their own */
	{"a\u0308b\rx", "xb"},
	{"a\u0308\u0323b\033[4Gc", "a\u0308\u0323b c"},
	{"日\u0301本\033[5Gx", "日\u0301本x"},
	{"\u0301a", "a"},
	{"👩\u200d💻\033[5Gx", "👩\u200d💻x"},
	/* tabs only move */
	{"123456789abc\r\tX", "12345678Xabc"},
	{"\033[2Ia\033[Zb", "                b"},
	/* modes */
	{"a\r\n\033[?2004;1047hvim\033[?25;1047lb", "a\nb"},
	{"a\033[?;;hb\033[?1049;25hc", "ab"},
	{"a\033[?1049hb\033cd", "a\nd"},
	{"bc\r\033[4ha\033[4l\033[3GC", "abC"},
	/* positions on the screen */
	{"\033[Hload 1\033[K\r\nb\033[K\033[J\033[Hload\033[K\r\nc\033[K\033[J", "load\nc"},
	{"a\r\nb\033[;3Hc\033[2;2fd\033[3de", "a c\nbd\n  e"},
	{"\033[99;1Hend\033[Hstart", "start\n\n\n\nend"},
	{"1\n2\n3\n4\n5\n6\033[Htop\033[99B\rend", "1\ntop\n3\n4\n5\nend"},
	{"1\n2\n3\n4\n5\n6\033[9A\rtop", "1\ntop\n3\n4\n5\n6"},
	{"a\033[2Bb\033[Fc", "a\nc\n b"},
	{"a\0337bc\r\nd\0338x", "axc\nd"},
	{"a\033[sbc\033[ux\033[?uy", "axy"},
	/* a screen that is erased for the first time can be scrolled back to */
	{"a\r\n\033[H\033[2Jb", "a\nb"},
	{"a\r\n\033[2J\033[H10%\033[2J\033[H20%", "a\n20%"},
	{"a\r\nb\033[H\033[Jc", "c"},
	{"a\r\nb\r\nc\033[A\033[1Jd", "\n d\nc"},
	/* cells */
	{"abcd\r\033[2P", "cd"},
	{"abcd\r\033[2@x", "x abcd"},
	{"abcd\r\033[2Xx", "x cd"},
	{"日本\033[2G\033[P", " 本"},
	{"日本\033[2G\033[X", "  本"},
	{"a=\033[3b", "a===="},
	/* rows */
	{"a\r\nb\033[Ac\033[Lx", "x\nac\nb"},
	{"a\r\nb\r\nc\033[H\033[2Mx", "x"},
	{"a\r\nb\033M\033Mx", " x\na\nb"},
	{"a\033Db\033Ec\vd", "a\nb\nc\nd"},
	{"a\r\nb\r\n\033[Sc", "a\nb\n\nc"},
	{"a\033[2Tb", " b\n\na"},
	{"head\033[2;4r\033[2;1H1\n2\n3\n4\033[r\033[5;1Hfoot", "head\n2\n3\n4\nfoot"},
	{"\0337\033[1;4r\0338\0337\033[5;1Hbar\0338a\nb\nc\nd\ne\033[r\033[5;1H\033[K",
		"a\nb\nc\nd\ne\n"},
};

/* On a screen of five rows. */
START_TEST(output_is_stripped)
{
	cleanup_buf struct buf out = {0};
	screen_strip(strips[_i].raw, strlen(strips[_i].raw), 5, &out);
	ck_assert_str_eq(buf_text(&out), strips[_i].plain);
}
END_TEST

/* ---- what passes to a terminal ---- */

static bool without_colour; /* of the next terminals */

/* Runs `act` with a screen on a pty and returns what came out at its other end. */
static char *on_terminal(void (*act)(struct screen *screen, const void *data), const void *data,
	unsigned short columns)
{
	struct winsize size = {.ws_row = 24, .ws_col = columns};
	struct buf out = {0};
	int master;
	pid_t pid = forkpty(&master, NULL, NULL, &size);
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct screen *screen;
		setenv("TERM", "xterm-256color", 1);
		unsetenv("NO_COLOR");
		unsetenv("COLUMNS");
		if (!screen_open(
			    &(struct screen_options){
				    .input_fd = 0, .output_fd = 1, .no_colour = without_colour},
			    &screen, NULL))
			_exit(1);
		screen_raw(screen, true);
		act(screen, data);
		screen_flush(screen);
		_exit(0); /* the screen is not closed: only what act wrote is wanted */
	}
	suite_read(master, &out);
	waitpid(pid, NULL, 0);
	return buf_steal(&out);
}

static void show_foreign(struct screen *screen, const void *data)
{
	const char *text = data;
	for (; *text != '\0'; text++) /* byte by byte: sequences come in pieces */
		screen_foreign(screen, text, 1);
}

static const struct {
	const char *raw, *passed;
} sequences[] = {
	{"text", "text"},
	{"é日", "é日"},
	{"\033[1;31mred", "\033[1;31mred"},
	{"\033[2K\033[1A", "\033[2K\033[1A"},
	{"\033[?1049h", "\033[?1049h"},
	{"\033[6n", ""},
	{"\033[c\033[>c\033[0c", ""},
	{"\033]0;evil\a", ""},
	{"\033]52;c;ZXZpbA==\a", ""},
	{"\033]8;;http://x\033\\link\033]8;;\033\\", "link"},
	{"\033P+q544e\033\\", ""},
	{"\033_apc\033\\\033^pm\033\\\033Xsos\033\\", ""},
	{"\033[8;50;100t\033[21t", ""},
	{"\033[5i", ""},
	{"\005", ""},
	{"\033c", ""},
	{"\033[?2026$p", ""},
	{"\033[>4;2m", ""},
	{"\033[?9999h", ""},
	{"\xC2\x9B"
	 "6n",
		"6n"},
	{"\x9B"
	 "6n",
		"6n"},
	{"\033]2;never closed", ""},
	{"\033]0;a\xE2\x9C\x9C"
	 "b\atext",
		"text"},
	{"\xE0\x82\x9B"
	 "6n",
		"6n"},
	{"\033$(Bx", "x"},
	{"\033[?25;9999lx", "\033[?25lx"},
	{"\033[1;1;1;1;1Tx", "x"},
};

static void show_nul(struct screen *screen, const void *data)
{
	(void)data;
	screen_foreign(screen, "a\033\0b\033(\0c", 8);
}

START_TEST(nul_is_no_part_of_a_sequence)
{
	cleanup_free char *out = on_terminal(show_nul, NULL, 80);
	ck_assert_str_eq(out, "abc");
}
END_TEST

static void show_many(struct screen *screen, const void *data)
{
	(void)data;
	screen_foreign(screen, "a\r\n", 3);
	screen_foreign_end(screen);
	screen_foreign(screen, "abc\r", 4); /* a prompt would be drawn over it */
	screen_foreign_end(screen);
}

START_TEST(only_what_was_switched_is_put_back)
{
	cleanup_free char *out = on_terminal(show_many, NULL, 80);
	ck_assert_str_eq(out, "a\r\nabc\r\r\n");
}
END_TEST

START_TEST(only_harmless_sequences_pass)
{
	cleanup_free char *out = on_terminal(show_foreign, sequences[_i].raw, 80);
	ck_assert_str_eq(out, sequences[_i].passed);
}
END_TEST

static void show_and_end(struct screen *screen, const void *data)
{
	show_foreign(screen, data);
	screen_foreign_end(screen);
}

static const struct {
	const char *raw, *put_back;
} modes[] = {
	{"\033[?1049h", "\033[?1049l"},
	{"\033[?25l", "\033[?25h"},
	{"\033[?1000h\033[?1006h", "\033[?1000l"},
	{"\033[?2004h", "\033[?2004l"},
	{"\033[?7l", "\033[?7h"},
	{"\033(0", "\033(B"},
	{"\033=", "\033>"},
	{"no newline", "\r\n"},
	{"\033[31m", "\033[0m"},
	{"\033[3;10r", "\033[r"},
};

START_TEST(modes_are_put_back)
{
	cleanup_free char *out = on_terminal(show_and_end, modes[_i].raw, 80);
	ck_assert_ptr_nonnull(strstr(out + strlen(modes[_i].raw), modes[_i].put_back));
}
END_TEST

/* Whatever comes, nothing that reports or names passes. */
START_TEST(random_bytes_are_harmless)
{
	char bytes[2001];
	unsigned random = (unsigned)_i + 1;
	for (size_t i = 0; i + 1 < sizeof bytes; i++) {
		static const char favourites[] = "\033[]P_?;0123456789nchltmq\\\a\r\n";
		random = random * 1103515245 + 12345;
		bytes[i] = (random >> 16 & 1) ? favourites[(random >> 18) % (sizeof favourites - 1)]
					      : (char)(1 + (random >> 18) % 255);
	}
	bytes[sizeof bytes - 1] = '\0';
	cleanup_free char *out = on_terminal(show_foreign, bytes, 80);
	ck_assert_ptr_null(strstr(out, "\033]"));
	ck_assert_ptr_null(strstr(out, "\033P"));
	ck_assert_ptr_null(strstr(out, "\033c"));
	cleanup_buf struct buf plain = {0};
	screen_strip(bytes, sizeof bytes - 1, 0, &plain);
}
END_TEST

/* Few bytes that ask for many columns or rows. */
START_TEST(little_becomes_no_large_page)
{
	static const char *const asking[] = {"\033[2Kx", "\vx", "\033[999Ix\n",
		"\t\t\t\t\t\t\t\tx\n", "\033[Ax\033[B", "\0338x\n", "\033[999b\n", "\033[999@",
		"\033[999L", "\033[999S", "\033[999;255Hx", "\033[Bx\033[2J",
		"a\u0301\u0302\u0301"};
	cleanup_buf struct buf bytes = {0}, plain = {0};
	for (size_t i = 0; i < 1 << 20; i++)
		buf_add_char(&bytes, 'x');
	buf_add_text(&bytes, "\0337");
	for (size_t i = 0; i < 20000; i++)
		buf_add_text(&bytes, asking[_i]);
	screen_strip(buf_text(&bytes), bytes.length, 50, &plain);
	ck_assert_uint_lt(plain.length, 8 << 20);
}
END_TEST

/* Rows that are too long to keep are given out before the cursor has left them. */
START_TEST(nothing_of_a_large_page_is_lost)
{
	const size_t length = 5 << 20;
	size_t count = 0;
	cleanup_buf struct buf bytes = {0}, plain = {0};
	for (size_t i = 0; i < length; i++)
		buf_add_text(&bytes, i % (1 << 19) == 7 ? "\nz" : "z");
	for (size_t i = 0; i < 9; i++) /* upwards, where rows are long again */
		buf_add_text(&bytes, "\033[Ay");
	buf_add_text(&bytes, "\nend");
	screen_strip(buf_text(&bytes), bytes.length, 0, &plain);
	for (const char *c = buf_text(&plain); *c != '\0'; c++)
		count += *c == 'z' || *c == 'y';
	ck_assert_uint_ge(count, length);
	ck_assert_ptr_nonnull(strstr(buf_text(&plain), "end"));
}
END_TEST

/* ---- drawing without a terminal ---- */

static char *output_with(bool only_text, void (*act)(struct screen *screen, const void *data),
	const void *data, unsigned width)
{
	cleanup_free char *path = path_join(suite_folder, "output");
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct screen *screen;
	struct buf out = {0};
	ck_assert(screen_open(
		&(struct screen_options){
			.input_fd = -1, .output_fd = fd, .width = width, .only_text = only_text},
		&screen, NULL));
	act(screen, data);
	screen_close(screen);
	close(fd);
	ck_assert(file_read(path, 1 << 20, &out, NULL));
	return buf_steal(&out);
}

static char *plain_output(
	void (*act)(struct screen *screen, const void *data), const void *data, unsigned width)
{
	return output_with(false, act, data, width);
}

static void show_note(struct screen *screen, const void *data)
{
	struct note *note = NULL;
	ck_assert(note_parse("x.md", data, strlen(data), &note, NULL));
	for (size_t i = 0; i < note->section_count; i++) {
		const struct note_section *s = &note->sections[i];
		screen_lesson_head(screen, s->number, s->title, "1/1");
		screen_blocks(screen, s->blocks, s->block_count, s->links, s->link_count);
		screen_links(screen, s->links, s->link_count);
	}
	note_destroy(note);
}

static const char sample[] =
	"# A title that is long enough to be of interest\n\nA paragraph with `code`, *stress*, a "
	"[link](https://example.org) "
	"and averyveryveryveryveryveryverylongwordwithoutanyblankinit at its end.\n\n- one item "
	"that needs more than a line "
	"when it is narrow\n  1. inner\n- two\n\n> **Warning**\n>\n> Take care of this one, "
	"please.\n\n| a | b |\n|---|---|\n| "
	"first cell with words | second cell with more words |\n\n```yaml\nkey: value\n```\n";

START_TEST(nothing_is_wider_than_the_screen)
{
	static const unsigned widths[] = {20, 40, 80, 100};
	cleanup_free char *out = plain_output(show_note, sample, widths[_i]);
	for (const char *line = out; *line != '\0';) {
		size_t length = strcspn(line, "\n");
		ck_assert_msg(utf8_width(line, length) <= widths[_i], "%.*s", (int)length, line);
		line += length + (line[length] == '\n');
	}
	ck_assert_ptr_null(strchr(out, '\033'));
	ck_assert_ptr_nonnull(strstr(out, "[1]"));
	ck_assert_ptr_nonnull(strstr(out, "⚠️ Warning"));
}
END_TEST

static void say(struct screen *screen, const void *data)
{
	screen_say(screen, SCREEN_GOOD, "✔ ", "%s", (const char *)data);
}

START_TEST(foreign_text_in_messages_is_harmless)
{
	cleanup_free char *out = plain_output(say, "a\033[31mb\033]0;x\ac", 80);
	ck_assert_str_eq(out, "✔ a[31mb]0;xc\n");
}
END_TEST

/* ---- golden files: tests/data/screen, made anew with ROPES_GOLDEN=1 ---- */

static void show_sample(struct screen *screen, const void *data)
{
	cleanup_free char *path = suite_data("screen/sample.md");
	cleanup_buf struct buf text = {0};
	(void)data;
	ck_assert(file_read(path, 1 << 20, &text, NULL));
	show_note(screen, buf_text(&text));
}

START_TEST(a_note_looks_as_kept)
{
	static const unsigned widths[] = {80, 40, 20};
	static const char *const endings[] = {"", "-colour", "-words"};
	unsigned width = widths[_i % 3];
	const char *ending = endings[_i / 3];
	cleanup_free char *out =
		text_same(ending, "-colour")
			? on_terminal(show_sample, NULL, (unsigned short)width)
			: output_with(text_same(ending, "-words"), show_sample, NULL, width);
	cleanup_free char *name = xasprintf("screen/sample-%u%s", width, ending);
	cleanup_free char *path = suite_data(name);
	suite_golden(path, out);
}
END_TEST

static void show_tight(struct screen *screen, const void *data)
{
	const struct note_span words[] = {{.text = "words that are wrapped here"}};
	const struct note_block blocks[] = {{.kind = NOTE_PARAGRAPH,
						    .quote_depth = 4,
						    .list_depth = 6,
						    .marker = "10.",
						    .text = {words, 1}},
		{.kind = NOTE_LISTING, .code = "\tkey:\tvalue\n abcdefghijklmnopqrstuvwxyz"}};
	static const char *const head[] = {"one head", "two head", "three hd", "four head"};
	(void)data;
	screen_blocks(screen, blocks, ARRAY_LENGTH(blocks), NULL, 0);
	screen_table(screen, 4, 1, head, 0);
}

START_TEST(narrow_places_lose_no_letter)
{
	cleanup_free char *out = plain_output(show_tight, NULL, 20);
	for (const char *line = out; *line != '\0';) {
		size_t length = strcspn(line, "\n");
		ck_assert_msg(utf8_width(line, length) <= 20, "%.*s", (int)length, line);
		line += length + (line[length] == '\n');
	}
	for (char c = 'a'; c <= 'z'; c++)
		ck_assert_ptr_nonnull(strchr(strstr(out, "abc"), c));
	ck_assert_ptr_nonnull(strstr(out, "four head"));
}
END_TEST

/* ---- words instead of symbols ---- */

static const struct {
	bool is_mark;
	const char *own, *words;
} own_words[] = {
	{true, "✔ ", "OK: "},
	{true, "  → ", "  Help: "},
	{true, "! ", "Warning: "},
	{true, "- ", "Not run: "},
	{true, "• ", "- "},
	{true, "☑ ", "Done: "},
	{true, "🧪 1/4 ", "Quiz 1/4: "},
	{true, "💡 ", ""},
	{true, "  ", "  "},
	{true, "1.2 ✔ ", "1.2 ✔ "}, /* only what stands first is a symbol */
	{true, "source: ", "source: "},
	{false, "✔ done · Enter: continue", "Done; Enter: continue"},
	{false, "✔ erledigt · Enter: weiter", "Erledigt; Enter: weiter"},
	{false, "one letter › ", "one letter > "},
	{false, "pairs (a2 b1 …)", "pairs (a2 b1...)"},
	{false, "50 % – no! - yes", "50 % - no! - yes"},
};

START_TEST(symbols_have_words)
{
	struct screen *words, *symbols;
	struct screen_options options = {.input_fd = -1, .output_fd = -1, .only_text = true};
	char *(*show)(const struct screen *, const char *) =
		own_words[_i].is_mark ? screen_mark : screen_own;
	ck_assert(screen_open(&options, &words, NULL));
	options.only_text = false;
	ck_assert(screen_open(&options, &symbols, NULL));
	cleanup_free char *shown = show(words, own_words[_i].own);
	cleanup_free char *same = show(symbols, own_words[_i].own);
	ck_assert_str_eq(shown, own_words[_i].words);
	ck_assert_str_eq(same, own_words[_i].own);
	ck_assert(screen_has_words(words) && !screen_has_words(symbols));
	screen_close(words);
	screen_close(symbols);
}
END_TEST

/* What others wrote stays as it is, and what must be typed is not broken. */
static void show_wordy(struct screen *screen, const void *data)
{
	const char *const cells[] = {"step", "state", "a → b", "✔"};
	cleanup_buf struct buf bar = {0};
	(void)data;
	screen_say(screen, SCREEN_BAD, "✘ ", "seen · %s", "✔ → ·");
	screen_command(screen, "docker run --name a-name-that-needs-more-than-forty-columns alpine",
		"✔ ok\nmore\nlines", 2);
	screen_table(screen, 2, 2, cells, 0);
	screen_bar(screen, 1, 3, 8, &bar);
	screen_put(screen, SCREEN_PLAIN, buf_text(&bar));
	screen_newline(screen);
	screen_progress(screen, "pulling");
	screen_progress(screen, NULL);
}

START_TEST(only_own_symbols_become_words)
{
	cleanup_free char *out = output_with(true, show_wordy, NULL, 40);
	ck_assert_str_eq(out,
		"Failed: seen; ✔ → ·\n"
		"Command: docker run --name a-name-that-needs-more-than-forty-columns alpine\n"
		"Output:\n  ✔ ok\n  more\n  1 more line\n"
		"step: a → b\n  state: ✔\n"
		"1/3\n"
		"pulling...\n");
}
END_TEST

/* The letters of a terminal's output. Without colour, marks take its place. */
static char *letters_of(const char *raw)
{
	cleanup_buf struct buf plain = {0};
	struct buf out = {0};
	screen_strip(raw, strlen(raw), 0, &plain);
	for (const char *c = buf_text(&plain); *c != '\0'; c++) {
		if (text_starts(c, "─"))
			c += strlen("─") - 1;
		else if (strchr("`~ \n", *c) == NULL)
			buf_add_char(&out, *c);
	}
	return buf_steal(&out);
}

static const char *const coloured[] = {
	"Type `docker ps`, not ~~`docker pd`~~, *now* and **here**: [link](https://example.org).\n",
	"> [!WARNING]\n> Take `care`.\n\n> A quote.\n\n- [x] done\n- [ ] open\n",
	"| a `b` | c |\n|---|---|\n| ~~d~~ | **e** |\n\n```console\n$ docker ps\nCONTAINER ID\n```\n",
};

START_TEST(colour_alone_says_nothing)
{
	without_colour = true;
	cleanup_free char *bare = on_terminal(show_note, coloured[_i], 80);
	without_colour = false;
	cleanup_free char *dressed = on_terminal(show_note, coloured[_i], 80);
	ck_assert_ptr_nonnull(strstr(dressed, "\033[0;"));
	ck_assert_ptr_null(strstr(bare, "\033[0"));
	cleanup_free char *letters = letters_of(bare), *wanted = letters_of(dressed);
	ck_assert_str_eq(letters, wanted);
	if (strstr(coloured[_i], "~~") != NULL)
		ck_assert_ptr_nonnull(strstr(bare, "~~"));
}
END_TEST

/* ---- asking ---- */

START_TEST(lines_are_read_without_a_terminal)
{
	int ends[2];
	struct screen *screen;
	char *line = NULL;
	const struct screen_prompt prompt = {.text = "> ", .wake_fd = -1};
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], "one\r\n\ntw\0o\nlast", 15), 15);
	close(ends[1]);
	ck_assert(screen_open(
		&(struct screen_options){.input_fd = ends[0], .output_fd = null}, &screen, NULL));
	static const char *const wanted[] = {"one", "", "two", "last"};
	for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++) {
		ck_assert_int_eq(screen_ask(screen, &prompt, &line, NULL), SCREEN_LINE);
		ck_assert_str_eq(line, wanted[i]);
		free(line);
	}
	ck_assert_int_eq(screen_ask(screen, &prompt, &line, NULL), SCREEN_END);
	screen_close(screen);
	close(ends[0]);
	close(null);
}
END_TEST

static bool has_open_quote(void *data, const char *text)
{
	size_t quotes = 0;
	(void)data;
	for (; *text != '\0'; text++)
		quotes += *text == '\'';
	return quotes % 2 == 1;
}

/* Asks until something else than a line comes; tells each answer in a line of its own. */
static int ask_all(void)
{
	struct screen *screen;
	const struct screen_prompt prompt = {
		.text = "p> ", .wake_fd = -1, .shell = true, .unfinished = has_open_quote};
	static const char *const names[] = {"LINE", "END", "CANCEL", "WAKE", "QUIT"};
	if (!screen_open(&(struct screen_options){.input_fd = 0, .output_fd = 1}, &screen, NULL))
		return 1;
	enum screen_answer answer;
	do {
		char *line = NULL;
		answer = screen_ask(screen, &prompt, &line, NULL);
		for (char *c = line; c != NULL && *c != '\0'; c++)
			*c = *c == '\n' ? '/' : *c;
		printf("<%s %s>\r\n", names[answer], line != NULL ? line : "");
		fflush(stdout);
		free(line);
	} while (answer == SCREEN_LINE || answer == SCREEN_CANCEL);
	bool yes;
	bool asks_on = answer == SCREEN_QUIT && screen_confirm(screen, "sure? ", true, &yes);
	screen_close(screen);
	return asks_on; /* who was told to end asks nothing more */
}

static void read_until(int master, struct buf *out, const char *wanted)
{
	char bytes[1024];
	struct pollfd fd = {.fd = master, .events = POLLIN};
	while (strstr(buf_text(out), wanted) == NULL && poll(&fd, 1, 5000) > 0) {
		ssize_t got = read(master, bytes, sizeof bytes);
		if (got <= 0)
			break;
		buf_add(out, bytes, (size_t)got);
	}
	ck_assert_msg(strstr(buf_text(out), wanted) != NULL, "no %s in: %s", wanted, buf_text(out));
	buf_remove_front(
		out, (size_t)(strstr(buf_text(out), wanted) - buf_text(out)) + strlen(wanted));
}

static const struct {
	const char *keys, *shown; /* NULL keys: the signal */
	int signal;
} talks[][4] = {
	{{"one\r", "<LINE one>", 0}, {"\004", "<END >", 0}},
	{{"half", "half", 0}, {"\003", "<CANCEL >", 0}, {"x\r", "<LINE x>", 0},
		{"\004", "<END >", 0}},
	{{"half", "half", 0}, {NULL, "<CANCEL >", SIGINT}, {NULL, "<QUIT >", SIGTERM}},
	{{"half", "half", 0}, {NULL, "<QUIT >", SIGHUP}},
	{{"a 'b\r", "> ", 0}, {"c'\r", "<LINE a 'b/c'>", 0}, {"\004", "<END >", 0}},
	{{"\033[200~one\ntwo\n\033[201~", "two", 0}, {"\r", "<LINE one/two/>", 0},
		{"\004", "<END >", 0}},
	{{"/etc/pass\t\r", "<LINE /etc/pass>", 0}, {"\004", "<END >", 0}},
	/* Stops nothing where nobody could go on with it: the group is an orphan. */
	{{"ab", "ab", 0}, {"\032", "ab", 0}, {"c\r", "<LINE abc>", 0}, {"\004", "<END >", 0}},
};

START_TEST(a_terminal_is_asked)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	cleanup_buf struct buf out = {0};
	int master, status;
	pid_t pid = forkpty(&master, NULL, NULL, &size);
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		_exit(ask_all());
	}
	read_until(master, &out, "p> ");
	for (size_t i = 0; i < 4 && talks[_i][i].shown != NULL; i++) {
		const char *keys = talks[_i][i].keys;
		if (keys != NULL)
			ck_assert_int_eq(write(master, keys, strlen(keys)), (ssize_t)strlen(keys));
		else
			ck_assert_int_eq(kill(pid, talks[_i][i].signal), 0);
		read_until(master, &out, talks[_i][i].shown);
		/* The next keys are for the next prompt, when it has the terminal. */
		if (text_starts(talks[_i][i].shown, "<LINE") ||
			text_starts(talks[_i][i].shown, "<CANCEL"))
			read_until(master, &out, "p> ");
	}
	close(master);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

/* Of the keys, some came while a line ran, the rest wait in the terminal. */
static int ask_after_typing(void)
{
	struct screen *screen;
	char *line = NULL;
	const struct screen_prompt prompt = {.text = "p> ", .wake_fd = -1};
	struct pollfd keys = {.fd = STDIN_FILENO, .events = POLLIN};
	if (!screen_open(&(struct screen_options){.input_fd = 0, .output_fd = 1}, &screen, NULL) ||
		poll(&keys, 1, 5000) != 1)
		return 1;
	screen_type(screen, "first\nsec");
	for (int i = 0; i < 2; i++) {
		if (screen_ask(screen, &prompt, &line, NULL) != SCREEN_LINE)
			return 1;
		printf("<LINE %s>", line);
		fflush(stdout);
		free(line);
	}
	screen_close(screen);
	return 0;
}

START_TEST(what_was_typed_first_comes_first)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	cleanup_buf struct buf out = {0};
	int master, status;
	pid_t pid = forkpty(&master, NULL, NULL, &size);
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		_exit(ask_after_typing());
	}
	ck_assert_int_eq(write(master, "ond line\r", 9), 9);
	read_until(master, &out, "<LINE first>");
	read_until(master, &out, "<LINE second line>");
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	close(master);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

START_TEST(a_closed_terminal_ends_the_asking)
{
	int master, status;
	cleanup_buf struct buf out = {0};
	pid_t pid = forkpty(&master, NULL, NULL, NULL);
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		setenv("TERM", "xterm", 1);
		_exit(ask_all());
	}
	read_until(master, &out, "p> ");
	close(master);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

/* A text that is open when the input ends is given, not lost; half of a long line is not. */
START_TEST(input_is_whole_or_not_at_all)
{
	struct screen *screen;
	cleanup_buf struct buf bytes = {0};
	char *line = NULL;
	const struct screen_prompt prompt = {
		.text = "", .wake_fd = -1, .unfinished = has_open_quote};
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	buf_add_repeat(&bytes, 'x', 3 << 20);
	buf_add_text(&bytes, "\nnext\necho 'open\n");
	cleanup_free char *path = suite_file("input", buf_text(&bytes), bytes.length);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert(screen_open(
		&(struct screen_options){.input_fd = fd, .output_fd = null}, &screen, NULL));
	ck_assert_int_eq(screen_ask(screen, &prompt, &line, NULL), SCREEN_LINE);
	ck_assert_str_eq(line, "next");
	free(line);
	ck_assert_int_eq(screen_ask(screen, &prompt, &line, NULL), SCREEN_LINE);
	ck_assert_str_eq(line, "echo 'open");
	free(line);
	ck_assert_int_eq(screen_ask(screen, &prompt, &line, NULL), SCREEN_END);
	screen_close(screen);
	close(fd);
	close(null);
}
END_TEST

/* No signal ends the program, whatever it does with SIGPIPE. */
START_TEST(a_reader_that_is_gone_is_told)
{
	int ends[2];
	struct screen *screen;
	ck_assert_int_eq(pipe(ends), 0);
	close(ends[0]);
	signal(SIGPIPE, SIG_DFL);
	ck_assert(screen_open(
		&(struct screen_options){.input_fd = -1, .output_fd = ends[1]}, &screen, NULL));
	screen_say(screen, SCREEN_PLAIN, NULL, "words");
	screen_flush(screen);
	ck_assert(!screen_is_alive(screen));
	screen_close(screen);
	close(ends[1]);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{output_is_stripped, ARRAY_LENGTH(strips)},
		{little_becomes_no_large_page, 13},
		{nothing_of_a_large_page_is_lost, 1},
		{only_harmless_sequences_pass, ARRAY_LENGTH(sequences)},
		{modes_are_put_back, ARRAY_LENGTH(modes)},
		{random_bytes_are_harmless, 30},
		{nothing_is_wider_than_the_screen, 4},
		{foreign_text_in_messages_is_harmless, 1},
		{lines_are_read_without_a_terminal, 1},
		{nul_is_no_part_of_a_sequence, 1},
		{only_what_was_switched_is_put_back, 1},
		{a_note_looks_as_kept, 9},
		{symbols_have_words, ARRAY_LENGTH(own_words)},
		{only_own_symbols_become_words, 1},
		{colour_alone_says_nothing, ARRAY_LENGTH(coloured)},
		{narrow_places_lose_no_letter, 1},
		{a_terminal_is_asked, ARRAY_LENGTH(talks)},
		{what_was_typed_first_comes_first, 1},
		{a_closed_terminal_ends_the_asking, 1},
		{input_is_whole_or_not_at_all, 1},
		{a_reader_that_is_gone_is_told, 1},
	};
	return suite_run("screen", tests, ARRAY_LENGTH(tests), 20);
}
