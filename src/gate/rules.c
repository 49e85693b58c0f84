/* gate/rules.c - the rules of query keys, which a row names: "t=number signal=signal"; and names of
 * containers */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Checks a value, and may change the query unless the key may be repeated. value NULL: the key is
 * not given. */
typedef bool rule_apply(struct request *r, const char *key, const char *value);

/* ---- values ---- */

static bool is_set(const char *value)
{
	static const char *const unset[] = {"", "0", "false", "null", "[]", "{}"};
	return !text_is_one_of_fold(value, unset, ARRAY_LENGTH(unset));
}

static bool require_value(struct request *r, const char *key, const char *value)
{
	return (value != NULL && *value != '\0') ||
	       request_refuse(r, 400, "query", "%s is missing from the query", key);
}

static bool drop_key(struct request *r, const char *key, const char *value)
{
	(void)value;
	target_remove(&r->target, key);
	return true;
}

static bool refuse_parameter(struct request *r, const char *key, const char *value)
{
	if (is_set(value))
		return request_refuse(r, 403, "query", "%s is not allowed here", key);
	return drop_key(r, key, value);
}

static bool switch_on(struct request *r, const char *key, const char *value)
{
	(void)value;
	target_set(&r->target, key, "1");
	return true;
}

static bool check_number(struct request *r, const char *key, const char *value)
{
	long long number;
	return text_number(value, -1, 1000000, &number) ||
	       request_refuse(r, 400, "query", "%s=%s is not a number", key, value);
}

static bool check_signal(struct request *r, const char *key, const char *value)
{
	for (const char *c = value; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && *c != '+' && *c != '-')
			return request_refuse(r, 400, "query", "%s=%s is not a signal", key, value);
	return true;
}

static bool check_ps(struct request *r, const char *key, const char *value)
{
	static const char *const allowed[] = {"", "-ef", "aux", "-aux", "-e", "-f", "-eo pid,comm"};
	return text_is_one_of(value, allowed, ARRAY_LENGTH(allowed)) ||
	       request_refuse(
		       r, 403, "query", "%s: allowed are -ef and aux: ps runs on the host", key);
}

/* ---- names ---- */

bool gate_judge_name(struct request *r, const char *name)
{
	static const char *const reserved[] = {"json", "create", "prune"};
	size_t length = strlen(name);
	bool plain = length >= 2 && length <= 63 && isalnum((unsigned char)name[0]);
	for (size_t i = 0; i < length; i++)
		plain = plain &&
			(isalnum((unsigned char)name[i]) || strchr("_.-", name[i]) != NULL);
	if (!plain)
		return request_refuse(r, 400, "name",
			"Invalid container name (%s), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed",
			name);
	if (text_is_one_of(name, reserved, ARRAY_LENGTH(reserved)))
		return request_refuse(r, 403, "name", "the name %s is taken by the API", name);
	if (length >= 12 && strspn(name, "0123456789abcdef") == length)
		return request_refuse(r, 403, "name", "the name %s could be taken for an id", name);
	return true;
}

/* A container's new name gets the learner's prefix; without one, the daemon names it. */
static bool replace_name(struct request *r, const char *key, const char *value)
{
	const char *name = value + (*value == '/');
	if (*value == '\0')
		return true;
	if (!gate_judge_name(r, name))
		return false;
	cleanup_free char *full = names_for_daemon(r->gate, name);
	target_set(&r->target, key, full);
	return true;
}

static bool replace_container(struct request *r, const char *key, const char *value)
{
	cleanup_free char *id = NULL;
	if (!owner_find_container(r, value, &id))
		return false;
	target_set(&r->target, key, id);
	return true;
}

static bool check_image(struct request *r, const char *key, const char *value)
{
	(void)key;
	return gate_judge_image(r, value);
}

/* A name for an image that the operation makes. */
static bool check_reference(struct request *r, const char *key, const char *value)
{
	(void)key;
	return *value == '\0' ||
	       gate_judge_new_reference(r, value, target_query(&r->target, "tag"));
}

/* ---- builds, and what a commit or an import changes ---- */

static bool check_change(struct request *r, const char *key, const char *value)
{
	static const char *const allowed[] = {"CMD", "ENTRYPOINT", "ENV", "EXPOSE", "USER",
		"WORKDIR", "STOPSIGNAL", "LABEL", "VOLUME", "ONBUILD", "HEALTHCHECK"};
	const char *text = value + strspn(value, " \t");
	cleanup_free char *word = xstrndup(text, strcspn(text, " \t"));
	const char *rest = text + strlen(word) + strspn(text + strlen(word), " \t");
	bool good = text_is_one_of_fold(word, allowed, ARRAY_LENGTH(allowed));
	/* a process whose folder is a descriptor of the runtime's would stand outside */
	good = good && (!text_same_fold(word, "WORKDIR") ||
			       (rest[0] == '/' && strstr(rest, "/proc") == NULL &&
				       strstr(rest, "/fd") == NULL && strchr(rest, '$') == NULL));
	return good || request_refuse(r, 403, "changes", "%s: %s is not allowed here", key, word);
}

static bool check_network(struct request *r, const char *key, const char *value)
{
	static const char *const allowed[] = {"", "default", "none", "bridge"};
	return text_is_one_of(value, allowed, ARRAY_LENGTH(allowed)) ||
	       request_refuse(
		       r, 403, "build", "%s=%s: a build may use default or none", key, value);
}

static bool check_builder(struct request *r, const char *key, const char *value)
{
	return !text_same(value, "2") ||
	       request_refuse(r, 403, "build", "%s=2: use DOCKER_BUILDKIT=0", key);
}

static bool put_image_label(struct request *r, const char *key, const char *value)
{
	const char *why = "not an object";
	cJSON *labels = NULL, *one;
	if (value == NULL || !is_set(value))
		labels = cJSON_CreateObject();
	else if (!gate_parse_body(value, strlen(value), &labels, &why) || !cJSON_IsObject(labels)) {
		cJSON_Delete(labels);
		return request_refuse(r, 400, "labels", "%s: %s", key, why);
	}
	bool good = true;
	cJSON_ArrayForEach(one, labels)
		good = good && cJSON_IsString(one);
	cJSON_DeleteItemFromObjectCaseSensitive(labels, GATE_IMAGE_LABEL);
	cJSON_AddStringToObject(labels, GATE_IMAGE_LABEL, r->gate->learner);
	cleanup_free char *printed = json_print_take(labels);
	target_set(&r->target, key, printed);
	return good || request_refuse(r, 400, "labels", "%s: a value is not a text", key);
}

/* ---- the rules by name ---- */

static const struct rule {
	const char *name;
	rule_apply *apply;
	bool always; /* also if the key is not given */
	bool many;   /* the key may be repeated */
} rules[] = {
	{"needed", require_value, true, false},
	{"drop", drop_key, false, false},
	{"never", refuse_parameter, false, false},
	{"on", switch_on, true, false},
	{"number", check_number, false, false},
	{"signal", check_signal, false, false},
	{"ps", check_ps, false, false},
	{"name", replace_name, false, false},
	{"container", replace_container, false, false},
	{"image", check_image, false, true},
	{"reference", check_reference, false, true},
	{"changes", check_change, false, true},
	{"network", check_network, false, false},
	{"classic", check_builder, false, false},
	{"label", put_image_label, true, false},
};

static const struct rule *find_rule(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_LENGTH(rules); i++)
		if (strlen(rules[i].name) == length && strncmp(rules[i].name, name, length) == 0)
			return &rules[i];
	return NULL;
}

#define KEY_RULES_MAX 2

/* A key of a row and its rules; a NULL rule is one that nobody knows. */
struct key {
	const char *name;
	size_t length, count;
	const struct rule *rules[KEY_RULES_MAX];
};

/* Reads the next key of "t=number path=needed+image" and moves on; false at the end. */
static bool read_key(const char **at, struct key *ret)
{
	const char *text = *at + strspn(*at, " ");
	size_t whole = strcspn(text, " "), name = strcspn(text, " =");
	*ret = (struct key){.name = text, .length = name};
	for (size_t i = name; i < whole && ret->count < KEY_RULES_MAX;) {
		size_t length = strcspn(text + i + 1, "+ ");
		ret->rules[ret->count++] = find_rule(text + i + 1, length);
		i += 1 + length;
	}
	*at = text + whole;
	return whole > 0;
}

static bool is_key(const struct key *key, const char *name)
{
	return strlen(name) == key->length && strncmp(key->name, name, key->length) == 0;
}

static bool may_repeat(const struct key *key)
{
	for (size_t i = 0; i < key->count; i++)
		if (key->rules[i]->many)
			return true;
	return false;
}

static bool find_key(const struct route *route, const char *name, struct key *ret)
{
	const char *at = route->query != NULL ? route->query : "";
	while (read_key(&at, ret))
		if (is_key(ret, name))
			return true;
	return false;
}

bool rules_are_known(const struct route *route)
{
	const char *at = route->query != NULL ? route->query : "";
	struct key key;
	while (read_key(&at, &key))
		for (size_t i = 0; i < key.count; i++)
			if (key.rules[i] == NULL)
				return false;
	return true;
}

bool rules_check_keys(struct request *r)
{
	for (size_t i = 0; i < r->target.query_count; i++) {
		const char *name = r->target.query[i].name;
		struct key key;
		if (!find_key(r->route, name, &key))
			return request_refuse(r, 400, "query", "unknown query parameter %s", name);
		for (size_t k = 0; k < i && !may_repeat(&key); k++)
			if (text_same(r->target.query[k].name, name))
				return request_refuse(
					r, 400, "query", "%s is named twice in the query", name);
	}
	return true;
}

/* Applies a rule to each value of a key; only a key that stands once may change the query. */
static bool apply_key_rule(struct request *r, const struct rule *rule, const char *name)
{
	const char *first = target_query(&r->target, name);
	if (first == NULL || !rule->many)
		return (first == NULL && !rule->always) || rule->apply(r, name, first);
	for (size_t i = 0; i < r->target.query_count; i++)
		if (text_same(r->target.query[i].name, name) &&
			!rule->apply(r, name, r->target.query[i].value))
			return false;
	return true;
}

bool rules_apply(struct request *r)
{
	const char *at = r->route->query != NULL ? r->route->query : "";
	struct key key;
	while (read_key(&at, &key)) {
		cleanup_free char *name = xstrndup(key.name, key.length);
		for (size_t i = 0; i < key.count; i++)
			if (!apply_key_rule(r, key.rules[i], name))
				return false;
	}
	return true;
}
