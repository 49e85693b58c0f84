/* machine/cgroup.c - limits on what containers take: control groups, version 1 and 2 */
#include "private.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define INSIDE                                                                                     \
	"inside" /* what the machine sees, below the limits: nothing in it can change those */
#define CPU_PERIOD_US 100000u

/* Controllers of version 1 that runc needs. The last hierarchy has no controller. */
static const char *const controllers[] = {"memory", "pids", "cpu", "cpuacct", "cpuset", "devices",
	"freezer", "blkio", "net_cls", "net_prio", "perf_event", "hugetlb", "systemd"};

/* Lets `owner` make groups below and move processes, but not change the limits. */
static void delegate_group(const char *folder, unsigned owner)
{
	static const char *const names[] = {
		"cgroup.procs", "tasks", "cgroup.threads", "cgroup.subtree_control"};
	if (chown(folder, owner, owner) < 0)
		return; /* then runc reports it */
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		cleanup_free char *path = path_join(folder, names[i]);
		if (chown(path, owner, owner) < 0)
			continue; /* version 2 has the controller */
	}
}

static bool set_limit(const char *folder, const char *file, unsigned long long value)
{
	cleanup_free char *text = xasprintf("%llu", value);
	return groups_set(folder, file, text);
}

static void copy_setting(const char *from, const char *to, const char *file)
{
	cleanup_free char *path = path_join(from, file);
	cleanup_buf struct buf text = {0};
	if (file_read(path, 4096, &text, NULL))
		(void)groups_set(to, file, buf_text(&text));
}

/* The quota leaves a quarter of a processor to the system, however busy the machine is. Above
 * that, weights decide as usual, and the whole machine counts as one group. */
static bool limit_cpu(const char *folder, bool unified, unsigned hundredths)
{
	unsigned long long quota = hundredths * (unsigned long long)CPU_PERIOD_US / 100;
	cleanup_free char *both = xasprintf("%llu %u", quota, CPU_PERIOD_US);
	if (unified)
		return groups_set(folder, "cpu.max", both);
	(void)set_limit(folder, "cpu.cfs_period_us", CPU_PERIOD_US); /* this is the default */
	return set_limit(folder, "cpu.cfs_quota_us", quota);
}

static void limit_unified(const char *folder, struct limits *l)
{
	l->memory = set_limit(folder, "memory.max", l->memory) ? l->memory : 0;
	l->pids = set_limit(folder, "pids.max", l->pids) ? l->pids : 0;
	l->cpu = limit_cpu(folder, true, l->cpu) ? l->cpu : 0;
	(void)groups_set(folder, "memory.swap.max", "0"); /* a system without swap lacks the file */
}

static bool make_unified(const char *top, const char *name, const struct machine_ids *ids,
	struct limits *l, char groups[GROUPS_MAX], struct error *err)
{
	cleanup_free char *folder = path_join(top, name);
	cleanup_free char *inside = path_join(folder, INSIDE);
	if (strlen(folder) >= GROUPS_MAX)
		return error_set(err, 0, "the control group's name '%s' is too long", folder);
	if (!folder_make(folder, 0755, err))
		return false;
	memcpy(groups, folder, strlen(folder) + 1);
	(void)groups_pass_on(folder); /* the limits show what is missing */
	if (!folder_make(inside, 0755, err))
		return false;
	struct limits shown = *l; /* a copy inside for display; the limits above are in force */
	limit_unified(inside, &shown);
	limit_unified(folder, l);
	if (!ids->rootless) /* a user has an id inside; root inside controls their files */
		delegate_group(inside, ids->base);
	return true;
}

static void make_by_controller(
	const char *name, unsigned owner, struct limits *l, char groups[GROUPS_MAX])
{
	bool memory = false, pids = false, cpu = false;
	for (size_t i = 0; i < ARRAY_LENGTH(controllers); i++) {
		cleanup_free char *top = path_join(CGROUP_ROOT, controllers[i]);
		cleanup_free char *folder = path_join(top, name);
		if (!folder_exists(top) || (mkdir(folder, 0755) < 0 && errno != EEXIST))
			continue;
		if (text_same(controllers[i], "cpuset")) {
			copy_setting(top, folder, "cpuset.cpus");
			copy_setting(top, folder, "cpuset.mems");
		}
		if (text_same(controllers[i], "memory")) {
			(void)groups_set(folder, "memory.use_hierarchy", "1"); /* fails if set */
			memory = set_limit(folder, "memory.limit_in_bytes", l->memory);
			(void)set_limit(
				folder, "memory.memsw.limit_in_bytes", l->memory); /* with swap */
		}
		if (text_same(controllers[i], "pids"))
			pids = set_limit(folder, "pids.max", l->pids);
		if (text_same(controllers[i], "cpu"))
			cpu = limit_cpu(folder, false, l->cpu);
		if (text_same(controllers[i], "devices"))
			(void)groups_set(folder, "devices.deny", "b *:* rw"); /* no block device */
		delegate_group(folder, owner);
		snprintf(groups, GROUPS_MAX, "%s", name);
	}
	*l = (struct limits){memory ? l->memory : 0, pids ? l->pids : 0, cpu ? l->cpu : 0};
}

bool cgroup_make(const char *name, const struct machine_ids *ids, struct limits *l,
	char groups[GROUPS_MAX], struct error *err)
{
	groups[0] = '\0';
	cleanup_free char *top = ids->rootless ? delegate_find(name, err) : xstrdup(CGROUP_ROOT);
	if (top != NULL && groups_is_unified()) {
		/* the limits show what is missing */
		if (groups_pass_on(top) == EBUSY && !ids->rootless && groups_settle(top))
			(void)groups_pass_on(top);
		if (make_unified(top, name, ids, l, groups, err))
			return true;
	} else if (top != NULL) {
		make_by_controller(name, ids->base, l, groups);
		return true;
	}
	*l = (struct limits){0};
	return false;
}

void cgroup_join(const char *groups, pid_t pid)
{
	cleanup_free char *text = xasprintf("%d", (int)pid);
	cleanup_free char *inside = path_join(groups, INSIDE);
	if (groups[0] == '/')
		(void)groups_set(inside, "cgroup.procs", text); /* if refused, one limit less */
	for (size_t i = 0; groups[0] != '/' && groups[0] != '\0' && i < ARRAY_LENGTH(controllers);
		i++) {
		cleanup_free char *folder = xasprintf(CGROUP_ROOT "/%s/%s", controllers[i], groups);
		(void)groups_set(folder, "cgroup.procs", text); /* if refused, one less */
	}
}

/* ---- inside ---- */

/* A group with groups below may have no processes, so move them all into one. */
static bool mount_unified(const char *folder, struct error *err)
{
	cleanup_free char *own = path_join(folder, "init");
	if (mount("cgroup2", folder, "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return error_set(err, errno, "cannot mount cgroup2 in the machine");
	if (mkdir(own, 0755) == 0 && groups_set(own, "cgroup.procs", "0"))
		(void)groups_pass_on(folder); /* dockerd reports missing ones */
	return true;
}

/* Mounts a hierarchy by its name in /proc/self/cgroup: "cpu,cpuacct", "name=systemd". */
static void mount_hierarchy(const char *folder, const char *names)
{
	bool named = text_starts(names, "name=");
	cleanup_free char *data = xasprintf("%s%s", named ? "none," : "", names);
	cleanup_free char *path = path_join(folder, named ? names + strlen("name=") : names);
	if (mkdir(path, 0755) < 0)
		return;
	if (mount("cgroup", path, "cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC, data) < 0) {
		(void)rmdir(path); /* the kernel refused the mount */
		return;
	}
	for (const char *at = names; !named && strchr(names, ',') != NULL && *at != '\0';) {
		size_t length = strcspn(at, ",");
		cleanup_free char *link = xasprintf("%s/%.*s", folder, (int)length, at);
		if (symlink(names, link) < 0)
			return; /* only its other name is missing */
		at += length + (at[length] == ',');
	}
}

bool cgroup_mount(const char *folder, struct error *err)
{
	if (groups_is_unified())
		return mount_unified(folder, err);
	if (mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		    "mode=0755,size=65536") < 0)
		return error_set(err, errno, "cannot mount a folder for cgroups in the machine");
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

bool cgroup_remove(const char *name, const char *groups)
{
	if (geteuid() != 0)
		return groups[0] == '\0' || delegate_remove(groups);
	DIR *dir = opendir(CGROUP_ROOT);
	const struct dirent *entry;
	int64_t until_ms = clock_monotonic_ms() + GROUPS_PATIENCE_MS;
	bool good = !groups_is_unified() || groups_remove_tree(CGROUP_ROOT, name, until_ms);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' || entry->d_type != DT_DIR ||
			text_same(entry->d_name, name))
			continue;
		cleanup_free char *above = path_join(CGROUP_ROOT, entry->d_name);
		good = groups_remove_tree(above, name, until_ms) && good;
	}
	if (dir != NULL)
		closedir(dir);
	return good;
}
