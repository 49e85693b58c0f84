/* note/tags.c - template tags (Jekyll, Hugo, GitBook): the known ones, and finding one in a line */
#include "dialect.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Their closing tags are "endNAME" or "/NAME". */
static const struct tag tags[] = {
	{"highlight", TAG_CODE},
	{"notice", TAG_CALLOUT},
	{"callout", TAG_CALLOUT},
	{"alert", TAG_CALLOUT},
	{"admonition", TAG_CALLOUT},
	{"hint", TAG_CALLOUT},
	{"note", TAG_CALLOUT},
	{"tip", TAG_CALLOUT},
	{"info", TAG_CALLOUT},
	{"warning", TAG_CALLOUT},
	{"caution", TAG_CALLOUT},
	{"danger", TAG_CALLOUT},
	{"important", TAG_CALLOUT},
	{"code", TAG_LABEL},
	{"tab", TAG_LABEL},
	{"tabs", TAG_NOTHING},
	{"raw", TAG_NOTHING},
	{"toc", TAG_NOTHING},
};

/* "{% … %}", "{{< … >}}", "{{% … %}}" alone on a line: returns its content; NULL if the line is
 * something else. */
static char *tag_inside(const char *text)
{
	static const struct {
		const char *open, *close;
	} forms[] = {{"{{<", ">}}"}, {"{{%", "%}}"}, {"{%", "%}"}};
	cleanup_free char *line = line_trimmed(text);
	for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
		size_t open = strlen(forms[i].open), close = strlen(forms[i].close);
		size_t length = strlen(line);
		if (!text_starts(line, forms[i].open) || length < open + close ||
			strstr(line, forms[i].close) != line + length - close)
			continue;
		line[length - close] = '\0';
		return line_trimmed(line + open + strspn(line + open, "-"));
	}
	return NULL;
}

static const struct tag *find_tag(const char *word, size_t length)
{
	for (size_t i = 0; i < ARRAY_LENGTH(tags); i++)
		if (strlen(tags[i].name) == length && strncasecmp(tags[i].name, word, length) == 0)
			return &tags[i];
	return NULL;
}

/* Returns the word of a closing tag, without "end" or "/"; NULL. */
static const char *ended_by(const char *inside)
{
	if (text_starts(inside, "end"))
		return inside + 3;
	return inside[0] == '/' ? inside + 1 + strspn(inside + 1, " ") : NULL;
}

/* Returns the tag of the table that the line opens or ends; NULL if it is not a tag. The caller
 * frees *ret_inside. */
const struct tag *tags_read(const char *line, char **ret_inside, bool *ret_end)
{
	*ret_inside = line[0] == '{' ? tag_inside(line) : NULL;
	if (*ret_inside == NULL)
		return NULL;
	const char *ended = ended_by(*ret_inside);
	const char *word = ended != NULL ? ended : *ret_inside;
	*ret_end = ended != NULL;
	return find_tag(word, strcspn(word, " \t-/"));
}

bool tags_is_end(const char *line, const char *name)
{
	bool end;
	cleanup_free char *inside = NULL;
	const struct tag *tag = tags_read(line, &inside, &end);
	return tag != NULL && end && text_same(tag->name, name);
}

bool tags_is_component_end(const char *line, const char *name)
{
	size_t length = strcspn(name, ">");
	return text_starts(line, "</") && strncmp(line + 2, name, length) == 0 &&
	       line[2 + length] == '>';
}
