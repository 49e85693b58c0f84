/* cmd/workshop.h - what `ropes serve` does for a workshop */
#ifndef CMD_WORKSHOP_H
#define CMD_WORKSHOP_H

#include "cmd.h"
#include "room.h"
#include "serve.h"

struct workshop {
	struct course *course;
	struct room *room;
	struct terminals_options terminals; /* max 0: none in the browser */
	char *folder, *ca;                  /* of the terminals; ca: NULL if none is needed */
	struct ports_options ports;         /* of their machines */
	char *domain;                       /* of the ports; NULL: none */
};
/* --workshop, --new-room; the room is NULL if there is none. */
bool workshop_open(const struct arguments *arguments, struct store *store, struct workshop *ret,
	struct error *err);
/* --terminals, --ports-domain; `folder` is the store's, `certificate` the server's (PEM; NULL: no
 * TLS) in `file`.
 */
bool workshop_terminals(const struct arguments *arguments, const char *folder,
	const char *certificate, const char *file, struct workshop *workshop, struct error *err);
/* Ends the practice machines of the terminals, after the server. */
void workshop_end_machines(const struct workshop *workshop);
void workshop_close(struct workshop *workshop);
/* Prints how to find the room: board, projector, how to join, and on a terminal the join address as
 * a QR code. */
void workshop_print(const struct workshop *workshop, const char *url);
/* Prints a text as a QR code, if standard output is a terminal. */
void workshop_print_code(const char *text);
/* ropes serve report: writes a report on the last room, as Markdown. */
bool workshop_report(struct store *store, struct error *err);

#endif
