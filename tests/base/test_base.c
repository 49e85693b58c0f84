/* tests/base/test_base.c - the ground: errors, memory, text, UTF-8, files, times */
#include "suite.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- errors ---- */

START_TEST(error_grows_on_its_way_up)
{
	struct error err = {0};
	ck_assert(!error_set(&err, ENOENT, "open '%s'", "/x"));
	ck_assert_str_eq(error_text(&err), "open '/x': No such file or directory");
	ck_assert_int_eq(err.kind, ERROR_ENVIRONMENT);
	ck_assert(!error_wrap(&err, "lesson '%s'", "intro"));
	ck_assert_str_eq(error_text(&err), "lesson 'intro': open '/x': No such file or directory");
	struct error other = {0};
	ck_assert(!error_move(&other, &err));
	ck_assert_ptr_null(err.message);
	ck_assert_int_eq(other.number, ENOENT);
	error_set_kind(&other, ERROR_USAGE, "no such word");
	ck_assert_int_eq(other.kind, ERROR_USAGE);
	error_finish(&other);
	ck_assert(!error_set(NULL, 0, "nobody listens"));
}
END_TEST

/* ---- memory ---- */

START_TEST(arrays_grow)
{
	size_t *items = NULL, count = 0;
	for (size_t i = 0; i < 1000; i++) {
		items = array_grow(items, count, sizeof *items);
		items[count++] = i;
	}
	for (size_t i = 0; i < count; i++)
		ck_assert_uint_eq(items[i], i);
	free(items);
}
END_TEST

START_TEST(arena_keeps_small_and_large_pieces)
{
	struct arena arena = {0};
	char *first = arena_strdup(&arena, "first");
	char *large = arena_alloc(&arena, 1 << 20);
	char *second = arena_printf(&arena, "%s-%d", "second", 2);
	size_t *items = NULL, count = 0;
	for (size_t i = 0; i < 100; i++) {
		items = arena_grow(&arena, items, count, sizeof *items);
		items[count++] = i;
	}
	ck_assert_str_eq(first, "first");
	ck_assert_str_eq(second, "second-2");
	ck_assert_int_eq(large[(1 << 20) - 1], 0);
	ck_assert_uint_eq(items[99], 99);
	int *numbers = NULL;
	for (size_t n = 0; n < 3; n++) {
		numbers = array_grow(numbers, n, sizeof *numbers);
		numbers[n] = (int)n;
	}
	numbers = arena_steal_array(&arena, numbers, 3, sizeof *numbers);
	ck_assert_int_eq(numbers[0] + numbers[1] + numbers[2], 3);
	ck_assert_ptr_null(arena_steal_array(&arena, NULL, 0, sizeof *numbers));
	arena_finish(&arena);
	ck_assert_ptr_null(arena.last);
}
END_TEST

START_TEST(buf_grows_and_shrinks)
{
	struct buf b = {0};
	ck_assert_str_eq(buf_text(&b), "");
	buf_printf(&b, "%s %d", "one", 1);
	buf_add_char(&b, '!');
	buf_add_repeat(&b, '-', 3);
	ck_assert_str_eq(buf_text(&b), "one 1!---");
	buf_truncate(&b, 5);
	buf_remove_front(&b, 4);
	ck_assert_str_eq(buf_text(&b), "1");
	buf_remove_front(&b, 10);
	ck_assert_uint_eq(b.length, 0);
	char *text = buf_steal(&b);
	ck_assert_str_eq(text, "");
	free(text);
	text = buf_steal(&b);
	ck_assert_str_eq(text, "");
	free(text);
}
END_TEST

START_TEST(words_end_with_null)
{
	struct words w = {0};
	for (int i = 0; i < 9; i++) {
		words_addf(&w, "w%d", i);
		ck_assert_ptr_null(w.items[w.count]);
	}
	ck_assert_uint_eq(w.count, 9);
	ck_assert_str_eq(w.items[8], "w8");
	words_finish(&w);
	words_finish(&w);
}
END_TEST

/* ---- text ---- */

static const struct {
	const char *text;
	long long low, high, number;
	bool good;
} numbers[] = {
	{"0", 0, 9, 0, true},
	{"-5", -9, 9, -5, true},
	{"10", 0, 9, 0, false},
	{"", 0, 9, 0, false},
	{" 1", 0, 9, 0, false},
	{"1x", 0, 9, 0, false},
	{"+1", 0, 9, 0, false},
	{"99999999999999999999", 0, 9, 0, false},
	{NULL, 0, 9, 0, false},
};

START_TEST(numbers_are_whole)
{
	long long got = 77;
	ck_assert(text_number(numbers[_i].text, numbers[_i].low, numbers[_i].high, &got) ==
		  numbers[_i].good);
	ck_assert_int_eq(got, numbers[_i].good ? numbers[_i].number : 77);
}
END_TEST

static const struct {
	unsigned long long bytes;
	const char *text;
} sizes[] = {
	{0, "0 B"},
	{999, "999 B"},
	{1000, "1 kB"},
	{1536, "1.54 kB"},
	{4300000, "4.3 MB"},
	{72800000, "72.8 MB"},
	{999600000, "1 GB"},
	{512000000, "512 MB"},
};

static const struct {
	int64_t wall_ms;
	const char *text;
} dates[] = {
	{0, "1970-01-01"},
	{INT64_C(86400000) - 1, "1970-01-01"},
	{INT64_C(1795651200000), "2026-11-26"},
	{-1, "1969-12-31"},
};

START_TEST(dates_are_for_people)
{
	cleanup_buf struct buf out = {0};
	text_date(&out, dates[_i].wall_ms);
	ck_assert_str_eq(buf_text(&out), dates[_i].text);
}
END_TEST

START_TEST(decimals_are_for_people)
{
	cleanup_buf struct buf out = {0};
	text_decimal(&out, "-1.25");
	text_decimal(&out, " 12 ");
	text_decimal(&out, ".");
	ck_assert_str_eq(buf_text(&out), "-1.25 12 .");
}
END_TEST

START_TEST(sizes_are_for_people)
{
	struct buf out = {0};
	text_size(&out, sizes[_i].bytes);
	ck_assert_str_eq(buf_text(&out), sizes[_i].text);
	buf_finish(&out);
}
END_TEST

static const struct {
	const char *a, *b;
	size_t distance;
} distances[] = {
	{"", "", 0},
	{"", "abc", 3},
	{"run", "run", 0},
	{"rum", "run", 1},
	{"rnu", "run", 1},
	{"lst", "list", 1},
	{"kitten", "sitting", 3},
};

START_TEST(distance_counts_edits)
{
	ck_assert_uint_eq(text_distance(distances[_i].a, distances[_i].b), distances[_i].distance);
	ck_assert_uint_eq(text_distance(distances[_i].b, distances[_i].a), distances[_i].distance);
}
END_TEST

/* ---- UTF-8 ---- */

static const struct {
	const char *text;
	bool valid;
	size_t width;
} texts[] = {
	{"plain", true, 5},
	{"é", true, 1},
	{"e\xCC\x81", true, 1},
	{"日本", true, 4},
	{"🧪", true, 2},
	{"⚠\xEF\xB8\x8F", true, 2},
	{"a\tb", true, 2},
	{"\xC0\xAF", false, 2},
	{"\xED\xA0\x80", false, 3},
	{"\xF4\x90\x80\x80", false, 4},
	{"x\xE2\x80", false, 3},
};

START_TEST(a_terminal_obeys_nothing)
{
	cleanup_buf struct buf out = {0};
	utf8_add_harmless(
		&out, "a\033]0;b\a\tc\nd\302\2332J\177\342\200\256e\342\201\246\377 f\303\266\r");
	ck_assert_str_eq(buf_text(&out), "a?]0;b?\tc\nd?2J??e?\357\277\275 f\303\266?");
}
END_TEST

START_TEST(utf8_width_and_validity)
{
	size_t length = strlen(texts[_i].text);
	ck_assert(utf8_valid(texts[_i].text, length) == texts[_i].valid);
	ck_assert_uint_eq(utf8_width(texts[_i].text, length), texts[_i].width);
	ck_assert_uint_eq(utf8_fit(texts[_i].text, length, 99), length);
}
END_TEST

START_TEST(utf8_folds_names)
{
	static const char *const names[][2] = {{"", ""}, {"Ann ABLE 7", "ann able 7"},
		{"\xC3\x89va", "\xC3\xA9va"}, {"E\xCC\x81va", "\xC3\xA9va"}};
	cleanup_free char *folded = utf8_fold(names[_i][0]), *bad = utf8_fold("a\xFF");
	ck_assert_str_eq(folded, names[_i][1]);
	ck_assert_ptr_null(bad);
}
END_TEST

START_TEST(utf8_fit_keeps_clusters_whole)
{
	const char *text = "a日e\xCC\x81z";
	ck_assert_uint_eq(utf8_fit(text, strlen(text), 1), 1);
	ck_assert_uint_eq(utf8_fit(text, strlen(text), 2), 1);
	ck_assert_uint_eq(utf8_fit(text, strlen(text), 3), 4);
	ck_assert_uint_eq(utf8_fit(text, strlen(text), 4), 7);
}
END_TEST

START_TEST(utf8_round_trip)
{
	for (uint32_t point = 1; point < 0x110000; point += 97) {
		struct buf out = {0};
		uint32_t back;
		utf8_encode(&out, point);
		bool surrogate = point >= 0xD800 && point < 0xE000;
		ck_assert_uint_eq(utf8_decode(out.data, out.length, &back), out.length);
		ck_assert_uint_eq(back, surrogate ? 0xFFFD : point);
		buf_finish(&out);
	}
}
END_TEST

/* ---- files ---- */

START_TEST(files_are_read_and_written_whole)
{
	struct error err = {0};
	struct buf out = {0};
	char *path = path_join(suite_folder, "file");
	ck_assert(file_write(path, "hello", 5, 0600, &err));
	ck_assert(file_write(path, "again", 5, 0600, &err));
	ck_assert(file_read(path, 5, &out, &err));
	ck_assert_str_eq(buf_text(&out), "again");
	ck_assert(!file_read(path, 4, &out, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "too large"));
	ck_assert_str_eq(buf_text(&out), "again");
	struct stat info;
	ck_assert_int_eq(stat(path, &info), 0);
	ck_assert_int_eq(info.st_mode & 0777, 0600);
	ck_assert(!file_read(suite_folder, 100, &out, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "folder"));
	ck_assert(!file_read("/dev/zero", 100, &out, &err));
	ck_assert(!file_write("/nonexistent/x", "", 0, 0600, &err));
	error_finish(&err);
	buf_finish(&out);
	free(path);
}
END_TEST

/* A folder that is somebody else's, with links out of it, beside a folder outside. */
static char *both, *beyond, *inside;

static void make_both(const char *name_of_test)
{
	struct error err = {0};
	both = path_join(suite_folder, name_of_test);
	beyond = path_join(both, "outside");
	inside = path_join(both, "inside");
	cleanup_free char *kept = path_join(beyond, "kept");
	cleanup_free char *below = path_join(inside, "below");
	cleanup_free char *way = path_join(inside, "way");
	cleanup_free char *name = path_join(inside, "name");
	cleanup_free char *entry = path_join(both, "entry");
	ck_assert(folder_make(beyond, 0700, &err) && folder_make(below, 0700, &err));
	ck_assert(file_write(kept, "kept", 4, 0600, &err));
	ck_assert(symlink(beyond, way) == 0 && symlink(kept, name) == 0 &&
		  symlink(beyond, entry) == 0);
}

static bool outside_is_untouched(void)
{
	cleanup_free char *kept = path_join(beyond, "kept");
	cleanup_free char *planted = path_join(beyond, "planted");
	cleanup_buf struct buf text = {0};
	return file_read(kept, 100, &text, NULL) && text_same(buf_text(&text), "kept") &&
	       !file_exists(planted);
}

START_TEST(no_link_leads_out_of_a_folder)
{
	static const char *const refused[] = {"way/planted", "way/kept", "below/../way/kept", "..",
		"../outside/planted", "", "/etc/passwd", "below//x", "./below/x", "below/."};
	struct error err = {0};
	cleanup_buf struct buf text = {0};
	make_both("links");
	cleanup_free char *entry = path_join(both, "entry");
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
		ck_assert_msg(!beneath_write(inside, refused[i], "x", 1, NULL), "%s", refused[i]);
		ck_assert_msg(
			!beneath_read(inside, refused[i], 100, &text, NULL), "%s", refused[i]);
	}
	ck_assert(!beneath_write(entry, "planted", "x", 1, NULL)); /* the folder is a link itself */
	ck_assert(!beneath_read(inside, "name", 100, &text, NULL));
	ck_assert_msg(beneath_write(inside, "name", "mine", 4, &err), "%s", error_text(&err));
	ck_assert_msg(beneath_write(inside, "new/deep/file", "x", 1, &err), "%s", error_text(&err));
	ck_assert(beneath_read(inside, "name", 100, &text, &err));
	ck_assert_str_eq(buf_text(&text), "mine"); /* the link gave way to a file */
	ck_assert(beneath_exists(inside, "new/deep/file") && !beneath_exists(inside, "way/kept"));
	ck_assert(outside_is_untouched());
	free(beyond);
	free(inside);
	free(both);
}
END_TEST

static void *exchange(void *data)
{
	volatile bool *over = data;
	cleanup_free char *folder = path_join(inside, "d");
	cleanup_free char *other = path_join(inside, "e");
	while (!*over) {
		(void)rename(folder, other);
		if (symlink(beyond, folder) < 0)
			continue; /* the writer was quicker */
		(void)unlink(folder);
		(void)rename(other, folder);
	}
	return NULL;
}

START_TEST(a_folder_that_is_exchanged_for_a_link_leads_nowhere)
{
	pthread_t thread;
	bool over = false;
	make_both("exchanged");
	cleanup_free char *folder = path_join(inside, "d");
	ck_assert(folder_make(folder, 0700, NULL));
	ck_assert_int_eq(pthread_create(&thread, NULL, exchange, &over), 0);
	int64_t end = clock_monotonic_ms() + 2000;
	for (int i = 0; i < 20000 && clock_monotonic_ms() < end; i++)
		(void)beneath_write(inside, "d/planted", "x", 1, NULL); /* some must fail */
	over = true;
	pthread_join(thread, NULL);
	ck_assert(outside_is_untouched());
	free(beyond);
	free(inside);
	free(both);
}
END_TEST

START_TEST(fifo_does_not_hang)
{
	struct error err = {0};
	struct buf out = {0};
	char *path = path_join(suite_folder, "fifo");
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert(!file_read(path, 100, &out, &err));
	error_finish(&err);
	free(path);
}
END_TEST

START_TEST(folders_are_made_and_removed)
{
	struct error err = {0};
	char *path = path_join(suite_folder, "a/b/c");
	char *outside = path_join(suite_folder, "outside");
	char *link = path_join(suite_folder, "a/link");
	char *top = path_join(suite_folder, "a");
	ck_assert(folder_make(path, 0700, &err));
	ck_assert(folder_make(path, 0700, &err));
	ck_assert(file_write(outside, "kept", 4, 0600, &err));
	ck_assert_int_eq(symlink(outside, link), 0);
	ck_assert(folder_remove(top, &err));
	ck_assert(!folder_exists(top));
	ck_assert(file_exists(outside));
	ck_assert(folder_remove(top, &err));
	free(path);
	free(outside);
	free(link);
	free(top);
}
END_TEST

START_TEST(xdg_folders_ignore_relative_values)
{
	setenv("XDG_DATA_HOME", "relative", 1);
	setenv("HOME", "/h", 1);
	char *path = xdg_folder(XDG_DATA);
	ck_assert_str_eq(path, "/h/.local/share/ropes");
	free(path);
	setenv("XDG_DATA_HOME", "/d", 1);
	path = xdg_folder(XDG_DATA);
	ck_assert_str_eq(path, "/d/ropes");
	free(path);
}
END_TEST

/* ---- times ---- */

static const struct {
	int64_t ms;
	const char *text;
} times[] = {
	{0, "1970-01-01T00:00:00.000Z"},
	{-1, "1969-12-31T23:59:59.999Z"},
	{1795494000123, "2026-11-24T04:20:00.123Z"},
	{-62135596800000, "0001-01-01T00:00:00.000Z"},
	{253402300799999, "9999-12-31T23:59:59.999Z"},
};

START_TEST(times_as_text)
{
	char text[TIME_TEXT_SIZE];
	time_format_iso8601(times[_i].ms, text);
	ck_assert_str_eq(text, times[_i].text);
}
END_TEST

START_TEST(uuids_are_version_4)
{
	char a[UUID_TEXT_SIZE], b[UUID_TEXT_SIZE];
	uuid_make(a);
	uuid_make(b);
	ck_assert_uint_eq(strlen(a), 36);
	ck_assert_int_eq(a[14], '4');
	ck_assert_ptr_nonnull(strchr("89ab", a[19]));
	ck_assert_str_ne(a, b);
	ck_assert(random_seed() != random_seed());
}
END_TEST

START_TEST(numbers_are_left_once)
{
	int64_t some[] = {7, -1, 7, 3, INT64_MAX, 3, INT64_MIN, -1};
	const int64_t left[] = {INT64_MIN, -1, 3, 7, INT64_MAX};
	ck_assert_uint_eq(numbers_unique(some, ARRAY_LENGTH(some)), ARRAY_LENGTH(left));
	ck_assert(memcmp(some, left, sizeof left) == 0);
	ck_assert_uint_eq(numbers_unique(NULL, 0), 0);
}
END_TEST

START_TEST(one_of_others)
{
	static const char *const others[] = {"Dockerfile", "", ".env"};
	ck_assert(text_is_one_of("Dockerfile", others, 3) && text_is_one_of("", others, 3));
	ck_assert(text_is_one_of(".env", others, 3) && !text_is_one_of(".env", others, 2));
	ck_assert(!text_is_one_of("dockerfile", others, 3) && !text_is_one_of(NULL, others, 3));
	ck_assert(text_is_one_of_fold("dockerfile", others, 3));
	ck_assert(!text_is_one_of_fold("file", others, 3) && !text_is_one_of_fold(NULL, others, 3));
	ck_assert(!text_is_one_of("a", NULL, 0));
}
END_TEST

/* ---- addresses ---- */

static const struct {
	const char *text, *keep, *encoded;
} addresses[] = {
	{"", "", ""},
	{"Az09-_.~", "", "Az09-_.~"},
	{"a b/c:d@e+f", "", "a%20b%2Fc%3Ad%40e%2Bf"},
	{"registry:5000/app@sha256:1 %", "/:@", "registry:5000/app@sha256:1%20%25"},
	{"\n\x7f\xc3\xa9", "", "%0A%7F%C3%A9"},
};

START_TEST(addresses_are_encoded)
{
	cleanup_free char *encoded = url_encode_text(addresses[_i].text, addresses[_i].keep);
	ck_assert_str_eq(encoded, addresses[_i].encoded);
}
END_TEST

START_TEST(escapes_are_decoded)
{
	ck_assert_int_eq(url_decode_byte("%2f", 3), '/');
	ck_assert_int_eq(url_decode_byte("%C3%A9", 6), 0xc3);
	ck_assert_int_eq(url_decode_byte("%00", 3), 0);
	ck_assert_int_eq(url_decode_byte("%ff", 2), -1);
	ck_assert_int_eq(url_decode_byte("%f", 2), -1);
	ck_assert_int_eq(url_decode_byte("%g0", 3), -1);
	ck_assert_int_eq(url_decode_byte("%0x", 3), -1);
	ck_assert_int_eq(url_decode_byte("a00", 3), -1);
	ck_assert_int_eq(url_decode_byte("", 0), -1);
	cleanup_buf struct buf decoded = {0};
	url_decode(&decoded, "a%20b%00%zz%C3%A9%", 18);
	ck_assert_str_eq(buf_text(&decoded), "a b%00%zz\xC3\xA9%");
}
END_TEST

START_TEST(names_are_used_once)
{
	static const struct {
		const char *wanted, *from_1, *from_2;
	} rows[] = {{"a", "a", "a"}, {"b", "b", "b"}, {"a", "a-1", "a-2"}, {"a-2", "a-2", "a-2-2"},
		{"a", "a-3", "a-3"}, {"", "", ""}, {"", "-1", "-2"}};
	cleanup_arena struct arena arena = {0};
	struct unique_names one = {0}, two = {0};
	ck_assert(!unique_has(&one, "a"));
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		ck_assert_str_eq(unique_add(&one, &arena, rows[i].wanted, 1), rows[i].from_1);
		ck_assert_str_eq(unique_add(&two, &arena, rows[i].wanted, 2), rows[i].from_2);
	}
	for (unsigned i = 0; i < 1000; i++) {
		cleanup_free char *due = i > 0 ? xasprintf("many-%u", i + 1) : xstrdup("many");
		ck_assert_str_eq(unique_add(&two, &arena, "many", 2), due);
	}
	unique_finish(&one);
	unique_finish(&two);
}
END_TEST

static const struct {
	const char *path, *parent;
} parents[] = {{"a/b/c", "a/b"}, {"/a", "/"}, {"/", "/"}, {"a", "."}, {"", "."}, {"a/", "a"}};

static rlim_t allowed(uint64_t most)
{
	struct rlimit limit;
	fd_allow(most);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	return limit.rlim_cur;
}

START_TEST(descriptors_are_allowed_as_far_as_may_be)
{
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &(struct rlimit){64, 128}), 0);
	ck_assert_uint_eq(allowed(50), 64);
	ck_assert_uint_eq(allowed(100), 100);
	ck_assert_uint_eq(allowed(UINT64_MAX), 128);
}
END_TEST

START_TEST(texts_have_lines)
{
	const char *text = "a\n\nb";
	ck_assert_ptr_eq(text_next_line(text), text + 2);
	ck_assert_ptr_eq(text_next_line(text + 2), text + 3);
	ck_assert_ptr_eq(text_next_line(text + 3), text + 4);
	ck_assert_ptr_eq(text_next_line(text + 4), text + 4);
}
END_TEST

START_TEST(paths_have_parents)
{
	cleanup_free char *parent = path_parent(parents[_i].path);
	ck_assert_str_eq(parent, parents[_i].parent);
}
END_TEST

static bool refuse(struct error *err)
{
	return error_set(err, 0, "not today");
}

START_TEST(libraries_are_loaded)
{
	struct {
		double (*cosine)(double);
	} math = {0};
	static const char *const cosine[] = {"cos"}, *const missing[] = {"no_such_function"};
	struct library good = LIBRARY("libm.so.6", "libm", cosine, &math);
	struct library lacking = LIBRARY("libm.so.6", "libm", missing, &math);
	struct library absent = LIBRARY("libnothing.so.1", "nothing", cosine, &math);
	cleanup_error struct error err = {0};
	ck_assert(!library_open(&lacking, NULL, &err));
	ck_assert_str_eq(error_text(&err), "cannot load libm: it lacks no_such_function");
	ck_assert(!library_open(&absent, NULL, &err));
	ck_assert(text_starts(error_text(&err), "cannot load nothing: "));
	ck_assert(!library_open(&good, refuse, &err));
	ck_assert_str_eq(error_text(&err), "not today");
	ck_assert(library_open(&good, NULL, &err));
	ck_assert_double_eq(math.cosine(0), 1);
	ck_assert(library_open(&good, refuse, &err));
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{error_grows_on_its_way_up, 1},
		{arrays_grow, 1},
		{numbers_are_left_once, 1},
		{arena_keeps_small_and_large_pieces, 1},
		{buf_grows_and_shrinks, 1},
		{words_end_with_null, 1},
		{names_are_used_once, 1},
		{numbers_are_whole, ARRAY_LENGTH(numbers)},
		{dates_are_for_people, ARRAY_LENGTH(dates)},
		{decimals_are_for_people, 1},
		{sizes_are_for_people, ARRAY_LENGTH(sizes)},
		{distance_counts_edits, ARRAY_LENGTH(distances)},
		{utf8_width_and_validity, ARRAY_LENGTH(texts)},
		{a_terminal_obeys_nothing, 1},
		{utf8_folds_names, 4},
		{utf8_fit_keeps_clusters_whole, 1},
		{utf8_round_trip, 1},
		{files_are_read_and_written_whole, 1},
		{no_link_leads_out_of_a_folder, 1},
		{a_folder_that_is_exchanged_for_a_link_leads_nowhere, 1},
		{fifo_does_not_hang, 1},
		{descriptors_are_allowed_as_far_as_may_be, 1},
		{folders_are_made_and_removed, 1},
		{xdg_folders_ignore_relative_values, 1},
		{times_as_text, ARRAY_LENGTH(times)},
		{uuids_are_version_4, 1},
		{one_of_others, 1},
		{addresses_are_encoded, ARRAY_LENGTH(addresses)},
		{escapes_are_decoded, 1},
		{texts_have_lines, 1},
		{paths_have_parents, ARRAY_LENGTH(parents)},
		{libraries_are_loaded, 1},
	};
	return suite_run("base", tests, ARRAY_LENGTH(tests), 10);
}
