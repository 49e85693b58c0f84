/*
 * tests/fake/engine.h - a fake daemon: one thread answers requests of the Engine API from a table,
 * over a Unix socket and over a port of 127.0.0.1. A test changes the table while the thread runs,
 * pushes events, and counts requests. It needs neither root nor docker.
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

/* Listens on a socket in that folder. The table begins with /_ping, four empty lists and /events;
 * any other path answers 404. A failure ends the test. */
struct fake_engine *fake_engine_start(const char *folder);
void fake_engine_stop(struct fake_engine *engine);

/* "unix:///…", and the port with the same answers over TCP. Valid until fake_engine_stop(). */
const char *fake_engine_host(const struct fake_engine *engine);
unsigned short fake_engine_port(const struct fake_engine *engine);

#define FAKE_ENGINE_DROP 0 /* a status: close the connection without an answer */

/* Adds a row to the table; the newest matching row answers. `path` has no version. Without '?' it
 * matches any query; a '*' at its end matches any path with that beginning. */
void fake_engine_answer(struct fake_engine *engine, const char *method, const char *path,
	int status, const char *body);
/* The same for a binary body. */
void fake_engine_answer_bytes(struct fake_engine *engine, const char *method, const char *path,
	int status, const void *body, size_t length);
/* The Api-Version header of every answer; NULL: no header. */
void fake_engine_version(struct fake_engine *engine, const char *version);

/* Sends a line to all open /events streams. The bytes are in the sockets when this returns. */
void fake_engine_event(struct fake_engine *engine, const char *json);
/* The same, for an event of a container. */
void fake_engine_container_event(struct fake_engine *engine, const char *action, const char *id,
	const char *name, const char *image);
/* Ends all /events streams, as if the daemon had died. */
void fake_engine_end_events(struct fake_engine *engine);

/* Adds a container to the table: its /json by id and by name, and an entry in the list. `status` is
 * "running", "exited" …; `more` holds further members of the answer ("\"Mounts\":[…]"), or NULL. */
void fake_engine_container(struct fake_engine *engine, const char *id, const char *name,
	const char *image, const char *status, const char *more);

/* Counts the requests "METHOD path", without version and query. */
size_t fake_engine_count(struct fake_engine *engine, const char *method, const char *path);
/* The body of the last such request; "" if there was none. The caller frees it. */
char *fake_engine_sent(struct fake_engine *engine, const char *method, const char *path);

#endif
