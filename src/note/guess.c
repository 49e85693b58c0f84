/* note/guess.c - guesses which lines of a fence without prompts are output rather than commands */
#include "fence.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* "latest: Pulling from …", "mysql> select 1" */
static bool ends_like_a_label(const char *word, size_t length)
{
	return length > 1 && word[0] != '<' && memchr(word, '<', length) == NULL &&
	       (word[length - 1] == ':' || word[length - 1] == '>');
}

/* A container's id or a similar hash. */
static bool is_hash(const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isxdigit((unsigned char)word[i]))
			return false;
	return length >= 12 && word[length] == '\0';
}

/* "...": something was left out. */
static bool is_elision(const char *line)
{
	size_t dots = strspn(line, ".");
	return dots >= 3 && text_is_blank(line + dots);
}

static bool is_numeric_word(const char *word, size_t length)
{
	return isdigit((unsigned char)word[0]) && strspn(word, "0123456789.,:%/") >= length;
}

static size_t count_capitals(const char *word, size_t length)
{
	size_t count = 0;
	while (count < length && (isupper((unsigned char)word[count]) || word[count] == '_'))
		count++;
	return count;
}

/* "CONTAINER ID   IMAGE", "REPOSITORY   TAG", "NAMES" */
static bool is_table_head(const char *line, size_t word)
{
	if (word < 2 || count_capitals(line, word) != word)
		return false;
	const char *next = line + word + strspn(line + word, " \t");
	return *next == '\0' || next - (line + word) > 1 || isupper((unsigned char)*next);
}

/* "Hello from Docker!": begins like a sentence and has three words or end punctuation. */
static bool is_sentence(const char *line, size_t word)
{
	if (!isupper((unsigned char)line[0]) || count_capitals(line, word) > 1)
		return false;
	for (size_t i = 0; i < word; i++)
		if (!isalpha((unsigned char)line[i]) && strchr("',", line[i]) == NULL)
			return false;
	size_t words = 0, length = strlen(line);
	for (const char *c = line; *c != '\0'; words++) {
		c += strcspn(c, " ");
		c += strspn(c, " ");
	}
	return words >= 3 || (words > 1 && strchr(".!:…", line[length - 1]) != NULL);
}

/* "{" above "\"Id\": …", "[" alone, "[{", "[+] Building" */
static bool is_data(const char *line, const char *next)
{
	next += strspn(next, " \t");
	if (line[0] == '{')
		return line[1] == '"' || (line[1] == '\0' && *next == '"');
	return line[0] == '[' && line[1] != ' ' && line[1] != '[';
}

bool guess_is_no_command(const char *line, const char *next)
{
	size_t word = strcspn(line, " \t");
	if (word == 0 || prompts_is_command(line))
		return false;
	return (unsigned char)line[0] >= 0x80 || strchr("|+=-*,)", line[0]) != NULL ||
	       ends_like_a_label(line, word) || is_hash(line, word) || is_elision(line) ||
	       is_numeric_word(line, word) || is_table_head(line, word) ||
	       is_sentence(line, word) || is_data(line, next);
}

bool guess_is_host_command(const char *line)
{
	static const char *const front[] = {"sudo ", "winpty ", "time "};
	static const char *const names[] = {"docker", "docker-compose", "docker-machine", "podman",
		"nerdctl", "kubectl", "minikube", "helm"};
	line += strspn(line, " \t");
	for (size_t i = 0; i < ARRAY_LENGTH(front); i++)
		line += text_starts(line, front[i]) ? strlen(front[i]) : 0;
	cleanup_free char *word = xstrndup(line, strcspn(line, " \t"));
	return text_is_one_of(word, names, ARRAY_LENGTH(names));
}

bool guess_is_dockerfile_line(const char *line)
{
	static const char *const words[] = {"FROM", "ARG", "RUN", "COPY", "ADD", "CMD",
		"ENTRYPOINT", "ENV", "EXPOSE", "LABEL", "USER", "VOLUME", "WORKDIR"};
	size_t length = strcspn(line, " \t");
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (strlen(words[i]) == length && strncmp(words[i], line, length) == 0)
			return true;
	return false;
}
