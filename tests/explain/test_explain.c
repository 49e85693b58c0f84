/* tests/explain/test_explain.c - messages explained: by the grammar of the line, by rules, by their
 * speaker */
#include "explain.h"
#include "suite.h"

static const struct {
	const char *line;
	int status;
	const char *output, *says;
} errors[] = {
	{"docker run -p 80:80 x", 125, "Bind for 0.0.0.0:80 failed: port is already allocated.",
		"-p 8081:80"},
	{"docker run --name a x", 125, "The container name \"/a\" is already in use by container",
		"docker rm -f a"},
	{"docker rum", 1, "docker: 'rum' is not a docker command.", "docker run"},
	{"docker rum", 1, "docker: unknown command: docker rum", "docker run"},
	{"docker run --detatch x", 125, "unknown flag: --detatch", "--detatch"},
	{"docker start x", 1, "Error response from daemon: No such container: x", "docker ps -a"},
	{"docker run x nope", 127, "exec: \"nope\": executable file not found in $PATH: unknown.",
		"host has does not count"},
	{"docker ps", 1, "Cannot connect to the Docker daemon at unix:///x.", "No daemon"},
	{"docker rmi x", 1, "conflict: unable to remove repository reference (must be forced)",
		"Remove those first"},
	{"nope", 127, "bash: nope: command not found", "spelling"},
	{"x", 137, "", "128 + 9"},
};

static char *explained(const char *line, int status, const char *output)
{
	const struct explain_question question = {.line = line, .status = status, .output = output};
	struct explanation x;
	struct error err = {0};
	ck_assert_msg(explain_failure(&question, &x, &err), "%s", error_text(&err));
	char *text =
		x.rule != NULL ? xasprintf("%s: %s %s %s", x.rule, x.what, x.why, x.hint) : NULL;
	explain_finish(&x);
	return text;
}

START_TEST(errors_are_explained)
{
	cleanup_free char *why = explained(errors[_i].line, errors[_i].status, errors[_i].output);
	ck_assert_msg(why != NULL && strstr(why, errors[_i].says) != NULL, "'%s': %s",
		errors[_i].line, why != NULL ? why : "nothing");
}
END_TEST

static const struct {
	const char *output, *says;
} missing[] = {
	{"pull access denied for ngnix, repository does not exist", "Did you mean `nginx`?"},
	{"pull access denied for getting-started, repository",
		"Did you mean `docker/getting-started`?"},
	{"pull access denied for hello, repository", "Did you mean `hello-world`?"},
	{"failed to resolve source metadata for docker.io/library/aplin:latest: pull access "
	 "denied, repository",
		"Did you mean `alpine`?"},
	{"pull access denied for mysql, repository",
		"These are here: `alpine`, `nginx`, `docker/getting-started`, `hello-world`."},
	{"manifest for alpine:9.99 not found: manifest unknown",
		"Of `alpine` there are here: `alpine:latest`, `alpine:3`."},
	{"failed to resolve source metadata for docker.io/library/nginx:1: "
	 "docker.io/library/nginx:1: not found",
		"Of `nginx` there is here: `nginx:latest`."},
	{"pull access denied for x, repository", "`ropes images add --pull x`"},
};

START_TEST(a_missing_image_has_neighbours)
{
	cleanup_words struct words images = {0};
	words_add_all(
		&images, (const char *const[]){"alpine:latest", "alpine:3", "nginx:latest",
				 "docker/getting-started:latest", "hello-world:latest", NULL});
	struct explain_question question = {.line = "docker pull it",
		.status = 1,
		.output = missing[_i].output,
		.images = &images};
	struct explanation x;
	ck_assert(explain_failure(&question, &x, NULL));
	ck_assert_msg(strstr(x.hint, missing[_i].says) != NULL, "%s: %s", question.output, x.hint);
	explain_finish(&x);
	question.images = NULL;
	ck_assert(explain_failure(&question, &x, NULL)); /* nobody knows what there is */
	ck_assert_ptr_null(strstr(x.hint, "here: "));
	explain_finish(&x);
}
END_TEST

START_TEST(success_and_strangers_are_not)
{
	cleanup_free char *fine = explained("x", 0, "unknown flag: --x");
	cleanup_free char *strange = explained("x", 3, "something else");
	ck_assert_ptr_null(fine);
	ck_assert_ptr_null(strange);
}
END_TEST

static char *with_newlines(const char *text)
{
	struct buf out = {0};
	for (const char *c = text; *c != '\0'; c++) {
		bool newline = c[0] == '\\' && c[1] == 'n';
		buf_add_char(&out, newline ? '\n' : *c);
		c += newline;
	}
	return buf_steal(&out);
}

/* tests/data/explain/cases.txt: "STATUS|RULE|LINE|OUTPUT", \\n in OUTPUT is a newline */
START_TEST(every_rule_is_reached)
{
	cleanup_free char *path = suite_data("explain/cases.txt");
	cleanup_free char *file = data_path("assets/explain/rules.txt");
	cleanup_buf struct buf cases = {0}, rules = {0}, reached = {0}, wrong = {0};
	struct error err = {0};
	ck_assert(file_read(path, 1 << 20, &cases, &err) && file_read(file, 1 << 20, &rules, &err));
	for (char *save = NULL, *row = strtok_r(cases.data, "\n", &save); row != NULL;
		row = strtok_r(NULL, "\n", &save)) {
		char *part[4] = {row};
		if (*row == '#')
			continue;
		for (int i = 1; i < 4; i++) {
			part[i] = strchr(part[i - 1], '|');
			ck_assert_msg(part[i] != NULL, "%s", row);
			*part[i]++ = '\0';
		}
		for (char *c; (c = strstr(part[2], "\xC2\xA6")) != NULL;)
			memcpy(c, " |", 2);
		cleanup_free char *line = with_newlines(part[2]);
		cleanup_free char *output = with_newlines(part[3]);
		cleanup_free char *why = explained(line, (int)strtol(part[0], NULL, 10), output);
		cleanup_free char *due = xasprintf("%s:", part[1]);
		if (why == NULL || !text_starts(why, due))
			buf_printf(&wrong, "'%s' (%s): expected %s, got %s\n", part[2], part[3],
				part[1], why != NULL ? why : "nothing");
		buf_printf(&reached, "rule %s\n", part[1]);
	}
	fputs(buf_text(&wrong), stdout);
	fflush(stdout);
	ck_assert_msg(wrong.length == 0, "some cases are explained by another rule");
	for (char *save = NULL, *line = strtok_r(rules.data, "\n", &save); line != NULL;
		line = strtok_r(NULL, "\n", &save)) {
		cleanup_free char *whole = xasprintf("%s\n", line);
		if (text_starts(line, "rule "))
			ck_assert_msg(strstr(buf_text(&reached), whole) != NULL, "no case for '%s'",
				line);
	}
}
END_TEST

/* \n, \t and \\ become what they stand for, in place. */
static void unescape(char *text)
{
	char *to = text;
	for (const char *c = text; *c != '\0'; c++) {
		bool escaped = *c == '\\' && c[1] != '\0';
		c += escaped;
		*to++ = !escaped ? *c : *c == 'n' ? '\n' : *c == 't' ? '\t' : *c;
	}
	*to = '\0';
}

/* tests/data/explain/judged.tsv: verdict, name, status, rule, command, message, reason. What was
 * judged by reading stays judged as long as the same rule explains it. */
START_TEST(judged_messages_keep_their_rules)
{
	cleanup_free char *path = suite_data("explain/judged.tsv");
	cleanup_buf struct buf text = {0}, wrong = {0};
	size_t rows = 0, right = 0;
	ck_assert(file_read(path, 1 << 20, &text, NULL));
	for (char *save = NULL, *row = strtok_r(text.data, "\n", &save); row != NULL;
		row = strtok_r(NULL, "\n", &save)) {
		char *part[7] = {row};
		if (*row == '#')
			continue;
		for (size_t i = 1; i < ARRAY_LENGTH(part); i++) {
			part[i] = strchr(part[i - 1], '\t');
			ck_assert_msg(part[i] != NULL, "%s has %zu columns", part[0], i);
			*part[i]++ = '\0';
		}
		unescape(part[4]);
		unescape(part[5]);
		const char *output = text_same(part[5], "-") ? "" : part[5];
		cleanup_free char *why = explained(part[4], (int)strtol(part[2], NULL, 10), output);
		size_t length = strlen(part[3]);
		bool same = why == NULL ? text_same(part[3], "-")
					: text_starts(why, part[3]) && why[length] == ':';
		if (!same)
			buf_printf(&wrong, "%s: expected %s, got %s\n", part[1], part[3],
				why != NULL ? why : "-");
		rows++;
		right += text_same(part[0], "right");
		ck_assert_msg(!text_same(part[0], "wrong"), "%s is explained wrongly", part[1]);
	}
	fputs(buf_text(&wrong), stdout);
	fflush(stdout);
	ck_assert_msg(wrong.length == 0, "judge these anew");
	ck_assert_msg(right * 100 >= rows * 97, "%zu of %zu are right", right, rows);
}
END_TEST

/* One's own rules are checked when they are read; so the shipped ones are tried as such. */
START_TEST(all_rules_can_be_read)
{
	cleanup_free char *shipped = data_path("assets/explain/rules.txt");
	cleanup_free char *folder = path_join(suite_folder, "ropes");
	cleanup_buf struct buf rules = {0};
	struct error err = {0};
	struct explanation x;
	const struct explain_question question = {.line = "docker ps", .status = 1, .output = ""};
	ck_assert(file_read(shipped, 1 << 20, &rules, &err));
	ck_assert(folder_make(folder, 0700, &err));
	free(suite_file("ropes/explain.txt", buf_text(&rules), rules.length));
	setenv("XDG_CONFIG_HOME", suite_folder, 1);
	ck_assert_msg(explain_failure(&question, &x, &err), "%s", error_text(&err));
	explain_finish(&x);
}
END_TEST

/* Who speaks is decided by frames, and by what the line shows of its program. */
static const struct {
	const char *line;
	int status;
	const char *output;
	enum explain_speaker speaker;
	const char *cause;
} messages[] = {
	{"docker run x", 125, "docker: Error response from daemon: a: b: c.", EXPLAIN_DAEMON, "c"},
	{"docker run --detatch x", 125, "unknown flag: --detatch", EXPLAIN_CLIENT, "--detatch"},
	{"docker run x y", 127,
		"docker: Error response from daemon: failed to create shim task: OCI runtime "
		"create "
		"failed: exec: \"y\": executable file not found in $PATH: unknown",
		EXPLAIN_RUNTIME, "executable file not found in $PATH"},
	{"docker run x sh -c y", 127, "sh: y: not found", EXPLAIN_PROGRAM, "not found"},
	{"docker run x y", 3, "it went wrong", EXPLAIN_PROGRAM, "it went wrong"},
	{"docker run -d x y", 3, "it went wrong", EXPLAIN_UNKNOWN, "it went wrong"},
	{"nosuch", 127, "bash: nosuch: command not found", EXPLAIN_SHELL, "command not found"},
	{"docker run -i x cat < file", 1, "bash: line 1: file: No such file or directory",
		EXPLAIN_SHELL, "No such file or directory"},
	{"docker build .", 1, "ERROR: failed to solve: process \"x: y\" did not complete",
		EXPLAIN_BUILD, "process \"x: y\" did not complete"},
	{"docker compose up", 14, "no configuration file provided: not found", EXPLAIN_COMPOSE,
		"not found"},
	{"curl x", 7, "curl: (7) Failed to connect", EXPLAIN_OTHER, "(7) Failed to connect"},
};

START_TEST(speakers_are_told_apart)
{
	const struct explain_question question = {.line = messages[_i].line,
		.status = messages[_i].status,
		.output = messages[_i].output};
	struct explanation x;
	ck_assert(explain_failure(&question, &x, NULL));
	ck_assert_str_eq(
		explain_speaker_name(x.speaker), explain_speaker_name(messages[_i].speaker));
	ck_assert_str_eq(x.cause, messages[_i].cause);
	explain_finish(&x);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{errors_are_explained, ARRAY_LENGTH(errors)},
		{every_rule_is_reached, 1},
		{all_rules_can_be_read, 1},
		{judged_messages_keep_their_rules, 1},
		{speakers_are_told_apart, ARRAY_LENGTH(messages)},
		{a_missing_image_has_neighbours, ARRAY_LENGTH(missing)},
		{success_and_strangers_are_not, 1},
	};
	return suite_run("explain", tests, ARRAY_LENGTH(tests), 20);
}
