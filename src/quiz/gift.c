/* quiz/gift.c - parts of a GIFT file: positions, text with escapes, formats */
#include "private.h"
#include "note.h"

#include <ctype.h>
#include <string.h>

/* ---- positions and text ---- */

__attribute__((format(printf, 4, 0))) static void add_problem(
	struct gift *gift, const char *at, bool serious, const char *format, va_list args)
{
	cleanup_buf struct buf text = {0};
	struct quiz *quiz = gift->quiz;
	struct quiz_problem p = {quiz->path, gift->marked_line, 1, serious, NULL};
	const struct origin *origin = translate_find_origin(gift->from, (size_t)(at - gift->text));
	for (const char *c = gift->marked; origin == NULL && c < at; c++) {
		p.column = *c == '\n' ? 1 : p.column + ((*c & 0xC0) != 0x80);
		p.line += *c == '\n';
	}
	if (origin != NULL) {
		p.path = arena_strdup(&quiz->arena, origin->path);
		p.line = origin->line;
	}
	buf_vprintf(&text, _(format), args);
	p.message = arena_strdup(&quiz->arena, buf_text(&text));
	gift->problems = arena_grow(
		&quiz->arena, gift->problems, quiz->problem_count, sizeof *gift->problems);
	gift->problems[quiz->problem_count++] = p;
	quiz->problems = gift->problems;
}

bool gift_error(struct gift *gift, const char *at, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add_problem(gift, at, true, format, args);
	va_end(args);
	return false;
}

void gift_warn(struct gift *gift, const char *at, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add_problem(gift, at, false, format, args);
	va_end(args);
}

const char *gift_find(struct gift_span span, const char *any)
{
	for (const char *c = span.at; c < span.end; c++) {
		if (*c == '\\')
			c++;
		else if (strchr(any, *c) != NULL)
			return c;
	}
	return span.end;
}

const char *gift_find_arrow(struct gift_span span)
{
	for (const char *c = span.at; c + 1 < span.end; c++)
		if (c[0] == '-' && c[1] == '>')
			return c;
	return NULL;
}

struct gift_span gift_trim(struct gift_span span)
{
	while (span.at < span.end && isspace((unsigned char)*span.at))
		span.at++;
	while (span.end > span.at && isspace((unsigned char)span.end[-1]))
		span.end--;
	return span;
}

bool gift_span_is(struct gift_span span, const char *text)
{
	size_t length = (size_t)(span.end - span.at);
	return strlen(text) == length && strncmp(span.at, text, length) == 0;
}

/* The characters that a backslash makes ordinary, and what they become. */
static const char escaped[] = "~=#{}:\\n", meant[] = "~=#{}:\\\n";

static void add_line(struct buf *out, struct gift_span line)
{
	for (const char *c = line.at; c < line.end; c++) {
		const char *found = *c == '\\' && c + 1 < line.end ? strchr(escaped, c[1]) : NULL;
		buf_add_char(out, found != NULL ? meant[found - escaped] : *c);
		c += found != NULL;
	}
}

/* Blank lines are left out: within a question they are what is left of comments. */
void gift_add_text(struct buf *out, struct gift_span span)
{
	const char *at = span.at;
	for (bool first = true; at <= span.end; first = false) {
		const char *newline = memchr(at, '\n', (size_t)(span.end - at));
		struct gift_span line = {at, newline != NULL ? newline : span.end};
		struct gift_span trimmed = gift_trim(line);
		if (trimmed.at < trimmed.end || first || newline == NULL) {
			if (!first)
				buf_add_char(out, '\n');
			add_line(out, (struct gift_span){first ? line.at : trimmed.at,
					      newline == NULL ? line.end : trimmed.end});
		}
		at = line.end + 1;
	}
}

const char *gift_text(struct gift *gift, struct gift_span span)
{
	cleanup_buf struct buf out = {0};
	gift_add_text(&out, span);
	struct gift_span text =
		gift_trim((struct gift_span){buf_text(&out), buf_text(&out) + out.length});
	return arena_strndup(&gift->quiz->arena, text.at, (size_t)(text.end - text.at));
}

/* ---- formats ---- */

static const char *const formats[] = {[QUIZ_MOODLE] = "[moodle]",
	[QUIZ_HTML] = "[html]",
	[QUIZ_PLAIN] = "[plain]",
	[QUIZ_MARKDOWN] = "[markdown]"};

const char *gift_format_mark(enum quiz_format format)
{
	return formats[format];
}

const char *gift_read_format(const char *text, enum quiz_format *ret)
{
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
		if (text_starts(text, formats[i])) {
			*ret = (enum quiz_format)i;
			text += strlen(formats[i]);
			return text + strspn(text, " \t\n");
		}
	return text;
}

/* Moodle's own format is HTML in which line ends count. */
const char *gift_render(struct gift *gift, const char *at, struct quiz_source source)
{
	cleanup_free char *unknown = NULL;
	if (source.format == QUIZ_PLAIN || text_is_blank(source.text))
		return source.text;
	cleanup_free char *plain =
		source.format == QUIZ_MARKDOWN
			? note_plain_markdown(source.text)
			: note_plain_html(source.text, source.format == QUIZ_MOODLE, &unknown);
	if (unknown != NULL)
		gift_warn(gift, at, "Moodle takes %s for HTML and does not show it: write &lt;",
			unknown);
	return plain[0] != '\0' ? arena_strdup(&gift->quiz->arena, plain) : source.text;
}
