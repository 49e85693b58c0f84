/* base/url.c - percent-encoding (RFC 3986, 2.1), both ways */
#include "base.h"

#include <string.h>

void url_encode(struct buf *out, const char *text, const char *keep)
{
	static const char unreserved[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
	for (; *text != '\0'; text++) {
		if (strchr(unreserved, *text) != NULL || strchr(keep, *text) != NULL)
			buf_add_char(out, *text);
		else
			buf_printf(out, "%%%02X", (unsigned char)*text);
	}
}

char *url_encode_text(const char *text, const char *keep)
{
	struct buf out = {0};
	url_encode(&out, text, keep);
	return buf_steal(&out);
}

static int hex_value(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

int url_decode_byte(const char *text, size_t length)
{
	int high = length >= 3 && text[0] == '%' ? hex_value(text[1]) : -1;
	int low = high >= 0 ? hex_value(text[2]) : -1;
	return low >= 0 ? high * 16 + low : -1;
}

void url_decode(struct buf *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		int byte = url_decode_byte(text + i, length - i);
		buf_add_char(out, byte > 0 ? (char)byte : text[i]);
		i += byte > 0 ? 2 : 0;
	}
}
