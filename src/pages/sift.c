/* pages/sift.c - searches and sorts the rows of a table */
#include "sift.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sift_row {
	char *html, *text, *key; /* text: folded, to search */
	size_t place;
	bool down;
};

/* The name of a column without its mark. */
static const char *column_name(const char *column)
{
	return column + (*column == '#' || *column == '~');
}

void sift_begin(struct sift *s, const struct request *r)
{
	const char *sort = request_parameter(r, "sort"), *words = request_parameter(r, "q");
	s->words = words != NULL ? words : "";
	s->down = sort != NULL && *sort == '-';
	s->column = SIZE_MAX;
	for (size_t i = 0; sort != NULL && s->columns[i] != NULL; i++)
		if (text_same(column_name(s->columns[i]), sort + s->down))
			s->column = i;
}

const char *sift_number(int64_t number, char out[SIFT_NUMBER_SIZE])
{
	(void)snprintf(out, SIFT_NUMBER_SIZE, "%020lld", (long long)number);
	return out;
}

void sift_add(struct sift *s, const char *html, const char *const *values)
{
	cleanup_buf struct buf text = {0};
	for (size_t i = 0; s->columns[i] != NULL; i++)
		if (column_name(s->columns[i]) == s->columns[i])
			buf_printf(&text, "%s\n", values[i]);
	s->rows = array_grow(s->rows, s->count, sizeof *s->rows);
	s->rows[s->count] = (struct sift_row){
		.html = xstrdup(html),
		.text = utf8_fold(buf_text(&text)),
		.key = s->column != SIZE_MAX ? utf8_fold(values[s->column]) : xstrdup(""),
		.place = s->count,
		.down = s->down,
	};
	s->count++;
}

static int compare_rows(const void *a, const void *b)
{
	const struct sift_row *x = a, *y = b;
	int order = strcmp(x->key, y->key);
	if (order == 0)
		return (x->place > y->place) - (x->place < y->place);
	return x->down ? -order : order;
}

static bool has_words(const char *text, const char *words)
{
	for (const char *at = words; *at != '\0';) {
		at += strspn(at, " ");
		size_t length = strcspn(at, " ");
		cleanup_free char *word = xstrndup(at, length);
		if (strstr(text, word) == NULL)
			return false;
		at += length;
	}
	return true;
}

static void add_kept(const struct sift *s, struct buf *out)
{
	if (s->kept == NULL)
		return;
	buf_printf(out, "<input type=\"hidden\" name=\"%s\" value=\"", s->kept_name);
	page_text(out, s->kept);
	buf_add_text(out, "\">");
}

void sift_write_search(const struct sift *s, struct buf *out)
{
	buf_printf(out,
		"<form method=\"get\" action=\"%s%s\" class=\"line screen\" role=\"search\">",
		s->path, s->anchor != NULL ? s->anchor : "");
	add_kept(s, out);
	if (s->column != SIZE_MAX)
		buf_printf(out, "<input type=\"hidden\" name=\"sort\" value=\"%s%s\">",
			s->down ? "-" : "", column_name(s->columns[s->column]));
	buf_add_text(out, "<label>Search<input type=\"search\" name=\"q\" value=\"");
	page_text(out, s->words);
	buf_add_text(out, "\"></label><button class=\"plain\">Search</button></form>\n");
}

/* A link that sorts by a column, and the other way round if it does already. */
static void add_head(const struct sift *s, struct buf *out, size_t i)
{
	bool number = *s->columns[i] == '#', here = s->column == i;
	const char *name = column_name(s->columns[i]);
	buf_printf(out, "<th scope=\"col\"%s%s><a href=\"%s?sort=%s", number ? " class=\"n\"" : "",
		!here     ? ""
		: s->down ? " aria-sort=\"descending\""
			  : " aria-sort=\"ascending\"",
		s->path, here && !s->down ? "-" : "");
	url_encode(out, name, "");
	if (*s->words != '\0') {
		buf_add_text(out, "&amp;q=");
		url_encode(out, s->words, "");
	}
	if (s->kept != NULL) {
		buf_printf(out, "&amp;%s=", s->kept_name);
		url_encode(out, s->kept, "");
	}
	buf_printf(out, "%s\">%s</a>%s</th>", s->anchor != NULL ? s->anchor : "", name,
		!here     ? ""
		: s->down ? " ↓"
			  : " ↑");
}

size_t sift_write(struct sift *s, struct buf *out, const char *caption)
{
	size_t written = 0;
	cleanup_free char *words = utf8_fold(s->words);
	if (s->count > 0 && s->column != SIZE_MAX)
		qsort(s->rows, s->count, sizeof *s->rows, compare_rows);
	buf_printf(out,
		"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table><caption>%s</caption><thead><tr>",
		caption, caption);
	for (size_t i = 0; s->columns[i] != NULL; i++)
		add_head(s, out, i);
	buf_add_text(out, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < s->count; i++) {
		struct sift_row *row = &s->rows[i];
		if (has_words(row->text, words)) {
			buf_add_text(out, row->html);
			written++;
		}
		free(row->html);
		free(row->text);
		free(row->key);
	}
	tables_end(out);
	free(s->rows);
	s->rows = NULL;
	s->count = 0;
	return written;
}
