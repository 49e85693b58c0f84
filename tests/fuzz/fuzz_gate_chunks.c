/* tests/fuzz/fuzz_gate_chunks.c - any bytes as a chunked body */
#include "../../src/gate/private.h"

#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int ends[2];
	struct head head = {.chunked = true};
	struct body body;
	cleanup_buf struct buf text = {0};
	if (size > 60000 || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		return 0;
	(void)fd_write(ends[0], data, size, NULL); /* it fits the socket's buffer */
	close(ends[0]);
	struct stream stream = {.fd = ends[1], .timeout_ms = 1000};
	http_body_begin(&body, &stream, &head, false);
	(void)http_body_read_all(&body, 65536, &text); /* only that it ends */
	http_stream_finish(&stream);
	return 0;
}
