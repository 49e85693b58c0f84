/* cmd/workshop_class.c - ropes serve --class-daemon: daemons that the learners of a room share */
#include "digest.h"
#include "serving.h"
#include "workshop.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOST "unix:///var/run/docker.sock"

struct workshop_class {
	struct class *class;
	struct serve_class face;
	pthread_mutex_t lock;
	struct room *room; /* who is told when a daemon failed; NULL: nobody yet */
	struct server *server;
};

/* "swarm", "swarm:ADDRESS" or a daemon's own address. */
static bool add_daemon(
	const char *word, struct words *daemons, const char **ret_swarm, struct error *err)
{
	if (text_starts(word, "swarm:"))
		*ret_swarm = word + strlen("swarm:");
	else if (text_same(word, "swarm"))
		*ret_swarm = HOST;
	else if (text_starts(word, "unix://") || text_starts(word, "tcp://"))
		words_add(daemons, word);
	else
		return error_set_kind(err, ERROR_USAGE,
			"--daemon '%s': unix://PATH, tcp://HOST:PORT, swarm or swarm:ADDRESS is "
			"meant",
			word);
	return true;
}

/* --daemon A,B, and the words that follow it. */
static bool read_daemons(const struct arguments *a, struct words *daemons, const char **ret_swarm,
	struct words *parts, struct error *err)
{
	const char *given = argument(a, "daemon");
	for (const char *at = given; at != NULL && *at != '\0';) {
		size_t length = strcspn(at, ",");
		cleanup_free char *word = xstrndup(at, length);
		words_add(parts, word);
		at += length + (at[length] == ',');
	}
	for (size_t i = 0; i < a->operand_count; i++)
		words_add(parts, a->operands[i]);
	for (size_t i = 0; i < parts->count; i++)
		if (!add_daemon(parts->items[i], daemons, ret_swarm, err))
			return false;
	return true;
}

static char *seat(void *data, const char *learner, int64_t uid)
{
	struct workshop_class *w = data;
	cleanup_error struct error ignored = {0};
	char *socket = NULL;
	/* who gets none uses their own daemon, and is told so by their client */
	return uid >= 0 && class_seat(w->class, learner, (uid_t)uid, &socket, &ignored) ? socket
											: NULL;
}

static void moved(void *data, const char *owner, const char *socket)
{
	struct workshop_class *w = data;
	cleanup_error struct error ignored = {0};
	(void)socket; /* it is the same as before */
	pthread_mutex_lock(&w->lock);
	if (w->room != NULL &&
		room_announce_setup(w->room, owner,
			"yours failed, and there is nothing in this one", &ignored) &&
		w->server != NULL)
		serve_room_changed(w->server);
	pthread_mutex_unlock(&w->lock);
}

/* The same for the same store, so that a server that is started again has the same sockets; where
 * root serves other accounts, all of them can get there. */
static char *class_folder(const struct arguments *a)
{
	char digest[DIGEST_TEXT_SIZE];
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	bool shut = text_is_blank(runtime) || text_starts(runtime, "/run/user/");
	cleanup_free char *store = serve_store_path(a), *own = xdg_folder(XDG_RUNTIME);
	digest_sha1(store, strlen(store), digest);
	return geteuid() == 0 && shut ? xasprintf("/run/ropes-class/%.8s", digest)
				      : xasprintf("%s/class-%.8s", own, digest);
}

bool workshop_class_open(const struct arguments *a, struct workshop_class **ret, struct error *err)
{
	cleanup_words struct words daemons = {0}, parts = {0};
	const char *swarm = NULL;
	*ret = NULL;
	if (argument(a, "class-daemon") == NULL)
		return argument(a, "daemon") == NULL ||
		       error_set_kind(err, ERROR_USAGE, "--daemon belongs to --class-daemon");
	if (argument(a, "workshop") == NULL)
		return error_set_kind(
			err, ERROR_USAGE, "--class-daemon belongs to --workshop COURSE");
	if (!read_daemons(a, &daemons, &swarm, &parts, err))
		return false;
	struct workshop_class *w = xcalloc(1, sizeof *w);
	pthread_mutex_init(&w->lock, NULL);
	cleanup_free char *folder = class_folder(a);
	const struct class_options options = {
		.daemons = &daemons,
		.swarm = swarm,
		.tls_folder = argument(a, "daemon-tls"),
		.folder = folder,
		.moved = moved,
		.data = w,
	};
	w->face = (struct serve_class){seat, w};
	if (!class_open(&options, &w->class, err)) {
		workshop_class_close(w);
		return false;
	}
	*ret = w;
	return true;
}

static void print_daemon(void *data, const struct class_daemon *daemon)
{
	(void)data;
	printf("daemon: %s%s%s\n", daemon->address,
		daemon->healthy ? "" : ": left out: ", daemon->healthy ? "" : daemon->why);
}

void workshop_class_print(const struct workshop_class *w)
{
	if (w != NULL)
		class_report(w->class, print_daemon, NULL);
}

const struct serve_class *workshop_class_face(const struct workshop_class *w)
{
	return w != NULL ? &w->face : NULL;
}

void workshop_class_tell(struct workshop_class *w, struct room *room, struct server *server)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->room = room;
	w->server = server;
	pthread_mutex_unlock(&w->lock);
}

void workshop_class_close(struct workshop_class *w)
{
	if (w == NULL)
		return;
	if (w->class != NULL)
		class_close(w->class);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
