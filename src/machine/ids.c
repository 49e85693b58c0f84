/* machine/ids.c - the ids of the machine. Started by root: an unused range of 65,536, a
 * different one for each machine; in a container without such ranges, all ids but root's. Started
 * by a user: their range in /etc/subuid, and their own id as the learner. Root of the outside is
 * never among them. */
#include "private.h"

#include "spawn.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Above the ids that systemd gives to containers (its UIDS-GIDS), below the limit of a signed
 * number. */
#define RANGE_FIRST 0x70000000u
#define RANGE_COUNT 4094u
/* All ids but root's of a namespace that lacks those. */
#define NESTED_FIRST 1u
#define CLAIMS "/run/ropes-ids"

/* ---- a range for root's machine ---- */

/* Reports whether all of these users and groups exist in the namespace of this process. */
static bool ids_exist(unsigned long first, unsigned long count)
{
	static const char *const paths[] = {"/proc/self/uid_map", "/proc/self/gid_map"};
	for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
		FILE *file = fopen(paths[i], "re");
		unsigned long inside, outside, length;
		bool found = false;
		while (file != NULL && !found &&
			fscanf(file, "%lu %lu %lu", &inside, &outside, &length) == 3)
			found = inside <= first && first + count <= inside + length;
		if (file != NULL)
			fclose(file);
		if (!found)
			return false;
	}
	return true;
}

static bool ranges_overlap(unsigned base, unsigned long first, unsigned long count)
{
	return first < (unsigned long)base + MACHINE_ID_COUNT && base < first + count;
}

/* Reports whether /etc/subuid or /etc/subgid give the range to another user. */
static bool is_given_away(unsigned base)
{
	static const char *const paths[] = {"/etc/subuid", "/etc/subgid"};
	bool given = false;
	for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
		FILE *file = fopen(paths[i], "re");
		unsigned long first, count;
		char line[512];
		while (file != NULL && fgets(line, sizeof line, file) != NULL) {
			const char *colon = strchr(line, ':');
			given = given ||
				(colon != NULL && sscanf(colon, ":%lu:%lu", &first, &count) == 2 &&
					ranges_overlap(base, first, count));
		}
		if (file != NULL)
			fclose(file);
	}
	return given;
}

/* Locks the file of a range for as long as a machine uses it. Machines of the same folder share
 * a range, because they share its files. */
static int claim_range(unsigned index, const char *folder)
{
	cleanup_free char *path = xasprintf(CLAIMS "/%u", index);
	cleanup_buf struct buf owner = {0};
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ours = false;
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		ours = ftruncate(fd, 0) == 0 && fd_write(fd, folder, strlen(folder), NULL) &&
		       flock(fd, LOCK_SH) == 0;
	else if (fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) == 0)
		ours = file_read(path, 4096, &owner, NULL) && text_same(buf_text(&owner), folder);
	if (!ours && fd >= 0)
		close(fd);
	return ours ? fd : -1;
}

/* Makes do with the ids of this namespace if it has none of the ranges. */
static bool choose_ids(struct machine_ids *ids, bool *ret_nested, struct error *err)
{
	*ret_nested = !ids_exist(RANGE_FIRST, (unsigned long)RANGE_COUNT * MACHINE_ID_COUNT);
	if (!*ret_nested)
		return true;
	ids->base = NESTED_FIRST;
	while (ids->count > MACHINE_ID_COUNT - 2 && !ids_exist(ids->base, ids->count))
		ids->count--;
	return ids->count > MACHINE_ID_COUNT - 2 ||
	       error_set(
		       err, 0, "this container has fewer than 65,536 users and groups of its own");
}

bool ids_claim(const char *folder, struct machine_ids *ret, struct error *err)
{
	bool nested;
	*ret = (struct machine_ids){.rootless = geteuid() != 0,
		.mounts = geteuid() == 0 && prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN) == 1 &&
			  prctl(PR_CAPBSET_READ, CAP_SYS_PTRACE) == 1,
		.count = MACHINE_ID_COUNT,
		.claim = -1,
		.users = -1};
	if (ret->rootless)
		return true;
	if (!choose_ids(ret, &nested, err))
		return false;
	if (mkdir(CLAIMS, 0700) < 0 && errno != EEXIST)
		return error_set(err, errno, "cannot create '%s'", CLAIMS);
	/* prefer the same range for the same folder: its files then already belong to the
	 * learner */
	unsigned start = (unsigned)(hash_bytes(HASH_START, folder, strlen(folder)) % RANGE_COUNT);
	for (unsigned i = 0; i < RANGE_COUNT; i++) {
		unsigned index = (start + i) % RANGE_COUNT;
		if (!nested)
			ret->base = RANGE_FIRST + index * MACHINE_ID_COUNT;
		if ((nested || !is_given_away(ret->base)) &&
			(ret->claim = claim_range(index, folder)) >= 0)
			return true;
	}
	return error_set(err, 0, "all %u id ranges for practice machines are in use", RANGE_COUNT);
}

bool ids_are_alone(const struct machine_ids *ids)
{
	return ids->rootless ||
	       (flock(ids->claim, LOCK_EX | LOCK_NB) == 0 && flock(ids->claim, LOCK_SH) == 0);
}

/* ---- a user's range ---- */

static bool find_range(const char *path, const char *name, unsigned long id,
	unsigned long *ret_first, unsigned long *ret_count)
{
	FILE *file = fopen(path, "re");
	cleanup_free char *number = xasprintf("%lu", id);
	char line[512];
	bool found = false;
	while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
		char *colon = strchr(line, ':');
		if (colon == NULL)
			continue;
		*colon = '\0';
		found = (text_same(line, name) || text_same(line, number)) &&
			sscanf(colon + 1, "%lu:%lu", ret_first, ret_count) == 2 &&
			*ret_count >= MACHINE_ID_COUNT - 1;
	}
	if (file != NULL)
		fclose(file);
	return found;
}

static bool map_with(
	const char *program, const char *path, pid_t pid, unsigned long own, struct error *err)
{
	const struct passwd *entry = getpwuid(getuid());
	const char *name = entry != NULL ? entry->pw_name : "";
	unsigned long first, count;
	if (!find_range(path, name, getuid(), &first, &count))
		return error_set(err, 0,
			"%s has no range of 65,536 ids for '%s'; `ropes doctor` shows how to add one",
			path, name);
	cleanup_words struct words argv = {0};
	words_add(&argv, program);
	words_addf(&argv, "%d", (int)pid);
	const unsigned long parts[][3] = {{0, first, MACHINE_LEARNER_ID},
		{MACHINE_LEARNER_ID, own, 1},
		{MACHINE_LEARNER_ID + 1, first + MACHINE_LEARNER_ID,
			MACHINE_ID_COUNT - MACHINE_LEARNER_ID - 1}};
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
		for (size_t k = 0; k < 3; k++)
			words_addf(&argv, "%lu", parts[i][k]);
	cleanup_fd int said = memfd_create("ropes-said", MFD_CLOEXEC);
	cleanup_buf struct buf what = {0};
	cleanup_free char *file = xasprintf("/proc/self/fd/%d", said);
	struct spawn spawn = {.argv = (const char *const *)argv.items};
	if (said >= 0)
		spawn_fd_add(&spawn, said, 2);
	if (spawn_run(&spawn, err))
		return true;
	if (file_read(file, 4096, &what, NULL) && what.length > 0)
		error_set(err, 0, "%.*s", (int)strcspn(buf_text(&what), "\n"), buf_text(&what));
	return false;
}

static bool write_map(const char *name, pid_t pid, const struct machine_ids *ids, struct error *err)
{
	cleanup_free char *path = xasprintf("/proc/%d/%s", (int)pid, name);
	cleanup_free char *text = xasprintf("0 %u %u\n", ids->base, ids->count);
	cleanup_fd int fd = open(path, O_WRONLY | O_CLOEXEC);
	return (fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text)) ||
	       error_set(err, errno, "cannot write '%s'", path);
}

static bool map_ids(const struct machine_ids *ids, pid_t pid, struct error *err)
{
	if (ids->rootless)
		return map_with("newuidmap", "/etc/subuid", pid, getuid(), err) &&
		       map_with("newgidmap", "/etc/subgid", pid, getgid(), err);
	return write_map("uid_map", pid, ids, err) && write_map("gid_map", pid, ids, err);
}

struct holder {
	const struct machine_ids *ids;
	int ready, go, others[2]; /* the parent's ends of the pipes */
};

/* Keep root's capabilities, because systems that refuse namespaces to other users do not refuse
 * them to root. */
static bool become_id(unsigned id)
{
	return prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) == 0 && setgroups(0, NULL) == 0 &&
	       setresgid(id, id, id) == 0 && setresuid(id, id, id) == 0;
}

/* Keeps the namespace alive until it is mapped and opened. */
static int hold_namespace(void *data)
{
	const struct holder *h = data;
	char byte;
	close(h->others[0]);
	close(h->others[1]);
	bool good = (!h->ids->mounts || become_id(h->ids->base)) && unshare(CLONE_NEWUSER) == 0;
	int number = good ? 0 : errno;
	(void)fd_write(h->ready, &number, sizeof number, NULL);
	(void)fd_read(h->go, &byte, 1); /* at the end of the pipe the parent is done */
	return 0;
}

int ids_namespace(const struct machine_ids *ids, struct error *err)
{
	int ready[2], go[2], number = 0, fd = -1;
	pid_t pid;
	if (pipe2(ready, O_CLOEXEC) < 0)
		return error_set(err, errno, "pipe"), -1;
	if (pipe2(go, O_CLOEXEC) < 0) {
		close(ready[0]);
		close(ready[1]);
		return error_set(err, errno, "pipe"), -1;
	}
	struct holder h = {ids, ready[1], go[0], {ready[0], go[1]}};
	bool good = spawn_function(hold_namespace, &h, false, &pid, err);
	close(ready[1]);
	close(go[0]);
	if (good && (fd_read(ready[0], &number, sizeof number) != (ssize_t)sizeof number ||
			    number != 0))
		error_set(err, number, "cannot create its user namespace");
	else if (good && map_ids(ids, pid, err)) {
		cleanup_free char *path = xasprintf("/proc/%d/ns/user", (int)pid);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			error_set(err, errno, "cannot open '%s'", path);
	}
	close(ready[0]);
	close(go[1]);
	if (good)
		(void)spawn_wait(pid);
	return fd;
}

/* ---- the workspaces ---- */

/* Maps the owner of a file from an earlier machine with another range, or from the user who
 * started it before there were ranges. */
static unsigned id_now(const struct machine_ids *ids, unsigned id)
{
	if (id - ids->base < ids->count)
		return id;
	if (id >= RANGE_FIRST && id < RANGE_FIRST + RANGE_COUNT * MACHINE_ID_COUNT)
		return ids->base + id % MACHINE_ID_COUNT % ids->count;
	return ids->base + MACHINE_LEARNER_ID;
}

static bool own_entry(const struct machine_ids *ids, int folder, const char *name, int depth)
{
	struct stat info;
	if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT;
	unsigned uid = id_now(ids, info.st_uid), gid = id_now(ids, info.st_gid);
	if ((uid != info.st_uid || gid != info.st_gid) &&
		fchownat(folder, name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	if (!S_ISDIR(info.st_mode) || depth > 64)
		return true;
	int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;
	bool good = dir != NULL;
	while (good && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			good = own_entry(ids, fd, entry->d_name, depth + 1);
	if (dir != NULL)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	return good;
}

bool ids_own(const struct machine_ids *ids, const char *folder, struct error *err)
{
	return ids->rootless || own_entry(ids, AT_FDCWD, folder, 0) ||
	       error_set(err, errno, "cannot give '%s' to the learner in the machine", folder);
}
