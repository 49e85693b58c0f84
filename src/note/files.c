/* note/files.c - which file a listing shows: by its fence, by the words above it, or as a
 * Dockerfile */
#include "blocks.h"
#include "fence.h"

#include <cmark-gfm.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- names ---- */

static const char *const whole_names[] = {"Dockerfile", "Containerfile", "Makefile", "Caddyfile",
	"Procfile", "Gemfile", "Rakefile", "Jenkinsfile", "Vagrantfile", ".env", ".dockerignore",
	".gitignore", ".npmrc", ".netrc", ".pgpass", ".curlrc", ".condarc", ".gitconfig",
	".wslconfig", ".editorconfig", ".htaccess", ".yarnrc", ".nvmrc"};

static const char *const endings[] = {"bat", "c", "cc", "cfg", "cjs", "cnf", "conf", "config",
	"cpp", "cs", "csproj", "css", "csv", "dart", "dockerignore", "env", "ex", "go", "gradle",
	"graphql", "h", "hcl", "html", "ini", "java", "js", "json", "jsx", "kt", "lua", "md", "mjs",
	"mod", "php", "pl", "properties", "proto", "ps1", "py", "rb", "rs", "service", "sh", "sql",
	"sum", "svelte", "swift", "tf", "toml", "tpl", "ts", "tsx", "txt", "vue", "xml", "yaml",
	"yml"};

/* "app.py", "conf/site.conf", "Dockerfile.dev": inside the workspace. "Terminal", "Promise.all" and
 * "/etc/hosts" do not qualify. */
bool files_is_name(const char *title)
{
	const char *base = path_base(title), *dot = strrchr(base, '.');
	for (const char *c = title; *c != '\0'; c++)
		if ((unsigned char)*c < 0x80 && !isalnum((unsigned char)*c) &&
			strchr("._-/", *c) == NULL)
			return false;
	if (title[0] == '/' || strstr(title, "..") != NULL)
		return false;
	return text_is_one_of(base, whole_names, ARRAY_LENGTH(whole_names)) ||
	       text_starts(base, "Dockerfile.") ||
	       (dot != NULL && dot != base &&
		       text_is_one_of(dot + 1, endings, ARRAY_LENGTH(endings)));
}

/* "Node.js", "Vue.js" and similar names. */
static bool names_a_product(const char *words)
{
	return isupper((unsigned char)words[0]) && text_ends(words, ".js");
}

/* ---- the fence ---- */

/* Returns the value of key (with its '=') in a fence's info string; NULL. */
static char *info_value(const char *info, const char *key)
{
	const char *at = strstr(info, key);
	if (at == NULL ||
		(at != info && !isspace((unsigned char)at[-1]) && at[-1] != '{' && at[-1] != ','))
		return NULL;
	at += strlen(key);
	char quote = *at == '"' || *at == '\'' ? *at++ : '\0';
	size_t length = quote == '"' ? strcspn(at, "\"")
			: quote      ? strcspn(at, "'")
				     : strcspn(at, " \t},");
	return length > 0 ? xstrndup(at, length) : NULL;
}

/* title=NAME, file=NAME, title="NAME", or the name alone, in a fence's info string. What changes in
 * a file is not the file. */
static char *info_file(const char *info, const char *language)
{
	static const char *const titles[] = {"title=", "filename="};
	char *file = info_value(info, "file=");
	if (file != NULL || text_same_fold(language, "diff") || text_same_fold(language, "patch"))
		return file;
	for (size_t i = 0; i < ARRAY_LENGTH(titles); i++) {
		cleanup_free char *title = info_value(info, titles[i]);
		if (title != NULL && files_is_name(title))
			return xstrdup(title);
	}
	const char *second = info + strcspn(info, " \t:"); /* "yaml:compose.yaml", "js app.js" */
	second += *second != '\0';
	cleanup_free char *name = xstrndup(second, strcspn(second, " \t,}"));
	return files_is_name(name) ? xstrdup(name) : NULL;
}

/* ---- the words above the fence ---- */

/* Words that say that a file is made of what follows. */
static bool says_make(const char *text)
{
	static const char *const words[] = {"create", "make ", "save", "add ", "edit", "open ",
		"put ", "write", "called", "named", "following", "look like", "looks like",
		"content", "paste", "copy", "update", "change", "file", "erstell", "datei",
		"anlegen", "inhalt", "crea", "archivo", "fichier", "guarda", "créez", "crie",
		"arquivo", "创建", "文件", "新建", "編集", "作成", "作る", "作り", "ファイル",
		"만들", "작성", "파일", "создай", "файл"};
	cleanup_free char *small = text_lower(xstrdup(text));
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (strstr(small, words[i]) != NULL)
			return true;
	return false;
}

/* Removes a colon, or a full stop, and blanks from the end; returns whether there was a colon. */
static bool cut_end(char *text)
{
	static const char *const ends[] = {":", "：", ".", "。"};
	bool colon = false;
	for (bool again = true; again;) {
		size_t length = strlen(text);
		again = length > 0 && isspace((unsigned char)text[length - 1]);
		if (again)
			text[length - 1] = '\0';
		for (size_t i = 0; !again && i < ARRAY_LENGTH(ends); i++) {
			if (!text_ends(text, ends[i]))
				continue;
			text[length - strlen(ends[i])] = '\0';
			colon = colon || i < 2;
			again = !colon;
		}
	}
	return colon;
}

/* The only word that names a file, as in "Put the following in app/config.json"; NULL. */
static char *file_among_words(const char *text)
{
	static const char blanks[] = " \n\t,;:()'\"";
	cleanup_free char *found = NULL;
	for (const char *c = text; *c != '\0';) {
		c += strspn(c, blanks);
		size_t length = strcspn(c, blanks);
		cleanup_free char *word = xstrndup(c, length);
		c += length;
		if (!files_is_name(word) || names_a_product(word))
			continue;
		if (found != NULL && !text_same(found, word))
			return NULL;
		free(found);
		found = xstrdup(word);
	}
	char *file = found;
	found = NULL;
	return file;
}

/* "app.py:", "`app.py`", "**app.py**", "Make a file `app.py`:": the name alone, or the one in code
 * if the text ends with a colon or says that a file is made. *ret_made: it says so. */
static char *file_in_words(const struct note_text *text, bool *ret_made)
{
	cleanup_buf struct buf plain = {0};
	const char *code = NULL;
	size_t codes = 0;
	note_text_plain(text, &plain);
	cleanup_free char *alone = xstrdup(buf_text(&plain));
	bool colon = cut_end(alone);
	bool in_code = text->count > 0 && (text->spans[0].style & NOTE_CODE) != 0;
	*ret_made = says_make(alone);
	if (files_is_name(alone) && (in_code || !names_a_product(alone)))
		return xstrdup(alone);
	for (size_t i = 0; i < text->count; i++) {
		if ((text->spans[i].style & NOTE_CODE) == 0 || !files_is_name(text->spans[i].text))
			continue;
		code = text->spans[i].text;
		codes++;
	}
	if (codes == 1 && (colon || *ret_made))
		return xstrdup(code);
	return codes == 0 && *ret_made ? file_among_words(alone) : NULL;
}

/* Languages used for output rather than for files. */
static bool is_printed(const char *language)
{
	static const char *const names[] = {
		"", "text", "txt", "plain", "plaintext", "output", "log", "diff", "none"};
	cleanup_free char *small = text_lower(xstrdup(language));
	return text_is_one_of(small, names, ARRAY_LENGTH(names));
}

/* The name in the paragraph above, or in the heading if nothing stands between. */
static char *file_above(struct walker *w, cmark_node *node, bool *ret_made)
{
	cmark_node *above = cmark_node_previous(node);
	cmark_node_type type = above != NULL ? cmark_node_get_type(above) : CMARK_NODE_NONE;
	if (type != CMARK_NODE_PARAGRAPH && type != CMARK_NODE_HEADING)
		return NULL;
	struct note_text text = spans_read(w->reader, NULL, above, blocks_line_of(w, above));
	char *file = file_in_words(&text, ret_made);
	if (file != NULL && type == CMARK_NODE_HEADING && text.count > 1) {
		free(file); /* a heading that only mentions it */
		return NULL;
	}
	return file;
}

/* ---- the command above the fence ---- */

/* "nano compose.yaml", "vim app.py"; NULL. */
static char *file_of_editor(const char *command)
{
	static const char *const editors[] = {"nano", "vi", "vim", "nvim", "emacs", "micro", "code",
		"gedit", "subl", "pico", "mcedit", "kate", "$EDITOR"};
	cleanup_free char *editor = xstrndup(command, strcspn(command, " \n"));
	const char *file = strrchr(command, ' ');
	bool edits = text_is_one_of(editor, editors, ARRAY_LENGTH(editors));
	return edits && file != NULL && files_is_name(file + 1) ? xstrdup(file + 1) : NULL;
}

/* "Paste this:", "with the following content"; not "Add this line:". */
static bool says_paste(const struct note_text *text)
{
	static const char *const words[] = {"paste", "content", "following", "write", "save",
		"inhalt", "einfüg", "contenido", "pega", "contenu", "colle", "conteúdo", "cole",
		"内容", "粘贴", "貼り付け", "붙여", "내용", "вставь"};
	static const char *const parts[] = {
		"line", "add ", "append", "change", "replace", "zeile", "ergänz", "línea", "ligne"};
	cleanup_buf struct buf plain = {0};
	bool pastes = false;
	note_text_plain(text, &plain);
	cleanup_free char *small = text_lower(xstrdup(buf_text(&plain)));
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		pastes = pastes || strstr(small, words[i]) != NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
		pastes = pastes && strstr(small, parts[i]) == NULL;
	return pastes;
}

/* The file that the last command opened in an editor, if the text between says to paste; NULL. */
static char *file_in_editor(const struct walker *w)
{
	size_t at = w->section->block_count;
	const struct note_block *text = at > 1 ? &w->blocks[at - 1] : NULL;
	const struct note_block *command = at > 1 ? &w->blocks[at - 2] : NULL;
	if (text == NULL || text->kind != NOTE_PARAGRAPH || command->kind != NOTE_COMMAND)
		return NULL;
	return says_paste(&text->text) ? file_of_editor(command->code) : NULL;
}

/* "# compose.yaml", "// src/app.js", "<!-- index.html -->" in the first line */
static char *file_in_comment(const char *code)
{
	static const char *const signs[] = {"# ", "// ", "<!-- ", "-- ", "; ", "/* "};
	for (size_t i = 0; i < ARRAY_LENGTH(signs); i++) {
		if (!text_starts(code, signs[i]))
			continue;
		const char *name = code + strlen(signs[i]);
		cleanup_free char *file = xstrndup(name, strcspn(name, " \n"));
		const char *behind = name + strlen(file);
		behind += strspn(behind, " ");
		behind += text_starts(behind, "-->") ? 3 : text_starts(behind, "*/") ? 2 : 0;
		if (*behind == '\n' && files_is_name(file))
			return xstrdup(file);
	}
	return NULL;
}

/* "...", "# ...", "// …", "[...]": something was left out, so this is not the whole file. */
static bool is_elided(const char *code)
{
	for (const char *line = code; *line != '\0';) {
		size_t length = strcspn(line, "\n");
		const char *text = line + strspn(line, " \t#/;*<!-[(");
		size_t dots = strspn(text, ".");
		size_t width = text_starts(text, "…") ? strlen("…") : dots >= 3 ? dots : 0;
		if (width > 0 && text + width <= line + length) {
			text += width;
			text += strspn(text, " \t-*/>])");
			if (text >= line + length)
				return true;
		}
		line += length + (line[length] == '\n');
	}
	return false;
}

/* ---- Dockerfiles ---- */

static bool is_dockerfile(const char *code)
{
	while (*code == '#' || isspace((unsigned char)*code))
		code += *code == '#' ? strcspn(code, "\n") : 1;
	return text_starts(code, "FROM ") || text_starts(code, "ARG ");
}

static bool is_dockerfile_fence(const char *code, const char *language)
{
	return (strcasecmp(language, "dockerfile") == 0 || strcasecmp(language, "docker") == 0) &&
	       is_dockerfile(code);
}

/* "out.txt": what a fence without a language shows of it may be output. */
static bool may_be_printed(const char *file)
{
	static const char *const ends[] = {".txt", ".log", ".out", ".csv", ".sh"};
	for (size_t i = 0; i < ARRAY_LENGTH(ends); i++)
		if (text_ends(file, ends[i]))
			return !text_ends(file, "requirements.txt");
	return false;
}

/* "tools/check tests/one.js" below words about tests/one.js: one line that names the file after
 * another word. */
static bool calls_with_file(const char *code, const char *file)
{
	const char *operand = strchr(code, ' ');
	return operand != NULL && text_is_blank(text_next_line(code)) &&
	       strstr(operand, file) != NULL;
}

/* "make" above "sudo make install": a known command with an operand, not a list of names. */
static bool has_operand_line(const char *code)
{
	for (const char *line = code; *line != '\0'; line = text_next_line(line))
		if (strcspn(line, " ") < strcspn(line, "\n") && prompts_is_command(line))
			return true;
	return strcspn(code, " ") < strcspn(code, "\n");
}

/* Returns whether a fence that might hold commands or output shows the file that is named above it:
 * a script, a Dockerfile, or the words say that it is made. */
static bool is_file_text(
	const struct walker *w, const char *code, const char *language, const char *file, bool made)
{
	if (text_starts(code, "#!"))
		return true;
	if (text_starts(path_base(file), "Dockerfile"))
		return is_dockerfile(code);
	bool text = is_printed(language) && strcasecmp(language, "output") != 0;
	made = made || (language[0] == '\0' && !may_be_printed(file));
	if (calls_with_file(code, file))
		return false;
	if (note_language_runs(language))
		return !commands_contain(code) && !programs_is_call(w->within.programs, code);
	bool command = commands_begin(code, w->within.programs) && has_operand_line(code);
	return made && text && !command;
}

static char *find_file(struct walker *w, cmark_node *node, const char *info, const char *language,
	const char *code)
{
	char *file = info_file(info, language);
	bool dockerfile = is_dockerfile_fence(code, language), made = false;
	bool kept = dockerfile || (!note_language_runs(language) && !is_printed(language));
	if (file == NULL)
		file = file_above(w, node, &made);
	else
		return file;
	bool part =
		file != NULL && text_same(path_base(file), "Dockerfile") && !is_dockerfile(code);
	if (file != NULL && (part || (!kept && !is_file_text(w, code, language, file, made)))) {
		free(file);
		file = NULL;
	}
	if (file == NULL && (kept || text_starts(code, "#!")))
		file = file_in_comment(code);
	if (file == NULL && kept && !dockerfile)
		file = file_in_editor(w);
	return file == NULL && dockerfile ? xstrdup("Dockerfile") : file;
}

char *files_name_fence(struct walker *w, cmark_node *node, const char *info, const char *language)
{
	const char *code = cmark_node_get_literal(node);
	char *file = find_file(w, node, info, language, code != NULL ? code : "");
	if (file != NULL && code != NULL && is_elided(code)) {
		free(file);
		return NULL;
	}
	return file;
}
