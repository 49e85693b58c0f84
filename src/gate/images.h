/* gate/images.h - what images.c, image_names.c and image_remove.c share. Private to src/gate. */
#ifndef GATE_IMAGES_H
#define GATE_IMAGES_H

#include "private.h"

/* ---- references ---- */

bool reference_is_valid(const char *text);
bool reference_has_tag(const char *reference);
/* As the daemon lists it: "alpine:latest". The caller frees it. */
char *reference_full(const char *repository, const char *tag);
/* Of the request, once it is done: it becomes the learner's. */
void images_claim(struct request *r, const char *full);

/* ---- tags and marks; `tags` are an image's RepoTags ---- */

bool images_tag_is_real(const cJSON *one); /* not "<none>:<none>" */
/* The mark that says that a reference is the learner's. The caller frees it. */
char *images_mark_name(const struct gate *gate, const char *reference);
bool images_tag_is_own(const struct gate *gate, const cJSON *tags, const char *tag);
bool images_add_tag(struct gate *gate, const char *image, const char *reference);
bool images_remove_tag(struct gate *gate, const char *reference, cJSON **ret);
void images_add_mark(struct gate *gate, const char *reference);

/* ---- images, as they are listed or inspected ---- */

bool images_has_label(const struct gate *gate, const cJSON *image);
/* Nobody else has a name for it. */
bool images_is_own(const struct gate *gate, const cJSON *image);
/* Asks the daemon; NULL after a refusal: it is not there, or not to be seen. */
cJSON *images_inspect(struct request *r, const char *name);

#endif
