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
	bool special = *source.text != '\0' && strchr("[%/$\xEF", *source.text) != NULL;
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
