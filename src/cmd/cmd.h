/*
 * cmd/cmd.h - subcommands: one file each, which declares itself in a const struct; COMMANDS lists
 * them. A subcommand parses nothing itself and prints only results; main prints errors.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "base.h"
#include "course.h"
#include "record.h"
#include "sandbox.h"
#include "screen.h"
#include "tutor.h"

#include <signal.h>

#define COMMAND_OPTIONS_MAX 32
#define COMMAND_REMOVED_MAX 4

struct command_option {
	const char *name;     /* long name */
	const char *argument; /* its argument, "NAME"; NULL: none */
	const char *summary;
	char letter; /* its short form; 0: none */
};

struct argument {
	const char *name, *value; /* "" if it takes none */
};

/* The parsed arguments of a subcommand. */
struct arguments {
	const struct command *command;
	struct argument *given; /* options, in the order given */
	size_t given_count;
	const char **operands;
	size_t operand_count;
};

struct command {
	const char *name;
	const char *operands; /* "[COURSE[#LESSON]]" */
	const char *summary;
	const char *details;                                /* more text for --help; NULL */
	struct command_option options[COMMAND_OPTIONS_MAX]; /* NULL-terminated */
	/* Options of earlier versions; the summary says what replaced them. */
	struct command_option removed[COMMAND_REMOVED_MAX];
	size_t operands_min, operands_max;
	bool (*run)(const struct arguments *arguments, struct error *err);
};

extern const struct command *const table_commands[]; /* in the order of help; NULL-terminated */
const struct command *table_find(const char *name);

/* clang-format off */
/* The subcommands, in the order of help. NAME is defined as cmd_NAME in src/cmd. */
#define COMMANDS(X) \
	X(learn) X(list) X(show) X(quiz) X(review) X(progress) X(notes) X(export) X(reset) X(record) X(play) \
	X(import) X(lint) X(test) X(explain) X(config) X(doctor) X(daemon) X(env) X(images) X(gate) \
	X(serve) X(sync) X(join) X(board)
/* clang-format on */
#define COMMAND_DECLARE(name) extern const struct command cmd_##name;
COMMANDS(COMMAND_DECLARE)
#undef COMMAND_DECLARE

/* ---- arguments.c ---- */

/* argv[0] is the subcommand's name. *ret_help: its help was requested. */
bool arguments_read(const struct command *c, int argc, char **argv, struct arguments *ret,
	bool *ret_help, struct error *err);
/* Returns the option's value, "" for one without, NULL if it was not given; the last one counts. */
const char *arguments_get(const struct arguments *arguments, const char *name);
/* Collects every value of an option that may be repeated. */
void arguments_get_all(const struct arguments *arguments, const char *name, struct words *ret);
void arguments_print_help(const struct command *command);

/* ---- settings.c: what the learner prefers ---- */

/* $XDG_CONFIG_HOME/ropes/config; the caller frees it. */
char *settings_path(void);
/* Reads that file, if it is there; main does so once. Errors name the line. */
bool settings_load(struct error *err);
/* Returns the value of a setting: of the environment, the file, or its default; NULL: none. */
const char *settings_get(const char *key);
bool settings_is_yes(const char *key);
#define SETTINGS_PLAIN "ROPES_PLAIN" /* the variable of `plain`; --plain sets it */
/* Finds a setting; the error names the nearest one. */
bool settings_find(const char *key, size_t *ret, struct error *err);
struct settings_view {
	const char *key, *value; /* value NULL: none */
	const char *variable;    /* of the environment, if it comes from there; NULL */
	size_t line;             /* of the file, if it comes from there; 0 */
};
/* Returns false if there are no more. */
bool settings_view(size_t which, struct settings_view *ret);
/* Changes the line of a setting in the file, or adds one; value NULL: makes its lines comments. */
bool settings_set(const char *key, const char *value, struct error *err);

/* ---- assigned.c ---- */

/* Shows what the learner's team assigned and they have not completed. Says nothing if that is
 * nothing.
 */
void assigned_show(struct screen *screen);

/* ---- common.c: what several subcommands need ---- */

/* Returns --learner, else the setting, else the login name. The caller frees it. */
char *common_learner(const struct arguments *arguments);
/* Prints "ropes: MESSAGE" without what a terminal would obey: names in it may be others'. */
void common_print_error(const struct error *err);
/* Opens standard output as a screen, as the settings say; or another descriptor. */
bool common_screen(struct screen **ret, struct error *err);
bool common_screen_on(int fd, struct screen **ret, struct error *err);
/* Closes the screen; returns `good`, and false if output was lost. */
bool common_screen_close(struct screen *screen, bool good, struct error *err);
/* Returns whether a file may be written there: it is new, --force was given, or the learner agrees
 * to replace it. */
bool common_may_write(const struct arguments *arguments, const char *path, struct error *err);
#define COMMON_CANNOT_WRITE N_("cannot write to standard output; is the disk full?")
/* --daemon practice|host|none|ADDRESS, else the setting; --idle and --network. */
struct common_daemon {
	enum sandbox_daemon kind;
	const char *host;
	int64_t idle_ms; /* for a machine that is started; 0: never */
	bool network;    /* --network: applies to the practice machine */
};
bool common_daemon_choice(
	const struct arguments *arguments, struct common_daemon *ret, struct error *err);
/* A practice machine started by a session ends by itself after this long without one. */
#define COMMON_IDLE_MINUTES 240
/* Reads --idle in milliseconds, else `minutes`; 0: never. */
bool common_idle(const struct arguments *arguments, int minutes, int64_t *ret, struct error *err);
/* Opens the sandbox of that daemon. Asks the learner before a course's lines run on their own
 * daemon; NULL: does not ask. *ret NULL: they may not run there. */
bool common_sandbox_open(const struct common_daemon *choice, struct screen *screen,
	const char *learner, const char *course, struct sandbox **ret, struct error *err);
/* The same for a session, which goes on without a sandbox: says why, and leaves *ret alone. */
void common_sandbox_at(const struct common_daemon *choice, struct screen *screen,
	const char *learner, const char *course, struct sandbox **ret);
/* The same according to the options; returns false if they are invalid. */
bool common_sandbox(const struct arguments *arguments, struct screen *screen, const char *learner,
	const char *course, struct sandbox **ret, struct error *err);
/* Before lines of a course run on the learner's own daemon: if someone is at the terminal, asks,
 * once for each course and daemon. *ret: whether they may run. Returns false if the daemon cannot
 * be identified. */
bool own_daemon_agreed(const struct common_daemon *choice, struct screen *screen,
	const char *course, bool *ret, struct error *err);
/* Blocks the signals that ask a foreground program to stop (INT, TERM, HUP); *ret gets the set. */
void common_stop_signals(sigset_t *ret);
/* Tells the program of a seat (ropes serve --terminals) where browsers find published ports:
 * "https://lab.example/port/KEY/{port}/". */
#define COMMON_PORT_ADDRESS "ROPES_PORT_ADDRESS"
/* Tells it which seat that is, for the workshop's board. */
#define COMMON_SEAT "ROPES_SEAT"
/* Secrets must not cross a network in the clear: accepts https://, or http:// to this machine. */
bool common_is_safe_address(const char *url);
/* Reads --timeout in milliseconds; 0 if it was not given. */
bool common_timeout(const struct arguments *arguments, int *ret, struct error *err);
/* Reads --seed; 0 if it was not given. */
bool common_seed(const struct arguments *arguments, uint64_t *ret, struct error *err);
/* Opens the course of "COURSE[#LESSON]"; *ret_lesson is TUTOR_ALL_LESSONS if no lesson is named. */
bool common_course(
	const char *reference, struct course **ret_course, size_t *ret_lesson, struct error *err);
/* Adds a word to a command line: a blank unless the line is empty, and quotes where a shell would
 * read the word as something else. */
void common_add_word(struct buf *line, const char *word);
/* Returns a name that opens the course from anywhere: the catalogue's, or an absolute path. The
 * caller frees it. */
char *common_course_name(const struct course *course);

/* ---- identity.c ---- */

/* Sets the course's id to the one under which the learner's record has it; the first time after an
 * update, tells the record what the steps are called now. record NULL: does nothing. */
bool identity_settle(
	struct record *record, const char *learner, struct course *course, struct error *err);

/* Finds the id under which the record has the course of a reference. The caller frees *ret. */
bool identity_find(struct record *record, const char *learner, const char *reference, char **ret,
	struct error *err);

/* ---- resume.c: what comes next for a learner who names no course ---- */

/* Finds the course that the learner used last and that is still there, else the first one of the
 * catalogue. The caller frees *ret. */
bool resume_reference(struct record *record, const char *learner, char **ret, struct error *err);
/* Finds the latest used course in which something is left to do, else such a course of the
 * catalogue, and says what is gone or done. *ret NULL: everything is done. The caller frees it. */
bool resume_unfinished(struct record *record, const char *learner, struct screen *screen,
	char **ret, struct error *err);

/* ---- learning.c: a session of the tutor ---- */

struct learning_plan {
	const char *reference; /* COURSE[#LESSON]; NULL: where the learner stopped */
	const char *learner;
	struct common_daemon daemon;
	uint64_t seed;
	int timeout_ms;
	bool trusted;
	const char *course_id; /* in a workshop: the id of its course; NULL: the old one */
	bool once;             /* run only one command, to see that it works */
	bool watched;          /* show what the course's author saves */
	/* The workshop of the session; NULL: none. record NULL: nothing is recorded. */
	const struct tutor_room *(*room_open)(void *data, struct record *record);
	void (*room_close)(void *data, struct record *record, struct screen *screen);
	void *data;
};
/* Reads --daemon, --timeout, --seed and --trust, if the subcommand has them. */
bool learning_plan_read(
	const struct arguments *arguments, struct learning_plan *ret, struct error *err);
bool learning_run(const struct learning_plan *plan, struct error *err);

/* ---- reload.c: the files of a course, while its author writes them ---- */

struct reload;
/* Watches the folders of the course's notes and quizzes. */
bool reload_open(const struct course *course, struct reload **ret, struct error *err);
int reload_fd(const struct reload *reload); /* readable after a change */
/* Waits until the author's editor has finished, loads the course again and watches it from now on.
 * *ret is the caller's, and NULL if its files are as they were. */
bool reload_read(struct reload *reload, struct course **ret, struct error *err);
void reload_close(struct reload *reload); /* NULL: does nothing */

/* ---- items.c ---- */
/* Prints facility and discrimination of a course's questions, from everyone's first attempts.
 * `course`: its id; `name`: what people call it. */
bool items_print(
	struct record *record, const char *course, const char *name, bool json, struct error *err);

#define OPTION_LEARNER                                                                             \
	{                                                                                          \
		"learner", "NAME", N_("whose record to use (default: the login name)")             \
	}
#define OPTION_DAEMON                                                                              \
	{                                                                                          \
		"daemon", "WHICH",                                                                 \
			N_("practice (default), host, none, or an address such as unix:///…")      \
	}
#define OPTION_IDLE                                                                                                        \
	{                                                                                                                  \
		"idle", "MINUTES",                                                                                         \
			N_("end the practice machine that this starts when no session has used it for so long (0: never)") \
	}
#define OPTION_NETWORK                                                                             \
	{                                                                                          \
		"network", NULL,                                                                   \
			N_("give the practice machine network access: real images, real apt-get")  \
	}
#define OPTION_SEED                                                                                \
	{                                                                                          \
		"seed", "NUMBER", N_("shuffle answers by this number")                             \
	}
#define OPTION_FORCE                                                                               \
	{                                                                                          \
		"force", NULL, N_("replace FILE without a question")                               \
	}
#define OPTION_JSON                                                                                \
	{                                                                                          \
		"json", NULL, N_("print JSON, for programs")                                       \
	}

#endif
