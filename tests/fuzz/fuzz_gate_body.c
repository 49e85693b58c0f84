/* tests/fuzz/fuzz_gate_body.c - any JSON as the body of a create */
#include "../../src/gate/private.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* a create before a daemon that is not there: what goes on names nothing of it, can be read
	 * again, and grants nothing that the tables deny */
	static const char *const denied[] = {"\"Privileged\":true", "\"CapAdd\"", "\"Devices\"",
		"\"NetworkMode\":\"host\"", "\"PidMode\":\"host\"", "\"CgroupParent\"",
		"\"Sysctls\""};
	static char learner[] = "ada", front[] = "ropes-ada-", nowhere[] = "/dev/null/none";
	struct gate gate = {.profile = GATE_HOST,
		.log_fd = -1,
		.learner = learner,
		.front = front,
		.upstream = nowhere,
		.lock = PTHREAD_MUTEX_INITIALIZER};
	struct request r = {.gate = &gate, .client = {.fd = -1}};
	const char *why;
	struct words path = {0};
	words_add(&path, "containers");
	words_add(&path, "create");
	r.route = match_route("POST", &path);
	words_finish(&path);
	gate_policy_default(&gate.policy);
	if (gate_parse_body((const char *)data, size, &r.body, &why) && cJSON_IsObject(r.body) &&
		guard_judge(&r)) {
		const cJSON *host = cJSON_GetObjectItemCaseSensitive(r.body, "HostConfig");
		cleanup_free char *text =
			host != NULL ? cJSON_PrintUnformatted(host) : xstrdup("{}");
		for (size_t i = 0; i < ARRAY_LENGTH(denied); i++)
			if (strncmp(text, "{\"", 2) == 0 &&
				strncmp(text + 1, denied[i], strlen(denied[i])) == 0)
				abort();
		cJSON *again = NULL;
		if (!gate_parse_body(text, strlen(text), &again, &why))
			abort();
		cJSON_Delete(again);
	}
	cJSON_Delete(r.body);
	target_finish(&r.target);
	buf_finish(&r.message);
	free(r.rule);
	gate_policy_finish(&gate.policy);
	return 0;
}
