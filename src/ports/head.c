/* ports/head.c - the head of a container's answer, line by line */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HEAD_MAX ((size_t)64 * 1024)
#define HEADERS_MAX 200

/* A later head replaces an informational one. */
static bool begin_head(struct head *head, const char *line, size_t length)
{
	cleanup_free char *text = xstrndup(line, length);
	unsigned status = 0;
	pairs_finish(&head->headers);
	if (sscanf(text, "HTTP/%*u.%*u %3u", &status) != 1 || status < 100 || status > 599)
		return false;
	head->status = status;
	return true;
}

bool head_add(struct head *head, const char *line, size_t length)
{
	char *name = NULL, *value = NULL;
	head->size += length;
	if (head->size > HEAD_MAX)
		return false;
	if (length > 5 && memcmp(line, "HTTP/", 5) == 0)
		return begin_head(head, line, length);
	if (head->status == 0 || head->headers.count >= HEADERS_MAX)
		return false;
	if (headers_split(line, length, &name, &value))
		pairs_add(&head->headers, name, value);
	free(name);
	free(value);
	return true;
}

int64_t head_reply(const struct head *head, const struct place *place, struct reply *ret)
{
	cleanup_words struct words named = {0};
	long long length = -1;
	bool is_empty = head->status == 204 || head->status == 304, is_chunked = false;
	ret->status = head->status;
	for (size_t i = 0; i < head->headers.count; i++) {
		const struct pair *p = &head->headers.items[i];
		if (strcasecmp(p->name, "Connection") == 0)
			words_add(&named, p->value);
		if (strcasecmp(p->name, "Content-Length") == 0)
			(void)text_number(p->value, 0, INT64_MAX, &length);
		is_chunked = is_chunked || strcasecmp(p->name, "Transfer-Encoding") == 0;
	}
	for (size_t i = 0; i < head->headers.count; i++)
		headers_pass(ret, place, &named, head->headers.items[i].name,
			head->headers.items[i].value);
	headers_protect(ret, place);
	return is_empty ? 0 : is_chunked ? -1 : length;
}

void head_finish(struct head *head)
{
	pairs_finish(&head->headers);
}
