/*
 * spawn.h - starting other programs.
 * In the child: signals and mask are reset, every descriptor but those that are mapped is closed by
 * O_CLOEXEC, and a failure before or of exec comes back to the parent as an error.
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
	const char *const *environment; /* NULL: as here */
	struct spawn_fd fds[SPAWN_FDS_MAX];
	size_t fd_count;
	const char *folder; /* to start in; NULL */
	int namespaces[4];  /* setns(2) in this order; */
	size_t namespace_count;
	bool namespace_root; /* becomes root of the user namespace that it joined */
	bool session;        /* setsid(2) */
	bool terminal;       /* the terminal on descriptor 0 becomes the controlling one */
	bool die_with_parent;
	unsigned uid, gid; /* 0: as here */
};

void spawn_fd_add(struct spawn *spawn, int from, int to);
/* Starts it; the caller waits for *ret_pid. */
bool spawn_start(const struct spawn *spawn, pid_t *ret_pid, struct error *err);
/* Starts it and waits for its end; a status other than 0 is an error. Output goes where ours goes
 * unless mapped. */
bool spawn_run(const struct spawn *spawn, struct error *err);
/* Runs `run` in a child that ends with what it returns. `detach`: the child is not ours to wait for
 * (its parent is gone), and *ret_pid is not set. */
bool spawn_function(
	int (*run)(void *data), void *data, bool detach, pid_t *ret_pid, struct error *err);
/* In a child: handlers and mask as a program expects them. */
void spawn_reset_signals(void);
/* Waits; exit status, or 128 + signal. */
int spawn_wait(pid_t pid);
/* Ends one that reads a pipe until its end: closes the writing end, and waits. Both are then none
 * (-1, 0), and may have been. */
void spawn_hang_up(int *write_end, pid_t *pid);

#endif
