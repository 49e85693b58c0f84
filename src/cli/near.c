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

struct near_search {
	const struct cli_command *parent;
	const char *given, *option;
};

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

static bool lacks_option(const struct cli_command *command, const char *option)
{
	if (option == NULL)
		return false;
	return text_starts(option, "--") ? cli_find_option(command, option) == NULL
					 : cli_find_letter(command, option[1]) == NULL;
}

static void try_name(struct near_command *best, const struct near_search *search,
	const struct cli_command *command, const char *name)
{
	const char *given = search->given;
	const char *word = last_word(name);
	size_t distance = text_distance(given, word), length = strlen(word),
	       wanted = strlen(given); /* on a tie, prefer the one of the same length */
	size_t score = 4 * distance + (length > wanted ? length - wanted : wanted - length) +
		       !has_same_letters(given, word) + !text_starts(word, given) +
		       2 * lacks_option(command, search->option);
	if (!is_child(search->parent, name) || command->removed != NULL || score >= best->score ||
		!is_near(given, word, distance))
		return;
	free(best->word);
	*best = (struct near_command){command, xstrdup(word), score};
}

/* What people call commands of docker, between blanks: docker's own names for them stand first. */
static const struct {
	const char *name, *words;
} verbs[] = {
	{"rm", " remove delete del destroy erase "},
	{"ps", " list ls status "},
	{"ls", " list show-all "},
	{"exec", " shell ssh enter bash sh "},
	{"pull", " get download fetch install "},
	{"push", " upload publish "},
	{"cp", " copy "},
	{"run", " launch execute "},
	{"inspect", " show describe details "},
	{"create", " add new make mk "},
};

/* Finds the command of another name: "docker remove" → rm, "docker compose-up" → compose up. */
static struct near_command find_verb(const struct cli_command *parent, const char *given)
{
	cleanup_free char *listed = xasprintf(" %s ", given);
	cleanup_free char *spaced = xstrdup(given);
	char *dash = strchr(spaced, '-');
	if (dash != NULL)
		*dash = ' ';
	for (size_t i = 1; i < cli_command_count; i++) {
		const struct cli_command *command = &cli_commands[i];
		if (command->removed != NULL)
			continue;
		if (parent == &cli_commands[0] && dash != NULL && text_same(command->name, spaced))
			return (struct near_command){command, xstrdup(spaced), 0};
		const char *verb =
			parent == &cli_commands[0] ? command->verb : last_word(command->name);
		if (strchr(verb, ' ') != NULL ||
			(parent != &cli_commands[0] && !is_child(parent, command->name)))
			continue;
		for (size_t k = 0; k < ARRAY_LENGTH(verbs); k++)
			if (text_same(verbs[k].name, verb) &&
				strstr(verbs[k].words, listed) != NULL)
				return (struct near_command){command, xstrdup(verb), 0};
	}
	return (struct near_command){0};
}

struct near_command near_find_command(
	const struct cli_command *parent, const char *given, const char *option)
{
	const struct near_search search = {parent, given, option};
	struct near_command best = {.score = (size_t)-1};
	for (size_t i = 1; i < cli_command_count; i++) {
		const struct cli_command *command = &cli_commands[i];
		try_name(&best, &search, command, command->name);
		for (const char *at = command->aliases; *at != '\0'; at += strcspn(at, ",")) {
			at += strspn(at, ",");
			cleanup_free char *alias = xstrndup(at, strcspn(at, ","));
			if (*alias != '\0')
				try_name(&best, &search, command, alias);
		}
	}
	struct near_command called = best.command == NULL || strchr(given, '-') != NULL
					     ? find_verb(parent, given)
					     : (struct near_command){0};
	if (called.command == NULL)
		return best;
	free(best.word);
	return called;
}

/* Words of other programs for what docker calls otherwise. */
static const struct {
	const char *option, *words; /* ",port,ports," */
} synonyms[] = {
	{"--publish", ",port,ports,expose-port,map-port,"},
	{"--volume", ",bind,mount-volume,volumes,vol,"},
	{"--volumes", ",volume,"},
	{"--env", ",environment,envs,var,variable,"},
	{"--env-file", ",envfile,environment-file,"},
	{"--detach", ",background,daemon,deamon,daemonize,bg,"},
	{"--rm", ",remove,auto-remove,autoremove,delete,clean,"},
	{"--tty", ",terminal,"},
	{"--interactive", ",stdin,"},
	{"--workdir", ",cwd,dir,directory,wd,working-dir,working-directory,chdir,"},
	{"--user", ",uid,username,"},
	{"--memory", ",mem,ram,memory-limit,"},
	{"--cpus", ",cores,cpu-count,cpu-limit,"},
	{"--tail", ",lines,last,limit,"},
	{"--follow", ",watch,stream,"},
	{"--tag", ",name,image,image-name,"},
	{"--file", ",dockerfile,"},
	{"--build-arg", ",arg,args,build-args,buildarg,"},
	{"--no-cache", ",nocache,disable-cache,"},
	{"--hostname", ",host,"},
	{"--restart", ",restart-policy,"},
	{"--all", ",everything,"},
	{"--force", ",yes,assume-yes,"},
	{"--time", ",wait,seconds,"},
	{"--network", ",nw,networks,network-name,"},
};

static const struct cli_option *find_synonym(const struct cli_command *command, const char *name)
{
	cleanup_free char *listed = xasprintf(",%s,", name + 2);
	for (size_t i = 0; i < ARRAY_LENGTH(synonyms); i++) {
		const struct cli_option *option = cli_find_option(command, synonyms[i].option);
		if (option != NULL && option->removed == NULL &&
			strstr(synonyms[i].words, listed) != NULL)
			return option;
	}
	return NULL;
}

/* "--int" → --interactive: other programs take the beginning of a name if it fits one option. */
static const struct cli_option *find_beginning(const struct cli_command *command, const char *name)
{
	const struct cli_option *only = NULL;
	for (size_t i = 0; i < command->option_count && strlen(name) > 4; i++) {
		const struct cli_option *option = &cli_options[command->first_option + i];
		if (option->removed != NULL || option->is_hidden ||
			!text_starts(option->name, name))
			continue;
		if (only != NULL)
			return NULL;
		only = option;
	}
	return only;
}

/* "--detatch" → --detach */
static const struct cli_option *find_misspelled(const struct cli_command *command, const char *name)
{
	const struct cli_option *best = NULL;
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

/* Finds the option that a word means which the command does not know. */
const struct cli_option *near_find_option(const struct cli_command *command, const char *given)
{
	cleanup_free char *name = xstrndup(given, strcspn(given, "="));
	const struct cli_option *found = find_synonym(command, name);
	if (found == NULL)
		found = find_misspelled(command, name);
	return found != NULL ? found : find_beginning(command, name);
}
