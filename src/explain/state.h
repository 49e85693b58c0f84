/* explain/state.h - details of an explanation that only the daemon knows. Private to src/explain.
 */
#ifndef EXPLAIN_STATE_H
#define EXPLAIN_STATE_H

#include "cli.h"
#include "engine.h"

/* Appends who holds the port in "Bind for 0.0.0.0:80 failed: port is already allocated"; nothing if
 * the daemon does not know. */
void state_add_port_holder(const char *output, struct engine *engine, struct buf *out);

/* Appends what the file of the call's container begins with: the interpreter that is missing, or a
 * line ending of Windows; nothing if the container is gone. */
void state_add_interpreter(
	const struct cli_call *call, const char *path, struct engine *engine, struct buf *out);

/* Returns the name of the object that a missing one probably means. what: as for engine_names().
 * The caller frees it; NULL: nothing resembles it. */
char *state_near_name(char what, const char *wanted, struct engine *engine);

/* Appends how to disconnect the containers of a network. */
void state_add_members(const char *network, struct engine *engine, struct buf *out);

#endif
