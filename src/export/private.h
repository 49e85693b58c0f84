/* export/private.h - what the files of the export share */
#ifndef EXPORT_PRIVATE_H
#define EXPORT_PRIVATE_H

#include "export.h"
#include "quiz.h"

/* ---- account.c: what the record and the courses say together ---- */

struct item_note {
	const char *text;
	int64_t time_ms;
};

/* A step or question that the learner met; the lesson as a whole ("lesson"), if there is a note at
 * its end. */
struct item {
	const char *lesson, *id;
	const char *kind; /* "example", "task", "question" … */
	const char *text; /* what it says, code in `…`; "" if that is unknown */
	size_t place;     /* sorts the items of a course */
	const char *step; /* the id under which its state is recorded; NULL: it has none */
	enum record_step_state state;
	unsigned tries, failures; /* lines that ran, answers that were given */
	const char **lines;       /* those that passed, each once */
	size_t line_count;
	struct item_note *notes;
	size_t note_count;
	bool right; /* the latest try was */
	int64_t last_ms;

	/* of the latest wrong answer */
	const char *response; /* as typed; NULL: there is none */
	uint64_t seed;
	const struct quiz_question *question; /* NULL: not a question, or its bank is not here */
	const char *given, *solution;         /* in words; "" */
	const char *explanation;              /* lines; "" */
};

struct account_course {
	const struct record_course *recorded;
	const struct course *course; /* NULL: not here */
	struct quiz **quizzes;       /* of its lessons; NULL: a lesson has none */
	struct item *items;
	size_t item_count;
};

struct account {
	struct account_course *courses;
	size_t course_count;
	struct arena arena;
};
bool account_read(const struct export_source *source, struct account *ret, struct error *err);
void account_finish(struct account *account);
bool account_is_question(const struct item *item);
/* Returns whether it is a question with a wrong answer. */
bool account_is_missed(const struct item *item);
/* Returns whether it asks for something. */
bool account_asks(const struct item *item);
/* "done", "skipped" …; "" if the item has no state. */
const char *account_state_name(const struct item *item);

/* ---- wording.c ---- */

/* Fills in given, solution and explanation of an item with a question. */
void wording_describe(struct item *item, struct arena *arena);
/* Returns whether one chooses among options, which have letters. */
bool wording_has_options(const struct item *item);
/* Calls `show` with each of them, as quiz_list_options() does. */
void wording_list_options(const struct item *item,
	void (*show)(void *data, const char *mark, const char *text), void *data);

/* ---- the formats ---- */

void markdown_write(const struct account *account, const char *learner, struct buf *out);
void data_write_csv(const struct account *account, struct buf *out);
void data_write_json(
	const struct account *account, const struct record_progress *progress, struct buf *out);
void cards_write_gift(const struct account *account, struct buf *out);
void cards_write_anki(const struct account *account, struct buf *out);

#endif
