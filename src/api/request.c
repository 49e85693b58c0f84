/* api/request.c - what a request of the Experience API may contain: an agent, known versions */
#include "api.h"

#include <string.h>

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
