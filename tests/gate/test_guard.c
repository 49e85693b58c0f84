/* tests/gate/test_guard.c - the guard between a client and somebody's own daemon: what a learner
 * sees, what they may do, and what the daemon is asked for it; the daemon answers from a table */
#include "engine.h"
#include "fake/engine.h"
#include "gate.h"
#include "suite.h"

#include <pthread.h>
#include <sys/eventfd.h>

#define OWN "\"Labels\":{\"ropes.owner\":\"ada\",\"tier\":\"front\"}"
#define BOBS "\"Labels\":{\"ropes.owner\":\"bob\"}"
#define WEB "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DB "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define EXEC "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define IMAGE "sha256:1111111111111111111111111111111111111111111111111111111111111111"

struct guarded {
	struct fake_engine *daemon;
	struct gate *gate;
	struct engine *client;
	char *upstream, *log;
	int log_fd, stop;
	pthread_t thread;
};

static const struct {
	const char *path, *body;
} there[] = {
	{"/version", "{\"Version\":\"28.0\",\"ApiVersion\":\"1.41\",\"MinAPIVersion\":\"1.24\"}"},
	{"/info", "{\"Containers\":2,\"ContainersRunning\":2,\"Images\":2,\"Name\":\"laptop\","
		  "\"ServerVersion\":\"28.0\"}"},
	{"/containers/json",
		"[{\"Id\":\"" WEB
		"\",\"Names\":[\"/ropes-ada-web\"],\"Image\":\"nginx\",\"ImageID\":"
		"\"" IMAGE "\",\"State\":\"running\"," OWN "},"
		"{\"Id\":\"" DB "\",\"Names\":[\"/ropes-bob-db\"],\"Image\":\"redis\"," BOBS "}]"},
	{"/containers/ropes-ada-web/json",
		"{\"Id\":\"" WEB "\",\"Name\":\"/ropes-ada-web\",\"Image\":\"" IMAGE
		"\",\"Config\":{\"Image\":\"nginx\"," OWN "},\"State\":{\"Status\":\"running\"},"
		"\"HostConfig\":{},\"NetworkSettings\":{\"Networks\":{\"ropes-ada-back\":{}}}}"},
	{"/containers/" WEB "/json",
		"{\"Id\":\"" WEB "\",\"Name\":\"/ropes-ada-web\",\"Image\":\"" IMAGE
		"\",\"Config\":{\"Image\":\"nginx\"," OWN "},\"State\":{\"Status\":\"running\"},"
		"\"HostConfig\":{},\"NetworkSettings\":{\"Networks\":{\"ropes-ada-back\":{}}}}"},
	{"/containers/ropes-bob-db/json",
		"{\"Id\":\"" DB "\",\"Name\":\"/ropes-bob-db\",\"Config\":{" BOBS "}}"},
	{"/containers/ropes-ada-web/top", "{\"Titles\":[\"PID\"],\"Processes\":[[\"1\"]]}"},
	{"/containers/ropes-ada-web/changes", "[{\"Path\":\"/x\",\"Kind\":1}]"},
	{"/containers/ropes-ada-web/logs", "a log"},
	{"/containers/ropes-ada-web/stats", "{\"name\":\"/ropes-ada-web\"}\n"},
	{"/exec/" EXEC "/json", "{\"ID\":\"" EXEC "\",\"ContainerID\":\"" WEB "\"}"},
	{"/images/json",
		"[{\"Id\":\"" IMAGE "\",\"RepoTags\":[\"nginx:latest\",\"ropes-ada-mine:latest\","
		"\"mine:latest\"]},{\"Id\":\"sha256:"
		"2222222222222222222222222222222222222222222222222"
		"222222222222222\",\"RepoTags\":[\"redis:latest\"]}]"},
	{"/images/nginx:latest/json", "{\"Id\":\"" IMAGE "\",\"RepoTags\":[\"nginx:latest\"]}"},
	{"/images/nginx/json", "{\"Id\":\"" IMAGE "\",\"RepoTags\":[\"nginx:latest\"]}"},
	{"/images/mine:latest/json", "{\"Id\":\"" IMAGE "\",\"RepoTags\":[\"mine:latest\","
				     "\"ropes-ada-mine:latest\"]}"},
	{"/images/ropes-ada-mine:latest/json",
		"{\"Id\":\"" IMAGE "\",\"RepoTags\":[\"mine:latest\","
		"\"ropes-ada-mine:latest\"]}"},
	{"/images/nginx:latest/history", "[{\"Id\":\"" IMAGE "\",\"Tags\":[\"nginx:latest\"]}]"},
	{"/networks",
		"[{\"Name\":\"bridge\",\"Id\":\"n0\",\"Labels\":{}},{\"Name\":\"ropes-ada-back\","
		"\"Id\":\"n1\"," OWN "},{\"Name\":\"ropes-bob-back\",\"Id\":\"n2\"," BOBS "}]"},
	{"/networks/ropes-ada-back",
		"{\"Name\":\"ropes-ada-back\",\"Id\":\"n1\"," OWN ",\"Containers\":{}}"},
	{"/networks/bridge", "{\"Name\":\"bridge\",\"Id\":\"n0\",\"Labels\":{},\"Containers\":{}}"},
	{"/volumes", "{\"Volumes\":[{\"Name\":\"ropes-ada-data\"," OWN "},{\"Name\":\"other\","
		     "\"Labels\":null}],\"Warnings\":null}"},
	{"/volumes/ropes-ada-data", "{\"Name\":\"ropes-ada-data\"," OWN "}"},
	{"/system/df", "{\"LayersSize\":5,\"Images\":[],\"Containers\":[{\"Id\":\"" WEB
		       "\",\"Names\":[\"/ropes-ada-web\"]," OWN "}],\"Volumes\":[],"
		       "\"BuildCache\":[]}"},
};

static void *run(void *data)
{
	struct guarded *g = data;
	gate_run(g->gate, g->stop);
	return NULL;
}

static struct gate_options options_of(const struct guarded *g, const char *listen)
{
	return (struct gate_options){.listen = listen,
		.listen_fd = -1,
		.upstream = g->upstream,
		.profile = GATE_HOST,
		.learner = "ada",
		.log_fd = g->log_fd};
}

/* The thread of the gate needs its place: it is opened where the caller has it. */
static void guard_open(struct guarded *g)
{
	struct error err = {0};
	cleanup_free char *listen = xasprintf("%s/gate-%d", suite_folder, (int)getpid());
	cleanup_free char *host = xasprintf("unix://%s", listen);
	*g = (struct guarded){.daemon = fake_engine_start(suite_folder),
		.log = path_join(suite_folder, "gate.log"),
		.stop = eventfd(0, EFD_CLOEXEC)};
	for (size_t i = 0; i < ARRAY_LENGTH(there); i++)
		fake_engine_answer(g->daemon, "GET", there[i].path, 200, there[i].body);
	g->upstream = xstrdup(fake_engine_host(g->daemon));
	free(suite_file("gate.log", "", 0));
	FILE *log = fopen(g->log, "ae");
	ck_assert_ptr_nonnull(log);
	g->log_fd = dup(fileno(log));
	fclose(log);
	const struct gate_options options = options_of(g, listen);
	ck_assert_msg(gate_open(&options, &g->gate, &err), "%s", error_text(&err));
	ck_assert_int_eq(pthread_create(&g->thread, NULL, run, g), 0);
	const struct engine_options client = {.host = host};
	ck_assert_msg(engine_open(&client, &g->client, &err), "%s", error_text(&err));
}

static void guard_close(struct guarded *g)
{
	engine_close(g->client);
	ck_assert_int_eq(eventfd_write(g->stop, 1), 0);
	pthread_join(g->thread, NULL);
	gate_close(g->gate);
	close(g->stop);
	close(g->log_fd);
	fake_engine_stop(g->daemon);
	free(g->upstream);
	free(g->log);
}

/* What a request comes to: status, and what is and what is not in the answer. */
static const struct {
	const char *method, *path, *body;
	long status;
	const char *has, *lacks; /* NULL: whatever there is */
	const char *asked;       /* "METHOD path" that reached the daemon; NULL: whatever did */
} requests[] = {
	{"GET", "/info", NULL, 200, "28.0", NULL, "GET /info"},
	{"GET", "/containers/json?all=1", NULL, 200, "\"/web\"", "bob", "GET /containers/json"},
	{"GET", "/containers/json?filters=%7B%22name%22%3A%5B%22web%22%5D%7D", NULL, 200,
		"\"/web\"", "bob", NULL},
	{"GET", "/containers/json?filters=%7B%22frob%22%3A%5B%22x%22%5D%7D", NULL, 400, NULL, NULL,
		NULL},
	{"GET", "/containers/web/json", NULL, 200, "\"/web\"", "ropes-ada-web", NULL},
	{"GET", "/containers/" WEB "/json", NULL, 200, "\"/web\"", NULL, NULL},
	{"GET", "/containers/db/json", NULL, 404, "No such container: db", NULL, NULL},
	{"GET", "/containers/ropes-bob-db/json", NULL, 404, "No such container", NULL, NULL},
	{"GET", "/containers/web/top", NULL, 200, "PID", NULL, NULL},
	{"GET", "/containers/web/changes", NULL, 200, "/x", NULL, NULL},
	{"POST", "/containers/web/start", NULL, 204, NULL, NULL,
		"POST /containers/ropes-ada-web/start"},
	{"POST", "/containers/web/stop?t=1", NULL, 204, NULL, NULL,
		"POST /containers/ropes-ada-web/stop"},
	{"POST", "/containers/web/kill?signal=TERM", NULL, 204, NULL, NULL,
		"POST /containers/ropes-ada-web/kill"},
	{"POST", "/containers/web/rename?name=shop", NULL, 204, NULL, NULL,
		"POST /containers/ropes-ada-web/rename"},
	{"POST", "/containers/web/update", "{\"Memory\":1000000}", 200, NULL, NULL, NULL},
	{"POST", "/containers/web/exec", "{\"Cmd\":[\"ls\"]}", 201, NULL, NULL, NULL},
	{"POST", "/containers/web/exec", "{\"Cmd\":[\"ls\"],\"Privileged\":true}", 403, NULL, NULL,
		NULL},
	{"GET", "/exec/" EXEC "/json", NULL, 200, EXEC, NULL, NULL},
	{"POST", "/containers/web/copy", NULL, 403, "archive", NULL, NULL},
	{"DELETE", "/containers/web?force=1", NULL, 204, NULL, NULL,
		"DELETE /containers/ropes-ada-web"},
	{"POST", "/containers/create?name=new", "{\"Image\":\"nginx\"}", 201, NULL, NULL,
		"POST /containers/create"},
	{"POST", "/containers/create?name=new",
		"{\"Image\":\"nginx\",\"HostConfig\":{\"Privileged\":true}}", 403, NULL, NULL,
		NULL},
	{"POST", "/containers/create?name=new",
		"{\"Image\":\"nginx\",\"HostConfig\":{\"NetworkMode\":\"back\",\"Binds\":[\"data:/"
		"d\"]}}",
		201, NULL, NULL, "POST /containers/create"},
	{"POST", "/containers/create", "{", 400, NULL, NULL, NULL},
	{"POST", "/containers/prune", NULL, 200, NULL, NULL, "POST /containers/prune"},
	{"GET", "/images/json", NULL, 200, "nginx:latest", "ropes-ada-mine", NULL},
	{"GET", "/images/nginx/json", NULL, 200, IMAGE, NULL, NULL},
	{"GET", "/images/none/json", NULL, 404, NULL, NULL, NULL},
	{"POST", "/images/mine:latest/tag?repo=mine&tag=2", NULL, 201, NULL, NULL, NULL},
	{"POST", "/images/create?fromImage=redis&tag=7", NULL, 200, NULL, NULL, NULL},
	{"DELETE", "/images/redis:latest", NULL, 404, "No such image", NULL, NULL},
	{"GET", "/images/search?term=x", NULL, 403, NULL, NULL, NULL},
	{"POST", "/images/prune", NULL, 200, NULL, NULL, NULL},
	{"POST", "/build/prune", NULL, 200, NULL, NULL, NULL},
	{"POST", "/commit?container=web&repo=snap", "{}", 201, NULL, NULL, NULL},
	{"GET", "/networks", NULL, 200, "\"back\"", "bob", NULL},
	{"GET", "/networks/back", NULL, 200, "\"back\"", NULL, NULL},
	{"GET", "/networks/bridge", NULL, 200, "\"bridge\"", NULL, NULL},
	{"POST", "/networks/create", "{\"Name\":\"front\"}", 201, NULL, NULL,
		"POST /networks/create"},
	{"POST", "/networks/create", "{\"Name\":\"front\",\"Driver\":\"macvlan\"}", 403, NULL, NULL,
		NULL},
	{"POST", "/networks/back/connect", "{\"Container\":\"web\"}", 200, NULL, NULL, NULL},
	{"POST", "/networks/back/disconnect", "{\"Container\":\"db\"}", 404, NULL, NULL, NULL},
	{"DELETE", "/networks/back", NULL, 204, NULL, NULL, NULL},
	{"POST", "/networks/prune", NULL, 200, NULL, NULL, NULL},
	{"GET", "/volumes", NULL, 200, "\"data\"", "other", NULL},
	{"GET", "/volumes/data", NULL, 200, "\"data\"", NULL, NULL},
	{"GET", "/volumes/other", NULL, 404, NULL, NULL, NULL},
	{"POST", "/volumes/create", "{\"Name\":\"more\"}", 201, NULL, NULL, "POST /volumes/create"},
	{"POST", "/volumes/create", "{\"Name\":\"more\",\"Driver\":\"nfs\"}", 403, NULL, NULL,
		NULL},
	{"DELETE", "/volumes/data", NULL, 204, NULL, NULL, NULL},
	{"POST", "/volumes/prune", NULL, 200, NULL, NULL, NULL},
	{"GET", "/system/df", NULL, 200, "LayersSize", NULL, NULL},
	{"POST", "/auth", "{}", 403, NULL, NULL, NULL},
	{"GET", "/swarm", NULL, 403, NULL, NULL, NULL},
	{"GET", "/plugins/x/json", NULL, 404, NULL, NULL, NULL},
	{"GET", "/frob", NULL, 404, NULL, NULL, NULL},
};

static const struct {
	const char *method, *path;
	int status;
	const char *body;
} done[] = {
	{"POST", "/containers/ropes-ada-web/*", 204, ""},
	{"POST", "/containers/ropes-ada-web/update", 200, "{\"Warnings\":null}"},
	{"POST", "/containers/ropes-ada-web/exec", 201, "{\"Id\":\"" EXEC "\"}"},
	{"DELETE", "/*", 204, ""},
	{"DELETE", "/images/*", 200, "[{\"Untagged\":\"mine:latest\"}]"},
	{"POST", "/containers/create", 201, "{\"Id\":\"" WEB "\",\"Warnings\":[]}"},
	{"POST", "/containers/prune", 200, "{\"ContainersDeleted\":null,\"SpaceReclaimed\":0}"},
	{"POST", "/images/create", 200, "{\"status\":\"Pulling\"}\n"},
	{"POST", "/images/mine:latest/tag", 201, ""},
	{"POST", "/images/" IMAGE "/tag", 201, ""},
	{"POST", "/commit", 201, "{\"Id\":\"" IMAGE "\"}"},
	{"POST", "/networks/create", 201, "{\"Id\":\"n3\",\"Warning\":\"\"}"},
	{"POST", "/networks/prune", 200, "{\"NetworksDeleted\":null}"},
	{"POST", "/networks/n1/*", 200, ""},
	{"POST", "/networks/ropes-ada-back/*", 200, ""},
	{"POST", "/volumes/create", 201, "{\"Name\":\"ropes-ada-more\"," OWN "}"},
	{"POST", "/volumes/prune", 200, "{\"VolumesDeleted\":null,\"SpaceReclaimed\":0}"},
};

static void answer_done(struct fake_engine *daemon)
{
	for (size_t i = 0; i < ARRAY_LENGTH(done); i++)
		fake_engine_answer(
			daemon, done[i].method, done[i].path, done[i].status, done[i].body);
}

START_TEST(requests_are_guarded)
{
	struct guarded g;
	struct error err = {0};
	struct engine_answer answer = {0};
	guard_open(&g);
	answer_done(g.daemon);
	ck_assert_msg(engine_request(g.client, requests[_i].method, requests[_i].path,
			      requests[_i].body, &answer, &err),
		"%s %s: %s", requests[_i].method, requests[_i].path, error_text(&err));
	char *text = answer.json != NULL ? cJSON_PrintUnformatted(answer.json) : NULL;
	const char *got = text != NULL ? text : answer.message != NULL ? answer.message : "";
	ck_assert_msg(answer.status == requests[_i].status, "%s %s: expected %ld, got %ld: %s",
		requests[_i].method, requests[_i].path, requests[_i].status, answer.status, got);
	ck_assert_msg(requests[_i].has == NULL || strstr(got, requests[_i].has) != NULL,
		"%s %s: expected '%s' in %s", requests[_i].method, requests[_i].path,
		requests[_i].has, got);
	ck_assert_msg(requests[_i].lacks == NULL || strstr(got, requests[_i].lacks) == NULL,
		"%s %s: '%s' is shown in %s", requests[_i].method, requests[_i].path,
		requests[_i].lacks, got);
	if (requests[_i].asked != NULL) {
		const char *path = strchr(requests[_i].asked, ' ') + 1;
		cleanup_free char *method =
			xstrndup(requests[_i].asked, (size_t)(path - requests[_i].asked - 1));
		ck_assert_msg(fake_engine_count(g.daemon, method, path) > 0,
			"the daemon was not asked %s", requests[_i].asked);
	}
	free(text);
	engine_answer_finish(&answer);
	guard_close(&g);
}
END_TEST

START_TEST(what_is_made_carries_name_and_label)
{
	struct guarded g;
	struct engine_answer answer = {0};
	guard_open(&g);
	answer_done(g.daemon);
	ck_assert(engine_request(g.client, "POST", "/containers/create?name=new",
		"{\"Image\":\"nginx\",\"HostConfig\":{\"NetworkMode\":\"back\",\"Binds\":[\"data:/"
		"d\"]}}",
		&answer, NULL));
	cleanup_free char *sent = fake_engine_sent(g.daemon, "POST", "/containers/create");
	ck_assert_msg(strstr(sent, "\"ropes.owner\":\"ada\"") != NULL, "no label in %s", sent);
	ck_assert_msg(strstr(sent, "ropes-ada-data:/d") != NULL, "no volume of ada's in %s", sent);
	engine_answer_finish(&answer);
	guard_close(&g);
}
END_TEST

START_TEST(what_was_made_is_cleared)
{
	struct guarded g;
	struct error err = {0};
	guard_open(&g);
	answer_done(g.daemon);
	const struct gate_options options = options_of(&g, NULL);
	ck_assert_msg(gate_clear(&options, &err), "%s", error_text(&err));
	ck_assert_uint_gt(fake_engine_count(g.daemon, "DELETE", "/containers/" WEB), 0);
	fake_engine_answer(g.daemon, "GET", "/containers/json", 500, "{\"message\":\"no\"}");
	ck_assert(!gate_clear(&options, &err));
	ck_assert_str_eq(error_text(&err), "the daemon did not list its containers: no");
	error_finish(&err);
	guard_close(&g);
}
END_TEST

START_TEST(a_daemon_that_is_away_is_told)
{
	struct guarded g;
	struct error err = {0};
	guard_open(&g);
	fake_engine_answer(g.daemon, "GET", "/*", FAKE_ENGINE_DROP, "");
	struct engine_answer answer = {0};
	bool good = engine_request(g.client, "GET", "/info", NULL, &answer, &err);
	ck_assert_msg(!good || answer.status >= 500, "it was answered with %ld", answer.status);
	engine_answer_finish(&answer);
	error_finish(&err);
	guard_close(&g);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{requests_are_guarded, ARRAY_LENGTH(requests)},
		{what_is_made_carries_name_and_label, 1},
		{what_was_made_is_cleared, 1},
		{a_daemon_that_is_away_is_told, 1},
	};
	return suite_run("guard", tests, ARRAY_LENGTH(tests), 30);
}
