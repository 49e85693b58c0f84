/* sandbox/examine.c - what the sandbox needs, whether it is here, and the command that mends it */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const char *const managers[] = {"apt-get", "dnf", "apk", "pacman"};
static const char *const install[] = {"apt-get install ", "dnf install ", "apk add ", "pacman -S "};

/* Programs, and the packages that have them with each package manager. */
static const struct program {
	const char *name, *program;
	bool needed;
	const char *packages[ARRAY_LENGTH(managers)];
	const char *version; /* the option that tells it; NULL: not asked */
} programs[] = {
	{"bubblewrap (the jail)", "bwrap", true,
		{"bubblewrap", "bubblewrap", "bubblewrap", "bubblewrap"}, "--version"},
	{"dockerd (the practice daemon)", "dockerd", true,
		{"docker.io", "moby-engine", "docker", "docker"}, "--version"},
	{"docker (the client)", "docker", true, {"docker.io", "docker-cli", "docker-cli", "docker"},
		"--version"},
	{"docker-registry (practice images)", "docker-registry", true,
		{"docker-registry", "docker-distribution", "docker-registry", "docker-registry"},
		"--version"},
	{"busybox, static (practice images)", "busybox", true,
		{"busybox-static", "busybox", "busybox-static", "busybox"}, NULL},
	{"bash, static (practice images)", "bash-static", true,
		{"bash-static", "bash", "bash", "bash"}, NULL},
	{"iptables (published ports)", "iptables", true,
		{"iptables", "iptables", "iptables", "iptables"}, "--version"},
	{"mount", "mount", true, {"mount", "util-linux", "mount", "util-linux"}, NULL},
	{"tar", "tar", true, {"tar", "tar", "tar", "tar"}, NULL},
	{"curl (in lessons)", "curl", false, {"curl", "curl", "curl", "curl"}, NULL},
};

static char *mend_command(const char *const *packages)
{
	for (size_t i = 0; i < ARRAY_LENGTH(managers); i++) {
		cleanup_free char *there = program_find(managers[i]);
		if (there != NULL)
			return xasprintf(
				"%s%s%s", geteuid() == 0 ? "" : "sudo ", install[i], packages[i]);
	}
	return NULL;
}

static struct sandbox_part *add(
	struct sandbox_parts *p, const char *name, bool present, bool needed)
{
	p->items = array_grow(p->items, p->count, sizeof *p->items);
	p->items[p->count] =
		(struct sandbox_part){.name = name, .present = present, .needed = needed};
	return &p->items[p->count++];
}

static char *first_line_of(const char *program, const char *option)
{
	int ends[2];
	const char *const argv[] = {program, option, NULL};
	struct spawn spawn = {.argv = argv};
	pid_t pid;
	char bytes[256] = "";
	size_t length = 0;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return NULL;
	spawn_fd_add(&spawn, ends[1], 1);
	spawn_fd_add(&spawn, ends[1], 2);
	bool good = spawn_start(&spawn, &pid, NULL);
	close(ends[1]);
	/* it may come in pieces */
	for (ssize_t got = 1; good && got > 0 && strchr(bytes, '\n') == NULL;) {
		got = fd_read(ends[0], bytes + length, sizeof bytes - 1 - length);
		length += got > 0 ? (size_t)got : 0;
		bytes[length] = '\0';
	}
	close(ends[0]);
	if (good)
		(void)spawn_wait(pid); /* only its words are wanted */
	return length > 0 ? xstrndup(bytes, strcspn(bytes, "\n")) : NULL;
}

static void examine_programs(struct sandbox_parts *ret)
{
	for (size_t i = 0; i < ARRAY_LENGTH(programs); i++) {
		const struct program *p = &programs[i];
		cleanup_free char *path = program_find(p->program);
		struct sandbox_part *part = add(ret, p->name, path != NULL, p->needed);
		char *version =
			path != NULL && p->version != NULL ? first_line_of(path, p->version) : NULL;
		part->detail = version != NULL ? version : xstrdup(path != NULL ? path : "missing");
		if (path == NULL)
			part->mend = mend_command(p->packages);
	}
}

static void examine_jail(struct sandbox_parts *ret)
{
	const char *const argv[] = {"bwrap", "--ro-bind", "/", "/", "--unshare-pid", "true", NULL};
	struct spawn spawn = {.argv = argv};
	cleanup_error struct error err = {0};
	cleanup_fd int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd <= 2 && null >= 0; fd++)
		spawn_fd_add(&spawn, null, fd);
	bool works = spawn_run(&spawn, &err);
	struct sandbox_part *part = add(ret, "namespaces", works, true);
	part->detail = xstrdup(works ? "the jail can be made" : error_text(&err));
	if (!works)
		part->mend = xstrdup("sysctl -w kernel.unprivileged_userns_clone=1");
	int filter = filter_open(&err);
	part = add(ret, "system call filter", filter >= 0, true);
	part->detail = xstrdup(filter >= 0 ? "in force" : error_text(&err));
	if (filter >= 0)
		close(filter);
}

static void examine_limits(struct sandbox_parts *ret)
{
	char name[32];
	struct limits limits = {1 << 30, 100};
	snprintf(name, sizeof name, "ropes-probe-%d", (int)getpid());
	cgroup_make(name, &limits);
	bool both = limits.memory > 0 && limits.pids > 0;
	struct sandbox_part *part = add(ret, "memory and process limits", both, false);
	part->detail = xstrdup(both             ? (cgroup_is_unified() ? "cgroup 2" : "cgroup 1")
			       : geteuid() != 0 ? "only as root: containers can take all memory "
						  "and processes of your account"
						: "this machine's control groups can't be written");
	if (geteuid() == 0)
		cgroup_remove(name);
}

static void examine_rootless(struct sandbox_parts *ret)
{
	static const char *const packages[] = {"uidmap", "shadow-utils", "shadow-uidmap", "shadow"};
	if (geteuid() == 0)
		return;
	cleanup_free char *path = program_find("newuidmap");
	struct sandbox_part *part =
		add(ret, "newuidmap (the practice daemon without root)", path != NULL, true);
	part->detail = xstrdup(path != NULL ? path : "missing");
	if (path == NULL)
		part->mend = mend_command(packages);
}

static void examine_space(struct sandbox_parts *ret)
{
	cleanup_free char *folder = daemon_workspaces();
	struct statvfs info;
	cleanup_error struct error err = {0};
	bool there = folder_make(folder, 0711, &err) && statvfs(folder, &info) == 0;
	unsigned long long left = there ? (unsigned long long)info.f_bavail * info.f_frsize : 0;
	struct sandbox_part *part =
		add(ret, "space for the workspace", left > 100 * 1000 * 1000ULL, false);
	cleanup_buf struct buf text = {0};
	text_size(&text, left);
	part->detail = there ? xasprintf("%s left in %s", buf_text(&text), folder)
			     : xstrdup(error_text(&err));
}

static void examine_daemon(struct sandbox_parts *ret)
{
	struct daemon_status status = {0};
	(void)daemon_status(&status, NULL);
	bool ready = status.state == DAEMON_READY;
	struct sandbox_part *part = add(ret, "practice daemon", ready, false);
	part->detail = ready ? xasprintf("up, version %s, %s", status.version, status.host)
			     : xstrdup("not running; a lesson brings it up");
	if (!ready)
		part->mend = xstrdup("ropes daemon start");
	daemon_status_finish(&status);
}

void sandbox_examine(struct sandbox_parts *ret)
{
	examine_programs(ret);
	examine_jail(ret);
	examine_limits(ret);
	examine_rootless(ret);
	examine_space(ret);
	examine_daemon(ret);
}

void sandbox_parts_finish(struct sandbox_parts *parts)
{
	for (size_t i = 0; i < parts->count; i++) {
		free(parts->items[i].detail);
		free(parts->items[i].mend);
	}
	free(parts->items);
	*parts = (struct sandbox_parts){0};
}
