/* machine/delegate.c - control groups for ordinary users. systemd gives its users a scope of
 * their own (its CGROUP_DELEGATION: leave groups alone that it did not delegate); on other
 * systems an administrator may have given a group. */
#include "private.h"

#include "spawn.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SCOPE_TIMEOUT_MS 5000
#define SCOPE_LOOK_US 5000
#define OWN_LEAF ".supervisor" /* beside the machine's group, for the process that made it */

/* ---- the caller's group ---- */

/* Returns the folder of the caller's group; NULL: the group is not of version 2, or not visible
 * here. */
static char *own_group(void)
{
	cleanup_buf struct buf text = {0};
	if (!groups_is_unified() || !file_read("/proc/self/cgroup", 65536, &text, NULL))
		return NULL;
	const char *at = buf_text(&text);
	while (*at != '\0' && !text_starts(at, "0::/")) /* other lines are for version 1 */
		at = text_next_line(at);
	if (*at == '\0' || text_starts(at, "0::/.."))
		return NULL;
	at += strlen("0::");
	return xasprintf(CGROUP_ROOT "%.*s", (int)strcspn(at, "\n"), at);
}

static bool is_writable_group(const char *group)
{
	cleanup_free char *members = path_join(group, "cgroup.procs");
	return access(group, W_OK) == 0 && access(members, W_OK) == 0;
}

/* A group that passes controllers on may have no processes, so move this process out of it. */
static bool settle_in(const char *group, const char *name, struct error *err)
{
	cleanup_free char *leaf = xasprintf("%s/%s" OWN_LEAF, group, name);
	if (!folder_make(leaf, 0755, err))
		return false;
	bool moved = groups_set(leaf, "cgroup.procs", "0");
	int cause = moved ? groups_pass_on(group) : errno;
	if (cause == 0)
		return true;
	if (!moved)
		error_set(err, cause, "move to the control group '%s'", leaf);
	else if (cause == EBUSY)
		error_set(err, 0, "other processes are in your control group '%s'", group);
	else
		error_set(err, 0,
			"no memory and pids controllers are passed on to your control group '%s'",
			group);
	(void)groups_set(group, "cgroup.procs", "0"); /* the group stays, because we are in it */
	(void)rmdir(leaf);
	return false;
}

/* ---- systemd ---- */

/* Asks the user's systemd for a scope with this process in it. It may answer before the scope
 * exists. */
static bool ask_for_scope(const char *bus, const char *scope, struct error *err)
{
	cleanup_free char *address = xasprintf("--address=unix:path=%s", bus);
	cleanup_free char *pid = xasprintf("%d", (int)getpid());
	const char *const argv[] = {"busctl", address, "--timeout=5", "--quiet", "call",
		"org.freedesktop.systemd1", "/org/freedesktop/systemd1",
		"org.freedesktop.systemd1.Manager", "StartTransientUnit", "ssa(sv)a(sa(sv))", scope,
		"fail", "4", "Description", "s", "practice machine of ropes", "Delegate", "b",
		"true", "CollectMode", "s", "inactive-or-failed", "PIDs", "au", "1", pid, "0",
		NULL};
	cleanup_fd int said = memfd_create("ropes-said", MFD_CLOEXEC);
	cleanup_free char *file = xasprintf("/proc/self/fd/%d", said);
	cleanup_buf struct buf words = {0};
	struct spawn spawn = {.argv = argv};
	if (said >= 0)
		spawn_fd_add(&spawn, said, 2);
	if (spawn_run(&spawn, err))
		return true;
	if (file_read(file, 4096, &words, NULL) && words.length > 0)
		error_set(err, 0, "systemd gives no scope: %.*s",
			(int)strcspn(buf_text(&words), "\n"), buf_text(&words));
	return false;
}

static char *wait_for_scope(const char *scope, struct error *err)
{
	int64_t end = clock_monotonic_ms() + SCOPE_TIMEOUT_MS;
	do {
		char *own = own_group();
		const char *last = own != NULL ? strrchr(own, '/') : NULL;
		if (last != NULL && text_same(last + 1, scope))
			return own;
		free(own);
		usleep(SCOPE_LOOK_US);
	} while (clock_monotonic_ms() < end);
	error_set(err, 0, "systemd does not move this process to '%s'", scope);
	return NULL;
}

static char *find_in_scope(const char *bus, const char *name, struct error *err)
{
	cleanup_free char *scope = xasprintf("%s-%d.scope", name, (int)getpid());
	char *own = ask_for_scope(bus, scope, err) ? wait_for_scope(scope, err) : NULL;
	if (own != NULL && settle_in(own, name, err))
		return own;
	free(own);
	return NULL;
}

/* ---- a group from the administrator ---- */

static char *find_given(const char *name, struct error *err)
{
	char *own = own_group();
	if (own != NULL && is_writable_group(own) && settle_in(own, name, err))
		return own;
	/* the caller may be in a leaf of it */
	char *last = own != NULL ? strrchr(own, '/') : NULL;
	if (last != NULL)
		*last = '\0';
	if (own != NULL && is_writable_group(own) && groups_pass_on(own) == 0)
		return own;
	free(own);
	return NULL;
}

char *delegate_find(const char *name, struct error *err)
{
	cleanup_free char *runtime = xasprintf("/run/user/%u", (unsigned)geteuid());
	cleanup_free char *bus = path_join(runtime, "bus");
	cleanup_free char *manager = path_join(runtime, "systemd/private");
	cleanup_error struct error why = {0};
	char *found = NULL;
	if (!groups_is_unified())
		error_set(&why, 0, "this system has control groups of version 1, which are root's");
	else if (file_exists(bus))
		found = find_in_scope(bus, name, &why);
	else if (file_exists(manager))
		error_set(&why, 0, "cannot reach systemd: there is no '%s'", bus);
	else
		found = find_given(name, &why);
	if (found != NULL)
		return found;
	if (error_text(&why)[0] == '\0')
		error_set(&why, 0, "%s",
			folder_exists("/run/systemd/system")
				? _("your systemd does not run: su and sudo begin no session")
				: _("no control group is yours, and there is no systemd to give one"));
	error_move(err, &why);
	return NULL;
}

/* ---- removing ---- */

struct remover {
	const char *above, *name;
	int users;
};

/* The machine's groups belong to ids that no one has here. Its namespace is gone, but another
 * one with the same ids works as well. */
static int remove_as_root_inside(void *data)
{
	const struct remover *r = data;
	bool inside = r->users >= 0 && setns(r->users, CLONE_NEWUSER) == 0;
	bool gone =
		groups_remove_tree(r->above, r->name, clock_monotonic_ms() + GROUPS_PATIENCE_MS);
	return inside && gone ? 0 : 1;
}

bool delegate_remove(const char *groups)
{
	const struct machine_ids ids = {.rootless = true, .count = MACHINE_ID_COUNT, .claim = -1};
	cleanup_free char *leaf = xasprintf("%s" OWN_LEAF, groups);
	cleanup_free char *above = xstrndup(groups, (size_t)(strrchr(groups, '/') - groups));
	pid_t pid;
	if (folder_exists(groups)) {
		cleanup_fd int users = ids_namespace(&ids, NULL);
		struct remover remover = {above, groups + strlen(above) + 1, users};
		if (spawn_function(remove_as_root_inside, &remover, false, &pid, NULL))
			(void)spawn_wait(pid);
	}
	(void)rmdir(leaf); /* fails if the caller is still in it */
	const char *scope = strrchr(above, '.');
	if (scope != NULL && text_same(scope, ".scope"))
		(void)rmdir(above); /* systemd keeps a scope that was not empty when it looked */
	return !folder_exists(groups);
}
