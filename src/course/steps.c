/* course/steps.c - makes steps from blocks of a section: prose, callouts, examples, tasks,
 * questions */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct stepper {
	struct course *course;
	struct course_lesson *lesson;
	struct course_step *steps; /* the lesson's, while they are being built */
	size_t counts[STEP_QUESTION + 1];
	const char *topic;
};

const char *course_need_name(enum course_need need)
{
	static const char *const names[] = {
		[COURSE_NEED_CGROUPS] = "cgroups",
		[COURSE_NEED_LIMITS] = "limits",
		[COURSE_NEED_COMPOSE] = "compose",
	};
	return names[need];
}

static struct arena *stepper_arena(struct stepper *p)
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
	p->steps = array_grow(p->steps, p->lesson->step_count, sizeof *p->steps);
	p->lesson->steps = p->steps;
	struct course_step *step = &p->steps[p->lesson->step_count++];
	*step = (struct course_step){
		.kind = kind,
		.number = (unsigned)++p->counts[kind],
		.line = block->line,
		.icon = block->icon,
		.topic = p->topic,
		.needs = kind == STEP_EXAMPLE ? p->lesson->needs : 0,
		.blocks = block,
		.block_count = kind == STEP_EXAMPLE || kind == STEP_QUESTION ? 0 : 1,
	};
	return step;
}

/* ---- lines of a directive ---- */

static void append_line(
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
	struct course_line *items = (struct course_line *)lines->items; /* still writable */
	items = arena_grow(stepper_arena(p), items, lines->count, sizeof *items);
	items[lines->count++] = (struct course_line){
		.text = arena_strndup(stepper_arena(p), text, length), .line = line};
	lines->items = items;
}

static void append_lines(struct stepper *p, struct course_lines *lines, const char *text, int line)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		append_line(p, lines, text, length, line++);
		text += length + (text[length] == '\n');
	}
}

/* ---- directives about the step before them ---- */

static bool needs_step(struct stepper *p, const struct note_block *b)
{
	if (last_step(p) != NULL)
		return true;
	course_problem(p->course, p->lesson->note, b->line, true,
		"'%s' applies to the step before it, but there is no step", b->language);
	return false;
}

static void take_check(struct stepper *p, const struct note_block *b)
{
	if (needs_step(p, b))
		append_lines(p, &last_step(p)->checks, b->code, b->line);
}

static void take_skip(struct stepper *p, const struct note_block *b)
{
	if (!needs_step(p, b))
		return;
	struct course_lines reason = {0};
	append_lines(p, &reason, b->code, b->line);
	last_step(p)->skip = reason.count > 0 ? reason.items[0].text : "";
}

/* ---- what a step needs from the sandbox ---- */

static unsigned need_named(const char *name, size_t length)
{
	for (enum course_need i = 0; i < COURSE_NEED_COUNT; i++)
		if (strlen(course_need_name(i)) == length &&
			strncmp(course_need_name(i), name, length) == 0)
			return 1u << i;
	return 0;
}

static void tell_unknown_need(struct stepper *p, const char *name, size_t length, int line)
{
	cleanup_buf struct buf known = {0};
	for (enum course_need i = 0; i < COURSE_NEED_COUNT; i++)
		buf_printf(&known, "%s%s", i > 0 ? ", " : "", course_need_name(i));
	course_problem(p->course, p->lesson->note, line, true,
		"unknown need '%.*s'; expected one of: %s", (int)length, name, buf_text(&known));
}

/* "limits, cgroups", as a set. */
static unsigned read_needs(struct stepper *p, const char *text, int line)
{
	static const char blanks[] = ", \t\n";
	unsigned needs = 0;
	size_t length;
	if (text_is_blank(text))
		course_problem(p->course, p->lesson->note, line, true,
			"'needs' requires at least one name");
	for (; *(text += strspn(text, blanks)) != '\0'; text += length) {
		length = strcspn(text, blanks);
		unsigned need = need_named(text, length);
		if (need == 0)
			tell_unknown_need(p, text, length, line);
		needs |= need;
	}
	return needs;
}

/* Before the first step, the need is the lesson's. */
static void take_needs(struct stepper *p, const struct note_block *b)
{
	unsigned needs = read_needs(p, b->code, b->line);
	if (last_step(p) != NULL)
		last_step(p)->needs |= needs;
	else
		p->lesson->needs |= needs;
}

/* ---- what is typed into an example ---- */

static void set_step_input(struct stepper *p, const struct note_block *b)
{
	if (!needs_step(p, b))
		return;
	const char *text = b->code;
	text += *text == '\n';
	if (last_step(p)->kind == STEP_EXAMPLE) {
		last_step(p)->input = arena_strdup(stepper_arena(p), text);
		last_step(p)->session = false;
	} else {
		course_problem(p->course, p->lesson->note, b->line, true,
			"'input' is typed into the example before it, but there is no example");
	}
}

/* ---- the rules of a quiz ---- */

static bool take_evaluation_line(struct course_evaluation *e, const char *text)
{
	long long number;
	cleanup_free char *value = xstrdup(text + strcspn(text, ":") + (strchr(text, ':') != NULL));
	char *end = value + strcspn(value, "%m");
	bool unit = text_is_blank(end) || text_same(end, "%") || text_same(end, "minutes");
	while (end > value && end[-1] == ' ')
		end--;
	*end = '\0';
	const char *digits = value + strspn(value, " \t");
	if (!unit)
		return false;
	if (text_starts(text, "pass:") && text_number(digits, 1, 100, &number))
		e->pass = (double)number / 100;
	else if (text_starts(text, "attempts:") && text_number(digits, 0, 1000, &number))
		e->attempts = (unsigned)number;
	else if (text_starts(text, "wait:") && text_number(digits, 0, 100000, &number))
		e->wait_minutes = (unsigned)number;
	else
		return false;
	return true;
}

static void take_evaluation(struct stepper *p, const struct note_block *b)
{
	struct course_lines lines = {0};
	append_lines(p, &lines, b->code, b->line);
	for (size_t i = 0; i < lines.count; i++)
		if (!take_evaluation_line(&p->lesson->evaluation, lines.items[i].text))
			course_problem(p->course, p->lesson->note, lines.items[i].line, true,
				"unknown rule '%s'; expected `pass: 80 %%`, `attempts: 3` or `wait: 10 minutes`",
				lines.items[i].text);
}

static void take_quiz(struct stepper *p, const struct note_block *b)
{
	struct course_lines name = {0};
	append_lines(p, &name, b->code, b->line);
	struct course_step *step = add_step(p, STEP_QUESTION, b);
	step->quiz = name.count > 0 ? name.items[0].text : "";
	if (name.count == 0)
		course_problem(p->course, p->lesson->note, b->line, true,
			"'quiz' requires the name of a question");
}

/* Authors write a setup before the step that needs it: if the step before it is not an example, it
 * belongs to the next one. */
static void take_setup(struct stepper *p, const struct note_block *b)
{
	if (needs_step(p, b))
		append_lines(p, &last_step(p)->setups, b->code, b->line);
}

static void take_cleanup(struct stepper *p, const struct note_block *b)
{
	if (needs_step(p, b))
		append_lines(p, &last_step(p)->cleanups, b->code, b->line);
}

/* ---- tasks ---- */

static const struct {
	const char *key;
	size_t offset; /* of the list in struct course_step */
} task_lists[] = {
	{"check:", offsetof(struct course_step, checks)},
	{"hint:", offsetof(struct course_step, hints)},
	{"setup:", offsetof(struct course_step, setups)},
	{"cleanup:", offsetof(struct course_step, cleanups)},
};

/* The text that lines of a task without a key continue. */
enum task_text { TASK_NOTHING, TASK_SOLUTION, TASK_INPUT };

struct task_reader {
	struct stepper *p;
	struct course_step *step;
	enum task_text text;
};

static struct course_entry *last_entry(struct task_reader *t)
{
	struct course_entries *list = &t->step->solution;
	return list->count > 0 ? (struct course_entry *)&list->items[list->count - 1] : NULL;
}

static void add_solution_line(struct task_reader *t, const char *text, int line)
{
	struct course_entries *list = &t->step->solution;
	struct course_entry *items = (struct course_entry *)list->items; /* still writable */
	items = arena_grow(stepper_arena(t->p), items, list->count, sizeof *items);
	items[list->count++] = (struct course_entry){
		.line = arena_strdup(stepper_arena(t->p), text), .line_number = line};
	list->items = items;
	t->text = TASK_SOLUTION;
}

static bool add_input(struct task_reader *t, const char *text)
{
	struct course_entry *entry = last_entry(t);
	if (entry == NULL)
		return false;
	entry->input = arena_printf(
		stepper_arena(t->p), "%s%s\n", entry->input != NULL ? entry->input : "", text);
	t->text = TASK_INPUT;
	return true;
}

/* A line without a key continues the solution or the input before it. */
static bool continue_entry(struct task_reader *t, const char *text)
{
	struct course_entry *entry = last_entry(t);
	if (t->text == TASK_INPUT)
		return add_input(t, text);
	if (t->text == TASK_SOLUTION)
		entry->line = arena_printf(stepper_arena(t->p), "%s\n%s", entry->line, text);
	return t->text == TASK_SOLUTION;
}

/* "web2 = api, shop" */
static bool add_variable(struct task_reader *t, const char *text, int line)
{
	const char *equals = strchr(text, '=');
	size_t length = equals != NULL ? (size_t)(equals - text) : 0;
	while (length > 0 && isspace((unsigned char)text[length - 1]))
		length--;
	if (length == 0 || text_is_blank(equals + 1))
		return false;
	struct course_variables *list = &t->step->variables;
	struct course_variable *items = (struct course_variable *)list->items; /* still writable */
	items = arena_grow(stepper_arena(t->p), items, list->count, sizeof *items);
	items[list->count++] = (struct course_variable){
		.word = arena_strndup(stepper_arena(t->p), text, length),
		.choices =
			arena_strdup(stepper_arena(t->p), equals + 1 + strspn(equals + 1, " \t")),
		.line = line,
	};
	list->items = items;
	return true;
}

/* Returns false if a task has no such line. */
static bool take_task_line(struct task_reader *t, const char *raw, int line)
{
	const char *text = raw + strspn(raw, " \t");
	const char *value = strchr(text, ':');
	value = value != NULL ? value + 1 + strspn(value + 1, " \t") : text;
	if (text_is_blank(text))
		return true;
	if (text_starts(text, "solution:")) {
		add_solution_line(t, value, line);
		return true;
	}
	if (text_starts(text, "input:"))
		return add_input(t, value);
	if (text_starts(text, "fresh:"))
		return add_variable(t, value, line);
	if (text_starts(text, "needs:")) {
		t->step->needs |= read_needs(t->p, value, line);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(task_lists); i++) {
		if (!text_starts(text, task_lists[i].key))
			continue;
		struct course_lines *list =
			(struct course_lines *)(void *)((char *)t->step + task_lists[i].offset);
		t->text = TASK_NOTHING;
		if (text_is_blank(value))
			course_problem(t->p->course, t->p->lesson->note, line, true,
				"'%s' requires a value", task_lists[i].key);
		append_line(t->p, list, value, strlen(value), line);
		return true;
	}
	return continue_entry(t, raw);
}

static void take_task_lines(struct stepper *p, struct course_step *step, const char *text, int line)
{
	struct task_reader t = {.p = p, .step = step};
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		cleanup_free char *one = xstrndup(text, length);
		if (!take_task_line(&t, one, line))
			course_problem(p->course, p->lesson->note, line, true,
				"unknown line '%s' in a task; expected check:, hint:, solution:, input: (after a solution), fresh: WORD = CHOICES, needs: NAMES, setup: or cleanup:",
				one);
		text += length + (text[length] == '\n');
		line++;
	}
}

/* The text before the directive, usually a 🧪 callout, becomes the task's. */
static void take_task(struct stepper *p, const struct note_block *b)
{
	if (!needs_step(p, b))
		return;
	struct course_step *step = last_step(p);
	if (step->kind != STEP_CALLOUT && step->kind != STEP_PROSE) {
		course_problem(p->course, p->lesson->note, b->line, true,
			"a task needs text before it that says what to do");
		return;
	}
	const char *name = b->code;
	size_t length = strcspn(name, "\n");
	struct course_lines title = {0};
	step->kind = STEP_TASK;
	step->needs |= p->lesson->needs;
	append_line(p, &title, name, length, b->line);
	step->number = (unsigned)++p->counts[STEP_TASK];
	if (title.count > 0)
		step->id = title.items[0].text;
	take_task_lines(p, step, name + length + (name[length] == '\n'), b->line + 1);
	if (step->checks.count == 0)
		course_problem(p->course, p->lesson->note, b->line, true,
			"task '%s' has no check, so it can never be completed",
			step->id != NULL ? step->id : _("without a name"));
}

static const struct {
	const char *word;
	void (*take)(struct stepper *p, const struct note_block *b);
} directives[] = {
	{"check", take_check},
	{"task", take_task},
	{"quiz", take_quiz},
	{"setup", take_setup},
	{"cleanup", take_cleanup},
	{"skip", take_skip},
	{"input", set_step_input},
	{"needs", take_needs},
	{"evaluation", take_evaluation},
};

static void apply_directive(struct stepper *p, const struct note_block *b)
{
	for (size_t i = 0; i < ARRAY_LENGTH(directives); i++)
		if (text_same(directives[i].word, b->language))
			directives[i].take(p, b);
}

/* ---- blocks ---- */

/* A remark above a command belongs to it. */
static void add_example(struct stepper *p, const struct note_block *b)
{
	struct course_step *step = add_step(p, STEP_EXAMPLE, b);
	bool remark = b > p->lesson->section->blocks && b[-1].kind == NOTE_COMMENT;
	step->blocks = remark ? b - 1 : b;
	step->block_count = remark ? 1 : 0;
	step->language = b->language;
	step->command = b->code;
	step->output = b->output;
	step->input = b->input;
	step->session = b->input != NULL;
}

/* A fence of its own shows what is typed into the last example. */
static void add_input_shown(struct stepper *p, const struct note_block *b)
{
	size_t i = p->lesson->step_count;
	while (i > 0 && p->steps[i - 1].kind != STEP_EXAMPLE)
		i--;
	struct course_step *step = i > 0 ? &p->steps[i - 1] : NULL;
	if (step == NULL || (step->input != NULL && !step->session))
		return;
	step->input = arena_printf(
		stepper_arena(p), "%s%s", step->input != NULL ? step->input : "", b->input);
	step->session = true;
}

/* A callout is a step of its own; other blocks join the prose before them. A thematic break alone
 * does not begin a step. */
static void add_prose(struct stepper *p, const struct note_block *b)
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
	struct course_topic *topics = (struct course_topic *)l->topics; /* still writable */
	cleanup_buf struct buf title = {0};
	note_text_plain(&b->text, &title);
	topics = arena_grow(stepper_arena(p), topics, l->topic_count, sizeof *topics);
	topics[l->topic_count++] = (struct course_topic){
		.title = arena_strdup(stepper_arena(p), buf_text(&title)),
		.source = b->link > 0 ? l->section->links[b->link - 1].url : NULL,
		.line = b->line,
	};
	l->topics = topics;
	p->topic = topics[l->topic_count - 1].title;
	add_prose(p, b);
}

static void set_objective(struct stepper *p, const struct note_block *b)
{
	cleanup_buf struct buf text = {0};
	if (p->lesson->objective != NULL || b->icon != NOTE_ICON_OBJECTIVE)
		return;
	note_text_plain(&b->text, &text);
	p->lesson->objective = arena_strdup(stepper_arena(p), buf_text(&text));
}

/* If two tasks shared a name, completing one would complete the other. */
static void check_task_ids(struct stepper *p)
{
	for (size_t i = 0; i < p->lesson->step_count; i++)
		for (size_t k = 0; p->steps[i].kind == STEP_TASK && k < i; k++) {
			if (p->steps[k].kind != STEP_TASK || p->steps[k].id == NULL ||
				!text_same(p->steps[i].id, p->steps[k].id))
				continue;
			course_problem(p->course, p->lesson->note, p->steps[i].line, true,
				"two tasks of this lesson are called '%s'", p->steps[i].id);
			break;
		}
}

void steps_read(struct course *course, struct course_lesson *lesson)
{
	struct stepper p = {.course = course, .lesson = lesson};
	const struct note_section *s = lesson->section;
	for (size_t i = 0; i < s->block_count; i++) {
		const struct note_block *b = &s->blocks[i];
		if (b->kind == NOTE_COMMENT && i + 1 < s->block_count && b[1].kind == NOTE_COMMAND)
			continue; /* add_example() uses it */
		if (b->kind == NOTE_DIRECTIVE)
			apply_directive(&p, b);
		else if (b->kind == NOTE_COMMAND)
			add_example(&p, b);
		else if (b->kind == NOTE_TOPIC)
			take_topic(&p, b);
		else
			add_prose(&p, b);
		if (b->kind == NOTE_LISTING && b->input != NULL)
			add_input_shown(&p, b);
		set_objective(&p, b);
	}
	check_task_ids(&p);
	p.steps =
		arena_steal_array(stepper_arena(&p), p.steps, lesson->step_count, sizeof *p.steps);
	lesson->steps = p.steps;
	identity_name_steps(course, p.steps, lesson->step_count);
}
