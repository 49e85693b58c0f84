/*
 * http.h - libcurl, loaded on first use: plain requests, and responses that stay open for as long
 * as the caller listens (server-sent events).
 *
 * TLS is verified against the system's CA certificates or those in the file `ca`; with a
 * fingerprint (`pin`), only the server's public key counts. Any thread may make any call; a
 * connection is used by one thread at a time.
 */
#ifndef HTTP_H
#define HTTP_H

#include "base.h"

#include <curl/curl.h>

/* The functions of libcurl in use, without their prefix. */
/* clang-format off */
#define CURL_FUNCTIONS(f) \
	f(curl_, global_init) \
	f(curl_, version) \
	f(curl_, easy_init) \
	f(curl_, easy_setopt) \
	f(curl_, easy_perform) \
	f(curl_, easy_getinfo) \
	f(curl_, easy_reset) \
	f(curl_, easy_cleanup) \
	f(curl_, easy_strerror) \
	f(curl_, slist_append) \
	f(curl_, slist_free_all) \
	f(curl_, multi_init) \
	f(curl_, multi_add_handle) \
	f(curl_, multi_remove_handle) \
	f(curl_, multi_perform) \
	f(curl_, multi_info_read) \
	f(curl_, multi_cleanup) \
	f(curl_, multi_poll)
/* clang-format on */
struct curl_library {
	CURL_FUNCTIONS(LIBRARY_POINTER)
};

/* The library, opened once for the life of the process by the first caller. */
bool curl_open(const struct curl_library **ret, struct error *err);

/* ---- one request ---- */

/* A connection to reuse for several requests; NULL in a request: a new one. */
struct http_connection;
struct http_connection *http_connection_create(void);
void http_connection_destroy(struct http_connection *connection);

struct http_request {
	const char *method; /* "GET", "POST" … */
	const char *url;
	const char *user, *password; /* Basic; NULL: none */
	const char *const *headers;  /* "Name: value", NULL-terminated; may be NULL */
	const char *body;            /* may be NULL */
	size_t body_length;
	long timeout_ms; /* for the whole request; 0: 30 s */
	const char *ca;  /* file with CA certificates (PEM); NULL: the system's */
	const char *pin; /* fingerprint of the public key (SHA-256, base64url); may be NULL */
	struct http_connection *connection;
	struct buf *challenge; /* set to the answer's WWW-Authenticate, or ""; may be NULL */
};
struct http_answer {
	long status;
	struct buf body;
};
/* False: no answer (err says why). The caller finishes ret->body. */
bool http_send(const struct http_request *request, struct http_answer *ret, struct error *err);

/* ---- a response that stays open ---- */

struct http_stream {
	const char *url, *user, *password; /* as above */
	const char *const *headers;
	const char *ca, *pin;
	bool redirected; /* follow redirects */
	long silence_ms; /* give up if nothing arrives for this long; 0: never */
	int stop_fd;     /* stop when this is readable; -1: none */
	/* Called once, before the first byte of an answer with that status. clock_ms: the server's
	 * clock, since 1970, to the second; 0: unknown. May be NULL. */
	void (*begun)(void *data, long status, int64_t clock_ms);
	/* Returning false stops. Receives only the body of an answer with status 200. */
	bool (*take)(void *data, const char *bytes, size_t length);
	void *data;
};
/* Sends a GET and passes on what arrives until the server closes, `take` or stop_fd stops it
 * (true), or an error occurs (false). *ret_status: the answer's status; 0: no answer. */
bool http_follow(const struct http_stream *stream, long *ret_status, struct error *err);

/* ---- server-sent events (HTML Living Standard, 9.2.6) ---- */

/* The state of the parser. Zero value: nothing read yet. */
struct http_events {
	struct buf line, data, name;
	struct buf id;     /* the last one received: for Last-Event-ID */
	bool after_return; /* a following newline belongs to the same line end */
	bool begun;        /* past the first bytes, which may be a byte order mark */
	bool over;         /* this event is larger than HTTP_EVENT_MAX: skip it */
};
#define HTTP_EVENT_MAX ((size_t)1024 * 1024)
/* One event. Strings live until the call returns. */
struct http_event {
	const char *name; /* "message" by default */
	const char *data;
	const char *id; /* the last one received in the stream */
};
/* Parses bytes in pieces of any size and calls `each` for every complete event. False: `each`
 * returned false; the remaining bytes are dropped. */
bool http_events_take(struct http_events *events, const char *bytes, size_t length,
	bool (*each)(void *data, const struct http_event *event), void *data);
/* Prepares for a new connection; keeps the last id. */
void http_events_restart(struct http_events *events);
void http_events_finish(struct http_events *events);

#endif
