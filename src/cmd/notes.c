/* cmd/notes.c - ropes notes: shows what a learner wrote down, or removes a note */
#include "cmd.h"

#include <stdio.h>
#include <stdlib.h>

struct listing {
	const struct record_course *course;
	struct words cells;
};

static const char *title_of_lesson(const struct record_course *course, const char *lesson)
{
	for (size_t i = 0; i < course->lesson_count; i++)
		if (text_same(course->lessons[i].lesson, lesson) &&
			!text_is_blank(course->lessons[i].title))
			return course->lessons[i].title;
	return lesson;
}

static bool add_note_cells(void *data, const struct record_note *note)
{
	struct listing *list = data;
	cleanup_buf struct buf time = {0};
	text_date(&time, note->time_ms);
	words_addf(&list->cells, "%lld", (long long)note->number);
	words_add(&list->cells, buf_text(&time));
	words_add(&list->cells, title_of_lesson(list->course, note->lesson));
	words_add(&list->cells, note->text);
	return true;
}

/* Returns how many notes it showed in *ret. */
static bool show_course(struct screen *screen, struct record *record, const char *learner,
	const struct record_course *course, size_t *ret, struct error *err)
{
	static const char *const head[] = {N_("number"), N_("day"), N_("lesson"), N_("note")};
	struct listing list = {.course = course};
	for (size_t i = 0; i < ARRAY_LENGTH(head); i++)
		words_add(&list.cells, _(head[i]));
	bool good = record_notes(record, learner, course->course, add_note_cells, &list, err);
	size_t rows = list.cells.count / ARRAY_LENGTH(head);
	if (good && rows > 1) {
		screen_say(screen, SCREEN_TITLE, NULL, "%s",
			text_is_blank(course->title) ? course->course : course->title);
		screen_table(
			screen, ARRAY_LENGTH(head), rows, (const char *const *)list.cells.items, 1);
	}
	words_finish(&list.cells);
	*ret = rows - 1;
	return good;
}

static bool show_all_notes(struct screen *screen, struct record *record, const char *learner,
	const struct record_progress *progress, struct error *err)
{
	size_t all = 0;
	for (size_t i = 0; i < progress->course_count; i++) {
		size_t count;
		if (!show_course(screen, record, learner, &progress->courses[i], &count, err))
			return false;
		all += count;
	}
	if (all == 0)
		screen_say(screen, SCREEN_PLAIN, NULL,
			"There are no notes of %s yet. In a lesson, `:note WORDS` writes one.",
			learner);
	return true;
}

static bool list_notes(const struct arguments *arguments, const char *learner, struct error *err)
{
	cleanup_free char *path = record_default_path(), *id = NULL;
	struct record_progress progress = {0};
	struct record *record;
	struct screen *screen;
	if (!record_open_read(path, &record, err))
		return false;
	bool good = (arguments->operand_count == 0 ||
			    identity_find(record, learner, arguments->operands[0], &id, err)) &&
		    record_progress(record, learner, &progress, err) && common_screen(&screen, err);
	if (good) {
		if (id != NULL)
			record_progress_keep(&progress, id);
		good = show_all_notes(screen, record, learner, &progress, err);
		good = common_screen_close(screen, good, err);
	}
	record_progress_finish(&progress);
	record_close(record);
	return good;
}

static bool remove_note(const char *text, const char *learner, struct error *err)
{
	cleanup_free char *path = record_default_path();
	struct record *record;
	long long number;
	bool removed = false;
	if (!text_number(text, 1, INT64_MAX, &number))
		return error_set_kind(
			err, ERROR_USAGE, "--remove: '%s' is not the number of a note", text);
	if (!record_open(path, &record, err))
		return false;
	bool good = record_remove_note(record, learner, number, &removed, err);
	record_close(record);
	if (good && !removed)
		return error_set_kind(err, ERROR_FAILED,
			"%s has no note %lld; `ropes notes` lists them", learner, number);
	if (good)
		printf(_("Note %lld has been removed.\n"), number);
	return good;
}

static bool run_notes(const struct arguments *arguments, struct error *err)
{
	cleanup_free char *learner = common_learner(arguments);
	const char *number = arguments_get(arguments, "remove");
	if (number == NULL)
		return list_notes(arguments, learner, err);
	if (arguments->operand_count > 0)
		return error_set_kind(err, ERROR_USAGE, "--remove needs no COURSE");
	return remove_note(number, learner, err);
}

const struct command cmd_notes = {
	.name = "notes",
	.operands = "[COURSE]",
	.summary = N_("show the notes that you wrote in lessons"),
	.details = N_(
		"In a lesson, `:note WORDS` writes a note at the step. Notes are kept in your record, and are\n"
		"never sent to a team's server or a workshop. `ropes export` has them."),
	.options = {{"remove", "NUMBER", N_("remove this note")}, OPTION_LEARNER},
	.operands_max = 1,
	.run = run_notes,
};
