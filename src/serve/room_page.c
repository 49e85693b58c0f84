/* serve/room_page.c - the pages of a workshop: board, projector, report */
#include "room_page.h"
#include "page.h"

void room_page_board(
	const struct request *r, const cJSON *board, enum room_view view, struct buf *out)
{
	(void)r;
	(void)view;
	page_begin(
		out, &(struct page){.title = "Board", .style = "/room.css", .script = "/room.js"});
	char *text = cJSON_Print(board);
	page_text(out, text);
	cJSON_free(text);
	page_end(out);
}

void room_page_refused(const struct request *r, struct reply *a, const char *why)
{
	(void)r;
	reply_error(a, 409, "%s", why);
}

void room_page_report(struct request *r, struct reply *a)
{
	(void)r;
	reply_error(a, 501, "not there yet");
}
