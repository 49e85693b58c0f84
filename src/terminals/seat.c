/* terminals/seat.c - seats on disk: a folder named after the token's digest, with the person's
 * name and language; and a file named after the key's digest, with the name of the folder */
#include "private.h"

#include "digest.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TOKEN_BYTES 24
#define NAME_FILE "name"
#define LANGUAGE_FILE "language"
#define LANGUAGE_MAX_BYTES 32
#define NAME_MAX_BYTES ((size_t)200)
#define SEATS_MAX 1000
#define KEYS_FOLDER ".keys"
#define KEY_LABEL "ports of a seat"

static void name_folder(const char *token, char out[SEAT_NAME_SIZE])
{
	char digest[DIGEST_TEXT_SIZE];
	(void)digest_sha2(256, token, strlen(token), digest);
	memcpy(out, digest, SEAT_NAME_SIZE - 1);
	out[SEAT_NAME_SIZE - 1] = '\0';
}

/* ---- keys ---- */

void terminals_key(const char *token, char out[TERMINALS_KEY_SIZE])
{
	char digest[DIGEST_TEXT_SIZE];
	digest_hmac(token, KEY_LABEL, digest);
	memcpy(out, digest, TERMINALS_KEY_SIZE - 1);
	out[TERMINALS_KEY_SIZE - 1] = '\0';
}

static char *key_file(const struct terminals *t, const char *key)
{
	char digest[DIGEST_TEXT_SIZE];
	(void)digest_sha2(256, key, strlen(key), digest);
	return xasprintf("%s/" KEYS_FOLDER "/%s", t->folder, digest);
}

static bool keep_key(
	const struct terminals *t, const char *key, const char *folder_name, struct error *err)
{
	cleanup_free char *file = key_file(t, key), *folder = path_parent(file);
	return file_exists(file) ||
	       (folder_make(folder, 0700, err) &&
		       file_write(file, folder_name, strlen(folder_name), 0600, err));
}

char *terminals_find(const struct terminals *t, const char *key)
{
	cleanup_buf struct buf name = {0};
	cleanup_free char *file = key_file(t, key);
	if (!file_exists(file) || !file_read(file, SEAT_NAME_SIZE, &name, NULL) ||
		name.length != SEAT_NAME_SIZE - 1)
		return NULL;
	return path_join(t->folder, buf_text(&name));
}

/* ---- seats ---- */

static unsigned count_folders(const char *folder)
{
	unsigned count = 0;
	DIR *listing = opendir(folder);
	if (listing == NULL)
		return 0;
	for (const struct dirent *entry; (entry = readdir(listing)) != NULL;)
		count += entry->d_name[0] != '.';
	closedir(listing);
	return count;
}

static bool is_person_name(const char *name)
{
	if (text_is_blank(name) || strlen(name) > NAME_MAX_BYTES || !utf8_valid(name, strlen(name)))
		return false;
	for (const char *at = name; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == 127)
			return false;
	return true;
}

bool terminals_seat(struct terminals *t, const char *name, char **ret_token, struct error *err)
{
	char folder_name[SEAT_NAME_SIZE], key[TERMINALS_KEY_SIZE];
	unsigned most = t->o.seats_max > 0 ? t->o.seats_max : (unsigned)SEATS_MAX;
	if (!is_person_name(name))
		return error_set_kind(err, ERROR_USAGE,
			"expected a name of one line, up to %zu bytes", NAME_MAX_BYTES);
	if (count_folders(t->folder) >= most)
		return error_set(err, 0, "all %u seats of this server are taken", most);
	char *token = digest_random_text(TOKEN_BYTES);
	name_folder(token, folder_name);
	terminals_key(token, key);
	cleanup_free char *folder = path_join(t->folder, folder_name);
	cleanup_free char *file = path_join(folder, NAME_FILE);
	cleanup_free char *language_file = path_join(folder, LANGUAGE_FILE);
	const char *language = language_tag();
	if (folder_make(folder, 0700, err) && file_write(file, name, strlen(name), 0600, err) &&
		file_write(language_file, language, strlen(language), 0600, err) &&
		keep_key(t, key, folder_name, err)) {
		*ret_token = token;
		return true;
	}
	free(token);
	return false;
}

char *terminals_language(const char *folder)
{
	cleanup_buf struct buf language = {0};
	cleanup_free char *file = path_join(folder, LANGUAGE_FILE);
	bool known = file_exists(file) && file_read(file, LANGUAGE_MAX_BYTES, &language, NULL);
	return xstrdup(known ? buf_text(&language) : language_tag());
}

static struct seat *read_seat(struct terminals *t, const char *folder_name, const char *token)
{
	cleanup_buf struct buf name = {0};
	cleanup_error struct error none = {0};
	cleanup_free char *folder = path_join(t->folder, folder_name);
	cleanup_free char *file = path_join(folder, NAME_FILE);
	if (!file_exists(file) || !file_read(file, NAME_MAX_BYTES, &name, &none))
		return NULL;
	struct seat *seat = xcalloc(1, sizeof *seat);
	memcpy(seat->folder_name, folder_name, SEAT_NAME_SIZE);
	terminals_key(token, seat->key);
	(void)keep_key(t, seat->key, folder_name, NULL); /* a seat of an earlier version has none */
	seat->name = buf_steal(&name);
	seat->terminal = -1;
	seat->next = t->seats;
	t->seats = seat;
	return seat;
}

struct seat *seat_find(struct terminals *t, const char *token)
{
	char folder_name[SEAT_NAME_SIZE];
	name_folder(token, folder_name);
	for (struct seat *seat = t->seats; seat != NULL; seat = seat->next)
		if (text_same(seat->folder_name, folder_name))
			return seat;
	return read_seat(t, folder_name, token);
}

char *seat_folder(const struct terminals *t, const struct seat *seat)
{
	return path_join(t->folder, seat->folder_name);
}

void seat_free(struct seat *seat)
{
	buf_finish(&seat->shown);
	buf_finish(&seat->typed);
	free(seat->name);
	free(seat->ports);
	free(seat);
}
