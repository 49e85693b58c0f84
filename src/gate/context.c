/* gate/context.c - what a build context asks for, in class: the Dockerfile in the archive must
 * start from images that its owner may see, and let the daemon fetch nothing */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONTEXT_LIMIT ((size_t)64 * 1024 * 1024)
#define BLOCK 512

/* ---- instructions ---- */

struct stages {
	struct words names;
	size_t count;
};

static char *next_word(const char **text)
{
	*text += strspn(*text, " \t\r");
	size_t length = strcspn(*text, " \t\r");
	char *word = xstrndup(*text, length);
	*text += length;
	return word;
}

/* COPY may name a stage by its number, FROM by its name only. */
static bool is_stage(const struct stages *stages, const char *name, bool by_number)
{
	long long number;
	if (by_number && text_number(name, 0, (long long)stages->count - 1, &number))
		return true;
	for (size_t i = 0; i < stages->names.count; i++)
		if (text_same_fold(stages->names.items[i], name))
			return true;
	return false;
}

static bool judge_image(
	struct request *r, const struct stages *stages, const char *image, bool by_number)
{
	cleanup_free char *id = NULL;
	if (text_same(image, "scratch") || is_stage(stages, image, by_number))
		return true;
	if (*image == '\0' || strchr(image, '$') != NULL)
		return refuse(r, 403, "context", "FROM %s: name the image plainly", image);
	return own_image(r, image, true, &id);
}

static bool judge_from(struct request *r, struct stages *stages, const char *rest)
{
	cleanup_free char *image = next_word(&rest);
	while (text_starts(image, "--")) {
		free(image);
		image = next_word(&rest);
	}
	if (!judge_image(r, stages, image, false))
		return false;
	cleanup_free char *as = next_word(&rest);
	cleanup_free char *name = next_word(&rest);
	if (text_same_fold(as, "as"))
		words_add(&stages->names, name);
	stages->count++;
	return true;
}

static bool judge_copy(struct request *r, const struct stages *stages, const char *rest)
{
	for (;;) {
		cleanup_free char *word = next_word(&rest);
		if (*word == '\0')
			return true;
		if (text_starts(word, "--from=") && !judge_image(r, stages, word + 7, true))
			return false;
		if (strstr(word, "://") != NULL || text_starts(word, "git@"))
			return refuse(r, 403, "context",
				"ADD %s: the daemon fetches nothing; put it into the folder", word);
	}
}

static bool judge_instruction(struct request *r, struct stages *stages, const char *line)
{
	cleanup_free char *word = next_word(&line);
	if (text_same_fold(word, "ONBUILD"))
		return judge_instruction(r, stages, line);
	if (text_same_fold(word, "FROM"))
		return judge_from(r, stages, line);
	if (text_same_fold(word, "COPY") || text_same_fold(word, "ADD"))
		return judge_copy(r, stages, line);
	return true;
}

/* Lines that go on are joined as the builder does it; `escape` may be either, for the file can
 * choose it. Comment lines within do not end them. */
static bool judge_lines(struct request *r, const char *text, char escape)
{
	struct stages stages = {0};
	cleanup_buf struct buf line = {0};
	bool good = true;
	while (good && *text != '\0') {
		size_t length = strcspn(text, "\n"), end = length;
		const char *start = text + strspn(text, " \t");
		bool comment = *start == '#' && start < text + length;
		while (end > 0 && strchr(" \t\r", text[end - 1]) != NULL)
			end--;
		bool goes_on = end > 0 && text[end - 1] == escape;
		if (!comment)
			buf_add(&line, text, goes_on ? end - 1 : length);
		text += length + (text[length] == '\n');
		if ((goes_on || (comment && line.length > 0)) && *text != '\0')
			continue;
		good = judge_instruction(r, &stages, buf_text(&line));
		buf_truncate(&line, 0);
	}
	words_finish(&stages.names);
	return good;
}

static bool judge_dockerfile(struct request *r, const char *bytes, size_t length)
{
	cleanup_free char *text = xstrndup(bytes, length);
	if (memchr(bytes, '\0', length) != NULL)
		return refuse(r, 400, "context", "the Dockerfile is no text");
	return judge_lines(r, text, '\\') && judge_lines(r, text, '`');
}

/* ---- the archive: POSIX ustar with pax and GNU long names ---- */

static bool octal(const char *field, size_t length, size_t *ret)
{
	size_t value = 0;
	for (size_t i = 0; i < length && field[i] != '\0' && field[i] != ' '; i++) {
		if (field[i] < '0' || field[i] > '7')
			return false;
		value = value * 8 + (size_t)(field[i] - '0');
	}
	*ret = value;
	return true;
}

/* "27 path=some/where\n" among pax records. */
static char *pax_path(const char *bytes, size_t length)
{
	const char *at = memmem(bytes, length, " path=", 6);
	if (at == NULL)
		return NULL;
	const char *end = memchr(at, '\n', (size_t)(bytes + length - at));
	return xstrndup(at + 6, (size_t)((end != NULL ? end : bytes + length) - at - 6));
}

static char *entry_name(const char *header)
{
	cleanup_free char *name = xstrndup(header, strnlen(header, 100));
	cleanup_free char *prefix = xstrndup(header + 345, strnlen(header + 345, 155));
	bool ustar = memcmp(header + 257, "ustar", 5) == 0 && header[262] == '\0';
	return ustar && *prefix != '\0' ? xasprintf("%s/%s", prefix, name) : xstrdup(name);
}

static const char *plain(const char *name)
{
	while (text_starts(name, "./") || name[0] == '/')
		name += name[0] == '/' ? 1 : 2;
	return name;
}

static bool judge_entry(
	struct request *r, char type, const char *name, const char *bytes, size_t size)
{
	const char *wanted = target_query(&r->target, "dockerfile");
	wanted = plain(wanted != NULL && *wanted != '\0' ? wanted : "Dockerfile");
	/* without it the builder also takes one in small letters */
	if (!text_same_fold(plain(name), wanted))
		return strstr(name, "..") == NULL ||
		       refuse(r, 400, "context", "%s: a path in the context leads out of it", name);
	return type == '0' || type == '\0'
		       ? judge_dockerfile(r, bytes, size)
		       : refuse(r, 403, "context", "%s must be a plain file", name);
}

static bool judge_archive_bytes(struct request *r, const char *bytes, size_t length)
{
	cleanup_free char *longer = NULL;
	for (size_t at = 0; at + BLOCK <= length && bytes[at] != '\0';) {
		const char *header = bytes + at, *content = header + BLOCK;
		char type = header[156];
		size_t size;
		if (!octal(header + 124, 12, &size) || size > length - at - BLOCK)
			return refuse(r, 400, "context", "the archive is broken");
		at += BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
		if (type == 'x' || type == 'g' || type == 'L') {
			char *path = type == 'L' ? xstrndup(content, strnlen(content, size))
						 : pax_path(content, size);
			if (path != NULL) {
				free(longer);
				longer = path;
			}
			continue;
		}
		cleanup_free char *name = longer != NULL ? longer : entry_name(header);
		longer = NULL;
		if (!judge_entry(r, type, name, content, size))
			return false;
	}
	return true;
}

bool judge_context(struct request *r)
{
	struct body body;
	body_begin(&body, &r->client, &r->head, false);
	r->has_archive = true;
	if (!body_read_all(&body, CONTEXT_LIMIT, &r->archive))
		return refuse(r, 413, "context", "a build context may have %zu bytes, and be whole",
			CONTEXT_LIMIT);
	if (r->archive.length > 0 && r->archive.length % BLOCK != 0)
		return refuse(r, 400, "context", "a plain tar is expected, not a packed one");
	return judge_archive_bytes(r, buf_text(&r->archive), r->archive.length);
}
