/* explain/failure.h - a question about a line, read: its commands, the one that the message is
 * about, and the message. Private to src/explain. */
#ifndef EXPLAIN_FAILURE_H
#define EXPLAIN_FAILURE_H

#include "message.h"

struct failure {
	const struct explain_question *question;
	struct shell_commands commands;
	struct cli_call call;
	bool is_docker;
	const char *first; /* the first operand; NULL */
	struct buf words;  /* the operands after it, joined */
	struct message message;
};

/* Reads the question, which must live as long as the failure. */
void failure_init(struct failure *failure, const struct explain_question *question);
void failure_finish(struct failure *failure);

#endif
