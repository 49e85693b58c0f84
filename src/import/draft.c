/* import/draft.c - a note's new text: its lines, edits of them, and what must not change by them */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* How often edits are dropped before all of them are: each try reads the note again. */
#define TRIES_MAX 50

static void index_lines(struct draft *d)
{
	for (const char *line = buf_text(&d->text); *line != '\0';) {
		d->lines = array_grow(d->lines, d->count, sizeof *d->lines);
		d->lines[d->count++] = line;
		line = text_next_line(line);
	}
}

bool draft_read(struct draft *d, const char *path, struct error *err)
{
	struct note *note;
	if (!file_read(path, NOTE_SIZE_LIMIT, &d->original, err) ||
		!note_read(path, buf_text(&d->original), d->original.length, &note, &d->text, err))
		return false;
	note_destroy(note);
	index_lines(d);
	d->places = xcalloc(d->count + 1, sizeof *d->places);
	return true;
}

void draft_finish(struct draft *d)
{
	buf_finish(&d->original);
	buf_finish(&d->text);
	buf_finish(&d->result);
	free(d->lines);
	free(d->edits);
	free(d->places);
	arena_finish(&d->arena);
}

const char *draft_line(struct draft *d, int number)
{
	if (number < 1 || (size_t)number > d->count)
		return "";
	const char *line = d->lines[number - 1];
	return arena_strndup(&d->arena, line, strcspn(line, "\n"));
}

void draft_add(struct draft *d, const struct draft_edit *edit)
{
	d->edits = array_grow(d->edits, d->edit_count, sizeof *d->edits);
	d->edits[d->edit_count] = *edit;
	d->edits[d->edit_count].order = d->edit_count;
	d->edit_count++;
}

/* ---- composing ---- */

static bool is_change(const struct draft_edit *e)
{
	return e->text != NULL || e->removed > 0;
}

static int lines_in(const char *text)
{
	int lines = 0;
	for (; *text != '\0'; text++)
		lines += *text == '\n';
	return lines;
}

struct composer {
	struct draft *draft;
	size_t at; /* lines of the note that were copied or removed */
	int line;  /* of the result */
};

static void copy_note_lines(struct composer *c, size_t end)
{
	for (; c->at < end; c->at++) {
		const char *line = c->draft->lines[c->at];
		buf_add(&c->draft->result, line, strcspn(line, "\n"));
		buf_add_char(&c->draft->result, '\n');
		c->draft->places[c->at + 1] = ++c->line;
	}
}

static void compose_draft(struct draft *d)
{
	struct composer c = {.draft = d};
	buf_truncate(&d->result, 0);
	for (size_t i = 0; i < d->edit_count; i++) {
		const struct draft_edit *e = &d->edits[i];
		if (!is_change(e))
			continue;
		copy_note_lines(&c, (size_t)e->line);
		for (int k = 0; k < e->removed && c.at < d->count; k++)
			d->places[++c.at] = c.line + 1;
		buf_add_text(&d->result, e->text != NULL ? e->text : "");
		c.line += e->text != NULL ? lines_in(e->text) : 0;
	}
	copy_note_lines(&c, d->count);
}

/* ---- what must not change ---- */

static bool same_words(const struct note_text *a, const struct note_text *b)
{
	cleanup_buf struct buf x = {0}, y = {0};
	note_text_plain(a, &x);
	note_text_plain(b, &y);
	return text_same(buf_text(&x), buf_text(&y));
}

static bool same_rows(const struct note_block *a, const struct note_block *b)
{
	if (a->row_count != b->row_count)
		return false;
	for (size_t r = 0; r < a->row_count; r++) {
		if (a->rows[r].count != b->rows[r].count)
			return false;
		for (size_t c = 0; c < a->rows[r].count; c++)
			if (!same_words(&a->rows[r].cells[c], &b->rows[r].cells[c]))
				return false;
	}
	return true;
}

static bool same_block(const struct note_block *a, const struct note_block *b)
{
	bool command = a->kind == NOTE_COMMAND || a->kind == NOTE_COMMENT;
	return a->kind == b->kind && a->icon == b->icon && (a->callout != 0) == (b->callout != 0) &&
	       a->list_depth == b->list_depth && a->quote_depth == b->quote_depth &&
	       text_same(a->marker, b->marker) && same_words(&a->text, &b->text) &&
	       (command || text_same(a->language, b->language)) && text_same(a->file, b->file) &&
	       text_same(a->code, b->code) && text_same(a->output, b->output) &&
	       text_same(a->input, b->input) && same_rows(a, b);
}

static bool same_heading(const struct note_section *a, const struct note_section *b)
{
	return a->level == b->level && a->parent == b->parent && text_same(a->title, b->title) &&
	       text_same(a->anchor, b->anchor) && text_same(a->number, b->number) &&
	       text_same(a->source, b->source);
}

/* Returns the next block that the author wrote, from *at on: the new note may have directives of
 * ours. NULL: there is none. */
static const struct note_block *next_block(const struct note_section *s, size_t *at)
{
	while (*at < s->block_count && s->blocks[*at].kind == NOTE_DIRECTIVE)
		++*at;
	return *at < s->block_count ? &s->blocks[(*at)++] : NULL;
}

/* Returns whether a check was written for the command. */
static bool has_new_check(const struct draft *d, const struct note_block *command)
{
	for (size_t i = 0; i < d->edit_count; i++)
		if (d->edits[i].is_check && is_change(&d->edits[i]) &&
			d->edits[i].subject == command->line)
			return true;
	return false;
}

/* A check that was written belongs to the step before it, and so must follow its command. */
static bool keeps_check(const struct draft *d, const struct note_block *own,
	const struct note_section *other, size_t next)
{
	bool follows = next < other->block_count && other->blocks[next].kind == NOTE_DIRECTIVE;
	return follows || own->kind != NOTE_COMMAND || !has_new_check(d, own);
}

/* Returns the line of a where b is another note; 0: it is the same. */
static int first_difference(const struct draft *d, const struct note *a, const struct note *b)
{
	for (size_t i = 0; i < a->section_count; i++) {
		const struct note_section *s = &a->sections[i];
		if (i >= b->section_count || !same_heading(s, &b->sections[i]))
			return s->line > 0 ? s->line : 1;
		size_t x = 0, y = 0;
		int line = s->line > 0 ? s->line : 1;
		for (;;) {
			const struct note_block *own = next_block(s, &x);
			const struct note_block *other = next_block(&b->sections[i], &y);
			line = own != NULL ? own->line : line;
			if (own == NULL && other == NULL)
				break;
			if (own == NULL || other == NULL || !same_block(own, other) ||
				!keeps_check(d, own, &b->sections[i], y))
				return line;
		}
	}
	return a->section_count == b->section_count ? 0 : INT32_MAX;
}

/* Returns where the result is another note; 0: it is the same. */
static int find_difference(const struct draft *d, const struct note *note)
{
	struct note *made;
	if (!note_parse(note->path, buf_text(&d->result), d->result.length, &made, NULL))
		return INT32_MAX;
	int line = first_difference(d, note, made);
	note_destroy(made);
	return line;
}

/* ---- dropping ---- */

/* Drops the last subject that begins in that line or above it; false: there is none. */
static bool drop_subject(struct draft *d, int line)
{
	int subject = 0;
	for (size_t i = 0; i < d->edit_count; i++)
		if (is_change(&d->edits[i]) && d->edits[i].subject <= line &&
			d->edits[i].subject > subject)
			subject = d->edits[i].subject;
	bool first = true;
	for (size_t i = 0; subject > 0 && i < d->edit_count; i++) {
		struct draft_edit *e = &d->edits[i];
		if (e->subject != subject || !is_change(e))
			continue;
		*e = (struct draft_edit){.line = e->line,
			.subject = subject,
			.kind = IMPORT_LEFT,
			.remark =
				first ? _("left as it is: with a check here, or in a fence, ropes would read the note differently")
				      : NULL,
			.remark_line = subject};
		first = false;
	}
	return subject > 0;
}

static int order_edits(const void *a, const void *b)
{
	const struct draft_edit *x = a, *y = b;
	if (x->line != y->line)
		return (x->line > y->line) - (x->line < y->line);
	return (x->order > y->order) - (x->order < y->order);
}

/* Markup of other programs that cannot be translated twice. */
static void keep_original(struct draft *d)
{
	buf_truncate(&d->result, 0);
	buf_add(&d->result, buf_text(&d->original), d->original.length);
	d->edit_count = 0;
	for (size_t i = 0; i <= d->count; i++)
		d->places[i] = (int)i;
	draft_add(d,
		&(struct draft_edit){.kind = IMPORT_LEFT,
			.remark = _(
				"the whole note was left as it is: with any change, ropes would read something else"),
			.remark_line = 1});
}

void draft_apply(struct draft *d, const struct note *note)
{
	if (d->edit_count > 1)
		qsort(d->edits, d->edit_count, sizeof *d->edits, order_edits);
	compose_draft(d);
	int line = find_difference(d, note);
	for (size_t tries = 0; line > 0 && drop_subject(d, line); tries++) {
		while (tries >= TRIES_MAX && drop_subject(d, INT32_MAX))
			;
		compose_draft(d);
		line = find_difference(d, note);
	}
	if (line > 0)
		keep_original(d);
}
