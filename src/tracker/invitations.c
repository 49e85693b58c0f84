/* tracker/invitations.c - codes with which people of the roster join: made, revoked, used */
#include "digest.h"
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* 80 bits: nobody finds one by trying, and a phone call is enough to pass it on. */
#define CODE_LENGTH 16
#define GROUP 4

/* ---- codes ---- */

/* Without letters that look like others. */
static char *make_code(void)
{
	static const char letters[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
	cleanup_free char *random = digest_random_text(CODE_LENGTH);
	cleanup_buf struct buf bytes = {0}, code = {0};
	if (!digest_base64_decode(random, strlen(random), &bytes))
		die_out_of_memory();
	for (size_t i = 0; i < CODE_LENGTH; i++) {
		if (i > 0 && i % GROUP == 0)
			buf_add_char(&code, '-');
		buf_add_char(&code, letters[(unsigned char)buf_text(&bytes)[i] % 32]);
	}
	return buf_steal(&code);
}

char *tracker_invitation_code(const char *text)
{
	struct buf out = {0};
	for (const char *c = text; *c != '\0'; c++)
		if (isalnum((unsigned char)*c))
			buf_add_char(&out, (char)toupper((unsigned char)*c));
	return buf_steal(&out);
}

char *tracker_invitation_link(struct tracker *t, const char *code)
{
	cleanup_free char *url = tracker_setting(t, "url");
	cleanup_free char *fingerprint = tracker_setting(t, "fingerprint");
	if (url == NULL)
		return NULL;
	bool pinned = fingerprint != NULL && *fingerprint != '\0';
	return xasprintf("%s/join#%s%s%s", url, code, pinned ? "." : "", pinned ? fingerprint : "");
}

static void digest_code(const char *code, char out[DIGEST_TEXT_SIZE])
{
	cleanup_free char *plain = tracker_invitation_code(code);
	cleanup_free char *what = xasprintf("invitation:%s", plain);
	(void)digest_sha2(256, what, strlen(what), out); /* cannot fail: 256 is a known size */
}

/* ---- making and revoking ---- */

struct making {
	const struct tracker_invitation *what;
	const char *code;
};

static int insert_invitation(struct db *db, void *data, struct error *err)
{
	const struct making *m = data;
	const struct tracker_invitation *w = m->what;
	char digest[DIGEST_TEXT_SIZE];
	digest_code(m->code, digest);
	return sql_run(db,
		       sql(db, err,
			       "INSERT INTO invitation (digest, person, team, uses_max, made_ms, "
			       "expires_ms) VALUES (?, ?, ?, ?, ?, ?)",
			       "tiiiii", digest, w->person, w->team, (int64_t)w->uses_max,
			       clock_wall_ms(), w->expires_ms),
		       err)
		       ? 0
		       : STORE_FAILED;
}

bool tracker_invitation_add(struct tracker *t, const struct tracker_invitation *what,
	char **ret_code, struct error *err)
{
	char *code = make_code();
	struct making m = {what, code};
	bool good = tracker_write(t, insert_invitation, &m, err);
	if (good)
		*ret_code = code;
	else
		free(code);
	return good;
}

static int revoke_invitation(struct db *db, void *data, struct error *err)
{
	int64_t id = *(const int64_t *)data;
	if (!sql_run(db,
		    sql(db, err,
			    "UPDATE invitation SET revoked_ms = ?2 WHERE id = ?1 AND revoked_ms = 0",
			    "ii", id, clock_wall_ms()),
		    err))
		return STORE_FAILED;
	if (sql_changes(db) > 0)
		return 0;
	error_set_kind(err, ERROR_FAILED, "there is no invitation %lld that could be revoked",
		(long long)id);
	return STORE_FAILED;
}

bool tracker_invitation_revoke(struct tracker *t, int64_t id, struct error *err)
{
	return tracker_write(t, revoke_invitation, &id, err);
}

#define INVITATIONS                                                                                 \
	"SELECT i.id, i.person, i.team, uses, uses_max, made_ms, expires_ms, revoked_ms, used_ms, " \
	"p.name, t.name FROM invitation AS i LEFT JOIN person AS p ON p.id = i.person "             \
	"LEFT JOIN team AS t ON t.id = i.team "

static struct tracker_invitation invitation_of(sqlite3_stmt *row)
{
	return (struct tracker_invitation){
		.id = sqlite3_column_int64(row, 0),
		.person = sqlite3_column_int64(row, 1),
		.team = sqlite3_column_int64(row, 2),
		.uses = (unsigned)sqlite3_column_int(row, 3),
		.uses_max = (unsigned)sqlite3_column_int(row, 4),
		.made_ms = sqlite3_column_int64(row, 5),
		.expires_ms = sqlite3_column_int64(row, 6),
		.revoked_ms = sqlite3_column_int64(row, 7),
		.used_ms = sqlite3_column_int64(row, 8),
		.person_name = sql_column(row, 9),
		.team_name = sql_column(row, 10),
	};
}

bool tracker_invitations(struct tracker *t,
	void (*each)(void *data, const struct tracker_invitation *invitation), void *data,
	struct error *err)
{
	bool hidden = tracker_has_pseudonyms(t);
	struct db *db = store_read(t->store);
	sqlite3_stmt *rows = sql(db, err, INVITATIONS "ORDER BY i.id DESC", "");
	bool good = rows != NULL;
	while (sql_row(db, rows, &good, err)) {
		char alias[16];
		struct tracker_invitation one = invitation_of(rows);
		if (hidden && one.person > 0) {
			tracker_format_alias(one.person, alias);
			one.person_name = alias;
		}
		each(data, &one);
	}
	sql_done(rows);
	store_read_end(t->store, db);
	return good;
}

/* ---- using ---- */

struct using
{
	const char *code, *who;
	int64_t person, team;
	enum tracker_invited outcome;
};

static enum tracker_invited state_of(const struct tracker_invitation *i)
{
	return i->revoked_ms > 0                           ? INVITED_REVOKED
	       : i->expires_ms <= clock_wall_ms()          ? INVITED_EXPIRED
	       : i->uses_max > 0 && i->uses >= i->uses_max ? INVITED_USED
							   : INVITED_DONE;
}

/* Finds the one person of the team whom `who` names: by account, address, or name. */
static int64_t find_invited(struct db *db, int64_t team, const char *who, struct error *err)
{
	cleanup_free char *mail = xasprintf("mbox mailto:%s", who);
	return sql_number(
		sql(db, err,
			"SELECT min(p.id) FROM (SELECT id, key, name FROM person WHERE ended_ms = 0 "
			"UNION SELECT p.id, a.key, p.name FROM alias AS a JOIN person AS p "
			"ON p.id = a.person WHERE ended_ms = 0) AS p "
			"WHERE " IN_TEAM(
				"p.id") " AND (lower(p.key) = lower(?3) OR lower(p.name) = "
					"lower(?2) OR (p.key LIKE 'account %' AND lower(substr(p.key, -length(?2) - "
					"1)) = ' ' || lower(?2))) HAVING count(DISTINCT p.id) = 1",
			"itt", team, who, mail),
		0);
}

/* Who holds an invitation for several people must not become one who is there already. */
static bool has_joined(struct db *db, int64_t person, struct error *err)
{
	return sql_number(sql(db, err, "SELECT joined_ms FROM person WHERE id = ?", "i", person),
		       1) > 0;
}

/* *ret_id is set only with INVITED_DONE. */
static void resolve_invitation(struct db *db, struct using *u, int64_t *ret_id, struct error *err)
{
	char digest[DIGEST_TEXT_SIZE];
	bool good = true;
	digest_code(u->code, digest);
	sqlite3_stmt *row = sql(db, err, INVITATIONS "WHERE digest = ?", "t", digest);
	bool there = row != NULL && sql_row(db, row, &good, err);
	struct tracker_invitation i = {0};
	if (there)
		i = invitation_of(row);
	sql_done(row);
	u->outcome = row == NULL || !good ? INVITED_FAILED : !there ? INVITED_CODE : state_of(&i);
	if (u->outcome != INVITED_DONE)
		return;
	*ret_id = i.id;
	u->team = i.team;
	u->person = u->who == NULL ? i.person : find_invited(db, i.team, u->who, err);
	if (u->who == NULL && u->person == 0)
		u->outcome = INVITED_CHOOSE;
	else if (u->person == 0 || (i.person > 0 && u->person != i.person))
		u->outcome = INVITED_PERSON;
	else if (i.person == 0 && has_joined(db, u->person, err))
		u->outcome = INVITED_TAKEN;
}

enum tracker_invited tracker_invitation_look(struct tracker *t, const char *code, const char *who,
	int64_t *ret_person, int64_t *ret_team, struct error *err)
{
	struct using u = {.code = code, .who = who};
	int64_t id = 0;
	struct db *db = store_read(t->store);
	resolve_invitation(db, &u, &id, err);
	store_read_end(t->store, db);
	*ret_person = u.outcome == INVITED_DONE ? u.person : 0;
	*ret_team = u.team;
	return u.outcome;
}

static int count_use(struct db *db, void *data, struct error *err)
{
	struct using *u = data;
	int64_t id = 0;
	resolve_invitation(db, u, &id, err);
	if (u->outcome != INVITED_DONE)
		return 0;
	int64_t now = clock_wall_ms();
	return sql_run(db,
		       sql(db, err,
			       "UPDATE invitation SET uses = uses + 1, used_ms = ?2 WHERE id = ?1",
			       "ii", id, now),
		       err) && sql_run(db,
				       sql(db, err,
					       "UPDATE person SET joined_ms = ?2 WHERE id = ?1",
					       "ii", u->person, now),
				       err)
		       ? 0
		       : STORE_FAILED;
}

enum tracker_invited tracker_invitation_use(struct tracker *t, const char *code, const char *who,
	int64_t *ret_person, struct error *err)
{
	struct using u = {.code = code, .who = who};
	if (!tracker_write(t, count_use, &u, err))
		return INVITED_FAILED;
	*ret_person = u.outcome == INVITED_DONE ? u.person : 0;
	return u.outcome;
}
