/* note/line.c - pieces of a line: its columns, runs of a character, words in quotes, trimmed text
 */
#include "dialect.h"

#include <ctype.h>
#include <string.h>

size_t line_run(const char *text, char sign)
{
	size_t length = 0;
	while (text[length] == sign)
		length++;
	return length;
}

size_t line_next_column(size_t columns, char blank)
{
	return blank == '\t' ? (columns / 4 + 1) * 4 : columns + 1;
}

size_t line_columns(const char *line, const char **ret_text)
{
	size_t columns = 0;
	for (; *line == ' ' || *line == '\t'; line++)
		columns = line_next_column(columns, *line);
	*ret_text = line;
	return columns;
}

char *line_trimmed(const char *text)
{
	text += strspn(text, " \t");
	size_t length = strlen(text);
	while (length > 0 && isspace((unsigned char)text[length - 1]))
		length--;
	return xstrndup(text, length);
}

char *line_quoted(const char *text)
{
	const char *open = strpbrk(text, "\"'");
	const char *close = open != NULL ? strchr(open + 1, *open) : NULL;
	return close != NULL ? xstrndup(open + 1, (size_t)(close - open) - 1) : NULL;
}
