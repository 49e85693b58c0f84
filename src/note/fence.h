/* note/fence.h - what the fence readers share: prompts, words, guesses. Private to src/note. */
#ifndef NOTE_FENCE_H
#define NOTE_FENCE_H

#include "private.h"

/* ---- prompts.c ---- */

/* An ambiguous sign that also counts as a prompt. */
enum prompt_signs {
	PROMPT_PLAIN, /* only unambiguous ones */
	PROMPT_ROOT,  /* "# " before a known command */
	PROMPT_ANGLE, /* "> " */
};

/* Returns how many bytes of the line are a prompt, including leading blanks; 0: there is none. */
size_t prompts_length(const char *line, enum prompt_signs signs);
/* Returns whether the line is the upper line of a two-line prompt and next the lower one. */
bool prompts_is_head(const char *line, const char *next);
/* Returns whether the line begins with a word of the command table, ignoring assignments. */
bool prompts_is_command(const char *line);

/* ---- guess.c ---- */

/* Returns whether the line is for a reader, not for a shell: a table header, a sentence, an id. */
bool guess_is_no_command(const char *line, const char *next);
bool guess_is_dockerfile_line(const char *line);

#endif
