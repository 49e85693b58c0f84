/* api/statements.c - the statements resource: queries, single statements, output formats */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_MAX 500

/* ---- output formats ---- */

enum format { FORMAT_EXACT, FORMAT_IDS, FORMAT_CANONICAL };

struct shaping {
	struct request *r;
	enum format format;
	bool attachments;
	cJSON *statements;  /* an array */
	struct buf plain;   /* or their texts, separated by commas */
	int64_t stored_ms;  /* of the latest one */
	struct words parts; /* "SHA2 TYPE" of attachments */
};

static void reduce_components(cJSON *definition, const char *accept)
{
	static const char *const lists[] = {"choices", "scale", "source", "target", "steps"};
	cJSON *one;
	xapi_language_map_reduce(json_get(definition, "name"), accept);
	xapi_language_map_reduce(json_get(definition, "description"), accept);
	for (size_t i = 0; i < ARRAY_LENGTH(lists); i++)
		cJSON_ArrayForEach(one, json_get(definition, lists[i]))
			xapi_language_map_reduce(json_get(one, "description"), accept);
}

static void make_canonical_activity(void *data, cJSON *activity, bool direct)
{
	struct shaping *s = data;
	cleanup_error struct error ignored = {0};
	const char *id = json_get_text(activity, "id");
	cJSON *canonical = lrs_activity(s->r->lrs, id, &ignored);
	cJSON *definition = cJSON_DetachItemFromObjectCaseSensitive(canonical, "definition");
	(void)direct;
	if (definition != NULL) {
		cJSON_DeleteItemFromObjectCaseSensitive(activity, "definition");
		reduce_components(definition, request_header(s->r, "Accept-Language"));
		cJSON_AddItemToObject(activity, "definition", definition);
	}
	cJSON_Delete(canonical);
}

static void make_canonical_verb(void *data, cJSON *verb)
{
	struct shaping *s = data;
	cleanup_error struct error ignored = {0};
	const char *id = json_get_text(verb, "id");
	cJSON *display = lrs_verb_display(s->r->lrs, id, &ignored);
	if (display == NULL)
		return;
	xapi_language_map_reduce(display, request_header(s->r, "Accept-Language"));
	cJSON_DeleteItemFromObjectCaseSensitive(verb, "display");
	cJSON_AddItemToObject(verb, "display", display);
}

static void note_attachments(struct shaping *s, const cJSON *statement)
{
	const cJSON *one;
	cJSON_ArrayForEach(one, json_get(statement, "attachments"))
		words_addf(&s->parts, "%s %s", json_get_text(one, "sha2"),
			json_get_text(one, "contentType"));
	if (text_same(json_get_text(json_get(statement, "object"), "objectType"), "SubStatement"))
		note_attachments(s, json_get(statement, "object"));
}

/* Statements returned exactly as stored need no parsing. */
static bool is_unshaped(const struct shaping *s)
{
	return s->format == FORMAT_EXACT && !s->attachments && s->r->version != XAPI_2_0;
}

static void add_shaped(void *data, const char *text, int64_t stored_ms)
{
	struct shaping *s = data;
	s->stored_ms = stored_ms > s->stored_ms ? stored_ms : s->stored_ms;
	if (is_unshaped(s)) {
		if (s->plain.length > 0)
			buf_add_char(&s->plain, ',');
		buf_add_text(&s->plain, text);
		return;
	}
	cJSON *statement = json_parse_exact(text, strlen(text), NULL);
	if (s->r->version == XAPI_2_0)
		xapi_statement_to_utc(statement);
	if (s->format == FORMAT_IDS) {
		xapi_statement_to_ids(statement);
	} else if (s->format == FORMAT_CANONICAL) {
		xapi_each_activity(statement, make_canonical_activity, s);
		xapi_each_verb(statement, make_canonical_verb, s);
	}
	if (s->attachments)
		note_attachments(s, statement);
	cJSON_AddItemToArray(s->statements, statement);
}

static bool read_shape(struct shaping *s, struct reply *a)
{
	const char *format = request_parameter(s->r, "format");
	if (format == NULL || text_same(format, "exact"))
		s->format = FORMAT_EXACT;
	else if (text_same(format, "ids"))
		s->format = FORMAT_IDS;
	else if (text_same(format, "canonical"))
		s->format = FORMAT_CANONICAL;
	else
		return reply_error(a, 400, "format must be exact, ids or canonical");
	return request_flag(s->r, a, "attachments", &s->attachments);
}

/* ---- output ---- */

/* Use the type from the statement (Part Three, 1.5.2), not from the part in which it arrived. */
static void add_attachment_part(struct shaping *s, struct buf *out, const char *boundary,
	const char *sha2, const char *said)
{
	cleanup_free char *type = NULL, *small = text_lower(xstrdup(sha2));
	cleanup_buf struct buf bytes = {0};
	cleanup_error struct error ignored = {0};
	if (lrs_attachment(s->r->lrs, small, &type, &bytes, &ignored) != LRS_DONE)
		return; /* it has a fileUrl instead */
	buf_printf(out,
		"\r\n--%s\r\nContent-Type: %s\r\nContent-Transfer-Encoding: binary\r\n"
		"X-Experience-API-Hash: %s\r\n\r\n",
		boundary, request_is_header_value(said) ? said : type, sha2);
	buf_add(out, buf_text(&bytes), bytes.length);
}

static int by_digest(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Use a new boundary each time, so that no one can put it into an attachment. */
static void say_parts(struct shaping *s, struct reply *a, const char *json)
{
	cleanup_buf struct buf out = {0};
	char boundary[UUID_TEXT_SIZE];
	uuid_make(boundary);
	buf_printf(&out, "--%s\r\nContent-Type: application/json\r\n\r\n%s", boundary, json);
	if (s->parts.count > 1)
		qsort(s->parts.items, s->parts.count, sizeof *s->parts.items, by_digest);
	for (size_t i = 0; i < s->parts.count; i++) {
		char *type = strchr(s->parts.items[i], ' ');
		*type++ = '\0';
		if (i == 0 || !text_same(s->parts.items[i], s->parts.items[i - 1]))
			add_attachment_part(s, &out, boundary, s->parts.items[i], type);
	}
	buf_printf(&out, "\r\n--%s--\r\n", boundary);
	cleanup_free char *type = xasprintf("multipart/mixed; boundary=%s", boundary);
	reply_text(a, type, buf_text(&out), out.length);
}

/* Takes ownership of the JSON. */
static void send_statements(struct shaping *s, struct reply *a, cJSON *json)
{
	if (!s->attachments) {
		reply_json(a, json);
	} else {
		cleanup_free char *text = json_print_take(json);
		say_parts(s, a, text);
	}
	if (s->stored_ms > 0)
		reply_modified(a, s->stored_ms);
}

static void say_plain(struct shaping *s, struct reply *a)
{
	reply_text(a, "application/json", buf_text(&s->plain), s->plain.length);
	if (s->stored_ms > 0)
		reply_modified(a, s->stored_ms);
	buf_finish(&s->plain);
}

/* ---- one statement ---- */

bool statements_is_own(const struct request *r, const char *text)
{
	if (!access_is(r, "learner"))
		return true;
	cJSON *statement = cJSON_Parse(text);
	cleanup_free char *actor = xapi_actor_key(json_get(statement, "actor"));
	const cJSON *account = json_get(json_get(statement, "authority"), "account");
	bool own = text_same(json_get_text(account, "name"), r->name) ||
		   (actor != NULL && text_same(actor, r->actor));
	cJSON_Delete(statement);
	return own;
}

static void send_one(struct request *r, struct reply *a, const char *id, bool voided)
{
	static const char *const names[] = {
		"statementId", "voidedStatementId", "format", "attachments"};
	struct shaping s = {.r = r};
	cleanup_free char *small = utf8_fold(id), *text = NULL;
	cleanup_error struct error err = {0};
	int64_t stored_ms = 0;
	if (!request_takes(r, a, names, ARRAY_LENGTH(names)) || !read_shape(&s, a))
		return;
	if (!xapi_is_uuid(id)) {
		reply_error(a, 400, "the statement's id must be a UUID");
		return;
	}
	enum lrs_outcome outcome = lrs_get(r->lrs, small, voided, &text, &stored_ms, &err);
	if (outcome == LRS_DONE && !statements_is_own(r, text))
		outcome = LRS_NOT_FOUND;
	if (outcome != LRS_DONE) {
		reply_outcome(a, outcome, &err);
		return;
	}
	s.statements = cJSON_CreateArray();
	add_shaped(&s, text, stored_ms);
	if (is_unshaped(&s))
		say_plain(&s, a);
	else
		send_statements(&s, a, cJSON_DetachItemFromArray(s.statements, 0));
	cJSON_Delete(s.statements);
	words_finish(&s.parts);
}

/* ---- many ---- */

static bool read_time_parameter(struct request *r, struct reply *a, const char *name, int64_t *ret)
{
	const char *text = request_parameter(r, name);
	if (text == NULL || xapi_timestamp(r->version, text, ret))
		return true;
	return reply_error(a, 400, "%s must be a timestamp", name);
}

/* Nothing was stored before 1970; 0 would mean no limit. */
static bool read_until(struct request *r, struct reply *a, int64_t *ret)
{
	if (!read_time_parameter(r, a, "until", ret))
		return false;
	if (request_parameter(r, "until") != NULL && *ret < 1)
		*ret = 1;
	return true;
}

static bool read_iri(struct request *r, struct reply *a, const char *name, const char **ret)
{
	*ret = request_parameter(r, name);
	if (*ret == NULL || xapi_is_iri(*ret))
		return true;
	return reply_error(a, 400, "%s must be an IRI", name);
}

static bool read_limit(struct request *r, struct reply *a, unsigned *ret)
{
	const char *text = request_parameter(r, "limit");
	long long limit = 0;
	if (text != NULL && !text_number(text, 0, INT32_MAX, &limit))
		return reply_error(a, 400, "limit must be a whole number from 0 upwards");
	*ret = limit == 0 || limit > LIMIT_MAX ? LIMIT_MAX : (unsigned)limit;
	return true;
}

/* *ret_registration: lower case, the caller frees it. */
static bool read_query(
	struct request *r, struct reply *a, struct lrs_query *q, char **ret_registration)
{
	static const char *const names[] = {"agent", "verb", "activity", "registration",
		"related_activities", "related_agents", "since", "until", "limit", "format",
		"attachments", "ascending"};
	const char *registration = request_parameter(r, "registration");
	if (!request_takes(r, a, names, ARRAY_LENGTH(names)))
		return false;
	if (registration != NULL && !xapi_is_uuid(registration))
		return reply_error(a, 400, "registration must be a UUID");
	*ret_registration = registration != NULL ? utf8_fold(registration) : NULL;
	q->registration = *ret_registration;
	return read_iri(r, a, "verb", &q->verb) && read_iri(r, a, "activity", &q->activity) &&
	       request_flag(r, a, "related_activities", &q->related_activities) &&
	       request_flag(r, a, "related_agents", &q->related_agents) &&
	       request_flag(r, a, "ascending", &q->ascending) &&
	       read_time_parameter(r, a, "since", &q->since_ms) && read_until(r, a, &q->until_ms) &&
	       read_limit(r, a, &q->limit);
}

/* The address of the rest: the same parameters, with the cursor in the path. */
static char *more_address(const struct request *r, int64_t next)
{
	struct buf out = {0};
	buf_printf(&out, "%s/xapi/more/%lld", r->prefix, (long long)next);
	request_add_query(r, &out);
	return buf_steal(&out);
}

/* Sends the result with the statements exactly as stored. */
static void say_plain_many(struct shaping *s, struct reply *a, int64_t next)
{
	struct buf out = {0};
	cleanup_free char *more = next > 0 ? more_address(s->r, next) : xstrdup("");
	buf_add_text(&out, "{\"statements\":[");
	buf_add(&out, buf_text(&s->plain), s->plain.length);
	buf_printf(&out, "],\"more\":\"%s\"}", more); /* a URL contains nothing to escape */
	buf_finish(&s->plain);
	s->plain = out;
	say_plain(s, a);
}

static void say_many(struct request *r, struct reply *a, int64_t from)
{
	struct shaping s = {.r = r};
	struct lrs_query q = {.from = from};
	cleanup_free char *registration = NULL, *key = NULL;
	cleanup_error struct error err = {0};
	cJSON *agent = NULL;
	int64_t next = 0;
	if (!read_query(r, a, &q, &registration) || !read_shape(&s, a) ||
		!request_agent(r, a, true, false, &agent, &key))
		return;
	q.agent = key;
	cJSON_Delete(agent);
	s.statements = cJSON_CreateArray();
	if (!lrs_find(r->lrs, &q, add_shaped, &s, &next, &err)) {
		reply_outcome(a, LRS_FAILED, &err);
	} else if (is_unshaped(&s)) {
		say_plain_many(&s, a, next);
	} else {
		cJSON *result = cJSON_CreateObject();
		cleanup_free char *more = next > 0 ? more_address(r, next) : xstrdup("");
		cJSON_AddItemToObject(result, "statements", s.statements);
		cJSON_AddStringToObject(result, "more", more);
		s.statements = NULL;
		send_statements(&s, a, result);
	}
	cJSON_Delete(s.statements);
	words_finish(&s.parts);
}

/* ---- the resource ---- */

static void get_statements(struct request *r, struct reply *a)
{
	const char *id = request_parameter(r, "statementId");
	const char *voided = request_parameter(r, "voidedStatementId");
	if (id != NULL && voided != NULL)
		reply_error(a, 400, "statementId and voidedStatementId exclude each other");
	else if (id != NULL || voided != NULL)
		send_one(r, a, id != NULL ? id : voided, voided != NULL);
	else
		say_many(r, a, 0);
}

void api_statements(struct request *r, struct reply *a)
{
	static const char *const put_names[] = {"statementId"};
	switch (r->method) {
	case METHOD_GET:
		get_statements(r, a);
		break;
	case METHOD_PUT:
		if (request_takes(r, a, put_names, 1))
			incoming_receive(r, a, true);
		break;
	case METHOD_POST:
		if (request_takes(r, a, NULL, 0))
			incoming_receive(r, a, false);
		break;
	case METHOD_DELETE:
	case METHOD_OPTIONS:
	case METHOD_OTHER:
		reply_method(a, "GET, HEAD, PUT, POST");
		break;
	}
}

void api_more(struct request *r, struct reply *a)
{
	long long from;
	const char *number = strrchr(r->path, '/') + 1;
	if (r->method != METHOD_GET)
		reply_method(a, "GET, HEAD");
	else if (!text_number(number, 1, INT64_MAX, &from))
		reply_error(a, 404, "there are no more statements");
	else
		say_many(r, a, from);
}
