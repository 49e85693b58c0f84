/* sandbox/reset.c - removing what was made: all of it on the practice machine, on another one what
 * carries the label */
#include "private.h"

#include "gate.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define EMPTY_MS 600000

/* From inside, as root: containers leave files that are not the learner's. */
static bool empty_workspace(struct sandbox *s, struct error *err)
{
	cleanup_free char *home = xasprintf("/home/%s", s->learner);
	const char *const argv[] = {"find", home, "-mindepth", "1", "-delete", NULL};
	const struct machine_program program = {.argv = argv};
	return machine_run_whole(s->machine, &program, EMPTY_MS, err) ||
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
	shell_close(&s->shell); /* it may stand in the workspace */
	if (s->kind != SANDBOX_PRACTICE)
		return empty_workspace(s, err) && clear_daemon(s, err);
	/* A new machine is quicker and surer than taking everything out of the old one. It comes
	 * first: in the old one somebody may have mounted on the workspace, or hold up whoever
	 * empties it. */
	if (s->lease >= 0)
		close(s->lease);
	s->lease = -1;
	return machine_stop(s->machine, err) && machine_start_background(&s->start, err) &&
	       sandbox_wait(s, err) && empty_workspace(s, err);
}
