/* gate/images.h - declarations that images.c, image_names.c and image_remove.c share. Private to
 * src/gate. */
#ifndef GATE_IMAGES_H
#define GATE_IMAGES_H

#include "private.h"

/* ---- references ---- */

bool reference_is_valid(const char *text);
bool reference_has_tag(const char *reference);
/* Returns the form that the daemon lists: "alpine:latest". The caller frees it. */
char *reference_full(const char *repository, const char *tag);
/* Makes a new reference the learner's, once the request is done. */
void images_claim(struct request *r, const char *full);

/* ---- tags and marks; `tags` are an image's RepoTags ---- */

bool images_tag_is_real(const cJSON *one); /* not "<none>:<none>" */
/* Returns the mark that makes a reference the learner's. The caller frees it. */
char *images_mark_name(const struct gate *gate, const char *reference);
bool images_tag_is_own(const struct gate *gate, const cJSON *tags, const char *tag);
bool images_add_tag(struct gate *gate, const char *image, const char *reference);
bool images_remove_tag(struct gate *gate, const char *reference, cJSON **ret);
void images_add_mark(struct gate *gate, const char *reference);

/* ---- images, as the daemon lists or inspects them ---- */

bool images_has_label(const struct gate *gate, const cJSON *image);
/* Reports whether all names of the image are the learner's. */
bool images_is_own(const struct gate *gate, const cJSON *image);
/* Asks the daemon; returns NULL after a refusal: the image does not exist, or is not visible. */
cJSON *images_inspect(struct request *r, const char *name);

#endif
