/* room/report_text.c - a report as CSV and as Markdown */
#include "private.h"

#include <string.h>

/* ---- CSV ---- */

bool room_report_csv(const struct room_report *report, const char *table, struct buf *out)
{
	const struct room_table *t = NULL;
	for (size_t i = 0; i < report->table_count; i++)
		if (text_same(report->tables[i].name, table))
			t = &report->tables[i];
	if (t == NULL)
		return false;
	buf_add_text(out, "\xef\xbb\xbf");
	for (size_t i = 0; i < t->column_count + t->cells.count; i++) {
		bool head = i < t->column_count;
		buf_add_csv(out, head ? t->columns[i] : t->cells.items[i - t->column_count]);
		buf_add_text(out, (i + 1) % t->column_count == 0 ? "\r\n" : ",");
	}
	return true;
}

/* ---- Markdown ---- */

/* Escapes text from people, so that it cannot act as markup or end a cell or line. */
static void add_escaped(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("\\`*_{}[]<>#|!&~", *text) != NULL)
			buf_add_char(out, '\\');
		buf_add_char(out, (unsigned char)*text < ' ' ? ' ' : *text);
	}
}

static void add_rule(struct buf *out, const struct room_table *t)
{
	buf_add_char(out, '|');
	for (size_t i = 0; i < t->column_count; i++)
		buf_add_text(out, t->numbers[i] == 'n' ? " ---: |" : " --- |");
	buf_add_char(out, '\n');
}

static void add_rows(struct buf *out, const struct room_table *t)
{
	buf_add_char(out, '|');
	for (size_t i = 0; i < t->column_count; i++)
		buf_printf(out, " %s |", _(t->columns[i]));
	buf_add_char(out, '\n');
	add_rule(out, t);
	for (size_t i = 0; i < t->cells.count; i++) {
		buf_add_text(out, i % t->column_count == 0 ? "| " : " ");
		add_escaped(out, t->cells.items[i]);
		buf_add_text(out, (i + 1) % t->column_count == 0 ? " |\n" : " |");
	}
}

void room_report_markdown(const struct room_report *report, struct buf *out)
{
	buf_add_text(out, "# ");
	add_escaped(out, report->title);
	buf_add_text(out, "\n\n");
	for (size_t i = 0; i < report->facts.count; i++)
		buf_printf(out, "%s\n", report->facts.items[i]);
	for (size_t i = 0; i < report->table_count; i++) {
		const struct room_table *t = &report->tables[i];
		buf_printf(out, "\n## %s\n\n", _(t->title));
		if (t->note != NULL)
			buf_printf(out, "%s\n\n", _(t->note));
		if (t->cells.count > 0)
			add_rows(out, t);
		else
			buf_printf(out, "%s\n", _(t->nothing));
	}
}
