/* base/language.c - the reader's language: catalogues of translations, as GNU gettext's msgfmt
 * writes them (the GNU gettext manual, "The Format of GNU MO Files") */
#include "base.h"

#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC 0x950412deu
#define CATALOGUES_MAX 64
#define WISHES_MAX 32 /* languages of a browser that are looked at */
#define NAME_SIZE 16

enum header { AT_MAGIC, AT_REVISION, AT_COUNT, AT_ORIGINALS, AT_TRANSLATIONS, HEADER_WORDS };

struct catalogue {
	char name[NAME_SIZE]; /* "de", "pt_BR"; "" is English */
	char tag[NAME_SIZE];  /* "pt-BR" */
	const unsigned char *bytes;
	size_t size;
	uint32_t count;
	const uint32_t *originals, *translations; /* length and place of each; sorted by original */
	size_t (*form)(unsigned long long count);
};

static const struct catalogue english = {.tag = "en"};
static char catalogues_folder[PATH_MAX];
static const struct catalogue *process_language = &english;
static char process_wish[NAME_SIZE] = "en"; /* a tag, with or without a catalogue */
static _Thread_local const struct catalogue *thread_language; /* NULL: the process's */

static bool is_same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* Those that were asked for, and exist. Once added, an entry stays as it is. */
static struct {
	pthread_mutex_t lock;
	struct catalogue items[CATALOGUES_MAX];
	size_t count;
} loaded = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- plural forms ------------------------------------------------------------------------------
 *
 * A catalogue's head says by an expression in C which form is for which number. These are the ones
 * in use (the GNU gettext manual, "Plural forms"). */

static size_t form_alone(unsigned long long n)
{
	(void)n;
	return 0;
}

static size_t form_not_one(unsigned long long n)
{
	return n != 1;
}

static size_t form_above_one(unsigned long long n)
{
	return n > 1;
}

static size_t form_slavic(unsigned long long n)
{
	if (n % 10 == 1 && n % 100 != 11)
		return 0;
	return n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 10 || n % 100 >= 20) ? 1 : 2;
}

static size_t form_polish(unsigned long long n)
{
	return n == 1 ? 0 : n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 10 || n % 100 >= 20) ? 1 : 2;
}

static size_t form_czech(unsigned long long n)
{
	return n == 1 ? 0 : n >= 2 && n <= 4 ? 1 : 2;
}

static const struct plural_forms {
	const char *expression; /* without blanks and outer parentheses */
	size_t (*form)(unsigned long long count);
} plural_forms[] = {
	{"n!=1", form_not_one},
	{"0", form_alone},
	{"n>1", form_above_one},
	{"n%10==1&&n%100!=11?0:n%10>=2&&n%10<=4&&(n%100<10||n%100>=20)?1:2", form_slavic},
	{"n==1?0:n%10>=2&&n%10<=4&&(n%100<10||n%100>=20)?1:2", form_polish},
	{"n==1?0:n>=2&&n<=4?1:2", form_czech},
	{"(n==1)?0:(n>=2&&n<=4)?1:2", form_czech},
};

/* ---- reading a catalogue -----------------------------------------------------------------------
 */

static const char *text_at(const struct catalogue *c, const uint32_t *table, uint32_t i)
{
	return (const char *)c->bytes + table[2 * i + 1];
}

/* Every text must lie within the file and end with a NUL there. */
static bool table_is_sound(const struct catalogue *c, uint32_t place, const uint32_t **ret)
{
	if (place % sizeof **ret != 0 || place > c->size ||
		(c->size - place) / (2 * sizeof **ret) < c->count)
		return false;
	*ret = (const uint32_t *)(const void *)(c->bytes + place);
	for (uint32_t i = 0; i < c->count; i++) {
		uint32_t length = (*ret)[2 * i], at = (*ret)[2 * i + 1];
		if (at >= c->size || length >= c->size - at || c->bytes[at + length] != '\0')
			return false;
	}
	return true;
}

/* Returns the entry's number; `count`: there is none. */
static uint32_t find_text(const struct catalogue *c, const char *text)
{
	uint32_t low = 0, high = c->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(text, text_at(c, c->originals, middle));
		if (order == 0)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return c->count;
}

/* Finds the head's "Plural-Forms: nplurals=2; plural=(n != 1);"; without one, English's. */
static void read_plural(struct catalogue *c)
{
	char text[256] = "";
	size_t length = 0;
	uint32_t head = find_text(c, "");
	const char *at =
		head < c->count ? strstr(text_at(c, c->translations, head), "plural=") : NULL;
	c->form = form_not_one;
	if (at == NULL)
		return;
	for (at += strlen("plural="); *at != ';' && *at != '\n' && *at != '\0'; at++)
		if (*at != ' ' && length < sizeof text - 1)
			text[length++] = *at;
	bool wrapped = length > 2 && text[0] == '(' && text[length - 1] == ')';
	for (size_t i = 0; i < ARRAY_LENGTH(plural_forms); i++) {
		const char *known = plural_forms[i].expression;
		size_t size = strlen(known);
		if (is_same(text, known) ||
			(wrapped && length == size + 2 && strncmp(text + 1, known, size) == 0)) {
			c->form = plural_forms[i].form;
			return;
		}
	}
}

static bool read_catalogue(struct catalogue *c)
{
	const uint32_t *head = (const uint32_t *)(const void *)c->bytes;
	if (c->size < HEADER_WORDS * sizeof *head || head[AT_MAGIC] != MAGIC ||
		head[AT_REVISION] >> 16 != 0)
		return false;
	c->count = head[AT_COUNT];
	if (!table_is_sound(c, head[AT_ORIGINALS], &c->originals) ||
		!table_is_sound(c, head[AT_TRANSLATIONS], &c->translations))
		return false;
	read_plural(c);
	return true;
}

static void map_catalogue(struct catalogue *c)
{
	char path[PATH_MAX];
	struct stat info;
	int length = snprintf(
		path, sizeof path, "%s/%s/LC_MESSAGES/ropes.mo", catalogues_folder, c->name);
	int fd = length < (int)sizeof path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	if (fstat(fd, &info) == 0 && info.st_size > 0) {
		void *bytes = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (bytes != MAP_FAILED) {
			c->bytes = bytes;
			c->size = (size_t)info.st_size;
			if (!read_catalogue(c)) {
				munmap(bytes, c->size);
				c->bytes = NULL;
			}
		}
	}
	close(fd);
}

/* A name goes into a path: "de", "pt_BR". */
static bool is_locale(const char *name)
{
	size_t length = strlen(name);
	for (size_t i = 0; i < length; i++)
		if (!isalpha((unsigned char)name[i]) && (name[i] != '_' || i == 0))
			return false;
	return length >= 2 && length < NAME_SIZE;
}

static void make_tag(const char *name, char tag[NAME_SIZE])
{
	snprintf(tag, NAME_SIZE, "%s", name);
	char *sign = strchr(tag, '_');
	if (sign != NULL)
		*sign = '-';
}

/* The catalogue of exactly this name; NULL: there is none. */
static const struct catalogue *find_catalogue(const char *name)
{
	const struct catalogue *found = NULL;
	if (!is_locale(name))
		return NULL;
	pthread_mutex_lock(&loaded.lock);
	size_t i = 0;
	while (i < loaded.count && !is_same(loaded.items[i].name, name))
		i++;
	if (i == loaded.count && i < CATALOGUES_MAX) {
		struct catalogue *c = &loaded.items[i];
		snprintf(c->name, sizeof c->name, "%s", name);
		make_tag(name, c->tag);
		map_catalogue(c);
		loaded.count += c->bytes != NULL; /* a browser may ask for any number of others */
	}
	if (i < loaded.count)
		found = &loaded.items[i];
	pthread_mutex_unlock(&loaded.lock);
	return found;
}

/* Reads `length` bytes of a locale's name or a language's tag: "de_AT.UTF-8@euro", "de-at", "C",
 * which is English. Returns the length of the language in `name`, "de_AT"; 0: it is no name. */
static size_t read_name(const char *text, size_t length, char name[NAME_SIZE])
{
	size_t size = 0, language;
	while (size < length && strchr(".@", text[size]) == NULL)
		size++;
	if (size >= NAME_SIZE)
		return 0;
	for (size_t i = 0; i < size; i++)
		name[i] = text[i] == '-' ? '_' : text[i];
	name[size] = '\0';
	language = strcspn(name, "_");
	for (size_t i = 0; i < size; i++)
		name[i] = (char)(i < language ? tolower((unsigned char)name[i])
					      : toupper((unsigned char)name[i]));
	if (is_same(name, "c") || is_same(name, "posix"))
		snprintf(name, NAME_SIZE, "en");
	return is_locale(name) ? strcspn(name, "_") : 0;
}

/* The territory's catalogue counts first, then the language's. NULL: there is none. */
static const struct catalogue *find_language(const char *text, size_t length)
{
	char name[NAME_SIZE];
	size_t language = read_name(text, length, name);
	if (language == 0)
		return NULL;
	if (strncmp(name, "en", language) == 0)
		return &english;
	const struct catalogue *found = find_catalogue(name);
	name[language] = '\0';
	return found != NULL ? found : find_catalogue(name);
}

bool language_is_name(const char *text)
{
	char name[NAME_SIZE];
	return read_name(text, strlen(text), name) > 0;
}

bool language_exists(const char *name)
{
	return find_language(name, strlen(name)) != NULL;
}

/* ---- whose language ----------------------------------------------------------------------------
 */

/* POSIX: LC_ALL, LC_MESSAGES, LANG, of which the first counts that is not empty. */
static const char *locale_of_environment(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		const char *value = getenv(names[i]);
		if (value != NULL && *value != '\0')
			return value;
	}
	return "C";
}

/* The first language of "de:fr" that there is. */
static const struct catalogue *first_language(const char *list)
{
	const struct catalogue *found = NULL;
	while (found == NULL && *list != '\0') {
		size_t length = strcspn(list, ":");
		found = find_language(list, length);
		list += length + (list[length] == ':');
	}
	return found;
}

void language_open(const char *folder, const char *wanted)
{
	snprintf(catalogues_folder, sizeof catalogues_folder, "%s", folder);
	const char *locale = locale_of_environment(), *list = getenv("LANGUAGE");
	const struct catalogue *found = NULL;
	if (wanted != NULL)
		found = find_language(wanted, strlen(wanted));
	else if (list != NULL && !is_same(locale, "C") && !is_same(locale, "POSIX"))
		found = first_language(list);
	if (found == NULL && wanted == NULL)
		found = find_language(locale, strlen(locale));
	process_language = found != NULL ? found : &english;
	char name[NAME_SIZE];
	const char *wish = wanted != NULL ? wanted : locale;
	if (found != NULL)
		snprintf(process_wish, sizeof process_wish, "%s", found->tag);
	else
		make_tag(read_name(wish, strlen(wish), name) > 0 ? name : "en", process_wish);
}

/* One entry of Accept-Language, "de-AT;q=0.8": its language, NULL if there is none; its weight in
 * thousandths. */
static const struct catalogue *read_wish(const char *text, size_t length, long *weight)
{
	size_t blanks = strspn(text, " \t");
	const char *q = memmem(text, length, "q=", 2);
	*weight = q != NULL ? (long)(strtod(q + 2, NULL) * 1000) : 1000;
	return blanks < length ? find_language(text + blanks, strcspn(text + blanks, ";, \t"))
			       : NULL;
}

void language_accept(const char *header)
{
	const struct catalogue *best = NULL;
	long most = 0;
	for (int i = 0; i < WISHES_MAX && header != NULL && *header != '\0'; i++) {
		size_t length = strcspn(header, ",");
		long weight = 0;
		const struct catalogue *one = read_wish(header, length, &weight);
		if (one != NULL && weight > most) {
			best = one;
			most = weight;
		}
		header += length + (header[length] == ',');
	}
	thread_language = best;
}

static const struct catalogue *current_language(void)
{
	return thread_language != NULL ? thread_language : process_language;
}

const char *language_wanted(void)
{
	return thread_language != NULL ? thread_language->tag : process_wish;
}

const char *language_tag(void)
{
	return current_language()->tag;
}

/* ---- translating -------------------------------------------------------------------------------
 */

/* The translation with all its forms; NULL: there is none. */
static const char *translate(const struct catalogue *c, const char *text, uint32_t *ret_length)
{
	if (c->bytes == NULL || *text == '\0') /* an empty text would be the catalogue's head */
		return NULL;
	uint32_t i = find_text(c, text);
	if (i == c->count || c->translations[2 * i] == 0)
		return NULL;
	*ret_length = c->translations[2 * i];
	return text_at(c, c->translations, i);
}

const char *language_text(const char *text)
{
	uint32_t length;
	const char *found = translate(current_language(), text, &length);
	return found != NULL ? found : text;
}

const char *language_text_in(const char *context, const char *text)
{
	const struct catalogue *c = current_language();
	uint32_t length;
	if (c->bytes == NULL)
		return text;
	char both[1024];
	snprintf(both, sizeof both, "%s\004%s", context, text);
	const char *found = translate(c, both, &length);
	return found != NULL ? found : text;
}

const char *language_plural(const char *one, const char *many, unsigned long long count)
{
	const struct catalogue *c = current_language();
	uint32_t length;
	const char *found = translate(c, one, &length);
	if (found == NULL)
		return count == 1 ? one : many;
	const char *end = found + length;
	for (size_t form = c->form(count); form > 0; form--) {
		const char *next = found + strlen(found) + 1;
		if (next > end)
			break;
		found = next;
	}
	return found;
}
