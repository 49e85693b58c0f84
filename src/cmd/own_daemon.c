/* cmd/own_daemon.c - asks before lines run on the learner's own daemon: once for each course and
 * daemon; a file remembers the answer */
#include "cmd.h"

#include <string.h>

#define AGREED_LIMIT (1 << 20) /* maximum size of the file, in bytes */

/* Lines of "DAEMON\tCOURSE". The caller frees it. */
static char *agreed_path(void)
{
	cleanup_free char *state = xdg_folder(XDG_STATE);
	return path_join(state, "own-daemons");
}

static bool is_agreed(const char *path, const char *line)
{
	cleanup_buf struct buf text = {0};
	size_t length = strlen(line);
	(void)file_read(path, AGREED_LIMIT, &text, NULL); /* a missing file has no lines */
	for (const char *at = text.data; at != NULL && *at != '\0';) {
		size_t here = strcspn(at, "\n");
		if (here == length && memcmp(at, line, length) == 0)
			return true;
		at += here + (at[here] == '\n');
	}
	return false;
}

static bool remember_agreement(const char *path, const char *line, struct error *err)
{
	cleanup_buf struct buf text = {0};
	cleanup_free char *state = xdg_folder(XDG_STATE);
	(void)file_read(path, AGREED_LIMIT, &text, NULL);
	buf_printf(&text, "%s\n", line);
	return folder_make(state, 0700, err) &&
	       file_write(path, buf_text(&text), text.length, 0600, err);
}

static bool ask_permission(struct screen *screen)
{
	bool yes = false;
	return screen_confirm(screen, _("Let its commands run there? [y/N] "), false, &yes) && yes;
}

static void explain_own_daemon(
	struct screen *screen, const struct sandbox_host *host, const char *course)
{
	screen_say(screen, SCREEN_WARN, "! ",
		"%s uses your own Docker: %s on %s, %s. Its commands see and change only what they create there; your containers, volumes and networks stay out of sight. This protects against mistakes, not against a malicious course.",
		course, host->engine, host->name, host->address);
}

bool own_daemon_agreed(const struct common_daemon *choice, struct screen *screen,
	const char *course, bool *ret, struct error *err)
{
	struct sandbox_host host;
	if (!sandbox_host_look(choice->host, &host, err))
		return false;
	cleanup_free char *path = agreed_path();
	cleanup_free char *line = xasprintf("%s\t%s", host.id, course);
	cleanup_error struct error unsaved = {0};
	bool known = is_agreed(path, line);
	if (!known)
		explain_own_daemon(screen, &host, course);
	/* without a terminal, the option itself is the answer */
	*ret = known || !screen_is_terminal(screen) || ask_permission(screen);
	if (*ret && !known && screen_is_terminal(screen) &&
		!remember_agreement(path, line, &unsaved))
		screen_say(screen, SCREEN_WARN, "! ",
			"Your answer could not be saved, so ropes will ask again: %s",
			error_text(&unsaved));
	sandbox_host_finish(&host);
	return true;
}
