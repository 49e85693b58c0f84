/* tests/room/test_room.c - a workshop through its face: who comes in, what they are told, what is
 * counted, and that all of it is there again */
#include "board.h"
#include "room.h"
#include "suite.h"

#include <cjson/cJSON.h>
#include <math.h>

static const char note[] =
	"# Knots\n\nWhat a knot is.\n\n"
	"## Reef\n\nA reef knot joins.\n\n```console\n$ echo reef\nreef\n```\n\n"
	"## Bowline\n\nA bowline holds.\n\n```console\n$ echo bowline\nbowline\n```\n";
static const char gift[] = "Which joins? {=reef#It joins. ~bowline#It does not. ####Knots differ.}";

static int64_t monotonic = 1000, wall = 1700000000000;
static int64_t monotonic_ms(void)
{
	return monotonic;
}
static int64_t wall_ms(void)
{
	return wall;
}
static void pass(int64_t seconds)
{
	monotonic += seconds * 1000;
	wall += seconds * 1000;
}

struct held {
	struct store *store;
	struct course *course;
	struct room *room;
};

static void must(bool good, struct error *err)
{
	ck_assert_msg(good, "%s", error_text(err));
}

static struct held hold_again(const char *name, bool fresh)
{
	struct held h = {0};
	struct error err = {0};
	cleanup_free char *path = path_join(suite_folder, name);
	cleanup_free char *where = suite_file("knots.md", note, sizeof note - 1);
	must(store_open(path, &h.store, &err), &err);
	must(course_load(where, &h.course, &err), &err);
	must(room_open(&(struct room_options){.store = h.store,
			       .course = h.course,
			       .reference = "knots",
			       .fresh = fresh,
			       .monotonic_ms = monotonic_ms,
			       .wall_ms = wall_ms},
		     &h.room, &err),
		&err);
	must(room_settle(h.room, "http://127.0.0.1:1", &err), &err);
	return h;
}

static struct held hold(const char *name)
{
	return hold_again(name, true);
}

static void let_go(struct held *h)
{
	room_close(h->room);
	course_destroy(h->course);
	store_close(h->store);
}

static enum room_outcome come(
	struct held *h, const char *code, const char *name, struct room_participant *ret)
{
	cleanup_error struct error err = {0};
	return room_join(h->room,
		&(struct room_join){.code = code, .name = name, .address = "::1", .lines = true},
		ret, &err);
}

/* A learner's id, as they come in by the room's code. */
static const char *comes(struct held *h, const char *name, char out[64])
{
	struct room_participant participant = {0};
	ck_assert_int_eq(come(h, room_code(h->room), name, &participant), ROOM_DONE);
	snprintf(out, 64, "%s", participant.learner);
	room_participant_finish(&participant);
	return out;
}

static const char *value_of(const void *data, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, name));
}

static enum room_outcome order(struct held *h, const char *json)
{
	cleanup_error struct error err = {0};
	cJSON *fields = cJSON_Parse(json);
	ck_assert_ptr_nonnull(fields);
	enum room_outcome outcome =
		room_control(h->room, &(struct room_order){value_of, fields, NULL}, &err);
	cJSON_Delete(fields);
	return outcome;
}

static enum room_outcome say(struct held *h, const char *learner, const char *json)
{
	cleanup_error struct error err = {0};
	cJSON *said = cJSON_Parse(json);
	enum room_outcome outcome = room_say(h->room, learner, said, &err);
	cJSON_Delete(said);
	return outcome;
}

struct taking {
	struct room *room;
	const char *learner;
	cJSON *statement;
};

static int take(struct db *db, void *data, struct error *err)
{
	const struct taking *t = data;
	return room_take(t->room, db, t->learner, t->statement, err) ? 0 : STORE_FAILED;
}

#define EXTENSION "https://ropes.invalid/extensions/"

/* As src/record/statement.c writes them; more: further extensions of the result. */
static void does_of(struct held *h, const char *learner, const char *course, const char *verb,
	const char *lesson, const char *step, const char *more)
{
	struct error err = {0};
	cleanup_free char *text = xasprintf(
		"{\"verb\":{\"id\":\"http://adlnet.gov/expapi/verbs/%s\"},\"result\":{\"score\":{"
		"\"scaled\":0.5},\"extensions\":{%s}},\"context\":{\"extensions\":{\"" EXTENSION
		"course\":\"%s\",\"" EXTENSION "lesson\":\"%s\",\"" EXTENSION "step\":\"%s\"}}}",
		verb, more, course, lesson, step);
	struct taking t = {h->room, learner, cJSON_Parse(text)};
	ck_assert_ptr_nonnull(t.statement);
	must(store_write(h->store, take, &t, &err) == 0, &err);
	cJSON_Delete(t.statement);
}

static void does(struct held *h, const char *learner, const char *verb, const char *lesson,
	const char *step, const char *more)
{
	does_of(h, learner, h->course->id, verb, lesson, step, more);
}

#define REACHED "\"" EXTENSION "state\":0"
#define DONE "\"" EXTENSION "state\":1"
#define TRIED "\"" EXTENSION "line\":\"echo x\",\"" EXTENSION "outcome\":\"not held\""

/* A learner on the board; the caller deletes *ret_board. */
static const cJSON *on_board(struct held *h, const char *learner, cJSON **ret_board)
{
	const cJSON *one;
	*ret_board = room_board(h->room, ROOM_BOARD, "join");
	cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(*ret_board, "learners"))
		if (text_same(value_of(one, "learner"), learner))
			return one;
	ck_abort_msg("%s is not on the board", learner);
	return NULL;
}

static double number_of(struct held *h, const char *learner, const char *name)
{
	cJSON *board;
	double number = cJSON_GetNumberValue(
		cJSON_GetObjectItemCaseSensitive(on_board(h, learner, &board), name));
	cJSON_Delete(board);
	return number;
}

static bool is_so(struct held *h, const char *learner, const char *name)
{
	cJSON *board;
	bool so =
		cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(on_board(h, learner, &board), name));
	cJSON_Delete(board);
	return so;
}

static char *text_on_board(struct held *h, const char *learner, const char *name)
{
	cJSON *board;
	char *text = xstrdup(value_of(on_board(h, learner, &board), name));
	cJSON_Delete(board);
	return text;
}

static void is_at(struct held *h, const char *learner, const char *lesson, const char *step)
{
	cleanup_free char *a = text_on_board(h, learner, "lesson"),
			  *b = text_on_board(h, learner, "step");
	size_t i = 0;
	while (!text_same(h->course->lessons[i].anchor, lesson))
		i++;
	const struct course_lesson *l = &h->course->lessons[i];
	ck_assert_msg(text_same(a, lesson) && b != NULL &&
			      course_find_step(l, b) == course_find_step(l, step),
		"%s is at %s %s", learner, a != NULL ? a : "-", b != NULL ? b : "-");
}

/* ---- who comes in ---- */

static const struct {
	const char *before, *name, *given, *id; /* given NULL: not let in */
} names[] = {
	{"", "Ann", "Ann", "ann"},
	{"Ann", "Ann", "Ann 2", "ann-2"},
	{"Ann", "ANN", "ANN 2", "ann-2"},
	{"Ann\tAnn", "ann", "ann 3", "ann-3"},
	{"Ann 2\tAnn", "Ann", "Ann 3", "ann-3"},
	{"Ann!", "Ann?", "Ann?", "ann-2"},
	{"", "  Ann \t Lee  ", "Ann Lee", "ann-lee"},
	{"", "Émile", "Émile", "mile"},
	{"", "日本", "日本", "learner"},
	{"日本", "中国", "中国", "learner-2"},
	{"", "a\x1b[31mb\x07", "a[31mb", "a-31mb"},
	{"", "x\xe2\x80\xaey", "xy", "xy"}, /* right-to-left override */
	{"",
		"\xc2\x9b"
		"5m",
		"5m", "5m"},             /* a control sequence in one character */
	{"", "a\xe2\x80\x8b", "a", "a"}, /* a blank that is not seen */
	{"", "<script>alert(1)</script>", "<script>alert(1)</script>", "script-alert-1-script"},
	{"", "01234567890123456789012345678901234567890123456789012345678901234567890123456789",
		"01234567890123456789012345678901234567890123456789012345678901234567890123456789",
		"012345678901234567890123"},
	{"",
		"01234567890123456789012345678901234567890123456789012345678901234567890123456789"
		"X",
		"0123456789012345678901234567890123456789012345678901234567890123456789012345678…",
		"012345678901234567890123"},
	{"", "Mia Alexandra van der Westhuizen-Montgomery",
		"Mia Alexandra van der Westhuizen-Montgomery", "mia-alexandra-van-der-we"},
	{"", "", NULL, NULL},
	{"", " \t", NULL, NULL},
	{"", "\xe2\x80\x8b\x01", NULL, NULL},
	{"", "\xff\xfe", NULL, NULL},
};

START_TEST(test_names)
{
	struct held h = hold("names.db");
	cleanup_free char *before = xstrdup(names[_i].before);
	struct room_participant participant = {0};
	char id[64], *save = NULL;
	for (char *one = strtok_r(before, "\t", &save); one != NULL;
		one = strtok_r(NULL, "\t", &save))
		comes(&h, one, id);
	enum room_outcome outcome = come(&h, room_code(h.room), names[_i].name, &participant);
	ck_assert_int_eq(outcome, names[_i].given != NULL ? ROOM_DONE : ROOM_INVALID);
	if (outcome == ROOM_DONE) {
		ck_assert_str_eq(participant.name, names[_i].given);
		ck_assert_str_eq(participant.learner, names[_i].id);
		ck_assert(text_starts(participant.home, "http://127.0.0.1:1/room/"));
	}
	room_participant_finish(&participant);
	let_go(&h);
}
END_TEST

START_TEST(test_personal_code)
{
	struct held h = hold("personal.db");
	struct room_participant first = {0}, again = {0}, other = {0};
	ck_assert_int_eq(come(&h, room_code(h.room), "Ann", &first), ROOM_DONE);
	ck_assert_int_eq(come(&h, first.personal, "Somebody else", &again), ROOM_DONE);
	ck_assert_int_eq(come(&h, room_code(h.room), "Ann", &other), ROOM_DONE);
	ck_assert_str_eq(first.learner, again.learner);
	ck_assert_str_eq(again.name, "Ann");
	ck_assert(!again.renamed && other.renamed);
	ck_assert_str_ne(first.personal, other.personal);
	ck_assert(text_starts(first.personal, room_code(h.room)));
	room_participant_finish(&first);
	room_participant_finish(&again);
	room_participant_finish(&other);
	let_go(&h);
}
END_TEST

static enum room_outcome admit(struct held *h, const char *code, const char *address)
{
	cleanup_error struct error err = {0};
	return room_admit(h->room, code, address, &err);
}

START_TEST(test_codes)
{
	struct held h = hold("codes.db");
	const char *code = room_code(h.room);
	cleanup_free char *small = text_lower(xstrdup(code));
	cleanup_free char *apart = xasprintf(" %.4s-%.4s ", code, code + 4);
	ck_assert_uint_eq(strlen(code), 8);
	ck_assert_uint_eq(strspn(code, "23456789ABCDEFGHJKMNPQRSTUVWXYZ"), 8);
	ck_assert_int_eq(admit(&h, small, "a"), ROOM_DONE);
	ck_assert_int_eq(admit(&h, apart, "a"), ROOM_DONE);
	ck_assert_int_eq(admit(&h, NULL, "a"), ROOM_WRONG);
	ck_assert_int_eq(admit(&h, "", "a"), ROOM_WRONG);
	for (int i = 0; i < 18; i++)
		ck_assert_int_eq(admit(&h, "ZZZZZZZZ", "a"), ROOM_WRONG);
	ck_assert_int_eq(admit(&h, "ZZZZZZZZ", "a"), ROOM_TOO_MANY);
	ck_assert_int_eq(admit(&h, code, "a"), ROOM_DONE);
	ck_assert_int_eq(admit(&h, "ZZZZZZZZ", "b"), ROOM_WRONG);
	pass(61);
	ck_assert_int_eq(admit(&h, "ZZZZZZZZ", "a"), ROOM_WRONG);
	for (int i = 0; i < 3000; i++) { /* from everywhere */
		char address[32];
		snprintf(address, sizeof address, "10.0.%d.%d", i / 250, i % 250);
		(void)admit(&h, "ZZZZZZZZ", address);
	}
	ck_assert_int_eq(admit(&h, "ZZZZZZZZ", "c"), ROOM_TOO_MANY);
	ck_assert_int_eq(admit(&h, code, "c"), ROOM_DONE);
	let_go(&h);
}
END_TEST

START_TEST(test_tokens)
{
	struct held h = hold("tokens.db");
	const char *board = room_token(h.room, ROOM_BOARD);
	ck_assert(room_token_fits(h.room, ROOM_BOARD, board));
	ck_assert(!room_token_fits(h.room, ROOM_PROJECTOR, board));
	ck_assert(!room_token_fits(h.room, ROOM_BOARD, room_token(h.room, ROOM_PROJECTOR)));
	ck_assert(!room_token_fits(h.room, ROOM_BOARD, NULL));
	ck_assert(!room_token_fits(h.room, ROOM_BOARD, ""));
	ck_assert(!room_token_fits(h.room, ROOM_BOARD, room_code(h.room)));
	let_go(&h);
}
END_TEST

/* ---- where they are ---- */

START_TEST(test_progress)
{
	struct held h = hold("progress.db");
	char ann[64];
	comes(&h, "Ann", ann);
	ck_assert_int_eq((int)number_of(&h, ann, "at"), -1);
	does(&h, ann, "initialized", "reef", "", "");
	is_at(&h, ann, "reef", "prose-1");
	does(&h, ann, "progressed", "reef", "prose-1", DONE);
	is_at(&h, ann, "reef", "example-1");
	pass(100);
	ck_assert_int_eq((int)number_of(&h, ann, "stuck_s"), 100);
	does(&h, ann, "attempted", "reef", "example-1", TRIED); /* trying is no progress */
	ck_assert_int_eq((int)number_of(&h, ann, "stuck_s"), 100);
	does(&h, ann, "progressed", "reef", "example-1", REACHED); /* it was, by prose-1 */
	ck_assert_int_eq((int)number_of(&h, ann, "stuck_s"), 100);
	does(&h, ann, "progressed", "reef", "example-1", DONE);
	ck_assert_int_eq((int)number_of(&h, ann, "stuck_s"), 0);
	is_at(&h, ann, "bowline", "prose-1");
	pass(7);
	does(&h, ann, "progressed", "reef", "example-1", DONE); /* the same again */
	ck_assert_int_eq((int)number_of(&h, ann, "stuck_s"), 7);
	does(&h, ann, "answered", "bowline", "a question", "");
	ck_assert_int_eq((int)number_of(&h, ann, "stuck_s"), 0);
	does_of(&h, ann, "another-course", "progressed", "reef", "prose-1", REACHED);
	is_at(&h, ann, "bowline", "prose-1");
	does(&h, ann, "progressed", "no lesson", "no step", DONE);
	is_at(&h, ann, "bowline", "prose-1");
	does(&h, ann, "progressed", "bowline", "prose-1", DONE);
	does(&h, ann, "progressed", "bowline", "example-1", DONE);
	ck_assert(is_so(&h, ann, "finished"));
	pass(1000);
	ck_assert_int_eq((int)number_of(&h, ann, "stuck_s"), 0);
	let_go(&h);
}
END_TEST

/* Every viewer reads the same board, so nobody is stuck in one and not in another. */
START_TEST(test_stuck_is_the_same_for_all)
{
	static const struct {
		int64_t seconds;
		enum board_stuck ann, bob;
		unsigned counted;
	} times[] = {
		{59, BOARD_MOVING, BOARD_MOVING, 0},
		{1, BOARD_STUCK, BOARD_MOVING, 0},
		{59, BOARD_STUCK, BOARD_MOVING, 0},
		{1, BOARD_STUCK_LONG, BOARD_MOVING, 1},
	};
	struct held h = hold("stuck.db");
	char ann[64], bob[64];
	comes(&h, "Ann", ann);
	comes(&h, "Bob", bob);
	does(&h, ann, "progressed", "reef", "prose-1", REACHED);
	does(&h, bob, "progressed", "reef", "prose-1", REACHED);
	cleanup_words struct words here = {0};
	words_add(&here, ann);
	room_present(h.room, &here);
	for (size_t i = 0; i < ARRAY_LENGTH(times); i++) {
		struct board board;
		pass(times[i].seconds);
		cJSON *json = room_board(h.room, ROOM_BOARD, "join");
		board_read_json(json, &board);
		ck_assert_int_eq((int)board_is_stuck(&board.learners[0], 0), (int)times[i].ann);
		ck_assert_int_eq((int)board_is_stuck(&board.learners[1], 0), (int)times[i].bob);
		ck_assert_uint_eq(board.steps[board.learners[0].at].here, 2);
		ck_assert_uint_eq(board.steps[board.learners[0].at].stuck, times[i].counted);
		ck_assert_int_eq(cJSON_GetObjectItemCaseSensitive(json, "stuck_after_s")->valueint,
			BOARD_STUCK_S);
		ck_assert_int_eq(
			cJSON_GetObjectItemCaseSensitive(json, "stuck_long_after_s")->valueint,
			BOARD_STUCK_LONG_S);
		cJSON_Delete(json);
		board_finish(&board);
	}
	let_go(&h);
}
END_TEST

START_TEST(test_clock_that_jumps)
{
	struct held h = hold("clock.db");
	char ann[64];
	comes(&h, "Ann", ann);
	does(&h, ann, "progressed", "reef", "prose-1", REACHED);
	pass(50);
	wall -= 86400000;
	ck_assert_int_eq((int)number_of(&h, ann, "stuck_s"), 50);
	ck_assert_int_eq(order(&h, "{\"do\":\"timer\",\"seconds\":\"60\"}"), ROOM_DONE);
	wall += 2 * 86400000LL;
	int64_t id, changed;
	cJSON *state = room_state(h.room, &id, &changed);
	const cJSON *timer = cJSON_GetObjectItemCaseSensitive(state, "timer");
	double until = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(timer, "until_ms"));
	ck_assert(until == (double)(wall + 60000));
	cJSON_Delete(state);
	wall -= 86400000;
	let_go(&h);
}
END_TEST

START_TEST(test_lines)
{
	struct held h = hold("lines.db");
	struct room_participant participant = {0};
	struct error err = {0};
	char ann[64];
	comes(&h, "Ann", ann);
	must(room_join(h.room,
		     &(struct room_join){.code = room_code(h.room), .name = "Bob", .address = "x"},
		     &participant, &err) == ROOM_DONE,
		&err);
	does(&h, ann, "attempted", "reef", "example-1", TRIED);
	does(&h, participant.learner, "attempted", "reef", "example-1", TRIED);
	cJSON *board;
	const cJSON *last = cJSON_GetObjectItemCaseSensitive(on_board(&h, ann, &board), "last");
	ck_assert_str_eq(value_of(last, "line"), "echo x");
	ck_assert_str_eq(value_of(last, "verdict"), "not held");
	cJSON_Delete(board);
	last = cJSON_GetObjectItemCaseSensitive(on_board(&h, participant.learner, &board), "last");
	ck_assert(cJSON_IsNull(last));
	cJSON_Delete(board);
	cJSON *shown = room_board(h.room, ROOM_PROJECTOR, "join");
	char *text = cJSON_PrintUnformatted(shown);
	ck_assert_ptr_null(strstr(text, "Ann"));
	ck_assert_ptr_null(strstr(text, "echo x"));
	ck_assert_ptr_null(strstr(text, "\"learner\":"));
	cJSON_free(text);
	cJSON_Delete(shown);
	room_participant_finish(&participant);
	let_go(&h);
}
END_TEST

/* ---- pace ---- */

START_TEST(test_pace)
{
	struct held h = hold("pace.db");
	char ann[64];
	comes(&h, "Ann", ann);
	ck_assert_int_eq(
		order(&h, "{\"do\":\"open\",\"lesson\":\"reef\",\"step\":\"prose-1\"}"), ROOM_DONE);
	does(&h, ann, "progressed", "reef", "prose-1", REACHED);
	ck_assert(!is_so(&h, ann, "waiting"));
	does(&h, ann, "progressed", "reef", "prose-1", DONE);
	ck_assert(is_so(&h, ann, "waiting"));
	pass(500);
	ck_assert_int_eq((int)number_of(&h, ann, "stuck_s"), 0);
	ck_assert_int_eq(order(&h, "{\"do\":\"open-next\"}"), ROOM_DONE);
	ck_assert(!is_so(&h, ann, "waiting"));
	ck_assert_int_eq((int)number_of(&h, ann, "stuck_s"), 0); /* they begin now */
	pass(5);
	ck_assert_int_eq((int)number_of(&h, ann, "stuck_s"), 5);
	ck_assert_int_eq(order(&h, "{\"do\":\"hold\"}"), ROOM_DONE);
	ck_assert(!is_so(&h, ann, "waiting")); /* who is at a step may end it */
	ck_assert_int_eq(order(&h, "{\"do\":\"open-all\"}"), ROOM_DONE);
	does(&h, ann, "progressed", "reef", "example-1", DONE);
	ck_assert(is_so(&h, ann, "waiting"));
	ck_assert_int_eq(order(&h, "{\"do\":\"go\"}"), ROOM_DONE);
	ck_assert(!is_so(&h, ann, "waiting"));
	let_go(&h);
}
END_TEST

static const struct {
	const char *json;
	enum room_outcome outcome;
} orders[] = {
	{"{}", ROOM_INVALID},
	{"{\"do\":\"dance\"}", ROOM_INVALID},
	{"{\"do\":\"open\"}", ROOM_WRONG},
	{"{\"do\":\"open\",\"lesson\":\"reef\",\"step\":\"none\"}", ROOM_WRONG},
	{"{\"do\":\"open\",\"lesson\":\"reef\"}", ROOM_DONE},
	{"{\"do\":\"open-next\"}", ROOM_DONE},
	{"{\"do\":\"open-lesson\"}", ROOM_DONE},
	{"{\"do\":\"timer\"}", ROOM_INVALID},
	{"{\"do\":\"timer\",\"seconds\":\"-1\"}", ROOM_INVALID},
	{"{\"do\":\"timer\",\"seconds\":\"99999999\"}", ROOM_INVALID},
	{"{\"do\":\"timer\",\"minutes\":\"5\",\"text\":\"tea\"}", ROOM_DONE},
	{"{\"do\":\"timer-off\"}", ROOM_DONE},
	{"{\"do\":\"message\"}", ROOM_INVALID},
	{"{\"do\":\"message\",\"text\":\" \"}", ROOM_INVALID},
	{"{\"do\":\"message\",\"text\":\"x\",\"to\":\"nobody\"}", ROOM_WRONG},
	{"{\"do\":\"message\",\"text\":\"x\",\"to\":\"ann\"}", ROOM_DONE},
	{"{\"do\":\"close\"}", ROOM_OVER},
	{"{\"do\":\"ask\"}", ROOM_INVALID},
	{"{\"do\":\"ask\",\"gift\":\"no question\"}", ROOM_INVALID},
	{"{\"do\":\"ask\",\"gift\":\"broken {=\"}", ROOM_INVALID},
	{"{\"do\":\"ask\",\"gift\":\"One? {=a ~b}\\n\\nTwo? {=a ~b}\"}", ROOM_INVALID},
	{"{\"do\":\"ask\",\"gift\":\"Pairs {=a -> b =c -> d =e -> f}\"}", ROOM_INVALID},
	{"{\"do\":\"ask\",\"gift\":\"Write {}\"}", ROOM_INVALID},
	{"{\"do\":\"ask\",\"lesson\":\"reef\",\"id\":\"q1\"}", ROOM_WRONG},
	{"{\"do\":\"ask\",\"gift\":\"One? {=a ~b}\"}", ROOM_DONE},
	{"{\"do\":\"lower\",\"to\":\"nobody\"}", ROOM_WRONG},
	{"{\"do\":\"lower\",\"to\":\"ann\"}", ROOM_DONE},
	{"{\"do\":\"by-step\"}", ROOM_DONE},
	{"{\"do\":\"break\"}", ROOM_INVALID},
	{"{\"do\":\"break\",\"minutes\":\"5\"}", ROOM_DONE},
	{"{\"do\":\"poll\"}", ROOM_INVALID},
	{"{\"do\":\"poll\",\"text\":\"One?\",\"options\":\"a\"}", ROOM_INVALID},
	{"{\"do\":\"poll\",\"text\":\"One?\"}", ROOM_DONE},
	{"{\"do\":\"poll\",\"text\":\"{a} = b ~ c: #d?\",\"options\":\"{\\n\\n~=\\n\"}", ROOM_DONE},
	{"{\"do\":\"poll\",\"text\":\"Which?\",\"options\":\"a\\nb\\nc\",\"several\":\"1\"}",
		ROOM_DONE},
	{"{\"do\":\"tally\",\"show\":\"1\"}", ROOM_OVER},
	{"{\"do\":\"tally\"}", ROOM_INVALID},
	{"{\"do\":\"show\",\"what\":\"join\"}", ROOM_DONE},
	{"{\"do\":\"show\",\"what\":\"x\"}", ROOM_INVALID},
	{"{\"do\":\"zone\"}", ROOM_INVALID},
	{"{\"do\":\"zone\",\"zone\":\"UTC\"}", ROOM_DONE},
	{"{\"do\":\"zone\",\"zone\":\"../../../etc/passwd\"}", ROOM_INVALID},
	{"{\"do\":\"zone\",\"zone\":\"Europe\"}", ROOM_INVALID},
	{"{\"do\":\"teacher\"}", ROOM_INVALID},
	{"{\"do\":\"teacher\",\"name\":\"Tea\"}", ROOM_DONE},
	{"{\"do\":\"teacher-off\",\"id\":\"x\"}", ROOM_WRONG},
	{"{\"do\":\"reopen\"}", ROOM_OVER},
	{"{\"do\":\"end\"}", ROOM_DONE},
};

/* One by one, lesson by lesson, and never back by mistake. */
START_TEST(test_open_next)
{
	static const struct {
		const char *order;
		enum room_outcome outcome;
		int open;
	} moves[] = {
		{"open-next", ROOM_DONE, 0},
		{"open-next", ROOM_DONE, 1},
		{"open-next", ROOM_DONE, 2},
		{"open-lesson", ROOM_DONE, 4},
		{"open-next", ROOM_DONE, -1},
		{"open-next", ROOM_OVER, -1},
		{"open-lesson", ROOM_OVER, -1},
	};
	struct held h = hold("next.db");
	char ann[64];
	comes(&h, "Ann", ann);
	for (size_t i = 0; i < ARRAY_LENGTH(moves); i++) {
		cleanup_free char *json = xasprintf("{\"do\":\"%s\"}", moves[i].order);
		ck_assert_int_eq(order(&h, json), moves[i].outcome);
		cJSON *board = room_board(h.room, ROOM_BOARD, "join");
		ck_assert_int_eq((int)cJSON_GetNumberValue(
					 cJSON_GetObjectItemCaseSensitive(board, "open_at")),
			moves[i].open);
		cJSON_Delete(board);
		does(&h, ann, "progressed", "knots", "prose-1", REACHED);
	}
	let_go(&h);
}
END_TEST

START_TEST(test_orders)
{
	struct held h = hold("orders.db");
	char ann[64];
	comes(&h, "Ann", ann);
	ck_assert_int_eq(order(&h, orders[_i].json), orders[_i].outcome);
	let_go(&h);
}
END_TEST

/* ---- questions ---- */

static const struct {
	const char *gift, *kind;
	struct {
		const char *response; /* "=": one that is right */
		enum room_outcome outcome;
		bool right;
	} answers[4];
} asked[] = {
	{"Which? {=right ~wrong}", "choice",
		{{"c", ROOM_INVALID, false}, {"a b", ROOM_INVALID, false},
			{"", ROOM_INVALID, false}}},
	{"Both? {~%50%one ~%50%two ~%-100%three}", "several", {{"z", ROOM_INVALID, false}}},
	{"So? {T}", "truefalse",
		{{"true", ROOM_DONE, true}, {"a", ROOM_DONE, true}, {"B", ROOM_DONE, false},
			{"perhaps", ROOM_INVALID, false}}},
	{"Name? {=docker =moby}", "short",
		{{" Docker ", ROOM_DONE, true}, {"podman", ROOM_DONE, false},
			{" ", ROOM_INVALID, false}}},
	{"How many? {#3}", "numeric",
		{{"3.0", ROOM_DONE, true}, {"4", ROOM_DONE, false},
			{"three", ROOM_INVALID, false}}},
};

static cJSON *question_on_board(struct held *h)
{
	cJSON *board = room_board(h->room, ROOM_BOARD, "join");
	cJSON *question = cJSON_DetachItemFromObjectCaseSensitive(board, "question");
	cJSON_Delete(board);
	return question;
}

static enum room_outcome answer(
	struct held *h, const char *learner, const char *id, const char *text)
{
	cleanup_free char *json =
		xasprintf("{\"what\":\"answer\",\"id\":\"%s\",\"response\":\"%s\"}", id, text);
	return say(h, learner, json);
}

static void ask(struct held *h, const char *text)
{
	cJSON *fields = cJSON_CreateObject();
	cJSON_AddStringToObject(fields, "do", "ask");
	cJSON_AddStringToObject(fields, "gift", text);
	char *json = cJSON_PrintUnformatted(fields);
	ck_assert_int_eq(order(h, json), ROOM_DONE);
	cJSON_free(json);
	cJSON_Delete(fields);
}

START_TEST(test_answers)
{
	struct held h = hold("answers.db");
	char ann[64];
	comes(&h, "Ann", ann);
	ask(&h, asked[_i].gift);
	cJSON *question = question_on_board(&h);
	ck_assert_str_eq(value_of(question, "kind"), asked[_i].kind);
	ck_assert_ptr_null(cJSON_GetObjectItemCaseSensitive(question, "answer"));
	cJSON_Delete(question);
	bool right = false, any = false;
	for (size_t i = 0; i < 4 && asked[_i].answers[i].response != NULL; i++) {
		enum room_outcome outcome = answer(&h, ann, "q1", asked[_i].answers[i].response);
		ck_assert_int_eq(outcome, asked[_i].answers[i].outcome);
		any = any || outcome == ROOM_DONE;
		right = outcome == ROOM_DONE ? asked[_i].answers[i].right : right;
	}
	ck_assert_int_eq(order(&h, "{\"do\":\"close\"}"), ROOM_DONE);
	question = question_on_board(&h);
	ck_assert_int_eq(
		(int)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(question, "answers")),
		any);
	ck_assert_int_eq(
		(int)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(question, "right")),
		right); /* the last answer counts */
	cJSON_Delete(question);
	ck_assert_int_eq(answer(&h, ann, "q1", "a"), ROOM_OVER);
	let_go(&h);
}
END_TEST

struct seen {
	struct buf text;
	int64_t last;
};

static void see(void *data, const struct room_event *e)
{
	struct seen *seen = data;
	ck_assert_int_gt(e->id, seen->last);
	seen->last = e->id;
	buf_printf(&seen->text, "%s %s\n", e->name, e->data);
}

/* Nobody is told what is right before the question is closed; then each is told of their own. */
START_TEST(test_question)
{
	struct held h = hold("question.db");
	char ann[64], bob[64], eve[64];
	comes(&h, "Ann", ann);
	comes(&h, "Bob", bob);
	comes(&h, "Eve", eve);
	ask(&h, gift);
	cJSON *question = question_on_board(&h);
	const cJSON *options = cJSON_GetObjectItemCaseSensitive(question, "options");
	bool first = text_same(cJSON_GetStringValue(cJSON_GetArrayItem(options, 0)), "reef");
	cJSON_Delete(question);
	ck_assert_int_eq(answer(&h, ann, "q1", first ? "a" : "b"), ROOM_DONE);
	ck_assert_int_eq(answer(&h, bob, "q1", first ? "b" : "a"), ROOM_DONE);
	ck_assert_int_eq(answer(&h, bob, "q7", "a"), ROOM_OVER);
	ck_assert_int_eq(answer(&h, "nobody", "q1", "a"), ROOM_WRONG);
	ck_assert_int_eq(order(&h, "{\"do\":\"ask\",\"gift\":\"One? {=a ~b}\"}"), ROOM_OVER);
	struct seen before = {0}, mine = {0}, other = {0};
	room_events(h.room, 0, NULL, see, &before);
	ck_assert_ptr_null(strstr(buf_text(&before.text), "joins."));
	ck_assert_ptr_null(strstr(buf_text(&before.text), "differ"));
	ck_assert_int_eq(order(&h, "{\"do\":\"close\"}"), ROOM_DONE);
	room_events(h.room, before.last, ann, see, &mine);
	room_events(h.room, before.last, eve, see, &other);
	ck_assert_ptr_nonnull(strstr(buf_text(&mine.text), "\"right\":true"));
	ck_assert_ptr_nonnull(strstr(buf_text(&mine.text), "It joins. Knots differ."));
	ck_assert_ptr_null(strstr(buf_text(&mine.text), "\"right\":false"));
	ck_assert_ptr_nonnull(strstr(buf_text(&other.text), "\"yours\":null,\"right\":null"));
	question = question_on_board(&h);
	const cJSON *counts = cJSON_GetObjectItemCaseSensitive(question, "counts");
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq((int)cJSON_GetNumberValue(cJSON_GetArrayItem(counts, i)), 1);
	cJSON_Delete(question);
	buf_finish(&before.text);
	buf_finish(&mine.text);
	buf_finish(&other.text);
	let_go(&h);
}
END_TEST

/* ---- who sees the counts, and polls ---- */

static cJSON *question_in(struct held *h, enum room_view view)
{
	cJSON *board = room_board(h->room, view, "join");
	cJSON *question = cJSON_DetachItemFromObjectCaseSensitive(board, "question");
	cJSON_Delete(board);
	return question;
}

static bool shows_counts(struct held *h, enum room_view view)
{
	cJSON *question = question_in(h, view);
	bool has = cJSON_GetObjectItemCaseSensitive(question, "counts") != NULL ||
		   cJSON_GetObjectItemCaseSensitive(question, "words") != NULL;
	cJSON_Delete(question);
	return has;
}

/* A count seen too early sways those who have not answered yet. */
START_TEST(test_tally)
{
	static const struct {
		const char *order;
		bool projector;
	} steps[] = {
		{"{\"do\":\"ask\",\"gift\":\"One? {=a ~b}\"}", false},
		{"{\"do\":\"tally\",\"show\":\"1\"}", true},
		{"{\"do\":\"tally\",\"show\":\"0\"}", false},
		{"{\"do\":\"close\"}", true},
		{"{\"do\":\"ask\",\"gift\":\"One? {=a}\"}", false},
		{"{\"do\":\"close\"}", true},
		{"{\"do\":\"ask\",\"gift\":\"One? {=a ~b}\",\"tally\":\"live\"}", true},
	};
	struct held h = hold("tally.db");
	for (size_t i = 0; i < ARRAY_LENGTH(steps); i++) {
		ck_assert_int_eq(order(&h, steps[i].order), ROOM_DONE);
		ck_assert(shows_counts(&h, ROOM_BOARD));
		ck_assert_msg(shows_counts(&h, ROOM_PROJECTOR) == steps[i].projector, "%s",
			steps[i].order);
	}
	let_go(&h);
}
END_TEST

START_TEST(test_poll)
{
	struct held h = hold("poll.db");
	struct error err = {0};
	struct room_report report;
	struct seen seen = {0};
	cleanup_buf struct buf text = {0};
	char ann[64], bob[64];
	comes(&h, "Ann", ann);
	comes(&h, "Bob", bob);
	ck_assert_int_eq(
		order(&h,
			"{\"do\":\"poll\",\"text\":\"{How} well?\",\"options\":\"=0: not\\n~1\\n 2 #\"}"),
		ROOM_DONE);
	ck_assert_int_eq(answer(&h, ann, "q1", "c"), ROOM_DONE);
	ck_assert_int_eq(answer(&h, bob, "q1", "a"), ROOM_DONE);
	ck_assert_int_eq(answer(&h, bob, "q1", "b"), ROOM_DONE);
	let_go(&h);
	h = hold_again("poll.db", false); /* it is a poll after a restart, too */
	ck_assert_int_eq(order(&h, "{\"do\":\"close\"}"), ROOM_DONE);
	cJSON *question = question_in(&h, ROOM_PROJECTOR);
	char *json = cJSON_PrintUnformatted(question);
	ck_assert_ptr_nonnull(strstr(json, "\"options\":[\"=0: not\",\"~1\",\"2 #\"]"));
	ck_assert_ptr_nonnull(strstr(json, "\"counts\":[0,1,1]"));
	ck_assert_ptr_nonnull(strstr(json, "\"text\":\"{How} well?\""));
	ck_assert_ptr_null(strstr(json, "marks"));
	ck_assert_ptr_null(strstr(json, "\"right\""));
	cJSON_free(json);
	cJSON_Delete(question);
	room_events(h.room, 0, ann, see, &seen);
	ck_assert_ptr_nonnull(strstr(buf_text(&seen.text),
		"\"text\":\"\",\"explanation\":\"\",\"yours\":\"c\",\"right\":null"));
	must(room_report(h.room, &report, &err), &err);
	ck_assert(room_report_csv(&report, "answers", &text));
	ck_assert_ptr_nonnull(
		strstr(buf_text(&text), "\"{How} well?\",\"b) ~1\",\"1\",\"50 %\",\"\"\r\n"));
	buf_truncate(&text, 0);
	ck_assert(room_report_csv(&report, "questions", &text)); /* nothing is right in it */
	ck_assert_ptr_null(strstr(buf_text(&text), "How"));
	ck_assert(!room_report_csv(&report, "none", &text));
	room_report_finish(&report);
	buf_finish(&seen.text);
	let_go(&h);
}
END_TEST

/* ---- the room's clock ---- */

static const struct {
	const char *zone;
	int64_t wall_s;
	const char *clock; /* as date -d @… says */
} clocks[] = {
	{"UTC", 1700000000, "22:13"},
	{"Asia/Tokyo", 1700000000, "07:13"},
	{"Asia/Kolkata", 1700000000, "03:43"},
	{"America/St_Johns", 1700000000, "18:43"},
	{"Europe/Berlin", 1700000000, "23:13"},
	{"Europe/Berlin", 1690000000, "06:26"},
	/* beyond the file's last change, by its rule */
	{"Europe/Berlin", 2531955599, "01:59"},
	{"Europe/Berlin", 2531955600, "03:00"},
	{"Europe/Berlin", 2550000000, "23:20"},
	{"Europe/Berlin", 2560000000, "16:06"},
	{"Australia/Sydney", 2560000000, "02:06"},
	{"Australia/Sydney", 2550000000, "08:20"},
	{"Asia/Tokyo", 2550000000, "06:20"},
	{"Europe/Berlin", 0, "01:00"},
};

START_TEST(test_zone)
{
	struct held h = hold("zone.db");
	struct error err = {0};
	struct room_report report;
	int64_t before = wall;
	cleanup_free char *json = xasprintf("{\"do\":\"zone\",\"zone\":\"%s\"}", clocks[_i].zone);
	ck_assert_int_eq(order(&h, json), ROOM_DONE);
	wall = clocks[_i].wall_s * 1000;
	let_go(&h);
	h = hold_again("zone.db", false);
	cJSON *board = room_board(h.room, ROOM_BOARD, "join");
	double offset = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(board, "offset_s"));
	char text[TIME_TEXT_SIZE];
	time_format_iso8601(wall + (int64_t)offset * 1000, text);
	ck_assert_msg(strncmp(text + 11, clocks[_i].clock, 5) == 0, "%s", text);
	ck_assert_str_eq(value_of(board, "zone"), clocks[_i].zone);
	cJSON_Delete(board);
	must(room_report(h.room, &report, &err), &err);
	ck_assert_ptr_nonnull(strstr(report.facts.items[1], clocks[_i].zone));
	room_report_finish(&report);
	wall = before;
	let_go(&h);
}
END_TEST

/* ---- several instructors, and what was sent ---- */

static void take_token(void *data, const struct room_instructor *one)
{
	char **token = data;
	free(*token);
	*token = xasprintf("%s %s", one->id, one->token);
}

START_TEST(test_seats)
{
	struct held h = hold("seats.db");
	char ann[64], ben[64], long_name[66] = {0};
	comes(&h, "Ann", ann);
	comes(&h, "Ben", ben);
	ck_assert_ptr_null(room_seat(h.room, ann));
	uint64_t version = room_version(h.room);
	room_sit(h.room, ann, "seat-1");
	ck_assert_uint_gt(room_version(h.room), version);
	room_sit(h.room, "nobody", "seat-2");
	room_recover(h.room);
	cleanup_free char *seat = room_seat(h.room, ann);
	ck_assert_str_eq(seat, "seat-1");
	ck_assert_ptr_null(room_seat(h.room, ben));
	ck_assert_ptr_null(room_seat(h.room, "nobody"));
	cJSON *board = room_board(h.room, ROOM_BOARD, "join");
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(board, "learners");
	ck_assert(cJSON_IsTrue(
		cJSON_GetObjectItemCaseSensitive(cJSON_GetArrayItem(list, 0), "browser")));
	ck_assert(cJSON_IsFalse(
		cJSON_GetObjectItemCaseSensitive(cJSON_GetArrayItem(list, 1), "browser")));
	char *text = cJSON_PrintUnformatted(board);
	ck_assert_ptr_null(strstr(text, "seat-1")); /* it stays on the server */
	cJSON_free(text);
	cJSON_Delete(board);
	memset(long_name, 'x', sizeof long_name - 1);
	room_sit(h.room, ann, long_name);
	ck_assert_ptr_null(room_seat(h.room, ann));
	let_go(&h);
}
END_TEST

START_TEST(test_instructors)
{
	struct held h = hold("instructors.db");
	cleanup_error struct error err = {0};
	cleanup_free char *both = NULL;
	char ann[64];
	comes(&h, "Ann", ann);
	ck_assert_int_eq(order(&h, "{\"do\":\"teacher\",\"name\":\" Tea \"}"), ROOM_DONE);
	let_go(&h);
	h = hold_again("instructors.db", false);
	room_instructors(h.room, take_token, &both);
	ck_assert_ptr_nonnull(both);
	const char *token = strchr(both, ' ') + 1;
	cleanup_free char *id = xstrndup(both, strcspn(both, " "));
	cleanup_free char *name = room_instructor_name(h.room, token);
	ck_assert_str_eq(name, "Tea");
	ck_assert(room_token_fits(h.room, ROOM_BOARD, token));
	ck_assert(!room_token_fits(h.room, ROOM_PROJECTOR, token));
	ck_assert_ptr_null(room_instructor_name(h.room, room_token(h.room, ROOM_BOARD)));
	ck_assert_ptr_null(room_instructor_name(h.room, ""));
	static const struct {
		const char *json;
		enum room_outcome outcome;
	} both_do[] = {{"{\"do\":\"message\",\"text\":\"one\"}", ROOM_DONE},
		{"{\"do\":\"message\",\"text\":\"two\",\"to\":\"ann\"}", ROOM_DONE},
		{"{\"do\":\"hold\"}", ROOM_DONE}, {"{\"do\":\"end\"}", ROOM_WRONG},
		{"{\"do\":\"teacher\",\"name\":\"X\"}", ROOM_WRONG}};
	for (size_t i = 0; i < ARRAY_LENGTH(both_do); i++) {
		cJSON *fields = cJSON_Parse(both_do[i].json);
		error_finish(&err);
		ck_assert_int_eq(
			room_control(h.room, &(struct room_order){value_of, fields, name}, &err),
			both_do[i].outcome);
		cJSON_Delete(fields);
	}
	cJSON *board = room_board(h.room, ROOM_BOARD, "join");
	char *sent = cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(board, "messages"));
	ck_assert_msg(
		strstr(sent, "\"to\":\"Ann\",\"by\":\"Tea\",\"text\":\"two\"") != NULL, "%s", sent);
	ck_assert(strstr(sent, "two") < strstr(sent, "\"to\":null")); /* the newest first */
	cJSON_free(sent);
	cJSON_Delete(board);
	board = room_board(h.room, ROOM_PROJECTOR, "join");
	ck_assert_ptr_null(cJSON_GetObjectItemCaseSensitive(board, "messages"));
	ck_assert_int_eq(
		cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(board, "learners")), 0);
	cJSON_Delete(board);
	cleanup_free char *off = xasprintf("{\"do\":\"teacher-off\",\"id\":\"%s\"}", id);
	ck_assert_int_eq(order(&h, off), ROOM_DONE);
	ck_assert(!room_token_fits(h.room, ROOM_BOARD, token));
	let_go(&h);
	h = hold_again("instructors.db", false);
	ck_assert(!room_token_fits(h.room, ROOM_BOARD, token));
	let_go(&h);
}
END_TEST

/* ---- what the room works on, breaks, the end and after it ---- */

static double board_number(struct held *h, const char *part, const char *name)
{
	cJSON *board = room_board(h->room, ROOM_PROJECTOR, "join");
	const cJSON *one = cJSON_GetObjectItemCaseSensitive(board, part);
	double number = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(one, name));
	cJSON_Delete(board);
	return number;
}

START_TEST(test_focus)
{
	struct held h = hold("focus.db");
	char ann[64], bob[64], cid[64];
	cleanup_words struct words here = {0};
	words_add(&here, comes(&h, "Ann", ann));
	words_add(&here, comes(&h, "Bob", bob));
	comes(&h, "Cid", cid); /* is not there */
	room_present(h.room, &here);
	ck_assert(isnan(board_number(&h, "focus", "at")));
	order(&h, "{\"do\":\"open\",\"lesson\":\"reef\",\"step\":\"prose-1\"}");
	ck_assert_int_eq((int)board_number(&h, "focus", "at"), 1);
	does(&h, ann, "progressed", "reef", "prose-1", DONE); /* and waits behind it */
	does(&h, bob, "progressed", "reef", "prose-1", REACHED);
	does(&h, cid, "progressed", "bowline", "example-1", REACHED);
	ck_assert_int_eq((int)board_number(&h, "focus", "at"), 1);
	ck_assert_int_eq((int)board_number(&h, "focus", "done"), 1);
	ck_assert_int_eq((int)board_number(&h, "focus", "of"), 2);
	ck_assert_int_eq((int)board_number(&h, "counts", "begun"), 1);
	order(&h, "{\"do\":\"open-all\"}");
	does(&h, bob, "progressed", "reef", "prose-1", DONE);
	ck_assert_int_eq((int)board_number(&h, "focus", "at"), 2);
	ck_assert_int_eq(order(&h, "{\"do\":\"by-step\"}"), ROOM_DONE);
	cJSON *board = room_board(h.room, ROOM_BOARD, "join"); /* Cid keeps what he has come to */
	ck_assert_int_eq(cJSON_GetObjectItemCaseSensitive(board, "open_at")->valueint, 4);
	cJSON_Delete(board);
	let_go(&h);
}
END_TEST

static bool room_is(struct held *h, const char *name)
{
	cJSON *board = room_board(h->room, ROOM_BOARD, "join");
	bool so = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(board, name));
	cJSON_Delete(board);
	return so;
}

START_TEST(test_break)
{
	struct held h = hold("break.db");
	ck_assert_int_eq(
		order(&h, "{\"do\":\"break\",\"minutes\":\"10\",\"text\":\"tea\"}"), ROOM_DONE);
	let_go(&h);
	h = hold_again("break.db", false);
	ck_assert(room_is(&h, "hold") && room_is(&h, "break"));
	ck_assert(!isnan(board_number(&h, "timer", "until_ms")));
	ck_assert_int_eq(order(&h, "{\"do\":\"go\"}"), ROOM_DONE); /* ends the timer, too */
	ck_assert(!room_is(&h, "hold") && !room_is(&h, "break"));
	ck_assert(isnan(board_number(&h, "timer", "until_ms")));
	order(&h, "{\"do\":\"timer\",\"minutes\":\"10\"}");
	order(&h, "{\"do\":\"hold\"}");
	ck_assert(!room_is(&h, "break"));
	order(&h, "{\"do\":\"go\"}"); /* a timer of its own goes on */
	ck_assert(!isnan(board_number(&h, "timer", "until_ms")));
	let_go(&h);
}
END_TEST

START_TEST(test_reopen)
{
	struct held h = hold("reopen.db");
	struct room_participant again = {0};
	struct seen seen = {0};
	char ann[64];
	comes(&h, "Ann", ann);
	does(&h, ann, "progressed", "reef", "prose-1", REACHED);
	ck_assert_int_eq(order(&h, "{\"do\":\"end\"}"), ROOM_DONE);
	pass(1000);
	ck_assert_int_eq(order(&h, "{\"do\":\"reopen\"}"), ROOM_DONE);
	ck_assert_int_eq((int)number_of(&h, ann, "stuck_s"), 0);
	let_go(&h);
	h = hold_again("reopen.db", false);
	ck_assert(!room_is(&h, "ended"));
	ck_assert_int_eq(come(&h, room_code(h.room), "Bob", &again), ROOM_DONE);
	room_events(h.room, 0, ann, see, &seen); /* who comes back is not sent away */
	ck_assert_ptr_null(strstr(buf_text(&seen.text), "end"));
	room_participant_finish(&again);
	buf_finish(&seen.text);
	let_go(&h);
}
END_TEST

/* ---- what is said ---- */

static const struct {
	const char *json;
	enum room_outcome outcome;
} sayings[] = {
	{"{\"what\":\"hand\",\"text\":\"help\"}", ROOM_DONE},
	{"{\"what\":\"hand\"}", ROOM_DONE},
	{"{\"what\":\"hand\",\"down\":true}", ROOM_DONE},
	{"{\"what\":\"done\"}", ROOM_DONE},
	{"{\"what\":\"fast\"}", ROOM_DONE},
	{"{\"what\":\"hello\"}", ROOM_INVALID},
	{"{}", ROOM_INVALID},
	{"{\"what\":7}", ROOM_INVALID},
	{"{\"what\":\"answer\"}", ROOM_INVALID},
	{"{\"what\":\"answer\",\"id\":\"q1\"}", ROOM_INVALID},
	{"{\"what\":\"answer\",\"id\":\"q1\",\"response\":\"a\"}", ROOM_OVER},
};

START_TEST(test_sayings)
{
	struct held h = hold("sayings.db");
	char ann[64];
	comes(&h, "Ann", ann);
	ck_assert_int_eq(say(&h, ann, sayings[_i].json), sayings[_i].outcome);
	ck_assert_int_eq(say(&h, "nobody", "{\"what\":\"done\"}"), ROOM_WRONG);
	let_go(&h);
}
END_TEST

START_TEST(test_hands)
{
	struct held h = hold("hands.db");
	char ann[64];
	comes(&h, "Ann", ann);
	say(&h, ann, "{\"what\":\"hand\",\"text\":\"he\\u001blp\"}");
	say(&h, ann, "{\"what\":\"done\"}");
	pass(30);
	cleanup_free char *hand = text_on_board(&h, ann, "hand");
	cleanup_free char *signal = text_on_board(&h, ann, "signal");
	ck_assert_str_eq(hand, "help");
	ck_assert_str_eq(signal, "done");
	ck_assert_int_eq((int)number_of(&h, ann, "hand_s"), 30);
	ck_assert_int_eq(order(&h, "{\"do\":\"lower\",\"to\":\"ann\"}"), ROOM_DONE);
	ck_assert_ptr_null(text_on_board(&h, ann, "hand"));
	ck_assert_int_eq(order(&h, "{\"do\":\"open-next\"}"), ROOM_DONE); /* a new step */
	ck_assert_ptr_null(text_on_board(&h, ann, "signal"));
	let_go(&h);
}
END_TEST

/* ---- it is all there again ---- */

static void fill_first_version(struct held *h);

static void compare_after(const char *name, void (*fill)(struct held *h))
{
	struct held h = hold(name);
	struct error err = {0};
	fill(&h);
	int64_t id, changed, again, again_changed;
	cJSON *state = room_state(h.room, &id, &changed);
	cJSON *board = room_board(h.room, ROOM_BOARD, "join");
	cleanup_free char *token = xstrdup(room_token(h.room, ROOM_BOARD));
	must(room_bind(h.room, "a key", "ann", &err), &err);
	let_go(&h);
	h = hold_again(name, false);
	cJSON *other_state = room_state(h.room, &again, &again_changed);
	cJSON *other = room_board(h.room, ROOM_BOARD, "join");
	cleanup_free char *whose = room_key_owner(h.room, "a key");
	cJSON_DeleteItemFromObjectCaseSensitive(board, "question"); /* a closed one is not shown */
	cJSON_DeleteItemFromObjectCaseSensitive(other, "question");
	if (fill == fill_first_version) { /* whose messages are other events here */
		cJSON_DeleteItemFromObjectCaseSensitive(board, "messages");
		cJSON_DeleteItemFromObjectCaseSensitive(other, "messages");
	}
	char *texts[] = {cJSON_Print(board), cJSON_Print(other), cJSON_Print(state),
		cJSON_Print(other_state)};
	ck_assert(text_same(texts[0], texts[1]));
	ck_assert(text_same(texts[2], texts[3]));
	ck_assert_str_eq(token, room_token(h.room, ROOM_BOARD));
	ck_assert_str_eq(whose, "ann");
	ck_assert_int_eq(id, again);
	ck_assert_int_eq(changed, again_changed);
	for (size_t i = 0; i < 4; i++)
		cJSON_free(texts[i]);
	cJSON_Delete(board);
	cJSON_Delete(other);
	cJSON_Delete(state);
	cJSON_Delete(other_state);
	let_go(&h);
}

static void fill_whole(struct held *h)
{
	char id[64];
	comes(h, "Ann", id);
	comes(h, "Bob", id);
	comes(h, "Cid", id);
	does(h, "ann", "progressed", "reef", "prose-1", DONE);
	does(h, "ann", "attempted", "reef", "example-1", TRIED);
	for (size_t i = 0; i < h->course->lesson_count; i++)
		for (size_t k = 0; k < h->course->lessons[i].step_count; k++)
			does(h, "cid", "progressed", h->course->lessons[i].anchor,
				h->course->lessons[i].steps[k].id, DONE);
	say(h, "bob", "{\"what\":\"hand\",\"text\":\"help\"}");
	say(h, "bob", "{\"what\":\"fast\"}");
	ask(h, gift);
	answer(h, "ann", "q1", "a");
	order(h, "{\"do\":\"close\"}");
	order(h, "{\"do\":\"open\",\"lesson\":\"reef\"}");
	order(h, "{\"do\":\"hold\"}");
	order(h, "{\"do\":\"timer\",\"minutes\":\"5\",\"text\":\"tea\"}");
	order(h, "{\"do\":\"message\",\"text\":\"hello\"}");
	say(h, "ann", "{\"what\":\"done\"}");
}

static void fill_open_question(struct held *h)
{
	char id[64];
	comes(h, "Ann", id);
	ask(h, gift);
	answer(h, "ann", "q1", "b");
}

/* The tables of the first version, in which a learner wanted a socket and was told of another
 * daemon.
 */
static int put_back(struct db *db, void *data, struct error *err)
{
	static const char *const steps[] = {
		"ALTER TABLE room_learner ADD COLUMN uid INTEGER NOT NULL DEFAULT 1000",
		"UPDATE room_event SET name = 'setup' WHERE name = 'message'",
		"ALTER TABLE room DROP COLUMN zone",
		"ALTER TABLE room DROP COLUMN projector",
		"ALTER TABLE room_question DROP COLUMN poll",
		"ALTER TABLE room_question DROP COLUMN tally",
		"DROP TABLE room_instructor",
		"UPDATE module SET version = 1 WHERE name = 'room'",
	};
	(void)data;
	for (size_t i = 0; i < ARRAY_LENGTH(steps); i++) {
		sqlite3_stmt *step = sql_once(db, steps[i], err);
		bool good = step != NULL && sqlite3_step(step) == SQLITE_DONE;
		sqlite3_finalize(step);
		if (!good)
			return STORE_FAILED;
	}
	return 0;
}

static void fill_first_version(struct held *h)
{
	struct error err = {0};
	fill_whole(h);
	must(store_write(h->store, put_back, NULL, &err) == 0, &err);
}

static void fill_nothing(struct held *h)
{
	char id[64];
	comes(h, "Ann", id);
}

static void (*const fillings[])(struct held *h) = {fill_nothing, fill_whole, fill_open_question};

START_TEST(test_again)
{
	cleanup_free char *name = xasprintf("again-%d.db", _i);
	compare_after(name, fillings[_i]);
}
END_TEST

START_TEST(test_first_version)
{
	compare_after("first.db", fill_first_version);
	struct held h = hold_again("first.db", false);
	struct db *db = store_read(h.store);
	ck_assert_int_eq(
		sql_number(sql(db, NULL, "SELECT count(uid) FROM room_learner", ""), -1), -1);
	store_read_end(h.store, db);
	let_go(&h);
}
END_TEST

/* A change that the store does not take is not half in the memory. */
static int break_off(struct db *db, void *data, struct error *err)
{
	return take(db, data, err) == 0 ? 1 : STORE_FAILED;
}

START_TEST(test_recover)
{
	struct held h = hold("recover.db");
	struct error err = {0};
	char ann[64];
	comes(&h, "Ann", ann);
	does(&h, ann, "progressed", "reef", "prose-1", REACHED);
	cleanup_free char *text = xasprintf(
		"{\"verb\":{\"id\":\"http://adlnet.gov/expapi/verbs/progressed\"},\"result\":{"
		"\"extensions\":{" DONE "}},\"context\":{\"extensions\":{\"" EXTENSION
		"course\":\"%s\",\"" EXTENSION "lesson\":\"bowline\",\"" EXTENSION
		"step\":\"example-1\"}}}",
		h.course->id);
	struct taking t = {h.room, ann, cJSON_Parse(text)};
	ck_assert_int_eq(store_write(h.store, break_off, &t, &err), 1);
	cJSON_Delete(t.statement);
	room_recover(h.room);
	is_at(&h, ann, "reef", "prose-1");
	ck_assert_int_eq((int)number_of(&h, ann, "done"), 0);
	let_go(&h);
}
END_TEST

START_TEST(test_rooms)
{
	struct held h = hold("rooms.db");
	cleanup_free char *code = xstrdup(room_code(h.room));
	struct room_participant participant = {0};
	let_go(&h);
	h = hold_again("rooms.db", false);
	ck_assert_str_eq(code, room_code(h.room));
	let_go(&h);
	h = hold_again("rooms.db", true);
	ck_assert_str_ne(code, room_code(h.room));
	ck_assert_int_eq(admit(&h, code, "a"), ROOM_WRONG);
	ck_assert_int_eq(order(&h, "{\"do\":\"end\"}"), ROOM_DONE);
	ck_assert_int_eq(come(&h, room_code(h.room), "Ann", &participant), ROOM_OVER);
	ck_assert_int_eq(order(&h, "{\"do\":\"hold\"}"), ROOM_OVER);
	let_go(&h);
	h = hold_again("rooms.db", false); /* one that has just ended is still there */
	ck_assert_str_ne(code, room_code(h.room));
	ck_assert(room_is(&h, "ended"));
	ck_assert_int_eq(come(&h, room_code(h.room), "Ann", &participant), ROOM_OVER);
	ck_assert_int_eq(order(&h, "{\"do\":\"reopen\"}"), ROOM_DONE);
	ck_assert_int_eq(order(&h, "{\"do\":\"end\"}"), ROOM_DONE);
	let_go(&h);
	pass(13 * 60 * 60);
	h = hold_again("rooms.db", false); /* later, the first one, which did not end */
	ck_assert_str_eq(code, room_code(h.room));
	let_go(&h);
}
END_TEST

/* What changed, and nothing else, is in the changes. */
START_TEST(test_changes)
{
	struct held h = hold("changes.db");
	uint64_t since = 0;
	char ann[64], bob[64];
	comes(&h, "Ann", ann);
	comes(&h, "Bob", bob);
	cJSON_Delete(room_changes(h.room, ROOM_BOARD, &since));
	ck_assert_ptr_null(room_changes(h.room, ROOM_BOARD, &since));
	does(&h, bob, "progressed", "reef", "prose-1", REACHED);
	cJSON *changes = room_changes(h.room, ROOM_BOARD, &since);
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(changes, "learners");
	ck_assert_int_eq(cJSON_GetArraySize(list), 1);
	ck_assert_str_eq(value_of(cJSON_GetArrayItem(list, 0), "learner"), bob);
	cJSON_Delete(changes);
	order(&h, "{\"do\":\"hold\"}");
	changes = room_changes(h.room, ROOM_BOARD, &since);
	ck_assert_int_eq(
		cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(changes, "learners")), 0);
	cJSON_Delete(changes);
	let_go(&h);
}
END_TEST

/* ---- afterwards ---- */

static const char *const told[] = {
	"# Workshop: Knots\n",
	"| Ann | ",
	"| \\<b\\>\\|x | ",
	"raised a hand: a \\| b",
	"| Which joins? | 1 | ",
	"| 1.1 Reef | echo reef | 1 | 0 | ",
	"All times are in Asia/Tokyo (UTC+09:00).",
	"| Ann | 07:13 | 07:13 | ",
	"| Which joins? | a) ",
};

/* Looking back makes no room. */
START_TEST(test_report_of_nothing)
{
	struct held h = hold_again("nothing.db", false);
	struct error err = {0};
	struct room *room = NULL;
	cleanup_free char *reference = NULL;
	let_go(&h);
	cleanup_free char *path = path_join(suite_folder, "nothing.db");
	cleanup_free char *other = suite_file("other.md", "# Other\n\nwords\n", 15);
	must(store_open(path, &h.store, &err) && course_load(other, &h.course, &err), &err);
	ck_assert(!room_open(
		&(struct room_options){
			.store = h.store, .course = h.course, .reference = "other", .ended = true},
		&room, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "there was no workshop"));
	error_finish(&err);
	must(room_last_reference(h.store, &reference, &err), &err);
	ck_assert_str_eq(reference, "knots");
	course_destroy(h.course);
	store_close(h.store);
}
END_TEST

START_TEST(test_report)
{
	struct held h = hold("report.db");
	struct error err = {0};
	struct room_report report;
	cleanup_buf struct buf text = {0}, csv = {0};
	char id[64];
	fill_open_question(&h);
	comes(&h, "<b>|x", id);
	order(&h, "{\"do\":\"zone\",\"zone\":\"Asia/Tokyo\"}");
	does(&h, "ann", "progressed", "reef", "example-1", REACHED);
	say(&h, "ann", "{\"what\":\"hand\",\"text\":\"a | b\"}");
	must(room_report(h.room, &report, &err), &err);
	room_report_markdown(&report, &text);
	ck_assert_msg(text_starts(report.file, "workshop-knots-") &&
			      text_ends(report.file, "-2023-11-15"),
		"%s", report.file);
	ck_assert(room_report_csv(&report, "attendance", &csv));
	ck_assert_ptr_nonnull(strstr(buf_text(&csv), "\r\n\"<b>|x\",\"07:13\""));
	ck_assert(text_starts(buf_text(&csv), "\xef\xbb\xbf\"learner\",\"joined\""));
	room_report_finish(&report);
	for (size_t i = 0; i < ARRAY_LENGTH(told); i++)
		ck_assert_msg(strstr(buf_text(&text), told[i]) != NULL, "no '%s' in\n%s", told[i],
			buf_text(&text));
	let_go(&h);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{test_names, ARRAY_LENGTH(names)},
		{test_personal_code, 0},
		{test_codes, 0},
		{test_tokens, 0},
		{test_progress, 0},
		{test_stuck_is_the_same_for_all, 0},
		{test_clock_that_jumps, 0},
		{test_lines, 0},
		{test_pace, 0},
		{test_open_next, 0},
		{test_orders, ARRAY_LENGTH(orders)},
		{test_answers, ARRAY_LENGTH(asked)},
		{test_question, 0},
		{test_tally, 0},
		{test_poll, 0},
		{test_zone, ARRAY_LENGTH(clocks)},
		{test_seats, 0},
		{test_instructors, 0},
		{test_focus, 0},
		{test_break, 0},
		{test_reopen, 0},
		{test_sayings, ARRAY_LENGTH(sayings)},
		{test_hands, 0},
		{test_again, ARRAY_LENGTH(fillings)},
		{test_first_version, 0},
		{test_recover, 0},
		{test_rooms, 0},
		{test_changes, 0},
		{test_report, 0},
		{test_report_of_nothing, 0},
	};
	return suite_run("room", tests, ARRAY_LENGTH(tests), 60);
}
