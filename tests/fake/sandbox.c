/* tests/fake/sandbox.c - a fake sandbox: a table says what happens */
#include "fake/sandbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct sandbox {
	enum sandbox_daemon kind;
	char *workspace;
	bool ready;
	bool daemon_gone;
};

struct fake_sandbox fake_sandbox;
static struct words ran;
static unsigned resets;

const struct words *fake_sandbox_ran(void)
{
	return &ran;
}

void fake_sandbox_forget(void)
{
	words_finish(&ran);
	resets = 0;
}

unsigned fake_sandbox_resets(void)
{
	return resets;
}

static bool answer(const char *problem, struct error *err)
{
	return problem == NULL || error_set(err, 0, "%s", problem);
}

/* ---- life ---- */

bool sandbox_open(const struct sandbox_options *options, struct sandbox **ret, struct error *err)
{
	if (!answer(fake_sandbox.open_error, err))
		return false;
	cleanup_free char *all = machine_workspaces();
	struct sandbox *s = xcalloc(1, sizeof *s);
	s->kind = options->daemon;
	s->workspace = path_join(all, options->learner);
	if (!folder_make(s->workspace, 0700, err)) {
		sandbox_close(s, false);
		return false;
	}
	if (options->start.progress != NULL)
		options->start.progress(options->start.progress_data, "making the fake sandbox");
	*ret = s;
	return true;
}

bool sandbox_wait(struct sandbox *s, struct error *err)
{
	if (!answer(fake_sandbox.wait_error, err))
		return false;
	if (fake_sandbox.engine != NULL && s->daemon_gone)
		fake_engine_answer(fake_sandbox.engine, "GET", "/_ping", 200, "OK");
	s->daemon_gone = false;
	s->ready = true;
	return true;
}

void sandbox_close(struct sandbox *s, bool end_daemon)
{
	(void)end_daemon;
	if (s == NULL)
		return;
	free(s->workspace);
	free(s);
}

/* ---- what is asked of it ---- */

enum sandbox_daemon sandbox_kind(const struct sandbox *s)
{
	return s->kind;
}

bool sandbox_started_daemon(const struct sandbox *s)
{
	(void)s;
	return fake_sandbox.started_daemon;
}

const char *sandbox_workspace(const struct sandbox *s)
{
	return s->workspace;
}

const char *sandbox_folder_shown(const struct sandbox *s)
{
	(void)s;
	return fake_sandbox.folder != NULL ? fake_sandbox.folder : "~";
}

const char *sandbox_docker_host(const struct sandbox *s)
{
	return fake_sandbox.engine != NULL && s->ready ? fake_engine_host(fake_sandbox.engine)
						       : NULL;
}

const char *sandbox_tls_folder(const struct sandbox *s)
{
	(void)s;
	return NULL;
}

const char *sandbox_gate_log(const struct sandbox *s)
{
	return s->ready ? fake_sandbox.gate_log : NULL;
}

int sandbox_socket(void *s, int domain, int type, int protocol)
{
	(void)s;
	return socket(domain, type | SOCK_CLOEXEC, protocol);
}

bool sandbox_limits(struct sandbox *s, struct sandbox_limits *ret, struct error *err)
{
	(void)s;
	if (!answer(fake_sandbox.limits_error, err))
		return false;
	*ret = fake_sandbox.limits;
	return true;
}

bool sandbox_has_compose(const struct sandbox *s)
{
	(void)s;
	return fake_sandbox.compose;
}

bool sandbox_reset(struct sandbox *s, struct error *err)
{
	if (!answer(fake_sandbox.reset_error, err))
		return false;
	resets++;
	return folder_remove(s->workspace, err) && folder_make(s->workspace, 0700, err);
}

bool sandbox_write_file(struct sandbox *s, const char *name, const char *content, struct error *err)
{
	return answer(fake_sandbox.write_error, err) &&
	       beneath_write(s->workspace, name, content, strlen(content), err);
}

/* ---- running ---- */

static const struct fake_line *find_line(const char *line)
{
	for (size_t i = 0; i < fake_sandbox.line_count; i++) {
		const char *known = fake_sandbox.lines[i].line;
		size_t length = strlen(known);
		if (text_same(known, line) || (length > 0 && known[length - 1] == '*' &&
						      strncmp(known, line, length - 1) == 0))
			return &fake_sandbox.lines[i];
	}
	return NULL;
}

/* Derives an id of 64 digits from the name. */
static void make_id(const char *name, char ret[65])
{
	for (size_t i = 0; i < 4; i++)
		snprintf(ret + 16 * i, 17, "%016llx",
			(unsigned long long)hash_bytes(HASH_START + i, name, strlen(name)));
}

static void change_container(const struct fake_line *line)
{
	static const char none[] = "{\"message\":\"No such container\"}";
	struct fake_engine *engine = fake_sandbox.engine;
	const char *name = line->container, *image = line->image != NULL ? line->image : "alpine";
	bool gone = text_same(line->state, "gone"), ended = text_same(line->state, "exited");
	char id[65];
	if (name == NULL || engine == NULL)
		return;
	make_id(name, id);
	if (!gone)
		fake_engine_container(engine, id, name, image, line->state, NULL);
	if (line->image != NULL)
		fake_engine_container_event(engine, "create", id, name, image);
	if (line->image != NULL && !text_same(line->state, "created"))
		fake_engine_container_event(engine, "start", id, name, image);
	if (ended || (gone && line->image != NULL))
		fake_engine_container_event(engine, "die", id, name, image);
	if (!gone)
		return;
	cleanup_free char *by_name = xasprintf("/containers/%s/json", name);
	cleanup_free char *by_id = xasprintf("/containers/%s/json", id);
	fake_engine_answer(engine, "GET", by_name, 404, none);
	fake_engine_answer(engine, "GET", by_id, 404, none);
	fake_engine_container_event(engine, "destroy", id, name, image);
}

/* Appends a line in the gate's format:
 * {"time":"…","method":"GET","route":"…","verdict":"forwarded"} */
static void log_request(const char *asks)
{
	char time[TIME_TEXT_SIZE];
	FILE *log = fake_sandbox.gate_log != NULL ? fopen(fake_sandbox.gate_log, "ae") : NULL;
	if (log == NULL)
		return;
	time_format_iso8601(clock_wall_ms(), time);
	fprintf(log,
		"{\"time\":\"%s\",\"method\":\"%.*s\",\"route\":\"%s\",\"verdict\":\"forwarded\"}"
		"\n",
		time, (int)strcspn(asks, " "), asks, strchr(asks, ' ') + 1);
	fclose(log);
}

static void end_daemon(struct sandbox *s)
{
	s->daemon_gone = true;
	if (fake_sandbox.engine == NULL)
		return;
	fake_engine_answer(fake_sandbox.engine, "GET", "/_ping", FAKE_ENGINE_DROP, "");
	fake_engine_end_events(fake_sandbox.engine);
}

static bool act(struct sandbox *s, const struct fake_line *line, struct error *err)
{
	if (line->cannot_start)
		return error_set(err, 0, "the shell can't be started");
	change_container(line);
	if (line->asks != NULL)
		log_request(line->asks);
	if (line->act != NULL)
		line->act(fake_sandbox.engine);
	if (line->ends_daemon)
		end_daemon(s);
	return line->file == NULL ||
	       beneath_write(s->workspace, line->file, line->content, strlen(line->content), err);
}

static void set_result(const struct fake_line *line, struct sandbox_result *ret)
{
	*ret = line->more;
	ret->status = line->status;
	ret->output = xstrdup(line->output != NULL ? line->output : "");
	ret->output_length = strlen(ret->output);
	ret->unkept = xstrdup(line->more.unkept);
	ret->typed = xstrdup(line->more.typed);
	ret->ended_ms = clock_wall_ms();
}

bool sandbox_run(struct sandbox *s, const struct sandbox_run *run, struct sandbox_result *ret,
	struct error *err)
{
	cleanup_free char *unknown = xasprintf("bash: %s: command not found\r\n", run->line);
	const struct fake_line stranger = {.output = unknown, .status = 127};
	const struct fake_line *line = find_line(run->line);
	if (line == NULL)
		line = &stranger;
	if (run->text != NULL)
		words_addf(&ran, "%s < %s", run->line, run->text);
	else
		words_add(&ran, run->line);
	int64_t started_ms = clock_wall_ms();
	if (!s->ready)
		return error_set(err, 0, "a line was run before sandbox_wait()");
	if (!act(s, line, err))
		return false;
	set_result(line, ret);
	ret->started_ms = started_ms;
	if (run->output != NULL)
		run->output(run->output_data, ret->output, ret->output_length);
	return true;
}

void sandbox_result_finish(struct sandbox_result *result)
{
	free(result->output);
	free(result->unkept);
	free(result->typed);
	*result = (struct sandbox_result){0};
}

/* ---- the host's daemon, and `ropes doctor` ---- */

bool sandbox_host_address(char **ret_host, char **ret_tls, struct error *err)
{
	const char *address = fake_sandbox.host.address;
	if (address == NULL)
		return error_set(err, 0, "no daemon found");
	*ret_host = xstrdup(address);
	*ret_tls = NULL;
	return true;
}

bool sandbox_host_look(const char *wanted, struct sandbox_host *ret, struct error *err)
{
	const struct sandbox_host *host = &fake_sandbox.host;
	if (host->address == NULL)
		return error_set(
			err, 0, "nobody answers at %s", wanted != NULL ? wanted : "/run/x");
	*ret = (struct sandbox_host){
		.address = xstrdup(wanted != NULL ? wanted : host->address),
		.name = xstrdup(host->name),
		.id = xstrdup(host->id),
		.engine = xstrdup(host->engine),
		.podman = host->podman,
		.limits = host->limits,
	};
	return true;
}

void sandbox_host_finish(struct sandbox_host *host)
{
	free(host->address);
	free(host->tls_folder);
	free(host->name);
	free(host->id);
	free(host->engine);
	*host = (struct sandbox_host){0};
}

static void add_part(struct sandbox_parts *parts, const char *name, bool present, bool needed,
	const char *detail, const char *fix)
{
	parts->items = array_grow(parts->items, parts->count, sizeof *parts->items);
	parts->items[parts->count++] =
		(struct sandbox_part){name, present, needed, xstrdup(detail), xstrdup(fix)};
}

void sandbox_examine(struct sandbox_parts *ret)
{
	*ret = (struct sandbox_parts){0};
	add_part(ret, "dockerd", fake_sandbox.engine != NULL, true,
		fake_sandbox.engine != NULL ? "28.0 (fake)" : "there is none",
		fake_sandbox.engine != NULL ? NULL : "apt-get install docker.io");
	add_part(ret, "limits", fake_sandbox.limits.groups, false, "by control groups", NULL);
}

void sandbox_examine_host(const char *wanted, struct sandbox_parts *ret)
{
	*ret = (struct sandbox_parts){0};
	add_part(ret, "daemon", fake_sandbox.host.address != NULL, true,
		wanted != NULL ? wanted : "the docker client's", NULL);
}

void sandbox_parts_finish(struct sandbox_parts *parts)
{
	for (size_t i = 0; i < parts->count; i++) {
		free(parts->items[i].detail);
		free(parts->items[i].fix);
	}
	free(parts->items);
	*parts = (struct sandbox_parts){0};
}
