/*
 * tests/fake/machine.h - a fake practice machine: the test sets its answers. It replaces
 * src/machine at link time; tests of the tutor also use tests/fake/sandbox.h. Programs run only if
 * the test gives a folder for /home, and then on this system, as this user.
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
	const char *workspace_error, *whole_error;
	const char *host;           /* its daemon's address; NULL: one that nothing listens on */
	const char *home;           /* what programs get for /home; NULL: none runs */
	const char *unkept;         /* the report of machine_workspace(); NULL */
	struct machine_limits has;  /* the answer of machine_probe(); lack NULL: "" */
	struct machine_crowd crowd; /* max 0 and running 0: one of 20 */
	struct words asked; /* calls: "start", "stop", "connect", "add FILE", "whole PROGRAM" … */
};
extern struct fake_machine fake_machine;

#endif
