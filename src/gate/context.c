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

/* The daemon knows the owner's images by other names: in the Dockerfile they become ids. */
struct edit {
	size_t at, length; /* of the name in the file */
	char *id;
};
struct edits {
	struct edit *items;
	size_t count;
};

static void edits_finish(struct edits *e)
{
	for (size_t i = 0; i < e->count; i++)
		free(e->items[i].id);
	free(e->items);
	*e = (struct edits){0};
}

#define JOINED SIZE_MAX

/* What is known of a Dockerfile while its lines are judged. */
struct stages {
	struct words names;
	size_t count;
	const char *line;    /* the one that is judged */
	size_t at;           /* where it begins in the file; JOINED: it is made of several */
	struct edits *edits; /* NULL: they are not kept */
};

static void keep_edit(struct stages *s, const char *where, size_t length, const char *id)
{
	if (s->edits == NULL || s->at == JOINED)
		return;
	s->edits->items = array_grow(s->edits->items, s->edits->count, sizeof *s->edits->items);
	s->edits->items[s->edits->count++] =
		(struct edit){s->at + (size_t)(where - s->line), length, xstrdup(id)};
}

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

/* where: of the image in the line. */
static bool judge_image(struct request *r, struct stages *stages, const char *image,
	const char *where, bool by_number)
{
	cleanup_free char *id = NULL, *reference = NULL;
	if (text_same(image, "scratch") || is_stage(stages, image, by_number))
		return true;
	if (*image == '\0' || strchr(image, '$') != NULL)
		return refuse(r, 403, "context", "FROM %s: name the image plainly", image);
	if (!own_image(r, image, true, &id, &reference))
		return false;
	if (name_is_own(r->gate, reference))
		keep_edit(stages, where, strlen(image), id);
	/* a digit or two may be the number of a stage, or by chance the beginning of some id */
	bool by_chance =
		strlen(image) < 12 && strncmp(id, "sha256:", 7) == 0 && text_starts(id + 7, image);
	return !by_chance || refuse(r, 404, "context", "No such image: %s", image);
}

static bool judge_from(struct request *r, struct stages *stages, const char *rest)
{
	cleanup_free char *image = next_word(&rest);
	while (text_starts(image, "--")) {
		free(image);
		image = next_word(&rest);
	}
	if (!judge_image(r, stages, image, rest - strlen(image), false))
		return false;
	cleanup_free char *as = next_word(&rest);
	cleanup_free char *name = next_word(&rest);
	if (text_same_fold(as, "as"))
		words_add(&stages->names, name);
	stages->count++;
	return true;
}

static bool judge_copy(struct request *r, struct stages *stages, const char *rest)
{
	for (;;) {
		cleanup_free char *word = next_word(&rest);
		if (*word == '\0')
			return true;
		const char *from = text_starts(word, "--from=") ? word + 7 : NULL;
		if (from != NULL && !judge_image(r, stages, from, rest - strlen(from), true))
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
static bool judge_lines(struct request *r, const char *file, char escape, struct edits *edits)
{
	struct stages stages = {.edits = edits};
	cleanup_buf struct buf line = {0};
	const char *text = file;
	size_t parts = 0;
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
		stages.at = parts++ == 0 ? (size_t)(text - file) : JOINED;
		text += length + (text[length] == '\n');
		if ((goes_on || (comment && line.length > 0)) && *text != '\0')
			continue;
		stages.line = buf_text(&line);
		good = judge_instruction(r, &stages, stages.line);
		buf_truncate(&line, 0);
		parts = 0;
	}
	words_finish(&stages.names);
	return good;
}

static bool judge_dockerfile(
	struct request *r, const char *bytes, size_t length, struct edits *edits)
{
	cleanup_free char *text = xstrndup(bytes, length);
	if (memchr(bytes, '\0', length) != NULL)
		return refuse(r, 400, "context", "the Dockerfile is no text");
	return judge_lines(r, text, '\\', edits) && judge_lines(r, text, '`', NULL);
}

/* ---- the archive: POSIX ustar with pax and GNU long names, read as strictly as it can be: what
 * two readers could take for two names or two sizes is refused ---- */

/* Digits between blanks and NULs, as the daemon's reader trims them. */
static bool octal(const char *field, size_t length, size_t *ret)
{
	size_t value = 0;
	while (length > 0 && (*field == ' ' || *field == '\0'))
		field++, length--;
	while (length > 0 && (field[length - 1] == ' ' || field[length - 1] == '\0'))
		length--;
	for (size_t i = 0; i < length; i++) {
		if (field[i] < '0' || field[i] > '7')
			return false;
		value = value * 8 + (size_t)(field[i] - '0');
	}
	*ret = value;
	return true;
}

static bool is_zero_block(const char *block)
{
	static const char zeros[BLOCK];
	return memcmp(block, zeros, BLOCK) == 0;
}

/* One pax record, "27 path=some/where\n"; *ret_text is behind its length, *ret_end its newline. */
static bool pax_record(
	const char *bytes, size_t length, const char **ret_text, const char **ret_end)
{
	size_t digits = 0, size = 0;
	while (digits < length && digits < 8 && isdigit((unsigned char)bytes[digits]))
		size = size * 10 + (size_t)(bytes[digits++] - '0');
	if (digits == 0 || digits >= length || bytes[digits] != ' ' || size < digits + 2 ||
		size > length || bytes[size - 1] != '\n')
		return false;
	*ret_text = bytes + digits + 1;
	*ret_end = bytes + size - 1;
	return true;
}

/* *ret_path: what the records call the next entry; NULL where they do not. */
static bool judge_pax(struct request *r, const char *bytes, size_t length, char **ret_path)
{
	while (length > 0) {
		const char *text, *end;
		if (!pax_record(bytes, length, &text, &end))
			return refuse(r, 400, "context", "the archive's pax records are broken");
		size_t size = (size_t)(end - text);
		const char *equals = memchr(text, '=', size);
		size_t key = equals != NULL ? (size_t)(equals - text) : size;
		bool path = key == 4 && memcmp(text, "path", 4) == 0;
		if ((key == 4 && memcmp(text, "size", 4) == 0) ||
			(key >= 10 && memcmp(text, "GNU.sparse", 10) == 0) ||
			(path && (*ret_path != NULL || memchr(text, '\0', size) != NULL)))
			return refuse(r, 400, "context", "the pax record %.*s is not taken",
				(int)key, text);
		if (path)
			*ret_path = xstrndup(equals + 1, size - key - 1);
		length -= (size_t)(end + 1 - bytes);
		bytes = end + 1;
	}
	return true;
}

static char *entry_name(const char *header)
{
	cleanup_free char *name = xstrndup(header, strnlen(header, 100));
	cleanup_free char *prefix = xstrndup(header + 345, strnlen(header + 345, 155));
	bool ustar = memcmp(header + 257, "ustar", 5) == 0 && header[262] == '\0';
	return ustar && *prefix != '\0' ? xasprintf("%s/%s", prefix, name) : xstrdup(name);
}

/* "./a//b/." as "a/b"; NULL for what leads upwards. The caller frees it. */
static char *plain_path(const char *path)
{
	struct buf out = {0};
	while (*(path += strspn(path, "/")) != '\0') {
		size_t length = strcspn(path, "/");
		if (length == 2 && path[0] == '.' && path[1] == '.') {
			buf_finish(&out);
			return NULL;
		}
		if (length != 1 || path[0] != '.')
			buf_printf(&out, "%s%.*s", out.length > 0 ? "/" : "", (int)length, path);
		path += length;
	}
	return buf_steal(&out);
}

/* The Dockerfile that is meant, and whether it was met. */
struct wanted {
	char *path;
	bool found;
	size_t at, size; /* of the last one: its content in the archive */
	struct edits edits;
};

static bool is_above(const char *folder, const char *path)
{
	size_t length = strlen(folder);
	return strncasecmp(path, folder, length) == 0 && path[length] == '/';
}

static bool judge_entry(struct request *r, struct wanted *wanted, char type, const char *name,
	const char *bytes, size_t size)
{
	bool file = type == '0' || type == '\0';
	cleanup_free char *path = plain_path(name);
	if (path == NULL)
		return refuse(r, 400, "context", "%s: a path in the context leads out of it", name);
	/* without it the builder also takes one in small letters */
	if (text_same_fold(path, wanted->path)) {
		wanted->found = true;
		wanted->at = (size_t)(bytes - buf_text(&r->archive));
		wanted->size = size;
		edits_finish(&wanted->edits); /* of an earlier one of the same name */
		return file ? judge_dockerfile(r, bytes, size, &wanted->edits)
			    : refuse(r, 403, "context", "%s must be a plain file", name);
	}
	return type == '5' || !is_above(path, wanted->path) ||
	       refuse(r, 403, "context", "%s must be a plain folder", name);
}

/* One header with what follows; *ret_next is where the next one begins. */
static bool judge_header(struct request *r, struct wanted *wanted, const char *header, size_t left,
	char **longer, size_t *ret_next)
{
	const char *content = header + BLOCK;
	char type = header[156];
	size_t size;
	if (!octal(header + 124, 12, &size) || size > left - BLOCK)
		return refuse(r, 400, "context", "the archive is broken");
	*ret_next = BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
	if (type == 'K') /* where a link leads */
		return true;
	if (type == 'x' && *longer == NULL)
		return judge_pax(r, content, size, longer);
	if (type == 'L' && *longer == NULL) {
		*longer = xstrndup(content, strnlen(content, size));
		return true;
	}
	if (strchr("xgLSVN", type) != NULL && type != '\0')
		return refuse(r, 400, "context", "an entry of type %c is not taken", type);
	cleanup_free char *name = *longer != NULL ? *longer : entry_name(header);
	*longer = NULL;
	return judge_entry(r, wanted, type, name, content, size);
}

static bool judge_archive_bytes(
	struct request *r, struct wanted *wanted, const char *bytes, size_t length)
{
	char *longer = NULL;
	bool good = true;
	for (size_t at = 0, next = BLOCK; good && at + BLOCK <= length; at += next) {
		if (is_zero_block(bytes + at))
			break;
		good = judge_header(r, wanted, bytes + at, length - at, &longer, &next);
	}
	free(longer);
	/* an empty archive is for the daemon to refuse */
	return good && (wanted->found || length == 0 ||
			       refuse(r, 403, "context", "Cannot locate specified Dockerfile: %s",
				       wanted->path));
}

static void write_octal(char *field, size_t digits, size_t value)
{
	for (size_t i = digits; i-- > 0; value /= 8)
		field[i] = (char)('0' + value % 8);
	field[digits] = '\0';
}

static void edit(const char *bytes, size_t length, const struct edits *edits, struct buf *out)
{
	size_t done = 0;
	for (size_t i = 0; i < edits->count; i++) {
		const struct edit *e = &edits->items[i];
		buf_add(out, bytes + done, e->at - done);
		buf_add_text(out, e->id);
		done = e->at + e->length;
	}
	buf_add(out, bytes + done, length - done);
}

/* Puts the edited text where the Dockerfile's stood. */
static void replace_dockerfile(struct buf *archive, const struct wanted *w)
{
	struct buf out = {0};
	cleanup_buf struct buf text = {0};
	char header[BLOCK];
	size_t rest = w->at + (w->size + BLOCK - 1) / BLOCK * BLOCK, sum = 0;
	edit(archive->data + w->at, w->size, &w->edits, &text);
	memcpy(header, archive->data + w->at - BLOCK, BLOCK);
	write_octal(header + 124, 11, text.length);
	memset(header + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)header[i];
	write_octal(header + 148, 6, sum);
	buf_add(&out, archive->data, w->at - BLOCK);
	buf_add(&out, header, BLOCK);
	buf_add(&out, text.data, text.length);
	buf_add_repeat(&out, '\0', (BLOCK - text.length % BLOCK) % BLOCK);
	if (rest < archive->length)
		buf_add(&out, archive->data + rest, archive->length - rest);
	buf_finish(archive);
	*archive = out;
}

static bool judge_whole(struct request *r, const char *bytes, size_t length)
{
	const char *given = target_query(&r->target, "dockerfile");
	struct wanted wanted = {
		.path = plain_path(given != NULL && *given != '\0' ? given : "Dockerfile")};
	bool good = wanted.path != NULL ? judge_archive_bytes(r, &wanted, bytes, length)
					: refuse(r, 400, "context",
						  "dockerfile=%s leads out of the context", given);
	if (good && wanted.edits.count > 0)
		replace_dockerfile(&r->archive, &wanted);
	edits_finish(&wanted.edits);
	free(wanted.path);
	return good;
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
	return judge_whole(r, buf_text(&r->archive), r->archive.length);
}
