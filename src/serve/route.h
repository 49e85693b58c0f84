/* serve/route.h - shared by serve.c and route.c */
#ifndef SERVE_ROUTE_H
#define SERVE_ROUTE_H

#include "httpd.h"

/* Answers a request, if its key may have what it asks for. */
void route_request(struct request *r, struct reply *a);
/* The path of the resource in the table; NULL: there is none. */
const char *route_name(const char *path);
/* Returns whether no part of a prefix, "/a/b", is the name of a resource, so that what it stands
 * before can be told from it; else err says which. */
bool route_allows_prefix(const char *prefix, struct error *err);

#endif
