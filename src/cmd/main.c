/* cmd/main.c - runs one subcommand, and turns its error into a message and an exit status */
#include "cmd.h"
#include "config.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void print_overview(FILE *out)
{
	fputs(_("ropes - turn notes into lessons, run their commands, and record progress\n"
		"\n"
		"usage: ropes [--plain] [SUBCOMMAND] [OPTION…] [OPERAND…]\n"
		"Without a subcommand: continue where you stopped (the first time: the first lesson).\n"
		"--plain: for screen readers, words instead of symbols, as `ropes config plain yes`.\n"
		"\n"),
		out);
	for (size_t i = 0; table_commands[i] != NULL; i++)
		fprintf(out, "  %-9s %s\n", table_commands[i]->name, _(table_commands[i]->summary));
	fputs(_("\n"
		"`ropes SUBCOMMAND --help` describes a subcommand; `ropes --version` prints the version.\n"),
		out);
}

/* ---- running ---- */

static bool run_command(const struct command *c, int argc, char **argv, struct error *err)
{
	struct arguments arguments = {0};
	bool help = false;
	bool good = arguments_read(c, argc, argv, &arguments, &help, err);
	if (good && help)
		arguments_print_help(c);
	else if (good)
		good = (c == &cmd_config || settings_load(err)) && c->run(&arguments, err);
	free(arguments.given);
	return good;
}

static bool unknown_command(const char *name, struct error *err)
{
	const char *nearest = NULL;
	size_t best = 3;
	for (size_t i = 0; table_commands[i] != NULL; i++)
		if (text_is_nearer(name, table_commands[i]->name, &best))
			nearest = table_commands[i]->name;
	if (nearest != NULL)
		return error_set_kind(err, ERROR_USAGE,
			"unknown subcommand '%s'; did you mean '%s'? `ropes --help` lists them",
			name, nearest);
	return error_set_kind(
		err, ERROR_USAGE, "unknown subcommand '%s'; `ropes --help` lists them", name);
}

static bool run_program(int argc, char **argv, struct error *err)
{
	static char learn[] = "learn";
	static char *only_learn[] = {learn, NULL};
	if (argc > 1 && text_same(argv[1], "--plain")) {
		(void)setenv(SETTINGS_PLAIN, "yes", 1); /* else symbols */
		argc--;
		argv++;
	}
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
			err, ERROR_USAGE, "unrecognized option '%s'; try `ropes --help`", first);
	if (c == NULL)
		return unknown_command(first, err);
	return run_command(c, argc - 1, argv + 1, err);
}

/* Keep 0, 1 and 2 open: otherwise the first file to be opened would take their place. */
static void open_standard_files(void)
{
	int fd;
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= 2);
	if (fd > 2)
		close(fd);
}

/* Readline takes the encoding from the environment, each time it asks; in C or POSIX it would edit
 * single bytes. */
static void use_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	setlocale(LC_CTYPE, "C.UTF-8");
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		const char *value = getenv(names[i]);
		if (text_is_blank(value))
			continue;
		if (strcasestr(value, "utf-8") == NULL && strcasestr(value, "utf8") == NULL)
			(void)setenv(i == 0 ? "LC_ALL" : "LC_CTYPE", "C.UTF-8", 1); /* else bytes */
		return;
	}
}

/* Whatever is wrong with the configuration is told later, in the language that it could give. */
static void use_language(void)
{
	cleanup_free char *catalogues = data_path("../locale");
	language_open(catalogues, NULL);
	(void)settings_load(NULL);
	language_open(catalogues, settings_get("language"));
}

int main(int argc, char **argv)
{
	cleanup_error struct error err = {0};
	open_standard_files();
	use_utf8();
	use_language();
	signal(SIGPIPE, SIG_IGN); /* writes report a reader that went away */
	bool good = run_program(argc, argv, &err);
	/* also if an earlier write failed: then the last part may still have found room */
	if (good && (fflush(stdout) != 0 || ferror(stdout)))
		good = error_set(&err, 0, COMMON_CANNOT_WRITE);
	if (good)
		return 0;
	if (err.message != NULL)
		common_print_error(&err);
	return err.kind != ERROR_NONE ? (int)err.kind : ERROR_FAILED;
}
