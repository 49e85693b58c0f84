/*
 * tests/fake/engine.h - a daemon that is none: one thread, which answers requests of the Engine API
 * from a table, over a Unix socket and over a port of 127.0.0.1. Tests change the table while it
 * runs, push events, and look at what was asked. It needs neither root nor docker.
 *
 *     struct fake_engine *engine = fake_engine_start(suite_folder);
 *     fake_engine_answer(engine, "GET", "/containers/web/json", 200, "{…}");
 *     fake_engine_event(engine, "{\"Type\":\"container\",…}");
 *     fake_engine_stop(engine);
 */
#ifndef TESTS_FAKE_ENGINE_H
#define TESTS_FAKE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

struct fake_engine;

/* Listens on a socket in that folder. /_ping, the four lists (empty) and /events are in the table
 * from the beginning; any other path is a 404. A failure ends the test. */
struct fake_engine *fake_engine_start(const char *folder);
void fake_engine_stop(struct fake_engine *engine);

/* "unix:///…", and the port on which it answers the same over TCP. They live as long as it does. */
const char *fake_engine_host(const struct fake_engine *engine);
unsigned short fake_engine_port(const struct fake_engine *engine);

#define FAKE_ENGINE_DROP 0 /* as a status: the connection closes without an answer */

/* Answers a request from now on. `path` has no version; one without '?' fits any query, one that
 * ends with '*' any path that begins so. The newest row that fits is taken. */
void fake_engine_answer(struct fake_engine *engine, const char *method, const char *path,
	int status, const char *body);
/* The same for bytes that are no text. */
void fake_engine_answer_bytes(struct fake_engine *engine, const char *method, const char *path,
	int status, const void *body, size_t length);
/* The version that /_ping tells; NULL: none. */
void fake_engine_version(struct fake_engine *engine, const char *version);

/* Sends a line to everybody who listens to /events. It is on its way when this returns. */
void fake_engine_event(struct fake_engine *engine, const char *json);
/* The same for what the daemon tells of a container. */
void fake_engine_container_event(struct fake_engine *engine, const char *action, const char *id,
	const char *name, const char *image);
/* Ends every stream of events, as a daemon does that goes away. */
void fake_engine_end_events(struct fake_engine *engine);

/* A container for the table: answers its /json under id and name, and is listed. `status` is
 * "running", "exited" …; `more` is further members of the answer ("\"Mounts\":[…]"); NULL. */
void fake_engine_container(struct fake_engine *engine, const char *id, const char *name,
	const char *image, const char *status, const char *more);

/* How often "METHOD path" was asked, version and query left out. */
size_t fake_engine_count(struct fake_engine *engine, const char *method, const char *path);
/* The last body that was sent to it; "" where there was none. The caller frees it. */
char *fake_engine_sent(struct fake_engine *engine, const char *method, const char *path);

#endif
