/* tests/fuzz/fuzz_multipart.c - any bytes as a body in parts, as a form, and as a signature */
#include "../../src/api/private.h"
#include "digest.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void as_form(const uint8_t *data, size_t size)
{
	struct request r = {.method = METHOD_POST};
	struct reply a = {0};
	buf_add(&r.body, data, size);
	pairs_add(&r.parameters, "method", "PUT");
	(void)multipart_form_read(&r, &a);
	pairs_finish(&r.headers);
	pairs_finish(&r.parameters);
	buf_finish(&r.body);
	buf_finish(&a.body);
	pairs_finish(&a.headers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf body = {0}, payload = {0};
	struct parts parts = {0};
	struct error err = {0};
	buf_add(&body, data, size);
	if (multipart_read("multipart/mixed; boundary=x", &body, &parts, &err))
		for (size_t i = 0; i < parts.count; i++)
			if (parts.items[i].bytes < body.data ||
				parts.items[i].bytes + parts.items[i].length >
					body.data + body.length)
				abort();
	multipart_finish(&parts);
	error_finish(&err);
	(void)digest_jws_open((const char *)data, size, &payload, &err);
	error_finish(&err);
	as_form(data, size);
	buf_finish(&body);
	buf_finish(&payload);
	return 0;
}
