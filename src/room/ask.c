/* room/ask.c - questions to the room: asking, answering, closing with an explanation */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define GIFT_MAX ((size_t)64 * 1024)
#define RESPONSE_COLUMNS 200
#define POLL_COLUMNS 300
#define POLL_OPTIONS_MAX 26

/* ---- asking ---- */

struct asking {
	char *gift;
	uint64_t seed;
	bool poll, tally;
};

static int open_question(struct room *room, struct db *db, void *data, struct error *err)
{
	const struct asking *a = data;
	cleanup_free char *id = xasprintf("q%zu", room->question_count + 1);
	if (room_over(room, err))
		return ROOM_OVER;
	if (room_open_question(room) != NULL) {
		error_set_kind(err, ERROR_USAGE, "a question is open; close it first");
		return ROOM_OVER;
	}
	pthread_mutex_lock(&room->lock);
	struct room_question *one = room_add_question(room, id, a->gift, a->seed, err);
	if (one != NULL) {
		one->asked_ms = room_now(room);
		one->poll = a->poll;
		one->tally = a->tally;
		for (size_t i = 0; a->poll && i < one->q->answer_count; i++)
			one->order[i] = i; /* "never, sometimes, always" */
	}
	cJSON *json = one != NULL ? room_question_json(one) : NULL;
	room_touch(room, NULL);
	pthread_mutex_unlock(&room->lock);
	if (one == NULL)
		return ROOM_INVALID;
	bool good = sql_run(db,
		sql(db, err,
			"INSERT INTO room_question (room, id, gift, seed, asked_ms, poll, tally) "
			"VALUES (?, ?, ?, ?, ?, ?, ?)",
			"tttiiii", room->id, id, a->gift, (int64_t)a->seed, room_now(room),
			(int64_t)a->poll, (int64_t)a->tally),
		err);
	return room_tell(room, db, NULL, "question", json, err) && good &&
			       room_state_changed(room, db, err)
		       ? ROOM_DONE
		       : STORE_FAILED;
}

/* A question of the course as GIFT text. NULL: err says that there is no such question. */
static char *gift_of(const struct room *room, const char *lesson, const char *id, struct error *err)
{
	for (size_t i = 0; i < room->quiz_count; i++) {
		if (!text_same(room->quizzes[i].lesson->anchor, lesson))
			continue;
		const struct quiz_question *q = quiz_find(room->quizzes[i].quiz, id);
		struct quiz one = {.questions = q, .question_count = 1};
		struct buf out = {0};
		if (q == NULL)
			continue;
		quiz_print(&one, &out);
		return buf_steal(&out);
	}
	error_set_kind(err, ERROR_USAGE, "the course has no such question");
	return NULL;
}

/* Adds a text that GIFT reads as one. */
static void add_gift_text(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("\\~=#{}:", *text) != NULL)
			buf_add_char(out, '\\');
		buf_add_char(out, *text);
	}
}

/* A poll as GIFT text; which option counts as the right one does not matter. */
static char *gift_of_poll(const struct room_order *order, struct error *err)
{
	const char *lines = order->value(order->data, "options");
	cleanup_free char *text = room_clean(order->value(order->data, "text"), POLL_COLUMNS);
	const char *several = order->value(order->data, "several");
	cleanup_buf struct buf out = {0};
	size_t count = 0;
	if (text == NULL) {
		error_set_kind(err, ERROR_USAGE, "a poll needs a question");
		return NULL;
	}
	add_gift_text(&out, text);
	buf_add_text(&out, " {");
	for (const char *at = lines != NULL ? lines : ""; *at != '\0';) {
		size_t length = strcspn(at, "\n");
		cleanup_free char *line = xstrndup(at, length);
		cleanup_free char *option = room_clean(line, POLL_COLUMNS);
		at += length + (at[length] == '\n');
		if (option == NULL)
			continue;
		bool first = count++ == 0;
		buf_add_text(&out, !first ? "~" : text_same(several, "1") ? "~%100%" : "=");
		add_gift_text(&out, option);
		buf_add_char(&out, ' ');
	}
	buf_add_text(&out, count == 0 ? "=x}" : "}");
	if (count != 1 && count <= POLL_OPTIONS_MAX)
		return buf_steal(&out);
	error_set_kind(err, ERROR_USAGE,
		"a poll has from 2 to 26 options, one on each line, or none: then people answer in words");
	return NULL;
}

static char *gift_asked(struct room *room, const struct room_order *order, struct error *err)
{
	const char *gift = order->value(order->data, "gift");
	if (text_same(order->value(order->data, "do"), "poll"))
		return gift_of_poll(order, err);
	return text_is_blank(gift) ? gift_of(room, order->value(order->data, "lesson"),
					     order->value(order->data, "id"), err)
				   : xstrdup(gift);
}

enum room_outcome room_ask(struct room *room, const struct room_order *order, struct error *err)
{
	const char *gift = order->value(order->data, "gift");
	const char *id = order->value(order->data, "id");
	bool poll = text_same(order->value(order->data, "do"), "poll");
	if (!poll && text_is_blank(gift) && id == NULL) {
		error_set_kind(err, ERROR_USAGE,
			"write a question in GIFT format, e.g. `Which one? {=right ~wrong}`");
		return ROOM_INVALID;
	}
	if (gift != NULL && strlen(gift) > GIFT_MAX) {
		error_set_kind(err, ERROR_USAGE, "the question is too long");
		return ROOM_INVALID;
	}
	struct asking a = {.seed = random_seed() >> 1,
		.poll = poll,
		.tally = text_same(order->value(order->data, "tally"), "live")};
	a.gift = gift_asked(room, order, err);
	enum room_outcome outcome = a.gift != NULL ? room_write(room, open_question, &a, err)
				    : poll         ? ROOM_INVALID
						   : ROOM_WRONG;
	free(a.gift);
	return outcome;
}

/* ---- showing the counts before the question is closed ---- */

static int change_tally(struct room *room, struct db *db, void *data, struct error *err)
{
	const bool *show = data;
	struct room_question *one = room_open_question(room);
	if (one == NULL) {
		error_set_kind(err, ERROR_USAGE, "no question is open");
		return ROOM_OVER;
	}
	if (!sql_run(db,
		    sql(db, err, "UPDATE room_question SET tally = ? WHERE room = ? AND id = ?",
			    "itt", (int64_t)*show, room->id, one->id),
		    err))
		return STORE_FAILED;
	pthread_mutex_lock(&room->lock);
	one->tally = *show;
	room_touch(room, NULL);
	pthread_mutex_unlock(&room->lock);
	return ROOM_DONE;
}

enum room_outcome room_order_tally(
	struct room *room, const struct room_order *order, struct error *err)
{
	const char *value = order->value(order->data, "show");
	bool show = text_same(value, "1");
	if (show || text_same(value, "0"))
		return room_write(room, change_tally, &show, err);
	error_set_kind(err, ERROR_USAGE, "'show' must be 1 or 0");
	return ROOM_INVALID;
}

/* ---- answering ---- */

/* Accept the letters of options that are chosen by words: "a" is "true". */
static const char *as_option_word(const struct quiz_question *q, const char *response)
{
	for (size_t i = 0; q->kind->option_words != NULL && i < q->answer_count; i++) {
		char letter[QUIZ_LETTER_SIZE];
		quiz_letter(i, letter);
		if (text_same_fold(letter, response))
			return q->kind->option_words[i];
	}
	return response;
}

struct answering {
	const char *learner, *id;
	char *response;
};

static int store_answer(struct room *room, struct db *db, struct room_question *one,
	const struct answering *a, double fraction, struct error *err)
{
	if (!sql_run(db,
		    sql(db, err, "INSERT OR REPLACE INTO room_answer VALUES (?, ?, ?, ?, ?, ?)",
			    "ttttdi", room->id, one->id, a->learner, a->response, fraction,
			    room_now(room)),
		    err))
		return STORE_FAILED;
	pthread_mutex_lock(&room->lock);
	room_add_answer(one, a->learner, a->response, fraction);
	room_touch(room, NULL);
	pthread_mutex_unlock(&room->lock);
	return ROOM_DONE;
}

static int answer_question(struct room *room, struct db *db, void *data, struct error *err)
{
	const struct answering *a = data;
	struct room_question *one = room_open_question(room);
	if (room_find_learner(room, a->learner) == NULL)
		return ROOM_WRONG;
	if (one == NULL || !text_same(one->id, a->id)) {
		error_set_kind(err, ERROR_USAGE, "this question is not open");
		return ROOM_OVER;
	}
	struct quiz_grade grade = {0};
	quiz_grade(one->q, one->order, a->response, &grade);
	if (!grade.understood)
		error_set_kind(err, ERROR_USAGE, "%s",
			grade.why != NULL ? grade.why
					  : _("this is not a valid answer to the question"));
	int outcome = grade.understood ? store_answer(room, db, one, a, grade.fraction, err)
				       : ROOM_INVALID;
	quiz_grade_finish(&grade);
	return outcome;
}

/* Strips what a terminal would interpret, and limits the length. */
static char *clean_response(const char *response)
{
	char *text = xstrndup(response, utf8_fit(response, strlen(response), RESPONSE_COLUMNS));
	for (char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7F)
			*c = ' ';
	return text;
}

enum room_outcome room_answer(struct room *room, const char *learner, const char *id,
	const char *response, struct error *err)
{
	cleanup_free char *text = clean_response(response + strspn(response, " \t"));
	struct answering a = {.learner = learner, .id = id, .response = text};
	pthread_mutex_lock(&room->lock);
	const struct room_question *one = room_open_question(room);
	const char *meant = one != NULL ? as_option_word(one->q, text) : text;
	pthread_mutex_unlock(&room->lock);
	cleanup_free char *copy = xstrdup(meant);
	a.response = copy;
	return room_write(room, answer_question, &a, err);
}

/* ---- closing ---- */

static bool tell_answer(struct room *room, struct db *db, const struct room_question *one,
	const char *learner, struct error *err)
{
	const struct room_answer *mine = NULL;
	for (size_t i = 0; i < one->answer_count; i++)
		if (text_same(one->answers[i].learner, learner))
			mine = &one->answers[i];
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "id", one->id);
	room_add_solution(json, "text", one);
	json_add_text_or_null(json, "yours", mine != NULL ? mine->response : NULL);
	if (mine != NULL && !one->poll)
		cJSON_AddBoolToObject(json, "right", quiz_is_full(mine->fraction));
	else
		cJSON_AddNullToObject(json, "right");
	return room_tell(room, db, learner, "answer", json, err);
}

int room_close_question(struct room *room, struct db *db, void *data, struct error *err)
{
	struct room_question *one = room_open_question(room);
	(void)data;
	if (one == NULL) {
		error_set_kind(err, ERROR_USAGE, "no question is open");
		return ROOM_OVER;
	}
	pthread_mutex_lock(&room->lock);
	one->closed_ms = room_now(room);
	room->question_shown = true;
	room_touch(room, NULL);
	pthread_mutex_unlock(&room->lock);
	if (!sql_run(db,
		    sql(db, err, "UPDATE room_question SET closed_ms = ? WHERE room = ? AND id = ?",
			    "itt", one->closed_ms, room->id, one->id),
		    err))
		return STORE_FAILED;
	for (size_t i = 0; i < room->learner_count; i++)
		if (!tell_answer(room, db, one, room->learners[i].id, err))
			return STORE_FAILED;
	return room_state_changed(room, db, err) ? ROOM_DONE : STORE_FAILED;
}
