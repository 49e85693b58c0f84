/* tests/sandbox/test_lines.c - lines in a session's shell: their ends, input, signals, limits; the
 * machine around them is a fake, and the shell runs on this system */
#include "fake/engine.h"
#include "fake/machine.h"
#include "sandbox.h"
#include "suite.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>

static struct fake_engine *engine;
static struct sandbox *sandbox;
static char *home;

static void set_folder(const char *variable, const char *above, const char *name)
{
	cleanup_free char *path = path_join(above, name);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(setenv(variable, path, 1), 0);
}

/* What a person at the terminal does; the session gets these signals by a descriptor. */
static int block_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	ck_assert_int_eq(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* A folder of its own, an engine, and a fake machine that answers for it. */
static void prepare(void)
{
	cleanup_free char *own = xasprintf("%s/%d", suite_folder, (int)getpid());
	ck_assert_int_eq(mkdir(own, 0700), 0);
	set_folder("XDG_RUNTIME_DIR", own, "run");
	set_folder("XDG_DATA_HOME", own, "data");
	set_folder("DOCKER_CONFIG", own, "docker");
	unsetenv("DOCKER_HOST");
	home = path_join(own, "home");
	cleanup_free char *ada = path_join(home, "ada");
	ck_assert(mkdir(home, 0700) == 0 && mkdir(ada, 0700) == 0);
	engine = fake_engine_start(own);
	fake_machine = (struct fake_machine){.home = home, .host = fake_engine_host(engine)};
}

static bool open_kind(enum sandbox_daemon kind, const char *host, struct error *err)
{
	const struct sandbox_options options = {
		.learner = "ada", .daemon = kind, .host = host, .signals = block_signals()};
	return sandbox_open(&options, &sandbox, err);
}

static void open_sandbox(void)
{
	struct error err = {0};
	prepare();
	ck_assert_msg(open_kind(SANDBOX_PRACTICE, NULL, &err), "%s", error_text(&err));
	ck_assert_msg(sandbox_wait(sandbox, &err), "%s", error_text(&err));
}

static void close_sandbox(void)
{
	sandbox_close(sandbox, true);
	words_finish(&fake_machine.asked);
	fake_engine_stop(engine);
	free(home);
}

static bool was_asked(const char *call)
{
	for (size_t i = 0; i < fake_machine.asked.count; i++)
		if (text_same(fake_machine.asked.items[i], call))
			return true;
	return false;
}

static struct sandbox_result run_as(const struct sandbox_run *run)
{
	struct sandbox_result result = {0};
	struct error err = {0};
	ck_assert_msg(
		sandbox_run(sandbox, run, &result, &err), "'%s': %s", run->line, error_text(&err));
	return result;
}

static void expect(const char *line, int status, const char *output)
{
	const struct sandbox_run run = {.line = line, .input = SANDBOX_INPUT_NONE};
	struct sandbox_result r = run_as(&run);
	ck_assert_msg(r.status == status, "'%s': expected status %d, got %d: %s", line, status,
		r.status, r.output);
	ck_assert_msg(strstr(r.output, output) != NULL, "'%s': expected '%s', got: %s", line,
		output, r.output);
	sandbox_result_finish(&r);
}

/* ---- how lines end ---- */

static const struct {
	const char *line;
	int status;
	const char *output; /* a part of it */
	bool shell_ended;
} ends[] = {
	{"echo hello", 0, "hello\r\n", false},
	{"false", 1, "", false},
	{"sh -c 'exit 3'", 3, "", false},
	{"no-such-program", 127, "not found", false},
	{"sh -c 'kill -9 $$'", 137, "", false},
	{"exit 3", 3, "", true},
	{"kill -9 $$", 137, "", true},
	{"exec true", 0, "", true},
	{"exec 201>&-", 255, "", true}, /* nothing can report any more */
	{"printf 'a\\033]ropes;0;1\\ab'", 0, "a\033]ropes;0;1\ab", false},
	{"printf 'a\\033]ropes'", 0, "a\033]ropes", false},
	{"printf \"a\\033]ropes;$__ropes_nonce;123456789012345b\"", 0, "123456789012345b", false},
	{"printf \"a\\033]ropes;$__ropes_nonce;0\\ab\"", 0, "ab", false},
	{"if true\nthen echo both lines\nfi", 0, "both lines", false},
	{"set -x; echo traced", 0, "+ echo traced", false},
	{"stty size", 0, "24 80", false},
	{"echo $HOME; echo $TERM", 0, "/home/ada\r\n", false},
	{"cat", 0, "", false}, /* no one types */
	{"stty -icanon; head -c 2 | od -c", 0, "004", false},
};

START_TEST(lines_end)
{
	open_sandbox();
	const struct sandbox_run run = {.line = ends[_i].line, .input = SANDBOX_INPUT_NONE};
	struct sandbox_result r = run_as(&run);
	ck_assert_msg(r.status == ends[_i].status, "'%s': expected status %d, got %d: %s",
		ends[_i].line, ends[_i].status, r.status, r.output);
	ck_assert_msg(strstr(r.output, ends[_i].output) != NULL, "'%s': expected '%s', got: %s",
		ends[_i].line, ends[_i].output, r.output);
	ck_assert_msg(r.shell_ended == ends[_i].shell_ended, "'%s': the shell %s", ends[_i].line,
		r.shell_ended ? "ended" : "goes on");
	ck_assert(!r.timed_out && !r.interrupted && !r.hung_up && !r.cut && r.typed == NULL);
	sandbox_result_finish(&r);
	expect("echo next", 0, "next\r\n");
	close_sandbox();
}
END_TEST

START_TEST(a_session_remembers)
{
	open_sandbox();
	expect("word=kept; mkdir web; cd web", 0, "");
	ck_assert_msg(text_ends(sandbox_folder_shown(sandbox), "/home/ada/web"), "%s",
		sandbox_folder_shown(sandbox));
	expect("echo $word in ${PWD##*/}", 0, "kept in web\r\n");
	expect("mkdir $'a\\e[2Jb'; cd $'a\\e[2Jb'", 0, "");
	ck_assert_msg(text_ends(sandbox_folder_shown(sandbox), "/a?[2Jb"), "%s",
		sandbox_folder_shown(sandbox));
	expect("(sleep 0.2; echo late) & echo soon", 0, "soon");
	expect("wait; echo all", 0, "late\r\n");
	close_sandbox();
}
END_TEST

START_TEST(the_copy_of_the_output_has_a_limit)
{
	open_sandbox();
	const struct sandbox_run run = {.line = "head -c 300000 /dev/zero | tr '\\0' x",
		.input = SANDBOX_INPUT_NONE,
		.capture_limit = 100};
	struct sandbox_result r = run_as(&run);
	ck_assert(r.cut && r.output_length == 100 && strspn(r.output, "x") == 100);
	sandbox_result_finish(&r);
	close_sandbox();
}
END_TEST

static const struct {
	const char *line;
	int status;
	bool shell_ended;
} stubborn[] = {
	{"sleep 60", 130, false},
	{"sh -c \"trap '' INT; sleep 60\"", 143, false},
	{"sh -c \"trap '' INT TERM; sleep 60\"", 137, false},
};

START_TEST(a_line_has_its_time)
{
	open_sandbox();
	const struct sandbox_run run = {
		.line = stubborn[_i].line, .input = SANDBOX_INPUT_NONE, .timeout_ms = 100};
	struct sandbox_result r = run_as(&run);
	ck_assert_msg(r.status == stubborn[_i].status, "'%s': expected status %d, got %d: %s",
		stubborn[_i].line, stubborn[_i].status, r.status, r.output);
	ck_assert(r.timed_out && r.shell_ended == stubborn[_i].shell_ended);
	sandbox_result_finish(&r);
	close_sandbox();
}
END_TEST

START_TEST(a_text_is_typed)
{
	open_sandbox();
	const struct sandbox_run run = {.line = "while read -r x; do echo \"<$x>\"; done",
		.input = SANDBOX_INPUT_TEXT,
		.text = "one\ntwo\n"};
	struct sandbox_result r = run_as(&run);
	ck_assert_int_eq(r.status, 0);
	ck_assert_msg(strstr(r.output, "<one>") != NULL && strstr(r.output, "<two>") != NULL, "%s",
		r.output);
	sandbox_result_finish(&r);
	close_sandbox();
}
END_TEST

/* ---- a person at a terminal ---- */

#define HANG_UP "hang up"

struct person {
	int keyboard, terminal;
	struct buf seen;
	const char *wait_for, *keys; /* keys NULL: the signal */
	int number;
	bool done;
};

static void see(void *data, const char *bytes, size_t length)
{
	struct person *p = data;
	buf_add(&p->seen, bytes, length);
	if (p->done || strstr(buf_text(&p->seen), p->wait_for) == NULL)
		return;
	p->done = true;
	if (p->number != 0) {
		const struct winsize size = {.ws_row = 30, .ws_col = 100};
		ck_assert_int_eq(ioctl(p->terminal, TIOCSWINSZ, &size), 0);
		ck_assert_int_eq(kill(getpid(), p->number), 0);
	} else if (text_same(p->keys, HANG_UP)) {
		close(p->keyboard);
		p->keyboard = -1;
	} else {
		ck_assert(fd_write(p->keyboard, p->keys, strlen(p->keys), NULL));
	}
}

static const struct {
	const char *line, *wait_for, *keys;
	int number;       /* a signal to the session */
	const char *text; /* what Enter types */
	int status;
	const char *output;
	const char *typed; /* what no program read */
	bool interrupted, hung_up, shell_ended;
} typings[] = {
	{"echo ready; read -r x; echo got $x", "ready\r\n", "words\n", 0, NULL, 0, "got words",
		NULL, false, false, false},
	{"echo ready; read -r x; echo got $x", "ready\r\n", "\n", 0, "docker ps\nand more", 0,
		"got docker ps", NULL, false, false, false},
	{"echo ready; until read -t 0; do sleep 0.01; done", "ready\r\n", "ls\npart", 0, NULL, 0,
		"", "ls\npart", false, false, false},
	{"sh -c 'echo ready; exec sleep 60'", "ready\r\n", "\003", 0, NULL, 130, "^C", NULL, true,
		false, false},
	{"sh -c \"trap '' INT TERM; echo ready; sleep 60\"", "ready\r\n", "\003\003\003", 0, NULL,
		137, "", NULL, true, false, false},
	{"sh -c 'echo ready; exec sleep 60'", "ready\r\n", NULL, SIGINT, NULL, 130, "", NULL, true,
		false, false},
	{"echo ready; sleep 60", "ready\r\n", NULL, SIGTERM, NULL, 129, "", NULL, false, true,
		false},
	{"echo ready; sleep 60", "ready\r\n", HANG_UP, 0, NULL, 129, "", NULL, false, true, false},
	{"echo ready; until [ \"$(stty size)\" = '30 100' ]; do sleep 0.01; done; stty size",
		"ready\r\n", NULL, SIGWINCH, NULL, 0, "30 100", NULL, false, false, false},
};

START_TEST(a_person_types)
{
	struct person p = {.wait_for = typings[_i].wait_for,
		.keys = typings[_i].keys,
		.number = typings[_i].number};
	struct termios raw;
	open_sandbox();
	ck_assert_int_eq(openpty(&p.keyboard, &p.terminal, NULL, NULL, NULL), 0);
	ck_assert_int_eq(fcntl(p.keyboard, F_SETFD, FD_CLOEXEC), 0);
	ck_assert_int_eq(fcntl(p.terminal, F_SETFD, FD_CLOEXEC), 0);
	ck_assert_int_eq(tcgetattr(p.terminal, &raw), 0);
	cfmakeraw(&raw);
	ck_assert_int_eq(tcsetattr(p.terminal, TCSANOW, &raw), 0);
	const struct sandbox_run run = {.line = typings[_i].line,
		.input = SANDBOX_INPUT_TERMINAL,
		.input_fd = p.terminal,
		.text = typings[_i].text,
		.output = see,
		.output_data = &p};
	struct sandbox_result r = run_as(&run);
	ck_assert_msg(r.status == typings[_i].status, "'%s': expected status %d, got %d: %s",
		typings[_i].line, typings[_i].status, r.status, r.output);
	ck_assert_msg(strstr(r.output, typings[_i].output) != NULL, "'%s': expected '%s', got: %s",
		typings[_i].line, typings[_i].output, r.output);
	ck_assert_msg(text_same(r.typed, typings[_i].typed), "'%s': left over: %s",
		typings[_i].line, r.typed);
	ck_assert_int_eq(r.interrupted, typings[_i].interrupted);
	ck_assert_int_eq(r.hung_up, typings[_i].hung_up);
	ck_assert_int_eq(r.shell_ended, typings[_i].shell_ended);
	sandbox_result_finish(&r);
	buf_finish(&p.seen);
	close(p.terminal);
	if (p.keyboard >= 0)
		close(p.keyboard);
	close_sandbox();
}
END_TEST

/* ---- the machine and the workspace ---- */

START_TEST(a_session_starts_what_it_needs)
{
	open_sandbox();
	ck_assert_int_eq(sandbox_kind(sandbox), SANDBOX_PRACTICE);
	ck_assert(sandbox_started_daemon(sandbox));
	ck_assert_str_eq(sandbox_docker_host(sandbox), fake_engine_host(engine));
	ck_assert_ptr_null(sandbox_tls_folder(sandbox));
	ck_assert(text_ends(sandbox_gate_log(sandbox), "/witness.log"));
	ck_assert(was_asked("start") && was_asked("sync ada") && was_asked("whole sh"));
	int fd = sandbox_socket(sandbox, AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_ge(fd, 0);
	close(fd);
	sandbox_close(sandbox, true);
	ck_assert(was_asked("stop"));
	sandbox = NULL;
	close_sandbox();
}
END_TEST

static const struct {
	const char *start, *workspace, *whole;
	const char *error;
} failures[] = {
	{"no namespaces", NULL, NULL, "no namespaces"},
	{NULL, "no space left", NULL, "no space left"},
	{NULL, NULL, "'sh' exited with status 1", "the workspace: 'sh' exited with status 1"},
};

START_TEST(what_is_missing_is_said)
{
	struct error err = {0};
	prepare();
	fake_machine.state = MACHINE_READY;
	fake_machine.start_error = failures[_i].start;
	fake_machine.workspace_error = failures[_i].workspace;
	fake_machine.whole_error = failures[_i].whole;
	bool good = open_kind(SANDBOX_PRACTICE, NULL, &err) && sandbox_wait(sandbox, &err);
	ck_assert_msg(!good && text_same(error_text(&err), failures[_i].error),
		"expected '%s', got '%s'", failures[_i].error, error_text(&err));
	error_finish(&err);
	close_sandbox();
}
END_TEST

START_TEST(a_session_without_a_daemon_runs_nothing)
{
	struct error err = {0};
	const struct sandbox_run run = {.line = "true", .input = SANDBOX_INPUT_NONE};
	struct sandbox_result result;
	prepare();
	ck_assert_msg(open_kind(SANDBOX_NONE, NULL, &err), "%s", error_text(&err));
	ck_assert(!sandbox_wait(sandbox, &err));
	ck_assert_str_eq(error_text(&err), "there is no daemon");
	error_finish(&err);
	ck_assert(!sandbox_run(sandbox, &run, &result, &err));
	ck_assert_str_eq(error_text(&err), "the sandbox is not ready");
	error_finish(&err);
	ck_assert(sandbox_reset(sandbox, &err));
	ck_assert_uint_eq(fake_machine.asked.count, 0);
	close_sandbox();
}
END_TEST

START_TEST(a_reset_begins_anew)
{
	struct error err = {0};
	open_sandbox();
	words_finish(&fake_machine.asked);
	fake_machine.asked = (struct words){0};
	ck_assert_msg(sandbox_reset(sandbox, &err), "%s", error_text(&err));
	ck_assert_str_eq(fake_machine.asked.items[0], "stop");
	ck_assert_str_eq(fake_machine.asked.items[1], "start");
	ck_assert(was_asked("clear ada"));
	expect("echo again", 0, "again\r\n");
	close_sandbox();
}
END_TEST

static const struct {
	const char *name;
	bool good;
} files[] = {{"a.txt", true}, {"web/index.html", true}, {"", false}, {"/etc/x", false},
	{"..", false}, {"../x", false}, {"a/../../x", false}, {"a/..", false}, {"a/", false}};

START_TEST(files_are_written_into_the_workspace)
{
	struct error err = {0};
	cleanup_buf struct buf text = {0};
	open_sandbox();
	bool good = sandbox_write_file(sandbox, files[_i].name, "content\n", &err);
	ck_assert_msg(good == files[_i].good, "'%s': %s", files[_i].name, error_text(&err));
	cleanup_free char *path = path_join(sandbox_workspace(sandbox), files[_i].name);
	ck_assert(!good || file_read(path, 100, &text, &err));
	ck_assert(!good || text_same(buf_text(&text), "content\n"));
	error_finish(&err);
	close_sandbox();
}
END_TEST

START_TEST(a_workspace_is_a_folder)
{
	struct error err = {0};
	struct stat info;
	prepare();
	cleanup_free char *all = machine_workspaces();
	cleanup_free char *own = path_join(all, "ada");
	ck_assert(folder_make(all, 0711, &err) && symlink("/etc", own) == 0);
	ck_assert_msg(open_kind(SANDBOX_PRACTICE, NULL, &err), "%s", error_text(&err));
	ck_assert(lstat(own, &info) == 0 && S_ISDIR(info.st_mode));
	close_sandbox();
}
END_TEST

START_TEST(what_is_not_kept_is_said_once)
{
	static const char *const reports[] = {
		"big.iso is too large.", "big.iso is too large.", NULL, "big.iso is too large."};
	const struct sandbox_run run = {.line = "true", .input = SANDBOX_INPUT_NONE};
	open_sandbox();
	for (size_t i = 0; i < ARRAY_LENGTH(reports); i++) {
		fake_machine.unkept = reports[i];
		struct sandbox_result r = run_as(&run);
		ck_assert_msg(text_same(r.unkept, i == 1 ? NULL : reports[i]), "line %zu: %s", i,
			r.unkept);
		sandbox_result_finish(&r);
	}
	close_sandbox();
}
END_TEST

START_TEST(the_daemon_says_its_limits)
{
	struct error err = {0};
	struct sandbox_limits limits;
	open_sandbox();
	ck_assert(!sandbox_limits(sandbox, &limits, &err));
	error_finish(&err);
	fake_engine_answer(engine, "GET", "/info", 200,
		"{\"CgroupDriver\":\"cgroupfs\",\"MemoryLimit\":true,\"PidsLimit\":false,\"CpuCfsQuota\":true}");
	ck_assert_msg(sandbox_limits(sandbox, &limits, &err), "%s", error_text(&err));
	ck_assert(limits.groups && limits.memory && !limits.processes && limits.processor);
	close_sandbox();
}
END_TEST

/* ---- a learner's own daemon ---- */

START_TEST(a_gate_stands_before_an_own_daemon)
{
	struct error err = {0};
	struct stat info;
	prepare();
	ck_assert_msg(
		open_kind(SANDBOX_HOST, fake_engine_host(engine), &err), "%s", error_text(&err));
	ck_assert(folder_make(getenv("XDG_RUNTIME_DIR"), 0700, &err));
	cleanup_free char *state = machine_state_folder(MACHINE_SHELL);
	ck_assert_msg(folder_make(state, 0700, &err), "%s", error_text(&err));
	ck_assert_msg(sandbox_wait(sandbox, &err), "%s", error_text(&err));
	const char *host = sandbox_docker_host(sandbox);
	ck_assert_msg(!text_same(host, fake_engine_host(engine)), "%s", host);
	ck_assert(stat(host + strlen("unix://"), &info) == 0 && S_ISSOCK(info.st_mode));
	ck_assert(text_starts(sandbox_gate_log(sandbox), state));
	ck_assert_msg(sandbox_wait(sandbox, &err), "again: %s", error_text(&err));
	expect("echo $DOCKER_HOST", 0, "unix:///run/ropes/gate-");
	fake_engine_answer(engine, "GET", "/version", 200, "{\"ApiVersion\":\"1.41\"}");
	ck_assert_msg(sandbox_reset(sandbox, &err), "%s", error_text(&err));
	ck_assert(was_asked("whole find"));
	close_sandbox();
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{lines_end, ARRAY_LENGTH(ends)},
		{a_session_remembers, 1},
		{the_copy_of_the_output_has_a_limit, 1},
		{a_line_has_its_time, ARRAY_LENGTH(stubborn)},
		{a_text_is_typed, 1},
		{a_person_types, ARRAY_LENGTH(typings)},
		{a_session_starts_what_it_needs, 1},
		{what_is_missing_is_said, ARRAY_LENGTH(failures)},
		{a_session_without_a_daemon_runs_nothing, 1},
		{a_reset_begins_anew, 1},
		{files_are_written_into_the_workspace, ARRAY_LENGTH(files)},
		{a_workspace_is_a_folder, 1},
		{what_is_not_kept_is_said_once, 1},
		{the_daemon_says_its_limits, 1},
		{a_gate_stands_before_an_own_daemon, 1},
	};
	return suite_run("lines", tests, ARRAY_LENGTH(tests), 60);
}
