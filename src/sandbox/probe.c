/* sandbox/probe.c - tries what the sandbox asks of the kernel, and explains why it failed */
#include "probe.h"

#include "daemon.h"

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

static bool has_ended(pid_t pid)
{
	siginfo_t info = {0};
	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid != 0;
}

/* A file and not a pipe for what it prints: a helper that outlives it, as unshare(1) has one, would
 * keep a pipe open. */
bool probe_run(struct spawn *spawn, struct buf *ret, struct error *err)
{
	cleanup_fd int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	cleanup_fd int words = memfd_create("words", MFD_CLOEXEC);
	pid_t pid;
	if (null < 0 || words < 0)
		return error_set(err, errno, "open what '%s' prints to", spawn->argv[0]);
	spawn_fd_add(spawn, null, 0);
	spawn_fd_add(spawn, words, 1);
	spawn_fd_add(spawn, words, 2);
	spawn->session = true;
	spawn->die_with_parent = true;
	if (!spawn_start(spawn, &pid, err))
		return false;
	int64_t end = clock_monotonic_ms() + PROBE_TIMEOUT_MS;
	bool ended;
	while (!(ended = has_ended(pid)) && clock_monotonic_ms() < end)
		usleep(PROBE_LOOK_US);
	(void)kill(-pid, SIGKILL);
	int status = spawn_wait(pid);
	cleanup_free char *path = xasprintf("/proc/self/fd/%d", words);
	if (!file_read(path, WORDS_MAX, ret, err))
		return false;
	if (!ended)
		return error_set(err, 0, "'%s' does not end", spawn->argv[0]);
	return status == 0 || error_set(err, 0, "'%s' ended with %d", spawn->argv[0], status);
}

/* ---- causes ---- */

#define REFUSED "[Pp]ermission|not permitted|must be root"
#define SYSCTL(setting)                                                                            \
	"echo " setting " | sudo tee -a /etc/sysctl.d/99-ropes.conf && "                           \
	"sudo sysctl -p /etc/sysctl.d/99-ropes.conf"
#define APPARMOR                                                                                   \
	"sed 's|\"/usr/{,local/}bin/ropes\"|\"@PROGRAM@\"|' '@DATA@/assets/apparmor/ropes' | "     \
	"sudo tee /etc/apparmor.d/ropes >/dev/null && "                                            \
	"sudo apparmor_parser -r /etc/apparmor.d/ropes"
#define NO_SYS_ADMIN "^CapBnd:[[:space:]]*[0-9a-f]*[014589cd][0-9a-f]{5}$" /* bit 21 is not set */

/* The first row that fits is the cause: by what the program said, and by how the machine is. A
 * failure that fits none is shown in the program's own words alone. */
static const struct cause {
	const char *words; /* what the failing program says, a regular expression */
	const char *file;  /* that is there, or NULL … */
	const char *value; /* … and has a line like this, or NULL */
	bool user_only;    /* it can't stop root */
	const char *why;   /* what the words leave out, or NULL */
	const char *fix;   /* a command, or NULL */
} causes[] = {
	{"--map-auto", NULL, NULL, true, "util-linux 2.38 or newer is needed", NULL},
	{"^bwrap: Unknown option", NULL, NULL, false, "a newer bubblewrap is needed", NULL},
	{REFUSED, "/proc/sys/kernel/unprivileged_userns_clone", "^0$", true, NULL,
		SYSCTL("kernel.unprivileged_userns_clone=1")},
	{"No space left|ENOSPC", "/proc/sys/user/max_user_namespaces", "^0$", true, NULL,
		SYSCTL("user.max_user_namespaces=10000")},
	{"No space left|ENOSPC", "/proc/sys/user/max_net_namespaces", "^0$", false, NULL,
		SYSCTL("user.max_net_namespaces=10000")},
	{REFUSED, "/proc/self/status", NO_SYS_ADMIN, false,
		"this machine is a container, and needs the rights that `--privileged` gives",
		NULL},
	{REFUSED, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "^1$", true,
		"AppArmor forbids it", APPARMOR},
	{REFUSED, "/etc/apparmor.d/bwrap-userns-restrict", NULL, false, "AppArmor forbids it",
		APPARMOR},
	{REFUSED, "/etc/apparmor.d/unshare-userns-restrict", NULL, true, "AppArmor forbids it",
		APPARMOR},
	{"[ug]id_map failed: Operation not permitted", NULL, NULL, true,
		"newuidmap and newgidmap lack their rights",
		"sudo apt-get install --reinstall uidmap"},
	{"insmod", NULL, NULL, false, NULL,
		"echo iptable_nat | sudo tee /etc/modules-load.d/ropes.conf && "
		"sudo modprobe iptable_nat"},
};

/* Sets *ret_line to the line that the expression fits. */
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

static bool file_fits(const char *path, const char *expression)
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
			(c->file != NULL && !file_fits(c->file, c->value)) ||
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

static void replace(char **text, const char *what, const char *with)
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
		replace(&command, "sudo ", "");
	return command;
}

static char *fix_command(const char *fix)
{
	char program[4096];
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
	cleanup_free char *data = data_path("");
	program[length > 0 ? length : 0] = '\0';
	data[strlen(data) - 1] = '\0'; /* its '/' */
	char *command = probe_command(fix);
	replace(&command, "@PROGRAM@", program);
	replace(&command, "@DATA@", data);
	return command;
}

static void explain(const char *text, const struct error *err, char **ret_words, char **ret_fix)
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
	*ret_words = why != NULL ? xasprintf("%s (%s)", line, why) : xstrdup(line);
	*ret_fix = cause != NULL && cause->fix != NULL ? fix_command(cause->fix) : NULL;
}

static bool try_words(const struct words *words, int info_fd, char **ret_words, char **ret_fix)
{
	cleanup_buf struct buf text = {0};
	cleanup_error struct error err = {0};
	cleanup_free char *program = program_find(words->items[0]);
	if (program == NULL) {
		*ret_words = xasprintf("not tried: '%s' is missing", words->items[0]);
		return false;
	}
	cleanup_fd int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct spawn spawn = {.argv = (const char *const *)words->items};
	if (info_fd >= 0 && null >= 0)
		spawn_fd_add(&spawn, null, info_fd);
	bool good = probe_run(&spawn, &text, &err);
	if (!good)
		explain(buf_text(&text), &err, ret_words, ret_fix);
	return good;
}

/* ---- what is tried ---- */

bool probe_jail(char **ret_words, char **ret_fix)
{
	static const char *const jail[] = {
		"bwrap", "--ro-bind", "/", "/", "--unshare-pid", "true", NULL};
	cleanup_words struct words words = {0};
	words_add_all(&words, jail);
	return try_words(&words, -1, ret_words, ret_fix);
}

/* The folder that the daemon's root binds, with what lies in it. */
static bool make_folder(struct daemon_paths *p, struct error *err)
{
	cleanup_free char *workspaces = daemon_workspaces();
	p->folder = xstrdup("/tmp/ropes-probe-XXXXXX");
	if (mkdtemp(p->folder) == NULL)
		return error_set(err, errno, "make a folder in '/tmp'");
	p->socket_folder = path_join(p->folder, "sock");
	cleanup_free char *hosts = path_join(p->folder, "hosts");
	cleanup_free char *resolver = path_join(p->folder, "resolv.conf");
	return folder_make(p->socket_folder, 0700, err) && folder_make(workspaces, 0711, err) &&
	       file_write(hosts, "", 0, 0600, err) && file_write(resolver, "", 0, 0600, err);
}

/* The words that start dockerd, up to dockerd's own, and then what is tried in its place. */
static void daemon_words(const struct daemon_paths *p, int info_fd, struct words *ret)
{
	static const char *const instead[] = {
		"sh", "-c", "mount -t tmpfs none /run && iptables -w -t nat -N ROPES-PROBE", NULL};
	const struct root_options root = {
		.paths = p, .data_limit = 1 << 20, .rootless = geteuid() != 0, .info_fd = info_fd};
	cleanup_words struct words start = {0};
	root_words(&root, &start);
	size_t end = start.count;
	while (end > 0 && !text_same(start.items[end - 1], "--"))
		end--;
	for (size_t i = 0; i < end; i++)
		words_add(ret, start.items[i]);
	words_add_all(ret, instead);
}

bool probe_daemon(char **ret_words, char **ret_fix)
{
	enum { INFO = 9 };
	struct daemon_paths paths = {0};
	cleanup_error struct error err = {0};
	cleanup_words struct words words = {0};
	bool good = make_folder(&paths, &err);
	if (good) {
		daemon_words(&paths, INFO, &words);
		good = try_words(&words, INFO, ret_words, ret_fix);
	} else {
		explain("", &err, ret_words, ret_fix);
	}
	(void)folder_remove(paths.folder, NULL); /* it holds two empty files */
	daemon_paths_finish(&paths);
	return good;
}
