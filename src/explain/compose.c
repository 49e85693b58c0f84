/* explain/compose.c - what options of `docker run` are in a compose file */
#include "compose.h"

#include <string.h>

static const struct {
	const char *option, *key;
} keys[] = {{"`-p", "ports"}, {"`-v", "volumes"}, {"`--mount", "volumes"}, {"`--tmpfs", "tmpfs"},
	{"`--ip`", "ipv4_address"}, {"`--network", "networks"}, {"`-m", "mem_limit"},
	{"`--memory", "mem_limit"}, {"`--cpus", "cpus"}, {"`--pids-limit", "pids_limit"},
	{"`--ulimit", "ulimits"}, {"`--shm-size", "shm_size"}, {"`--gpus", "gpus"},
	{"`--device", "devices"}, {"`--runtime", "runtime"}, {"`--platform", "platform"},
	{"`--restart", "restart"}, {"`--log-", "logging"}, {"`--cap-add", "cap_add"},
	{"`--security-opt", "security_opt"}, {"`--sysctl", "sysctls"}, {"`--hostname", "hostname"},
	{"`--link", "links"}, {"`--env-file", "env_file"}, {"`-e", "environment"}, {"`-u", "user"},
	{"`--user", "user"}, {"`-w", "working_dir"}, {"`--target", "target"}, {"`--pid", "pid"}};

void compose_add_key(
	const struct cli_call *call, const struct explanation *explanation, struct buf *hint)
{
	static const char *const commands[] = {"compose up", "compose create", "compose start",
		"compose restart", "compose config", "compose build"};
	if (!text_is_one_of(call->command->name, commands, ARRAY_LENGTH(commands)))
		return;
	cleanup_free char *text =
		xasprintf("%s %s %s", explanation->what, explanation->why, explanation->hint);
	if (strstr(text, "ompose") != NULL)
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		const char *at = strstr(text, keys[i].option);
		if (at == NULL)
			continue;
		size_t length = strcspn(at + 1, " =`");
		buf_add_char(hint, ' ');
		buf_printf(hint, _("In a compose file, `%s:` stands for `%.*s`."), keys[i].key,
			(int)length, at + 1);
		return;
	}
}
