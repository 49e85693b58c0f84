/* sync/sync.c - sends statements in batches; halves a rejected batch, retries if the server is down
 */
#include "http.h"
#include "json.h"
#include "private.h"
#include "xapi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCH 50
#define TRIES 5
#define PAUSE_MS 500 /* before the second try; doubled after each one */

struct item {
	int64_t number;
	char *id;
	cJSON *statement;
};

struct sending {
	const struct sync_remote *remote;
	const struct sync_options *options;
	struct sync_report *report;
	struct item items[BATCH];
	size_t count;
	struct error *err;
};

/* ---- statements to send ---- */

static void remove_line(cJSON *statement)
{
	cJSON *result = json_get(statement, "result");
	cJSON *extensions = json_get(result, "extensions");
	cJSON_DeleteItemFromObjectCaseSensitive(extensions, RECORD_LINE_EXTENSION);
}

/* Replaces the actor with the learner's account at the remote. */
static void set_actor(cJSON *statement, const struct sync_remote *remote)
{
	cJSON *actor = cJSON_CreateObject();
	cJSON_AddStringToObject(actor, "objectType", "Agent");
	if (remote->name != NULL)
		cJSON_AddStringToObject(actor, "name", remote->name);
	if (remote->mbox != NULL) {
		cJSON_AddStringToObject(actor, "mbox", remote->mbox);
	} else {
		cJSON *account = cJSON_AddObjectToObject(actor, "account");
		cJSON_AddStringToObject(account, "homePage", remote->home);
		cJSON_AddStringToObject(account, "name", remote->account);
	}
	cJSON_ReplaceItemInObjectCaseSensitive(statement, "actor", actor);
}

/* Omit the learner's command lines unless they agreed to share them. */
static bool add_to_batch(void *data, const struct record_statement *s)
{
	struct sending *x = data;
	cJSON *json = cJSON_Parse(s->json);
	if (json != NULL && !x->remote->lines)
		remove_line(json);
	bool known =
		x->remote->mbox != NULL || (x->remote->account != NULL && x->remote->home != NULL);
	if (json != NULL && known)
		set_actor(json, x->remote);
	if (json != NULL)
		x->items[x->count++] = (struct item){s->number, xstrdup(s->id), json};
	return x->count < BATCH;
}

static void forget_items(struct sending *x)
{
	for (size_t i = 0; i < x->count; i++) {
		free(x->items[i].id);
		cJSON_Delete(x->items[i].statement);
	}
	x->count = 0;
}

static char *batch_body(const struct item *items, size_t count)
{
	cJSON *list = cJSON_CreateArray();
	for (size_t i = 0; i < count; i++)
		cJSON_AddItemReferenceToArray(list, items[i].statement);
	char *text = json_print_take(list);
	return text;
}

/* ---- requests ---- */

static bool is_worth_another_try(bool answered, long status)
{
	return !answered || status == 429 || status == 408 || status >= 500;
}

/* 403: the key is known, and the store says what it is not for. */
static bool refuse_sending(struct sending *x, const struct http_answer *answer)
{
	cleanup_free char *said = remote_printable(&answer->body);
	return answer->status == 401
		       ? error_set(x->err, 0, "%s rejected this key (401)", x->remote->url)
		       : error_set(x->err, 0, "%s rejected this key (%ld): %s", x->remote->url,
				 answer->status, said);
}

/* False: no answer, or the key is rejected. */
static bool ask_store(struct sending *x, const char *method, const char *tail, const char *body,
	struct http_answer *ret)
{
	static const char *const headers[] = {
		"Content-Type: application/json", "X-Experience-API-Version: 1.0.3", NULL};
	cleanup_free char *url = xasprintf("%s%s", x->remote->url, tail);
	const struct http_request request = {
		.method = method,
		.url = url,
		.user = x->remote->key,
		.password = x->remote->secret,
		.headers = headers,
		.body = body,
		.body_length = body != NULL ? strlen(body) : 0,
		.timeout_ms = x->options->timeout_ms,
		.ca = x->remote->ca,
		.pin = x->remote->pin,
		.connection = x->options->connection,
	};
	unsigned tries = x->options->tries > 0 ? x->options->tries : TRIES;
	useconds_t pause = PAUSE_MS * 1000;
	for (unsigned i = 0; i < tries; i++, pause *= 2) {
		cleanup_error struct error err = {0};
		if (i > 0)
			usleep(pause);
		bool answered = http_send(&request, ret, &err);
		x->report->refused = answered && (ret->status == 401 || ret->status == 403);
		if (x->report->refused)
			return refuse_sending(x, ret);
		if (!is_worth_another_try(answered, ret->status))
			return true;
		error_finish(x->err);
		error_set(x->err, 0, "%s",
			answered ? "the store does not accept statements at the moment"
				 : error_text(&err));
	}
	return false;
}

static void put_aside(struct sending *x, const struct item *item, const char *why)
{
	x->report->aside++;
	if (x->options->tell == NULL)
		return;
	cleanup_free char *text = xasprintf(_("statement %s was rejected: %s"), item->id, why);
	x->options->tell(x->options->data, text);
}

/* The id exists in the store: check whether the statement is the same, sent by another way. */
static bool compare_stored(struct sending *x, const struct item *item)
{
	struct http_answer answer = {0};
	cleanup_free char *tail = xasprintf("/statements?statementId=%s", item->id);
	bool good = ask_store(x, "GET", tail, NULL, &answer);
	cJSON *there = good ? json_parse(&answer.body) : NULL;
	if (good && there != NULL && xapi_statement_same(item->statement, there))
		x->report->sent++;
	else if (good)
		put_aside(x, item, _("the store has another statement with this id"));
	cJSON_Delete(there);
	buf_finish(&answer.body);
	return good;
}

/* Sends a batch; if it is rejected, sends each half, down to the statement at fault. */
static bool send_some(struct sending *x, const struct item *items, size_t count)
{
	struct http_answer answer = {0};
	cleanup_free char *body = batch_body(items, count);
	bool good = ask_store(x, "POST", "/statements", body, &answer);
	long status = answer.status;
	cleanup_free char *said = xasprintf("%ld: %.200s", status, buf_text(&answer.body));
	buf_finish(&answer.body);
	if (!good)
		return false;
	if (status == 200 || status == 204) {
		x->report->sent += (unsigned)count;
		return true;
	}
	if (count > 1)
		return send_some(x, items, count / 2) &&
		       send_some(x, items + count / 2, count - count / 2);
	if (status == 409)
		return compare_stored(x, items);
	if (status == 404 || status == 405)
		return error_set(
			x->err, 0, "there is no store at %s (%ld)", x->remote->url, status);
	said[strcspn(said, "\n")] = '\0';
	put_aside(x, items, said);
	return true;
}

static bool send_record(struct record *record, const struct sync_remote *remote,
	const struct sync_options *options, struct sync_report *ret, struct error *err)
{
	struct sending x = {.remote = remote, .options = options, .report = ret, .err = err};
	struct progress progress;
	bool good = remote_load_progress(remote, record, &progress, err);
	*ret = (struct sync_report){0};
	while (good) {
		good = record_statements_after(
			record, remote->learner, progress.after, BATCH, add_to_batch, &x, err);
		if (!good || x.count == 0)
			break;
		good = send_some(&x, x.items, x.count);
		if (good) {
			const struct item *last = &x.items[x.count - 1];
			error_finish(err);
			free(progress.id);
			progress.after = last->number;
			progress.id = xstrdup(last->id);
			good = remote_save_progress(remote, &progress, err);
		}
		forget_items(&x);
	}
	forget_items(&x);
	remote_finish_progress(&progress);
	return good;
}

bool sync_run(struct record *record, const struct sync_remote *remote,
	const struct sync_options *options, struct sync_report *ret, struct error *err)
{
	cleanup_error struct error problem = {0};
	bool good = send_record(record, remote, options, ret, &problem);
	if (good && options->asks && ret->sent + ret->aside == 0)
		good = team_ask_store(remote, &problem);
	remote_save_problem(remote, good ? NULL : error_text(&problem));
	if (good)
		sync_refresh(remote, options);
	return good || error_set_kind(err, problem.kind, "%s", error_text(&problem));
}

static bool count_one(void *data, const struct record_statement *s)
{
	(void)s;
	++*(unsigned *)data;
	return true;
}

bool sync_waiting(
	struct record *record, const struct sync_remote *remote, unsigned *ret, struct error *err)
{
	struct progress progress;
	*ret = 0;
	bool good = remote_load_progress(remote, record, &progress, err) &&
		    record_statements_after(record, remote->learner, progress.after, UINT32_MAX,
			    count_one, ret, err);
	remote_finish_progress(&progress);
	return good;
}
