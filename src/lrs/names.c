/* lrs/names.c - assigns a number to each name that statements mention */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* Stored in the file, so it must never change. */
uint64_t names_hash(const char *text)
{
	return hash_bytes(HASH_START, text, strlen(text));
}

static int64_t find_hashed(struct db *db, const char *text, uint64_t hash, struct error *err)
{
	return sql_number(sql(db, err, "SELECT id FROM name WHERE hash = ? AND text = ?", "it",
				  (int64_t)hash, text),
		0);
}

int64_t names_find(struct db *db, const char *text, struct error *err)
{
	return find_hashed(db, text, names_hash(text), err);
}

void names_forget(struct memory *m)
{
	for (size_t i = 0; i < REMEMBERED; i++)
		free(m->names[i].text);
	memset(m, 0, sizeof *m);
}

int64_t names_number(struct memory *m, struct db *db, const char *text, struct error *err)
{
	return names_number_hashed(m, db, text, names_hash(text), err);
}

int64_t names_number_hashed(
	struct memory *m, struct db *db, const char *text, uint64_t hash, struct error *err)
{
	size_t at = (size_t)(hash ^ hash >> 32) % REMEMBERED;
	if (text_same(m->names[at].text, text))
		return m->names[at].name;
	int64_t name = find_hashed(db, text, hash, err);
	if (name == 0) {
		if (!sql_run(db,
			    sql(db, err, "INSERT INTO name (hash, text) VALUES (?, ?)", "it",
				    (int64_t)hash, text),
			    err))
			return 0;
		name = sql_last_row(db);
	}
	free(m->names[at].text);
	m->names[at].text = xstrdup(text);
	m->names[at].name = name;
	return name;
}
