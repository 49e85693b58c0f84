/* machine/stores.c - the folder with the stores of added images, and the list of them */
#include "private.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

char *stores_folder(void)
{
	cleanup_free char *cache = xdg_folder(XDG_CACHE);
	return path_join(cache, "added-images");
}

/* A folder has '+' for each '/' in the image's name, because no name contains '+'. */
char *stores_path(const char *shown)
{
	cleanup_free char *folder = stores_folder();
	char *path = path_join(folder, shown);
	for (char *c = path + strlen(folder) + 1; *c != '\0'; c++)
		*c = *c == '/' ? '+' : *c;
	return path;
}

void stores_list(struct words *ret_names, struct words *ret_stores)
{
	cleanup_free char *folder = stores_folder();
	struct dirent **found = NULL;
	int count = scandir(folder, &found, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		const char *name = found[i]->d_name;
		if (*name != '.') {
			cleanup_free char *shown = xstrdup(name);
			for (char *c = shown; *c != '\0'; c++)
				*c = *c == '+' ? '/' : *c;
			if (ret_names != NULL)
				words_add(ret_names, shown);
			if (ret_stores != NULL)
				words_addf(ret_stores, "%s/%s", folder, name);
		}
		free(found[i]);
	}
	free(found);
}
