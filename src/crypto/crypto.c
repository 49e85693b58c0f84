/* crypto/crypto.c - loads GnuTLS */
#include "crypto.h"

#include <stdio.h>
#include <unistd.h>

static struct crypto functions;
static const char *const names[] = {CRYPTO_FUNCTIONS(LIBRARY_NAME)};
static struct library library = LIBRARY("libgnutls.so.30", "GnuTLS", names, &functions);

const struct crypto *crypto(void)
{
	struct error err = {0};
	if (library_open(&library, NULL, &err))
		return &functions;
	(void)dprintf(STDERR_FILENO, "ropes: %s\n", error_text(&err));
	_exit(ERROR_ENVIRONMENT);
}
