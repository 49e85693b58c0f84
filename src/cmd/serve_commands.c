/* cmd/serve_commands.c - ropes serve SUBCOMMAND: operates on a store without serving it, even while
 * a server has it open */
#include "serve.h"
#include "api.h"
#include "serving.h"
#include "sync.h"
#include "workshop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROSTER_LIMIT ((size_t)16 * 1024 * 1024)
#define HOME "https://ropes.invalid"

/* ---- keys ---- */

static bool is_role(const char *role)
{
	for (size_t i = 0; role != NULL && serve_roles[i] != NULL; i++)
		if (text_same(role, serve_roles[i]))
			return true;
	return false;
}

/* --team limits a lead; --actor limits a learner (an account's name, or a mail address). */
static bool limit_key(const struct arguments *a, struct lrs *lrs, struct error *err)
{
	const char *team = arguments_get(a, "team"), *account = arguments_get(a, "account");
	cleanup_free char *actor = account == NULL ? NULL
				   : strchr(account, '@') != NULL
					   ? xasprintf("mbox mailto:%s", account)
					   : xasprintf("account %s %s", HOME, account);
	return (team == NULL && actor == NULL) ||
	       lrs_key_limit(lrs, a->operands[2], team, actor, err);
}

static bool add_key(const struct arguments *a, struct opened *o, struct error *err)
{
	const char *role = arguments_get(a, "role"), *team = arguments_get(a, "team");
	cleanup_free char *key = NULL, *secret = NULL;
	if (!is_role(role))
		return error_set_kind(err, ERROR_USAGE,
			role != NULL
				? N_("unknown role '%s': expected learner, instructor, lead, store or monitor")
				: N_("missing option --role%s: learner, instructor, lead, store or monitor"),
			role != NULL ? role : "");
	if (team != NULL && !text_same(role, "lead") && !text_same(role, "instructor"))
		return error_set_kind(
			err, ERROR_USAGE, "--team works only with --role lead or instructor");
	if (arguments_get(a, "account") != NULL && !text_same(role, "learner"))
		return error_set_kind(err, ERROR_USAGE, "--account works only with --role learner");
	if (team != NULL && tracker_team_find(o->tracker, team) == 0)
		return error_set_kind(err, ERROR_FAILED, "there is no team '%s'", team);
	if (!lrs_key_add(o->lrs, a->operands[2], role, &key, &secret, err) ||
		!limit_key(a, o->lrs, err))
		return false;
	printf("key: %s\nsecret: %s\n", key, secret);
	return true;
}

static bool list_keys(const struct arguments *a, struct opened *o, struct error *err)
{
	cleanup_words struct words keys = {0};
	(void)a;
	if (!lrs_key_list(o->lrs, &keys, err))
		return false;
	for (size_t i = 0; i < keys.count; i++)
		puts(keys.items[i]);
	return true;
}

static bool remove_key(const struct arguments *a, struct opened *o, struct error *err)
{
	return lrs_key_remove(o->lrs, a->operands[2], err);
}

/* ---- teams ---- */

static bool create_team(const struct arguments *a, struct opened *o, struct error *err)
{
	return tracker_team_add(o->tracker, a->operands[2], err);
}

static bool delete_team(const struct arguments *a, struct opened *o, struct error *err)
{
	return tracker_team_remove(o->tracker, a->operands[2], err);
}

static void print_team(void *data, const struct tracker_team *team)
{
	(void)data;
	printf("%s\t", team->name);
	printf(language_plural("%u person", "%u people", team->people), team->people);
	printf(_("\t%u overdue\n"), team->overdue);
}

static bool list_teams(const struct arguments *a, struct opened *o, struct error *err)
{
	(void)a;
	return tracker_teams(o->tracker, print_team, NULL, err);
}

static bool take_roster(const struct arguments *a, struct opened *o, struct error *err)
{
	cleanup_buf struct buf csv = {0};
	unsigned count;
	if (!file_read(a->operands[1], ROSTER_LIMIT, &csv, err) ||
		!tracker_roster(o->tracker, buf_text(&csv), HOME, &count, err))
		return false;
	printf(_("people: %u\n"), count);
	return true;
}

/* A note travels with its questions; a folder, with all its notes, questions and pictures. */
static bool pack_course(const struct course *course, struct buf *out, struct error *err)
{
	cleanup_words struct words names = {0};
	bool folder = folder_exists(course->path);
	cleanup_free char *root = folder ? xstrdup(course->path) : path_parent(course->path);
	size_t length = strlen(root);
	if (folder && !sync_parcel_list(root, &names, err))
		return false;
	if (!folder)
		words_add(&names, path_base(course->path));
	for (size_t i = 0; !folder && i < course->lesson_count; i++) {
		const char *quiz = course->lessons[i].quiz_path;
		if (quiz != NULL && text_starts(quiz, root) && quiz[length] == '/')
			words_add(&names, quiz + length + 1);
	}
	return sync_parcel_pack(root, &names, out, err);
}

static bool can_travel(const struct course *course, struct error *err)
{
	cleanup_free char *folder = sync_course_folder(course->id);
	cleanup_words struct words names = {0};
	if (course->bank || course->place_id == NULL || text_same(course->id, course->place_id) ||
		folder == NULL)
		return error_set_kind(err, ERROR_FAILED,
			"the course '%s' needs an id, the same on every machine: a line like `id: onboarding` in the head of its first note, between two lines `---`",
			course->path);
	return course_catalogue(&names, err) &&
	       (!words_has(&names, course->id) ||
		       error_set_kind(err, ERROR_FAILED,
			       "ropes has a course of its own called '%s'; use another id",
			       course->id));
}

/* Notes that learners do not have are sent to them. */
static bool assign_notes(const struct arguments *a, struct opened *o, const char *team,
	int64_t due_ms, struct error *err)
{
	cleanup_buf struct buf parcel = {0};
	struct course *course;
	if (!course_load(a->operands[1], &course, err))
		return false;
	const struct api_notes notes = {
		course->id, course->title, (unsigned)course->lesson_count, &parcel};
	bool good = can_travel(course, err) && pack_course(course, &parcel, err) &&
		    api_assign_notes(o->lrs, o->tracker, &notes, team, due_ms, err);
	course_destroy(course);
	return good;
}

static bool are_own_notes(const char *operand)
{
	cleanup_words struct words names = {0};
	return (file_exists(operand) || folder_exists(operand)) && course_catalogue(&names, NULL) &&
	       !words_has(&names, operand);
}

static bool assign_course(const struct arguments *a, struct opened *o, struct error *err)
{
	const char *due = arguments_get(a, "due");
	int64_t due_ms = 0;
	if (due == NULL)
		return error_set_kind(err, ERROR_USAGE,
			"missing option --due DAY, e.g. --due 2027-01-31; --due never removes the assignment");
	if (!text_same(due, "never") && !tracker_read_day(due, &due_ms, err))
		return false;
	const char *team = arguments_get(a, "team");
	bool good = due_ms == 0 ? tracker_assign(o->tracker, a->operands[1], team, 0, err)
		    : are_own_notes(a->operands[1])
			    ? assign_notes(a, o, team, due_ms, err)
			    : api_assign(o->tracker, a->operands[1], team, due_ms, err);
	if (good)
		printf(due_ms > 0 ? _("%s: assigned to %s, due %s\n")
				  : _("%s: no longer assigned to %s\n"),
			a->operands[1], team != NULL ? team : _("everyone"), due);
	return good;
}

static bool hide_names(const struct arguments *a, struct opened *o, struct error *err)
{
	bool on = text_same(a->operands[1], "on");
	if (!on && !text_same(a->operands[1], "off"))
		return error_set_kind(
			err, ERROR_USAGE, "expected `ropes serve pseudonyms on` or `off`");
	return tracker_pseudonyms(o->tracker, on, err);
}

static bool print_room_report(const struct arguments *a, struct opened *o, struct error *err)
{
	(void)a;
	return workshop_report(o->store, err);
}

/* ---- backups ---- */

static bool backup_store(const struct arguments *a, struct opened *o, struct error *err)
{
	cleanup_free char *path = serve_store_path(a);
	(void)o;
	return store_backup(path, a->operands[1], err);
}

static bool restore_store(const struct arguments *a, struct opened *o, struct error *err)
{
	cleanup_free char *path = serve_store_path(a), *kept = NULL;
	(void)o;
	if (!store_restore(path, a->operands[1], &kept, err))
		return false;
	if (kept != NULL)
		printf(_("kept: %s\n"), kept);
	return true;
}

/* ---- the table ---- */

static const struct word {
	const char *first, *second; /* second NULL: an operand follows */
	const char *operand;        /* the operand it requires; NULL: none */
	bool opens;                 /* opens the store first */
	bool changes;               /* is recorded in the audit log */
	bool (*run)(const struct arguments *a, struct opened *o, struct error *err);
} words[] = {
	{"key", "add", "NAME", true, true, add_key},
	{"key", "list", NULL, true, false, list_keys},
	{"key", "remove", "NAME", true, true, remove_key},
	{"team", "add", "NAME", true, true, create_team},
	{"team", "list", NULL, true, false, list_teams},
	{"team", "remove", "NAME", true, true, delete_team},
	{"roster", NULL, "FILE.csv", true, true, take_roster},
	{"invite", "roster", NULL, true, true, serve_invite_roster},
	{"invite", "person", "PERSON", true, true, serve_invite_person},
	{"invite", "each", NULL, true, true, serve_invite_each},
	{"invite", "list", NULL, true, false, serve_invite_list},
	{"invite", "revoke", "NUMBER", true, true, serve_invite_revoke},
	{"cert", NULL, NULL, false, false, serve_invite_cert},
	{"assign", NULL, "COURSE", true, true, assign_course},
	{"erase", NULL, "PERSON", true, false, serve_privacy_erase},
	{"export", NULL, "PERSON", true, false, serve_privacy_export},
	{"retention", NULL, "DAYS|off|show", true, false, serve_privacy_retain},
	{"audit", NULL, NULL, true, false, serve_privacy_audit},
	{"pseudonyms", NULL, "on|off", true, true, hide_names},
	{"report", NULL, NULL, true, false, print_room_report},
	{"backup", NULL, "FILE", false, false, backup_store},
	{"restore", NULL, "FILE", false, false, restore_store},
};

static bool is_subcommand(const struct arguments *a, const struct word *w)
{
	return text_same(a->operands[0], w->first) &&
	       (w->second == NULL ||
		       (a->operand_count > 1 && text_same(a->operands[1], w->second)));
}

/* A roster has a file's name and names of people: only the subcommand is recorded. */
static bool record_word(
	const struct arguments *a, const struct word *w, struct opened *o, struct error *err)
{
	cleanup_free char *what =
		w->second != NULL ? xasprintf("%s %s", w->first, w->second) : xstrdup(w->first);
	const char *operand = a->operands[a->operand_count - 1];
	return serve_privacy_note(o, what, 0, text_same(w->first, "roster") ? NULL : operand, err);
}

static bool run_word(const struct arguments *a, const struct word *w, struct error *err)
{
	size_t needed = 1u + (w->second != NULL) + (w->operand != NULL);
	struct opened opened = {0};
	if (a->operand_count != needed)
		return error_set_kind(err, ERROR_USAGE, "expected `ropes serve %s%s%s%s%s`",
			w->first, w->second != NULL ? " " : "", w->second != NULL ? w->second : "",
			w->operand != NULL ? " " : "", w->operand != NULL ? w->operand : "");
	if (w->opens && !serve_store_open(a, &opened, err))
		return false;
	bool good = w->run(a, &opened, err) && (!w->changes || record_word(a, w, &opened, err));
	serve_store_close(&opened);
	return good;
}

static bool explain_subcommands(const struct arguments *a, struct error *err)
{
	cleanup_buf struct buf seconds = {0};
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (text_same(words[i].first, a->operands[0]))
			buf_printf(
				&seconds, "%s%s", seconds.length > 0 ? ", " : "", words[i].second);
	return error_set_kind(err, ERROR_USAGE,
		seconds.length > 0
			? N_("`ropes serve %s` needs a subcommand: %s")
			: N_("unknown subcommand '%s'; `ropes serve --help` lists them%s"),
		a->operands[0], buf_text(&seconds));
}

bool serve_commands_run(const struct arguments *a, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (is_subcommand(a, &words[i]))
			return run_word(a, &words[i], err);
	return explain_subcommands(a, err);
}
