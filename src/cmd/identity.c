/* cmd/identity.c - finds the id under which a learner's record has a course, and tells the record
 * what the steps are called now that an earlier version numbered */
#include "cmd.h"
#include "quiz.h"

#include <stdlib.h>

struct renames {
	struct record_rename *items;
	size_t count;
};

static void add_rename(struct renames *list, const char *lesson, char *from, const char *to)
{
	if (from == NULL || text_same(from, to)) {
		free(from);
		return;
	}
	list->items = array_grow(list->items, list->count, sizeof *list->items);
	list->items[list->count++] = (struct record_rename){xstrdup(lesson), from, xstrdup(to)};
}

static void add_steps(struct renames *list, const struct course_lesson *lesson)
{
	for (size_t i = 0; i < lesson->step_count; i++)
		add_rename(list, lesson->anchor, course_step_old_id(&lesson->steps[i]),
			lesson->steps[i].id);
}

/* Earlier versions numbered questions without a title, and those that have the same one. */
static void add_questions(struct renames *list, const struct course_lesson *lesson)
{
	cleanup_error struct error ignored = {0}; /* without the file, there is nothing to rename */
	cleanup_arena struct arena arena = {0};
	struct quiz *quiz = NULL;
	struct unique_names old = {0};
	if (lesson->quiz_path == NULL || !quiz_load(lesson->quiz_path, &quiz, &ignored))
		return;
	for (size_t i = 0; i < quiz->question_count; i++) {
		const struct quiz_question *q = &quiz->questions[i];
		cleanup_free char *numbered = xasprintf("q%zu", q->number);
		const char *name = q->has_id ? q->id : q->title != NULL ? q->title : numbered;
		add_rename(list, lesson->anchor, xstrdup(unique_add(&old, &arena, name, 2)), q->id);
	}
	unique_finish(&old);
	quiz_destroy(quiz);
}

static bool had_step(void *data, const char *lesson, const char *step)
{
	const struct course *course = data;
	cleanup_error struct error ignored = {0};
	struct quiz *quiz = NULL;
	size_t at = course_find_anchor(course, lesson);
	if (at == course->lesson_count)
		return false;
	const struct course_lesson *l = &course->lessons[at];
	bool there = text_same(step, "end") || course_find_step(l, step) < l->step_count;
	if (!there && l->quiz_path != NULL && quiz_load(l->quiz_path, &quiz, &ignored))
		there = quiz_find(quiz, step) != NULL;
	quiz_destroy(quiz);
	return there;
}

static void renames_finish(struct renames *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free((char *)list->items[i].lesson);
		free((char *)list->items[i].from);
		free((char *)list->items[i].to);
	}
	free(list->items);
}

static bool rename_steps(
	struct record *record, const char *learner, const struct course *course, struct error *err)
{
	struct renames list = {0};
	for (size_t i = 0; i < course->lesson_count; i++) {
		add_steps(&list, &course->lessons[i]);
		add_questions(&list, &course->lessons[i]);
	}
	bool good = record_rename_steps(record, learner, course->id, list.items, list.count, err);
	renames_finish(&list);
	return good;
}

bool identity_settle(
	struct record *record, const char *learner, struct course *course, struct error *err)
{
	cleanup_free char *reference = common_course_name(course), *id = NULL;
	const struct record_identity identity = {.id = course->id,
		.place_id = course->place_id,
		.old_id = course->old_id,
		.title = course->title,
		.reference = reference,
		.has = had_step,
		.data = course};
	bool numbered = false;
	if (record == NULL)
		return true;
	if (!record_course_id(record, learner, &identity, &id, err))
		return false;
	course->id = arena_strdup(&course->arena, id);
	return record_has_numbered_steps(record, learner, course->id, &numbered, err) &&
	       (!numbered || rename_steps(record, learner, course, err));
}

bool identity_find(struct record *record, const char *learner, const char *reference, char **ret,
	struct error *err)
{
	struct course *course;
	size_t lesson;
	if (!common_course(reference, &course, &lesson, err))
		return false;
	bool good = identity_settle(record, learner, course, err);
	*ret = good ? xstrdup(course->id) : NULL;
	course_destroy(course);
	return good;
}
