/* check/mask.c - finds times, ages, sizes, ids, dates, versions, generated names and the like in a
 * line of output, each as one part, however many words it has */
#include "mask.h"

#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define MONTH "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
#define WEEKDAY "((Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? +)?"
#define ZONE "(Z|UTC|GMT|CES?T|[ECMP][SD]T|BST|[+-][0-9]{2}:?[0-9]{2})"
#define CLOCK "[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?( ?[AaPp][Mm])?"
#define NUMBER "[0-9]+(\\.[0-9]+)?"
#define OCTET "[0-9]{1,3}"

/* The longest match counts; of two that are as long, the first. What matches a rule without a kind
 * is compared. */
static const struct rule {
	const char *kind, *pattern;
	char after;    /* only after this character; '\0': anywhere */
	bool is_mixed; /* digits and letters both occur */
} rules[] = {
	{"date",
		WEEKDAY MONTH " +[0-9]{1,2}(,? +[0-9]{4})?( +" CLOCK ")?( +" ZONE ")*( +[0-9]{4})?",
		0, false},
	{"date", WEEKDAY "[0-9]{1,2}[ /-]" MONTH "[ /-][0-9]{4}([ :T]+" CLOCK ")?( ?" ZONE ")*", 0,
		false},
	{"date", "[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}([T _]" CLOCK ")?( ?" ZONE ")*", 0, false},
	{"date", "[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}", 0, false},
	{"date", "[0-9]{10,}", 0, false},
	{"time", "([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)?( ?[AaPp][Mm])?", 0,
		false},
	{"age",
		"(([Ll]ess than|[Aa]bout|[Oo]ver|[Aa]lmost) )?(an?|" NUMBER
		") (nano|micro|milli)?(second|minute|hour|day|week|month|year|sec|min)s?( ago)?",
		0, false},
	{"age", "(" NUMBER "(ns|us|µs|ms|s|m|h|d|w))+", 0, false},
	{"age", NUMBER " (ns|us|µs|ms|s)", 0, false},
	{"size", NUMBER " ?([kKMGTP]i?[Bb]|[bB]ytes?|B)", 0, false},
	{"size", NUMBER "[kKMGTP]", 0, false},
	/* of a file, as ls lists it */
	{"size", "[0-9]+ +" MONTH " +[0-9]{1,2} +([0-9]{4}|[0-9]{1,2}:[0-9]{2})", 0, false},
	{"share", NUMBER "%", 0, false},
	{"id", "sha256:[0-9a-f]{6,}", 0, false},
	{"id", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", 0, false},
	{"id", "[0-9a-f]{12,}", 0, false},
	{"id", "[0-9a-f]{7,11}", 0, true},
	{"id", "(ID|PID|[Pp]id)[:=]?[[:blank:]]+[0-9]+", 0, false},
	{"address",
		"(10\\." OCTET "|172\\.(1[6-9]|2[0-9]|3[01])|192\\.168)(\\." OCTET "){2}(/[0-9]+)?",
		0, false},
	{"address", "([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}", 0, false},
	{"address", "[0-9a-f]{1,4}(:[0-9a-f]{1,4})*::([0-9a-f]{1,4}(:[0-9a-f]{1,4})*)?(/[0-9]+)?",
		0, false},
	{NULL, OCTET "(\\." OCTET "){3}(/[0-9]+)?", 0, false},
	{"version", "(v|V|go)?[0-9]+(\\.[0-9]+)+([-+~_.]?[0-9A-Za-z]+)*", 0, false},
	{"version", "[Vv]ersion:?[[:blank:]=]+v?[0-9]+([-+~_.]?[0-9A-Za-z]+)*", 0, false},
	{"port", "3[2-9][0-9]{3}|[4-6][0-9]{4}", ':', false},
	{"line", "[-=_+|]{3,}", 0, false},
};

struct masker {
	regex_t patterns[ARRAY_LENGTH(rules)];
};

struct masker *mask_create(void)
{
	struct masker *masker = xcalloc(1, sizeof *masker);
	for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
		cleanup_free char *pattern = xasprintf("^(%s)", rules[i].pattern);
		if (regcomp(&masker->patterns[i], pattern, REG_EXTENDED) != 0)
			die_out_of_memory(); /* nothing else is wrong with a constant */
	}
	return masker;
}

void mask_destroy(struct masker *masker)
{
	if (masker == NULL)
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(rules); i++)
		regfree(&masker->patterns[i]);
	free(masker);
}

/* ---- parts ---- */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || ((unsigned char)c & 0x80) != 0;
}

/* "hopeful_turing", "hopeful_turing2": docker makes names of these words. */
static size_t generated_name(const char *text)
{
	static const char *const words[] = {"admiring", "adoring", "affectionate", "agitated",
		"amazing", "angry", "awesome", "beautiful", "blissful", "bold", "boring", "brave",
		"busy", "charming", "clever", "compassionate", "competent", "condescending",
		"confident", "cool", "cranky", "crazy", "dazzling", "determined", "distracted",
		"dreamy", "eager", "ecstatic", "elastic", "elated", "elegant", "eloquent", "epic",
		"exciting", "fervent", "festive", "flamboyant", "focused", "friendly", "frosty",
		"funny", "gallant", "gifted", "goofy", "gracious", "great", "happy", "hardcore",
		"heuristic", "hopeful", "hungry", "infallible", "inspiring", "intelligent",
		"interesting", "jolly", "jovial", "keen", "kind", "laughing", "loving", "lucid",
		"magical", "modest", "musing", "mystifying", "naughty", "nervous", "nice", "nifty",
		"nostalgic", "objective", "optimistic", "peaceful", "pedantic", "pensive",
		"practical", "priceless", "quirky", "quizzical", "recursing", "relaxed", "reverent",
		"romantic", "sad", "serene", "sharp", "silly", "sleepy", "stoic", "strange",
		"stupefied", "suspicious", "sweet", "tender", "thirsty", "trusting", "unruffled",
		"upbeat", "vibrant", "vigilant", "vigorous", "wizardly", "wonderful", "xenodochial",
		"youthful", "zealous", "zen"};
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
	size_t first = strspn(text, letters);
	if (first == 0 || text[first] != '_')
		return 0;
	size_t second = strspn(text + first + 1, letters);
	cleanup_free char *word = xstrndup(text, first);
	if (second == 0 || !text_is_one_of(word, words, ARRAY_LENGTH(words)))
		return 0;
	return first + 1 + second + strspn(text + first + 1 + second, "0123456789");
}

/* Only these begin a part, so that most words are not tried. */
static bool may_begin(const char *text)
{
	return isxdigit((unsigned char)*text) ||
	       strchr("-=_+|vVgJFMASONDTWsLlOoIPp", *text) != NULL;
}

static bool has_both(const char *text, size_t length)
{
	size_t digits = 0;
	for (size_t i = 0; i < length; i++)
		digits += isdigit((unsigned char)text[i]) != 0;
	return digits > 0 && digits < length;
}

/* Returns the length of the part that begins here, or 0. */
static size_t find_part(
	const struct masker *masker, const char *line, size_t at, const char **ret_kind)
{
	const char *text = line + at;
	regmatch_t found;
	size_t longest = generated_name(text);
	*ret_kind = "name";
	for (size_t i = 0; may_begin(text) && i < ARRAY_LENGTH(rules); i++) {
		if (rules[i].after != '\0' && (at == 0 || line[at - 1] != rules[i].after))
			continue;
		if (regexec(&masker->patterns[i], text, 1, &found, 0) != 0)
			continue;
		size_t length = (size_t)found.rm_eo;
		bool ends = !is_word(text[length]) || !is_word(text[length - 1]);
		if (length <= longest || !ends || (rules[i].is_mixed && !has_both(text, length)))
			continue;
		longest = length;
		*ret_kind = rules[i].kind;
	}
	return longest;
}

/* ---- lines ---- */

static void add_key_blank(struct buf *key)
{
	if (key->length > 0 && key->data[key->length - 1] != ' ')
		buf_add_char(key, ' ');
}

void mask_read(const struct masker *masker, const char *line, size_t length, struct buf *ret_key,
	struct buf *ret_shown)
{
	cleanup_free char *text = xstrndup(line, length);
	for (size_t at = 0; text[at] != '\0';) {
		const char *kind = NULL;
		bool begins = at == 0 || !is_word(text[at - 1]) || !is_word(text[at]);
		size_t part = begins ? find_part(masker, text, at, &kind) : 0;
		if (part > 0 && kind != NULL) {
			buf_printf(ret_key, "\x01%s\x01", kind);
			buf_printf(ret_shown, "‹%.*s›", (int)part, text + at);
		} else {
			part += part == 0;
			bool blank = isspace((unsigned char)text[at]);
			if (blank)
				add_key_blank(ret_key);
			else
				buf_add(ret_key, text + at, part);
			buf_add(ret_shown, text + at, part);
		}
		at += part;
	}
	if (ret_key->length > 0 && ret_key->data[ret_key->length - 1] == ' ')
		buf_truncate(ret_key, ret_key->length - 1);
}
