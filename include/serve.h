/*
 * serve.h - the team's server: the Experience API over HTTP before a store. Only this module knows
 * the HTTP server library.
 *
 * Answers below /xapi: statements, activities, activities/state, activities/profile, agents,
 * agents/profile, about, in versions 1.0.3 and 2.0.0; beside it the pages of the team. Every
 * request but `about` and style sheets names a key of the store (Basic); what a key may do is its
 * role:
 *
 *     store       all of it: another store, a report
 *     lead        reads statements, writes; every page, or those of one team
 *     instructor  the same, but manages nothing
 *     learner     writes statements and documents of one person, reads those and that one's page
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
	/* The team's pages show what another store has (…/xapi); NULL: what this one has. */
	const char *remote_url, *remote_key, *remote_secret;
	const char *remote_ca;                 /* file of authorities; NULL: the system's */
	struct room *room;                     /* a workshop is held, too; NULL: none */
	const char *url;                       /* how learners reach it; NULL: where it listens */
	const char *address;                   /* "127.0.0.1", "::1" … */
	unsigned short port;                   /* 0: any that is free */
	const char *tls_certificate, *tls_key; /* PEM texts; NULL: plain HTTP, on loopback only */
	unsigned connections_max;              /* 0: 16384 */
	unsigned timeout_s;                    /* until a request has come; 0: 60 */
	size_t body_max;                       /* bytes of a request; 0: 16 MiB */
	/* Of pages that may use the store by script, each from serve_read_origin(); NULL: none. */
	const struct words *origins;
};

struct server;
bool serve_open(const struct serve_options *options, struct server **ret, struct error *err);
/* "http://127.0.0.1:8410": how it is reached, with the port that it got. */
const char *serve_origin(const struct server *server);
/* The same for learners of a workshop, who may be on other machines. */
const char *serve_url(const struct server *server);
/* Lets running requests come to their end. */
void serve_close(struct server *server);

/* "ADDR:PORT", "[::1]:PORT", ":PORT" (loopback). The caller frees *ret_address. */
bool serve_address(
	const char *text, char **ret_address, unsigned short *ret_port, struct error *err);

/* An origin as browsers send it: "https://lms.example.com". The caller frees *ret. */
bool serve_read_origin(const char *text, char **ret, struct error *err);

/* Removes a person and everything that is known of them, their statements too. */
bool serve_erase(struct lrs *lrs, struct tracker *tracker, int64_t person, struct error *err);
/* "2027-01-31": the last second of that day, in UTC. */
bool serve_read_day(const char *text, int64_t *ret, struct error *err);

/* The roles, ended by NULL. */
extern const char *const serve_roles[];

#endif
