/* lrs/private.h - what the files of the store share */
#ifndef LRS_PRIVATE_H
#define LRS_PRIVATE_H

#include "lrs.h"

#include <pthread.h>
#include <sqlite3.h>

#define READERS 8

/* A change that waits for the writer; it lives on the stack of the thread that waits. */
struct job {
	enum lrs_outcome (*run)(struct lrs *lrs, void *data, struct error *err);
	void *data;
	enum lrs_outcome outcome;
	struct error *err;
	bool done;
	pthread_cond_t changed;
	struct job *next;
};

#define CACHED_MOST 48

/* A connection to the file, used by one thread at a time, with the statements that it prepared:
 * each is known by the address of its text, which is a literal. */
struct connection {
	sqlite3 *handle;
	struct {
		const char *text;
		sqlite3_stmt *statement;
	} cached[CACHED_MOST];
	size_t cached_count;
};

struct lrs {
	char *path;
	struct connection writer_db;
	pthread_t writer;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct job *first, *last;
	bool ending;
	int64_t last_stored_ms; /* the writer's: stored times never go back */

	pthread_mutex_t reader_lock;
	pthread_cond_t reader_free;
	struct connection readers[READERS];
	bool reader_busy[READERS];
};

/* Runs a change in the writer's transaction and waits until it is on the disk. */
enum lrs_outcome writer_do(struct lrs *lrs,
	enum lrs_outcome (*run)(struct lrs *lrs, void *data, struct error *err), void *data,
	struct error *err);
bool writer_start(struct lrs *lrs, struct error *err);
void writer_stop(struct lrs *lrs);

struct connection *reader_take(struct lrs *lrs);
void reader_give(struct lrs *lrs, struct connection *db);

/* A statement, prepared once and bound by `types`: 't' text (NULL: null), 'i' int64_t, 'd' double,
 * 'b' bytes and size_t. The text is a literal; bound values live until sql_done(). NULL: err says
 * why. */
sqlite3_stmt *sql(
	struct connection *db, struct error *err, const char *text, const char *types, ...);
void sql_done(sqlite3_stmt *statement);
/* Runs it to its end. */
bool sql_run(struct connection *db, sqlite3_stmt *statement, struct error *err);
bool sql_failed(struct connection *db, struct error *err);
/* What a new statement says of somebody's achievements. */
bool achievements_take(struct connection *db, const cJSON *statement, struct error *err);

const char *column_text(sqlite3_stmt *statement, int column); /* "" for null */

#endif
