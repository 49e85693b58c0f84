/* pages/signin.c - signing in with a key, and out again: a page of its own, in place of what the
 * browser would ask */
#include "audit.h"
#include "digest.h"
#include "log.h"
#include "oidc.h"
#include "tables.h"

#include <stdlib.h>
#include <string.h>

#define FORM_BYTES 18

/* ---- cookies ---- */

/* Lax: links from mails and chats open pages; forms of other sites carry no session. */
static void set_cookie(
	const struct request *r, struct reply *a, const char *name, const char *value, bool lasts)
{
	bool secure = text_starts(access_cookie(r), "__");
	cleanup_free char *cookie = xasprintf("%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", name,
		value, secure ? "; Secure" : "", lasts ? "" : "; Max-Age=0");
	pairs_add(&a->headers, "Set-Cookie", cookie); /* there may be several */
}

static char *form_cookie(const struct request *r)
{
	return xasprintf("%s-form", access_cookie(r));
}

/* The form's token is also in a cookie: a page of another site can read neither, and set neither.
 * Several open pages share it. The caller frees it. */
static char *begin_token(const struct request *r, struct reply *a)
{
	cleanup_free char *name = form_cookie(r);
	char *token = access_read_cookie(r, name);
	if (token == NULL || *token == '\0') {
		free(token);
		token = digest_random_text(FORM_BYTES);
	}
	set_cookie(r, a, name, token, true);
	return token;
}

static bool check_token(const struct request *r, struct reply *a)
{
	cleanup_free char *name = form_cookie(r);
	cleanup_free char *kept = access_read_cookie(r, name);
	const char *given = request_parameter(r, "token");
	return access_same_site(r, a) &&
	       ((given != NULL && kept != NULL && *kept != '\0' && digest_same(given, kept)) ||
		       reply_error(a, 403,
			       "this form has expired, or this browser accepts no cookies; load the page again"));
}

/* ---- where to go afterwards ---- */

/* Only a path of this server: a browser reads "//host" and "/\host" as another one. */
static const char *safe_next(const char *next)
{
	bool safe = next != NULL && next[0] == '/' && next[1] != '/' && next[1] != '\\' &&
		    request_is_header_value(next);
	for (const char *at = next; safe && *at != '\0'; at++)
		safe = (unsigned char)*at > ' ' && (unsigned char)*at < 0x7f;
	return safe && !text_starts(next, "/signin") && !text_starts(next, "/signout") ? next : "/";
}

/* The address that was asked for. The caller frees it. */
static char *address_of(const struct request *r)
{
	struct buf out = {0};
	url_encode(&out, r->path, "/");
	request_add_query(r, &out);
	return buf_steal(&out);
}

/* ---- the page ---- */

static void show_form(const struct request *r, struct reply *a, unsigned status, const char *next,
	const char *problem)
{
	cleanup_buf struct buf page = {0};
	cleanup_free char *token = begin_token(r, a);
	const char *key = request_parameter(r, "key");
	page_begin(&page, &(struct page){.title = _("Sign in")});
	buf_printf(&page, "<h1>%s</h1>\n", _("Sign in"));
	if (problem != NULL) {
		buf_add_text(&page, "<p class=\"note bad\" role=\"alert\">");
		page_text(&page, problem);
		buf_add_text(&page, "</p>\n");
	}
	buf_printf(&page,
		"<p class=\"lead\">%s</p>\n<form method=\"post\" action=\"/signin\" class=\"signin\">"
		"<input type=\"hidden\" name=\"token\" value=\"",
		_("Enter the key and the secret that your lead gave you."));
	page_text(&page, token);
	buf_add_text(&page, "\"><input type=\"hidden\" name=\"next\" value=\"");
	page_text(&page, next);
	buf_printf(&page,
		"\"><label>%s<input name=\"key\" required autocomplete=\"username\" "
		"autocapitalize=\"none\" spellcheck=\"false\" value=\"",
		_("Key"));
	page_text(&page, r->method == METHOD_POST && key != NULL ? key : "");
	buf_printf(&page,
		"\"></label><label>%s<input name=\"secret\" type=\"password\" required "
		"autocomplete=\"current-password\"></label><button>%s</button></form>\n"
		"<p class=\"soft\">%s</p>\n",
		_("Secret"), _("Sign in"), _("This browser then stays signed in for 12 hours."));
	if (r->oidc != NULL) {
		buf_add_text(&page, "<p><a class=\"button\" href=\"/signin/provider?next=");
		url_encode(&page, next, "");
		cleanup_free char *name = page_escape(oidc_name(r->oidc));
		buf_add_text(&page, "\">");
		buf_printf(&page, _("Sign in with %s"), name);
		buf_add_text(&page, "</a></p>\n");
	}
	page_end(&page);
	page_reply(a, &page);
	a->status = status;
}

void pages_signin_instead(struct request *r, struct reply *a)
{
	cleanup_free char *next = address_of(r);
	pairs_finish(&a->headers);
	/* A browser shows its own box for Basic; a 401 must name some way (RFC 9110, 15.5.2). */
	reply_header(a, "WWW-Authenticate", "Form realm=\"ropes\"");
	show_form(r, a, 401, safe_next(next), NULL);
}

/* ---- attempts ---- */

static void note_attempt(struct request *r, const struct session *who, const char *what)
{
	cleanup_error struct error err = {0};
	const struct audit_entry entry = {.who = who->name,
		.role = who->role,
		.actor = who->actor,
		.address = r->address,
		.what = what};
	if (!audit_add(r->audit, &entry, &err))
		log_failure(r->log, "audit", &err);
}

static void refuse_many(struct request *r, struct reply *a, const char *next, int64_t wait_ms)
{
	int64_t minutes = wait_ms / 60000 + 1;
	cleanup_free char *seconds = xasprintf("%lld", (long long)(wait_ms / 1000 + 1));
	cleanup_free char *problem = xasprintf(
		language_plural(
			"Too many failed attempts from your network. Try again in %lld minute.",
			"Too many failed attempts from your network. Try again in %lld minutes.",
			(unsigned long long)minutes),
		(long long)minutes);
	reply_header(a, "Retry-After", seconds);
	show_form(r, a, 429, next, problem);
}

static void begin_session(
	struct request *r, struct reply *a, const struct session *who, const char *next)
{
	cleanup_free char *secret = NULL;
	cleanup_error struct error err = {0};
	if (!session_begin(r->sessions, who, &secret, &err)) {
		reply_error(a, 503, "%s", error_text(&err));
		return;
	}
	note_attempt(r, who, "sign-in");
	set_cookie(r, a, access_cookie(r), secret, true);
	a->status = 303;
	reply_header(a, "Location", next);
	reply_header(a, "Cache-Control", "no-store");
}

static void try_to_sign_in(struct request *r, struct reply *a)
{
	const char *key = request_parameter(r, "key"), *secret = request_parameter(r, "secret");
	const char *next = safe_next(request_parameter(r, "next"));
	int64_t wait = session_wait(r->sessions, r->address);
	cleanup_error struct error err = {0};
	struct session who = {0};
	if (wait > 0) {
		refuse_many(r, a, next, wait);
		return;
	}
	enum lrs_outcome outcome = key == NULL || secret == NULL
					   ? LRS_NOT_FOUND
					   : access_prove(r, key, secret, &who, &err);
	if (outcome == LRS_FAILED) {
		reply_error(a, 503, "%s", error_text(&err));
	} else if (outcome == LRS_DONE && access_has_ended(r, &who)) {
		note_attempt(r, &who, "sign-in refused");
		show_form(r, a, 403, next, _(ACCESS_ENDED));
	} else if (outcome == LRS_DONE) {
		begin_session(r, a, &who, next);
	} else {
		/* what was typed may be a secret in the wrong field: never record it */
		session_fail(r->sessions, r->address);
		note_attempt(r, &(struct session){0}, "sign-in refused");
		show_form(r, a, 401, next, _("This key and this secret do not belong together."));
	}
	session_finish(&who);
}

void pages_signin(struct request *r, struct reply *a)
{
	static const char *const names[] = {"next"};
	if (r->method == METHOD_POST) {
		if (multipart_form_parameters(r, a) && check_token(r, a))
			try_to_sign_in(r, a);
	} else if (r->method != METHOD_GET) {
		reply_method(a, "GET, HEAD, POST");
	} else if (request_takes(r, a, names, 1)) {
		show_form(r, a, 200, safe_next(request_parameter(r, "next")), NULL);
	}
}

/* ---- at a provider ---- */

static char *attempt_cookie(const struct request *r)
{
	return xasprintf("%s-oidc", access_cookie(r));
}

static char *callback_of(const struct request *r)
{
	return xasprintf("%s/signin/callback", r->url);
}

/* "STATE.NONCE.VERIFIER.NEXT", each base64url. */
static void keep_attempt(const struct request *r, struct reply *a,
	const struct oidc_attempt *attempt, const char *next)
{
	cleanup_free char *name = attempt_cookie(r);
	cleanup_free char *coded = digest_base64url(next, strlen(next));
	cleanup_free char *value =
		xasprintf("%s.%s.%s.%s", attempt->state, attempt->nonce, attempt->verifier, coded);
	set_cookie(r, a, name, value, true);
}

/* Returns where to go afterwards, which the caller frees; NULL: this browser began no attempt. */
static char *read_attempt(const struct request *r, struct oidc_attempt *ret)
{
	cleanup_free char *name = attempt_cookie(r);
	cleanup_free char *value = access_read_cookie(r, name);
	char **const parts[] = {&ret->state, &ret->nonce, &ret->verifier};
	const char *at = value;
	for (size_t i = 0; at != NULL && i < ARRAY_LENGTH(parts); i++) {
		size_t length = strcspn(at, ".");
		*parts[i] = xstrndup(at, length);
		at = at[length] == '.' && length > 0 ? at + length + 1 : NULL;
	}
	cleanup_buf struct buf next = {0};
	if (at == NULL || !digest_base64_decode(at, strlen(at), &next))
		return NULL;
	return xstrdup(safe_next(buf_text(&next)));
}

void pages_signin_provider(struct request *r, struct reply *a)
{
	static const char *const names[] = {"next"};
	cleanup_error struct error err = {0};
	struct oidc_attempt attempt = {0};
	cleanup_free char *url = NULL, *callback = callback_of(r);
	if (!request_takes(r, a, names, 1))
		return;
	const char *next = safe_next(request_parameter(r, "next"));
	if (r->oidc == NULL) {
		reply_error(a, 404, "This server has no provider to sign in at.");
	} else if (!oidc_begin(r->oidc, callback, &attempt, &url, &err)) {
		log_failure(r->log, "oidc", &err);
		show_form(r, a, 503, next, error_text(&err));
	} else {
		keep_attempt(r, a, &attempt, next);
		a->status = 303;
		reply_header(a, "Location", url);
		reply_header(a, "Cache-Control", "no-store");
	}
	oidc_attempt_finish(&attempt);
}

/* Returns what is wrong with the provider's answer, which may have parameters of its own; NULL:
 * nothing. `next` is NULL if this browser began no attempt. */
static const char *check_answer(
	const struct request *r, const struct oidc_attempt *attempt, const char *next)
{
	const char *state = request_parameter(r, "state");
	if (next == NULL || state == NULL || !digest_same(state, attempt->state))
		return _(
			"This attempt to sign in was not begun here, or took too long. Try again.");
	if (request_parameter(r, "error") != NULL)
		return _("You were not signed in there. Try again, or use a key.");
	return request_parameter(r, "code") == NULL ? _("The provider sent no code. Try again.")
						    : NULL;
}

static void end_attempt(
	struct request *r, struct reply *a, const struct oidc_attempt *attempt, const char *next)
{
	cleanup_free char *callback = callback_of(r);
	cleanup_error struct error err = {0};
	struct oidc_identity found = {0};
	int64_t wait = session_wait(r->sessions, r->address);
	if (wait > 0)
		refuse_many(r, a, next, wait);
	else if (oidc_end(r->oidc, callback, attempt, request_parameter(r, "code"),
			 request_parameter(r, "iss"), &found, &err)) {
		struct session who = {.key = xstrdup(""),
			.name = xstrdup(found.name),
			.role = xstrdup(found.role),
			.team = xstrdup(found.team),
			.actor = xstrdup("")};
		begin_session(r, a, &who, next);
		session_finish(&who);
	} else {
		bool refused = err.kind == ERROR_FAILED;
		session_fail(r->sessions, r->address);
		note_attempt(r, &(struct session){0}, "sign-in refused");
		log_failure(r->log, "oidc", &err);
		show_form(r, a, refused ? 403 : 503, next, error_text(&err));
	}
	oidc_identity_finish(&found);
}

void pages_signin_callback(struct request *r, struct reply *a)
{
	struct oidc_attempt attempt = {0};
	cleanup_free char *next = read_attempt(r, &attempt);
	cleanup_free char *name = attempt_cookie(r);
	if (r->method != METHOD_GET) {
		reply_method(a, "GET, HEAD");
	} else if (r->oidc == NULL) {
		reply_error(a, 404, "This server has no provider to sign in at.");
	} else {
		const char *wrong = check_answer(r, &attempt, next);
		if (wrong == NULL)
			end_attempt(r, a, &attempt, next);
		else
			show_form(r, a, 400, next != NULL ? next : "/", wrong);
		set_cookie(r, a, name, "", false); /* a code is used once */
	}
	oidc_attempt_finish(&attempt);
}

/* ---- signing out ---- */

static void sign_out(struct request *r, struct reply *a)
{
	cleanup_error struct error err = {0};
	bool all = text_same(request_parameter(r, "all"), "yes");
	if (!(all ? session_end_all(r->sessions, r->name, &err)
		  : r->session == NULL || session_end(r->sessions, r->session, &err))) {
		reply_error(a, 503, "%s", error_text(&err));
		return;
	}
	note_attempt(r, &(struct session){.name = r->name, .role = r->role, .actor = r->actor},
		all ? "sign-out everywhere" : "sign-out");
	set_cookie(r, a, access_cookie(r), "", false);
	reply_header(a, "Clear-Site-Data", "\"cache\"");
	a->status = 303;
	reply_header(a, "Location", "/signin");
}

static void add_own_links(struct request *r, struct buf *out)
{
	int64_t person = access_is(r, "learner") ? tracker_person_find(r->tracker, r->actor) : 0;
	if (person > 0)
		buf_printf(out, "<p><a href=\"/person.json?id=%lld\">%s</a></p>\n",
			(long long)person, _("All that is known of you"));
	if (access_is(r, "lead") && *r->team == '\0')
		buf_printf(out, "<p>%s</p>\n",
			_("<a href=\"/audit\">Audit log</a>: who changed or saw what"));
}

static void show_account(struct request *r, struct reply *a)
{
	cleanup_buf struct buf page = {0};
	page_begin(&page, &(struct page){.title = _("Account"), .here = "/account"});
	cleanup_free char *name = page_escape(r->name), *team = page_escape(r->team);
	buf_printf(&page, "<h1>%s</h1>\n<p class=\"lead\">", _("Account"));
	if (*team != '\0')
		buf_printf(&page, _("Signed in as <b>%s</b>, role %s of the team %s."), name,
			r->role, team);
	else
		buf_printf(&page, _("Signed in as <b>%s</b>, role %s."), name, r->role);
	buf_add_text(&page, "</p>\n");
	if (r->session == NULL)
		buf_printf(&page, "<p>%s</p>\n",
			_("This program sends the key itself with each request, so there is no session to end here."));
	else {
		tables_begin_form(r, &page, "/account", "line");
		buf_printf(&page, "<button>%s</button></form>\n", _("Sign out"));
	}
	add_own_links(r, &page);
	tables_begin_form(r, &page, "/account", "line");
	buf_printf(&page,
		"<input type=\"hidden\" name=\"all\" value=\"yes\"><button "
		"class=\"plain\">%s</button></form>\n",
		_("Sign out in all browsers"));
	page_end(&page);
	page_reply(a, &page);
}

void pages_account(struct request *r, struct reply *a)
{
	if (r->method == METHOD_POST) {
		if (multipart_form_parameters(r, a) && access_form(r, a))
			sign_out(r, a);
	} else if (request_takes(r, a, NULL, 0)) {
		show_account(r, a);
	}
}
