/* machine/start.c - creates the namespaces of a machine with its first process, for the
 * supervisor and for the probe */
#include "private.h"

#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Listens on a socket that only this side can find by its path. */
int start_listen(const char *path, int type, struct error *err)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (fd >= 0 && unix_address(path, &address, NULL) &&
		bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
		chmod(path, 0600) == 0 && listen(fd, 64) == 0)
		return fd;
	error_set(err, errno, "cannot listen on '%s'", path);
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Reads the first process's report on its set-up; on failure it reports everything at once. */
static bool hear_ready(int fd, struct error *err)
{
	char text[1024];
	ssize_t got = fd_read(fd, text, sizeof text - 1);
	if (got <= 0)
		return error_set(err, 0, "its first process exited");
	text[got] = '\0';
	return text[0] == '\0' || error_set(err, 0, "%s", text);
}

/* The machine of a root that may mount belongs to its first id, which only CAP_KILL may end; a
 * container may have taken that from root. */
static bool cannot_end(const struct machine_ids *ids)
{
	return ids->mounts && prctl(PR_CAPBSET_READ, CAP_KILL) != 1;
}

bool start_init(const struct machine_paths *paths, struct machine_record *record,
	struct machine_ids *ids, int lock_fd, struct error *err)
{
	cleanup_free char *workspaces = machine_workspaces();
	bool practice = record->kind == MACHINE_PRACTICE;
	const struct root_options root = {.workspaces = workspaces,
		.data_limit = record->data_limit,
		.home_limit = practice ? record->home_limit : 0,
		.groups = practice && record->groups[0] != '\0',
		.rootless = practice && record->groups[0] == '\0',
		.own_network = practice};
	int ready[2], go[2];
	if (cannot_end(ids))
		return error_set(err, EPERM, "root cannot end processes with other ids (CAP_KILL)");
	cleanup_fd int control = start_listen(paths->control, SOCK_SEQPACKET, err);
	if (control < 0)
		return false;
	if (pipe2(ready, O_CLOEXEC) < 0 || pipe2(go, O_CLOEXEC) < 0)
		return error_set(err, errno, "pipe");
	struct init_options init = {
		.root = &root, .listen_fd = control, .ready_fd = ready[1], .go_fd = go[0]};
	ids->users = ids_namespace(ids, err);
	bool good = ids->users >= 0;
	record->init = good ? init_start(&init, ids, lock_fd, err) : -1;
	good = record->init > 0;
	close(ready[1]);
	close(go[0]);
	if (good) {
		record->init_start = machine_process_started(record->init);
		cgroup_join(record->groups, record->init);
		good = fd_write(go[1], "", 1, err) && hear_ready(ready[0], err);
	}
	close(go[1]);
	close(ready[0]);
	record->init = record->init > 0 ? record->init : 0;
	return good;
}

/* ---- the probe ---- */

/* Sets a firewall rule, as dockerd does first. Keeps the program's message. */
static bool try_network(const struct machine_paths *p, struct error *err)
{
	static const char *const argv[] = {
		"iptables", "-w", "-t", "nat", "-N", "ROPES-PROBE", NULL};
	cleanup_fd int said = memfd_create("ropes-said", MFD_CLOEXEC);
	cleanup_free char *file = xasprintf("/proc/self/fd/%d", said);
	cleanup_buf struct buf text = {0};
	const struct machine_program program = {
		.argv = argv, .fds = {{said, 1}, {said, 2}}, .fd_count = said >= 0 ? 2 : 0};
	struct machine_process process;
	if (!order_run(p->control, &program, &process, err))
		return false;
	int status = machine_process_wait(&process);
	if (status == 0)
		return true;
	(void)file_read(file, 65536, &text, NULL);
	return error_set(
		err, 0, "%s%s", text.length > 0 ? "" : "'iptables' failed", buf_text(&text));
}

bool machine_probe(struct machine_limits *ret_limits, struct error *err)
{
	struct machine_paths paths = {0};
	cleanup_free char *workspaces = machine_workspaces();
	cleanup_free char *runtime = xdg_folder(XDG_RUNTIME);
	cleanup_free char *folder = xasprintf("%s/probe-%d", runtime, (int)getpid());
	paths.control = path_join(folder, CONTROL_SOCKET);
	snprintf(paths.group, sizeof paths.group, "ropes-probe-%d", (int)getpid());
	struct machine_ids ids = {.claim = -1, .users = -1};
	struct machine_record record = {.kind = MACHINE_PRACTICE,
		.rootless = geteuid() != 0,
		.data_limit = 1 << 20,
		.home_limit = 1 << 20};
	struct limits limits = {1 << 30, 1024, 100};
	cleanup_error struct error why = {0};
	(void)folder_remove(folder, NULL); /* of a process with this number that was killed */
	bool good = folder_make(runtime, 0700, err) && folder_make(folder, 0700, err) &&
		    folder_make(workspaces, 0711, err) && ids_claim(workspaces, &ids, err);
	bool made = good && cgroup_make(paths.group, &ids, &limits, record.groups, &why);
	good = good && start_init(&paths, &record, &ids, -1, err) && try_network(&paths, err);
	if (record.init > 0) {
		(void)kill(record.init, SIGKILL);
		(void)spawn_wait(record.init);
	}
	(void)cgroup_remove(paths.group, record.groups); /* they are empty */
	if (ids.claim >= 0)
		close(ids.claim);
	if (ids.users >= 0)
		close(ids.users);
	(void)folder_remove(folder, NULL); /* it only has a socket */
	free(paths.control);
	*ret_limits = (struct machine_limits){.memory = made ? limits.memory : 0,
		.pids = made ? limits.pids : 0,
		.cpu = made ? limits.cpu : 0,
		.unified = groups_is_unified(),
		.lack = xstrdup(error_text(&why))};
	return good;
}
