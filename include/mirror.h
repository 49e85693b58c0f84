/*
 * mirror.h - one folder in two places, kept the same: `inside`, where somebody may change anything
 * at any moment, and `outside`, where it is kept. Only files, folders and symbolic links; holes in
 * files and hard links stay what they are. Nothing is followed on either side.
 *
 * What changed on one side goes to the other one. What changed on both stays on both: the one
 * outside has the name, the one inside becomes NAME.inside. Who knows nothing yet of two folders
 * takes the newer of two files, and the other one becomes NAME.inside or NAME.outside.
 *
 *     m = mirror_new(&options);
 *     mirror_sync(m, inside, outside, false, &told, &err); … again and again; mirror_free(m);
 */
#ifndef MIRROR_H
#define MIRROR_H

#include "base.h"

/* What begins so is nobody's: unfinished copies. */
#define MIRROR_OWN_PREFIX ".ropes-"

struct mirror_options {
	unsigned uid, gid;  /* whose it is what is made inside */
	uint64_t bytes_max; /* of files outside that came from inside, whatever changes meanwhile */
	size_t entries_max; /* on either side */
	bool take;          /* what lies outside is given to who runs this */
};

struct mirror;
struct mirror *mirror_new(const struct mirror_options *options);
void mirror_free(struct mirror *mirror);

/* Makes them the same. The descriptors are folders and stay the caller's; where one is another
 * folder than the last time, what was known of both is forgotten. `whole`: contents are compared
 * where no time says that they changed, too. What could not be kept, and what stays on both, is
 * added to `told` in sentences; it is tried again the next time. *ret_changes (may be NULL): how
 * many entries were changed. Errors: one of the folders cannot be read. */
bool mirror_sync(struct mirror *mirror, int inside, int outside, bool whole, size_t *ret_changes,
	struct buf *told, struct error *err);
/* Empties both. */
bool mirror_clear(struct mirror *mirror, int inside, int outside, struct error *err);

#endif
