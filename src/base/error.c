/* base/error.c - errors as values: a kind, an errno and a message that gains context on its way
 * up */
#include "base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool replace_error(struct error *err, enum error_kind kind, int number, char *message)
{
	if (err == NULL) {
		free(message);
		return false;
	}
	error_finish(err);
	*err = (struct error){.kind = kind, .number = number, .message = message};
	return false;
}

bool error_set(struct error *err, int number, const char *format, ...)
{
	struct buf text = {0};
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, _(format), args);
	va_end(args);
	if (number != 0)
		buf_printf(&text, ": %s", strerror(number));
	return replace_error(err, ERROR_ENVIRONMENT, number, buf_steal(&text));
}

bool error_set_kind(struct error *err, enum error_kind kind, const char *format, ...)
{
	struct buf text = {0};
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, _(format), args);
	va_end(args);
	return replace_error(err, kind, 0, buf_steal(&text));
}

bool error_wrap(struct error *err, const char *format, ...)
{
	if (err == NULL)
		return false;
	struct buf text = {0};
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, _(format), args);
	va_end(args);
	buf_printf(&text, ": %s", error_text(err));
	free(err->message);
	err->message = buf_steal(&text);
	if (err->kind == ERROR_NONE)
		err->kind = ERROR_ENVIRONMENT;
	return false;
}

bool error_move(struct error *dst, struct error *src)
{
	if (dst == NULL) {
		error_finish(src);
		return false;
	}
	error_finish(dst);
	*dst = *src;
	*src = (struct error){0};
	return false;
}

const char *error_text(const struct error *err)
{
	return err != NULL && err->message != NULL ? err->message : "";
}

void error_finish(struct error *err)
{
	if (err == NULL)
		return;
	free(err->message);
	*err = (struct error){0};
}
