/* sync/private.h - shared by the files of sync */
#ifndef SYNC_PRIVATE_H
#define SYNC_PRIVATE_H

#include "json.h"
#include "sync.h"

/* A remote's progress: the last statement of the record that it has. */
struct progress {
	int64_t after;
	char *id; /* of that statement, to detect a restored record with other numbers */
};
bool remote_load_progress(const struct sync_remote *remote, struct record *record,
	struct progress *ret, struct error *err);
bool remote_save_progress(
	const struct sync_remote *remote, const struct progress *progress, struct error *err);
/* What the server says of the learner's assignments; NULL: nothing. Ownership stays with the
 * caller. */
void remote_save_assigned(const struct sync_remote *remote, const cJSON *assigned);
cJSON *remote_load_assigned(const struct sync_remote *remote);
/* Remembers why an attempt to send failed; NULL: it succeeded. */
void remote_save_problem(const struct sync_remote *remote, const char *why);
void remote_finish_progress(struct progress *progress);

/* The first line of a server's answer, safe to print anywhere, since it ends up in error messages.
 * The caller frees it. */
char *remote_printable(const struct buf *body);

/* The id of the last event received from a workshop, for the next session; NULL: none. The caller
 * frees it. */
char *remote_load_heard(const struct sync_remote *remote);
void remote_save_heard(const struct sync_remote *remote, const char *id);

/* team.c: asks whether the store is there, and accepts the key. */
bool team_ask_store(const struct sync_remote *remote, struct error *err);

#endif
