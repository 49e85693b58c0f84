/* course/json.c - a course as JSON, for other programs */
#include "course.h"
#include "json.h"

#include <stdlib.h>

static void add_course_lines(cJSON *to, const char *name, const struct course_lines *lines)
{
	if (lines->count == 0)
		return;
	cJSON *list = cJSON_AddArrayToObject(to, name);
	for (size_t i = 0; i < lines->count; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(lines->items[i].text));
}

static void add_strings(cJSON *to, const char *name, const char **items, size_t count)
{
	cJSON *list = cJSON_AddArrayToObject(to, name);
	for (size_t i = 0; i < count; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(items[i]));
}

/* ---- steps ---- */

static void add_table_words(const struct note_block *b, struct buf *out)
{
	for (size_t r = 0; r < b->row_count; r++)
		for (size_t c = 0; c < b->rows[r].count; c++) {
			note_text_plain(&b->rows[r].cells[c], out);
			buf_add_char(out, c + 1 < b->rows[r].count ? '\t' : '\n');
		}
}

static void append_step_words(const struct course_step *step, struct buf *out)
{
	for (size_t i = 0; i < step->block_count; i++) {
		const struct note_block *b = &step->blocks[i];
		if (out->length > 0)
			buf_add_char(out, '\n');
		if (b->marker != NULL)
			buf_printf(out, "%s ", b->marker);
		note_text_plain(&b->text, out);
		add_table_words(b, out);
		if (b->code != NULL)
			buf_add_text(out, b->code);
	}
}

/* Joins the lines in order; leaves out what ropes types into them. */
static void add_solution_text(cJSON *to, const struct course_entries *solution)
{
	cleanup_buf struct buf text = {0};
	for (size_t i = 0; i < solution->count; i++)
		buf_printf(&text, "%s%s", i > 0 ? "\n" : "", solution->items[i].line);
	if (solution->count > 0)
		json_add_text_or_null(to, "solution", buf_text(&text));
}

static void add_needs(cJSON *to, unsigned needs)
{
	if (needs == 0)
		return;
	cJSON *list = cJSON_AddArrayToObject(to, "needs");
	for (enum course_need i = 0; i < COURSE_NEED_COUNT; i++)
		if ((needs & 1u << i) != 0)
			cJSON_AddItemToArray(list, cJSON_CreateString(course_need_name(i)));
}

/* The files that the step writes into the workspace. */
static void add_files(cJSON *to, const struct course_step *step)
{
	cJSON *list = NULL;
	for (size_t i = 0; i < step->block_count; i++) {
		const struct note_block *b = &step->blocks[i];
		if (b->kind != NOTE_LISTING || b->file == NULL)
			continue;
		if (list == NULL)
			list = cJSON_AddArrayToObject(to, "files");
		cJSON *file = cJSON_CreateObject();
		cJSON_AddStringToObject(file, "name", b->file);
		cJSON_AddNumberToObject(file, "line", b->line);
		cJSON_AddStringToObject(file, "content", b->code);
		cJSON_AddItemToArray(list, file);
	}
}

static cJSON *step_json(const struct course_step *step)
{
	cJSON *json = cJSON_CreateObject();
	cleanup_buf struct buf words = {0};
	cJSON_AddStringToObject(json, "kind", course_step_kind_name(step->kind));
	cJSON_AddStringToObject(json, "id", step->id);
	cJSON_AddNumberToObject(json, "line", step->line);
	json_add_text_or_null(
		json, "icon", step->icon != NOTE_ICON_NONE ? note_icon_name(step->icon) : NULL);
	json_add_text_or_null(json, "language", step->language);
	json_add_text_or_null(json, "command", step->command);
	json_add_text_or_null(json, "output", step->output);
	json_add_text_or_null(json, "topic", step->topic);
	append_step_words(step, &words);
	cJSON_AddStringToObject(json, "text", buf_text(&words));
	add_course_lines(json, "checks", &step->checks);
	add_course_lines(json, "hints", &step->hints);
	add_needs(json, step->needs);
	add_solution_text(json, &step->solution);
	add_files(json, step);
	if (step->input != NULL)
		json_add_text_or_null(json, "input", step->input);
	if (step->skip != NULL)
		json_add_text_or_null(json, "skip", step->skip);
	if (step->quiz != NULL)
		json_add_text_or_null(json, "quiz", step->quiz);
	return json;
}

/* ---- lessons ---- */

static const char *const link_kinds[] = {
	[NOTE_LINK_PAGE] = "page",
	[NOTE_LINK_PICTURE] = "picture",
	[NOTE_LINK_FILM] = "film",
	[NOTE_LINK_WIKI] = "wiki",
};

static void add_links(cJSON *to, const struct note_section *s)
{
	cJSON *list = cJSON_AddArrayToObject(to, "links");
	for (size_t i = 0; i < s->link_count; i++) {
		cJSON *link = cJSON_CreateObject();
		cJSON_AddNumberToObject(link, "number", (double)(i + 1));
		cJSON_AddStringToObject(link, "kind", link_kinds[s->links[i].kind]);
		cJSON_AddStringToObject(link, "url", s->links[i].url);
		cJSON_AddStringToObject(link, "title", s->links[i].title);
		cJSON_AddNumberToObject(link, "line", s->links[i].line);
		cJSON_AddItemToArray(list, link);
	}
}

static void add_topics(cJSON *to, const struct course_lesson *l)
{
	cJSON *list = cJSON_AddArrayToObject(to, "topics");
	for (size_t i = 0; i < l->topic_count; i++) {
		cJSON *topic = cJSON_CreateObject();
		cJSON_AddStringToObject(topic, "title", l->topics[i].title);
		json_add_text_or_null(topic, "source", l->topics[i].source);
		cJSON_AddNumberToObject(topic, "line", l->topics[i].line);
		cJSON_AddItemToArray(list, topic);
	}
}

static cJSON *course_lesson_json(const struct course *c, const struct course_lesson *l)
{
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "number", l->number);
	cJSON_AddStringToObject(json, "anchor", l->anchor);
	cJSON_AddStringToObject(json, "title", l->title);
	cJSON_AddNumberToObject(json, "level", l->level);
	json_add_text_or_null(
		json, "parent", l->parent != NOTE_NO_PARENT ? c->lessons[l->parent].number : NULL);
	cJSON_AddNumberToObject(json, "line", l->line);
	json_add_text_or_null(json, "source", l->source);
	json_add_text_or_null(json, "aim", l->objective);
	cJSON_AddBoolToObject(json, "evaluation", l->quiz_path != NULL);
	cJSON *steps = cJSON_AddArrayToObject(json, "steps");
	for (size_t i = 0; i < l->step_count; i++)
		cJSON_AddItemToArray(steps, step_json(&l->steps[i]));
	add_topics(json, l);
	add_links(json, l->section);
	return json;
}

/* ---- the course ---- */

static void add_icons_json(cJSON *to, const struct note_head *head)
{
	cJSON *list = cJSON_AddArrayToObject(to, "icons");
	for (size_t i = 0; i < head->icon_count; i++) {
		cJSON *icon = cJSON_CreateObject();
		cJSON_AddStringToObject(icon, "name", head->icons[i].name);
		cJSON_AddStringToObject(icon, "icon", head->icons[i].mark);
		cJSON_AddStringToObject(icon, "meaning", head->icons[i].meaning);
		cJSON_AddItemToArray(list, icon);
	}
}

static cJSON *head_json(const struct course *c)
{
	cJSON *json = cJSON_CreateObject();
	const struct note_head *head = c->head;
	cJSON_AddStringToObject(json, "id", c->id);
	cJSON_AddStringToObject(json, "title", c->title);
	json_add_text_or_null(json, "author", head->author);
	json_add_text_or_null(json, "created", head->created);
	cJSON *versions = cJSON_AddObjectToObject(json, "written_against");
	json_add_text_or_null(versions, "client", head->client_version);
	json_add_text_or_null(versions, "server", head->server_version);
	add_strings(json, "sources", head->sources, head->source_count);
	add_strings(json, "tags", head->tags, head->tag_count);
	add_icons_json(json, head);
	json_add_text_or_null(json, "remarks", head->remarks);
	json_add_text_or_null(json, "repaired_from", c->notes[0]->repaired_from);
	cJSON_AddNumberToObject(
		json, "repaired_characters", (double)c->notes[0]->repaired_characters);
	return json;
}

char *course_json(const struct course *c)
{
	cJSON *json = cJSON_CreateObject();
	cJSON_AddItemToObject(json, "course", head_json(c));
	cJSON *lessons = cJSON_AddArrayToObject(json, "lessons");
	for (size_t i = 0; i < c->lesson_count; i++)
		cJSON_AddItemToArray(lessons, course_lesson_json(c, &c->lessons[i]));
	char *text = cJSON_Print(json);
	cJSON_Delete(json);
	if (text == NULL)
		die_out_of_memory();
	return text;
}
