/* check/mask.h - what differs in output each time that a command runs. Private to src/check. */
#ifndef CHECK_MASK_H
#define CHECK_MASK_H

#include "base.h"

struct masker;
struct masker *mask_create(void);
void mask_destroy(struct masker *masker);

/* Splits a line (length without its end) into two texts: in *ret_key each masked part is replaced
 * by its kind and each run of blanks by one, so that equal keys mean the same output; *ret_shown is
 * the line with its masked parts in ‹ ›. */
void mask_read(const struct masker *masker, const char *line, size_t length, struct buf *ret_key,
	struct buf *ret_shown);

#endif
