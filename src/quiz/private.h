/* quiz/private.h - what the files of the quiz share */
#ifndef QUIZ_PRIVATE_H
#define QUIZ_PRIVATE_H

#include "quiz.h"

/* Reads what stands between a question's braces into its answers; kind and answers are set. False
 * with "LINE:COLUMN: …" */
struct gift {
	const char *path;
	const char *bytes; /* the whole file */
	struct quiz *quiz;
	struct quiz_question *questions;
	size_t count;
};

/* Error at a place in the file: "FILE:LINE:COLUMN: what". */
bool gift_error(const struct gift *gift, const char *at, struct error *err, const char *format, ...)
	PRINTF_LIKE(4, 5);
/* Text with its escapes resolved and its ends trimmed, in the quiz's arena. */
const char *gift_text(struct gift *gift, const char *start, const char *end);
/* What stands behind a "[html]" or the like, whose format goes into *ret; else `at` without blanks.
 */
const char *gift_format(const char *at, enum quiz_format *ret);
/* "[html]" and the like. */
const char *gift_format_mark(enum quiz_format format);
/* The first unescaped character of `any` in [at, end); end where there is none. */
const char *gift_find(const char *at, const char *end, const char *any);
bool answers_read(struct gift *gift, struct quiz_question *question, const char *start,
	const char *end, struct error *err);

#endif
