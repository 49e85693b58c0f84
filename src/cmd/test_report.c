/* cmd/test_report.c - what `ropes test` prints: lines for people, TAP version 13, or JUnit's XML as
 * Jenkins, GitLab and GitHub's actions read it */
#include "test_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OUTCOMES (TUTOR_TEST_SKIPPED + 1)
#define TIMESTAMP_LENGTH 19 /* without fraction and zone, as the schema wants it */

struct format {
	const char *name;
	void (*begin)(struct test_report *report);
	void (*begin_course)(struct test_report *report);
	void (*add)(struct test_report *report, const struct tutor_test_point *point,
		const char *shell);
	void (*end)(struct test_report *report, const char *lost);
};

struct test_report {
	const struct format *format;
	const struct screen *screen;
	uint64_t seed;
	const char *name, *title; /* of the course; NULL before the first */
	unsigned counts[OUTCOMES];
	int64_t began_ms;
	/* JUnit: its counts come before its cases */
	struct buf suites, cases, notes;
	unsigned suite_count, suite_counts[OUTCOMES];
	int64_t suite_began_ms, suite_elapsed_ms;
};

static unsigned sum(const unsigned counts[OUTCOMES])
{
	unsigned all = 0;
	for (size_t i = 0; i < OUTCOMES; i++)
		all += counts[i];
	return all;
}

/* "note.md:12", with the column if it is known. The caller frees it. */
static char *place_of(const struct tutor_test_point *p)
{
	return p->column > 0 ? xasprintf("%s:%d:%d", p->path, p->line, p->column)
			     : xasprintf("%s:%d", p->path, p->line);
}

/* "1.2 Docker run: example: docker ps". The caller frees it. */
static char *name_of(const struct tutor_test_point *p)
{
	return xasprintf("%s%s%s: %s", p->number, *p->number != '\0' ? " " : "", p->title, p->what);
}

static void print_lines(FILE *to, const char *front, const char *text)
{
	while (text != NULL && *text != '\0') {
		size_t length = strcspn(text, "\n");
		fprintf(to, "%s%.*s\n", front, (int)length, text);
		text += length + (text[length] == '\n');
	}
}

/* ---- for people ---- */

static void begin_human(struct test_report *r)
{
	(void)r;
}

static void begin_human_course(struct test_report *r)
{
	printf("%s: %s\n", r->name, r->title);
}

/* Most steps take less than a second, which matters to authors. */
static void add_step_time(struct buf *out, long long ms)
{
	if (ms < 1000)
		buf_printf(out, _("%lld ms"), ms);
	else
		text_duration(out, ms);
}

/* After the output, a line of ropes' own explains it. */
static void print_detail(const struct screen *screen, const char *detail)
{
	static const char arrow[] = "→ ";
	cleanup_free char *mark = screen_mark(screen, arrow);
	for (; detail != NULL && *detail != '\0'; detail = text_next_line(detail)) {
		bool own = text_starts(detail, arrow);
		const char *text = own ? detail + strlen(arrow) : detail;
		printf("        %s%.*s\n", own ? mark : "", (int)strcspn(text, "\n"), text);
	}
}

static void add_human(struct test_report *r, const struct tutor_test_point *p, const char *shell)
{
	static const char *const marks[OUTCOMES] = {"✔ ", "! ", "✘ ", "– "};
	cleanup_free char *mark = screen_mark(r->screen, marks[p->outcome]);
	cleanup_free char *name = name_of(p);
	cleanup_free char *place = place_of(p);
	cleanup_buf struct buf time = {0};
	add_step_time(&time, p->elapsed_ms);
	printf("  %s%s (%s)\n", mark, name, buf_text(&time));
	if (p->outcome == TUTOR_TEST_SKIPPED)
		printf(_("      skipped: %s\n"), p->why);
	else if (p->why != NULL)
		printf("      %s: %s\n", place, p->why);
	print_detail(r->screen, p->detail);
	if (shell != NULL)
		printf(_("      Shell in this state: %s\n"), shell);
}

static void end_human(struct test_report *r, const char *lost)
{
	cleanup_buf struct buf time = {0};
	text_duration(&time, clock_monotonic_ms() - r->began_ms);
	if (lost != NULL)
		printf(_("The test ended early: %s\n"), lost);
	printf(_("%u passed, %u failed, %u skipped, %u to look at, in %s (seed %llu)\n"),
		r->counts[TUTOR_TEST_PASSED], r->counts[TUTOR_TEST_FAILED],
		r->counts[TUTOR_TEST_SKIPPED], r->counts[TUTOR_TEST_WARNED], buf_text(&time),
		(unsigned long long)r->seed);
}

/* ---- TAP ---- */

/* '#' begins a directive in TAP. */
static void print_escaped(const char *text)
{
	for (; *text != '\0'; text++)
		printf(*text == '#' || *text == '\\' ? "\\%c" : "%c", *text);
}

static void begin_tap(struct test_report *r)
{
	printf("TAP version 13\n# seed %llu\n", (unsigned long long)r->seed);
}

static void begin_tap_course(struct test_report *r)
{
	printf("# %s: %s\n", r->name, r->title);
}

static void add_tap(struct test_report *r, const struct tutor_test_point *p, const char *shell)
{
	cleanup_free char *place = place_of(p);
	printf("%sok %u - %s%s%s: ", p->outcome == TUTOR_TEST_FAILED ? "not " : "", sum(r->counts),
		p->number, *p->number != '\0' ? " " : "", p->title);
	print_escaped(p->what);
	if (p->outcome == TUTOR_TEST_SKIPPED)
		printf(" # SKIP %s", p->why);
	printf("\n  ---\n  duration_ms: %lld\n  ...\n", (long long)p->elapsed_ms);
	if (p->outcome == TUTOR_TEST_WARNED)
		printf("# %s: warning: %s\n", place, p->why);
	if (p->outcome == TUTOR_TEST_FAILED)
		printf("# %s: %s\n", place, p->why);
	print_lines(stdout, "#   ", p->detail);
	if (shell != NULL)
		printf("# Shell in this state: %s\n", shell);
}

static void end_tap(struct test_report *r, const char *lost)
{
	if (lost != NULL)
		printf("Bail out! %s\n", lost);
	else
		printf("1..%u\n", sum(r->counts));
}

/* ---- JUnit ---- */

/* What XML 1.0 allows; the rest is dropped. */
static bool is_xml(uint32_t point)
{
	return point == '\t' || point == '\n' || point == '\r' ||
	       (point >= 0x20 && point < 0xD800) || (point >= 0xE000 && point < 0xFFFE) ||
	       point >= 0x10000;
}

static void add_xml(struct buf *out, const char *text)
{
	size_t length = strlen(text);
	while (length > 0) {
		uint32_t point;
		size_t used = utf8_decode(text, length, &point);
		if (point == '&')
			buf_add_text(out, "&amp;");
		else if (point == '<')
			buf_add_text(out, "&lt;");
		else if (point == '>')
			buf_add_text(out, "&gt;");
		else if (point == '"')
			buf_add_text(out, "&quot;");
		else if (is_xml(point))
			utf8_encode(out, point);
		text += used;
		length -= used;
	}
}

/* ' NAME="TEXT"' */
static void add_attribute(struct buf *out, const char *name, const char *text)
{
	cleanup_buf struct buf value = {0};
	add_xml(&value, text);
	buf_printf(out, " %s=\"", name);
	for (const char *c = buf_text(&value); *c != '\0'; c++)
		buf_add_text(out, *c == '\n' ? "&#10;" : (const char[]){*c, '\0'});
	buf_add_char(out, '"');
}

static void add_time(struct buf *out, int64_t elapsed_ms)
{
	buf_printf(out, " time=\"%lld.%03lld\"", (long long)(elapsed_ms / 1000),
		(long long)(elapsed_ms % 1000));
}

static void begin_junit(struct test_report *r)
{
	(void)r;
}

/* The start tag of a suite, with what the report counted for it. */
static void begin_suite(struct test_report *r, const char *name, unsigned tests, unsigned errors)
{
	char host[256] = "", stamp[TIME_TEXT_SIZE];
	if (gethostname(host, sizeof host - 1) != 0 || host[0] == '\0')
		snprintf(host, sizeof host, "localhost");
	time_format_iso8601(r->suite_began_ms, stamp);
	stamp[TIMESTAMP_LENGTH] = '\0';
	buf_printf(&r->suites, "  <testsuite id=\"%u\" package=\"ropes\"", r->suite_count++);
	add_attribute(&r->suites, "name", name);
	add_attribute(&r->suites, "hostname", host);
	buf_printf(&r->suites,
		" timestamp=\"%s\" tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\"",
		stamp, tests, r->suite_counts[TUTOR_TEST_FAILED], errors,
		r->suite_counts[TUTOR_TEST_SKIPPED]);
	add_time(&r->suites, r->suite_elapsed_ms);
	buf_add_text(&r->suites, ">\n");
}

static void end_suite(struct test_report *r)
{
	if (r->name == NULL)
		return;
	begin_suite(r, r->name, sum(r->suite_counts), 0);
	buf_printf(&r->suites,
		"    <properties>\n      <property name=\"seed\" value=\"%llu\"/>\n    </properties>\n%s    <system-out>",
		(unsigned long long)r->seed, buf_text(&r->cases));
	add_xml(&r->suites, buf_text(&r->notes));
	buf_add_text(&r->suites, "</system-out>\n    <system-err/>\n  </testsuite>\n");
	buf_truncate(&r->cases, 0);
	buf_truncate(&r->notes, 0);
	memset(r->suite_counts, 0, sizeof r->suite_counts);
	r->suite_elapsed_ms = 0;
	r->name = NULL;
}

static void begin_junit_course(struct test_report *r)
{
	r->suite_began_ms = clock_wall_ms();
}

static void add_failure(
	struct buf *out, const struct tutor_test_point *p, const char *place, const char *shell)
{
	cleanup_free char *message = xasprintf("%s: %s", place, p->why);
	cleanup_free char *text = xasprintf("%s\n%s%s%s%s", message,
		p->detail != NULL ? p->detail : "", shell != NULL ? "Shell in this state: " : "",
		shell != NULL ? shell : "", shell != NULL ? "\n" : "");
	buf_add_text(out, "      <failure type=\"ropes\"");
	add_attribute(out, "message", message);
	buf_add_char(out, '>');
	add_xml(out, text);
	buf_add_text(out, "</failure>\n");
}

static void add_junit(struct test_report *r, const struct tutor_test_point *p, const char *shell)
{
	cleanup_free char *place = place_of(p);
	cleanup_free char *name = name_of(p);
	cleanup_free char *full = xasprintf("%s (line %d)", name, p->line);
	struct buf *out = &r->cases;
	r->suite_counts[p->outcome]++;
	r->suite_elapsed_ms += p->elapsed_ms;
	buf_add_text(out, "    <testcase");
	add_attribute(out, "name", full);
	add_attribute(out, "classname", p->path);
	add_time(out, p->elapsed_ms);
	buf_add_text(out, ">\n");
	if (p->outcome == TUTOR_TEST_FAILED)
		add_failure(out, p, place, shell);
	if (p->outcome == TUTOR_TEST_SKIPPED) {
		buf_add_text(out, "      <skipped");
		add_attribute(out, "message", p->why);
		buf_add_text(out, "/>\n");
	}
	buf_add_text(out, "    </testcase>\n");
	if (p->outcome == TUTOR_TEST_WARNED)
		buf_printf(&r->notes, "%s: warning: %s\n%s", place, p->why,
			p->detail != NULL ? p->detail : "");
}

/* A test that ended early is an error of a case of its own. */
static void add_lost(struct test_report *r, const char *lost)
{
	r->suite_began_ms = clock_wall_ms();
	begin_suite(r, "end", 1, 1);
	buf_add_text(&r->suites,
		"    <properties/>\n    <testcase name=\"the test ends early\" classname=\"ropes\" time=\"0.000\">\n      <error type=\"ropes\"");
	add_attribute(&r->suites, "message", lost);
	buf_add_text(&r->suites,
		"/>\n    </testcase>\n    <system-out/>\n    <system-err/>\n  </testsuite>\n");
}

static void end_junit(struct test_report *r, const char *lost)
{
	end_suite(r);
	if (lost != NULL)
		add_lost(r, lost);
	printf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n%s</testsuites>\n",
		buf_text(&r->suites));
}

/* ---- by name ---- */

static const struct format formats[] = {
	{"human", begin_human, begin_human_course, add_human, end_human},
	{"tap", begin_tap, begin_tap_course, add_tap, end_tap},
	{"junit", begin_junit, begin_junit_course, add_junit, end_junit},
};

bool test_report_open(
	const char *name, uint64_t seed, const struct screen *screen, struct test_report **ret)
{
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++) {
		if (!text_same(formats[i].name, name))
			continue;
		struct test_report *r = xcalloc(1, sizeof *r);
		r->format = &formats[i];
		r->seed = seed;
		r->screen = screen;
		r->began_ms = clock_monotonic_ms();
		r->format->begin(r);
		*ret = r;
		return true;
	}
	return false;
}

void test_report_course(struct test_report *r, const char *name, const char *title)
{
	end_suite(r);
	r->name = name;
	r->title = title;
	r->format->begin_course(r);
	fflush(stdout);
}

void test_report_point(
	struct test_report *r, const struct tutor_test_point *point, const char *shell)
{
	r->counts[point->outcome]++;
	r->format->add(r, point, shell);
	fflush(stdout);
}

void test_report_line(struct test_report *r, const char *text)
{
	bool human = r->format->add == add_human;
	print_lines(human ? stdout : stderr, "", text);
}

unsigned test_report_count(const struct test_report *r)
{
	return r != NULL ? sum(r->counts) : 0;
}

unsigned test_report_failed(const struct test_report *r)
{
	return r != NULL ? r->counts[TUTOR_TEST_FAILED] : 0;
}

void test_report_close(struct test_report *r, const char *lost)
{
	if (r == NULL)
		return;
	r->format->end(r, lost);
	buf_finish(&r->suites);
	buf_finish(&r->cases);
	buf_finish(&r->notes);
	free(r);
}
