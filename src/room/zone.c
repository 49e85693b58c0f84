/* room/zone.c - a time zone by its name ("Europe/Berlin"), from the system's files (RFC 9636). A
 * process has one zone in localtime(); a room has its own. */
#include "zone.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FOLDER "/usr/share/zoneinfo/"
#define FILE_MAX ((size_t)256 * 1024)
#define HEAD 44 /* bytes of a header */
#define DAY_S 86400

struct change {
	int64_t from_s;
	int offset_s;
};

/* One of the two days a year on which the clocks change (POSIX, TZ). */
struct rule {
	char kind; /* 'M': month, week, day of the week; 'J': 1 … 365, no 29 February; '0': 0 … 365
		    */
	int month, week, day;
	int time_s;
};

struct zone {
	struct change *changes;
	size_t count;
	int first_s;  /* before the first change */
	bool has_end; /* what holds after the last change: */
	int standard_s, summer_s;
	bool has_summer;
	struct rule begins, ends;
};

/* ---- the rule for the time after the last change ---- */

static bool read_count(const char **at, int *ret)
{
	const char *c = *at;
	int value = 0;
	while (*c >= '0' && *c <= '9' && c - *at < 5)
		value = value * 10 + (*c++ - '0');
	bool good = c > *at;
	*at = c;
	*ret = value;
	return good;
}

/* "[+-]hh[:mm[:ss]]" */
static bool read_hours(const char **at, int *ret_s)
{
	int sign = **at == '-' ? -1 : 1, parts[3] = {0};
	*at += **at == '-' || **at == '+';
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
		if (i > 0 && **at != ':')
			break;
		*at += i > 0;
		if (!read_count(at, &parts[i]))
			return false;
	}
	*ret_s = sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
	return true;
}

/* "CET" or "<+03>" */
static bool skip_name(const char **at)
{
	const char *begin = *at;
	if (**at == '<') {
		*at += strcspn(*at, ">");
		*at += **at == '>';
	} else {
		*at += strspn(*at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
	}
	return *at > begin;
}

static bool read_rule(const char **at, struct rule *ret)
{
	struct rule rule = {.kind = '0', .time_s = 7200};
	if (**at != ',')
		return false;
	++*at;
	if (**at == 'J' || **at == 'M')
		rule.kind = *(*at)++;
	int *const parts[] = {&rule.month, &rule.week, &rule.day};
	for (size_t i = rule.kind == 'M' ? 0 : 2; i < ARRAY_LENGTH(parts); i++) {
		*at += rule.kind == 'M' && i > 0 && **at == '.';
		if (!read_count(at, parts[i]))
			return false;
	}
	if (**at == '/') {
		++*at;
		if (!read_hours(at, &rule.time_s))
			return false;
	}
	*ret = rule;
	return true;
}

/* "CET-1CEST,M3.5.0,M10.5.0/3": the signs are those of POSIX, west is positive. */
static bool read_end(const char *text, struct zone *zone)
{
	int west = 0;
	if (!skip_name(&text) || !read_hours(&text, &west))
		return false;
	zone->standard_s = -west;
	if (*text == '\0')
		return true;
	if (!skip_name(&text))
		return false;
	west -= 3600;
	if (*text != ',' && !read_hours(&text, &west))
		return false;
	zone->summer_s = -west;
	zone->has_summer = read_rule(&text, &zone->begins) && read_rule(&text, &zone->ends);
	return zone->has_summer;
}

static bool is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t days_before(int64_t year)
{
	int64_t y = year - 1;
	return y * 365 + y / 4 - y / 100 + y / 400 - 719162;
}

/* Seconds from 1970 to the rule's moment in a year, on a clock without any offset. */
static int64_t rule_moment(const struct rule *rule, int64_t year)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t day = days_before(year);
	if (rule->kind != 'M') {
		day += rule->kind == 'J' ? rule->day - 1 + (is_leap(year) && rule->day > 59)
					 : rule->day;
		return day * DAY_S + rule->time_s;
	}
	int month = rule->month < 1 ? 1 : rule->month > 12 ? 12 : rule->month;
	for (int i = 0; i < month - 1; i++)
		day += lengths[i] + (i == 1 && is_leap(year));
	int64_t end = day + lengths[month - 1] + (month == 2 && is_leap(year));
	day += ((rule->day - (day + 4)) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
	for (int week = 1; week < rule->week && day + 7 < end; week++)
		day += 7;
	return day * DAY_S + rule->time_s;
}

static int end_offset(const struct zone *zone, int64_t wall_s)
{
	if (!zone->has_summer)
		return zone->standard_s;
	time_t at = (time_t)(wall_s + zone->standard_s);
	struct tm tm = {0};
	(void)gmtime_r(&at, &tm); /* fails only for years beyond int */
	int64_t begins = rule_moment(&zone->begins, tm.tm_year + 1900LL) - zone->standard_s;
	int64_t ends = rule_moment(&zone->ends, tm.tm_year + 1900LL) - zone->summer_s;
	bool summer = begins < ends ? wall_s >= begins && wall_s < ends
				    : wall_s >= begins || wall_s < ends;
	return summer ? zone->summer_s : zone->standard_s;
}

/* ---- the file ---- */

static int64_t big_endian(const unsigned char *bytes, size_t size)
{
	uint64_t value = bytes[0] >= 0x80 ? UINT64_MAX : 0;
	for (size_t i = 0; i < size; i++)
		value = value << 8 | bytes[i];
	return (int64_t)value;
}

struct block {
	size_t times, types, letters, leaps, standards, universals;
};

static bool read_head(const unsigned char *bytes, size_t left, struct block *ret)
{
	if (left < HEAD || memcmp(bytes, "TZif", 4) != 0)
		return false;
	size_t *const counts[] = {&ret->universals, &ret->standards, &ret->leaps, &ret->times,
		&ret->types, &ret->letters};
	for (size_t i = 0; i < ARRAY_LENGTH(counts); i++) {
		int64_t count = big_endian(bytes + 20 + 4 * i, 4);
		if (count < 0 || count > (int64_t)FILE_MAX)
			return false;
		*counts[i] = (size_t)count;
	}
	return true;
}

static size_t block_size(const struct block *b, size_t time_size)
{
	return b->times * (time_size + 1) + b->types * 6 + b->letters + b->leaps * (time_size + 4) +
	       b->standards + b->universals;
}

static bool read_zone(const unsigned char *bytes, size_t length, struct zone *zone)
{
	struct block b;
	if (!read_head(bytes, length, &b) || bytes[4] < '2')
		return false;
	size_t skipped = HEAD + block_size(&b, 4);
	if (skipped > length || !read_head(bytes + skipped, length - skipped, &b))
		return false;
	const unsigned char *times = bytes + skipped + HEAD;
	size_t size = block_size(&b, 8), left = length - skipped - HEAD;
	if (size >= left || b.types == 0)
		return false;
	const unsigned char *which = times + b.times * 8, *types = which + b.times;
	zone->changes = xcalloc(b.times + 1, sizeof *zone->changes);
	zone->first_s = (int)big_endian(types, 4);
	for (; zone->count < b.times; zone->count++) {
		if (which[zone->count] >= b.types)
			return false;
		zone->changes[zone->count] = (struct change){big_endian(times + 8 * zone->count, 8),
			(int)big_endian(types + 6 * (size_t)which[zone->count], 4)};
	}
	cleanup_free char *end = xstrndup((const char *)times + size + 1, left - size - 1);
	end[strcspn(end, "\n")] = '\0';
	zone->has_end = read_end(end, zone);
	return true;
}

/* A name is a path below the folder of zones, and nothing else. */
static bool is_zone_name(const char *name)
{
	size_t length = strlen(name);
	return length > 0 && length <= 64 && name[0] != '/' && strstr(name, "..") == NULL &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_+-") ==
		       length;
}

bool zone_open(const char *name, struct zone **ret, struct error *err)
{
	cleanup_buf struct buf bytes = {0};
	cleanup_free char *path = xasprintf(FOLDER "%s", name);
	struct zone *zone = xcalloc(1, sizeof *zone);
	bool utc = text_same(name, "UTC"); /* needs no file */
	if (utc ||
		(is_zone_name(name) && file_read(path, FILE_MAX, &bytes, NULL) &&
			read_zone((const unsigned char *)buf_text(&bytes), bytes.length, zone))) {
		*ret = zone;
		return true;
	}
	zone_close(zone);
	return error_set_kind(err, ERROR_USAGE,
		"there is no time zone '%s'; write it like Europe/Berlin, or UTC", name);
}

void zone_close(struct zone *zone)
{
	if (zone != NULL)
		free(zone->changes);
	free(zone);
}

int zone_offset_s(const struct zone *zone, int64_t wall_s)
{
	if (zone == NULL) {
		time_t at = (time_t)wall_s;
		struct tm tm = {0};
		return localtime_r(&at, &tm) != NULL ? (int)tm.tm_gmtoff : 0;
	}
	size_t i = zone->count;
	if (zone->has_end && (i == 0 || wall_s >= zone->changes[i - 1].from_s))
		return end_offset(zone, wall_s);
	while (i > 0 && zone->changes[i - 1].from_s > wall_s)
		i--;
	return i > 0 ? zone->changes[i - 1].offset_s : zone->first_s;
}
