/* cast/parse.c - reads a recording, asciicast version 2 or 3 */
#include "cast.h"
#include "json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PAUSE_MAX_S 86400.0
#define SIZE_MAX_CELLS 10000

struct parser {
	const char *path;
	size_t line;
	struct cast *cast;
	bool absolute; /* version 2: times count from the beginning */
	double now_s;
	struct cast_event *events;
};

static bool is_wrong(const struct parser *p, const char *what, struct error *err)
{
	return error_set(err, 0, "%s:%zu: %s", p->path, p->line, _(what));
}

static double seconds_of(const cJSON *json)
{
	double seconds = cJSON_IsNumber(json) ? json->valuedouble : 0;
	return isfinite(seconds) && seconds > 0 ? fmin(seconds, 1e12) : 0;
}

static bool parse_head(struct parser *p, const cJSON *json, struct error *err)
{
	const cJSON *term = json_get(json, "term");
	int64_t version = json_get_integer_or(json, "version", 0, 1000, 0);
	struct cast_head *head = &p->cast->head;
	if (version == 0)
		return is_wrong(p, "this is not a recording (asciicast)", err);
	if (version != 2 && version != 3)
		return error_set(err, 0,
			"%s: this recording is of version %lld; only 2 and 3 can be read", p->path,
			(long long)version);
	p->absolute = version == 2;
	const cJSON *size = p->absolute ? json : term;
	const char *const names[2][2] = {{"cols", "rows"}, {"width", "height"}};
	head->columns =
		(unsigned)json_get_integer_or(size, names[p->absolute][0], 1, SIZE_MAX_CELLS, 80);
	head->rows =
		(unsigned)json_get_integer_or(size, names[p->absolute][1], 1, SIZE_MAX_CELLS, 24);
	head->term = arena_strdup(&p->cast->arena, json_get_text(term, "type"));
	head->title = arena_strdup(&p->cast->arena, json_get_text(json, "title"));
	head->time_s = json_get_integer_or(json, "timestamp", 0, INT64_MAX / 2, 0);
	head->max_idle_ms =
		(int64_t)(fmin(seconds_of(json_get(json, "idle_time_limit")), PAUSE_MAX_S) * 1000);
	return true;
}

static bool parse_event(struct parser *p, const cJSON *json, struct error *err)
{
	const cJSON *time = cJSON_GetArrayItem(json, 0);
	const char *code = json_get_item_text(json, 1), *data = json_get_item_text(json, 2);
	if (!cJSON_IsArray(json) || !cJSON_IsNumber(time) || code == NULL || data == NULL ||
		code[0] == '\0')
		return is_wrong(p, "expected an event: [TIME, \"CODE\", \"DATA\"]", err);
	double at = seconds_of(time), pause = p->absolute ? fmax(at - p->now_s, 0) : at;
	p->now_s = fmax(p->now_s, at);
	if (code[1] != '\0' || code[0] < 'a' || code[0] > 'z')
		return true; /* of a later version */
	struct cast *c = p->cast;
	p->events = arena_grow(&c->arena, p->events, c->event_count, sizeof *p->events);
	p->events[c->event_count++] =
		(struct cast_event){.pause_ms = llround(fmin(pause, PAUSE_MAX_S) * 1000),
			.code = code[0],
			.data = arena_strdup(&c->arena, data)};
	return true;
}

/* whole: it ends with a newline; what was still being written is left out. */
static bool parse_line(
	struct parser *p, const char *line, size_t length, bool whole, struct error *err)
{
	size_t blanks = 0;
	while (blanks < length && strchr(" \t\r", line[blanks]) != NULL)
		blanks++;
	if (p->line > 1 && (blanks == length || line[0] == '#'))
		return true;
	cJSON *json = cJSON_ParseWithLength(line, length);
	bool head = p->line == 1, good = true;
	if (json == NULL && !head && !whole)
		return true;
	if (json == NULL)
		good = is_wrong(p,
			head ? N_("this is not a recording (asciicast)") : N_("this is not JSON"),
			err);
	else
		good = head ? parse_head(p, json, err) : parse_event(p, json, err);
	cJSON_Delete(json);
	return good;
}

bool cast_parse(
	const char *path, const char *bytes, size_t length, struct cast **ret, struct error *err)
{
	struct parser p = {.path = path, .cast = xcalloc(1, sizeof *p.cast)};
	bool good = true;
	for (size_t at = 0; good && at < length;) {
		const char *end = memchr(bytes + at, '\n', length - at);
		size_t line = end != NULL ? (size_t)(end - bytes) - at : length - at;
		p.line++;
		good = parse_line(&p, bytes + at, line, end != NULL, err);
		at += line + 1;
	}
	if (good && p.cast->head.columns == 0) {
		p.line = 1;
		good = is_wrong(&p, "this is not a recording (asciicast)", err);
	}
	p.cast->events = p.events;
	if (good)
		*ret = p.cast;
	else
		cast_destroy(p.cast);
	return good;
}

void cast_destroy(struct cast *cast)
{
	if (cast == NULL)
		return;
	struct arena arena = cast->arena;
	free(cast);
	arena_finish(&arena);
}
