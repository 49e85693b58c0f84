/* api/documents.c - states and profiles; agents, activities, about */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* ---- shared by the three kinds of documents ---- */

struct kind {
	enum lrs_documents kind;
	const char *name; /* the parameter that names a document */
	bool activity, agent;
	const char *const *parameters;
	size_t parameter_count;
};

static const char *const state_parameters[] = {
	"activityId", "agent", "registration", "stateId", "since"};
static const char *const activity_parameters[] = {"activityId", "profileId", "since"};
static const char *const agent_parameters[] = {"agent", "profileId", "since"};

static const struct kind kinds[] = {
	[LRS_STATE] = {LRS_STATE, "stateId", true, true, state_parameters, 5},
	[LRS_ACTIVITY_PROFILE] = {LRS_ACTIVITY_PROFILE, "profileId", true, false,
		activity_parameters, 3},
	[LRS_AGENT_PROFILE] = {LRS_AGENT_PROFILE, "profileId", false, true, agent_parameters, 3},
};

/* *ret_agent, *ret_registration: strings that the key of the document points into; the caller frees
 * them. */
static bool read_place(struct request *r, struct reply *a, const struct kind *k,
	struct lrs_place *ret, char **ret_agent, char **ret_registration)
{
	const char *activity = request_parameter(r, "activityId");
	const char *registration = request_parameter(r, "registration");
	cJSON *agent = NULL;
	if (!request_takes(r, a, k->parameters, k->parameter_count))
		return false;
	if (k->activity && activity == NULL)
		return reply_error(a, 400, "the parameter 'activityId' is missing");
	if (k->activity && !xapi_is_iri(activity))
		return reply_error(a, 400, "activityId must be an IRI");
	if (registration != NULL && !xapi_is_uuid(registration))
		return reply_error(a, 400, "registration must be a UUID");
	if (k->agent && !request_agent(r, a, false, true, &agent, ret_agent))
		return false;
	cJSON_Delete(agent);
	if (k->agent && !access_agent(r, a, *ret_agent))
		return false;
	*ret_registration = registration != NULL ? text_lower(xstrdup(registration)) : NULL;
	*ret = (struct lrs_place){
		.kind = k->kind,
		.activity = k->activity ? activity : "",
		.agent = k->agent ? *ret_agent : "",
		.registration = *ret_registration,
		.name = request_parameter(r, k->name),
	};
	return true;
}

static bool read_since(struct request *r, struct reply *a, int64_t *ret)
{
	const char *since = request_parameter(r, "since");
	*ret = INT64_MIN;
	return since == NULL || xapi_timestamp(r->version, since, ret) ||
	       reply_error(a, 400, "since must be a timestamp");
}

/* The specification has `since` for lists only, but some clients send it for one document. */
static void get_one(struct request *r, struct reply *a, const struct lrs_place *place)
{
	struct lrs_document document = {0};
	cleanup_error struct error err = {0};
	int64_t since_ms;
	if (!read_since(r, a, &since_ms))
		return;
	enum lrs_outcome outcome = lrs_document_get(r->lrs, place, &document, &err);
	if (outcome == LRS_DONE && document.updated_ms <= since_ms)
		outcome = LRS_NOT_FOUND;
	if (outcome == LRS_DONE) {
		reply_text(a, document.type, buf_text(&document.bytes), document.bytes.length);
		reply_modified(a, document.updated_ms);
	} else {
		reply_outcome(a, outcome, &err);
	}
	lrs_document_finish(&document);
}

static void get_list(struct request *r, struct reply *a, const struct lrs_place *place)
{
	int64_t since_ms, updated_ms = 0;
	cleanup_words struct words names = {0};
	cleanup_error struct error err = {0};
	if (!read_since(r, a, &since_ms))
		return;
	if (!lrs_document_list(r->lrs, place, since_ms, &names, &updated_ms, &err)) {
		reply_outcome(a, LRS_FAILED, &err);
		return;
	}
	cJSON *list = cJSON_CreateArray();
	for (size_t i = 0; i < names.count; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(names.items[i]));
	reply_json(a, list);
	if (updated_ms > 0)
		reply_modified(a, updated_ms);
}

/* A JSON type requires valid JSON, and merging requires an object. Keep what replaces a state as it
 * is: authoring tools send states of their own format as JSON. */
static bool body_fits(
	struct request *r, struct reply *a, const struct lrs_place *place, const char *type)
{
	cleanup_error struct error err = {0};
	bool merges = r->method == METHOD_POST;
	if (!xapi_media_is(type, "application/json") || (place->kind == LRS_STATE && !merges))
		return true;
	cJSON *json = xapi_parse(buf_text(&r->body), r->body.length, &err);
	bool good = json != NULL && (!merges || cJSON_IsObject(json));
	cJSON_Delete(json);
	return good || reply_error(a, 400, "the document: %s",
			       json == NULL ? error_text(&err) : _("expected a JSON object"));
}

static void change_from_request(struct request *r, struct reply *a, const struct lrs_place *place)
{
	const char *type = request_header(r, "Content-Type");
	bool puts = r->method == METHOD_PUT, state = place->kind == LRS_STATE;
	cleanup_error struct error err = {0};
	struct lrs_change c = {
		.type = r->method == METHOD_DELETE      ? NULL
			: type != NULL && *type != '\0' ? type
							: "application/octet-stream",
		.bytes = buf_text(&r->body),
		.length = r->body.length,
		.merge = r->method == METHOD_POST,
		.if_match = request_header(r, "If-Match"),
		.if_none_match = request_header(r, "If-None-Match"),
		/* 1.0.3: the last writer of a state wins */
		.careful = puts && (!state || r->version == XAPI_2_0),
		/* 1.0.3 requires one of the headers (Part Three, 3.1); 2.0.0 only to replace */
		.guarded = puts && !state && r->version == XAPI_1_0,
	};
	if (c.type != NULL && !body_fits(r, a, place, c.type))
		return;
	reply_outcome(a, lrs_document_change(r->lrs, place, &c, &err), &err);
}

static void clear_documents_of(struct request *r, struct reply *a, const struct lrs_place *place)
{
	cleanup_error struct error err = {0};
	if (request_parameter(r, "since") != NULL)
		reply_error(a, 400, "'since' works only with lists");
	else
		reply_outcome(
			a, lrs_document_clear(r->lrs, place, &err) ? LRS_DONE : LRS_FAILED, &err);
}

static void api_documents(struct request *r, struct reply *a, const struct kind *k)
{
	struct lrs_place place;
	cleanup_free char *key = NULL, *registration = NULL;
	if (!read_place(r, a, k, &place, &key, &registration))
		return;
	bool read = r->method == METHOD_GET;
	if (r->method == METHOD_OPTIONS || r->method == METHOD_OTHER)
		reply_method(a, "GET, HEAD, PUT, POST, DELETE");
	else if (place.name == NULL && read)
		get_list(r, a, &place);
	else if (place.name == NULL && r->method == METHOD_DELETE && k->kind == LRS_STATE)
		clear_documents_of(r, a, &place);
	else if (place.name == NULL)
		reply_error(a, 400, "the parameter '%s' is missing", k->name);
	else if (read)
		get_one(r, a, &place);
	else if (request_parameter(r, "since") != NULL)
		reply_error(a, 400, "'since' works only with lists");
	else
		change_from_request(r, a, &place);
}

void api_state(struct request *r, struct reply *a)
{
	api_documents(r, a, &kinds[LRS_STATE]);
}

void api_activity_profile(struct request *r, struct reply *a)
{
	api_documents(r, a, &kinds[LRS_ACTIVITY_PROFILE]);
}

void api_agent_profile(struct request *r, struct reply *a)
{
	api_documents(r, a, &kinds[LRS_AGENT_PROFILE]);
}

/* ---- activities, agents, about ---- */

void api_activities(struct request *r, struct reply *a)
{
	static const char *const names[] = {"activityId"};
	const char *id = request_parameter(r, "activityId");
	cleanup_error struct error err = {0};
	if (r->method != METHOD_GET)
		reply_method(a, "GET, HEAD");
	else if (!request_takes(r, a, names, 1))
		return;
	else if (id == NULL || !xapi_is_iri(id))
		reply_error(a, 400,
			id == NULL ? N_("activityId is missing") : N_("activityId is not an IRI"));
	else
		reply_json(a, lrs_activity(r->lrs, id, &err));
}

/* Lists each property of an agent as an array of one. */
static cJSON *person_of(const cJSON *agent)
{
	static const char *const names[] = {"name", "mbox", "mbox_sha1sum", "openid", "account"};
	cJSON *person = cJSON_CreateObject();
	cJSON_AddStringToObject(person, "objectType", "Person");
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		const cJSON *value = json_get(agent, names[i]);
		if (value != NULL)
			cJSON_AddItemToArray(cJSON_AddArrayToObject(person, names[i]),
				cJSON_Duplicate(value, true));
	}
	return person;
}

void api_agents(struct request *r, struct reply *a)
{
	static const char *const names[] = {"agent"};
	cleanup_free char *key = NULL;
	cJSON *agent = NULL;
	if (r->method != METHOD_GET)
		reply_method(a, "GET, HEAD");
	else if (request_takes(r, a, names, 1) && request_agent(r, a, false, true, &agent, &key))
		reply_json(a, person_of(agent));
	cJSON_Delete(agent);
}

void api_about(struct request *r, struct reply *a)
{
	if (r->method != METHOD_GET) {
		reply_method(a, "GET, HEAD");
		return;
	}
	if (!request_takes(r, a, NULL, 0))
		return;
	cJSON *about = cJSON_CreateObject();
	cJSON *versions = cJSON_AddArrayToObject(about, "version");
	static const char *const known[] = {"1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"};
	for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
		cJSON_AddItemToArray(versions, cJSON_CreateString(known[i]));
	reply_json(a, about);
}
