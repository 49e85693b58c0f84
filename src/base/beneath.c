/* base/beneath.c - files below a folder that another user may change at any moment. Follow no
 * link in their path, so that none can lead out of the folder. */
#include "base.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int beneath_open(int folder, const char *name, int flags, mode_t mode)
{
	const struct open_how how = {.flags = (unsigned)(flags | O_NOFOLLOW | O_CLOEXEC),
		.mode = mode,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS |
			   RESOLVE_NO_XDEV};
	return (int)syscall(SYS_openat2, folder, *name != '\0' ? name : ".", &how, sizeof how);
}

static bool is_refused(const char *part, size_t length)
{
	return length == 0 || (length == 1 && part[0] == '.') ||
	       (length == 2 && part[0] == '.' && part[1] == '.');
}

/* Give a new file to the folder's owner; only root can do so. */
static bool give_to_owner(int fd, const struct stat *owner)
{
	return fchown(fd, owner->st_uid, owner->st_gid) == 0 || errno == EPERM;
}

static int enter_folder(int at, const char *part, const struct stat *owner, bool make)
{
	bool made = make && mkdirat(at, part, 0755) == 0;
	int fd = openat(at, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && made && !give_to_owner(fd, owner)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Returns the folder that contains the name's last part; -1 and errno on failure. */
static int open_parent(const char *folder, const char *name, bool make, struct stat *ret_owner,
	const char **ret_last)
{
	int at = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (at >= 0 && fstat(at, ret_owner) < 0) {
		close(at);
		return -1;
	}
	for (const char *slash; at >= 0 && (slash = strchr(name, '/')) != NULL; name = slash + 1) {
		cleanup_free char *part = xstrndup(name, (size_t)(slash - name));
		bool refused = is_refused(part, strlen(part));
		int below = refused ? -1 : enter_folder(at, part, ret_owner, make);
		int number = refused ? EINVAL : errno;
		close(at);
		at = below;
		errno = number;
	}
	if (at >= 0 && is_refused(name, strlen(name))) {
		close(at);
		errno = EINVAL;
		return -1;
	}
	*ret_last = name;
	return at;
}

bool beneath_read(
	const char *folder, const char *name, size_t limit, struct buf *out, struct error *err)
{
	struct stat info;
	const char *last;
	cleanup_fd int parent = open_parent(folder, name, false, &info, &last);
	cleanup_fd int fd =
		parent >= 0 ? openat(parent, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
			    : -1;
	if (fd < 0 || fstat(fd, &info) < 0)
		return error_set(err, errno, "cannot read '%s'", name);
	if (!S_ISREG(info.st_mode))
		return error_set(err, 0, "'%s' is not a regular file", name);
	char bytes[16384];
	ssize_t got;
	size_t length = 0;
	while ((got = fd_read(fd, bytes, sizeof bytes)) > 0) {
		length += (size_t)got;
		if (length > limit)
			return error_set(err, 0, "'%s' is larger than %zu bytes", name, limit);
		buf_add(out, bytes, (size_t)got);
	}
	return got == 0 || error_set(err, errno, "cannot read '%s'", name);
}

bool beneath_exists(const char *folder, const char *name)
{
	struct stat info;
	const char *last;
	cleanup_fd int parent = open_parent(folder, name, false, &info, &last);
	return parent >= 0 && fstatat(parent, last, &info, AT_SYMLINK_NOFOLLOW) == 0;
}

bool beneath_write(
	const char *folder, const char *name, const void *bytes, size_t length, struct error *err)
{
	struct stat owner;
	const char *last;
	char temporary[64];
	cleanup_fd int parent = open_parent(folder, name, true, &owner, &last);
	if (parent < 0)
		return error_set(err, errno, "cannot open the file '%s'", name);
	snprintf(temporary, sizeof temporary, ".ropes-%016llx", (unsigned long long)random_seed());
	cleanup_fd int fd = openat(
		parent, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return error_set(err, errno, "cannot open the file '%s'", name);
	bool good = fd_write(fd, bytes, length, err) &&
		    (give_to_owner(fd, &owner) ||
			    error_set(err, errno, "cannot open the file '%s'", name)) &&
		    (renameat(parent, temporary, parent, last) == 0 ||
			    error_set(err, errno, "cannot open the file '%s'", name));
	if (!good)
		(void)unlinkat(parent, temporary, 0); /* report the error above instead */
	return good;
}
