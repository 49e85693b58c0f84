/* machine/cgroup.c - limits on what containers take: control groups, version 1 and 2 */
#include "private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#define LEAVING_LOOKS 400
#define LEAVING_US 5000
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

/* Of version 1; all that runc wants to see. The last has no controller. */
static const char *const controllers[] = {"memory", "pids", "cpu", "cpuacct", "cpuset", "devices",
	"freezer", "blkio", "net_cls", "net_prio", "perf_event", "hugetlb", "systemd"};

/* Lets `owner` make groups below and move processes; the limits stay ours. */
static void give(const char *folder, unsigned owner)
{
	static const char *const names[] = {
		"cgroup.procs", "tasks", "cgroup.threads", "cgroup.subtree_control"};
	if (chown(folder, owner, owner) < 0)
		return; /* then runc says so */
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		cleanup_free char *path = path_join(folder, names[i]);
		if (chown(path, owner, owner) < 0)
			continue; /* the other version has it */
	}
}

static bool limit(const char *folder, const char *file, unsigned long long value)
{
	cleanup_free char *text = xasprintf("%llu", value);
	return set(folder, file, text);
}

static void copy(const char *from, const char *to, const char *file)
{
	cleanup_free char *path = path_join(from, file);
	cleanup_buf struct buf text = {0};
	if (file_read(path, 4096, &text, NULL))
		(void)set(to, file, buf_text(&text));
}

static void make_unified(const char *name, unsigned owner, struct limits *l)
{
	cleanup_free char *folder = path_join(ROOT, name);
	(void)set(ROOT, "cgroup.subtree_control", "+memory +pids");
	(void)set(ROOT, "cgroup.subtree_control", "+cpu +cpuset +io"); /* what is missing shows */
	if (!folder_make(folder, 0755, NULL)) {
		*l = (struct limits){0};
		return;
	}
	if (!limit(folder, "memory.max", l->memory))
		l->memory = 0;
	if (!limit(folder, "pids.max", l->pids))
		l->pids = 0;
	give(folder, owner);
}

void cgroup_make(const char *name, unsigned owner, struct limits *l)
{
	if (geteuid() != 0) {
		*l = (struct limits){0};
		return;
	}
	if (cgroup_is_unified()) {
		make_unified(name, owner, l);
		return;
	}
	bool memory = false, pids = false;
	for (size_t i = 0; i < ARRAY_LENGTH(controllers); i++) {
		cleanup_free char *top = path_join(ROOT, controllers[i]);
		cleanup_free char *folder = path_join(top, name);
		if (!folder_exists(top) || (mkdir(folder, 0755) < 0 && errno != EEXIST))
			continue;
		if (text_same(controllers[i], "cpuset")) {
			copy(top, folder, "cpuset.cpus");
			copy(top, folder, "cpuset.mems");
		}
		if (text_same(controllers[i], "memory")) {
			(void)set(folder, "memory.use_hierarchy", "1"); /* refused where it is */
			memory = limit(folder, "memory.limit_in_bytes", l->memory);
		}
		if (text_same(controllers[i], "pids"))
			pids = limit(folder, "pids.max", l->pids);
		if (text_same(controllers[i], "devices"))
			(void)set(folder, "devices.deny", "b *:* rw"); /* no block device */
		give(folder, owner);
	}
	*l = (struct limits){memory ? l->memory : 0, pids ? l->pids : 0};
}

void cgroup_join(const char *name, pid_t pid)
{
	cleanup_free char *text = xasprintf("%d", (int)pid);
	if (geteuid() != 0)
		return;
	if (cgroup_is_unified()) {
		cleanup_free char *folder = path_join(ROOT, name);
		(void)set(folder, "cgroup.procs", text); /* a limit less, where it is refused */
		return;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(controllers); i++) {
		cleanup_free char *folder = xasprintf(ROOT "/%s/%s", controllers[i], name);
		(void)set(folder, "cgroup.procs", text); /* likewise */
	}
}

/* ---- inside ---- */

/* Groups that have groups below may have no processes of their own: all go into one. */
static bool mount_unified(const char *folder, struct error *err)
{
	cleanup_free char *own = path_join(folder, "init");
	if (mount("cgroup2", folder, "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return error_set(err, errno, "mount cgroup2 in the machine");
	static const char *const wanted[] = {"+memory", "+pids", "+cpu", "+cpuset", "+io"};
	if (mkdir(own, 0755) == 0 && set(own, "cgroup.procs", "0"))
		for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++)
			(void)set(folder, "cgroup.subtree_control", wanted[i]);
	return true;
}

/* A hierarchy as /proc/self/cgroup names it: "cpu,cpuacct", "name=systemd". */
static void mount_hierarchy(const char *folder, const char *names)
{
	bool named = text_starts(names, "name=");
	cleanup_free char *data = xasprintf("%s%s", named ? "none," : "", names);
	cleanup_free char *path = path_join(folder, named ? names + strlen("name=") : names);
	if (mkdir(path, 0755) < 0)
		return;
	if (mount("cgroup", path, "cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC, data) < 0) {
		(void)rmdir(path); /* this kernel does not let us here */
		return;
	}
	for (const char *at = names; !named && strchr(names, ',') != NULL && *at != '\0';) {
		size_t length = strcspn(at, ",");
		cleanup_free char *link = xasprintf("%s/%.*s", folder, (int)length, at);
		if (symlink(names, link) < 0)
			return; /* only its other name is missing then */
		at += length + (at[length] == ',');
	}
}

bool cgroup_mount(const char *folder, struct error *err)
{
	if (cgroup_is_unified())
		return mount_unified(folder, err);
	if (mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		    "mode=0755,size=65536") < 0)
		return error_set(err, errno, "mount a folder for cgroups in the machine");
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[512], names[256];
	while (file != NULL && fgets(line, sizeof line, file) != NULL)
		if (sscanf(line, "%*d:%255[^:]:", names) == 1)
			mount_hierarchy(folder, names);
	if (file != NULL)
		fclose(file);
	return true;
}

/* ---- removing ---- */

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

/* A frozen process of version 1 does not even die, and the namespace's first process waits for it.
 */
static void thaw(int folder)
{
	cleanup_fd int fd = openat(folder, "freezer.state", O_WRONLY | O_CLOEXEC);
	if (fd >= 0)
		(void)fd_write(fd, "THAWED", 6, NULL); /* not frozen: nothing changes */
}

/* A group below; NULL: none. The caller frees it. */
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

static bool remove_group(int above, const char *name, int folder)
{
	for (int i = 0; i < LEAVING_LOOKS; i++) {
		thaw(folder);
		kill_members(folder);
		if (unlinkat(above, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
			return true;
		usleep(LEAVING_US); /* the killed ones are still leaving */
	}
	return false;
}

/* Goes down to a group that has none below, and removes that: groups may nest as deep as somebody
 * inside liked. *ret_done: it was the one named. */
static bool remove_deepest(int root, const char *name, bool *ret_done)
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
	bool good = folder < 0 || remove_group(above, at, folder);
	if (folder >= 0)
		close(folder);
	if (above >= 0)
		close(above);
	return good;
}

static bool remove_tree(const char *root, const char *name)
{
	cleanup_fd int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = fd < 0, good = true;
	while (!done && good)
		good = remove_deepest(fd, name, &done);
	return good;
}

bool cgroup_remove(const char *name)
{
	DIR *dir = opendir(ROOT);
	const struct dirent *entry;
	bool good = !cgroup_is_unified() || remove_tree(ROOT, name);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' || entry->d_type != DT_DIR ||
			text_same(entry->d_name, name))
			continue;
		cleanup_free char *root = path_join(ROOT, entry->d_name);
		good = remove_tree(root, name) && good;
	}
	if (dir != NULL)
		closedir(dir);
	return good;
}
