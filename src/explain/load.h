/* explain/load.h - the rules in use. Private to src/explain. */
#ifndef EXPLAIN_LOAD_H
#define EXPLAIN_LOAD_H

#include "rules.h"

/* Returns the reader's own rules followed by the shipped ones. They are read and compiled once for
 * the process, and again if the reader's file has changed; the caller must not free them. NULL: a
 * file cannot be read. Not for several threads. */
struct rules *load_rules(struct error *err);

#endif
