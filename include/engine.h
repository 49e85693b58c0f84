/*
 * engine.h - a client of the Engine API (Docker's REST API): libcurl over a Unix socket or TCP with
 * TLS, one keep-alive connection, cJSON. Loads libcurl on first use: linking it would slow every
 * start by 6 ms.
 *
 * The API version is negotiated on the first request (/_ping's Api-Version header, capped at
 * ENGINE_API_NEWEST), as docker's own client does.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include "base.h"

#include <cjson/cJSON.h>

#define ENGINE_API_OLDEST "1.24"
#define ENGINE_API_NEWEST "1.47"

struct engine;

/* Creates a socket that can reach the daemon's ports (in another network namespace), like
 * socket(2). */
typedef int (*engine_socket_function)(void *data, int domain, int type, int protocol);

struct engine_options {
	const char *host;       /* "unix:///run/x.sock", "tcp://host:2376", "http://…" */
	const char *tls_folder; /* ca.pem, cert.pem, key.pem (DOCKER_CERT_PATH); NULL: no TLS */
	engine_socket_function probe_socket; /* for engine_probe(); NULL: socket(2) itself */
	void *probe_data;
	int timeout_ms; /* for each request; 0: 10 s */
};

bool engine_open(const struct engine_options *options, struct engine **ret, struct error *err);
void engine_close(struct engine *engine);

/* Sends GET /_ping. False: no answer (the message says which socket and why). */
bool engine_ping(struct engine *engine, struct error *err);
/* "1.41"; NULL until a request was answered. */
const char *engine_api_version(const struct engine *engine);

/* An answer: status (200, 404 …) and its body as JSON (NULL if it is not JSON), or the daemon's
 * error message. */
struct engine_answer {
	long status;
	cJSON *json;
	char *message; /* {"message": …} of an error; may be NULL */
};
void engine_answer_finish(struct engine_answer *answer);

/* Sends one request. `path` has no version prefix ("/containers/json?all=1"); the body (may be
 * NULL) is sent as JSON. False only if no answer arrived; a status ≥ 400 is an answer. */
bool engine_request(struct engine *engine, const char *method, const char *path, const char *body,
	struct engine_answer *ret, struct error *err);
/* GET; any status ≥ 400 except 404 is an error with the daemon's message. 404: true and *ret NULL.
 * The caller deletes *ret (cJSON_Delete). */
bool engine_get(struct engine *engine, const char *path, cJSON **ret, struct error *err);
/* GET of plain bytes (logs are demultiplexed if `multiplexed`); keeps at most `limit` bytes. */
bool engine_get_bytes(struct engine *engine, const char *path, bool multiplexed, size_t limit,
	struct buf *out, struct error *err);

/* ---- typed answers (for checks and completion) ---- */

struct engine_port {
	unsigned short container_port;
	char protocol[8];         /* tcp, udp, sctp */
	unsigned short host_port; /* 0: exposed but not published */
};

struct engine_container {
	char *id;
	char *name;  /* without '/' */
	char *image; /* as requested */
	char *image_id;
	char *status; /* created, running, paused, restarting, removing, exited, dead */
	int exit_code;
	int64_t created_ms;
	bool tty;
	bool open_stdin;
	struct engine_port *ports;
	size_t port_count;
	cJSON *json; /* the whole answer of /containers/ID/json */
};
void engine_container_finish(struct engine_container *container);
/* Looks up by id, name or id prefix. True with ret->id NULL if there is none. */
bool engine_container(
	struct engine *engine, const char *name, struct engine_container *ret, struct error *err);

/* Names for completion and baselines. `what`: 'c' containers (names), 'i' images (REPO:TAG), 'n'
 * networks, 'v' volumes. `running_only` applies to 'c'. */
bool engine_names(
	struct engine *engine, char what, bool running_only, struct words *ret, struct error *err);

/* Normalises a reference to compare spellings: "ubuntu" -> "docker.io/library/ubuntu:latest". Keeps
 * digests. The caller frees it. */
char *engine_reference_normalise(const char *reference);

/* ---- events ------------------------------------------------------------------------------------
 */

struct engine_events;
struct engine_event {
	const char *type;   /* container, image, network, volume */
	const char *action; /* create, start, die, "exec_start: …" */
	const char *id;     /* Actor.ID */
	const char *name;   /* Actor.Attributes.name; "" */
	const char *image;  /* Actor.Attributes.image; "" */
	int64_t time_ns;
	const cJSON *json; /* valid during the call */
};
/* Opens GET /events (since: seconds since 1970, 0: from now). */
bool engine_events_open(
	struct engine *engine, int64_t since, struct engine_events **ret, struct error *err);
/* For poll(2); may change after each engine_events_read(). -1 while there is no connection. */
int engine_events_fd(const struct engine_events *events);
/* Processes what has arrived, without waiting. False: the stream ended (daemon gone). */
bool engine_events_read(struct engine_events *events,
	void (*event)(void *data, const struct engine_event *event), void *data, struct error *err);
void engine_events_close(struct engine_events *events);

/* ---- probes ------------------------------------------------------------------------------------
 */

/* GET http://127.0.0.1:PORT/PATH in the daemon's network. False: no answer (the message says how it
 * failed). */
bool engine_probe(struct engine *engine, unsigned short port, const char *path, long *ret_status,
	struct buf *ret_body, struct error *err);

#endif
