/* base/memory.c - allocation that ends the program on failure, growing arrays, arenas */
#include "base.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void die_out_of_memory(void)
{
	static const char message[] = "ropes: out of memory\n";
	(void)!write(STDERR_FILENO, message, sizeof message - 1); /* no other way to report it */
	_exit(ERROR_ENVIRONMENT);
}

void *xmalloc(size_t size)
{
	void *p = malloc(size > 0 ? size : 1);
	if (p == NULL)
		die_out_of_memory();
	return p;
}

void *xcalloc(size_t count, size_t size)
{
	void *p = calloc(count > 0 ? count : 1, size > 0 ? size : 1);
	if (p == NULL)
		die_out_of_memory();
	return p;
}

void *xrealloc(void *p, size_t size)
{
	void *q = realloc(p, size > 0 ? size : 1);
	if (q == NULL)
		die_out_of_memory();
	return q;
}

char *xstrdup(const char *s)
{
	return s != NULL ? xstrndup(s, strlen(s)) : NULL;
}

char *xstrndup(const char *s, size_t length)
{
	char *copy = xmalloc(length + 1);
	if (length > 0)
		memcpy(copy, s, length);
	copy[length] = '\0';
	return copy;
}

static bool is_power_of_two(size_t n)
{
	return (n & (n - 1)) == 0;
}

/* The capacity is the smallest power of two >= `count`, so the array is full exactly when count
 * is a power of two. */
static size_t grown_capacity(size_t count, size_t size)
{
	size_t capacity = count == 0 ? 1 : count * 2;
	if (capacity < count || (size > 0 && capacity > SIZE_MAX / 2 / size))
		die_out_of_memory();
	return capacity;
}

void *array_grow(void *items, size_t count, size_t size)
{
	if (items != NULL && !(count == 0 || is_power_of_two(count)))
		return items;
	if (items != NULL && count == 0)
		return items;
	return xrealloc(items, grown_capacity(count, size) * size);
}

void *array_refill(void *items, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity)
		return items;
	*capacity = grown_capacity(count > 0 ? count : 8, size);
	return xrealloc(items, *capacity * size);
}

/* ---- arenas ---- */

#define CHUNK_SIZE ((size_t)16 * 1024 - 64)

struct arena_chunk {
	struct arena_chunk *before;
	size_t used, size;
	_Alignas(max_align_t) char bytes[];
};

static struct arena_chunk *add_chunk(struct arena *a, size_t size)
{
	struct arena_chunk *chunk = xmalloc(sizeof *chunk + size);
	chunk->size = size;
	chunk->used = 0;
	if (size > CHUNK_SIZE &&
		a->last != NULL) { /* put a large piece below, and keep the open chunk */
		chunk->before = a->last->before;
		a->last->before = chunk;
	} else {
		chunk->before = a->last;
		a->last = chunk;
	}
	return chunk;
}

void *arena_alloc(struct arena *a, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	if (size > SIZE_MAX / 2)
		die_out_of_memory();
	size_t rounded = (size + align - 1) / align * align;
	struct arena_chunk *chunk = a->last;
	if (chunk == NULL || chunk->size - chunk->used < rounded)
		chunk = add_chunk(a, rounded > CHUNK_SIZE ? rounded : CHUNK_SIZE);
	void *p = chunk->bytes + chunk->used;
	chunk->used += rounded;
	return memset(p, 0, rounded);
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s != NULL ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_strndup(struct arena *a, const char *s, size_t length)
{
	char *copy = arena_alloc(a, length + 1);
	if (length > 0)
		memcpy(copy, s, length);
	return copy;
}

void *arena_grow(struct arena *a, void *items, size_t count, size_t size)
{
	if (items != NULL && !is_power_of_two(count))
		return items;
	if (items != NULL && count == 0)
		return items;
	void *grown = arena_alloc(a, grown_capacity(count, size) * size);
	if (count > 0)
		memcpy(grown, items, count * size);
	return grown;
}

void *arena_copy(struct arena *a, const void *bytes, size_t size)
{
	return size > 0 ? memcpy(arena_alloc(a, size), bytes, size) : NULL;
}

void *arena_steal_array(struct arena *a, void *items, size_t count, size_t size)
{
	void *kept = arena_copy(a, items, count * size);
	free(items);
	return kept;
}

void arena_finish(struct arena *a)
{
	if (a == NULL)
		return;
	while (a->last != NULL) {
		struct arena_chunk *before = a->last->before;
		free(a->last);
		a->last = before;
	}
}

/* ---- release on leaving the scope ---- */

void cleanup_free_pointer(void *pointer_to_pointer)
{
	void *p;
	memcpy(&p, pointer_to_pointer, sizeof p);
	free(p);
}

void cleanup_close_fd(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd); /* no error to recover from */
}

static int by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

size_t numbers_unique(int64_t *numbers, size_t count)
{
	size_t left = 0;
	if (count > 1)
		qsort(numbers, count, sizeof *numbers, by_number);
	for (size_t i = 0; i < count; i++)
		if (left == 0 || numbers[left - 1] != numbers[i])
			numbers[left++] = numbers[i];
	return left;
}
