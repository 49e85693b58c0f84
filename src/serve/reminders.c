/* serve/reminders.c - finds overdue courses, mails them, and remembers that in the store */
#include "reminders.h"
#include "mail.h"

#include <stdlib.h>
#include <string.h>

#define AGAIN_MS ((int64_t)7 * 24 * 60 * 60 * 1000)

/* Never change a released step: append a new one. */
static const char *const steps[] = {
	"CREATE TABLE reminder ("
	"  person INTEGER NOT NULL, course INTEGER NOT NULL, due_ms INTEGER NOT NULL,"
	"  sent_ms INTEGER NOT NULL, PRIMARY KEY (person, course)) STRICT, WITHOUT ROWID;",
};

struct reminders {
	struct store *store;
	struct tracker *tracker;
	const struct mail_server *server;
	struct log *log;
	char *url;
};

struct overdue {
	int64_t person, course, due_ms;
	char *title;
	unsigned completed, lessons;
};
struct overdues {
	struct overdue *items;
	size_t count;
};

bool reminders_open(
	const struct serve_options *o, const char *url, struct reminders **ret, struct error *err)
{
	if (!mail_is_address(o->mail->from))
		return error_set_kind(err, ERROR_USAGE, "--mail: from: '%s' is not a mail address",
			o->mail->from);
	if (!store_schema(o->store, "reminder", steps, ARRAY_LENGTH(steps), err))
		return false;
	struct reminders *r = xcalloc(1, sizeof *r);
	*r = (struct reminders){o->store, o->tracker, o->mail, o->log, xstrdup(url)};
	*ret = r;
	return true;
}

void reminders_close(struct reminders *r)
{
	if (r == NULL)
		return;
	free(r->url);
	free(r);
}

/* ---- what is overdue ---- */

static void add_overdue(void *data, const struct tracker_enrolment *e)
{
	struct overdues *all = data;
	if (!e->overdue)
		return;
	all->items = array_grow(all->items, all->count, sizeof *all->items);
	all->items[all->count++] = (struct overdue){e->person, e->course, e->due_ms,
		xstrdup(e->course_title), e->completed, e->lessons};
}

static int by_person(const void *a, const void *b)
{
	const struct overdue *x = a, *y = b;
	return x->person != y->person ? (x->person > y->person) - (x->person < y->person)
				      : (x->due_ms > y->due_ms) - (x->due_ms < y->due_ms);
}

/* Another due date is another reminder. */
static bool is_news(struct reminders *r, const struct overdue *o, int64_t now_ms)
{
	struct db *db = store_read(r->store);
	int64_t there = sql_number(
		sql(db, NULL,
			"SELECT 1 FROM reminder WHERE person = ? AND course = ? AND due_ms = ? "
			"AND sent_ms > ?",
			"iiii", o->person, o->course, o->due_ms, now_ms - AGAIN_MS),
		0);
	store_read_end(r->store, db);
	return there == 0;
}

/* The caller frees it; NULL: none is known. */
static char *address_of(struct reminders *r, int64_t person)
{
	static const char prefix[] = "mbox mailto:";
	cleanup_free char *key = tracker_person_key(r->tracker, person);
	bool good =
		key != NULL && text_starts(key, prefix) && mail_is_address(key + strlen(prefix));
	return good ? xstrdup(key + strlen(prefix)) : NULL;
}

/* ---- one mail ---- */

static void add_overdue_line(struct buf *text, const struct overdue *o)
{
	cleanup_buf struct buf due = {0};
	text_date(&due, o->due_ms);
	buf_printf(text, _("- %s, due %s"), o->title, buf_text(&due));
	if (o->lessons > 0)
		buf_printf(text, _(", %u of %u lessons completed"), o->completed, o->lessons);
	buf_add_char(text, '\n');
}

static void compose(const struct reminders *r, const struct overdue *items, size_t count,
	struct buf *subject, struct buf *text)
{
	if (count == 1)
		buf_printf(subject, _("Overdue: %s"), items[0].title);
	else
		buf_printf(subject,
			language_plural("%zu course is overdue", "%zu courses are overdue", count),
			count);
	buf_add_text(text,
		language_plural("Hello,\n\nthis course was assigned to you, and is overdue:\n\n",
			"Hello,\n\nthese courses were assigned to you, and are overdue:\n\n",
			count));
	for (size_t i = 0; i < count; i++)
		add_overdue_line(text, &items[i]);
	buf_printf(text,
		_("\nTo continue, run `ropes` in a terminal.\nYour progress: %s/person?id=%lld\n\n"
		  "This message was sent automatically, once a week as long as something is overdue.\n"),
		r->url, (long long)items[0].person);
}

struct sent {
	const struct overdue *items;
	size_t count;
};

static int insert_sent(struct db *db, void *data, struct error *err)
{
	const struct sent *s = data;
	bool good = true;
	for (size_t i = 0; good && i < s->count; i++)
		good = sql_run(db,
			sql(db, err, "INSERT OR REPLACE INTO reminder VALUES (?, ?, ?, ?)", "iiii",
				s->items[i].person, s->items[i].course, s->items[i].due_ms,
				clock_wall_ms()),
			err);
	return good ? 0 : STORE_FAILED;
}

/* If this cannot be saved, the mail is sent again: better twice than never. */
static bool remind_person(
	struct reminders *r, const struct overdue *items, size_t count, struct error *err)
{
	cleanup_buf struct buf subject = {0}, text = {0};
	bool news = false;
	for (size_t i = 0; i < count; i++)
		news = news || is_news(r, &items[i], clock_wall_ms());
	cleanup_free char *address = news ? address_of(r, items[0].person) : NULL;
	if (address == NULL)
		return true;
	compose(r, items, count, &subject, &text);
	if (!mail_send(r->server, address, buf_text(&subject), buf_text(&text), err))
		return false;
	const struct log_field field = {"person", NULL, items[0].person};
	log_write(r->log, LOG_INFO, "reminded", &field, 1);
	struct sent sent = {items, count};
	return store_write(r->store, insert_sent, &sent, err) == 0;
}

bool reminders_send(struct reminders *r, struct error *err)
{
	struct overdues all = {0};
	bool good = tracker_enrolments(r->tracker, 0, 0, 0, add_overdue, &all, err);
	if (all.count > 0)
		qsort(all.items, all.count, sizeof *all.items, by_person);
	for (size_t i = 0, next; good && i < all.count; i = next) {
		next = i + 1;
		while (next < all.count && all.items[next].person == all.items[i].person)
			next++;
		good = remind_person(r, &all.items[i], next - i, err);
	}
	for (size_t i = 0; i < all.count; i++)
		free(all.items[i].title);
	free(all.items);
	return good;
}
