/* serve/serve.c - puts the server together: HTTP, resources, tracker, webhooks, workshop */
#include "serve.h"
#include "api.h"
#include "chores.h"
#include "route.h"
#include "watch.h"

#include <stdlib.h>

struct server {
	struct httpd *httpd;
	struct hooks *hooks;
	struct ingest *ingest;
	struct broadcaster *broadcaster;
	struct watch *watch;
	struct chores *chores;
	struct terminals *terminals;
	struct ports *ports;
};

static bool start_ingest(struct server *server, const struct serve_options *o, struct error *err)
{
	const struct ingest_options following = {
		.lrs = o->lrs,
		.tracker = o->tracker,
		.hub = httpd_hub(server->httpd),
		.url = o->remote_url,
		.key = o->remote_key,
		.secret = o->remote_secret,
		.ca = o->remote_ca,
	};
	return hooks_open(o->tracker, &server->hooks, err) &&
	       ingest_open(&following, &server->ingest, err);
}

static bool start_room(struct server *server, struct room *room, struct error *err)
{
	if (room == NULL)
		return true;
	if (!room_settle(room, httpd_origin(server->httpd), err))
		return false;
	server->broadcaster =
		broadcast_create(httpd_hub(server->httpd), room, httpd_url(server->httpd));
	return true;
}

/* Programs connect to this machine where they may do so without TLS. */
static bool start_terminals(struct server *server, const struct serve_options *o, struct error *err)
{
	if (o->terminals == NULL)
		return true;
	struct terminals_options options = *o->terminals;
	options.address = o->httpd.tls_certificate == NULL ? httpd_origin(server->httpd)
							   : httpd_url(server->httpd);
	options.url = httpd_url(server->httpd);
	if (!terminals_open(&options, &server->terminals, err))
		return false;
	if (o->ports != NULL) {
		struct ports_options ports = *o->ports;
		ports.terminals = server->terminals;
		server->ports = ports_create(&ports);
	}
	return true;
}

static bool start_httpd(struct server *server, const struct serve_options *o, struct error *err)
{
	const struct request common = {
		.lrs = o->lrs,
		.tracker = o->tracker,
		.ingest = server->ingest,
		.room = o->room,
		.broadcaster = server->broadcaster,
		.log = o->log,
		.watch = server->watch,
		.sessions = o->sessions,
		.audit = o->audit,
		.oidc = o->oidc,
		.terminals = server->terminals,
		.ports = server->ports,
	};
	return httpd_start(server->httpd, &common, err);
}

static bool is_relayed(const struct request *r)
{
	return ports_is_request(r->ports, r);
}

/* The failure of a learner's container is not the server's. */
static void note_answer(const struct request *r, const struct reply *a, int64_t us)
{
	if (r->relay != NULL && a->status >= 500)
		return;
	watch_note(r, a, us, is_relayed(r) ? PORTS_PATH : route_name(r->path));
}

bool serve_open(const struct serve_options *o, struct server **ret, struct error *err)
{
	struct server *server = xcalloc(1, sizeof *server);
	struct httpd_options options = o->httpd;
	options.answer = route_request;
	options.is_known = access_is_known;
	options.is_relayed = is_relayed;
	options.note = note_answer;
	if (!route_allows_prefix(options.url != NULL ? httpd_prefix(options.url) : "", err) ||
		!httpd_open(&options, &server->httpd, err)) {
		free(server);
		return false;
	}
	server->watch = watch_create(server->httpd, o->store);
	if (!start_ingest(server, o, err) || !start_room(server, o->room, err) ||
		!start_terminals(server, o, err) || !start_httpd(server, o, err) ||
		!chores_open(o, httpd_url(server->httpd), &server->chores, err)) {
		serve_close(server);
		return false;
	}
	*ret = server;
	return true;
}

const char *serve_origin(const struct server *server)
{
	return httpd_origin(server->httpd);
}

const char *serve_url(const struct server *server)
{
	return httpd_url(server->httpd);
}

void serve_close(struct server *server)
{
	if (server == NULL)
		return;
	terminals_end(server->terminals);
	if (server->httpd != NULL)
		httpd_stop(server->httpd);
	terminals_close(server->terminals);
	ports_destroy(server->ports);
	chores_close(server->chores);
	hooks_close(server->hooks);
	ingest_close(server->ingest);
	broadcast_destroy(server->broadcaster);
	httpd_close(server->httpd);
	watch_destroy(server->watch);
	free(server);
}
