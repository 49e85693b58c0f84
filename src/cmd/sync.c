/* cmd/sync.c - ropes sync: sends the record to a team's store, if the learner has agreed */
#include "cmd.h"
#include "sync.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static bool open_sync_record(struct record **ret, struct error *err)
{
	cleanup_free char *path = record_default_path();
	return record_open(path, ret, err);
}

/* ---- joining ---- */

/* Read it from standard input, without echo at a terminal: secrets never appear among the
 * arguments. */
static char *read_secret(void)
{
	struct termios before, quiet;
	bool typed = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &before) == 0;
	if (typed) {
		quiet = before;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		fputs("secret: ", stderr);
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	char *line = NULL;
	size_t size = 0;
	ssize_t length = getline(&line, &size, stdin);
	if (typed) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	if (length <= 0) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\r\n")] = '\0';
	return line;
}

static bool join_store(const struct arguments *a, struct error *err)
{
	const char *key = arguments_get(a, "key");
	if (a->operand_count < 2 || key == NULL)
		return error_set_kind(err, ERROR_USAGE,
			"expected `ropes sync join URL --key KEY`, with the secret on standard input");
	if (!common_is_safe_address(a->operands[1]))
		return error_set_kind(err, ERROR_USAGE,
			"'%s': use an https:// address (http:// only for this machine)",
			a->operands[1]);
	cleanup_free char *secret = read_secret();
	if (text_is_blank(secret))
		return error_set_kind(err, ERROR_USAGE, "there is no secret on standard input");
	struct sync_remote remote = {
		.url = xstrdup(a->operands[1]),
		.key = xstrdup(key),
		.secret = xstrdup(secret),
		.lines = arguments_get(a, "lines") != NULL,
		.learner = common_learner(a),
		.ca = arguments_get(a, "ca") != NULL ? realpath(arguments_get(a, "ca"), NULL)
						     : NULL,
	};
	if (arguments_get(a, "ca") != NULL && remote.ca == NULL) {
		sync_remote_finish(&remote);
		return error_set_kind(
			err, ERROR_USAGE, "--ca: there is no file '%s'", arguments_get(a, "ca"));
	}
	size_t length = strlen(remote.url);
	while (length > 0 && remote.url[length - 1] == '/')
		remote.url[--length] = '\0';
	bool good = sync_remote_save(&remote, err);
	if (good)
		printf("joined: %s\n"
		       "From now on this is sent: your learner name (%s), lessons, steps, answers, scores and times%s.\n",
			remote.url, remote.learner,
			remote.lines ? ", and your commands"
				     : "; not your commands (`--lines` adds them)");
	sync_remote_finish(&remote);
	return good;
}

/* ---- sending ---- */

static void print_sync_progress(void *data, const char *what)
{
	(void)data;
	fprintf(stderr, "ropes: %s\n", what);
}

static bool send_all(struct record *record, const struct sync_remote *remote, struct error *err)
{
	const struct sync_options options = {.tell = print_sync_progress};
	struct sync_report report;
	bool good = sync_run(record, remote, &options, &report, err);
	printf("sent: %u\n", report.sent);
	if (report.aside > 0)
		printf("rejected: %u\n", report.aside);
	return good || error_wrap(err, "not everything was sent; the rest is sent the next time");
}

static bool show_sync_status(
	struct record *record, const struct sync_remote *remote, struct error *err)
{
	unsigned waiting;
	if (!sync_waiting(record, remote, &waiting, err))
		return false;
	printf("store: %s\n"
	       "commands: %s\n"
	       "waiting: %u\n",
		remote->url, remote->lines ? "sent" : "not sent", waiting);
	return true;
}

static bool with_remote(const struct arguments *a, const char *what, struct error *err)
{
	struct sync_remote remote;
	struct record *record = NULL;
	if (!sync_remote_load(&remote, err))
		return false;
	if (remote.url == NULL)
		return error_set_kind(err, ERROR_USAGE,
			"no store to send to yet; join one with `ropes sync join URL --key KEY`");
	(void)a;
	bool good = open_sync_record(&record, err) &&
		    (text_same(what, "status") ? show_sync_status(record, &remote, err)
					       : send_all(record, &remote, err));
	record_close(record);
	sync_remote_finish(&remote);
	return good;
}

static bool run_sync(const struct arguments *a, struct error *err)
{
	const char *what = a->operand_count > 0 ? a->operands[0] : "";
	if (text_same(what, "join"))
		return join_store(a, err);
	if (text_same(what, "leave"))
		return sync_remote_forget(err);
	if (*what == '\0' || text_same(what, "status"))
		return with_remote(a, what, err);
	return error_set_kind(
		err, ERROR_USAGE, "unknown subcommand '%s'; expected join, leave or status", what);
}

const struct command cmd_sync = {
	.name = "sync",
	.operands = "[join URL|leave|status]",
	.summary = "send new records to a team's store",
	.details =
		"Sends to `ropes serve` or any other Learning Record Store (xAPI). Nothing leaves this machine\n"
		"before `join`, which says what is sent. Afterwards each session sends new records in the\n"
		"background; what could not be sent is sent the next time. `leave` ends that.",
	.options =
		{
			{"key", "KEY",
				"join: the key of this learner; its secret is read from standard input"},
			{"lines", NULL, "join: also send your commands"},
			{"ca", "FILE", "join: the certificate that identifies the store"},
			OPTION_LEARNER,
		},
	.operands_max = 2,
	.run = run_sync,
};
