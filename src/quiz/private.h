/* quiz/private.h - what the files of the quiz share */
#ifndef QUIZ_PRIVATE_H
#define QUIZ_PRIVATE_H

#include "quiz.h"

/* Reads what is between a question's braces into its answers; sets kind and answers. On false the
 * error is "LINE:COLUMN: …". */
struct gift {
	const char *path;
	const char *bytes; /* the whole file */
	struct quiz *quiz;
	struct quiz_question *questions;
	size_t count;
};

/* Sets an error at a position in the file: "FILE:LINE:COLUMN: what". */
bool gift_error(const struct gift *gift, const char *at, struct error *err, const char *format, ...)
	PRINTF_LIKE(4, 5);
/* Returns the text with its escapes resolved and its ends trimmed, in the quiz's arena. */
const char *gift_text(struct gift *gift, const char *start, const char *end);
/* Skips "[html]" or the like, stores the format in *ret and returns the text after it; without a
 * format, returns `at` without leading blanks. */
const char *gift_format(const char *at, enum quiz_format *ret);
/* "[html]" and the like. */
const char *gift_format_mark(enum quiz_format format);
/* Finds the first unescaped character of `any` in [at, end); end if there is none. */
const char *gift_find(const char *at, const char *end, const char *any);
bool answers_read(struct gift *gift, struct quiz_question *question, const char *start,
	const char *end, struct error *err);

#endif
