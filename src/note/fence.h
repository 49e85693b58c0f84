/* note/fence.h - what the fence readers share: prompts, words, guesses. Private to src/note. */
#ifndef NOTE_FENCE_H
#define NOTE_FENCE_H

#include "private.h"

/* ---- known.c ---- */

/* Returns whether a command is called so: the first `length` bytes of word. */
bool known_is_command(const char *word, size_t length);
/* Returns whether a command is called so, and other lines begin with the word, too. */
bool known_is_ambiguous(const char *word, size_t length);
/* "module load gcc": returns whether the first two words are a command's and its subcommand's. */
bool known_begins_call(const char *line);

/* ---- prompts.c ---- */

/* An ambiguous sign that also counts as a prompt. */
enum prompt_signs {
	PROMPT_PLAIN,  /* only unambiguous ones */
	PROMPT_DOLLAR, /* the same without '%' alone */
	PROMPT_ROOT,   /* "# " before a known command */
	PROMPT_ANGLE,  /* "> " */
};

/* Returns how many bytes of the line are a prompt, including leading blanks; 0: there is none. */
size_t prompts_length(const char *line, enum prompt_signs signs);
/* Returns the length of a clock before a prompt: "[10:21:07] ", "10:21 "; 0: there is none. */
size_t prompts_clock_length(const char *line);
/* Returns whether the line is the upper line of a two-line prompt and next the lower one. */
bool prompts_is_head(const char *line, const char *next);
/* Returns whether the line begins with a word of the command table, ignoring assignments. */
bool prompts_is_command(const char *line);
/* "npm ERR! code E403": returns whether a program logged the line. */
bool prompts_is_logged(const char *line);
/* Returns whether the first word may be a command's name, also one that begins sentences. */
bool prompts_names_command(const char *line);
/* The same as prompts_is_command(), or with a word that is a command only because of what follows
 * it: "find . -name x". */
bool prompts_is_likely_command(const char *line);

/* ---- within.c: programs that read lines themselves ---- */

enum within_kind { WITHIN_NONE, WITHIN_PROGRAM, WITHIN_SHELL };
/* Returns what the last command of a line opens and leaves open for typing. */
enum within_kind within_opens(const char *code);
/* Returns whether a line typed into a program ends it. */
bool within_leaves(const char *typed);
/* Returns the length of a prompt that only such a program has, with leading blanks; 0: none. */
size_t within_prompt(const char *line);
/* Returns what was typed after the prompt of an open program; NULL: the line has none. */
const char *within_typed(const char *line);
/* Takes note of words that say that what follows is typed inside, or that the program was left. */
void within_follow(struct within *within, const char *text);
/* Returns whether the line runs where docker is, so that the open program was left before it. */
bool within_is_left_for(const struct within *within, const char *line);
/* Takes note of a command of the host: it leaves what was open, and may open a program. */
void within_enter(struct within *within, const char *code, const char *prompt);
/* Returns what was typed in lines[from] to lines[to - 1], each line ended by '\n'; `bare`: also
 * without prompts. NULL: nothing, or nothing is open. The caller frees it. */
char *within_read(
	struct within *within, const struct words *lines, size_t from, size_t to, bool bare);

/* ---- lexer.c: when a command is complete ---- */

struct lexer {
	char quote;     /* the open quote, ' or " */
	bool continued; /* ends with a backslash, a pipe, && or || */
	bool piped;     /* … but not with a backslash */
	bool begins;    /* the next word is a command's first */
	bool named;     /* the word before was "function" */
	int blocks;     /* for … done, if … fi, { … } that are still open */
	int parens;     /* ( … ), $( … ) and arrays that are still open */
	char *heredoc;  /* the word that ends the here-document */
	bool heredoc_tabs;
};
void lexer_read(struct lexer *x, const char *line); /* one more line of the command */
bool lexer_is_open(const struct lexer *x);

/* ---- fence.c: the lines of a fence ---- */

void fence_split(const char *code, struct words *ret);
bool fence_is_comment(const char *line);
bool fence_is_idle(const char *line); /* a comment or a blank line */
size_t fence_skip_comments(const struct words *lines, size_t at);
/* Adds a command that begins in this line; the pointer is valid until the next one is added. */
struct fence_command *fence_add(struct fence *f, int line);
/* Joins the lines from `from` up to `to` (exclusive), without trailing blank ones; NULL if there
 * are none. */
char *fence_join(const struct words *lines, size_t from, size_t to);
/* Show what is neither a command nor its output as it is. */
void fence_add_comment(
	struct fence *f, const struct words *lines, size_t from, size_t to, size_t prompt);
/* Reads the lines of one command from lines[at] on; returns the index after the last. */
size_t fence_read_command(struct fence_command *c, const struct words *lines, size_t at,
	size_t prompt, bool prompts, enum prompt_signs signs);
/* Returns the line, or "" behind the last one. */
const char *fence_line(const struct words *lines, size_t at);
size_t fence_skip_blank(const struct words *lines, size_t at, size_t end);
/* An indented prompt is what a program printed: the others begin their lines. */
size_t fence_prompt(const char *line, enum prompt_signs signs);
/* `exit` comes before the next docker command, at prompts like the host's own or without any:
 * returns its line; `at` if the program was not left so. */
size_t fence_find_exit(const struct words *lines, size_t at, bool prompts, enum prompt_signs signs);

/* "You can now use your cluster with:" above a blank line: returns whether lines[at] is still
 * output that began at `from`. */
bool fence_announces(const struct words *lines, size_t from, size_t at);

/* ---- session.c, unprompted.c: fences with and without prompts ---- */

void session_read(
	const struct words *lines, enum prompt_signs signs, struct within *within, struct fence *f);
/* `loose`: what is not a known command is output. */
void unprompted_read(const struct words *lines, bool loose, struct within *within, struct fence *f);

/* ---- guess.c ---- */

/* Returns whether the line is for a reader, not for a shell: a table header, a sentence, an id. */
bool guess_is_no_command(const char *line, const char *next);
/* Returns whether the line has columns, as drawings and tables do: "node   20   1.1GB". */
bool guess_is_drawn(const char *line);
/* Returns whether a line is a command as a whole: docker knows its subcommand and operands. */
bool guess_is_command_alone(const char *line);
/* "mytool --help": returns whether a line may call a program that only its author knows. */
bool guess_is_own_tool(const char *line);
/* Returns whether the line only works on Windows: "Get-Process", "dir", "%cd%". */
bool guess_is_windows(const char *line, const char *language);
/* Returns whether only a job of a CI has the line's variables: "docker push $CI_REGISTRY_IMAGE". */
bool guess_is_for_job(const char *line);
/* Returns the length of the variable that a line of PowerShell sets, "$id = …"; 0: it sets none. */
size_t guess_variable_length(const char *line);
/* "API=http://localhost", "KEY=": the length of a variable's name that is set in capitals; 0. */
size_t guess_setting_length(const char *line);
/* Returns whether the line reads as a sentence. */
bool guess_is_prose(const char *line);
/* Returns whether the line runs where docker is, not in a container. */
bool guess_is_host_command(const char *line);
bool guess_is_dockerfile_line(const char *line);
/* Returns whether the word names a language or a format: a fence of it has no commands, whatever it
 * contains. */
bool guess_is_code_language(const char *word);

#endif
