/* sandbox/workspace.c - a learner's files: a folder outside and its copy in the machine */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CLEAR_MS 600000

/* The workspace belongs to the owner of the parent folder: the learner of a running machine, who
 * can replace it at any moment. */
bool workspace_make(struct sandbox *s, struct error *err)
{
	struct stat info;
	cleanup_free char *all = machine_workspaces();
	s->workspace = path_join(all, s->learner);
	if (!folder_make(all, 0711, err))
		return error_wrap(err, "cannot open the workspace");
	cleanup_fd int above = open(all, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (above >= 0 && fstatat(above, s->learner, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
		!S_ISDIR(info.st_mode))
		(void)unlinkat(above, s->learner, 0); /* a line replaced it; it must be a folder */
	bool made = above >= 0 && mkdirat(above, s->learner, 0700) == 0;
	cleanup_fd int folder =
		openat(above, s->learner, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0 || fstat(above, &info) < 0 ||
		(made && geteuid() == 0 && fchown(folder, info.st_uid, info.st_gid) < 0))
		return error_set(err, errno, "cannot use the workspace '%s'", s->workspace);
	return true;
}

static bool has_inside(const struct sandbox *s)
{
	return s->init != 0;
}

bool workspace_sync(struct sandbox *s, struct error *err)
{
	return !has_inside(s) ||
	       machine_workspace(s->machine, s->learner, MACHINE_WORKSPACE_SYNC, NULL, err);
}

char *workspace_unkept(struct sandbox *s)
{
	cleanup_buf struct buf told = {0};
	cleanup_error struct error err = {0};
	if (!machine_workspace(s->machine, s->learner, MACHINE_WORKSPACE_SYNC, &told, &err))
		buf_printf(&told, _("%s: your files are only in the machine."), error_text(&err));
	bool news = told.length > 0 && !text_same(buf_text(&told), s->unkept);
	free(s->unkept);
	s->unkept = buf_steal(&told);
	return news ? xstrdup(s->unkept) : NULL;
}

/* In a shell machine, clear it from inside, as root, because containers leave files that are not
 * the learner's. */
bool workspace_clear(struct sandbox *s, struct error *err)
{
	cleanup_free char *home = xasprintf("/home/%s", s->learner);
	const char *const argv[] = {"find", home, "-mindepth", "1", "-delete", NULL};
	const struct machine_program program = {.argv = argv};
	return (s->machine == MACHINE_SHELL ? machine_run_whole(s->machine, &program, CLEAR_MS, err)
					    : machine_workspace(s->machine, s->learner,
						      MACHINE_WORKSPACE_CLEAR, NULL, err)) ||
	       error_wrap(err, "cannot empty the workspace");
}

bool sandbox_write_file(struct sandbox *s, const char *name, const char *content, struct error *err)
{
	bool out = name[0] == '/' || name[0] == '\0' || text_same(name, "..") ||
		   text_starts(name, "../") || strstr(name, "/../") != NULL ||
		   text_ends(name, "/..") || text_ends(name, "/");
	if (out)
		return error_set(err, 0,
			"the file '%s' would be outside the workspace, so it is not written", name);
	return beneath_write(s->workspace, name, content, strlen(content), err) &&
	       workspace_sync(s, err);
}
