/* tests/board/test_board.c - who is stuck, what is said of whom, in which order; and that a board
 * that was written is read back as it was */
#include "board.h"
#include "json.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

/* ---- who is stuck ---- */

static const struct {
	struct board_learner learner;
	int64_t age_ms;
	enum board_stuck stuck;
	const char *badges;
} learners[] = {
	{{.here = true, .stuck_s = 0}, 0, BOARD_MOVING, ""},
	{{.here = true, .stuck_s = 59}, 0, BOARD_MOVING, ""},
	{{.here = true, .stuck_s = 59}, 999, BOARD_MOVING, ""},
	{{.here = true, .stuck_s = 59}, 1000, BOARD_STUCK, ""}, /* the data grows old */
	{{.here = true, .stuck_s = 60}, 0, BOARD_STUCK, ""},
	{{.here = true, .stuck_s = 119}, 0, BOARD_STUCK, ""},
	{{.here = true, .stuck_s = 120}, 0, BOARD_STUCK_LONG, ""},
	{{.here = true, .stuck_s = 0}, 120000, BOARD_STUCK_LONG, ""},
	{{.here = false, .stuck_s = 500}, 0, BOARD_MOVING, "offline"},
	{{.here = true, .stuck_s = 500, .waiting = true}, 0, BOARD_MOVING, "waiting"},
	{{.here = true, .stuck_s = 500, .finished = true}, 0, BOARD_MOVING, "finished"},
	{{.here = true, .hand = ""}, 0, BOARD_MOVING, "hand"},
	{{.here = true, .signal = "done"}, 0, BOARD_MOVING, "ready"},
	{{.here = true, .signal = "fast"}, 0, BOARD_MOVING, "too fast"},
	{{.here = false, .hand = "help", .signal = "fast", .waiting = true}, 0, BOARD_MOVING,
		"offline, hand, too fast, waiting"},
};

START_TEST(states_are_told)
{
	const struct board_learner *l = &learners[_i].learner;
	struct board_badge badges[BOARD_BADGES_MAX];
	size_t count = board_badges(l, badges);
	cleanup_buf struct buf words = {0};
	for (size_t i = 0; i < count; i++)
		buf_printf(&words, "%s%s", i > 0 ? ", " : "", badges[i].words);
	ck_assert_int_eq((int)board_is_stuck(l, learners[_i].age_ms), (int)learners[_i].stuck);
	ck_assert_str_eq(buf_text(&words), learners[_i].badges);
}
END_TEST

/* ---- a whole board ---- */

static void names_of(const struct board_learner **list, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s ", list[i]->name);
	buf_add_text(out, "| ");
	free(list);
}

START_TEST(boards_are_read_and_listed)
{
	struct board b;
	cleanup_error struct error err = {0};
	cleanup_buf struct buf names = {0}, text = {0};
	cleanup_free char *path = suite_data("board/whole.json");
	size_t count;
	ck_assert(!board_read("[1]", &b, &err));
	ck_assert(file_read(path, 65536, &text, &err));
	ck_assert(board_read(buf_text(&text), &b, &err));
	const struct board_learner **stuck = board_list_stuck(&b, &count);
	names_of(stuck, count, &names);
	const struct board_learner **hands = board_list_hands(&b, &count);
	names_of(hands, count, &names);
	cleanup_free const struct board_step **stops = board_list_stops(&b, &count);
	for (size_t i = 0; i < count; i++)
		buf_printf(&names, "%s ", stops[i]->title);
	board_sort(&b, BOARD_BY_NEED);
	for (size_t i = 0; i < b.learner_count; i++)
		buf_printf(&names, "%s%s", i > 0 ? " " : "| ", b.learners[i].name);
	ck_assert_str_eq(buf_text(&names), "Bob Ann | Cid Ann | T2 T1 | Bob Ann Cid Dee Eve");
	ck_assert_str_eq(b.title, "Bo ard");
	ck_assert_str_eq(b.question, "Which\none?");
	ck_assert(b.is_closed && b.bar_count == 2 && b.bars[0].right && !b.bars[1].right);
	ck_assert_uint_eq(b.open_at, 1);
	ck_assert_str_eq(b.open, "T2");
	ck_assert_uint_eq(b.learners[0].at, 1); /* by name, where the number is wrong */
	ck_assert_uint_eq(b.learners[3].at, BOARD_NOWHERE);
	ck_assert_ptr_eq(board_lesson_of(&b, 2), &b.lessons[1]);
	ck_assert_ptr_null(board_lesson_of(&b, 3));
	ck_assert_uint_eq(b.counts.ready, 1);
	board_finish(&b);
}
END_TEST

/* What is written is read back, and is written in the same way again. */
START_TEST(learners_survive_json)
{
	static const struct board_learner both[] = {
		{.learner = "ann",
			.name = "Ann",
			.lesson = "a",
			.step = "1",
			.step_title = "T1",
			.line = "ls",
			.verdict = "held",
			.hand = "why?",
			.signal = "fast",
			.stuck_s = 61,
			.hand_s = 4,
			.done = 1,
			.of = 1,
			.grid = "d",
			.here = true,
			.waiting = true},
		{.learner = "bob",
			.name = "Bob",
			.at = BOARD_NOWHERE,
			.of = 1,
			.grid = ".",
			.finished = true},
	};
	cJSON *json = cJSON_CreateObject(), *steps = cJSON_AddArrayToObject(json, "steps");
	cJSON *list = cJSON_AddArrayToObject(json, "learners");
	cJSON_AddItemToArray(
		steps, board_step_json(&(struct board_step){"a", "1", "T1", "task", 1, 1, 1, 0}));
	for (size_t i = 0; i < ARRAY_LENGTH(both); i++)
		cJSON_AddItemToArray(list, board_learner_json(&both[i], true));
	struct board b;
	board_read_json(json, &b);
	ck_assert_uint_eq(b.learner_count, ARRAY_LENGTH(both));
	for (size_t i = 0; i < b.learner_count; i++) {
		cleanup_free char *said = json_print_take(board_learner_json(&both[i], true));
		cleanup_free char *again =
			json_print_take(board_learner_json(&b.learners[i], true));
		ck_assert_str_eq(again, said);
	}
	board_finish(&b);
	cJSON_Delete(json);
}
END_TEST

/* ---- what the projector shows ---- */

static const struct {
	struct board board;
	enum board_scene scene;
} scenes[] = {
	{{.counts = {.here = 0}}, BOARD_ARRIVAL},
	{{.counts = {.here = 12, .begun = 5}}, BOARD_ARRIVAL},
	{{.counts = {.here = 12, .begun = 6}}, BOARD_WORKING},
	{{.counts = {.here = 1, .begun = 1}, .paused = true}, BOARD_WORKING},
	{{.counts = {.here = 1, .begun = 1}, .timer_ms = 1}, BOARD_WORKING},
	{{.counts = {.here = 1, .begun = 1}, .paused = true, .timer_ms = 1}, BOARD_BREAK},
	{{.question = "?", .paused = true, .timer_ms = 1}, BOARD_ASKING},
	{{.question = "?", .is_closed = true}, BOARD_ASKING},
	{{.question = "?", .is_closed = true, .paused = true, .timer_ms = 1}, BOARD_BREAK},
	{{.counts = {.here = 1, .begun = 1}, .show = BOARD_SHOW_JOIN}, BOARD_ARRIVAL},
	{{.show = BOARD_SHOW_STEP}, BOARD_WORKING},
	{{.show = BOARD_SHOW_JOIN, .question = "?"}, BOARD_ASKING},
	{{.ended = true, .question = "?", .paused = true, .timer_ms = 1}, BOARD_OVER},
};

START_TEST(scenes_follow_the_room)
{
	ck_assert_int_eq((int)board_scene(&scenes[_i].board), (int)scenes[_i].scene);
}
END_TEST

START_TEST(steps_done_are_counted)
{
	static const struct {
		const char *grid;
		size_t first, steps;
		unsigned done;
	} cases[] = {{"dhsrf.", 0, 6, 2}, {"dhsrf.", 1, 2, 1}, {"dddd", 2, 9, 2}, {NULL, 0, 3, 0},
		{"", 2, 3, 0}};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		ck_assert_uint_eq(board_done_in(&(struct board_learner){.grid = cases[i].grid},
					  &(struct board_lesson){.first = cases[i].first,
						  .steps = cases[i].steps}),
			cases[i].done);
}
END_TEST

START_TEST(parts_survive_json)
{
	const struct board_message message = {"09:05", NULL, "Tea", "he\"llo"};
	const struct board_focus focus = {0, 3, 4, "Run `x`\nnow", NULL};
	cJSON *json = cJSON_CreateObject();
	cJSON_AddItemToArray(cJSON_AddArrayToObject(json, "steps"),
		board_step_json(&(struct board_step){"a", "1", "T1", "task", 1, 1, 1, 0}));
	cJSON_AddItemToArray(
		cJSON_AddArrayToObject(json, "messages"), board_message_json(&message));
	cJSON_AddItemToObject(json, "focus", board_focus_json(&focus));
	struct board b;
	board_read_json(json, &b);
	cJSON_Delete(json);
	cleanup_free char *said = json_print_take(board_message_json(&message));
	cleanup_free char *again = json_print_take(board_message_json(&b.messages[0]));
	ck_assert_str_eq(said, again);
	ck_assert_uint_eq(b.focus.at, 0);
	ck_assert_uint_eq(b.focus.of, 4);
	ck_assert_str_eq(b.focus.task, focus.task);
	ck_assert_ptr_null(b.focus.command);
	board_finish(&b);
	json = cJSON_CreateObject();
	board_read_json(json, &b); /* a server of an earlier version has none of it */
	cJSON_Delete(json);
	ck_assert_uint_eq(b.focus.at, BOARD_NOWHERE);
	ck_assert_uint_eq(b.message_count, 0);
	board_finish(&b);
}
END_TEST

START_TEST(learners_are_sorted)
{
	static const struct {
		enum board_order order;
		const char *names;
	} cases[] = {
		{BOARD_BY_NEED, "Bob Ann Cid Dee Eve "},
		{BOARD_BY_NAME, "Ann Bob Cid Dee Eve "},
		{BOARD_BY_PROGRESS, "Eve Ann Bob Cid Dee "},
		{BOARD_BY_JOINING, "Ann Bob Cid Dee Eve "},
	};
	cleanup_error struct error err = {0};
	cleanup_buf struct buf text = {0};
	cleanup_free char *path = suite_data("board/whole.json");
	ck_assert(file_read(path, 65536, &text, &err));
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct board b;
		cleanup_buf struct buf names = {0};
		ck_assert(board_read(buf_text(&text), &b, &err));
		b.learners[4].done = 3;
		board_sort(&b, cases[i].order);
		for (size_t k = 0; k < b.learner_count; k++)
			buf_printf(&names, "%s ", b.learners[k].name);
		ck_assert_str_eq(buf_text(&names), cases[i].names);
		board_finish(&b);
	}
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{states_are_told, ARRAY_LENGTH(learners)},
		{boards_are_read_and_listed, 0},
		{learners_survive_json, 0},
		{scenes_follow_the_room, ARRAY_LENGTH(scenes)},
		{steps_done_are_counted, 0},
		{parts_survive_json, 0},
		{learners_are_sorted, 0},
	};
	return suite_run("board", tests, ARRAY_LENGTH(tests), 10);
}
