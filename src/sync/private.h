/* sync/private.h - what the files of sync share */
#ifndef SYNC_PRIVATE_H
#define SYNC_PRIVATE_H

#include "sync.h"

/* How far a remote has got: the last statement of the record that it has. */
struct progress {
	int64_t after;
	char *id; /* of that statement: a record that was restored may have another one there */
};
bool remote_load_progress(const struct sync_remote *remote, struct record *record,
	struct progress *ret, struct error *err);
bool remote_save_progress(
	const struct sync_remote *remote, const struct progress *progress, struct error *err);
void remote_finish_progress(struct progress *progress);

/* The id of the last event that a workshop told, for the next session; NULL: none. The caller frees
 * it. */
char *remote_load_heard(const struct sync_remote *remote);
void remote_save_heard(const struct sync_remote *remote, const char *id);

#endif
