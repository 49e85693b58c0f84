/* sync/team.c - joins a team: reads an invitation, asks its server whom it is for, accepts it; asks
 * a store whether it accepts a key */
#include "deliver.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS 10000
#define REFRESH_MS (5 * 60 * 1000) /* during a session */
#define PIN_LENGTH 43
#define CODE_LENGTH 16

/* ---- the link ---- */

static bool is_pin(const char *text)
{
	size_t length = strlen(text);
	for (const char *c = text; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
			return false;
	return length == PIN_LENGTH;
}

static bool is_code(const char *text, size_t length)
{
	size_t letters = 0;
	for (size_t i = 0; i < length; i++) {
		if (!isalnum((unsigned char)text[i]) && text[i] != '-' && text[i] != ' ')
			return false;
		letters += isalnum((unsigned char)text[i]) != 0;
	}
	return letters == CODE_LENGTH;
}

bool sync_invitation_read(
	const char *link, const char *code, struct sync_invitation *ret, struct error *err)
{
	const char *hash = strchr(link, '#'), *dot = hash != NULL ? strchr(hash, '.') : NULL;
	const char *given = code != NULL ? code : hash != NULL ? hash + 1 : "";
	size_t length = code == NULL && dot != NULL ? (size_t)(dot - given) : strlen(given);
	if (!is_code(given, length) || (dot != NULL && !is_pin(dot + 1)))
		return error_set_kind(err, ERROR_USAGE,
			"this is not a whole invitation; expected a link like https://HOST/join#CODE, with everything after #");
	struct sync_invitation i = {0};
	if (!sync_server_read(link, &i.url, NULL))
		return error_set_kind(err, ERROR_USAGE,
			"'%.100s' is not an invitation; expected a link like https://HOST/join#CODE (http:// only for this machine)",
			link);
	i.code = xstrndup(given, length);
	i.pin = dot != NULL ? xstrdup(dot + 1) : NULL;
	*ret = i;
	return true;
}

void sync_invitation_finish(struct sync_invitation *i)
{
	free(i->url);
	free(i->code);
	free(i->pin);
	*i = (struct sync_invitation){0};
}

void sync_person_finish(struct sync_person *p)
{
	free(p->name);
	free(p->teams);
	free(p->account);
	*p = (struct sync_person){0};
}

/* ---- asking ---- */

static const struct {
	const char *reason, *sentence;
} refusals[] = {
	{"code", N_("no invitation of this server has this code; ask for a new one")},
	{"expired", N_("this invitation has expired; ask for a new one")},
	{"used", N_("this invitation has been used already; ask for a new one")},
	{"revoked", N_("this invitation was revoked; ask for a new one")},
	{"person", N_("this invitation is not for that person")},
	{"taken",
		N_("that person has joined already; for another machine, ask your lead for an invitation of your own")},
};

/* A text of the server, safe to print; NULL: there is none. The caller frees it. */
static char *copy_text(const cJSON *json, const char *name)
{
	const char *text = json_get_text(json, name);
	if (text == NULL || !utf8_valid(text, strlen(text)))
		return NULL;
	char *copy = xstrdup(text);
	for (char *c = copy; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7F)
			*c = '?';
	return copy;
}

static bool explain_refusal(const struct sync_invitation *i, const struct http_answer *answer,
	const cJSON *json, struct error *err)
{
	const char *reason = json_get_text(json, "reason");
	for (size_t k = 0; k < ARRAY_LENGTH(refusals); k++)
		if (text_same(refusals[k].reason, reason))
			return error_set_kind(err, ERROR_FAILED, "%s", _(refusals[k].sentence));
	cleanup_free char *said = remote_printable(&answer->body);
	if (answer->status >= 500 || answer->status == 429)
		return error_set(
			err, 0, "%s cannot answer now (%ld): %s", i->url, answer->status, said);
	return error_set_kind(err, ERROR_FAILED,
		"there is no ropes server at %s (%ld); check the link", i->url, answer->status);
}

/* NULL: err says why, or *ret_choices is not NULL and has the answer that asks for a person. The
 * caller deletes both. */
static cJSON *ask_invitation(const struct sync_invitation *i, const char *who, bool look,
	const char *ca, cJSON **ret_choices, struct error *err)
{
	static const char *const headers[] = {
		"Content-Type: application/json", "Accept: application/json", NULL};
	struct http_answer answer = {0};
	cleanup_free char *url = xasprintf("%s/join", i->url);
	cJSON *asked = cJSON_CreateObject();
	cJSON_AddStringToObject(asked, "code", i->code);
	if (who != NULL)
		cJSON_AddStringToObject(asked, "who", who);
	cJSON_AddBoolToObject(asked, "look", look);
	cleanup_free char *body = json_print_take(asked);
	const struct http_request request = {.method = "POST",
		.url = url,
		.headers = headers,
		.body = body,
		.body_length = strlen(body),
		.timeout_ms = TIMEOUT_MS,
		.ca = ca,
		.pin = i->pin};
	if (!http_send(&request, &answer, err)) {
		buf_finish(&answer.body);
		return NULL;
	}
	cJSON *json = json_parse(&answer.body);
	if (answer.status == 200 && json_get(json, "actor") != NULL) {
		buf_finish(&answer.body);
		return json;
	}
	if (text_same(json_get_text(json, "reason"), "choose"))
		*ret_choices = json;
	else {
		explain_refusal(i, &answer, json, err);
		cJSON_Delete(json);
	}
	buf_finish(&answer.body);
	return NULL;
}

static void read_person(const cJSON *json, struct sync_person *ret)
{
	const cJSON *actor = json_get(json, "actor"), *account = json_get(actor, "account");
	char *mbox = copy_text(actor, "mbox"), *name = copy_text(account, "name");
	*ret = (struct sync_person){copy_text(json, "name"), copy_text(json, "teams"), NULL};
	if (mbox != NULL && text_starts(mbox, "mailto:"))
		ret->account = xstrdup(mbox + strlen("mailto:"));
	else
		ret->account = xstrdup(name);
	free(mbox);
	free(name);
}

bool sync_invitation_look(const struct sync_invitation *i, const char *who, const char *ca,
	struct sync_person *ret, bool *ret_choose, struct words *choices, struct error *err)
{
	cJSON *asks = NULL, *json = ask_invitation(i, who, true, ca, &asks, err);
	*ret_choose = asks != NULL;
	const cJSON *people = json_get(asks, "people"), *one;
	cJSON_ArrayForEach(one, people) {
		if (cJSON_IsString(one) && utf8_valid(one->valuestring, strlen(one->valuestring)))
			words_add(choices, one->valuestring);
	}
	if (json != NULL)
		read_person(json, ret);
	if (asks != NULL)
		error_set_kind(err, ERROR_FAILED,
			"this invitation is for several people; say who you are with --as, by your account or address on the roster");
	cJSON_Delete(asks);
	cJSON_Delete(json);
	return json != NULL;
}

/* ---- the owner of a key, and what is assigned to them ---- */

/* Only ropes' own server answers; other stores don't know whose a key is. NULL: no answer. The
 * caller deletes it. */
static cJSON *ask_owner(const struct sync_remote *remote, long timeout_ms)
{
	struct http_answer answer = {0};
	size_t length = strlen(remote->url), end = strlen("/xapi");
	if (length < end || !text_same(remote->url + length - end, "/xapi"))
		return NULL;
	cleanup_free char *url = xasprintf("%.*s/me", (int)(length - end), remote->url);
	bool good = deliver_ask(remote, url, timeout_ms, &answer, NULL) && answer.status == 200;
	cJSON *json = good ? json_parse(&answer.body) : NULL;
	buf_finish(&answer.body);
	return json;
}

void sync_refresh(const struct sync_remote *remote, const struct sync_options *options)
{
	cJSON *known = remote_load_assigned(remote);
	int64_t asked = json_get_integer_or(known, "asked", 0, INT64_MAX, 0);
	cJSON_Delete(known);
	if (remote->code != NULL || (clock_wall_ms() - asked < REFRESH_MS && options->tries == 1))
		return;
	cJSON *json = ask_owner(remote, options->timeout_ms);
	if (json != NULL) {
		remote_save_assigned(remote, json_get(json, "assigned"));
		deliver_courses(remote, json_get(json, "assigned"), options);
	}
	cJSON_Delete(json);
}

void sync_assigned(const struct sync_remote *remote,
	void (*each)(void *data, const struct sync_assignment *assignment), void *data)
{
	cJSON *json = remote_load_assigned(remote);
	const cJSON *list = json_get(json, "assigned"), *one;
	cJSON_ArrayForEach(one, list) {
		cleanup_free char *course = copy_text(one, "course"),
				  *title = copy_text(one, "title");
		const struct sync_assignment a = {course, title != NULL ? title : course,
			json_get_integer_or(one, "due", 0, INT64_MAX, 0),
			json_is_true(one, "done")};
		if (course != NULL)
			each(data, &a);
	}
	cJSON_Delete(json);
}

/* ---- accepting ---- */

/* Sends as the person whom the server names. */
static void set_person(struct sync_remote *remote, const cJSON *json)
{
	const cJSON *actor = json_get(json, "actor"), *account = json_get(actor, "account");
	free(remote->home);
	free(remote->account);
	free(remote->mbox);
	free(remote->name);
	remote->home = xstrdup(json_get_text(account, "homePage"));
	remote->account = xstrdup(json_get_text(account, "name"));
	remote->mbox = xstrdup(json_get_text(actor, "mbox"));
	remote->name = xstrdup(json_get_text(json, "name"));
}

bool sync_invitation_accept(const struct sync_invitation *i, const char *who, const char *learner,
	const char *ca, struct sync_remote *ret, struct sync_person *ret_person, struct error *err)
{
	cJSON *asks = NULL, *json = ask_invitation(i, who, false, ca, &asks, err);
	struct sync_remote remote = {
		.url = xasprintf("%s/xapi", i->url),
		.key = xstrdup(json_get_text(json, "key")),
		.secret = xstrdup(json_get_text(json, "secret")),
		.ca = xstrdup(ca),
		.pin = xstrdup(i->pin),
		.learner = xstrdup(learner),
	};
	bool good = json != NULL && remote.key != NULL && remote.secret != NULL;
	if (good) {
		set_person(&remote, json);
		read_person(json, ret_person);
		*ret = remote;
	} else {
		if (json != NULL || asks != NULL)
			error_set(err, 0, "the server at %s gave no key", i->url);
		sync_remote_finish(&remote);
	}
	cJSON_Delete(asks);
	cJSON_Delete(json);
	return good;
}

/* ---- a key ---- */

/* A store may let a key write and not read: 403. */
bool team_ask_store(const struct sync_remote *remote, struct error *err)
{
	struct http_answer answer = {0};
	cleanup_free char *url = xasprintf("%s/statements?limit=1", remote->url);
	bool good = deliver_ask(remote, url, TIMEOUT_MS, &answer, err);
	long status = answer.status;
	cJSON *json = status == 200 ? json_parse(&answer.body) : NULL;
	bool store = status == 403 || cJSON_IsArray(json_get(json, "statements"));
	cJSON_Delete(json);
	buf_finish(&answer.body);
	if (!good)
		return false;
	if (status == 401)
		return error_set_kind(
			err, ERROR_FAILED, "%s rejected this key or its secret (401)", remote->url);
	if (status >= 500 || status == 429)
		return error_set(err, 0, "%s cannot answer now (%ld)", remote->url, status);
	return store ||
	       error_set_kind(err, ERROR_FAILED,
		       "there is no store at %s (%ld); the address of a ropes server ends in /xapi",
		       remote->url, status);
}

bool sync_remote_check(
	struct sync_remote *remote, struct sync_person *ret_person, struct error *err)
{
	*ret_person = (struct sync_person){0};
	if (!team_ask_store(remote, err))
		return false;
	cJSON *json = ask_owner(remote, TIMEOUT_MS);
	if (json_get(json, "actor") != NULL) {
		set_person(remote, json);
		read_person(json, ret_person);
	}
	cJSON_Delete(json);
	return true;
}
