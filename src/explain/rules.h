/* explain/rules.h - the rules of explanations, as a file has them. Private to src/explain. */
#ifndef EXPLAIN_RULES_H
#define EXPLAIN_RULES_H

#include "base.h"
#include "explain.h"
#include "pattern.h"

/* What to look up for an explanation, where there is a daemon. */
enum rule_look {
	LOOK_NOWHERE,
	LOOK_IMAGE,    /* the images that can be pulled, for one that cannot */
	LOOK_IF_IMAGE, /* the same, for a word that may be something else */
	LOOK_CONTAINER,
	LOOK_VOLUME,
	LOOK_NETWORK,
	LOOK_LOCAL_IMAGE, /* which of them has a name like the missing one */
	LOOK_MEMBERS,     /* the containers of the network in the line */
	LOOK_INTERPRETER, /* the beginning of the file that does not start */
};

/* assets/explain/rules.txt documents each field; the zero value means that a rule does not set it.
 * Regular expressions already contain \n and \r as bytes. */
struct rule {
	const char *name;
	struct pattern message, also, verb, line, unless, first, words;
	const char *options[4], *absent[4]; /* "-p --publish" each */
	int statuses[4];
	size_t option_count, absent_count, status_count;
	unsigned speakers; /* one bit each; 0: any speaker */
	bool is_around;    /* the message may stand in a line other than the one that reports the
				  failure */
	bool is_general;   /* fits many messages of a kind: any rule without it counts before */
	bool is_last;      /* counts only where no rule about a message does */
	bool is_partial;   /* says only what is certain: the cause is unknown */
	const char *topic, *what, *why, *hint, *left;
	enum rule_look look;
	const char *replace, *drop; /* how to repair the typed line: "OLD NEW"; a switch */
	int at;                     /* line of the file */
};
struct rules {
	struct rule *items;
	size_t count;
	size_t own; /* how many of the reader's own rules come first */
	struct arena arena;
};
/* Appends the rules of a text. is_checked: compile each regular expression at once to find errors;
 * otherwise on first use. Errors: "PATH:LINE: what". */
bool rules_parse(const char *path, const char *text, bool is_checked, struct rules *rules,
	struct error *err);
void rules_finish(struct rules *rules);

#endif
