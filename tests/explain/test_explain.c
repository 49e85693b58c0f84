/* tests/explain/test_explain.c - messages explained: by the grammar of the line, by rules, by their
 * speaker */
#include "cli.h"
#include "explain.h"
#include "fake/engine.h"
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
	{"invalid from flag value alpin: pull access denied for alpin, repository",
		"Did you mean `alpine`?"},
	{"invalid from flag value compiler: pull access denied for compiler, repository",
		"name of the stage"},
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

static const struct {
	const char *line, *begins, *says; /* NULL: nothing that only the daemon knows */
} interpreters[] = {
	{"docker run --name job app", "#!/bin/bash\nset -e\n", "begins with `#!/bin/bash`"},
	{"docker run app", "#!/bin/sh\r\nset -e\r\n", "has a Windows line ending"},
	{"docker start job",
		"\x7f"
		"ELF\2",
		"is a binary file"},
	{"docker run other", "#!/bin/bash\n", NULL},
	{"docker run app", "no script\n", NULL},
	{"docker exec job /start.sh", "#!/bin/bash\n", NULL},
};

/* Why a program that exists does not start is decided by its first line. */
START_TEST(an_interpreter_is_looked_up)
{
	struct fake_engine *fake = fake_engine_start(suite_folder);
	struct engine *engine = NULL;
	const struct engine_options options = {.host = fake_engine_host(fake)};
	char archive[1024] = {0};
	archive[156] = '0';
	(void)snprintf(archive + 512, 512, "%s", interpreters[_i].begins);
	fake_engine_answer(
		fake, "GET", "/containers/json", 200, "[{\"Id\": \"c0ffee\", \"Image\": \"app\"}]");
	for (size_t i = 0; i < 2; i++)
		fake_engine_answer_bytes(fake, "GET",
			i == 0 ? "/containers/job/archive" : "/containers/c0ffee/archive", 200,
			archive, sizeof archive);
	ck_assert(engine_open(&options, &engine, NULL));
	const struct explain_question question = {.line = interpreters[_i].line,
		.status = 127,
		.output = "exec /start.sh: no such file or directory",
		.engine = engine};
	struct explanation x;
	ck_assert(explain_failure(&question, &x, NULL));
	ck_assert_str_eq(x.rule, "exec-interpreter");
	if (interpreters[_i].says != NULL)
		ck_assert_msg(strstr(x.hint, interpreters[_i].says) != NULL, "%s", x.hint);
	else
		ck_assert_msg(strstr(x.hint, " Here ") == NULL, "%s", x.hint);
	explain_finish(&x);
	engine_close(engine);
	fake_engine_stop(fake);
}
END_TEST

/* Lines that a rule, or what the daemon has, can repair. */
static const struct {
	const char *line;
	int status;
	const char *output, *repaired; /* NULL: unclear */
} repairs[] = {
	{"docker exec wbe ls", 1, "Error response from daemon: No such container: wbe",
		"docker exec web ls"},
	{"docker exec shop ls", 1, "Error response from daemon: No such container: shop", NULL},
	{"docker volume rm dat", 1, "Error response from daemon: get dat: no such volume",
		"docker volume rm data"},
	{"docker network rm lba", 1, "Error response from daemon: network lba not found",
		"docker network rm lab"},
	{"docker save -o a.tar alpin", 1, "Error response from daemon: No such image: alpin",
		"docker save -o a.tar alpine"},
	{"docker run alpin true", 125,
		"docker: Error response from daemon: pull access denied for alpin, repository does not exist",
		"docker run alpine true"},
	{"docker run alpine:lastest true", 125,
		"docker: Error response from daemon: manifest for alpine:lastest not found",
		"docker run alpine:latest true"},
	{"docker run alpine:3.99 true", 125,
		"docker: Error response from daemon: manifest for alpine:3.99 not found", NULL},
	{"docker exec -it web sh", 1, "the input device is not a TTY", "docker exec -i web sh"},
	{"docker exec --tty web sh", 1, "the input device is not a TTY", "docker exec web sh"},
	{"docker exec web /bin/bash -c ls", 127,
		"OCI runtime exec failed: exec failed: unable to start container process: exec: \"/bin/bash\": stat /bin/bash: no such file or directory: unknown",
		"docker exec web sh -c ls"},
	{"docker run -m 1m alpine true", 125,
		"docker: Error response from daemon: Minimum memory limit allowed is 6MB.",
		"docker run -m 6MB alpine true"},
	{"docker run --cpus=64 alpine true", 125,
		"docker: Error response from daemon: Range of CPUs is from 0.01 to 8.00, as there are only 8 CPUs available",
		"docker run --cpus=1 alpine true"},
	{"docker rn --rm alpine true", 125,
		"unknown shorthand flag: 'r' in -rm\nunknown command: docker rn",
		"docker run --rm alpine true"},
	{"docker build -t Shop/App:V1 .", 1,
		"ERROR: failed to build: invalid tag \"Shop/App:V1\": repository name must be lowercase",
		"docker build -t shop/app:V1 ."},
	{"docker pull https://hub.docker.com/_/Nginx", 1, "invalid reference format",
		"docker pull nginx"},
};

START_TEST(a_line_is_repaired)
{
	cleanup_words struct words images = {0};
	struct fake_engine *fake = fake_engine_start(suite_folder);
	struct engine *engine = NULL;
	const struct engine_options options = {.host = fake_engine_host(fake)};
	words_add_all(
		&images, (const char *const[]){"alpine:latest", "alpine:3", "nginx:latest", NULL});
	fake_engine_answer(fake, "GET", "/containers/json", 200, "[{\"Names\": [\"/web\"]}]");
	fake_engine_answer(fake, "GET", "/volumes", 200, "{\"Volumes\": [{\"Name\": \"data\"}]}");
	fake_engine_answer(fake, "GET", "/networks", 200, "[{\"Name\": \"lab\"}]");
	fake_engine_answer(
		fake, "GET", "/images/json", 200, "[{\"RepoTags\": [\"alpine:latest\"]}]");
	ck_assert(engine_open(&options, &engine, NULL));
	const struct explain_question question = {.line = repairs[_i].line,
		.status = repairs[_i].status,
		.output = repairs[_i].output,
		.engine = engine,
		.images = &images};
	struct explanation x;
	ck_assert(explain_failure(&question, &x, NULL));
	ck_assert_msg(text_same(x.repaired, repairs[_i].repaired), "%s: %s", x.rule, x.repaired);
	ck_assert_msg(x.repaired == NULL || strstr(x.hint, x.repaired) != NULL, "%s", x.hint);
	ck_assert_msg(strstr(x.hint, ".`.") == NULL, "%s", x.hint);
	explain_finish(&x);
	engine_close(engine);
	fake_engine_stop(fake);
}
END_TEST

START_TEST(the_members_of_a_network_are_told)
{
	struct fake_engine *fake = fake_engine_start(suite_folder);
	struct engine *engine = NULL;
	const struct engine_options options = {.host = fake_engine_host(fake)};
	fake_engine_answer(fake, "GET", "/networks/lab", 200,
		"{\"Containers\": {\"c0ffee\": {\"Name\": \"web\"}}}");
	ck_assert(engine_open(&options, &engine, NULL));
	const struct explain_question question = {.line = "docker network rm lab",
		.status = 1,
		.output =
			"Error response from daemon: error while removing network: network lab id 12 has active endpoints",
		.engine = engine};
	struct explanation x;
	ck_assert(explain_failure(&question, &x, NULL));
	ck_assert_msg(strstr(x.hint, "`docker network disconnect lab web`") != NULL, "%s", x.hint);
	explain_finish(&x);
	engine_close(engine);
	fake_engine_stop(fake);
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

/* \n, \t and \\ become what they stand for, in place. */
static void unescape(char *text)
{
	char *to = text;
	for (const char *c = text; *c != '\0'; c++) {
		bool escaped = *c == '\\' && c[1] != '\0' && strchr("nt\\", c[1]) != NULL;
		c += escaped;
		*to++ = !escaped ? *c : *c == 'n' ? '\n' : *c == 't' ? '\t' : *c;
	}
	*to = '\0';
}

/* A message with the line and status that it came with, and the rule that has to explain it. */
struct situation {
	const char *group; /* the verdict, or the topic; "" */
	const char *name, *rule, *line, *output;
	int status;
};
typedef void visit_function(const struct situation *situation, void *data);

/* tests/data/explain/cases.txt: "STATUS|RULE|LINE|OUTPUT", ¦ in LINE is a pipe. judged.tsv and
 * messages.tsv: group, name, status, rule, line, output, and perhaps a reason. */
static void visit_situations(const char *file, visit_function *visit, void *data)
{
	cleanup_free char *path = suite_data(file);
	cleanup_buf struct buf text = {0};
	bool is_short = text_ends(file, ".txt");
	ck_assert(file_read(path, 1 << 20, &text, NULL));
	for (char *save = NULL, *row = strtok_r(text.data, "\n", &save); row != NULL;
		row = strtok_r(NULL, "\n", &save)) {
		char *part[7] = {row};
		size_t count = is_short ? 4 : 6;
		if (*row == '#')
			continue;
		for (size_t i = 1; i < count; i++) {
			part[i] = strchr(part[i - 1], is_short ? '|' : '\t');
			ck_assert_msg(part[i] != NULL, "%s has %zu columns", part[0], i);
			*part[i]++ = '\0';
		}
		size_t at = is_short ? 0 : 2; /* the column of the status */
		part[at + 3][strcspn(part[at + 3], "\t")] = '\0';
		char *line = part[at + 2];
		for (char *c; is_short && (c = strstr(line, "\xC2\xA6")) != NULL;)
			memcpy(c, " |", 2);
		unescape(line);
		unescape(part[at + 3]);
		const struct situation one = {.group = is_short ? "" : part[0],
			.name = is_short ? line : part[1],
			.rule = part[at + 1],
			.line = line,
			.output = text_same(part[at + 3], "-") ? "" : part[at + 3],
			.status = (int)strtol(part[at], NULL, 10)};
		visit(&one, data);
	}
}

static const char *const situation_files[] = {
	"explain/cases.txt", "explain/judged.tsv", "explain/messages.tsv"};

struct seen {
	struct buf wrong, rules;
	size_t rows, right;
	struct {
		char name[32];
		size_t rows, known;
	} topics[48];
};

static void check_rule(const struct situation *one, void *data)
{
	struct seen *seen = data;
	cleanup_free char *why = explained(one->line, one->status, one->output);
	size_t length = strlen(one->rule);
	bool same = why == NULL ? text_same(one->rule, "-")
				: text_starts(why, one->rule) && why[length] == ':';
	if (!same)
		buf_printf(&seen->wrong, "%s: '%s' (%s): expected %s, got %s\n", one->name,
			one->line, one->output, one->rule, why != NULL ? why : "-");
	if (why != NULL && (strstr(why, "``") != NULL || strstr(why, "` `") != NULL))
		buf_printf(&seen->wrong, "%s: a gap in %s\n", one->name, why);
	buf_printf(&seen->rules, "rule %s\n", one->rule);
	ck_assert_msg(!text_same(one->group, "wrong"), "%s is explained wrongly", one->name);
	seen->rows++;
	seen->right += text_same(one->group, "right");
}

/* Each situation keeps the rule that explained it when it was judged. */
START_TEST(situations_keep_their_rules)
{
	struct seen seen = {0};
	visit_situations(situation_files[_i], check_rule, &seen);
	fputs(buf_text(&seen.wrong), stdout);
	fflush(stdout);
	ck_assert_msg(seen.wrong.length == 0, "judge these anew");
	if (text_ends(situation_files[_i], "judged.tsv"))
		ck_assert_msg(seen.right * 100 >= seen.rows * 97, "%zu of %zu are right",
			seen.right, seen.rows);
	buf_finish(&seen.wrong);
	buf_finish(&seen.rules);
}
END_TEST

static void note_rule(const struct situation *one, void *data)
{
	buf_printf(data, "rule %s\n", one->rule);
}

START_TEST(every_rule_is_reached)
{
	cleanup_free char *file = data_path("assets/explain/rules.txt");
	cleanup_buf struct buf rules = {0}, reached = {0}, missing_rules = {0};
	ck_assert(file_read(file, 1 << 20, &rules, NULL));
	for (size_t i = 0; i < ARRAY_LENGTH(situation_files); i++)
		visit_situations(situation_files[i], note_rule, &reached);
	for (char *save = NULL, *line = strtok_r(rules.data, "\n", &save); line != NULL;
		line = strtok_r(NULL, "\n", &save)) {
		cleanup_free char *whole = xasprintf("%s\n", line);
		if (text_starts(line, "rule ") && strstr(buf_text(&reached), whole) == NULL)
			buf_add_text(&missing_rules, whole);
	}
	ck_assert_msg(missing_rules.length == 0, "no situation for\n%s", buf_text(&missing_rules));
}
END_TEST

/* Who only repeats the words does not explain them. */
static bool is_known(const char *rule)
{
	return !text_same(rule, "-") && !text_ends(rule, "-words") &&
	       !text_same(rule, "docker-failed") && !text_same(rule, "program-status");
}

static void count_topic(const struct situation *one, void *data)
{
	struct seen *seen = data;
	size_t i = 0;
	while (seen->topics[i].rows > 0 && !text_same(seen->topics[i].name, one->group))
		ck_assert_uint_lt(++i, ARRAY_LENGTH(seen->topics));
	(void)snprintf(seen->topics[i].name, sizeof seen->topics[i].name, "%s", one->group);
	seen->topics[i].rows++;
	seen->topics[i].known += is_known(one->rule);
}

/* Of what the programs can say to a beginner, how much is explained. Messages about the number of
 * words and about options need a line with that fault; mutate.py tries those. */
START_TEST(topics_are_covered)
{
	struct seen seen = {0};
	visit_situations("explain/messages.tsv", count_topic, &seen);
	for (size_t i = 0; i < ARRAY_LENGTH(seen.topics) && seen.topics[i].rows > 0; i++) {
		const char *topic = seen.topics[i].name;
		printf("%-20s %zu of %zu\n", topic, seen.topics[i].known, seen.topics[i].rows);
		bool is_of_line = text_starts(topic, "argument-") || text_starts(topic, "option-");
		ck_assert_msg(is_of_line || seen.topics[i].known * 2 >= seen.topics[i].rows,
			"too little is known of %s", topic);
	}
	fflush(stdout);
}
END_TEST

/* ---- advice ---- */

/* "IMAGE", "HOST:PORT": a word that the reader replaces. */
static bool is_placeholder(const char *word)
{
	return word[strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_:/.")] == '\0';
}

/* Returns the first fault of a docker command, described; NULL if docker would read it. A command
 * without any word after it is only mentioned. */
static char *fault_of(const char *line)
{
	struct shell_commands commands;
	char *found = NULL;
	shell_split(line, &commands);
	for (size_t i = 0; i < commands.count && found == NULL; i++) {
		struct cli_call call;
		struct cli_faults faults = {0};
		if (cli_read(&commands.items[i], &call))
			cli_find_faults(&call, line, &faults);
		for (size_t k = 0; k < faults.count && found == NULL; k++) {
			const struct cli_fault *fault = &faults.items[k];
			size_t word = fault->word;
			bool is_mention = (fault->kind == CLI_MISSING_OPERAND ||
					   fault->kind == CLI_MISSING_COMMAND ||
					   fault->kind == CLI_MISSING_VALUE);
			bool is_named =
				word < call.line->count && is_placeholder(call.line->words[word]);
			if (!is_mention && !is_named)
				found = xasprintf("fault %d at word %zu of '%s'", (int)fault->kind,
					word, line);
		}
		cli_faults_finish(&faults);
		cli_call_finish(&call);
	}
	shell_commands_finish(&commands);
	return found;
}

static void check_quoted(const struct situation *one, const char *text, struct buf *wrong)
{
	for (const char *at = text; (at = strchr(at, '`')) != NULL;) {
		const char *end = strchr(++at, '`');
		if (end == NULL)
			return;
		cleanup_free char *command = xstrndup(at, (size_t)(end - at));
		bool is_whole = strstr(command, "…") == NULL &&
				strstr(one->line, command) == NULL &&
				strstr(one->output, command) == NULL;
		char *fault = is_whole ? fault_of(command) : NULL;
		if (fault != NULL)
			buf_printf(wrong, "%s: %s\n", one->name, fault);
		free(fault);
		at = end + 1;
	}
}

/* How many of the line's words that are no options the corrected line lacks. */
static size_t count_lost(const char *line, const char *repaired)
{
	struct shell_commands commands;
	size_t lost = 0;
	shell_split(line, &commands);
	for (size_t i = 0; i < commands.count; i++)
		for (size_t k = 0; k < commands.items[i].count; k++) {
			const char *word = commands.items[i].words[k];
			lost += word[0] != '-' && strstr(repaired, word) == NULL;
		}
	shell_commands_finish(&commands);
	return lost;
}

static void check_advice(const struct situation *one, void *data)
{
	struct buf *wrong = data;
	const struct explain_question question = {
		.line = one->line, .status = one->status, .output = one->output};
	struct explanation x;
	ck_assert(explain_failure(&question, &x, NULL));
	if (x.rule != NULL)
		check_quoted(one, x.hint, wrong);
	if (x.repaired != NULL && count_lost(one->line, x.repaired) > 1)
		buf_printf(wrong, "%s: words are lost in '%s'\n", one->name, x.repaired);
	explain_finish(&x);
}

/* Each command that an explanation suggests is one that docker reads, and a corrected line keeps
 * what was typed: only the word at fault changes. */
START_TEST(advice_can_be_typed)
{
	cleanup_buf struct buf wrong = {0};
	visit_situations(situation_files[_i], check_advice, &wrong);
	ck_assert_msg(wrong.length == 0, "%s", buf_text(&wrong));
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

/* What an explanation is about, for programs: values, and no sentences. */
static const struct {
	const char *line;
	int status;
	const char *output, *operands; /* joined by '|' */
} named[] = {
	{"docker run --name db -d postgres", 125,
		"docker: Error response from daemon: Conflict. The container name \"/db\" is already "
		"in use by container \"0f3\".",
		"db"},
	{"docker compose up", 15,
		"service \"db\" refers to undefined volume pgdata: invalid compose project",
		"db|pgdata"},
	{"docker run --nmae db x", 125, "unknown flag: --nmae", "--nmae|--name"},
	{"docker run --name db", 125, "docker: 'docker run' requires at least 1 argument",
		"--name"},
	{"docker run nginx -d", 0, "", "-d|--detach"},
	{"docker build .", 1,
		" > [2/2] RUN x:\n0.2 Error: it went wrong\n------\nERROR: failed to solve: process "
		"\"/bin/sh -c x\" did not complete successfully: exit code: 1",
		""},
};

START_TEST(operands_are_named)
{
	const struct explain_question question = {
		.line = named[_i].line, .status = named[_i].status, .output = named[_i].output};
	struct explanation x;
	cleanup_buf struct buf operands = {0};
	ck_assert(explain_failure(&question, &x, NULL));
	for (size_t i = 0; i < x.operands.count; i++)
		buf_printf(&operands, "%s%s", i > 0 ? "|" : "", x.operands.items[i]);
	ck_assert_str_eq(buf_text(&operands), named[_i].operands);
	explain_finish(&x);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{errors_are_explained, ARRAY_LENGTH(errors)},
		{situations_keep_their_rules, ARRAY_LENGTH(situation_files)},
		{every_rule_is_reached, 1},
		{topics_are_covered, 1},
		{advice_can_be_typed, ARRAY_LENGTH(situation_files)},
		{all_rules_can_be_read, 1},
		{speakers_are_told_apart, ARRAY_LENGTH(messages)},
		{operands_are_named, ARRAY_LENGTH(named)},
		{an_interpreter_is_looked_up, ARRAY_LENGTH(interpreters)},
		{a_missing_image_has_neighbours, ARRAY_LENGTH(missing)},
		{a_line_is_repaired, ARRAY_LENGTH(repairs)},
		{the_members_of_a_network_are_told, 1},
		{success_and_strangers_are_not, 1},
	};
	return suite_run("explain", tests, ARRAY_LENGTH(tests), 60);
}
