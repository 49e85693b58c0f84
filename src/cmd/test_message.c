/* cmd/test_message.c - points, updates and the end of a job as lines of JSON. Texts may contain any
 * bytes but NUL; cJSON passes on those that are not UTF-8. */
#include "test_message.h"
#include "json.h"

#include <limits.h>
#include <stdlib.h>

/* A text that is missing stays so. */
static void put_text(cJSON *object, const char *name, const char *text)
{
	if (text != NULL)
		(void)cJSON_AddStringToObject(object, name, text);
}

static void put_number(cJSON *object, const char *name, int64_t number)
{
	(void)cJSON_AddNumberToObject(object, name, (double)number);
}

static void finish_message(struct buf *out, cJSON *object)
{
	cleanup_free char *text = json_print_take(object);
	buf_printf(out, "%s\n", text);
}

void test_message_add_point(struct buf *out, const struct tutor_test_point *p)
{
	cJSON *object = cJSON_CreateObject();
	put_number(object, "outcome", p->outcome);
	put_text(object, "number", p->number);
	put_text(object, "title", p->title);
	put_text(object, "what", p->what);
	put_text(object, "path", p->path);
	put_number(object, "line", p->line);
	put_number(object, "column", p->column);
	put_text(object, "why", p->why);
	put_text(object, "detail", p->detail);
	put_number(object, "elapsed_ms", p->elapsed_ms);
	(void)cJSON_AddBoolToObject(object, "has_state", p->has_state);
	finish_message(out, object);
}

void test_message_add_update(
	struct buf *out, const char *path, int line, const char *expected, const char *updated)
{
	cJSON *object = cJSON_CreateObject();
	put_text(object, "updates", path);
	put_number(object, "line", line);
	put_text(object, "expected", expected);
	put_text(object, "updated", updated);
	finish_message(out, object);
}

void test_message_add_end(struct buf *out, const struct error *why)
{
	cJSON *object = cJSON_CreateObject();
	put_number(object, "end", why != NULL ? (int)why->kind : 0);
	put_text(object, "why", why != NULL ? error_text(why) : NULL);
	finish_message(out, object);
}

static int get_number(const cJSON *object, const char *name)
{
	return (int)json_get_integer_or(object, name, 0, INT_MAX, 0);
}

static enum test_message deliver_point(const cJSON *object, const struct tutor_test_plan *to)
{
	const struct tutor_test_point point = {
		.outcome = (enum tutor_test_outcome)json_get_integer_or(
			object, "outcome", 0, TUTOR_TEST_SKIPPED, TUTOR_TEST_FAILED),
		.number = json_get_text_or(object, "number", ""),
		.title = json_get_text_or(object, "title", ""),
		.what = json_get_text_or(object, "what", ""),
		.path = json_get_text_or(object, "path", ""),
		.line = get_number(object, "line"),
		.column = get_number(object, "column"),
		.why = json_get_text(object, "why"),
		.detail = json_get_text(object, "detail"),
		.elapsed_ms = get_number(object, "elapsed_ms"),
		.has_state = json_is_true(object, "has_state"),
	};
	to->tell(to->data, &point);
	return TEST_MESSAGE_POINT;
}

static enum test_message deliver_update(const cJSON *object, const struct tutor_test_plan *to)
{
	to->update(to->data, json_get_text(object, "updates"), get_number(object, "line"),
		json_get_text_or(object, "expected", ""), json_get_text_or(object, "updated", ""));
	return TEST_MESSAGE_UPDATE;
}

enum test_message test_message_deliver(
	const char *line, const struct tutor_test_plan *to, struct error *ret_why)
{
	enum test_message kind = TEST_MESSAGE_NONE;
	cJSON *object = line[0] == '{' ? cJSON_Parse(line) : NULL;
	int end = (int)json_get_integer_or(object, "end", 0, ERROR_ENVIRONMENT, -1);
	if (json_get(object, "outcome") != NULL)
		kind = deliver_point(object, to);
	else if (json_get_text(object, "updates") != NULL && to->update != NULL)
		kind = deliver_update(object, to);
	else if (end >= 0)
		kind = TEST_MESSAGE_END;
	if (end > 0)
		error_set_kind(
			ret_why, (enum error_kind)end, "%s", json_get_text_or(object, "why", ""));
	cJSON_Delete(object);
	return kind;
}
