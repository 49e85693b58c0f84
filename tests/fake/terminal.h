/*
 * tests/fake/terminal.h - a person at a terminal: a pty, and a thread that waits for words on the
 * screen and then types, row by row. It keeps all output.
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
	const char *wait_for; /* in the output since the previous row; NULL: do not wait */
	const char *type;     /* bytes: "\r" is Enter, "\x03" is ^C; NULL: hang up */
};

struct fake_terminal;
/* The rows must live until fake_terminal_close(). A failure ends the test. */
struct fake_terminal *fake_terminal_open(const struct fake_typing *typing, size_t count);
/* The program's side of it. */
int fake_terminal_fd(const struct fake_terminal *terminal);
/* Waits until all rows are typed, closes the terminal, and returns the output without escape
 * sequences; the caller frees it. If a row waits for half a minute, the test fails and prints the
 * end of the output. */
char *fake_terminal_close(struct fake_terminal *terminal);

#endif
