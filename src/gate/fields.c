/* gate/fields.c - the policy for bodies: a table of fields for each. Refuse a field that is in
 * no table unless its value is empty, and leave it out */
#include "fields.h"

#include <stdlib.h>
#include <string.h>

/* ---- the tables ---- */

#define HOST "it belongs to the host"
static const struct field host_fields[] = {
	/* clang-format off */
	{"Binds", LOOK, gate_check_binds, NULL, NULL},
	{"Mounts", LOOK, gate_check_mounts, NULL, NULL},
	{"Tmpfs", KEEP, NULL, NULL, NULL},
	{"VolumesFrom", LOOK, gate_check_container_names, NULL, NULL},
	{"Links", LOOK, gate_check_container_names, NULL, NULL},
	{"VolumeDriver", DENY, NULL, NULL, "volumes must use the local driver"},
	{"NetworkMode", LOOK, gate_check_network_mode, NULL, NULL},
	{"PidMode", LOOK, gate_check_namespace, NULL, NULL},
	{"IpcMode", LOOK, gate_check_namespace, NULL, NULL},
	{"UTSMode", DENY, NULL, NULL, HOST},
	{"UsernsMode", DENY, NULL, NULL, HOST},
	{"CgroupnsMode", LOOK, gate_check_cgroupns, NULL, NULL},
	{"Cgroup", DENY, NULL, NULL, HOST},
	{"CgroupParent", DENY, NULL, NULL, HOST},
	{"Isolation", DENY, NULL, NULL, NULL},
	{"Runtime", LOOK, gate_check_runtime, NULL, NULL},
	{"ContainerIDFile", DROP, NULL, NULL, NULL},
	{"Privileged", DENY, NULL, NULL, "a privileged container is root on the host"},
	{"CapAdd", DENY, NULL, NULL, "containers may have Docker's default capabilities, or fewer (--cap-drop)"},
	{"CapDrop", KEEP, NULL, NULL, NULL},
	{"Capabilities", DENY, NULL, NULL, NULL},
	{"Devices", DENY, NULL, NULL, HOST},
	{"DeviceRequests", DENY, NULL, NULL, HOST},
	{"DeviceCgroupRules", DENY, NULL, NULL, HOST},
	{"Sysctls", DENY, NULL, NULL, HOST},
	{"GroupAdd", DENY, NULL, NULL, NULL},
	{"StorageOpt", DENY, NULL, NULL, NULL},
	{"OomScoreAdj", DENY, NULL, NULL, HOST},
	{"OomKillDisable", DENY, NULL, NULL, HOST},
	{"MemorySwappiness", KEEP, NULL, NULL, NULL},
	{"MaskedPaths", DROP, NULL, NULL, NULL},
	{"ReadonlyPaths", DROP, NULL, NULL, NULL},
	{"SecurityOpt", LOOK, gate_check_security, NULL, NULL},
	{"Memory", KEEP, NULL, NULL, NULL},
	{"MemoryReservation", KEEP, NULL, NULL, NULL},
	{"MemorySwap", KEEP, NULL, NULL, NULL},
	{"NanoCpus", KEEP, NULL, NULL, NULL},
	{"CpuShares", KEEP, NULL, NULL, NULL},
	{"CpuQuota", KEEP, NULL, NULL, NULL},
	{"CpuPeriod", KEEP, NULL, NULL, NULL},
	{"PidsLimit", KEEP, NULL, NULL, NULL},
	{"CpusetCpus", KEEP, NULL, NULL, NULL},
	{"CpusetMems", KEEP, NULL, NULL, NULL},
	{"BlkioWeight", KEEP, NULL, NULL, NULL},
	{"Ulimits", KEEP, NULL, NULL, NULL},
	{"ShmSize", KEEP, NULL, NULL, NULL},
	{"PortBindings", LOOK, gate_check_ports, NULL, NULL},
	{"PublishAllPorts", KEEP, NULL, NULL, NULL},
	{"RestartPolicy", LOOK, gate_check_restart, NULL, NULL},
	{"AutoRemove", KEEP, NULL, NULL, NULL},
	{"ReadonlyRootfs", KEEP, NULL, NULL, NULL},
	{"Init", KEEP, NULL, NULL, NULL},
	{"Dns", KEEP, NULL, NULL, NULL},
	{"DnsSearch", KEEP, NULL, NULL, NULL},
	{"DnsOptions", KEEP, NULL, NULL, NULL},
	{"ConsoleSize", DROP, NULL, NULL, NULL},
	{"ExtraHosts", LOOK, gate_check_hosts, NULL, NULL},
	{"LogConfig", LOOK, gate_check_log, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
	/* clang-format on */
};

#define CONFIG_FIELDS                                                                              \
	{"Hostname", KEEP, NULL, NULL, NULL}, {"Domainname", KEEP, NULL, NULL, NULL},              \
		{"User", KEEP, NULL, NULL, NULL}, {"AttachStdin", KEEP, NULL, NULL, NULL},         \
		{"AttachStdout", KEEP, NULL, NULL, NULL},                                          \
		{"AttachStderr", KEEP, NULL, NULL, NULL}, {"Tty", KEEP, NULL, NULL, NULL},         \
		{"OpenStdin", KEEP, NULL, NULL, NULL}, {"StdinOnce", KEEP, NULL, NULL, NULL},      \
		{"Env", KEEP, NULL, NULL, NULL}, {"Cmd", KEEP, NULL, NULL, NULL},                  \
		{"Entrypoint", KEEP, NULL, NULL, NULL}, {"Shell", KEEP, NULL, NULL, NULL},         \
		{"ArgsEscaped", KEEP, NULL, NULL, NULL}, {"StopSignal", KEEP, NULL, NULL, NULL},   \
		{"StopTimeout", KEEP, NULL, NULL, NULL},                                           \
		{"NetworkDisabled", KEEP, NULL, NULL, NULL},                                       \
		{"WorkingDir", LOOK, gate_check_folder, NULL, NULL},                               \
		{"ExposedPorts", LOOK, gate_check_exposed_ports, NULL, NULL},                      \
		{"Volumes", LOOK, gate_check_volumes, NULL, NULL},                                 \
		{"Healthcheck", LOOK, gate_check_health, NULL, NULL},                              \
		{"Labels", LOOK, gate_check_labels, NULL, NULL},                                   \
		{"MacAddress", DENY, NULL, NULL, NULL},                                            \
	{                                                                                          \
		"OnBuild", DENY, NULL, NULL, NULL                                                  \
	}

static const struct field networking_fields[] = {
	{"EndpointsConfig", LOOK, gate_check_endpoints, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};
static const struct field create_fields[] = {
	CONFIG_FIELDS,
	{"Image", LOOK, gate_check_image, NULL, NULL},
	{"HostConfig", FIELDS, NULL, host_fields, NULL},
	{"NetworkingConfig", FIELDS, NULL, networking_fields, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};
static const struct field commit_fields[] = {
	CONFIG_FIELDS,
	{"Image", DROP, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};
static const struct field update_fields[] = {
	{"CpuQuota", KEEP, NULL, NULL, NULL},
	{"CpuPeriod", KEEP, NULL, NULL, NULL},
	{"CpusetCpus", KEEP, NULL, NULL, NULL},
	{"CpusetMems", KEEP, NULL, NULL, NULL},
	{"BlkioWeight", KEEP, NULL, NULL, NULL},
	{"Memory", KEEP, NULL, NULL, NULL},
	{"MemoryReservation", KEEP, NULL, NULL, NULL},
	{"MemorySwap", KEEP, NULL, NULL, NULL},
	{"NanoCpus", KEEP, NULL, NULL, NULL},
	{"CpuShares", KEEP, NULL, NULL, NULL},
	{"PidsLimit", KEEP, NULL, NULL, NULL},
	{"RestartPolicy", LOOK, gate_check_restart, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};
static const struct field exec_fields[] = {
	{"AttachStdin", KEEP, NULL, NULL, NULL},
	{"AttachStdout", KEEP, NULL, NULL, NULL},
	{"AttachStderr", KEEP, NULL, NULL, NULL},
	{"Detach", KEEP, NULL, NULL, NULL},
	{"DetachKeys", KEEP, NULL, NULL, NULL},
	{"Tty", KEEP, NULL, NULL, NULL},
	{"Env", KEEP, NULL, NULL, NULL},
	{"Cmd", KEEP, NULL, NULL, NULL},
	{"User", KEEP, NULL, NULL, NULL},
	{"WorkingDir", LOOK, gate_check_folder, NULL, NULL},
	{"ConsoleSize", KEEP, NULL, NULL, NULL},
	{"Privileged", DENY, NULL, NULL, "a privileged process is root on the host"},
	{NULL, DENY, NULL, NULL, NULL},
};
static const struct field exec_start_fields[] = {
	{"Detach", KEEP, NULL, NULL, NULL},
	{"Tty", KEEP, NULL, NULL, NULL},
	{"ConsoleSize", KEEP, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};
static const struct field volume_fields[] = {
	{"Name", KEEP, NULL, NULL, NULL},
	{"Driver", KEEP, NULL, NULL, NULL},
	{"DriverOpts", DENY, NULL, NULL,
		"volumes may have no options: these could reach the host's disks"},
	{"Labels", LOOK, gate_check_labels, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};
/* ---- whole bodies ---- */

/* "systempaths=unconfined" arrives as two empty lists, which carry meaning although they are
 * empty. */
static bool judge_system_paths(struct request *r)
{
	const cJSON *host = json_get(r->body, "HostConfig");
	return (!cJSON_IsArray(json_get(host, "MaskedPaths")) &&
		       !cJSON_IsArray(json_get(host, "ReadonlyPaths"))) ||
	       request_refuse(r, 403, "HostConfig.MaskedPaths",
		       "HostConfig.MaskedPaths and ReadonlyPaths protect the host and cannot be changed");
}

bool gate_judge_create(struct request *r)
{
	const char *given = target_query(&r->target, "name");
	cleanup_free char *name =
		given != NULL && *given != '\0' ? xstrdup(given + (*given == '/')) : NULL;
	target_remove(&r->target, "platform");
	if ((name != NULL && !gate_judge_name(r, name)) || !judge_system_paths(r) ||
		!walk_fields(r, "", r->body, create_fields))
		return false;
	walk_put_owner(r->gate, r->body);
	if (name == NULL)
		return true;
	cleanup_free char *full = names_for_daemon(r->gate, name);
	target_set(&r->target, "name", full);
	networks_put_aliases(r, name);
	return true;
}

bool gate_judge_update(struct request *r)
{
	return walk_fields(r, "", r->body, update_fields);
}

bool gate_judge_exec(struct request *r)
{
	return walk_fields(r, "", r->body, exec_fields);
}

bool gate_judge_exec_start(struct request *r)
{
	return walk_fields(r, "", r->body, exec_start_fields);
}

/* Each change is a line of a Dockerfile. */
static bool judge_changes(struct request *r)
{
	static const char *const allowed[] = {"CMD", "ENTRYPOINT", "ENV", "EXPOSE", "USER",
		"WORKDIR", "STOPSIGNAL", "LABEL", "VOLUME", "ONBUILD", "HEALTHCHECK"};
	for (size_t i = 0; i < r->target.query_count; i++) {
		if (!text_same(r->target.query[i].name, "changes"))
			continue;
		const char *text =
			r->target.query[i].value + strspn(r->target.query[i].value, " \t");
		cleanup_free char *word = xstrndup(text, strcspn(text, " \t"));
		bool good = false;
		const char *rest = text + strlen(word) + strspn(text + strlen(word), " \t");
		for (size_t k = 0; k < ARRAY_LENGTH(allowed); k++)
			good = good || text_same_fold(word, allowed[k]);
		/* a process whose folder is a descriptor of the runtime's would stand outside */
		good = good &&
		       (!text_same_fold(word, "WORKDIR") ||
			       (rest[0] == '/' && strstr(rest, "/proc") == NULL &&
				       strstr(rest, "/fd") == NULL && strchr(rest, '$') == NULL));
		if (!good)
			return request_refuse(
				r, 403, "changes", "changes: %s is not allowed in a commit", word);
	}
	return true;
}

bool gate_judge_commit(struct request *r)
{
	const char *container = target_query(&r->target, "container");
	const char *repository = target_query(&r->target, "repo");
	cleanup_free char *id = NULL;
	if (container == NULL)
		return request_refuse(r, 400, "query", "container: a name is missing");
	if (!owner_find_container(r, container, &id))
		return false;
	target_set(&r->target, "container", id);
	if (!judge_changes(r) ||
		(repository != NULL && *repository != '\0' &&
			!gate_judge_new_reference(
				r, repository, target_query(&r->target, "tag"))) ||
		!walk_fields(r, "", r->body, commit_fields))
		return false;
	walk_put_label(r->body, GATE_IMAGE_LABEL, r->gate->learner);
	return true;
}

bool gate_judge_volume_create(struct request *r)
{
	if (!walk_fields(r, "", r->body, volume_fields))
		return false;
	const char *driver = json_get_text_or(r->body, "Driver", ""),
		   *name = json_get_text_or(r->body, "Name", "");
	if (*driver != '\0' && !text_same(driver, "local"))
		return request_refuse(r, 403, "Driver", "Driver: only local is allowed");
	if (*name != '\0' && !mounts_is_volume_name(name, strlen(name)))
		return request_refuse(r, 400, "Name", "Name: %s is no name of a volume", name);
	/* the daemon gives an existing volume to anyone who names it */
	cleanup_free char *full = NULL;
	if (*name != '\0' && !mounts_ensure_volume(r, name, &full))
		return false;
	if (full != NULL)
		walk_set_text(json_get(r->body, "Name"), full);
	walk_put_owner(r->gate, r->body);
	return true;
}
