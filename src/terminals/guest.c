/* terminals/guest.c - guests: who looks at somebody else's seat, with an owner's yes */
#include "private.h"

#include "json.h"

#include <stdlib.h>

#define GUESTS_MAX 4 /* of a seat */
#define CHECK_MS 1000

struct guest {
	unsigned id;
	char *name, *pass, *of;
	int64_t checked_ms; /* when its pass counted */
	bool is_behind;     /* it has missed output */
};

static bool is_guest_of(const struct viewer *v, const struct seat *seat)
{
	return v->seat == seat && v->guest != NULL && v->role != VIEWER_LEAVES;
}

static bool may_look(const struct viewer *v)
{
	return v->guest != NULL && (v->role == VIEWER_LOOKS || v->role == VIEWER_TYPES);
}

static void say_json(struct viewer *v, cJSON *json)
{
	cleanup_free char *text = cJSON_PrintUnformatted(json);
	if (text != NULL)
		viewer_say(v, text);
	cJSON_Delete(json);
}

/* ---- what owners are told ---- */

static const char *const rights[] = {
	[VIEWER_ASKS] = "ask", [VIEWER_LOOKS] = "look", [VIEWER_TYPES] = "type"};

static cJSON *list_guests(const struct terminals *t, const struct seat *seat)
{
	cJSON *json = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(json, "guests");
	for (const struct viewer *v = t->viewers; v != NULL; v = v->next) {
		if (!is_guest_of(v, seat))
			continue;
		cJSON *one = cJSON_CreateObject();
		cJSON_AddNumberToObject(one, "id", v->guest->id);
		cJSON_AddStringToObject(one, "name", v->guest->name);
		cJSON_AddStringToObject(one, "may", rights[v->role]);
		cJSON_AddItemToArray(list, one);
	}
	return json;
}

static void introduce_to_owners(struct terminals *t, const struct seat *seat)
{
	for (struct viewer *v = t->viewers; v != NULL; v = v->next)
		if (v->seat == seat && v->role == VIEWER_OWNER)
			say_json(v, list_guests(t, seat));
}

void guest_introduce_all(struct viewer *owner)
{
	if (owner->seat->guests > 0)
		say_json(owner, list_guests(owner->terminals, owner->seat));
}

/* ---- what guests are told ---- */

static void show_to_guest(struct viewer *v)
{
	const struct seat *seat = v->seat;
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "state", "open");
	cJSON_AddStringToObject(json, "name", seat->name);
	cJSON_AddStringToObject(json, "may", rights[v->role]);
	cJSON_AddNumberToObject(json, "rows", seat->rows);
	cJSON_AddNumberToObject(json, "columns", seat->columns);
	say_json(v, json);
	viewer_show(v);
	v->guest->is_behind = false;
}

void guest_send_all(struct terminals *t, const struct seat *seat, const void *bytes, size_t length)
{
	for (struct viewer *v = t->viewers; v != NULL; v = v->next) {
		if (v->seat != seat || !may_look(v))
			continue;
		v->guest->is_behind = v->guest->is_behind || !viewer_keeps_up(v);
		if (!v->guest->is_behind)
			viewer_send(v, bytes, length);
	}
}

void guest_resize_all(struct terminals *t, const struct seat *seat)
{
	for (struct viewer *v = t->viewers; v != NULL; v = v->next) {
		if (v->seat != seat || !may_look(v))
			continue;
		cJSON *json = cJSON_CreateObject();
		cJSON_AddNumberToObject(json, "rows", seat->rows);
		cJSON_AddNumberToObject(json, "columns", seat->columns);
		say_json(v, json);
	}
}

/* ---- the end of a look ---- */

static void end_look(struct viewer *v, unsigned code, const char *reason)
{
	v->role = VIEWER_LEAVES;
	viewer_close(v, code, reason);
}

void guest_end_all(struct terminals *t, struct seat *seat, const char *reason)
{
	if (seat->guests == 0)
		return;
	for (struct viewer *v = t->viewers; v != NULL; v = v->next)
		if (is_guest_of(v, seat))
			end_look(v, TERMINALS_OVER, reason);
	introduce_to_owners(t, seat);
}

static void free_guest(struct guest *guest)
{
	free(guest->name);
	free(guest->pass);
	free(guest->of);
	free(guest);
}

void guest_leave(struct viewer *v)
{
	struct seat *seat = v->seat;
	bool was_there = v->role != VIEWER_LEAVES;
	free_guest(v->guest);
	v->guest = NULL;
	v->role = VIEWER_LEAVES;
	v->seat = NULL;
	seat->guests--;
	if (was_there)
		introduce_to_owners(v->terminals, seat);
}

/* ---- asking and answering ---- */

static struct seat *find_wanted(
	const struct terminals *t, const char *pass, const char *of, char **ret_guest)
{
	cleanup_free char *folder =
		t->o.admit != NULL && of != NULL ? t->o.admit(&t->o, pass, of, ret_guest) : NULL;
	for (struct seat *seat = t->seats; folder != NULL && seat != NULL; seat = seat->next)
		if (text_same(seat->folder_name, folder))
			return seat;
	return NULL;
}

static void say_asking(struct viewer *v)
{
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "state", "asking");
	cJSON_AddStringToObject(json, "name", v->seat->name);
	say_json(v, json);
}

void guest_ask(struct viewer *v, const char *pass, const char *of)
{
	struct terminals *t = v->terminals;
	char *name = NULL;
	struct seat *seat = find_wanted(t, pass, of, &name);
	v->role = VIEWER_LEAVES;
	if (name == NULL) {
		viewer_close(v, TERMINALS_UNKNOWN, "this pass does not count");
		return;
	}
	if (seat == NULL || seat->viewers == 0 || seat->state != SEAT_OPEN ||
		seat->guests >= GUESTS_MAX) {
		free(name);
		viewer_close(v, TERMINALS_AWAY, "nobody there can be asked");
		return;
	}
	v->role = VIEWER_ASKS;
	v->seat = seat;
	v->guest = xcalloc(1, sizeof *v->guest);
	*v->guest = (struct guest){.id = ++t->guest_id,
		.name = name,
		.pass = xstrdup(pass),
		.of = xstrdup(of),
		.checked_ms = clock_monotonic_ms()};
	seat->guests++;
	say_asking(v);
	introduce_to_owners(t, seat);
}

static void allow(struct viewer *v, enum viewer_role role)
{
	bool was_looking = may_look(v);
	v->role = role;
	if (!was_looking || v->guest->is_behind) {
		show_to_guest(v);
		return;
	}
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "may", rights[role]);
	say_json(v, json);
}

void guest_answer(struct viewer *owner, const cJSON *order)
{
	const cJSON *id = json_get(order, "guest");
	const char *may = json_get_text(order, "may");
	struct viewer *v = owner->terminals->viewers;
	while (v != NULL && !(is_guest_of(v, owner->seat) && cJSON_IsNumber(id) &&
				    v->guest->id == id->valuedouble))
		v = v->next;
	if (v == NULL)
		return;
	if (text_same(may, "no"))
		end_look(v, v->role == VIEWER_ASKS ? TERMINALS_REFUSED : TERMINALS_OVER,
			"the owner of the terminal says no");
	else if (text_same(may, "look"))
		allow(v, VIEWER_LOOKS);
	else if (text_same(may, "type"))
		allow(v, VIEWER_TYPES);
	else
		return;
	introduce_to_owners(owner->terminals, owner->seat);
}

void guest_look_after(struct viewer *v, int64_t now_ms)
{
	if (v->guest == NULL || v->role == VIEWER_LEAVES)
		return;
	if (now_ms - v->guest->checked_ms > CHECK_MS) {
		char *name = NULL;
		const struct seat *seat =
			find_wanted(v->terminals, v->guest->pass, v->guest->of, &name);
		free(name);
		v->guest->checked_ms = now_ms;
		if (seat != v->seat) {
			end_look(v, TERMINALS_OVER, "this pass no longer counts");
			introduce_to_owners(v->terminals, v->seat);
			return;
		}
	}
	if (v->guest->is_behind && viewer_has_all(v))
		show_to_guest(v);
}
