/* cast/write.c - the lines of a recording, asciicast version 3 */
#include "cast.h"
#include "json.h"

#include <stdlib.h>

void cast_add_head(struct buf *out, const struct cast_head *head)
{
	cJSON *json = cJSON_CreateObject();
	cJSON_AddNumberToObject(json, "version", 3);
	cJSON *term = cJSON_AddObjectToObject(json, "term");
	cJSON_AddNumberToObject(term, "cols", head->columns);
	cJSON_AddNumberToObject(term, "rows", head->rows);
	if (head->term != NULL)
		cJSON_AddStringToObject(term, "type", head->term);
	if (head->time_s > 0)
		cJSON_AddNumberToObject(json, "timestamp", (double)head->time_s);
	if (head->title != NULL)
		cJSON_AddStringToObject(json, "title", head->title);
	cleanup_free char *line = json_print_take(json);
	buf_printf(out, "%s\n", line);
}

size_t cast_whole_length(const char *data, size_t length)
{
	for (size_t back = 1; back <= 3 && back <= length; back++) {
		unsigned char c = (unsigned char)data[length - back];
		size_t whole = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
		if (c >= 0xC2 && c <= 0xF4)
			return back < whole ? length - back : length;
		if (c < 0x80)
			return length;
	}
	return length;
}

void cast_add_event(struct buf *out, int64_t pause_ms, char code, const char *data, size_t length)
{
	cleanup_buf struct buf text = {0};
	for (size_t at = 0; at < length;) {
		uint32_t point;
		at += utf8_decode(data + at, length - at, &point);
		if (point != 0)
			utf8_encode(&text, point);
	}
	cleanup_free char *string = json_print_take(cJSON_CreateString(buf_text(&text)));
	buf_printf(out, "[%lld.%03lld,\"%c\",%s]\n", (long long)pause_ms / 1000,
		(long long)pause_ms % 1000, code, string);
}
