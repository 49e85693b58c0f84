/* pages/room_board.c - the boards of instructor and projector as data; and the instructor's orders
 */
#include "page.h"
#include "room_page.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool may_see(struct request *r, struct reply *a, enum room_view view)
{
	if (r->room == NULL)
		return reply_error(a, 404,
			"this server runs no workshop; start it with `ropes serve --workshop COURSE`");
	return room_token_fits(r->room, view, request_parameter(r, "token")) ||
	       reply_error(a, 403,
		       "the address of this page must contain the token that the server printed");
}

static enum board_order order_wanted(const struct request *r)
{
	static const char *const names[] = {[BOARD_BY_NEED] = "need",
		[BOARD_BY_NAME] = "name",
		[BOARD_BY_PROGRESS] = "progress",
		[BOARD_BY_JOINING] = "joined"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (text_same(names[i], request_parameter(r, "sort")))
			return (enum board_order)i;
	return BOARD_BY_NEED;
}

static void add_view(struct request *r, enum room_view view, struct buf *out)
{
	const char *token = request_parameter(r, "token");
	cleanup_free char *action = xasprintf("/room/board?token=%s", token);
	cleanup_free char *by = room_instructor_name(r->room, token);
	cJSON *json = room_board(r->room, view, broadcast_join(r->broadcaster));
	struct board board;
	board_read_json(json, &board);
	cJSON_Delete(json);
	const char *lesson = request_parameter(r, "lesson");
	const struct room_view_options options = {.token = token,
		.action = action,
		.lesson = lesson != NULL && *lesson != '\0' ? lesson : NULL,
		.to = request_parameter(r, "to"),
		.order = order_wanted(r),
		.first = by == NULL};
	board_sort(&board, options.order);
	if (view == ROOM_BOARD)
		room_page_board(r, &board, &options, out);
	else
		room_projector(r, &board, token, out);
	board_finish(&board);
}

static void show_view(struct request *r, struct reply *a, enum room_view view)
{
	static const char *const names[] = {"token", "lesson", "sort", "to"};
	cleanup_buf struct buf out = {0};
	if (!request_takes(r, a, names, ARRAY_LENGTH(names)))
		return;
	if (request_wants_page(r)) {
		add_view(r, view, &out);
		page_reply(a, &out);
		return;
	}
	broadcast_board(r->broadcaster, view, &out);
	reply_text(a, "application/json", buf_text(&out), out.length);
	reply_header(a, "Cache-Control", "no-store");
}

/* ---- orders ---- */

static const char *order_value(const void *data, const char *name)
{
	return pairs_find(data, name);
}

/* A menu sends one value: "lesson/step", or "lesson/question". */
static void take_place(struct pairs *fields)
{
	const char *place = pairs_find(fields, "place");
	const char *slash = place != NULL ? strchr(place, '/') : NULL;
	if (slash == NULL)
		return;
	cleanup_free char *lesson = xstrndup(place, (size_t)(slash - place));
	cleanup_free char *rest = xstrdup(slash + 1);
	pairs_add(fields, "lesson", lesson);
	pairs_add(fields, "step", rest);
	pairs_add(fields, "id", rest);
}

static bool read_order(struct request *r, struct reply *a, bool *ret_form, struct pairs *ret)
{
	const char *type = request_header(r, "Content-Type");
	cleanup_error struct error err = {0};
	*ret_form = type != NULL && strncasecmp(type, "application/x-www-form-urlencoded", 33) == 0;
	if (*ret_form) {
		multipart_form_fields(&r->body, ret);
		take_place(ret);
		return true;
	}
	cJSON *json = xapi_parse(buf_text(&r->body), r->body.length, &err);
	const cJSON *one;
	cJSON_ArrayForEach(one, json) {
		cleanup_free char *number =
			cJSON_IsNumber(one) ? xasprintf("%.0f", one->valuedouble) : NULL;
		const char *text = cJSON_GetStringValue(one);
		if (one->string != NULL && (text != NULL || number != NULL))
			pairs_add(ret, one->string, text != NULL ? text : number);
	}
	bool good = cJSON_IsObject(json);
	cJSON_Delete(json);
	take_place(ret);
	return good || reply_error(a, 400, "an order must be a form, or a JSON object");
}

static void go_back(struct request *r, struct reply *a)
{
	cleanup_free char *where = xasprintf("/room/board?token=%s", request_parameter(r, "token"));
	a->status = 303;
	reply_header(a, "Location", where);
}

static void take_order(struct request *r, struct reply *a)
{
	cleanup_error struct error err = {0};
	struct pairs fields = {0};
	cleanup_free char *by = room_instructor_name(r->room, request_parameter(r, "token"));
	bool form;
	if (read_order(r, a, &form, &fields)) {
		const struct room_order order = {order_value, &fields, by};
		enum room_outcome outcome = room_control(r->room, &order, &err);
		broadcast_wake(r->broadcaster);
		if (form && outcome == ROOM_DONE)
			go_back(r, a);
		else if (form)
			room_page_refused(r, a, outcome, &err);
		else
			reply_room_outcome(a, outcome, &err);
	}
	pairs_finish(&fields);
}

/* ---- resources ---- */

void pages_room_board(struct request *r, struct reply *a)
{
	if (!may_see(r, a, ROOM_BOARD))
		return;
	if (r->method == METHOD_GET)
		show_view(r, a, ROOM_BOARD);
	else if (r->method == METHOD_POST)
		take_order(r, a);
	else
		reply_error(a, 405, "use GET to read the board, and POST to send orders");
}

void pages_room_projector(struct request *r, struct reply *a)
{
	if (!may_see(r, a, ROOM_PROJECTOR))
		return;
	if (r->method == METHOD_GET)
		show_view(r, a, ROOM_PROJECTOR);
	else
		reply_error(a, 405, "the projector's page allows only GET");
}

void pages_room_board_events(struct request *r, struct reply *a)
{
	const char *changes = request_parameter(r, "changes");
	if (may_see(r, a, ROOM_BOARD))
		broadcast_listen_board(r, a, ROOM_BOARD, text_same(changes, "1"));
}

void pages_room_projector_events(struct request *r, struct reply *a)
{
	if (may_see(r, a, ROOM_PROJECTOR))
		broadcast_listen_board(r, a, ROOM_PROJECTOR, true);
}

void pages_room_report(struct request *r, struct reply *a)
{
	if (!may_see(r, a, ROOM_BOARD))
		return;
	room_report_reply(r, a);
}
