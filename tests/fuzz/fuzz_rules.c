/* tests/fuzz/fuzz_rules.c - any text as the reader's own file of rules */
#include "explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/tmp/fuzz-rules-XXXXXX";

static void remove_folder(void)
{
	cleanup_free char *file = xasprintf("%s/ropes/explain.txt", folder);
	cleanup_free char *inner = xasprintf("%s/ropes", folder);
	(void)unlink(file);
	(void)rmdir(inner);
	(void)rmdir(folder);
}

static void make_folder(void)
{
	static bool is_made;
	if (is_made)
		return;
	if (mkdtemp(folder) == NULL || atexit(remove_folder) != 0)
		abort();
	cleanup_free char *inner = xasprintf("%s/ropes", folder);
	if (!folder_make(inner, 0700, NULL))
		abort();
	(void)setenv("XDG_CONFIG_HOME", folder, 1);
	is_made = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	make_folder();
	cleanup_free char *file = xasprintf("%s/ropes/explain.txt", folder);
	FILE *out = fopen(file, "we");
	if (out == NULL || fwrite(data, 1, size, out) != size || fclose(out) != 0)
		abort();
	const struct explain_question question = {.line = "docker run -p 80:80 x",
		.status = 125,
		.output = "docker: Error response from daemon: abc: port is already allocated"};
	struct explanation x;
	struct error err = {0};
	if (!explain_failure(&question, &x, &err))
		error_finish(&err); /* only that it ends */
	explain_finish(&x);
	return 0;
}
