/* cli/value.c - checks whether docker accepts a value, and if not, what it expects */
#include "cli.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- numbers ---- */

static bool is_decimal(const char *text, size_t length)
{
	size_t digits = 0, points = 0, at = 0;
	at += length > 0 && (text[0] == '-' || text[0] == '+');
	for (; at < length; at++) {
		digits += isdigit((unsigned char)text[at]) != 0;
		points += text[at] == '.';
		if (!isdigit((unsigned char)text[at]) && text[at] != '.')
			return false;
	}
	return digits > 0 && points <= 1;
}

static char *check_integer(const char *value)
{
	char *end;
	(void)strtoll(value, &end, 0);
	return end != value && *end == '\0' ? NULL : xstrdup(_("It has to be a whole number."));
}

static char *check_decimal(const char *value)
{
	return is_decimal(value, strlen(value))
		       ? NULL
		       : xstrdup(_("It has to be a number, as in `1.5`, without a unit."));
}

/* docker/go-units, RAMInBytes */
static char *check_bytes(const char *value)
{
	size_t number = strcspn(value, "bBkKmMgGtTpPiI ");
	const char *unit = value + number + strspn(value + number, " ");
	static const char *const units[] = {"", "b", "k", "kb", "kib", "m", "mb", "mib", "g", "gb",
		"gib", "t", "tb", "tib", "p", "pb", "pib"};
	bool good =
		is_decimal(value, number) && text_is_one_of_fold(unit, units, ARRAY_LENGTH(units));
	return good ? NULL
		    : xstrdup(_(
			      "A size is a number and a unit without a blank between them: b, k, m or g, as in `512m`."));
}

/* Go's time.ParseDuration: "1m30s" */
static char *check_duration(const char *value)
{
	static const char *const units[] = {"ns", "us", "µs", "ms", "s", "m", "h"};
	const char *at = value + (*value == '-' || *value == '+');
	bool good = *at != '\0';
	if (text_same(at, "0"))
		return NULL;
	while (good && *at != '\0') {
		size_t number = strspn(at, "0123456789."), length;
		length = strcspn(at + number, "0123456789.");
		cleanup_free char *unit = xstrndup(at + number, length);
		good = is_decimal(at, number) && text_is_one_of(unit, units, ARRAY_LENGTH(units));
		at += number + length;
	}
	return good ? NULL
		    : xstrdup(_(
			      "A duration is a number with its unit: s, m or h, as in `30s` or `1m30s`."));
}

/* ---- addresses and ports ---- */

static bool is_ip(const char *text)
{
	unsigned char bytes[16];
	return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static bool is_port(const char *text, size_t length)
{
	cleanup_free char *number = xstrndup(text, length);
	long long port;
	return text_number(number, 0, 65535, &port);
}

/* "8080" or "8080-8090" */
static bool is_port_range(const char *text)
{
	size_t first = strcspn(text, "-");
	return is_port(text, first) &&
	       (text[first] == '\0' || is_port(text + first + 1, strlen(text + first + 1)));
}

static char *check_port_of(const char *text, const char *missing)
{
	if (*text == '\0')
		return xstrdup(missing);
	if (!is_port_range(text))
		return xasprintf(
			_("`%s` is not a port: a port is a number from 0 to 65535."), text);
	return NULL;
}

/* The number of ports in "8080" or "8080-8090"; 0: the range is empty. */
static long long count_ports(const char *text)
{
	size_t first = strcspn(text, "-");
	long long begin = strtoll(text, NULL, 10);
	long long end = text[first] == '-' ? strtoll(text + first + 1, NULL, 10) : begin;
	return end >= begin ? end - begin + 1 : 0;
}

/* Docker may choose from several ports of the host for one of the container. */
static char *check_port_counts(const char *host, const char *container)
{
	long long outside = count_ports(host), inside = count_ports(container);
	if (outside == 0 || inside == 0)
		return xasprintf(_("The range `%s` ends before it begins."),
			outside == 0 ? host : container);
	if (outside == inside || inside == 1)
		return NULL;
	return xasprintf(
		_("`%s` and `%s` have different numbers of ports; two ranges must have the same length."),
		host, container);
}

/* "published=8080,target=80" */
static char *check_port_pairs(const char *value)
{
	for (const char *part = value; *part != '\0';) {
		size_t length = strcspn(part, ",");
		if (memchr(part, '=', length) == NULL)
			return xasprintf(
				_("`%.*s` has no `=`: the long form is KEY=VALUE with commas, as in `published=8080,target=80`."),
				(int)length, part);
		part += length + (part[length] == ',');
	}
	return NULL;
}

/* "[[IP:]HOST_PORT:]CONTAINER_PORT[/PROTOCOL]" */
static char *check_port(const char *value)
{
	static const char *const protocols[] = {"tcp", "udp", "sctp"};
	if (strchr(value, '=') != NULL)
		return check_port_pairs(value);
	cleanup_free char *ports = xstrdup(value);
	char *slash = strrchr(ports, '/');
	if (slash != NULL && !text_is_one_of_fold(slash + 1, protocols, ARRAY_LENGTH(protocols)))
		return xasprintf(
			_("`%s` is not a protocol: `tcp`, `udp` or `sctp` may follow the slash."),
			slash + 1);
	if (slash != NULL)
		*slash = '\0';
	char *colon = strrchr(ports, ':');
	char *why = check_port_of(colon != NULL ? colon + 1 : ports,
		_("The port of the container is missing; it is written HOST_PORT:CONTAINER_PORT, as in `8080:80`."));
	if (why == NULL && colon == NULL && count_ports(ports) == 0)
		return xasprintf(
			_("`%s` is a range that ends before it begins; between two ports stands a colon."),
			ports);
	if (why != NULL || colon == NULL)
		return why;
	*colon = '\0';
	const char *container = colon + 1;
	char *address = ports, *host = strrchr(ports, ':');
	if (host != NULL) {
		*host++ = '\0';
		size_t length = strlen(address);
		if (length > 1 && address[0] == '[' && address[length - 1] == ']') {
			address[length - 1] = '\0';
			address++;
		}
		if (*address != '\0' && !is_ip(address))
			return xasprintf(
				_("`%s` is not an IP address; what comes before two ports has to be one."),
				address);
		if (*host == '\0')
			return NULL;
	} else {
		host = ports;
		if (is_ip(host))
			return xasprintf(
				_("An address comes before two ports, the host's and the container's, as in `%s:8080:%s`."),
				host, container);
	}
	why = check_port_of(host,
		_("The port of the host is missing; it is written HOST_PORT:CONTAINER_PORT, as in `8080:80`."));
	return why != NULL ? why : check_port_counts(host, container);
}

static char *check_ip(const char *value)
{
	return is_ip(value) ? NULL : xstrdup(_("It has to be an IP address, as in `10.0.0.2`."));
}

static char *check_host_ip(const char *value)
{
	size_t host = strcspn(value, ":=");
	return host > 0 && value[host] != '\0' && value[host + 1] != '\0'
		       ? NULL
		       : xstrdup(_("It has to be HOST:IP, as in `db:10.0.0.2`."));
}

static char *check_mac(const char *value)
{
	size_t digits = 0;
	for (const char *c = value; *c != '\0'; c++)
		digits += isxdigit((unsigned char)*c) != 0;
	return digits == 12 && strlen(value) == 17
		       ? NULL
		       : xstrdup(_(
				 "It has to be six pairs of hexadecimal digits, as in `02:42:ac:11:00:02`."));
}

/* ---- mounts ---- */

static bool is_windows_path(const char *text)
{
	return isalpha((unsigned char)text[0]) && text[1] == ':' &&
	       (text[2] == '\\' || text[2] == '/');
}

static char *check_volume_mode(const char *modes)
{
	static const char *const known[] = {"ro", "rw", "z", "Z", "nocopy", "cached", "delegated",
		"consistent", "shared", "rshared", "slave", "rslave", "private", "rprivate",
		/* podman's */
		"U", "O", "bind", "rbind", "copy", "nocreate", "idmap", "exec", "noexec", "dev",
		"nodev", "suid", "nosuid"};
	while (*modes != '\0') {
		size_t length = strcspn(modes, ",");
		cleanup_free char *mode = xstrndup(modes, length);
		if (!text_is_one_of(mode, known, ARRAY_LENGTH(known)))
			return xasprintf(
				_("`%s` is not a mode of a mount; `ro` and `rw` are."), mode);
		modes += length + (modes[length] == ',');
	}
	return NULL;
}

/* "[SOURCE:]TARGET[:MODE]" */
static char *check_volume(const char *value)
{
	if (is_windows_path(value))
		return NULL;
	if (isalpha((unsigned char)value[0]) && value[1] == ':' && isalpha((unsigned char)value[2]))
		return xstrdup(_(
			"A path of Windows has to stand in quotes: outside of them the shell takes its backslashes away."));
	size_t source = strcspn(value, ":");
	const char *target = value[source] != '\0' ? value + source + 1 : value;
	size_t length = strcspn(target, ":");
	const char *mode = target[length] != '\0' ? target + length + 1 : "";
	bool is_open = *mode == '\0' && text_ends(value, ":");
	if (*value == '\0' || source == 0 || *target == '\0' || length == 0 || is_open)
		return xstrdup(_(
			"A mount is written SOURCE:TARGET or SOURCE:TARGET:MODE, and one of these parts is empty."));
	if (target == value && target[0] != '/')
		return xasprintf(
			_("`%s` alone is neither SOURCE:TARGET nor a path in the container, which begins with `/`."),
			value);
	if (target[0] != '/' && !is_windows_path(target))
		return xasprintf(
			_("The path in the container has to begin with `/`, and `%.*s` does not."),
			(int)length, target);
	if (strchr(mode, ':') != NULL)
		return xstrdup(_("A mount has at most three parts: SOURCE:TARGET:MODE."));
	if (target != value && strchr("/.~$", value[0]) == NULL &&
		memchr(value, '/', source) != NULL)
		return NULL; /* relative paths work since 23.0 */
	return check_volume_mode(mode);
}

/* Go's strconv.ParseBool */
static bool is_switch_value(const char *value)
{
	static const char *const words[] = {
		"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"};
	return text_is_one_of(value, words, ARRAY_LENGTH(words));
}

/* Comma-separated KEY=VALUE; flags have no value. */
static char *check_mount(const char *value)
{
	static const char *const keys[] = {"type", "source", "src", "target", "destination", "dst",
		"readonly", "ro", "bind-propagation", "bind-nonrecursive", "bind-recursive",
		"bind-create-src", "consistency", "volume-nocopy", "volume-label", "volume-driver",
		"volume-opt", "volume-subpath", "image-subpath", "tmpfs-size", "tmpfs-mode"};
	static const char *const types[] = {"bind", "volume", "tmpfs", "npipe", "image", "cluster"};
	static const char *const switches[] = {
		"readonly", "ro", "bind-nonrecursive", "bind-create-src", "volume-nocopy"};
	bool has_target = false;
	for (const char *at = value; *at != '\0';) {
		size_t length = strcspn(at, ","), name = strcspn(at, "=,");
		cleanup_free char *key = xstrndup(at, name);
		const char *word = at[name] == '=' ? at + name + 1 : "";
		cleanup_free char *text = xstrndup(word, *word != '\0' ? length - name - 1 : 0);
		text_lower(key);
		if (!text_is_one_of(key, keys, ARRAY_LENGTH(keys)))
			return xasprintf(
				_("`%s` is not a key of --mount; `type`, `source`, `target` and `readonly` are, as KEY=VALUE with commas between them."),
				key);
		if (text_same(key, "type") &&
			!text_is_one_of_fold(text, types, ARRAY_LENGTH(types)))
			return xasprintf(
				_("`%s` is not a type of mount: `bind`, `volume` and `tmpfs` are."),
				text);
		if (*text != '\0' && text_is_one_of(key, switches, ARRAY_LENGTH(switches)) &&
			!is_switch_value(text))
			return xasprintf(
				_("`%s` is a switch: it takes `true` or `false`, or no value at all."),
				key);
		has_target = has_target || text_same(key, "target") || text_same(key, "dst") ||
			     text_same(key, "destination");
		at += length + (at[length] == ',');
	}
	return has_target ? NULL
			  : xstrdup(_("A mount needs `target=`, the path in the container."));
}

static char *check_tmpfs(const char *value)
{
	return value[0] == '/'
		       ? NULL
		       : xstrdup(_("It has to be a path in the container, which begins with `/`."));
}

static char *check_path(const char *value)
{
	return value[0] == '/' || is_windows_path(value)
		       ? NULL
		       : xstrdup(_("A path in the container begins with `/`."));
}

/* ---- words ---- */

static char *check_env(const char *value)
{
	return value[0] == '=' || *value == '\0'
		       ? xstrdup(_("The name of the variable is missing before `=`."))
		       : NULL;
}

static char *check_ulimit(const char *value)
{
	const char *equals = strchr(value, '=');
	return equals != NULL && equals != value &&
			       equals[1 + strspn(equals + 1, "0123456789:-")] == '\0' &&
			       equals[1] != '\0'
		       ? NULL
		       : xstrdup(_(
				 "It has to be NAME=SOFT or NAME=SOFT:HARD, as in `nofile=1024:2048`."));
}

static char *check_device_rate(const char *value)
{
	return value[0] == '/' && strchr(value, ':') != NULL
		       ? NULL
		       : xstrdup(_("It has to be DEVICE:RATE, as in `/dev/sda:1mb`."));
}

/* Checks the key of "name=web" against "name|status|…". */
static char *check_filter(const char *value, const char *keys)
{
	size_t length = strcspn(value, "=");
	size_t key = strcspn(value, "=!");
	bool is_known = false;
	for (const char *at = keys; at != NULL && *at != '\0' && !is_known; at += strspn(at, "|")) {
		size_t known = strcspn(at, "|");
		is_known = known == key && strncmp(at, value, key) == 0;
		at += known;
	}
	static const char *const states[] = {
		"created", "running", "paused", "restarting", "exited", "dead"};
	if (keys != NULL && strstr(keys, "status") != NULL &&
		text_is_one_of(value, states, ARRAY_LENGTH(states)))
		return xasprintf(_("A filter is written KEY=VALUE, as in `status=%s`."), value);
	if (value[length] == '\0')
		return xasprintf(is_known ? _("A filter is written KEY=VALUE, as in `%s=VALUE`.")
					  : _("A filter is written KEY=VALUE, as in `name=%s`."),
			value);
	return keys == NULL || is_known
		       ? NULL
		       : xasprintf(_("`%.*s` is not a key of this filter: %s are."), (int)key,
				 value, keys);
}

/* A Go template: brackets must balance. */
static char *check_format(const char *value)
{
	size_t open = 0, closed = 0, single = 0;
	for (const char *c = value; *c != '\0'; c++) {
		if (c[0] == '{' && c[1] == '{')
			open++, c++;
		else if (c[0] == '}' && c[1] == '}')
			closed++, c++;
		else if (*c == '{' || *c == '}')
			single++;
	}
	if (open != closed)
		return xstrdup(_("Each `{{` of a template needs a `}}`."));
	if (open == 0 && single > 0)
		return xstrdup(_("A template has two braces on each side, as in `{{.Names}}`."));
	return NULL;
}

/* "no|on-failure[:N]|always": capitals are placeholders, and N is a number that may be missing. */
static bool fits_value(const char *value, const char *known, size_t length)
{
	size_t fixed = 0;
	while (fixed < length && known[fixed] != '[' && !isupper((unsigned char)known[fixed]))
		fixed++;
	if (strncmp(value, known, fixed) != 0)
		return false;
	const char *rest = value + fixed;
	if (length - fixed == 4 && strncmp(known + fixed, "[:N]", 4) == 0)
		return *rest == '\0' || (*rest == ':' && rest[1] != '\0' &&
						rest[1 + strspn(rest + 1, "0123456789")] == '\0');
	return fixed < length || *rest == '\0';
}

static char *check_enum(const char *value, const char *values)
{
	for (const char *at = values; *at != '\0';) {
		size_t length = strcspn(at, "|");
		if (fits_value(value, at, length))
			return NULL;
		at += length + (at[length] == '|');
	}
	if (text_starts(value, "on-failure:"))
		return xstrdup(_(
			"What follows `on-failure:` has to be a number that is not negative: how often docker starts the container again."));
	cleanup_buf struct buf list = {0};
	for (const char *at = values; *at != '\0';) {
		size_t length = strcspn(at, "|");
		buf_printf(&list, "%s`%.*s`", list.length > 0 ? ", " : "", (int)length, at);
		at += length + (at[length] == '|');
	}
	return xasprintf(_("It has to be one of %s."), buf_text(&list));
}

static char *check_capability(const char *value)
{
	static const char *const known[] = {"all", "audit_control", "audit_read", "audit_write",
		"block_suspend", "bpf", "checkpoint_restore", "chown", "dac_override",
		"dac_read_search", "fowner", "fsetid", "ipc_lock", "ipc_owner", "kill", "lease",
		"linux_immutable", "mac_admin", "mac_override", "mknod", "net_admin",
		"net_bind_service", "net_broadcast", "net_raw", "perfmon", "setfcap", "setgid",
		"setpcap", "setuid", "sys_admin", "sys_boot", "sys_chroot", "sys_module",
		"sys_nice", "sys_pacct", "sys_ptrace", "sys_rawio", "sys_resource", "sys_time",
		"sys_tty_config", "syslog", "wake_alarm"};
	cleanup_free char *name = text_lower(xstrdup(value));
	const char *bare = text_starts(name, "cap_") ? name + 4 : name;
	return text_is_one_of(bare, known, ARRAY_LENGTH(known))
		       ? NULL
		       : xstrdup(_(
				 "There is no such capability; `NET_ADMIN` and `SYS_TIME` are two of those there are."));
}

/* Plugins add drivers and runtimes, and an enum with a placeholder accepts anything. */
static bool is_closed(const struct cli_option *option)
{
	static const char *const open[] = {"--log-driver", "--volume-driver", "--driver",
		"--security-opt", "--provenance", "--sbom", "--runtime", "--builder", "--output",
		"--format", "--detach-keys", "--stop-signal", "--signal"};
	if (option->values == NULL || text_is_one_of(option->name, open, ARRAY_LENGTH(open)))
		return false;
	for (const char *at = option->values; *at != '\0';) {
		size_t length = strcspn(at, "|");
		if (isupper((unsigned char)at[0]))
			return false;
		at += length + (at[length] == '|');
	}
	return true;
}

static char *check_flag(const char *value)
{
	return is_switch_value(value)
		       ? NULL
		       : xstrdup(_("It is a switch and takes no value, or `true` or `false`."));
}

char *cli_check_value(const struct cli_option *option, const char *value)
{
	switch (option->value) {
	case CLI_FLAG:
		return check_flag(value);
	case CLI_INTEGER:
		return check_integer(value);
	case CLI_DECIMAL:
		return check_decimal(value);
	case CLI_BYTES:
		return check_bytes(value);
	case CLI_DURATION:
		return check_duration(value);
	case CLI_ENUM:
		return is_closed(option) ? check_enum(value, option->values) : NULL;
	case CLI_PORT:
		return check_port(value);
	case CLI_VOLUME:
		return check_volume(value);
	case CLI_MOUNT:
		return check_mount(value);
	case CLI_TMPFS:
		return check_tmpfs(value);
	case CLI_IP:
		return check_ip(value);
	case CLI_HOST_IP:
		return check_host_ip(value);
	case CLI_MAC:
		return check_mac(value);
	case CLI_ULIMIT:
		return check_ulimit(value);
	case CLI_DEVICE_RATE:
		return check_device_rate(value);
	case CLI_FILTER:
		return check_filter(value, option->values);
	case CLI_FORMAT:
		return check_format(value);
	case CLI_ENV:
		return check_env(value);
	case CLI_PATH:
		return text_same(option->name, "--workdir") ? check_path(value) : NULL;
	case CLI_CAPABILITY:
		return check_capability(value);
	case CLI_IMAGE:
		return cli_check_image(value);
	case CLI_TEXT:
		return text_same(option->name, "--name") ? cli_check_name(value) : NULL;
	case CLI_FILE:
	case CLI_PLATFORM:
		return NULL;
	}
	return NULL;
}

bool cli_is_good_value(const struct cli_option *option, const char *value)
{
	char *why = cli_check_value(option, value);
	free(why);
	return why == NULL;
}
