/* note/note.c - from a file to a note: bytes, clean text, head, tree, sections */
#include "private.h"
#include "repair.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <stdlib.h>
#include <string.h>

/* ---- the tree ---- */

static bool has_any(const char *text, const char *const *signs)
{
	while (*signs != NULL && strstr(text, *signs) == NULL)
		signs++;
	return *signs != NULL;
}

/* Each extension looks at every paragraph: it is only used if the text has one of its signs. */
static cmark_node *parse_markdown(const char *text, size_t length)
{
	static const struct {
		const char *name;
		const char *signs[4];
	} extensions[] = {
		{"table", {"|"}},
		{"strikethrough", {"~"}},
		{"autolink", {"://", "www.", "@"}},
		{"tasklist", {"[ ]", "[x]", "[X]"}},
	};
	cmark_gfm_core_extensions_ensure_registered();
	cmark_parser *parser = cmark_parser_new(
		strstr(text, "[^") != NULL ? CMARK_OPT_FOOTNOTES : CMARK_OPT_DEFAULT);
	for (size_t i = 0; i < ARRAY_LENGTH(extensions); i++) {
		cmark_syntax_extension *extension = cmark_find_syntax_extension(extensions[i].name);
		if (extension != NULL && has_any(text, extensions[i].signs))
			cmark_parser_attach_syntax_extension(parser, extension);
	}
	cmark_parser_feed(parser, text, length);
	cmark_node *document = cmark_parser_finish(parser);
	cmark_parser_free(parser);
	return document;
}

static const char *skip_lines(const char *text, const char *end, int lines)
{
	while (lines-- > 0 && text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		text = newline != NULL ? newline + 1 : end;
	}
	return text;
}

/* ---- problems of the whole file ---- */

static void tell_repairs(struct reader *r, const struct repaired *clean)
{
	size_t first = r->problem_count;
	if (clean->from != NULL && text_starts(clean->from, "UTF-"))
		reader_add_problem(
			r, 0, false, _("is written in %s, and was read as that"), clean->from);
	else if (clean->from != NULL)
		reader_add_problem(r, 0, false,
			language_plural(
				"had been read as %s and saved again; %zu character was repaired",
				"had been read as %s and saved again; %zu characters were repaired",
				clean->characters),
			clean->from, clean->characters);
	if (clean->foreign_bytes > 0)
		reader_add_problem(r, clean->first_foreign_line, true,
			language_plural(
				"%zu byte is not UTF-8 (the first in this line); read as Windows-1252",
				"%zu bytes are not UTF-8 (the first in this line); read as Windows-1252",
				clean->foreign_bytes),
			clean->foreign_bytes);
	if (clean->dropped_controls > 0)
		reader_add_problem(r, 0, false,
			language_plural("%zu control character was left out",
				"%zu control characters were left out", clean->dropped_controls),
			clean->dropped_controls);
	for (size_t i = first; i < r->problem_count; i++)
		r->problems[i].repaired = true;
}

static int compare_problems(const void *a, const void *b)
{
	const struct note_problem *x = a, *y = b;
	return (x->line > y->line) - (x->line < y->line);
}

struct left {
	struct reader *reader;
	int first_line;
};

static void tell_left(void *data, int line, const char *what)
{
	const struct left *left = data;
	reader_add_problem(left->reader, left->first_line + line, false,
		_("left out, because only another program reads it: %.60s"), what);
}

/* ---- the title ---- */

/* Use the first heading of the highest level, or the one above all others. */
static void set_note_title(struct reader *r)
{
	struct note_head *head = &r->note->head;
	size_t tops = 0;
	for (size_t i = 0; head->title == NULL && i < r->section_count; i++) {
		tops += r->sections[i].parent == NOTE_NO_PARENT;
		if (r->sections[i].level == 1)
			head->title = r->sections[i].title;
	}
	if (head->title == NULL)
		head->title = tops == 1 ? r->sections[0].title : reader_name(r);
}

/* Appends the body in CommonMark, line for line, and reports what is left out. */
static void translate_body(
	struct reader *r, const char *body, size_t length, int head_lines, struct buf *out)
{
	cleanup_buf struct buf clear = {0};
	struct left left = {.reader = r, .first_line = head_lines};
	const char *text = raw_translate(body, &clear, tell_left, &left) ? buf_text(&clear) : body;
	if (!dialect_translate(text, out))
		buf_add(out, text, text == body ? length : clear.length);
}

/* *ret gets the whole text: the head as it is, then the body in CommonMark. Frees the clean text,
 * since the tree takes many times its space. */
static void read_note(struct reader *r, struct repaired *clean, struct buf *ret)
{
	const char *text = buf_text(&clean->text), *end = text + clean->text.length;
	int head_lines = 0;
	head_read(r, text, clean->text.length, &head_lines);
	const char *body = skip_lines(text, end, head_lines);
	size_t head = (size_t)(body - text);
	buf_add(ret, text, head);
	translate_body(r, body, (size_t)(end - body), head_lines, ret);
	buf_finish(&clean->text);
	cmark_node *document = parse_markdown(buf_text(ret) + head, ret->length - head);
	tree_read(r, document, buf_text(ret) + head, head_lines);
	cmark_node_free(document);
	set_note_title(r);
	tell_repairs(r, clean);
	r->note->head_lines = head_lines;
	if (r->problem_count > 1)
		qsort(r->problems, r->problem_count, sizeof *r->problems, compare_problems);
}

/* Takes over the clean text. */
static struct note *read_clean(const char *path, struct repaired *clean, struct buf *ret_text)
{
	struct note *note = xcalloc(1, sizeof *note);
	note->path = arena_strdup(&note->arena, path);
	struct reader reader = {.note = note};
	read_note(&reader, clean, ret_text);
	note->repaired_from = clean->from;
	note->repaired_characters = clean->characters;
	note->sections = arena_steal_array(
		&note->arena, reader.sections, reader.section_count, sizeof *reader.sections);
	note->section_count = reader.section_count;
	free(reader.spans);
	buf_finish(&reader.pending);
	note->problems = reader.problems;
	note->problem_count = reader.problem_count;
	return note;
}

bool note_read(const char *path, const char *bytes, size_t length, struct note **ret,
	struct buf *ret_text, struct error *err)
{
	struct repaired clean = {0};
	if (!repair_text(bytes, length, &clean, err))
		return error_wrap(err, "note '%s'", path);
	*ret = read_clean(path, &clean, ret_text);
	return true;
}

bool note_parse(
	const char *path, const char *bytes, size_t length, struct note **ret, struct error *err)
{
	cleanup_buf struct buf text = {0};
	return note_read(path, bytes, length, ret, &text, err);
}

bool note_load(const char *path, struct note **ret, struct error *err)
{
	cleanup_buf struct buf bytes = {0}, text = {0};
	struct repaired clean = {0};
	if (folder_exists(path))
		return error_set(err, 0, "note '%s': it is a folder, not a Markdown file", path);
	if (!file_read(path, NOTE_SIZE_LIMIT, &bytes, err))
		return error_wrap(err, "note");
	if (!repair_text(buf_text(&bytes), bytes.length, &clean, err))
		return error_wrap(err, "note '%s'", path);
	buf_finish(&bytes); /* the tree takes many times its space */
	*ret = read_clean(path, &clean, &text);
	return true;
}

void note_destroy(struct note *note)
{
	if (note == NULL)
		return;
	arena_finish(&note->arena);
	free(note);
}
