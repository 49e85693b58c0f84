/*
 * cast.h - recordings of what a terminal showed, as asciicast: version 3 is written, 2 and 3 are
 * read (docs.asciinema.org/manual/asciicast). A recording is text: a line for its head, and one for
 * each event, with its time, a code and data. Codes: 'o' output, 'i' input, 'r' a new size
 * ("80x24"), 'm' a marker, 'x' the exit status.
 */
#ifndef CAST_H
#define CAST_H

#include "base.h"

struct cast_head {
	unsigned columns, rows;
	const char *term;    /* $TERM; NULL: unknown */
	const char *title;   /* NULL: none */
	int64_t time_s;      /* when it began, since 1970; 0: unknown */
	int64_t max_idle_ms; /* show no pause longer than this; 0: no limit */
};

/* Appends the line of a head. */
void cast_add_head(struct buf *out, const struct cast_head *head);
/* Appends the line of an event, `pause_ms` after the one before it. Bytes that are not UTF-8 become
 * U+FFFD; NUL is dropped. */
void cast_add_event(struct buf *out, int64_t pause_ms, char code, const char *data, size_t length);
/* Returns the length without a character at the end whose last bytes are still to come. */
size_t cast_whole_length(const char *data, size_t length);

struct cast_event {
	int64_t pause_ms; /* since the event before it; at most a day */
	char code;
	const char *data;
};
struct cast {
	struct cast_head head;
	const struct cast_event *events;
	size_t event_count;
	struct arena arena;
};
/* Parses a recording; of one that was not finished, all whole lines. Errors name the line. `path`
 * is for messages. */
bool cast_parse(
	const char *path, const char *bytes, size_t length, struct cast **ret, struct error *err);
void cast_destroy(struct cast *cast); /* NULL: does nothing */

#endif
