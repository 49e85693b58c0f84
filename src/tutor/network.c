/* tutor/network.c - an image is missing that the real Docker Hub may have: asks the learner, once,
 * whether to give the practice machine a network */
#include "explain.h"
#include "session.h"

#include <stdlib.h>

static bool wants_network(struct session *s, const char *image)
{
	cleanup_free char *text = xasprintf(
		_("`%s` is not among the practice images. Give the practice machine network access, to pull it from the internet? [y/N] "),
		image);
	bool yes = false;
	return screen_confirm(s->screen, text, false, &yes) && yes;
}

static void give_network(struct session *s)
{
	cleanup_error struct error err = {0};
	if (machine_connect(&err))
		screen_say(s->screen, SCREEN_GOOD, "✔ ",
			"It has network access until it ends, and images are the real ones from now on. Run the same command again to pull.");
	else
		screen_say(s->screen, SCREEN_WARN, "! ", "%s", error_text(&err));
}

void network_offer(struct session *s, const struct check_ran *ran)
{
	struct explanation x;
	/* only practice images can be pulled: there is no network yet */
	const struct words *images =
		s->network_asked || ran->status == 0 || !screen_is_terminal(s->screen)
			? NULL
			: context_images(s);
	const struct explain_question question = {
		.line = ran->line, .status = ran->status, .output = ran->output, .images = images};
	if (images == NULL || !explain_failure(&question, &x, NULL))
		return;
	if (x.image != NULL && machine_can_have_network()) {
		s->network_asked = true;
		if (wants_network(s, x.image))
			give_network(s);
	}
	explain_finish(&x);
}
