/* tests/store/test_store.c - the server's file: changes together, disks that are full, files that
 * are damaged, copies while others write */
#include "store.h"
#include "suite.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

static const char *const steps[] = {
	"CREATE TABLE item (n INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;",
	"CREATE INDEX item_text ON item (text);",
};

static struct store *open_store(const char *path)
{
	struct store *store = NULL;
	struct error err = {0};
	ck_assert_msg(store_open(path, &store, &err), "%s", error_text(&err));
	ck_assert_msg(store_schema(store, "items", steps, 2, &err), "%s", error_text(&err));
	return store;
}

struct item {
	int64_t n;
	const char *text;
	int outcome; /* what the change returns after it wrote */
};

static int add(struct db *db, void *data, struct error *err)
{
	const struct item *i = data;
	if (!sql_run(db, sql(db, err, "INSERT INTO item VALUES (?, ?)", "it", i->n, i->text), err))
		return STORE_FAILED;
	return i->outcome;
}

static int add_item(struct store *store, int64_t n, const char *text, struct error *err)
{
	struct item item = {n, text, 0};
	return store_write(store, add, &item, err);
}

static int64_t count_items(struct store *store)
{
	struct db *db = store_read(store);
	int64_t count = sql_number(sql(db, NULL, "SELECT count(*) FROM item", ""), -1);
	store_read_end(store, db);
	return count;
}

static bool read_all(struct store *store, struct error *err)
{
	struct db *db = store_read(store);
	bool good = sql_run(db, sql(db, err, "SELECT n, text FROM item NOT INDEXED", ""), err);
	store_read_end(store, db);
	return good;
}

/* ---- changes ---- */

START_TEST(what_fails_takes_nothing_with_it)
{
	cleanup_free char *path = path_join(suite_folder, "changes.db");
	struct store *store = open_store(path);
	struct item refused = {2, "b", 7};
	cleanup_error struct error err = {0};
	ck_assert_int_eq(add_item(store, 1, "a", &err), 0);
	ck_assert_int_eq(store_write(store, add, &refused, &err), 7);
	ck_assert_ptr_null(err.message);
	ck_assert_int_eq(add_item(store, 1, "again", &err), STORE_FAILED);
	ck_assert_ptr_nonnull(strstr(error_text(&err), "UNIQUE"));
	ck_assert_int_eq(count_items(store), 1);
	store_close(store);
}
END_TEST

struct writer {
	pthread_t thread;
	struct store *store;
	int64_t first;
	size_t kept, refused;
};

/* Every third is refused by itself, every fifth by the table. */
static void *write_all(void *data)
{
	struct writer *w = data;
	for (int64_t i = 0; i < 150; i++) {
		struct item item = {i % 5 == 4 ? w->first : w->first + i, "text", i % 3 == 2};
		cleanup_error struct error err = {0};
		int outcome = store_write(w->store, add, &item, &err);
		w->kept += outcome == 0;
		w->refused += outcome == 1;
	}
	return NULL;
}

START_TEST(many_write_together)
{
	cleanup_free char *path = path_join(suite_folder, "many.db");
	struct store *store = open_store(path);
	struct writer writers[8];
	for (size_t i = 0; i < ARRAY_LENGTH(writers); i++) {
		writers[i] = (struct writer){.store = store, .first = (int64_t)i * 1000};
		ck_assert(pthread_create(&writers[i].thread, NULL, write_all, &writers[i]) == 0);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(writers); i++) {
		pthread_join(writers[i].thread, NULL);
		ck_assert_uint_eq(writers[i].kept, 80);
		ck_assert_uint_eq(writers[i].refused, 40);
	}
	ck_assert_int_eq(count_items(store), 8 * 80);
	store_close(store);
}
END_TEST

/* The lock of who moves the journal into the file: https://sqlite.org/walformat.html#wal_locks */
static void lock_journal(int fd, short type)
{
	struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = 121, .l_len = 1};
	ck_assert_int_eq(fcntl(fd, F_OFD_SETLK, &lock), 0);
}

/* Whether the thread that runs the test waits for something. */
static bool test_sleeps(void)
{
	cleanup_free char *path = xasprintf("/proc/self/task/%d/stat", (int)getpid());
	cleanup_buf struct buf text = {0};
	ck_assert(file_read(path, 4096, &text, NULL));
	return text_starts(strrchr(buf_text(&text), ')'), ") S");
}

static void *let_go(void *data)
{
	while (!test_sleeps())
		usleep(1000);
	lock_journal(*(const int *)data, F_UNLCK);
	return NULL;
}

START_TEST(who_moves_the_journal_is_waited_for)
{
	cleanup_free char *path = path_join(suite_folder, "journal.db");
	cleanup_free char *shared = xasprintf("%s-shm", path);
	cleanup_free char *journal = xasprintf("%s-wal", path);
	struct store *store = open_store(path);
	cleanup_error struct error err = {0};
	struct stat info;
	pthread_t thread;
	ck_assert_int_eq(add_item(store, 1, "a", &err), 0);
	int fd = open(shared, O_RDWR | O_CLOEXEC);
	lock_journal(fd, F_WRLCK);
	ck_assert_int_eq(pthread_create(&thread, NULL, let_go, &fd), 0);
	ck_assert_msg(store_checkpoint(store, &err), "%s", error_text(&err));
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert(stat(journal, &info) == 0 && info.st_size == 0);
	close(fd);
	store_close(store);
}
END_TEST

START_TEST(schemas)
{
	cleanup_free char *path = path_join(suite_folder, "schema.db");
	struct store *store = NULL;
	cleanup_error struct error err = {0};
	static const char *const broken[] = {"CREATE TABLE fine (n INTEGER);", "CREATE TABLE;"};
	ck_assert(store_open(path, &store, &err) && store_schema(store, "items", steps, 1, &err));
	ck_assert_int_eq(add_item(store, 1, "a", &err), 0);
	ck_assert(store_schema(store, "items", steps, 2, &err));
	ck_assert(!store_schema(store, "items", steps, 1, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "newer version of ropes"));
	ck_assert(!store_schema(store, "broken", broken, 2, &err));
	ck_assert(store_schema(store, "broken", broken, 1, &err)); /* no half was left */
	ck_assert_int_eq(count_items(store), 1);
	store_close(store);
}
END_TEST

/* ---- faults ---- */

/* No file may grow beyond this; 0: as it was. */
static void limit_files(rlim_t bytes)
{
	struct rlimit limit;
	ck_assert(getrlimit(RLIMIT_FSIZE, &limit) == 0);
	limit.rlim_cur = bytes > 0 ? bytes : limit.rlim_max;
	ck_assert(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	(void)signal(SIGXFSZ, bytes > 0 ? SIG_IGN : SIG_DFL); /* the write fails instead */
}

START_TEST(a_full_disk)
{
	cleanup_free char *path = path_join(suite_folder, "full.db");
	cleanup_error struct error err = {0};
	struct store *store = open_store(path);
	char text[2000];
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	int64_t kept = 0;
	limit_files(2 * 1024 * 1024);
	while (kept < 1000 && add_item(store, kept + 1, text, &err) == 0)
		kept++;
	ck_assert_int_gt(kept, 50);
	ck_assert_int_lt(kept, 1000);
	ck_assert_msg(strstr(error_text(&err), "the disk is full") != NULL, "%s", error_text(&err));
	ck_assert_int_eq(count_items(store), kept);
	ck_assert_int_eq(add_item(store, 5000, text, &err), STORE_FAILED);
	ck_assert_int_eq(count_items(store), kept);
	limit_files(0);
	ck_assert_msg(add_item(store, kept + 1, text, &err) == 0, "%s", error_text(&err));
	store_close(store);
	store = open_store(path);
	ck_assert_int_eq(count_items(store), kept + 1);
	store_close(store);
}
END_TEST

static void fill(struct store *store, int64_t count)
{
	struct error err = {0};
	char text[400];
	memset(text, 'y', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	for (int64_t i = 1; i <= count; i++)
		ck_assert_msg(add_item(store, i, text, &err) == 0, "%s", error_text(&err));
}

/* Nonsense over the middle half of a file. */
static void damage(const char *path)
{
	struct stat info;
	cleanup_buf struct buf nonsense = {0};
	cleanup_fd int fd = open(path, O_WRONLY | O_CLOEXEC);
	ck_assert(fd >= 0 && fstat(fd, &info) == 0);
	buf_add_repeat(&nonsense, '?', (size_t)info.st_size / 2);
	ck_assert(pwrite(fd, nonsense.data, nonsense.length, info.st_size / 4) ==
		  (ssize_t)nonsense.length);
}

START_TEST(a_damaged_file)
{
	cleanup_free char *path = path_join(suite_folder, "damaged.db");
	cleanup_free char *copy = path_join(suite_folder, "damaged.backup"), *kept = NULL;
	cleanup_error struct error err = {0};
	struct store *store = open_store(path), *none = NULL;
	fill(store, 300);
	ck_assert_msg(store_backup(path, copy, &err), "%s", error_text(&err));
	ck_assert(store_checkpoint(store, &err));
	damage(path); /* while it is open */
	ck_assert(!read_all(store, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "damaged; stop the server"));
	store_close(store);

	ck_assert(!store_open(path, &none, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "replace it by a backup"));
	ck_assert(!store_backup(path, copy, &err)); /* no damage over a good copy */
	ck_assert_msg(store_restore(path, copy, &kept, &err), "%s", error_text(&err));
	ck_assert(kept != NULL && file_exists(kept));
	store = open_store(path);
	ck_assert_int_eq(count_items(store), 300);
	store_close(store);
}
END_TEST

/* ---- copies ---- */

static void *write_on(void *data)
{
	struct writer *w = data;
	struct error err = {0};
	for (int64_t i = 0; i < 400; i++)
		ck_assert_msg(add_item(w->store, w->first + i, "text", &err) == 0, "%s",
			error_text(&err));
	return NULL;
}

START_TEST(copies_while_others_write)
{
	cleanup_free char *path = path_join(suite_folder, "copied.db");
	cleanup_free char *copy = path_join(suite_folder, "copied.backup");
	cleanup_error struct error err = {0};
	struct store *store = open_store(path);
	struct writer writers[4];
	fill(store, 50);
	for (size_t i = 0; i < ARRAY_LENGTH(writers); i++) {
		writers[i] = (struct writer){.store = store, .first = (int64_t)(i + 1) * 1000};
		ck_assert(pthread_create(&writers[i].thread, NULL, write_on, &writers[i]) == 0);
	}
	for (int round = 0; round < 5; round++) {
		cleanup_free char *kept = NULL;
		char *other = xasprintf("%s/restored-%d.db", suite_folder, round);
		ck_assert_msg(store_backup(path, copy, &err), "%s", error_text(&err));
		ck_assert_msg(store_restore(other, copy, &kept, &err), "%s", error_text(&err));
		ck_assert_ptr_null(kept);
		struct store *restored = open_store(other);
		ck_assert_int_ge(count_items(restored), 50);
		ck_assert_int_eq(add_item(restored, 9999, "new", &err), 0);
		store_close(restored);
		free(other);
	}
	cleanup_free char *kept = NULL;
	ck_assert(!store_restore(path, copy, &kept, &err)); /* it is in use */
	ck_assert_ptr_nonnull(strstr(error_text(&err), "a server is using the store"));
	for (size_t i = 0; i < ARRAY_LENGTH(writers); i++)
		pthread_join(writers[i].thread, NULL);
	ck_assert_int_eq(count_items(store), 50 + 4 * 400);
	store_close(store);
}
END_TEST

START_TEST(what_is_no_store)
{
	cleanup_free char *path = suite_file("text.db", "this is no database at all, but text", 36);
	cleanup_free char *missing = path_join(suite_folder, "missing.db"), *kept = NULL;
	cleanup_error struct error err = {0};
	struct store *store = NULL;
	ck_assert(!store_open(path, &store, &err));
	ck_assert(!store_restore(missing, path, &kept, &err));
	ck_assert(!store_restore(missing, missing, &kept, &err));
	ck_assert(!store_backup(missing, path, &err));
	ck_assert(!file_exists(missing));
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{what_fails_takes_nothing_with_it, 1},
		{many_write_together, 1},
		{who_moves_the_journal_is_waited_for, 1},
		{schemas, 1},
		{a_full_disk, 1},
		{a_damaged_file, 1},
		{copies_while_others_write, 1},
		{what_is_no_store, 1},
	};
	return suite_run("store", tests, ARRAY_LENGTH(tests), 60);
}
