/* terminals/terminals.c - the thread that carries what is typed and printed, and decides which
 * programs run */
#include "private.h"

#include "json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define SIZE_MAX_CELLS 500
#define TICK_MS 250
#define GREETING_MS 10000 /* until the token must have arrived */
#define ASK_MS 30000      /* without a message */
#define STALL_MS 20000    /* a browser that takes nothing for so long may come again */
#define IDLE_MS (30LL * 60 * 1000)
#define LIST_MS 1000         /* between two lists of what a seat has open */
#define VIEWERS_MAX 8        /* of a seat */
#define CONNECTIONS_MAX 1024 /* that have a seat */
#define SILENT_MAX 512       /* that have not said which yet */
#define PIECE ((size_t)32 * 1024)

/* ---- which programs run ---- */

static unsigned count_programs(const struct terminals *t)
{
	unsigned count = 0;
	for (const struct seat *seat = t->seats; seat != NULL; seat = seat->next)
		count += seat->state == SEAT_OPEN || seat->state == SEAT_ENDING;
	return count;
}

/* Whoever began to wait first, is first. */
static unsigned queue_place(const struct terminals *t, const struct seat *waiting)
{
	unsigned place = 1;
	for (const struct seat *seat = t->seats; seat != NULL; seat = seat->next)
		place += seat != waiting && seat->state == SEAT_WAITING &&
			 (seat->since_ms < waiting->since_ms ||
				 (seat->since_ms == waiting->since_ms && seat < waiting));
	return place;
}

static void tell_viewer(struct viewer *v)
{
	v->place = v->seat->state == SEAT_WAITING ? queue_place(v->terminals, v->seat) : 0;
	viewer_tell(v);
}

static bool is_owner_of(const struct viewer *v, const struct seat *seat)
{
	return v->seat == seat && v->role == VIEWER_OWNER;
}

static void tell_viewers(struct terminals *t, const struct seat *seat)
{
	unsigned place = seat->state == SEAT_WAITING ? queue_place(t, seat) : 0;
	for (struct viewer *v = t->viewers; v != NULL; v = v->next)
		if (is_owner_of(v, seat) && (place == 0 || v->place != place))
			tell_viewer(v);
}

static void start_seat(struct terminals *t, struct seat *seat)
{
	bool full = count_programs(t) >= t->o.max;
	for (const struct seat *other = t->seats; other != NULL; other = other->next)
		full = full || (other != seat && other->state == SEAT_WAITING);
	seat->state = SEAT_WAITING;
	seat->since_ms = clock_monotonic_ms();
	if (!full)
		program_start(t, seat);
	tell_viewers(t, seat);
}

static void start_waiting(struct terminals *t)
{
	struct seat *first = NULL;
	for (struct seat *seat = t->seats; seat != NULL; seat = seat->next)
		if (seat->state == SEAT_WAITING && (first == NULL || queue_place(t, seat) == 1))
			first = seat;
	if (first == NULL)
		return;
	if (count_programs(t) < t->o.max)
		program_start(t, first);
	for (const struct seat *seat = t->seats; seat != NULL; seat = seat->next)
		if (seat == first || seat->state == SEAT_WAITING)
			tell_viewers(t, seat);
}

static bool sit_down(struct viewer *v, const char *token)
{
	struct seat *seat = seat_find(v->terminals, token);
	if (seat == NULL || seat->viewers >= VIEWERS_MAX)
		return false;
	v->seat = seat;
	seat->viewers++;
	return true;
}

/* ---- what browsers ask for ---- */

static unsigned read_size(const cJSON *order, const char *name)
{
	const cJSON *number = json_get(order, name);
	double value = cJSON_IsNumber(number) ? number->valuedouble : 0;
	return value >= 1 && value <= SIZE_MAX_CELLS ? (unsigned)value : 0;
}

static void resize(struct viewer *v, const cJSON *order)
{
	unsigned rows = read_size(order, "rows"), columns = read_size(order, "columns");
	program_resize(v->seat, rows, columns);
	if (rows > 0 && columns > 0)
		guest_resize_all(v->terminals, v->seat);
}

/* Each message of the browser names what it wants. */
static void obey(struct viewer *v, const cJSON *order)
{
	const char *token = json_get_text(order, "token"), *pass = json_get_text(order, "pass");
	if (v->role != VIEWER_OWNER)
		return;
	if (v->seat == NULL && pass != NULL) {
		guest_ask(v, pass, json_get_text(order, "of"));
		return;
	}
	if (v->seat == NULL && (token == NULL || !sit_down(v, token))) {
		viewer_close(v, TERMINALS_UNKNOWN, "no seat has this token");
		return;
	}
	resize(v, order);
	guest_answer(v, order);
	if (v->seat->state == SEAT_EMPTY && (token != NULL || json_is_true(order, "start")))
		start_seat(v->terminals, v->seat);
	else if (token != NULL)
		tell_viewer(v);
	if (token != NULL && v->seat->ports != NULL)
		viewer_say(v, v->seat->ports);
	if (token != NULL)
		guest_introduce_all(v);
}

/* ---- programs ---- */

static void read_program(struct terminals *t, struct seat *seat)
{
	char bytes[PIECE];
	ssize_t length = program_read(seat, bytes, sizeof bytes);
	if (length < 0)
		program_end(seat, clock_monotonic_ms());
	if (length <= 0)
		return;
	for (struct viewer *v = t->viewers; v != NULL; v = v->next)
		if (is_owner_of(v, seat))
			viewer_send(v, bytes, (size_t)length);
	guest_send_all(t, seat, bytes, (size_t)length);
}

/* Only as fast as its slowest owner takes the output; one that takes nothing is dropped. */
static bool may_read(const struct terminals *t, const struct seat *seat)
{
	for (const struct viewer *v = t->viewers; v != NULL; v = v->next)
		if (is_owner_of(v, seat) && !viewer_keeps_up(v))
			return false;
	return seat->state == SEAT_OPEN;
}

static void tell_new_ports(struct terminals *t, struct seat *seat, int64_t now_ms)
{
	if (seat->viewers == 0 || now_ms - seat->listed_ms < LIST_MS || !ports_list(t, seat))
		return;
	for (struct viewer *v = t->viewers; v != NULL; v = v->next)
		if (is_owner_of(v, seat))
			viewer_say(v, seat->ports);
}

static void look_after_seat(struct terminals *t, struct seat *seat, int64_t now_ms)
{
	int64_t idle_ms = t->o.idle_ms > 0 ? t->o.idle_ms : IDLE_MS;
	if (seat->state == SEAT_WAITING && seat->viewers == 0)
		seat->state = SEAT_EMPTY;
	if (seat->state == SEAT_OPEN && seat->viewers == 0 && now_ms - seat->since_ms > idle_ms)
		program_end(seat, now_ms);
	if (seat->state != SEAT_ENDING || !program_has_ended(seat, now_ms))
		return;
	seat->state = SEAT_EMPTY;
	guest_end_all(t, seat, "the session has ended");
	for (struct viewer *v = t->viewers; v != NULL; v = v->next)
		if (is_owner_of(v, seat))
			viewer_say_ended(v);
}

static void look_after_seats(struct terminals *t)
{
	int64_t now_ms = clock_monotonic_ms();
	for (struct seat **at = &t->seats; *at != NULL;) {
		struct seat *seat = *at;
		look_after_seat(t, seat, now_ms);
		tell_new_ports(t, seat, now_ms);
		if (seat->state == SEAT_EMPTY && seat->viewers + seat->guests == 0) {
			*at = seat->next;
			seat_free(seat);
		} else {
			at = &seat->next;
		}
	}
	start_waiting(t);
}

/* ---- browsers ---- */

static void leave(struct viewer *v)
{
	if (v->guest != NULL) {
		guest_leave(v);
	} else if (v->seat != NULL && --v->seat->viewers == 0) {
		if (v->seat->state == SEAT_OPEN)
			v->seat->since_ms = clock_monotonic_ms();
		guest_end_all(v->terminals, v->seat, "the page of the terminal was closed");
	}
	viewer_free(v);
}

/* Returns whether a browser has gone: it sends no token, takes no output, or gives no sign. */
static bool has_left(struct viewer *v, int64_t now_ms)
{
	int64_t silent_ms = now_ms - v->heard_ms;
	if (v->seat != NULL && silent_ms > ASK_MS && !v->is_asked)
		viewer_ask(v);
	return v->is_over || (v->seat == NULL && silent_ms > GREETING_MS) ||
	       (v->is_asked && silent_ms > ASK_MS + STALL_MS) ||
	       (terminals_wslay.want_write(v->socket) && now_ms - v->sent_ms > STALL_MS);
}

static void look_after_viewers(struct terminals *t)
{
	int64_t now_ms = clock_monotonic_ms();
	for (struct viewer **at = &t->viewers; *at != NULL;) {
		struct viewer *v = *at;
		if (has_left(v, now_ms)) {
			*at = v->next;
			leave(v);
		} else {
			guest_look_after(v, now_ms);
			at = &v->next;
		}
	}
}

static unsigned count_viewers(const struct terminals *t)
{
	unsigned count = 0;
	for (const struct viewer *v = t->viewers; v != NULL; v = v->next)
		count += v->seat != NULL;
	return count;
}

/* A browser says at once which seat it wants: of many that do not, the latest may stay. */
static void drop_silent(struct terminals *t)
{
	unsigned silent = 0;
	for (struct viewer **at = &t->viewers; *at != NULL;) {
		struct viewer *v = *at;
		silent += v->seat == NULL;
		if (v->seat == NULL && silent > SILENT_MAX) {
			*at = v->next;
			leave(v);
		} else {
			at = &v->next;
		}
	}
}

/* Takes over what has arrived, and tells how much there is. False: the module is ending. */
static bool exchange(struct terminals *t)
{
	pthread_mutex_lock(&t->lock);
	struct viewer *arrived = t->arrived;
	bool ending = t->ending;
	t->arrived = NULL;
	t->figures = (struct terminals_figures){
		.running = count_programs(t), .connections = count_viewers(t)};
	for (const struct seat *seat = t->seats; seat != NULL; seat = seat->next)
		t->figures.waiting += seat->state == SEAT_WAITING;
	pthread_mutex_unlock(&t->lock);
	while (arrived != NULL) {
		struct viewer *v = arrived;
		arrived = v->next;
		v->next = t->viewers;
		t->viewers = v;
		viewer_serve(v, 0); /* what came with the handshake */
	}
	drop_silent(t);
	return !ending;
}

/* ---- the thread ---- */

struct watched {
	struct pollfd *fds;
	size_t count;
};

static void watch(struct watched *w, int fd, short events)
{
	w->fds = array_grow(w->fds, w->count, sizeof *w->fds);
	/* without events, a program that has hung up would be reported again and again */
	w->fds[w->count++] = (struct pollfd){.fd = events != 0 ? fd : -1, .events = events};
}

static void watch_all(const struct terminals *t, struct watched *w)
{
	w->count = 0;
	watch(w, t->wake, POLLIN);
	for (const struct seat *seat = t->seats; seat != NULL; seat = seat->next)
		watch(w, seat->terminal,
			(short)((may_read(t, seat) ? POLLIN : 0) |
				(seat->typed.length > 0 ? POLLOUT : 0)));
	for (const struct viewer *v = t->viewers; v != NULL; v = v->next)
		watch(w, v->connection.fd, viewer_events(v));
}

static void serve_all(struct terminals *t, const struct watched *w)
{
	uint64_t count;
	const struct pollfd *at = w->fds;
	if (at->revents != 0)
		(void)!read(t->wake, &count, sizeof count); /* only resets it */
	at++;
	for (struct seat *seat = t->seats; seat != NULL; seat = seat->next, at++) {
		if ((at->revents & POLLOUT) != 0)
			program_feed(seat);
		if ((at->revents & (POLLIN | POLLHUP | POLLERR)) != 0 && may_read(t, seat))
			read_program(t, seat);
	}
	/* serving one may add a seat, but no viewer */
	for (struct viewer *v = t->viewers; v != NULL; v = v->next, at++)
		if (at->revents != 0)
			viewer_serve(v, at->revents);
}

static void end_all(struct terminals *t)
{
	bool some = true;
	while (t->viewers != NULL) {
		struct viewer *v = t->viewers;
		t->viewers = v->next;
		viewer_close(v, WSLAY_CODE_GOING_AWAY, "the server stops");
		viewer_serve(v, 0);
		leave(v);
	}
	for (struct seat *seat = t->seats; seat != NULL; seat = seat->next)
		if (seat->state == SEAT_OPEN)
			program_end(seat, clock_monotonic_ms());
	while (some) {
		some = false;
		for (struct seat *seat = t->seats; seat != NULL; seat = seat->next)
			if (seat->state == SEAT_ENDING) {
				if (program_has_ended(seat, clock_monotonic_ms()))
					seat->state = SEAT_EMPTY;
				some = some || seat->state == SEAT_ENDING;
			}
		if (some)
			(void)poll(NULL, 0, 20);
	}
	while (t->seats != NULL) {
		struct seat *seat = t->seats;
		t->seats = seat->next;
		seat_free(seat);
	}
}

static void *run(void *data)
{
	struct terminals *t = data;
	struct watched watched = {0};
	while (exchange(t)) {
		watch_all(t, &watched);
		bool idle = t->seats == NULL && t->viewers == NULL;
		if (poll(watched.fds, watched.count, idle ? -1 : TICK_MS) > 0)
			serve_all(t, &watched);
		look_after_viewers(t);
		look_after_seats(t);
	}
	free(watched.fds);
	end_all(t);
	return NULL;
}

static void wake(struct terminals *t)
{
	const uint64_t one = 1;
	(void)!write(t->wake, &one, sizeof one); /* fails only if it is awake */
}

void terminals_show(struct terminals *t, const struct terminals_connection *connection)
{
	struct viewer *v = viewer_create(connection, obey);
	v->terminals = t;
	pthread_mutex_lock(&t->lock);
	bool takes = !t->ending && t->figures.connections < CONNECTIONS_MAX;
	if (takes) {
		v->next = t->arrived;
		t->arrived = v;
	}
	pthread_mutex_unlock(&t->lock);
	if (takes)
		wake(t);
	else
		viewer_free(v);
}

struct terminals_figures terminals_figures(struct terminals *t)
{
	pthread_mutex_lock(&t->lock);
	struct terminals_figures figures = t->figures;
	pthread_mutex_unlock(&t->lock);
	return figures;
}

bool terminals_open(const struct terminals_options *o, struct terminals **ret, struct error *err)
{
	if (!terminals_library_open(err) || !folder_make(o->folder, 0700, err))
		return false;
	struct terminals *t = xcalloc(1, sizeof *t);
	t->o = *o;
	t->folder = xstrdup(o->folder);
	t->address = xstrdup(o->address);
	t->url = xstrdup(o->url);
	t->o.folder = t->folder;
	t->o.address = t->address;
	t->o.url = t->url;
	pthread_mutex_init(&t->lock, NULL);
	t->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (t->wake < 0)
		error_set(err, errno, "eventfd");
	else if (pthread_create(&t->thread, NULL, run, t) != 0)
		error_set(err, 0, "cannot start a thread for terminals");
	else
		t->has_thread = true;
	if (!t->has_thread) {
		terminals_close(t);
		return false;
	}
	*ret = t;
	return true;
}

void terminals_end(struct terminals *t)
{
	if (t == NULL || !t->has_thread)
		return;
	pthread_mutex_lock(&t->lock);
	t->ending = true;
	pthread_mutex_unlock(&t->lock);
	wake(t);
	pthread_join(t->thread, NULL);
	t->has_thread = false;
	while (t->arrived != NULL) {
		struct viewer *v = t->arrived;
		t->arrived = v->next;
		viewer_free(v);
	}
}

void terminals_close(struct terminals *t)
{
	if (t == NULL)
		return;
	terminals_end(t);
	if (t->wake >= 0)
		close(t->wake);
	pthread_mutex_destroy(&t->lock);
	free(t->folder);
	free(t->address);
	free(t->url);
	free(t);
}
