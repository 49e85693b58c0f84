/* note/html.c - reads the text of a block of HTML, as READMEs and exports contain it; drops tags
 * that only affect the layout, as every viewer does */
#include "html.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct page {
	struct walker *w;
	bool document; /* headings here are headings of the note */
	int line;
	struct note_span *spans; /* of the paragraph under construction */
	size_t count;
	struct buf text; /* of the span under construction */
	unsigned style;
	unsigned heading; /* level of the open heading; 0: none */
	bool topic;       /* within <summary> */
	bool item;        /* after <li> */
	size_t link;
	struct note_row *rows; /* of the open table */
	size_t row_count;
	bool table;
	bool blank;          /* the text so far is empty or ends with a blank */
	const char *no_tags; /* after the last '>': no tag ends there */
};

/* ---- text ---- */

static void end_span(struct page *p)
{
	if (p->text.length == 0)
		return;
	p->spans = arena_grow(blocks_arena(p->w), p->spans, p->count, sizeof *p->spans);
	p->spans[p->count++] = (struct note_span){
		.style = p->style,
		.text = arena_strndup(blocks_arena(p->w), buf_text(&p->text), p->text.length),
		.link = p->link,
	};
	p->blank = isspace((unsigned char)p->text.data[p->text.length - 1]);
	buf_truncate(&p->text, 0);
}

static bool ends_blank(const struct page *p)
{
	if (p->text.length > 0)
		return isspace((unsigned char)p->text.data[p->text.length - 1]);
	return p->blank;
}

/* White space collapses to one blank, as in browsers. */
static void add_html_words(struct page *p, const char *text, size_t length)
{
	cleanup_buf struct buf words = {0};
	html_tags_add_text(&words, text, length);
	for (size_t i = 0; i < words.length; i++) {
		char c = words.data[i];
		if (!isspace((unsigned char)c))
			buf_add_char(&p->text, c);
		else if (!ends_blank(p))
			buf_add_char(&p->text, ' ');
	}
}

/* Returns the spans so far, without trailing blanks. */
static struct note_text take_text(struct page *p)
{
	while (p->text.length > 0 && isspace((unsigned char)p->text.data[p->text.length - 1]))
		buf_truncate(&p->text, p->text.length - 1);
	end_span(p);
	struct note_text text = {.spans = p->spans, .count = p->count};
	p->spans = NULL;
	p->count = 0;
	p->blank = true;
	return text;
}

/* ---- blocks ---- */

static void add_table_cell(struct page *p)
{
	struct note_row *row = p->row_count > 0 ? &p->rows[p->row_count - 1] : NULL;
	struct note_text text = take_text(p);
	if (row == NULL)
		return;
	struct note_text *cells = (struct note_text *)row->cells; /* still writable */
	cells = arena_grow(blocks_arena(p->w), cells, row->count, sizeof *cells);
	cells[row->count++] = text;
	row->cells = cells;
}

static void end_paragraph(struct page *p)
{
	if (p->table)
		return;
	struct note_text text = take_text(p);
	bool item = p->item && text.count > 0;
	if (text.count == 0)
		return;
	p->item = false;
	if (p->heading > 0) {
		blocks_add_heading(p->w, p->heading, &text, p->line);
		return;
	}
	bool topic = p->topic && p->w->list_count == 0 && p->w->quote_count == 0;
	if (!topic && prose_take_code(p->w, &text, p->line))
		return;
	struct note_block *b =
		blocks_add(p->w, topic ? NOTE_TOPIC : NOTE_PARAGRAPH, p->line, p->line);
	b->text = text;
	b->marker = item ? "•" : b->marker;
	b->list_depth += item;
	if (!topic)
		prose_add_code(p->w, &text, item, p->line);
}

static void add_media(
	struct page *p, const char *tag, enum note_block_kind kind, enum note_link_kind link)
{
	size_t length, words = 0;
	const char *address = html_tags_attribute(tag, "src", &length);
	if (address == NULL)
		return;
	const char *title = html_tags_attribute(tag, "title", &words);
	if (title == NULL)
		title = html_tags_attribute(tag, "alt", &words);
	cleanup_free char *url = xstrndup(address, length);
	cleanup_free char *name = title != NULL ? xstrndup(title, words) : xstrdup("");
	size_t number = spans_add_link(p->w->reader, p->w->section, link, url, name, p->line);
	if (p->table) {
		end_span(p);
		p->link = number;
		buf_printf(&p->text, "🖼 %s", name);
		end_span(p);
		p->link = 0;
		return;
	}
	if (p->heading == 0)
		end_paragraph(p);
	struct note_block *b = blocks_add(p->w, kind, p->line, p->line);
	b->text = spans_plain(p->w->reader, name);
	b->link = number;
}

static void add_html_table(struct page *p)
{
	size_t cells = 0;
	p->table = false;
	for (size_t i = 0; i < p->row_count; i++)
		cells += p->rows[i].count;
	if (cells == 0) /* its content is Markdown and follows */
		p->row_count = 0;
	if (p->row_count == 0)
		return;
	struct note_block *b = blocks_add(p->w, NOTE_TABLE, p->line, p->line);
	b->rows = p->rows;
	b->row_count = p->row_count;
	prose_add_table(p->w, p->rows, p->row_count, p->line, 0);
	p->rows = NULL;
	p->row_count = 0;
}

static void begin_row(struct page *p)
{
	p->rows = arena_grow(blocks_arena(p->w), p->rows, p->row_count, sizeof *p->rows);
	p->rows[p->row_count++] = (struct note_row){.cells = NULL};
}

/* ---- effects of tags ---- */

static void change_style(struct page *p, unsigned style, bool close)
{
	end_span(p);
	p->style = close ? p->style & ~style : p->style | style;
}

static void change_link(struct page *p, const char *tag, bool close)
{
	size_t length;
	const char *address = close ? NULL : html_tags_attribute(tag, "href", &length);
	end_span(p);
	p->link = 0;
	if (address == NULL || p->heading > 0)
		return;
	cleanup_free char *url = xstrndup(address, length);
	p->link = spans_add_link(p->w->reader, p->w->section, NOTE_LINK_PAGE, url, "", p->line);
}

static void change_heading(struct page *p, unsigned level, bool close)
{
	end_paragraph(p);
	p->heading = close || !p->document ? 0 : level;
	p->style = close || p->document ? NOTE_PLAIN : NOTE_STRONG;
}

static void change_table(struct page *p, bool close)
{
	if (close) {
		add_html_table(p);
	} else {
		end_paragraph(p);
		p->table = true;
	}
}

static bool take_table_tag(struct page *p, const char *tag, bool close)
{
	bool cell = html_tags_match(tag, "td") || html_tags_match(tag, "th");
	if (html_tags_match(tag, "table"))
		change_table(p, close);
	else if (p->table && html_tags_match(tag, "tr") && !close)
		begin_row(p);
	else if (p->table && cell && close)
		add_table_cell(p);
	else if (p->table && cell)
		(void)take_text(p); /* blanks between cells */
	else
		return false;
	return true;
}

/* Tags that begin a new paragraph. */
static const char *const breaking[] = {"p", "div", "ul", "ol", "dl", "dt", "dd", "blockquote",
	"details", "section", "figure", "figcaption", "center", "tr", "header", "footer"};

static void take_block_tag(struct page *p, const char *tag, bool close)
{
	size_t length;
	const char *label = html_tags_match(tag, "TabItem") || html_tags_match(tag, "Tab")
				    ? html_tags_attribute(tag, "label", &length)
				    : NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(breaking); i++)
		if (html_tags_match(tag, breaking[i]))
			end_paragraph(p);
	if (html_tags_match(tag, "summary") || label != NULL) {
		end_paragraph(p);
		p->topic = !close;
	}
	if (label != NULL) {
		add_html_words(p, label, length);
		end_paragraph(p);
		p->topic = false;
	}
	if (html_tags_match(tag, "li")) {
		end_paragraph(p);
		p->item = !close;
	}
	if (html_tags_match(tag, "td") ||
		html_tags_match(tag, "th")) /* part of a table with Markdown in it */
		add_html_words(p, " ", 1);
	if (html_tags_match(tag, "hr")) {
		end_paragraph(p);
		blocks_add(p->w, NOTE_RULE, p->line, p->line);
	}
	if (html_tags_match(tag, "br") && (p->text.length > 0 || p->count > 0))
		buf_add_char(&p->text, '\n');
}

/* ---- elements read as a whole ---- */

static const char *end_of(const char *html, const char *name)
{
	cleanup_free char *close = xasprintf("</%s", name);
	const char *end = strcasestr(html, close);
	return end != NULL ? end : html + strlen(html);
}

/* <pre>: code, with the language that a <code class="language-…"> names. */
static const char *take_code(struct page *p, const char *html)
{
	const char *start = html + strcspn(html, ">"), *end = end_of(html, "pre");
	start += *start == '>';
	size_t length = 0;
	cleanup_free char *tags = xstrndup(html, (size_t)(end - html)); /* <pre> and <code> */
	const char *class = html_tags_attribute(tags, "class", &length);
	const char *word = class != NULL ? strstr(class, "language-") : NULL;
	cleanup_free char *language = word != NULL && word < class + length
					      ? xstrndup(word + 9, strcspn(word + 9, " \"'"))
					      : xstrdup("");
	cleanup_buf struct buf code = {0};
	while (start < end) {
		size_t run = strcspn(start, "<");
		run = run < (size_t)(end - start) ? run : (size_t)(end - start);
		html_tags_add_text(&code, start, run);
		start += run;
		bool tag = start < end && (isalpha((unsigned char)start[1]) || start[1] == '/');
		if (start < end && !tag)
			buf_add_char(&code, '<');
		start += start == end ? 0 : tag ? strcspn(start, ">") + 1 : 1;
	}
	end_paragraph(p);
	size_t blank = strspn(buf_text(&code), "\n"), name_length = 0;
	const char *name = html_tags_attribute(tags, "data-filename", &name_length);
	cleanup_free char *file = name != NULL ? xstrndup(name, name_length) : NULL;
	if (file != NULL && files_is_name(file))
		code_add_file(p->w, buf_text(&code) + blank, file, p->line + (int)blank);
	else
		code_add(p->w, buf_text(&code) + blank, language, p->line + (int)blank);
	return end;
}

static const char *skip_whole(struct page *p, const char *html, const char *name)
{
	reader_add_problem(p->w->reader, p->line, false, _("<%s> is left out"), name);
	return end_of(html, name);
}

/* Elements whose content is not text for the reader. */
static const char *take_whole(struct page *p, const char *html)
{
	static const char *const unread[] = {"script", "style", "svg"};
	if (html[1] == '/')
		return NULL;
	if (html_tags_match(html, "pre"))
		return take_code(p, html);
	for (size_t i = 0; i < ARRAY_LENGTH(unread); i++)
		if (html_tags_match(html, unread[i]))
			return skip_whole(p, html, unread[i]);
	return NULL;
}

static void take_tag(struct page *p, const char *html, size_t length)
{
	cleanup_free char *tag = xstrndup(html, length);
	bool close = tag[1] == '/';
	const char *name = tag + 1 + close;
	unsigned style = html_tags_style(tag);
	bool heading = tolower((unsigned char)name[0]) == 'h' && name[1] >= '1' && name[1] <= '6' &&
		       !isalnum((unsigned char)name[2]);
	if (style != NOTE_PLAIN)
		change_style(p, style, close);
	else if (html_tags_match(tag, "a"))
		change_link(p, tag, close);
	else if (html_tags_match(tag, "img"))
		add_media(p, tag, NOTE_PICTURE, NOTE_LINK_PICTURE);
	else if (html_tags_match(tag, "iframe") || html_tags_match(tag, "video"))
		add_media(p, tag, NOTE_FILM, NOTE_LINK_FILM);
	else if (take_table_tag(p, tag, close))
		return;
	else if (heading)
		change_heading(p, (unsigned)(name[1] - '0'), close);
	else if (html_tags_is_silent(tag) || html_tags_is_component(tag))
		take_block_tag(p, tag, close);
	else
		buf_add_text(&p->text, tag); /* not a known tag: ordinary text */
}

/* Returns the length of a tag or comment at html; 0: the '<' is an ordinary character. */
static size_t tag_length(const struct page *p, const char *html)
{
	if (text_starts(html, "<!--")) {
		const char *end = strstr(html, "-->");
		return end != NULL ? (size_t)(end - html) + 3 : strlen(html);
	}
	if (!isalpha((unsigned char)html[1]) && html[1] != '/' && html[1] != '!')
		return 0;
	return html < p->no_tags ? strcspn(html, ">") + 1 : 0;
}

static const char *take_piece(struct page *p, const char *html)
{
	size_t length = *html == '<' ? tag_length(p, html) : 0;
	const char *behind = length > 0 ? take_whole(p, html) : NULL;
	if (behind != NULL)
		return behind;
	if (length > 0) {
		if (html[1] != '!')
			take_tag(p, html, length);
		return html + length;
	}
	length = *html == '<' ? 1 : strcspn(html, "<");
	add_html_words(p, html, length);
	return html + length;
}

void html_read(struct walker *w, const char *html, int line, bool document)
{
	const char *last = strrchr(html, '>');
	struct page p = {
		.w = w,
		.document = document,
		.line = line,
		.blank = true,
		.no_tags = last != NULL ? last : html,
	};
	while (*html != '\0') {
		const char *behind = take_piece(&p, html);
		for (; html < behind; html++)
			p.line += *html == '\n';
	}
	if (p.table) {
		p.table = false;
		add_html_table(&p);
	}
	end_paragraph(&p);
	buf_finish(&p.text);
}
