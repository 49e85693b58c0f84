/* base/static.c - finds statically linked programs for images without libraries (System V ABI,
 * chapter 5: a dynamic linker only loads a program that names an interpreter) */
#include "base.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const unsigned char own_class = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;

static bool is_static(const char *path)
{
	ElfW(Ehdr) head;
	ElfW(Phdr) part;
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fd_read(fd, &head, sizeof head) != (ssize_t)sizeof head ||
		memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_ident[EI_CLASS] != own_class ||
		head.e_phentsize != sizeof part)
		return false;
	for (size_t i = 0; i < head.e_phnum; i++) {
		off_t at = (off_t)(head.e_phoff + i * sizeof part);
		if (pread(fd, &part, sizeof part, at) != (ssize_t)sizeof part ||
			part.p_type == PT_INTERP)
			return false;
	}
	return head.e_phnum > 0;
}

char *static_program_find(const char *name)
{
	static const char *const endings[] = {"-static", ".static", ""};
	char *found = NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(endings) && found == NULL; i++) {
		cleanup_free char *full = xasprintf("%s%s", name, endings[i]);
		found = program_find_if(full, is_static);
	}
	return found;
}
