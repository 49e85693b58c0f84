/* course/wiki.c - links between notes: [[a note]] leads to a note beside this one, to any note in
 * the same course, folder or vault, or to a course of the catalogue */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* "sub/Volumes" and "volumes" both name the note sub/Volumes.md; `plain` is the name normalized by
 * course_plain_name(). */
static bool is_named(const char *path, const char *plain)
{
	cleanup_free char *own = course_plain_name(path);
	return text_same(own, plain);
}

static bool is_in_course(const struct course *c, const char *plain)
{
	for (size_t i = 0; i < c->note_count; i++)
		if (is_named(c->notes[i]->path, plain))
			return true;
	return false;
}

/* Returns the nearest folder above the note that has a program's settings folder; NULL. */
static char *vault_of(const char *path)
{
	cleanup_free char *real = realpath(path, NULL);
	char *folder = real != NULL ? path_parent(real) : NULL;
	while (folder != NULL) {
		cleanup_free char *mark = path_join(folder, ".obsidian");
		if (folder_exists(mark))
			return folder;
		char *above = strrchr(folder, '/') != folder ? path_parent(folder) : NULL;
		free(folder);
		folder = above;
	}
	return NULL;
}

/* Lists the notes of the vault around this note; none if it is not in a vault. */
static void list_vault(const char *path, struct words *ret)
{
	cleanup_free char *vault = vault_of(path);
	if (vault != NULL)
		(void)folder_notes(vault, ret, NULL); /* the vault exists: it contains this note */
}

static bool is_in_vault(const struct words *vault, const char *plain)
{
	for (size_t i = 0; i < vault->count; i++)
		if (is_named(vault->items[i], plain))
			return true;
	return false;
}

static bool is_beside(const char *path, const char *name)
{
	cleanup_free char *folder = path_parent(path);
	cleanup_free char *note = xasprintf("%s/%s.md", folder, name);
	cleanup_free char *file = xasprintf("%s/%s", folder, name);
	return file_exists(note) || file_exists(file);
}

static bool is_course_name(const char *plain)
{
	cleanup_free char *lessons = data_path("lessons");
	cleanup_free char *shipped = path_join(lessons, plain);
	return folder_exists(shipped);
}

struct checker {
	struct course *course;
	const struct note *note;
	struct words vault; /* loaded when the first link needs it */
	bool listed;
};

static bool leads_somewhere(struct checker *k, const char *name)
{
	cleanup_free char *plain = course_plain_name(name);
	if (*name == '\0' || is_beside(k->note->path, name) || is_in_course(k->course, plain) ||
		is_course_name(plain))
		return true; /* a link without a name points to a heading of this note */
	if (!k->listed)
		list_vault(k->note->path, &k->vault);
	k->listed = true;
	return is_in_vault(&k->vault, plain);
}

void wiki_check(struct course *c, const struct note *note)
{
	struct checker k = {.course = c, .note = note};
	for (size_t i = 0; i < note->section_count; i++) {
		const struct note_section *s = &note->sections[i];
		for (size_t n = 0; n < s->link_count; n++) {
			const char *name = s->links[n].url;
			if (s->links[n].kind == NOTE_LINK_WIKI && !leads_somewhere(&k, name))
				course_problem(c, note, s->links[n].line, true,
					"there is no note '%s', so [[%s]] leads nowhere", name,
					name);
		}
	}
	words_finish(&k.vault);
}
