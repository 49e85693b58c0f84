/* export/export.c - the formats */
#include "private.h"

bool export_find_format(const char *name, enum export_format *ret)
{
	static const char *const names[] = {
		[EXPORT_MD] = "md",
		[EXPORT_CSV] = "csv",
		[EXPORT_JSON] = "json",
		[EXPORT_XAPI] = "xapi",
		[EXPORT_GIFT] = "gift",
		[EXPORT_ANKI] = "anki",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (text_same(names[i], name)) {
			*ret = (enum export_format)i;
			return true;
		}
	return false;
}

static bool append_statement(void *data, const char *json)
{
	struct buf *out = data;
	buf_printf(out, "%s\n%s", out->data[out->length - 1] == '[' ? "" : ",", json);
	return true;
}

/* Each statement is the text that the record keeps. */
static bool write_statements(const struct export_source *source, struct buf *out, struct error *err)
{
	buf_add_char(out, '[');
	if (!record_statements(source->record, source->progress->learner, source->only,
		    append_statement, out, err))
		return false;
	buf_add_text(out, "\n]\n");
	return true;
}

static void note_lacking(const struct account *account, struct words *ret)
{
	for (size_t i = 0; i < account->course_count; i++) {
		const struct account_course *c = &account->courses[i];
		bool lacks = false;
		for (size_t k = 0; k < c->item_count; k++)
			lacks = lacks || account_is_missed(&c->items[k]);
		if (lacks && c->course == NULL)
			words_add(ret, c->recorded->title);
	}
}

bool export_write(const struct export_source *source, enum export_format format, struct buf *out,
	struct words *ret_lacking, struct error *err)
{
	struct account account = {0};
	if (format == EXPORT_XAPI)
		return write_statements(source, out, err);
	if (!account_read(source, &account, err))
		return false;
	switch (format) {
	case EXPORT_MD:
		markdown_write(&account, source->progress->learner, out);
		break;
	case EXPORT_CSV:
		data_write_csv(&account, out);
		break;
	case EXPORT_JSON:
		data_write_json(&account, source->progress, out);
		break;
	case EXPORT_GIFT:
		cards_write_gift(&account, out);
		break;
	case EXPORT_ANKI:
		cards_write_anki(&account, out);
		break;
	case EXPORT_XAPI:
		break;
	}
	if (format == EXPORT_GIFT || format == EXPORT_ANKI)
		note_lacking(&account, ret_lacking);
	account_finish(&account);
	return true;
}
