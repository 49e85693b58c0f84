/* tests/live/test_sandbox.c - the real thing: a practice machine, lines in it, checks against what
 * happened. One machine of its own for all tests; the image cache is the run's. */
#include "check.h"
#include "sandbox.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

/* Of the environment that the tests, and so the machine's supervisor, were started with. */
#define SECRET "tl-0b5e-not-to-be-seen"

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

#define HOME_LIMIT (16u << 20)

static void open_sandbox(void)
{
	struct error err = {0};
	const struct sandbox_options options = {.learner = "ada",
		.daemon = SANDBOX_PRACTICE,
		.signals = -1,
		.start = {.home_limit = HOME_LIMIT}};
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
	ck_assert_msg(
		r.status == status, "'%s' exited with status %d: %s", line, r.status, r.output);
	ck_assert_msg(output == NULL || strstr(r.output, output) != NULL, "'%s' said: %s", line,
		r.output);
	sandbox_result_finish(&r);
}

/* ---- the machine ---- */

/* The name, the parent and the state of a process; false: there is none. */
static bool read_process(pid_t pid, char name[64], int *parent, char *state)
{
	cleanup_free char *path = xasprintf("/proc/%d/stat", (int)pid);
	FILE *file = fopen(path, "re");
	bool good = file != NULL && fscanf(file, "%*d (%63[^)]) %c %d", name, state, parent) == 3;
	if (file != NULL)
		fclose(file);
	return good;
}

/* One that only waits to be reaped is dead. */
static bool is_alive(pid_t pid)
{
	char name[64], state = 'Z';
	int parent;
	return read_process(pid, name, &parent, &state) && state != 'Z' && state != 'X';
}

/* The processes that a process started; NULL: all names. */
static size_t children_of(pid_t above, const char *name, pid_t *ret, size_t max)
{
	glob_t found;
	size_t count = 0;
	ck_assert_int_eq(glob("/proc/[0-9]*", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc && count < max; i++) {
		pid_t pid = (pid_t)strtol(found.gl_pathv[i] + strlen("/proc/"), NULL, 10);
		char own[64], state;
		int parent;
		if (read_process(pid, own, &parent, &state) && parent == above &&
			(name == NULL || strcmp(own, name) == 0))
			ret[count++] = pid;
	}
	globfree(&found);
	return count;
}

static bool has_groups(void)
{
	static const char *const folders[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/*"};
	cleanup_free char *state = machine_state_folder(MACHINE_PRACTICE);
	uint32_t hash = 2166136261u;
	for (const char *c = state; *c != '\0'; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	bool found = false;
	for (size_t i = 0; i < ARRAY_LENGTH(folders) && !found; i++) {
		cleanup_free char *pattern =
			xasprintf("%s/ropes-%u-%08x", folders[i], (unsigned)getuid(), hash);
		glob_t groups = {0};
		found = glob(pattern, 0, NULL, &groups) == 0;
		globfree(&groups);
	}
	return found;
}

#define KIN_MAX 16
struct kin {
	pid_t pids[KIN_MAX];
	size_t count;
};

/* Its supervisor, its first process, and whatever the supervisor started beside. */
static struct kin kin_of(const struct machine_status *status)
{
	struct kin kin = {.pids = {status->supervisor, status->init}, .count = 2};
	kin.count += children_of(status->supervisor, NULL, kin.pids + 2, KIN_MAX - 2);
	return kin;
}

static bool nothing_left(const struct kin *kin)
{
	cleanup_free char *state = machine_state_folder(MACHINE_PRACTICE);
	for (size_t i = 0; i < kin->count; i++)
		if (is_alive(kin->pids[i]))
			return false;
	return !folder_exists(state) && !has_groups();
}

static bool wait_until_nothing_left(const struct kin *kin)
{
	for (int i = 0; i < 2000; i++) {
		if (nothing_left(kin))
			return true;
		usleep(20000);
	}
	return false;
}

static void expect_ready(struct machine_status *ret)
{
	struct error err = {0};
	ck_assert(machine_status(MACHINE_PRACTICE, ret, &err));
	ck_assert_int_eq(ret->state, MACHINE_READY);
}

static pid_t helper_of(const struct machine_status *status, const char *name)
{
	pid_t pid = 0;
	ck_assert_msg(children_of(status->supervisor, name, &pid, 1) == 1, "no %s", name);
	return pid;
}

/* As root inside; the machine may be gone before that is reported. */
static void kill_inside(const char *name)
{
	const char *const argv[] = {"pkill", "-9", "-x", name, NULL};
	const struct machine_program program = {.argv = argv};
	struct machine_process process;
	struct error err = {0};
	if (!machine_run(MACHINE_PRACTICE, &program, &process, &err)) {
		/* even before it is reported that the program runs; whoever asked for this sees
		 * that nothing is left */
		ck_assert_msg(strstr(error_text(&err), "has ended") != NULL, "%s: %s", name,
			error_text(&err));
		error_finish(&err);
		return;
	}
	int status = machine_process_wait(&process);
	ck_assert_msg(status == 0 || status == 137, "%s: %d", name, status);
}

/* What is stopped or killed: by the command, processes of the supervisor, programs inside. */
static const struct victim {
	enum { STOP, SUPERVISOR, FIRST, HELPER, INSIDE } where;
	const char *name;
} victims[] = {{STOP, NULL}, {SUPERVISOR, NULL}, {FIRST, NULL}, {HELPER, "ropes-logger"},
	{INSIDE, "dockerd"}, {INSIDE, "docker-registry"}, {INSIDE, "ropes-witness"}};

static void strike(const struct victim *v, const struct machine_status *status)
{
	struct error err = {0};
	if (v->where == STOP)
		ck_assert_msg(machine_stop(MACHINE_PRACTICE, &err), "%s", error_text(&err));
	else if (v->where == INSIDE)
		kill_inside(v->name);
	else
		ck_assert_int_eq(kill(v->where == SUPERVISOR ? status->supervisor
					 : v->where == FIRST ? status->init
							     : helper_of(status, v->name),
					 SIGKILL),
			0);
}

/* A machine of a test's own, at a folder of its own. */
static char *start_other(const char *name, struct machine_status *ret)
{
	struct error err = {0};
	const struct machine_options options = {0};
	char *runtime = xasprintf("%s/tl-%d-%s", suite_temporary(), (int)getpid(), name);
	setenv("XDG_RUNTIME_DIR", runtime, 1);
	ck_assert_msg(machine_start(&options, &err), "%s", error_text(&err));
	expect_ready(ret);
	return runtime;
}

static void end_other(const char *runtime, struct machine_status *status)
{
	struct error err = {0};
	ck_assert_msg(machine_stop(MACHINE_PRACTICE, &err), "%s", error_text(&err));
	ck_assert_msg(machine_stop(MACHINE_PRACTICE, &err), "%s", error_text(&err));
	machine_status_finish(status);
	ck_assert(folder_remove(runtime, &err));
}

START_TEST(nothing_is_left_however_it_ends)
{
	struct error err = {0};
	const struct machine_options options = {0};
	struct machine_status status = {0};
	cleanup_free char *name = xasprintf("end%d", _i);
	cleanup_free char *runtime = start_other(name, &status);
	struct kin kin = kin_of(&status);
	ck_assert_msg(machine_start(&options, &err), "%s", error_text(&err)); /* is no mistake */
	strike(&victims[_i], &status);
	ck_assert(wait_until_nothing_left(&kin));
	end_other(runtime, &status);
}
END_TEST

/* A session holds it; nobody else does. */
START_TEST(an_idle_machine_ends)
{
	struct error err = {0};
	struct machine_status status = {0};
	const struct machine_options options = {.idle_ms = 500};
	cleanup_free char *runtime = xasprintf("%s/tl-%d-idle", suite_temporary(), (int)getpid());
	setenv("XDG_RUNTIME_DIR", runtime, 1);
	ck_assert_msg(machine_start(&options, &err), "%s", error_text(&err));
	int lease = machine_lease(MACHINE_PRACTICE);
	ck_assert_int_ge(lease, 0);
	expect_ready(&status);
	struct kin kin = kin_of(&status);
	usleep(3000000);
	ck_assert(is_alive(status.supervisor) && is_alive(status.init));
	close(lease);
	ck_assert(wait_until_nothing_left(&kin));
	end_other(runtime, &status);
}
END_TEST

START_TEST(a_dead_helper_is_replaced)
{
	static const char *const names[] = {"ropes-reaper", "ropes-publisher"};
	struct machine_status status = {0};
	cleanup_free char *runtime = start_other("helper", &status);
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		pid_t old = helper_of(&status, names[i]), now = old;
		ck_assert_int_eq(kill(old, SIGKILL), 0);
		while (children_of(status.supervisor, names[i], &now, 1) == 0 || now == old)
			usleep(5000);
	}
	struct kin kin = kin_of(&status);
	ck_assert_int_eq(kill(status.supervisor, SIGKILL), 0);
	ck_assert(wait_until_nothing_left(&kin));
	end_other(runtime, &status);
}
END_TEST

/* The old supervisor and its reaper are still cleaning up when the new daemon is asked for. */
START_TEST(a_dead_machine_is_replaced)
{
	struct error err = {0};
	struct machine_status status = {0};
	open_sandbox();
	ck_assert(machine_status(MACHINE_PRACTICE, &status, &err));
	ck_assert_int_eq(status.state, MACHINE_READY);
	pid_t victim = _i % 2 == 0 ? status.init : status.supervisor;
	ck_assert_int_eq(kill(victim, SIGKILL), 0);
	while (is_alive(status.init)) /* it goes with its supervisor */
		usleep(1000);
	usleep((useconds_t)_i * 3000);
	ck_assert_msg(sandbox_wait(sandbox, &err), "%s", error_text(&err));
	expect("docker ps", 0, "CONTAINER");
	machine_status_finish(&status);
	close_sandbox();
}
END_TEST

/* The old supervisor comes to clean up only when the new daemon is up. */
START_TEST(a_late_supervisor_leaves_the_new_machine_alone)
{
	struct error err = {0};
	struct machine_status status = {0};
	open_sandbox();
	ck_assert(machine_status(MACHINE_PRACTICE, &status, &err));
	ck_assert_int_eq(status.state, MACHINE_READY);
	ck_assert(kill(status.supervisor, SIGSTOP) == 0 && kill(status.init, SIGKILL) == 0);
	while (is_alive(status.init))
		usleep(1000);
	ck_assert_msg(sandbox_wait(sandbox, &err), "%s", error_text(&err));
	ck_assert_int_eq(kill(status.supervisor, SIGCONT), 0);
	while (is_alive(status.supervisor))
		usleep(1000);
	expect("docker ps", 0, "CONTAINER");
	machine_status_finish(&status);
	close_sandbox();
}
END_TEST

START_TEST(stale_folder_is_no_hindrance)
{
	struct error err = {0};
	const struct machine_options options = {0};
	struct machine_status status = {0};
	cleanup_free char *runtime = xasprintf("%s/tl-%d-stale", suite_temporary(), (int)getpid());
	setenv("XDG_RUNTIME_DIR", runtime, 1);
	cleanup_free char *state = machine_state_folder(MACHINE_PRACTICE);
	cleanup_free char *file = path_join(state, "status");
	const char *old =
		"kind 0\nsupervisor 999999 5\ninit 999998 5\nrootless 0\ndata 1\nmemory 1\npids 1\n"
		"version 1\n";
	ck_assert(folder_make(state, 0700, &err) && file_write(file, old, strlen(old), 0600, &err));
	ck_assert(machine_status(MACHINE_PRACTICE, &status, &err));
	ck_assert_int_eq(status.state, MACHINE_STALE);
	machine_status_finish(&status);
	ck_assert_msg(machine_start(&options, &err), "%s", error_text(&err));
	ck_assert_msg(machine_stop(MACHINE_PRACTICE, &err), "%s", error_text(&err));
	ck_assert(folder_remove(runtime, &err));
}
END_TEST

START_TEST(long_path_is_told)
{
	struct error err = {0};
	const struct machine_options options = {0};
	cleanup_free char *runtime =
		xasprintf("%s/tl-%d-%0100d", suite_temporary(), (int)getpid(), 0);
	setenv("XDG_RUNTIME_DIR", runtime, 1);
	ck_assert(!machine_start(&options, &err));
	ck_assert_msg(strstr(error_text(&err), "too long") != NULL, "%s", error_text(&err));
	error_finish(&err);
	ck_assert(machine_stop(MACHINE_PRACTICE, &err) && folder_remove(runtime, &err));
}
END_TEST

/* What a start asks of the kernel is refused: by a filter, as other systems do by other means. */
static const struct refusal {
	int call, number;
	unsigned long flags; /* of the first argument; 0: any */
	const char *told;
} refusals[] = {
	{SCMP_SYS(clone), EPERM, CLONE_NEWUSER, "cannot create its user namespace: Operation not"},
	{SCMP_SYS(clone), ENOSPC, CLONE_NEWUSER, "cannot create its user namespace: No space left"},
	{SCMP_SYS(mount), EPERM, 0, "mount namespace: Operation not permitted"},
	{SCMP_SYS(open_tree), ENOSYS, 0, "Function not implemented"},
	{SCMP_SYS(mount_setattr), ENOSYS, 0, "Function not implemented"},
	{SCMP_SYS(pivot_root), EPERM, 0,
		"cannot enter the machine's root: Operation not permitted"},
	{SCMP_SYS(sethostname), EPERM, 0,
		"cannot set the machine's name and network: Operation not"},
};

static void refuse(const struct refusal *r)
{
	scmp_filter_ctx context = seccomp_init(SCMP_ACT_ALLOW);
	/* newuidmap must keep its rights; a user who can't have both sees the first rows only */
	ck_assert(seccomp_attr_set(context, SCMP_FLTATR_CTL_NNP, geteuid() != 0) == 0 &&
		  seccomp_rule_add(context, SCMP_ACT_ERRNO((uint32_t)r->number), r->call,
			  r->flags != 0 ? 1 : 0,
			  SCMP_A0(SCMP_CMP_MASKED_EQ, r->flags, r->flags)) == 0);
	if (r->call == SCMP_SYS(clone)) /* root's machine leaves its namespace by the other call */
		ck_assert(seccomp_rule_add(context, SCMP_ACT_ERRNO((uint32_t)r->number),
				  SCMP_SYS(unshare), 1,
				  SCMP_A0(SCMP_CMP_MASKED_EQ, r->flags, r->flags)) == 0);
	ck_assert(seccomp_load(context) == 0);
	seccomp_release(context);
}

START_TEST(a_refusal_is_told_and_leaves_nothing)
{
	struct error err = {0};
	const struct machine_options options = {0};
	cleanup_free char *runtime =
		xasprintf("%s/tl-%d-refused", suite_temporary(), (int)getpid());
	if (geteuid() != 0 && refusals[_i].flags == 0)
		return;
	setenv("XDG_RUNTIME_DIR", runtime, 1);
	refuse(&refusals[_i]);
	ck_assert(!machine_start(&options, &err));
	ck_assert_msg(strstr(error_text(&err), refusals[_i].told) != NULL, "%s", error_text(&err));
	error_finish(&err);
	ck_assert(wait_until_nothing_left(&(struct kin){0}));
	ck_assert(machine_stop(MACHINE_PRACTICE, &err) && folder_remove(runtime, &err));
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
	{"sudo id -u", 0, "0"},
	{"sudo -i id -un", 0, "root"},
	{"sudo -u root -- sh -c 'touch /root/x && ls /root'", 0, "x"},
	{"sudo mount -t tmpfs none /mnt && sudo touch /mnt/x && ls /mnt && sudo umount /mnt", 0,
		"x"},
	{"unshare -Ur id -u", 0, "0"},
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

/* One shell for all lines of a session. */
#define STEPS_MAX 5
static const struct step {
	const char *line;
	int status;
	const char *output; /* NULL: none at all */
} sessions[][STEPS_MAX] = {
	{{"x=5 y='a  b'", 0, NULL}, {"echo \"$x,$y\"", 0, "5,a  b"}},
	{{"export GREETING=hello", 0, NULL}, {"env | grep GREETING", 0, "GREETING=hello"}},
	{{"list=(a b c); declare -A map=([k]=v)", 0, NULL}, {"echo ${list[2]}${map[k]}", 0, "cv"}},
	{{"greet() { echo hi $1; }", 0, NULL}, {"greet ada", 0, "hi ada"}},
	{{"alias hey='echo hello'", 0, NULL}, {"hey ada", 0, "hello ada"}},
	{{"mkdir -p sub && cd sub", 0, NULL}, {"pwd", 0, "/home/ada/sub"}, {"cd -", 0, "/home/ada"},
		{"cd - >/dev/null; dirs", 0, "~/sub"}},
	{{"false", 1, NULL}, {"echo $?", 0, "1"}},
	{{"echo one two", 0, "one two"}, {"echo $_", 0, "two"}},
	{{"set -- a 'b c'", 0, NULL}, {"echo $#", 0, "2"}},
	{{"sleep 1000 &", 0, "[1]"}, {"jobs", 0, "sleep 1000"},
		{"kill %1; wait %1", 143, "Terminated"}, {"jobs", 0, NULL}},
	{{"(until test -e go; do sleep 0.05; done; echo later) &", 0, "[1]"},
		{"echo now", 0, "now"}, {"touch go; wait", 0, "later"}, {"rm go", 0, NULL}},
	{{"cat <<EOF\na $((1+1))\n'b'\nEOF", 0, "a 2\r\n'b'"}, {"cat <<'EOF'\n$x\nEOF", 0, "$x"}},
	{{"for i in 1 2\ndo\n\techo n$i\ndone", 0, "n1\r\nn2"},
		{"f() {\n\tlocal x=1\n\techo $x\n}\nf", 0, "1"}},
	{{"# only words", 0, NULL}, {"", 0, NULL}, {"true # and words", 0, NULL}},
	{{"echo 'open", 2, "unexpected EOF"}, {"echo on", 0, "on"}},
	{{"for i in 1 2; do", 2, "syntax error"}, {"echo on", 0, "on"}},
	{{"mkdir -p sub && cd sub; v=1", 0, NULL}, {"exit 4", 4, "exit"},
		{"echo \"v=$v\"; pwd", 0, "v=\r\n/home/ada/sub"}},
	{{"kill -9 $$", 137, NULL}, {"echo on", 0, "on"}},
	{{"exec true", 0, NULL}, {"echo on", 0, "on"}},
	{{"exec 2>/dev/null", 0, NULL}, {"nosuchcommand", 127, NULL}, {"echo on", 0, "on"}},
	{{"exec >out.txt", 0, NULL}, {"echo into", 0, NULL},
		{"exec >/dev/tty; cat out.txt", 0, "into"}},
	{{"exec </dev/null", 0, NULL}, {"echo on", 0, "on"}},
	{{"exec 200>&-", 0, NULL}, {"echo on", 0, "on"}, {"echo on", 0, "on"}},
	{{"exec 201>&-", 255, NULL}, {"echo on", 0, "on"}, {"echo on", 0, "on"}},
	/* bash 5.3 says how to leave, and stays; earlier ones end, and a new one follows */
	{{"set -e", 0, NULL}, {"echo on", 0, "on"}, {"false", 1, ""}, {"echo on", 0, "on"}},
	{{"set -e; false; v=ran", 1, ""}, {"echo ${v:-on}", 0, "on"}},
	{{"set -e", 0, NULL}, {"false || true; ! true; echo $?", 0, "1"}, {"echo on", 0, "on"}},
	{{"trap 'echo failed' ERR", 0, NULL}, {"false", 1, "failed"}, {"true", 0, NULL},
		{"sh -c 'exit 3'", 3, "failed"}, {"echo $?", 0, "3"}},
	{{"set -u", 0, NULL}, {"echo $nosuch", 1, "unbound variable"}, {"echo on", 0, "on"}},
	{{"set -x", 0, NULL}, {"false", 1, "++ false\r\n"},
		{"echo $?; set +x", 0, "++ echo 1\r\n1"}, {"true", 0, NULL}},
	{{"set -v", 0, NULL}, {"echo one\necho two", 0, "echo one\r\none\r\necho two\r\ntwo\r\n"},
		{"false", 1, "false\r\n"}, {"echo $?; set +v", 0, "1"}, {"echo off", 0, "off\r\n"}},
	{{"set -xv; echo a b", 0, "a b"}, {"echo on", 0, "echo on\r\n++ echo on\r\non\r\n"}},
	{{"set -f; set -C; set -o posix; IFS=x", 0, NULL}, {"echo on", 0, "on"}},
	{{"set -n", 0, NULL}, {"echo on", 0, "on"}},
	{{"PS1='> ' PS2='more '", 0, NULL}, {"echo on", 0, "on"}, {"false", 1, NULL}},
	{{"PATH=", 0, NULL}, {"echo on", 0, "on"}, {"ls", 127, "bash: ls: "},
		{"PATH=/bin", 0, NULL}},
	{{"LANG=C LC_ALL=C", 0, NULL}, {"cd; mkdir -p \xc3\xa4; cd \xc3\xa4", 0, NULL},
		{"pwd", 0, "/\xc3\xa4"}},
	{{"printf() { echo mine; }; read() { echo mine; }", 0, NULL}, {"echo on", 0, "on"},
		{"printf x", 0, "mine"}},
	{{"alias printf=false read=false local=false eval=false", 0, NULL}, {"echo on", 0, "on"}},
	{{"trap 'echo bye' EXIT; trap 'echo int' INT; trap 'true' DEBUG", 0, NULL},
		{"echo on", 0, "on"}, {"exit", 0, "bye"}},
	{{"shopt -s extglob globstar failglob extdebug", 0, NULL}, {"echo on", 0, "on"}},
	{{"stty -echo raw", 0, NULL}, {"stty -a | grep -o ' icanon'", 0, "icanon"}},
	{{"PROMPT_COMMAND=nosuchcommand; unset PROMPT_COMMAND", 1, "readonly"},
		{"echo on", 0, "on"}},
	{{"bash -c 'exit 9'", 9, NULL}, {"bash -i -c 'echo $PROMPT_COMMAND'", 0, ""}},
	{{"su - ada -c true; newgrp docker </dev/null; echo on", 0, "on"}, {"echo on", 0, "on"}},
};

START_TEST(a_session_is_one_shell)
{
	open_sandbox();
	for (const struct step *step = sessions[_i]; step < sessions[_i] + STEPS_MAX; step++) {
		if (step->line == NULL)
			break;
		struct sandbox_result r = run(step->line);
		ck_assert_msg(r.status == step->status, "'%s' exited with status %d: %s",
			step->line, r.status, r.output);
		ck_assert_msg(step->output != NULL ? strstr(r.output, step->output) != NULL
						   : r.output_length == 0,
			"'%s' said: %s", step->line, r.output);
		ck_assert_msg(
			strstr(r.output, "__ropes") == NULL, "'%s' said: %s", step->line, r.output);
		sandbox_result_finish(&r);
	}
	expect("cd && find . -mindepth 1 -delete; pwd", 0, "/home/ada");
	close_sandbox();
}
END_TEST

/* What the shell does for itself is never shown. */
START_TEST(an_echo_shows_the_lines_alone)
{
	open_sandbox();
	expect("set -v", 0, NULL);
	struct sandbox_result r = run("echo one");
	ck_assert_str_eq(r.output, "echo one\r\none\r\n");
	sandbox_result_finish(&r);
	r = run("set -x");
	ck_assert_str_eq(r.output, "set -x\r\n");
	sandbox_result_finish(&r);
	r = run("true");
	ck_assert_str_eq(r.output, "true\r\n++ true\r\n");
	sandbox_result_finish(&r);
	close_sandbox();
}
END_TEST

START_TEST(a_second_learner_has_a_name)
{
	static const char *const names[] = {"ada", "grace", "root", "ada"};
	static const char *const shown[] = {"ada", "grace", "learner", "ada"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		struct error err = {0};
		const struct sandbox_options options = {.learner = names[i],
			.daemon = SANDBOX_PRACTICE,
			.signals = -1,
			.start = {.home_limit = HOME_LIMIT}};
		cleanup_free char *said =
			xasprintf("%s %s\r\n/home/%s\r\n1\r\n", shown[i], shown[i], names[i]);
		ck_assert_msg(sandbox_open(&options, &sandbox, &err), "%s", error_text(&err));
		ck_assert_msg(sandbox_wait(sandbox, &err), "%s", error_text(&err));
		expect("echo $(whoami) $USER; cd; pwd; grep -c ^root: /etc/passwd", 0, said);
		close_sandbox();
	}
}
END_TEST

START_TEST(the_end_of_a_shell_is_told)
{
	static const struct {
		const char *line;
		bool ended;
	} ends[] = {{"exit", true}, {"exit 3", true}, {"kill -9 $$", true}, {"exec true", true},
		{"(exit 3)", false}, {"bash -c 'kill -9 $$'", false}, {"false", false}};
	open_sandbox();
	for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
		struct sandbox_result r = run(ends[i].line);
		ck_assert_msg(r.shell_ended == ends[i].ended, "%s", ends[i].line);
		sandbox_result_finish(&r);
	}
	close_sandbox();
}
END_TEST

/* The prompt shows it: whatever a folder is called, that is one line of plain text. */
START_TEST(a_folders_name_does_nothing_to_the_prompt)
{
	static const struct {
		const char *line, *shown;
	} names[] = {
		{"cd", "~"},
		{"mkdir -p 'a b' && cd 'a b'", "~/a b"},
		{"mkdir -p \xc3\xa4 && cd \xc3\xa4", "~/\xc3\xa4"},
		{"mkdir -p $'a\\nb' && cd $'a\\nb'", "~/a?b"},
		{"mkdir -p $'a\\e[2Jb\\r' && cd $'a\\e[2Jb\\r'", "~/a?[2Jb?"},
		{"mkdir -p $'\\u202eab\\u2066' && cd $'\\u202eab\\u2066'", "~/?ab?"},
		{"mkdir -p $'\\xff\\u009bx' && cd $'\\xff\\u009bx'", "~/\xef\xbf\xbd?x"},
		{"mkdir -p $'end\\n' && cd $'end\\n'", "~/end?"},
		{"cd /tmp", "/tmp"},
		{"cd /home", "/home"},
		{"mkdir -p /tmp/$HOME && cd /tmp/$HOME", "/tmp/home/ada"},
		{"mkdir -p gone && cd gone && rmdir ../gone", "/tmp/home/ada/gone"},
	};
	open_sandbox();
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		expect(names[i].line, 0, NULL);
		ck_assert_str_eq(sandbox_folder_shown(sandbox), names[i].shown);
		if (text_starts(names[i].shown, "~"))
			expect("cd \"$PWD\" && cd", 0, NULL);
	}
	expect("cd && rm -rf *", 0, NULL);
	close_sandbox();
}
END_TEST

/* ---- nothing outside changes ---- */

/* What root inside is refused: what is of the outside. */
static const char *const escapes[] = {
	"touch /usr/x",
	"mount -o remount,rw,bind /usr && touch /usr/x",
	"umount /usr",
	"umount /home",
	"cat /etc/shadow",
	"ls /boot",
	"ls /var/lib/docker/../../../root/.ssh",
	"echo 1 >/proc/sys/kernel/sysrq",
	"echo 1 >/proc/sys/vm/drop_caches",
	"echo /tmp/x >/proc/sys/kernel/core_pattern",
	"echo c >/proc/sysrq-trigger",
	"kill -0 $(( $$ + 100000 ))",
	"mknod /tmp/sda b 8 0",
	"mknod /tmp/mem c 1 1",
	"dmesg",
	"cat /dev/mem",
	"cat /proc/kcore",
	"date -s 2001-01-01",
	"modprobe dummy",
	"mount -t proc none /mnt -o remount,rw",
	"mount -t debugfs none /mnt",
	"mount -t tracefs none /mnt",
	"mount -t ext4 /dev/sda1 /mnt",
	"mount -t bpf none /mnt",
	"losetup -f /etc/passwd",
	"curl -sm2 http://192.0.2.1",
	"chown 4000000 /tmp",
	"setpriv --reuid=4000000 true",
	"echo 1 >/proc/1/oom_score_adj && echo -1000 >/proc/1/oom_score_adj",
	"renice -n -20 1",
	"find /sys/fs/cgroup -maxdepth 2 -name memory.max -o -maxdepth 2 -name "
	"memory.limit_in_bytes | while read f; do echo 99999999999 >$f && exit 9; done; test $? = "
	"9",
	"find /sys/fs/cgroup -maxdepth 2 -name pids.max | while read f; do echo 99999 >$f && exit "
	"9; done; test $? = 9",
	"nsenter --net=/proc/1/ns/net --user=/proc/1/ns/user true",
	"chroot /proc/1/cwd/../../../../ test -e /work",
	"test -e /run/docker.sock.real",
	"python3 -c 'import fcntl,termios; fcntl.ioctl(0, termios.TIOCSTI, b\"x\")'",
	"python3 -c 'import ctypes,sys; l=ctypes.CDLL(None); sys.exit(l.ptrace(16,1,0,0)==-1)'",
	"python3 -c 'open(\"/proc/1/mem\",\"rb\")'",
	"cat /proc/1/environ",
	"ls /proc/1/fd/ /proc/1/root/",
	"test $(ps ax | wc -l) -gt 40",
};

static void as_root(struct buf *ret, const char *line)
{
	static const char quoted[] = "'\\''";
	buf_add_text(ret, "sudo sh -c '");
	for (; *line != '\0'; line++)
		if (*line == '\'')
			buf_add_text(ret, quoted);
		else
			buf_add_char(ret, *line);
	buf_add_char(ret, '\'');
}

START_TEST(nothing_leaves_the_machine)
{
	cleanup_buf struct buf line = {0};
	const char *const tries[] = {escapes[_i], NULL};
	open_sandbox();
	as_root(&line, tries[0]);
	const char *const both[] = {tries[0], buf_text(&line)};
	for (size_t i = 0; i < ARRAY_LENGTH(both); i++) {
		struct sandbox_result r = run(both[i]);
		ck_assert_msg(r.status != 0, "'%s' went through: %s", both[i], r.output);
		sandbox_result_finish(&r);
	}
	close_sandbox();
}
END_TEST

/* What root inside may do, and what of it must not be seen here. */
static const struct {
	const char *line, *outside;
} changes[] = {
	{"mount -t tmpfs none /mnt", "grep ' /mnt ' /proc/self/mountinfo"},
	{"mount --bind /tmp /usr/share && touch /usr/share/tl-x; umount /usr/share",
		"ls /usr/share/tl-x"},
	{"mount --make-rshared / && mount -t tmpfs none /srv && umount -l /srv",
		"grep ' /srv ' /proc/self/mountinfo"},
	{"hostname elsewhere", "hostname | grep elsewhere"},
	{"ip link add tl-link type dummy || ip link add tl-link type bridge",
		"ls /sys/class/net/tl-link"},
	{"iptables -N TL-CHAIN", "iptables-save | grep TL-CHAIN"},
	{"echo 'x:x:0:0::/:/bin/sh' >>/etc/passwd", "grep ^x:x:0 /etc/passwd"},
	{"touch /tmp/tl-here /run/tl-here /etc/tl-here /tl-here",
		"ls -d /tmp/tl-here /run/tl-here /etc/tl-here /tl-here | grep ."},
	{"ipcmk -M 4096", "ipcs -m | awk '$5==4096&&$3==\"x\"' | grep ."},
	{"mkdir -p /sys/fs/cgroup/tl-group || mkdir -p /sys/fs/cgroup/memory/tl-group || true",
		"ls -d /sys/fs/cgroup/tl-group /sys/fs/cgroup/memory/tl-group | grep ."},
	{"docker run --rm --privileged -v /:/host alpine touch /host/tl-deep /host/tmp/tl-deep",
		"ls -d /tl-deep /tmp/tl-deep | grep ."},
	{"docker run --rm --privileged --net host --pid host --uts host alpine hostname deep",
		"hostname | grep deep"},
	{"cp /bin/sh $HOME/tl-sh && chown 0:0 $HOME/tl-sh && chmod 6755 $HOME/tl-sh",
		"find \"$XDG_DATA_HOME\" -name tl-sh -perm /6000 | grep ."},
	{"mknod $HOME/tl-null c 1 3; touch $HOME/made; ls $HOME/made",
		"find \"$XDG_DATA_HOME\" -name tl-null -type c | grep ."},
	{"setcap cap_sys_admin+ep $HOME/made 2>/dev/null; true",
		"find \"$XDG_DATA_HOME\" -type f -exec python3 -c 'import os, sys; sys.exit(not "
		"any("
		"os.listxattr(file) for file in sys.argv[1:]))' {} +"},
};

START_TEST(nothing_outside_changes)
{
	cleanup_buf struct buf line = {0};
	open_sandbox();
	cleanup_free char *look = xasprintf("{ %s; } >/dev/null 2>&1", changes[_i].outside);
	ck_assert_int_ne(system(look), 0);
	as_root(&line, changes[_i].line);
	expect(buf_text(&line), 0, NULL);
	ck_assert_msg(system(look) != 0, "%s", changes[_i].line);
	close_sandbox();
}
END_TEST

/* What the tutor was started with is not to be read inside, nor is anything that it has open. */
START_TEST(the_tutors_environment_stays_outside)
{
	open_sandbox();
	cleanup_free char *line = xasprintf("sudo grep -la '%.8s[%c]%s' /proc/[0-9]*/environ "
					    "/proc/[0-9]*/cmdline /etc/* /run/* "
					    "2>/dev/null",
		SECRET, SECRET[8], SECRET + 9);
	ck_assert_ptr_nonnull(getenv("TL_SECRET"));
	expect("env | grep -c TL_SECRET", 1, "0");
	struct sandbox_result r = run(line);
	ck_assert_msg(r.output_length == 0, "%s", r.output);
	sandbox_result_finish(&r);
	cleanup_free char *folder = xdg_folder(XDG_RUNTIME);
	cleanup_free char *open_files = xasprintf("sudo ls -l /proc/[0-9]*/fd /proc/[0-9]*/cwd "
						  "/proc/[0-9]*/root 2>/dev/null | grep -F '%s'",
		folder);
	expect(open_files, 1, NULL);
	close_sandbox();
}
END_TEST

static bool runs_sleep(const char *mark)
{
	glob_t found;
	bool runs = false;
	ck_assert_int_eq(glob("/proc/[0-9]*/cmdline", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc && !runs; i++) {
		char bytes[256] = "";
		int fd = open(found.gl_pathv[i], O_RDONLY | O_CLOEXEC);
		ssize_t got = fd >= 0 ? read(fd, bytes, sizeof bytes - 1) : 0;
		if (fd >= 0)
			close(fd);
		runs = got >= 6 && strcmp(bytes, "sleep") == 0 && strcmp(bytes + 6, mark) == 0;
	}
	globfree(&found);
	return runs;
}

START_TEST(nothing_runs_longer_than_the_session)
{
	open_sandbox();
	cleanup_free char *mark = xasprintf("%d", 700000 + (int)getpid());
	cleanup_free char *line =
		xasprintf("sleep %s & setsid sleep %s & nohup sleep %s >/dev/null 2>&1 & "
			  "(setsid sudo setsid sleep %s &) & disown -a",
			mark, mark, mark, mark);
	expect(line, 0, NULL);
	for (int i = 0; i < 1000 && !runs_sleep(mark); i++)
		usleep(10000); /* the shell does not wait until they have begun */
	ck_assert(runs_sleep(mark));
	close_sandbox();
	for (int i = 0; i < 1000 && runs_sleep(mark); i++)
		usleep(10000);
	ck_assert(!runs_sleep(mark));
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
		"docker run -i -t ubuntu /bin/bash", "bash", "python3",
		/* an end of file from before it took single keys is a key in its line */
		"python3 -c 'import os, time, tty\n"
		"time.sleep(1); tty.setcbreak(0, 1); full = False\n"
		"while True:\n"
		"  for key in os.read(0, 99):\n"
		"    if key == 4 and not full: os._exit(0)\n"
		"    full = key != 21 and (full or key != 4)'"};
	open_sandbox();
	struct sandbox_result r = run_with(readers[_i], SANDBOX_INPUT_NONE, NULL, 30000);
	ck_assert_msg(!r.timed_out, "%s", r.output);
	sandbox_result_finish(&r);
	close_sandbox();
}
END_TEST

/* Somebody sits at the terminal, and types as soon as the line has said something. */
struct typist {
	int fd;
	const char *keys; /* NULL: typed already */
};

static void type_keys(void *data, const char *bytes, size_t length)
{
	struct typist *typist = data;
	(void)bytes;
	(void)length;
	if (typist->keys != NULL)
		ck_assert_int_eq(write(typist->fd, typist->keys, strlen(typist->keys)),
			(ssize_t)strlen(typist->keys));
	typist->keys = NULL;
}

static struct sandbox_result run_typed(const char *line, const char *keys, const char *text)
{
	int ends[2];
	struct sandbox_result result = {0};
	struct error err = {0};
	ck_assert_int_eq(pipe(ends), 0);
	struct typist typist = {ends[1], keys};
	const struct sandbox_run run = {.line = line,
		.input = SANDBOX_INPUT_TERMINAL,
		.input_fd = ends[0],
		.text = text,
		.timeout_ms = 30000,
		.output = type_keys,
		.output_data = &typist};
	ck_assert_msg(sandbox_run(sandbox, &run, &result, &err), "%s", error_text(&err));
	ck_assert_msg(!result.timed_out, "'%s': %s", line, result.output);
	close(ends[0]);
	close(ends[1]);
	return result;
}

static const struct {
	const char *line, *keys;
	int status;
	const char *output, *typed; /* NULL: not looked at, nothing */
	bool interrupted, ended;
	const char *text; /* what Enter on an empty line types */
} typings[] = {
	{"sh -c 'echo begin; exec sleep 99'", "\003", 130, "^C", NULL, true, false, NULL},
	{"echo begin; while :; do :; done", "\003", 130, "^C", NULL, true, false, NULL},
	{"for ((;;)); do echo tick; done", "\003", 130, "tick", NULL, true, false, NULL},
	{"echo begin; wait", "", 0, "begin", NULL, false, false, NULL},
	{"echo begin; read x; echo got $x", "a b\n", 0, "got a b", NULL, false, false, NULL},
	{"echo begin; cat", "word\n\004", 0, "word\r\nword", NULL, false, false, NULL},
	{"sh -c 'echo begin; exec sleep 99'", "\034", 131, NULL, NULL, false, false, NULL},
	{"sh -c 'echo begin; exec sleep 99'", "\032", 148, "Stopped", NULL, false, false, NULL},
	{"trap '' INT TERM; echo begin; while :; do :; done", "\003\003\003", 137, NULL, NULL, true,
		true, NULL},
	{"docker pull -q alpine >/dev/null; docker run --rm alpine sh -c 'trap \"exit 9\" INT; "
	 "echo begin; while :; do sleep 0.1; done'",
		"\003", 9, NULL, NULL, true, false, NULL},
	{"echo begin; until read -t 0; do sleep 0.01; done", "docker ps\n", 0, "docker ps",
		"docker ps\n", false, false, NULL},
	{"echo begin; until read -t 0; do sleep 0.01; done", "ls\npart", 0, NULL, "ls\npart", false,
		false, NULL},
	{"stty -echo; echo begin; read -s x; echo got $x", "word\n", 0, "got word", NULL, false,
		false, NULL},
	{"echo begin; read a; read b; read c; read d; echo got $a-$b-$c-$d.", "\nown\n\n\n", 0,
		"got one-own-two-.", NULL, false, false, "one\ntwo\n"},
};

START_TEST(what_is_typed_reaches_the_line)
{
	open_sandbox();
	expect("v=kept", 0, NULL);
	struct sandbox_result r = run_typed(typings[_i].line, typings[_i].keys, typings[_i].text);
	ck_assert_msg(r.status == typings[_i].status, "status %d: %s", r.status, r.output);
	ck_assert_msg(typings[_i].output == NULL || strstr(r.output, typings[_i].output) != NULL,
		"%s", r.output);
	ck_assert_int_eq(r.interrupted, typings[_i].interrupted);
	ck_assert_int_eq(r.shell_ended, typings[_i].ended);
	ck_assert_msg(text_same(r.typed, typings[_i].typed), "left: %s",
		r.typed != NULL ? r.typed : "nothing");
	ck_assert(!r.hung_up);
	sandbox_result_finish(&r);
	expect("echo \"v=$v\"", 0, typings[_i].ended ? "v=\r\n" : "v=kept");
	close_sandbox();
}
END_TEST

/* Somebody who types without a pause, while lines end and begin. */
#define KEYS 4000

struct typing {
	int fd;
	char keys[KEYS + 1];
};

static void *type_on(void *data)
{
	struct typing *typing = data;
	const struct timespec pause = {.tv_nsec = 300000};
	for (size_t i = 0; i < KEYS; i++) {
		ck_assert_int_eq(write(typing->fd, &typing->keys[i], 1), 1);
		nanosleep(&pause, NULL);
	}
	return NULL;
}

START_TEST(nothing_typed_is_lost)
{
	static struct typing typing;
	cleanup_buf struct buf kept = {0};
	char bytes[512];
	ssize_t got;
	int ends[2];
	pthread_t typist;
	open_sandbox();
	ck_assert_int_eq(pipe(ends), 0);
	for (size_t i = 0; i < KEYS; i++)
		typing.keys[i] = (char)('a' + i % 26);
	typing.fd = ends[1];
	ck_assert_int_eq(pthread_create(&typist, NULL, type_on, &typing), 0);
	for (int i = 0; i < 100; i++) {
		struct sandbox_result result = {0};
		const struct sandbox_run run = {.line = "sleep 0.01",
			.input = SANDBOX_INPUT_TERMINAL,
			.input_fd = ends[0],
			.timeout_ms = 30000};
		ck_assert(sandbox_run(sandbox, &run, &result, NULL));
		const char *typed = result.typed != NULL ? result.typed : "";
		const char *output = result.output != NULL ? result.output : "";
		buf_add_text(&kept, typed);
		ck_assert_msg(strstr(typed, output) != NULL,
			"line %d shows '%s', which was not typed then: '%s'", i, output, typed);
		sandbox_result_finish(&result);
	}
	pthread_join(typist, NULL);
	close(ends[1]);
	while ((got = fd_read(ends[0], bytes, sizeof bytes)) > 0)
		buf_add(&kept, bytes, (size_t)got);
	close(ends[0]);
	ck_assert_str_eq(buf_text(&kept), typing.keys);
	close_sandbox();
}
END_TEST

START_TEST(a_stopped_job_goes_on)
{
	open_sandbox();
	struct sandbox_result r = run_typed("sh -c 'echo begin; exec cat >got'", "\032", NULL);
	ck_assert_int_eq(r.status, 148);
	sandbox_result_finish(&r);
	expect("jobs", 0, "Stopped");
	r = run_with("fg; cat got", SANDBOX_INPUT_TEXT, "second\n", 30000);
	ck_assert_msg(strstr(r.output, "second\r\nsecond\r\n") != NULL, "%s", r.output);
	sandbox_result_finish(&r);
	expect("jobs; rm got", 0, NULL);
	close_sandbox();
}
END_TEST

START_TEST(what_comes_between_two_lines_is_shown_with_the_next)
{
	struct error err = {0};
	open_sandbox();
	cleanup_free char *file = path_join(sandbox_workspace(sandbox), "go");
	expect("(until test -e go; do sleep 0.05; done; echo between; rm go) &", 0, "[1]");
	ck_assert_msg(sandbox_write_file(sandbox, "go", "", &err), "%s", error_text(&err));
	while (file_exists(file))
		usleep(5000);
	expect("true", 0, "between");
	expect("true", 0, NULL);
	close_sandbox();
}
END_TEST

START_TEST(a_line_may_be_long)
{
	static const size_t lengths[] = {4095, 4096, 65536, 100000, 1000000};
	open_sandbox();
	for (size_t i = 0; i < ARRAY_LENGTH(lengths); i++) {
		cleanup_buf struct buf line = {0};
		cleanup_free char *said = xasprintf("%zu\r\n", lengths[i]);
		buf_add_text(&line, "x='");
		for (size_t k = 0; k < lengths[i]; k++)
			buf_add_char(&line, (char)('a' + k % 26));
		buf_add_text(&line, "'; echo ${#x}");
		expect(buf_text(&line), 0, said);
	}
	close_sandbox();
}
END_TEST

START_TEST(output_is_any_bytes)
{
	char bytes[512];
	open_sandbox();
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)i;
	/* what the terminal makes of a new line is not of interest here */
	struct sandbox_result r = run("stty -opost; printf \"$(printf '\\\\%03o' "
				      "{0..255} {0..255})\"");
	ck_assert_int_eq(r.status, 0);
	ck_assert_uint_eq(r.output_length, sizeof bytes);
	ck_assert_int_eq(memcmp(r.output, bytes, sizeof bytes), 0);
	sandbox_result_finish(&r);
	static const char like_an_end[] = "a\033]ropes;0123456789abcdef\ab\033]ropes;";
	r = run("printf 'a\\e]ropes;0123456789abcdef\\ab\\e]ropes;'");
	ck_assert_str_eq(r.output, like_an_end);
	sandbox_result_finish(&r);
	expect("printf 'no new line'", 0, "no new line");
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

/* Links that are made inside, and what is written through them from here. */
static const struct {
	const char *line; /* %s: a folder outside, with a file `victim` in it */
	const char *name;
	bool refused;
} links[] = {
	{"true", "app/x.txt", false},
	{"mkdir -p app; echo old >app/x.txt", "app/x.txt", false},
	{"ln -s %s out", "out/new", true},
	{"ln -s %s out", "out/victim", true},
	{"ln -s %s/victim x", "x", false},
	{"mkdir a; ln -s %s a/b", "a/b/c/new", true},
	{"mkdir a; ln -s %s/new a/x", "a/x", false},
	{"ln -s /proc/1/cwd out", "out/x", true},
	{"ln -s . here", "here/x", true},
	{"mkfifo x", "x", false},
	{"mkdir x", "x", true},
	{"echo plain >a", "a/x", true},
	{"true", "../x", true},
	{"true", "/tmp/x", true},
	{"true", "a/../../x", true},
	{"true", "a/./x", true},
	{"true", "a//x", true},
	{"true", "x/", true},
	{"true", "", true},
	{"true", ".", true},
	{"true", "..", true},
};

START_TEST(files_stay_in_the_workspace)
{
	struct error err = {0};
	cleanup_buf struct buf text = {0};
	cleanup_free char *victim = suite_file("victim", "untouched", 9);
	cleanup_free char *beside = path_join(suite_folder, "new");
	cleanup_free char *line = xstrdup(links[_i].line);
	const char *place = strstr(links[_i].line, "%s");
	if (place != NULL) {
		free(line);
		line = xasprintf("%.*s%s%s", (int)(place - links[_i].line), links[_i].line,
			suite_folder, place + 2);
	}
	open_sandbox();
	expect("cd && find . -mindepth 1 -delete", 0, NULL);
	expect(line, 0, NULL);
	bool written = sandbox_write_file(sandbox, links[_i].name, "inside\n", &err);
	ck_assert_msg(written != links[_i].refused, "%s", error_text(&err));
	error_finish(&err);
	if (written) {
		cleanup_free char *look = xasprintf("cat %s && test ! -L %s && rm %s",
			links[_i].name, links[_i].name, links[_i].name);
		expect(look, 0, "inside\r\n");
	}
	ck_assert(file_read(victim, 64, &text, NULL));
	ck_assert_str_eq(buf_text(&text), "untouched");
	ck_assert(!file_exists(beside));
	cleanup_free char *left = path_join(sandbox_workspace(sandbox), ".ropes-*");
	glob_t found;
	ck_assert_int_eq(glob(left, 0, NULL, &found), GLOB_NOMATCH);
	expect("cd && find . -mindepth 1 -delete", 0, NULL);
	close_sandbox();
}
END_TEST

/* What fills the workspace: on the disk outside there is never more than its limit. */
static const char *const fillings[] = {
	"dd if=/dev/zero of=big bs=64k; rm -f old",
	"dd if=/dev/urandom of=old bs=64k count=200 && mv old new; dd if=/dev/urandom of=big "
	"bs=64k",
	"docker run --rm -v \"$PWD\":/w busybox dd if=/dev/zero of=/w/big bs=64k",
	"mkdir d; i=0; while echo x >d/$i; do i=$((i+1)); done",
};

static uint64_t stored_in_workspace(void)
{
	cleanup_free char *line = xasprintf("du -sk '%s' | cut -f1", sandbox_workspace(sandbox));
	FILE *said = popen(line, "re");
	char text[32] = "";
	ck_assert(said != NULL && fgets(text, sizeof text, said) != NULL);
	pclose(said);
	return (uint64_t)strtoull(text, NULL, 10) * 1024;
}

START_TEST(a_full_workspace_fills_no_disk)
{
	open_sandbox();
	expect("cd && find . -mindepth 1 -delete; pwd", 0, "/home/ada");
	struct sandbox_result r = run(fillings[_i]);
	ck_assert_msg(strstr(r.output, "No space left on device") != NULL, "%s", r.output);
	ck_assert_msg(r.unkept == NULL, "%s", r.unkept);
	sandbox_result_finish(&r);
	ck_assert_uint_le(stored_in_workspace(), HOME_LIMIT + (1u << 20));
	ck_assert_uint_ge(stored_in_workspace(), HOME_LIMIT / 2);
	expect("find . -mindepth 1 -delete; head -c 8000000 /dev/urandom >again && sync && ls", 0,
		"again");
	ck_assert_uint_le(stored_in_workspace(), 9000000);
	expect("rm again", 0, NULL);
	close_sandbox();
}
END_TEST

/* Who edits a file on this system and who does so in the machine see the same. */
START_TEST(an_editor_outside_and_a_line_see_the_same_files)
{
	struct error err = {0};
	open_sandbox();
	cleanup_free char *file = path_join(sandbox_workspace(sandbox), "edited");
	cleanup_free char *made = path_join(sandbox_workspace(sandbox), "deep/made");
	struct stat info;
	cleanup_buf struct buf text = {0};
	expect("cd; docker run --rm -v \"$PWD\":/w busybox sh -c 'mkdir -p /w/deep; echo root "
	       ">/w/deep/made; chmod 4700 /w/deep/made'; echo first >edited",
		0, NULL);
	ck_assert_int_eq(stat(made, &info), 0);
	ck_assert_uint_eq(info.st_uid, geteuid());
	ck_assert_uint_eq(info.st_mode & 07777, 0700);
	ck_assert(file_write(file, "second\n", 7, 0600, &err));
	expect("cat edited", 0, "second");
	expect("rm edited; ln -s /etc/hostname edited", 0, NULL);
	ck_assert(lstat(file, &info) == 0 && S_ISLNK(info.st_mode));
	expect("sudo rm -rf deep edited", 0, NULL);
	ck_assert(!file_exists(made) && lstat(file, &info) < 0);
	/* something that goes on by itself is seen, too */
	expect("(sleep 0.2; echo late >late) &", 0, NULL);
	file[strlen(file) - strlen("edited")] = '\0';
	cleanup_free char *late = path_join(file, "late");
	for (int i = 0; i < 1000 && !file_exists(late); i++)
		usleep(10000);
	ck_assert(file_exists(late));
	expect("rm late", 0, NULL);
	close_sandbox();
}
END_TEST

/* Whoever is killed: what a line that has ended wrote is there. */
START_TEST(killing_loses_no_files)
{
	struct machine_status status = {0};
	struct error err = {0};
	cleanup_buf struct buf text = {0};
	open_sandbox();
	cleanup_free char *file = path_join(sandbox_workspace(sandbox), "late");
	expect("cd; echo kept >kept; (sleep 0.1; echo late >late; sleep 30) &", 0, NULL);
	usleep(300000);
	expect_ready(&status);
	struct kin kin = kin_of(&status);
	pid_t keeper = helper_of(&status, "ropes-home");
	ck_assert_int_eq(kill(_i == 0      ? status.supervisor
				 : _i == 1 ? status.init
					   : keeper,
				 SIGKILL),
		0);
	for (int i = 0; i < 2000 && (is_alive(keeper) || !file_exists(file)); i++)
		usleep(10000);
	if (_i < 2)
		ck_assert(wait_until_nothing_left(&kin));
	ck_assert(file_read(file, 64, &text, &err) || _i == 2);
	ck_assert_msg(sandbox_wait(sandbox, &err), "%s", error_text(&err));
	for (int i = 0; i < 500 && !machine_workspace(MACHINE_PRACTICE, "ada",
					   MACHINE_WORKSPACE_SYNC, NULL, NULL);
		i++)
		usleep(10000); /* another keeper comes */
	expect("cat ~/kept ~/late; ls ~ | wc -l", 0, "kept\r\nlate\r\n2");
	expect("cd; rm kept late", 0, NULL);
	machine_status_finish(&status);
	close_sandbox();
}
END_TEST

/* Of earlier versions: whoever they belong to. */
START_TEST(an_old_workspace_opens)
{
	struct error err = {0};
	if (geteuid() != 0) {
		suite_skip("files of other accounts: only root can make them");
		return;
	}
	ck_assert(machine_stop(MACHINE_PRACTICE, &err));
	cleanup_free char *all = machine_workspaces();
	cleanup_free char *folder = path_join(all, "ada");
	cleanup_free char *file = path_join(folder, "old");
	const unsigned id = 0x70000000u + 65536 * 7 + 1000;
	struct stat info;
	ck_assert(folder_make(folder, 0755, &err) && file_write(file, "old\n", 4, 0600, &err));
	ck_assert(
		chown(file, id, id) == 0 && chown(folder, id, id) == 0 && chown(all, id, id) == 0);
	open_sandbox();
	expect("cd; cat old; stat -c %U old; rm old", 0, "old\r\nada");
	ck_assert(!file_exists(file) && stat(folder, &info) == 0 && info.st_uid == geteuid());
	close_sandbox();
}
END_TEST

/* ---- checks: before they must not hold, after they must ---- */

static const struct {
	const char *setup, *line;
	bool groups; /* only root can have control groups */
} derived[] = {
	{NULL, "docker run -d --name c1 nginx", false},
	{NULL, "docker run -d -p 8091:80 nginx", false},
	{NULL, "docker run --rm alpine true", false},
	{NULL, "docker create --name c2 alpine", false},
	{"docker run -d --name c3 alpine sleep 99", "docker kill c3", false},
	{"docker run -d --name c4 alpine sleep 99", "docker rm -f c4", false},
	{"docker run -d --name c5 alpine sleep 99", "docker pause c5", true},
	{"docker run -d --name c6 alpine sleep 99", "docker rename c6 c66", false},
	{"docker create --name c7 alpine sleep 99", "docker start c7", false},
	{"docker rmi -f httpd", "docker pull httpd", false},
	{"docker pull debian", "docker rmi debian", false},
	{"docker pull alpine", "docker tag alpine t1:x", false},
	{"docker create --name c8 alpine", "docker commit c8 snap8", false},
	{NULL, "docker network create n1", false},
	{"docker network create n2", "docker network rm n2", false},
	{NULL, "docker volume create v1", false},
	{"docker volume create v2", "docker volume rm v2", false},
	{"docker network create n3 && docker create --name c9 alpine",
		"docker network connect n3 c9", false},
};

/* A container that is removed may have been called as another one's id begins. */
START_TEST(a_name_is_no_beginning_of_an_id)
{
	struct error err = {0};
	struct engine *engine = NULL;
	struct check_context *context = NULL;
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
	ck_assert(check_context_open(
		&(struct check_context_options){.engine = engine}, &context, &err));
	ck_assert(check_plan_parse(texts, 1, NULL, &plan, NULL, &err));
	expect(removal, 0, NULL);
	check_plan_evaluate(plan, context, 2000, NULL, NULL, &verdicts);
	ck_assert_msg(verdicts.items[0].outcome == CHECK_PASSED, "%s: seen %s", statement,
		verdicts.items[0].seen != NULL ? verdicts.items[0].seen : "nothing");
	sandbox_result_finish(&made);
	check_verdicts_finish(&verdicts);
	check_plan_destroy(plan);
	check_context_close(context);
	engine_close(engine);
	close_sandbox();
}
END_TEST

START_TEST(derived_checks_hold_after_and_not_before)
{
	struct error err = {0};
	struct engine *engine = NULL;
	struct check_context *context = NULL;
	struct check_verdicts before = {0}, after = {0};
	if (derived[_i].groups && geteuid() != 0)
		return;
	open_sandbox();
	if (derived[_i].setup != NULL)
		expect(derived[_i].setup, 0, NULL);
	const struct engine_options options = {.host = sandbox_docker_host(sandbox),
		.probe_socket = sandbox_socket,
		.probe_data = sandbox};
	ck_assert_msg(engine_open(&options, &engine, &err), "%s", error_text(&err));
	ck_assert_msg(check_context_open(
			      &(struct check_context_options){.engine = engine}, &context, &err),
		"%s", error_text(&err));
	struct check_plan *plan = check_plan_derive(derived[_i].line, NULL, NULL);
	check_plan_evaluate(plan, context, 0, NULL, NULL, &before);
	ck_assert_int_ne(check_verdicts_outcome(&before), CHECK_PASSED);
	struct sandbox_result r = run(derived[_i].line);
	const struct check_ran ran = {
		derived[_i].line, r.status, false, r.output, r.started_ms, r.ended_ms};
	check_context_ran(context, &ran);
	check_plan_evaluate(plan, context, 5000, NULL, NULL, &after);
	for (size_t i = 0; i < after.count; i++)
		ck_assert_msg(after.items[i].outcome == CHECK_PASSED, "%s: seen %s; %s",
			after.items[i].statement,
			after.items[i].seen != NULL ? after.items[i].seen : "nothing", r.output);
	sandbox_result_finish(&r);
	check_verdicts_finish(&before);
	check_verdicts_finish(&after);
	check_plan_destroy(plan);
	check_context_close(context);
	engine_close(engine);
	close_sandbox();
}
END_TEST

START_TEST(http_is_asked_in_the_daemons_network)
{
	struct engine *engine = NULL;
	struct check_context *context = NULL;
	struct check_plan *plan = NULL;
	struct check_verdicts verdicts = {0};
	const char *const statements[] = {"http web9:80 answers 200 with /Welcome/",
		"container web9 logs /Welcome|GET|[0-9]|^$/", "container web9 has env A=b",
		"container web9 memory ≤ 64m", "2 containers image no-such",
		"no container image no-such", "any container image nginx"};
	static const enum check_outcome outcomes[] = {CHECK_PASSED, CHECK_PASSED, CHECK_PASSED,
		CHECK_PASSED, CHECK_FAILED, CHECK_PASSED, CHECK_PASSED};
	open_sandbox();
	expect("docker run -d --name web9 -p 8099:80 -e A=b -m 32m nginx", 0, NULL);
	const struct engine_options options = {.host = sandbox_docker_host(sandbox),
		.probe_socket = sandbox_socket,
		.probe_data = sandbox};
	ck_assert(engine_open(&options, &engine, NULL));
	ck_assert(check_context_open(
		&(struct check_context_options){.engine = engine}, &context, NULL));
	ck_assert(check_plan_parse(statements, ARRAY_LENGTH(statements), NULL, &plan, NULL, NULL));
	check_plan_evaluate(plan, context, 1500, NULL, NULL, &verdicts);
	for (size_t i = 0; i < verdicts.count; i++)
		ck_assert_msg(verdicts.items[i].outcome == outcomes[i], "%s: %s",
			verdicts.items[i].statement,
			verdicts.items[i].seen ? verdicts.items[i].seen : "");
	check_verdicts_finish(&verdicts);
	check_plan_destroy(plan);
	check_context_close(context);
	engine_close(engine);
	expect("docker rm -f web9", 0, NULL);
	close_sandbox();
}
END_TEST

/* ---- a daemon that is not ours: here the practice daemon plays it ---- */

static void open_host(const char *host)
{
	struct error err = {0};
	const struct sandbox_options options = {
		.learner = "guest", .daemon = SANDBOX_HOST, .host = host, .signals = -1};
	ck_assert_msg(sandbox_open(&options, &sandbox, &err), "%s", error_text(&err));
	ck_assert_msg(sandbox_wait(sandbox, &err), "%s", error_text(&err));
}

START_TEST(host_objects_are_the_learners)
{
	struct error err = {0};
	struct machine_status status = {0};
	ck_assert(machine_status(MACHINE_PRACTICE, &status, &err));
	open_sandbox();
	expect("docker create --name stranger alpine", 0, NULL);
	close_sandbox();
	open_host(status.host);
	expect("docker create --name mine1 alpine && docker volume create mine2 && docker network "
	       "create mine3",
		0, NULL);
	expect("docker inspect -f '{{.Name}}' mine1", 0, "/mine1");
	expect("docker stop stranger", 1, "No such container");
	close_sandbox();
	open_sandbox();
	expect("docker inspect -f '{{index .Config.Labels \"ropes.owner\"}}' ropes-guest-mine1", 0,
		"guest");
	close_sandbox();
	open_host(status.host);
	ck_assert_msg(sandbox_reset(sandbox, &err), "%s", error_text(&err));
	expect("docker inspect mine1 mine2 mine3", 1, NULL);
	close_sandbox();
	open_sandbox();
	expect("docker inspect ropes-guest-mine1", 1, NULL);
	expect("docker inspect stranger && docker rm stranger", 0, NULL);
	close_sandbox();
	machine_status_finish(&status);
}
END_TEST

/* Straight at the daemon, past the gate: even then its socket is nowhere that a container reaches.
 */
START_TEST(the_daemons_socket_is_hidden)
{
	struct error err = {0};
	struct machine_status status = {0};
	open_sandbox();
	ck_assert(machine_status(MACHINE_PRACTICE, &status, &err));
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
	machine_status_finish(&status);
	close_sandbox();
}
END_TEST

/* What the daemon says of itself is what happens. */
START_TEST(limits_are_as_the_daemon_says)
{
	struct sandbox_limits limits;
	struct error err = {0};
	open_sandbox();
	ck_assert_msg(sandbox_limits(sandbox, &limits, &err), "%s", error_text(&err));
	expect("docker run --rm -m 32m --memory-swap 32m alpine dd if=/dev/zero of=/dev/null "
	       "bs=64M count=1",
		limits.memory ? 137 : 0, NULL);
	expect("docker run -d --name seen alpine sleep 60 && docker top seen",
		limits.groups ? 0 : 1, NULL);
	expect("docker run --rm --pids-limit 4 alpine sh -c "
	       "'for i in 1 2 3 4 5 6; do sleep 1 & done; wait; echo all'",
		limits.processes ? 2 : 0, limits.processes ? "fork" : "all");
	expect("docker rm -f seen", 0, NULL);
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

int main(int argc, char **argv)
{
	(void)argc;
	if (getenv("TL_SECRET") == NULL) {
		setenv("TL_SECRET", SECRET, 1);
		execv("/proc/self/exe", argv);
		return 1;
	}
	const struct suite_test tests[] = {
		{lines_run, ARRAY_LENGTH(lines)},
		{a_session_is_one_shell, ARRAY_LENGTH(sessions)},
		{an_echo_shows_the_lines_alone, 1},
		{a_second_learner_has_a_name, 1},
		{the_end_of_a_shell_is_told, 1},
		{a_folders_name_does_nothing_to_the_prompt, 1},
		{nothing_leaves_the_machine, ARRAY_LENGTH(escapes)},
		{nothing_outside_changes, ARRAY_LENGTH(changes)},
		{the_tutors_environment_stays_outside, 1},
		{nothing_runs_longer_than_the_session, 1},
		{hanging_lines_are_stopped, 3},
		{readers_get_an_end, 6},
		{what_is_typed_reaches_the_line, ARRAY_LENGTH(typings)},
		{nothing_typed_is_lost, 1},
		{a_stopped_job_goes_on, 1},
		{what_comes_between_two_lines_is_shown_with_the_next, 1},
		{a_line_may_be_long, 1},
		{output_is_any_bytes, 1},
		{text_is_typed, 1},
		{large_output_is_shown_whole_and_captured_in_part, 1},
		{files_stay_in_the_workspace, ARRAY_LENGTH(links)},
		{a_full_workspace_fills_no_disk, ARRAY_LENGTH(fillings)},
		{an_editor_outside_and_a_line_see_the_same_files, 1},
		{killing_loses_no_files, 3},
		{an_old_workspace_opens, 1},
		{a_name_is_no_beginning_of_an_id, 1},
		{derived_checks_hold_after_and_not_before, ARRAY_LENGTH(derived)},
		{http_is_asked_in_the_daemons_network, 1},
		{host_objects_are_the_learners, 1},
		{the_daemons_socket_is_hidden, 1},
		{limits_are_as_the_daemon_says, 1},
		{reset_removes_everything, 1},
		{a_dead_machine_is_replaced, 8},
		{a_late_supervisor_leaves_the_new_machine_alone, 1},
		{stale_folder_is_no_hindrance, 1},
		{long_path_is_told, 1},
		{a_refusal_is_told_and_leaves_nothing, ARRAY_LENGTH(refusals)},
		{nothing_is_left_however_it_ends, ARRAY_LENGTH(victims)},
		{a_dead_helper_is_replaced, 1},
		{an_idle_machine_ends, 1},
	};
	cleanup_free char *runtime = xasprintf("%s/tl-%d", suite_temporary(), (int)getpid());
	cleanup_free char *data = xasprintf("%s/tl-%d-data", suite_temporary(), (int)getpid());
	struct error err = {0};
	(void)signal(SIGPIPE, SIG_IGN); /* as in ropes */
	setenv("XDG_RUNTIME_DIR", runtime, 1);
	setenv("XDG_DATA_HOME", data, 1);
	int status = suite_run("live/sandbox", tests, ARRAY_LENGTH(tests), 600);
	bool clean = machine_stop(MACHINE_PRACTICE, &err) && folder_remove(runtime, &err) &&
		     folder_remove(data, &err);
	if (!clean)
		fprintf(stderr, "left behind: %s\n", error_text(&err));
	error_finish(&err);
	return clean ? status : 1;
}
