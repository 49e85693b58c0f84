/* cli/faults.c - words that docker rejects, or takes for something other than the learner meant */
#include "finder.h"
#include "near.h"
#include "repair.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A group does nothing alone, but `--help` and `--version` do without a command. An option that it
 * does not know is a fault of its own. */
static bool does_without_command(const struct cli_call *call)
{
	for (size_t i = 0; i < call->use_count; i++) {
		const struct cli_option *option = call->uses[i].option;
		if (option == NULL || text_same(option->name, "--help") ||
			text_same(option->name, "--version"))
			return true;
	}
	return false;
}

/* ---- commands ---- */

/* Commands that docker has only as plugins, which this table of commands does not list. */
static bool is_plugin(const struct cli_call *call, const char *word)
{
	static const char *const plugins[] = {"agent", "ai", "app", "cloud", "debug", "desktop",
		"dev", "extension", "feedback", "init", "mcp", "model", "offload", "pass",
		"sandbox", "sbom", "scan", "scout"};
	return call->command == &cli_commands[0] && !call->is_podman &&
	       text_is_one_of(word, plugins, ARRAY_LENGTH(plugins));
}

static void find_command_faults(struct finder *f)
{
	const struct cli_call *call = f->call;
	const struct cli_command *command = call->command;
	if (call->unknown_word > 0 && call->is_podman &&
		(command != &cli_commands[0] ||
			cli_is_podman_command(call->line->words[call->unknown_word])))
		return; /* podman's groups have commands of their own */
	if (call->unknown_word > 0) {
		const char *word = call->line->words[call->unknown_word];
		const char *next = call->line->words[call->unknown_word + 1];
		if (is_plugin(call, word))
			return;
		struct near_command near = near_find_command(
			command, word, next != NULL && *next == '-' ? next : NULL);
		finder_add(f, (struct cli_fault){.kind = CLI_UNKNOWN_COMMAND,
				      .word = call->unknown_word,
				      .command = near.command,
				      .repaired = near.word != NULL
							  ? repair_replace(f->call, f->line,
								    call->unknown_word, near.word)
							  : NULL});
		free(near.word);
	} else if (command->removed != NULL) {
		finder_add(f, (struct cli_fault){.kind = CLI_REMOVED_COMMAND,
				      .word = call->command_word,
				      .command = command});
	} else if (cli_is_group(command) && !does_without_command(call)) {
		finder_add(f, (struct cli_fault){.kind = CLI_MISSING_COMMAND,
				      .word = call->line->count,
				      .command = command});
	}
}

/* ---- options ---- */

/* "-name", "-name=web", "-detatch" → the intended long option. */
static const struct cli_option *find_single_dash(const struct cli_use *use, const char *word)
{
	size_t length = strcspn(word, "=");
	if (length < 3 || word[0] != '-' || word[1] == '-')
		return NULL;
	for (size_t i = 1; i < length; i++)
		if (!isalnum((unsigned char)word[i]) && word[i] != '-')
			return NULL;
	cleanup_free char *name = xasprintf("-%.*s", (int)length, word);
	const struct cli_option *exact = cli_find_option(use->of, name);
	if (exact != NULL)
		return exact;
	return length > 5 ? near_find_option(use->of, name) : NULL;
}

/* Returns whether all letters are flags of the command, as in "-it". */
static bool is_cluster(const struct cli_command *command, const char *word)
{
	for (const char *c = word + 1; *c != '\0'; c++) {
		const struct cli_option *option = cli_find_letter(command, *c);
		if (option == NULL)
			return false;
		if (cli_takes_value(option))
			return c[1] == '\0';
	}
	return word[0] == '-' && word[1] != '\0' && word[1] != '-';
}

/* "-it--rm" and "-it ubuntu" in quotes: a blank is missing, or does not separate. */
static char *split_cluster(const struct cli_command *command, const char *word)
{
	const char *dashes = strlen(word) > 2 ? strstr(word + 2, "--") : NULL;
	size_t length = dashes != NULL ? (size_t)(dashes - word) : strcspn(word, " ");
	cleanup_free char *letters = xstrndup(word, length);
	const char *rest = word + length + strspn(word + length, " ");
	cleanup_free char *name = xstrndup(rest, strcspn(rest, "="));
	bool is_plain = rest[strspn(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					  "0123456789_./:=-")] == '\0';
	if (*rest == '\0' || !is_plain || !is_cluster(command, letters) ||
		(dashes != NULL && cli_find_option(command, name) == NULL))
		return NULL;
	return xasprintf("%s %s", letters, rest);
}

static const struct cli_option *find_in(
	const struct cli_command *command, const struct cli_use *use, const char *word)
{
	return use->letter != '\0' ? cli_find_letter(command, use->letter)
				   : cli_find_option(command, word);
}

static bool is_of_compose(const struct cli_command *command)
{
	return text_starts(command->name, "compose");
}

/* Finds a command that has an option which this one lacks: first the one that the line names, then
 * the client itself, then one that people use often. */
static const struct cli_command *find_owner(
	const struct cli_call *call, const struct cli_use *use, const char *word)
{
	static const char *const often[] = {
		"run", "exec", "ps", "logs", "build", "compose up", "compose", "images", "rm"};
	if (use->of != call->command && find_in(call->command, use, word) != NULL)
		return call->command;
	if (use->of != &cli_commands[0] && find_in(&cli_commands[0], use, word) != NULL &&
		find_in(&cli_commands[0], use, word)->removed == NULL)
		return &cli_commands[0];
	for (size_t i = 0; i < ARRAY_LENGTH(often); i++) {
		const struct cli_command *command = cli_find_command(often[i]);
		const struct cli_option *option = find_in(command, use, word);
		/* One letter alone does not tell docker's commands from Compose's. */
		if (use->letter != '\0' && is_of_compose(command) != is_of_compose(call->command))
			continue;
		if (command != use->of && option != NULL && option->removed == NULL)
			return command;
	}
	return NULL;
}

/* Moves an option: one of the line's command that precedes it, or one of the client's own that
 * follows it. */
static char *move_option(
	const struct finder *f, const struct cli_use *use, const struct cli_command *owner)
{
	const struct cli_call *call = f->call;
	if (owner == call->command && use->word < call->command_word)
		return repair_move(
			f->call, f->line, use->word, use->value_word, call->command_word, true);
	if (owner == &cli_commands[0] && use->of == call->command) {
		const struct cli_option *option = find_in(owner, use, call->line->words[use->word]);
		bool apart = cli_takes_value(option) && use->value == NULL &&
			     use->word + 1 < call->line->count;
		return repair_move(f->call, f->line, use->word, use->word + apart, 0, true);
	}
	return NULL;
}

static void add_unknown_option(struct finder *f, const struct cli_use *use)
{
	const char *word = f->call->line->words[use->word];
	const struct cli_option *single = find_single_dash(use, word);
	if (single != NULL) {
		cleanup_free char *doubled =
			xasprintf("%s%s", single->name, word + strcspn(word, "="));
		finder_add(f,
			(struct cli_fault){.kind = CLI_SINGLE_DASH,
				.word = use->word,
				.option = single->name,
				.repaired = repair_replace(f->call, f->line, use->word, doubled)});
		return;
	}
	const struct cli_option *near =
		use->letter == '\0' ? near_find_option(use->of, word) : NULL;
	if (near == NULL && use->letter == '\0' && use->of != f->call->command)
		near = near_find_option(f->call->command, word);
	if (near == NULL && text_same(word, "-y"))
		near = cli_find_option(use->of, "--force"); /* as package managers have it */
	const struct cli_command *owner = find_owner(f->call, use, word);
	if (owner != NULL && owner != f->call->command && use->letter != '\0' && strlen(word) > 2 &&
		!is_cluster(owner, word))
		owner = NULL; /* "-web" is not the -w of another command */
	bool is_own = owner == f->call->command || owner == &cli_commands[0];
	if (owner != NULL && (near == NULL || is_own)) {
		finder_add(f, (struct cli_fault){.kind = CLI_MISPLACED_OPTION,
				      .word = use->word,
				      .option = find_in(owner, use, word)->name,
				      .command = owner,
				      .repaired = move_option(f, use, owner)});
		return;
	}
	cleanup_free char *named =
		near != NULL ? xasprintf("%s%s", near->name, word + strcspn(word, "="))
			     : split_cluster(use->of, word);
	finder_add(f, (struct cli_fault){.kind = CLI_UNKNOWN_OPTION,
			      .word = use->word,
			      .option = near != NULL ? near->name : NULL,
			      .command = use->of,
			      .repaired = named != NULL ? repair_replace(f->call, f->line,
								  use->word, named)
							: NULL});
}

/* The value is itself an option, so its own value was forgotten. */
static bool is_swallowed(const struct cli_call *call, const struct cli_use *use)
{
	if (use->value_word == use->word || use->value == NULL || use->value[0] != '-' ||
		use->option->value == CLI_INTEGER || use->option->value == CLI_BYTES)
		return false;
	return text_starts(use->value, "--") ? cli_find_option(call->command, use->value) != NULL
					     : is_cluster(call->command, use->value);
}

/* "docker stop -t web": the value was forgotten, so the option took the only operand. */
static bool takes_operand(const struct cli_call *call, const struct cli_use *use)
{
	return use->value_word != use->word && use->value_word + 1 == call->line->count &&
	       call->operand_count == 0 && call->command->min > 0 &&
	       (use->option->value == CLI_INTEGER || use->option->value == CLI_DURATION ||
		       use->option->value == CLI_DECIMAL || use->option->value == CLI_BYTES);
}

/* "-volumes-from x" parses as -v with the value "olumes-from". */
static bool is_misread_single_dash(const struct cli_use *use, const char *word)
{
	const struct cli_option *single = find_single_dash(use, word);
	return single != NULL && use->letter == word[1] && !is_cluster(use->of, word);
}

/* "-v data: /data", "--mount type=bind, source=/a": a blank splits a value at its separator. */
static char *repair_split_value(const struct finder *f, const struct cli_use *use)
{
	size_t next = use->value_word + 1, length = strlen(use->value);
	if (next >= f->call->line->count || length == 0)
		return NULL;
	const char *rest = f->call->line->words[next];
	bool is_split = strchr(":,=", use->value[length - 1]) != NULL ||
			(*rest != '\0' && strchr(":,=", *rest) != NULL);
	cleanup_free char *joined = xasprintf("%s%s", use->value, rest);
	return is_split && cli_is_good_value(use->option, joined)
		       ? repair_join(f->call, f->line, use->value_word, next)
		       : NULL;
}

/* Returns the line with the intended value, quoted if the shell would split it. */
static char *repair_value(const struct finder *f, const struct cli_use *use)
{
	const char *word = f->call->line->words[use->value_word];
	size_t kept = (size_t)(use->value - word); /* length of "--name=" or "-p" */
	char *joined = repair_split_value(f, use);
	if (joined != NULL)
		return joined;
	if (finder_is_entrypoints(f->call, use) && f->call->operand_count > 0)
		return repair_move(
			f->call, f->line, use->word, use->value_word, f->call->operands[0], true);
	cleanup_free char *value = cli_repair_value(use->option, use->value);
	if (value == NULL)
		return NULL;
	/* A `~` at the beginning of an unquoted value is the shell's to replace. */
	bool is_home = text_starts(value, "~/") &&
		       f->line[f->call->line->spans[use->value_word].begin] == '~';
	bool plain = strpbrk(value + is_home, " \t'\"\\$`;&|<>()*?[]{}#~") == NULL;
	cleanup_free char *text =
		xasprintf("%.*s%s%s%s", (int)kept, word, plain ? "" : "'", value, plain ? "" : "'");
	return repair_replace(f->call, f->line, use->value_word, text);
}

/* ---- values that a blank splits ---- */

static const struct cli_use *use_before(const struct cli_call *call, size_t word)
{
	for (size_t i = 0; i < call->use_count; i++) {
		const struct cli_use *use = &call->uses[i];
		if (use->option != NULL && use->value != NULL && use->value_word + 1 == word)
			return use;
	}
	return NULL;
}

/* "./my" "dir:/app" → the line with quotes around both. A `~` in quotes is not the home. */
static char *repair_path_with_blank(const struct finder *f, const struct cli_use *use)
{
	bool is_apart = use->value_word != use->word && f->call->operand_count > 1;
	return !is_apart || strpbrk(use->value, "\"'\\~") != NULL
		       ? NULL
		       : repair_quote(f->call, f->line, use->value_word, use->value_word + 1);
}

static bool is_mount_key(const char *text)
{
	static const char *const keys[] = {"type", "source", "src", "target", "dst", "destination"};
	cleanup_free char *key = xstrndup(text, strcspn(text, "="));
	return text[strlen(key)] == '=' && text_is_one_of(key, keys, ARRAY_LENGTH(keys));
}

static bool is_variable_set(const char *text)
{
	size_t length = strcspn(text, "=");
	return (isalpha((unsigned char)text[0]) || text[0] == '_') && text[length] == '=' &&
	       strcspn(text, "/:.") > length;
}

/* What is missing between the value of an option and the word after it, which cannot be an image:
 * "-v data /data", "--mount type=bind source=/x", "-e A=1 B=2". NULL: nothing. */
static char *missing_link(const struct cli_use *use, const char *rest)
{
	bool is_set = strchr(use->value, '=') != NULL;
	switch (use->option->value) {
	case CLI_VOLUME:
		return rest[0] == '/' && strchr(use->value, ':') == NULL ? xstrdup(":") : NULL;
	case CLI_MOUNT:
		return !is_mount_key(rest) ? NULL : xstrdup(text_ends(use->value, ",") ? "" : ",");
	case CLI_ENV:
		if (!is_set || !is_variable_set(rest))
			return NULL;
		return use->letter != '\0' ? xasprintf(" -%c ", use->letter)
					   : xasprintf(" %s ", use->option->name);
	default:
		return NULL;
	}
}

/* "--memory 512 mb alpine": docker takes the rest of the value for the image. Only what cannot be
 * an image counts: "=", "dir:/app", and a unit after a number. */
static void find_split_value(struct finder *f)
{
	const struct cli_call *call = f->call;
	if (!call->command->options_end || call->operand_count == 0)
		return;
	size_t word = call->operands[0];
	const char *rest = call->line->words[word];
	const struct cli_use *use = use_before(call, word);
	if (use == NULL || finder_has(f, word))
		return;
	cleanup_free char *joined = xasprintf("%s%s", use->value, rest);
	bool is_number = use->option->value == CLI_BYTES || use->option->value == CLI_DURATION;
	bool is_unit = is_number && isalpha((unsigned char)rest[0]) && strlen(rest) <= 3 &&
		       cli_is_good_value(use->option, joined);
	cleanup_free char *why_no_image = cli_check_image(rest);
	bool is_assignment =
		(rest[0] == '=' && strchr(use->value, '=') == NULL) ||
		(text_ends(use->value, "=") && why_no_image != NULL && !finder_is_expanded(rest));
	bool is_drive = isalpha((unsigned char)use->value[0]) && use->value[1] == ':'; /* C: */
	bool is_path = use->option->value == CLI_VOLUME && strstr(rest, ":/") != NULL &&
		       strchr(use->value + (is_drive ? 2 : 0), ':') == NULL;
	bool is_port = use->option->value == CLI_PORT && rest[0] == ':' &&
		       cli_is_good_value(use->option, joined);
	cleanup_free char *link = missing_link(use, rest);
	if (!is_unit && !is_assignment && !is_path && !is_port && link == NULL)
		return;
	finder_add(f, (struct cli_fault){.kind = CLI_SPLIT_VALUE,
			      .word = word,
			      .option = use->option->name,
			      .repaired = link != NULL ? repair_link(call, f->line, word, link)
					  : is_path    ? repair_path_with_blank(f, use)
						       : repair_join(call, f->line, use->value_word,
								 word + text_same(rest, "="))});
}

static bool is_split(const struct finder *f, const struct cli_use *use)
{
	for (size_t i = 0; i < f->out->count; i++)
		if (f->out->items[i].kind == CLI_SPLIT_VALUE &&
			f->out->items[i].word == use->value_word + 1)
			return true;
	return false;
}

static void check_use(struct finder *f, const struct cli_use *use)
{
	const char *word = f->call->line->words[use->word];
	const struct cli_option *option = use->option;
	if (finder_has(f, use->word))
		return;
	if (option == NULL) {
		add_unknown_option(f, use);
	} else if (option->removed != NULL) {
		finder_add(f, (struct cli_fault){.kind = CLI_REMOVED_OPTION,
				      .word = use->word,
				      .option = option->name});
	} else if (use->letter != '\0' && is_misread_single_dash(use, word)) {
		add_unknown_option(f, use);
		f->out->items[f->out->count - 1].silent =
			use->value == NULL || cli_is_good_value(option, use->value);
	} else if (use->value == NULL || finder_is_expanded(use->value)) {
		if (cli_takes_value(option) && use->value == NULL)
			finder_add(f, (struct cli_fault){.kind = CLI_MISSING_VALUE,
					      .word = use->word,
					      .option = option->name});
	} else if (is_swallowed(f->call, use)) {
		finder_add(f, (struct cli_fault){.kind = CLI_SWALLOWED_VALUE,
				      .word = use->word,
				      .option = option->name});
	} else if (!is_split(f, use)) {
		char *why = cli_check_value(option, use->value);
		if (why != NULL && takes_operand(f->call, use)) {
			free(why);
			finder_add(f, (struct cli_fault){.kind = CLI_SWALLOWED_VALUE,
					      .word = use->word,
					      .option = option->name});
		} else if (why != NULL)
			finder_add(f, (struct cli_fault){.kind = cli_takes_value(option)
									 ? CLI_BAD_VALUE
									 : CLI_UNWANTED_VALUE,
					      .word = use->value_word,
					      .option = option->name,
					      .why = why,
					      .repaired = repair_value(f, use)});
	}
}

/* ---- characters from a word processor ---- */

/* The same word as a keyboard has it: of an option, dashes in its name are hyphens. */
static char *plain_word(const char *word, bool is_option)
{
	size_t length = is_option ? strcspn(word, "=") : 0;
	cleanup_free char *name = xstrndup(word, length);
	cleanup_free char *plain_name = repair_characters(name, true);
	cleanup_free char *rest = repair_characters(word + length, false);
	return xasprintf("%s%s", plain_name, rest);
}

/* "-rm", which was a long dash → "--rm". */
static char *with_hyphens(const struct cli_call *call, const char *word)
{
	const char *name = word + strspn(word, "-");
	cleanup_free char *option = xasprintf("--%s", name);
	bool is_long = strlen(name) > 1 && cli_find_option(call->command, option) != NULL;
	return xstrdup(is_long ? option : option + 1);
}

/* A quote or a blank makes the shell split the line otherwise, so all of the line is repaired. */
static void find_typographic(struct finder *f)
{
	const struct cli_call *call = f->call;
	for (size_t i = 1; i < call->line->count; i++) {
		const char *word = call->line->words[i];
		cleanup_free char *dashless = repair_characters(word, true);
		bool is_option = dashless[0] == '-' && strspn(dashless, "-") < strlen(dashless);
		cleanup_free char *plain = plain_word(word, is_option);
		if (text_same(plain, word))
			continue;
		cleanup_free char *option = is_option ? with_hyphens(call, plain) : NULL;
		finder_add(
			f, (struct cli_fault){.kind = CLI_TYPOGRAPHIC,
				   .word = i,
				   .repaired = is_option ? repair_replace(call, f->line, i, option)
							 : repair_characters(f->line, false)});
		if (!is_option)
			return;
	}
}

void cli_find_faults(const struct cli_call *call, const char *line, struct cli_faults *ret)
{
	*ret = (struct cli_faults){0};
	struct finder f = {call, line, ret};
	find_typographic(&f);
	find_split_value(&f);
	for (size_t i = 0; i < call->use_count; i++) {
		bool is_read = call->unknown_word == 0 || call->uses[i].word < call->unknown_word;
		if (is_read && call->command->removed == NULL)
			check_use(&f, &call->uses[i]);
	}
	find_command_faults(&f);
	operands_find_faults(&f);
	operands_find_late_options(&f);
}

void cli_faults_finish(struct cli_faults *faults)
{
	for (size_t i = 0; i < faults->count; i++) {
		free(faults->items[i].operand);
		free(faults->items[i].why);
		free(faults->items[i].repaired);
	}
	free(faults->items);
	*faults = (struct cli_faults){0};
}
