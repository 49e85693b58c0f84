/* pages/people.c - everybody on the roster, begun or not: searched, sorted and filtered */
#include "sift.h"

#include <stdlib.h>
#include <string.h>

static const struct filter {
	const char *name, *title;
} filters[] = {
	{"active", N_("Everybody who is active")},
	{"waiting", N_("Not joined yet")},
	{"idle", N_("Joined, nothing done yet")},
	{"overdue", N_("With something overdue")},
	{"ended", N_("Deactivated")},
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
	return m->ended_ms > 0    ? _("deactivated")
	       : m->joined_ms > 0 ? _("joined")
	       : m->last_ms > 0   ? _("active")
				  : _("not joined");
}

/* Those who are shown. */
struct listing {
	const struct tracker_member **items;
	size_t count;
};

static void add_shown(struct listing *l, const struct tracker_roll *roll, const char *show)
{
	size_t count;
	const struct tracker_member *all = tracker_roll_members(roll, &count);
	for (size_t i = 0; i < count; i++)
		if (is_shown(&all[i], show)) {
			l->items = array_grow(l->items, l->count, sizeof *l->items);
			l->items[l->count++] = &all[i];
		}
}

static const char *const member_columns[] = {N_("name"), N_("account"), N_("team"), N_("state"),
	"#" N_("courses"), "#" N_("completed"), "#" N_("overdue"), "~" N_("last seen"), NULL};

static const char *value_of_member(
	void *data, size_t row, size_t column, char number[SIFT_NUMBER_SIZE])
{
	const struct tracker_member *m = ((struct listing *)data)->items[row];
	const char *const texts[] = {m->name, tables_account(m->key), m->teams, state_of(m)};
	const int64_t numbers[] = {m->courses, m->completed, m->overdue, m->last_ms};
	return column < ARRAY_LENGTH(texts)
		       ? texts[column]
		       : sift_number(numbers[column - ARRAY_LENGTH(texts)], number);
}

static void draw_member(void *data, size_t row, struct buf *out)
{
	const struct tracker_member *m = ((struct listing *)data)->items[row];
	buf_add_text(out, "<tr><th scope=\"row\"><bdi>");
	tables_add_link_number(out, "/person?id=", m->id, m->name);
	buf_add_text(out, "</bdi></th><td>");
	page_text(out, tables_account(m->key));
	buf_add_text(out, "</td><td>");
	page_text(out, m->teams);
	buf_printf(out, "</td><td>%s</td>", state_of(m));
	tables_add_number(out, "%u", m->courses);
	tables_add_number(out, "%u", m->completed);
	tables_add_number(out, m->overdue > 0 ? "<span class=\"bad\">%u</span>" : "%u", m->overdue);
	buf_add_text(out, "<td>");
	page_day(out, m->last_ms);
	buf_add_text(out, "</td></tr>\n");
}

static void add_filters(struct buf *out, const char *show)
{
	buf_printf(out, "<nav class=\"screen\" aria-label=\"%s\"><ul>", _("Filter"));
	for (size_t i = 0; i < ARRAY_LENGTH(filters); i++) {
		bool here = text_same(filters[i].name, show);
		buf_printf(out, "<li><a href=\"/people?show=%s\"%s>%s</a></li>", filters[i].name,
			here ? " aria-current=\"true\"" : "", _(filters[i].title));
	}
	buf_add_text(out, "</ul></nav>\n");
}

void pages_people(struct request *r, struct reply *a)
{
	static const char *const names[] = {"team", "q", "sort", "page", "show"};
	cleanup_buf struct buf page = {0}, table = {0};
	cleanup_error struct error err = {0};
	const char *name, *show = request_parameter(r, "show");
	struct sift sift = {.path = "/people", .columns = member_columns};
	struct listing l = {0};
	struct tracker_roll *roll;
	int64_t team;
	ingest_settle(r->ingest);
	if (!request_takes(r, a, names, ARRAY_LENGTH(names)) ||
		!access_team_asked(r, a, &name, &team))
		return;
	if (!tracker_roll_read(r->tracker, team, 0, 0, &roll, &err)) {
		reply_outcome(a, LRS_FAILED, &err);
		return;
	}
	show = show != NULL ? show : "active";
	add_shown(&l, roll, show);
	sift_begin(&sift, r);
	sift_write_search(&sift, &table);
	size_t count = sift_write(&sift, &table, _("People"),
		&(struct sift_source){&l, l.count, value_of_member, draw_member});
	page_begin(&page, &(struct page){.title = _("People"), .here = "/people"});
	buf_printf(&page, "<h1>%s</h1><p class=\"lead\">", _("People"));
	buf_printf(&page, language_plural("%zu person", "%zu people", count), count);
	buf_add_text(&page, "</p>\n");
	add_filters(&page, show);
	buf_add(&page, buf_text(&table), table.length);
	page_end(&page);
	page_reply(a, &page);
	free(l.items);
	tracker_roll_free(roll);
}
