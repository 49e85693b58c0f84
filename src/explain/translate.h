/* explain/translate.h - what shells say in other languages. Private to src/explain. */
#ifndef EXPLAIN_TRANSLATE_H
#define EXPLAIN_TRANSLATE_H

#include "base.h"

/* Appends the line to out; the phrases of a German, French, Spanish, Italian or Portuguese shell
 * are in English there, so that frames and rules are written once. */
void translate_line(const char *line, struct buf *out);

#endif
