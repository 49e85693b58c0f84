/* tests/fake/machine.c - a fake practice machine: the test sets its answers */
#include "fake/machine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

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
	ret->host = xstrdup("unix:///run/fake/docker.sock");
	ret->version = xstrdup("28.0");
	ret->supervisor = 4242;
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
	(void)kind, (void)learner, (void)wish, (void)told, (void)err;
	return true;
}

bool machine_port(unsigned short inside, unsigned short *ret_outside)
{
	if (fake_machine.inside == 0 || (inside != 0 && inside != fake_machine.inside))
		return false;
	*ret_outside = fake_machine.outside;
	return true;
}

void machine_moved_ports(struct buf *out)
{
	if (fake_machine.moved_ports != NULL)
		buf_add_text(out, fake_machine.moved_ports);
}

void machine_crowd(struct machine_crowd *ret)
{
	*ret = (struct machine_crowd){fake_machine.state == MACHINE_READY, 20};
}

bool machine_probe(struct machine_limits *ret_limits, struct error *err)
{
	*ret_limits = (struct machine_limits){.lack = xstrdup("")};
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

/* ---- programs: none runs ---- */

static bool refuse(struct error *err)
{
	return error_set(err, 0, "nothing runs in a fake machine");
}

bool machine_run(enum machine_kind kind, const struct machine_program *program,
	struct machine_process *ret, struct error *err)
{
	(void)kind, (void)program, (void)ret;
	return refuse(err);
}

void machine_process_signal(const struct machine_process *process, int number)
{
	(void)process, (void)number;
}

int machine_process_wait(struct machine_process *process)
{
	(void)process;
	return 137;
}

void machine_process_close(struct machine_process *process)
{
	(void)process;
}

void machine_process_kill(struct machine_process *process)
{
	(void)process;
}

bool machine_run_whole(enum machine_kind kind, const struct machine_program *program,
	int timeout_ms, struct error *err)
{
	(void)kind, (void)program, (void)timeout_ms;
	return refuse(err);
}

int machine_socket(enum machine_kind kind, int domain, int type, int protocol)
{
	(void)kind;
	return socket(domain, type | SOCK_CLOEXEC, protocol);
}

int machine_listen(enum machine_kind kind, const char *path, struct error *err)
{
	(void)kind, (void)path;
	(void)refuse(err);
	return -1;
}
