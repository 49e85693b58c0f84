/* room/ask.c - a question to the room: asked, answered, counted, and explained when it is closed */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define GIFT_MOST ((size_t)64 * 1024)
#define RESPONSE_COLUMNS 200
#define WORDS_SHOWN 12

static const struct {
	enum quiz_kind kind;
	const char *name;
	bool options;
} kinds[] = {
	{QUIZ_CHOICE, "choice", true},
	{QUIZ_CHOICES, "several", true},
	{QUIZ_TRUE_FALSE, "truefalse", true},
	{QUIZ_SHORT, "short", false},
	{QUIZ_NUMERICAL, "numeric", false},
};

static size_t kind_index(const struct quiz_question *q)
{
	size_t i = 0;
	while (i < ARRAY_LENGTH(kinds) && kinds[i].kind != q->kind)
		i++;
	return i;
}

/* ---- questions ---- */

/* The one question of a text that can be answered by a line. */
static const struct quiz_question *only_question(const struct quiz *quiz, struct error *err)
{
	const struct quiz_question *found = NULL;
	for (size_t i = 0; i < quiz->question_count; i++) {
		const struct quiz_question *q = &quiz->questions[i];
		if (q->kind == QUIZ_DESCRIPTION)
			continue;
		if (found != NULL) {
			error_set_kind(err, ERROR_USAGE, "one question at a time");
			return NULL;
		}
		found = q;
	}
	if (found == NULL)
		error_set_kind(
			err, ERROR_USAGE, "there is no question in it: `Which? {=this ~that}`");
	else if (kind_index(found) == ARRAY_LENGTH(kinds))
		error_set_kind(err, ERROR_USAGE, "a question of the kind '%s' is not for a room",
			quiz_kind_name(found->kind));
	return found != NULL && kind_index(found) < ARRAY_LENGTH(kinds) ? found : NULL;
}

struct room_question *room_add_question(
	struct room *room, const char *id, const char *gift, uint64_t seed, struct error *err)
{
	struct quiz *quiz;
	if (!quiz_parse("the question", gift, strlen(gift), &quiz, err))
		return NULL;
	const struct quiz_question *q = only_question(quiz, err);
	if (q == NULL) {
		quiz_destroy(quiz);
		return NULL;
	}
	size_t *order = xcalloc(q->answer_count + 1, sizeof *order);
	quiz_shuffle(q, seed, order);
	room->questions =
		array_grow(room->questions, room->question_count, sizeof *room->questions);
	struct room_question *one = &room->questions[room->question_count++];
	*one = (struct room_question){
		.id = xstrdup(id), .gift = xstrdup(gift), .quiz = quiz, .q = q, .order = order};
	return one;
}

struct room_question *room_open_question(struct room *room)
{
	struct room_question *last =
		room->question_count > 0 ? &room->questions[room->question_count - 1] : NULL;
	return last != NULL && last->closed_ms == 0 ? last : NULL;
}

cJSON *room_question_json(const struct room_question *one)
{
	const struct quiz_question *q = one->q;
	size_t kind = kind_index(q);
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "id", one->id);
	cJSON_AddStringToObject(json, "text", q->text);
	cJSON_AddStringToObject(json, "kind", kinds[kind].name);
	if (!kinds[kind].options)
		return json;
	cJSON *options = cJSON_AddArrayToObject(json, "options");
	for (size_t i = 0; i < q->answer_count; i++)
		cJSON_AddItemToArray(options, cJSON_CreateString(q->answers[one->order[i]].text));
	return json;
}

/* ---- counting ---- */

/* True and false are options, too: "a" is as good as "true". */
static const char *as_truth(const struct quiz_question *q, const char *response)
{
	static const char *const words[] = {"true", "false"};
	bool letter = q->kind == QUIZ_TRUE_FALSE && response[0] != '\0' && response[1] == '\0';
	int c = letter ? tolower((unsigned char)response[0]) : 0;
	return c == 'a' || c == 'b' ? words[c - 'a'] : response;
}

static bool chose_option(const struct room_question *one, const char *response, size_t option)
{
	if (one->q->kind == QUIZ_TRUE_FALSE)
		return (strchr("tTyY", response[0]) != NULL) == (option == 0);
	for (const char *c = response; *c != '\0'; c++)
		if (tolower((unsigned char)*c) == (int)('a' + option))
			return true;
	return false;
}

static void add_option_counts(cJSON *json, const struct room_question *one)
{
	cJSON *counts = cJSON_AddArrayToObject(json, "counts");
	cJSON *marks = one->closed_ms > 0 ? cJSON_AddArrayToObject(json, "marks") : NULL;
	for (size_t i = 0; i < one->q->answer_count; i++) {
		size_t count = 0;
		for (size_t k = 0; k < one->answer_count; k++)
			count += chose_option(one, one->answers[k].response, i);
		cJSON_AddItemToArray(counts, cJSON_CreateNumber((double)count));
		if (marks != NULL)
			cJSON_AddItemToArray(marks,
				cJSON_CreateBool(one->q->answers[one->order[i]].fraction > 0));
	}
}

struct word {
	char *text;
	size_t count;
};

static int by_count(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	return x->count != y->count ? (x->count < y->count) - (x->count > y->count)
				    : strcmp(x->text, y->text);
}

/* What was typed, most often first. */
static void add_typed_words(cJSON *json, const struct room_question *one)
{
	struct word *words = xcalloc(one->answer_count + 1, sizeof *words);
	size_t count = 0;
	for (size_t i = 0; i < one->answer_count; i++) {
		char *text = utf8_fold(one->answers[i].response);
		size_t k = 0;
		while (k < count && !text_same(words[k].text, text))
			k++;
		if (k == count)
			words[count++].text = text;
		else
			free(text);
		words[k].count++;
	}
	if (count > 1)
		qsort(words, count, sizeof *words, by_count);
	cJSON *list = cJSON_AddArrayToObject(json, "words");
	for (size_t i = 0; i < count; i++) {
		if (i < WORDS_SHOWN) {
			cJSON *word = cJSON_CreateObject();
			cJSON_AddStringToObject(word, "text", words[i].text);
			cJSON_AddNumberToObject(word, "count", (double)words[i].count);
			cJSON_AddItemToArray(list, word);
		}
		free(words[i].text);
	}
	free(words);
}

/* What is said to everybody: the general words, and those for what is right. */
static char *explanation_of(const struct quiz_question *q)
{
	struct buf out = {0};
	for (size_t i = 0; i < q->answer_count; i++)
		if (quiz_is_full(q->answers[i].fraction) && !text_is_blank(q->answers[i].feedback))
			buf_printf(&out, "%s%s", out.length > 0 ? " " : "", q->answers[i].feedback);
	if (!text_is_blank(q->feedback))
		buf_printf(&out, "%s%s", out.length > 0 ? " " : "", q->feedback);
	return buf_steal(&out);
}

static void add_question_solution(cJSON *json, const char *name, const struct room_question *one)
{
	cleanup_free char *solution = quiz_solution(one->q, one->order);
	cleanup_free char *explanation = explanation_of(one->q);
	cJSON_AddStringToObject(json, name, solution);
	cJSON_AddStringToObject(json, "explanation", explanation);
}

cJSON *room_question_board(const struct room_question *one)
{
	cJSON *json = room_question_json(one);
	size_t right = 0;
	for (size_t i = 0; i < one->answer_count; i++)
		right += quiz_is_full(one->answers[i].fraction);
	cJSON_AddBoolToObject(json, "open", one->closed_ms == 0);
	cJSON_AddNumberToObject(json, "answers", (double)one->answer_count);
	if (kinds[kind_index(one->q)].options)
		add_option_counts(json, one);
	else
		add_typed_words(json, one);
	if (one->closed_ms > 0) {
		cJSON_AddNumberToObject(json, "right", (double)right);
		add_question_solution(json, "answer", one);
	}
	return json;
}

/* ---- asking ---- */

struct asking {
	char *gift;
	uint64_t seed;
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
	cJSON *json = one != NULL ? room_question_json(one) : NULL;
	if (one != NULL)
		one->asked_ms = room_now(room);
	room_touch(room, NULL);
	pthread_mutex_unlock(&room->lock);
	if (one == NULL)
		return ROOM_INVALID;
	bool good = sql_run(db,
		sql(db, err,
			"INSERT INTO room_question (room, id, gift, seed, asked_ms) VALUES (?, ?, "
			"?, ?, ?)",
			"tttii", room->id, id, a->gift, (int64_t)a->seed, room_now(room)),
		err);
	return room_tell(room, db, NULL, "question", json, err) && good &&
			       room_state_changed(room, db, err)
		       ? ROOM_DONE
		       : STORE_FAILED;
}

/* A question of the course, as GIFT by itself. NULL: err says that there is none. */
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
	error_set_kind(err, ERROR_USAGE, "there is no such question in the course");
	return NULL;
}

enum room_outcome room_ask(struct room *room, const struct room_order *order, struct error *err)
{
	const char *gift = order->value(order->data, "gift");
	const char *lesson = order->value(order->data, "lesson");
	const char *id = order->value(order->data, "id");
	if (text_is_blank(gift) && id == NULL) {
		error_set_kind(err, ERROR_USAGE, "a question is needed: `Which? {=this ~that}`");
		return ROOM_INVALID;
	}
	if (gift != NULL && strlen(gift) > GIFT_MOST) {
		error_set_kind(err, ERROR_USAGE, "the question is too long");
		return ROOM_INVALID;
	}
	struct asking a = {.seed = random_seed() >> 1};
	a.gift = text_is_blank(gift) ? gift_of(room, lesson, id, err) : xstrdup(gift);
	enum room_outcome outcome =
		a.gift != NULL ? room_write(room, open_question, &a, err) : ROOM_WRONG;
	free(a.gift);
	return outcome;
}

/* ---- answering ---- */

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
			grade.why != NULL ? grade.why : "this is no answer");
	int outcome = grade.understood ? store_answer(room, db, one, a, grade.fraction, err)
				       : ROOM_INVALID;
	quiz_grade_finish(&grade);
	return outcome;
}

/* Without what a terminal would obey, and not without end. */
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
	const char *meant = one != NULL ? as_truth(one->q, text) : text;
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
	add_question_solution(json, "text", one);
	if (mine != NULL) {
		cJSON_AddStringToObject(json, "yours", mine->response);
		cJSON_AddBoolToObject(json, "right", quiz_is_full(mine->fraction));
	} else {
		cJSON_AddNullToObject(json, "yours");
		cJSON_AddNullToObject(json, "right");
	}
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
