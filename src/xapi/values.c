/* xapi/values.c - validates identifiers, times, durations, languages */
#include "xapi.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define DIGITS "0123456789"

enum xapi_version xapi_version_read(const char *text)
{
	enum xapi_version line = text == NULL               ? XAPI_NONE
				 : text_starts(text, "1.0") ? XAPI_1_0
				 : text_starts(text, "2.0") ? XAPI_2_0
							    : XAPI_NONE;
	if (line == XAPI_NONE || text[3] == '\0')
		return line;
	bool patch =
		text[3] == '.' && text[4] != '\0' && strspn(text + 4, DIGITS) == strlen(text + 4);
	return patch ? line : XAPI_NONE;
}

const char *xapi_version_name(enum xapi_version version)
{
	return version == XAPI_2_0 ? "2.0.0" : "1.0.3";
}

/* The standard form of RFC 4122. Do not check the variant: 2 is only recommended (§4.4), and the
 * specification's own examples have others. */
bool xapi_is_uuid(const char *text)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	if (text == NULL || strlen(text) != sizeof form - 1)
		return false;
	for (size_t i = 0; i < sizeof form - 1; i++)
		if (form[i] == '-' ? text[i] != '-' : isxdigit((unsigned char)text[i]) == 0)
			return false;
	return true;
}

/* RFC 3987: a scheme, and no characters that must be escaped. */
bool xapi_is_iri(const char *text)
{
	if (text == NULL || !isalpha((unsigned char)text[0]))
		return false;
	size_t scheme = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789+-.");
	if (text[scheme] != ':' || text[scheme + 1] == '\0')
		return false;
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f || strchr("<>\"{}|\\^`", *c) != NULL)
			return false;
	return !text_starts(text + scheme, "://") || text[scheme + 3] != '\0';
}

static bool is_domain(const char *text)
{
	if (*text == '[') /* a numeric address */
		return text[1] != '\0' && text[strlen(text) - 1] == ']';
	for (const char *c = text; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '.' && (*c & 0x80) == 0)
			return false;
	return *text != '\0' && *text != '.' && text[strlen(text) - 1] != '.' &&
	       strstr(text, "..") == NULL;
}

bool xapi_is_mailto(const char *text)
{
	if (text == NULL || !text_starts(text, "mailto:"))
		return false;
	const char *name = text + 7, *at = strrchr(name, '@');
	if (at == NULL || at == name || strpbrk(name, " \t\r\n<>,;") != NULL)
		return false;
	return (strchr(name, '@') == at || *name == '"') && is_domain(at + 1);
}

bool xapi_media_is(const char *type, const char *name)
{
	size_t length = strlen(name);
	return type != NULL && strncasecmp(type, name, length) == 0 &&
	       strchr("; \t", type[length]) != NULL;
}

/* ---- languages ---- */

struct subtag {
	const char *at;
	size_t length;
};

static void next_subtag(struct subtag *s)
{
	s->at += s->length;
	s->at += *s->at == '-';
	s->length = strcspn(s->at, "-");
}

static bool is_made_of(const struct subtag *s, size_t low, size_t high, int (*kind)(int))
{
	for (size_t i = 0; i < s->length; i++)
		if (!kind((unsigned char)s->at[i]))
			return false;
	return s->length >= low && s->length <= high;
}

/* A letter that begins an extension, and its subtags. */
static bool take_extension(struct subtag *s, size_t low)
{
	next_subtag(s);
	bool any = false;
	for (; is_made_of(s, low, 8, isalnum); next_subtag(s))
		any = true;
	return any;
}

static bool is_private(const struct subtag *s)
{
	return s->length == 1 && (*s->at == 'x' || *s->at == 'X');
}

/* langtag of RFC 5646, 2.1, without private use: checks the length and characters of each part. */
static bool take_language(struct subtag *s)
{
	size_t extended = s->length <= 3 ? 3 : 0;
	for (next_subtag(s); extended > 0 && is_made_of(s, 3, 3, isalpha); extended--)
		next_subtag(s);
	if (is_made_of(s, 4, 4, isalpha)) /* script */
		next_subtag(s);
	if (is_made_of(s, 2, 2, isalpha) || is_made_of(s, 3, 3, isdigit)) /* region */
		next_subtag(s);
	while (is_made_of(s, 5, 8, isalnum) || /* variants */
		(isdigit((unsigned char)*s->at) && is_made_of(s, 4, 4, isalnum)))
		next_subtag(s);
	while (is_made_of(s, 1, 1, isalnum) && !is_private(s))
		if (!take_extension(s, 2))
			return false;
	return true;
}

bool xapi_is_language(const char *text)
{
	static const char *const irregular[] = {"en-GB-oed", "i-ami", "i-bnn", "i-default",
		"i-enochian", "i-hak", "i-klingon", "i-lux", "i-mingo", "i-navajo", "i-pwn",
		"i-tao", "i-tay", "i-tsu", "sgn-BE-FR", "sgn-BE-NL", "sgn-CH-DE"};
	if (text == NULL || *text == '\0' || text_ends(text, "-"))
		return false;
	if (text_is_one_of_fold(text, irregular, ARRAY_LENGTH(irregular)))
		return true;
	struct subtag s = {text, strcspn(text, "-")};
	if (is_made_of(&s, 2, 8, isalpha) && !take_language(&s))
		return false;
	if (is_private(&s) && !take_extension(&s, 1))
		return false;
	return *s.at == '\0';
}

/* ---- times ---- */

/* Numbers with designators in this order; only the last number may have a fraction. */
static bool take_lengths(const char **at, const char *designators, bool *fraction)
{
	while (isdigit((unsigned char)**at)) {
		if (*fraction)
			return false;
		*at += strspn(*at, DIGITS);
		if (**at == '.' || **at == ',') {
			size_t digits = strspn(*at + 1, DIGITS);
			*fraction = true;
			*at += 1 + digits;
			if (digits == 0)
				return false;
		}
		const char *found = **at != '\0' ? strchr(designators, **at) : NULL;
		if (found == NULL)
			return false;
		designators = found + 1;
		(*at)++;
	}
	return true;
}

/* ISO 8601, 4.4.3.2. */
bool xapi_is_duration(const char *text)
{
	bool fraction = false;
	if (text == NULL || text[0] != 'P' || text[1] == '\0' || text_ends(text, "T"))
		return false;
	const char *at = text + 1;
	if (strchr(text, 'W') != NULL)
		return take_lengths(&at, "W", &fraction) && *at == '\0';
	if (!take_lengths(&at, "YMD", &fraction))
		return false;
	if (*at == 'T') {
		at++;
		if (!take_lengths(&at, "HMS", &fraction))
			return false;
	}
	return *at == '\0';
}

static int number_at(const char *digits, size_t count)
{
	int number = 0;
	for (size_t i = 0; i < count; i++)
		number = number * 10 + (digits[i] - '0');
	return number;
}

static bool read_offset(const char *text, enum xapi_version version, int *ret_minutes)
{
	int hours = 0, minutes = 0;
	*ret_minutes = 0;
	if (text_same(text, "Z") || text_same(text, "z"))
		return true;
	if (*text == '\0')
		return version != XAPI_2_0;
	if (*text != '+' && *text != '-')
		return false;
	size_t digits = strspn(text + 1, DIGITS);
	const char *rest = text + 1 + digits;
	bool colon =
		digits == 2 && *rest == ':' && strspn(rest + 1, DIGITS) == 2 && rest[3] == '\0';
	bool short_form = (digits == 4 || digits == 2) && *rest == '\0';
	if (!colon && (!short_form || version == XAPI_2_0)) /* RFC 3339 requires the colon */
		return false;
	hours = number_at(text + 1, 2);
	if (colon || digits == 4)
		minutes = number_at(colon ? rest + 1 : text + 3, 2);
	if (*text == '-' && hours == 0 && minutes == 0) /* an unknown offset in RFC 3339 */
		return false;
	*ret_minutes = (*text == '-' ? -1 : 1) * (hours * 60 + minutes);
	return hours < 24 && minutes < 60;
}

/* Reads a number of exactly this many digits; -1: there are fewer. */
static int take_digits(const char **at, size_t count)
{
	if (strspn(*at, DIGITS) < count)
		return -1;
	*at += count;
	return number_at(*at - count, count);
}

static int days_of(int year)
{
	return 365 + ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0);
}

/* Week 1 is the one with January 4th (ISO 8601, 3.2.2). False: the year has no such week. */
static bool set_week(struct tm *tm, int week, int day)
{
	struct tm fourth = {.tm_year = tm->tm_year, .tm_mday = 4};
	(void)timegm(&fourth);
	int monday = 4 + (week - 1) * 7 - (fourth.tm_wday + 6) % 7;
	tm->tm_mday = monday + day - 1;
	return week >= 1 && day >= 1 && day <= 7 && monday + 3 <= days_of(tm->tm_year + 1900);
}

/* By month, by week or by day of the year; *basic: without hyphens. Days may count from January. */
static bool take_date(const char **at, bool rfc3339, struct tm *tm, bool *basic)
{
	static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year = take_digits(at, 4);
	if (year < 0)
		return false;
	tm->tm_year = year - 1900;
	*basic = **at != '-';
	*at += !*basic;
	if (**at == 'W' && !rfc3339) {
		++*at;
		int week = take_digits(at, 2);
		if (week < 0 || (!*basic && *(*at)++ != '-'))
			return false;
		return set_week(tm, week, take_digits(at, 1));
	}
	if (strspn(*at, DIGITS) == 3 && !rfc3339) {
		tm->tm_mday = take_digits(at, 3);
		return tm->tm_mday >= 1 && tm->tm_mday <= days_of(year);
	}
	tm->tm_mon = take_digits(at, 2) - 1;
	if (tm->tm_mon < 0 || tm->tm_mon > 11 || (!*basic && *(*at)++ != '-'))
		return false;
	tm->tm_mday = take_digits(at, 2);
	return tm->tm_mday >= 1 && tm->tm_mday <= days[tm->tm_mon] && !(*basic && rfc3339) &&
	       (tm->tm_mon != 1 || tm->tm_mday < 29 || days_of(year) == 366);
}

/* Reads a fraction of so many milliseconds, if there is one. */
static bool take_fraction(const char **at, bool rfc3339, int of_ms, int64_t *ret_ms)
{
	int64_t millionths = 0;
	*ret_ms = 0;
	if (**at != '.' && (**at != ',' || rfc3339))
		return true;
	size_t digits = strspn(*at + 1, DIGITS);
	for (size_t i = 0; i < 6; i++)
		millionths = millionths * 10 + (i < digits ? (*at)[1 + i] - '0' : 0);
	*ret_ms = millionths * of_ms / 1000000;
	*at += 1 + digits;
	return digits > 0;
}

/* Outside of RFC 3339, seconds may be missing, and 24:00 is the end of the day. */
static bool take_time(const char **at, bool rfc3339, bool basic, struct tm *tm, int64_t *ret_ms)
{
	tm->tm_hour = take_digits(at, 2);
	if (tm->tm_hour < 0 || (!basic && *(*at)++ != ':'))
		return false;
	tm->tm_min = take_digits(at, 2);
	bool seconds = basic ? isdigit((unsigned char)**at) != 0 : **at == ':';
	*at += seconds && !basic;
	tm->tm_sec = seconds ? take_digits(at, 2) : 0;
	if (!take_fraction(at, rfc3339, seconds ? 1000 : 60000, ret_ms))
		return false;
	bool midnight =
		tm->tm_hour == 24 && tm->tm_min == 0 && tm->tm_sec == 0 && *ret_ms == 0 && !rfc3339;
	return (tm->tm_hour < 24 || midnight) && tm->tm_min >= 0 && tm->tm_min < 60 &&
	       tm->tm_sec >= 0 && tm->tm_sec <= 60 && (seconds || !rfc3339);
}

bool xapi_timestamp(enum xapi_version version, const char *text, int64_t *ret_ms)
{
	struct tm tm = {0};
	bool basic, rfc3339 = version == XAPI_2_0;
	int64_t ms;
	int offset;
	if (text == NULL || !take_date(&text, rfc3339, &tm, &basic) ||
		(*text != 'T' && *text != 't'))
		return false;
	text++;
	if (!take_time(&text, rfc3339, basic, &tm, &ms) || !read_offset(text, version, &offset))
		return false;
	if (ret_ms != NULL)
		*ret_ms = ((int64_t)timegm(&tm) - (int64_t)offset * 60) * 1000 + ms;
	return true;
}
