/* tests/engine/test_engine.c - the Engine API's client, before a daemon that answers from a table
 */
#include "engine.h"
#include "fake/engine.h"
#include "suite.h"

#include <poll.h>
#include <sys/socket.h>

struct pair {
	struct fake_engine *fake;
	struct engine *engine;
};

static struct pair pair_open(void)
{
	struct pair p = {.fake = fake_engine_start(suite_folder)};
	struct error err = {0};
	const struct engine_options options = {.host = fake_engine_host(p.fake)};
	ck_assert_msg(engine_open(&options, &p.engine, &err), "%s", error_text(&err));
	return p;
}

static void pair_close(struct pair *p)
{
	engine_close(p->engine);
	fake_engine_stop(p->fake);
}

static const struct {
	const char *host;
	const char *error; /* NULL: it is taken */
} hosts[] = {
	{"unix:///nowhere/x.sock", NULL},
	{"tcp://127.0.0.1:2375", NULL},
	{"http://127.0.0.1:2375", NULL},
	{"https://127.0.0.1:2376", NULL},
	{"ssh://somewhere", "the daemon's address 'ssh://somewhere' is not"},
	{NULL, "there is no daemon"},
};

START_TEST(addresses_are_read)
{
	const struct engine_options options = {.host = hosts[_i].host};
	struct engine *engine = NULL;
	struct error err = {0};
	bool good = engine_open(&options, &engine, &err);
	ck_assert_msg(
		good == (hosts[_i].error == NULL), "%s: %s", hosts[_i].host, error_text(&err));
	ck_assert_msg(good || text_starts(error_text(&err), hosts[_i].error), "expected %s, got %s",
		hosts[_i].error, error_text(&err));
	engine_close(engine);
	error_finish(&err);
}
END_TEST

static const struct {
	const char *daemon, *used;
} versions[] = {
	{"1.41", "1.41"},
	{"1.24", "1.24"},
	{"1.99", ENGINE_API_NEWEST},
	{"2.0", ENGINE_API_NEWEST},
	{NULL, NULL},
};

START_TEST(the_version_is_the_daemons_but_no_newer_than_ours)
{
	struct pair p = pair_open();
	struct error err = {0};
	fake_engine_version(p.fake, versions[_i].daemon);
	ck_assert_ptr_null(engine_api_version(p.engine));
	ck_assert_msg(engine_ping(p.engine, &err), "%s", error_text(&err));
	ck_assert_pstr_eq(engine_api_version(p.engine), versions[_i].used);
	pair_close(&p);
}
END_TEST

START_TEST(it_answers_over_tcp_as_well)
{
	struct fake_engine *fake = fake_engine_start(suite_folder);
	cleanup_free char *host = xasprintf("tcp://127.0.0.1:%u", fake_engine_port(fake));
	const struct engine_options options = {.host = host};
	struct engine *engine = NULL;
	struct error err = {0};
	ck_assert(engine_open(&options, &engine, &err));
	ck_assert_msg(engine_ping(engine, &err), "%s", error_text(&err));
	engine_close(engine);
	fake_engine_stop(fake);
}
END_TEST

static const struct {
	int status;
	const char *body, *error;
} pings[] = {
	{503, "{\"message\":\"no room here\"}", "no room here"},
	{500, "oh", "answered /_ping with status 500"},
	{FAKE_ENGINE_DROP, "", "does not answer"},
};

START_TEST(a_ping_that_fails_says_why)
{
	struct pair p = pair_open();
	struct error err = {0};
	fake_engine_answer(p.fake, "GET", "/_ping", pings[_i].status, pings[_i].body);
	ck_assert(!engine_ping(p.engine, &err));
	ck_assert_msg(strstr(error_text(&err), pings[_i].error) != NULL, "expected %s, got %s",
		pings[_i].error, error_text(&err));
	error_finish(&err);
	pair_close(&p);
}
END_TEST

START_TEST(nobody_answers)
{
	const struct engine_options options = {.host = "unix:///nowhere/x.sock"};
	struct engine *engine = NULL;
	struct error err = {0};
	struct engine_answer answer = {0};
	struct engine_events *events = NULL;
	struct buf bytes = {0};
	ck_assert(engine_open(&options, &engine, NULL));
	ck_assert(!engine_request(engine, "GET", "/info", NULL, &answer, &err));
	ck_assert_msg(
		strstr(error_text(&err), "unix:///nowhere/x.sock") != NULL, "%s", error_text(&err));
	ck_assert(!engine_get_bytes(engine, "/info", false, 10, &bytes, NULL));
	ck_assert(!engine_events_open(engine, 0, &events, NULL));
	ck_assert_int_eq(engine_events_fd(NULL), -1);
	engine_close(engine);
	error_finish(&err);
}
END_TEST

START_TEST(questions_are_answered)
{
	struct pair p = pair_open();
	struct error err = {0};
	struct engine_answer answer = {0};
	fake_engine_answer(p.fake, "POST", "/containers/create", 201, "{\"Id\":\"1\"}");
	ck_assert_msg(engine_request(p.engine, "POST", "/containers/create?name=web",
			      "{\"Image\":\"alpine\"}", &answer, &err),
		"%s", error_text(&err));
	ck_assert_int_eq(answer.status, 201);
	ck_assert_ptr_nonnull(answer.json);
	ck_assert_ptr_null(answer.message);
	engine_answer_finish(&answer);
	cleanup_free char *sent = fake_engine_sent(p.fake, "POST", "/containers/create");
	ck_assert_str_eq(sent, "{\"Image\":\"alpine\"}");

	ck_assert(engine_request(p.engine, "DELETE", "/containers/x", NULL, &answer, &err));
	ck_assert_int_eq(answer.status, 404);
	ck_assert_str_eq(answer.message, "page not found: /containers/x");
	engine_answer_finish(&answer);

	fake_engine_answer(p.fake, "GET", "/info", 500, "no JSON at all");
	ck_assert(engine_request(p.engine, "GET", "/info", NULL, &answer, &err));
	ck_assert_str_eq(answer.message, "no JSON at all");
	engine_answer_finish(&answer);
	pair_close(&p);
}
END_TEST

START_TEST(what_is_not_there_is_no_error)
{
	struct pair p = pair_open();
	struct error err = {0};
	cJSON *json = NULL;
	ck_assert(engine_get(p.engine, "/images/x/json", &json, &err));
	ck_assert_ptr_null(json);
	fake_engine_answer(p.fake, "GET", "/images/*", 500, "{\"message\":\"the disk is full\"}");
	ck_assert(!engine_get(p.engine, "/images/x/json", &json, &err));
	ck_assert_str_eq(error_text(&err), "the daemon refused /images/x/json: the disk is full");
	error_finish(&err);
	pair_close(&p);
}
END_TEST

START_TEST(bytes_are_taken_apart)
{
	static const char framed[] = "\1\0\0\0\0\0\0\3one\2\0\0\0\0\0\0\3two\1\0\0\0\0\0\0\x9"
				     "cut";
	struct pair p = pair_open();
	struct error err = {0};
	cleanup_buf struct buf joined = {0}, plain = {0}, few = {0};
	fake_engine_answer_bytes(
		p.fake, "GET", "/containers/a/logs", 200, framed, sizeof framed - 1);
	fake_engine_answer(p.fake, "GET", "/containers/b/logs", 200, "as it is");
	fake_engine_answer(p.fake, "GET", "/containers/c/logs", 409, "not now");
	ck_assert(engine_get_bytes(
		p.engine, "/containers/a/logs?stdout=1", true, 1 << 20, &joined, &err));
	ck_assert_str_eq(buf_text(&joined), "onetwocut");
	ck_assert(engine_get_bytes(p.engine, "/containers/b/logs", false, 1 << 20, &plain, &err));
	ck_assert_str_eq(buf_text(&plain), "as it is");
	ck_assert(engine_get_bytes(p.engine, "/containers/b/logs", false, 2, &few, &err));
	ck_assert_str_eq(buf_text(&few), "as");
	ck_assert(!engine_get_bytes(p.engine, "/containers/c/logs", false, 9, &few, &err));
	ck_assert_str_eq(error_text(&err), "the daemon refused /containers/c/logs: not now");
	error_finish(&err);
	pair_close(&p);
}
END_TEST

START_TEST(a_container_is_read)
{
	struct pair p = pair_open();
	struct error err = {0};
	struct engine_container c;
	fake_engine_container(p.fake, "0123", "web", "nginx:1", "exited",
		"\"NetworkSettings\":{\"Ports\":{\"80/tcp\":[{\"HostPort\":\"8080\"},"
		"{\"HostPort\":\"8080\"}],\"443/tcp\":null,\"what\":null}}");
	ck_assert_msg(engine_container(p.engine, "web", &c, &err), "%s", error_text(&err));
	ck_assert_str_eq(c.id, "0123");
	ck_assert_str_eq(c.name, "web");
	ck_assert_str_eq(c.image, "nginx:1");
	ck_assert_str_eq(c.image_id, "sha256:nginx:1");
	ck_assert_str_eq(c.status, "exited");
	ck_assert_int_eq(c.exit_code, 3);
	ck_assert_int_eq(c.created_ms, 1767323045500);
	ck_assert_uint_eq(c.port_count, 3);
	ck_assert_uint_eq(c.ports[0].host_port, 8080);
	ck_assert_uint_eq(c.ports[2].container_port, 443);
	ck_assert_uint_eq(c.ports[2].host_port, 0);
	engine_container_finish(&c);
	ck_assert(engine_container(p.engine, "none", &c, &err));
	ck_assert_ptr_null(c.id);
	ck_assert(engine_container(p.engine, " ", &c, &err));
	ck_assert_ptr_null(c.id);
	fake_engine_answer(p.fake, "GET", "/containers/web/json", 500, "{}");
	ck_assert(!engine_container(p.engine, "web", &c, NULL));
	pair_close(&p);
}
END_TEST

static const struct {
	char what;
	bool running;
	const char *names;
} lists[] = {
	{'c', false, "web db"},
	{'c', true, "web db"},
	{'i', false, "alpine:3 nginx:1"},
	{'n', false, "bridge"},
	{'v', false, "data"},
};

START_TEST(names_are_listed)
{
	struct pair p = pair_open();
	struct error err = {0};
	cleanup_words struct words names = {0};
	cleanup_buf struct buf text = {0};
	fake_engine_container(p.fake, "01", "web", "nginx:1", "running", NULL);
	fake_engine_container(p.fake, "02", "db", "nginx:1", "running", NULL);
	fake_engine_answer(p.fake, "GET", "/images/json", 200,
		"[{\"RepoTags\":[\"alpine:3\",\"nginx:1\"]},{\"RepoTags\":[\"<none>:<none>\"]}]");
	fake_engine_answer(p.fake, "GET", "/networks", 200, "[{\"Name\":\"bridge\"},{}]");
	fake_engine_answer(p.fake, "GET", "/volumes", 200, "{\"Volumes\":[{\"Name\":\"data\"}]}");
	ck_assert_msg(engine_names(p.engine, lists[_i].what, lists[_i].running, &names, &err), "%s",
		error_text(&err));
	for (size_t i = 0; i < names.count; i++)
		buf_printf(&text, "%s%s", i > 0 ? " " : "", names.items[i]);
	ck_assert_str_eq(buf_text(&text), lists[_i].names);
	fake_engine_answer(p.fake, "GET", "/networks", 500, "{}");
	ck_assert(!engine_names(p.engine, 'n', false, &names, NULL));
	pair_close(&p);
}
END_TEST

/* ---- events ---- */

static void keep_event(void *data, const struct engine_event *event)
{
	buf_printf(data, "%s %s %s %s %s %lld;", event->type, event->action, event->id, event->name,
		event->image, (long long)event->time_ns);
}

/* Reads until something came, or the stream ended. */
static bool wait_for_events(struct engine_events *events, struct buf *ret, struct error *err)
{
	size_t before = ret->length;
	while (ret->length == before) {
		struct pollfd fd = {.fd = engine_events_fd(events), .events = POLLIN};
		ck_assert_msg(poll(&fd, 1, 10000) == 1, "no event came in ten seconds");
		if (!engine_events_read(events, keep_event, ret, err))
			return false;
	}
	return true;
}

START_TEST(events_come_as_they_happen)
{
	struct pair p = pair_open();
	struct error err = {0};
	struct engine_events *events = NULL;
	cleanup_buf struct buf seen = {0};
	ck_assert_msg(engine_events_open(p.engine, _i == 0 ? 0 : 1000, &events, &err), "%s",
		error_text(&err));
	fake_engine_event(p.fake, "{\"Type\":\"container\",\"Action\":\"start\",\"timeNano\":5,"
				  "\"Actor\":{\"ID\":\"1\","
				  "\"Attributes\":{\"name\":\"web\",\"image\":\"nginx\"}}}");
	ck_assert(wait_for_events(events, &seen, &err));
	ck_assert_str_eq(buf_text(&seen), "container start 1 web nginx 5;");
	buf_truncate(&seen, 0);
	fake_engine_event(p.fake, "no JSON");
	fake_engine_event(p.fake, "{}");
	ck_assert(wait_for_events(events, &seen, &err));
	ck_assert_str_eq(buf_text(&seen), "     0;");
	fake_engine_end_events(p.fake);
	ck_assert(!wait_for_events(events, &seen, &err));
	ck_assert_msg(strstr(error_text(&err), "closed its event stream") != NULL, "%s",
		error_text(&err));
	ck_assert_int_eq(engine_events_fd(events), -1);
	engine_events_close(events);
	error_finish(&err);
	pair_close(&p);
}
END_TEST

/* ---- probes ---- */

static int counted_socket(void *data, int domain, int type, int protocol)
{
	++*(int *)data;
	return socket(domain, type | SOCK_CLOEXEC, protocol);
}

START_TEST(a_published_port_is_probed)
{
	struct fake_engine *fake = fake_engine_start(suite_folder);
	int sockets = 0;
	const struct engine_options options = {.host = fake_engine_host(fake),
		.probe_socket = counted_socket,
		.probe_data = &sockets};
	struct engine *engine = NULL;
	struct error err = {0};
	cleanup_buf struct buf body = {0};
	long status = 0;
	ck_assert(engine_open(&options, &engine, &err));
	fake_engine_answer(fake, "GET", "/hello", 201, "there");
	ck_assert_msg(engine_probe(engine, fake_engine_port(fake), "hello", &status, &body, &err),
		"%s", error_text(&err));
	ck_assert_int_eq(status, 201);
	ck_assert_str_eq(buf_text(&body), "there");
	ck_assert_int_eq(sockets, 1);
	fake_engine_answer(fake, "GET", "/gone", FAKE_ENGINE_DROP, "");
	ck_assert(!engine_probe(engine, fake_engine_port(fake), "/gone", &status, &body, &err));
	ck_assert_msg(strstr(error_text(&err), "/gone: ") != NULL, "%s", error_text(&err));
	error_finish(&err);
	engine_close(engine);
	fake_engine_stop(fake);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{addresses_are_read, ARRAY_LENGTH(hosts)},
		{the_version_is_the_daemons_but_no_newer_than_ours, ARRAY_LENGTH(versions)},
		{it_answers_over_tcp_as_well, 1},
		{a_ping_that_fails_says_why, ARRAY_LENGTH(pings)},
		{nobody_answers, 1},
		{questions_are_answered, 1},
		{what_is_not_there_is_no_error, 1},
		{bytes_are_taken_apart, 1},
		{a_container_is_read, 1},
		{names_are_listed, ARRAY_LENGTH(lists)},
		{events_come_as_they_happen, 2},
		{a_published_port_is_probed, 1},
	};
	return suite_run("engine", tests, ARRAY_LENGTH(tests), 30);
}
