/* tests/spawn/test_spawn.c - programs that are started: their ends, descriptors, folders, failures
 */
#include "spawn.h"
#include "suite.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

static const struct {
	const char *argv[4];
	int status; /* -1: it can't be started */
} ends[] = {
	{{"true"}, 0},
	{{"false"}, 1},
	{{"sh", "-c", "exit 7"}, 7},
	{{"sh", "-c", "kill -9 $$"}, 128 + SIGKILL},
	{{"no-such-program"}, -1},
	{{"/"}, -1},
};

START_TEST(programs_end)
{
	const struct spawn spawn = {.argv = ends[_i].argv};
	struct error err = {0};
	pid_t pid = 0;
	bool started = spawn_start(&spawn, &pid, &err);
	ck_assert_msg(
		started == (ends[_i].status >= 0), "%s: %s", ends[_i].argv[0], error_text(&err));
	ck_assert_msg(started || strstr(error_text(&err), ends[_i].argv[0]) != NULL, "%s",
		error_text(&err));
	if (started)
		ck_assert_int_eq(spawn_wait(pid), ends[_i].status);
	error_finish(&err);
	bool good = spawn_run(&spawn, &err);
	ck_assert_msg(good == (ends[_i].status == 0), "%s: %s", ends[_i].argv[0], error_text(&err));
	error_finish(&err);
}
END_TEST

/* What a program says that was started so. */
static char *said_by(struct spawn *spawn)
{
	int pipes[2];
	struct buf out = {0};
	struct error err = {0};
	char bytes[512];
	pid_t pid;
	ck_assert_int_eq(pipe2(pipes, O_CLOEXEC), 0);
	spawn_fd_add(spawn, pipes[1], 1);
	ck_assert_msg(spawn_start(spawn, &pid, &err), "%s", error_text(&err));
	close(pipes[1]);
	for (ssize_t length; (length = fd_read(pipes[0], bytes, sizeof bytes)) > 0;)
		buf_add(&out, bytes, (size_t)length);
	close(pipes[0]);
	ck_assert_int_eq(spawn_wait(pid), 0);
	return buf_steal(&out);
}

START_TEST(folder_and_environment_are_its_own)
{
	const char *const argv[] = {"sh", "-c", "pwd; echo $WORD", NULL};
	const char *const environment[] = {"PATH=/usr/bin:/bin", "WORD=hello", NULL};
	struct spawn spawn = {.argv = argv,
		.environment = environment,
		.folder = "/",
		.session = true,
		.die_with_parent = true};
	cleanup_free char *said = said_by(&spawn);
	ck_assert_str_eq(said, "/\nhello\n");
}
END_TEST

START_TEST(descriptors_are_mapped_and_no_others_are_there)
{
	cleanup_free char *file = suite_file("seven", "through 7\n", 10);
	int in = open(file, O_RDONLY | O_CLOEXEC), other = open(file, O_RDONLY | O_CLOEXEC);
	cleanup_free char *script =
		xasprintf("cat <&7; [ ! -e /proc/$$/fd/%d ] || echo it has another one", other);
	const char *const argv[] = {"sh", "-c", script, NULL};
	struct spawn spawn = {.argv = argv};
	spawn_fd_add(&spawn, in, 7);
	cleanup_free char *said = said_by(&spawn);
	ck_assert_str_eq(said, "through 7\n");
	close(in);
	close(other);
}
END_TEST

static int end_with(void *data)
{
	return *(int *)data;
}

START_TEST(a_function_runs_in_a_child)
{
	int status = 42;
	struct error err = {0};
	pid_t pid = 0;
	ck_assert_msg(spawn_function(end_with, &status, false, &pid, &err), "%s", error_text(&err));
	ck_assert_int_eq(spawn_wait(pid), 42);
	ck_assert_msg(spawn_function(end_with, &status, true, NULL, &err), "%s", error_text(&err));
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* it is nobody's to wait for */
}
END_TEST

START_TEST(one_that_reads_ends_with_its_pipe)
{
	const char *const argv[] = {"cat", NULL};
	int pipes[2];
	struct spawn spawn = {.argv = argv};
	struct error err = {0};
	pid_t pid;
	ck_assert_int_eq(pipe2(pipes, O_CLOEXEC), 0);
	spawn_fd_add(&spawn, pipes[0], 0);
	ck_assert_msg(spawn_start(&spawn, &pid, &err), "%s", error_text(&err));
	close(pipes[0]);
	spawn_hang_up(&pipes[1], &pid);
	ck_assert_int_eq(pipes[1], -1);
	ck_assert_int_eq(pid, 0);
	spawn_hang_up(&pipes[1], &pid);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{programs_end, ARRAY_LENGTH(ends)},
		{folder_and_environment_are_its_own, 1},
		{descriptors_are_mapped_and_no_others_are_there, 1},
		{a_function_runs_in_a_child, 1},
		{one_that_reads_ends_with_its_pipe, 1},
	};
	return suite_run("spawn", tests, ARRAY_LENGTH(tests), 20);
}
