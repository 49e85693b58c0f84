/* tests/live/test_sandbox.c - the real thing: a practice daemon, lines in the jail, checks against
 * what happened. One daemon of its own for all tests, in its own namespaces; the image cache is the
 * run's. */
#include "check.h"
#include "sandbox.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pty.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

static struct sandbox *sandbox;

static void discard(void *data, const char *bytes, size_t length)
{
	(void)data;
	(void)bytes;
	(void)length;
}

static struct sandbox_result run_with(
	const char *line, enum sandbox_input input, const char *text, int timeout_ms)
{
	struct sandbox_result result = {0};
	struct error err = {0};
	const struct sandbox_run run = {.line = line,
		.input = input,
		.text = text,
		.timeout_ms = timeout_ms,
		.output = discard};
	ck_assert_msg(sandbox_run(sandbox, &run, &result, &err), "%s", error_text(&err));
	return result;
}

static struct sandbox_result run(const char *line)
{
	return run_with(line, SANDBOX_INPUT_NONE, NULL, 60000);
}

static void open_sandbox(void)
{
	struct error err = {0};
	const struct sandbox_options options = {
		.learner = "ada", .daemon = SANDBOX_PRACTICE, .signals = -1};
	ck_assert_msg(sandbox_open(&options, &sandbox, &err), "%s", error_text(&err));
	ck_assert_msg(sandbox_wait(sandbox, &err), "%s", error_text(&err));
}

static void close_sandbox(void)
{
	sandbox_close(sandbox, false);
	sandbox = NULL;
}

static void expect(const char *line, int status, const char *output)
{
	struct sandbox_result r = run(line);
	ck_assert_msg(r.status == status, "'%s' ended with %d: %s", line, r.status, r.output);
	ck_assert_msg(output == NULL || strstr(r.output, output) != NULL, "'%s' said: %s", line,
		r.output);
	sandbox_result_finish(&r);
}

/* ---- the daemon ---- */

/* One that only waits to be reaped has no namespaces. */
static bool is_alive(pid_t pid)
{
	char path[64];
	struct stat info;
	snprintf(path, sizeof path, "/proc/%d/ns/net", (int)pid);
	return stat(path, &info) == 0;
}

static bool nothing_left(const struct daemon_status *was)
{
	glob_t groups;
	cleanup_free char *state = daemon_state_folder();
	cleanup_free char *pattern = xasprintf("/sys/fs/cgroup/*/ropes-%u-*", (unsigned)getuid());
	uint32_t hash = 2166136261u;
	for (const char *c = state; *c != '\0'; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	cleanup_free char *own = xasprintf("%08x", hash);
	bool group = false;
	if (glob(pattern, 0, NULL, &groups) == 0) {
		for (size_t i = 0; i < groups.gl_pathc; i++)
			group = group || strstr(groups.gl_pathv[i], own) != NULL;
		globfree(&groups);
	}
	return !is_alive(was->init) && !folder_exists(state) && !group;
}

static bool wait_until_nothing_left(const struct daemon_status *was)
{
	for (int i = 0; i < 2000; i++) {
		if (nothing_left(was))
			return true;
		usleep(20000);
	}
	return false;
}

static pid_t process_named(const char *name, pid_t parent)
{
	glob_t found;
	pid_t pid = 0;
	if (glob("/proc/[0-9]*/stat", 0, NULL, &found) != 0)
		return 0;
	for (size_t i = 0; i < found.gl_pathc && pid == 0; i++) {
		FILE *file = fopen(found.gl_pathv[i], "re");
		int number = 0, above = 0;
		char comm[64] = "";
		if (file != NULL &&
			fscanf(file, "%d (%63[^)]) %*c %d", &number, comm, &above) == 3 &&
			strcmp(comm, name) == 0 && above == parent)
			pid = number;
		if (file != NULL)
			fclose(file);
	}
	globfree(&found);
	return pid;
}

enum victim { KEEPER, INIT, BWRAP, REGISTRY, STOPPED };

START_TEST(nothing_is_left_however_it_ends)
{
	struct error err = {0};
	const struct daemon_options options = {0};
	struct daemon_status status = {0};
	cleanup_free char *runtime = xasprintf("%s/tl-%d-%d", suite_temporary(), (int)getpid(), _i);
	setenv("XDG_RUNTIME_DIR", runtime, 1);
	ck_assert_msg(daemon_start(&options, &err), "%s", error_text(&err));
	ck_assert_msg(
		daemon_start(&options, &err), "%s", error_text(&err)); /* again is no mistake */
	ck_assert(daemon_status(&status, &err));
	ck_assert_int_eq(status.state, DAEMON_READY);
	const pid_t victims[] = {[KEEPER] = status.keeper,
		[INIT] = status.init,
		[BWRAP] = process_named("bwrap", status.keeper),
		[REGISTRY] = process_named("docker-registry", status.keeper)};
	if (_i == STOPPED) {
		ck_assert_msg(daemon_stop(&err), "%s", error_text(&err));
	} else {
		ck_assert_int_gt(victims[_i], 1);
		ck_assert_int_eq(kill(victims[_i], SIGKILL), 0);
	}
	ck_assert(wait_until_nothing_left(&status));
	ck_assert_msg(daemon_stop(&err), "%s", error_text(&err));
	ck_assert_msg(daemon_stop(&err), "%s", error_text(&err));
	daemon_status_finish(&status);
	ck_assert(folder_remove(runtime, &err));
}
END_TEST

/* The old keeper and its sweeper are still cleaning up when the new daemon is asked for. */
START_TEST(a_dead_daemon_is_replaced)
{
	struct error err = {0};
	struct daemon_status status = {0};
	open_sandbox();
	ck_assert(daemon_status(&status, &err));
	ck_assert_int_eq(status.state, DAEMON_READY);
	pid_t victim = _i % 2 == 0 ? status.init : status.keeper;
	ck_assert_int_eq(kill(victim, SIGKILL), 0);
	while (is_alive(status.init)) /* it goes with its keeper */
		usleep(1000);
	usleep((useconds_t)_i * 3000);
	ck_assert_msg(sandbox_wait(sandbox, &err), "%s", error_text(&err));
	expect("docker ps", 0, "CONTAINER");
	daemon_status_finish(&status);
	close_sandbox();
}
END_TEST

/* The old keeper comes to clean up only when the new daemon is up. */
START_TEST(a_late_keeper_leaves_the_new_daemon_alone)
{
	struct error err = {0};
	struct daemon_status status = {0};
	open_sandbox();
	ck_assert(daemon_status(&status, &err));
	ck_assert_int_eq(status.state, DAEMON_READY);
	ck_assert(kill(status.keeper, SIGSTOP) == 0 && kill(status.init, SIGKILL) == 0);
	while (is_alive(status.init))
		usleep(1000);
	ck_assert_msg(sandbox_wait(sandbox, &err), "%s", error_text(&err));
	ck_assert_int_eq(kill(status.keeper, SIGCONT), 0);
	while (is_alive(status.keeper))
		usleep(1000);
	expect("docker ps", 0, "CONTAINER");
	daemon_status_finish(&status);
	close_sandbox();
}
END_TEST

START_TEST(stale_folder_is_no_hindrance)
{
	struct error err = {0};
	const struct daemon_options options = {0};
	struct daemon_status status = {0};
	cleanup_free char *runtime = xasprintf("%s/tl-%d-stale", suite_temporary(), (int)getpid());
	setenv("XDG_RUNTIME_DIR", runtime, 1);
	cleanup_free char *state = daemon_state_folder();
	cleanup_free char *file = path_join(state, "status");
	const char *old =
		"keeper 999999 5\ninit 999998 5\nrootless 0\ndata 1\nmemory 1\npids 1\nversion 1\n";
	ck_assert(folder_make(state, 0700, &err) && file_write(file, old, strlen(old), 0600, &err));
	ck_assert(daemon_status(&status, &err));
	ck_assert_int_eq(status.state, DAEMON_STALE);
	daemon_status_finish(&status);
	ck_assert_msg(daemon_start(&options, &err), "%s", error_text(&err));
	ck_assert_msg(daemon_stop(&err), "%s", error_text(&err));
	ck_assert(folder_remove(runtime, &err));
}
END_TEST

START_TEST(long_path_is_told)
{
	struct error err = {0};
	const struct daemon_options options = {0};
	cleanup_free char *runtime =
		xasprintf("%s/tl-%d-%0100d", suite_temporary(), (int)getpid(), 0);
	setenv("XDG_RUNTIME_DIR", runtime, 1);
	ck_assert(!daemon_start(&options, &err));
	ck_assert_msg(strstr(error_text(&err), "too long") != NULL, "%s", error_text(&err));
	error_finish(&err);
	ck_assert(daemon_stop(&err) && folder_remove(runtime, &err));
}
END_TEST

/* The programs that make namespaces fail as unshare(1) does: a helper of it stays, and keeps open
 * what it was given. */
START_TEST(refused_namespaces_are_told_and_nothing_waits)
{
	static const char script[] = "#!/bin/sh\n"
				     "sleep 1000 &\n"
				     "echo $! >\"$HELPER\"\n"
				     "echo 'unshare failed: Operation not permitted' >&2\n"
				     "exit 1\n";
	static const char *const names[] = {"bwrap", "unshare"};
	struct error err = {0};
	const struct daemon_options options = {0};
	cleanup_free char *folder = xasprintf("/tmp/tl-%d-refused", (int)getpid());
	cleanup_free char *helper = path_join(folder, "helper");
	cleanup_free char *path = xasprintf("%s:%s", folder, getenv("PATH"));
	cleanup_free char *before = xstrdup(getenv("PATH"));
	cleanup_buf struct buf number = {0};
	ck_assert(folder_make(folder, 0700, &err));
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		cleanup_free char *file = path_join(folder, names[i]);
		ck_assert(file_write(file, script, strlen(script), 0700, &err));
	}
	setenv("XDG_RUNTIME_DIR", folder, 1);
	setenv("HELPER", helper, 1);
	setenv("PATH", path, 1);
	ck_assert(!daemon_start(&options, &err));
	ck_assert_msg(strstr(error_text(&err), "unshare failed: Operation not permitted") != NULL,
		"%s", error_text(&err));
	error_finish(&err);
	err = (struct error){0};
	ck_assert(file_read(helper, 64, &number, NULL));
	ck_assert(!is_alive((pid_t)strtol(buf_text(&number), NULL, 10)));
	setenv("PATH", before, 1);
	ck_assert_msg(daemon_start(&options, &err), "%s", error_text(&err));
	ck_assert_msg(daemon_stop(&err), "%s", error_text(&err));
	ck_assert(folder_remove(folder, &err));
}
END_TEST

/* ---- lines ---- */

static const struct {
	const char *line;
	int status;
	const char *output;
} lines[] = {
	{"true", 0, NULL},
	{"exit 3", 3, NULL},
	{"kill -9 $$", 137, NULL},
	{"nosuchcommand", 127, "not found"},
	{"echo 'open", 2, "unexpected EOF"},
	{"echo a; echo b | tr b c", 0, "c"},
	{"cat <<EOF\nhere $((1+1))\nEOF", 0, "here 2"},
	{"echo \"$1$0\"", 0, "bash"},
	{"stty size", 0, "24 80"},
	{"tty", 0, "/dev/"},
	{"pwd", 0, "/home/ada"},
	{"id -u -n; echo $HOME", 0, "/home/ada"},
	{"docker version", 0, "Server:"},
	{"sudo docker version", 0, "Server:"},
	{"sudo -E -u root GREETING=hello env", 0, "GREETING=hello"},
	{"sudo -i", 1, "none is needed"},
	{"docker pull ubuntu", 0, "ubuntu:latest"},
	{"docker run --rm hello-world", 0, "Hello from Docker!"},
	{"docker run --rm ubuntu cat /etc/os-release", 0, "stand-in"},
	{"docker run --rm ubuntu sh -c 'exit 7'", 7, NULL},
	{"docker pull no-such-image", 1, NULL},
	{"docker run --rm -v \"$PWD\":/w alpine sh -c 'echo hi >/w/made' && cat made", 0, "hi"},
	{"docker tag ubuntu localhost:5000/mine && docker push localhost:5000/mine && docker pull "
	 "localhost:5000/mine",
		0, NULL},
	{"mkdir -p b && printf 'FROM alpine\\nRUN echo built >/x\\nCMD [\"cat\",\"/x\"]\\n' "
	 ">b/Dockerfile && docker build -q -t mine b "
	 "&& docker run --rm mine",
		0, "built"},
	{"docker run -d --name page -p 8080:80 nginx && sleep 0.3 && curl -s localhost:8080", 0,
		"Welcome to nginx"},
};

START_TEST(lines_run)
{
	open_sandbox();
	expect(lines[_i].line, lines[_i].status, lines[_i].output);
	close_sandbox();
}
END_TEST

START_TEST(shell_goes_on)
{
	open_sandbox();
	expect("mkdir -p sub && cd sub && export GREETING='hello there'", 0, NULL);
	ck_assert_str_eq(sandbox_folder_shown(sandbox), "~/sub");
	expect("pwd; echo $GREETING", 0, "hello there");
	expect("cd && pwd", 0, "/home/ada");
	close_sandbox();
}
END_TEST

/* ---- the jail ---- */

static const char *const escapes[] = {
	"touch /usr/x",
	"touch /etc/x",
	"ls /root",
	"cat /etc/shadow",
	"mount -t tmpfs none /mnt",
	"unshare -U true",
	"unshare -m true",
	"nsenter -t 1 -m true",
	"chroot / true",
	"ls /proc/1/root/root",
	"echo 1 >/proc/sys/kernel/sysrq",
	"echo c >/proc/sysrq-trigger",
	"kill -0 $(( $$ + 100000 ))",
	"mknod /tmp/sda b 8 0",
	"ls /sys/fs/cgroup/memory",
	"dmesg",
	"cat /dev/mem",
	"ls /var/lib/docker",
	"curl -sm2 http://192.0.2.1",
	"test -e /run/docker.sock.real",
	"python3 -c 'import fcntl,termios; fcntl.ioctl(0, termios.TIOCSTI, b\"x\")'",
	("python3 -c 'import ctypes,os,sys; l=ctypes.CDLL(None); sys.exit(l.ptrace(16,1,0,0)!=-1)' "
	 "&& false"),
	"test $(ps ax | wc -l) -gt 20",
};

START_TEST(nothing_leaves_the_jail)
{
	open_sandbox();
	struct sandbox_result r = run(escapes[_i]);
	ck_assert_msg(r.status != 0, "'%s' went through: %s", escapes[_i], r.output);
	sandbox_result_finish(&r);
	close_sandbox();
}
END_TEST

START_TEST(nothing_stays_running)
{
	open_sandbox();
	cleanup_free char *mark = xasprintf("%d", 700000 + (int)getpid());
	cleanup_free char *line =
		xasprintf("sleep %s & setsid sleep %s & nohup sleep %s >/dev/null 2>&1 & true",
			mark, mark, mark);
	expect(line, 0, NULL);
	glob_t found;
	ck_assert_int_eq(glob("/proc/[0-9]*/cmdline", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char bytes[256] = "";
		int fd = open(found.gl_pathv[i], O_RDONLY | O_CLOEXEC);
		ssize_t got = fd >= 0 ? read(fd, bytes, sizeof bytes - 1) : 0;
		if (fd >= 0)
			close(fd);
		ck_assert(got < 6 || strcmp(bytes, "sleep") != 0 || strcmp(bytes + 6, mark) != 0);
	}
	globfree(&found);
	close_sandbox();
}
END_TEST

/* ---- time, size, terminals ---- */

START_TEST(hanging_lines_are_stopped)
{
	static const char *const hanging[] = {"sleep 99", "trap '' INT TERM; sleep 99; sleep 99",
		"docker run --rm alpine sleep 99"};
	open_sandbox();
	struct sandbox_result r = run_with(hanging[_i], SANDBOX_INPUT_NONE, NULL, 1500);
	ck_assert(r.timed_out);
	ck_assert_int_ne(r.status, 0);
	ck_assert_int_lt(r.ended_ms - r.started_ms, 20000);
	sandbox_result_finish(&r);
	close_sandbox();
}
END_TEST

START_TEST(readers_get_an_end)
{
	static const char *const readers[] = {"cat", "read x; echo got $x",
		"docker run -i -t ubuntu /bin/bash", "bash", "python3"};
	open_sandbox();
	struct sandbox_result r = run_with(readers[_i], SANDBOX_INPUT_NONE, NULL, 30000);
	ck_assert_msg(!r.timed_out, "%s", r.output);
	sandbox_result_finish(&r);
	close_sandbox();
}
END_TEST

START_TEST(text_is_typed)
{
	open_sandbox();
	struct sandbox_result r = run_with("docker run -i -t ubuntu /bin/bash", SANDBOX_INPUT_TEXT,
		"echo in-$((40+2))\nexit 5\n", 30000);
	ck_assert_msg(strstr(r.output, "in-42") != NULL, "%s", r.output);
	ck_assert_int_eq(r.status, 5);
	sandbox_result_finish(&r);
	close_sandbox();
}
END_TEST

static void count_bytes(void *data, const char *bytes, size_t length)
{
	(void)bytes;
	*(size_t *)data += length;
}

START_TEST(large_output_is_shown_whole_and_captured_in_part)
{
	size_t seen = 0;
	struct sandbox_result r = {0};
	const struct sandbox_run big = {.line = "yes 0123456789 | head -c 30000000 | tr -d '\\n'",
		.input = SANDBOX_INPUT_NONE,
		.timeout_ms = 60000,
		.capture_limit = 100000,
		.output = count_bytes,
		.output_data = &seen};
	open_sandbox();
	ck_assert(sandbox_run(sandbox, &big, &r, NULL));
	ck_assert_uint_ge(seen, 27000000);
	ck_assert_uint_eq(r.output_length, 100000);
	ck_assert(r.cut);
	sandbox_result_finish(&r);
	close_sandbox();
}
END_TEST

START_TEST(files_stay_in_the_workspace)
{
	struct error err = {0};
	open_sandbox();
	ck_assert(sandbox_write_file(sandbox, "app/x.txt", "inside\n", &err));
	expect("cat app/x.txt", 0, "inside");
	static const char *const names[] = {"../x", "/tmp/x", "a/../../x", "", ".."};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		ck_assert(!sandbox_write_file(sandbox, names[i], "x", &err));
	expect("ln -s /tmp out", 0, NULL);
	ck_assert(!sandbox_write_file(sandbox, "out/x", "x", &err));
	error_finish(&err);
	close_sandbox();
}
END_TEST

/* ---- checks: before they must not hold, after they must ---- */

static const struct {
	const char *setup, *line;
} derived[] = {
	{NULL, "docker run -d --name c1 nginx"},
	{NULL, "docker run -d -p 8091:80 nginx"},
	{NULL, "docker run --rm alpine true"},
	{NULL, "docker create --name c2 alpine"},
	{"docker run -d --name c3 alpine sleep 99", "docker kill c3"},
	{"docker run -d --name c4 alpine sleep 99", "docker rm -f c4"},
	{"docker run -d --name c5 alpine sleep 99", "docker pause c5"},
	{"docker run -d --name c6 alpine sleep 99", "docker rename c6 c66"},
	{"docker create --name c7 alpine sleep 99", "docker start c7"},
	{"docker rmi -f httpd", "docker pull httpd"},
	{"docker pull debian", "docker rmi debian"},
	{"docker pull alpine", "docker tag alpine t1:x"},
	{"docker create --name c8 alpine", "docker commit c8 snap8"},
	{NULL, "docker network create n1"},
	{"docker network create n2", "docker network rm n2"},
	{NULL, "docker volume create v1"},
	{"docker volume create v2", "docker volume rm v2"},
	{"docker network create n3 && docker create --name c9 alpine",
		"docker network connect n3 c9"},
};

/* A container that is removed may have been called as another one's id begins. */
START_TEST(a_name_is_no_beginning_of_an_id)
{
	struct error err = {0};
	struct engine *engine = NULL;
	struct check_scene *scene = NULL;
	struct check_verdicts verdicts = {0};
	struct check_plan *plan = NULL;
	open_sandbox();
	struct sandbox_result made = run("docker pull -q alpine >/dev/null; docker create alpine");
	ck_assert_int_eq(made.status, 0);
	cleanup_free char *name = xstrndup(made.output + strspn(made.output, "\r\n"), 4);
	cleanup_free char *create = xasprintf("docker create --name %s alpine", name);
	cleanup_free char *removal = xasprintf("docker rm %s", name);
	cleanup_free char *statement = xasprintf("container %s is gone", name);
	const char *const texts[] = {statement};
	expect(create, 0, NULL);
	const struct engine_options options = {.host = sandbox_docker_host(sandbox)};
	ck_assert(engine_open(&options, &engine, &err));
	ck_assert(check_scene_open(&(struct check_scene_options){.engine = engine}, &scene, &err));
	ck_assert(check_plan_parse(texts, 1, NULL, &plan, NULL, &err));
	expect(removal, 0, NULL);
	check_plan_hold(plan, scene, 2000, NULL, NULL, &verdicts);
	ck_assert_msg(verdicts.items[0].outcome == CHECK_HELD, "%s: seen %s", statement,
		verdicts.items[0].seen != NULL ? verdicts.items[0].seen : "nothing");
	sandbox_result_finish(&made);
	check_verdicts_finish(&verdicts);
	check_plan_destroy(plan);
	check_scene_close(scene);
	engine_close(engine);
	close_sandbox();
}
END_TEST

START_TEST(derived_checks_hold_after_and_not_before)
{
	struct error err = {0};
	struct engine *engine = NULL;
	struct check_scene *scene = NULL;
	struct check_verdicts before = {0}, after = {0};
	open_sandbox();
	if (derived[_i].setup != NULL)
		expect(derived[_i].setup, 0, NULL);
	const struct engine_options options = {.host = sandbox_docker_host(sandbox),
		.probe_socket = sandbox_socket,
		.probe_data = sandbox};
	ck_assert_msg(engine_open(&options, &engine, &err), "%s", error_text(&err));
	ck_assert_msg(
		check_scene_open(&(struct check_scene_options){.engine = engine}, &scene, &err),
		"%s", error_text(&err));
	struct check_plan *plan = check_plan_derive(derived[_i].line, NULL, NULL);
	check_plan_hold(plan, scene, 0, NULL, NULL, &before);
	ck_assert_int_ne(check_verdicts_outcome(&before), CHECK_HELD);
	struct sandbox_result r = run(derived[_i].line);
	const struct check_ran ran = {
		derived[_i].line, r.status, false, r.output, r.started_ms, r.ended_ms};
	check_scene_ran(scene, &ran);
	check_plan_hold(plan, scene, 5000, NULL, NULL, &after);
	for (size_t i = 0; i < after.count; i++)
		ck_assert_msg(after.items[i].outcome == CHECK_HELD, "%s: seen %s; %s",
			after.items[i].statement,
			after.items[i].seen != NULL ? after.items[i].seen : "nothing", r.output);
	sandbox_result_finish(&r);
	check_verdicts_finish(&before);
	check_verdicts_finish(&after);
	check_plan_destroy(plan);
	check_scene_close(scene);
	engine_close(engine);
	close_sandbox();
}
END_TEST

START_TEST(http_is_asked_in_the_daemons_network)
{
	struct engine *engine = NULL;
	struct check_scene *scene = NULL;
	struct check_plan *plan = NULL;
	struct check_verdicts verdicts = {0};
	const char *const statements[] = {"http web9:80 answers 200 with /Welcome/",
		"container web9 logs /Welcome|GET|[0-9]|^$/", "container web9 has env A=b",
		"container web9 memory ≤ 64m", "2 containers image no-such",
		"no container image no-such", "any container image nginx"};
	static const enum check_outcome outcomes[] = {CHECK_HELD, CHECK_HELD, CHECK_HELD,
		CHECK_HELD, CHECK_NOT_HELD, CHECK_HELD, CHECK_HELD};
	open_sandbox();
	expect("docker run -d --name web9 -p 8099:80 -e A=b -m 32m nginx", 0, NULL);
	const struct engine_options options = {.host = sandbox_docker_host(sandbox),
		.probe_socket = sandbox_socket,
		.probe_data = sandbox};
	ck_assert(engine_open(&options, &engine, NULL));
	ck_assert(check_scene_open(&(struct check_scene_options){.engine = engine}, &scene, NULL));
	ck_assert(check_plan_parse(statements, ARRAY_LENGTH(statements), NULL, &plan, NULL, NULL));
	check_plan_hold(plan, scene, 1500, NULL, NULL, &verdicts);
	for (size_t i = 0; i < verdicts.count; i++)
		ck_assert_msg(verdicts.items[i].outcome == outcomes[i], "%s: %s",
			verdicts.items[i].statement,
			verdicts.items[i].seen ? verdicts.items[i].seen : "");
	check_verdicts_finish(&verdicts);
	check_plan_destroy(plan);
	check_scene_close(scene);
	engine_close(engine);
	expect("docker rm -f web9", 0, NULL);
	close_sandbox();
}
END_TEST

/* ---- a daemon that is not ours: here the practice daemon plays it ---- */

START_TEST(host_objects_are_labelled)
{
	struct error err = {0};
	struct daemon_status status = {0};
	ck_assert(daemon_status(&status, &err));
	open_sandbox();
	expect("docker create --name stranger alpine", 0, NULL);
	close_sandbox();
	const struct sandbox_options options = {
		.learner = "guest", .daemon = SANDBOX_HOST, .host = status.host, .signals = -1};
	ck_assert_msg(sandbox_open(&options, &sandbox, &err), "%s", error_text(&err));
	ck_assert_msg(sandbox_wait(sandbox, &err), "%s", error_text(&err));
	expect("docker create --name mine1 alpine && docker volume create mine2 && docker network "
	       "create mine3",
		0, NULL);
	expect("docker inspect -f '{{index .Config.Labels \"ropes.owner\"}}' mine1", 0, "guest");
	ck_assert_msg(sandbox_reset(sandbox, &err), "%s", error_text(&err));
	expect("docker inspect mine1 mine2 mine3", 1, NULL);
	expect("docker inspect stranger && docker rm stranger", 0, NULL);
	close_sandbox();
	daemon_status_finish(&status);
}
END_TEST

/* Straight at the daemon, past the gate: even then its socket is nowhere that a container reaches.
 */
START_TEST(the_daemons_socket_is_hidden)
{
	struct error err = {0};
	struct daemon_status status = {0};
	open_sandbox();
	ck_assert(daemon_status(&status, &err));
	cleanup_free char *line =
		xasprintf("DOCKER_HOST=%s docker run --rm -v /sock:/s alpine ls /s", status.host);
	int ends[2];
	ck_assert_int_eq(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(ends[1], 1);
		execl("/bin/sh", "sh", "-c", line, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	FILE *out = fdopen(ends[0], "r");
	char text[256] = "";
	(void)!fread(text, 1, sizeof text - 1, out);
	fclose(out);
	int ended = -1;
	waitpid(pid, &ended, 0);
	ck_assert_int_eq(ended, 0);
	ck_assert_str_eq(text, "");
	daemon_status_finish(&status);
	close_sandbox();
}
END_TEST

START_TEST(reset_removes_everything)
{
	struct error err = {0};
	open_sandbox();
	expect("docker create --name left alpine; touch file", 0, NULL);
	ck_assert_msg(sandbox_reset(sandbox, &err), "%s", error_text(&err));
	expect("docker ps -aq | wc -l; ls | wc -l", 0, "0");
	expect("docker inspect left", 1, NULL);
	expect("test ! -e file", 0, NULL);
	close_sandbox();
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{lines_run, ARRAY_LENGTH(lines)},
		{shell_goes_on, 1},
		{nothing_leaves_the_jail, ARRAY_LENGTH(escapes)},
		{nothing_stays_running, 1},
		{hanging_lines_are_stopped, 3},
		{readers_get_an_end, 5},
		{text_is_typed, 1},
		{large_output_is_shown_whole_and_captured_in_part, 1},
		{files_stay_in_the_workspace, 1},
		{a_name_is_no_beginning_of_an_id, 1},
		{derived_checks_hold_after_and_not_before, ARRAY_LENGTH(derived)},
		{http_is_asked_in_the_daemons_network, 1},
		{host_objects_are_labelled, 1},
		{the_daemons_socket_is_hidden, 1},
		{reset_removes_everything, 1},
		{a_dead_daemon_is_replaced, 8},
		{a_late_keeper_leaves_the_new_daemon_alone, 1},
		{stale_folder_is_no_hindrance, 1},
		{long_path_is_told, 1},
		{refused_namespaces_are_told_and_nothing_waits, 1},
		{nothing_is_left_however_it_ends, STOPPED + 1},
	};
	cleanup_free char *runtime = xasprintf("%s/tl-%d", suite_temporary(), (int)getpid());
	cleanup_free char *data = xasprintf("%s/tl-%d-data", suite_temporary(), (int)getpid());
	struct error err = {0};
	setenv("XDG_RUNTIME_DIR", runtime, 1);
	setenv("XDG_DATA_HOME", data, 1);
	int status = suite_run("live/sandbox", tests, ARRAY_LENGTH(tests), 120);
	bool clean = daemon_stop(&err) && folder_remove(runtime, &err) && folder_remove(data, &err);
	if (!clean)
		fprintf(stderr, "left behind: %s\n", error_text(&err));
	error_finish(&err);
	return clean ? status : 1;
}
