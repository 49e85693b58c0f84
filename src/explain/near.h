/* explain/near.h - names of images that are like one. Private to src/explain. */
#ifndef EXPLAIN_NEAR_H
#define EXPLAIN_NEAR_H

#include "base.h"

/* Which image was meant by one that is not there, or which there are. *ret_like_one: the name is
 * like another, and probably a slip. The caller frees the text. */
char *near_images(const char *reference, const struct words *images, bool *ret_like_one);

#endif
