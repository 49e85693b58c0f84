/* tests/note/test_kinds.c - notes of the kinds that people keep: each NAME.md in
 * tests/data/note/kinds is read into what NAME.blocks says, a line a block */
#include "note.h"
#include "suite.h"

/* ---- a note as lines ---- */

static void add_escaped(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++)
		if (*text == '\n')
			buf_add_text(out, "⏎");
		else
			buf_add_char(out, *text);
}

static void add_spans(struct buf *out, const struct note_text *text)
{
	for (size_t i = 0; i < text->count; i++) {
		const struct note_span *s = &text->spans[i];
		const char *mark = s->style & NOTE_CODE     ? "`"
				   : s->style & NOTE_STRONG ? "**"
				   : s->style != NOTE_PLAIN ? "*"
							    : "";
		buf_add_text(out, mark);
		add_escaped(out, s->text);
		buf_add_text(out, mark);
		if (s->link > 0)
			buf_printf(out, "[%zu]", s->link);
	}
}

static void add_table(struct buf *out, const struct note_block *b)
{
	for (size_t r = 0; r < b->row_count; r++)
		for (size_t c = 0; c < b->rows[r].count; c++) {
			buf_add_text(out, c > 0 ? " | " : r > 0 ? " / " : "");
			add_spans(out, &b->rows[r].cells[c]);
		}
}

static void add_block(struct buf *out, const struct note_block *b)
{
	static const char *const kinds[] = {[NOTE_PARAGRAPH] = "p",
		[NOTE_COMMAND] = "$",
		[NOTE_COMMENT] = "comment",
		[NOTE_LISTING] = "listing",
		[NOTE_TABLE] = "table",
		[NOTE_PICTURE] = "picture",
		[NOTE_FILM] = "film",
		[NOTE_RULE] = "rule",
		[NOTE_DIRECTIVE] = "remark",
		[NOTE_TOPIC] = "topic"};
	buf_printf(out, "%d ", b->line);
	buf_add_repeat(out, '>', b->quote_depth);
	buf_printf(out, "%s ", kinds[b->kind]);
	if (b->callout != 0)
		buf_printf(out, "(%s) ", note_icon_name(b->icon));
	if (b->marker != NULL)
		buf_printf(out, "%s ", b->marker);
	if (b->file != NULL)
		buf_printf(out, "<%s> ", b->file);
	add_spans(out, &b->text);
	add_table(out, b);
	if (b->code != NULL)
		add_escaped(out, b->code);
	if (b->output != NULL)
		buf_add_text(out, " => ");
	if (b->output != NULL)
		add_escaped(out, b->output);
	buf_add_char(out, '\n');
}

static void add_note(struct buf *out, const struct note *note)
{
	buf_printf(out, "title %s\n", note->head.title);
	for (size_t i = 0; i < note->section_count; i++) {
		const struct note_section *s = &note->sections[i];
		buf_printf(out, "\n%s %s #%s\n", s->number, s->title, s->anchor);
		for (size_t k = 0; k < s->block_count; k++)
			add_block(out, &s->blocks[k]);
		for (size_t k = 0; k < s->link_count; k++)
			buf_printf(out, "[%zu] %s\n", k + 1, s->links[k].url);
	}
	if (note->problem_count > 0)
		buf_add_char(out, '\n');
	for (size_t i = 0; i < note->problem_count; i++)
		buf_printf(out, "! %d %s\n", note->problems[i].line, note->problems[i].message);
}

/* ---- the folder ---- */

static void print_kind(const char *path, struct buf *out)
{
	struct note *note = NULL;
	struct error err = {0};
	ck_assert_msg(note_load(path, &note, &err), "%s", error_text(&err));
	add_note(out, note);
	note_destroy(note);
}

START_TEST(kinds_are_read)
{
	ck_assert_uint_ge(suite_golden_notes("note/kinds", ".blocks", print_kind), 10);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {{kinds_are_read, 1}};
	return suite_run("kinds of notes", tests, ARRAY_LENGTH(tests), 30);
}
