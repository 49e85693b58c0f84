/* serve/trail.h - what of a request goes into the audit log */
#ifndef SERVE_TRAIL_H
#define SERVE_TRAIL_H

#include "httpd.h"

/* Records that somebody changed or saw something, or was not allowed to. `resource`: its path. */
void trail_record(const struct request *r, const struct reply *a, const char *resource);

#endif
