/* pages/terminal.c - a workshop's terminals in the browser: a name, the page, its WebSocket */
#include "page.h"

#include "digest.h"
#include "room_page.h"
#include "terminals.h"

#include <stdlib.h>

#define NONCE_BYTES 18

static bool has_terminals(const struct request *r, struct reply *a)
{
	return r->terminals != NULL ||
	       reply_error(a, 404,
		       "this server opens no terminals in the browser; start it with `ropes serve --workshop COURSE --terminals NUMBER`");
}

static void show_page(struct reply *a)
{
	cleanup_buf struct buf page = {0};
	cleanup_free char *nonce = digest_random_text(NONCE_BYTES);
	const struct page frame = {
		.title = "Terminal", .style = "/terminal.css", .script = "/xterm.js"};
	page_begin(&page, &frame);
	buf_printf(&page,
		"<link rel=\"stylesheet\" href=\"/xterm.css\">"
		"<script defer src=\"/terminal.js\" nonce=\"%s\"></script>\n"
		"<h1 class=\"unseen\">Terminal</h1>\n"
		"<p id=\"status\" role=\"status\">A terminal in the browser needs JavaScript.</p>\n"
		"<div id=\"guests\" role=\"group\" aria-label=\"Who looks on\" aria-live=\"assertive\" hidden></div>\n"
		"<nav id=\"ports\" aria-label=\"Published ports\" hidden></nav>\n",
		nonce);
	buf_add_text(&page,
		"<div class=\"keys\" role=\"toolbar\" aria-label=\"Keys\">"
		"<button type=\"button\" data-key=\"esc\">Esc</button>"
		"<button type=\"button\" data-key=\"tab\">Tab</button>"
		"<button type=\"button\" data-key=\"stop\">Ctrl C</button>"
		"<button type=\"button\" data-key=\"end\">Ctrl D</button>"
		"<button type=\"button\" data-key=\"up\" aria-label=\"Up\">↑</button>"
		"<button type=\"button\" data-key=\"down\" aria-label=\"Down\">↓</button>"
		"<button type=\"button\" data-key=\"left\" aria-label=\"Left\">←</button>"
		"<button type=\"button\" data-key=\"right\" aria-label=\"Right\">→</button>"
		"<span class=\"grow\"></span>"
		"<button type=\"button\" id=\"smaller\">Smaller</button>"
		"<button type=\"button\" id=\"larger\">Larger</button>"
		"<label><input type=\"checkbox\" id=\"reader\"> Screen reader</label></div>\n"
		"<p class=\"unseen\">Shift Tab leaves the terminal.</p>\n"
		"<div id=\"terminal\"></div>\n");
	page_end(&page);
	page_reply(a, &page);
	page_allow_styles(a, nonce); /* the terminal's library makes some */
}

/* The token is in the address's fragment, which browsers send to no server. */
static void open_seat(struct request *r, struct reply *a)
{
	cleanup_error struct error err = {0};
	cleanup_free char *token = NULL;
	if (!access_same_site(r, a) || !multipart_form_parameters(r, a))
		return;
	enum room_outcome outcome =
		room_admit(r->room, request_parameter(r, "code"), r->address, &err);
	if (outcome != ROOM_DONE) {
		reply_room_outcome(a, outcome, &err);
		return;
	}
	const char *name = request_parameter(r, "name");
	if (!terminals_seat(r->terminals, name != NULL ? name : "", &token, &err)) {
		reply_error(a, err.kind == ERROR_USAGE ? 400 : 503, "%s", error_text(&err));
		return;
	}
	cleanup_free char *address = xasprintf("/terminal#%s", token);
	a->status = 303;
	reply_header(a, "Location", address);
	reply_header(a, "Cache-Control", "no-store");
	reply_header(a, "Referrer-Policy", "no-referrer");
}

void pages_terminal(struct request *r, struct reply *a)
{
	if (!has_terminals(r, a))
		return;
	if (r->method == METHOD_GET)
		show_page(a);
	else if (r->method == METHOD_POST)
		open_seat(r, a);
	else
		reply_method(a, "GET, HEAD, POST");
}

/* ---- the WebSocket ---- */

static void close_stream(void *stream)
{
	httpd_stream_close(stream);
}

static void show_seat(void *data, struct httpd_stream *stream)
{
	struct terminals_connection connection = {
		.fd = httpd_stream_fd(stream), .close = close_stream, .data = stream};
	connection.early = httpd_stream_early(stream, &connection.early_length);
	terminals_show(data, &connection);
}

void pages_terminal_stream(struct request *r, struct reply *a)
{
	if (has_terminals(r, a))
		(void)httpd_websocket(r, a, show_seat, r->terminals);
}
