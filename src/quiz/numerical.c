/* quiz/numerical.c - numbers: "#3", "#3:0.5" (tolerance), "#1..5" (range), several with weights */
#include "private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool accepts_number(struct gift_span text)
{
	return *text.at == '#';
}

/* ---- reading ---- */

/* "3", "-.5", "1e6" */
static bool read_plain_number(const char *text, double *ret)
{
	char *stop;
	if (text[strspn(text, "+-0123456789.eE")] != '\0' || *text == '\0')
		return false;
	*ret = strtod(text, &stop);
	return *stop == '\0' && isfinite(*ret);
}

/* Drops blanks and apostrophes, which may group digits, and writes signs and powers of ten as C
 * does. */
static char *tidy_number(const char *text, size_t length)
{
	static const struct {
		const char *from, *to;
	} forms[] = {{" ", ""}, {"\t", ""}, {"\u00A0", ""}, {"\u2009", ""}, {"\u202F", ""},
		{"'", ""}, {"\u2019", ""}, {"\u2212", "-"}, {"x10^", "e"}, {"*10^", "e"},
		{"\u00D710^", "e"}};
	struct buf out = {0};
	cleanup_free char *copy = xstrndup(text, length);
	for (const char *c = copy; *c != '\0';) {
		size_t i = 0;
		while (i < ARRAY_LENGTH(forms) && !text_starts(c, forms[i].from))
			i++;
		if (i < ARRAY_LENGTH(forms)) {
			buf_add_text(&out, forms[i].to);
			c += strlen(forms[i].from);
		} else {
			buf_add_char(&out, *c++);
		}
	}
	return buf_steal(&out);
}

/* Reads the number with one separator of thousands and one of decimals; '\0': none. */
static bool read_separated(const char *text, char thousands, char decimals, double *ret)
{
	cleanup_buf struct buf plain = {0};
	const char *end = text + strcspn(text, "eE");
	size_t run = 0, groups = 0; /* digits since the last separator */
	bool whole = true;
	for (const char *c = text; *c != '\0'; c++) {
		bool separator = c < end && *c == thousands;
		if (separator && (!whole || run == 0 || run > 3 || (groups > 0 && run != 3)))
			return false;
		if (whole && groups > 0 && !separator && (c == end || *c == decimals) && run != 3)
			return false;
		run = separator ? 0 : run + (*c >= '0' && *c <= '9');
		groups += separator;
		whole = whole && *c != decimals;
		if (!separator)
			buf_add_char(&plain, *c == decimals ? '.' : *c);
	}
	return (!whole || groups == 0 || run == 3 || *end != '\0') &&
	       read_plain_number(buf_text(&plain), ret);
}

/* Reads a number as people write it: "1,000.5", "1.000,5", "1 000", "3,5". "1,000" has two
 * readings. Returns how many there are. */
static size_t read_number(const char *text, size_t length, double ret[2])
{
	cleanup_free char *tidy = tidy_number(text, length);
	const char *point = strrchr(tidy, '.'), *comma = strrchr(tidy, ',');
	bool comma_last = comma != NULL && (point == NULL || comma > point);
	size_t count = 0;
	if (strchr(tidy, ',') == NULL && point == strchr(tidy, '.'))
		return read_plain_number(tidy, &ret[0]);
	if (point == NULL || !comma_last)
		count += read_separated(tidy, ',', '.', &ret[count]);
	if (comma_last || comma == NULL)
		count += read_separated(tidy, '.', ',', &ret[count]);
	return count;
}

/* Reads a number of the file. Moodle takes one with separators for "any number". */
static bool read_file_number(
	struct answers *a, const char *at, const char *text, size_t length, double *ret)
{
	double readings[2];
	cleanup_free char *exact = xasprintf("%.*s", (int)length, text);
	char *start = exact + strspn(exact, " \t\n");
	start[strcspn(start, " \t\n")] = '\0';
	if (read_plain_number(start, ret))
		return true;
	if (read_number(text, length, readings) == 0)
		return false;
	*ret = readings[0];
	gift_warn(a->gift, at,
		"'%.*s' is read as %.15g; Moodle knows numbers only without separators and with a "
		"decimal point",
		(int)length, text, *ret);
	return true;
}

/* "3", "3:0.5", "1..5", "*" (any number) */
static bool read_range(struct answers *a, struct quiz_answer *answer, const char *at)
{
	const char *text = answer->text, *dots = strstr(text, "..");
	size_t first = dots != NULL ? (size_t)(dots - text) : strcspn(text, ":");
	double middle, tolerance = 0;
	if (text_same(text, "*")) {
		answer->low = -INFINITY;
		answer->high = INFINITY;
		return true;
	}
	if (!read_file_number(a, at, text, first, &middle))
		return false;
	if (dots != NULL) {
		answer->low = middle;
		return read_file_number(a, at, dots + 2, strlen(dots + 2), &answer->high) &&
		       answer->low <= answer->high;
	}
	if (text[first] == ':' &&
		!read_file_number(a, at, text + first + 1, strlen(text + first + 1), &tolerance))
		return false;
	answer->low = middle - tolerance;
	answer->high = middle + tolerance;
	return tolerance >= 0;
}

/* What follows '~' is for any other number: Moodle reads only its feedback. */
static void add_otherwise(struct answers *a, struct gift_span text)
{
	const char *hash = gift_find(text, "#");
	struct gift_span unread = gift_trim((struct gift_span){text.at + 1, hash});
	struct quiz_answer *answer = answers_add(a);
	*answer = (struct quiz_answer){.text = "*", .low = -INFINITY, .high = INFINITY};
	if (unread.at < unread.end && !gift_span_is(unread, "*"))
		gift_warn(a->gift, unread.at,
			"'~' stands for any other number, and what follows it is left out; write a "
			"wrong number as =%%0%%NUMBER");
	if (hash < text.end)
		answer->feedback = answers_read_text(
			a, (struct gift_span){hash + 1, text.end}, &answer->feedback_source);
}

static bool parse_numbers(struct answers *a, struct gift_span text)
{
	const char *start = text.at++;
	char sign;
	struct gift_span part, otherwise = {gift_find(text, "~"), text.end};
	text.end = otherwise.at;
	while (answers_next(&text, "=", &sign, &part)) {
		double fraction = 1;
		if (sign == '\0' && gift_span_is(part, "0"))
			gift_warn(a->gift, part.at,
				"Moodle drops a number 0 without '=' before it: {#=0}");
		if (!answers_read_weight(a, &part, &fraction))
			return false;
		struct quiz_answer *answer = answers_add_text(a, part, fraction);
		if (answer == NULL)
			continue;
		answer->text = answer->text_source.text;
		if (!read_range(a, answer, part.at))
			return gift_error(a->gift, part.at,
				"'%s' is not NUMBER, NUMBER:TOLERANCE or LOW..HIGH", answer->text);
	}
	if (a->q->answer_count == 0)
		return gift_error(a->gift, start, "the number is missing after '#'");
	if (otherwise.at < otherwise.end)
		add_otherwise(a, otherwise);
	return true;
}

/* The text as it is written, unless Moodle would not know its numbers. */
static void print_range(const struct quiz_answer *a, struct buf *out)
{
	if (strspn(a->text, "+-0123456789.:eE* ") == strlen(a->text))
		buf_add_text(out, a->text);
	else if (a->low < a->high)
		buf_printf(out, "%.15g..%.15g", a->low, a->high);
	else
		buf_printf(out, "%.15g", a->low);
}

static void print_numbers(const struct quiz_question *q, struct buf *out)
{
	buf_add_char(out, '#');
	for (size_t i = 0; i < q->answer_count; i++) {
		const struct quiz_answer *a = &q->answers[i];
		bool otherwise = isinf(a->low) && a->fraction == 0;
		write_sign(out, otherwise ? '~' : '=', a->fraction);
		if (!otherwise)
			print_range(a, out);
		write_feedback(out, "#", a->feedback_source, q->text_source.format);
	}
}

/* ---- answering ---- */

static const struct quiz_answer *find_answer(const struct quiz_question *q, double number)
{
	const struct quiz_answer *best = NULL;
	double slack = 1e-9 * (1 + fabs(number));
	for (size_t i = 0; i < q->answer_count; i++) {
		const struct quiz_answer *a = &q->answers[i];
		if (number >= a->low - slack && number <= a->high + slack &&
			(best == NULL || a->fraction > best->fraction))
			best = a;
	}
	return best;
}

/* Of two readings the better one counts. */
static void grade_number(const struct quiz_question *q, const size_t *order, const char *response,
	struct quiz_grade *ret)
{
	const struct quiz_answer *best = NULL;
	double readings[2];
	size_t count = read_number(response, strlen(response), readings);
	(void)order;
	if (count == 0) {
		answers_misunderstand(ret, "Answer with a number.");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const struct quiz_answer *found = find_answer(q, readings[i]);
		if (best == NULL || (found != NULL && found->fraction > best->fraction))
			best = found;
	}
	answers_grade_by(best, ret);
}

static void solve_number(const struct quiz_question *q, const size_t *order, struct buf *out)
{
	const struct quiz_answer *best = answers_find_best(q);
	(void)order;
	if (best == NULL || isinf(best->low))
		buf_add_text(out, _("any number"));
	else if (best->high > best->low)
		buf_printf(out, _("%.15g to %.15g"), best->low, best->high);
	else
		buf_printf(out, "%.15g", best->low);
}

static void respond_number(
	const struct quiz_question *q, const size_t *order, bool right, struct buf *out)
{
	const struct quiz_answer *best = answers_find_best(q);
	double highest = 0;
	(void)order;
	for (size_t i = 0; i < q->answer_count; i++)
		if (isfinite(q->answers[i].high))
			highest = fmax(highest, q->answers[i].high);
	if (!right || best == NULL)
		buf_printf(out, "%.15g", highest + 1e6);
	else
		buf_printf(out, "%.15g",
			isfinite(best->low) ? best->low + (best->high - best->low) / 2 : 0);
}

/* ---- as Moodle XML ---- */

static const char *read_xml_number(struct translation *t, const struct xml_node *answer)
{
	const char *number = element_read_words(t, answer, "text");
	const char *tolerance = element_read_words(t, answer, "tolerance");
	bool exact = tolerance[0] == '\0' || text_same(tolerance, "0") || text_same(number, "*");
	return exact ? number : arena_printf(&t->arena, "%s:%s", number, tolerance);
}

/* An answer for all other numbers comes last. */
static void translate_numbers(
	struct translation *t, const struct xml_node *question, enum quiz_format usual)
{
	const struct xml_node *otherwise = NULL;
	buf_add_char(&t->gift, '#');
	for (const struct xml_node *answer = xml_child(question, "answer"); answer != NULL;
		answer = xml_next(answer)) {
		double fraction = element_read_fraction(t, answer);
		const char *number = read_xml_number(t, answer);
		if (text_same(number, "*") && fraction == 0)
			otherwise = otherwise != NULL ? otherwise : answer;
		else
			element_translate_answer(t, answer, '=', fraction,
				(struct quiz_source){number, usual}, usual);
	}
	if (otherwise != NULL)
		element_translate_answer(
			t, otherwise, '~', 0, (struct quiz_source){NULL, usual}, usual);
}

/* A number and its tolerance as they are written, else the middle of the range. */
static void print_xml_number(struct buf *out, const struct quiz_answer *a)
{
	const char *colon = strchr(a->text, ':');
	bool plain = a->text[strspn(a->text, "+-0123456789.eE:")] == '\0';
	bool range = !plain || strstr(a->text, "..") != NULL;
	cleanup_free char *number = isinf(a->low) ? xstrdup("*")
				    : range ? xasprintf("%.15g", a->low + (a->high - a->low) / 2)
					    : xstrndup(a->text, strcspn(a->text, ":"));
	cleanup_free char *tolerance = isinf(a->low) ? xstrdup("0")
				       : range       ? xasprintf("%.15g", (a->high - a->low) / 2)
						     : xstrdup(colon != NULL ? colon + 1 : "0");
	cleanup_free char *more = xasprintf("<tolerance>%s</tolerance>", tolerance);
	element_print_answer(out, a, number, more);
}

static void print_xml_numbers(const struct quiz_question *q, struct buf *out)
{
	for (size_t i = 0; i < q->answer_count; i++)
		print_xml_number(out, &q->answers[i]);
}

const struct kind quiz_kind_numerical = {
	.face = {.name = "numerical",
		.prompt = N_("number › "),
		.room_name = "numeric",
		.room_how = N_("`:answer 42`")},
	.accepts = accepts_number,
	.parse = parse_numbers,
	.print = print_numbers,
	.grade = grade_number,
	.solve = solve_number,
	.respond = respond_number,
	.type = "numerical",
	.translate = translate_numbers,
	.print_xml = print_xml_numbers,
};
