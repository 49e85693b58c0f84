/* sessions/attempts.c - counts failed attempts by network, in memory */
#include "attempts.h"
#include "sessions.h"

#include <arpa/inet.h>
#include <string.h>

void attempts_init(struct attempts *a)
{
	*a = (struct attempts){.seed = random_seed()};
	pthread_mutex_init(&a->lock, NULL);
}

void attempts_finish(struct attempts *a)
{
	pthread_mutex_destroy(&a->lock);
}

/* The owner of an IPv6 network has more addresses than anyone can count, so count the network. */
static size_t slot_of(const struct attempts *a, const char *address)
{
	struct in6_addr six;
	uint64_t hash = hash_bytes(HASH_START, &a->seed, sizeof a->seed);
	if (inet_pton(AF_INET6, address, &six) == 1 && !IN6_IS_ADDR_V4MAPPED(&six))
		hash = hash_bytes(hash, &six, 8);
	else
		hash = hash_bytes(hash, address, strlen(address));
	return (size_t)((hash ^ hash >> 32) % NETWORKS);
}

void attempts_count(struct attempts *a, const char *address, int64_t now_ms)
{
	size_t at = slot_of(a, address);
	pthread_mutex_lock(&a->lock);
	if (a->networks[at].count == 0 ||
		now_ms - a->networks[at].begun_ms >= SESSION_ATTEMPTS_MS) {
		a->networks[at].begun_ms = now_ms;
		a->networks[at].count = 0;
	}
	a->networks[at].count++;
	pthread_mutex_unlock(&a->lock);
}

int64_t attempts_wait(struct attempts *a, const char *address, int64_t now_ms)
{
	size_t at = slot_of(a, address);
	pthread_mutex_lock(&a->lock);
	int64_t left = a->networks[at].begun_ms + SESSION_ATTEMPTS_MS - now_ms;
	bool many = a->networks[at].count >= SESSION_ATTEMPTS;
	pthread_mutex_unlock(&a->lock);
	return many && left > 0 ? left : 0;
}
