/*
 * gate.h - the policy proxy between docker clients and a daemon. It listens on a unix socket, reads
 * one request a connection, judges it by tables (routes.c, fields.c), and forwards a request of its
 * own making: the client's head, unknown fields and spare bytes never reach the daemon.
 *
 * Two profiles: `solo` before a learner's own practice daemon (what leaves the sandbox is refused),
 * and `class` before a daemon that several learners share (each sees only what carries their owner
 * label, with limits and quotas). A refusal is Docker's own JSON,
 * so the client prints it.
 *
 * Several gates may stand in one process, each run by a thread of its own.
 *
 *     struct gate_options o = {.listen = "/run/g.sock", .upstream = "unix:///run/docker.sock"};
 *     gate_open(&o, &gate, &err); gate_run(gate, stop_fd); gate_close(gate);
 */
#ifndef GATE_H
#define GATE_H

#include "base.h"

#define GATE_OWNER_LABEL "ropes.owner"

enum gate_profile { GATE_SOLO, GATE_CLASS };

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
	const char *listen;     /* path of the socket to make, mode 0600 */
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
/* Makes the socket. Errors: the path is taken or too long. The daemon need not be there yet. */
bool gate_open(const struct gate_options *options, struct gate **ret, struct error *err);
/* Serves until stop_fd can be read (or is at its end), then waits for what is being judged. */
void gate_run(struct gate *gate, int stop_fd);
/* Removes the socket, and cuts off what is under way. */
void gate_close(struct gate *gate);

#endif
