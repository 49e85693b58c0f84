/*
 * mirror.h - keeps two folders the same: `inside`, where another user may change anything at any
 * moment, and `outside`, the folder of record. It copies only files, folders and symbolic links,
 * and preserves holes in files and hard links. It follows no link on either side.
 *
 * A change on one side goes to the other side. If both sides changed, both versions stay on both
 * sides: the outside one keeps the name, the inside one becomes NAME.inside. A mirror that has no
 * record of two folders yet gives the name to the newer of two files; the other file becomes
 * NAME.inside or NAME.outside.
 *
 *     m = mirror_new(&options);
 *     mirror_sync(m, inside, outside, false, &told, &err); … again and again;
 *     mirror_free(m);
 */
#ifndef MIRROR_H
#define MIRROR_H

#include "base.h"

/* The prefix of unfinished copies. Files with it belong to no one. */
#define MIRROR_OWN_PREFIX ".ropes-"

struct mirror_options {
	unsigned uid, gid;  /* the owner of entries created inside */
	uint64_t bytes_max; /* limit for outside files that came from inside, even if they change
			       meanwhile */
	size_t entries_max; /* on either side */
	bool take;          /* take ownership of the outside entries for the calling user */
};

struct mirror;
struct mirror *mirror_new(const struct mirror_options *options);
void mirror_free(struct mirror *mirror);

/* Makes the folders the same. The caller keeps both descriptors; if one refers to another folder
 * than the last time, the mirror forgets what it knew of both. `whole` also compares contents
 * whose times did not change. Appends sentences to `told` about entries that it could not keep
 * and about conflicts that stay on both sides; it retries them the next time. *ret_changes (may
 * be NULL): the number of changed entries. Errors: one of the folders cannot be read. */
bool mirror_sync(struct mirror *mirror, int inside, int outside, bool whole, size_t *ret_changes,
	struct buf *told, struct error *err);
/* Empties both. */
bool mirror_clear(struct mirror *mirror, int inside, int outside, struct error *err);

#endif
