/* explain/pattern.c - regular expressions, compiled on first use and only for a text that contains
 * the words they require */
#include "pattern.h"

#include <string.h>

#define WORDS_MIN 4 /* any text may contain shorter ones */

bool pattern_compile(struct pattern *pattern)
{
	if (!pattern->compiled && pattern->text != NULL)
		pattern->compiled = regcomp(&pattern->regex, pattern->text, REG_EXTENDED) == 0;
	return pattern->compiled;
}

/* ---- words that a pattern requires ---- */

/* Returns the end of the bracket expression or group that begins at c; the end of the text if it is
 * not closed. */
static const char *skip_bracket(const char *c)
{
	const char *close = c[1] == ']' || (c[1] == '^' && c[2] == ']') ? c + 3 : c + 1;
	while (*close != '\0' && *close != ']')
		close++;
	return *close != '\0' ? close + 1 : close;
}

static const char *skip_group(const char *c)
{
	int depth = 0;
	while (*c != '\0') {
		if (*c == '\\' && c[1] != '\0') {
			c += 2;
			continue;
		}
		if (*c == '[') {
			c = skip_bracket(c);
			continue;
		}
		depth += (*c == '(') - (*c == ')');
		c++;
		if (depth == 0)
			break;
	}
	return c;
}

static bool may_fit(const char *at, const char *end, const char *text);

/* Reads one alternative, up to `|` or the end. Returns true if the text contains the longest run of
 * plain characters that the alternative requires, and what each of its required groups requires. */
static bool read_alternative(const char **at, const char *end, const char *text)
{
	cleanup_buf struct buf run = {0}, longest = {0};
	bool possible = true;
	const char *c = *at;
	while (c < end && *c != '|') {
		const char *begin = c;
		bool plain = strchr("^$.()[]*+?{}", *c) == NULL;
		if (*c == '\\' && c + 1 < end)
			c += 2;
		else if (*c == '[')
			c = skip_bracket(c);
		else if (*c == '(')
			c = skip_group(c);
		else if (*c == '{') /* how often, as in {2,3} */
			c += strcspn(c, "}");
		else
			c++;
		bool optional = c < end && strchr("?*{", *c) != NULL;
		if (*begin == '(' && !optional)
			possible = possible && may_fit(begin + 1, c - 1, text);
		if (plain && !optional)
			buf_add_char(&run, begin[0] == '\\' ? begin[1] : begin[0]);
		if (!plain || optional || c >= end || *c == '|') {
			if (run.length > longest.length) {
				buf_truncate(&longest, 0);
				buf_add(&longest, buf_text(&run), run.length);
			}
			buf_truncate(&run, 0);
		}
	}
	*at = c;
	return possible && (longest.length < WORDS_MIN || strstr(text, buf_text(&longest)) != NULL);
}

/* Returns false if no alternative can match the text. */
static bool may_fit(const char *at, const char *end, const char *text)
{
	while (!read_alternative(&at, end, text)) {
		if (at >= end)
			return false;
		at++;
	}
	return true;
}

bool pattern_find(struct pattern *pattern, const char *text, regmatch_t ret[PATTERN_GROUPS])
{
	return text != NULL && pattern->text != NULL &&
	       may_fit(pattern->text, pattern->text + strlen(pattern->text), text) &&
	       pattern_compile(pattern) &&
	       regexec(&pattern->regex, text, PATTERN_GROUPS, ret, 0) == 0;
}

bool pattern_fits(struct pattern *pattern, const char *text)
{
	regmatch_t matches[PATTERN_GROUPS];
	return pattern_find(pattern, text, matches);
}

void pattern_finish(struct pattern *pattern)
{
	if (pattern->compiled)
		regfree(&pattern->regex);
	pattern->compiled = false;
}
