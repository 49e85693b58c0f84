/* cmd/workshop.h - what `ropes serve` does for a workshop */
#ifndef CMD_WORKSHOP_H
#define CMD_WORKSHOP_H

#include "cmd.h"
#include "room.h"
#include "serve.h"

struct workshop {
	struct course *course;
	struct room *room;
};
/* --workshop, --new-room; the room is NULL if there is none. */
bool workshop_open(const struct arguments *arguments, struct store *store, struct workshop *ret,
	struct error *err);
void workshop_close(struct workshop *workshop);
/* Prints how to find the room: board, projector, how to join, and on a terminal the join address as
 * a QR code. */
void workshop_print(const struct workshop *workshop, const char *url);
/* Prints a text as a QR code, if standard output is a terminal. */
void workshop_print_code(const char *text);
/* ropes serve report: writes a report on the last room, as Markdown. */
bool workshop_report(struct store *store, struct error *err);

#endif
