/* engine/private.h - shared by the files of the engine */
#ifndef ENGINE_PRIVATE_H
#define ENGINE_PRIVATE_H

#include "engine.h"
#include "http.h"

struct engine {
	const struct curl_library *curl;
	CURL *easy;        /* keeps its connection open between requests */
	char *host;        /* as given */
	char *socket_path; /* unix:// */
	char *base;        /* "http://docker", "https://host:2376" */
	char *tls_folder;
	char version[16]; /* "" until negotiated */
	engine_socket_function probe_socket;
	void *probe_data;
	long timeout_ms;
};

/* Sets the options common to all requests of this engine. The URL is base + ["/v" version] + path.
 */
void engine_prepare(struct engine *engine, CURL *easy, const char *path, bool versioned);
/* Asks the daemon for its version, once. */
bool engine_negotiate(struct engine *engine, struct error *err);

#endif
