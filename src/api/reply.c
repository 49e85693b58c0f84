/* api/reply.c - an outcome of the store or the room as an answer */
#include "api.h"

void reply_outcome(struct reply *a, enum lrs_outcome outcome, const struct error *err)
{
	static const unsigned statuses[] = {
		[LRS_DONE] = 204,
		[LRS_CONFLICT] = 409,
		[LRS_NOT_FOUND] = 404,
		[LRS_PRECONDITION] = 412,
		[LRS_INVALID] = 400,
		[LRS_FAILED] = 503,
	};
	a->status = statuses[outcome];
	if (outcome != LRS_DONE)
		reply_error(a, statuses[outcome], "%s",
			err->message != NULL ? error_text(err)
					     : _("there is nothing of this name"));
}

void reply_room_outcome(struct reply *a, enum room_outcome outcome, const struct error *err)
{
	static const unsigned statuses[] = {
		[ROOM_DONE] = 204,
		[ROOM_WRONG] = 404,
		[ROOM_TOO_MANY] = 429,
		[ROOM_OVER] = 409,
		[ROOM_INVALID] = 400,
		[ROOM_FAILED] = 503,
	};
	a->status = statuses[outcome];
	if (outcome == ROOM_TOO_MANY)
		reply_header(a, "Retry-After", "60");
	if (outcome != ROOM_DONE)
		reply_error(a, statuses[outcome], "%s",
			err->message != NULL ? error_text(err) : _("not found"));
}
