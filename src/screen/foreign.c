/* screen/foreign.c - what foreign programs print: they may draw, but not take over the terminal.
 * Sequences that report, write the clipboard, set titles or program keys are dropped; modes are
 * remembered and put back. (ECMA-48; xterm's ctlseqs for private modes.) */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define SEQUENCE_LIMIT 64       /* longer sequences are dropped, whatever they say */
#define COLLECT_LIMIT (1 << 20) /* without a terminal: what is shown in one piece at the end */

enum state { GROUND, ESCAPE, CHARSET, CSI, STRING, STRING_ESCAPE };

/* Modes that programs switch; `normal` is how a shell's prompt wants them. */
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
	unsigned continuation; /* UTF-8 bytes that must follow */
	bool switched[ARRAY_LENGTH(modes)];
	bool styled, margins, charset, keypad;
	bool began, at_start;
	struct buf collected; /* without a terminal */
};

void foreign_destroy(struct foreign *f)
{
	if (f == NULL)
		return;
	buf_finish(&f->collected);
	free(f);
}

/* ---- modes ---- */

static bool set_modes(struct foreign *f, const char *parameters, bool on)
{
	bool private_modes = parameters[0] == '?';
	const char *at = parameters + private_modes;
	bool all_known = *at != '\0';
	while (*at != '\0') {
		size_t length = strcspn(at, ";");
		cleanup_free char *name =
			xasprintf("%s%.*s", private_modes ? "?" : "", (int)length, at);
		bool known = false;
		for (size_t i = 0; i < ARRAY_LENGTH(modes); i++) {
			if (!text_same(modes[i].parameter, name))
				continue;
			f->switched[i] = on != modes[i].normal;
			known = true;
		}
		all_known = all_known && known;
		at += length + (at[length] == ';');
	}
	return all_known;
}

/* True where a whole control sequence may pass. sequence: "\033[" … final. */
static bool csi_may_pass(struct foreign *f)
{
	char final = f->sequence[f->length - 1];
	cleanup_free char *parameters = xstrndup(f->sequence + 2, f->length - 3);
	bool plain = strspn(parameters, "0123456789;:") == strlen(parameters);
	if (final == 'h' || final == 'l')
		return set_modes(f, parameters, final == 'h');
	if (!plain)
		return false;
	if (final == 'm')
		f->styled = !text_same(parameters, "") && !text_same(parameters, "0");
	if (final == 'r')
		f->margins = true;
	return strchr("ABCDEFGHJKLMPXZ@STabdefmr`", final) != NULL ||
	       ((final == 's' || final == 'u') && parameters[0] == '\0');
}

static bool escape_may_pass(struct foreign *f, char c)
{
	if (c == '=' || c == '>')
		f->keypad = c == '=';
	return strchr("78=>DEM", c) != NULL;
}

/* ---- the machine ---- */

static void pass(struct screen *s, const char *bytes, size_t length)
{
	buf_add(&s->out, bytes, length);
}

static void begin_sequence(struct foreign *f, enum state state)
{
	f->state = state;
	f->length = 0;
	f->too_long = false;
}

static void keep(struct foreign *f, char c)
{
	if (f->length < SEQUENCE_LIMIT)
		f->sequence[f->length++] = c;
	else
		f->too_long = true;
}

static void ground(struct screen *s, struct foreign *f, unsigned char c)
{
	if (f->continuation > 0 && (c & 0xC0) == 0x80) {
		f->continuation--;
		keep(f, (char)c);
		/* U+0080 to U+009F are control characters of their own. */
		bool c1 = f->length == 2 && (unsigned char)f->sequence[0] == 0xC2 && c < 0xA0;
		if (f->continuation == 0 && !c1)
			pass(s, f->sequence, f->length);
		f->at_start = false;
		return;
	}
	f->continuation = 0;
	if (c >= 0xC2 && c <= 0xF4) {
		f->length = 0;
		keep(f, (char)c);
		f->continuation = c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
	} else if (c == 0x1B) {
		begin_sequence(f, ESCAPE);
		keep(f, (char)c);
	} else if (c >= 0x20 && c < 0x7F) {
		pass(s, (const char *)&c, 1);
		f->at_start = false;
	} else if (strchr("\a\b\t\n\v\f\r\016\017", c) != NULL && c != 0) {
		if (c == 0x0E || c == 0x0F)
			f->charset = c == 0x0E;
		pass(s, (const char *)&c, 1);
		if (c == '\n' || c == '\r')
			f->at_start = true;
	}
}

static void escape(struct screen *s, struct foreign *f, char c)
{
	if (c == '[') {
		keep(f, c);
		f->state = CSI;
	} else if (strchr("]P_^X", c) != NULL) {
		f->state = STRING;
	} else if (strchr("()", c) != NULL) {
		keep(f, c);
		f->state = CHARSET;
	} else if (strchr("*+-./#% ", c) != NULL) {
		keep(f, ' '); /* takes one more character, and is dropped with it */
		f->state = CHARSET;
	} else {
		if (escape_may_pass(f, c)) {
			keep(f, c);
			pass(s, f->sequence, f->length);
		}
		f->state = c == 0x1B ? ESCAPE : GROUND;
	}
}

static void charset(struct screen *s, struct foreign *f, char c)
{
	f->state = GROUND;
	if (f->sequence[1] == ' ' || strchr("B0AU", c) == NULL)
		return;
	if (f->sequence[1] == '(')
		f->charset = c != 'B';
	keep(f, c);
	pass(s, f->sequence, f->length);
}

static void csi(struct screen *s, struct foreign *f, unsigned char c)
{
	if (c == 0x1B) {
		begin_sequence(f, ESCAPE);
		keep(f, (char)c);
	} else if (c == 0x18 || c == 0x1A) {
		f->state = GROUND;
	} else if (c >= 0x40 && c <= 0x7E) {
		keep(f, (char)c);
		f->state = GROUND;
		if (!f->too_long && csi_may_pass(f))
			pass(s, f->sequence, f->length);
	} else if (c >= 0x20) {
		keep(f, (char)c);
	} else {
		ground(s, f, c); /* a control character within a sequence acts at once */
		f->state = CSI;
	}
}

static void string(struct foreign *f, unsigned char c)
{
	if (c == 0x1B)
		f->state = STRING_ESCAPE;
	else if (c == 0x07 || c == 0x18 || c == 0x1A || c == 0x9C)
		f->state = GROUND;
}

static void take(struct screen *s, struct foreign *f, unsigned char c)
{
	switch (f->state) {
	case GROUND:
		ground(s, f, c);
		break;
	case ESCAPE:
		escape(s, f, (char)c);
		break;
	case CHARSET:
		charset(s, f, (char)c);
		break;
	case CSI:
		csi(s, f, c);
		break;
	case STRING:
		string(f, c);
		break;
	case STRING_ESCAPE:
		if (c == '\\') {
			f->state = GROUND;
		} else {
			begin_sequence(f, ESCAPE);
			keep(f, 0x1B);
			escape(s, f, (char)c);
		}
		break;
	}
}

static void show_collected(struct screen *s, struct foreign *f)
{
	cleanup_buf struct buf plain = {0};
	screen_strip(buf_text(&f->collected), f->collected.length, &plain);
	buf_add(&s->out, buf_text(&plain), plain.length);
	if (plain.length > 0)
		f->at_start = plain.data[plain.length - 1] == '\n';
	buf_truncate(&f->collected, 0);
}

void screen_foreign(struct screen *s, const char *bytes, size_t length)
{
	if (s->foreign == NULL)
		s->foreign = xcalloc(1, sizeof *s->foreign);
	struct foreign *f = s->foreign;
	if (!f->began)
		f->at_start = true;
	f->began = true;
	if (!s->drawing) {
		buf_add(&f->collected, bytes, length);
		if (f->collected.length > COLLECT_LIMIT)
			show_collected(s, f);
	} else {
		for (size_t i = 0; i < length; i++)
			take(s, f, (unsigned char)bytes[i]);
	}
	if (s->drawing || s->out.length > 0)
		screen_flush(s);
}

void screen_foreign_end(struct screen *s)
{
	struct foreign *f = s->foreign;
	if (f == NULL || !f->began)
		return;
	if (!s->drawing)
		show_collected(s, f);
	for (size_t i = 0; s->drawing && i < ARRAY_LENGTH(modes); i++)
		if (f->switched[i])
			buf_printf(&s->out, "\033[%s%c", modes[i].parameter,
				modes[i].normal ? 'h' : 'l');
	if (f->margins && s->drawing)
		buf_add_text(&s->out, "\0337\033[r\0338"); /* the cursor stays where it is */
	if (s->drawing)
		buf_add_text(&s->out, "\033[0m");
	if (f->charset)
		buf_add_text(&s->out, "\017\033(B");
	if (f->keypad)
		buf_add_text(&s->out, "\033>");
	if (!f->at_start)
		buf_add_text(&s->out, s->drawing ? "\r\n" : "\n");
	struct buf kept = f->collected;
	*f = (struct foreign){.collected = kept};
	screen_flush(s);
}

/* ---- plain text of it ---- */

/* A page of lines on which a cursor moves: what a terminal would show in the end. */
struct page {
	struct buf *lines;
	size_t count, row, column;
};

static struct buf *current(struct page *p)
{
	while (p->row >= p->count) {
		p->lines = array_grow(p->lines, p->count, sizeof *p->lines);
		p->lines[p->count++] = (struct buf){0};
	}
	return &p->lines[p->row];
}

static void put_byte(struct page *p, char c)
{
	struct buf *line = current(p);
	if (line->length < p->column)
		buf_add_repeat(line, ' ', p->column - line->length);
	if (p->column < line->length)
		line->data[p->column] = c;
	else
		buf_add_char(line, c);
	p->column++;
}

static void move(struct page *p, char final, size_t count)
{
	struct buf *line = current(p);
	switch (final) {
	case 'A':
		p->row = p->row > count ? p->row - count : 0;
		break;
	case 'B':
		p->row = p->row + count < p->count ? p->row + count : p->count - 1;
		break;
	case 'C':
		p->column += count < 500 ? count : 500;
		break;
	case 'D':
		p->column = p->column > count ? p->column - count : 0;
		break;
	case 'G':
		p->column = count > 0 && count < 500 ? count - 1 : 0;
		break;
	case 'K':
		buf_truncate(line, p->column);
		break;
	default:
		break;
	}
}

/* Behind "\033[": returns the bytes that the sequence takes. */
static size_t strip_csi(struct page *p, const char *bytes, size_t length)
{
	size_t at = 0, count = 0;
	bool number = false;
	while (at < length && !(bytes[at] >= 0x40 && bytes[at] <= 0x7E)) {
		if (bytes[at] >= '0' && bytes[at] <= '9' && count < 100000) {
			count = count * 10 + (size_t)(bytes[at] - '0');
			number = true;
		}
		at++;
	}
	if (at >= length)
		return length;
	char final = bytes[at];
	if (final == 'K' && count == 2)
		buf_truncate(current(p), 0);
	else
		move(p, final, number && count > 0 ? count : 1);
	return at + 1;
}

static size_t strip_string(const char *bytes, size_t length)
{
	for (size_t at = 0; at < length; at++) {
		if (bytes[at] == '\a')
			return at + 1;
		if (bytes[at] == 0x1B)
			return at + 1 < length && bytes[at + 1] == '\\' ? at + 2 : at;
	}
	return length;
}

/* Behind ESC. */
static size_t strip_escape(struct page *p, const char *bytes, size_t length)
{
	if (length == 0)
		return 0;
	if (bytes[0] == '[')
		return 1 + strip_csi(p, bytes + 1, length - 1);
	if (strchr("]P_^X", bytes[0]) != NULL && bytes[0] != '\0')
		return 1 + strip_string(bytes + 1, length - 1);
	if (strchr("()*+-./#% ", bytes[0]) != NULL && bytes[0] != '\0')
		return length > 1 ? 2 : 1;
	return 1;
}

static void strip_control(struct page *p, char c)
{
	if (c == '\n') {
		(void)current(p);
		p->row++;
		p->column = 0;
		(void)current(p);
	} else if (c == '\r') {
		p->column = 0;
	} else if (c == '\b') {
		p->column -= p->column > 0;
	} else if (c == '\t') {
		do
			put_byte(p, ' ');
		while (p->column % 8 != 0);
	}
}

void screen_strip(const char *bytes, size_t length, struct buf *out)
{
	struct page p = {0};
	for (size_t at = 0; at < length;) {
		unsigned char c = (unsigned char)bytes[at++];
		if (c == 0x1B)
			at += strip_escape(&p, bytes + at, length - at);
		else if (c < 0x20 || c == 0x7F)
			strip_control(&p, (char)c);
		else
			put_byte(&p, (char)c);
	}
	for (size_t i = 0; i < p.count; i++) {
		buf_add(out, buf_text(&p.lines[i]), p.lines[i].length);
		if (i + 1 < p.count)
			buf_add_char(out, '\n');
		buf_finish(&p.lines[i]);
	}
	free(p.lines);
}
