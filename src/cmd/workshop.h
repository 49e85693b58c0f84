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
/* --workshop, --new-room; the room is NULL where none is held. */
bool workshop_open(const struct arguments *arguments, struct store *store, struct workshop *ret,
	struct error *err);
void workshop_close(struct workshop *workshop);
/* Where the room is found: board, projector, how to join, and that as a QR code on a terminal. */
void workshop_print(const struct workshop *workshop, const char *url);
/* ropes serve report: the last room's, as Markdown. */
bool workshop_report(struct store *store, struct error *err);

#endif
