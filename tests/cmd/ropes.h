/* tests/cmd/ropes.h - the whole program, each time in a process of its own, with a fake sandbox and
 * a fake practice machine; what it wrote and how it ended are looked at */
#ifndef TESTS_CMD_ROPES_H
#define TESTS_CMD_ROPES_H

#include "tutor/play.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

int ropes_main(int argc, char **argv); /* main() of src/cmd/main.c under another name */

struct ropes_ran {
	int status; /* exit status, 128 + signal */
	char *out, *err;
};

/* What is set in the new process before the program begins; NULL: nothing. */
static void (*ropes_prepare)(void);

/* Folders of its own, so that it meets nobody's record. Called first in a test. */
static inline void ropes_home(void)
{
	static const char *const names[] = {"HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME",
		"XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"};
	struct error err = {0};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		cleanup_free char *path =
			xasprintf("%s/%d/%s", suite_folder, (int)getpid(), names[i]);
		ck_assert_msg(folder_make(path, 0700, &err), "%s", error_text(&err));
		ck_assert_int_eq(setenv(names[i], path, 1), 0);
	}
	ck_assert_int_eq(setenv("ROPES_LEARNER", "ada", 1), 0);
	ck_assert_int_eq(unsetenv("ROPES_DAEMON"), 0);
}

/* A daemon and the lines of tests/tutor/play.h; alpine and one more can be pulled. */
static inline void ropes_sandbox(void)
{
	static const char *const images[] = {"alpine:3", "nginx:1", NULL};
	fake_sandbox = (struct fake_sandbox){.engine = fake_engine_start(suite_folder),
		.lines = play_lines,
		.line_count = ARRAY_LENGTH(play_lines),
		.limits = {true, true, true, true},
		.started_daemon = true,
		.host = {.address = (char *)"unix:///run/host.sock",
			.name = (char *)"laptop",
			.id = (char *)"id-1",
			.engine = (char *)"Docker 28.0"}};
	fake_machine.state = MACHINE_READY;
	fake_machine.images = images;
}

/* A file of tests/data by a path without blanks, wherever the sources are. The caller frees it. */
static inline char *ropes_data(const char *file)
{
	cleanup_free char *data = suite_data(""), *whole = realpath(data, NULL);
	cleanup_free char *link = path_join(suite_folder, "shown");
	ck_assert(symlink(whole, link) == 0 || errno == EEXIST);
	return path_join(link, file);
}

/* Words between blanks; a word may stand in '…'. */
static inline void ropes_split(const char *line, struct words *ret)
{
	for (const char *c = line + strspn(line, " "); *c != '\0'; c += strspn(c, " ")) {
		bool quoted = *c == '\'';
		size_t length = quoted ? strcspn(c + 1, "'") : strcspn(c, " ");
		cleanup_free char *word = xstrndup(c + quoted, length);
		words_add(ret, word);
		c += length + 2 * quoted;
	}
}

/* Starts `ropes LINE`; the descriptors become 0, 1 and 2. */
static inline pid_t ropes_start(const char *line, int in, int out, int err)
{
	cleanup_words struct words argv = {0};
	words_add(&argv, "ropes");
	ropes_split(line, &argv);
	fflush(NULL);
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid > 0)
		return pid;
	signal(SIGTERM, SIG_DFL); /* those of the test's own runner */
	signal(SIGINT, SIG_DFL);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(99);
	if (ropes_prepare != NULL)
		ropes_prepare();
	exit(ropes_main((int)argv.count, argv.items));
}

static inline int ropes_wait(pid_t pid)
{
	int status = 0;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static inline int ropes_file(const char *name, const char *content)
{
	cleanup_free char *path = suite_file(name, content, strlen(content));
	int fd = open(path, O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static inline char *ropes_content(const char *name)
{
	struct buf text = {0};
	cleanup_free char *path = path_join(suite_folder, name);
	ck_assert(file_read(path, 1 << 24, &text, NULL));
	return buf_steal(&text);
}

/* Runs it to its end. */
static inline struct ropes_ran ropes_run(const char *line, const char *input)
{
	int in = ropes_file("stdin", input), out = ropes_file("stdout", ""),
	    err = ropes_file("stderr", "");
	struct ropes_ran ran = {.status = ropes_wait(ropes_start(line, in, out, err))};
	close(in);
	close(out);
	close(err);
	ran.out = ropes_content("stdout");
	ran.err = ropes_content("stderr");
	return ran;
}

static inline void ropes_finish(struct ropes_ran *ran)
{
	free(ran->out);
	free(ran->err);
	*ran = (struct ropes_ran){0};
}

/* Runs it, and the status and a part of what it writes are these; NULL: whatever it writes. The
 * caller frees what it wrote. */
static inline char *ropes_expect(
	const char *line, const char *input, int status, const char *out, const char *err)
{
	struct ropes_ran ran = ropes_run(line, input);
	ck_assert_msg(ran.status == status, "ropes %s: expected status %d, got %d\n%s%s", line,
		status, ran.status, ran.out, ran.err);
	ck_assert_msg(out == NULL || strstr(ran.out, out) != NULL,
		"ropes %s: expected '%s' in:\n%s%s", line, out, ran.out, ran.err);
	ck_assert_msg(err == NULL || strstr(ran.err, err) != NULL,
		"ropes %s: expected the message '%s', got:\n%s", line, err, ran.err);
	char *text = xstrdup(ran.out);
	ropes_finish(&ran);
	return text;
}

#endif
