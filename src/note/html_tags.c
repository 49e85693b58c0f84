/* note/html_tags.c - tables of what tags and entities mean for a reader of text */
#include "html.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool html_tags_match(const char *html, const char *name)
{
	html += html[0] == '<';
	html += html[0] == '/';
	size_t length = strlen(name);
	return strncasecmp(html, name, length) == 0 && !isalnum((unsigned char)html[length]) &&
	       html[length] != '-';
}

const char *html_tags_attribute(const char *html, const char *name, size_t *ret_length)
{
	size_t length = strlen(name);
	for (const char *at = html; (at = strcasestr(at, name)) != NULL; at += length) {
		const char *value = at + length + strspn(at + length, " ");
		if (*value != '=' || (at != html && !isspace((unsigned char)at[-1])))
			continue;
		value += 1 + strspn(value + 1, " ");
		char quote = *value == '"' || *value == '\'' ? *value++ : '\0';
		*ret_length = quote == '"' ? strcspn(value, "\"")
			      : quote      ? strcspn(value, "'")
					   : strcspn(value, " \t\n>");
		return value;
	}
	return NULL;
}

static const char *const silent_tags[] = {"a", "abbr", "article", "aside", "big", "blockquote",
	"body", "br", "button", "caption", "center", "cite", "col", "colgroup", "dd", "details",
	"dfn", "div", "dl", "dt", "figcaption", "figure", "font", "footer", "head", "header", "hr",
	"html", "ins", "label", "li", "main", "mark", "meta", "nav", "ol", "p", "picture", "q",
	"samp", "section", "small", "source", "span", "sub", "summary", "sup", "table", "tbody",
	"td", "tfoot", "th", "thead", "tr", "u", "ul", "var", "wbr", "h1", "h2", "h3", "h4", "h5",
	"h6", "link", "pre", "script", "style", "svg"};

bool html_tags_is_silent(const char *tag)
{
	for (size_t i = 0; i < ARRAY_LENGTH(silent_tags); i++)
		if (html_tags_match(tag, silent_tags[i]))
			return true;
	return false;
}

bool html_tags_is_component(const char *tag)
{
	const char *name = tag + 1 + (tag[1] == '/');
	return isupper((unsigned char)name[0]) && islower((unsigned char)name[1]);
}

unsigned html_tags_style(const char *tag)
{
	static const struct {
		const char *name;
		unsigned style;
	} styles[] = {{"b", NOTE_STRONG}, {"strong", NOTE_STRONG}, {"i", NOTE_EMPHASIS},
		{"em", NOTE_EMPHASIS}, {"code", NOTE_CODE}, {"kbd", NOTE_CODE}, {"tt", NOTE_CODE},
		{"s", NOTE_STRIKE}, {"del", NOTE_STRIKE}, {"strike", NOTE_STRIKE}};
	for (size_t i = 0; i < ARRAY_LENGTH(styles); i++)
		if (html_tags_match(tag, styles[i].name))
			return styles[i].style;
	return NOTE_PLAIN;
}

/* ---- entities ---- */

static const struct {
	const char *name, *text;
} entities[] = {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"},
	{"nbsp", " "}, {"copy", "©"}, {"reg", "®"}, {"trade", "™"}, {"mdash", "—"}, {"ndash", "–"},
	{"hellip", "…"}, {"rarr", "→"}, {"larr", "←"}, {"uarr", "↑"}, {"darr", "↓"},
	{"middot", "·"}, {"bull", "•"}, {"times", "×"}, {"laquo", "«"}, {"raquo", "»"},
	{"check", "✓"}, {"deg", "°"}, {"emsp", " "}, {"ensp", " "}, {"vert", "|"}};

/* Returns the length of the entity at text; 0: it is not one. */
static size_t add_entity(struct buf *out, const char *text, size_t length)
{
	const char *end = memchr(text, ';', length < 12 ? length : 12);
	size_t name = end != NULL ? (size_t)(end - text) - 1 : 0;
	if (name > 1 && text[1] == '#') {
		bool hex = text[2] == 'x' || text[2] == 'X';
		unsigned long point = strtoul(text + 2 + hex, NULL, hex ? 16 : 10);
		bool good = point >= 0x20 && point != 0x7F && (point < 0x80 || point >= 0xA0) &&
			    point < 0x110000 && (point < 0xD800 || point >= 0xE000);
		if (good)
			utf8_encode(out, (uint32_t)point);
		return name + 2;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(entities); i++) {
		if (strlen(entities[i].name) != name ||
			strncmp(entities[i].name, text + 1, name) != 0)
			continue;
		buf_add_text(out, entities[i].text);
		return name + 2;
	}
	return 0;
}

void html_tags_add_text(struct buf *out, const char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		size_t entity = text[at] == '&' ? add_entity(out, text + at, length - at) : 0;
		if (entity == 0)
			buf_add_char(out, text[at]);
		at += entity > 0 ? entity : 1;
	}
}
