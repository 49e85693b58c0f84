/* import/files.c - files of the new course */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

bool files_write(const char *work, const char *name, const struct buf *bytes, struct error *err)
{
	cleanup_free char *path = path_join(work, name);
	cleanup_free char *above = path_parent(path);
	if (!folder_make(above, 0777, err))
		return false;
	cleanup_fd int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return error_set(err, errno, "cannot write '%s'", path);
	return fd_write(fd, buf_text(bytes), bytes->length, err) ||
	       error_wrap(err, "cannot write '%s'", path);
}
