/* class/class.c - opening and closing, and the thread that looks after the daemons */
#include "private.h"

#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOK_MS 1000
#define FILES_WANTED 16384

/* ---- the thread ---- */

static bool *standing(struct class *class)
{
	bool *was = xcalloc(class->daemon_count + 1, sizeof *was);
	for (size_t i = 0; i < class->daemon_count; i++)
		was[i] = class->daemons[i]->healthy; /* only this thread changes it */
	return was;
}

static void look_after(struct class *class, struct daemon *d, bool was, struct words *moved)
{
	pthread_mutex_lock(&class->seating);
	if (!d->healthy)
		seats_move(class, d, moved);
	else if (!was)
		seats_renew(class, d, moved);
	else
		seats_sweep(class, d);
	pthread_mutex_unlock(&class->seating);
}

static void tell_moved(const struct class *class, const struct words *moved)
{
	for (size_t i = 0; i + 1 < moved->count && class->moved != NULL; i += 2)
		class->moved(class->data, moved->items[i], moved->items[i + 1]);
}

/* The one daemon of this class is ours to bring up again. */
static void mend_practice(const struct class *class)
{
	const struct daemon_options options = {0};
	if (class->practice && !class->daemons[0]->healthy)
		(void)daemon_start(&options, NULL); /* else at the next look */
}

static void look(struct class *class)
{
	cleanup_words struct words moved = {0};
	cleanup_free bool *was = standing(class);
	size_t known = class->daemon_count;
	daemons_ask(class, false);
	for (size_t i = 0; i < class->daemon_count; i++)
		look_after(class, class->daemons[i], i < known && was[i], &moved);
	tell_moved(class, &moved);
	mend_practice(class);
}

static void *run(void *data)
{
	struct class *class = data;
	struct pollfd stop = {.fd = class->stop[0], .events = POLLIN};
	while (poll(&stop, 1, LOOK_MS) == 0 || (stop.revents == 0 && errno == EINTR))
		look(class);
	return NULL;
}

/* ---- opening ---- */

/* Nobody else may put anything where the learners' sockets are. */
static bool make_folder(const char *path, struct error *err)
{
	mode_t mode = geteuid() == 0 ? 0711 : 0700;
	struct stat there;
	if (!folder_make(path, mode, err))
		return false;
	if (lstat(path, &there) < 0)
		return error_set(err, errno, "the folder '%s'", path);
	if (!S_ISDIR(there.st_mode) || there.st_uid != geteuid())
		return error_set(err, 0, "'%s' is no folder of the server's own", path);
	return chmod(path, mode) == 0 || error_set(err, errno, "the mode of '%s'", path);
}

/* Each connection of a learner's takes some. */
static void raise_files(void)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur >= FILES_WANTED)
		return;
	files.rlim_cur = files.rlim_max < FILES_WANTED ? files.rlim_max : FILES_WANTED;
	(void)setrlimit(RLIMIT_NOFILE, &files); /* then fewer can work at a time */
}

static bool add_practice(struct class *class, struct error *err)
{
	const struct daemon_options options = {0};
	struct daemon_status before = {0}, now = {0};
	(void)daemon_status(&before, NULL); /* else it is not running */
	class->started = before.state != DAEMON_READY;
	daemon_status_finish(&before);
	if (!daemon_start(&options, err) || !daemon_status(&now, err))
		return false;
	class->practice = true;
	struct daemon *d = now.host != NULL ? daemon_add(class, now.host, err) : NULL;
	bool known = now.host != NULL;
	daemon_status_finish(&now);
	if (d != NULL)
		d->named = true;
	return d != NULL || (!known && error_set(err, 0, "the practice daemon has just ended"));
}

static bool add_daemons(struct class *class, const struct words *daemons, struct error *err)
{
	if (class->swarm == NULL && (daemons == NULL || daemons->count == 0))
		return add_practice(class, err);
	for (size_t i = 0; daemons != NULL && i < daemons->count; i++) {
		struct daemon *d = daemon_add(class, daemons->items[i], err);
		if (d == NULL)
			return false;
		d->named = true;
	}
	if (class->swarm == NULL)
		return true;
	const struct engine_options options = {
		.host = class->swarm,
		.tls_folder = text_starts(class->swarm, "tcp://") ? class->tls_folder : NULL,
		.timeout_ms = 5000,
	};
	cJSON *nodes = NULL;
	bool good = engine_open(&options, &class->manager, err) &&
		    engine_get(class->manager, "/nodes", &nodes, err);
	cJSON_Delete(nodes);
	return good || error_wrap(err, "the swarm's nodes");
}

static void take_policy(struct class *class, const struct gate_policy *policy)
{
	gate_policy_copy(&class->policy, policy);
	if (policy == NULL && class->practice)
		words_add(&class->policy.images, "*");
}

static bool is_any_healthy(struct class *class, struct error *err)
{
	cleanup_buf struct buf why = {0};
	if (daemon_choose(class->daemons, class->daemon_count) != NULL)
		return true;
	daemons_tell(class, &why);
	return error_set(err, 0, "no daemon answers: %s",
		why.length > 0 ? buf_text(&why) : "the swarm has no active node");
}

static bool set_up(struct class *class, const struct class_options *o, struct error *err)
{
	if (!make_folder(class->folder, err) || !add_daemons(class, o->daemons, err))
		return false;
	take_policy(class, o->policy);
	raise_files(); /* after the keeper's fork */
	daemons_ask(class, true);
	if (!is_any_healthy(class, err))
		return false;
	if (pipe2(class->stop, O_CLOEXEC) < 0)
		return error_set(err, errno, "pipe");
	int code = pthread_create(&class->thread, NULL, run, class);
	if (code == 0)
		return true;
	close(class->stop[0]);
	close(class->stop[1]);
	class->stop[1] = -1;
	return error_set(err, code, "a thread for the daemons");
}

bool class_open(const struct class_options *o, struct class **ret, struct error *err)
{
	struct class *class = xcalloc(1, sizeof *class);
	class->folder = xstrdup(o->folder);
	class->swarm = xstrdup(o->swarm);
	class->tls_folder = xstrdup(o->tls_folder);
	class->moved = o->moved;
	class->data = o->data;
	class->stop[1] = -1;
	pthread_mutex_init(&class->seating, NULL);
	pthread_mutex_init(&class->lock, NULL);
	if (!set_up(class, o, err)) {
		class_close(class);
		return false;
	}
	*ret = class;
	return true;
}

static void end_thread(struct class *class)
{
	if (class->stop[1] < 0)
		return;
	close(class->stop[1]);
	(void)pthread_join(class->thread, NULL);
	close(class->stop[0]);
}

void class_close(struct class *class)
{
	if (class == NULL)
		return;
	end_thread(class);
	for (size_t i = 0; i < class->seat_count; i++)
		seat_stop(class->seats[i]); /* all of them end at the same time */
	while (class->seat_count > 0)
		seat_free(class, class->seats[class->seat_count - 1]);
	if (class->practice && class->started)
		(void)daemon_stop(NULL); /* its sweeper ends it otherwise */
	for (size_t i = 0; i < class->daemon_count; i++)
		daemon_free(class->daemons[i]);
	engine_close(class->manager);
	gate_policy_finish(&class->policy);
	pthread_mutex_destroy(&class->seating);
	pthread_mutex_destroy(&class->lock);
	free(class->daemons);
	free(class->seats);
	free(class->folder);
	free(class->swarm);
	free(class->tls_folder);
	free(class);
}

/* ---- seats ---- */

bool class_seat(
	struct class *class, const char *owner, uid_t uid, char **ret_socket, struct error *err)
{
	pthread_mutex_lock(&class->seating);
	bool good = seat_make(class, owner, uid, err);
	if (good)
		*ret_socket = xasprintf("unix://%s", seat_find(class, owner)->path);
	pthread_mutex_unlock(&class->seating);
	return good;
}

void class_unseat(struct class *class, const char *owner)
{
	pthread_mutex_lock(&class->seating);
	struct seat *seat = seat_find(class, owner);
	if (seat != NULL) {
		seat_stop(seat);
		seat_free(class, seat);
	}
	pthread_mutex_unlock(&class->seating);
}

void class_report(struct class *class, void (*each)(void *data, const struct class_daemon *daemon),
	void *data)
{
	pthread_mutex_lock(&class->lock);
	for (size_t i = 0; i < class->daemon_count; i++) {
		const struct daemon *d = class->daemons[i];
		const struct class_daemon told = {d->address, d->learners, d->healthy, d->why};
		each(data, &told);
	}
	pthread_mutex_unlock(&class->lock);
}
