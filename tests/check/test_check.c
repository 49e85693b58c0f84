/* tests/check/test_check.c - lines split, statements read, plans derived, errors explained */
#include "check.h"
#include "suite.h"

static const struct {
	const char *line;
	const char *words; /* the commands: words joined by '|', commands by ';' */
	bool complete;
} splits[] = {
	{"docker ps", "docker|ps", true},
	{"  docker   ps  ", "docker|ps", true},
	{"docker run 'a b' \"c d\" e\\ f", "docker|run|a b|c d|e f", true},
	{"a && b || c; d & e | f", "a;b;c;d;e;f", true},
	{"X=1 docker ps", "docker|ps", true},
	{"sudo docker ps", "docker|ps", true},
	{"docker ps > out 2>&1", "docker|ps", true},
	{"docker rm $(docker ps -q)", "docker|rm|$(docker ps -q);docker|ps|-q", true},
	{"echo \"$(docker ps)\"", "echo|$(docker ps);docker|ps", true},
	{"docker ps # remark", "docker|ps", true},
	{"cat <<EOF\nx y\nEOF\nls", "cat;ls", true},
	{"echo 'open", "echo|open", false},
	{"echo \"open", "echo|open", false},
	{"docker ps |", "docker|ps", false},
	{"docker ps &&", "docker|ps", false},
	{"docker run \\", "docker|run", false},
	{"cat <<EOF\nx", "cat", false},
	{"", "", true},
	{"# only", "", true},
	{"if true; then docker ps; fi", "true;docker|ps", true},
	{"a\\\nb", "ab", true},
	{"for i in 1 2; do", "for|i|in|1|2", false},
	{"for i in 1 2; do\necho $i\ndone", "for|i|in|1|2;echo|$i", true},
	{"while true", "true", false},
	{"while true; do if false; then ls; fi", "true;false;ls", false},
	{"f() {", "f", false},
	{"f() {\nls\n}", "f;ls", true},
	{"case $x in", "case|$x|in", false},
	{"echo for if {", "echo|for|if|{", true},
	{"docker run done", "docker|run|done", true},
};

START_TEST(lines_are_split)
{
	struct check_commands commands;
	cleanup_buf struct buf text = {0};
	check_split(splits[_i].line, &commands);
	for (size_t i = 0; i < commands.count; i++)
		for (size_t k = 0; k < commands.items[i].count; k++)
			buf_printf(&text, "%s%s",
				k > 0   ? "|"
				: i > 0 ? ";"
					: "",
				commands.items[i].words[k]);
	ck_assert_str_eq(buf_text(&text), splits[_i].words);
	ck_assert(commands.complete == splits[_i].complete);
	check_commands_finish(&commands);
}
END_TEST

static const struct {
	const char *text;
	bool good;
} statements[] = {
	{"exit 0", true},
	{"exit nonzero", true},
	{"exit maybe", false},
	{"output /ab+c/", true},
	{"output /ab(/", false},
	{"output has some words", true},
	{"output matches", true},
	{"container web is running", true},
	{"now container web is exited", true},
	{"once container web started", true},
	{"container web exited with 3", true},
	{"container web exited with x", false},
	{"container web publishes 80/tcp", true},
	{"container web publishes 80/tcp on 8080", true},
	{"container web has env A=b c", true},
	{"container web label k=v", true},
	{"container web mounts data at /var/lib", true},
	{"container web on network back", true},
	{"container web memory ≤ 64m", true},
	{"container web memory <= 64m", true},
	{"container web changed /etc/x", true},
	{"container web logs /hi there/", true},
	{"container it is running", true},
	{"container", false},
	{"container web", false},
	{"container web is dancing", false},
	{"any container is running", true},
	{"no container is running", true},
	{"2 containers image nginx", true},
	{"image x exists", true},
	{"image x is gone", true},
	{"image x has 3 layers", true},
	{"image x has exposed port 80", true},
	{"image x has cmd sh -c true", true},
	{"image x built from alpine", true},
	{"network n exists", true},
	{"volume v gone", true},
	{"http web:80 answers 200", true},
	{"http web:80/x answers 200 with /ok/", true},
	{"http web:80 answers", false},
	{"file x exists", true},
	{"file x has words", true},
	{"file x /re/", true},
	{"planet x exists", false},
	{"", false},
};

START_TEST(statements_are_read)
{
	struct check_plan *plan = NULL;
	struct error err = {0};
	bool good = check_plan_parse(&statements[_i].text, 1, NULL, &plan, NULL, &err);
	ck_assert_msg(good == statements[_i].good, "%s: %s", statements[_i].text, error_text(&err));
	ck_assert(good || strchr(error_text(&err), '\'') != NULL);
	check_plan_destroy(plan);
	error_finish(&err);
}
END_TEST

static const struct {
	const char *example, *line, *statements; /* joined by "; " */
} plans[] = {
	{"docker version", NULL, "exit 0; daemon was asked GET version"},
	{"docker run -d -p 80:80 docker/getting-started", NULL,
		"exit 0; container it is of image docker/getting-started; container it is running; "
		"container it publishes "
		"80/tcp on 80"},
	{"docker run -dp 80:80 docker/getting-started",
		"docker run -d -p 8081:80 docker/getting-started",
		"exit 0; container it is of image docker/getting-started; container it is running; "
		"container it publishes "
		"80/tcp on 8081"},
	{"docker run -d -p 80:80 x",
		"docker container run --detach --publish=127.0.0.1:99:80/tcp x",
		"exit 0; container it is of image x; container it is running; container it "
		"publishes 80/tcp on 99"},
	{"docker run -i -t ubuntu /bin/bash", NULL,
		"exit of its own; container it is of image ubuntu"},
	{"docker run --rm alpine echo hi", NULL, "exit 0; once container it is of image alpine"},
	{"docker run --name web -d nginx", NULL,
		"exit 0; container it is of image nginx; container it is running; container web "
		"exists"},
	{"docker run --name web -d nginx", "docker run --name mine -d nginx",
		"exit 0; container it is of image nginx; container it is running; container mine "
		"exists"},
	{"docker run -e A=1 alpine env", NULL,
		"exit 0; container it is of image alpine; container it has env A=1"},
	{"docker run -d -v data:/d nginx", NULL,
		"exit 0; container it is of image nginx; container it is running; container it "
		"mounts data at /d"},
	{"docker run -d --network back nginx", NULL,
		"exit 0; container it is of image nginx; container it is running; container it on "
		"network back"},
	{"docker create nginx", NULL, "exit 0; container it is of image nginx"},
	{"docker stop web", NULL, "exit 0; container web is exited"},
	{"docker stop -t 1 web", "docker stop other", "exit 0; container other is exited"},
	{"docker start web", NULL, "exit of its own; once container web started"},
	{"docker rm -f a b", NULL, "exit 0; container a is gone; container b is gone"},
	{"docker rm -f $(docker ps -q)", NULL, "exit 0"},
	{"docker pull ubuntu:22.04", NULL, "exit 0; image ubuntu:22.04 exists"},
	{"docker image pull ubuntu", NULL, "exit 0; image ubuntu exists"},
	{"docker rmi x", NULL, "exit 0; image x is gone"},
	{"docker image rm x", NULL, "exit 0; image x is gone"},
	{"docker tag a b:1", NULL, "exit 0; image b:1 exists"},
	{"docker build -t app .", NULL, "exit 0; image app exists"},
	{"docker commit web snap", NULL, "exit 0; image snap exists"},
	{"docker network create back", NULL, "exit 0; network back exists"},
	{"docker network rm back", NULL, "exit 0; network back is gone"},
	{"docker network connect back web", NULL, "exit 0; container web on network back"},
	{"docker volume create data", NULL, "exit 0; volume data exists"},
	{"docker rename a b", NULL, "exit 0; container b exists"},
	{"docker pause a", NULL, "exit 0; container a is paused"},
	{"docker exec -it web sh", NULL, "exit of its own"},
	{"docker logs web", NULL,
		"exit of its own; daemon was asked GET containers/{container}/logs"},
	{"docker container ls -a", NULL, "exit 0; daemon was asked GET containers/json"},
	{"docker system prune -af", NULL, "daemon was asked POST containers/prune"},
	{"docker stats --no-stream", NULL, "exit of its own; daemon was asked GET containers/json"},
	{"docker stats --no-stream web", NULL,
		"exit of its own; daemon was asked GET containers/{container}/stats"},
	{"curl localhost", NULL, "exit 0"},
	{"sudo docker pull alpine", NULL, "exit 0; image alpine exists"},
};

START_TEST(plans_are_derived)
{
	struct check_plan *plan = check_plan_derive(plans[_i].example, plans[_i].line, NULL);
	cleanup_words struct words words = {0};
	cleanup_buf struct buf text = {0};
	check_plan_statements(plan, &words);
	for (size_t i = 0; i < words.count; i++)
		buf_printf(&text, "%s%s", i > 0 ? "; " : "", words.items[i]);
	ck_assert_str_eq(buf_text(&text), plans[_i].statements);
	check_plan_destroy(plan);
}
END_TEST

static const struct {
	const char *a, *b;
	bool same;
} purposes[] = {
	{"docker ps", "docker container ls -a", true},
	{"docker ps", "docker images", false},
	{"docker run x", "docker container run -d y", true},
	{"docker rmi x", "docker image rm y", true},
	{"curl a", "curl b", true},
	{"curl a", "docker ps", false},
};

START_TEST(purposes_are_compared)
{
	ck_assert(check_same_purpose(purposes[_i].a, purposes[_i].b) == purposes[_i].same);
}
END_TEST

START_TEST(lines_are_judged_by_kind)
{
	ck_assert(check_changes_state("docker run x"));
	ck_assert(check_changes_state("echo; docker rm x"));
	ck_assert(!check_changes_state("docker ps"));
	ck_assert(check_is_interactive("docker run -it ubuntu bash"));
	ck_assert(check_is_interactive("docker logs -f web"));
	ck_assert(!check_is_interactive("docker run -dit ubuntu bash"));
	ck_assert(!check_is_interactive("docker logs web"));
	ck_assert(check_wants_cgroups("docker run -d --name x alpine; docker container top x"));
	ck_assert(check_wants_cgroups("docker stats --no-stream"));
	ck_assert(check_wants_cgroups("docker update --restart no -m 32m x"));
	ck_assert(!check_wants_cgroups("docker update --restart=no x"));
	ck_assert(!check_wants_cgroups("docker run -m 32m alpine top"));
}
END_TEST

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
	const struct check_ran ran = {.line = line, .status = status, .output = output};
	struct check_explanation x;
	struct error err = {0};
	ck_assert_msg(check_explain(&ran, NULL, NULL, &x, &err), "%s", error_text(&err));
	char *text =
		x.rule != NULL ? xasprintf("%s: %s %s %s", x.rule, x.what, x.why, x.hint) : NULL;
	check_explanation_finish(&x);
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
	const struct check_ran ran = {
		.line = "docker pull it", .status = 1, .output = missing[_i].output};
	struct check_explanation x;
	ck_assert(check_explain(&ran, NULL, &images, &x, NULL));
	ck_assert_msg(strstr(x.hint, missing[_i].says) != NULL, "%s: %s", ran.output, x.hint);
	check_explanation_finish(&x);
	ck_assert(check_explain(&ran, NULL, NULL, &x, NULL)); /* nobody knows what there is */
	ck_assert_ptr_null(strstr(x.hint, "here: "));
	check_explanation_finish(&x);
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
	cleanup_buf struct buf cases = {0}, rules = {0}, reached = {0};
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
		ck_assert_msg(why != NULL && text_starts(why, due), "'%s' (%s): %s, not %s",
			part[2], part[3], why != NULL ? why : "nothing", part[1]);
		buf_printf(&reached, "rule %s\n", part[1]);
	}
	for (char *save = NULL, *line = strtok_r(rules.data, "\n", &save); line != NULL;
		line = strtok_r(NULL, "\n", &save)) {
		cleanup_free char *whole = xasprintf("%s\n", line);
		if (text_starts(line, "rule "))
			ck_assert_msg(strstr(buf_text(&reached), whole) != NULL, "no case for '%s'",
				line);
	}
}
END_TEST

static const struct {
	const char *reference, *normal;
} references[] = {
	{"ubuntu", "docker.io/library/ubuntu:latest"},
	{"docker.io/library/ubuntu", "docker.io/library/ubuntu:latest"},
	{"ubuntu:22.04", "docker.io/library/ubuntu:22.04"},
	{"docker/getting-started", "docker.io/docker/getting-started:latest"},
	{"localhost:5000/x", "localhost:5000/x:latest"},
	{"localhost/x", "localhost/x:latest"},
	{"a.example/b/c:1", "a.example/b/c:1"},
	{"x@sha256:00", "docker.io/library/x@sha256:00"},
};

START_TEST(references_have_one_spelling)
{
	cleanup_free char *normal = engine_reference_normalise(references[_i].reference);
	ck_assert_str_eq(normal, references[_i].normal);
}
END_TEST

START_TEST(files_are_checked_without_a_daemon)
{
	cleanup_free char *file = suite_file("made.txt", "hello there\n", 12);
	const struct check_context_options options = {.workspace = suite_folder};
	struct check_context *context = NULL;
	struct check_verdicts verdicts = {0};
	struct check_plan *plan = NULL;
	const char *const texts[] = {"file made.txt has hello", "file made.txt /^hello/",
		"file none exists", "container x is running", "exit 0"};
	static const enum check_outcome outcomes[] = {
		CHECK_PASSED, CHECK_PASSED, CHECK_FAILED, CHECK_NOT_RUN, CHECK_NOT_RUN};
	ck_assert_ptr_nonnull(file);
	ck_assert(check_context_open(&options, &context, NULL));
	ck_assert(check_plan_parse(texts, ARRAY_LENGTH(texts), NULL, &plan, NULL, NULL));
	check_plan_evaluate(plan, context, 0, NULL, NULL, &verdicts);
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		ck_assert_int_eq(verdicts.items[i].outcome, outcomes[i]);
	check_verdicts_finish(&verdicts);
	check_plan_destroy(plan);
	check_context_close(context);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{lines_are_split, ARRAY_LENGTH(splits)},
		{statements_are_read, ARRAY_LENGTH(statements)},
		{plans_are_derived, ARRAY_LENGTH(plans)},
		{purposes_are_compared, ARRAY_LENGTH(purposes)},
		{lines_are_judged_by_kind, 1},
		{errors_are_explained, ARRAY_LENGTH(errors)},
		{every_rule_is_reached, 1},
		{a_missing_image_has_neighbours, ARRAY_LENGTH(missing)},
		{success_and_strangers_are_not, 1},
		{references_have_one_spelling, ARRAY_LENGTH(references)},
		{files_are_checked_without_a_daemon, 1},
	};
	return suite_run("check", tests, ARRAY_LENGTH(tests), 20);
}
