/* cmd/workshop.c - ropes serve --workshop: the room, and how to find it */
#include "workshop.h"
#include "json.h"
#include "machine.h"
#include "spawn.h"
#include "tls.h"

#include <dirent.h>
#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OWN_PROGRAM "/proc/self/exe"
#define TERMINALS_MAX 1000
#define MACHINE_IDLE_MINUTES 1 /* after the program has ended */
#define QUIET 2                /* modules of quiet zone around the code, for cameras */

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
	free(workshop->folder);
	free(workshop->ca);
	free(workshop->domain);
	*workshop = (struct workshop){0};
}

/* ---- terminals in the browser ---- */

static void add_folder(
	struct words *environment, const char *name, const char *above, const char *folder)
{
	cleanup_error struct error shown_later = {0};
	cleanup_free char *path = path_join(above, folder);
	(void)folder_make(path, 0700, &shown_later); /* the program says what is missing */
	words_addf(environment, "%s=%s", name, path);
}

/* Sockets need short paths. */
static char *seat_runtime(const char *folder)
{
	cleanup_free char *own = xdg_folder(XDG_RUNTIME);
	return xasprintf("%s/seats/%s", own, path_base(folder));
}

/* Each seat has folders, a record and a practice machine of its own. The images are shared, and
 * nothing else of the server's environment is. */
static void add_seat_environment(const char *folder, struct words *environment)
{
	const char *path = getenv("PATH");
	cleanup_free char *cache = xdg_folder(XDG_CACHE);
	cleanup_free char *caches = path_parent(cache);
	cleanup_free char *runtime = seat_runtime(folder);
	cleanup_free char *runtimes = path_parent(runtime);
	cleanup_free char *language = terminals_language(folder);
	add_folder(environment, "HOME", folder, "home");
	add_folder(environment, "XDG_DATA_HOME", folder, "data");
	add_folder(environment, "XDG_STATE_HOME", folder, "state");
	add_folder(environment, "XDG_CONFIG_HOME", folder, "config");
	add_folder(environment, "XDG_RUNTIME_DIR", runtimes, path_base(folder));
	words_addf(environment, "XDG_CACHE_HOME=%s", caches);
	words_addf(environment, "PATH=%s", path != NULL ? path : "/usr/local/bin:/usr/bin:/bin");
	words_add(environment, "LC_ALL=C.UTF-8");
	words_add(environment, "TERM=xterm-256color");
	words_addf(environment, "ROPES_LANGUAGE=%s", language);
}

static void prepare_program(const struct terminals_options *o, const char *folder, const char *key,
	const char *name, struct words *arguments, struct words *environment)
{
	const struct workshop *w = o->data;
	cleanup_free char *ports = ports_address(o->url, w->domain, key, 0);
	const char *const words[] = {
		OWN_PROGRAM, "join", o->address, room_code(w->room), "--yes", "--trust", NULL};
	words_add_all(arguments, words);
	words_addf(arguments, "--as=%s", name);
	words_addf(arguments, "--idle=%d", MACHINE_IDLE_MINUTES);
	if (w->ca != NULL)
		words_addf(arguments, "--ca=%s", w->ca);
	words_addf(environment, COMMON_PORT_ADDRESS "=%s", ports);
	words_addf(environment, COMMON_SEAT "=%s", path_base(folder));
	add_seat_environment(folder, environment);
}

/* Who has a board's token may ask a learner to look on; `of` is the learner's id. */
static char *admit_guest(
	const struct terminals_options *o, const char *pass, const char *of, char **ret_guest)
{
	const struct workshop *w = o->data;
	if (!room_token_fits(w->room, ROOM_BOARD, pass))
		return NULL;
	char *name = room_instructor_name(w->room, pass), *seat = room_seat(w->room, of);
	*ret_guest = name != NULL ? name : xstrdup("");
	return seat != NULL ? seat : xstrdup("");
}

/* ---- what their containers publish ---- */

/* The state folder of a seat's practice machine. */
static char *seat_machine(const char *folder)
{
	cleanup_free char *runtime = seat_runtime(folder);
	return path_join(runtime, "ropes/daemon");
}

struct listing {
	const struct terminals_options *o;
	const char *key;
	struct terminals_ports *ports;
};

/* Below the server's own address it is relative to the page: a browser may know the server by
 * another name. */
static bool add_port(void *data, const struct machine_port *port)
{
	const struct listing *l = data;
	const struct workshop *w = l->o->data;
	cleanup_free char *address = ports_address(l->o->url, w->domain, l->key, port->inside);
	terminals_ports_add(l->ports, port->inside,
		w->domain != NULL ? address : address + strlen(l->o->url) + 1);
	return true;
}

static void list_ports(const struct terminals_options *o, const char *folder, const char *key,
	struct terminals_ports *ports)
{
	struct listing listing = {o, key, ports};
	cleanup_free char *machine = seat_machine(folder);
	machine_each_port(machine, add_port, &listing);
}

/* Goes on until the port is found. */
static bool is_other_port(void *data, const struct machine_port *port)
{
	unsigned *wanted = data;
	if (port->inside == *wanted)
		*wanted = 0;
	return *wanted != 0;
}

static bool is_published(void *data, const char *folder, unsigned short port)
{
	unsigned wanted = port;
	cleanup_free char *machine = seat_machine(folder);
	(void)data;
	machine_each_port(machine, is_other_port, &wanted);
	return wanted == 0;
}

static int open_port_socket(void *data, const char *folder)
{
	cleanup_free char *machine = seat_machine(folder);
	(void)data;
	return machine_port_socket(machine);
}

/* ---- their machines ---- */

/* Ends the practice machine of a seat, if it has one. */
static pid_t end_machine(const struct workshop *w, const char *seat)
{
	cleanup_error struct error none = {0};
	cleanup_words struct words environment = {0};
	cleanup_free char *folder = path_join(w->folder, seat);
	cleanup_free char *runtime = seat_runtime(folder);
	cleanup_free char *machine = path_join(runtime, "ropes");
	pid_t pid = 0;
	if (!folder_exists(machine))
		return 0;
	add_seat_environment(folder, &environment);
	const char *const argv[] = {OWN_PROGRAM, "daemon", "stop", NULL};
	struct spawn spawn = {.argv = argv, .environment = (const char *const *)environment.items};
	(void)spawn_start(&spawn, &pid, &none); /* else it ends when it is idle */
	return pid;
}

void workshop_end_machines(const struct workshop *w)
{
	pid_t *pids = NULL;
	size_t count = 0;
	DIR *listing = w->terminals.max > 0 ? opendir(w->folder) : NULL;
	if (listing == NULL)
		return;
	for (const struct dirent *entry; (entry = readdir(listing)) != NULL;) {
		pid_t pid = entry->d_name[0] != '.' ? end_machine(w, entry->d_name) : 0;
		if (pid > 0) {
			pids = array_grow(pids, count, sizeof *pids);
			pids[count++] = pid;
		}
	}
	closedir(listing);
	for (size_t i = 0; i < count; i++)
		(void)spawn_wait(pids[i]);
	free(pids);
}

bool workshop_terminals(const struct arguments *arguments, const char *folder,
	const char *certificate, const char *file, struct workshop *workshop, struct error *err)
{
	const char *text = arguments_get(arguments, "terminals");
	const char *domain = arguments_get(arguments, "ports-domain");
	long long max;
	if (text == NULL)
		return domain == NULL || error_set_kind(err, ERROR_USAGE,
						 "--ports-domain requires --terminals NUMBER");
	if (workshop->room == NULL)
		return error_set_kind(err, ERROR_USAGE, "--terminals requires --workshop COURSE");
	if (!text_number(text, 1, TERMINALS_MAX, &max))
		return error_set_kind(err, ERROR_USAGE,
			"--terminals: '%s' is not a number from 1 to %d", text, TERMINALS_MAX);
	if (domain != NULL && !ports_read_domain(domain, &workshop->domain, err))
		return error_wrap(err, "--ports-domain");
	if (certificate != NULL) {
		cleanup_free char *fingerprint = NULL;
		bool self_signed = false;
		if (!tls_fingerprint(certificate, &fingerprint, &self_signed, err))
			return false;
		workshop->ca = self_signed ? realpath(file, NULL) : NULL;
	}
	workshop->folder = path_join(folder, "terminals");
	workshop->terminals = (struct terminals_options){
		.folder = workshop->folder,
		.max = (unsigned)max,
		.prepare = prepare_program,
		.list_ports = list_ports,
		.admit = admit_guest,
		.data = workshop,
	};
	workshop->ports = (struct ports_options){
		.domain = workshop->domain,
		.is_published = is_published,
		.open_socket = open_port_socket,
	};
	return true;
}

/* ---- how to find the room ---- */

/* Two rows of modules per line, black on white whatever the terminal's colours are. Where symbols
 * are written as words, the address above says the same. */
void workshop_print_code(const char *text)
{
	static const char *const halves[] = {" ", "▄", "▀", "█"}; /* upper and lower are light */
	struct screen *screen;
	if (!isatty(STDOUT_FILENO) || !common_screen(&screen, NULL))
		return;
	bool words = screen_has_words(screen);
	screen_close(screen);
	if (words)
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
	printf(_("board: %s/room/board?token=%s\n"), url, room_token(room, ROOM_BOARD));
	printf("projector: %s/room/projector?token=%s\n", url, room_token(room, ROOM_PROJECTOR));
	printf("join: ropes join %s %s\n", url, room_code(room));
	cJSON *board = room_board(workshop->room, ROOM_BOARD, "");
	if (json_is_true(board, "ended"))
		printf("ended: %s\n",
			_("this workshop has ended; reopen it on the board, or start another with --new-room"));
	cJSON_Delete(board);
	cleanup_free char *page = xasprintf("%s/room?code=%s", url, room_code(room));
	if (workshop->terminals.max > 0)
		printf("browser: %s\n", page);
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
