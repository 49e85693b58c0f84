/* cli/podman.c - what podman understands beyond docker's command line. Source: podman's reference,
 * 5.x. */
#include "cli.h"

#include <string.h>

static const struct {
	const char *command;
	struct cli_option option;
} options[] = {
	{"container run", {.name = "--authfile", .value = CLI_FILE}},
	{"container run", {.name = "--conmon-pidfile", .value = CLI_FILE}},
	{"container run", {.name = "--creds", .value = CLI_TEXT}},
	{"container run", {.name = "--decryption-key", .value = CLI_TEXT}},
	{"container run", {.name = "--env-host"}},
	{"container run", {.name = "--env-merge", .value = CLI_ENV}},
	{"container run", {.name = "--group-entry", .value = CLI_TEXT}},
	{"container run", {.name = "--health-on-failure", .value = CLI_TEXT}},
	{"container run", {.name = "--hooks-dir", .value = CLI_FILE}},
	{"container run", {.name = "--http-proxy"}},
	{"container run", {.name = "--image-volume", .value = CLI_TEXT}},
	{"container run", {.name = "--init-path", .value = CLI_FILE}},
	{"container run", {.name = "--no-healthcheck"}},
	{"container run", {.name = "--no-hostname"}},
	{"container run", {.name = "--no-hosts"}},
	{"container run", {.name = "--passwd"}},
	{"container run", {.name = "--passwd-entry", .value = CLI_TEXT}},
	{"container run", {.name = "--personality", .value = CLI_TEXT}},
	{"container run", {.name = "--pidfile", .value = CLI_FILE}},
	{"container run", {.name = "--pod", .value = CLI_TEXT}},
	{"container run", {.name = "--pod-id-file", .value = CLI_FILE}},
	{"container run", {.name = "--preserve-fds", .value = CLI_INTEGER}},
	{"container run", {.name = "--rdt-class", .value = CLI_TEXT}},
	{"container run", {.name = "--read-only-tmpfs"}},
	{"container run", {.name = "--replace"}},
	{"container run", {.name = "--requires", .value = CLI_TEXT}},
	{"container run", {.name = "--rmi"}},
	{"container run", {.name = "--rootfs"}},
	{"container run", {.name = "--sdnotify", .value = CLI_TEXT}},
	{"container run", {.name = "--secret", .value = CLI_TEXT}},
	{"container run", {.name = "--subgidname", .value = CLI_TEXT}},
	{"container run", {.name = "--subuidname", .value = CLI_TEXT}},
	{"container run", {.name = "--systemd", .value = CLI_TEXT}},
	{"container run", {.name = "--timeout", .value = CLI_INTEGER}},
	{"container run", {.name = "--tls-verify"}},
	{"container run", {.name = "--tz", .value = CLI_TEXT}},
	{"container run", {.name = "--umask", .value = CLI_TEXT}},
	{"container run", {.name = "--unsetenv", .value = CLI_TEXT}},
	{"container run", {.name = "--unsetenv-all"}},
	{"container run", {.name = "--uidmap", .value = CLI_TEXT}},
	{"container run", {.name = "--gidmap", .value = CLI_TEXT}},
	{"container run", {.name = "--variant", .value = CLI_TEXT}},
	{"image pull", {.name = "--arch", .value = CLI_TEXT}},
	{"image pull", {.name = "--authfile", .value = CLI_FILE}},
	{"image pull", {.name = "--creds", .value = CLI_TEXT}},
	{"image pull", {.name = "--os", .value = CLI_TEXT}},
	{"image pull", {.name = "--policy", .value = CLI_TEXT}},
	{"image pull", {.name = "--tls-verify"}},
	{"image push", {.name = "--authfile", .value = CLI_FILE}},
	{"image push", {.name = "--creds", .value = CLI_TEXT}},
	{"image push", {.name = "--tls-verify"}},
	{"login", {.name = "--authfile", .value = CLI_FILE}},
	{"login", {.name = "--get-login"}},
	{"login", {.name = "--tls-verify"}},
	{"container attach", {.name = "--latest", .letter = 'l'}},
	{"container exec", {.name = "--latest", .letter = 'l'}},
	{"container inspect", {.name = "--latest", .letter = 'l'}},
	{"container kill", {.name = "--latest", .letter = 'l'}},
	{"container logs", {.name = "--latest", .letter = 'l'}},
	{"container pause", {.name = "--latest", .letter = 'l'}},
	{"container port", {.name = "--latest", .letter = 'l'}},
	{"container restart", {.name = "--latest", .letter = 'l'}},
	{"container rm", {.name = "--latest", .letter = 'l'}},
	{"container start", {.name = "--latest", .letter = 'l'}},
	{"container stop", {.name = "--latest", .letter = 'l'}},
	{"container top", {.name = "--latest", .letter = 'l'}},
	{"container unpause", {.name = "--latest", .letter = 'l'}},
	{"container wait", {.name = "--latest", .letter = 'l'}},
	{"container stop", {.name = "--all", .letter = 'a'}},
	{"container stop", {.name = "--ignore", .letter = 'i'}},
	{"container rm", {.name = "--all", .letter = 'a'}},
	{"container rm", {.name = "--depend"}},
	{"container rm", {.name = "--ignore", .letter = 'i'}},
	{"container rm", {.name = "--time", .letter = 't', .value = CLI_INTEGER}},
	{"container start", {.name = "--all"}},
	{"container kill", {.name = "--all", .letter = 'a'}},
	{"image rm", {.name = "--all", .letter = 'a'}},
	{"image rm", {.name = "--ignore", .letter = 'i'}},
	{"container ls", {.name = "--pod", .letter = 'p'}},
	{"container ls", {.name = "--ns"}},
	{"container ls", {.name = "--external"}},
	{"container ls", {.name = "--sort", .value = CLI_TEXT}},
	{"network rm", {.name = "--force", .letter = 'f'}},
	{"buildx build", {.name = "--format", .value = CLI_TEXT}},
	{"buildx build", {.name = "--layers"}},
	{"buildx build", {.name = "--isolation", .value = CLI_TEXT}},
	{"buildx build", {.name = "--tls-verify"}},
	{"buildx build", {.name = "--volume", .letter = 'v', .value = CLI_TEXT}},
};

/* Finds an option by its name, of that length, or by its letter. */
static const struct cli_option *find_option(
	const struct cli_command *command, const char *name, size_t length, char letter)
{
	/* `create` and `run` have the same options. */
	const char *owner =
		text_same(command->name, "container create") ? "container run" : command->name;
	for (size_t i = 0; i < ARRAY_LENGTH(options); i++) {
		const struct cli_option *option = &options[i].option;
		bool is_same = name != NULL ? strlen(option->name) == length &&
						      strncmp(option->name, name, length) == 0
					    : option->letter == letter;
		if (is_same && text_same(options[i].command, owner))
			return option;
	}
	return NULL;
}

const struct cli_option *cli_find_podman_option(const struct cli_command *command, const char *name)
{
	return find_option(command, name, strcspn(name, "="), '\0');
}

const struct cli_option *cli_find_podman_letter(const struct cli_command *command, char letter)
{
	return letter != '\0' ? find_option(command, NULL, 0, letter) : NULL;
}

bool cli_is_podman_command(const char *word)
{
	static const char *const words[] = {"auto-update", "farm", "generate", "healthcheck",
		"init", "kube", "machine", "mount", "play", "pod", "quadlet", "umount", "unmount",
		"unshare", "untag", "artifact"};
	return text_is_one_of(word, words, ARRAY_LENGTH(words));
}
