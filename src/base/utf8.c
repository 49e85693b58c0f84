/* base/utf8.c - UTF-8: decoding, columns in a terminal, folding (with utf8proc's tables) */
#include "base.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

size_t utf8_decode(const char *bytes, size_t length, uint32_t *ret_point)
{
	const unsigned char first = (unsigned char)bytes[0];
	if (first < 0x80) {
		*ret_point = first;
		return 1;
	}
	utf8proc_int32_t point;
	utf8proc_ssize_t taken = utf8proc_iterate(
		(const utf8proc_uint8_t *)bytes, length > 8 ? 8 : (utf8proc_ssize_t)length, &point);
	if (taken < 1 || point < 0) {
		*ret_point = 0xFFFD;
		return 1;
	}
	*ret_point = (uint32_t)point;
	return (size_t)taken;
}

bool utf8_valid(const char *bytes, size_t length)
{
	for (size_t at = 0; at < length;) {
		uint32_t point;
		size_t taken = utf8_decode(bytes + at, length - at, &point);
		if (taken == 1 && (unsigned char)bytes[at] >= 0x80)
			return false;
		at += taken;
	}
	return true;
}

void utf8_encode(struct buf *out, uint32_t point)
{
	utf8proc_uint8_t bytes[4];
	if (point > 0x10FFFF || (point >= 0xD800 && point < 0xE000))
		point = 0xFFFD;
	utf8proc_ssize_t length = utf8proc_encode_char((utf8proc_int32_t)point, bytes);
	buf_add(out, bytes, (size_t)length);
}

/* utf8proc 2.8 gives the width of a code point; a cluster is as wide as its first visible one. */
static size_t point_width(uint32_t point)
{
	if (point < 0x20 || point == 0x7F)
		return 0;
	if (point < 0x7F)
		return 1;
	int width = utf8proc_charwidth((utf8proc_int32_t)point);
	return width > 0 ? (size_t)width : 0;
}

/* Consumes one grapheme cluster; returns its bytes and its columns. U+FE0F requests the wide,
 * coloured form. */
static size_t next_cluster(const char *bytes, size_t length, size_t *ret_columns)
{
	uint32_t point, before;
	size_t at = utf8_decode(bytes, length, &before);
	size_t columns = point_width(before);
	utf8proc_int32_t state = 0;
	while (at < length) {
		if ((unsigned char)bytes[at] < 0x80)
			break;
		size_t taken = utf8_decode(bytes + at, length - at, &point);
		if (utf8proc_grapheme_break_stateful(
			    (utf8proc_int32_t)before, (utf8proc_int32_t)point, &state))
			break;
		if (point == 0xFE0F && columns == 1)
			columns = 2;
		at += taken;
		before = point;
	}
	*ret_columns = columns;
	return at;
}

size_t utf8_width(const char *bytes, size_t length)
{
	size_t columns = 0, taken;
	for (size_t at = 0; at < length;) {
		at += next_cluster(bytes + at, length - at, &taken);
		columns += taken;
	}
	return columns;
}

size_t utf8_fit(const char *bytes, size_t length, size_t columns)
{
	size_t used = 0, at = 0;
	while (at < length) {
		size_t width, taken = next_cluster(bytes + at, length - at, &width);
		if (used + width > columns)
			break;
		used += width;
		at += taken;
	}
	return at;
}

bool utf8_is_shown(uint32_t point)
{
	switch (utf8proc_category((utf8proc_int32_t)point)) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return false;
	default:
		return true;
	}
}

bool utf8_is_harmless(uint32_t point)
{
	bool control = point < 0x20 || (point >= 0x7F && point < 0xA0);
	bool turns = (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
	return !control && !turns;
}

void utf8_add_harmless(struct buf *out, const char *text)
{
	for (size_t left = strlen(text), taken; left > 0; left -= taken, text += taken) {
		uint32_t point;
		taken = utf8_decode(text, left, &point);
		bool harmless = point == '\n' || point == '\t' || utf8_is_harmless(point);
		utf8_encode(out, harmless ? point : '?');
	}
}

bool utf8_is_word(uint32_t point)
{
	switch (utf8proc_category((utf8proc_int32_t)point)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
	case UTF8PROC_CATEGORY_PC:
		return true;
	default:
		return false;
	}
}

uint32_t utf8_lower(uint32_t point)
{
	return (uint32_t)utf8proc_tolower((utf8proc_int32_t)point);
}

static bool is_ascii(const char *text)
{
	unsigned char all = 0;
	for (; *text != '\0'; text++)
		all |= (unsigned char)*text;
	return all < 0x80;
}

char *utf8_fold(const char *text)
{
	utf8proc_uint8_t *folded = NULL;
	if (is_ascii(text)) /* most texts are, and utf8proc takes its time */
		return text_lower(xstrdup(text));
	utf8proc_ssize_t length = utf8proc_map((const utf8proc_uint8_t *)text, 0, &folded,
		UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
	if (length < 0)
		return NULL;
	char *copy = xstrndup((const char *)folded, (size_t)length);
	free(folded);
	return copy;
}
