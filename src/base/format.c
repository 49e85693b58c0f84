/* base/format.c - sizes, durations and dates for people */
#include "base.h"

#include <string.h>
#include <time.h>

#define DATE_SIZE 64

void text_decimal(struct buf *out, const char *number)
{
	size_t whole = strcspn(number, ".");
	buf_add(out, number, whole);
	if (number[whole] == '.') {
		buf_add_text(out, language_text_in("decimal point", "."));
		buf_add_text(out, number + whole + 1);
	}
}

void text_size(struct buf *out, unsigned long long bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
	double size = (double)bytes;
	size_t unit = 0;
	while (size >= 999.5 && unit + 1 < ARRAY_LENGTH(units)) {
		size /= 1000;
		unit++;
	}
	bool is_whole = unit == 0 || size >= 99.5;
	cleanup_free char *number = xasprintf(is_whole ? "%.0f" : "%.3g", size);
	text_decimal(out, number);
	buf_printf(out, " %s", units[unit]);
}

void text_duration(struct buf *out, long long milliseconds)
{
	long long seconds = milliseconds > 0 ? milliseconds / 1000 : 0;
	if (seconds < 60)
		buf_printf(out, _("%lld s"), seconds);
	else if (seconds < 3600)
		buf_printf(out, _("%lld min"), seconds / 60);
	else
		buf_printf(out, _("%lld h %02lld min"), seconds / 3600, seconds / 60 % 60);
}

void text_date(struct buf *out, int64_t wall_ms)
{
	char text[DATE_SIZE] = "";
	time_t seconds = (time_t)(wall_ms / 1000 - (wall_ms % 1000 < 0));
	struct tm tm;
	if (gmtime_r(&seconds, &tm) == NULL)
		return;
	/* po: the date in pages and mails, for strftime(): %Y year, %m month, %d day */
	(void)strftime(text, sizeof text, language_text_in("date", "%Y-%m-%d"), &tm);
	buf_add_text(out, text);
}
