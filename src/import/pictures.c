/* import/pictures.c - copies the pictures that a note shows */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 60 /* columns of a quoted address */

/* "img/a%20b.png?raw=1" → "img/a b.png"; NULL: it is not beside the note. */
static char *read_address(const char *url)
{
	size_t length = strcspn(url, "?#");
	struct buf out = {0};
	if (length == 0 || *url == '/' || memchr(url, ':', length) != NULL)
		return NULL;
	url_decode(&out, url, length);
	return buf_steal(&out);
}

/* "b/02.md" and "../img/x.png" → "img/x.png"; NULL: it leads out of the folder. */
static char *place_beside(const char *note, const char *file)
{
	cleanup_words struct words parts = {0};
	struct buf out = {0};
	cleanup_free char *above = path_parent(note);
	cleanup_free char *whole = path_join(above, file);
	for (const char *at = whole; *at != '\0';) {
		size_t length = strcspn(at, "/");
		cleanup_free char *part = xstrndup(at, length);
		at += length + strspn(at + length, "/");
		if (text_same(part, "..") && parts.count == 0)
			return NULL;
		if (text_same(part, ".."))
			free(parts.items[--parts.count]);
		else if (!text_same(part, ".") && length > 0)
			words_add(&parts, part);
	}
	for (size_t i = 0; i < parts.count; i++)
		buf_printf(&out, "%s%s", i > 0 ? "/" : "", parts.items[i]);
	return buf_steal(&out);
}

/* What import writes itself has these names. */
static bool is_text(const char *place)
{
	return course_is_note(path_base(place)) || text_ends(place, ".gift") ||
	       text_ends(place, ".xml") || text_ends(place, ".txt");
}

static void add_remark(
	struct draft *draft, const struct note_link *link, const char *url, const char *why)
{
	const struct draft_edit remark = {.line = link->line,
		.kind = IMPORT_LEFT,
		.remark = arena_printf(&draft->arena, _("the picture '%.*s' was not copied: %s"),
			(int)utf8_fit(url, strlen(url), SHOWN_MAX), url, why),
		.remark_line = link->line};
	draft_add(draft, &remark);
}

static bool copy_picture(
	struct pictures *p, struct draft *draft, const struct note_link *link, struct error *err)
{
	cleanup_free char *file = read_address(link->url);
	cleanup_free char *place = file != NULL ? place_beside(p->name, file) : NULL;
	cleanup_free char *copy = place != NULL ? path_join(p->work, place) : NULL;
	cleanup_error struct error why = {0};
	cleanup_buf struct buf bytes = {0};
	if (file == NULL || (copy != NULL && file_exists(copy)))
		return true;
	if (place == NULL)
		add_remark(draft, link, link->url, _("it is outside the folder of the notes"));
	else if (is_text(place))
		add_remark(draft, link, link->url, _("it is not a picture"));
	else if (!beneath_read(p->root, place, IMPORT_FILE_MAX, &bytes, &why))
		add_remark(draft, link, link->url, error_text(&why));
	else if (!files_write(p->work, place, &bytes, err))
		return false;
	else
		p->count++;
	return true;
}

bool pictures_copy(
	struct pictures *p, struct draft *draft, const struct note *note, struct error *err)
{
	for (size_t i = 0; i < note->section_count; i++)
		for (size_t k = 0; k < note->sections[i].link_count; k++) {
			const struct note_link *link = &note->sections[i].links[k];
			if (link->kind == NOTE_LINK_PICTURE && !copy_picture(p, draft, link, err))
				return false;
		}
	return true;
}
