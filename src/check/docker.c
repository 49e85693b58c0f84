/* check/docker.c - what docker's commands do, and to which objects, for plans and completion */
#include "private.h"

#include <stdlib.h>
#include <string.h>

static const struct docker_verb docker_verbs[] = {
	{"attach", "r", false},
	{"build", "", true},
	{"commit", "c", true},
	{"cp", "c", false},
	{"create", "i", true},
	{"diff", "c", false},
	{"events", "", false},
	{"exec", "r", false},
	{"export", "c", false},
	{"history", "i", false},
	{"images", "i", false},
	{"import", "", true},
	{"info", "", false},
	{"inspect", "ci", false},
	{"kill", "r", true},
	{"load", "", true},
	{"login", "", false},
	{"logout", "", false},
	{"logs", "c", false},
	{"network connect", "nc", true},
	{"network create", "", true},
	{"network disconnect", "nc", true},
	{"network inspect", "n", false},
	{"network ls", "", false},
	{"network prune", "", true},
	{"network rm", "n", true},
	{"pause", "r", true},
	{"port", "r", false},
	{"prune", "", true},
	{"ps", "", false},
	{"pull", "", true},
	{"push", "i", false},
	{"rename", "c", true},
	{"restart", "c", true},
	{"rm", "c", true},
	{"rmi", "i", true},
	{"run", "i", true},
	{"save", "i", false},
	{"search", "", false},
	{"start", "s", true},
	{"stats", "r", false},
	{"stop", "r", true},
	{"system df", "", false},
	{"system info", "", false},
	{"system prune", "", true},
	{"tag", "i", true},
	{"top", "r", false},
	{"unpause", "c", true},
	{"update", "c", true},
	{"version", "", false},
	{"volume create", "", true},
	{"volume inspect", "v", false},
	{"volume ls", "", false},
	{"volume prune", "", true},
	{"volume rm", "v", true},
	{"wait", "c", false},
};
static const size_t docker_verb_count = ARRAY_LENGTH(docker_verbs);

static const struct docker_verb *find_verb(const char *name)
{
	for (size_t i = 0; i < docker_verb_count; i++)
		if (text_same(docker_verbs[i].name, name))
			return &docker_verbs[i];
	return NULL;
}

/* Treats "container run" and "image inspect" as "run" and "inspect". */
static const struct docker_verb *verb_of(const struct cli_command *command)
{
	const char *name = command->verb;
	static const char *const groups[] = {"container ", "image "};
	for (size_t i = 0; i < ARRAY_LENGTH(groups); i++)
		if (text_starts(name, groups[i]))
			name += strlen(groups[i]);
	return find_verb(name);
}

bool docker_read(const struct shell_command *command, struct docker_line *ret)
{
	struct cli_call call;
	*ret = (struct docker_line){.expands = command->expands};
	if (cli_read(command, &call) && call.unknown_word == 0) {
		ret->command = call.command;
		ret->verb = verb_of(call.command);
	}
	for (size_t i = 0; i < call.use_count && ret->option_count < DOCKER_WORDS_MAX; i++) {
		const struct cli_use *use = &call.uses[i];
		if (use->of != call.command)
			continue;
		ret->options[ret->option_count] =
			use->option != NULL ? use->option->name : command->words[use->word];
		ret->values[ret->option_count++] = use->value;
	}
	for (size_t i = 0; i < call.operand_count && i < DOCKER_WORDS_MAX; i++)
		ret->operands[ret->operand_count++] = cli_operand(&call, i);
	cli_call_finish(&call);
	return ret->verb != NULL;
}

bool docker_find(const struct shell_commands *commands, const struct docker_verb *wanted,
	struct docker_line *ret)
{
	for (size_t i = 0; i < commands->count; i++)
		if (docker_read(&commands->items[i], ret) &&
			(wanted == NULL || ret->verb == wanted))
			return true;
	return false;
}

const char *docker_option(const struct docker_line *line, const char *name)
{
	for (size_t i = 0; i < line->option_count; i++)
		if (text_same(line->options[i], name))
			return line->values[i] != NULL ? line->values[i] : "";
	return NULL;
}

/* ---- properties of lines ---- */

bool check_same_purpose(const char *example, const char *line)
{
	struct shell_commands a, b;
	struct docker_line first, second;
	shell_split(example, &a);
	shell_split(line, &b);
	bool same = false;
	if (docker_find(&a, NULL, &first))
		same = docker_find(&b, first.verb, &second);
	else if (a.count > 0 && b.count > 0)
		same = text_same(a.items[0].words[0], b.items[0].words[0]);
	shell_commands_finish(&a);
	shell_commands_finish(&b);
	return same;
}

static bool any_command(const char *line, bool (*fits)(const struct docker_line *docker))
{
	struct shell_commands commands;
	struct docker_line docker;
	bool found = false;
	shell_split(line, &commands);
	for (size_t i = 0; i < commands.count && !found; i++)
		found = docker_read(&commands.items[i], &docker) && fits(&docker);
	shell_commands_finish(&commands);
	return found;
}

static bool changes_state(const struct docker_line *docker)
{
	return docker->verb->changes;
}

bool check_changes_state(const char *line)
{
	return any_command(line, changes_state);
}

static bool is_interactive(const struct docker_line *d)
{
	bool terminal = docker_option(d, "--tty") != NULL,
	     detached = docker_option(d, "--detach") != NULL;
	if (text_same(d->verb->name, "run") || text_same(d->verb->name, "exec"))
		return terminal && !detached;
	if (text_same(d->verb->name, "logs"))
		return docker_option(d, "--follow") != NULL;
	if (text_same(d->verb->name, "start"))
		return docker_option(d, "--attach") != NULL ||
		       docker_option(d, "--interactive") != NULL;
	if (text_same(d->verb->name, "stats"))
		return docker_option(d, "--no-stream") == NULL;
	return text_same(d->verb->name, "attach") || text_same(d->verb->name, "events");
}

bool check_is_interactive(const char *line)
{
	return any_command(line, is_interactive);
}

static bool wants_cgroups(const struct docker_line *d)
{
	static const char *const verbs[] = {"top", "stats", "pause", "unpause"};
	if (text_is_one_of(d->verb->name, verbs, ARRAY_LENGTH(verbs)))
		return true;
	bool restart = docker_option(d, "--restart") != NULL;
	return text_same(d->verb->name, "update") && d->option_count > (restart ? 1 : 0);
}

bool check_wants_cgroups(const char *line)
{
	return any_command(line, wants_cgroups);
}

/* ---- completion ---- */

static void add_objects(struct engine *engine, const char *objects, struct words *ret)
{
	for (; engine != NULL && *objects != '\0'; objects++) {
		bool running = *objects == 'r';
		char what = strchr("crs", *objects) != NULL ? 'c' : *objects;
		(void)engine_names(engine, what, running, ret, NULL); /* no candidates on error */
	}
}

static void add_verbs(const char *first, struct words *ret)
{
	for (size_t i = 0; i < docker_verb_count; i++) {
		const char *blank = strchr(docker_verbs[i].name, ' ');
		size_t length = blank != NULL ? (size_t)(blank - docker_verbs[i].name) : 0;
		if (first == NULL && blank == NULL)
			words_add(ret, docker_verbs[i].name);
		else if (first != NULL && blank != NULL && strlen(first) == length &&
			 strncmp(first, docker_verbs[i].name, length) == 0)
			words_add(ret, blank + 1);
	}
	static const char *const groups[] = {"container", "image", "network", "system", "volume"};
	for (size_t i = 0; first == NULL && i < ARRAY_LENGTH(groups); i++)
		words_add(ret, groups[i]);
}

static void complete_options(const struct cli_command *command, struct words *ret)
{
	for (size_t i = 0; i < command->option_count; i++) {
		const struct cli_option *option = &cli_options[command->first_option + i];
		if (option->removed == NULL && !option->is_hidden)
			words_add(ret, option->name);
	}
	words_add(ret, "--help");
}

void check_complete(const char *line, size_t at, struct engine *engine, struct words *ret)
{
	cleanup_free char *before = xstrndup(line, at);
	struct shell_commands commands;
	struct docker_line docker;
	shell_split(before, &commands);
	const struct shell_command *last =
		commands.count > 0 ? &commands.items[commands.count - 1] : NULL;
	bool fresh = last == NULL || text_is_blank(before);
	if (fresh)
		words_add(ret, "docker");
	else if (text_same(path_base(last->words[0]), "docker") && last->count == 1)
		add_verbs(NULL, ret);
	else if (docker_read(last, &docker) && line[at] == '-')
		complete_options(docker.command, ret);
	else if (docker_read(last, &docker))
		add_objects(engine, docker.verb->objects, ret);
	else if (text_same(path_base(last->words[0]), "docker") && last->count == 2)
		add_verbs(last->words[1], ret);
	shell_commands_finish(&commands);
}
