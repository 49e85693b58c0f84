/* cmd/serve.c - ropes serve: the team's Learning Record Store and its pages, in the foreground */
#include "serve.h"
#include "log.h"
#include "serving.h"
#include "workshop.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LISTEN "127.0.0.1:8410"
#define FILE_LIMIT ((size_t)1024 * 1024)
#define OWN_MACHINES                                                                               \
	N_("each account on a lab server has its own practice machine, which `ropes join` starts")

/* ---- options ---- */

/* The values of options, and the contents of the files that they name. */
struct files {
	struct buf certificate, key, remote, mail, oidc;
	struct words origins;
	char *address, *url, *remote_key, *remote_secret;
	char *mail_url, *mail_from, *mail_user, *mail_password;
	struct mail_server mail_server;
	struct oidc *provider;
};

static void files_finish(struct files *f)
{
	buf_finish(&f->certificate);
	buf_finish(&f->key);
	buf_finish(&f->remote);
	buf_finish(&f->mail);
	buf_finish(&f->oidc);
	oidc_close(f->provider);
	words_finish(&f->origins);
	free(f->address);
	free(f->url);
	free(f->remote_key);
	free(f->remote_secret);
	free(f->mail_url);
	free(f->mail_from);
	free(f->mail_user);
	free(f->mail_password);
}

static bool read_option(
	const struct arguments *a, const char *option, struct buf *out, struct error *err)
{
	const char *path = arguments_get(a, option);
	return path == NULL || file_read(path, FILE_LIMIT, out, err);
}

/* Finds "NAME: value" in a line of a file, in the form that `key add` prints. */
static char *value_in_file(const char *text, const char *name)
{
	const char *at = strstr(text, name);
	while (at != NULL && at > text && at[-1] != '\n')
		at = strstr(at + 1, name);
	if (at == NULL)
		return NULL;
	at += strlen(name);
	return xstrndup(at, strcspn(at, "\r\n"));
}

static bool read_remote(
	const struct arguments *a, struct files *f, struct serve_options *o, struct error *err)
{
	o->remote_url = arguments_get(a, "lrs");
	o->remote_ca = arguments_get(a, "lrs-ca");
	if (o->remote_url == NULL)
		return arguments_get(a, "lrs-key") == NULL ||
		       error_set_kind(err, ERROR_USAGE, "--lrs-key requires --lrs");
	if (!common_is_safe_address(o->remote_url))
		return error_set_kind(err, ERROR_USAGE,
			"--lrs '%s': use an https:// address (http:// only for this machine)",
			o->remote_url);
	if (!read_option(a, "lrs-key", &f->remote, err))
		return false;
	f->remote_key = value_in_file(buf_text(&f->remote), "key: ");
	f->remote_secret = value_in_file(buf_text(&f->remote), "secret: ");
	if (f->remote_key == NULL || f->remote_secret == NULL)
		return error_set_kind(err, ERROR_USAGE,
			"--lrs-key requires a file with the lines `key: …` and `secret: …`");
	o->remote_key = f->remote_key;
	o->remote_secret = f->remote_secret;
	return true;
}

static bool read_mail(
	const struct arguments *a, struct files *f, struct serve_options *o, struct error *err)
{
	if (arguments_get(a, "mail") == NULL)
		return true;
	if (!read_option(a, "mail", &f->mail, err))
		return false;
	f->mail_url = value_in_file(buf_text(&f->mail), "server: ");
	f->mail_from = value_in_file(buf_text(&f->mail), "from: ");
	f->mail_user = value_in_file(buf_text(&f->mail), "user: ");
	f->mail_password = value_in_file(buf_text(&f->mail), "password: ");
	if (f->mail_url == NULL || f->mail_from == NULL ||
		(f->mail_user == NULL) != (f->mail_password == NULL))
		return error_set_kind(err, ERROR_USAGE,
			"--mail requires a file with the lines `server: smtps://…` and `from: ADDRESS`, and with `user: …` and `password: …` if the server wants them");
	f->mail_server = (struct mail_server){
		.url = f->mail_url,
		.user = f->mail_user,
		.password = f->mail_password,
		.from = f->mail_from,
	};
	o->mail = &f->mail_server;
	return true;
}

static bool read_provider(
	const struct arguments *a, struct files *f, struct serve_options *o, struct error *err)
{
	const char *path = arguments_get(a, "oidc");
	if (!read_option(a, "oidc", &f->oidc, err))
		return false;
	if (path != NULL && !oidc_open(buf_text(&f->oidc), &f->provider, err))
		return error_wrap(err, "--oidc '%s'", path);
	o->oidc = f->provider;
	return true;
}

/* Reads a whole number from 1; 0 if it was not given. */
static bool read_number_option(const struct arguments *a, const char *name, long long max,
	unsigned *ret, struct error *err)
{
	const char *text = arguments_get(a, name);
	long long number = 0;
	if (text != NULL && !text_number(text, 1, max, &number))
		return error_set_kind(err, ERROR_USAGE, "--%s: '%s' is not a number from 1 to %lld",
			name, text, max);
	*ret = (unsigned)number;
	return true;
}

static bool read_origins(
	const struct arguments *a, struct files *f, struct serve_options *o, struct error *err)
{
	cleanup_words struct words given = {0};
	arguments_get_all(a, "allow-origin", &given);
	for (size_t i = 0; i < given.count; i++) {
		cleanup_free char *origin = NULL;
		if (!httpd_read_origin(given.items[i], &origin, err))
			return error_wrap(err, "--allow-origin");
		words_add(&f->origins, origin);
	}
	o->httpd.origins = &f->origins;
	return true;
}

/* Uses the certificate of `ropes serve cert`, if there is one. */
static bool read_own_certificate(const struct arguments *a, struct files *f, struct error *err)
{
	cleanup_free char *certificate = NULL, *key = NULL;
	serve_store_certificate(a, &certificate, &key);
	return !file_exists(certificate) ||
	       (file_read(certificate, FILE_LIMIT, &f->certificate, err) &&
		       file_read(key, FILE_LIMIT, &f->key, err));
}

static bool read_options(
	const struct arguments *a, struct files *f, struct serve_options *o, struct error *err)
{
	const char *listen = arguments_get(a, "listen"), *url = arguments_get(a, "url");
	if (url != NULL && !httpd_read_url(url, &f->url, err))
		return error_wrap(err, "--url");
	if (arguments_get(a, "tls-cert") == NULL && arguments_get(a, "tls-key") == NULL &&
		!read_own_certificate(a, f, err))
		return false;
	if (!httpd_read_address(
		    listen != NULL ? listen : LISTEN, &f->address, &o->httpd.port, err) ||
		!read_option(a, "tls-cert", &f->certificate, err) ||
		!read_option(a, "tls-key", &f->key, err) ||
		!read_number_option(a, "connections", 1000000, &o->httpd.connections_max, err) ||
		!read_number_option(a, "patience", 86400, &o->httpd.timeout_s, err))
		return false;
	if ((f->certificate.length > 0) != (f->key.length > 0))
		return error_set_kind(
			err, ERROR_USAGE, "--tls-cert and --tls-key require each other");
	o->httpd.address = f->address;
	o->httpd.url = f->url;
	o->httpd.tls_certificate = f->certificate.length > 0 ? buf_text(&f->certificate) : NULL;
	o->httpd.tls_key = f->key.length > 0 ? buf_text(&f->key) : NULL;
	return read_origins(a, f, o, err) && read_remote(a, f, o, err) && read_mail(a, f, o, err) &&
	       read_provider(a, f, o, err);
}

/* Without --log, only what fails is logged. */
static bool open_log(const struct arguments *a, struct log **ret, struct error *err)
{
	const char *form = arguments_get(a, "log");
	bool json = text_same(form, "json");
	if (form != NULL && !json && !text_same(form, "text"))
		return error_set_kind(err, ERROR_USAGE, "--log '%s': expected json or text", form);
	*ret = log_create(
		STDERR_FILENO, json ? LOG_JSON : LOG_TEXT, form != NULL ? LOG_INFO : LOG_ERROR);
	return true;
}

/* ---- serving ---- */

static bool serve_until_stopped(const struct serve_options *o, struct opened *opened,
	const struct workshop *workshop, struct error *err)
{
	struct server *server = NULL;
	sigset_t set;
	int which;
	common_stop_signals(&set);
	if (!serve_open(o, &server, err))
		return false;
	if (!serve_store_remember(opened, serve_url(server), o->httpd.tls_certificate, err)) {
		serve_close(server);
		return false;
	}
	const struct log_field where = {"address", serve_origin(server), 0};
	printf("listening: %s/xapi\n", serve_origin(server));
	log_write(o->log, LOG_INFO, "start", &where, 1);
	if (workshop->room != NULL)
		workshop_print(workshop, serve_url(server));
	fflush(stdout);
	sigwait(&set, &which);
	serve_close(server);
	workshop_end_machines(workshop);
	log_write(o->log, LOG_INFO, "stop", NULL, 0);
	return true;
}

/* The file of the certificate is the one that was named, or that of `ropes serve cert`. */
static bool open_terminals(const struct arguments *a, struct serve_options *o,
	struct workshop *workshop, struct error *err)
{
	cleanup_free char *own = NULL, *key = NULL;
	const char *named = arguments_get(a, "tls-cert");
	serve_store_certificate(a, &own, &key);
	cleanup_free char *folder = path_parent(own);
	if (!workshop_terminals(a, folder, o->httpd.tls_certificate, named != NULL ? named : own,
		    workshop, err))
		return false;
	o->terminals = workshop->terminals.max > 0 ? &workshop->terminals : NULL;
	o->ports = o->terminals != NULL ? &workshop->ports : NULL;
	return true;
}

static bool serve_opened(const struct arguments *a, struct serve_options *o, struct opened *opened,
	struct error *err)
{
	struct workshop workshop = {0};
	bool good = workshop_open(a, opened->store, &workshop, err);
	o->store = opened->store;
	o->lrs = opened->lrs;
	o->tracker = opened->tracker;
	o->sessions = opened->sessions;
	o->audit = opened->audit;
	o->room = workshop.room;
	o->httpd.is_proxied = arguments_get(a, "proxy") != NULL;
	const char *issuer = arguments_get(a, "issuer");
	good = good && open_terminals(a, o, &workshop, err);
	good = good && (issuer == NULL || tracker_set(opened->tracker, "issuer", issuer, err));
	good = good && serve_until_stopped(o, opened, &workshop, err);
	workshop_close(&workshop);
	return good;
}

static bool serve_store(const struct arguments *a, struct error *err)
{
	struct files files = {0};
	struct serve_options o = {0};
	struct opened opened = {0};
	bool good = open_log(a, &o.log, err) && read_options(a, &files, &o, err) &&
		    serve_store_open(a, &opened, err) && serve_opened(a, &o, &opened, err);
	serve_store_close(&opened);
	log_destroy(o.log);
	files_finish(&files);
	return good;
}

static bool run_serve(const struct arguments *a, struct error *err)
{
	return a->operand_count == 0 ? serve_store(a, err) : serve_commands_run(a, err);
}

const struct command cmd_serve = {
	.name = "serve",
	.operands = "[SUBCOMMAND…]",
	.summary = N_("run a team's store of learning records, and its pages"),
	.details = N_(
		"Runs in the foreground until it is stopped, and listens only on this machine unless it has a\n"
		"certificate. Learners send to it (`ropes sync join`); leads open it in a browser. With --lrs the\n"
		"pages show what another Learning Record Store (xAPI) has. These subcommands work whether or not\n"
		"the store is being served:\n"
		"\n"
		"  key add NAME --role ROLE    print key and secret, only once\n"
		"  key list | key remove NAME\n"
		"  team add NAME | team list | team remove NAME\n"
		"  roster FILE.csv             import people: name,account,team\n"
		"  invite roster               print a link with which everyone on the roster, or of --team NAME,\n"
		"                              joins (`ropes sync join LINK`)\n"
		"  invite person PERSON        print a link for one person, which works once\n"
		"  invite each                 print such a link for each person who has not joined yet, as CSV\n"
		"  invite list | invite revoke NUMBER\n"
		"  cert                        make a certificate for this server; links contain its fingerprint\n"
		"  assign COURSE --due DAY     assign a course to everyone, or to --team NAME; notes in a file or a\n"
		"                              folder that is not one of ropes' own courses are sent to learners\n"
		"  export PERSON               print all that is known of a person, as JSON\n"
		"  erase PERSON                show what is known of a person, ask, and remove it\n"
		"  retention DAYS|off|show     erase people who have not been active for that long, daily\n"
		"  audit                       print who changed or saw what, as lines of JSON\n"
		"  pseudonyms on|off           show pseudonyms instead of names on pages and in exports\n"
		"  report                      print a report of the last workshop, as Markdown\n"
		"  backup FILE | restore FILE"),
	.options =
		{
			{"listen", "ADDR:PORT",
				N_("the address to listen on (default: 127.0.0.1:8410)")},
			{"db", "FILE", N_("the store (default: lrs.db beside the record)")},
			{"tls-cert", "FILE", N_("certificate chain, PEM")},
			{"tls-key", "FILE", N_("key of the certificate, PEM")},
			{"connections", "NUMBER",
				N_("how many at most at a time (default: 16384)")},
			{"patience", "SECONDS",
				N_("time allowed for the head of a request, and for its body (default: 60)")},
			{"log", "FORM",
				N_("log requests and events on stderr, as json or text (default: failures only)")},
			{"mail", "FILE",
				N_("remind people of overdue courses: the lines server: URL, from: ADDRESS, user: and password:")},
			{"oidc", "FILE",
				N_("let leads and instructors sign in at a provider (OpenID Connect); see docs/OPERATION.md")},
			{"yes", NULL, N_("erase: do not ask")},
			{"allow-origin", "ORIGIN",
				N_("let pages of this origin use /xapi by script; may be repeated")},
			{"workshop", "COURSE",
				N_("run a workshop; a room that was open, or has just ended, continues")},
			{"terminals", "NUMBER",
				N_("workshop: also in the browser; so many learners at a time")},
			{"ports-domain", "DOMAIN",
				N_("terminals: names below it lead to the ports of learners' containers; see docs/OPERATION.md")},
			{"new-room", NULL, N_("workshop: open a new room, with a new code")},
			{"url", "URL",
				N_("the address for learners, e.g. of a reverse proxy, perhaps with a path: https://lab.example/ropes (default: where it listens)")},
			{"proxy", NULL,
				N_("a reverse proxy on this machine names its clients (X-Forwarded-For)")},
			{"issuer", "NAME",
				N_("who issues certificates (default: the server's address)")},
			{"days", "NUMBER", N_("invite: how long it works (default: 14)")},
			{"uses", "NUMBER",
				N_("invite roster: how often it works (default: any number)")},
			{"role", "ROLE",
				N_("key add: learner, instructor, lead, store or monitor")},
			{"team", "NAME",
				N_("key add: the one team that a lead sees; assign, invite: the team")},
			{"account", "NAME",
				N_("key add: the person whose statements a learner's key sends (default: the first one that arrives)")},
			{"due", "DAY",
				N_("assign: a date like 2027-01-31, or never to remove the assignment")},
			{"lrs", "URL", N_("show the team from this store (…/xapi)")},
			{"lrs-key", "FILE", N_("the file with its `key: …` and `secret: …`")},
			{"lrs-ca", "FILE", N_("the certificate that identifies that store, PEM")},
		},
	.removed =
		{
			{"class-daemon", NULL, OWN_MACHINES},
			{"daemon", NULL, OWN_MACHINES},
			{"daemon-tls", NULL, OWN_MACHINES},
		},
	.operands_max = 32,
	.run = run_serve,
};
