/* xapi/valid.c - what a statement may be: a table of fields for each kind of object */
#include "xapi.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct checker {
	enum xapi_version version;
	struct error *err;
	unsigned depth; /* in sub-statements */
};

typedef bool rule(struct checker *c, const char *path, const cJSON *value);

struct field {
	const char *name;
	rule *holds;
	bool needed;
};

static bool wrong(struct checker *c, const char *path, const char *what)
{
	return error_set(c->err, 0, "%s: %s", path, what);
}

static const cJSON *at(const cJSON *json, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(json, name);
}

static const char *text_at(const cJSON *json, const char *name)
{
	return cJSON_GetStringValue(at(json, name));
}

/* Every field of the object is in the table and holds, and what is needed is there. */
static bool walk(struct checker *c, const char *path, const cJSON *json, const struct field *fields)
{
	const cJSON *one;
	if (!cJSON_IsObject(json))
		return wrong(c, path, "an object is needed");
	cJSON_ArrayForEach(one, json) {
		const struct field *f = fields;
		while (f->name != NULL && !text_same(f->name, one->string))
			f++;
		cleanup_free char *place = xasprintf("%s.%s", path, one->string);
		if (f->name == NULL)
			return wrong(c, place, "there is no such property");
		if (cJSON_IsNull(one))
			return wrong(c, place, "it must not be null");
		if (!f->holds(c, place, one))
			return false;
	}
	for (const struct field *f = fields; f->name != NULL; f++)
		if (f->needed && at(json, f->name) == NULL) {
			cleanup_free char *place = xasprintf("%s.%s", path, f->name);
			return wrong(c, place, "it is needed");
		}
	return true;
}

static bool each_item(struct checker *c, const char *path, const cJSON *list, rule *holds)
{
	const cJSON *one;
	size_t i = 0;
	if (!cJSON_IsArray(list))
		return wrong(c, path, "an array is needed");
	cJSON_ArrayForEach(one, list) {
		cleanup_free char *place = xasprintf("%s[%zu]", path, i++);
		if (!holds(c, place, one))
			return false;
	}
	return true;
}

/* ---- plain values ---- */

static bool is_text(struct checker *c, const char *path, const cJSON *v)
{
	return cJSON_IsString(v) || wrong(c, path, "a string is needed");
}

static bool is_bool(struct checker *c, const char *path, const cJSON *v)
{
	return cJSON_IsBool(v) || wrong(c, path, "true or false is needed");
}

static bool is_number(struct checker *c, const char *path, const cJSON *v)
{
	return cJSON_IsNumber(v) || wrong(c, path, "a number is needed");
}

static bool is_length(struct checker *c, const char *path, const cJSON *v)
{
	return (cJSON_IsNumber(v) && v->valuedouble >= 0 &&
		       v->valuedouble == floor(v->valuedouble)) ||
	       wrong(c, path, "a whole number from 0 is needed");
}

static bool is_iri(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_is_iri(cJSON_GetStringValue(v)) || wrong(c, path, "an IRI is needed");
}

static bool is_uuid(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_is_uuid(cJSON_GetStringValue(v)) || wrong(c, path, "a UUID is needed");
}

static bool is_time(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_timestamp(c->version, cJSON_GetStringValue(v), NULL) ||
	       wrong(c, path, "a timestamp of ISO 8601 is needed");
}

static bool is_duration(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_is_duration(cJSON_GetStringValue(v)) ||
	       wrong(c, path, "a duration of ISO 8601 is needed");
}

static bool is_language(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_is_language(cJSON_GetStringValue(v)) ||
	       wrong(c, path, "a language tag is needed");
}

static bool is_version(struct checker *c, const char *path, const cJSON *v)
{
	enum xapi_version given = xapi_version_read(cJSON_GetStringValue(v));
	return given == c->version || (given == XAPI_1_0 && c->version == XAPI_2_0) ||
	       wrong(c, path, "this version is not known here");
}

static bool is_language_map(struct checker *c, const char *path, const cJSON *v)
{
	const cJSON *one;
	if (!cJSON_IsObject(v))
		return wrong(c, path, "a language map is needed");
	cJSON_ArrayForEach(one, v)
		if (!xapi_is_language(one->string) || !cJSON_IsString(one))
			return wrong(c, path, "a language map has language tags and strings");
	return true;
}

static bool is_extensions(struct checker *c, const char *path, const cJSON *v)
{
	const cJSON *one;
	if (!cJSON_IsObject(v))
		return wrong(c, path, "an object is needed");
	cJSON_ArrayForEach(one, v)
		if (!xapi_is_iri(one->string))
			return wrong(c, path, "the keys of extensions are IRIs");
	return true;
}

/* ---- actors ---- */

static bool is_agent_word(struct checker *c, const char *path, const cJSON *v)
{
	return text_same(cJSON_GetStringValue(v), "Agent") || wrong(c, path, "Agent is needed");
}

static bool is_group_word(struct checker *c, const char *path, const cJSON *v)
{
	return text_same(cJSON_GetStringValue(v), "Group") || wrong(c, path, "Group is needed");
}

static bool is_mailto(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_is_mailto(cJSON_GetStringValue(v)) ||
	       wrong(c, path, "mailto: and an address are needed");
}

static bool is_sha1(struct checker *c, const char *path, const cJSON *v)
{
	const char *text = cJSON_GetStringValue(v);
	return (text != NULL && strlen(text) == 40 &&
		       strspn(text, "0123456789abcdefABCDEF") == 40) ||
	       wrong(c, path, "40 hexadecimal digits are needed");
}

static const struct field account_fields[] = {
	{"homePage", is_iri, true},
	{"name", is_text, true},
	{0},
};

static bool is_account(struct checker *c, const char *path, const cJSON *v)
{
	return walk(c, path, v, account_fields);
}

static const struct field agent_fields[] = {
	{"objectType", is_agent_word, false},
	{"name", is_text, false},
	{"mbox", is_mailto, false},
	{"mbox_sha1sum", is_sha1, false},
	{"openid", is_iri, false},
	{"account", is_account, false},
	{0},
};

static unsigned count_identifiers(const cJSON *actor)
{
	static const char *const names[] = {"mbox", "mbox_sha1sum", "openid", "account"};
	unsigned count = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		count += at(actor, names[i]) != NULL;
	return count;
}

static bool is_agent(struct checker *c, const char *path, const cJSON *v)
{
	return walk(c, path, v, agent_fields) &&
	       (count_identifiers(v) == 1 ||
		       wrong(c, path, "exactly one of mbox, mbox_sha1sum, openid, account"));
}

static bool are_members(struct checker *c, const char *path, const cJSON *v)
{
	return each_item(c, path, v, is_agent);
}

static const struct field group_fields[] = {
	{"objectType", is_group_word, true},
	{"name", is_text, false},
	{"member", are_members, false},
	{"mbox", is_mailto, false},
	{"mbox_sha1sum", is_sha1, false},
	{"openid", is_iri, false},
	{"account", is_account, false},
	{0},
};

static bool is_group(struct checker *c, const char *path, const cJSON *v)
{
	if (!walk(c, path, v, group_fields))
		return false;
	unsigned identifiers = count_identifiers(v);
	if (identifiers > 1)
		return wrong(c, path, "at most one of mbox, mbox_sha1sum, openid, account");
	return identifiers == 1 || at(v, "member") != NULL ||
	       wrong(c, path, "a group without an identifier needs members");
}

static bool is_actor(struct checker *c, const char *path, const cJSON *v)
{
	return text_same(text_at(v, "objectType"), "Group") ? is_group(c, path, v)
							    : is_agent(c, path, v);
}

/* The agent that sent it, or of OAuth with three legs: a group of two without an identifier. */
static bool is_authority(struct checker *c, const char *path, const cJSON *v)
{
	if (!is_actor(c, path, v))
		return false;
	return !text_same(text_at(v, "objectType"), "Group") ||
	       (count_identifiers(v) == 0 && cJSON_GetArraySize(at(v, "member")) == 2) ||
	       wrong(c, path, "an authority is an agent, or two of them without an identifier");
}

bool xapi_actor_valid(const cJSON *actor, bool groups, struct error *err)
{
	struct checker c = {XAPI_1_0, err, 0};
	return groups ? is_actor(&c, "agent", actor) : is_agent(&c, "agent", actor);
}

/* ---- verbs and activities ---- */

static const struct field verb_fields[] = {
	{"id", is_iri, true},
	{"display", is_language_map, false},
	{0},
};

static bool is_verb(struct checker *c, const char *path, const cJSON *v)
{
	return walk(c, path, v, verb_fields);
}

static const struct field component_fields[] = {
	{"id", is_text, true},
	{"description", is_language_map, false},
	{0},
};

static bool is_component(struct checker *c, const char *path, const cJSON *v)
{
	return walk(c, path, v, component_fields);
}

static bool are_components(struct checker *c, const char *path, const cJSON *v)
{
	const cJSON *a, *b;
	if (!each_item(c, path, v, is_component))
		return false;
	cJSON_ArrayForEach(a, v)
		for (b = a->next; b != NULL; b = b->next)
			if (text_same(text_at(a, "id"), text_at(b, "id")))
				return wrong(c, path, "two have one id");
	return true;
}

static bool are_texts(struct checker *c, const char *path, const cJSON *v)
{
	return each_item(c, path, v, is_text);
}

static bool is_interaction(struct checker *c, const char *path, const cJSON *v)
{
	static const char *const types[] = {"true-false", "choice", "fill-in", "long-fill-in",
		"matching", "performance", "sequencing", "likert", "numeric", "other"};
	for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
		if (text_same(cJSON_GetStringValue(v), types[i]))
			return true;
	return wrong(c, path, "there is no such interaction type");
}

static const struct field definition_fields[] = {
	{"name", is_language_map, false},
	{"description", is_language_map, false},
	{"type", is_iri, false},
	{"moreInfo", is_iri, false},
	{"extensions", is_extensions, false},
	{"interactionType", is_interaction, false},
	{"correctResponsesPattern", are_texts, false},
	{"choices", are_components, false},
	{"scale", are_components, false},
	{"source", are_components, false},
	{"target", are_components, false},
	{"steps", are_components, false},
	{0},
};

static bool is_definition(struct checker *c, const char *path, const cJSON *v)
{
	static const char *const parts[] = {
		"correctResponsesPattern", "choices", "scale", "source", "target", "steps"};
	if (!walk(c, path, v, definition_fields))
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
		if (at(v, parts[i]) != NULL && at(v, "interactionType") == NULL)
			return wrong(c, path, "an interaction needs its interactionType");
	return true;
}

static bool is_activity_word(struct checker *c, const char *path, const cJSON *v)
{
	return text_same(cJSON_GetStringValue(v), "Activity") ||
	       wrong(c, path, "Activity is needed");
}

static const struct field activity_fields[] = {
	{"objectType", is_activity_word, false},
	{"id", is_iri, true},
	{"definition", is_definition, false},
	{0},
};

static bool is_activity(struct checker *c, const char *path, const cJSON *v)
{
	return walk(c, path, v, activity_fields);
}

static bool is_reference_word(struct checker *c, const char *path, const cJSON *v)
{
	return text_same(cJSON_GetStringValue(v), "StatementRef") ||
	       wrong(c, path, "StatementRef is needed");
}

static const struct field reference_fields[] = {
	{"objectType", is_reference_word, true},
	{"id", is_uuid, true},
	{0},
};

static bool is_reference(struct checker *c, const char *path, const cJSON *v)
{
	return walk(c, path, v, reference_fields);
}

/* ---- results ---- */

static bool is_scaled(struct checker *c, const char *path, const cJSON *v)
{
	return (cJSON_IsNumber(v) && v->valuedouble >= -1 && v->valuedouble <= 1) ||
	       wrong(c, path, "a number from -1 to 1 is needed");
}

static const struct field score_fields[] = {
	{"scaled", is_scaled, false},
	{"raw", is_number, false},
	{"min", is_number, false},
	{"max", is_number, false},
	{0},
};

static bool is_score(struct checker *c, const char *path, const cJSON *v)
{
	if (!walk(c, path, v, score_fields))
		return false;
	const cJSON *raw = at(v, "raw"), *min = at(v, "min"), *max = at(v, "max");
	if (min != NULL && max != NULL && !(min->valuedouble < max->valuedouble))
		return wrong(c, path, "min is less than max");
	if (raw != NULL && ((min != NULL && raw->valuedouble < min->valuedouble) ||
				   (max != NULL && raw->valuedouble > max->valuedouble)))
		return wrong(c, path, "raw lies between min and max");
	return true;
}

static const struct field result_fields[] = {
	{"score", is_score, false},
	{"success", is_bool, false},
	{"completion", is_bool, false},
	{"response", is_text, false},
	{"duration", is_duration, false},
	{"extensions", is_extensions, false},
	{0},
};

static bool is_result(struct checker *c, const char *path, const cJSON *v)
{
	return walk(c, path, v, result_fields);
}

/* ---- contexts ---- */

static bool are_activities(struct checker *c, const char *path, const cJSON *v)
{
	return cJSON_IsArray(v) ? each_item(c, path, v, is_activity) : is_activity(c, path, v);
}

static const struct field context_activities_fields[] = {
	{"parent", are_activities, false},
	{"grouping", are_activities, false},
	{"category", are_activities, false},
	{"other", are_activities, false},
	{0},
};

static bool is_context_activities(struct checker *c, const char *path, const cJSON *v)
{
	return walk(c, path, v, context_activities_fields);
}

static bool are_relevant_types(struct checker *c, const char *path, const cJSON *v)
{
	return each_item(c, path, v, is_iri) &&
	       (cJSON_GetArraySize(v) > 0 || wrong(c, path, "at least one type is needed"));
}

static bool is_context_agent_word(struct checker *c, const char *path, const cJSON *v)
{
	return text_same(cJSON_GetStringValue(v), "contextAgent") ||
	       wrong(c, path, "contextAgent is needed");
}

static const struct field context_agent_fields[] = {
	{"objectType", is_context_agent_word, true},
	{"agent", is_agent, true},
	{"relevantTypes", are_relevant_types, false},
	{0},
};

static bool is_context_agent(struct checker *c, const char *path, const cJSON *v)
{
	return walk(c, path, v, context_agent_fields);
}

static bool are_context_agents(struct checker *c, const char *path, const cJSON *v)
{
	return c->version == XAPI_2_0 ? each_item(c, path, v, is_context_agent)
				      : wrong(c, path, "there is no such property in 1.0.3");
}

static bool is_context_group_word(struct checker *c, const char *path, const cJSON *v)
{
	return text_same(cJSON_GetStringValue(v), "contextGroup") ||
	       wrong(c, path, "contextGroup is needed");
}

static const struct field context_group_fields[] = {
	{"objectType", is_context_group_word, true},
	{"group", is_group, true},
	{"relevantTypes", are_relevant_types, false},
	{0},
};

static bool is_context_group(struct checker *c, const char *path, const cJSON *v)
{
	return walk(c, path, v, context_group_fields);
}

static bool are_context_groups(struct checker *c, const char *path, const cJSON *v)
{
	return c->version == XAPI_2_0 ? each_item(c, path, v, is_context_group)
				      : wrong(c, path, "there is no such property in 1.0.3");
}

static const struct field context_fields[] = {
	{"registration", is_uuid, false},
	{"instructor", is_actor, false},
	{"team", is_group, false},
	{"contextActivities", is_context_activities, false},
	{"contextAgents", are_context_agents, false},
	{"contextGroups", are_context_groups, false},
	{"revision", is_text, false},
	{"platform", is_text, false},
	{"language", is_language, false},
	{"statement", is_reference, false},
	{"extensions", is_extensions, false},
	{0},
};

static bool is_context(struct checker *c, const char *path, const cJSON *v)
{
	return walk(c, path, v, context_fields);
}

/* ---- attachments ---- */

static bool is_media_type(struct checker *c, const char *path, const cJSON *v)
{
	const char *text = cJSON_GetStringValue(v);
	const char *slash = text != NULL ? strchr(text, '/') : NULL;
	return (slash != NULL && slash > text && slash[1] != '\0' && slash[1] != ' ') ||
	       wrong(c, path, "a media type is needed");
}

static bool is_sha2(struct checker *c, const char *path, const cJSON *v)
{
	const char *text = cJSON_GetStringValue(v);
	size_t length = text != NULL ? strlen(text) : 0;
	return ((length == 56 || length == 64 || length == 96 || length == 128) &&
		       strspn(text, "0123456789abcdefABCDEF") == length) ||
	       wrong(c, path, "a SHA-2 in hexadecimal digits is needed");
}

static const struct field attachment_fields[] = {
	{"usageType", is_iri, true},
	{"display", is_language_map, true},
	{"description", is_language_map, false},
	{"contentType", is_media_type, true},
	{"length", is_length, true},
	{"sha2", is_sha2, true},
	{"fileUrl", is_iri, false},
	{0},
};

static bool is_attachment(struct checker *c, const char *path, const cJSON *v)
{
	return walk(c, path, v, attachment_fields);
}

static bool are_attachments(struct checker *c, const char *path, const cJSON *v)
{
	return each_item(c, path, v, is_attachment);
}

/* ---- statements ---- */

static bool is_object(struct checker *c, const char *path, const cJSON *v);

static bool is_sub_word(struct checker *c, const char *path, const cJSON *v)
{
	return text_same(cJSON_GetStringValue(v), "SubStatement") ||
	       wrong(c, path, "SubStatement is needed");
}

#define BODY_FIELDS                                                                                \
	{"actor", is_actor, true}, {"verb", is_verb, true}, {"object", is_object, true},           \
		{"result", is_result, false}, {"context", is_context, false},                      \
		{"timestamp", is_time, false},                                                     \
	{                                                                                          \
		"attachments", are_attachments, false                                              \
	}

static const struct field sub_fields[] = {
	{"objectType", is_sub_word, true},
	BODY_FIELDS,
	{0},
};

static const struct field statement_fields[] = {
	{"id", is_uuid, false},
	BODY_FIELDS,
	{"stored", is_time, false},
	{"authority", is_authority, false},
	{"version", is_version, false},
	{0},
};

/* Revision and platform speak of an activity; what voids names a statement. */
static bool parts_fit(struct checker *c, const char *path, const cJSON *v)
{
	const cJSON *context = at(v, "context"), *object = at(v, "object");
	const char *type = text_at(object, "objectType");
	bool activity = type == NULL || text_same(type, "Activity");
	if (!activity && (at(context, "revision") != NULL || at(context, "platform") != NULL))
		return wrong(c, path, "revision and platform are for activities only");
	if (text_same(text_at(at(v, "verb"), "id"), XAPI_VOIDED) &&
		!text_same(type, "StatementRef"))
		return wrong(c, path, "what is voided is named by a StatementRef");
	return true;
}

static bool is_sub_statement(struct checker *c, const char *path, const cJSON *v)
{
	if (c->depth > 0)
		return wrong(c, path, "a sub-statement has no sub-statement");
	c->depth++;
	bool good = walk(c, path, v, sub_fields) && parts_fit(c, path, v);
	c->depth--;
	return good;
}

static bool is_object(struct checker *c, const char *path, const cJSON *v)
{
	static const struct {
		const char *type;
		rule *holds;
	} kinds[] = {{"Activity", is_activity}, {"Agent", is_agent}, {"Group", is_group},
		{"StatementRef", is_reference}, {"SubStatement", is_sub_statement}};
	const cJSON *word = at(v, "objectType");
	if (!cJSON_IsObject(v) || word == NULL)
		return is_activity(c, path, v);
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		if (text_same(cJSON_GetStringValue(word), kinds[i].type))
			return kinds[i].holds(c, path, v);
	return wrong(c, path, "there is no such objectType");
}

bool xapi_statement_valid(enum xapi_version version, const cJSON *statement, struct error *err)
{
	struct checker c = {version, err, 0};
	return walk(&c, "statement", statement, statement_fields) &&
	       parts_fit(&c, "statement", statement);
}
