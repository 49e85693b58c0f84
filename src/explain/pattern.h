/* explain/pattern.h - regular expressions that are compiled when they are first asked. Private to
 * src/explain. */
#ifndef EXPLAIN_PATTERN_H
#define EXPLAIN_PATTERN_H

#include "base.h"

#include <regex.h>

/* A POSIX extended regular expression; the zero value fits nothing. */
struct pattern {
	const char *text;
	bool compiled;
	regex_t regex;
};
#define PATTERN_GROUPS 4

/* False: it is no regular expression. */
bool pattern_compile(struct pattern *pattern);
/* True where it is found in the text (NULL: it is not). */
bool pattern_fits(struct pattern *pattern, const char *text);
/* The same; ret gets the whole and the first three parentheses. */
bool pattern_find(struct pattern *pattern, const char *text, regmatch_t ret[PATTERN_GROUPS]);
void pattern_finish(struct pattern *pattern);

#endif
