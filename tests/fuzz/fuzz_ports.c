/* tests/fuzz/fuzz_ports.c - any bytes as the head of a container's answer: what comes out is one,
 * and counts for its page only */
#include "../../src/ports/private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define KEY "0123456789abcdef0123456789abcdef"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_reply(const struct reply *a, const struct place *place)
{
	static const char *const never[] = {"Set-Cookie", "Clear-Site-Data",
		"Service-Worker-Allowed", "Strict-Transport-Security", "Alt-Svc", "Connection",
		"Transfer-Encoding", "Content-Length"};
	static const char own[] = PORTS_PATH KEY "/";
	if (a->status < 100 || a->status > 599)
		abort();
	for (size_t i = 0; i < a->headers.count; i++) {
		const struct pair *p = &a->headers.items[i];
		if (!request_is_header_value(p->value))
			abort();
		for (size_t k = 0; !place->by_host && k < ARRAY_LENGTH(never); k++)
			if (strcasecmp(p->name, never[k]) == 0)
				abort();
		bool is_path = p->value[0] == '/' && p->value[1] != '/' && p->value[1] != '\\';
		if (!place->by_host && is_path && text_same(p->name, "Location") &&
			!text_starts(p->value, own))
			abort();
		if (strcasecmp(p->name, "Set-Cookie") == 0 &&
			strcasestr(p->value, "; domain=") != NULL)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size;
	struct head head = {0};
	while (at < end) {
		const char *line = memchr(at, '\n', (size_t)(end - at));
		size_t length = line != NULL ? (size_t)(line + 1 - at) : (size_t)(end - at);
		if (!head_add(&head, at, length))
			break;
		at += length;
	}
	for (int by_host = 0; by_host < 2 && head.status > 0; by_host++) {
		const struct place place = {
			.key = KEY, .port = 8080, .by_host = by_host == 1, .target = "/"};
		struct reply reply = {0};
		if (head_reply(&head, &place, &reply) < -1)
			abort();
		check_reply(&reply, &place);
		pairs_finish(&reply.headers);
	}
	head_finish(&head);
	return 0;
}
