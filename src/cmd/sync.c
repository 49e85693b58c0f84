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
static char *read_secret(const char *prompt)
{
	struct termios before, quiet;
	bool typed = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &before) == 0;
	if (typed) {
		quiet = before;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		fputs(prompt, stderr);
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

/* An invitation works for whoever reads it, and other accounts can list a program's arguments. */
static void hide_argument(const char *argument)
{
	char *text = (char *)(uintptr_t)argument;
	char *secret = strchr(text, '#');
	if (secret != NULL)
		memset(secret, 'x', strlen(secret));
}

static bool read_ca(const struct arguments *a, char **ret, struct error *err)
{
	const char *given = arguments_get(a, "ca");
	*ret = given != NULL ? realpath(given, NULL) : NULL;
	return given == NULL || *ret != NULL ||
	       error_set_kind(err, ERROR_USAGE, "--ca: there is no file '%s'", given);
}

static void print_person(const struct sync_person *p)
{
	printf(_("You are %s"), p->name != NULL ? p->name : p->account);
	if (p->name != NULL && p->account != NULL)
		printf(" (%s)", p->account);
	printf("%s%s\n", p->teams != NULL && *p->teams != '\0' ? _(", team ") : "",
		p->teams != NULL ? p->teams : "");
}

static void print_what_is_sent(const struct arguments *a, const char *url)
{
	printf(_("server: %s\n"
		 "From now on this is sent to it: your name on the roster, lessons, steps, answers, scores and times%s.\n"),
		url,
		arguments_get(a, "lines") != NULL ? _(", and your commands")
						  : _("; not your commands (`--lines` adds them)"));
}

static void print_sync_progress(void *data, const char *what)
{
	(void)data;
	fprintf(stderr, "ropes: %s\n", what);
}

static void refresh(const struct sync_remote *remote)
{
	const struct sync_options options = {.tell = print_sync_progress};
	sync_refresh(remote, &options);
}

/* ---- with an invitation ---- */

/* Asks at the terminal; the caller frees the answer. NULL: no answer. */
static char *ask_who(const struct words *choices)
{
	long long number;
	if (!isatty(STDIN_FILENO))
		return NULL;
	for (size_t i = 0; i < choices->count; i++)
		printf("%3zu  %s\n", i + 1, choices->items[i]);
	fputs(choices->count > 0
			? _("Who are you? Type the number, or your account or address on the roster: ")
			: _("Who are you? Type your account or address on the roster: "),
		stdout);
	fflush(stdout);
	char *line = NULL;
	size_t size = 0;
	if (getline(&line, &size, stdin) <= 0) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\r\n")] = '\0';
	if (!text_number(line, 1, (long long)choices->count, &number))
		return line;
	free(line);
	return xstrdup(choices->items[number - 1]);
}

/* Finds out which person this is: the only one invited, the one with --as, the one whose account is
 * this learner's name, or the one who answers. *ret_who: what to accept the invitation with. */
static bool find_person(const struct arguments *a, const struct sync_invitation *i,
	const char *learner, const char *ca, struct sync_person *ret, char **ret_who,
	struct error *err)
{
	cleanup_words struct words choices = {0};
	cleanup_error struct error ignored = {0};
	bool choose = false;
	char *who = xstrdup(arguments_get(a, "as"));
	bool good = sync_invitation_look(i, who, ca, ret, &choose, &choices, err);
	if (!good && choose) {
		who = xstrdup(learner);
		good = sync_invitation_look(i, who, ca, ret, &choose, &choices, &ignored);
		if (good)
			error_finish(err);
	}
	if (!good && who != NULL && arguments_get(a, "as") == NULL) {
		free(who);
		who = ask_who(&choices);
		if (who != NULL) {
			error_finish(err);
			good = sync_invitation_look(i, who, ca, ret, &choose, &choices, err);
		}
	}
	*ret_who = who;
	return good;
}

static bool accept_invitation(const struct arguments *a, const struct sync_invitation *i,
	const char *ca, struct error *err)
{
	cleanup_free char *learner = common_learner(a), *who = NULL;
	struct sync_person person = {0}, accepted = {0};
	struct sync_remote remote = {0};
	print_what_is_sent(a, i->url);
	bool good = find_person(a, i, learner, ca, &person, &who, err) &&
		    sync_invitation_accept(i, who, learner, ca, &remote, &accepted, err);
	remote.lines = arguments_get(a, "lines") != NULL;
	good = good && sync_remote_save(&remote, err);
	if (good) {
		print_person(&accepted);
		refresh(&remote);
		puts(_("joined: each session sends from now on; `ropes sync` sends at once, `ropes sync leave` ends it."));
	}
	sync_person_finish(&person);
	sync_person_finish(&accepted);
	sync_remote_finish(&remote);
	return good;
}

static bool join_team(const struct arguments *a, struct error *err)
{
	struct sync_invitation invitation = {0};
	cleanup_free char *ca = NULL, *typed = NULL;
	const char *link = a->operand_count > 1 ? a->operands[1] : NULL;
	const char *code = a->operand_count > 2 ? a->operands[2] : NULL;
	if (link == NULL)
		link = typed = read_secret("link: ");
	if (link == NULL)
		return error_set_kind(err, ERROR_USAGE,
			"expected `ropes sync join LINK`, the link of an invitation");
	bool good = sync_invitation_read(link, code, &invitation, err) && read_ca(a, &ca, err);
	if (typed == NULL)
		hide_argument(link);
	good = good && accept_invitation(a, &invitation, ca, err);
	sync_invitation_finish(&invitation);
	return good;
}

/* ---- with a key ---- */

static bool read_key(
	const struct arguments *a, const char *key, struct sync_remote *ret, struct error *err)
{
	if (!common_is_safe_address(a->operands[1]))
		return error_set_kind(err, ERROR_USAGE,
			"'%s': use an https:// address (http:// only for this machine)",
			a->operands[1]);
	cleanup_free char *secret = read_secret("secret: ");
	if (text_is_blank(secret))
		return error_set_kind(err, ERROR_USAGE, "there is no secret on standard input");
	*ret = (struct sync_remote){
		.url = xstrdup(a->operands[1]),
		.key = xstrdup(key),
		.secret = xstrdup(secret),
		.lines = arguments_get(a, "lines") != NULL,
		.learner = common_learner(a),
	};
	for (size_t n = strlen(ret->url); n > 0 && ret->url[n - 1] == '/'; n--)
		ret->url[n - 1] = '\0';
	return read_ca(a, &ret->ca, err);
}

static bool join_store(const struct arguments *a, const char *key, struct error *err)
{
	struct sync_remote remote = {0};
	struct sync_person person = {0};
	if (a->operand_count != 2)
		return error_set_kind(err, ERROR_USAGE,
			"expected `ropes sync join URL --key KEY`, with the secret on standard input");
	bool good = read_key(a, key, &remote, err);
	if (good)
		print_what_is_sent(a, remote.url);
	good = good && sync_remote_check(&remote, &person, err) && sync_remote_save(&remote, err);
	if (good && person.account != NULL)
		print_person(&person);
	else if (good)
		printf(_("You are sent as \"%s\".\n"), remote.learner);
	if (good) {
		refresh(&remote);
		printf(_("joined: %s\n"), remote.url);
	}
	sync_person_finish(&person);
	sync_remote_finish(&remote);
	return good;
}

/* ---- sending ---- */

static bool send_all(struct record *record, const struct sync_remote *remote, struct error *err)
{
	const struct sync_options options = {.tell = print_sync_progress, .asks = true};
	struct sync_report report;
	unsigned waiting = 0;
	bool good = sync_run(record, remote, &options, &report, err);
	printf(_("sent: %u\n"), report.sent);
	if (report.aside > 0)
		printf(_("rejected: %u\n"), report.aside);
	if (good || !sync_waiting(record, remote, &waiting, NULL) || waiting == 0)
		return good;
	return error_wrap(err, "not everything was sent; the rest is sent the next time");
}

static bool show_sync_status(
	struct record *record, const struct sync_remote *remote, struct error *err)
{
	unsigned waiting;
	if (!sync_waiting(record, remote, &waiting, err))
		return false;
	const char *account = remote->mbox != NULL ? remote->mbox + strcspn(remote->mbox, ":") + 1
						   : remote->account;
	printf(_("store: %s\n"), remote->url);
	if (remote->name != NULL)
		printf(_("you: %s (%s)\n"), remote->name, account != NULL ? account : "");
	printf(_("commands: %s\n"
		 "waiting: %u\n"),
		remote->lines ? _("sent") : _("not sent"), waiting);
	cleanup_free char *why = NULL;
	char since[TIME_TEXT_SIZE];
	int64_t since_ms = sync_remote_problem(remote, &why);
	time_format_iso8601(since_ms, since);
	if (since_ms > 0)
		printf(_("failing since: %.16s UTC: %s\n"), since, why);
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
			"no store to send to yet; join one with `ropes sync join LINK`");
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
		return arguments_get(a, "key") != NULL ? join_store(a, arguments_get(a, "key"), err)
						       : join_team(a, err);
	if (text_same(what, "leave"))
		return sync_remote_forget(err);
	if (*what == '\0' || text_same(what, "status"))
		return with_remote(a, what, err);
	return error_set_kind(
		err, ERROR_USAGE, "unknown subcommand '%s'; expected join, leave or status", what);
}

const struct command cmd_sync = {
	.name = "sync",
	.operands = "[join LINK|join URL CODE|leave|status]",
	.summary = N_("send new records to a team's store"),
	.details = N_(
		"Sends to `ropes serve`, with the link of an invitation, or to any other Learning Record Store\n"
		"(xAPI), with `join URL --key KEY`. Nothing leaves this machine before `join`, which says what is\n"
		"sent, and asks the server at once. Without LINK, it is read from standard input. Afterwards each session sends new records in the\n"
		"background; what could not be sent is sent the next time. `leave` ends that."),
	.options =
		{
			{"key", "KEY",
				N_("join: the key of this learner; its secret is read from standard input")},
			{"as", "PERSON",
				N_("join: which person of the roster you are (default: your learner name)")},
			{"lines", NULL, N_("join: also send your commands")},
			{"ca", "FILE", N_("join: the certificate that identifies the store")},
			OPTION_LEARNER,
		},
	.operands_max = 3,
	.run = run_sync,
};
