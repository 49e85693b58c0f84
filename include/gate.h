/*
 * gate.h - the proxy between docker clients and a daemon. It listens on a unix socket and serves
 * one request a connection. Two profiles:
 *
 * `witness`, in a practice machine: everything passes, upgraded connections and unknown routes too,
 * and the gate refuses nothing. It only logs what reached the daemon; checks read the log.
 *
 * `host`, in front of a learner's own daemon: a guard rail against accidents and careless notes,
 * not a wall against a hostile learner. A learner sees and changes only objects that were created
 * for them; they may use the images of the daemon, but not remove or rename them. A table
 * (routes.c) decides about requests, and the gate forwards a request that it wrote itself: the
 * client's head, unknown fields and spare bytes never reach the daemon. A refusal is Docker's own
 * JSON, so the client prints it.
 *
 * The object that the learner `ada` calls `web` is `ropes-ada-web` on the daemon, with the label
 * GATE_OWNER_LABEL. An image keeps its name; a second tag, `ropes-ada-web`, marks the first one as
 * the learner's.
 *
 * The log has a JSON line for each request: time, method, route, name in the path, verdict, status,
 * duration. It never contains a body, a query or a header, because those carry secrets. The gate
 * does not log requests from ropes itself (a check).
 *
 * A process may run several gates, each in a thread of its own.
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

/* What the host profile allows beyond its tables; gate_policy_default() fills it in. */
struct gate_policy {
	/* Folders that containers may mount; FOLDER=PATH if the daemon has it at PATH. */
	struct words binds;
	struct words registries; /* HOST:PORT to which pushes, pulls and tags are allowed */
};
void gate_policy_default(struct gate_policy *policy);
void gate_policy_finish(struct gate_policy *policy);
/* Copies a policy; from NULL: the defaults. */
void gate_policy_copy(struct gate_policy *to, const struct gate_policy *from);
/* Reads "key = value" lines over the defaults. Errors name the line and the key. Pure, so that
 * it can be fuzzed. */
bool gate_policy_parse(const char *text, struct gate_policy *policy, struct error *err);
/* Prints the policy as a file that gate_policy_parse() reads, with a comment for each key. */
void gate_policy_print(const struct gate_policy *policy, struct buf *out);

struct gate_options {
	const char *listen;     /* socket path to create, mode 0600; NULL if listen_fd is set */
	int listen_fd;          /* a listening socket that the gate takes over; -1: create one */
	const char *upstream;   /* unix://PATH, a path, or tcp://HOST:PORT */
	const char *tls_folder; /* tcp://: ca.pem, cert.pem and key.pem (tls.h); NULL: no TLS */
	enum gate_profile profile;
	const char *learner;              /* host: the learner who sends the requests */
	const struct gate_policy *policy; /* host; NULL: the defaults */
	int log_fd;                       /* -1: none */
};

struct gate;
/* Creates the socket. Errors: the path is in use or too long, or the host profile has no
 * learner; the caller then keeps listen_fd. The daemon need not run yet. */
bool gate_open(const struct gate_options *options, struct gate **ret, struct error *err);
/* Serves until stop_fd is readable or at its end, then cuts off requests in progress. Returns at
 * once if it cannot start a thread. */
void gate_run(struct gate *gate, int stop_fd);
/* Closes the socket and removes it if the gate created it. Do not call it while gate_run() runs. */
void gate_close(struct gate *gate);

/* Removes the learner's objects from the upstream; no gate need be open. Errors: the daemon does
 * not answer, or refuses to remove something. */
bool gate_clear(const struct gate_options *options, struct error *err);

#endif
