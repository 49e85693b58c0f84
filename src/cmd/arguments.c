/* cmd/arguments.c - parses the arguments of a subcommand, and prints the help of its options */
#include "cmd.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTION_WIDTH 19

/* Return values of getopt_long() that cannot be characters. */
enum { FIRST_OPTION = 1000, FIRST_REMOVED = 2000 };

static void print_option(const char *left, const char *summary)
{
	size_t width = utf8_width(left, strlen(left));
	printf("  %s%*s %s\n", left, width < OPTION_WIDTH ? (int)(OPTION_WIDTH - width) : 0, "",
		summary);
}

static void print_options(const struct command *c)
{
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && c->options[i].name != NULL; i++) {
		const struct command_option *o = &c->options[i];
		cleanup_free char *left = xasprintf("--%s%s%s", o->name, o->argument ? " " : "",
			o->argument ? o->argument : "");
		print_option(left, _(o->summary));
	}
	print_option("--help", _("print this help"));
}

void arguments_print_help(const struct command *c)
{
	printf(_("usage: ropes %s%s%s%s\n\n"), c->name, c->options[0].name ? _(" [OPTION…]") : "",
		*c->operands ? " " : "", c->operands);
	puts(_(c->summary));
	if (c->details != NULL)
		printf("\n%s\n", _(c->details));
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

static void list_long_options(const struct command *c, struct option *list)
{
	size_t n = 0;
	for (; n < COMMAND_OPTIONS_MAX && c->options[n].name != NULL; n++)
		list[n] = (struct option){.name = c->options[n].name,
			.has_arg = c->options[n].argument ? required_argument : no_argument,
			.val = FIRST_OPTION + (int)n};
	for (size_t i = 0; i < COMMAND_REMOVED_MAX && c->removed[i].name != NULL; i++)
		list[n++] = (struct option){.name = c->removed[i].name,
			.has_arg = optional_argument,
			.val = FIRST_REMOVED + (int)i};
	list[n] = (struct option){.name = "help", .val = 'h'};
	list[n + 1] = (struct option){0};
}

/* ":hn:" for --help and an option with the letter n and an argument. */
static void list_letters(const struct command *c, struct buf *ret)
{
	buf_add_text(ret, ":h");
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && c->options[i].name != NULL; i++)
		if (c->options[i].letter != '\0')
			buf_printf(ret, "%c%s", c->options[i].letter,
				c->options[i].argument != NULL ? ":" : "");
}

/* Returns the option of that letter; NULL if there is none. */
static const struct command_option *find_letter(const struct command *c, int letter)
{
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && c->options[i].name != NULL; i++)
		if (c->options[i].letter == letter)
			return &c->options[i];
	return NULL;
}

static void add_argument(struct arguments *a, const char *name)
{
	a->given = array_grow(a->given, a->given_count, sizeof *a->given);
	a->given[a->given_count++] = (struct argument){name, optarg != NULL ? optarg : ""};
}

/* argv[0] is the subcommand's name. *ret_help: its help was requested. */
bool arguments_read(const struct command *c, int argc, char **argv, struct arguments *ret,
	bool *ret_help, struct error *err)
{
	struct option list[COMMAND_OPTIONS_MAX + COMMAND_REMOVED_MAX + 2];
	cleanup_buf struct buf letters = {0};
	list_long_options(c, list);
	list_letters(c, &letters);
	ret->command = c;
	opterr = 0;
	optind = 1;
	for (int found; (found = getopt_long(argc, argv, letters.data, list, NULL)) != -1;) {
		const char *word = optind > 0 ? argv[optind - 1] : "";
		if (found == 'h')
			*ret_help = true;
		else if (found >= FIRST_REMOVED)
			return error_set_kind(err, ERROR_USAGE,
				"option '--%s' has been removed: %s",
				c->removed[found - FIRST_REMOVED].name,
				_(c->removed[found - FIRST_REMOVED].summary));
		else if (found >= FIRST_OPTION)
			add_argument(ret, c->options[found - FIRST_OPTION].name);
		else if (find_letter(c, found) != NULL)
			add_argument(ret, find_letter(c, found)->name);
		else
			return found == ':'
				       ? error_set_kind(err, ERROR_USAGE,
						 "option '%s' requires an argument; try `ropes %s --help`",
						 word, c->name)
				       : error_set_kind(err, ERROR_USAGE,
						 "unrecognized option '%s'; try `ropes %s --help`",
						 word, c->name);
	}
	ret->operands = (const char **)&argv[optind];
	ret->operand_count = (size_t)(argc - optind);
	if (*ret_help)
		return true;
	if (ret->operand_count > c->operands_max)
		return error_set_kind(err, ERROR_USAGE,
			"unexpected argument '%s'; try `ropes %s --help`",
			ret->operands[c->operands_max], c->name);
	if (ret->operand_count < c->operands_min)
		return error_set_kind(err, ERROR_USAGE,
			"missing operand: %s; try `ropes %s --help`", c->operands, c->name);
	return true;
}
