/* gate/names.c - names in class: what a learner calls `web` the daemon knows as `ropes-ada.web`,
 * and their image `web` as `ropes-ada/web`, so that all may use the same names at the same time. On
 * the way back the fronts are taken off again. */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define FRONT "ropes-"

/* Letters and digits stay, what else an owner's name may have is -HH: two owners never share a
 * front, and both a container and a repository may be called so. The caller frees it. */
static char *front_of(const struct gate *gate)
{
	struct buf out = {0};
	buf_add_text(&out, FRONT);
	for (const char *c = gate->owner != NULL ? gate->owner : ""; *c != '\0'; c++) {
		bool plain = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9');
		buf_printf(&out, plain ? "%c" : "-%02x", (unsigned char)*c);
	}
	return buf_steal(&out);
}

char *name_for_daemon(const struct gate *gate, const char *name)
{
	cleanup_free char *front = front_of(gate);
	return xasprintf("%s.%s", front, name);
}

char *reference_for_daemon(const struct gate *gate, const char *reference)
{
	cleanup_free char *front = front_of(gate);
	return xasprintf("%s/%s", front, reference);
}

bool name_is_own(const struct gate *gate, const char *name)
{
	cleanup_free char *front = front_of(gate);
	size_t length = strlen(front);
	return strncmp(name, front, length) == 0 && (name[length] == '.' || name[length] == '/');
}

bool name_is_anybodys(const char *name)
{
	return text_starts(name, FRONT);
}

bool name_is_others(const struct gate *gate, const char *name)
{
	return name_is_anybodys(name) && !name_is_own(gate, name);
}

static bool is_within_word(const char *text, size_t at)
{
	return at > 0 &&
	       (isalnum((unsigned char)text[at - 1]) || strchr("_-.", text[at - 1]) != NULL);
}

void names_hide(const struct gate *gate, struct buf *text)
{
	cleanup_free char *front = front_of(gate);
	cleanup_buf struct buf shown = {0};
	const char *bytes = buf_text(text), *end = bytes + text->length, *found;
	size_t length = strlen(front);
	for (const char *at = bytes; at < end; at = found) {
		found = memmem(at, (size_t)(end - at), front, length);
		if (found == NULL)
			found = end;
		buf_add(&shown, at, (size_t)(found - at));
		if (found == end)
			break;
		bool whole = !is_within_word(bytes, (size_t)(found - bytes)) &&
			     (found[length] == '.' || found[length] == '/');
		if (!whole)
			buf_add(&shown, found, length);
		found += whole ? length + 1 : length;
	}
	struct buf old = *text;
	*text = shown;
	shown = old;
}
