/* machine/network.c - network access for a machine, if the learner wants it: pasta, else
 * slirp4netns, relays the machine's traffic through ordinary sockets of the outside. It runs as
 * root of the machine, which owns nothing here, and reaches no loopback of the outside. */
#include "private.h"

#include "spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PASTA_RESOLVER "169.254.1.53" /* an unused address */
#define SLIRP_RESOLVER "10.0.2.3"
#define PATIENCE_MS 20000

/* Set every option that maps an address of the machine to the loopback of the outside; by
 * default pasta maps ports in both directions and the gateway. The network's path goes between
 * `arguments` and `last`. */
static const struct carrier {
	const char *program, *resolver;
	const char *arguments[20];
	const char *last;
} carriers[] = {
	{"pasta", PASTA_RESOLVER,
		{"--foreground", "--quiet", "--config-net", "--no-map-gw", "--tcp-ports", "none",
			"--udp-ports", "none", "--tcp-ns", "none", "--udp-ns", "none",
			"--dns-forward", PASTA_RESOLVER, "--no-netns-quit", "--netns"},
		NULL},
	{"slirp4netns", SLIRP_RESOLVER,
		{"--configure", "--mtu=65520", "--disable-host-loopback", "--enable-sandbox",
			"--enable-seccomp", "--netns-type=path"},
		"tap0"},
};

/* The first installed carrier after `last` (NULL: from the first), or NULL. */
static const struct carrier *next_carrier(const struct carrier *last)
{
	for (size_t i = last != NULL ? (size_t)(last - carriers) + 1 : 0;
		i < ARRAY_LENGTH(carriers); i++) {
		cleanup_free char *path = program_find(carriers[i].program);
		if (path != NULL)
			return &carriers[i];
	}
	return NULL;
}

/* Looks for a default route. */
static bool has_way_out(void)
{
	cleanup_buf struct buf routes = {0};
	char name[32];
	unsigned to, gate;
	(void)file_read("/proc/net/route", 1 << 20, &routes, NULL); /* a missing file is empty */
	for (const char *line = buf_text(&routes); *line != '\0';) {
		if (sscanf(line, "%31s %x %x", name, &to, &gate) == 3 && to == 0)
			return true;
		line = text_next_line(line);
	}
	return false;
}

bool machine_can_have_network(void)
{
	return next_carrier(NULL) != NULL && has_way_out();
}

/* Both carriers close inherited descriptors and need a path to the network: that of a process
 * that is in it for this moment, and that they may inspect. */
static bool start_holder(const struct spawn *model, int network, pid_t *ret, struct error *err)
{
	static const char *const argv[] = {"sleep", "60", NULL};
	struct spawn spawn = *model;
	spawn.argv = argv;
	spawn.namespaces[spawn.namespace_count++] = network;
	return spawn_start(&spawn, ret, err);
}

/* The caller ends *ret_holder, whatever the result. */
static bool start_carrier(const struct carrier *c, const struct machine_paths *p, int said,
	pid_t *ret, pid_t *ret_holder, struct error *err)
{
	static const char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
	const struct order order = {.kind = ORDER_NAMESPACES};
	const struct words none = {0};
	int fds[MACHINE_FDS_MAX];
	size_t count = 0;
	cleanup_words struct words argv = {0};
	cleanup_fd int control = order_ask(p->control, &order, &none, NULL, fds, &count, err);
	if (control < 0)
		return false;
	struct spawn spawn = {.environment = environment,
		.namespace_root = true,
		.die_with_parent = true,
		.session = true};
	spawn_fd_add(&spawn, said, 1);
	spawn_fd_add(&spawn, said, 2);
	bool good = count == 2;
	if (good)
		spawn.namespaces[spawn.namespace_count++] = fds[0];
	good = good && start_holder(&spawn, fds[1], ret_holder, err);
	cleanup_free char *path = program_find(c->program);
	words_add(&argv, path != NULL ? path : c->program);
	words_add_all(&argv, c->arguments);
	words_addf(&argv, "/proc/%d/ns/net", (int)*ret_holder);
	if (c->last != NULL)
		words_add(&argv, c->last);
	spawn.argv = (const char *const *)argv.items;
	good = good && spawn_start(&spawn, ret, err);
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
	return good;
}

/* The route appears once the carrier works; if the carrier has ended, it never will. */
static bool wait_for_route(const struct machine_paths *p, const struct carrier *c, pid_t carrier)
{
	static const char script[] = "grep -q '^[^\t]*\t00000000\t' /proc/net/route && "
				     "echo \"nameserver $1\" >/etc/resolv.conf";
	const char *const argv[] = {"sh", "-c", script, "sh", c->resolver, NULL};
	siginfo_t info = {0};
	int64_t end = clock_monotonic_ms() + PATIENCE_MS;
	while (clock_monotonic_ms() < end &&
		waitid(P_PID, (id_t)carrier, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
		info.si_pid == 0) {
		if (order_run_to_end(p, argv, -1, -1, NULL))
			return true;
		usleep(50000);
	}
	return false;
}

/* Tries an installed carrier, which may still not work: each needs different things of the
 * system. On failure err has its last words. */
static bool try_carrier(
	const struct carrier *c, const struct machine_paths *p, pid_t *ret, struct error *err)
{
	cleanup_fd int said = memfd_create("ropes-carrier", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	pid_t holder = 0;
	bool good = start_carrier(c, p, said, ret, &holder, err);
	if (good)
		good = wait_for_route(p, c, *ret);
	else
		error_wrap(err, "cannot set up a network for the practice machine");
	bool started = *ret > 0;
	network_end(&holder);
	/* traffic from the network must not make it grow */
	(void)fcntl(said, F_ADD_SEALS, F_SEAL_GROW);
	if (good || !started)
		return good;
	network_end(ret);
	cleanup_buf struct buf words = {0};
	cleanup_free char *path = xasprintf("/proc/self/fd/%d", said);
	(void)file_read(path, 1 << 20, &words, NULL); /* it may have printed nothing */
	return error_set(err, 0, "%s did not give the practice machine network access: %s",
		c->program, words.length > 0 ? buf_text(&words) : "is there one here?");
}

bool network_start(const struct machine_paths *p, pid_t *ret, struct error *err)
{
	const struct carrier *c = next_carrier(NULL);
	if (c == NULL)
		return error_set(err, 0,
			"network access needs pasta or slirp4netns, but neither is installed; `ropes doctor` shows how to install one");
	while (c != NULL && !try_carrier(c, p, ret, err))
		c = next_carrier(c);
	return c != NULL;
}

void network_end(pid_t *carrier)
{
	if (*carrier <= 0)
		return;
	(void)kill(*carrier, SIGKILL);
	(void)spawn_wait(*carrier);
	*carrier = 0;
}
