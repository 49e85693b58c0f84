/* explain/compose.h - what options of `docker run` are in a compose file. Private to src/explain.
 */
#ifndef EXPLAIN_COMPOSE_FILE_H
#define EXPLAIN_COMPOSE_FILE_H

#include "cli.h"
#include "explain.h"

/* Appends the key for an option that the explanation names, if the command reads a compose file and
 * the explanation does not speak of one. */
void compose_add_key(
	const struct cli_call *call, const struct explanation *explanation, struct buf *hint);

#endif
