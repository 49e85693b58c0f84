/* pages/sift.h - a table that its reader searches and sorts; both are in the address, so that it
 * can be shared, and both work without script */
#ifndef PAGES_SIFT_H
#define PAGES_SIFT_H

#include "tables.h"

#define SIFT_NAME_SIZE 32
/* Fill in the first part; the rest begins as zero. */
struct sift {
	const char *path;   /* of the page */
	const char *anchor; /* "#people": where the table is on it; NULL: at the top */
	/* As in tables_begin(), NULL-terminated; '~' in front: numbers that stand on the left, '!':
	 * nothing to search and sort by. */
	const char *const *columns;
	const char *name;  /* of the table, on a page that has several; NULL: it has no other */
	const char *class; /* of the <table>; may be NULL */

	const struct request *r;                      /* the page's other parameters are kept */
	char q[SIFT_NAME_SIZE], sort[SIFT_NAME_SIZE]; /* names of its parameters */
	const char *words;
	size_t column; /* to sort by; SIZE_MAX: as added */
	bool down;
	struct sift_row *rows;
	size_t count;
};
/* Reads the parameters `q` and `sort`, a column's name, with '-' before it to sort downwards; of a
 * table with a name, `NAME-q` and `NAME-sort`. */
void sift_begin(struct sift *sift, const struct request *r);
/* Adds a row: its cells as HTML, and their values, one for each column: text to search and to sort
 * by.
 */
void sift_add(struct sift *sift, const char *html, const char *const *values);
/* A number as a value. */
#define SIFT_NUMBER_SIZE 24
const char *sift_number(int64_t number, char out[SIFT_NUMBER_SIZE]);
const char *sift_score(double score, char out[SIFT_NUMBER_SIZE]); /* below 0: none */
/* Writes the search box; apart from the table, which may be replaced while somebody types. */
void sift_write_search(const struct sift *sift, struct buf *out);
/* Writes the table of the rows that contain all words. Releases the rows. Returns how many it
 * wrote. */
size_t sift_write(struct sift *sift, struct buf *out, const char *caption);
/* Writes search box and table, in a <section> with this id; a script may replace the table. */
void sift_write_section(
	struct sift *sift, struct buf *out, const char *id, const char *title, const char *caption);
/* Releases rows that were not written. */
void sift_finish(struct sift *sift);

#endif
