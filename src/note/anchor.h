/* note/anchor.h - anchors that are unique in a note: the second "example" becomes "example-1".
 * Private to src/note. */
#ifndef NOTE_ANCHOR_H
#define NOTE_ANCHOR_H

#include "note.h"

struct anchor_slot {
	const char *text;
	unsigned repeats;
};

struct anchors {
	struct anchor_slot *slots; /* a hash table, because notes can have thousands of headings */
	size_t capacity, count;
};

const char *anchor_make_unique(struct anchors *anchors, struct arena *arena, const char *title);
void anchor_finish(struct anchors *anchors);

#endif
