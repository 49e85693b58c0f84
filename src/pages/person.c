/* pages/person.c - one person: courses, lessons and objectives, days */
#include "tables.h"

#include <stdlib.h>
#include <string.h>

struct person {
	struct request *r;
	struct buf courses, lessons;
	char *name, *teams;
	int64_t id, first_ms, last_ms, ended_ms, time_ms;
	unsigned reviews_due, passed, completed, course_count;
};

static void take_person(void *data, const struct tracker_person *one)
{
	struct person *p = data;
	p->name = xstrdup(one->name);
	p->teams = xstrdup(one->teams);
	p->first_ms = one->first_ms;
	p->last_ms = one->last_ms;
	p->reviews_due = one->reviews_due;
	p->ended_ms = one->ended_ms;
}

static void person_finish(struct person *p)
{
	buf_finish(&p->courses);
	buf_finish(&p->lessons);
	free(p->name);
	free(p->teams);
}

static void take_course(void *data, const struct tracker_enrolment *e)
{
	struct person *p = data;
	struct buf *out = &p->courses;
	p->course_count++;
	p->passed += e->passed;
	p->completed += e->completed;
	p->time_ms += e->time_ms;
	buf_add_text(out, "<tr><th scope=\"row\">");
	if (access_is(p->r, "learner"))
		page_text(out, e->course_title);
	else
		tables_add_link_number(out, "/course?id=", e->course, e->course_title);
	buf_add_text(out, "</th>");
	tables_add_progress(out, "lessons completed", e->completed, e->lessons);
	tables_add_number(out, "%u", e->passed);
	tables_add_score(out, e->first);
	tables_add_score(out, e->best);
	tables_add_score(out, e->last);
	tables_add_minutes(out, e->time_ms);
	buf_add_text(out, "<td>");
	if (e->due_ms > 0)
		page_day(out, e->due_ms);
	if (e->overdue)
		buf_printf(out, " <span class=\"badge bad\">%s</span>", _("overdue"));
	if (e->done_ms > 0) {
		buf_printf(out, " <a href=\"/certificate?person=%lld&amp;course=%lld\">%s</a>",
			(long long)e->person, (long long)e->course, _("certificate"));
	}
	buf_add_text(out, "</td></tr>\n");
}

static void add_result_row(void *data, const struct tracker_result *l)
{
	struct person *p = data;
	struct buf *out = &p->lessons;
	buf_add_text(out, "<tr><th scope=\"row\">");
	page_text(out, l->title);
	buf_add_text(out, "</th><td>");
	page_text(out, *l->objective != '\0' ? l->objective : l->course_title);
	buf_printf(out, "</td><td><span class=\"%s\">%s</span></td>",
		l->passed_ms > 0      ? "badge good"
		: l->completed_ms > 0 ? "badge"
				      : "soft",
		l->passed_ms > 0      ? _("passed")
		: l->completed_ms > 0 ? _("completed")
				      : _("started"));
	tables_add_score(out, l->first);
	tables_add_score(out, l->best);
	tables_add_score(out, l->last);
	tables_add_number(out, "%u", l->attempts);
	tables_add_number(out, "%u", l->lines);
	tables_add_minutes(out, l->time_ms);
	buf_add_text(out, "<td>");
	page_day(out, l->last_ms);
	buf_add_text(out, "</td></tr>\n");
}

/* ---- the page ---- */

static void add_person_head(struct request *r, struct buf *out, const struct person *p)
{
	page_begin(out, &(struct page){.title = p->name,
				.script = access_is(r, "learner") ? NULL : "/live.js",
				.events = access_is(r, "learner") ? NULL : "/events",
				.here = access_is(r, "learner") ? NULL : ""});
	cleanup_buf struct buf time = {0}, day = {0};
	buf_add_text(out, "<h1>");
	page_text(out, p->name);
	buf_add_text(out, "</h1><p class=\"lead\">");
	page_text(out, *p->teams != '\0' ? p->teams : _("In no team"));
	page_day(&day, p->last_ms);
	buf_add_text(out, " · ");
	buf_printf(out, _("last seen %s"), buf_text(&day));
	buf_add_text(out, "</p>\n<ul class=\"tiles\" id=\"figures\" data-live>");
	text_duration(&time, p->time_ms);
	tables_add_tile(out, "lessons passed", "%u", p->passed);
	tables_add_tile(out, "lessons completed", "%u", p->completed);
	tables_add_tile(out, "on task", "%s", p->time_ms > 0 ? buf_text(&time) : "–");
	tables_add_tile(out, "reviews due", "%u", p->reviews_due);
	buf_add_text(out, "</ul>\n");
}

static void add_tables(struct buf *out, const struct person *p)
{
	static const char *const courses[] = {N_("course"), N_("lessons completed"),
		"#" N_("lessons passed"), "#" N_("first"), "#" N_("best"), "#" N_("last"),
		"#" N_("time"), N_("due"), NULL};
	static const char *const lessons[] = {N_("lesson"), N_("aim"), N_("state"), "#" N_("first"),
		"#" N_("best"), "#" N_("last"), "#" N_("attempts"), "#" N_("commands"),
		"#" N_("time"), N_("last seen"), NULL};
	buf_printf(out, "<section id=\"courses\" data-live><h2>%s</h2>\n", _("Courses"));
	if (p->course_count > 0) {
		tables_begin(out, "Started or assigned", courses);
		buf_add(out, buf_text(&p->courses), p->courses.length);
		tables_end(out);
	} else {
		buf_printf(out, "<p>%s</p>\n", _("None yet."));
	}
	buf_printf(
		out, "</section>\n<section id=\"lessons\" data-live><h2>%s</h2>\n", _("Lessons"));
	if (p->lessons.length > 0) {
		tables_begin(out, "In course order", lessons);
		buf_add(out, buf_text(&p->lessons), p->lessons.length);
		tables_end(out);
	} else {
		buf_printf(out, "<p>%s</p>\n", _("None yet."));
	}
	buf_add_text(out, "</section>\n");
}

static void begin_person_form(
	struct request *r, struct buf *out, const struct person *p, const char *what)
{
	tables_begin_form(r, out, "/manage", "line");
	buf_printf(out,
		"<input type=\"hidden\" name=\"do\" value=\"%s\"><input type=\"hidden\" name=\"person\" value=\"%lld\">",
		what, (long long)p->id);
}

/* Pseudonyms would be saved as names: no editing while they are on. */
static void add_edit(struct request *r, struct buf *out, const struct person *p)
{
	bool ended = p->ended_ms > 0;
	buf_printf(out, "<section class=\"screen\"><h2>%s</h2>\n", _("Edit"));
	if (!tracker_has_pseudonyms(r->tracker)) {
		begin_person_form(r, out, p, "edit");
		buf_printf(out, "<label>%s<input name=\"name\" required value=\"", _("Name"));
		page_text(out, p->name);
		buf_printf(out, "\"></label><label>%s<input name=\"teams\" value=\"", _("Teams"));
		page_text(out, p->teams);
		buf_printf(out, "\"></label><button>%s</button></form>\n", _("Save"));
	}
	buf_printf(out, "<p>%s</p>\n",
		_("If the same person is on the list twice, make the other entry part of this one. Everything that it did then belongs here."));
	begin_person_form(r, out, p, "merge");
	buf_printf(out,
		"<label>%s<input name=\"other\" required></label><button>%s</button></form>\n",
		_("Account or address of the other entry"), _("Merge"));
	begin_person_form(r, out, p, "end");
	buf_printf(out,
		"<input type=\"hidden\" name=\"on\" value=\"%s\"><p>%s</p><button class=\"plain\">%s</button></form></section>\n",
		ended ? "off" : "on",
		ended ? _("Deactivated: not on lists, and never overdue.")
		      : _("Someone who has left can be deactivated: they leave the lists, and what they did stays."),
		ended ? _("Activate") : _("Deactivate"));
}

static void add_erase(struct request *r, struct buf *out, const struct person *p)
{
	buf_printf(out, "<section class=\"screen\"><h2>%s</h2>\n<p>%s</p>\n", _("Erase"),
		_("This removes the person and everything known about them from the server, including statements. It cannot be undone."));
	tables_begin_form(r, out, "/manage", "line");
	buf_printf(out,
		"<input type=\"hidden\" name=\"do\" value=\"erase\">"
		"<input type=\"hidden\" name=\"person\" value=\"%lld\">"
		"<a href=\"/erase?person=%lld\">%s</a>"
		"<label>%s<input name=\"name\" required "
		"autocomplete=\"off\"></label><button class=\"danger\">%s</button></form>"
		"</section>\n",
		(long long)p->id, (long long)p->id, _("What this removes"),
		_("Type the name to confirm"), _("Erase"));
}

/* For a person without any activity. */
static void say_nobody(struct request *r, struct reply *a)
{
	cleanup_buf struct buf page = {0};
	page_begin(&page, &(struct page){.title = r->name});
	buf_add_text(&page, "<h1>");
	page_text(&page, r->name);
	buf_printf(&page, "</h1><p class=\"lead\">%s</p>\n",
		_("Nothing has been sent with this key yet."));
	page_end(&page);
	page_reply(a, &page);
}

void pages_person_of(struct request *r, struct reply *a, int64_t person)
{
	cleanup_buf struct buf page = {0};
	cleanup_error struct error err = {0};
	struct person p = {.r = r, .id = person};
	if (person == 0 && access_is(r, "learner")) {
		say_nobody(r, a);
		return;
	}
	bool good = tracker_person(r->tracker, person, take_person, &p, &err);
	bool none = !good && err.kind == ERROR_FAILED;
	good = good && tracker_enrolments(r->tracker, 0, person, 0, take_course, &p, &err) &&
	       tracker_results(r->tracker, 0, person, 0, add_result_row, &p, &err);
	if (good) {
		add_person_head(r, &page, &p);
		add_tables(&page, &p);
		good = tables_add_pictures(r, &page, 0, person, &err);
		bool manages = access_is(r, "lead") && *r->team == '\0';
		if (manages)
			add_edit(r, &page, &p);
		if (!access_is(r, "learner") && *r->team == '\0' && !ingest_is_remote(r->ingest))
			add_erase(r, &page, &p);
		page_end(&page);
	}
	person_finish(&p);
	if (good)
		page_reply(a, &page);
	else
		reply_outcome(a, none ? LRS_NOT_FOUND : LRS_FAILED, &err);
}

void pages_person(struct request *r, struct reply *a)
{
	static const char *const names[] = {"id"};
	int64_t person;
	ingest_settle(r->ingest);
	if (request_takes(r, a, names, 1) && request_number(r, a, "id", &person) &&
		access_person(r, a, person))
		pages_person_of(r, a, person);
}
