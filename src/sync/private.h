/* sync/private.h - what the files of sync share */
#ifndef SYNC_PRIVATE_H
#define SYNC_PRIVATE_H

#include "sync.h"

/* How far a place has got: the last statement of the record that it has. */
struct progress {
	int64_t after;
	char *id; /* of that statement: a record that was restored may have another one there */
};
bool place_load_progress(const struct sync_place *place, struct record *record,
	struct progress *ret, struct error *err);
bool place_save_progress(
	const struct sync_place *place, const struct progress *progress, struct error *err);
void place_finish_progress(struct progress *progress);

/* The id of the last event that a workshop told, for the next session; NULL: none. The caller frees
 * it. */
char *place_load_heard(const struct sync_place *place);
void place_save_heard(const struct sync_place *place, const char *id);

#endif
