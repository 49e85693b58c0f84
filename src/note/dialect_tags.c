/* note/dialect_tags.c - tags of templates (Jekyll, Hugo, GitBook) that hold code or a callout */
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
		if (length > 0 && is_callout_type(word) && inside[length] != '=')
			return xstrdup(word);
		inside += length;
	}
	cleanup_free char *name = xstrndup(own, strcspn(own, " \t"));
	return xstrdup(is_callout_type(name) ? name : "note");
}

static void begin_tag(
	struct dialect *d, const struct rest *rest, const struct tag *tag, const char *inside)
{
	const char *behind = inside + strlen(tag->name);
	cleanup_free char *type = NULL, *title = NULL, *line = NULL;
	struct container c = {.kind = CONTAINER_TAG, .indent = rest->indent, .quote = true};
	switch (tag->kind) {
	case TAG_CODE:
		behind += strspn(behind, " \t");
		line = xasprintf("~~~~~~%.*s", (int)strcspn(behind, " \t"), behind);
		dialect_line(d, rest, line);
		d->fence = '~';
		d->fence_signs = 6;
		break;
	case TAG_CALLOUT:
		type = type_within(inside);
		title = strstr(behind, "title=") != NULL ? dialect_quoted(strstr(behind, "title="))
							 : NULL;
		dialect_callout(d, rest, type, title);
		(void)memcpy(c.name, tag->name, strlen(tag->name) + 1); /* a word of the table */
		dialect_open(d, c);
		break;
	case TAG_LABEL:
		title = dialect_quoted(behind);
		line = title != NULL ? xasprintf("**%s**", title) : NULL;
		dialect_line(d, rest, line != NULL ? line : "");
		break;
	case TAG_NOTHING:
		dialect_margin(d);
		break;
	}
}

static void end_tag(struct dialect *d, const struct tag *tag)
{
	size_t at = d->count;
	while (at > 0 && !text_same(d->open[at - 1].name, tag->name))
		at--;
	if (at > 0)
		d->count = at - 1;
	dialect_margin(d);
}

/* The word of a tag's end, without "end" or "/"; NULL. */
static const char *ended_by(const char *inside)
{
	if (text_starts(inside, "end"))
		return inside + 3;
	return inside[0] == '/' ? inside + 1 + strspn(inside + 1, " ") : NULL;
}

bool dialect_take_tag(struct dialect *d, const struct rest *rest)
{
	if (rest->text[0] != '{')
		return false;
	cleanup_free char *inside = tag_inside(rest->text);
	if (inside == NULL)
		return false;
	const char *ended = ended_by(inside);
	const char *word = ended != NULL ? ended : inside;
	const struct tag *tag = find_tag(word, strcspn(word, " \t-/"));
	if (tag == NULL)
		return false;
	if (ended != NULL)
		end_tag(d, tag);
	else
		begin_tag(d, rest, tag, inside);
	return true;
}

bool dialect_end_code(struct dialect *d, const struct rest *rest)
{
	cleanup_free char *inside = rest->text[0] == '{' ? tag_inside(rest->text) : NULL;
	const char *ended = inside != NULL ? ended_by(inside) : NULL;
	if (ended == NULL || d->fence != '~' || d->fence_signs != 6 ||
		!text_starts(ended, "highlight"))
		return false;
	dialect_line(d, rest, "~~~~~~");
	d->fence = '\0';
	return true;
}
