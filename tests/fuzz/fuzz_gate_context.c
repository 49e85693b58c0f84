/* tests/fuzz/fuzz_gate_context.c - any bytes as a build's archive, in class: nothing is read beyond
 * them, and no image goes through unasked where no daemon answers */
#include "../../src/gate/private.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gate gate = {.profile = GATE_CLASS,
		.owner = (char[]){"ada"},
		.upstream = (char[]){"/nonexistent/socket"},
		.log_fd = -1};
	struct request r = {.gate = &gate,
		.client = {.fd = -1, .timeout_ms = 0},
		.head = {.has_length = true, .length = size}};
	/* whole blocks, as an archive has them */
	size_t whole = (size + 511) / 512 * 512;
	buf_add(&r.client.pending, data, size);
	buf_add_repeat(&r.client.pending, '\0', whole - size);
	r.head.length = whole;
	gate_policy_default(&gate.policy);
	pthread_mutex_init(&gate.lock, NULL);
	bool good = judge_context(&r);
	/* a FROM of an image that is not `scratch` would have been asked about */
	if (good && r.archive.length != whole)
		abort();
	if (!good && r.status == 0)
		abort();
	pthread_mutex_destroy(&gate.lock);
	stream_finish(&r.client);
	target_finish(&r.target);
	buf_finish(&r.message);
	buf_finish(&r.archive);
	free(r.rule);
	gate_policy_finish(&gate.policy);
	return 0;
}
