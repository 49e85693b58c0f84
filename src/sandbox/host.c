/* sandbox/host.c - the live daemon that the docker client would use: DOCKER_HOST, the current
 * context, known sockets */
#include "private.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *config_folder(void)
{
	const char *folder = getenv("DOCKER_CONFIG");
	const char *home = getenv("HOME");
	return folder != NULL && *folder != '\0'
		       ? xstrdup(folder)
		       : path_join(home != NULL ? home : "/root", ".docker");
}

static cJSON *read_json(const char *path)
{
	cleanup_buf struct buf text = {0};
	return file_read(path, 1 << 20, &text, NULL)
		       ? cJSON_ParseWithLength(buf_text(&text), text.length)
		       : NULL;
}

static char *current_context(const char *config)
{
	const char *variable = getenv("DOCKER_CONTEXT");
	if (variable != NULL && *variable != '\0')
		return xstrdup(variable);
	cleanup_free char *path = path_join(config, "config.json");
	cJSON *json = read_json(path);
	const char *name =
		cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "currentContext"));
	char *copy = xstrdup(name);
	cJSON_Delete(json);
	return copy;
}

static const cJSON *at(const cJSON *json, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(json, name);
}

/* The folders below contexts/meta are hashes of names: each is looked into. */
static char *context_host(const char *config, const char *name)
{
	cleanup_free char *meta = path_join(config, "contexts/meta");
	DIR *dir = opendir(meta);
	struct dirent *entry;
	char *host = NULL;
	while (dir != NULL && host == NULL && (entry = readdir(dir)) != NULL) {
		cleanup_free char *path = xasprintf("%s/%s/meta.json", meta, entry->d_name);
		cJSON *json = entry->d_name[0] != '.' ? read_json(path) : NULL;
		if (text_same(cJSON_GetStringValue(at(json, "Name")), name))
			host = xstrdup(cJSON_GetStringValue(
				at(at(at(json, "Endpoints"), "docker"), "Host")));
		cJSON_Delete(json);
	}
	if (dir != NULL)
		closedir(dir);
	return host;
}

static bool is_socket(const char *path)
{
	struct stat info;
	return stat(path, &info) == 0 && S_ISSOCK(info.st_mode);
}

static char *known_socket(void)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	cleanup_free char *own =
		xasprintf("%s/docker.sock", runtime != NULL ? runtime : "/nonexistent");
	cleanup_free char *podman =
		xasprintf("%s/podman/podman.sock", runtime != NULL ? runtime : "/nonexistent");
	const char *const paths[] = {
		"/var/run/docker.sock", own, podman, "/run/podman/podman.sock"};
	for (size_t i = 0; i < ARRAY_LENGTH(paths); i++)
		if (is_socket(paths[i]))
			return xasprintf("unix://%s", paths[i]);
	return NULL;
}

bool host_find(const char *wanted, char **ret_host, char **ret_tls, struct error *err)
{
	cleanup_free char *config = config_folder();
	const char *variable = getenv("DOCKER_HOST"), *tls = getenv("DOCKER_CERT_PATH");
	char *host = NULL;
	if (!text_is_blank(wanted))
		host = xstrdup(wanted);
	else if (!text_is_blank(variable))
		host = xstrdup(variable);
	if (host == NULL) {
		cleanup_free char *context = current_context(config);
		if (context != NULL && !text_same(context, "default")) {
			host = context_host(config, context);
			if (host == NULL)
				return error_set(
					err, 0, "docker's context '%s' names no daemon", context);
		}
	}
	if (host == NULL)
		host = known_socket();
	if (host == NULL)
		return error_set(err, 0,
			"no daemon is found: DOCKER_HOST is not set, and /var/run/docker.sock is "
			"not there");
	if (text_starts(host, "unix://") && !is_socket(host + strlen("unix://"))) {
		error_set(err, 0, "there is no daemon's socket at %s", host);
		free(host);
		return false;
	}
	*ret_host = host;
	*ret_tls = text_starts(host, "tcp://") && !text_is_blank(getenv("DOCKER_TLS_VERIFY"))
			   ? xstrdup(tls)
			   : NULL;
	return true;
}
