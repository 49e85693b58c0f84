/* course/translation.c - notes in other languages: de/NAME.md beside NAME.md is the same note for
 * readers of German. What a record knows a lesson by comes from the original, so that learners who
 * change the language keep what they have done. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* A translation may end early: what it lacks is shown as the original has it. */
static bool has_same_sections(const struct note *note, const struct note *original)
{
	bool same = note->section_count <= original->section_count;
	for (size_t i = 0; same && i < note->section_count; i++)
		same = note->sections[i].level == original->sections[i].level;
	return same;
}

/* The translation is known by the original's names. */
static void take_names(struct note *note, const struct note *original)
{
	struct note_section *sections = (struct note_section *)note->sections; /* still writable */
	for (size_t i = 0; i < note->section_count; i++)
		sections[i].anchor = arena_strdup(&note->arena, original->sections[i].anchor);
	note->head.id =
		original->head.id != NULL ? arena_strdup(&note->arena, original->head.id) : NULL;
}

char *translation_path(const char *path)
{
	cleanup_free char *folder = path_parent(path), *tag = xstrdup(language_wanted());
	for (int i = 0; i < 2; i++) { /* "pt-BR" before "pt" */
		cleanup_free char *inner = path_join(folder, tag);
		char *file = path_join(inner, path_base(path));
		if (file_exists(file))
			return file;
		free(file);
		tag[strcspn(tag, "-")] = '\0';
	}
	return NULL;
}

/* Returns whether the file's folder has nothing but translations. */
static bool is_translation(const char *path, const char *original)
{
	cleanup_free char *inner = path_parent(path), *folder = path_parent(original);
	return folder_has_translations(folder, path_base(inner));
}

struct note *translation_load(struct course *c, const struct note *original)
{
	cleanup_error struct error err = {0};
	cleanup_free char *path = translation_path(original->path);
	struct note *note;
	if (path == NULL || !is_translation(path, original->path))
		return NULL;
	if (!note_load(path, &note, &err)) {
		course_file_problem(c, path, true, error_text(&err));
		return NULL;
	}
	if (has_same_sections(note, original)) {
		take_names(note, original);
		return note;
	}
	cleanup_free char *message = xasprintf(
		_("its headings are not those of '%s', which is shown instead"), original->path);
	course_file_problem(c, path, true, message);
	note_destroy(note);
	return NULL;
}
