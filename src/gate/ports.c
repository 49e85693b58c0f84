/* gate/ports.c - host ports as a learner names them, in class: what they call 80 is a port of their
 * own on the daemon's machine. A label of the container remembers which, answers say 80 again, and
 * who asks the gate for port 80 gets a connection to it. */
#include "private.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool ports_are_named(const struct gate *gate)
{
	return gate->reach != NULL && gate->profile == GATE_CLASS;
}

/* ---- "80=20038 8080=20039" ---- */

/* What stands beside `number`, looked for on the one side or the other; 0: it is not there. */
static long beside(const char *pairs, long number, bool of_daemon)
{
	long named, real;
	int length;
	while (sscanf(pairs, " %ld=%ld%n", &named, &real, &length) == 2) {
		if ((of_daemon ? real : named) == number)
			return of_daemon ? named : real;
		pairs += length;
	}
	return 0;
}

/* ---- containers of the owner's ---- */

static cJSON *own_containers(struct gate *gate, const char *query)
{
	cleanup_free char *path = owned_path(gate, query);
	cJSON *list = NULL;
	int status = 0;
	(void)upstream_ask(gate, "GET", path, NULL, &status, &list); /* then there is none */
	return list;
}

static const char *pairs_of(const cJSON *container)
{
	return json_text(json_at(container, "Labels"), GATE_PORTS_LABEL);
}

/* A container may be of a time when other ports were its owner's. */
static bool is_own_port(const struct gate *gate, long real)
{
	return real >= gate->policy.port_first && real <= gate->policy.port_last;
}

static long search(const cJSON *containers, long number, bool of_daemon)
{
	const cJSON *one;
	long found = 0;
	cJSON_ArrayForEach(one, containers)
		if (found == 0)
			found = beside(pairs_of(one), number, of_daemon);
	return found;
}

/* ---- asking for one ---- */

/* One that none of the owner's containers has; the same wish mostly meets the same port. 0: none.
 */
static long free_real(const struct request *r, const cJSON *containers, long named)
{
	const struct gate_policy *p = &r->gate->policy;
	long count = (long)(p->port_last - p->port_first + 1);
	for (long i = 0; i < count; i++) {
		long real = (long)p->port_first + (named + i) % count;
		if (search(containers, real, true) == 0 &&
			beside(buf_text(&r->ports), real, true) == 0)
			return real;
	}
	return 0;
}

bool ports_take(struct request *r, const char *path, long named, long *ret)
{
	long real = beside(buf_text(&r->ports), named, false);
	if (real == 0) {
		cJSON *containers = own_containers(r->gate, "/containers/json?all=1&");
		/* a second container with the same one meets what the daemon says of that */
		real = search(containers, named, false);
		if (!is_own_port(r->gate, real))
			real = free_real(r, containers, named);
		cJSON_Delete(containers);
		buf_printf(&r->ports, "%s%ld=%ld", r->ports.length > 0 ? " " : "", named, real);
	}
	*ret = real;
	return real != 0 || refuse(r, 403, path, "all your ports are taken: remove a container");
}

/* ---- showing them ---- */

static void show_number(cJSON *port, const char *pairs)
{
	cJSON *number = cJSON_GetObjectItemCaseSensitive(port, "PublicPort");
	long named = beside(pairs, (long)cJSON_GetNumberValue(number), true);
	if (named == 0)
		return;
	cJSON_SetNumberValue(number, (double)named);
	cJSON_ReplaceItemInObjectCaseSensitive(port, "IP", cJSON_CreateString("0.0.0.0"));
}

static void show_bindings(cJSON *ports, const char *pairs)
{
	cJSON *one, *binding;
	cJSON_ArrayForEach(one, ports)
		cJSON_ArrayForEach(binding, one) {
			long named = beside(
				pairs, strtol(json_text(binding, "HostPort"), NULL, 10), true);
			cleanup_free char *text = xasprintf("%ld", named);
			if (named == 0)
				continue;
			cJSON_ReplaceItemInObjectCaseSensitive(
				binding, "HostPort", cJSON_CreateString(text));
			cJSON_ReplaceItemInObjectCaseSensitive(
				binding, "HostIp", cJSON_CreateString("0.0.0.0"));
		}
}

void ports_show_listed(cJSON *container)
{
	cJSON *port;
	cJSON_ArrayForEach(port, cJSON_GetObjectItemCaseSensitive(container, "Ports"))
		show_number(port, pairs_of(container));
}

static cJSON *member(cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

void ports_show(cJSON *container)
{
	const char *pairs = pairs_of(json_at(container, "Config"));
	show_bindings(member(member(container, "HostConfig"), "PortBindings"), pairs);
	show_bindings(member(member(container, "NetworkSettings"), "Ports"), pairs);
}

/* "Bind for 127.0.0.1:20038 failed: port is already allocated" */
void ports_show_refusal(struct request *r, struct buf *text)
{
	cleanup_buf struct buf shown = {0};
	cJSON *containers = NULL;
	for (const char *at = buf_text(text); *at != '\0';) {
		size_t digits = *at == ':' ? strspn(at + 1, "0123456789") : 0;
		long number = digits == 5 ? strtol(at + 1, NULL, 10) : 0;
		bool own =
			number >= r->gate->policy.port_first && number <= r->gate->policy.port_last;
		if (own && containers == NULL)
			containers = own_containers(r->gate, "/containers/json?all=1&");
		long named = own ? search(containers, number, true) : 0;
		if (named != 0)
			buf_printf(&shown, ":%ld", named);
		else
			buf_add(&shown, at, digits + 1);
		at += digits + 1;
	}
	cJSON_Delete(containers);
	struct buf old = *text;
	*text = shown;
	shown = old;
}

/* ---- reaching them ---- */

typedef void port_function(void *data, long named, long real);

/* Of a container that was made: what was asked for. Of one that runs, also what the daemon gave. */
static void walk_ports(
	const struct gate *gate, const cJSON *container, port_function *each, void *data)
{
	const char *pairs = pairs_of(container), *state = json_text(container, "State");
	const cJSON *port;
	long named, real;
	int length;
	if (text_same(state, "exited") || text_same(state, "dead"))
		return;
	for (const char *at = pairs; sscanf(at, " %ld=%ld%n", &named, &real, &length) == 2;
		at += length)
		if (is_own_port(gate, real))
			each(data, named, real);
	cJSON_ArrayForEach(port, json_at(container, "Ports")) {
		double number = cJSON_GetNumberValue(json_at(port, "PublicPort"));
		if (number >= 1 && number <= 65535 && beside(pairs, (long)number, true) == 0)
			each(data, (long)number, (long)number);
	}
}

static void list_port(void *data, long named, long real)
{
	(void)real;
	cJSON_AddItemToArray(data, cJSON_CreateNumber((double)named));
}

struct wish {
	long named, real;
};

static void find_port(void *data, long named, long real)
{
	struct wish *wish = data;
	if (named == wish->named && wish->real == 0)
		wish->real = real;
}

static void walk_all(struct gate *gate, port_function *each, void *data)
{
	cJSON *containers = own_containers(gate, "/containers/json?all=1&");
	const cJSON *one;
	cJSON_ArrayForEach(one, containers)
		if (is_owned(gate, json_at(one, "Labels")))
			walk_ports(gate, one, each, data);
	cJSON_Delete(containers);
}

static int give_list(struct request *r)
{
	cJSON *list = cJSON_CreateArray();
	walk_all(r->gate, list_port, list);
	answer_json(r->client.fd, 200, list);
	cJSON_Delete(list);
	return 200;
}

static int give_connection(struct request *r, long named)
{
	static const char head[] =
		"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
	struct wish wish = {.named = named};
	walk_all(r->gate, find_port, &wish);
	cleanup_free char *upstream = upstream_address(r->gate);
	struct stream port = {
		.fd = wish.real != 0 ? r->gate->reach(upstream, (unsigned short)wish.real) : -1};
	int status = 101;
	if (port.fd < 0) {
		(void)refuse(r, 404, "port", "nothing of yours answers on port %ld", named);
		status = 404;
	} else if (upstream_keep(r, port.fd)) {
		buf_add(&port.pending, head, sizeof head - 1);
		tunnel(r, &port, true);
	}
	(void)upstream_keep(r, -1);
	stream_finish(&port);
	return status;
}

static int fail(struct request *r, int status, const char *why)
{
	(void)refuse(r, status, "route", "%s", why);
	return status;
}

static int remove_owned(struct request *r)
{
	if (!owner_remove_all(r->gate))
		return fail(r, 502, "the daemon does not answer; try again when it is back");
	cJSON *nothing = cJSON_CreateObject();
	answer_json(r->client.fd, 200, nothing);
	cJSON_Delete(nothing);
	return 200;
}

int answer_own(struct request *r)
{
	cleanup_free char *name = route_name(r);
	long long named;
	bool owned = text_same(r->route->path, "owned");
	if (!is_class(r) || (!owned && !ports_are_named(r->gate)))
		return fail(r, 404, "page not found");
	if (owned)
		return remove_owned(r);
	if (*name == '\0')
		return give_list(r);
	return text_number(name, 1, 65535, &named) ? give_connection(r, (long)named)
						   : fail(r, 400, "that is no port");
}
