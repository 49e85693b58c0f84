/* httpd/origin.c - pages of other origins: which of them may use the store from scripts (Fetch,
 * 3.2), and what none may do with a key that only the browser knows */
#include "httpd.h"

#include <string.h>

#define PREFLIGHT_S "600" /* how long browsers may cache the answer */

/* The end of the host after a scheme: a name or address, optionally with a port; NULL: invalid. */
static const char *skip_host(const char *at)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
	static const char digits[] = "0123456789";
	size_t length = strspn(at, letters);
	if (*at == '[') {
		size_t inside = strspn(at + 1, "0123456789abcdef:.");
		length = inside > 0 && at[1 + inside] == ']' ? inside + 2 : 0;
	}
	if (length == 0)
		return NULL;
	at += length;
	if (*at != ':')
		return at;
	size_t port = strspn(at + 1, digits);
	return port > 0 ? at + 1 + port : NULL;
}

bool httpd_read_origin(const char *text, char **ret, struct error *err)
{
	cleanup_free char *small = text_lower(xstrdup(text));
	const bool secure = text_starts(small, "https://");
	const char *usual = secure ? ":443" : ":80", *end = NULL;
	if (secure || text_starts(small, "http://"))
		end = skip_host(strstr(small, "://") + 3);
	if (end == NULL || *end != '\0')
		return error_set_kind(err, ERROR_USAGE,
			"'%s' is not an origin; expected a scheme, a host and optionally a port, as in https://lms.example.com",
			text);
	/* browsers omit the default port */
	size_t length = strlen(small) - (text_ends(small, usual) ? strlen(usual) : 0);
	*ret = xstrndup(small, length);
	return true;
}

static bool is_allowed(const struct request *r, const char *origin)
{
	return origin != NULL && r->origins != NULL && words_has(r->origins, origin);
}

/* Never send Access-Control-Allow-Credentials: such requests must not carry what the browser itself
 * would add, e.g. a key that a person typed. */
void origin_tell(const struct request *r, struct reply *a)
{
	const char *origin = request_header(r, "Origin");
	if (r->origins == NULL || r->origins->count == 0)
		return;
	reply_header(a, "Vary", "Origin");
	if (!is_allowed(r, origin))
		return;
	reply_header(a, "Access-Control-Allow-Origin", origin);
	reply_header(a, "Access-Control-Expose-Headers",
		"ETag, Last-Modified, X-Experience-API-Version, "
		"X-Experience-API-Consistent-Through");
}

bool origin_preflight(const struct request *r, struct reply *a)
{
	if (r->method != METHOD_OPTIONS || !is_allowed(r, request_header(r, "Origin")) ||
		request_header(r, "Access-Control-Request-Method") == NULL)
		return false;
	a->status = 204;
	reply_header(a, "Access-Control-Allow-Methods", "GET, HEAD, PUT, POST, DELETE");
	reply_header(a, "Access-Control-Allow-Headers",
		"Accept, Accept-Language, Authorization, Content-Type, If-Match, If-None-Match, "
		"X-Experience-API-Version");
	reply_header(a, "Access-Control-Max-Age", PREFLIGHT_S);
	return true;
}

bool origin_is_own(const struct request *r, const char *origin)
{
	size_t length = strlen(r->url) - strlen(r->prefix);
	return text_same(origin, r->origin) ||
	       (strlen(origin) == length && strncmp(origin, r->url, length) == 0);
}

bool origin_is_foreign(const struct request *r)
{
	const char *origin = request_header(r, "Origin");
	return origin != NULL && !origin_is_own(r, origin) && !is_allowed(r, origin) &&
	       !text_same(request_header(r, "Sec-Fetch-Site"), "same-origin");
}
