/* gate/policy.c - what the host profile allows beyond its tables: defaults, parsing, printing */
#include "private.h"

#include <stdlib.h>
#include <string.h>

static const struct key {
	const char *name, *comment;
	size_t offset;
	const char *values[4];
} keys[] = {
	{"registries", N_("HOST:PORT that may be pushed to and pulled from"),
		offsetof(struct gate_policy, registries),
		{"127.0.0.1:5000", "localhost:5000", NULL}},
	{"binds", N_("folders that may be mounted, FOLDER=PATH where the daemon has it at PATH"),
		offsetof(struct gate_policy, binds), {NULL}},
};

static struct words *words_at(const struct gate_policy *p, const struct key *key)
{
	return (struct words *)((char *)(uintptr_t)p + key->offset);
}

void gate_policy_default(struct gate_policy *p)
{
	*p = (struct gate_policy){0};
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
		words_add_all(words_at(p, &keys[i]), keys[i].values);
}

void gate_policy_finish(struct gate_policy *p)
{
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
		words_finish(words_at(p, &keys[i]));
}

static void read_policy_words(struct words *ret, const char *text)
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

static char *trim_copy(const char *text, size_t length)
{
	while (length > 0 && strchr(" \t\r", text[length - 1]) != NULL)
		length--;
	size_t front = 0;
	while (front < length && (text[front] == ' ' || text[front] == '\t'))
		front++;
	return xstrndup(text + front, length - front);
}

static bool read_policy_line(
	struct gate_policy *p, int line, const char *text, size_t length, struct error *err)
{
	const char *hash = memchr(text, '#', length);
	if (hash != NULL)
		length = (size_t)(hash - text);
	const char *equals = memchr(text, '=', length);
	cleanup_free char *whole = trim_copy(text, length);
	if (*whole == '\0')
		return true;
	if (equals == NULL)
		return error_set(
			err, 0, "line %d: '%s' is not of the form key = value", line, whole);
	cleanup_free char *name = trim_copy(text, (size_t)(equals - text));
	cleanup_free char *value = trim_copy(equals + 1, length - (size_t)(equals + 1 - text));
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
		if (text_same(keys[i].name, name)) {
			read_policy_words(words_at(p, &keys[i]), value);
			return true;
		}
	return error_set(err, 0,
		"line %d: '%s' is not a key; `ropes gate --print-policy` lists them", line, name);
}

bool gate_policy_parse(const char *text, struct gate_policy *p, struct error *err)
{
	for (int line = 1; *text != '\0'; line++) {
		size_t length = strcspn(text, "\n");
		if (!read_policy_line(p, line, text, length, err))
			return false;
		text += length + (text[length] == '\n');
	}
	return true;
}

void gate_policy_print(const struct gate_policy *p, struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		const struct words *words = words_at(p, &keys[i]);
		buf_printf(out, "%-10s =", keys[i].name);
		for (size_t k = 0; k < words->count; k++)
			buf_printf(out, " %s", words->items[k]);
		buf_printf(out, " # %s\n", _(keys[i].comment));
	}
}

void gate_policy_copy(struct gate_policy *to, const struct gate_policy *from)
{
	*to = (struct gate_policy){0};
	if (from == NULL) {
		gate_policy_default(to);
		return;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		const struct words *words = words_at(from, &keys[i]);
		for (size_t k = 0; k < words->count; k++)
			words_add(words_at(to, &keys[i]), words->items[k]);
	}
}
