/* mirror/private.h - declarations that the files of the mirror share */
#ifndef MIRROR_PRIVATE_H
#define MIRROR_PRIVATE_H

#include "mirror.h"

#include <sys/stat.h>
#include <time.h>

enum side { INSIDE, OUTSIDE };
enum kind { NONE, FOLDER, PLAIN, LINK, OTHER };

/* The state of an entry on one side when it was scanned. */
struct look {
	enum kind kind;
	mode_t mode;
	uint64_t inode;
	int64_t size;
	uint64_t stored; /* bytes on the disk */
	unsigned names;  /* hard links */
	struct timespec modified, changed;
};

struct node {
	struct node *parent;
	struct node *same_place; /* next in its bucket of the table by name */
	struct node *same_inode; /* next in its bucket of the table by inode */
	struct look now[2];
	struct look known[2]; /* state when both sides were the same; NONE: never */
	bool unsure;          /* may have changed since without a newer time */
	bool counts; /* was on both sides: what is left outside still has a share of the limits */
	char name[];
};

#define BY_INODE 1024

struct mirror {
	struct mirror_options options;
	struct node **nodes; /* parents first; the first one is the folder itself */
	size_t count;
	struct node **places; /* by parent and name */
	size_t place_count;
	struct node *inodes[BY_INODE]; /* files with several names, by their inode inside */
	int folders[2];                /* kept open, so that no other folder gets their inodes */
	bool incomplete[2];            /* entries may exist that the scan did not see */
	bool whole;                    /* compare contents */
	bool last;                     /* report what still cannot be removed */
	bool postponed;                /* some can be removed once others are gone */
	bool again;                    /* names changed: scan everything again */
	uint64_t stored;               /* bytes outside of files that came from inside */
	size_t entries;                /* those outside that came from inside */
	size_t changes;
	size_t troubles;
	struct buf *told;
};

/* ---- tree.c: the entries ---- */
void tree_forget(struct mirror *m);
/* Treats what is there of a node as new. */
void tree_forget_node(struct node *n);
/* Scans one side. False: the folder itself cannot be read. */
bool tree_scan(struct mirror *m, enum side side, struct error *err);
/* Drops nodes that exist on neither side. */
void tree_prune(struct mirror *m);
void tree_index_inodes(struct mirror *m);
void tree_add_inode(struct mirror *m, struct node *n);
struct node *tree_find_inode(const struct mirror *m, uint64_t inode);

/* Opens the folder that contains the node, or the node itself if it is the root; -1 and errno on
 * failure. */
int tree_open_parent(const struct mirror *m, enum side side, const struct node *n);
int tree_open_folder(const struct mirror *m, enum side side, const struct node *n);

struct look tree_look(const struct stat *info);
struct look tree_look_at(int folder, const char *name);
bool tree_same(enum side side, const struct look *a, const struct look *b);
/* Adds a sentence about an entry, up to a maximum number of sentences. */
void tree_tell(struct mirror *m, const struct node *n, int number, const char *what);

/* ---- entry.c: one entry from one side to the other ---- */
/* Copies an entry. False: not possible now; it reports failures. */
bool entry_take(struct mirror *m, struct node *n, enum side from);
bool entry_remove(struct mirror *m, struct node *n, enum side side);
/* Reports whether both are files of the same content, or links of the same target. */
bool entry_is_equal(const struct mirror *m, const struct node *n);
/* Gives another name to the entry on one side. */
bool entry_move_away(struct mirror *m, struct node *n, enum side side);

/* ---- copy.c: file contents ---- */
bool copy_data(int from, int to, int64_t size, uint64_t max);
bool copy_is_equal(int a, int b, int64_t size);

#endif
