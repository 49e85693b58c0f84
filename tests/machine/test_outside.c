/* tests/machine/test_outside.c - a practice machine from outside: its record, its locks, orders,
 * published ports, the copy of /home. Its first process is a fake, and runs programs here */
#include "../../src/machine/private.h"
#include "fake/engine.h"
#include "spawn.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define LOOKS 1000 /* of 10 ms */

static struct machine_paths paths;

/* Folders of its own. */
static void prepare(void)
{
	struct error err = {0};
	cleanup_free char *own = xasprintf("%s/%d", suite_folder, (int)getpid());
	cleanup_free char *data = path_join(own, "data");
	ck_assert(mkdir(own, 0700) == 0 && mkdir(data, 0700) == 0);
	setenv("XDG_RUNTIME_DIR", own, 1);
	setenv("XDG_DATA_HOME", data, 1);
	machine_paths_init(&paths, MACHINE_PRACTICE);
	ck_assert_msg(folder_make(paths.folder, 0700, &err), "%s", error_text(&err));
}

static void write_text(const char *path, const char *text)
{
	struct error err = {0};
	ck_assert_msg(file_write(path, text, strlen(text), 0600, &err), "%s", error_text(&err));
}

static pid_t start_script(const char *script)
{
	const char *const argv[] = {"sh", "-c", script, NULL};
	const struct spawn spawn = {.argv = argv, .die_with_parent = true};
	struct error err = {0};
	pid_t pid;
	ck_assert_msg(spawn_start(&spawn, &pid, &err), "%s", error_text(&err));
	return pid;
}

static void end_process(pid_t pid, int number)
{
	(void)kill(pid, number);
	(void)spawn_wait(pid);
}

static struct machine_record record_of(enum machine_kind kind, pid_t process)
{
	return (struct machine_record){.kind = kind,
		.supervisor = process,
		.init = process,
		.supervisor_start = machine_process_started(process),
		.init_start = machine_process_started(process),
		.network = true,
		.memory_limit = 1 << 30,
		.pids_limit = 1024,
		.version = "28.0"};
}

static void write_record(const struct machine_record *record)
{
	struct error err = {0};
	ck_assert_msg(machine_record_write(&paths, record, &err), "%s", error_text(&err));
}

/* ---- record and status ---- */

static const struct {
	const char *text;
	bool good;
} records[] = {
	{"", false},
	{"kind 0\nsupervisor 1 2\n", false},
	{"kind 0\nsupervisor 1 2\ninit 3 4\nrootless 1\ndata 5\nmemory 6\npids 7\n", true},
	{"kind 1\nsupervisor 1 2\ninit 3 4\nrootless 1\ndata 5\nmemory 6\npids 7\ncpu 8\nhome 9\nnetwork 1\nversion 28\ngroups \n",
		true},
};

START_TEST(a_record_is_read)
{
	struct machine_record r = {0};
	prepare();
	write_text(paths.status, records[_i].text);
	ck_assert_int_eq(machine_record_read(&paths, &r), records[_i].good);
	ck_assert(!records[_i].good || (r.supervisor == 1 && r.init_start == 4 && r.rootless &&
					       r.memory_limit == 6 && r.pids_limit == 7));
	machine_paths_finish(&paths);
}
END_TEST

static void expect_state(enum machine_kind kind, enum machine_state state)
{
	struct machine_status status;
	ck_assert(machine_status(kind, &status, NULL));
	ck_assert_int_eq(status.state, state);
	ck_assert(state != MACHINE_STARTING || text_same(status.progress, "making the images"));
	ck_assert(state != MACHINE_READY || (status.network && text_same(status.version, "28.0")));
	machine_status_finish(&status);
}

START_TEST(a_status_is_what_is_there)
{
	struct error err = {0};
	prepare();
	expect_state(MACHINE_SHELL, MACHINE_ABSENT);
	expect_state(MACHINE_PRACTICE, MACHINE_STALE);
	write_text(paths.progress, "making the images");
	int lock = machine_lock(&paths, false);
	ck_assert_int_ge(lock, 0);
	expect_state(MACHINE_PRACTICE, MACHINE_STARTING);
	pid_t process = start_script("exec sleep 100");
	struct machine_record record = record_of(MACHINE_PRACTICE, process);
	write_record(&record);
	expect_state(MACHINE_PRACTICE, MACHINE_STARTING); /* nothing listens yet */
	int docker = start_listen(paths.socket, SOCK_STREAM, &err);
	ck_assert_msg(docker >= 0, "%s", error_text(&err));
	expect_state(MACHINE_PRACTICE, MACHINE_READY);
	ck_assert(!start_listen(paths.socket, SOCK_STREAM, &err) || err.message != NULL);
	error_finish(&err);
	ck_assert(machine_connect(&err)); /* it has a network */
	record.init_start++;
	write_record(&record);
	expect_state(MACHINE_PRACTICE, MACHINE_STARTING); /* another process has this number */
	end_process(process, SIGKILL);
	close(lock);
	expect_state(MACHINE_PRACTICE, MACHINE_STALE);
	close(docker);
	machine_paths_finish(&paths);
}
END_TEST

START_TEST(a_lock_has_one_owner)
{
	prepare();
	int lock = machine_lock(&paths, false);
	ck_assert(lock >= 0 && machine_is_locked(&paths));
	ck_assert(machine_lock(&paths, false) < 0 && errno == EWOULDBLOCK);
	close(lock);
	ck_assert(!machine_is_locked(&paths));
	int first = machine_lease(MACHINE_PRACTICE), second = machine_lease(MACHINE_PRACTICE);
	ck_assert(first >= 0 && second >= 0);
	close(first);
	close(second);
	int turn = crowd_wait_for_turn();
	ck_assert_int_ge(turn, 0);
	close(turn);
	struct machine_crowd crowd;
	machine_crowd(&crowd);
	ck_assert(crowd.max == 0 || crowd.max >= 2);
	machine_paths_finish(&paths);
}
END_TEST

/* ---- starting and stopping ---- */

START_TEST(a_machine_is_stopped)
{
	struct error err = {0};
	prepare();
	pid_t process = start_script("exec sleep 100");
	const struct machine_record record = record_of(MACHINE_PRACTICE, process);
	write_record(&record);
	write_text(paths.trouble, "old");
	ck_assert_msg(machine_stop(MACHINE_PRACTICE, &err), "%s", error_text(&err));
	ck_assert_int_eq(spawn_wait(process), 128 + SIGTERM);
	ck_assert(!folder_exists(paths.folder) && !file_exists(paths.trouble));
	ck_assert_msg(machine_stop(MACHINE_PRACTICE, &err), "again: %s", error_text(&err));
	machine_paths_finish(&paths);
}
END_TEST

START_TEST(what_went_wrong_is_said)
{
	struct error err = {0};
	const struct machine_options options = {0};
	sigset_t set;
	prepare();
	ck_assert(!machine_connect(&err));
	ck_assert_str_eq(error_text(&err), "the practice machine is not running");
	error_finish(&err);
	write_text(paths.trouble, "no space left");
	ck_assert(!machine_wait(&options, &err));
	ck_assert_str_eq(error_text(&err), "the practice machine did not start: no space left");
	error_finish(&err);
	int lock = machine_lock(&paths, false);
	ck_assert(machine_start_background(&options, &err)); /* another process starts it */
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	ck_assert(sigprocmask(SIG_BLOCK, &set, NULL) == 0 && raise(SIGINT) == 0);
	ck_assert(!machine_wait(&options, &err));
	ck_assert_str_eq(error_text(&err), "interrupted while the practice machine was starting");
	error_finish(&err);
	close(lock);
	cleanup_free char *far = xasprintf("%s/%0*d", suite_folder, 120, 0);
	setenv("XDG_RUNTIME_DIR", far, 1);
	ck_assert(!machine_start_background(&options, &err));
	ck_assert_msg(strstr(error_text(&err), "set XDG_RUNTIME_DIR to a shorter one") != NULL,
		"%s", error_text(&err));
	error_finish(&err);
	machine_paths_finish(&paths);
}
END_TEST

START_TEST(a_network_may_be_refused)
{
	struct error err = {0};
	prepare();
	cleanup_free char *script = xasprintf(
		"trap 'echo no carrier >%s.new; mv %s.new %s' USR1; echo ready >%s; while :; do sleep 0.02; done",
		paths.refusal, paths.refusal, paths.refusal, paths.log);
	pid_t process = start_script(script);
	struct machine_record record = record_of(MACHINE_PRACTICE, process);
	record.network = false;
	write_record(&record);
	int docker = start_listen(paths.socket, SOCK_STREAM, &err);
	for (int i = 0; i < LOOKS && !file_exists(paths.log); i++)
		usleep(10000);
	ck_assert(!machine_connect(&err));
	ck_assert_str_eq(error_text(&err), "no carrier\n");
	error_finish(&err);
	end_process(process, SIGKILL);
	close(docker);
	machine_paths_finish(&paths);
}
END_TEST

/* ---- orders ---- */

static int folder_for_home = -1;

static void run_order(int control, const struct order *o, const struct words *words, const int *fds)
{
	struct reply reply = {0};
	cleanup_error struct error err = {0};
	const char *argv[16] = {0};
	for (unsigned i = 0; i < o->argc && i + 1 < ARRAY_LENGTH(argv); i++)
		argv[i] = words->items[1 + i];
	struct spawn spawn = {.argv = argv, .folder = words->items[0], .session = true};
	for (unsigned i = 0; i < o->fd_count; i++)
		spawn_fd_add(&spawn, fds[i], o->to[i]);
	pid_t pid;
	if (!spawn_start(&spawn, &pid, &err)) {
		reply = (struct reply){.number = ENOENT, .what = "exec"};
		(void)order_send_reply(control, &reply, NULL, 0);
		return;
	}
	(void)order_send_reply(control, &reply, NULL, 0);
	int number;
	for (;;) {
		struct pollfd ready = {.fd = control, .events = POLLIN};
		if (poll(&ready, 1, 10) > 0 &&
			recv(control, &number, sizeof number, 0) == sizeof number)
			(void)kill(-pid, number);
		siginfo_t info = {0};
		if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
			info.si_pid == pid) {
			int status = spawn_wait(pid);
			(void)send(control, &status, sizeof status, MSG_NOSIGNAL);
			return;
		}
	}
}

static void answer_order(int control)
{
	struct order order;
	struct reply reply = {0};
	cleanup_words struct words words = {0};
	int fds[MACHINE_FDS_MAX], fd = -1;
	if (!order_receive(control, &order, &words, fds))
		return;
	if (order.kind == ORDER_RUN) {
		run_order(control, &order, &words, fds);
		return;
	}
	if (order.kind == ORDER_SOCKET)
		fd = socket(order.domain, order.type | SOCK_CLOEXEC, order.protocol);
	if (order.kind == ORDER_LISTEN)
		fd = start_listen(words.items[0], SOCK_STREAM, NULL);
	if (order.kind == ORDER_HOME)
		fd = folder_for_home;
	if (fd < 0)
		reply = (struct reply){.number = EPERM, .what = "not here"};
	(void)order_send_reply(control, &reply, &fd, fd >= 0 ? 1 : 0);
}

static int serve_one(void *data)
{
	answer_order(*(int *)data);
	return 0;
}

/* Each order has a process of its own, as in a machine. */
static int serve_orders(void *data)
{
	int listening = *(int *)data;
	for (;;) {
		pid_t pid;
		int control = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
		if (control >= 0 && spawn_function(serve_one, &control, false, &pid, NULL))
			close(control);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			continue;
	}
	return 0;
}

static pid_t start_first_process(void)
{
	struct error err = {0};
	pid_t pid;
	int listening = start_listen(paths.control, SOCK_SEQPACKET, &err);
	ck_assert_msg(listening >= 0, "%s", error_text(&err));
	ck_assert(spawn_function(serve_orders, &listening, false, &pid, &err));
	close(listening);
	return pid;
}

static const struct {
	const char *argv[4];
	int timeout_ms;
	const char *error; /* NULL: it succeeds */
} wholes[] = {
	{{"true"}, 30000, NULL},
	{{"sh", "-c", "exit 3"}, 30000, "'sh' exited with status 3 in the practice machine"},
	{{"sleep", "100"}, 50, "'sleep' did not end in the practice machine in time"},
	{{"no-such-program"}, 30000,
		"cannot start 'no-such-program' in the practice machine: exec"},
};

START_TEST(a_program_runs_to_its_end)
{
	struct error err = {0};
	const struct machine_program program = {.argv = wholes[_i].argv};
	prepare();
	pid_t first = start_first_process();
	bool good = machine_run_whole(MACHINE_PRACTICE, &program, wholes[_i].timeout_ms, &err);
	ck_assert_msg(
		good ? wholes[_i].error == NULL
		     : wholes[_i].error != NULL && text_starts(error_text(&err), wholes[_i].error),
		"expected '%s', got '%s'", wholes[_i].error, error_text(&err));
	error_finish(&err);
	end_process(first, SIGKILL);
	machine_paths_finish(&paths);
}
END_TEST

START_TEST(a_program_gets_descriptors_and_signals)
{
	const char *const argv[] = {"sh", "-c", "read -r x <&5; echo got $x; exec sleep 100", NULL};
	struct error err = {0};
	int in[2], out[2];
	char bytes[32] = "";
	prepare();
	pid_t first = start_first_process();
	ck_assert(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
	const struct machine_program program = {
		.argv = argv, .fds = {{in[0], 5}, {out[1], 1}}, .fd_count = 2};
	struct machine_process process;
	ck_assert_msg(
		machine_run(MACHINE_PRACTICE, &program, &process, &err), "%s", error_text(&err));
	ck_assert(fd_write(in[1], "words\n", 6, NULL));
	ck_assert_int_gt(fd_read(out[0], bytes, sizeof bytes - 1), 0);
	ck_assert_str_eq(bytes, "got words\n");
	machine_process_signal(&process, SIGTERM);
	ck_assert_int_eq(machine_process_wait(&process), 128 + SIGTERM);
	ck_assert_int_eq(process.control, -1);
	for (size_t i = 0; i < 2; i++) {
		close(in[i]);
		close(out[i]);
	}
	end_process(first, SIGKILL);
	machine_paths_finish(&paths);
}
END_TEST

START_TEST(sockets_come_from_the_machine)
{
	struct error err = {0};
	prepare();
	ck_assert(machine_socket(MACHINE_PRACTICE, AF_INET, SOCK_STREAM, 0) < 0);
	ck_assert_int_eq(errno, ENETDOWN);
	pid_t first = start_first_process();
	cleanup_free char *path = path_join(paths.folder, "listen.sock");
	int fd = machine_socket(MACHINE_PRACTICE, AF_INET, SOCK_STREAM, 0);
	int listening = machine_listen(MACHINE_PRACTICE, path, &err);
	ck_assert_msg(fd >= 0 && listening >= 0, "%s", error_text(&err));
	close(fd);
	close(listening);
	ck_assert(machine_listen(MACHINE_PRACTICE, "/nonexistent/x", &err) < 0);
	ck_assert_msg(text_starts(error_text(&err), "not here"), "%s", error_text(&err));
	error_finish(&err);
	ck_assert(machine_listen(MACHINE_SHELL, path, &err) < 0);
	ck_assert_msg(text_starts(error_text(&err), "the practice machine does not answer at '"),
		"%s", error_text(&err));
	error_finish(&err);
	end_process(first, SIGKILL);
	machine_paths_finish(&paths);
}
END_TEST

/* ---- ports ---- */

static int call_port(unsigned short port)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

/* The fake daemon's own port stands for a container's: it is in use, so it moves. */
START_TEST(a_containers_port_is_published)
{
	static const char request[] = "GET /_ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	struct error err = {0};
	cleanup_buf struct buf moved = {0};
	char answer[64] = "";
	struct machine_port port = {0};
	pid_t publisher;
	prepare();
	pid_t first = start_first_process();
	struct fake_engine *engine = fake_engine_start(paths.folder);
	unsigned short inside = fake_engine_port(engine);
	ck_assert_int_eq(symlink(fake_engine_host(engine) + strlen("unix://"), paths.socket), 0);
	cleanup_free char *list = xasprintf(
		"[{\"Id\":\"c1\",\"Ports\":[{\"PrivatePort\":80,\"PublicPort\":%u,\"Type\":\"tcp\"},"
		"{\"PrivatePort\":53,\"PublicPort\":53,\"Type\":\"udp\"},{\"PrivatePort\":1}]}]",
		inside);
	fake_engine_answer(engine, "GET", "/containers/json", 200, list);
	ck_assert_msg(publish_start(&paths, &publisher, &err), "%s", error_text(&err));
	for (int i = 0; i < LOOKS && !machine_port(inside, &port); i++)
		usleep(10000);
	ck_assert_uint_eq(port.inside, inside);
	ck_assert_msg(
		port.outside != 0 && port.outside != inside, "%u is at %u", inside, port.outside);
	machine_moved_ports(&moved);
	cleanup_free char *told = xasprintf("%u at http://localhost:%u", inside, port.outside);
	ck_assert_str_eq(buf_text(&moved), told);
	cleanup_fd int caller = call_port(port.outside);
	ck_assert(fd_write(caller, request, sizeof request - 1, NULL));
	ck_assert_int_gt(fd_read(caller, answer, sizeof answer - 1), 0);
	ck_assert_msg(text_starts(answer, "HTTP/1.1 200"), "%s", answer);
	fake_engine_answer(engine, "GET", "/containers/json", 200, "[]");
	fake_engine_container_event(engine, "die", "c1", "web", "nginx");
	for (int i = 0; i < LOOKS && machine_port(inside, &port); i++)
		usleep(10000);
	ck_assert(!machine_port(inside, &port) && !machine_port(0, &port));
	end_process(publisher, SIGUSR2); /* libcheck handles SIGTERM */
	end_process(first, SIGKILL);
	fake_engine_stop(engine);
	machine_paths_finish(&paths);
}
END_TEST

/* ---- /home ---- */

static void ask_workspace(enum machine_workspace_wish wish, const char *name, const char *error)
{
	struct error err = {0};
	cleanup_buf struct buf told = {0};
	bool good = machine_workspace(MACHINE_PRACTICE, name, wish, &told, &err);
	ck_assert_msg(good ? error == NULL : error != NULL && text_starts(error_text(&err), error),
		"'%s': expected '%s', got '%s'", name, error, error_text(&err));
	error_finish(&err);
}

START_TEST(a_home_is_copied)
{
	struct error err = {0};
	struct home home;
	struct machine_ids ids = {.claim = -1, .users = -1};
	pid_t keeper;
	prepare();
	ask_workspace(MACHINE_WORKSPACE_SYNC, "ada", "nothing copies the workspace");
	if (geteuid() != 0) {
		suite_skip("only root can own a learner's files without a machine");
		return;
	}
	cleanup_free char *tree = path_join(paths.folder, "tree");
	cleanup_free char *all = machine_workspaces();
	ck_assert(mkdir(tree, 0755) == 0 &&
		  chown(tree, MACHINE_LEARNER_ID, MACHINE_LEARNER_ID) == 0 &&
		  folder_make(all, 0711, &err));
	for (char *c = strchr(tree + 1, '/'); c != NULL; c = strchr(c + 1, '/')) {
		*c = '\0';
		if (strlen(tree) >= strlen(suite_folder))
			(void)chmod(tree, 0711); /* the learner reaches it */
		*c = '/';
	}
	folder_for_home = open(tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pid_t first = start_first_process(), process = start_script("exec sleep 100");
	const struct machine_record record = record_of(MACHINE_PRACTICE, process);
	ids.claim = open(all, O_RDONLY | O_CLOEXEC);
	ck_assert_msg(home_open(&paths, &record, &ids, &home, &err), "%s", error_text(&err));
	home.limit = 1 << 20;
	ck_assert_msg(home_start(&home, &keeper, &err), "%s", error_text(&err));
	ask_workspace(MACHINE_WORKSPACE_SYNC, "ada", NULL);
	cleanup_free char *inside = path_join(tree, "ada/made.txt");
	cleanup_free char *outside = path_join(all, "ada/made.txt");
	write_text(inside, "inside\n");
	ask_workspace(MACHINE_WORKSPACE_SYNC, "ada", NULL);
	ck_assert(file_exists(outside));
	ask_workspace(MACHINE_WORKSPACE_CLEAR, "ada", NULL);
	ck_assert(!file_exists(outside) && !file_exists(inside));
	ask_workspace(MACHINE_WORKSPACE_SYNC, "../ada", "nothing copies the workspace");
	write_text(inside, "at last\n");
	end_process(process, SIGKILL);
	ck_assert_int_eq(spawn_wait(keeper), 0);
	ck_assert(file_exists(outside));
	end_process(first, SIGKILL);
	machine_paths_finish(&paths);
}
END_TEST

/* ---- control groups and the network, as far as they are files ---- */

START_TEST(a_tree_of_groups_is_removed)
{
	struct error err = {0};
	prepare();
	cleanup_free char *deep = path_join(paths.folder, "group/a/b/c");
	cleanup_free char *beside = path_join(paths.folder, "group/d");
	ck_assert(folder_make(deep, 0755, &err) && folder_make(beside, 0755, &err));
	ck_assert(groups_remove_tree(paths.folder, "group", 0));
	ck_assert(groups_remove_tree(paths.folder, "group", 0)); /* it is gone */
	ck_assert(!groups_set(paths.folder, "no.file", "1"));
	write_text(paths.log, "");
	ck_assert(groups_set(paths.folder, "log", "12"));
	ck_assert_int_eq(groups_pass_on(paths.folder), ENOENT);
	cleanup_free char *control = path_join(paths.folder, "cgroup.subtree_control");
	write_text(control, "");
	ck_assert_int_eq(groups_pass_on(paths.folder), 0);
	cleanup_free char *members = path_join(paths.folder, "cgroup.procs");
	ck_assert(!groups_settle(paths.folder)); /* its processes are not known */
	write_text(members, "");
	ck_assert(groups_settle(paths.folder));
	write_text(members, "4000000\n");
	ck_assert(!groups_settle(paths.folder)); /* one that cannot be moved */
	machine_paths_finish(&paths);
}
END_TEST

START_TEST(a_network_needs_a_carrier)
{
	struct error err = {0};
	pid_t carrier = 0;
	prepare();
	setenv("PATH", paths.folder, 1);
	ck_assert(!machine_can_have_network());
	ck_assert(!network_start(&paths, &carrier, &err));
	ck_assert_msg(strstr(error_text(&err), "needs pasta or slirp4netns") != NULL, "%s",
		error_text(&err));
	error_finish(&err);
	cleanup_free char *pasta = path_join(paths.folder, "pasta");
	write_text(pasta, "#!/bin/sh\n");
	ck_assert_int_eq(chmod(pasta, 0700), 0);
	pid_t first = start_first_process();
	ck_assert(!network_start(&paths, &carrier, &err)); /* the machine gives no namespaces */
	ck_assert_msg(strstr(error_text(&err), "cannot set up a network") != NULL, "%s",
		error_text(&err));
	error_finish(&err);
	end_process(first, SIGKILL);
	machine_paths_finish(&paths);
}
END_TEST

/* It works, or it says why not. */
START_TEST(a_machine_can_be_probed)
{
	struct error err = {0};
	struct machine_limits limits = {0};
	prepare();
	bool good = machine_probe(&limits, &err);
	ck_assert_msg(good || error_text(&err)[0] != '\0', "it fails without a reason");
	ck_assert_ptr_nonnull(limits.lack);
	if (!good)
		suite_skip(error_text(&err));
	free(limits.lack);
	error_finish(&err);
	machine_paths_finish(&paths);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{a_record_is_read, ARRAY_LENGTH(records)},
		{a_status_is_what_is_there, 1},
		{a_lock_has_one_owner, 1},
		{a_machine_is_stopped, 1},
		{what_went_wrong_is_said, 1},
		{a_network_may_be_refused, 1},
		{a_program_runs_to_its_end, ARRAY_LENGTH(wholes)},
		{a_program_gets_descriptors_and_signals, 1},
		{sockets_come_from_the_machine, 1},
		{a_containers_port_is_published, 1},
		{a_home_is_copied, 1},
		{a_tree_of_groups_is_removed, 1},
		{a_network_needs_a_carrier, 1},
		{a_machine_can_be_probed, 1},
	};
	return suite_run("outside", tests, ARRAY_LENGTH(tests), 60);
}
