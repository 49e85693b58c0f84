/* machine/machine.c - the practice machine from outside: start, wait, stop, status; its folder
 * and its reports */
#include "private.h"
#include "spawn.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/un.h>
#include <unistd.h>

/* The supervisor gives up by itself if it makes no progress; this is for a frozen supervisor. */
#define START_TIMEOUT_MS 1800000
#define STARTS_MAX 3 /* after supervisors that end without a report */
#define STOP_TIMEOUT_MS 120000
#define STOP_LOOKS 6000 /* of 5 ms: time for the last synchronization */
#define CONNECT_TIMEOUT_MS 60000
#define CPU_SPARED                                                                                 \
	25u /* hundredths of a processor that are left to the system, however busy the machine is  \
	     */
#define GIB (1024ULL * 1024 * 1024)

/* ---- starting ---- */

/* The parent folder must be ours: in another user's folder, that user could choose what we run. */
static bool make_private(const char *path, struct error *err)
{
	struct stat info;
	if (!folder_make(path, 0700, err))
		return error_wrap(err, "cannot use the practice machine's folder");
	if (lstat(path, &info) < 0 || !S_ISDIR(info.st_mode) || info.st_uid != geteuid())
		return error_set(err, 0,
			"the folder '%s' belongs to another user; set XDG_RUNTIME_DIR", path);
	return true;
}

/* Checks the free space: on a full disk the supervisor could not even report why it ends. */
static bool has_room(const struct machine_paths *p, struct error *err)
{
	static const char some[] = "room for what it says";
	return file_write(p->progress, some, strlen(some), 0600, err) && unlink(p->progress) == 0;
}

static bool prepare_folder(const struct machine_paths *p, struct error *err)
{
	struct machine_record old = {0};
	struct sockaddr_un address;
	cleanup_free char *runtime = xdg_folder(XDG_RUNTIME);
	cleanup_free char *workspaces = machine_workspaces();
	cleanup_error struct error cause = {0};
	if (!unix_address(p->socket, &address, &cause))
		return error_set(
			err, 0, "%s; set XDG_RUNTIME_DIR to a shorter one", error_text(&cause));
	machine_sweep(p, machine_record_read(p, &old) ? &old : NULL);
	(void)unlink(p->trouble); /* from an earlier start */
	return make_private(runtime, err) && make_private(p->folder, err) &&
	       folder_make(workspaces, 0711, err) && has_room(p, err);
}

static uint64_t memory_of_machine(void)
{
	struct sysinfo info;
	return sysinfo(&info) == 0 ? (uint64_t)info.totalram * info.mem_unit : 2 * GIB;
}

static uint64_t lower_of(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static struct machine_record wanted_record(const struct machine_options *o)
{
	uint64_t memory = memory_of_machine();
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	return (struct machine_record){
		.kind = o->kind,
		.rootless = geteuid() != 0,
		.network = o->network && o->kind == MACHINE_PRACTICE,
		.data_limit = o->data_limit > 0 ? o->data_limit : lower_of(2 * GIB, memory / 2),
		.home_limit = o->kind == MACHINE_SHELL ? 0
			      : o->home_limit > 0      ? o->home_limit
						       : lower_of(GIB / 2, memory / 8),
		.memory_limit =
			o->memory_limit > 0 ? o->memory_limit : lower_of(2 * GIB, memory / 2),
		.pids_limit = o->pids_limit > 0 ? o->pids_limit : 1024,
		.cpu_limit = (unsigned)(processors > 0 ? processors : 1) * 100 - CPU_SPARED,
	};
}

static bool start_supervisor(
	struct machine_paths *p, const struct machine_options *o, int lock, struct error *err)
{
	struct supervisor_options supervisor = {
		.paths = *p, .record = wanted_record(o), .idle_ms = o->idle_ms, .lock_fd = lock};
	/* the supervisor also closes it, once it counts */
	cleanup_fd int turn = o->kind == MACHINE_PRACTICE ? crowd_wait_for_turn() : -1;
	(void)turn; /* held until this function returns */
	return (o->kind != MACHINE_PRACTICE || crowd_has_room(err)) && prepare_folder(p, err) &&
	       spawn_function(supervisor_run, &supervisor, true, NULL, err);
}

bool machine_start_background(const struct machine_options *o, struct error *err)
{
	struct machine_paths p;
	struct machine_record r;
	cleanup_free char *runtime = xdg_folder(XDG_RUNTIME);
	if (!make_private(runtime, err))
		return false;
	machine_paths_init(&p, o->kind);
	bool good = true;
	if (!machine_is_ready(&p, &r)) {
		cleanup_fd int lock = machine_lock(&p, false);
		if (lock < 0 && errno != EWOULDBLOCK)
			good = error_set(
				err, errno, "cannot lock the practice machine's file '%s'", p.lock);
		else if (lock >= 0 && !machine_is_ready(&p, &r))
			good = start_supervisor(&p, o, lock,
				err); /* the supervisor keeps the lock until it is ready */
	}
	machine_paths_finish(&p);
	return good;
}

/* ---- waiting ---- */

static void tell_progress(
	const struct machine_paths *p, const struct machine_options *o, struct buf *told)
{
	cleanup_buf struct buf text = {0};
	if (o->progress == NULL || !file_read(p->progress, 4096, &text, NULL))
		return;
	if (text_same(buf_text(&text), buf_text(told)))
		return;
	o->progress(o->progress_data, _(buf_text(&text)));
	buf_truncate(told, 0);
	buf_add_text(told, buf_text(&text));
}

static bool read_trouble(const struct machine_paths *p, struct error *err)
{
	cleanup_buf struct buf text = {0};
	struct statvfs disk;
	if (file_read(p->trouble, 65536, &text, NULL) && text.length > 0)
		return error_set(err, 0, "the practice machine did not start: %s", buf_text(&text));
	if (machine_is_locked(p))
		return error_set(err, 0, "the practice machine is still starting");
	cleanup_free char *above = xdg_folder(XDG_RUNTIME);
	if (statvfs(above, &disk) == 0 && (disk.f_bavail == 0 || disk.f_favail == 0))
		return error_set(err, 0,
			"the practice machine did not start: the disk of '%s' is full; free some space there",
			above);
	return error_set(err, 0, "the practice machine is not running");
}

/* Reports whether a stop signal is pending; the caller that blocked it will read it. */
static bool is_interrupted(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	sigset_t set;
	bool found = false;
	if (sigpending(&set) == 0)
		for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
			found = found || sigismember(&set, numbers[i]) == 1;
	return found;
}

bool machine_wait(const struct machine_options *o, struct error *err)
{
	struct machine_paths p;
	struct machine_record r;
	cleanup_buf struct buf told = {0};
	int64_t end = clock_monotonic_ms() + START_TIMEOUT_MS;
	machine_paths_init(&p, o->kind);
	bool ready, interrupted = false;
	int starts = 0;
	while (!(ready = machine_is_ready(&p, &r)) && clock_monotonic_ms() < end &&
		!(interrupted = is_interrupted())) {
		/* The supervisor releases the lock when it is ready, when it gave up, or when it
		 * has cleaned up after an old one; in the last case no new one has started yet. */
		if (!machine_is_locked(&p)) {
			ready = machine_is_ready(&p, &r);
			if (ready || file_exists(p.trouble) || starts++ == STARTS_MAX ||
				!machine_start_background(o, NULL))
				break;
		}
		tell_progress(&p, o, &told);
		usleep(10000);
	}
	if (interrupted)
		error_set(err, 0, "interrupted while the practice machine was starting");
	else if (!ready)
		read_trouble(&p, err);
	machine_paths_finish(&p);
	return ready && (!o->network || r.network || machine_connect(err));
}

bool machine_start(const struct machine_options *o, struct error *err)
{
	return machine_start_background(o, err) && machine_wait(o, err);
}

/* ---- a network ---- */

/* Asks the supervisor, which writes that it connected the machine, or why it could not. */
bool machine_connect(struct error *err)
{
	struct machine_paths p;
	struct machine_record r;
	cleanup_buf struct buf refusal = {0};
	machine_paths_init(&p, MACHINE_PRACTICE);
	bool good = machine_is_ready(&p, &r) ||
		    error_set(err, 0, "the practice machine is not running");
	int64_t end = clock_monotonic_ms() + CONNECT_TIMEOUT_MS;
	if (good && !r.network) {
		(void)unlink(p.refusal);
		(void)kill(r.supervisor, SIGUSR1);
	}
	while (good && !r.network && !file_exists(p.refusal) && clock_monotonic_ms() < end) {
		usleep(20000);
		good = machine_is_ready(&p, &r) ||
		       error_set(err, 0, "the practice machine has ended");
	}
	if (good && !r.network)
		good = error_set(err, 0, "%s",
			file_read(p.refusal, 65536, &refusal, NULL)
				? buf_text(&refusal)
				: "the practice machine did not get network access");
	machine_paths_finish(&p);
	return good;
}

/* ---- stopping ---- */

/* Waits for the end of a start in progress and takes the lock; -1: the start did not end. */
static int wait_for_lock(const struct machine_paths *p, int timeout_ms)
{
	int64_t end = clock_monotonic_ms() + timeout_ms;
	int fd;
	while ((fd = machine_lock(p, false)) < 0 && clock_monotonic_ms() < end)
		usleep(10000);
	return fd;
}

bool machine_stop(enum machine_kind kind, struct error *err)
{
	struct machine_paths p;
	struct machine_record r = {0};
	machine_paths_init(&p, kind);
	cleanup_free char *runtime = xdg_folder(XDG_RUNTIME);
	bool good = true;
	if (folder_exists(runtime)) {
		cleanup_fd int lock = wait_for_lock(&p, STOP_TIMEOUT_MS);
		if (lock < 0) {
			machine_paths_finish(&p);
			return error_set(err, 0,
				"another process is starting or stopping the practice machine");
		}
		bool known = machine_record_read(&p, &r);
		if (known && machine_process_is(r.supervisor, r.supervisor_start)) {
			(void)kill(r.supervisor, SIGTERM);
			for (int i = 0; i < STOP_LOOKS &&
					machine_process_is(r.supervisor, r.supervisor_start);
				i++)
				usleep(5000);
		}
		machine_sweep(&p, known ? &r : NULL);
		(void)unlink(p.trouble);
		(void)unlink(p.lease);
		if (folder_exists(p.folder))
			good = error_set(err, 0, "cannot remove the practice machine's folder '%s'",
				p.folder);
		(void)unlink(p.lock);
		(void)rmdir(runtime); /* fails if something else is in it */
	}
	machine_paths_finish(&p);
	return good;
}
