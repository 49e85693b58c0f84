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

/* The certificate and the key that `ropes serve cert` makes beside the store. The caller frees
 * both. */
void serve_store_certificate(const struct arguments *a, char **ret_certificate, char **ret_key);
/* Remembers, for invitations, at which address learners find the server and how they recognize a
 * certificate that nobody vouches for (PEM; NULL: no TLS). */
bool serve_store_remember(
	struct opened *opened, const char *url, const char *certificate, struct error *err);

/* ---- serve_invite.c ---- */

bool serve_invite_cert(const struct arguments *a, struct opened *o, struct error *err);
bool serve_invite_roster(const struct arguments *a, struct opened *o, struct error *err);
bool serve_invite_person(const struct arguments *a, struct opened *o, struct error *err);
bool serve_invite_each(const struct arguments *a, struct opened *o, struct error *err);
bool serve_invite_list(const struct arguments *a, struct opened *o, struct error *err);
bool serve_invite_revoke(const struct arguments *a, struct opened *o, struct error *err);
/* ---- serve_privacy.c ---- */

/* Adds a change made at the command line to the audit log. */
bool serve_privacy_note(struct opened *opened, const char *what, int64_t person, const char *detail,
	struct error *err);
bool serve_privacy_export(const struct arguments *a, struct opened *opened, struct error *err);
bool serve_privacy_erase(const struct arguments *a, struct opened *opened, struct error *err);
bool serve_privacy_retain(const struct arguments *a, struct opened *opened, struct error *err);
bool serve_privacy_audit(const struct arguments *a, struct opened *opened, struct error *err);

/* `ropes serve SUBCOMMAND …`: keys, teams, backups … */
bool serve_commands_run(const struct arguments *a, struct error *err);

#endif
