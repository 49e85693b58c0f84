/* explain/rules.h - the rules of explanations, as they stand in a file. Private to src/explain. */
#ifndef EXPLAIN_RULES_H
#define EXPLAIN_RULES_H

#include "base.h"
#include "explain.h"
#include "pattern.h"

/* assets/explain/rules.txt says what each means; the zero value where a rule does not say. Regular
 * expressions have their \n and \r as bytes already. */
struct rule {
	const char *name;
	struct pattern message, also, verb, line, first, words;
	const char *options[4], *absent[4]; /* each "-p --publish" */
	int statuses[4];
	size_t option_count, absent_count, status_count;
	unsigned speakers; /* a bit for each; 0: whoever it is */
	const char *what, *why, *hint, *left;
	int at; /* line of the file */
};
struct rules {
	struct rule *items;
	size_t count;
	size_t own; /* so many of the reader's own come first */
	struct arena arena;
};
/* Appends the rules of a text. is_checked: each regular expression is compiled at once, so that a
 * wrong one is found; else when it is needed. Errors: "PATH:LINE: what". */
bool rules_parse(const char *path, const char *text, bool is_checked, struct rules *rules,
	struct error *err);
void rules_finish(struct rules *rules);

#endif
