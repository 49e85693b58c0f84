/* tests/course/test_notes.c - notes as people write them: each NAME.md in tests/data/notes has the
 * steps that NAME.steps lists. "$ " is an example's command, "> " a line typed into the program
 * that it opens, "<NAME>" a file that is written. */
#include "course.h"
#include "suite.h"

static void add_lines(struct buf *out, const char *mark, const char *text)
{
	buf_add_text(out, mark);
	for (; *text != '\0'; text++) {
		bool last = *text == '\n' && text[1] == '\0';
		if (*text == '\n' && !last && mark[0] == '>')
			buf_printf(out, "\n%s", mark);
		else if (*text == '\n' && !last)
			buf_add_text(out, "⏎");
		else if (!last)
			buf_add_char(out, *text);
	}
	buf_add_char(out, '\n');
}

static void add_step(struct buf *out, const struct course_step *step)
{
	for (size_t i = 0; i < step->block_count; i++)
		if (step->blocks[i].file != NULL)
			buf_printf(out, "<%s>\n", step->blocks[i].file);
	if (step->kind == STEP_EXAMPLE)
		add_lines(out, step->skip != NULL ? "skip " : "$ ", step->command);
	if (step->kind == STEP_EXAMPLE && step->input != NULL)
		add_lines(out, "> ", step->input);
}

static void print_note(const char *path, struct buf *out)
{
	struct course *c = NULL;
	struct error err = {0};
	ck_assert_msg(course_load(path, &c, &err), "%s", error_text(&err));
	for (size_t i = 0; i < c->lesson_count; i++)
		for (size_t k = 0; k < c->lessons[i].step_count; k++)
			add_step(out, &c->lessons[i].steps[k]);
	course_destroy(c);
}

START_TEST(notes_have_their_steps)
{
	ck_assert_uint_ge(suite_golden_notes("notes", ".steps", print_note), 40);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {{notes_have_their_steps, 1}};
	return suite_run("notes", tests, ARRAY_LENGTH(tests), 30);
}
