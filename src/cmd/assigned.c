/* cmd/assigned.c - what the learner's team assigned to them, and until when */
#include "cmd.h"
#include "sync.h"
#include "xapi.h"

#include <string.h>

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

struct showing {
	struct screen *screen;
	bool begun;
};

/* What one types to learn it; else its title. */
static const char *name_of(const struct sync_assignment *a)
{
	return text_starts(a->course, XAPI_COURSES) ? a->course + strlen(XAPI_COURSES) : a->title;
}

static void show_assignment(void *data, const struct sync_assignment *a)
{
	struct showing *s = data;
	cleanup_buf struct buf text = {0};
	int64_t days = (a->due_ms - clock_wall_ms()) / DAY_MS;
	bool overdue = a->due_ms < clock_wall_ms();
	if (a->done)
		return;
	if (!s->begun)
		screen_say(s->screen, SCREEN_PLAIN, NULL, "Assigned by your team:");
	s->begun = true;
	text_date(&text, a->due_ms);
	const char *due = buf_text(&text);
	if (overdue)
		screen_say(s->screen, SCREEN_WARN, "  ! ", "%s, due %s: overdue", name_of(a), due);
	else if (days == 0)
		screen_say(s->screen, SCREEN_PLAIN, "  · ", "%s, due %s (less than 1 day)",
			name_of(a), due);
	else
		screen_say(s->screen, SCREEN_PLAIN, "  · ",
			language_plural("%s, due %s (in %lld day)", "%s, due %s (in %lld days)",
				(unsigned long long)days),
			name_of(a), due, (long long)days);
}

void assigned_show(struct screen *screen)
{
	struct sync_remote remote = {0};
	cleanup_error struct error ignored = {0};
	struct showing showing = {.screen = screen};
	if (sync_remote_load(&remote, &ignored) && remote.url != NULL)
		sync_assigned(&remote, show_assignment, &showing);
	sync_remote_finish(&remote);
}
