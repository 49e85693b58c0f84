/* course/identity.c - what courses and steps are known by in a record: a course by its own id or by
 * where it is, a step by its content */
#include "private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Eight digits are enough: ids only have to differ within a lesson, or among files of one name. */
static uint32_t short_hash(uint64_t hash)
{
	return (uint32_t)(hash ^ hash >> 32);
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
	return hash_bytes(hash, text, strlen(text) + 1); /* the end separates texts */
}

/* ---- courses ---- */

/* The file's name, together with its folder's name for a file that every folder has. */
static const char *name_of_path(struct course *c, const char *real)
{
	cleanup_free char *plain = course_plain_name(real);
	const char *slash = strrchr(real, '/');
	bool common = text_same(plain, "readme") || text_same(plain, "index");
	if (!common || slash == NULL || slash == real || folder_exists(real))
		return arena_strdup(&c->arena, plain);
	cleanup_free char *above = path_parent(real);
	cleanup_free char *folder = course_plain_name(above);
	return arena_printf(&c->arena, "%s-%s", folder, plain);
}

/* The id of a folder is its index's, or its only note's: other notes may have ids, too. */
static const char *own_id(const struct course *c)
{
	cleanup_free char *plain = course_plain_name(c->notes[0]->path);
	bool speaks = c->note_count == 1 || text_same(plain, "index") ||
		      text_same(plain, "-index") || text_same(plain, "readme");
	return speaks ? c->head->id : NULL;
}

void identity_name_course(struct course *c)
{
	cleanup_free char *real = realpath(c->path, NULL); /* "." has a real name, too */
	const char *place = real != NULL ? real : c->path;
	const char *own = own_id(c);
	bool folder = folder_exists(c->path);
	const char *name = name_of_path(c, place);
	c->old_id = own != NULL && !folder ? own : name;
	c->id = own;
	if (c->shipped) {
		c->id = c->old_id;
		return;
	}
	c->place_id = arena_printf(
		&c->arena, "%s-%08" PRIx32, name, short_hash(hash_text(HASH_START, place)));
	if (own == NULL)
		c->id = c->place_id;
}

/* ---- steps ---- */

const char *course_step_kind_name(enum course_step_kind kind)
{
	static const char *const names[] = {
		[STEP_PROSE] = "prose",
		[STEP_CALLOUT] = "callout",
		[STEP_EXAMPLE] = "example",
		[STEP_TASK] = "task",
		[STEP_QUESTION] = "question",
	};
	return names[kind];
}

static bool is_asking(const struct course_step *step)
{
	return step->kind == STEP_EXAMPLE || step->kind == STEP_TASK || step->kind == STEP_QUESTION;
}

/* What the step asks for, without the text around it, which authors polish. */
static uint64_t hash_of_step(const struct course_step *step)
{
	uint64_t hash = HASH_START;
	if (step->kind == STEP_EXAMPLE)
		return hash_text(hash, step->command);
	if (step->kind == STEP_QUESTION)
		return hash_text(hash, step->quiz);
	for (size_t i = 0; i < step->checks.count; i++)
		hash = hash_text(hash, step->checks.items[i].text);
	for (size_t i = 0; i < step->solution.count; i++)
		hash = hash_text(hash, step->solution.items[i].line);
	return hash;
}

/* A text is known by its place after the step that asks before it. */
static char *name_text(const struct course_step *step, const char *after, unsigned number)
{
	const char *kind = course_step_kind_name(step->kind);
	if (after == NULL)
		return xasprintf("%s-%u", kind, number);
	return xasprintf(
		"%s-%u-%08" PRIx32, kind, number, short_hash(hash_text(HASH_START, after)));
}

static char *name_asking(const struct course_step *step)
{
	if (step->id != NULL)
		return xstrdup(step->id);
	return xasprintf(
		"%s-%08" PRIx32, course_step_kind_name(step->kind), short_hash(hash_of_step(step)));
}

void identity_name_steps(struct course *c, struct course_step *steps, size_t count)
{
	struct unique_names ids = {0};
	const char *after = NULL;
	unsigned numbers[STEP_QUESTION + 1] = {0};
	for (size_t i = 0; i < count; i++) {
		struct course_step *step = &steps[i];
		bool asks = is_asking(step);
		step->number = step->kind == STEP_TASK && step->id != NULL ? 0 : step->number;
		cleanup_free char *name =
			asks ? name_asking(step) : name_text(step, after, ++numbers[step->kind]);
		step->id = unique_add(&ids, &c->arena, name, 2);
		if (asks) {
			after = step->id;
			memset(numbers, 0, sizeof numbers);
		}
	}
	unique_finish(&ids);
}

char *course_step_old_id(const struct course_step *step)
{
	return step->number > 0
		       ? xasprintf("%s-%u", course_step_kind_name(step->kind), step->number)
		       : NULL;
}
