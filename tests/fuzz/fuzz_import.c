/* tests/fuzz/fuzz_import.c - any bytes as a note, or as an archive of notes, to import: the new
 * course has as many lessons and examples, and importing it again adds nothing */
#include "import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The name under which the bytes are read as what they begin like. */
static const char *name_of(const uint8_t *data, size_t size)
{
	if (size > 4 && memcmp(data, "PK\3\4", 4) == 0)
		return "x.zip";
	if (size > 2 && memcmp(data, "\x1F\x8B", 2) == 0)
		return "x.tgz";
	return size > 262 && memcmp(data + 257, "ustar", 5) == 0 ? "x.tar" : "x.md";
}

static const char *work_folder(void)
{
	static char folder[] = "/dev/shm/ropes-fuzz-XXXXXX";
	if (strstr(folder, "XXXXXX") != NULL && mkdtemp(folder) == NULL)
		abort();
	return folder;
}

static void import_again(const char *made, const char *folder, const struct import_report *first)
{
	struct import_report again = {0};
	cleanup_free char *twice = path_join(folder, "twice");
	cleanup_error struct error err = {0};
	bool good = import_course(made, twice, &again, &err);
	if (!good || again.lessons != first->lessons || again.examples != first->examples ||
		again.checks != 0) {
		fprintf(stderr, "again: %s, lessons %zu %zu, examples %zu %zu, checks %zu\n",
			good ? "good" : error_text(&err), first->lessons, again.lessons,
			first->examples, again.examples, again.checks);
		abort();
	}
	import_report_finish(&again);
	(void)folder_remove(twice, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *folder = work_folder();
	cleanup_free char *source = path_join(folder, name_of(data, size));
	cleanup_free char *made = path_join(folder, "made");
	cleanup_error struct error err = {0};
	struct import_report report = {0};
	if (!file_write(source, data, size, 0600, NULL))
		abort();
	if (import_course(source, made, &report, &err)) {
		import_again(made, folder, &report);
		(void)folder_remove(made, NULL);
	}
	import_report_finish(&report);
	(void)unlink(source);
	return 0;
}
