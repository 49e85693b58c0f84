/* cmd/resume.c - what comes next for a learner who names no course */
#include "cmd.h"

#include <stdlib.h>

/* The courses used so far, the latest first, then those of the catalogue. */
static bool list_candidates(struct record *record, const char *learner, struct words *ret,
	size_t *ret_used, struct error *err)
{
	cleanup_words struct words names = {0};
	if (record != NULL && !record_recent_courses(record, learner, ret, err))
		return false;
	*ret_used = ret->count;
	if (!course_catalogue(&names, err))
		return false;
	for (size_t i = 0; i < names.count; i++)
		if (!words_has(ret, names.items[i]))
			words_add(ret, names.items[i]);
	return ret->count > 0 ||
	       error_set(
		       err, 0, "the catalogue has no courses; name a note: `ropes learn NOTE.md`");
}

static bool is_there(const char *reference)
{
	return reference[0] != '/' || file_exists(reference) || folder_exists(reference);
}

bool resume_reference(struct record *record, const char *learner, char **ret, struct error *err)
{
	cleanup_words struct words all = {0};
	size_t used, i = 0;
	if (!list_candidates(record, learner, &all, &used, err))
		return false;
	while (i + 1 < all.count && !is_there(all.items[i]))
		i++;
	*ret = xstrdup(all.items[i]);
	return true;
}

enum left { LEFT_SOMETHING, LEFT_NOTHING, LEFT_UNREADABLE };

/* *ret_title is the course's, or the reason why it cannot be opened; the caller frees it. */
static bool look_for_left(struct record *record, const char *learner, const char *reference,
	enum left *ret, char **ret_title, struct error *err)
{
	cleanup_error struct error broken = {0};
	struct course *course;
	size_t lesson = 0, step = 0;
	bool found = false;
	if (!course_load(reference, &course, &broken)) {
		*ret = LEFT_UNREADABLE;
		*ret_title = xstrdup(error_text(&broken));
		return true;
	}
	const struct tutor_options options = {
		.course = course, .record = record, .learner = learner};
	bool good = identity_settle(record, learner, course, err) &&
		    tutor_unfinished(&options, &lesson, &step, &found, err);
	*ret = found ? LEFT_SOMETHING : LEFT_NOTHING;
	*ret_title = xstrdup(course->title);
	course_destroy(course);
	return good;
}

bool resume_unfinished(struct record *record, const char *learner, struct screen *screen,
	char **ret, struct error *err)
{
	cleanup_words struct words all = {0};
	size_t used;
	if (!list_candidates(record, learner, &all, &used, err))
		return false;
	for (size_t i = 0; i < all.count; i++) {
		cleanup_free char *title = NULL;
		enum left left = LEFT_UNREADABLE;
		bool there = is_there(all.items[i]);
		if (there && !look_for_left(record, learner, all.items[i], &left, &title, err))
			return false;
		if (left == LEFT_SOMETHING) {
			*ret = xstrdup(all.items[i]);
			return true;
		}
		if (!there)
			screen_say(screen, SCREEN_WARN, "! ",
				"'%s', where you stopped, is no longer there. If it was moved, open it at its new place: `ropes learn NOTE`",
				all.items[i]);
		else if (left == LEFT_UNREADABLE)
			screen_say(screen, SCREEN_WARN, "! ", "%s", title);
		else if (i < used)
			screen_say(screen, SCREEN_GOOD, "✔ ", "You have done all of %s.", title);
	}
	screen_say(screen, SCREEN_PLAIN, NULL,
		"Nothing is left to do, here or in the catalogue. `ropes review` repeats what is due; `ropes learn COURSE#LESSON` opens a lesson again.");
	*ret = NULL;
	return true;
}
