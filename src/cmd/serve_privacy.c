/* cmd/serve_privacy.c - ropes serve export, erase, retention and audit: what is known of people,
 * how long it is kept, and who changed or saw what */
#include "api.h"
#include "serve.h"
#include "serving.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)
#define DAYS_MAX 36500
#define AUDIT_MAX 1000000

static struct api_sources sources_of(const struct opened *o)
{
	return (struct api_sources){o->lrs, o->tracker, o->sessions, o->audit};
}

bool serve_privacy_note(
	struct opened *o, const char *what, int64_t person, const char *detail, struct error *err)
{
	cleanup_free char *text = xasprintf("change %s", what);
	const struct audit_entry entry = {
		.who = "command line", .what = text, .person = person, .detail = detail};
	return audit_add(o->audit, &entry, err);
}

static bool find_person(struct opened *o, const char *words, int64_t *ret, struct error *err)
{
	*ret = tracker_person_find(o->tracker, words);
	return *ret > 0 ||
	       error_set_kind(err, ERROR_FAILED,
		       "'%s' matches no one, or more than one person; use the id from the person's page (person?id=…)",
		       words);
}

/* ---- export ---- */

bool serve_privacy_export(const struct arguments *a, struct opened *o, struct error *err)
{
	const struct api_sources from = sources_of(o);
	cleanup_buf struct buf out = {0};
	int64_t person;
	return find_person(o, a->operands[1], &person, err) &&
	       api_dossier_export(&from, person, &out, err) &&
	       serve_privacy_note(o, "export", person, NULL, err) &&
	       fd_write(STDOUT_FILENO, buf_text(&out), out.length, err);
}

/* ---- erase ---- */

static void print_name(void *data, const struct tracker_person *person)
{
	(void)data;
	printf(_("person: %s\n"), person->name);
}

/* Asks at a terminal; elsewhere --yes has to say it. */
static bool confirm(const struct arguments *a, const char *question, bool *ret, struct error *err)
{
	struct screen *screen = NULL;
	*ret = arguments_get(a, "yes") != NULL;
	fflush(stdout);
	if (*ret)
		return true;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return error_set_kind(err, ERROR_USAGE,
			"nothing was erased: there is no terminal to ask at, so use --yes to confirm");
	if (!common_screen(&screen, err))
		return false;
	(void)screen_confirm(screen, question, false, ret); /* no answer means no */
	screen_close(screen);
	return true;
}

bool serve_privacy_erase(const struct arguments *a, struct opened *o, struct error *err)
{
	const struct api_sources from = sources_of(o);
	struct api_dossier d;
	int64_t person;
	bool yes;
	if (!find_person(o, a->operands[1], &person, err) ||
		!tracker_person(o->tracker, person, print_name, NULL, err) ||
		!api_dossier_count(&from, person, &d, err))
		return false;
	printf(_("statements: %u\ndocuments: %u\nkeys: %u\nmentions in other people's statements: %u\n"),
		d.statements, d.documents, d.keys, d.mentions);
	if (!confirm(a, _("Erase all of this for ever? [y/N] "), &yes, err))
		return false;
	if (!yes)
		return error_set_kind(err, ERROR_FAILED, "nothing was erased");
	if (!api_erase(&from, person, err) || !serve_privacy_note(o, "erase", person, NULL, err))
		return false;
	puts(_("erased"));
	return true;
}

/* ---- retention ---- */

static bool print_retention(struct opened *o, struct error *err)
{
	cleanup_free char *days = tracker_setting(o->tracker, SERVE_RETENTION);
	const struct api_sources from = sources_of(o);
	cleanup_free int64_t *people = NULL;
	size_t count;
	if (days == NULL || text_same(days, "off")) {
		puts(_("retention: off"));
		return true;
	}
	int64_t before = clock_wall_ms() - strtoll(days, NULL, 10) * DAY_MS;
	if (!api_idle_people(&from, before, &people, &count, err))
		return false;
	printf(_("retention: %s days\n"), days);
	for (size_t i = 0; i < count; i++)
		if (!tracker_person(o->tracker, people[i], print_name, NULL, err))
			return false;
	printf(_("due to be erased: %zu\n"), count);
	return true;
}

bool serve_privacy_retain(const struct arguments *a, struct opened *o, struct error *err)
{
	const char *days = a->operands[1];
	long long number;
	if (text_same(days, "show"))
		return print_retention(o, err);
	if (!text_same(days, "off") && !text_number(days, 1, DAYS_MAX, &number))
		return error_set_kind(err, ERROR_USAGE,
			"'%s': expected a number of days from 1 to %d, off or show", days,
			DAYS_MAX);
	return tracker_set(o->tracker, SERVE_RETENTION, days, err) &&
	       serve_privacy_note(o, "retention", 0, days, err) && print_retention(o, err);
}

/* ---- audit ---- */

/* One object a line, oldest last. */
static void print_entry(void *data, const struct audit_entry *e)
{
	char when[TIME_TEXT_SIZE];
	cJSON *line = cJSON_CreateObject();
	(void)data;
	time_format_iso8601(e->when_ms, when);
	cJSON_AddNumberToObject(line, "id", (double)e->id);
	cJSON_AddStringToObject(line, "time", when);
	cJSON_AddStringToObject(line, "who", e->who);
	cJSON_AddStringToObject(line, "role", e->role);
	cJSON_AddStringToObject(line, "address", e->address);
	cJSON_AddStringToObject(line, "what", e->what);
	if (e->person > 0)
		cJSON_AddNumberToObject(line, "person", (double)e->person);
	cJSON_AddStringToObject(line, "detail", e->detail);
	char *text = json_print_take(line);
	puts(text);
	free(text);
}

bool serve_privacy_audit(const struct arguments *a, struct opened *o, struct error *err)
{
	(void)a;
	return audit_list(o->audit, 0, NULL, 0, AUDIT_MAX, print_entry, NULL, err);
}
