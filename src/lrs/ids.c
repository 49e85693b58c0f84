/* lrs/ids.c - statement ids as bytes, and ids that are not in the table yet */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_MIN 1024

struct pending_id {
	unsigned char id[ID_SIZE];
	int64_t seq; /* 0: empty slot */
};

static unsigned char digit_of(char c)
{
	return (unsigned char)(isdigit((unsigned char)c) ? c - '0' : (c | ('a' ^ 'A')) - 'a' + 10);
}

void ids_read(const char *text, unsigned char out[ID_SIZE])
{
	memset(out, 0, ID_SIZE);
	if (!xapi_is_uuid(text))
		return;
	for (size_t i = 0; i < ID_SIZE; i++) {
		text += *text == '-';
		out[i] = (unsigned char)(digit_of(text[0]) << 4 | digit_of(text[1]));
		text += 2;
	}
}

/* Clients choose the ids: the seed prevents them from choosing the slots. */
static size_t pending_slot(const struct pending *p, const unsigned char id[ID_SIZE])
{
	uint64_t halves[2];
	memcpy(halves, id, sizeof halves);
	uint64_t state = p->seed ^ halves[0];
	state = random_next(&state) ^ halves[1];
	size_t at = (size_t)random_next(&state) & (p->capacity - 1);
	while (p->slots[at].seq != 0 && memcmp(p->slots[at].id, id, ID_SIZE) != 0)
		at = (at + 1) & (p->capacity - 1);
	return at;
}

static void put_pending(struct pending *p, const unsigned char id[ID_SIZE], int64_t seq)
{
	struct pending_id *slot = &p->slots[pending_slot(p, id)];
	p->count += slot->seq == 0;
	memcpy(slot->id, id, ID_SIZE);
	slot->seq = seq;
}

/* Drops entries that are in the table by now. */
static void grow_pending(struct pending *p, int64_t indexed)
{
	struct pending old = *p;
	size_t left = 0;
	for (size_t i = 0; i < old.capacity; i++)
		left += old.slots[i].seq > indexed;
	*p = (struct pending){.capacity = CAPACITY_MIN, .seed = random_seed()};
	while (p->capacity < left * 4)
		p->capacity *= 2;
	p->slots = xcalloc(p->capacity, sizeof *p->slots);
	for (size_t i = 0; i < old.capacity; i++)
		if (old.slots[i].seq > indexed)
			put_pending(p, old.slots[i].id, old.slots[i].seq);
	free(old.slots);
}

void ids_add_pending(
	struct pending *p, const unsigned char id[ID_SIZE], int64_t seq, int64_t indexed)
{
	if (p->count * 2 >= p->capacity)
		grow_pending(p, indexed);
	put_pending(p, id, seq);
}

int64_t ids_find_pending(const struct pending *p, const unsigned char id[ID_SIZE])
{
	return p->count > 0 ? p->slots[pending_slot(p, id)].seq : 0;
}

void ids_finish_pending(struct pending *p)
{
	free(p->slots);
	*p = (struct pending){0};
}
