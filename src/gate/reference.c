/* gate/reference.c - image references as text: their parts, and the form in which the daemon
 * lists them */
#include "images.h"

#include <ctype.h>
#include <string.h>

const char *reference_familiar(const char *reference)
{
	static const char *const fronts[] = {"docker.io/", "index.docker.io/", "library/"};
	for (size_t i = 0; i < ARRAY_LENGTH(fronts); i++)
		if (text_starts(reference, fronts[i]))
			reference += strlen(fronts[i]);
	return reference;
}

bool reference_names_registry(const char *reference)
{
	size_t length = strcspn(reference, "/");
	return reference[length] == '/' &&
	       (memchr(reference, '.', length) != NULL || memchr(reference, ':', length) != NULL ||
		       strncmp(reference, "localhost/", 10) == 0);
}

bool reference_is_valid(const char *text)
{
	size_t length = strlen(text);
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)text[i]) && strchr("._-/:@", text[i]) == NULL)
			return false;
	return length > 0 && length < 256;
}

bool reference_has_tag(const char *reference)
{
	return strchr(path_base(reference), ':') != NULL || strchr(reference, '@') != NULL;
}

/* Returns the form that the daemon lists: "alpine:latest". */
char *reference_full(const char *repository, const char *tag)
{
	repository = reference_familiar(repository);
	if (reference_has_tag(repository))
		return xstrdup(repository);
	bool digest = tag != NULL && strchr(tag, ':') != NULL;
	return xasprintf("%s%s%s", repository, digest ? "@" : ":",
		tag != NULL && *tag != '\0' ? tag : "latest");
}
