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
	return column + (*column != '\0' && strchr("#~!", *column) != NULL);
}

void sift_begin(struct sift *s, const struct request *r)
{
	const char *name = s->name != NULL ? s->name : "", *dash = s->name != NULL ? "-" : "";
	s->r = r;
	(void)snprintf(s->q, sizeof s->q, "%s%sq", name, dash);
	(void)snprintf(s->sort, sizeof s->sort, "%s%ssort", name, dash);
	const char *sort = request_parameter(r, s->sort), *words = request_parameter(r, s->q);
	s->words = words != NULL ? words : "";
	s->down = sort != NULL && *sort == '-';
	s->column = SIZE_MAX;
	for (size_t i = 0; sort != NULL && s->columns[i] != NULL; i++)
		if (*s->columns[i] != '!' && text_same(column_name(s->columns[i]), sort + s->down))
			s->column = i;
}

const char *sift_number(int64_t number, char out[SIFT_NUMBER_SIZE])
{
	(void)snprintf(out, SIFT_NUMBER_SIZE, "%020lld", (long long)number);
	return out;
}

const char *sift_score(double score, char out[SIFT_NUMBER_SIZE])
{
	return sift_number(score >= 0 ? (int64_t)(score * 1000) + 1 : 0, out);
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

/* The next of the page's parameters that are not this table's; NULL: none. A form that was sent has
 * none to keep. */
static const struct pair *next_kept(const struct sift *s, size_t *i)
{
	while (s->r->method == METHOD_GET && *i < s->r->parameters.count) {
		const struct pair *p = &s->r->parameters.items[(*i)++];
		if (!text_same(p->name, s->q) && !text_same(p->name, s->sort))
			return p;
	}
	return NULL;
}

static void add_hidden(struct buf *out, const char *name, const char *value)
{
	buf_add_text(out, "<input type=\"hidden\" name=\"");
	page_text(out, name);
	buf_add_text(out, "\" value=\"");
	page_text(out, value);
	buf_add_text(out, "\">");
}

static void add_parameter(struct buf *out, const char *name, const char *value)
{
	buf_add_text(out, "&amp;");
	url_encode(out, name, "");
	buf_add_char(out, '=');
	url_encode(out, value, "");
}

void sift_write_search(const struct sift *s, struct buf *out)
{
	buf_printf(out,
		"<form method=\"get\" action=\"%s%s\" class=\"line screen\" role=\"search\" aria-label=\"Search%s%s\">",
		s->path, s->anchor != NULL ? s->anchor : "", s->name != NULL ? " " : "",
		s->name != NULL ? s->name : "");
	const struct pair *p;
	for (size_t i = 0; (p = next_kept(s, &i)) != NULL;)
		add_hidden(out, p->name, p->value);
	if (s->column != SIZE_MAX)
		add_hidden(out, s->sort, request_parameter(s->r, s->sort));
	buf_printf(out, "<label>Search<input type=\"search\" name=\"%s\" value=\"", s->q);
	page_text(out, s->words);
	buf_add_text(out, "\"></label><button class=\"plain\">Search</button></form>\n");
}

/* A link that sorts by a column, and the other way round if it does already. */
static void add_head(const struct sift *s, struct buf *out, size_t i)
{
	bool number = *s->columns[i] == '#', here = s->column == i;
	const char *name = column_name(s->columns[i]);
	const struct pair *p;
	if (*s->columns[i] == '!') {
		buf_printf(out, "<th scope=\"col\">%s</th>", name);
		return;
	}
	buf_printf(out, "<th scope=\"col\"%s%s><a href=\"%s?%s=%s", number ? " class=\"n\"" : "",
		!here     ? ""
		: s->down ? " aria-sort=\"descending\""
			  : " aria-sort=\"ascending\"",
		s->path, s->sort, here && !s->down ? "-" : "");
	url_encode(out, name, "");
	if (*s->words != '\0')
		add_parameter(out, s->q, s->words);
	for (size_t k = 0; (p = next_kept(s, &k)) != NULL;)
		add_parameter(out, p->name, p->value);
	buf_printf(out, "%s\">%s</a>%s</th>", s->anchor != NULL ? s->anchor : "", name,
		!here     ? ""
		: s->down ? "&nbsp;↓"
			  : "&nbsp;↑");
}

size_t sift_write(struct sift *s, struct buf *out, const char *caption)
{
	size_t written = 0;
	cleanup_free char *words = utf8_fold(s->words);
	if (s->count > 0 && s->column != SIZE_MAX)
		qsort(s->rows, s->count, sizeof *s->rows, compare_rows);
	buf_printf(out,
		"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table class=\"%s\"><caption>%s</caption><thead><tr>",
		caption, s->class != NULL ? s->class : "", caption);
	for (size_t i = 0; s->columns[i] != NULL; i++)
		add_head(s, out, i);
	buf_add_text(out, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < s->count; i++) {
		struct sift_row *row = &s->rows[i];
		if (has_words(row->text, words)) {
			buf_add_text(out, row->html);
			written++;
		}
	}
	tables_end(out);
	sift_finish(s);
	return written;
}

void sift_write_section(
	struct sift *s, struct buf *out, const char *id, const char *title, const char *caption)
{
	buf_printf(out, "<section id=\"%s\"><h2>%s</h2>\n", id, title);
	sift_write_search(s, out);
	buf_printf(out, "<div id=\"%s-rows\" data-live>\n", id);
	if (sift_write(s, out, caption) == 0)
		buf_add_text(out, "<p>Nothing matches.</p>\n");
	buf_add_text(out, "</div></section>\n");
}

void sift_finish(struct sift *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->rows[i].html);
		free(s->rows[i].text);
		free(s->rows[i].key);
	}
	free(s->rows);
	s->rows = NULL;
	s->count = 0;
}
