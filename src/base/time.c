/* base/time.c - clocks, times as text, and random identifiers */
#include "base.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>
#include <time.h>

static int64_t read_clock(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now); /* cannot fail for these two clocks */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_monotonic_ms(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_wall_ms(void)
{
	return read_clock(CLOCK_REALTIME);
}

void time_format_iso8601(int64_t wall_ms, char out[TIME_TEXT_SIZE])
{
	time_t seconds = (time_t)(wall_ms / 1000);
	int rest = (int)(wall_ms % 1000);
	if (rest < 0) {
		rest += 1000;
		seconds--;
	}
	struct tm utc = {.tm_year = 70, .tm_mday = 1};
	char day[sizeof "-11-24T04:18:48"] = "";
	(void)gmtime_r(&seconds, &utc);
	(void)strftime(day, sizeof day, "-%m-%dT%H:%M:%S", &utc);
	/* strftime() does not fill up years before 1000 */
	snprintf(out, TIME_TEXT_SIZE, "%04d%s.%03dZ", utc.tm_year + 1900, day, rest);
}

void time_format_day(int64_t wall_ms, char out[TIME_TEXT_SIZE])
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm utc = {.tm_year = 70, .tm_mday = 1};
	(void)gmtime_r(&seconds, &utc);
	/* po: a day, in the notation of strftime(); at most 24 bytes */
	if (strftime(out, TIME_TEXT_SIZE, language_text_in("date", "%Y-%m-%d"), &utc) == 0)
		out[0] = '\0';
}

static void random_bytes(unsigned char *bytes, size_t length)
{
	for (size_t at = 0; at < length;) {
		ssize_t got = getrandom(bytes + at, length - at, 0);
		if (got < 0 && errno != EINTR)
			die_out_of_memory(); /* no random source: as fatal as no memory */
		at += got > 0 ? (size_t)got : 0;
	}
}

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ at[i]) * 0x100000001b3u;
	return hash;
}

uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

uint64_t random_seed(void)
{
	uint64_t seed;
	random_bytes((unsigned char *)&seed, sizeof seed);
	return seed;
}

void uuid_make(char out[UUID_TEXT_SIZE])
{
	unsigned char b[16];
	random_bytes(b, sizeof b);
	b[6] = (unsigned char)((b[6] & 0x0F) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
	snprintf(out, UUID_TEXT_SIZE,
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
		b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
		b[15]);
}
