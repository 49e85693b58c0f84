/* mirror/copy.c - file contents; holes stay holes */
#include "private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define PIECE ((int64_t)1 << 17)

static int64_t smaller_size(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Returns the offset of the next data, or `size` if there is none; -1 and errno on failure. */
static int64_t next_data(int fd, int64_t at, int64_t size)
{
	off_t data = lseek(fd, at, SEEK_DATA);
	if (data < 0)
		return errno == ENXIO ? size : errno == EINVAL ? at : -1;
	return smaller_size(data, size);
}

static int64_t data_end(int fd, int64_t at, int64_t size)
{
	off_t hole = lseek(fd, at, SEEK_HOLE);
	return hole < 0 ? size : smaller_size(hole, size);
}

static bool write_at(int fd, const char *bytes, size_t length, int64_t at)
{
	for (size_t done = 0; done < length;) {
		ssize_t put = pwrite(fd, bytes + done, length - done, at + (int64_t)done);
		if (put < 0 && errno != EINTR)
			return false;
		done += put > 0 ? (size_t)put : 0;
	}
	return true;
}

bool copy_data(int from, int to, int64_t size, uint64_t max)
{
	static char bytes[PIECE];
	int64_t at = 0;
	if (ftruncate(to, 0) < 0)
		return false;
	while ((at = next_data(from, at, size)) >= 0 && at < size) {
		for (int64_t end = data_end(from, at, size); at < end;) {
			ssize_t got = pread(from, bytes, (size_t)smaller_size(PIECE, end - at), at);
			if (got <= 0) {
				errno = got == 0 ? EAGAIN : errno; /* it became shorter */
				return false;
			}
			if ((uint64_t)got > max) {
				errno = EAGAIN; /* it became larger */
				return false;
			}
			max -= (uint64_t)got;
			if (!write_at(to, bytes, (size_t)got, at))
				return false;
			at += got;
		}
	}
	return at >= 0 && ftruncate(to, size) == 0;
}

bool copy_is_equal(int a, int b, int64_t size)
{
	static char left[PIECE], right[PIECE];
	for (int64_t at = 0; at < size;) {
		int64_t one = next_data(a, at, size), other = next_data(b, at, size);
		if (one < 0 || other < 0)
			return false;
		at = smaller_size(one, other);
		size_t length = (size_t)smaller_size(PIECE, size - at);
		ssize_t got = length > 0 ? pread(a, left, length, at) : 0;
		if (got != (ssize_t)length || (length > 0 && pread(b, right, length, at) != got) ||
			memcmp(left, right, length) != 0)
			return false;
		at += (int64_t)length;
	}
	return true;
}
