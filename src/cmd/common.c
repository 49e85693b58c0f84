/* cmd/common.c - what several subcommands need: learner, screen, daemon, course */
#include "cmd.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *common_learner(const struct arguments *arguments)
{
	const char *name = arguments_get(arguments, "learner");
	if (text_is_blank(name))
		name = settings_get("learner");
	if (text_is_blank(name)) {
		const struct passwd *entry = getpwuid(getuid());
		name = entry != NULL ? entry->pw_name : "learner";
	}
	return xstrdup(name);
}

void common_add_word(struct buf *line, const char *word)
{
	bool plain = *word != '\0' && strpbrk(word, " \t\n'\"\\$`;&|<>()*?[]{}#~!") == NULL;
	buf_add_text(line, line->length > 0 ? " " : "");
	buf_add_text(line, plain ? "" : "'");
	for (const char *c = word; *c != '\0'; c++)
		if (*c == '\'')
			buf_add_text(line, "'\\''");
		else
			buf_add_char(line, *c);
	buf_add_text(line, plain ? "" : "'");
}

void common_print_error(const struct error *err)
{
	cleanup_buf struct buf text = {0};
	utf8_add_harmless(&text, error_text(err));
	fprintf(stderr, "ropes: %s\n", buf_text(&text));
}

bool common_screen_on(int fd, struct screen **ret, struct error *err)
{
	const struct screen_options options = {
		.input_fd = STDIN_FILENO,
		.output_fd = fd,
		.no_colour = text_same(settings_get("colour"), "no"),
		.only_text = settings_is_yes("plain"),
		.editing = settings_get("editing"),
	};
	return screen_open(&options, ret, err);
}

bool common_screen(struct screen **ret, struct error *err)
{
	return common_screen_on(STDOUT_FILENO, ret, err);
}

bool common_screen_close(struct screen *screen, bool good, struct error *err)
{
	bool lost = screen_has_lost(screen);
	screen_close(screen);
	return good && (!lost || error_set(err, 0, COMMON_CANNOT_WRITE));
}

bool common_may_write(const struct arguments *arguments, const char *path, struct error *err)
{
	struct stat there;
	struct screen *screen;
	bool yes = arguments_get(arguments, "force") != NULL;
	if (stat(path, &there) != 0)
		return true; /* writing reports what is wrong with the path */
	if (!S_ISREG(there.st_mode))
		return error_set_kind(err, ERROR_USAGE, "'%s' is not a regular file", path);
	if (yes)
		return true;
	if (!common_screen(&screen, err))
		return false;
	cleanup_free char *question = xasprintf(_("Replace %s? [y/N] "), path);
	(void)screen_confirm(screen, question, false, &yes); /* no answer means no */
	screen_close(screen);
	return yes || error_set_kind(err, ERROR_FAILED,
			      "'%s' exists and was not replaced; --force replaces it", path);
}

static const struct {
	const char *word;
	enum sandbox_daemon kind;
} daemons[] = {
	{"practice", SANDBOX_PRACTICE},
	{"host", SANDBOX_HOST},
	{"none", SANDBOX_NONE},
};

bool common_idle(const struct arguments *arguments, int minutes, int64_t *ret, struct error *err)
{
	const char *text = arguments_get(arguments, "idle");
	long long number = minutes;
	if (text != NULL && !text_number(text, 0, 100000, &number))
		return error_set_kind(
			err, ERROR_USAGE, "--idle: '%s' is not a number of minutes", text);
	*ret = number * 60000;
	return true;
}

bool common_daemon_choice(
	const struct arguments *arguments, struct common_daemon *ret, struct error *err)
{
	struct common_daemon choice = {.kind = SANDBOX_HOST};
	const char *word = arguments_get(arguments, "daemon");
	long long idle = COMMON_IDLE_MINUTES;
	(void)text_number(settings_get("idle"), 0, 100000, &idle); /* it is one */
	if (!common_idle(arguments, (int)idle, &choice.idle_ms, err))
		return false;
	if (text_is_blank(word))
		word = settings_get("daemon");
	bool known = false;
	for (size_t i = 0; i < ARRAY_LENGTH(daemons) && !known; i++)
		if ((known = text_same(daemons[i].word, word)))
			choice.kind = daemons[i].kind;
	if (!known && strstr(word, "://") == NULL)
		return error_set_kind(err, ERROR_USAGE,
			"--daemon: expected practice, host, none or an address such as unix:///run/x.sock, got '%s'",
			word);
	if (!known)
		choice.host = word;
	choice.network = arguments_get(arguments, "network") != NULL;
	if (choice.network && choice.kind != SANDBOX_PRACTICE)
		return error_set_kind(err, ERROR_USAGE,
			"--network works only with the practice machine, not with --daemon %s",
			word);
	if (choice.kind == SANDBOX_PRACTICE && settings_is_yes("network"))
		choice.network = true;
	*ret = choice;
	return true;
}

static void show_progress(void *data, const char *what)
{
	screen_progress(data, what);
}

static void tell_reading_only(struct screen *screen, const char *why)
{
	screen_say(screen, SCREEN_WARN, "! ",
		"%s. You can read and take quizzes, but commands do not run and tasks cannot be done. `ropes doctor` shows what is missing.",
		why);
}

bool common_sandbox_open(const struct common_daemon *choice, struct screen *screen,
	const char *learner, const char *course, struct sandbox **ret, struct error *err)
{
	const struct sandbox_options options = {
		.learner = learner,
		.daemon = choice->kind,
		.host = choice->host,
		.start = {.progress = show_progress,
			.progress_data = screen,
			.network = choice->network,
			.idle_ms = choice->idle_ms},
		.signals = screen_signals(screen),
	};
	bool agreed = true;
	if (choice->kind == SANDBOX_HOST && course != NULL &&
		!own_daemon_agreed(choice, screen, course, &agreed, err))
		return false;
	if (agreed)
		return sandbox_open(&options, ret, err);
	*ret = NULL;
	return true;
}

void common_sandbox_at(const struct common_daemon *choice, struct screen *screen,
	const char *learner, const char *course, struct sandbox **ret)
{
	cleanup_error struct error reason = {0};
	struct sandbox *sandbox;
	if (!common_sandbox_open(choice, screen, learner, course, &sandbox, &reason))
		tell_reading_only(screen, error_text(&reason));
	else if (sandbox == NULL)
		screen_say(screen, SCREEN_WARN, "! ",
			"Nothing runs on that daemon. You can read and take quizzes; without `--daemon` you get a practice machine.");
	else
		*ret = sandbox;
}

bool common_sandbox(const struct arguments *arguments, struct screen *screen, const char *learner,
	const char *course, struct sandbox **ret, struct error *err)
{
	struct common_daemon choice;
	if (!common_daemon_choice(arguments, &choice, err))
		return false;
	common_sandbox_at(&choice, screen, learner, course, ret);
	return true;
}

void common_stop_signals(sigset_t *ret)
{
	sigemptyset(ret);
	sigaddset(ret, SIGTERM);
	sigaddset(ret, SIGINT);
	sigaddset(ret, SIGHUP);
	sigprocmask(SIG_BLOCK, ret, NULL);
}

bool common_timeout(const struct arguments *arguments, int *ret, struct error *err)
{
	const char *text = arguments_get(arguments, "timeout");
	long long seconds = 0;
	if (text == NULL)
		text = settings_get("timeout");
	if (text != NULL && !text_number(text, 1, 86400, &seconds))
		return error_set_kind(
			err, ERROR_USAGE, "--timeout: '%s' is not a number of seconds", text);
	*ret = (int)seconds * 1000;
	return true;
}

bool common_seed(const struct arguments *arguments, uint64_t *ret, struct error *err)
{
	const char *text = arguments_get(arguments, "seed");
	long long number = 0;
	if (text != NULL && !text_number(text, 1, INT64_MAX, &number))
		return error_set_kind(
			err, ERROR_USAGE, "--seed: '%s' is not a number from 1 upwards", text);
	*ret = (uint64_t)number;
	return true;
}

bool common_course(
	const char *reference, struct course **ret_course, size_t *ret_lesson, struct error *err)
{
	cleanup_free char *name = NULL, *lesson = NULL;
	struct course *course;
	size_t index = TUTOR_ALL_LESSONS;
	course_split_reference(reference, &name, &lesson);
	if (!course_load(name, &course, err))
		return false;
	if (lesson != NULL && !course_find_lesson(course, lesson, &index, err)) {
		course_destroy(course);
		return false;
	}
	*ret_course = course;
	*ret_lesson = index;
	return true;
}

char *common_course_name(const struct course *course)
{
	return course->shipped && strchr(course->name, '/') == NULL ? xstrdup(course->name)
								    : realpath(course->path, NULL);
}

bool common_is_safe_address(const char *url)
{
	static const char plain[] = "http://";
	if (text_starts(url, plain))
		return text_is_loopback(url + strlen(plain));
	return text_starts(url, "https://");
}
