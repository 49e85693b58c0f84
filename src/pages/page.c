/* pages/page.c - the frame of all pages of the server, and their style sheets and scripts */
#include "page.h"

#include <stdlib.h>
#include <string.h>

#define ASSET_LIMIT ((size_t)1024 * 1024)

void page_text(struct buf *out, const char *text)
{
	static const char *const signs[] = {['&'] = "&amp;",
		['<'] = "&lt;",
		['>'] = "&gt;",
		['"'] = "&quot;",
		['\''] = "&#39;"};
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		if (c < ARRAY_LENGTH(signs) && signs[c] != NULL)
			buf_add_text(out, signs[c]);
		else
			buf_add_char(out, *text);
	}
}

char *page_escape(const char *text)
{
	struct buf out = {0};
	page_text(&out, text);
	return buf_steal(&out);
}

void page_day(struct buf *out, int64_t wall_ms)
{
	char text[TIME_TEXT_SIZE];
	time_format_iso8601(wall_ms, text);
	if (wall_ms > 0) {
		buf_printf(out, "<time datetime=\"%s\">", text);
		text_date(out, wall_ms);
		buf_add_text(out, "</time>");
	} else {
		buf_add_text(out, _("never"));
	}
}

/* ---- the frame ---- */

static const struct {
	const char *address, *title;
} menu[] = {{"/", N_("Team")}, {"/people", N_("People")}, {"/courses", N_("Courses")},
	{"/manage", N_("Manage")}, {"/account", N_("Account")}};

static void add_menu(struct buf *out, const char *here)
{
	buf_printf(out, "<nav aria-label=\"%s\">", _("pages"));
	for (size_t i = 0; i < ARRAY_LENGTH(menu); i++)
		buf_printf(out, "<a href=\"%s\"%s>%s</a>", menu[i].address,
			text_same(menu[i].address, here) ? " aria-current=\"page\"" : "",
			_(menu[i].title));
	buf_add_text(out, "</nav>");
}

static void add_script_words(struct buf *out, const struct page_word *words)
{
	for (; words->name != NULL; words++) {
		buf_printf(out, " data-words-%s=\"", words->name);
		page_text(out, _(words->text));
		buf_add_char(out, '"');
	}
}

void page_begin(struct buf *out, const struct page *page)
{
	buf_printf(out,
		"<!doctype html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
		"<meta name=\"viewport\" content=\"width=device-width\"><title>",
		language_tag());
	page_text(out, page->title);
	buf_add_text(out, " · ropes</title><link rel=\"icon\" href=\"data:,\">"
			  "<link rel=\"stylesheet\" href=\"/ropes.css\">");
	if (page->style != NULL)
		buf_printf(out, "<link rel=\"stylesheet\" href=\"%s\">", page->style);
	if (page->script != NULL)
		buf_printf(out, "<script defer src=\"%s\"></script>", page->script);
	buf_add_text(out, "</head><body");
	if (page->events != NULL) {
		buf_add_text(out, " data-events=\"");
		page_text(out, page->events);
		buf_add_text(out, "\"");
	}
	if (page->words != NULL)
		add_script_words(out, page->words);
	buf_printf(out,
		">\n"
		"<a class=\"skip\" href=\"#main\">%s</a><header class=\"bar\"><a class=\"brand\" href=\"/\">ropes</a>",
		_("Skip to the content"));
	if (page->here != NULL)
		add_menu(out, page->here);
	buf_add_text(out, "</header>\n<main id=\"main\">\n");
}

void page_end(struct buf *out)
{
	buf_add_text(out, "</main></body></html>\n");
}

/* The only scripts and styles are this server's, and `styles`. */
static void set_policy(struct reply *a, const char *styles)
{
	cleanup_free char *policy = xasprintf(
		"default-src 'none'; style-src 'self'%s; script-src 'self'; connect-src 'self'; "
		"img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors "
		"'none'",
		styles);
	reply_header(a, "Content-Security-Policy", policy);
}

void page_allow_styles(struct reply *a, const char *nonce)
{
	cleanup_free char *styles = xasprintf(" 'nonce-%s'", nonce);
	set_policy(a, styles);
}

void page_protect(struct reply *a, const char *name)
{
	set_policy(a, "");
	reply_header(a, "X-Content-Type-Options", "nosniff");
	reply_header(a, "Referrer-Policy", "no-referrer");
	reply_header(a, "Cross-Origin-Resource-Policy", "same-origin");
	reply_header(a, "Cache-Control", "no-store");
	if (name == NULL)
		return;
	cleanup_free char *kept = xasprintf("attachment; filename=\"%s\"", name);
	reply_header(a, "Content-Disposition", kept);
}

/* The page is in the reader's language; an answer may vary by more already. */
static void tell_language(struct reply *a)
{
	const char *by = pairs_find(&a->headers, "Vary");
	cleanup_free char *all =
		by != NULL ? xasprintf("%s, Accept-Language", by) : xstrdup("Accept-Language");
	reply_header(a, "Vary", all);
	reply_header(a, "Content-Language", language_tag());
}

void page_reply(struct reply *a, struct buf *page)
{
	reply_text(a, "text/html; charset=utf-8", buf_text(page), page->length);
	a->is_page = true;
	page_protect(a, NULL);
	tell_language(a);
}

/* ---- style sheets and scripts ---- */

static const struct {
	const char *path, *type;
} assets[] = {
	{"/ropes.css", "text/css; charset=utf-8"},
	{"/live.js", "text/javascript; charset=utf-8"},
	{"/room.css", "text/css; charset=utf-8"},
	{"/room.js", "text/javascript; charset=utf-8"},
	{"/terminal.css", "text/css; charset=utf-8"},
	{"/terminal.js", "text/javascript; charset=utf-8"},
	{"/xterm.css", "text/css; charset=utf-8"},
	{"/xterm.js", "text/javascript; charset=utf-8"},
};

void pages_asset(struct request *r, struct reply *a)
{
	cleanup_buf struct buf text = {0};
	cleanup_error struct error err = {0};
	for (size_t i = 0; i < ARRAY_LENGTH(assets); i++) {
		if (!text_same(assets[i].path, r->path))
			continue;
		cleanup_free char *name = xasprintf("assets/web%s", assets[i].path);
		cleanup_free char *path = data_path(name);
		if (!file_read(path, ASSET_LIMIT, &text, &err)) {
			reply_error(a, 500, "%s", error_text(&err));
			return;
		}
		reply_text(a, assets[i].type, buf_text(&text), text.length);
		page_protect(a, NULL);
		reply_header(a, "Cache-Control", "max-age=300");
		return;
	}
	reply_error(a, 404, "not found");
}
