/* mail/mail.c - composes messages (RFC 5322, 2045, 2047) and hands them to a server */
#include "mail.h"
#include "http.h"

#include <string.h>
#include <time.h>

#define TIMEOUT_MS 30000L
#define LINE_MAX_LENGTH 74 /* of quoted-printable, without the "=" that continues it */

/* ---- addresses ---- */

/* The common form, without quotes or comments: nothing in it can end a header or a command. */
bool mail_is_address(const char *text)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	cleanup_buf struct buf local = {0}, domain = {0};
	buf_printf(&local, "%s.!#$%%&'*+/=?^_`{|}~-", letters);
	buf_printf(&domain, "%s.-", letters);
	size_t before = strspn(text, buf_text(&local));
	if (before == 0 || before > 64 || text[before] != '@')
		return false;
	const char *host = text + before + 1;
	size_t after = strspn(host, buf_text(&domain));
	return after > 0 && after < 255 && host[after] == '\0' && host[0] != '.' && host[0] != '-';
}

/* ---- the message ---- */

/* Quoted-printable: lines of at most 76 characters, and nothing but ASCII. */
static void add_quoted(struct buf *out, const char *text)
{
	size_t column = 0;
	for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
		bool end = at[1] == '\n' || at[1] == '\0';
		bool plain = (*at > ' ' && *at < 0x7f && *at != '=') || (*at == ' ' && !end);
		if (*at == '\n') {
			buf_add_text(out, "\r\n");
			column = 0;
			continue;
		}
		if (column + (plain ? 1 : 3) > LINE_MAX_LENGTH) {
			buf_add_text(out, "=\r\n");
			column = 0;
		}
		if (plain)
			buf_add_char(out, (char)*at);
		else
			buf_printf(out, "=%02X", *at);
		column += plain ? 1 : 3;
	}
	buf_add_text(out, "\r\n");
}

/* Splits a text for a header into encoded words, each of whole characters (RFC 2047, 5). */
static void add_encoded(struct buf *out, const char *text)
{
	size_t length = strlen(text), column = 0;
	for (size_t at = 0; at < length;) {
		uint32_t point;
		size_t used = utf8_decode(text + at, length - at, &point);
		if (column == 0 || column + 3 * used > 60) {
			buf_add_text(out, column == 0 ? "=?UTF-8?Q?" : "?=\r\n =?UTF-8?Q?");
			column = 10;
		}
		for (size_t i = 0; i < used; i++, column += 3)
			buf_printf(out, "=%02X", (unsigned char)text[at + i]);
		at += used;
	}
	buf_add_text(out, column > 0 ? "?=" : "");
}

static void add_header_text(struct buf *out, const char *text)
{
	bool plain = strlen(text) <= 60;
	for (const char *at = text; plain && *at != '\0'; at++)
		plain = *at >= ' ' && *at < 0x7f;
	if (plain && strstr(text, "=?") == NULL)
		buf_add_text(out, text);
	else
		add_encoded(out, text);
}

void mail_format(struct buf *out, const char *from, const char *to, const char *subject,
	const char *text, int64_t wall_ms)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	char id[UUID_TEXT_SIZE];
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm = {0};
	uuid_make(id);
	(void)gmtime_r(&seconds, &tm); /* fails only for years beyond int */
	buf_printf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", days[tm.tm_wday],
		tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
	buf_printf(out, "From: ropes <%s>\r\nTo: %s\r\nSubject: ", from, to);
	add_header_text(out, subject);
	buf_printf(out,
		"\r\nMessage-ID: <%s@%s>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n\r\n",
		id, strchr(from, '@') + 1);
	add_quoted(out, text);
}

/* ---- sending ---- */

struct sending {
	struct buf message;
	size_t given;
};

static size_t give_message(char *bytes, size_t size, size_t count, void *data)
{
	struct sending *s = data;
	size_t left = s->message.length - s->given, max = size * count;
	size_t length = left < max ? left : max;
	memcpy(bytes, s->message.data + s->given, length);
	s->given += length;
	return length;
}

static bool is_local(const char *url)
{
	const char *host = strstr(url, "://");
	return host != NULL && text_is_loopback(host + 3);
}

static void set_server(
	const struct curl_library *curl, CURL *easy, const struct mail_server *server)
{
	curl->easy_setopt(easy, CURLOPT_URL, server->url);
#if LIBCURL_VERSION_NUM >= 0x075500 /* 7.85 */
	curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
#else
	curl->easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_SMTP | CURLPROTO_SMTPS));
#endif
	curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	curl->easy_setopt(easy, CURLOPT_USE_SSL,
		(long)(is_local(server->url) ? CURLUSESSL_TRY : CURLUSESSL_ALL));
	if (server->ca != NULL)
		curl->easy_setopt(easy, CURLOPT_CAINFO, server->ca);
	if (server->user != NULL) {
		curl->easy_setopt(easy, CURLOPT_USERNAME, server->user);
		curl->easy_setopt(easy, CURLOPT_PASSWORD, server->password);
	}
}

bool mail_send(const struct mail_server *server, const char *to, const char *subject,
	const char *text, struct error *err)
{
	const struct curl_library *curl;
	struct sending s = {0};
	if (!mail_is_address(to) || !mail_is_address(server->from))
		return error_set_kind(err, ERROR_USAGE, "'%s' is not a mail address",
			mail_is_address(to) ? server->from : to);
	if (!curl_open(&curl, err))
		return false;
	CURL *easy = curl->easy_init();
	if (easy == NULL)
		die_out_of_memory();
	struct curl_slist *recipients = curl->slist_append(NULL, to);
	mail_format(&s.message, server->from, to, subject, text, clock_wall_ms());
	set_server(curl, easy, server);
	curl->easy_setopt(easy, CURLOPT_MAIL_FROM, server->from);
	curl->easy_setopt(easy, CURLOPT_MAIL_RCPT, recipients);
	curl->easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl->easy_setopt(easy, CURLOPT_READFUNCTION, give_message);
	curl->easy_setopt(easy, CURLOPT_READDATA, &s);
	CURLcode code = curl->easy_perform(easy);
	if (code != CURLE_OK)
		error_set(err, 0, "%s: %s", server->url, curl->easy_strerror(code));
	curl->slist_free_all(recipients);
	curl->easy_cleanup(easy);
	buf_finish(&s.message);
	return code == CURLE_OK;
}
