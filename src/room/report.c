/* room/report.c - the tables of a workshop's report */
#include "private.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STOPS_SHOWN 12
#define FILE_LETTERS 40

#define NOT_IN_POLLS                                                                               \
	"NOT EXISTS (SELECT 1 FROM room_question AS q WHERE q.room = room_answer.room "            \
	"AND q.id = room_answer.question AND q.poll)"

static void add_day(const struct room *room, struct buf *out, int64_t wall_ms)
{
	text_date(out, wall_ms + 1000LL * zone_offset_s(room->zone, wall_ms / 1000));
}

/* On the room's clock. Includes the date if it differs from that of the room's opening. */
static void add_clock_time(const struct room *room, struct words *cells, int64_t wall_ms)
{
	char text[TIME_TEXT_SIZE], opened[TIME_TEXT_SIZE];
	cleanup_buf struct buf day = {0};
	room_format_time(room, wall_ms, text);
	room_format_time(room, room->opened_ms, opened);
	if (strncmp(text, opened, 10) == 0)
		words_addf(cells, "%.5s", text + 11);
	else {
		add_day(room, &day, wall_ms);
		words_addf(cells, "%s %.5s", buf_text(&day), text + 11);
	}
}

static void add_duration(struct words *cells, int64_t ms)
{
	cleanup_buf struct buf text = {0};
	text_duration(&text, ms);
	words_add(cells, buf_text(&text));
}

static struct room_table *add_report_table(
	struct room_report *report, const struct room_table *table)
{
	report->tables = array_grow(report->tables, report->table_count, sizeof *report->tables);
	report->tables[report->table_count] = *table;
	return &report->tables[report->table_count++];
}

/* ---- attendance and progress ---- */

/* A learner's quiz score: the mean of first answers to both kinds of questions. */
static void add_quiz_mean(
	struct room *room, struct db *db, const char *learner, struct words *cells)
{
	sqlite3_stmt *row = sql(db, NULL,
		"SELECT count(*), coalesce(sum(fraction), 0) FROM (SELECT fraction FROM room_score "
		"WHERE room = ?1 AND learner = ?2 UNION ALL SELECT fraction FROM room_answer "
		"WHERE room = ?1 AND learner = ?2 AND " NOT_IN_POLLS ")",
		"tt", room->id, learner);
	bool good = true;
	double points = 0;
	int64_t count = 0;
	if (sql_row(db, row, &good, NULL)) {
		count = sqlite3_column_int64(row, 0);
		points = sqlite3_column_double(row, 1);
	}
	sql_done(row);
	if (count > 0)
		words_addf(cells, _("%.0f %% of %lld"), points * 100 / (double)count,
			(long long)count);
	else
		words_add(cells, "");
}

static void add_learners(struct room *room, struct db *db, struct room_report *report)
{
	/* po: headings of a table: who, when they joined and were seen last, how long they were
	 * there, how many steps they have done, of how many, the step they are at, their score */
	static const char *const columns[] = {N_("learner"), N_("joined"), N_("last seen"),
		N_("time present"), N_("steps done"), N_("of"), N_("at"), N_("quiz")};
	struct room_table *t =
		add_report_table(report, &(struct room_table){.name = "attendance",
						 .title = N_("Attendance and progress"),
						 .columns = columns,
						 .column_count = ARRAY_LENGTH(columns),
						 .numbers = "-ccnnn-n",
						 .nothing = N_("No one joined.")});
	cleanup_free char *grid = xmalloc(room->step_count + 1);
	for (size_t i = 0; i < room->learner_count; i++) {
		const struct room_learner *l = &room->learners[i];
		struct board_learner shown;
		room_show_learner(room, l, &shown, grid);
		words_add(&t->cells, l->name);
		add_clock_time(room, &t->cells, l->joined_ms);
		add_clock_time(room, &t->cells, l->seen_ms);
		add_duration(&t->cells, l->seen_ms - l->joined_ms);
		words_addf(&t->cells, "%u", shown.done);
		words_addf(&t->cells, "%u", shown.of);
		if (shown.step_title != NULL)
			words_addf(&t->cells, "%s %s", room->steps[l->at].lesson->number,
				shown.step_title);
		else
			words_add(&t->cells, shown.finished ? _("the end") : _("not started"));
		add_quiz_mean(room, db, l->id, &t->cells);
	}
}

/* ---- steps ---- */

struct stop {
	size_t at;
	unsigned reached, done, failed, tries;
	int64_t median_ms;
};

static int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* Sorts by time spent, plus the time after which somebody is stuck for each learner who never
 * finished the step. */
static int by_trouble(const void *a, const void *b)
{
	const struct stop *x = a, *y = b;
	int64_t p = x->median_ms + (int64_t)(x->reached - x->done) * BOARD_STUCK_S * 1000;
	int64_t q = y->median_ms + (int64_t)(y->reached - y->done) * BOARD_STUCK_S * 1000;
	return (p < q) - (p > q);
}

static bool read_stop(
	struct room *room, struct db *db, size_t at, struct stop *ret, struct error *err)
{
	const struct room_step *s = &room->steps[at];
	bool good = true;
	cleanup_free int64_t *times = xcalloc(room->learner_count + 1, sizeof *times);
	size_t count = 0;
	struct stop stop = {.at = at};
	sqlite3_stmt *row = sql(db, err,
		"SELECT state, done_ms - reached_ms, tries, failed FROM room_step WHERE room = ? "
		"AND lesson = ? AND step = ?",
		"ttt", room->id, s->lesson->anchor, s->step->id);
	while (sql_row(db, row, &good, err)) {
		stop.reached++;
		stop.done += sqlite3_column_int(row, 0) >= ROOM_STEP_DONE;
		stop.tries += (unsigned)sqlite3_column_int(row, 2);
		stop.failed += sqlite3_column_int(row, 3) != 0;
		if (sqlite3_column_type(row, 1) != SQLITE_NULL && count < room->learner_count)
			times[count++] = sqlite3_column_int64(row, 1);
	}
	sql_done(row);
	if (count > 1)
		qsort(times, count, sizeof *times, by_time);
	stop.median_ms = count > 0 ? times[count / 2] : 0;
	*ret = stop;
	return good;
}

static bool add_stops(
	struct room *room, struct db *db, struct room_report *report, struct error *err)
{
	static const char *const columns[] = {N_("lesson"), N_("step"), N_("reached"), N_("done"),
		N_("time on step (median)"), N_("tries"), N_("given up")};
	struct room_table *t = add_report_table(
		report, &(struct room_table){.name = "steps",
				.title = N_("Where people were stuck"),
				.note = N_("Unfinished steps first, then the slowest."),
				.columns = columns,
				.column_count = ARRAY_LENGTH(columns),
				.numbers = "--nnnnn",
				.nothing = N_("No step was reached.")});
	struct stop *stops = xcalloc(room->step_count + 1, sizeof *stops);
	size_t count = 0;
	bool good = true;
	for (size_t i = 0; i < room->step_count && good; i++) {
		good = read_stop(room, db, i, &stops[count], err);
		count += stops[count].reached > 0;
	}
	if (count > 1)
		qsort(stops, count, sizeof *stops, by_trouble);
	for (size_t i = 0; i < count && i < STOPS_SHOWN; i++) {
		const struct room_step *s = &room->steps[stops[i].at];
		words_addf(&t->cells, "%s %s", s->lesson->number, s->lesson->title);
		words_add(&t->cells, s->title);
		words_addf(&t->cells, "%u", stops[i].reached);
		words_addf(&t->cells, "%u", stops[i].done);
		add_duration(&t->cells, stops[i].median_ms);
		words_addf(&t->cells, "%u", stops[i].tries);
		words_addf(&t->cells, "%u", stops[i].failed);
	}
	free(stops);
	return good;
}

/* ---- questions with their statistics ---- */

/* Everybody's first answers to quizzes and to questions to the room, sorted by question. */
struct mark {
	char *question;
	size_t learner; /* index */
	double fraction;
};
struct marks {
	struct mark *items;
	size_t count;
	double *totals; /* by learner */
};

static int by_mark_question(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;
	return strcmp(x->question, y->question);
}

static bool read_all_marks(struct room *room, struct db *db, struct marks *ret, struct error *err)
{
	bool good = true;
	ret->totals = xcalloc(room->learner_count + 1, sizeof *ret->totals);
	sqlite3_stmt *row = sql(db, err,
		"SELECT learner, lesson || ': ' || question, fraction FROM room_score WHERE room = "
		"?1 UNION ALL SELECT learner, question, fraction FROM room_answer WHERE room = ?1 "
		"AND " NOT_IN_POLLS,
		"t", room->id);
	while (sql_row(db, row, &good, err)) {
		const struct room_learner *l = room_find_learner(room, sql_column(row, 0));
		if (l == NULL)
			continue;
		size_t learner = (size_t)(l - room->learners);
		double fraction = sqlite3_column_double(row, 2);
		ret->totals[learner] += fraction;
		ret->items = array_grow(ret->items, ret->count, sizeof *ret->items);
		ret->items[ret->count++] =
			(struct mark){xstrdup(sql_column(row, 1)), learner, fraction};
	}
	sql_done(row);
	if (ret->count > 1)
		qsort(ret->items, ret->count, sizeof *ret->items, by_mark_question);
	return good;
}

static void forget_marks(struct marks *marks)
{
	for (size_t i = 0; i < marks->count; i++)
		free(marks->items[i].question);
	free(marks->items);
	free(marks->totals);
}

/* Statistics of the question that begins at an index; *ret_count: its number of answers. */
static struct quiz_item item_at(const struct marks *marks, size_t first, size_t *ret_count)
{
	size_t count = 0;
	while (first + count < marks->count &&
		text_same(marks->items[first + count].question, marks->items[first].question))
		count++;
	cleanup_free double *scores = xcalloc(count, sizeof *scores);
	cleanup_free double *rest = xcalloc(count, sizeof *rest);
	for (size_t i = 0; i < count; i++) {
		const struct mark *m = &marks->items[first + i];
		scores[i] = m->fraction;
		rest[i] = marks->totals[m->learner] - m->fraction;
	}
	*ret_count = count;
	return quiz_item_statistics(scores, rest, count);
}

/* The text of a question if it is known: "q1", or "lesson: id". */
static const char *question_words(const struct room *room, const char *question)
{
	for (size_t i = 0; i < room->question_count; i++)
		if (text_same(room->questions[i].id, question))
			return room->questions[i].q->text;
	const char *id = strstr(question, ": ");
	for (size_t i = 0; id != NULL && i < room->quiz_count; i++) {
		const struct room_quiz *quiz = &room->quizzes[i];
		const struct quiz_question *q = text_starts(question, quiz->lesson->anchor)
							? quiz_find(quiz->quiz, id + 2)
							: NULL;
		if (q != NULL)
			return q->text;
	}
	return question;
}

static void add_ratio(struct words *cells, double value)
{
	if (isnan(value))
		words_add(cells, "");
	else {
		cleanup_free char *number = xasprintf("%.2f", value);
		cleanup_buf struct buf text = {0};
		text_decimal(&text, number);
		words_add(cells, buf_text(&text));
	}
}

static bool add_item_table(
	struct room *room, struct db *db, struct room_report *report, struct error *err)
{
	static const char *const columns[] = {
		N_("question"), N_("answers"), N_("correct (mean)"), N_("discrimination")};
	struct room_table *t = add_report_table(report,
		&(struct room_table){.name = "questions",
			.title = N_("Questions"),
			.note = N_(
				"Counted are the first answers to the course's questions, and the last ones to those asked in the room. Discrimination compares a question with the same people's other answers, from -1 to 1: above 0.2, those who know more answer it correctly; below, look at its wording."),
			.columns = columns,
			.column_count = ARRAY_LENGTH(columns),
			.numbers = "-nnn",
			.nothing = N_("No question was answered.")});
	struct marks marks = {0};
	bool good = read_all_marks(room, db, &marks, err);
	for (size_t i = 0, count; i < marks.count; i += count) {
		struct quiz_item item = item_at(&marks, i, &count);
		words_add(&t->cells, question_words(room, marks.items[i].question));
		words_addf(&t->cells, "%zu", item.count);
		words_addf(&t->cells, "%.0f %%", item.facility * 100);
		add_ratio(&t->cells, item.discrimination);
	}
	forget_marks(&marks);
	return good;
}

/* ---- who chose what ---- */

static void add_option_row(struct room_table *t, const struct room_question *q, const char *letter,
	const char *text, size_t count, const char *right)
{
	words_add(&t->cells, q->q->text);
	words_addf(&t->cells, "%s%s", letter, text);
	words_addf(&t->cells, "%zu", count);
	words_addf(&t->cells, "%.0f %%",
		q->answer_count > 0 ? (double)count * 100 / (double)q->answer_count : 0.0);
	words_add(&t->cells, q->poll ? "" : right);
}

static void add_option_rows(struct room_table *t, const struct room_question *q)
{
	cleanup_free size_t *counts = xcalloc(q->q->answer_count + 1, sizeof *counts);
	room_count_options(q, counts);
	for (size_t i = 0; i < q->q->answer_count; i++) {
		const struct quiz_answer *answer = &q->q->answers[q->order[i]];
		char letter[QUIZ_LETTER_SIZE];
		quiz_letter(i, letter);
		cleanup_free char *mark = xasprintf("%s) ", letter);
		add_option_row(t, q, mark, answer->text, counts[i],
			answer->fraction > 0 ? _("yes") : _("no"));
	}
}

static void add_word_rows(struct room_table *t, const struct room_question *q)
{
	cleanup_words struct words words = {0};
	room_list_words(q, &words);
	for (size_t i = 0; i + 1 < words.count; i += 2) {
		struct quiz_grade grade = {0};
		long long count = 0;
		quiz_grade(q->q, q->order, words.items[i], &grade);
		(void)text_number(words.items[i + 1], 0, INT32_MAX, &count); /* it is one */
		add_option_row(t, q, "", words.items[i], (size_t)count,
			quiz_is_full(grade.fraction) ? _("yes") : _("no"));
		quiz_grade_finish(&grade);
	}
}

static void add_answer_table(struct room *room, struct room_report *report)
{
	static const char *const columns[] = {
		N_("question"), N_("answer"), N_("people"), N_("share"), N_("correct")};
	struct room_table *t = add_report_table(
		report, &(struct room_table){.name = "answers",
				.title = N_("Answers to the questions asked in the room"),
				.columns = columns,
				.column_count = ARRAY_LENGTH(columns),
				.numbers = "--nnc",
				.nothing = N_("No question was asked in the room.")});
	for (size_t i = 0; i < room->question_count; i++) {
		const struct room_question *q = &room->questions[i];
		if (q->q->kind->room_options)
			add_option_rows(t, q);
		else
			add_word_rows(t, q);
	}
}

/* ---- raised hands ---- */

static bool add_signals(
	struct room *room, struct db *db, struct room_report *report, struct error *err)
{
	static const char *const columns[] = {N_("when"), N_("who"), N_("what")};
	static const char *const words[][2] = {{"hand", N_("raised a hand")},
		{"done", N_("was ready")}, {"fast", N_("found it too fast")}};
	struct room_table *t =
		add_report_table(report, &(struct room_table){.name = "signals",
						 .title = N_("Hands and signals"),
						 .columns = columns,
						 .column_count = ARRAY_LENGTH(columns),
						 .numbers = "c--",
						 .nothing = N_("No hand was raised.")});
	bool good = true;
	sqlite3_stmt *row = sql(db, err,
		"SELECT s.at_ms, l.name, s.kind, s.text FROM room_signal AS s JOIN room_learner AS "
		"l ON l.room = s.room AND l.id = s.learner WHERE s.room = ? ORDER BY s.rowid",
		"t", room->id);
	while (sql_row(db, row, &good, err)) {
		add_clock_time(room, &t->cells, sqlite3_column_int64(row, 0));
		words_add(&t->cells, sql_column(row, 1));
		const char *what = sql_column(row, 2), *text = sql_column(row, 3);
		for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
			if (text_same(words[i][0], what))
				words_addf(&t->cells, "%s%s%s", _(words[i][1]),
					*text != '\0' ? ": " : "", text);
	}
	sql_done(row);
	return good;
}

/* ---- the report ---- */

static void add_facts(struct room *room, struct room_report *report)
{
	char opened[TIME_TEXT_SIZE], ended[TIME_TEXT_SIZE], east[16];
	cleanup_buf struct buf first = {0}, last = {0};
	int64_t end_ms = room->ended_ms > 0 ? room->ended_ms : room_now(room);
	int minutes = zone_offset_s(room->zone, room->opened_ms / 1000) / 60;
	room_format_time(room, room->opened_ms, opened);
	room_format_time(room, end_ms, ended);
	snprintf(east, sizeof east, "UTC%c%02d:%02d", minutes < 0 ? '-' : '+', abs(minutes) / 60,
		abs(minutes) % 60);
	add_day(room, &first, room->opened_ms);
	add_day(room, &last, end_ms);
	words_addf(&report->facts,
		room->ended_ms > 0 ? _("Opened %s %.5s, ended %s %.5s.")
				   : _("Opened %s %.5s, still open at %s %.5s."),
		buf_text(&first), opened + 11, buf_text(&last), ended + 11);
	if (*room->zone_name != '\0')
		words_addf(&report->facts, _("All times are in %s (%s)."), room->zone_name, east);
	else
		words_addf(&report->facts, _("All times are in %s."), east);
	words_addf(&report->facts, _("Learners: %zu. Steps of the course: %zu."),
		room->learner_count, room->step_count);
}

static char *file_of(const struct room *room)
{
	struct buf out = {0};
	char opened[TIME_TEXT_SIZE];
	room_format_time(room, room->opened_ms, opened);
	for (const char *c = room->course->id; *c != '\0' && out.length < FILE_LETTERS; c++)
		buf_add_char(&out, isalnum((unsigned char)*c) ? *c : '-');
	char *name = xasprintf("workshop-%s-%.10s", buf_text(&out), opened);
	buf_finish(&out);
	return name;
}

bool room_report(struct room *room, struct room_report *ret, struct error *err)
{
	struct room_report report = {.title = xasprintf(_("Workshop: %s"), room->course->title)};
	struct db *db = store_read(room->store);
	pthread_mutex_lock(&room->lock);
	report.file = file_of(room);
	add_facts(room, &report);
	add_learners(room, db, &report);
	bool good = add_stops(room, db, &report, err) && add_item_table(room, db, &report, err);
	add_answer_table(room, &report);
	good = good && add_signals(room, db, &report, err);
	pthread_mutex_unlock(&room->lock);
	store_read_end(room->store, db);
	if (good)
		*ret = report;
	else
		room_report_finish(&report);
	return good;
}

void room_report_finish(struct room_report *report)
{
	for (size_t i = 0; i < report->table_count; i++)
		words_finish(&report->tables[i].cells);
	words_finish(&report->facts);
	free(report->tables);
	free(report->title);
	free(report->file);
	*report = (struct room_report){0};
}
