/*
 * tests/class/driver.c - a class in the foreground:
 * driver FOLDER [--daemon ADDRESS]... [--swarm ADDRESS] [--tls FOLDER] [--policy FILE] [--uid UID]
 *
 * Reads orders, a line each, until the end of its input:
 *     seat OWNER       "seat OWNER SOCKET" or "failed WHY"
 *     unseat OWNER     "unseated OWNER"
 *     report           "daemon ADDRESS LEARNERS healthy|out WHY", a line each, then "reported"
 * and tells "moved OWNER SOCKET" when it happens.
 */
#include "class.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void tell_moved(void *data, const char *owner, const char *socket)
{
	(void)data;
	printf("moved %s %s\n", owner, socket);
	fflush(stdout);
}

static void tell_daemon(void *data, const struct class_daemon *d)
{
	(void)data;
	printf("daemon %s %zu %s %s\n", d->address, d->learners, d->healthy ? "healthy" : "out",
		d->why);
}

static void seat(struct class *class, const char *owner, uid_t uid)
{
	cleanup_error struct error err = {0};
	cleanup_free char *socket = NULL;
	if (class_seat(class, owner, uid, &socket, &err))
		printf("seat %s %s\n", owner, socket);
	else
		printf("failed %s\n", error_text(&err));
}

static void obey(struct class *class, char *line, uid_t uid)
{
	line[strcspn(line, "\n")] = '\0';
	if (text_starts(line, "seat ")) {
		seat(class, line + 5, uid);
	} else if (text_starts(line, "unseat ")) {
		class_unseat(class, line + 7);
		printf("unseated %s\n", line + 7);
	} else {
		class_report(class, tell_daemon, NULL);
		puts("reported");
	}
	fflush(stdout);
}

static bool read_policy(const char *path, struct gate_policy *policy, struct error *err)
{
	cleanup_buf struct buf text = {0};
	return file_read(path, 65536, &text, err) &&
	       gate_policy_parse(buf_text(&text), policy, err);
}

int main(int argc, char **argv)
{
	cleanup_error struct error err = {0};
	cleanup_words struct words daemons = {0};
	struct class_options o = {.daemons = &daemons, .moved = tell_moved, .folder = argv[1]};
	struct gate_policy policy;
	long long uid = geteuid();
	struct class *class;
	char line[1024];
	bool good = argc > 1;
	gate_policy_default(&policy);
	for (int i = 2; good && i + 1 < argc; i += 2) {
		if (text_same(argv[i], "--daemon"))
			words_add(&daemons, argv[i + 1]);
		else if (text_same(argv[i], "--swarm"))
			o.swarm = argv[i + 1];
		else if (text_same(argv[i], "--tls"))
			o.tls_folder = argv[i + 1];
		else if (text_same(argv[i], "--uid"))
			good = text_number(argv[i + 1], 0, UINT32_MAX, &uid);
		else if (read_policy(argv[i + 1], &policy, &err))
			o.policy = &policy;
	}
	if (good && class_open(&o, &class, &err)) {
		puts("open");
		fflush(stdout);
		while (fgets(line, sizeof line, stdin) != NULL)
			obey(class, line, (uid_t)uid);
		class_close(class);
		puts("closed");
	} else {
		printf("failed %s\n", error_text(&err));
		good = false;
	}
	gate_policy_finish(&policy);
	return good ? 0 : 1;
}
