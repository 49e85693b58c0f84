/* serve/reminders.h - mails to people whose courses are overdue */
#ifndef SERVE_REMINDERS_H
#define SERVE_REMINDERS_H

#include "serve.h"

struct reminders;
bool reminders_open(const struct serve_options *options, const char *url, struct reminders **ret,
	struct error *err);
void reminders_close(struct reminders *reminders); /* NULL does nothing */
/* Sends what is due: one mail to each person for all courses that are overdue, when one becomes so
 * and then once a week. False: the mail server failed; the rest waits. */
bool reminders_send(struct reminders *reminders, struct error *err);

#endif
