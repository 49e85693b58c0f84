/* api/incoming.c - receives statements: one or many, with attachments and signatures */
#include "digest.h"
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SIGNATURE "http://adlnet.gov/expapi/attachments/signature"

struct incoming {
	struct request *r;
	struct reply *a;
	struct parts parts; /* the first one has the statements; none if the body is plain JSON */
	cJSON *json;
	cJSON **statements;
	size_t count;
	struct words digests;               /* of the parts, in order */
	struct lrs_attachment *attachments; /* sorted by hash, without duplicates */
	bool *used;
	size_t attachment_count;
	char *learner; /* owner of the key in the room; NULL: not a room key */
};

static void finish_incoming(struct incoming *in)
{
	multipart_finish(&in->parts);
	words_finish(&in->digests);
	free(in->attachments);
	free(in->used);
	free(in->statements);
	free(in->learner);
	cJSON_Delete(in->json);
}

/* ---- attachments ---- */

/* Returns whether a part has the hash that it declares. */
static bool is_hash_of(const char *hash, const struct part *part)
{
	char real[DIGEST_TEXT_SIZE];
	unsigned bits = (unsigned)strlen(hash) * 4;
	return digest_sha2(bits, part->bytes, part->length, real) && text_same(real, hash);
}

static bool add_attachment(struct incoming *in, const struct part *part)
{
	const char *hash = pairs_find(&part->headers, "X-Experience-API-Hash");
	const char *encoding = pairs_find(&part->headers, "Content-Transfer-Encoding");
	if (hash == NULL)
		return reply_error(in->a, 400, "a part has no X-Experience-API-Hash");
	if (encoding == NULL || strcasecmp(encoding, "binary") != 0)
		return reply_error(
			in->a, 400, "the Content-Transfer-Encoding of a part must be binary");
	cleanup_free char *small = text_lower(xstrdup(hash));
	if (!is_hash_of(small, part))
		return reply_error(in->a, 400, "a part does not match its hash %s", small);
	words_add(&in->digests, small);
	return true;
}

static int by_hash(const void *a, const void *b)
{
	const struct lrs_attachment *one = a, *other = b;
	return strcmp(one->sha2, other->sha2);
}

static bool read_attachments(struct incoming *in)
{
	size_t count = in->parts.count > 0 ? in->parts.count - 1 : 0, kept = 0;
	struct lrs_attachment *list = xcalloc(count + 1, sizeof *list);
	in->attachments = list;
	in->used = xcalloc(count + 1, sizeof *in->used);
	for (size_t i = 0; i < count; i++)
		if (!add_attachment(in, &in->parts.items[i + 1]))
			return false;
	for (size_t i = 0; i < count; i++) {
		const struct part *part = &in->parts.items[i + 1];
		const char *type = pairs_find(&part->headers, "Content-Type");
		list[i] = (struct lrs_attachment){in->digests.items[i],
			type != NULL ? type : "application/octet-stream", part->bytes,
			part->length};
	}
	if (count > 1)
		qsort(list, count, sizeof *list, by_hash);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || by_hash(&list[i], &list[kept - 1]) != 0)
			list[kept++] = list[i];
	in->attachment_count = kept;
	return true;
}

static const struct lrs_attachment *part_of(struct incoming *in, const char *sha2)
{
	cleanup_free char *wanted = text_lower(xstrdup(sha2));
	const struct lrs_attachment key = {.sha2 = wanted};
	const struct lrs_attachment *found =
		in->attachment_count == 0
			? NULL
			: bsearch(&key, in->attachments, in->attachment_count, sizeof key, by_hash);
	if (found != NULL)
		in->used[found - in->attachments] = true;
	return found;
}

/* A signature covers the statement without the signature itself. */
static bool is_signed(const cJSON *statement, const struct lrs_attachment *part, struct error *err)
{
	cleanup_buf struct buf payload = {0};
	cleanup_error struct error why = {0};
	if (!digest_jws_open(part->bytes, part->length, &payload, err))
		return false;
	cJSON *given = xapi_parse(payload.data, payload.length, &why);
	if (given == NULL)
		return error_set(err, 0, "the signed statement: %s", error_text(&why));
	cJSON *plain = cJSON_Duplicate(statement, true);
	cJSON_DeleteItemFromObjectCaseSensitive(plain, "attachments");
	cJSON_DeleteItemFromObjectCaseSensitive(given, "attachments");
	if (json_get(given, "id") == NULL)
		cJSON_DeleteItemFromObjectCaseSensitive(plain, "id");
	bool same = xapi_statement_same(plain, given);
	cJSON_Delete(plain);
	cJSON_Delete(given);
	return same || error_set(err, 0, "the signature is for another statement");
}

static bool check_attachment(
	struct incoming *in, const cJSON *statement, const cJSON *attachment, struct error *err)
{
	const struct lrs_attachment *part = part_of(in, json_get_text(attachment, "sha2"));
	bool signature = text_same(json_get_text(attachment, "usageType"), SIGNATURE);
	if (part == NULL && json_get_text(attachment, "fileUrl") == NULL)
		return error_set(
			err, 0, "an attachment has neither a fileUrl nor a part with its hash");
	if (!signature)
		return true;
	if (!text_same(json_get_text(attachment, "contentType"), "application/octet-stream"))
		return error_set(
			err, 0, "the contentType of a signature must be application/octet-stream");
	return part == NULL || is_signed(statement, part, err);
}

static bool check_attachments(struct incoming *in, const char *name, const cJSON *statement)
{
	const cJSON *one, *object = json_get(statement, "object");
	cleanup_error struct error err = {0};
	size_t i = 0;
	cJSON_ArrayForEach(one, json_get(statement, "attachments")) {
		if (!check_attachment(in, statement, one, &err))
			return reply_error(
				in->a, 400, "%s.attachments[%zu]: %s", name, i, error_text(&err));
		i++;
	}
	if (!text_same(json_get_text(object, "objectType"), "SubStatement"))
		return true;
	cleanup_free char *below = xasprintf("%s.object", name);
	return check_attachments(in, below, object);
}

/* ---- the body ---- */

static bool parse_body(struct incoming *in)
{
	const char *type = request_header(in->r, "Content-Type");
	cleanup_error struct error err = {0};
	const char *text = buf_text(&in->r->body);
	size_t length = in->r->body.length;
	if (xapi_media_is(type, "multipart/mixed")) {
		if (!multipart_read(type, &in->r->body, &in->parts, &err))
			return reply_error(in->a, 400, "%s", error_text(&err));
		const char *first = pairs_find(&in->parts.items[0].headers, "Content-Type");
		if (!xapi_media_is(first, "application/json"))
			return reply_error(in->a, 400,
				"the first part must be the statements, as application/json");
		text = in->parts.items[0].bytes;
		length = in->parts.items[0].length;
	} else if (!xapi_media_is(type, "application/json")) {
		return reply_error(in->a, 400,
			"statements must be sent as application/json or multipart/mixed");
	}
	in->json = xapi_parse(text, length, &err);
	return in->json != NULL || reply_error(in->a, 400, "%s", error_text(&err));
}

static bool list_statements(struct incoming *in)
{
	size_t count = cJSON_IsArray(in->json) ? (size_t)cJSON_GetArraySize(in->json) : 1;
	cJSON *one = cJSON_IsArray(in->json) ? in->json->child : in->json;
	in->statements = xcalloc(count + 1, sizeof *in->statements);
	for (; in->count < count; one = one->next)
		in->statements[in->count++] = one;
	return true;
}

/* Compare in lower case: ids ignore case. */
static bool check_unique_ids(struct incoming *in)
{
	cleanup_words struct words ids = {0};
	for (size_t i = 0; i < in->count; i++) {
		const char *id = json_get_text(in->statements[i], "id");
		if (id == NULL)
			continue;
		words_add(&ids, id);
		text_lower(ids.items[ids.count - 1]);
	}
	const char **list = xcalloc(ids.count + 1, sizeof *list);
	for (size_t i = 0; i < ids.count; i++)
		list[i] = ids.items[i];
	const char *twice = xapi_twice(list, ids.count);
	free(list);
	return twice == NULL || reply_error(in->a, 400, "two statements have the id %s", twice);
}

static bool check_statements(struct incoming *in)
{
	cleanup_error struct error err = {0};
	char name[40] = "statement";
	for (size_t i = 0; i < in->count; i++) {
		if (cJSON_IsArray(in->json))
			snprintf(name, sizeof name, "statements[%zu]", i);
		if (!xapi_statement_valid(in->r->version, name, in->statements[i], &err))
			return reply_error(in->a, 400, "%s", error_text(&err));
		if (!check_attachments(in, name, in->statements[i]))
			return false;
	}
	for (size_t i = 0; i < in->attachment_count; i++)
		if (!in->used[i])
			return reply_error(in->a, 400, "no statement has an attachment %s",
				in->attachments[i].sha2);
	return check_unique_ids(in);
}

/* PUT gives the statement's id as a parameter. */
static bool name_it(struct incoming *in)
{
	const char *wanted = request_parameter(in->r, "statementId");
	const char *id = json_get_text(in->json, "id");
	if (wanted == NULL)
		return reply_error(in->a, 400, "the parameter 'statementId' is missing");
	if (!xapi_is_uuid(wanted))
		return reply_error(in->a, 400, "statementId must be a UUID");
	if (!cJSON_IsObject(in->json))
		return reply_error(in->a, 400, "PUT sends exactly one statement");
	if (json_get(in->json, "id") == NULL)
		cJSON_AddStringToObject(in->json, "id", wanted);
	else if (id == NULL || strcasecmp(id, wanted) != 0)
		return reply_error(in->a, 400, "the statement's id differs from statementId");
	return true;
}

static cJSON *authority_of(const struct request *r)
{
	cJSON *agent = cJSON_CreateObject();
	cJSON_AddStringToObject(agent, "objectType", "Agent");
	cJSON *account = cJSON_AddObjectToObject(agent, "account");
	cJSON_AddStringToObject(account, "homePage", r->origin);
	cJSON_AddStringToObject(account, "name", r->name);
	return agent;
}

static void give_ids(struct incoming *in)
{
	for (size_t i = 0; i < in->count; i++) {
		char id[UUID_TEXT_SIZE];
		if (json_get_text(in->statements[i], "id") != NULL)
			continue;
		uuid_make(id);
		cJSON_AddStringToObject(in->statements[i], "id", id);
	}
}

static cJSON *list_ids(const struct incoming *in)
{
	cJSON *ids = cJSON_CreateArray();
	for (size_t i = 0; i < in->count; i++)
		cJSON_AddItemToArray(
			ids, cJSON_CreateString(json_get_text(in->statements[i], "id")));
	return ids;
}

/* Derive the learner's position in the room from the statements of their session. */
static bool take_in_room(void *data, struct db *db, const cJSON *statement, struct error *err)
{
	const struct incoming *in = data;
	return room_take(in->r->room, db, in->learner, statement, err);
}

static void tell_room(struct incoming *in, enum lrs_outcome outcome)
{
	if (in->learner == NULL)
		return;
	if (outcome == LRS_FAILED)
		room_recover(in->r->room);
	broadcast_wake(in->r->broadcaster);
}

static void store_statements(struct incoming *in, bool single)
{
	cJSON *authority = authority_of(in->r);
	const struct lrs_batch batch = {
		.statements = in->statements,
		.count = in->count,
		.version = in->r->version,
		.authority = authority,
		.attachments = in->attachments,
		.attachment_count = in->attachment_count,
		.also = in->learner != NULL ? take_in_room : NULL,
		.also_data = in,
	};
	cleanup_error struct error err = {0};
	if (!access_statements(in->r, in->a, in->statements, in->count)) {
		cJSON_Delete(authority);
		return;
	}
	give_ids(in);
	cJSON *ids = list_ids(in); /* before the statements are emptied */
	enum lrs_outcome outcome = lrs_put(in->r->lrs, &batch, &err);
	if (outcome == LRS_DONE)
		ingest_poke(in->r->ingest);
	tell_room(in, outcome);
	if (outcome == LRS_DONE && !single) {
		reply_json(in->a, ids);
	} else {
		reply_outcome(in->a, outcome, &err);
		cJSON_Delete(ids);
	}
	cJSON_Delete(authority);
}

void incoming_receive(struct request *r, struct reply *a, bool single)
{
	struct incoming in = {.r = r, .a = a};
	in.learner = r->room != NULL ? room_key_owner(r->room, r->name) : NULL;
	if (parse_body(&in) && (!single || name_it(&in)) && list_statements(&in) &&
		read_attachments(&in) && check_statements(&in))
		store_statements(&in, single);
	finish_incoming(&in);
}
