/* api/assign.c - assigns a course that exists: one of the catalogue, or one that people know */
#include "api.h"
#include "course.h"

#include <string.h>

#define NEAR 3 /* as many letters may differ */

static bool refuse_course(const char *name, const struct words *names, struct error *err)
{
	const char *near = NULL;
	size_t least = NEAR + 1;
	for (size_t i = 0; i < names->count; i++) {
		size_t distance = text_distance(name, names->items[i]);
		if (distance < least) {
			near = names->items[i];
			least = distance;
		}
	}
	if (near != NULL)
		return error_set_kind(err, ERROR_FAILED,
			"there is no course '%s'; did you mean '%s'?", name, near);
	return error_set_kind(err, ERROR_FAILED,
		"there is no course '%s'; expected a name that `ropes list` prints, or an address (https://…) if it is not one of them",
		name);
}

/* Names it by its id, which statements contain, and saves its title and length. */
static bool assign_shipped(struct tracker *tracker, const char *name, const char *team,
	int64_t due_ms, struct error *err)
{
	struct course *course;
	if (!course_load(name, &course, err))
		return false;
	bool good = tracker_assign(tracker, course->id, team, due_ms, err) &&
		    tracker_course_describe(tracker, course->id, course->title,
			    (unsigned)course->lesson_count, err);
	course_destroy(course);
	return good;
}

bool api_assign(struct tracker *tracker, const char *course, const char *team, int64_t due_ms,
	struct error *err)
{
	cleanup_words struct words names = {0};
	if (strstr(course, "://") != NULL || text_is_blank(course) ||
		tracker_course_is_known(tracker, course))
		return tracker_assign(tracker, course, team, due_ms, err);
	if (!course_catalogue(&names, err))
		return false;
	for (size_t i = 0; i < names.count; i++)
		if (text_same(names.items[i], course))
			return assign_shipped(tracker, course, team, due_ms, err);
	return refuse_course(course, &names, err);
}
