/* note/icons.c - the icons of callouts: one table of names, marks and announcing words */
#include "private.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	const char *mark;     /* with U+FE0F if it needs one */
	const char *words[8]; /* words that announce it: in bold, as [!WORD], or in a legend */
} icons[NOTE_ICON_COUNT] = {
	[NOTE_ICON_NONE] = {"", "", {NULL}},
	[NOTE_ICON_WARNING] = {"warning", "⚠️",
		{"warning", "caution", "danger", "important", "attention", NULL}},
	[NOTE_ICON_NOTE] = {"note", "🗒",
		{"note", "notes", "info", "information", "remark", NULL}},
	[NOTE_ICON_VERSION] = {"version", "🌱", {"version", "versions", NULL}},
	[NOTE_ICON_KNOWLEDGE] = {"knowledge", "🧠", {"knowledge", "did you know", NULL}},
	[NOTE_ICON_LINKS] = {"links", "🕸", {"www", "links", "see also", NULL}},
	[NOTE_ICON_OBJECTIVE] = {"aim", "🎯", {"aim", "learning aim", "goal", "objective", NULL}},
	[NOTE_ICON_EVALUATION] = {"evaluation", "🧪", {"evaluation", NULL}},
	[NOTE_ICON_TIP] = {"tip", "💡", {"tip", "hint", NULL}},
};

const char *note_icon_name(enum note_icon icon)
{
	return icons[icon].name;
}

const char *note_icon_mark(enum note_icon icon)
{
	return icons[icon].mark;
}

enum note_icon icons_of_word(const char *word)
{
	size_t length = strlen(word);
	while (length > 0 && (isspace((unsigned char)word[length - 1]) || word[length - 1] == ':' ||
				     word[length - 1] == '!'))
		length--;
	for (size_t i = 1; i < NOTE_ICON_COUNT; i++)
		for (size_t k = 0; icons[i].words[k] != NULL; k++)
			if (strlen(icons[i].words[k]) == length &&
				strncasecmp(icons[i].words[k], word, length) == 0)
				return (enum note_icon)i;
	return NOTE_ICON_NONE;
}

/* Types without an icon of their own; the type becomes the title. */
static const struct {
	const char *type;
	enum note_icon icon;
} types[] = {
	{"abstract", NOTE_ICON_NOTE},
	{"summary", NOTE_ICON_NOTE},
	{"tldr", NOTE_ICON_NOTE},
	{"todo", NOTE_ICON_NOTE},
	{"success", NOTE_ICON_NOTE},
	{"check", NOTE_ICON_NOTE},
	{"done", NOTE_ICON_NOTE},
	{"question", NOTE_ICON_NOTE},
	{"help", NOTE_ICON_NOTE},
	{"faq", NOTE_ICON_NOTE},
	{"example", NOTE_ICON_NOTE},
	{"quote", NOTE_ICON_NOTE},
	{"cite", NOTE_ICON_NOTE},
	{"details", NOTE_ICON_NOTE},
	{"primary", NOTE_ICON_NOTE},
	{"secondary", NOTE_ICON_NOTE},
	{"seealso", NOTE_ICON_LINKS},
	{"failure", NOTE_ICON_WARNING},
	{"fail", NOTE_ICON_WARNING},
	{"missing", NOTE_ICON_WARNING},
	{"error", NOTE_ICON_WARNING},
	{"bug", NOTE_ICON_WARNING},
};

static enum note_icon find_type(const char *word)
{
	for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
		if (strcasecmp(types[i].type, word) == 0)
			return types[i].icon;
	return NOTE_ICON_NONE;
}

bool icons_is_type(const char *word)
{
	return icons_of_word(word) != NOTE_ICON_NONE || find_type(word) != NOTE_ICON_NONE;
}

enum note_icon icons_of_type(const char *word)
{
	enum note_icon icon = icons_of_word(word);
	icon = icon != NOTE_ICON_NONE ? icon : find_type(word);
	return icon != NOTE_ICON_NONE ? icon : NOTE_ICON_NOTE;
}

#define SELECTOR "\xEF\xB8\x8F" /* U+FE0F */

/* Returns the length of the mark at text, with or without its variation selector. */
static size_t mark_length(const char *text, const char *mark)
{
	if (*text != *mark)
		return 0;
	size_t bare = strlen(mark);
	if (bare > 3 && text_ends(mark, SELECTOR))
		bare -= 3;
	if (bare == 0 || strncmp(text, mark, bare) != 0)
		return 0;
	return strncmp(text + bare, SELECTOR, 3) == 0 ? bare + 3 : bare;
}

enum note_icon icons_at(const struct note_head *head, const char *text, size_t *ret_length)
{
	for (size_t i = 0; i < head->icon_count; i++) {
		*ret_length = mark_length(text, head->icons[i].mark);
		if (*ret_length > 0)
			return head->icons[i].icon;
	}
	for (size_t i = 1; i < NOTE_ICON_COUNT; i++) {
		*ret_length = mark_length(text, icons[i].mark);
		if (*ret_length > 0)
			return (enum note_icon)i;
	}
	return NOTE_ICON_NONE;
}

const char *icons_find(const char *text, enum note_icon *ret_icon, size_t *ret_length)
{
	const struct note_head none = {0};
	for (; *text != '\0'; text++) {
		*ret_icon = icons_at(&none, text, ret_length);
		if (*ret_icon != NOTE_ICON_NONE)
			return text;
	}
	return NULL;
}
