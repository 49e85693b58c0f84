/* httpd/request.c - access to a request's headers and parameters */
#include "httpd.h"

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

void request_add_query(const struct request *r, struct buf *out)
{
	for (size_t i = 0; i < r->parameters.count; i++) {
		buf_add_char(out, i == 0 ? '?' : '&');
		url_encode(out, r->parameters.items[i].name, "");
		buf_add_char(out, '=');
		url_encode(out, r->parameters.items[i].value, "");
	}
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

/* ---- answers ---- */

bool request_wants_page(const struct request *r)
{
	const char *accept = request_header(r, "Accept");
	return accept != NULL && strstr(accept, "text/html") != NULL;
}
