/*
 * explain.h - what went wrong with a line, in words: who said the message, what its cause is, and a
 * line that does what was meant.
 *
 * Three things are read: the line as docker reads it (cli.h), the message as it is built (frames,
 * a chain of causes), and the rules of assets/explain/rules.txt, the reader's own first. A fault of
 * the line that the message speaks of is explained by the grammar; everything else by the rule that
 * knows most of it. Where nothing is certain there is no explanation.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "base.h"
#include "engine.h"

/* Whose words a message is. */
enum explain_speaker {
	EXPLAIN_UNKNOWN, /* no frame tells; docker's, most likely, where the line is docker's */
	EXPLAIN_SHELL,   /* of this side */
	EXPLAIN_CLIENT,
	EXPLAIN_DAEMON,
	EXPLAIN_RUNTIME, /* what starts a container's program */
	EXPLAIN_BUILD,
	EXPLAIN_COMPOSE,
	EXPLAIN_GATE,
	EXPLAIN_PROGRAM, /* the one in the container, its shell included */
	EXPLAIN_OTHER,   /* another program of this side */
};
const char *explain_speaker_name(enum explain_speaker speaker); /* "client", "program" … */

/* How sure an explanation is. */
enum explain_confidence {
	EXPLAIN_CERTAIN, /* the message names it, or the grammar found it and the message agrees */
	EXPLAIN_LIKELY,  /* the message allows it, and it is the usual reason */
};
const char *explain_confidence_name(enum explain_confidence confidence);

struct explain_question {
	const char *line;           /* as it was typed; may be NULL */
	int status;                 /* exit status; EXPLAIN_NO_STATUS */
	const char *output;         /* what it said, escape sequences removed; may be NULL */
	struct engine *engine;      /* says who holds a port; NULL */
	const struct words *images; /* what can be pulled, "NAME:TAG" each; NULL: nobody knows */
};
/* Nobody told the status: what the message says counts alone. */
#define EXPLAIN_NO_STATUS (-1)

struct explanation {
	char *rule; /* its name, or that of the fault; NULL: nothing is known */
	enum explain_speaker speaker;
	enum explain_confidence confidence;
	char *cause; /* the innermost part of the message; "" */
	char *what, *why, *hint;
	char *repaired; /* the line that does what was meant; NULL: that is not clear */
	char *left;     /* what stays behind; "" nothing that is known */
	char *image;    /* that cannot be pulled, where no name that can be is like it; NULL */
};
/* Errors: a file of rules that cannot be read. */
bool explain_failure(
	const struct explain_question *question, struct explanation *ret, struct error *err);
void explain_finish(struct explanation *explanation);

/* What docker would say against a line that was not run, and the line repaired, in one line: for
 * each fault of its docker commands. */
void explain_faults(const char *line, struct words *ret);

/* What happened and what to do, in a line; NULL where nothing is known. The caller frees it. */
char *explain_shortly(const struct explain_question *question);

#endif
