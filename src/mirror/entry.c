/* mirror/entry.c - one entry: copies it to the other side, removes it, or moves it out of the
 * way. Everything new gets a temporary name first, so that the old entry stays until the new one
 * is complete. */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define JUST_NOW_NS 20000000 /* longer than a tick, the precision of file times */
#define LARGE (4 << 20)
#define TARGET_MAX 4096

/* Create inside entries as the learner from the beginning: where the outside ids are unknown
 * inside, nothing else works. */
static void act_as_side(const struct mirror *m, enum side side)
{
	(void)setfsgid(side == INSIDE ? m->options.gid : getegid());
	(void)setfsuid(side == INSIDE ? m->options.uid : geteuid());
}

/* An outside entry gets the owner of its folder; only root can do so. */
static bool give_outside(enum side side, int folder, int fd)
{
	struct stat info;
	return side == INSIDE || geteuid() != 0 ||
	       (fstat(folder, &info) == 0 && fchown(fd, info.st_uid, info.st_gid) == 0);
}

static mode_t mode_for(enum side side, const struct look *look)
{
	mode_t min = look->kind == FOLDER ? 0700 : 0600;
	return side == INSIDE ? look->mode : look->mode | min;
}

/* Reports whether the entry is unchanged since it was looked at, except for its file's names. */
static bool is_as_seen(struct node *n, enum side side, int folder)
{
	struct look look = tree_look_at(folder, n->name);
	bool same = tree_same(side, &look, &n->now[side]);
	if (same)
		n->now[side].names = look.names;
	return same;
}

static void count_less(struct mirror *m, uint64_t bytes)
{
	m->stored -= bytes < m->stored ? bytes : m->stored;
}

static void settle_node(struct mirror *m, struct node *n, enum side side, const struct look *look)
{
	const struct look *old = &n->now[side];
	if (side == OUTSIDE) {
		/* another name keeps what is stored under it */
		bool replaced = look->inode == old->inode || old->names == 1;
		bool counted = n->known[side].kind != NONE || n->counts;
		count_less(m, counted && replaced ? old->stored : 0);
		m->stored += look->stored;
		m->entries += old->kind == NONE;
	}
	n->now[side] = n->known[side] = *look;
}

static bool postpone_node(struct mirror *m, const struct node *n, int number, const char *what)
{
	if (m->last)
		tree_tell(m, n, number, what);
	m->postponed = true;
	return false;
}

static const char *const not_kept[] = {N_("could not be copied into the machine"),
	N_("exists only in the machine, and is lost with it")};

static bool fail_node(struct mirror *m, const struct node *n, enum side to, int number)
{
	return postpone_node(m, n, number, not_kept[to]);
}

/* Makes a name with the prefix that belongs to no one, for an unfinished entry. */
static void make_name(char name[64])
{
	snprintf(name, 64, MIRROR_OWN_PREFIX "copy-%016llx", (unsigned long long)random_seed());
}

static int open_plain(int folder, const char *name, int flags, struct look *ret)
{
	struct stat info;
	int fd = beneath_open(folder, name, flags | O_NONBLOCK | O_NOCTTY, 0);
	if (fd >= 0 && (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode))) {
		close(fd);
		errno = EAGAIN; /* something else just took the name */
		return -1;
	}
	if (fd >= 0)
		*ret = tree_look(&info);
	return fd;
}

static struct look look_at_fd(int fd)
{
	struct stat info;
	return fstat(fd, &info) == 0 ? tree_look(&info) : (struct look){0};
}

/* ---- files ---- */

static bool is_just_now(const struct timespec *time)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	int64_t age = (now.tv_sec - time->tv_sec) * 1000000000LL + now.tv_nsec - time->tv_nsec;
	return age < JUST_NOW_NS;
}

struct file {
	struct mirror *m;
	struct node *n;
	enum side from, to;
	int source, folder; /* where to create it */
	bool unsure;        /* an immediate further change would have the same time */
	struct look look;   /* of the source, before reading it */
};

/* Finishes a file whose content is right: only its mode and time may differ. */
static bool finish_file(struct file *f, int fd)
{
	struct node *n = f->n;
	const struct timespec times[] = {{.tv_nsec = UTIME_OMIT}, f->look.modified};
	bool was_there = n->now[f->to].kind == PLAIN && n->known[f->from].kind == PLAIN;
	bool moded = !was_there || f->look.mode != n->known[f->from].mode;
	if ((moded && fchmod(fd, mode_for(f->to, &f->look)) < 0) || futimens(fd, times) < 0)
		return false;
	struct look made = look_at_fd(fd), source = look_at_fd(f->source);
	bool still = tree_same(f->from, &source, &f->look);
	bool exchanged = f->look.inode != n->now[f->from].inode;
	settle_node(f->m, n, f->to, &made);
	settle_node(f->m, n, f->from, &f->look);
	if (f->from == INSIDE) {
		n->unsure = !still || f->unsure;
		if (f->look.names > 1 && !exchanged)
			tree_add_inode(f->m, n);
	}
	f->m->changes++;
	return true;
}

/* Returns 1 if the file is already there, 0 if the content differs, -1 if it cannot be read. */
static int try_equal(struct file *f)
{
	struct look there;
	int result = 0;
	if (f->n->now[f->to].kind != PLAIN || f->n->now[f->to].size != f->look.size)
		return 0;
	cleanup_fd int fd = open_plain(f->folder, f->n->name, O_RDONLY, &there);
	if (fd < 0)
		return 0;
	if (copy_is_equal(f->source, fd, f->look.size))
		result = finish_file(f, fd) ? 1 : -1;
	return result;
}

/* Makes room outside: if both do not fit, remove the file that is to be replaced first. */
static bool free_space(struct file *f)
{
	struct mirror *m = f->m;
	const struct look *old = &f->n->now[OUTSIDE];
	uint64_t replaced = f->n->known[OUTSIDE].kind == PLAIN && old->names == 1 ? old->stored : 0;
	if (m->stored + f->look.stored <= m->options.bytes_max)
		return true;
	errno = ENOSPC;
	if (m->stored - replaced + f->look.stored > m->options.bytes_max || replaced == 0 ||
		!is_as_seen(f->n, OUTSIDE, f->folder) || unlinkat(f->folder, f->n->name, 0) < 0)
		return false;
	count_less(m, replaced);
	m->entries -= m->entries > 0;
	f->n->now[OUTSIDE] = f->n->known[OUTSIDE] = f->n->known[INSIDE] = (struct look){0};
	return true;
}

/* Creates another name for a file that exists outside already. */
static bool link_file(struct file *f)
{
	struct look there, made;
	char name[64];
	struct node *first = f->from == INSIDE && f->look.names > 1
				     ? tree_find_inode(f->m, f->look.inode)
				     : NULL;
	if (first == NULL || first == f->n)
		return false;
	cleanup_fd int folder = tree_open_parent(f->m, OUTSIDE, first);
	cleanup_fd int fd = folder >= 0 ? open_plain(folder, first->name, O_RDONLY, &there) : -1;
	if (fd < 0 || there.size != f->look.size || !copy_is_equal(f->source, fd, there.size))
		return false;
	make_name(name);
	if (linkat(folder, first->name, f->folder, name, 0) < 0)
		return false;
	if (renameat(f->folder, name, f->folder, f->n->name) < 0 || !finish_file(f, fd)) {
		(void)unlinkat(f->folder, name, 0); /* else the next scan meets it */
		return false;
	}
	made = look_at_fd(fd);
	count_less(f->m, made.stored); /* it is stored once */
	first->now[OUTSIDE] = first->known[OUTSIDE] = made;
	return true;
}

static bool replace_file(struct file *f)
{
	char name[64];
	make_name(name);
	cleanup_fd int fd = beneath_open(f->folder, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return false;
	const struct look *old = &f->n->now[f->to];
	bool good = copy_data(f->source, fd, f->look.size,
			    f->to == OUTSIDE ? f->look.stored : UINT64_MAX) &&
		    give_outside(f->to, f->folder, fd) &&
		    fchmod(fd, old->kind == PLAIN ? old->mode : mode_for(f->to, &f->look)) == 0;
	if (good && !is_as_seen(f->n, f->to, f->folder)) {
		errno = EAGAIN;
		good = false;
	}
	good = good && renameat(f->folder, name, f->folder, f->n->name) == 0 && finish_file(f, fd);
	int number = errno;
	if (!good)
		(void)unlinkat(f->folder, name, 0); /* the first error is reported */
	errno = number;
	return good;
}

/* Rewrites the file in place, because it may be open or mounted into a container and must stay
 * the same inode. */
static bool rewrite_file(struct file *f)
{
	struct look there;
	cleanup_fd int fd = f->to == INSIDE && f->n->now[INSIDE].kind == PLAIN
				    ? open_plain(f->folder, f->n->name, O_WRONLY, &there)
				    : -1;
	return fd >= 0 && copy_data(f->source, fd, f->look.size, UINT64_MAX) && finish_file(f, fd);
}

static bool fits_inside(const struct file *f)
{
	struct statvfs space;
	uint64_t replaced = f->n->now[INSIDE].kind == PLAIN ? f->n->now[INSIDE].stored : 0;
	if (fstatvfs(f->folder, &space) < 0 ||
		(uint64_t)space.f_bavail * space.f_frsize + replaced >= f->look.stored)
		return true;
	errno = ENOSPC;
	return false;
}

static bool take_file(
	struct mirror *m, struct node *n, enum side from, int source_folder, int folder)
{
	struct file f = {.m = m,
		.n = n,
		.from = from,
		.to = from == INSIDE ? OUTSIDE : INSIDE,
		.folder = folder};
	cleanup_fd int source = open_plain(source_folder, n->name, O_RDONLY, &f.look);
	f.source = source;
	if (source < 0)
		return errno == ENOENT ? postpone_node(m, n, 0, "changed in the meantime")
				       : fail_node(m, n, f.to, errno);
	f.unsure = is_just_now(&f.look.changed);
	if (f.unsure && f.look.size >= LARGE) {
		usleep(JUST_NOW_NS / 1000); /* so that no second read is needed */
		f.look = look_at_fd(source);
		f.unsure = is_just_now(&f.look.changed);
	}
	int equal = try_equal(&f);
	if (equal != 0)
		return equal > 0 || fail_node(m, n, f.to, errno);
	if (link_file(&f))
		return true;
	bool room = f.to == OUTSIDE ? free_space(&f) : fits_inside(&f);
	return (room && (rewrite_file(&f) || replace_file(&f))) || fail_node(m, n, f.to, errno);
}

/* ---- links and folders ---- */

static bool take_link(struct mirror *m, struct node *n, enum side from, int source, int folder)
{
	enum side to = from == INSIDE ? OUTSIDE : INSIDE;
	char target[TARGET_MAX + 1], name[64];
	ssize_t length = readlinkat(source, n->name, target, TARGET_MAX);
	if (length < 0)
		return fail_node(m, n, to, errno);
	target[length] = '\0';
	make_name(name);
	if (symlinkat(target, folder, name) < 0)
		return fail_node(m, n, to, errno);
	struct stat info;
	bool good = is_as_seen(n, to, folder) &&
		    (to == INSIDE || geteuid() != 0 ||
			    (fstat(folder, &info) == 0 &&
				    fchownat(folder, name, info.st_uid, info.st_gid,
					    AT_SYMLINK_NOFOLLOW) == 0)) &&
		    renameat(folder, name, folder, n->name) == 0;
	if (!good) {
		int number = errno;
		(void)unlinkat(folder, name, 0); /* the first error is reported */
		return fail_node(m, n, to, number);
	}
	struct look made = tree_look_at(folder, n->name), look = n->now[from];
	settle_node(m, n, to, &made);
	settle_node(m, n, from, &look);
	m->changes++;
	return true;
}

static bool take_folder(struct mirror *m, struct node *n, enum side from, int folder)
{
	enum side to = from == INSIDE ? OUTSIDE : INSIDE;
	struct look look = n->now[from];
	bool there = n->now[to].kind == FOLDER;
	if (!there && mkdirat(folder, n->name, 0700) < 0)
		return fail_node(m, n, to, errno);
	cleanup_fd int fd = beneath_open(folder, n->name, O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0 || fchmod(fd, mode_for(to, &look)) < 0 ||
		(!there && !give_outside(to, folder, fd)))
		return fail_node(m, n, to, errno);
	struct look made = look_at_fd(fd);
	settle_node(m, n, to, &made);
	settle_node(m, n, from, &look);
	m->changes++;
	return true;
}

/* ---- the interface ---- */

bool entry_take(struct mirror *m, struct node *n, enum side from)
{
	enum side to = from == INSIDE ? OUTSIDE : INSIDE;
	cleanup_fd int source = tree_open_parent(m, from, n);
	cleanup_fd int folder = tree_open_parent(m, to, n);
	if (source < 0 || folder < 0)
		return postpone_node(m, n, 0, "changed in the meantime");
	if (to == OUTSIDE && n->now[OUTSIDE].kind == NONE && m->entries >= m->options.entries_max)
		return fail_node(m, n, to, ENOSPC);
	act_as_side(m, to);
	bool good;
	if (n->now[to].kind == OTHER && unlinkat(folder, n->name, 0) == 0)
		n->now[to] = (struct look){0}; /* it is empty */
	if (n->now[from].kind == PLAIN)
		good = take_file(m, n, from, source, folder);
	else
		good = n->now[from].kind == LINK ? take_link(m, n, from, source, folder)
						 : take_folder(m, n, from, folder);
	act_as_side(m, OUTSIDE);
	return good;
}

bool entry_remove(struct mirror *m, struct node *n, enum side side)
{
	cleanup_fd int folder = tree_open_parent(m, side, n);
	bool is_folder = n->now[side].kind == FOLDER;
	if (folder < 0 || !is_as_seen(n, side, folder))
		return false; /* it has just changed; the next scan meets it */
	act_as_side(m, side);
	bool good = unlinkat(folder, n->name, is_folder ? AT_REMOVEDIR : 0) == 0;
	int number = errno;
	act_as_side(m, OUTSIDE);
	if (!good && number != ENOTEMPTY && number != EEXIST)
		return postpone_node(m, n, number, "could not be removed on both sides");
	if (good && side == OUTSIDE) {
		count_less(m, n->now[side].names == 1 ? n->now[side].stored : 0);
		m->entries -= m->entries > 0;
	}
	if (good)
		n->now[side] = (struct look){0};
	tree_forget_node(n);
	m->changes += good;
	return good;
}

static bool same_target(int a, int b, const char *name)
{
	char left[TARGET_MAX], right[TARGET_MAX];
	ssize_t length = readlinkat(a, name, left, sizeof left);
	return length >= 0 && readlinkat(b, name, right, sizeof right) == length &&
	       memcmp(left, right, (size_t)length) == 0;
}

bool entry_is_equal(const struct mirror *m, const struct node *n)
{
	struct look left, right;
	cleanup_fd int inside = tree_open_parent(m, INSIDE, n);
	cleanup_fd int outside = tree_open_parent(m, OUTSIDE, n);
	if (inside < 0 || outside < 0 || n->now[INSIDE].kind != n->now[OUTSIDE].kind)
		return false;
	if (n->now[INSIDE].kind == LINK)
		return same_target(inside, outside, n->name);
	cleanup_fd int a = open_plain(inside, n->name, O_RDONLY, &left);
	cleanup_fd int b = open_plain(outside, n->name, O_RDONLY, &right);
	return a >= 0 && b >= 0 && left.size == right.size && copy_is_equal(a, b, left.size);
}

bool entry_move_away(struct mirror *m, struct node *n, enum side side)
{
	static const char *const ends[] = {"inside", "outside"};
	char name[256];
	bool moved = false;
	cleanup_fd int folder = tree_open_parent(m, side, n);
	act_as_side(m, side);
	for (int i = 1; folder >= 0 && !moved && i < 100; i++) {
		int length = (int)strnlen(n->name, 230);
		if (i == 1)
			snprintf(name, sizeof name, "%.*s.%s", length, n->name, ends[side]);
		else
			snprintf(name, sizeof name, "%.*s.%s-%d", length, n->name, ends[side], i);
		moved = fd_rename(folder, n->name, folder, name, RENAME_NOREPLACE);
		if (!moved && errno != EEXIST)
			break;
	}
	act_as_side(m, OUTSIDE);
	return moved || postpone_node(m, n, errno, "was changed in both places");
}
