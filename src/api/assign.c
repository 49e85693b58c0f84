/* api/assign.c - assigns a course that exists: one of the catalogue, or one that people know */
#include "api.h"
#include "course.h"
#include "digest.h"

#include <string.h>

#define NEAR 3 /* as many letters may differ */

static bool refuse_course(const char *name, const struct words *names, struct error *err)
{
	const char *near = NULL;
	size_t least = NEAR + 1;
	for (size_t i = 0; i < names->count; i++)
		if (text_is_nearer(name, names->items[i], &least))
			near = names->items[i];
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

/* ---- notes that travel ---- */

static char *digest_setting(const char *iri)
{
	return xasprintf("notes %s", iri);
}

char *api_notes_digest(struct tracker *tracker, const char *iri)
{
	cleanup_free char *name = digest_setting(iri);
	return tracker_setting(tracker, name);
}

/* The document comes first: a digest without it would lead learners to nothing. */
static bool keep_notes(
	struct lrs *lrs, struct tracker *tracker, const struct api_notes *notes, struct error *err)
{
	char digest[DIGEST_TEXT_SIZE];
	cleanup_free char *iri = xasprintf("%s%s", XAPI_COURSES, notes->id);
	cleanup_free char *name = digest_setting(iri);
	const struct lrs_place place = {
		.kind = LRS_ACTIVITY_PROFILE, .activity = iri, .agent = "", .name = XAPI_NOTES};
	const struct lrs_change change = {.type = "application/json",
		.bytes = buf_text(notes->parcel),
		.length = notes->parcel->length};
	(void)digest_sha2(256, change.bytes, change.length, digest); /* 256 is known */
	return lrs_document_change(lrs, &place, &change, err) == LRS_DONE &&
	       tracker_set(tracker, name, digest, err);
}

bool api_assign_notes(struct lrs *lrs, struct tracker *tracker, const struct api_notes *notes,
	const char *team, int64_t due_ms, struct error *err)
{
	return keep_notes(lrs, tracker, notes, err) &&
	       tracker_assign(tracker, notes->id, team, due_ms, err) &&
	       tracker_course_describe(tracker, notes->id, notes->title, notes->lessons, err);
}
