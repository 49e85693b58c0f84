/* cmd/serving.h - what the files of `ropes serve` share */
#ifndef CMD_SERVING_H
#define CMD_SERVING_H

#include "audit.h"
#include "cmd.h"
#include "lrs.h"
#include "sessions.h"
#include "tracker.h"

struct opened {
	struct store *store;
	struct lrs *lrs;
	struct tracker *tracker;
	struct sessions *sessions;
	struct audit *audit;
};

/* Returns --db, else lrs.db beside the record. The caller frees it. */
char *serve_store_path(const struct arguments *a);
bool serve_store_open(const struct arguments *a, struct opened *ret, struct error *err);
void serve_store_close(struct opened *opened);

/* ---- serve_privacy.c ---- */

/* Adds a change made at the command line to the audit log. */
bool serve_record_change(struct opened *opened, const char *what, int64_t person,
	const char *detail, struct error *err);
bool serve_export_person(const struct arguments *a, struct opened *opened, struct error *err);
bool serve_erase_person(const struct arguments *a, struct opened *opened, struct error *err);
bool serve_set_retention(const struct arguments *a, struct opened *opened, struct error *err);
bool serve_print_audit(const struct arguments *a, struct opened *opened, struct error *err);

/* `ropes serve SUBCOMMAND …`: keys, teams, backups … */
bool serve_commands_run(const struct arguments *a, struct error *err);

#endif
