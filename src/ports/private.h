/* ports/private.h - what the files of this module share */
#ifndef PORTS_PRIVATE_H
#define PORTS_PRIVATE_H

#include "http.h"
#include "ports.h"
#include "terminals.h"

/* Where a request goes. */
struct place {
	char key[TERMINALS_KEY_SIZE];
	unsigned short port;
	bool by_host;       /* an origin of its own */
	const char *target; /* for the container, "/a?b"; "": the slash after the port is missing */
};

/* One request and its answer; the thread of its relay owns it. */
struct exchange {
	const struct ports_options *o;
	struct place place;
	char *folder; /* of the seat */
	char *method, *target;
	struct words headers; /* for the container, "Name: value" */
	int64_t length;       /* of the body; 0: none; -1: in chunks */
	struct relay *relay;
};

/* ---- headers.c ---- */

/* Adds the headers of the request that the container gets; is_upgrade: to a WebSocket. */
void headers_of_request(
	const struct request *r, const struct place *place, bool is_upgrade, struct words *out);
/* Adds a header of the container's answer, unless it is not for browsers. `named`: the values of
 * its Connection headers. */
void headers_pass(struct reply *a, const struct place *place, const struct words *named,
	const char *name, const char *value);
/* Adds what every answer has. */
void headers_protect(struct reply *a, const struct place *place);
/* Splits "Name: value" and its line end; the caller frees both. False: it is no header. */
bool headers_split(const char *line, size_t length, char **ret_name, char **ret_value);
/* True: the request was a preflight of a page without an origin, and has been answered. */
bool headers_preflight(const struct request *r, struct reply *a, const struct place *place);

/* ---- head.c: the head of a container's answer ---- */

struct head {
	unsigned status; /* 0: not begun */
	struct pairs headers;
	size_t size; /* bytes so far */
};
/* Adds a line. False: the head is too long, or no head. */
bool head_add(struct head *head, const char *line, size_t length);
/* Makes the answer's beginning of it. Returns the length of the body; -1: unknown. */
int64_t head_reply(const struct head *head, const struct place *place, struct reply *ret);
void head_finish(struct head *head);

/* ---- exchange.c and socket.c: the work of a thread ---- */

void exchange_run(struct exchange *exchange);
/* Answers that the container does not answer, and what to do. */
void exchange_refuse(struct exchange *exchange, bool has_machine);
/* Passes a WebSocket on. */
void socket_run(struct exchange *exchange);

#endif
