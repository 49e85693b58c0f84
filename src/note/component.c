/* note/component.c - components of MDX, "<Tab>": what stands in them is Markdown, also if it is
 * indented or begins in the next line */
#include "dialect.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX 1000 /* of a component, so that no note is searched again and again */

/* "<Tab>", "<Tabs.Tab title=\"Linux\">" alone on a line: returns the name; NULL if the line is
 * something else. The caller frees it. */
static char *component_name(const char *line)
{
	size_t name = 0;
	if (line[0] != '<' || !isupper((unsigned char)line[1]) || !text_ends(line, ">") ||
		text_ends(line, "/>") || strstr(line, "</") != NULL)
		return NULL;
	while (isalnum((unsigned char)line[1 + name]) || line[1 + name] == '.')
		name++;
	return strchr(" \t>", line[1 + name]) != NULL ? xstrndup(line + 1, name) : NULL;
}

/* Returns the name in the closing tag, which lives as long as the note's text; NULL: none. */
static const char *find_closing(const char *text, const char *name)
{
	cleanup_free char *tag = xasprintf("</%s>", name);
	for (int i = 0; i < LINES_MAX && *text != '\0'; i++) {
		const char *line = text + strspn(text, " \t");
		if (text_starts(line, tag))
			return line + 2;
		text = text_next_line(text);
	}
	return NULL;
}

/* Returns how much deeper than the tag its content is; *ret_fence: it begins at once, with a fence.
 */
static size_t content_depth(const struct dialect *d, const struct rest *rest, bool *ret_fence)
{
	size_t own = rest->indent;
	for (size_t i = 0; i < d->count; i++)
		own += containers_depth(&d->open[i]);
	const char *text;
	size_t depth = line_columns(d->behind, &text);
	*ret_fence = text_starts(text, "```") || text_starts(text, "~~~");
	while (*text == '\n')
		depth = line_columns(text + 1, &text);
	return depth > own ? depth - own : 0;
}

bool component_translate(struct dialect *d, const struct rest *rest)
{
	bool fence;
	cleanup_free char *line = line_trimmed(rest->text);
	cleanup_free char *name = component_name(line);
	if (name == NULL)
		return false;
	const struct container c = {.kind = CONTAINER_COMPONENT,
		.indent = rest->indent,
		.strip = content_depth(d, rest, &fence),
		.name = find_closing(d->behind, name)};
	if (c.name == NULL || (c.strip == 0 && !fence) || !containers_may_open(d, &c))
		return false;
	const char *label = strstr(line, " label=\"");
	label = label == NULL ? strstr(line, " title=\"") : label;
	cleanup_free char *words = label != NULL ? line_quoted(label) : NULL;
	containers_add_label(d, rest, words);
	containers_open(d, &c);
	return true;
}
