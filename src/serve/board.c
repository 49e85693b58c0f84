/* serve/board.c - the team at a glance: a page that needs no script, and the same as CSV */
#include "page.h"

#include <stdlib.h>
#include <string.h>

#define QUESTIONS_SHOWN 12
#define LATE_DAYS 14
#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

/* ---- people ---- */

struct person {
	char *key, *name, *course;
	unsigned completed, passed, evaluated;
	double best; /* sum over evaluations */
	int64_t last_ms;
};

struct team {
	struct person *people; /* one a person and course */
	size_t count;
};

/* They come ordered by person and course. */
static void take(void *data, const struct lrs_achievement *one)
{
	struct team *t = data;
	struct person *p = t->count > 0 ? &t->people[t->count - 1] : NULL;
	if (p == NULL || !text_same(p->key, one->person) || !text_same(p->course, one->course)) {
		t->people = array_grow(t->people, t->count, sizeof *t->people);
		p = &t->people[t->count++];
		*p = (struct person){.key = xstrdup(one->person),
			.name = xstrdup(one->name),
			.course = xstrdup(one->course)};
	}
	p->completed += one->completed;
	p->passed += one->passed;
	p->evaluated += one->attempts > 0;
	p->best += one->best > 0 ? one->best : 0;
	p->last_ms = one->last_ms > p->last_ms ? one->last_ms : p->last_ms;
}

static void team_finish(struct team *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->people[i].key);
		free(t->people[i].name);
		free(t->people[i].course);
	}
	free(t->people);
}

/* Who has been away longest comes first: they are who one looks for. */
static int by_absence(const void *a, const void *b)
{
	const struct person *x = a, *y = b;
	return (x->last_ms > y->last_ms) - (x->last_ms < y->last_ms);
}

/* The most that anybody has completed of a course is what the others are measured by. */
static unsigned most_completed(const struct team *t, const char *course)
{
	unsigned most = 1;
	for (size_t i = 0; i < t->count; i++)
		if (text_same(t->people[i].course, course) && t->people[i].completed > most)
			most = t->people[i].completed;
	return most;
}

static const char *last_part(const char *iri)
{
	const char *slash = strrchr(iri, '/');
	return slash != NULL && slash[1] != '\0' ? slash + 1 : iri;
}

static void add_person(struct buf *out, const struct team *t, const struct person *p)
{
	bool late = clock_wall_ms() - p->last_ms > LATE_DAYS * DAY_MS;
	buf_add_text(out, "<tr><th scope=\"row\">");
	page_text(out, p->name);
	buf_add_text(out, "</th><td>");
	page_text(out, last_part(p->course));
	buf_printf(out,
		"</td><td><progress max=\"%u\" value=\"%u\" aria-label=\"lessons\"></progress> %u"
		"</td><td class=\"n\">%u of %u</td><td class=\"n\">",
		most_completed(t, p->course), p->completed, p->completed, p->passed, p->evaluated);
	if (p->evaluated > 0)
		buf_printf(out, "%.0f %%", p->best * 100 / p->evaluated);
	buf_printf(out, "</td><td%s>", late ? " class=\"bad\"" : "");
	page_day(out, p->last_ms);
	buf_printf(out, "%s</td></tr>\n", late ? " (away)" : "");
}

static void add_people(struct buf *out, const struct team *t)
{
	if (t->count == 0) {
		buf_add_text(out,
			"<p>Nobody has completed or passed anything yet: <code>ropes sync "
			"join</code> begins it.</p>\n");
		return;
	}
	buf_add_text(out, "<div class=\"wide\"><table><caption>Who was away longest comes first."
			  "</caption><thead><tr><th scope=\"col\">person</th>"
			  "<th scope=\"col\">course</th><th scope=\"col\">lessons completed</th>"
			  "<th scope=\"col\" class=\"n\">evaluations passed</th>"
			  "<th scope=\"col\" class=\"n\">mean of the best</th>"
			  "<th scope=\"col\">last seen</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < t->count; i++)
		add_person(out, t, &t->people[i]);
	buf_add_text(out, "</tbody></table></div>\n");
}

static void add_question(void *data, const struct lrs_question *q)
{
	struct buf *out = data;
	buf_add_text(out, "<tr><th scope=\"row\">");
	page_text(out, q->title);
	buf_printf(out,
		"</th><td><progress max=\"1\" value=\"%.3f\" aria-label=\"mean score\"></progress> "
		"%.0f %%</td><td class=\"n\">%u</td></tr>\n",
		q->facility < 0 ? 0 : q->facility, q->facility * 100, q->answers);
}

static bool read_team(struct request *r, struct reply *a, struct team *t)
{
	cleanup_error struct error err = {0};
	if (!lrs_achievements(r->lrs, take, t, &err)) {
		reply_outcome(a, LRS_FAILED, &err);
		return false;
	}
	if (t->count > 1)
		qsort(t->people, t->count, sizeof *t->people, by_absence);
	return true;
}

void resource_board(struct request *r, struct reply *a)
{
	cleanup_buf struct buf page = {0};
	cleanup_error struct error err = {0};
	struct team team = {0};
	if (!request_takes(r, a, NULL, 0) || !read_team(r, a, &team)) {
		team_finish(&team);
		return;
	}
	page_begin(&page, &(struct page){.title = "The team", .here = "/"});
	buf_add_text(&page,
		"<h1>The team</h1><p>Lessons, evaluations and when somebody was last seen. "
		"<a href=\"/board.csv\">As a table for other programs</a></p>\n"
		"<h2>People</h2>\n");
	add_people(&page, &team);
	buf_add_text(&page, "<h2>Hardest questions</h2>\n<div class=\"wide\"><table><caption>By "
			    "the mean score of "
			    "all answers; what nobody understands comes first.</caption><thead><tr>"
			    "<th scope=\"col\">question</th><th scope=\"col\">mean score</th>"
			    "<th scope=\"col\" class=\"n\">answers</th></tr></thead><tbody>\n");
	if (lrs_questions(r->lrs, QUESTIONS_SHOWN, add_question, &page, &err)) {
		buf_add_text(&page, "</tbody></table></div>\n");
		page_end(&page);
		page_reply(a, &page);
	} else {
		reply_outcome(a, LRS_FAILED, &err);
	}
	team_finish(&team);
}

/* ---- CSV ---- */

/* RFC 4180; what a spreadsheet would take for a formula gets an apostrophe. */
static void add_cell(struct buf *out, const char *text)
{
	buf_add_char(out, '"');
	if (*text != '\0' && strchr("=+-@\t", *text) != NULL)
		buf_add_char(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_add_char(out, '"');
		buf_add_char(out, *text);
	}
	buf_add_char(out, '"');
}

static void add_row(void *data, const struct lrs_achievement *one)
{
	const char *const cells[] = {
		one->name, one->person, one->course, one->activity, one->title};
	struct buf *out = data;
	char last[TIME_TEXT_SIZE];
	time_format_iso8601(one->last_ms, last);
	for (size_t i = 0; i < ARRAY_LENGTH(cells); i++) {
		add_cell(out, cells[i]);
		buf_add_char(out, ',');
	}
	buf_printf(out, "%d,%d,%u", one->completed, one->passed, one->attempts);
	const double scores[] = {one->first, one->best, one->last};
	for (size_t i = 0; i < ARRAY_LENGTH(scores); i++) {
		buf_add_char(out, ',');
		if (scores[i] >= 0)
			buf_printf(out, "%.4g", scores[i]);
	}
	buf_printf(out, ",%s\r\n", last);
}

void resource_board_table(struct request *r, struct reply *a)
{
	cleanup_buf struct buf table = {0};
	cleanup_error struct error err = {0};
	if (!request_takes(r, a, NULL, 0))
		return;
	buf_add_text(&table,
		"name,person,course,activity,title,completed,passed,attempts,first,best,"
		"last,when\r\n");
	if (!lrs_achievements(r->lrs, add_row, &table, &err)) {
		reply_outcome(a, LRS_FAILED, &err);
		return;
	}
	reply_text(a, "text/csv; charset=utf-8", buf_text(&table), table.length);
	page_protect(a, "team.csv");
}
