/*
 * spawn.h - starting other programs. The child resets signals and mask and, by O_CLOEXEC, closes
 * every descriptor that is not mapped; the parent gets an error if anything up to exec fails.
 */
#ifndef SPAWN_H
#define SPAWN_H

#include "base.h"

#define SPAWN_FDS_MAX 12

struct spawn_fd {
	int from, to; /* descriptor `from` becomes `to` in the child */
};

struct spawn {
	const char *const *argv;        /* argv[0] is looked up in PATH */
	const char *const *environment; /* NULL: ours */
	struct spawn_fd fds[SPAWN_FDS_MAX];
	size_t fd_count;
	const char *folder; /* working directory; NULL: ours */
	int namespaces[4];  /* setns(2) in this order; */
	size_t namespace_count;
	bool namespace_root; /* becomes root of the user namespace that it joined */
	bool session;        /* setsid(2) */
	bool terminal;       /* the terminal on descriptor 0 becomes the controlling one */
	bool die_with_parent;
	unsigned uid, gid; /* 0: ours */
};

void spawn_fd_add(struct spawn *spawn, int from, int to);
/* Starts the program; the caller waits for *ret_pid. */
bool spawn_start(const struct spawn *spawn, pid_t *ret_pid, struct error *err);
/* Starts the program and waits for its end; a status other than 0 is an error. Output goes where
 * ours goes unless mapped. */
bool spawn_run(const struct spawn *spawn, struct error *err);
/* Calls `run` in a child that exits with its result. With `detach` the child is reparented, so
 * we cannot wait for it, and *ret_pid is not set. */
bool spawn_function(
	int (*run)(void *data), void *data, bool detach, pid_t *ret_pid, struct error *err);
/* In a child: resets handlers and mask to what a program expects at its start. */
void spawn_reset_signals(void);
/* Waits; returns the exit status, or 128 + signal. */
int spawn_wait(pid_t pid);
/* Ends a child that reads a pipe to its end: closes the writing end and waits. Resets both (-1,
 * 0); both may already be unset. */
void spawn_hang_up(int *write_end, pid_t *pid);

#endif
