/* quiz/statistics.c - item statistics, as defined by Moodle's quiz statistics report */
#include "quiz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double mean_of(const double *x, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += x[i];
	return sum / (double)n;
}

static double covariance_of(const double *x, const double *y, size_t n)
{
	double mean_x = mean_of(x, n), mean_y = mean_of(y, n), sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (x[i] - mean_x) * (y[i] - mean_y);
	return sum / (double)(n - 1);
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static double *sort_copy(const double *x, size_t n)
{
	double *copy = xcalloc(n, sizeof *copy);
	memcpy(copy, x, n * sizeof *copy);
	qsort(copy, n, sizeof *copy, by_value);
	return copy;
}

struct quiz_item quiz_item_statistics(const double *scores, const double *rest, size_t n)
{
	struct quiz_item item = {n, NAN, NAN, NAN, NAN};
	if (n > 0)
		item.facility = mean_of(scores, n);
	if (n < 2)
		return item;
	cleanup_free double *x = sort_copy(scores, n), *y = sort_copy(rest, n);
	double of_item = covariance_of(scores, scores, n), of_rest = covariance_of(rest, rest, n);
	double both = covariance_of(scores, rest, n), max = covariance_of(x, y, n);
	item.deviation = sqrt(of_item);
	if (of_item > 1e-12 && of_rest > 1e-12)
		item.discrimination = both / sqrt(of_item * of_rest);
	if (max > 1e-12)
		item.efficiency = both / max;
	return item;
}
