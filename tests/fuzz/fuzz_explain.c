/* tests/fuzz/fuzz_explain.c - any text as a line with its message, and as a file of rules; a
 * corrected line reads again. The input is "STATUS LINE\\nOUTPUT". */
#include "explain.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void explain_any(const char *line, const char *output, int status)
{
	const struct explain_question question = {.line = line, .status = status, .output = output};
	struct explanation x;
	struct error err = {0};
	if (!explain_failure(&question, &x, &err))
		abort(); /* the shipped rules can be read */
	if (x.rule != NULL && (x.topic == NULL || x.what == NULL || x.why == NULL ||
				      x.hint == NULL || x.left == NULL || x.cause == NULL))
		abort();
	explain_finish(&x);
	error_finish(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	cleanup_free char *text = xstrndup((const char *)data + 1, size - 1);
	static const int statuses[] = {0, 1, 125, 126, 127, 137, 255, EXPLAIN_NO_STATUS};
	char *newline = strchr(text, '\n');
	cleanup_free char *line = xstrndup(text, strcspn(text, "\n"));
	explain_any(line, newline != NULL ? newline + 1 : "", statuses[data[0] % 8]);
	return 0;
}
