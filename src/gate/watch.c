/* gate/watch.c - follows an answer while it is passed on: its status, and where it ends */
#include "private.h"

#include <string.h>

/* 100 Continue and similar responses precede the final answer. */
static bool is_interim(int status)
{
	return status >= 100 && status < 200 && status != 101;
}

/* False: it is not a valid head. */
static bool read_answer_head(struct answer *a, size_t length)
{
	struct head head = {0};
	const char *why;
	if (http_head_parse(buf_text(&a->front), length, true, &head, &why) != HEAD_GOOD)
		return false;
	bool empty = a->to_head || head.status == 204 || head.status == 304;
	if (!is_interim(head.status)) {
		a->status = head.status;
		a->has_end = a->status != 101 && (empty || (head.has_length && !head.chunked));
		a->left = empty ? 0 : head.length;
	}
	http_head_finish(&head);
	return true;
}

static void count_body(struct answer *a, size_t length)
{
	if (!a->has_end)
		return;
	a->left -= length < a->left ? length : a->left;
	a->whole = a->left == 0 && !a->request_goes_on;
}

void watch_answer(struct answer *a, const char *bytes, size_t length)
{
	const char *end;
	if (a->status != 0) {
		count_body(a, length);
		return;
	}
	if (a->front.length > HEAD_LIMIT)
		return; /* not a valid head: pass the rest on unread */
	buf_add(&a->front, bytes, length);
	while (a->status == 0 &&
		(end = memmem(buf_text(&a->front), a->front.length, "\r\n\r\n", 4)) != NULL) {
		size_t head = (size_t)(end - buf_text(&a->front)) + 4;
		if (!read_answer_head(a, head))
			return;
		buf_remove_front(&a->front, head);
	}
	if (a->status != 0)
		count_body(a, a->front.length);
}
