/* explain/pattern.h - regular expressions, compiled on first use. Private to src/explain. */
#ifndef EXPLAIN_PATTERN_H
#define EXPLAIN_PATTERN_H

#include "base.h"

#include <regex.h>

/* A POSIX extended regular expression; the zero value matches nothing. */
struct pattern {
	const char *text;
	bool compiled;
	regex_t regex;
};
#define PATTERN_GROUPS 8

/* Returns false if it is not a valid regular expression. */
bool pattern_compile(struct pattern *pattern);
/* Returns whether it matches the text; NULL never matches. */
bool pattern_fits(struct pattern *pattern, const char *text);
/* The same; ret gets the whole match and the first seven groups. */
bool pattern_find(struct pattern *pattern, const char *text, regmatch_t ret[PATTERN_GROUPS]);
void pattern_finish(struct pattern *pattern);

#endif
