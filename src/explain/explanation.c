/* explain/explanation.c - names for speakers and confidence, and freeing an explanation */
#include "explain.h"

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

void explain_finish(struct explanation *x)
{
	free(x->rule);
	free(x->topic);
	free(x->cause);
	free(x->what);
	free(x->why);
	free(x->hint);
	free(x->repaired);
	free(x->left);
	free(x->image);
	*x = (struct explanation){0};
}
