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
	".gitignore", ".npmrc"};

static const char *const endings[] = {"bat", "c", "cc", "cfg", "cjs", "cnf", "conf", "config",
	"cpp", "cs", "csproj", "css", "csv", "dart", "dockerignore", "env", "ex", "go", "gradle",
	"graphql", "h", "hcl", "html", "ini", "java", "js", "json", "jsx", "kt", "lua", "md", "mjs",
	"mod", "php", "pl", "properties", "proto", "ps1", "py", "rb", "rs", "service", "sh", "sql",
	"sum", "svelte", "swift", "tf", "toml", "tpl", "ts", "tsx", "txt", "vue", "xml", "yaml",
	"yml"};

/* "app.py", "conf/site.conf", "Dockerfile.dev": inside the workspace. "Terminal", "Promise.all" and
 * "/etc/hosts" do not qualify. */
static bool names_a_file(const char *title)
{
	const char *base = path_base(title), *dot = strrchr(base, '.');
	for (const char *c = title; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && strchr("._-/", *c) == NULL)
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

/* title=NAME, file=NAME, title="NAME" in a fence's info string. */
static char *info_file(const char *info)
{
	static const char *const keys[] = {"file=", "filename="};
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		char *file = info_value(info, keys[i]);
		if (file != NULL)
			return file;
	}
	cleanup_free char *title = info_value(info, "title=");
	return title != NULL && names_a_file(title) ? xstrdup(title) : NULL;
}

/* ---- the words above the fence ---- */

/* "app.py:", "`app.py`", "**app.py**", "Make a file `app.py`:": the name alone, or the one in code
 * if the text ends with a colon. */
static char *file_in_words(const struct note_text *text)
{
	cleanup_buf struct buf plain = {0};
	const char *code = NULL;
	size_t codes = 0;
	note_text_plain(text, &plain);
	size_t length = plain.length;
	while (length > 0 && isspace((unsigned char)plain.data[length - 1]))
		length--;
	bool colon = length > 0 && plain.data[length - 1] == ':';
	cleanup_free char *alone = xstrndup(buf_text(&plain), length - colon);
	bool in_code = text->count > 0 && (text->spans[0].style & NOTE_CODE) != 0;
	if (names_a_file(alone) && (in_code || !names_a_product(alone)))
		return xstrdup(alone);
	for (size_t i = 0; i < text->count; i++) {
		if ((text->spans[i].style & NOTE_CODE) == 0)
			continue;
		code = text->spans[i].text;
		codes++;
	}
	return colon && codes == 1 && names_a_file(code) ? xstrdup(code) : NULL;
}

/* Languages used for output rather than for files. */
static bool is_printed(const char *language)
{
	static const char *const names[] = {
		"", "text", "txt", "plain", "plaintext", "output", "log", "diff", "none"};
	cleanup_free char *small = text_lower(xstrdup(language));
	return text_is_one_of(small, names, ARRAY_LENGTH(names));
}

static char *file_above(struct walker *w, cmark_node *node)
{
	cmark_node *above = cmark_node_previous(node);
	if (above == NULL || cmark_node_get_type(above) != CMARK_NODE_PARAGRAPH)
		return NULL;
	struct note_text text = spans_read(w->reader, NULL, above, blocks_line_of(w, above));
	return file_in_words(&text);
}

/* ---- Dockerfiles ---- */

static bool is_dockerfile_fence(const char *code, const char *language)
{
	if (strcasecmp(language, "dockerfile") != 0 && strcasecmp(language, "docker") != 0)
		return false;
	while (*code == '#' || isspace((unsigned char)*code))
		code += *code == '#' ? strcspn(code, "\n") : 1;
	cleanup_free char *line = xstrndup(code, strcspn(code, "\n"));
	return text_starts(line, "FROM ") || text_starts(line, "ARG ");
}

char *files_name_fence(struct walker *w, cmark_node *node, const char *info, const char *language)
{
	const char *code = cmark_node_get_literal(node);
	char *file = info_file(info);
	bool dockerfile = code != NULL && is_dockerfile_fence(code, language);
	bool kept = dockerfile || (!note_language_runs(language) && !is_printed(language));
	if (file == NULL && kept)
		file = file_above(w, node);
	return file == NULL && dockerfile ? xstrdup("Dockerfile") : file;
}
