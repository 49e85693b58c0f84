/* base/text.c - helpers for text: prefixes, numbers, distances */
#include "base.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool text_starts(const char *s, const char *prefix)
{
	while (*prefix != '\0') /* most texts differ in the first byte */
		if (*s++ != *prefix++)
			return false;
	return true;
}

bool text_ends(const char *s, const char *suffix)
{
	size_t length = strlen(s), tail = strlen(suffix);
	return length >= tail && memcmp(s + length - tail, suffix, tail) == 0;
}

bool text_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && *a == *b && strcmp(a, b) == 0);
}

const char *text_next_line(const char *text)
{
	text += strcspn(text, "\n");
	return text + (*text == '\n');
}

char *text_lower(char *text)
{
	for (char *c = text; c != NULL && *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return text;
}

bool text_same_fold(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcasecmp(a, b) == 0);
}

bool text_is_one_of(const char *s, const char *const *others, size_t count)
{
	for (size_t i = 0; i < count; i++) /* most texts differ in the first byte */
		if (s != NULL && *s == *others[i] && text_same(s, others[i]))
			return true;
	return false;
}

bool text_is_one_of_fold(const char *s, const char *const *others, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_same_fold(s, others[i]))
			return true;
	return false;
}

bool text_is_blank(const char *s)
{
	while (s != NULL && *s != '\0')
		if (!isspace((unsigned char)*s++))
			return false;
	return true;
}

bool text_number(const char *s, long long low, long long high, long long *ret)
{
	char *end;
	if (s == NULL || !(isdigit((unsigned char)*s) || *s == '-'))
		return false;
	errno = 0;
	long long n = strtoll(s, &end, 10);
	if (errno != 0 || *end != '\0' || end == s || n < low || n > high)
		return false;
	*ret = n;
	return true;
}

static size_t smaller_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: Levenshtein's table with swaps of neighbours. */
size_t text_distance(const char *a, const char *b)
{
	size_t m = strlen(a), n = strlen(b), width = n + 1;
	cleanup_free size_t *row = xcalloc((m + 1) * width, sizeof *row);
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; i <= m; i++) {
		row[i * width] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t *cell = &row[i * width + j];
			size_t changed = *(cell - width - 1) + (a[i - 1] != b[j - 1]);
			*cell = smaller_of(changed, smaller_of(*(cell - width), *(cell - 1)) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				*cell = smaller_of(*cell, *(cell - 2 * width - 2) + 1);
		}
	}
	return row[m * width + n];
}

bool text_is_nearer(const char *typed, const char *name, size_t *best)
{
	size_t distance = text_distance(typed, name);
	bool nearer = distance < *best;
	if (nearer)
		*best = distance;
	return nearer;
}

bool text_is_loopback(const char *host)
{
	struct in_addr address;
	size_t length = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/?#");
	if (length > strlen(host) || strchr(":/?#", host[length]) == NULL)
		return false;
	if (memchr(host, '@', strcspn(host, "/?#")) != NULL)
		return false; /* there, "127.0.0.1:x@example.com" is a user name and a password */
	cleanup_free char *name = xstrndup(host, length);
	return text_same(name, "localhost") || text_same(name, "[::1]") ||
	       (inet_pton(AF_INET, name, &address) == 1 &&
		       ntohl(address.s_addr) >> 24 == IN_LOOPBACKNET);
}
