/* tests/fuzz/fuzz_room.c - any bytes as what a workshop's server tells: a name's letter, then JSON
 */
#include "sync.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {
		"state", "message", "question", "answer", "setup", "end", "other"};
	struct arena arena = {0};
	struct sync_event event;
	if (size == 0)
		return 0;
	char *json = xstrndup((const char *)data + 1, size - 1);
	if (sync_event_read(names[data[0] % ARRAY_LENGTH(names)], json, &arena, &event)) {
		size_t length = 0;
		for (size_t i = 0; i < event.question.option_count; i++)
			length += strlen(event.question.options[i]);
		if (event.question.option_count > 0 && event.question.id == NULL)
			abort();
		if (event.timer_ms < 0 || length > size)
			abort();
	}
	char *origin = NULL;
	struct error err = {0};
	if (sync_server_read(json, &origin, &err) && strstr(origin, "://") == NULL)
		abort();
	error_finish(&err);
	free(origin);
	free(json);
	arena_finish(&arena);
	return 0;
}
