/* gate/policy.c - limits and lists: their defaults, their file, how they are printed */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define MIB (1024LL * 1024)
#define GIB (1024 * MIB)

static const struct key {
	const char *name, *comment;
	size_t offset;
	long long value, least, most;
} keys[] = {
#define KEY(member, value, least, most, comment)                                                   \
	{                                                                                          \
#member, comment, offsetof(struct gate_policy, member), value, least, most         \
	}
	KEY(memory, 256 * MIB, 6 * MIB, 1024 * GIB,
		"bytes of a container that asks for none (class)"),
	KEY(memory_most, 1 * GIB, 6 * MIB, 1024 * GIB, "bytes that a container may ask for"),
	KEY(nano_cpus, 1000000000, 10000000, 1000000000000, "billionths of a processor (class)"),
	KEY(nano_cpus_most, 2000000000, 10000000, 1000000000000, "what a container may ask for"),
	KEY(pids, 128, 1, 100000, "processes of a container that asks for none (class)"),
	KEY(pids_most, 512, 1, 100000, "what a container may ask for"),
	KEY(shm_most, 64 * MIB, 65536, 64 * GIB, "bytes of /dev/shm"),
	KEY(tmpfs_most, 64 * MIB, 65536, 64 * GIB, "bytes of a tmpfs"),
	KEY(port_first, 20000, 1, 65535, "first host port of the owner (class)"),
	KEY(port_last, 29999, 1, 65535, "last host port of the owner (class)"),
	KEY(containers, 20, 1, 100000, "containers that an owner may have (class)"),
	KEY(volumes, 10, 1, 100000, "volumes (class)"),
	KEY(networks, 5, 1, 100000, "networks (class)"),
	KEY(upload_most, 512 * MIB, 1024, 1024 * GIB,
		"bytes of one archive, build context or load"),
	KEY(transfer_most, 8 * GIB, 1024, 1024 * GIB, "bytes of archives both ways (class)"),
	KEY(build_seconds, 600, 1, 86400, "that one build may take (class)"),
	KEY(idle_seconds, 28800, 0, 31536000,
		"without a request, then what the owner has is removed; 0: never (class)"),
	KEY(egress, 1, 0, 1, "1: containers may reach other machines (class)"),
	KEY(connections, 256, 1, 20000, "connections at a time"),
#undef KEY
};

static const struct list_key {
	const char *name, *comment;
	size_t offset;
	const char *values[4];
} lists[] = {
	{"images", "patterns of images that may be pulled (class)",
		offsetof(struct gate_policy, images), {"alpine", "busybox", "hello-world", NULL}},
	{"registries", "HOST:PORT that may be pushed to and pulled from",
		offsetof(struct gate_policy, registries),
		{"127.0.0.1:5000", "localhost:5000", NULL}},
	{"subnets", "addresses of the owners' networks, each gets 64 of them (class)",
		offsetof(struct gate_policy, subnets), {"10.213.0.0/16", NULL}},
	{"binds", "folders that may be mounted (solo), FOLDER=PATH where it lies elsewhere here",
		offsetof(struct gate_policy, binds), {NULL}},
};

static long long *number_at(const struct gate_policy *p, const struct key *key)
{
	return (long long *)((char *)(uintptr_t)p + key->offset);
}

static struct words *words_at(const struct gate_policy *p, const struct list_key *list)
{
	return (struct words *)((char *)(uintptr_t)p + list->offset);
}

void gate_policy_default(struct gate_policy *p)
{
	*p = (struct gate_policy){0};
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
		*number_at(p, &keys[i]) = keys[i].value;
	for (size_t i = 0; i < ARRAY_LENGTH(lists); i++)
		words_add_all(words_at(p, &lists[i]), lists[i].values);
}

void gate_policy_finish(struct gate_policy *p)
{
	for (size_t i = 0; i < ARRAY_LENGTH(lists); i++)
		words_finish(words_at(p, &lists[i]));
}

static void take_words(struct words *ret, const char *text)
{
	words_finish(ret);
	*ret = (struct words){0};
	while (*(text += strspn(text, " \t,")) != '\0') {
		size_t length = strcspn(text, " \t,");
		cleanup_free char *word = xstrndup(text, length);
		words_add(ret, word);
		text += length;
	}
}

static bool take(
	struct gate_policy *p, int line, const char *name, const char *value, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		if (!text_same(keys[i].name, name))
			continue;
		return text_number(value, keys[i].least, keys[i].most, number_at(p, &keys[i])) ||
		       error_set(err, 0,
			       "line %d: %s = %s: a whole number from %lld to %lld is meant", line,
			       name, value, keys[i].least, keys[i].most);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
		if (!text_same(lists[i].name, name))
			continue;
		take_words(words_at(p, &lists[i]), value);
		return true;
	}
	return error_set(err, 0, "line %d: '%s' is no key; `ropes gate --print-policy` lists them",
		line, name);
}

static char *trimmed(const char *text, size_t length)
{
	while (length > 0 && strchr(" \t\r", text[length - 1]) != NULL)
		length--;
	size_t front = 0;
	while (front < length && (text[front] == ' ' || text[front] == '\t'))
		front++;
	return xstrndup(text + front, length - front);
}

static bool take_line(
	struct gate_policy *p, int line, const char *text, size_t length, struct error *err)
{
	const char *hash = memchr(text, '#', length);
	if (hash != NULL)
		length = (size_t)(hash - text);
	const char *equals = memchr(text, '=', length);
	cleanup_free char *whole = trimmed(text, length);
	if (*whole == '\0')
		return true;
	if (equals == NULL)
		return error_set(
			err, 0, "line %d: '%s' is not of the form key = value", line, whole);
	cleanup_free char *name = trimmed(text, (size_t)(equals - text));
	cleanup_free char *value = trimmed(equals + 1, length - (size_t)(equals + 1 - text));
	return take(p, line, name, value, err);
}

bool gate_policy_parse(const char *text, struct gate_policy *p, struct error *err)
{
	for (int line = 1; *text != '\0'; line++) {
		size_t length = strcspn(text, "\n");
		if (!take_line(p, line, text, length, err))
			return false;
		text += length + (text[length] == '\n');
	}
	if (p->memory > p->memory_most || p->nano_cpus > p->nano_cpus_most ||
		p->pids > p->pids_most)
		return error_set(err, 0, "what a container gets is more than it may ask for");
	return p->port_first <= p->port_last ||
	       error_set(err, 0, "port_first lies behind port_last");
}

void gate_policy_print(const struct gate_policy *p, struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
		buf_printf(out, "%-15s = %-13lld # %s\n", keys[i].name, *number_at(p, &keys[i]),
			keys[i].comment);
	for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
		const struct words *words = words_at(p, &lists[i]);
		buf_printf(out, "%-15s =", lists[i].name);
		for (size_t k = 0; k < words->count; k++)
			buf_printf(out, " %s", words->items[k]);
		buf_printf(out, " # %s\n", lists[i].comment);
	}
}

void gate_policy_copy(struct gate_policy *to, const struct gate_policy *from)
{
	cleanup_buf struct buf text = {0};
	gate_policy_default(to);
	if (from == NULL)
		return;
	gate_policy_print(from, &text);
	(void)gate_policy_parse(buf_text(&text), to, NULL); /* what was printed can be read */
}
