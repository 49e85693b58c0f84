/* tests/tutor/test_tester.c - a course's own test, before a fake sandbox: what passes, fails and is
 * skipped, and why */
#include "play.h"

static void add_point(void *data, const struct tutor_test_point *point)
{
	static const char *const outcomes[] = {"passed", "look", "failed", "skipped"};
	buf_printf(data, "%s: %s", point->what, outcomes[point->outcome]);
	if (point->why != NULL)
		buf_printf(data, " (%s)", point->why);
	buf_add_text(data, "; ");
}

static char *points(struct play *p, size_t lesson, bool *ret_good, struct error *err)
{
	struct buf out = {0};
	const struct tutor_test_plan plan = {.lesson = lesson, .tell = add_point, .data = &out};
	play_begin(p, "");
	tutor_test_lint(p->course, &plan);
	*ret_good = tutor_test(&p->options, &plan, err);
	free(play_end(p));
	return buf_steal(&out);
}

static const struct {
	size_t lesson;
	bool trusted, limits;
	const char *points;
} lessons[] = {
	{1, true, true,
		"example: docker run -d --name web nginx: passed; "
		"example: docker logs <name>: skipped (it has a placeholder that the learner fills); "
		"example: docker system prune -af: skipped (it removes everything); "},
	{2, true, true,
		"task job: passed; task job, as a review: passed; "
		"example: docker run -m 32m --rm alpine true: passed; task twice: passed; "},
	{2, true, false,
		"task job: passed; task job, as a review: passed; "
		"example: docker run -m 32m --rm alpine true: skipped (containers have no memory "
		"and "
		"process limits here); task twice: passed; "},
	{2, false, true,
		"set-up: skipped (this course does not come with ropes, so its hidden commands run only with --trust); "
		"task job: passed; "
		"set-up: skipped (this course does not come with ropes, so its hidden commands run only with --trust); "
		"task job, as a review: passed; "
		"example: docker run -m 32m --rm alpine true: passed; task twice: passed; "},
	{3, true, true, "question first: passed; quiz: 7 questions: passed; "},
};

START_TEST(lessons_are_tested)
{
	struct play p = play_open();
	struct error err = {0};
	bool good;
	p.options.trusted = lessons[_i].trusted;
	fake_sandbox.limits = lessons[_i].limits
				      ? fake_sandbox.limits
				      : (struct sandbox_limits){.groups = true, .processor = true};
	cleanup_free char *text = points(&p, lessons[_i].lesson, &good, &err);
	ck_assert_msg(good, "%s", error_text(&err));
	ck_assert_str_eq(text, lessons[_i].points);
	ck_assert_uint_eq(fake_sandbox_resets(), 0); /* that is its caller's */
	play_close(&p);
}
END_TEST

/* A note of its own, and what its test tells. */
static const struct {
	const char *note, *points;
} notes[] = {
	{"# A\n\n```console\n$ false\n```\n", "example: false: failed (its checks fail); "},
	{"# A\n\n```console\n$ docker ps\nANOTHER\n```\n",
		"example: docker ps: look (its output differs from the one in the note); "},
	{"# A\n\n```console\n$ docker ps\nCONTAINER ID\n```\n", "example: docker ps: passed; "},
	{"# A\n\n🧪 Do.\n<!-- task a\ncheck: output has twice\nsolution: false\n-->\n",
		"task a: failed (its checks fail after its solution); "},
	{"# A\n\n🧪 Do.\n<!-- task a\ncheck: no container exists\nsolution: true\n-->\n",
		"task a: failed (its checks pass before anything was done); "},
	{"# A\n\n🧪 Do.\n<!-- task a\ncheck: output has twice\nhint: type `cat`\nsolution: "
	 "cat\n-->\n",
		"task a: failed (a hint gives away the whole solution); "},
	{"# A\n\n🧪 Just `cat`.\n<!-- task a\ncheck: output has twice\nsolution: cat\n-->\n",
		"task a: failed (its text gives away the whole solution); "},
};

static void assert_points(struct play *p, const char *note, const char *wanted)
{
	struct error err = {0};
	bool good;
	cleanup_free char *path = suite_file("a.md", note, strlen(note));
	course_destroy(p->course);
	ck_assert_msg(course_load(path, &p->course, &err), "%s", error_text(&err));
	p->options.course = p->course;
	cleanup_free char *text = points(p, TUTOR_ALL_LESSONS, &good, &err);
	ck_assert_msg(good, "%s", error_text(&err));
	ck_assert_str_eq(text, wanted);
}

START_TEST(notes_are_tested)
{
	struct play p = play_open();
	assert_points(&p, notes[_i].note, notes[_i].points);
	play_close(&p);
}
END_TEST

START_TEST(compose_may_be_missing)
{
	struct play p = play_open();
	fake_sandbox.compose = _i == 1;
	assert_points(&p, "# A\n\n```console\n$ cat\n```\n<!-- needs: compose -->\n",
		_i == 1 ? "example: cat: passed; "
			: "example: cat: skipped (the docker client has no compose plugin here); ");
	play_close(&p);
}
END_TEST

/* ---- what a plan asks for ---- */

struct asked {
	struct buf out;
	const char *filter;
};

static void add_asked_point(void *data, const struct tutor_test_point *point)
{
	add_point(&((struct asked *)data)->out, point);
}

static bool wants_name(void *data, const char *name)
{
	return strstr(name, ((struct asked *)data)->filter) != NULL;
}

static void add_update(
	void *data, const char *path, int line, const char *expected, const char *updated)
{
	buf_printf(&((struct asked *)data)->out, "%s:%d: %s → %s; ", path_base(path), line,
		expected, updated);
}

#define SHOWS "# A\n\n```console\n$ true\n$ docker ps\nANOTHER\n$ false\n```\n"
#define CHECKED "# A\n\n```console\n$ docker ps\nANOTHER\n```\n<!-- check\noutput matches\n-->\n"

static const struct {
	const char *note;
	struct tutor_test_plan plan;
	bool updates;
	const char *filter, *input, *told, *ran; /* ran: the last line; NULL */
} plans[] = {
	{SHOWS, {0}, false, NULL, "",
		"example: true: passed; example: docker ps: look (its output differs from the one "
		"in the note); example: false: failed (its checks fail); ",
		"false"},
	{SHOWS, {.strict = true}, false, "ps", "",
		"example: docker ps: failed (its output differs from the one in the note); ",
		"docker ps"},
	{SHOWS, {0}, false, "true", "", "example: true: passed; ", "true"},
	{SHOWS, {0}, false, "nothing", "", "", NULL},
	{SHOWS, {0}, true, "ps", "", "a.md:5: ANOTHER → CONTAINER ID; example: docker ps: passed; ",
		"docker ps"},
	{CHECKED, {0}, false, NULL, "", "example: docker ps: failed (its checks fail); ",
		"docker ps"},
	{CHECKED, {0}, true, NULL, "",
		"a.md:4: ANOTHER → CONTAINER ID; example: docker ps: passed; ", "docker ps"},
	{SHOWS, {.line = 5}, false, NULL, "cat\nexit 3\ndocker ps\n", "", "exit 3"},
	{SHOWS, {.line = 7}, false, NULL, "", "", "false"},
	{"# A\n\n- [ ] docker\n\n```yaml\n- docker ps -a\n- docker rm x\n```\n", {0}, false, NULL,
		"",
		"no-commands: look (2 lines look like commands, but ropes found none to run; put "
		"them into a fence such as ```console, each after `$ `); ",
		NULL},
	{"# A\n\n```console\n$ docker ps --nosuch\n```\n<!-- check\nexit 0\n-->\n<!-- needs: rain "
	 "-->\n",
		{0}, false, "nosuch", "", "example: docker ps --nosuch: failed (its checks fail); ",
		"docker ps --nosuch"},
	{"# A\n\n```console\n$ docker rm --nosuch <name>\n```\n", {0}, false, NULL, "",
		"example: docker rm --nosuch <name>: skipped (it has a placeholder that the "
		"learner fills); ",
		NULL},
};

START_TEST(plans_are_followed)
{
	struct play p = play_open();
	struct error err = {0};
	struct asked asked = {.filter = plans[_i].filter};
	cleanup_free char *path = suite_file("a.md", plans[_i].note, strlen(plans[_i].note));
	course_destroy(p.course);
	ck_assert_msg(course_load(path, &p.course, &err), "%s", error_text(&err));
	p.options.course = p.course;
	struct tutor_test_plan plan = plans[_i].plan;
	plan.lesson = TUTOR_ALL_LESSONS;
	plan.path = plan.line > 0 ? p.course->notes[0]->path : NULL;
	plan.wants = asked.filter != NULL ? wants_name : NULL;
	plan.update = plans[_i].updates ? add_update : NULL;
	plan.tell = add_asked_point;
	plan.data = &asked;
	play_begin(&p, plans[_i].input);
	tutor_test_lint(p.course, &plan);
	ck_assert_msg(tutor_test(&p.options, &plan, &err), "%s", error_text(&err));
	free(play_end(&p));
	ck_assert_str_eq(buf_text(&asked.out), plans[_i].told);
	/* a shell tells no points, but goes on from what is wanted */
	ck_assert_int_eq(tutor_test_wants(p.course, &plan),
		plans[_i].ran != NULL || strstr(plans[_i].told, "example") != NULL);
	const struct words *ran = fake_sandbox_ran();
	if (plans[_i].ran != NULL)
		ck_assert_str_eq(ran->items[ran->count - 1], plans[_i].ran);
	else
		ck_assert_uint_eq(ran->count, 0);
	buf_finish(&asked.out);
	play_close(&p);
}
END_TEST

START_TEST(serious_problems_are_points)
{
	struct play p = play_open();
	struct error err = {0};
	bool good;
	cleanup_free char *text = points(&p, 4, &good, &err);
	ck_assert(good);
	ck_assert_msg(strstr(text, "task broken: failed (") != NULL, "%s", text);
	ck_assert_msg(strstr(text, "question nowhere: failed (") != NULL, "%s", text);
	play_close(&p);
}
END_TEST

START_TEST(a_daemon_that_is_lost_ends_it)
{
	struct play p = play_open();
	struct error err = {0};
	bool good;
	fake_sandbox.wait_error = "no room for it";
	free(points(&p, 1, &good, &err));
	ck_assert(!good);
	ck_assert_str_eq(error_text(&err), "no room for it");
	error_finish(&err);
	play_close(&p);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{lessons_are_tested, ARRAY_LENGTH(lessons)},
		{notes_are_tested, ARRAY_LENGTH(notes)},
		{compose_may_be_missing, 2},
		{plans_are_followed, ARRAY_LENGTH(plans)},
		{serious_problems_are_points, 1},
		{a_daemon_that_is_lost_ends_it, 1},
	};
	return suite_run("tester", tests, ARRAY_LENGTH(tests), 60);
}
