/* xapi/rules.c - checks objects against tables of fields; plain values; actors */
#include "rules.h"
#include "json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool xapi_check_fail(struct checker *c, const char *path, const char *what)
{
	return error_set(c->err, 0, "%s: %s", path, what);
}

/* The path for error messages; the caller frees it. NULL without err: most input is valid and needs
 * no paths. */
static PRINTF_LIKE(3, 4) char *extend_path(
	const struct checker *c, const char *path, const char *format, ...)
{
	struct buf out = {0};
	va_list args;
	if (c->err == NULL)
		return NULL;
	buf_add_text(&out, path);
	va_start(args, format);
	buf_vprintf(&out, format, args);
	va_end(args);
	return buf_steal(&out);
}

bool xapi_check_object(
	struct checker *c, const char *path, const cJSON *json, const struct field *fields)
{
	const cJSON *one;
	if (!cJSON_IsObject(json))
		return xapi_check_fail(c, path, "expected an object");
	cJSON_ArrayForEach(one, json) {
		const struct field *f = fields;
		while (f->name != NULL && !text_same(f->name, one->string))
			f++;
		cleanup_free char *longer = extend_path(c, path, ".%s", one->string);
		const char *place = longer != NULL ? longer : path;
		if (f->name == NULL)
			return xapi_check_fail(c, place, "unknown property");
		if (cJSON_IsNull(one))
			return xapi_check_fail(c, place, "it must not be null");
		if (!f->check(c, place, one))
			return false;
	}
	for (const struct field *f = fields; f->name != NULL; f++)
		if (f->needed && json_get(json, f->name) == NULL) {
			cleanup_free char *place = extend_path(c, path, ".%s", f->name);
			return xapi_check_fail(c, place, "it is required");
		}
	return true;
}

bool xapi_check_each(struct checker *c, const char *path, const cJSON *list, rule *holds)
{
	const cJSON *one;
	size_t i = 0;
	if (!cJSON_IsArray(list))
		return xapi_check_fail(c, path, "expected an array");
	cJSON_ArrayForEach(one, list) {
		cleanup_free char *place = extend_path(c, path, "[%zu]", i++);
		if (!holds(c, place != NULL ? place : path, one))
			return false;
	}
	return true;
}

/* ---- plain values ---- */

bool xapi_check_text(struct checker *c, const char *path, const cJSON *v)
{
	return cJSON_IsString(v) || xapi_check_fail(c, path, "expected a string");
}

bool xapi_check_bool(struct checker *c, const char *path, const cJSON *v)
{
	return cJSON_IsBool(v) || xapi_check_fail(c, path, "expected true or false");
}

bool xapi_check_number(struct checker *c, const char *path, const cJSON *v)
{
	return cJSON_IsNumber(v) || xapi_check_fail(c, path, "expected a number");
}

bool xapi_check_length(struct checker *c, const char *path, const cJSON *v)
{
	return (cJSON_IsNumber(v) && v->valuedouble >= 0 &&
		       v->valuedouble == floor(v->valuedouble)) ||
	       xapi_check_fail(c, path, "expected a whole number from 0");
}

bool xapi_check_iri(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_is_iri(cJSON_GetStringValue(v)) || xapi_check_fail(c, path, "expected an IRI");
}

bool xapi_check_uuid(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_is_uuid(cJSON_GetStringValue(v)) || xapi_check_fail(c, path, "expected a UUID");
}

bool xapi_check_time(struct checker *c, const char *path, const cJSON *v)
{
	const char *text = cJSON_GetStringValue(v);
	if (xapi_timestamp(c->version, text, NULL))
		return true;
	return xapi_check_fail(c, path,
		text != NULL && text_ends(text, "-00:00") ? "-00:00 is not an offset"
		: c->version == XAPI_1_0                  ? "expected a timestamp of ISO 8601"
		: xapi_timestamp(XAPI_1_0, text, NULL)
			? "expected RFC 3339: extended format, with seconds and an offset"
			: "expected a timestamp of RFC 3339");
}

bool xapi_check_duration(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_is_duration(cJSON_GetStringValue(v)) ||
	       xapi_check_fail(c, path, "expected a duration of ISO 8601");
}

bool xapi_check_language(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_is_language(cJSON_GetStringValue(v)) ||
	       xapi_check_fail(c, path, "expected a language tag");
}

bool xapi_check_version(struct checker *c, const char *path, const cJSON *v)
{
	enum xapi_version given = xapi_version_read(cJSON_GetStringValue(v));
	return given == c->version || (given == XAPI_1_0 && c->version == XAPI_2_0) ||
	       xapi_check_fail(c, path, "this version is not supported");
}

bool xapi_check_language_map(struct checker *c, const char *path, const cJSON *v)
{
	const cJSON *one;
	if (!cJSON_IsObject(v))
		return xapi_check_fail(c, path, "expected a language map");
	cJSON_ArrayForEach(one, v)
		if (!xapi_is_language(one->string) || !cJSON_IsString(one))
			return xapi_check_fail(
				c, path, "a language map must map language tags to strings");
	return true;
}

bool xapi_check_extensions(struct checker *c, const char *path, const cJSON *v)
{
	const cJSON *one;
	if (!cJSON_IsObject(v))
		return xapi_check_fail(c, path, "expected an object");
	cJSON_ArrayForEach(one, v)
		if (!xapi_is_iri(one->string))
			return xapi_check_fail(c, path, "the keys of extensions must be IRIs");
	return true;
}

/* ---- actors ---- */

static bool is_agent_word(struct checker *c, const char *path, const cJSON *v)
{
	return text_same(cJSON_GetStringValue(v), "Agent") ||
	       xapi_check_fail(c, path, "expected Agent");
}

static bool is_group_word(struct checker *c, const char *path, const cJSON *v)
{
	return text_same(cJSON_GetStringValue(v), "Group") ||
	       xapi_check_fail(c, path, "expected Group");
}

static bool is_mailto(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_is_mailto(cJSON_GetStringValue(v)) ||
	       xapi_check_fail(c, path, "expected mailto: and an address");
}

static bool is_sha1(struct checker *c, const char *path, const cJSON *v)
{
	const char *text = cJSON_GetStringValue(v);
	return (text != NULL && strlen(text) == 40 &&
		       strspn(text, "0123456789abcdefABCDEF") == 40) ||
	       xapi_check_fail(c, path, "expected 40 hexadecimal digits");
}

static const struct field account_fields[] = {
	{"homePage", xapi_check_iri, true},
	{"name", xapi_check_text, true},
	{0},
};

static bool is_account(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_check_object(c, path, v, account_fields);
}

static const struct field agent_fields[] = {
	{"objectType", is_agent_word, false},
	{"name", xapi_check_text, false},
	{"mbox", is_mailto, false},
	{"mbox_sha1sum", is_sha1, false},
	{"openid", xapi_check_iri, false},
	{"account", is_account, false},
	{0},
};

static unsigned count_identifiers(const cJSON *actor)
{
	static const char *const names[] = {"mbox", "mbox_sha1sum", "openid", "account"};
	unsigned count = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		count += json_get(actor, names[i]) != NULL;
	return count;
}

bool xapi_check_agent(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_check_object(c, path, v, agent_fields) &&
	       (count_identifiers(v) == 1 ||
		       xapi_check_fail(c, path,
			       "expected exactly one of mbox, mbox_sha1sum, openid, account"));
}

static bool are_members(struct checker *c, const char *path, const cJSON *v)
{
	return xapi_check_each(c, path, v, xapi_check_agent);
}

static const struct field group_fields[] = {
	{"objectType", is_group_word, true},
	{"name", xapi_check_text, false},
	{"member", are_members, false},
	{"mbox", is_mailto, false},
	{"mbox_sha1sum", is_sha1, false},
	{"openid", xapi_check_iri, false},
	{"account", is_account, false},
	{0},
};

bool xapi_check_group(struct checker *c, const char *path, const cJSON *v)
{
	if (!xapi_check_object(c, path, v, group_fields))
		return false;
	unsigned identifiers = count_identifiers(v);
	if (identifiers > 1)
		return xapi_check_fail(
			c, path, "expected at most one of mbox, mbox_sha1sum, openid, account");
	return identifiers == 1 || cJSON_GetArraySize(json_get(v, "member")) > 0 ||
	       xapi_check_fail(c, path, "a group without an identifier must have members");
}

bool xapi_check_actor(struct checker *c, const char *path, const cJSON *v)
{
	return text_same(json_get_text(v, "objectType"), "Group") ? xapi_check_group(c, path, v)
								  : xapi_check_agent(c, path, v);
}

/* The agent that sent it, or for three-legged OAuth a group of two without an identifier. */
bool xapi_check_authority(struct checker *c, const char *path, const cJSON *v)
{
	if (!xapi_check_actor(c, path, v))
		return false;
	return !text_same(json_get_text(v, "objectType"), "Group") ||
	       (count_identifiers(v) == 0 && cJSON_GetArraySize(json_get(v, "member")) == 2) ||
	       xapi_check_fail(c, path,
		       "an authority must be an agent, or two of them without an identifier");
}

bool xapi_actor_valid(const cJSON *actor, bool groups, struct error *err)
{
	struct checker c = {XAPI_1_0, err, 0};
	return groups ? xapi_check_actor(&c, "agent", actor) : xapi_check_agent(&c, "agent", actor);
}
