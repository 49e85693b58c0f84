/* tests/fuzz/fuzz_strip.c - the plain text of output of programs, the first byte is the number of
 * rows */
#include "screen.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_buf struct buf plain = {0};
	if (size > 0)
		screen_strip((const char *)data + 1, size - 1, data[0], &plain);
	return 0;
}
