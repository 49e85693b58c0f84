/* export/data.c - steps and questions as a table (RFC 4180) and as JSON */
#include "private.h"
#include "json.h"

#include <stdlib.h>

/* ---- CSV ---- */

static const char *cell_of_lesson(const struct account_course *c, const char *lesson)
{
	for (size_t i = 0; i < c->recorded->lesson_count; i++)
		if (text_same(c->recorded->lessons[i].lesson, lesson))
			return c->recorded->lessons[i].title;
	return "";
}

/* The lines that passed, or the latest wrong answer. */
static char *item_result(const struct item *item)
{
	struct buf out = {0};
	for (size_t i = 0; i < item->line_count; i++)
		buf_printf(&out, "%s%s", i > 0 ? "\n" : "", item->lines[i]);
	if (account_is_question(item))
		buf_add_text(&out, item->given);
	return buf_steal(&out);
}

static char *item_notes(const struct item *item)
{
	struct buf out = {0};
	for (size_t i = 0; i < item->note_count; i++)
		buf_printf(&out, "%s%s", i > 0 ? "\n" : "", item->notes[i].text);
	return buf_steal(&out);
}

static void write_row(const struct account_course *c, const struct item *item, struct buf *out)
{
	char time[TIME_TEXT_SIZE];
	cleanup_free char *result = item_result(item), *notes = item_notes(item);
	const char *right = item->tries == 0 ? "" : item->right ? "yes" : "no";
	const char *const cells[] = {c->recorded->course, c->recorded->title, item->lesson,
		cell_of_lesson(c, item->lesson), item->kind, item->id, item->text,
		account_state_name(item)};
	const char *const ends[] = {right, result, item->solution, item->explanation, notes};
	time_format_iso8601(item->last_ms, time);
	for (size_t i = 0; i < ARRAY_LENGTH(cells); i++) {
		buf_add_csv(out, cells[i]);
		buf_add_char(out, ',');
	}
	buf_printf(out, "%u,%u,", item->tries, item->failures);
	for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
		buf_add_csv(out, ends[i]);
		buf_add_char(out, ',');
	}
	buf_printf(out, "%s\r\n", time);
}

void data_write_csv(const struct account *account, struct buf *out)
{
	buf_add_text(out, "course,course_title,lesson,lesson_title,kind,id,text,state,tries,"
			  "failures,right,result,solution,explanation,notes,last\r\n");
	for (size_t i = 0; i < account->course_count; i++)
		for (size_t k = 0; k < account->courses[i].item_count; k++)
			if (account_asks(&account->courses[i].items[k]) ||
				account->courses[i].items[k].note_count > 0)
				write_row(&account->courses[i], &account->courses[i].items[k], out);
}

/* ---- JSON ---- */

static cJSON *item_step_json(const struct item *item)
{
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "step", item->id);
	cJSON_AddStringToObject(json, "kind", item->kind);
	cJSON_AddStringToObject(json, "text", item->text);
	json_add_text_or_null(json, "state", item->step != NULL ? account_state_name(item) : NULL);
	cJSON_AddNumberToObject(json, "tries", item->tries);
	cJSON_AddNumberToObject(json, "failures", item->failures);
	cJSON_AddItemToObject(
		json, "passed_lines", cJSON_CreateStringArray(item->lines, (int)item->line_count));
	json_add_time(json, "last", item->last_ms);
	return json;
}

static cJSON *item_question_json(const struct item *item)
{
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "question", item->id);
	cJSON_AddStringToObject(json, "text", item->text);
	cJSON_AddNumberToObject(json, "tries", item->tries);
	cJSON_AddNumberToObject(json, "failures", item->failures);
	cJSON_AddBoolToObject(json, "right", item->right);
	json_add_text_or_null(json, "response", item->response);
	cJSON_AddStringToObject(json, "given", item->given);
	cJSON_AddStringToObject(json, "solution", item->solution);
	cJSON_AddStringToObject(json, "explanation", item->explanation);
	json_add_time(json, "last", item->last_ms);
	return json;
}

static void add_notes_json(cJSON *notes, const struct item *item)
{
	for (size_t i = 0; i < item->note_count; i++) {
		cJSON *json = cJSON_CreateObject();
		cJSON_AddItemToArray(notes, json);
		cJSON_AddStringToObject(json, "step", item->id);
		cJSON_AddStringToObject(json, "text", item->notes[i].text);
		json_add_time(json, "time", item->notes[i].time_ms);
	}
}

static void add_items(cJSON *lesson, const struct account_course *c)
{
	cJSON *steps = cJSON_AddArrayToObject(lesson, "steps");
	cJSON *questions = cJSON_AddArrayToObject(lesson, "questions");
	cJSON *notes = cJSON_AddArrayToObject(lesson, "notes");
	for (size_t i = 0; i < c->item_count; i++) {
		const struct item *item = &c->items[i];
		if (!text_same(item->lesson, json_get_text(lesson, "lesson")))
			continue;
		add_notes_json(notes, item);
		if (account_is_question(item))
			cJSON_AddItemToArray(questions, item_question_json(item));
		else if (account_asks(item) && !text_same(item->kind, "lesson"))
			cJSON_AddItemToArray(steps, item_step_json(item));
	}
}

/* `ropes progress --json`, and in each lesson what happened at its steps and questions. */
void data_write_json(
	const struct account *account, const struct record_progress *progress, struct buf *out)
{
	cleanup_free char *text = record_progress_json(progress);
	cJSON *json = cJSON_Parse(text), *course, *lesson;
	size_t at = 0;
	cJSON_ArrayForEach(course, json_get(json, "courses")) {
		cJSON_ArrayForEach(lesson, json_get(course, "lessons"))
			add_items(lesson, &account->courses[at]);
		at++;
	}
	cleanup_free char *whole = cJSON_Print(json);
	cJSON_Delete(json);
	if (whole == NULL)
		die_out_of_memory();
	buf_printf(out, "%s\n", whole);
}
