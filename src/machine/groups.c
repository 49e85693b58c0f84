/* machine/groups.c - single files and folders of control groups: settings, and removing trees */
#include "private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#define LEAVING_US 5000
#define CGROUP2_MAGIC 0x63677270

bool groups_is_unified(void)
{
	struct statfs info;
	return statfs(CGROUP_ROOT, &info) == 0 && info.f_type == CGROUP2_MAGIC;
}

bool groups_set(const char *folder, const char *file, const char *value)
{
	cleanup_free char *path = path_join(folder, file);
	cleanup_fd int fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);
}

int groups_pass_on(const char *folder)
{
	static const struct {
		const char *controller;
		bool needed;
	} wanted[] = {{"+memory", true}, {"+pids", true}, {"+cpu", false}, {"+cpuset", false},
		{"+io", false}};
	int cause = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++)
		if (!groups_set(folder, "cgroup.subtree_control", wanted[i].controller) &&
			wanted[i].needed)
			cause = errno;
	return cause;
}

#define SETTLED "ropes-others"
#define SETTLE_TRIES 10 /* processes may start meanwhile */

bool groups_settle(const char *folder)
{
	cleanup_free char *leaf = path_join(folder, SETTLED);
	cleanup_free char *list = path_join(folder, "cgroup.procs");
	cleanup_buf struct buf text = {0};
	if (mkdir(leaf, 0755) < 0 && errno != EEXIST)
		return false;
	for (int i = 0; i < SETTLE_TRIES; i++) {
		buf_truncate(&text, 0);
		if (!file_read(list, 1 << 20, &text, NULL))
			return false;
		if (text.length == 0)
			return true;
		for (const char *at = buf_text(&text); *at != '\0'; at = text_next_line(at)) {
			cleanup_free char *pid = xstrndup(at, strcspn(at, "\n"));
			(void)groups_set(leaf, "cgroup.procs", pid); /* it may have ended */
		}
	}
	return false;
}

static void kill_members(int folder)
{
	int fd = openat(folder, "cgroup.procs", O_RDONLY | O_CLOEXEC), pid;
	FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
	while (file != NULL && fscanf(file, "%d", &pid) == 1)
		if (pid > 1)
			(void)kill(pid, SIGKILL);
	if (file != NULL)
		fclose(file);
	else if (fd >= 0)
		close(fd);
}

/* Thaw the group, because a frozen process of version 1 does not even die, and the namespace's
 * first process waits for it. */
static void thaw_group(int folder)
{
	cleanup_fd int fd = openat(folder, "freezer.state", O_WRONLY | O_CLOEXEC);
	if (fd >= 0)
		(void)fd_write(fd, "THAWED", 6, NULL); /* fails harmlessly if it is not frozen */
}

/* Returns a child group; NULL if there is none. The caller frees it. */
static char *child_of(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;
	char *name = NULL;
	while (dir != NULL && name == NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			name = xstrdup(entry->d_name);
	if (dir != NULL)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	return name;
}

static bool remove_group(int above, const char *name, int folder, int64_t until_ms)
{
	for (;;) {
		thaw_group(folder);
		kill_members(folder);
		if (unlinkat(above, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
			return true;
		if ((errno != EBUSY && errno != ENOTEMPTY) || clock_monotonic_ms() > until_ms)
			return false;
		usleep(LEAVING_US);
	}
}

/* Descends to a group without children and removes it, without recursion, because root inside
 * may nest groups to any depth. *ret_done: it was the named group. */
static bool remove_deepest(int root, const char *name, int64_t until_ms, bool *ret_done)
{
	int above = fcntl(root, F_DUPFD_CLOEXEC, 3);
	int folder = openat(root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	cleanup_free char *at = xstrdup(name);
	*ret_done = true;
	for (char *below; folder >= 0 && (below = child_of(folder)) != NULL;) {
		int next = openat(folder, below, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(above);
		above = folder;
		folder = next;
		free(at);
		at = below;
		*ret_done = false;
	}
	bool good = folder < 0 || remove_group(above, at, folder, until_ms);
	if (folder >= 0)
		close(folder);
	if (above >= 0)
		close(above);
	return good;
}

bool groups_remove_tree(const char *above, const char *name, int64_t until_ms)
{
	cleanup_fd int fd = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = fd < 0, good = true;
	while (!done && good)
		good = remove_deepest(fd, name, until_ms, &done);
	return good;
}
