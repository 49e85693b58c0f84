/*
 * quiz.h - quizzes in Moodle's GIFT or XML, or QTI 2: parse, ask, grade. Where descriptions of the
 * formats differ, follow Moodle's importers (qformat_gift, qformat_xml). Parsing and grading are
 * pure functions.
 */
#ifndef QUIZ_H
#define QUIZ_H

#include "base.h"

/* What the rest of the program needs to know of a kind of question. src/quiz/kinds.c lists them. */
struct quiz_kind {
	const char *name;   /* "choice", "true-false" */
	const char *prompt; /* "one letter › "; NULL: the text is shown, and nothing is asked */
	bool single;        /* exactly one of its options is to be chosen */
	const char *room_name; /* in a workshop's messages; NULL: a workshop cannot ask it */
	const char *room_how;  /* how its learners answer: "`:answer b`" */
	bool room_options;     /* they choose among the answers; else they type words */
	const char *const *option_words; /* what chooses an option; NULL: its letter */
};
/* Finds a kind by its room_name; NULL if there is none. */
const struct quiz_kind *quiz_kind_in_room(const char *room_name);

enum quiz_format { QUIZ_MOODLE, QUIZ_HTML, QUIZ_PLAIN, QUIZ_MARKDOWN };

/* A text as the file has it, without escapes. What people read is made of it: without the
 * tags and marks of its format, code in `…`. */
struct quiz_source {
	const char *text; /* NULL: there is none */
	enum quiz_format format;
};

struct quiz_answer {
	const char *text;     /* choice, short answer; matching: the left side */
	const char *match;    /* matching: the right side */
	double fraction;      /* -1 … 1: the fraction of the points that it earns */
	const char *feedback; /* may be NULL */
	double low, high;     /* numerical */
	struct quiz_source text_source, feedback_source;
};

struct quiz_question {
	const struct quiz_kind *kind;
	/* [id:…], else its title if no other question has it, else made of its title and content:
	 * "q-0b1d7c52". Unique in the file: the second "x" is "x-2". */
	const char *id;
	bool has_id;          /* the file gives the id, and it is the first of that name */
	size_t number;        /* its place in the file, from 1 */
	const char *title;    /* NULL if the file gives none; may repeat */
	const char *text;     /* the stem; a missing word's gap is "_____" */
	const char *category; /* may be NULL */
	const char **tags;
	size_t tag_count;
	const struct quiz_answer *answers; /* true/false: two, "True" first */
	size_t answer_count;
	const char *feedback; /* general feedback, shown after the answer; NULL */
	struct quiz_source text_source, feedback_source;
	const char *path;
	int line;
};

struct quiz_problem {
	const char *path; /* a package has several files */
	int line, column;
	bool serious; /* a question cannot be asked; else it can, but Moodle would refuse it, or
			 lose or change a part of it */
	const char *message;
};

struct quiz {
	const char *path;
	const struct quiz_question *questions; /* those that can be asked, and descriptions */
	size_t question_count;
	const struct quiz_problem *problems; /* in the order of the file */
	size_t problem_count;
	struct arena arena;
};

/* Parses GIFT, or XML (Moodle's, or a QTI 2 item) if the path ends in .xml. Fails only if the bytes
 * are not text or XML; what is wrong with single questions is in `problems`. */
bool quiz_parse(
	const char *path, const char *bytes, size_t length, struct quiz **ret, struct error *err);
/* Loads a file, or the items of a QTI 2 package: a folder with an imsmanifest.xml, or that file. */
bool quiz_load(const char *path, struct quiz **ret, struct error *err);
/* Returns whether a path is a bank of questions by its name (.gift, .xml), a .txt file with GIFT in
 * it, as Moodle exports them, or a folder that is a QTI package. */
bool quiz_is_bank(const char *path);
/* Returns whether the file has nothing but comments of GIFT: a bank that is still to be written. */
bool quiz_is_draft(const char *path);
void quiz_destroy(struct quiz *quiz);
/* Returns false if the quiz has serious problems; err is the first: "FILE:LINE:COLUMN: what". */
bool quiz_is_sound(const struct quiz *quiz, struct error *err);
/* Prints the quiz as GIFT in one plain form. Parsing the output gives the same quiz, except for the
 * line numbers, problems, and the numbers of questions after one that cannot be asked. */
void quiz_print(const struct quiz *quiz, struct buf *out);
/* Prints one document of Moodle XML with the questions of all quizzes. Parsing it gives the same
 * questions, except that a question without a title has its id as title if that is not "q" and
 * its number. */
void quiz_print_xml(const struct quiz *const *quizzes, size_t count, struct buf *out);
/* Finds a question by [id:], title, or number from 1; NULL if there is none. */
const struct quiz_question *quiz_find(const struct quiz *quiz, const char *name);

/* Computes the order in which to show answers (matching: right sides): order[i] is the index to
 * show at i. The same seed and question give the same order. True/false keeps its order. */
void quiz_shuffle(const struct quiz_question *question, uint64_t seed, size_t *order);
/* Calls `show` for each line below the question's text: "a) " and an option, "1. " and a right
 * side. */
void quiz_list_options(const struct quiz_question *question, const size_t *order,
	void (*show)(void *data, const char *mark, const char *text), void *data);
/* Writes what an option is called: a … z, aa, ab … */
#define QUIZ_LETTER_SIZE 8
void quiz_letter(size_t option, char ret[QUIZ_LETTER_SIZE]);
/* Sets shown[i] for each option that the response chooses. Returns false if the response is not
 * understood, or the question has no options. */
bool quiz_read_options(const struct quiz_question *question, const char *response, bool *shown);

struct quiz_grade {
	double fraction;       /* 0 … 1 of the question's point */
	struct words feedback; /* for the chosen answers, then the general one */
	bool understood; /* false: the response is not an answer (not a letter, not a number): ask
			    again */
	char *why;       /* what was not understood; NULL */
};
void quiz_grade_finish(struct quiz_grade *grade);
/* Returns whether the fraction is the whole point, allowing for rounding when fractions are added
 * up. */
bool quiz_is_full(double fraction);

/* Grades what a learner typed: letters in the order shown ("b", "a c", "a,c"), "true"/"t"/"yes", a
 * text, a number, pairs ("a2 b1 c3"), or for an essay "0"…"100" (the learner's own mark in
 * percent). */
void quiz_grade(const struct quiz_question *question, const size_t *order, const char *response,
	struct quiz_grade *ret);
/* Returns the correct answer as text, to show after the last try. The caller frees it. */
char *quiz_solution(const struct quiz_question *question, const size_t *order);

/* Returns what a learner who knows the answer would type, or (right false) a completely wrong
 * answer; NULL if the question cannot be asked. The caller frees it. */
char *quiz_response(const struct quiz_question *question, const size_t *order, bool right);
/* Returns false if no answer earns the whole point (*ret_why says why; the caller frees it). */
bool quiz_can_be_right(const struct quiz_question *question, char **ret_why);

/* How well a question works, computed from many people's answers as Moodle's quiz statistics define
 * it. What cannot be computed (too few answers, or all the same) is NAN. */
struct quiz_item {
	size_t count;
	double facility;       /* mean of the item's scores */
	double deviation;      /* their standard deviation */
	double discrimination; /* correlation with the points in the rest of the quiz, -1 … 1 */
	double efficiency; /* the covariance over the largest that these scores allow, -1 … 1 */
};
/* scores[i]: learner i's score for the item, 0 … 1; rest[i]: for the quiz's other items. */
struct quiz_item quiz_item_statistics(const double *scores, const double *rest, size_t count);

#endif
