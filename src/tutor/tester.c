/* tutor/tester.c - what a course's own test does again and again: runs lines unseen, evaluates
 * checks, reports points */
#include "tester.h"
#include "explain.h"
#include "tutor.h"

#define ROWS_SHOWN 24 /* of a line's output in a point's detail: what a terminal would show */

/* ---- reporting ---- */

bool tester_wants(
	const struct tutor_test_plan *plan, const struct course_lesson *l, const char *what)
{
	cleanup_free char *name = xasprintf("%s %s: %s", l->number, l->title, what);
	return plan->wants == NULL || plan->wants(plan->data, name);
}

void tester_tell(struct tester *t, struct tutor_test_point *point)
{
	int64_t now = clock_monotonic_ms();
	point->elapsed_ms = now - t->began_ms;
	t->began_ms = now;
	if (point->outcome == TUTOR_TEST_WARNED && t->plan->strict)
		point->outcome = TUTOR_TEST_FAILED;
	if (t->plan->path == NULL)
		t->plan->tell(t->plan->data, point);
}

void tester_report(struct tester *t, enum tutor_test_outcome outcome, const char *what, int line,
	const char *why, const char *detail)
{
	const struct course_lesson *l = session_lesson(&t->s);
	struct tutor_test_point point = {
		.outcome = outcome,
		.number = l->number,
		.title = l->title,
		.what = what,
		.path = l->note->path,
		.line = line,
		.why = why,
		.detail = detail,
		.has_state = t->s.step < l->step_count,
	};
	if (tester_wants(t->plan, l, what))
		tester_tell(t, &point);
}

void tester_judge(struct tester *t, const char *what, int line, const char *why, struct buf *detail)
{
	tester_report(t, why == NULL ? TUTOR_TEST_PASSED : TUTOR_TEST_FAILED, what, line, why,
		why != NULL && detail->length > 0 ? buf_text(detail) : NULL);
}

static void add_verdicts(struct buf *out, const struct check_verdicts *verdicts)
{
	for (size_t i = 0; i < verdicts->count; i++) {
		const struct check_verdict *v = &verdicts->items[i];
		buf_printf(out, "%s: %s", _(check_outcome_name(v->outcome)), v->statement);
		if (v->seen != NULL)
			buf_printf(out, _(" (seen: %s)"), v->seen);
		buf_add_char(out, '\n');
	}
}

/* ---- running ---- */

bool tester_lose(struct tester *t)
{
	t->lost = true;
	return false;
}

static void add_explanation(struct tester *t, const struct check_ran *ran, struct buf *detail)
{
	if (ran->status == 0)
		return;
	const struct explain_question question = {.line = ran->line,
		.status = ran->status,
		.output = ran->output,
		.engine = t->s.engine,
		.images = context_images(&t->s)};
	cleanup_free char *text = explain_shortly(&question);
	if (text != NULL)
		buf_printf(detail, "→ %s\n", text);
}

/* The last rows of an output, as they would be on a screen. */
static const char *last_rows(const struct buf *plain)
{
	const char *text = buf_text(plain);
	size_t rows = 0, at = plain->length;
	while (at > 0 && text[at - 1] == '\n')
		at--;
	for (; at > 0; at--)
		if (text[at - 1] == '\n' && ++rows == ROWS_SHOWN)
			break;
	return text + at;
}

/* Runs a line and adds it to the context; what a screen would show goes into `detail`, all of its
 * output into `ret_output` (may be NULL). Returns false if it could not be run at all. */
bool tester_run(struct tester *t, const struct course_entry *entry, struct buf *detail,
	struct buf *ret_output)
{
	struct sandbox_result result = {0};
	if (!setup_run_unseen(&t->s, entry->line, entry->input, &result, t->err))
		return tester_lose(t);
	cleanup_buf struct buf plain = {0};
	screen_strip(result.output, result.output_length, 0, &plain);
	const struct check_ran ran = {
		.line = entry->line,
		.status = result.status,
		.interrupted = result.interrupted || result.timed_out,
		.output = buf_text(&plain),
		.started_ms = result.started_ms,
		.ended_ms = result.ended_ms,
	};
	check_context_ran(t->s.context, &ran);
	buf_printf(detail, _("$ %s\n%s%sexit status %d%s\n"), entry->line, last_rows(&plain),
		plain.length > 0 && plain.data[plain.length - 1] != '\n' ? "\n" : "", result.status,
		result.timed_out ? _(" (it exceeded its time limit)") : "");
	add_explanation(t, &ran, detail);
	if (ret_output != NULL)
		buf_add(ret_output, plain.data, plain.length);
	bool goes_on = !result.hung_up;
	sandbox_result_finish(&result);
	if (!goes_on)
		error_set(t->err, 0, "interrupted");
	return goes_on || tester_lose(t);
}

/* Runs hidden commands. A failure is reported as a point of its own. */
bool tester_run_hidden(struct tester *t, const struct course_lines *lines, const char *what)
{
	for (size_t i = 0; i < lines->count; i++) {
		cleanup_buf struct buf detail = {0};
		struct sandbox_result result = {0};
		const struct course_line *line = &lines->items[i];
		if (!setup_run_unseen(&t->s, line->text, NULL, &result, t->err))
			return tester_lose(t);
		if (result.status != 0) {
			screen_strip(result.output, result.output_length, 0, &detail);
			tester_report(t, TUTOR_TEST_FAILED, what, line->line,
				_("the command failed"), buf_text(&detail));
		}
		sandbox_result_finish(&result);
	}
	return true;
}

/* The baseline of a step is the state after its setup. */
bool tester_enter_step(struct tester *t, const struct course_step *step)
{
	setup_write_files(&t->s, step);
	if (step->setups.count > 0 && !t->s.trusted) {
		tester_report(t, TUTOR_TEST_SKIPPED, "set-up", step->line,
			_("this course does not come with ropes, so its hidden commands run only with --trust"),
			NULL);
	} else if (!tester_run_hidden(t, &step->setups, "set-up")) {
		return false;
	}
	context_close(&t->s);
	return context_open(&t->s, t->err) || tester_lose(t);
}

enum check_outcome tester_evaluate(
	struct tester *t, const struct check_plan *plan, int deadline_ms, struct buf *detail)
{
	struct check_verdicts verdicts = {0};
	check_plan_evaluate(plan, t->s.context, deadline_ms, NULL, NULL, &verdicts);
	enum check_outcome outcome = check_verdicts_outcome(&verdicts);
	add_verdicts(detail, &verdicts);
	check_verdicts_finish(&verdicts);
	return outcome;
}
