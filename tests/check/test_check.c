/* tests/check/test_check.c - statements read, plans derived */
#include "check.h"
#include "suite.h"

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

/* What is wrong with a statement is said with what can stand there. */
static const struct {
	const char *statement, *due;
} unread[] = {
	{"planet x exists",
		"'planet x exists': unknown subject 'planet'; expected one of: exit, output, "
		"container, image, network, volume, http, file, daemon"},
	{"once", "'once': unknown subject ''; expected one of: exit, output, container, image, "
		 "network, volume, http, file, daemon"},
	{"container", "'container': a name is missing after the subject"},
	{"file x is gone",
		"'file x is gone': unknown predicate 'is gone'; expected one of (@ "
		"stands for a word, # for a number, / for an expression, $ for a text): `exists`, `has $`, `/`"},
};

START_TEST(what_cannot_be_read_is_explained)
{
	struct check_plan *plan = NULL;
	struct error err = {0};
	ck_assert(!check_plan_parse(&unread[_i].statement, 1, NULL, &plan, NULL, &err));
	ck_assert_str_eq(error_text(&err), unread[_i].due);
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
	/* gaps */
	{"docker run -d -p 80:80 \x01\x01", "docker run -d -p 81:80 nginx",
		"exit 0; container it is of image nginx; container it is running; container it "
		"publishes 80/tcp on 81"},
	{"docker run -d -p 80:80 \x01\x01", NULL,
		"exit 0; container it is running; container it publishes 80/tcp on 80"},
	{"docker run -d --name \x01 -e \x01=\x01 -v \x01:/d --network \x01 nginx",
		"docker run -d --name a -e B=1 -v c:/d --network e nginx",
		"exit 0; container it is of image nginx; container it is running; container a "
		"exists; container it mounts c at /d; container it on network e"},
	{"docker run -d --name \x01 -e \x01=\x01 -v \x01:/d --network \x01 nginx", NULL,
		"exit 0; container it is of image nginx; container it is running"},
	{"docker stop \x01", "docker stop web", "exit 0; container web is exited"},
	{"docker stop \x01", NULL, "exit 0"},
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
		{statements_are_read, ARRAY_LENGTH(statements)},
		{what_cannot_be_read_is_explained, ARRAY_LENGTH(unread)},
		{plans_are_derived, ARRAY_LENGTH(plans)},
		{purposes_are_compared, ARRAY_LENGTH(purposes)},
		{lines_are_judged_by_kind, 1},
		{references_have_one_spelling, ARRAY_LENGTH(references)},
		{files_are_checked_without_a_daemon, 1},
	};
	return suite_run("check", tests, ARRAY_LENGTH(tests), 20);
}
