/*
 * cmd/cmd.h - subcommands: one file each, which declares itself in a const struct; table.c lists
 * them. A subcommand parses nothing itself and prints only results; errors are printed by main.
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

#define COMMAND_OPTIONS_MAX 24
#define COMMAND_REMOVED_MAX 4

struct command_option {
	const char *name;     /* long name */
	const char *argument; /* what it takes, "NAME"; NULL: nothing */
	const char *summary;
};

struct argument {
	const char *name, *value; /* "" where it takes nothing */
};

/* What was typed behind the subcommand, taken apart. */
struct arguments {
	const struct command *command;
	struct argument *given; /* options, in their order */
	size_t given_count;
	const char **operands;
	size_t operand_count;
};

struct command {
	const char *name;
	const char *operands; /* "[COURSE[#LESSON]]" */
	const char *summary;
	const char *details;                                /* more for --help; NULL */
	struct command_option options[COMMAND_OPTIONS_MAX]; /* ended by a NULL name */
	/* Options of earlier versions; the summary says what replaced them. */
	struct command_option removed[COMMAND_REMOVED_MAX];
	size_t operands_min, operands_max;
	bool (*run)(const struct arguments *arguments, struct error *err);
};

extern const struct command *const table_commands[]; /* in the order of help; ended by NULL */
const struct command *table_find(const char *name);

extern const struct command cmd_board, cmd_daemon, cmd_doctor, cmd_env, cmd_explain, cmd_gate,
	cmd_images, cmd_join, cmd_learn, cmd_lint, cmd_list, cmd_progress, cmd_quiz, cmd_reset,
	cmd_review, cmd_serve, cmd_show, cmd_sync, cmd_test;

/* ---- arguments.c ---- */

/* argv[0] is the subcommand's name. *ret_help: its help was asked for. */
bool arguments_read(const struct command *c, int argc, char **argv, struct arguments *ret,
	bool *ret_help, struct error *err);
/* The option's value, "" for one without, NULL where it was not given; the last one counts. */
const char *arguments_get(const struct arguments *arguments, const char *name);
/* Every value of an option that may be given several times. */
void arguments_get_all(const struct arguments *arguments, const char *name, struct words *ret);
void arguments_print_help(const struct command *command);

/* ---- common.c: what several subcommands need ---- */

/* --learner, else $ROPES_LEARNER, else the login name. The caller frees it. */
char *common_learner(const struct arguments *arguments);
bool common_screen(struct screen **ret, struct error *err);
/* --daemon practice|host|none|ADDRESS, else $ROPES_DAEMON, else practice; and --idle. */
struct common_daemon {
	enum sandbox_daemon kind;
	const char *host;
	int64_t idle_ms; /* of a machine that is started for it; 0: never */
	bool network;    /* --network: for the practice machine */
};
bool common_daemon_choice(
	const struct arguments *arguments, struct common_daemon *ret, struct error *err);
/* A practice machine that a session started ends by itself after so long without one. */
#define COMMON_IDLE_MINUTES 240
/* --idle in milliseconds, else `minutes`; 0: never. */
bool common_idle(const struct arguments *arguments, int minutes, int64_t *ret, struct error *err);
/* The sandbox of that daemon; where it can't be had, says so and leaves *ret alone. Before a
 * course's lines run on somebody's own daemon they are asked; NULL: they are not. */
void common_sandbox_at(const struct common_daemon *choice, struct screen *screen,
	const char *learner, const char *course, struct sandbox **ret);
/* The same by the options; false: they are wrong. */
bool common_sandbox(const struct arguments *arguments, struct screen *screen, const char *learner,
	const char *course, struct sandbox **ret, struct error *err);
/* Before lines of a course run on somebody's own daemon: asks, once for each course and daemon,
 * where somebody is at the terminal. *ret: whether they may. False: the daemon can't be asked what
 * it is.
 */
bool own_daemon_agreed(const struct common_daemon *choice, struct screen *screen,
	const char *course, bool *ret, struct error *err);
/* Blocks what asks a program in the foreground to stop (INT, TERM, HUP), and gives the set. */
void common_stop_signals(sigset_t *ret);
/* Nothing that is secret goes over a network in the clear: https://, or http:// to this machine. */
bool common_is_safe_address(const char *url);
/* --timeout in milliseconds; 0 where it is not given. */
bool common_timeout(const struct arguments *arguments, int *ret, struct error *err);
/* --seed; 0 where it is not given. */
bool common_seed(const struct arguments *arguments, uint64_t *ret, struct error *err);
/* Opens the course of "COURSE[#LESSON]"; *ret_lesson is TUTOR_ALL_LESSONS where none is named. */
bool common_course(
	const char *reference, struct course **ret_course, size_t *ret_lesson, struct error *err);
/* A name that it is opened by from anywhere: the catalogue's, or an absolute path. The caller frees
 * it. */
char *common_course_name(const struct course *course);
/* The course where the learner stopped, else the first of the catalogue. The caller frees it. */
bool common_reference(struct record *record, const char *learner, char **ret, struct error *err);

/* ---- learning.c: a session of the tutor ---- */

struct learning_plan {
	const char *reference; /* COURSE[#LESSON]; NULL: where the learner stopped */
	const char *learner;
	struct common_daemon daemon;
	uint64_t seed;
	int timeout_ms;
	bool trusted;
	bool once; /* one command only, to see that it works */
	/* The workshop that it belongs to. record NULL: nothing is recorded. NULL: none. */
	const struct tutor_room *(*room_open)(void *data, struct record *record);
	void (*room_close)(void *data, struct record *record, struct screen *screen);
	void *data;
};
/* From --daemon, --timeout, --seed and --trust, where the subcommand has them. */
bool learning_plan_read(
	const struct arguments *arguments, struct learning_plan *ret, struct error *err);
bool learning_run(const struct learning_plan *plan, struct error *err);

/* ---- items.c ---- */
/* Facility and discrimination of a course's questions, by everybody's first attempts. */
bool items_print(struct record *record, const char *course, bool json, struct error *err);

#define OPTION_LEARNER                                                                             \
	{                                                                                          \
		"learner", "NAME", "whose record (default: the login name)"                        \
	}
#define OPTION_DAEMON                                                                              \
	{                                                                                          \
		"daemon", "WHICH",                                                                 \
			"practice (default), host, none, or an address such as unix:///…"        \
	}
#define OPTION_IDLE                                                                                \
	{                                                                                          \
		"idle", "MINUTES",                                                                 \
			"end the practice machine that this starts when no session used it for "   \
			"so long (0: never)"                                                       \
	}
#define OPTION_NETWORK                                                                             \
	{                                                                                          \
		"network", NULL, "give the practice machine a way out: real images, real apt-get"  \
	}
#define OPTION_SEED                                                                                \
	{                                                                                          \
		"seed", "NUMBER", "shuffle answers by this number"                                 \
	}
#define OPTION_JSON                                                                                \
	{                                                                                          \
		"json", NULL, "for programs"                                                       \
	}

#endif
