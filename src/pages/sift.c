/* pages/sift.c - searches and sorts the rows of a table, and shows a page of them */
#include "sift.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sift_row {
	char *html, *text, *key; /* text: folded, to search; html NULL: its source draws it */
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
	(void)snprintf(s->page, sizeof s->page, "%s%spage", name, dash);
	const char *sort = request_parameter(r, s->sort), *words = request_parameter(r, s->q);
	const char *page = request_parameter(r, s->page);
	long long number = 1;
	s->number = page != NULL && text_number(page, 1, INT32_MAX, &number) ? (unsigned)number : 1;
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

/* What is not UTF-8 is compared as it is. The caller frees it. */
static char *fold_text(const char *text)
{
	char *folded = utf8_fold(text);
	return folded != NULL ? folded : xstrdup(text);
}

/* Adds a value to the text that is searched: each on a line of its own, since most values are
 * ASCII, which is folded quickly. */
static void add_folded(struct buf *out, const char *value)
{
	cleanup_free char *folded = fold_text(value);
	buf_add_text(out, folded);
	buf_add_char(out, '\n');
}

static struct sift_row *add_row(struct sift *s, size_t place, const char *key)
{
	s->rows = array_grow(s->rows, s->count, sizeof *s->rows);
	s->rows[s->count] = (struct sift_row){
		.key = key != NULL ? fold_text(key) : NULL, .place = place, .down = s->down};
	return &s->rows[s->count++];
}

/* Whether the words of the column are searched: they are if it has no mark. */
static bool is_searched(const struct sift *s, size_t column)
{
	return column_name(s->columns[column]) == s->columns[column];
}

void sift_add(struct sift *s, const char *html, const char *const *values)
{
	cleanup_buf struct buf text = {0};
	for (size_t i = 0; s->columns[i] != NULL; i++)
		if (is_searched(s, i))
			add_folded(&text, values[i]);
	struct sift_row *row =
		add_row(s, s->count, s->column != SIZE_MAX ? values[s->column] : NULL);
	row->html = xstrdup(html);
	row->text = buf_steal(&text);
}

static int compare_rows(const void *a, const void *b)
{
	const struct sift_row *x = a, *y = b;
	int order = strcmp(x->key, y->key);
	if (order == 0)
		return (x->place > y->place) - (x->place < y->place);
	return x->down ? -order : order;
}

static bool has_words(const char *text, const struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		if (strstr(text, words->items[i]) == NULL)
			return false;
	return true;
}

/* Splits what was typed, as rows are folded. */
static void split_words(const char *typed, struct words *ret)
{
	cleanup_free char *folded = fold_text(typed);
	for (const char *at = folded + strspn(folded, " "); *at != '\0'; at += strspn(at, " ")) {
		size_t length = strcspn(at, " ");
		cleanup_free char *word = xstrndup(at, length);
		words_add(ret, word);
		at += length;
	}
}

/* The next of the page's parameters that are not this table's; NULL: none. A form that was sent has
 * none to keep. */
static const struct pair *next_kept(const struct sift *s, size_t *i)
{
	while (s->r->method == METHOD_GET && *i < s->r->parameters.count) {
		const struct pair *p = &s->r->parameters.items[(*i)++];
		if (!text_same(p->name, s->q) && !text_same(p->name, s->sort) &&
			!text_same(p->name, s->page))
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
		"<form method=\"get\" action=\"%s%s\" class=\"line screen\" role=\"search\" aria-label=\"",
		s->path, s->anchor != NULL ? s->anchor : "");
	/* po: %s is the name of a table, "invitations" */
	if (s->name != NULL)
		buf_printf(out, _("Search %s"), _(s->name));
	else
		buf_add_text(out, _("Search"));
	buf_add_text(out, "\">");
	const struct pair *p;
	for (size_t i = 0; (p = next_kept(s, &i)) != NULL;)
		add_hidden(out, p->name, p->value);
	if (s->column != SIZE_MAX)
		add_hidden(out, s->sort, request_parameter(s->r, s->sort));
	buf_printf(out, "<label>%s<input type=\"search\" name=\"%s\" value=\"", _("Search"), s->q);
	page_text(out, s->words);
	buf_printf(out, "\"></label><button class=\"plain\">%s</button></form>\n", _("Search"));
}

/* A link that sorts by a column, and the other way round if it does already. */
static void add_head(const struct sift *s, struct buf *out, size_t i)
{
	bool number = *s->columns[i] == '#', here = s->column == i;
	const char *name = column_name(s->columns[i]);
	const struct pair *p;
	if (*s->columns[i] == '!') {
		buf_printf(out, "<th scope=\"col\">%s</th>", _(name));
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
	buf_printf(out, "%s\">%s</a>%s</th>", s->anchor != NULL ? s->anchor : "", _(name),
		!here     ? ""
		: s->down ? "&nbsp;↓"
			  : "&nbsp;↑");
}

static void free_row(struct sift_row *row)
{
	free(row->html);
	free(row->text);
	free(row->key);
}

/* Keeps the rows that contain all words. */
static void search_rows(struct sift *s, const struct words *words)
{
	size_t kept = 0;
	for (size_t i = 0; i < s->count; i++)
		if (has_words(s->rows[i].text, words))
			s->rows[kept++] = s->rows[i];
		else
			free_row(&s->rows[i]);
	s->count = kept;
}

static void search_source(
	struct sift *s, const struct sift_source *source, const struct words *words)
{
	cleanup_buf struct buf text = {0};
	char number[SIFT_NUMBER_SIZE];
	for (size_t row = 0; row < source->count; row++) {
		buf_truncate(&text, 0);
		for (size_t i = 0; words->count > 0 && s->columns[i] != NULL; i++)
			if (is_searched(s, i))
				add_folded(&text, source->value(source->data, row, i, number));
		if (has_words(buf_text(&text), words))
			(void)add_row(s, row,
				s->column != SIZE_MAX
					? source->value(source->data, row, s->column, number)
					: NULL);
	}
}

static void add_turn(const struct sift *s, struct buf *out, size_t number, const char *name)
{
	const struct pair *p;
	buf_printf(out, " <a href=\"%s?%s=%zu", s->path, s->page, number);
	if (s->column != SIZE_MAX)
		add_parameter(out, s->sort, request_parameter(s->r, s->sort));
	if (*s->words != '\0')
		add_parameter(out, s->q, s->words);
	for (size_t k = 0; (p = next_kept(s, &k)) != NULL;)
		add_parameter(out, p->name, p->value);
	buf_printf(out, "%s\">%s</a>", s->anchor != NULL ? s->anchor : "", name);
}

/* The links to the pages before and after it. */
static void add_turns(const struct sift *s, struct buf *out, size_t number, size_t pages)
{
	size_t first = (number - 1) * SIFT_ROWS + 1, last = number * SIFT_ROWS;
	if (pages <= 1)
		return;
	buf_add_text(out, "<p class=\"turns\">");
	buf_printf(
		out, _("%zu to %zu of %zu."), first, last < s->count ? last : s->count, s->count);
	if (number > 1) {
		add_turn(s, out, 1, _("First"));
		add_turn(s, out, number - 1, _("Previous"));
	}
	if (number < pages) {
		add_turn(s, out, number + 1, _("Next"));
		add_turn(s, out, pages, _("Last"));
	}
	buf_add_text(out, "</p>\n");
}

static size_t write_page(
	struct sift *s, struct buf *out, const char *caption, const struct sift_source *source)
{
	size_t count = s->count, pages = count > 0 ? (count - 1) / SIFT_ROWS + 1 : 1;
	size_t number = s->number < pages ? s->number : pages;
	if (count > 0 && s->column != SIZE_MAX)
		qsort(s->rows, count, sizeof *s->rows, compare_rows);
	buf_printf(out,
		"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table class=\"%s\"><caption>%s</caption><thead><tr>",
		caption, s->class != NULL ? s->class : "", caption);
	for (size_t i = 0; s->columns[i] != NULL; i++)
		add_head(s, out, i);
	buf_add_text(out, "</tr></thead><tbody>\n");
	for (size_t i = (number - 1) * SIFT_ROWS; i < count && i < number * SIFT_ROWS; i++)
		if (s->rows[i].html != NULL)
			buf_add_text(out, s->rows[i].html);
		else
			source->draw(source->data, s->rows[i].place, out);
	tables_end(out);
	add_turns(s, out, number, pages);
	sift_finish(s);
	return count;
}

size_t sift_write(
	struct sift *s, struct buf *out, const char *caption, const struct sift_source *source)
{
	cleanup_words struct words words = {0};
	split_words(s->words, &words);
	if (source != NULL)
		search_source(s, source, &words);
	else
		search_rows(s, &words);
	return write_page(s, out, caption, source);
}

void sift_write_section(struct sift *s, struct buf *out, const char *id, const char *title,
	const char *caption, const struct sift_source *source)
{
	buf_printf(out, "<section id=\"%s\"><h2>%s</h2>\n", id, title);
	sift_write_search(s, out);
	buf_printf(out, "<div id=\"%s-rows\" data-live>\n", id);
	if (sift_write(s, out, caption, source) == 0)
		buf_printf(out, "<p>%s</p>\n", _("Nothing matches."));
	buf_add_text(out, "</div></section>\n");
}

void sift_finish(struct sift *s)
{
	for (size_t i = 0; i < s->count; i++)
		free_row(&s->rows[i]);
	free(s->rows);
	s->rows = NULL;
	s->count = 0;
}
