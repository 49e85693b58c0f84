/* tests/fuzz/fuzz_split.c - any text as a shell line and as a statement */
#include "check.h"
#include "explain.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_free char *text = xstrndup((const char *)data, size);
	const char *statement = text;
	struct shell_commands commands;
	struct check_plan *plan = NULL;
	struct error err = {0};
	shell_split(text, &commands);
	shell_commands_finish(&commands);
	check_plan_destroy(check_plan_derive(text, "docker run -d nginx", NULL));
	check_plan_destroy(check_plan_derive("docker run -d -p 80:80 x", text, NULL));
	if (check_plan_parse(&statement, 1, NULL, &plan, NULL, &err))
		check_plan_destroy(plan);
	error_finish(&err);
	(void)check_is_interactive(text); /* only that it ends */
	struct explain_question question = {.line = text, .status = 1, .output = text};
	struct explanation explanation;
	if (!explain_failure(&question, &explanation, &err))
		error_finish(&err); /* only that it ends */
	explain_finish(&explanation);
	return 0;
}
