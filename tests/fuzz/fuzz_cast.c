/* tests/fuzz/fuzz_cast.c - any bytes as a recording; what is read of it is written, and read again
 * as the same */
#include "cast.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_again(const struct cast *cast)
{
	cleanup_buf struct buf out = {0};
	struct cast *again = NULL;
	cast_add_head(&out, &cast->head);
	for (size_t i = 0; i < cast->event_count; i++)
		cast_add_event(&out, cast->events[i].pause_ms, cast->events[i].code,
			cast->events[i].data, strlen(cast->events[i].data));
	if (!cast_parse("again", buf_text(&out), out.length, &again, NULL))
		abort();
	if (again->event_count > cast->event_count)
		abort();
	cast_destroy(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cast *cast = NULL;
	struct error err = {0};
	if (cast_parse("fuzz", (const char *)data, size, &cast, &err)) {
		write_again(cast);
		cast_destroy(cast);
	}
	error_finish(&err);
	(void)cast_whole_length((const char *)data, size);
	return 0;
}
