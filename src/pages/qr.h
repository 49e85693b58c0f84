/* pages/qr.h - a QR code in a page */
#ifndef PAGES_QR_H
#define PAGES_QR_H

#include "base.h"

/* Adds the text as a QR code, as inline SVG, dark on light whatever the page's colours are. Adds
 * nothing if it is too long for a code. */
void qr_add(struct buf *out, const char *text, const char *label);

#endif
