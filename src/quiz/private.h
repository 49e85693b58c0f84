/* quiz/private.h - what the files of the quiz share */
#ifndef QUIZ_PRIVATE_H
#define QUIZ_PRIVATE_H

#include "quiz.h"

/* ---- gift.c: parts of a GIFT file ---- */

struct gift {
	const char *path;
	const char *bytes; /* the whole file */
	struct quiz *quiz;
	struct quiz_question *questions;
	size_t count;
	struct error *err;
};

/* A part of the file, or of one of its lines. */
struct gift_span {
	const char *at, *end;
};

/* Sets an error at a position in the file: "FILE:LINE:COLUMN: what". Returns false. */
bool gift_error(struct gift *gift, const char *at, const char *format, ...) PRINTF_LIKE(3, 4);
/* Returns the text with its escapes resolved and its ends trimmed, in the quiz's arena. */
const char *gift_text(struct gift *gift, struct gift_span span);
/* Skips "[html]" or the like and blanks before it, and stores the format in *ret. */
struct gift_span gift_format(struct gift_span span, enum quiz_format *ret);
/* "[html]" and the like. */
const char *gift_format_mark(enum quiz_format format);
/* Finds the first unescaped character of `any`; the span's end if there is none. */
const char *gift_find(struct gift_span span, const char *any);
/* Finds the first "->"; NULL if there is none. */
const char *gift_find_arrow(struct gift_span span);
struct gift_span gift_trim(struct gift_span span);

/* ---- answers.c: what several kinds of answers have in common ---- */

/* The answers of a question under construction. */
struct answers {
	struct gift *gift;
	struct quiz_question *q;
	struct quiz_answer *items;
};
struct quiz_answer *answers_add(struct answers *answers);
/* Cuts the next part off *rest at unescaped characters of `signs`. *ret_sign is the character
 * before the part, '\0' for text before the first one; *ret_part is trimmed. Returns false if
 * nothing is left. */
bool answers_next(
	struct gift_span *rest, const char *signs, char *ret_sign, struct gift_span *ret_part);
/* Reads a leading "%50%"; returns false if the part does not begin with a weight. */
bool answers_read_weight(struct gift_span *part, double *ret);
/* Adds an answer of the text up to '#', and feedback after it. */
struct quiz_answer *answers_add_text(
	struct answers *answers, struct gift_span part, double fraction);
/* A text that may begin with a format of its own. */
const char *answers_formatted(struct answers *answers, struct gift_span span);
double answers_best(const struct quiz_question *q);

/* Reads letters ("a c", "a,c", "ac") into the options that they choose. */
bool answers_read_letters(const struct quiz_question *q, const char *response, bool *shown);
/* Where the order shows an answer. */
size_t answers_place(const struct quiz_question *q, const size_t *order, size_t answer);
const struct quiz_answer *answers_find_best(const struct quiz_question *q);

void answers_misunderstand(struct quiz_grade *ret, const char *why);
void answers_add_feedback(struct quiz_grade *ret, const char *feedback);
/* Grades by one answer, which may be NULL. */
void answers_grade_by(const struct quiz_answer *answer, struct quiz_grade *ret);

/* ---- write.c: GIFT of texts and answers ---- */

void write_escaped(struct buf *out, const char *text);
void write_formatted(struct buf *out, const char *text, enum quiz_format format);
/* sign: "#" or "####"; text may be NULL. */
void write_feedback(struct buf *out, const char *sign, const char *text);
/* Begins an answer on a line of its own: '=' or '~', and the weight unless the sign implies it. */
void write_sign(struct buf *out, char sign, double fraction);
void write_answer(struct buf *out, char sign, const struct quiz_answer *answer);

/* ---- kinds.c: all kinds ---- */

/* A kind of question. The functions get the response without blanks at its ends, and write to an
 * empty buffer. NULL: there is nothing to do. */
struct kind {
	struct quiz_kind face; /* first: a question's `kind` points to it */
	bool fixed_order;
	/* Whether the text between the braces, which is not empty, is of this kind; NULL: never. */
	bool (*accepts)(struct gift_span text);
	/* Adds the answers. On failure the error is set. */
	bool (*parse)(struct answers *answers, struct gift_span text);
	/* Writes the text between the braces. */
	void (*print)(const struct quiz_question *q, struct buf *out);
	void (*list)(const struct quiz_question *q, const size_t *order,
		void (*show)(void *data, const char *mark, const char *text), void *data);
	bool (*read_options)(const struct quiz_question *q, const char *response, bool *shown);
	void (*grade)(const struct quiz_question *q, const size_t *order, const char *response,
		struct quiz_grade *ret);
	void (*solve)(const struct quiz_question *q, const size_t *order, struct buf *out);
	void (*respond)(
		const struct quiz_question *q, const size_t *order, bool right, struct buf *out);
};
extern const struct kind quiz_kind_description, quiz_kind_essay; /* essay.c */

/* The kind of a question by the text between its braces; blank: an essay. */
const struct kind *kinds_find(struct gift_span text);
const struct kind *kinds_of(const struct quiz_question *q);

#endif
