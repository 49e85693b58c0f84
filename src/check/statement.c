/* check/statement.c - parses statements: prefix, subject, quantity, and a predicate by its form */
#include "private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *word;
	enum subject subject;
	bool named; /* a name follows the subject */
} subjects[] = {
	{"exit", ABOUT_EXIT, false},
	{"output", ABOUT_OUTPUT, false},
	{"container", ABOUT_CONTAINER, true},
	{"containers", ABOUT_CONTAINER, true},
	{"image", ABOUT_IMAGE, true},
	{"images", ABOUT_IMAGE, true},
	{"network", ABOUT_NETWORK, true},
	{"networks", ABOUT_NETWORK, true},
	{"volume", ABOUT_VOLUME, true},
	{"volumes", ABOUT_VOLUME, true},
	{"http", ABOUT_HTTP, true},
	{"file", ABOUT_FILE, true},
	{"daemon", ABOUT_DAEMON, false},
};

/* ---- words ---- */

static const char *skip_spaces(const char *at)
{
	return at + strspn(at, " \t");
}

/* Reads a word, or "several words" in quotes; NULL at the end of the text. The caller frees it. */
static char *read_operand(const char **at)
{
	const char *start = skip_spaces(*at);
	if (*start == '\0')
		return NULL;
	if (*start == '"') {
		size_t length = strcspn(start + 1, "\"");
		*at = start + 1 + length + (start[1 + length] == '"');
		return xstrndup(start + 1, length);
	}
	size_t length = strcspn(start, " \t");
	*at = start + length;
	return xstrndup(start, length);
}

static bool take_literal(const char **at, const char *word, size_t length)
{
	const char *start = skip_spaces(*at);
	if (strncmp(start, word, length) != 0 ||
		(start[length] != '\0' && !isspace((unsigned char)start[length])))
		return false;
	*at = start + length;
	return true;
}

/* ---- forms ---- */

static bool read_statement_regex(const char **at, struct statement *s)
{
	const char *start = skip_spaces(*at), *end = strrchr(start, '/');
	if (*start != '/' || end == start || end == NULL || !text_is_blank(end + 1))
		return false;
	cleanup_free char *pattern = xstrndup(start + 1, (size_t)(end - start) - 1);
	free(s->b);
	s->b = xstrdup(pattern);
	if (regcomp(&s->regex, pattern, REG_EXTENDED | REG_NEWLINE) != 0)
		return false;
	s->has_regex = true;
	*at = end + 1;
	return true;
}

static bool read_remainder(const char **at, struct statement *s)
{
	const char *start = skip_spaces(*at);
	size_t length = strlen(start);
	while (length > 0 && isspace((unsigned char)start[length - 1]))
		length--;
	if (length >= 2 && start[0] == '"' && start[length - 1] == '"') {
		start++;
		length -= 2;
	}
	if (length == 0)
		return false;
	free(s->b);
	s->b = xstrndup(start, length);
	*at += strlen(*at);
	return true;
}

static bool take_number(const char **at, struct statement *s)
{
	cleanup_free char *word = read_operand(at);
	return word != NULL && text_number(word, 0, INT32_MAX, &s->number);
}

/* Reads one part of a form. */
static bool read_form_part(const char **at, const char *part, size_t length, struct statement *s)
{
	if (length == 2 && part[0] == '@') {
		char **place = part[1] == 'a' ? &s->a : &s->b;
		free(*place);
		*place = read_operand(at);
		return *place != NULL;
	}
	if (length == 1 && part[0] == '#')
		return take_number(at, s);
	if (length == 1 && part[0] == '/')
		return read_statement_regex(at, s);
	if (length == 1 && part[0] == '$')
		return read_remainder(at, s);
	return take_literal(at, part, length);
}

static void forget_values(struct statement *s)
{
	if (s->has_regex)
		regfree(&s->regex);
	free(s->a);
	free(s->b);
	s->a = s->b = NULL;
	s->has_regex = false;
}

static bool fits_form(const char *text, const char *form, struct statement *s)
{
	while (*form != '\0') {
		size_t length = strcspn(form, " ");
		if (!read_form_part(&text, form, length, s)) {
			forget_values(s);
			return false;
		}
		form += length + (form[length] == ' ');
	}
	if (text_is_blank(text))
		return true;
	forget_values(s);
	return false;
}

static bool find_predicate(const char *text, struct statement *s)
{
	const struct predicate *p;
	for (size_t i = 0; (p = table_predicate_at(i)) != NULL; i++) {
		if (p->subject != s->subject || !fits_form(text, p->form, s))
			continue;
		s->predicate = p;
		return true;
	}
	return false;
}

/* ---- the whole statement ---- */

static bool not_understood(const struct statement *s, const char *rest, struct error *err)
{
	cleanup_buf struct buf forms = {0};
	const struct predicate *p;
	for (size_t i = 0; (p = table_predicate_at(i)) != NULL; i++)
		if (p->subject == s->subject)
			buf_printf(&forms, "%s`%s`", forms.length > 0 ? ", " : "", p->form);
	return error_set_kind(err, ERROR_FAILED,
		"'%s': unknown predicate '%s'; expected one of (@ stands for a word, # for a number, / for an expression, $ for a text): %s",
		s->text, skip_spaces(rest), buf_text(&forms));
}

static bool no_subject(const struct statement *s, const char *word, struct error *err)
{
	cleanup_buf struct buf known = {0};
	for (size_t i = 0; i < ARRAY_LENGTH(subjects); i++)
		if (i == 0 || subjects[i].subject != subjects[i - 1].subject) /* no plurals */
			buf_printf(&known, "%s%s", i > 0 ? ", " : "", subjects[i].word);
	return error_set_kind(err, ERROR_FAILED, "'%s': unknown subject '%s'; expected one of: %s",
		s->text, word != NULL ? word : "", buf_text(&known));
}

static bool take_subject(const char **at, struct statement *s, bool *ret_named, struct error *err)
{
	cleanup_free char *word = read_operand(at);
	for (size_t i = 0; word != NULL && i < ARRAY_LENGTH(subjects); i++) {
		if (!text_same(subjects[i].word, word))
			continue;
		s->subject = subjects[i].subject;
		*ret_named = subjects[i].named;
		return true;
	}
	return no_subject(s, word, err);
}

static void take_prefixes(const char **at, struct statement *s)
{
	const char *before = *at;
	if (take_literal(at, "once", 4))
		s->once = true;
	else
		(void)take_literal(at, "now", 3); /* "now" is the default and may be written out */
	before = *at;
	cleanup_free char *word = read_operand(at);
	long long count;
	if (text_same(word, "any"))
		s->quantity = ANY;
	else if (text_same(word, "no"))
		s->quantity = NO;
	else if (text_number(word, 0, 10000, &count)) {
		s->quantity = EXACTLY;
		s->count = count;
	} else {
		*at = before;
	}
}

/* Accepts "<=" for "≤". */
static char *plain_signs(const char *text)
{
	struct buf out = {0};
	for (const char *c = text; *c != '\0';) {
		bool sign = text_starts(c, "≤");
		buf_add(&out, sign ? "<=" : c, sign ? 2 : 1);
		c += sign ? strlen("≤") : 1;
	}
	return buf_steal(&out);
}

bool statement_parse(const char *text, struct statement *ret, struct error *err)
{
	cleanup_free char *plain = plain_signs(text);
	const char *at = plain;
	struct statement s = {.text = xstrdup(text)};
	bool named = false;
	take_prefixes(&at, &s);
	bool good = take_subject(&at, &s, &named, err);
	if (good && named && s.quantity == NAMED) {
		s.name = read_operand(&at);
		good = s.name != NULL || error_set_kind(err, ERROR_FAILED,
						 "'%s': a name is missing after the subject", text);
	}
	if (good && !find_predicate(at, &s))
		good = not_understood(&s, at, err);
	if (!good) {
		statement_finish(&s);
		return false;
	}
	*ret = s;
	return true;
}

void statement_finish(struct statement *s)
{
	forget_values(s);
	free(s->text);
	free(s->name);
	*s = (struct statement){0};
}

/* ---- plans ---- */

bool check_plan_parse(const char *const *statements, size_t count, const char *expected,
	struct check_plan **ret, size_t *ret_bad, struct error *err)
{
	struct check_plan *plan = xcalloc(1, sizeof *plan);
	plan->items = xcalloc(count + 1, sizeof *plan->items);
	plan->expected_output = xstrdup(expected);
	for (size_t i = 0; i < count; i++) {
		if (!statement_parse(statements[i], &plan->items[plan->count], err)) {
			if (ret_bad != NULL)
				*ret_bad = i;
			check_plan_destroy(plan);
			return false;
		}
		plan->count++;
	}
	*ret = plan;
	return true;
}

bool statement_is_about_line(const struct statement *s)
{
	return s->subject == ABOUT_EXIT || s->subject == ABOUT_OUTPUT;
}

bool check_plan_is_status_only(const struct check_plan *plan)
{
	return plan->status_only;
}

void check_plan_drop_line(struct check_plan *plan)
{
	size_t kept = 0;
	for (size_t i = 0; i < plan->count; i++) {
		if (statement_is_about_line(&plan->items[i]))
			statement_finish(&plan->items[i]);
		else
			plan->items[kept++] = plan->items[i];
	}
	plan->count = kept;
}

void check_plan_statements(const struct check_plan *plan, struct words *ret)
{
	for (size_t i = 0; i < plan->count; i++)
		words_add(ret, plan->items[i].text);
}

void check_plan_destroy(struct check_plan *plan)
{
	if (plan == NULL)
		return;
	for (size_t i = 0; i < plan->count; i++)
		statement_finish(&plan->items[i]);
	free(plan->items);
	free(plan->expected_output);
	free(plan);
}
