/* screen/foreign.c - output of other programs: they may draw, but not take over the terminal. Drops
 * sequences that report, write the clipboard, set titles or program keys; remembers and restores
 * modes. (ECMA-48; xterm's ctlseqs for private modes.) */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define SEQUENCE_LIMIT 64 /* drop longer sequences, whatever they do */
#define ADDRESS_LIMIT 2048

enum state { GROUND, ESCAPE, INTERMEDIATE, CSI, STRING, STRING_ESCAPE };

/* Modes that programs switch; `normal` is their state at a shell's prompt. */
static const struct {
	const char *parameter;
	bool normal;
} modes[] = {
	{"?1", false},
	{"?7", true},
	{"?12", false},
	{"?25", true},
	{"?47", false},
	{"?1047", false},
	{"?1048", false},
	{"?1049", false},
	{"?1000", false},
	{"?1002", false},
	{"?1003", false},
	{"?1004", false},
	{"?1005", false},
	{"?1006", false},
	{"?1015", false},
	{"?2004", false},
	{"4", false},
};

struct foreign {
	enum state state;
	char sequence[SEQUENCE_LIMIT];
	size_t length;
	bool too_long;
	unsigned continuation; /* UTF-8 bytes still to come */
	bool switched[ARRAY_LENGTH(modes)];
	bool system_command; /* of the string sequences, only this one ends with BEL */
	bool styled, margins, charset, keypad;
	bool began, at_start;
	bool written;           /* the line has output on it, wherever the cursor is */
	struct stripper *plain; /* used without a terminal */
};

void foreign_destroy(struct foreign *f)
{
	if (f == NULL)
		return;
	strip_destroy(f->plain);
	free(f);
}

static bool is_one_of(const char *set, char c)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* Returns whether url is an http(s) or mailto address that may appear in an OSC 8 sequence. */
bool foreign_is_web_address(const char *url)
{
	bool known = text_starts(url, "https://") || text_starts(url, "http://") ||
		     text_starts(url, "mailto:");
	for (const char *c = url; *c != '\0'; c++)
		if (*c <= 0x20 || *c >= 0x7F)
			return false;
	return known && strlen(url) < ADDRESS_LIMIT;
}

static void pass_bytes(struct screen *s, const char *bytes, size_t length)
{
	buf_add(&s->out, bytes, length);
}

/* ---- modes ---- */

/* Passes on the modes that are known, each in a sequence of its own. */
static void set_modes(struct screen *s, struct foreign *f, const char *parameters, bool on)
{
	bool private_modes = parameters[0] == '?';
	const char *at = parameters + private_modes;
	while (*at != '\0') {
		size_t length = strcspn(at, ";");
		cleanup_free char *name =
			xasprintf("%s%.*s", private_modes ? "?" : "", (int)length, at);
		for (size_t i = 0; i < ARRAY_LENGTH(modes); i++) {
			if (!text_same(modes[i].parameter, name))
				continue;
			f->switched[i] = on != modes[i].normal;
			buf_printf(&s->out, "\033[%s%c", name, on ? 'h' : 'l');
		}
		at += length + (at[length] == ';');
	}
}

/* Returns whether a complete control sequence may pass. sequence: "\033[" … final. */
static bool csi_may_pass(struct screen *s, struct foreign *f)
{
	char final = f->sequence[f->length - 1];
	cleanup_free char *parameters = xstrndup(f->sequence + 2, f->length - 3);
	bool plain = strspn(parameters, "0123456789;:") == strlen(parameters);
	if (final == 'h' || final == 'l') {
		set_modes(s, f, parameters, final == 'h');
		return false; /* set_modes() has passed them on one by one */
	}
	if (!plain || (final == 'T' && strchr(parameters, ';') != NULL))
		return false; /* highlight tracking waits for an answer */
	if (final == 'm')
		f->styled = !text_same(parameters, "") && !text_same(parameters, "0");
	if (final == 'r')
		f->margins = true;
	if (final == 'K' || final == 'J')
		f->written = f->written && !text_same(parameters, "2") &&
			     (!f->at_start || text_same(parameters, "1"));
	if (is_one_of("CGHa`f", final))
		f->at_start = final == 'H' && *parameters == '\0';
	return is_one_of("ABCDEFGHJKLMPXZ@STabdefmr`", final) ||
	       ((final == 's' || final == 'u') && parameters[0] == '\0');
}

static bool escape_may_pass(struct foreign *f, char c)
{
	if (c == '=' || c == '>')
		f->keypad = c == '=';
	return is_one_of("78=>DEM", c);
}

/* ---- the state machine ---- */

static void begin_sequence(struct foreign *f, enum state state)
{
	f->state = state;
	f->length = 0;
	f->too_long = false;
}

static void keep_char(struct foreign *f, char c)
{
	if (f->length < SEQUENCE_LIMIT)
		f->sequence[f->length++] = c;
	else
		f->too_long = true;
}

static void filter_control(struct screen *s, struct foreign *f, char c)
{
	if (!is_one_of("\a\b\t\n\v\f\r\016\017", c))
		return;
	if (c == '\016' || c == '\017')
		f->charset = c == '\016';
	if (c == '\r' || (c == '\n' && !s->raw))
		f->at_start = true;
	if (c == '\t')
		f->at_start = false;
	if (c == '\n')
		f->written = false;
	pass_bytes(s, &c, 1);
}

static void note_written(struct foreign *f)
{
	f->at_start = false;
	f->written = true;
}

/* A multi-byte character: drops malformed ones and the control characters U+0080 to U+009F. */
static void filter_character(struct screen *s, struct foreign *f)
{
	uint32_t point;
	if (utf8_decode(f->sequence, f->length, &point) != f->length || point < 0xA0)
		return;
	pass_bytes(s, f->sequence, f->length);
	note_written(f);
}

static void filter_ground(struct screen *s, struct foreign *f, unsigned char c)
{
	if (f->continuation > 0 && (c & 0xC0) == 0x80) {
		keep_char(f, (char)c);
		if (--f->continuation == 0)
			filter_character(s, f);
		return;
	}
	f->continuation = 0;
	if (c >= 0xC2 && c <= 0xF4) {
		f->length = 0;
		keep_char(f, (char)c);
		f->continuation = c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
	} else if (c == 0x1B) {
		begin_sequence(f, ESCAPE);
		keep_char(f, (char)c);
	} else if (c >= 0x20 && c < 0x7F) {
		pass_bytes(s, (const char *)&c, 1);
		note_written(f);
	} else if (c < 0x20) {
		filter_control(s, f, (char)c);
	}
}

static void filter_escape(struct screen *s, struct foreign *f, char c)
{
	if (c == '[') {
		keep_char(f, c);
		f->state = CSI;
	} else if (is_one_of("]P_^X", c)) {
		f->state = STRING;
		f->system_command = c == ']';
	} else if (c >= 0x20 && c < 0x30) {
		keep_char(f, c);
		f->state = INTERMEDIATE;
	} else if (c > 0 && c < 0x20 && c != 0x18 && c != 0x1A && c != 0x1B) {
		filter_control(s, f, c); /* controls within a sequence act at once */
	} else {
		if (escape_may_pass(f, c)) {
			keep_char(f, c);
			pass_bytes(s, f->sequence, f->length);
		}
		f->state = c == 0x1B ? ESCAPE : GROUND;
	}
}

/* ESC, one or more of 0x20 to 0x2F, and a final character: allows only selecting G0 and G1. */
static void filter_intermediate(struct screen *s, struct foreign *f, char c)
{
	if (c == 0x1B) {
		begin_sequence(f, ESCAPE);
		keep_char(f, c);
		return;
	}
	keep_char(f, c);
	if (c >= 0x20 && c < 0x30)
		return;
	f->state = GROUND;
	if (f->length != 3 || !is_one_of("()", f->sequence[1]) || !is_one_of("B0AU", c))
		return;
	f->charset = f->charset || c != 'B';
	pass_bytes(s, f->sequence, f->length);
}

static void filter_csi(struct screen *s, struct foreign *f, unsigned char c)
{
	if (c == 0x1B) {
		begin_sequence(f, ESCAPE);
		keep_char(f, (char)c);
	} else if (c == 0x18 || c == 0x1A) {
		f->state = GROUND;
	} else if (c >= 0x40 && c <= 0x7E) {
		keep_char(f, (char)c);
		f->state = GROUND;
		if (!f->too_long && csi_may_pass(s, f))
			pass_bytes(s, f->sequence, f->length);
	} else if (c >= 0x20) {
		keep_char(f, (char)c);
	} else {
		filter_control(s, f, (char)c); /* takes effect at once */
	}
}

static void filter_string(struct foreign *f, unsigned char c)
{
	if (c == 0x1B)
		f->state = STRING_ESCAPE;
	else if ((c == 0x07 && f->system_command) || c == 0x18 || c == 0x1A)
		f->state = GROUND;
}

static void filter_byte(struct screen *s, struct foreign *f, unsigned char c)
{
	switch (f->state) {
	case GROUND:
		filter_ground(s, f, c);
		break;
	case ESCAPE:
		filter_escape(s, f, (char)c);
		break;
	case INTERMEDIATE:
		filter_intermediate(s, f, (char)c);
		break;
	case CSI:
		filter_csi(s, f, c);
		break;
	case STRING:
		filter_string(f, c);
		break;
	case STRING_ESCAPE:
		if (c == '\\') {
			f->state = GROUND;
		} else {
			begin_sequence(f, ESCAPE);
			keep_char(f, 0x1B);
			filter_escape(s, f, (char)c);
		}
		break;
	}
}

static void show_plain(struct screen *s, struct foreign *f, bool everything)
{
	cleanup_buf struct buf plain = {0};
	strip_give(f->plain, everything, &plain);
	buf_add(&s->out, buf_text(&plain), plain.length);
	if (plain.length > 0)
		f->written = plain.data[plain.length - 1] != '\n';
}

void screen_foreign(struct screen *s, const char *bytes, size_t length)
{
	if (s->foreign == NULL)
		s->foreign = xcalloc(1, sizeof *s->foreign);
	struct foreign *f = s->foreign;
	if (!f->began)
		f->at_start = true;
	f->began = true;
	if (s->drawing) {
		for (size_t i = 0; i < length; i++)
			filter_byte(s, f, (unsigned char)bytes[i]);
	} else {
		if (f->plain == NULL)
			f->plain = strip_create(s->rows);
		strip_take(f->plain, bytes, length);
		show_plain(s, f, false);
	}
	screen_flush(s);
}

static void put_back(struct screen *s, struct foreign *f)
{
	for (size_t i = 0; i < ARRAY_LENGTH(modes); i++)
		if (f->switched[i])
			buf_printf(&s->out, "\033[%s%c", modes[i].parameter,
				modes[i].normal ? 'h' : 'l');
	if (f->margins)
		buf_add_text(&s->out, "\0337\033[r\0338"); /* the cursor stays where it is */
	if (f->styled)
		buf_add_text(&s->out, "\033[0m");
	if (f->charset)
		buf_add_text(&s->out, "\017\033(B\033)B");
	if (f->keypad)
		buf_add_text(&s->out, "\033>");
	if (!f->at_start || f->written)
		buf_add_text(&s->out, "\r\n");
}

void screen_foreign_end(struct screen *s)
{
	struct foreign *f = s->foreign;
	if (f == NULL || !f->began)
		return;
	if (s->drawing) {
		put_back(s, f);
	} else {
		show_plain(s, f, true);
		if (f->written)
			buf_add_char(&s->out, '\n');
	}
	strip_destroy(f->plain);
	*f = (struct foreign){0};
	screen_flush(s);
}
