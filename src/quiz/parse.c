/* quiz/parse.c - parses GIFT files as Moodle's importer (qformat_gift) does: questions, titles,
 * categories */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_LIMIT ((size_t)4 * 1024 * 1024)

struct marks {
	const char *id;
	const char **tags;
	size_t tag_count;
};

/* "// [id:x] [tag:y]" */
static void read_comment_marks(
	struct gift *gift, const char *line, size_t length, struct marks *marks)
{
	cleanup_free char *text = xstrndup(line, length);
	for (const char *c = text; (c = strchr(c, '[')) != NULL; c++) {
		size_t id = text_starts(c, "[id:") ? 4 : 0, tag = text_starts(c, "[tag:") ? 5 : 0;
		const char *close = strchr(c, ']');
		if (id + tag == 0 || close == NULL)
			continue;
		const char *value = gift_text(gift, (struct gift_span){c + id + tag, close});
		c = close;
		if (id > 0) {
			marks->id = value;
			continue;
		}
		marks->tags = arena_grow(
			&gift->quiz->arena, marks->tags, marks->tag_count, sizeof(char *));
		marks->tags[marks->tag_count++] = value;
	}
}

/* "::title::" */
static bool read_title(struct gift *gift, struct gift_span *text, struct quiz_question *q)
{
	const char *start = text->at + 2;
	if (text->end - text->at < 2 || strncmp(text->at, "::", 2) != 0)
		return true;
	for (const char *c = start; c + 1 < text->end; c++) {
		if (*c == '\\')
			c++;
		else if (c[0] == ':' && c[1] == ':') {
			q->title = gift_text(gift, (struct gift_span){start, c});
			text->at = c + 2;
			return true;
		}
	}
	return gift_error(gift, text->at, "the title has no closing '::'");
}

/* Cuts the general feedback off: what follows the last "####". */
static void read_general_feedback(struct answers *a, struct gift_span *text)
{
	const char *found = NULL;
	for (const char *c = text->at; c + 3 < text->end; c++) {
		if (*c == '\\')
			c++;
		else if (strncmp(c, "####", 4) == 0)
			found = c;
	}
	if (found == NULL)
		return;
	a->q->feedback = answers_formatted(a, (struct gift_span){found + 4, text->end});
	text->end = found;
}

static bool read_answers(struct gift *gift, struct gift_span text, struct quiz_question *q)
{
	struct answers answers = {.gift = gift, .q = q};
	read_general_feedback(&answers, &text);
	text = gift_trim(text);
	const struct kind *kind = kinds_find(text);
	q->kind = &kind->face;
	return kind->parse == NULL || kind->parse(&answers, text);
}

/* The text of a question whose answers stand in a gap: "before _____ after". */
static const char *text_with_gap(struct gift *gift, const char *before, const char *after)
{
	return after[0] == '\0' ? before
				: arena_printf(&gift->quiz->arena, "%s%s_____ %s", before,
					  before[0] != '\0' ? " " : "", after);
}

static bool read_body(struct gift *gift, struct gift_span text, struct quiz_question *q)
{
	const char *open = gift_find(text, "{"), *stray = gift_find(text, "}");
	if (stray < open)
		return gift_error(gift, stray, "'}' without '{'; write \\} for the character");
	if (open == text.end) {
		q->kind = &quiz_kind_description.face;
		q->text = gift_text(gift, text);
		return q->text[0] != '\0' || gift_error(gift, text.at, "the question has no text");
	}
	struct gift_span inner = {open + 1, stray};
	if (stray == text.end)
		return gift_error(gift, open, "the answers have no closing '}'");
	struct gift_span rest = {stray + 1, text.end};
	const char *second = gift_find(rest, "{");
	if (second != rest.end)
		return gift_error(gift, second,
			"a question has one pair of braces; write \\{ for the character");
	q->text = text_with_gap(
		gift, gift_text(gift, (struct gift_span){text.at, open}), gift_text(gift, rest));
	if (q->text[0] == '\0')
		return gift_error(gift, open, "the question has no text");
	return read_answers(gift, inner, q);
}

static struct quiz_question *new_question(struct gift *gift)
{
	gift->questions = arena_grow(
		&gift->quiz->arena, gift->questions, gift->count, sizeof *gift->questions);
	gift->questions[gift->count] = (struct quiz_question){0};
	return &gift->questions[gift->count++];
}

static int line_number(const struct gift *gift, const char *at)
{
	int line = 1;
	for (const char *c = gift->bytes; c < at; c++)
		line += *c == '\n';
	return line;
}

static bool parse_question(
	struct gift *gift, struct gift_span text, const char *category, const struct marks *marks)
{
	struct quiz_question *q = new_question(gift);
	text = gift_trim(text);
	q->line = line_number(gift, text.at);
	q->category = category;
	q->tags = marks->tags;
	q->tag_count = marks->tag_count;
	if (!read_title(gift, &text, q) || !read_body(gift, gift_format(text, &q->format), q))
		return false;
	q->id = marks->id != NULL  ? marks->id
		: q->title != NULL ? q->title
				   : arena_printf(&gift->quiz->arena, "q%zu", gift->count);
	for (size_t i = 0; i + 1 < gift->count; i++)
		if (text_same(gift->questions[i].id, q->id))
			return gift_error(gift, text.at, "two questions are called '%s'", q->id);
	return true;
}

static bool is_blank_line(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isspace((unsigned char)line[i]))
			return false;
	return true;
}

struct block {
	const char *start; /* of the question being read; NULL */
	const char *category;
	struct marks marks;
};

static bool finish_block(struct gift *gift, struct block *b, const char *end)
{
	const char *start = b->start;
	b->start = NULL;
	if (start == NULL)
		return true;
	struct marks marks = b->marks;
	b->marks = (struct marks){0};
	return parse_question(gift, (struct gift_span){start, end}, b->category, &marks);
}

/* Reads one line; comments are blanked in place. */
static bool take_gift_line(struct gift *gift, struct block *b, char *line, size_t length)
{
	static const char category[] = "$CATEGORY:";
	size_t indent = strspn(line, " \t");
	if (length >= indent + 2 && strncmp(line + indent, "//", 2) == 0) {
		read_comment_marks(gift, line, length, &b->marks);
		memset(line, ' ', length);
		return true;
	}
	if (is_blank_line(line, length))
		return finish_block(gift, b, line);
	if (b->start == NULL && strncmp(line + indent, category, sizeof category - 1) == 0) {
		b->category = gift_text(gift,
			(struct gift_span){line + indent + sizeof category - 1, line + length});
		return true;
	}
	if (b->start == NULL)
		b->start = line;
	return true;
}

static bool read_file(struct gift *gift, char *text, size_t length)
{
	struct block b = {0};
	char *end = text + length;
	for (char *line = text; line < end;) {
		char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t size = (size_t)((newline != NULL ? newline : end) - line);
		if (!take_gift_line(gift, &b, line, size))
			return false;
		line += size + (newline != NULL);
	}
	return finish_block(gift, &b, end);
}

bool quiz_parse(
	const char *path, const char *bytes, size_t length, struct quiz **ret, struct error *err)
{
	if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
		bytes += 3;
		length -= 3;
	}
	if (memchr(bytes, '\0', length) != NULL || !utf8_valid(bytes, length))
		return error_set(err, 0, "%s:1:1: it is no text in UTF-8", path);
	struct buf text = {0};
	for (size_t i = 0; i < length; i++) /* CRLF and CR are line ends, too */
		if (bytes[i] != '\r')
			buf_add_char(&text, bytes[i]);
		else if (i + 1 >= length || bytes[i + 1] != '\n')
			buf_add_char(&text, '\n');
	size_t size = text.length;
	char *copy = buf_steal(&text);
	struct quiz *quiz = xcalloc(1, sizeof *quiz);
	struct gift gift = {.path = path, .bytes = copy, .quiz = quiz, .err = err};
	bool good = read_file(&gift, copy, size);
	if (good && gift.count == 0)
		good = error_set(err, 0, "%s:1:1: there is no question in it", path);
	free(copy);
	if (!good) {
		quiz_destroy(quiz);
		return false;
	}
	quiz->questions = gift.questions;
	quiz->question_count = gift.count;
	*ret = quiz;
	return true;
}

bool quiz_load(const char *path, struct quiz **ret, struct error *err)
{
	cleanup_buf struct buf bytes = {0};
	return file_read(path, SIZE_LIMIT, &bytes, err) &&
	       quiz_parse(path, buf_text(&bytes), bytes.length, ret, err);
}

void quiz_destroy(struct quiz *quiz)
{
	if (quiz == NULL)
		return;
	arena_finish(&quiz->arena);
	free(quiz);
}

const struct quiz_question *quiz_find(const struct quiz *quiz, const char *name)
{
	long long place;
	for (size_t i = 0; i < quiz->question_count; i++)
		if (text_same(quiz->questions[i].id, name) ||
			text_same(quiz->questions[i].title, name))
			return &quiz->questions[i];
	if (text_number(name, 1, (long long)quiz->question_count, &place))
		return &quiz->questions[place - 1];
	return NULL;
}
