/* explain/usage.h - a wrong use of docker's command line, in words. Private to src/explain. */
#ifndef EXPLAIN_USAGE_H
#define EXPLAIN_USAGE_H

#include "message.h"

/* Explains the first fault of the call that the message speaks of; where the command ended with 0,
 * the first that docker takes for something else. False: there is none. ret is then untouched. */
bool usage_explain(const struct explain_question *question, const struct cli_call *call,
	const struct message *message, struct explanation *ret);

#endif
