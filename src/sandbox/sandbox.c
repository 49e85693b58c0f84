/* sandbox/sandbox.c - a learner's sandbox: opening it, waiting for its machine, running lines,
 * writing files */
#include "private.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOVE_IN_MS 30000
#define ENDS_MS 2000

/* ---- opening ---- */

static bool set_off(struct sandbox *s, const struct sandbox_options *o, struct error *err)
{
	struct machine_status status = {0};
	if (s->kind == SANDBOX_HOST && !host_find(o->host, &s->host, &s->tls_folder, err))
		return false;
	(void)machine_status(s->machine, &status, NULL);
	s->started = status.state != MACHINE_READY;
	machine_status_finish(&status);
	return machine_start_background(&s->start, err);
}

/* Some systems lack plugins of the client: "docker-buildx" for BuildKit, "docker-compose". */
static bool has_plugin(const char *name)
{
	static const char *const folders[] = {"/usr/libexec/docker/cli-plugins",
		"/usr/lib/docker/cli-plugins", "/usr/local/lib/docker/cli-plugins",
		"/usr/local/libexec/docker/cli-plugins"};
	for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
		cleanup_free char *path = path_join(folders[i], name);
		if (file_exists(path))
			return true;
	}
	return false;
}

bool sandbox_open(const struct sandbox_options *o, struct sandbox **ret, struct error *err)
{
	struct sandbox *s = xcalloc(1, sizeof *s);
	s->kind = o->daemon;
	s->machine = o->daemon == SANDBOX_HOST ? MACHINE_SHELL : MACHINE_PRACTICE;
	s->learner = learner_file_name(o->learner);
	s->start = o->start;
	s->start.kind = s->machine;
	s->signals = o->signals;
	s->lease = s->gate_stop = -1;
	s->shell = (struct shell){.process = {-1, -1, -1, 0}, .lines = -1, .reports = -1};
	s->shown = xstrdup("~");
	s->buildkit = has_plugin("docker-buildx");
	s->compose = has_plugin("docker-compose");
	bool good = workspace_make(s, err) && (s->kind == SANDBOX_NONE || set_off(s, o, err));
	if (!good) {
		sandbox_close(s, false);
		return false;
	}
	*ret = s;
	return true;
}

void sandbox_close(struct sandbox *s, bool end_daemon)
{
	if (s == NULL)
		return;
	shell_finish(&s->shell);
	(void)workspace_sync(s, NULL); /* else the machine does so a little later */
	session_gate_stop(s);
	if (s->lease >= 0)
		close(s->lease);
	if ((end_daemon || s->kind == SANDBOX_HOST) && s->kind != SANDBOX_NONE && s->started)
		(void)machine_stop(s->machine, NULL); /* otherwise it ends when idle */
	free(s->learner);
	free(s->workspace);
	free(s->shown);
	free(s->unkept);
	free(s->host);
	free(s->tls_folder);
	free(s->gate_log);
	free(s->daemon);
	free(s->daemon_tls);
	free(s);
}

/* ---- waiting ---- */

/* Creates the learner's name and folder inside. All learners have one id, whose name is the
 * first entry with that id: that of the latest learner. Names of system accounts are not
 * replaced. */
static bool create_account(struct sandbox *s, struct error *err)
{
	static const char script[] =
		"name=$1; grep \"^$1:\" /etc/passwd | grep -qv :x:1000: && name=learner; "
		"line=$name:x:1000:1000::/home/$1:/bin/bash; "
		"all=$(grep -v :x:1000: /etc/passwd; echo \"$line\"; "
		"grep :x:1000: /etc/passwd | grep -vxF \"$line\"); "
		"echo \"$all\" >/etc/passwd; test -d \"/home/$1\"";
	const char *const argv[] = {"sh", "-c", script, "sh", s->learner, NULL};
	const struct machine_program program = {.argv = argv};
	return machine_run_whole(s->machine, &program, MOVE_IN_MS, err) ||
	       error_wrap(err, "the workspace");
}

static bool take_machine(struct sandbox *s, struct error *err)
{
	struct machine_status status = {0};
	bool good = machine_status(s->machine, &status, err) &&
		    (status.state == MACHINE_READY ||
			    error_set(err, 0, "the practice machine has ended"));
	if (good && s->init != status.init) {
		shell_close(&s->shell); /* from a machine that is gone */
		s->init = status.init;
		if (s->kind == SANDBOX_PRACTICE) {
			free(s->host);
			free(s->gate_log);
			s->host = xstrdup(status.host);
			s->gate_log = machine_witness_log();
		}
		good = workspace_sync(s, err) && create_account(s, err);
		s->init = good ? status.init : 0;
	}
	machine_status_finish(&status);
	return good;
}

/* Waits briefly for the machine's end: a broken first process ends when it gets an order. */
static bool machine_ends(const struct sandbox *s)
{
	for (int waited_ms = 0; waited_ms < ENDS_MS; waited_ms += 20) {
		struct machine_status status = {0};
		bool ready =
			machine_status(s->machine, &status, NULL) && status.state == MACHINE_READY;
		machine_status_finish(&status);
		if (!ready)
			return true;
		usleep(20000);
	}
	return false;
}

static bool bring_up_sandbox(struct sandbox *s, struct error *err)
{
	if (!machine_start_background(&s->start, err) || !machine_wait(&s->start, err))
		return false;
	if (s->lease < 0)
		s->lease = machine_lease(s->machine);
	return true;
}

bool sandbox_wait(struct sandbox *s, struct error *err)
{
	cleanup_error struct error first = {0};
	if (s->kind == SANDBOX_NONE)
		return error_set(err, 0, "there is no daemon");
	if (!bring_up_sandbox(s, err))
		return false;
	bool good = take_machine(s, &first) ||
		    (machine_ends(s) ? bring_up_sandbox(s, err) && take_machine(s, err)
				     : error_move(err, &first));
	return good && (s->kind == SANDBOX_PRACTICE || session_gate_start(s, err));
}

/* ---- properties ---- */

enum sandbox_daemon sandbox_kind(const struct sandbox *s)
{
	return s->kind;
}

bool sandbox_started_daemon(const struct sandbox *s)
{
	return s->kind == SANDBOX_PRACTICE && s->started;
}

const char *sandbox_workspace(const struct sandbox *s)
{
	return s->workspace;
}

const char *sandbox_folder_shown(const struct sandbox *s)
{
	return s->shown;
}

const char *sandbox_docker_host(const struct sandbox *s)
{
	return s->host;
}

const char *sandbox_tls_folder(const struct sandbox *s)
{
	return s->tls_folder;
}

const char *sandbox_gate_log(const struct sandbox *s)
{
	return s->gate_log;
}

/* ---- sockets in the daemon's network ---- */

int sandbox_socket(void *sandbox, int domain, int kind, int protocol)
{
	const struct sandbox *s = sandbox;
	return s->kind == SANDBOX_PRACTICE ? machine_socket(s->machine, domain, kind, protocol)
					   : socket(domain, kind | SOCK_CLOEXEC, protocol);
}

/* ---- running ---- */

void sandbox_result_finish(struct sandbox_result *result)
{
	free(result->output);
	free(result->typed);
	free(result->unkept);
	*result = (struct sandbox_result){0};
}

static void set_size(const struct sandbox *s, const struct sandbox_run *run)
{
	struct winsize size = {
		.ws_row = (unsigned short)(run->rows > 0 ? run->rows : 24),
		.ws_col = (unsigned short)(run->columns > 0 ? run->columns : 80),
	};
	if (run->input == SANDBOX_INPUT_TERMINAL)
		(void)ioctl(run->input_fd, TIOCGWINSZ, &size); /* else the given size */
	(void)ioctl(s->shell.process.terminal, TIOCSWINSZ, &size);
}

/* Shows the folder, whose name the learner chooses freely: replaces characters that would move
 * the cursor or reverse the text by question marks. */
static void show_folder(struct sandbox *s)
{
	cleanup_free char *home = xasprintf("/home/%s", s->learner);
	const char *folder = s->shell.folder != NULL ? s->shell.folder : home;
	size_t length = strlen(home);
	struct buf shown = {0};
	if (text_starts(folder, home) && (folder[length] == '\0' || folder[length] == '/')) {
		buf_add_char(&shown, '~');
		folder += length;
	}
	for (size_t left = strlen(folder); left > 0;) {
		uint32_t point;
		size_t taken = utf8_decode(folder, left, &point);
		utf8_encode(&shown, utf8_is_shown(point) ? point : '?');
		folder += taken;
		left -= taken;
	}
	free(s->shown);
	s->shown = buf_steal(&shown);
}

bool sandbox_run(struct sandbox *s, const struct sandbox_run *run, struct sandbox_result *ret,
	struct error *err)
{
	struct sandbox_result result = {.started_ms = clock_wall_ms()};
	if (s->init == 0)
		return error_set(err, 0, "the sandbox is not ready");
	if (s->shell.process.control < 0 && !shell_open(s, err))
		return false;
	if (!workspace_sync(s, err))
		return false;
	set_size(s, run);
	if (!shell_begin(s, run->line, err))
		return false;
	pty_relay(s, run, &result);
	result.ended_ms = clock_wall_ms();
	result.unkept = workspace_unkept(s);
	if (result.output == NULL)
		result.output = xstrdup("");
	show_folder(s);
	*ret = result;
	return true;
}
