/* explain/usage.h - describes wrong uses of docker's command line. Private to src/explain. */
#ifndef EXPLAIN_USAGE_H
#define EXPLAIN_USAGE_H

#include "message.h"

/* Explains the first fault of the call that the message mentions; if the command ended with 0, the
 * first word that docker took for something else. Returns false if there is none, and leaves ret
 * untouched. */
bool usage_explain(const struct explain_question *question, const struct cli_call *call,
	const struct message *message, struct explanation *ret);

#endif
