/* sandbox/host.c - the live daemon that the docker client would use: DOCKER_HOST, the current
 * context, known sockets */
#include "private.h"

#include "engine.h"
#include "json.h"

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

static cJSON *read_json_file(const char *path)
{
	cleanup_buf struct buf text = {0};
	return file_read(path, 1 << 20, &text, NULL) ? json_parse(&text) : NULL;
}

static char *current_context(const char *config)
{
	const char *variable = getenv("DOCKER_CONTEXT");
	if (variable != NULL && *variable != '\0')
		return xstrdup(variable);
	cleanup_free char *path = path_join(config, "config.json");
	cJSON *json = read_json_file(path);
	const char *name = json_get_text(json, "currentContext");
	char *copy = xstrdup(name);
	cJSON_Delete(json);
	return copy;
}

/* The folders below contexts/meta are hashes of names, so look into each. */
static char *context_host(const char *config, const char *name)
{
	cleanup_free char *meta = path_join(config, "contexts/meta");
	DIR *dir = opendir(meta);
	struct dirent *entry;
	char *host = NULL;
	while (dir != NULL && host == NULL && (entry = readdir(dir)) != NULL) {
		cleanup_free char *path = xasprintf("%s/%s/meta.json", meta, entry->d_name);
		cJSON *json = entry->d_name[0] != '.' ? read_json_file(path) : NULL;
		if (text_same(json_get_text(json, "Name"), name))
			host = xstrdup(json_get_text(
				json_get(json_get(json, "Endpoints"), "docker"), "Host"));
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

/* Accepts the kinds of address that the gate can connect to. */
static bool check_kind(const char *host, struct error *err)
{
	static const char *const known[] = {"unix://", "tcp://"};
	static const char ssh[] = "ssh://";
	for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
		if (text_starts(host, known[i]))
			return true;
	if (!text_starts(host, ssh))
		return error_set(err, 0,
			"the daemon's address is '%s', but ropes supports only unix:// and tcp://",
			host);
	const char *account = host + strlen(ssh);
	return error_set(err, 0,
		"the daemon's address is '%s', but ropes does not support SSH. Open a tunnel with `ssh -nNT -L /tmp/docker-remote.sock:/var/run/docker.sock %.*s` and use `--daemon unix:///tmp/docker-remote.sock`",
		host, (int)strcspn(account, "/"), account);
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
			"no daemon found: DOCKER_HOST is not set, and /var/run/docker.sock does not exist");
	if (!check_kind(host, err)) {
		free(host);
		return false;
	}
	if (text_starts(host, "unix://") && !is_socket(host + strlen("unix://"))) {
		error_set(err, 0, "there is no daemon socket at %s", host);
		free(host);
		return false;
	}
	*ret_host = host;
	*ret_tls = text_starts(host, "tcp://") && !text_is_blank(getenv("DOCKER_TLS_VERIFY"))
			   ? xstrdup(tls)
			   : NULL;
	return true;
}

bool sandbox_host_address(char **ret_host, char **ret_tls, struct error *err)
{
	return host_find(NULL, ret_host, ret_tls, err);
}

/* ---- the daemon's description ---- */

static void describe_host(struct sandbox_host *h, const cJSON *info, const cJSON *version)
{
	const cJSON *first = cJSON_GetArrayItem(json_get(version, "Components"), 0);
	const char *component = json_get_text(first, "Name");
	const char *name = json_get_text(info, "Name");
	const char *id = json_get_text(info, "ID");
	h->podman = component != NULL && strstr(component, "Podman") != NULL;
	h->engine = xasprintf("%s %s", h->podman ? "Podman" : "Docker",
		json_get_text_or(version, "Version", _("of an unknown version")));
	h->name = xstrdup(text_is_blank(name) ? _("a machine without a name") : name);
	h->id = xstrdup(text_is_blank(id) ? h->address : id);
	h->limits = host_read_limits(info);
}

static bool ask_host(struct sandbox_host *h, struct error *err)
{
	const struct engine_options options = {.host = h->address, .tls_folder = h->tls_folder};
	struct engine *engine;
	cJSON *info = NULL, *version = NULL;
	if (!engine_open(&options, &engine, err))
		return false;
	bool good = engine_ping(engine, err) && engine_get(engine, "/info", &info, err) &&
		    engine_get(engine, "/version", &version, err);
	if (good)
		describe_host(h, info, version);
	cJSON_Delete(info);
	cJSON_Delete(version);
	engine_close(engine);
	return good;
}

bool sandbox_host_look(const char *wanted, struct sandbox_host *ret, struct error *err)
{
	struct sandbox_host h = {0};
	if (!host_find(wanted, &h.address, &h.tls_folder, err))
		return false;
	if (!ask_host(&h, err)) {
		sandbox_host_finish(&h);
		return false;
	}
	*ret = h;
	return true;
}

void sandbox_host_finish(struct sandbox_host *host)
{
	free(host->address);
	free(host->tls_folder);
	free(host->name);
	free(host->id);
	free(host->engine);
	*host = (struct sandbox_host){0};
}

/* A rootless daemon without a delegated group accepts `-m` and ignores it. Its CgroupDriver is
 * then "none". */
struct sandbox_limits host_read_limits(const cJSON *info)
{
	return (struct sandbox_limits){
		.groups = !text_same(json_get_text(info, "CgroupDriver"), "none"),
		.memory = json_is_true(info, "MemoryLimit"),
		.processes = json_is_true(info, "PidsLimit"),
		.processor = json_is_true(info, "CpuCfsQuota"),
	};
}
