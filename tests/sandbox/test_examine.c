/* tests/sandbox/test_examine.c - what `ropes doctor` finds, and the daemon that a docker client
 * would use: programs, settings and the machine are fakes */
#include "../../src/sandbox/probe.h"
#include "fake/engine.h"
#include "fake/machine.h"
#include "sandbox.h"
#include "suite.h"

#include <signal.h>
#include <sys/stat.h>

static struct fake_engine *engine;
static char *own;

/* A folder of its own, with an empty docker configuration and no programs but ours. */
static void prepare(void)
{
	own = xasprintf("%s/%d", suite_folder, (int)getpid());
	cleanup_free char *config = path_join(own, "config");
	cleanup_free char *programs = path_join(own, "programs");
	cleanup_free char *data = path_join(own, "data");
	ck_assert(mkdir(own, 0700) == 0 && mkdir(config, 0700) == 0 && mkdir(programs, 0700) == 0);
	setenv("DOCKER_CONFIG", config, 1);
	setenv("XDG_DATA_HOME", data, 1);
	setenv("XDG_RUNTIME_DIR", own, 1);
	setenv("PATH", programs, 1);
	static const char *const others[] = {
		"DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"};
	for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
		unsetenv(others[i]);
	engine = fake_engine_start(own);
	fake_machine = (struct fake_machine){
		.has = {.memory = 1 << 30, .pids = 1024, .cpu = 175, .unified = true}};
}

static void clean_up(void)
{
	fake_engine_stop(engine);
	words_finish(&fake_machine.asked);
	free(own);
}

static void write_below(const char *name, const char *text, mode_t mode)
{
	struct error err = {0};
	cleanup_free char *path = path_join(own, name);
	cleanup_free char *above = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	ck_assert_msg(folder_make(above, 0700, &err), "%s", error_text(&err));
	ck_assert_msg(file_write(path, text, strlen(text), mode, &err), "%s", error_text(&err));
}

/* ---- the docker client's daemon ---- */

#define SOCKET "SOCKET" /* stands for the engine's address */

static const struct {
	const char *name;
	const char *wanted, *host, *context; /* the option, DOCKER_HOST, DOCKER_CONTEXT */
	const char *config;                  /* the current context in config.json */
	const char *error;                   /* a part; NULL: the engine is found */
} hosts[] = {
	{"an option", SOCKET, "tcp://elsewhere:1", NULL, NULL, NULL},
	{"a variable", NULL, SOCKET, "other", NULL, NULL},
	{"a blank option", " ", SOCKET, NULL, NULL, NULL},
	{"a context by variable", NULL, NULL, "here", "other", NULL},
	{"the current context", NULL, NULL, NULL, "here", NULL},
	{"a lost context", NULL, NULL, "lost", NULL, "docker's context 'lost' names no daemon"},
	{"a runtime socket", NULL, NULL, NULL, "default", NULL},
	{"no socket", "unix:///nonexistent", NULL, NULL, NULL,
		"there is no daemon socket at unix:///nonexistent"},
	{"another kind", NULL, "npipe:////./pipe/x", NULL, NULL,
		"ropes supports only unix:// and tcp://"},
	{"SSH", NULL, "ssh://me@far/run/x", NULL, NULL,
		"ropes does not support SSH. Open a tunnel with `ssh -nNT -L /tmp/docker-remote.sock:/var/run/docker.sock me@far` and"},
	{"nothing listens", "tcp://127.0.0.1:1", NULL, NULL, NULL, "127.0.0.1"},
};

static const char *address_of(const char *row)
{
	return text_same(row, SOCKET) ? fake_engine_host(engine) : row;
}

static void set(const char *variable, const char *value)
{
	if (value != NULL)
		ck_assert_int_eq(setenv(variable, value, 1), 0);
}

START_TEST(the_clients_daemon_is_found)
{
	struct error err = {0};
	struct sandbox_host host = {0};
	prepare();
	fake_engine_answer(engine, "GET", "/info", 200, "{\"Name\":\"laptop\",\"ID\":\"A:B\"}");
	fake_engine_answer(engine, "GET", "/version", 200, "{\"Version\":\"28.0.1\"}");
	cleanup_free char *meta =
		xasprintf("{\"Name\":\"here\",\"Endpoints\":{\"docker\":{\"Host\":\"%s\"}}}",
			fake_engine_host(engine));
	write_below("config/contexts/meta/0a1b/meta.json", meta, 0600);
	write_below("config/contexts/meta/ffff/meta.json", "{\"Name\":", 0600);
	if (hosts[_i].config != NULL) {
		cleanup_free char *config =
			xasprintf("{\"currentContext\":\"%s\"}", hosts[_i].config);
		write_below("config/config.json", config, 0600);
	}
	set("DOCKER_HOST", address_of(hosts[_i].host));
	set("DOCKER_CONTEXT", hosts[_i].context);
	cleanup_free char *runtime = path_join(own, "docker.sock");
	ck_assert_int_eq(symlink(fake_engine_host(engine) + strlen("unix://"), runtime), 0);
	bool good = sandbox_host_look(address_of(hosts[_i].wanted), &host, &err);
	ck_assert_msg(
		good == (hosts[_i].error == NULL), "%s: %s", hosts[_i].name, error_text(&err));
	ck_assert_msg(good || strstr(error_text(&err), hosts[_i].error) != NULL,
		"%s: expected '%s', got '%s'", hosts[_i].name, hosts[_i].error, error_text(&err));
	if (good) {
		ck_assert_msg(text_same(host.name, "laptop") && text_same(host.id, "A:B") &&
				      text_same(host.engine, "Docker 28.0.1"),
			"%s: %s, %s, %s", hosts[_i].name, host.name, host.id, host.engine);
		ck_assert_ptr_null(host.tls_folder);
	}
	sandbox_host_finish(&host);
	error_finish(&err);
	clean_up();
}
END_TEST

START_TEST(podman_says_what_it_is)
{
	struct error err = {0};
	struct sandbox_host host = {0};
	prepare();
	fake_engine_answer(engine, "GET", "/info", 200, "{\"CgroupDriver\":\"none\"}");
	fake_engine_answer(engine, "GET", "/version", 200,
		"{\"Version\":\"5.4.2\",\"Components\":[{\"Name\":\"Podman Engine\"}]}");
	cleanup_free char *address = xasprintf("tcp://127.0.0.1:%u", fake_engine_port(engine));
	ck_assert_msg(sandbox_host_look(address, &host, &err), "%s", error_text(&err));
	ck_assert(host.podman && !host.limits.groups && !host.limits.memory);
	ck_assert_str_eq(host.engine, "Podman 5.4.2");
	ck_assert_str_eq(host.name, "a machine without a name");
	ck_assert_str_eq(host.id, address);
	sandbox_host_finish(&host);
	clean_up();
}
END_TEST

/* ---- what works here ---- */

static const struct sandbox_part *part_named(const struct sandbox_parts *parts, const char *name)
{
	for (size_t i = 0; i < parts->count; i++)
		if (text_same(parts->items[i].name, name))
			return &parts->items[i];
	ck_abort_msg("there is no part '%s'", name);
	return NULL;
}

#define SAYS(text) "#!/bin/sh\necho '" text "'\n"

static const struct {
	const char *program, *script; /* NULL: missing */
	const char *part;
	bool present;
	const char *detail, *fix; /* a part of them; NULL: none */
} programs[] = {
	{"dockerd", SAYS("Docker version 20.10.24, build 5d6db84"),
		"dockerd (the practice machine)", true, "20.10.24, build 5d6db84", NULL},
	{"docker", SAYS("podman version 5"), "docker (the client)", false,
		"is a different program: podman version 5", "apt-get install docker.io"},
	{"docker-registry", "#!/bin/sh\necho broken; exit 3\n", "docker-registry (practice images)",
		false, "failed: broken", "apt-get install docker-registry"},
	{"docker-registry", SAYS("no number"), "docker-registry (practice images)", true,
		"no number", NULL},
	{"docker-registry", SAYS("docker-registry v2.8"), "docker-registry (practice images)", true,
		"v2.8", NULL},
	{"busybox", "#!/bin/sh\n", "busybox, static (practice images)", false,
		"is not statically linked", "apt-get install busybox-static"},
	{"tar", "#!/bin/sh\n", "tar", true, "/programs/tar", NULL},
	{"tar", NULL, "tar", false, "missing", "apt-get install tar"},
	{"curl", NULL, "curl (in lessons)", false, "missing", "apt-get install curl"},
	{"pasta", "#!/bin/sh\n", "a network for the practice machine (--network)", true,
		"/programs/pasta", NULL},
};

START_TEST(programs_are_examined)
{
	struct sandbox_parts parts = {0};
	prepare();
	write_below("programs/apt-get", "#!/bin/sh\n", 0700);
	write_below("programs/apt-cache", "#!/bin/sh\n[ $2 != docker-cli ]\n", 0700);
	cleanup_free char *name = path_join("programs", programs[_i].program);
	if (programs[_i].script != NULL)
		write_below(name, programs[_i].script, 0700);
	sandbox_examine(&parts);
	const struct sandbox_part *part = part_named(&parts, programs[_i].part);
	ck_assert_msg(part->present == programs[_i].present, "%s: %s", part->name, part->detail);
	ck_assert_msg(strstr(part->detail, programs[_i].detail) != NULL,
		"%s: expected '%s', got '%s'", part->name, programs[_i].detail, part->detail);
	ck_assert_msg(programs[_i].fix == NULL
			      ? part->fix == NULL
			      : part->fix != NULL && strstr(part->fix, programs[_i].fix) != NULL,
		"%s: expected '%s', got '%s'", part->name, programs[_i].fix, part->fix);
	ck_assert(part_named(&parts, "libcurl")->present);
	sandbox_parts_finish(&parts);
	clean_up();
}
END_TEST

static const struct {
	const char *error; /* of the machine's set-up */
	struct machine_limits has;
	struct machine_crowd crowd;
	enum machine_state state;
	const char *part;
	bool present;
	const char *detail, *fix; /* a part of them; NULL: none */
} machines[] = {
	{NULL, {0}, {0}, MACHINE_ABSENT, "namespaces", true,
		"a practice machine and its network can be set up", NULL},
	{"iptables: can't\ninsmod: permission denied\nmore\n", {0}, {0}, MACHINE_ABSENT,
		"namespaces", false, "insmod: permission denied", "modprobe iptable_nat"},
	{"first\nlast words\n\n", {0}, {0}, MACHINE_ABSENT, "namespaces", false, "last words",
		NULL},
	{NULL, {.memory = 1, .pids = 1, .unified = true}, {0}, MACHINE_ABSENT,
		"memory and process limits", true, "cgroup 2", NULL},
	{NULL, {.memory = 1, .pids = 1}, {0}, MACHINE_ABSENT, "memory and process limits", true,
		"cgroup 1", NULL},
	{NULL, {.memory = 1, .pids = 1}, {0}, MACHINE_ABSENT, "processor limit", false,
		"no cpu controller is passed on", NULL},
	{NULL, {.memory = 1, .pids = 1, .cpu = 1}, {0}, MACHINE_ABSENT, "processor limit", true,
		"a quarter of a processor is reserved", NULL},
	{NULL, {.memory = 1, .lack = (char *)(uintptr_t) "no group is yours"}, {0}, MACHINE_ABSENT,
		"memory and process limits", false, "no group is yours", NULL},
	{NULL, {0}, {0}, MACHINE_ABSENT, "memory and process limits", false,
		"cannot write to this machine's control groups", NULL},
	{NULL, {0}, {0}, MACHINE_ABSENT, "practice machine", false,
		"not running; a lesson starts it", "ropes daemon start"},
	{NULL, {0}, {0}, MACHINE_STARTING, "practice machine", false,
		"starting: making the practice images", NULL},
	{NULL, {0}, {0}, MACHINE_READY, "practice machine", true, "up, dockerd 28.0, unix:///",
		NULL},
	{NULL, {0}, {3, 3}, MACHINE_ABSENT, "room for one more on this system", false,
		"3 of at most 3 running on this system", "echo 6 | "},
	{NULL, {0}, {3, 3}, MACHINE_READY, "room for one more on this system", true, "3 of", NULL},
	{NULL, {0}, {3, 0}, MACHINE_ABSENT, "room for one more on this system", true,
		"3 running on this system; no limit", NULL},
	{NULL, {0}, {0}, MACHINE_ABSENT, "space for the workspace", true, "left in ", NULL},
};

START_TEST(the_machine_is_examined)
{
	struct sandbox_parts parts = {0};
	prepare();
	fake_machine.start_error = machines[_i].error;
	fake_machine.has = machines[_i].has;
	fake_machine.crowd = machines[_i].crowd;
	fake_machine.state = machines[_i].state;
	sandbox_examine(&parts);
	const struct sandbox_part *part = part_named(&parts, machines[_i].part);
	ck_assert_msg(part->present == machines[_i].present, "%s: %s", part->name, part->detail);
	ck_assert_msg(strstr(part->detail, machines[_i].detail) != NULL,
		"%s: expected '%s', got '%s'", part->name, machines[_i].detail, part->detail);
	ck_assert_msg(machines[_i].fix == NULL ||
			      (part->fix != NULL && strstr(part->fix, machines[_i].fix) != NULL),
		"%s: expected '%s', got '%s'", part->name, machines[_i].fix, part->fix);
	sandbox_parts_finish(&parts);
	clean_up();
}
END_TEST

START_TEST(an_own_daemon_is_examined)
{
	struct sandbox_parts parts = {0};
	prepare();
	sandbox_examine_host("unix:///nonexistent", &parts);
	const struct sandbox_part *part = part_named(&parts, "your own daemon");
	ck_assert(!part->present && part->needed && part->fix == NULL);
	sandbox_parts_finish(&parts);
	fake_engine_answer(engine, "GET", "/info", 500, "{}");
	sandbox_examine_host(fake_engine_host(engine), &parts);
	part = part_named(&parts, "your own daemon");
	ck_assert_msg(!part->present && part->fix != NULL, "%s", part->detail);
	sandbox_parts_finish(&parts);
	fake_engine_answer(engine, "GET", "/info", 200,
		"{\"Name\":\"laptop\",\"MemoryLimit\":true,\"PidsLimit\":true}");
	fake_engine_answer(engine, "GET", "/version", 200,
		"{\"Version\":\"5\",\"Components\":[{\"Name\":\"Podman Engine\"}]}");
	sandbox_examine_host(fake_engine_host(engine), &parts);
	part = part_named(&parts, "your own daemon");
	ck_assert_msg(part->present && text_starts(part->detail, "Podman 5 on laptop, unix://"),
		"%s", part->detail);
	ck_assert(!part_named(&parts, "Docker's API")->present);
	ck_assert_str_eq(part_named(&parts, "memory and process limits")->detail, "by that daemon");
	sandbox_parts_finish(&parts);
	clean_up();
}
END_TEST

/* ---- programs that are tried ---- */

static const struct {
	const char *script;
	const char *output, *error; /* NULL: it succeeds */
} tried[] = {
	{"echo out; echo err >&2", "out\nerr\n", NULL},
	{"echo why; exit 2", "why\n", "'/bin/sh' exited with status 2"},
	{"sleep 300 & echo soon", "soon\n", NULL}, /* what it leaves is killed */
};

START_TEST(a_program_is_tried)
{
	const char *const argv[] = {"/bin/sh", "-c", tried[_i].script, NULL};
	struct spawn spawn = {.argv = argv};
	struct error err = {0};
	cleanup_buf struct buf output = {0};
	bool good = probe_run(&spawn, &output, &err);
	ck_assert_str_eq(buf_text(&output), tried[_i].output);
	ck_assert_msg(good ? tried[_i].error == NULL : text_same(error_text(&err), tried[_i].error),
		"'%s': %s", tried[_i].script, error_text(&err));
	error_finish(&err);
}
END_TEST

START_TEST(root_needs_no_sudo)
{
	cleanup_free char *command = probe_command("echo x | sudo tee y && sudo z");
	ck_assert_str_eq(
		command, geteuid() == 0 ? "echo x | tee y && z" : "echo x | sudo tee y && sudo z");
	ck_assert_ptr_null(probe_fix("words that nobody knows"));
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{the_clients_daemon_is_found, ARRAY_LENGTH(hosts)},
		{podman_says_what_it_is, 1},
		{programs_are_examined, ARRAY_LENGTH(programs)},
		{the_machine_is_examined, ARRAY_LENGTH(machines)},
		{an_own_daemon_is_examined, 1},
		{a_program_is_tried, ARRAY_LENGTH(tried)},
		{root_needs_no_sudo, 1},
	};
	return suite_run("examine", tests, ARRAY_LENGTH(tests), 60);
}
