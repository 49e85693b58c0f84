/* quiz/private.h - what the files of the quiz share */
#ifndef QUIZ_PRIVATE_H
#define QUIZ_PRIVATE_H

#include "quiz.h"
#include "xml.h"

/* ---- gift.c: parts of a GIFT file ---- */

struct gift {
	const char *text;
	const struct translation *from; /* NULL: the file is GIFT */
	const char *marked;             /* the start of a line, that of number marked_line */
	int marked_line;
	struct quiz *quiz;
	struct quiz_question *questions;
	struct quiz_problem *problems;
};

/* A part of the file, or of one of its lines. */
struct gift_span {
	const char *at, *end;
};

/* Adds a problem at a position after `marked`. gift_error() is for a question that cannot be asked,
 * and returns false; gift_warn() for what Moodle would refuse, lose or read otherwise. */
bool gift_error(struct gift *gift, const char *at, const char *format, ...) PRINTF_LIKE(3, 4);
void gift_warn(struct gift *gift, const char *at, const char *format, ...) PRINTF_LIKE(3, 4);
/* Appends the text with its escapes resolved and each line trimmed. */
void gift_add_text(struct buf *out, struct gift_span span);
/* Returns the same in the quiz's arena, with its ends trimmed. */
const char *gift_text(struct gift *gift, struct gift_span span);
/* Reads "[html]" or the like off the start; returns the rest. */
const char *gift_read_format(const char *text, enum quiz_format *ret);
/* Returns what people read of a text at a position, in the quiz's arena. */
const char *gift_render(struct gift *gift, const char *at, struct quiz_source source);
/* "[html]" and the like. */
const char *gift_format_mark(enum quiz_format format);
/* Finds the first unescaped character of `any`; the span's end if there is none. */
const char *gift_find(struct gift_span span, const char *any);
/* Finds the first "->"; NULL if there is none. */
const char *gift_find_arrow(struct gift_span span);
struct gift_span gift_trim(struct gift_span span);
bool gift_span_is(struct gift_span span, const char *text);

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
/* Reads a leading "%50%" into *ret, or leaves it. Returns false if the question cannot be asked. */
bool answers_read_weight(struct answers *answers, struct gift_span *part, double *ret);
/* Whether the part begins with a weight. */
bool answers_has_weight(struct gift_span part);
/* Adds an answer of the text up to '#', and feedback after it. Returns NULL, with a warning, if it
 * has no text. */
struct quiz_answer *answers_add_text(
	struct answers *answers, struct gift_span part, double fraction);
/* Reads a text that may begin with a format of its own; returns what people read of it. */
const char *answers_read_text(
	struct answers *answers, struct gift_span span, struct quiz_source *ret);
double answers_best(const struct quiz_question *q);

/* Returns the option of letters that quiz_letter() wrote; `count` or more if there is none. */
size_t answers_option(const char *letters, size_t length, size_t count);
/* Reads letters ("a c", "a,c", "ac") into the options that they choose. */
bool answers_read_letters(const struct quiz_question *q, const char *response, bool *shown);
/* Where the order shows an answer. */
size_t answers_place(const struct quiz_question *q, const size_t *order, size_t answer);
const struct quiz_answer *answers_find_best(const struct quiz_question *q);

void answers_misunderstand(struct quiz_grade *ret, const char *why);
void answers_add_feedback(struct quiz_grade *ret, const char *feedback);
/* Grades by one answer, which may be NULL. */
void answers_grade_by(const struct quiz_answer *answer, struct quiz_grade *ret);

/* ---- parse.c ---- */

/* Parses GIFT, in which it blanks comments. `from`: the text is a translation; else NULL. */
struct quiz *parse_gift(
	const char *path, char *text, size_t length, const struct translation *from);

/* ---- translate.c: a bank in another format, translated to GIFT and then parsed as such ---- */

/* What the text from an offset on was made of, up to the next origin. */
struct origin {
	size_t offset;
	const char *path;
	int line;
	bool question;           /* one begins here */
	const struct kind *kind; /* of the question: GIFT cannot tell all kinds apart */
	const char *refusal;     /* why the question cannot be asked; NULL */
};

struct translation {
	struct arena arena;
	const char *path; /* of the file that is being read */
	struct buf gift;
	struct origin *origins;
	size_t origin_count;
	struct quiz_problem *notes; /* what the translation loses */
	size_t note_count;
};
void translate_finish(struct translation *t);
/* Begins a question of the kind; write its head and what is between the braces. */
void translate_question(struct translation *t, int line, const struct kind *kind);
/* What is written next comes from this line. */
void translate_from(struct translation *t, int line);
/* Adds a question that cannot be asked. */
void translate_refusal(struct translation *t, int line, const char *format, ...) PRINTF_LIKE(3, 4);
/* Adds a problem with a question that can be asked. */
void translate_note(struct translation *t, int line, const char *format, ...) PRINTF_LIKE(3, 4);
/* Finds the origin of an offset. NULL: `t` is NULL or the text is empty. */
const struct origin *translate_find_origin(const struct translation *t, size_t offset);
/* Returns the text in the element on one line, in the translation's arena; NULL if it is blank or
 * there is no element. */
const char *translate_words(struct translation *t, const struct xml_node *element);

/* Translates a document: Moodle XML (root element "quiz"), or a QTI 2 item ("assessmentItem"). */
void moodle_translate(struct translation *t, const struct xml_node *quiz);
void qti_translate(struct translation *t, const struct xml_node *item);
/* Lists the files that a QTI manifest or test names as its items. */
void qti_items(const struct xml_node *root, struct words *ret);

/* ---- write.c: GIFT of texts and answers ---- */

void write_escaped(struct buf *out, const char *text);
/* usual: the format that is read if none is written. */
void write_source(struct buf *out, struct quiz_source source, enum quiz_format usual);
/* sign: "#" or "####"; nothing is written if there is no text. */
void write_feedback(
	struct buf *out, const char *sign, struct quiz_source source, enum quiz_format usual);
/* Begins an answer on a line of its own: '=' or '~', and the weight unless the sign implies it. */
void write_sign(struct buf *out, char sign, double fraction);
void write_answer(struct buf *out, char sign, const struct quiz_question *q,
	const struct quiz_answer *answer);
/* Writes the marks, the title and the text of a question. */
void write_head(struct buf *out, const struct quiz_question *q);

/* ---- element.c: elements of Moodle XML ---- */

/* Returns the <text> of an element, in the translation's arena; NULL if it is blank. */
const char *element_read_text(struct translation *t, const struct xml_node *element);
/* The same with its format. */
struct quiz_source element_read_source(
	struct translation *t, const struct xml_node *element, enum quiz_format usual);
/* Returns the text in a child element; "" if there is none. */
const char *element_read_words(
	struct translation *t, const struct xml_node *element, const char *name);
double element_read_fraction(struct translation *t, const struct xml_node *answer);
/* Writes an <answer> with its feedback as GIFT. */
void element_translate_answer(struct translation *t, const struct xml_node *answer, char sign,
	double fraction, struct quiz_source text, enum quiz_format usual);

void element_print_plain(struct buf *out, const char *text);
void element_print_text(struct buf *out, const char *text);
const char *element_format(enum quiz_format format);
void element_print_source(struct buf *out, const char *name, struct quiz_source source);
/* text: of what is typed; NULL: the answer's own, with its format. more: further elements. */
void element_print_answer(
	struct buf *out, const struct quiz_answer *a, const char *text, const char *more);

/* ---- kinds.c: all kinds ---- */

/* A kind of question. The functions get the response without blanks at its ends, and write to an
 * empty buffer. NULL: there is nothing to do. */
struct kind {
	struct quiz_kind face; /* first: a question's `kind` points to it */
	bool fixed_order;
	/* Whether the text between the braces, which is not empty, is of this kind; NULL: never. */
	bool (*accepts)(struct gift_span text);
	/* Adds the answers. Returns false, after gift_error(), if it cannot be asked. */
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
	/* In Moodle XML: the question's type, which every kind has; whether one of that type is of
	 * this kind (NULL: always); its answers as the text between the braces, and as elements. */
	const char *type;
	bool (*accepts_xml)(struct translation *t, const struct xml_node *question);
	void (*translate)(
		struct translation *t, const struct xml_node *question, enum quiz_format usual);
	void (*print_xml)(const struct quiz_question *q, struct buf *out);
};
extern const struct kind quiz_kind_description, quiz_kind_essay; /* essay.c */

/* The kind of a question by the text between its braces; blank: an essay. */
const struct kind *kinds_find(struct gift_span text);
/* The kind of a question in Moodle XML; NULL: it cannot be asked. */
const struct kind *kinds_find_type(struct translation *t, const struct xml_node *question);
const struct kind *kinds_of(const struct quiz_question *q);

#endif
