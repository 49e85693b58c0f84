/* pages/qr.c - a QR code as inline SVG */
#include "qr.h"
#include "page.h"

#include <qrencode.h>

#define MARGIN 3 /* modules of light around the code, for cameras */

/* Draws a row as runs of dark modules. */
static void add_dark_runs(struct buf *out, const QRcode *code, int y)
{
	const unsigned char *row = code->data + (size_t)y * (size_t)code->width;
	for (int x = 0; x < code->width; x++) {
		int begin = x;
		while (x < code->width && (row[x] & 1) != 0)
			x++;
		if (x > begin)
			buf_printf(out, "M%d %dh%dv1h-%dz", begin, y, x - begin, x - begin);
	}
}

void qr_add(struct buf *out, const char *text, const char *label)
{
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	if (code == NULL)
		return;
	int side = code->width + 2 * MARGIN;
	buf_printf(out,
		"<svg class=\"qr\" viewBox=\"-%d -%d %d %d\" shape-rendering=\"crispEdges\" role=\"img\" aria-label=\"",
		MARGIN, MARGIN, side, side);
	page_text(out, label);
	buf_printf(out,
		"\"><rect class=\"light\" x=\"-%d\" y=\"-%d\" width=\"%d\" height=\"%d\"/><path class=\"dark\" d=\"",
		MARGIN, MARGIN, side, side);
	for (int y = 0; y < code->width; y++)
		add_dark_runs(out, code, y);
	buf_add_text(out, "\"/></svg>");
	QRcode_free(code);
}
