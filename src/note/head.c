/* note/head.c - the head of a note: a bullet list before the first rule, or front matter in YAML or
 * TOML */
#include "private.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct line {
	const char *text; /* trimmed, without its bullet */
	size_t indent;    /* columns before it; a tab advances to the next multiple of 4 */
	bool bullet;
};

struct head_reader {
	struct reader *reader;
	struct note_head *head;
	const char *list; /* the key that the deeper lines belong to; NULL */
	bool foreign;     /* in a TOML table that is not one of ours */
};

/* ---- one line ---- */

static struct line read_head_line(struct reader *reader, const char *text, size_t length)
{
	struct line l = {0};
	size_t at = 0;
	for (; at < length && (text[at] == ' ' || text[at] == '\t'); at++)
		l.indent = text[at] == '\t' ? (l.indent / 4 + 1) * 4 : l.indent + 1;
	if (at + 1 < length && strchr("-*+", text[at]) != NULL &&
		isspace((unsigned char)text[at + 1])) {
		l.bullet = true;
		at += 2;
		while (at < length && isspace((unsigned char)text[at]))
			at++;
	} else if (at + 1 == length && text[at] == '-') {
		l.bullet = true;
		at++;
	}
	while (length > at && isspace((unsigned char)text[length - 1]))
		length--;
	l.text = arena_strndup(&reader->note->arena, text + at, length - at);
	return l;
}

static const char *strip_quotes(struct reader *reader, const char *value)
{
	size_t length = strlen(value);
	if (length >= 2 && (value[0] == '"' || value[0] == '\'') && value[length - 1] == value[0])
		return arena_strndup(&reader->note->arena, value + 1, length - 2);
	return value;
}

/* ---- values ---- */

static void append_text(struct arena *arena, const char ***list, size_t *count, const char *value)
{
	*list = arena_grow(arena, *list, *count, sizeof **list);
	(*list)[(*count)++] = value;
}

static void add_source(struct head_reader *h, const char *value)
{
	append_text(&h->reader->note->arena, &h->head->sources, &h->head->source_count, value);
}

/* "#docker #start", "[docker, start]", "docker, start" */
static void add_tags(struct head_reader *h, const char *value)
{
	while (*value != '\0') {
		value += strspn(value, " ,[]#\"'\t");
		size_t length = strcspn(value, " ,[]#\"'\t");
		if (length > 0)
			append_text(&h->reader->note->arena, &h->head->tags, &h->head->tag_count,
				arena_strndup(&h->reader->note->arena, value, length));
		value += length;
	}
}

/* "Client 20.10.5", "client: 20.10.5", "server: …", or one version for both */
static void add_version(struct head_reader *h, const char *value)
{
	const char *version = strpbrk(value, "0123456789");
	if (version == NULL)
		return;
	size_t length = strcspn(version, " \t,;)\"'");
	const char *copy = arena_strndup(&h->reader->note->arena, version, length);
	bool server = strncasecmp(value, "server", 6) == 0 || strncasecmp(value, "engine", 6) == 0;
	bool client = strncasecmp(value, "client", 6) == 0;
	if (client || !server)
		h->head->client_version = copy;
	if (server || !client)
		h->head->server_version = copy;
}

/* "Warning ⚠️ - Important / Notes 🗒 - Additional …" */
static void set_icon_meanings(struct head_reader *h, const char *value)
{
	struct arena *arena = &h->reader->note->arena;
	struct note_icon_meaning *icons = NULL;
	size_t count = 0, length;
	const char *mark;
	enum note_icon icon;
	while ((mark = icons_find(value, &icon, &length)) != NULL) {
		const char *meaning = mark + length;
		const char *end = strstr(meaning, " / ");
		size_t name_length = (size_t)(mark - value);
		while (name_length > 0 && isspace((unsigned char)value[name_length - 1]))
			name_length--;
		meaning += strspn(meaning, " -:");
		if (end != NULL && meaning > end)
			meaning = end;
		size_t meaning_length = end != NULL ? (size_t)(end - meaning) : strlen(meaning);
		icons = arena_grow(arena, icons, count, sizeof *icons);
		icons[count++] = (struct note_icon_meaning){
			.icon = icon,
			.name = arena_strndup(arena, value, name_length),
			.mark = arena_strndup(arena, mark, length),
			.meaning = arena_strndup(arena, meaning, meaning_length),
		};
		value = end != NULL ? end + 3 : mark + strlen(mark);
	}
	h->head->icons = icons;
	h->head->icon_count = count;
}

static void set_id(struct head_reader *h, const char *value)
{
	h->head->id = value;
}
static void set_title(struct head_reader *h, const char *value)
{
	h->head->title = value;
}
static void set_author(struct head_reader *h, const char *value)
{
	h->head->author = value;
}
static void set_created(struct head_reader *h, const char *value)
{
	h->head->created = value;
}
static void set_remarks(struct head_reader *h, const char *value)
{
	h->head->remarks = value;
}

/* Prefixes of keys, in lower case, with blanks for underscores. Longer ones come first. */
static const struct {
	const char *key;
	void (*set)(struct head_reader *h, const char *value);
} keys[] = {
	{"created by", set_author},
	{"created", set_created},
	{"author notes", set_remarks},
	{"author", set_author},
	{"date", set_created},
	{"written against", add_version},
	{"versions", add_version},
	{"version", add_version},
	{"client", add_version},
	{"server", add_version},
	{"sources", add_source},
	{"source", add_source},
	{"links", add_source},
	{"tags", add_tags},
	{"tag", add_tags},
	{"keywords", add_tags},
	{"icon", set_icon_meanings},
	{"title", set_title},
	{"id", set_id},
	{"notes", set_remarks},
	{"remarks", set_remarks},
	{"description", set_remarks},
};

static bool key_begins(const char *text, const char *key)
{
	for (; *key != '\0'; key++, text++) {
		char c = (char)tolower((unsigned char)*text);
		if (c == '_' || c == '-')
			c = ' ';
		if (c != *key)
			return false;
	}
	return !isalpha((unsigned char)*text);
}

static void (*find_setter(const char *text))(struct head_reader *h, const char *value)
{
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
		if (key_begins(text, keys[i].key))
			return keys[i].set;
	return NULL;
}

/* "Key: value"; returns false if there is no key. The value may follow below. */
static bool take_pair(struct head_reader *h, const char *text)
{
	const char *colon = strchr(text, ':');
	if (colon == NULL || (colon[1] != '\0' && !isspace((unsigned char)colon[1])))
		return false;
	void (*set)(struct head_reader *, const char *) = find_setter(text);
	const char *value = colon + 1 + strspn(colon + 1, " \t");
	h->list = text;
	if (*value == '[' && set != add_tags) {
		cleanup_free char *inner = xstrndup(value + 1, strcspn(value + 1, "]"));
		for (char *part = inner; *part != '\0';) {
			size_t length = strcspn(part, ",");
			if (set != NULL)
				set(h, arena_strndup(&h->reader->note->arena, part, length));
			part += length + (part[length] == ',');
			part += strspn(part, " ");
		}
	} else if (*value != '\0' && set == add_version && strchr("cCsS", text[0]) != NULL &&
		   (key_begins(text, "client") || key_begins(text, "server"))) {
		add_version(h, text);
	} else if (*value != '\0' && set != NULL) {
		set(h, strip_quotes(h->reader, value));
	}
	return true;
}

static void take_below(struct head_reader *h, const char *text)
{
	void (*set)(struct head_reader *, const char *) =
		h->list != NULL ? find_setter(h->list) : NULL;
	if (set != NULL)
		set(h, strip_quotes(h->reader, text));
}

/* ---- the three formats ---- */

static const char *head_line_end(const char *text, const char *end, size_t *ret_length)
{
	const char *newline = memchr(text, '\n', (size_t)(end - text));
	*ret_length = (size_t)((newline != NULL ? newline : end) - text);
	return newline != NULL ? newline + 1 : end;
}

static bool is_rule(const char *text, size_t length)
{
	size_t signs = 0;
	char sign = length > 0 ? text[0] : '\0';
	if (sign != '-' && sign != '*' && sign != '_')
		return false;
	for (size_t i = 0; i < length; i++) {
		if (text[i] == sign)
			signs++;
		else if (!isspace((unsigned char)text[i]))
			return false;
	}
	return signs >= 3;
}

/* A line of "+++" ends the TOML head that such a line began. */
static int count_toml(const char *text, const char *end)
{
	for (int lines = 0; text < end && lines < 200;) {
		size_t length;
		const char *line = text;
		text = head_line_end(text, end, &length);
		lines++;
		if (lines > 1 && length >= 3 && strncmp(line, "+++", 3) == 0)
			return lines;
	}
	return 0;
}

/* Reads "key = value" as "key: value". Tables ("[params]") belong to the program, except tags. */
static void take_toml_line(struct head_reader *h, const struct line *l)
{
	const char *equals = strchr(l->text, '=');
	if (l->text[0] == '[') {
		h->foreign = strcmp(l->text, "[taxonomies]") != 0;
		return;
	}
	if (equals == NULL || h->foreign || l->text[0] == '#')
		return;
	size_t key = (size_t)(equals - l->text);
	while (key > 0 && isspace((unsigned char)l->text[key - 1]))
		key--;
	const char *pair = arena_printf(&h->reader->note->arena, "%.*s: %s", (int)key, l->text,
		equals + 1 + strspn(equals + 1, " \t"));
	(void)take_pair(h, pair); /* skip a line without a key */
}

static int count_to_rule(const char *text, const char *end, bool yaml)
{
	int lines = 0;
	bool bullets = false;
	while (text < end) {
		size_t length;
		const char *line = text;
		text = head_line_end(text, end, &length);
		lines++;
		if (yaml && lines == 1)
			continue;
		bool dots = yaml && length == 3 && strncmp(line, "...", 3) == 0;
		if (is_rule(line, length) || dots)
			return yaml || bullets ? lines : 0;
		if (!yaml && length > 0 && strchr(" \t-*+", line[0]) == NULL)
			return 0; /* not a list: the text has begun */
		bullets = bullets || length > 0;
		if (lines > 200)
			return 0;
	}
	return 0;
}

static void take_bullet_line(struct head_reader *h, const struct line *l, size_t *list_indent)
{
	if (l->text[0] == '\0')
		return;
	if (l->indent == 0 && strchr(l->text, ':') == NULL) {
		if (h->head->id == NULL)
			h->head->id = l->text;
		return;
	}
	bool deeper = h->list != NULL && l->indent > *list_indent;
	if (deeper) {
		take_below(h, l->text);
	} else if (take_pair(h, l->text)) {
		*list_indent = l->indent;
	}
}

static void take_yaml_line(struct head_reader *h, const struct line *l)
{
	if (l->text[0] == '\0' || l->text[0] == '#')
		return;
	if ((l->bullet || l->indent > 0) && h->list != NULL) {
		const char *list = h->list;
		bool nested = find_setter(list) == add_version;
		if (nested)
			add_version(h, l->text);
		else
			take_below(h, l->text);
		h->list = list;
	} else {
		(void)take_pair(h, l->text); /* skip a line without a key */
	}
}

enum head_form { HEAD_NONE, HEAD_BULLETS, HEAD_YAML, HEAD_TOML };

static enum head_form find_form(const char *text, const char *end, int *ret_lines)
{
	size_t first;
	(void)head_line_end(text, end, &first);
	if (first >= 3 && strncmp(text, "+++", 3) == 0 && strspn(text, "+") == first) {
		*ret_lines = count_toml(text, end);
		return *ret_lines > 0 ? HEAD_TOML : HEAD_NONE;
	}
	bool yaml = first >= 3 && strncmp(text, "---", 3) == 0 && is_rule(text, first);
	bool bullets = first > 0 && strchr("-*+", text[0]) != NULL;
	*ret_lines = yaml || bullets ? count_to_rule(text, end, yaml) : 0;
	return *ret_lines == 0 ? HEAD_NONE : yaml ? HEAD_YAML : HEAD_BULLETS;
}

/* "---" and "key: value" below it, but nothing ends the head. */
static void warn_unclosed_head(struct reader *reader, const char *text, const char *end)
{
	size_t first, second;
	const char *line = head_line_end(text, end, &first);
	const char *behind = head_line_end(line, end, &second);
	size_t key = 0;
	while (key < second && (isalnum((unsigned char)line[key]) || line[key] == '_'))
		key++;
	if (first == 3 && strncmp(text, "---", 3) == 0 && behind > line && key > 0 &&
		key < second && line[key] == ':')
		reader_add_problem(reader, 1, true,
			_("the head that begins here is never ended by another ---: it is shown as "
			  "text"));
}

void head_read(struct reader *reader, const char *text, size_t length, int *ret_lines)
{
	const char *end = text + length;
	struct head_reader h = {.reader = reader, .head = &reader->note->head};
	size_t list_indent = 0;
	enum head_form form = find_form(text, end, ret_lines);
	if (form == HEAD_NONE)
		warn_unclosed_head(reader, text, end);
	for (int i = 0; i < *ret_lines; i++) {
		const char *line = text;
		size_t line_length;
		bool edge = form != HEAD_BULLETS && (i == 0 || i == *ret_lines - 1);
		text = head_line_end(text, end, &line_length);
		if (edge || is_rule(line, line_length))
			continue;
		struct line l = read_head_line(reader, line, line_length);
		if (form == HEAD_TOML)
			take_toml_line(&h, &l);
		else if (form == HEAD_YAML)
			take_yaml_line(&h, &l);
		else
			take_bullet_line(&h, &l, &list_indent);
	}
}
