/* check/explain.c - known errors: what docker said, what it means, what to try. One table; the
 * first row that fits counts. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* $1 … $3 stand for what the parentheses matched. Patterns are extended regular expressions over
 * the output. */
static const struct known_error {
	const char *pattern;
	int status; /* 0: any but 0 */
	const char *words;
} known_errors[] = {
	{"Error response from daemon: ropes: ([^\n]*[^\n. ])", 0,
		"The gate of the sandbox refused this before the daemon heard of it: $1. On a "
		"machine of "
		"your own Docker would do it, and it would reach the whole machine."},
	{"port is already allocated|address already in use", 0,
		"Another container holds that port of the host: a port can belong to one at a "
		"time. Take another one in front of "
		"the colon, as in `-p 8081:80`, or remove the one that holds it: `docker ps` shows "
		"who."},
	{"The container name \"/?([^\"]+)\" is already in use", 0,
		"A container called $1 is there already, perhaps stopped: `docker ps -a` shows it. "
		"Take another name, or remove "
		"it with `docker rm $1`."},
	{"pull access denied for ([^,]+),", 0,
		"There is no image $1 in the registry (or it is private). Look at the spelling; "
		"the daemon asks the registry for "
		"exactly this name."},
	{"Get \"?https?://registry-1\\.docker\\.io|lookup registry-1\\.docker\\.io", 0,
		"The practice registry has no image of that name, and there is no way from here to "
		"Docker Hub. Look at the "
		"spelling: a lesson's images are there."},
	{"manifest for ([^ ]+) not found|manifest unknown", 0,
		"The image is there, but not with that tag. Leave the tag out (`latest` is then "
		"meant), or look at the "
		"spelling."},
	{"invalid reference format: repository name.*must be lowercase", 0,
		"Names of images are written in small letters."},
	{"invalid reference format", 0,
		"That is no name of an image. It goes [REGISTRY/]NAME[:TAG]; often a blank or an "
		"option in the wrong place makes "
		"docker take another word for the image."},
	{"No such container: ([^ \n\r]+)", 0,
		"There is no container $1. `docker ps -a` lists all, stopped ones too; the last "
		"column is the name."},
	{"No such image: ([^ \n\r]+)", 0,
		"There is no image $1 here. `docker images` lists those that are; `docker pull` "
		"fetches one."},
	{"No such object: ([^ \n\r]+)", 0,
		"Nothing here is called $1: no container, image, network or volume."},
	{"network ([^ ]+) not found|No such network: ([^ \n\r]+)", 0,
		"There is no such network. `docker network ls` lists them; `docker network create` "
		"makes one."},
	{"No such volume|no such volume", 0,
		"There is no such volume. `docker volume ls` lists them."},
	{"volume is in use", 0,
		"A container uses that volume, perhaps a stopped one. Remove the container first."},
	{"has active endpoints", 0,
		"Containers are still connected to that network. Stop or disconnect them first."},
	{"cannot remove a running container|You cannot remove a running container", 0,
		"A running container is not removed. Stop it first with `docker stop`, or do both "
		"at once with `docker rm -f`."},
	{"container is running|is running: stop the container before", 0,
		"The container runs. Stop it first: `docker stop`."},
	{"is using its referenced image|image is being used by (stopped|running) container|image "
	 "has dependent child",
		0,
		"A container was made from that image, or another image stands on it. Remove those "
		"first: `docker ps -a` shows "
		"the containers."},
	{"must be forced", 0,
		"More than one name points at that image, or a container uses it. Remove it by "
		"name, or with `-f`."},
	{"Container ([0-9a-zA-Z_.-]+) is not running|container .* is not running", 0,
		"That container is not running, so nothing can be run in it. `docker start` starts "
		"it again."},
	{"executable file not found in \\$PATH|exec: \"[^\"]*\": (stat [^:]*: )?no such file", 127,
		"The image has no such program. What the host has does not count: a container sees "
		"its own files only. The words "
		"behind the image are the program and its arguments."},
	{"permission denied: unknown", 126,
		"The program is there, but it may not be executed (or it is a folder)."},
	{"the input device is not a TTY", 0,
		"`-t` wants a terminal, and standard input is none. Leave `-t` out where input "
		"comes from a pipe."},
	{"is not a docker command|unknown command: docker", 0,
		"Docker has no such command. `docker --help` lists them; look at the spelling."},
	{"unknown flag: (--[a-zA-Z-]+)", 0,
		"Docker does not know the option $1 there. `--help` behind the command lists those "
		"that it takes."},
	{"unknown shorthand flag: '(.)' in", 0,
		"Docker does not know the option -$1 there. `--help` behind the command lists "
		"those that it takes."},
	{"flag needs an argument: (.*)", 0, "The option at the end needs a value behind it."},
	{"requires at least [0-9]+ argument|requires exactly [0-9]+ argument|accepts at "
	 "most|accepts no arg",
		0,
		"The number of words does not fit. `--help` behind the command shows what it "
		"takes: options first, then the names."},
	{"invalid containerPort|Invalid containerPort|invalid hostPort|Invalid hostPort|invalid "
	 "publish|Invalid ip address",
		0,
		"A port is published as `-p HOST:CONTAINER`, two numbers; the host's side comes "
		"first."},
	{"invalid argument \"([^\"]*)\" for \"?([^\"]*)\"? flag", 0,
		"`$1` is no value that the option takes."},
	{"Invalid container name|invalid container name", 0,
		"A name has letters, digits, `_`, `.` and `-`, at least two of them, and begins "
		"with a letter or digit."},
	{"includes invalid characters for a local volume name", 0,
		"A volume's name has letters, digits, `_`, `.` and `-`. For a folder of yours give "
		"its whole path: `\"$PWD\"/folder`."},
	{"Cannot connect to the Docker daemon|error during connect|Is the docker daemon running", 0,
		"The client found no daemon at that address: it is not running, or DOCKER_HOST or "
		"`-H` names another place."},
	{"client version ([0-9.]+) is too (new|old)", 0,
		"Client and daemon speak different versions. Unset DOCKER_API_VERSION, and they "
		"agree on one."},
	{"permission denied while trying to connect|dial unix .*permission denied", 0,
		"The daemon's socket may not be opened by this account."},
	{"context \"([^\"]+)\".*(does not exist|not found)", 0,
		"There is no context $1. `docker context ls` lists them."},
	{"unable to prepare context: path \"([^\"]+)\" not found", 0,
		"The last word of `docker build` is a folder, and $1 is none. `.` is this one."},
	{"failed to read dockerfile|Cannot locate specified Dockerfile|unable to evaluate symlinks "
	 "in Dockerfile",
		0,
		"There is no Dockerfile in that folder. Look with `ls`; `-f` names another file."},
	{"[Uu]nknown instruction: ([A-Z]+)|dockerfile parse error", 0,
		"A line of the Dockerfile begins with a word that is no instruction."},
	{"COPY failed|ADD failed", 0,
		"What is to be copied is not in the build's folder: only what lies there can be."},
	{"returned a non-zero code: ([0-9]+)", 0,
		"A RUN step of the Dockerfile ended with status $1; its own words stand above."},
	{"no space left on device", 0,
		"The disk is full. `docker system df` shows who takes it; `ropes reset` makes room "
		"here."},
	{"Conflicting options: --rm and -d|Conflicting options", 0,
		"Two of the options exclude each other."},
	{"mount .* does not exist|invalid mount config|bind source path does not exist", 0,
		"The folder that is to be mounted is not there. Make it first, and give its whole "
		"path."},
	{"OCI runtime create failed", 0,
		"The container was made, but its program could not be started; the end of the "
		"message says why. The "
		"container is left as Created: `docker ps -a` shows it."},
	{"command not found", 127, "There is no such command here. Look at the spelling."},
	{"[Ss]yntax error", 0, "The shell could not read the line: look at quotes and brackets."},
	{"Connection refused|Couldn't connect to server|Failed to connect", 0,
		"Nobody listens at that address. Is the container running, and is its port "
		"published? `docker ps` shows both."},
	{"Connection reset by peer|Recv failure|Empty reply from server", 0,
		"The port is published, but in the container nobody listens behind it. The second "
		"number of `-p` is the port of the "
		"program inside."},
};

static const struct {
	int status;
	const char *words;
} statuses[] = {
	{125, "Docker itself failed before the container's program began; its message stands "
	      "above."},
	{126, "The program could not be executed."},
	{127, "The program was not found: not in the image, or not in the sandbox."},
	{137, "It was killed (128 + 9): by `docker kill`, by `docker stop` after its time, or for "
	      "taking too much memory."},
	{143, "It was asked to end (128 + 15), and did: as `docker stop` does."},
	{130, "It was interrupted with Ctrl-C (128 + 2)."},
};

/* ---- what the state adds ---- */

static char *port_holder(struct engine *engine, const char *port)
{
	cJSON *json = NULL;
	const cJSON *one, *p;
	char *holder = NULL;
	long long wanted;
	if (engine == NULL || !text_number(port, 1, 65535, &wanted) ||
		!engine_get(engine, "/containers/json", &json, NULL))
		return NULL;
	cJSON_ArrayForEach(one, json)
		cJSON_ArrayForEach(p, cJSON_GetObjectItemCaseSensitive(one, "Ports")) {
			const cJSON *public_port =
				cJSON_GetObjectItemCaseSensitive(p, "PublicPort");
			const char *name = cJSON_GetStringValue(cJSON_GetArrayItem(
				cJSON_GetObjectItemCaseSensitive(one, "Names"), 0));
			if (holder == NULL && name != NULL &&
				cJSON_GetNumberValue(public_port) == (double)wanted)
				holder = xstrdup(name[0] == '/' ? name + 1 : name);
		}
	cJSON_Delete(json);
	return holder;
}

/* "Bind for 0.0.0.0:80 failed: port is already allocated" */
static void add_holder(const char *output, struct engine *engine, struct buf *out)
{
	const char *bind = strstr(output, "Bind for ");
	const char *colon = bind != NULL ? strstr(bind, " failed") : NULL;
	while (colon != NULL && colon > bind && *colon != ':')
		colon--;
	if (colon == NULL || *colon != ':')
		return;
	cleanup_free char *port = xstrndup(colon + 1, strcspn(colon + 1, " "));
	cleanup_free char *holder = port_holder(engine, port);
	if (holder != NULL)
		buf_printf(out, " Here port %s belongs to `%s`: `docker rm -f %s` frees it.", port,
			holder, holder);
}

static const struct docker_verb *nearest_verb(const char *word)
{
	const struct docker_verb *best = NULL;
	size_t least = 6,
	       wanted = strlen(word); /* of two that are as near, the one as long is meant */
	for (size_t i = 0; i < docker_verb_count; i++) {
		size_t length = strlen(docker_verbs[i].name);
		size_t distance = 2 * text_distance(word, docker_verbs[i].name) +
				  (length > wanted ? length - wanted : wanted - length);
		if (distance < least) {
			least = distance;
			best = &docker_verbs[i];
		}
	}
	return best;
}

/* "docker rum": did you mean run? */
static void add_nearest(const char *line, struct buf *out)
{
	struct check_commands commands;
	check_split(line, &commands);
	for (size_t i = 0; i < commands.count; i++) {
		const struct check_command *c = &commands.items[i];
		if (c->count < 2 || !text_same(c->words[0], "docker"))
			continue;
		const struct docker_verb *verb = nearest_verb(c->words[1]);
		if (verb != NULL && !text_same(verb->name, c->words[1]))
			buf_printf(out, " Did you mean `docker %s`?", verb->name);
	}
	check_commands_finish(&commands);
}

/* ---- the table at work ---- */

static void fill(const char *words, const char *output, const regmatch_t *matches, struct buf *out)
{
	for (const char *c = words; *c != '\0'; c++) {
		if (*c != '$' || c[1] < '1' || c[1] > '3') {
			buf_add_char(out, *c);
			continue;
		}
		const regmatch_t *m = &matches[*++c - '0'];
		if (m->rm_so >= 0)
			buf_add(out, output + m->rm_so, (size_t)(m->rm_eo - m->rm_so));
	}
}

static bool explain_by_message(const struct check_ran *ran, struct engine *engine, struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LENGTH(known_errors); i++) {
		regmatch_t matches[4];
		regex_t regex;
		if (known_errors[i].status != 0 && known_errors[i].status != ran->status)
			continue;
		if (regcomp(&regex, known_errors[i].pattern, REG_EXTENDED) != 0)
			continue;
		bool fits = regexec(&regex, ran->output, ARRAY_LENGTH(matches), matches, 0) == 0;
		regfree(&regex);
		if (!fits)
			continue;
		fill(known_errors[i].words, ran->output, matches, out);
		add_holder(ran->output, engine, out);
		if (strstr(known_errors[i].words, "no such command.") != NULL)
			add_nearest(ran->line, out);
		return true;
	}
	return false;
}

char *check_explain(const struct check_ran *ran, struct engine *engine)
{
	struct buf out = {0};
	if (ran->status == 0 || ran->output == NULL)
		return NULL;
	if (explain_by_message(ran, engine, &out))
		return buf_steal(&out);
	for (size_t i = 0; i < ARRAY_LENGTH(statuses); i++)
		if (statuses[i].status == ran->status)
			return xstrdup(statuses[i].words);
	return NULL;
}
