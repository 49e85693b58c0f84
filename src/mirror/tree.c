/* mirror/tree.c - the entries on each side: one node for each name, whether it exists on one
 * side or on both */
#include "private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_LENGTH_MAX 4000 /* maximum that a system call accepts */
#define TOLD_MAX 3
#define BLOCK 4096u

/* ---- looks ---- */

struct look tree_look(const struct stat *info)
{
	uint64_t stored = (uint64_t)info->st_blocks * 512;
	uint64_t whole = ((uint64_t)info->st_size + BLOCK - 1) / BLOCK * BLOCK;
	bool plain = S_ISREG(info->st_mode);
	return (struct look){
		.kind = plain                    ? PLAIN
			: S_ISDIR(info->st_mode) ? FOLDER
			: S_ISLNK(info->st_mode) ? LINK
						 : OTHER,
		.mode = info->st_mode & 0777,
		.inode = info->st_ino,
		.size = info->st_size,
		.stored = !plain           ? 0
			  : stored < whole ? stored
					   : whole,
		.names = (unsigned)info->st_nlink,
		.modified = info->st_mtim,
		.changed = info->st_ctim,
	};
}

struct look tree_look_at(int folder, const char *name)
{
	struct stat info;
	return fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0 ? tree_look(&info)
								      : (struct look){0};
}

static bool same_timespec(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool tree_same(enum side side, const struct look *a, const struct look *b)
{
	if (a->kind != b->kind || a->mode != b->mode)
		return false;
	if (a->kind == FOLDER || a->kind == NONE || a->kind == OTHER)
		return true;
	/* the mirror itself may have added another name to an outside file */
	bool by_change = side == INSIDE || (a->names == 1 && b->names == 1);
	return a->inode == b->inode && a->size == b->size &&
	       same_timespec(&a->modified, &b->modified) &&
	       (!by_change || same_timespec(&a->changed, &b->changed));
}

/* ---- nodes ---- */

static size_t bucket_of(const struct mirror *m, const struct node *parent, const char *name)
{
	uint64_t hash = hash_bytes(HASH_START, &parent, sizeof parent);
	return hash_bytes(hash, name, strlen(name)) % m->place_count;
}

static void put_into_table(struct mirror *m, struct node *n)
{
	struct node **place = &m->places[bucket_of(m, n->parent, n->name)];
	n->same_place = *place;
	*place = n;
}

static void make_table(struct mirror *m, size_t count)
{
	free(m->places);
	m->places = xcalloc(count, sizeof(struct node *));
	m->place_count = count;
	for (size_t i = 0; i < m->count; i++)
		put_into_table(m, m->nodes[i]);
}

static struct node *add_node(struct mirror *m, struct node *parent, const char *name)
{
	struct node *n = xcalloc(1, sizeof *n + strlen(name) + 1);
	n->parent = parent;
	memcpy(n->name, name, strlen(name) + 1);
	m->nodes = array_grow(m->nodes, m->count, sizeof(struct node *));
	m->nodes[m->count++] = n;
	if (m->count > m->place_count)
		make_table(m, m->place_count * 2);
	else
		put_into_table(m, n);
	return n;
}

static struct node *find_node(struct mirror *m, struct node *parent, const char *name)
{
	struct node *n = m->places[bucket_of(m, parent, name)];
	while (n != NULL && (n->parent != parent || strcmp(n->name, name) != 0))
		n = n->same_place;
	return n;
}

void tree_forget(struct mirror *m)
{
	for (size_t i = 0; i < m->count; i++)
		free(m->nodes[i]);
	m->count = 0;
	if (m->place_count == 0)
		m->place_count = 64;
	make_table(m, m->place_count);
	(void)add_node(m, NULL, "");
}

void tree_forget_node(struct node *n)
{
	n->counts = n->counts || (n->known[INSIDE].kind != NONE && n->known[OUTSIDE].kind != NONE);
	n->known[INSIDE] = n->known[OUTSIDE] = (struct look){0};
}

/* Reports whether tree_prune() dropped the node: its name is then empty, as no entry's is. */
static bool is_dropped(const struct node *n)
{
	return n->parent != NULL && n->name[0] == '\0';
}

static bool is_wanted(const struct mirror *m, const struct node *n)
{
	bool unseen = m->incomplete[INSIDE] || m->incomplete[OUTSIDE];
	bool known = n->known[INSIDE].kind != NONE || n->known[OUTSIDE].kind != NONE || n->counts;
	return n->now[INSIDE].kind != NONE || n->now[OUTSIDE].kind != NONE || (unseen && known);
}

void tree_prune(struct mirror *m)
{
	size_t kept = 0, dropped = 0;
	struct node **gone = xcalloc(m->count, sizeof(struct node *));
	for (size_t i = 0; i < m->count; i++) {
		struct node *n = m->nodes[i];
		if (n->parent == NULL || (is_wanted(m, n) && !is_dropped(n->parent))) {
			m->nodes[kept++] = n;
			continue;
		}
		n->name[0] = '\0';
		gone[dropped++] = n;
	}
	for (size_t i = 0; i < dropped; i++)
		free(gone[i]);
	free(gone);
	m->count = kept;
	if (dropped > 0)
		make_table(m, m->place_count);
}

/* ---- paths ---- */

/* Writes the path from its end; NULL: it is too long. */
static const char *node_path(const struct node *n, char path[PATH_LENGTH_MAX + 1])
{
	char *at = path + PATH_LENGTH_MAX;
	*at = '\0';
	for (; n->parent != NULL; n = n->parent) {
		size_t length = strlen(n->name), slash = *at != '\0';
		if ((size_t)(at - path) < length + slash)
			return NULL;
		if (slash)
			*--at = '/';
		at -= length;
		memcpy(at, n->name, length);
	}
	return at;
}

int tree_open_folder(const struct mirror *m, enum side side, const struct node *n)
{
	char path[PATH_LENGTH_MAX + 1];
	const char *at = node_path(n, path);
	if (at == NULL) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return beneath_open(m->folders[side], at, O_RDONLY | O_DIRECTORY, 0);
}

int tree_open_parent(const struct mirror *m, enum side side, const struct node *n)
{
	return tree_open_folder(m, side, n->parent);
}

void tree_tell(struct mirror *m, const struct node *n, int number, const char *what)
{
	char path[PATH_LENGTH_MAX + 1];
	const char *at = node_path(n, path);
	if (m->told == NULL || m->troubles++ >= TOLD_MAX)
		return;
	buf_add_text(m->told, m->told->length > 0 ? " '" : "'");
	at = at != NULL ? at : n->name;
	for (size_t left = strlen(at), i = 0; left > 0 && i < 80; i++) {
		uint32_t point;
		size_t taken = utf8_decode(at, left, &point);
		utf8_encode(m->told, utf8_is_shown(point) ? point : '?');
		at += taken;
		left -= taken;
	}
	buf_printf(m->told, "' %s%s%s.", _(what), number != 0 ? ": " : "",
		number != 0 ? strerror(number) : "");
}

/* ---- looking ---- */

/* Remove the leftovers of an interrupted copy. */
static bool is_own(int folder, const char *name)
{
	if (!text_starts(name, MIRROR_OWN_PREFIX))
		return false;
	if (text_starts(name, MIRROR_OWN_PREFIX "copy-"))
		(void)unlinkat(folder, name, 0); /* the next scan meets the rest */
	return true;
}

static bool see_entry(
	struct mirror *m, enum side side, struct node *parent, int folder, const char *name)
{
	struct stat info;
	char path[PATH_LENGTH_MAX + 1];
	if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT; /* it has just disappeared */
	if (side == OUTSIDE && m->options.take &&
		(info.st_uid != geteuid() || info.st_gid != getegid()) &&
		(fchownat(folder, name, geteuid(), getegid(), AT_SYMLINK_NOFOLLOW) < 0 ||
			fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) < 0))
		return false;
	struct node *n = find_node(m, parent, name);
	if (n == NULL)
		n = add_node(m, parent, name);
	n->now[side] = tree_look(&info);
	if (node_path(n, path) != NULL)
		return true;
	tree_tell(m, n, 0, "is in too many nested folders to be copied");
	n->now[side].kind = OTHER;
	return true;
}

static bool scan_folder(struct mirror *m, enum side side, struct node *parent, size_t *seen)
{
	int fd = tree_open_folder(m, side, parent);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;
	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	bool good = true;
	errno = 0;
	while ((entry = readdir(dir)) != NULL) {
		const char *name = entry->d_name;
		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || is_own(fd, name))
			continue;
		if (++*seen > m->options.entries_max) {
			tree_tell(m, parent, 0, "has more files than can be copied");
			good = false;
			break;
		}
		good = see_entry(m, side, parent, fd, name) && good;
		errno = 0;
	}
	good = good && errno == 0;
	closedir(dir);
	return good;
}

bool tree_scan(struct mirror *m, enum side side, struct error *err)
{
	size_t seen = 0;
	m->incomplete[side] = false;
	for (size_t i = 1; i < m->count; i++)
		m->nodes[i]->now[side] = (struct look){0};
	m->nodes[0]->now[side] = m->nodes[0]->known[side] = (struct look){.kind = FOLDER};
	/* new nodes are appended, so that this loop also reaches them */
	for (size_t i = 0; i < m->count; i++) {
		struct node *n = m->nodes[i];
		if (n->now[side].kind != FOLDER || scan_folder(m, side, n, &seen))
			continue;
		if (i == 0 && seen == 0)
			return error_set(err, errno, "cannot read the workspace %s",
				side == INSIDE ? "in the machine" : "on the disk");
		m->incomplete[side] = true;
	}
	return true;
}

/* ---- files of several names ---- */

/* The last node of an inode represents all of them: it has the current content. */
void tree_add_inode(struct mirror *m, struct node *n)
{
	struct node **at = &m->inodes[n->known[INSIDE].inode % BY_INODE];
	while (*at != NULL && (*at)->known[INSIDE].inode != n->known[INSIDE].inode)
		at = &(*at)->same_inode;
	if (*at == n)
		return;
	n->same_inode = *at != NULL ? (*at)->same_inode : NULL;
	*at = n;
}

void tree_index_inodes(struct mirror *m)
{
	memset(m->inodes, 0, sizeof m->inodes);
	for (size_t i = 0; i < m->count; i++) {
		struct node *n = m->nodes[i];
		if (n->now[INSIDE].kind == PLAIN && n->now[INSIDE].names > 1 &&
			n->now[OUTSIDE].kind == PLAIN &&
			n->known[INSIDE].inode == n->now[INSIDE].inode)
			tree_add_inode(m, n);
	}
}

struct node *tree_find_inode(const struct mirror *m, uint64_t inode)
{
	struct node *n = m->inodes[inode % BY_INODE];
	while (n != NULL && n->known[INSIDE].inode != inode)
		n = n->same_inode;
	return n;
}
