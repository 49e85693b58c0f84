/* gate/names.c - names on a daemon that belongs to another user: the object that the learner
 * `ada` calls `web` is `ropes-ada-web` there, so that it does not collide with a `web` of the
 * daemon's owner. Answers get the prefix removed again. */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define FRONT "ropes-"

/* Letters and digits stay; other characters of a learner's name become _HH. So the first dash
 * after "ropes-" ends the name, no two learners share a prefix, and the prefix is valid in the
 * name of a container and of a repository. */
char *names_front(const char *learner)
{
	struct buf out = {0};
	buf_add_text(&out, FRONT);
	for (const char *c = learner; *c != '\0'; c++) {
		bool plain = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9');
		buf_printf(&out, plain ? "%c" : "_%02x", (unsigned char)*c);
	}
	buf_add_char(&out, '-');
	return buf_steal(&out);
}

char *names_for_daemon(const struct gate *gate, const char *name)
{
	return xasprintf("%s%s", gate->front, name);
}

bool names_is_own(const struct gate *gate, const char *name)
{
	return text_starts(name, gate->front);
}

bool names_has_prefix(const char *name)
{
	if (!text_starts(name, FRONT))
		return false;
	const char *learner = name + strlen(FRONT);
	size_t length = strspn(learner, "abcdefghijklmnopqrstuvwxyz0123456789_");
	return length > 0 && learner[length] == '-';
}

static bool is_within_word(const char *text, size_t at)
{
	return at > 0 &&
	       (isalnum((unsigned char)text[at - 1]) || strchr("_-.", text[at - 1]) != NULL);
}

/* Replaces every `from` at the start of a word by `to`. */
static void replace_words(struct buf *text, const char *from, const char *to)
{
	cleanup_buf struct buf shown = {0};
	const char *bytes = buf_text(text), *end = bytes + text->length, *found;
	size_t length = strlen(from);
	for (const char *at = bytes; at < end; at = found + length) {
		found = memmem(at, (size_t)(end - at), from, length);
		buf_add(&shown, at, (size_t)((found != NULL ? found : end) - at));
		if (found == NULL)
			break;
		bool whole = !is_within_word(bytes, (size_t)(found - bytes));
		buf_add_text(&shown, whole ? to : from);
	}
	struct buf old = *text;
	*text = shown;
	shown = old;
}

void names_hide(const struct gate *gate, struct buf *text)
{
	replace_words(text, gate->front, "");
	for (size_t i = 0; i < gate->policy.binds.count; i++) {
		const char *bind = gate->policy.binds.items[i], *equals = strchr(bind, '=');
		if (equals == NULL || equals[1] == '\0')
			continue;
		cleanup_free char *folder = xstrndup(bind, (size_t)(equals - bind));
		replace_words(text, equals + 1, folder);
	}
}
