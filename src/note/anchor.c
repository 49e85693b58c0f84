/* note/anchor.c - anchors for headings, by GitHub's rule */
#include "note.h"

#include <string.h>

#define VARIATION_SELECTOR 0xFE0F

char *note_anchor(const char *title)
{
	struct buf out = {0};
	size_t length = strlen(title);
	for (size_t at = 0; at < length;) {
		uint32_t point;
		at += utf8_decode(title + at, length - at, &point);
		if (point == ' ')
			buf_add_char(&out, '-');
		else if (point == '-' || (utf8_is_word(point) && point != VARIATION_SELECTOR))
			utf8_encode(&out, utf8_lower(point));
	}
	if (out.length == 0)
		buf_add_text(&out, "section");
	return buf_steal(&out);
}
