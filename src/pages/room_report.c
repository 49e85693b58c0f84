/* pages/room_report.c - the report of a workshop: a page, Markdown, CSV */
#include "page.h"
#include "room_page.h"

#include <string.h>

static void add_html_table(struct buf *out, const struct room_table *t, const char *token)
{
	buf_printf(out, "<section id=\"%s\"><h2>%s</h2>", t->name, _(t->title));
	if (t->note != NULL)
		buf_printf(out, "<p class=\"soft\">%s</p>", _(t->note));
	if (t->cells.count == 0) {
		buf_printf(out, "<p>%s</p></section>\n", _(t->nothing));
		return;
	}
	buf_printf(out,
		"<div class=\"wide\" role=\"region\" aria-label=\"%s\" tabindex=\"0\"><table><thead><tr>",
		_(t->title));
	for (size_t i = 0; i < t->column_count; i++)
		buf_printf(out, "<th scope=\"col\"%s>%s</th>",
			t->numbers[i] == 'n' ? " class=\"n\"" : "", _(t->columns[i]));
	buf_add_text(out, "</tr></thead><tbody>");
	for (size_t i = 0; i < t->cells.count; i++) {
		size_t column = i % t->column_count;
		buf_add_text(out, column == 0                 ? "<tr><th scope=\"row\">"
				  : t->numbers[column] == 'n' ? "<td class=\"n\">"
							      : "<td>");
		buf_add_text(out, "<bdi>");
		room_parts_marked(out, t->cells.items[i]);
		buf_add_text(out, column == 0 ? "</bdi></th>" : "</bdi></td>");
		buf_add_text(out, column + 1 == t->column_count ? "</tr>\n" : "");
	}
	buf_printf(out,
		"</tbody></table></div><p class=\"screen\"><a href=\"/room/report?token=%s&amp;format=csv&amp;table=%s\">%s<span class=\"unseen\">: %s</span></a></p></section>\n",
		token, t->name, _("As CSV"), _(t->title));
}

static void report_page(const char *token, const struct room_report *report, struct reply *a)
{
	cleanup_buf struct buf page = {0};
	page_begin(&page, &(struct page){.title = report->title, .style = "/room.css"});
	buf_add_text(&page, "<div class=\"report\"><h1>");
	page_text(&page, report->title);
	buf_printf(&page,
		"</h1><p class=\"screen\"><a href=\"/room/board?token=%s\">%s</a> · <a "
		"href=\"/room/report?token=%s&amp;format=md\">%s</a></p>",
		token, _("Board"), token, _("As Markdown"));
	for (size_t i = 0; i < report->facts.count; i++) {
		buf_add_text(&page, "<p>");
		page_text(&page, report->facts.items[i]);
		buf_add_text(&page, "</p>");
	}
	for (size_t i = 0; i < report->table_count; i++)
		add_html_table(&page, &report->tables[i], token);
	buf_add_text(&page, "</div>");
	page_end(&page);
	page_reply(a, &page);
}

static void report_file(const struct room_report *report, const char *ending,
	const struct buf *text, struct reply *a)
{
	bool csv = text_same(ending, "csv");
	cleanup_free char *name = xasprintf("%s.%s", report->file, ending);
	reply_text(a, csv ? "text/csv; charset=utf-8" : "text/markdown; charset=utf-8",
		buf_text(text), text->length);
	page_protect(a, name);
}

static void report_as(const char *format, const char *table, const char *token,
	const struct room_report *report, struct reply *a)
{
	cleanup_buf struct buf out = {0};
	if (text_same(format, "csv")) {
		if (room_report_csv(report, table != NULL ? table : "attendance", &out))
			report_file(report, "csv", &out, a);
		else
			reply_error(a, 404,
				"'table' must be attendance, steps, questions, answers or signals");
	} else if (text_same(format, "md")) {
		room_report_markdown(report, &out);
		report_file(report, "md", &out, a);
	} else {
		report_page(token, report, a);
	}
}

void room_report_reply(struct request *r, struct reply *a)
{
	static const char *const names[] = {"token", "format", "table"};
	cleanup_error struct error err = {0};
	const char *format = request_parameter(r, "format");
	struct room_report report;
	if (!request_takes(r, a, names, ARRAY_LENGTH(names)))
		return;
	if (format != NULL && !text_same(format, "md") && !text_same(format, "html") &&
		!text_same(format, "csv")) {
		reply_error(a, 400, "'format' must be md, csv or html");
		return;
	}
	if (text_same(format, "csv"))
		language_accept("en"); /* programs read it */
	if (!room_report(r->room, &report, &err)) {
		reply_room_outcome(a, ROOM_FAILED, &err);
		return;
	}
	report_as(format, request_parameter(r, "table"), request_parameter(r, "token"), &report, a);
	room_report_finish(&report);
}
