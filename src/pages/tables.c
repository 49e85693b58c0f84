/* pages/tables.c - parts shared by several pages of the team */
#include "tables.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void tables_add_score(struct buf *out, double score)
{
	if (score < 0 || isnan(score))
		buf_add_text(out, "<td class=\"n\">–</td>");
	else
		buf_printf(out, "<td class=\"n\">%.0f %%</td>", score * 100);
}

void tables_add_number(struct buf *out, const char *format, ...)
{
	va_list args;
	buf_add_text(out, "<td class=\"n\">");
	va_start(args, format);
	buf_vprintf(out, format, args);
	va_end(args);
	buf_add_text(out, "</td>");
}

void tables_add_progress(struct buf *out, const char *what, unsigned done, unsigned all)
{
	buf_printf(out, "<td><progress max=\"%u\" value=\"%u\" aria-label=\"%s\"></progress> ",
		all > 0 ? all : 1, done, _(what));
	buf_printf(out, _("%u of %u"), done, all);
	buf_add_text(out, "</td>");
}

void tables_add_minutes(struct buf *out, int64_t ms)
{
	cleanup_buf struct buf text = {0};
	text_duration(&text, ms);
	tables_add_number(out, "%s", ms > 0 ? buf_text(&text) : "–");
}

const char *tables_account(const char *key)
{
	static const char mail[] = "mbox mailto:";
	const char *last = strrchr(key, ' ');
	return text_starts(key, mail) ? key + strlen(mail) : last != NULL ? last + 1 : "";
}

void tables_begin(struct buf *out, const char *caption, const char *const *columns)
{
	buf_add_text(out, "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"");
	page_text(out, _(caption));
	buf_add_text(out, "\"><table><caption>");
	page_text(out, _(caption));
	buf_add_text(out, "</caption><thead><tr>");
	for (; *columns != NULL; columns++) {
		bool right = **columns == '#';
		buf_printf(out, "<th scope=\"col\"%s>", right ? " class=\"n\"" : "");
		page_text(out, _(*columns + right));
		buf_add_text(out, "</th>");
	}
	buf_add_text(out, "</tr></thead><tbody>\n");
}

void tables_end(struct buf *out)
{
	buf_add_text(out, "</tbody></table></div>\n");
}

void tables_add_tile(struct buf *out, const char *what, const char *format, ...)
{
	va_list args;
	buf_add_text(out, "<li><b>");
	va_start(args, format);
	buf_vprintf(out, format, args);
	va_end(args);
	buf_printf(out, "</b> <span>%s</span></li>", _(what));
}

void tables_add_link(struct buf *out, const char *address, const char *value, const char *text)
{
	buf_printf(out, "<a href=\"%s", address);
	url_encode(out, value, "");
	buf_add_text(out, "\">");
	page_text(out, text);
	buf_add_text(out, "</a>");
}

void tables_add_link_number(struct buf *out, const char *address, int64_t number, const char *text)
{
	cleanup_free char *value = xasprintf("%lld", (long long)number);
	tables_add_link(out, address, value, text);
}

/* ---- days ---- */

static void take_day(void *data, const struct tracker_day *day)
{
	struct chart_days *days = data;
	int64_t at = day->day - (days->last_day - (int64_t)days->count + 1);
	/* show something even for activity without duration, such as one answer */
	double minutes = (double)day->time_ms / 60000;
	if (at >= 0 && at < (int64_t)days->count)
		days->values[at] = minutes > 0.5 ? minutes : 0.5;
}

bool tables_add_pictures(
	struct request *r, struct buf *out, int64_t team, int64_t person, struct error *err)
{
	struct chart_days days = {
		.count = (size_t)WEEKS_SHOWN * 7, .last_day = clock_wall_ms() / DAY_MS};
	if (!tracker_days(r->tracker, team, person, days.last_day - (int64_t)days.count + 1,
		    take_day, &days, err))
		return false;
	buf_printf(out, "<section id=\"trend\" data-live><h2>%s</h2>\n<div class=\"columns\">",
		_("The last three months"));
	chart_trend(out, &days, _("Minutes on task, by week"));
	chart_heat(out, &days, _("Minutes on task, by day"));
	buf_add_text(out, "</div></section>\n");
	return true;
}

/* ---- questions ---- */

struct listing {
	struct buf *out;
	bool whole; /* whole: of one course, with statistics */
	unsigned rows, sample;
};

static void add_discrimination(struct buf *out, double ratio)
{
	cleanup_free char *number = xasprintf("%.2f", ratio);
	cleanup_buf struct buf text = {0};
	text_decimal(&text, number);
	tables_add_number(out, "%s", buf_text(&text));
}

static void add_item_row(void *data, const struct tracker_item *item)
{
	struct listing *l = data;
	bool hard = item->facility < 0.5;
	l->rows++;
	l->sample = item->sample;
	buf_add_text(l->out, "<tr><th scope=\"row\">");
	page_text(l->out, item->title);
	buf_add_text(l->out, "</th>");
	if (!l->whole) {
		buf_add_text(l->out, "<td>");
		page_text(l->out, item->course_title);
		buf_add_text(l->out, "</td>");
	}
	buf_printf(l->out,
		"<td><progress max=\"1\" value=\"%.3f\" aria-label=\"%s\"></progress> "
		"<span%s>%.0f %%</span></td>",
		item->facility, _("mean of the first answers"), hard ? " class=\"bad\"" : "",
		item->facility * 100);
	tables_add_score(l->out, item->last);
	if (l->whole && !isnan(item->discrimination))
		add_discrimination(l->out, item->discrimination);
	else if (l->whole)
		tables_add_number(l->out, "–");
	tables_add_number(l->out, "%u", item->people);
	buf_add_text(l->out, "</tr>\n");
}

bool tables_add_items(struct request *r, struct buf *out, int64_t team, int64_t course,
	unsigned max, struct error *err)
{
	static const char *const all[] = {N_("question"), N_("course"), N_("correct on first try"),
		"#" N_("on latest try"), "#" N_("people"), NULL};
	static const char *const one[] = {N_("question"), N_("correct on first try"),
		"#" N_("on latest try"), "#" N_("discrimination"), "#" N_("people"), NULL};
	cleanup_buf struct buf rows = {0};
	struct listing l = {&rows, course > 0, 0, 0};
	if (!tracker_items(r->tracker, team, course, max, add_item_row, &l, err))
		return false;
	if (l.rows == 0) {
		buf_printf(out, "<p>%s</p>\n", _("No question has been answered yet."));
		return true;
	}
	tables_begin(out, "By average score of everyone's first answers, lowest first",
		l.whole ? one : all);
	buf_add(out, buf_text(&rows), rows.length);
	tables_end(out);
	if (l.sample > 0) {
		buf_add_text(out, "<p>");
		buf_printf(out,
			language_plural(
				"Discrimination is estimated from a sample of %u person; the other columns count everyone.",
				"Discrimination is estimated from a sample of %u people; the other columns count everyone.",
				l.sample),
			l.sample);
		buf_add_text(out, "</p>\n");
	}
	return true;
}

/* ---- the rest ---- */

void tables_add_state(struct request *r, struct buf *out)
{
	cleanup_free char *why = NULL;
	int64_t since = ingest_problem(r->ingest, &why);
	if (since == 0)
		return;
	char text[TIME_TEXT_SIZE];
	cleanup_buf struct buf day = {0};
	cleanup_free char *reason = page_escape(why);
	time_format_iso8601(since, text);
	text_date(&day, since);
	buf_add_text(out, "<p class=\"note\" role=\"status\">");
	/* po: a date, a time, and why */
	buf_printf(out, _("Nothing new since %s %.5s UTC: %s"), buf_text(&day), text + 11, reason);
	buf_add_text(out, "</p>\n");
}

void tables_begin_form(struct request *r, struct buf *out, const char *action, const char *class)
{
	cleanup_free char *token = access_token(r);
	buf_printf(out,
		"<form method=\"post\" action=\"%s\" class=\"%s\">"
		"<input type=\"hidden\" name=\"token\" value=\"%s\">",
		action, class, token);
}
