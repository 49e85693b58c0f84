/* tests/tutor/test_workshop.c - a session that belongs to a workshop: what the room says, how far
 * one may go, what one says to the room; the room is a list of events */
#include "play.h"

#include <sys/eventfd.h>

static struct {
	int fd; /* eventfd: readable while there is an event */
	struct tutor_room_event queue[16];
	size_t first, count;
	struct words said;
	unsigned recorded;
	bool connected;
	const struct tutor_room_event *late; /* comes when nothing else came for some questions */
	unsigned asked_in_vain;
} room;

#define LATE_AFTER 4

static void push(const struct tutor_room_event *event)
{
	ck_assert_uint_lt(room.count, ARRAY_LENGTH(room.queue));
	room.queue[room.count++] = *event;
	ck_assert_int_eq(eventfd_write(room.fd, 1), 0);
}

static bool next(void *data, struct tutor_room_event *ret)
{
	eventfd_t number;
	(void)data;
	if (room.first == room.count && room.late != NULL && ++room.asked_in_vain > LATE_AFTER) {
		push(room.late);
		room.late = NULL;
	}
	if (room.first == room.count)
		return false;
	*ret = room.queue[room.first++];
	if (room.first == room.count)
		ck_assert_int_eq(eventfd_read(room.fd, &number), 0);
	return true;
}

static void say(void *data, enum tutor_saying saying, const char *id, const char *text)
{
	static const char *const names[] = {"hand", "down", "ready", "slower", "response"};
	(void)data;
	words_addf(&room.said, "%s %s %s", names[saying], id != NULL ? id : "-",
		text != NULL ? text : "-");
}

static void recorded(void *data)
{
	(void)data;
	room.recorded++;
}

static bool is_connected(void *data)
{
	(void)data;
	return room.connected;
}

static struct tutor_room link_to_room = {
	.title = "Docker in a day",
	.name = "Ada",
	.personal = "blue-fox",
	.address = "http://room.example",
	.lines = true,
	.next = next,
	.say = say,
	.recorded = recorded,
	.is_connected = is_connected,
};

static const char *const colours[] = {"red", "blue"};
static const struct tutor_question choice = {.id = "q1",
	.text = "Which colour?",
	.kind = "choice",
	.options = (const char **)(uintptr_t)colours,
	.option_count = 2};

/* What happens in the room while such a line runs. */
static void open_all(struct fake_engine *engine)
{
	(void)engine;
	push(&(struct tutor_room_event){.news = TUTOR_STATE});
}

static void open_tasks(struct fake_engine *engine)
{
	(void)engine;
	push(&(struct tutor_room_event){
		.news = TUTOR_STATE, .open_lesson = "tasks", .open_step = "job"});
}

static void hold(struct fake_engine *engine)
{
	(void)engine;
	push(&(struct tutor_room_event){.news = TUTOR_STATE, .paused = true});
}

static void message(struct fake_engine *engine)
{
	(void)engine;
	push(&(struct tutor_room_event){.news = TUTOR_MESSAGE, .text = "Coffee!", .to_all = true});
	push(&(struct tutor_room_event){.news = TUTOR_MESSAGE, .text = "Well done."});
}

static void question(struct fake_engine *engine)
{
	(void)engine;
	push(&(struct tutor_room_event){.news = TUTOR_QUESTION, .question = choice});
}

static void poll_room(struct fake_engine *engine)
{
	struct tutor_question poll = choice;
	(void)engine;
	poll.is_poll = true;
	push(&(struct tutor_room_event){.news = TUTOR_QUESTION, .question = poll});
}

static void right(struct fake_engine *engine)
{
	(void)engine;
	push(&(struct tutor_room_event){.news = TUTOR_ANSWER,
		.question = choice,
		.is_judged = true,
		.right = true,
		.text = "b) blue",
		.yours = "b",
		.explanation = "The sky is."});
}

static void wrong(struct fake_engine *engine)
{
	(void)engine;
	push(&(struct tutor_room_event){
		.news = TUTOR_ANSWER, .question = choice, .is_judged = true, .yours = "a"});
	push(&(struct tutor_room_event){
		.news = TUTOR_ANSWER, .question = choice, .is_judged = true});
	push(&(struct tutor_room_event){.news = TUTOR_ANSWER, .question = choice});
}

static void lose(struct fake_engine *engine)
{
	(void)engine;
	room.connected = false;
	push(&(struct tutor_room_event){.news = TUTOR_LOST});
}

static void find(struct fake_engine *engine)
{
	(void)engine;
	room.connected = true;
	push(&(struct tutor_room_event){.news = TUTOR_BACK});
}

static void refuse(struct fake_engine *engine)
{
	(void)engine;
	push(&(struct tutor_room_event){.news = TUTOR_REFUSED, .text = "Too late."});
	push(&(struct tutor_room_event){.news = TUTOR_REFUSED});
}

static void set_timer(struct fake_engine *engine)
{
	(void)engine;
	push(&(struct tutor_room_event){
		.news = TUTOR_STATE, .timer_ms = clock_wall_ms() + 300000, .timer_text = "lunch"});
}

static void take_timer(struct fake_engine *engine)
{
	(void)engine;
	fake_clock_forward(300000);
	push(&(struct tutor_room_event){.news = TUTOR_STATE});
}

static void end(struct fake_engine *engine)
{
	(void)engine;
	push(&(struct tutor_room_event){.news = TUTOR_END});
	push(&(struct tutor_room_event){.news = TUTOR_END});
}

static const struct fake_line lines[] = {
	{.line = "open-all", .act = open_all},
	{.line = "open-tasks", .act = open_tasks},
	{.line = "hold", .act = hold},
	{.line = "message", .act = message},
	{.line = "question", .act = question},
	{.line = "poll", .act = poll_room},
	{.line = "right", .act = right},
	{.line = "wrong", .act = wrong},
	{.line = "lose", .act = lose},
	{.line = "find", .act = find},
	{.line = "refuse", .act = refuse},
	{.line = "set-timer", .act = set_timer},
	{.line = "take-timer", .act = take_timer},
	{.line = "end", .act = end},
	{.line = "docker pull alpine"},
	{.line = "docker rm -f job"},
};

/* `first` is what the room says when the session begins. */
static struct play workshop_open(const struct tutor_room_event *first)
{
	struct play p = play_open();
	room.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	room.connected = true;
	link_to_room.fd = room.fd;
	fake_sandbox.lines = lines;
	fake_sandbox.line_count = ARRAY_LENGTH(lines);
	p.options.room = &link_to_room;
	push(first);
	return p;
}

static void workshop_close(struct play *p)
{
	play_close(p);
	close(room.fd);
	words_finish(&room.said);
}

static const struct {
	const char *lesson, *input;
	const char *shows[7];
	const char *said; /* to the room, "; " between; NULL: whatever it is */
} workshops[] = {
	{"running", "message\n:quit\n", {"📣 To everyone: Coffee!", "📣 To you: Well done."}, ""},
	{"running", "question\n:answer b\n:answer\nright\n:answer\n",
		{"A question for the room: Which colour?", "a) red", "b) blue",
			"Answer with `:answer b`.", "Your answer: b.", "You answered: b.",
			"Your answer was correct. Correct answer: b) blue → The sky is."},
		"response q1 b"},
	{"running", "poll\n:answer b\n",
		{"A poll for the room: Which colour?", "a) red",
			"Your answer: b. In a poll, no answer is right or wrong."},
		"response q1 b"},
	{"running", "question\nwrong\n:answer x\n",
		{"Your answer (a) was not correct.", "Your answer was not correct.",
			"The question is closed.", "No question is open now."},
		""},
	{"running", ":raise I am stuck\n:lower\n:ready\n:slower\n:raise\n:lower\n:lower\n",
		{"Your hand is up: I am stuck.", "Your hand is down.",
			"The instructor sees that you are ready.",
			"The instructor sees that it is too fast for you."},
		NULL},
	{"running", "lose\n:ready\n:room\nfind\n:quit\n",
		{"The connection to the workshop is lost.",
			"The instructor sees that you are ready.", "Docker in a day",
			"The connection to the workshop is back."},
		NULL},
	{"running", "refuse\n:quit\n", {"! Too late.", "! The workshop rejected that."}, ""},
	{"running", "set-timer\n:room\ntake-timer\n:quit\n",
		{"⏰", "lunch", "Your name there is Ada; your commands are shared.",
			"To continue on another machine: `ropes join http://room.example blue-fox`",
			"Time left:", "Time is up: lunch"},
		""},
	{"running", "question\n:raise me\n:room\n:help\n",
		{"All steps are unlocked.", "A question is open", "Your hand is up.",
			":raise WORDS"},
		NULL},
	{"running", "hold\n:room\nopen-all\n:quit\n",
		{"The instructor paused the room.", "Paused by the instructor.",
			"The room has resumed."},
		""},
	{"running", "end\n\n:quit\n", {"The workshop is over.", "Words before anything runs."}, ""},
	{"running", "open-tasks\n:goto broken\n:room\n:goto tasks\n:quit\n",
		{"Unlocked up to 1.2 Tasks", "Not unlocked yet: 1.4 Broken",
			"Unlocked up to 1.2 Tasks", "Start `alpine` as `job`"},
		""},
	{"questions", "\n:raise help\n:answer x\nb\n:quit\n", {"Enter: answer the question"}, NULL},
	{"questions", ":quiz\n:raise help\nb\n:quit\n:quit\n",
		{"Which one is right?", "Your hand is up: help.", "✔ correct"}, "hand - help"},
};

START_TEST(workshops_are_played)
{
	struct play p = workshop_open(&(struct tutor_room_event){.news = TUTOR_STATE});
	cleanup_buf struct buf said = {0};
	p.options.lesson = workshops[_i].lesson;
	cleanup_free char *shown = play(&p, workshops[_i].input, NULL);
	play_expect(shown, workshops[_i].shows, ARRAY_LENGTH(workshops[_i].shows));
	for (size_t i = 0; i < room.said.count; i++)
		buf_printf(&said, "%s%s", i > 0 ? "; " : "", room.said.items[i]);
	if (workshops[_i].said != NULL)
		ck_assert_str_eq(buf_text(&said), workshops[_i].said);
	ck_assert_uint_gt(room.recorded, 0);
	workshop_close(&p);
}
END_TEST

START_TEST(one_begins_where_the_room_is_open)
{
	struct play p = workshop_open(&(struct tutor_room_event){
		.news = TUTOR_STATE, .open_lesson = "running", .open_step = "prose-1"});
	p.options.lesson = "tasks";
	cleanup_free char *shown = play(&p, ":quit\n", NULL);
	play_expect(shown,
		(const char *const[]){"1.1 Running", "Words before anything runs.", NULL}, 3);
	workshop_close(&p);
}
END_TEST

static const struct tutor_room_event late[] = {{.news = TUTOR_STATE}, {.news = TUTOR_END}};

/* A script waits where a person would; then the instructor opens the rest. */
START_TEST(a_script_waits_for_what_is_not_open_yet)
{
	struct play p = workshop_open(&(struct tutor_room_event){
		.news = TUTOR_STATE, .open_lesson = "running", .open_step = "callout-1"});
	p.options.lesson = "running";
	room.late = &late[_i];
	cleanup_free char *shown = play(&p, "\n:quit\n", NULL);
	play_expect(shown,
		(const char *const[]){"Start a container.",
			"Not unlocked yet: 1.1 Running, step 2 of 7.",
			_i == 0 ? "Words before anything runs." : "The workshop is over.", NULL},
		4);
	ck_assert_ptr_null(room.late);
	workshop_close(&p);
}
END_TEST

/* ---- at a terminal ---- */

START_TEST(what_the_room_says_wakes_the_prompt)
{
	static const struct fake_typing typing[] = {
		{"1.1 › ", "hold\r"},
		{"The instructor paused the room", "\r"},
		{"The room is paused here, before", "open-all\r"},
		{"Words before anything runs.", ":quit\r"},
	};
	struct play p = workshop_open(&(struct tutor_room_event){.news = TUTOR_STATE});
	struct error err = {0};
	enum tutor_end how;
	p.options.lesson = "running";
	play_begin_terminal(&p, typing, ARRAY_LENGTH(typing));
	ck_assert_msg(tutor_run(&p.options, &how, &err), "%s", error_text(&err));
	cleanup_free char *shown = play_end(&p);
	play_expect(shown,
		(const char *const[]){"The room has resumed.", "is unlocked now.", "Bye.", NULL},
		4);
	workshop_close(&p);
}
END_TEST

START_TEST(one_stays_in_a_workshop_when_the_course_is_through)
{
	static const struct fake_typing typing[] = {
		{"1.4 › ", ":next\r"},
		{"1.4 › ", ":next\r"},
		{"1.4 › ", ":next\r"},
		{"The workshop continues", "end\r"},
		{"The workshop is over.", "\r"},
	};
	struct play p = workshop_open(&(struct tutor_room_event){.news = TUTOR_STATE});
	struct error err = {0};
	enum tutor_end how;
	p.options.lesson = "broken";
	play_begin_terminal(&p, typing, ARRAY_LENGTH(typing));
	ck_assert_msg(tutor_run(&p.options, &how, &err), "%s", error_text(&err));
	ck_assert_int_eq(how, TUTOR_FINISHED);
	cleanup_free char *shown = play_end(&p);
	play_expect(shown, (const char *const[]){"That was the last step of Practice.", NULL}, 2);
	workshop_close(&p);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{workshops_are_played, ARRAY_LENGTH(workshops)},
		{one_begins_where_the_room_is_open, 1},
		{a_script_waits_for_what_is_not_open_yet, 2},
		{what_the_room_says_wakes_the_prompt, 1},
		{one_stays_in_a_workshop_when_the_course_is_through, 1},
	};
	return suite_run("workshop", tests, ARRAY_LENGTH(tests), 60);
}
