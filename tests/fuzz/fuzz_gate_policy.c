/* tests/fuzz/fuzz_gate_policy.c - any text as a policy file */
#include "../../src/gate/private.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gate_policy policy;
	cleanup_free char *text = xstrndup((const char *)data, size);
	gate_policy_default(&policy);
	(void)gate_policy_parse(text, &policy, NULL); /* only that it ends */
	gate_policy_finish(&policy);
	return 0;
}
