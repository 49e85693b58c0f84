/* room/clock.c - the room's own clock, which never jumps or goes back */
#include "private.h"

int64_t room_now(const struct room *room)
{
	return room->base_ms + room->monotonic_ms() - room->base_monotonic_ms;
}

/* If the machine's clock was set back between two runs, continue from the last known time. */
void room_start_clock(struct room *room, struct db *db)
{
	int64_t last = sql_number(sql(db, NULL,
					  "SELECT max(coalesce((SELECT max(seen_ms) FROM "
					  "room_learner WHERE room = ?1), 0), coalesce((SELECT "
					  "max(at_ms) FROM room_event WHERE room = ?1), 0))",
					  "t", room->id),
		0);
	int64_t wall = room->wall_ms();
	room->base_ms = last > wall ? last : wall;
	room->base_monotonic_ms = room->monotonic_ms();
}
