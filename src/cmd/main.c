/* cmd/main.c - from the command line to one subcommand, and from its error to a message and a
 * status */
#include "cmd.h"
#include "config.h"

#include <fcntl.h>
#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPTION_WIDTH 19

/* What getopt_long() returns: numbers that are not characters. */
enum { FIRST_OPTION = 1000, FIRST_REMOVED = 2000 };

static void print_overview(FILE *out)
{
	fputs("ropes - learn the ropes: lessons from notes, commands that really run, progress "
	      "that is kept\n\n"
	      "usage: ropes [SUBCOMMAND] [OPTION…] [OPERAND…]\n"
	      "Without a subcommand: go on where I stopped (the first time: the first lesson).\n\n",
		out);
	for (size_t i = 0; table_commands[i] != NULL; i++)
		fprintf(out, "  %-9s %s\n", table_commands[i]->name, table_commands[i]->summary);
	fputs("\nropes SUBCOMMAND --help tells more. ropes --version\n", out);
}

static void print_option(const char *left, const char *summary)
{
	size_t width = utf8_width(left, strlen(left));
	printf("  %s%*s %s\n", left, width < OPTION_WIDTH ? (int)(OPTION_WIDTH - width) : 0, "",
		summary);
}

static void print_options(const struct command *c)
{
	for (size_t i = 0; i < COMMAND_OPTIONS_MOST && c->options[i].name != NULL; i++) {
		const struct command_option *o = &c->options[i];
		cleanup_free char *left = xasprintf("--%s%s%s", o->name, o->argument ? " " : "",
			o->argument ? o->argument : "");
		print_option(left, o->summary);
	}
	print_option("--help", "this text");
}

void arguments_print_help(const struct command *c)
{
	printf("usage: ropes %s%s%s%s%s\n\n%s\n", c->name, c->options[0].name ? " [OPTION…]" : "",
		*c->operands ? " " : "", c->operands, "", c->summary);
	if (c->details != NULL)
		printf("\n%s\n", c->details);
	printf("\n");
	print_options(c);
}

const char *arguments_get(const struct arguments *arguments, const char *name)
{
	for (size_t i = arguments->given_count; i-- > 0;)
		if (text_same(arguments->given[i].name, name))
			return arguments->given[i].value;
	return NULL;
}

void arguments_get_all(const struct arguments *arguments, const char *name, struct words *ret)
{
	for (size_t i = 0; i < arguments->given_count; i++)
		if (text_same(arguments->given[i].name, name))
			words_add(ret, arguments->given[i].value);
}

/* ---- taking the command line apart ---- */

static void list_long_options(const struct command *c, struct option *list)
{
	size_t n = 0;
	for (; n < COMMAND_OPTIONS_MOST && c->options[n].name != NULL; n++)
		list[n] = (struct option){.name = c->options[n].name,
			.has_arg = c->options[n].argument ? required_argument : no_argument,
			.val = FIRST_OPTION + (int)n};
	for (size_t i = 0; i < COMMAND_REMOVED_MOST && c->removed[i].name != NULL; i++)
		list[n++] = (struct option){.name = c->removed[i].name,
			.has_arg = optional_argument,
			.val = FIRST_REMOVED + (int)i};
	list[n] = (struct option){.name = "help", .val = 'h'};
	list[n + 1] = (struct option){0};
}

static bool usage_error(
	const struct command *c, const char *what, const char *word, struct error *err)
{
	return error_set_kind(
		err, ERROR_USAGE, "%s '%s'; try `ropes %s --help`", what, word, c->name);
}

static void add_argument(struct arguments *a, const char *name)
{
	a->given = array_grow(a->given, a->given_count, sizeof *a->given);
	a->given[a->given_count++] = (struct argument){name, optarg != NULL ? optarg : ""};
}

/* argv[0] is the subcommand's name. *ret_help: its help was asked for. */
static bool take_apart(const struct command *c, int argc, char **argv, struct arguments *ret,
	bool *ret_help, struct error *err)
{
	struct option list[COMMAND_OPTIONS_MOST + COMMAND_REMOVED_MOST + 2];
	list_long_options(c, list);
	ret->command = c;
	opterr = 0;
	optind = 1;
	for (int found; (found = getopt_long(argc, argv, ":h", list, NULL)) != -1;) {
		const char *word = optind > 0 ? argv[optind - 1] : "";
		if (found == 'h')
			*ret_help = true;
		else if (found >= FIRST_REMOVED)
			return error_set_kind(err, ERROR_USAGE, "option '--%s' was removed: %s",
				c->removed[found - FIRST_REMOVED].name,
				c->removed[found - FIRST_REMOVED].summary);
		else if (found >= FIRST_OPTION)
			add_argument(ret, c->options[found - FIRST_OPTION].name);
		else
			return usage_error(c,
				found == ':' ? "a value is missing behind" : "unknown option", word,
				err);
	}
	ret->operands = (const char **)&argv[optind];
	ret->operand_count = (size_t)(argc - optind);
	if (*ret_help)
		return true;
	if (ret->operand_count > c->operands_most)
		return usage_error(c, "one word too many:", ret->operands[c->operands_most], err);
	if (ret->operand_count < c->operands_least)
		return error_set_kind(err, ERROR_USAGE, "%s is missing; try `ropes %s --help`",
			c->operands, c->name);
	return true;
}

static bool run_command(const struct command *c, int argc, char **argv, struct error *err)
{
	struct arguments arguments = {0};
	bool help = false;
	bool good = take_apart(c, argc, argv, &arguments, &help, err);
	if (good && help)
		arguments_print_help(c);
	else if (good)
		good = c->run(&arguments, err);
	free(arguments.given);
	return good;
}

static bool unknown_command(const char *name, struct error *err)
{
	const char *nearest = NULL;
	size_t best = 3;
	for (size_t i = 0; table_commands[i] != NULL; i++) {
		size_t distance = text_distance(name, table_commands[i]->name);
		if (distance < best) {
			best = distance;
			nearest = table_commands[i]->name;
		}
	}
	if (nearest != NULL)
		return error_set_kind(err, ERROR_USAGE,
			"there is no subcommand '%s'; did you mean '%s'? `ropes --help` lists them",
			name, nearest);
	return error_set_kind(
		err, ERROR_USAGE, "there is no subcommand '%s'; `ropes --help` lists them", name);
}

static bool run_program(int argc, char **argv, struct error *err)
{
	static char learn[] = "learn";
	static char *only_learn[] = {learn, NULL};
	if (argc < 2)
		return run_command(&cmd_learn, 1, only_learn, err);
	const char *first = argv[1];
	if (text_same(first, "--help") || text_same(first, "-h") || text_same(first, "help")) {
		const struct command *about = argc > 2 ? table_find(argv[2]) : NULL;
		if (about != NULL)
			arguments_print_help(about);
		else
			print_overview(stdout);
		return true;
	}
	if (text_same(first, "--version")) {
		puts("ropes " ROPES_VERSION);
		return true;
	}
	const struct command *c = table_find(first);
	if (c == NULL && first[0] == '-')
		return error_set_kind(
			err, ERROR_USAGE, "unknown option '%s'; try `ropes --help`", first);
	if (c == NULL)
		return unknown_command(first, err);
	return run_command(c, argc - 1, argv + 1, err);
}

/* 0, 1 and 2 must be open, or the first file that is opened takes their place. */
static void open_standard_files(void)
{
	int fd;
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= 2);
	if (fd > 2)
		close(fd);
}

int main(int argc, char **argv)
{
	cleanup_error struct error err = {0};
	open_standard_files();
	setlocale(LC_CTYPE, "C.UTF-8");
	signal(SIGPIPE, SIG_IGN); /* a reader that went away is seen where it is written */
	bool good = run_program(argc, argv, &err);
	if (good && fflush(stdout) != 0)
		good = error_set(&err, 0, "the output could not be written");
	if (good)
		return 0;
	if (err.message != NULL)
		fprintf(stderr, "ropes: %s\n", err.message);
	return err.kind != ERROR_NONE ? (int)err.kind : ERROR_FAILED;
}
