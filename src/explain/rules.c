/* explain/rules.c - reads and checks the file of rules */
#include "rules.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const struct key {
	const char *name;
	size_t offset;
	bool is_regex;
} keys[] = {
	{"message ", offsetof(struct rule, message), true},
	{"also ", offsetof(struct rule, also), true},
	{"verb ", offsetof(struct rule, verb), true},
	{"line ", offsetof(struct rule, line), true},
	{"unless ", offsetof(struct rule, unless), true},
	{"first ", offsetof(struct rule, first), true},
	{"words ", offsetof(struct rule, words), true},
	{"topic ", offsetof(struct rule, topic), false},
	{"what: ", offsetof(struct rule, what), false},
	{"why: ", offsetof(struct rule, why), false},
	{"try: ", offsetof(struct rule, hint), false},
	{"left: ", offsetof(struct rule, left), false},
	{"replace ", offsetof(struct rule, replace), false},
	{"drop ", offsetof(struct rule, drop), false},
};

#define DOCKER_SPEAKERS                                                                            \
	(1U << EXPLAIN_UNKNOWN | 1U << EXPLAIN_CLIENT | 1U << EXPLAIN_DAEMON |                     \
		1U << EXPLAIN_RUNTIME | 1U << EXPLAIN_BUILD | 1U << EXPLAIN_COMPOSE |              \
		1U << EXPLAIN_GATE)

struct reader {
	const char *path;
	struct rules *rules;
	struct rule *rule;
	int at;
	bool is_checked;
	struct error *err;
};

static bool rule_error(const struct reader *x, const char *what, const char *text)
{
	return error_set(x->err, 0, "%s:%d: %s%s", x->path, x->at, _(what), text);
}

/* POSIX brackets have no escapes, so convert the two that rules need to bytes here. */
static const char *with_controls(struct arena *arena, const char *text)
{
	struct buf out = {0};
	for (const char *c = text; *c != '\0'; c++) {
		bool control = *c == '\\' && (c[1] == 'n' || c[1] == 'r');
		buf_add_char(&out, !control ? *c : *++c == 'n' ? '\n' : '\r');
		if (!control && *c == '\\' && c[1] != '\0')
			buf_add_char(&out, *++c);
	}
	const char *kept = arena_strdup(arena, buf_text(&out));
	buf_finish(&out);
	return kept;
}

/* A verb matches as a whole. */
static bool set_rule_regex(struct reader *x, const char *text, struct pattern *place)
{
	struct arena *arena = &x->rules->arena;
	if (place->text != NULL)
		return rule_error(x, "given twice: ", text);
	place->text = place == &x->rule->verb ? arena_printf(arena, "^(%s)$", text)
					      : with_controls(arena, text);
	return !x->is_checked || pattern_compile(place) ||
	       rule_error(x, "not a regular expression: ", text);
}

/* "shell program": who may have written the message; "docker" stands for all of docker's parts. */
static bool take_speakers(struct reader *x, const char *text)
{
	while (*(text += strspn(text, " ")) != '\0') {
		size_t length = strcspn(text, " ");
		cleanup_free char *word = xstrndup(text, length);
		unsigned found = text_same(word, "docker") ? DOCKER_SPEAKERS : 0;
		for (enum explain_speaker s = EXPLAIN_UNKNOWN; s <= EXPLAIN_OTHER; s++)
			found |= text_same(word, explain_speaker_name(s)) ? 1U << s : 0;
		if (found == 0)
			return rule_error(x, "unknown speaker: ", word);
		x->rule->speakers |= found;
		text += length;
	}
	return true;
}

static bool take_look(struct reader *x, const char *text)
{
	static const char *const names[] = {[LOOK_NOWHERE] = "",
		[LOOK_IMAGE] = "image",
		[LOOK_IF_IMAGE] = "if-image",
		[LOOK_CONTAINER] = "container",
		[LOOK_VOLUME] = "volume",
		[LOOK_NETWORK] = "network",
		[LOOK_LOCAL_IMAGE] = "local-image",
		[LOOK_MEMBERS] = "members",
		[LOOK_INTERPRETER] = "interpreter"};
	for (size_t i = LOOK_IMAGE; i < ARRAY_LENGTH(names); i++)
		if (text_same(text, names[i]))
			x->rule->look = (enum rule_look)i;
	return x->rule->look != LOOK_NOWHERE || rule_error(x, "nothing to look for: ", text);
}

static bool take_statuses(struct reader *x, const char *text)
{
	while (*(text += strspn(text, " ")) != '\0') {
		size_t length = strcspn(text, " ");
		cleanup_free char *word = xstrndup(text, length);
		long long number;
		if (!text_number(word, 0, 255, &number) ||
			x->rule->status_count == ARRAY_LENGTH(x->rule->statuses))
			return rule_error(x, "expected up to four exit statuses, not ", text);
		x->rule->statuses[x->rule->status_count++] = (int)number;
		text += length;
	}
	return true;
}

static bool add_rule_option(struct reader *x, const char *text, const char **list, size_t *count)
{
	if (*count == ARRAY_LENGTH(x->rule->options))
		return rule_error(x, "too many options: ", text);
	list[(*count)++] = arena_strdup(&x->rules->arena, text);
	return true;
}

static bool take_key(struct reader *x, const char *text)
{
	struct rule *rule = x->rule;
	if (text_same(text, "around"))
		return rule->is_around = true;
	if (text_same(text, "general"))
		return rule->is_general = true;
	if (text_same(text, "partial"))
		return rule->is_partial = true;
	if (text_same(text, "last"))
		return rule->is_last = true;
	if (text_starts(text, "look "))
		return take_look(x, text + 5);
	if (text_starts(text, "status "))
		return take_statuses(x, text + 7);
	if (text_starts(text, "by "))
		return take_speakers(x, text + 3);
	if (text_starts(text, "option "))
		return add_rule_option(x, text + 7, rule->options, &rule->option_count);
	if (text_starts(text, "without "))
		return add_rule_option(x, text + 8, rule->absent, &rule->absent_count);
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		if (!text_starts(text, keys[i].name))
			continue;
		void *field = (char *)rule + keys[i].offset;
		const char *value = text + strlen(keys[i].name);
		if (keys[i].is_regex)
			return set_rule_regex(x, value, field);
		const char **place = field;
		if (*place != NULL)
			return rule_error(x, "given twice: ", keys[i].name);
		*place = arena_strdup(&x->rules->arena, value);
		return true;
	}
	return rule_error(x,
		"a rule has by, message, also, verb, line, unless, first, words, option, without, "
		"status, topic, look, replace, drop, what:, why:, try: and left:, each with something "
		"after it, around, "
		"general, last and partial, but not: ",
		text);
}

static bool is_rule_complete(struct reader *x)
{
	if (x->rule == NULL)
		return true;
	x->at = x->rule->at;
	return (x->rule->what != NULL && x->rule->why != NULL && x->rule->hint != NULL) ||
	       rule_error(x, "what:, why: or try: is missing in rule ", x->rule->name);
}

static bool begin_rule(struct reader *x, const char *name)
{
	struct rules *rules = x->rules;
	int at = x->at;
	if (!is_rule_complete(x))
		return false;
	rules->items = array_grow(rules->items, rules->count, sizeof *rules->items);
	x->rule = &rules->items[rules->count++];
	*x->rule = (struct rule){.name = arena_strdup(&rules->arena, name), .at = at};
	x->at = at;
	return true;
}

static bool take_rule_line(struct reader *x, const char *text)
{
	if (text_starts(text, "rule "))
		return begin_rule(x, text + 5);
	return x->rule != NULL ? take_key(x, text) : rule_error(x, "no rule has begun: ", text);
}

bool rules_parse(
	const char *path, const char *text, bool is_checked, struct rules *rules, struct error *err)
{
	struct reader x = {.path = path, .rules = rules, .is_checked = is_checked, .err = err};
	cleanup_buf struct buf whole = {0};
	for (int line = 1; *text != '\0'; line++) {
		size_t length = strcspn(text, "\n");
		const char *next = text + length + (text[length] == '\n');
		if (whole.length == 0)
			x.at = line;
		if (*text != '#' && length > 0)
			buf_add(&whole, text, length);
		text = next;
		if (*text == ' ' && whole.length > 0)
			continue; /* the text continues */
		if (whole.length > 0 && !take_rule_line(&x, buf_text(&whole)))
			return false;
		buf_truncate(&whole, 0);
	}
	return is_rule_complete(&x);
}

void rules_finish(struct rules *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		struct rule *rule = &rules->items[i];
		struct pattern *const patterns[] = {&rule->message, &rule->also, &rule->verb,
			&rule->line, &rule->unless, &rule->first, &rule->words};
		for (size_t k = 0; k < ARRAY_LENGTH(patterns); k++)
			pattern_finish(patterns[k]);
	}
	free(rules->items);
	arena_finish(&rules->arena);
	*rules = (struct rules){0};
}
