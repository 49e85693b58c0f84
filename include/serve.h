/*
 * serve.h - the team's server: the Experience API, the team's pages and a workshop over HTTP, on
 * top of a store. It puts httpd, api and pages together; route.c lists the resources.
 *
 * Resources under /xapi: statements, activities, activities/state, activities/profile, agents,
 * agents/profile, about, in versions 1.0.3 and 2.0.0. The team's pages are beside it. Every request
 * except `about`, /health and style sheets authenticates with a key of the store (Basic); pages
 * also with the session of a browser that signed in with one. The role of the key decides what it
 * may do:
 *
 *     store       everything: another store, a report
 *     lead        reads and writes statements; sees every page, or those of one team
 *     instructor  like lead, but cannot manage anything
 *     learner     writes one person's statements and documents, reads those and that person's page
 *     monitor     reads /metrics
 */
#ifndef SERVE_H
#define SERVE_H

#include "audit.h"
#include "httpd.h"
#include "log.h"
#include "lrs.h"
#include "mail.h"
#include "oidc.h"
#include "ports.h"
#include "room.h"
#include "sessions.h"
#include "terminals.h"
#include "tracker.h"

struct serve_options {
	struct httpd_options httpd; /* all but the functions */
	struct store *store;        /* the file that has all of these */
	struct lrs *lrs;
	struct tracker *tracker;
	struct sessions *sessions;
	struct audit *audit;
	struct oidc *oidc;              /* NULL: nobody signs in at a provider */
	struct log *log;                /* NULL: none */
	const struct mail_server *mail; /* NULL: no reminders are mailed */
	/* Store (…/xapi) whose data the team's pages show; NULL: this one. */
	const char *remote_url, *remote_key, *remote_secret;
	const char *remote_ca; /* file with CA certificates; NULL: the system's */
	struct room *room;     /* workshop to serve; NULL: none */
	const struct terminals_options
		*terminals;                /* in the browser, for the workshop; NULL: none */
	const struct ports_options *ports; /* of their machines; NULL: none */
};

/* The setting of the tracker that says after how many days without activity people are erased. */
#define SERVE_RETENTION "retention_days"

struct server;
bool serve_open(const struct serve_options *options, struct server **ret, struct error *err);
/* The server's address with the actual port, e.g. "http://127.0.0.1:8410". */
const char *serve_origin(const struct server *server);
/* The address for learners of a workshop, who may be on other machines. */
const char *serve_url(const struct server *server);
/* Finishes running requests first. NULL does nothing. */
void serve_close(struct server *server);

/* All roles, NULL-terminated. */
extern const char *const serve_roles[];

#endif
