/* note/template.c - turns the content of template tags into a callout, code or a label */
#include "dialect.h"

#include <stdlib.h>
#include <string.h>

/* "notice warning", "hint style=\"info\"": the first word that is a type; else the tag's own. */
static char *type_within(const char *inside)
{
	const char *own = inside;
	for (inside += strcspn(inside, " \t"); *inside != '\0';) {
		inside += strspn(inside, " \t\"'=");
		size_t length = strcspn(inside, " \t\"'=");
		cleanup_free char *word = xstrndup(inside, length);
		if (length > 0 && icons_is_type(word) && inside[length] != '=')
			return xstrdup(word);
		inside += length;
	}
	cleanup_free char *name = xstrndup(own, strcspn(own, " \t"));
	return xstrdup(icons_is_type(name) ? name : "note");
}

/* Returns the callout's title: a quoted word that is neither an attribute's value nor a type. */
static char *title_within(const char *text)
{
	const char *title = strstr(text, "title=");
	if (title != NULL)
		return line_quoted(title);
	while ((text = strchr(text, '"')) != NULL) {
		const char *end = strchr(text + 1, '"');
		if (end == NULL)
			return NULL;
		cleanup_free char *words = xstrndup(text + 1, (size_t)(end - text) - 1);
		if (text[-1] != '=' && !icons_is_type(words))
			return xstrdup(words);
		text = end + 1;
	}
	return NULL;
}

static void begin_callout(struct dialect *d, const struct rest *rest, const char *inside,
	const char *behind, const struct container *c)
{
	cleanup_free char *type = type_within(inside);
	cleanup_free char *title = title_within(behind);
	containers_add_callout(d, rest, type, title);
	containers_open(d, c);
}

static void begin_code(struct dialect *d, const struct rest *rest, const char *behind)
{
	behind += strspn(behind, " \t");
	cleanup_free char *line = xasprintf("~~~~~~%.*s", (int)strcspn(behind, " \t"), behind);
	containers_add_line(d, rest, line);
	d->fence =
		(struct code_fence){.sign = '~', .signs = 6, .column = rest->indent, .tag = true};
}

/* "tab title=\"Linux\"", "tab \"Linux\"", "code overflow=\"wrap\" title=\"app.py\"" */
static char *label_within(const char *text)
{
	const char *title = strstr(text, "title=");
	if (title == NULL && strstr(text, "overflow=") != NULL)
		return NULL;
	return line_quoted(title != NULL ? title : text);
}

static bool begin_tag(
	struct dialect *d, const struct rest *rest, const struct tag *tag, const char *inside)
{
	const struct container c = {
		.kind = CONTAINER_TAG, .indent = rest->indent, .quote = true, .name = tag->name};
	const char *behind = inside + strlen(tag->name);
	cleanup_free char *label = tag->kind == TAG_LABEL ? label_within(behind) : NULL;
	bool ended = tag->kind == TAG_CODE      ? containers_is_ended(d, &c)
		     : tag->kind == TAG_CALLOUT ? containers_may_open(d, &c)
						: true;
	if (!ended)
		return false;
	if (tag->kind == TAG_CODE)
		begin_code(d, rest, behind);
	else if (tag->kind == TAG_CALLOUT)
		begin_callout(d, rest, inside, behind, &c);
	else
		containers_add_label(d, rest, label);
	return true;
}

bool template_translate(struct dialect *d, const struct rest *rest)
{
	bool end;
	cleanup_free char *inside = NULL;
	const struct tag *tag = tags_read(rest->text, &inside, &end);
	if (tag == NULL)
		return false;
	if (!end)
		return begin_tag(d, rest, tag, inside);
	containers_add_margin(d); /* of a tag without content, or one that was never opened */
	return true;
}

bool template_end_code(struct dialect *d, const struct rest *rest)
{
	if (!d->fence.tag || !tags_is_end(rest->text, "highlight"))
		return false;
	d->fence.sign = '\0';
	containers_add_line(d, rest, "~~~~~~");
	return true;
}
