/* pages/sift.h - a table that its reader searches and sorts; both are in the address, so that it
 * can be shared, and both work without script */
#ifndef PAGES_SIFT_H
#define PAGES_SIFT_H

#include "tables.h"

/* Fill in the first part; the rest begins as zero. */
struct sift {
	const char *path;   /* of the page */
	const char *anchor; /* "#people": where the table is on it; NULL: at the top */
	/* As in tables_begin(), NULL-terminated; '~' in front: numbers that stand on the left. */
	const char *const *columns;
	const char *kept_name, *kept; /* another parameter of the page, to keep; kept may be NULL */

	const char *words;
	size_t column; /* to sort by; SIZE_MAX: as added */
	bool down;
	struct sift_row *rows;
	size_t count;
};
/* Reads the parameters `q` and `sort`, a column's name, with '-' before it to sort downwards. */
void sift_begin(struct sift *sift, const struct request *r);
/* Adds a row: its cells as HTML, and their values, one for each column: text to search and to sort
 * by.
 */
void sift_add(struct sift *sift, const char *html, const char *const *values);
/* A number as a value. */
#define SIFT_NUMBER_SIZE 24
const char *sift_number(int64_t number, char out[SIFT_NUMBER_SIZE]);
/* Writes the search box; apart from the table, which may be replaced while somebody types. */
void sift_write_search(const struct sift *sift, struct buf *out);
/* Writes the table of the rows that contain all words. Releases the rows. Returns how many it
 * wrote. */
size_t sift_write(struct sift *sift, struct buf *out, const char *caption);

#endif
