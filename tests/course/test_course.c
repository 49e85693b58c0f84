/* tests/course/test_course.c - steps, tasks, finding lessons, the catalogue, JSON */
#include "course.h"
#include "digest.h"
#include "suite.h"

#include <cjson/cJSON.h>

static const char text[] = "# Top\n\n🎯 Know it.\n\nWords.\n\n```console\n$ docker ps\nCONTAINER\n$ "
			   "docker images\n```\n"
			   "<!-- check\nexit 0\noutput has IMAGE\n-->\n\n## One\n\n🧪 Do "
			   "it.\n<!-- task first\ncheck: container x is "
			   "running\nhint: think\nhint: think more\nsolution: docker run -d \\\n  "
			   "--name x nginx\n-->\n<!-- setup: docker "
			   "pull nginx -->\n<!-- skip -->\n<!-- a viewer's own -->\n\n## "
			   "Two\n\n```Dockerfile title=Dockerfile\nFROM x\n```\n"
			   "<!-- quiz: q1 -->\n\n[[missing]]\n\n## Twofold\n\ntext\n";

static struct course *load(void)
{
	struct course *course = NULL;
	struct error err = {0};
	cleanup_free char *path = suite_file("my_Note.md", text, sizeof text - 1);
	ck_assert_msg(course_load(path, &course, &err), "%s", error_text(&err));
	return course;
}

START_TEST(steps_are_made)
{
	struct course *c = load();
	static const enum course_step_kind kinds[] = {
		STEP_CALLOUT, STEP_PROSE, STEP_EXAMPLE, STEP_EXAMPLE};
	ck_assert_str_eq(c->old_id, "my-note");
	ck_assert_str_eq(c->id, c->place_id);
	ck_assert(text_starts(c->id, "my-note-"));
	ck_assert_str_eq(c->title, "Top");
	ck_assert_uint_eq(c->lesson_count, 4);
	ck_assert_uint_eq(c->lessons[0].step_count, ARRAY_LENGTH(kinds));
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		ck_assert_int_eq(c->lessons[0].steps[i].kind, kinds[i]);
	ck_assert_str_eq(c->lessons[0].objective, "Know it.");
	ck_assert_str_eq(c->lessons[0].steps[2].output, "CONTAINER");
	ck_assert_uint_eq(c->lessons[0].steps[3].checks.count, 2);
	ck_assert_int_eq(c->lessons[0].steps[3].checks.items[1].line, 14);
	const struct course_step *task = &c->lessons[1].steps[0];
	ck_assert_int_eq(task->kind, STEP_TASK);
	ck_assert_str_eq(task->id, "first");
	ck_assert_uint_eq(task->hints.count, 2);
	ck_assert_uint_eq(task->setups.count, 1);
	ck_assert_ptr_nonnull(strstr(task->solution.items[0].line, "--name x"));
	ck_assert_ptr_nonnull(task->skip);
	ck_assert_str_eq(c->lessons[2].steps[0].blocks[0].file, "Dockerfile");
	cleanup_free char *json = course_json(c);
	ck_assert_ptr_nonnull(strstr(json, "\"name\":\t\"Dockerfile\""));
	ck_assert_str_eq(c->lessons[2].steps[1].quiz, "q1");
	ck_assert_uint_eq(c->problem_count, 1);
	ck_assert_ptr_nonnull(strstr(c->problems[0].message, "missing"));
	course_destroy(c);
}
END_TEST

static const struct {
	const char *reference;
	int lesson; /* -1: an error */
} references[] = {{"1", 0}, {"1.2", 2}, {"2", 2}, {"two", 2}, {"twof", 3}, {"One", 1}, {"#one", 1},
	{"tw", -1}, {"9", -1}, {"", -1}};

START_TEST(lessons_are_found)
{
	struct course *c = load();
	size_t index = 99;
	bool found = course_find_lesson(c, references[_i].reference, &index, NULL);
	ck_assert_int_eq(found ? (int)index : -1, references[_i].lesson);
	course_destroy(c);
}
END_TEST

static const char recall[] =
	"# Top\n\n<!-- evaluation\npass: 60 %\nattempts: 3\nwait: 10 minutes\n-->\n\n## "
	"One\n\n🧪 "
	"Run `web2` on port 8081, not web22.\n<!-- task web\ncheck: container web2 publishes "
	"80/tcp "
	"on 8081\nhint: look\nsolution: docker run -it --name web2 x sh\ninput: echo 8081\nexit\n"
	"solution: docker rm web2\ncleanup: docker rm -f web2\nfresh: web2 = api, shop\n"
	"fresh: 8081 = 8100-8199\n-->\n\n```console\n$ docker run -it x sh\n```\n<!-- "
	"input\nls\nexit "
	"-->\n";

static struct course *load_recall(void)
{
	struct course *course = NULL;
	struct error err = {0};
	cleanup_free char *path = suite_file("recall.md", recall, sizeof recall - 1);
	ck_assert_msg(course_load(path, &course, &err), "%s", error_text(&err));
	ck_assert_uint_eq(course->problem_count, 0);
	return course;
}

START_TEST(tasks_have_lines_and_rules)
{
	struct course *c = load_recall();
	const struct course_step *task = &c->lessons[1].steps[0];
	ck_assert_uint_eq(task->solution.count, 2);
	ck_assert_str_eq(task->solution.items[0].input, "echo 8081\nexit\n");
	ck_assert_ptr_null(task->solution.items[1].input);
	ck_assert_str_eq(c->lessons[1].steps[1].input, "ls\nexit ");
	for (size_t i = 0; i < 2; i++) {
		ck_assert_double_eq_tol(c->lessons[i].evaluation.pass, 0.6, 1e-9);
		ck_assert_uint_eq(c->lessons[i].evaluation.attempts, 3);
		ck_assert_uint_eq(c->lessons[i].evaluation.wait_minutes, 10);
	}
	course_destroy(c);
}
END_TEST

START_TEST(recalled_tasks_have_other_words)
{
	struct course *c = load_recall();
	unsigned apis = 0;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		cleanup_arena struct arena arena = {0};
		cleanup_buf struct buf words = {0};
		struct course_step task = course_step_vary(&c->lessons[1].steps[0], seed, &arena);
		note_text_plain(&task.blocks[0].text, &words);
		ck_assert_ptr_null(strstr(buf_text(&words), "8081"));
		ck_assert_ptr_nonnull(strstr(buf_text(&words), "not web22."));
		char name[8];
		int port;
		ck_assert_int_eq(sscanf(task.checks.items[0].text,
					 "container %7s publishes 80/tcp on %d", name, &port),
			2);
		ck_assert(port >= 8100 && port <= 8199);
		ck_assert(text_same(name, "api") || text_same(name, "shop"));
		ck_assert_ptr_nonnull(strstr(task.solution.items[1].line, name));
		ck_assert_ptr_nonnull(strstr(task.cleanups.items[0].text, name));
		apis += text_same(name, "api");
	}
	ck_assert(apis > 5 && apis < 35);
	course_destroy(c);
}
END_TEST

static const char needing[] =
	"# All\n<!-- needs: limits -->\nWords.\n\n```console\n$ docker ps\n```\n\n"
	"## Below\n\n🧪 Do it.\n<!-- task one\nneeds: cgroups\ncheck: exit 0\n-->\n\n"
	"# Other\n\n```console\n$ docker ps\n$ docker top x\n```\n<!-- needs: cgroups,limits -->\n"
	"<!-- needs work -->\n\n```console\n$ ls\n```\n<!-- needs:rain -->\n<!-- needs: -->\n"
	"<!-- needs: compose -->\n";

#define CGROUPS (1u << COURSE_NEED_CGROUPS)
#define LIMITS (1u << COURSE_NEED_LIMITS)
#define COMPOSE (1u << COURSE_NEED_COMPOSE)
static const struct {
	size_t lesson, step;
	unsigned needs;
} needed[] = {{0, 0, 0}, {0, 1, LIMITS}, {1, 0, CGROUPS | LIMITS}, {2, 0, 0},
	{2, 1, CGROUPS | LIMITS}, {2, 2, COMPOSE}};

START_TEST(steps_say_what_they_need)
{
	struct course *c = NULL;
	cleanup_free char *path = suite_file("needing.md", needing, sizeof needing - 1);
	ck_assert(course_load(path, &c, NULL));
	for (size_t i = 0; i < ARRAY_LENGTH(needed); i++) {
		const struct course_lesson *lesson = &c->lessons[needed[i].lesson];
		ck_assert_uint_lt(needed[i].step, lesson->step_count);
		ck_assert_uint_eq(lesson->steps[needed[i].step].needs, needed[i].needs);
	}
	ck_assert_uint_eq(c->problem_count, 2);
	ck_assert(c->problems[0].serious && c->problems[1].serious);
	ck_assert_int_eq(c->problems[0].line, 29);
	ck_assert_str_eq(c->problems[0].message,
		"unknown need 'rain'; expected one of: cgroups, limits, compose");
	ck_assert_str_eq(c->problems[1].message, "'needs' requires at least one name");
	cleanup_free char *json = course_json(c);
	cJSON *root = cJSON_Parse(json);
	const cJSON *steps = cJSON_GetObjectItem(
		cJSON_GetArrayItem(cJSON_GetObjectItem(root, "lessons"), 2), "steps");
	ck_assert_ptr_null(cJSON_GetObjectItem(cJSON_GetArrayItem(steps, 0), "needs"));
	cleanup_free char *names =
		cJSON_PrintUnformatted(cJSON_GetObjectItem(cJSON_GetArrayItem(steps, 1), "needs"));
	ck_assert_str_eq(names, "[\"cgroups\",\"limits\"]");
	cJSON_Delete(root);
	course_destroy(c);
}
END_TEST

START_TEST(questions_alone_are_a_course)
{
	static const char gift[] = "Q{T}\n";
	struct course *c = NULL;
	cleanup_free char *path = suite_file("some bank.gift", gift, sizeof gift - 1);
	ck_assert(course_load(path, &c, NULL));
	ck_assert_uint_eq(c->lesson_count, 1);
	ck_assert_str_eq(c->lessons[0].title, "some bank");
	ck_assert_str_eq(c->lessons[0].quiz_path, path);
	course_destroy(c);
}
END_TEST

START_TEST(json_is_whole)
{
	struct course *c = load();
	cleanup_free char *json = course_json(c);
	cJSON *root = cJSON_Parse(json);
	const cJSON *lessons = cJSON_GetObjectItem(root, "lessons");
	ck_assert_int_eq(cJSON_GetArraySize(lessons), 4);
	const cJSON *one = cJSON_GetArrayItem(lessons, 1);
	ck_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(one, "parent")), "1");
	ck_assert(cJSON_IsNull(cJSON_GetObjectItem(cJSON_GetArrayItem(lessons, 0), "parent")));
	cJSON_Delete(root);
	course_destroy(c);
}
END_TEST

START_TEST(broken_notes_are_told)
{
	static const char broken[] =
		"# A\n<!-- check exit 0 -->\n\nwords\n<!-- task t\nnonsense\n-->\n";
	cleanup_free char *path = suite_file("broken.md", broken, sizeof broken - 1);
	struct course *c = NULL;
	ck_assert(course_load(path, &c, NULL));
	ck_assert_uint_eq(c->problem_count, 3);
	for (size_t i = 0; i < c->problem_count; i++)
		ck_assert(c->problems[i].serious && c->problems[i].line > 0);
	course_destroy(c);
	ck_assert(!course_load("no-such-course", &c, NULL));
}
END_TEST

/* ---- folders, as people keep them ---- */

static void write_note(const char *folder, const char *name, const char *words)
{
	struct error err = {0};
	cleanup_free char *path = path_join(folder, name);
	cleanup_free char *above = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	ck_assert_msg(folder_make(above, 0700, &err), "%s", error_text(&err));
	ck_assert_msg(file_write(path, words, strlen(words), 0600, &err), "%s", error_text(&err));
}

static struct course *load_path(const char *path)
{
	struct course *c = NULL;
	struct error err = {0};
	ck_assert_msg(course_load(path, &c, &err), "%s", error_text(&err));
	return c;
}

/* What can't be read is told, and the rest is a course, in the order in which people count. */
START_TEST(a_folder_is_a_course)
{
	static const char *const titles[] = {"Home", "Two", "Ten", "Upper", "Inner"};
	static const char *const problems[] = {"bin.md", "empty.md", "gone.md", "10-ten.md"};
	cleanup_free char *folder = path_join(suite_folder, "vault");
	cleanup_free char *loop = path_join(folder, "sub/loop"),
			  *gone = path_join(folder, "gone.md");
	write_note(folder, "10-ten.md", "# Ten\n\n[[nowhere]] [[#Ten]]\n");
	write_note(folder, "2-two.md", "# Two\n\n[[inner]] [[sub/Inner]] [[Ten]] [[10-ten]]\n");
	write_note(folder, "index.md", "# Home\n");
	write_note(folder, "UPPER.MD", "# Upper\n");
	write_note(folder, "README.md", "# About it\n");
	write_note(folder, "bin.md", "\001\002\003\004");
	write_note(folder, "empty.md", "");
	write_note(folder, "sub/Inner.md", "# Inner\n\n[[2-two]]\n");
	write_note(folder, "node_modules/x/other.md", "# Not this\n");
	ck_assert_int_eq(symlink("..", loop) | symlink("nowhere", gone), 0);
	struct course *c = load_path(folder);
	ck_assert_uint_eq(c->lesson_count, ARRAY_LENGTH(titles));
	for (size_t i = 0; i < ARRAY_LENGTH(titles); i++)
		ck_assert_str_eq(c->lessons[i].title, titles[i]);
	ck_assert_uint_eq(c->problem_count, ARRAY_LENGTH(problems) + 1);
	for (size_t i = 0; i < ARRAY_LENGTH(problems); i++)
		ck_assert(text_ends(c->problems[i < 3 ? i : 4].path, problems[i]));
	ck_assert(c->problems[0].serious && !c->problems[1].serious);
	ck_assert_ptr_nonnull(strstr(c->problems[3].message, "[[Ten]]"));
	ck_assert_ptr_nonnull(strstr(c->problems[4].message, "[[nowhere]]"));
	course_destroy(c);
}
END_TEST

/* A lesson is known by its anchor: no two of a course have the same. */
START_TEST(anchors_are_a_courses_own)
{
	static const char *const anchors[] = {"one", "install", "two", "b-install", "b-install-1"};
	cleanup_free char *folder = path_join(suite_folder, "twice");
	write_note(folder, "a.md", "# One\n## Install\n");
	write_note(folder, "b.md", "# Two\n## Install\n## Install\n");
	struct course *c = load_path(folder);
	ck_assert_str_eq(c->old_id, "twice");
	ck_assert_uint_eq(c->lesson_count, ARRAY_LENGTH(anchors));
	for (size_t i = 0; i + 1 < ARRAY_LENGTH(anchors); i++)
		ck_assert_str_eq(c->lessons[i].anchor, anchors[i]);
	for (size_t i = 0; i < c->lesson_count; i++)
		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(c->lessons[i].anchor, c->lessons[k].anchor);
	course_destroy(c);
}
END_TEST

/* A note of a vault may link to all of it; a README alone is a note. */
START_TEST(vaults_and_readmes)
{
	cleanup_free char *folder = path_join(suite_folder, "kept");
	cleanup_free char *note = path_join(folder, "deep/Note.md");
	cleanup_free char *project = path_join(suite_folder, "project");
	struct error err = {0};
	write_note(folder, ".obsidian/app.md", "x");
	write_note(folder, "Other.md", "# Other\n");
	write_note(folder, "deep/Note.md", "# Note\n\n[[other]] [[plan.pdf]]\n");
	write_note(folder, "deep/plan.pdf", "x");
	write_note(project, "README.md", "# Project\n");
	write_note(project, "src/README.md", "# Source\n");
	struct course *c = load_path(note), *p = load_path(project);
	ck_assert_uint_eq(c->problem_count, 0);
	ck_assert_str_eq(p->title, "Project");
	cleanup_free char *readme = path_join(project, "README.md");
	struct course *r = load_path(readme);
	ck_assert_str_eq(r->old_id, "project-readme");
	course_destroy(r);
	course_destroy(c);
	course_destroy(p);
	cleanup_free char *empty = path_join(suite_folder, "bare");
	ck_assert(folder_make(empty, 0700, &err));
	ck_assert(!course_load(empty, &c, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "no Markdown notes"));
	error_finish(&err);
}
END_TEST

#define RUN_WORDS 8
#define RUN_MARK 12 /* this much of a run's SHA-256, in hexadecimal */

/* Words are what stands between blanks. NULL: there is none any more. */
static const char *next_word(const char *at)
{
	at += strcspn(at, " \t\n");
	at += strspn(at, " \t\n");
	return *at != '\0' ? at : NULL;
}

/* The eight words from here on, with one blank between them; false where there are fewer. */
static bool take_run(const char *at, struct buf *run)
{
	buf_truncate(run, 0);
	for (size_t i = 0; i < RUN_WORDS; i++, at = next_word(at)) {
		if (at == NULL)
			return false;
		buf_add_text(run, i > 0 ? " " : "");
		buf_add(run, at, strcspn(at, " \t\n"));
	}
	return true;
}

static int compare_marks(const void *a, const void *b)
{
	return memcmp(a, b, RUN_MARK);
}

static void assert_own_words(const char *path, const struct buf *theirs)
{
	cleanup_buf struct buf ours = {0}, run = {0};
	char mark[DIGEST_TEXT_SIZE];
	ck_assert_msg(file_read(path, 1 << 20, &ours, NULL), "%s", path);
	for (const char *at = buf_text(&ours); at != NULL && take_run(at, &run);
		at = next_word(at)) {
		if (strstr(buf_text(&run), "docker run ") != NULL)
			continue; /* command lines are nobody's words */
		digest_sha2(256, run.data, run.length, mark);
		ck_assert_msg(bsearch(mark, theirs->data, theirs->length / (RUN_MARK + 1),
				      RUN_MARK + 1, compare_marks) == NULL,
			"%s: %s", path, buf_text(&run));
	}
}

/* In this order: the first is the one with which a newcomer begins. */
static const char *const shipped[] = {
	"docker-start-here", "dockerfiles", "finding-faults", "services-with-compose"};

START_TEST(the_catalogue_begins_with_the_first_course)
{
	cleanup_words struct words names = {0};
	ck_assert(course_catalogue(&names, NULL));
	ck_assert_uint_eq(names.count, ARRAY_LENGTH(shipped));
	for (size_t i = 0; i < names.count; i++)
		ck_assert_str_eq(names.items[i], shipped[i]);
}
END_TEST

/* The shipped courses share no run of eight words with the notes that the first was made after. Of
 * these there are marks only: see runs.txt, sorted, a line a run. */
START_TEST(shipped_words_are_our_own)
{
	cleanup_free char *marks = suite_data("course/runs.txt");
	cleanup_buf struct buf theirs = {0};
	struct course *course = NULL;
	ck_assert(file_read(marks, 1 << 20, &theirs, NULL));
	ck_assert_uint_eq(theirs.length % (RUN_MARK + 1), 0);
	ck_assert_uint_ge(theirs.length / (RUN_MARK + 1), 2000);
	ck_assert(course_load(shipped[_i], &course, NULL));
	ck_assert_uint_ge(course->note_count, _i == 0 ? 2 : 1);
	for (size_t i = 0; i < course->note_count; i++)
		assert_own_words(course->notes[i]->path, &theirs);
	for (size_t i = 0; i < course->lesson_count; i++)
		assert_own_words(course->lessons[i].quiz_path, &theirs);
	course_destroy(course);
}
END_TEST

/* Each picture has words, and a drawing in text that fits a narrow terminal. */
static unsigned check_pictures(const struct course *course)
{
	unsigned count = 0;
	for (size_t i = 0; i < course->lesson_count; i++) {
		const struct note_section *s = course->lessons[i].section;
		cleanup_free char *folder = path_parent(course->lessons[i].note->path);
		for (size_t l = 0; l < s->link_count; l++) {
			const char *url = s->links[l].url;
			cleanup_buf struct buf drawing = {0};
			if (s->links[l].kind != NOTE_LINK_PICTURE || strstr(url, "://") != NULL)
				continue;
			cleanup_free char *beside =
				xasprintf("%.*s.txt", (int)strlen(url) - 4, url);
			ck_assert_msg(
				text_ends(url, ".svg") && beneath_exists(folder, url), "%s", url);
			ck_assert_msg(beneath_read(folder, beside, 1 << 16, &drawing, NULL), "%s",
				beside);
			for (const char *line = buf_text(&drawing); *line != '\0';
				line = text_next_line(line))
				ck_assert_uint_le(utf8_width(line, strcspn(line, "\n")), 40);
			count++;
		}
	}
	return count;
}

START_TEST(shipped_pictures_are_drawn_in_text_too)
{
	struct course *course = NULL;
	ck_assert(course_load("docker-start-here", &course, NULL));
	ck_assert_uint_ge(check_pictures(course), 5);
	course_destroy(course);
}
END_TEST

/* Every section of a note with the sections of those notes is a lesson of the course: same title,
 * same order. */
START_TEST(every_section_is_a_lesson)
{
	cleanup_free char *path = suite_data("note/kinds/docker_start_here.md");
	struct course *notes = NULL, *ours = NULL;
	size_t at = 0;
	ck_assert(course_load("docker-start-here", &ours, NULL));
	ck_assert(course_load(path, &notes, NULL));
	ck_assert_uint_eq(notes->lesson_count, 17);
	for (size_t i = 0; i < notes->lesson_count; i++) {
		while (at < ours->lesson_count &&
			!text_same(ours->lessons[at].title, notes->lessons[i].title))
			at++;
		ck_assert_msg(at < ours->lesson_count, "%s", notes->lessons[i].title);
		ck_assert_int_eq(ours->lessons[at].level, notes->lessons[i].level);
	}
	course_destroy(notes);
	course_destroy(ours);
}
END_TEST

static size_t count_questions(const char *path)
{
	cleanup_buf struct buf bank = {0};
	size_t count = 0;
	ck_assert_msg(file_read(path, 1 << 20, &bank, NULL), "%s", path);
	for (const char *at = buf_text(&bank); (at = strstr(at, "[id:")) != NULL; at++)
		count++;
	return count;
}

/* An objective, something to do, and at least five questions. */
START_TEST(lessons_are_whole)
{
	struct course *course = NULL;
	ck_assert(course_load(shipped[_i], &course, NULL));
	ck_assert_str_eq(course->id, shipped[_i]);
	for (size_t i = 0; i < course->lesson_count; i++) {
		const struct course_lesson *l = &course->lessons[i];
		size_t tasks = 0;
		for (size_t k = 0; k < l->step_count; k++)
			tasks += l->steps[k].kind == STEP_TASK;
		ck_assert_msg(
			l->objective != NULL && tasks > 0 && l->quiz_path != NULL, "%s", l->title);
		ck_assert_msg(count_questions(l->quiz_path) >= 5, "%s", l->title);
	}
	course_destroy(course);
}
END_TEST

/* ---- what courses and steps are known by ---- */

static const char places[][24] = {"p1/notes.md", "p2/notes.md", "p1/sub/README.md",
	"p2/sub/README.md", "p1/bank.gift", "p2/bank.gift", "p1", "p2", "p1/sub", "p2/sub"};

START_TEST(a_course_is_known_by_where_it_is)
{
	cleanup_free char *root = path_join(suite_folder, "places");
	cleanup_words struct words ids = {0};
	for (size_t i = 0; i < 6; i++)
		write_note(root, places[i], i < 4 ? "# Same\n\nText.\n" : "Q{T}\n");
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
		cleanup_free char *path = path_join(root, places[i]);
		struct course *c = load_path(path), *again = load_path(path);
		ck_assert_msg(!words_has(&ids, c->id), "%s is another's", c->id);
		ck_assert_str_eq(c->id, again->id);
		words_add(&ids, c->id);
		course_destroy(c);
		course_destroy(again);
	}
}
END_TEST

static const struct {
	const char *place, *text, *id; /* id NULL: known by where it is */
} own[] = {
	{"own/a/notes.md", "---\nid: first-steps\n---\n# A\n", "first-steps"},
	{"own/b/other.md", "---\nid: first-steps\n---\n# A\n", "first-steps"},
	{"own/b", NULL, "first-steps"}, /* a folder with one note */
	{"own/c/index.md", "---\nid: of-all\n---\n# C\n", "of-all"},
	{"own/c/more.md", "---\nid: of-one\n---\n# D\n", "of-one"}, {"own/c", NULL, "of-all"},
	{"own/d/one.md", "---\nid: one\n---\n# One\n", "one"},
	{"own/d/two.md", "---\nid: two\n---\n# Two\n", "two"},
	{"own/d", NULL, NULL}, /* neither note speaks for both */
};

START_TEST(a_course_is_known_by_its_own_id)
{
	for (size_t i = 0; i < ARRAY_LENGTH(own); i++)
		if (own[i].text != NULL)
			write_note(suite_folder, own[i].place, own[i].text);
	for (size_t i = 0; i < ARRAY_LENGTH(own); i++) {
		cleanup_free char *path = path_join(suite_folder, own[i].place);
		struct course *c = load_path(path);
		ck_assert_str_eq(c->id, own[i].id != NULL ? own[i].id : c->place_id);
		course_destroy(c);
	}
}
END_TEST

/* Each step of the text before by the words that it contains, and by those of the step that has its
 * id afterwards; NULL: no step has it. */
static const struct {
	const char *before, *after;
	const char *steps[4][2];
} edits[] = {
	/* another example before it */
	{"```console\n$ echo first\n$ echo last\n```\n",
		"```console\n$ echo zeroth\n$ echo first\n$ echo last\n```\n",
		{{"first", "first"}, {"last", "last"}}},
	/* it is moved */
	{"```console\n$ echo first\n$ echo last\n```\n",
		"```console\n$ echo last\n```\n\nNow:\n\n```sh\necho first\n```\n",
		{{"first", "first"}, {"last", "last"}}},
	/* the words around it, its output */
	{"Some wrods.\n\n```console\n$ echo a\nb\n```\n",
		"Some words.\n\nMore.\n\n```console\n$ echo a\na\n```\n",
		{{"echo a", "echo a"}, {"wrods", "words"}}},
	/* it is another command now */
	{"```console\n$ echo a\n```\n", "```console\n$ echo b\n```\n", {{"echo a", NULL}}},
	/* text is known by what comes before it */
	{"Start.\n\n```sh\necho a\n```\n\nMiddle.\n\n```sh\necho b\n```\n\nEnd.\n",
		"Start.\n\n```sh\necho 0\n```\n\nNew.\n\n```sh\necho a\n```\n\nMiddle!\n\n"
		"```sh\necho b\n```\n\nEnd.\n",
		{{"Start", "Start"}, {"Middle", "Middle!"}, {"End", "End"}, {"echo b", "echo b"}}},
	/* tasks: named, and not */
	{"🧪 Do it.\n<!-- task one\ncheck: exit 0\n-->\n\n🧪 Do that.\n<!-- task\ncheck: file x "
	 "exists\n-->\n",
		"🧪 First this.\n<!-- task\ncheck: file y exists\n-->\n\n🧪 Do it now.\n<!-- task "
		"one\ncheck: exit nonzero\n-->\n\n🧪 Then do that.\n<!-- task\ncheck: file x "
		"exists\nhint: touch\n-->\n",
		{{"Do it.", "Do it now."}, {"Do that.", "Then do that."}}},
	/* questions */
	{"Text.\n<!-- quiz: ports -->\n\nText.\n<!-- quiz: names -->\n",
		"Text.\n<!-- quiz: new -->\n\nText.\n<!-- quiz: ports -->\n<!-- quiz: names -->\n",
		{{"ports", "ports"}, {"names", "names"}}},
};

static bool is_step_about(const struct course_step *step, const char *words)
{
	cleanup_buf struct buf plain = {0};
	for (size_t i = 0; i < step->block_count; i++)
		note_text_plain(&step->blocks[i].text, &plain);
	return (step->command != NULL && strstr(step->command, words) != NULL) ||
	       (step->quiz != NULL && text_same(step->quiz, words)) ||
	       (step->command == NULL && strstr(buf_text(&plain), words) != NULL);
}

static const struct course_step *step_about(const struct course *c, const char *words)
{
	for (size_t i = 0; i < c->lessons[0].step_count; i++)
		if (is_step_about(&c->lessons[0].steps[i], words))
			return &c->lessons[0].steps[i];
	ck_abort_msg("no step has '%s'", words);
}

START_TEST(a_step_is_known_by_its_content)
{
	struct course *texts[2];
	for (size_t i = 0; i < 2; i++) {
		cleanup_free char *whole =
			xasprintf("# One\n\n%s", i == 0 ? edits[_i].before : edits[_i].after);
		cleanup_free char *path = suite_file("edited.md", whole, strlen(whole));
		texts[i] = load_path(path);
	}
	const struct course_lesson *after = &texts[1]->lessons[0];
	for (size_t i = 0; i < 4 && edits[_i].steps[i][0] != NULL; i++) {
		const struct course_step *step = step_about(texts[0], edits[_i].steps[i][0]);
		size_t at = course_find_step(after, step->id);
		const char *there = edits[_i].steps[i][1];
		if (there == NULL)
			ck_assert_uint_eq(at, after->step_count);
		else
			ck_assert_msg(
				at < after->step_count && is_step_about(&after->steps[at], there),
				"'%s' is not '%s'", step->id, there);
	}
	course_destroy(texts[0]);
	course_destroy(texts[1]);
}
END_TEST

START_TEST(equal_steps_are_numbered)
{
	static const char same[] =
		"# One\n\n```sh\ndocker ps\n```\n\n```sh\ndocker ps\n```\n\n```sh\ndocker ps\n```\n";
	cleanup_free char *path = suite_file("equal.md", same, sizeof same - 1);
	struct course *c = load_path(path);
	const struct course_step *steps = c->lessons[0].steps;
	for (unsigned i = 0; i < 3; i++) {
		cleanup_free char *id =
			i == 0 ? xstrdup(steps[0].id) : xasprintf("%s-%u", steps[0].id, i + 1);
		cleanup_free char *old = course_step_old_id(&steps[i]);
		cleanup_free char *number = xasprintf("example-%u", i + 1);
		ck_assert_str_eq(steps[i].id, id);
		ck_assert_str_eq(old, number);
		ck_assert_uint_eq(course_find_step(&c->lessons[0], old), i);
	}
	course_destroy(c);
}
END_TEST

/* A course of the team is found by its name, after ropes' own and files, and no more trusted than
 * any other note. */
START_TEST(courses_of_the_team_are_found)
{
	static const char theirs[] = "---\nid: onboarding\n---\n# Theirs\n\nwords\n";
	static const struct {
		const char *name, *title;
		bool shipped;
	} rows[] = {{"onboarding", "Theirs", false}, {"docker-start-here", NULL, true},
		{".hidden", NULL, false}, {"../courses/onboarding", NULL, false},
		{"nothing", NULL, false}};
	struct words names = {0};
	setenv("XDG_DATA_HOME", suite_folder, 1);
	write_note(suite_folder, "ropes/courses/onboarding/index.md", theirs);
	write_note(suite_folder, "ropes/courses/docker-start-here/index.md", theirs);
	write_note(suite_folder, "ropes/courses/.hidden/index.md", theirs);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct error err = {0};
		struct course *c;
		bool good = course_load(rows[i].name, &c, &err);
		ck_assert_msg(
			good == (rows[i].title != NULL || rows[i].shipped), "%s", rows[i].name);
		error_finish(&err);
		if (!good)
			continue;
		ck_assert_int_eq(c->shipped, rows[i].shipped);
		ck_assert(rows[i].shipped || strcmp(c->title, rows[i].title) == 0);
		ck_assert_str_eq(c->id, rows[i].name);
		course_destroy(c);
	}
	ck_assert(course_received(&names, NULL));
	ck_assert_uint_eq(names.count, 2);
	ck_assert_str_eq(names.items[1], "onboarding");
	words_finish(&names);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{steps_are_made, 1},
		{lessons_are_found, ARRAY_LENGTH(references)},
		{tasks_have_lines_and_rules, 1},
		{recalled_tasks_have_other_words, 1},
		{steps_say_what_they_need, 1},
		{questions_alone_are_a_course, 1},
		{json_is_whole, 1},
		{broken_notes_are_told, 1},
		{a_folder_is_a_course, 1},
		{anchors_are_a_courses_own, 1},
		{vaults_and_readmes, 1},
		{a_course_is_known_by_where_it_is, 1},
		{a_course_is_known_by_its_own_id, 1},
		{courses_of_the_team_are_found, 1},
		{a_step_is_known_by_its_content, ARRAY_LENGTH(edits)},
		{equal_steps_are_numbered, 1},
		{shipped_words_are_our_own, ARRAY_LENGTH(shipped)},
		{the_catalogue_begins_with_the_first_course, 1},
		{shipped_pictures_are_drawn_in_text_too, 1},
		{every_section_is_a_lesson, 1},
		{lessons_are_whole, ARRAY_LENGTH(shipped)},
	};
	return suite_run("course", tests, ARRAY_LENGTH(tests), 10);
}
