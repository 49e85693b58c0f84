/* class/nodes.c - a swarm's nodes as daemons (Engine API, GET /nodes) */
#include "class.h"

#include <stdlib.h>
#include <string.h>

#define PORT_TLS 2376
#define PORT_PLAIN 2375

static const cJSON *at(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const char *text_at(const cJSON *object, const char *name)
{
	const char *text = cJSON_GetStringValue(at(object, name));
	return text != NULL ? text : "";
}

/* A manager may say 0.0.0.0 of itself; where others reach it, it says as "HOST:PORT". */
static char *host_of(const cJSON *node)
{
	const char *host = text_at(at(node, "Status"), "Addr");
	const char *reached = text_at(at(node, "ManagerStatus"), "Addr");
	const char *colon = strrchr(reached, ':');
	if ((*host == '\0' || text_same(host, "0.0.0.0")) && colon != NULL)
		return xstrndup(reached, (size_t)(colon - reached));
	return strchr(host, ':') != NULL ? xasprintf("[%s]", host) : xstrdup(host);
}

static bool is_open(const cJSON *node)
{
	return text_same(text_at(at(node, "Status"), "State"), "ready") &&
	       text_same(text_at(at(node, "Spec"), "Availability"), "active");
}

void class_nodes(const cJSON *nodes, bool tls, struct words *ret)
{
	const cJSON *node;
	cJSON_ArrayForEach(node, nodes) {
		const char *label = text_at(at(at(node, "Spec"), "Labels"), CLASS_NODE_LABEL);
		cleanup_free char *host = host_of(node);
		if (!is_open(node))
			continue;
		if (*label != '\0')
			words_add(ret, label);
		else if (*host != '\0')
			words_addf(ret, "tcp://%s:%d", host, tls ? PORT_TLS : PORT_PLAIN);
	}
}
