/* room/report.c - what is left of a workshop: tables, and the same as Markdown */
#include "private.h"

#include <stdlib.h>

bool room_report(struct room *room, struct room_report *ret, struct error *err)
{
	(void)err;
	*ret = (struct room_report){.title = xstrdup(room->course->title)};
	return true;
}

void room_report_finish(struct room_report *report)
{
	free(report->title);
	*report = (struct room_report){0};
}

void room_report_markdown(const struct room_report *report, struct buf *out)
{
	buf_printf(out, "# %s\n", report->title);
}
