/* sandbox/sandbox.c - a learner's sandbox: opening, waiting for its daemon, running a line, files
 */
#include "private.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- opening ---- */

static bool write_session_file(
	const struct sandbox *s, const char *name, const char *text, struct error *err)
{
	cleanup_free char *path = path_join(s->session, name);
	return file_write(path, text, strlen(text), 0644, err);
}

/* What the jail shows as /etc, and the folder that lines leave things in for each other. */
static bool make_session(struct sandbox *s, struct error *err)
{
	cleanup_free char *runtime = xdg_folder(XDG_RUNTIME);
	cleanup_free char *state = NULL, *passwd = NULL, *group = NULL;
	if (!folder_make(runtime, 0700, err))
		return false;
	s->session = xasprintf("%s/session-XXXXXX", runtime);
	if (mkdtemp(s->session) == NULL)
		return error_set(err, errno, "make a folder in '%s'", runtime);
	state = path_join(s->session, "state");
	passwd = xasprintf("%s:x:%u:%u::/home/%s:/bin/bash\n", s->learner, (unsigned)getuid(),
		(unsigned)getgid(), s->learner);
	group = xasprintf("%s:x:%u:\n", s->learner, (unsigned)getgid());
	return folder_make(state, 0700, err) && write_session_file(s, "passwd", passwd, err) &&
	       write_session_file(s, "group", group, err) &&
	       write_session_file(s, "hosts", "127.0.0.1 localhost ropes\n::1 localhost\n", err) &&
	       write_session_file(s, "hostname", "ropes\n", err) &&
	       write_session_file(s, "resolv.conf", "", err) &&
	       (s->tls_folder == NULL || jail_write_wrapper(s, err));
}

static bool make_workspace(struct sandbox *s, struct error *err)
{
	cleanup_free char *all = daemon_workspaces();
	s->workspace = path_join(all, s->learner);
	return (folder_make(all, 0711, err) && folder_make(s->workspace, 0700, err)) ||
	       error_wrap(err, "the workspace");
}

static bool set_off(struct sandbox *s, const struct sandbox_options *o, struct error *err)
{
	struct daemon_status status = {0};
	if (s->kind == SANDBOX_HOST) {
		if (!host_find(o->host, &s->host, &s->tls_folder, err))
			return false;
		if (text_starts(s->host, "unix://"))
			s->socket = xstrdup(s->host + strlen("unix://"));
		return true;
	}
	(void)daemon_status(&status, NULL);
	s->started = status.state != DAEMON_READY;
	daemon_status_finish(&status);
	s->lease = -1;
	return daemon_start_background(&s->start, err);
}

bool sandbox_open(const struct sandbox_options *o, struct sandbox **ret, struct error *err)
{
	struct sandbox *s = xcalloc(1, sizeof *s);
	s->kind = o->daemon;
	s->learner = learner_file_name(o->learner);
	s->start = o->start;
	s->signals = o->signals;
	s->lease = s->filter = s->net = s->user = s->gate_stop = -1;
	s->shown = xstrdup("~");
	bool good = make_workspace(s, err);
	if (good && s->kind != SANDBOX_NONE)
		good = set_off(s, o, err) && make_session(s, err);
	if (!good) {
		sandbox_close(s, false);
		return false;
	}
	*ret = s;
	return true;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void sandbox_close(struct sandbox *s, bool end_daemon)
{
	if (s == NULL)
		return;
	session_gate_stop(s);
	if (s->session != NULL)
		(void)folder_remove(s->session,
			NULL); /* lies in the runtime folder, which is emptied at reboot */
	close_fd(&s->lease);
	close_fd(&s->filter);
	close_fd(&s->net);
	close_fd(&s->user);
	if (end_daemon && s->kind == SANDBOX_PRACTICE && s->started)
		(void)daemon_stop(NULL); /* its keeper ends it for idleness otherwise */
	free(s->learner);
	free(s->workspace);
	free(s->session);
	free(s->shown);
	free(s->host);
	free(s->socket);
	free(s->tls_folder);
	free(s);
}

/* ---- waiting ---- */

static bool take_daemon(struct sandbox *s, struct error *err)
{
	struct daemon_paths p;
	struct daemon_record r;
	daemon_paths_init(&p);
	bool good = daemon_record_read(&p, &r) ||
		    error_set(err, 0, "the practice daemon has just ended");
	if (good && (s->init != r.init || s->net < 0)) {
		free(s->host);
		free(s->socket);
		s->host = xasprintf("unix://%s", p.socket);
		s->socket = xstrdup(p.socket);
		s->init = r.init;
		s->rootless = r.rootless;
		snprintf(s->group, sizeof s->group, "%s", r.pids_limit > 0 ? p.group : "");
		good = network_open(r.init, "net", &s->net, err) &&
		       (!r.rootless || network_open(r.init, "user", &s->user, err));
	}
	daemon_paths_finish(&p);
	return good;
}

bool sandbox_wait(struct sandbox *s, struct error *err)
{
	if (s->kind == SANDBOX_NONE)
		return error_set(err, 0, "there is no daemon");
	if (s->filter < 0 && (s->filter = filter_open(err)) < 0)
		return false;
	if (s->kind == SANDBOX_HOST)
		return s->tls_folder != NULL || session_gate_start(s, err);
	if (!daemon_start_background(&s->start, err) || !daemon_wait(&s->start, err))
		return false;
	if (s->lease < 0)
		s->lease = daemon_lease();
	return take_daemon(s, err) && session_gate_start(s, err);
}

/* ---- what it is ---- */

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
	return network_socket(s->net, s->user, domain, kind, protocol);
}

/* ---- running ---- */

void sandbox_result_finish(struct sandbox_result *result)
{
	free(result->output);
	*result = (struct sandbox_result){0};
}

static bool open_pty(
	const struct sandbox_run *run, int *ret_master, int *ret_slave, struct error *err)
{
	struct winsize size = {
		.ws_row = (unsigned short)(run->rows > 0 ? run->rows : 24),
		.ws_col = (unsigned short)(run->columns > 0 ? run->columns : 80),
	};
	if (run->input == SANDBOX_INPUT_TERMINAL)
		(void)ioctl(run->input_fd, TIOCGWINSZ, &size); /* else as asked */
	if (openpty(ret_master, ret_slave, NULL, NULL, &size) < 0)
		return error_set(err, errno, "open a terminal for the line");
	fcntl(*ret_master, F_SETFD, FD_CLOEXEC);
	fcntl(*ret_slave, F_SETFD, FD_CLOEXEC);
	fcntl(*ret_master, F_SETFL, fcntl(*ret_master, F_GETFL) | O_NONBLOCK);
	return true;
}

static bool start_line(
	struct sandbox *s, const char *line, int slave, pid_t *ret, struct error *err)
{
	enum { FILTER = 3 };
	cleanup_words struct words words = {0};
	jail_words(s, line, FILTER, &words);
	struct spawn spawn = {.argv = (const char *const *)words.items,
		.folder = "/",
		.session = true,
		.terminal = true};
	for (int fd = 0; fd <= 2; fd++)
		spawn_fd_add(&spawn, slave, fd);
	spawn_fd_add(&spawn, s->filter, FILTER);
	if (s->user >= 0)
		spawn.namespaces[spawn.namespace_count++] = s->user;
	if (s->net >= 0)
		spawn.namespaces[spawn.namespace_count++] = s->net;
	(void)lseek(s->filter, 0, SEEK_SET); /* bwrap reads it from where it stands */
	return spawn_start(&spawn, ret, err);
}

bool sandbox_run(struct sandbox *s, const struct sandbox_run *run, struct sandbox_result *ret,
	struct error *err)
{
	int master = -1, slave = -1;
	pid_t pid;
	if (s->filter < 0)
		return error_set(err, 0, "the sandbox is not ready");
	if (!open_pty(run, &master, &slave, err))
		return false;
	struct sandbox_result result = {.started_ms = clock_wall_ms()};
	bool good = start_line(s, run->line, slave, &pid, err);
	close(slave);
	if (good) {
		cgroup_join(s->group, pid);
		struct relay r = {.run = run,
			.result = &result,
			.master = master,
			.signals = s->signals,
			.pid = pid};
		relay(&r);
		result.status = spawn_wait(pid);
		result.ended_ms = clock_wall_ms();
		if (result.output == NULL)
			result.output = xstrdup("");
		jail_read_folder(s);
		*ret = result;
	}
	close(master);
	return good;
}

/* ---- files ---- */

bool sandbox_write_file(struct sandbox *s, const char *name, const char *content, struct error *err)
{
	cleanup_free char *path = path_join(s->workspace, name);
	cleanup_free char *folder = xstrndup(path, (size_t)(path_base(path) - path) - 1);
	bool out = name[0] == '/' || name[0] == '\0' || text_same(name, "..") ||
		   text_starts(name, "../") || strstr(name, "/../") != NULL ||
		   text_ends(name, "/..") || text_ends(name, "/");
	if (out)
		return error_set(err, 0,
			"the file '%s' would lie outside the workspace; it is not written", name);
	if (!folder_make(folder, 0755, err))
		return false;
	/* A link that the learner made must not lead out, either. */
	cleanup_free char *real = realpath(folder, NULL), *home = realpath(s->workspace, NULL);
	size_t length = home != NULL ? strlen(home) : 0;
	if (real == NULL || home == NULL || strncmp(real, home, length) != 0 ||
		(real[length] != '\0' && real[length] != '/'))
		return error_set(err, 0,
			"the file '%s' would lie outside the workspace; it is not written", name);
	return file_write(path, content, strlen(content), 0644, err);
}
