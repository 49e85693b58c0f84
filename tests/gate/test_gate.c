/* tests/gate/test_gate.c - the gate's readers and tables: heads, framing, targets, bodies, routes,
 * policy files. What a daemon answers to is in tests/terminal/test_gate.sh. */
#include "../../src/gate/private.h"
#include "suite.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- heads ---- */

static const struct {
	const char *bytes;
	enum head_result due;
} heads[] = {
	{"GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n", HEAD_GOOD},
	{"POST /v1.41/containers/create?name=x HTTP/1.1\r\nContent-Length: 2\r\n\r\n", HEAD_GOOD},
	{"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", HEAD_GOOD},
	{"GET /a HTTP/1.1\n\n", HEAD_BAD},
	{"GET /a HTTP/1.1\r\nHost: d\n\r\n", HEAD_BAD},
	{"GET /a\r\n\r\n", HEAD_BAD},
	{"GET  /a HTTP/1.1\r\n\r\n", HEAD_BAD},
	{"GET /a b HTTP/1.1\r\n\r\n", HEAD_BAD},
	{"GET /a HTTP/1.0\r\n\r\n", HEAD_BAD},
	{"GET /a HTTP/1.1 \r\n\r\n", HEAD_BAD},
	{"get /a HTTP/1.1\r\n\r\n", HEAD_BAD},
	{"G\xC3\x84T /a HTTP/1.1\r\n\r\n", HEAD_BAD},
	{"\r\nGET /a HTTP/1.1\r\n\r\n", HEAD_BAD},
	{"\r\n", HEAD_BAD},
	{"GET /a HTTP/1.1\r\nNo colon\r\n\r\n", HEAD_BAD},
	{"GET /a HTTP/1.1\r\nName : v\r\n\r\n", HEAD_BAD},
	{"GET /a HTTP/1.1\r\n: v\r\n\r\n", HEAD_BAD},
	{"GET /a HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", HEAD_BAD},
	{"GET /a HTTP/1.1\r\nA: b\rc\r\n\r\n", HEAD_BAD},
	{"GET /a HTTP/1.1\r\nA: \x01\r\n\r\n", HEAD_BAD},
	{"POST /a HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n", HEAD_BAD},
	{"POST /a HTTP/1.1\r\nContent-Length: 2, 2\r\n\r\n", HEAD_BAD},
	{"POST /a HTTP/1.1\r\nContent-Length: +2\r\n\r\n", HEAD_BAD},
	{"POST /a HTTP/1.1\r\nContent-Length: -1\r\n\r\n", HEAD_BAD},
	{"POST /a HTTP/1.1\r\nContent-Length: 0x2\r\n\r\n", HEAD_BAD},
	{"POST /a HTTP/1.1\r\nContent-Length: \r\n\r\n", HEAD_BAD},
	{"POST /a HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", HEAD_BAD},
	{"POST /a HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", HEAD_BAD},
	{"POST /a HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", HEAD_BAD},
	{"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
		HEAD_BAD},
	{"POST /a HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n", HEAD_BAD},
	{"POST /a HTTP/1.1\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\n", HEAD_BAD},
	{"POST /a HTTP/1.1\r\nExpect: miracles\r\n\r\n", HEAD_BAD},
};

START_TEST(heads_are_read_one_way)
{
	struct head head = {0};
	const char *why = NULL;
	enum head_result result =
		http_head_parse(heads[_i].bytes, strlen(heads[_i].bytes), false, &head, &why);
	ck_assert_msg(result == heads[_i].due, "'%s': %s", heads[_i].bytes, why);
	if (result == HEAD_GOOD)
		http_head_finish(&head);
	else
		ck_assert_ptr_nonnull(why);
}
END_TEST

/* ---- bodies ---- */

static const struct {
	const char *bytes; /* behind a head with chunked */
	const char *due;   /* NULL: refused */
} bodies[] = {
	{"5\r\nhello\r\n0\r\n\r\n", "hello"},
	{"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "hello"},
	{"A\r\n0123456789\r\n0\r\n\r\n", "0123456789"},
	{"0\r\n\r\n", ""},
	{"5;ext=1\r\nhello\r\n0\r\n\r\n", NULL},
	{"0x5\r\nhello\r\n0\r\n\r\n", NULL},
	{" 5\r\nhello\r\n0\r\n\r\n", NULL},
	{"5 \r\nhello\r\n0\r\n\r\n", NULL},
	{"-5\r\nhello\r\n0\r\n\r\n", NULL},
	{"5\nhello\n0\n\n", NULL},
	{"5\r\nhello0\r\n\r\n", NULL},
	{"5\r\nhelloX\r\n0\r\n\r\n", NULL},
	{"5\r\nhello\r\n0\r\nTrailer: x\r\n\r\n", NULL},
	{"ffffffffffffffff\r\nhello\r\n0\r\n\r\n", NULL},
	{"5\r\nhel", NULL},
	{"\r\n", NULL},
};

START_TEST(chunks_are_read_one_way)
{
	int ends[2];
	struct head head = {.chunked = true};
	struct body body;
	cleanup_buf struct buf text = {0};
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	ck_assert(fd_write(ends[0], bodies[_i].bytes, strlen(bodies[_i].bytes), NULL));
	close(ends[0]);
	struct stream stream = {.fd = ends[1], .timeout_ms = 1000};
	http_body_begin(&body, &stream, &head, false);
	bool good = http_body_read_all(&body, 1000, &text);
	ck_assert_msg(good == (bodies[_i].due != NULL), "'%s' gave '%s'", bodies[_i].bytes,
		buf_text(&text));
	if (good)
		ck_assert_str_eq(buf_text(&text), bodies[_i].due);
	http_stream_finish(&stream);
}
END_TEST

/* ---- targets ---- */

static const struct {
	const char *target;
	const char *due; /* segments joined by '|', then "?name=value" …; NULL: refused */
} targets[] = {
	{"/v1.41/containers/json", "containers|json"},
	{"/containers/json?all=1&filters=%7B%7D", "containers|json?all=1?filters={}"},
	{"/images/docker/getting-started:latest/json", "images|docker|getting-started:latest|json"},
	{"/images/a%3Ab/json", "images|a:b|json"},
	{"/networks/", "networks"},
	{"/events?since=1+2", "events?since=1 2"},
	{"/v1.41/a?x", "a?x="},
	{"", NULL},
	{"*", NULL},
	{"http://d/v1.41/info", NULL},
	{"//v1.41/info", NULL},
	{"/v1.41//info", NULL},
	{"/v1.41/./info", NULL},
	{"/v1.41/../info", NULL},
	{"/v1.41/%2e%2e/info", NULL},
	{"/v1.41/%252e/info", NULL},
	{"/v1.41/a%2Fb", NULL},
	{"/v1.41/a%5Cb", NULL},
	{"/v1.41/a%00", NULL},
	{"/v1.41/a%0d%0a", NULL},
	{"/v1.41/a%", NULL},
	{"/v1.41/a%4", NULL},
	{"/v1.41/a%zz", NULL},
	{"/v1.41/a%ff", NULL},
	{"/v1.041/info", NULL},
	{"/v1.41.0/info", NULL},
	{"/v1.12/info", NULL},
	{"/v2.0/info", NULL},
	{"/v1/info", NULL},
	{"/v1.41/info#x", NULL},
	{"/v1.41/a?x=%00", NULL},
	{"/v1.41/a?x=1;y=2", NULL},
};

START_TEST(targets_are_read_one_way)
{
	struct target t = {0};
	const char *why = NULL;
	bool good = target_parse(targets[_i].target, &t, &why);
	cleanup_buf struct buf text = {0};
	for (size_t i = 0; good && i < t.segments.count; i++)
		buf_printf(&text, "%s%s", i > 0 ? "|" : "", t.segments.items[i]);
	for (size_t i = 0; good && i < t.query_count; i++)
		buf_printf(&text, "?%s=%s", t.query[i].name, t.query[i].value);
	ck_assert_msg(good == (targets[_i].due != NULL), "'%s' gave '%s'", targets[_i].target,
		buf_text(&text));
	if (good)
		ck_assert_str_eq(buf_text(&text), targets[_i].due);
	target_finish(&t);
}
END_TEST

/* ---- bodies as JSON ---- */

static const struct {
	const char *text;
	bool due;
} jsons[] = {
	{"{}", true},
	{" {\"A\":[1,{\"b\":null}]}\n", true},
	{"{\"A\":1,\"a\":2}", true}, /* another key: the tables do not know it */
	{"{\"A\":1,\"A\":1}", false},
	{"{\"A\":{\"b\":1,\"c\":2,\"b\":3}}", false},
	{"[{\"x\":1},{\"x\":1,\"x\":2}]", false},
	{"{\"\\u0041\":1,\"A\":2}", false},
	{"{} x", false},
	{"{}{}", false},
	{"{\"A\":1", false},
	{"{\"A\":\"\\u0000\"}", false},
	{"{\"A\":\"\xFF\"}", false},
	{"\xEF\xBB\xBF{}", false},
	{"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", false},
	{"", false},
	{"7", false},
};

START_TEST(bodies_say_a_thing_once)
{
	cJSON *json = NULL;
	const char *why = NULL;
	bool good = gate_parse_body(jsons[_i].text, strlen(jsons[_i].text), &json, &why);
	ck_assert_msg(good == jsons[_i].due, "%s", jsons[_i].text);
	cJSON_Delete(json);
}
END_TEST

/* ---- routes ---- */

static const struct {
	const char *method, *path;
	int due; /* 0: found */
	const char *name;
} ways[] = {
	{"GET", "/v1.41/containers/json", 0, ""},
	{"GET", "/v1.41/containers/web/json", 0, "web"},
	{"GET", "/v1.41/images/json", 0, ""},
	{"GET", "/v1.41/images/a/b/c:1/json", 0, "a/b/c:1"},
	{"DELETE", "/v1.41/images/a/b", 0, "a/b"},
	{"DELETE", "/v1.41/images/json", 405, NULL},
	{"GET", "/v1.41/images/json/json", 0, "json"},
	{"POST", "/v1.41/images/load", 0, ""},
	{"GET", "/v1.41/system/df", 0, ""},
	{"GET", "/v1.41/plugins", 403, NULL},
	{"GET", "/v1.41/plugins/x/json", 404, NULL},
	{"POST", "/v1.41/plugins/x/y/enable", 403, NULL},
	{"GET", "/v1.41/swarm", 403, NULL},
	{"POST", "/v1.41/services/create", 403, NULL},
	{"POST", "/session", 403, NULL},
	{"POST", "/grpc", 403, NULL},
	{"GET", "/debug/pprof/heap", 403, NULL},
	{"GET", "/v1.41/containers/web/attach/ws", 403, NULL},
	{"POST", "/v1.41/containers/web/copy", 403, NULL},
	{"POST", "/v1.41/containers/web/checkpoints", 403, NULL},
	{"POST", "/v1.41/auth", 403, NULL},
	{"GET", "/v1.41/distribution/alpine/json", 403, NULL},
	{"OPTIONS", "/v1.41/containers/create", 405, NULL},
	{"TRACE", "/v1.41/info", 405, NULL},
	{"HEAD", "/v1.41/info", 405, NULL},
	{"GET", "/v1.41/v1.41/info", 404, NULL},
	{"GET", "/v1.41/nothing", 404, NULL},
	{"GET", "/v1.41", 404, NULL},
	{"GET", "/", 404, NULL},
	{"POST", "/v1.41/containers/create/start", 0, "create"},
};

START_TEST(routes_are_found_or_refused)
{
	struct gate gate = {.profile = GATE_HOST, .log_fd = -1};
	struct request r = {.gate = &gate, .client = {.fd = -1}};
	const char *why = NULL;
	r.head.method = xstrdup(ways[_i].method);
	ck_assert(target_parse(ways[_i].path, &r.target, &why));
	bool found = routes_find(&r);
	ck_assert_msg(r.status == ways[_i].due, "%s %s: %d %s", ways[_i].method, ways[_i].path,
		r.status, buf_text(&r.message));
	ck_assert_int_eq(found, ways[_i].due == 0);
	if (found) {
		cleanup_free char *name = request_object_name(&r);
		ck_assert_str_eq(name, ways[_i].name);
	}
	http_head_finish(&r.head);
	target_finish(&r.target);
	buf_finish(&r.message);
	free(r.rule);
}
END_TEST

START_TEST(the_table_of_routes_is_whole)
{
	ck_assert_ptr_null(routes_flaw(routes, routes_count));
	for (size_t i = 0; i < routes_count; i++)
		for (size_t k = 0; k < i; k++)
			ck_assert_msg(!text_same(routes[k].path, routes[i].path) ||
					      !text_same(routes[k].method, routes[i].method),
				"%s %s stands twice", routes[i].method, routes[i].path);
	ck_assert_uint_ge(routes_count, 70);
}
END_TEST

/* None of these may stand in the table. */
static const struct route flaws[] = {
	{.path = "containers/json", .tenancy = OWN, .answer = ANSWER_JSON},
	{.path = "events", .tenancy = SHARED, .answer = ANSWER_LINES, .json = answer_show_all},
	{.path = "version", .tenancy = SHARED, .answer = ANSWER_RAW, .json = answer_show_all},
	{.path = "containers/{container}/logs", .tenancy = SHARED, .answer = ANSWER_RAW},
	{.path = "exec/{exec}/start", .tenancy = SHARED, .answer = ANSWER_TUNNEL},
	{.path = "volumes/{volume}",
		.tenancy = SHARED,
		.answer = ANSWER_JSON,
		.json = answer_show_all},
	{.path = "plugins/{word}", .tenancy = OWN, .answer = ANSWER_RAW},
	{.path = "swarm/{rest}", .tenancy = SHARED, .answer = ANSWER_RAW},
	{.path = "auth", .tenancy = NONE},
	{.path = "auth", .tenancy = NONE, .why = "why", .json = answer_show_all},
};

START_TEST(a_row_without_a_rule_is_found)
{
	ck_assert_ptr_eq(routes_flaw(&flaws[_i], 1), &flaws[_i]);
}
END_TEST

/* ---- a daemon that this test plays ---- */

/* What it has: an image, a container and volumes of the learner's, and some of its owner's. */
static const struct {
	const char *path, *json;
} things[] = {
	{"/version", "{\"ApiVersion\":\"1.41\"}"},
	{"/v1.41/images/a/json", "{\"Id\":\"sha256:a\",\"RepoTags\":[\"a:latest\"]}"},
	{"/v1.41/images/a:latest/json", "{\"Id\":\"sha256:a\",\"RepoTags\":[\"a:latest\"]}"},
	{"/v1.41/images/b:1/json",
		"{\"Id\":\"sha256:b\",\"RepoTags\":[\"b:1\",\"ropes-ada-b:1\"]}"},
	{"/v1.41/images/dangling/json", "{\"Id\":\"sha256:c\",\"RepoTags\":[]}"},
	{"/v1.41/containers/ropes-ada-web/json",
		"{\"Id\":\"1234\",\"Name\":\"/ropes-ada-web\",\"Config\":{\"Labels\":{"
		"\"ropes.owner\":\"ada\"}}}"},
	{"/v1.41/containers/precious/json", "{\"Id\":\"5678\",\"Name\":\"/precious\"}"},
	{"/v1.41/containers/ropes-bob-web/json",
		"{\"Id\":\"9abc\",\"Name\":\"/ropes-bob-web\",\"Config\":{\"Labels\":{"
		"\"ropes.owner\":\"bob\"}}}"},
	{"/v1.41/networks/bridge", "{\"Id\":\"b1\",\"Name\":\"bridge\"}"},
	{"/v1.41/networks/b0", "{\"Id\":\"b0\",\"Name\":\"host\"}"},
	{"/v1.41/networks/host", "{\"Id\":\"b0\",\"Name\":\"host\"}"},
	{"/v1.41/networks/ropes-ada-lane",
		"{\"Id\":\"b2\",\"Name\":\"ropes-ada-lane\",\"Labels\":{\"ropes.owner\":\"ada\"}"
		"}"},
	{"/v1.41/networks/office", "{\"Id\":\"b3\",\"Name\":\"office\"}"},
	{"/v1.41/volumes/letters", "{\"Name\":\"letters\"}"},
	{"/v1.41/volumes/create", "{}"},
};

struct api {
	char *path;
	int socket;
	pthread_t thread;
};

static void answer_one(int fd)
{
	struct stream client = {.fd = fd, .timeout_ms = 5000};
	struct head head = {0};
	const char *why, *json = NULL;
	if (http_head_read(&client, false, &head, &why) == HEAD_GOOD)
		for (size_t i = 0; i < ARRAY_LENGTH(things); i++)
			if (text_same(things[i].path, head.target))
				json = things[i].json;
	gate_reply_text(fd, json != NULL ? 200 : 404, json != NULL ? json : "{}");
	http_head_finish(&head);
	http_stream_finish(&client);
}

static void *run_api(void *data)
{
	const struct api *api = data;
	int fd;
	while ((fd = accept(api->socket, NULL, NULL)) >= 0)
		answer_one(fd);
	return NULL;
}

static void api_open(struct api *api, struct gate *gate, int number)
{
	struct sockaddr_un address;
	api->path = xasprintf("%s/api%d.sock", suite_folder, number);
	api->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert(unix_address(api->path, &address, NULL));
	ck_assert_int_eq(bind(api->socket, (const struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(listen(api->socket, 8), 0);
	ck_assert_int_eq(pthread_create(&api->thread, NULL, run_api, api), 0);
	*gate = (struct gate){.profile = GATE_HOST, .log_fd = -1};
	gate->learner = xstrdup("ada");
	gate->front = names_front("ada");
	gate->upstream = api->path;
	pthread_mutex_init(&gate->lock, NULL);
	gate_policy_default(&gate->policy);
	words_add(&gate->policy.binds, "/home/ada=/tmp");
}

static void api_close(struct api *api, struct gate *gate)
{
	(void)shutdown(api->socket, SHUT_RDWR);
	ck_assert_int_eq(pthread_join(api->thread, NULL), 0);
	close(api->socket);
	ck_assert_int_eq(unlink(api->path), 0);
	free(api->path);
	gate_policy_finish(&gate->policy);
	words_finish(&gate->images);
	pthread_mutex_destroy(&gate->lock);
	free(gate->learner);
	free(gate->front);
	free(gate->version);
}

/* ---- fields ---- */

static const struct {
	const char *body;
	int due;          /* 0: goes on */
	const char *goes; /* what must be in what goes on; NULL */
} creates[] = {
	{"{\"Image\":\"a\"}", 0, "\"Image\":\"a\""},
	{"{\"Image\":\"a\"}", 0, "\"Labels\":{\"ropes.owner\":\"ada\"}"},
	{"{\"Image\":\"a\",\"Labels\":{\"ropes.owner\":\"bob\"}}", 0, "\"ropes.owner\":\"ada\""},
	{"{\"Image\":\"b:1\"}", 0, NULL},
	{"{\"Image\":\"none\"}", 404, NULL},
	{"{\"Image\":\"dangling\"}", 404, NULL},
	{"{\"Image\":\"ropes-ada-b:1\"}", 404, NULL},
	{"{\"Image\":\"a\",\"Cmd\":\"sh\"}", 0, "\"Cmd\":\"sh\""},
	{"{\"Image\":\"a\",\"HostConfig\":null}", 0, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":[]}", 400, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"Privileged\":false,\"Binds\":null}}", 0,
		"\"HostConfig\":{}"},
	{"{\"Image\":\"a\",\"HostConfig\":{\"Privileged\":true}}", 403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"privileged\":true}}", 403, NULL},
	{"{\"Image\":\"a\",\"hostconfig\":{\"Privileged\":true}}", 403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"Bind\xC5\xBF\":[\"/:/h\"]}}", 403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"Networ\xE2\x84\xAAMode\":\"host\"}}", 403, NULL},
	{"{\"Image\":\"a\",\"Privileged\":true}", 403, NULL},
	{"{\"Image\":\"a\",\"Binds\":[\"/:/h\"]}", 403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"CapAdd\":\"ALL\"}}", 403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"Binds\":[\"/home/ada/site:/srv\"]}}", 0,
		"[\"/tmp/site:/srv\"]"},
	{"{\"Image\":\"a\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/home/"
	 "ada\",\"Target\":\"/e\"}]}}",
		0, "\"Source\":\"/tmp\""},
	{"{\"Image\":\"a\",\"HostConfig\":{\"Binds\":[\"/home/ada/../bob:/srv\"]}}", 403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"Binds\":[\"/home/adam:/srv\"]}}", 403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"Binds\":[\"/tmp:/srv\"]}}", 403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"Binds\":[\"/home/ada:/srv:shared\"]}}", 403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"Binds\":[\"data:/d:ro\"]}}", 0,
		"ropes-ada-data:/d:ro"},
	{"{\"Image\":\"a\",\"HostConfig\":{\"Binds\":[\"letters:/d\"]}}", 0,
		"ropes-ada-letters:/d"},
	{"{\"Image\":\"a\",\"HostConfig\":{\"Binds\":[\"data\"]}}", 403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"Binds\":{\"a\":1}}}", 400, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/etc\","
	 "\"Target\":\"/e\"}]}}",
		403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"vol\","
	 "\"Target\":\"/v\",\"VolumeOptions\":{\"DriverConfig\":{\"Name\":\"local\"}}}]}}",
		403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"VolumesFrom\":[\"web:ro\"]}}", 0, "[\"1234:ro\"]"},
	{"{\"Image\":\"a\",\"HostConfig\":{\"VolumesFrom\":[\"precious\"]}}", 404, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"NetworkMode\":\"host\"}}", 403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"NetworkMode\":\"b0\"}}", 403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"NetworkMode\":\"bridge\"}}", 0, "\"bridge\""},
	{"{\"Image\":\"a\",\"HostConfig\":{\"NetworkMode\":\"lane\"}}", 0,
		"\"NetworkMode\":\"ropes-ada-lane\""},
	{"{\"Image\":\"a\",\"HostConfig\":{\"NetworkMode\":\"lane\"}}", 0,
		"{\"ropes-ada-lane\":{\"Aliases\":[\"shop\"]}}"},
	{"{\"Image\":\"a\",\"HostConfig\":{\"NetworkMode\":\"office\"}}", 404, NULL},
	{"{\"Image\":\"a\",\"NetworkingConfig\":{\"EndpointsConfig\":{\"b0\":{}}}}", 403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"NetworkMode\":\"ns:/proc/1/ns/net\"}}", 403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"NetworkMode\":\"container:precious\"}}", 404, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"PidMode\":\"host\"}}", 403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"PidMode\":\"container:web\"}}", 0, "container:1234"},
	{"{\"Image\":\"a\",\"HostConfig\":{\"PidMode\":\"container:ropes-bob-web\"}}", 404, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"Memory\":8589934592}}", 0, "\"Memory\":8589934592"},
	{"{\"Image\":\"a\",\"HostConfig\":{\"PidsLimit\":-1}}", 0, "\"PidsLimit\":-1"},
	{"{\"Image\":\"a\",\"HostConfig\":{\"SecurityOpt\":[\"no-new-privileges=false\"]}}", 0,
		NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"SecurityOpt\":[\"seccomp=unconfined\"]}}", 403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"MaskedPaths\":[]}}", 403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"Tmpfs\":{\"/t\":\"size=64k\"}}}", 0, "size=64k"},
	{"{\"Image\":\"a\",\"HostConfig\":{\"LogConfig\":{\"Type\":\"syslog\"}}}", 403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"always\"}}}", 0,
		"\"always\""},
	{"{\"Image\":\"a\",\"HostConfig\":{\"RestartPolicy\":{\"name\":\"always\"}}}", 403, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"RestartPolicy\":\"always\"}}", 400, NULL},
	{"{\"Image\":\"a\",\"HostConfig\":{\"Annotations\":{\"a\":\"b\"}}}", 403, NULL},
	{"{\"Image\":\"a\",\"WorkingDir\":\"/proc/self/fd/8\"}", 403, NULL},
	{"{\"Image\":\"a\",\"WorkingDir\":\"work\"}", 400, NULL},
	{"{\"Image\":[\"a\"]}", 400, NULL},
};

START_TEST(bodies_are_judged_by_the_tables)
{
	struct gate gate;
	struct api api;
	struct request r = {.gate = &gate, .client = {.fd = -1}};
	const char *why = NULL;
	api_open(&api, &gate, _i);
	ck_assert(gate_parse_body(creates[_i].body, strlen(creates[_i].body), &r.body, &why));
	target_set(&r.target, "name", "shop");
	bool good = gate_judge_create(&r);
	cleanup_free char *goes = cJSON_PrintUnformatted(r.body);
	ck_assert_msg(r.status == creates[_i].due, "%s: %d %s", creates[_i].body, r.status,
		buf_text(&r.message));
	ck_assert_int_eq(good, creates[_i].due == 0);
	if (creates[_i].goes != NULL)
		ck_assert_msg(strstr(goes, creates[_i].goes) != NULL, "%s became %s",
			creates[_i].body, goes);
	if (good)
		ck_assert_str_eq(target_query(&r.target, "name"), "ropes-ada-shop");
	cJSON_Delete(r.body);
	target_finish(&r.target);
	buf_finish(&r.message);
	free(r.rule);
	api_close(&api, &gate);
}
END_TEST

/* ---- names ---- */

static const struct {
	const char *learner, *front;
} fronts[] = {
	{"ada", "ropes-ada-"},
	{"ada-web", "ropes-ada_2dweb-"},
	{"Ada.L_2", "ropes-_41da_2e_4c_5f2-"},
};

START_TEST(no_two_learners_share_a_front)
{
	cleanup_free char *front = names_front(fronts[_i].learner);
	ck_assert_str_eq(front, fronts[_i].front);
	for (size_t i = 0; i < ARRAY_LENGTH(fronts); i++) {
		cleanup_free char *other = names_front(fronts[i].learner);
		ck_assert(i == (size_t)_i || (!text_starts(front, other)));
	}
}
END_TEST

static const struct {
	const char *said, *shown;
} texts[] = {
	{"{\"Name\":\"/ropes-ada-web\"}", "{\"Name\":\"/web\"}"},
	{"No such container: ropes-ada-web", "No such container: web"},
	{"ropes-ada-", ""},
	{"my-ropes-ada-web", "my-ropes-ada-web"},
	{"/ropes-bob-web", "/ropes-bob-web"},
	{"[\"/tmp/site:/srv\"]", "[\"/home/ada/site:/srv\"]"},
	{"", ""},
};

START_TEST(names_are_hidden)
{
	struct gate gate = {.front = names_front("ada")};
	cleanup_buf struct buf text = {0};
	words_add(&gate.policy.binds, "/home/ada=/tmp");
	buf_add_text(&text, texts[_i].said);
	names_hide(&gate, &text);
	ck_assert_str_eq(buf_text(&text), texts[_i].shown);
	gate_policy_finish(&gate.policy);
	free(gate.front);
}
END_TEST

/* ---- images: what a new name may be, and what may be removed ---- */

static const struct {
	const char *method, *path;
	int due; /* 0: goes on */
} images[] = {
	{"POST", "/images/a/tag?repo=new", 0},
	{"POST", "/images/a/tag?repo=new&tag=1", 0},
	{"POST", "/images/a/tag?repo=b&tag=1", 0}, /* the learner's already */
	{"POST", "/images/b:1/tag?repo=a", 403},   /* somebody else's */
	{"POST", "/images/a/tag?repo=docker.io/library/a", 403},
	{"POST", "/images/a/tag?repo=ropes-bob-x", 403},
	{"POST", "/images/a/tag?repo=localhost:5000/x", 0},
	{"POST", "/images/a/tag?repo=example.com/x", 403},
	{"POST", "/images/a/tag?repo=x:1&tag=2", 400},
	{"POST", "/images/none/tag?repo=x", 404},
	{"DELETE", "/images/b:1", 0},
	{"DELETE", "/images/a", 403},
	{"DELETE", "/images/a:latest", 403},
	{"DELETE", "/images/ropes-ada-b:1", 404},
	{"GET", "/images/a/json", 0},
	{"GET", "/images/dangling/json", 404},
	{"GET", "/images/ropes-ada-b:1/json", 404},
	{"GET", "/images/get?names=a&names=b:1", 0},
	{"GET", "/images/get?names=a&names=none", 404},
	{"POST", "/images/a/push?tag=1", 403},
	{"POST", "/images/create?fromImage=new", 0},
	{"POST", "/images/create?fromImage=example.com/x", 403},
	{"POST", "/images/create?fromSrc=http://x", 403},
	{"POST", "/build?t=new&t=b:1", 0},
	{"POST", "/build?t=new&t=a", 403},
	{"POST", "/build?remote=http://x", 403},
};

START_TEST(images_are_judged)
{
	struct gate gate;
	struct api api;
	struct request r = {.gate = &gate, .client = {.fd = -1}};
	const char *why = NULL;
	api_open(&api, &gate, _i);
	r.head.method = xstrdup(images[_i].method);
	ck_assert(target_parse(images[_i].path, &r.target, &why));
	bool good = routes_find(&r) && owner_check_path(&r) &&
		    (r.route->judge == NULL || r.route->judge(&r));
	ck_assert_msg(r.status == images[_i].due, "%s %s: %d %s", images[_i].method,
		images[_i].path, r.status, buf_text(&r.message));
	ck_assert_int_eq(good, images[_i].due == 0);
	struct words *const lists[] = {&r.makes, &r.marks};
	for (size_t i = 0; i < ARRAY_LENGTH(lists); i++)
		words_finish(lists[i]);
	free(r.image);
	http_head_finish(&r.head);
	target_finish(&r.target);
	buf_finish(&r.message);
	free(r.rule);
	api_close(&api, &gate);
}
END_TEST

/* ---- policy files ---- */

static const struct {
	const char *text, *due; /* in the message; NULL: good */
} policies[] = {
	{"", NULL},
	{"# nothing\n\n", NULL},
	{"binds = /home/ada=/srv/ada /data # two\nregistries =\n", NULL},
	{"binds\n", "line 1: 'binds' must have the form"},
	{"\nbindings = 1\n", "line 2: unknown key 'bindings'"},
	{"registries = a:1\nmemory = 67108864\n", "line 2: unknown key 'memory'"},
	{"containers=3\n", "line 1: unknown key 'containers'"},
};

START_TEST(policies_are_read_and_printed)
{
	struct gate_policy policy, again;
	cleanup_error struct error err = {0};
	cleanup_buf struct buf text = {0}, twice = {0};
	gate_policy_default(&policy);
	gate_policy_default(&again);
	bool good = gate_policy_parse(policies[_i].text, &policy, &err);
	ck_assert_msg(
		good == (policies[_i].due == NULL), "%s: %s", policies[_i].text, error_text(&err));
	if (!good)
		ck_assert_ptr_nonnull(strstr(error_text(&err), policies[_i].due));
	if (good) {
		gate_policy_print(&policy, &text);
		ck_assert(gate_policy_parse(buf_text(&text), &again, &err));
		gate_policy_print(&again, &twice);
		ck_assert_str_eq(buf_text(&text), buf_text(&twice));
	}
	gate_policy_finish(&policy);
	gate_policy_finish(&again);
}
END_TEST

/* ---- a witness between a client and a daemon that this test plays ---- */

static const struct {
	const char *sent, *arrives; /* arrives NULL: as it was sent */
	const char *answer;
	bool closes;        /* the daemon, behind its answer */
	const char *logged; /* method, route and status */
} passages[] = {
	{"GET /v1.41/containers/json?all=1 HTTP/1.1\r\nHost: d\r\nConnection: keep-alive\r\n\r\n",
		"GET /v1.41/containers/json?all=1 HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", false,
		"\"GET\",\"route\":\"containers/json\",\"verdict\":\"forwarded\",\"status\":200,"},
	{"HEAD /_ping HTTP/1.1\r\nHost: d\r\n\r\n",
		"HEAD /_ping HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", false,
		"\"HEAD\",\"route\":\"_ping\",\"verdict\":\"forwarded\",\"status\":200,"},
	{"POST /v1.41/containers/web/start HTTP/1.1\r\nContent-Length: 2\r\nExpect: "
	 "100-continue\r\n\r\n{}",
		"POST /v1.41/containers/web/start HTTP/1.1\r\nContent-Length: 2\r\nExpect: "
		"100-continue\r\nConnection: close\r\n\r\n{}",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", true,
		"\"POST\",\"route\":\"containers/{container}/start\",\"name\":\"web\",\"verdict\":"
		"\"forwarded\",\"status\":204,"},
	{"POST /session HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nPRI", NULL,
		"HTTP/1.1 101 UPGRADED\r\nUpgrade: h2c\r\n\r\nframes", true,
		"\"POST\",\"route\":\"session\",\"verdict\":\"forwarded\",\"status\":101,"},
	{"TRACE /v9.9/new/thing HTTP/1.1\r\nX: y\r\n\r\n",
		"TRACE /v9.9/new/thing HTTP/1.1\r\nX: y\r\nConnection: close\r\n\r\n",
		"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", true,
		"\"TRACE\",\"route\":\"\",\"verdict\":\"forwarded\",\"status\":404,"},
	{"GET /new/thing HTTP/1.0\n\n", NULL, "HTTP/1.0 200 OK\r\n\r\nbody", true,
		"\"GET\",\"route\":\"new/thing\",\"verdict\":\"forwarded\",\"status\":200,"},
	{"no request\n\n", NULL, "HTTP/1.1 400 Bad Request\r\n\r\n", true,
		"\"\",\"route\":\"\",\"verdict\":\"forwarded\",\"status\":400,"},
	{"GET /info HTTP/1.1\r\n\r\n", "GET /info HTTP/1.1\r\nConnection: close\r\n\r\n",
		"\1not HTTP\r\n\r\n", true,
		"\"GET\",\"route\":\"info\",\"verdict\":\"forwarded\",\"status\":0,"},
};

static int listen_at(const char *path)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ck_assert(unix_address(path, &address, NULL));
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	return fd;
}

static void read_until_end(int fd, struct buf *ret)
{
	char bytes[4096];
	ssize_t got;
	while ((got = fd_read(fd, bytes, sizeof bytes)) > 0)
		buf_add(ret, bytes, (size_t)got);
}

struct played {
	int socket;
	size_t due; /* bytes of the request */
	const char *answer;
	bool closes;
	struct buf seen;
};

static void *play_daemon(void *data)
{
	struct played *p = data;
	struct pollfd waiting = {.fd = p->socket, .events = POLLIN};
	char byte;
	ck_assert_int_eq(poll(&waiting, 1, -1), 1);
	int fd = accept(p->socket, NULL, NULL);
	while (p->seen.length < p->due && fd_read(fd, &byte, 1) == 1)
		buf_add_char(&p->seen, byte);
	ck_assert(fd_write(fd, p->answer, strlen(p->answer), NULL));
	if (!p->closes)
		read_until_end(fd, &p->seen); /* else the gate must know the end by itself */
	close(fd);
	return NULL;
}

struct running {
	struct gate *gate;
	int stop;
};

static void *run_gate(void *data)
{
	const struct running *r = data;
	gate_run(r->gate, r->stop);
	return NULL;
}

START_TEST(a_witness_passes_everything_on)
{
	cleanup_free char *upstream = xasprintf("%s/d%d.sock", suite_folder, _i);
	cleanup_free char *listen = xasprintf("%s/g%d.sock", suite_folder, _i);
	cleanup_free char *log = xasprintf("%s/log%d", suite_folder, _i);
	cleanup_buf struct buf got = {0}, logged = {0};
	const char *arrives = passages[_i].arrives ? passages[_i].arrives : passages[_i].sent;
	struct played daemon = {.socket = listen_at(upstream),
		.due = strlen(arrives),
		.answer = passages[_i].answer,
		.closes = passages[_i].closes};
	const struct gate_options options = {.listen_fd = listen_at(listen),
		.upstream = upstream,
		.profile = GATE_WITNESS,
		.log_fd = open(log, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
	struct running running;
	struct error err = {0};
	struct sockaddr_un address;
	int stop[2];
	pthread_t threads[2];
	ck_assert_int_eq(pipe(stop), 0);
	running.stop = stop[0];
	ck_assert_msg(gate_open(&options, &running.gate, &err), "%s", error_text(&err));
	ck_assert_int_eq(pthread_create(&threads[0], NULL, play_daemon, &daemon), 0);
	ck_assert_int_eq(pthread_create(&threads[1], NULL, run_gate, &running), 0);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert(unix_address(listen, &address, NULL));
	ck_assert_int_eq(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
	ck_assert(fd_write(fd, passages[_i].sent, strlen(passages[_i].sent), NULL));
	read_until_end(fd, &got);
	close(fd);
	close(stop[1]); /* the log is whole when all threads are gone */
	for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
	gate_close(running.gate);
	ck_assert_str_eq(buf_text(&daemon.seen), arrives);
	ck_assert_str_eq(buf_text(&got), passages[_i].answer);
	ck_assert(file_read(log, 65536, &logged, NULL));
	ck_assert_msg(
		strstr(buf_text(&logged), passages[_i].logged) != NULL, "%s", buf_text(&logged));
	ck_assert(access(listen, F_OK) == 0); /* it was not the gate's */
	buf_finish(&daemon.seen);
	close(daemon.socket);
	close(options.log_fd);
	close(stop[0]);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{heads_are_read_one_way, ARRAY_LENGTH(heads)},
		{chunks_are_read_one_way, ARRAY_LENGTH(bodies)},
		{targets_are_read_one_way, ARRAY_LENGTH(targets)},
		{bodies_say_a_thing_once, ARRAY_LENGTH(jsons)},
		{routes_are_found_or_refused, ARRAY_LENGTH(ways)},
		{the_table_of_routes_is_whole, 1},
		{bodies_are_judged_by_the_tables, ARRAY_LENGTH(creates)},
		{a_row_without_a_rule_is_found, ARRAY_LENGTH(flaws)},
		{no_two_learners_share_a_front, ARRAY_LENGTH(fronts)},
		{names_are_hidden, ARRAY_LENGTH(texts)},
		{images_are_judged, ARRAY_LENGTH(images)},
		{policies_are_read_and_printed, ARRAY_LENGTH(policies)},
		{a_witness_passes_everything_on, ARRAY_LENGTH(passages)},
	};
	return suite_run("gate", tests, ARRAY_LENGTH(tests), 20);
}
