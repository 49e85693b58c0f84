/* sandbox/reset.c - removes what the learner created: everything on the practice machine,
 * labelled objects on another daemon */
#include "private.h"

#include "gate.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

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
	shell_close(&s->shell); /* its working directory may be in the workspace */
	if (s->kind != SANDBOX_PRACTICE)
		return sandbox_wait(s, err) && workspace_clear(s, err) && clear_daemon(s, err);
	/* A new machine is faster and more reliable than removing everything from the old one.
	 * Stop the old one first, because its remaining processes would fill the workspace
	 * again. */
	if (s->lease >= 0)
		close(s->lease);
	s->lease = -1;
	return machine_stop(s->machine, err) && machine_start_background(&s->start, err) &&
	       sandbox_wait(s, err) && workspace_clear(s, err);
}
