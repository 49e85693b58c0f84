/* quiz/moodle.c - translates Moodle XML, as Moodle's importer (qformat_xml) reads it */
#include "private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- texts ---- */

static const struct {
	const char *name;
	enum quiz_format format;
} formats[] = {{"html", QUIZ_HTML}, {"moodle_auto_format", QUIZ_MOODLE}, {"plain_text", QUIZ_PLAIN},
	{"markdown", QUIZ_MARKDOWN}};

static enum quiz_format read_format(
	struct translation *t, const struct xml_node *element, enum quiz_format usual)
{
	const char *name = xml_attribute(element, "format");
	if (name == NULL)
		return usual;
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
		if (text_same(name, formats[i].name))
			return formats[i].format;
	translate_note(t, element->line, "the format '%s' is unknown, and is read as HTML", name);
	return QUIZ_HTML;
}

static bool has_elements(const struct xml_node *node)
{
	for (const struct xml_node *at = node->first; at != NULL; at = at->next)
		if (at->name != NULL)
			return true;
	return false;
}

static const char *read_text(struct translation *t, const struct xml_node *element)
{
	cleanup_buf struct buf out = {0};
	const struct xml_node *text = xml_child(element, "text");
	if (text == NULL)
		return NULL;
	if (has_elements(text)) {
		translate_note(t, text->line,
			"Moodle refuses elements in <text>; put the text into <![CDATA[…]]>");
		xml_add_markup(&out, text, NULL);
	} else {
		xml_add_text(&out, text);
	}
	return text_is_blank(buf_text(&out)) ? NULL : arena_strdup(&t->arena, buf_text(&out));
}

/* Reads the <text> of an element, and its format. */
static struct quiz_source read_source(
	struct translation *t, const struct xml_node *element, enum quiz_format usual)
{
	if (element == NULL)
		return (struct quiz_source){NULL, usual};
	for (const struct xml_node *file = xml_child(element, "file"); file != NULL;
		file = xml_next(file)) {
		const char *name = xml_attribute(file, "name");
		translate_note(t, file->line, "the embedded file '%s' is left out",
			name != NULL ? name : "");
	}
	return (struct quiz_source){read_text(t, element), read_format(t, element, usual)};
}

/* Returns the text in a child element; "" if there is none. */
static const char *child_words(
	struct translation *t, const struct xml_node *element, const char *name)
{
	const char *words = translate_words(t, xml_child(element, name));
	return words != NULL ? words : "";
}

static double read_fraction(struct translation *t, const struct xml_node *answer)
{
	const char *text = xml_attribute(answer, "fraction");
	char *end;
	double percent = text != NULL ? strtod(text, &end) : 0;
	if (text != NULL &&
		(end == text || !isfinite(percent) || end[strspn(end, " \t\n")] != '\0')) {
		translate_note(t, answer->line,
			"the fraction '%s' is not a number, and is read as 0", text);
		return 0;
	}
	return percent / 100;
}

/* ---- answers, by type; they write what is between the braces ---- */

static void write_weighted(struct translation *t, const struct xml_node *answer, char sign,
	double fraction, struct quiz_source text, enum quiz_format usual)
{
	translate_from(t, answer->line);
	write_sign(&t->gift, sign, fraction);
	if (text.text != NULL)
		write_source(&t->gift, text, usual);
	write_feedback(&t->gift, "#", read_source(t, xml_child(answer, "feedback"), usual), usual);
}

static bool is_single(struct translation *t, const struct xml_node *question)
{
	const char *single = child_words(t, question, "single");
	return single[0] == '\0' || text_same(single, "true") || text_same(single, "1");
}

static void write_choices(
	struct translation *t, const struct xml_node *question, enum quiz_format usual)
{
	bool single = is_single(t, question);
	for (const struct xml_node *answer = xml_child(question, "answer"); answer != NULL;
		answer = xml_next(answer)) {
		double fraction = read_fraction(t, answer);
		bool right = single && fraction > 1 - 1e-6;
		write_weighted(t, answer, right ? '=' : '~', right ? 1 : fraction,
			read_source(t, answer, usual), usual);
	}
}

/* In old files the answers' words are translated; then the first is "true". */
static void write_truth(
	struct translation *t, const struct xml_node *question, enum quiz_format usual)
{
	struct quiz_source feedback[2] = {{NULL, usual}, {NULL, usual}};
	bool right = false, first = true;
	for (const struct xml_node *answer = xml_child(question, "answer"); answer != NULL;
		answer = xml_next(answer), first = false) {
		const char *word = child_words(t, answer, "text");
		bool known = text_same(word, "true") || text_same(word, "false");
		bool option = known ? text_same(word, "true") : first;
		right = (read_fraction(t, answer) > 1 - 1e-6) == option;
		feedback[option] = read_source(t, xml_child(answer, "feedback"), usual);
	}
	buf_add_text(&t->gift, right ? "TRUE" : "FALSE");
	if (feedback[!right].text == NULL && feedback[right].text != NULL)
		buf_add_char(&t->gift, '#');
	write_feedback(&t->gift, "#", feedback[!right], usual);
	write_feedback(&t->gift, "#", feedback[right], usual);
}

/* What is typed has no format. */
static void write_words(
	struct translation *t, const struct xml_node *question, enum quiz_format usual)
{
	for (const struct xml_node *answer = xml_child(question, "answer"); answer != NULL;
		answer = xml_next(answer))
		write_weighted(t, answer, '=', read_fraction(t, answer),
			(struct quiz_source){read_text(t, answer), usual}, usual);
}

static const char *read_number(struct translation *t, const struct xml_node *answer)
{
	const char *number = child_words(t, answer, "text");
	const char *tolerance = child_words(t, answer, "tolerance");
	bool exact = tolerance[0] == '\0' || text_same(tolerance, "0") || text_same(number, "*");
	return exact ? number : arena_printf(&t->arena, "%s:%s", number, tolerance);
}

/* An answer for all other numbers comes last. */
static void write_numbers(
	struct translation *t, const struct xml_node *question, enum quiz_format usual)
{
	const struct xml_node *otherwise = NULL;
	buf_add_char(&t->gift, '#');
	for (const struct xml_node *answer = xml_child(question, "answer"); answer != NULL;
		answer = xml_next(answer)) {
		double fraction = read_fraction(t, answer);
		const char *number = read_number(t, answer);
		if (text_same(number, "*") && fraction == 0)
			otherwise = otherwise != NULL ? otherwise : answer;
		else
			write_weighted(t, answer, '=', fraction,
				(struct quiz_source){number, usual}, usual);
	}
	if (otherwise != NULL)
		write_weighted(t, otherwise, '~', 0, (struct quiz_source){NULL, usual}, usual);
}

/* GIFT ends the left side at the first "->". */
static struct quiz_source hide_arrows(struct translation *t, struct quiz_source source)
{
	cleanup_buf struct buf plain = {0}, out = {0};
	if (source.text == NULL || strstr(source.text, "->") == NULL)
		return source;
	if (source.format == QUIZ_PLAIN)
		xml_escape(&plain, source.text);
	const char *text = source.format == QUIZ_PLAIN ? buf_text(&plain) : source.text;
	const char *end = text; /* of a comment; NULL: there is none any more */
	for (const char *c = text; *c != '\0'; c++) {
		bool comment = end != NULL && text_starts(c, "<!--");
		end = comment ? strstr(c + 4, "-->") : end;
		if (comment && end != NULL) {
			c = end + 2;
			continue;
		}
		bool arrow = text_starts(c, "->");
		buf_add_text(&out, arrow ? "-&gt;" : "");
		c += arrow;
		if (!arrow)
			buf_add_char(&out, *c);
	}
	return (struct quiz_source){arena_strdup(&t->arena, buf_text(&out)),
		source.format == QUIZ_PLAIN ? QUIZ_HTML : source.format};
}

static void write_pairs(
	struct translation *t, const struct xml_node *question, enum quiz_format usual)
{
	for (const struct xml_node *pair = xml_child(question, "subquestion"); pair != NULL;
		pair = xml_next(pair)) {
		struct quiz_source left = hide_arrows(t, read_source(t, pair, usual));
		const char *right = read_text(t, xml_child(pair, "answer"));
		translate_from(t, pair->line);
		write_sign(&t->gift, '=', 1);
		if (left.text != NULL)
			write_source(&t->gift, left, usual);
		buf_add_text(&t->gift, " -> ");
		write_escaped(&t->gift, right != NULL ? right : "");
	}
}

/* ---- questions ---- */

extern const struct kind quiz_kind_choice, quiz_kind_choices, quiz_kind_truth, quiz_kind_short,
	quiz_kind_numerical, quiz_kind_matching;

static const struct type {
	const char *name;
	const struct kind *kind;
	/* NULL: it has no answers */
	void (*write)(
		struct translation *t, const struct xml_node *question, enum quiz_format usual);
} types[] = {
	{"multichoice", &quiz_kind_choice, write_choices},
	{"truefalse", &quiz_kind_truth, write_truth},
	{"shortanswer", &quiz_kind_short, write_words},
	{"numerical", &quiz_kind_numerical, write_numbers},
	{"matching", &quiz_kind_matching, write_pairs},
	{"essay", &quiz_kind_essay, NULL},
	{"description", &quiz_kind_description, NULL},
};

/* What a question has in Moodle and loses here. */
static const struct {
	const char *element, *unless; /* this is in it, or nothing */
	const char *note;
} losses[] = {
	{"hint", "", "a hint is left out"},
	{"usecase", "0", "capital and small letters are not told apart here"},
	{"graderinfo", "", "the information for graders is left out"},
	{"responsetemplate", "", "the response template is left out"},
	{"units", "", "units are left out: an answer is a number without a unit"},
	{"image", "", "the picture is left out"},
	{"image_base64", "", "the picture is left out"},
};

static void note_losses(struct translation *t, const struct xml_node *question)
{
	for (size_t i = 0; i < ARRAY_LENGTH(losses); i++)
		for (const struct xml_node *lost = xml_child(question, losses[i].element);
			lost != NULL; lost = xml_next(lost)) {
			const char *words = translate_words(t, lost);
			if (words != NULL && !text_same(words, losses[i].unless))
				translate_note(t, lost->line, "%s", losses[i].note);
		}
}

static void read_tags(
	struct translation *t, const struct xml_node *question, struct quiz_question *q)
{
	for (const struct xml_node *tag = xml_child(xml_child(question, "tags"), "tag");
		tag != NULL; tag = xml_next(tag)) {
		const char *words = translate_words(t, tag);
		if (words == NULL)
			continue;
		q->tags = arena_grow(&t->arena, q->tags, q->tag_count, sizeof *q->tags);
		q->tags[q->tag_count++] = words;
	}
}

/* A name "q3" of the third question is what ropes writes if there is no title. */
static const char *read_title(struct translation *t, const struct xml_node *question, size_t number)
{
	cleanup_free char *usual = xasprintf("q%zu", number);
	cleanup_buf struct buf title = {0};
	xml_add_text(&title, xml_child(question, "name"));
	return text_is_blank(buf_text(&title)) ||
			       text_same(translate_words(t, xml_child(question, "name")), usual)
		       ? NULL
		       : arena_strdup(&t->arena, buf_text(&title));
}

static void translate_one(struct translation *t, const struct xml_node *question,
	const struct type *type, size_t number)
{
	struct quiz_question q = {.kind = &type->kind->face,
		.title = read_title(t, question, number),
		.id = translate_words(t, xml_child(question, "idnumber"))};
	bool several = type->kind == &quiz_kind_choice && !is_single(t, question);
	q.has_id = q.id != NULL;
	read_tags(t, question, &q);
	q.text_source = read_source(t, xml_child(question, "questiontext"), QUIZ_HTML);
	if (q.text_source.text == NULL) {
		translate_refusal(t, question->line, "the question has no text");
		return;
	}
	translate_question(t, question->line, several ? &quiz_kind_choices : type->kind);
	enum quiz_format usual = q.text_source.format;
	write_head(&t->gift, &q);
	if (type->kind != &quiz_kind_description) {
		buf_add_text(&t->gift, " {");
		if (type->write != NULL)
			type->write(t, question, usual);
		buf_add_char(&t->gift, '\n');
		translate_from(t, question->line);
		write_feedback(&t->gift, "####",
			read_source(t, xml_child(question, "generalfeedback"), usual), usual);
		buf_add_char(&t->gift, '}');
	}
	note_losses(t, question);
}

static void translate_any(struct translation *t, const struct xml_node *question, size_t *number)
{
	const char *name = xml_attribute(question, "type");
	if (text_same(name, "category")) {
		const char *category = translate_words(t, xml_child(question, "category"));
		if (category != NULL)
			buf_printf(&t->gift, "\n\n$CATEGORY: %s", category);
		return;
	}
	++*number;
	for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
		if (text_same(name, types[i].name)) {
			translate_one(t, question, &types[i], *number);
			return;
		}
	const char *title = translate_words(t, xml_child(question, "name"));
	translate_refusal(t, question->line,
		"question '%s' is of the type '%s', which cannot be asked here",
		title != NULL ? title : "", name != NULL ? name : "");
}

void moodle_translate(struct translation *t, const struct xml_node *quiz)
{
	size_t number = 0;
	for (const struct xml_node *question = xml_child(quiz, "question"); question != NULL;
		question = xml_next(question))
		translate_any(t, question, &number);
}
