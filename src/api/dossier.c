/* api/dossier.c - all that is known of one person, counted or as JSON */
#include "digest.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define AT_A_TIME 500
#define AUDIT_MAX 100000

/* ---- statements: about the person, or mentioning them ---- */

struct gathering {
	struct buf *out; /* NULL: only count */
	unsigned own, others;
	const char *key;
};

static bool is_by(const char *json, const char *key)
{
	const char *end;
	cJSON *statement = json_parse_exact(json, strlen(json), &end);
	cleanup_free char *actor = xapi_actor_key(json_get(statement, "actor"));
	cJSON_Delete(statement);
	return text_same(actor, key);
}

static void gather_statement(void *data, const char *json, int64_t stored_ms)
{
	struct gathering *g = data;
	(void)stored_ms;
	if (g->out != NULL) {
		buf_add_text(g->out, g->own + g->others > 0 ? ",\n" : "\n");
		buf_add_text(g->out, json);
	}
	if (is_by(json, g->key))
		g->own++;
	else
		g->others++;
}

static bool gather_statements(struct lrs *lrs, struct gathering *g, struct error *err)
{
	struct lrs_query query = {
		.agent = g->key, .related_agents = true, .ascending = true, .limit = AT_A_TIME};
	int64_t next = 0;
	do {
		query.from = next;
		if (!lrs_find(lrs, &query, gather_statement, g, &next, err))
			return false;
	} while (next != 0);
	return true;
}

/* ---- JSON from the tracker, the keys, the documents and the audit log ---- */

static void add_time(cJSON *object, const char *name, int64_t ms)
{
	if (ms > 0)
		json_add_time(object, name, ms);
}

static void add_score(cJSON *object, const char *name, double score)
{
	if (score >= 0)
		cJSON_AddNumberToObject(object, name, score);
}

static void add_person(void *data, const struct tracker_person *p)
{
	cJSON *person = cJSON_AddObjectToObject(data, "person");
	cJSON_AddNumberToObject(person, "id", (double)p->id);
	cJSON_AddStringToObject(person, "name", p->name);
	cJSON_AddStringToObject(person, "teams", p->teams);
	add_time(person, "first", p->first_ms);
	add_time(person, "last", p->last_ms);
}

static void add_enrolment(void *data, const struct tracker_enrolment *e)
{
	cJSON *one = cJSON_CreateObject();
	cJSON_AddItemToArray(data, one);
	cJSON_AddStringToObject(one, "course", e->course_title);
	cJSON_AddNumberToObject(one, "lessons_completed", e->completed);
	cJSON_AddNumberToObject(one, "quizzes_passed", e->passed);
	add_score(one, "first_score", e->first);
	add_score(one, "best_score", e->best);
	add_score(one, "last_score", e->last);
	cJSON_AddNumberToObject(one, "seconds", (double)(e->time_ms / 1000));
	add_time(one, "begun", e->begun_ms);
	add_time(one, "last", e->last_ms);
	add_time(one, "due", e->due_ms);
	add_time(one, "completed", e->done_ms);
}

static void add_result(void *data, const struct tracker_result *e)
{
	cJSON *one = cJSON_CreateObject();
	cJSON_AddItemToArray(data, one);
	cJSON_AddStringToObject(one, "course", e->course_title);
	cJSON_AddStringToObject(one, "lesson", e->title);
	cJSON_AddStringToObject(one, "id", e->iri);
	cJSON_AddNumberToObject(one, "attempts", e->attempts);
	cJSON_AddNumberToObject(one, "lines", e->lines);
	add_score(one, "first_score", e->first);
	add_score(one, "best_score", e->best);
	add_score(one, "last_score", e->last);
	cJSON_AddNumberToObject(one, "seconds", (double)(e->time_ms / 1000));
	add_time(one, "completed", e->completed_ms);
	add_time(one, "passed", e->passed_ms);
	add_time(one, "last", e->last_ms);
}

static void add_document(
	void *data, const struct lrs_place *place, const struct lrs_document *document)
{
	static const char *const kinds[] = {[LRS_STATE] = "state",
		[LRS_ACTIVITY_PROFILE] = "activity profile",
		[LRS_AGENT_PROFILE] = "agent profile"};
	cJSON *one = cJSON_CreateObject();
	cJSON_AddItemToArray(data, one);
	cJSON_AddStringToObject(one, "kind", kinds[place->kind]);
	cJSON_AddStringToObject(one, "id", place->name);
	if (*place->activity != '\0')
		cJSON_AddStringToObject(one, "activity", place->activity);
	cJSON_AddStringToObject(one, "type", document->type);
	add_time(one, "updated", document->updated_ms);
	const char *bytes = buf_text(&document->bytes);
	if (utf8_valid(bytes, document->bytes.length) &&
		memchr(bytes, '\0', document->bytes.length) == NULL) {
		cJSON_AddStringToObject(one, "content", bytes);
	} else {
		cleanup_free char *text = digest_base64url(bytes, document->bytes.length);
		cJSON_AddStringToObject(one, "base64url", text);
	}
}

static void add_audit(void *data, const struct audit_entry *e)
{
	cJSON *one = cJSON_CreateObject();
	cJSON_AddItemToArray(data, one);
	add_time(one, "time", e->when_ms);
	cJSON_AddStringToObject(one, "by", e->who);
	cJSON_AddStringToObject(one, "what", e->what);
	if (*e->detail != '\0')
		cJSON_AddStringToObject(one, "detail", e->detail);
}

/* Names and roles of the keys whose statements are this person's. */
static bool list_keys(struct lrs *lrs, const char *actor, struct words *ret, struct error *err)
{
	cleanup_words struct words keys = {0};
	bool good = lrs_key_list(lrs, &keys, err);
	for (size_t i = 0; good && i < keys.count; i++) {
		const char *at = strchr(keys.items[i], '\t') + 1;
		cleanup_free char *name = xstrndup(at, strcspn(at, "\t"));
		cleanup_free char *team = NULL, *owner = NULL;
		cleanup_error struct error gone = {0}; /* removed meanwhile */
		if (lrs_key_scope(lrs, name, &team, &owner, &gone) && text_same(owner, actor))
			words_add(ret, name);
	}
	return good;
}

static bool add_keys(struct lrs *lrs, const char *actor, cJSON *list, struct error *err)
{
	cleanup_words struct words keys = {0};
	bool good = list_keys(lrs, actor, &keys, err);
	for (size_t i = 0; i < keys.count; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(keys.items[i]));
	return good;
}

/* ---- both uses ---- */

bool api_dossier_count(
	const struct api_sources *from, int64_t person, struct api_dossier *ret, struct error *err)
{
	cleanup_free char *key = tracker_person_key(from->tracker, person);
	if (key == NULL)
		return error_set_kind(err, ERROR_FAILED, "this person does not exist");
	struct gathering g = {.key = key};
	cleanup_words struct words keys = {0};
	cJSON *documents = cJSON_CreateArray();
	bool good = gather_statements(from->lrs, &g, err) &&
		    list_keys(from->lrs, key, &keys, err) &&
		    lrs_document_each(from->lrs, key, add_document, documents, err);
	if (good)
		*ret = (struct api_dossier){
			.statements = g.own,
			.mentions = g.others,
			.documents = (unsigned)cJSON_GetArraySize(documents),
			.keys = (unsigned)keys.count,
		};
	cJSON_Delete(documents);
	return good;
}

static bool fill_dossier(const struct api_sources *from, int64_t person, const char *key,
	cJSON *out, struct error *err)
{
	add_time(out, "exported", clock_wall_ms());
	return tracker_person(from->tracker, person, add_person, out, err) &&
	       tracker_enrolments(from->tracker, 0, person, 0, add_enrolment,
		       cJSON_AddArrayToObject(out, "courses"), err) &&
	       tracker_results(from->tracker, 0, person, 0, add_result,
		       cJSON_AddArrayToObject(out, "lessons"), err) &&
	       add_keys(from->lrs, key, cJSON_AddArrayToObject(out, "keys"), err) &&
	       lrs_document_each(from->lrs, key, add_document,
		       cJSON_AddArrayToObject(out, "documents"), err) &&
	       audit_list(from->audit, person, key, 0, AUDIT_MAX, add_audit,
		       cJSON_AddArrayToObject(out, "audit"), err);
}

/* Statements are added as they are stored: they keep each number as it was written. */
bool api_dossier_export(
	const struct api_sources *from, int64_t person, struct buf *out, struct error *err)
{
	cleanup_free char *key = tracker_person_key(from->tracker, person);
	if (key == NULL)
		return error_set_kind(err, ERROR_FAILED, "this person does not exist");
	struct gathering g = {.out = out, .key = key};
	cJSON *head = cJSON_CreateObject();
	bool good = fill_dossier(from, person, key, head, err);
	cJSON_AddStringToObject(head, "identifier", key);
	cleanup_free char *text = json_print_take(head);
	buf_add(out, text, strlen(text) - 1); /* without its last brace */
	buf_add_text(out, ",\"statements\":[");
	good = good && gather_statements(from->lrs, &g, err);
	buf_add_text(out, "\n]}\n");
	return good;
}

/* ---- erasing, and forgetting by age ---- */

bool api_erase(const struct api_sources *from, int64_t person, struct error *err)
{
	cleanup_free char *key = tracker_person_key(from->tracker, person);
	if (key == NULL)
		return error_set_kind(err, ERROR_FAILED, "this person does not exist");
	cleanup_words struct words ways = {0}; /* an account, and an address */
	bool good = true;
	tracker_person_keys(from->tracker, key, &ways);
	for (size_t i = 0; good && i < ways.count; i++) {
		cleanup_words struct words keys = {0};
		good = list_keys(from->lrs, ways.items[i], &keys, err) &&
		       audit_erase(from->audit, person, ways.items[i], &keys, err) &&
		       session_erase(from->sessions, ways.items[i], err) &&
		       lrs_erase(from->lrs, ways.items[i], err);
	}
	return good && tracker_erase(from->tracker, person, err);
}

struct idle {
	int64_t before_ms;
	int64_t *people;
	size_t count;
};

static void add_idle(void *data, const struct tracker_enrolment *e)
{
	struct idle *idle = data;
	idle->people = array_grow(idle->people, idle->count, sizeof *idle->people);
	idle->people[idle->count++] = e->person;
}

static void check_idle(void *data, const struct tracker_person *p)
{
	struct idle *one = data;
	if (p->last_ms > 0 && p->last_ms < one->before_ms)
		one->count = 1;
}

bool api_idle_people(const struct api_sources *from, int64_t before_ms, int64_t **ret,
	size_t *ret_count, struct error *err)
{
	struct idle all = {0};
	if (!tracker_enrolments(from->tracker, 0, 0, 0, add_idle, &all, err)) {
		free(all.people);
		return false;
	}
	size_t count = numbers_unique(all.people, all.count), kept = 0;
	bool good = true;
	for (size_t i = 0; good && i < count; i++) {
		struct idle one = {.before_ms = before_ms};
		good = tracker_person(from->tracker, all.people[i], check_idle, &one, err);
		if (one.count > 0)
			all.people[kept++] = all.people[i];
	}
	if (!good) {
		free(all.people);
		return false;
	}
	*ret = all.people;
	*ret_count = kept;
	return true;
}
