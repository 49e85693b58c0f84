/*
 * cli.h - command lines: a shell line as its simple commands, and a docker command as docker reads
 * it.
 *
 * What docker, buildx and compose understand is data: assets/cli has a row for each command and
 * each option. A call says what role each word of a command has; a fault is a word that docker
 * rejects, or takes for something other than the learner meant, with the corrected line if it is
 * unambiguous.
 *
 *     shell_split(line, &commands);
 *     cli_read(&commands.items[0], &call);
 *     cli_find_faults(&call, line, &faults);
 */
#ifndef CLI_H
#define CLI_H

#include "base.h"

/* ---- shell lines ---- */

/* The position of a word in the line, quotes included; 0, 0 for a word inside $(…). */
struct shell_span {
	size_t begin, end;
};

/* One simple command of a shell line: its words after quote removal, without assignments,
 * redirections, and words such as `sudo -E` that start another command. */
struct shell_command {
	char **words; /* ended by NULL */
	struct shell_span *spans;
	size_t count;
	bool expands; /* some word has $…, `…` or a glob, so the shell will pass different text */
	char before; /* what precedes it: 0 the first, ';' '&' '|' 'a' (&&) 'o' (||) '(' inside $()
			or ( ) */
};
struct shell_commands {
	struct shell_command *items;
	size_t count;
	bool complete; /* false: an open quote, here-document, compound command or trailing
			  backslash needs more input */
};
/* Splits a line as a POSIX shell does. This is a pure function and a fuzz target. */
void shell_split(const char *line, struct shell_commands *ret);
void shell_commands_finish(struct shell_commands *commands);
/* Returns whether a word is a program that starts the command after it: sudo, time, winpty … */
bool shell_is_wrapper(const char *word);

/* ---- the grammar ---- */

/* What an option takes as its value. CLI_FLAG takes nothing, or true or false after `=`. */
enum cli_value {
	CLI_FLAG,
	CLI_TEXT, /* any text: docker's client does not check it */
	CLI_INTEGER,
	CLI_DECIMAL,
	CLI_BYTES,
	CLI_DURATION,
	CLI_ENUM,
	CLI_PORT,
	CLI_VOLUME,
	CLI_MOUNT,
	CLI_TMPFS,
	CLI_IP,
	CLI_HOST_IP,
	CLI_MAC,
	CLI_ULIMIT,
	CLI_DEVICE_RATE,
	CLI_FILTER,
	CLI_FORMAT,
	CLI_ENV,
	CLI_PATH,
	CLI_FILE,
	CLI_CAPABILITY,
	CLI_PLATFORM,
	CLI_IMAGE,
};

struct cli_option {
	const char *name; /* "--publish" */
	char letter;      /* 'p'; '\0': it has none */
	enum cli_value value;
	bool is_hidden;      /* works, but --help does not list it */
	const char *removed; /* the release that removed it; NULL: it still exists */
	const char *values;  /* "always|missing|never"; capitals are placeholders; NULL: any */
};

struct cli_command {
	const char *name;     /* "container run", "compose up"; "docker" is the root */
	const char *verb;     /* as people write it: "run", "compose up" */
	const char *aliases;  /* ",run,container ps,"; "" */
	const char *operands; /* "IMAGE [COMMAND] [ARG...]"; "COMMAND" for a group */
	int min, max;         /* operands; max -1: no limit */
	bool options_end;     /* the first operand ends the options: the words after it belong to a
				 program */
	const char *removed;  /* the release that removed it; NULL: it still exists */
	size_t first_option, option_count; /* in cli_options */
};

extern const struct cli_command cli_commands[];
extern const size_t cli_command_count;
extern const struct cli_option cli_options[];

/* Finds a command by its full name or alias, without "docker"; NULL if there is none. */
const struct cli_command *cli_find_command(const char *name);
bool cli_is_group(const struct cli_command *command);
/* Finds an option by its long name ("--publish", or a word that begins with it and `=`) or by its
 * letter; NULL if the command has no such option. */
const struct cli_option *cli_find_option(const struct cli_command *command, const char *name);
const struct cli_option *cli_find_letter(const struct cli_command *command, char letter);
bool cli_takes_value(const struct cli_option *option);
/* The same for what only podman has: its options, and whether a word is one of its commands. */
const struct cli_option *cli_find_podman_option(
	const struct cli_command *command, const char *name);
const struct cli_option *cli_find_podman_letter(const struct cli_command *command, char letter);
bool cli_is_podman_command(const char *word);

/* ---- a docker command ---- */

/* An option as given on the line. */
struct cli_use {
	const struct cli_option *option; /* NULL: the command has no such option */
	const struct cli_command *of;    /* the command or group whose options it appears among */
	char letter;                     /* the letter it was given by; '\0': its long name */
	const char *value;               /* NULL: no value */
	size_t word, value_word;         /* both are the same if one word has both */
};

struct cli_call {
	const struct shell_command *line;
	bool is_podman; /* the program is podman, which has docker's command line and some more */
	const struct cli_command *command; /* the last known command; the root if none is known */
	size_t command_word;               /* the last word of its name */
	size_t unknown_word;               /* a word that should be a command but is not; 0: none */
	struct cli_use *uses;
	size_t use_count;
	size_t *operands; /* indexes of words, including those that belong to a program */
	size_t operand_count;
};

/* Reads a command whose program is docker, docker-compose or podman; returns false for any other.
 * The line must outlive the call. */
bool cli_read(const struct shell_command *line, struct cli_call *ret);
void cli_call_finish(struct cli_call *call);
/* Returns the value of an option's last use, "" for a flag; NULL if it was not given. */
const char *cli_value_of(const struct cli_call *call, const char *name);
/* Returns the word of operand n, from 0; NULL if there are fewer. */
const char *cli_operand(const struct cli_call *call, size_t n);

/* ---- faults ---- */

enum cli_fault_kind {
	CLI_UNKNOWN_COMMAND,
	CLI_REMOVED_COMMAND,
	CLI_MISSING_COMMAND, /* a group without a command */
	CLI_UNKNOWN_OPTION,
	CLI_REMOVED_OPTION,
	CLI_MISPLACED_OPTION, /* it is an option of `command` */
	CLI_SINGLE_DASH,      /* -name for --name */
	CLI_TYPOGRAPHIC,      /* a dash, quote or blank from a word processor */
	CLI_MISSING_VALUE,
	CLI_SWALLOWED_VALUE, /* an option took another option, or the operand, as its value */
	CLI_UNWANTED_VALUE,  /* a flag with `=` and a value that is neither true nor false */
	CLI_BAD_VALUE,
	CLI_SPLIT_VALUE, /* a blank ended the option's value, and the rest was taken for an operand
			  */
	CLI_MISSING_OPERAND,
	CLI_EXTRA_OPERAND,
	CLI_BAD_OPERAND,
	CLI_LATE_OPTION, /* after the image or container, where it belongs to the program */
};

struct cli_fault {
	enum cli_fault_kind kind;
	size_t word;        /* the word at fault; the number of words: after the last one */
	bool silent;        /* docker accepts it, but not as the learner meant it */
	const char *option; /* the option at fault or the intended one, "--publish"; NULL */
	const struct cli_command
		*command; /* the intended command, or the one that has the option; NULL */
	char *operand;    /* the name of an operand: "IMAGE"; NULL */
	char *why;        /* for a bad value or operand, a sentence: "A port is …"; NULL */
	char *repaired;   /* the whole line without this fault; NULL: the intent is unclear */
};
struct cli_faults {
	struct cli_fault *items;
	size_t count;
};
/* Finds the faults of a call in the order in which docker finds them. `line` is the text that was
 * split. */
void cli_find_faults(const struct cli_call *call, const char *line, struct cli_faults *ret);
void cli_faults_finish(struct cli_faults *faults);

/* Return the line with a change that somebody else knows to be right; the caller frees it. NULL:
 * the call does not have the word or option. */

/* Replaces the value of an option ("--memory"), or else the first word that is `old`. */
char *cli_replace(const struct cli_call *call, const char *line, const char *old, const char *text);
/* Removes a switch ("--tty"), also from "-it". */
char *cli_drop_switch(const struct cli_call *call, const char *line, const char *option);

/* Checks a value: returns a sentence that says what is wrong, which the caller frees; NULL if
 * nothing is. */
char *cli_check_value(const struct cli_option *option, const char *value);
bool cli_is_good_value(const struct cli_option *option, const char *value);
/* Returns the intended value if a wrong one is only a slip away from it. The caller frees it; NULL
 * if the intent is unclear. */
char *cli_repair_value(const struct cli_option *option, const char *value);
/* The same for a reference to an image ("REPOSITORY[:TAG][@DIGEST]") and for the name of a
 * container, volume or network. */
char *cli_check_image(const char *reference);
/* "https://hub.docker.com/_/Nginx" → "nginx": the intended reference, if it needs no guessing. The
 * caller frees it; NULL if the intent is unclear. */
char *cli_repair_image(const char *reference);
char *cli_check_name(const char *name);

#endif
