/* note/code.c - turns code into blocks: commands, or a listing */
#include "blocks.h"

#include <cmark-gfm.h>
#include <stdlib.h>
#include <string.h>

/* Returns whether the line, without what its containers put before it, ends the fence. */
static bool is_closing(const char *line, char sign, size_t signs)
{
	line += strspn(line, " \t>");
	size_t run = 0;
	while (line[run] == sign)
		run++;
	line += run;
	line += strspn(line, " \t\r");
	return run >= signs && (*line == '\n' || *line == '\0');
}

/* Returns the fence's last line in the text that cmark parsed. cmark gives it the line below if its
 * list item or quote ended first. */
static int fence_end(const struct walker *w, cmark_node *node, bool *ret_closed)
{
	int signs, offset, end = cmark_node_get_end_line(node);
	char sign;
	bool fenced = cmark_node_get_fenced(node, &signs, &offset, &sign) != 0;
	bool within = end > cmark_node_get_start_line(node) && (size_t)end <= w->source_count;
	*ret_closed = fenced && within && is_closing(w->source[end - 1], sign, (size_t)signs);
	if (*ret_closed)
		return end;
	int lines = 0;
	const char *code = cmark_node_get_literal(node);
	for (const char *c = code != NULL ? code : ""; (c = strchr(c, '\n')) != NULL; c++)
		lines++;
	return cmark_node_get_start_line(node) + lines;
}

static void warn_unclosed_fence(struct walker *w, cmark_node *node, int end)
{
	bool rest = (size_t)end >= w->source_count;
	reader_add_problem(w->reader, blocks_line_of(w, node), rest,
		rest ? _("this fence is never closed: all that follows is taken for code")
		     : _("this fence is never closed: it ends with its list item or quote"));
}

/* The input of a fence that has no command of the host. */
static const char *input_of(struct walker *w, const struct fence *fence)
{
	const char *input = NULL;
	for (size_t i = 0; i < fence->count; i++)
		if (fence->items[i].input != NULL)
			input = arena_printf(blocks_arena(w), "%s%s", input != NULL ? input : "",
				fence->items[i].input);
	return input;
}

static void add_listing(struct walker *w, const char *code, int line, int last,
	const char *language, const char *file, const struct fence *fence)
{
	struct note_block *b = blocks_add(w, NOTE_LISTING, line, last);
	b->code = arena_strdup(blocks_arena(w), code);
	b->language = arena_strdup(blocks_arena(w), language);
	b->file = arena_strdup(blocks_arena(w), file);
	b->input = input_of(w, fence);
}

static void add_commands(
	struct walker *w, const struct fence *fence, int first_line, const char *language)
{
	for (size_t i = 0; i < fence->count; i++) {
		const struct fence_command *c = &fence->items[i];
		enum note_block_kind kind = c->session   ? NOTE_LISTING
					    : c->comment ? NOTE_COMMENT
							 : NOTE_COMMAND;
		struct note_block *b =
			blocks_add(w, kind, first_line + c->line, first_line + c->last_line);
		if (c->comment) { /* a comment belongs to its command, not to a callout */
			b->icon = NOTE_ICON_NONE;
			b->callout = 0;
		}
		b->code = arena_strdup(blocks_arena(w), c->code);
		b->prompt = arena_strdup(blocks_arena(w), c->prompt);
		b->output = arena_strdup(blocks_arena(w), c->output);
		b->input = arena_strdup(blocks_arena(w), c->input);
		b->language = arena_strdup(blocks_arena(w), language);
	}
}

/* Tells the blocks from `first` on which fence they come from. */
static void set_fence(struct walker *w, cmark_node *node, size_t first)
{
	bool closed;
	int end = fence_end(w, node, &closed);
	if (!closed && cmark_node_get_literal(node) != NULL)
		warn_unclosed_fence(w, node, end);
	for (size_t i = first; i < w->section->block_count; i++) {
		w->blocks[i].fence = blocks_line_of(w, node);
		w->blocks[i].fence_end = end + w->first_line;
	}
}

/* "## SYNOPSIS": what follows is a pattern of commands. */
static bool is_synopsis(const char *title)
{
	static const char *const names[] = {
		"synopsis", "syntax", "syntaxe", "sintaxis", "sintaxe", "sintassi"};
	return text_is_one_of_fold(title, names, ARRAY_LENGTH(names));
}

/* "export PATH=…", "alias d=docker" below words about ".bashrc": text of that file. */
static bool is_startup_text(const struct walker *w, const char *code)
{
	static const char *const files[] = {".bashrc", ".zshrc", ".profile", ".bash_profile",
		".zprofile", ".zshenv", ".bash_aliases", "config.fish"};
	static const char *const settings[] = {
		"export ", "alias ", "source ", "eval ", "plugins=", "set -gx ", "#", "\n"};
	const struct note_block *above =
		w->section->block_count > 0 ? &w->blocks[w->section->block_count - 1] : NULL;
	cleanup_buf struct buf words = {0};
	bool named = false;
	if (above == NULL || above->kind != NOTE_PARAGRAPH)
		return false;
	note_text_plain(&above->text, &words);
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++)
		named = named || strstr(buf_text(&words), files[i]) != NULL;
	for (const char *line = code; named && *line != '\0'; line = text_next_line(line)) {
		bool setting = false;
		for (size_t i = 0; i < ARRAY_LENGTH(settings); i++)
			setting = setting || text_starts(line, settings[i]);
		named = setting;
	}
	return named;
}

#define PARTS_MAX 8 /* so that a long text is not read again for each of its paragraphs */

/* Indented code that only blank lines part is one block, also a file and the commands below it:
 * returns where these begin; the code itself if nothing comes before; NULL if there are none. */
static const char *find_commands(const struct walker *w, const char *code)
{
	const char *part = code;
	for (size_t i = 0; i < PARTS_MAX && part != NULL; i++) {
		if (commands_begin(part, w->within.programs))
			return part;
		part = strstr(part, "\n\n");
		part = part != NULL ? part + 1 + strspn(part + 1, "\n") : NULL;
	}
	return NULL;
}

static void add_indented(struct walker *w, const char *code, int line, int last)
{
	struct fence fence = {.listing = true};
	const char *commands = is_synopsis(w->section->title) || is_startup_text(w, code)
				       ? NULL
				       : find_commands(w, code);
	if (commands != NULL)
		commands_read(commands, "", &w->within, &fence);
	if (fence.listing) {
		add_listing(w, code, line, last, "", NULL, &fence);
	} else {
		cleanup_free char *before = xstrndup(code, (size_t)(commands - code));
		int end = line;
		for (const char *c = before; (c = strchr(c, '\n')) != NULL; c++)
			end++;
		while (text_ends(before, "\n\n"))
			before[strlen(before) - 1] = '\0';
		if (end > line)
			add_listing(w, before, line, end - 1, "", NULL, &(struct fence){0});
		add_commands(w, &fence, end, "");
	}
	commands_finish(&fence);
}

static void add_fenced(struct walker *w, cmark_node *node, const char *code)
{
	int line = blocks_line_of(w, node);
	const char *info = cmark_node_get_fence_info(node);
	info = info != NULL ? info : "";
	info += strspn(info, " \t{.");
	cleanup_free char *language = xstrndup(info, strcspn(info, " \t,{}:;?"));
	if (strchr(language, '=') != NULL || text_same(info, "plain text"))
		language[0] = '\0';
	cleanup_free char *file = files_name_fence(w, node, info, language);
	struct fence fence = {.listing = true};
	if (file == NULL && !is_synopsis(w->section->title) && !is_startup_text(w, code))
		commands_read(code, language, &w->within, &fence);
	if (fence.listing)
		add_listing(w, code, line, cmark_node_get_end_line(node) + w->first_line, language,
			file, &fence);
	else
		add_commands(w, &fence, line + 1, language);
	commands_finish(&fence);
}

void code_visit(struct walker *w, cmark_node *node)
{
	size_t first = w->section->block_count;
	int length, offset;
	char character;
	const char *code = cmark_node_get_literal(node);
	code = code != NULL ? code : "";
	if (cmark_node_get_fenced(node, &length, &offset, &character) == 0) {
		add_indented(w, code, blocks_line_of(w, node),
			cmark_node_get_end_line(node) + w->first_line);
		return;
	}
	add_fenced(w, node, code);
	set_fence(w, node, first);
}

void code_add_file(struct walker *w, const char *code, const char *file, int line)
{
	const struct fence none = {0};
	add_listing(w, code, line, line, "", file, &none);
}

void code_add(struct walker *w, const char *code, const char *language, int line)
{
	struct fence fence = {0};
	commands_read(code, language, &w->within, &fence);
	if (fence.listing)
		add_listing(w, code, line, line, language, NULL, &fence);
	else
		add_commands(w, &fence, line, language);
	commands_finish(&fence);
}
