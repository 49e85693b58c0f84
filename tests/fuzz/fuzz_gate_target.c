/* tests/fuzz/fuzz_gate_target.c - any text as the target of a request */
#include "../../src/gate/private.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct target target = {0};
	const char *why;
	cleanup_free char *text = xstrndup((const char *)data, size);
	if (target_parse(text, &target, &why)) {
		/* what was taken apart must not come out of its segment again */
		for (size_t i = 0; i < target.segments.count; i++)
			if (strcmp(target.segments.items[i], "..") == 0 ||
				strchr(target.segments.items[i], '/') != NULL)
				abort();
		target_finish(&target);
	}
	return 0;
}
