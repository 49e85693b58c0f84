/* pages/people.c - everybody on the roster, begun or not: searched, sorted and filtered */
#include "sift.h"

#include <stdlib.h>
#include <string.h>

static const struct filter {
	const char *name, *title;
} filters[] = {
	{"active", "Everybody who is active"},
	{"waiting", "Not joined yet"},
	{"idle", "Joined, nothing done yet"},
	{"overdue", "With something overdue"},
	{"ended", "Deactivated"},
};

struct listing {
	struct sift sift;
	const char *show;
};

static bool is_shown(const struct tracker_member *m, const char *show)
{
	bool began = m->last_ms > 0;
	if (text_same(show, "ended"))
		return m->ended_ms > 0;
	return m->ended_ms == 0 && (text_same(show, "waiting")       ? m->joined_ms == 0 && !began
					   : text_same(show, "idle") ? m->joined_ms > 0 && !began
					   : text_same(show, "overdue") ? m->overdue > 0
									: true);
}

static const char *state_of(const struct tracker_member *m)
{
	return m->ended_ms > 0    ? "deactivated"
	       : m->joined_ms > 0 ? "joined"
	       : m->last_ms > 0   ? "active"
				  : "not joined";
}

static void add_member(void *data, const struct tracker_member *m)
{
	struct listing *l = data;
	cleanup_buf struct buf row = {0};
	char courses[SIFT_NUMBER_SIZE], completed[SIFT_NUMBER_SIZE], overdue[SIFT_NUMBER_SIZE],
		last[SIFT_NUMBER_SIZE];
	if (!is_shown(m, l->show))
		return;
	buf_add_text(&row, "<tr><th scope=\"row\"><bdi>");
	tables_add_link_number(&row, "/person?id=", m->id, m->name);
	buf_add_text(&row, "</bdi></th><td>");
	page_text(&row, tables_account(m->key));
	buf_add_text(&row, "</td><td>");
	page_text(&row, m->teams);
	buf_printf(&row, "</td><td>%s</td>", state_of(m));
	tables_add_number(&row, "%u", m->courses);
	tables_add_number(&row, "%u", m->completed);
	tables_add_number(
		&row, m->overdue > 0 ? "<span class=\"bad\">%u</span>" : "%u", m->overdue);
	buf_add_text(&row, "<td>");
	page_day(&row, m->last_ms);
	buf_add_text(&row, "</td></tr>\n");
	const char *const values[] = {m->name, tables_account(m->key), m->teams, state_of(m),
		sift_number(m->courses, courses), sift_number(m->completed, completed),
		sift_number(m->overdue, overdue), sift_number(m->last_ms, last)};
	sift_add(&l->sift, buf_text(&row), values);
}

static void add_filters(struct buf *out, const char *show)
{
	buf_add_text(out, "<nav class=\"screen\" aria-label=\"Filter\"><ul>");
	for (size_t i = 0; i < ARRAY_LENGTH(filters); i++) {
		bool here = text_same(filters[i].name, show);
		buf_printf(out, "<li><a href=\"/people?show=%s\"%s>%s</a></li>", filters[i].name,
			here ? " aria-current=\"true\"" : "", filters[i].title);
	}
	buf_add_text(out, "</ul></nav>\n");
}

void pages_people(struct request *r, struct reply *a)
{
	static const char *const names[] = {"team", "q", "sort", "show"};
	static const char *const columns[] = {"name", "account", "team", "state", "#courses",
		"#completed", "#overdue", "~last seen", NULL};
	cleanup_buf struct buf page = {0}, table = {0};
	cleanup_error struct error err = {0};
	const char *name, *show = request_parameter(r, "show");
	int64_t team;
	ingest_settle(r->ingest);
	if (!request_takes(r, a, names, ARRAY_LENGTH(names)) ||
		!access_team_asked(r, a, &name, &team))
		return;
	struct listing l = {.show = show != NULL ? show : "active",
		.sift = {.path = "/people", .columns = columns}};
	sift_begin(&l.sift, r);
	sift_write_search(&l.sift, &table);
	bool good = tracker_members(r->tracker, team, add_member, &l, &err);
	size_t count = sift_write(&l.sift, &table, "People");
	if (!good) {
		reply_outcome(a, LRS_FAILED, &err);
		return;
	}
	page_begin(&page, &(struct page){.title = "People", .here = "/people"});
	buf_printf(&page, "<h1>People</h1><p class=\"lead\">%zu %s</p>\n", count,
		count == 1 ? "person" : "people");
	add_filters(&page, l.show);
	buf_add(&page, buf_text(&table), table.length);
	page_end(&page);
	page_reply(a, &page);
}
