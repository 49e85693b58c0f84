/*
 * class.h - the daemons that a workshop shares. Each learner gets a gate (gate.h, profile class) of
 * their own before one of them: a socket that only their account can open, host ports that nobody
 * else has, and the daemon that has the fewest learners and answers.
 *
 * A thread asks every daemon each second. One that failed thrice is left out, and its learners'
 * gates are put before others; their sockets stay, but what they had is gone: `moved` says whose.
 * When it answers again, what they left there is removed and it takes new learners.
 *
 *     class_open(&options, &class, &err); class_seat(class, "ada", uid, &socket, &err); …
 *     class_unseat(class, "ada"); class_close(class);
 */
#ifndef CLASS_H
#define CLASS_H

#include "base.h"
#include "gate.h"

#include <cjson/cJSON.h>

struct class;

struct class_options {
	/* "unix://PATH", "tcp://HOST:PORT"; none, and no swarm: this machine's practice daemon,
	 * which is started where it does not run, and then ended by class_close() */
	const struct words *daemons;
	const char *swarm;      /* address of a swarm's manager: its nodes are daemons, too; NULL */
	const char *tls_folder; /* ca.pem, cert.pem, key.pem for tcp:// (tls.h); NULL: no TLS */
	/* Where the learners' sockets are made, mode 0711 for root and else 0700: where other
	 * accounts are served, all folders above must let them through */
	const char *folder;
	/* Of each gate, but for the ports, of which each learner gets a part; NULL: the defaults
	 * (on the practice daemon, which has no way out, with all images) */
	const struct gate_policy *policy;
	/* The daemon of this learner failed: it is another one now, or the same with nothing in it,
	 * and what the lesson sets up must be done again. Called by the class's thread, which holds
	 * no lock: class_seat() and class_report() may be called. */
	void (*moved)(void *data, const char *owner, const char *socket);
	void *data;
};

/* Asks the daemons. Errors: none is named well, none answers, the folder can't be made. Starts
 * threads; before it there should be none, since the practice daemon is begun by a fork. */
bool class_open(const struct class_options *options, struct class **ret, struct error *err);
/* Ends all gates; removes what the learners have. */
void class_close(struct class *class);

/* The learner's gate, "unix:///…", made where it is not there yet; the caller frees it. From any
 * thread. Errors: another account's where the process is not root's; no daemon answers; the ports
 * of the policy are all given away. */
bool class_seat(
	struct class *class, const char *owner, uid_t uid, char **ret_socket, struct error *err);
/* Ends the gate and removes what its owner has. An owner who has no seat is done already. */
void class_unseat(struct class *class, const char *owner);

struct class_daemon {
	const char *address;
	size_t learners;
	bool healthy;
	const char *why; /* not healthy: what was said last; else "" */
};
/* Tells of each daemon; what is passed is valid during the call, which must not call back here. */
void class_report(struct class *class, void (*each)(void *data, const struct class_daemon *daemon),
	void *data);

/* Pure: the addresses of those nodes of GET /nodes that are ready and active. A node's label
 * "ropes.daemon" is its address; else it is tcp:// where the swarm sees it, port 2376, or 2375
 * without TLS. */
#define CLASS_NODE_LABEL "ropes.daemon"
void class_nodes(const cJSON *nodes, bool tls, struct words *ret);

#endif
