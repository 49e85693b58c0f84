/* base/file.c - files and folders: read whole files, write safely, create, remove */
#include "base.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

ssize_t fd_read(int fd, void *bytes, size_t length)
{
	ssize_t got;
	do
		got = read(fd, bytes, length);
	while (got < 0 && errno == EINTR);
	return got;
}

void fd_allow(uint64_t most)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= most)
		return;
	limit.rlim_cur = most < limit.rlim_max ? most : limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

bool fd_close_range(unsigned first, unsigned last)
{
	return syscall(SYS_close_range, first, last, 0) == 0;
}

bool fd_rename(int from, const char *old_name, int to, const char *new_name, unsigned flags)
{
	return syscall(SYS_renameat2, from, old_name, to, new_name, flags) == 0;
}

bool fd_write(int fd, const void *bytes, size_t length, struct error *err)
{
	const char *at = bytes;
	while (length > 0) {
		ssize_t done = write(fd, at, length);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return error_set(err, errno, "write");
		at += done;
		length -= (size_t)done;
	}
	return true;
}

static bool check_readable(int fd, const char *path, size_t limit, struct error *err)
{
	struct stat info;
	if (fstat(fd, &info) < 0)
		return error_set(err, errno, "cannot read '%s'", path);
	if (S_ISDIR(info.st_mode))
		return error_set(err, 0, "'%s' is a folder, not a file", path);
	if (!S_ISREG(info.st_mode))
		return error_set(err, 0, "'%s' is not a regular file", path);
	if ((uintmax_t)info.st_size > limit) {
		cleanup_buf struct buf size = {0}, max = {0};
		text_size(&size, (unsigned long long)info.st_size);
		text_size(&max, limit);
		return error_set(err, 0, "'%s' is too large: %s; the limit is %s", path,
			buf_text(&size), buf_text(&max));
	}
	return true;
}

bool file_read(const char *path, size_t limit, struct buf *out, struct error *err)
{
	/* O_NONBLOCK: opening a FIFO must not wait for a writer. */
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return error_set(err, errno, "cannot open '%s'", path);
	if (!check_readable(fd, path, limit, err))
		return false;
	size_t before = out->length;
	for (;;) {
		buf_reserve(out, 65536);
		ssize_t got = fd_read(fd, out->data + out->length, 65536);
		if (got < 0) {
			int number = errno;
			buf_truncate(out, before);
			return error_set(err, number, "cannot read '%s'", path);
		}
		out->length += (size_t)got;
		out->data[out->length] = '\0';
		if (got == 0)
			return true;
		if (out->length - before > limit)
			return error_set(err, EFBIG, "cannot read '%s'", path);
	}
}

static bool write_and_sync(int fd, const void *bytes, size_t length, struct error *err)
{
	if (!fd_write(fd, bytes, length, err))
		return false;
	return fsync(fd) == 0 || error_set(err, errno, "sync");
}

bool file_write(const char *path, const void *bytes, size_t length, mode_t mode, struct error *err)
{
	cleanup_free char *beside = xasprintf("%s.XXXXXX", path);
	cleanup_fd int fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return error_set(err, errno, "cannot write '%s'", path);
	if (!write_and_sync(fd, bytes, length, err)) {
		(void)unlink(beside); /* the caller reports the first error */
		return error_wrap(err, "cannot write '%s'", path);
	}
	if (fchmod(fd, mode) < 0 || rename(beside, path) < 0) {
		int number = errno;
		(void)unlink(beside);
		return error_set(err, number, "cannot write '%s'", path);
	}
	return true;
}

bool file_exists(const char *path)
{
	struct stat info;
	return stat(path, &info) == 0 && !S_ISDIR(info.st_mode);
}

bool folder_exists(const char *path)
{
	struct stat info;
	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool folder_make(const char *path, mode_t mode, struct error *err)
{
	if (folder_exists(path))
		return true;
	if (mkdir(path, mode) == 0)
		return true;
	if (errno == EEXIST && folder_exists(path)) /* another process was quicker */
		return true;
	if (errno != ENOENT)
		return error_set(err, errno, "cannot create the folder '%s'", path);
	const char *slash = strrchr(path, '/');
	if (slash == NULL || slash == path)
		return error_set(err, ENOENT, "cannot create the folder '%s'", path);
	cleanup_free char *above = xstrndup(path, (size_t)(slash - path));
	if (!folder_make(above, mode, err))
		return false;
	if (mkdir(path, mode) < 0 && errno != EEXIST)
		return error_set(err, errno, "cannot create the folder '%s'", path);
	return true;
}

/* ---- removing ---- */

static bool remove_inside(int parent, const char *name, dev_t device, struct error *err);

static bool remove_entry(int folder, const char *name, dev_t device, struct error *err)
{
	if (unlinkat(folder, name, 0) == 0 || errno == ENOENT)
		return true;
	if (errno != EISDIR && errno != EPERM)
		return error_set(err, errno, "cannot remove '%s'", name);
	if (!remove_inside(folder, name, device, err))
		return false;
	if (unlinkat(folder, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return error_set(err, errno, "cannot remove the folder '%s'", name);
	return true;
}

static bool remove_inside(int parent, const char *name, dev_t device, struct error *err)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return error_set(err, errno, "cannot open the folder '%s'", name);
	struct stat info;
	if (fstat(fd, &info) < 0 || info.st_dev != device) {
		close(fd);
		return error_set(err, EXDEV, "cannot remove '%s'", name);
	}
	DIR *folder = fdopendir(fd);
	if (folder == NULL) {
		close(fd);
		return error_set(err, ENOMEM, "cannot read the folder '%s'", name);
	}
	bool done = true;
	struct dirent *entry;
	while (done && (entry = readdir(folder)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			done = remove_entry(fd, entry->d_name, device, err);
	closedir(folder);
	return done;
}

bool folder_remove(const char *path, struct error *err)
{
	struct stat info;
	if (lstat(path, &info) < 0)
		return errno == ENOENT || error_set(err, errno, "cannot remove '%s'", path);
	if (!S_ISDIR(info.st_mode))
		return unlink(path) == 0 || error_set(err, errno, "cannot remove '%s'", path);
	if (!remove_inside(AT_FDCWD, path, info.st_dev, err))
		return false;
	return rmdir(path) == 0 || errno == ENOENT ||
	       error_set(err, errno, "cannot remove the folder '%s'", path);
}

bool unix_address(const char *path, struct sockaddr_un *ret, struct error *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof address.sun_path)
		return error_set(err, 0,
			"the path '%s' is too long for a socket: the limit is %zu bytes", path,
			sizeof address.sun_path - 1);
	memcpy(address.sun_path, path, strlen(path) + 1);
	*ret = address;
	return true;
}
