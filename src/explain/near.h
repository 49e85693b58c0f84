/* explain/near.h - finds similar image names. Private to src/explain. */
#ifndef EXPLAIN_NEAR_H
#define EXPLAIN_NEAR_H

#include "base.h"

/* Returns a text that names the intended image, or the available ones, when an image does not
 * exist. *ret_like_one: the name resembles another, so it is probably a slip. The caller frees the
 * text. */
char *near_images(const char *reference, const struct words *images, bool *ret_like_one);

#endif
