/* cmd/serve.c - ropes serve: the team's Learning Record Store, in the foreground; and its keys */
#include "cmd.h"
#include "serve.h"
#include "workshop.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LISTEN "127.0.0.1:8410"
#define PEM_LIMIT ((size_t)1024 * 1024)

/* --db, else lrs.db beside the record. */
static char *store_path(const struct arguments *a)
{
	const char *given = argument(a, "db");
	cleanup_free char *folder = xdg_folder(XDG_DATA);
	return given != NULL ? xstrdup(given) : path_join(folder, "lrs.db");
}

struct opened {
	struct store *store;
	struct lrs *lrs;
};

static void close_store(struct opened *o)
{
	lrs_close(o->lrs);
	store_close(o->store);
}

static bool open_store(const struct arguments *a, struct opened *ret, struct error *err)
{
	cleanup_free char *folder = xdg_folder(XDG_DATA), *path = store_path(a);
	*ret = (struct opened){0};
	if (argument(a, "db") == NULL && !folder_make(folder, 0700, err))
		return false;
	if (store_open(path, &ret->store, err) && lrs_open(ret->store, &ret->lrs, err))
		return true;
	close_store(ret);
	return false;
}

/* ---- serving ---- */

static bool read_pem(
	const struct arguments *a, const char *option, struct buf *out, struct error *err)
{
	const char *path = argument(a, option);
	return path == NULL || file_read(path, PEM_LIMIT, out, err);
}

static bool serve_until_stopped(const struct arguments *a, const struct serve_options *o,
	const struct workshop *workshop, struct error *err)
{
	struct server *server = NULL;
	sigset_t set;
	int which;
	common_stop_signals(&set);
	if (!serve_open(o, &server, err))
		return false;
	printf("listening: %s/xapi\n", serve_origin(server));
	if (workshop->room != NULL)
		workshop_print(a, workshop, serve_origin(server));
	fflush(stdout);
	sigwait(&set, &which);
	serve_close(server);
	return true;
}

static bool serve(const struct arguments *a, struct error *err)
{
	const char *listen = argument(a, "listen");
	cleanup_free char *address = NULL;
	cleanup_buf struct buf certificate = {0}, key = {0};
	struct serve_options o = {0};
	if (!serve_address(listen != NULL ? listen : LISTEN, &address, &o.port, err) ||
		!read_pem(a, "tls-cert", &certificate, err) || !read_pem(a, "tls-key", &key, err))
		return false;
	if ((certificate.length > 0) != (key.length > 0))
		return error_set_kind(err, ERROR_USAGE, "--tls-cert and --tls-key belong together");
	o.address = address;
	o.tls_certificate = certificate.length > 0 ? buf_text(&certificate) : NULL;
	o.tls_key = key.length > 0 ? buf_text(&key) : NULL;
	struct opened opened;
	if (!open_store(a, &opened, err))
		return false;
	struct workshop workshop = {0};
	bool good = workshop_open(a, opened.store, &workshop, err);
	o.lrs = opened.lrs;
	o.room = workshop.room;
	o.url = argument(a, "url");
	good = good && serve_until_stopped(a, &o, &workshop, err);
	workshop_close(&workshop);
	close_store(&opened);
	return good;
}

/* ---- keys ---- */

static bool is_role(const char *role)
{
	for (size_t i = 0; role != NULL && serve_roles[i] != NULL; i++)
		if (text_same(role, serve_roles[i]))
			return true;
	return false;
}

static bool add_key(const struct arguments *a, struct lrs *lrs, struct error *err)
{
	const char *role = argument(a, "role");
	cleanup_free char *key = NULL, *secret = NULL;
	if (!is_role(role))
		return error_set_kind(err, ERROR_USAGE,
			"--role %s: learner, instructor, lead or store is meant",
			role != NULL ? role : "is missing");
	if (!lrs_key_add(lrs, a->operands[2], role, &key, &secret, err))
		return false;
	printf("key: %s\nsecret: %s\n", key, secret);
	return true;
}

static bool list_keys(struct lrs *lrs, struct error *err)
{
	cleanup_words struct words keys = {0};
	if (!lrs_key_list(lrs, &keys, err))
		return false;
	for (size_t i = 0; i < keys.count; i++)
		puts(keys.items[i]);
	return true;
}

static bool keys(const struct arguments *a, struct error *err)
{
	const char *what = a->operand_count > 1 ? a->operands[1] : "";
	bool names = text_same(what, "add") || text_same(what, "remove");
	struct opened opened;
	if (!names && !text_same(what, "list"))
		return error_set_kind(err, ERROR_USAGE,
			"`ropes serve key add NAME --role ROLE`, `key list` or `key remove NAME`");
	if (names && a->operand_count < 3)
		return error_set_kind(err, ERROR_USAGE, "`ropes serve key %s` needs a NAME", what);
	if (!open_store(a, &opened, err))
		return false;
	bool good = text_same(what, "add")    ? add_key(a, opened.lrs, err)
		    : text_same(what, "list") ? list_keys(opened.lrs, err)
					      : lrs_key_remove(opened.lrs, a->operands[2], err);
	close_store(&opened);
	return good;
}

static bool report(const struct arguments *a, struct error *err)
{
	struct opened opened;
	if (!open_store(a, &opened, err))
		return false;
	bool good = workshop_report(opened.store, err);
	close_store(&opened);
	return good;
}

static bool run(const struct arguments *a, struct error *err)
{
	if (a->operand_count == 0)
		return serve(a, err);
	if (text_same(a->operands[0], "key"))
		return keys(a, err);
	if (text_same(a->operands[0], "report"))
		return report(a, err);
	return error_set_kind(err, ERROR_USAGE,
		"'%s': `ropes serve`, `ropes serve key …` or `ropes serve report` is meant",
		a->operands[0]);
}

const struct command command_serve = {
	.name = "serve",
	.operands = "[key add NAME|list|remove NAME|report]",
	.summary = "a Learning Record Store for a team (xAPI 1.0.3 and 2.0.0)",
	.details =
		"Runs in the foreground until it is told to stop, and listens on this machine "
		"only, unless it has a\n"
		"certificate. A key and its secret (Basic) are printed once, when they are made. "
		"Roles: learner\n"
		"(sends), instructor and lead (read, too, and see the team's page at /), store "
		"(another "
		"LRS, a report).",
	.options =
		{
			{"listen", "ADDR:PORT", "where (default: " LISTEN ")"},
			{"db", "FILE", "the store (default: lrs.db beside the record)"},
			{"tls-cert", "FILE", "certificate chain, PEM"},
			{"tls-key", "FILE", "its key, PEM"},
			{"workshop", "COURSE", "hold a workshop; a room that was open goes on"},
			{"new-room", NULL, "workshop: with a new room and code"},
			{"url", "URL",
				"workshop: how learners reach it (default: where it listens)"},
			{"role", "ROLE", "key add: learner, instructor, lead or store"},
		},
	.operands_most = 3,
	.run = run,
};
