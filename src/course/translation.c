/* course/translation.c - notes in other languages: de/NAME.md beside NAME.md is the same note for
 * readers of German. What a record knows a lesson by comes from the original, so that learners who
 * change the language keep what they have done. */
#include "private.h"

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

struct note *translation_load(struct course *c, const struct note *original)
{
	cleanup_error struct error err = {0};
	cleanup_free char *folder = path_parent(original->path);
	cleanup_free char *inner = path_join(folder, language_tag());
	cleanup_free char *path = path_join(inner, path_base(original->path));
	struct note *note;
	if (!folder_has_translations(folder, language_tag()) || !file_exists(path))
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
