/* check/told.c - words a statement for people, in the reader's language */
#include "private.h"

#include <ctype.h>
#include <string.h>

/* ---- expressions ---- */

/* Reads one character that an expression stands for: "[Gg]" and "\." are one, too. Returns how long
 * it is in the expression; 0: it stands for more than one text. */
static size_t read_expression_char(const char *at, const char **ret, size_t *ret_length)
{
	if (at[0] == '[' && at[1] != '\0' && at[2] != '\0' && at[3] == ']' &&
		tolower((unsigned char)at[1]) == tolower((unsigned char)at[2])) {
		*ret = isupper((unsigned char)at[1]) ? at + 1 : at + 2;
		*ret_length = 1;
		return 4;
	}
	bool escaped = at[0] == '\\' && ispunct((unsigned char)at[1]);
	*ret = escaped ? at + 1 : at;
	*ret_length = 1;
	return escaped ? 2 : strchr("[]()*+?{}\\", at[0]) == NULL ? 1 : 0;
}

/* Adds the text that an alternative of an expression stands for, in quotes; "…" for what may be
 * anything. Returns false if that cannot be written so. */
static bool add_alternative(struct buf *out, const char *at, const char *end)
{
	buf_add_text(out, "\"");
	at += at < end && *at == '^';
	while (at < end && !(*at == '$' && at + 1 == end)) {
		const char *c;
		size_t length, taken;
		bool anything = text_starts(at, ".*") || text_starts(at, ".+");
		if (anything)
			buf_add_text(out, "…");
		else if ((taken = read_expression_char(at, &c, &length)) > 0)
			buf_add(out, c, length);
		else
			return false;
		at += anything ? 2 : taken;
	}
	buf_add_text(out, "\"");
	return true;
}

/* "/[Nn]ot found|refused/" becomes `"Not found" or "refused"`; an expression that stands for more
 * than a few texts stays one. */
static char *told_expression(const char *expression)
{
	cleanup_buf struct buf out = {0};
	for (const char *at = expression; *at != '\0';) {
		size_t length = strcspn(at, "|");
		buf_add_text(&out, out.length > 0 ? _(" or ") : "");
		if (!add_alternative(&out, at, at + length))
			return xasprintf("/%s/", expression);
		at += length + (at[length] == '|');
	}
	return buf_steal(&out);
}

/* ---- subjects ---- */

/* The names that authors give: {name}, any, no. */
static const struct {
	enum subject subject;
	const char *named, *any, *none;
} subjects[] = {
	{ABOUT_CONTAINER, N_("container {name}"), N_("a container"), N_("no container")},
	{ABOUT_IMAGE, N_("image {name}"), N_("an image"), N_("no image")},
	{ABOUT_NETWORK, N_("network {name}"), N_("a network"), N_("no network")},
	{ABOUT_VOLUME, N_("volume {name}"), N_("a volume"), N_("no volume")},
	{ABOUT_FILE, N_("file {name}"), N_("a file"), N_("no file")},
};

static void add_filled(struct buf *out, const char *sentence, const char *place, const char *text)
{
	const char *at = strstr(sentence, place);
	size_t before = at != NULL ? (size_t)(at - sentence) : strlen(sentence);
	buf_add(out, sentence, before);
	if (at == NULL)
		return;
	buf_add_text(out, text);
	buf_add_text(out, at + strlen(place));
}

/* "web:80/about": the page of a container's port. */
static void add_page(struct buf *out, const char *name)
{
	const char *colon = strrchr(name, ':');
	cleanup_free char *container = xstrndup(name, colon != NULL ? (size_t)(colon - name) : 0);
	const char *place = colon != NULL ? colon + 1 : name;
	if (text_same(container, "it"))
		buf_printf(out, _("your container's page on port %s"), place);
	else
		buf_printf(out, _("the page on port %s of container %s"), place, container);
}

static void add_subject(struct buf *out, const struct statement *s)
{
	if (s->subject == ABOUT_HTTP)
		add_page(out, s->name != NULL ? s->name : "");
	if (s->subject == ABOUT_CONTAINER && text_same(s->name, "it")) {
		buf_add_text(out, _("your container"));
		return;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(subjects); i++)
		if (subjects[i].subject == s->subject)
			add_filled(out,
				s->quantity == ANY  ? _(subjects[i].any)
				: s->quantity == NO ? _(subjects[i].none)
						    : _(subjects[i].named),
				"{name}", s->name != NULL ? s->name : "");
}

/* ---- sentences ---- */

static void add_value(struct buf *out, const struct statement *s, const char *name, size_t length)
{
	cleanup_free char *place = xstrndup(name, length);
	if (text_same(place, "subject")) {
		add_subject(out, s);
	} else if (text_same(place, "number")) {
		buf_printf(out, "%lld", s->number);
	} else if (text_same(place, "words")) {
		cleanup_free char *words = told_expression(s->b);
		buf_add_text(out, words);
	} else {
		const char *value = text_same(place, "a") ? s->a : s->b;
		buf_add_text(out, value != NULL ? value : "");
	}
}

char *told_statement(const struct statement *s)
{
	struct buf out = {0};
	if (s->quantity == EXACTLY) /* rare; numbers bend verbs in ways that differ by language */
		return xstrdup(s->text);
	for (const char *at = _(s->predicate->told); *at != '\0';) {
		size_t length = *at == '{' ? strcspn(at, "}") : 0;
		if (length > 0)
			add_value(&out, s, at + 1, length - 1);
		else
			buf_add_char(&out, *at);
		at += length + 1;
	}
	return buf_steal(&out);
}
