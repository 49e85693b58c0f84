/* room/clean.c - what people type, reduced to a line that is safe to show to the others */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* A shown line has no characters that are invisible or change the text direction. */
static bool is_hidden(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {{0, 0x1F}, {0x7F, 0x9F}, {0xAD, 0xAD}, {0x61C, 0x61C}, {0x200B, 0x200F},
		{0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB},
		{0xE0000, 0xE007F}};
	for (size_t i = 0; i < ARRAY_LENGTH(ranges); i++)
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	return false;
}

char *room_clean(const char *text, size_t columns)
{
	struct buf out = {0};
	size_t length = text != NULL ? strlen(text) : 0;
	if (!utf8_valid(text != NULL ? text : "", length))
		return NULL;
	for (size_t at = 0; at < length;) {
		uint32_t point;
		size_t taken = utf8_decode(text + at, length - at, &point);
		bool blank = point == ' ' || point == '\t' || point == '\n' || point == 0xA0;
		if (blank && out.length > 0 && out.data[out.length - 1] != ' ')
			buf_add_char(&out, ' ');
		else if (!blank && !is_hidden(point))
			buf_add(&out, text + at, taken);
		at += taken;
	}
	buf_truncate(&out, utf8_fit(buf_text(&out), out.length, columns));
	while (out.length > 0 && out.data[out.length - 1] == ' ')
		buf_truncate(&out, out.length - 1);
	char *kept = buf_steal(&out);
	if (*kept != '\0')
		return kept;
	free(kept);
	return NULL;
}
