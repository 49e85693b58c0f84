/* xapi/valid.c - validates statements with a table of fields for each kind of object */
#include "rules.h"
#include "json.h"

#include <stdlib.h>
#include <string.h>

/* ---- verbs and activities ---- */

static const struct field verb_fields[] = {
	{"id", xapi_check_iri, true},
	{"display", xapi_check_language_map, false},
	{0},
};

static bool is_verb(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_check_object(c, path, v, verb_fields);
}

static const struct field component_fields[] = {
	{"id", xapi_check_text, true},
	{"description", xapi_check_language_map, false},
	{0},
};

static bool is_component(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_check_object(c, path, v, component_fields);
}

static bool are_components(struct checker *c, const char *path, const cJSON *v)
{
	const cJSON *one;
	size_t count = 0;
	if (!xapi_check_each(c, path, v, is_component))
		return false;
	const char **ids = xcalloc((size_t)cJSON_GetArraySize(v) + 1, sizeof *ids);
	cJSON_ArrayForEach(one, v)
		ids[count++] = json_get_text(one, "id");
	bool twice = xapi_twice(ids, count) != NULL;
	free(ids);
	return !twice || xapi_check_fail(c, path, "two have the same id");
}

static bool are_texts(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_check_each(c, path, v, xapi_check_text);
}

static bool is_interaction(struct checker *c, const char *path, const cJSON *v)
{
	static const char *const types[] = {"true-false", "choice", "fill-in", "long-fill-in",
		"matching", "performance", "sequencing", "likert", "numeric", "other"};
	return text_is_one_of(cJSON_GetStringValue(v), types, ARRAY_LENGTH(types)) ||
	       xapi_check_fail(c, path, "unknown interaction type");
}

static const struct field definition_fields[] = {
	{"name", xapi_check_language_map, false},
	{"description", xapi_check_language_map, false},
	{"type", xapi_check_iri, false},
	{"moreInfo", xapi_check_iri, false},
	{"extensions", xapi_check_extensions, false},
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
	if (!xapi_check_object(c, path, v, definition_fields))
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
		if (json_get(v, parts[i]) != NULL && json_get(v, "interactionType") == NULL)
			return xapi_check_fail(
				c, path, "an interaction requires an interactionType");
	return true;
}

static bool is_activity_word(struct checker *c, const char *path, const cJSON *v)
{
	return text_same(cJSON_GetStringValue(v), "Activity") ||
	       xapi_check_fail(c, path, "expected Activity");
}

static const struct field activity_fields[] = {
	{"objectType", is_activity_word, false},
	{"id", xapi_check_iri, true},
	{"definition", is_definition, false},
	{0},
};

static bool check_activity(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_check_object(c, path, v, activity_fields);
}

static bool is_reference_word(struct checker *c, const char *path, const cJSON *v)
{
	return text_same(cJSON_GetStringValue(v), "StatementRef") ||
	       xapi_check_fail(c, path, "expected StatementRef");
}

static const struct field reference_fields[] = {
	{"objectType", is_reference_word, true},
	{"id", xapi_check_uuid, true},
	{0},
};

static bool is_reference(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_check_object(c, path, v, reference_fields);
}

/* ---- results ---- */

static bool is_scaled(struct checker *c, const char *path, const cJSON *v)
{
	return (cJSON_IsNumber(v) && v->valuedouble >= -1 && v->valuedouble <= 1) ||
	       xapi_check_fail(c, path, "expected a number from -1 to 1");
}

static const struct field score_fields[] = {
	{"scaled", is_scaled, false},
	{"raw", xapi_check_number, false},
	{"min", xapi_check_number, false},
	{"max", xapi_check_number, false},
	{0},
};

static bool is_score(struct checker *c, const char *path, const cJSON *v)
{
	if (!xapi_check_object(c, path, v, score_fields))
		return false;
	const cJSON *raw = json_get(v, "raw"), *min = json_get(v, "min"), *max = json_get(v, "max");
	if (min != NULL && max != NULL && !(min->valuedouble < max->valuedouble))
		return xapi_check_fail(c, path, "min must be less than max");
	if (raw != NULL && ((min != NULL && raw->valuedouble < min->valuedouble) ||
				   (max != NULL && raw->valuedouble > max->valuedouble)))
		return xapi_check_fail(c, path, "raw must be between min and max");
	return true;
}

static const struct field result_fields[] = {
	{"score", is_score, false},
	{"success", xapi_check_bool, false},
	{"completion", xapi_check_bool, false},
	{"response", xapi_check_text, false},
	{"duration", xapi_check_duration, false},
	{"extensions", xapi_check_extensions, false},
	{0},
};

static bool is_result(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_check_object(c, path, v, result_fields);
}

/* ---- contexts ---- */

static bool are_activities(struct checker *c, const char *path, const cJSON *v)
{
	return cJSON_IsArray(v) ? xapi_check_each(c, path, v, check_activity)
				: check_activity(c, path, v);
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
	return xapi_check_object(c, path, v, context_activities_fields);
}

static bool are_relevant_types(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_check_each(c, path, v, xapi_check_iri) &&
	       (cJSON_GetArraySize(v) > 0 ||
		       xapi_check_fail(c, path, "expected at least one type"));
}

static bool is_context_agent_word(struct checker *c, const char *path, const cJSON *v)
{
	return text_same(cJSON_GetStringValue(v), "contextAgent") ||
	       xapi_check_fail(c, path, "expected contextAgent");
}

static const struct field context_agent_fields[] = {
	{"objectType", is_context_agent_word, true},
	{"agent", xapi_check_agent, true},
	{"relevantTypes", are_relevant_types, false},
	{0},
};

static bool is_context_agent(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_check_object(c, path, v, context_agent_fields);
}

static bool are_context_agents(struct checker *c, const char *path, const cJSON *v)
{
	return c->version == XAPI_2_0
		       ? xapi_check_each(c, path, v, is_context_agent)
		       : xapi_check_fail(c, path, "version 1.0.3 does not have this property");
}

static bool is_context_group_word(struct checker *c, const char *path, const cJSON *v)
{
	return text_same(cJSON_GetStringValue(v), "contextGroup") ||
	       xapi_check_fail(c, path, "expected contextGroup");
}

static const struct field context_group_fields[] = {
	{"objectType", is_context_group_word, true},
	{"group", xapi_check_group, true},
	{"relevantTypes", are_relevant_types, false},
	{0},
};

static bool is_context_group(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_check_object(c, path, v, context_group_fields);
}

static bool are_context_groups(struct checker *c, const char *path, const cJSON *v)
{
	return c->version == XAPI_2_0
		       ? xapi_check_each(c, path, v, is_context_group)
		       : xapi_check_fail(c, path, "version 1.0.3 does not have this property");
}

static const struct field context_fields[] = {
	{"registration", xapi_check_uuid, false},
	{"instructor", xapi_check_actor, false},
	{"team", xapi_check_group, false},
	{"contextActivities", is_context_activities, false},
	{"contextAgents", are_context_agents, false},
	{"contextGroups", are_context_groups, false},
	{"revision", xapi_check_text, false},
	{"platform", xapi_check_text, false},
	{"language", xapi_check_language, false},
	{"statement", is_reference, false},
	{"extensions", xapi_check_extensions, false},
	{0},
};

static bool is_context(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_check_object(c, path, v, context_fields);
}

/* ---- attachments ---- */

/* RFC 6838: a type, a subtype, optional parameters. */
static bool is_media_type(struct checker *c, const char *path, const cJSON *v)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		"!#$%&'*+-.^_`|~";
	const char *text = cJSON_GetStringValue(v) != NULL ? cJSON_GetStringValue(v) : "";
	size_t type = strspn(text, letters);
	size_t subtype = text[type] == '/' ? strspn(text + type + 1, letters) : 0;
	const char *rest = text + type + subtype + (subtype > 0);
	rest += strspn(rest, " \t");
	return (type > 0 && subtype > 0 && (*rest == ';' || *rest == '\0')) ||
	       xapi_check_fail(c, path, "expected a media type");
}

static bool is_sha2(struct checker *c, const char *path, const cJSON *v)
{
	const char *text = cJSON_GetStringValue(v);
	size_t length = text != NULL ? strlen(text) : 0;
	return ((length == 56 || length == 64 || length == 96 || length == 128) &&
		       strspn(text, "0123456789abcdefABCDEF") == length) ||
	       xapi_check_fail(c, path, "expected a SHA-2 in hexadecimal digits");
}

static const struct field attachment_fields[] = {
	{"usageType", xapi_check_iri, true},
	{"display", xapi_check_language_map, true},
	{"description", xapi_check_language_map, false},
	{"contentType", is_media_type, true},
	{"length", xapi_check_length, true},
	{"sha2", is_sha2, true},
	{"fileUrl", xapi_check_iri, false},
	{0},
};

static bool is_attachment(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_check_object(c, path, v, attachment_fields);
}

static bool are_attachments(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_check_each(c, path, v, is_attachment);
}

/* ---- statements ---- */

static bool is_object(struct checker *c, const char *path, const cJSON *v);

static bool is_sub_word(struct checker *c, const char *path, const cJSON *v)
{
	return text_same(cJSON_GetStringValue(v), "SubStatement") ||
	       xapi_check_fail(c, path, "expected SubStatement");
}

#define BODY_FIELDS                                                                                \
	{"actor", xapi_check_actor, true}, {"verb", is_verb, true}, {"object", is_object, true},   \
		{"result", is_result, false}, {"context", is_context, false},                      \
		{"timestamp", xapi_check_time, false},                                             \
	{                                                                                          \
		"attachments", are_attachments, false                                              \
	}

static const struct field sub_fields[] = {
	{"objectType", is_sub_word, true},
	BODY_FIELDS,
	{0},
};

static const struct field statement_fields[] = {
	{"id", xapi_check_uuid, false},
	BODY_FIELDS,
	{"stored", xapi_check_time, false},
	{"authority", xapi_check_authority, false},
	{"version", xapi_check_version, false},
	{0},
};

/* Revision and platform require an activity as object; a voiding statement requires a StatementRef.
 */
static bool parts_fit(struct checker *c, const char *path, const cJSON *v)
{
	const cJSON *context = json_get(v, "context"), *object = json_get(v, "object");
	const char *type = json_get_text(object, "objectType");
	bool activity = type == NULL || text_same(type, "Activity");
	if (!activity &&
		(json_get(context, "revision") != NULL || json_get(context, "platform") != NULL))
		return xapi_check_fail(
			c, path, "revision and platform are allowed only with activities");
	if (text_same(json_get_text(json_get(v, "verb"), "id"), XAPI_VOIDED) &&
		!text_same(type, "StatementRef"))
		return xapi_check_fail(
			c, path, "a voided statement must be named by a StatementRef");
	return true;
}

static bool is_sub_statement(struct checker *c, const char *path, const cJSON *v)
{
	if (c->depth > 0)
		return xapi_check_fail(c, path, "a sub-statement must not contain a sub-statement");
	c->depth++;
	bool good = xapi_check_object(c, path, v, sub_fields) && parts_fit(c, path, v);
	c->depth--;
	return good;
}

static bool is_object(struct checker *c, const char *path, const cJSON *v)
{
	static const struct {
		const char *type;
		rule *check;
	} kinds[] = {{"Activity", check_activity}, {"Agent", xapi_check_agent},
		{"Group", xapi_check_group}, {"StatementRef", is_reference},
		{"SubStatement", is_sub_statement}};
	const cJSON *word = json_get(v, "objectType");
	if (!cJSON_IsObject(v) || word == NULL)
		return check_activity(c, path, v);
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		if (text_same(cJSON_GetStringValue(word), kinds[i].type))
			return kinds[i].check(c, path, v);
	return xapi_check_fail(c, path, "unknown objectType");
}

static bool is_statement(
	enum xapi_version version, const char *name, const cJSON *statement, struct error *err)
{
	struct checker c = {version, err, 0};
	return xapi_check_object(&c, name, statement, statement_fields) &&
	       parts_fit(&c, name, statement);
}

/* Repeat the check only to report an error. */
bool xapi_statement_valid(
	enum xapi_version version, const char *name, const cJSON *statement, struct error *err)
{
	return is_statement(version, name, statement, NULL) ||
	       is_statement(version, name, statement, err);
}
