/*
 * mail.h - sends plain text by SMTP (libcurl). A server on another machine must offer TLS: either
 * smtps://, or smtp:// with STARTTLS.
 */
#ifndef MAIL_H
#define MAIL_H

#include "base.h"

struct mail_server {
	const char *url;             /* "smtps://mail.example.com", "smtp://127.0.0.1:25" */
	const char *user, *password; /* NULL: none */
	const char *from;            /* "ropes@example.com" */
	const char *ca;              /* file with CA certificates (PEM); NULL: the system's */
};
/* Returns whether the text is one mail address that needs no quoting. */
bool mail_is_address(const char *text);
/* Sends one message in UTF-8 and waits until the server has accepted it. */
bool mail_send(const struct mail_server *server, const char *to, const char *subject,
	const char *text, struct error *err);
/* The message as it is sent (RFC 5322); for tests, and for mail_send(). */
void mail_format(struct buf *out, const char *from, const char *to, const char *subject,
	const char *text, int64_t wall_ms);

#endif
