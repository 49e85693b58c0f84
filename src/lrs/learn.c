/* lrs/learn.c - canonical definitions: merges what all statements say about an activity or verb */
#include "private.h"

#include <string.h>

struct learning {
	struct memory *memory;
	struct db *db;
	bool good;
	struct error *err;
};

#define LANGUAGES_MAX 500 /* more languages than anyone uses; every merge reads the whole map */

/* Language maps grow; everything else takes the last value. Returns whether anything changed. */
static bool merge_definition(cJSON *into, const cJSON *from)
{
	const cJSON *one;
	bool changed = false;
	struct xapi_index known = xapi_index_make(into);
	size_t count = known.count;
	cJSON_ArrayForEach(one, from) {
		cJSON *there = xapi_index_find(&known, one->string);
		bool map = text_same(one->string, "name") || text_same(one->string, "description");
		if (map && cJSON_IsObject(there)) {
			changed = merge_definition(there, one) || changed;
		} else if (there == NULL ? count < LANGUAGES_MAX : !xapi_same(there, one)) {
			xapi_index_set(&known, into, one);
			count++;
			changed = true;
		}
	}
	xapi_index_finish(&known);
	return changed;
}

static cJSON *read_known(struct learning *l, const char *text, int64_t name)
{
	sqlite3_stmt *row = sql(l->db, l->err, text, "i", name);
	cJSON *json = sql_row(l->db, row, &l->good, l->err) ? references_read_json(row, 0) : NULL;
	sql_done(row);
	return json != NULL ? json : cJSON_CreateObject();
}

static void store_definition(struct learning *l, const char *text, int64_t name, const cJSON *json)
{
	cleanup_free char *printed = json_print(json);
	l->good = l->good && sql_run(l->db, sql(l->db, l->err, text, "it", name, printed), l->err);
}

/* Statements mostly repeat the last definition: then there is nothing to do. */
static bool is_learned(const struct memory *m, int64_t list, uint64_t hash)
{
	size_t at = (size_t)list % REMEMBERED;
	return m->learned[at].list == list && m->learned[at].hash == hash;
}

/* `read` and `write` are SQL for the table. */
static void learn_definition(struct learning *l, enum list_kind kind, const char *read,
	const char *write, const char *id, const cJSON *said)
{
	if (said == NULL || said->child == NULL || !l->good)
		return;
	int64_t name = names_number(l->memory, l->db, id, l->err), list = LIST_OF(name, kind);
	uint64_t hash = entry_hash(said);
	size_t at = (size_t)list % REMEMBERED;
	l->good = name != 0;
	if (!l->good || is_learned(l->memory, list, hash))
		return;
	cJSON *known = read_known(l, read, name);
	if (merge_definition(known, said))
		store_definition(l, write, name, known);
	cJSON_Delete(known);
	l->memory->learned[at].list = list;
	l->memory->learned[at].hash = hash;
}

static void learn_activity(void *data, cJSON *activity, bool direct)
{
	(void)direct;
	learn_definition(data, LIST_ACTIVITY, "SELECT json FROM activity WHERE name = ?",
		"INSERT OR REPLACE INTO activity VALUES (?, ?)", json_get_text(activity, "id"),
		json_get(activity, "definition"));
}

static void learn_verb(void *data, cJSON *verb)
{
	learn_definition(data, LIST_VERB, "SELECT display FROM verb WHERE name = ?",
		"INSERT OR REPLACE INTO verb VALUES (?, ?)", json_get_text(verb, "id"),
		json_get(verb, "display"));
}

static bool is_new(struct learning *l, const struct entry *e, const struct term *s)
{
	int64_t name = names_number_hashed(l->memory, l->db, entry_text(e, s), s->hash, l->err);
	l->good = l->good && name != 0;
	return !is_learned(l->memory, LIST_OF(name, s->kind), s->definition);
}

bool learn_entry(struct memory *m, struct db *db, const struct entry *e, struct error *err)
{
	struct learning l = {m, db, true, err};
	bool any = false;
	for (size_t i = 0; i < e->definition_count && !any; i++)
		any = is_new(&l, e, &e->definitions[i]);
	cJSON *statement = any && l.good ? references_read_statement(db, e->seq, err) : NULL;
	if (statement != NULL) {
		xapi_each_activity(statement, learn_activity, &l);
		xapi_each_verb(statement, learn_verb, &l);
	}
	cJSON_Delete(statement);
	return l.good;
}
