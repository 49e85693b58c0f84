/*
 * tests/fake/machine.h - a fake practice machine: the test sets its answers. It replaces
 * src/machine at link time, together with tests/fake/sandbox.h. No program runs in it.
 */
#ifndef TESTS_FAKE_MACHINE_H
#define TESTS_FAKE_MACHINE_H

#include "../../include/machine.h" /* not this file */

struct fake_machine {
	enum machine_state state;
	bool network, can_have_network;
	const char *const *images;      /* "alpine:3" …, ended by NULL; NULL: none */
	const char *moved_ports;        /* the text of machine_moved_ports(); NULL */
	unsigned short inside, outside; /* the only published port; 0: none */
	/* The error of a call; NULL: it succeeds. */
	const char *start_error, *connect_error, *image_error;
	struct words asked; /* calls: "start", "stop", "connect", "add FILE" … */
};
extern struct fake_machine fake_machine;

#endif
