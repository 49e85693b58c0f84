/* tests/tutor/test_tester.c - a course's own test, before a fake sandbox: what passes, fails and is
 * skipped, and why */
#include "play.h"

static void add_point(void *data, const struct tutor_test_point *point)
{
	static const char *const outcomes[] = {"passed", "failed", "skipped"};
	buf_printf(data, "%s: %s", point->what, outcomes[point->outcome]);
	if (point->why != NULL)
		buf_printf(data, " (%s)", point->why);
	buf_add_text(data, "; ");
}

static char *points(struct play *p, size_t lesson, bool alone, bool *ret_good, struct error *err)
{
	struct buf out = {0};
	play_begin(p, "");
	*ret_good = tutor_test(&p->options, lesson, alone, add_point, &out, err);
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
	cleanup_free char *text = points(&p, lessons[_i].lesson, _i == 0, &good, &err);
	ck_assert_msg(good, "%s", error_text(&err));
	ck_assert_str_eq(text, lessons[_i].points);
	ck_assert_uint_eq(fake_sandbox_resets(), _i == 0 ? 1 : 0);
	play_close(&p);
}
END_TEST

/* A note of its own, and what its test tells. */
static const struct {
	const char *note, *points;
} notes[] = {
	{"# A\n\n```console\n$ false\n```\n", "example: false: failed (its checks fail); "},
	{"# A\n\n```console\n$ docker ps\nANOTHER\n```\n",
		"example: docker ps: failed (its output differs from the one in the note); "},
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

START_TEST(notes_are_tested)
{
	struct play p = play_open();
	struct error err = {0};
	bool good;
	cleanup_free char *path = suite_file("a.md", notes[_i].note, strlen(notes[_i].note));
	course_destroy(p.course);
	ck_assert_msg(course_load(path, &p.course, &err), "%s", error_text(&err));
	p.options.course = p.course;
	cleanup_free char *text = points(&p, TUTOR_ALL_LESSONS, false, &good, &err);
	ck_assert_msg(good, "%s", error_text(&err));
	ck_assert_str_eq(text, notes[_i].points);
	play_close(&p);
}
END_TEST

START_TEST(serious_problems_are_points)
{
	struct play p = play_open();
	struct error err = {0};
	bool good;
	cleanup_free char *text = points(&p, 4, false, &good, &err);
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
	free(points(&p, 1, false, &good, &err));
	ck_assert(!good);
	ck_assert_str_eq(error_text(&err), "no room for it");
	error_finish(&err);
	fake_sandbox.wait_error = NULL;
	fake_sandbox.reset_error = "it holds on";
	free(points(&p, 1, true, &good, &err));
	ck_assert(!good);
	ck_assert_str_eq(error_text(&err), "it holds on");
	error_finish(&err);
	play_close(&p);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{lessons_are_tested, ARRAY_LENGTH(lessons)},
		{notes_are_tested, ARRAY_LENGTH(notes)},
		{serious_problems_are_points, 1},
		{a_daemon_that_is_lost_ends_it, 1},
	};
	return suite_run("tester", tests, ARRAY_LENGTH(tests), 60);
}
