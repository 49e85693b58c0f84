/* httpd/server.h - the server, shared by server.c, which opens and closes it, and handle.c, which
 * has the callbacks of the HTTP library */
#ifndef HTTPD_SERVER_H
#define HTTPD_SERVER_H

#include "connections.h"
#include "httpd.h"

#include <microhttpd.h>
#include <pthread.h>

struct httpd {
	struct MHD_Daemon *daemon;
	struct httpd_options o;
	struct request common; /* how each request begins */
	struct hub *hub;
	struct connections *connections;
	int listening; /* -1: the library has it, or there is none */
	bool six;
	char *origin;
	char *url;          /* for learners */
	const char *prefix; /* in url */
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

/* ---- prefix.c, for handle.c ---- */

/* Changes the path of a request to one from the server's root. */
void prefix_remove(const char *prefix, char *path);
/* Changes links of an answer, which begin at the server's root, to what browsers see. */
void prefix_add(const char *prefix, struct reply *a);

/* ---- events.c, for handle.c ---- */

/* The listener's next bytes; 0: the connection was suspended; -1: end of stream. */
ssize_t events_give(struct listener *l, char *bytes, size_t max);
void events_connect_listener(struct listener *l, struct MHD_Connection *connection);
void events_free_listener(struct listener *l);

/* ---- upgrade.c, for handle.c ---- */

/* The response after which the connection leaves HTTP. */
struct MHD_Response *upgrade_response(void);

#endif
