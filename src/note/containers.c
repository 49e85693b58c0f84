/* note/containers.c - constructs that span several lines: the prefix of their lines, and the line
 * that ends them */
#include "dialect.h"

#include <stdlib.h>
#include <string.h>

/* ---- writing ---- */

void containers_add_margin(struct dialect *d)
{
	for (size_t i = 0; i < d->count; i++) {
		buf_add_repeat(d->out, ' ', d->open[i].indent);
		if (d->open[i].quote)
			buf_add_text(d->out, "> ");
	}
}

/* Code keeps its tabs; elsewhere blanks have the same effect, also after a quote mark. */
void containers_add_line(struct dialect *d, const struct rest *rest, const char *text)
{
	containers_add_margin(d);
	if (*text != '\0' && d->fence.sign != '\0') {
		buf_add_repeat(d->out, ' ', rest->torn);
		buf_add(d->out, rest->blanks, (size_t)(rest->text - rest->blanks));
	} else if (*text != '\0') {
		buf_add_repeat(d->out, ' ', rest->indent);
	}
	buf_add_text(d->out, text);
}

static char *in_bold(const char *words)
{
	return strchr(words, '*') != NULL ? xstrdup(words) : xasprintf("**%s**", words);
}

void containers_add_callout(
	struct dialect *d, const struct rest *rest, const char *type, const char *title)
{
	bool titled = title != NULL && *title != '\0';
	cleanup_free char *words = titled ? in_bold(title) : NULL;
	cleanup_free char *line =
		titled ? xasprintf("> [!%s] %s", type, words) : xasprintf("> [!%s]", type);
	containers_add_line(d, rest, line);
}

void containers_add_label(struct dialect *d, const struct rest *rest, const char *words)
{
	cleanup_free char *line = words != NULL && *words != '\0' ? in_bold(words) : xstrdup("");
	containers_add_line(d, rest, line);
}

/* ---- which line ends a container ---- */

static bool is_run(const char *text, char sign, size_t min)
{
	size_t signs = line_run(text, sign);
	return signs >= 3 && signs >= min && text_is_blank(text + signs);
}

/* text begins after the blanks and may continue on further lines. */
static bool ends_container(const struct container *c, const char *text)
{
	cleanup_free char *line = NULL;
	if (*text == '\0' || (c->kind != CONTAINER_HIDDEN && strchr(":`~{<", *text) == NULL))
		return false;
	line = xstrndup(text, strcspn(text, "\n"));
	cleanup_free char *trimmed = line_trimmed(line);
	switch (c->kind) {
	case CONTAINER_COLONS:
		return is_run(trimmed, ':', c->signs);
	case CONTAINER_FENCE:
		return is_run(trimmed, '`', c->signs) || is_run(trimmed, '~', c->signs);
	case CONTAINER_TAG:
		return text_same(c->name, "aside") ? text_same(trimmed, "</aside>")
						   : tags_is_end(trimmed, c->name);
	case CONTAINER_COMPONENT:
		return tags_is_component_end(trimmed, c->name);
	case CONTAINER_HIDDEN:
		return text_ends(trimmed, "%%");
	case CONTAINER_INDENTED:
		break;
	}
	return false;
}

bool containers_end(struct dialect *d, const struct rest *rest)
{
	size_t at = d->count;
	while (at > 0 && !ends_container(&d->open[at - 1], rest->text))
		at--;
	if (at == 0)
		return false;
	d->count = at - 1;
	containers_add_margin(d); /* an empty line */
	return true;
}

/* ---- finding the end ---- */

static const char *find_end(const struct container *c, const char *line)
{
	while (*line != '\0') {
		const char *text = line + strspn(line, " \t");
		if (ends_container(c, text))
			return line;
		line = text_next_line(line);
	}
	return NULL;
}

static struct container_end *known_end(struct dialect *d, const struct container *c)
{
	for (size_t i = 0; i < d->end_count; i++) {
		const struct container *of = &d->ends[i].of;
		if (of->kind == c->kind && of->signs == c->signs && text_same(of->name, c->name))
			return &d->ends[i];
	}
	return NULL;
}

bool containers_is_ended(struct dialect *d, const struct container *c)
{
	struct container_end *end = known_end(d, c);
	if (end == NULL) {
		if (d->end_count == ENDS_MAX)
			return false; /* no real note has so many */
		end = &d->ends[d->end_count++];
		*end = (struct container_end){.of = *c, .line = find_end(c, d->behind)};
	} else if (end->line != NULL && end->line < d->behind) {
		end->line = find_end(c, d->behind);
	}
	return end->line != NULL;
}

bool containers_may_open(struct dialect *d, const struct container *c)
{
	size_t margin = c->indent;
	for (size_t i = 0; i < d->count; i++)
		margin += d->open[i].indent;
	return d->count < CONTAINERS_MAX && margin <= MARGIN_MAX &&
	       (c->kind == CONTAINER_INDENTED || c->kind == CONTAINER_COMPONENT ||
		       containers_is_ended(d, c));
}

size_t containers_depth(const struct container *c)
{
	return c->indent + (c->kind == CONTAINER_INDENTED ? 4 : c->strip);
}

void containers_open(struct dialect *d, const struct container *c)
{
	d->open[d->count++] = *c;
}
