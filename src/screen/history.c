/* screen/history.c - the typed lines, kept from one session to the next */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/history.h>

#define HISTORY_LINES 1000
#define HISTORY_LINE_LIMIT 4096 /* longer lines are not remembered */

/* Do not remember a line that begins with a blank: as in shells, it is private. */
static bool is_worth_remembering(const char *line)
{
	return !text_is_blank(line) && line[0] != ' ' && strlen(line) <= HISTORY_LINE_LIMIT;
}

/* The same line twice in a row becomes one entry. */
void history_remember(const char *line)
{
	const HIST_ENTRY *last =
		history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
	if (is_worth_remembering(line) && (last == NULL || !text_same(last->line, line)))
		add_history(line);
}

void history_limit(void)
{
	if (!history_is_stifled())
		stifle_history(HISTORY_LINES);
}

bool screen_history_load(struct screen *s, const char *path, struct error *err)
{
	cleanup_buf struct buf text = {0};
	free(s->history_path);
	s->history_path = xstrdup(path);
	using_history();
	if (!file_exists(path))
		return true;
	if (!file_read(path, (size_t)HISTORY_LINES * (HISTORY_LINE_LIMIT + 1), &text, err))
		return false;
	stifle_history(HISTORY_LINES);
	for (const char *at = buf_text(&text); *at != '\0';) {
		size_t length = strcspn(at, "\n");
		cleanup_free char *line = xstrndup(at, length);
		if (is_worth_remembering(line))
			add_history(line);
		at += length + (at[length] == '\n');
	}
	return true;
}

bool screen_history_save(struct screen *s, struct error *err)
{
	cleanup_buf struct buf text = {0};
	if (s->history_path == NULL)
		return true;
	HIST_ENTRY **entries = history_list();
	int count = history_length;
	for (int i = count > HISTORY_LINES ? count - HISTORY_LINES : 0;
		entries != NULL && i < count; i++)
		if (strchr(entries[i]->line, '\n') == NULL)
			buf_printf(&text, "%s\n", entries[i]->line);
	return file_write(s->history_path, buf_text(&text), text.length, 0600, err);
}

void history_close(struct screen *s)
{
	clear_history();
	free(s->history_path);
	s->history_path = NULL;
}
