/* machine/images.c - the private registry and the practice images in it: made once with the real
 * daemon, kept in the cache as the registry's own store, copied in at every start */
#include "private.h"

#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECIPES "assets/practice"
#define REGISTRY_TIMEOUT_MS 20000

/* ---- the registry ---- */

static bool is_listening(void)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(5000),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	cleanup_fd int fd = machine_socket(MACHINE_PRACTICE, AF_INET, SOCK_STREAM, 0);
	return fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

static bool registry_wait(const struct machine_process *p, struct error *err)
{
	struct pollfd ended = {.fd = p->control, .events = POLLIN};
	int64_t end = clock_monotonic_ms() + REGISTRY_TIMEOUT_MS;
	while (clock_monotonic_ms() < end) {
		if (is_listening())
			return true;
		if (poll(&ended, 1, 2) != 0)
			break;
	}
	return error_set(err, 0, "docker-registry does not come up");
}

bool registry_start(const struct machine_paths *p, struct machine_process *ret, struct error *err)
{
	static const char script[] =
		"mkdir -p /var/lib/registry && cat >/run/ropes/registry.yml <<'END' && "
		"exec docker-registry serve /run/ropes/registry.yml\n"
		"version: 0.1\n"
		"log: {level: error, accesslog: {disabled: true}}\n"
		"storage: {filesystem: {rootdirectory: /var/lib/registry}, delete: {enabled: "
		"true}}\n"
		"http: {addr: '127.0.0.1:5000'}\n"
		"END\n";
	const char *const argv[] = {"sh", "-c", script, NULL};
	const struct machine_program program = {.argv = argv};
	return control_run(p->control, &program, ret, err) && registry_wait(ret, err);
}

bool run_inside(const struct machine_paths *p, const char *const *argv, int in_fd, int out_fd,
	struct error *err)
{
	struct machine_program program = {.argv = argv};
	struct machine_process process;
	if (in_fd >= 0)
		program.fds[program.fd_count++] = (struct machine_fd){in_fd, 0};
	if (out_fd >= 0)
		program.fds[program.fd_count++] = (struct machine_fd){out_fd, 1};
	if (!control_run(p->control, &program, &process, err))
		return false;
	int status = machine_process_wait(&process);
	return status == 0 || error_set(err, 0, "'%s' ended with %d", argv[0], status);
}

/* ---- the cache ---- */

static char *store_path(const char *recipes)
{
	cleanup_free char *cache = xdg_folder(XDG_CACHE);
	return xasprintf(
		"%s/practice-images-%016llx", cache, (unsigned long long)recipes_hash(recipes));
}

/* ---- putting them in ---- */

static bool put_store(const struct machine_paths *p, const char *store, struct error *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set(err, errno, "pipe");
	const char *const pack[] = {"tar", "-C", store, "-cf", "-", ".", NULL};
	const char *const unpack[] = {
		"tar", "-C", "/var/lib/registry", "--no-same-owner", "-xf", "-", NULL};
	struct spawn spawn = {.argv = pack};
	pid_t packer;
	spawn_fd_add(&spawn, ends[1], 1);
	bool good = spawn_start(&spawn, &packer, err);
	close(ends[1]);
	if (good) {
		good = run_inside(p, unpack, ends[0], -1, err);
		good = spawn_wait(packer) == 0 && good;
	}
	close(ends[0]);
	return good || error_wrap(err, "fill the practice registry");
}

bool images_install(const struct machine_paths *p, void (*tell)(void *data, const char *what),
	void *data, struct error *err)
{
	cleanup_free char *recipes = data_path(RECIPES);
	cleanup_free char *store = store_path(recipes);
	if (folder_exists(store))
		return put_store(p, store, err);
	tell(data, "making the practice images (only the first time)");
	return recipes_make(p, recipes, store, err);
}
