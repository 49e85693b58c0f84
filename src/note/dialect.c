/* note/dialect.c - what other programs write besides CommonMark, said in CommonMark: line for line,
 * so that every line keeps its number.
 *
 * admonitions and tabs of MkDocs (indented below `!!! note`, `=== "Linux"`), containers between
 * colons (Docusaurus, VitePress, Quarto), tags of templates (Jekyll, Hugo, GitBook) where they hold
 * code or a callout, directives of MyST, Notion's <aside>, comments of Obsidian, attributes of
 * kramdown. Code and comments stay as they are. */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What goes on over several lines. */
enum container_kind {
	CONTAINER_INDENTED, /* as long as lines are indented */
	CONTAINER_COLONS,   /* up to as many colons */
	CONTAINER_TAG,      /* up to the tag that ends it */
	CONTAINER_FENCE,    /* up to as many signs: a directive */
};

struct container {
	enum container_kind kind;
	size_t indent; /* of its first line, within what it stands in */
	size_t signs;  /* colons, or signs of a fence */
	bool quote;    /* its content is quoted */
	char name[16]; /* of the tag */
};

#define CONTAINERS_MOST 16

struct dialect {
	struct buf *out;
	struct container open[CONTAINERS_MOST];
	size_t count;
	char fence; /* the sign of the fence that is open, 0: none */
	size_t fence_signs;
	bool comment; /* within <!-- … --> */
	bool hidden;  /* within %% … %% */
	bool list;    /* a list may go on: what is indented is no code */
	size_t blank; /* empty lines: the next one tells in which container they are */
};

/* A line without what the containers around it took. */
struct rest {
	const char *text;
	size_t indent; /* columns in front of text */
};

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

static char *trimmed(const char *text)
{
	text += strspn(text, " \t");
	size_t length = strlen(text);
	while (length > 0 && isspace((unsigned char)text[length - 1]))
		length--;
	return xstrndup(text, length);
}

/* The first word between quotes; NULL. */
static char *quoted(const char *text)
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

static void write_margin(struct dialect *d)
{
	for (size_t i = 0; i < d->count; i++) {
		buf_add_repeat(d->out, ' ', d->open[i].indent);
		if (d->open[i].quote)
			buf_add_text(d->out, "> ");
	}
}

static void write_line(struct dialect *d, const struct rest *rest, const char *text)
{
	write_margin(d);
	if (*text != '\0')
		buf_add_repeat(d->out, ' ', rest->indent);
	buf_add_text(d->out, text);
}

static void open_container(struct dialect *d, struct container c)
{
	if (d->count < CONTAINERS_MOST)
		d->open[d->count++] = c;
}

/* The line that opens a callout: "> [!type] **title**". */
static void write_callout(
	struct dialect *d, const struct rest *rest, const char *type, const char *title)
{
	cleanup_buf struct buf line = {0};
	buf_printf(&line, "> [!%s]", type);
	if (title != NULL && *title != '\0')
		buf_printf(&line, strchr(title, '*') != NULL ? " %s" : " **%s**", title);
	write_line(d, rest, buf_text(&line));
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
	cleanup_free char *title = quoted(type);
	cleanup_free char *word = xstrndup(type, strcspn(type, " \t\""));
	write_callout(d, rest, word, title);
	open_container(
		d, (struct container){
			   .kind = CONTAINER_INDENTED, .indent = rest->indent, .quote = true});
	return true;
}

static bool take_tab(struct dialect *d, const struct rest *rest)
{
	const char *text = rest->text;
	if (!text_starts(text, "==="))
		return false;
	text += 3 + (text[3] == '!' || text[3] == '+');
	cleanup_free char *title = *text == ' ' && text[1] == '"' ? quoted(text) : NULL;
	if (title == NULL || *title == '\0')
		return false;
	cleanup_free char *line = xasprintf("**%s**", title);
	write_line(d, rest, line);
	open_container(d, (struct container){.kind = CONTAINER_INDENTED, .indent = rest->indent});
	return true;
}

/* ":   Definition" below its term; what belongs to it is indented. */
static bool take_definition(struct dialect *d, const struct rest *rest)
{
	if (rest->text[0] != ':' || (rest->text[1] != ' ' && rest->text[1] != '\t'))
		return false;
	write_line(d, rest, rest->text);
	open_container(d, (struct container){.kind = CONTAINER_INDENTED, .indent = rest->indent});
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
	write_margin(d); /* an empty line */
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
			? quoted(behind)
			: trimmed(behind + (*behind == '}'));
	if (callout)
		write_callout(d, rest, type, strchr(title, '=') == NULL ? title : NULL);
	else
		write_margin(d);
	open_container(d, (struct container){.kind = CONTAINER_COLONS,
				  .indent = callout ? rest->indent : 0,
				  .signs = colons,
				  .quote = callout});
	return true;
}

/* ---- tags of templates ---- */

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
	cleanup_free char *line = trimmed(text);
	for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
		size_t open = strlen(forms[i].open), close = strlen(forms[i].close);
		size_t length = strlen(line);
		if (!text_starts(line, forms[i].open) || length < open + close ||
			strstr(line, forms[i].close) != line + length - close)
			continue;
		line[length - close] = '\0';
		return trimmed(line + open + strspn(line + open, "-"));
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
		write_line(d, rest, line);
		d->fence = '~';
		d->fence_signs = 6;
		break;
	case TAG_CALLOUT:
		type = type_within(inside);
		title = strstr(behind, "title=") != NULL ? quoted(strstr(behind, "title=")) : NULL;
		write_callout(d, rest, type, title);
		(void)memcpy(c.name, tag->name, strlen(tag->name) + 1); /* a word of the table */
		open_container(d, c);
		break;
	case TAG_LABEL:
		title = quoted(behind);
		line = title != NULL ? xasprintf("**%s**", title) : NULL;
		write_line(d, rest, line != NULL ? line : "");
		break;
	case TAG_NOTHING:
		write_margin(d);
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
	write_margin(d);
}

/* The word of a tag's end, without "end" or "/"; NULL. */
static const char *ended_by(const char *inside)
{
	if (text_starts(inside, "end"))
		return inside + 3;
	return inside[0] == '/' ? inside + 1 + strspn(inside + 1, " ") : NULL;
}

static bool take_tag(struct dialect *d, const struct rest *rest)
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

/* The fence that a tag opened is ended by its tag. */
static bool end_code(struct dialect *d, const struct rest *rest)
{
	cleanup_free char *inside = rest->text[0] == '{' ? tag_inside(rest->text) : NULL;
	const char *ended = inside != NULL ? ended_by(inside) : NULL;
	if (ended == NULL || d->fence != '~' || d->fence_signs != 6 ||
		!text_starts(ended, "highlight"))
		return false;
	write_line(d, rest, "~~~~~~");
	d->fence = '\0';
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
	cleanup_free char *title = trimmed(info + length + 2);
	if (text_same(word, "code-block") || text_same(word, "code")) {
		cleanup_free char *line = xasprintf("%.*s%s", (int)signs, rest->text, title);
		write_line(d, rest, line);
		follow_fence(d, line);
		return true;
	}
	if (!is_callout_type(word) && !text_same(word, "admonition"))
		return false;
	write_callout(d, rest, text_same(word, "admonition") ? "note" : word, title);
	open_container(d, (struct container){.kind = CONTAINER_FENCE,
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
	cleanup_free char *line = trimmed(rest->text);
	if (text_same(line, "</aside>"))
		return end_container(d, CONTAINER_TAG, 0);
	if (!text_same(line, "<aside>"))
		return false;
	write_line(d, rest, ">");
	open_container(d,
		(struct container){.kind = CONTAINER_TAG, .indent = rest->indent, .quote = true});
	return true;
}

/* "%% … %%": a comment of Obsidian, of one line or several. */
static bool take_hidden(struct dialect *d, const struct rest *rest)
{
	cleanup_free char *line = trimmed(rest->text);
	bool ends = strlen(line) >= 2 && text_ends(line, "%%");
	if (!d->hidden && !text_starts(line, "%%"))
		return false;
	if (!d->hidden && !text_same(line, "%%") && !(ends && strlen(line) >= 4))
		return false;
	d->hidden = d->hidden ? !ends : text_same(line, "%%");
	write_margin(d);
	return true;
}

/* "{: .class}", "{:toc}", "{.is-info}", "[TOC]", "[[_TOC_]]": said to the program alone. */
static bool take_attribute(struct dialect *d, const struct rest *rest)
{
	static const char *const contents[] = {"[TOC]", "[[TOC]]", "[[_TOC_]]", "[toc]"};
	cleanup_free char *line = trimmed(rest->text);
	size_t length = strlen(line);
	bool attribute = (text_starts(line, "{:") || text_starts(line, "{.")) &&
			 strcspn(line, "}") + 1 == length;
	for (size_t i = 0; i < ARRAY_LENGTH(contents); i++)
		attribute = attribute || text_same_fold(line, contents[i]);
	if (attribute)
		write_margin(d);
	return attribute;
}

static bool (*const readers[])(struct dialect *d, const struct rest *rest) = {take_admonition,
	take_tab, take_definition, take_colons, take_tag, take_directive, end_directive, take_aside,
	take_attribute};

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
		return end_code(d, rest);
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
		write_margin(d);
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
		write_line(d, rest, rest->text);
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
	while (text != NULL) {
		if (may_be_one(text))
			return true;
		text = strchr(text, '\n');
		text += text != NULL;
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
