/* explain/near.h - finds similar image names. Private to src/explain. */
#ifndef EXPLAIN_NEAR_H
#define EXPLAIN_NEAR_H

#include "base.h"

struct near_image {
	char *text;     /* names the intended image, or the available ones */
	char *intended; /* what to write instead; NULL: unclear */
	bool is_like;   /* the name resembles another, so it is probably a slip */
};
/* Finds what an image's name means that does not exist. */
struct near_image near_images(const char *reference, const struct words *images);
void near_image_finish(struct near_image *near);

/* Returns whether a word at this distance is probably a slip of the pen. */
bool near_is_slip(const char *wanted, const char *name, size_t distance);

#endif
