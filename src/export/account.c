/* export/account.c - joins what the record says of each step and question with what they ask */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define LESSON_PLACES 1000000 /* more than a lesson has steps and questions */
#define QUESTION_PLACE 500000 /* questions of the quiz come after the steps */

/* ---- the courses ---- */

static void open_quizzes(struct account_course *c)
{
	c->quizzes = xcalloc(c->course->lesson_count + 1, sizeof *c->quizzes);
	for (size_t i = 0; i < c->course->lesson_count; i++) {
		cleanup_error struct error ignored = {0}; /* like a bank that is not here */
		const char *path = c->course->lessons[i].quiz_path;
		if (path != NULL)
			(void)quiz_load(path, &c->quizzes[i], &ignored);
	}
}

/* Appends a text with its code in `…`. */
static void add_marked_text(struct buf *out, const struct note_text *text)
{
	for (size_t i = 0; i < text->count; i++) {
		const char *mark = text->spans[i].style & NOTE_CODE ? "`" : "";
		buf_printf(out, "%s%s%s", mark, text->spans[i].text, mark);
	}
}

static const char *step_text(const struct course_step *step, struct arena *arena)
{
	cleanup_buf struct buf text = {0};
	if (step->command != NULL)
		return arena_strdup(arena, step->command);
	for (size_t i = 0; i < step->block_count; i++) {
		const struct note_block *b = &step->blocks[i];
		if (text.length > 0)
			buf_add_char(&text, '\n');
		if (b->marker != NULL)
			buf_printf(&text, "%s ", b->marker);
		add_marked_text(&text, &b->text);
		if (b->code != NULL)
			buf_add_text(&text, b->code);
	}
	return arena_strdup(arena, buf_text(&text));
}

/* Without its course, the kind of a step is the beginning of its id, unless the task has a name. */
static const char *kind_by_id(const char *id)
{
	for (int kind = STEP_PROSE; kind <= STEP_QUESTION; kind++) {
		const char *name = course_step_kind_name((enum course_step_kind)kind);
		if (text_starts(id, name) && id[strlen(name)] == '-')
			return name;
	}
	return text_same(id, "end") ? "lesson" : course_step_kind_name(STEP_TASK);
}

/* A question in a lesson and the same one in its quiz are one item: returns the question's id. */
static const char *item_id(const struct account_course *c, const char *lesson, const char *step)
{
	size_t at = c->course != NULL ? course_find_anchor(c->course, lesson) : 0;
	if (c->course == NULL || at == c->course->lesson_count)
		return step;
	const struct course_lesson *l = &c->course->lessons[at];
	size_t place = course_find_step(l, step);
	if (place == l->step_count || l->steps[place].quiz == NULL || c->quizzes[at] == NULL)
		return step;
	const struct quiz_question *q = quiz_find(c->quizzes[at], l->steps[place].quiz);
	return q != NULL ? q->id : step;
}

static void look_up(const struct account_course *c, struct item *item, struct arena *arena)
{
	size_t at = c->course != NULL ? course_find_anchor(c->course, item->lesson) : 0;
	item->place = SIZE_MAX;
	if (c->course == NULL || at == c->course->lesson_count)
		return;
	const struct course_lesson *l = &c->course->lessons[at];
	size_t place = course_find_step(l, item->id);
	const struct quiz_question *q = place == l->step_count && c->quizzes[at] != NULL
						? quiz_find(c->quizzes[at], item->id)
						: NULL;
	if (place < l->step_count) {
		item->kind = course_step_kind_name(l->steps[place].kind);
		item->text = step_text(&l->steps[place], arena);
	} else if (q != NULL) {
		item->kind = course_step_kind_name(STEP_QUESTION);
		item->text = q->text;
		item->question = q;
		place = QUESTION_PLACE + q->number;
	}
	item->place = at * LESSON_PLACES + place;
}

/* ---- the record ---- */

struct reading {
	struct account *account;
	struct account_course *course;
};

static struct item *find_item(struct reading *r, const char *lesson, const char *step)
{
	struct account_course *c = r->course;
	struct arena *arena = &r->account->arena;
	const char *id = item_id(c, lesson, step);
	for (size_t i = 0; i < c->item_count; i++)
		if (text_same(c->items[i].id, id) && text_same(c->items[i].lesson, lesson))
			return &c->items[i];
	c->items = array_grow(c->items, c->item_count, sizeof *c->items);
	struct item *item = &c->items[c->item_count++];
	*item = (struct item){.lesson = arena_strdup(arena, lesson),
		.id = arena_strdup(arena, id),
		.kind = kind_by_id(id),
		.text = "",
		.given = "",
		.solution = "",
		.explanation = ""};
	look_up(c, item, arena);
	return item;
}

static void keep_passed_line(struct item *item, const char *line, struct arena *arena)
{
	for (size_t i = 0; i < item->line_count; i++)
		if (text_same(item->lines[i], line))
			return;
	item->lines = arena_grow(arena, item->lines, item->line_count, sizeof *item->lines);
	item->lines[item->line_count++] = arena_strdup(arena, line);
}

static void add_answer(struct item *item, const struct record_past *past, struct arena *arena)
{
	if (item->place == SIZE_MAX) /* it is in no course that is here */
		item->kind = course_step_kind_name(STEP_QUESTION);
	if (item->text[0] == '\0' && !text_same(past->question, past->step))
		item->text = arena_strdup(arena, past->question);
	if (past->success)
		return;
	item->response = arena_strdup(arena, past->response);
	item->seed = past->seed;
}

static bool take_event(void *data, const struct record_past *past)
{
	struct reading *r = data;
	bool ran = past->verb == RECORD_ATTEMPTED, answered = past->verb == RECORD_ANSWERED;
	if (!ran && !answered && past->verb != RECORD_PROGRESSED)
		return true;
	if (past->step[0] == '\0' || text_same(past->step, "end"))
		return true;
	struct item *item = find_item(r, past->lesson, past->step);
	item->last_ms = past->time_ms;
	if (!ran && !answered) {
		if (!text_same(item->step, past->step))
			item->step = arena_strdup(&r->account->arena, past->step);
		return true;
	}
	item->tries++;
	item->failures += past->judged && !past->success;
	item->right = past->success;
	if (answered)
		add_answer(item, past, &r->account->arena);
	else if (past->success)
		keep_passed_line(item, past->line, &r->account->arena);
	return true;
}

static bool take_note(void *data, const struct record_note *note)
{
	struct reading *r = data;
	struct item *item = find_item(r, note->lesson, note->step);
	item->notes =
		arena_grow(&r->account->arena, item->notes, item->note_count, sizeof *item->notes);
	item->notes[item->note_count++] =
		(struct item_note){arena_strdup(&r->account->arena, note->text), note->time_ms};
	if (item->last_ms == 0)
		item->last_ms = note->time_ms;
	return true;
}

static int compare_items(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	int lessons = strcmp(x->lesson, y->lesson);
	return lessons != 0 ? lessons : strcmp(x->id, y->id);
}

static bool finish_items(const struct export_source *source, struct account *account,
	struct account_course *c, struct error *err)
{
	for (size_t i = 0; i < c->item_count; i++) {
		struct item *item = &c->items[i];
		bool known = false;
		if (item->step != NULL &&
			!record_step(source->record, source->progress->learner, c->recorded->course,
				item->lesson, item->step, &known, &item->state, err))
			return false;
		item->step = known ? item->step : NULL;
		if (item->question != NULL)
			wording_describe(item, &account->arena);
	}
	if (c->item_count > 0)
		qsort(c->items, c->item_count, sizeof *c->items, compare_items);
	return true;
}

/* Lessons are in the order in which they were begun; those that the course no longer has stay last.
 */
static void sort_lessons(const struct course *course, struct record_course *recorded)
{
	size_t sorted = 0;
	for (size_t i = 0; i < course->lesson_count; i++)
		for (size_t k = sorted; k < recorded->lesson_count; k++) {
			struct record_lesson found = recorded->lessons[k];
			if (!text_same(found.lesson, course->lessons[i].anchor))
				continue;
			memmove(&recorded->lessons[sorted + 1], &recorded->lessons[sorted],
				(k - sorted) * sizeof found);
			recorded->lessons[sorted++] = found;
			break;
		}
}

static bool read_course(
	const struct export_source *source, size_t at, struct account *account, struct error *err)
{
	struct account_course *c = &account->courses[at];
	struct reading reading = {account, c};
	c->recorded = &source->progress->courses[at];
	c->course = source->courses[at];
	if (c->course != NULL) {
		open_quizzes(c);
		sort_lessons(c->course, &source->progress->courses[at]);
	}
	return record_history(source->record, source->progress->learner, c->recorded->course,
		       take_event, &reading, err) &&
	       record_notes(source->record, source->progress->learner, c->recorded->course,
		       take_note, &reading, err) &&
	       finish_items(source, account, c, err);
}

bool account_read(const struct export_source *source, struct account *ret, struct error *err)
{
	struct account account = {.course_count = source->progress->course_count};
	account.courses = xcalloc(account.course_count + 1, sizeof *account.courses);
	for (size_t i = 0; i < account.course_count; i++)
		if (!read_course(source, i, &account, err)) {
			account_finish(&account);
			return false;
		}
	*ret = account;
	return true;
}

void account_finish(struct account *account)
{
	for (size_t i = 0; i < account->course_count; i++) {
		struct account_course *c = &account->courses[i];
		for (size_t k = 0; c->quizzes != NULL && k < c->course->lesson_count; k++)
			quiz_destroy(c->quizzes[k]);
		free(c->quizzes);
		free(c->items);
	}
	free(account->courses);
	arena_finish(&account->arena);
	*account = (struct account){0};
}

static bool is_of_kind(const struct item *item, enum course_step_kind kind)
{
	return text_same(item->kind, course_step_kind_name(kind));
}

bool account_is_question(const struct item *item)
{
	return is_of_kind(item, STEP_QUESTION);
}

bool account_is_missed(const struct item *item)
{
	return account_is_question(item) && item->response != NULL;
}

bool account_asks(const struct item *item)
{
	return !is_of_kind(item, STEP_PROSE) && !is_of_kind(item, STEP_CALLOUT);
}

const char *account_state_name(const struct item *item)
{
	static const char *const names[] = {
		[RECORD_STEP_REACHED] = "reached",
		[RECORD_STEP_DONE] = "done",
		[RECORD_STEP_SKIPPED] = "skipped",
		[RECORD_STEP_SHOWN] = "shown",
	};
	return item->step != NULL ? names[item->state] : "";
}
