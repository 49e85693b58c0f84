/* pages/certificate.c - certificates of completed courses: the sheet, the page that verifies one,
 * and the same as an Open Badge (1EdTech Open Badges 3.0), as JSON and signed as a JSON web token
 */
#include "page.h"
#include "tables.h"

#include "digest.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define TAG_LETTERS 16 /* hexadecimal: 64 bits */

struct certificate {
	int64_t person, course;
	char *name, *title, *iri;
	struct tracker_enrolment enrolment; /* only its numbers */
	bool found;
};

static void certificate_finish(struct certificate *c)
{
	free(c->name);
	free(c->title);
	free(c->iri);
	*c = (struct certificate){0};
}

/* ---- ids: "4-1-9F3A…": person, course, and what only this server can know ---- */

/* The caller frees it. */
static char *certificate_id(struct tracker *tracker, int64_t person, int64_t course)
{
	cleanup_error struct error ignored = {0};
	cleanup_free char *secret = tracker_setting(tracker, "certificates");
	char digest[DIGEST_TEXT_SIZE];
	if (secret == NULL) {
		cleanup_free char *made = digest_random_text(32);
		(void)tracker_set_once(tracker, "certificates", made,
			&ignored); /* if this fails, the id is not found later */
		secret = tracker_setting(tracker, "certificates");
		if (secret == NULL)
			secret = xstrdup(made);
	}
	cleanup_free char *text =
		xasprintf("certificate %lld %lld", (long long)person, (long long)course);
	digest_hmac(secret, text, digest);
	for (char *c = digest; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	return xasprintf(
		"%lld-%lld-%.*s", (long long)person, (long long)course, TAG_LETTERS, digest);
}

/* Returns false if no certificate of this server has the id. */
static bool read_id(
	struct tracker *tracker, const char *id, int64_t *ret_person, int64_t *ret_course)
{
	cleanup_free char *copy = xstrdup(id + strspn(id, " \t"));
	copy[strcspn(copy, " \t")] = '\0';
	for (char *c = copy; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	char *second = strchr(copy, '-'), *third = second != NULL ? strchr(second + 1, '-') : NULL;
	long long person = 0, course = 0;
	if (third == NULL)
		return false;
	*second = *third = '\0';
	bool good = text_number(copy, 1, INT64_MAX, &person) &&
		    text_number(second + 1, 1, INT64_MAX, &course);
	*second = *third = '-';
	cleanup_free char *wanted = good ? certificate_id(tracker, person, course) : NULL;
	if (wanted == NULL || !digest_same(copy, wanted))
		return false;
	*ret_person = person;
	*ret_course = course;
	return true;
}

/* ---- what it says ---- */

static void take_name(void *data, const struct tracker_person *person)
{
	struct certificate *c = data;
	c->name = xstrdup(person->name);
}

static void take_enrolment(void *data, const struct tracker_enrolment *e)
{
	struct certificate *c = data;
	free(c->title);
	free(c->iri);
	c->found = true;
	c->enrolment = *e;
	c->title = xstrdup(e->course_title);
	c->iri = xstrdup(e->course_iri);
}

/* Returns false with ERROR_FAILED if there is no such person. */
static bool load_certificate(struct tracker *tracker, struct certificate *c, struct error *err)
{
	return tracker_person(tracker, c->person, take_name, c, err) &&
	       tracker_enrolments(tracker, 0, c->person, c->course, take_enrolment, c, err);
}

/* Who vouches for it; the caller frees it. */
static char *issuer_of(const struct request *r)
{
	char *name = tracker_setting(r->tracker, "issuer");
	const char *host = strstr(r->url, "://");
	if (!text_is_blank(name))
		return name;
	free(name);
	host = host != NULL ? host + 3 : r->url;
	return xstrndup(host, strcspn(host, "/"));
}

static void add_result_words(struct buf *out, const struct tracker_enrolment *e)
{
	buf_printf(out,
		language_plural("all %u lessons completed, %u quiz passed",
			"all %u lessons completed, %u quizzes passed", e->passed),
		e->lessons, e->passed);
	if (e->best >= 0)
		buf_printf(out, _(", average best score %.0f %%"), e->best * 100);
}

/* The same in English: a badge must not depend on who asks for it. */
static void add_narrative(struct buf *out, const struct tracker_enrolment *e)
{
	buf_printf(out, "all %u lessons completed, %u %s passed", e->lessons, e->passed,
		e->passed == 1 ? "quiz" : "quizzes");
	if (e->best >= 0)
		buf_printf(out, ", average best score %.0f %%", e->best * 100);
}

/* ---- the sheet ---- */

static void add_sheet(
	struct buf *out, const struct request *r, const struct certificate *c, const char *id)
{
	cleanup_free char *title = xasprintf(_("Certificate: %s"), c->name);
	cleanup_free char *issuer = issuer_of(r);
	page_begin(out, &(struct page){.title = title});
	buf_printf(out, "<article class=\"certificate\"><p class=\"kicker\">%s</p><h1><bdi>",
		_("Certificate"));
	page_text(out, c->name);
	buf_printf(out, "</bdi></h1><p>%s</p><h2>", _("has completed"));
	page_text(out, c->title);
	buf_add_text(out, "</h2><p>");
	add_result_words(out, &c->enrolment);
	buf_printf(out, "</p><dl class=\"signed\"><div><dt>%s</dt><dd>", _("Date"));
	page_day(out, c->enrolment.done_ms);
	buf_printf(out, "</dd></div><div><dt>%s</dt><dd>", _("Issued by"));
	page_text(out, issuer);
	buf_printf(out, "</dd></div><div><dt>%s</dt><dd><code>%s</code></dd></div></dl>",
		_("Certificate"), id);
	cleanup_free char *url = page_escape(r->url);
	cleanup_free char *link =
		xasprintf("<a href=\"/certificate/verify?id=%s\">%s/certificate/verify?id=%s</a>",
			id, url, id);
	buf_add_text(out, "<p class=\"proof\">");
	buf_printf(out, _("Verify at %s"), link);
	buf_add_text(out, "</p></article>\n<p class=\"screen\">");
	buf_printf(out,
		_("As an Open Badge: <a href=\"/certificate.jwt?id=%s\">signed (JWT)</a>, <a href=\"/certificate.json?id=%s\">JSON</a>"),
		id, id);
	buf_add_text(out, "</p>");
	page_end(out);
}

void pages_certificate(struct request *r, struct reply *a)
{
	static const char *const names[] = {"person", "course"};
	cleanup_buf struct buf page = {0};
	cleanup_error struct error err = {0};
	struct certificate c = {0};
	ingest_settle(r->ingest);
	if (!request_takes(r, a, names, 2) || !request_number(r, a, "person", &c.person) ||
		!request_number(r, a, "course", &c.course) || !access_person(r, a, c.person))
		return;
	if (!load_certificate(r->tracker, &c, &err))
		reply_outcome(a, err.kind == ERROR_FAILED ? LRS_NOT_FOUND : LRS_FAILED, &err);
	else if (!c.found || c.enrolment.done_ms == 0)
		reply_error(a, 404, "the course is not completed");
	else {
		cleanup_free char *id = certificate_id(r->tracker, c.person, c.course);
		add_sheet(&page, r, &c, id);
		page_reply(a, &page);
	}
	certificate_finish(&c);
}

/* ---- verifying ---- */

/* Finds the certificate with an id. *ret_valid false: there is none, or no longer. Returns false if
 * the store failed: 503 sent. */
static bool find_certificate(struct request *r, struct reply *a, const char *id,
	struct certificate *ret, bool *ret_valid)
{
	cleanup_error struct error err = {0};
	*ret_valid = false;
	ingest_settle(r->ingest);
	if (id == NULL || !read_id(r->tracker, id, &ret->person, &ret->course))
		return true;
	bool good = load_certificate(r->tracker, ret, &err);
	*ret_valid = good && ret->found && ret->enrolment.done_ms > 0;
	if (good || err.kind == ERROR_FAILED)
		return true;
	reply_outcome(a, LRS_FAILED, &err);
	return false;
}

/* ---- Open Badges 3.0 ---- */

static cJSON *add_typed(cJSON *parent, const char *name, const char *type)
{
	cJSON *json = cJSON_AddObjectToObject(parent, name);
	cJSON_AddItemToArray(cJSON_AddArrayToObject(json, "type"), cJSON_CreateString(type));
	return json;
}

static cJSON *badge_json(const struct request *r, const struct certificate *c, const char *id)
{
	cleanup_free char *page = xasprintf("%s/certificate/verify?id=%s", r->url, id);
	cleanup_free char *issuer = issuer_of(r);
	cleanup_buf struct buf narrative = {0};
	char when[TIME_TEXT_SIZE];
	add_narrative(&narrative, &c->enrolment);
	time_format_iso8601(c->enrolment.done_ms, when);
	cJSON *json = cJSON_CreateObject();
	cJSON *context = cJSON_AddArrayToObject(json, "@context");
	cJSON_AddItemToArray(context, cJSON_CreateString("https://www.w3.org/ns/credentials/v2"));
	cJSON_AddItemToArray(context,
		cJSON_CreateString("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"));
	cJSON_AddStringToObject(json, "id", page);
	cJSON *types = cJSON_AddArrayToObject(json, "type");
	cJSON_AddItemToArray(types, cJSON_CreateString("VerifiableCredential"));
	cJSON_AddItemToArray(types, cJSON_CreateString("OpenBadgeCredential"));
	cJSON_AddStringToObject(json, "name", c->title);
	cJSON *from = add_typed(json, "issuer", "Profile");
	cJSON_AddStringToObject(from, "id", r->url);
	cJSON_AddStringToObject(from, "name", issuer);
	cJSON_AddStringToObject(from, "url", r->url);
	cJSON_AddStringToObject(json, "validFrom", when);
	cJSON *subject = add_typed(json, "credentialSubject", "AchievementSubject");
	cleanup_free char *holder = xasprintf("%s#holder", page);
	cJSON_AddStringToObject(subject, "id", holder);
	cJSON *identity = cJSON_CreateObject();
	cJSON_AddStringToObject(identity, "type", "IdentityObject");
	cJSON_AddStringToObject(identity, "identityHash", c->name);
	cJSON_AddStringToObject(identity, "identityType", "name");
	cJSON_AddBoolToObject(identity, "hashed", false);
	cJSON_AddItemToArray(cJSON_AddArrayToObject(subject, "identifier"), identity);
	cJSON *achievement = add_typed(subject, "achievement", "Achievement");
	cJSON_AddStringToObject(achievement, "id", c->iri);
	cJSON_AddStringToObject(achievement, "achievementType", "Course");
	cJSON_AddStringToObject(achievement, "name", c->title);
	cJSON_AddStringToObject(achievement, "description", c->title);
	cJSON *criteria = cJSON_AddObjectToObject(achievement, "criteria");
	cJSON_AddStringToObject(criteria, "narrative", buf_text(&narrative));
	return json;
}

/* The key is kept in the store, which only its owner may read. Returns false with *err set. */
static bool find_key(struct tracker *tracker, char **ret_pem, struct error *err)
{
	*ret_pem = tracker_setting(tracker, "badges");
	if (*ret_pem != NULL)
		return true;
	cleanup_free char *made = NULL;
	if (!digest_key_make(&made, err) || !tracker_set_once(tracker, "badges", made, err))
		return false;
	*ret_pem = tracker_setting(tracker, "badges");
	return *ret_pem != NULL || error_set(err, 0, "the key cannot be read");
}

static char *key_address(const struct request *r)
{
	return xasprintf("%s/certificate/key", r->url);
}

/* The claims of a token beside the badge (Open Badges 3.0, 8.2.2). */
static void add_claims(cJSON *badge, const struct certificate *c)
{
	cJSON_AddStringToObject(badge, "iss", json_get_text(json_get(badge, "issuer"), "id"));
	cJSON_AddStringToObject(badge, "jti", json_get_text(badge, "id"));
	cJSON_AddNumberToObject(badge, "nbf", (double)(c->enrolment.done_ms / 1000));
	cJSON_AddStringToObject(
		badge, "sub", json_get_text(json_get(badge, "credentialSubject"), "id"));
}

static bool sign_badge(const struct request *r, const struct certificate *c, const char *id,
	struct buf *ret_text, struct error *err)
{
	cleanup_free char *pem = NULL;
	if (!find_key(r->tracker, &pem, err))
		return false;
	cJSON *json = badge_json(r, c, id);
	add_claims(json, c);
	cleanup_free char *payload = cJSON_PrintUnformatted(json);
	cleanup_free char *where = key_address(r);
	cJSON_Delete(json);
	return digest_jws_sign(pem, where, payload, ret_text, err);
}

/* The badge that a token carries, if this server signed it; the caller frees its number. */
static bool read_badge(const struct request *r, const char *text, char **ret_id, struct error *err)
{
	cleanup_free char *pem = NULL;
	cleanup_buf struct buf payload = {0};
	if (!find_key(r->tracker, &pem, err) || !digest_jws_verify(pem, text, &payload, err))
		return false;
	cJSON *json = json_parse(&payload);
	const char *id = json_get_text(json, "jti");
	id = id != NULL ? strrchr(id, '=') : NULL;
	*ret_id = xstrdup(id != NULL ? id + 1 : "");
	cJSON_Delete(json);
	return true;
}

/* Sends the certificate that was asked for by its id as `send` says. */
static void answer_badge(struct request *r, struct reply *a,
	bool (*send)(const struct request *r, struct reply *a, const struct certificate *c,
		const char *id, struct error *err))
{
	static const char *const names[] = {"id"};
	cleanup_error struct error err = {0};
	struct certificate c = {0};
	bool valid;
	if (!request_takes(r, a, names, 1) ||
		!find_certificate(r, a, request_parameter(r, "id"), &c, &valid))
		return;
	if (valid) {
		cleanup_free char *id = certificate_id(r->tracker, c.person, c.course);
		if (!send(r, a, &c, id, &err))
			reply_outcome(a, LRS_FAILED, &err);
	} else {
		reply_error(a, 404, "there is no certificate with this number");
	}
	certificate_finish(&c);
}

static bool send_json(const struct request *r, struct reply *a, const struct certificate *c,
	const char *id, struct error *err)
{
	(void)err;
	reply_json(a, badge_json(r, c, id));
	page_protect(a, "badge.json");
	return true;
}

static bool send_token(const struct request *r, struct reply *a, const struct certificate *c,
	const char *id, struct error *err)
{
	cleanup_buf struct buf text = {0};
	if (!sign_badge(r, c, id, &text, err))
		return false;
	reply_text(a, "application/jwt", buf_text(&text), text.length);
	page_protect(a, "badge.jwt");
	return true;
}

void pages_certificate_json(struct request *r, struct reply *a)
{
	answer_badge(r, a, send_json);
}

void pages_certificate_jwt(struct request *r, struct reply *a)
{
	answer_badge(r, a, send_token);
}

void pages_certificate_key(struct request *r, struct reply *a)
{
	cleanup_error struct error err = {0};
	cleanup_free char *pem = NULL, *where = key_address(r);
	cleanup_buf struct buf key = {0};
	if (!request_takes(r, a, NULL, 0))
		return;
	if (!find_key(r->tracker, &pem, &err) || !digest_key_describe(pem, where, &key, &err)) {
		reply_outcome(a, LRS_FAILED, &err);
		return;
	}
	reply_text(a, "application/jwk+json", buf_text(&key), key.length);
	page_protect(a, NULL);
	reply_header(a, "Access-Control-Allow-Origin", "*");
	reply_header(a, "Cross-Origin-Resource-Policy", "cross-origin");
}

/* ---- the page that verifies ---- */

/* Where its badge is. Signing it takes five times as long as this page, so it is signed only when
 * it is asked for. A badge that was given has been verified. */
static void add_badge(
	struct buf *out, const struct request *r, const struct certificate *c, bool given)
{
	cleanup_free char *id = certificate_id(r->tracker, c->person, c->course);
	if (given)
		buf_add_text(out,
			_("<p>The signature of this badge is valid. Anyone can verify it with the <a href=\"/certificate/key\">public key</a> of this server.</p>"));
	else
		buf_printf(out,
			_("<p>It is also a signed <a href=\"/certificate.jwt?id=%s\">Open Badge</a>. Anyone can verify its signature with the <a href=\"/certificate/key\">public key</a> of this server.</p>"),
			id);
}

static void add_verdict(
	struct buf *out, const struct request *r, const struct certificate *c, bool valid)
{
	cleanup_free char *issuer = issuer_of(r);
	if (!valid) {
		buf_add_text(out,
			_("<p class=\"note\"><b class=\"bad\">✘ Not valid.</b> This server has issued no certificate with this number, or what it was issued for has been erased.</p>"));
		return;
	}
	cleanup_free char *name = page_escape(c->name), *title = page_escape(c->title),
			  *by = page_escape(issuer);
	cleanup_buf struct buf day = {0}, result = {0};
	page_day(&day, c->enrolment.done_ms);
	add_result_words(&result, &c->enrolment);
	/* po: name, course, date, "all 3 lessons completed …", issuer */
	buf_printf(out,
		_("<p class=\"note\"><b class=\"good\">✔ Valid.</b> <b><bdi>%s</bdi></b> has completed <b>%s</b> on %s: %s. Issued by <b>%s</b>.</p>"),
		name, title, buf_text(&day), buf_text(&result), by);
}

/* A number has no dot, a JSON web token has two. */
static bool is_badge(const char *given)
{
	return strchr(given, '.') != NULL;
}

/* What was given: a number, or a signed badge. Returns the number; NULL: the badge's signature is
 * not valid. The caller frees it. */
static char *number_given(const struct request *r, const char *given)
{
	cleanup_error struct error ignored = {0};
	char *number = NULL;
	if (!is_badge(given))
		return xstrdup(given);
	cleanup_free char *text = xstrdup(given + strspn(given, " \t\r\n"));
	text[strcspn(text, " \t\r\n")] = '\0';
	return read_badge(r, text, &number, &ignored) ? number : NULL;
}

void pages_certificate_verify(struct request *r, struct reply *a)
{
	static const char *const names[] = {"id"};
	const char *given = request_parameter(r, "id");
	cleanup_buf struct buf page = {0};
	struct certificate c = {0};
	bool valid;
	if (!request_takes(r, a, names, 1))
		return;
	cleanup_free char *id = given != NULL ? number_given(r, given) : NULL;
	if (!find_certificate(r, a, id, &c, &valid))
		return;
	page_begin(&page, &(struct page){.title = _("Verify a certificate")});
	buf_printf(&page, "<h1>%s</h1>", _("Verify a certificate"));
	if (given != NULL && id == NULL)
		buf_add_text(&page,
			_("<p class=\"note\"><b class=\"bad\">✘ Not valid.</b> This badge was not signed by this server, or it has been changed since.</p>"));
	else if (given != NULL)
		add_verdict(&page, r, &c, valid);
	if (valid)
		add_badge(&page, r, &c, is_badge(given));
	buf_printf(&page,
		"<form class=\"line\" method=\"get\" action=\"/certificate/verify\"><label>%s <input name=\"id\" required maxlength=\"8000\" autocomplete=\"off\" value=\"",
		_("Number of the certificate, or its signed badge"));
	page_text(&page, given != NULL ? given : "");
	buf_printf(&page, "\"></label><button>%s</button></form>", _("Verify"));
	page_end(&page);
	page_reply(a, &page);
	if (given != NULL && !valid)
		a->status = 404;
	certificate_finish(&c);
}
