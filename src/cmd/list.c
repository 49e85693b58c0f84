/* cmd/list.c - ropes list: the courses, or a course's lessons with the learner's progress */
#include "cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool load_progress(
	const char *learner, struct course *course, struct record_progress *ret, struct error *err)
{
	cleanup_free char *path = record_default_path();
	struct record *record;
	if (!file_exists(path))
		return true;
	if (!record_open_read(path, &record, err))
		return false;
	bool good = identity_settle(record, learner, course, err) &&
		    record_progress(record, learner, ret, err);
	record_close(record);
	return good;
}

static const struct record_lesson *progress_of(
	const struct record_progress *progress, const char *course, const char *lesson)
{
	for (size_t c = 0; c < progress->course_count; c++) {
		if (!text_same(progress->courses[c].course, course))
			continue;
		for (size_t i = 0; i < progress->courses[c].lesson_count; i++)
			if (text_same(progress->courses[c].lessons[i].lesson, lesson))
				return &progress->courses[c].lessons[i];
	}
	return NULL;
}

static void print_mark(const struct screen *screen, struct buf *out,
	const struct course_lesson *lesson, const struct record_lesson *seen)
{
	if (seen == NULL)
		return;
	cleanup_free char *tick = screen_own(screen, "✔"), *quiz = screen_own(screen, "🧪");
	if (seen->completed)
		buf_printf(out, "  %s", tick);
	else if (seen->done + seen->skipped + seen->shown > 0)
		buf_printf(out, "  %u/%zu", seen->done + seen->skipped + seen->shown,
			lesson->step_count);
	if (seen->quiz.count > 0)
		buf_printf(out, "  %s %.0f %%", quiz, seen->quiz.best * 100);
}

/* Returns how many lessons are above it. */
static size_t lesson_depth(const struct course *course, const struct course_lesson *l)
{
	size_t depth = 0;
	for (; l->parent != NOTE_NO_PARENT; depth++)
		l = &course->lessons[l->parent];
	return depth;
}

static void print_lessons(
	struct screen *screen, const struct course *course, const struct record_progress *progress)
{
	const struct note_head *head = course->head;
	screen_say(screen, SCREEN_TITLE, NULL, "%s", course->title);
	if (head->author != NULL || head->created != NULL)
		screen_say(screen, SCREEN_QUIET, NULL, "%s%s%s", head->author ? head->author : "",
			head->author && head->created ? ", " : "",
			head->created ? head->created : "");
	if (head->client_version != NULL || head->server_version != NULL)
		screen_say(screen, SCREEN_QUIET, NULL, "written against client %s, server %s",
			head->client_version ? head->client_version : "?",
			head->server_version ? head->server_version : "?");
	for (size_t i = 0; i < course->lesson_count; i++) {
		const struct course_lesson *l = &course->lessons[i];
		cleanup_buf struct buf line = {0}, mark = {0};
		buf_add_repeat(&mark, ' ', 2 * lesson_depth(course, l));
		buf_printf(&mark, "%s ", l->number);
		buf_add_text(&line, l->title);
		print_mark(screen, &line, l, progress_of(progress, course->id, l->anchor));
		screen_say(screen, SCREEN_PLAIN, buf_text(&mark), "%s", buf_text(&line));
		for (size_t t = 0; t < l->topic_count; t++)
			screen_say(screen, SCREEN_QUIET, "      ▪ ", "%s", l->topics[t].title);
	}
}

static bool list_course(const struct arguments *arguments, struct course *course, struct error *err)
{
	struct record_progress progress = {0};
	struct screen *screen;
	cleanup_free char *learner = common_learner(arguments);
	if (!load_progress(learner, course, &progress, err) || !common_screen(&screen, err))
		return false;
	print_lessons(screen, course, &progress);
	record_progress_finish(&progress);
	return common_screen_close(screen, true, err);
}

static size_t completed_count(const struct record_progress *progress, const struct course *course)
{
	size_t count = 0;
	for (size_t i = 0; i < course->lesson_count; i++) {
		const struct record_lesson *seen =
			progress_of(progress, course->id, course->lessons[i].anchor);
		count += seen != NULL && seen->completed;
	}
	return count;
}

static bool print_course(struct screen *screen, const char *learner, const char *name,
	const char *from, size_t width, struct error *err)
{
	cleanup_error struct error broken = {0};
	bool narrow = 2 * width > screen_width(screen); /* then the title has a line of its own */
	cleanup_free char *mark = narrow ? xstrdup("  ") : xasprintf("%-*s", (int)width, name);
	struct record_progress progress = {0};
	struct course *course;
	if (narrow)
		screen_say(screen, SCREEN_STRONG, NULL, "%s", name);
	if (!course_load(name, &course, &broken)) {
		screen_say(screen, SCREEN_WARN, mark, "! %s", error_text(&broken));
		return true;
	}
	bool good = load_progress(learner, course, &progress, err);
	size_t completed = good ? completed_count(&progress, course) : 0;
	cleanup_free char *done =
		completed > 0 ? xasprintf(_(", %zu done"), completed) : xstrdup("");
	if (good)
		screen_say(screen, SCREEN_PLAIN, mark, "%s, %zu %s%s%s", course->title,
			course->lesson_count,
			course->lesson_count == 1 ? _("lesson") : _("lessons"), done, from);
	record_progress_finish(&progress);
	course_destroy(course);
	return good;
}

static bool list_catalogue(const struct arguments *arguments, struct error *err)
{
	cleanup_words struct words names = {0}, received = {0};
	cleanup_free char *learner = common_learner(arguments);
	struct screen *screen;
	size_t width = 0;
	if (!course_catalogue(&names, err) || !course_received(&received, err) ||
		!common_screen(&screen, err))
		return false;
	const size_t own = names.count;
	for (size_t i = 0; i < received.count; i++)
		words_add(&names, received.items[i]);
	for (size_t i = 0; i < names.count; i++)
		if (width < strlen(names.items[i]) + 2)
			width = strlen(names.items[i]) + 2;
	bool good = true;
	for (size_t i = 0; good && i < names.count; i++)
		good = print_course(screen, learner, names.items[i],
			i < own ? "" : _(" (from your team)"), width, err);
	if (good)
		assigned_show(screen);
	return common_screen_close(screen, good, err);
}

static bool run_list(const struct arguments *arguments, struct error *err)
{
	struct course *course;
	if (arguments->operand_count == 0)
		return list_catalogue(arguments, err);
	if (!course_load(arguments->operands[0], &course, err))
		return false;
	bool good = true;
	if (arguments_get(arguments, "json") != NULL) {
		cleanup_free char *json = course_json(course);
		puts(json);
	} else {
		good = list_course(arguments, course, err);
	}
	course_destroy(course);
	return good;
}

const struct command cmd_list = {
	.name = "list",
	.operands = "[COURSE]",
	.summary = N_("list the courses, or a course's lessons with progress"),
	.options = {OPTION_JSON, OPTION_LEARNER},
	.operands_max = 1,
	.run = run_list,
};
