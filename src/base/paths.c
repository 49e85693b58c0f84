/* base/paths.c - paths: joining them, XDG folders, the shipped data */
#include "base.h"

#include <ctype.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *path_join(const char *folder, const char *name)
{
	return xasprintf("%s%s%s", folder, text_ends(folder, "/") ? "" : "/", name);
}

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash != NULL ? slash + 1 : path;
}

char *path_parent(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? xstrdup(".")
			     : xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static char *home_folder(void)
{
	const char *value = getenv("HOME");
	if (value != NULL && value[0] == '/')
		return xstrdup(value);
	const struct passwd *entry = getpwuid(getuid());
	return xstrdup(entry != NULL ? entry->pw_dir : "/");
}

/* XDG Base Directory Specification 0.8: relative values must be ignored. */
static const struct {
	const char *variable;
	const char *below_home;
} folders[] = {
	[XDG_DATA] = {"XDG_DATA_HOME", ".local/share"},
	[XDG_CONFIG] = {"XDG_CONFIG_HOME", ".config"},
	[XDG_CACHE] = {"XDG_CACHE_HOME", ".cache"},
	[XDG_STATE] = {"XDG_STATE_HOME", ".local/state"},
	[XDG_RUNTIME] = {"XDG_RUNTIME_DIR", NULL},
};

static char *runtime_default(void)
{
	if (getuid() == 0)
		return xstrdup("/run/ropes");
	return xasprintf("/tmp/ropes-%lu", (unsigned long)getuid());
}

char *xdg_folder(enum xdg which)
{
	const char *value = getenv(folders[which].variable);
	if (value != NULL && value[0] == '/')
		return path_join(value, "ropes");
	if (folders[which].below_home == NULL)
		return runtime_default();
	cleanup_free char *start = home_folder();
	return xasprintf("%s/%s/ropes", start, folders[which].below_home);
}

char *courses_folder(void)
{
	cleanup_free char *data = xdg_folder(XDG_DATA);
	return path_join(data, "courses");
}

/* The data folder, relative to the program's folder or one above it. */
#define SHARE "share/ropes"

/* Cuts off the last component; "" stands for the root. */
static void path_cut(char *path)
{
	*strrchr(path, '/') = '\0';
}

/* The folder of the running program. */
static char *program_folder(void)
{
	char path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
	char *folder = xstrndup(path, length > 0 ? (size_t)length : 0);
	if (folder[0] == '/')
		path_cut(folder);
	return folder;
}

/* In a sticky folder like /tmp other users can create `share`, although they cannot replace the
 * program. In a writable folder that is not sticky they could replace the program as well. */
static bool is_shared(const char *folder)
{
	struct stat info;
	return stat(*folder != '\0' ? folder : "/", &info) < 0 ||
	       ((info.st_mode & S_ISVTX) != 0 && (info.st_mode & (S_IWGRP | S_IWOTH)) != 0);
}

/* An installed program is PREFIX/bin/ropes, and its data PREFIX/share/ropes. A build folder has
 * a `share` of its own that links to the source tree; tests are two folders below it. No path is
 * compiled in, so that an installation or a source tree can be moved, and another user who
 * creates a folder at the path of a former build gains nothing. */
char *data_path(const char *name)
{
	const char *value = getenv("ROPES_DATA");
	if (value != NULL && value[0] != '\0')
		return path_join(value, name);
	cleanup_free char *folder = program_folder();
	for (int up = 0; up <= 2; up++) {
		cleanup_free char *data = path_join(folder, SHARE);
		if (!is_shared(folder) && folder_exists(data))
			return path_join(data, name);
		if (*folder != '\0')
			path_cut(folder);
	}
	return path_join("/usr/" SHARE, name); /* for the message; only root can write there */
}

/* ---- names ---- */

char *learner_file_name(const char *name)
{
	struct buf out = {0};
	for (; *name != '\0' && out.length < 32; name++) {
		bool plain = isalnum((unsigned char)*name) ||
			     (out.length > 0 && strchr("._-", *name) != NULL);
		buf_add_char(&out, plain ? (char)tolower((unsigned char)*name) : '_');
	}
	if (out.length == 0 || !isalnum((unsigned char)out.data[0])) {
		cleanup_free char *rest = buf_steal(&out);
		buf_printf(&out, "l%s", rest);
	}
	return buf_steal(&out);
}

char *program_find_if(const char *name, bool (*fits)(const char *path))
{
	const char *path = getenv("PATH");
	cleanup_free char *all =
		xasprintf("%s:/usr/sbin:/sbin", path != NULL ? path : "/usr/bin:/bin");
	for (char *at = all; *at != '\0';) {
		size_t length = strcspn(at, ":");
		char *file = xasprintf("%.*s/%s", (int)length, at, name);
		if (length > 0 && access(file, X_OK) == 0 && (fits == NULL || fits(file)))
			return file;
		free(file);
		at += length + (at[length] == ':');
	}
	return NULL;
}

char *program_find(const char *name)
{
	return program_find_if(name, NULL);
}
