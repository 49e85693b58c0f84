/* tutor/context.c - the daemon's engine, and the check context against which a step is judged */
#include "session.h"
#include "tutor.h"

#include <unistd.h>

void context_close(struct session *s)
{
	check_context_close(s->context);
	s->context = NULL;
}

void context_disconnect(struct session *s)
{
	context_close(s);
	engine_close(s->engine);
	s->engine = NULL;
	words_finish(&s->images);
}

static bool open_engine(struct session *s, struct error *err)
{
	struct sandbox *sandbox = s->options->sandbox;
	const struct engine_options options = {
		.host = sandbox_docker_host(sandbox),
		.tls_folder = sandbox_tls_folder(sandbox),
		.probe_socket = sandbox_socket,
		.probe_data = sandbox,
	};
	struct engine *engine;
	if (!engine_open(&options, &engine, err))
		return false;
	if (!engine_ping(engine, err)) {
		engine_close(engine);
		return false;
	}
	s->engine = engine;
	return true;
}

const struct words *context_images(struct session *s)
{
	struct machine_status status = {0};
	if (sandbox_kind(s->options->sandbox) != SANDBOX_PRACTICE)
		return NULL;
	(void)machine_status(MACHINE_PRACTICE, &status, NULL);
	bool network = status.network;
	machine_status_finish(&status);
	words_finish(&s->images);
	if (network) /* everything on the real Docker Hub is available */
		return NULL;
	machine_images(&s->images);
	return &s->images;
}

bool context_open(struct session *s, struct error *err)
{
	const struct check_context_options options = {
		.engine = s->engine,
		.images = context_images(s),
		.workspace = sandbox_workspace(s->options->sandbox),
		.gate_log = sandbox_gate_log(s->options->sandbox),
	};
	return check_context_open(&options, &s->context, err);
}

bool context_connect(struct session *s, struct error *err)
{
	if (s->engine == NULL && !open_engine(s, err))
		return false;
	return s->context != NULL || context_open(s, err);
}

void context_stop_timer(struct session *s)
{
	if (s->timer >= 0)
		close(s->timer);
	s->timer = -1;
}

bool context_ready(struct session *s)
{
	cleanup_error struct error err = {0};
	if (!session_has_sandbox(s)) {
		screen_say(s->screen, SCREEN_WARN, "! ",
			"There is no daemon here: you can read and take quizzes, but commands do not run and tasks cannot be done. `ropes doctor` shows what is missing.");
		return false;
	}
	context_stop_timer(s);
	if (s->daemon_lost) {
		context_disconnect(s);
		screen_say(s->screen, SCREEN_WARN, "! ",
			"The daemon stopped; starting a new one. Everything created in the old one is gone.");
		s->daemon_lost = false;
	}
	bool ready = sandbox_wait(s->options->sandbox, &err) && context_connect(s, &err);
	screen_progress(s->screen, NULL);
	if (!ready) {
		context_disconnect(s);
		screen_say(s->screen, SCREEN_WARN, "! ",
			"Commands cannot run now: %s. Nothing was marked. `ropes doctor` shows more.",
			error_text(&err));
	}
	return ready;
}
