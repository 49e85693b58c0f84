/*
 * api.h - the Experience API over HTTP: statements, documents, about; who may do what; and what
 * follows from new statements: the tracker, webhooks, the room.
 */
#ifndef API_H
#define API_H

#include "audit.h"
#include "httpd.h"
#include "lrs.h"
#include "room.h"
#include "sessions.h"
#include "tracker.h"

/* ---- resources: each fills in *a ---- */

void api_about(struct request *r, struct reply *a);
void api_statements(struct request *r, struct reply *a);
void api_more(struct request *r, struct reply *a);
void api_activities(struct request *r, struct reply *a);
void api_agents(struct request *r, struct reply *a);
void api_state(struct request *r, struct reply *a);
void api_activity_profile(struct request *r, struct reply *a);
void api_agent_profile(struct request *r, struct reply *a);

/* ---- request.c, reply.c ---- */

/* Reads an agent parameter as JSON and as its key; the caller frees both. False: 400 sent. */
bool request_agent(const struct request *r, struct reply *a, bool groups, bool needed, cJSON **ret,
	char **ret_key);
/* Answers 304 if the client has this version: If-None-Match contains the answer's ETag. */
void request_skip_known(const struct request *r, struct reply *a);
/* Sends the status for an outcome of the store, with err as text. */
void reply_outcome(struct reply *a, enum lrs_outcome outcome, const struct error *err);
void reply_room_outcome(struct reply *a, enum room_outcome outcome, const struct error *err);

/* ---- multipart.c: forms ---- */

/* Unwraps a request sent as a form (1.3, Alternate Request Syntax). False: 400 or 403 sent. */
bool multipart_form_read(struct request *r, struct reply *a);
/* Turns the fields of a form that a page of this server sent into parameters. False: 400 sent. */
bool multipart_form_parameters(struct request *r, struct reply *a);
/* Parses a form as a browser sends it (application/x-www-form-urlencoded). */
void multipart_form_fields(const struct buf *body, struct pairs *ret);

/* ---- access.c: access control ---- */

/* Who this secret proves to be. Each way to sign in is one row of a table in access.c. LRS_DONE:
 * *ret has key, name, role, team and actor; the caller finishes it. LRS_NOT_FOUND: no one. */
enum lrs_outcome access_prove(const struct request *r, const char *user, const char *secret,
	struct session *ret, struct error *err);
#define ACCESS_ENDED N_("You are no longer in this team. If that is wrong, ask your lead.")
/* Returns whether it is a person who has ended: they prove who they are, and may do nothing. */
bool access_has_ended(const struct request *r, const struct session *who);
/* Authenticates the key. False: 401 or 403 sent. */
bool access_key(struct request *r, struct reply *a);
/* Authenticates the key, or else the browser's session; only for pages, since a browser adds its
 * session to requests that other pages make, too. False: 401 or 403 sent. */
bool access_page(struct request *r, struct reply *a);
/* The name of the cookie with a session's secret: a browser accepts one named `__Host-…` only over
 * TLS, and for this host alone. */
const char *access_cookie(const struct request *r);
/* The value of a cookie; NULL: none. The caller frees it. */
char *access_read_cookie(const struct request *r, const char *name);
/* False (403 sent): the page of another site sent this form. */
bool access_same_site(const struct request *r, struct reply *a);
/* Checks whether the key exists, without sending an answer or changing the request. */
bool access_is_known(const struct request *r);
bool access_is(const struct request *r, const char *role);
/* A learner's key sends statements of one person, set by the first statement, and voids only that
 * person's. False: 403 sent. */
bool access_statements(struct request *r, struct reply *a, cJSON *const *statements, size_t count);
/* A learner's key may use only its own documents. False: 403 sent. */
bool access_agent(struct request *r, struct reply *a, const char *actor_key);
/* The token of a form, which shows that this server made the page. */
char *access_token(const struct request *r); /* the caller frees it */
bool access_form(struct request *r, struct reply *a);
/* The one team that this key may see, 0: all. False: 403 sent. */
bool access_team(struct request *r, struct reply *a, int64_t *ret);
/* The team in parameter `team`, if this key may see it; *ret_name NULL and *ret 0: all. False: 403
 * or 404 sent. */
bool access_team_asked(struct request *r, struct reply *a, const char **ret_name, int64_t *ret);
/* Checks that this key may see a person. False: 403 or 404 sent. */
bool access_person(struct request *r, struct reply *a, int64_t person);

/* ---- ingest.c: feeds the tracker from this store or another one ---- */

struct ingest_options {
	struct lrs *lrs;
	struct tracker *tracker;
	struct hub *hub;
	const char *url, *key, *secret; /* of a remote store; NULL: this one */
	const char *ca;                 /* file with CA certificates; may be NULL */
};
bool ingest_open(const struct ingest_options *options, struct ingest **ret, struct error *err);
void ingest_close(struct ingest *ingest);
/* Announces that there may be new statements. */
void ingest_poke(struct ingest *ingest);
/* Waits until statements stored before now are applied, unless there are very many. Call it before
 * making a page. */
void ingest_settle(struct ingest *ingest);
bool ingest_is_remote(const struct ingest *ingest);
/* Since when the remote store has been unreachable, and why; 0: it is reachable. The caller frees
 * the text. */
int64_t ingest_problem(struct ingest *ingest, char **ret_why);

/* ---- hooks.c: posts webhooks in the background ---- */

struct hooks;
bool hooks_open(struct tracker *tracker, struct hooks **ret, struct error *err);
void hooks_close(struct hooks *hooks);

/* ---- dossier.c: what is known of a person ---- */

/* Where it is. */
struct api_sources {
	struct lrs *lrs;
	struct tracker *tracker;
	struct sessions *sessions;
	struct audit *audit;
};
struct api_dossier {
	unsigned statements; /* of the person */
	unsigned mentions;   /* other people's statements that mention them */
	unsigned documents, keys;
};
/* ERROR_FAILED: the person does not exist; likewise in the two functions below. */
bool api_dossier_count(
	const struct api_sources *from, int64_t person, struct api_dossier *ret, struct error *err);
/* Adds everything as one JSON object, with names even under pseudonyms. */
bool api_dossier_export(
	const struct api_sources *from, int64_t person, struct buf *out, struct error *err);
/* Removes a person and everything known about them, including their statements. */
bool api_erase(const struct api_sources *from, int64_t person, struct error *err);
/* The people whose last activity was before that; those who never began are not among them. The
 * caller frees *ret. */
bool api_idle_people(const struct api_sources *from, int64_t before_ms, int64_t **ret,
	size_t *ret_count, struct error *err);

/* ---- assign.c ---- */

/* Like tracker_assign(), for a course in the catalogue, one that people know already, or any IRI.
 * ERROR_FAILED: the course does not exist; the message names the nearest one. */
bool api_assign(struct tracker *tracker, const char *course, const char *team, int64_t due_ms,
	struct error *err);

/* Assigns a course that is not in the catalogue, with its notes as a parcel (sync.h), for learners
 * to fetch: an activity's profile document. */
struct api_notes {
	const char *id, *title;
	unsigned lessons;
	const struct buf *parcel;
};
bool api_assign_notes(struct lrs *lrs, struct tracker *tracker, const struct api_notes *notes,
	const char *team, int64_t due_ms, struct error *err);
/* The digest (SHA-256) of what the course with this IRI last had as notes; NULL: none. The caller
 * frees it. */
char *api_notes_digest(struct tracker *tracker, const char *course_iri);

/* ---- broadcast.c: pushes changes in the room to listeners ---- */

struct broadcaster *broadcast_create(struct hub *hub, struct room *room, const char *origin);
/* Stops publishing. */
void broadcast_destroy(struct broadcaster *broadcaster);
/* Publishes changes at once. */
void broadcast_wake(struct broadcaster *broadcaster);
/* Answers with a stream of a learner's events, beginning with those after the event `after`. */
bool broadcast_listen(struct request *r, struct reply *a, const char *learner, int64_t after);
/* Answers with a stream of a board. `changes`: only the first event has the full board. */
bool broadcast_listen_board(struct request *r, struct reply *a, enum room_view view, bool changes);
/* "ropes join URL CODE" */
const char *broadcast_join(const struct broadcaster *broadcaster);
/* The board as JSON text. */
void broadcast_board(struct broadcaster *broadcaster, enum room_view view, struct buf *out);

#endif
