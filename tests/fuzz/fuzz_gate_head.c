/* tests/fuzz/fuzz_gate_head.c - any bytes as the head of a request and of an answer */
#include "../../src/gate/private.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct head head = {0};
	const char *why;
	for (int answer = 0; answer < 2; answer++)
		if (http_head_parse((const char *)data, size, answer != 0, &head, &why) ==
			HEAD_GOOD)
			http_head_finish(&head);
	return 0;
}
