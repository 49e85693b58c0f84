/* base/paths.c - where things lie: joined paths, XDG folders, the shipped data */
#include "base.h"
#include "config.h"

#include <ctype.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
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

static char *home(void)
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
	cleanup_free char *start = home();
	return xasprintf("%s/%s/ropes", start, folders[which].below_home);
}

char *data_path(const char *name)
{
	const char *value = getenv("ROPES_DATA");
	if (value != NULL && value[0] != '\0')
		return path_join(value, name);
	if (folder_exists(ROPES_SOURCE_DATA "/lessons"))
		return path_join(ROPES_SOURCE_DATA, name);
	return path_join(ROPES_INSTALLED_DATA, name);
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

char *program_find(const char *name)
{
	const char *path = getenv("PATH");
	cleanup_free char *all =
		xasprintf("%s:/usr/sbin:/sbin", path != NULL ? path : "/usr/bin:/bin");
	for (char *at = all; *at != '\0';) {
		size_t length = strcspn(at, ":");
		char *file = xasprintf("%.*s/%s", (int)length, at, name);
		if (length > 0 && access(file, X_OK) == 0)
			return file;
		free(file);
		at += length + (at[length] == ':');
	}
	return NULL;
}
