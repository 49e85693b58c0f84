/*
 * note/dialect.c - translates what other programs add to CommonMark into CommonMark, line for line,
 * so that every line keeps its number.
 *
 * admonitions and tabs of MkDocs (indented below `!!! note`, `=== "Linux"`), containers between
 * colons (Docusaurus, VitePress, Quarto), template tags (Jekyll, Hugo, GitBook) around code or a
 * callout, directives of MyST, source blocks of AsciiDoc, components of MDX, Notion's <aside>,
 * comments of Obsidian, attributes of kramdown. Code and comments stay as they are.
 */
#include "dialect.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading a line ---- */

/* Skips `take` columns of a line's blanks and leaves the remainder in rest. */
static void skip_columns(const char *line, size_t take, struct rest *rest)
{
	size_t columns = 0;
	for (; columns < take && line < rest->text; line++)
		columns = line_next_column(columns, *line);
	rest->blanks = line;
	rest->torn = columns > take ? columns - take : 0;
	rest->indent -= rest->indent < take ? rest->indent : take;
}

static bool begins_item(const char *text)
{
	if (strchr("-*+", text[0]) != NULL && text[0] != '\0')
		return text[1] == ' ' || text[1] == '\t';
	size_t digits = strspn(text, "0123456789");
	return digits > 0 && (text[digits] == '.' || text[digits] == ')') &&
	       text[digits + 1] == ' ';
}

/* ---- fences ---- */

/* A line that may open or end a fence. */
struct fence_line {
	struct code_fence fence;
	bool item;        /* it follows a list item's marker */
	const char *info; /* the text after its signs */
};

static bool read_fence(const struct rest *rest, struct fence_line *ret)
{
	const char *text = rest->text;
	*ret = (struct fence_line){.item = false};
	for (;;) {
		text += strspn(text, " \t");
		if (*text == '>') {
			ret->fence.quotes++;
			text++;
		} else if (begins_item(text)) {
			ret->item = true;
			text += strcspn(text, " \t");
		} else {
			break;
		}
	}
	size_t signs = *text == '`' || *text == '~' ? line_run(text, *text) : 0;
	ret->fence.sign = *text;
	ret->fence.signs = signs;
	ret->fence.column = rest->indent + (size_t)(text - rest->text);
	ret->info = text + signs;
	bool inline_code = *text == '`' && strchr(ret->info, '`') != NULL;
	return signs >= 3 && !inline_code;
}

static bool ends_fence(const struct code_fence *open, const struct fence_line *line)
{
	return line->fence.sign == open->sign && line->fence.signs >= open->signs && !line->item &&
	       line->fence.quotes == open->quotes && line->fence.column < open->column + 4 &&
	       text_is_blank(line->info);
}

static void follow_fence(struct dialect *d, const struct rest *rest)
{
	struct fence_line line;
	if (!read_fence(rest, &line))
		return;
	if (d->fence.sign == '\0')
		d->fence = line.fence;
	else if (ends_fence(&d->fence, &line))
		d->fence.sign = '\0';
}

/* A fence ends with the quote around it. */
static void leave_quoted_fence(struct dialect *d, const struct rest *rest)
{
	if (d->fence.sign != '\0' && d->fence.quotes > 0 && rest->text[0] != '>')
		d->fence.sign = '\0';
}

/* ---- MkDocs ---- */

/* Returns "Title" if it reaches the end of the line; NULL if anything else follows. */
static char *title_alone(const char *text)
{
	cleanup_free char *line = line_trimmed(text);
	size_t length = strlen(line);
	bool quoted = length > 2 && (line[0] == '"' || line[0] == '\'') &&
		      strchr(line + 1, line[0]) == line + length - 1;
	return quoted ? xstrndup(line + 1, length - 2) : NULL;
}

static size_t name_word_length(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");
}

/* Skips the words that lay out a box: "!!! note inline end". */
static const char *behind_layout(const char *text)
{
	static const char *const words[] = {"inline", "end"};
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		const char *word = text + strspn(text, " ");
		if (name_word_length(word) == strlen(words[i]) && text_starts(word, words[i]))
			text = word + strlen(words[i]);
	}
	return text;
}

/* "!!! note", "??? tip \"Title\"". "!!! Attention: all this is lost" is a sentence. */
static bool take_admonition(struct dialect *d, const struct rest *rest)
{
	const struct container c = {
		.kind = CONTAINER_INDENTED, .indent = rest->indent, .quote = true};
	const char *type = rest->text + 3;
	if (!text_starts(rest->text, "!!!") && !text_starts(rest->text, "???"))
		return false;
	type += *type == '+';
	size_t length = *type == ' ' ? name_word_length(++type) : 0;
	if (length == 0)
		return false;
	const char *behind = behind_layout(type + length);
	cleanup_free char *title = title_alone(behind);
	if ((title == NULL && !text_is_blank(behind)) || !containers_may_open(d, &c))
		return false;
	cleanup_free char *word = xstrndup(type, length);
	containers_add_callout(d, rest, word, title);
	containers_open(d, &c);
	return true;
}

static bool take_tab(struct dialect *d, const struct rest *rest)
{
	const struct container c = {.kind = CONTAINER_INDENTED, .indent = rest->indent};
	const char *text = rest->text;
	if (!text_starts(text, "==="))
		return false;
	text += 3 + (text[3] == '!' || text[3] == '+');
	cleanup_free char *title = *text == ' ' && text[1] == '"' ? title_alone(text) : NULL;
	if (title == NULL || !containers_may_open(d, &c))
		return false;
	containers_add_label(d, rest, title);
	containers_open(d, &c);
	return true;
}

/* ":   Definition" below its term; its content is indented. */
static bool take_definition(struct dialect *d, const struct rest *rest)
{
	const struct container c = {.kind = CONTAINER_INDENTED, .indent = rest->indent};
	if (rest->text[0] != ':' || (rest->text[1] != ' ' && rest->text[1] != '\t') ||
		!containers_may_open(d, &c))
		return false;
	containers_add_line(d, rest, rest->text);
	containers_open(d, &c);
	return true;
}

/* ---- containers between colons ---- */

/* Returns the title after the type: "Title", "[Title]{.class}", "} Title", " title=\"…\"}". */
static char *title_behind(const char *text, bool attributes)
{
	if (attributes && *text != '}') {
		const char *title = strstr(text, "title=");
		return title != NULL ? line_quoted(title) : NULL;
	}
	text += attributes;
	text += strspn(text, " \t");
	if (*text == '[')
		return xstrndup(text + 1, strcspn(text + 1, "]"));
	if (*text == '{')
		return title_behind(text + 1, true);
	cleanup_free char *words = xstrndup(text, strcspn(text, "{"));
	return line_trimmed(words);
}

/* ":::note Title", "::: warning", ":::tip[Title]", ":::{note}", "::: {.callout-note title="…"}" */
static bool take_colons(struct dialect *d, const struct rest *rest)
{
	size_t colons = line_run(rest->text, ':');
	const char *text = rest->text + colons + strspn(rest->text + colons, " \t");
	bool attributes = *text == '{';
	text += strspn(text, "{.");
	text += text_starts(text, "callout-") ? strlen("callout-") : 0;
	size_t length = name_word_length(text);
	if (colons < 3 || length == 0)
		return false;
	cleanup_free char *type = xstrndup(text, length);
	cleanup_free char *title = title_behind(text + length, attributes);
	bool callout = icons_is_type(type);
	const struct container c = {.kind = CONTAINER_COLONS,
		.indent = callout ? rest->indent : 0,
		.signs = colons,
		.quote = callout};
	if (!containers_may_open(d, &c))
		return false;
	if (callout)
		containers_add_callout(d, rest, type, title);
	else
		containers_add_label(d, rest, title);
	containers_open(d, &c);
	return true;
}

/* ---- other dialects ---- */

/* Directives whose content is Markdown. */
static bool is_box(const char *word)
{
	static const char *const boxes[] = {"exercise", "solution", "dropdown", "tab-set",
		"tab-item", "grid", "grid-item", "grid-item-card", "card", "sidebar", "margin",
		"topic", "details"};
	return text_is_one_of(word, boxes, ARRAY_LENGTH(boxes));
}

/* "```{note} Title", "```{code-block} bash": directives of MyST. */
static bool take_directive(struct dialect *d, const struct rest *rest)
{
	struct fence_line fence;
	if (strchr("`~", rest->text[0]) == NULL || !read_fence(rest, &fence))
		return false;
	const char *info = fence.info;
	size_t length = *info == '{' ? strcspn(info + 1, "}") : 0;
	if (length == 0 || info[length + 1] != '}')
		return false;
	cleanup_free char *word = xstrndup(info + 1, length);
	cleanup_free char *title = line_trimmed(info + length + 2);
	if (text_same(word, "code-block") || text_same(word, "code")) {
		cleanup_free char *line =
			xasprintf("%.*s%s", (int)fence.fence.signs, rest->text, title);
		d->fence = fence.fence;
		containers_add_line(d, rest, line);
		return true;
	}
	bool callout = icons_is_type(word) || text_same(word, "admonition");
	const struct container c = {.kind = CONTAINER_FENCE,
		.indent = callout ? rest->indent : 0,
		.signs = fence.fence.signs,
		.quote = callout};
	if ((!callout && !is_box(word)) || !containers_may_open(d, &c))
		return false;
	if (callout)
		containers_add_callout(
			d, rest, text_same(word, "admonition") ? "note" : word, title);
	else
		containers_add_label(d, rest, title);
	containers_open(d, &c);
	return true;
}

static bool take_aside(struct dialect *d, const struct rest *rest)
{
	const struct container c = {
		.kind = CONTAINER_TAG, .indent = rest->indent, .quote = true, .name = "aside"};
	cleanup_free char *line = line_trimmed(rest->text);
	if (!text_same(line, "<aside>") || !containers_may_open(d, &c))
		return false;
	containers_add_line(d, rest, ">");
	containers_open(d, &c);
	return true;
}

/* "%% … %%": a comment of Obsidian, on one line or several. */
static bool take_hidden(struct dialect *d, const struct rest *rest)
{
	const struct container c = {.kind = CONTAINER_HIDDEN};
	cleanup_free char *line = line_trimmed(rest->text);
	bool ends = text_ends(line, "%%"), alone = text_same(line, "%%");
	if (!d->hidden && alone && !containers_is_ended(d, &c))
		return false;
	if (!d->hidden && !alone && !(text_starts(line, "%%") && ends && strlen(line) >= 4))
		return false;
	d->hidden = d->hidden ? !ends : alone;
	containers_add_margin(d);
	return true;
}

/* "{: .class}", "{:toc}", "{.is-info}", "[TOC]", "[[_TOC_]]": instructions for the site generator
 * only. */
static bool take_attribute(struct dialect *d, const struct rest *rest)
{
	static const char *const contents[] = {"[TOC]", "[[TOC]]", "[[_TOC_]]", "[toc]"};
	cleanup_free char *line = line_trimmed(rest->text);
	size_t length = strlen(line);
	bool attribute = (text_starts(line, "{:") || text_starts(line, "{.")) &&
			 strcspn(line, "}") + 1 == length;
	attribute = attribute || text_is_one_of_fold(line, contents, ARRAY_LENGTH(contents));
	if (attribute)
		containers_add_margin(d);
	return attribute;
}

static bool (*const readers[])(struct dialect *d, const struct rest *rest) = {containers_end,
	take_admonition, take_tab, take_definition, take_colons, template_translate, take_directive,
	take_aside, component_translate, take_attribute, asciidoc_translate};

/* ---- translating a line ---- */

/* Strips the prefixes of the open containers and closes those that end at this line. */
static struct rest enter_line(struct dialect *d, const char *line)
{
	struct rest rest = {0};
	size_t taken = 0;
	rest.indent = line_columns(line, &rest.text);
	for (size_t i = 0; i < d->count && *rest.text != '\0'; i++) {
		const struct container *c = &d->open[i];
		size_t take = containers_depth(c);
		size_t left = rest.indent - taken;
		if (c->kind == CONTAINER_INDENTED && left < take) {
			d->count = i;
			d->fence.sign = '\0';
			break;
		}
		taken += left < take ? left : take;
	}
	skip_columns(line, taken, &rest);
	return rest;
}

static void follow_list(struct dialect *d, const struct rest *rest)
{
	if (begins_item(rest->text))
		d->list = true;
	else if (*rest->text != '\0' && rest->indent == 0)
		d->list = false;
}

static bool is_code(const struct dialect *d, const struct rest *rest)
{
	return d->fence.sign != '\0' || (rest->indent >= 4 && !d->list);
}

static bool follow_comment(struct dialect *d, const struct rest *rest)
{
	const char *text = rest->text;
	bool begins = text_starts(text, "<!--") && !is_code(d, rest), was = d->comment;
	if (was || begins)
		d->comment = strstr(text, "-->") == NULL;
	return was || begins;
}

/* Returns true if the line was translated. */
static bool translate_line(struct dialect *d, const struct rest *rest)
{
	if (d->fence.sign != '\0')
		return asciidoc_follow_code(d, rest) || template_end_code(d, rest);
	if (d->comment || is_code(d, rest))
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
		containers_add_margin(d);
		buf_add_char(d->out, '\n');
	}
}

static void say_line(struct dialect *d, const struct rest *rest, const char *line)
{
	leave_quoted_fence(d, rest);
	if (translate_line(d, rest))
		return;
	bool plain_code = d->fence.sign == '\0' && is_code(d, rest);
	if (!follow_comment(d, rest) && !plain_code)
		follow_fence(d, rest);
	if (d->count > 0)
		containers_add_line(d, rest, rest->text);
	else
		buf_add_text(d->out, line);
}

static void write_line(struct dialect *d, const char *line)
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

/* ---- the whole text ---- */

/* Beginnings of lines; without any of them there is nothing to translate. */
static bool may_be_one(const char *line)
{
	static const char *const marks[] = {"!!! ", "???", "=== \"", "===! \"", "===+ \"", ": ",
		":\t", ":::", "{%", "{{<", "{{%", "```{", "~~~{", "<aside>", "%%", "{:", "{.",
		"[TOC]", "[toc]", "[[TOC]]", "[[_TOC_]]", "[source", "[,"};
	line += strspn(line, " \t");
	if (*line == '\0' || strchr("!?=:{`~<%[", *line) == NULL)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(marks); i++)
		if (text_starts(line, marks[i]))
			return true;
	return line[0] == '<' && isupper((unsigned char)line[1]);
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
		text += length + (text[length] == '\n');
		d.behind = text;
		write_line(&d, line);
	}
	write_blank(&d);
	return true;
}
