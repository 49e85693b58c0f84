/* quiz/parse.c - parses GIFT files as Moodle's importer (qformat_gift) does: questions, titles,
 * categories */
#include "private.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define CATEGORY "$CATEGORY:"

struct marks {
	const char *id;
	const char **tags;
	size_t tag_count;
};

/* Returns the ']' that ends a mark: the first without a backslash before it, else the last. */
static const char *mark_end(const char *at, const char *end)
{
	const char *found = NULL;
	for (; at < end && (*at != ']' || at[-1] == '\\'); at++)
		found = *at == ']' ? at : found;
	return at < end ? at : found;
}

static const char *mark_value(struct gift *gift, const char *at, const char *end)
{
	cleanup_buf struct buf value = {0};
	struct gift_span span = gift_trim((struct gift_span){at, end});
	for (const char *c = span.at; c < span.end; c++)
		if (*c != '\\' || c + 1 == span.end || c[1] != ']')
			buf_add_char(&value, *c);
	return arena_strdup(&gift->quiz->arena, buf_text(&value));
}

/* "// [id:x] [tag:y]": the first id counts. */
static void read_comment_marks(
	struct gift *gift, const char *line, size_t length, struct marks *marks)
{
	for (const char *c = line, *end = line + length; c < end; c++) {
		size_t left = (size_t)(end - c);
		size_t id = left > 4 && strncmp(c, "[id:", 4) == 0 ? 4 : 0;
		size_t tag = left > 5 && strncmp(c, "[tag:", 5) == 0 ? 5 : 0;
		const char *close = id + tag > 0 ? mark_end(c + id + tag, end) : NULL;
		if (id + tag == 0)
			continue;
		if (close == NULL)
			return;
		const char *value = mark_value(gift, c + id + tag, close);
		c = close;
		if (id > 0 && marks->id != NULL)
			gift_warn(gift, line, "a question has one id; '%s' is left out", value);
		else if (id > 0 && value[0] != '\0')
			marks->id = value;
		if (tag == 0 || value[0] == '\0')
			continue;
		marks->tags = arena_grow(
			&gift->quiz->arena, marks->tags, marks->tag_count, sizeof(char *));
		marks->tags[marks->tag_count++] = value;
	}
}

/* "::title::" */
static void read_title(struct gift *gift, struct gift_span *text, struct quiz_question *q)
{
	if (text->end - text->at < 2 || strncmp(text->at, "::", 2) != 0)
		return;
	struct gift_span rest = {text->at + 2, text->end};
	const char *close = gift_find(rest, ":");
	while (close + 1 < rest.end && close[1] != ':')
		close = gift_find((struct gift_span){close + 1, rest.end}, ":");
	if (close + 1 >= rest.end) {
		gift_warn(gift, text->at, "the title has no closing '::', so it is text");
		*text = gift_trim(rest);
		return;
	}
	const char *title = gift_text(gift, (struct gift_span){rest.at, close});
	q->title = title[0] != '\0' ? title : NULL;
	*text = gift_trim((struct gift_span){close + 2, rest.end});
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
	a->q->feedback = answers_read_text(
		a, (struct gift_span){found + 4, text->end}, &a->q->feedback_source);
	text->end = found;
}

/* Returns where the translated question around a position begins; NULL: the file is GIFT. */
static const struct origin *find_origin(const struct gift *gift, const char *at)
{
	const struct origin *origin = translate_find_origin(gift->from, (size_t)(at - gift->text));
	while (origin != NULL && !origin->question)
		origin--;
	return origin;
}

static bool read_answers(struct gift *gift, struct gift_span text, struct quiz_question *q)
{
	struct answers answers = {.gift = gift, .q = q};
	read_general_feedback(&answers, &text);
	text = gift_trim(text);
	const struct origin *origin = find_origin(gift, text.at);
	const struct kind *kind = origin != NULL ? origin->kind : kinds_find(text);
	q->kind = &kind->face;
	return kind->parse == NULL || kind->parse(&answers, text);
}

static bool ends_in_brace(struct gift_span text)
{
	const char *last = NULL;
	while ((text.at = gift_find(text, "}")) < text.end)
		last = text.at++;
	return last != NULL && last + 1 == text.end;
}

/* Sets the stem: what stands around the answers, with a gap in their place if text follows them
 * that does not itself end with a brace. */
static bool set_stem(
	struct gift *gift, struct gift_span before, struct gift_span after, struct quiz_question *q)
{
	cleanup_buf struct buf out = {0};
	const char *brace = gift_find(after, "{}");
	if (brace < after.end)
		gift_warn(gift, brace, "braces after the answers are text; write \\{ and \\}");
	gift_add_text(&out, before);
	if (after.at < after.end && !ends_in_brace(after))
		buf_add_text(&out, "_____");
	gift_add_text(&out, after);
	struct gift_span all =
		gift_trim((struct gift_span){buf_text(&out), buf_text(&out) + out.length});
	const char *text = arena_strndup(&gift->quiz->arena, all.at, (size_t)(all.end - all.at));
	q->text_source.text = gift_read_format(text, &q->text_source.format);
	q->text = gift_render(gift, before.at, q->text_source);
	return q->text[0] != '\0' || gift_error(gift, before.at, "the question has no text");
}

static bool read_body(struct gift *gift, struct gift_span text, struct quiz_question *q)
{
	const char *open = gift_find(text, "{"), *close = gift_find(text, "}");
	if (close < open)
		return gift_error(gift, close, "'}' without '{'; write \\} for the character");
	if (close == text.end && open < text.end)
		return gift_error(gift, open, "the answers have no closing '}'");
	if (open == text.end) {
		q->kind = &quiz_kind_description.face;
		return set_stem(gift, text, (struct gift_span){text.end, text.end}, q);
	}
	return set_stem(gift, (struct gift_span){text.at, open},
		       (struct gift_span){close + 1, text.end}, q) &&
	       read_answers(gift, (struct gift_span){open + 1, close}, q);
}

static void take_given_id(struct gift *gift, struct unique_names *ids, struct quiz_question *q,
	const char *id, const char *at)
{
	if (id == NULL)
		return;
	q->id = unique_add(ids, &gift->quiz->arena, id, 2);
	q->has_id = text_same(q->id, id);
	if (!q->has_id)
		gift_warn(gift, at, "another question has the id '%s', so this is '%s'", id, q->id);
}

/* ---- ids of questions that give none: made of the title or, if that is missing or repeated, of
 * the content, so that a question keeps its id when others are added before it ---- */

static uint64_t hash_part(uint64_t hash, const char *text)
{
	return text != NULL ? hash_bytes(hash, text, strlen(text) + 1) : hash;
}

static uint32_t content_hash(const struct quiz_question *q)
{
	uint64_t hash = hash_part(HASH_START, q->text);
	for (size_t i = 0; i < q->answer_count; i++) {
		const struct quiz_answer *a = &q->answers[i];
		const double numbers[] = {a->low, a->high};
		hash = hash_part(hash_part(hash, a->text), a->match);
		hash = hash_bytes(hash, numbers, sizeof numbers);
	}
	return (uint32_t)(hash ^ hash >> 32);
}

static void make_ids(struct gift *gift, struct unique_names *ids)
{
	struct arena *arena = &gift->quiz->arena;
	struct unique_names titles = {0};
	for (size_t i = 0; i < gift->quiz->question_count; i++)
		if (gift->questions[i].title != NULL)
			unique_add(&titles, arena, gift->questions[i].title, 2);
	for (size_t i = 0; i < gift->quiz->question_count; i++) {
		struct quiz_question *q = &gift->questions[i];
		bool told = q->title != NULL && !unique_is_repeated(&titles, q->title);
		if (q->id != NULL)
			continue;
		cleanup_free char *own =
			told ? xstrdup(q->title)
			     : xasprintf("%s-%08" PRIx32, q->title != NULL ? q->title : "q",
				       content_hash(q));
		q->id = unique_add(ids, arena, own, 2);
	}
	unique_finish(&titles);
}

/* ---- the file ---- */

struct block {
	const char *start; /* of the question being read; NULL */
	const char *category;
	bool after_category; /* no blank line since */
	struct marks marks;
	struct unique_names ids;
	size_t number; /* of questions so far */
	size_t comments;
};

static void advance_mark(struct gift *gift, const char *to)
{
	for (; gift->marked < to; gift->marked++)
		gift->marked_line += *gift->marked == '\n';
}

/* Adds the question unless it cannot be asked. */
static void finish_block(struct gift *gift, struct block *b, const char *end)
{
	struct gift_span text = {b->start, end};
	struct marks marks = b->marks;
	b->after_category = false;
	b->start = NULL;
	if (text.at == NULL)
		return;
	b->marks = (struct marks){0};
	advance_mark(gift, text.at);
	text = gift_trim(text);
	size_t *count = &gift->quiz->question_count;
	gift->questions =
		arena_grow(&gift->quiz->arena, gift->questions, *count, sizeof *gift->questions);
	struct quiz_question *q = &gift->questions[*count];
	*q = (struct quiz_question){.number = ++b->number,
		.line = gift->marked_line,
		.category = b->category,
		.tags = marks.tags,
		.tag_count = marks.tag_count};
	const char *start = text.at;
	const struct origin *origin = find_origin(gift, start);
	if (origin != NULL && origin->refusal != NULL) {
		gift_error(gift, start, "%s", origin->refusal);
		return;
	}
	q->path = gift->quiz->path;
	if (origin != NULL && !text_same(origin->path, q->path))
		q->path = arena_strdup(&gift->quiz->arena, origin->path);
	q->line = origin != NULL ? origin->line : q->line;
	read_title(gift, &text, q);
	if (!read_body(gift, text, q))
		return;
	take_given_id(gift, &b->ids, q, marks.id, start);
	++*count;
}

/* Reads one line; comments are blanked in place. */
static void read_line(struct gift *gift, struct block *b, char *line, size_t length)
{
	struct gift_span text = gift_trim((struct gift_span){line, line + length});
	size_t left = (size_t)(text.end - text.at);
	if (left >= 2 && strncmp(text.at, "//", 2) == 0) {
		read_comment_marks(gift, line, length, &b->marks);
		b->comments++;
		memset(line, ' ', length);
	} else if (left == 0) {
		finish_block(gift, b, line);
	} else if (b->start == NULL && left >= strlen(CATEGORY) &&
		   strncmp(text.at, CATEGORY, strlen(CATEGORY)) == 0) {
		text = gift_trim((struct gift_span){text.at + strlen(CATEGORY), text.end});
		b->category =
			arena_strndup(&gift->quiz->arena, text.at, (size_t)(text.end - text.at));
		b->after_category = true;
	} else if (b->start == NULL) {
		if (b->after_category)
			gift_warn(gift, text.at,
				"Moodle needs a blank line after $CATEGORY:, else it loses this "
				"question");
		b->start = line;
	} else if (gift_span_is(text, "0")) {
		gift_warn(gift, text.at, "Moodle takes a line that is only 0 for a blank line");
	}
}

static void read_file(struct gift *gift, char *text, size_t length)
{
	struct block b = {0};
	char *end = text + length;
	for (char *line = text; line < end;) {
		char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t size = (size_t)((newline != NULL ? newline : end) - line);
		read_line(gift, &b, line, size);
		line += size + (newline != NULL);
	}
	finish_block(gift, &b, end);
	if (b.number == 0 && b.comments > 0 && b.category == NULL)
		gift_warn(gift, gift->marked, "there is no question in it yet, only comments");
	else if (b.number == 0)
		gift_error(gift, gift->marked, "there is no question in it");
	make_ids(gift, &b.ids);
	unique_finish(&b.ids);
}

/* Of a translation. */
static void add_notes(struct gift *gift)
{
	struct quiz *quiz = gift->quiz;
	for (size_t i = 0; gift->from != NULL && i < gift->from->note_count; i++) {
		struct quiz_problem p = gift->from->notes[i];
		p.path = arena_strdup(&quiz->arena, p.path);
		p.message = arena_strdup(&quiz->arena, p.message);
		gift->problems = arena_grow(
			&quiz->arena, gift->problems, quiz->problem_count, sizeof *gift->problems);
		gift->problems[quiz->problem_count++] = p;
		quiz->problems = gift->problems;
	}
}

static int by_position(const void *a, const void *b)
{
	const struct quiz_problem *x = a, *y = b;
	int files = strcmp(x->path, y->path);
	if (files != 0)
		return files;
	return x->line != y->line ? (x->line > y->line) - (x->line < y->line)
				  : (x->column > y->column) - (x->column < y->column);
}

struct quiz *parse_gift(const char *path, char *text, size_t length, const struct translation *from)
{
	struct quiz *quiz = xcalloc(1, sizeof *quiz);
	struct gift gift = {
		.text = text, .from = from, .marked = text, .marked_line = 1, .quiz = quiz};
	quiz->path = arena_strdup(&quiz->arena, path);
	read_file(&gift, text, length);
	add_notes(&gift);
	quiz->questions = gift.questions;
	if (quiz->problem_count > 1)
		qsort(gift.problems, quiz->problem_count, sizeof *gift.problems, by_position);
	return quiz;
}

bool quiz_is_sound(const struct quiz *quiz, struct error *err)
{
	for (size_t i = 0; i < quiz->problem_count; i++) {
		const struct quiz_problem *p = &quiz->problems[i];
		if (p->serious)
			return error_set(
				err, 0, "%s:%d:%d: %s", p->path, p->line, p->column, p->message);
	}
	return true;
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
	long long number = 0; /* "3", or "q3", which was an id in earlier versions */
	(void)text_number(name + (name[0] == 'q'), 1, INT_MAX, &number); /* else it is a name */
	for (size_t i = 0; i < quiz->question_count; i++)
		if (text_same(quiz->questions[i].id, name) ||
			text_same(quiz->questions[i].title, name))
			return &quiz->questions[i];
	for (size_t i = 0; i < quiz->question_count; i++)
		if (number > 0 && quiz->questions[i].number == (size_t)number)
			return &quiz->questions[i];
	return NULL;
}
