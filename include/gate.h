/*
 * gate.h - the proxy between docker clients and a daemon. It listens on a unix socket and serves
 * one request a connection. Two profiles:
 *
 * `witness`, in a practice machine: everything passes, upgraded connections and unknown routes too,
 * and nothing is refused. The gate only logs what reached the daemon; checks read that.
 *
 * `host`, before a daemon that is somebody's own: requests are judged by tables (routes.c,
 * fields.c), and the gate forwards a request of its own making: the client's head, unknown fields
 * and spare bytes never reach the daemon. A refusal is Docker's own JSON, so the client prints it.
 *
 * The log has a JSON line for each request: time, method, route, name in the path, verdict, status,
 * duration. Never a body, a query or a header: secrets travel in those.
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

enum gate_profile { GATE_WITNESS, GATE_HOST, GATE_CLASS };

/* Limits and lists; gate_policy_default() fills them. Sizes in bytes. */
struct gate_policy {
	long long memory, memory_most; /* of a container: given where none is asked for; cap */
	long long nano_cpus, nano_cpus_most; /* billionths of a processor */
	long long pids, pids_most;
	long long shm_most, tmpfs_most;
	long long port_first, port_last;         /* host ports of the owner; class */
	long long containers, volumes, networks; /* how many an owner may have; class */
	long long upload_most;                   /* of one archive, build context or load */
	long long transfer_most;                 /* of all archives while the gate stands; class */
	long long build_seconds;                 /* of one build; class */
	long long idle_seconds;  /* until what the owner has is removed; 0: never; class */
	long long egress;        /* 1: containers may reach other machines; class */
	long long connections;   /* at a time */
	struct words images;     /* patterns (fnmatch) of what may be pulled; class */
	struct words registries; /* host:port that may be pushed to and pulled from */
	struct words subnets; /* "10.213.0.0/16": what the owners' networks are cut from; class */
	struct words binds;   /* folders that may be mounted into containers; solo */
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
	const char *owner;                /* class: whose requests these are */
	const struct gate_policy *policy; /* NULL: the defaults */
	int log_fd;                       /* audit log, JSON lines; -1: none */
	bool clean; /* class: what the owner has is removed when the gate is closed, not only
		     * after idle_seconds */
};

struct gate;
/* Makes the socket. Errors: the path is taken or too long; listen_fd then stays the caller's. The
 * daemon need not be there yet. */
bool gate_open(const struct gate_options *options, struct gate **ret, struct error *err);
/* Serves until stop_fd can be read (or is at its end); what is under way then is cut off. Returns
 * at once where no thread can be started. */
void gate_run(struct gate *gate, int stop_fd);
/* Closes the socket, and removes it where the gate made it. Not while gate_run() runs. */
void gate_close(struct gate *gate);

#endif
