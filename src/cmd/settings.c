/* cmd/settings.c - what the learner prefers: the environment, else the configuration file, else a
 * default. The file is a text of their own: setting a value changes one line of it. */
#include "cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_MAX ((size_t)1 << 20)
#define NEAR 3 /* edits that a mistyped name is away from the one that was meant, at most 2 */

static bool is_daemon(const char *value)
{
	static const char *const words[] = {"practice", "host", "none"};
	return text_is_one_of(value, words, ARRAY_LENGTH(words)) || strstr(value, "://") != NULL;
}

static bool is_minutes(const char *value)
{
	long long number;
	return text_number(value, 0, 100000, &number);
}

static bool is_seconds(const char *value)
{
	long long number;
	return text_number(value, 1, 86400, &number);
}

static bool is_editing(const char *value)
{
	return text_same(value, "emacs") || text_same(value, "vi");
}

static bool is_yes_or_no(const char *value)
{
	return text_same(value, "yes") || text_same(value, "no");
}

static const struct setting {
	const char *key;
	const char *values; /* what it may be, for people */
	const char *summary;
	const char *variable;               /* of the environment; NULL */
	const char *usual;                  /* the default; NULL: none */
	bool (*accepts)(const char *value); /* NULL: any text */
} settings[] = {
	{"learner", "NAME", N_("whose record to use (default: the login name)"), "ROPES_LEARNER",
		NULL, NULL},
	{"daemon", "practice|host|none|ADDRESS", N_("where commands run"), "ROPES_DAEMON",
		"practice", is_daemon},
	{"idle", "MINUTES",
		N_("end a practice machine that a session started when none has used it for so long (0: never)"),
		NULL, "240", is_minutes},
	{"network", "yes|no", N_("give the practice machine network access"), NULL, "no",
		is_yes_or_no},
	{"timeout", "SECONDS",
		N_("time limit of a line (default: none at a terminal, otherwise 60)"), NULL, NULL,
		is_seconds},
	{"editing", "emacs|vi", N_("keys of the line that you type (default: as ~/.inputrc says)"),
		NULL, NULL, is_editing},
	{"colour", "yes|no", N_("use colours where the terminal has them"), "NO_COLOR", "yes",
		is_yes_or_no},
	{"language", "LANGUAGE",
		N_("of lessons and ropes' texts, if there is a translation: en, de, … (default: as LANG says)"),
		"ROPES_LANGUAGE", NULL, language_is_name},
	{"plain", "yes|no",
		N_("for screen readers: words instead of symbols, no colours, nothing is drawn again"),
		SETTINGS_PLAIN, "no", is_yes_or_no},
};

/* The configuration file: read once, by main. */
static struct {
	char *values[ARRAY_LENGTH(settings)]; /* NULL: not in the file */
	size_t lines[ARRAY_LENGTH(settings)];
} file;

char *settings_path(void)
{
	cleanup_free char *folder = xdg_folder(XDG_CONFIG);
	return path_join(folder, "config");
}

bool settings_find(const char *key, size_t *ret, struct error *err)
{
	const char *nearest = NULL;
	size_t best = NEAR;
	for (size_t i = 0; i < ARRAY_LENGTH(settings); i++) {
		if (text_same(key, settings[i].key)) {
			*ret = i;
			return true;
		}
		if (text_is_nearer(key, settings[i].key, &best))
			nearest = settings[i].key;
	}
	if (nearest != NULL)
		return error_set_kind(err, ERROR_USAGE,
			"unknown setting '%s'; did you mean '%s'? `ropes config` lists them", key,
			nearest);
	return error_set_kind(
		err, ERROR_USAGE, "unknown setting '%s'; `ropes config` lists them", key);
}

static bool accept_value(size_t which, const char *value, struct error *err)
{
	const struct setting *s = &settings[which];
	bool printable = *value != '\0' && utf8_valid(value, strlen(value));
	for (const char *c = value; *c != '\0'; c++)
		printable = printable && (unsigned char)*c >= ' ' && *c != 0x7F;
	if (!text_is_blank(value) && printable && (s->accepts == NULL || s->accepts(value)))
		return true;
	return error_set_kind(err, ERROR_USAGE, "%s: expected %s, got '%s'", s->key, s->values,
		printable ? value : "");
}

/* ---- reading ---- */

/* A part of a line, without blanks around it; the caller frees it. */
static char *trim_part(const char *text, size_t length)
{
	while (length > 0 && strchr(" \t\r", *text) != NULL) {
		text++;
		length--;
	}
	while (length > 0 && strchr(" \t\r", text[length - 1]) != NULL)
		length--;
	return xstrndup(text, length);
}

/* *ret_key and *ret_value are NULL for a comment or blank line. The caller frees them. */
static bool read_key_and_value(
	const char *line, size_t length, char **ret_key, char **ret_value, struct error *err)
{
	cleanup_free char *whole = trim_part(line, length);
	*ret_key = *ret_value = NULL;
	if (*whole == '\0' || *whole == '#')
		return true;
	const char *sign = strchr(whole, '=');
	if (sign == NULL)
		return error_set_kind(err, ERROR_USAGE, "expected KEY = VALUE, got '%s'", whole);
	*ret_key = trim_part(whole, (size_t)(sign - whole));
	*ret_value = trim_part(sign + 1, strlen(sign + 1));
	return true;
}

static bool read_settings_line(const char *line, size_t length, size_t number, struct error *err)
{
	cleanup_free char *key = NULL, *value = NULL;
	size_t which;
	if (!read_key_and_value(line, length, &key, &value, err))
		return false;
	if (key == NULL)
		return true;
	if (!settings_find(key, &which, err) || !accept_value(which, value, err))
		return false;
	free(file.values[which]);
	file.values[which] = xstrdup(value);
	file.lines[which] = number;
	return true;
}

static bool read_settings_file(struct buf *ret, struct error *err)
{
	cleanup_free char *path = settings_path();
	struct stat there;
	return stat(path, &there) != 0 || file_read(path, FILE_MAX, ret, err);
}

bool settings_load(struct error *err)
{
	cleanup_free char *path = settings_path();
	cleanup_buf struct buf text = {0};
	if (!read_settings_file(&text, err))
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(settings); i++) {
		free(file.values[i]);
		file.values[i] = NULL;
	}
	size_t number = 1;
	for (const char *line = buf_text(&text); *line != '\0'; number++) {
		size_t length = strcspn(line, "\n");
		if (!read_settings_line(line, length, number, err))
			return error_wrap(err, "%s:%zu", path, number);
		line += length + (line[length] == '\n');
	}
	return true;
}

/* NO_COLOR says no, whatever its value is. */
static const char *environment_value(const struct setting *s)
{
	const char *value = s->variable != NULL ? getenv(s->variable) : NULL;
	if (text_is_blank(value))
		return NULL;
	return text_same(s->variable, "NO_COLOR") ? "no" : value;
}

const char *settings_get(const char *key)
{
	struct settings_view view = {0};
	for (size_t i = 0; settings_view(i, &view); i++)
		if (text_same(view.key, key))
			return view.value;
	return NULL;
}

bool settings_is_yes(const char *key)
{
	return text_same(settings_get(key), "yes");
}

bool settings_view(size_t which, struct settings_view *ret)
{
	if (which >= ARRAY_LENGTH(settings))
		return false;
	const struct setting *s = &settings[which];
	const char *variable = environment_value(s);
	*ret = (struct settings_view){.key = s->key, .value = s->usual};
	if (variable != NULL) {
		ret->value = variable;
		ret->variable = s->variable;
	} else if (file.values[which] != NULL) {
		ret->value = file.values[which];
		ret->line = file.lines[which];
	}
	return true;
}

/* ---- writing ---- */

static void write_template(struct buf *out)
{
	buf_add_text(out,
		_("# The configuration of ropes: KEY = VALUE, a line each. Options and the environment win.\n"
		  "# `ropes config` shows what is in effect, `ropes config KEY VALUE` changes a line.\n"));
	for (size_t i = 0; i < ARRAY_LENGTH(settings); i++)
		buf_printf(out, "\n# %s\n# %s = %s\n", _(settings[i].summary), settings[i].key,
			settings[i].usual != NULL ? settings[i].usual : settings[i].values);
}

/* Where a line is, and the end of its text. */
struct place {
	size_t at, end;
};

/* Finds the last line that sets the key; or that shows how, in a comment (`shown`). */
static bool find_setting_line(
	const struct buf *text, const char *key, bool shown, struct place *ret)
{
	bool found = false;
	for (size_t at = 0; at < text->length;) {
		const char *line = text->data + at;
		size_t length = strcspn(line, "\n"), skip = shown && *line == '#';
		cleanup_free char *name = NULL, *value = NULL;
		if ((!shown || skip) &&
			read_key_and_value(line + skip, length - skip, &name, &value, NULL) &&
			text_same(name, key)) {
			*ret = (struct place){at, at + length};
			found = true;
		}
		at += length + 1;
	}
	return found;
}

static void replace_part(struct buf *text, struct place place, const char *by)
{
	cleanup_buf struct buf rest = {0};
	buf_add(&rest, text->data + place.end, text->length - place.end);
	buf_truncate(text, place.at);
	buf_add_text(text, by);
	buf_add(text, buf_text(&rest), rest.length);
}

static void set_line(struct buf *text, const char *key, const char *value)
{
	cleanup_free char *line = xasprintf("%s = %s", key, value);
	struct place place;
	if (find_setting_line(text, key, false, &place)) {
		replace_part(text, place, line);
	} else if (find_setting_line(text, key, true, &place)) {
		cleanup_free char *below = xasprintf("\n%s", line);
		replace_part(text, (struct place){place.end, place.end}, below);
	} else {
		bool open = text->length > 0 && text->data[text->length - 1] != '\n';
		buf_printf(text, "%s%s\n", open ? "\n" : "", line);
	}
}

/* Lines become comments: what they said can be found again. */
static void unset_lines(struct buf *text, const char *key)
{
	struct place place;
	while (find_setting_line(text, key, false, &place))
		replace_part(text, (struct place){place.at, place.at}, "# ");
}

bool settings_set(const char *key, const char *value, struct error *err)
{
	cleanup_free char *path = settings_path(), *folder = path_parent(path);
	cleanup_buf struct buf text = {0};
	struct stat there;
	size_t which;
	if (!settings_find(key, &which, err) ||
		(value != NULL && !accept_value(which, value, err)) ||
		!read_settings_file(&text, err))
		return false;
	bool exists = stat(path, &there) == 0;
	cleanup_free char *real = exists ? realpath(path, NULL) : NULL; /* it may be a link */
	if (!exists)
		write_template(&text);
	if (value != NULL)
		set_line(&text, key, value);
	else
		unset_lines(&text, key);
	return folder_make(folder, 0700, err) &&
	       file_write(real != NULL ? real : path, buf_text(&text), text.length,
		       exists ? there.st_mode & 0777 : 0600, err);
}
