/* sandbox/examine.c - checks the sandbox's requirements, and names the commands that fix missing
 * ones */
#include "http.h"
#include "probe.h"
#include "private.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Required programs, and their packages in Debian and its relatives. */
static const struct program {
	const char *name, *program;
	/* EVERYWHERE: also with a learner's own daemon */
	enum { WANTED = 1 << 0, USER_ONLY = 1 << 1, STATIC = 1 << 2, EVERYWHERE = 1 << 3 } flags;
	const char *packages; /* "a|b": the first one that apt knows */
	const char *version;  /* the option that prints it; NULL: do not ask */
	const char *says;     /* prefix of the version, else it is another program */
} programs[] = {
	{N_("dockerd (the practice machine)"), "dockerd", 0, "docker.io", "--version",
		"Docker version "},
	{N_("docker (the client)"), "docker", EVERYWHERE, "docker-cli|docker.io", "--version",
		"Docker version "}, /* Podman also provides a `docker` */
	{N_("docker-registry (practice images)"), "docker-registry", 0, "docker-registry",
		"--version", ""},
	{N_("busybox, static (practice images)"), "busybox", STATIC, "busybox-static", NULL, NULL},
	{N_("bash, static (practice images)"), "bash", STATIC, "bash-static", NULL, NULL},
	{N_("iptables (published ports)"), "iptables", 0, "iptables", "--version", ""},
	{"tar", "tar", 0, "tar", NULL, NULL},
	{N_("newuidmap (the practice machine without root)"), "newuidmap", USER_ONLY | EVERYWHERE,
		"uidmap", NULL, NULL},
	{N_("newgidmap (the practice machine without root)"), "newgidmap", USER_ONLY | EVERYWHERE,
		"uidmap", NULL, NULL},
	{N_("ps (docker top)"), "ps", WANTED, "procps", NULL, NULL},
	{N_("curl (in lessons)"), "curl", WANTED | EVERYWHERE, "curl", NULL, NULL},
};

/* ---- packages ---- */

static bool apt_knows(const char *package)
{
	const char *const argv[] = {"apt-cache", "show", package, NULL};
	struct spawn spawn = {.argv = argv};
	cleanup_buf struct buf words = {0};
	return probe_run(&spawn, &words, NULL);
}

/* Returns the command that installs the first of "a|b" that apt knows; NULL without apt. */
static char *install_command(const char *packages)
{
	cleanup_free char *apt = program_find("apt-get");
	const char *at = packages;
	if (apt == NULL)
		return NULL;
	for (const char *bar; (bar = strchr(at, '|')) != NULL; at = bar + 1) {
		cleanup_free char *package = xstrndup(at, (size_t)(bar - at));
		if (apt_knows(package)) {
			cleanup_free char *command = xasprintf("sudo apt-get install %s", package);
			return probe_command(command);
		}
	}
	cleanup_free char *command = xasprintf("sudo apt-get install %s", at);
	return probe_command(command);
}

static struct sandbox_part *add_finding_part(
	struct sandbox_parts *p, const char *name, bool present, bool needed)
{
	p->items = array_grow(p->items, p->count, sizeof *p->items);
	p->items[p->count] =
		(struct sandbox_part){.name = name, .present = present, .needed = needed};
	return &p->items[p->count++];
}

/* ---- programs and libraries ---- */

/* Returns a program's first line of output; *ret_good: it succeeded. */
static char *first_line_of(const char *program, const char *option, bool *ret_good)
{
	const char *const argv[] = {program, option, NULL};
	struct spawn spawn = {.argv = argv};
	cleanup_buf struct buf words = {0};
	cleanup_error struct error err = {0};
	*ret_good = probe_run(&spawn, &words, &err);
	const char *said = words.length > 0 ? buf_text(&words) : error_text(&err);
	return xstrndup(said, strcspn(said, "\n"));
}

/* Returns "20.10.24, build 5d6db84" of "Docker version 20.10.24, build 5d6db84". */
static const char *version_in(const char *line)
{
	for (const char *at = line; *at != '\0'; at++) {
		bool starts = at == line || at[-1] == ' ';
		if (starts && (isdigit((unsigned char)*at) ||
				      (*at == 'v' && isdigit((unsigned char)at[1]))))
			return at;
	}
	return line;
}

/* Describes a program that was found; *ret_good: it is the right one. */
static char *describe_program(const struct program *p, const char *path, bool *ret_good)
{
	if (p->version == NULL)
		return xstrdup(path);
	cleanup_free char *line = first_line_of(path, p->version, ret_good);
	if (!*ret_good)
		return xasprintf(_("'%s %s' failed: %s"), path, p->version, line);
	*ret_good = text_starts(line, p->says);
	if (!*ret_good)
		return xasprintf(_("'%s' is a different program: %s"), path, line);
	return xstrdup(*line != '\0' ? version_in(line) : path);
}

static void examine_program(const struct program *p, struct sandbox_parts *ret)
{
	bool is_static = (p->flags & STATIC) != 0;
	cleanup_free char *path =
		is_static ? static_program_find(p->program) : program_find(p->program);
	bool good = path != NULL;
	char *detail = good ? describe_program(p, path, &good) : NULL;
	if (detail == NULL) {
		cleanup_free char *other = program_find(p->program);
		detail = other != NULL ? xasprintf(_("'%s' is not statically linked"), other)
				       : xstrdup(_("missing"));
	}
	struct sandbox_part *part = add_finding_part(ret, p->name, good, (p->flags & WANTED) == 0);
	part->detail = detail;
	if (!good)
		part->fix = install_command(p->packages);
}

static void examine_programs(bool practice, struct sandbox_parts *ret)
{
	for (size_t i = 0; i < ARRAY_LENGTH(programs); i++)
		if (((programs[i].flags & USER_ONLY) == 0 || geteuid() != 0) &&
			((programs[i].flags & EVERYWHERE) != 0 || practice))
			examine_program(&programs[i], ret);
}

/* Check the library here: it is opened, not linked, so that the package manager may not know
 * that it is needed. */
static void examine_library(struct sandbox_parts *ret)
{
	const struct curl_library *library;
	cleanup_error struct error err = {0};
	bool good = curl_open(&library, &err);
	struct sandbox_part *part = add_finding_part(ret, "libcurl", good, true);
	const char *version = good ? library->version() : error_text(&err);
	part->detail = xstrndup(version, good ? strcspn(version, " ") : strlen(version));
	if (!good)
		part->fix = install_command("libcurl4t64|libcurl4");
}

/* ---- the kernel ---- */

#define NO_CPU N_("no cpu controller is passed on to the machine's control group")

static void examine_limits(const struct machine_limits *limits, struct sandbox_parts *ret)
{
	bool both = limits->memory > 0 && limits->pids > 0;
	const char *lack = limits->lack[0] != '\0'
				   ? limits->lack
				   : N_("cannot write to this machine's control groups");
	struct sandbox_part *part =
		add_finding_part(ret, N_("memory and process limits"), both, false);
	if (both)
		part->detail = xstrdup(limits->unified ? "cgroup 2" : "cgroup 1");
	else
		part->detail = xasprintf("%s%s", _(lack),
			geteuid() != 0
				? _("; containers can use up all memory and processes of your account")
				: "");
	part->fix = both ? NULL : probe_fix(lack);
	if (!both)
		return;
	part = add_finding_part(ret, N_("processor limit"), limits->cpu > 0, false);
	part->detail = limits->cpu > 0
			       ? xstrdup(_("a quarter of a processor is reserved for the system"))
			       : xstrdup(_(NO_CPU));
	part->fix = limits->cpu > 0 ? NULL : probe_fix(NO_CPU);
}

static void examine_namespaces(struct machine_limits *limits, struct sandbox_parts *ret)
{
	char *words = NULL, *fix = NULL;
	bool works = probe_machine(limits, &words, &fix);
	struct sandbox_part *part = add_finding_part(ret, N_("namespaces"), works, true);
	part->detail =
		works ? xstrdup(_("a practice machine and its network can be set up")) : words;
	part->fix = fix;
}

static void examine_machine(struct sandbox_parts *ret)
{
	struct machine_limits limits = {0};
	examine_namespaces(&limits, ret);
	examine_limits(&limits, ret);
	free(limits.lack);
}

/* ---- users and groups of the practice machine without root ---- */

#define FIRST_ID 100000ULL
#define ID_COUNT 65536ULL

/* Looks for "USER:FIRST:COUNT" in a file; raises *end to the end of all its ranges. */
static bool has_ids(const char *file, const struct passwd *user, unsigned long long *end)
{
	cleanup_buf struct buf text = {0};
	(void)file_read(file, 1 << 20, &text, NULL); /* a missing file has no lines */
	bool found = false;
	for (const char *line = buf_text(&text); *line != '\0';) {
		char name[64];
		unsigned long long first, count;
		long long number;
		if (sscanf(line, "%63[^:\n]:%llu:%llu", name, &first, &count) == 3) {
			found = found || text_same(name, user->pw_name) ||
				(text_number(name, 0, UINT32_MAX, &number) &&
					number == user->pw_uid);
			*end = first + count > *end ? first + count : *end;
		}
		line = text_next_line(line);
	}
	return found;
}

static void examine_ids(struct sandbox_parts *ret)
{
	unsigned long long end = FIRST_ID;
	const struct passwd *user = getpwuid(geteuid());
	if (geteuid() == 0 || user == NULL)
		return;
	bool users = has_ids("/etc/subuid", user, &end),
	     groups = has_ids("/etc/subgid", user, &end);
	struct sandbox_part *part = add_finding_part(ret,
		N_("users and groups (the practice machine without root)"), users && groups, true);
	part->detail = xasprintf(users && !groups   ? _("%s in /etc/subuid, but not in /etc/subgid")
				 : !users && groups ? _("%s in /etc/subgid, but not in /etc/subuid")
				 : users            ? _("%s in /etc/subuid and /etc/subgid")
					 : _("%s in neither /etc/subuid nor /etc/subgid"),
		user->pw_name);
	if (!users || !groups) {
		cleanup_free char *range = xasprintf("%llu-%llu", end, end + ID_COUNT - 1);
		part->fix = xasprintf("sudo usermod%s%s%s%s %s", users ? "" : " --add-subuids ",
			users ? "" : range, groups ? "" : " --add-subgids ", groups ? "" : range,
			user->pw_name);
	}
}

/* ---- other requirements ---- */

static void examine_space(struct sandbox_parts *ret)
{
	cleanup_free char *folder = machine_workspaces();
	struct statvfs info;
	cleanup_error struct error err = {0};
	bool there = folder_make(folder, 0711, &err) && statvfs(folder, &info) == 0;
	unsigned long long left = there ? (unsigned long long)info.f_bavail * info.f_frsize : 0;
	struct sandbox_part *part = add_finding_part(
		ret, N_("space for the workspace"), left > 100 * 1000 * 1000ULL, false);
	cleanup_buf struct buf text = {0};
	text_size(&text, left);
	part->detail = there ? xasprintf(_("%s left in %s"), buf_text(&text), folder)
			     : xstrdup(error_text(&err));
}

static void examine_daemon(struct sandbox_parts *ret)
{
	struct machine_status status = {0};
	(void)machine_status(MACHINE_PRACTICE, &status, NULL);
	bool ready = status.state == MACHINE_READY;
	struct sandbox_part *part = add_finding_part(ret, N_("practice machine"), ready, false);
	bool starting = status.state == MACHINE_STARTING;
	part->detail = ready ? xasprintf(_("up, dockerd %s, %s"), status.version, status.host)
		       : starting
			       ? xasprintf(_("starting: %s"),
					 status.progress != NULL ? status.progress : _("starting"))
			       : xstrdup(_("not running; a lesson starts it"));
	if (!ready && !starting)
		part->fix = xstrdup("ropes daemon start");
	machine_status_finish(&status);
}

/* ---- a learner's own daemon ---- */

#define OWN_DAEMON N_("your own daemon")

/* Returns the command that makes the daemon answer, if its socket reveals that. */
static char *answer_fix(const char *wanted)
{
	cleanup_free char *address = NULL, *tls = NULL;
	const struct passwd *user = getpwuid(geteuid());
	if (!host_find(wanted, &address, &tls, NULL) || !text_starts(address, "unix://"))
		return NULL;
	if (access(address + strlen("unix://"), W_OK) == 0)
		return probe_command("sudo systemctl start docker");
	return errno == EACCES && user != NULL
		       ? xasprintf(_("sudo usermod --append --groups docker %s, and log in again"),
				 user->pw_name)
		       : NULL;
}

static void examine_host(const char *wanted, struct sandbox_parts *ret)
{
	struct sandbox_host host;
	cleanup_error struct error err = {0};
	bool good = sandbox_host_look(wanted, &host, &err);
	struct sandbox_part *part = add_finding_part(ret, OWN_DAEMON, good, true);
	part->detail = good ? xasprintf(_("%s on %s, %s"), host.engine, host.name, host.address)
			    : xstrdup(error_text(&err));
	if (!good) {
		part->fix = answer_fix(wanted);
		return;
	}
	if (host.podman) {
		part = add_finding_part(ret, N_("Docker's API"), false, false);
		part->detail = xstrdup(_(
			"Podman's differs: ports in `docker ps`, `docker commit`, and names of containers on networks; some steps fail"));
	}
	part = add_finding_part(ret, N_("memory and process limits"),
		host.limits.memory && host.limits.processes, false);
	part->detail = xstrdup(
		part->present ? _("by that daemon")
			      : _("that daemon has none; steps that need them are skipped"));
	sandbox_host_finish(&host);
}

void sandbox_examine_host(const char *wanted, struct sandbox_parts *ret)
{
	struct machine_limits ignored = {0};
	examine_programs(false, ret);
	examine_library(ret);
	examine_ids(ret);
	examine_namespaces(&ignored, ret);
	free(ignored.lack);
	examine_space(ret);
	examine_host(wanted, ret);
}

static void examine_crowd(struct sandbox_parts *ret)
{
	struct machine_crowd crowd;
	struct machine_status status = {0};
	machine_crowd(&crowd);
	(void)machine_status(MACHINE_PRACTICE, &status, NULL);
	bool room = crowd.max == 0 || crowd.running < crowd.max || status.state == MACHINE_READY;
	machine_status_finish(&status);
	struct sandbox_part *part =
		add_finding_part(ret, N_("room for one more on this system"), room, true);
	part->detail = crowd.max == 0
			       ? xasprintf(_("%u running on this system; no limit"), crowd.running)
			       : xasprintf(_("%u of at most %u running on this system"),
					 crowd.running, crowd.max);
	if (!room)
		part->fix = xasprintf("echo %u | sudo tee /etc/ropes/machines", crowd.max * 2);
}

#define TUN "/dev/net/tun"

/* Either carrier will do. */
static void examine_network(struct sandbox_parts *ret)
{
	cleanup_free char *pasta = program_find("pasta");
	cleanup_free char *slirp = program_find("slirp4netns");
	const char *path = pasta != NULL ? pasta : slirp;
	bool device = file_exists(TUN);
	struct sandbox_part *part =
		add_finding_part(ret, N_("a network for the practice machine (--network)"),
			path != NULL && device, false);
	part->detail = path == NULL ? xstrdup(_("neither pasta nor slirp4netns is installed"))
		       : device     ? xstrdup(path)
				    : xasprintf(_("%s, but there is no %s"), path, TUN);
	if (path == NULL)
		part->fix = install_command("passt|slirp4netns");
	else if (!device)
		part->fix = xasprintf(_("start the container with `%s`"), "--device " TUN);
}

void sandbox_examine(struct sandbox_parts *ret)
{
	examine_programs(true, ret);
	examine_network(ret);
	examine_library(ret);
	examine_ids(ret);
	examine_machine(ret);
	examine_space(ret);
	examine_crowd(ret);
	examine_daemon(ret);
}

void sandbox_parts_finish(struct sandbox_parts *parts)
{
	for (size_t i = 0; i < parts->count; i++) {
		free(parts->items[i].detail);
		free(parts->items[i].fix);
	}
	free(parts->items);
	*parts = (struct sandbox_parts){0};
}
