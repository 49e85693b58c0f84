/* note/fence.h - what the readers of a fence share: prompts, words, guesses. Private to src/note.
 */
#ifndef NOTE_FENCE_H
#define NOTE_FENCE_H

#include "private.h"

/* ---- prompts.c ---- */

/* Which sign counts as a prompt besides those that can be nothing else. */
enum prompt_signs {
	PROMPT_PLAIN, /* none */
	PROMPT_ROOT,  /* "# " in front of a known command */
	PROMPT_ANGLE, /* "> " */
};

/* How many bytes of the line are a prompt; 0: none. Leading blanks belong to it. */
size_t prompts_length(const char *line, enum prompt_signs signs);
/* True where the line is the upper one of a prompt of two lines, and next the lower one. */
bool prompts_is_head(const char *line, const char *next);
/* The line begins with a word of the table of commands, assignments left aside. */
bool prompts_is_command(const char *line);

/* ---- guess.c ---- */

/* True where the line is for a reader and not for a shell: a table's head, a sentence, an id. */
bool guess_is_no_command(const char *line, const char *next);
bool guess_is_dockerfile_line(const char *line);

#endif
