/*
 * explain.h - what went wrong with a line, in words: who reported it, its cause, and a corrected
 * line.
 *
 * An explanation draws on three things: the line as docker reads it (cli.h), the structure of the
 * message (frames, a chain of causes), and the rules of assets/explain/rules.txt, the reader's own
 * first. The grammar explains a fault of the line that the message mentions; for everything else,
 * the most specific rule does. If the cause is unknown, there is no explanation, or one that only
 * says who reported the failure and in which words.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "base.h"
#include "engine.h"

/* Who wrote a message. */
enum explain_speaker {
	EXPLAIN_UNKNOWN, /* no frame identifies it; most likely docker's if the line is docker's */
	EXPLAIN_SHELL,   /* the host's shell */
	EXPLAIN_CLIENT,
	EXPLAIN_DAEMON,
	EXPLAIN_RUNTIME, /* the part that starts a container's program */
	EXPLAIN_BUILD,
	EXPLAIN_COMPOSE,
	EXPLAIN_GATE,
	EXPLAIN_PROGRAM, /* the program in the container, including its shell */
	EXPLAIN_OTHER,   /* another program on the host */
};
const char *explain_speaker_name(enum explain_speaker speaker); /* "client", "program" … */

/* How sure an explanation is. */
enum explain_confidence {
	EXPLAIN_CERTAIN, /* the message names it, or the grammar found it and the message agrees */
	EXPLAIN_LIKELY,  /* the message allows it, and it is the usual reason */
	EXPLAIN_PARTIAL, /* only who reported it and in which words: the cause is unknown */
};
const char *explain_confidence_name(enum explain_confidence confidence);

struct explain_question {
	const char *line;           /* as it was typed; may be NULL */
	int status;                 /* exit status; EXPLAIN_NO_STATUS */
	const char *output;         /* its output, without escape sequences; may be NULL */
	struct engine *engine;      /* finds out who holds a port; NULL */
	const struct words *images; /* images that can be pulled, "NAME:TAG" each; NULL: unknown */
};
/* The status is unknown: go by the message alone. */
#define EXPLAIN_NO_STATUS (-1)

struct explanation {
	char *rule;  /* its name, or that of the fault; NULL: no explanation */
	char *topic; /* what it is about: "port", "mount", "option-value" … */
	enum explain_speaker speaker;
	enum explain_confidence confidence;
	char *cause;           /* the innermost part of the message; "" */
	struct words operands; /* what it is about: a container, an image, a port, an option … */
	char *what, *why, *hint;
	char *repaired; /* the corrected line; NULL: the intent is unclear */
	char *left;     /* what the failed line leaves behind; "": nothing known */
	char *image;    /* an image that cannot be pulled and resembles none that can; NULL */
};
/* Errors: a file of rules that cannot be read. */
bool explain_failure(
	const struct explain_question *question, struct explanation *ret, struct error *err);
void explain_finish(struct explanation *explanation);

/* A part of a line that was not run, and that docker would reject or take for something else. */
struct explain_fault {
	const char *rule;  /* "late-option" …; lives as long as the program */
	size_t begin, end; /* bytes of the line; both are the same where something is missing */
	char *text;        /* what is wrong, and what to write instead */
	char *repaired;    /* the corrected line; NULL: the intent is unclear */
};
struct explain_faults {
	struct explain_fault *items;
	size_t count;
};
/* Finds the faults of a line's docker commands, in their order. */
void explain_find_faults(const char *line, struct explain_faults *ret);
void explain_faults_finish(struct explain_faults *faults);

/* Returns a sentence about an image that cannot be pulled, with those that can; NULL if it can. The
 * caller frees it. */
char *explain_missing_image(const char *reference, const struct words *images);

/* Returns what happened and what to do, in one line, which the caller frees; NULL if unknown. */
char *explain_shortly(const struct explain_question *question);

#endif
