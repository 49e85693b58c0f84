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

/* What terminal.js says. */
static const struct page_word terminal_words[] = {
	{"ports", N_("Published ports:")},
	{"asks",
		N_("The instructor asks to look on at this terminal. Until you agree, nobody else sees it.")},
	{"asks-named",
		N_("%s, an instructor, asks to look on at this terminal. Until you agree, nobody else sees it.")},
	{"looks", N_("The instructor looks on.")},
	{"looks-named", N_("%s, an instructor, looks on.")},
	{"types", N_("The instructor looks on and may type.")},
	{"types-named", N_("%s, an instructor, looks on and may type.")},
	{"let-look", N_("Look on")},
	{"let-type", N_("Look on and type")},
	{"refuse", N_("No")},
	{"stop", N_("Stop")},
	{"asking", N_("Asking %s …")},
	{"may-type", N_("You look on, and may type.")},
	{"may-look", N_("You look on.")},
	{"unknown", N_("This address no longer opens the page. Open it from the board again.")},
	{"refused", N_("The answer is no.")},
	{"away",
		N_("The page of this terminal is not open now, or too many look on already. Try again later.")},
	{"over", N_("You no longer look on.")},
	{"ended", N_("The connection has ended.")},
	{"again", N_("To ask again, reload this page.")},
	{"next", N_("All terminals are in use. You are next: this page goes on by itself.")},
	{"waiting", N_("All terminals are in use. %s before you: this page goes on by itself.")},
	{"session-ended", N_("Your session has ended. Press Enter to start again where you were.")},
	{"no-terminal",
		N_("This address opens no terminal here. Join again with the code of your workshop.")},
	{"lost", N_("The server does not answer. Your session goes on there; trying again …")},
	{"connecting", N_("Connecting …")},
	{0},
};

static void show_page(struct reply *a)
{
	cleanup_buf struct buf page = {0};
	cleanup_free char *nonce = digest_random_text(NONCE_BYTES);
	const struct page frame = {.title = _("Terminal"),
		.style = "/terminal.css",
		.script = "/xterm.js",
		.words = terminal_words};
	page_begin(&page, &frame);
	buf_printf(&page,
		"<link rel=\"stylesheet\" href=\"/xterm.css\">"
		"<script defer src=\"/terminal.js\" nonce=\"%s\"></script>\n"
		"<h1 class=\"unseen\">%s</h1>\n"
		"<p id=\"status\" role=\"status\">%s</p>\n"
		"<div id=\"guests\" role=\"group\" aria-label=\"%s\" aria-live=\"assertive\" hidden></div>\n"
		"<nav id=\"ports\" aria-label=\"%s\" hidden></nav>\n",
		nonce, _("Terminal"), _("A terminal in the browser needs JavaScript."),
		_("Who looks on"), _("Published ports"));
	buf_printf(&page,
		"<div class=\"keys\" role=\"toolbar\" aria-label=\"%s\">"
		"<button type=\"button\" data-key=\"esc\">Esc</button>"
		"<button type=\"button\" data-key=\"tab\">Tab</button>"
		"<button type=\"button\" data-key=\"stop\">%s</button>"
		"<button type=\"button\" data-key=\"end\">%s</button>"
		"<button type=\"button\" data-key=\"up\" aria-label=\"%s\">↑</button>"
		"<button type=\"button\" data-key=\"down\" aria-label=\"%s\">↓</button>"
		"<button type=\"button\" data-key=\"left\" aria-label=\"%s\">←</button>"
		"<button type=\"button\" data-key=\"right\" aria-label=\"%s\">→</button>"
		"<span class=\"grow\"></span>"
		"<button type=\"button\" id=\"smaller\">%s</button>"
		"<button type=\"button\" id=\"larger\">%s</button>"
		"<label><input type=\"checkbox\" id=\"reader\"> %s</label></div>\n"
		"<p class=\"unseen\">%s</p>\n"
		"<div id=\"terminal\"></div>\n",
		language_text_in("keyboard", "Keys"), _("Ctrl C"), _("Ctrl D"), _("Up"), _("Down"),
		_("Left"), _("Right"), _("Smaller"), _("Larger"), _("Screen reader"),
		_("Shift Tab leaves the terminal."));
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
