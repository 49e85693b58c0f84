/* note/repair.h - turns bytes of unknown encoding into clean UTF-8 with plain line ends. Private to
 * src/note. */
#ifndef NOTE_REPAIR_H
#define NOTE_REPAIR_H

#include "base.h"

extern const uint16_t codepages_mac_roman[128];
extern const uint16_t codepages_windows_1252[128];

struct repaired {
	struct buf text;
	const char *from;  /* the encoding it had been decoded with; NULL: the text was clean */
	size_t characters; /* how many characters were repaired */
	int first_foreign_line; /* the first line with bytes that are not UTF-8; 0: none */
	size_t foreign_bytes;
	size_t dropped_controls;
};

/* Returns false if the file is binary or empty; err says which. */
bool repair_text(const char *bytes, size_t length, struct repaired *ret, struct error *err);

#endif
