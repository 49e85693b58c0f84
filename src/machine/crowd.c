/* machine/crowd.c - counts the practice machines of all users on this system, and limits them,
 * because all share its memory */
#include "private.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#define SETTING "/etc/ropes/machines"
#define MEMORY_OF_ONE (512ULL << 20) /* dockerd, registry, a few containers, a workspace */
#define ALLOWED_MIN 2
#define TURN_MS 3000

static unsigned by_memory(void)
{
	struct sysinfo info;
	unsigned long long all = sysinfo(&info) == 0 ? (uint64_t)info.totalram * info.mem_unit : 0;
	unsigned max = (unsigned)(all / MEMORY_OF_ONE);
	return max > ALLOWED_MIN ? max : ALLOWED_MIN;
}

/* Reads the administrator's setting; ignores a file without a number. */
static unsigned allowed_machines(void)
{
	cleanup_buf struct buf text = {0};
	long long number;
	if (!file_read(SETTING, 4096, &text, NULL))
		return by_memory();
	while (text.length > 0 && isspace((unsigned char)text.data[text.length - 1]))
		buf_truncate(&text, text.length - 1);
	return text_number(buf_text(&text), 0, 1000000, &number) ? (unsigned)number : by_memory();
}

static bool is_supervisor(const char *pid)
{
	cleanup_free char *path = xasprintf("/proc/%s/comm", pid);
	cleanup_buf struct buf name = {0};
	return file_read(path, 64, &name, NULL) &&
	       text_same(buf_text(&name), MACHINE_SUPERVISOR "\n");
}

static unsigned count_running(void)
{
	unsigned count = 0;
	const struct dirent *entry;
	DIR *dir = opendir("/proc");
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		count += isdigit((unsigned char)entry->d_name[0]) && is_supervisor(entry->d_name);
	if (dir != NULL)
		closedir(dir);
	return count;
}

void machine_crowd(struct machine_crowd *ret)
{
	*ret = (struct machine_crowd){.running = count_running(), .max = allowed_machines()};
}

bool crowd_has_room(struct error *err)
{
	struct machine_crowd crowd;
	machine_crowd(&crowd);
	return crowd.max == 0 || crowd.running < crowd.max ||
	       error_set(err, 0,
		       "%u practice machines run on this system, and the limit is %u: `ropes daemon stop` ends one that is no longer needed, and an administrator can raise the limit in " SETTING,
		       crowd.running, crowd.max);
}

/* Takes a name that only one process of the system can have at a time. Give up on a process that
 * keeps it for long: at worst one machine too many starts. */
int crowd_wait_for_turn(void)
{
	static const char name[] = "\0ropes-machine-starts";
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	memcpy(address.sun_path, name, sizeof name - 1);
	int64_t end = clock_monotonic_ms() + TURN_MS;
	while (fd >= 0 &&
		bind(fd, (const struct sockaddr *)&address,
			(socklen_t)(offsetof(struct sockaddr_un, sun_path) + sizeof name - 1)) <
			0 &&
		errno == EADDRINUSE && clock_monotonic_ms() < end)
		usleep(5000);
	return fd;
}
