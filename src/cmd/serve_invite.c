/* cmd/serve_invite.c - ropes serve invite, ropes serve cert: how a team's people find the server
 * and join it */
#include "serving.h"
#include "tls.h"
#include "workshop.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DAYS 14
#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)
#define ADDRESS "http://127.0.0.1:8410" /* of a server that has never run */

/* ---- certificates ---- */

static bool write_certificate(
	const struct arguments *a, const char *host, char **ret_fingerprint, struct error *err)
{
	cleanup_free char *path = NULL, *key_path = NULL;
	cleanup_buf struct buf certificate = {0}, key = {0};
	char machine[HOST_NAME_MAX + 1] = "localhost";
	bool self_signed;
	(void)gethostname(machine, HOST_NAME_MAX); /* on failure, it stays localhost */
	const char *const names[] = {
		*host != '\0' ? host : machine, machine, "localhost", "127.0.0.1", "::1", NULL};
	serve_store_certificate(a, &path, &key_path);
	if (file_exists(path))
		return error_set_kind(err, ERROR_USAGE,
			"there is already a certificate, '%s'; links with its fingerprint need it, so remove it first if you want another one",
			path);
	if (!tls_make_pair(names, &certificate, &key, err) ||
		!file_write(key_path, buf_text(&key), key.length, 0600, err) ||
		!file_write(path, buf_text(&certificate), certificate.length, 0644, err) ||
		!tls_fingerprint(buf_text(&certificate), ret_fingerprint, &self_signed, err))
		return false;
	printf("certificate: %s\nkey: %s\nfingerprint: %s\n", path, key_path, *ret_fingerprint);
	return true;
}

/* The host in "https://HOST:PORT/…"; the caller frees it. */
static char *host_of(const char *url)
{
	const char *at = url != NULL ? strstr(url, "://") : NULL;
	if (at == NULL)
		return xstrdup("");
	at += 3;
	return *at == '[' ? xstrndup(at + 1, strcspn(at + 1, "]"))
			  : xstrndup(at, strcspn(at, ":/"));
}

bool serve_invite_cert(const struct arguments *a, struct opened *o, struct error *err)
{
	cleanup_free char *fingerprint = NULL, *host = host_of(arguments_get(a, "url"));
	(void)o;
	if (!write_certificate(a, host, &fingerprint, err))
		return false;
	puts(_("From now on `ropes serve` uses it; for other machines: `ropes serve --listen 0.0.0.0:8410`."));
	return true;
}

/* ---- invitations ---- */

/* Before the server has run, take its address from --url and its own certificate. */
static bool settle_address(const struct arguments *a, struct opened *o, struct error *err)
{
	cleanup_free char *path = NULL, *key_path = NULL, *read = NULL,
			  *known = tracker_setting(o->tracker, "url");
	cleanup_buf struct buf certificate = {0};
	const char *url = arguments_get(a, "url");
	serve_store_certificate(a, &path, &key_path);
	bool own = file_exists(path);
	if (url == NULL && known != NULL)
		return true;
	if (url == NULL && own)
		return error_set_kind(err, ERROR_USAGE,
			"missing option --url, the address for learners, e.g. --url https://lab.example:8410; it is known once the server has run");
	if (url != NULL && !common_is_safe_address(url))
		return error_set_kind(err, ERROR_USAGE,
			"--url '%s': use an https:// address (http:// only for this machine)", url);
	if (url != NULL && !httpd_read_url(url, &read, err))
		return error_wrap(err, "--url");
	if (own && !file_read(path, 65536, &certificate, err))
		return false;
	if (url == NULL)
		read = xstrdup(ADDRESS);
	return serve_store_remember(
		o, read, own && text_starts(read, "https://") ? buf_text(&certificate) : NULL, err);
}

static bool read_number(const struct arguments *a, const char *option, long long max,
	long long *ret, struct error *err)
{
	const char *text = arguments_get(a, option);
	return text == NULL || text_number(text, 1, max, ret) ||
	       error_set_kind(err, ERROR_USAGE, "--%s: '%s' is not a number from 1 to %lld", option,
		       text, max);
}

/* Makes one; the caller frees *ret_link. */
static bool make_link(const struct arguments *a, struct opened *o, struct tracker_invitation *what,
	char **ret_link, char **ret_code, struct error *err)
{
	long long days = DAYS;
	if (!read_number(a, "days", 3650, &days, err))
		return false;
	what->expires_ms = clock_wall_ms() + days * DAY_MS;
	if (!settle_address(a, o, err) || !tracker_invitation_add(o->tracker, what, ret_code, err))
		return false;
	*ret_link = tracker_invitation_link(o->tracker, *ret_code);
	return true;
}

static bool read_team(const struct arguments *a, struct opened *o, int64_t *ret, struct error *err)
{
	const char *team = arguments_get(a, "team");
	*ret = team != NULL ? tracker_team_find(o->tracker, team) : 0;
	return team == NULL || *ret > 0 ||
	       error_set_kind(err, ERROR_FAILED, "there is no team '%s'", team);
}

static void print_invitation(const char *link, const char *code, int64_t expires_ms)
{
	char text[TIME_TEXT_SIZE];
	time_format_iso8601(expires_ms, text);
	printf("link: %s\ncode: %s\nexpires: %.10s\njoin: ropes sync join '%s'\n", link, code, text,
		link);
	workshop_print_code(link);
}

bool serve_invite_roster(const struct arguments *a, struct opened *o, struct error *err)
{
	struct tracker_invitation what = {0};
	cleanup_free char *link = NULL, *code = NULL;
	long long uses = 0;
	if (!read_team(a, o, &what.team, err) || !read_number(a, "uses", 100000, &uses, err))
		return false;
	what.uses_max = (unsigned)uses;
	if (!make_link(a, o, &what, &link, &code, err))
		return false;
	print_invitation(link, code, what.expires_ms);
	return true;
}

bool serve_invite_person(const struct arguments *a, struct opened *o, struct error *err)
{
	struct tracker_invitation what = {.uses_max = 1};
	cleanup_free char *link = NULL, *code = NULL;
	what.person = tracker_person_find(o->tracker, a->operands[2]);
	if (what.person == 0)
		return error_set_kind(err, ERROR_FAILED,
			"no single person is called '%s'; import them with `ropes serve roster FILE.csv`",
			a->operands[2]);
	if (!make_link(a, o, &what, &link, &code, err))
		return false;
	print_invitation(link, code, what.expires_ms);
	return true;
}

struct inviting {
	const struct arguments *a;
	struct opened *o;
	int64_t *people;
	size_t count;
	struct buf rows;
	char *link;
};

static void note_invited(void *data, const struct tracker_member *m)
{
	struct inviting *x = data;
	if (m->joined_ms > 0 || m->ended_ms > 0)
		return;
	x->people = array_grow(x->people, x->count, sizeof *x->people);
	x->people[x->count++] = m->id;
}

static void add_invited(void *data, const struct tracker_person *p)
{
	struct inviting *x = data;
	const char *key = p->key;
	const char *last = strrchr(key, ' ');
	bool mail = text_starts(key, "mbox mailto:");
	const char *const cells[] = {p->name, mail || last == NULL ? "" : last + 1,
		mail ? key + strlen("mbox mailto:") : "", p->teams, x->link};
	for (size_t i = 0; i < ARRAY_LENGTH(cells); i++) {
		if (i > 0)
			buf_add_char(&x->rows, ',');
		buf_add_csv(&x->rows, cells[i]);
	}
	buf_add_text(&x->rows, "\r\n");
}

static bool invite_one(struct inviting *x, int64_t person, struct error *err)
{
	struct tracker_invitation what = {.person = person, .uses_max = 1};
	cleanup_free char *link = NULL, *code = NULL;
	if (!make_link(x->a, x->o, &what, &link, &code, err))
		return false;
	x->link = link;
	return tracker_person(x->o->tracker, person, add_invited, x, err);
}

bool serve_invite_each(const struct arguments *a, struct opened *o, struct error *err)
{
	struct inviting x = {.a = a, .o = o};
	int64_t team;
	bool good = read_team(a, o, &team, err) &&
		    tracker_members(o->tracker, team, note_invited, &x, err);
	buf_add_text(&x.rows, "name,account,email,team,link\r\n");
	for (size_t i = 0; good && i < x.count; i++)
		good = invite_one(&x, x.people[i], err);
	if (good)
		fputs(buf_text(&x.rows), stdout);
	buf_finish(&x.rows);
	free(x.people);
	return good;
}

static void print_listed(void *data, const struct tracker_invitation *i)
{
	char text[TIME_TEXT_SIZE];
	bool expired = i->expires_ms <= clock_wall_ms();
	bool used_up = i->uses_max > 0 && i->uses >= i->uses_max;
	(void)data;
	time_format_iso8601(i->expires_ms, text);
	printf(_("%lld\t%s\t%s %.10s\tused %u"), (long long)i->id,
		i->person > 0           ? i->person_name
		: *i->team_name != '\0' ? i->team_name
					: _("everyone"),
		i->revoked_ms > 0 ? _("revoked, expires")
		: expired         ? _("expired")
		: used_up         ? _("used up, expires")
				  : _("expires"),
		text, i->uses);
	if (i->uses_max > 0)
		printf(_(" of %u"), i->uses_max);
	putchar('\n');
}

bool serve_invite_list(const struct arguments *a, struct opened *o, struct error *err)
{
	(void)a;
	return tracker_invitations(o->tracker, print_listed, NULL, err);
}

bool serve_invite_revoke(const struct arguments *a, struct opened *o, struct error *err)
{
	long long id;
	return (text_number(a->operands[2], 1, INT64_MAX, &id) ||
		       error_set_kind(err, ERROR_USAGE,
			       "'%s' is not the number of an invitation; `ropes serve invite list` shows them",
			       a->operands[2])) &&
	       tracker_invitation_revoke(o->tracker, id, err);
}
