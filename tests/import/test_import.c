/* tests/import/test_import.c - importing notes: what is written, what is reported, and that the new
 * course is the old one */
#include "import.h"
#include "course.h"
#include "lint.h"
#include "suite.h"

#include <sys/stat.h>

static char *in_suite(const char *name)
{
	return path_join(suite_folder, name);
}

/* Removes what a row before may have left. */
static void begin(void)
{
	static const char *const folders[] = {"made", "once", "twice"};
	for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
		cleanup_free char *path = in_suite(folders[i]);
		ck_assert(folder_remove(path, NULL));
	}
}

static void write_below(const char *name, const char *text)
{
	struct error err = {0};
	cleanup_free char *path = in_suite(name);
	cleanup_free char *above = xstrndup(path, (size_t)(path_base(path) - path));
	ck_assert_msg(
		folder_make(above, 0700, &err) && file_write(path, text, strlen(text), 0600, &err),
		"%s", error_text(&err));
}

static char *read_text(const char *path)
{
	struct buf text = {0};
	struct error err = {0};
	ck_assert_msg(file_read(path, 1 << 24, &text, &err), "%s", error_text(&err));
	return buf_steal(&text);
}

static char *read_below(const char *name)
{
	cleanup_free char *path = in_suite(name);
	return read_text(path);
}

static void import_well(const char *source, const char *folder, struct import_report *ret)
{
	struct error err = {0};
	ck_assert_msg(import_course(source, folder, ret, &err), "%s: %s", source, error_text(&err));
}

/* ---- the new course is the old one ---- */

/* Lessons, and in them what runs and what is written. */
static char *course_in_words(const char *path)
{
	struct course *c = NULL;
	struct error err = {0};
	struct buf out = {0};
	ck_assert_msg(course_load(path, &c, &err), "%s", error_text(&err));
	for (size_t i = 0; i < c->lesson_count; i++) {
		const struct course_lesson *l = &c->lessons[i];
		buf_printf(&out, "%s #%s %s\n", l->number, l->anchor, l->title);
		for (size_t k = 0; k < l->step_count; k++) {
			const struct course_step *s = &l->steps[k];
			for (size_t b = 0; b < s->block_count; b++)
				if (s->blocks[b].file != NULL)
					buf_printf(&out, "<%s>\n%s\n", s->blocks[b].file,
						s->blocks[b].code);
			buf_printf(&out, "%s %s\n", course_step_kind_name(s->kind), s->id);
			if (s->kind == STEP_EXAMPLE)
				buf_printf(&out, "$ %s\n= %s\n> %s\n", s->command,
					s->output != NULL ? s->output : "",
					s->input != NULL ? s->input : "");
		}
	}
	course_destroy(c);
	return buf_steal(&out);
}

static size_t errors_in(const char *path)
{
	struct course *c = NULL;
	struct lint_report report = {0};
	struct error err = {0};
	ck_assert_msg(course_load(path, &c, &err), "%s", error_text(&err));
	lint_check_course(c, NULL, &report);
	size_t errors = lint_count(&report, LINT_ERROR);
	lint_finish(&report);
	course_destroy(c);
	return errors;
}

/* Every file of a folder has the same bytes in the other one. */
static size_t expect_same_files(const char *a, const char *b)
{
	size_t files = 0;
	struct dirent *entry;
	DIR *dir = opendir(a);
	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)) != NULL) {
		cleanup_free char *x = path_join(a, entry->d_name),
				  *y = path_join(b, entry->d_name);
		if (entry->d_name[0] == '.')
			continue;
		if (folder_exists(x)) {
			files += expect_same_files(x, y);
			continue;
		}
		cleanup_free char *first = read_text(x), *second = read_text(y);
		ck_assert_msg(text_same(first, second), "%s, then %s:\n%s", x, y, second);
		files++;
	}
	closedir(dir);
	return files;
}

static void expect_same_course(const char *path)
{
	struct import_report report = {0}, again = {0};
	cleanup_free char *once = in_suite("once"), *twice = in_suite("twice");
	import_well(path, once, &report);
	cleanup_free char *before = course_in_words(path), *after = course_in_words(once);
	ck_assert_msg(text_same(before, after), "%s was:\n%s\nis:\n%s", path, before, after);
	ck_assert_msg(errors_in(once) == 0 || errors_in(path) > 0, "%s", path);
	import_well(once, twice, &again);
	ck_assert_uint_eq(expect_same_files(once, twice), expect_same_files(twice, once));
	ck_assert_uint_eq(again.checks, 0);
	ck_assert(folder_remove(once, NULL) && folder_remove(twice, NULL));
	import_report_finish(&report);
	import_report_finish(&again);
}

static const char *const note_folders[] = {
	"notes", "note/kinds", "tutor", "course", "faults", "screen", "team", "workshop"};

START_TEST(an_imported_note_is_the_same_course)
{
	begin();
	cleanup_free char *folder = suite_data(note_folders[_i]);
	struct dirent *entry;
	DIR *dir = opendir(folder);
	ck_assert_ptr_nonnull(dir);
	size_t count = 0;
	while ((entry = readdir(dir)) != NULL) {
		cleanup_free char *path = path_join(folder, entry->d_name);
		if (!text_ends(entry->d_name, ".md"))
			continue;
		expect_same_course(path);
		count++;
	}
	closedir(dir);
	ck_assert_uint_ge(count, 1);
}
END_TEST

START_TEST(a_shipped_course_is_the_same)
{
	begin();
	cleanup_free char *path = suite_data("../../lessons/docker-start-here");
	expect_same_course(path);
}
END_TEST

/* ---- what is written ---- */

#define HEAD "---\nid: ID\n---\n"

/* A note, and what it becomes. The id that is made of the place is ID. */
static const struct {
	const char *note, *made;
} rewritings[] = {
	{"# A\n\nWords.\n", HEAD "\n# A\n\nWords.\n"},
	{"\n# A\n", HEAD "\n# A\n"},
	{"\xEF\xBB\xBF# A\r\n\r\nWords.\r\n", HEAD "\n# A\n\nWords.\n"},
	/* the head */
	{"---\nid: own\n---\n# A\n", "---\nid: own\n---\n# A\n"},
	{"---\ntitle: T\n---\n# A\n", "---\nid: ID\ntitle: T\n---\n# A\n"},
	{"+++\ntitle = \"T\"\n+++\n# A\n", "+++\nid = \"ID\"\ntitle = \"T\"\n+++\n# A\n"},
	{"* Title: T\n\n---\n\n# A\n", "* id: ID\n* Title: T\n\n---\n\n# A\n"},
	{"- own\n- Title: T\n\n---\n\n# A\n", "- own\n- Title: T\n\n---\n\n# A\n"},
	{"---\n\n# A\n", HEAD "\n---\n\n# A\n"},
	/* checks */
	{"# A\n\n```sh\ndocker stop web\n```\n",
		HEAD "\n# A\n\n```sh\ndocker stop web\n```\n<!-- check\nexit 0\n"
		     "container web is exited\n-->\n"},
	{"# A\n\n```sh\nls\ndocker stop web\nls\n```\n",
		HEAD "\n# A\n\n```sh\nls\ndocker stop web\n```\n<!-- check\nexit 0\n"
		     "container web is exited\n-->\n```sh\nls\n```\n"},
	{"# A\n\n~~~ console\n$ docker stop web\nweb\n\n$ docker rm web\n~~~\n",
		HEAD "\n# A\n\n~~~ console\n$ docker stop web\nweb\n~~~\n<!-- check\nexit 0\n"
		     "container web is exited\n-->\n~~~ console\n$ docker rm web\n~~~\n"
		     "<!-- check\nexit 0\ncontainer web is gone\n-->\n"},
	{"# A\n\n1. One:\n\n   ```sh\n   docker stop web\n   ```\n2. Two.\n",
		HEAD "\n# A\n\n1. One:\n\n   ```sh\n   docker stop web\n   ```\n   <!-- check\n"
		     "   exit 0\n   container web is exited\n   -->\n2. Two.\n"},
	{"# A\n\n- ```sh\n  docker stop web\n  ```\n",
		HEAD "\n# A\n\n- ```sh\n  docker stop web\n  ```\n  <!-- check\n  exit 0\n"
		     "  container web is exited\n  -->\n"},
	{"# A\n\n> ```sh\n> docker stop web\n> ```\n",
		HEAD "\n# A\n\n> ```sh\n> docker stop web\n> ```\n> <!-- check\n> exit 0\n"
		     "> container web is exited\n> -->\n"},
	{"# A\n\n```sh\ndocker stop web\n```\n<!-- check\nexit 0\n-->\n",
		HEAD "\n# A\n\n```sh\ndocker stop web\n```\n<!-- check\nexit 0\n-->\n"},
	{"# A\n\n```sh\ndocker stop web\n```\n<!-- skip: why -->\n",
		HEAD "\n# A\n\n```sh\ndocker stop web\n```\n<!-- skip: why -->\n"},
	{"# A\n\n```sh\ndocker stop <name>\nls\n```\n",
		HEAD "\n# A\n\n```sh\ndocker stop <name>\nls\n```\n"},
	/* the name and the image are the learner's, and so is the port of the host */
	{"# A\n\n```sh\ndocker run -d --name <name> -p 8080:80 IMAGE_NAME\n```\n",
		HEAD "\n# A\n\n```sh\ndocker run -d --name <name> -p 8080:80 IMAGE_NAME\n```\n"
		     "<!-- check\nexit 0\ncontainer it is running\n"
		     "container it publishes 80/tcp\n-->\n"},
	{"# A\n\n```sh\ndocker logs <name>\n```\n",
		HEAD "\n# A\n\n```sh\ndocker logs <name>\n```\n<!-- check\nexit of its own\n"
		     "daemon was asked GET containers/{container}/logs\n-->\n"},
	/* commands outside fences */
	{"# A\n\ndocker stop web\n\nWords.\n",
		HEAD "\n# A\n\n```console\n$ docker stop web\n```\n<!-- check\nexit 0\n"
		     "container web is exited\n-->\n\nWords.\n"},
	{"# A\n\n`docker ps`\n", HEAD "\n# A\n\n```console\n$ docker ps\n```\n<!-- check\nexit 0\n"
				      "daemon was asked GET containers/json\n-->\n"},
	{"# A\n\n* `docker ps`: lists them\n", HEAD "\n# A\n\n* `docker ps`: lists them\n"},
	/* other programs' markup */
	{"# A\n\n!!! tip \"Care\"\n    Words.\n\nMore.\n",
		HEAD "\n# A\n\n> [!tip] **Care**\n> Words.\n\nMore.\n"},
	{"# A\n\n{{< youtube x >}}\n\n==marked==\n", HEAD "\n# A\n\n\n**marked**\n"},
	/* faults */
	{"# A\n\n```sh\nls\n", HEAD "\n# A\n\n```sh\nls\n```\n"},
	{"# A\n\n##\n\nWords.\n", HEAD "\n# A\n\n## (no title)\n\nWords.\n"},
	{"# A\n\n- One:\n  ```sh\n  docker stop web\nwords\n",
		HEAD "\n# A\n\n- One:\n  ```sh\n  docker stop web\n  ```\n  <!-- check\n"
		     "  exit 0\n  container web is exited\n  -->\nwords\n"},
	/* attributes of headings stay where other programs look for them */
	{"# A {#a}\n\n## B ## {#b}\n", HEAD "\n# A {#a}\n\n## B ## {#b}\n"},
};

static char *without_id(const char *text)
{
	struct buf out = {0};
	const char *id = strstr(text, "note-");
	if (id == NULL)
		return xstrdup(text);
	buf_add(&out, text, (size_t)(id - text));
	buf_add_text(&out, "ID");
	buf_add_text(&out, id + strlen("note-12345678"));
	return buf_steal(&out);
}

START_TEST(notes_are_rewritten)
{
	begin();
	struct import_report report = {0};
	write_below("source/note.md", rewritings[_i].note);
	cleanup_free char *source = in_suite("source/note.md"), *made = in_suite("made");
	import_well(source, made, &report);
	cleanup_free char *text = read_below("made/note.md");
	cleanup_free char *plain = without_id(text);
	ck_assert_msg(text_same(plain, rewritings[_i].made), "%s\nbecame:\n%s", rewritings[_i].note,
		plain);
	ck_assert_uint_eq(errors_in(made), 0);
	ck_assert(folder_remove(made, NULL));
	import_report_finish(&report);
}
END_TEST

/* ---- what is reported ---- */

/* "LINE kind: message" of the new note, which begins with four lines of a head; `message` is a part
 * of it. */
static const struct {
	const char *note;
	int line;
	enum import_kind kind;
	const char *message;
} remarks[] = {
	{"# A\n", 1, IMPORT_GUESSED, "id note-"},
	{"caf\xE9\n", 5, IMPORT_REPAIRED, "not UTF-8"},
	{"# A\n\n{{< youtube x >}}\n", 7, IMPORT_LEFT, "{{< youtube x >}}"},
	{"# A\n\n!!! tip\n    Words.\n", 7, IMPORT_REPAIRED,
		"rewritten as plain Markdown: !!! tip"},
	{"# A\n\n```sh\nls\n", 7, IMPORT_REPAIRED, "never closed"},
	{"# A\n\n##\n", 7, IMPORT_REPAIRED, "a heading without words"},
	{"# A\n\n```\ndocker ps\n```\n", 7, IMPORT_GUESSED,
		"the fence without a language was read as commands"},
	{"# A\n\n```text\n$ docker ps\n```\n", 7, IMPORT_GUESSED,
		"the fence `text` was read as commands"},
	{"# A\n\ndocker stop a\n\n```sh\ndocker stop b\n```\n", 16, IMPORT_GUESSED,
		"`docker stop b` is checked by: exit 0; container b is exited"},
	{"# A\n\nMake `app.py`:\n\n```python\nprint(1)\n```\n", 9, IMPORT_GUESSED,
		"this is the file app.py"},
	{"# A\n\n```sh\nls\n```\n", 8, IMPORT_LEFT, "`ls`: only its exit status can be checked"},
	{"# A\n\n```sh\ndocker stop <name>\n```\n", 8, IMPORT_LEFT,
		"how the learner fills the gap"},
	{"# A\n\n![A map](img/map.png)\n", 7, IMPORT_LEFT,
		"the picture 'img/map.png' was not copied"},
	{"# A\n\n* `docker ps`: lists them\n", 7, IMPORT_LEFT, "only be written below a fence"},
	{"# A\n\n<!-- check\nexit 0\n-->\n", 7, IMPORT_LEFT, "applies to the step before it"},
};

START_TEST(what_was_done_is_reported)
{
	begin();
	struct import_report report = {0};
	cleanup_buf struct buf said = {0};
	write_below("source/note.md", remarks[_i].note);
	cleanup_free char *source = in_suite("source/note.md"), *made = in_suite("made");
	cleanup_free char *path = in_suite("made/note.md");
	bool found = false;
	import_well(source, made, &report);
	for (size_t i = 0; i < report.count; i++) {
		const struct import_remark *r = &report.items[i];
		buf_printf(&said, "%d %s: %s\n", r->line, import_kind_name(r->kind), r->message);
		ck_assert_str_eq(r->path, path);
		ck_assert_msg(i == 0 || r->line >= r[-1].line, "%s", buf_text(&said));
		found = found || (r->line == remarks[_i].line && r->kind == remarks[_i].kind &&
					 strstr(r->message, remarks[_i].message) != NULL);
	}
	ck_assert_msg(found, "%d %s is not in:\n%s", remarks[_i].line, remarks[_i].message,
		buf_text(&said));
	ck_assert(folder_remove(made, NULL));
	import_report_finish(&report);
}
END_TEST

/* ---- folders ---- */

START_TEST(a_folder_keeps_its_names_and_questions)
{
	begin();
	struct import_report report = {0};
	write_below("f/index.md", "# Start\n\nWords.\n");
	write_below("f/b/02.md", "# Two\n\nWords.\n");
	write_below("f/b/quizzes/two.gift", "Q{T}\n");
	write_below("f/quizzes/start.gift", "// mine\n");
	write_below("f/README.md", "# About\n\nNot a note here.\n");
	cleanup_free char *source = in_suite("f"), *made = in_suite("made");
	import_well(source, made, &report);
	ck_assert_uint_eq(report.notes, 2);
	ck_assert_uint_eq(report.lessons, 2);
	ck_assert_uint_eq(report.stubs, 0);
	cleanup_free char *quiz = read_below("made/b/quizzes/two.gift");
	cleanup_free char *draft = read_below("made/quizzes/start.gift");
	cleanup_free char *readme = in_suite("made/README.md");
	ck_assert_str_eq(quiz, "Q{T}\n");
	ck_assert_str_eq(draft, "// mine\n");
	ck_assert(!file_exists(readme));
	import_report_finish(&report);
	expect_same_course(source);
}
END_TEST

static bool has_remark(const struct import_report *report, const char *words)
{
	for (size_t i = 0; i < report->count; i++)
		if (strstr(report->items[i].message, words) != NULL)
			return true;
	return false;
}

START_TEST(a_folder_without_an_index_has_no_id)
{
	begin();
	struct import_report report = {0};
	write_below("u/01.md", "# A\n\nWords.\n");
	write_below("u/02.md", "# B\n\nWords.\n");
	cleanup_free char *source = in_suite("u"), *made = in_suite("made");
	import_well(source, made, &report);
	ck_assert(has_remark(&report, "the course has no id"));
	import_report_finish(&report);
}
END_TEST

START_TEST(pictures_are_copied)
{
	begin();
	struct import_report report = {0};
	write_below("secret.png", "secret");
	write_below("p/index.md", "# A\n\n![one](img/a%20b.png?raw=1)\n\n![two](./img/a%20b.png)\n"
				  "\n![linked](img/link.png)\n\n![web](https://x.y/z.png)\n");
	write_below("p/b/02.md", "# B\n\n![up](../img/c.svg)\n\n![out](../../secret.png)\n"
				 "\n![note](x.txt)\n\n![none](none.png)\n");
	write_below("p/img/a b.png", "first");
	write_below("p/img/c.svg", "second");
	write_below("p/img/unused.png", "third");
	cleanup_free char *link = in_suite("p/img/link.png"), *target = in_suite("secret.png");
	(void)unlink(link);
	ck_assert_int_eq(symlink(target, link), 0);
	cleanup_free char *source = in_suite("p"), *made = in_suite("made");
	import_well(source, made, &report);
	ck_assert_uint_eq(report.pictures, 2);
	ck_assert(!has_remark(&report, "the course has no id"));
	cleanup_free char *first = read_below("made/img/a b.png");
	cleanup_free char *second = read_below("made/img/c.svg");
	ck_assert_str_eq(first, "first");
	ck_assert_str_eq(second, "second");
	static const char *const absent[] = {
		"made/img/unused.png", "made/img/link.png", "made/secret.png"};
	for (size_t i = 0; i < ARRAY_LENGTH(absent); i++) {
		cleanup_free char *path = in_suite(absent[i]);
		ck_assert_msg(!file_exists(path), "%s", path);
	}
	static const char *const said[] = {"'img/link.png' was not copied: cannot read",
		"'../../secret.png' was not copied: it is outside the folder of the notes",
		"'x.txt' was not copied: it is not a picture",
		"'none.png' was not copied: cannot read 'b/none.png': No such file"};
	for (size_t i = 0; i < ARRAY_LENGTH(said); i++)
		ck_assert_msg(has_remark(&report, said[i]), "%s", said[i]);
	import_report_finish(&report);
	expect_same_course(source);
}
END_TEST

/* A queue, a folder and a file that is too large are reported; reading the queue would wait. */
/* A folder from elsewhere may name any file of whoever imports it. */
START_TEST(no_link_leads_out_of_the_folder)
{
	static const char *const links[] = {"linked/secret.md", "linked/quizzes/a.gift"};
	begin();
	struct import_report report = {0};
	struct error err = {0};
	write_below("secret.md", "# Secret\n\nsecret words {=a ~b}\n");
	write_below("linked/index.md", "# A\n\nWords.\n");
	write_below("linked/quizzes/other.gift", "");
	cleanup_free char *source = in_suite("linked"), *made = in_suite("made");
	cleanup_free char *link = in_suite(links[_i]), *target = in_suite("secret.md");
	ck_assert_int_eq(symlink(target, link), 0);
	ck_assert(!import_course(source, made, &report, &err));
	ck_assert_msg(strstr(error_text(&err), "is a link that leads out of") != NULL, "%s",
		error_text(&err));
	ck_assert(!folder_exists(made));
	import_report_finish(&report);
	error_finish(&err);
	/* one that stays in it is as good as the file */
	ck_assert_int_eq(unlink(link), 0);
	cleanup_free char *plain = path_join(source, "index.md"),
			  *more = path_join(source, "more.md");
	(void)unlink(more);
	ck_assert_int_eq(symlink(plain, more), 0);
	import_well(source, made, &report);
	ck_assert_uint_eq(report.notes, 2);
	import_report_finish(&report);
}
END_TEST

START_TEST(only_files_of_some_size_are_pictures)
{
	begin();
	struct import_report report = {0};
	write_below("q/note.md",
		"# A\n\n![one](queue.png)\n\n![two](folder.png)\n\n![three](big.png)\n"
		"\n![four](edge.png)\n");
	cleanup_free char *queue = in_suite("q/queue.png"), *big = in_suite("q/big.png");
	cleanup_free char *folder = in_suite("q/folder.png"), *edge = in_suite("q/edge.png");
	(void)unlink(queue);
	ck_assert_int_eq(mkfifo(queue, 0600), 0);
	ck_assert(folder_make(folder, 0700, NULL));
	write_below("q/big.png", "");
	write_below("q/edge.png", "");
	ck_assert_int_eq(truncate(big, 64 * 1024 * 1024 + 1), 0);
	ck_assert_int_eq(truncate(edge, 8 * 1024 * 1024), 0);
	cleanup_free char *source = in_suite("q"), *made = in_suite("made");
	import_well(source, made, &report);
	static const char *const said[] = {
		"'queue.png' was not copied: 'queue.png' is not a regular file",
		"'folder.png' was not copied: 'folder.png' is not a regular file",
		"'big.png' was not copied: 'big.png' is larger than"};
	for (size_t i = 0; i < ARRAY_LENGTH(said); i++)
		ck_assert_msg(has_remark(&report, said[i]), "%s", said[i]);
	ck_assert_uint_eq(report.pictures, 1);
	import_report_finish(&report);
	ck_assert(folder_remove(made, NULL));
}
END_TEST

/* A name that would make the file a companion of notes gets another ending. */
static const struct {
	const char *name, *made;
} names[] = {
	{"README.md", "README.md"},
	{"CHANGELOG.md", "CHANGELOG.markdown"},
	{"notes.txt", "notes.txt.md"},
	{"slides.mdx", "slides.mdx"},
	{".hidden.md", "hidden.md"},
};

START_TEST(a_note_keeps_its_name)
{
	begin();
	struct import_report report = {0};
	cleanup_free char *source_name = path_join("n", names[_i].name);
	cleanup_free char *made_name = path_join("made", names[_i].made);
	write_below(source_name, "# A\n\nWords.\n");
	cleanup_free char *source = in_suite(source_name), *made = in_suite("made");
	import_well(source, made, &report);
	cleanup_free char *path = in_suite(made_name);
	ck_assert_msg(file_exists(path), "%s", path);
	cleanup_free char *before = course_in_words(source), *after = course_in_words(made);
	ck_assert_str_eq(before, after);
	ck_assert(folder_remove(made, NULL));
	import_report_finish(&report);
}
END_TEST

START_TEST(a_bank_for_each_lesson_waits_to_be_written)
{
	begin();
	struct import_report report = {0};
	struct course *c = NULL;
	struct error err = {0};
	write_below("s/note.md", "# One\n\nWords.\n\n# Two\n\nWords.\n");
	cleanup_free char *source = in_suite("s/note.md"), *made = in_suite("made");
	import_well(source, made, &report);
	ck_assert_uint_eq(report.stubs, 2);
	ck_assert_uint_eq(errors_in(made), 0);
	ck_assert_msg(course_load(made, &c, &err), "%s", error_text(&err));
	for (size_t i = 0; i < c->lesson_count; i++)
		ck_assert_ptr_null(c->lessons[i].quiz_path);
	course_destroy(c);
	struct lint_report linted = {0};
	cleanup_free char *bank = in_suite("made/quizzes/two.gift");
	lint_check_bank(bank, &linted);
	ck_assert_uint_eq(linted.count, 1);
	ck_assert_int_eq(linted.items[0].level, LINT_NOTE);
	lint_finish(&linted);
	/* a form that is filled in is a question */
	cleanup_free char *stub = read_below("made/quizzes/two.gift");
	ck_assert_ptr_nonnull(strstr(stub, "// Questions of the lesson: Two\n"));
	struct buf filled = {0};
	for (const char *line = stub; *line != '\0';) {
		size_t length = strcspn(line, "\n");
		bool form = text_starts(line, "// ::") || text_starts(line, "// =") ||
			    text_starts(line, "// ~W") || text_starts(line, "// }");
		if (form && !text_starts(line, "// = ~"))
			buf_printf(&filled, "%.*s\n", (int)length - 3, line + 3);
		else
			buf_printf(&filled, "%.*s\n", (int)length, line);
		line += length + (line[length] == '\n');
	}
	write_below("made/quizzes/two.gift", buf_text(&filled));
	buf_finish(&filled);
	ck_assert_msg(course_load(made, &c, &err), "%s", error_text(&err));
	ck_assert_ptr_nonnull(c->lessons[1].quiz_path);
	course_destroy(c);
	ck_assert_uint_eq(errors_in(made), 0);
	import_report_finish(&report);
}
END_TEST

/* ---- what is refused ---- */

static void expect_refusal(const char *source, const char *folder, const char *words)
{
	struct import_report report = {0};
	struct error err = {0};
	ck_assert(!import_course(source, folder, &report, &err));
	ck_assert_msg(strstr(error_text(&err), words) != NULL, "%s", error_text(&err));
	error_finish(&err);
	import_report_finish(&report);
}

/* How many things the suite's folder has. */
static size_t count_below(void)
{
	size_t count = 0;
	DIR *dir = opendir(suite_folder);
	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count;
}

START_TEST(nothing_is_overwritten_and_nothing_is_left)
{
	begin();
	struct import_report report = {0};
	write_below("s/note.md", "# One\n\nWords.\n");
	write_below("full/mine.md", "# Mine\n");
	write_below("s/q.gift", "Q{T}\n");
	cleanup_free char *source = in_suite("s/note.md"), *full = in_suite("full");
	cleanup_free char *file = in_suite("full/mine.md"), *bank = in_suite("s/q.gift");
	cleanup_free char *empty = in_suite("empty"), *none = in_suite("none");
	cleanup_free char *deep = in_suite("no/such/made");
	ck_assert(folder_make(empty, 0700, NULL));
	size_t before = count_below();
	expect_refusal(source, full, "name a folder that is new or empty");
	expect_refusal(source, file, "name a folder that is new or empty");
	expect_refusal(source, deep, "cannot create a folder beside");
	expect_refusal(bank, none, "has only questions");
	expect_refusal(none, empty, "there is no file or folder");
	ck_assert_uint_eq(count_below(), before);
	import_well(source, empty, &report); /* with a slash at the end, too */
	import_report_finish(&report);
	ck_assert(folder_remove(empty, NULL));
	cleanup_free char *slash = in_suite("empty/");
	import_well(source, slash, &report);
	ck_assert_uint_eq(count_below(), before);
	import_report_finish(&report);
}
END_TEST

/* ---- archives ---- */

static const char *const archives[] = {"workshop.tar", "workshop.tgz", "workshop.zip"};

START_TEST(an_archive_is_unpacked)
{
	begin();
	struct import_report report = {0};
	cleanup_free char *name = path_join("import", archives[_i]);
	cleanup_free char *source = suite_data(name), *made = in_suite("made");
	import_well(source, made, &report);
	cleanup_free char *first = read_below("made/index.md"),
			  *second = read_below("made/part/02.md");
	ck_assert_ptr_nonnull(strstr(first, "id: workshop-"));
	ck_assert_str_eq(second, "# Größe\n\nWords.\n");
	ck_assert_uint_eq(report.lessons, 2);
	import_report_finish(&report);
}
END_TEST

/* One entry of a tar file and, if it is a note, its text. */
struct entry {
	const char *name;
	char type; /* '0' a file, '1' a hard link, '2' a link */
	const char *target;
	unsigned long long size; /* 0: that of a small note */
};

static void add_entry(struct buf *out, const struct entry *e)
{
	static const char note[] = "# A\n\nWords.\n";
	char block[512] = {0};
	unsigned long long sum = 0, size = e->type != '0' ? 0
					   : e->size > 0  ? e->size
							  : strlen(note);
	snprintf(block, 100, "%s", e->name);
	snprintf(block + 100, 8, "%07o", 0644);
	snprintf(block + 108, 8, "%07o", 0);
	snprintf(block + 116, 8, "%07o", 0);
	snprintf(block + 124, 12, "%011llo", size);
	snprintf(block + 136, 12, "%011o", 0);
	memset(block + 148, ' ', 8);
	block[156] = e->type;
	snprintf(block + 157, 100, "%s", e->target != NULL ? e->target : "");
	memcpy(block + 257,
		"ustar\0"
		"00",
		8);
	for (size_t i = 0; i < sizeof block; i++)
		sum += (unsigned char)block[i];
	snprintf(block + 148, 8, "%06llo", sum);
	buf_add(out, block, sizeof block);
	if (e->type != '0' || e->size > 0)
		return; /* a size that is claimed, without the bytes */
	buf_add_text(out, note);
	buf_add_repeat(out, '\0', 512 - strlen(note));
}

/* Two entries; what is said about them, NULL: the first one is left out, and the second is the
 * course. */
static const struct {
	struct entry first, second;
	const char *refused;
} hostile[] = {
	{{"/tmp/evil.md", '0', NULL, 0}, {"a.md", '0', NULL, 0}, "an absolute path"},
	{{"../evil.md", '0', NULL, 0}, {"a.md", '0', NULL, 0}, "leads out of it"},
	{{"b/../../evil.md", '0', NULL, 0}, {"a.md", '0', NULL, 0}, "leads out of it"},
	{{"b\033[2J.md", '0', NULL, 0}, {"a.md", '0', NULL, 0}, "control characters"},
	{{"b\xFF.md", '0', NULL, 0}, {"a.md", '0', NULL, 0}, "not UTF-8"},
	{{"link.md", '2', "/etc/passwd", 0}, {"a.md", '0', NULL, 0}, NULL},
	{{"link.md", '1', "a.md", 0}, {"a.md", '0', NULL, 0}, NULL},
	{{"out", '2', "/tmp", 0}, {"./a.md", '0', NULL, 0}, NULL},
	{{"big.md", '0', NULL, 077777777777}, {"a.md", '0', NULL, 0}, "cannot unpack"},
	{{"a.txt", '0', NULL, 0}, {"b.txt", '0', NULL, 0}, "has no Markdown notes"},
};

START_TEST(a_hostile_archive_is_refused)
{
	begin();
	struct import_report report = {0};
	cleanup_buf struct buf bytes = {0};
	struct error err = {0};
	add_entry(&bytes, &hostile[_i].first);
	add_entry(&bytes, &hostile[_i].second);
	buf_add_repeat(&bytes, '\0', 1024);
	cleanup_free char *source = in_suite("x.tar"), *made = in_suite("made");
	ck_assert(file_write(source, buf_text(&bytes), bytes.length, 0600, &err));
	size_t before = count_below();
	if (hostile[_i].refused != NULL) {
		expect_refusal(source, made, hostile[_i].refused);
		ck_assert_uint_eq(count_below(), before);
	} else {
		import_well(source, made, &report);
		ck_assert_uint_eq(report.notes, 1);
		cleanup_free char *note = read_below("made/a.md");
		ck_assert_ptr_nonnull(strstr(note, "Words."));
		ck_assert(folder_remove(made, NULL));
	}
	import_report_finish(&report);
}
END_TEST

START_TEST(a_broken_archive_is_refused)
{
	begin();
	cleanup_free char *made = in_suite("made"), *none = in_suite("none.zip");
	write_below("b.zip", "no archive at all, only words");
	write_below("b.tgz", "no archive at all, only words");
	cleanup_free char *zip = in_suite("b.zip"), *tgz = in_suite("b.tgz");
	expect_refusal(zip, made, "cannot unpack");
	expect_refusal(tgz, made, "cannot unpack");
	expect_refusal(none, made, "cannot unpack");
	ck_assert(!folder_exists(made));
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{an_imported_note_is_the_same_course, ARRAY_LENGTH(note_folders)},
		{a_shipped_course_is_the_same, 1},
		{notes_are_rewritten, ARRAY_LENGTH(rewritings)},
		{what_was_done_is_reported, ARRAY_LENGTH(remarks)},
		{a_folder_keeps_its_names_and_questions, 1},
		{pictures_are_copied, 1},
		{no_link_leads_out_of_the_folder, 2},
		{only_files_of_some_size_are_pictures, 1},
		{a_folder_without_an_index_has_no_id, 1},
		{a_note_keeps_its_name, ARRAY_LENGTH(names)},
		{a_bank_for_each_lesson_waits_to_be_written, 1},
		{nothing_is_overwritten_and_nothing_is_left, 1},
		{an_archive_is_unpacked, ARRAY_LENGTH(archives)},
		{a_hostile_archive_is_refused, ARRAY_LENGTH(hostile)},
		{a_broken_archive_is_refused, 1},
	};
	return suite_run("import", tests, ARRAY_LENGTH(tests), 60);
}
