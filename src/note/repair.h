/* note/repair.h - bytes of unknown making to clean UTF-8 with plain line ends. Private to src/note.
 */
#ifndef NOTE_REPAIR_H
#define NOTE_REPAIR_H

#include "base.h"

extern const uint16_t codepages_mac_roman[128];
extern const uint16_t codepages_windows_1252[128];

struct repaired {
	struct buf text;
	const char *from;       /* what it had been read as; NULL: was clean */
	size_t characters;      /* how many characters it came to */
	int first_foreign_line; /* the first line with bytes that are no UTF-8; 0: none */
	size_t foreign_bytes;
	size_t dropped_controls;
};

/* False: binary or empty; err says which. */
bool repair_text(const char *bytes, size_t length, struct repaired *ret, struct error *err);

#endif
