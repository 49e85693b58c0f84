/* cli/read.c - reads a docker command as docker's client does */
#include "read.h"

#include <stdlib.h>
#include <string.h>

static void add_use(struct cli_call *call, struct cli_use use)
{
	call->uses = array_grow(call->uses, call->use_count, sizeof *call->uses);
	call->uses[call->use_count++] = use;
}

/* Takes the next word as the value of the use in words[at]. Returns the last word read. */
static size_t take_next_word(struct cli_call *call, struct cli_use use, size_t at)
{
	if (at + 1 < call->line->count) {
		use.value = call->line->words[at + 1];
		use.value_word = ++at;
	}
	add_use(call, use);
	return at;
}

/* Returns the command that a word names below the current one; NULL if it names none. */
static const struct cli_command *find_below(const struct cli_call *call, const char *word)
{
	bool is_root = call->command == &cli_commands[0];
	cleanup_free char *name =
		is_root ? xstrdup(word) : xasprintf("%s %s", call->command->name, word);
	return cli_find_command(name);
}

/* "docker --name web run nginx": an option of a later command, with its value. */
static bool is_value_before_command(const struct cli_call *call, size_t at)
{
	char **words = call->line->words;
	return cli_is_group(call->command) && at + 1 < call->line->count &&
	       find_below(call, words[at]) == NULL && find_below(call, words[at + 1]) != NULL;
}

static const struct cli_option *find_long(const struct cli_call *call, const char *word)
{
	const struct cli_option *option = cli_find_option(call->command, word);
	return option == NULL && call->is_podman ? cli_find_podman_option(call->command, word)
						 : option;
}

static const struct cli_option *find_letter(const struct cli_call *call, char letter)
{
	const struct cli_option *option = cli_find_letter(call->command, letter);
	return option == NULL && call->is_podman ? cli_find_podman_letter(call->command, letter)
						 : option;
}

/* "--name=web", "--name" "web", "--rm" */
static size_t read_long(struct cli_call *call, size_t at)
{
	const char *word = call->line->words[at], *equals = strchr(word, '=');
	struct cli_use use = {
		.option = find_long(call, word), .of = call->command, .word = at, .value_word = at};
	if (equals != NULL)
		use.value = equals + 1;
	else if (use.option != NULL ? cli_takes_value(use.option)
				    : is_value_before_command(call, at + 1))
		return take_next_word(call, use, at);
	add_use(call, use);
	return at;
}

/* "-it", "-dp" "80:80", "-p80:80", "-p=80:80" */
static size_t read_letters(struct cli_call *call, size_t at)
{
	for (const char *c = call->line->words[at] + 1; *c != '\0'; c++) {
		struct cli_use use = {.option = find_letter(call, *c),
			.of = call->command,
			.letter = *c,
			.word = at,
			.value_word = at};
		bool takes = use.option != NULL && cli_takes_value(use.option);
		if (takes && c[1] == '\0')
			return take_next_word(call, use, at);
		if (c[1] == '=' || takes) {
			use.value = c[1] == '=' ? c + 2 : c + 1;
			add_use(call, use);
			return at;
		}
		add_use(call, use);
		if (use.option == NULL)
			return at; /* docker stops reading here */
	}
	return at;
}

bool read_is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0' && !text_same(word, "--");
}

size_t read_option(struct cli_call *call, size_t at)
{
	return text_starts(call->line->words[at], "--") ? read_long(call, at)
							: read_letters(call, at);
}

static void add_operand(struct cli_call *call, size_t at)
{
	call->operands = array_grow(call->operands, call->operand_count, sizeof *call->operands);
	call->operands[call->operand_count++] = at;
}

static void read_words(struct cli_call *call, size_t at)
{
	bool options_ended = false;
	for (; at < call->line->count; at++) {
		const char *word = call->line->words[at];
		bool is_group = cli_is_group(call->command) && call->unknown_word == 0;
		const struct cli_command *below;
		if (!options_ended && text_same(word, "--")) {
			options_ended = true;
		} else if (!options_ended && read_is_option(word)) {
			at = read_option(call, at);
		} else if (is_group && (below = find_below(call, word)) != NULL) {
			call->command = below;
			call->command_word = at;
		} else {
			if (is_group)
				call->unknown_word = at;
			add_operand(call, at);
			options_ended = options_ended || call->command->options_end;
		}
	}
}

bool cli_read(const struct shell_command *line, struct cli_call *ret)
{
	*ret = (struct cli_call){.line = line, .command = &cli_commands[0]};
	const char *program = line->count > 0 ? path_base(line->words[0]) : "";
	if (text_same(program, "docker-compose") || text_same(program, "podman-compose"))
		ret->command = cli_find_command("compose");
	else if (!text_same(program, "docker") && !text_same(program, "podman"))
		return false;
	ret->is_podman = text_starts(program, "podman");
	read_words(ret, 1);
	return true;
}

void cli_call_finish(struct cli_call *call)
{
	free(call->uses);
	free(call->operands);
	*call = (struct cli_call){0};
}

const struct cli_use *read_last_use(const struct cli_call *call, const char *name)
{
	for (size_t i = call->use_count; i-- > 0;) {
		const struct cli_use *use = &call->uses[i];
		if (use->option != NULL && text_same(use->option->name, name))
			return use;
	}
	return NULL;
}

const char *cli_value_of(const struct cli_call *call, const char *name)
{
	const struct cli_use *use = read_last_use(call, name);
	return use == NULL ? NULL : use->value != NULL ? use->value : "";
}

const char *cli_operand(const struct cli_call *call, size_t n)
{
	return n < call->operand_count ? call->line->words[call->operands[n]] : NULL;
}
