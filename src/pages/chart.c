/* pages/chart.c - SVG without script or inline styles (ropes.css sets the colours) */
#include "chart.h"
#include "page.h"

#include <string.h>

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)

static void begin_figure(struct buf *out, int width, int height, const char *label)
{
	buf_printf(out,
		"<figure><svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" "
		"aria-label=\"",
		width, height, width, height);
	page_text(out, label);
	buf_add_text(out, "\">");
}

static void end_figure(struct buf *out, const char *caption)
{
	buf_add_text(out, "</svg><figcaption>");
	page_text(out, caption);
	buf_add_text(out, "</figcaption></figure>\n");
}

/* The caller frees it. */
static char *day_text(int64_t day)
{
	struct buf out = {0};
	text_date(&out, day * DAY_MS);
	return buf_steal(&out);
}

/* ---- by week ---- */

#define TREND_WIDTH 560
#define TREND_HEIGHT 150
#define LEFT 44
#define BOTTOM 22

struct weeks {
	double minutes[CHART_DAYS_MAX / 7];
	size_t count;
	double max;
};

static struct weeks weeks_of(const struct chart_days *days)
{
	struct weeks w = {.count = days->count / 7, .max = 1};
	size_t spare = days->count % 7;
	for (size_t i = 0; i < w.count * 7; i++)
		w.minutes[i / 7] += days->values[spare + i];
	for (size_t i = 0; i < w.count; i++)
		w.max = w.minutes[i] > w.max ? w.minutes[i] : w.max;
	return w;
}

static void add_points(struct buf *out, const struct weeks *w)
{
	double step = (double)(TREND_WIDTH - LEFT - 8) / (double)(w->count > 1 ? w->count - 1 : 1);
	for (size_t i = 0; i < w->count; i++)
		buf_printf(out, "%s%.1f,%.1f", i > 0 ? " " : "", LEFT + step * (double)i,
			8 + (TREND_HEIGHT - BOTTOM - 8) * (1 - w->minutes[i] / w->max));
}

void chart_trend(struct buf *out, const struct chart_days *days, const char *caption)
{
	struct weeks w = weeks_of(days);
	if (w.count == 0)
		return;
	cleanup_free char *from = day_text(days->last_day - (int64_t)days->count + 1);
	cleanup_free char *to = day_text(days->last_day);
	cleanup_free char *label =
		xasprintf(_("%s: from %s to %s, at most %.0f minutes a week, %.0f in the last one"),
			caption, from, to, w.max, w.minutes[w.count - 1]);
	begin_figure(out, TREND_WIDTH, TREND_HEIGHT, label);
	buf_printf(out, "<polygon class=\"area\" points=\"%d,%d ", LEFT, TREND_HEIGHT - BOTTOM);
	add_points(out, &w);
	buf_printf(out, " %d,%d\"/><polyline class=\"line\" points=\"", TREND_WIDTH - 8,
		TREND_HEIGHT - BOTTOM);
	add_points(out, &w);
	buf_printf(out,
		"\"/><line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>"
		"<text x=\"%d\" y=\"16\" text-anchor=\"end\">%.0f</text>"
		"<text x=\"%d\" y=\"%d\" text-anchor=\"end\">0</text>"
		"<text x=\"%d\" y=\"%d\">%s</text><text x=\"%d\" y=\"%d\" "
		"text-anchor=\"end\">%s</text>",
		LEFT, TREND_HEIGHT - BOTTOM, TREND_WIDTH - 8, TREND_HEIGHT - BOTTOM, LEFT - 6,
		w.max, LEFT - 6, TREND_HEIGHT - BOTTOM, LEFT, TREND_HEIGHT - 6, from,
		TREND_WIDTH - 8, TREND_HEIGHT - 6, to);
	end_figure(out, caption);
}

/* ---- by day ---- */

#define SQUARE 14
#define GAP 3

static int shade_of(double value, double max)
{
	return value <= 0           ? 0
	       : value > max * 0.75 ? 4
	       : value > max * 0.5  ? 3
	       : value > max * 0.25 ? 2
				    : 1;
}

void chart_heat(struct buf *out, const struct chart_days *days, const char *caption)
{
	double max = 1;
	unsigned active = 0;
	int64_t first = days->last_day - (int64_t)days->count + 1;
	int64_t monday = (first + 3) % 7; /* 1970 began on a Thursday */
	int columns = (int)((days->count + (size_t)monday + 6) / 7);
	for (size_t i = 0; i < days->count; i++) {
		max = days->values[i] > max ? days->values[i] : max;
		active += days->values[i] > 0;
	}
	cleanup_free char *label =
		xasprintf(_("%s: something on %u of %zu days"), caption, active, days->count);
	begin_figure(out, 30 + columns * (SQUARE + GAP), 7 * (SQUARE + GAP), label);
	buf_printf(out, "<text x=\"0\" y=\"11\">%s</text><text x=\"0\" y=\"%d\">%s</text>",
		_("Mon"), 6 * (SQUARE + GAP) + 11, _("Sun"));
	for (size_t i = 0; i < days->count; i++) {
		int64_t at = (int64_t)i + monday;
		cleanup_free char *day = day_text(first + (int64_t)i);
		buf_printf(out,
			"<rect class=\"c%d\" x=\"%lld\" y=\"%lld\" width=\"%d\" height=\"%d\" "
			"rx=\"2\"><title>",
			shade_of(days->values[i], max), (long long)(30 + at / 7 * (SQUARE + GAP)),
			(long long)(at % 7 * (SQUARE + GAP)), SQUARE, SQUARE);
		buf_printf(out, _("%s: %.0f min"), day, days->values[i]);
		buf_add_text(out, "</title></rect>");
	}
	end_figure(out, caption);
}

/* ---- bars ---- */

#define BAR 46
#define BAR_HEIGHT 130

void chart_histogram(struct buf *out, const unsigned *counts, size_t count, const char *caption)
{
	unsigned max = 1;
	cleanup_buf struct buf label = {0};
	buf_printf(&label, "%s:", caption);
	for (size_t i = 0; i < count; i++) {
		max = counts[i] > max ? counts[i] : max;
		buf_add_char(&label, ' ');
		buf_printf(&label, _("%u from %zu %%"), counts[i], i * 100 / count);
		buf_add_char(&label, ',');
	}
	label.data[label.length - 1] = '.';
	begin_figure(out, (int)count * BAR + 10, BAR_HEIGHT + 40, buf_text(&label));
	for (size_t i = 0; i < count; i++) {
		int height = (int)(counts[i] * (unsigned)BAR_HEIGHT / max), x = (int)i * BAR + 5;
		buf_printf(out,
			"<rect class=\"bar\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
			"rx=\"2\"/>"
			"<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%u</text>"
			"<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%zu</text>",
			x + 4, 18 + BAR_HEIGHT - height, BAR - 8, height, x + BAR / 2,
			13 + BAR_HEIGHT - height, counts[i], x + BAR / 2, BAR_HEIGHT + 34,
			i * 100 / count);
	}
	buf_printf(out, "<line class=\"axis\" x1=\"5\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>",
		BAR_HEIGHT + 18, (int)count * BAR + 5, BAR_HEIGHT + 18);
	end_figure(out, caption);
}
