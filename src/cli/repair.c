/* cli/repair.c - changes, moves or removes one word of a line; everything else stays as typed */
#include "repair.h"
#include "read.h"

#include <string.h>

static bool has_span(const struct cli_call *call, size_t word)
{
	return word < call->line->count && call->line->spans[word].end > 0;
}

/* Returns the line with a word replaced. NULL: the word is not in the line itself. */
char *repair_replace(const struct cli_call *call, const char *line, size_t word, const char *text)
{
	if (!has_span(call, word))
		return NULL;
	struct shell_span span = call->line->spans[word];
	return xasprintf("%.*s%s%s", (int)span.begin, line, text, line + span.end);
}

char *repair_remove(const struct cli_call *call, const char *line, size_t word)
{
	if (!has_span(call, word) || word == 0)
		return NULL;
	struct shell_span before = call->line->spans[word - 1], span = call->line->spans[word];
	return xasprintf("%.*s%s", (int)before.end, line, line + span.end);
}

char *repair_join(const struct cli_call *call, const char *line, size_t first, size_t last)
{
	if (!has_span(call, first) || !has_span(call, last))
		return NULL;
	const struct shell_span *spans = call->line->spans;
	struct buf out = {0};
	buf_add(&out, line, spans[first].end);
	for (size_t i = first + 1; i <= last; i++)
		buf_add(&out, line + spans[i].begin, spans[i].end - spans[i].begin);
	buf_add_text(&out, line + spans[last].end);
	return buf_steal(&out);
}

char *repair_link(const struct cli_call *call, const char *line, size_t word, const char *text)
{
	if (word == 0 || !has_span(call, word - 1) || !has_span(call, word))
		return NULL;
	const struct shell_span *spans = call->line->spans;
	return xasprintf(
		"%.*s%s%s", (int)spans[word - 1].end, line, text, line + spans[word].begin);
}

/* Puts double quotes around words first … last, and the blanks between them. */
char *repair_quote(const struct cli_call *call, const char *line, size_t first, size_t last)
{
	if (!has_span(call, first) || !has_span(call, last))
		return NULL;
	size_t begin = call->line->spans[first].begin, end = call->line->spans[last].end;
	return xasprintf(
		"%.*s\"%.*s\"%s", (int)begin, line, (int)(end - begin), line + begin, line + end);
}

char *repair_append(const struct cli_call *call, const char *line, const char *text)
{
	size_t last = call->line->count - 1;
	if (!has_span(call, last))
		return NULL;
	struct shell_span span = call->line->spans[last];
	return xasprintf("%.*s %s%s", (int)span.end, line, text, line + span.end);
}

/* Moves words first … last before the word `to`, or after it. */
char *repair_move(const struct cli_call *call, const char *line, size_t first, size_t last,
	size_t to, bool behind)
{
	if (!has_span(call, first) || !has_span(call, last) || !has_span(call, to) || first == 0)
		return NULL;
	const struct shell_span *spans = call->line->spans;
	size_t begin = spans[first].begin, end = spans[last].end, gap = spans[first - 1].end;
	size_t target = behind ? spans[to].end : spans[to].begin;
	struct buf out = {0};
	if (target <= gap) {
		buf_add(&out, line, target);
		buf_add_text(&out, behind ? " " : "");
		buf_add(&out, line + begin, end - begin);
		buf_add_text(&out, behind ? "" : " ");
		buf_add(&out, line + target, gap - target);
		buf_add_text(&out, line + end);
	} else {
		buf_add(&out, line, gap);
		buf_add(&out, line + end, target - end);
		buf_add_char(&out, ' ');
		buf_add(&out, line + begin, end - begin);
		buf_add_text(&out, line + target);
	}
	return buf_steal(&out);
}

/* What a keyboard has for a character of a word processor: '\0' for one that cannot be seen; -1:
 * any other character. */
static int plain_character(uint32_t point)
{
	if ((point >= 0x2010 && point <= 0x2015) || point == 0x2212)
		return '-';
	if ((point >= 0x201c && point <= 0x201f) || point == 0x2033)
		return '"';
	if ((point >= 0x2018 && point <= 0x201b) || point == 0x2032)
		return '\'';
	if (point == 0xa0 || (point >= 0x2000 && point <= 0x200a) || point == 0x202f ||
		point == 0x3000)
		return ' ';
	return point == 0x200b || point == 0x2060 || point == 0xfeff ? '\0' : -1;
}

char *repair_characters(const char *text, bool has_dashes)
{
	struct buf out = {0};
	for (size_t at = 0; text[at] != '\0';) {
		uint32_t point;
		size_t length = utf8_decode(text + at, strlen(text + at), &point);
		int plain = plain_character(point);
		if (plain < 0 || (plain == '-' && !has_dashes))
			buf_add(&out, text + at, length);
		else if (plain != '\0')
			buf_add_char(&out, (char)plain);
		at += length;
	}
	return buf_steal(&out);
}

/* ---- for others ---- */

char *cli_replace(const struct cli_call *call, const char *line, const char *old, const char *text)
{
	const struct cli_use *use = text_starts(old, "--") ? read_last_use(call, old) : NULL;
	if (use != NULL && use->value != NULL) {
		const char *word = call->line->words[use->value_word];
		cleanup_free char *whole =
			xasprintf("%.*s%s", (int)(use->value - word), word, text);
		return repair_replace(call, line, use->value_word, whole);
	}
	for (size_t i = 0; i < call->line->count; i++)
		if (text_same(call->line->words[i], old))
			return repair_replace(call, line, i, text);
	return NULL;
}

char *cli_drop_switch(const struct cli_call *call, const char *line, const char *option)
{
	const struct cli_use *use = read_last_use(call, option);
	if (use == NULL)
		return NULL;
	const char *word = call->line->words[use->word];
	if (use->letter == '\0' || strlen(word) == 2)
		return repair_remove(call, line, use->word);
	cleanup_free char *rest = xstrdup(word);
	char *at = strchr(rest, use->letter);
	if (at != NULL)
		memmove(at, at + 1, strlen(at));
	return repair_replace(call, line, use->word, rest);
}
