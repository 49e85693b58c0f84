/* note/tags.c - tags of templates (Jekyll, Hugo, GitBook) that hold code or a callout */
#include "dialect.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum tag_kind { TAG_CODE, TAG_CALLOUT, TAG_LABEL, TAG_NOTHING };

/* Their ends are "endNAME" or "/NAME". */
static const struct tag {
	const char *name;
	enum tag_kind kind;
} tags[] = {
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
	{"tab", TAG_LABEL},
	{"tabs", TAG_NOTHING},
	{"raw", TAG_NOTHING},
	{"code", TAG_NOTHING},
	{"toc", TAG_NOTHING},
};

/* "{% … %}", "{{< … >}}", "{{% … %}}" alone on a line: what is within. NULL: none. */
static char *tag_inside(const char *text)
{
	static const struct {
		const char *open, *close;
	} forms[] = {{"{{<", ">}}"}, {"{{%", "%}}"}, {"{%", "%}"}};
	cleanup_free char *line = dialect_trimmed(text);
	for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
		size_t open = strlen(forms[i].open), close = strlen(forms[i].close);
		size_t length = strlen(line);
		if (!text_starts(line, forms[i].open) || length < open + close ||
			strstr(line, forms[i].close) != line + length - close)
			continue;
		line[length - close] = '\0';
		return dialect_trimmed(line + open + strspn(line + open, "-"));
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

/* A word between quotes that is no attribute's value and no type: how the callout is called. */
static char *title_within(const char *text)
{
	const char *title = strstr(text, "title=");
	if (title != NULL)
		return dialect_quoted(title);
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

static bool begin_tag(
	struct dialect *d, const struct rest *rest, const struct tag *tag, const char *inside)
{
	const struct container c = {
		.kind = CONTAINER_TAG, .indent = rest->indent, .quote = true, .name = tag->name};
	const char *behind = inside + strlen(tag->name);
	cleanup_free char *label = tag->kind == TAG_LABEL ? dialect_quoted(behind) : NULL;
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

/* The word of a tag's end, without "end" or "/"; NULL. */
static const char *ended_by(const char *inside)
{
	if (text_starts(inside, "end"))
		return inside + 3;
	return inside[0] == '/' ? inside + 1 + strspn(inside + 1, " ") : NULL;
}

/* The tag of the table that the line is, or ends; NULL. The caller frees what is within. */
static const struct tag *read_tag(const char *line, char **ret_inside, bool *ret_end)
{
	*ret_inside = line[0] == '{' ? tag_inside(line) : NULL;
	if (*ret_inside == NULL)
		return NULL;
	const char *ended = ended_by(*ret_inside);
	const char *word = ended != NULL ? ended : *ret_inside;
	*ret_end = ended != NULL;
	return find_tag(word, strcspn(word, " \t-/"));
}

bool tags_translate(struct dialect *d, const struct rest *rest)
{
	bool end;
	cleanup_free char *inside = NULL;
	const struct tag *tag = read_tag(rest->text, &inside, &end);
	if (tag == NULL)
		return false;
	if (!end)
		return begin_tag(d, rest, tag, inside);
	containers_add_margin(d); /* of one that holds nothing, or was never begun */
	return true;
}

bool tags_is_end(const char *line, const char *name)
{
	bool end;
	cleanup_free char *inside = NULL;
	const struct tag *tag = read_tag(line, &inside, &end);
	return tag != NULL && end && text_same(tag->name, name);
}

bool tags_end_code(struct dialect *d, const struct rest *rest)
{
	if (!d->fence.tag || !tags_is_end(rest->text, "highlight"))
		return false;
	d->fence.sign = '\0';
	containers_add_line(d, rest, "~~~~~~");
	return true;
}
