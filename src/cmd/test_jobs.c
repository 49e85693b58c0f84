/* cmd/test_jobs.c - a few child processes at once, each with a pipe to the parent */
#include "test_jobs.h"
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define PIECE_BYTES 65536

struct job {
	pid_t pid;      /* 0: not started, or ended */
	int fd;         /* where its lines arrive */
	struct buf out; /* what has arrived and was not taken */
	int status;
};

struct test_jobs {
	struct test_jobs_options options;
	struct job *items; /* one for each piece */
	size_t started, running;
	struct pollfd *polled; /* the signals, and a child each */
	size_t *pieces;        /* of the children in `polled` */
};

/* ---- starting ---- */

struct child {
	const struct test_jobs *jobs;
	size_t piece;
	int out;
	pid_t parent;
};

static int run_child(void *data)
{
	const struct child *c = data;
	const struct test_jobs_options *o = &c->jobs->options;
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != c->parent)
		return 1;
	for (size_t i = 0; i < c->piece; i++)
		if (c->jobs->items[i].pid > 0)
			close(c->jobs->items[i].fd);
	return o->run(o->data, c->piece, c->out);
}

static bool start_child(struct test_jobs *j, struct error *err)
{
	struct job *job = &j->items[j->started];
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set(err, errno, "pipe");
	struct child child = {j, j->started, ends[1], getpid()};
	fflush(NULL); /* else the child could write it, too */
	bool good = spawn_function(run_child, &child, false, &job->pid, err);
	close(ends[1]);
	if (!good) {
		close(ends[0]);
		return false;
	}
	job->fd = ends[0];
	j->started++;
	j->running++;
	return true;
}

static bool start_children(struct test_jobs *j, struct error *err)
{
	while (j->running < j->options.max && j->started < j->options.count)
		if (!start_child(j, err))
			return false;
	return true;
}

bool test_jobs_open(
	const struct test_jobs_options *options, struct test_jobs **ret, struct error *err)
{
	struct test_jobs *j = xcalloc(1, sizeof *j);
	j->options = *options;
	j->items = xcalloc(options->count, sizeof *j->items);
	j->polled = xcalloc(options->max + 1, sizeof *j->polled);
	j->pieces = xcalloc(options->max, sizeof *j->pieces);
	if (!start_children(j, err)) {
		test_jobs_close(j);
		return false;
	}
	*ret = j;
	return true;
}

/* ---- collecting ---- */

static void end_job(struct test_jobs *j, size_t piece)
{
	struct job *job = &j->items[piece];
	close(job->fd);
	job->status = spawn_wait(job->pid);
	job->pid = 0;
	j->running--;
	j->options.clean(j->options.data, piece);
}

/* The end of a child's lines is its own: nothing that it starts keeps the pipe. */
static void read_job(struct test_jobs *j, size_t piece)
{
	char bytes[PIECE_BYTES];
	ssize_t got = fd_read(j->items[piece].fd, bytes, sizeof bytes);
	if (got > 0)
		buf_add(&j->items[piece].out, bytes, (size_t)got);
	else
		end_job(j, piece);
}

static bool is_stop_asked(const struct test_jobs *j)
{
	struct signalfd_siginfo info;
	bool stop = false;
	while (fd_read(j->options.signals, &info, sizeof info) == (ssize_t)sizeof info)
		stop = stop || info.ssi_signo == SIGINT || info.ssi_signo == SIGTERM ||
		       info.ssi_signo == SIGHUP;
	return stop;
}

/* Waits until something arrives, and reads it. False: a signal asks to stop. */
static bool wait_for_some(struct test_jobs *j)
{
	nfds_t count = 0;
	j->polled[0] = (struct pollfd){.fd = j->options.signals, .events = POLLIN};
	for (size_t i = 0; i < j->started; i++) {
		if (j->items[i].pid == 0)
			continue;
		j->pieces[count++] = i;
		j->polled[count] = (struct pollfd){.fd = j->items[i].fd, .events = POLLIN};
	}
	if (poll(j->polled, count + 1, -1) < 0)
		return errno == EINTR;
	for (nfds_t i = 0; i < count; i++)
		if (j->polled[i + 1].revents != 0)
			read_job(j, j->pieces[i]);
	return !is_stop_asked(j);
}

/* Takes whole lines; of a child that has ended, also the rest. */
static void take_whole_lines(
	struct job *job, void (*take)(void *data, const char *line), void *data)
{
	size_t used = 0;
	for (char *end; used < job->out.length && (end = memchr(job->out.data + used, '\n',
							   job->out.length - used)) != NULL;) {
		*end = '\0';
		take(data, job->out.data + used);
		used = (size_t)(end - job->out.data) + 1;
	}
	buf_remove_front(&job->out, used);
	if (job->pid == 0 && job->out.length > 0)
		take(data, buf_text(&job->out));
	if (job->pid == 0)
		buf_finish(&job->out);
}

bool test_jobs_collect(struct test_jobs *j, size_t piece,
	void (*take)(void *data, const char *line), void *data, int *ret_status, struct error *err)
{
	struct job *job = &j->items[piece];
	for (;;) {
		if (!start_children(j, err))
			return false;
		take_whole_lines(job, take, data);
		if (job->pid == 0)
			break;
		if (!wait_for_some(j))
			return error_set(err, 0, "interrupted");
	}
	*ret_status = job->status;
	return true;
}

void test_jobs_close(struct test_jobs *j)
{
	if (j == NULL)
		return;
	for (size_t i = 0; i < j->started; i++)
		if (j->items[i].pid > 0)
			(void)kill(j->items[i].pid, SIGTERM);
	for (size_t i = 0; i < j->started; i++) {
		while (j->items[i].pid > 0)
			read_job(j, i); /* it may wait for room in its pipe */
		buf_finish(&j->items[i].out);
	}
	free(j->items);
	free(j->polled);
	free(j->pieces);
	free(j);
}
