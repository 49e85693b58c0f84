/* tests/class/test_class.c - a class without a daemon: which is chosen, what a swarm's list says,
 * whose seat is where. With daemons: tests/terminal/test_class.sh. */
#include "../../src/class/private.h"
#include "../../src/gate/private.h"
#include "suite.h"

#include <sys/stat.h>

/* ---- load ---- */

static const struct {
	const char *daemons; /* learners of each; '-': does not answer */
	int due;
} loads[] = {
	{"", -1},
	{"-", -1},
	{"- -", -1},
	{"0", 0},
	{"0 0", 0},
	{"1 0", 1},
	{"3 2 1", 2},
	{"- 9", 1},
	{"2 - 2 1 -", 3},
};

START_TEST(the_fewest_learners_decide)
{
	struct daemon daemons[8] = {0}, *list[8];
	size_t count = 0;
	for (const char *at = loads[_i].daemons; *at != '\0'; at += at[1] == ' ' ? 2 : 1) {
		daemons[count].healthy = *at != '-';
		daemons[count].learners = *at != '-' ? (size_t)(*at - '0') : 0;
		list[count] = &daemons[count];
		count++;
	}
	const struct daemon *chosen = daemon_choose(list, count);
	ck_assert_int_eq(chosen == NULL ? -1 : (int)(chosen - daemons), loads[_i].due);
}
END_TEST

/* ---- nodes ---- */

#define NODE(addr, state, availability, labels)                                                    \
	"{\"Status\":{\"State\":\"" state "\",\"Addr\":\"" addr                                    \
	"\"},\"Spec\":{\"Availability\":\"" availability "\",\"Labels\":{" labels "}}}"

static const struct {
	const char *json;
	bool tls;
	const char *due;
} swarms[] = {
	{"[]", false, ""},
	{"{\"message\":\"This node is not a swarm manager.\"}", false, ""},
	{"[" NODE("10.0.0.1", "ready", "active", "") "]", false, "tcp://10.0.0.1:2375"},
	{"[" NODE("10.0.0.1", "ready", "active", "") "]", true, "tcp://10.0.0.1:2376"},
	{"[" NODE("10.0.0.1", "down", "active", "") "," NODE("10.0.0.2", "ready", "active", "") "]",
		true, "tcp://10.0.0.2:2376"},
	{"[" NODE("10.0.0.1", "ready", "drain", "") "," NODE("10.0.0.2", "ready", "pause", "") "]",
		true, ""},
	{"[" NODE("10.0.0.1", "ready", "active", "\"ropes.daemon\":\"unix:///run/d.sock\"") "]",
		true, "unix:///run/d.sock"},
	{"[" NODE("fd00::1", "ready", "active", "") "]", true, "tcp://[fd00::1]:2376"},
	{"[" NODE("", "ready", "active", "") "]", true, ""},
	{"[{\"Status\":{\"State\":\"ready\",\"Addr\":\"0.0.0.0\"},"
	 "\"Spec\":{\"Availability\":\"active\"},"
	 "\"ManagerStatus\":{\"Addr\":\"10.0.0.9:2377\"}}]",
		true, "tcp://10.0.0.9:2376"},
	{"[1, null, {\"Status\": 3}]", true, ""},
};

START_TEST(a_swarm_lists_its_daemons)
{
	cleanup_words struct words found = {0};
	cleanup_buf struct buf text = {0};
	cJSON *json = cJSON_Parse(swarms[_i].json);
	ck_assert_ptr_nonnull(json);
	class_nodes(json, swarms[_i].tls, &found);
	for (size_t i = 0; i < found.count; i++)
		buf_printf(&text, "%s%s", i > 0 ? " " : "", found.items[i]);
	ck_assert_str_eq(buf_text(&text), swarms[_i].due);
	cJSON_Delete(json);
}
END_TEST

/* What a swarm of two (dockerd 20.10) said of itself. */
START_TEST(a_real_list_is_read)
{
	cleanup_buf struct buf text = {0};
	cleanup_words struct words found = {0};
	struct error err = {0};
	ck_assert_msg(file_read("tests/data/class/nodes.json", 65536, &text, &err), "%s",
		error_text(&err));
	cJSON *json = cJSON_ParseWithLength(buf_text(&text), text.length);
	class_nodes(json, true, &found);
	ck_assert_uint_eq(found.count, 2);
	ck_assert_str_eq(found.items[0], "tcp://10.77.0.2:2376");
	ck_assert_str_eq(found.items[1], "tcp://10.77.0.1:2376");
	cJSON_Delete(json);
}
END_TEST

/* ---- seats: gates are opened though no daemon is there ---- */

static struct class *class_of(size_t daemons, long long port_last)
{
	struct class *class = xcalloc(1, sizeof *class);
	class->folder = xstrdup(suite_folder);
	gate_policy_default(&class->policy);
	class->policy.port_last = port_last;
	class->stop[1] = -1;
	pthread_mutex_init(&class->seating, NULL);
	pthread_mutex_init(&class->lock, NULL);
	for (size_t i = 0; i < daemons; i++) {
		cleanup_free char *address = xasprintf("unix://%s/none-%zu", suite_folder, i);
		struct daemon *d = daemon_add(class, address, NULL);
		ck_assert_ptr_nonnull(d);
		d->healthy = true;
	}
	return class;
}

static struct seat *sit(struct class *class, const char *owner)
{
	struct error err = {0};
	cleanup_free char *socket = NULL;
	ck_assert_msg(class_seat(class, owner, geteuid(), &socket, &err), "%s", error_text(&err));
	struct seat *seat = seat_find(class, owner);
	ck_assert_str_eq(socket + strlen("unix://"), seat->path);
	return seat;
}

START_TEST(learners_are_spread_and_share_no_port)
{
	struct class *class = class_of(3, 29999);
	for (int i = 0; i < 9; i++) {
		cleanup_free char *owner = xasprintf("l%d", i);
		(void)sit(class, owner);
	}
	for (size_t i = 0; i < 3; i++)
		ck_assert_uint_eq(class->daemons[i]->learners, 3);
	for (size_t i = 0; i < 9; i++) {
		const struct gate_policy *a = &class->seats[i]->gate->policy;
		ck_assert_int_ge(a->port_first, 20000);
		ck_assert_int_le(a->port_last, 29999);
		ck_assert_int_lt(a->port_first, a->port_last);
		for (size_t k = 0; k < i; k++) {
			const struct gate_policy *b = &class->seats[k]->gate->policy;
			ck_assert(a->port_last < b->port_first || b->port_last < a->port_first);
		}
	}
	class_close(class);
}
END_TEST

START_TEST(a_seat_is_had_once_and_given_back)
{
	struct class *class = class_of(1, 20001); /* two ports: for two learners */
	struct error err = {0};
	struct stat there;
	char *socket = NULL;
	const struct seat *a = sit(class, "Ada L."), *b = sit(class, "ada l_");
	ck_assert_ptr_eq(sit(class, "Ada L."), a);
	ck_assert_str_ne(a->path, b->path);
	ck_assert_int_eq(stat(a->path, &there), 0);
	ck_assert_uint_eq(there.st_mode, S_IFSOCK | 0600);
	ck_assert(!class_seat(class, "third", geteuid(), &socket, &err));
	ck_assert_ptr_null(socket);
	ck_assert_ptr_nonnull(strstr(error_text(&err), "all 2 parts of the host ports"));
	class_unseat(class, "Ada L.");
	class_unseat(class, "Ada L.");
	ck_assert_uint_eq(class->daemons[0]->learners, 1);
	(void)sit(class, "third");
	ck_assert_uint_eq(class->seat_count, 2);
	class_close(class);
	error_finish(&err);
}
END_TEST

START_TEST(who_sat_before_a_daemon_that_failed_is_moved)
{
	struct class *class = class_of(2, 29999);
	cleanup_words struct words moved = {0};
	const struct seat *a = sit(class, "a"), *b = sit(class, "b"), *c = sit(class, "c");
	struct daemon *first = class->daemons[0], *second = class->daemons[1];
	ck_assert(a->daemon == first && b->daemon == second && c->daemon == first);
	cleanup_free char *path = xstrdup(a->path);
	first->healthy = false;
	seats_move(class, first, &moved);
	ck_assert_uint_eq(moved.count, 4);
	ck_assert_str_eq(moved.items[0], "a");
	ck_assert_str_eq(moved.items[1] + strlen("unix://"), path);
	ck_assert_str_eq(moved.items[2], "c");
	ck_assert(a->daemon == second && c->daemon == second);
	ck_assert_str_eq(a->gate->upstream, second->address);
	ck_assert_int_eq(access(path, F_OK), 0);
	ck_assert_uint_eq(first->learners, 0);
	ck_assert_uint_eq(second->learners, 3);
	ck_assert_uint_eq(first->leavers.count, 2);
	/* the other one, too: nobody has where to go, and all stay where they are */
	second->healthy = false;
	seats_move(class, second, &moved);
	ck_assert_uint_eq(moved.count, 4);
	ck_assert(a->daemon == second && b->daemon == second);
	/* the first comes back: there they are no leavers any more */
	first->healthy = true;
	seats_move(class, second, &moved);
	ck_assert_uint_eq(moved.count, 10);
	ck_assert_uint_eq(first->leavers.count, 0);
	ck_assert_uint_eq(second->leavers.count, 3);
	seats_renew(class, first, &moved);
	ck_assert_uint_eq(moved.count, 16);
	class_close(class);
}
END_TEST

/* ---- wrong words ---- */

static const struct {
	const char *daemon, *due;
} wrongs[] = {
	{"practice", "'practice' is not unix:///PATH or tcp://HOST:PORT"},
	{"unix://relative", "is not unix:///PATH"},
	{"unix:///", "is not unix:///PATH"},
	{"tcp://host", "is not unix:///PATH"},
	{"tcp://:2375", "is not unix:///PATH"},
	{"tcp://host:port", "is not unix:///PATH"},
	{"http://host:80", "is not unix:///PATH"},
	{"unix:///nonexistent/d.sock", "no daemon answers: the daemon at unix:///nonexistent"},
	{"tcp://127.0.0.1:1", "no daemon answers: the daemon at tcp://127.0.0.1:1"},
};

START_TEST(what_is_wrong_is_said)
{
	cleanup_words struct words daemons = {0};
	cleanup_free char *folder = path_join(suite_folder, "wrong");
	struct class *class = NULL;
	struct error err = {0};
	words_add(&daemons, wrongs[_i].daemon);
	const struct class_options options = {.daemons = &daemons, .folder = folder};
	ck_assert(!class_open(&options, &class, &err));
	ck_assert_ptr_null(class);
	ck_assert_msg(strstr(error_text(&err), wrongs[_i].due) != NULL, "%s", error_text(&err));
	error_finish(&err);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{the_fewest_learners_decide, ARRAY_LENGTH(loads)},
		{a_swarm_lists_its_daemons, ARRAY_LENGTH(swarms)},
		{a_real_list_is_read, 1},
		{learners_are_spread_and_share_no_port, 1},
		{a_seat_is_had_once_and_given_back, 1},
		{who_sat_before_a_daemon_that_failed_is_moved, 1},
		{what_is_wrong_is_said, ARRAY_LENGTH(wrongs)},
	};
	return suite_run("class", tests, ARRAY_LENGTH(tests), 20);
}
