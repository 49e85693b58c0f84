/* cmd/serving.h - what the files of `ropes serve` share */
#ifndef CMD_SERVING_H
#define CMD_SERVING_H

#include "cmd.h"
#include "lrs.h"
#include "tracker.h"

struct opened {
	struct store *store;
	struct lrs *lrs;
	struct tracker *tracker;
};

/* Returns --db, else lrs.db beside the record. The caller frees it. */
char *serve_store_path(const struct arguments *a);
bool serve_store_open(const struct arguments *a, struct opened *ret, struct error *err);
void serve_store_close(struct opened *opened);

/* `ropes serve SUBCOMMAND …`: keys, teams, backups … */
bool serve_commands_run(const struct arguments *a, struct error *err);

#endif
