/* pages/sift.h - a table that its reader searches, sorts and turns the pages of; all of that is in
 * the address, so that it can be shared, and works without script */
#ifndef PAGES_SIFT_H
#define PAGES_SIFT_H

#include "tables.h"

#define SIFT_NAME_SIZE 32
#define SIFT_NUMBER_SIZE 24
#define SIFT_ROWS 200 /* on a page */

/* Rows that are there already, and are drawn only if they are shown. */
struct sift_source {
	void *data;
	size_t count;
	/* The value of a column: text to search and to sort by, valid until the next call. */
	const char *(*value)(void *data, size_t row, size_t column, char number[SIFT_NUMBER_SIZE]);
	void (*draw)(void *data, size_t row, struct buf *out); /* the cells as HTML */
};

/* Fill in the first part; the rest begins as zero. */
struct sift {
	const char *path;   /* of the page */
	const char *anchor; /* "#people": where the table is on it; NULL: at the top */
	/* As in tables_begin(), NULL-terminated; '~' in front: numbers that stand on the left, '!':
	 * nothing to search and sort by. */
	const char *const *columns;
	const char *name;  /* of the table, on a page that has several; NULL: it has no other */
	const char *class; /* of the <table>; may be NULL */

	const struct request *r; /* the page's other parameters are kept */
	char q[SIFT_NAME_SIZE], sort[SIFT_NAME_SIZE], page[SIFT_NAME_SIZE]; /* its parameters */
	const char *words;
	unsigned number; /* of the page, from 1 */
	size_t column;   /* to sort by; SIZE_MAX: as added */
	bool down;
	struct sift_row *rows;
	size_t count;
};
/* Reads the parameters `q`, `sort`, a column's name, with '-' before it to sort downwards, and
 * `page`; of a table with a name, `NAME-q`, `NAME-sort` and `NAME-page`. */
void sift_begin(struct sift *sift, const struct request *r);
/* Adds a row: its cells as HTML, and their values, one for each column: text to search and to sort
 * by.
 */
void sift_add(struct sift *sift, const char *html, const char *const *values);
/* A number as a value. */
const char *sift_number(int64_t number, char out[SIFT_NUMBER_SIZE]);
const char *sift_score(double score, char out[SIFT_NUMBER_SIZE]); /* below 0: none */
/* Writes the search box; apart from the table, which may be replaced while somebody types. */
void sift_write_search(const struct sift *sift, struct buf *out);
/* Writes a page of the table of the rows that contain all words: those that were added, or the
 * source's (NULL: none). Releases the rows. Returns how many there are on all pages. */
size_t sift_write(
	struct sift *sift, struct buf *out, const char *caption, const struct sift_source *source);
/* Writes search box and table, in a <section> with this id; a script may replace the table. source
 * NULL: of the rows that were added. */
void sift_write_section(struct sift *sift, struct buf *out, const char *id, const char *title,
	const char *caption, const struct sift_source *source);
/* Releases rows that were not written. */
void sift_finish(struct sift *sift);

#endif
