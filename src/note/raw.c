/*
 * note/raw.c - blanks what only another program reads: slides of remark, shortcodes of Hugo, tags
 * of Jekyll, imports of MDX, boxes between colons, attributes of kramdown, buttons of Katacoda.
 * Each line keeps its number; what is left out is reported. Code stays as it is.
 */
#include "dialect.h"
#include "fence.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct raw {
	struct buf *out;
	void (*left)(void *data, int line, const char *what);
	void *data;
	int line;
	char fence; /* 0: none is open */
	size_t signs;
	bool slides;     /* the text is slides of remark */
	bool properties; /* a slide has just begun */
	bool speaker;    /* its speaker notes */
	bool quiz;       /* the list of a quiz, with its answers */
	bool grid;       /* a table drawn with '+' and '-' */
	unsigned box;    /* 1: "::name", 2: its properties, 3: its content */
	bool code;       /* within a tag of code: "{{< highlight >}}" */
	bool block;      /* "export const x = {" */
};

/* ---- slides ---- */

static bool is_property(const char *line)
{
	static const char *const names[] = {"class:", "name:", "layout:", "template:",
		"background-image:", "exclude:", "count:", "background-size:"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (text_starts(line, names[i]))
			return true;
	return false;
}

static bool is_line(const char *line, const char *word)
{
	size_t length = strlen(word);
	return text_starts(line, word) &&
	       strspn(line + length, " \t\r") == strcspn(line + length, "\n");
}

/* A line of properties begins the text or follows "---". */
static bool are_slides(const char *text)
{
	bool begins = true, slides = false, property = false;
	for (const char *line = text; *line != '\0';) {
		bool rule = is_line(line, "---");
		slides = slides || rule;
		property = property || (begins && is_property(line));
		begins = rule || (begins && (*line == '\n' || is_property(line)));
		line = text_next_line(line);
	}
	return slides && property;
}

/* ---- lines that are left out ---- */

static bool is_import(const char *line)
{
	bool quoted = strstr(line, " from '") != NULL || strstr(line, " from \"") != NULL;
	if (text_starts(line, "import ") && (quoted || line[7] == '\'' || line[7] == '"'))
		return true;
	return text_starts(line, "export const ") || text_starts(line, "export default ") ||
	       text_starts(line, "export function ");
}

/* "{{< figure src="x.png" title="Words" >}}" */
static bool write_figure(struct raw *r, const char *text)
{
	bool figure = text_starts(text, "{{<") && strstr(text, "figure ") != NULL;
	const char *src = figure ? strstr(text, "src=") : NULL;
	const char *title = figure ? strstr(text, "caption=") : NULL;
	title = figure && title == NULL ? strstr(text, "title=") : title;
	cleanup_free char *file = src != NULL ? line_quoted(src) : NULL;
	cleanup_free char *words = title != NULL ? line_quoted(title) : NULL;
	if (file != NULL)
		buf_printf(r->out, "![%s](%s)", words != NULL ? words : "", file);
	return file != NULL;
}

/* "{{< youtube x >}}", "{% include x %}" alone: a tag that dialect.c does not know. */
static bool is_unknown_tag(const char *line)
{
	static const struct {
		const char *open, *close;
	} forms[] = {{"{{<", ">}}"}, {"{{%", "%}}"}, {"{%", "%}"}};
	bool end;
	cleanup_free char *inside = NULL, *text = line_trimmed(line);
	for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
		if (!text_starts(text, forms[i].open))
			continue;
		const char *close = strstr(text, forms[i].close);
		bool alone = close != NULL && text_same(close, forms[i].close);
		return alone && tags_read(text, &inside, &end) == NULL;
	}
	return text_starts(text, "{/*") && text_ends(text, "*/}");
}

static bool take_slide_line(struct raw *r, const char *text)
{
	if (is_line(text, "---")) {
		r->properties = true;
		r->speaker = false;
		return false;
	}
	bool property = r->properties && is_property(text);
	r->properties = r->properties && (*text == '\0' || property);
	r->speaker = r->speaker || is_line(text, "???");
	size_t class =
		text[0] == '.' ? 1 + strspn(text + 1, "abcdefghijklmnopqrstuvwxyz0123456789-.") : 0;
	bool opens = class > 1 && text_same(text + class, "[");
	return property || r->speaker || opens || is_line(text, "--") || is_line(text, "]");
}

/* "::hint-box", "---", ":summary: Hint 1", "---", its text, "::" */
static bool take_box_line(struct raw *r, const char *text)
{
	bool name = text_starts(text, "::") && isalpha((unsigned char)text[2]) &&
		    text[2 + strspn(text + 2, "abcdefghijklmnopqrstuvwxyz-")] == '\0';
	if (name) {
		r->box = 1;
		return true;
	}
	if (r->box == 0)
		return false;
	if (is_line(text, "::")) {
		r->box = 0;
		return true;
	}
	if (r->box < 3 && is_line(text, "---")) {
		r->box++;
		return true;
	}
	return r->box == 2;
}

static bool take_whole_line(struct raw *r, const char *text)
{
	if (r->block || is_import(text)) {
		bool opens = text_ends(text, "{") || text_ends(text, "[") || text_ends(text, "(");
		r->block = r->block ? strchr("})]", text[0]) == NULL || text[0] == '\0' : opens;
		return true;
	}
	return (r->slides && take_slide_line(r, text)) || take_box_line(r, text) ||
	       is_unknown_tag(text);
}

/* ---- parts of a line ---- */

/* Returns how many bytes at c are for another program: "{{execute}}", "{:target=_blank}" behind a
 * link, "{{< br >}}". */
static size_t part_length(const char *line, const char *c)
{
	static const char *const buttons[] = {"{{exec", "{{copy", "{{open"};
	const char *end = NULL;
	if (*c != '{')
		return 0;
	for (size_t i = 0; i < ARRAY_LENGTH(buttons); i++)
		if (text_starts(c, buttons[i]))
			end = strstr(c, "}}");
	if (end != NULL)
		return (size_t)(end - c) + 2;
	if (text_starts(c, "{{<") || text_starts(c, "{{%")) {
		end = strstr(c, c[2] == '<' ? ">}}" : "%}}");
		return end != NULL ? (size_t)(end - c) + 3 : 0;
	}
	bool attribute = text_starts(c, "{:") && c != line && c[-1] == ')';
	return attribute && c[strcspn(c, "}")] == '}' ? strcspn(c, "}") + 1 : 0;
}

/* "==marked==" */
static size_t marked_end(const char *c)
{
	const char *end =
		text_starts(c, "==") && c[2] != '=' && !isspace((unsigned char)c[2]) && c[2] != '\0'
			? strstr(c + 2, "==")
			: NULL;
	bool good = end != NULL && !isspace((unsigned char)end[-1]) && end[2] != '=';
	return good ? (size_t)(end - c) : 0;
}

/* "*docker ps": remark highlights the line in code. */
static const char *without_highlight(const struct raw *r, const char *line)
{
	bool marked = r->slides && r->fence != '\0' && line[0] == '*' && line[1] != '*';
	return marked && prompts_is_command(line + 1 + strspn(line + 1, " $")) ? line + 1 : line;
}

/* ".footnote[words]" */
static const char *without_class(const struct raw *r, char *line)
{
	size_t front = strspn(line, " \t"), length = strlen(line);
	size_t class = line[front] == '.' ? 1 + strspn(line + front + 1,
							"abcdefghijklmnopqrstuvwxyz0123456789-.")
					  : 0;
	if (!r->slides || class < 2 || line[front + class] != '[' || line[length - 1] != ']')
		return line;
	line[length - 1] = '\0';
	return line + front + class + 1;
}

static void write_parts(struct raw *r, const char *line)
{
	bool code = false, tag = strncmp(line + strspn(line, " \t"), "{{", 2) == 0;
	for (const char *c = line; *c != '\0';) {
		size_t skip =
			code || (tag && c == line + strspn(line, " \t")) ? 0 : part_length(line, c);
		size_t marked = code ? 0 : marked_end(c);
		code ^= *c == '`';
		if (marked > 0)
			buf_printf(r->out, "**%.*s**", (int)marked - 2, c + 2);
		else if (skip == 0)
			buf_add_char(r->out, *c);
		c += marked > 0 ? marked + 2 : skip > 0 ? skip : 1;
	}
}

/* ---- tables drawn with characters ---- */

static bool is_border(const char *text)
{
	size_t length = strspn(text, "+-=:");
	return text[0] == '+' && length > 4 && text[length] == '\0' && text[length - 1] == '+';
}

/* Show it as it is drawn: the first border opens a fence, the last one ends it. */
static bool take_grid(struct raw *r, const char *text, const char *next)
{
	bool goes_on = *next == '|' || *next == '+';
	if (!is_border(text) || (r->grid ? goes_on : *next != '|'))
		return false;
	r->grid = !r->grid;
	buf_add_text(r->out, r->grid ? "~~~~text" : "~~~~");
	return true;
}

/* ---- a line ---- */

static bool follow_raw_fence(struct raw *r, const char *text)
{
	size_t signs = *text == '`' || *text == '~' ? line_run(text, *text) : 0;
	if (signs < 3)
		return r->fence != '\0';
	const char *info = text + signs;
	if (r->fence == '\0' && (*text == '~' || strchr(info, '`') == NULL)) {
		r->fence = *text;
		r->signs = signs;
	} else if (*text == r->fence && signs >= r->signs) {
		bool button = text_starts(info, "{{") && text_ends(info, "}}");
		if (button)
			buf_add(r->out, text, signs);
		if (button || text_is_blank(info))
			r->fence = '\0';
	}
	return true;
}

/* Returns whether the line belongs to code between tags, or opens or ends it. */
static bool follow_code_tag(struct raw *r, const char *text)
{
	bool end;
	cleanup_free char *inside = NULL;
	const struct tag *tag = r->fence == '\0' ? tags_read(text, &inside, &end) : NULL;
	bool was = r->code;
	if (tag != NULL && tag->kind == TAG_CODE)
		r->code = !end;
	return was || r->code;
}

static void write_raw_line(struct raw *r, char *line, const char *next)
{
	char *text = line + strspn(line, " \t");
	bool deep = text - line >= 4 && r->fence == '\0';
	if (follow_code_tag(r, text)) {
		buf_add_text(r->out, line);
		return;
	}
	size_t before = r->out->length;
	if (r->grid || (!deep && r->fence == '\0')) {
		if (take_grid(r, text, next))
			return;
	}
	if (r->grid || follow_raw_fence(r, text) || (deep && !r->speaker)) {
		if (r->out->length == before && !(r->speaker && r->fence == '\0'))
			buf_add_text(r->out, without_highlight(r, line));
		return;
	}
	if (write_figure(r, text))
		return;
	if (take_whole_line(r, text)) {
		if (!is_line(text, "--") && !is_line(text, "]") && *text != '\0')
			r->left(r->data, r->line, text);
		return;
	}
	r->quiz = r->quiz ? *text == '\0' || strchr("-*+ ", *text) != NULL || text_ends(text, "?")
			  : text_starts(text, "{:") && strstr(text, "quiz") != NULL;
	char *mark = r->quiz ? strstr(text, "(x)") : NULL;
	if (mark != NULL)
		mark[1] = ' ';
	write_parts(r, without_class(r, line));
}

static bool may_have(const char *text, bool slides)
{
	static const char *const marks[] = {
		"{{", "{%", "==", "{:", "\n::", "\n+-", "import ", "export ", "{/*"};
	for (size_t i = 0; i < ARRAY_LENGTH(marks); i++)
		if (strstr(text, marks[i]) != NULL)
			return true;
	return slides;
}

bool raw_translate(const char *text, struct buf *out,
	void (*left)(void *data, int line, const char *what), void *data)
{
	struct raw r = {.out = out,
		.left = left,
		.data = data,
		.slides = are_slides(text),
		.properties = true};
	if (!may_have(text, r.slides))
		return false;
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		cleanup_free char *line = xstrndup(text, length);
		text += length + (text[length] == '\n');
		r.line++;
		write_raw_line(&r, line, text + strspn(text, " \t"));
		buf_add_char(out, '\n');
	}
	return true;
}
