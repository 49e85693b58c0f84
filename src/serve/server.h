/* serve/server.h - the server, shared by server.c, which opens and closes it, and handle.c, which
 * has the callbacks of the HTTP library */
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include "connections.h"
#include "private.h"

#include <microhttpd.h>

struct server {
	struct MHD_Daemon *daemon;
	struct lrs *lrs;
	struct tracker *tracker;
	struct hub *hub;
	struct ingest *ingest;
	struct hooks *hooks;
	struct room *room;
	struct broadcaster *broadcaster;
	struct connections *connections;
	unsigned connections_max;
	size_t body_max;
	char *origin;
	char *url; /* for learners */
	const struct words *origins;
	pthread_t beat;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool ending;
};

/* Callbacks of the library. */
enum MHD_Result handle_admit(void *server, const struct sockaddr *from, socklen_t length);
void handle_connection(void *server, struct MHD_Connection *connection, void **slot,
	enum MHD_ConnectionNotificationCode what);
enum MHD_Result handle_request(void *server, struct MHD_Connection *connection, const char *path,
	const char *method, const char *version, const char *upload, size_t *upload_size,
	void **slot);
void handle_end(void *server, struct MHD_Connection *connection, void **slot,
	enum MHD_RequestTerminationCode why);

#endif
