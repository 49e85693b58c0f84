/* tutor/network.c - an image is missing that the real Docker Hub may have: whether the practice
 * machine is to have a network is the learner's to say, once */
#include "session.h"

#include <stdlib.h>

static bool wants_network(struct session *s, const char *image)
{
	cleanup_free char *text =
		xasprintf("`%s` is not among the practice images. Give the practice "
			  "machine a network, to pull it from the internet? [y/N] ",
			image);
	bool yes = false;
	return screen_confirm(s->screen, text, false, &yes) && yes;
}

static void give_network(struct session *s)
{
	cleanup_error struct error err = {0};
	if (machine_connect(&err))
		screen_say(s->screen, SCREEN_GOOD, "✔ ",
			"It has one until it ends, and images are the real ones from now on. The "
			"same line again pulls.");
	else
		screen_say(s->screen, SCREEN_WARN, "! ", "%s", error_text(&err));
}

void network_offer(struct session *s, const struct check_ran *ran)
{
	struct check_explanation x;
	/* nothing can be pulled but practice images: there is no network yet */
	const struct words *images =
		s->network_asked || ran->status == 0 || !screen_is_terminal(s->screen)
			? NULL
			: context_images(s);
	if (images == NULL || !check_explain(ran, NULL, images, &x, NULL))
		return;
	if (x.image != NULL && machine_can_have_network()) {
		s->network_asked = true;
		if (wants_network(s, x.image))
			give_network(s);
	}
	check_explanation_finish(&x);
}
