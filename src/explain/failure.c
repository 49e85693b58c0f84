/* explain/failure.c - reads a question about a line */
#include "failure.h"

#include <string.h>

/* Chooses the docker command that a message is about: of several, the one whose operands are in the
 * message, else the last one, which set the status. */
static void choose_call(struct failure *f)
{
	const char *output = f->question->output != NULL ? f->question->output : "";
	bool has_named = false;
	for (size_t i = 0; i < f->commands.count; i++) {
		struct cli_call call;
		bool named = false;
		if (!cli_read(&f->commands.items[i], &call)) {
			cli_call_finish(&call);
			continue;
		}
		for (size_t k = 0; k < call.operand_count && !named; k++)
			named = strlen(cli_operand(&call, k)) > 1 &&
				strstr(output, cli_operand(&call, k)) != NULL;
		char before = f->commands.items[i].before;
		bool is_last = f->question->status > 0 &&
			       (before == ';' || (before == 'a' && message_has_id(output)));
		if (f->is_docker && !named && (has_named || !is_last)) {
			cli_call_finish(&call);
			continue;
		}
		cli_call_finish(&f->call);
		f->call = call;
		f->is_docker = true;
		has_named = named;
	}
}

void failure_init(struct failure *f, const struct explain_question *question)
{
	*f = (struct failure){.question = question};
	shell_split(question->line != NULL ? question->line : "", &f->commands);
	choose_call(f);
	if (f->is_docker)
		f->first = cli_operand(&f->call, 0);
	for (size_t i = 1; f->is_docker && i < f->call.operand_count; i++)
		buf_printf(&f->words, "%s%s", i > 1 ? " " : "", cli_operand(&f->call, i));
	message_read(question, &f->commands, f->is_docker ? &f->call : NULL, &f->message);
}

void failure_finish(struct failure *f)
{
	message_finish(&f->message);
	buf_finish(&f->words);
	cli_call_finish(&f->call);
	shell_commands_finish(&f->commands);
}
