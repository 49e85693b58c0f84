/* cmd/items.c - ropes progress --items: how well each question works */
#include "cmd.h"
#include "quiz.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Everyone's first attempts: one answer per row, with the points of its whole attempt. */
struct answer {
	char *lesson, *question, *registration;
	double score, rest;
};

struct answers {
	struct answer *items;
	size_t count;
};

static bool add_first_answer(void *data, const struct record_answer *a)
{
	struct answers *all = data;
	if (a->attempt != 1)
		return true;
	all->items = array_grow(all->items, all->count, sizeof *all->items);
	all->items[all->count++] = (struct answer){.lesson = xstrdup(a->lesson),
		.question = xstrdup(a->question),
		.registration = xstrdup(a->registration),
		.score = a->fraction};
	return true;
}

static void answers_finish(struct answers *all)
{
	for (size_t i = 0; i < all->count; i++) {
		free(all->items[i].lesson);
		free(all->items[i].question);
		free(all->items[i].registration);
	}
	free(all->items);
}

/* Answers of one attempt are adjacent. */
static void compute_rests(struct answers *all)
{
	for (size_t i = 0, end; i < all->count; i = end) {
		double sum = 0;
		for (end = i; end < all->count &&
			      text_same(all->items[end].registration, all->items[i].registration);
			end++)
			sum += all->items[end].score;
		for (size_t k = i; k < end; k++)
			all->items[k].rest = sum - all->items[k].score;
	}
}

static int by_lesson_question(const void *a, const void *b)
{
	const struct answer *x = a, *y = b;
	int lesson = strcmp(x->lesson, y->lesson);
	return lesson != 0 ? lesson : strcmp(x->question, y->question);
}

static struct quiz_item question_statistics(const struct answer *answers, size_t count)
{
	cleanup_free double *scores = xcalloc(count, sizeof *scores);
	cleanup_free double *rests = xcalloc(count, sizeof *rests);
	for (size_t i = 0; i < count; i++) {
		scores[i] = answers[i].score;
		rests[i] = answers[i].rest;
	}
	return quiz_item_statistics(scores, rests, count);
}

/* ---- interpreting the figures ---- */

/* The limits come from Moodle's documentation. */
static const char *judge_item(const struct quiz_item *item)
{
	if (item->count < 2)
		return _("too few answers");
	if (item->facility >= 0.95)
		return _("everyone knows it");
	if (item->facility < 0.05)
		return _("no one knows it");
	if (isnan(item->discrimination))
		return _("does not distinguish learners");
	return item->discrimination < 0      ? _("check it: strong learners miss it")
	       : item->discrimination < 0.2  ? _("weak")
	       : item->discrimination <= 0.5 ? _("good")
					     : _("very good");
}

static char *format_percent(const struct screen *screen, double value)
{
	return isnan(value) ? screen_own(screen, "–") : xasprintf("%.0f %%", value * 100);
}

/* ---- printing ---- */

struct printer {
	struct screen *screen;
	cJSON *json; /* an array; NULL: the screen */
	struct words cells;
	size_t rows;
};

static void add_number(cJSON *to, const char *name, double value)
{
	if (isnan(value))
		cJSON_AddNullToObject(to, name);
	else
		cJSON_AddNumberToObject(to, name, value);
}

static void print_item(
	struct printer *p, const char *lesson, const char *question, const struct quiz_item *item)
{
	if (p->json != NULL) {
		cJSON *one = cJSON_CreateObject();
		cJSON_AddItemToArray(p->json, one);
		cJSON_AddStringToObject(one, "lesson", lesson);
		cJSON_AddStringToObject(one, "question", question);
		cJSON_AddNumberToObject(one, "count", (double)item->count);
		add_number(one, "facility", item->facility);
		add_number(one, "deviation", item->deviation);
		add_number(one, "discrimination", item->discrimination);
		add_number(one, "efficiency", item->efficiency);
		return;
	}
	cleanup_free char *facility = format_percent(p->screen, item->facility);
	cleanup_free char *discrimination = format_percent(p->screen, item->discrimination);
	words_add(&p->cells, question);
	words_add(&p->cells, lesson);
	words_addf(&p->cells, "%zu", item->count);
	words_add(&p->cells, facility);
	words_add(&p->cells, discrimination);
	words_add(&p->cells, judge_item(item));
	p->rows++;
}

/* Answers to one question are adjacent. */
static void print_all_items(struct printer *p, const struct answers *all)
{
	for (size_t i = 0, end; i < all->count; i = end) {
		const struct answer *first = &all->items[i];
		for (end = i + 1;
			end < all->count && by_lesson_question(&all->items[end], first) == 0; end++)
			;
		struct quiz_item item = question_statistics(first, end - i);
		print_item(p, first->lesson, first->question, &item);
	}
}

static bool print_items_table(const struct answers *all, const char *name, struct error *err)
{
	static const char *const head[] = {N_("question"), N_("lesson"), N_("answers"),
		N_("facility"), N_("discrimination"), N_("verdict")};
	struct printer p = {0};
	if (!common_screen(&p.screen, err))
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(head); i++)
		words_add(&p.cells, _(head[i]));
	print_all_items(&p, all);
	screen_say(p.screen, SCREEN_TITLE, NULL, "%s: everyone's first attempts", name);
	if (p.rows == 0)
		screen_say(p.screen, SCREEN_PLAIN, NULL, "No one has finished a quiz yet.");
	else
		screen_table(p.screen, ARRAY_LENGTH(head), p.rows + 1,
			(const char *const *)p.cells.items, 7u << 2);
	words_finish(&p.cells);
	return common_screen_close(p.screen, true, err);
}

static void print_items_json(const struct answers *all)
{
	struct printer p = {.json = cJSON_CreateArray()};
	print_all_items(&p, all);
	char *text = cJSON_Print(p.json);
	puts(text != NULL ? text : "[]");
	cJSON_free(text);
	cJSON_Delete(p.json);
}

bool items_print(
	struct record *record, const char *course, const char *name, bool json, struct error *err)
{
	struct answers all = {0};
	bool good = record_answers(record, course, add_first_answer, &all, err);
	compute_rests(&all);
	if (all.count > 1)
		qsort(all.items, all.count, sizeof *all.items, by_lesson_question);
	if (good && json)
		print_items_json(&all);
	else if (good)
		good = print_items_table(&all, name, err);
	answers_finish(&all);
	return good;
}
