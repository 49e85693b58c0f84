/* quiz/element.c - elements of Moodle XML, read and written: texts with their format, and answers
 */
#include "private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const formats[] = {[QUIZ_MOODLE] = "moodle_auto_format",
	[QUIZ_HTML] = "html",
	[QUIZ_PLAIN] = "plain_text",
	[QUIZ_MARKDOWN] = "markdown"};

/* ---- reading ---- */

static enum quiz_format read_format(
	struct translation *t, const struct xml_node *element, enum quiz_format usual)
{
	const char *name = xml_attribute(element, "format");
	if (name == NULL)
		return usual;
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
		if (text_same(name, formats[i]))
			return (enum quiz_format)i;
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

const char *element_read_text(struct translation *t, const struct xml_node *element)
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

struct quiz_source element_read_source(
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
	return (struct quiz_source){element_read_text(t, element), read_format(t, element, usual)};
}

const char *element_read_words(
	struct translation *t, const struct xml_node *element, const char *name)
{
	const char *words = translate_words(t, xml_child(element, name));
	return words != NULL ? words : "";
}

double element_read_fraction(struct translation *t, const struct xml_node *answer)
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

void element_translate_answer(struct translation *t, const struct xml_node *answer, char sign,
	double fraction, struct quiz_source text, enum quiz_format usual)
{
	translate_from(t, answer->line);
	write_sign(&t->gift, sign, fraction);
	if (text.text != NULL)
		write_source(&t->gift, text, usual);
	write_feedback(
		&t->gift, "#", element_read_source(t, xml_child(answer, "feedback"), usual), usual);
}

/* ---- writing ---- */

/* XML has no control characters. */
void element_print_plain(struct buf *out, const char *text)
{
	cleanup_buf struct buf clean = {0};
	for (const char *c = text; *c != '\0'; c++) {
		if (text_starts(c, "\xEF\xBF\xBE") || text_starts(c, "\xEF\xBF\xBF"))
			c += 2; /* U+FFFE, U+FFFF */
		else if ((unsigned char)*c >= ' ' || *c == '\n' || *c == '\t')
			buf_add_char(&clean, *c);
	}
	xml_escape(out, buf_text(&clean));
}

void element_print_text(struct buf *out, const char *text)
{
	buf_add_text(out, "<text>");
	element_print_plain(out, text);
	buf_add_text(out, "</text>");
}

const char *element_format(enum quiz_format format)
{
	return formats[format];
}

void element_print_source(struct buf *out, const char *name, struct quiz_source source)
{
	buf_printf(out, "  <%s format=\"%s\">", name, formats[source.format]);
	element_print_text(out, source.text != NULL ? source.text : "");
	buf_printf(out, "</%s>\n", name);
}

void element_print_answer(
	struct buf *out, const struct quiz_answer *a, const char *text, const char *more)
{
	struct quiz_source source =
		text != NULL ? (struct quiz_source){text, QUIZ_MOODLE} : a->text_source;
	buf_printf(out, "  <answer fraction=\"%.10g\" format=\"%s\">", a->fraction * 100,
		formats[source.format]);
	element_print_text(out, source.text);
	buf_add_text(out, more);
	if (a->feedback_source.text != NULL)
		element_print_source(out, "feedback", a->feedback_source);
	buf_add_text(out, "</answer>\n");
}
