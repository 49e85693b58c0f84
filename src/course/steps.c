/* course/steps.c - a section's blocks as steps: prose, callouts, examples, tasks, questions */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct stepper {
	struct course *course;
	struct course_lesson *lesson;
	struct course_step *steps; /* the lesson's, while they grow */
	size_t counts[STEP_QUESTION + 1];
	const char *topic;
};

const char *course_step_kind_name(enum course_step_kind kind)
{
	static const char *const names[] = {
		[STEP_PROSE] = "prose",
		[STEP_CALLOUT] = "callout",
		[STEP_EXAMPLE] = "example",
		[STEP_TASK] = "task",
		[STEP_QUESTION] = "question",
	};
	return names[kind];
}

static struct arena *arena(struct stepper *p)
{
	return &p->course->arena;
}

static struct course_step *last_step(struct stepper *p)
{
	return p->lesson->step_count > 0 ? &p->steps[p->lesson->step_count - 1] : NULL;
}

static struct course_step *add_step(
	struct stepper *p, enum course_step_kind kind, const struct note_block *block)
{
	p->steps = arena_grow(arena(p), p->steps, p->lesson->step_count, sizeof *p->steps);
	p->lesson->steps = p->steps;
	struct course_step *step = &p->steps[p->lesson->step_count++];
	*step = (struct course_step){
		.kind = kind,
		.id = arena_printf(
			arena(p), "%s-%zu", course_step_kind_name(kind), ++p->counts[kind]),
		.line = block->line,
		.icon = block->icon,
		.topic = p->topic,
		.blocks = block,
		.block_count = kind == STEP_EXAMPLE || kind == STEP_QUESTION ? 0 : 1,
	};
	return step;
}

/* ---- lines of a comment ---- */

static void add_line(
	struct stepper *p, struct course_lines *lines, const char *text, size_t length, int line)
{
	while (length > 0 && isspace((unsigned char)text[length - 1]))
		length--;
	while (length > 0 && isspace((unsigned char)*text)) {
		text++;
		length--;
	}
	if (length == 0)
		return;
	struct course_line *items = (struct course_line *)lines->items; /* ours while it is read */
	items = arena_grow(arena(p), items, lines->count, sizeof *items);
	items[lines->count++] =
		(struct course_line){.text = arena_strndup(arena(p), text, length), .line = line};
	lines->items = items;
}

static void add_lines(struct stepper *p, struct course_lines *lines, const char *text, int line)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		add_line(p, lines, text, length, line++);
		text += length + (text[length] == '\n');
	}
}

/* ---- what a remark says of the step before it ---- */

static bool needs_step(struct stepper *p, const struct note_block *b)
{
	if (last_step(p) != NULL)
		return true;
	course_problem(p->course, p->lesson->note, b->line, true,
		"'%s' belongs to the step before it, and there is none", b->language);
	return false;
}

static void take_check(struct stepper *p, const struct note_block *b)
{
	if (needs_step(p, b))
		add_lines(p, &last_step(p)->checks, b->code, b->line);
}

static void take_skip(struct stepper *p, const struct note_block *b)
{
	if (!needs_step(p, b))
		return;
	struct course_lines reason = {0};
	add_lines(p, &reason, b->code, b->line);
	last_step(p)->skip = reason.count > 0 ? reason.items[0].text : "";
}

static void take_quiz(struct stepper *p, const struct note_block *b)
{
	struct course_lines name = {0};
	add_lines(p, &name, b->code, b->line);
	struct course_step *step = add_step(p, STEP_QUESTION, b);
	step->quiz = name.count > 0 ? name.items[0].text : "";
	if (name.count == 0)
		course_problem(
			p->course, p->lesson->note, b->line, true, "'quiz' names no question");
}

/* A set-up is written in front of what needs it: where the step before is no example, it is meant
 * for the next one. */
static void take_setup(struct stepper *p, const struct note_block *b)
{
	if (needs_step(p, b))
		add_lines(p, &last_step(p)->setups, b->code, b->line);
}

static void take_cleanup(struct stepper *p, const struct note_block *b)
{
	if (needs_step(p, b))
		add_lines(p, &last_step(p)->cleanups, b->code, b->line);
}

/* ---- tasks ---- */

static const struct {
	const char *key;
	size_t offset; /* of the list in the step */
} task_lists[] = {
	{"check:", offsetof(struct course_step, checks)},
	{"hint:", offsetof(struct course_step, hints)},
	{"setup:", offsetof(struct course_step, setups)},
	{"cleanup:", offsetof(struct course_step, cleanups)},
};

static bool take_task_line(struct stepper *p, struct course_step *step, const char *text,
	size_t length, int line, struct buf *solution)
{
	static const char key[] = "solution:";
	while (length > 0 && isspace((unsigned char)*text)) {
		text++;
		length--;
	}
	if (length == 0)
		return true;
	if (strncmp(text, key, sizeof key - 1) == 0) {
		if (solution->length > 0)
			buf_add_char(solution, '\n');
		text += sizeof key - 1;
		length -= sizeof key - 1;
		size_t blanks = strspn(text, " \t");
		buf_add(solution, text + blanks, length > blanks ? length - blanks : 0);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(task_lists); i++) {
		size_t skip = strlen(task_lists[i].key);
		if (strncmp(text, task_lists[i].key, skip) != 0)
			continue;
		add_line(p, (struct course_lines *)(void *)((char *)step + task_lists[i].offset),
			text + skip, length - skip, line);
		return true;
	}
	return false;
}

static void take_task_lines(struct stepper *p, struct course_step *step, const char *text, int line)
{
	cleanup_buf struct buf solution = {0};
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		bool known = take_task_line(p, step, text, length, line, &solution);
		if (!known && solution.length > 0)
			buf_printf(&solution, "\n%.*s", (int)length,
				text); /* a solution of several lines */
		else if (!known)
			course_problem(p->course, p->lesson->note, line, true,
				"a task knows check:, hint:, solution:, setup: and cleanup:, not "
				"'%.*s'",
				(int)length, text);
		text += length + (text[length] == '\n');
		line++;
	}
	if (solution.length > 0)
		step->solution = arena_strdup(arena(p), buf_text(&solution));
}

/* The words before the remark, usually a 🧪 callout, are the task's. */
static void take_task(struct stepper *p, const struct note_block *b)
{
	if (!needs_step(p, b))
		return;
	struct course_step *step = last_step(p);
	if (step->kind != STEP_CALLOUT && step->kind != STEP_PROSE) {
		course_problem(p->course, p->lesson->note, b->line, true,
			"a task needs words in front of it that say what to do");
		return;
	}
	const char *name = b->code;
	size_t length = strcspn(name, "\n");
	struct course_lines title = {0};
	step->kind = STEP_TASK;
	add_line(p, &title, name, length, b->line);
	p->counts[STEP_TASK]++;
	step->id = title.count > 0 ? title.items[0].text
				   : arena_printf(arena(p), "task-%zu", p->counts[STEP_TASK]);
	take_task_lines(p, step, name + length + (name[length] == '\n'), b->line + 1);
	if (step->checks.count == 0)
		course_problem(p->course, p->lesson->note, b->line, true,
			"task '%s' has no check, so it can never be done", step->id);
}

static const struct {
	const char *word;
	void (*take)(struct stepper *p, const struct note_block *b);
} remarks[] = {
	{"check", take_check},
	{"task", take_task},
	{"quiz", take_quiz},
	{"setup", take_setup},
	{"cleanup", take_cleanup},
	{"skip", take_skip},
};

static void take_remark(struct stepper *p, const struct note_block *b)
{
	for (size_t i = 0; i < ARRAY_LENGTH(remarks); i++)
		if (text_same(remarks[i].word, b->language))
			remarks[i].take(p, b);
}

/* ---- blocks ---- */

static void take_command(struct stepper *p, const struct note_block *b)
{
	struct course_step *step = add_step(p, STEP_EXAMPLE, b);
	step->language = b->language;
	step->command = b->code;
	step->output = b->output;
}

/* A callout is a step of its own, other blocks join the prose before them. A rule alone begins
 * nothing. */
static void take_words(struct stepper *p, const struct note_block *b)
{
	struct course_step *last = last_step(p);
	enum course_step_kind kind = b->callout != 0 ? STEP_CALLOUT : STEP_PROSE;
	bool joins = last != NULL && last->kind == kind && last->blocks + last->block_count == b &&
		     text_same(last->topic, p->topic) &&
		     (kind == STEP_PROSE || last->blocks[0].callout == b->callout);
	if (joins)
		last->block_count++;
	else if (b->kind != NOTE_RULE)
		add_step(p, kind, b);
}

static void take_topic(struct stepper *p, const struct note_block *b)
{
	struct course_lesson *l = p->lesson;
	struct course_topic *topics = (struct course_topic *)l->topics; /* ours while it is read */
	cleanup_buf struct buf title = {0};
	note_text_plain(&b->text, &title);
	topics = arena_grow(arena(p), topics, l->topic_count, sizeof *topics);
	topics[l->topic_count++] = (struct course_topic){
		.title = arena_strdup(arena(p), buf_text(&title)),
		.source = b->link > 0 ? l->section->links[b->link - 1].url : NULL,
		.line = b->line,
	};
	l->topics = topics;
	p->topic = topics[l->topic_count - 1].title;
	take_words(p, b);
}

static void take_aim(struct stepper *p, const struct note_block *b)
{
	cleanup_buf struct buf text = {0};
	if (p->lesson->aim != NULL || b->icon != NOTE_ICON_AIM)
		return;
	note_text_plain(&b->text, &text);
	p->lesson->aim = arena_strdup(arena(p), buf_text(&text));
}

/* A name that two tasks share would count one as done for the other. */
static void check_ids(struct stepper *p)
{
	for (size_t i = 0; i < p->lesson->step_count; i++)
		for (size_t k = 0; p->steps[i].kind == STEP_TASK && k < i; k++) {
			if (p->steps[k].kind != STEP_TASK ||
				!text_same(p->steps[i].id, p->steps[k].id))
				continue;
			course_problem(p->course, p->lesson->note, p->steps[i].line, true,
				"two tasks of this lesson are called '%s'", p->steps[i].id);
			p->steps[i].id = arena_printf(arena(p), "%s-%zu", p->steps[i].id, i + 1);
		}
}

void steps_read(struct course *course, struct course_lesson *lesson)
{
	struct stepper p = {.course = course, .lesson = lesson};
	const struct note_section *s = lesson->section;
	for (size_t i = 0; i < s->block_count; i++) {
		const struct note_block *b = &s->blocks[i];
		if (b->kind == NOTE_REMARK)
			take_remark(&p, b);
		else if (b->kind == NOTE_COMMAND)
			take_command(&p, b);
		else if (b->kind == NOTE_TOPIC)
			take_topic(&p, b);
		else
			take_words(&p, b);
		take_aim(&p, b);
	}
	check_ids(&p);
}
