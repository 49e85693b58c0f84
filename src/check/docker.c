/* check/docker.c - docker's commands as one table, and a command line understood by it */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define RUN_VALUES                                                                                 \
	" -a --attach --add-host --blkio-weight --cap-add --cap-drop --cgroup-parent --cgroupns "  \
	"--cidfile --cpu-period "                                                                  \
	"--cpu-quota -c --cpu-shares --cpus --cpuset-cpus --cpuset-mems --detach-keys --device "   \
	"--dns --dns-option "                                                                      \
	"--dns-search --domainname --entrypoint -e --env --env-file --expose --gpus --group-add "  \
	"--health-cmd "                                                                            \
	"--health-interval --health-retries --health-start-period --health-timeout -h --hostname " \
	"--ip --ip6 --ipc "                                                                        \
	"--isolation -l --label --label-file --link --log-driver --log-opt --mac-address -m "      \
	"--memory "                                                                                \
	"--memory-reservation --memory-swap --memory-swappiness --mount --name --net --network "   \
	"--network-alias "                                                                         \
	"--oom-score-adj --pid --pids-limit --platform -p --publish --pull --restart --runtime "   \
	"--security-opt --shm-size "                                                               \
	"--stop-signal --stop-timeout --storage-opt --sysctl --tmpfs --ulimit -u --user --userns " \
	"--uts -v --volume "                                                                       \
	"--volume-driver --volumes-from -w --workdir "

const struct docker_verb docker_verbs[] = {
	{"attach", " --detach-keys ", "r", false},
	{"build",
		" --build-arg --cache-from -f --file --iidfile --label --memory -m --network "
		"--platform --progress "
		"--target -t --tag -o --output ",
		"", true},
	{"commit", " -a --author -c --change -m --message ", "c", true},
	{"cp", " ", "c", false},
	{"create", RUN_VALUES, "i", true},
	{"diff", " ", "c", false},
	{"events", " -f --filter --format --since --until ", "", false},
	{"exec", " --detach-keys -e --env --env-file -u --user -w --workdir ", "r", false},
	{"export", " -o --output ", "c", false},
	{"history", " --format ", "i", false},
	{"images", " -f --filter --format ", "i", false},
	{"import", " -c --change -m --message --platform ", "", true},
	{"info", " -f --format ", "", false},
	{"inspect", " -f --format --type ", "ci", false},
	{"kill", " -s --signal ", "r", true},
	{"load", " -i --input --platform ", "", true},
	{"login", " -u --username -p --password ", "", false},
	{"logout", " ", "", false},
	{"logs", " --since -n --tail --until ", "c", false},
	{"network connect", " --alias --ip --ip6 --link ", "nc", true},
	{"network create",
		" --aux-address --config-from -d --driver --gateway --ip-range --ipam-driver "
		"--label -o --opt "
		"--scope --subnet ",
		"", true},
	{"network disconnect", " ", "nc", true},
	{"network inspect", " -f --format ", "n", false},
	{"network ls", " -f --filter --format ", "", false},
	{"network prune", " --filter ", "", true},
	{"network rm", " ", "n", true},
	{"pause", " ", "r", true},
	{"port", " ", "r", false},
	{"prune", " --filter ", "", true},
	{"ps", " -f --filter --format -n --last ", "", false},
	{"pull", " --platform ", "", true},
	{"push", " ", "i", false},
	{"rename", " ", "c", true},
	{"restart", " -t --time -s --signal ", "c", true},
	{"rm", " ", "c", true},
	{"rmi", " ", "i", true},
	{"run", RUN_VALUES, "i", true},
	{"save", " -o --output --platform ", "i", false},
	{"search", " -f --filter --format --limit ", "", false},
	{"start", " --detach-keys --checkpoint ", "s", true},
	{"stats", " --format ", "r", false},
	{"stop", " -t --time -s --signal ", "r", true},
	{"system df", " --format ", "", false},
	{"system info", " -f --format ", "", false},
	{"system prune", " --filter ", "", true},
	{"tag", " ", "i", true},
	{"top", " ", "r", false},
	{"unpause", " ", "c", true},
	{"update", " --cpus -m --memory --memory-swap --pids-limit --restart -c --cpu-shares ", "c",
		true},
	{"version", " -f --format ", "", false},
	{"volume create", " -d --driver --label --name -o --opt ", "", true},
	{"volume inspect", " -f --format ", "v", false},
	{"volume ls", " -f --filter --format ", "", false},
	{"volume prune", " --filter ", "", true},
	{"volume rm", " ", "v", true},
	{"wait", " ", "c", false},
};
const size_t docker_verb_count = ARRAY_LENGTH(docker_verbs);

/* Two spellings of one thing; the second is the table's. */
static const char *const aliases[][2] = {
	{"container ls", "ps"},
	{"container list", "ps"},
	{"container ps", "ps"},
	{"image ls", "images"},
	{"image list", "images"},
	{"image rm", "rmi"},
	{"image remove", "rmi"},
	{"image prune", "prune"},
	{"container prune", "prune"},
	{"builder build", "build"},
	{"buildx build", "build"},
	{"network list", "network ls"},
	{"network remove", "network rm"},
	{"volume list", "volume ls"},
	{"volume remove", "volume rm"},
	{"container remove", "rm"},
	{"image inspect", "inspect"},
	{"container inspect", "inspect"},
	{"system events", "events"},
};

static const struct docker_verb *verb_named(const char *name)
{
	for (size_t i = 0; i < docker_verb_count; i++)
		if (text_same(docker_verbs[i].name, name))
			return &docker_verbs[i];
	return NULL;
}

/* "container run" and "image pull" are "run" and "pull"; *ret_words is how many words the verb
 * takes. */
static const struct docker_verb *find_verb(const char *first, const char *second, size_t *ret_words)
{
	cleanup_free char *both = xasprintf("%s %s", first, second != NULL ? second : "");
	*ret_words = 2;
	for (size_t i = 0; i < ARRAY_LENGTH(aliases); i++)
		if (text_same(aliases[i][0], both))
			return verb_named(aliases[i][1]);
	const struct docker_verb *verb = verb_named(both);
	if (verb != NULL)
		return verb;
	if (second != NULL && (text_same(first, "container") || text_same(first, "image")))
		return verb_named(second);
	*ret_words = 1;
	return verb_named(first);
}

static bool takes_value(const char *values, const char *option)
{
	cleanup_free char *wanted = xasprintf(" %s ", option);
	return strstr(values, wanted) != NULL;
}

static void add_docker_option(struct docker_line *l, const char *option, const char *value)
{
	if (l->option_count >= ARRAY_LENGTH(l->options))
		return;
	l->options[l->option_count] = option;
	l->values[l->option_count++] = value;
}

/* "-dp" "80:80", "-p80:80": returns how many of the following words it takes. */
static size_t read_cluster(struct docker_line *l, const char *word, const char *next)
{
	for (const char *c = word + 1; *c != '\0' && l->option_count < ARRAY_LENGTH(l->options);
		c++) {
		char *letter = l->letters[l->option_count];
		letter[0] = '-';
		letter[1] = *c;
		letter[2] = '\0';
		if (!takes_value(l->verb->values, letter)) {
			add_docker_option(l, letter, NULL);
			continue;
		}
		const char *value = c[1] == '=' ? c + 2 : c[1] != '\0' ? c + 1 : next;
		add_docker_option(l, letter, value);
		return c[1] == '\0' && next != NULL;
	}
	return 0;
}

/* "--name=web", "--name" "web", "--rm" */
static size_t read_long(struct docker_line *l, const char *word, const char *next)
{
	const char *equals = strchr(word, '=');
	for (const char *at = l->verb->values; (at = strstr(at, " --")) != NULL; at++) {
		size_t length = strcspn(at + 1, " ");
		size_t given = equals != NULL ? (size_t)(equals - word) : strlen(word);
		if (length != given || strncmp(at + 1, word, length) != 0)
			continue;
		add_docker_option(l, word, equals != NULL ? equals + 1 : next);
		return equals == NULL && next != NULL;
	}
	add_docker_option(l, word, NULL);
	return 0;
}

/* Options stand in front of the operands; behind an image they belong to the program. */
static void read_words(struct docker_line *l, char *const *words)
{
	static const char *const stop_at_operand[] = {"run", "create", "exec"};
	bool stops = false, ended = false;
	for (size_t i = 0; i < ARRAY_LENGTH(stop_at_operand); i++)
		stops = stops || text_same(l->verb->name, stop_at_operand[i]);
	for (; *words != NULL; words++) {
		const char *word = *words;
		if (!ended && text_same(word, "--"))
			ended = true;
		else if (!ended && text_starts(word, "--"))
			words += read_long(l, word, words[1]);
		else if (!ended && word[0] == '-' && word[1] != '\0')
			words += read_cluster(l, word, words[1]);
		else if (l->operand_count < ARRAY_LENGTH(l->operands)) {
			l->operands[l->operand_count++] = word;
			ended = ended || stops;
		}
	}
}

bool docker_read(const struct shell_command *command, struct docker_line *ret)
{
	static const char global[] =
		" -H --host -c --context --config -l --log-level --tlscacert --tlscert --tlskey ";
	size_t at = 1, words;
	*ret = (struct docker_line){.expands = command->expands};
	if (command->count == 0 || !text_same(path_base(command->words[0]), "docker"))
		return false;
	while (at < command->count && command->words[at][0] == '-')
		at += takes_value(global, command->words[at]) ? 2 : 1;
	if (at >= command->count)
		return false;
	ret->verb = find_verb(command->words[at], command->words[at + 1], &words);
	if (ret->verb == NULL)
		return false;
	read_words(ret, command->words + at + words);
	return true;
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

static bool is_option(const char *given, const char *name)
{
	size_t length = name != NULL ? strlen(name) : 0;
	return name != NULL && strncmp(given, name, length) == 0 &&
	       (given[length] == '\0' || given[length] == '=');
}

const char *docker_option(const struct docker_line *line, const char *letter, const char *name)
{
	for (size_t i = 0; i < line->option_count; i++)
		if (is_option(line->options[i], letter) || is_option(line->options[i], name))
			return line->values[i] != NULL ? line->values[i] : "";
	return NULL;
}

/* ---- questions about lines ---- */

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
	bool terminal = docker_option(d, "-t", "--tty") != NULL,
	     detached = docker_option(d, "-d", "--detach") != NULL;
	if (text_same(d->verb->name, "run") || text_same(d->verb->name, "exec"))
		return terminal && !detached;
	if (text_same(d->verb->name, "logs"))
		return docker_option(d, "-f", "--follow") != NULL;
	if (text_same(d->verb->name, "start"))
		return docker_option(d, "-a", "--attach") != NULL ||
		       docker_option(d, "-i", "--interactive") != NULL;
	if (text_same(d->verb->name, "stats"))
		return docker_option(d, NULL, "--no-stream") == NULL;
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
	bool restart = docker_option(d, NULL, "--restart") != NULL;
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
		(void)engine_names(engine, what, running, ret, NULL); /* no candidates, then */
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

static void complete_options(const char *values, struct words *ret)
{
	while (*values != '\0') {
		values += strspn(values, " ");
		size_t length = strcspn(values, " ");
		if (length > 2)
			words_addf(ret, "%.*s", (int)length, values);
		values += length;
	}
	static const char *const flags[] = {"--detach", "--interactive", "--tty", "--rm", "--all",
		"--force", "--quiet", "--follow", "--help"};
	for (size_t i = 0; i < ARRAY_LENGTH(flags); i++)
		words_add(ret, flags[i]);
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
		complete_options(docker.verb->values, ret);
	else if (docker_read(last, &docker))
		add_objects(engine, docker.verb->objects, ret);
	else if (text_same(path_base(last->words[0]), "docker") && last->count == 2)
		add_verbs(last->words[1], ret);
	shell_commands_finish(&commands);
}
