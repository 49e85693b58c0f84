/* api/access.c - authenticates a request's key and decides what it may do */
#include "digest.h"
#include "oidc.h"
#include "private.h"
#include "tracker.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool refuse_key(struct reply *a)
{
	reply_header(a, "WWW-Authenticate", "Basic realm=\"ropes\", charset=\"UTF-8\"");
	return reply_error(a, 401,
		"Sign in with your key as user name and your secret as password. Ask your lead for them.");
}

static bool refuse_ended(struct reply *a)
{
	return reply_error(a, 403, ACCESS_ENDED);
}

bool access_is(const struct request *r, const char *role)
{
	return text_same(r->role, role);
}

/* ---- who is it ---- */

static enum lrs_outcome prove_key(const struct request *r, const char *key, const char *secret,
	struct session *ret, struct error *err)
{
	enum lrs_outcome outcome = lrs_key_check(r->lrs, key, secret, &ret->name, &ret->role, err);
	if (outcome != LRS_DONE)
		return outcome;
	ret->key = xstrdup(key);
	return text_same(ret->role, "store") ||
			       lrs_key_scope(r->lrs, ret->name, &ret->team, &ret->actor, err)
		       ? LRS_DONE
		       : LRS_FAILED;
}

enum lrs_outcome access_prove(const struct request *r, const char *user, const char *secret,
	struct session *ret, struct error *err)
{
	static enum lrs_outcome (*const ways[])(const struct request *r, const char *user,
		const char *secret, struct session *ret, struct error *err) = {prove_key};
	enum lrs_outcome outcome = LRS_NOT_FOUND;
	for (size_t i = 0; outcome == LRS_NOT_FOUND && i < ARRAY_LENGTH(ways); i++) {
		session_finish(ret);
		outcome = ways[i](r, user, secret, ret, err);
	}
	if (outcome != LRS_DONE)
		session_finish(ret);
	return outcome;
}

bool access_has_ended(const struct request *r, const struct session *who)
{
	return r->tracker != NULL && who->actor != NULL && *who->actor != '\0' &&
	       tracker_has_ended(r->tracker, who->actor);
}

/* Moves an identity into the request. */
static void become(struct request *r, struct session *who)
{
	r->name = who->name;
	r->role = who->role;
	r->team = who->team;
	r->actor = who->actor;
	who->name = who->role = who->team = who->actor = NULL;
}

bool access_key(struct request *r, struct reply *a)
{
	const char *header = request_header(r, "Authorization");
	cleanup_buf struct buf pair = {0};
	cleanup_error struct error err = {0};
	struct session who = {0};
	if (header == NULL || strncasecmp(header, "Basic ", 6) != 0)
		return refuse_key(a);
	const char *text = header + 6 + strspn(header + 6, " ");
	if (!digest_base64_decode(text, strlen(text), &pair))
		return refuse_key(a);
	const char *colon = strchr(buf_text(&pair), ':');
	if (colon == NULL)
		return refuse_key(a);
	cleanup_free char *key = xstrndup(buf_text(&pair), (size_t)(colon - buf_text(&pair)));
	enum lrs_outcome outcome = access_prove(r, key, colon + 1, &who, &err);
	if (outcome == LRS_FAILED)
		return reply_error(a, 503, "%s", error_text(&err));
	if (outcome != LRS_DONE)
		return refuse_key(a);
	bool ended = access_has_ended(r, &who);
	if (!ended)
		become(r, &who);
	session_finish(&who);
	return ended ? refuse_ended(a) : true;
}

/* ---- sessions of browsers ---- */

const char *access_cookie(const struct request *r)
{
	bool secure = text_starts(r->origin, "https:") || text_starts(r->url, "https:");
	return !secure ? "ropes" : *r->prefix == '\0' ? "__Host-ropes" : "__Secure-ropes";
}

char *access_read_cookie(const struct request *r, const char *name)
{
	const char *at = request_header(r, "Cookie");
	size_t length = strlen(name);
	for (; at != NULL && *at != '\0'; at += strcspn(at, ";")) {
		at += strspn(at, "; \t");
		if (strncmp(at, name, length) == 0 && at[length] == '=')
			return xstrndup(at + length + 1, strcspn(at + length + 1, "; \t"));
	}
	return NULL;
}

/* The same for who signed in at a provider, by the settings as they are now. */
static enum session_state renew_named(const struct request *r, struct session *s)
{
	const char *role, *team;
	if (r->oidc == NULL || !oidc_may(r->oidc, s->name, &role, &team))
		return SESSION_NONE;
	free(s->role);
	free(s->team);
	s->role = xstrdup(role);
	s->team = xstrdup(team);
	return SESSION_FOUND;
}

/* A key's session is worth what the key is now, so that removing or restricting a key counts at
 * once. */
static enum session_state renew_identity(
	const struct request *r, struct session *s, struct error *err)
{
	if (*s->key == '\0')
		return renew_named(r, s);
	struct session now = {0};
	enum lrs_outcome outcome = lrs_key_owner(r->lrs, s->key, &now.name, &now.role, err);
	bool good = outcome == LRS_DONE &&
		    (text_same(now.role, "store") ||
			    lrs_key_scope(r->lrs, now.name, &now.team, &now.actor, err));
	if (good) {
		now.key = xstrdup(s->key);
		now.digest = xstrdup(s->digest);
		session_finish(s);
		*s = now;
		return SESSION_FOUND;
	}
	session_finish(&now);
	return outcome == LRS_NOT_FOUND ? SESSION_NONE : SESSION_FAILED;
}

bool access_page(struct request *r, struct reply *a)
{
	cleanup_error struct error err = {0};
	cleanup_free char *secret = access_read_cookie(r, access_cookie(r));
	if (secret == NULL || request_header(r, "Authorization") != NULL)
		return access_key(r, a);
	struct session s = {0};
	enum session_state state = session_find(r->sessions, secret, &s, &err);
	if (state == SESSION_FOUND)
		state = renew_identity(r, &s, &err);
	bool ended = state == SESSION_FOUND && access_has_ended(r, &s);
	if (state == SESSION_FOUND && !ended) {
		become(r, &s);
		r->session = s.digest;
		s.digest = NULL;
	}
	session_finish(&s);
	if (ended)
		return refuse_ended(a);
	return state == SESSION_FOUND ||
	       (state == SESSION_FAILED ? reply_error(a, 503, "%s", error_text(&err))
					: refuse_key(a));
}

bool access_is_known(const struct request *r)
{
	struct request asked = {.lrs = r->lrs, .headers = r->headers};
	struct reply unsaid = {0};
	bool known = access_key(&asked, &unsaid);
	free(asked.name);
	free(asked.role);
	free(asked.team);
	free(asked.actor);
	buf_finish(&unsaid.body);
	pairs_finish(&unsaid.headers);
	return known;
}

/* ---- learners ---- */

static bool is_void(const cJSON *statement)
{
	return text_same(json_get_text(json_get(statement, "verb"), "id"), XAPI_VOIDED);
}

static bool came_by(const struct request *r, const char *text)
{
	cJSON *statement = cJSON_Parse(text);
	const cJSON *account = json_get(json_get(statement, "authority"), "account");
	bool same = text_same(json_get_text(account, "name"), r->name);
	cJSON_Delete(statement);
	return same;
}

/* A learner may void only statements sent with the same key; results sent by others stay. An
 * unknown id is allowed: the statement may arrive in the same request. */
static bool may_void(struct request *r, const char *id)
{
	cleanup_free char *small = utf8_fold(id), *text = NULL;
	cleanup_error struct error ignored = {0};
	int64_t stored_ms;
	return lrs_get(r->lrs, small, false, &text, &stored_ms, &ignored) != LRS_DONE ||
	       came_by(r, text);
}

bool access_statements(struct request *r, struct reply *a, cJSON *const *statements, size_t count)
{
	cleanup_error struct error err = {0};
	for (size_t i = 0; access_is(r, "learner") && i < count; i++) {
		cleanup_free char *key = xapi_actor_key(json_get(statements[i], "actor"));
		if (key != NULL && *r->actor == '\0') {
			if (!lrs_key_limit(r->lrs, r->name, NULL, key, &err))
				return reply_error(a, 503, "%s", error_text(&err));
			free(r->actor);
			r->actor = xstrdup(key);
		}
		if (!text_same(key, r->actor))
			return reply_error(a, 403,
				"this key may send statements of only one person, and this statement is about another one: %s",
				key != NULL ? key : _("nobody"));
		const char *target = json_get_text(json_get(statements[i], "object"), "id");
		if (is_void(statements[i]) && target != NULL && !may_void(r, target))
			return reply_error(a, 403,
				"this key may void only statements that were sent with it, not %s",
				target);
	}
	return true;
}

bool access_agent(struct request *r, struct reply *a, const char *actor_key)
{
	if (!access_is(r, "learner") || text_same(actor_key, r->actor))
		return true;
	return reply_error(
		a, 403, "a learner's key gives access only to documents of that learner");
}

/* ---- forms ---- */

/* Derived from the key, the session and a secret of this store, so that no other page can know it.
 */
char *access_token(const struct request *r)
{
	char digest[DIGEST_TEXT_SIZE];
	cleanup_error struct error ignored = {0};
	cleanup_free char *secret = tracker_setting(r->tracker, "secret");
	if (secret == NULL) {
		secret = digest_random_text(32);
		(void)tracker_set(r->tracker, "secret", secret,
			&ignored); /* if this fails, forms are rejected */
	}
	cleanup_free char *both = xasprintf(
		"form:%s:%s:%s:%s", secret, r->name, r->session != NULL ? r->session : "", secret);
	(void)digest_sha2(256, both, strlen(both), digest); /* cannot fail: 256 is a known size */
	return xstrdup(digest);
}

/* Pages send no referrer, so browsers may call the origin of their forms "null"; a form's token
 * decides if a browser says nothing else. */
bool access_same_site(const struct request *r, struct reply *a)
{
	const char *from = request_header(r, "Origin");
	const char *site = request_header(r, "Sec-Fetch-Site");
	bool own = from == NULL || origin_is_own(r, from) ||
		   (site == NULL || text_same(site, "same-origin"));
	return own || reply_error(a, 403, "this form was sent from the page of another site");
}

bool access_form(struct request *r, struct reply *a)
{
	const char *given = request_parameter(r, "token");
	cleanup_free char *wanted = access_token(r);
	if (!access_same_site(r, a))
		return false;
	return (given != NULL && digest_same(given, wanted)) ||
	       reply_error(a, 403,
		       "this form has expired, or was not made by this server; load the page again");
}

/* ---- teams and people ---- */

bool access_team(struct request *r, struct reply *a, int64_t *ret)
{
	*ret = 0;
	if (r->team == NULL || *r->team == '\0')
		return true;
	*ret = tracker_team_find(r->tracker, r->team);
	return *ret > 0 || reply_error(a, 403, "the team '%s' has been removed", r->team);
}

bool access_team_asked(struct request *r, struct reply *a, const char **ret_name, int64_t *ret)
{
	*ret_name = request_parameter(r, "team");
	if (!access_team(r, a, ret))
		return false;
	if (*ret > 0) {
		if (*ret_name != NULL && !text_same(*ret_name, r->team))
			return reply_error(a, 403, "this key may see only the team '%s'", r->team);
		*ret_name = r->team;
		return true;
	}
	if (*ret_name == NULL)
		return true;
	*ret = tracker_team_find(r->tracker, *ret_name);
	return *ret > 0 || reply_error(a, 404, "there is no team of this name");
}

bool access_person(struct request *r, struct reply *a, int64_t person)
{
	int64_t team;
	if (access_is(r, "learner")) {
		bool own = *r->actor != '\0' && tracker_person_find(r->tracker, r->actor) == person;
		return own || reply_error(a, 403, "this page is for leads and instructors");
	}
	return access_team(r, a, &team) &&
	       (tracker_in_team(r->tracker, team, person) ||
		       reply_error(a, 403, "this person is not in your team"));
}
