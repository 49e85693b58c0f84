/* explain/explanation.c - names for speakers and confidence; parts of an explanation */
#include "explanation.h"

#include <stdlib.h>

const char *explain_speaker_name(enum explain_speaker speaker)
{
	static const char *const names[] = {"unknown", "shell", "client", "daemon", "runtime",
		"build", "compose", "gate", "program", "other"};
	return names[speaker];
}

const char *explain_confidence_name(enum explain_confidence confidence)
{
	static const char *const names[] = {"certain", "likely", "partial"};
	return names[confidence];
}

void explanation_add_operand(struct explanation *x, const char *value)
{
	if (value != NULL && *value != '\0' && !words_has(&x->operands, value))
		words_add(&x->operands, value);
}

/* Where code has a colour and no quotes, a full stop after "docker build ." would be read as part
 * of it. */
void explanation_add_repaired(const char *repaired, struct buf *hint)
{
	if (repaired == NULL)
		return;
	buf_add_text(hint, hint->length > 0 ? " " : "");
	buf_printf(hint, text_ends(repaired, ".") ? _("Write `%s`") : _("Write `%s`."), repaired);
}

void explain_finish(struct explanation *x)
{
	free(x->rule);
	free(x->topic);
	free(x->cause);
	words_finish(&x->operands);
	free(x->what);
	free(x->why);
	free(x->hint);
	free(x->repaired);
	free(x->left);
	free(x->image);
	*x = (struct explanation){0};
}
