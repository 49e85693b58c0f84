/* note/lexer.c - whether a command is complete, or goes on in the next line */
#include "fence.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Words that open or close a block where a command begins. */
static const struct {
	const char *word;
	int change;
} block_words[] = {{"for", 1}, {"while", 1}, {"until", 1}, {"select", 1}, {"done", -1}, {"if", 1},
	{"fi", -1}, {"case", 1}, {"esac", -1}, {"{", 1}, {"}", -1}};

/* Words after which a command begins. */
static const char *const leading_words[] = {
	"do", "then", "else", "elif", "if", "while", "until", "!", "{", "time"};

/* "$(docker", "ports=(" and "-q)": other parentheses in a word say nothing. */
static void lex_parens(struct lexer *x, const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		bool opens = word[i] == '(' && i > 0 && strchr("$=(", word[i - 1]) != NULL;
		if (opens)
			x->parens++;
		else if (word[i] == '(')
			i += strcspn(word + i, ")");
		else if (word[i] == ')' && x->parens > 0)
			x->parens--;
	}
}

static void lex_word(struct lexer *x, const char *word, size_t length)
{
	cleanup_free char *text = xstrndup(word, length);
	bool function = text_ends(text, "()");
	for (size_t i = 0; x->begins && i < ARRAY_LENGTH(block_words); i++)
		if (text_same(block_words[i].word, text))
			x->blocks += block_words[i].change;
	if (x->blocks < 0)
		x->blocks = 0;
	bool named = x->begins && text_same(text, "function"); /* "function f {" */
	bool leads = text_is_one_of(text, leading_words, ARRAY_LENGTH(leading_words));
	x->begins = (x->begins && leads) || function || x->named;
	x->named = named;
	lex_parens(x, word, length);
}

/* "<<id>>": a gap, not the beginning of a here-document; "<<EOF>>file" is one. */
static bool is_double_gap(const char *c)
{
	size_t length = strcspn(c, "<> \t");
	while (c[length] == ' ' && isalnum((unsigned char)c[length + 1]))
		length += 1 + strcspn(c + length + 1, "<> \t");
	if (length == 0 || !text_starts(c + length, ">>"))
		return false;
	const char *behind = c + length + 2;
	return *behind == '\0' ||
	       (isspace((unsigned char)*behind) && !isupper((unsigned char)*c)) ||
	       strchr("/:\"'", *behind) != NULL;
}

/* c points after "<<". Reads the word that ends the document. */
static const char *lex_heredoc(struct lexer *x, const char *c)
{
	if (is_double_gap(c))
		return c + strcspn(c, ">") + 2;
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
	x->begins = !x->continued || x->piped;
	x->continued = x->piped = false;
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
			x->begins = false;
		} else if (*c == '#' && (c == line || isspace((unsigned char)c[-1]))) {
			return;
		} else if (text_starts(c, "<<") && c[2] != '<') {
			c = lex_heredoc(x, c + 2);
		} else if (text_starts(c, "<<<")) {
			c += 3;
		} else if (strchr(";&|(", *c) != NULL) {
			x->parens += *c == '(' && x->begins; /* a subshell */
			x->begins = true;
			c++;
		} else if (isspace((unsigned char)*c) || *c == ')') {
			x->parens -= *c == ')' && x->parens > 0;
			c++;
		} else {
			size_t word = strcspn(c, " \t;&|'\"\\<");
			lex_word(x, c, word);
			c += word > 0 ? word : 1;
		}
	}
	x->piped = x->quote == '\0' && ends_open(line);
	x->continued = x->quote == '\0' && ((length > 0 && line[length - 1] == '\\') || x->piped);
}

bool lexer_is_open(const struct lexer *x)
{
	return x->quote != '\0' || x->continued || x->blocks > 0 || x->parens > 0 ||
	       x->heredoc != NULL;
}
