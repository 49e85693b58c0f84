/* tests/fuzz/fuzz_note.c - any bytes as a note */
#include "note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct note *note = NULL;
	struct error err = {0};
	if (note_parse("fuzz.md", (const char *)data, size, &note, &err))
		note_destroy(note);
	error_finish(&err);
	return 0;
}
