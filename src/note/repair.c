/* note/repair.c - encodings: UTF-16, byte order marks, invalid bytes, and UTF-8 that was decoded
 * with another encoding and saved again ("‚Äô" for ’). Accepts a repair only if it can be reversed
 * without loss. */
#include "repair.h"

#include <stdlib.h>
#include <string.h>

/* ---- UTF-16 ---- */

static unsigned unit_at(const unsigned char *bytes, size_t at, bool big)
{
	return big ? (unsigned)(bytes[at] << 8 | bytes[at + 1])
		   : (unsigned)(bytes[at + 1] << 8 | bytes[at]);
}

static void decode_utf16(const char *text, size_t length, bool big, struct buf *out)
{
	const unsigned char *bytes = (const unsigned char *)text;
	for (size_t at = 0; at + 1 < length; at += 2) {
		uint32_t unit = unit_at(bytes, at, big);
		if (unit >= 0xD800 && unit < 0xDC00 && at + 3 < length) {
			uint32_t low = unit_at(bytes, at + 2, big);
			if (low >= 0xDC00 && low < 0xE000) {
				unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
				at += 2;
			}
		}
		utf8_encode(out, unit);
	}
}

/* Latin text in UTF-16 has a zero in every second byte; returns which half it is. */
static bool looks_like_utf16(const char *bytes, size_t length, bool *ret_big)
{
	size_t even = 0, odd = 0, look = length < 4096 ? length : 4096;
	if (look < 4 || length % 2 != 0)
		return false;
	for (size_t i = 0; i < look; i++) {
		if (bytes[i] == '\0')
			*(i % 2 == 0 ? &even : &odd) += 1;
	}
	*ret_big = even > odd;
	size_t many = even > odd ? even : odd, few = even > odd ? odd : even;
	return many * 2 > look / 2 && few * 20 < look;
}

static bool take_utf16(const char *bytes, size_t length, struct repaired *r)
{
	bool big = false;
	size_t mark = 0;
	if (length >= 2 && memcmp(bytes, "\xFF\xFE", 2) == 0)
		mark = 2;
	else if (length >= 2 && memcmp(bytes, "\xFE\xFF", 2) == 0)
		mark = 2, big = true;
	else if (!looks_like_utf16(bytes, length, &big))
		return false;
	decode_utf16(bytes + mark, length - mark, big, &r->text);
	r->from = big ? "UTF-16BE" : "UTF-16LE";
	r->characters = (length - mark) / 2;
	return true;
}

/* ---- invalid UTF-8, line ends, control characters ---- */

static bool is_kept(uint32_t point)
{
	return point == '\n' || point == '\t' ||
	       (point >= 0x20 && point != 0x7F && point != 0xFEFF && point != 0x2028 &&
		       point != 0x2029);
}

/* Returns how much of text needs no inspection: ASCII without control characters, and line ends. */
static size_t plain_run(const char *bytes, size_t length)
{
	size_t at = 0;
	while (at < length && ((bytes[at] >= 0x20 && bytes[at] < 0x7F) || bytes[at] == '\n'))
		at++;
	return at;
}

/* Returns the length of the terminal sequence at bytes (ECMA-48: CSI … end, OSC … BEL or ST), which
 * gets into text copied from a terminal; 0: there is none. */
static size_t escape_length(const char *bytes, size_t length)
{
	size_t at = 2;
	if (length < 3 || bytes[0] != '\033' || (bytes[1] != '[' && bytes[1] != ']'))
		return 0;
	if (bytes[1] == '[') {
		while (at < length && bytes[at] >= 0x20 && bytes[at] < 0x40)
			at++;
		return at < length && bytes[at] >= 0x40 && bytes[at] < 0x7F ? at + 1 : 0;
	}
	while (at < length && (unsigned char)bytes[at] >= 0x20)
		at++;
	if (at < length && bytes[at] == '\a')
		return at + 1;
	return at + 1 < length && bytes[at] == '\033' && bytes[at + 1] == '\\' ? at + 2 : 0;
}

static int last_line(const struct buf *text)
{
	int line = 1;
	for (size_t i = 0; i < text->length; i++)
		line += text->data[i] == '\n';
	return line;
}

static void take_clean(const char *bytes, size_t length, struct repaired *r)
{
	buf_reserve(&r->text, length);
	for (size_t at = 0; at < length;) {
		size_t run = plain_run(bytes + at, length - at);
		buf_add(&r->text, bytes + at, run);
		at += run;
		if (at == length)
			break;
		size_t sequence = escape_length(bytes + at, length - at);
		if (sequence > 0) {
			at += sequence;
			r->dropped_controls++;
			continue;
		}
		uint32_t point;
		size_t taken = utf8_decode(bytes + at, length - at, &point);
		unsigned char byte = (unsigned char)bytes[at];
		if (byte == '\r') {
			point = '\n';
			taken += at + 1 < length && bytes[at + 1] == '\n';
		} else if (taken == 1 && byte >= 0x80) {
			point = codepages_windows_1252[byte - 0x80];
			r->foreign_bytes++;
			if (r->first_foreign_line == 0)
				r->first_foreign_line = last_line(&r->text);
		}
		at += taken;
		if (is_kept(point))
			utf8_encode(&r->text, point);
		else
			r->dropped_controls++;
	}
}

static bool is_binary(const char *bytes, size_t length)
{
	size_t controls = 0, look = length < 65536 ? length : 65536;
	for (size_t i = 0; i < look; i++) {
		unsigned char c = (unsigned char)bytes[i];
		controls +=
			c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\033';
	}
	return controls * 20 > look;
}

/* ---- UTF-8 decoded with another encoding ---- */

static const struct reading {
	const char *name;
	const uint16_t *upper; /* NULL: Latin-1, where the byte is the code point */
} readings[] = {
	{"Mac Roman", codepages_mac_roman},
	{"Windows-1252", codepages_windows_1252},
	{"Latin-1", NULL},
};

static bool byte_of(const struct reading *reading, uint32_t point, unsigned char *ret)
{
	if (point < 0x80 || (reading->upper == NULL && point < 0x100)) {
		*ret = (unsigned char)point;
		return true;
	}
	for (size_t i = 0; reading->upper != NULL && i < 128; i++) {
		if (reading->upper[i] != point)
			continue;
		*ret = (unsigned char)(0x80 + i);
		return true;
	}
	/* 0xDB was the currency sign before it became the euro sign. */
	*ret = 0xDB;
	return reading->upper == codepages_mac_roman && point == 0xA4;
}

/* Reverses the wrong decoding of text[0 … length-1]. Returns false if a character has no byte in
 * that encoding, the bytes are not UTF-8, or nothing would change. */
static bool undo_reading(const struct reading *reading, const char *text, size_t length,
	struct buf *out, size_t *ret_characters)
{
	size_t start = out->length, characters = 0;
	for (size_t at = 0; at < length;) {
		size_t run = plain_run(text + at, length - at);
		buf_add(out, text + at, run);
		at += run;
		if (at == length)
			break;
		uint32_t point;
		unsigned char byte;
		at += utf8_decode(text + at, length - at, &point);
		if (!byte_of(reading, point, &byte)) {
			buf_truncate(out, start);
			return false;
		}
		characters += byte >= 0xC0;
		buf_add_char(out, (char)byte);
	}
	if (characters == 0 || !utf8_valid(buf_text(out) + start, out->length - start)) {
		buf_truncate(out, start);
		return false;
	}
	*ret_characters += characters;
	return true;
}

static bool undo_whole(struct repaired *r)
{
	for (size_t i = 0; i < ARRAY_LENGTH(readings); i++) {
		struct buf out = {0};
		if (undo_reading(&readings[i], buf_text(&r->text), r->text.length, &out,
			    &r->characters)) {
			buf_finish(&r->text);
			r->text = out;
			r->from = readings[i].name;
			return true;
		}
		buf_finish(&out);
	}
	return false;
}

/* Returns whether text is a plausible repair of a single line when only part of the file is broken:
 * European letters, punctuation, symbols, emoji. A clean line that happens to decode gives rarer
 * characters. */
static bool is_plausible(const char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		uint32_t p;
		at += utf8_decode(text + at, length - at, &p);
		bool good = p < 0x80 || (p >= 0xA0 && p < 0x180) || (p >= 0x2000 && p < 0x2C00) ||
			    p == 0xFE0F || p == 0xFEFF || (p >= 0x1F000 && p < 0x1FB00);
		if (!good)
			return false;
	}
	return true;
}

static bool undo_line(struct repaired *r, const char *line, size_t length, struct buf *out)
{
	if (memchr(line, '`', length) != NULL) /* the author may be writing about such characters */
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(readings); i++) {
		size_t start = out->length, characters = 0;
		if (!undo_reading(&readings[i], line, length, out, &characters))
			continue;
		if (is_plausible(out->data + start, out->length - start)) {
			r->from = readings[i].name;
			r->characters += characters;
			return true;
		}
		buf_truncate(out, start);
	}
	return false;
}

static bool is_ascii(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] >= 0x80)
			return false;
	return true;
}

static void undo_lines(struct repaired *r)
{
	struct buf out = {0};
	const char *text = buf_text(&r->text), *end = text + r->text.length;
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t length = (size_t)((newline != NULL ? newline : end) - text);
		if (is_ascii(text, length) || !undo_line(r, text, length, &out))
			buf_add(&out, text, length);
		if (newline != NULL)
			buf_add_char(&out, '\n');
		text += length + (newline != NULL);
	}
	buf_finish(&r->text);
	r->text = out;
}

bool repair_text(const char *bytes, size_t length, struct repaired *ret, struct error *err)
{
	struct repaired r = {0};
	if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
		bytes += 3;
		length -= 3;
	}
	if (length == 0)
		return error_set(err, 0, "it is empty: there is nothing to learn in it");
	struct repaired wide = {0};
	if (take_utf16(bytes, length, &wide)) {
		r.from = wide.from;
		r.characters = wide.characters;
		take_clean(buf_text(&wide.text), wide.text.length, &r);
		buf_finish(&wide.text);
	} else if (is_binary(bytes, length)) {
		return error_set(err, 0, "it is not text (binary data); a note is a Markdown file");
	} else {
		take_clean(bytes, length, &r);
	}
	if (r.from == NULL && !is_ascii(buf_text(&r.text), r.text.length) && !undo_whole(&r))
		undo_lines(&r);
	if (text_is_blank(buf_text(&r.text))) {
		buf_finish(&r.text);
		return error_set(err, 0, "it is empty: there is nothing to learn in it");
	}
	*ret = r;
	return true;
}
