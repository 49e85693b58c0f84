/* sandbox/probe.c - tries the kernel features that the sandbox needs, and explains failures */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROBE_TIMEOUT_MS 20000
#define PROBE_LOOK_US 2000
#define WORDS_MAX 65536

/* ---- running ---- */

static bool has_child_ended(pid_t pid)
{
	siginfo_t info = {0};
	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid != 0;
}

/* Capture output in a file, not a pipe: a helper that outlives the program, such as
 * unshare(1)'s, would keep a pipe open. */
bool probe_run(struct spawn *spawn, struct buf *ret, struct error *err)
{
	cleanup_fd int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	cleanup_fd int words = memfd_create("words", MFD_CLOEXEC);
	pid_t pid;
	if (null < 0 || words < 0)
		return error_set(err, errno, "cannot open a pipe for '%s'", spawn->argv[0]);
	spawn_fd_add(spawn, null, 0);
	spawn_fd_add(spawn, words, 1);
	spawn_fd_add(spawn, words, 2);
	spawn->session = true;
	spawn->die_with_parent = true;
	if (!spawn_start(spawn, &pid, err))
		return false;
	int64_t end = clock_monotonic_ms() + PROBE_TIMEOUT_MS;
	bool ended;
	while (!(ended = has_child_ended(pid)) && clock_monotonic_ms() < end)
		usleep(PROBE_LOOK_US);
	(void)kill(-pid, SIGKILL);
	int status = spawn_wait(pid);
	cleanup_free char *path = xasprintf("/proc/self/fd/%d", words);
	if (!file_read(path, WORDS_MAX, ret, err))
		return false;
	if (!ended)
		return error_set(err, 0, "'%s' did not end in time", spawn->argv[0]);
	return status == 0 ||
	       error_set(err, 0, "'%s' exited with status %d", spawn->argv[0], status);
}

/* ---- causes ---- */

#define REFUSED "[Pp]ermission|not permitted|must be root"
#define SYSCTL(setting)                                                                            \
	"echo " setting " | sudo tee -a /etc/sysctl.d/99-ropes.conf && "                           \
	"sudo sysctl -p /etc/sysctl.d/99-ropes.conf"
/* Use a profile for each path, so that another copy of ropes keeps its own. */
#define APPARMOR                                                                                   \
	"profile=$(sed 's|^profile ropes \"[^\"]*\"|profile @NAME@ \"@PROGRAM@\"|' "               \
	"'@DATA@/assets/apparmor/ropes') && "                                                      \
	"printf '%s\\n' \"$profile\" | sudo tee /etc/apparmor.d/@NAME@ >/dev/null && "             \
	"sudo apparmor_parser -r /etc/apparmor.d/@NAME@"
#define NO_SYS_ADMIN "^CapBnd:[[:space:]]*[0-9a-f]*[014589cd][0-9a-f]{5}$" /* bit 21 is not set */

/* The first matching row is the cause, by the program's message and the machine's state. For a
 * failure that matches none, show only the program's own message. */
static const struct cause {
	const char *words; /* regular expression for the program's message */
	const char *file;  /* a file that must exist, or NULL … */
	const char *value; /* … and must have a matching line, or NULL */
	bool user_only;    /* it cannot affect root */
	const char *why;   /* what the message leaves out, or NULL */
	const char *fix;   /* a command, or what else to do, or NULL */
} causes[] = {
	{REFUSED, "/proc/sys/kernel/unprivileged_userns_clone", "^0$", true, NULL,
		SYSCTL("kernel.unprivileged_userns_clone=1")},
	{"No space left|ENOSPC", "/proc/sys/user/max_user_namespaces", "^0$", true, NULL,
		SYSCTL("user.max_user_namespaces=10000")},
	{"No space left|ENOSPC", "/proc/sys/user/max_net_namespaces", "^0$", false, NULL,
		SYSCTL("user.max_net_namespaces=10000")},
	{"(namespaces?|'[^']*/ns/[^']*'|the machine's root): Operation not permitted",
		"/proc/self/status", "^Seccomp:[[:space:]]*2$", false,
		N_("a seccomp filter forbids it"),
		N_("start the container with `--security-opt seccomp=unconfined`")},
	/* the kernel allows a new one only where nothing hides parts of the old one */
	{"mount (proc|sysfs) at .*not permitted", "/proc/self/mountinfo",
		" /proc/(sys|[^s/ ][^ ]*|s[^y/ ][^ ]*) ", false, N_("parts of /proc are hidden"),
		N_("start the container with `--security-opt systempaths=unconfined`")},
	{"Permission denied", "/proc/self/attr/current", "^[^ ]+ [(]enforce[)]$", false,
		N_("an AppArmor profile forbids it"),
		N_("start the container with `--security-opt apparmor=unconfined`")},
	{"control groups$|Read-only file system$", "/proc/self/status", NO_SYS_ADMIN, false, NULL,
		N_("start the container with `--privileged`")},
	{REFUSED, "/proc/self/status", NO_SYS_ADMIN, false,
		N_("this machine is a container, and needs the rights that `--privileged` gives"),
		NULL},
	{REFUSED, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "^1$", true,
		N_("AppArmor forbids it"), APPARMOR},
	{"[ug]id_map failed: Operation not permitted", NULL, NULL, true,
		N_("newuidmap and newgidmap lack their rights"),
		"sudo apt-get install --reinstall uidmap"},
	{"there is no '/run/user/[0-9]+/bus'", NULL, NULL, true, NULL,
		"sudo apt-get install dbus-user-session && systemctl --user start dbus.socket"},
	{"your systemd does not run", NULL, NULL, true, NULL,
		"sudo loginctl enable-linger \"$(id -un)\""},
	{"other processes are in your control group", NULL, NULL, true, NULL,
		"group=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup) && "
		"mkdir \"$group/shell\" && echo $$ >\"$group/shell/cgroup.procs\""},
	{"controllers? (is|are) passed on", "/usr/lib/systemd/system/user@.service", NULL, true,
		NULL,
		"sudo mkdir -p /etc/systemd/system/user@.service.d && "
		"printf '[Service]\\nDelegate=cpu cpuset io memory pids\\n' | "
		"sudo tee /etc/systemd/system/user@.service.d/ropes.conf && "
		"sudo systemctl daemon-reload # then log in again"},
	{"insmod", NULL, NULL, false, NULL,
		"echo iptable_nat | sudo tee /etc/modules-load.d/ropes.conf && "
		"sudo modprobe iptable_nat"},
};

/* Sets *ret_line to the line that matches the expression. */
static bool find_line(const char *text, const char *expression, char **ret_line)
{
	regex_t regex;
	regmatch_t match;
	if (regcomp(&regex, expression, REG_EXTENDED | REG_NEWLINE) != 0)
		return false;
	bool found = regexec(&regex, text, 1, &match, 0) == 0;
	regfree(&regex);
	if (!found)
		return false;
	size_t start = (size_t)match.rm_so;
	while (start > 0 && text[start - 1] != '\n')
		start--;
	*ret_line = xstrndup(text + start, strcspn(text + start, "\n"));
	return true;
}

static bool file_matches(const char *path, const char *expression)
{
	cleanup_buf struct buf text = {0};
	cleanup_free char *line = NULL;
	if (expression == NULL)
		return file_exists(path);
	return file_read(path, WORDS_MAX, &text, NULL) &&
	       find_line(buf_text(&text), expression, &line);
}

static bool find_cause(const char *text, const struct cause **ret, char **ret_line)
{
	for (size_t i = 0; i < ARRAY_LENGTH(causes); i++) {
		const struct cause *c = &causes[i];
		if ((c->user_only && geteuid() == 0) ||
			(c->file != NULL && !file_matches(c->file, c->value)) ||
			!find_line(text, c->words, ret_line))
			continue;
		*ret = c;
		return true;
	}
	return false;
}

static char *last_line(const char *text)
{
	size_t length = strlen(text);
	while (length > 0 && text[length - 1] == '\n')
		length--;
	size_t start = length;
	while (start > 0 && text[start - 1] != '\n')
		start--;
	return xstrndup(text + start, length - start);
}

static void replace_text(char **text, const char *what, const char *with)
{
	cleanup_buf struct buf out = {0};
	const char *at = *text, *next;
	for (; (next = strstr(at, what)) != NULL; at = next + strlen(what)) {
		buf_add(&out, at, (size_t)(next - at));
		buf_add_text(&out, with);
	}
	buf_add_text(&out, at);
	free(*text);
	*text = buf_steal(&out);
}

char *probe_command(const char *with_sudo)
{
	char *command = xstrdup(with_sudo);
	if (geteuid() == 0)
		replace_text(&command, "sudo ", "");
	return command;
}

static char *fix_command(const char *fix)
{
	char program[4096];
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
	cleanup_free char *data = data_path("");
	program[length > 0 ? length : 0] = '\0';
	data[strlen(data) - 1] = '\0'; /* removes its '/' */
	cleanup_free char *name =
		xasprintf("ropes-%08x", (unsigned)hash_bytes(HASH_START, program, strlen(program)));
	char *command = probe_command(_(fix));
	replace_text(&command, "@NAME@", name);
	replace_text(&command, "@PROGRAM@", program);
	replace_text(&command, "@DATA@", data);
	return command;
}

char *probe_fix(const char *words)
{
	const struct cause *cause = NULL;
	cleanup_free char *line = NULL;
	bool known = find_cause(words, &cause, &line) && cause->fix != NULL;
	return known ? fix_command(cause->fix) : NULL;
}

static void explain_probe(
	const char *text, const struct error *err, char **ret_words, char **ret_fix)
{
	const struct cause *cause = NULL;
	cleanup_free char *line = NULL;
	if (!find_cause(text, &cause, &line))
		line = last_line(text);
	if (*line == '\0') {
		free(line);
		line = xstrdup(error_text(err));
	}
	const char *why = cause != NULL ? cause->why : NULL;
	*ret_words = why != NULL ? xasprintf("%s (%s)", line, _(why)) : xstrdup(line);
	*ret_fix = cause != NULL && cause->fix != NULL ? fix_command(cause->fix) : NULL;
}

/* Messages are in English meanwhile: the causes are found by them. */
bool probe_machine(struct machine_limits *ret_limits, char **ret_words, char **ret_fix)
{
	cleanup_error struct error err = {0};
	const char *language = language_tag();
	language_accept("en");
	bool good = machine_probe(ret_limits, &err);
	language_accept(language);
	if (!good)
		explain_probe(error_text(&err), &err, ret_words, ret_fix);
	return good;
}
