/* serve/trail.c - adds changes and views to the audit log */
#include "trail.h"
#include "audit.h"
#include "log.h"

#include <string.h>

/* Parameters that say what a change was about. Rosters, secrets and what a person types to confirm
 * stay out. */
static const char *const told[] = {
	"course", "team", "due", "hook", "url", "on", "name", "id", "format"};

static bool is_told(const char *name, bool erases)
{
	return text_is_one_of(name, told, ARRAY_LENGTH(told)) &&
	       !(erases && text_same(name, "name"));
}

static int64_t person_of(const struct request *r, const char *resource)
{
	long long number = 0;
	const char *text = request_parameter(r, "person");
	if (text == NULL && text_starts(resource, "/person"))
		text = request_parameter(r, "id");
	return text != NULL && text_number(text, 1, INT64_MAX, &number) ? number : 0;
}

static void describe(const struct request *r, bool erases, bool personal, struct buf *out)
{
	for (size_t i = 0; i < r->parameters.count; i++) {
		const struct pair *p = &r->parameters.items[i];
		if (*p->value == '\0' || !is_told(p->name, erases) ||
			(personal && text_same(p->name, "id")))
			continue;
		size_t length = strlen(p->value);
		buf_printf(out, "%s%s=%.*s", out->length > 0 ? " " : "", p->name,
			(int)(length < 100 ? length : utf8_fit(p->value, length, 100)), p->value);
	}
}

void trail_record(const struct request *r, const struct reply *a, const char *resource)
{
	const char *action = request_parameter(r, "do");
	bool change = r->method == METHOD_POST, done = a->status < 300 || a->status == 304;
	if (r->name == NULL || (!done && a->status != 403) || (change && action == NULL))
		return;
	cleanup_buf struct buf what = {0}, detail = {0};
	cleanup_error struct error err = {0};
	buf_add_text(&what, done ? change ? "change " : "view " : "refused ");
	buf_add_text(&what, change ? action : resource);
	int64_t person = person_of(r, resource);
	describe(r, text_same(action, "erase"), person > 0, &detail);
	const struct audit_entry entry = {
		.who = r->name,
		.role = r->role,
		.actor = r->actor,
		.address = r->address,
		.what = buf_text(&what),
		.person = person,
		.detail = buf_text(&detail),
	};
	if ((change && done) || !audit_is_repeated(r->audit, &entry))
		if (!audit_add(r->audit, &entry, &err))
			log_failure(r->log, "audit", &err);
}
