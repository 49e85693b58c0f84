/* cmd/doctor.c - ropes doctor: what works here, and how to fix the rest */
#include "cmd.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

struct finding {
	const char *name;
	bool present, needed;
	const char *detail, *fix;
};

static void print_finding(struct screen *screen, const struct finding *f)
{
	enum screen_style style = f->present ? SCREEN_GOOD : f->needed ? SCREEN_BAD : SCREEN_WARN;
	const char *mark = f->present ? "✔ " : f->needed ? "✘ " : "! ";
	screen_say(screen, style, mark, "%s%s%s", _(f->name), f->detail && *f->detail ? ": " : "",
		f->detail != NULL ? f->detail : "");
	if (f->present || f->fix == NULL)
		return;
	cleanup_free char *arrow = screen_mark(screen, "  → ");
	screen_put(screen, SCREEN_PLAIN, arrow);
	screen_put(screen, SCREEN_COMMAND, f->fix); /* not wrapped, so that it can be copied */
	screen_newline(screen);
}

static void add_finding(cJSON *list, const struct finding *f)
{
	cJSON *item = cJSON_CreateObject();
	cJSON_AddStringToObject(item, "name", f->name);
	cJSON_AddBoolToObject(item, "present", f->present);
	cJSON_AddBoolToObject(item, "needed", f->needed);
	cJSON_AddStringToObject(item, "detail", f->detail != NULL ? f->detail : "");
	if (f->fix != NULL)
		cJSON_AddStringToObject(item, "mend", f->fix); /* scripts rely on this name */
	cJSON_AddItemToArray(list, item);
}

static struct finding examine_record(char **detail)
{
	struct error err = {0};
	struct record *record;
	char *path = record_default_path();
	struct finding f = {.name = N_("record"), .needed = true, .present = true};
	if (record_open(path, &record, &err)) {
		record_close(record);
		*detail = path;
	} else {
		f.present = false;
		*detail = xstrdup(error_text(&err));
		free(path);
	}
	error_finish(&err);
	f.detail = *detail;
	return f;
}

static struct finding examine_catalogue(char **detail)
{
	cleanup_words struct words names = {0};
	cleanup_error struct error err = {0};
	bool good = course_catalogue(&names, &err);
	*detail = good ? xasprintf("%zu", names.count) : xstrdup(error_text(&err));
	return (struct finding){
		.name = N_("courses"), .present = good && names.count > 0, .detail = *detail};
}

static struct finding examine_terminal(const struct screen *screen, char **detail)
{
	bool wide = screen_width(screen) >= 40;
	*detail = xasprintf(_("%u columns, %s%s"), screen_width(screen),
		screen_has_colour(screen) ? _("colour") : _("no colour"),
		wide ? "" : _("; lessons need at least 40"));
	return (struct finding){.name = N_("terminal"), .present = wide, .detail = *detail};
}

static void report_finding(
	struct screen *screen, cJSON *list, const struct finding *f, unsigned *missing)
{
	if (list != NULL)
		add_finding(list, f);
	else
		print_finding(screen, f);
	*missing += f->needed && !f->present;
}

static unsigned report_all(const struct common_daemon *daemon, struct screen *screen, cJSON *list)
{
	struct sandbox_parts parts = {0};
	unsigned missing = 0;
	if (daemon->kind == SANDBOX_HOST)
		sandbox_examine_host(daemon->host, &parts);
	else
		sandbox_examine(&parts);
	for (size_t i = 0; i < parts.count; i++) {
		const struct sandbox_part *p = &parts.items[i];
		const struct finding f = {p->name, p->present, p->needed, p->detail, p->fix};
		report_finding(screen, list, &f, &missing);
	}
	cleanup_free char *record = NULL, *courses = NULL, *terminal = NULL;
	const struct finding own[] = {examine_record(&record), examine_catalogue(&courses),
		examine_terminal(screen, &terminal)};
	for (size_t i = 0; i < ARRAY_LENGTH(own); i++)
		report_finding(screen, list, &own[i], &missing);
	sandbox_parts_finish(&parts);
	return missing;
}

static bool run_doctor(const struct arguments *arguments, struct error *err)
{
	struct screen *screen;
	struct common_daemon daemon;
	if (!common_daemon_choice(arguments, &daemon, err) || !common_screen(&screen, err))
		return false;
	cJSON *list = arguments_get(arguments, "json") != NULL ? cJSON_CreateArray() : NULL;
	unsigned missing = report_all(&daemon, screen, list);
	if (!common_screen_close(screen, true, err)) {
		cJSON_Delete(list);
		return false;
	}
	if (list != NULL) {
		cleanup_free char *text = cJSON_Print(list);
		puts(text != NULL ? text : "[]");
		cJSON_Delete(list);
	}
	return missing == 0 || error_set(err, 0,
				       language_plural("%u required part is missing",
					       "%u required parts are missing", missing),
				       missing);
}

const struct command cmd_doctor = {
	.name = "doctor",
	.operands = "",
	.summary = N_("show what works on this system, and how to fix what does not"),
	.details = N_(
		"With --daemon host or an address, it examines that daemon instead of the practice machine."),
	.options = {OPTION_DAEMON, OPTION_JSON},
	.run = run_doctor,
};
