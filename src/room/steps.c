/* room/steps.c - the course as a flat list of steps */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define TITLE_COLUMNS 60
#define TASK_COLUMNS 420

/* The step's command, or its question, its first words, or its topic. */
static char *step_title(
	const struct course_lesson *lesson, const struct course_step *step, const struct quiz *quiz)
{
	cleanup_buf struct buf text = {0};
	const struct quiz_question *q =
		step->quiz != NULL && quiz != NULL ? quiz_find(quiz, step->quiz) : NULL;
	if (step->command != NULL || q != NULL)
		buf_add_text(&text, step->command != NULL ? step->command : q->text);
	for (size_t i = 0; text.length == 0 && i < step->block_count; i++) {
		const struct note_text *words = &step->blocks[i].text;
		for (size_t k = 0; k < words->count; k++)
			buf_add_text(
				&text, words->spans[k].text != NULL ? words->spans[k].text : "");
	}
	if (text.length == 0)
		buf_add_text(&text, step->topic != NULL ? step->topic : lesson->title);
	text.data[strcspn(text.data, "\n")] = '\0';
	size_t length = strlen(text.data), kept = utf8_fit(text.data, length, TITLE_COLUMNS);
	return kept < length ? xasprintf("%.*s…", (int)kept, text.data) : xstrdup(text.data);
}

/* Adds a text with its code in `…`. */
static void add_marked(struct buf *out, const struct note_text *words)
{
	for (size_t i = 0; i < words->count; i++) {
		const struct note_span *span = &words->spans[i];
		const char *mark = (span->style & NOTE_CODE) != 0 ? "`" : "";
		if (span->text != NULL)
			buf_printf(out, "%s%s%s", mark, span->text, mark);
	}
}

/* What to do, as the projector shows it: the words of the step, or its question. */
static char *step_task(const struct course_step *step, const struct quiz *quiz)
{
	cleanup_buf struct buf text = {0};
	const struct quiz_question *q =
		step->quiz != NULL && quiz != NULL ? quiz_find(quiz, step->quiz) : NULL;
	if (q != NULL)
		buf_add_text(&text, q->text);
	for (size_t i = 0; q == NULL && i < step->block_count; i++) {
		if (step->blocks[i].kind != NOTE_PARAGRAPH)
			continue;
		buf_add_text(&text, text.length > 0 ? "\n" : "");
		add_marked(&text, &step->blocks[i].text);
	}
	if (text.length == 0)
		return NULL;
	size_t kept = utf8_fit(text.data, text.length, TASK_COLUMNS);
	if (kept == text.length)
		return buf_steal(&text);
	while (kept > 0 && text.data[kept - 1] != ' ' && text.data[kept - 1] != '\n')
		kept--;
	buf_truncate(&text, kept);
	size_t marks = 0;
	for (const char *c = buf_text(&text); *c != '\0'; c++)
		marks += *c == '`';
	buf_add_text(&text, marks % 2 == 1 ? "…`" : "…");
	return buf_steal(&text);
}

void room_free_step(struct room_step *step)
{
	free(step->title);
	free(step->task);
}

void room_lay_out(struct room *room)
{
	for (size_t i = 0; i < room->course->lesson_count; i++) {
		const struct course_lesson *lesson = &room->course->lessons[i];
		struct quiz *quiz = NULL;
		/* `ropes lint` reports a file that cannot be read */
		if (lesson->quiz_path != NULL && quiz_load(lesson->quiz_path, &quiz, NULL)) {
			room->quizzes =
				array_grow(room->quizzes, room->quiz_count, sizeof *room->quizzes);
			room->quizzes[room->quiz_count++] = (struct room_quiz){lesson, quiz};
		}
		for (size_t k = 0; k < lesson->step_count; k++) {
			const struct course_step *step = &lesson->steps[k];
			room->steps =
				array_grow(room->steps, room->step_count, sizeof *room->steps);
			room->steps[room->step_count++] = (struct room_step){lesson, step,
				step_title(lesson, step, quiz), step_task(step, quiz)};
		}
	}
}

size_t room_find_step(const struct room *room, const char *lesson, const char *step)
{
	for (size_t i = 0; lesson != NULL && i < room->step_count; i++) {
		const struct course_lesson *l = room->steps[i].lesson;
		if (!text_same(l->anchor, lesson))
			continue;
		size_t at = course_find_step(l, step);
		return at < l->step_count ? i + at : ROOM_NOWHERE;
	}
	return ROOM_NOWHERE;
}
