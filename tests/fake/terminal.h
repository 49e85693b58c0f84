/*
 * tests/fake/terminal.h - somebody at a terminal: a pty, and a thread that waits for words on the
 * screen and then types, row by row. What was shown is kept.
 *
 *     static const struct fake_typing typing[] = {{"1 › ", "docker ps\r"}, {"exit", ":quit\r"}};
 *     struct fake_terminal *terminal = fake_terminal_open(typing, ARRAY_LENGTH(typing));
 *     … a program whose input and output is fake_terminal_fd(terminal) …
 *     char *shown = fake_terminal_close(terminal);
 */
#ifndef TESTS_FAKE_TERMINAL_H
#define TESTS_FAKE_TERMINAL_H

#include <stddef.h>

struct fake_typing {
	const char *wait_for; /* in what was shown since the row before; NULL: do not wait */
	const char *type;     /* as bytes: "\r" is Enter, "\x03" is ^C. NULL: hang up */
};

struct fake_terminal;
/* The rows live until it is closed. A failure ends the test. */
struct fake_terminal *fake_terminal_open(const struct fake_typing *typing, size_t count);
/* The program's side of it. */
int fake_terminal_fd(const struct fake_terminal *terminal);
/* Waits until the rows are typed, closes it, and gives what was shown, without escape sequences. A
 * row that waited in vain for half a minute ends the test, which shows the last words. The caller
 * frees it. */
char *fake_terminal_close(struct fake_terminal *terminal);

#endif
