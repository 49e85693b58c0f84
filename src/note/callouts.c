/* note/callouts.c - how a callout announces itself: an icon, a bold word, or a type with a title */
#include "blocks.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static void strip_front(struct walker *w, struct note_text *text, size_t length)
{
	struct note_span *spans = (struct note_span *)text->spans; /* allocated for this block */
	const char *rest = spans[0].text + length;
	rest += strspn(rest, " \t\n:");
	spans[0].text = rest;
	if (*rest == '\0') {
		text->spans++;
		text->count--;
	}
	(void)w;
}

/* Makes the first line of a callout its title: puts the spans up to the first line break in bold
 * after `name`. Without a name, a single line remains text. */
static void make_title(struct walker *w, struct note_text *text, const char *name)
{
	size_t at = 0, count = 0;
	while (at < text->count && strchr(text->spans[at].text, '\n') == NULL)
		at++;
	if (at == text->count && *name == '\0')
		return;
	struct note_span *spans = arena_alloc(blocks_arena(w), (text->count + 2) * sizeof *spans);
	if (*name != '\0')
		spans[count++] = (struct note_span){.style = NOTE_STRONG, .text = name};
	for (size_t i = 0; i < text->count; i++) {
		struct note_span span = text->spans[i];
		size_t length = i == at ? strcspn(span.text, "\n") : 0;
		if (length > 0) {
			spans[count] = span;
			spans[count].text = arena_strndup(blocks_arena(w), span.text, length);
			spans[count++].style |= NOTE_STRONG;
			span.text += length;
		}
		span.style |= i < at && at < text->count ? NOTE_STRONG : 0;
		spans[count++] = span;
	}
	*text = (struct note_text){.spans = spans, .count = count};
}

/* "[!NOTE]", "[!faq]- Title": a type without an icon of its own is shown by its name. */
static enum note_icon announced_type(struct walker *w, struct note_text *text)
{
	const char *first = text->spans[0].text;
	size_t end = strcspn(first, "]");
	cleanup_free char *word = end > 2 ? xstrndup(first + 2, end - 2) : NULL;
	bool type = word != NULL && first[end] == ']' &&
		    strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") ==
			    strlen(word);
	if (!type || (w->quote_count == 0 && icons_of_word(word) == NOTE_ICON_NONE))
		return NOTE_ICON_NONE;
	end += first[end + 1] == '-' || first[end + 1] == '+' ? 2 : 1;
	const char *behind = first + end + strspn(first + end, " ");
	bool titled = text->count > 1 ? *behind != '\n' : *behind != '\n' && *behind != '\0';
	bool named = icons_of_word(word) == NOTE_ICON_NONE && !titled;
	word[0] = (char)toupper((unsigned char)word[0]);
	const char *name = named ? arena_strdup(blocks_arena(w), word) : "";
	enum note_icon icon = icons_of_type(word);
	bool body = text->count > 1 || *behind != '\0';
	strip_front(w, text, end);
	if (named)
		name = arena_printf(blocks_arena(w), "%s%s", name, body ? "\n" : "");
	if (named || titled)
		make_title(w, text, name);
	return icon;
}

enum note_icon callouts_find(struct walker *w, struct note_text *text)
{
	size_t length;
	if (text->count == 0)
		return NOTE_ICON_NONE;
	const struct note_span *first = &text->spans[0];
	enum note_icon icon = icons_at(&w->reader->note->head, first->text, &length);
	if (icon != NOTE_ICON_NONE) {
		strip_front(w, text, length);
		return icon;
	}
	if (text_starts(first->text, "[!"))
		return announced_type(w, text);
	if ((first->style & NOTE_STRONG) == 0)
		return NOTE_ICON_NONE;
	icon = icons_of_word(first->text);
	if (icon != NOTE_ICON_NONE) {
		strip_front(w, text, strlen(first->text));
		if (text->count > 0)
			strip_front(w, text, 0);
	}
	return icon;
}

void callouts_mark(struct walker *w, struct note_block *b, enum note_icon icon)
{
	struct quote *quote = w->quote_count > 0 ? &w->quotes[w->quote_count - 1] : NULL;
	b->icon = icon;
	b->callout = ++w->callouts;
	if (quote != NULL && quote->callout == 0)
		*quote = (struct quote){.icon = icon, .callout = b->callout};
}
