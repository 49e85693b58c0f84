/* note/dialect.c - what other programs write besides CommonMark, said in CommonMark: line for line,
 * so that every line keeps its number.
 *
 * admonitions and tabs of MkDocs (indented below `!!! note`, `=== "Linux"`), containers between
 * colons (Docusaurus, VitePress, Quarto), tags of templates (Jekyll, Hugo, GitBook) where they hold
 * code or a callout, directives of MyST, Notion's <aside>, comments of Obsidian, attributes of
 * kramdown. Code and comments stay as they are. */
#include "dialect.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- reading a line ---- */

static size_t columns_of(const char *line, const char **ret_text)
{
	size_t columns = 0;
	for (; *line == ' ' || *line == '\t'; line++)
		columns = *line == '\t' ? (columns / 4 + 1) * 4 : columns + 1;
	*ret_text = line;
	return columns;
}

static size_t run_of(const char *text, char sign)
{
	size_t length = 0;
	while (text[length] == sign)
		length++;
	return length;
}

char *dialect_trimmed(const char *text)
{
	text += strspn(text, " \t");
	size_t length = strlen(text);
	while (length > 0 && isspace((unsigned char)text[length - 1]))
		length--;
	return xstrndup(text, length);
}

char *dialect_quoted(const char *text)
{
	const char *open = strpbrk(text, "\"'");
	const char *close = open != NULL ? strchr(open + 1, *open) : NULL;
	return close != NULL ? xstrndup(open + 1, (size_t)(close - open) - 1) : NULL;
}

static bool begins_item(const char *text)
{
	if (strchr("-*+", text[0]) != NULL && text[0] != '\0')
		return text[1] == ' ' || text[1] == '\t';
	size_t digits = strspn(text, "0123456789");
	return digits > 0 && (text[digits] == '.' || text[digits] == ')') &&
	       text[digits + 1] == ' ';
}

/* ---- writing ---- */

void dialect_margin(struct dialect *d)
{
	for (size_t i = 0; i < d->count; i++) {
		buf_add_repeat(d->out, ' ', d->open[i].indent);
		if (d->open[i].quote)
			buf_add_text(d->out, "> ");
	}
}

void dialect_line(struct dialect *d, const struct rest *rest, const char *text)
{
	dialect_margin(d);
	if (*text != '\0')
		buf_add_repeat(d->out, ' ', rest->indent);
	buf_add_text(d->out, text);
}

void dialect_open(struct dialect *d, struct container c)
{
	if (d->count < CONTAINERS_MOST)
		d->open[d->count++] = c;
}

void dialect_callout(
	struct dialect *d, const struct rest *rest, const char *type, const char *title)
{
	cleanup_buf struct buf line = {0};
	buf_printf(&line, "> [!%s]", type);
	if (title != NULL && *title != '\0')
		buf_printf(&line, strchr(title, '*') != NULL ? " %s" : " **%s**", title);
	dialect_line(d, rest, buf_text(&line));
}

/* ---- fences ---- */

/* The signs of a fence at text, behind marks of quotes and items; 0: none. */
static size_t fence_at(const char *text, char *ret_sign, const char **ret_info)
{
	for (;;) {
		text += strspn(text, " \t>");
		if (!begins_item(text))
			break;
		text += strcspn(text, " \t");
	}
	*ret_sign = *text;
	size_t signs = *text == '`' || *text == '~' ? run_of(text, *text) : 0;
	*ret_info = text + signs;
	bool inline_code = *text == '`' && strchr(text + signs, '`') != NULL;
	return signs >= 3 && !inline_code ? signs : 0;
}

static void follow_fence(struct dialect *d, const char *text)
{
	char sign;
	const char *info;
	size_t signs = fence_at(text, &sign, &info);
	if (d->fence == '\0') {
		d->fence = signs > 0 ? sign : '\0';
		d->fence_signs = signs;
	} else if (signs >= d->fence_signs && sign == d->fence && text_is_blank(info)) {
		d->fence = '\0';
	}
}

/* ---- MkDocs ---- */

static bool take_admonition(struct dialect *d, const struct rest *rest)
{
	const char *type = rest->text + 3;
	if (!text_starts(rest->text, "!!!") && !text_starts(rest->text, "???"))
		return false;
	type += *type == '+';
	if (*type != ' ' || !isalpha((unsigned char)type[1]))
		return false;
	type++;
	cleanup_free char *title = dialect_quoted(type);
	cleanup_free char *word = xstrndup(type, strcspn(type, " \t\""));
	dialect_callout(d, rest, word, title);
	dialect_open(d, (struct container){
				.kind = CONTAINER_INDENTED, .indent = rest->indent, .quote = true});
	return true;
}

static bool take_tab(struct dialect *d, const struct rest *rest)
{
	const char *text = rest->text;
	if (!text_starts(text, "==="))
		return false;
	text += 3 + (text[3] == '!' || text[3] == '+');
	cleanup_free char *title = *text == ' ' && text[1] == '"' ? dialect_quoted(text) : NULL;
	if (title == NULL || *title == '\0')
		return false;
	cleanup_free char *line = xasprintf("**%s**", title);
	dialect_line(d, rest, line);
	dialect_open(d, (struct container){.kind = CONTAINER_INDENTED, .indent = rest->indent});
	return true;
}

/* ":   Definition" below its term; what belongs to it is indented. */
static bool take_definition(struct dialect *d, const struct rest *rest)
{
	if (rest->text[0] != ':' || (rest->text[1] != ' ' && rest->text[1] != '\t'))
		return false;
	dialect_line(d, rest, rest->text);
	dialect_open(d, (struct container){.kind = CONTAINER_INDENTED, .indent = rest->indent});
	return true;
}

/* ---- containers between colons ---- */

static bool end_container(struct dialect *d, enum container_kind kind, size_t signs)
{
	size_t at = d->count;
	while (at > 0 && !(d->open[at - 1].kind == kind && d->open[at - 1].signs <= signs))
		at--;
	if (at == 0)
		return false;
	d->count = at - 1;
	dialect_margin(d); /* an empty line */
	return true;
}

/* ":::note Title", "::: warning", ":::tip[Title]", ":::{note}", "::: {.callout-note title="…"}" */
static bool take_colons(struct dialect *d, const struct rest *rest)
{
	size_t colons = run_of(rest->text, ':');
	const char *text = rest->text + colons;
	if (colons < 3)
		return false;
	if (text_is_blank(text))
		return end_container(d, CONTAINER_COLONS, colons);
	text += strspn(text, " \t{.");
	text += text_starts(text, "callout-") ? strlen("callout-") : 0;
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");
	cleanup_free char *type = xstrndup(text, length);
	if (length == 0)
		return false;
	bool callout = is_callout_type(type);
	const char *behind = text + length;
	cleanup_free char *title =
		*behind == '[' ? xstrndup(behind + 1, strcspn(behind + 1, "]"))
		: strchr(rest->text, '{') != NULL && strstr(behind, "title=") != NULL
			? dialect_quoted(behind)
			: dialect_trimmed(behind + (*behind == '}'));
	if (callout)
		dialect_callout(
			d, rest, type, title != NULL && strchr(title, '=') == NULL ? title : NULL);
	else
		dialect_margin(d);
	dialect_open(d, (struct container){.kind = CONTAINER_COLONS,
				.indent = callout ? rest->indent : 0,
				.signs = colons,
				.quote = callout});
	return true;
}

/* ---- the others ---- */

/* "```{note} Title", "```{code-block} bash": directives of MyST. */
static bool take_directive(struct dialect *d, const struct rest *rest)
{
	char sign;
	const char *info;
	size_t signs = fence_at(rest->text, &sign, &info);
	size_t length = signs > 0 && *info == '{' ? strcspn(info + 1, "}") : 0;
	if (length == 0 || info[length + 1] != '}' || rest->text + signs != info)
		return false;
	cleanup_free char *word = xstrndup(info + 1, length);
	cleanup_free char *title = dialect_trimmed(info + length + 2);
	if (text_same(word, "code-block") || text_same(word, "code")) {
		cleanup_free char *line = xasprintf("%.*s%s", (int)signs, rest->text, title);
		dialect_line(d, rest, line);
		follow_fence(d, line);
		return true;
	}
	if (!is_callout_type(word) && !text_same(word, "admonition"))
		return false;
	dialect_callout(d, rest, text_same(word, "admonition") ? "note" : word, title);
	dialect_open(d, (struct container){.kind = CONTAINER_FENCE,
				.indent = rest->indent,
				.signs = signs,
				.quote = true});
	return true;
}

static bool end_directive(struct dialect *d, const struct rest *rest)
{
	size_t signs = run_of(rest->text, rest->text[0]);
	return strchr("`~", rest->text[0]) != NULL && signs >= 3 &&
	       text_is_blank(rest->text + signs) && end_container(d, CONTAINER_FENCE, signs);
}

static bool take_aside(struct dialect *d, const struct rest *rest)
{
	cleanup_free char *line = dialect_trimmed(rest->text);
	if (text_same(line, "</aside>"))
		return end_container(d, CONTAINER_TAG, 0);
	if (!text_same(line, "<aside>"))
		return false;
	dialect_line(d, rest, ">");
	dialect_open(d,
		(struct container){.kind = CONTAINER_TAG, .indent = rest->indent, .quote = true});
	return true;
}

/* "%% … %%": a comment of Obsidian, of one line or several. */
static bool take_hidden(struct dialect *d, const struct rest *rest)
{
	cleanup_free char *line = dialect_trimmed(rest->text);
	bool ends = strlen(line) >= 2 && text_ends(line, "%%");
	if (!d->hidden && !text_starts(line, "%%"))
		return false;
	if (!d->hidden && !text_same(line, "%%") && !(ends && strlen(line) >= 4))
		return false;
	d->hidden = d->hidden ? !ends : text_same(line, "%%");
	dialect_margin(d);
	return true;
}

/* "{: .class}", "{:toc}", "{.is-info}", "[TOC]", "[[_TOC_]]": said to the program alone. */
static bool take_attribute(struct dialect *d, const struct rest *rest)
{
	static const char *const contents[] = {"[TOC]", "[[TOC]]", "[[_TOC_]]", "[toc]"};
	cleanup_free char *line = dialect_trimmed(rest->text);
	size_t length = strlen(line);
	bool attribute = (text_starts(line, "{:") || text_starts(line, "{.")) &&
			 strcspn(line, "}") + 1 == length;
	for (size_t i = 0; i < ARRAY_LENGTH(contents); i++)
		attribute = attribute || text_same_fold(line, contents[i]);
	if (attribute)
		dialect_margin(d);
	return attribute;
}

static bool (*const readers[])(struct dialect *d, const struct rest *rest) = {take_admonition,
	take_tab, take_definition, take_colons, dialect_take_tag, take_directive, end_directive,
	take_aside, take_attribute};

/* ---- the way of a line ---- */

/* Takes away what the open containers ask for; those that end here are left. */
static struct rest enter_line(struct dialect *d, const char *line)
{
	struct rest rest = {0};
	rest.indent = columns_of(line, &rest.text);
	for (size_t i = 0; i < d->count && *rest.text != '\0'; i++) {
		const struct container *c = &d->open[i];
		size_t take = c->indent + (c->kind == CONTAINER_INDENTED ? 4 : 0);
		if (c->kind == CONTAINER_INDENTED && rest.indent < take) {
			d->count = i;
			d->fence = '\0';
			break;
		}
		rest.indent -= rest.indent < take ? rest.indent : take;
	}
	return rest;
}

static void follow_list(struct dialect *d, const struct rest *rest)
{
	if (begins_item(rest->text))
		d->list = true;
	else if (*rest->text != '\0' && rest->indent == 0)
		d->list = false;
}

static bool follow_comment(struct dialect *d, const char *text)
{
	bool begins = text_starts(text, "<!--"), was = d->comment;
	if (was || begins)
		d->comment = strstr(text, "-->") == NULL;
	return was || begins;
}

/* True: the line was said in another way. */
static bool translate(struct dialect *d, const struct rest *rest)
{
	if (d->fence != '\0')
		return dialect_end_code(d, rest);
	if (d->comment || (rest->indent >= 4 && !d->list))
		return false;
	if (d->hidden || rest->text[0] == '%')
		return take_hidden(d, rest);
	if (*rest->text == '\0' || strchr("!?=:{`~<[", rest->text[0]) == NULL)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(readers); i++)
		if (readers[i](d, rest))
			return true;
	return false;
}

static void write_blank(struct dialect *d)
{
	for (; d->blank > 0; d->blank--) {
		dialect_margin(d);
		buf_add_char(d->out, '\n');
	}
}

static void say_line(struct dialect *d, const struct rest *rest, const char *line)
{
	if (translate(d, rest))
		return;
	if (!follow_comment(d, rest->text))
		follow_fence(d, rest->text);
	if (d->count > 0)
		dialect_line(d, rest, rest->text);
	else
		buf_add_text(d->out, line);
}

static void take_line(struct dialect *d, const char *line)
{
	if (text_is_blank(line)) {
		d->blank++;
		return;
	}
	struct rest rest = enter_line(d, line);
	write_blank(d);
	follow_list(d, &rest);
	say_line(d, &rest, line);
	buf_add_char(d->out, '\n');
}

/* ---- the whole ---- */

/* Beginnings of lines without which there is nothing to translate. */
static bool may_be_one(const char *line)
{
	static const char *const marks[] = {"!!! ", "???", "=== \"", "===! \"", "===+ \"", ": ",
		":\t", ":::", "{%", "{{<", "{{%", "```{", "~~~{", "<aside>", "%%", "{:", "{.",
		"[TOC]", "[toc]", "[[TOC]]", "[[_TOC_]]"};
	line += strspn(line, " \t");
	if (*line == '\0' || strchr("!?=:{`~<%[", *line) == NULL)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(marks); i++)
		if (text_starts(line, marks[i]))
			return true;
	return false;
}

static bool has_any(const char *text)
{
	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (may_be_one(line))
			return true;
	}
	return false;
}

bool dialect_translate(const char *text, struct buf *out)
{
	struct dialect d = {.out = out};
	if (!has_any(text))
		return false;
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		cleanup_free char *line = xstrndup(text, length);
		take_line(&d, line);
		text += length + (text[length] == '\n');
	}
	write_blank(&d);
	return true;
}
