/* export/cards.c - questions that were answered wrongly: as a bank in GIFT, and as cards for Anki
 * (docs.ankiweb.net, Importing, Text Files) */
#include "private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Calls `each` with the missed questions whose bank is here. */
static void visit_missed(const struct account *account,
	void (*each)(void *data, const struct account_course *c, const struct item *item),
	void *data)
{
	for (size_t i = 0; i < account->course_count; i++)
		for (size_t k = 0; k < account->courses[i].item_count; k++) {
			const struct item *item = &account->courses[i].items[k];
			if (account_is_missed(item) && item->question != NULL)
				each(data, &account->courses[i], item);
		}
}

/* ---- GIFT ---- */

struct bank {
	struct quiz_question *questions;
	size_t count;
};

static void add_to_bank(void *data, const struct account_course *c, const struct item *item)
{
	struct bank *bank = data;
	(void)c;
	bank->questions = array_grow(bank->questions, bank->count, sizeof *bank->questions);
	bank->questions[bank->count++] = *item->question;
}

void cards_write_gift(const struct account *account, struct buf *out)
{
	struct bank bank = {0};
	visit_missed(account, add_to_bank, &bank);
	buf_printf(out, "// %s\n\n", _("Questions that were answered wrongly"));
	const struct quiz quiz = {.questions = bank.questions, .question_count = bank.count};
	quiz_print(&quiz, out);
	free(bank.questions);
}

/* ---- Anki ---- */

/* Appends a text as HTML on one line without tabs and quotes; code in `…` is code. */
static void add_card_text(struct buf *out, const char *text)
{
	static const struct {
		char c;
		const char *html;
	} signs[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\n', "<br>"},
		{'\t', " "}, {'\r', ""}};
	bool code = false;
	for (const char *c = text; *c != '\0'; c++) {
		size_t i = 0;
		while (i < ARRAY_LENGTH(signs) && signs[i].c != *c)
			i++;
		if (*c == '`' && (code || strchr(c + 1, '`') != NULL)) {
			code = !code;
			buf_add_text(out, code ? "<code>" : "</code>");
		} else if (i < ARRAY_LENGTH(signs)) {
			buf_add_text(out, signs[i].html);
		} else {
			buf_add_char(out, *c);
		}
	}
}

static void add_card_option(void *data, const char *mark, const char *text)
{
	struct buf *out = data;
	buf_add_text(out, "<br>");
	add_card_text(out, mark);
	add_card_text(out, text);
}

/* Tags have no blanks. */
static void add_card_tag(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++)
		buf_add_char(out, strchr(" \t\n\"", *text) != NULL ? '_' : *text);
}

static uint64_t card_hash(const struct account_course *c, const struct item *item)
{
	const char *const parts[] = {c->recorded->course, item->lesson, item->id};
	uint64_t hash = HASH_START;
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
		hash = hash_bytes(hash, parts[i], strlen(parts[i]) + 1);
	return hash;
}

static void add_card(void *data, const struct account_course *c, const struct item *item)
{
	struct buf *out = data;
	if (item->solution[0] == '\0' && item->explanation[0] == '\0')
		return; /* the back would be empty: an essay */
	buf_printf(out, "ropes-%016" PRIx64 "\t", card_hash(c, item));
	add_card_text(out, item->text);
	wording_list_options(item, add_card_option, out);
	buf_add_char(out, '\t');
	add_card_text(out, item->solution);
	if (item->explanation[0] != '\0') {
		buf_add_text(out, "<br><br>");
		add_card_text(out, item->explanation);
	}
	buf_add_text(out, "\tropes::");
	add_card_tag(out, c->recorded->course);
	buf_add_text(out, "::");
	add_card_tag(out, item->lesson);
	buf_add_char(out, '\n');
}

/* A card keeps its guid, so that importing again updates it. */
void cards_write_anki(const struct account *account, struct buf *out)
{
	buf_add_text(out, "#separator:tab\n#html:true\n#deck:ropes\n#guid column:1\n"
			  "#tags column:4\n");
	visit_missed(account, add_card, out);
}
