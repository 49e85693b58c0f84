/* explain/usage.c - describes wrong uses of docker's command line */
#include "usage.h"
#include "explanation.h"
#include "pattern.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct usage {
	const struct cli_call *call;
	const struct cli_fault *fault;
	const char *word; /* the word at fault; "" after the last */
};

static struct usage usage_of(const struct cli_call *call, const struct cli_fault *fault)
{
	bool is_behind = fault->word >= call->line->count;
	return (struct usage){call, fault, is_behind ? "" : call->line->words[fault->word]};
}

/* ---- texts ---- */

static const char *program_of(const struct usage *u)
{
	return u->call->is_podman ? "podman" : "docker";
}

/* "docker run"; "docker" for the client itself. */
static char *command_words(const struct usage *u, const struct cli_command *command)
{
	return command == &cli_commands[0] ? xstrdup(program_of(u))
					   : xasprintf("%s %s", program_of(u), command->verb);
}

static void add_help_of(const struct usage *u, const struct cli_command *command, struct buf *hint)
{
	cleanup_free char *words = command_words(u, command);
	buf_printf(hint,
		cli_is_group(command) ? _("`%s --help` lists its commands.")
				      : _("`%s --help` lists its options."),
		words);
}

typedef void describe_function(
	const struct usage *u, struct buf *what, struct buf *why, struct buf *hint);

static void describe_unknown_command(
	const struct usage *u, struct buf *what, struct buf *why, struct buf *hint)
{
	cleanup_free char *group = command_words(u, u->call->command);
	if (u->call->command == &cli_commands[0])
		buf_printf(what, _("%s has no command `%s`."),
			u->call->is_podman ? "Podman" : "Docker", u->word);
	else
		buf_printf(what, _("`%s` has no command `%s`."), group, u->word);
	buf_add_text(why, _("The next word has to be one of its commands."));
	if (u->fault->repaired == NULL)
		add_help_of(u, u->call->command, hint);
}

static void describe_removed_command(
	const struct usage *u, struct buf *what, struct buf *why, struct buf *hint)
{
	buf_printf(what, _("`docker %s` was removed in docker %s."), u->fault->command->name,
		u->fault->command->removed);
	buf_add_text(why, _("The line comes from a time when clients still had it."));
	buf_add_text(hint, text_same(u->fault->command->name, "daemon")
				   ? _("The daemon is a program of its own: `dockerd`.")
				   : _("`docker --help` lists the commands there are."));
}

static void describe_missing_command(
	const struct usage *u, struct buf *what, struct buf *why, struct buf *hint)
{
	cleanup_free char *group = command_words(u, u->call->command);
	buf_printf(what, _("`%s` needs a command after it."), group);
	buf_printf(why, _("It is a group of commands, and does nothing alone."));
	add_help_of(u, u->call->command, hint);
}

static void describe_unknown_option(
	const struct usage *u, struct buf *what, struct buf *why, struct buf *hint)
{
	cleanup_free char *words = command_words(u, u->fault->command);
	buf_printf(
		what, _("`%s` has no option `%.*s`."), words, (int)strcspn(u->word, "="), u->word);
	if (u->fault->option != NULL)
		buf_printf(why, _("The one for that is `%s`, most likely."), u->fault->option);
	else if (u->fault->repaired != NULL)
		buf_add_text(
			why, _("Docker reads it as one word: what is in quotes belongs together, "
			       "and a blank separates two options."));
	else
		buf_add_text(why, _("No other common command has it, either."));
	if (u->fault->repaired == NULL)
		add_help_of(u, u->fault->command, hint);
}

static void describe_removed_option(
	const struct usage *u, struct buf *what, struct buf *why, struct buf *hint)
{
	cleanup_free char *words = command_words(u, u->call->command);
	buf_printf(what, _("`%s` no longer has the option `%s`."), words, u->fault->option);
	buf_add_text(why, _("It was removed; the line comes from an older page."));
	add_help_of(u, u->call->command, hint);
}

static void describe_misplaced_option(
	const struct usage *u, struct buf *what, struct buf *why, struct buf *hint)
{
	const struct cli_command *owner = u->fault->command;
	cleanup_free char *words = command_words(u, owner),
			  *own = command_words(u, u->call->command);
	size_t length = strcspn(u->word, "=");
	if (owner == u->call->command) {
		buf_printf(what, _("`%.*s` is an option of `%s`, but comes before `%s`."),
			(int)length, u->word, words, owner->verb);
		buf_add_text(why, _("Between `docker` and the command only options of the client "
				    "itself may stand."));
	} else if (owner == &cli_commands[0]) {
		buf_printf(what, _("`%.*s` is an option of `docker` itself, not of `%s`."),
			(int)length, u->word, own);
		buf_add_text(why, _("Options of the client come before the command."));
	} else {
		buf_printf(what, _("`%s` has no option `%.*s`."), own, (int)length, u->word);
		buf_printf(why, _("`%s` has one of that name."), words);
		add_help_of(u, u->call->command, hint);
	}
}

static void describe_single_dash(
	const struct usage *u, struct buf *what, struct buf *why, struct buf *hint)
{
	(void)hint;
	buf_printf(what, _("`%s` has one hyphen; the option is `%s`."), u->word, u->fault->option);
	buf_add_text(why, _("A long name takes two hyphens: after a single one each letter is read "
			    "as an option of its own."));
}

static void describe_typographic(
	const struct usage *u, struct buf *what, struct buf *why, struct buf *hint)
{
	(void)hint;
	buf_printf(what,
		_("`%s` has a character that only looks like a hyphen, a quote or a blank, or that "
		  "cannot be seen."),
		u->word);
	buf_add_text(
		why, _("Word processors and web pages put long dashes and curly quotes in; docker "
		       "and the shell know the plain ones."));
}

static void describe_missing_value(
	const struct usage *u, struct buf *what, struct buf *why, struct buf *hint)
{
	buf_printf(what, _("The option `%s` needs a value after it."), u->fault->option);
	buf_add_text(why, _("The line ends where the value should stand."));
	buf_printf(hint, _("Write the value after `%s`."), u->fault->option);
}

static void describe_swallowed_value(
	const struct usage *u, struct buf *what, struct buf *why, struct buf *hint)
{
	const struct shell_command *line = u->call->line;
	const char *next = u->fault->word + 1 < line->count ? line->words[u->fault->word + 1] : "";
	buf_printf(what, _("The option `%s` needs a value, and took `%s` for it."),
		u->fault->option, next);
	buf_add_text(why,
		*next == '-'
			? _("The next word is its value, even one that begins with a hyphen.")
			: _("The next word is its value, even one that was meant for something else."));
	buf_printf(hint, _("Write the value directly after `%s`."), u->fault->option);
}

static void describe_bad_value(
	const struct usage *u, struct buf *what, struct buf *why, struct buf *hint)
{
	cleanup_free char *words = command_words(u, u->call->command);
	const char *equals = strchr(u->word, '=');
	bool is_glued = text_starts(u->word, "--") && equals != NULL;
	const char *value = is_glued ? equals + 1 : u->word;
	if (*value == '\0')
		buf_printf(
			what, _("The value of `%s` is empty. %s"), u->fault->option, u->fault->why);
	else
		buf_printf(what, _("`%s` is not a value for `%s`. %s"), value, u->fault->option,
			u->fault->why);
	buf_add_text(why, _("Docker checks the form of a value before it does anything."));
	if (u->fault->repaired == NULL)
		buf_printf(hint, _("Correct the value; `%s --help` shows what `%s` takes."), words,
			u->fault->option);
}

static void describe_split_value(
	const struct usage *u, struct buf *what, struct buf *why, struct buf *hint)
{
	buf_printf(what, _("A blank ended the value of `%s`, so `%s` was taken for the image."),
		u->fault->option, u->word);
	buf_add_text(why, _("The shell splits a line at blanks, unless they are in quotes."));
	if (u->fault->repaired == NULL)
		buf_printf(hint,
			_("Write the value of `%s` as one word, in quotes if it contains a "
			  "blank."),
			u->fault->option);
}

static void describe_missing_operand(
	const struct usage *u, struct buf *what, struct buf *why, struct buf *hint)
{
	const struct cli_command *command = u->fault->command;
	cleanup_free char *words = command_words(u, command);
	if (text_same(u->fault->operand, "PATH"))
		buf_printf(what, "%s ", _("The folder to build is missing."));
	buf_printf(what, _("`%s` needs one word more: %s."), words, u->fault->operand);
	if (u->fault->option != NULL)
		buf_printf(
			why, _("The last word was taken as the value of `%s`."), u->fault->option);
	else
		buf_printf(why, _("It is written `%s [OPTIONS] %s`."), words, command->operands);
	if (u->fault->repaired == NULL && u->fault->option != NULL)
		buf_printf(hint, _("Write the value of `%s` first, then the %s."), u->fault->option,
			u->fault->operand);
	else if (u->fault->repaired == NULL)
		buf_printf(hint, _("Write the %s at the end."), u->fault->operand);
}

/* It is not known which of the words is too many. */
static void describe_operands(const struct usage *u, const char *words, struct buf *what)
{
	cleanup_buf struct buf list = {0};
	int max = u->fault->command->max;
	for (size_t i = 0; i < u->call->operand_count; i++)
		buf_printf(&list, "%s`%s`", i > 0 ? ", " : "", cli_operand(u->call, i));
	buf_printf(what,
		language_plural("`%s` takes at most %d word, and the line has %zu: %s.",
			"`%s` takes at most %d words, and the line has %zu: %s.",
			(unsigned long long)max),
		words, max, u->call->operand_count, buf_text(&list));
}

static void describe_extra_operand(
	const struct usage *u, struct buf *what, struct buf *why, struct buf *hint)
{
	const struct cli_command *command = u->fault->command;
	cleanup_free char *words = command_words(u, command);
	if (command->max > 0 && u->call->operand_count <= 4)
		describe_operands(u, words, what);
	else
		buf_printf(what, _("`%s` has no place for the word `%s`."), words, u->word);
	if (command->max == 0)
		buf_printf(why, _("`%s` takes options only."), words);
	else
		buf_printf(why, _("It is written `%s [OPTIONS] %s`."), words, command->operands);
	if (u->fault->repaired == NULL && command->max == 0)
		buf_add_text(
			hint, _("Leave that word and those after it out; options begin with `-`."));
	else if (u->fault->repaired == NULL)
		buf_add_text(
			hint, _("If a blank splits one of the words, put that word in quotes, "
				"or, in a name, write `-` for the blank; otherwise leave a word "
				"out."));
}

static void describe_bad_operand(
	const struct usage *u, struct buf *what, struct buf *why, struct buf *hint)
{
	buf_printf(what, _("`%s` cannot be the %s."), u->word, u->fault->operand);
	buf_add_text(why, u->fault->why);
	if (u->word[0] == ' ')
		buf_add_text(hint, _("Leave the `\\` out, or end the line directly after it."));
	else if (u->fault->repaired == NULL)
		buf_add_text(hint, text_same(u->fault->operand, "IMAGE")
					   ? _("Put the name of your image there.")
					   : _("Put the name of your own there."));
}

static void describe_late_option(
	const struct usage *u, struct buf *what, struct buf *why, struct buf *hint)
{
	cleanup_free char *words = command_words(u, u->fault->command);
	const char *operand = u->call->line->words[u->call->operands[0]];
	buf_printf(what,
		_("`%s` comes after `%s`, so docker gave it to the program in the "
		  "container."),
		u->word, operand);
	buf_printf(why,
		_("Options of `%s` come before `%s`; what follows it is the "
		  "container's command."),
		words, operand);
	if (u->fault->repaired == NULL)
		buf_printf(
			hint, _("Write it, with its value if it takes one, before `%s`."), operand);
}

/* ---- which fault a message is about ---- */

#define WRONG_OPTION                                                                               \
	"unknown (shorthand )?flag|invalid argument|flag needs an argument|provided but not "      \
	"defined|[Ii]nvalid |bad format|cannot|requires |pull access denied"
#define WRONG_VALUE                                                                                \
	"[Ii]nvalid|bad |[Nn]ot an absolute|too many colons|out of range|not a valid|unknown|"     \
	"is not |must |[Mm]inimum|pars(e|ing)|template|filter|malformed|unsupported|[Cc]annot|"    \
	"is needed|mount path|no such|not found|supported|greater|too (large|long|short|small)"
#define WRONG_COUNT                                                                                 \
	"requires |accepts |needs |at (least|most) ([0-9]|one|two)|missing command|"                \
	"need a container|takes no arguments|ids? specified|ID must be specified|you must provide|" \
	"provide one or more|unknown command \"[^\"]*\" for"

static struct {
	const char *name;  /* as a rule */
	const char *topic; /* as in the rules */
	struct pattern message;
	describe_function *describe;
	bool names_word; /* the message must also name the word at fault */
} kinds[] = {
	[CLI_UNKNOWN_COMMAND] = {"unknown-command", "argument-count",
		{.text = "is not a docker command|unknown (docker )?command|Usage: +docker|unknown "
			 "(shorthand )?flag|flag needs an argument|unrecognized command"},
		describe_unknown_command, false},
	[CLI_REMOVED_COMMAND] = {"removed-command", "version-skew",
		{.text = "is not a docker command|unknown (docker )?command|not supported"},
		describe_removed_command, false},
	[CLI_MISSING_COMMAND] = {"missing-command", "argument-count", {.text = "Usage: +docker"},
		describe_missing_command, false},
	[CLI_UNKNOWN_OPTION] = {"unknown-option", "option-unknown", {.text = WRONG_OPTION},
		describe_unknown_option, true},
	[CLI_REMOVED_OPTION] = {"removed-option", "version-skew", {.text = WRONG_OPTION},
		describe_removed_option, true},
	[CLI_MISPLACED_OPTION] = {"misplaced-option", "option-unknown", {.text = WRONG_OPTION},
		describe_misplaced_option, true},
	/* docker may read it as other options, and then speak of anything */
	[CLI_SINGLE_DASH] = {"single-dash", "option-unknown", {.text = "."}, describe_single_dash,
		false},
	[CLI_TYPOGRAPHIC] = {"typographic", "shell", {.text = "."}, describe_typographic, false},
	[CLI_MISSING_VALUE] = {"missing-value", "option-value", {.text = "flag needs an argument"},
		describe_missing_value, false},
	[CLI_SWALLOWED_VALUE] = {"swallowed-value", "option-value",
		{.text = WRONG_OPTION "|" WRONG_VALUE}, describe_swallowed_value, false},
	[CLI_UNWANTED_VALUE] = {"unwanted-value", "option-value", {.text = WRONG_VALUE},
		describe_bad_value, true},
	[CLI_BAD_VALUE] = {"bad-value", "option-value", {.text = WRONG_VALUE}, describe_bad_value,
		true},
	/* docker looks for an image of that name, or for the one behind it */
	[CLI_SPLIT_VALUE] = {"split-value", "shell", {.text = "."}, describe_split_value, false},
	[CLI_MISSING_OPERAND] = {"missing-operand", "argument-count", {.text = WRONG_COUNT},
		describe_missing_operand, false},
	[CLI_EXTRA_OPERAND] = {"extra-operand", "argument-count", {.text = WRONG_COUNT},
		describe_extra_operand, false},
	[CLI_BAD_OPERAND] = {"bad-operand", "image-ref",
		{.text = "invalid reference|must be lowercase|[Ii]nvalid|could not parse|[Nn]o "
			 "such"},
		describe_bad_operand, false},
	[CLI_LATE_OPTION] = {"late-option", "option-unknown", {.text = "."}, describe_late_option,
		false},
};

/* Returns whether the text has the word, and not only as a part of a longer one. */
static bool has_word(const char *text, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = text; (at = strstr(at, word)) != NULL; at++) {
		bool begins = at == text || !isalnum((unsigned char)at[-1]) ||
			      !isalnum((unsigned char)*word);
		bool ends = !isalnum((unsigned char)at[length]) ||
			    !isalnum((unsigned char)word[length - 1]);
		if (begins && ends)
			return true;
	}
	return false;
}

/* Returns whether part of the word, or the option's name, is in the message: docker splits values
 * there. */
static bool is_named(const struct usage *u, const char *message)
{
	const char *word = u->word + strspn(u->word, "-");
	for (const char *at = word; *at != '\0';) {
		size_t length = strcspn(at, ":=,/");
		cleanup_free char *part = xstrndup(at, length);
		if (length > 0 && has_word(message, part))
			return true;
		at += length + strspn(at + length, ":=,/");
	}
	return u->fault->option != NULL && has_word(message, u->fault->option + 2);
}

/* A client that does not accept the value of an option knows the option; and podman has more
 * options than the tables know, so only its own message says which one is unknown. */
static bool is_known_option(const struct usage *u, const char *message)
{
	static struct pattern value = {.text = "invalid argument \"[^\"]*\" for \""};
	static struct pattern unknown = {.text = "unknown (shorthand )?flag|needs an argument"};
	enum cli_fault_kind kind = u->fault->kind;
	return (kind == CLI_UNKNOWN_OPTION || kind == CLI_REMOVED_OPTION ||
		       kind == CLI_MISPLACED_OPTION) &&
	       (pattern_fits(&value, message) ||
		       (u->call->is_podman && !pattern_fits(&unknown, message)));
}

/* Returns whether the program names the option: "--rm", or a letter, as getopt does: "-- 'v'". */
static bool quotes_option(const struct usage *u, const char *message)
{
	cleanup_free char *letter = xasprintf("option -- '%.1s'", u->word + 1);
	bool is_letter = u->word[0] == '-' && u->word[1] != '-' && u->word[1] != '\0';
	return strstr(message, u->word) != NULL || (is_letter && strstr(message, letter) != NULL);
}

static bool is_spoken_of(const struct usage *u, const struct explain_question *question,
	const struct message *message)
{
	enum cli_fault_kind kind = u->fault->kind;
	if (question->status == 0)
		return u->fault->silent;
	switch (message->speaker) {
	case EXPLAIN_UNKNOWN:
	case EXPLAIN_CLIENT:
	case EXPLAIN_DAEMON:
	case EXPLAIN_COMPOSE:
	case EXPLAIN_GATE:
		break;
	case EXPLAIN_BUILD:
		if (kind == CLI_BAD_VALUE || kind == CLI_SWALLOWED_VALUE)
			break;
		return false;
	case EXPLAIN_RUNTIME:
	case EXPLAIN_PROGRAM:
		return kind == CLI_TYPOGRAPHIC ||
		       (kind == CLI_LATE_OPTION && (message->speaker == EXPLAIN_RUNTIME ||
							   quotes_option(u, message->text)));
	default:
		return false;
	}
	if (kind == CLI_LATE_OPTION)
		return false; /* docker itself found a different fault */
	const char *text = question->output != NULL && message->text[0] == '\0' ? question->output
										: message->text;
	return pattern_fits(&kinds[kind].message, text) && !is_known_option(u, text) &&
	       (!kinds[kind].names_word || is_named(u, text));
}

/* Errors of the daemon, or of the connection to it, are not wrong uses, whatever faults the line
 * has. */
static bool is_elsewhere(const struct message *message)
{
	static struct pattern elsewhere = {
		.text = "Cannot connect to the Docker daemon|connect to the docker API|error "
			"during "
			"connect|permission denied while trying|Is the docker daemon running|error "
			"getting credentials|port is already allocated|is already in use|address "
			"already in use|x509|no space left|toomanyrequests|(i/o|handshake) timeout|"
			"Client\\.Timeout|no such host|no such volume|experimental features|"
			"^[Cc]onflicting options: "};
	return pattern_fits(&elsewhere, message->text);
}

static void describe_fault(const struct usage *u, struct explanation *ret)
{
	struct buf what = {0}, why = {0}, hint = {0};
	kinds[u->fault->kind].describe(u, &what, &why, &hint);
	explanation_add_repaired(u->fault->repaired, &hint);
	ret->rule = xstrdup(kinds[u->fault->kind].name);
	ret->topic = xstrdup(kinds[u->fault->kind].topic);
	explanation_add_operand(ret, u->word);
	explanation_add_operand(ret, u->fault->option);
	ret->confidence = u->fault->silent ? EXPLAIN_LIKELY : EXPLAIN_CERTAIN;
	ret->what = buf_steal(&what);
	ret->why = buf_steal(&why);
	ret->hint = buf_steal(&hint);
	ret->repaired = xstrdup(u->fault->repaired);
	ret->left = xstrdup("");
}

bool usage_explain(const struct explain_question *question, const struct cli_call *call,
	const struct message *message, struct explanation *ret)
{
	struct cli_faults faults;
	bool found = false;
	if (question->status != 0 && is_elsewhere(message))
		return false;
	cli_find_faults(call, question->line, &faults);
	for (size_t i = 0; i < faults.count && !found; i++) {
		const struct usage u = usage_of(call, &faults.items[i]);
		found = is_spoken_of(&u, question, message);
		if (found)
			describe_fault(&u, ret);
	}
	cli_faults_finish(&faults);
	return found;
}

/* A fault after the last word is at the line's end. */
static void add_fault(const struct usage *u, const char *line, struct explain_faults *ret)
{
	const struct shell_command *command = u->call->line;
	struct explanation x = {0};
	describe_fault(u, &x);
	bool is_word = u->fault->word < command->count;
	struct shell_span span =
		is_word ? command->spans[u->fault->word] : command->spans[command->count - 1];
	ret->items = array_grow(ret->items, ret->count, sizeof *ret->items);
	ret->items[ret->count++] = (struct explain_fault){
		.rule = kinds[u->fault->kind].name,
		.begin = is_word ? span.begin : span.end,
		.end = span.end,
		.text = xasprintf("%s%s%s", x.what, *x.hint != '\0' ? " " : "", x.hint),
		.repaired = x.repaired != NULL && !text_same(x.repaired, line) ? xstrdup(x.repaired)
									       : NULL,
	};
	explain_finish(&x);
}

void explain_find_faults(const char *line, struct explain_faults *ret)
{
	struct shell_commands commands;
	shell_split(line, &commands);
	for (size_t i = 0; i < commands.count; i++) {
		struct cli_call call;
		struct cli_faults faults = {0};
		if (cli_read(&commands.items[i], &call) && cli_value_of(&call, "--help") == NULL)
			cli_find_faults(&call, line, &faults);
		for (size_t k = 0; k < faults.count; k++) {
			const struct usage u = usage_of(&call, &faults.items[k]);
			add_fault(&u, line, ret);
		}
		cli_faults_finish(&faults);
		cli_call_finish(&call);
	}
	shell_commands_finish(&commands);
}

void explain_faults_finish(struct explain_faults *faults)
{
	for (size_t i = 0; i < faults->count; i++) {
		free(faults->items[i].text);
		free(faults->items[i].repaired);
	}
	free(faults->items);
	*faults = (struct explain_faults){0};
}
