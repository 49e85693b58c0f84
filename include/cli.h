/*
 * cli.h - command lines: a shell line as its simple commands, and a docker command as docker reads
 * it.
 *
 * What docker, buildx and compose understand is data: assets/cli has a row for each command and for
 * each option. A call says what each word of a command is; a fault is a word that docker cannot
 * take, or takes for something else than was meant, with the line as it should be where that is
 * clear.
 *
 *     shell_split(line, &commands);
 *     cli_read(&commands.items[0], &call);
 *     cli_find_faults(&call, line, &faults);
 */
#ifndef CLI_H
#define CLI_H

#include "base.h"

/* ---- shell lines ----------------------------------------------------------------------------- */

/* Where a word stands in the line, quotes included; 0, 0 for one inside $(…). */
struct shell_span {
	size_t begin, end;
};

/* One simple command of a shell line: its words after quote removal, without assignments and
 * redirections. */
struct shell_command {
	char **words; /* ended by NULL */
	struct shell_span *spans;
	size_t count;
	bool expands; /* some word has $…, `…` or a glob, so its text is not what the shell will
			 pass */
	char before;  /* what stands in front: 0 the first, ';' '&' '|' 'a' (&&) 'o' (||) '(' inside
			 $() or ( ) */
};
struct shell_commands {
	struct shell_command *items;
	size_t count;
	bool complete; /* false: an open quote, here-document, compound command or trailing
			  backslash asks for more input */
};
/* Splits a line as a POSIX shell does. A pure function, and a fuzz target. */
void shell_split(const char *line, struct shell_commands *ret);
void shell_commands_finish(struct shell_commands *commands);

/* ---- the grammar ----------------------------------------------------------------------------- */

/* What an option takes behind it. CLI_FLAG takes nothing, or true or false after `=`. */
enum cli_value {
	CLI_FLAG,
	CLI_TEXT, /* whatever it is, docker's client does not look at it */
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
};

struct cli_option {
	const char *name; /* "--publish" */
	char letter;      /* 'p'; '\0': it has none */
	enum cli_value value;
	bool repeats;        /* may be given several times */
	bool is_hidden;      /* works, and is not listed by --help */
	const char *removed; /* the release that no longer has it; NULL: it is there */
	const char *values;  /* "always|missing|never"; capitals are placeholders; NULL: any */
};

struct cli_command {
	const char *name;     /* "container run", "compose up"; "docker" is the root */
	const char *verb;     /* as people write it: "run", "compose up" */
	const char *aliases;  /* ",run,container ps,"; "" */
	const char *operands; /* "IMAGE [COMMAND] [ARG...]"; "COMMAND" for a group */
	int min, max;         /* operands; max -1: no limit */
	bool options_end;     /* the first operand ends the options: what follows is a program's */
	const char *removed;  /* the release that no longer has it; NULL: it is there */
	size_t first_option, option_count; /* in cli_options */
};

extern const struct cli_command cli_commands[];
extern const size_t cli_command_count;
extern const struct cli_option cli_options[];

/* The command of a whole name or alias, without "docker"; NULL: there is none. */
const struct cli_command *cli_find_command(const char *name);
bool cli_is_group(const struct cli_command *command);
/* An option by its long name ("--publish" or a word that begins with it and `=`), or by its letter;
 * NULL: the command has none of that name. */
const struct cli_option *cli_find_option(const struct cli_command *command, const char *name);
const struct cli_option *cli_find_letter(const struct cli_command *command, char letter);
bool cli_takes_value(const struct cli_option *option);

/* ---- a docker command -------------------------------------------------------------------------
 */

/* An option that was given. */
struct cli_use {
	const struct cli_option *option; /* NULL: the command has none of that name */
	const struct cli_command *of;    /* the command or group whose place it stands in */
	char letter;                     /* by which it was given; '\0': by its long name */
	const char *value;               /* NULL: none */
	size_t word, value_word;         /* the same where both are one word */
};

struct cli_call {
	const struct shell_command *line;
	const struct cli_command *command; /* the last that is known; the root where none is */
	size_t command_word;               /* the last word of its name */
	size_t unknown_word; /* stands where a command should and is none; 0: there is no such */
	struct cli_use *uses;
	size_t use_count;
	size_t *operands; /* indexes of words, what belongs to a program included */
	size_t operand_count;
	bool missing_value; /* the last option wants a value, and the line ends */
};

/* Reads a command whose program is docker or docker-compose. False: it is another one. The line has
 * to outlive the call. */
bool cli_read(const struct shell_command *line, struct cli_call *ret);
void cli_call_finish(struct cli_call *call);
/* The value of the last use of an option, "" for a flag; NULL: it was not given. */
const char *cli_value_of(const struct cli_call *call, const char *name);
/* The word of operand n from 0; NULL: there are fewer. */
const char *cli_operand(const struct cli_call *call, size_t n);

/* ---- faults ---------------------------------------------------------------------------------- */

enum cli_fault_kind {
	CLI_UNKNOWN_COMMAND,
	CLI_REMOVED_COMMAND,
	CLI_MISSING_COMMAND, /* a group stands alone */
	CLI_UNKNOWN_OPTION,
	CLI_REMOVED_OPTION,
	CLI_MISPLACED_OPTION, /* it is an option, of `command` */
	CLI_SINGLE_DASH,      /* -name for --name */
	CLI_TYPOGRAPHIC,      /* a dash or a quote that a word processor made */
	CLI_MISSING_VALUE,
	CLI_SWALLOWED_VALUE, /* an option took another option, or the operand, for its value */
	CLI_UNWANTED_VALUE,  /* a flag with `=` and something that is neither true nor false */
	CLI_BAD_VALUE,
	CLI_MISSING_OPERAND,
	CLI_EXTRA_OPERAND,
	CLI_BAD_OPERAND,
	CLI_LATE_OPTION, /* behind the image or container, where it is the program's */
};

struct cli_fault {
	enum cli_fault_kind kind;
	size_t word;        /* at fault; the line's count: behind the last */
	bool silent;        /* docker takes it, for something else than was meant */
	const char *option; /* the option it is about or that was meant, "--publish"; NULL */
	const struct cli_command
		*command; /* the command that was meant, or whose option it is; NULL */
	char *operand;    /* the name of an operand: "IMAGE"; NULL */
	char *why;        /* of a bad value or operand, a sentence: "A port is …"; NULL */
	char *repaired;   /* the whole line without this fault; NULL: what was meant is not clear */
};
struct cli_faults {
	struct cli_fault *items;
	size_t count;
};
/* The faults of a call in the order in which docker finds them. `line` is what was split. */
void cli_find_faults(const struct cli_call *call, const char *line, struct cli_faults *ret);
void cli_faults_finish(struct cli_faults *faults);

/* Says what is wrong with a value: a sentence that the caller frees; NULL: nothing. */
char *cli_check_value(const struct cli_option *option, const char *value);
/* The value that was meant by one that is wrong, where only a slip separates them. The caller frees
 * it; NULL: that is not clear. */
char *cli_repair_value(const struct cli_option *option, const char *value);
/* Likewise for a reference to an image ("REPOSITORY[:TAG][@DIGEST]") and for a name of a container,
 * volume or network. */
char *cli_check_image(const char *reference);
char *cli_check_name(const char *name);

#endif
