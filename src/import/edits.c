/* import/edits.c - what a note needs to be an editable course: its id, checks, fences, repairs */
#include "check.h"
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 60 /* columns of a quoted line */

struct planner {
	struct draft *draft;
	const struct course *course;
	const struct note *note;
};

static const char *shown_line(struct planner *p, const char *text)
{
	size_t length = strcspn(text, "\n");
	bool whole = text[length] == '\0' && utf8_fit(text, length, SHOWN_MAX) == length;
	return arena_printf(&p->draft->arena, "%.*s%s", (int)utf8_fit(text, length, SHOWN_MAX),
		text, whole ? "" : "…");
}

static void plan_remark(struct planner *p, enum import_kind kind, int line, const char *format, ...)
	PRINTF_LIKE(4, 5);

static void plan_remark(struct planner *p, enum import_kind kind, int line, const char *format, ...)
{
	cleanup_buf struct buf text = {0};
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	const struct draft_edit edit = {.line = line,
		.kind = kind,
		.remark = arena_strdup(&p->draft->arena, buf_text(&text)),
		.remark_line = line > 0 ? line : 1};
	draft_add(p->draft, &edit);
}

/* ---- the head ---- */

static void plan_id(struct planner *p, const char *id)
{
	const char *first = draft_line(p->draft, 1);
	struct arena *arena = &p->draft->arena;
	struct draft_edit edit = {.kind = IMPORT_GUESSED,
		.remark = arena_printf(arena,
			_("id %s: the course keeps its learners' marks under it wherever it is"),
			id)};
	if (p->note->head_lines == 0)
		edit.text = arena_printf(
			arena, "---\nid: %s\n---\n%s", id, text_is_blank(first) ? "" : "\n");
	else if (text_starts(first, "---") || text_starts(first, "+++"))
		edit.text = arena_printf(arena, *first == '+' ? "id = \"%s\"\n" : "id: %s\n", id);
	else
		edit.text = arena_printf(arena, "%c id: %s\n", *first, id);
	edit.line = p->note->head_lines > 0 && strchr("-+", *first) != NULL && first[1] == *first;
	draft_add(p->draft, &edit);
}

/* ---- markup of other programs ---- */

/* Returns the line of the file, if the text did not need a repair of its characters. */
static const char *next_original(struct planner *p, const char **at)
{
	size_t length = strcspn(*at, "\n");
	const char *line = *at;
	*at += length + (line[length] == '\n');
	while (length > 0 && line[length - 1] == '\r')
		length--;
	return arena_strndup(&p->draft->arena, line, length);
}

/* Says once what a run of translated lines was; lines that were left out leave no second blank
 * line. */
static void plan_translated(struct planner *p)
{
	const char *at = buf_text(&p->draft->original);
	bool was = false, blank = true;
	if (p->note->repaired_from != NULL)
		return;
	at += text_starts(at, "\xEF\xBB\xBF") ? 3 : 0;
	for (int i = 1; (size_t)i <= p->draft->count; i++) {
		const char *old = next_original(p, &at), *new = draft_line(p->draft, i);
		bool empty = text_is_blank(new), changed = !text_same(old, new);
		if (changed && !empty && !was)
			plan_remark(p, IMPORT_REPAIRED, i, _("rewritten as plain Markdown: %s"),
				shown_line(p, old));
		if (changed && *new == '\0' && !text_is_blank(old) && blank)
			draft_add(p->draft,
				&(struct draft_edit){.line = i - 1, .removed = 1, .subject = i});
		was = (changed && !empty) || (was && empty);
		blank = *new == '\0';
	}
}

/* ---- fences ---- */

/* The line that opens a fence, as what contains it, its signs and its words. */
struct opening {
	const char *prefix; /* what the fence's other lines begin with */
	const char *signs;
	const char *info;
};

static struct opening read_opening(struct planner *p, int line)
{
	struct arena *arena = &p->draft->arena;
	const char *text = draft_line(p->draft, line);
	size_t before = strcspn(text, "`~");
	char *prefix = arena_strndup(arena, text, before);
	for (char *c = prefix; *c != '\0'; c++)
		if (*c != '>' && *c != '\t')
			*c = ' ';
	size_t signs = strspn(text + before, text[before] == '~' ? "~" : "`");
	return (struct opening){.prefix = prefix,
		.signs = arena_strndup(arena, text + before, signs),
		.info = text + before + signs};
}

static bool is_fence_closed(
	struct planner *p, const struct opening *fence, const struct note_block *b)
{
	const char *line = draft_line(p->draft, b->fence_end);
	line += strspn(line, " \t>");
	return b->fence_end > b->fence && text_starts(line, fence->signs) &&
	       text_is_blank(line + strspn(line, *fence->signs == '~' ? "~" : "`"));
}

/* What is said, and fixed, once for a fence. */
static void plan_fence(struct planner *p, const struct note_block *b)
{
	struct opening fence = read_opening(p, b->fence);
	if (*fence.signs != '\0' && !is_fence_closed(p, &fence, b))
		draft_add(p->draft,
			&(struct draft_edit){.line = b->fence_end,
				.text = arena_printf(
					&p->draft->arena, "%s%s\n", fence.prefix, fence.signs),
				.subject = b->fence_end,
				.kind = IMPORT_REPAIRED,
				.remark = _(
					"this fence was never closed, and ends with the text now"),
				.remark_line = b->fence});
	if (b->kind == NOTE_COMMAND && !note_language_runs(b->language))
		plan_remark(p, IMPORT_GUESSED, b->fence,
			*b->language != '\0'
				? _("the fence `%s` was read as commands")
				: _("the fence%s without a language was read as commands"),
			b->language);
}

static void plan_listing(struct planner *p, const struct note_block *b)
{
	const char *info = draft_line(p->draft, b->fence);
	if (b->file != NULL && strstr(info, "file=") == NULL && strstr(info, "title=") == NULL)
		plan_remark(p, IMPORT_GUESSED, b->fence > 0 ? b->fence : b->line,
			_("this is the file %s; `file=NAME` after the language of its fence says otherwise"),
			b->file);
}

/* ---- checks ---- */

static const char *directive_of(struct planner *p, const char *prefix, const struct words *checks)
{
	cleanup_buf struct buf out = {0};
	buf_printf(&out, "%s<!-- check\n", prefix);
	for (size_t i = 0; i < checks->count; i++)
		buf_printf(&out, "%s%s\n", prefix, checks->items[i]);
	buf_printf(&out, "%s-->\n", prefix);
	return arena_strdup(&p->draft->arena, buf_text(&out));
}

/* The learner may choose another port of the host: "container it publishes 80/tcp on 8080" */
static void generalize_ports(struct words *checks)
{
	for (size_t i = 0; i < checks->count; i++) {
		char *port = text_starts(checks->items[i], "container it publishes ")
				     ? strstr(checks->items[i], " on ")
				     : NULL;
		if (port != NULL)
			*port = '\0';
	}
}

/* Returns whether the statements say more than how the command ended. */
static bool says_more(const struct words *checks)
{
	for (size_t i = 0; i < checks->count; i++)
		if (!text_starts(checks->items[i], "exit "))
			return true;
	return false;
}

/* Lists the statements by which ropes judges the example; none if it has its own, is not run, or
 * *ret_why says why they cannot be written down. */
static void derive_checks(const struct course_step *step, struct words *ret, const char **ret_why)
{
	*ret_why = NULL;
	if (step->checks.count > 0 || step->skip != NULL)
		return;
	cleanup_free char *example = note_fill_placeholders(step->command, CHECK_GAP);
	struct check_plan *plan = check_plan_derive(example, NULL, step->output);
	check_plan_statements(plan, ret);
	generalize_ports(ret);
	if (!says_more(ret) && !text_same(example, step->command))
		*ret_why = _("its check depends on how the learner fills the gap");
	else if (check_plan_is_status_only(plan))
		*ret_why = _("only its exit status can be checked");
	check_plan_destroy(plan);
	for (size_t i = 0; i < ret->count && *ret_why == NULL; i++)
		if (strstr(ret->items[i], "-->") != NULL)
			*ret_why = _("its check cannot be written in a comment");
}

static const char *checks_in_words(struct planner *p, const struct words *checks)
{
	cleanup_buf struct buf out = {0};
	for (size_t i = 0; i < checks->count; i++)
		buf_printf(&out, "%s%s", i > 0 ? "; " : "", checks->items[i]);
	return arena_strdup(&p->draft->arena, buf_text(&out));
}

/* A directive belongs to the step before it: a fence with more commands is divided after this one.
 */
static void plan_fenced_check(struct planner *p, const struct note_block *b,
	const struct note_block *next, const struct words *checks)
{
	const struct opening fence = read_opening(p, b->fence);
	struct draft_edit edit = {.line = b->fence_end,
		.subject = b->line,
		.text = directive_of(p, fence.prefix, checks),
		.kind = IMPORT_GUESSED,
		.remark_line = b->line,
		.remark = arena_printf(&p->draft->arena, _("`%s` is checked by: %s"),
			shown_line(p, b->code), checks_in_words(p, checks)),
		.is_check = true};
	if (next != NULL && next->fence == b->fence) {
		edit.line = next->line - 1;
		while (edit.line > b->last_line && text_is_blank(draft_line(p->draft, edit.line))) {
			edit.line--;
			edit.removed++;
		}
		edit.text = arena_printf(&p->draft->arena, "%s%s\n%s%s%s%s\n", fence.prefix,
			fence.signs, edit.text, fence.prefix, fence.signs, fence.info);
	}
	draft_add(p->draft, &edit);
}

/* ---- commands outside fences ---- */

static void add_unblank(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++)
		if (strchr(" \t\n", *text) == NULL)
			buf_add_char(out, *text);
}

/* Returns whether the lines have the command, its prompt and marks of code, and nothing else. */
static bool is_only_command(struct planner *p, const struct note_block *b)
{
	cleanup_buf struct buf lines = {0}, command = {0};
	for (int i = b->line; i <= b->last_line; i++)
		add_unblank(&lines, draft_line(p->draft, i));
	add_unblank(&command, b->prompt);
	add_unblank(&command, b->code);
	const char *text = buf_text(&lines);
	size_t marks = strspn(text, "`"), length = lines.length;
	if (marks > 0 && length > 2 * marks && strspn(text + length - marks, "`") == marks) {
		buf_truncate(&lines, length - marks);
		buf_remove_front(&lines, marks);
	}
	return text_same(buf_text(&lines), buf_text(&command));
}

static void plan_loose(struct planner *p, const struct note_block *b, const struct words *checks)
{
	bool paragraph = b->list_depth == 0 && b->quote_depth == 0 && b->input == NULL &&
			 b->output == NULL && is_only_command(p, b);
	plan_remark(p, IMPORT_GUESSED, b->line, _("a command in the text: `%s`"),
		shown_line(p, b->code));
	if (!paragraph) {
		if (checks->count > 0)
			plan_remark(p, IMPORT_LEFT, b->line,
				_("`%s` is checked, but a check can only be written below a fence"),
				shown_line(p, b->code));
		return;
	}
	draft_add(p->draft,
		&(struct draft_edit){.line = b->line - 1,
			.removed = b->last_line - b->line + 1,
			.subject = b->line,
			.text = arena_printf(&p->draft->arena, "```console\n$ %s\n```\n%s", b->code,
				checks->count > 0 ? directive_of(p, "", checks) : ""),
			.kind = IMPORT_GUESSED,
			.remark_line = b->line,
			.remark = checks->count > 0 ? arena_printf(&p->draft->arena,
							      _("`%s` is checked by: %s"),
							      shown_line(p, b->code),
							      checks_in_words(p, checks))
						    : NULL,
			.is_check = checks->count > 0});
}

/* ---- lessons ---- */

static void plan_example(struct planner *p, const struct course_step *step,
	const struct note_block *b, const struct note_block *next)
{
	cleanup_words struct words checks = {0};
	const char *why;
	derive_checks(step, &checks, &why);
	if (why != NULL)
		words_finish(&checks);
	if (b->fence == 0)
		plan_loose(p, b, &checks);
	else if (checks.count > 0)
		plan_fenced_check(p, b, next, &checks);
	if (why != NULL)
		plan_remark(p, IMPORT_LEFT, b->line, "`%s`: %s", shown_line(p, b->code), why);
}

/* "#", "## [🔗](…)": a lesson without a name gets the one that ropes shows. */
static void plan_title(struct planner *p, const struct note_section *s)
{
	const char *line = draft_line(p->draft, s->line);
	size_t signs = strspn(line, " ");
	signs += strspn(line + signs, "#");
	if (s->level == 0 || !text_same(s->title, "(no title)") || strstr(line, s->title) != NULL ||
		signs == 0 || line[signs - 1] != '#')
		return;
	draft_add(p->draft, &(struct draft_edit){.line = s->line - 1,
				    .removed = 1,
				    .subject = s->line,
				    .text = arena_printf(&p->draft->arena, "%.*s %s%s\n",
					    (int)signs, line, s->title, line + signs),
				    .kind = IMPORT_REPAIRED,
				    .remark = _("a heading without words"),
				    .remark_line = s->line});
}

static void plan_lesson(struct planner *p, const struct course_lesson *lesson)
{
	const struct note_section *s = lesson->section;
	int fence = 0;
	plan_title(p, s);
	for (size_t i = 0, step = 0; i < s->block_count; i++) {
		const struct note_block *b = &s->blocks[i];
		if (b->fence > 0 && b->fence != fence)
			plan_fence(p, b);
		fence = b->fence;
		if (b->kind == NOTE_LISTING)
			plan_listing(p, b);
		if (b->kind != NOTE_COMMAND)
			continue;
		while (lesson->steps[step].command != b->code)
			step++;
		plan_example(p, &lesson->steps[step], b, i + 1 < s->block_count ? b + 1 : NULL);
	}
}

/* ---- problems ---- */

static bool is_fixed(const struct planner *p, int line)
{
	for (size_t i = 0; i < p->draft->edit_count; i++)
		if (p->draft->edits[i].kind == IMPORT_REPAIRED && p->draft->edits[i].text != NULL &&
			p->draft->edits[i].remark_line == line)
			return true;
	return false;
}

static void plan_problems(struct planner *p)
{
	const struct note *note = p->note;
	size_t own = 0; /* problems of the note come first among those of its path */
	for (size_t i = 0; i < p->course->problem_count; i++) {
		const struct course_problem *problem = &p->course->problems[i];
		if (!text_same(problem->path, note->path))
			continue;
		bool repaired = own < note->problem_count && note->problems[own].repaired;
		own++;
		if (repaired || !is_fixed(p, problem->line))
			plan_remark(p, repaired ? IMPORT_REPAIRED : IMPORT_LEFT, problem->line,
				"%s", problem->message);
	}
}

void edits_plan(
	struct draft *draft, const struct course *course, const struct note *note, const char *id)
{
	struct planner p = {.draft = draft, .course = course, .note = note};
	if (id != NULL)
		plan_id(&p, id);
	plan_translated(&p);
	for (size_t i = 0; i < course->lesson_count; i++)
		if (course->lessons[i].note == note)
			plan_lesson(&p, &course->lessons[i]);
	plan_problems(&p);
}
