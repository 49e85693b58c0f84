/* gate/audit.c - writes one JSON line a request: time, route, outcome. Never log a body, a query
 * value or a header, because those carry secrets. */
#include "private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG_MAX (8 << 20) /* then the log starts over */

/* For a request that no table has. */
static char *join_segments(const struct request *r)
{
	struct buf path = {0};
	for (size_t i = 0; i < r->target.segments.count; i++)
		buf_printf(&path, "%s%s", i > 0 ? "/" : "", r->target.segments.items[i]);
	return buf_steal(&path);
}

void audit_log(const struct request *r, int status)
{
	char time[TIME_TEXT_SIZE];
	if (r->gate->log_fd < 0 || r->head.of_ropes)
		return;
	time_format_iso8601(clock_wall_ms(), time);
	cJSON *line = cJSON_CreateObject();
	cJSON_AddStringToObject(line, "time", time);
	if (r->gate->profile == GATE_HOST)
		cJSON_AddStringToObject(line, "learner", r->gate->learner);
	cJSON_AddStringToObject(line, "method", r->head.method != NULL ? r->head.method : "");
	cleanup_free char *path = r->route == NULL ? join_segments(r) : NULL;
	cJSON_AddStringToObject(line, "route", path != NULL ? path : r->route->path);
	if (r->route != NULL && strchr(r->route->path, '{') != NULL) {
		cleanup_free char *name = request_object_name(r);
		cJSON_AddStringToObject(line, "name", name);
	}
	cJSON_AddStringToObject(line, "verdict", r->status != 0 ? "refused" : "forwarded");
	if (r->gate->profile == GATE_HOST)
		cJSON_AddStringToObject(line, "rule", r->rule != NULL ? r->rule : "");
	cJSON_AddNumberToObject(line, "status", status);
	cJSON_AddNumberToObject(
		line, "duration_ms", (double)(clock_monotonic_ms() - r->started_ms));
	cleanup_free char *text = json_print(line);
	cleanup_free char *whole = xasprintf("%s\n", text);
	struct stat info;
	if (fstat(r->gate->log_fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > LOG_MAX &&
		ftruncate(r->gate->log_fd, 0) < 0)
		return; /* the log would grow without limit */
	(void)fd_write(
		r->gate->log_fd, whole, strlen(whole), NULL); /* one write: lines stay whole */
	cJSON_Delete(line);
}
