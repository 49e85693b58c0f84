/*
 * http.h - libcurl, opened when it is first needed, and what is asked by it: plain requests, and
 * answers that go on for as long as somebody listens (server-sent events).
 *
 * TLS is verified, against the system's authorities or those of the file that `ca` names. Every
 * call may be made in any thread; a connection belongs to one at a time.
 */
#ifndef HTTP_H
#define HTTP_H

#include "base.h"

#include <curl/curl.h>

/* The functions of libcurl that are used, by their own names and types. */
struct curl_library {
	__typeof__(curl_global_init) *global_init;
	__typeof__(curl_version) *version;
	__typeof__(curl_easy_init) *easy_init;
	__typeof__(curl_easy_setopt) *easy_setopt;
	__typeof__(curl_easy_perform) *easy_perform;
	__typeof__(curl_easy_getinfo) *easy_getinfo;
	__typeof__(curl_easy_reset) *easy_reset;
	__typeof__(curl_easy_cleanup) *easy_cleanup;
	__typeof__(curl_easy_strerror) *easy_strerror;
	__typeof__(curl_slist_append) *slist_append;
	__typeof__(curl_slist_free_all) *slist_free_all;
	__typeof__(curl_multi_init) *multi_init;
	__typeof__(curl_multi_add_handle) *multi_add_handle;
	__typeof__(curl_multi_remove_handle) *multi_remove_handle;
	__typeof__(curl_multi_perform) *multi_perform;
	__typeof__(curl_multi_info_read) *multi_info_read;
	__typeof__(curl_multi_cleanup) *multi_cleanup;
	__typeof__(curl_multi_poll) *multi_poll;
};

/* The library, opened once for the life of the process, whoever asks first. */
bool curl_open(const struct curl_library **ret, struct error *err);

/* ---- one request ---- */

/* A connection that is kept from request to request; NULL in a request: one of its own. */
struct http_connection;
struct http_connection *http_connection_create(void);
void http_connection_destroy(struct http_connection *connection);

struct http_request {
	const char *method; /* "GET", "POST" … */
	const char *url;
	const char *user, *password; /* Basic; NULL: none */
	const char *const *headers;  /* "Name: value", ended by NULL; NULL */
	const char *body;            /* NULL */
	size_t body_length;
	long timeout_ms; /* of the whole; 0: 30 s */
	const char *ca;  /* file of authorities (PEM); NULL: the system's */
	struct http_connection *connection;
	struct buf *challenge; /* set to the answer's WWW-Authenticate, or ""; NULL: not wanted */
};
struct http_answer {
	long status;
	struct buf body;
};
/* False: there was no answer (err says why). The caller finishes ret->body. */
bool http_send(const struct http_request *request, struct http_answer *ret, struct error *err);

/* ---- an answer that does not end ---- */

struct http_stream {
	const char *url, *user, *password; /* as above */
	const char *const *headers;
	const char *ca;
	bool redirected; /* another place that the answer names is asked, too */
	long silence_ms; /* nothing came for so long: the other side is taken for dead; 0: never */
	int stop_fd;     /* readable: whoever listens has enough; -1 */
	/* Called once, before the first byte of an answer with that status. clock_ms: the other
	 * side's, since 1970, to the second; 0: it does not say. NULL: nobody wants to know. */
	void (*begun)(void *data, long status, int64_t clock_ms);
	/* False: enough. Only the body of an answer with status 200 is handed over. */
	bool (*take)(void *data, const char *bytes, size_t length);
	void *data;
};
/* GETs, and hands over what comes until the other side ends, `take` or stop_fd do (true), or it
 * goes wrong (false). *ret_status is the answer's; 0: there was none. */
bool http_follow(const struct http_stream *stream, long *ret_status, struct error *err);

/* ---- server-sent events (HTML Living Standard, 9.2.6) ---- */

/* What has been read of a stream. Zero value: nothing yet. */
struct http_events {
	struct buf line, data, name;
	struct buf id;     /* the last one given: for Last-Event-ID */
	bool after_return; /* a newline that follows belongs to it */
	bool begun;        /* the first bytes, which may be a mark of byte order, are behind */
	bool over;         /* this event is larger than HTTP_EVENT_MAX: it is left out */
};
#define HTTP_EVENT_MAX ((size_t)1024 * 1024)
/* One event. Strings live until the call returns. */
struct http_event {
	const char *name; /* "message" where none is given */
	const char *data;
	const char *id; /* the last one given in the stream */
};
/* Takes bytes as they come, in pieces of any size, and calls `each` for every event that is whole.
 * False: `each` returned false; the rest of the bytes is dropped. */
bool http_events_take(struct http_events *events, const char *bytes, size_t length,
	bool (*each)(void *data, const struct http_event *event), void *data);
/* A new connection begins; the last id is kept. */
void http_events_restart(struct http_events *events);
void http_events_finish(struct http_events *events);

#endif
