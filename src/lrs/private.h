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

struct lrs {
	char *path;
	sqlite3 *db; /* the writer's */
	pthread_t writer;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct job *first, *last;
	bool ending;
	int64_t last_stored_ms; /* the writer's: stored times never go back */

	pthread_mutex_t reader_lock;
	pthread_cond_t reader_free;
	sqlite3 *readers[READERS];
	bool reader_busy[READERS];
};

/* Runs a change in the writer's transaction and waits until it is on the disk. */
enum lrs_outcome writer_do(struct lrs *lrs,
	enum lrs_outcome (*run)(struct lrs *lrs, void *data, struct error *err), void *data,
	struct error *err);
bool writer_start(struct lrs *lrs, struct error *err);
void writer_stop(struct lrs *lrs);

sqlite3 *reader_take(struct lrs *lrs);
void reader_give(struct lrs *lrs, sqlite3 *db);

/* A statement, prepared and bound by `types`: 't' text (NULL: null), 'i' int64_t, 'b' bytes and
 * size_t. NULL: err says why. Finalize it. */
sqlite3_stmt *sql(sqlite3 *db, struct error *err, const char *text, const char *types, ...);
/* Runs it to its end and finalizes it. */
bool sql_run(sqlite3 *db, sqlite3_stmt *statement, struct error *err);
bool sql_failed(sqlite3 *db, struct error *err);
const char *column_text(sqlite3_stmt *statement, int column); /* "" for null */

#endif
