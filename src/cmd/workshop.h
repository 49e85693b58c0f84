/* cmd/workshop.h - what `ropes serve` does for a workshop */
#ifndef CMD_WORKSHOP_H
#define CMD_WORKSHOP_H

#include "class.h"
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

/* ---- workshop_class.c ---- */

struct workshop_class;
/* --class-daemon, --daemon, --daemon-tls; *ret is NULL where learners use their own. Before any
 * thread. */
bool workshop_class_open(
	const struct arguments *arguments, struct workshop_class **ret, struct error *err);
void workshop_class_close(struct workshop_class *class);
/* Which daemons there are, and which of them are left out. */
void workshop_class_print(const struct workshop_class *class);
const struct serve_class *workshop_class_face(const struct workshop_class *class);
/* Who is told when a learner was moved; NULL: nobody any more. */
void workshop_class_tell(struct workshop_class *class, struct room *room, struct server *server);

#endif
