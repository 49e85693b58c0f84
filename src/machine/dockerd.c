/* machine/dockerd.c - the parts that a practice machine exists for: dockerd, the registry with
 * the practice images, and the witness */
#include "private.h"

#include "engine.h"
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define UP_TIMEOUT_MS 120000 /* since dockerd's last log line */
#define CONTAINERD_TIMEOUT_MS 15000
#define TRIES_MAX 3
#define SLOW_MS 3000 /* then the waiting client gets a report */
#define SYSTEM_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define LOG_MAX (1 << 20)
#define PING_MS 5000

/* Copies dockerd's output. The log is on this side and root inside can write to the pipe, so a
 * large log starts over. */
static int copy_words(void *data)
{
	const int *words = data;
	struct stat info;
	char bytes[4096];
	ssize_t got;
	prctl(PR_SET_NAME, "ropes-logger");
	if (dup2(*words, 0) < 0 || !fd_close_range(3, ~0U))
		return 1; /* else this process would keep the supervisor's lock */
	while ((got = fd_read(0, bytes, sizeof bytes)) > 0) {
		if (fstat(1, &info) == 0 && info.st_size > LOG_MAX && ftruncate(1, 0) < 0)
			return 1;
		(void)fd_write(1, bytes, (size_t)got, NULL); /* then the log lacks it */
	}
	return 0;
}

static void add_dockerd(const struct docker *d, struct words *argv, struct words *environment)
{
	/* Name the data folder, because a rootless dockerd would use root's home, which has no
	 * space. */
	words_add_all(
		argv, (const char *const[]){"dockerd", "-H", "fd://", "-H",
			      "unix://" MACHINE_DOCKER_SOCKET, "--data-root", "/var/lib/docker",
			      "--registry-mirror", "http://127.0.0.1:5000", "--insecure-registry",
			      "127.0.0.1:5000", "--insecure-registry", "localhost:5000",
			      "--log-opt", "max-size=1m", "--log-opt", "max-file=2",
			      "--default-ulimit", "nofile=1024:1024", "--shutdown-timeout", "1",
			      "--max-concurrent-downloads", "2", "--group", "root", NULL});
	cleanup_free char *container_init = program_find("docker-init");
	if (container_init != NULL)
		words_add_all(
			argv, (const char *const[]){"--init-path", MACHINE_CONTAINER_INIT, NULL});
	words_add_all(environment, (const char *const[]){"HOME=/root", "TMPDIR=/tmp", NULL});
	if (!d->record->network)
		words_add(environment, "SSL_CERT_FILE=" MACHINE_CERTIFICATES);
	if (d->record->groups[0] != '\0') {
		words_add(environment, "PATH=" SYSTEM_PATH);
		words_add_all(argv,
			(const char *const[]){"--exec-opt", "native.cgroupdriver=cgroupfs", NULL});
		return;
	}
	/* Otherwise a single program could use all memory of this system. */
	unsigned long long max = d->memory_wanted / 2;
	words_addf(argv, "--default-ulimit=data=%llu:%llu", max, max);
	/* Without control groups dockerd must know that it does not run as the host's root. It
	 * accepts RootlessKit's state folder as proof of RootlessKit (rootlesskit.c), and runs
	 * its proxy; the ordinary proxy will do, since daemon and containers share the network
	 * namespace. */
	words_add(argv, "--rootless");
	words_add_all(environment,
		(const char *const[]){"ROOTLESSKIT_STATE_DIR=" ROOTLESSKIT_FOLDER,
			"XDG_RUNTIME_DIR=/run", "PATH=" ROOTLESSKIT_FOLDER ":" SYSTEM_PATH, NULL});
}

static bool start_dockerd(struct docker *d, struct error *err)
{
	cleanup_words struct words argv = {0};
	cleanup_words struct words environment = {0};
	cleanup_fd int docker = start_listen(d->paths->socket, SOCK_STREAM, err);
	if (docker < 0)
		return false;
	int words[2];
	if (pipe2(words, O_CLOEXEC) < 0)
		return error_set(err, errno, "pipe");
	add_dockerd(d, &argv, &environment);
	const struct machine_program program = {.argv = (const char *const *)argv.items,
		.environment = (const char *const *)environment.items,
		.listens = true,
		.fds = {{words[1], 1}, {words[1], 2}, {docker, 3}},
		.fd_count = 3};
	bool good = spawn_function(copy_words, words, false, &d->logger, err) &&
		    order_run(d->paths->control, &program, &d->dockerd, err);
	close(words[0]);
	close(words[1]);
	return good;
}

/* Redirects the clients' port, which the hub itself must leave to containers. */
static bool start_hub(struct docker *d, struct error *err)
{
	static const char *const argv[] = {"iptables", "-w", "-t", "nat", "-A", "OUTPUT", "-d",
		MACHINE_HUB_ADDRESS, "-p", "tcp", "--dport", "443", "-j", "DNAT",
		"--to-destination", MACHINE_HUB_ADDRESS ":" MACHINE_HUB_PORT_TEXT, NULL};
	const struct order order = {.kind = ORDER_HUB};
	const struct words none = {0};
	int fds[MACHINE_FDS_MAX];
	size_t count;
	if (!order_run_to_end(d->paths, argv, -1, -1, err))
		return false;
	d->hub = order_ask(d->paths->control, &order, &none, NULL, fds, &count, err);
	return d->hub >= 0;
}

static bool start_witness(struct docker *d, struct error *err)
{
	cleanup_fd int log =
		open(d->paths->witness, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	const struct order order = {.kind = ORDER_WITNESS, .fd_count = 1};
	const struct words none = {0};
	int fds[MACHINE_FDS_MAX];
	size_t count;
	if (log < 0)
		return error_set(err, errno, "'%s'", d->paths->witness);
	d->witness = order_ask(d->paths->control, &order, &none, &log, fds, &count, err);
	return d->witness >= 0;
}

static bool ask_version(struct docker *d, struct engine *engine, struct error *err)
{
	struct engine_answer answer = {0};
	if (!engine_request(engine, "GET", "/version", NULL, &answer, err))
		return false;
	snprintf(d->record->version, sizeof d->record->version, "%.31s",
		json_get_text_or(answer.json, "Version", "?"));
	engine_answer_finish(&answer);
	return true;
}

/* *size is the file's size at the last check. */
static bool has_grown(const char *path, int64_t *size)
{
	struct stat info;
	bool grown = stat(path, &info) == 0 && info.st_size > *size;
	if (grown)
		*size = info.st_size;
	return grown;
}

static bool wait_for_daemon(struct docker *d, struct error *err)
{
	cleanup_free char *host = xasprintf("unix://%s", d->paths->socket);
	const struct engine_options options = {.host = host, .timeout_ms = 5000};
	struct engine *engine;
	if (!engine_open(&options, &engine, err))
		return false;
	int64_t start = clock_monotonic_ms(), end = start + UP_TIMEOUT_MS, said = 0, now = start;
	bool up = false, stop = false, slow = false, standing = true;
	while (!up && !stop && now < end && standing) {
		up = access(d->paths->socket, F_OK) == 0 && engine_ping(engine, NULL) &&
		     ask_version(d, engine, NULL); /* a busy one answers later */
		stop = d->is_stopped(d->data);
		if (!up)
			usleep(5000);
		standing = dockerd_is_standing(d);
		now = clock_monotonic_ms();
		if (has_grown(d->paths->log, &said))
			end = now + UP_TIMEOUT_MS; /* slow, but making progress */
		if (!slow && now > start + SLOW_MS)
			d->tell(d->data, N_("dockerd is still starting"));
		slow = slow || now > start + SLOW_MS;
	}
	engine_close(engine);
	return up || error_set(err, 0,
			     stop       ? N_("it was stopped")
			     : standing ? N_("dockerd does not answer")
					: N_("dockerd exited"));
}

bool dockerd_answers(const struct docker *d)
{
	cleanup_free char *host = xasprintf("unix://%s", d->paths->socket);
	const struct engine_options options = {.host = host, .timeout_ms = PING_MS};
	struct engine *engine;
	if (!engine_open(&options, &engine, NULL))
		return false;
	bool good = engine_ping(engine, NULL);
	engine_close(engine);
	return good;
}

bool dockerd_is_standing(const struct docker *d)
{
	/* poll ignores a part that was not started yet, because it has no descriptor */
	struct pollfd parts[DOCKER_PARTS];
	dockerd_poll(d, parts);
	return poll(parts, DOCKER_PARTS, 0) == 0;
}

void dockerd_poll(const struct docker *d, struct pollfd parts[DOCKER_PARTS])
{
	parts[0] = (struct pollfd){.fd = d->dockerd.control, .events = POLLIN};
	parts[1] = (struct pollfd){.fd = d->registry.control, .events = POLLIN};
	parts[2] = (struct pollfd){.fd = d->witness, .events = POLLIN};
	parts[3] = (struct pollfd){.fd = d->hub, .events = POLLIN};
}

static void end_dockerd(struct docker *d)
{
	machine_process_close(&d->dockerd);
	if (d->logger > 0) {
		(void)kill(d->logger, SIGKILL);
		(void)spawn_wait(d->logger);
	}
	d->logger = 0;
}

/* dockerd exits if its containerd is not up within 15 seconds, as on a very busy machine. Try
 * again: by then the disk cache has it. */
static bool bring_up_dockerd(struct docker *d, struct error *err)
{
	for (int tries = 1;; tries++) {
		int64_t start = clock_monotonic_ms();
		if (start_dockerd(d, err) && wait_for_daemon(d, err))
			return true;
		if (tries == TRIES_MAX || d->dockerd.control < 0 || dockerd_is_standing(d) ||
			clock_monotonic_ms() < start + CONTAINERD_TIMEOUT_MS)
			return false;
		d->tell(d->data, N_("this machine is busy: starting dockerd again"));
		end_dockerd(d);
		(void)unlink(d->paths->socket);
	}
}

bool dockerd_connect(struct docker *d, struct error *err)
{
	if (!network_start(d->paths, &d->carrier, err))
		return false;
	if (!images_install(d->paths, false, d->tell, d->data, err)) {
		network_end(&d->carrier);
		return false;
	}
	close(d->hub);
	d->hub = -1;
	return true;
}

bool dockerd_start(struct docker *d, struct error *err)
{
	bool network = d->record->network;
	return (network ? network_start(d->paths, &d->carrier, err) : start_hub(d, err)) &&
	       bring_up_dockerd(d, err) && images_start_registry(d->paths, &d->registry, err) &&
	       images_install(d->paths, !network, d->tell, d->data, err) && start_witness(d, err);
}

void dockerd_await_log(struct docker *d)
{
	for (int i = 0; i < 100 && d->logger > 0 && waitpid(d->logger, NULL, WNOHANG) == 0; i++)
		usleep(5000); /* the logger is still writing */
}

void dockerd_end(struct docker *d)
{
	end_dockerd(d);
	machine_process_close(&d->registry);
	if (d->witness >= 0)
		close(d->witness);
	if (d->hub >= 0)
		close(d->hub);
	d->witness = d->hub = -1;
	network_end(&d->carrier);
}
