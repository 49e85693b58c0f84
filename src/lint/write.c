/* lint/write.c - a report as lines for people, as JSON, and as SARIF 2.1.0 (OASIS) for code hosts
 */
#include "private.h"
#include "config.h"
#include "json.h"

#include <stdlib.h>

static const char *const levels[] = {
	[LINT_NOTE] = "note",
	[LINT_WARNING] = "warning",
	[LINT_ERROR] = "error",
};

const char *lint_level_name(enum lint_level level)
{
	return levels[level];
}

/* ---- for people ---- */

static void write_human(const struct lint_report *report, struct buf *out)
{
	cleanup_buf struct buf text = {0};
	for (size_t i = 0; i < report->count; i++) {
		const struct lint_problem *p = &report->items[i];
		buf_printf(&text, "%s:%d:%d: %s%s%s\n", p->path, p->line, p->column,
			p->level == LINT_ERROR ? "" : levels[p->level],
			p->level == LINT_ERROR ? "" : ": ", p->message);
	}
	utf8_add_harmless(out, buf_text(&text)); /* others chose the files' names */
}

/* ---- JSON ---- */

static void write_json(const struct lint_report *report, struct buf *out)
{
	cJSON *root = cJSON_CreateObject();
	cJSON *list = cJSON_AddArrayToObject(root, "problems");
	for (size_t i = 0; i < report->count; i++) {
		const struct lint_problem *p = &report->items[i];
		cJSON *one = cJSON_CreateObject();
		cJSON_AddStringToObject(one, "path", p->path);
		cJSON_AddNumberToObject(one, "line", p->line);
		cJSON_AddNumberToObject(one, "column", p->column);
		cJSON_AddNumberToObject(one, "end_line", p->end_line);
		cJSON_AddNumberToObject(one, "end_column", p->end_column);
		cJSON_AddStringToObject(one, "level", levels[p->level]);
		cJSON_AddStringToObject(one, "rule", p->rule->name);
		cJSON_AddStringToObject(one, "message", p->message);
		if (p->repaired != NULL)
			cJSON_AddStringToObject(one, "repaired", p->repaired);
		cJSON_AddItemToArray(list, one);
	}
	cJSON_AddNumberToObject(root, "errors", (double)lint_count(report, LINT_ERROR));
	cJSON_AddNumberToObject(root, "warnings", (double)lint_count(report, LINT_WARNING));
	cJSON_AddNumberToObject(root, "notes", (double)lint_count(report, LINT_NOTE));
	char *text = json_print_take(root);
	buf_printf(out, "%s\n", text);
	free(text);
}

/* ---- SARIF ---- */

static void add_message(cJSON *to, const char *name, const char *text)
{
	cJSON_AddStringToObject(cJSON_AddObjectToObject(to, name), "text", text);
}

static void add_rules(cJSON *driver)
{
	cJSON *rules = cJSON_AddArrayToObject(driver, "rules");
	const struct lint_rule *rule;
	for (size_t i = 0; (rule = lint_rule_at(i)) != NULL; i++) {
		cJSON *one = cJSON_CreateObject();
		cJSON_AddStringToObject(one, "id", rule->name);
		add_message(one, "shortDescription", _(rule->summary));
		cJSON_AddItemToArray(rules, one);
	}
}

static int rule_index(const struct lint_rule *rule)
{
	int i = 0;
	while (lint_rule_at((size_t)i) != rule)
		i++;
	return i;
}

static void add_location(cJSON *result, const struct lint_problem *p)
{
	struct buf uri = {0};
	buf_add_text(&uri, p->path[0] == '/' ? "file://" : "");
	url_encode(&uri, text_starts(p->path, "./") ? p->path + 2 : p->path, "/");
	cJSON *physical = cJSON_CreateObject(), *location = cJSON_CreateObject();
	cJSON_AddStringToObject(
		cJSON_AddObjectToObject(physical, "artifactLocation"), "uri", buf_text(&uri));
	cJSON *region = cJSON_AddObjectToObject(physical, "region");
	cJSON_AddNumberToObject(region, "startLine", p->line);
	cJSON_AddNumberToObject(region, "startColumn", p->column);
	cJSON_AddNumberToObject(region, "endLine", p->end_line);
	cJSON_AddNumberToObject(region, "endColumn", p->end_column);
	cJSON_AddItemToObject(location, "physicalLocation", physical);
	cJSON_AddItemToArray(cJSON_AddArrayToObject(result, "locations"), location);
	buf_finish(&uri);
}

static void add_results(cJSON *run, const struct lint_report *report)
{
	cJSON *results = cJSON_AddArrayToObject(run, "results");
	for (size_t i = 0; i < report->count; i++) {
		const struct lint_problem *p = &report->items[i];
		cJSON *one = cJSON_CreateObject();
		cJSON_AddStringToObject(one, "ruleId", p->rule->name);
		cJSON_AddNumberToObject(one, "ruleIndex", rule_index(p->rule));
		cJSON_AddStringToObject(one, "level", levels[p->level]);
		add_message(one, "message", p->message);
		add_location(one, p);
		cJSON_AddItemToArray(results, one);
	}
}

static void write_sarif(const struct lint_report *report, struct buf *out)
{
	cJSON *root = cJSON_CreateObject(), *run = cJSON_CreateObject();
	cJSON_AddStringToObject(root, "$schema",
		"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json");
	cJSON_AddStringToObject(root, "version", "2.1.0");
	cJSON_AddItemToArray(cJSON_AddArrayToObject(root, "runs"), run);
	cJSON *driver = cJSON_AddObjectToObject(cJSON_AddObjectToObject(run, "tool"), "driver");
	cJSON_AddStringToObject(driver, "name", "ropes");
	cJSON_AddStringToObject(driver, "version", ROPES_VERSION);
	add_rules(driver);
	cJSON_AddStringToObject(run, "columnKind", "unicodeCodePoints");
	add_results(run, report);
	char *text = json_print_take(root);
	buf_printf(out, "%s\n", text);
	free(text);
}

/* ---- by name ---- */

static const struct {
	const char *name;
	void (*write)(const struct lint_report *report, struct buf *out);
} formats[] = {
	[LINT_HUMAN] = {"human", write_human},
	[LINT_JSON] = {"json", write_json},
	[LINT_SARIF] = {"sarif", write_sarif},
};

bool lint_format_named(const char *name, enum lint_format *ret)
{
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
		if (text_same(formats[i].name, name)) {
			*ret = (enum lint_format)i;
			return true;
		}
	return false;
}

void lint_write(const struct lint_report *report, enum lint_format format, struct buf *out)
{
	formats[format].write(report, out);
}
