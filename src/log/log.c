/* log/log.c - formats events and writes each with one call, so that lines of threads do not mix */
#include "log.h"
#include "json.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 400 /* bytes of one value: a line stays below what a pipe takes at once */

struct log {
	int fd;
	enum log_form form;
	enum log_level least;
};

static const char *const levels[] = {
	[LOG_INFO] = "info", [LOG_WARNING] = "warning", [LOG_ERROR] = "error"};

struct log *log_create(int fd, enum log_form form, enum log_level least)
{
	struct log *log = xcalloc(1, sizeof *log);
	*log = (struct log){fd, form, least};
	return log;
}

void log_destroy(struct log *log)
{
	free(log);
}

/* Replaces what must not reach a terminal or a log's reader. The caller frees the text. */
static char *clean_text(const char *text)
{
	struct buf out = {0};
	size_t length = strlen(text);
	for (size_t at = 0; at < length;) {
		uint32_t point;
		size_t used = utf8_decode(text + at, length - at, &point);
		if (out.length + used > TEXT_MAX) {
			buf_add_text(&out, "…");
			break;
		}
		if (point == ' ' || utf8_is_shown(point))
			utf8_encode(&out, point);
		else
			buf_add_char(&out, '?');
		at += used;
	}
	return buf_steal(&out);
}

static void add_word(struct buf *out, const char *text)
{
	cleanup_free char *clean = clean_text(text);
	if (*clean != '\0' && strpbrk(clean, " \"=\\") == NULL) {
		buf_add_text(out, clean);
		return;
	}
	buf_add_char(out, '"');
	for (const char *at = clean; *at != '\0'; at++) {
		if (*at == '"' || *at == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, *at);
	}
	buf_add_char(out, '"');
}

static void format_text(struct buf *out, const char *time, const char *level, const char *event,
	const struct log_field *fields, size_t count)
{
	buf_printf(out, "%s %s %s", time, level, event);
	for (size_t i = 0; i < count; i++) {
		buf_printf(out, " %s=", fields[i].name);
		if (fields[i].text != NULL)
			add_word(out, fields[i].text);
		else
			buf_printf(out, "%lld", (long long)fields[i].number);
	}
}

static void format_json(struct buf *out, const char *time, const char *level, const char *event,
	const struct log_field *fields, size_t count)
{
	cJSON *line = cJSON_CreateObject();
	cJSON_AddStringToObject(line, "time", time);
	cJSON_AddStringToObject(line, "level", level);
	cJSON_AddStringToObject(line, "event", event);
	for (size_t i = 0; i < count; i++) {
		if (fields[i].text == NULL) {
			cJSON_AddNumberToObject(line, fields[i].name, (double)fields[i].number);
			continue;
		}
		cleanup_free char *clean = clean_text(fields[i].text);
		cJSON_AddStringToObject(line, fields[i].name, clean);
	}
	cleanup_free char *text = json_print_take(line);
	buf_add_text(out, text);
}

void log_format(struct buf *out, enum log_form form, int64_t wall_ms, enum log_level level,
	const char *event, const struct log_field *fields, size_t count)
{
	char time[TIME_TEXT_SIZE];
	time_format_iso8601(wall_ms, time);
	(form == LOG_JSON ? format_json : format_text)(
		out, time, levels[level], event, fields, count);
}

void log_write(struct log *log, enum log_level level, const char *event,
	const struct log_field *fields, size_t count)
{
	cleanup_buf struct buf line = {0};
	if (log == NULL || level < log->least)
		return;
	log_format(&line, log->form, clock_wall_ms(), level, event, fields, count);
	buf_add_char(&line, '\n');
	(void)fd_write(log->fd, buf_text(&line), line.length, NULL); /* whom could one tell? */
}

void log_failure(struct log *log, const char *event, const struct error *err)
{
	const struct log_field cause = {"cause", error_text(err), 0};
	log_write(log, LOG_ERROR, event, &cause, 1);
}
