/* explain/message.h - the structure of a message. Private to src/explain. */
#ifndef EXPLAIN_MESSAGE_H
#define EXPLAIN_MESSAGE_H

#include "cli.h"
#include "explain.h"

struct message {
	enum explain_speaker speaker;
	char *text;  /* all lines except docker's usage texts; "" */
	char *line;  /* the line that reports the failure, without its frames; "" */
	char *said;  /* the same, also without the stages that passed the error on */
	char *cause; /* its innermost cause */
};
/* call: the docker command that was run; NULL. */
void message_read(const struct explain_question *question, const struct shell_commands *commands,
	const struct cli_call *call, struct message *ret);
/* Returns whether a line is the id that `docker run -d` prints when the container has started. */
bool message_has_id(const char *output);
void message_finish(struct message *message);

/* Appends the container that the line of a message names: "container "/web" is running". Returns
 * whether it names one. */
bool message_add_container(const char *line, struct buf *out);

#endif
