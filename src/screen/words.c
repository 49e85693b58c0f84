/* screen/words.c - the word for each symbol that ropes draws: for screen readers, which skip
 * symbols or read their Unicode names, and for terminals that only write text */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The first row that fits counts. */
static const struct {
	const char *symbol;
	const char *mark; /* what it is at the start of a paragraph; NULL: not a mark */
	const char *text; /* what it is within a text; NULL: stays */
} symbols[] = {
	{"✔ done", NULL, N_("Done")},
	{"✔ answered", NULL, N_("Answered")},
	{"✔", N_("OK"), N_("done")},
	{"✘", N_("Failed"), N_("failed")},
	{"!", N_("Warning"), NULL},
	{"- ", N_("Not run "), NULL},
	{" – ", NULL, " - "},
	{"–", N_("Skipped"), N_("none")},
	/* po: in a text, "to" stands for the arrow between two things, "none" for a dash in a table
	 */
	{"→", N_("Help"), N_("to")},
	{"▸", N_("Now"), N_("now")},
	{"▪", N_("Topic"), N_("topic")},
	{" · ", NULL, "; "},
	{"·", "-", "-"},
	{"•", "-", NULL},
	{"☑", N_("Done"), NULL},
	{"☐", N_("To do"), NULL},
	{"🧪", N_("Quiz"), N_("quiz")},
	{"📣", N_("Message"), NULL},
	{"⏰", N_("Time"), NULL},
	{"✋", N_("Hand up"), NULL},
	{"🏁", N_("End"), NULL},
	{"💡 ", "", NULL}, /* "Hint 1 of 2" follows */
	{"🖼 picture", NULL, N_("Picture:")},
	{"🖼 ", NULL, N_("Picture: ")},
	{"🎬 film", NULL, N_("Film:")},
	{"›", ">", ">"},
	{" …", "...", "..."},
	{"…", "...", "..."},
};

bool screen_has_words(const struct screen *s)
{
	return s->words;
}

/* Returns the length of the symbol at the start of `text`; 0: there is none. `only`: the one to
 * look for; NULL: any. */
static size_t match_symbol(const char *text, bool is_mark, const char *only, const char **ret_word)
{
	for (size_t i = 0; i < ARRAY_LENGTH(symbols); i++) {
		const char *word = is_mark ? symbols[i].mark : symbols[i].text;
		bool wanted = only == NULL || text_same(only, symbols[i].symbol);
		if (word != NULL && wanted && text_starts(text, symbols[i].symbol)) {
			*ret_word = *word != '\0' ? _(word) : word;
			return strlen(symbols[i].symbol);
		}
	}
	return 0;
}

/* "✔ done · …": the words after it say it, and begin the sentence. Returns how much was taken. */
static size_t begin_done(const char *text, struct buf *out)
{
	static const char mark[] = "✔ ";
	const char *word = text + strlen(mark);
	if (!text_starts(text, mark) || *word == '\0')
		return 0;
	buf_add_char(out, (char)toupper((unsigned char)*word));
	return strlen(mark) + 1;
}

static char *replace_symbols(const char *text, const char *only)
{
	struct buf out = {0};
	text += only == NULL ? begin_done(text, &out) : 0;
	while (*text != '\0') {
		const char *word;
		size_t length = match_symbol(text, false, only, &word);
		if (length > 0)
			buf_add_text(&out, word);
		else
			buf_add_char(&out, *text);
		text += length > 0 ? length : 1;
	}
	return buf_steal(&out);
}

char *screen_own(const struct screen *s, const char *text)
{
	return s->words ? replace_symbols(text, NULL) : xstrdup(text);
}

char *screen_note(const struct screen *s, const char *text)
{
	return s->words ? replace_symbols(text, "🖼 ") : xstrdup(text);
}

/* "✔ " → "OK: ", "🧪 1/4 " → "Quiz 1/4: ", "• " → "- ". Only what stands first is a
 * symbol.
 */
char *screen_mark(const struct screen *s, const char *mark)
{
	struct buf out = {0};
	const char *word, *first = mark + strspn(mark, " ");
	size_t taken = s->words ? match_symbol(first, true, NULL, &word) : 0;
	if (taken == 0)
		return xstrdup(mark);
	buf_add(&out, mark, (size_t)(first - mark));
	buf_printf(&out, "%s%s", word, first + taken);
	size_t length = out.length;
	while (length > 0 && out.data[length - 1] == ' ')
		length--;
	unsigned char last = length > 0 ? (unsigned char)out.data[length - 1] : ' ';
	if (isalnum(last) || last >= 0x80) { /* a letter of another alphabet */
		buf_truncate(&out, length);
		buf_add_text(&out, ": ");
	}
	return buf_steal(&out);
}
