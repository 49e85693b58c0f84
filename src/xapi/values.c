/* xapi/values.c - identifiers, times, durations, languages: each a text of a certain form */
#include "xapi.h"

#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum xapi_version xapi_version_read(const char *text)
{
	if (text == NULL)
		return XAPI_NONE;
	if (text_same(text, "1.0") || (text_starts(text, "1.0.") && text[4] != '\0' &&
					      strspn(text + 4, "0123456789") == strlen(text + 4)))
		return XAPI_1_0;
	if (text_starts(text, "2.0.") && text[4] != '\0' &&
		strspn(text + 4, "0123456789") == strlen(text + 4))
		return XAPI_2_0;
	return XAPI_NONE;
}

const char *xapi_version_name(enum xapi_version version)
{
	return version == XAPI_2_0 ? "2.0.0" : "1.0.3";
}

/* RFC 4122, variant 2. */
bool xapi_is_uuid(const char *text)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-vxxx-xxxxxxxxxxxx";
	if (text == NULL || strlen(text) != sizeof form - 1)
		return false;
	for (size_t i = 0; i < sizeof form - 1; i++) {
		bool good = form[i] == '-'   ? text[i] == '-'
			    : form[i] == 'v' ? strchr("89abAB", text[i]) != NULL
					     : isxdigit((unsigned char)text[i]) != 0;
		if (!good)
			return false;
	}
	return true;
}

/* RFC 3987: a scheme, and no character that must be escaped. */
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

bool xapi_is_mailto(const char *text)
{
	if (text == NULL || !text_starts(text, "mailto:"))
		return false;
	const char *name = text + 7, *at = strrchr(name, '@');
	if (at == NULL || at == name || at[1] == '\0' || strpbrk(name, " \t\n<>,;") != NULL)
		return false;
	return strchr(at, '.') == NULL || (at[1] != '.' && text[strlen(text) - 1] != '.');
}

/* RFC 5646 2.1, by the lengths of parts: language 2 to 8 letters, then up to 8 each. */
bool xapi_is_language(const char *text)
{
	bool first = true, private_use = false;
	if (text == NULL || *text == '\0')
		return false;
	for (const char *at = text; *at != '\0'; first = false) {
		size_t length = strcspn(at, "-");
		bool letters = true;
		for (size_t i = 0; i < length; i++) {
			if (!isalnum((unsigned char)at[i]))
				return false;
			letters = letters && isalpha((unsigned char)at[i]);
		}
		if (first && length == 1) {
			if (strchr("xXiI", at[0]) == NULL || at[1] != '-')
				return false;
			private_use = true;
		} else if (length < 1 || length > 8 || (first && (length < 2 || !letters))) {
			return false;
		}
		at += length;
		if (*at == '-' && at[1] == '\0')
			return false;
		at += *at == '-';
	}
	return !first || private_use;
}

static bool fits(const char *pattern, const char *text)
{
	regex_t regex;
	if (text == NULL || regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	bool good = regexec(&regex, text, 0, NULL, 0) == 0;
	regfree(&regex);
	return good;
}

/* ISO 8601, 4.4.3.2. */
bool xapi_is_duration(const char *text)
{
	return fits("^P([0-9]+([.,][0-9]+)?W|"
		    "([0-9]+([.,][0-9]+)?Y)?([0-9]+([.,][0-9]+)?M)?([0-9]+([.,][0-9]+)?D)?"
		    "(T([0-9]+([.,][0-9]+)?H)?([0-9]+([.,][0-9]+)?M)?([0-9]+([.,][0-9]+)?S)?)?)$",
		       text) &&
	       !text_ends(text, "T") && !text_same(text, "P");
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
	size_t digits = strspn(text + 1, "0123456789");
	const char *rest = text + 1 + digits;
	if (digits == 2 && *rest == ':' && strspn(rest + 1, "0123456789") == 2 && rest[3] == '\0')
		(void)sscanf(text + 1, "%2d:%2d", &hours, &minutes); /* digits: counted above */
	else if (digits == 4 && *rest == '\0')
		(void)sscanf(text + 1, "%2d%2d", &hours, &minutes);
	else if (digits == 2 && *rest == '\0')
		(void)sscanf(text + 1, "%2d", &hours);
	else
		return false;
	if (*text == '-' && hours == 0 && minutes == 0) /* an unknown offset, by RFC 3339 */
		return false;
	*ret_minutes = (*text == '-' ? -1 : 1) * (hours * 60 + minutes);
	return hours < 24 && minutes < 60;
}

static bool is_date(const struct tm *tm)
{
	static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year = tm->tm_year + 1900;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return tm->tm_mon >= 0 && tm->tm_mon < 12 && tm->tm_mday >= 1 &&
	       tm->tm_mday <= days[tm->tm_mon] && (tm->tm_mon != 1 || leap || tm->tm_mday < 29) &&
	       tm->tm_hour < 24 && tm->tm_min < 60 && tm->tm_sec <= 60;
}

/* "0000-00-00T00:00:00", and then whatever: the rest is read apart. */
static bool has_shape(const char *text)
{
	static const char shape[] = "0000-00-00T00:00:00";
	for (size_t i = 0; text != NULL && i < sizeof shape - 1; i++) {
		bool good = shape[i] == '0'   ? isdigit((unsigned char)text[i]) != 0
			    : shape[i] == 'T' ? text[i] == 'T' || text[i] == 't'
					      : text[i] == shape[i];
		if (!good)
			return false;
	}
	return text != NULL;
}

bool xapi_timestamp(enum xapi_version version, const char *text, int64_t *ret_ms)
{
	struct tm tm = {0};
	int taken = 0, offset, ms = 0;
	if (!has_shape(text) ||
		sscanf(text, "%4d-%2d-%2d%*c%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
			&tm.tm_hour, &tm.tm_min, &tm.tm_sec, &taken) != 6)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	text += taken;
	if (*text == '.' || *text == ',') {
		size_t digits = strspn(text + 1, "0123456789");
		if (digits == 0)
			return false;
		for (size_t i = 0; i < 3; i++)
			ms = ms * 10 + (i < digits ? text[1 + i] - '0' : 0);
		text += 1 + digits;
	}
	if (!is_date(&tm) || !read_offset(text, version, &offset))
		return false;
	if (ret_ms != NULL)
		*ret_ms = ((int64_t)timegm(&tm) - (int64_t)offset * 60) * 1000 + ms;
	return true;
}

/* ---- JSON ---- */

cJSON *xapi_at(const cJSON *json, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(json, name);
}

const char *xapi_text(const cJSON *json, const char *name)
{
	return cJSON_GetStringValue(xapi_at(json, name));
}

static const cJSON *find_twice(const cJSON *json)
{
	for (const cJSON *a = json->child; a != NULL; a = a->next) {
		for (const cJSON *b = a->next; cJSON_IsObject(json) && b != NULL; b = b->next)
			if (text_same(a->string, b->string))
				return b;
		const cJSON *below = find_twice(a);
		if (below != NULL)
			return below;
	}
	return NULL;
}

cJSON *xapi_parse(const char *text, size_t length, struct error *err)
{
	const char *end = NULL;
	if (!utf8_valid(text, length)) {
		error_set(err, 0, "it is not UTF-8");
		return NULL;
	}
	cJSON *json = cJSON_ParseWithLengthOpts(text, length, &end, false);
	while (json != NULL && end < text + length && strchr(" \t\r\n", *end) != NULL &&
		*end != '\0')
		end++;
	if (json == NULL || end < text + length) {
		cJSON_Delete(json);
		error_set(err, 0, "it is not JSON");
		return NULL;
	}
	const cJSON *twice = find_twice(json);
	if (twice != NULL) {
		error_set(err, 0, "'%s' is there twice", twice->string);
		cJSON_Delete(json);
		return NULL;
	}
	return json;
}
