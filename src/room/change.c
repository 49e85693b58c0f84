/* room/change.c - changes by the store's writer: rows first, then memory; after a rollback, memory
 * is reloaded */
#include "private.h"

struct job {
	struct room *room;
	int (*run)(struct room *room, struct db *db, void *data, struct error *err);
	void *data;
	int64_t upto;
};

static int run_room_job(struct db *db, void *data, struct error *err)
{
	struct job *job = data;
	int outcome = job->run(job->room, db, job->data, err);
	job->upto = job->room->event_id;
	return outcome;
}

enum room_outcome room_write(struct room *room,
	int (*run)(struct room *room, struct db *db, void *data, struct error *err), void *data,
	struct error *err)
{
	struct job job = {.room = room, .run = run, .data = data};
	int outcome = store_write(room->store, run_room_job, &job, err);
	if (outcome == STORE_FAILED) {
		room_recover(room);
		return ROOM_FAILED;
	}
	pthread_mutex_lock(&room->lock);
	if (outcome == ROOM_DONE && job.upto > room->committed)
		room->committed = job.upto;
	pthread_mutex_unlock(&room->lock);
	return (enum room_outcome)outcome;
}

/* Marks everything as changed for all viewers. */
void room_touch_all(struct room *room, uint64_t version)
{
	room->version = version;
	for (size_t i = 0; i < room->learner_count; i++)
		room->learners[i].version = version;
}

/* Seats are not in the store. */
static void list_seats(const struct room *room, struct words *seats)
{
	for (size_t i = 0; i < room->learner_count; i++)
		if (room->learners[i].seat != NULL) {
			words_add(seats, room->learners[i].id);
			words_add(seats, room->learners[i].seat);
		}
}

static void restore_seats(struct room *room, const struct words *seats)
{
	for (size_t i = 0; i + 1 < seats->count; i += 2) {
		struct room_learner *l = room_find_learner(room, seats->items[i]);
		if (l != NULL)
			l->seat = xstrdup(seats->items[i + 1]);
	}
}

static int load_again(struct db *db, void *data, struct error *err)
{
	struct room *room = data;
	cleanup_words struct words seats = {0};
	pthread_mutex_lock(&room->lock);
	uint64_t version = room->version + 1;
	list_seats(room, &seats);
	room_forget(room);
	bool good = room_load(room, db, err);
	restore_seats(room, &seats);
	room_touch_all(room, version);
	room->committed = room->event_id;
	pthread_mutex_unlock(&room->lock);
	return good ? 0 : STORE_FAILED;
}

void room_recover(struct room *room)
{
	/* if even this fails, keep what is left until the disk recovers */
	(void)store_write(room->store, load_again, room, NULL);
}

bool room_over(const struct room *room, struct error *err)
{
	if (room->ended_ms > 0)
		error_set_kind(err, ERROR_USAGE, "the workshop is over");
	return room->ended_ms > 0;
}
