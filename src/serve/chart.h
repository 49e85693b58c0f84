/* serve/chart.h - pictures of numbers, as SVG in a page: each with its words for who does not see
 * it */
#ifndef SERVE_CHART_H
#define SERVE_CHART_H

#include "private.h"

#define CHART_DAYS_MAX 371

/* What was done on each of the last days, the oldest first; days[count - 1] is `last_day` (since
 * 1970).
 */
struct chart_days {
	double values[CHART_DAYS_MAX];
	size_t count;
	int64_t last_day;
};

/* Minutes by week, as a line over an area. */
void chart_trend(struct buf *out, const struct chart_days *days, const char *caption);
/* A square a day, a column a week. */
void chart_heat(struct buf *out, const struct chart_days *days, const char *caption);
/* Bars: how many are in each of `count` equal parts of 0 … 100 %. */
void chart_histogram(struct buf *out, const unsigned *counts, size_t count, const char *caption);

#endif
