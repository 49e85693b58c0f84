/* room/teachers.c - who may open the board: the address that the server prints, and those of other
 * instructors, which can be withdrawn */
#include "digest.h"
#include "private.h"

#include <stdlib.h>

#define NAME_COLUMNS 40
#define TEACHERS_MAX 20

bool room_token_fits(struct room *room, enum room_view view, const char *token)
{
	if (token == NULL || digest_same(token, room->tokens[view]))
		return token != NULL;
	cleanup_free char *name = view == ROOM_BOARD ? room_instructor_name(room, token) : NULL;
	return name != NULL;
}

char *room_instructor_name(struct room *room, const char *token)
{
	char *name = NULL;
	pthread_mutex_lock(&room->lock);
	for (size_t i = 0; token != NULL && name == NULL && i < room->teacher_count; i++)
		if (digest_same(token, room->teachers[i].token))
			name = xstrdup(room->teachers[i].name);
	pthread_mutex_unlock(&room->lock);
	return name;
}

void room_instructors(struct room *room,
	void (*each)(void *data, const struct room_instructor *instructor), void *data)
{
	pthread_mutex_lock(&room->lock);
	for (size_t i = 0; i < room->teacher_count; i++) {
		const struct room_teacher *t = &room->teachers[i];
		each(data, &(struct room_instructor){t->id, t->name, t->token});
	}
	pthread_mutex_unlock(&room->lock);
}

/* ---- orders ---- */

static int add_teacher(struct room *room, struct db *db, void *data, struct error *err)
{
	const struct room_order *order = data;
	cleanup_free char *name = room_clean(order->value(order->data, "name"), NAME_COLUMNS);
	cleanup_free char *id = digest_random_text(6);
	if (room_over(room, err))
		return ROOM_OVER;
	if (name == NULL || room->teacher_count == TEACHERS_MAX) {
		error_set_kind(err, ERROR_USAGE,
			name == NULL ? N_("an instructor needs a name")
				     : N_("a room has at most 20 other instructors"));
		return ROOM_INVALID;
	}
	if (!sql_run(db,
		    sql(db, err,
			    "INSERT INTO room_instructor (room, id, name, added_ms) VALUES (?, ?, "
			    "?, ?)",
			    "ttti", room->id, id, name, room_now(room)),
		    err))
		return STORE_FAILED;
	pthread_mutex_lock(&room->lock);
	room_add_teacher(room, id, name);
	room_touch(room, NULL);
	pthread_mutex_unlock(&room->lock);
	return ROOM_DONE;
}

static int remove_teacher(struct room *room, struct db *db, void *data, struct error *err)
{
	const struct room_order *order = data;
	const char *id = order->value(order->data, "id");
	size_t i = 0;
	while (i < room->teacher_count && !text_same(room->teachers[i].id, id))
		i++;
	if (i == room->teacher_count) {
		error_set_kind(err, ERROR_USAGE, "this instructor has been removed already");
		return ROOM_WRONG;
	}
	if (!sql_run(db,
		    sql(db, err,
			    "UPDATE room_instructor SET removed_ms = ? WHERE room = ? AND id = ?",
			    "itt", room_now(room), room->id, id),
		    err))
		return STORE_FAILED;
	pthread_mutex_lock(&room->lock);
	room_forget_teacher(&room->teachers[i]);
	for (room->teacher_count--; i < room->teacher_count; i++)
		room->teachers[i] = room->teachers[i + 1];
	room_touch(room, NULL);
	pthread_mutex_unlock(&room->lock);
	return ROOM_DONE;
}

enum room_outcome room_order_teacher(
	struct room *room, const struct room_order *order, struct error *err)
{
	struct room_order copy = *order;
	return room_write(room, add_teacher, &copy, err);
}

enum room_outcome room_order_teacher_off(
	struct room *room, const struct room_order *order, struct error *err)
{
	struct room_order copy = *order;
	return room_write(room, remove_teacher, &copy, err);
}
