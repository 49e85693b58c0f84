/* tests/check/test_judge.c - statements judged by what a daemon says, how judging waits, what the
 * daemon adds to explanations and completion; the daemon answers from a table */
#include "check.h"
#include "explain.h"
#include "fake/engine.h"
#include "suite.h"

#include <poll.h>

#define ID_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define ID_C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

struct world {
	struct fake_engine *fake;
	struct engine *engine;
	struct check_context *context;
	char *log;
};

/* web runs, job has exited with 3; both are there before the step begins. */
static void furnish(struct fake_engine *fake)
{
	cleanup_free char *web = xasprintf(
		"\"Path\":\"nginx\",\"Args\":[\"-g\",\"daemon off;\"],"
		"\"Config\":{\"Image\":\"nginx:1\",\"Tty\":true,\"Env\":[\"A=1\",\"B=b c\"],"
		"\"Labels\":{\"tier\":\"front\"}},"
		"\"HostConfig\":{\"Memory\":67108864},"
		"\"Mounts\":[{\"Name\":\"data\",\"Source\":\"/v\",\"Destination\":\"/var/lib\"},"
		"{\"Name\":\"\",\"Source\":\"/home/ada\",\"Destination\":\"/work\"}],"
		"\"NetworkSettings\":{\"Networks\":{\"back\":{}},"
		"\"Ports\":{\"80/tcp\":[{\"HostPort\":\"%u\"},{\"HostPort\":\"%u\"}],"
		"\"443/tcp\":null}}",
		fake_engine_port(fake), fake_engine_port(fake));
	fake_engine_container(fake, ID_A, "web", "nginx:1", "running", web);
	fake_engine_container(fake, ID_B, "job", "alpine", "exited", NULL);
	fake_engine_answer(fake, "GET", "/containers/web/changes", 200,
		"[{\"Path\":\"/etc/motd\",\"Kind\":0}]");
	fake_engine_answer(fake, "GET", "/containers/" ID_A "/logs", 200, "ready to serve\n");
	fake_engine_answer(fake, "GET", "/images/json", 200,
		"[{\"RepoTags\":[\"nginx:1\"]},{\"RepoTags\":[\"app:2\"]}]");
	fake_engine_answer(fake, "GET", "/images/nginx:1/json", 200,
		"{\"RootFS\":{\"Layers\":[\"l1\",\"l2\"]}}");
	fake_engine_answer(fake, "GET", "/images/app:2/json", 200,
		"{\"RootFS\":{\"Layers\":[\"l1\",\"l2\",\"l3\"]},\"Config\":{\"Cmd\":[\"sh\",\"-"
		"c\","
		"\"true\"],\"Env\":[\"HOME=/\"],\"Labels\":{\"v\":\"2\"},\"ExposedPorts\":{\"80/"
		"tcp\":{"
		"}}}}");
	fake_engine_answer(fake, "GET", "/networks", 200, "[{\"Name\":\"back\"}]");
	fake_engine_answer(fake, "GET", "/networks/back", 200, "{\"Name\":\"back\"}");
	fake_engine_answer(fake, "GET", "/volumes", 200, "{\"Volumes\":[{\"Name\":\"data\"}]}");
	fake_engine_answer(fake, "GET", "/volumes/data", 200, "{\"Name\":\"data\"}");
	fake_engine_answer(fake, "GET", "/hello", 200, "hello from web");
}

static void open_context(struct world *w)
{
	struct error err = {0};
	const struct check_context_options options = {
		.engine = w->engine, .workspace = suite_folder, .gate_log = w->log};
	ck_assert_msg(check_context_open(&options, &w->context, &err), "%s", error_text(&err));
}

static struct world world_open(void)
{
	struct world w = {.fake = fake_engine_start(suite_folder)};
	struct error err = {0};
	const struct engine_options options = {.host = fake_engine_host(w.fake)};
	furnish(w.fake);
	ck_assert_msg(engine_open(&options, &w.engine, &err), "%s", error_text(&err));
	open_context(&w);
	return w;
}

static void world_close(struct world *w)
{
	check_context_close(w->context);
	engine_close(w->engine);
	fake_engine_stop(w->fake);
	free(w->log);
}

static void ran(struct world *w, const char *line, int status, const char *output)
{
	int64_t now = clock_wall_ms();
	check_context_ran(w->context, &(struct check_ran){.line = line,
					      .status = status,
					      .output = output,
					      .started_ms = now,
					      .ended_ms = now});
}

static struct check_plan *plan_of(const char *statement, const char *expected)
{
	struct check_plan *plan = NULL;
	struct error err = {0};
	ck_assert_msg(check_plan_parse(&statement, 1, expected, &plan, NULL, &err), "%s",
		error_text(&err));
	return plan;
}

static struct check_verdicts judge(struct world *w, const char *statement, int deadline_ms)
{
	struct check_verdicts verdicts = {0};
	struct check_plan *plan = plan_of(statement, NULL);
	check_plan_evaluate(plan, w->context, deadline_ms, NULL, NULL, &verdicts);
	check_plan_destroy(plan);
	return verdicts;
}

static void expect(const struct check_verdicts *v, const char *statement,
	enum check_outcome outcome, const char *seen)
{
	const char *got = v->items[0].seen != NULL ? v->items[0].seen : "";
	ck_assert_msg(v->items[0].outcome == outcome, "%s: expected %s, got %s (%s)", statement,
		check_outcome_name(outcome), check_outcome_name(v->items[0].outcome), got);
	ck_assert_msg(seen == NULL || strstr(got, seen) != NULL,
		"%s: expected to see '%s', got '%s'", statement, seen, got);
}

/* ---- what is so now ---- */

static const struct {
	const char *statement;
	enum check_outcome outcome;
	const char *seen; /* a part of it; NULL: any */
} facts[] = {
	{"container web is running", CHECK_PASSED, NULL},
	{"container web is exited", CHECK_FAILED, "web is running"},
	{"container job is running", CHECK_FAILED, "job is exited (with 3)"},
	{"container job is exited", CHECK_PASSED, NULL},
	{"container job exited with 3", CHECK_PASSED, NULL},
	{"container job exited with 0", CHECK_FAILED, "status 3"},
	{"container web is paused", CHECK_FAILED, "web is running"},
	{"container web is created", CHECK_FAILED, "web is running"},
	{"container web exists", CHECK_PASSED, NULL},
	{"container aaaaaaaaaaaa exists", CHECK_FAILED, NULL},
	{"container other exists", CHECK_FAILED, "other"},
	{"container other is gone", CHECK_FAILED, NULL}, /* it never was there */
	{"container web is gone", CHECK_FAILED, NULL},
	{"container web is of image nginx:1", CHECK_PASSED, NULL},
	{"container web is of image docker.io/library/nginx:1", CHECK_PASSED, NULL},
	{"container web image alpine", CHECK_FAILED, "web is of image nginx:1"},
	{"container web publishes 80/tcp", CHECK_PASSED, NULL},
	{"container web publishes 443/tcp", CHECK_FAILED, "443/tcp (not published)"},
	{"container web publishes 80/tcp on 1", CHECK_FAILED, "80/tcp on "},
	{"container job publishes 80/tcp", CHECK_FAILED, "job is exited and publishes nothing"},
	{"container web has env A=1", CHECK_PASSED, NULL},
	{"container web has env B=b c", CHECK_PASSED, NULL},
	{"container web has env A=2", CHECK_FAILED, NULL},
	{"container web label tier=front", CHECK_PASSED, NULL},
	{"container web has label tier=back", CHECK_FAILED, NULL},
	{"container web mounts data at /var/lib", CHECK_PASSED, NULL},
	{"container web mounts /home/ada at /work", CHECK_PASSED, NULL},
	{"container web mounts data at /other", CHECK_FAILED, "data at /var/lib"},
	{"container web on network back", CHECK_PASSED, NULL},
	{"container web on network front", CHECK_FAILED, "on back"},
	{"container web memory <= 64m", CHECK_PASSED, NULL},
	{"container web memory <= 64000k", CHECK_FAILED, "67108864 bytes"},
	{"container web memory <= 1g", CHECK_PASSED, NULL},
	{"container job memory <= 1g", CHECK_FAILED, "no limit"},
	{"container web command nginx -g daemon off;", CHECK_PASSED, NULL},
	{"container web command nginx", CHECK_FAILED, "nginx -g daemon off;"},
	{"container web changed /etc/motd", CHECK_PASSED, NULL},
	{"container web changed /etc/passwd", CHECK_FAILED, NULL},
	{"container web logs /ready/", CHECK_PASSED, NULL},
	{"container web logs /panic/", CHECK_FAILED, NULL},
	{"container web started", CHECK_PASSED, NULL}, /* a container that runs was started */
	{"container job started", CHECK_FAILED, "was not started in this step"},
	{"container it is running", CHECK_FAILED, "no container was created"},
	{"any container is running", CHECK_PASSED, NULL},
	{"any container is paused", CHECK_FAILED, "0 of 2"},
	{"no container is paused", CHECK_PASSED, NULL},
	{"no container is running", CHECK_FAILED, "1 of 2"},
	{"2 containers exists", CHECK_PASSED, NULL},
	{"1 container is running", CHECK_PASSED, NULL},
	{"3 containers is running", CHECK_FAILED, "1 of 2"},
	{"image app:2 exists", CHECK_PASSED, NULL},
	{"image other exists", CHECK_FAILED, "there is no image other"},
	{"image app:2 is gone", CHECK_FAILED, NULL},
	{"image app:2 has cmd sh -c true", CHECK_PASSED, NULL},
	{"image app:2 has cmd true", CHECK_FAILED, NULL},
	{"image app:2 has env HOME=/", CHECK_PASSED, NULL},
	{"image app:2 has label v=2", CHECK_PASSED, NULL},
	{"image app:2 has exposed port 80", CHECK_PASSED, NULL},
	{"image app:2 has exposed port 81/udp", CHECK_FAILED, NULL},
	{"image app:2 has 3 layers", CHECK_PASSED, NULL},
	{"image app:2 has 2 layers", CHECK_FAILED, "3 layers"},
	{"image app:2 built from nginx:1", CHECK_PASSED, NULL},
	{"image nginx:1 built from app:2", CHECK_FAILED, NULL},
	{"image nginx:1 built from nothing", CHECK_FAILED, "there is no image nothing"},
	{"image other has 2 layers", CHECK_FAILED, "there is no image other"},
	{"network back exists", CHECK_PASSED, NULL},
	{"network front exists", CHECK_FAILED, "there is no network front"},
	{"network back is gone", CHECK_FAILED, NULL},
	{"volume data exists", CHECK_PASSED, NULL},
	{"volume other exists", CHECK_FAILED, "there is no volume other"},
	{"volume data gone", CHECK_FAILED, NULL},
	{"http web:80/hello answers 200", CHECK_PASSED, NULL},
	{"http web:80/hello answers 200 with /from web/", CHECK_PASSED, NULL},
	{"http web:80/hello answers 200 with /other/", CHECK_FAILED, "with: hello from web"},
	{"http web:80/hello answers 404", CHECK_FAILED, "answered 200"},
	{"http web:443 answers 200", CHECK_FAILED, "web does not publish 443"},
	{"http other:80 answers 200", CHECK_FAILED, "other"},
	{"http it:80 answers 200", CHECK_FAILED, NULL},
	{"http web answers 200", CHECK_ERROR, "'web' is not CONTAINER:PORT"},
	{"file ../x exists", CHECK_ERROR, "not in the workspace"},
	{"exit 0", CHECK_NOT_RUN, "no command was run yet"},
	{"daemon was asked GET info", CHECK_FAILED, "no command was run yet"},
};

START_TEST(facts_are_judged)
{
	struct world w = world_open();
	struct check_verdicts v = judge(&w, facts[_i].statement, 0);
	expect(&v, facts[_i].statement, facts[_i].outcome, facts[_i].seen);
	check_verdicts_finish(&v);
	world_close(&w);
}
END_TEST

/* ---- as people read it ---- */

static const struct {
	const char *statement, *told;
} sentences[] = {
	{"exit 0", "the command succeeded (exit 0)"},
	{"exit 3", "the command ended with status 3"},
	{"exit nonzero", "the command failed, as expected"},
	{"exit of its own", "Docker could run the command"},
	{"output has some words", "the output has \"some words\""},
	{"output /[Gg]etting started/", "the output has \"Getting started\""},
	{"output /^a\\.b$|c.*d/", "the output has \"a.b\" or \"c…d\""},
	{"output /ab+c/", "the output has /ab+c/"},
	{"output /[ab]c/", "the output has /[ab]c/"},
	{"output /(a|b)c/", "the output has /(a|b)c/"},
	{"output /a\\wb/", "the output has /a\\wb/"},
	{"daemon was asked GET info", "the daemon was asked: GET info"},
	{"container it is running", "your container is running"},
	{"once container it is of image nginx:1", "your container is of image nginx:1"},
	{"container web publishes 80/tcp on 8080", "container web publishes 80/tcp on 8080"},
	{"container web memory <= 64m", "container web may use at most 64m of memory"},
	{"container web logs /[Rr]eady/", "container web logged \"Ready\""},
	{"any container is paused", "a container is paused"},
	{"no container image alpine", "no container is of image alpine"},
	{"2 containers exists", "2 containers exists"},
	{"image app:2 has 3 layers", "image app:2 has 3 layers"},
	{"volume data gone", "volume data is gone"},
	{"http it:80 answers 200", "your container's page on port 80 answers 200"},
	{"http web:80/hello answers 200 with /from (web|mail)/",
		"the page on port 80/hello of container web answers 200 and says /from (web|mail)/"},
	{"file x has words", "file x has \"words\""},
};

START_TEST(sentences_are_for_people)
{
	struct world w = world_open();
	struct check_verdicts v = judge(&w, sentences[_i].statement, 0);
	ck_assert_str_eq(v.items[0].statement, sentences[_i].told);
	check_verdicts_finish(&v);
	world_close(&w);
}
END_TEST

/* Nothing is anybody's fault where the daemon can't say what is so. */
static const char *const refused[] = {"container web is running", "container web is gone",
	"container web changed /x", "image app:2 exists", "image app:2 is gone",
	"network back exists", "network back is gone", "volume data exists", "volume data gone",
	"any container is running", "container web has env A=1"};

START_TEST(a_daemon_that_fails_is_an_error)
{
	struct world w = world_open();
	fake_engine_answer(w.fake, "GET", "/*", 500, "{\"message\":\"the disk is full\"}");
	struct check_verdicts v = judge(&w, refused[_i], 0);
	expect(&v, refused[_i], CHECK_ERROR, "the disk is full");
	ck_assert_int_eq(check_verdicts_outcome(&v), CHECK_ERROR);
	check_verdicts_finish(&v);
	world_close(&w);
}
END_TEST

/* ---- what was there is gone ---- */

static const struct {
	const char *statement, *path;
} removed[] = {
	{"container web is gone", "/containers/web/json"},
	{"image app:2 is gone", "/images/app:2/json"},
	{"network back is gone", "/networks/back"},
	{"volume data is gone", "/volumes/data"},
};

START_TEST(what_was_there_is_gone)
{
	struct world w = world_open();
	fake_engine_answer(w.fake, "GET", removed[_i].path, 404, "{\"message\":\"none\"}");
	struct check_verdicts v = judge(&w, removed[_i].statement, 0);
	expect(&v, removed[_i].statement, CHECK_PASSED, NULL);
	check_verdicts_finish(&v);
	world_close(&w);
}
END_TEST

/* The daemon takes a name that is free for the beginning of an id: that is another container. */
START_TEST(the_beginning_of_another_id_is_no_name)
{
	struct world w = {.fake = fake_engine_start(suite_folder)};
	const struct engine_options options = {.host = fake_engine_host(w.fake)};
	fake_engine_container(w.fake, ID_C, "cc", "alpine", "running", NULL);
	ck_assert(engine_open(&options, &w.engine, NULL));
	open_context(&w);
	fake_engine_container(w.fake, ID_C, "other", "alpine", "running", NULL);
	cleanup_free char *other =
		xasprintf("{\"Id\":\"%s\",\"Name\":\"/other\",\"State\":{}}", ID_C);
	fake_engine_answer(w.fake, "GET", "/containers/cc/json", 200, other);
	struct check_verdicts v = judge(&w, "container cc is gone", 0);
	expect(&v, "container cc is gone", CHECK_PASSED, NULL);
	check_verdicts_finish(&v);
	world_close(&w);
}
END_TEST

/* ---- what happened ---- */

static const struct {
	const char *action, *statement;
	enum check_outcome outcome;
} happened[] = {
	{"start", "once container new started", CHECK_PASSED},
	{"start", "container new started", CHECK_PASSED},
	{"start", "once container new is running", CHECK_PASSED},
	{"start", "container new is running", CHECK_FAILED},
	{"die", "once container new is exited", CHECK_PASSED},
	{"pause", "once container new is paused", CHECK_PASSED},
	{"create", "once container new is created", CHECK_PASSED},
	{"create", "once container new exists", CHECK_PASSED},
	{"create", "container new is gone", CHECK_PASSED}, /* it came and went within the step */
	{"create", "once container it is of image alpine", CHECK_PASSED},
	{"create", "once container new image nginx", CHECK_FAILED},
	{"destroy", "once container new started", CHECK_FAILED},
	{"start", "once container cccccccccccc started",
		CHECK_PASSED}, /* by the beginning of its id */
};

START_TEST(events_are_judged)
{
	struct world w = world_open();
	fake_engine_container_event(w.fake, happened[_i].action, ID_C, "new", "alpine");
	struct check_verdicts v = judge(&w, happened[_i].statement, 0);
	expect(&v, happened[_i].statement, happened[_i].outcome, NULL);
	check_verdicts_finish(&v);
	world_close(&w);
}
END_TEST

START_TEST(it_is_what_the_last_line_made)
{
	struct world w = world_open();
	fake_engine_container(w.fake, ID_C, "new", "alpine", "running", NULL);
	ran(&w, "docker run -d alpine", 0, ID_C);
	fake_engine_container_event(w.fake, "create", ID_C, "new", "alpine");
	struct check_verdicts v = judge(&w, "container it is running", 0);
	expect(&v, "container it is running", CHECK_PASSED, NULL);
	ck_assert_str_eq(v.items[0].statement, "your container is running");
	check_verdicts_finish(&v);
	world_close(&w);
}
END_TEST

/* ---- waiting ---- */

struct change {
	struct world *world;
	int asked;
};

/* The container comes up when judging has looked once. */
static bool come_up(void *data)
{
	struct change *c = data;
	if (c->asked++ == 0) {
		fake_engine_container(c->world->fake, ID_C, "late", "alpine", "running", NULL);
		fake_engine_container_event(c->world->fake, "start", ID_C, "late", "alpine");
	}
	return false;
}

START_TEST(judging_waits_for_what_comes_late)
{
	struct world w = world_open();
	struct change change = {.world = &w};
	struct check_verdicts v = {0};
	struct check_plan *plan = plan_of("container late is running", NULL);
	check_plan_evaluate(plan, w.context, 20000, come_up, &change, &v);
	expect(&v, "container late is running", CHECK_PASSED, NULL);
	check_verdicts_finish(&v);
	check_plan_destroy(plan);
	world_close(&w);
}
END_TEST

/* It runs at the first look and has ended at the second. */
static bool fall_over(void *data)
{
	struct change *c = data;
	if (c->asked++ == 0)
		fake_engine_container(c->world->fake, ID_A, "web", "nginx:1", "exited", NULL);
	return c->asked > 40;
}

START_TEST(running_must_last)
{
	struct world w = world_open();
	struct change change = {.world = &w};
	struct check_verdicts v = {0};
	struct check_plan *plan = plan_of("container web is running", NULL);
	check_plan_evaluate(plan, w.context, 1100, fall_over, &change, &v);
	expect(&v, "container web is running", CHECK_FAILED, "web is exited (with 3)");
	ck_assert_msg(v.items[0].advice != NULL && strstr(v.items[0].advice, "docker logs web"),
		"expected advice about docker logs, got %s",
		v.items[0].advice != NULL ? v.items[0].advice : "none");
	check_verdicts_finish(&v);
	check_plan_destroy(plan);
	world_close(&w);
}
END_TEST

static bool stop_at_once(void *data)
{
	++*(int *)data;
	return true;
}

START_TEST(judging_ends_when_it_is_told_to)
{
	struct world w = world_open();
	int asked = 0;
	struct check_verdicts v = {0};
	struct check_plan *plan = plan_of("container none is running", NULL);
	check_plan_evaluate(plan, w.context, 60000, stop_at_once, &asked, &v);
	ck_assert_int_eq(asked, 1);
	expect(&v, "container none is running", CHECK_FAILED, NULL);
	check_verdicts_finish(&v);
	check_plan_destroy(plan);
	world_close(&w);
}
END_TEST

/* What passes is looked at again only if it may end by itself. */
static const struct {
	const char *statement;
	bool twice;
} looks[] = {
	{"container web is running", true},
	{"any container is running", true},
	{"once container web is running", false},
	{"output has is running", false},
	{"container web exists", false},
	{"container job is exited", false},
};

START_TEST(only_what_may_end_is_looked_at_twice)
{
	struct world w = world_open();
	int asked = 0;
	struct check_verdicts v = {0};
	struct check_plan *plan = plan_of(looks[_i].statement, NULL);
	ran(&w, "docker ps", 0, "it is running");
	check_plan_evaluate(plan, w.context, 60000, stop_at_once, &asked, &v);
	expect(&v, looks[_i].statement, CHECK_PASSED, NULL);
	ck_assert_msg(asked == looks[_i].twice, "%s: expected %d more looks, got %d",
		looks[_i].statement, looks[_i].twice, asked);
	check_verdicts_finish(&v);
	check_plan_destroy(plan);
	world_close(&w);
}
END_TEST

START_TEST(a_line_that_failed_is_not_waited_for)
{
	struct world w = world_open();
	ran(&w, "docker run --name web nginx", 125,
		"The container name \"/web\" is already in use by container");
	struct check_verdicts v = judge(&w, "exit 0", 60000);
	expect(&v, "exit 0", CHECK_FAILED, "exit 125");
	ck_assert_msg(v.items[0].advice != NULL && strstr(v.items[0].advice, "docker rm -f web"),
		"expected the way out of a name that is taken, got %s",
		v.items[0].advice != NULL ? v.items[0].advice : "none");
	check_verdicts_finish(&v);
	world_close(&w);
}
END_TEST

START_TEST(a_daemon_that_goes_away_blames_nobody)
{
	struct world w = world_open();
	struct error err = {0};
	bool news = false, there = true;
	ck_assert_int_ge(check_context_fd(w.context), 0);
	fake_engine_end_events(w.fake);
	while (there) {
		struct pollfd fd = {.fd = check_context_fd(w.context), .events = POLLIN};
		ck_assert_msg(poll(&fd, 1, 10000) == 1, "the end of the events was not seen");
		there = check_context_pump(w.context, &news, &err);
	}
	ck_assert_int_eq(check_context_fd(w.context), -1);
	ck_assert(!check_context_pump(w.context, &news, NULL));
	struct check_verdicts v = judge(&w, "container web is running", 0);
	expect(&v, "container web is running", CHECK_ERROR, "the daemon stopped");
	check_verdicts_finish(&v);
	error_finish(&err);
	world_close(&w);
}
END_TEST

START_TEST(a_context_needs_its_baseline)
{
	struct fake_engine *fake = fake_engine_start(suite_folder);
	const struct engine_options options = {.host = fake_engine_host(fake)};
	struct engine *engine = NULL;
	struct check_context *context = NULL;
	struct error err = {0};
	ck_assert(engine_open(&options, &engine, NULL));
	fake_engine_answer(fake, "GET", "/volumes", 500, "{\"message\":\"no volumes today\"}");
	ck_assert(!check_context_open(
		&(struct check_context_options){.engine = engine}, &context, &err));
	ck_assert_str_eq(error_text(&err), "the daemon refused /volumes: no volumes today");
	error_finish(&err);
	engine_close(engine);
	fake_engine_stop(fake);
}
END_TEST

/* What can't be looked at, since its object is not there, is not judged. */
START_TEST(what_hangs_on_a_missing_object_is_not_run)
{
	static const char *const statements[] = {"container none exists",
		"container none is running", "container web is running", "image none exists",
		"image none has 2 layers"};
	static const enum check_outcome outcomes[] = {
		CHECK_FAILED, CHECK_NOT_RUN, CHECK_PASSED, CHECK_FAILED, CHECK_NOT_RUN};
	struct world w = world_open();
	struct check_plan *plan = NULL;
	struct check_verdicts v = {0};
	ck_assert(check_plan_parse(statements, ARRAY_LENGTH(statements), NULL, &plan, NULL, NULL));
	check_plan_evaluate(plan, w.context, 0, NULL, NULL, &v);
	for (size_t i = 0; i < ARRAY_LENGTH(statements); i++)
		ck_assert_msg(v.items[i].outcome == outcomes[i], "%s: expected %s, got %s",
			statements[i], check_outcome_name(outcomes[i]),
			check_outcome_name(v.items[i].outcome));
	ck_assert_int_eq(check_verdicts_outcome(&v), CHECK_FAILED);
	check_verdicts_finish(&v);
	check_plan_destroy(plan);
	world_close(&w);
}
END_TEST

/* ---- the line ---- */

static const struct {
	const char *statement;
	int status;
	const char *output, *expected;
	enum check_outcome outcome;
} lines[] = {
	{"exit 3", 3, "", NULL, CHECK_PASSED},
	{"exit nonzero", 3, "", NULL, CHECK_PASSED},
	{"exit nonzero", 0, "", NULL, CHECK_FAILED},
	{"exit of its own", 3, "Error: mine", NULL, CHECK_PASSED},
	{"exit of its own", 125, "", NULL, CHECK_FAILED},
	{"exit of its own", 127, "docker: Error", NULL, CHECK_FAILED},
	{"exit of its own", 127, "sh: nope", NULL, CHECK_PASSED},
	{"exit of its own", 1, "Error response from daemon: no", NULL, CHECK_FAILED},
	{"exit of its own", 1, "Cannot connect to the Docker daemon", NULL, CHECK_FAILED},
	{"output /^b+$/", 0, "abc", NULL, CHECK_FAILED},
	{"output /b+/", 0, "abc", NULL, CHECK_PASSED},
	{"output has bc", 0, "abc", NULL, CHECK_PASSED},
	{"output has cb", 0, "abc", NULL, CHECK_FAILED},
	{"output matches", 0, "x", NULL, CHECK_ERROR},
	{"output matches", 0, "ID 99 up\n", "ID 12 up\n", CHECK_PASSED},
	{"output matches", 0, "ID 99 down\n", "ID 12 up\n", CHECK_FAILED},
	{"output matches", 0, "a\nb\nc\nd\n", "a\n…\nd\n", CHECK_PASSED},
	{"output matches", 0, "a\nb\n", "a\n...\nd\n", CHECK_FAILED},
	{"output matches", 0, "name brave_ada\n", "name sad_bob\n", CHECK_PASSED},
	{"output matches", 0,
		"Unable to find image 'x' locally\nPulling\nStatus: Downloaded x\nhi\n", "hi\n",
		CHECK_PASSED},
	{"daemon was asked GET info", 0, "", NULL, CHECK_PASSED}, /* no gate looked on */
	{"daemon was asked GET info", 1, "", NULL, CHECK_FAILED},
};

START_TEST(lines_are_judged)
{
	struct world w = world_open();
	struct check_verdicts v = {0};
	struct check_plan *plan = plan_of(lines[_i].statement, lines[_i].expected);
	ran(&w, "x", lines[_i].status, lines[_i].output);
	check_plan_evaluate(plan, w.context, 0, NULL, NULL, &v);
	expect(&v, lines[_i].statement, lines[_i].outcome, NULL);
	check_verdicts_finish(&v);
	check_plan_destroy(plan);
	world_close(&w);
}
END_TEST

static const struct {
	const char *statement, *route, *name, *verdict;
	enum check_outcome outcome;
} asked[] = {
	{"daemon was asked GET info", "info", "", "forwarded", CHECK_PASSED},
	{"daemon was asked GET info", "info", "", "refused", CHECK_FAILED},
	{"daemon was asked POST info", "info", "", "forwarded", CHECK_FAILED},
	{"daemon was asked GET containers/web/logs", "containers/{id}/logs", "web", "forwarded",
		CHECK_PASSED},
	{"daemon was asked GET containers/{any}/logs", "containers/{id}/logs", "web", "forwarded",
		CHECK_PASSED},
	{"daemon was asked GET containers/db/logs", "containers/{id}/logs", "web", "forwarded",
		CHECK_FAILED},
	{"once daemon was asked GET info", "info", "", "forwarded", CHECK_PASSED},
};

START_TEST(the_gates_log_is_read)
{
	struct world w = world_open();
	char time[TIME_TEXT_SIZE];
	check_context_close(w.context);
	w.log = path_join(suite_folder, "gate.log");
	open_context(&w);
	ran(&w, "x", 0, "");
	time_format_iso8601(clock_wall_ms() + 1000, time);
	cleanup_free char *entry = xasprintf(
		"no JSON\n{\"time\":\"%s\",\"method\":\"GET\",\"route\":\"%s\",\"name\":\"%s\","
		"\"verdict\":\"%s\"}\n",
		time, asked[_i].route, asked[_i].name, asked[_i].verdict);
	free(suite_file("gate.log", entry, strlen(entry)));
	struct check_verdicts v = judge(&w, asked[_i].statement, 0);
	expect(&v, asked[_i].statement, asked[_i].outcome, NULL);
	check_verdicts_finish(&v);
	world_close(&w);
}
END_TEST

/* ---- what the daemon adds to words ---- */

static const struct {
	const char *line; /* the word that begins behind the last blank is completed */
	const char *has, *lacks;
} completions[] = {
	{"", "docker", "run"},
	{"docker ", "run", "web"},
	{"docker network ", "create", "run"},
	{"docker stop ", "web", "nginx:1"},
	{"docker rmi ", "nginx:1", "web"},
	{"docker network rm ", "back", "web"},
	{"docker volume rm ", "data", "web"},
	{"docker run -", "--name", "nginx:1"},
};

START_TEST(words_are_completed)
{
	struct world w = world_open();
	cleanup_words struct words words = {0};
	const char *line = completions[_i].line, *blank = strrchr(line, ' ');
	check_complete(line, blank != NULL ? (size_t)(blank - line) + 1 : 0, w.engine, &words);
	ck_assert_msg(
		words_has(&words, completions[_i].has), "'%s' lacks %s", line, completions[_i].has);
	ck_assert_msg(!words_has(&words, completions[_i].lacks), "'%s' has %s", line,
		completions[_i].lacks);
	world_close(&w);
}
END_TEST

START_TEST(who_holds_a_port_is_told)
{
	struct world w = world_open();
	struct explanation x;
	struct error err = {0};
	const struct explain_question failed = {.line = "docker run -d -p 8080:80 nginx",
		.status = 125,
		.engine = w.engine,
		.output = "Bind for 0.0.0.0:8080 failed: port is already allocated."};
	fake_engine_answer(w.fake, "GET", "/containers/json", 200,
		"[{\"Names\":[\"/holder\"],\"Ports\":[{\"PublicPort\":8080}]}]");
	ck_assert_msg(explain_failure(&failed, &x, &err), "%s", error_text(&err));
	ck_assert_msg(
		strstr(x.hint, "holder") != NULL, "expected the holder's name, got %s", x.hint);
	explain_finish(&x);
	world_close(&w);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{facts_are_judged, ARRAY_LENGTH(facts)},
		{sentences_are_for_people, ARRAY_LENGTH(sentences)},
		{a_daemon_that_fails_is_an_error, ARRAY_LENGTH(refused)},
		{what_was_there_is_gone, ARRAY_LENGTH(removed)},
		{the_beginning_of_another_id_is_no_name, 1},
		{events_are_judged, ARRAY_LENGTH(happened)},
		{it_is_what_the_last_line_made, 1},
		{judging_waits_for_what_comes_late, 1},
		{running_must_last, 1},
		{only_what_may_end_is_looked_at_twice, ARRAY_LENGTH(looks)},
		{judging_ends_when_it_is_told_to, 1},
		{a_line_that_failed_is_not_waited_for, 1},
		{a_daemon_that_goes_away_blames_nobody, 1},
		{a_context_needs_its_baseline, 1},
		{what_hangs_on_a_missing_object_is_not_run, 1},
		{lines_are_judged, ARRAY_LENGTH(lines)},
		{the_gates_log_is_read, ARRAY_LENGTH(asked)},
		{words_are_completed, ARRAY_LENGTH(completions)},
		{who_holds_a_port_is_told, 1},
	};
	return suite_run("judge", tests, ARRAY_LENGTH(tests), 60);
}
