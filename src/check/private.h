/* check/private.h - what the files of the checks share */
#ifndef CHECK_PRIVATE_H
#define CHECK_PRIVATE_H

#include "check.h"

#include <regex.h>

/* ---- docker.c: docker's own commands ---- */
struct docker_verb {
	const char
		*name; /* "run", "network create": the long form without "container" and "image" */
	const char *objects; /* what its operands are, for completion: "c" any container, "r"
				running, "s" stopped, "i" image, "n" network, "v" volume */
	bool changes;        /* the daemon's state */
};

#define DOCKER_WORDS_MAX 64

/* A parsed docker command. Strings point into the command's words. */
struct docker_line {
	const struct docker_verb *verb;
	const struct cli_command *command;
	const char *options[DOCKER_WORDS_MAX]; /* "--name", however it was given */
	const char *values[DOCKER_WORDS_MAX];  /* of the option at the same index; NULL if it takes
						  none */
	size_t option_count;
	const char *operands[DOCKER_WORDS_MAX];
	size_t operand_count;
	bool expands;
};
/* Returns false if this is not a docker command, or not a known one. */
bool docker_read(const struct shell_command *command, struct docker_line *ret);
/* Finds the first docker command of a line; *ret_commands must outlive *ret. */
bool docker_find(const struct shell_commands *commands, const struct docker_verb *wanted,
	struct docker_line *ret);
/* Returns the value of an option by its long name; "" for a flag without one, NULL if it was not
 * given. */
const char *docker_option(const struct docker_line *line, const char *name);

/* ---- statement.c ---- */
enum subject {
	ABOUT_EXIT,
	ABOUT_OUTPUT,
	ABOUT_CONTAINER,
	ABOUT_IMAGE,
	ABOUT_NETWORK,
	ABOUT_VOLUME,
	ABOUT_HTTP,
	ABOUT_FILE,
	ABOUT_DAEMON
};
enum quantity { NAMED, ANY, NO, EXACTLY };

struct statement {
	char *text;
	enum subject subject;
	enum quantity quantity;
	long long count; /* EXACTLY */
	bool once;
	const struct predicate *predicate;
	char *name;  /* of the container … */
	char *a, *b; /* operands of the predicate; of a regular expression, b is its source */
	long long number;
	regex_t regex;
	bool has_regex;
};
bool statement_parse(const char *text, struct statement *ret, struct error *err);
void statement_finish(struct statement *statement);
/* Returns whether it needs a line that ran; nothing that happens later can change its result. */
bool statement_is_about_line(const struct statement *statement);

/* ---- told.c ---- */
/* Words a statement for people, in the reader's language: "your container publishes 80/tcp on
 * 8080". The caller frees it. */
char *told_statement(const struct statement *statement);

/* ---- evaluate.c: predicates by their forms ---- */
/* One evaluation of a statement: what it is about, and what was found. */
struct look {
	struct check_context *context;
	const struct statement *statement;
	const char *name; /* of the object that is looked at; NULL for a line */
	struct buf seen, advice;
	bool missing;                      /* the object itself does not exist */
	struct engine_container container; /* the one last inspected */
};
struct predicate {
	enum subject subject;
	const char *form; /* "is running", "publishes @a on #": @a and @b a word, # a number, / a
			     regular expression, $ the rest, both in `b` */
	const char *told; /* "{subject} publishes {a} on {number}": for people; {words} is the
			     regular expression as far as it can be told */
	/* Returns whether it is so; on an error, sets err. */
	bool (*check)(struct look *look, struct error *err);
	bool second_look; /* it must still be so a moment later */
};
/* Enumerates all predicates; NULL after the last. */
const struct predicate *table_predicate_at(size_t index);

struct check_plan {
	struct statement *items;
	size_t count;
	bool status_only;
	char *expected_output;
};

/* ---- context.c ---- */
struct happened {
	char *type, *action, *id, *name, *image;
	int64_t time_ms;
};
struct check_context {
	struct engine *engine;
	const struct words *images; /* NULL: unknown */
	struct engine_events *events;
	char *workspace, *gate_log;
	int64_t opened_ms;      /* wall clock: when the step began */
	struct words before[4]; /* containers (names and ids), images, networks, volumes */
	struct happened *events_seen;
	size_t event_count;
	bool lost;
	char *line, *output;
	int status;
	bool ran, interrupted;
	int64_t started_ms, ended_ms;
	const char *expected_output; /* of the plan being evaluated */
};
/* Returns the name or id that "it" refers to; NULL if the last line made nothing. */
const char *context_it(const struct check_context *context);
bool context_was_there(const struct check_context *context, enum subject subject, const char *name);
/* Returns whether such an event has happened since the step began. */
bool context_happened(const struct check_context *context, const char *type, const char *action,
	const char *name);

#endif
