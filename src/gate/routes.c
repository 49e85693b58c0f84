/* gate/routes.c - the policy: for every operation of the Engine API, and those that its reference
 * omits, a row that says all that the guard decides about it. guard.c enforces the columns in
 * their order. An operation without a row does not exist; match_flaw() finds a row that leaves
 * something open before the gate opens.
 *
 * A field that its body's table does not list is refused unless its value is empty, and left out.
 * The rules of query keys are in rules.c, those of fields in values.c, mounts.c and networks.c. */
#include "fields.h"

/* ---- bodies ---- */

#define HOST "it belongs to the host"
static const struct field host_fields[] = {
	/* clang-format off */
	{"Binds", LOOK, gate_check_binds, NULL, NULL},
	{"Mounts", LOOK, gate_check_mounts, NULL, NULL},
	{"Tmpfs", KEEP, NULL, NULL, NULL},
	{"VolumesFrom", LOOK, gate_check_container_names, NULL, NULL},
	{"Links", LOOK, gate_check_container_names, NULL, NULL},
	{"VolumeDriver", DENY, NULL, NULL, "volumes are of the local driver"},
	{"NetworkMode", LOOK, gate_check_network_mode, NULL, NULL},
	{"PidMode", LOOK, gate_check_namespace, NULL, NULL},
	{"IpcMode", LOOK, gate_check_namespace, NULL, NULL},
	{"UTSMode", DENY, NULL, NULL, HOST},
	{"UsernsMode", DENY, NULL, NULL, HOST},
	{"CgroupnsMode", LOOK, gate_check_word, NULL, "private"},
	{"Cgroup", DENY, NULL, NULL, HOST},
	{"CgroupParent", DENY, NULL, NULL, HOST},
	{"Isolation", DENY, NULL, NULL, NULL},
	{"Runtime", LOOK, gate_check_word, NULL, "runc"},
	{"ContainerIDFile", DROP, NULL, NULL, NULL},
	{"Privileged", DENY, NULL, NULL, "a privileged container is root on the host"},
	{"CapAdd", DENY, NULL, NULL, "containers have Docker's ordinary capabilities, or fewer (--cap-drop)"},
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
	{"MaskedPaths", NULLS, NULL, NULL, "they protect the host"},
	{"ReadonlyPaths", NULLS, NULL, NULL, "they protect the host"},
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
	{"Driver", LOOK, gate_check_word, NULL, "local"},
	{"DriverOpts", DENY, NULL, NULL,
		"volumes have no options: they would reach the host's disks"},
	{"Labels", LOOK, gate_check_labels, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};
static const struct field ipam_fields[] = {
	{"Driver", LOOK, gate_check_word, NULL, "default"},
	{"Config", KEEP, NULL, NULL, NULL},
	{"Options", DENY, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};
static const struct field network_fields[] = {
	{"Name", KEEP, NULL, NULL, NULL},
	{"CheckDuplicate", TRUE, NULL, NULL, NULL},
	{"Driver", LOOK, gate_check_word, NULL, "bridge"},
	{"Internal", KEEP, NULL, NULL, NULL},
	{"Labels", LOOK, gate_check_labels, NULL, NULL},
	{"Options", DENY, NULL, NULL,
		"a bridge has no options here: they would reach those of others"},
	{"IPAM", FIELDS, NULL, ipam_fields, NULL},
	{"Scope", DENY, NULL, NULL, NULL},
	{"Attachable", DROP, NULL, NULL, NULL}, /* for swarm networks; compose sends it for all */
	{"Ingress", DENY, NULL, NULL, NULL},
	{"ConfigOnly", DENY, NULL, NULL, NULL},
	{"ConfigFrom", DENY, NULL, NULL, NULL},
	{"EnableIPv6", DENY, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};
static const struct field connect_fields[] = {
	{"Container", KEEP, NULL, NULL, NULL},
	{"EndpointConfig", FIELDS, NULL, networks_endpoint_fields, NULL},
	{"Force", KEEP, NULL, NULL, NULL},
	{NULL, DENY, NULL, NULL, NULL},
};

/* ---- operations ---- */

#define PLUGINS "plugins run as root on the host"
#define SWARM "the swarm is the whole daemon's, and its services may do anything"
#define BUILDKIT "BuildKit's channel cannot be looked into; use DOCKER_BUILDKIT=0"
#define CHECKPOINTS "checkpoints are written where the host says"

const struct route routes[] = {
	/* clang-format off */
	{"GET",    "_ping",                                   SHARED, .raw = true, .unversioned = true},
	{"HEAD",   "_ping",                                   SHARED, .raw = true, .unversioned = true},
	{"GET",    "version",                                 SHARED, .json = answer_show_all},
	{"GET",    "info",                                    SHARED, .json = answer_show_info},
	{"GET",    "events",                                  OWN,    .query = "since until filters", .filters = FILTERS, .judge = gate_judge_events, .line = answer_show_event},
	{"GET",    "system/df",                               OWN,    .since = 25, .query = "type", .json = answer_show_sizes},
	{"POST",   "auth",                                    NONE,   .why = "the daemon would contact any server"},

	{"GET",    "containers/json",                         OWN,    .query = "all limit size filters trunc_cmd", .filters = FILTERS | FILTERS_NAME | FILTERS_OWNER | FILTERS_SINCE, .json = answer_show_containers},
	{"POST",   "containers/create",                       OWN,    .query = "name=name platform=drop", .body = BODY_JSON, .fields = create_fields, .label = GATE_OWNER_LABEL, .judge = gate_judge_create, .json = answer_show_all},
	{"POST",   "containers/prune",                        OWN,    .since = 25, .query = "filters", .filters = FILTERS | FILTERS_OWNER, .json = answer_show_all},
	{"GET",    "containers/{container}/json",             OWN,    .query = "size", .json = answer_show_container},
	{"GET",    "containers/{container}/top",              OWN,    .query = "ps_args=ps", .json = answer_show_all},
	{"GET",    "containers/{container}/logs",             OWN,    .query = "follow stdout stderr since until timestamps tail details", .raw = true},
	{"GET",    "containers/{container}/changes",          OWN,    .json = answer_show_all},
	{"GET",    "containers/{container}/export",           OWN,    .raw = true},
	{"GET",    "containers/{container}/stats",            OWN,    .query = "stream one-shot", .line = answer_show_line},
	{"POST",   "containers/{container}/resize",           OWN,    .query = "h=number w=number", .raw = true},
	{"POST",   "containers/{container}/start",            OWN,    .query = "detachKeys", .raw = true},
	{"POST",   "containers/{container}/stop",             OWN,    .query = "t=number signal=signal", .raw = true},
	{"POST",   "containers/{container}/restart",          OWN,    .query = "t=number signal=signal", .raw = true},
	{"POST",   "containers/{container}/kill",             OWN,    .query = "signal=signal", .raw = true},
	{"POST",   "containers/{container}/update",           OWN,    .body = BODY_JSON, .fields = update_fields, .json = answer_show_all},
	{"POST",   "containers/{container}/rename",           OWN,    .query = "name=needed+name", .raw = true},
	{"POST",   "containers/{container}/pause",            OWN,    .raw = true},
	{"POST",   "containers/{container}/unpause",          OWN,    .raw = true},
	{"POST",   "containers/{container}/attach",           OWN,    .query = "detachKeys logs stream stdin stdout stderr", .tunnel = true},
	{"GET",    "containers/{container}/attach/ws",        NONE,   .why = "attach without the web socket"},
	{"POST",   "containers/{container}/wait",             OWN,    .query = "condition", .line = answer_show_line},
	{"DELETE", "containers/{container}",                  OWN,    .query = "v=on force link=never", .raw = true},
	{"HEAD",   "containers/{container}/archive",          OWN,    .query = "path=needed", .raw = true},
	{"GET",    "containers/{container}/archive",          OWN,    .query = "path=needed", .raw = true},
	{"PUT",    "containers/{container}/archive",          OWN,    .query = "path=needed noOverwriteDirNonDir copyUIDGID", .body = BODY_FILE, .raw = true},
	{"POST",   "containers/{container}/copy",             NONE,   .why = "it was replaced by archive"},
	{"GET",    "containers/{container}/checkpoints",      NONE,   .why = CHECKPOINTS},
	{"POST",   "containers/{container}/checkpoints",      NONE,   .why = CHECKPOINTS},
	{"DELETE", "containers/{container}/checkpoints/{word}", NONE,   .why = CHECKPOINTS},
	{"POST",   "containers/{container}/exec",             OWN,    .body = BODY_JSON, .fields = exec_fields, .json = answer_show_all},
	{"POST",   "exec/{exec}/start",                       OWN,    .body = BODY_MAYBE_JSON, .fields = exec_start_fields, .tunnel = true},
	{"POST",   "exec/{exec}/resize",                      OWN,    .query = "h=number w=number", .raw = true},
	{"GET",    "exec/{exec}/json",                        OWN,    .json = answer_show_all},

	{"GET",    "images/json",                             SHARED, .query = "all filters digests shared-size only_ids manifests", .filters = FILTERS | FILTERS_NAME, .json = answer_show_images},
	{"POST",   "images/create",                           SHARED, .query = "fromImage tag platform=drop fromSrc repo message changes=changes", .body = BODY_IMPORT, .judge = gate_judge_pull, .line = image_names_pull_line},
	{"GET",    "images/search",                           NONE,   .why = "the daemon would go out to the network"},
	{"POST",   "images/prune",                            OWN,    .since = 25, .query = "filters", .filters = FILTERS | FILTERS_DANGLING, .act = image_remove_prune},
	{"GET",    "images/get",                              SHARED, .query = "names=needed+image platform", .raw = true},
	{"POST",   "images/load",                             OWN,    .query = "quiet platform=drop", .body = BODY_FILE, .judge = gate_judge_load, .line = image_names_load_line},
	{"GET",    "images/{image}/json",                     SHARED, .query = "manifests", .json = answer_show_image},
	{"GET",    "images/{image}/history",                  SHARED, .query = "platform", .json = answer_show_history},
	{"GET",    "images/{image}/get",                      SHARED, .raw = true},
	{"POST",   "images/{repository}/push",                SHARED, .query = "tag=needed platform", .judge = gate_judge_push, .line = answer_show_line, .anonymous = true},
	{"POST",   "images/{image}/tag",                      SHARED, .query = "repo=needed+reference tag force", .raw = true},
	{"DELETE", "images/{image}",                          OWN,    .query = "force noprune", .judge = gate_judge_image_remove, .json = answer_show_removed},
	{"POST",   "commit",                                  OWN,    .query = "container=needed+container repo=reference tag comment author pause changes=changes", .body = BODY_MAYBE_JSON, .fields = commit_fields, .label = GATE_IMAGE_LABEL, .json = answer_show_all},
	{"POST",   "build",                                   OWN,    .query = "t=reference dockerfile q nocache pull=drop rm=on forcerm=on buildargs labels=label networkmode=network target memory memswap cpuperiod cpuquota cpushares cpusetcpus=never cpusetmems=never cgroupparent=drop shmsize ulimits=never version=classic cachefrom remote=never extrahosts=never platform=never", .body = BODY_TAR, .line = image_names_pull_line},
	{"POST",   "build/prune",                             OWN,    .since = 31, .query = "all filters keep-storage", .act = filters_prune_nothing},
	{"POST",   "build/cancel",                            NONE,   .why = BUILDKIT},
	{"GET",    "distribution/{image}/json",               NONE,   .why = "the daemon would contact any registry"},

	{"GET",    "volumes",                                 OWN,    .query = "filters", .filters = FILTERS | FILTERS_NAME, .json = answer_show_volumes},
	{"POST",   "volumes/create",                          OWN,    .body = BODY_JSON, .fields = volume_fields, .label = GATE_OWNER_LABEL, .judge = gate_judge_volume_create, .json = answer_show_volume},
	{"POST",   "volumes/prune",                           OWN,    .since = 25, .query = "filters", .filters = FILTERS | FILTERS_OWNER, .json = answer_show_all},
	{"GET",    "volumes/{volume}",                        OWN,    .json = answer_show_volume},
	{"DELETE", "volumes/{volume}",                        OWN,    .query = "force", .raw = true},

	{"GET",    "networks",                                SHARED, .query = "filters", .filters = FILTERS | FILTERS_NAME, .json = answer_show_networks},
	{"POST",   "networks/create",                         OWN,    .body = BODY_JSON, .fields = network_fields, .label = GATE_OWNER_LABEL, .judge = gate_judge_network_create, .json = answer_show_all},
	{"POST",   "networks/prune",                          OWN,    .since = 25, .query = "filters", .filters = FILTERS | FILTERS_OWNER, .json = answer_show_all},
	{"GET",    "networks/{network}",                      SHARED, .query = "verbose scope", .json = answer_show_network},
	{"DELETE", "networks/{network}",                      OWN,    .raw = true},
	{"POST",   "networks/{network}/connect",              SHARED, .body = BODY_JSON, .fields = connect_fields, .judge = gate_judge_connect, .raw = true},
	{"POST",   "networks/{network}/disconnect",           SHARED, .body = BODY_MAYBE_JSON, .fields = connect_fields, .judge = gate_judge_disconnect, .raw = true},

	{"POST",   "session",                                 NONE,   .why = BUILDKIT},
	{"POST",   "grpc",                                    NONE,   .why = BUILDKIT},
	{"GET",    "plugins/{word}/json",                     ABSENT, .why = "no such plugin"},
	{"*",      "plugins/{rest}",                          NONE,   .why = PLUGINS},
	{"*",      "swarm/{rest}",                            NONE,   .why = SWARM},
	{"*",      "nodes/{rest}",                            NONE,   .why = SWARM},
	{"*",      "services/{rest}",                         NONE,   .why = SWARM},
	{"*",      "tasks/{rest}",                            NONE,   .why = SWARM},
	{"*",      "secrets/{rest}",                          NONE,   .why = SWARM},
	{"*",      "configs/{rest}",                          NONE,   .why = SWARM},
	{"*",      "debug/{rest}",                            NONE,   .why = "it shows the daemon's inside"},
	/* clang-format on */
};
const size_t routes_count = ARRAY_LENGTH(routes);
