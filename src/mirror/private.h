/* mirror/private.h - what the files of the mirror share */
#ifndef MIRROR_PRIVATE_H
#define MIRROR_PRIVATE_H

#include "mirror.h"

#include <sys/stat.h>
#include <time.h>

enum side { INSIDE, OUTSIDE };
enum kind { NONE, FOLDER, PLAIN, LINK, OTHER };

/* An entry as it was seen on one side. */
struct look {
	enum kind kind;
	mode_t mode;
	uint64_t inode;
	int64_t size;
	uint64_t stored; /* bytes that it takes on the disk */
	unsigned names;  /* hard links */
	struct timespec modified, changed;
};

struct node {
	struct node *parent;
	struct node *same_place; /* of the table by name */
	struct node *same_inode; /* of the table by inode */
	struct look now[2];
	struct look known[2]; /* when both were the same; NONE: never */
	bool unsure;          /* may have changed since, without a newer time */
	char name[];
};

#define BY_INODE 1024

struct mirror {
	struct mirror_options options;
	struct node **nodes; /* those above first; the first one is the folder itself */
	size_t count;
	struct node **places; /* by parent and name */
	size_t place_count;
	struct node *inodes[BY_INODE]; /* files with several names, by their inode inside */
	int folders[2];                /* held open, so that no other one gets their inodes */
	bool incomplete[2];            /* what was not seen may be there */
	bool whole;                    /* contents are compared */
	bool last;                     /* what does not go now is told */
	bool postponed;                /* something may go once others have */
	bool again;                    /* names have changed: all is to be looked at anew */
	uint64_t stored;               /* outside, of what came from inside */
	size_t changes;
	size_t troubles;
	struct buf *told;
};

/* ---- tree.c: what is there ---- */
void tree_forget(struct mirror *m);
/* Looks at all of one side. False: the folder itself cannot be read. */
bool tree_scan(struct mirror *m, enum side side, struct error *err);
/* Takes away what is on neither side. */
void tree_prune(struct mirror *m);
void tree_index_inodes(struct mirror *m);
void tree_add_inode(struct mirror *m, struct node *n);
struct node *tree_find_inode(const struct mirror *m, uint64_t inode);

/* The folder that it is in, or it itself; -1 and errno. */
int tree_open_parent(const struct mirror *m, enum side side, const struct node *n);
int tree_open_folder(const struct mirror *m, enum side side, const struct node *n);

struct look tree_look(const struct stat *info);
struct look tree_look_at(int folder, const char *name);
bool tree_same(enum side side, const struct look *a, const struct look *b);
/* A sentence about an entry, where not too many were told. */
void tree_tell(struct mirror *m, const struct node *n, int number, const char *what);

/* ---- entry.c: one entry from one side to the other ---- */
/* False: not now. What is wrong is told. */
bool entry_take(struct mirror *m, struct node *n, enum side from);
bool entry_remove(struct mirror *m, struct node *n, enum side side);
/* Both are files of the same content, or links of the same target. */
bool entry_is_equal(const struct mirror *m, const struct node *n);
/* Another name for what is on one side. */
bool entry_move_away(struct mirror *m, struct node *n, enum side side);

/* ---- copy.c: what is in files ---- */
bool copy_data(int from, int to, int64_t size, uint64_t max);
bool copy_is_equal(int a, int b, int64_t size);

#endif
