/* cli/near.c - finds the command or option that a misspelled word means */
#include "near.h"

#include <stdlib.h>
#include <string.h>

static bool is_near(const char *given, const char *known, size_t distance)
{
	size_t length = strlen(given);
	return distance <= (length > 7 ? 3 : 2) && distance * 2 <= length &&
	       distance < strlen(known);
}

/* Returns the last word of "container run". */
static const char *last_word(const char *name)
{
	const char *blank = strrchr(name, ' ');
	return blank != NULL ? blank + 1 : name;
}

static bool is_child(const struct cli_command *parent, const char *name)
{
	if (parent == &cli_commands[0])
		return strchr(name, ' ') == NULL;
	size_t length = strlen(parent->name);
	return strncmp(name, parent->name, length) == 0 && name[length] == ' ' &&
	       strchr(name + length + 1, ' ') == NULL;
}

/* "pu" and "up": transposed letters. */
static bool has_same_letters(const char *a, const char *b)
{
	int counts[256] = {0};
	for (; *a != '\0'; a++)
		counts[(unsigned char)*a]++;
	for (; *b != '\0'; b++)
		counts[(unsigned char)*b]--;
	for (size_t i = 0; i < ARRAY_LENGTH(counts); i++)
		if (counts[i] != 0)
			return false;
	return true;
}

static void try_name(struct near_command *best, const struct cli_command *parent,
	const struct cli_command *command, const char *name, const char *given)
{
	const char *word = last_word(name);
	size_t distance = text_distance(given, word), length = strlen(word),
	       wanted = strlen(given); /* on a tie, prefer the one of the same length */
	size_t score = 4 * distance + (length > wanted ? length - wanted : wanted - length) +
		       !has_same_letters(given, word);
	if (!is_child(parent, name) || command->removed != NULL || score >= best->score ||
		!is_near(given, word, distance))
		return;
	free(best->word);
	*best = (struct near_command){command, xstrdup(word), score};
}

/* Finds the command below `parent` that a word means, by its name or an alias. */
struct near_command near_find_command(const struct cli_command *parent, const char *given)
{
	struct near_command best = {.score = (size_t)-1};
	for (size_t i = 1; i < cli_command_count; i++) {
		const struct cli_command *command = &cli_commands[i];
		try_name(&best, parent, command, command->name, given);
		for (const char *at = command->aliases; *at != '\0'; at += strcspn(at, ",")) {
			at += strspn(at, ",");
			cleanup_free char *alias = xstrndup(at, strcspn(at, ","));
			if (*alias != '\0')
				try_name(&best, parent, command, alias, given);
		}
	}
	return best;
}

/* "--detatch" → --detach */
const struct cli_option *near_find_option(const struct cli_command *command, const char *given)
{
	const struct cli_option *best = NULL;
	cleanup_free char *name = xstrndup(given, strcspn(given, "="));
	size_t least = (size_t)-1;
	for (size_t i = 0; i < command->option_count; i++) {
		const struct cli_option *option = &cli_options[command->first_option + i];
		size_t distance = text_distance(name + 2, option->name + 2);
		if (option->removed == NULL && distance < least &&
			is_near(name + 2, option->name + 2, distance)) {
			least = distance;
			best = option;
		}
	}
	return best;
}
