/* pages/privacy.c - what is known of a person, as JSON; what erasing them would remove; and who
 * changed or saw what */
#include "tables.h"

#include <stdlib.h>
#include <string.h>

#define ENTRIES 200

static struct api_sources sources_of(const struct request *r)
{
	return (struct api_sources){r->lrs, r->tracker, r->sessions, r->audit};
}

static void keep_name(void *data, const struct tracker_person *person)
{
	*(char **)data = xstrdup(person->name);
}

static void reply_missing(struct reply *a, const struct error *err)
{
	reply_outcome(a, err->kind == ERROR_FAILED ? LRS_NOT_FOUND : LRS_FAILED, err);
}

/* ---- export ---- */

void pages_person_json(struct request *r, struct reply *a)
{
	static const char *const names[] = {"id"};
	cleanup_buf struct buf out = {0};
	cleanup_error struct error err = {0};
	const struct api_sources from = sources_of(r);
	int64_t person;
	ingest_settle(r->ingest);
	if (!request_takes(r, a, names, 1) || !request_number(r, a, "id", &person) ||
		!access_person(r, a, person))
		return;
	if (ingest_is_remote(r->ingest))
		reply_error(a, 409, "the statements are in the other store; export them there");
	else if (!access_is(r, "learner") && tracker_has_pseudonyms(r->tracker))
		reply_error(a, 403,
			"names are hidden; use `ropes serve export %lld` on the server's machine",
			(long long)person);
	else if (!api_dossier_export(&from, person, &out, &err))
		reply_missing(a, &err);
	else {
		reply_text(a, "application/json", buf_text(&out), out.length);
		page_protect(a, "person.json");
	}
}

/* ---- erasing: what it would remove ---- */

static void add_preview(struct request *r, struct buf *out, int64_t person, const char *name,
	const struct api_dossier *d)
{
	page_begin(out, &(struct page){.title = _("Erase a person"), .here = "/erase"});
	cleanup_free char *shown = page_escape(name);
	buf_add_text(out, "<h1>");
	buf_printf(out, _("Erase %s?"), shown);
	buf_printf(
		out, "</h1>\n<p class=\"lead\">%s</p>\n<ul>\n<li>", _("This removes, for ever:"));
	buf_printf(out,
		language_plural("%u statement of theirs, with their progress and scores",
			"%u statements of theirs, with their progress and scores", d->statements),
		d->statements);
	buf_add_text(out, "</li>\n<li>");
	buf_printf(out,
		language_plural("%u document (state or profile)",
			"%u documents (states and profiles)", d->documents),
		d->documents);
	buf_add_text(out, "</li>\n<li>");
	buf_printf(out,
		language_plural(
			"%u key, with which they send", "%u keys, with which they send", d->keys),
		d->keys);
	buf_printf(out, "</li>\n<li>%s</li>\n</ul>\n<p>",
		_("their name, account and teams, here and in the audit log"));
	buf_printf(out,
		language_plural(
			"In %u statement of other people, an agent without a name takes their place. Backups keep everything; delete them yourself.",
			"In %u statements of other people, an agent without a name takes their place. Backups keep everything; delete them yourself.",
			d->mentions),
		d->mentions);
	buf_add_text(out, "</p>\n<p>");
	buf_printf(out,
		_("<a href=\"/person.json?id=%lld\">Export all that is known of them</a> first, if you may need it."),
		(long long)person);
	buf_add_text(out, "</p>\n");
	tables_begin_form(r, out, "/manage", "line");
	buf_printf(out,
		"<input type=\"hidden\" name=\"do\" value=\"erase\">"
		"<input type=\"hidden\" name=\"person\" value=\"%lld\">"
		"<label>%s<input name=\"name\" required "
		"autocomplete=\"off\"></label><button class=\"danger\">%s</button></form>\n"
		"<p><a href=\"/person?id=%lld\">%s</a></p>\n",
		(long long)person, _("Type the name to confirm"), _("Erase"), (long long)person,
		_("Keep them"));
	page_end(out);
}

static bool is_lead_of_all(const struct request *r)
{
	return *r->team == '\0' && !access_is(r, "instructor");
}

void pages_erase(struct request *r, struct reply *a)
{
	static const char *const names[] = {"person"};
	cleanup_buf struct buf page = {0};
	cleanup_error struct error err = {0};
	cleanup_free char *name = NULL;
	const struct api_sources from = sources_of(r);
	struct api_dossier dossier;
	int64_t person;
	ingest_settle(r->ingest);
	if (!request_takes(r, a, names, 1) || !request_number(r, a, "person", &person))
		return;
	if (!is_lead_of_all(r))
		reply_error(a, 403, "this page is for a lead of all teams");
	else if (ingest_is_remote(r->ingest))
		reply_error(a, 409, "the statements are in the other store; erase them there");
	else if (!tracker_person(r->tracker, person, keep_name, &name, &err) ||
		 !api_dossier_count(&from, person, &dossier, &err))
		reply_missing(a, &err);
	else {
		add_preview(r, &page, person, name, &dossier);
		page_reply(a, &page);
	}
}

/* ---- the audit log ---- */

struct listing {
	struct buf rows;
	unsigned count;
	int64_t last;
};

/* The log is in English: what was done, and mostly the name of something. */
static void add_what(struct buf *out, const char *what)
{
	static const char *const kinds[] = {N_("sign-in refused"), N_("sign-out everywhere"),
		N_("sign-in"), N_("sign-out"), N_("change"), N_("view"), N_("refused")};
	size_t length = 0;
	for (size_t i = 0; length == 0 && i < ARRAY_LENGTH(kinds); i++) {
		size_t end = strlen(kinds[i]);
		if (text_starts(what, kinds[i]) && (what[end] == ' ' || what[end] == '\0')) {
			page_text(out, _(kinds[i]));
			length = end;
		}
	}
	page_text(out, what + length);
}

static void add_entry(void *data, const struct audit_entry *e)
{
	struct listing *l = data;
	char when[TIME_TEXT_SIZE];
	time_format_iso8601(e->when_ms, when);
	l->count++;
	l->last = e->id;
	buf_printf(&l->rows, "<tr><td><time datetime=\"%s\">", when);
	text_date(&l->rows, e->when_ms);
	buf_printf(&l->rows, " %.8s</time></td><th scope=\"row\">", when + 11);
	page_text(&l->rows, *e->who != '\0' ? e->who : "–");
	buf_add_text(&l->rows, "</th><td>");
	page_text(&l->rows, e->role);
	buf_add_text(&l->rows, "</td><td>");
	add_what(&l->rows, e->what);
	buf_add_text(&l->rows, "</td><td>");
	if (e->person > 0) {
		cleanup_free char *alias = xasprintf("%lld", (long long)e->person);
		tables_add_link_number(&l->rows, "/person?id=", e->person, alias);
	}
	buf_add_text(&l->rows, "</td><td class=\"long\">");
	page_text(&l->rows, e->detail);
	buf_add_text(&l->rows, "</td><td>");
	page_text(&l->rows, e->address);
	buf_add_text(&l->rows, "</td></tr>\n");
}

static bool read_optional(const struct request *r, struct reply *a, const char *name, int64_t *ret)
{
	*ret = 0;
	return request_parameter(r, name) == NULL || request_number(r, a, name, ret);
}

void pages_audit(struct request *r, struct reply *a)
{
	static const char *const names[] = {"person", "before"};
	static const char *const columns[] = {N_("time (UTC)"), N_("who"), N_("role"), N_("what"),
		N_("person"), N_("details"), N_("address"), NULL};
	cleanup_buf struct buf page = {0};
	cleanup_error struct error err = {0};
	struct listing l = {0};
	int64_t person, before;
	if (!request_takes(r, a, names, 2) || !read_optional(r, a, "person", &person) ||
		!read_optional(r, a, "before", &before))
		return;
	if (!is_lead_of_all(r)) {
		reply_error(a, 403, "this page is for a lead of all teams");
		return;
	}
	cleanup_free char *key = person > 0 ? tracker_person_key(r->tracker, person) : NULL;
	if (!audit_list(r->audit, person, key, before, ENTRIES, add_entry, &l, &err)) {
		buf_finish(&l.rows);
		reply_outcome(a, LRS_FAILED, &err);
		return;
	}
	page_begin(&page, &(struct page){.title = _("Audit log"), .here = "/audit"});
	buf_printf(&page, "<h1>%s</h1>\n<p class=\"lead\">%s</p>\n", _("Audit log"),
		_("Who changed or saw what."));
	if (l.count == 0) {
		buf_printf(&page, "<p>%s</p>\n", _("There are no entries."));
	} else {
		tables_begin(&page, "Newest first", columns);
		buf_add(&page, buf_text(&l.rows), l.rows.length);
		tables_end(&page);
	}
	if (l.count == ENTRIES) {
		cleanup_free char *address =
			person > 0 ? xasprintf("/audit?person=%lld&amp;before=", (long long)person)
				   : xstrdup("/audit?before=");
		buf_add_text(&page, "<p>");
		tables_add_link_number(&page, address, l.last, _("Older entries"));
		buf_add_text(&page, "</p>\n");
	}
	page_end(&page);
	buf_finish(&l.rows);
	page_reply(a, &page);
}
