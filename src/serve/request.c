/* serve/request.c - access to a request's headers and parameters */
#include "private.h"

#include <ctype.h>
#include <string.h>

bool request_is_header_value(const char *value)
{
	while (*value != '\0' && (*value == '\t' || iscntrl((unsigned char)*value) == 0))
		value++;
	return *value == '\0';
}

const char *request_header(const struct request *r, const char *name)
{
	return pairs_find(&r->headers, name);
}

const char *request_parameter(const struct request *r, const char *name)
{
	for (size_t i = 0; i < r->parameters.count; i++)
		if (text_same(r->parameters.items[i].name, name))
			return r->parameters.items[i].value;
	return NULL;
}

bool request_takes(const struct request *r, struct reply *a, const char *const *names, size_t count)
{
	if (r->hidden)
		return reply_error(a, 400, "a parameter contains a zero byte");
	for (size_t i = 0; i < r->parameters.count; i++) {
		const char *name = r->parameters.items[i].name;
		bool known = false;
		for (size_t k = 0; k < count; k++)
			known = known || text_same(name, names[k]);
		if (!known)
			return reply_error(a, 400, "unknown parameter '%s'", name);
		if (!utf8_valid(r->parameters.items[i].value, strlen(r->parameters.items[i].value)))
			return reply_error(a, 400, "'%s' is not UTF-8", name);
		for (size_t k = 0; k < i; k++)
			if (text_same(r->parameters.items[k].name, name))
				return reply_error(a, 400, "'%s' is given twice", name);
	}
	return true;
}

bool request_flag(const struct request *r, struct reply *a, const char *name, bool *ret)
{
	const char *text = request_parameter(r, name);
	*ret = text_same(text, "true");
	if (text == NULL || *ret || text_same(text, "false"))
		return true;
	return reply_error(a, 400, "'%s' must be true or false", name);
}

bool request_number(const struct request *r, struct reply *a, const char *name, int64_t *ret)
{
	const char *text = request_parameter(r, name);
	long long number;
	if (text == NULL || !text_number(text, 1, INT64_MAX, &number))
		return reply_error(a, 400, "'%s' must be a number", name);
	*ret = number;
	return true;
}

bool request_agent(const struct request *r, struct reply *a, bool groups, bool needed, cJSON **ret,
	char **ret_key)
{
	const char *text = request_parameter(r, "agent");
	cleanup_error struct error err = {0};
	*ret = NULL;
	*ret_key = NULL;
	if (text == NULL)
		return !needed || reply_error(a, 400, "the parameter 'agent' is missing");
	cJSON *agent = xapi_parse(text, strlen(text), &err);
	if (agent == NULL)
		return reply_error(a, 400, "agent: %s", error_text(&err));
	if (!xapi_actor_valid(agent, groups, &err)) {
		cJSON_Delete(agent);
		return reply_error(a, 400, "%s", error_text(&err));
	}
	*ret_key = xapi_actor_key(agent);
	if (*ret_key == NULL) {
		cJSON_Delete(agent);
		return reply_error(a, 400, "agent: a group must have an identifier");
	}
	*ret = agent;
	return true;
}

/* ---- answers ---- */

bool request_wants_page(const struct request *r)
{
	const char *accept = request_header(r, "Accept");
	return accept != NULL && strstr(accept, "text/html") != NULL;
}

/* Keep the Content-Type: caches update it from a 304 (RFC 9110, 15.4.5), and it may change while
 * the bytes stay the same. */
void request_skip_known(const struct request *r, struct reply *a)
{
	const char *known = request_header(r, "If-None-Match");
	const char *quoted = pairs_find(&a->headers, "ETag");
	if (r->method != METHOD_GET || a->status != 200 || known == NULL || quoted == NULL)
		return;
	cleanup_free char *tag = xstrndup(quoted + 1, strlen(quoted) - 2);
	if (lrs_tag_is_meant(known, tag))
		a->status = 304; /* the library then sends no body, only its length */
}
