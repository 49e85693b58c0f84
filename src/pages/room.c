/* pages/room.c - a workshop's learners: joining, events, messages */
#include "page.h"
#include "room_page.h"

#include <stdlib.h>

static bool is_workshop_open(struct request *r, struct reply *a)
{
	return r->room != NULL ||
	       reply_error(a, 404,
		       "this server runs no workshop; start it with `ropes serve --workshop COURSE`");
}

static bool allow_only(const struct request *r, struct reply *a, enum method method)
{
	return r->method == method || reply_error(a, 405, "this request is not allowed here");
}

static cJSON *read_json_body(struct request *r, struct reply *a)
{
	cleanup_error struct error err = {0};
	cJSON *json = xapi_parse(buf_text(&r->body), r->body.length, &err);
	if (cJSON_IsObject(json))
		return json;
	cJSON_Delete(json);
	reply_error(a, 400, "%s", json == NULL ? error_text(&err) : _("expected an object"));
	return NULL;
}

/* ---- looking up the code ---- */

static void add_terminal_form(struct buf *page, const struct request *r, const char *code)
{
	if (r->terminals == NULL)
		return;
	buf_printf(page,
		"<h2>%s</h2>\n<form method=\"post\" action=\"/terminal\" class=\"signin\">"
		"<input type=\"hidden\" name=\"code\" value=\"",
		_("Here in the browser"));
	page_text(page, code);
	buf_printf(page,
		"\"><label>%s<input name=\"name\" required maxlength=\"60\" autocomplete=\"name\"></label><button>%s</button></form>\n<p>%s</p>\n",
		_("Your name"), _("Open my terminal"),
		_("The instructor sees this name, the steps that you reach and complete, results of checks, answers, scores and times, but not your terminal: the instructor may ask to look on, and you decide. Keep the address of your terminal: it brings you back, in any browser."));
}

static void add_how_to_join(struct buf *page, const struct request *r, const char *code)
{
	buf_add_text(page, "<h1>");
	page_text(page, room_title(r->room));
	buf_printf(page, "</h1><p class=\"lead\">%s</p>\n", _("You are invited to a workshop."));
	add_terminal_form(page, r, code);
	buf_printf(page, "<h2>%s</h2>\n<p class=\"say\"><code>ropes join ",
		_("In a terminal of your machine"));
	page_text(page, r->url);
	buf_add_char(page, ' ');
	page_text(page, code);
	buf_printf(page,
		"</code></p>\n<p>%s</p>\n<h2>%s</h2>\n<p>%s</p>\n<p class=\"say\"><code>make start &amp;&amp; sudo make install</code></p>\n",
		_("It shows what the instructor sees, and asks whether your commands may be shared; you can say no."),
		_("If ropes is not installed"),
		_("ropes needs Linux: Debian 12 or later, or Ubuntu 24.04 or later. Your instructor has its sources; in their folder, run:"));
}

/* For people who scan the code with a phone. */
static void room_page(struct request *r, struct reply *a, const char *code)
{
	cleanup_buf struct buf page = {0};
	page_begin(&page, &(struct page){.title = _("Join"), .style = "/room.css"});
	add_how_to_join(&page, r, code);
	page_end(&page);
	page_reply(a, &page);
}

void pages_room(struct request *r, struct reply *a)
{
	static const char *const names[] = {"code"};
	cleanup_error struct error err = {0};
	if (!is_workshop_open(r, a) || !allow_only(r, a, METHOD_GET) ||
		!request_takes(r, a, names, ARRAY_LENGTH(names)))
		return;
	const char *code = request_parameter(r, "code");
	enum room_outcome outcome = room_admit(r->room, code, r->address, &err);
	if (outcome != ROOM_DONE) {
		reply_room_outcome(a, outcome, &err);
		return;
	}
	if (request_wants_page(r)) {
		room_page(r, a, code);
		return;
	}
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "title", room_title(r->room));
	cJSON_AddStringToObject(json, "course", room_reference(r->room));
	cJSON_AddStringToObject(json, "room", r->url);
	reply_json(a, json);
}

/* ---- joining ---- */

/* Issue a key for each machine, to send statements and receive events. */
static bool make_key(struct request *r, struct reply *a, const struct room_participant *participant,
	char **key, char **secret)
{
	cleanup_error struct error err = {0};
	char id[UUID_TEXT_SIZE];
	uuid_make(id);
	cleanup_free char *name = xasprintf("room %s %.8s", participant->learner, id);
	cleanup_free char *actor =
		xasprintf("account %s %s", participant->home, participant->learner);
	if (lrs_key_add(r->lrs, name, "learner", key, secret, &err) &&
		lrs_key_limit(r->lrs, name, NULL, actor, &err) &&
		room_bind(r->room, name, participant->learner, &err))
		return true;
	return reply_error(a, 503, "%s", error_text(&err));
}

static void send_welcome(
	struct request *r, struct reply *a, const struct room_participant *participant)
{
	cleanup_free char *key = NULL, *secret = NULL;
	if (!make_key(r, a, participant, &key, &secret))
		return;
	const struct {
		const char *name, *value;
	} texts[] = {
		{"learner", participant->learner},
		{"name", participant->name},
		{"home", participant->home},
		{"key", key},
		{"secret", secret},
		{"course", room_reference(r->room)},
		{"course_id", room_course_id(r->room)},
		{"title", room_title(r->room)},
		{"personal", participant->personal},
	};
	cJSON *json = cJSON_CreateObject();
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		cJSON_AddStringToObject(json, texts[i].name, texts[i].value);
	cJSON_AddBoolToObject(json, "renamed", participant->renamed);
	reply_json(a, json);
	reply_header(a, "Cache-Control", "no-store");
	broadcast_wake(r->broadcaster);
}

void pages_room_join(struct request *r, struct reply *a)
{
	cleanup_error struct error err = {0};
	if (!is_workshop_open(r, a) || !allow_only(r, a, METHOD_POST) ||
		!request_takes(r, a, NULL, 0))
		return;
	cJSON *json = read_json_body(r, a);
	if (json == NULL)
		return;
	const struct room_join join = {
		.code = json_get_text(json, "code"),
		.address = r->address,
		.name = json_get_text(json, "name"),
		.machine = json_get_text(json, "machine"),
		.lines = json_is_true(json, "lines"),
		.seat = json_get_text(json, "seat"),
	};
	struct room_participant participant = {0};
	enum room_outcome outcome = room_join(r->room, &join, &participant, &err);
	if (outcome == ROOM_DONE)
		send_welcome(r, a, &participant);
	else
		reply_room_outcome(a, outcome, &err);
	room_participant_finish(&participant);
	cJSON_Delete(json);
}

/* ---- a learner with a key ---- */

/* The learner id of the key's owner; the caller frees it. NULL: 403 sent. */
static char *learner_of(struct request *r, struct reply *a)
{
	char *learner = room_key_owner(r->room, r->name);
	if (learner == NULL)
		reply_error(a, 403, "no one in this room has this key");
	return learner;
}

/* Tells a returning client whether its key still belongs to this room. */
void pages_room_participant(struct request *r, struct reply *a)
{
	static const char *const names[] = {"terminal"};
	if (!is_workshop_open(r, a) || !allow_only(r, a, METHOD_GET) ||
		!request_takes(r, a, names, ARRAY_LENGTH(names)))
		return;
	cleanup_free char *learner = learner_of(r, a);
	if (learner == NULL)
		return;
	room_sit(r->room, learner, request_parameter(r, "terminal"));
	broadcast_wake(r->broadcaster);
	cJSON *json = cJSON_CreateObject();
	cJSON_AddStringToObject(json, "learner", learner);
	reply_json(a, json);
}

void pages_room_events(struct request *r, struct reply *a)
{
	if (!is_workshop_open(r, a) || !allow_only(r, a, METHOD_GET) ||
		!request_takes(r, a, NULL, 0))
		return;
	cleanup_free char *learner = learner_of(r, a);
	const char *text = request_header(r, "Last-Event-ID");
	long long after = room_key_since(r->room, r->name);
	if (learner == NULL)
		return;
	if (text != NULL && !text_number(text, 0, INT64_MAX, &after))
		reply_error(a, 400, "Last-Event-ID must be a number");
	else
		broadcast_listen(r, a, learner, after);
}

void pages_room_say(struct request *r, struct reply *a)
{
	cleanup_error struct error err = {0};
	if (!is_workshop_open(r, a) || !allow_only(r, a, METHOD_POST) ||
		!request_takes(r, a, NULL, 0))
		return;
	cleanup_free char *learner = learner_of(r, a);
	cJSON *json = learner != NULL ? read_json_body(r, a) : NULL;
	if (json == NULL)
		return;
	reply_room_outcome(a, room_say(r->room, learner, json, &err), &err);
	cJSON_Delete(json);
	broadcast_wake(r->broadcaster);
}
