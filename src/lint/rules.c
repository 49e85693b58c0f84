/* lint/rules.c - the rules, by name; those about docker's command line are called as the faults of
 * explain.h */
#include "private.h"

#include <stdlib.h>

static const struct lint_rule rules[] = {
	{"unreadable", N_("A file must be text that ropes can read."), false},
	{"format", N_("Learners miss what ropes cannot read in a note."), false},
	{"left-out", N_("Syntax of another program is left out or changed."), false},
	{"no-commands", N_("A note with commands should have one that ropes finds."), false},
	{"check", N_("A statement of a check must be one that ropes knows."), true},
	{"task-without-solution", N_("Without a solution, a task can neither be tested nor shown."),
		true},
	{"missing-question", N_("A quiz directive names a question of the lesson's bank."), true},
	{"question", N_("A question must be one that can be asked."), true},
	{"moodle", N_("A question should mean the same in Moodle."), false},
	{"missing-image", N_("An image must be one that a practice machine can pull."), true},
	{"unknown-command", N_("A docker command must exist."), true},
	{"removed-command", N_("A docker command must still exist."), true},
	{"missing-command", N_("A group of docker's commands needs one of them."), true},
	{"unknown-option", N_("An option must be one of the command's."), true},
	{"removed-option", N_("An option must still exist."), true},
	{"misplaced-option", N_("An option belongs to the command that knows it."), true},
	{"single-dash", N_("A long option has two dashes."), true},
	{"typographic", N_("Dashes and quotes are those of a keyboard."), true},
	{"missing-value", N_("An option that takes a value needs one."), true},
	{"swallowed-value", N_("An option must not take another word as its value."), true},
	{"unwanted-value", N_("A flag takes no value."), true},
	{"bad-value", N_("An option's value must be one that docker accepts."), true},
	{"split-value", N_("A value with a blank is quoted, and none surrounds its `=`."), true},
	{"missing-operand", N_("A command needs all its operands."), true},
	{"extra-operand", N_("A command takes no more operands than it knows."), true},
	{"bad-operand", N_("An operand must be one that docker accepts."), true},
	{"late-option", N_("After the image or container, an option belongs to the program."),
		true},
};

const struct lint_rule *lint_rule_at(size_t index)
{
	return index < ARRAY_LENGTH(rules) ? &rules[index] : NULL;
}

const struct lint_rule *rules_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(rules); i++)
		if (text_same(rules[i].name, name))
			return &rules[i];
	abort(); /* a rule of our own that is missing above */
}
