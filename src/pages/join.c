/* pages/join.c - joining the team with an invitation, and what a key tells its owner: who they are,
 * and what is assigned to them */
#include "page.h"
#include "tracker.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	unsigned status;
	const char *reason, *sentence;
} refusals[] = {
	[INVITED_CODE] = {404, "code", "no invitation has this code"},
	[INVITED_EXPIRED] = {410, "expired", "this invitation has expired"},
	[INVITED_USED] = {410, "used", "this invitation has been used already"},
	[INVITED_REVOKED] = {410, "revoked", "this invitation was revoked"},
	[INVITED_CHOOSE] = {409, "choose",
		"this invitation is for several people: say which one you are"},
	[INVITED_PERSON] = {403, "person", "this invitation is not for that person"},
	[INVITED_TAKEN] = {403, "taken",
		"that person has joined already; for another machine, ask your lead for an invitation of your own"},
};

/* ---- the invitation ---- */

static cJSON *read_invitation(struct request *r, struct reply *a)
{
	cleanup_error struct error err = {0};
	cJSON *json = xapi_parse(buf_text(&r->body), r->body.length, &err);
	if (json_get_text(json, "code") != NULL)
		return json;
	cJSON_Delete(json);
	reply_error(a, 400, "expected an object with a code");
	return NULL;
}

static void add_choice(void *data, const struct tracker_member *m)
{
	if (m->joined_ms == 0 && m->ended_ms == 0)
		cJSON_AddItemToArray(data, cJSON_CreateString(m->name));
}

/* Whoever holds an invitation for several people sees who of them has not joined yet. */
static void refuse_invitation(
	struct request *r, struct reply *a, enum tracker_invited outcome, int64_t team)
{
	cleanup_error struct error ignored = {0};
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "reason", refusals[outcome].reason);
	cJSON_AddStringToObject(json, "error", refusals[outcome].sentence);
	if (outcome == INVITED_CHOOSE && !tracker_has_pseudonyms(r->tracker))
		(void)tracker_members(r->tracker, team, add_choice,
			cJSON_AddArrayToObject(json, "people"),
			&ignored); /* else none to choose from */
	reply_json(a, json);
	a->status = refusals[outcome].status;
}

/* "account HOME NAME" or "mbox ADDRESS" as an agent. */
static cJSON *agent_of(const char *key)
{
	cJSON *agent = cJSON_CreateObject();
	cJSON_AddStringToObject(agent, "objectType", "Agent");
	const char *rest = strchr(key, ' ') + 1;
	if (text_starts(key, "account ")) {
		const char *name = strchr(rest, ' ') + 1;
		cleanup_free char *home = xstrndup(rest, (size_t)(name - rest - 1));
		cJSON *account = cJSON_AddObjectToObject(agent, "account");
		cJSON_AddStringToObject(account, "homePage", home);
		cJSON_AddStringToObject(account, "name", name);
	} else {
		cleanup_free char *field = xstrndup(key, (size_t)(rest - key - 1));
		cJSON_AddStringToObject(agent, field, rest);
	}
	return agent;
}

static void add_person(void *data, const struct tracker_person *person)
{
	cJSON_AddStringToObject(data, "name", person->name);
	cJSON_AddStringToObject(data, "teams", person->teams);
}

static bool describe_person(
	struct request *r, int64_t person, const char *key, cJSON *json, struct error *err)
{
	cJSON_AddItemToObject(json, "actor", agent_of(key));
	return tracker_person(r->tracker, person, add_person, json, err);
}

/* Each machine gets a key of its own. Its name must not reveal the person: statements contain it.
 */
static bool issue_key(
	struct request *r, int64_t person, const char *actor, cJSON *json, struct error *err)
{
	char id[UUID_TEXT_SIZE];
	uuid_make(id);
	cleanup_free char *name = xasprintf("person %lld %.8s", (long long)person, id);
	cleanup_free char *key = NULL, *secret = NULL;
	if (!lrs_key_add(r->lrs, name, "learner", &key, &secret, err) ||
		!lrs_key_limit(r->lrs, name, NULL, actor, err))
		return false;
	cJSON_AddStringToObject(json, "key", key);
	cJSON_AddStringToObject(json, "secret", secret);
	return true;
}

static void answer_invitation(struct request *r, struct reply *a, const cJSON *asked)
{
	cleanup_error struct error err = {0};
	const char *code = json_get_text(asked, "code"), *who = json_get_text(asked, "who");
	bool only_look = json_is_true(asked, "look");
	int64_t person = 0, team = 0;
	enum tracker_invited outcome =
		tracker_invitation_look(r->tracker, code, who, &person, &team, &err);
	if (outcome == INVITED_DONE && !only_look)
		outcome = tracker_invitation_use(r->tracker, code, who, &person, &err);
	if (outcome != INVITED_DONE && outcome != INVITED_FAILED) {
		refuse_invitation(r, a, outcome, team);
		return;
	}
	cleanup_free char *key = person > 0 ? tracker_person_key(r->tracker, person) : NULL;
	cJSON *json = cJSON_CreateObject();
	bool good = key != NULL && describe_person(r, person, key, json, &err) &&
		    (only_look || issue_key(r, person, key, json, &err));
	if (good) {
		reply_json(a, json);
		return;
	}
	cJSON_Delete(json);
	reply_error(a, 503, "%s", error_text(&err));
}

/* For people who scan the code with a phone. A browser does not send what follows '#'. */
static void show_invitation(struct reply *a)
{
	cleanup_buf struct buf page = {0};
	page_begin(&page, &(struct page){.title = _("Join")});
	buf_printf(&page,
		"<h1>%s</h1><p class=\"lead\">%s</p>\n"
		"<p class=\"say\"><code>ropes sync join '%s'</code></p>\n<p>%s</p>\n",
		_("You are invited"),
		_("Copy the whole address of this page, with everything after #. Then run this in a terminal of the machine on which you learn:"),
		_("ADDRESS"),
		_("<code>ropes</code> must be installed there. It shows what is sent before it sends anything."));
	page_end(&page);
	page_reply(a, &page);
}

void pages_join(struct request *r, struct reply *a)
{
	if (!request_takes(r, a, NULL, 0))
		return;
	if (r->method == METHOD_GET) {
		show_invitation(a);
		return;
	}
	if (r->method != METHOD_POST) {
		reply_method(a, "GET, HEAD, POST");
		return;
	}
	cJSON *asked = read_invitation(r, a);
	if (asked == NULL)
		return;
	answer_invitation(r, a, asked);
	reply_header(a, "Cache-Control", "no-store");
	cJSON_Delete(asked);
}

/* ---- the owner of a key ---- */

struct assigned {
	struct tracker *tracker;
	cJSON *list;
};

static void add_assignment(void *data, const struct tracker_enrolment *e)
{
	struct assigned *assigned = data;
	if (e->due_ms == 0)
		return;
	cleanup_free char *notes = api_notes_digest(assigned->tracker, e->course_iri);
	cJSON *one = cJSON_CreateObject();
	cJSON_AddStringToObject(one, "course", e->course_iri);
	cJSON_AddStringToObject(one, "title", e->course_title);
	cJSON_AddNumberToObject(one, "due", (double)e->due_ms);
	cJSON_AddBoolToObject(one, "done", e->done_ms > 0);
	if (notes != NULL)
		cJSON_AddStringToObject(one, "notes", notes);
	cJSON_AddItemToArray(assigned->list, one);
}

void pages_me(struct request *r, struct reply *a)
{
	cleanup_error struct error err = {0};
	if (r->method != METHOD_GET) {
		reply_method(a, "GET, HEAD");
		return;
	}
	if (!request_takes(r, a, NULL, 0))
		return;
	ingest_settle(r->ingest);
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "key", r->name);
	cJSON_AddStringToObject(json, "role", r->role);
	bool bound = r->actor != NULL && *r->actor != '\0', good = true;
	int64_t person = bound ? tracker_person_find(r->tracker, r->actor) : 0;
	if (person > 0) {
		struct assigned assigned = {r->tracker, cJSON_AddArrayToObject(json, "assigned")};
		good = describe_person(r, person, r->actor, json, &err) &&
		       tracker_enrolments(
			       r->tracker, 0, person, 0, add_assignment, &assigned, &err);
	} else if (bound)
		cJSON_AddItemToObject(json, "actor", agent_of(r->actor));
	if (good) {
		reply_json(a, json);
		reply_header(a, "Cache-Control", "no-store");
		return;
	}
	cJSON_Delete(json);
	reply_error(a, 503, "%s", error_text(&err));
}
