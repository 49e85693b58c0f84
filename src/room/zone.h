/* room/zone.h - time zones by name; see zone.c */
#ifndef ROOM_ZONE_H
#define ROOM_ZONE_H

#include "base.h"

struct zone;

/* Errors: no such zone on this system. */
bool zone_open(const char *name, struct zone **ret, struct error *err);
void zone_close(struct zone *zone); /* NULL does nothing */
/* Seconds east of UTC at a moment (seconds since 1970). NULL: the machine's own zone. */
int zone_offset_s(const struct zone *zone, int64_t wall_s);

#endif
