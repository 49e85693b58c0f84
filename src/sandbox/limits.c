/* sandbox/limits.c - the limits that containers can have here: reported by the daemon, not
 * guessed from this machine's control groups */
#include "private.h"

#include "engine.h"
#include "json.h"

static bool ask_limits(struct sandbox *s, struct error *err)
{
	const struct engine_options options = {.host = s->host, .tls_folder = s->tls_folder};
	struct engine *engine;
	cJSON *info = NULL;
	if (!engine_open(&options, &engine, err))
		return false;
	bool good = engine_get(engine, "/info", &info, err);
	if (good && info == NULL)
		good = error_set(err, 0, "the daemon does not describe itself");
	if (good)
		s->limits = host_read_limits(info);
	s->limits_known = good;
	cJSON_Delete(info);
	engine_close(engine);
	return good;
}

bool sandbox_limits(struct sandbox *s, struct sandbox_limits *ret, struct error *err)
{
	if (!s->limits_known && (!sandbox_wait(s, err) || !ask_limits(s, err)))
		return false;
	*ret = s->limits;
	return true;
}

bool sandbox_has_compose(const struct sandbox *s)
{
	return s->compose;
}
