/* import/private.h - what the files of import share */
#ifndef IMPORT_PRIVATE_H
#define IMPORT_PRIVATE_H

#include "course.h"
#include "import.h"

/* ---- draft.c: the new text of a note, as its lines and edits of them ---- */

/* Replaces `removed` lines after `line` by `text` (NULL: none), and says so in a remark. Edits of
 * the same subject are dropped together; those of subject 0 only if nothing else helps. */
struct draft_edit {
	int line; /* of the note, from 1; 0: its beginning */
	int removed;
	const char *text;   /* lines, each ended by '\n' */
	int subject;        /* the line of what is changed */
	const char *remark; /* NULL: nothing is said */
	enum import_kind kind;
	int remark_line; /* of the note */
	bool is_check;
	size_t order; /* set by draft_add() */
};

struct draft {
	struct buf original; /* the bytes of the file */
	struct buf text;     /* what note_read() makes of them */
	const char **lines;  /* of the text; each ends with '\n' or the text */
	size_t count;
	struct draft_edit *edits;
	size_t edit_count;
	struct arena arena;
	struct buf result;
	int *places; /* places[i]: the line of the result that line i of the note became */
};
bool draft_read(struct draft *draft, const char *path, struct error *err);
void draft_finish(struct draft *draft);
/* Returns line `number`, from 1, without its end; "" if there is none. It lives in the arena. */
const char *draft_line(struct draft *draft, int number);
void draft_add(struct draft *draft, const struct draft_edit *edit);
/* Makes the result. Drops edits until it has the same lessons, words, commands and files as the
 * note; if that never is so, the result is the original. */
void draft_apply(struct draft *draft, const struct note *note);

/* ---- edits.c: which edits a note needs ---- */

/* id: written into the head; NULL: none. */
void edits_plan(
	struct draft *draft, const struct course *course, const struct note *note, const char *id);

/* ---- pictures.c: the pictures that a note shows ---- */

struct pictures {
	const char *work; /* the new folder */
	const char *name; /* of the note below it, and below the source */
	char *root;       /* the source's folder, out of which nothing is copied */
	size_t count;     /* of those that were copied */
};
/* Copies each picture beside the note to the same place beside the new one, once. Those that are
 * missing, elsewhere or too large become remarks. Errors: the new folder can't be written. */
bool pictures_copy(
	struct pictures *pictures, struct draft *draft, const struct note *note, struct error *err);

/* ---- files.c ---- */

#define IMPORT_FILE_MAX ((size_t)64 * 1024 * 1024) /* of a bank or a picture */

/* Writes a new file, and the folders above it that are missing. */
bool files_write(const char *work, const char *name, const struct buf *bytes, struct error *err);

/* ---- stub.c: a bank of questions that has only comments ---- */
void stub_write(const struct course_lesson *lesson, struct buf *out);

/* ---- archive.c ---- */

/* Returns whether it is a file with the name of an archive that can be unpacked. */
bool archive_is_name(const char *path);
/* Unpacks it below `into`; *ret_folder is the folder with the notes, which the caller frees. */
bool archive_unpack(const char *path, const char *into, char **ret_folder, struct error *err);

#endif
