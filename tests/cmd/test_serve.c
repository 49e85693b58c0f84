/* tests/cmd/test_serve.c - a team's server in a process of its own, and those who use it: keys and
 * teams, pages, the Experience API, learners who send and join, a workshop and its board */
#include "http.h"
#include "ropes.h"

#include <ctype.h>

/* ---- the server ---- */

static struct {
	pid_t pid;
	int out; /* what it writes */
	struct buf said;
	char *origin, *board, *projector, *code; /* the last three: of a workshop */
	char *form;                              /* of /manage */
	char *db;
	struct words keys; /* "NAME KEY SECRET" */
} server;

/* What follows the words in what the server said, up to the end of the line or a blank. */
static char *said_after(const char *words)
{
	const char *at = strstr(buf_text(&server.said), words);
	ck_assert_msg(
		at != NULL, "the server did not say '%s':\n%s", words, buf_text(&server.said));
	return xstrndup(at + strlen(words), strcspn(at + strlen(words), " \n"));
}

static void wait_for_words(const char *words)
{
	while (strstr(buf_text(&server.said), words) == NULL) {
		char bytes[1024];
		struct pollfd fd = {.fd = server.out, .events = POLLIN};
		ck_assert_msg(poll(&fd, 1, 20000) == 1, "the server does not begin");
		ssize_t length = fd_read(server.out, bytes, sizeof bytes);
		ck_assert_msg(length > 0, "the server ended after:\n%s", buf_text(&server.said));
		buf_add(&server.said, bytes, (size_t)length);
	}
}

static void add_key(const char *name, const char *options)
{
	cleanup_free char *line =
		xasprintf("serve key add %s %s --db %s", name, options, server.db);
	cleanup_free char *text = ropes_expect(line, "", 0, "key: ", NULL);
	const char *key = strstr(text, "key: ") + 5, *secret = strstr(text, "secret: ") + 8;
	words_addf(&server.keys, "%s %.*s %.*s", name, (int)strcspn(key, "\n"), key,
		(int)strcspn(secret, "\n"), secret);
}

static void prepare_store(void)
{
	static const char roster[] = "name,account,team\nAda,ada,Red\nBob,bob,Blue\nCy,cy,Red\n";
	cleanup_free char *file = suite_file("roster.csv", roster, sizeof roster - 1);
	server.db = xasprintf("%s/%d.db", suite_folder, (int)getpid());
	const char *const lines[] = {"serve team add Red", "serve team add Blue", NULL,
		"serve assign https://ropes.invalid/courses/practice --due 2020-01-31",
		"serve assign https://ropes.invalid/courses/practice --team Red --due 2099-01-31",
		"serve team list"};
	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
		cleanup_free char *line =
			lines[i] != NULL ? xasprintf("%s --db %s", lines[i], server.db)
					 : xasprintf("serve roster %s --db %s", file, server.db);
		free(ropes_expect(line, "", 0, i == 2 ? "people: 3" : NULL, NULL));
	}
	add_key("lead", "--role lead");
	add_key("red-lead", "--role lead --team Red");
	add_key("teacher", "--role instructor");
	add_key("store", "--role store");
	add_key("ada", "--role learner --account ada");
}

static void server_start(const char *more)
{
	int pipes[2], err = ropes_file("server.err", "");
	cleanup_free char *line =
		xasprintf("serve --listen 127.0.0.1:0 --db %s %s", server.db, more);
	ck_assert_int_eq(pipe2(pipes, O_CLOEXEC), 0);
	server.pid = ropes_start(line, err, pipes[1], err);
	server.out = pipes[0];
	close(pipes[1]);
	close(err);
	wait_for_words("/xapi\n");
	cleanup_free char *listening = said_after("listening: ");
	server.origin = xstrndup(listening, strlen(listening) - strlen("/xapi"));
	if (strstr(more, "--workshop") == NULL)
		return;
	wait_for_words("join: ");
	server.board = said_after("/room/board?token=");
	server.projector = said_after("/room/projector?token=");
	cleanup_free char *join = xasprintf("ropes join %s ", server.origin);
	server.code = said_after(join);
}

static void server_stop(void)
{
	ck_assert_int_eq(kill(server.pid, SIGTERM), 0);
	int status = ropes_wait(server.pid);
	cleanup_free char *err = ropes_content("server.err");
	ck_assert_msg(status == 0, "the server ended with %d: %s", status, err);
	close(server.out);
	buf_finish(&server.said);
}

/* ---- requests ---- */

/* {board}, {projector}, {code} and {form} are what the server said. */
static char *filled(const char *text)
{
	struct buf out = {0};
	const struct {
		const char *name, *value;
	} values[] = {{"{board}", server.board}, {"{projector}", server.projector},
		{"{code}", server.code}, {"{form}", server.form}};
	while (*text != '\0') {
		size_t i = 0;
		while (i < ARRAY_LENGTH(values) && !text_starts(text, values[i].name))
			i++;
		if (i < ARRAY_LENGTH(values)) {
			buf_add_text(&out, values[i].value != NULL ? values[i].value : "");
			text += strlen(values[i].name);
		} else {
			buf_add_char(&out, *text++);
		}
	}
	return buf_steal(&out);
}

#define HTML "text/html" /* a browser asks */

struct asked {
	const char *who, *method, *path;
	const char *type, *body; /* NULL: none */
	long status;
	const char *has; /* in the answer; NULL: whatever it is */
};

static char *send_request(const struct asked *q, long *ret_status)
{
	cleanup_free char *path = filled(q->path);
	cleanup_free char *url = xasprintf("%s%s", server.origin, path);
	cleanup_free char *body = q->body != NULL ? filled(q->body) : NULL;
	cleanup_free char *type =
		xasprintf("Content-Type: %s", q->type != NULL ? q->type : "application/json");
	char key[128] = "", secret[128] = "";
	bool profile = text_same(q->method, "PUT") && strstr(path, "/profile?") != NULL;
	const char *const headers[] = {"X-Experience-API-Version: 1.0.3",
		text_same(q->type, HTML) ? "Accept: text/html" : type,
		profile ? "If-None-Match: *" : NULL, NULL};
	struct http_answer answer = {0};
	struct error err = {0};
	for (size_t i = 0; q->who != NULL && i < server.keys.count; i++) {
		char name[64];
		char k[128], s[128];
		if (sscanf(server.keys.items[i], "%63s %127s %127s", name, k, s) == 3 &&
			text_same(name, q->who)) {
			snprintf(key, sizeof key, "%s", k);
			snprintf(secret, sizeof secret, "%s", s);
		}
	}
	const struct http_request request = {.method = q->method,
		.url = url,
		.user = *key != '\0' ? key : NULL,
		.password = *key != '\0' ? secret : NULL,
		.headers = headers,
		.body = body,
		.body_length = body != NULL ? strlen(body) : 0};
	ck_assert_msg(
		http_send(&request, &answer, &err), "%s %s: %s", q->method, path, error_text(&err));
	*ret_status = answer.status;
	return buf_steal(&answer.body);
}

/* Adds what is not as it should be. */
static void ask(const struct asked *q, struct buf *wrong)
{
	long status;
	cleanup_free char *text = send_request(q, &status);
	bool has = q->has == NULL || strstr(text, q->has) != NULL;
	if (status != q->status)
		buf_printf(wrong, "%s %s %s %s: expected %ld, got %ld: %.200s\n",
			q->who != NULL ? q->who : "nobody", q->method, q->path,
			q->body != NULL ? q->body : "", q->status, status, text);
	else if (!has)
		buf_printf(wrong, "%s %s %s: expected '%s' in: %.1000s\n", q->method, q->path,
			q->body != NULL ? q->body : "", q->has, text);
}

static void ask_all(const struct asked *rows, size_t count)
{
	cleanup_buf struct buf wrong = {0};
	for (size_t i = 0; i < count; i++)
		ask(&rows[i], &wrong);
	ck_assert_msg(wrong.length == 0, "%s", buf_text(&wrong));
}

/* The first events of a stream that does not end. */
static bool take_some(void *data, const char *bytes, size_t length)
{
	buf_add(data, bytes, length);
	return false;
}

static char *first_events(const char *who, const char *path)
{
	struct buf out = {0};
	struct error err = {0};
	long status = 0;
	char name[64], key[128] = "", secret[128] = "";
	cleanup_free char *rest = filled(path);
	cleanup_free char *url = xasprintf("%s%s", server.origin, rest);
	for (size_t i = 0; who != NULL && i < server.keys.count; i++)
		if (text_starts(server.keys.items[i], who))
			(void)sscanf(server.keys.items[i], "%63s %127s %127s", name, key, secret);
	const struct http_stream stream = {.url = url,
		.user = *key != '\0' ? key : NULL,
		.password = *key != '\0' ? secret : NULL,
		.stop_fd = -1,
		.silence_ms = 20000,
		.take = take_some,
		.data = &out};
	ck_assert_msg(http_follow(&stream, &status, &err), "%s: %s", path, error_text(&err));
	ck_assert_msg(status == 200, "%s: expected 200, got %ld", path, status);
	return buf_steal(&out);
}

/* ---- learners send, leads look ---- */

static void learn_and_send(void)
{
	cleanup_free char *note = ropes_data("tutor/practice.md");
	cleanup_free char *learn = xasprintf("learn %s#tasks --trust", note);
	cleanup_free char *quiz = xasprintf("quiz %s#questions --seed 7", note);
	free(ropes_expect(learn, "false\ndocker run --name job alpine true\n\n\n\ncat\n\n:quit\n",
		0, "✔ container job is exited", NULL));
	free(ropes_expect(quiz, "c\nfalse\n42\n-a\na b\na2 b1 c3\n100\nn\n", 0, "6 of 7", NULL));
	const char *key = strchr(server.keys.items[server.keys.count - 1], ' ') + 1;
	cleanup_free char *secret = xasprintf("%s\n", strchr(key, ' ') + 1);
	cleanup_free char *join = xasprintf(
		"sync join %s/xapi/ --key %.*s", server.origin, (int)strcspn(key, " "), key);
	free(ropes_expect(join, secret, 0, "joined: ", NULL));
	free(ropes_expect("sync status", "", 0, "waiting: ", NULL));
	free(ropes_expect("sync", "", 0, "sent: ", NULL));
	free(ropes_expect("sync", "", 0, "sent: 0", NULL));
	free(ropes_expect("sync status", "", 0, "waiting: 0", NULL));
	/* a session sends while it lasts */
	free(ropes_expect(learn, "docker ps\n:quit\n", 0, NULL, NULL));
	free(ropes_expect("sync leave", "", 0, NULL, NULL));
}

static const struct asked pages[] = {
	{NULL, "GET", "/", NULL, NULL, 401, NULL},
	{"lead", "GET", "/", NULL, NULL, 200, "Ada"},
	{"lead", "GET", "/?team=Red", NULL, NULL, 200, "Ada"},
	{"lead", "GET", "/?team=Nobody", NULL, NULL, 404, NULL},
	{"lead", "GET", "/?frob=1", NULL, NULL, 400, NULL},
	{"lead", "GET", "/?q=bo+practice&sort=-time", NULL, NULL, 200,
		"aria-sort=\"descending\"><a href=\"/?sort=time&amp;q=bo%20practice#people\">"},
	{"lead", "GET", "/?q=nobody", NULL, NULL, 200, "Nobody and no course matches."},
	{"lead", "GET", "/?team=Red&sort=best", NULL, NULL, 200,
		"<a href=\"/?sort=-best&amp;team=Red#people\">"},
	{"lead", "GET", "/courses?q=pract&sort=lessons", NULL, NULL, 200, "Practice"},
	{"red-lead", "GET", "/", NULL, NULL, 200, "Ada"},
	{"red-lead", "GET", "/?team=Blue", NULL, NULL, 403, NULL},
	{"teacher", "GET", "/", NULL, NULL, 200, "Bob"},
	{"store", "GET", "/", NULL, NULL, 200, "Bob"},
	{"lead", "GET", "/person?id=1", NULL, NULL, 200, "Ada"},
	{"lead", "GET", "/person?id=2", NULL, NULL, 200, "Bob"},
	{"lead", "GET", "/person?id=99", NULL, NULL, 404, NULL},
	{"red-lead", "GET", "/person?id=2", NULL, NULL, 403, "not in your team"},
	{"lead", "GET", "/certificate?person=1&course=1", NULL, NULL, 404, NULL},
	{"lead", "GET", "/courses", NULL, NULL, 200, "Practice"},
	{"lead", "GET", "/course?id=1", NULL, NULL, 200, NULL},
	{"lead", "GET", "/course?id=99", NULL, NULL, 404, NULL},
	{"lead", "GET", "/course?id=x", NULL, NULL, 400, "'id' must be a number"},
	{"lead", "GET", "/manage", NULL, NULL, 200, "roster"},
	{"lead", "POST", "/courses", NULL, "{}", 405, NULL},
	{"lead", "GET", "/export.csv", NULL, NULL, 200, "Ada"},
	{"lead", "GET", "/export.json", NULL, NULL, 200, "Practice"},
	{"lead", "GET", "/export.json?team=Red", NULL, NULL, 200, "Practice"},
	{"lead", "GET", "/export.xapi", NULL, NULL, 200, "http://adlnet.gov/expapi/verbs/"},
	{"red-lead", "GET", "/export.xapi", NULL, NULL, 200, "http://adlnet.gov/expapi/verbs/"},
	{"ada", "GET", "/", NULL, NULL, 200, "Ada"},
	{"ada", "GET", "/courses", NULL, NULL, 403, "for leads and instructors"},
	{"ada", "GET", "/manage", NULL, NULL, 403, NULL},
	{NULL, "GET", "/ropes.css", NULL, NULL, 200, "{"},
	{NULL, "GET", "/live.js", NULL, NULL, 200, "fetch"},
	{NULL, "GET", "/nothing", NULL, NULL, 404, "not found"},
};

#define FORM "application/x-www-form-urlencoded"

static const struct asked forms[] = {
	{"lead", "POST", "/manage", FORM, "do=team&name=Green", 403, "was not made by this server"},
	{"lead", "POST", "/manage", FORM, "token={form}&do=team&name=Green", 200,
		"the team was added"},
	{"lead", "POST", "/manage", FORM, "token={form}&do=drop-team&name=Green", 400,
		"the team was not removed"},
	{"lead", "POST", "/manage", FORM, "token={form}&do=drop-team&name=Green&sure=on", 200,
		"the team was removed"},
	{"lead", "POST", "/manage", FORM, "token={form}&do=end&person=1&on=on", 200, "deactivated"},
	{"ada", "GET", "/", NULL, NULL, 403, "no longer in this team"},
	{"ada", "GET", "/xapi/statements", NULL, NULL, 403, "no longer in this team"},
	{"lead", "POST", "/manage", FORM, "token={form}&do=end&person=1&on=off", 200,
		"active again"},
	{"ada", "GET", "/", NULL, NULL, 200, "Ada"},
	{"lead", "POST", "/manage", FORM,
		"token={form}&do=roster&csv=name%2Caccount%2Cteam%0ADee%2Cdee%2CRed%0A", 200,
		"1 person imported"},
	{"lead", "POST", "/manage", FORM, "token={form}&do=roster&csv=what", 400, NULL},
	{"lead", "POST", "/manage", FORM, "token={form}&do=assign&course=practice&due=2030-01-31",
		200, "was assigned to everyone, due 2030-01-31"},
	{"lead", "POST", "/manage", FORM, "token={form}&do=assign&course=practice&due=soon", 400,
		"is not a date"},
	{"lead", "POST", "/manage", FORM, "token={form}&do=unassign&course=practice", 200,
		"unassigned"},
	{"lead", "POST", "/manage", FORM,
		"token={form}&do=hook&url=http%3A%2F%2F127.0.0.1%3A1%2Fhook", 200, "webhook 1"},
	{"lead", "GET", "/manage", NULL, NULL, 200, "http://127.0.0.1:1/hook"},
	{"lead", "POST", "/manage", FORM, "token={form}&do=drop-hook&hook=1", 200,
		"the webhook was removed"},
	{"lead", "POST", "/manage", FORM, "token={form}&do=drop-hook&hook=x", 400,
		"a webhook must be given by its number"},
	{"lead", "POST", "/manage", FORM, "token={form}&do=erase&person=2&name=Somebody", 400,
		"The name does not match."},
	{"lead", "POST", "/manage", FORM, "token={form}&do=erase&person=2&name=Bob", 200, "erased"},
	{"lead", "GET", "/person?id=2", NULL, NULL, 404, NULL},
	{"lead", "POST", "/manage", FORM, "token={form}&do=frob", 400, "unknown action"},
	{"lead", "POST", "/manage", FORM, "token={form}&do=pseudonyms&on=on", 200,
		"names are now hidden"},
	{"lead", "GET", "/", NULL, NULL, 200, "P-"},
	{"lead", "POST", "/manage", FORM, "token={form}&do=pseudonyms&on=off", 200,
		"names are now shown"},
};

/* Statements are followed a moment after they were sent. */
static void wait_for_page(const char *who, const char *path, const char *words)
{
	const struct asked q = {.who = who, .method = "GET", .path = path, .status = 200};
	int64_t until = clock_monotonic_ms() + 20000;
	for (;;) {
		long status;
		cleanup_free char *text = send_request(&q, &status);
		if (strstr(text, words) != NULL)
			return;
		ck_assert_msg(clock_monotonic_ms() < until,
			"%s does not come to have '%s':\n%.3000s", path, words, text);
		(void)poll(NULL, 0, 20); /* a look between two others */
	}
}

START_TEST(a_team_is_looked_at)
{
	ropes_home();
	ropes_prepare = ropes_sandbox;
	prepare_store();
	server_start("");
	learn_and_send();
	wait_for_page("lead", "/export.json", "\"pairs\"");
	ask_all(pages, ARRAY_LENGTH(pages));
	long status;
	const struct asked manage = {.who = "lead", .method = "GET", .path = "/manage"};
	cleanup_free char *page = send_request(&manage, &status);
	const char *token = strstr(page, "name=\"token\" value=\"");
	ck_assert_msg(token != NULL, "no token in the form:\n%.2000s", page);
	token += strlen("name=\"token\" value=\"");
	server.form = xstrndup(token, strcspn(token, "\""));
	ask_all(forms, ARRAY_LENGTH(forms));
	cleanup_free char *events = first_events("lead", "/events");
	ck_assert_str_ne(events, "");
	server_stop();
}
END_TEST

/* ---- the Experience API ---- */

#define STATEMENT                                                                                  \
	"{\"id\":\"11111111-1111-4111-8111-111111111111\",\"actor\":{\"account\":{\"homePage\":"   \
	"\"https://ropes.invalid\",\"name\":\"ada\"}},\"verb\":{\"id\":\"http://example.com/"      \
	"did\","                                                                                   \
	"\"display\":{\"en\":\"did\"}},\"object\":{\"id\":\"http://example.com/"                   \
	"it\",\"definition\":"                                                                     \
	"{\"name\":{\"en\":\"it\"}}}}"
#define ADA_AGENT                                                                                  \
	"%7B%22account%22%3A%7B%22homePage%22%3A%22https%3A%2F%2Fropes.invalid%22%2C%22name%22%"   \
	"3A%22"                                                                                    \
	"ada%22%7D%7D"
#define STATE "/xapi/activities/state?activityId=http%3A%2F%2Fexample.com%2Fit&agent=" ADA_AGENT

static const struct asked resources[] = {
	{NULL, "GET", "/xapi/about", NULL, NULL, 200, "\"version\""},
	{NULL, "GET", "/xapi/statements", NULL, NULL, 401, NULL},
	{"store", "POST", "/xapi/statements", NULL, STATEMENT, 200, "11111111-1111-4111-8111"},
	{"store", "POST", "/xapi/statements", NULL, STATEMENT, 200, NULL},
	{"store", "PUT", "/xapi/statements?statementId=11111111-1111-4111-8111-111111111111", NULL,
		"{\"actor\":{\"mbox\":\"mailto:a@example.com\"},\"verb\":{\"id\":\"http://"
		"example.com/x\"},"
		"\"object\":{\"id\":\"http://example.com/y\"}}",
		409, NULL},
	{"store", "PUT", "/xapi/statements?statementId=22222222-2222-4222-8222-222222222222", NULL,
		"{\"actor\":{\"mbox\":\"mailto:a@example.com\"},\"verb\":{\"id\":\"http://"
		"example.com/x\"},"
		"\"object\":{\"id\":\"http://example.com/y\"}}",
		204, NULL},
	{"store", "POST", "/xapi/statements", NULL, "{\"actor\":1}", 400, NULL},
	{"store", "POST", "/xapi/statements", NULL, "[", 400, NULL},
	{"store", "POST", "/xapi/statements", "text/plain", STATEMENT, 400, NULL},
	{"store", "POST", "/xapi/statements", "multipart/mixed; boundary=x",
		"--x\r\nContent-Type: application/json\r\n\r\n"
		"{\"actor\":{\"mbox\":\"mailto:a@example.com\"},\"verb\":{\"id\":\"http://"
		"example.com/x\"},"
		"\"object\":{\"id\":\"http://example.com/y\"},\"attachments\":[{\"usageType\":"
		"\"http://example.com/use\",\"display\":{\"en\":\"text\"},\"contentType\":\"text/"
		"plain\","
		"\"length\":5,\"sha2\":"
		"\"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\"}]}\r\n"
		"--x\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\n"
		"X-Experience-API-Hash: "
		"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\r\n\r\nhello\r\n-"
		"-x--\r\n",
		200, NULL},
	{"store", "GET", "/xapi/statements?attachments=true", NULL, NULL, 200, "hello"},
	{"store", "POST", "/xapi/statements", "multipart/mixed; boundary=x", "--x\r\n", 400, NULL},
	{"store", "GET", "/xapi/statements?limit=1", NULL, NULL, 200, "/xapi/more/"},
	{"store", "GET", "/xapi/statements?verb=http%3A%2F%2Fexample.com%2Fdid", NULL, NULL, 200,
		"11111111-1111-4111-8111"},
	{"store", "GET", "/xapi/statements?format=canonical&ascending=true&agent=" ADA_AGENT, NULL,
		NULL, 200, "11111111-1111-4111-8111"},
	{"store", "GET", "/xapi/statements?format=ids", NULL, NULL, 200, NULL},
	{"store", "GET", "/xapi/statements?format=frob", NULL, NULL, 400, NULL},
	{"store", "GET", "/xapi/statements?since=yesterday", NULL, NULL, 400, NULL},
	{"store", "GET", "/xapi/statements?frob=1", NULL, NULL, 400, NULL},
	{"store", "GET", "/xapi/statements?statementId=11111111-1111-4111-8111-111111111111", NULL,
		NULL, 200, "example.com/did"},
	{"store", "GET", "/xapi/statements?statementId=33333333-3333-4333-8333-333333333333", NULL,
		NULL, 404, NULL},
	{"ada", "GET", "/xapi/statements", NULL, NULL, 403, "may not read statements"},
	{"ada", "GET", "/xapi/statements?statementId=11111111-1111-4111-8111-111111111111", NULL,
		NULL, 200, NULL},
	{"red-lead", "GET", "/xapi/statements", NULL, NULL, 403, NULL},
	{"store", "DELETE", "/xapi/statements", NULL, NULL, 405, NULL},
	{"store", "GET", "/xapi/more/x", NULL, NULL, 404, NULL},
	{"store", "GET", "/xapi/activities?activityId=http%3A%2F%2Fexample.com%2Fit", NULL, NULL,
		200, "\"en\""},
	{"store", "GET", "/xapi/activities", NULL, NULL, 400, NULL},
	{"store", "GET", "/xapi/agents?agent=" ADA_AGENT, NULL, NULL, 200, "Person"},
	{"store", "GET", "/xapi/agents?agent=x", NULL, NULL, 400, NULL},
	{"ada", "PUT", STATE "&stateId=one", NULL, "{\"a\":1}", 204, NULL},
	{"ada", "POST", STATE "&stateId=one", NULL, "{\"b\":2}", 204, NULL},
	{"ada", "GET", STATE "&stateId=one", NULL, NULL, 200, "\"b\""},
	{"ada", "GET", STATE, NULL, NULL, 200, "[\"one\"]"},
	{"ada", "GET", STATE "&stateId=two", NULL, NULL, 404, NULL},
	{"ada", "DELETE", STATE "&stateId=one", NULL, NULL, 204, NULL},
	{"ada", "DELETE", STATE, NULL, NULL, 204, NULL},
	{"ada", "GET", "/xapi/activities/state", NULL, NULL, 400, NULL},
	{"store", "PUT", "/xapi/agents/profile?profileId=p&agent=" ADA_AGENT, "text/plain", "me",
		204, NULL},
	{"store", "GET", "/xapi/agents/profile?profileId=p&agent=" ADA_AGENT, NULL, NULL, 200,
		"me"},
	{"store", "GET", "/xapi/agents/profile?agent=" ADA_AGENT, NULL, NULL, 200, "[\"p\"]"},
	{"store", "POST",
		"/xapi/activities/profile?profileId=p&activityId=http%3A%2F%2Fexample.com%2Fit",
		NULL, "{\"x\":1}", 204, NULL},
	{"store", "GET", "/xapi/activities/profile?activityId=http%3A%2F%2Fexample.com%2Fit", NULL,
		NULL, 200, "[\"p\"]"},
	{"ada", "PUT",
		"/xapi/activities/profile?profileId=p&activityId=http%3A%2F%2Fexample.com%2Fit",
		NULL, "{}", 403, NULL},
	{"store", "POST", "/xapi/statements", NULL,
		"{\"actor\":{\"mbox\":\"mailto:a@example.com\"},\"verb\":{\"id\":"
		"\"http://adlnet.gov/expapi/verbs/"
		"voided\"},\"object\":{\"objectType\":\"StatementRef\","
		"\"id\":\"11111111-1111-4111-8111-111111111111\"}}",
		200, NULL},
	{"store", "GET", "/xapi/statements?statementId=11111111-1111-4111-8111-111111111111", NULL,
		NULL, 404, NULL},
	{"store", "GET", "/xapi/statements?voidedStatementId=11111111-1111-4111-8111-111111111111",
		NULL, NULL, 200, "example.com/did"},
	{NULL, "OPTIONS", "/xapi/statements", NULL, NULL, 401, NULL},
};

START_TEST(the_experience_api_is_asked)
{
	ropes_home();
	prepare_store();
	server_start("--allow-origin https://lms.example.com");
	ask_all(resources, ARRAY_LENGTH(resources));
	long status;
	const struct asked first = {
		.who = "store", .method = "GET", .path = "/xapi/statements?limit=1"};
	cleanup_free char *page = send_request(&first, &status);
	const char *more = strstr(page, "/xapi/more/");
	cleanup_free char *path = xstrndup(more, strcspn(more, "\""));
	const struct asked second = {.who = "store",
		.method = "GET",
		.path = path,
		.status = 200,
		.has = "\"statements\""};
	ask_all(&second, 1);
	server_stop();
}
END_TEST

/* ---- a workshop ---- */

#define ORDERS "/room/board?token={board}"

static const struct asked room_pages[] = {
	{NULL, "GET", "/room", NULL, NULL, 404, "no workshop has this code"},
	{NULL, "GET", "/room?code={code}", NULL, NULL, 200, "Practice"},
	{NULL, "GET", "/room?code=nothing", NULL, NULL, 404, NULL},
	{NULL, "GET", "/room/board?token=x", NULL, NULL, 403, NULL},
	{NULL, "GET", "/room/board?token={board}", NULL, NULL, 200, "Practice"},
	{NULL, "GET", "/room/projector?token={projector}", NULL, NULL, 200, "Practice"},
	{NULL, "GET", "/room/board?token={projector}", NULL, NULL, 403, NULL},
	{NULL, "POST", "/room/projector?token={projector}", NULL, "{}", 405, NULL},
	{NULL, "GET", "/room.css", NULL, NULL, 200, "{"},
	{NULL, "GET", "/room.js", NULL, NULL, 200, "EventSource"},
	{NULL, "POST", "/room/join", NULL, "{}", 404, "no workshop has this code"},
	{NULL, "POST", "/room/join", NULL, "[", 400, NULL},
	{NULL, "POST", "/room/join", NULL, "{\"code\":\"nothing-1\",\"name\":\"Eve\"}", 404, NULL},
	{NULL, "POST", "/room/say", NULL, "{}", 401, NULL},
	{"ada", "POST", "/room/say", NULL, "{}", 403, NULL},
	{NULL, "POST", ORDERS, NULL, "{\"do\":\"message\",\"text\":\"Hello all\"}", 204, NULL},
	{NULL, "POST", ORDERS, FORM, "do=open-all", 303, NULL},
	{NULL, "POST", ORDERS, NULL, "{\"do\":\"timer\",\"minutes\":5,\"text\":\"lunch\"}", 204,
		NULL},
	{NULL, "POST", ORDERS, NULL, "{\"do\":\"ask\",\"gift\":\"Which? {~red =blue}\"}", 204,
		NULL},
	{NULL, "POST", ORDERS, NULL, "{\"do\":\"frob\"}", 400, NULL},
	{NULL, "POST", ORDERS, FORM, "do=frob", 400, NULL},
	{NULL, "POST", ORDERS, NULL, "[]", 400, NULL},
};

static const struct asked later[] = {
	{NULL, "GET", "/room/board?token={board}", HTML, NULL, 200, "Which?"},
	{NULL, "GET", "/room/board?token={board}&lesson=tasks", HTML, NULL, 200, "Ada"},
	{NULL, "GET", "/room/projector?token={projector}", HTML, NULL, 200, "Practice"},
	{NULL, "POST", ORDERS, FORM, "do=frob", 400, NULL},
	{NULL, "GET", "/room/board?token={board}", NULL, NULL, 200, "Ada"},
	{NULL, "POST", ORDERS, NULL, "{\"do\":\"hold\"}", 204, NULL},
	{NULL, "POST", ORDERS, NULL, "{\"do\":\"go\"}", 204, NULL},
	{NULL, "POST", ORDERS, NULL, "{\"do\":\"timer-off\"}", 204, NULL},
	{NULL, "POST", ORDERS, NULL, "{\"do\":\"close\"}", 204, NULL},
	{NULL, "POST", ORDERS, FORM, "do=open&place=tasks%2Fjob", 303, NULL},
	{NULL, "POST", ORDERS, NULL, "{\"do\":\"open-next\"}", 204, NULL},
	{NULL, "GET", "/room/report?token={board}", NULL, NULL, 200, "Ada"},
	{NULL, "GET", "/room/report?token={board}&format=md", NULL, NULL, 200, "Ada"},
	{NULL, "GET", "/room/report?token={board}&format=pdf", NULL, NULL, 400, NULL},
	{NULL, "GET", "/room/report?token={projector}", NULL, NULL, 403, NULL},
	{NULL, "POST", ORDERS, NULL, "{\"do\":\"end\"}", 204, NULL},
};

/* The board is watched at a terminal until somebody is there, and is left with q. */
static void watch(const char *line, const char *words)
{
	const struct fake_typing typing[] = {{words, "q"}};
	struct fake_terminal *terminal = fake_terminal_open(typing, 1);
	int fd = fake_terminal_fd(terminal), err = ropes_file("watch.err", "");
	int status = ropes_wait(ropes_start(line, fd, fd, err));
	close(err);
	cleanup_free char *shown = fake_terminal_close(terminal);
	ck_assert_msg(status == 0, "ropes %s: status %d after:\n%s", line, status, shown);
}

START_TEST(a_workshop_is_held)
{
	ropes_home();
	ropes_prepare = ropes_sandbox;
	prepare_store();
	cleanup_free char *note = ropes_data("tutor/practice.md");
	cleanup_free char *more = xasprintf("--workshop %s", note);
	server_start(more);
	ask_all(room_pages, ARRAY_LENGTH(room_pages));
	cleanup_free char *join = xasprintf("join %s %s --as Ada --yes --lines --note %s --trust",
		server.origin, server.code, note);
	free(ropes_expect(join,
		"docker ps\n:room\n:answer b\n:raise I am stuck\n:ready\n:slower\n:goto tasks\n"
		"docker run --name job alpine true\n:quit\n",
		0, "Your answer: b.", NULL));
	wait_for_page(NULL, "/room/board?token={board}", "stuck");
	cleanup_free char *board = first_events(NULL, "/room/board/events?token={board}&changes=1");
	cleanup_free char *projector =
		first_events(NULL, "/room/projector/events?token={projector}");
	ck_assert_str_ne(board, "");
	ck_assert_str_ne(projector, "");
	cleanup_free char *look =
		xasprintf("board %s/room/board?token=%s", server.origin, server.board);
	cleanup_free char *json = xasprintf("%s --json", look);
	free(ropes_expect(look, "", 0, "Ada", NULL));
	free(ropes_expect(json, "", 0, "\"Ada\"", NULL));
	watch(look, "Ada");
	ask_all(later, ARRAY_LENGTH(later));
	free(ropes_expect(join, ":quit\n", 0, "The workshop is over.", NULL));
	server_stop();
	cleanup_free char *report = xasprintf("serve report --db %s", server.db);
	free(ropes_expect(report, "", 0, "Ada", NULL));
}
END_TEST

/* ---- the store beside its server ---- */

START_TEST(a_store_is_kept)
{
	static const struct {
		const char *line;
		int status;
		const char *out, *err;
	} rows[] = {
		{"serve key list", 0, "red-lead", NULL},
		{"serve key add x --role frob", 2, NULL, "unknown role 'frob'"},
		{"serve key add x", 2, NULL, "missing option --role"},
		{"serve key add x --role store --team Red", 2, NULL,
			"--team works only with --role lead"},
		{"serve key add x --role lead --account a", 2, NULL,
			"--account works only with --role learner"},
		{"serve key add x --role lead --team Nobody", 1, NULL, "there is no team 'Nobody'"},
		{"serve key add mail --role learner --account a@example.com", 0, "key: ", NULL},
		{"serve key remove mail", 0, NULL, NULL},
		{"serve key remove mail", 3, NULL, "there is no key 'mail'"},
		{"serve team list", 0, "Red", NULL},
		{"serve team add Green", 0, NULL, NULL},
		{"serve team remove Green", 0, NULL, NULL},
		{"serve team remove Green", 1, NULL, NULL},
		{"serve roster /nowhere", 3, NULL, "/nowhere"},
		{"serve assign practice", 2, NULL, "--due"},
		{"serve assign practice --due soon", 2, NULL, "is not a date"},
		{"serve assign practice --due never", 0, NULL, NULL},
		{"serve pseudonyms on", 0, NULL, NULL},
		{"serve pseudonyms off", 0, NULL, NULL},
		{"serve pseudonyms frob", 2, NULL, NULL},
		{"serve export bob", 0, "\"statements\":[", NULL},
		{"serve export nobody", 1, NULL, "matches no one"},
		{"serve erase bob", 2, "statements: 0", "use --yes"},
		{"serve erase bob --yes", 0, "erased", NULL},
		{"serve erase bob --yes", 1, NULL, NULL},
		{"serve retention 700", 0, "due to be erased: 0", NULL},
		{"serve retention show", 0, "retention: 700 days", NULL},
		{"serve retention off", 0, "retention: off", NULL},
		{"serve retention 0", 2, NULL, "expected a number of days"},
		{"serve audit", 0, "\"what\":\"change key add\"", NULL},
		{"serve --log frob", 2, NULL, "expected json or text"},
		{"serve --mail /nowhere", 3, NULL, "/nowhere"},
		{"serve key frob", 2, NULL, NULL},
	};
	ropes_home();
	prepare_store();
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		cleanup_free char *line = xasprintf("%s --db %s", rows[i].line, server.db);
		free(ropes_expect(line, "", rows[i].status, rows[i].out, rows[i].err));
	}
	cleanup_free char *backup = xasprintf("serve backup %s.copy --db %s", server.db, server.db);
	cleanup_free char *restore =
		xasprintf("serve restore %s.copy --db %s", server.db, server.db);
	free(ropes_expect(backup, "", 0, NULL, NULL));
	free(ropes_expect(restore, "", 0, NULL, NULL));
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{a_store_is_kept, 1},
		{the_experience_api_is_asked, 1},
		{a_team_is_looked_at, 1},
		{a_workshop_is_held, 1},
	};
	return suite_run("serve", tests, ARRAY_LENGTH(tests), 120);
}
