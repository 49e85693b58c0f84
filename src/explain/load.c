/* explain/load.c - reads the rules once: a failing line is explained up to three times */
#include "load.h"

#include <stdlib.h>
#include <sys/stat.h>

#define RULES "assets/explain/rules.txt"
#define RULES_LIMIT ((size_t)1 << 20)

/* What identifies the reader's own file; all zero: there is none. */
struct version {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec changed;
};

static struct {
	bool is_loaded;
	struct version version;
	struct rules rules;
} loaded;

static struct version version_of(const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return (struct version){0};
	return (struct version){st.st_dev, st.st_ino, st.st_size, st.st_mtim};
}

static bool is_same(const struct version *a, const struct version *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

static bool read_rules(const char *path, bool is_checked, struct rules *rules, struct error *err)
{
	cleanup_buf struct buf text = {0};
	return file_read(path, RULES_LIMIT, &text, err) &&
	       rules_parse(path, buf_text(&text), is_checked, rules, err);
}

struct rules *load_rules(struct error *err)
{
	cleanup_free char *config = xdg_folder(XDG_CONFIG);
	cleanup_free char *own = path_join(config, "explain.txt");
	struct version version = version_of(own);
	if (loaded.is_loaded && is_same(&loaded.version, &version))
		return &loaded.rules;
	rules_finish(&loaded.rules);
	loaded.is_loaded = false;
	cleanup_free char *shipped = data_path(RULES);
	if (file_exists(own) && !read_rules(own, true, &loaded.rules, err))
		return NULL;
	loaded.rules.own = loaded.rules.count;
	if (!read_rules(shipped, false, &loaded.rules, err))
		return NULL;
	loaded.is_loaded = true;
	loaded.version = version;
	return &loaded.rules;
}
