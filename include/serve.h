/*
 * serve.h - the team's server: the Experience API over HTTP on top of a store. Only this module
 * uses the HTTP server library.
 *
 * Resources under /xapi: statements, activities, activities/state, activities/profile, agents,
 * agents/profile, about, in versions 1.0.3 and 2.0.0. The team's pages are beside it. Every request
 * except `about` and style sheets authenticates with a key of the store (Basic). The role of the
 * key decides what it may do:
 *
 *     store       everything: another store, a report
 *     lead        reads and writes statements; sees every page, or those of one team
 *     instructor  like lead, but cannot manage anything
 *     learner     writes one person's statements and documents, reads those and that person's page
 */
#ifndef SERVE_H
#define SERVE_H

#include "base.h"
#include "lrs.h"
#include "room.h"
#include "tracker.h"

struct serve_options {
	struct lrs *lrs;
	struct tracker *tracker;
	/* Store (…/xapi) whose data the team's pages show; NULL: this one. */
	const char *remote_url, *remote_key, *remote_secret;
	const char *remote_ca; /* file with CA certificates; NULL: the system's */
	struct room *room;     /* workshop to serve; NULL: none */
	const char *url;       /* address for learners; NULL: the listening address */
	const char *address;   /* "127.0.0.1", "::1" … */
	unsigned short port;   /* 0: any free port */
	const char *tls_certificate, *tls_key; /* PEM texts; NULL: plain HTTP, on loopback only */
	unsigned connections_max;              /* 0: 16384 */
	unsigned timeout_s;                    /* to receive a request; 0: 60 */
	size_t body_max;                       /* bytes of a request; 0: 16 MiB */
	/* Origins whose scripts may use the store, each from serve_read_origin(); NULL: none. */
	const struct words *origins;
};

struct server;
bool serve_open(const struct serve_options *options, struct server **ret, struct error *err);
/* The server's address with the actual port, e.g. "http://127.0.0.1:8410". */
const char *serve_origin(const struct server *server);
/* The address for learners of a workshop, who may be on other machines. */
const char *serve_url(const struct server *server);
/* Finishes running requests first. */
void serve_close(struct server *server);

/* Parses "ADDR:PORT", "[::1]:PORT" or ":PORT" (loopback). The caller frees *ret_address. */
bool serve_address(
	const char *text, char **ret_address, unsigned short *ret_port, struct error *err);

/* Parses an origin as browsers send it: "https://lms.example.com". The caller frees *ret. */
bool serve_read_origin(const char *text, char **ret, struct error *err);

/* Removes a person and everything known about them, including their statements. */
bool serve_erase(struct lrs *lrs, struct tracker *tracker, int64_t person, struct error *err);
/* Parses "2027-01-31" as the last second of that day in UTC. */
bool serve_read_day(const char *text, int64_t *ret, struct error *err);

/* All roles, NULL-terminated. */
extern const char *const serve_roles[];

#endif
