/* terminals/viewer.c - a browser's connection: WebSocket's frames by wslay */
#include "private.h"

#include "json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE_MAX 65536 /* bytes, of the browser */
#define QUEUE_MAX ((size_t)256 * 1024)
#define PIECE ((size_t)32 * 1024)

/* ---- frames ---- */

static ssize_t receive(
	wslay_event_context_ptr socket, uint8_t *bytes, size_t length, int flags, void *data)
{
	struct viewer *v = data;
	(void)flags;
	if (v->early.length > 0) {
		size_t part = v->early.length < length ? v->early.length : length;
		memcpy(bytes, v->early.data, part);
		buf_remove_front(&v->early, part);
		return (ssize_t)part;
	}
	ssize_t got = recv(v->connection.fd, bytes, length, 0);
	if (got > 0)
		return got;
	terminals_wslay.set_error(socket, got < 0 && (errno == EAGAIN || errno == EINTR)
						  ? WSLAY_ERR_WOULDBLOCK
						  : WSLAY_ERR_CALLBACK_FAILURE);
	return -1;
}

static ssize_t transmit(
	wslay_event_context_ptr socket, const uint8_t *bytes, size_t length, int flags, void *data)
{
	struct viewer *v = data;
	ssize_t sent = send(v->connection.fd, bytes, length,
		MSG_NOSIGNAL | ((flags & WSLAY_MSG_MORE) != 0 ? MSG_MORE : 0));
	if (sent >= 0) {
		v->sent_ms = clock_monotonic_ms();
		return sent;
	}
	terminals_wslay.set_error(socket, errno == EAGAIN || errno == EINTR
						  ? WSLAY_ERR_WOULDBLOCK
						  : WSLAY_ERR_CALLBACK_FAILURE);
	return -1;
}

/* ---- messages of the browser ---- */

static void take_message(wslay_event_context_ptr socket,
	const struct wslay_event_on_msg_recv_arg *message, void *data)
{
	struct viewer *v = data;
	(void)socket;
	v->heard_ms = clock_monotonic_ms();
	v->is_asked = false;
	bool may_type = v->role == VIEWER_OWNER || v->role == VIEWER_TYPES;
	if (message->opcode == WSLAY_BINARY_FRAME && v->seat != NULL && may_type)
		program_type(v->seat, message->msg, message->msg_length);
	if (message->opcode != WSLAY_TEXT_FRAME)
		return;
	cleanup_buf struct buf text = {0};
	buf_add(&text, message->msg, message->msg_length);
	cJSON *order = json_parse(&text);
	if (cJSON_IsObject(order))
		v->obey(v, order);
	else
		viewer_close(v, WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA, "expected an object");
	cJSON_Delete(order);
}

/* ---- messages to it ---- */

static void queue(struct viewer *v, enum wslay_opcode opcode, const void *bytes, size_t length)
{
	const struct wslay_event_msg message = {(uint8_t)opcode, bytes, length};
	if (!terminals_wslay.want_write(v->socket))
		v->sent_ms = clock_monotonic_ms(); /* before, there was nothing to take */
	if (terminals_wslay.queue_msg(v->socket, &message) != 0)
		v->is_over = terminals_wslay.get_close_sent(v->socket) == 0; /* out of memory */
}

void viewer_send(struct viewer *v, const void *bytes, size_t length)
{
	queue(v, WSLAY_BINARY_FRAME, bytes, length);
}

void viewer_say(struct viewer *v, const char *text)
{
	queue(v, WSLAY_TEXT_FRAME, text, strlen(text));
}

static void say_state(struct viewer *v, const char *state, const char *name, unsigned place)
{
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "state", state);
	if (name != NULL)
		cJSON_AddStringToObject(json, "name", name);
	if (place > 0)
		cJSON_AddNumberToObject(json, "place", place);
	cleanup_free char *text = cJSON_PrintUnformatted(json);
	if (text != NULL)
		viewer_say(v, text);
	cJSON_Delete(json);
}

/* In pieces: what closes the connection is sent after the one that has begun. */
void viewer_show(struct viewer *v)
{
	const struct buf *shown = &v->seat->shown;
	for (size_t at = 0; at < shown->length; at += PIECE)
		viewer_send(v, shown->data + at,
			shown->length - at < PIECE ? shown->length - at : PIECE);
}

void viewer_tell(struct viewer *v)
{
	const struct seat *seat = v->seat;
	if (seat->state == SEAT_WAITING) {
		say_state(v, "waiting", NULL, v->place);
		return;
	}
	say_state(v, "open", seat->name, 0);
	viewer_show(v);
	if (seat->state == SEAT_EMPTY)
		say_state(v, "ended", NULL, 0);
}

void viewer_say_ended(struct viewer *v)
{
	say_state(v, "ended", NULL, 0);
}

void viewer_ask(struct viewer *v)
{
	v->is_asked = true;
	queue(v, WSLAY_PING, "", 0);
}

bool viewer_keeps_up(const struct viewer *v)
{
	return terminals_wslay.get_queued_msg_length(v->socket) < QUEUE_MAX;
}

bool viewer_has_all(const struct viewer *v)
{
	return terminals_wslay.get_queued_msg_length(v->socket) == 0;
}

void viewer_close(struct viewer *v, unsigned code, const char *reason)
{
	(void)terminals_wslay.queue_close(
		v->socket, (uint16_t)code, (const uint8_t *)reason, strlen(reason));
}

/* ---- the connection ---- */

struct viewer *viewer_create(const struct terminals_connection *connection,
	void (*obey)(struct viewer *viewer, const cJSON *order))
{
	static const struct wslay_event_callbacks callbacks = {
		.recv_callback = receive,
		.send_callback = transmit,
		.on_msg_recv_callback = take_message,
	};
	struct viewer *v = xcalloc(1, sizeof *v);
	v->connection = *connection;
	v->obey = obey;
	v->sent_ms = v->heard_ms = clock_monotonic_ms();
	buf_add(&v->early, connection->early, connection->early_length);
	if (terminals_wslay.context_server_init(&v->socket, &callbacks, v) != 0)
		die_out_of_memory();
	terminals_wslay.config_set_max_recv_msg_length(v->socket, MESSAGE_MAX);
	return v;
}

void viewer_free(struct viewer *v)
{
	terminals_wslay.context_free(v->socket);
	v->connection.close(v->connection.data);
	buf_finish(&v->early);
	free(v);
}

short viewer_events(const struct viewer *v)
{
	return (short)((terminals_wslay.want_read(v->socket) ? POLLIN : 0) |
		       (terminals_wslay.want_write(v->socket) ? POLLOUT : 0));
}

void viewer_serve(struct viewer *v, short events)
{
	bool readable = (events & (POLLIN | POLLHUP | POLLERR)) != 0 || v->early.length > 0;
	if ((readable && terminals_wslay.recv(v->socket) != 0) ||
		terminals_wslay.send(v->socket) != 0 || viewer_events(v) == 0)
		v->is_over = true;
}
