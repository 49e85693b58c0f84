/* screen/confirm.c - questions that are answered by yes or no, in the reader's language */
#include "private.h"

#include <string.h>

/* Whether a text begins with the word's first letter, in upper or lower case. */
static bool begins_like(const char *text, const char *word)
{
	uint32_t a, b;
	if (*text == '\0' || *word == '\0')
		return false;
	(void)utf8_decode(text, strlen(text), &a);
	(void)utf8_decode(word, strlen(word), &b);
	return utf8_lower(a) == utf8_lower(b);
}

bool screen_means_yes(const char *answer)
{
	answer += strspn(answer, " \t");
	return begins_like(answer, language_text_in("answer", "yes")) ||
	       (begins_like(answer, "yes") &&
		       !begins_like(answer, language_text_in("answer", "no")));
}

bool screen_means_no(const char *answer)
{
	answer += strspn(answer, " \t");
	return begins_like(answer, language_text_in("answer", "no")) ||
	       (begins_like(answer, "no") &&
		       !begins_like(answer, language_text_in("answer", "yes")));
}

bool screen_confirm(struct screen *s, const char *question, bool otherwise, bool *ret)
{
	cleanup_free char *answer = NULL;
	const struct screen_prompt prompt = {.text = question, .wake_fd = -1};
	if (screen_ask(s, &prompt, &answer, NULL) != SCREEN_LINE)
		return false;
	*ret = answer[strspn(answer, " \t")] == '\0' ? otherwise : screen_means_yes(answer);
	return true;
}
