/*
 * ports.h - what learners' containers publish, in a browser: a proxy from the server to the
 * practice machines of the seats (terminals.h). It finds a port by one of two addresses:
 *
 *     https://lab.example/port/KEY/8080/…       always
 *     https://KEY-8080.ports.lab.example/…      with a domain: an origin of its own for each port
 *
 * KEY is the seat's, which nobody can guess and which opens no terminal. Only ports that the seat's
 * machine has published are reached, by a socket in the machine's own network: nothing else of the
 * server's system can answer.
 *
 * The pages are not the server's. Below its own address they get a policy that takes the origin
 * away from them, so that their scripts neither read its pages nor see its cookies, and headers
 * that would count for the whole origin are dropped (ports/headers.c). Bodies are passed on as they
 * arrive.
 *
 *     ports = ports_create(&options);
 *     if (ports_is_request(ports, r))
 *             ports_answer(r, a);
 *     ports_destroy(ports);
 */
#ifndef PORTS_H
#define PORTS_H

#include "httpd.h"

#define PORTS_PATH "/port/" /* below the server's address */

struct ports_options {
	struct terminals *terminals;
	const char *domain;       /* from ports_read_domain(); NULL: none */
	unsigned connections_max; /* of a seat; 0: 24 */
	/* Returns whether the machine of the seat with this folder publishes the port. */
	bool (*is_published)(void *data, const char *folder, unsigned short port);
	/* Opens a TCP socket in the machine's network, not connected yet; -1: it does not run. */
	int (*open_socket)(void *data, const char *folder);
	void *data;
};

struct ports *ports_create(const struct ports_options *options);
void ports_destroy(struct ports *ports); /* after httpd_stop(); NULL does nothing */

/* Returns whether a request goes to a container, by its path or host. */
bool ports_is_request(const struct ports *ports, const struct request *r);
/* Answers such a request, before its body has arrived. */
void ports_answer(struct request *r, struct reply *a);

/* Parses a domain, perhaps with a port: "ports.lab.example:8443". The caller frees *ret. */
bool ports_read_domain(const char *text, char **ret, struct error *err);
/* The address of a port, for a server with this address for learners; 0: with "{port}" for the
 * number. domain: NULL, none. The caller frees it. */
char *ports_address(const char *url, const char *domain, const char *key, unsigned short port);

#endif
