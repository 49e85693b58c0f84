/* tests/sync/test_sync.c - addresses, events, places; what goes over a network is tried by
 * tests/terminal/test_join.sh */
#include "record.h"
#include "suite.h"
#include "sync.h"

#include <sys/stat.h>

/* ---- addresses ---- */

static const struct {
	const char *typed, *origin; /* NULL: refused */
} addresses[] = {
	{"https://lrs.example.com:8410", "https://lrs.example.com:8410"},
	{"https://lrs.example.com/room/?code=x#y", "https://lrs.example.com"},
	{"lrs.example.com:8410/", "https://lrs.example.com:8410"},
	{"https://lab.example/ropes", "https://lab.example/ropes"},
	{"lab.example/a/b//", "https://lab.example/a/b"},
	{"https://lab.example/ropes/room?code=x", "https://lab.example/ropes"},
	{"https://lab.example/ropes/room/board?token=x", "https://lab.example/ropes"},
	{"https://lab.example/ropes/join#CODE", "https://lab.example/ropes"},
	{"https://lab.example/ropes/xapi/", "https://lab.example/ropes"},
	{"https://lab.example/rooms", "https://lab.example/rooms"},
	{"https://lab.example/?code=x", "https://lab.example"},
	{"https://lab.example#x", "https://lab.example"},
	{"http://lab.example/127.0.0.1", NULL},
	{"127.0.0.1:8410", "http://127.0.0.1:8410"},
	{"http://127.0.0.1:8410/room", "http://127.0.0.1:8410"},
	{"https://127.0.0.1:8410", "https://127.0.0.1:8410"},
	{"localhost:1", "http://localhost:1"},
	{"http://[::1]:8410", "http://[::1]:8410"},
	{"http://lrs.example.com", NULL},
	{"http://127.evil.example", NULL},
	{"http://127.0.0.1.evil.example:80", NULL},
	{"http://localhost.evil.example", NULL},
	{"http://localhostile:80/room", NULL},
	{"http://[::1].evil.example", NULL},
	{"http://127.0.0.1:x@evil.example", NULL},
	{"http://128.0.0.1", NULL},
	{"http://127.1.2.3", "http://127.1.2.3"},
	{"ftp://lrs.example.com", NULL},
	{"https://me:secret@lrs.example.com", NULL},
	{"https://", NULL},
	{"/room", NULL},
	{"", NULL},
};

START_TEST(addresses_of_servers_are_read)
{
	struct error err = {0};
	char *origin = NULL;
	bool good = sync_server_read(addresses[_i].typed, &origin, &err);
	ck_assert_int_eq(good, addresses[_i].origin != NULL);
	if (good)
		ck_assert_str_eq(origin, addresses[_i].origin);
	free(origin);
	error_finish(&err);
}
END_TEST

static const struct {
	const char *link, *code; /* NULL: none */
} links[] = {
	{"https://lab.example/ropes/room?code=K7QM-2XWP", "K7QM-2XWP"},
	{"https://lab.example/room?code=K7%2DQM&x=1#y", "K7-QM"},
	{"https://lab.example/room?code=", ""},
	{"https://lab.example/room", NULL},
};

START_TEST(codes_are_read_from_links)
{
	char *code = sync_room_code(links[_i].link);
	ck_assert_pstr_eq(code, links[_i].code);
	free(code);
}
END_TEST

/* ---- events ---- */

static void draw(const struct sync_event *e, struct buf *out)
{
	static const char *const names[] = {[SYNC_STATE] = "state",
		[SYNC_MESSAGE] = "message",
		[SYNC_QUESTION] = "question",
		[SYNC_ANSWER] = "answer",
		[SYNC_END] = "end"};
	buf_add_text(out, names[e->news]);
	if (e->text != NULL)
		buf_printf(out, " text=%s", e->text);
	if (e->news == SYNC_MESSAGE)
		buf_add_text(out, e->to_all ? " all" : " you");
	if (e->question.id != NULL)
		buf_printf(out, " id=%s", e->question.id);
	for (size_t i = 0; i < e->question.option_count; i++)
		buf_printf(out, " option=%s", e->question.options[i]);
	if (e->question.is_poll)
		buf_add_text(out, " poll");
	if (e->open_lesson != NULL)
		buf_printf(out, " open=%s/%s", e->open_lesson, e->open_step ? e->open_step : "");
	if (e->timer_ms != 0)
		buf_printf(out, " timer=%lld:%s", (long long)e->timer_ms,
			e->timer_text ? e->timer_text : "");
	if (e->is_judged)
		buf_add_text(out, e->right ? " right" : " wrong");
	if (e->explanation != NULL)
		buf_printf(out, " explanation=%s", e->explanation);
	if (e->paused)
		buf_add_text(out, " hold");
	if (e->ended)
		buf_add_text(out, " ended");
}

static const struct {
	const char *name, *json, *drawn; /* NULL: it is none */
} events[] = {
	{"state", "{\"open\":null,\"hold\":false,\"timer\":null,\"question\":null,\"ended\":false}",
		"state"},
	{"state",
		"{\"open\":{\"lesson\":\"a\",\"step\":\"b\"},\"hold\":true,\"timer\":{\"until_ms\":"
		"5,\"text\":\"t\"},\"question\":{\"id\":\"q1\",\"text\":\"?\",\"kind\":\"choice\","
		"\"options\":[\"x\",\"y\"]},\"ended\":true}",
		"state id=q1 option=x option=y open=a/b timer=5:t hold ended"},
	{"state", "{}", "state"},
	{"state", "[]", NULL},
	{"state", "{\"timer\":{\"until_ms\":\"soon\"},\"hold\":1,\"open\":[1]}", "state"},
	{"state", "{\"timer\":{\"until_ms\":1e300},\"question\":{\"text\":\"no id\"}}", "state"},
	{"message", "{\"text\":\"hi\",\"to\":\"all\"}", "message text=hi all"},
	{"message", "{\"text\":\"hi\",\"to\":\"you\"}", "message text=hi you"},
	{"message", "{\"to\":\"all\"}", NULL},
	{"question", "{\"id\":\"q\",\"text\":\"?\",\"kind\":\"numeric\"}", "question id=q"},
	{"question", "{\"id\":\"q\",\"text\":\"?\",\"poll\":true}", "question id=q poll"},
	{"question", "{\"id\":\"q\",\"text\":\"?\",\"options\":[1,\"x\",null]}",
		"question id=q option=x"},
	{"question", "{\"id\":\"q\"}", NULL},
	{"answer", "{\"id\":\"q\",\"text\":\"b\",\"right\":true,\"explanation\":\"so\"}",
		"answer text=b id=q right explanation=so"},
	{"answer", "{\"id\":\"q\",\"text\":\"b\",\"right\":false}", "answer text=b id=q wrong"},
	{"answer", "{\"id\":\"q\",\"text\":\"b\",\"right\":null}", "answer text=b id=q"},
	{"setup", "{\"why\":\"of an earlier server\"}", NULL},
	{"end", "{}", "end ended"},
	{"other", "{}", NULL},
	{"message", "not JSON", NULL},
};

START_TEST(events_are_read)
{
	struct arena arena = {0};
	struct sync_event event;
	cleanup_buf struct buf seen = {0};
	bool good = sync_event_read(events[_i].name, events[_i].json, &arena, &event);
	ck_assert_int_eq(good, events[_i].drawn != NULL);
	if (good) {
		draw(&event, &seen);
		ck_assert_str_eq(buf_text(&seen), events[_i].drawn);
	}
	arena_finish(&arena);
}
END_TEST

/* ---- places ---- */

static char text[][16] = {
	"key", "secret", "http://h", "ann-2", "Ann 2", "login", "id", "CODE", "x"};

static struct sync_remote a_remote(char *url)
{
	return (struct sync_remote){.url = url,
		.key = text[0],
		.secret = text[1],
		.home = text[2],
		.account = text[3],
		.name = text[4],
		.learner = text[5],
		.since = 7,
		.since_id = text[6],
		.code = text[7],
		.course = text[8],
		.lines = true};
}

static void use_folders(void)
{
	cleanup_free char *config = path_join(suite_folder, "config");
	cleanup_free char *state = path_join(suite_folder, "state");
	setenv("XDG_CONFIG_HOME", config, 1);
	setenv("XDG_STATE_HOME", state, 1);
}

START_TEST(a_remote_comes_back_as_it_was_kept)
{
	struct error err = {0};
	char url[] = "http://127.0.0.1:1/xapi";
	struct sync_remote remote = a_remote(url), back = {0};
	use_folders();
	ck_assert_msg(sync_room_save(&remote, &err), "%s", error_text(&err));
	ck_assert(sync_room_load("http://127.0.0.1:1", "CODE", "login", &back, &err));
	ck_assert_str_eq(back.url, url);
	ck_assert_str_eq(back.account, "ann-2");
	ck_assert_str_eq(back.since_id, "id");
	ck_assert_int_eq(back.since, 7);
	ck_assert(back.lines && back.ca == NULL);
	sync_remote_finish(&back);
	static const char *const others[][3] = {{"http://127.0.0.1:1", "OTHER", "login"},
		{"http://127.0.0.1:1", "CODE", "other"}, {"http://127.0.0.1:2", "CODE", "login"}};
	for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
		ck_assert(sync_room_load(others[i][0], others[i][1], others[i][2], &back, &err));
		ck_assert_ptr_null(back.url);
	}
}
END_TEST

START_TEST(a_workshop_leaves_the_team_alone)
{
	struct error err = {0};
	char team[] = "https://team/xapi", url[] = "http://127.0.0.1:1/xapi";
	struct sync_remote of_team = {.url = team, .key = text[0], .secret = text[1]}, back;
	struct sync_remote remote = a_remote(url);
	use_folders();
	ck_assert(sync_remote_save(&of_team, &err));
	ck_assert(sync_room_save(&remote, &err));
	ck_assert(sync_remote_load(&back, &err));
	ck_assert_str_eq(back.url, team);
	ck_assert_ptr_null(back.account);
	ck_assert(!back.lines);
	sync_remote_finish(&back);
	cleanup_free char *rooms = path_join(getenv("XDG_CONFIG_HOME"), "ropes/rooms");
	struct stat info;
	ck_assert(stat(rooms, &info) == 0 && (info.st_mode & 0777) == 0700);
}
END_TEST

/* ---- what is sent ---- */

static void append(struct record *record, const char *learner)
{
	struct error err = {0};
	const struct record_event event = {.verb = RECORD_PROGRESSED,
		.learner = learner,
		.course = "c",
		.lesson = "l",
		.step = "s"};
	ck_assert_msg(record_append(record, &event, &err), "%s", error_text(&err));
}

START_TEST(only_the_learner_s_own_from_the_joining_on_is_sent)
{
	struct error err = {0};
	struct record *record;
	char url[] = "http://127.0.0.1:1/xapi", code[] = "SENT";
	unsigned waiting;
	use_folders();
	ck_assert_msg(record_open(":memory:", &record, &err), "%s", error_text(&err));
	append(record, "login");
	append(record, "login");
	struct sync_remote remote = a_remote(url);
	remote.code = code;
	remote.since_id = NULL; /* as after a record that was replaced */
	ck_assert_msg(sync_room_resume(&remote, record, &err), "%s", error_text(&err));
	ck_assert_int_eq(remote.since, 2);
	append(record, "login");
	append(record, "somebody");
	append(record, "login");
	ck_assert_msg(sync_waiting(record, &remote, &waiting, &err), "%s", error_text(&err));
	ck_assert_uint_eq(waiting, 2);
	ck_assert(sync_room_resume(&remote, record, &err));
	ck_assert_int_eq(remote.since, 2); /* it is the same record */
	remote.learner = NULL;
	ck_assert(sync_waiting(record, &remote, &waiting, &err));
	ck_assert_uint_eq(waiting, 3);
	free(remote.since_id);
	record_close(record);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{addresses_of_servers_are_read, ARRAY_LENGTH(addresses)},
		{codes_are_read_from_links, ARRAY_LENGTH(links)},
		{events_are_read, ARRAY_LENGTH(events)},
		{a_remote_comes_back_as_it_was_kept, 0},
		{a_workshop_leaves_the_team_alone, 0},
		{only_the_learner_s_own_from_the_joining_on_is_sent, 0},
	};
	return suite_run("sync", tests, ARRAY_LENGTH(tests), 20);
}
