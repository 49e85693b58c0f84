/* tests/fuzz/fuzz_cli.c - any text as a shell line: its docker commands are read and checked, and a
 * corrected line is one that can be read again */
#include "cli.h"
#include "explain.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_again(const char *line)
{
	struct shell_commands commands;
	shell_split(line, &commands);
	shell_commands_finish(&commands);
}

static void check_call(const struct cli_call *call, const char *line)
{
	struct cli_faults faults;
	cli_find_faults(call, line, &faults);
	for (size_t i = 0; i < faults.count; i++) {
		if (faults.items[i].word > call->line->count)
			abort();
		if (faults.items[i].repaired != NULL)
			read_again(faults.items[i].repaired);
	}
	cli_faults_finish(&faults);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_free char *line = xstrndup((const char *)data, size);
	struct shell_commands commands;
	struct explain_faults faults = {0};
	shell_split(line, &commands);
	for (size_t i = 0; i < commands.count; i++) {
		struct cli_call call;
		if (cli_read(&commands.items[i], &call))
			check_call(&call, line);
		cli_call_finish(&call);
	}
	shell_commands_finish(&commands);
	explain_find_faults(line, &faults);
	for (size_t i = 0; i < faults.count; i++)
		if (faults.items[i].end > size || faults.items[i].begin > faults.items[i].end)
			abort();
	explain_faults_finish(&faults);
	return 0;
}
