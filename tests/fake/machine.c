/* tests/fake/machine.c - a fake practice machine: the test sets its answers */
#include "fake/machine.h"

#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

struct fake_machine fake_machine;

static bool answer(const char *problem, struct error *err)
{
	return problem == NULL || error_set(err, 0, "%s", problem);
}

/* ---- the machine ---- */

void machine_status_finish(struct machine_status *status)
{
	free(status->host);
	free(status->version);
	free(status->progress);
	*status = (struct machine_status){0};
}

bool machine_status(enum machine_kind kind, struct machine_status *ret, struct error *err)
{
	(void)kind, (void)err;
	*ret = (struct machine_status){
		.state = fake_machine.state, .network = fake_machine.network};
	if (fake_machine.state == MACHINE_STARTING)
		ret->progress = xstrdup("making the practice images");
	if (fake_machine.state != MACHINE_READY)
		return true;
	ret->host = xstrdup(
		fake_machine.host != NULL ? fake_machine.host : "unix:///run/fake/docker.sock");
	ret->version = xstrdup("28.0");
	ret->supervisor = 4242;
	ret->init = 4243;
	ret->memory_limit = 512000000;
	ret->pids_limit = 1024;
	return true;
}

bool machine_start(const struct machine_options *options, struct error *err)
{
	words_add(&fake_machine.asked, options->network ? "start with network" : "start");
	if (options->progress != NULL)
		options->progress(options->progress_data, "starting the fake machine");
	if (!answer(fake_machine.start_error, err))
		return false;
	fake_machine.state = MACHINE_READY;
	return true;
}

bool machine_start_background(const struct machine_options *options, struct error *err)
{
	return machine_start(options, err);
}

bool machine_wait(const struct machine_options *options, struct error *err)
{
	(void)options;
	return answer(fake_machine.start_error, err);
}

bool machine_can_have_network(void)
{
	return fake_machine.can_have_network;
}

bool machine_connect(struct error *err)
{
	words_add(&fake_machine.asked, "connect");
	if (!answer(fake_machine.connect_error, err))
		return false;
	fake_machine.network = true;
	return true;
}

bool machine_stop(enum machine_kind kind, struct error *err)
{
	(void)kind, (void)err;
	words_add(&fake_machine.asked, "stop");
	fake_machine.state = MACHINE_ABSENT;
	return true;
}

int machine_lease(enum machine_kind kind)
{
	(void)kind;
	return -1;
}

bool machine_workspace(enum machine_kind kind, const char *learner,
	enum machine_workspace_wish wish, struct buf *told, struct error *err)
{
	(void)kind;
	words_addf(&fake_machine.asked, "%s %s", wish == MACHINE_WORKSPACE_SYNC ? "sync" : "clear",
		learner);
	if (told != NULL && fake_machine.unkept != NULL)
		buf_add_text(told, fake_machine.unkept);
	return answer(fake_machine.workspace_error, err);
}

bool machine_port(unsigned short inside, struct machine_port *ret)
{
	if (fake_machine.inside == 0 || (inside != 0 && inside != fake_machine.inside))
		return false;
	*ret = (struct machine_port){fake_machine.inside, fake_machine.outside};
	return true;
}

void machine_each_port(
	const char *folder, bool (*each)(void *data, const struct machine_port *port), void *data)
{
	struct machine_port port;
	(void)folder;
	if (machine_port(0, &port))
		(void)each(data, &port);
}

int machine_port_socket(const char *folder)
{
	(void)folder;
	return -1;
}

void machine_moved_ports(struct buf *out)
{
	if (fake_machine.moved_ports != NULL)
		buf_add_text(out, fake_machine.moved_ports);
}

void machine_crowd(struct machine_crowd *ret)
{
	bool given = fake_machine.crowd.running > 0 || fake_machine.crowd.max > 0;
	*ret = given ? fake_machine.crowd
		     : (struct machine_crowd){fake_machine.state == MACHINE_READY, 20};
}

bool machine_probe(struct machine_limits *ret_limits, struct error *err)
{
	*ret_limits = fake_machine.has;
	ret_limits->lack = xstrdup(fake_machine.has.lack != NULL ? fake_machine.has.lack : "");
	return answer(fake_machine.start_error, err);
}

/* ---- images ---- */

void machine_images(struct words *ret)
{
	if (fake_machine.images != NULL)
		words_add_all(ret, fake_machine.images);
}

void machine_image_list(struct machine_image_list *ret)
{
	cleanup_words struct words names = {0};
	*ret = (struct machine_image_list){0};
	machine_images(&names);
	for (size_t i = 0; i < names.count; i++) {
		ret->items = array_grow(ret->items, ret->count, sizeof *ret->items);
		ret->items[ret->count++] = (struct machine_image){xstrdup(names.items[i]),
			i == 0 ? NULL : xstrdup("added.tar"), i == 0 ? 0 : 3000000};
	}
}

void machine_image_list_finish(struct machine_image_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].name);
		free(list->items[i].source);
	}
	free(list->items);
	*list = (struct machine_image_list){0};
}

static bool add_image(const char *how, const char *name, struct words *ret_added, struct error *err)
{
	words_addf(&fake_machine.asked, "%s %s", how, name);
	if (!answer(fake_machine.image_error, err))
		return false;
	words_add(ret_added, name);
	return true;
}

bool machine_image_add(
	const char *file, const char *source, struct words *ret_added, struct error *err)
{
	(void)source;
	return add_image("add", file, ret_added, err);
}

bool machine_image_save(const char *name, struct words *ret_added, struct error *err)
{
	return add_image("save", name, ret_added, err);
}

bool machine_image_pull(const char *name, const char *registry,
	void (*tell)(void *data, const char *what), void *data, struct words *ret_added,
	struct error *err)
{
	(void)registry;
	if (tell != NULL)
		tell(data, "pulling");
	return add_image("pull", name, ret_added, err);
}

bool machine_image_remove(const char *name, struct error *err)
{
	words_addf(&fake_machine.asked, "remove %s", name);
	return answer(fake_machine.image_error, err);
}

/* ---- programs: on this system ---- */

static bool refuse(struct error *err)
{
	return error_set(err, 0, "nothing runs in a fake machine");
}

/* "/home/ada" in the machine is "HOME/ada" here. */
static char *path_here(const char *path)
{
	return text_starts(path, "/home/") ? path_join(fake_machine.home, path + strlen("/home/"))
					   : xstrdup(path);
}

static void copy_environment(const char *const *environment, struct words *ret)
{
	static const char home[] = "HOME=";
	for (size_t i = 0; environment[i] != NULL; i++) {
		bool is_home = text_starts(environment[i], home);
		cleanup_free char *path = path_here(environment[i] + (is_home ? strlen(home) : 0));
		words_addf(ret, "%s%s", is_home ? home : "", path);
	}
}

static bool open_terminal(const struct machine_program *program, struct machine_process *p)
{
	const struct winsize size = {.ws_row = (unsigned short)program->rows,
		.ws_col = (unsigned short)program->columns};
	if (openpty(&p->terminal, &p->line, NULL, NULL, &size) < 0)
		return false;
	(void)fcntl(p->terminal, F_SETFD, FD_CLOEXEC);
	(void)fcntl(p->line, F_SETFD, FD_CLOEXEC);
	(void)fcntl(p->terminal, F_SETFL, O_RDWR | O_NONBLOCK);
	return true;
}

bool machine_run(enum machine_kind kind, const struct machine_program *program,
	struct machine_process *ret, struct error *err)
{
	struct machine_process p = {-1, -1, -1, 0};
	cleanup_words struct words environment = {0};
	(void)kind;
	if (fake_machine.home == NULL)
		return refuse(err);
	cleanup_free char *folder = path_here(program->folder);
	copy_environment(program->environment, &environment);
	struct spawn spawn = {.argv = program->argv,
		.environment = (const char *const *)environment.items,
		.folder = folder,
		.session = true,
		.terminal = program->terminal};
	if (!open_terminal(program, &p))
		return error_set(err, errno, "cannot open a terminal");
	int line = open(ptsname(p.terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
	for (int fd = 0; fd <= 2; fd++)
		spawn_fd_add(&spawn, line, fd);
	for (size_t i = 0; i < program->fd_count; i++)
		spawn_fd_add(&spawn, program->fds[i].from, program->fds[i].to);
	bool good = spawn_start(&spawn, &p.keeper, err);
	close(line);
	p.control = good ? (int)syscall(SYS_pidfd_open, p.keeper, 0) : -1;
	(void)fcntl(p.line, F_SETFL, O_RDWR | O_NONBLOCK);
	if (good)
		*ret = p;
	else
		machine_process_close(&p);
	return good;
}

void machine_process_signal(const struct machine_process *process, int number)
{
	pid_t group = process->keeper > 0 ? tcgetpgrp(process->terminal) : 0;
	if (group > 0)
		(void)kill(-group, number);
}

int machine_process_wait(struct machine_process *process)
{
	int status = process->keeper > 0 ? spawn_wait(process->keeper) : 137;
	process->keeper = 0;
	machine_process_close(process);
	return status;
}

void machine_process_close(struct machine_process *process)
{
	if (process->keeper > 0) {
		machine_process_signal(process, SIGKILL);
		(void)kill(-process->keeper, SIGKILL);
		(void)spawn_wait(process->keeper);
	}
	int *const all[] = {&process->control, &process->terminal, &process->line};
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		if (*all[i] >= 0)
			close(*all[i]);
		*all[i] = -1;
	}
	process->keeper = 0;
}

void machine_process_kill(struct machine_process *process)
{
	machine_process_close(process);
}

/* What root would do in the machine, such as writing /etc/passwd, does not happen here. */
bool machine_run_whole(enum machine_kind kind, const struct machine_program *program,
	int timeout_ms, struct error *err)
{
	(void)kind, (void)timeout_ms;
	words_addf(&fake_machine.asked, "whole %s", program->argv[0]);
	return fake_machine.home != NULL ? answer(fake_machine.whole_error, err) : refuse(err);
}

int machine_socket(enum machine_kind kind, int domain, int type, int protocol)
{
	(void)kind;
	return socket(domain, type | SOCK_CLOEXEC, protocol);
}

/* Here the path's last part, in the folder of the homes. */
int machine_listen(enum machine_kind kind, const char *path, struct error *err)
{
	struct sockaddr_un address;
	(void)kind;
	if (fake_machine.home == NULL) {
		(void)refuse(err);
		return -1;
	}
	cleanup_free char *here = path_join(fake_machine.home, strrchr(path, '/') + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && unix_address(here, &address, err) &&
		bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
		listen(fd, 8) == 0)
		return fd;
	error_set(err, errno, "cannot listen on '%s'", here);
	return -1;
}
