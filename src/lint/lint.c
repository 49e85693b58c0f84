/* lint/lint.c - goes through a course and its questions, and collects what is wrong with them */
#include "private.h"
#include "check.h"
#include "cli.h"
#include "explain.h"
#include "quiz.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

/* Lines that look like commands in a note of which none was found. */
#define UNFOUND_MIN 2

struct linter {
	const struct course *course;
	const struct words *images; /* NULL: unknown */
	struct words known;         /* the images, and those that the course makes */
	struct lint_source source;  /* of the note that is looked at */
	struct lint_report *out;
};

/* ---- the report ---- */

/* In one line: a command may have several. The caller frees it. */
static char *one_line(const char *text)
{
	struct buf out = {0};
	for (; *text != '\0'; text++) {
		bool continues = text[0] == '\\' && text[1] == '\n';
		if (*text != '\n' && !continues) {
			buf_add_char(&out, *text);
			continue;
		}
		text += continues;
		text += strspn(text + 1, " \t");
		if (out.length > 0 && out.data[out.length - 1] != ' ')
			buf_add_char(&out, ' ');
	}
	return buf_steal(&out);
}

static struct lint_problem *add_problem(struct lint_report *out, const char *rule,
	enum lint_level level, const char *path, struct lint_place place, const char *message)
{
	cleanup_free char *line = one_line(message);
	out->items = arena_grow(&out->arena, out->items, out->count, sizeof *out->items);
	struct lint_problem *p = &out->items[out->count++];
	*p = (struct lint_problem){
		.rule = rules_find(rule),
		.level = level,
		.path = arena_strdup(&out->arena, path),
		.line = place.line,
		.column = place.column,
		.end_line = place.end_line,
		.end_column = place.end_column,
		.message = arena_strdup(&out->arena, line),
	};
	return p;
}

static const struct lint_place whole_file = {1, 1, 1, 1};

void lint_add_unreadable(const char *path, const char *why, struct lint_report *ret)
{
	add_problem(ret, "unreadable", LINT_ERROR, path, whole_file, why);
}

static void use_source(struct linter *l, const char *path)
{
	if (text_same(l->source.path, path))
		return;
	locate_finish(&l->source);
	locate_begin(&l->source, path);
}

/* ---- what loading found ---- */

static void add_course_problems(struct linter *l)
{
	for (size_t i = 0; i < l->course->problem_count; i++) {
		const struct course_problem *p = &l->course->problems[i];
		use_source(l, p->path);
		add_problem(l->out, p->serious ? "format" : "left-out",
			p->serious ? LINT_ERROR : LINT_NOTE, p->path,
			locate_quoted(&l->source, p->line, p->message), p->message);
	}
}

/* ---- questions ---- */

static void add_quiz_problems(const struct quiz *quiz, struct lint_report *out)
{
	for (size_t i = 0; i < quiz->problem_count; i++) {
		const struct quiz_problem *p = &quiz->problems[i];
		const struct lint_place place = {p->line, p->column, p->line, p->column};
		add_problem(out, p->serious ? "question" : "moodle",
			p->serious ? LINT_ERROR : LINT_NOTE, p->path, place, p->message);
	}
}

void lint_check_bank(const char *path, struct lint_report *ret)
{
	struct quiz *quiz = NULL;
	cleanup_error struct error err = {0};
	if (!quiz_load(path, &quiz, &err)) {
		lint_add_unreadable(path, error_text(&err), ret);
		return;
	}
	add_quiz_problems(quiz, ret);
	quiz_destroy(quiz);
}

static void check_quiz(struct linter *l, const struct course_lesson *lesson)
{
	struct quiz *quiz = NULL;
	cleanup_error struct error err = {0};
	if (lesson->quiz_path != NULL && !quiz_load(lesson->quiz_path, &quiz, &err))
		lint_add_unreadable(lesson->quiz_path, error_text(&err), l->out);
	else if (quiz != NULL)
		add_quiz_problems(quiz, l->out);
	for (size_t i = 0; i < lesson->step_count; i++) {
		const struct course_step *step = &lesson->steps[i];
		if (step->kind != STEP_QUESTION || *step->quiz == '\0' ||
			(quiz != NULL && quiz_find(quiz, step->quiz) != NULL))
			continue;
		cleanup_free char *message =
			xasprintf(_("the lesson's quiz has no question '%s'"), step->quiz);
		add_problem(l->out, "missing-question", LINT_ERROR, lesson->note->path,
			locate_text(&l->source, step->line, step->quiz), message);
	}
	quiz_destroy(quiz);
}

/* ---- checks and tasks ---- */

static void check_statements(struct linter *l, const struct course_step *step)
{
	for (size_t i = 0; i < step->checks.count; i++) {
		const struct course_line *line = &step->checks.items[i];
		struct check_plan *plan = NULL;
		cleanup_error struct error err = {0};
		if (check_plan_parse(&line->text, 1, step->output, &plan, NULL, &err))
			check_plan_destroy(plan);
		else
			add_problem(l->out, "check", LINT_ERROR, l->source.path,
				locate_text(&l->source, line->line, line->text), error_text(&err));
	}
}

static void check_task(struct linter *l, const struct course_step *step)
{
	if (step->kind == STEP_TASK && step->solution.count == 0)
		add_problem(l->out, "task-without-solution", LINT_WARNING, l->source.path,
			locate_text(&l->source, step->line, ""),
			_("this task has no solution, so it can be neither tested nor shown"));
}

/* ---- docker's command line ---- */

/* An example may show a mistake on purpose: its check or its output says so. */
static bool is_meant_to_fail(const struct course_step *step)
{
	static const char *const words[] = {"rror", "unknown", "invalid", "not a docker command",
		"requires", "sage:", "not found", "denied", "No such"};
	for (size_t i = 0; i < step->checks.count; i++) {
		const char *text = step->checks.items[i].text;
		if (text_starts(text, "exit ") && !text_same(text, "exit 0"))
			return true;
	}
	for (size_t i = 0; step->output != NULL && i < ARRAY_LENGTH(words); i++)
		if (strstr(step->output, words[i]) != NULL)
			return true;
	return false;
}

/* Returns false if a word of the line is not the image that docker takes it for. */
static bool check_command(struct linter *l, const char *command, int line, enum lint_level level)
{
	bool good = true;
	struct explain_faults faults = {0};
	explain_find_faults(command, &faults);
	for (size_t i = 0; i < faults.count; i++) {
		const struct explain_fault *f = &faults.items[i];
		struct lint_problem *p = add_problem(l->out, f->rule, level, l->source.path,
			locate_in_command(&l->source, line, command, f->begin, f->end), f->text);
		p->repaired = arena_strdup(&l->out->arena, f->repaired);
		good = good && !text_same(f->rule, "split-value");
	}
	explain_faults_finish(&faults);
	return good;
}

/* ---- images ---- */

/* Which operand or option of a command names an image: to pull, or that it makes. */
static const struct {
	const char *command, *option; /* NULL: operand number `operand` */
	size_t operand;
	bool makes;
} image_words[] = {
	{"container run", NULL, 0, false},
	{"container create", NULL, 0, false},
	{"image pull", NULL, 0, false},
	{"image build", "--tag", 0, true},
	{"buildx build", "--tag", 0, true},
	{"image tag", NULL, 1, true},
	{"container commit", NULL, 1, true},
	{"image import", NULL, 1, true},
};

/* Returns what is said of an image that cannot be pulled; NULL: nothing. The caller frees it. */
static char *describe_missing_image(const struct linter *l, const char *name)
{
	cleanup_free char *wrong = cli_check_image(name);
	return wrong == NULL ? explain_missing_image(name, &l->known) : NULL;
}

static void check_call_images(struct linter *l, const struct cli_call *call, const char *command,
	int line, enum lint_level level)
{
	for (size_t i = 0; i < ARRAY_LENGTH(image_words); i++) {
		if (!text_same(image_words[i].command, call->command->name))
			continue;
		size_t n = image_words[i].operand;
		const char *name = image_words[i].option != NULL
					   ? cli_value_of(call, image_words[i].option)
					   : cli_operand(call, n);
		if (text_is_blank(name) || strpbrk(name, "$`<*") != NULL)
			continue;
		if (image_words[i].makes) {
			if (!words_has(&l->known, name))
				words_add(&l->known, name);
			continue;
		}
		cleanup_free char *message = describe_missing_image(l, name);
		struct shell_span span = call->line->spans[call->operands[n]];
		if (message != NULL)
			add_problem(l->out, "missing-image", level, l->source.path,
				locate_in_command(&l->source, line, command, span.begin, span.end),
				message);
	}
}

/* A line that the shell repeats or composes is read, too: its commands are simple ones. */
static void check_images(struct linter *l, const char *command, int line, enum lint_level level)
{
	struct shell_commands commands;
	shell_split(command, &commands);
	for (size_t i = 0; i < commands.count; i++) {
		struct cli_call call;
		if (cli_read(&commands.items[i], &call))
			check_call_images(l, &call, command, line, level);
		cli_call_finish(&call);
	}
	shell_commands_finish(&commands);
}

/* A placeholder may stand for anything. */
static void check_line(
	struct linter *l, const char *command, int line, enum lint_level level, bool images)
{
	if (note_placeholders(command, NULL, NULL) > 0)
		return;
	bool good = check_command(l, command, line, level);
	if (good && images && l->images != NULL)
		check_images(l, command, line, level);
}

static bool is_dockerfile(const struct note_block *b)
{
	const char *name = b->file != NULL ? path_base(b->file) : "";
	return b->kind == NOTE_LISTING &&
	       (text_starts(name, "Dockerfile") || text_ends(name, ".dockerfile") ||
		       text_ends(name, "Containerfile"));
}

/* "FROM --platform=x golang:1 AS build": the image, if it has to be pulled. The caller frees it. */
static char *image_of_from(const char *line, struct words *stages)
{
	cleanup_words struct words parts = {0};
	for (line += strspn(line, " \t"); *line != '\0'; line += strspn(line, " \t")) {
		size_t length = strcspn(line, " \t");
		cleanup_free char *part = xstrndup(line, length);
		if (!text_starts(part, "--"))
			words_add(&parts, part);
		line += length;
	}
	if (parts.count < 2 || !text_same_fold(parts.items[0], "FROM"))
		return NULL;
	const char *image = parts.items[1];
	bool made = words_has(stages, image) || text_same(image, "scratch") ||
		    strpbrk(image, "$<") != NULL;
	if (parts.count == 4 && text_same_fold(parts.items[2], "AS"))
		words_add(stages, parts.items[3]);
	return made ? NULL : xstrdup(image);
}

static void check_dockerfile(struct linter *l, const struct note_block *b)
{
	cleanup_words struct words stages = {0};
	if (l->images == NULL || !is_dockerfile(b))
		return;
	for (int number = b->line; number <= b->last_line; number++) {
		cleanup_free char *line = locate_line(&l->source, number);
		cleanup_free char *image = line != NULL ? image_of_from(line, &stages) : NULL;
		cleanup_free char *message =
			image != NULL ? describe_missing_image(l, image) : NULL;
		if (message != NULL)
			add_problem(l->out, "missing-image", LINT_WARNING, l->source.path,
				locate_text(&l->source, number, image), message);
	}
}

/* ---- steps ---- */

static void check_step(struct linter *l, const struct course_step *step)
{
	bool runs = step->skip == NULL;
	enum lint_level level = runs && !is_meant_to_fail(step) ? LINT_WARNING : LINT_NOTE;
	check_statements(l, step);
	check_task(l, step);
	for (size_t i = 0; i < step->setups.count; i++)
		check_line(l, step->setups.items[i].text, step->setups.items[i].line, level, true);
	for (size_t i = 0; i < step->block_count; i++)
		check_dockerfile(l, &step->blocks[i]);
	if (step->command != NULL)
		check_line(l, step->command, step->line, level, runs);
	for (size_t i = 0; i < step->solution.count; i++) {
		const struct course_entry *entry = &step->solution.items[i];
		check_line(l, entry->line, entry->line_number, level, true);
	}
	for (size_t i = 0; i < step->cleanups.count; i++)
		check_line(l, step->cleanups.items[i].text, step->cleanups.items[i].line, level,
			false);
}

/* ---- notes without commands ---- */

static bool has_commands(const struct course *course, const struct note *note)
{
	for (size_t i = 0; i < course->lesson_count; i++) {
		const struct course_lesson *lesson = &course->lessons[i];
		for (size_t k = 0; lesson->note == note && k < lesson->step_count; k++) {
			enum course_step_kind kind = lesson->steps[k].kind;
			if (kind == STEP_EXAMPLE || kind == STEP_TASK)
				return true;
		}
	}
	return false;
}

/* The line belongs to a text about notes. */
static bool is_quoted_note(const struct note *note, int line)
{
	static const char *const words[] = {"markdown", "md", "mdx", "gift"};
	for (size_t i = 0; i < note->section_count; i++)
		for (size_t k = 0; k < note->sections[i].block_count; k++) {
			const struct note_block *b = &note->sections[i].blocks[k];
			if (b->kind == NOTE_LISTING && line >= b->line && line <= b->last_line &&
				text_is_one_of_fold(b->language, words, ARRAY_LENGTH(words)))
				return true;
		}
	return false;
}

/* A line that someone would type, whatever surrounds it. */
static bool is_typed(const regex_t *typed, const struct note *note, const char *text, int line)
{
	return regexec(typed, text, 0, NULL, 0) == 0 && !is_quoted_note(note, line);
}

static void check_for_commands(struct linter *l, const struct note *note)
{
	static const char pattern[] =
		"^[[:blank:]>*|`<a-z/+.0-9-]*((\\$|#|%)[[:blank:]]+)?`*"
		"(<[^>]*>)*(docker(-compose)?|podman|kubectl|helm|git|sudo|apt(-get)?|npm|pip3?|curl|"
		"mkdir|cd|ls|cat|echo|chmod|systemctl)[[:blank:]]+[-a-z0-9/.~\"'$]";
	regex_t typed;
	int first = 0;
	size_t count = 0;
	if (has_commands(l->course, note) ||
		regcomp(&typed, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return;
	char *line;
	for (int i = 1; (line = locate_line(&l->source, i)) != NULL; i++) {
		bool fits = is_typed(&typed, note, line, i);
		first = fits && count == 0 ? i : first;
		count += fits;
		free(line);
	}
	regfree(&typed);
	if (count < UNFOUND_MIN)
		return;
	cleanup_free char *message = xasprintf(
		_("%zu lines look like commands, but ropes found none to run; put them into a fence such as ```console, each after `$ `"),
		count);
	add_problem(l->out, "no-commands", LINT_WARNING, note->path,
		locate_text(&l->source, first, ""), message);
}

/* ---- courses ---- */

void lint_check_course(
	const struct course *course, const struct words *images, struct lint_report *ret)
{
	struct linter l = {.course = course, .images = images, .out = ret};
	for (size_t i = 0; images != NULL && i < images->count; i++)
		words_add(&l.known, images->items[i]);
	add_course_problems(&l);
	for (size_t i = 0; i < course->lesson_count; i++) {
		const struct course_lesson *lesson = &course->lessons[i];
		use_source(&l, lesson->note->path);
		check_quiz(&l, lesson);
		for (size_t k = 0; k < lesson->step_count; k++)
			check_step(&l, &lesson->steps[k]);
	}
	for (size_t i = 0; i < course->note_count; i++) {
		use_source(&l, course->notes[i]->path);
		if (!quiz_is_bank(l.source.path))
			check_for_commands(&l, course->notes[i]);
	}
	locate_finish(&l.source);
	words_finish(&l.known);
}

/* ---- looking at a report ---- */

static int compare_problems(const void *a, const void *b)
{
	const struct lint_problem *x = a, *y = b;
	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return (x->column > y->column) - (x->column < y->column);
}

void lint_sort(struct lint_report *report)
{
	cleanup_words struct words paths = {0};
	for (size_t i = 0; i < report->count; i++) {
		struct lint_problem *p = &report->items[i];
		while (p->file < paths.count && !text_same(paths.items[p->file], p->path))
			p->file++;
		if (p->file == paths.count)
			words_add(&paths, p->path);
	}
	if (report->count > 0)
		qsort(report->items, report->count, sizeof *report->items, compare_problems);
}

size_t lint_count(const struct lint_report *report, enum lint_level level)
{
	size_t count = 0;
	for (size_t i = 0; i < report->count; i++)
		count += report->items[i].level == level;
	return count;
}

void lint_finish(struct lint_report *report)
{
	arena_finish(&report->arena);
	*report = (struct lint_report){0};
}
