/* httpd/server.h - the server, shared by server.c, which opens and closes it, and handle.c, which
 * has the callbacks of the HTTP library */
#ifndef HTTPD_SERVER_H
#define HTTPD_SERVER_H

#include "connections.h"
#include "httpd.h"

#include <microhttpd.h>
#include <pthread.h>

/* The functions of libmicrohttpd that ropes calls, without their prefix. */
/* clang-format off */
#define MHD_FUNCTIONS(f) \
	f(MHD_, add_response_header) \
	f(MHD_, create_response_for_upgrade) \
	f(MHD_, create_response_from_buffer) \
	f(MHD_, create_response_from_callback) \
	f(MHD_, destroy_response) \
	f(MHD_, get_connection_info) \
	f(MHD_, get_connection_values) \
	f(MHD_, get_connection_values_n) \
	f(MHD_, queue_response) \
	f(MHD_, resume_connection) \
	f(MHD_, start_daemon) \
	f(MHD_, stop_daemon) \
	f(MHD_, suspend_connection) \
	f(MHD_, upgrade_action)
/* clang-format on */
struct mhd_library {
	MHD_FUNCTIONS(LIBRARY_POINTER)
};
extern struct mhd_library httpd_mhd;
bool httpd_library_open(struct error *err);

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
	struct relay_list *relays;
};

/* Callbacks of the library. */
void *handle_target(void *server, const char *target, struct MHD_Connection *connection);
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

/* ---- relay.c, for handle.c and server.c ---- */

struct relay_list *relay_list_create(void);
/* Ends all relays, and waits until their threads have ended. */
void relay_list_end(struct relay_list *relays);
void relay_list_destroy(struct relay_list *relays);
/* Passes on a part of the request's body; lowers *size to what is left. Then the connection was
 * suspended. */
void relay_take(struct relay *relay, const char *bytes, size_t *size);
/* The request is complete. True: the answer has begun, and *ret is how; else the connection was
 * suspended. */
bool relay_answer(struct relay *relay, struct request *r, struct reply *ret);
struct MHD_Response *relay_response(struct relay *relay);
/* The request has ended. */
void relay_leave(struct relay *relay);

#endif
