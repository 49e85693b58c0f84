/* cmd/gate.c - ropes gate: the policy proxy alone, in the foreground */
#include "cmd.h"
#include "gate.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define POLICY_LIMIT 65536

static bool read_policy(const char *path, struct gate_policy *policy, struct error *err)
{
	cleanup_buf struct buf text = {0};
	gate_policy_default(policy);
	if (path == NULL)
		return true;
	return (file_read(path, POLICY_LIMIT, &text, err) &&
		       gate_policy_parse(buf_text(&text), policy, err)) ||
	       error_wrap(err, "policy '%s'", path);
}

static bool read_profile(const char *name, enum gate_profile *ret, struct error *err)
{
	static const struct {
		const char *name;
		enum gate_profile profile;
		const char *removed; /* what replaced it; NULL: it still exists */
	} profiles[] = {
		{"host", GATE_HOST, NULL},
		{"witness", GATE_WITNESS, NULL},
		{"solo", GATE_HOST, N_("it is now called host")},
		{"class", GATE_HOST,
			N_("each account of a lab server runs its own practice machine")},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(profiles); i++) {
		if (!text_same(name != NULL ? name : "host", profiles[i].name))
			continue;
		*ret = profiles[i].profile;
		return profiles[i].removed == NULL ||
		       error_set_kind(err, ERROR_USAGE, "profile '%s' has been removed: %s", name,
			       profiles[i].removed);
	}
	return error_set_kind(
		err, ERROR_USAGE, "--profile: expected host or witness, got '%s'", name);
}

/* Finds --upstream, else what the docker client would use. */
static bool find_upstream(const struct arguments *a, char **ret, struct error *err)
{
	const char *given = arguments_get(a, "upstream");
	if (given != NULL) {
		*ret = xstrdup(given);
		return true;
	}
	const char *host = getenv("DOCKER_HOST");
	*ret = xstrdup(host != NULL && *host != '\0' ? host : _("unix:///var/run/docker.sock"));
	return (text_starts(*ret, "unix://") || text_starts(*ret, "tcp://")) ||
	       error_set_kind(err, ERROR_USAGE,
		       "DOCKER_HOST: expected unix://PATH or tcp://HOST:PORT, got '%s'", *ret);
}

static int stop_signals(void)
{
	sigset_t set;
	common_stop_signals(&set);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static bool serve_gate(const struct gate_options *o, struct error *err)
{
	struct gate *gate = NULL;
	cleanup_fd int stop = stop_signals();
	if (stop < 0)
		return error_set(err, errno, "signalfd");
	if (!gate_open(o, &gate, err))
		return false;
	printf("listening: unix://%s\n", o->listen);
	fflush(stdout);
	gate_run(gate, stop);
	gate_close(gate);
	return true;
}

static bool run_gate_with(
	const struct arguments *a, const struct gate_policy *policy, struct error *err)
{
	cleanup_free char *learner = common_learner(a), *upstream = NULL;
	const char *log = arguments_get(a, "log");
	struct gate_options o = {.listen = arguments_get(a, "listen"),
		.listen_fd = -1,
		.learner = learner,
		.policy = policy,
		.log_fd = -1,
		.tls_folder = arguments_get(a, "tls")};
	if (o.listen == NULL)
		return error_set_kind(err, ERROR_USAGE,
			"missing option --listen SOCKET; try `ropes gate --help`");
	if (!read_profile(arguments_get(a, "profile"), &o.profile, err) ||
		!find_upstream(a, &upstream, err))
		return false;
	o.upstream = upstream;
	cleanup_fd int log_fd = -1;
	if (log != NULL) {
		log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (log_fd < 0)
			return error_set(err, errno, "the audit log '%s'", log);
	}
	o.log_fd = log_fd;
	return serve_gate(&o, err);
}

static bool run_gate(const struct arguments *a, struct error *err)
{
	struct gate_policy policy = {0};
	bool good = read_policy(arguments_get(a, "policy"), &policy, err);
	if (good && arguments_get(a, "print-policy") != NULL) {
		cleanup_buf struct buf text = {0};
		gate_policy_print(&policy, &text);
		fputs(buf_text(&text), stdout);
	} else if (good) {
		good = run_gate_with(a, &policy, err);
	}
	gate_policy_finish(&policy);
	return good;
}

const struct command cmd_gate = {
	.name = "gate",
	.operands = "",
	.summary = N_("run a proxy before a daemon, which protects it or only logs requests"),
	.details = N_(
		"The profile host protects a personal daemon: a learner sees and changes only objects created for\n"
		"them, and can do nothing that reaches beyond the containers. The profile witness passes\n"
		"everything on. Both log each request."),
	.options =
		{
			{"listen", "SOCKET", N_("path of the socket to create (mode 0600)")},
			{"upstream", "ADDRESS",
				N_("the daemon: a socket's path, unix://PATH or tcp://HOST:PORT "
				   "(default: DOCKER_HOST)")},
			{"tls", "FOLDER",
				N_("ca.pem, cert.pem and key.pem for a daemon at tcp:// "
				   "(DOCKER_CERT_PATH)")},
			{"profile", "NAME", N_("host (default) or witness")},
			{"learner", "NAME",
				N_("host: the learner who sends the requests (default: the login name)")},
			{"policy", "FILE",
				N_("host: registries and folders to allow, beyond the defaults")},
			{"print-policy", NULL, N_("print the policy that would apply, and exit")},
			{"log", "FILE", N_("append a JSON line for each request")},
		},
	.removed =
		{
			{"owner", NULL, "use --learner"},
			{"clean", NULL,
				N_("`ropes reset --daemon ADDRESS` removes what was created")},
		},
	.run = run_gate,
};
