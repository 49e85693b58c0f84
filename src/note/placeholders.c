/* note/placeholders.c - finds the parts of a command that stand for the reader's own values */
#include "note.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* How far to look for the other end of a name, or of an HTML element. */
#define NAME_LENGTH_MAX 100
#define ELEMENT_MAX 4096

static bool is_placeholder_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.' ||
	       (unsigned char)c >= 0x80;
}

static bool is_letter(char c)
{
	return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

static size_t placeholder_length(const char *text)
{
	size_t length = 0;
	while (is_placeholder_char(text[length]))
		length++;
	return length;
}

/* Returns whether a name may begin here; the next function, whether it may end: "USER/IMAGE:TAG",
 * "--name=NAME", but not "NAME=x". */
static bool begins_here(const char *line, const char *c)
{
	return c == line || isspace((unsigned char)c[-1]) || strchr("=:/", c[-1]) != NULL;
}

static bool ends_here(const char *end)
{
	return *end == '\0' || isspace((unsigned char)*end) || strchr(":/", *end) != NULL;
}

/* ---- placeholders in brackets ---- */

static bool has_closing_tag(const char *name, size_t length)
{
	const char *at = name, *end = name + strnlen(name, ELEMENT_MAX);
	for (; (at = memmem(at, (size_t)(end - at), "</", 2)) != NULL; at += 2)
		if (strncasecmp(at + 2, name, length) == 0)
			return true;
	return false;
}

/* "<name>", "<container id>", "<ID|NAME>"; not the tags of a web page, nor "<in|sort>out" */
static size_t angle_length(const char *line, const char *c)
{
	size_t length = 1;
	(void)line;
	if (*c != '<' || !is_letter(c[1]))
		return 0;
	while (is_placeholder_char(c[length]) ||
		(c[length] != '\0' && strchr(" /|:,", c[length]) != NULL))
		length++;
	if (c[length] != '>' || c[length - 1] == ' ' || strncasecmp(c, "<br", 3) == 0 ||
		strncasecmp(c, "<hr", 3) == 0)
		return 0;
	if (memchr(c, '|', length) != NULL && is_placeholder_char(c[length + 1]))
		return 0;
	return has_closing_tag(c + 1, placeholder_length(c + 1)) ? 0 : length + 1;
}

/* "{{name}}", "{{ name }}", "{name}"; not "{a,b}", "${NAME}", "{{.Names}}" */
static size_t brace_length(const char *line, const char *c)
{
	size_t braces = text_starts(c, "{{") ? 2 : 1;
	if (*c != '{' || (c != line && strchr("$@{%", c[-1]) != NULL))
		return 0;
	const char *name = c + braces;
	name += strspn(name, " ");
	size_t length = is_letter(*name) ? placeholder_length(name) : 0;
	const char *end = name + length;
	bool range = memmem(name, length, "..", 2) != NULL;
	end += strspn(end, " ");
	bool blank = braces == 1 && (c[1] == ' ' || end != name + length);
	if (length == 0 || range || blank || strncmp(end, "}}", braces) != 0)
		return 0;
	return (size_t)(end - c) + braces;
}

/* "[OPTIONS]", "[ARG...]", "[-a]", "[image name]": optional parts. Not "[ -f x ]", "file[0-9]". */
static size_t square_length(const char *line, const char *c)
{
	size_t length = 1;
	if (*c != '[' || (c != line && !isspace((unsigned char)c[-1])) ||
		(!is_letter(c[1]) && c[1] != '-'))
		return 0;
	while (is_placeholder_char(c[length]) ||
		(c[length] != '\0' && strchr(" |:=", c[length]) != NULL))
		length++;
	if (c[length] != ']' || (c[length + 1] != '\0' && !isspace((unsigned char)c[length + 1])))
		return 0;
	return length + 1;
}

/* "«name»", "‹name›" */
static size_t quote_length(const char *line, const char *c)
{
	static const struct {
		const char *open, *close;
	} quotes[] = {{"«", "»"}, {"‹", "›"}};
	(void)line;
	for (size_t i = 0; i < ARRAY_LENGTH(quotes); i++) {
		size_t width = strlen(quotes[i].close), line_length = 0;
		if (!text_starts(c, quotes[i].open))
			continue;
		while (line_length < NAME_LENGTH_MAX && c[line_length] != '\n' &&
			c[line_length] != '\0')
			line_length++;
		const char *end = memmem(c, line_length, quotes[i].close, width);
		if (end != NULL)
			return (size_t)(end - c) + width;
	}
	return 0;
}

/* ---- words ---- */

/* Names that reference pages write in capitals for a value of one's own. */
static const char *const capital_names[] = {"CONTAINER", "IMAGE", "NETWORK", "VOLUME",
	"CONTAINER_ID", "CONTAINER_NAME", "CONTAINER-ID", "IMAGE_ID", "IMAGE_NAME", "IMAGE-ID",
	"NETWORK_NAME", "VOLUME_NAME", "USERNAME", "PASSWORD", "HOST", "PORT", "HOST_PORT",
	"CONTAINER_PORT", "NAME", "TAG", "REPOSITORY", "SOURCE_IMAGE", "TARGET_IMAGE", "DEST_PATH",
	"SRC_PATH", "SERVICE", "STACK", "NODE", "COMMAND", "ID", "MY_IMAGE", "MY_CONTAINER",
	"MYIMAGE", "MYCONTAINER", "IMAGENAME", "CONTAINERNAME", "IMAGEID", "CONTAINERID",
	"NETWORK_ID", "VOLUME_ID", "SERVICE_NAME", "STACK_NAME", "NODE_ID", "POD", "POD_NAME",
	"IP_ADDRESS", "HOST_IP", "TARGET", "SOURCE", "REGISTRY", "ImageName", "ContainerName"};

static bool is_capital_name(const char *name, size_t length)
{
	for (size_t i = 0; length > 0 && i < ARRAY_LENGTH(capital_names); i++)
		if (*name == *capital_names[i] && strncmp(name, capital_names[i], length) == 0 &&
			capital_names[i][length] == '\0')
			return true;
	return false;
}

/* "[:TAG]", "[@DIGEST]" behind "IMAGE" */
static size_t optional_length(const char *c)
{
	size_t length = c[0] == '[' && (c[1] == ':' || c[1] == '@') ? strcspn(c, "] ") : 0;
	return length > 0 && c[length] == ']' ? length + 1 : 0;
}

static size_t capital_length(const char *line, const char *c)
{
	size_t length = begins_here(line, c) ? placeholder_length(c) : 0;
	if (length == 0)
		return 0;
	size_t behind = optional_length(c + length);
	return ends_here(c + length + behind) && is_capital_name(c, length) ? length + behind : 0;
}

/* "container_id", "image-id": no earlier line can have given an object such a name. */
static size_t id_length(const char *line, const char *c)
{
	static const char *const names[] = {"container_id", "container-id", "image_id", "image-id",
		"containerid", "imageid", "container_name", "container-name", "containername",
		"image_name", "image-name", "imagename", "network_name", "network-name",
		"network-id", "network_id", "volume_name", "volume-name", "service_name",
		"service-name", "pod_name", "pod-name"};
	size_t length = begins_here(line, c) ? placeholder_length(c) : 0;
	if (length == 0 || !ends_here(c + length))
		return 0;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (tolower((unsigned char)*c) == *names[i] &&
			strncasecmp(c, names[i], length) == 0 && names[i][length] == '\0')
			return length;
	return 0;
}

/* "YOUR_NAME", "your-container", "yourusername/app", "/path/to/folder" */
static size_t your_length(const char *line, const char *c)
{
	if (text_starts(c, "/path/to") && (c == line || !is_placeholder_char(c[-1])))
		return strcspn(c, " \t\n:,'\"");
	size_t length = begins_here(line, c) ? placeholder_length(c) : 0;
	bool yours = strncasecmp(c, "your", 4) == 0 && length > 4 && !isdigit((unsigned char)c[4]);
	return yours ? length : 0;
}

/* "xxxx", "XXXXXXXX" */
static size_t x_length(const char *line, const char *c)
{
	size_t length = begins_here(line, c) ? strspn(c, *c == 'x' ? "x" : "X") : 0;
	return length >= 3 && ends_here(c + length) ? length : 0;
}

/* "____" */
static size_t blank_length(const char *line, const char *c)
{
	size_t length = begins_here(line, c) ? strspn(c, "_") : 0;
	return length >= 3 && ends_here(c + length) ? length : 0;
}

/* "<<name>>", "&lt;name&gt;", "$$name$$", and DigitalOcean's "<^>name<^>" */
static size_t double_length(const char *line, const char *c)
{
	static const struct {
		const char *open, *close;
	} marks[] = {{"<<", ">>"}, {"&lt;", "&gt;"}, {"$$", "$$"}, {"<^>", "<^>"}};
	(void)line;
	for (size_t i = 0; i < ARRAY_LENGTH(marks); i++) {
		if (!text_starts(c, marks[i].open))
			continue;
		const char *name = c + strlen(marks[i].open);
		size_t length = is_letter(*name) ? placeholder_length(name) : 0;
		while (length > 0 && name[length] == ' ' && is_letter(name[length + 1]))
			length += 1 + placeholder_length(name + length + 1);
		const char *end = name + length;
		if (length == 0 || !text_starts(end, marks[i].close))
			continue;
		end += strlen(marks[i].close);
		bool document = text_starts(name, "EO") || text_starts(name, "END") ||
				is_placeholder_char(*end);
		if (i > 0 || !document) /* "cat <<EOF>>file" */
			return (size_t)(end - c);
	}
	return 0;
}

/* "*CONTAINER_ID*", "`<id>`": marked up in code, where it has no effect */
static size_t wrapped_length(const char *line, const char *c)
{
	if (strchr("*_`", *c) == NULL || *c == '\0' || !begins_here(line, c))
		return 0;
	size_t length = c[1] == '<' ? strcspn(c + 1, "> ") + 1 : placeholder_length(c + 1);
	while (*c == '_' && length > 0 && c[1 + length - 1] == '_')
		length--;
	bool named = c[1] == '<' ? c[length] == '>' : is_capital_name(c + 1, length);
	return named && c[1 + length] == *c ? length + 2 : 0;
}

/* ---- ids of the author's own ---- */

/* Subcommands that name what exists: nothing of the learner's has the author's ids. */
static bool names_existing(const char *line)
{
	static const char *const verbs[] = {"stop", "start", "restart", "kill", "rm", "logs",
		"inspect", "exec", "attach", "diff", "commit", "top", "rmi", "port", "pause",
		"unpause", "rename", "cp", "wait", "stats", "history", "tag", "export", "save"};
	const char *at = strstr(line, "docker ");
	if (at == NULL)
		return false;
	at += strlen("docker ");
	if (text_starts(at, "container ") || text_starts(at, "image "))
		at += strcspn(at, " ") + 1;
	cleanup_free char *verb = xstrndup(at, strcspn(at, " "));
	return text_is_one_of(verb, verbs, ARRAY_LENGTH(verbs));
}

/* "305297d7a235", "47d"; a name such as "db1" is no id. Docker's names have no letters but ASCII's:
 * "容器ID" stands for one. */
static size_t literal_length(const char *line, const char *c)
{
	if (c == line || c[-1] != ' ')
		return 0;
	size_t length = placeholder_length(c), hex = strspn(c, "0123456789abcdef"), digits = 0;
	bool foreign = false;
	for (size_t i = 0; i < length; i++) {
		digits += isdigit((unsigned char)c[i]) != 0;
		foreign = foreign || (unsigned char)c[i] >= 0x80;
	}
	bool id = length == hex && digits < length &&
		  ((length >= 7 && digits >= 2) || (length >= 3 && isdigit((unsigned char)*c)));
	id = id || (length == hex && (length == 12 || length == 64));
	bool found = (id || (foreign && !text_starts(c, "…"))) && ends_here(c + length) &&
		     names_existing(line);
	return found ? length : 0;
}

/* "%NAME%", "__NAME__" */
static size_t marked_length(const char *line, const char *c)
{
	const char *mark = text_starts(c, "__") ? "__" : *c == '%' ? "%" : NULL;
	if (mark == NULL || !begins_here(line, c))
		return 0;
	size_t width = strlen(mark), length = width;
	while (isupper((unsigned char)c[length]) ||
		(c[length] == '_' && !text_starts(c + length, mark)))
		length++;
	return length >= width + 2 && text_starts(c + length, mark) ? length + width : 0;
}

static size_t dots_length(const char *line, const char *c)
{
	size_t length = text_starts(c, "…") ? strlen("…") : text_starts(c, "...") ? 3 : 0;
	bool alone = length > 0 && (c == line || isspace((unsigned char)c[-1])) &&
		     (c[length] == '\0' || isspace((unsigned char)c[length]));
	return alone ? length : 0;
}

static const struct {
	size_t (*length)(const char *line, const char *c);
	bool quoted;        /* also recognized within "…" */
	const char *around; /* characters that may not adjoin it */
} kinds[] = {
	{double_length, false, "<>$^"},
	{wrapped_length, false, "*_`<>"},
	{blank_length, false, "_"},
	{angle_length, true, "<>"},
	{brace_length, false, "{} "},
	{square_length, false, "[]"},
	{quote_length, false, "«»‹›"},
	{capital_length, false, ""},
	{id_length, false, ""},
	{your_length, false, ""},
	{x_length, false, ""},
	{marked_length, false, "%_"},
	{dots_length, false, ""},
	{literal_length, false, ""},
};

static char *placeholder_name(const char *c, size_t length, const char *around)
{
	while (length > 0 && strchr(around, c[length - 1]) != NULL)
		length--;
	size_t front = strspn(c, around);
	return front < length ? xstrndup(c + front, length - front) : xstrdup("");
}

static size_t placeholder_at(const char *line, const char *c, char quote, const char **ret_around)
{
	if (*c == ' ' || (isalnum((unsigned char)*c) && !begins_here(line, c)))
		return 0; /* none begins within a word */
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		size_t length = quote == '\0' || kinds[i].quoted ? kinds[i].length(line, c) : 0;
		*ret_around = kinds[i].around;
		if (length > 0)
			return length;
	}
	return 0;
}

/* ---- here-documents are the author's own text ---- */

/* c points at "<<"; returns the length up to the end of its body, or 0. This also skips
 * placeholders on the rest of the first line. */
static size_t document_length(const char *c)
{
	if (!text_starts(c, "<<") || c[2] == '<')
		return 0;
	const char *word = c + 2;
	word += strspn(word, "- \t'\"\\");
	size_t length = placeholder_length(word);
	if (double_length(c, c) > 0 && strchr(c, '\n') == NULL)
		return 0;
	const char *line = strchr(word, '\n');
	while (length > 0 && line != NULL) {
		line++;
		const char *text = line + strspn(line, "\t");
		if (strncmp(text, word, length) == 0 &&
			(text[length] == '\n' || text[length] == '\0'))
			return (size_t)(text - c) + length;
		line = strchr(line, '\n');
	}
	return length > 0 ? strlen(c) : 0;
}

size_t note_placeholders(const char *line,
	void (*found)(void *data, const char *name, size_t at, size_t length), void *data)
{
	size_t count = 0;
	char quote = '\0';
	for (const char *c = line; *c != '\0';) {
		const char *around = "";
		if (*c == '\'' || *c == '"')
			quote = quote == '\0' ? *c : quote == *c ? '\0' : quote;
		size_t skip = quote == '\0' ? document_length(c) : 0;
		size_t length =
			skip == 0 && quote != '\'' ? placeholder_at(line, c, quote, &around) : 0;
		if (length > 0) {
			cleanup_free char *name = placeholder_name(c, length, around);
			if (found != NULL)
				found(data, name, (size_t)(c - line), length);
			count++;
		}
		c += length > 0 ? length : skip > 0 ? skip : 1;
	}
	return count;
}

struct filler {
	char *line;
	char sign;
};

static void add_filler(void *data, const char *name, size_t at, size_t length)
{
	struct filler *f = data;
	(void)name;
	memset(f->line + at, f->sign, length);
}

char *note_fill_placeholders(const char *line, char filler)
{
	struct filler f = {.line = xstrdup(line), .sign = filler};
	(void)note_placeholders(line, add_filler, &f);
	return f.line;
}
