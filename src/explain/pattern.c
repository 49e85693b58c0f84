/* explain/pattern.c - regular expressions that are compiled when they are first asked */
#include "pattern.h"

bool pattern_compile(struct pattern *pattern)
{
	if (!pattern->compiled && pattern->text != NULL)
		pattern->compiled = regcomp(&pattern->regex, pattern->text, REG_EXTENDED) == 0;
	return pattern->compiled;
}

bool pattern_find(struct pattern *pattern, const char *text, regmatch_t ret[PATTERN_GROUPS])
{
	return text != NULL && pattern_compile(pattern) &&
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
