/*
 * gate.h - the proxy between docker clients and a daemon. It listens on a unix socket and serves
 * one request a connection. Two profiles:
 *
 * `witness`, in a practice machine: everything passes, upgraded connections and unknown routes too,
 * and nothing is refused. The gate only logs what reached the daemon; checks read that.
 *
 * `host`, before a daemon that is somebody's own: a guard rail against accidents and careless
 * notes, not a wall against a hostile learner. A learner sees and changes only what was made for
 * them; the images of the daemon may be used, but not removed or renamed. Requests are judged by
 * tables (routes.c, fields.c), and the gate forwards a request of its own making: the client's
 * head, unknown fields and spare bytes never reach the daemon. A refusal is Docker's own JSON, so
 * the client prints it.
 *
 * What the learner `ada` calls `web` is `ropes-ada-web` on the daemon, with the label
 * GATE_OWNER_LABEL. An image keeps its name; a second tag, `ropes-ada-web`, says that the first one
 * is the learner's.
 *
 * The log has a JSON line for each request: time, method, route, name in the path, verdict, status,
 * duration. Never a body, a query or a header: secrets travel in those. What ropes itself asks (a
 * check) is not logged.
 *
 * Several gates may stand in one process, each run by a thread of its own.
 *
 *     struct gate_options o = {.listen = "/run/g.sock", .listen_fd = -1, .upstream = "/run/d.sock",
 *             .profile = GATE_WITNESS, .log_fd = fd};
 *     gate_open(&o, &gate, &err); gate_run(gate, stop_fd); gate_close(gate);
 */
#ifndef GATE_H
#define GATE_H

#include "base.h"

#define GATE_OWNER_LABEL "ropes.owner"

enum gate_profile { GATE_WITNESS, GATE_HOST };

/* What the host profile allows besides its tables; gate_policy_default() fills it. */
struct gate_policy {
	/* Folders that may be mounted into containers; FOLDER=PATH where the daemon has it at PATH.
	 */
	struct words binds;
	struct words registries; /* HOST:PORT that may be pushed to, pulled from and tagged for */
};
void gate_policy_default(struct gate_policy *policy);
void gate_policy_finish(struct gate_policy *policy);
/* from NULL: the defaults. */
void gate_policy_copy(struct gate_policy *to, const struct gate_policy *from);
/* Reads "key = value" lines over the defaults. Errors name line and key. Pure: a fuzz target. */
bool gate_policy_parse(const char *text, struct gate_policy *policy, struct error *err);
/* The policy as a file that gate_policy_parse() reads, each key with a comment. */
void gate_policy_print(const struct gate_policy *policy, struct buf *out);

struct gate_options {
	const char *listen;     /* path of the socket to make, mode 0600; NULL where one is given */
	int listen_fd;          /* a listening socket; the gate takes it over; -1: make one */
	const char *upstream;   /* unix://PATH, a path, or tcp://HOST:PORT */
	const char *tls_folder; /* tcp://: ca.pem, cert.pem and key.pem (tls.h); NULL: no TLS */
	enum gate_profile profile;
	const char *learner;              /* host: whose requests these are */
	const struct gate_policy *policy; /* host; NULL: the defaults */
	int log_fd;                       /* -1: none */
};

struct gate;
/* Makes the socket. Errors: the path is taken or too long, the host profile has no learner;
 * listen_fd then stays the caller's. The daemon need not be there yet. */
bool gate_open(const struct gate_options *options, struct gate **ret, struct error *err);
/* Serves until stop_fd can be read (or is at its end); what is under way then is cut off. Returns
 * at once where no thread can be started. */
void gate_run(struct gate *gate, int stop_fd);
/* Closes the socket, and removes it where the gate made it. Not while gate_run() runs. */
void gate_close(struct gate *gate);

/* Removes what was made for the learner from the upstream; no gate need be open. Errors: the daemon
 * does not answer, or does not remove something. */
bool gate_clear(const struct gate_options *options, struct error *err);

#endif
