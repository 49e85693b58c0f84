/*
 * log.h - a server's log: one line an event, as text or as JSON, to a descriptor. Secrets are never
 * passed to it: neither keys' secrets, nor query strings, nor bodies.
 *
 *     2026-11-29T22:48:48.123Z info access method=GET path=/courses status=200
 *     {"time":"2026-11-29T22:48:48.123Z","level":"info","event":"access","method":"GET", …}
 *
 * Any thread may write at any time.
 */
#ifndef LOG_H
#define LOG_H

#include "base.h"

enum log_form { LOG_TEXT, LOG_JSON };
enum log_level { LOG_INFO, LOG_WARNING, LOG_ERROR };

struct log;
/* Writes events of at least this level to fd, which stays the caller's. */
struct log *log_create(int fd, enum log_form form, enum log_level least);
void log_destroy(struct log *log); /* NULL does nothing */

struct log_field {
	const char *name;
	const char *text; /* NULL: the number */
	int64_t number;
};
/* Writes one line; log NULL writes none. Texts may come from strangers: control characters and
 * broken UTF-8 are replaced, and what is long is cut. */
void log_write(struct log *log, enum log_level level, const char *event,
	const struct log_field *fields, size_t count);
/* Writes a failure: the event, and its cause. */
void log_failure(struct log *log, const char *event, const struct error *err);

/* The line of an event, without its end; for tests, and for log_write(). */
void log_format(struct buf *out, enum log_form form, int64_t wall_ms, enum log_level level,
	const char *event, const struct log_field *fields, size_t count);

#endif
