/* tests/lint/test_lint.c - what is wrong with notes, where, and in which words; reports as JSON and
 * as SARIF */
#include "lint.h"
#include "json.h"
#include "suite.h"

static struct words images;

static void add_images(void)
{
	static const char *const names[] = {
		"alpine:latest", "alpine:3", "nginx:latest", "docker/getting-started:latest", NULL};
	words_finish(&images);
	words_add_all(&images, names);
}

static void lint_note(const char *path, struct lint_report *ret)
{
	struct course *course;
	struct error err = {0};
	add_images();
	ck_assert_msg(course_load(path, &course, &err), "%s", error_text(&err));
	lint_check_course(course, &images, ret);
	lint_sort(ret);
	course_destroy(course);
}

/* "LINE:COLUMN-COLUMN level rule", and the message. */
static void print_report(const char *path, struct buf *out)
{
	struct lint_report report = {0};
	lint_note(path, &report);
	for (size_t i = 0; i < report.count; i++) {
		const struct lint_problem *p = &report.items[i];
		buf_printf(out, "%s:%d:%d-%d:%d %s %s: %s\n", path_base(p->path), p->line,
			p->column, p->end_line, p->end_column, lint_level_name(p->level),
			p->rule->name, p->message);
	}
	lint_finish(&report);
}

START_TEST(every_fault_is_found_at_its_place)
{
	ck_assert_uint_eq(suite_golden_notes("faults", ".lint", print_report), 1);
}
END_TEST

/* A note, and its only problem: where, its level, its rule. */
static const struct {
	const char *note, *problem;
} notes[] = {
	{"# A\n\nWords.\n", ""},
	{"# A\n\n```console\n$ docker ps\n```\n", ""},
	/* docker's command line */
	{"# A\n\n```console\n$ docker run -rm alpine true\n```\n", "4:14-17 warning single-dash"},
	{"# A\n\n```console\n$ docker ps --nosuch\n```\n", "4:13-21 warning unknown-option"},
	{"# A\n\n```console\n$ docker rum alpine\n```\n", "4:10-13 warning unknown-command"},
	{"# A\n\n```console\n$ docker run alpine true --rm\n```\n", ""},
	{"# A\n\n```console\n$ docker run alpine --rm\n```\n", "4:21-25 warning late-option"},
	{"# A\n\n```console\n$ docker run -v ./my dir:/app alpine ls\n```\n",
		"4:22-30 warning split-value"},
	{"# A\n\n```console\n$ docker run --name\n```\n",
		"4:14-20 warning missing-value; 4:20-20 warning missing-operand"},
	{"# A\n\n```console\n$ docker stop\n```\n", "4:14-14 warning missing-operand"},
	{"# A\n\n```console\n$ docker run -p 80:x alpine\n```\n", "4:17-21 warning bad-value"},
	{"# A\n\n```console\n$ cd /tmp && docker ps --nosuch\n```\n",
		"4:24-32 warning unknown-option"},
	{"# A\n\n- item\n\n  ```sh\n  docker ps \\\n    --nosuch\n  ```\n",
		"7:5-13 warning unknown-option"},
	{"# A\n\n```console\n$ docker run \\\n>   -rm alpine\n```\n", "5:5-8 warning single-dash"},
	{"# A\n\n> ```console\n> $ docker ps --nosuch\n> ```\n", "4:15-23 warning unknown-option"},
	{"# A\n\n```console\n$ docker run --help\n```\n", ""},
	/* what is shown as a mistake */
	{"# A\n\n```console\n$ docker ps --nosuch\nunknown flag: --nosuch\n```\n",
		"4:13-21 note unknown-option"},
	{"# A\n\n```console\n$ docker ps --nosuch\n```\n<!-- check\nexit nonzero\n-->\n",
		"4:13-21 note unknown-option"},
	{"# A\n\n```console\n$ docker ps --nosuch\n```\n<!-- skip: a mistake -->\n",
		"4:13-21 note unknown-option"},
	/* images */
	{"# A\n\n```console\n$ docker run --rm redis:7 true\n```\n",
		"4:19-26 warning missing-image"},
	{"# A\n\n```console\n$ docker pull alpine:2.6\n```\n", "4:15-25 warning missing-image"},
	{"# A\n\n```console\n$ docker pull docker.io/library/alpine\n```\n", ""},
	{"# A\n\n```console\n$ docker run --rm $IMAGE true\n```\n", ""},
	{"# A\n\n```console\n$ docker build -t mine .\n$ docker run --rm mine\n```\n", ""},
	{"# A\n\n```console\n$ docker tag alpine own:1\n$ docker run --rm own:1 true\n```\n", ""},
	{"# A\n\n```console\n$ docker run --rm redis:7 true\n```\n<!-- skip: slow -->\n", ""},
	{"# A\n\n```dockerfile\nFROM golang:1 AS build\nFROM build\nFROM scratch\n```\n",
		"4:6-14 warning missing-image"},
	/* tasks and checks */
	{"# A\n\n🧪 Do.\n<!-- task a\ncheck: container a is flying\nsolution: true\n-->\n",
		"5:8-29 error check"},
	{"# A\n\n🧪 Do.\n<!-- task a\ncheck: container a exists\nsolution: docker rum a\n-->\n",
		"6:18-21 warning unknown-command"},
	{"# A\n\n🧪 Do.\n<!-- task a\ncheck: container a exists\n-->\n",
		"3:1-1 warning task-without-solution"},
	{"# A\n\n```console\n$ true\n```\n<!-- setup: docker ps --nosuch -->\n",
		"6:23-31 warning unknown-option"},
	{"# A\n\n```console\n$ true\n```\n<!-- needs: rain -->\n", "6:13-17 error format"},
	{"# A\n\n```console\n$ true\n```\n<!-- quiz: gone -->\n", "6:12-16 error missing-question"},
	{"# A\n\nSee [[gone]].\n", "3:7-11 error format"},
	{"# Ä\n\nÄÖÜ [[gone]].\n", "3:7-11 error format"},
	/* nothing found */
	{"# A\n\n```yaml\n- docker ps -a\n- docker images -q\n```\n", "4:1-1 warning no-commands"},
	{"# A\n\n```yaml\n- docker ps -a\n```\n", ""},
	{"# A\n\n````markdown\n- docker ps -a\n- docker images -q\n````\n", ""},
};

START_TEST(problems_have_places)
{
	struct lint_report report = {0};
	cleanup_buf struct buf text = {0};
	cleanup_free char *path = suite_file("a.md", notes[_i].note, strlen(notes[_i].note));
	lint_note(path, &report);
	for (size_t i = 0; i < report.count; i++) {
		const struct lint_problem *p = &report.items[i];
		buf_printf(&text, "%s%d:%d-%d %s %s", i > 0 ? "; " : "", p->line, p->column,
			p->end_column, lint_level_name(p->level), p->rule->name);
	}
	ck_assert_msg(text_same(buf_text(&text), notes[_i].problem),
		"%s\nshould have the problem '%s', and has '%s': %s", notes[_i].note,
		notes[_i].problem, buf_text(&text),
		report.count > 0 ? report.items[0].message : "");
	lint_finish(&report);
}
END_TEST

/* Each fault of a command line that is known has a rule: lint has no words of its own for it. */
START_TEST(every_explained_line_has_rules)
{
	cleanup_free char *path = suite_data("explain/cases.txt");
	cleanup_buf struct buf cases = {0}, note = {0};
	struct lint_report report = {0};
	size_t count = 0;
	ck_assert(file_read(path, 1 << 24, &cases, NULL));
	buf_add_text(&note, "# A\n");
	for (const char *line = buf_text(&cases); *line != '\0'; line = text_next_line(line)) {
		const char *rule = line + strcspn(line, "|\n");
		const char *command = rule + (*rule == '|');
		command += strcspn(command, "|\n");
		if (*line == '#' || *command != '|')
			continue;
		buf_printf(&note, "\n```console\n$ %.*s\n```\n", (int)strcspn(command + 1, "|\n"),
			command + 1);
		count++;
	}
	cleanup_free char *made = suite_file("cases.md", note.data, note.length);
	lint_note(made, &report);
	ck_assert_uint_ge(count, 300);
	ck_assert_uint_gt(report.count, 0);
	lint_finish(&report);
}
END_TEST

/* A subset of the schema: what a reader needs, and nothing it does not allow. */
static void check_members(const cJSON *object, const char *needed, const char *allowed)
{
	cleanup_free char *known = xasprintf(" %s %s ", needed, allowed);
	ck_assert(cJSON_IsObject(object));
	for (const cJSON *member = object->child; member != NULL; member = member->next) {
		cleanup_free char *word = xasprintf(" %s ", member->string);
		ck_assert_msg(
			strstr(known, word) != NULL, "unexpected member '%s'", member->string);
	}
	for (const char *name = needed; *name != '\0';) {
		size_t length = strcspn(name, " ");
		cleanup_free char *word = xstrndup(name, length);
		ck_assert_msg(json_get(object, word) != NULL, "no member '%s'", word);
		name += length + (name[length] == ' ');
	}
}

static void check_result(const cJSON *result, const cJSON *rules)
{
	check_members(result, "ruleId ruleIndex level message locations", "");
	int64_t index = json_get_integer_or(result, "ruleIndex", 0, 1000, -1);
	const cJSON *rule = cJSON_GetArrayItem(rules, (int)index);
	ck_assert_str_eq(json_get_text(rule, "id"), json_get_text(result, "ruleId"));
	const char *level = json_get_text(result, "level");
	ck_assert(text_same(level, "error") || text_same(level, "warning") ||
		  text_same(level, "note"));
	check_members(json_get(result, "message"), "text", "");
	const cJSON *location = cJSON_GetArrayItem(json_get(result, "locations"), 0);
	check_members(location, "physicalLocation", "");
	const cJSON *physical = json_get(location, "physicalLocation");
	check_members(physical, "artifactLocation region", "");
	check_members(json_get(physical, "artifactLocation"), "uri", "");
	const char *uri = json_get_text(json_get(physical, "artifactLocation"), "uri");
	ck_assert(strpbrk(uri, " \"<>\\^`{|}") == NULL);
	const cJSON *region = json_get(physical, "region");
	check_members(region, "startLine startColumn endLine endColumn", "");
	for (const cJSON *number = region->child; number != NULL; number = number->next)
		ck_assert_int_ge(number->valueint, 1);
}

START_TEST(reports_are_json_and_sarif)
{
	struct lint_report report = {0};
	cleanup_buf struct buf json = {0}, sarif = {0}, human = {0};
	cleanup_free char *data = suite_data("faults/faults.md");
	enum lint_format format;
	lint_note(data, &report);
	lint_write(&report, LINT_HUMAN, &human);
	lint_write(&report, LINT_JSON, &json);
	lint_write(&report, LINT_SARIF, &sarif);
	size_t lines = 0;
	for (const char *c = buf_text(&human); *c != '\0'; c++)
		lines += *c == '\n';
	ck_assert_uint_eq(lines, report.count);

	cJSON *root = json_parse(&json);
	const cJSON *problems = json_get(root, "problems");
	ck_assert_int_eq(cJSON_GetArraySize(problems), (int)report.count);
	const cJSON *one;
	cJSON_ArrayForEach(one, problems)
		check_members(
			one, "path line column end_line end_column level rule message", "repaired");
	ck_assert_int_eq(json_get_integer_or(root, "errors", 0, 99, -1) +
				 json_get_integer_or(root, "warnings", 0, 99, -1) +
				 json_get_integer_or(root, "notes", 0, 99, -1),
		(int)report.count);
	cJSON_Delete(root);

	root = json_parse(&sarif);
	check_members(root, "$schema version runs", "");
	ck_assert_str_eq(json_get_text(root, "version"), "2.1.0");
	const cJSON *run = cJSON_GetArrayItem(json_get(root, "runs"), 0);
	check_members(run, "tool columnKind results", "");
	const cJSON *driver = json_get(json_get(run, "tool"), "driver");
	check_members(driver, "name version rules", "");
	const cJSON *rules = json_get(driver, "rules");
	ck_assert_int_eq(cJSON_GetArraySize(json_get(run, "results")), (int)report.count);
	cJSON_ArrayForEach(one, json_get(run, "results"))
		check_result(one, rules);
	cJSON_Delete(root);
	lint_finish(&report);
	ck_assert(!lint_format_named("xml", &format));
}
END_TEST

START_TEST(unreadable_files_are_problems)
{
	struct lint_report report = {0};
	lint_check_bank("/nonexistent/bank.gift", &report);
	lint_add_unreadable("my notes/b.md", "it is empty", &report);
	ck_assert_uint_eq(lint_count(&report, LINT_ERROR), 2);
	cleanup_buf struct buf sarif = {0};
	lint_write(&report, LINT_SARIF, &sarif);
	ck_assert(strstr(buf_text(&sarif), "\"my%20notes/b.md\"") != NULL);
	ck_assert(strstr(buf_text(&sarif), "\"file:///nonexistent/bank.gift\"") != NULL);
	lint_finish(&report);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{every_fault_is_found_at_its_place, 1},
		{problems_have_places, ARRAY_LENGTH(notes)},
		{every_explained_line_has_rules, 1},
		{reports_are_json_and_sarif, 1},
		{unreadable_files_are_problems, 1},
	};
	return suite_run("lint", tests, ARRAY_LENGTH(tests), 60);
}
