/* sandbox/jail.c - the jail of one line: what it sees, and what it leaves for the next one */
#include "private.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATE "/run/ropes"

/* The line comes as an argument, never as part of a script. Its folder and exported variables are
 * kept in a file that only lines in the jail read. */
static const char shell_script[] =
	"ulimit -c 0 -f 4194304 2>/dev/null\n"
	"if [ -r " STATE "/state ]; then . " STATE "/state 2>/dev/null; fi\n"
	"trap 'ropes_status=$?; trap - EXIT; { declare -px; printf \"cd -- %q\\n\" \"$PWD\"; } "
	">" STATE "/state 2>/dev/null; printf %s \"$PWD\" >" STATE
	"/folder 2>/dev/null; exit $ropes_status' EXIT\n"
	/* no right is to be had by it, and docker needs none: the line behind it is run */
	"sudo() {\n"
	"  while case ${1-} in -[ughpCDRTU]) shift ;; -*) ;; *) false ;; esac; do shift; done\n"
	"  [ $# -gt 0 ] || { echo 'sudo: there is no root here, and none is needed' >&2; return 1; "
	"}\n"
	"  env -- \"$@\"\n"
	"}\n"
	"ropes_line=$1; shift\n"
	"eval \"unset ropes_line; $ropes_line\"\n";

static void add(struct words *w, const char *const *list)
{
	words_add_all(w, list);
}

static void set_variable(struct words *w, const char *name, const char *value)
{
	add(w, (const char *const[]){"--setenv", name, value, NULL});
}

static void add_etc(struct words *ret)
{
	static const char *const files[] = {"alternatives", "ssl", "ca-certificates", "pki",
		"protocols", "services", "ld.so.cache", "ld.so.conf", "ld.so.conf.d",
		"nsswitch.conf", "localtime", "terminfo", "bash.bashrc", "mime.types"};
	add(ret, (const char *const[]){"--dir", "/etc", NULL});
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
		cleanup_free char *path = path_join("/etc", files[i]);
		if (file_exists(path) || folder_exists(path))
			add(ret, (const char *const[]){"--ro-bind", path, path, NULL});
	}
	static const char *const made[] = {"passwd", "group", "hosts", "hostname", "resolv.conf"};
	for (size_t i = 0; i < ARRAY_LENGTH(made); i++) {
		cleanup_free char *from = xasprintf("@%s", made[i]),
				  *to = path_join("/etc", made[i]);
		add(ret, (const char *const[]){"--ro-bind", from, to, NULL});
	}
}

/* "@name" stands for a file of the session's folder. */
static void resolve_session_files(const struct sandbox *s, struct words *ret)
{
	for (size_t i = 0; i < ret->count; i++) {
		if (ret->items[i][0] != '@')
			continue;
		char *path = xasprintf("%s/%s", s->session, ret->items[i] + 1);
		free(ret->items[i]);
		ret->items[i] = path;
	}
}

static void add_environment(const struct sandbox *s, struct words *ret)
{
	const char *term = getenv("TERM");
	cleanup_free char *home = xasprintf("/home/%s", s->learner);
	words_add(ret, "--clearenv");
	set_variable(ret, "HOME", home);
	set_variable(ret, "USER", s->learner);
	set_variable(ret, "LOGNAME", s->learner);
	set_variable(ret, "SHELL", "/bin/bash");
	set_variable(ret, "LANG", "C.UTF-8");
	set_variable(ret, "TERM", term != NULL && *term != '\0' ? term : "xterm");
	set_variable(ret, "PATH",
		s->tls_folder != NULL ? STATE "/bin:/usr/local/bin:/usr/bin:/bin"
				      : "/usr/local/bin:/usr/bin:/bin");
	set_variable(
		ret, "DOCKER_BUILDKIT", "0"); /* the classic builder is everywhere; buildx is not */
	set_variable(ret, "DOCKER_CLI_HINTS", "false");
	if (s->gate == NULL && s->host != NULL)
		set_variable(ret, "DOCKER_HOST", s->host);
	if (s->tls_folder != NULL) {
		set_variable(ret, "DOCKER_CERT_PATH", "/run/tls");
		set_variable(ret, "DOCKER_TLS_VERIFY", "1");
	}
}

void jail_words(const struct sandbox *s, const char *line, int filter_fd, struct words *ret)
{
	cleanup_free char *home = xasprintf("/home/%s", s->learner);
	cleanup_free char *filter = xasprintf("%d", filter_fd);
	add(ret, (const char *const[]){"bwrap", "--unshare-pid", "--unshare-ipc", "--unshare-uts",
			 "--unshare-cgroup-try", "--hostname", "ropes", "--die-with-parent", NULL});
	root_add_system(ret);
	add_etc(ret);
	add(ret, (const char *const[]){"--proc", "/proc", "--dev", "/dev", "--size", "268435456",
			 "--tmpfs", "/tmp", "--size", "16777216", "--tmpfs", "/run", "--symlink",
			 "/run", "/var/run", "--dir", "/home", "--bind", s->workspace, home,
			 "--bind", "@state", STATE, NULL});
	if (s->gate != NULL)
		add(ret, (const char *const[]){"--ro-bind", s->gate, "/run/docker.sock", NULL});
	if (s->tls_folder != NULL)
		add(ret, (const char *const[]){"--ro-bind", s->tls_folder, "/run/tls", NULL});
	resolve_session_files(s, ret);
	add_environment(s, ret);
	add(ret, (const char *const[]){"--remount-ro", "/", "--chdir", home, "--cap-drop", "ALL",
			 "--seccomp", filter, "--", "/bin/bash", "--norc", "--noprofile", "-c",
			 shell_script, "bash", line, NULL});
}

/* ---- labels on a daemon behind TLS, which the gate does not speak ---- */

/* In the jail, so a shell script is allowed. Global options in front of the verb are passed over.
 */
static const char wrapper[] =
	"#!/bin/bash\n"
	"# Labels what is made here, so that it can be told from what was there before.\n"
	"label=(--label \"ropes.owner=%s\")\n"
	"real=$(PATH=/usr/local/bin:/usr/bin:/bin command -v docker) || { echo 'docker: not found' "
	">&2; exit 127; }\n"
	"front=()\n"
	"while [ $# -gt 0 ]; do\n"
	"  case $1 in\n"
	"  -H|--host|-c|--context|--config|-l|--log-level|--tlscacert|--tlscert|--tlskey) "
	"front+=(\"$1\" \"$2\"); shift 2 ;;\n"
	"  -*) front+=(\"$1\"); shift ;;\n"
	"  *) break ;;\n"
	"  esac\n"
	"done\n"
	"case \"$1 $2\" in\n"
	"'container run'|'container create'|'image build'|'network create'|'volume "
	"create'|'builder build')\n"
	"  verb=(\"$1\" \"$2\"); shift 2; exec \"$real\" \"${front[@]}\" \"${verb[@]}\" "
	"\"${label[@]}\" \"$@\" ;;\n"
	"esac\n"
	"case \"$1\" in\n"
	"run|create|build) verb=$1; shift; exec \"$real\" \"${front[@]}\" \"$verb\" "
	"\"${label[@]}\" \"$@\" ;;\n"
	"esac\n"
	"exec \"$real\" \"${front[@]}\" \"$@\"\n";

bool jail_write_wrapper(const struct sandbox *s, struct error *err)
{
	cleanup_free char *folder = path_join(s->session, "state/bin");
	cleanup_free char *path = path_join(folder, "docker");
	cleanup_buf struct buf text = {0};
	const char *place = strstr(wrapper, "%s");
	buf_add(&text, wrapper, (size_t)(place - wrapper));
	buf_add_text(&text, s->learner);
	buf_add_text(&text, place + 2);
	return folder_make(folder, 0755, err) &&
	       file_write(path, buf_text(&text), text.length, 0755, err);
}

/* ---- where the shell stands ---- */

void jail_read_folder(struct sandbox *s)
{
	cleanup_free char *path = path_join(s->session, "state/folder");
	cleanup_free char *home = xasprintf("/home/%s", s->learner);
	cleanup_buf struct buf text = {0};
	if (!file_read(path, 4096, &text, NULL) || !utf8_valid(buf_text(&text), text.length))
		return;
	for (size_t i = 0; i < text.length; i++)
		if ((unsigned char)text.data[i] < 0x20)
			return; /* a learner can write anything there */
	size_t length = strlen(home);
	bool below = text_starts(buf_text(&text), home) &&
		     (text.data[length] == '\0' || text.data[length] == '/');
	free(s->shown);
	s->shown = below ? xasprintf("~%s", text.data + length) : xstrdup(buf_text(&text));
}
