/* pages/manage.c - forms for a lead: roster, teams, assignments, webhooks, pseudonyms, erasing */
#include "digest.h"
#include "sift.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOME "https://ropes.invalid"

/* ---- form actions ---- */

static const char *form_value(const struct request *r, const char *name)
{
	const char *value = request_parameter(r, name);
	return value != NULL ? value : "";
}

static const char *team_or_all(const struct request *r)
{
	const char *team = form_value(r, "team");
	return *team != '\0' ? team : NULL;
}

static bool do_roster(struct request *r, struct buf *said, struct error *err)
{
	unsigned count;
	if (!tracker_roster(r->tracker, form_value(r, "csv"), HOME, &count, err))
		return false;
	buf_printf(said, language_plural("%u person imported", "%u people imported", count), count);
	return true;
}

static bool do_team(struct request *r, struct buf *said, struct error *err)
{
	buf_printf(said, _("the team was added"));
	return tracker_team_add(r->tracker, form_value(r, "name"), err);
}

static bool do_drop_team(struct request *r, struct buf *said, struct error *err)
{
	if (!text_same(form_value(r, "sure"), "on"))
		return error_set_kind(err, ERROR_USAGE,
			"the team was not removed: tick “Yes, remove it” to say that you mean it");
	buf_printf(said, _("the team was removed; its people stay"));
	return tracker_team_remove(r->tracker, form_value(r, "name"), err);
}

static bool do_assign(struct request *r, struct buf *said, struct error *err)
{
	int64_t due_ms;
	buf_printf(said, _("“%s” was assigned to %s, due %s"), form_value(r, "course"),
		team_or_all(r) != NULL ? team_or_all(r) : _("everyone"), form_value(r, "due"));
	return tracker_read_day(form_value(r, "due"), &due_ms, err) &&
	       api_assign(r->tracker, form_value(r, "course"), team_or_all(r), due_ms, err);
}

static bool do_unassign(struct request *r, struct buf *said, struct error *err)
{
	buf_printf(said, _("unassigned"));
	return tracker_assign(r->tracker, form_value(r, "course"), team_or_all(r), 0, err);
}

static bool do_hook(struct request *r, struct buf *said, struct error *err)
{
	int64_t id;
	cleanup_free char *secret = digest_random_text(32);
	if (!tracker_hook_add(r->tracker, form_value(r, "url"), secret, &id, err))
		return false;
	buf_printf(said, _("webhook %lld was added; its secret (shown only once): %s"),
		(long long)id, secret);
	return true;
}

static bool do_drop_hook(struct request *r, struct buf *said, struct error *err)
{
	long long id;
	buf_printf(said, _("the webhook was removed"));
	return (text_number(form_value(r, "hook"), 1, INT64_MAX, &id) ||
		       error_set_kind(err, ERROR_USAGE, "a webhook must be given by its number")) &&
	       tracker_hook_remove(r->tracker, id, err);
}

static bool do_pseudonyms(struct request *r, struct buf *said, struct error *err)
{
	bool on = text_same(form_value(r, "on"), "on");
	buf_printf(said, "%s", on ? _("names are now hidden") : _("names are now shown"));
	return tracker_pseudonyms(r->tracker, on, err);
}

/* ---- people ---- */

static bool read_person(const struct request *r, const char *field, int64_t *ret, struct error *err)
{
	long long number;
	if (!text_number(form_value(r, field), 1, INT64_MAX, &number))
		return error_set_kind(err, ERROR_USAGE, "a person must be given by their number");
	*ret = number;
	return true;
}

static bool do_edit(struct request *r, struct buf *said, struct error *err)
{
	int64_t person = 0;
	buf_printf(said, _("“%s” was saved"), form_value(r, "name"));
	return read_person(r, "person", &person, err) &&
	       tracker_person_edit(
		       r->tracker, person, form_value(r, "name"), form_value(r, "teams"), err);
}

static bool do_merge(struct request *r, struct buf *said, struct error *err)
{
	int64_t person = 0;
	const char *other = form_value(r, "other");
	int64_t found = tracker_person_find(r->tracker, other);
	if (found == 0)
		return error_set_kind(err, ERROR_FAILED,
			"no single person is called \"%s\"; use their account or address", other);
	buf_printf(said, _("“%s” is now the same person"), other);
	return read_person(r, "person", &person, err) &&
	       tracker_person_merge(r->tracker, person, found, err);
}

static bool do_end(struct request *r, struct buf *said, struct error *err)
{
	int64_t person = 0;
	bool ended = text_same(form_value(r, "on"), "on");
	buf_printf(said, "%s", ended ? _("deactivated") : _("active again"));
	return read_person(r, "person", &person, err) &&
	       tracker_person_end(r->tracker, person, ended, err);
}

/* ---- invitations ---- */

static bool do_invite(struct request *r, struct buf *said, struct error *err)
{
	const char *team = team_or_all(r);
	long long days = 0;
	struct tracker_invitation what = {0};
	cleanup_free char *code = NULL;
	if (!text_number(form_value(r, "days"), 1, 3650, &days))
		return error_set_kind(err, ERROR_USAGE, "an invitation works for 1 to 3650 days");
	what.expires_ms = clock_wall_ms() + days * DAY_MS;
	what.team = team != NULL ? tracker_team_find(r->tracker, team) : 0;
	if (*form_value(r, "person") != '\0') {
		what.uses_max = 1;
		what.person = tracker_person_find(r->tracker, form_value(r, "person"));
		if (what.person == 0)
			return error_set_kind(err, ERROR_FAILED,
				"no single person is called \"%s\"; use their account or address",
				form_value(r, "person"));
	}
	if (!tracker_invitation_add(r->tracker, &what, &code, err))
		return false;
	cleanup_free char *link = tracker_invitation_link(r->tracker, code);
	buf_printf(said, _("invitation (shown only once): ropes sync join '%s'"), link);
	return true;
}

static bool do_revoke(struct request *r, struct buf *said, struct error *err)
{
	long long id;
	buf_printf(said, _("the invitation was revoked"));
	return (text_number(form_value(r, "invitation"), 1, INT64_MAX, &id) ||
		       error_set_kind(
			       err, ERROR_USAGE, "an invitation must be given by its number")) &&
	       tracker_invitation_revoke(r->tracker, id, err);
}

static void keep_name(void *data, const struct tracker_person *person)
{
	*(char **)data = xstrdup(person->name);
}

static bool do_erase(struct request *r, struct buf *said, struct error *err)
{
	long long person;
	cleanup_free char *name = NULL;
	if (!text_number(form_value(r, "person"), 1, INT64_MAX, &person))
		return error_set_kind(err, ERROR_USAGE, "a person must be given by their number");
	if (!tracker_person(r->tracker, person, keep_name, &name, err))
		return false;
	if (!text_same(name, form_value(r, "name")))
		return error_set_kind(
			err, ERROR_USAGE, "The name does not match. Nothing was erased.");
	const struct api_sources from = {r->lrs, r->tracker, r->sessions, r->audit};
	if (!api_erase(&from, person, err))
		return false;
	buf_printf(said, "%s", _("erased"));
	return true;
}

static const struct action {
	const char *name;
	bool (*run)(struct request *r, struct buf *said, struct error *err);
} actions[] = {
	{"assign", do_assign},
	{"drop-hook", do_drop_hook},
	{"drop-team", do_drop_team},
	{"edit", do_edit},
	{"end", do_end},
	{"erase", do_erase},
	{"hook", do_hook},
	{"invite", do_invite},
	{"merge", do_merge},
	{"pseudonyms", do_pseudonyms},
	{"revoke", do_revoke},
	{"roster", do_roster},
	{"team", do_team},
	{"unassign", do_unassign},
};

static bool run_action(struct request *r, struct buf *said, struct error *err)
{
	const char *what = form_value(r, "do");
	if ((text_same(what, "erase") || text_same(what, "merge")) && ingest_is_remote(r->ingest))
		return error_set_kind(err, ERROR_FAILED,
			"the statements are in the other store; change them there");
	for (size_t i = 0; i < ARRAY_LENGTH(actions); i++)
		if (text_same(actions[i].name, what))
			return actions[i].run(r, said, err);
	return error_set_kind(err, ERROR_USAGE, "unknown action '%s'", what);
}

/* ---- the page ---- */

static void add_team_option(void *data, const char *name)
{
	struct buf *out = data;
	buf_add_text(out, "<option value=\"");
	page_text(out, name);
	buf_add_text(out, "\">");
	page_text(out, name);
	buf_add_text(out, "</option>");
}

static void add_hook(void *data, const struct tracker_hook *hook)
{
	struct buf *out = data;
	buf_printf(out, "<tr><th scope=\"row\">%lld</th><td><code>", (long long)hook->id);
	page_text(out, hook->url);
	buf_printf(out, "</code></td><td class=\"n\">%u</td><td>", hook->waiting);
	page_text(out, hook->problem);
	buf_add_text(out, "</td></tr>\n");
}

static void begin_manage_form(struct request *r, struct buf *out, const char *what)
{
	tables_begin_form(r, out, "/manage", "line");
	buf_printf(out, "<input type=\"hidden\" name=\"do\" value=\"%s\">", what);
}

/* csv: what was rejected, to correct it. */
static void add_roster(struct request *r, struct buf *out, const struct buf *teams, const char *csv)
{
	buf_printf(out, "<section><h2>%s</h2>\n<p>%s</p>\n", _("Roster"),
		_("Comma-separated, with a first line that names the columns: <code>name,account,team</code>, or <code>email</code> instead of <code>account</code>. Existing people are renamed and added to the team."));
	tables_begin_form(r, out, "/manage", "roster");
	buf_printf(out,
		"<input type=\"hidden\" name=\"do\" value=\"roster\"><label>%s<textarea "
		"name=\"csv\" required placeholder=\"name,account,team&#10;Ann Able,ann,Blue\">",
		_("Roster"));
	page_text(out, csv);
	buf_printf(out,
		"</textarea></label><button>%s</button></form></section>\n"
		"<section><h2>%s</h2>\n",
		_("Import roster"), _("Teams"));
	begin_manage_form(r, out, "team");
	buf_printf(out,
		"<label>%s<input name=\"name\" required maxlength=\"200\"></label>"
		"<button>%s</button></form>\n",
		_("New team"), _("Add"));
	if (teams->length > 0) {
		begin_manage_form(r, out, "drop-team");
		buf_printf(out, "<label>%s<select name=\"name\">", _("Team"));
		buf_add(out, buf_text(teams), teams->length);
		buf_printf(out,
			"</select></label><label class=\"check\"><input type=\"checkbox\" "
			"name=\"sure\" value=\"on\" required> %s</label><button "
			"class=\"danger\">%s</button></form>\n",
			_("Yes, remove it: its people stay, its assignments end"), _("Remove"));
	}
	buf_add_text(out, "</section>\n");
}

/* ---- tables ---- */

/* A table of the page; its links lead back to it. */
static struct sift begin_table(
	const struct request *r, const char *name, const char *anchor, const char *const *columns)
{
	struct sift sift = {.path = "/manage", .anchor = anchor, .name = name, .columns = columns};
	sift_begin(&sift, r);
	return sift;
}

static void end_table(struct sift *sift, struct buf *out, const char *caption)
{
	if (sift->count == 0)
		return;
	sift_write_search(sift, out);
	if (sift_write(sift, out, caption, NULL) == 0)
		buf_printf(out, "<p>%s</p>\n", _("Nothing matches."));
}

static void add_invitation(void *data, const struct tracker_invitation *i)
{
	cleanup_buf struct buf row = {0};
	char number[SIFT_NUMBER_SIZE], expires[SIFT_NUMBER_SIZE], uses[SIFT_NUMBER_SIZE];
	bool expired = i->expires_ms <= clock_wall_ms();
	bool used_up = i->uses_max > 0 && i->uses >= i->uses_max;
	const char *state = i->revoked_ms > 0 ? _("revoked")
			    : expired         ? _("expired")
			    : used_up         ? _("used")
					      : _("open");
	const char *whom = i->person > 0           ? i->person_name
			   : *i->team_name != '\0' ? i->team_name
						   : _("everyone");
	const char *const values[] = {sift_number(i->id, number), whom, state,
		sift_number(i->expires_ms, expires), sift_number(i->uses, uses)};
	buf_printf(&row, "<tr><th scope=\"row\">%lld</th><td>", (long long)i->id);
	page_text(&row, whom);
	buf_printf(&row, "</td><td>%s</td><td>", state);
	page_day(&row, i->expires_ms);
	buf_printf(&row, "</td><td class=\"n\">%u</td></tr>\n", i->uses);
	sift_add(data, buf_text(&row), values);
}

static bool add_invitations(
	struct request *r, struct buf *out, const struct buf *teams, struct error *err)
{
	static const char *const columns[] = {
		"~" N_("number"), N_("for"), N_("state"), "~" N_("expires"), "#" N_("used"), NULL};
	struct sift table = begin_table(r, N_("invitations"), "#invitations", columns);
	buf_printf(out, "<section id=\"invitations\"><h2>%s</h2>\n<p>%s</p>\n", _("Invitations"),
		_("With the link of an invitation, people on the roster join by one line. It can be for everyone, for a team, or for one person, who can use it once."));
	begin_manage_form(r, out, "invite");
	buf_printf(out, "<label>%s<select name=\"team\"><option value=\"\">%s</option>", _("Team"),
		_("everyone"));
	buf_add(out, buf_text(teams), teams->length);
	buf_printf(out,
		"</select></label><label>%s<input name=\"person\" placeholder=\"%s\"></label>"
		"<label>%s<input name=\"days\" inputmode=\"numeric\" value=\"14\" required></label><button>%s</button></form>\n",
		_("Or one person"), _("account or address"), _("Days"), _("Invite"));
	bool good = tracker_invitations(r->tracker, add_invitation, &table, err),
	     any = table.count > 0;
	end_table(&table, out, _("Invitations, newest first"));
	if (any) {
		begin_manage_form(r, out, "revoke");
		buf_printf(out,
			"<label>%s<input name=\"invitation\" inputmode=\"numeric\" required></label><button class=\"danger\">%s</button></form>\n",
			_("Number"), _("Revoke"));
	}
	buf_add_text(out, "</section>\n");
	return good;
}

struct assigned {
	struct request *r;
	struct sift table;
};

static void add_assignment_form(
	struct request *r, struct buf *out, const struct tracker_assignment *a, const char *what)
{
	begin_manage_form(r, out, what);
	buf_add_text(out, "<input type=\"hidden\" name=\"course\" value=\"");
	page_text(out, a->course_iri);
	buf_add_text(out, "\"><input type=\"hidden\" name=\"team\" value=\"");
	page_text(out, a->team);
	buf_add_text(out, "\">");
}

static void add_assignment(void *data, const struct tracker_assignment *a)
{
	struct assigned *x = data;
	cleanup_buf struct buf row = {0};
	struct buf *out = &row;
	char due[TIME_TEXT_SIZE], numbers[3][SIFT_NUMBER_SIZE];
	const char *whom = *a->team != '\0' ? a->team : _("everyone");
	const char *const values[] = {a->course_title, whom,
		sift_number(a->people > 0 ? a->completed * 1000 / a->people : 0, numbers[0]),
		sift_number(a->started, numbers[1]), sift_number(a->due_ms, numbers[2]), ""};
	time_format_iso8601(a->due_ms, due);
	buf_add_text(out, "<tr><th scope=\"row\">");
	tables_add_link_number(out, "/course?id=", a->course, a->course_title);
	buf_add_text(out, "</th><td>");
	page_text(out, whom);
	buf_add_text(out, "</td>");
	tables_add_progress(out, "people who have completed it", a->completed, a->people);
	tables_add_number(out, "%u", a->started);
	buf_add_text(out, "<td>");
	add_assignment_form(x->r, out, a, "assign");
	buf_printf(out,
		"<input type=\"date\" name=\"due\" aria-label=\"%s\" required value=\"%.10s\"><button class=\"plain\">%s</button></form></td><td>",
		_("due"), due, _("Change"));
	add_assignment_form(x->r, out, a, "unassign");
	buf_printf(out, "<button class=\"danger\">%s</button></form></td></tr>\n", _("End"));
	sift_add(&x->table, buf_text(out), values);
}

static bool add_assign(
	struct request *r, struct buf *out, const struct buf *teams, struct error *err)
{
	static const char *const columns[] = {N_("course"), N_("for"), "~" N_("completed"),
		"#" N_("started"), "~" N_("due"), "!" N_("end"), NULL};
	struct assigned assigned = {r, begin_table(r, N_("assigned"), "#assigned", columns)};
	buf_printf(out, "<section id=\"assigned\"><h2>%s</h2>\n", _("Assigned courses"));
	begin_manage_form(r, out, "assign");
	buf_printf(out,
		"<label>%s<input name=\"course\" required placeholder=\"docker-start-here\">"
		"</label><label>%s<select name=\"team\"><option value=\"\">%s</option>",
		_("Course"), _("Team"), _("everyone"));
	buf_add(out, buf_text(teams), teams->length);
	buf_printf(out,
		"</select></label><label>%s<input type=\"date\" name=\"due\" required>"
		"</label><button>%s</button></form>\n",
		_("Due"), _("Assign"));
	bool good = tracker_assignments(r->tracker, add_assignment, &assigned, err);
	end_table(&assigned.table, out, _("In force, by due date"));
	buf_add_text(out, "</section>\n");
	return good;
}

/* One word of lrs_key_list(), "KEY\tNAME\tROLE". What a key may see is its team or person. */
static bool add_key(struct request *r, struct sift *table, const char *word, struct error *err)
{
	const char *begin = strchr(word, '\t') + 1, *role = strrchr(word, '\t') + 1;
	cleanup_free char *name = xstrndup(begin, (size_t)(role - 1 - begin)), *team = NULL,
			  *actor = NULL;
	cleanup_buf struct buf row = {0};
	if (!lrs_key_scope(r->lrs, name, &team, &actor, err))
		return false;
	const char *whose = *team != '\0'                        ? team
			    : tracker_has_pseudonyms(r->tracker) ? ""
								 : tables_account(actor);
	const char *const values[] = {name, role, whose};
	buf_add_text(&row, "<tr><th scope=\"row\">");
	page_text(&row, name);
	buf_printf(&row, "</th><td>%s</td><td>", role);
	page_text(&row, whose);
	buf_add_text(&row, "</td></tr>\n");
	sift_add(table, buf_text(&row), values);
	return true;
}

static bool add_keys(struct request *r, struct buf *out, struct error *err)
{
	static const char *const columns[] = {N_("name"), N_("role"), N_("team or person"), NULL};
	cleanup_words struct words keys = {0};
	struct sift table = begin_table(r, N_("keys"), "#keys", columns);
	bool good = lrs_key_list(r->lrs, &keys, err);
	for (size_t i = 0; good && i < keys.count; i++)
		good = add_key(r, &table, keys.items[i], err);
	buf_printf(out, "<section id=\"keys\"><h2>%s</h2>\n<p>%s</p>\n", _("Keys"),
		_("Made by invitations and by <code>ropes serve key add</code>; <code>ropes serve key remove NAME</code> ends one."));
	end_table(&table, out, _("Keys, by name"));
	buf_add_text(out, "</section>\n");
	return good;
}

static void add_webhooks(struct request *r, struct buf *out, const struct buf *hooks)
{
	static const char *const columns[] = {
		N_("number"), N_("address"), "#" N_("waiting"), N_("problem"), NULL};
	bool hidden = tracker_has_pseudonyms(r->tracker);
	buf_printf(out, "<section><h2>%s</h2>\n<p>%s</p>\n", _("Webhooks"),
		_("A JSON message is sent when somebody completes, passes or fails. <code>X-Ropes-Signature: sha256=…</code> is the HMAC of its body with the webhook's secret."));
	if (hooks->length > 0) {
		tables_begin(out, "Recipients", columns);
		buf_add(out, buf_text(hooks), hooks->length);
		tables_end(out);
		begin_manage_form(r, out, "drop-hook");
		buf_printf(out,
			"<label>%s<input name=\"hook\" inputmode=\"numeric\" "
			"required></label><button class=\"danger\">%s</button></form>\n",
			_("Number"), _("Remove"));
	}
	begin_manage_form(r, out, "hook");
	buf_printf(out,
		"<label>%s<input type=\"url\" name=\"url\" required "
		"placeholder=\"https://…\"></label><button>%s</button></form></section>\n"
		"<section><h2>%s</h2>\n",
		_("Address"), _("Add"), _("Names"));
	begin_manage_form(r, out, "pseudonyms");
	buf_printf(out,
		"<input type=\"hidden\" name=\"on\" value=\"%s\"><p>%s</p><button class=\"plain\">%s</button></form></section>\n",
		hidden ? "off" : "on",
		hidden ? _("Pages and exports show pseudonyms.")
		       : _("Pages and exports show names."),
		hidden ? _("Show names") : _("Hide names"));
}

static bool make_manage_page(
	struct request *r, struct buf *out, const char *said, bool bad, struct error *err)
{
	cleanup_buf struct buf teams = {0}, hooks = {0};
	if (!tracker_team_names(r->tracker, add_team_option, &teams, err) ||
		!tracker_hooks(r->tracker, add_hook, &hooks, err))
		return false;
	page_begin(out, &(struct page){.title = _("Manage"), .here = "/manage"});
	buf_printf(out, "<h1>%s</h1>\n", _("Manage"));
	if (said != NULL) {
		buf_printf(out, "<p class=\"note %s\" role=\"status\">", bad ? "bad" : "good");
		page_text(out, said);
		buf_add_text(out, "</p>\n");
	}
	add_roster(r, out, &teams, bad ? form_value(r, "csv") : "");
	bool good = add_invitations(r, out, &teams, err) && add_assign(r, out, &teams, err) &&
		    add_keys(r, out, err);
	add_webhooks(r, out, &hooks);
	page_end(out);
	return good;
}

void pages_manage(struct request *r, struct reply *a)
{
	static const char *const names[] = {"invitations-q", "invitations-sort", "invitations-page",
		"assigned-q", "assigned-sort", "assigned-page", "keys-q", "keys-sort", "keys-page"};
	cleanup_buf struct buf page = {0}, said = {0};
	cleanup_error struct error err = {0}, problem = {0};
	bool post = r->method == METHOD_POST, good = true;
	if (*r->team != '\0' || access_is(r, "instructor")) {
		reply_error(a, 403, "this page is for a lead of all teams");
		return;
	}
	if (post) {
		if (!multipart_form_parameters(r, a) || !access_form(r, a))
			return;
		good = run_action(r, &said, &problem);
		if (good)
			ingest_poke(r->ingest);
	} else if (!request_takes(r, a, names, ARRAY_LENGTH(names))) {
		return;
	}
	const char *text = !post ? NULL : good ? buf_text(&said) : error_text(&problem);
	if (!make_manage_page(r, &page, text, !good, &err)) {
		reply_outcome(a, LRS_FAILED, &err);
		return;
	}
	page_reply(a, &page);
	a->status = good ? 200 : 400;
}
