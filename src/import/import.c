/* import/import.c - writes a course into a new folder: its notes, banks of questions, pictures */
#include "private.h"
#include "quiz.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct importer {
	const struct course *course;
	const char *id;     /* of the new course; NULL: it has one, or no place for one */
	char *work;         /* the folder that is being written */
	const char *folder; /* what it will be called */
	struct import_report *report;
};

const char *import_kind_name(enum import_kind kind)
{
	static const char *const names[] = {
		[IMPORT_REPAIRED] = "repaired",
		[IMPORT_GUESSED] = "guessed",
		[IMPORT_LEFT] = "left",
	};
	return names[kind];
}

void import_report_finish(struct import_report *report)
{
	arena_finish(&report->arena);
	*report = (struct import_report){0};
}

/* ---- notes ---- */

/* Returns the name that the note has below the new folder. The name must be one that a folder's
 * notes have: README.md is one if it is alone. The caller frees it. */
static char *name_of_note(const struct course *course, const struct note *note)
{
	size_t root = strlen(course->path);
	if (folder_exists(course->path)) {
		const char *name = note->path + root;
		return xstrdup(name + strspn(name, "/"));
	}
	const char *base = path_base(note->path) + strspn(path_base(note->path), ".");
	if (text_same_fold(base, "README.md") || course_is_note(base))
		return xstrdup(base);
	size_t stem = text_ends(base, ".md") ? strlen(base) - strlen(".md") : strlen(base);
	return xasprintf("%.*s%s", (int)stem, base, stem < strlen(base) ? ".markdown" : ".md");
}

static int compare_remarks(const void *a, const void *b)
{
	const struct import_remark *x = a, *y = b;
	if (x->line != y->line)
		return (x->line > y->line) - (x->line < y->line);
	return x->kind != y->kind ? (x->kind > y->kind) - (x->kind < y->kind)
				  : strcmp(x->message, y->message);
}

static void report_draft(struct importer *m, const struct draft *draft, const char *name)
{
	struct import_report *report = m->report;
	const char *path = arena_printf(&report->arena, "%s/%s", m->folder, name);
	size_t first = report->count;
	for (size_t i = 0; i < draft->edit_count; i++) {
		const struct draft_edit *e = &draft->edits[i];
		size_t line = (size_t)e->remark_line <= draft->count ? (size_t)e->remark_line
								     : draft->count;
		report->checks += e->is_check;
		if (e->remark == NULL)
			continue;
		report->items = arena_grow(
			&report->arena, report->items, report->count, sizeof *report->items);
		report->items[report->count++] = (struct import_remark){.kind = e->kind,
			.path = path,
			.line = draft->places[line] > 0 ? draft->places[line] : 1,
			.message = arena_strdup(&report->arena, e->remark)};
	}
	if (report->count > first + 1)
		qsort(report->items + first, report->count - first, sizeof *report->items,
			compare_remarks);
}

/* The folder out of which nothing is copied; the caller frees it. */
static char *root_of(const struct course *course, const struct note *note)
{
	return folder_exists(course->path) ? xstrdup(course->path) : path_parent(note->path);
}

/* Others wrote the folder: a link in it may name any file of whoever imports it. */
static bool is_within(const char *root, const char *path, struct error *err)
{
	cleanup_free char *top = realpath(root, NULL), *real = realpath(path, NULL);
	size_t length = top != NULL ? strlen(top) : 0;
	return (length > 0 && real != NULL && text_starts(real, top) &&
		       (top[length - 1] == '/' || real[length] == '/')) ||
	       error_set(err, 0,
		       "'%s' is a link that leads out of '%s', so nothing was imported; replace it by the file, or remove it",
		       path, root);
}

static bool write_note(struct importer *m, const struct note *note, struct error *err)
{
	const struct draft_edit no_id = {.kind = IMPORT_LEFT,
		.remark = _(
			"the course has no id, which stands in an index.md: without one, it keeps its learners' marks only while it stays in its place"),
		.remark_line = 1};
	struct draft draft = {0};
	cleanup_free char *name = name_of_note(m->course, note);
	bool first = note == m->course->notes[0];
	struct pictures pictures = {
		.work = m->work, .name = name, .root = root_of(m->course, note)};
	bool good =
		(!folder_exists(m->course->path) || is_within(pictures.root, note->path, err)) &&
		draft_read(&draft, note->path, err);
	if (good) {
		edits_plan(&draft, m->course, note, first ? m->id : NULL);
		if (first && m->course->head->id == NULL && m->id == NULL)
			draft_add(&draft, &no_id);
		good = pictures_copy(&pictures, &draft, note, err);
	}
	if (good) {
		draft_apply(&draft, note);
		report_draft(m, &draft, name);
		good = files_write(m->work, name, &draft.result, err);
	}
	m->report->pictures += pictures.count;
	free(pictures.root);
	draft_finish(&draft);
	return good;
}

/* ---- questions ---- */

/* Reads the lesson's bank, or one beside the note that has no question yet; else writes forms. */
static bool read_bank(struct importer *m, const struct course_lesson *lesson, const char *folder,
	struct buf *ret, struct error *err)
{
	cleanup_free char *draft = xasprintf("%s/quizzes/%s.gift", folder, lesson->anchor);
	const char *bank = lesson->quiz_path != NULL ? lesson->quiz_path : draft;
	if (lesson->quiz_path == NULL && !file_exists(draft)) {
		stub_write(lesson, ret);
		m->report->stubs++;
		return true;
	}
	cleanup_free char *root = root_of(m->course, lesson->note);
	/* others' are beside the note, ropes' own elsewhere */
	return (!text_starts(bank, folder) || is_within(root, bank, err)) &&
	       file_read(bank, IMPORT_FILE_MAX, ret, err);
}

static bool write_bank(struct importer *m, const struct course_lesson *lesson, struct error *err)
{
	const char *source = lesson->note->path;
	cleanup_buf struct buf bytes = {0};
	cleanup_free char *name = name_of_note(m->course, lesson->note);
	size_t above = (size_t)(path_base(source) - source);
	cleanup_free char *folder = above > 0 ? xstrndup(source, above - 1) : xstrdup(".");
	bool xml = lesson->quiz_path != NULL && text_ends(lesson->quiz_path, ".xml");
	cleanup_free char *bank = xasprintf("%.*squizzes/%s.%s", (int)(path_base(name) - name),
		name, lesson->anchor, xml ? "xml" : "gift");
	if (*lesson->anchor == '\0' || strlen(path_base(bank)) > NAME_MAX)
		return true; /* no file can be found by it */
	return read_bank(m, lesson, folder, &bytes, err) && files_write(m->work, bank, &bytes, err);
}

/* ---- the course ---- */

/* The id of a folder of several notes is its index's. */
static bool may_have_id(const struct course *course)
{
	const char *base = path_base(course->notes[0]->path);
	return course->note_count == 1 || text_same_fold(base, "index.md") ||
	       text_same_fold(base, "_index.md") || text_same_fold(base, "README.md");
}

/* Returns the id that a record has the course under already; of an archive, one that is made of its
 * place in the same way. */
static const char *new_id(const struct course *course, const char *archive, struct arena *arena)
{
	cleanup_free char *place = archive != NULL ? realpath(archive, NULL) : NULL;
	if (course->head->id != NULL || !may_have_id(course))
		return NULL;
	char *id = arena_strdup(arena, course->id);
	if (place != NULL)
		id = arena_printf(arena, "%s-%08x", course->old_id,
			(unsigned)hash_bytes(HASH_START, place, strlen(place)));
	for (char *c = id; *c != '\0'; c++)
		if (strchr("\"'`#:{}[]&*!|>%@, ", *c) != NULL)
			*c = '-';
	return id;
}

static bool write_course(struct importer *m, struct error *err)
{
	const struct course *course = m->course;
	for (size_t i = 0; i < course->note_count; i++)
		if (!write_note(m, course->notes[i], err))
			return false;
	for (size_t i = 0; i < course->lesson_count; i++) {
		const struct course_lesson *l = &course->lessons[i];
		if (!write_bank(m, l, err))
			return false;
		for (size_t k = 0; k < l->step_count; k++)
			m->report->examples += l->steps[k].kind == STEP_EXAMPLE;
	}
	m->report->notes = course->note_count;
	m->report->lessons = course->lesson_count;
	return true;
}

/* ---- the new folder ---- */

static bool is_empty(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool empty = dir != NULL;
	while (empty && (entry = readdir(dir)) != NULL)
		empty = text_same(entry->d_name, ".") || text_same(entry->d_name, "..");
	if (dir != NULL)
		closedir(dir);
	return empty;
}

static bool refuse_folder(const char *folder, struct error *err)
{
	return error_set_kind(err, ERROR_USAGE,
		"'%s' is there already, and nothing is overwritten; name a folder that is new or empty",
		folder);
}

static bool is_free(const char *folder, struct error *err)
{
	struct stat about;
	if (lstat(folder, &about) != 0)
		return errno == ENOENT || error_set(err, errno, "'%s'", folder);
	return (S_ISDIR(about.st_mode) && is_empty(folder)) || refuse_folder(folder, err);
}

/* Writes into a folder beside the new one, which then takes its name: rename(2) replaces only an
 * empty folder. */
static bool write_beside(struct importer *m, struct error *err)
{
	cleanup_free char *beside = xasprintf("%s.import-XXXXXX", m->folder);
	if (mkdtemp(beside) == NULL)
		return error_set(err, errno, "cannot create a folder beside '%s'", m->folder);
	m->work = path_join(beside, "course");
	bool good = folder_make(m->work, 0777, err) && write_course(m, err);
	if (good && rename(m->work, m->folder) != 0)
		good = errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR
			       ? refuse_folder(m->folder, err)
			       : error_set(err, errno, "cannot create '%s'", m->folder);
	(void)folder_remove(beside, NULL); /* the course is there, or the first error counts */
	free(m->work);
	return good;
}

static bool import_loaded(const struct course *course, const char *archive, const char *folder,
	struct import_report *ret, struct error *err)
{
	cleanup_free char *name = xstrdup(folder);
	for (size_t length = strlen(name); length > 1 && name[length - 1] == '/';)
		name[--length] = '\0';
	if (course->bank)
		return error_set_kind(err, ERROR_USAGE,
			"'%s' has only questions; import the note that they belong to, and copy them into its folder `quizzes`",
			course->name);
	struct importer m = {.course = course,
		.folder = arena_strdup(&ret->arena, name),
		.id = new_id(course, archive, &ret->arena),
		.report = ret};
	return is_free(name, err) && write_beside(&m, err);
}

static bool import_from(const char *source, const char *archive, const char *folder,
	struct import_report *ret, struct error *err)
{
	struct course *course;
	if (!course_load(source, &course, err))
		return false;
	bool good = import_loaded(course, archive, folder, ret, err);
	course_destroy(course);
	return good;
}

static bool import_archive(
	const char *archive, const char *folder, struct import_report *ret, struct error *err)
{
	const char *temporary = getenv("TMPDIR");
	cleanup_free char *source = NULL;
	cleanup_free char *work =
		path_join(text_is_blank(temporary) ? "/tmp" : temporary, "ropes-import-XXXXXX");
	if (mkdtemp(work) == NULL)
		return error_set(err, errno, "cannot create a folder to unpack '%s'", archive);
	bool good = archive_unpack(archive, work, &source, err) &&
		    (import_from(source, archive, folder, ret, err) ||
			    error_wrap(err, "unpacked from '%s'", archive));
	(void)folder_remove(work, NULL); /* what is left there is only a copy */
	return good;
}

bool import_course(
	const char *source, const char *folder, struct import_report *ret, struct error *err)
{
	if (!is_free(folder, err))
		return false;
	return archive_is_name(source) ? import_archive(source, folder, ret, err)
				       : import_from(source, NULL, folder, ret, err);
}
