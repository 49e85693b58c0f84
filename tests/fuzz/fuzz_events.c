/* tests/fuzz/fuzz_events.c - any bytes as server-sent events: in whatever pieces they come, the
 * same events come out */
#include "http.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool note(void *data, const struct http_event *event)
{
	struct buf *out = data;
	buf_printf(out, "%s\n%s\n%s\n\n", event->name, event->id, event->data);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_events whole = {0}, pieces = {0};
	struct buf one = {0}, other = {0};
	(void)http_events_take(&whole, (const char *)data, size, note, &one);
	for (size_t at = 0; at < size;) {
		size_t piece = 1 + data[at] % 7;
		piece = piece > size - at ? size - at : piece;
		(void)http_events_take(&pieces, (const char *)data + at, piece, note, &other);
		at += piece;
	}
	if (!text_same(buf_text(&one), buf_text(&other)))
		abort();
	http_events_restart(&whole);
	http_events_finish(&whole);
	http_events_finish(&pieces);
	buf_finish(&one);
	buf_finish(&other);
	return 0;
}
