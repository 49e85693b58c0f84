/* tutor/inspect.c - a person looks at the state that a course's own test has reached */
#include "session.h"
#include "tutor.h"

#include <stdlib.h>

static bool needs_more(void *data, const char *text)
{
	struct shell_commands commands;
	(void)data;
	shell_split(text, &commands);
	bool complete = commands.complete;
	shell_commands_finish(&commands);
	return !complete;
}

/* Returns false at the end of the shell. */
static bool run_typed_line(struct session *s, const char *line)
{
	struct sandbox_result result = {0};
	bool goes_on =
		work_run_shown(s, line, NULL, &result) && !result.shell_ended && !result.hung_up;
	sandbox_result_finish(&result);
	return goes_on;
}

void inspect_state(struct session *s)
{
	const struct screen_prompt prompt = {
		.text = "$ ", .wake_fd = -1, .shell = true, .unfinished = needs_more};
	for (bool goes_on = true; goes_on;) {
		cleanup_free char *line = NULL;
		cleanup_error struct error err = {0};
		enum screen_answer answer = screen_ask(s->screen, &prompt, &line, &err);
		if (answer == SCREEN_LINE && !text_is_blank(line))
			goes_on = run_typed_line(s, line);
		else if (answer != SCREEN_LINE && answer != SCREEN_CANCEL)
			goes_on = false;
	}
}
