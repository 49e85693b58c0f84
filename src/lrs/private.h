/* lrs/private.h - what the files of the store of statements share */
#ifndef LRS_PRIVATE_H
#define LRS_PRIVATE_H

#include "lrs.h"
#include "store.h"

struct lrs {
	struct store *store;
	int64_t last_stored_ms; /* the writer's: stored times never go back */
};

/* A change, by store_write(): `run` returns an enum lrs_outcome. */
enum lrs_outcome lrs_write(struct lrs *lrs,
	int (*run)(struct db *db, void *data, struct error *err), void *data, struct error *err);
/* What a statement is found by: kind 'a' its agent, 'A' any, 'o' its activity, 'O' any, 'h' the
 * hash of an attachment. One may come more than once. */
void mentions_each(const cJSON *statement,
	void (*each)(void *data, const char *kind, const char *name), void *data);
/* What a new statement says of somebody's achievements. */
bool achievements_take(struct db *db, const cJSON *statement, struct error *err);
bool achievements_erase(struct db *db, const char *person, struct error *err);

#endif
