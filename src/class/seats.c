/* class/seats.c - a learner's seat: their gate, the thread that runs it, their part of the ports */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARTS_LEAST 64 /* a class is mostly smaller */
#define PORTS_EACH_MOST 50

struct seat *seat_find(const struct class *class, const char *owner)
{
	for (size_t i = 0; i < class->seat_count; i++)
		if (text_same(class->seats[i]->owner, owner))
			return class->seats[i];
	return NULL;
}

/* ---- ports and paths ---- */

static long long ports_each(const struct gate_policy *p)
{
	long long each = (p->port_last - p->port_first + 1) / PARTS_LEAST;
	return each > PORTS_EACH_MOST ? PORTS_EACH_MOST : each < 1 ? 1 : each;
}

static bool is_taken(const struct class *class, size_t part, const char *path)
{
	for (size_t i = 0; i < class->seat_count; i++)
		if (class->seats[i]->part == part || text_same(class->seats[i]->path, path))
			return true;
	return false;
}

/* Host ports are the machine's, and several daemons may be on one: no two learners share any. */
static bool find_part(const struct class *class, size_t *ret, struct error *err)
{
	const struct gate_policy *p = &class->policy;
	size_t parts = (size_t)((p->port_last - p->port_first + 1) / ports_each(p));
	for (size_t part = 0; part < parts; part++)
		if (!is_taken(class, part, NULL)) {
			*ret = part;
			return true;
		}
	return error_set(err, 0,
		"all %zu parts of the host ports are given away: widen port_first … port_last in "
		"the policy",
		parts);
}

/* Names that look alike as a file's get a number. */
static char *find_path(const struct class *class, const char *owner)
{
	cleanup_free char *name = learner_file_name(owner);
	char *path = xasprintf("%s/%s.sock", class->folder, name);
	for (int i = 2; is_taken(class, SIZE_MAX, path); i++) {
		free(path);
		path = xasprintf("%s/%s-%d.sock", class->folder, name, i);
	}
	return path;
}

/* ---- making ---- */

static void *seat_run(void *data)
{
	struct seat *seat = data;
	gate_run(seat->gate, seat->stop[0]);
	gate_close(seat->gate);
	return NULL;
}

static bool open_gate(struct class *class, struct seat *seat, struct error *err)
{
	struct gate_policy policy;
	gate_policy_copy(&policy, &class->policy);
	long long each = ports_each(&policy);
	policy.port_first += (long long)seat->part * each;
	policy.port_last = policy.port_first + each - 1;
	const struct gate_options options = {
		.listen = seat->path,
		.upstream = seat->daemon->address,
		.tls_folder = seat->daemon->tls_folder,
		.profile = GATE_CLASS,
		.owner = seat->owner,
		.policy = &policy,
		.reach = class_reach,
		.log_fd = -1,
		.clean = true,
	};
	bool good = gate_open(&options, &seat->gate, err);
	gate_policy_finish(&policy);
	return good;
}

/* The folder is ours, so that the path is the socket. */
static bool give_to(const char *path, uid_t uid, struct error *err)
{
	return uid == geteuid() || lchown(path, uid, (gid_t)-1) == 0 ||
	       error_set(err, errno, "give '%s' to account %lu", path, (unsigned long)uid);
}

static bool start(struct class *class, struct seat *seat, uid_t uid, struct error *err)
{
	if (pipe2(seat->stop, O_CLOEXEC) < 0)
		return error_set(err, errno, "pipe");
	if (open_gate(class, seat, err)) {
		if (give_to(seat->path, uid, err)) {
			int code = pthread_create(&seat->thread, NULL, seat_run, seat);
			if (code == 0)
				return true;
			error_set(err, code, "a thread for the gate of '%s'", seat->owner);
		}
		gate_close(seat->gate);
	}
	close(seat->stop[0]);
	close(seat->stop[1]);
	return false;
}

static void finish(struct seat *seat)
{
	free(seat->owner);
	free(seat->path);
	free(seat);
}

static void count(struct class *class, struct seat *seat, struct daemon *daemon)
{
	pthread_mutex_lock(&class->lock);
	if (seat->daemon != NULL)
		seat->daemon->learners--;
	if (daemon != NULL)
		daemon->learners++;
	seat->daemon = daemon;
	pthread_mutex_unlock(&class->lock);
}

/* Counted already: who comes next finds it fuller. */
static bool sit_down(struct class *class, struct seat *seat)
{
	pthread_mutex_lock(&class->lock);
	struct daemon *daemon = daemon_choose(class->daemons, class->daemon_count);
	pthread_mutex_unlock(&class->lock);
	if (daemon == NULL)
		return false;
	count(class, seat, daemon);
	return true;
}

/* Who comes back to a daemon has there what they left. */
static void forget_leaver(struct daemon *daemon, const char *owner)
{
	cleanup_words struct words old = daemon->leavers;
	daemon->leavers = (struct words){0};
	for (size_t i = 0; i < old.count; i++)
		if (!text_same(old.items[i], owner))
			words_add(&daemon->leavers, old.items[i]);
}

bool seat_make(struct class *class, const char *owner, uid_t uid, struct error *err)
{
	cleanup_buf struct buf why = {0};
	size_t part = 0;
	const struct seat *there = seat_find(class, owner);
	if (there != NULL && there->uid == uid)
		return true;
	if (there != NULL)
		return error_set(err, 0, "'%s' sits here already, from account %lu", owner,
			(unsigned long)there->uid);
	if (uid != geteuid() && geteuid() != 0)
		return error_set(err, 0,
			"'%s' is another account (%lu) than the server's: only root can give it a "
			"socket",
			owner, (unsigned long)uid);
	if (!find_part(class, &part, err))
		return false;
	struct seat *seat = xcalloc(1, sizeof *seat);
	*seat = (struct seat){
		.owner = xstrdup(owner), .uid = uid, .path = find_path(class, owner), .part = part};
	bool seated = sit_down(class, seat);
	if (!seated) {
		daemons_tell(class, &why);
		error_set(err, 0, "no daemon answers: %s", buf_text(&why));
	}
	if (!seated || !start(class, seat, uid, err)) {
		count(class, seat, NULL);
		finish(seat);
		return false;
	}
	forget_leaver(seat->daemon, owner);
	class->seats = array_grow(class->seats, class->seat_count, sizeof(struct seat *));
	class->seats[class->seat_count++] = seat;
	return true;
}

void seat_stop(struct seat *seat)
{
	close(seat->stop[1]);
}

void seat_free(struct class *class, struct seat *seat)
{
	(void)pthread_join(seat->thread, NULL);
	close(seat->stop[0]);
	pthread_mutex_lock(&class->lock);
	bool answered = seat->daemon->healthy;
	pthread_mutex_unlock(&class->lock);
	if (!answered) /* what was to be removed may still be there */
		words_add(&seat->daemon->leavers, seat->owner);
	count(class, seat, NULL);
	for (size_t i = 0; i < class->seat_count; i++)
		if (class->seats[i] == seat)
			class->seats[i--] = class->seats[--class->seat_count];
	finish(seat);
}

/* ---- moving ---- */

static void move(struct class *class, struct seat *seat, struct words *ret)
{
	struct daemon *from = seat->daemon;
	if (!sit_down(class, seat))
		return;
	if (!gate_move(seat->gate, seat->daemon->address, seat->daemon->tls_folder, NULL)) {
		count(class, seat, from); /* the certificates are gone: it may be for a moment */
		return;
	}
	words_add(&from->leavers, seat->owner);
	forget_leaver(seat->daemon, seat->owner);
	words_add(ret, seat->owner);
	words_addf(ret, "unix://%s", seat->path);
}

void seats_move(struct class *class, struct daemon *from, struct words *ret)
{
	for (size_t i = 0; i < class->seat_count; i++)
		if (class->seats[i]->daemon == from)
			move(class, class->seats[i], ret);
}

void seats_renew(struct class *class, struct daemon *daemon, struct words *ret)
{
	for (size_t i = 0; i < class->seat_count; i++) {
		struct seat *seat = class->seats[i];
		if (seat->daemon != daemon ||
			!gate_move(seat->gate, daemon->address, daemon->tls_folder, NULL))
			continue;
		words_add(ret, seat->owner);
		words_addf(ret, "unix://%s", seat->path);
	}
}

void seats_sweep(struct class *class, struct daemon *daemon)
{
	if (daemon->leavers.count == 0)
		return;
	cleanup_free char *owner = xstrdup(daemon->leavers.items[0]);
	const struct gate_options options = {
		.upstream = daemon->address,
		.tls_folder = daemon->tls_folder,
		.profile = GATE_CLASS,
		.owner = owner,
		.policy = &class->policy,
		.log_fd = -1,
	};
	if (gate_sweep(&options, NULL)) /* else at the next look */
		forget_leaver(daemon, owner);
}
