/* httpd/library.c - loads libmicrohttpd, which only servers need */
#include "server.h"

struct mhd_library httpd_mhd;
static const char *const names[] = {MHD_FUNCTIONS(LIBRARY_NAME)};
static struct library library = LIBRARY("libmicrohttpd.so.12", "libmicrohttpd", names, &httpd_mhd);

bool httpd_library_open(struct error *err)
{
	return library_open(&library, NULL, err);
}
