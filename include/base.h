/*
 * base.h - the bottom layer: errors, text, arrays, arenas, files, clocks, UTF-8.
 *
 * Conventions of the whole project:
 *
 * - A function that can fail returns bool (true: success) or a pointer, and takes
 *   `struct error *err` last. It leaves err alone on success and the outputs (`ret_x`) on failure.
 * - error_set() and error_wrap() return false, so `return error_set(err, errno, "open '%s'", p);`.
 * - The zero value of every struct here is valid and empty; finish functions accept it.
 * - Running out of memory ends the program with a message (die_out_of_memory).
 * - Declare locals that must be released with the cleanup_ macros below.
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

/* ---- the reader's language --------------------------------------------------------------------
 *
 * Texts for people are written in English; catalogues translate them, in the format of GNU gettext:
 * po/LL.po, compiled by msgfmt to share/locale/LL/LC_MESSAGES/ropes.mo. libc's gettext() is not
 * used: it knows only languages whose locale is installed, of which a fresh system has none, and a
 * server needs the language of each reader.
 *
 * Functions that take a text for a person translate it themselves: error_set() and its siblings,
 * screen_say(). Everything else is marked: _("text") where it is used, N_("text") in a table from
 * which a text is then taken with _(text). What is stored, sent, compared or read by programs is
 * not translated. */

#define _(text) language_text(text)
#define N_(text) text

/* Returns the translation of `text` for this thread's language, else `text` itself. The
 * translation is never freed. */
const char *language_text(const char *text) __attribute__((format_arg(1)));
/* The same for a text that means different things in different places: `context` says where. */
const char *language_text_in(const char *context, const char *text) __attribute__((format_arg(2)));
/* Returns the form for `count` things: "%u person" or "%u people". */
const char *language_plural(const char *one, const char *many, unsigned long long count)
	__attribute__((format_arg(1), format_arg(2)));
/* Sets the process's language: `wanted` ("de", "pt_BR.UTF-8"; NULL: what LANGUAGE, LC_ALL,
 * LC_MESSAGES or LANG say). It is English if there is no catalogue. Before threads are started. */
void language_open(const char *wanted);
/* Returns whether there is a catalogue for this language, or it is English. */
bool language_exists(const char *name);
/* Sets this thread's language to the best that a header Accept-Language (RFC 9110) asks for; NULL:
 * to the process's. */
void language_accept(const char *header);
/* The tag of this thread's language (BCP 47): "en", "de", "pt-BR". */
const char *language_tag(void);

/* ---- errors ---------------------------------------------------------------------------------- */

/* The kind of a failure; its value is the exit status of a program that ends with it. */
enum error_kind {
	ERROR_NONE = 0,
	ERROR_FAILED = 1,      /* the condition in question is false */
	ERROR_USAGE = 2,       /* the user's arguments are wrong */
	ERROR_ENVIRONMENT = 3, /* daemon, database, file … is missing or broken (the default) */
};

/* A cause that gains context on its way up: "lesson 'intro': open '/x': No such file or
 * directory". */
struct error {
	enum error_kind kind;
	int number;    /* errno of the cause, 0 if none */
	char *message; /* owned; NULL while there is no error */
};

/* Sets err (which may be NULL) to kind ERROR_ENVIRONMENT, replacing any earlier error. Appends
 * ": strerror(number)" if number is not 0. Always returns false. */
bool error_set(struct error *err, int number, const char *format, ...) PRINTF_LIKE(3, 4);
/* Like error_set(), but with the given kind and without errno. */
bool error_set_kind(struct error *err, enum error_kind kind, const char *format, ...)
	PRINTF_LIKE(3, 4);
/* Prefixes the message of err with "format: ". Always returns false. */
bool error_wrap(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);
/* Moves the error of src to dst and leaves src empty. Always returns false. */
bool error_move(struct error *dst, struct error *src);
/* Returns the message, or "" if there is none. It stays valid as long as err is unchanged. */
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

/*
 * Makes room for one more element after `count` elements of `size` bytes. The capacity is the next
 * power of two, so the caller only keeps the count:
 *     items = array_grow(items, count, sizeof *items);
 *     items[count++] = x;
 * An array that grows this way must only shrink by lowering its count. Release it with free().
 */
void *array_grow(void *items, size_t count, size_t size);
/* The same for an array that is filled again and again: *capacity is how many items it has room
 * for, 0 at first. */
void *array_refill(void *items, size_t count, size_t *capacity, size_t size);

/* Sorts the numbers, removes duplicates, and returns how many are left. */
size_t numbers_unique(int64_t *numbers, size_t count);

/* An arena: many small allocations that are freed together. The zero value is empty. */
struct arena {
	struct arena_chunk *last;
};
void *arena_alloc(struct arena *a, size_t size);    /* zeroed, aligned for any type */
char *arena_strdup(struct arena *a, const char *s); /* NULL stays NULL */
char *arena_strndup(struct arena *a, const char *s, size_t length);
char *arena_printf(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);
/* Like array_grow(), for arrays in an arena; outgrown copies are freed with the arena. */
void *arena_grow(struct arena *a, void *items, size_t count, size_t size);
void *arena_copy(struct arena *a, const void *bytes, size_t size); /* NULL if it has none */
/* Moves an array that array_grow() made into the arena, where it takes no more than it needs. */
void *arena_steal_array(struct arena *a, void *items, size_t count, size_t size);
void arena_finish(struct arena *a);

/* ---- growing text ---------------------------------------------------------------------------- */

/* A growing byte buffer. A NUL that length does not count always follows the data; data is NULL
 * until something is added (use buf_text). Exceeding 1 GiB ends the program. */
struct buf {
	char *data;
	size_t length;
	size_t capacity;
};
void buf_add(struct buf *b, const void *bytes, size_t length);
void buf_add_text(struct buf *b, const char *text);
void buf_add_char(struct buf *b, char c);
/* Adds a text as a quoted cell (RFC 4180); an apostrophe keeps spreadsheets from running it as a
 * formula. */
void buf_add_csv(struct buf *b, const char *text);
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
/* Returns the beginning of the next line, or the end of the text. */
const char *text_next_line(const char *text);
bool text_same(const char *a, const char *b); /* both may be NULL */
/* Converts ASCII letters to lower case in place; accepts NULL. Returns the text. */
char *text_lower(char *text);
bool text_same_fold(const char *a, const char *b); /* ignores the case of ASCII letters */
bool text_is_blank(const char *s);                 /* only white space, or NULL */
/* Reports whether s equals one of `count` others, by text_same or text_same_fold. */
bool text_is_one_of(const char *s, const char *const *others, size_t count);
bool text_is_one_of_fold(const char *s, const char *const *others, size_t count);
/* Parses a whole decimal number within [low, high]; on failure returns false and writes nothing. */
bool text_number(const char *s, long long low, long long high, long long *ret);
/* "512 MB", "1.4 GB", "12 kB": a size for people (decimal units as docker prints them). */
void text_size(struct buf *out, unsigned long long bytes);
/* "0 s", "3 s", "2 min", "1 h 05 min": a duration for people. */
void text_duration(struct buf *out, long long milliseconds);
/* Returns the smallest number of single-letter edits (insert, remove, replace, swap) from a to
 * b. */
size_t text_distance(const char *a, const char *b);
/* Returns whether a name is nearer to what was typed than *best edits, which it then lowers. */
bool text_is_nearer(const char *typed, const char *name, size_t *best);

/* Reports whether the host of "HOST[:PORT][/…]" is this machine: localhost, 127.0.0.0/8 as four
 * numbers, or [::1]. "127.example.com" is not, nor is an address that contains a user. */
bool text_is_loopback(const char *host);

/* ---- addresses ------------------------------------------------------------------------------- */

/* Appends text, writing %HH for every byte except unreserved characters (RFC 3986, 2.3) and
 * those in `keep`. */
void url_encode(struct buf *out, const char *text, const char *keep);
/* Like url_encode(), but returns a new string; the caller frees it. */
char *url_encode_text(const char *text, const char *keep);
/* Appends text with each "%HH" decoded, except "%00"; other text stays. */
void url_decode(struct buf *out, const char *text, size_t length);
/* Decodes the "%HH" at the start of text[0 … length-1]; returns -1 if there is none. */
int url_decode_byte(const char *text, size_t length);

/* ---- UTF-8 ----------------------------------------------------------------------------------- */

bool utf8_valid(const char *bytes, size_t length);
/* Decodes one code point at bytes[0 … length-1] (length > 0) and returns how many bytes it used,
 * at least 1. Malformed input yields U+FFFD and uses one byte. */
size_t utf8_decode(const char *bytes, size_t length, uint32_t *ret_point);
void utf8_encode(struct buf *out, uint32_t point);
/* Returns the columns that the text occupies in a terminal; control characters count 0. */
size_t utf8_width(const char *bytes, size_t length);
/* Returns the length of the longest prefix that fits into `columns` without splitting a grapheme
 * cluster. */
size_t utf8_fit(const char *bytes, size_t length, size_t columns);
/* Reports whether a name may contain the code point: letters, marks, digits and connectors such
 * as '_'. */
bool utf8_is_word(uint32_t point);
/* Reports whether the code point is visible: not a control, format, private or unassigned
 * character, and not a line separator. */
bool utf8_is_shown(uint32_t point);
/* Reports whether a terminal only shows the code point: not a control character, nor one that
 * reverses the order of the text after it. */
bool utf8_is_harmless(uint32_t point);
/* Appends lines of text for a terminal, with a question mark for what is not harmless. */
void utf8_add_harmless(struct buf *out, const char *text);
uint32_t utf8_lower(uint32_t point);
/* Converts to lower case and NFC with utf8proc. The caller frees the result; NULL if the text is
 * not UTF-8. */
char *utf8_fold(const char *text);

/* ---- files and folders ----------------------------------------------------------------------- */

/* Appends a whole regular file of at most `limit` bytes to out. Refuses folders, devices and
 * larger files with a message that names the reason. "-" has no special meaning. */
bool file_read(const char *path, size_t limit, struct buf *out, struct error *err);
/* Writes a temporary file next to the target, syncs it and renames it over the target, so
 * readers see the old or the new content, never a part. */
bool file_write(const char *path, const void *bytes, size_t length, mode_t mode, struct error *err);
bool file_exists(const char *path);
bool folder_exists(const char *path);
/* Creates a folder and its missing parents, each with `mode`. Leaves existing ones alone. */
bool folder_make(const char *path, mode_t mode, struct error *err);
/* Removes a tree without following symbolic links or leaving its file system. Succeeds if the
 * tree does not exist. */
bool folder_remove(const char *path, struct error *err);
/* Read, write or look for a file below a folder that another user may change or replace
 * meanwhile. They follow no symbolic link at the folder or in any part of the name ("a/b.txt"),
 * and give new files to the folder's owner. The path above the folder must be ours. They refuse
 * names with "." or "..". */
bool beneath_read(
	const char *folder, const char *name, size_t limit, struct buf *out, struct error *err);
bool beneath_write(
	const char *folder, const char *name, const void *bytes, size_t length, struct error *err);
bool beneath_exists(const char *folder, const char *name);
/* Calls openat2(2) below an open folder ("" opens the folder itself) without following links or
 * entering another file system. Returns -1 and sets errno on failure. */
int beneath_open(int folder, const char *name, int flags, mode_t mode);
/* Joins parts to "a/b"; the caller frees the result. */
char *path_join(const char *folder, const char *name);
const char *path_base(const char *path); /* points into path, after the last '/' */
/* Returns the folder of "a/b": "a"; "." if the path has no folder. The caller frees it. */
char *path_parent(const char *path);
/* Writes everything and restarts after EINTR. */
bool fd_write(int fd, const void *bytes, size_t length, struct error *err);
/* Calls read(2) and restarts after EINTR. */
ssize_t fd_read(int fd, void *bytes, size_t length);

/* Raises the process's limit of open descriptors to `most`, or as far as it may go. */
void fd_allow(uint64_t most);

/* System calls that not every C library has. <linux/fs.h> has the flags of renameat2(2). */
bool fd_close_range(unsigned first, unsigned last);
bool fd_rename(int from, const char *old_name, int to, const char *new_name, unsigned flags);

/* Fills in the address of a socket in the file system. Errors: the path exceeds 107 bytes. */
struct sockaddr_un;
bool unix_address(const char *path, struct sockaddr_un *ret, struct error *err);

/* The folders of ropes, by the XDG Base Directory Specification: $XDG_…/ropes or its default
 * below $HOME. The call does not create the folder. The caller frees the path. */
enum xdg { XDG_DATA, XDG_CONFIG, XDG_CACHE, XDG_STATE, XDG_RUNTIME };
char *xdg_folder(enum xdg which);
/* Returns the folder of the courses that came from the learner's team. The caller frees it. */
char *courses_folder(void);
/* Returns the path of a shipped lesson, quiz or asset: below $ROPES_DATA, else in the
 * installation or build folder of the running program. The caller frees it. */
char *data_path(const char *name);

/* Finds a program in $PATH or in the administrators' folders; NULL if there is none. The caller
 * frees it. */
char *program_find(const char *name);
/* Finds the first such program that `fits` accepts. */
char *program_find_if(const char *name, bool (*fits)(const char *path));
/* Finds a statically linked program, which also runs in an image without libraries: in PATH, as
 * NAME-static, NAME.static or NAME. NULL if there is none. The caller frees it. */
char *static_program_find(const char *name);
/* Turns a learner's name into a file name: at most 33 letters, digits, '.', '_' and '-',
 * starting with a letter or digit. The caller frees it. */
char *learner_file_name(const char *name);

/* ---- time ------------------------------------------------------------------------------------ */

int64_t clock_monotonic_ms(void);
/* Milliseconds since 1970 in UTC. */
int64_t clock_wall_ms(void);
/* "2026-11-24T04:18:48.123Z" for milliseconds since 1970. */
#define TIME_TEXT_SIZE 32
void time_format_iso8601(int64_t wall_ms, char out[TIME_TEXT_SIZE]);
/* Writes the day (UTC) for a person: "2026-11-24", or as the reader's language has it. */
void time_format_day(int64_t wall_ms, char out[TIME_TEXT_SIZE]);

/* Starts a detached thread. False: the system has no room for it. */
bool thread_start(void *(*run)(void *data), void *data, size_t stack_size);

/* Initializes a condition that uses the monotonic clock, so that setting the system clock delays
 * no waiter. */
void condition_init(pthread_cond_t *condition);
struct timespec condition_until(int64_t ms); /* `ms` from now */
/* Returns false if the time has run out. */
bool condition_wait(pthread_cond_t *condition, pthread_mutex_t *lock, const struct timespec *until);

/* FNV-1a with 64 bits, stable across machines and releases. Start with HASH_START and pass each
 * result to the next call. */
#define HASH_START 0xcbf29ce484222325u
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length);

/* 64 random bits, for seeds. */
uint64_t random_seed(void);
/* Returns the next number of the sequence that the seed determines: SplitMix64 (Steele, Lea,
 * Flood 2014). */
uint64_t random_next(uint64_t *state);
/* Writes sixteen random bytes as a UUID of version 4 (RFC 9562). */
#define UUID_TEXT_SIZE 37
void uuid_make(char out[UUID_TEXT_SIZE]);

/* ---- lists of words -------------------------------------------------------------------------- */

/* A growing list of owned strings that ends with NULL, like argv. The zero value is empty (items
 * NULL). */
struct words {
	char **items;
	size_t count;
};
void words_add(struct words *w, const char *word);
void words_add_bytes(struct words *w, const char *word, size_t length);
void words_addf(struct words *w, const char *format, ...) PRINTF_LIKE(2, 3);
void words_add_all(struct words *w, const char *const *list); /* list ends with NULL */
bool words_has(const struct words *w, const char *word);
void words_finish(struct words *w);
#define cleanup_words __attribute__((cleanup(words_finish)))

/*
 * A shared library that is loaded at its first use, because linking it would slow every start. A
 * list of its functions gives the structure of pointers and their names:
 *
 *     #define FUNCTIONS(f) f(curl_, easy_init) f(curl_, easy_perform)
 *     static struct { FUNCTIONS(LIBRARY_POINTER) } curl;
 *     static const char *const names[] = {FUNCTIONS(LIBRARY_NAME)};
 *     static struct library library = LIBRARY("libcurl.so.4", "libcurl", names, &curl);
 */
struct library {
	const char *file, *name; /* for the loader; for messages */
	const char *const *names;
	size_t count;
	void *pointers; /* to as many functions, in their order */
	pthread_mutex_t lock;
	bool loaded;
};
#define LIBRARY_POINTER(prefix, name) __typeof__(prefix##name) *name;
#define LIBRARY_NAME(prefix, name) #prefix #name,
#define LIBRARY(file, name, names, pointers)                                                       \
	{                                                                                          \
		file, name, names, ARRAY_LENGTH(names), pointers, PTHREAD_MUTEX_INITIALIZER, false \
	}
/* Loads it, if that has not been done, and calls `begin` (may be NULL) after that. It stays
 * loaded. Any thread may call this. */
bool library_open(struct library *library, bool (*begin)(struct error *err), struct error *err);

/* Names of which each is used once. The zero value is empty. */
struct unique_names {
	struct unique_name *slots; /* a hash table; its size is a power of two */
	size_t size, count;
};
/* Adds the name if it is new; else "NAME-2", "NAME-3" …, counting from `second`. Returns what it
 * added, allocated in the arena, which must outlive the names. */
const char *unique_add(
	struct unique_names *names, struct arena *arena, const char *wanted, unsigned second);
bool unique_has(const struct unique_names *names, const char *text);
/* Returns whether the name was asked for more than once. */
bool unique_is_repeated(const struct unique_names *names, const char *text);
void unique_finish(struct unique_names *names);

#endif
