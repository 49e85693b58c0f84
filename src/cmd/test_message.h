/* cmd/test_message.h - what a job of `ropes test` writes for the process that reports: JSON, one
 * object on a line. Private to src/cmd. */
#ifndef CMD_TEST_MESSAGE_H
#define CMD_TEST_MESSAGE_H

#include "tutor.h"

/* Append a line. `why`: the job could not do its work; NULL: it is done. */
void test_message_add_point(struct buf *out, const struct tutor_test_point *point);
void test_message_add_update(
	struct buf *out, const char *path, int line, const char *expected, const char *updated);
void test_message_add_end(struct buf *out, const struct error *why);

enum test_message { TEST_MESSAGE_NONE, TEST_MESSAGE_POINT, TEST_MESSAGE_UPDATE, TEST_MESSAGE_END };
/* Reads a line, and calls `tell` or `update` of the plan. NONE: the line is not a message, but text
 * for people. END: *ret_why gets the job's error, if it had one. */
enum test_message test_message_deliver(
	const char *line, const struct tutor_test_plan *to, struct error *ret_why);

#endif
