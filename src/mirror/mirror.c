/* mirror/mirror.c - decides what to do with each entry, from its recorded and its current state:
 * first copy what can be copied, then remove, then do what had to wait for a removal */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROUNDS 4 /* of scanning everything; the next round sees a changed name */

struct mirror *mirror_new(const struct mirror_options *options)
{
	struct mirror *m = xcalloc(1, sizeof *m);
	m->options = *options;
	m->folders[INSIDE] = m->folders[OUTSIDE] = -1;
	tree_forget(m);
	return m;
}

void mirror_free(struct mirror *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->count; i++)
		free(m->nodes[i]);
	for (int side = INSIDE; side <= OUTSIDE; side++)
		if (m->folders[side] >= 0)
			close(m->folders[side]);
	free(m->nodes);
	free(m->places);
	free(m);
}

/* ---- changes ---- */

static bool is_on_both_sides(const struct node *n)
{
	return n->known[INSIDE].kind != NONE && n->known[OUTSIDE].kind != NONE;
}

static bool is_changed(const struct node *n, enum side side)
{
	return !is_on_both_sides(n) || !tree_same(side, &n->now[side], &n->known[side]);
}

/* It was there, and now it is gone or replaced by something else. */
static bool has_vanished(const struct node *n, enum side side)
{
	return is_on_both_sides(n) && n->now[side].kind != n->known[side].kind;
}

/* The folder that it would go to exists. */
static bool has_place(const struct node *n, enum side side)
{
	return n->parent->now[side].kind == FOLDER;
}

/* ---- copying ---- */

static bool is_newer(const struct look *a, const struct look *b)
{
	return a->modified.tv_sec != b->modified.tv_sec ? a->modified.tv_sec > b->modified.tv_sec
							: a->modified.tv_nsec > b->modified.tv_nsec;
}

/* Both stay; the inside one loses the name, or the older one if nothing is recorded. */
static void keep_both(struct mirror *m, struct node *n)
{
	bool plain = n->now[INSIDE].kind == PLAIN && n->now[OUTSIDE].kind == PLAIN;
	bool fresh = plain && !is_on_both_sides(n) && is_newer(&n->now[INSIDE], &n->now[OUTSIDE]);
	enum side loser = fresh ? OUTSIDE : INSIDE;
	if (!entry_move_away(m, n, loser))
		return;
	n->now[loser] = (struct look){0};
	tree_tell(m, n, 0,
		fresh ? N_("was changed in the machine and outside it; the version from outside is saved beside it, with '.outside' at the end of its name")
		      : N_("was changed outside the machine and in it; the version from inside is saved beside it, with '.inside' at the end of its name"));
	tree_forget_node(n);
	m->changes++;
	m->again = true;
}

static void update_both(struct mirror *m, struct node *n)
{
	const struct look *in = &n->now[INSIDE], *out = &n->now[OUTSIDE];
	bool inside = is_changed(n, INSIDE), outside = is_changed(n, OUTSIDE);
	bool doubted = in->kind == PLAIN && (n->unsure || m->whole);
	if (in->kind != out->kind) {
		if (m->last)
			keep_both(m, n);
		m->postponed = true; /* one of them may be removed later */
	} else if (in->kind == FOLDER) {
		if (inside || outside)
			(void)entry_take(
				m, n, inside ? INSIDE : OUTSIDE); /* entry_take reports failures */
	} else if (inside && outside && !entry_is_equal(m, n)) {
		keep_both(m, n);
	} else if (inside || (doubted && !outside)) {
		(void)entry_take(m, n, INSIDE); /* it reports failures */
	} else if (outside) {
		(void)entry_take(m, n, OUTSIDE); /* it reports failures */
	}
}

static void update_node(struct mirror *m, struct node *n)
{
	enum kind in = n->now[INSIDE].kind, out = n->now[OUTSIDE].kind;
	if (out == OTHER || (in == NONE && out == NONE) || (in == OTHER && out == NONE))
		return;
	if (in == NONE || in == OTHER) {
		if (is_on_both_sides(n) && !is_changed(n, OUTSIDE))
			return; /* to be removed */
		if (has_place(n, INSIDE))
			(void)entry_take(m, n, OUTSIDE); /* entry_take reports failures */
		else
			m->postponed = true;
	} else if (out == NONE) {
		if (is_on_both_sides(n) && !is_changed(n, INSIDE))
			return;
		if (has_place(n, OUTSIDE))
			(void)entry_take(m, n, INSIDE); /* it reports failures */
		else
			m->postponed = true;
	} else {
		update_both(m, n);
	}
}

static void update_all(struct mirror *m, bool last)
{
	m->last = last;
	m->postponed = false;
	for (size_t i = 1; i < m->count; i++)
		update_node(m, m->nodes[i]);
}

/* ---- removing ---- */

static void remove_from(struct mirror *m, struct node *n, enum side side)
{
	enum side other = side == INSIDE ? OUTSIDE : INSIDE;
	if (!m->incomplete[other] && has_vanished(n, other) && !is_changed(n, side) &&
		n->now[side].kind != NONE && !entry_remove(m, n, side))
		m->postponed = true; /* the rest returns to the other side */
}

static void remove_all(struct mirror *m)
{
	for (size_t i = m->count; i-- > 1;) { /* a folder's entries come after it in the list */
		remove_from(m, m->nodes[i], OUTSIDE);
		remove_from(m, m->nodes[i], INSIDE);
	}
}

/* ---- synchronizing ---- */

/* Adds up what came from inside, and what may still be there where the scan did not get. */
static void count_outside(struct mirror *m)
{
	m->stored = 0;
	m->entries = 0;
	for (size_t i = 1; i < m->count; i++) {
		const struct node *n = m->nodes[i];
		const struct look *out = &n->now[OUTSIDE];
		if ((!n->counts && !is_on_both_sides(n)) ||
			(out->kind == NONE && !m->incomplete[OUTSIDE]))
			continue;
		if (out->kind == NONE)
			out = &n->known[OUTSIDE];
		m->entries++;
		if (out->kind == PLAIN)
			m->stored += out->stored / out->names;
	}
}

static bool look_at_both(struct mirror *m, struct error *err)
{
	if (!tree_scan(m, INSIDE, err) || !tree_scan(m, OUTSIDE, err))
		return false;
	count_outside(m);
	tree_index_inodes(m);
	return true;
}

static bool is_one(int a, int b)
{
	struct stat left, right;
	return fstat(a, &left) == 0 && fstat(b, &right) == 0 && left.st_dev == right.st_dev &&
	       left.st_ino == right.st_ino;
}

/* If a folder is not the same as the last time, the record does not apply to it; but what came
 * out of another folder inside is still there. */
static bool meet_folders(struct mirror *m, int inside, int outside, struct error *err)
{
	const int fds[] = {inside, outside};
	bool same[2] = {true, true};
	for (int side = INSIDE; side <= OUTSIDE; side++) {
		if (m->folders[side] >= 0 && is_one(fds[side], m->folders[side]))
			continue;
		same[side] = false;
		int fd = beneath_open(fds[side], "", O_RDONLY | O_DIRECTORY,
			0); /* no dup(2), which would share the caller's locks */
		if (fd < 0)
			return error_set(err, errno, "cannot copy the workspace");
		if (m->folders[side] >= 0)
			close(m->folders[side]);
		m->folders[side] = fd;
	}
	if (!same[OUTSIDE])
		tree_forget(m);
	for (size_t i = 1; !same[INSIDE] && i < m->count; i++)
		tree_forget_node(m->nodes[i]);
	m->troubles = 0;
	return true;
}

bool mirror_sync(struct mirror *m, int inside, int outside, bool whole, size_t *ret_changes,
	struct buf *told, struct error *err)
{
	if (!meet_folders(m, inside, outside, err))
		return false;
	m->told = told;
	m->whole = whole;
	m->changes = 0;
	m->again = true;
	for (int round = 0; m->again && round < ROUNDS; round++) {
		m->again = false;
		if (!look_at_both(m, err))
			return false;
		update_all(m, false);
		if (m->again)
			continue;
		bool waits = m->postponed;
		m->postponed = false;
		m->last = true;
		remove_all(m);
		if (waits || m->postponed)
			update_all(m, true);
	}
	tree_prune(m);
	if (ret_changes != NULL)
		*ret_changes = m->changes;
	return true;
}

bool mirror_clear(struct mirror *m, int inside, int outside, struct error *err)
{
	cleanup_buf struct buf told = {0};
	if (!meet_folders(m, inside, outside, err) || !look_at_both(m, err))
		return false;
	m->told = &told;
	m->last = true;
	for (size_t i = m->count; i-- > 1;)
		for (int side = INSIDE; side <= OUTSIDE; side++)
			if (m->nodes[i]->now[side].kind != NONE)
				(void)entry_remove(
					m, m->nodes[i], (enum side)side); /* it reports failures */
	tree_forget(m);
	return told.length == 0 || error_set(err, 0, "%s", buf_text(&told));
}
