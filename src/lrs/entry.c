/* lrs/entry.c - extracts what the index needs from a statement, so that its tree can be freed */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_FIRST 512 /* bytes: enough for the names of most statements */

static struct term add_term(struct entry *e, enum list_kind kind, const char *name)
{
	struct term s = {.kind = kind, .at = e->texts.length, .hash = names_hash(name)};
	buf_add(&e->texts, name, strlen(name) + 1);
	return s;
}

static void add_mention(void *data, enum list_kind kind, const char *name)
{
	struct entry *e = data;
	e->terms = array_grow(e->terms, e->term_count, sizeof *e->terms);
	e->terms[e->term_count++] = add_term(e, kind, name);
}

static void add_definition(
	struct entry *e, enum list_kind kind, const char *name, const cJSON *said)
{
	if (name == NULL || said == NULL || said->child == NULL)
		return;
	e->definitions = array_grow(e->definitions, e->definition_count, sizeof *e->definitions);
	e->definitions[e->definition_count] = add_term(e, kind, name);
	e->definitions[e->definition_count++].definition = entry_hash(said);
}

static void add_activity(void *data, cJSON *activity, bool direct)
{
	(void)direct;
	add_definition(data, LIST_ACTIVITY, json_get_text(activity, "id"),
		json_get(activity, "definition"));
}

static void add_verb(void *data, cJSON *verb)
{
	add_definition(data, LIST_VERB, json_get_text(verb, "id"), json_get(verb, "display"));
}

struct entry *entry_make(const cJSON *statement)
{
	struct entry *e = xcalloc(1, sizeof *e);
	const char *target = mentions_target(statement);
	const char *verb = json_get_text(json_get(statement, "verb"), "id");
	buf_reserve(&e->texts, TEXT_FIRST);
	ids_read(json_get_text(statement, "id"), e->id);
	e->points = target != NULL;
	e->voids = text_same(verb, XAPI_VOIDED);
	if (target != NULL)
		ids_read(target, e->target);
	mentions_each(statement, add_mention, e);
	xapi_each_activity(statement, add_activity, e);
	xapi_each_verb(statement, add_verb, e);
	return e;
}

const char *entry_text(const struct entry *e, const struct term *s)
{
	return e->texts.data + s->at;
}

void entry_free(struct entry *e)
{
	if (e == NULL)
		return;
	buf_finish(&e->texts);
	free(e->terms);
	free(e->definitions);
	free(e);
}

static uint64_t mix_json(uint64_t hash, const cJSON *json)
{
	const cJSON *one;
	hash = hash_bytes(hash, &json->type, sizeof json->type);
	if (json->string != NULL)
		hash = hash_bytes(hash, json->string, strlen(json->string) + 1);
	if (cJSON_IsString(json))
		hash = hash_bytes(hash, json->valuestring, strlen(json->valuestring) + 1);
	if (cJSON_IsNumber(json))
		hash = hash_bytes(hash, &json->valuedouble, sizeof json->valuedouble);
	cJSON_ArrayForEach(one, json)
		hash = mix_json(hash, one);
	return hash_bytes(hash, "", 1);
}

uint64_t entry_hash(const cJSON *said)
{
	return mix_json(HASH_START, said);
}
