/* note/anchor.c - anchors for headings, by GitHub's rule */
#include "anchor.h"

#include <stdlib.h>
#include <string.h>

#define VARIATION_SELECTOR 0xFE0F

char *note_anchor(const char *title)
{
	struct buf out = {0};
	size_t length = strlen(title);
	for (size_t at = 0; at < length;) {
		uint32_t point;
		at += utf8_decode(title + at, length - at, &point);
		if (point == ' ')
			buf_add_char(&out, '-');
		else if (point == '-' || (utf8_is_word(point) && point != VARIATION_SELECTOR))
			utf8_encode(&out, utf8_lower(point));
	}
	if (out.length == 0)
		buf_add_text(&out, "section");
	return buf_steal(&out);
}

/* ---- uniqueness ---- */

static struct anchor_slot *find_slot(const struct anchors *a, const char *text)
{
	size_t at = (size_t)hash_bytes(HASH_START, text, strlen(text)) & (a->capacity - 1);
	while (a->slots[at].text != NULL && strcmp(a->slots[at].text, text) != 0)
		at = (at + 1) & (a->capacity - 1);
	return &a->slots[at];
}

static void grow_slots(struct anchors *a)
{
	struct anchors bigger = {
		.capacity = a->capacity > 0 ? a->capacity * 2 : 64, .count = a->count};
	bigger.slots = xcalloc(bigger.capacity, sizeof *bigger.slots);
	for (size_t i = 0; i < a->capacity; i++)
		if (a->slots[i].text != NULL)
			*find_slot(&bigger, a->slots[i].text) = a->slots[i];
	free(a->slots);
	*a = bigger;
}

static void insert_slot(struct anchors *a, const char *text)
{
	if (a->count * 2 >= a->capacity)
		grow_slots(a);
	*find_slot(a, text) = (struct anchor_slot){.text = text};
	a->count++;
}

const char *anchor_make_unique(struct anchors *a, struct arena *arena, const char *title)
{
	cleanup_free char *wanted = note_anchor(title);
	if (a->capacity == 0)
		grow_slots(a);
	const char *result = arena_strdup(arena, wanted);
	while (find_slot(a, result)->text != NULL) {
		struct anchor_slot *first = find_slot(a, wanted);
		result = arena_printf(arena, "%s-%u", wanted, ++first->repeats);
	}
	insert_slot(a, result);
	return result;
}

void anchor_finish(struct anchors *a)
{
	free(a->slots);
	*a = (struct anchors){0};
}
