/* serve/chores.h - work that the clock starts: reminders of overdue courses by mail, erasing people
 * who have been inactive for long, dropping what has expired */
#ifndef SERVE_CHORES_H
#define SERVE_CHORES_H

#include "serve.h"

struct chores;
/* `url`: the address of the team's pages, for mails. */
bool chores_open(const struct serve_options *options, const char *url, struct chores **ret,
	struct error *err);
void chores_close(struct chores *chores); /* NULL does nothing */

#endif
