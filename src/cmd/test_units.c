/* cmd/test_units.c - what `ropes test` tests, in which portions */
#include "test_units.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* "12", or "NOTE:12" of a course with several notes. */
bool test_units_find_place(const struct course *course, const char *place,
	struct tutor_test_plan *ret, struct error *err)
{
	const char *colon = strrchr(place, ':');
	const char *digits = colon != NULL ? colon + 1 : place;
	size_t length = colon != NULL ? (size_t)(colon - place) : 0, found = 0;
	long long line;
	for (size_t i = 0; i < course->note_count; i++) {
		const char *path = course->notes[i]->path;
		cleanup_free char *wanted = xstrndup(place, length);
		if (length > 0 && !text_ends(path, wanted))
			continue;
		ret->path = path;
		found++;
	}
	if (found != 1 || !text_number(digits, 1, INT_MAX, &line))
		return error_set_kind(err, ERROR_USAGE,
			"--shell: expected LINE, or NOTE:LINE of a course with several notes, got '%s'",
			place);
	ret->line = (int)line;
	return true;
}

/* The lesson with the step to which a plan goes; TUTOR_ALL_LESSONS if there is none. */
static size_t lesson_of_place(const struct course *course, const struct tutor_test_plan *plan)
{
	for (size_t i = 0; i < course->lesson_count; i++) {
		const struct course_lesson *l = &course->lessons[i];
		for (size_t k = 0; k < l->step_count; k++)
			if (text_same(l->note->path, plan->path) && l->steps[k].line >= plan->line)
				return i;
	}
	return TUTOR_ALL_LESSONS;
}

static void add_unit(struct test_units *u, size_t lesson)
{
	u->units = array_grow(u->units, u->unit_count, sizeof *u->units);
	u->units[u->unit_count++] = (struct test_unit){u->course_count - 1, lesson};
}

/* Steps of a course build on each other, unless each of its lessons is tested alone. */
static bool add_units(struct test_units *u, const struct course *course, size_t lesson,
	const struct arguments *a, const struct tutor_test_plan *wanted, struct error *err)
{
	struct tutor_test_plan plan = *wanted;
	const char *place = arguments_get(a, "shell");
	bool split = lesson == TUTOR_ALL_LESSONS && arguments_get(a, "alone") != NULL;
	plan.lesson = lesson;
	if (place != NULL && !test_units_find_place(course, place, &plan, err))
		return false;
	if (place != NULL)
		add_unit(u, split ? lesson_of_place(course, &plan) : lesson);
	else if (!split && tutor_test_wants(course, &plan))
		add_unit(u, lesson);
	for (size_t i = 0; split && place == NULL && i < course->lesson_count; i++) {
		plan.lesson = i;
		if (tutor_test_wants(course, &plan))
			add_unit(u, i);
	}
	return true;
}

static bool add_tested(struct test_units *u, const char *operand, const struct arguments *a,
	const struct tutor_test_plan *wanted, struct error *err)
{
	struct course *course;
	size_t lesson;
	if (!common_course(operand, &course, &lesson, err))
		return false;
	u->courses = array_grow(u->courses, u->course_count, sizeof *u->courses);
	struct test_course *added = &u->courses[u->course_count++];
	*added = (struct test_course){.operand = xstrdup(operand), .course = course};
	bool good = add_units(u, course, lesson, a, wanted, err);
	added->unit_end = u->unit_count;
	return good;
}

/* A folder without notes of its own is a shelf of courses, such as lessons/. */
static bool add_named(struct test_units *u, const char *operand, const struct arguments *a,
	const struct tutor_test_plan *wanted, struct error *err)
{
	cleanup_words struct words names = {0};
	if (!course_shelf(operand, &names))
		return add_tested(u, operand, a, wanted, err);
	for (size_t i = 0; i < names.count; i++)
		if (!add_tested(u, names.items[i], a, wanted, err))
			return false;
	return true;
}

bool test_units_add(struct test_units *u, const struct arguments *a,
	const struct tutor_test_plan *wanted, struct error *err)
{
	cleanup_words struct words names = {0};
	if (a->operand_count == 0 && !course_catalogue(&names, err))
		return false;
	for (size_t i = 0; i < a->operand_count; i++)
		words_add(&names, a->operands[i]);
	for (size_t i = 0; i < names.count; i++)
		if (!add_named(u, names.items[i], a, wanted, err))
			return false;
	return true;
}

void test_units_finish(struct test_units *u)
{
	for (size_t i = 0; i < u->course_count; i++) {
		course_destroy(u->courses[i].course);
		free(u->courses[i].operand);
	}
	free(u->courses);
	free(u->units);
	*u = (struct test_units){0};
}
