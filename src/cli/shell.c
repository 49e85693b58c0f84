/* cli/shell.c - splits a shell line into its simple commands (POSIX shell, 2.3 token recognition;
 * expands nothing) */
#include "cli.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct splitter {
	const char *line, *at;
	struct shell_commands *out;
	struct words words;
	struct shell_span *spans;
	bool expands, incomplete;
	char before;
	char *heredoc;
	int compound;    /* open compound commands: if, for, case, { … */
	bool in_wrapper; /* a wrapper began the command, so options of its own may follow */
};

static void end_command(struct splitter *x)
{
	if (x->words.count > 0) {
		x->out->items = array_grow(x->out->items, x->out->count, sizeof *x->out->items);
		x->out->items[x->out->count++] = (struct shell_command){.words = x->words.items,
			.spans = x->spans,
			.count = x->words.count,
			.expands = x->expands,
			.before = x->before};
		x->words = (struct words){0};
		x->spans = NULL;
	}
	x->expands = false;
	x->in_wrapper = false;
}

/* ---- words ---- */

static void take_single(struct splitter *x, struct buf *word)
{
	const char *end = strchr(++x->at, '\'');
	if (end == NULL) {
		x->incomplete = true;
		end = x->at + strlen(x->at);
	}
	buf_add(word, x->at, (size_t)(end - x->at));
	x->at = *end != '\0' ? end + 1 : end;
}

/* $(…) and `…`: kept unchanged in the word; once the word is complete, their content is split as
 * well. */
static void take_substitution(struct splitter *x, struct buf *word)
{
	int depth = 0;
	char quote = '\0';
	buf_add_char(word, *x->at++);
	for (; *x->at != '\0'; x->at++) {
		buf_add_char(word, *x->at);
		if (quote != '\0') {
			quote = *x->at == quote ? '\0' : quote;
		} else if (*x->at == '\'' || *x->at == '"') {
			quote = *x->at;
		} else if (*x->at == '(') {
			depth++;
		} else if (*x->at == ')' && --depth == 0) {
			x->at++;
			return;
		}
	}
	x->incomplete = true;
}

static void take_backquote(struct splitter *x, struct buf *word)
{
	buf_add_char(word, *x->at++);
	while (*x->at != '\0' && *x->at != '`')
		buf_add_char(word, *x->at++);
	if (*x->at == '`')
		buf_add_char(word, *x->at++);
	else
		x->incomplete = true;
}

static void take_dollar(struct splitter *x, struct buf *word)
{
	x->expands = true;
	if (x->at[1] == '(')
		take_substitution(x, word);
	else
		buf_add_char(word, *x->at++);
}

static void take_double(struct splitter *x, struct buf *word)
{
	x->at++;
	while (*x->at != '\0' && *x->at != '"') {
		if (*x->at == '\\' && x->at[1] != '\0' && strchr("\\\"$`\n", x->at[1]) != NULL) {
			if (x->at[1] != '\n')
				buf_add_char(word, x->at[1]);
			x->at += 2;
		} else if (*x->at == '$') {
			take_dollar(x, word);
		} else if (*x->at == '`') {
			x->expands = true;
			take_backquote(x, word);
		} else {
			buf_add_char(word, *x->at++);
		}
	}
	if (*x->at == '"')
		x->at++;
	else
		x->incomplete = true;
}

static void split_word(struct splitter *x, struct buf *word)
{
	while (*x->at != '\0' && strchr(" \t\n;&|()<>", *x->at) == NULL) {
		switch (*x->at) {
		case '\'':
			take_single(x, word);
			break;
		case '"':
			take_double(x, word);
			break;
		case '\\':
			if (x->at[1] == '\0')
				x->incomplete = true;
			else if (x->at[1] != '\n')
				buf_add_char(word, x->at[1]);
			x->at += x->at[1] != '\0' ? 2 : 1;
			break;
		case '$':
			take_dollar(x, word);
			break;
		case '`':
			x->expands = true;
			take_backquote(x, word);
			break;
		default:
			if (strchr("*?[", *x->at) != NULL)
				x->expands = true;
			buf_add_char(word, *x->at++);
		}
	}
}

/* ---- what is not a word of the command ---- */

static bool is_assignment(const char *word)
{
	size_t length = 0;
	while (isalnum((unsigned char)word[length]) || word[length] == '_')
		length++;
	return length > 0 && !isdigit((unsigned char)word[0]) && word[length] == '=';
}

/* The shell's reserved words that may precede a command. */
static bool is_reserved(const char *word)
{
	static const char *const words[] = {"if", "then", "else", "elif", "fi", "do", "done",
		"while", "until", "!", "{", "}", "exec", "command"};
	return text_is_one_of(word, words, ARRAY_LENGTH(words));
}

/* POSIX shell, 2.9.4: a word that begins a compound command requires the one that ends it. */
static int nesting_of(const char *word)
{
	static const char *const begin[] = {"if", "for", "while", "until", "select", "case", "{"};
	static const char *const end[] = {"fi", "done", "esac", "}"};
	return text_is_one_of(word, begin, ARRAY_LENGTH(begin)) ? 1
	       : text_is_one_of(word, end, ARRAY_LENGTH(end))   ? -1
								: 0;
}

bool shell_is_wrapper(const char *word)
{
	static const char *const words[] = {"sudo", "doas", "time", "winpty", "nohup"};
	return text_is_one_of(word, words, ARRAY_LENGTH(words));
}

/* Skips an option of a wrapper: "-E", "-u ana" (sudo(8)). */
static bool skip_wrapper_option(struct splitter *x, const char *word)
{
	cleanup_buf struct buf value = {0};
	if (!x->in_wrapper || word[0] != '-' || word[1] == '\0')
		return false;
	if (strlen(word) == 2 && strchr("ughCrtUDRT", word[1]) != NULL) {
		x->at += strspn(x->at, " \t");
		split_word(x, &value);
	}
	return true;
}

/* Returns whether an unquoted word before the first word of a command is not part of it. */
static bool is_before_command(struct splitter *x, const char *word)
{
	if (x->words.count > 0)
		return false;
	x->compound += nesting_of(word);
	if (shell_is_wrapper(word))
		return x->in_wrapper = true;
	return is_assignment(word) || is_reserved(word) || skip_wrapper_option(x, word);
}

static void skip_heredoc(struct splitter *x)
{
	while (x->heredoc != NULL && *x->at != '\0') {
		size_t length = strcspn(x->at, "\n"), tabs = strspn(x->at, "\t");
		bool end = strlen(x->heredoc) == length - (tabs < length ? tabs : 0) &&
			   strncmp(x->at + (tabs < length ? tabs : 0), x->heredoc,
				   strlen(x->heredoc)) == 0;
		x->at += length + (x->at[length] == '\n');
		if (end) {
			free(x->heredoc);
			x->heredoc = NULL;
		}
	}
	if (x->heredoc != NULL)
		x->incomplete = true;
}

static void take_redirection(struct splitter *x)
{
	cleanup_buf struct buf word = {0};
	bool heredoc = text_starts(x->at, "<<") && x->at[2] != '<';
	bool kept = x->expands;
	x->at += strspn(x->at, "<>|&");
	if (heredoc)
		x->at += *x->at == '-';
	x->at += strspn(x->at, " \t");
	split_word(x, &word);
	x->expands = kept;
	if (!heredoc)
		return;
	free(x->heredoc);
	x->heredoc = xstrdup(buf_text(&word));
}

static bool is_digits(const char *word)
{
	return *word != '\0' && strspn(word, "0123456789") == strlen(word);
}

static void take_any_word(struct splitter *x)
{
	cleanup_buf struct buf word = {0};
	const char *begin = x->at;
	bool kept = x->expands, quoted = *x->at == '\'' || *x->at == '"';
	x->expands = false;
	split_word(x, &word);
	bool expands = x->expands;
	x->expands = kept;
	const char *text = buf_text(&word);
	if (is_digits(text) && (*x->at == '<' || *x->at == '>'))
		return; /* the descriptor of a redirection */
	if (*text == '\0' && !quoted)
		return; /* a backslash at the end continues the line */
	size_t end = (size_t)(x->at - x->line);
	if (!quoted && is_before_command(x, text))
		return;
	x->expands = kept || expands;
	x->spans = array_grow(x->spans, x->words.count, sizeof *x->spans);
	x->spans[x->words.count] = (struct shell_span){(size_t)(begin - x->line), end};
	words_add(&x->words, text);
}

static char operator_name(const char *at)
{
	if (text_starts(at, "&&"))
		return 'a';
	if (text_starts(at, "||"))
		return 'o';
	return *at == '\n' ? ';' : *at == ')' ? ';' : *at;
}

/* Commands inside "$(…)" count as commands of the line. */
static void split_inner(struct shell_commands *out)
{
	for (size_t i = 0; i < out->count && out->count < 256; i++) {
		if (!out->items[i].expands)
			continue;
		for (size_t k = 0; k < out->items[i].count; k++) {
			const char *open = strstr(out->items[i].words[k], "$(");
			if (open == NULL || open[2] == '(')
				continue;
			size_t length = strlen(open + 2);
			cleanup_free char *inner = xstrndup(open + 2,
				length > 0 && open[2 + length - 1] == ')' ? length - 1 : length);
			struct shell_commands more;
			shell_split(inner, &more);
			for (size_t m = 0; m < more.count; m++) {
				more.items[m].before = '(';
				memset(more.items[m].spans, 0,
					more.items[m].count * sizeof *more.items[m].spans);
				out->items = array_grow(out->items, out->count, sizeof *out->items);
				out->items[out->count++] = more.items[m];
			}
			free(more.items);
		}
	}
}

void shell_split(const char *line, struct shell_commands *ret)
{
	*ret = (struct shell_commands){0};
	struct splitter x = {.line = line, .at = line, .out = ret};
	while (*x.at != '\0') {
		if (strchr(" \t", *x.at) != NULL) {
			x.at++;
		} else if (*x.at == '#' && (x.at == line || isspace((unsigned char)x.at[-1]))) {
			x.at += strcspn(x.at, "\n");
		} else if (*x.at == '<' || *x.at == '>' || text_starts(x.at, "&>")) {
			take_redirection(&x);
		} else if (strchr("\n;&|()", *x.at) != NULL) {
			bool newline = *x.at == '\n';
			end_command(&x);
			x.before = operator_name(x.at);
			x.at += x.before == 'a' || x.before == 'o' ? 2 : 1;
			if (newline && x.heredoc != NULL)
				skip_heredoc(&x);
		} else {
			take_any_word(&x);
		}
	}
	bool open_operator =
		x.words.count == 0 && (x.before == 'a' || x.before == 'o' || x.before == '|');
	end_command(&x);
	ret->complete = !x.incomplete && x.heredoc == NULL && !open_operator && x.compound <= 0;
	free(x.heredoc);
	words_finish(&x.words);
	free(x.spans);
	split_inner(ret);
}

void shell_commands_finish(struct shell_commands *commands)
{
	for (size_t i = 0; i < commands->count; i++) {
		struct words words = {commands->items[i].words, commands->items[i].count};
		words_finish(&words);
		free(commands->items[i].spans);
	}
	free(commands->items);
	*commands = (struct shell_commands){0};
}
