/* screen/render.c - the blocks of a note: paragraphs, lists, quotes, callouts, code, pictures,
 * tables */
#include "private.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *title;
	unsigned look;
} callouts[NOTE_ICON_COUNT] = {
	[NOTE_ICON_WARNING] = {"Warning", LOOK_YELLOW},
	[NOTE_ICON_NOTE] = {"Note", LOOK_BLUE},
	[NOTE_ICON_VERSION] = {"Version", LOOK_GREEN},
	[NOTE_ICON_KNOWLEDGE] = {"Did you know", LOOK_MAGENTA},
	[NOTE_ICON_LINKS] = {"Links", LOOK_BLUE},
	[NOTE_ICON_AIM] = {"Aim", LOOK_BLUE},
	[NOTE_ICON_EVALUATION] = {"Your turn", LOOK_MAGENTA},
	[NOTE_ICON_TIP] = {"Tip", LOOK_GREEN},
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

static void add_spans(const struct screen *s, struct styled *out, const struct note_text *text)
{
	for (size_t i = 0; i < text->count; i++) {
		const struct note_span *span = &text->spans[i];
		unsigned look = look_of_span(s, span);
		bool ticks = (span->style & NOTE_CODE) != 0 && !s->colour;
		bool last = i + 1 == text->count || text->spans[i + 1].link != span->link;
		if (ticks)
			styled_add(out, 0, "`", 1);
		styled_add(out, look, span->text, strlen(span->text));
		if (ticks)
			styled_add(out, 0, "`", 1);
		if (span->link > 0 && last) {
			cleanup_free char *number = xasprintf(" [%zu]", span->link);
			styled_add(out, LOOK_DIM, number, strlen(number));
		}
	}
}

/* ---- margins ---- */

static void add_bars(const struct note_block *b, struct buf *out)
{
	unsigned quotes = b->quote_depth < 4 ? b->quote_depth : 4;
	bool bar = b->callout != 0 || quotes > 0;
	if (b->callout != 0 && quotes == 0)
		quotes = 1;
	for (unsigned i = 0; bar && i < quotes; i++)
		buf_add_text(out, "│ ");
}

/* The margins of a block: bars, list indent, and the item's marker in the first line. */
static void margins(const struct note_block *b, struct buf *first, struct buf *rest)
{
	unsigned depth = b->list_depth < 6 ? b->list_depth : 6;
	add_bars(b, first);
	add_bars(b, rest);
	if (depth > 0)
		buf_add_repeat(first, ' ', 2 * (depth - 1));
	if (depth > 0)
		buf_add_repeat(rest, ' ', 2 * (depth - 1));
	const char *marker = b->marker != NULL ? b->marker : depth > 0 ? " " : NULL;
	if (marker == NULL)
		return;
	buf_printf(first, "%s ", marker);
	buf_add_repeat(rest, ' ', utf8_width(marker, strlen(marker)) + 1);
}

static unsigned margin_look(const struct note_block *b)
{
	return b->callout != 0 ? callouts[b->icon].look : b->quote_depth > 0 ? LOOK_DIM : 0;
}

static void render_text(struct screen *s, const struct note_block *b, const struct styled *text)
{
	cleanup_buf struct buf first = {0}, rest = {0};
	margins(b, &first, &rest);
	const struct margin margin = {buf_text(&first), buf_text(&rest), margin_look(b)};
	layout(s, text, &margin, s->width);
}

/* ---- kinds of blocks ---- */

static void render_paragraph(struct screen *s, const struct note_block *b)
{
	struct styled text = {0};
	add_spans(s, &text, &b->text);
	render_text(s, b, &text);
	styled_finish(&text);
}

static void render_topic(struct screen *s, const struct note_block *b)
{
	struct styled text = {0};
	add_spans(s, &text, &b->text);
	for (size_t i = 0; i < text.text.length; i++)
		text.looks[i] |= LOOK_BOLD;
	const struct margin margin = {"▪ ", "  ", LOOK_BOLD};
	layout(s, &text, &margin, s->width);
	styled_finish(&text);
}

static void render_code(struct screen *s, const struct note_block *b, const char *code)
{
	cleanup_buf struct buf first = {0}, rest = {0};
	struct styled text = {0};
	size_t length = strlen(code);
	while (length > 0 && code[length - 1] == '\n')
		length--;
	add_bars(b, &first);
	add_bars(b, &rest);
	if (b->file != NULL) {
		cleanup_free char *name = xasprintf("%s┌ %s", buf_text(&first), b->file);
		draw(s, LOOK_DIM, name, strlen(name));
		screen_newline(s);
	}
	buf_add_text(&first, "┆ ");
	buf_add_text(&rest, "┆ ");
	styled_add(&text, s->colour ? LOOK_CODE : 0, code, length);
	const struct margin margin = {buf_text(&first), buf_text(&rest), LOOK_DIM};
	layout(s, &text, &margin, s->width);
	styled_finish(&text);
}

static void render_linked(struct screen *s, const struct note_block *b, const char *what,
	const struct note_link *links, size_t link_count)
{
	cleanup_buf struct buf caption = {0}, line = {0};
	struct styled text = {0};
	note_text_plain(&b->text, &caption);
	buf_printf(&line, "%s%s%s", what, caption.length > 0 ? " " : "", buf_text(&caption));
	if (b->link > 0 && b->link <= link_count)
		buf_printf(&line, ": %s", links[b->link - 1].url);
	styled_add(&text, LOOK_DIM, buf_text(&line), line.length);
	render_text(s, b, &text);
	styled_finish(&text);
}

static void render_table(struct screen *s, const struct note_block *b)
{
	cleanup_words struct words cells = {0};
	size_t columns = b->row_count > 0 ? b->rows[0].count : 0;
	for (size_t r = 0; r < b->row_count; r++)
		for (size_t c = 0; c < columns; c++) {
			cleanup_buf struct buf plain = {0};
			if (c < b->rows[r].count)
				note_text_plain(&b->rows[r].cells[c], &plain);
			words_add(&cells, buf_text(&plain));
		}
	if (columns > 0)
		screen_table(s, columns, b->row_count, (const char *const *)cells.items, 0);
}

static void render_rule(struct screen *s)
{
	for (unsigned i = 0; i < s->width && i < 24; i++)
		draw(s, LOOK_DIM, "─", strlen("─"));
	screen_newline(s);
}

static void render_callout_title(struct screen *s, const struct note_block *b)
{
	cleanup_free char *title =
		xasprintf("%s %s", note_icon_mark(b->icon), callouts[b->icon].title);
	draw(s, callouts[b->icon].look | LOOK_BOLD, title, strlen(title));
	screen_newline(s);
}

static void render_block(struct screen *s, const struct note_block *b,
	const struct note_link *links, size_t link_count)
{
	switch (b->kind) {
	case NOTE_PARAGRAPH:
	case NOTE_FOOTNOTE:
		render_paragraph(s, b);
		break;
	case NOTE_TOPIC:
		render_topic(s, b);
		break;
	case NOTE_COMMAND:
		screen_command(s, b->code, b->output, 12);
		break;
	case NOTE_LISTING:
	case NOTE_HTML:
		render_code(s, b, b->code);
		break;
	case NOTE_TABLE:
		render_table(s, b);
		break;
	case NOTE_PICTURE:
		render_linked(s, b, "🖼 picture", links, link_count);
		break;
	case NOTE_FILM:
		render_linked(s, b, "🎬 film", links, link_count);
		break;
	case NOTE_RULE:
		render_rule(s);
		break;
	case NOTE_REMARK:
		break;
	}
}

/* Items of one list stand close together, everything else has an empty line between. */
static bool is_close(const struct note_block *a, const struct note_block *b)
{
	return b->list_depth > 0 && a->list_depth > 0 && b->marker != NULL &&
	       a->kind == NOTE_PARAGRAPH;
}

void screen_blocks(struct screen *s, const struct note_block *blocks, size_t count,
	const struct note_link *links, size_t link_count)
{
	for (size_t i = 0; i < count; i++) {
		const struct note_block *b = &blocks[i];
		const struct note_block *before = i > 0 ? b - 1 : NULL;
		bool same = before != NULL && before->callout == b->callout;
		if (before != NULL && !is_close(before, b) && before->kind != NOTE_REMARK)
			screen_newline(s);
		if (b->callout != 0 && !same)
			render_callout_title(s, b);
		render_block(s, b, links, link_count);
	}
}

/* ---- links ---- */

static const char *const link_words[] = {
	[NOTE_LINK_PAGE] = "",
	[NOTE_LINK_PICTURE] = "picture ",
	[NOTE_LINK_FILM] = "film ",
	[NOTE_LINK_WIKI] = "note ",
};

void screen_links(struct screen *s, const struct note_link *links, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		cleanup_free char *mark = xasprintf("[%zu] ", i + 1);
		struct styled text = {0};
		styled_add(&text, LOOK_DIM, link_words[links[i].kind],
			strlen(link_words[links[i].kind]));
		styled_add(
			&text, s->colour ? LOOK_UNDERLINE : 0, links[i].url, strlen(links[i].url));
		const struct margin margin = {mark, "    ", LOOK_DIM};
		if (s->links && links[i].kind != NOTE_LINK_WIKI)
			buf_printf(&s->out, "\033]8;;%s\033\\", links[i].url);
		layout(s, &text, &margin, s->width);
		if (s->links && links[i].kind != NOTE_LINK_WIKI)
			buf_add_text(&s->out, "\033]8;;\033\\");
		styled_finish(&text);
	}
}

/* ---- heads and commands ---- */

void screen_lesson_head(struct screen *s, const char *number, const char *title, const char *right)
{
	cleanup_free char *left = xasprintf("%s  %s", number, title);
	size_t room = s->width > strlen(right) + 3 ? s->width - strlen(right) - 3 : s->width;
	size_t used = utf8_width(left, strlen(left));
	struct styled text = {0};
	styled_add(&text, LOOK_BOLD, left, strlen(left));
	if (used <= room) {
		styled_add(&text, 0, " ", 1);
		for (size_t i = used; i < room; i++)
			styled_add(&text, LOOK_DIM, "─", strlen("─"));
		styled_add(&text, LOOK_DIM, " ", 1);
		styled_add(&text, LOOK_DIM, right, strlen(right));
	}
	const struct margin margin = {"", "", 0};
	layout(s, &text, &margin, s->width);
	styled_finish(&text);
}

static void draw_output(struct screen *s, const char *output, size_t most)
{
	size_t shown = 0, hidden = 0;
	while (output != NULL && *output != '\0') {
		size_t length = strcspn(output, "\n");
		struct styled text = {0};
		styled_add(&text, LOOK_DIM, output, length);
		const struct margin margin = {"│ ", "│   ", LOOK_DIM};
		if (shown < most) {
			layout(s, &text, &margin, s->width);
			shown++;
		} else {
			hidden++;
		}
		styled_finish(&text);
		output += length + (output[length] == '\n');
	}
	if (hidden > 0) {
		cleanup_free char *more = xasprintf("│ … %zu more lines", hidden);
		draw(s, LOOK_DIM, more, strlen(more));
		screen_newline(s);
	}
}

void screen_command(struct screen *s, const char *command, const char *output, size_t most)
{
	const char *mark = "│ $ ";
	while (true) {
		size_t length = strcspn(command, "\n");
		struct styled text = {0};
		styled_add(&text, LOOK_BOLD | (s->colour ? LOOK_CODE : 0), command, length);
		const struct margin margin = {mark, "│     ", LOOK_DIM};
		layout(s, &text, &margin, s->width);
		styled_finish(&text);
		mark = "│ > ";
		if (command[length] == '\0')
			break;
		command += length + 1;
	}
	draw_output(s, output, most);
}
