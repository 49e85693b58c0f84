/* ports/headers.c - which headers go to a container, and which come back (RFC 9110, 7.6.1). What a
 * page of a container says must count for that page only: below the server's own address, whatever
 * counts for an origin counts for the server. */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Scripts run, forms and new windows work, but the page's origin is no one's: it reads neither the
 * server's pages nor its cookies nor what it keeps in the browser. */
#define POLICY "sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads"

enum side {
	BETWEEN = 1, /* belongs to one connection, not to the message */
	ASKED = 2,   /* of a request: the browser's or the reverse proxy's, for the server */
	SAID = 4,    /* of an answer: counts for more than the page */
	OWN = 8,     /* of an answer: the server sets it */
};

/* `shared`: only below the server's own address; where the container has an origin of its own, it
 * is the container's. */
static const struct rule {
	const char *name;
	unsigned side, shared;
} rules[] = {
	{"Connection", BETWEEN, 0},
	{"Keep-Alive", BETWEEN, 0},
	{"Proxy-Authenticate", BETWEEN, 0},
	{"Proxy-Authorization", BETWEEN, 0},
	{"Proxy-Connection", BETWEEN, 0},
	{"TE", BETWEEN, 0},
	{"Trailer", BETWEEN, 0},
	{"Transfer-Encoding", BETWEEN, 0},
	{"Upgrade", BETWEEN, 0},
	{"Content-Length", BETWEEN, 0},
	{"Expect", ASKED, 0},
	{"Host", ASKED, 0},
	{"Origin", ASKED, 0},
	{"Forwarded", ASKED, 0},
	{"Via", ASKED, 0},
	{"X-Real-IP", ASKED, 0},
	{"Cookie", 0, ASKED},
	{"Authorization", 0, ASKED},
	{"Referer", ASKED, 0},
	{"Date", OWN, 0},
	{"Referrer-Policy", OWN, 0},
	{"Set-Cookie2", SAID, 0},
	{"Strict-Transport-Security", SAID, 0},
	{"Public-Key-Pins", SAID, 0},
	{"Expect-CT", SAID, 0},
	{"Alt-Svc", SAID, 0},
	{"NEL", SAID, 0},
	{"Report-To", SAID, 0},
	{"Reporting-Endpoints", SAID, 0},
	{"Accept-CH", 0, SAID},
	{"Critical-CH", 0, SAID},
	{"Clear-Site-Data", 0, SAID},
	{"Service-Worker-Allowed", 0, SAID},
	{"Set-Cookie", 0, SAID},
	{"Set-Login", 0, SAID},
	{"Sec-Session-Registration", 0, SAID},
	{"Secure-Session-Registration", 0, SAID},
	{"Use-As-Dictionary", 0, SAID},
	{"Origin-Agent-Cluster", 0, SAID},
	{"WWW-Authenticate", 0, SAID},
	{"Access-Control-Allow-Origin", 0, OWN},
	{"Access-Control-Allow-Credentials", 0, OWN},
	{"Access-Control-Expose-Headers", 0, OWN},
};

static bool is_for(const struct place *place, const char *name, unsigned sides)
{
	for (size_t i = 0; i < ARRAY_LENGTH(rules); i++)
		if (strcasecmp(rules[i].name, name) == 0)
			return ((rules[i].side | (place->by_host ? 0 : rules[i].shared)) & sides) ==
			       0;
	return true;
}

/* Returns whether a Connection header names this one. */
static bool is_for_connection(const struct words *named, const char *name)
{
	size_t length = strlen(name);
	for (size_t i = 0; i < named->count; i++)
		for (const char *at = named->items[i]; *at != '\0';) {
			at += strspn(at, ", \t");
			size_t item = strcspn(at, ", \t");
			if (item == length && item > 0 && strncasecmp(at, name, item) == 0)
				return true;
			at += item;
		}
	return false;
}

/* ---- requests ---- */

static char *host_of_port(unsigned short port)
{
	return port == 80 ? xstrdup("localhost") : xasprintf("localhost:%u", port);
}

/* The container sees what a browser on the learner's own machine would send. A page without an
 * origin stands for the container's own. */
void headers_of_request(
	const struct request *r, const struct place *place, bool is_upgrade, struct words *out)
{
	cleanup_words struct words named = {0};
	cleanup_free char *host = host_of_port(place->port);
	for (size_t i = 0; i < r->headers.count; i++)
		if (strcasecmp(r->headers.items[i].name, "Connection") == 0)
			words_add(&named, r->headers.items[i].value);
	words_addf(out, "Host: %s", host);
	if (request_header(r, "Origin") != NULL)
		words_addf(out, "Origin: http://%s", host);
	if (is_upgrade)
		words_add(out, "Connection: Upgrade");
	if (is_upgrade)
		words_add(out, "Upgrade: websocket");
	for (size_t i = 0; i < r->headers.count; i++) {
		const struct pair *p = &r->headers.items[i];
		if (!is_for(place, p->name, BETWEEN | ASKED) ||
			is_for_connection(&named, p->name) ||
			strncasecmp(p->name, "X-Forwarded-", 12) == 0 ||
			!request_is_header_value(p->value))
			continue;
		if (*p->value != '\0')
			words_addf(out, "%s: %s", p->name, p->value);
		else
			words_addf(out, "%s;", p->name); /* libcurl's way to write an empty one */
	}
}

/* A page without an origin asks before it sends what a form cannot. */
bool headers_preflight(const struct request *r, struct reply *a, const struct place *place)
{
	const char *method = request_header(r, "Access-Control-Request-Method");
	const char *names = request_header(r, "Access-Control-Request-Headers");
	if (place->by_host || r->method != METHOD_OPTIONS || method == NULL ||
		!request_is_header_value(method) ||
		(names != NULL && !request_is_header_value(names)))
		return false;
	a->status = 204;
	reply_header(a, "Access-Control-Allow-Methods", method);
	if (names != NULL)
		reply_header(a, "Access-Control-Allow-Headers", names);
	return true;
}

/* ---- answers ---- */

bool headers_split(const char *line, size_t length, char **ret_name, char **ret_value)
{
	const char *colon = memchr(line, ':', length);
	if (colon == NULL || colon == line || memchr(line, '\0', length) != NULL)
		return false;
	const char *value = colon + 1, *end = line + length;
	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	while (end > value && strchr(" \t\r\n", end[-1]) != NULL)
		end--;
	*ret_name = xstrndup(line, (size_t)(colon - line));
	*ret_value = xstrndup(value, (size_t)(end - value));
	return true;
}

/* The container calls itself "localhost", with the port that the learner gave it: "http://
 * localhost:8080/x" and "/x" are below this port's address. Returns what to send; the caller frees
 * it. */
static char *rewrite_location(const struct place *place, const char *value)
{
	static const char *const hosts[] = {"localhost", "127.0.0.1", "[::1]"};
	unsigned port = place->port;
	const char *path = value;
	if (text_starts(value, "http://")) {
		const char *host = value + 7;
		size_t length = strcspn(host, "/?#"), name = 0;
		for (size_t i = 0; i < ARRAY_LENGTH(hosts); i++)
			if (strncasecmp(host, hosts[i], strlen(hosts[i])) == 0)
				name = strlen(hosts[i]);
		port = 80;
		if (name == 0 || (name < length && host[name] != ':') ||
			(name + 1 < length && (sscanf(host + name, ":%5u", &port) != 1)))
			return xstrdup(value);
		path = host + length;
	} else if (value[0] != '/' || value[1] == '/' || value[1] == '\\') {
		return xstrdup(value); /* relative, or elsewhere */
	}
	if (place->by_host && port == place->port)
		return xasprintf("%s%s", *path == '/' ? "" : "/", path);
	return place->by_host ? xstrdup(value)
			      : xasprintf(PORTS_PATH "%s/%u%s%s", place->key, port,
					*path == '/' ? "" : "/", path);
}

/* A cookie of an origin of its own must not reach the other ones. */
static char *rewrite_cookie(const char *value)
{
	struct buf out = {0};
	for (const char *at = value; *at != '\0';) {
		size_t length = strcspn(at, ";");
		const char *name = at + strspn(at, " \t");
		if (strncasecmp(name, "domain", 6) != 0 || at == value) {
			buf_add_text(&out, out.length > 0 ? ";" : "");
			buf_add(&out, at, length);
		}
		at += length + (at[length] == ';');
	}
	return buf_steal(&out);
}

void headers_pass(struct reply *a, const struct place *place, const struct words *named,
	const char *name, const char *value)
{
	cleanup_free char *changed = NULL;
	if (!is_for(place, name, BETWEEN | SAID | OWN) || is_for_connection(named, name) ||
		!request_is_header_value(value))
		return;
	if (strcasecmp(name, "Location") == 0 || strcasecmp(name, "Content-Location") == 0)
		changed = rewrite_location(place, value);
	else if (strcasecmp(name, "Set-Cookie") == 0)
		changed = rewrite_cookie(value);
	pairs_add(&a->headers, strcasecmp(name, "Location") == 0 ? "Location" : name,
		changed != NULL ? changed : value);
}

/* A script of a page without an origin reads only what everybody may: the address is the secret. */
void headers_protect(struct reply *a, const struct place *place)
{
	pairs_add(&a->headers, "Referrer-Policy", "no-referrer");
	a->is_whole = place->by_host;
	if (place->by_host)
		return;
	pairs_add(&a->headers, "Content-Security-Policy", POLICY);
	pairs_add(&a->headers, "Access-Control-Allow-Origin", "*");
	pairs_add(&a->headers, "Access-Control-Expose-Headers", "*");
}
