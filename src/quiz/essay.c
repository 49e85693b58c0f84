/* quiz/essay.c - questions without answers: an essay, which learners grade themselves, and a
 * description, which is only shown */
#include "private.h"

static bool accepts_nothing(struct gift_span text)
{
	return text.at == text.end;
}

static void grade_essay(const struct quiz_question *q, const size_t *order, const char *response,
	struct quiz_grade *ret)
{
	long long percent;
	(void)q, (void)order;
	if (!text_number(response, 0, 100, &percent)) {
		answers_misunderstand(ret, "Give yourself a mark from 0 to 100.");
		return;
	}
	ret->understood = true;
	ret->fraction = (double)percent / 100;
}

static void respond_mark(
	const struct quiz_question *q, const size_t *order, bool right, struct buf *out)
{
	(void)q, (void)order;
	buf_add_text(out, right ? "100" : "0");
}

const struct kind quiz_kind_essay = {
	.face = {.name = "essay", .prompt = N_("your own mark, 0 to 100 › ")},
	.accepts = accepts_nothing,
	.grade = grade_essay,
	.respond = respond_mark,
	.type = "essay",
};

const struct kind quiz_kind_description = {.face = {.name = "description"}, .type = "description"};
