/* course/course.c - loads a course: one note or a folder of notes, from a path or the catalogue */
#include "private.h"
#include "quiz.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- quizzes ---- */

/* Finds the existing folders that may have a note's GIFT files: the catalogue's by the course's
 * names, and one beside the note. Look them up once for all lessons. */
static void quiz_folders(struct course *c, const struct note *note, struct words *ret)
{
	cleanup_free char *folder = path_parent(note->path);
	cleanup_free char *stem = course_plain_name(note->path);
	cleanup_free char *id = course_plain_name(c->head->id != NULL ? c->head->id : c->old_id);
	cleanup_free char *name = course_plain_name(c->name);
	cleanup_free char *shipped = data_path("quizzes");
	cleanup_free char *beside = path_join(folder, "quizzes");
	const char *const roots[] = {shipped, beside};
	const char *const names[] = {name, stem, id, c->old_id};
	for (size_t i = 0; i < ARRAY_LENGTH(roots); i++) {
		for (size_t k = 0; k < ARRAY_LENGTH(names); k++) {
			cleanup_free char *path = path_join(roots[i], names[k]);
			if (folder_exists(path))
				words_add(ret, path);
		}
	}
	if (folder_exists(beside))
		words_add(ret, beside);
}

/* In the reader's language, where there is one: de/ANCHOR.gift beside ANCHOR.gift. */
static const char *find_quiz(struct course *c, const struct words *folders, const char *anchor)
{
	static const char *const endings[] = {"gift", "xml"};
	for (size_t i = 0; i < folders->count; i++)
		for (size_t k = 0; k < ARRAY_LENGTH(endings); k++) {
			cleanup_free char *path =
				xasprintf("%s/%s.%s", folders->items[i], anchor, endings[k]);
			if (!file_exists(path) || quiz_is_draft(path))
				continue;
			cleanup_free char *translated = translation_path(path);
			return arena_strdup(&c->arena, translated != NULL ? translated : path);
		}
	return NULL;
}

/* ---- lessons ---- */

static struct course_lesson *add_lesson(struct course *c)
{
	struct course_lesson *lessons = (struct course_lesson *)c->lessons; /* still writable */
	lessons = array_grow(lessons, c->lesson_count, sizeof *lessons);
	c->lessons = lessons;
	return &lessons[c->lesson_count++];
}

/* Numbers of a later note continue where those of the previous one ended. */
static const char *shifted_number(struct course *c, const char *number, size_t shift)
{
	if (shift == 0)
		return number;
	char *rest;
	unsigned long first = strtoul(number, &rest, 10);
	return arena_printf(&c->arena, "%lu%s", first + shift, rest);
}

size_t course_find_anchor(const struct course *c, const char *anchor)
{
	size_t i = 0;
	while (i < c->lesson_count && !text_same(c->lessons[i].anchor, anchor))
		i++;
	return i;
}

/* A lesson's anchor identifies it. If an earlier note already has the anchor, this note's name
 * distinguishes it. */
static const char *own_anchor(
	struct course *c, struct unique_names *anchors, const struct note *note, const char *anchor)
{
	if (!unique_has(anchors, anchor))
		return unique_add(anchors, &c->arena, anchor, 2);
	cleanup_free char *name = course_plain_name(note->path);
	cleanup_free char *longer = xasprintf("%s-%s", name, anchor);
	return unique_add(anchors, &c->arena, longer, 2);
}

static void inherit_settings(struct course_lesson *lesson, const struct course_lesson *above)
{
	lesson->evaluation = above->evaluation;
	lesson->needs = above->needs;
}

static void add_note_lessons(struct course *c, size_t which, struct unique_names *anchors)
{
	const struct note *original = c->notes[which], *translation = c->translations[which];
	size_t base = c->lesson_count, shift = 0;
	size_t translated = translation != NULL ? translation->section_count : 0;
	cleanup_words struct words folders = {0};
	cleanup_free char *folder = path_parent(original->path);
	const char *place = arena_strdup(&c->arena, folder);
	quiz_folders(c, original, &folders);
	for (size_t i = 0; i < base; i++)
		shift += c->lessons[i].parent == NOTE_NO_PARENT;
	for (size_t i = 0; i < original->section_count; i++) {
		const struct note *note = i < translated ? translation : original;
		const struct note_section *s = &note->sections[i];
		const char *anchor = own_anchor(c, anchors, note, s->anchor);
		struct course_lesson *l = add_lesson(c);
		*l = (struct course_lesson){
			.number = shifted_number(c, s->number, shift),
			.anchor = anchor,
			.title = s->title,
			.level = s->level,
			.parent = s->parent == NOTE_NO_PARENT ? NOTE_NO_PARENT : s->parent + base,
			.source = s->source,
			.line = s->line,
			.note = note,
			.folder = place,
			.section = s,
			.quiz_path = c->bank ? c->path : find_quiz(c, &folders, anchor),
			.evaluation = {.pass = 0.8},
		};
		if (l->parent != NOTE_NO_PARENT)
			inherit_settings(l, &c->lessons[l->parent]);
		steps_read(c, l);
	}
}

static void add_note(struct course *c, struct note *note)
{
	size_t at = c->note_count;
	c->notes = arena_grow(&c->arena, c->notes, at, sizeof *c->notes);
	c->translations = arena_grow(&c->arena, c->translations, at, sizeof *c->translations);
	c->notes[at] = note;
	c->translations[at] = translation_load(c, note);
	c->note_count++;
}

static void take_problems(struct course *c, const struct note *note)
{
	for (size_t i = 0; i < note->problem_count; i++)
		course_problem(c, note, note->problems[i].line, note->problems[i].serious, "%s",
			note->problems[i].message);
}

/* Call once all notes are loaded: lessons point into them. */
static void finish_course(struct course *c)
{
	const struct note *first = c->translations[0];
	c->head = &c->notes[0]->head;
	c->title = first != NULL && first->head.title != NULL ? first->head.title
		   : c->head->title != NULL                   ? c->head->title
							      : c->name;
	identity_name_course(c);
	struct unique_names anchors = {0};
	for (size_t i = 0; i < c->note_count; i++) {
		take_problems(c, c->notes[i]);
		if (c->translations[i] != NULL)
			take_problems(c, c->translations[i]);
		add_note_lessons(c, i, &anchors);
		wiki_check(c, c->notes[i]);
	}
	unique_finish(&anchors);
	c->lessons = arena_steal_array(
		&c->arena, (void *)c->lessons, c->lesson_count, sizeof *c->lessons);
}

/* ---- folders ---- */

static bool is_course(const char *folder, const char *name)
{
	cleanup_free char *path = path_join(folder, name);
	return folder_exists(path) || folder_is_note(folder, name);
}

/* Report a note that cannot be read and make a course of the rest. An empty note is a draft. */
static void skip_note(struct course *c, const char *path, const struct error *err)
{
	const char *text = error_text(err);
	cleanup_free char *what = xasprintf(_("note '%s'"), path), *named = xasprintf("%s: ", what);
	bool empty = strstr(text, _("it is empty: there is nothing to learn in it")) != NULL;
	const char *const fronts[] = {named, "note: "};
	for (size_t i = 0; i < ARRAY_LENGTH(fronts); i++)
		if (text_starts(text, fronts[i]))
			text += strlen(fronts[i]);
	course_file_problem(c, path, !empty, text);
}

static bool load_folder(struct course *c, struct error *err)
{
	cleanup_words struct words paths = {0};
	if (!folder_notes(c->path, &paths, err))
		return false;
	for (size_t i = 0; i < paths.count; i++) {
		cleanup_error struct error bad = {0};
		struct note *note;
		if (note_load(paths.items[i], &note, &bad))
			add_note(c, note);
		else
			skip_note(c, paths.items[i], &bad);
	}
	return c->note_count > 0 ||
	       error_set(err, 0, "no note in the folder '%s' can be read; %s: %s", c->path,
		       c->problems[0].path, c->problems[0].message);
}

/* A file's name loses its ending. */
static bool load_bank(struct course *c, struct error *err)
{
	struct note *note;
	cleanup_free char *real = realpath(c->path, NULL); /* "." has a real name, too */
	const char *base = path_base(real != NULL ? real : c->path);
	const char *dot = folder_exists(c->path) ? NULL : strrchr(base, '.');
	cleanup_free char *name =
		dot != NULL ? xstrndup(base, (size_t)(dot - base)) : xstrdup(base);
	cleanup_free char *text = xasprintf("# %s\n", name);
	if (!note_parse(c->path, text, strlen(text), &note, err))
		return false;
	add_note(c, note);
	return true;
}

static bool load_note(struct course *c, struct error *err)
{
	struct note *note;
	if (!note_load(c->path, &note, err))
		return false;
	add_note(c, note);
	return true;
}

/* ---- names ---- */

bool course_catalogue(struct words *ret, struct error *err)
{
	cleanup_free char *path = data_path("lessons");
	cleanup_words struct words names = {0};
	if (!folder_list(path, is_course, &names, err))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		size_t length = strlen(names.items[i]);
		words_addf(ret, "%.*s",
			(int)(text_ends(names.items[i], ".md") ? length - 3 : length),
			names.items[i]);
	}
	return true;
}

bool course_shelf(const char *path, struct words *ret)
{
	cleanup_words struct words notes = {0}, names = {0};
	if (!folder_exists(path) || !folder_list(path, folder_is_note, &notes, NULL) ||
		notes.count > 0 || !folder_list(path, is_course, &names, NULL))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		cleanup_free char *course = path_join(path, names.items[i]);
		if (!folder_list(course, folder_is_note, &notes, NULL) || notes.count == 0)
			continue;
		words_add(ret, course);
		words_finish(&notes);
	}
	return ret->count > 0;
}

static char *shipped_path(const char *name)
{
	cleanup_free char *lessons = data_path("lessons");
	char *folder = path_join(lessons, name);
	if (strchr(name, '/') == NULL && name[0] != '.' && folder_exists(folder))
		return folder;
	free(folder);
	char *file = xasprintf("%s/%s.md", lessons, name);
	if (strchr(name, '/') == NULL && file_exists(file))
		return file;
	free(file);
	return NULL;
}

/* A name of the catalogue, or a file that is there, is never one that came from a team. */
static char *received_path(const char *name)
{
	cleanup_free char *courses = courses_folder();
	char *folder = path_join(courses, name);
	if (strchr(name, '/') == NULL && name[0] != '.' && folder_exists(folder))
		return folder;
	free(folder);
	return NULL;
}

bool course_received(struct words *ret, struct error *err)
{
	cleanup_free char *courses = courses_folder();
	return !folder_exists(courses) || folder_list(courses, is_course, ret, err);
}

/* A course in the catalogue is ropes' own, whatever path names it. */
static bool is_in_catalogue(const char *path)
{
	cleanup_free char *lessons = data_path("lessons");
	cleanup_free char *root = realpath(lessons, NULL), *real = realpath(path, NULL);
	size_t length = root != NULL ? strlen(root) : 0;
	return root != NULL && real != NULL && strncmp(real, root, length) == 0 &&
	       real[length] == '/';
}

static bool no_such_course(const char *name, struct error *err)
{
	cleanup_words struct words names = {0};
	cleanup_buf struct buf near = {0};
	if (strchr(name, '/') != NULL || text_ends(name, ".md") || !course_catalogue(&names, NULL))
		return error_set_kind(
			err, ERROR_ENVIRONMENT, "there is no file or folder '%s'", name);
	for (size_t i = 0; i < names.count; i++)
		buf_printf(&near, "%s%s", i > 0 ? ", " : "", names.items[i]);
	return error_set_kind(err, ERROR_ENVIRONMENT,
		"there is no course and no file '%s'; available courses: %s", name,
		buf_text(&near));
}

bool course_load(const char *name, struct course **ret, struct error *err)
{
	cleanup_free char *shipped = shipped_path(name), *received = NULL;
	bool there = folder_exists(name) || access(name, F_OK) == 0;
	if (shipped == NULL && !there)
		received = received_path(name);
	if (shipped == NULL && !there && received == NULL)
		return no_such_course(name, err);
	struct course *c = xcalloc(1, sizeof *c);
	c->shipped = shipped != NULL || is_in_catalogue(name);
	c->path = arena_strdup(&c->arena, shipped != NULL    ? shipped
					  : received != NULL ? received
							     : name);
	c->name = arena_strdup(&c->arena, name);
	c->bank = quiz_is_bank(c->path);
	bool good = c->bank                  ? load_bank(c, err)
		    : folder_exists(c->path) ? load_folder(c, err)
					     : load_note(c, err);
	if (!good) {
		course_destroy(c);
		return false;
	}
	finish_course(c);
	*ret = c;
	return true;
}

void course_destroy(struct course *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->note_count; i++)
		note_destroy(c->notes[i]);
	for (size_t i = 0; i < c->note_count; i++)
		note_destroy(c->translations[i]);
	arena_finish(&c->arena);
	free(c);
}

void course_split_reference(const char *reference, char **ret_course, char **ret_lesson)
{
	const char *hash = strrchr(reference, '#');
	if (hash == NULL || access(reference, F_OK) == 0) {
		*ret_course = xstrdup(reference);
		*ret_lesson = NULL;
		return;
	}
	*ret_course = xstrndup(reference, (size_t)(hash - reference));
	*ret_lesson = hash[1] != '\0' ? xstrdup(hash + 1) : NULL;
}

/* ---- finding ---- */

static bool one_top(const struct course *c)
{
	size_t tops = 0;
	for (size_t i = 0; i < c->lesson_count; i++)
		tops += c->lessons[i].parent == NOTE_NO_PARENT;
	return tops == 1;
}

static bool find_exact(const struct course *c, const char *lesson, size_t *ret)
{
	bool short_numbers = one_top(c);
	for (size_t i = 0; i < c->lesson_count; i++)
		if (text_same(c->lessons[i].number, lesson) ||
			text_same(c->lessons[i].anchor, lesson)) {
			*ret = i;
			return true;
		}
	for (size_t i = 0; short_numbers && i < c->lesson_count; i++) {
		const char *below = strchr(c->lessons[i].number, '.');
		if (below != NULL && text_same(below + 1, lesson)) {
			*ret = i;
			return true;
		}
	}
	return false;
}

static bool begins_fold(const char *text, const char *beginning)
{
	cleanup_free char *whole = utf8_fold(text), *part = utf8_fold(beginning);
	return whole != NULL && part != NULL && text_starts(whole, part);
}

bool course_find_lesson(const struct course *c, const char *lesson, size_t *ret, struct error *err)
{
	cleanup_buf struct buf candidates = {0};
	size_t found = 0, count = 0;
	lesson += lesson[0] == '#';
	if (find_exact(c, lesson, ret))
		return true;
	for (size_t i = 0; lesson[0] != '\0' && i < c->lesson_count; i++) {
		const struct course_lesson *l = &c->lessons[i];
		if (!begins_fold(l->anchor, lesson) && !begins_fold(l->title, lesson))
			continue;
		buf_printf(&candidates, "%s%s %s", count > 0 ? ", " : "", l->number, l->title);
		found = i;
		count++;
	}
	if (count == 1) {
		*ret = found;
		return true;
	}
	if (count == 0)
		return error_set_kind(err, ERROR_USAGE,
			"there is no lesson '%s'; `ropes list %s` lists them", lesson, c->name);
	return error_set_kind(err, ERROR_USAGE, "'%s' is ambiguous; it could be: %s", lesson,
		buf_text(&candidates));
}

size_t course_find_step(const struct course_lesson *lesson, const char *id)
{
	for (size_t i = 0; i < lesson->step_count; i++)
		if (text_same(lesson->steps[i].id, id))
			return i;
	size_t i = 0;
	for (; i < lesson->step_count; i++) {
		cleanup_free char *old = course_step_old_id(&lesson->steps[i]);
		if (old != NULL && text_same(old, id))
			break;
	}
	return i;
}

bool course_first_example(const struct course *c, size_t *ret_lesson, size_t *ret_step)
{
	for (size_t i = 0; i < c->lesson_count; i++)
		for (size_t k = 0; k < c->lessons[i].step_count; k++) {
			const struct course_step *step = &c->lessons[i].steps[k];
			if (step->kind != STEP_EXAMPLE || step->skip != NULL)
				continue;
			*ret_lesson = i;
			*ret_step = k;
			return true;
		}
	return false;
}
