/* machine/folders.c - the folders for the files of machines and learners */
#include "private.h"

#include <stdlib.h>

char *machine_state_folder(enum machine_kind kind)
{
	cleanup_free char *runtime = xdg_folder(XDG_RUNTIME);
	return path_join(runtime, kind == MACHINE_SHELL ? "shell" : "daemon");
}

char *machine_workspaces(void)
{
	cleanup_free char *data = xdg_folder(XDG_DATA);
	return path_join(data, "workspaces");
}

char *machine_witness_log(void)
{
	cleanup_free char *folder = machine_state_folder(MACHINE_PRACTICE);
	return path_join(folder, "witness.log");
}
