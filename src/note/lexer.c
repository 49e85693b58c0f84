/* note/lexer.c - whether a command is complete, or goes on in the next line */
#include "fence.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
static const struct {
	const char *word;
	int change;
} block_words[] = {{"do", 1}, {"done", -1}, {"then", 1}, {"fi", -1}, {"case", 1}, {"esac", -1},
	{"{", 1}, {"}", -1}};

static void lex_word(struct lexer *x, const char *word, size_t length)
{
	for (size_t i = 0; i < ARRAY_LENGTH(block_words); i++)
		if (strlen(block_words[i].word) == length &&
			strncmp(block_words[i].word, word, length) == 0)
			x->blocks += block_words[i].change;
	if (x->blocks < 0)
		x->blocks = 0;
}

/* c points after "<<". Reads the word that ends the document. */
static const char *lex_heredoc(struct lexer *x, const char *c)
{
	x->heredoc_tabs = *c == '-';
	c += x->heredoc_tabs;
	c += strspn(c, " \t");
	char quote = *c == '\'' || *c == '"' ? *c++ : '\0';
	size_t length =
		quote != '\0' ? strcspn(c, quote == '\'' ? "'" : "\"") : strcspn(c, " \t|;&<>()");
	free(x->heredoc);
	x->heredoc = length > 0 ? xstrndup(c, length) : NULL;
	c += length;
	return quote != '\0' && *c == quote ? c + 1 : c;
}

static const char *lex_quoted(struct lexer *x, const char *c)
{
	while (*c != '\0' && *c != x->quote)
		c += x->quote == '"' && *c == '\\' && c[1] != '\0' ? 2 : 1;
	if (*c != '\0') {
		x->quote = '\0';
		c++;
	}
	return c;
}

static bool ends_open(const char *line)
{
	size_t length = strlen(line);
	while (length > 0 && isspace((unsigned char)line[length - 1]))
		length--;
	if (length > 0 && line[length - 1] == '|')
		return true;
	return length > 1 && strncmp(line + length - 2, "&&", 2) == 0;
}

/* Reads one more line of a command. */
void lexer_read(struct lexer *x, const char *line)
{
	const char *c = line;
	size_t length = strlen(line);
	x->continued = false;
	if (x->heredoc != NULL) {
		const char *text = x->heredoc_tabs ? line + strspn(line, "\t") : line;
		if (text_same(text, x->heredoc)) {
			free(x->heredoc);
			x->heredoc = NULL;
		}
		return;
	}
	while (*c != '\0') {
		if (x->quote != '\0') {
			c = lex_quoted(x, c);
		} else if (*c == '\\' && c[1] != '\0') {
			c += 2;
		} else if (*c == '\'' || *c == '"') {
			x->quote = *c++;
		} else if (*c == '#' && (c == line || isspace((unsigned char)c[-1]))) {
			return;
		} else if (text_starts(c, "<<") && c[2] != '<') {
			c = lex_heredoc(x, c + 2);
		} else if (text_starts(c, "<<<")) {
			c += 3;
		} else if (isspace((unsigned char)*c) || *c == ';') {
			c++;
		} else {
			size_t word = strcspn(c, " \t;'\"\\<");
			bool first = c == line || isspace((unsigned char)c[-1]) || c[-1] == ';';
			if (first)
				lex_word(x, c, word);
			c += word > 0 ? word : 1;
		}
	}
	x->continued =
		x->quote == '\0' && ((length > 0 && line[length - 1] == '\\') || ends_open(line));
}

bool lexer_is_open(const struct lexer *x)
{
	return x->quote != '\0' || x->continued || x->blocks > 0 || x->heredoc != NULL;
}
