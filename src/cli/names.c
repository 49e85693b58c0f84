/* cli/names.c - checks whether a word can name an image, a container, a volume or a network */
#include "cli.h"

#include <ctype.h>
#include <string.h>

/* "<container>", "[NAME]", "CONTAINER_ID": a placeholder that the reader should have replaced. */
static bool is_placeholder(const char *word)
{
	size_t length = strlen(word);
	return length > 2 && ((word[0] == '<' && word[length - 1] == '>') ||
				     (word[0] == '[' && word[length - 1] == ']') ||
				     (word[0] == '{' && word[length - 1] == '}'));
}

char *cli_check_name(const char *name)
{
	if (is_placeholder(name))
		return xasprintf(_("`%s` stands for a name of your own."), name);
	if (*name == '\0')
		return xstrdup(_("The name is empty."));
	size_t good = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_.-");
	if (name[good] != '\0')
		return xasprintf(
			strchr(" \t", name[good]) != NULL
				? _("A name has letters, digits, `_`, `.` and `-`, but no blank.")
				: _("A name has letters, digits, `_`, `.` and `-`; `%.*s` cannot "
				    "be part of it."),
			(int)utf8_decode(name + good, strlen(name + good), &(uint32_t){0}),
			name + good);
	if (strchr("_.-", name[0]) != NULL)
		return xstrdup(_("A name begins with a letter or a digit."));
	if (name[1] == '\0')
		return xstrdup(_("A name has at least two characters."));
	return NULL;
}

/* "sha256:" and 64 hexadecimal digits; other algorithms have other lengths. */
static bool is_digest(const char *text)
{
	size_t algorithm = strcspn(text, ":"), length = strlen(text);
	if (text[algorithm] == '\0')
		return false;
	const char *digits = text + algorithm + 1;
	return strspn(digits, "0123456789abcdef") == strlen(digits) &&
	       (text_starts(text, "sha256:") ? length == 7 + 64 : strlen(digits) >= 32);
}

/* distribution/reference: [HOST[:PORT]/]PATH[:TAG][@DIGEST], the path in lower case. */
char *cli_check_image(const char *reference)
{
	if (is_placeholder(reference))
		return xasprintf(_("`%s` stands for an image of your own."), reference);
	if (*reference == '\0')
		return xstrdup(_("The name of the image is empty."));
	if (strstr(reference, "://") != NULL)
		return xstrdup(_("An image is named without `https://`."));
	size_t length = strcspn(reference, "@");
	if (reference[length] == '@' && !is_digest(reference + length + 1))
		return xasprintf(_("`%s` cannot be a digest: it is `sha256:` and 64 hexadecimal "
				   "digits."),
			reference + length + 1);
	cleanup_free char *name = xstrndup(reference, length);
	char *slash = strrchr(name, '/'), *colon = strrchr(name, ':');
	if (colon != NULL && (slash == NULL || colon > slash)) {
		const char *tag = colon + 1;
		if (*tag == '\0')
			return xstrdup(_("Nothing follows the colon, where the tag should be."));
		if (tag[strspn(tag, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_.-")] != '\0' ||
			strchr(".-", *tag) != NULL)
			return xasprintf(
				_("`%s` cannot be a tag: a tag has letters, digits, `_`, `.` and `-`."),
				tag);
		*colon = '\0';
	}
	char *path = name, *first = strchr(name, '/');
	if (first != NULL && (memchr(name, '.', (size_t)(first - name)) != NULL ||
				     memchr(name, ':', (size_t)(first - name)) != NULL ||
				     strncmp(name, "localhost/", 10) == 0))
		path = first + 1; /* a registry's address precedes the path */
	for (const char *c = path; *c != '\0'; c++) {
		if (isupper((unsigned char)*c))
			return xstrdup(_("The name of an image is written in small letters; only "
					 "the tag may have capitals."));
		if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) &&
			strchr("._-/ ", *c) == NULL)
			return xasprintf(_("`%.*s` cannot stand in the name of an image."),
				(int)utf8_decode(c, strlen(c), &(uint32_t){0}), c);
		if (*c == ' ')
			return xstrdup(
				c == path ? _("A `\\` before a blank makes the blank part of "
					      "the word: it continues a line only as the very "
					      "last character.")
					  : _("A blank cannot stand in the name of an image."));
		bool edge = c == path || c[1] == '\0' || c[1] == '/' || c[-1] == '/';
		if (edge && strchr("._-/", *c) != NULL)
			return xstrdup(
				_("Each part of an image's name begins and ends with a letter "
				  "or a digit."));
	}
	return *path == '\0' ? xstrdup(_("The name of the image is empty.")) : NULL;
}
