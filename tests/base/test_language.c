/* Catalogues: what msgfmt wrote is found, in every language's way to count; what is no catalogue
 * does no harm; whose language counts. */
#include "suite.h"
#include "screen.h"

#include <sys/stat.h>

/* A catalogue of gettext's format, written here: the head, then pairs of texts, sorted. */
struct entry {
	const char *original;
	size_t original_size; /* with the NULs in it, without the last one */
	const char *translation;
	size_t translation_size;
};
#define ENTRY(original, translation)                                                               \
	{                                                                                          \
		original, sizeof original - 1, translation, sizeof translation - 1                 \
	}

static void add_word(struct buf *out, size_t word)
{
	uint32_t value = (uint32_t)word;
	buf_add(out, &value, sizeof value);
}

static void write_catalogue(const char *language, const struct entry *entries, size_t count)
{
	cleanup_buf struct buf tables = {0}, texts = {0};
	size_t start = 28 + 16 * count;
	add_word(&tables, 0x950412de);
	add_word(&tables, 0);
	add_word(&tables, count);
	add_word(&tables, 28);
	add_word(&tables, 28 + 8 * count);
	add_word(&tables, 0);
	add_word(&tables, 0);
	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < count; i++) {
			const struct entry *e = &entries[i];
			size_t size = side == 0 ? e->original_size : e->translation_size;
			add_word(&tables, size);
			add_word(&tables, start + texts.length);
			buf_add(&texts, side == 0 ? e->original : e->translation, size + 1);
		}
	buf_add(&tables, buf_text(&texts), texts.length);
	cleanup_free char *folder =
		xasprintf("%s/share/locale/%s/LC_MESSAGES", suite_folder, language);
	cleanup_free char *path = path_join(folder, "ropes.mo");
	ck_assert(folder_make(folder, 0700, NULL));
	ck_assert(file_write(path, buf_text(&tables), tables.length, 0600, NULL));
}

#define HEAD(forms) "Language: xx\nPlural-Forms: nplurals=2; plural=" forms ";\n"

static void use_language(const char *wanted)
{
	cleanup_free char *folder = path_join(suite_folder, "share/locale");
	language_open(folder, wanted);
}

static void write_catalogues(void)
{
	static const struct entry german[] = {
		ENTRY("", HEAD("(n != 1)")),
		ENTRY("%u person\0%u people", "%u Person\0%u Personen"),
		ENTRY("answer\004no", "nein"),
		ENTRY("answer\004yes", "ja"),
		ENTRY("button\004Open", "Öffnen"),
		ENTRY("date\004%Y-%m-%d", "%d.%m.%Y"),
		ENTRY("no file '%s'", "keine Datei '%s'"),
		ENTRY("state\004Open", "Offen"),
	};
	static const struct entry polish[] = {
		ENTRY("",
			HEAD("(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)")),
		ENTRY("%u person\0%u people", "%u osoba\0%u osoby\0%u osób"),
	};
	static const struct entry brazil[] = {ENTRY("", HEAD("(n > 1)"))};
	write_catalogue("de", german, ARRAY_LENGTH(german));
	write_catalogue("pl", polish, ARRAY_LENGTH(polish));
	write_catalogue("pt_BR", brazil, ARRAY_LENGTH(brazil));
}

/* ---- translating ---- */

START_TEST(texts_are_translated)
{
	cleanup_error struct error err = {0};
	write_catalogues();
	use_language("de");
	ck_assert_str_eq(language_tag(), "de");
	ck_assert_str_eq(_("no file '%s'"), "keine Datei '%s'");
	ck_assert_str_eq(_("no such text"), "no such text");
	ck_assert_str_eq(_(""), "");
	ck_assert_str_eq(language_text_in("button", "Open"), "Öffnen");
	ck_assert_str_eq(language_text_in("state", "Open"), "Offen");
	ck_assert_str_eq(language_text_in("door", "Open"), "Open");
	error_set(&err, 0, "no file '%s'", "a");
	ck_assert_str_eq(error_text(&err), "keine Datei 'a'");
}
END_TEST

static const struct {
	const char *language;
	unsigned count;
	const char *form;
} counted[] = {
	{"en", 1, "%u person"}, {"en", 0, "%u people"}, {"de", 1, "%u Person"},
	{"de", 2, "%u Personen"}, {"pl", 1, "%u osoba"}, {"pl", 3, "%u osoby"},
	{"pl", 5, "%u osób"}, {"pl", 12, "%u osób"}, {"pl", 22, "%u osoby"},
	{"pt_BR", 1, "%u person"}, /* it has no such text */
};

START_TEST(things_are_counted)
{
	write_catalogues();
	use_language(counted[_i].language);
	ck_assert_str_eq(
		language_plural("%u person", "%u people", counted[_i].count), counted[_i].form);
}
END_TEST

static const struct {
	const char *language, *day;
} days[] = {{"en", "2026-11-24"}, {"de", "24.11.2026"}, {"pl", "2026-11-24"}};

START_TEST(days_are_written)
{
	cleanup_buf struct buf day = {0};
	write_catalogues();
	use_language(days[_i].language);
	text_date(&day, 1795493888123);
	ck_assert_str_eq(buf_text(&day), days[_i].day);
}
END_TEST

static const struct {
	const char *language, *answer;
	bool yes, no;
} answers[] = {
	{"en", "y", true, false},
	{"en", " Yes", true, false},
	{"en", "n", false, true},
	{"en", "j", false, false},
	{"en", "", false, false},
	{"de", "j", true, false},
	{"de", "JA", true, false},
	{"de", "y", true, false},
	{"de", "Nein", false, true},
	{"de", "x", false, false},
};

START_TEST(answers_are_understood)
{
	write_catalogues();
	use_language(answers[_i].language);
	ck_assert(screen_means_yes(answers[_i].answer) == answers[_i].yes);
	ck_assert(screen_means_no(answers[_i].answer) == answers[_i].no);
}
END_TEST

/* ---- whose language ---- */

static const struct {
	const char *language, *all, *messages, *lang, *tag, *wanted;
} environments[] = {
	{NULL, NULL, NULL, NULL, "en", "en"},
	{NULL, NULL, NULL, "de_AT.UTF-8", "de", "de"},
	{NULL, NULL, "pl_PL", "de_DE", "pl", "pl"},
	{NULL, "C.UTF-8", "de_DE", "de_DE", "en", "en"},
	{NULL, "", "", "de_DE@euro", "de", "de"},
	{"fr:pl:de", NULL, NULL, "de_DE.UTF-8", "pl", "pl"},
	{"de", "C", NULL, NULL, "en", "en"}, /* as gettext does: C is C */
	{"de", "C.UTF-8", NULL, NULL, "de", "de"},
	{"en:de", NULL, NULL, "de_DE.UTF-8", "en", "en"},
	{NULL, NULL, NULL, "pt_BR.UTF-8", "pt-BR", "pt-BR"},
	{NULL, NULL, NULL, "pt_PT.UTF-8", "en", "pt-PT"},
	{NULL, NULL, NULL, "../../de", "en", "en"},
	{NULL, NULL, NULL, "fr", "en", "fr"},
	{NULL, NULL, NULL, "a language with a name that is long", "en", "en"},
};

static void set_or_unset(const char *name, const char *value)
{
	ck_assert_int_eq(value != NULL ? setenv(name, value, 1) : unsetenv(name), 0);
}

START_TEST(environment_names_a_language)
{
	write_catalogues();
	set_or_unset("LANGUAGE", environments[_i].language);
	set_or_unset("LC_ALL", environments[_i].all);
	set_or_unset("LC_MESSAGES", environments[_i].messages);
	set_or_unset("LANG", environments[_i].lang);
	use_language(NULL);
	ck_assert_str_eq(language_tag(), environments[_i].tag);
	ck_assert_str_eq(language_wanted(), environments[_i].wanted);
}
END_TEST

static const struct {
	const char *header, *tag;
} browsers[] = {
	{"de-DE,de;q=0.9,en;q=0.8", "de"},
	{"en-US,en;q=0.9,de;q=0.8", "en"},
	{"fr, pl;q=0.3, de;q=0.7", "de"},
	{"pt-BR", "pt-BR"},
	{"de;q=0, en;q=0.1", "en"},
	{"*", "pl"}, /* the process's */
	{"", "pl"},
	{NULL, "pl"},
	{",,;q=,de;q=1.0", "de"},
};

START_TEST(browsers_ask_for_a_language)
{
	write_catalogues();
	use_language("pl");
	language_accept("de");
	language_accept(browsers[_i].header);
	ck_assert_str_eq(language_tag(), browsers[_i].tag);
}
END_TEST

START_TEST(languages_that_there_are_not_take_no_place)
{
	write_catalogues();
	use_language("en");
	for (char a = 'a'; a <= 'z'; a++)
		for (char b = 'a'; b <= 'd'; b++) {
			const char name[] = {'x', a, b, '\0'};
			language_accept(name);
			ck_assert_str_eq(language_tag(), "en");
		}
	language_accept("pl");
	ck_assert_str_eq(language_tag(), "pl");
}
END_TEST

/* ---- what is no catalogue ---- */

START_TEST(broken_catalogues_are_none)
{
	cleanup_buf struct buf good = {0};
	write_catalogues();
	use_language("en");
	cleanup_free char *path =
		xasprintf("%s/share/locale/de/LC_MESSAGES/ropes.mo", suite_folder);
	ck_assert(file_read(path, 1 << 20, &good, NULL));
	static const char *const names[] = {"xa", "xb", "xc", "xd", "xe"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		cleanup_buf struct buf bad = {0};
		uint32_t huge = 0x7FFFFFF0;
		buf_add(&bad, buf_text(&good),
			i == 0   ? 20
			: i == 1 ? good.length / 2
				 : good.length);
		if (i >= 2) /* the number of texts, the place of the first, its length */
			memcpy(bad.data + (i == 2 ? 8 : i == 3 ? 32 : 28), &huge, sizeof huge);
		cleanup_free char *folder =
			xasprintf("%s/share/locale/%s/LC_MESSAGES", suite_folder, names[i]);
		cleanup_free char *file = path_join(folder, "ropes.mo");
		ck_assert(folder_make(folder, 0700, NULL));
		ck_assert(file_write(file, bad.data, bad.length, 0600, NULL));
		ck_assert(!language_exists(names[i]));
	}
	ck_assert(language_exists("de") && language_exists("en_GB") && !language_exists("fr"));
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{texts_are_translated, 0},
		{things_are_counted, ARRAY_LENGTH(counted)},
		{days_are_written, ARRAY_LENGTH(days)},
		{answers_are_understood, ARRAY_LENGTH(answers)},
		{environment_names_a_language, ARRAY_LENGTH(environments)},
		{browsers_ask_for_a_language, ARRAY_LENGTH(browsers)},
		{languages_that_there_are_not_take_no_place, 0},
		{broken_catalogues_are_none, 0},
	};
	return suite_run("base/language", tests, ARRAY_LENGTH(tests), 30);
}
