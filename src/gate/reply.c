/* gate/reply.c - the gate's own answers to a client */
#include "private.h"

#include <string.h>

static const char *reason_phrase(int status)
{
	static const struct {
		int status;
		const char *words;
	} all[] = {{200, "OK"}, {201, "Created"}, {400, "Bad Request"}, {403, "Forbidden"},
		{404, "Not Found"}, {405, "Method Not Allowed"}, {408, "Request Timeout"},
		{413, "Content Too Large"}, {431, "Request Header Fields Too Large"},
		{502, "Bad Gateway"}, {503, "Service Unavailable"}};
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
		if (all[i].status == status)
			return all[i].words;
	return "Error";
}

void gate_reply_bytes(int fd, int status, const char *bytes, size_t length)
{
	cleanup_buf struct buf text = {0};
	buf_printf(&text,
		"HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: "
		"%zu\r\nConnection: close\r\n\r\n",
		status, reason_phrase(status), length);
	buf_add(&text, bytes, length);
	(void)fd_write(fd, buf_text(&text), text.length, NULL); /* the client may be gone */
}

void gate_reply_text(int fd, int status, const char *text)
{
	gate_reply_bytes(fd, status, text, strlen(text));
}

void gate_reply_json(int fd, int status, const cJSON *json)
{
	cleanup_free char *text = json_print(json);
	cleanup_free char *line = xasprintf("%s\n", text);
	gate_reply_text(fd, status, line);
}

void gate_reply_error(int fd, int status, const char *message)
{
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "message", message);
	gate_reply_json(fd, status, json);
	cJSON_Delete(json);
}
