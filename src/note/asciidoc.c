/* note/asciidoc.c - turns the source blocks of AsciiDoc into fences: "[source,bash]", and the code
 * between two lines of dashes below it */
#include "dialect.h"

#include <stdlib.h>
#include <string.h>

/* "[source,bash]", "[source%linenums, console]", "[,sh]": returns the language; NULL if the line is
 * something else. The caller frees it. */
static char *source_language(const char *text)
{
	cleanup_free char *line = line_trimmed(text);
	size_t length = strlen(line);
	if (length < 3 || line[length - 1] != ']')
		return NULL;
	const char *names = line + 1 + (text_starts(line, "[source") ? strlen("source") : 0);
	names += *names == '%' ? strcspn(names, ",]") : 0;
	if (*names == ']' && names > line + 1)
		return xstrdup("");
	if (*names != ',')
		return NULL;
	names++;
	names += strspn(names, " ");
	return xstrndup(names, strcspn(names, " ,]"));
}

static size_t dashes_alone(const char *text)
{
	size_t dashes = line_run(text, '-'), end = strcspn(text, "\n");
	cleanup_free char *rest = dashes <= end ? xstrndup(text + dashes, end - dashes) : NULL;
	return dashes >= 4 && text_is_blank(rest) ? dashes : 0;
}

#define CODE_LINES_MAX 1000 /* so that no note is searched again and again */

/* Returns whether one of the following lines is the second one of dashes. */
static bool is_ended(const char *line, size_t dashes)
{
	for (int i = 0; i < CODE_LINES_MAX && *line != '\0'; i++) {
		line += *line == '\n';
		if (dashes_alone(line + strspn(line, " \t")) == dashes)
			return true;
		line += strcspn(line, "\n");
	}
	return false;
}

bool asciidoc_translate(struct dialect *d, const struct rest *rest)
{
	const char *below = d->behind + strspn(d->behind, " \t");
	size_t dashes = rest->text[0] == '[' ? dashes_alone(below) : 0;
	cleanup_free char *language = dashes > 0 ? source_language(rest->text) : NULL;
	if (language == NULL || !is_ended(below + strcspn(below, "\n"), dashes))
		return false;
	cleanup_free char *line = xasprintf("~~~~~~%s", language);
	containers_add_line(d, rest, line);
	d->fence = (struct code_fence){
		.sign = '~', .signs = 6, .column = rest->indent, .dashes = dashes};
	return true;
}

bool asciidoc_follow_code(struct dialect *d, const struct rest *rest)
{
	if (d->fence.dashes == 0 || dashes_alone(rest->text) != d->fence.dashes)
		return false;
	bool end = d->fence.begun;
	d->fence.begun = true;
	if (end)
		d->fence.sign = '\0';
	containers_add_line(d, rest, end ? "~~~~~~" : "");
	return true;
}
