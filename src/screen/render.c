/* screen/render.c - draws the blocks of a note: paragraphs, lists, quotes, callouts, code,
 * pictures, tables */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define UNBROKEN (1U << 20) /* columns that no line has */

static const struct {
	const char *title;
	unsigned look;
} callouts[NOTE_ICON_COUNT] = {
	[NOTE_ICON_WARNING] = {N_("Warning"), LOOK_YELLOW},
	[NOTE_ICON_NOTE] = {N_("Note"), LOOK_BLUE},
	[NOTE_ICON_VERSION] = {N_("Version"), LOOK_GREEN},
	[NOTE_ICON_KNOWLEDGE] = {N_("Did you know?"), LOOK_MAGENTA},
	[NOTE_ICON_LINKS] = {N_("Links"), LOOK_BLUE},
	[NOTE_ICON_OBJECTIVE] = {N_("Objective"), LOOK_BLUE},
	[NOTE_ICON_EVALUATION] = {N_("Your turn"), LOOK_MAGENTA},
	[NOTE_ICON_TIP] = {N_("Tip"), LOOK_GREEN},
};

/* ---- spans ---- */

static unsigned look_of_span(const struct screen *s, const struct note_span *span)
{
	unsigned look = 0;
	look |= span->style & NOTE_STRONG ? LOOK_BOLD : 0;
	look |= span->style & NOTE_EMPHASIS ? LOOK_ITALIC : 0;
	look |= span->style & NOTE_STRIKE ? LOOK_STRIKE : 0;
	look |= span->style & NOTE_CODE ? LOOK_CODE : 0;
	look |= span->link > 0 && s->colour ? LOOK_UNDERLINE : 0;
	return look;
}

static void add_spans(
	const struct screen *s, struct styled *out, unsigned base, const struct note_text *text)
{
	for (size_t i = 0; i < text->count; i++) {
		const struct note_span *span = &text->spans[i];
		unsigned look = base | look_of_span(s, span);
		bool ticks = (span->style & NOTE_CODE) != 0 && !s->colour;
		bool tildes = (span->style & NOTE_STRIKE) != 0 && !s->colour;
		cleanup_free char *before = xasprintf("%s%s", tildes ? "~~" : "", ticks ? "`" : "");
		cleanup_free char *after = xasprintf("%s%s", ticks ? "`" : "", tildes ? "~~" : "");
		bool last = i + 1 == text->count || text->spans[i + 1].link != span->link;
		styled_add(out, base, before, strlen(before));
		cleanup_free char *shown =
			span->style & NOTE_CODE ? xstrdup(span->text) : screen_note(s, span->text);
		styled_add(out, look, shown, strlen(shown));
		styled_add(out, base, after, strlen(after));
		if (span->link > 0 && last) {
			cleanup_free char *number = xasprintf(" [%zu]", span->link);
			styled_add(out, LOOK_DIM, number, strlen(number));
		}
	}
}

/* ---- margins ---- */

/* The state of a run of blocks: the columns that the markers of the open items take. */
#define DEPTH_MAX 6
struct page {
	struct screen *screen;
	const struct note_link *links;
	size_t link_count;
	unsigned markers[DEPTH_MAX + 1];
	const struct note_block *before; /* the last one drawn */
};

static void add_bars(const struct screen *s, const struct note_block *b, struct buf *out)
{
	unsigned max = s->width < 40 ? 2 : 4;
	unsigned bars = b->callout != 0 && b->quote_depth == 0 ? 1 : b->quote_depth;
	for (unsigned i = 0; i < bars && i < max; i++)
		buf_add_text(out, s->words ? "  " : "│ ");
}

static unsigned list_depth_of(const struct screen *s, const struct note_block *b)
{
	unsigned max = s->width < 40 ? 2 : DEPTH_MAX;
	return b->list_depth < max ? b->list_depth : max;
}

/* Builds the margins of a block: bars, list indent, and the item's marker on the first line. */
static void build_margins(
	struct page *p, const struct note_block *b, struct buf *first, struct buf *rest)
{
	unsigned depth = list_depth_of(p->screen, b), indent = 0;
	add_bars(p->screen, b, rest);
	for (unsigned i = 1; i < depth; i++)
		indent += p->markers[i] > 0 ? p->markers[i] : 2;
	buf_add_repeat(rest, ' ', indent);
	buf_add(first, buf_text(rest), rest->length);
	if (b->marker != NULL) {
		cleanup_free char *own = xasprintf("%s ", b->marker);
		cleanup_free char *marker = screen_mark(p->screen, own);
		p->markers[depth] = (unsigned)utf8_width(marker, strlen(marker));
		buf_add_text(first, marker);
		buf_add_repeat(rest, ' ', p->markers[depth]);
	} else if (depth > 0) {
		unsigned columns = p->markers[depth] > 0 ? p->markers[depth] : 2;
		buf_add_repeat(first, ' ', columns);
		buf_add_repeat(rest, ' ', columns);
	}
}

static unsigned margin_look(const struct note_block *b)
{
	return b->callout != 0 ? callouts[b->icon].look : b->quote_depth > 0 ? LOOK_DIM : 0;
}

static void render_text(struct page *p, const struct note_block *b, const struct styled *text)
{
	cleanup_buf struct buf first = {0}, rest = {0};
	build_margins(p, b, &first, &rest);
	const struct margin margin = {buf_text(&first), buf_text(&rest), margin_look(b)};
	layout_write(p->screen, text, &margin, p->screen->width);
}

/* Where a terminal is read aloud, a line of code is one line, so that it can be heard and copied
 * whole. */
static unsigned code_width(const struct screen *s)
{
	return s->words ? UNBROKEN : s->width;
}

/* Draws lines without reflowing them; a line that is too long continues indented. `front` and
 * `more` precede the first and the further rows of a line. Draws at most `max` lines. */
static void render_lines(
	struct screen *s, unsigned look, const char *lines, const struct margin *margin, size_t max)
{
	size_t shown = 0, hidden = 0;
	while (*lines != '\0') {
		size_t length = strcspn(lines, "\n");
		struct styled text = {0};
		if (shown < max) {
			styled_add(&text, look, lines, length);
			layout_write(s, &text, margin, code_width(s));
			shown++;
		} else {
			hidden++;
		}
		styled_finish(&text);
		lines += length + (lines[length] == '\n');
	}
	if (hidden > 0) {
		cleanup_free char *count = xasprintf(
			language_plural("%zu more line", "%zu more lines", hidden), hidden);
		cleanup_free char *note = xasprintf("%s%s", s->words ? "" : "… ", count);
		struct styled text = {0};
		styled_add(&text, LOOK_DIM, note, strlen(note));
		layout_write(s, &text, margin, s->width);
		styled_finish(&text);
	}
}

/* ---- kinds of blocks ---- */

static void render_paragraph(struct page *p, const struct note_block *b)
{
	struct styled text = {0};
	add_spans(p->screen, &text, 0, &b->text);
	render_text(p, b, &text);
	styled_finish(&text);
}

static void render_topic(struct page *p, const struct note_block *b)
{
	struct styled text = {0};
	cleanup_free char *mark = screen_mark(p->screen, "▪ ");
	const struct margin margin = {mark, "  ", LOOK_BOLD};
	add_spans(p->screen, &text, LOOK_BOLD, &b->text);
	layout_write(p->screen, &text, &margin, p->screen->width);
	styled_finish(&text);
}

static char *listing_title(const struct note_block *b)
{
	return b->file != NULL ? xasprintf(_("File %s:"), b->file) : xstrdup(_("Listing:"));
}

static void render_code(struct page *p, const struct note_block *b)
{
	cleanup_buf struct buf front = {0}, rest = {0};
	size_t length = strlen(b->code);
	while (length > 0 && b->code[length - 1] == '\n')
		length--;
	cleanup_free char *code = xstrndup(b->code, length);
	build_margins(p, b, &front, &rest);
	const char *bar = p->screen->words ? "  " : "┆ ", *head = p->screen->words ? "" : "┌ ";
	if (b->file != NULL || p->screen->words) {
		struct styled name = {0};
		cleanup_free char *first = xasprintf("%s%s", buf_text(&front), head);
		cleanup_free char *more = xasprintf("%s%s", buf_text(&rest), bar);
		const struct margin margin = {first, more, LOOK_DIM};
		cleanup_free char *title = p->screen->words ? listing_title(b) : xstrdup(b->file);
		styled_add(&name, LOOK_DIM, title, strlen(title));
		layout_write(p->screen, &name, &margin, p->screen->width);
		styled_finish(&name);
	}
	cleanup_free char *first = xasprintf("%s%s", buf_text(&rest), bar);
	cleanup_free char *more = xasprintf("%s%s  ", buf_text(&rest), bar);
	const struct margin margin = {first, more, LOOK_DIM};
	render_lines(p->screen, LOOK_CODE, code, &margin, SIZE_MAX);
}

/* `what` is with its symbol, or a word. */
static void render_linked(struct page *p, const struct note_block *b, const char *what)
{
	cleanup_buf struct buf caption = {0}, line = {0};
	struct styled text = {0};
	note_text_plain(&b->text, &caption);
	buf_printf(&line, "%s%s%s", what, caption.length > 0 ? " " : "", buf_text(&caption));
	const char *url = b->link > 0 && b->link <= p->link_count ? p->links[b->link - 1].url : "";
	bool is_file = p->screen->words && strstr(url, "://") == NULL; /* its words are there */
	if (*url != '\0' && !(is_file && caption.length > 0))
		buf_printf(
			&line, "%s%s", p->screen->words && caption.length == 0 ? " " : ": ", url);
	styled_add(&text, LOOK_DIM, buf_text(&line), line.length);
	render_text(p, b, &text);
	styled_finish(&text);
}

/* A picture that was drawn keeps its words, as its caption; its address says no more. */
static void render_picture(struct page *p, const struct note_block *b)
{
	bool known = b->link > 0 && b->link <= p->link_count;
	if (!known || !picture_draw(p->screen, p->links[b->link - 1].url)) {
		render_linked(p, b, p->screen->words ? _("Picture:") : _("🖼 picture"));
		return;
	}
	struct styled text = {0};
	add_spans(p->screen, &text, LOOK_DIM, &b->text);
	render_text(p, b, &text);
	styled_finish(&text);
}

static void render_comment(struct screen *s, const char *code)
{
	static const struct margin bars = {"│ ", "│   ", LOOK_DIM}, blanks = {"  ", "    ", 0};
	const struct margin margin = s->words ? blanks : bars;
	render_lines(s, LOOK_DIM, code, &margin, SIZE_MAX);
}

static void render_table(struct page *p, const struct note_block *b)
{
	cleanup_buf struct buf first = {0}, rest = {0};
	size_t columns = b->row_count > 0 ? b->rows[0].count : 0;
	if (columns == 0)
		return;
	struct styled *cells = xcalloc(columns * b->row_count, sizeof *cells);
	for (size_t r = 0; r < b->row_count; r++)
		for (size_t c = 0; c < columns && c < b->rows[r].count; c++)
			add_spans(p->screen, &cells[r * columns + c], r == 0 ? LOOK_BOLD : 0,
				&b->rows[r].cells[c]);
	build_margins(p, b, &first, &rest);
	const struct margin margin = {buf_text(&rest), buf_text(&rest), margin_look(b)};
	table_draw(p->screen, columns, b->row_count, cells, 0, &margin);
	for (size_t i = 0; i < columns * b->row_count; i++)
		styled_finish(&cells[i]);
	free(cells);
}

static void draw_line_of(struct screen *s, const char *text)
{
	draw_text(s, 0, text, strlen(text));
	screen_newline(s);
}

static void render_rule(struct screen *s)
{
	for (unsigned i = 0; i < s->width && i < 24; i++)
		draw_text(s, LOOK_DIM, "─", strlen("─"));
	screen_newline(s);
}

static void render_callout_title(struct screen *s, const struct note_block *b)
{
	struct styled title = {0};
	const struct margin none = {"", "", 0};
	const char *mark = note_icon_mark(b->icon), *name = _(callouts[b->icon].title);
	cleanup_free char *shown =
		s->words ? xasprintf("%s:", name) : xasprintf("%s %s", mark, name);
	unsigned look = callouts[b->icon].look | LOOK_BOLD;
	styled_add(&title, look, shown, strlen(shown));
	layout_write(s, &title, &none, s->width);
	styled_finish(&title);
}

static void render_block(struct page *p, const struct note_block *b)
{
	switch (b->kind) {
	case NOTE_PARAGRAPH:
		render_paragraph(p, b);
		break;
	case NOTE_TOPIC:
		render_topic(p, b);
		break;
	case NOTE_COMMAND:
		screen_command(p->screen, b->code, b->output, 12);
		break;
	case NOTE_COMMENT:
		render_comment(p->screen, b->code);
		break;
	case NOTE_LISTING:
		render_code(p, b);
		break;
	case NOTE_TABLE:
		render_table(p, b);
		break;
	case NOTE_PICTURE:
		render_picture(p, b);
		break;
	case NOTE_FILM:
		render_linked(p, b, p->screen->words ? _("Film:") : _("🎬 film"));
		break;
	case NOTE_RULE:
		render_rule(p->screen);
		break;
	case NOTE_DIRECTIVE:
		break;
	}
}

/* Items of one list have no empty line between them; all other blocks do. */
static bool is_close(const struct note_block *a, const struct note_block *b)
{
	return b->list_depth > 0 && a->list_depth > 0 && b->marker != NULL &&
	       a->kind == NOTE_PARAGRAPH;
}

/* Between two blocks of one callout the bar continues. */
static void separate_blocks(struct page *p, const struct note_block *b)
{
	cleanup_buf struct buf bars = {0};
	bool same = p->before->callout != 0 && p->before->callout == b->callout;
	if (same && b->kind != NOTE_COMMAND && p->before->kind != NOTE_COMMAND)
		add_bars(p->screen, b, &bars);
	while (bars.length > 0 && bars.data[bars.length - 1] == ' ')
		buf_truncate(&bars, bars.length - 1);
	draw_text(p->screen, margin_look(b), buf_text(&bars), bars.length);
	screen_newline(p->screen);
}

static unsigned quote_depth_before(const struct page *p)
{
	return p->before != NULL && p->before->callout == 0 ? p->before->quote_depth : 0;
}

void screen_blocks(struct screen *s, const struct note_block *blocks, size_t count,
	const struct note_link *links, size_t link_count)
{
	struct page p = {.screen = s, .links = links, .link_count = link_count};
	for (size_t i = 0; i < count; i++) {
		const struct note_block *b = &blocks[i];
		if (b->kind == NOTE_DIRECTIVE || (b->kind == NOTE_RULE && s->words))
			continue;
		if (p.before != NULL && !is_close(p.before, b))
			separate_blocks(&p, b);
		if (b->callout != 0 && (p.before == NULL || p.before->callout != b->callout))
			render_callout_title(s, b);
		else if (s->words && b->callout == 0 && b->quote_depth > quote_depth_before(&p))
			draw_line_of(s, _("Quote:"));
		render_block(&p, b);
		p.before = b;
	}
}

/* ---- links ---- */

static const char *const link_words[] = {
	[NOTE_LINK_PAGE] = "",
	[NOTE_LINK_PICTURE] = N_("picture "),
	[NOTE_LINK_FILM] = N_("film "),
	[NOTE_LINK_WIKI] = N_("note "),
};

/* The address of an OSC 8 link must be plain ASCII; with any other address, draw no link. */
static bool begin_link(struct screen *s, const struct note_link *link)
{
	bool known = s->links && link->kind != NOTE_LINK_WIKI && foreign_is_web_address(link->url);
	if (known)
		buf_printf(&s->out, "\033]8;;%s\033\\", link->url);
	return known;
}

void screen_links(struct screen *s, const struct note_link *links, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct note_link *link = &links[i];
		const char *word = _(link_words[link->kind]);
		if (link->kind == NOTE_LINK_PICTURE && picture_exists(s, link->url))
			continue; /* it was drawn, or its words were shown */
		cleanup_free char *mark = xasprintf("[%zu] ", i + 1);
		cleanup_free char *rest = xasprintf("%*s", (int)strlen(mark), "");
		const struct margin margin = {mark, rest, LOOK_DIM};
		struct styled text = {0};
		styled_add(&text, LOOK_DIM, word, strlen(word));
		styled_add(&text, LOOK_UNDERLINE, link->url, strlen(link->url));
		bool open = begin_link(s, link);
		layout_write(s, &text, &margin, s->width);
		if (open)
			buf_add_text(&s->out, "\033]8;;\033\\");
		styled_finish(&text);
	}
}

/* ---- headings and commands ---- */

static void draw_head_words(
	struct screen *s, const char *number, const char *title, const char *right)
{
	cleanup_free char *text = *number != '\0'
					  ? xasprintf(_("Lesson %s: %s (%s)"), number, title, right)
					  : xasprintf(_("Lesson: %s (%s)"), title, right);
	struct styled styled = {0};
	const struct margin none = {"", "", 0};
	styled_add(&styled, 0, text, strlen(text));
	layout_write(s, &styled, &none, s->width);
	styled_finish(&styled);
}

void screen_lesson_head(struct screen *s, const char *number, const char *title, const char *right)
{
	if (s->words) {
		draw_head_words(s, number, title, right);
		return;
	}
	cleanup_free char *left = xasprintf("%s  %s", number, title);
	size_t place = utf8_width(right, strlen(right)) + 3;
	size_t room = s->width > place ? s->width - place : 0;
	/* Terminals disagree on the width of these characters: leave some room. */
	bool unsure = strstr(left, "\uFE0F") != NULL || strstr(left, "\u200D") != NULL;
	size_t used = utf8_width(left, strlen(left)) + (unsure ? 2 : 0);
	struct styled text = {0};
	styled_add(&text, LOOK_BOLD, left, strlen(left));
	if (used <= room) {
		styled_add(&text, 0, " ", 1);
		for (size_t i = used; i < room; i++)
			styled_add(&text, LOOK_DIM, "─", strlen("─"));
		styled_add(&text, LOOK_DIM, " ", 1);
		styled_add(&text, LOOK_DIM, right, strlen(right));
	} else {
		cleanup_free char *after = xasprintf(" (%s)", right);
		styled_add(&text, LOOK_DIM, after, strlen(after));
	}
	const struct margin margin = {"", "", 0};
	layout_write(s, &text, &margin, s->width);
	styled_finish(&text);
}

void screen_command(struct screen *s, const char *command, const char *output, size_t max)
{
	const struct margin below = {s->words ? "  " : "│ ", s->words ? "    " : "│   ", LOOK_DIM};
	const char *mark = s->words ? _("Command: ") : "│ $ ";
	while (true) {
		size_t length = strcspn(command, "\n");
		struct styled text = {0};
		styled_add(&text, LOOK_BOLD | LOOK_CODE, command, length);
		const struct margin margin = {mark, s->words ? "      " : "│     ", LOOK_DIM};
		layout_write(s, &text, &margin, code_width(s));
		styled_finish(&text);
		mark = s->words ? "    " : "│ > ";
		if (command[length] == '\0')
			break;
		command += length + 1;
	}
	if (output != NULL && *output != '\0' && s->words)
		draw_line_of(s, _("Output:"));
	if (output != NULL)
		render_lines(s, LOOK_DIM, output, &below, max);
}
