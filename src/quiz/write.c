/* quiz/write.c - texts and answers as GIFT */
#include "private.h"

#include <string.h>

void write_escaped(struct buf *out, const char *text)
{
	for (const char *c = text; *c != '\0'; c++) {
		if (strchr("~=#{}:\\", *c) != NULL)
			buf_add_char(out, '\\');
		if (*c == '\n')
			buf_add_text(out, "\\n");
		else
			buf_add_char(out, *c);
	}
}

/* Text that begins like a format, a weight, a comment, a command or a UTF-8 byte order mark gets an
 * explicit format in front, so that it is not misread. */
void write_source(struct buf *out, struct quiz_source source, enum quiz_format usual)
{
	char first = source.text[strspn(source.text, " \t\n")]; /* blanks at the ends are dropped */
	bool special = first != '\0' && strchr("[%/$\xEF", first) != NULL;
	buf_add_text(out, source.format != usual || special ? gift_format_mark(source.format) : "");
	write_escaped(out, source.text);
}

void write_feedback(
	struct buf *out, const char *sign, struct quiz_source source, enum quiz_format usual)
{
	if (source.text == NULL)
		return;
	buf_add_text(out, sign);
	write_source(out, source, usual);
}

void write_sign(struct buf *out, char sign, double fraction)
{
	buf_printf(out, "\n\t%c", sign);
	bool plain = sign == '=' ? fraction == 1 : fraction == 0;
	if (!plain)
		buf_printf(out, "%%%.10g%%", fraction * 100);
}

void write_answer(
	struct buf *out, char sign, const struct quiz_question *q, const struct quiz_answer *answer)
{
	write_sign(out, sign, answer->fraction);
	write_source(out, answer->text_source, q->text_source.format);
	write_feedback(out, "#", answer->feedback_source, q->text_source.format);
}

/* As Moodle does, it escapes only the bracket that would end the mark. After a backslash the
 * bracket needs a blank before it to end the mark. */
static void write_mark(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, " [%s:", name);
	for (const char *c = value; *c != '\0'; c++)
		buf_printf(out, "%s%c", *c == ']' ? "\\" : "", *c);
	buf_add_text(out, text_ends(value, "\\") ? " ]" : "]");
}

static void write_marks(struct buf *out, const struct quiz_question *q)
{
	if (!q->has_id && q->tag_count == 0)
		return;
	buf_add_text(out, "//");
	if (q->has_id)
		write_mark(out, "id", q->id);
	for (size_t i = 0; i < q->tag_count; i++)
		write_mark(out, "tag", q->tags[i]);
	buf_add_char(out, '\n');
}

void write_head(struct buf *out, const struct quiz_question *q)
{
	write_marks(out, q);
	if (q->title != NULL) {
		buf_add_text(out, "::");
		write_escaped(out, q->title);
		buf_add_text(out, "::");
	}
	write_source(out, q->text_source, QUIZ_MOODLE);
}
