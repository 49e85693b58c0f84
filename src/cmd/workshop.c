/* cmd/workshop.c - ropes serve --workshop: the room, and how to find it */
#include "workshop.h"

#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QUIET 2 /* modules of quiet zone around the code, for cameras */

/* Name a note in the file system by its full path: the server may be started elsewhere. */
static char *reference_of(const struct course *course)
{
	char *whole = course->shipped ? NULL : realpath(course->path, NULL);
	return whole != NULL ? whole : xstrdup(course->shipped ? course->id : course->name);
}

static bool open_room(struct store *store, const char *name, bool fresh, bool ended,
	struct workshop *ret, struct error *err)
{
	struct workshop w = {0};
	if (!course_load(name, &w.course, err))
		return false;
	cleanup_free char *reference = reference_of(w.course);
	const struct room_options options = {
		.store = store,
		.course = w.course,
		.reference = reference,
		.fresh = fresh,
		.ended = ended,
	};
	if (room_open(&options, &w.room, err)) {
		*ret = w;
		return true;
	}
	course_destroy(w.course);
	return false;
}

bool workshop_open(const struct arguments *arguments, struct store *store, struct workshop *ret,
	struct error *err)
{
	const char *name = arguments_get(arguments, "workshop");
	bool fresh = arguments_get(arguments, "new-room") != NULL;
	if (name != NULL)
		return open_room(store, name, fresh, false, ret, err);
	if (fresh)
		return error_set_kind(err, ERROR_USAGE, "--new-room requires --workshop COURSE");
	*ret = (struct workshop){0};
	return true;
}

void workshop_close(struct workshop *workshop)
{
	room_close(workshop->room);
	if (workshop->course != NULL)
		course_destroy(workshop->course);
	*workshop = (struct workshop){0};
}

/* ---- how to find the room ---- */

/* Two rows of modules per line, black on white whatever the terminal's colours are. */
void workshop_print_code(const char *text)
{
	static const char *const halves[] = {" ", "▄", "▀", "█"}; /* upper and lower are light */
	if (!isatty(STDOUT_FILENO))
		return;
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
	if (code == NULL)
		return;
	int width = code->width;
	for (int y = -QUIET; y < width + QUIET; y += 2) {
		fputs("\033[38;5;231;48;5;16m", stdout);
		for (int x = -QUIET; x < width + QUIET; x++) {
			unsigned light = 0;
			for (int half = 0; half < 2; half++) {
				int row = y + half;
				bool inside = x >= 0 && x < width && row >= 0 && row < width;
				bool dark = inside && (code->data[row * width + x] & 1) != 0;
				light = light << 1 | !dark;
			}
			fputs(halves[light], stdout);
		}
		fputs("\033[0m\n", stdout);
	}
	QRcode_free(code);
}

void workshop_print(const struct workshop *workshop, const char *url)
{
	const struct room *room = workshop->room;
	printf("board: %s/room/board?token=%s\n", url, room_token(room, ROOM_BOARD));
	printf("projector: %s/room/projector?token=%s\n", url, room_token(room, ROOM_PROJECTOR));
	printf("join: ropes join %s %s\n", url, room_code(room));
	cleanup_free char *page = xasprintf("%s/room?code=%s", url, room_code(room));
	workshop_print_code(page);
}

/* ---- the report ---- */

bool workshop_report(struct store *store, struct error *err)
{
	cleanup_free char *reference = NULL;
	struct workshop workshop;
	struct room_report report;
	cleanup_buf struct buf text = {0};
	if (!room_last_reference(store, &reference, err))
		return false;
	if (reference == NULL)
		return error_set(err, 0,
			"this store has no workshop; `ropes serve --workshop COURSE` runs one");
	if (!open_room(store, reference, false, true, &workshop, err))
		return false;
	bool good = room_report(workshop.room, &report, err);
	if (good) {
		room_report_markdown(&report, &text);
		fputs(buf_text(&text), stdout);
		room_report_finish(&report);
	}
	workshop_close(&workshop);
	return good;
}
