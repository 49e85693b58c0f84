/* engine/private.h - what the files of the engine share */
#ifndef ENGINE_PRIVATE_H
#define ENGINE_PRIVATE_H

#include "engine.h"
#include "http.h"

struct engine {
	const struct curl_library *curl;
	CURL *easy;        /* keeps its connection alive between questions */
	char *host;        /* as given */
	char *socket_path; /* unix:// */
	char *base;        /* "http://docker", "https://host:2376" */
	char *tls_folder;
	char version[16]; /* "" until it was negotiated */
	engine_socket_function probe_socket;
	void *probe_data;
	long timeout_ms;
};

/* Sets what every request of this engine has in common. The URL is base + ["/v" version] + path. */
void engine_prepare(struct engine *engine, CURL *easy, const char *path, bool versioned);
/* Asks the daemon for its version, once. */
bool engine_negotiate(struct engine *engine, struct error *err);

#endif
