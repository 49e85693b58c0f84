/* ports/ports.c - which seat and port a request means, and how many requests a seat may have */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define CONNECTIONS_MAX 24u /* of a seat */
#define TOTAL_MAX 1024u     /* a thread each */
#define KEY_LENGTH (TERMINALS_KEY_SIZE - 1)
#define DIGITS "0123456789"
#define METHOD_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"

/* The running requests of a seat. */
struct crowd {
	char key[TERMINALS_KEY_SIZE];
	unsigned count;
	struct crowd *next;
};

struct ports {
	struct ports_options o;
	char *domain; /* without its port; NULL: none */
	pthread_mutex_t lock;
	struct crowd *crowds;
	unsigned total;
};

struct ports *ports_create(const struct ports_options *o)
{
	struct ports *ports = xcalloc(1, sizeof *ports);
	ports->o = *o;
	if (o->connections_max == 0)
		ports->o.connections_max = CONNECTIONS_MAX;
	if (o->domain != NULL)
		ports->domain = xstrndup(o->domain, strcspn(o->domain, ":"));
	pthread_mutex_init(&ports->lock, NULL);
	return ports;
}

void ports_destroy(struct ports *ports)
{
	if (ports == NULL)
		return;
	pthread_mutex_destroy(&ports->lock);
	free(ports->domain);
	free(ports);
}

/* ---- addresses ---- */

bool ports_read_domain(const char *text, char **ret, struct error *err)
{
	cleanup_free char *address = xasprintf("http://%s", text), *origin = NULL;
	if (strspn(text, "[.") > 0 || strstr(text, "..") != NULL ||
		!httpd_read_origin(address, &origin, NULL))
		return error_set_kind(err, ERROR_USAGE,
			"'%s' is not a domain; expected one like ports.lab.example", text);
	*ret = text_lower(xstrdup(text));
	return true;
}

char *ports_address(const char *url, const char *domain, const char *key, unsigned short port)
{
	cleanup_free char *number = port > 0 ? xasprintf("%u", port) : xstrdup("{port}");
	if (domain == NULL)
		return xasprintf("%s" PORTS_PATH "%s/%s/", url, key, number);
	const char *host = strstr(url, "://") + 3, *end = host + strcspn(host, "/");
	const char *colon = end;
	while (colon > host && colon[-1] >= '0' && colon[-1] <= '9')
		colon--;
	bool takes_port = colon > host && colon[-1] == ':' && strchr(domain, ':') == NULL;
	return xasprintf("%.*s%s-%s.%s%.*s/", (int)(host - url), url, key, number, domain,
		takes_port ? (int)(end - colon) + 1 : 0, colon - 1);
}

/* Reads "KEY" and a separator and "8080". NULL: it is something else; else where it ends. */
static const char *read_key_and_port(const char *text, char separator, struct place *ret)
{
	size_t digits;
	if (strspn(text, "abcdef" DIGITS) != KEY_LENGTH || text[KEY_LENGTH] != separator)
		return NULL;
	memcpy(ret->key, text, KEY_LENGTH);
	ret->key[KEY_LENGTH] = '\0';
	text += KEY_LENGTH + 1;
	digits = strspn(text, DIGITS);
	long number = digits > 0 && digits <= 5 && *text != '0' ? strtol(text, NULL, 10) : 0;
	if (number < 1 || number > 65535)
		return NULL;
	ret->port = (unsigned short)number;
	return text + digits;
}

/* "KEY-8080.ports.lab.example:8443". Other names below the domain may be the server's own. */
static bool find_host(const struct ports *ports, const struct request *r, struct place *ret)
{
	struct place place = {.by_host = true, .target = r->target};
	cleanup_free char *host = text_lower(xstrdup(request_header(r, "Host")));
	if (ports->domain == NULL || host == NULL)
		return false;
	host[strcspn(host, ":")] = '\0';
	const char *end = read_key_and_port(host, '-', &place);
	if (end == NULL || *end != '.' || !text_same(end + 1, ports->domain))
		return false;
	*ret = place;
	return true;
}

/* What follows "/port/", also below the server's prefix; NULL: another path. */
static const char *after_path(const struct request *r)
{
	size_t prefix = strlen(r->prefix), own = strlen(PORTS_PATH);
	const char *target = r->target;
	if (prefix > 0 && text_starts(target, r->prefix) && target[prefix] == '/')
		target += prefix;
	return text_starts(target, PORTS_PATH) ? target + own : NULL;
}

static bool find_path(const struct request *r, struct place *ret)
{
	struct place place = {0};
	const char *text = after_path(r),
		   *end = text != NULL ? read_key_and_port(text, '/', &place) : NULL;
	if (end == NULL || (*end != '/' && *end != '?' && *end != '\0'))
		return false;
	place.target = *end == '/' ? end : "";
	*ret = place;
	return true;
}

bool ports_is_request(const struct ports *ports, const struct request *r)
{
	struct place place;
	return ports != NULL && (find_host(ports, r, &place) || after_path(r) != NULL);
}

/* ---- how many ---- */

static struct crowd **find_crowd(struct ports *ports, const char *key)
{
	struct crowd **at = &ports->crowds;
	while (*at != NULL && !text_same((*at)->key, key))
		at = &(*at)->next;
	return at;
}

static bool enter_crowd(struct ports *ports, const char *key)
{
	pthread_mutex_lock(&ports->lock);
	struct crowd **at = find_crowd(ports, key);
	bool good = ports->total < TOTAL_MAX &&
		    (*at == NULL || (*at)->count < ports->o.connections_max);
	if (good && *at == NULL) {
		*at = xcalloc(1, sizeof **at);
		memcpy((*at)->key, key, TERMINALS_KEY_SIZE);
	}
	if (good) {
		(*at)->count++;
		ports->total++;
	}
	pthread_mutex_unlock(&ports->lock);
	return good;
}

static void leave_crowd(struct ports *ports, const char *key)
{
	pthread_mutex_lock(&ports->lock);
	struct crowd **at = find_crowd(ports, key), *crowd = *at;
	ports->total--;
	if (--crowd->count == 0) {
		*at = crowd->next;
		free(crowd);
	}
	pthread_mutex_unlock(&ports->lock);
}

/* ---- requests ---- */

struct job {
	struct exchange exchange;
	struct ports *ports;
	bool is_upgrade;
};

static void job_free(struct job *job)
{
	leave_crowd(job->ports, job->exchange.place.key);
	free(job->exchange.folder);
	free(job->exchange.method);
	free(job->exchange.target);
	words_finish(&job->exchange.headers);
	free(job);
}

static void run_relayed(void *data, struct relay *relay)
{
	struct job *job = data;
	job->exchange.relay = relay;
	if (job->is_upgrade)
		socket_run(&job->exchange);
	else
		exchange_run(&job->exchange);
	job_free(job);
}

static int64_t body_length(const struct request *r)
{
	const char *text = request_header(r, "Content-Length");
	long long length = 0;
	if (request_header(r, "Transfer-Encoding") != NULL)
		return -1;
	return text != NULL && text_number(text, 0, INT64_MAX, &length) ? length : 0;
}

static void start_job(
	struct request *r, struct reply *a, const struct place *place, const char *folder)
{
	struct ports *ports = r->ports;
	if (!enter_crowd(ports, place->key)) {
		reply_error(a, 503,
			"too many requests to the containers of this learner run at a time; close pages of them");
		reply_header(a, "Retry-After", "2");
		return;
	}
	struct job *job = xcalloc(1, sizeof *job);
	job->ports = ports;
	job->is_upgrade = text_same_fold(request_header(r, "Upgrade"), "websocket");
	job->exchange = (struct exchange){.o = &ports->o,
		.place = *place,
		.folder = xstrdup(folder),
		.method = xstrdup(r->method_name),
		.target = xstrdup(place->target),
		.length = body_length(r)};
	headers_of_request(r, place, job->is_upgrade, &job->exchange.headers);
	if (!httpd_relay(r, a, run_relayed, job))
		job_free(job);
}

/* The target is sent as it came, so nothing in it may end the line. */
static bool is_clear(const struct request *r, struct reply *a)
{
	bool clear = !r->unclear;
	for (const char *at = r->target; *at != '\0'; at++)
		clear = clear && (unsigned char)*at > ' ' && *at != 127;
	if (!clear)
		return reply_error(a, 400, "the request is ambiguous");
	size_t letters = strspn(r->method_name, METHOD_LETTERS);
	if (r->method_name[letters] != '\0' || text_same(r->method_name, "TRACE") ||
		text_same(r->method_name, "CONNECT"))
		return reply_error(a, 405, "this method is not passed on");
	return true;
}

/* Pages of containers have no origin here, so only one of the server's can say that it is of the
 * same one: what it may load from the server must not come from a container. */
static bool is_asked_by_server(const struct request *r, struct reply *a, const struct place *place)
{
	bool own = !place->by_host &&
		   text_same(request_header(r, "Sec-Fetch-Site"), "same-origin") &&
		   !text_same(request_header(r, "Sec-Fetch-Mode"), "navigate");
	if (own)
		reply_error(a, 403, "pages of the server do not use what a container answers");
	return own;
}

static void answer_place(struct request *r, struct reply *a, const struct place *place)
{
	struct ports *ports = r->ports;
	cleanup_free char *folder = terminals_find(ports->o.terminals, place->key);
	if (folder == NULL)
		reply_error(a, 404, "nobody has this address; look at the page of your terminal");
	else if (!ports->o.is_published(ports->o.data, folder, place->port))
		reply_error(a, 404,
			"no container publishes port %u: `docker ps` shows which are published, and `docker run -p %u:80 IMAGE` publishes one",
			place->port, place->port);
	else if (*place->target == '\0') {
		const char *query = strchr(r->target, '?');
		cleanup_free char *whole = xasprintf(
			PORTS_PATH "%s/%u/%s", place->key, place->port, query != NULL ? query : "");
		reply_error(a, 308, "the address ends with a slash");
		reply_header(a, "Location", whole);
	} else if (is_clear(r, a) && !is_asked_by_server(r, a, place) &&
		   !headers_preflight(r, a, place)) {
		start_job(r, a, place, folder);
	}
}

void ports_answer(struct request *r, struct reply *a)
{
	struct place place = {0};
	if (find_host(r->ports, r, &place) || find_path(r, &place))
		answer_place(r, a, &place);
	else
		reply_error(a, 404, "not found");
	if (r->relay == NULL)
		headers_protect(a, &place);
}
