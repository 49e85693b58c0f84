/* tests/fuzz/fuzz_note.c - any bytes as a note */
#include "note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at_commands(const struct note *note)
{
	for (size_t i = 0; i < note->section_count; i++)
		for (size_t k = 0; k < note->sections[i].block_count; k++)
			if (note->sections[i].blocks[k].kind == NOTE_COMMAND)
				(void)note_placeholders(
					note->sections[i].blocks[k].code, NULL, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct note *note = NULL;
	struct error err = {0};
	if (note_parse("fuzz.md", (const char *)data, size, &note, &err)) {
		look_at_commands(note);
		note_destroy(note);
	}
	error_finish(&err);
	return 0;
}
