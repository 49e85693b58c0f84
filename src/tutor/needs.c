/* tutor/needs.c - what a step needs and the sandbox lacks: the step is shown, but not required */
#include "session.h"
#include "tutor.h"

/* What a sandbox offers to a step. */
struct offer {
	struct sandbox_limits limits;
	bool compose;
};

static bool has_cgroups(const struct offer *offer)
{
	return offer->limits.groups;
}

static bool has_limits(const struct offer *offer)
{
	return offer->limits.groups && offer->limits.memory && offer->limits.processes;
}

static bool has_compose(const struct offer *offer)
{
	return offer->compose;
}

static const struct {
	bool (*is_met)(const struct offer *offer);
	const char *lack;
} needs[] = {
	[COURSE_NEED_CGROUPS] = {has_cgroups, N_("containers have no control groups here")},
	[COURSE_NEED_LIMITS] = {has_limits,
		N_("containers have no memory and process limits here")},
	[COURSE_NEED_COMPOSE] = {has_compose, N_("the docker client has no compose plugin here")},
};
_Static_assert(ARRAY_LENGTH(needs) == COURSE_NEED_COUNT, "each need has its row");

/* Returns the first unmet need of a set. If the daemon does not answer, nothing is known, and the
 * next line says why. */
static const char *first_lack(struct session *s, unsigned set)
{
	struct offer offer = {.compose = sandbox_has_compose(s->options->sandbox)};
	bool known = sandbox_limits(s->options->sandbox, &offer.limits, NULL);
	screen_progress(s->screen, NULL);
	for (size_t i = 0; known && i < ARRAY_LENGTH(needs); i++)
		if ((set & 1u << i) != 0 && !needs[i].is_met(&offer))
			return _(needs[i].lack);
	return NULL;
}

/* Returns what the note states, and what its commands are known to need. What never runs needs
 * nothing. */
static unsigned needs_of(const struct course_step *step)
{
	if (step->skip != NULL)
		return 0;
	bool cgroups = step->command != NULL && check_wants_cgroups(step->command);
	for (size_t i = 0; i < step->solution.count; i++)
		cgroups = cgroups || check_wants_cgroups(step->solution.items[i].line);
	return step->needs | (cgroups ? 1u << COURSE_NEED_CGROUPS : 0);
}

const char *needs_lacking(struct session *s, const struct course_step *step)
{
	unsigned set = step != NULL ? needs_of(step) : 0;
	return set != 0 && session_has_sandbox(s) ? first_lack(s, set) : NULL;
}
