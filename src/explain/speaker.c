/* explain/speaker.c - names of what an explanation says of itself, in rules and in JSON */
#include "explain.h"

const char *explain_speaker_name(enum explain_speaker speaker)
{
	static const char *const names[] = {"unknown", "shell", "client", "daemon", "runtime",
		"build", "compose", "gate", "program", "other"};
	return names[speaker];
}

const char *explain_confidence_name(enum explain_confidence confidence)
{
	return confidence == EXPLAIN_CERTAIN ? "certain" : "likely";
}
