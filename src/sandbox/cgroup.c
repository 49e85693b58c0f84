/* sandbox/cgroup.c - limits on what containers take: control groups, version 1 and 2 */
#include "daemon.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#define ROOT "/sys/fs/cgroup"
#define CGROUP2_MAGIC 0x63677270

bool cgroup_is_unified(void)
{
	struct statfs info;
	return statfs(ROOT, &info) == 0 && info.f_type == CGROUP2_MAGIC;
}

static bool set(const char *folder, const char *file, const char *value)
{
	cleanup_free char *path = path_join(folder, file);
	cleanup_fd int fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);
}

static bool make(const char *controller, const char *name, char **ret)
{
	*ret = controller[0] != '\0' ? xasprintf(ROOT "/%s/%s", controller, name)
				     : xasprintf(ROOT "/%s", name);
	return folder_make(*ret, 0755, NULL);
}

static bool limit(
	const char *controller, const char *name, const char *file, unsigned long long value)
{
	cleanup_free char *folder = NULL;
	cleanup_free char *text = xasprintf("%llu", value);
	return make(controller, name, &folder) && set(folder, file, text);
}

static void make_unified(const char *name, struct limits *l)
{
	(void)set(
		ROOT, "cgroup.subtree_control", "+memory +pids"); /* what is missing shows below */
	if (!limit("", name, "memory.max", l->memory))
		l->memory = 0;
	if (!limit("", name, "pids.max", l->pids))
		l->pids = 0;
}

void cgroup_make(const char *name, struct limits *l)
{
	if (geteuid() != 0) {
		*l = (struct limits){0};
		return;
	}
	if (cgroup_is_unified()) {
		make_unified(name, l);
		return;
	}
	cleanup_free char *devices = NULL, *memory = NULL;
	if (make("memory", name, &memory))
		(void)set(memory, "memory.use_hierarchy", "1"); /* refused where it is so already */
	if (!limit("memory", name, "memory.limit_in_bytes", l->memory))
		l->memory = 0;
	if (!limit("pids", name, "pids.max", l->pids))
		l->pids = 0;
	if (make("devices", name, &devices))
		(void)set(devices, "devices.deny",
			"b *:* rw"); /* no block device for anybody below */
}

void cgroup_join(const char *name, pid_t pid)
{
	static const char *const controllers[] = {"memory", "pids"};
	cleanup_free char *text = xasprintf("%d", (int)pid);
	if (name[0] == '\0' || geteuid() != 0)
		return;
	if (cgroup_is_unified()) {
		cleanup_free char *group = xasprintf(ROOT "/%s/jail", name);
		if (folder_make(group, 0755, NULL))
			(void)set(group, "cgroup.procs",
				text); /* a limit less, where it is refused */
		return;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(controllers); i++) {
		cleanup_free char *group = xasprintf(ROOT "/%s/%s", controllers[i], name);
		(void)set(group, "cgroup.procs", text); /* likewise */
	}
}

/* ---- removing ---- */

static void kill_members(const char *folder)
{
	cleanup_free char *path = path_join(folder, "cgroup.procs");
	FILE *file = fopen(path, "re");
	int pid;
	while (file != NULL && fscanf(file, "%d", &pid) == 1)
		if (pid > 1)
			(void)kill(pid, SIGKILL);
	if (file != NULL)
		fclose(file);
}

/* A frozen process of version 1 does not even die, and the namespace's first process waits for it.
 */
static void thaw_tree(const char *folder, int depth)
{
	DIR *dir = depth < 8 ? opendir(folder) : NULL;
	struct dirent *entry;
	if (dir == NULL)
		return;
	(void)set(folder, "freezer.state", "THAWED"); /* not frozen: nothing changes */
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		cleanup_free char *below = path_join(folder, entry->d_name);
		thaw_tree(below, depth + 1);
	}
	closedir(dir);
}

void cgroup_thaw(const char *name)
{
	cleanup_free char *folder = xasprintf(ROOT "/freezer/%s", name);
	if (geteuid() == 0)
		thaw_tree(folder, 0);
}

/* Groups nest as deep as the daemon made them: two or three. */
static void remove_tree(const char *folder, int depth)
{
	DIR *dir = depth < 8 ? opendir(folder) : NULL;
	struct dirent *entry;
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		cleanup_free char *below = path_join(folder, entry->d_name);
		remove_tree(below, depth + 1);
	}
	closedir(dir);
	kill_members(folder);
	for (int i = 0; rmdir(folder) < 0 && errno == EBUSY && i < 200; i++)
		usleep(5000); /* the killed ones are still leaving */
}

void cgroup_remove(const char *name)
{
	DIR *dir = opendir(ROOT);
	struct dirent *entry;
	if (dir == NULL)
		return;
	if (cgroup_is_unified()) {
		cleanup_free char *own = path_join(ROOT, name);
		remove_tree(own, 0);
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' || entry->d_type != DT_DIR)
			continue;
		cleanup_free char *folder = xasprintf(ROOT "/%s/%s", entry->d_name, name);
		remove_tree(folder, 0);
	}
	closedir(dir);
}
