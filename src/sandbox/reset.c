/* sandbox/reset.c - removing what was made: all of it on the practice machine, on another one what
 * carries the label */
#include "private.h"

#include "gate.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* From inside, as root: containers leave files that are not the learner's. */
static bool empty_workspace(struct sandbox *s, struct error *err)
{
	cleanup_free char *home = xasprintf("/home/%s", s->learner);
	const char *const argv[] = {"find", home, "-mindepth", "1", "-delete", NULL};
	const struct machine_program program = {.argv = argv};
	shell_close(&s->shell); /* it may stand in there */
	return machine_run_whole(s->machine, &program, err) ||
	       error_wrap(err, "empty the workspace");
}

static bool clear_daemon(const struct sandbox *s, struct error *err)
{
	const struct gate_options options = {
		.upstream = s->daemon,
		.tls_folder = s->daemon_tls,
		.profile = GATE_HOST,
		.learner = s->learner,
	};
	return gate_clear(&options, err);
}

bool sandbox_reset(struct sandbox *s, struct error *err)
{
	if (s->kind == SANDBOX_NONE)
		return true;
	if (!empty_workspace(s, err))
		return false;
	if (s->kind != SANDBOX_PRACTICE)
		return clear_daemon(s, err);
	/* A new machine is quicker and surer than taking everything out of the old one. */
	if (s->lease >= 0)
		close(s->lease);
	s->lease = -1;
	return machine_stop(s->machine, err) && machine_start_background(&s->start, err) &&
	       sandbox_wait(s, err);
}
