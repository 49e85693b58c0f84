/* sync/deliver.c - fetches the notes of assigned courses into the learner's folder of courses. A
 * folder is replaced only if it is exactly what came last: what the learner changed stays. */
#include "deliver.h"
#include "digest.h"
#include "xapi.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a course is, is prepared, and was; and where the digest of what came last is. */
struct delivery {
	const char *name, *wanted; /* digest */
	char *folder, *next, *before, *mark;
};

static bool begin_delivery(const cJSON *assigned, struct delivery *ret)
{
	const char *course = json_get_text(assigned, "course");
	const char *wanted = json_get_text(assigned, "notes");
	if (course == NULL || wanted == NULL || !text_starts(course, XAPI_COURSES))
		return false;
	const char *name = course + strlen(XAPI_COURSES);
	char *folder = sync_course_folder(name);
	if (folder == NULL)
		return false;
	cleanup_free char *courses = courses_folder();
	*ret = (struct delivery){.name = name,
		.wanted = wanted,
		.folder = folder,
		.next = xasprintf("%s/.%s.next", courses, name),
		.before = xasprintf("%s/.%s.before", courses, name),
		.mark = xasprintf("%s/.%s.sha256", courses, name)};
	return true;
}

static void end_delivery(struct delivery *d)
{
	free(d->folder);
	free(d->next);
	free(d->before);
	free(d->mark);
}

/* False: there is no such folder, or it can't be one that came. */
static bool digest_folder(const char *folder, char out[DIGEST_TEXT_SIZE])
{
	cleanup_words struct words names = {0};
	cleanup_buf struct buf parcel = {0};
	return sync_parcel_list(folder, &names, NULL) &&
	       sync_parcel_pack(folder, &names, &parcel, NULL) &&
	       digest_sha2(256, buf_text(&parcel), parcel.length, out);
}

static bool is_as_delivered(const struct delivery *d, const char *here)
{
	cleanup_buf struct buf last = {0};
	return file_read(d->mark, DIGEST_TEXT_SIZE, &last, NULL) &&
	       text_same(buf_text(&last), here);
}

/* It may be missing if an earlier delivery ended early. */
static void keep_mark(const struct delivery *d, const char *here)
{
	if (!is_as_delivered(d, here))
		(void)file_write(d->mark, here, strlen(here), 0600, NULL); /* or the next time */
}

/* The files must make the same text again: nothing is in it that would not be in the folder. */
static bool unpack_next(const struct delivery *d, const struct buf *parcel, struct error *err)
{
	char digest[DIGEST_TEXT_SIZE];
	(void)digest_sha2(256, buf_text(parcel), parcel->length, digest); /* 256 is known */
	if (!text_same(digest, d->wanted))
		return error_set_kind(err, ERROR_FAILED, "it is not what the server announced");
	if (!folder_remove(d->next, err) || !sync_parcel_unpack(parcel, d->next, err))
		return false;
	return (digest_folder(d->next, digest) && text_same(digest, d->wanted)) ||
	       error_set_kind(err, ERROR_FAILED, "it has files that no course has");
}

/* If this ends halfway, the course is fetched again. */
static bool swap_folders(const struct delivery *d, struct error *err)
{
	if (!folder_remove(d->before, err))
		return false;
	if (folder_exists(d->folder) && rename(d->folder, d->before) != 0)
		return error_set(err, 0, "cannot replace '%s'", d->folder);
	if (rename(d->next, d->folder) != 0)
		return error_set(err, 0, "cannot write '%s'", d->folder);
	return file_write(d->mark, d->wanted, strlen(d->wanted), 0600, err) &&
	       folder_remove(d->before, err);
}

static bool fetch_parcel(const struct sync_remote *remote, const struct delivery *d,
	long timeout_ms, struct buf *out, struct error *err)
{
	cleanup_buf struct buf url = {0};
	struct http_answer answer = {0};
	buf_printf(&url, "%s/activities/profile?activityId=", remote->url);
	url_encode(&url, XAPI_COURSES, "");
	url_encode(&url, d->name, "");
	buf_add_text(&url, "&profileId=");
	url_encode(&url, XAPI_NOTES, "");
	bool good = deliver_ask(remote, buf_text(&url), timeout_ms, &answer, err);
	if (good && answer.status != 200)
		good = error_set_kind(
			err, ERROR_FAILED, "the server does not have it (%ld)", answer.status);
	if (good)
		*out = answer.body;
	else
		buf_finish(&answer.body);
	return good;
}

static void PRINTF_LIKE(2, 3)
	tell_delivery(const struct sync_options *options, const char *format, ...)
{
	cleanup_buf struct buf text = {0};
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, _(format), args);
	va_end(args);
	if (options->tell != NULL)
		options->tell(options->data, buf_text(&text));
}

static void deliver(const struct sync_remote *remote, const struct delivery *d,
	const struct sync_options *options)
{
	char here[DIGEST_TEXT_SIZE] = "";
	cleanup_buf struct buf parcel = {0};
	cleanup_error struct error err = {0};
	bool in_session = options->tries == 1, there = folder_exists(d->folder);
	if (there && in_session)
		return;
	if (digest_folder(d->folder, here) && text_same(here, d->wanted)) {
		keep_mark(d, here);
		return;
	}
	if (there && !is_as_delivered(d, here)) {
		tell_delivery(options,
			"the course '%s' has a new version, and you have changed yours. To get it, move this folder: %s",
			d->name, d->folder);
		return;
	}
	if (fetch_parcel(remote, d, options->timeout_ms, &parcel, &err) &&
		unpack_next(d, &parcel, &err) && swap_folders(d, &err))
		tell_delivery(options,
			there ? N_("the course '%s' has a new version: `ropes learn %s`")
			      : N_("the course '%s' has arrived: `ropes learn %s`"),
			d->name, d->name);
	else
		tell_delivery(
			options, "cannot fetch the course '%s': %s", d->name, error_text(&err));
	(void)folder_remove(d->next, NULL); /* usually there is none */
}

bool deliver_ask(const struct sync_remote *remote, const char *url, long timeout_ms,
	struct http_answer *ret, struct error *err)
{
	static const char *const headers[] = {
		"Accept: application/json", "X-Experience-API-Version: 1.0.3", NULL};
	const struct http_request request = {.method = "GET",
		.url = url,
		.user = remote->key,
		.password = remote->secret,
		.headers = headers,
		.timeout_ms = timeout_ms,
		.ca = remote->ca,
		.pin = remote->pin};
	return http_send(&request, ret, err);
}

void deliver_courses(
	const struct sync_remote *remote, const cJSON *assigned, const struct sync_options *options)
{
	const cJSON *one;
	cJSON_ArrayForEach(one, assigned) {
		struct delivery d;
		if (!begin_delivery(one, &d))
			continue;
		deliver(remote, &d, options);
		end_delivery(&d);
	}
}
