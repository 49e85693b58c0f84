/* explain/message.h - a message as it is built. Private to src/explain. */
#ifndef EXPLAIN_MESSAGE_H
#define EXPLAIN_MESSAGE_H

#include "cli.h"
#include "explain.h"

struct message {
	enum explain_speaker speaker;
	char *text;  /* all lines but docker's usage texts; "" */
	char *line;  /* the line that tells of the failure, without its frames; "" */
	char *cause; /* its innermost part */
};
/* call: the docker command that was run; NULL. */
void message_read(const struct explain_question *question, const struct shell_commands *commands,
	const struct cli_call *call, struct message *ret);
void message_finish(struct message *message);

/* The container's program writes to this terminal: run, exec, logs and their like. */
bool message_shows_program(const struct cli_call *call);

#endif
