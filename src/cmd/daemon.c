/* cmd/daemon.c - ropes daemon: the private practice machine; ropes env prints its address for other
 * terminals */
#include "cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void print_daemon_progress(void *data, const char *what)
{
	(void)data;
	if (what != NULL)
		fprintf(stderr, _("ropes: %s\n"), what);
}

static const char *const states[] = {
	[MACHINE_ABSENT] = N_("not running"),
	[MACHINE_STARTING] = N_("starting"),
	[MACHINE_READY] = N_("ready"),
	[MACHINE_STALE] = N_("crashed; the next start cleans up"),
};

static bool start_daemon(const struct arguments *arguments, struct error *err)
{
	struct machine_options options = {.progress = print_daemon_progress,
		.network = arguments_get(arguments, "network") != NULL};
	struct machine_status status = {0};
	if (!common_idle(arguments, 0, &options.idle_ms, err) || !machine_start(&options, err) ||
		!machine_status(MACHINE_PRACTICE, &status, err))
		return false;
	printf(_("ready: %s\n"), status.host != NULL ? status.host : "");
	machine_status_finish(&status);
	return true;
}

static bool stop_daemon(const struct arguments *arguments, struct error *err)
{
	(void)arguments;
	if (!machine_stop(MACHINE_PRACTICE, err))
		return false;
	puts(_("stopped"));
	return true;
}

static void print_limits(const struct machine_status *status)
{
	cleanup_buf struct buf memory = {0}, data = {0};
	text_size(&memory, status->memory_limit);
	text_size(&data, status->data_limit);
	printf(_("memory: %s\n"),
		status->memory_limit > 0 ? buf_text(&memory) : _("no limit here"));
	printf(_("data: %s\n"), status->data_limit > 0 ? buf_text(&data) : _("no limit here"));
	cleanup_buf struct buf home = {0};
	text_size(&home, status->home_limit);
	printf(_("workspaces: %s\n"),
		status->home_limit > 0 ? buf_text(&home) : _("no limit here"));
	if (status->pids_limit > 0)
		printf(_("processes: %u\n"), status->pids_limit);
	else
		puts(_("processes: no limit here"));
	if (status->cpu_limit > 0)
		printf(_("processors: %u.%02u\n"), status->cpu_limit / 100,
			status->cpu_limit % 100);
	else
		puts(_("processors: no limit here"));
}

/* Status 1 means not ready, so that scripts can test it. */
static bool tell_status(const struct arguments *arguments, struct error *err)
{
	(void)arguments;
	struct machine_status status = {0};
	if (!machine_status(MACHINE_PRACTICE, &status, err))
		return false;
	bool ready = status.state == MACHINE_READY;
	printf(_("state: %s%s%s\n"), _(states[status.state]), status.progress != NULL ? ": " : "",
		status.progress != NULL ? status.progress : "");
	if (ready) {
		printf(_("host: %s\nversion: %s\nsupervisor: %d\ninit: %d\nrootless: %s\n"),
			status.host, status.version != NULL ? status.version : "?",
			(int)status.supervisor, (int)status.init,
			status.rootless ? _("yes") : _("no"));
		printf(_("network: %s\n"), status.network ? _("yes") : _("no"));
		print_limits(&status);
	}
	machine_status_finish(&status);
	return ready || error_set_kind(err, ERROR_FAILED, "no practice machine is running");
}

static bool print_env(const struct arguments *arguments, struct error *err)
{
	(void)arguments;
	struct machine_status status = {0};
	if (!machine_status(MACHINE_PRACTICE, &status, err))
		return false;
	bool ready = status.state == MACHINE_READY;
	if (ready)
		printf("export DOCKER_HOST=%s\n", status.host);
	machine_status_finish(&status);
	return ready ||
	       error_set(err, 0,
		       "no practice machine is running; start it with `ropes daemon start`");
}

static const struct {
	const char *word;
	bool (*run)(const struct arguments *arguments, struct error *err);
} actions[] = {
	{"start", start_daemon},
	{"stop", stop_daemon},
	{"status", tell_status},
	{"env", print_env},
};

static bool run_daemon(const struct arguments *arguments, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(actions); i++)
		if (text_same(actions[i].word, arguments->operands[0]))
			return actions[i].run(arguments, err);
	return error_set_kind(err, ERROR_USAGE,
		"unknown subcommand '%s'; expected start, stop, status or env",
		arguments->operands[0]);
}

const struct command cmd_daemon = {
	.name = "daemon",
	.operands = "start|stop|status|env",
	.summary = N_("control the practice machine"),
	.details = N_("start   starts it (about a second); it runs until stop\n"
		      "stop    ends it and removes everything created in it\n"
		      "status  shows what is running; exits with 1 if nothing is\n"
		      "env     prints the line for another terminal: eval \"$(ropes daemon env)\""),
	.options = {OPTION_NETWORK,
		{"idle", "MINUTES",
			N_("start: end it when no session has used it for so long (default: never)")}},
	.operands_min = 1,
	.operands_max = 1,
	.run = run_daemon,
};

static bool run_env(const struct arguments *arguments, struct error *err)
{
	return print_env(arguments, err);
}

const struct command cmd_env = {
	.name = "env",
	.operands = "",
	.summary = N_(
		"print the line that lets another terminal use the practice machine: eval \"$(ropes env)\""),
	.run = run_env,
};
