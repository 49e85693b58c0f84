/* serve/watch.h - what a server observes about its requests: log lines, figures for monitoring,
 * whether writing works, and which version of the Experience API each key uses */
#ifndef SERVE_WATCH_H
#define SERVE_WATCH_H

#include "httpd.h"
#include "store.h"
#include "xapi.h"

struct watch *watch_create(const struct httpd *httpd, struct store *store);
void watch_destroy(struct watch *watch); /* NULL does nothing */

/* Counts and logs one answer. `resource`: the path of the resource; NULL: there is none. */
void watch_note(const struct request *r, const struct reply *a, int64_t us, const char *resource);

/* Remembers the version that a key's request had; XAPI_NONE asks for the last one. Returns the
 * last one, XAPI_NONE if there is none. */
enum xapi_version watch_version(struct watch *watch, const char *name, enum xapi_version version);

/* ---- resources ---- */

/* Whether the server works: 200 or 503, and why. Needs no key. */
void watch_health(struct request *r, struct reply *a);
/* Figures in the text format of Prometheus. */
void watch_metrics(struct request *r, struct reply *a);

#endif
