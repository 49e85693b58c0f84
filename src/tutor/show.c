/* tutor/show.c - how a lesson, a step and a verdict look */
#include "tutor.h"
#include "quiz.h"
#include "session.h"

#include <stdlib.h>

#define OUTPUT_LINES 12 /* lines of an expected output; the rest is counted */

void show_lesson_head(struct screen *screen, const struct course *course, size_t lesson)
{
	const struct course_lesson *l = &course->lessons[lesson];
	cleanup_free char *place = xasprintf("%zu/%zu", lesson + 1, course->lesson_count);
	screen_newline(screen);
	screen_lesson_head(screen, l->number, l->title, place);
	screen_newline(screen);
}

static void show_example(struct screen *screen, const struct course_step *step)
{
	screen_command(screen, step->command, step->output, OUTPUT_LINES);
	if (step->skip != NULL)
		screen_say(screen, SCREEN_QUIET, "  ",
			*step->skip ? N_("For reading only: %s.") : N_("For reading only%s."),
			step->skip);
}

void show_step(
	struct screen *screen, const struct course_lesson *lesson, const struct course_step *step)
{
	const struct note_section *section = lesson->section;
	screen_set_pictures(screen, lesson->folder);
	screen_blocks(screen, step->blocks, step->block_count, section->links, section->link_count);
	if (step->kind == STEP_EXAMPLE)
		show_example(screen, step);
}

/* ---- what the learner can do now ---- */

static const char *offer_example(const struct session *s, const struct course_step *step)
{
	if (!session_has_sandbox(s))
		return _("Enter: continue (without a daemon nothing runs) · :help");
	if (s->step_done)
		return _("✔ done · Enter: continue · or type any command · :help");
	if (step->skip != NULL || s->lacking != NULL)
		return _("Enter: continue · or type any command · :help");
	return _("Enter: run it · or type your own · :next · :help");
}

static const char *offer_text(const struct session *s)
{
	const struct course_step *step = session_step(s);
	if (step == NULL && session_lesson(s)->quiz_path != NULL)
		return _("End of the lesson · :quiz takes its quiz · Enter: next lesson");
	if (step == NULL)
		return s->lesson + 1 < s->course->lesson_count
			       ? _("End of the lesson · Enter: next lesson")
			       : _("End of the course · :where · :quit");
	switch (step->kind) {
	case STEP_EXAMPLE:
		return offer_example(s, step);
	case STEP_TASK:
		return s->step_done         ? _("✔ done · Enter: continue")
		       : s->lacking != NULL ? _("Enter: continue · :solution · :help")
		       : s->review_task != NULL
			       ? _("Your turn: type commands until every check passes · :hint · :next gives up")
			       : _("Your turn: type commands until every check passes · :hint · :check · :skip");
	case STEP_QUESTION:
		return s->step_done         ? _("✔ answered · Enter: continue")
		       : s->lacking != NULL ? _("Enter: continue · :help")
					    : _("Enter: answer the question");
	case STEP_PROSE:
	case STEP_CALLOUT:
		break;
	}
	return _("Enter: continue · :help");
}

void show_offer(struct session *s)
{
	cleanup_free char *text = screen_own(s->screen, offer_text(s));
	screen_say(s->screen, SCREEN_QUIET, NULL, "%s", text);
}

/* ---- verdicts ---- */

static const struct {
	enum screen_style style;
	const char *mark;
} looks[] = {
	[CHECK_PASSED] = {SCREEN_GOOD, "✔ "},
	[CHECK_FAILED] = {SCREEN_BAD, "✘ "},
	[CHECK_ERROR] = {SCREEN_WARN, "! "},
	[CHECK_NOT_RUN] = {SCREEN_QUIET, "- "},
};

static void show_verdict(struct screen *screen, const struct check_verdict *v)
{
	screen_say(screen, looks[v->outcome].style, looks[v->outcome].mark, "%s", v->statement);
	if (v->outcome == CHECK_PASSED)
		return;
	if (v->seen != NULL)
		screen_say(screen, SCREEN_PLAIN, "    ", "seen: %s", v->seen);
	if (v->expected != NULL)
		screen_say(screen, SCREEN_PLAIN, "    ", "expected: %s", v->expected);
	if (v->advice != NULL)
		screen_say(screen, SCREEN_PLAIN, "  → ", "%s", v->advice);
}

void show_verdicts(struct screen *screen, const struct check_verdicts *verdicts)
{
	for (size_t i = 0; i < verdicts->count; i++)
		show_verdict(screen, &verdicts->items[i]);
}

/* ---- the position ---- */

static unsigned count_done(struct session *s, size_t lesson)
{
	unsigned done = 0;
	for (size_t i = 0; i < s->course->lessons[lesson].step_count; i++) {
		enum record_step_state state;
		if (keep_step_known(s, lesson, i, &state) && state != RECORD_STEP_REACHED)
			done++;
	}
	return done;
}

void show_where(struct session *s)
{
	screen_say(s->screen, SCREEN_TITLE, NULL, "%s", s->course->title);
	for (size_t i = 0; i < s->course->lesson_count; i++) {
		const struct course_lesson *l = &s->course->lessons[i];
		cleanup_buf struct buf bar = {0};
		screen_bar(s->screen, count_done(s, i), (unsigned)l->step_count, 8, &bar);
		screen_say(s->screen, i == s->lesson ? SCREEN_STRONG : SCREEN_PLAIN,
			i == s->lesson ? "▸ " : "  ", "%s %s  %s", l->number, l->title,
			buf_text(&bar));
	}
}

void show_links(struct session *s)
{
	const struct course_lesson *l = session_lesson(s);
	cleanup_free char *place = xasprintf(_("%s, line %d"), l->note->path, l->line);
	screen_put(s->screen, SCREEN_QUIET, place); /* not wrapped, so that it can be copied */
	screen_newline(s->screen);
	if (l->source != NULL)
		screen_say(s->screen, SCREEN_LINK, _("source: "), "%s", l->source);
	screen_links(s->screen, l->section->links, l->section->link_count);
}

/* ---- the learner's notes ---- */

struct notes_shown {
	struct session *s;
	size_t count;
};

static bool show_note(void *data, const struct record_note *note)
{
	struct notes_shown *shown = data;
	const struct course *course = shown->s->course;
	size_t at = course_find_anchor(course, note->lesson);
	cleanup_buf struct buf time = {0};
	text_date(&time, note->time_ms);
	cleanup_free char *mark = xasprintf("  %s  %s  ", buf_text(&time),
		at < course->lesson_count ? course->lessons[at].number : note->lesson);
	screen_say(shown->s->screen, SCREEN_PLAIN, mark, "%s", note->text);
	shown->count++;
	return true;
}

void show_notes(struct session *s)
{
	struct notes_shown shown = {.s = s};
	cleanup_error struct error err = {0};
	if (s->options->record != NULL && !record_notes(s->options->record, s->options->learner,
						  s->course->id, show_note, &shown, &err))
		screen_say(s->screen, SCREEN_WARN, "! ", "%s", error_text(&err));
	else if (shown.count == 0)
		screen_say(s->screen, SCREEN_QUIET, NULL,
			"There are no notes of this course yet. `:note WORDS` writes one.");
}

/* ---- without a session ---- */

void show_option(struct screen *screen, size_t place, const char *text)
{
	char letter[QUIZ_LETTER_SIZE];
	quiz_letter(place, letter);
	cleanup_free char *mark = xasprintf("  %s) ", letter);
	screen_say(screen, SCREEN_PLAIN, mark, "%s", text);
}

void show_lesson(struct screen *screen, const struct course *course, size_t lesson)
{
	const struct course_lesson *l = &course->lessons[lesson];
	show_lesson_head(screen, course, lesson);
	for (size_t i = 0; i < l->step_count; i++) {
		if (i > 0)
			screen_newline(screen);
		show_step(screen, l, &l->steps[i]);
		if (l->steps[i].kind == STEP_QUESTION)
			screen_say(
				screen, SCREEN_QUIET, "🧪 ", "a question: %s", l->steps[i].quiz);
	}
	if (l->section->link_count > 0) {
		screen_newline(screen);
		screen_links(screen, l->section->links, l->section->link_count);
	}
}

void tutor_show(struct screen *screen, const struct course *course, size_t lesson)
{
	if (lesson != TUTOR_ALL_LESSONS) {
		show_lesson(screen, course, lesson);
	} else {
		for (size_t i = 0; i < course->lesson_count; i++)
			show_lesson(screen, course, i);
	}
	screen_flush(screen);
}

void show_lacking(struct session *s)
{
	screen_say(s->screen, SCREEN_WARN, "! ",
		"This step is skipped: %s. `ropes doctor` shows how to get them.", s->lacking);
}

void show_hint(struct session *s)
{
	const struct course_step *step = session_step(s);
	if (step == NULL || step->hints.count == 0) {
		screen_say(s->screen, SCREEN_QUIET, NULL,
			step != NULL && step->kind == STEP_EXAMPLE
				? N_("The command is shown above: Enter runs it.")
				: N_("There is no hint for this step."));
		return;
	}
	if (s->hints < step->hints.count)
		s->hints++;
	screen_say(s->screen, SCREEN_PLAIN, "💡 ", "Hint %u of %zu: %s", s->hints, step->hints.count,
		step->hints.items[s->hints - 1].text);
}
