/* cli/slips.c - finds the intended value of a wrong one that is only a slip away */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* Replaces every character of `from` with `to`; '\0': removes them. */
static char *replace_characters(const char *value, const char *from, char to)
{
	struct buf out = {0};
	for (; *value != '\0'; value++)
		if (strchr(from, *value) == NULL)
			buf_add_char(&out, *value);
		else if (to != '\0')
			buf_add_char(&out, to);
	return buf_steal(&out);
}

/* "data:app" → "data:/app", "data:/app:readonly" → "data:/app:ro" */
static char *repair_volume(const char *value)
{
	const char *colon = strchr(value, ':');
	if (colon == NULL || colon == value + 1)
		return xstrdup("");
	const char *mode = strchr(colon + 1, ':');
	static const char *const long_modes[] = {"readonly", "read-only", "r"};
	if (mode != NULL && text_is_one_of(mode + 1, long_modes, ARRAY_LENGTH(long_modes)))
		return xasprintf("%.*s:ro", (int)(mode - value), value);
	return xasprintf("%.*s:/%s", (int)(colon - value), value, colon + 1);
}

static char *repair_format(const char *value)
{
	size_t length = strlen(value);
	if (strstr(value, "{{") == NULL && length > 2 && value[0] == '{' &&
		value[length - 1] == '}')
		return xasprintf("{%s}", value);
	return xasprintf("%s%s", value, text_ends(value, "}") ? "}" : "}}");
}

/* Returns the closest word of "always|missing|never". */
static char *nearest_word(const char *value, const char *words)
{
	char *best = NULL;
	size_t least = 3;
	for (const char *at = words != NULL ? words : ""; *at != '\0';) {
		size_t length = strcspn(at, "|");
		cleanup_free char *word = xstrndup(at, strcspn(at, "|[:"));
		size_t distance = text_distance(value, word);
		if (distance < least && distance * 2 < strlen(word)) {
			least = distance;
			free(best);
			best = xstrdup(word);
		}
		at += length + (at[length] == '|');
	}
	return best != NULL ? best : xstrdup("");
}

/* "nam=web" → "name=web" */
static char *repair_filter(const char *value, const char *keys)
{
	size_t length = strcspn(value, "=");
	cleanup_free char *key = xstrndup(value, length);
	cleanup_free char *nearest = nearest_word(key, keys);
	return xasprintf("%s%s", nearest, value + length);
}

/* Drops what a browser shows before an image's name. */
static const char *without_address(const char *reference)
{
	static const char *const pages[] = {
		"https://", "http://", "www.", "hub.docker.com/", "_/", "r/", "u/"};
	for (size_t i = 0; i < ARRAY_LENGTH(pages); i++)
		if (text_starts(reference, pages[i]))
			reference += strlen(pages[i]);
	return reference;
}

char *cli_repair_image(const char *reference)
{
	const char *bare = without_address(reference);
	const char *slash = strrchr(bare, '/'), *colon = strrchr(bare, ':');
	const char *tag = colon != NULL && (slash == NULL || colon > slash) ? colon : "";
	cleanup_free char *name = xstrndup(bare, strlen(bare) - strlen(tag));
	char *intended = xasprintf("%s%s", text_lower(name), tag);
	cleanup_free char *why = cli_check_image(intended);
	if (why == NULL && !text_same(intended, reference))
		return intended;
	free(intended);
	return NULL;
}

static char *guess_value(const struct cli_option *option, const char *value)
{
	switch (option->value) {
	case CLI_PORT:
		if (strchr(value, '=') != NULL)
			return xstrdup(""); /* the long form has commas */
		return replace_characters(value + strspn(value, ";,.-"), ";,.-", ':');
	case CLI_VOLUME:
		return repair_volume(value);
	case CLI_PATH:
	case CLI_TMPFS:
		value += text_starts(value, "./") ? 2 : 0;
		return strchr(".~", *value) != NULL ? xstrdup("") : xasprintf("/%s", value);
	case CLI_FORMAT:
		return repair_format(value);
	case CLI_DURATION:
		return xasprintf("%ss", value);
	case CLI_DECIMAL:
		return replace_characters(value, ",", '.');
	case CLI_ENUM:
		return nearest_word(value, option->values);
	case CLI_FILTER:
		return repair_filter(value, option->values);
	case CLI_IMAGE: {
		cleanup_free char *joined = replace_characters(value, " ", '-');
		char *intended = cli_repair_image(joined);
		return intended != NULL ? intended : xstrdup(joined);
	}
	case CLI_TEXT:
		return replace_characters(value, " ", '-');
	default:
		return xstrdup("");
	}
}

char *cli_repair_value(const struct cli_option *option, const char *value)
{
	char *without_blanks = replace_characters(value, " \t", '\0');
	bool is_name = option->value == CLI_TEXT || option->value == CLI_IMAGE;
	if (!is_name && !text_same(without_blanks, value) &&
		cli_is_good_value(option, without_blanks))
		return without_blanks;
	free(without_blanks);
	char *guess = guess_value(option, value);
	if (*guess != '\0' && !text_same(guess, value) && cli_is_good_value(option, guess))
		return guess;
	free(guess);
	return NULL;
}
