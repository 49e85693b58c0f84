/*
 * base.h - what every other module stands on: errors, text, arrays, arenas, files, clocks, UTF-8.
 *
 * Conventions of the whole project, shown here once:
 *   - What can fail returns bool (true: done) or a pointer, and takes `struct error *err` last.
 *     On success err and on failure the outputs (`ret_x`) are untouched.
 *   - error_set() and error_wrap() return false, so `return error_set(err, errno, "open '%s'",
 * p);`.
 *   - The zero value of every struct here is valid and empty; finish functions accept it.
 *   - Running out of memory ends the program with a message (die_out_of_memory).
 *   - Locals that must be released are declared with the cleanup_ macros below.
 */
#ifndef BASE_H
#define BASE_H

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PRINTF_LIKE(format_at, first_at) __attribute__((format(printf, format_at, first_at)))
#define ARRAY_LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* ---- errors ---------------------------------------------------------------------------------- */

/* What kind of failure it is; the value is the exit status that a program should end with. */
enum error_kind {
	ERROR_NONE = 0,
	ERROR_FAILED = 1,      /* the thing asked about does not hold */
	ERROR_USAGE = 2,       /* the caller's words are wrong */
	ERROR_ENVIRONMENT = 3, /* daemon, database, file … is missing or broken (the default) */
};

/* A cause that grows on its way up: "lesson 'intro': open '/x': No such file or directory". */
struct error {
	enum error_kind kind;
	int number;    /* errno of the cause, 0 if none */
	char *message; /* owned; NULL while there is no error */
};

/* Sets err (which may be NULL) to kind ERROR_ENVIRONMENT, replacing what it held. Where number is
 * not 0, ": strerror(number)" is appended. Always returns false. */
bool error_set(struct error *err, int number, const char *format, ...) PRINTF_LIKE(3, 4);
/* The same with a kind of its own and no errno. */
bool error_set_kind(struct error *err, enum error_kind kind, const char *format, ...)
	PRINTF_LIKE(3, 4);
/* Puts "format: " in front of the message that err holds. Always returns false. */
bool error_wrap(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);
/* Hands over: dst takes what src holds, src becomes empty. Always returns false. */
bool error_move(struct error *dst, struct error *src);
/* The message, or "" where there is none. Lives as long as err is unchanged. */
const char *error_text(const struct error *err);
void error_finish(struct error *err);

/* ---- memory ---------------------------------------------------------------------------------- */

_Noreturn void die_out_of_memory(void);
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);                 /* NULL stays NULL */
char *xstrndup(const char *s, size_t length); /* always ends with NUL */
char *xasprintf(const char *format, ...) PRINTF_LIKE(1, 2);

/* Makes room for one more element behind `count` elements of `size` bytes. The capacity is the next
 * power of two, so nothing but the count needs to be kept:
 *     items = array_grow(items, count, sizeof *items); items[count++] = x;
 * An array that grows this way must only shrink by lowering its count. Release with free(). */
void *array_grow(void *items, size_t count, size_t size);

/* Sorts, and leaves each number once: how many are left. */
size_t numbers_unique(int64_t *numbers, size_t count);

/* An arena: many small pieces that die together. Zero value is empty. */
struct arena {
	struct arena_chunk *last;
};
void *arena_alloc(struct arena *a, size_t size);    /* zeroed, aligned for any type */
char *arena_strdup(struct arena *a, const char *s); /* NULL stays NULL */
char *arena_strndup(struct arena *a, const char *s, size_t length);
char *arena_printf(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);
/* array_grow for arrays that live in an arena (the outgrown copies die with it). */
void *arena_grow(struct arena *a, void *items, size_t count, size_t size);
void arena_finish(struct arena *a);

/* ---- growing text ---------------------------------------------------------------------------- */

/* Bytes that grow; data is always ended by a NUL that length does not count (data is NULL while
 * nothing was ever added: use buf_text). Caps at 1 GiB, then the program ends. */
struct buf {
	char *data;
	size_t length;
	size_t capacity;
};
void buf_add(struct buf *b, const void *bytes, size_t length);
void buf_add_text(struct buf *b, const char *text);
void buf_add_char(struct buf *b, char c);
void buf_add_repeat(struct buf *b, char c, size_t times);
void buf_printf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(struct buf *b, const char *format, va_list args) PRINTF_LIKE(2, 0);
void buf_reserve(struct buf *b, size_t more);    /* room for `more` bytes beyond length */
void buf_truncate(struct buf *b, size_t length); /* keeps the first `length` bytes */
void buf_remove_front(struct buf *b, size_t length);
const char *buf_text(const struct buf *b); /* never NULL */
char *buf_steal(struct buf *b);            /* never NULL; the caller frees it; b is empty */
void buf_finish(struct buf *b);

/* ---- release on leaving the scope ------------------------------------------------------------ */

void cleanup_free_pointer(void *pointer_to_pointer);
void cleanup_close_fd(const int *fd);
#define cleanup_free __attribute__((cleanup(cleanup_free_pointer)))
#define cleanup_fd __attribute__((cleanup(cleanup_close_fd))) /* closes when >= 0 */
#define cleanup_buf __attribute__((cleanup(buf_finish)))
#define cleanup_error __attribute__((cleanup(error_finish)))
#define cleanup_arena __attribute__((cleanup(arena_finish)))

/* ---- text ------------------------------------------------------------------------------------ */

bool text_starts(const char *s, const char *prefix);
bool text_ends(const char *s, const char *suffix);
bool text_same(const char *a, const char *b); /* both may be NULL */
/* ASCII letters become small, in place; NULL is left alone. Returns the text. */
char *text_lower(char *text);
bool text_same_fold(const char *a, const char *b); /* ASCII letters' case is ignored */
bool text_is_blank(const char *s);                 /* only white space, or NULL */
/* One of `count` others, by text_same or text_same_fold. */
bool text_is_one_of(const char *s, const char *const *others, size_t count);
bool text_is_one_of_fold(const char *s, const char *const *others, size_t count);
/* Parses a whole decimal number within [low, high]; false (nothing written) otherwise. */
bool text_number(const char *s, long long low, long long high, long long *ret);
/* "512 MB", "1.4 GB", "12 kB": a size for people (decimal units as docker prints them). */
void text_size(struct buf *out, unsigned long long bytes);
/* "3 s", "2 min", "1 h 05 min": a duration for people. */
void text_duration(struct buf *out, long long milliseconds);
/* Smallest number of single-letter edits (insert, remove, replace, swap) from a to b. */
size_t text_distance(const char *a, const char *b);

/* The host of "HOST[:PORT][/…]" is this machine: localhost, 127.0.0.0/8 as four numbers, or [::1].
 * "127.example.com" is not, nor
 * is an address with a user in it. */
bool text_is_loopback(const char *host);

/* ---- addresses ------------------------------------------------------------------------------- */

/* Appends text with %HH for every byte but unreserved characters (RFC 3986, 2.3) and those of
 * `keep`. */
void url_encode(struct buf *out, const char *text, const char *keep);
/* The same as a text of its own; the caller frees it. */
char *url_encode_text(const char *text, const char *keep);
/* The byte of the "%HH" with which text[0 … length-1] begins; -1: it does not begin so. */
int url_decode_byte(const char *text, size_t length);

/* ---- UTF-8 ----------------------------------------------------------------------------------- */

bool utf8_valid(const char *bytes, size_t length);
/* Decodes one code point at bytes[0 … length-1] (length > 0); returns the bytes taken, at least 1;
 * malformed input gives U+FFFD and takes one byte. */
size_t utf8_decode(const char *bytes, size_t length, uint32_t *ret_point);
void utf8_encode(struct buf *out, uint32_t point);
/* Columns that the text takes in a terminal; control characters count 0. */
size_t utf8_width(const char *bytes, size_t length);
/* The longest beginning of the text that fits into `columns`; grapheme clusters stay whole. */
size_t utf8_fit(const char *bytes, size_t length, size_t columns);
/* Letters, marks, digits and connectors such as '_' (what a name may be made of). */
bool utf8_is_word(uint32_t point);
/* Has a shape and a place: no control, format, private or unassigned character, no line separator.
 */
bool utf8_is_shown(uint32_t point);
uint32_t utf8_lower(uint32_t point);
/* Lower case, NFC, by utf8proc. The caller frees it; NULL where the text is not UTF-8. */
char *utf8_fold(const char *text);

/* ---- files and folders ----------------------------------------------------------------------- */

/* Reads a whole regular file of at most `limit` bytes into out (appended). Refuses folders, devices
 * and larger files with a message that says so. "-" is not special. */
bool file_read(const char *path, size_t limit, struct buf *out, struct error *err);
/* Writes beside it, syncs, renames over it: the old or the new content is there, never half. */
bool file_write(const char *path, const void *bytes, size_t length, mode_t mode, struct error *err);
bool file_exists(const char *path);
bool folder_exists(const char *path);
/* Makes a folder and what is missing above it, each with `mode`. Existing ones are left alone. */
bool folder_make(const char *path, mode_t mode, struct error *err);
/* Removes a tree without following symbolic links and without leaving its file system.
 * A tree that is not there is done already. */
bool folder_remove(const char *path, struct error *err);
/* The same for a file below a folder that somebody else may change or exchange meanwhile: neither
 * the folder nor a part of the name ("a/b.txt") is followed where it is a link, and what is made
 * belongs to the folder's owner. What is above the folder must be ours. Names with "." or ".." are
 * refused.
 */
bool beneath_read(
	const char *folder, const char *name, size_t limit, struct buf *out, struct error *err);
bool beneath_write(
	const char *folder, const char *name, const void *bytes, size_t length, struct error *err);
bool beneath_exists(const char *folder, const char *name);
/* openat2(2) below a folder that is open, "" being itself: nothing is followed, and no other file
 * system is entered. -1 and errno. */
int beneath_open(int folder, const char *name, int flags, mode_t mode);
/* "a/b" from parts; the caller frees it. */
char *path_join(const char *folder, const char *name);
const char *path_base(const char *path); /* view into path: what follows the last '/' */
/* EINTR-safe; write everything. */
bool fd_write(int fd, const void *bytes, size_t length, struct error *err);
/* EINTR-safe read(2). */
ssize_t fd_read(int fd, void *bytes, size_t length);

/* The address of a socket in the file system. Errors: a path of more than 107 bytes. */
struct sockaddr_un;
bool unix_address(const char *path, struct sockaddr_un *ret, struct error *err);

/* The folders of ropes, by the XDG Base Directory Specification: $XDG_…/ropes or its default below
 * $HOME. Not made yet by the call. The caller frees it. */
enum xdg { XDG_DATA, XDG_CONFIG, XDG_CACHE, XDG_STATE, XDG_RUNTIME };
char *xdg_folder(enum xdg which);
/* Where the shipped lessons, quizzes and assets lie: below $ROPES_DATA, else in the installation or
 * the build folder that the running program is part of. The caller frees it. */
char *data_path(const char *name);

/* Where a program lies: in $PATH, or where administrators' programs are. NULL: nowhere. The caller
 * frees it. */
char *program_find(const char *name);
/* The same for the first one that `fits`. */
char *program_find_if(const char *name, bool (*fits)(const char *path));
/* A program of this name that needs no library, so that it runs in an image that has none: in PATH,
 * as NAME-static, NAME.static or NAME. NULL: none. The caller frees it. */
char *static_program_find(const char *name);
/* A learner's name as a file's: at most 33 of letters, digits, '.', '_' and '-', beginning with one
 * of the first two. The caller frees it. */
char *learner_file_name(const char *name);

/* ---- time ------------------------------------------------------------------------------------ */

int64_t clock_monotonic_ms(void);
/* Milliseconds since 1970 in UTC. */
int64_t clock_wall_ms(void);
/* "2026-11-24T04:18:48.123Z" for milliseconds since 1970. */
#define TIME_TEXT_SIZE 32
void time_format_iso8601(int64_t wall_ms, char out[TIME_TEXT_SIZE]);

/* A condition that is waited for by the monotonic clock: a machine's clock that is set keeps nobody
 * waiting. */
void condition_init(pthread_cond_t *condition);
struct timespec condition_until(int64_t ms); /* so long from now */
/* False: the time is over. */
bool condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, const struct timespec *until);

/* FNV-1a in 64 bits, the same always and everywhere: begins with HASH_START, goes on with what it
 * gave. */
#define HASH_START 0xcbf29ce484222325u
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length);

/* 64 random bits, for seeds. */
uint64_t random_seed(void);
/* The next of a sequence that its seed decides: SplitMix64 (Steele, Lea, Flood 2014). */
uint64_t random_next(uint64_t *state);
/* Sixteen random bytes as a UUID of version 4 (RFC 9562). */
#define UUID_TEXT_SIZE 37
void uuid_make(char out[UUID_TEXT_SIZE]);

/* ---- lists of words -------------------------------------------------------------------------- */

/* A growing list of owned strings, ended by NULL like an argv. Zero value is empty (items NULL). */
struct words {
	char **items;
	size_t count;
};
void words_add(struct words *w, const char *word);
void words_addf(struct words *w, const char *format, ...) PRINTF_LIKE(2, 3);
void words_add_all(struct words *w, const char *const *list); /* list ends with NULL */
bool words_has(const struct words *w, const char *word);
void words_finish(struct words *w);
#define cleanup_words __attribute__((cleanup(words_finish)))

#endif
