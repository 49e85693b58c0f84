/*
 * tests/fake/machine.h - a practice machine that is none: what it tells of itself is set by the
 * test. Linked in the place of src/machine, with tests/fake/sandbox.h. Programs can't be run in it.
 */
#ifndef TESTS_FAKE_MACHINE_H
#define TESTS_FAKE_MACHINE_H

#include "../../include/machine.h" /* not this file */

struct fake_machine {
	enum machine_state state;
	bool network, can_have_network;
	const char *const *images;      /* "alpine:3" …, ended by NULL; NULL: none */
	const char *moved_ports;        /* as for people; NULL */
	unsigned short inside, outside; /* the one port that is published; 0: none */
	/* Why a call fails; NULL: it does not. */
	const char *start_error, *connect_error, *image_error;
	struct words asked; /* what was wanted: "start", "stop", "connect", "add FILE" … */
};
extern struct fake_machine fake_machine;

#endif
