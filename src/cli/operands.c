/* cli/operands.c - operands that are missing, too many or wrong, and options among them */
#include "finder.h"
#include "read.h"
#include "repair.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Returns the n-th word of "CONTAINER COMMAND [ARG...]", without brackets and without what follows
 * the name. */
static char *operand_name(const struct cli_command *command, size_t n)
{
	const char *at = command->operands;
	for (; n > 0 && *at != '\0'; n--) {
		at += strcspn(at, " ");
		at += strspn(at, " ");
	}
	at += strspn(at, "[<(");
	return *at != '\0' ? xstrndup(at, strcspn(at, " [](|>.")) : xstrdup("operand");
}

/* "-e alpine": names of variables are seldom in small letters, names of images always are. */
static bool may_be_image(const struct cli_use *use)
{
	cleanup_free char *flaw = use->option->value == CLI_ENV && strchr(use->value, '=') == NULL
					  ? cli_check_image(use->value)
					  : xstrdup("");
	return flaw == NULL;
}

/* Finds an option that took the next word as its value, so that an operand is missing. A numeric
 * option takes only a number, but a text option takes any word. */
static const struct cli_use *find_swallower(const struct cli_call *call)
{
	for (size_t i = call->use_count; i-- > 0;) {
		const struct cli_use *use = &call->uses[i];
		if (use->of == call->command && use->value_word != use->word)
			return use->value_word + 1 == call->line->count &&
					       (use->option->value == CLI_TEXT ||
						       use->option->value == CLI_IMAGE ||
						       may_be_image(use) ||
						       !cli_is_good_value(use->option, use->value))
				       ? use
				       : NULL;
	}
	return NULL;
}

static void find_missing_operand(struct finder *f)
{
	const struct cli_call *call = f->call;
	const struct cli_use *swallower = call->operand_count == 0 ? find_swallower(call) : NULL;
	char *name = operand_name(call->command, call->operand_count);
	/* A swallowed `.` was the folder, so the option still lacks its value. */
	bool is_swallowed = swallower != NULL && text_same(swallower->value, ".");
	bool is_path = text_same(name, "PATH") && !is_swallowed;
	finder_add(f, (struct cli_fault){.kind = CLI_MISSING_OPERAND,
			      .word = call->line->count,
			      .command = call->command,
			      .option = swallower != NULL ? swallower->option->name : NULL,
			      .operand = name,
			      .repaired = is_path ? repair_append(f->call, f->line, ".") : NULL});
}

/* "docker pull ubuntu latest" → "docker pull ubuntu:latest" */
static char *repair_tag(const struct finder *f, size_t word)
{
	const struct cli_call *call = f->call;
	const char *text = call->line->words[word];
	bool is_image = text_starts(call->command->operands, "NAME[:TAG");
	bool is_tag = text_same(text, "latest") || isdigit((unsigned char)*text);
	return is_image && is_tag && word == call->operands[0] + 1 &&
			       strchr(cli_operand(call, 0), ':') == NULL
		       ? repair_link(call, f->line, word, ":")
		       : NULL;
}

/* "docker ps all": the dashes of an option are missing. Of several words too many, changing one is
 * not enough. */
static char *repair_extra(
	const struct finder *f, size_t word, const char *name, const struct cli_option *meant)
{
	static const char *const pruning[] = {
		"container prune", "image prune", "network prune", "volume prune"};
	const struct cli_call *call = f->call;
	size_t max = (size_t)call->command->max;
	const struct cli_option *input = cli_find_option(call->command, "--input");
	size_t verb = call->operands[0];
	while (verb > 0 && !text_same(call->line->words[verb], "prune"))
		verb--;
	if (verb > 0) /* "docker container prune web" would remove others, not web */
		return call->command->max == 0 && text_is_one_of(call->command->name, pruning,
							  ARRAY_LENGTH(pruning))
			       ? repair_replace(call, f->line, verb, "rm")
			       : NULL;
	/* "docker images rm web": the group is called image. */
	static const char *const of_group[] = {"rm", "pull", "push", "tag", "inspect", "prune",
		"build", "history", "save", "load", "import"};
	if (text_same(call->line->words[call->command_word], "images") &&
		text_is_one_of(cli_operand(call, 0), of_group, ARRAY_LENGTH(of_group)))
		return repair_replace(call, f->line, call->command_word, "image");
	if (call->operand_count > max + 1)
		return max > 0 ? repair_tag(f, word) : NULL;
	if (meant != NULL)
		return repair_replace(call, f->line, word, meant->name);
	if (input != NULL && cli_value_of(call, "--input") == NULL) {
		cleanup_free char *file = xasprintf("--input %s", name);
		return repair_replace(call, f->line, word, file);
	}
	return max == 0 ? repair_remove(call, f->line, word) : repair_tag(f, word);
}

static void find_extra_operand(struct finder *f)
{
	const struct cli_call *call = f->call;
	size_t word = call->operands[call->command->max];
	const char *text = call->line->words[word];
	cleanup_free char *name = xasprintf("--%s", text);
	const struct cli_option *meant = cli_find_option(call->command, name);
	finder_add(f, (struct cli_fault){.kind = CLI_EXTRA_OPERAND,
			      .word = word,
			      .command = call->command,
			      .option = meant != NULL ? meant->name : NULL,
			      .repaired = repair_extra(f, word, text, meant)});
}

static bool is_image_operand(const struct cli_command *command, const char *name)
{
	if (text_same(name, "NAME"))
		return text_starts(command->name, "image ");
	static const char *const names[] = {"IMAGE", "SOURCE_IMAGE", "TARGET_IMAGE", "REPOSITORY"};
	return text_is_one_of(name, names, ARRAY_LENGTH(names));
}

static bool is_name_operand(const char *name)
{
	static const char *const names[] = {"CONTAINER", "NETWORK", "VOLUME", "NEW_NAME"};
	return text_is_one_of(name, names, ARRAY_LENGTH(names));
}

static char *repair_image(const struct finder *f, size_t word, const char *text)
{
	cleanup_free char *intended = cli_repair_image(text);
	return intended != NULL ? repair_replace(f->call, f->line, word, intended) : NULL;
}

static void check_operand(struct finder *f, size_t n, const char *name)
{
	size_t word = f->call->operands[n];
	const char *text = f->call->line->words[word];
	if (finder_is_expanded(text) || text_is_blank(text) || finder_has(f, word))
		return; /* a blank word comes from a backslash that does not end its line */
	bool is_image = is_image_operand(f->call->command, name);
	char *why = is_image ? cli_check_image(text)
		    : is_name_operand(name) && strchr("<[{", text[0]) != NULL ? cli_check_name(text)
									      : NULL;
	if (why != NULL)
		finder_add(f, (struct cli_fault){.kind = CLI_BAD_OPERAND,
				      .word = word,
				      .operand = xstrdup(is_image ? "IMAGE" : name),
				      .why = why,
				      .repaired = is_image ? repair_image(f, word, text) : NULL});
}

void operands_find_faults(struct finder *f)
{
	const struct cli_call *call = f->call;
	const struct cli_command *command = call->command;
	if (cli_is_group(command))
		return;
	/* podman's --all and --latest stand for names. */
	bool is_chosen = call->is_podman && (cli_value_of(call, "--all") != NULL ||
						    cli_value_of(call, "--latest") != NULL);
	if (call->operand_count < (size_t)command->min && !is_chosen)
		find_missing_operand(f);
	else if (command->max >= 0 && call->operand_count > (size_t)command->max)
		find_extra_operand(f);
	size_t checked = command->options_end ? 1 : call->operand_count;
	for (size_t i = 0; i < checked && i < call->operand_count; i++) {
		cleanup_free char *name = operand_name(command, i);
		check_operand(f, i, name);
	}
}

/* "docker run nginx -p 8080:80": the program in the container gets options intended for docker. */
void operands_find_late_options(struct finder *f)
{
	const struct cli_call *call = f->call;
	if (!call->command->options_end || cli_is_group(call->command) || call->operand_count < 2)
		return;
	size_t first = call->operands[1], end = first;
	const struct cli_option *meant = NULL;
	bool is_whole = true;
	struct cli_call late = {
		.line = call->line, .is_podman = call->is_podman, .command = call->command};
	while (end < call->line->count && read_is_option(call->line->words[end])) {
		size_t last = read_option(&late, end);
		const struct cli_use *use = &late.uses[late.use_count - 1];
		const struct cli_option *option = use->option;
		bool is_other = option != NULL && use->value != NULL &&
				!finder_is_expanded(use->value) &&
				!cli_is_good_value(option, use->value);
		if (option == NULL || is_other || finder_is_entrypoints(call, use))
			break; /* the program's own */
		meant = meant != NULL ? meant : option;
		is_whole = is_whole && (use->value != NULL || !cli_takes_value(option));
		end = last + 1;
	}
	cli_call_finish(&late);
	/* "docker exec web -- ls": everything behind the operand is the program's anyway. */
	if (text_same(call->line->words[first], "--") && first + 1 < call->line->count)
		finder_add(
			f, (struct cli_fault){.kind = CLI_LATE_OPTION,
				   .word = first,
				   .silent = true,
				   .command = call->command,
				   .repaired = read_is_option(call->line->words[first + 1])
						       ? NULL /* it is late, too */
						       : repair_remove(f->call, f->line, first)});
	else if (meant != NULL)
		finder_add(f, (struct cli_fault){.kind = CLI_LATE_OPTION,
				      .word = first,
				      .silent = true,
				      .option = meant->name,
				      .command = call->command,
				      .repaired = !is_whole ? NULL
							    : repair_move(f->call, f->line, first,
								      end - 1, call->operands[0],
								      false)});
}
