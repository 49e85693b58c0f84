/* quiz/load.c - banks of questions in all formats: what a file is, and how it is read */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_LIMIT ((size_t)4 * 1024 * 1024)
#define MANIFEST "imsmanifest.xml"
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

static bool has_ending(const char *path, const char *ending)
{
	size_t length = strlen(path), size = strlen(ending);
	return length > size && text_same_fold(path + length - size, ending);
}

/* ---- GIFT ---- */

/* CRLF and CR are line ends, too. The caller frees the copy. */
static char *copy_text(const char *bytes, size_t length, size_t *ret_length)
{
	struct buf text = {0};
	for (size_t i = 0; i < length; i++)
		if (bytes[i] != '\r')
			buf_add_char(&text, bytes[i]);
		else if (i + 1 >= length || bytes[i + 1] != '\n')
			buf_add_char(&text, '\n');
	*ret_length = text.length;
	return buf_steal(&text);
}

static bool parse_text(
	const char *path, const char *bytes, size_t length, struct quiz **ret, struct error *err)
{
	size_t mark = strlen(BYTE_ORDER_MARK);
	if (length >= mark && memcmp(bytes, BYTE_ORDER_MARK, mark) == 0) {
		bytes += mark;
		length -= mark;
	}
	if (memchr(bytes, '\0', length) != NULL || !utf8_valid(bytes, length))
		return error_set(err, 0, "%s:1:1: it is not text in UTF-8", path);
	cleanup_free char *copy = copy_text(bytes, length, &length);
	*ret = parse_gift(path, copy, length, NULL);
	return true;
}

/* ---- XML ---- */

static bool is_package(const struct xml_node *root)
{
	return xml_is(root, "manifest") || xml_is(root, "assessmentTest");
}

/* An item that cannot be read is a problem of the package. */
static void translate_item(
	struct translation *t, const char *folder, const char *name, size_t *left)
{
	cleanup_buf struct buf bytes = {0};
	cleanup_error struct error err = {0};
	const struct xml_node *root = NULL;
	cleanup_free char *path = path_join(folder, name);
	t->path = arena_strdup(&t->arena, path);
	bool good = beneath_read(folder, name, *left, &bytes, &err) &&
		    xml_parse(t->path, buf_text(&bytes), bytes.length, &t->arena, &root, &err);
	*left -= bytes.length;
	if (good && xml_is(root, "assessmentItem"))
		qti_translate(t, root);
	else
		translate_refusal(
			t, 1, "%s", good ? _("it is not a QTI 2 item") : error_text(&err));
}

/* folder: of the files that the document may name; NULL: it may name none. */
static bool translate_document(
	struct translation *t, const struct xml_node *root, const char *folder, struct error *err)
{
	cleanup_words struct words items = {0};
	size_t left = XML_SIZE_MAX;
	if (folder != NULL && is_package(root))
		qti_items(root, &items);
	for (size_t i = 0; i < items.count; i++)
		translate_item(t, folder, items.items[i], &left);
	if (xml_is(root, "quiz"))
		moodle_translate(t, root);
	else if (xml_is(root, "assessmentItem"))
		qti_translate(t, root);
	else if (items.count == 0)
		return error_set(err, 0,
			"%s:%d:1: <%s> is neither Moodle XML (<quiz>) nor QTI 2 (<assessmentItem>, or a "
			"package that names such files)",
			t->path, root->line, root->name);
	return true;
}

static bool parse_document(const char *path, const char *bytes, size_t length, const char *folder,
	struct quiz **ret, struct error *err)
{
	struct translation t = {.path = path};
	const struct xml_node *root;
	bool good = xml_parse(path, bytes, length, &t.arena, &root, err) &&
		    translate_document(&t, root, folder, err);
	if (good) {
		buf_add_char(&t.gift, '\n');
		*ret = parse_gift(path, t.gift.data, t.gift.length, &t);
	}
	translate_finish(&t);
	return good;
}

static bool load_document(const char *path, struct quiz **ret, struct error *err)
{
	cleanup_buf struct buf bytes = {0};
	const char *base = path_base(path);
	cleanup_free char *folder =
		base > path ? xstrndup(path, (size_t)(base - path)) : xstrdup(".");
	return file_read(path, XML_SIZE_MAX, &bytes, err) &&
	       parse_document(path, buf_text(&bytes), bytes.length, folder, ret, err);
}

/* ---- all formats ---- */

bool quiz_parse(
	const char *path, const char *bytes, size_t length, struct quiz **ret, struct error *err)
{
	return has_ending(path, ".xml") ? parse_document(path, bytes, length, NULL, ret, err)
					: parse_text(path, bytes, length, ret, err);
}

bool quiz_load(const char *path, struct quiz **ret, struct error *err)
{
	cleanup_buf struct buf bytes = {0};
	cleanup_free char *manifest = path_join(path, MANIFEST);
	if (file_exists(manifest))
		return load_document(manifest, ret, err);
	if (has_ending(path, ".xml"))
		return load_document(path, ret, err);
	return file_read(path, SIZE_LIMIT, &bytes, err) &&
	       parse_text(path, buf_text(&bytes), bytes.length, ret, err);
}

bool quiz_is_draft(const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0, comments = 0;
	bool draft = file != NULL;
	while (draft && getline(&line, &size, file) > 0) {
		const char *text = line + strspn(line, " \t");
		comments += text_starts(text, "//");
		draft = text_starts(text, "//") || text_is_blank(text);
	}
	free(line);
	if (file != NULL)
		fclose(file);
	return draft && comments > 0;
}

/* A text is a bank if it begins like one, or if most of its paragraphs have answers. */
static bool is_gift(const char *path)
{
	static const char *const begins[] = {"::", "//", "$CATEGORY:"};
	cleanup_buf struct buf bytes = {0};
	struct quiz *quiz;
	if (!file_read(path, SIZE_LIMIT, &bytes, NULL))
		return false;
	const char *text = buf_text(&bytes);
	text += text_starts(text, BYTE_ORDER_MARK) ? strlen(BYTE_ORDER_MARK) : 0;
	text += strspn(text, " \t\r\n");
	for (size_t i = 0; i < ARRAY_LENGTH(begins); i++)
		if (text_starts(text, begins[i]))
			return true;
	if (!parse_text(path, buf_text(&bytes), bytes.length, &quiz, NULL))
		return false;
	size_t asked = 0, others = 0;
	for (size_t i = 0; i < quiz->problem_count; i++)
		others += quiz->problems[i].serious;
	for (size_t i = 0; i < quiz->question_count; i++)
		*(quiz->questions[i].kind->prompt != NULL ? &asked : &others) += 1;
	quiz_destroy(quiz);
	return asked > 0 && asked >= others;
}

bool quiz_is_bank(const char *path)
{
	cleanup_free char *manifest = path_join(path, MANIFEST);
	return has_ending(path, ".gift") || has_ending(path, ".xml") ||
	       (has_ending(path, ".txt") && is_gift(path)) || file_exists(manifest);
}
