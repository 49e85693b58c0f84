/* explain/explanation.h - what rules and faults of a line both add to an explanation. Private to
 * src/explain. */
#ifndef EXPLAIN_EXPLANATION_H
#define EXPLAIN_EXPLANATION_H

#include "explain.h"

/* Adds what the explanation is about, once; nothing if it is NULL or "". */
void explanation_add_operand(struct explanation *explanation, const char *value);

/* Appends "Write `…`." with a corrected line; NULL: nothing. */
void explanation_add_repaired(const char *repaired, struct buf *hint);

#endif
