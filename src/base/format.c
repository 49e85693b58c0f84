/* base/format.c - sizes and durations for people */
#include "base.h"

void text_size(struct buf *out, unsigned long long bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
	double size = (double)bytes;
	size_t unit = 0;
	while (size >= 999.5 && unit + 1 < ARRAY_LENGTH(units)) {
		size /= 1000;
		unit++;
	}
	if (unit == 0 || size >= 99.5)
		buf_printf(out, "%.0f %s", size, units[unit]);
	else
		buf_printf(out, "%.3g %s", size, units[unit]);
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
