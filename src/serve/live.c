/* serve/live.c - what happens in the room goes at once to the learners and boards that listen: one
 * thread publishes, in order, what is on the disk */
#include "private.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LEARNERS "room" /* topics */
#define WHOLE "board"
#define CHANGES "board-changes"
#define PROJECTOR "projector"
#define LISTENERS_MAX 16 /* of one learner */
#define TICK_MS 1000
#define WHOLE_MS 250 /* between whole boards */
#define PROJECTOR_MS 500
#define ATTEND_MS 60000
/* What comes so soon after something was published goes together: the longer, the more listen. */
#define GATHER_MS 10
#define GATHER_MS_MAX 50
#define LISTENERS_A_MS 25

struct live {
	struct hub *hub;
	struct room *room;
	char *join;
	pthread_t thread;

	pthread_mutex_t wake_lock;
	pthread_cond_t wake;
	bool dirty, ending;

	pthread_mutex_t lock; /* what was published, and nobody begins to listen meanwhile */
	int64_t published, state_published;
	uint64_t changes_version, whole_version, projector_version;
	int64_t whole_ms, projector_ms, tick_ms, attend_ms;
	struct piece *first[2]; /* whole boards for those who begin to listen, by view */
	uint64_t first_version[2];
	int64_t first_ms[2];
};

/* ---- learners; with the lock ---- */

struct publishing {
	struct live *live;
	int64_t after, upto;
};

static void publish_one(void *data, const struct room_event *e)
{
	const struct publishing *p = data;
	cleanup_buf struct buf text = {0};
	if (e->id <= p->after || e->id > p->upto)
		return;
	events_add(&text, e->name, e->id, e->data);
	events_publish(p->live->hub, LEARNERS, e->learner, &text, false);
}

static void add_json_event(struct buf *out, const char *name, int64_t id, cJSON *json)
{
	cleanup_free char *text = json_print_take(json);
	events_add(out, name, id, text);
}

static void publish_range(struct live *live, int64_t after, int64_t upto)
{
	struct publishing p = {live, after, upto};
	room_events(live->room, after, NULL, publish_one, &p);
}

/* Ids rise: the state goes between the events before and after its last change. */
static void publish_learners(struct live *live)
{
	int64_t upto, changed;
	cJSON *state = room_state(live->room, &upto, &changed);
	bool news = changed > live->state_published && changed <= upto;
	int64_t middle = news ? changed : upto;
	publish_range(live, live->published, middle);
	if (news) {
		cleanup_buf struct buf text = {0};
		add_json_event(&text, "state", changed, state);
		events_publish(live->hub, LEARNERS, NULL, &text, true);
		live->state_published = changed;
		publish_range(live, middle, upto);
	} else {
		cJSON_Delete(state);
	}
	live->published = upto;
}

static void add_who(void *data, const char *who)
{
	words_add(data, who);
}

static void look_who_is_here(struct live *live)
{
	cleanup_words struct words here = {0};
	events_each(live->hub, LEARNERS, add_who, &here);
	room_present(live->room, &here);
}

/* ---- boards; with the lock ---- */

void live_board(struct live *live, enum room_view view, struct buf *out)
{
	cleanup_free char *text = json_print_take(room_board(live->room, view, live->join));
	buf_add_text(out, text);
}

const char *live_join(const struct live *live)
{
	return live->join;
}

static void board_event(struct live *live, enum room_view view, struct buf *out)
{
	cleanup_buf struct buf json = {0};
	live_board(live, view, &json);
	events_add(out, "board", 0, buf_text(&json));
}

static bool publish_changes(struct live *live)
{
	if (events_count(live->hub, CHANGES, NULL) == 0) {
		live->changes_version = room_version(live->room);
		return false;
	}
	cleanup_buf struct buf text = {0};
	cJSON *json = room_changes(live->room, ROOM_BOARD, &live->changes_version);
	if (json == NULL)
		return false;
	add_json_event(&text, "change", 0, json);
	events_publish(live->hub, CHANGES, NULL, &text, false);
	return true;
}

static bool publish_whole(struct live *live, int64_t now)
{
	uint64_t version = room_version(live->room);
	if (version == live->whole_version || now - live->whole_ms < WHOLE_MS)
		return false;
	live->whole_version = version;
	live->whole_ms = now;
	if (events_count(live->hub, WHOLE, NULL) == 0)
		return false;
	cleanup_buf struct buf text = {0};
	board_event(live, ROOM_BOARD, &text);
	events_publish(live->hub, WHOLE, NULL, &text, true);
	return true;
}

/* Without names there is no telling whose row has changed: all of them, but not often. */
static bool publish_projector(struct live *live, int64_t now)
{
	if (now - live->projector_ms < PROJECTOR_MS)
		return false;
	if (events_count(live->hub, PROJECTOR, NULL) == 0)
		return false;
	cJSON *json = room_changes(live->room, ROOM_PROJECTOR, &live->projector_version);
	if (json == NULL)
		return false;
	cleanup_buf struct buf text = {0};
	live->projector_ms = now;
	add_json_event(&text, "change", 0, json);
	events_publish(live->hub, PROJECTOR, NULL, &text, true);
	return true;
}

/* Without the lock: it waits for the disk. */
static void keep_attendance(struct live *live)
{
	int64_t now = clock_monotonic_ms();
	if (now - live->attend_ms < ATTEND_MS)
		return;
	live->attend_ms = now;
	(void)room_attend(live->room, NULL); /* a minute more or less is all that is lost */
}

static bool publish_all(struct live *live)
{
	int64_t now = clock_monotonic_ms();
	pthread_mutex_lock(&live->lock);
	publish_learners(live);
	if (now - live->tick_ms >= TICK_MS) {
		live->tick_ms = now;
		look_who_is_here(live);
	}
	bool some = publish_changes(live);
	some = publish_whole(live, now) || some;
	some = publish_projector(live, now) || some;
	pthread_mutex_unlock(&live->lock);
	return some;
}

/* ---- the thread ---- */

static void wait_until_woken(struct live *live, int64_t ms)
{
	const struct timespec until = condition_until(ms);
	while (!live->dirty && !live->ending &&
		condition_wait(&live->wake, &live->wake_lock, &until))
		;
	live->dirty = false;
}

static void pause_to_gather(const struct live *live)
{
	long ms = GATHER_MS + (long)events_count(live->hub, CHANGES, NULL) / LISTENERS_A_MS;
	const struct timespec pause = {
		.tv_nsec = (ms < GATHER_MS_MAX ? ms : GATHER_MS_MAX) * 1000000};
	nanosleep(&pause, NULL);
}

static void *run_publishing(void *data)
{
	struct live *live = data;
	pthread_mutex_lock(&live->wake_lock);
	while (!live->ending) {
		wait_until_woken(live, WHOLE_MS);
		pthread_mutex_unlock(&live->wake_lock);
		bool some = publish_all(live);
		keep_attendance(live);
		if (some)
			pause_to_gather(live);
		pthread_mutex_lock(&live->wake_lock);
	}
	pthread_mutex_unlock(&live->wake_lock);
	return NULL;
}

void live_wake(struct live *live)
{
	pthread_mutex_lock(&live->wake_lock);
	live->dirty = true;
	pthread_cond_signal(&live->wake);
	pthread_mutex_unlock(&live->wake_lock);
}

struct live *live_create(struct hub *hub, struct room *room, const char *origin)
{
	struct live *live = xcalloc(1, sizeof *live);
	live->hub = hub;
	live->room = room;
	live->attend_ms = clock_monotonic_ms();
	live->join = xasprintf("ropes join %s %s", origin, room_code(room));
	cJSON_Delete(room_state(room, &live->published, &live->state_published));
	pthread_mutex_init(&live->lock, NULL);
	pthread_mutex_init(&live->wake_lock, NULL);
	condition_init(&live->wake);
	if (pthread_create(&live->thread, NULL, run_publishing, live) != 0)
		die_out_of_memory();
	return live;
}

void live_destroy(struct live *live)
{
	if (live == NULL)
		return;
	pthread_mutex_lock(&live->wake_lock);
	live->ending = true;
	pthread_cond_signal(&live->wake);
	pthread_mutex_unlock(&live->wake_lock);
	pthread_join(live->thread, NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(live->first); i++)
		events_drop_piece(live->hub, live->first[i]);
	pthread_mutex_destroy(&live->lock);
	pthread_mutex_destroy(&live->wake_lock);
	pthread_cond_destroy(&live->wake);
	free(live->join);
	free(live);
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

bool live_listen(struct request *r, struct reply *a, const char *learner, int64_t after)
{
	struct live *live = r->live;
	cleanup_buf struct buf first = {0};
	int64_t id, changed;
	if (events_count(live->hub, LEARNERS, learner) >= LISTENERS_MAX)
		return reply_error(a, 503, "you listen from too many places already");
	pthread_mutex_lock(&live->lock);
	publish_learners(live); /* so that nothing comes twice */
	struct missed m = {live->published, &first};
	room_events(live->room, after, learner, add_missed, &m);
	cJSON *state = room_state(live->room, &id, &changed);
	add_json_event(&first, "state", live->published, state);
	bool good = events_listen(r, a, LEARNERS, learner, &first);
	if (good)
		look_who_is_here(live);
	pthread_mutex_unlock(&live->lock);
	live_wake(live);
	return good;
}

/* Many begin at the same time, when a server comes back: they share one text. */
static struct piece *first_board(struct live *live, enum room_view view)
{
	int64_t now = clock_monotonic_ms();
	uint64_t version = room_version(live->room);
	bool fresh = live->first[view] != NULL && live->first_version[view] == version &&
		     now - live->first_ms[view] < TICK_MS;
	if (fresh)
		return live->first[view];
	cleanup_buf struct buf text = {0};
	board_event(live, view, &text);
	events_drop_piece(live->hub, live->first[view]);
	live->first[view] = events_keep_piece(live->hub, &text);
	live->first_version[view] = version;
	live->first_ms[view] = now;
	return live->first[view];
}

bool live_listen_board(struct request *r, struct reply *a, enum room_view view, bool changes)
{
	struct live *live = r->live;
	const char *topic = view == ROOM_PROJECTOR ? PROJECTOR : changes ? CHANGES : WHOLE;
	pthread_mutex_lock(&live->lock);
	bool good = events_listen_piece(r, a, topic, "", first_board(live, view));
	pthread_mutex_unlock(&live->lock);
	return good;
}
