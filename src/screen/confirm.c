/* screen/confirm.c - questions that are answered by yes or no, in the reader's language */
#include "private.h"

#include <string.h>

/* The first letters are the same, whatever their case. */
static bool starts_alike(const char *word, const char *other)
{
	size_t length = utf8_fit(other, strlen(other), 1);
	cleanup_free char *first = xstrndup(other, length), *typed = xstrndup(word, length);
	return length > 0 && text_same_fold(first, typed);
}

bool screen_confirm(struct screen *s, const char *question, bool otherwise, bool *ret)
{
	cleanup_free char *answer = NULL;
	const struct screen_prompt prompt = {.text = question, .wake_fd = -1};
	if (screen_ask(s, &prompt, &answer, NULL) != SCREEN_LINE)
		return false;
	const char *word = answer + strspn(answer, " \t");
	const char *yes = language_text_in("answer", "yes"); /* in English, too */
	*ret = *word == '\0' ? otherwise : *word == 'y' || *word == 'Y' || starts_alike(word, yes);
	return true;
}
