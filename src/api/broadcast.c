/* api/broadcast.c - pushes changes in the room at once to learners and boards: one thread
 * publishes in order whatever is on disk */
#include "private.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LEARNERS "room" /* topics */
#define WHOLE "board"
#define CHANGES "board-changes"
#define PROJECTOR "projector"
#define LISTENERS_MAX 16 /* per learner */
#define TICK_MS 1000
#define WHOLE_MS 250 /* between full boards */
#define PROJECTOR_MS 500
#define ATTEND_MS 60000
/* Pause after publishing, so that changes that follow shortly go out together. It grows with the
 * number of listeners. */
#define GATHER_MS 10
#define GATHER_MS_MAX 50
#define LISTENERS_A_MS 25

struct broadcaster {
	struct hub *hub;
	struct room *room;
	char *join;
	pthread_t thread;

	pthread_mutex_t wake_lock;
	pthread_cond_t wake;
	bool dirty, ending;

	pthread_mutex_t lock; /* guards what was published; blocks new listeners meanwhile */
	int64_t published, state_published;
	uint64_t changes_version, whole_version, projector_version;
	int64_t whole_ms, projector_ms, tick_ms, attend_ms;
	struct piece *first[2]; /* full board for new listeners, by view */
	uint64_t first_version[2];
	int64_t first_ms[2];
};

/* ---- learners; lock held ---- */

struct publishing {
	struct broadcaster *broadcaster;
	int64_t after, upto;
};

static void publish_one(void *data, const struct room_event *e)
{
	const struct publishing *p = data;
	cleanup_buf struct buf text = {0};
	if (e->id <= p->after || e->id > p->upto)
		return;
	events_add(&text, e->name, e->id, e->data);
	events_publish(p->broadcaster->hub, LEARNERS, e->learner, &text, false);
}

static void add_json_event(struct buf *out, const char *name, int64_t id, cJSON *json)
{
	cleanup_free char *text = json_print_take(json);
	events_add(out, name, id, text);
}

static void publish_range(struct broadcaster *broadcaster, int64_t after, int64_t upto)
{
	struct publishing p = {broadcaster, after, upto};
	room_events(broadcaster->room, after, NULL, publish_one, &p);
}

/* Event ids must increase: publish the state between the events before and after its last change.
 */
static void publish_learners(struct broadcaster *broadcaster)
{
	int64_t upto, changed;
	cJSON *state = room_state(broadcaster->room, &upto, &changed);
	bool news = changed > broadcaster->state_published && changed <= upto;
	int64_t middle = news ? changed : upto;
	publish_range(broadcaster, broadcaster->published, middle);
	if (news) {
		cleanup_buf struct buf text = {0};
		add_json_event(&text, "state", changed, state);
		events_publish(broadcaster->hub, LEARNERS, NULL, &text, true);
		broadcaster->state_published = changed;
		publish_range(broadcaster, middle, upto);
	} else {
		cJSON_Delete(state);
	}
	broadcaster->published = upto;
}

static void add_who(void *data, const char *who)
{
	words_add(data, who);
}

static void look_who_is_here(struct broadcaster *broadcaster)
{
	cleanup_words struct words here = {0};
	events_each(broadcaster->hub, LEARNERS, add_who, &here);
	room_present(broadcaster->room, &here);
}

/* ---- boards; lock held ---- */

void broadcast_board(struct broadcaster *broadcaster, enum room_view view, struct buf *out)
{
	cleanup_free char *text =
		json_print_take(room_board(broadcaster->room, view, broadcaster->join));
	buf_add_text(out, text);
}

const char *broadcast_join(const struct broadcaster *broadcaster)
{
	return broadcaster->join;
}

/* Ends the boards of instructors who have been removed: who listens is known by the token. */
static void end_refused_boards(struct broadcaster *broadcaster)
{
	static const char *const topics[] = {WHOLE, CHANGES};
	for (size_t i = 0; i < ARRAY_LENGTH(topics); i++) {
		cleanup_words struct words tokens = {0};
		events_each(broadcaster->hub, topics[i], add_who, &tokens);
		for (size_t k = 0; k < tokens.count; k++)
			if (!room_token_fits(broadcaster->room, ROOM_BOARD, tokens.items[k]))
				events_end_owner(broadcaster->hub, topics[i], tokens.items[k]);
	}
}

static void board_event(struct broadcaster *broadcaster, enum room_view view, struct buf *out)
{
	cleanup_buf struct buf json = {0};
	broadcast_board(broadcaster, view, &json);
	events_add(out, "board", 0, buf_text(&json));
}

static bool publish_changes(struct broadcaster *broadcaster)
{
	if (events_count(broadcaster->hub, CHANGES, NULL) == 0) {
		broadcaster->changes_version = room_version(broadcaster->room);
		return false;
	}
	cleanup_buf struct buf text = {0};
	cJSON *json = room_changes(broadcaster->room, ROOM_BOARD, &broadcaster->changes_version);
	if (json == NULL)
		return false;
	add_json_event(&text, "change", 0, json);
	events_publish(broadcaster->hub, CHANGES, NULL, &text, false);
	return true;
}

static bool publish_whole(struct broadcaster *broadcaster, int64_t now)
{
	uint64_t version = room_version(broadcaster->room);
	if (version == broadcaster->whole_version || now - broadcaster->whole_ms < WHOLE_MS)
		return false;
	broadcaster->whole_version = version;
	broadcaster->whole_ms = now;
	if (events_count(broadcaster->hub, WHOLE, NULL) == 0)
		return false;
	cleanup_buf struct buf text = {0};
	board_event(broadcaster, ROOM_BOARD, &text);
	events_publish(broadcaster->hub, WHOLE, NULL, &text, true);
	return true;
}

/* A board without names cannot send single rows: publish all of them, but less often. */
static bool publish_projector(struct broadcaster *broadcaster, int64_t now)
{
	if (now - broadcaster->projector_ms < PROJECTOR_MS)
		return false;
	if (events_count(broadcaster->hub, PROJECTOR, NULL) == 0)
		return false;
	cJSON *json =
		room_changes(broadcaster->room, ROOM_PROJECTOR, &broadcaster->projector_version);
	if (json == NULL)
		return false;
	cleanup_buf struct buf text = {0};
	broadcaster->projector_ms = now;
	add_json_event(&text, "change", 0, json);
	events_publish(broadcaster->hub, PROJECTOR, NULL, &text, true);
	return true;
}

/* Call without the lock: this waits for the disk. */
static void keep_attendance(struct broadcaster *broadcaster)
{
	int64_t now = clock_monotonic_ms();
	if (now - broadcaster->attend_ms < ATTEND_MS)
		return;
	broadcaster->attend_ms = now;
	(void)room_attend(broadcaster->room, NULL); /* a failure loses only a minute or so */
}

static bool publish_all(struct broadcaster *broadcaster)
{
	int64_t now = clock_monotonic_ms();
	pthread_mutex_lock(&broadcaster->lock);
	publish_learners(broadcaster);
	if (now - broadcaster->tick_ms >= TICK_MS) {
		broadcaster->tick_ms = now;
		look_who_is_here(broadcaster);
		end_refused_boards(broadcaster);
	}
	bool some = publish_changes(broadcaster);
	some = publish_whole(broadcaster, now) || some;
	some = publish_projector(broadcaster, now) || some;
	pthread_mutex_unlock(&broadcaster->lock);
	return some;
}

/* ---- the thread ---- */

static void wait_until_woken(struct broadcaster *broadcaster, int64_t ms)
{
	const struct timespec until = condition_until(ms);
	while (!broadcaster->dirty && !broadcaster->ending &&
		condition_wait(&broadcaster->wake, &broadcaster->wake_lock, &until))
		;
	broadcaster->dirty = false;
}

static void pause_to_gather(const struct broadcaster *broadcaster)
{
	long ms = GATHER_MS + (long)events_count(broadcaster->hub, CHANGES, NULL) / LISTENERS_A_MS;
	const struct timespec pause = {
		.tv_nsec = (ms < GATHER_MS_MAX ? ms : GATHER_MS_MAX) * 1000000};
	nanosleep(&pause, NULL);
}

static void *run_publishing(void *data)
{
	struct broadcaster *broadcaster = data;
	pthread_mutex_lock(&broadcaster->wake_lock);
	while (!broadcaster->ending) {
		wait_until_woken(broadcaster, WHOLE_MS);
		pthread_mutex_unlock(&broadcaster->wake_lock);
		bool some = publish_all(broadcaster);
		keep_attendance(broadcaster);
		if (some)
			pause_to_gather(broadcaster);
		pthread_mutex_lock(&broadcaster->wake_lock);
	}
	pthread_mutex_unlock(&broadcaster->wake_lock);
	return NULL;
}

void broadcast_wake(struct broadcaster *broadcaster)
{
	pthread_mutex_lock(&broadcaster->wake_lock);
	broadcaster->dirty = true;
	pthread_cond_signal(&broadcaster->wake);
	pthread_mutex_unlock(&broadcaster->wake_lock);
}

struct broadcaster *broadcast_create(struct hub *hub, struct room *room, const char *origin)
{
	struct broadcaster *broadcaster = xcalloc(1, sizeof *broadcaster);
	broadcaster->hub = hub;
	broadcaster->room = room;
	broadcaster->attend_ms = clock_monotonic_ms();
	broadcaster->join = xasprintf("ropes join %s %s", origin, room_code(room));
	cJSON_Delete(room_state(room, &broadcaster->published, &broadcaster->state_published));
	pthread_mutex_init(&broadcaster->lock, NULL);
	pthread_mutex_init(&broadcaster->wake_lock, NULL);
	condition_init(&broadcaster->wake);
	if (pthread_create(&broadcaster->thread, NULL, run_publishing, broadcaster) != 0)
		die_out_of_memory();
	return broadcaster;
}

void broadcast_destroy(struct broadcaster *broadcaster)
{
	if (broadcaster == NULL)
		return;
	pthread_mutex_lock(&broadcaster->wake_lock);
	broadcaster->ending = true;
	pthread_cond_signal(&broadcaster->wake);
	pthread_mutex_unlock(&broadcaster->wake_lock);
	pthread_join(broadcaster->thread, NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(broadcaster->first); i++)
		events_drop_piece(broadcaster->hub, broadcaster->first[i]);
	pthread_mutex_destroy(&broadcaster->lock);
	pthread_mutex_destroy(&broadcaster->wake_lock);
	pthread_cond_destroy(&broadcaster->wake);
	free(broadcaster->join);
	free(broadcaster);
}

/* ---- listening ---- */

struct missed {
	int64_t upto;
	struct buf *out;
};

static void add_missed(void *data, const struct room_event *e)
{
	const struct missed *m = data;
	if (e->id <= m->upto)
		events_add(m->out, e->name, e->id, e->data);
}

bool broadcast_listen(struct request *r, struct reply *a, const char *learner, int64_t after)
{
	struct broadcaster *broadcaster = r->broadcaster;
	cleanup_buf struct buf first = {0};
	int64_t id, changed;
	if (events_count(broadcaster->hub, LEARNERS, learner) >= LISTENERS_MAX)
		return reply_error(a, 503, "you have too many open connections already");
	pthread_mutex_lock(&broadcaster->lock);
	publish_learners(broadcaster); /* so that nothing is sent twice */
	struct missed m = {broadcaster->published, &first};
	room_events(broadcaster->room, after, learner, add_missed, &m);
	cJSON *state = room_state(broadcaster->room, &id, &changed);
	add_json_event(&first, "state", broadcaster->published, state);
	bool good = events_listen(r, a, LEARNERS, learner, &first);
	if (good)
		look_who_is_here(broadcaster);
	pthread_mutex_unlock(&broadcaster->lock);
	broadcast_wake(broadcaster);
	return good;
}

/* When a server comes back, many connect at once: let them share one text. */
static struct piece *first_board(struct broadcaster *broadcaster, enum room_view view)
{
	int64_t now = clock_monotonic_ms();
	uint64_t version = room_version(broadcaster->room);
	bool fresh = broadcaster->first[view] != NULL &&
		     broadcaster->first_version[view] == version &&
		     now - broadcaster->first_ms[view] < TICK_MS;
	if (fresh)
		return broadcaster->first[view];
	cleanup_buf struct buf text = {0};
	board_event(broadcaster, view, &text);
	events_drop_piece(broadcaster->hub, broadcaster->first[view]);
	broadcaster->first[view] = events_keep_piece(broadcaster->hub, &text);
	broadcaster->first_version[view] = version;
	broadcaster->first_ms[view] = now;
	return broadcaster->first[view];
}

bool broadcast_listen_board(struct request *r, struct reply *a, enum room_view view, bool changes)
{
	struct broadcaster *broadcaster = r->broadcaster;
	const char *topic = view == ROOM_PROJECTOR ? PROJECTOR : changes ? CHANGES : WHOLE;
	const char *token = request_parameter(r, "token");
	pthread_mutex_lock(&broadcaster->lock);
	bool good = events_listen_piece(
		r, a, topic, token != NULL ? token : "", first_board(broadcaster, view));
	pthread_mutex_unlock(&broadcaster->lock);
	return good;
}
