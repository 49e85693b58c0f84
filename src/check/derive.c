/* check/derive.c - derives statements from a command's purpose: one rule per docker command */
#include "private.h"

#include <stdlib.h>
#include <string.h>

struct deriver {
	struct words statements;
	const struct docker_line *example; /* what the lesson shows */
	const struct docker_line *line;    /* what was typed: its names and host ports apply */
};

static void derive_statement(struct deriver *d, const char *format, ...) PRINTF_LIKE(2, 3);

static void derive_statement(struct deriver *d, const char *format, ...)
{
	cleanup_buf struct buf text = {0};
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	words_add(&d->statements, buf_text(&text));
}

/* ---- run and create ---- */

/* "127.0.0.1:8080:80/tcp" → "80/tcp" and "8080" ("" if the daemon chooses). */
static void read_publish(const char *value, char **ret_inside, char **ret_host)
{
	const char *last = strrchr(value, ':');
	const char *inside = last != NULL ? last + 1 : value;
	*ret_inside = xasprintf("%s%s", inside, strchr(inside, '/') != NULL ? "" : "/tcp");
	if (last == NULL) {
		*ret_host = xstrdup("");
		return;
	}
	cleanup_free char *front = xstrndup(value, (size_t)(last - value));
	const char *colon = strrchr(front, ':');
	*ret_host = xstrdup(colon != NULL ? colon + 1 : front);
}

/* Returns the host port that the line publishes for a container's port; NULL if there is none. */
static char *host_port_of(const struct docker_line *line, const char *inside)
{
	for (size_t i = 0; i < line->option_count; i++) {
		char *port, *host;
		if (!text_same(line->options[i], "--publish") || line->values[i] == NULL)
			continue;
		read_publish(line->values[i], &port, &host);
		bool same = text_same(port, inside);
		free(port);
		if (same)
			return host;
		free(host);
	}
	return NULL;
}

static void derive_ports(struct deriver *d)
{
	for (size_t i = 0; i < d->example->option_count; i++) {
		char *inside, *host;
		if (!text_same(d->example->options[i], "--publish") ||
			d->example->values[i] == NULL)
			continue;
		read_publish(d->example->values[i], &inside, &host);
		cleanup_free char *chosen = host_port_of(d->line, inside);
		bool plain = strspn(inside, "0123456789/tcpuds") == strlen(inside);
		long long number;
		if (plain && chosen != NULL && text_number(chosen, 1, 65535, &number))
			derive_statement(d, "container it publishes %s on %s", inside, chosen);
		else if (plain)
			derive_statement(d, "container it publishes %s", inside);
		free(inside);
		free(host);
	}
}

static bool has_gap(const char *word)
{
	return word != NULL && strchr(word, CHECK_GAP) != NULL;
}

static void derive_environment(struct deriver *d)
{
	for (size_t i = 0; i < d->example->option_count; i++) {
		const char *option = d->example->options[i], *value = d->example->values[i];
		if (text_same(option, "--env") && value != NULL && strchr(value, '=') != NULL &&
			strpbrk(value, "$`\"' ") == NULL && !has_gap(value))
			derive_statement(d, "container it has env %s", value);
	}
}

static void derive_mounts(struct deriver *d)
{
	for (size_t i = 0; i < d->line->option_count; i++) {
		const char *option = d->line->options[i], *value = d->line->values[i];
		bool volume = text_same(option, "--volume");
		const char *colon = volume && value != NULL ? strchr(value, ':') : NULL;
		if (colon == NULL || colon[1] != '/' || has_gap(value) ||
			strpbrk(value, "$`./~ ") == value || value[0] == '/')
			continue;
		cleanup_free char *name = xstrndup(value, (size_t)(colon - value));
		cleanup_free char *path = xstrndup(colon + 1, strcspn(colon + 1, ":"));
		if (strpbrk(name, "$`/ ") == NULL)
			derive_statement(d, "container it mounts %s at %s", name, path);
	}
}

static void derive_network(struct deriver *d)
{
	const char *network = docker_option(d->line, "--network");
	if (network == NULL)
		network = docker_option(d->line, "--net");
	if (!text_is_blank(network) && !has_gap(network) && strpbrk(network, "$`:") == NULL &&
		!text_same(network, "host") && !text_same(network, "none"))
		derive_statement(d, "container it on network %s", network);
}

static bool is_plain_word(const char *word)
{
	return word != NULL && word[0] != '\0' && !has_gap(word) &&
	       strpbrk(word, "$`*?[<>(){} \t\n\"'") == NULL;
}

static void derive_run(struct deriver *d)
{
	const char *image = d->example->operand_count > 0 ? d->example->operands[0] : NULL;
	if (has_gap(image) && d->line->operand_count > 0)
		image = d->line->operands[0];
	bool detached = docker_option(d->example, "--detach") != NULL;
	bool removed = docker_option(d->line, "--rm") != NULL;
	bool terminal = docker_option(d->line, "--tty") != NULL;
	bool created = text_same(d->example->verb->name, "create");
	const char *once = removed && !detached ? "once " : "";
	if (created || detached)
		derive_statement(d, "exit 0");
	else if (terminal)
		derive_statement(d, "exit of its own");
	else
		derive_statement(d, "exit 0");
	if (is_plain_word(image))
		derive_statement(d, "%scontainer it is of image %s", once, image);
	if (removed && !detached)
		return;
	if (detached)
		derive_statement(d, "container it is running");
	const char *name = docker_option(d->line, "--name");
	if (is_plain_word(name))
		derive_statement(d, "container %s exists", name);
	derive_ports(d);
	derive_environment(d);
	derive_mounts(d);
	derive_network(d);
}

/* ---- commands whose operands end up in a known state ---- */

static const struct {
	const char *verb;
	const char *form;   /* "%s" is the operand */
	size_t first, most; /* which operands: from `first` on, at most `most` */
} rules[] = {
	{"commit", "image %s exists", 1, 1},
	{"kill", "container %s is exited", 0, 32},
	{"network create", "network %s exists", 0, 1},
	{"network rm", "network %s is gone", 0, 32},
	{"pause", "container %s is paused", 0, 32},
	{"pull", "image %s exists", 0, 1},
	{"rename", "container %s exists", 1, 1},
	{"restart", "once container %s started", 0, 32},
	{"rm", "container %s is gone", 0, 32},
	{"rmi", "image %s is gone", 0, 32},
	{"start", "once container %s started", 0, 32},
	{"stop", "container %s is exited", 0, 32},
	{"tag", "image %s exists", 1, 1},
	{"unpause", "container %s is running", 0, 32},
	{"volume create", "volume %s exists", 0, 1},
	{"volume rm", "volume %s is gone", 0, 32},
};

/* The operands are what the learner typed: a name from the note may never have existed. */
static bool derive_by_rule(struct deriver *d)
{
	bool any = false;
	for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
		if (!text_same(rules[i].verb, d->line->verb->name))
			continue;
		const char *place = strstr(rules[i].form, "%s");
		for (size_t k = rules[i].first;
			k < d->line->operand_count && k < rules[i].first + rules[i].most; k++) {
			if (!is_plain_word(d->line->operands[k]))
				continue;
			derive_statement(d, "%.*s%s%s", (int)(place - rules[i].form), rules[i].form,
				d->line->operands[k], place + 2);
			any = true;
		}
	}
	return any;
}

/* ---- read-only commands: the daemon must have been asked ---- */

static const struct {
	const char *verb, *route;
	const char *bare; /* if no object is named; NULL: the same */
} questions[] = {
	{"diff", "containers/{container}/changes", NULL},
	{"history", "images/{image}/history", NULL},
	{"images", "images/json", NULL},
	{"info", "info", NULL},
	{"logs", "containers/{container}/logs", NULL},
	{"network ls", "networks", NULL},
	{"ps", "containers/json", NULL},
	{"stats", "containers/{container}/stats", "containers/json"},
	{"top", "containers/{container}/top", NULL},
	{"version", "version", NULL},
	{"volume ls", "volumes", NULL},
};

static bool derive_question(struct deriver *d)
{
	for (size_t i = 0; i < ARRAY_LENGTH(questions); i++) {
		if (!text_same(questions[i].verb, d->example->verb->name))
			continue;
		bool bare = d->line->operand_count == 0 && questions[i].bare != NULL;
		derive_statement(d, "daemon was asked GET %s",
			bare ? questions[i].bare : questions[i].route);
		return true;
	}
	return false;
}

static bool derive_connect(struct deriver *d)
{
	bool connect = text_same(d->line->verb->name, "network connect");
	if (!connect || d->line->operand_count < 2 || !is_plain_word(d->line->operands[0]) ||
		!is_plain_word(d->line->operands[1]))
		return false;
	derive_statement(
		d, "container %s on network %s", d->line->operands[1], d->line->operands[0]);
	return true;
}

static bool derive_build(struct deriver *d)
{
	const char *tag = docker_option(d->line, "--tag");
	if (!text_same(d->line->verb->name, "build") || !is_plain_word(tag))
		return false;
	derive_statement(d, "image %s exists", tag);
	return true;
}

/* Returns whether the plan says more than the exit status. */
static bool derive_docker(struct deriver *d)
{
	const char *verb = d->example->verb->name;
	if (text_same(verb, "run") || text_same(verb, "create")) {
		derive_run(d);
		return true;
	}
	if (text_same(verb, "system prune")) {
		/* the command ends with the build cache, which a gate leaves alone: that is not a
		 * failure */
		derive_statement(d, "daemon was asked POST containers/prune");
		return true;
	}
	bool interactive = text_same(verb, "attach") || text_same(verb, "logs") ||
			   text_same(verb, "stats") || text_same(verb, "events") ||
			   text_same(verb, "exec") || text_same(verb, "start");
	derive_statement(d, interactive ? "exit of its own" : "exit 0");
	return derive_by_rule(d) || derive_connect(d) || derive_build(d) || derive_question(d);
}

struct check_plan *check_plan_derive(const char *example, const char *line, const char *expected)
{
	struct shell_commands shown, typed;
	struct docker_line a, b;
	struct deriver d = {.example = &a, .line = &a};
	struct check_plan *plan = NULL;
	bool more = false;
	shell_split(example, &shown);
	shell_split(line != NULL ? line : example, &typed);
	if (docker_find(&shown, NULL, &a)) {
		if (docker_find(&typed, a.verb, &b))
			d.line = &b;
		more = derive_docker(&d);
	} else {
		derive_statement(&d, "exit 0");
	}
	bool good = check_plan_parse((const char *const *)d.statements.items, d.statements.count,
		expected, &plan, NULL, NULL);
	if (!good) { /* the statement language cannot express the name */
		const char *const status = "exit 0";
		(void)check_plan_parse(&status, 1, expected, &plan, NULL, NULL);
	}
	plan->status_only = !good || !more;
	words_finish(&d.statements);
	shell_commands_finish(&shown);
	shell_commands_finish(&typed);
	return plan;
}
