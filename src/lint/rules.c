/* lint/rules.c - the rules, by name; those about docker's command line are called as the faults of
 * explain.h */
#include "private.h"

#include <stdlib.h>

static const struct lint_rule rules[] = {
	{"unreadable", "A file must be text that ropes can read.", false},
	{"format", "Learners miss what ropes cannot read in a note.", false},
	{"left-out", "Syntax of another program is left out or changed.", false},
	{"no-commands", "A note with commands should have one that ropes finds.", false},
	{"check", "A statement of a check must be one that ropes knows.", true},
	{"task-without-solution", "Without a solution, a task can neither be tested nor shown.",
		true},
	{"missing-question", "A quiz directive names a question of the lesson's bank.", true},
	{"question", "A question must be one that can be asked.", true},
	{"moodle", "A question should mean the same in Moodle.", false},
	{"missing-image", "An image must be one that a practice machine can pull.", true},
	{"unknown-command", "A docker command must exist.", true},
	{"removed-command", "A docker command must still exist.", true},
	{"missing-command", "A group of docker's commands needs one of them.", true},
	{"unknown-option", "An option must be one of the command's.", true},
	{"removed-option", "An option must still exist.", true},
	{"misplaced-option", "An option belongs to the command that knows it.", true},
	{"single-dash", "A long option has two dashes.", true},
	{"typographic", "Dashes and quotes are those of a keyboard.", true},
	{"missing-value", "An option that takes a value needs one.", true},
	{"swallowed-value", "An option must not take another word as its value.", true},
	{"unwanted-value", "A flag takes no value.", true},
	{"bad-value", "An option's value must be one that docker accepts.", true},
	{"split-value", "A value with a blank is quoted, and none surrounds its `=`.", true},
	{"missing-operand", "A command needs all its operands.", true},
	{"extra-operand", "A command takes no more operands than it knows.", true},
	{"bad-operand", "An operand must be one that docker accepts.", true},
	{"late-option", "After the image or container, an option belongs to the program.", true},
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
