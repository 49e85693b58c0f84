/* pages/chart.h - charts as inline SVG, each with a text alternative for readers who cannot see it
 */
#ifndef PAGES_CHART_H
#define PAGES_CHART_H

#include "pages.h"

#define CHART_DAYS_MAX 371

/* Activity on each of the last days, oldest first; days[count - 1] is `last_day` (since 1970). */
struct chart_days {
	double values[CHART_DAYS_MAX];
	size_t count;
	int64_t last_day;
};

/* Minutes per week, as a line over an area. */
void chart_trend(struct buf *out, const struct chart_days *days, const char *caption);
/* One square per day, one column per week. */
void chart_heat(struct buf *out, const struct chart_days *days, const char *caption);
/* Bars: the number of values in each of `count` equal parts of 0 … 100 %. */
void chart_histogram(struct buf *out, const unsigned *counts, size_t count, const char *caption);

#endif
