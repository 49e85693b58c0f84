/* explain/explain.c - what went wrong with a line: a fault in it that the message mentions, else
 * the most specific rule that matches the message */
#include "explain.h"

#include <stdlib.h>
#include <string.h>

#include "compose.h"
#include "explanation.h"
#include "failure.h"
#include "load.h"
#include "near.h"
#include "state.h"
#include "usage.h"

#define WORDS_MAX ((size_t)16 * 1024)

struct found {
	const char *text;
	regmatch_t matches[PATTERN_GROUPS];
};

/* How well a rule fits: the heaviest counts. */
enum weight {
	WEIGHT_NONE,   /* the message is elsewhere in the output, and may be about something else */
	WEIGHT_STATUS, /* the rule asks for no message, or says only what is certain */
	WEIGHT_GENERAL, /* the rule fits many messages of a kind; 1 more if the line has it */
	WEIGHT_AROUND = WEIGHT_GENERAL + 2, /* the message is elsewhere, where the rule allows it or
					       no frame tells which line reports the failure */
	WEIGHT_LINE, /* it is in the line that reports the failure, or the typed line also meets
			conditions */
};

/* What a rule matched in the message and in the line. */
struct match {
	const struct rule *rule;
	struct found message, line;
	enum weight weight;
	bool is_in_line; /* the line that reports the failure, or the typed line, says so */
};

/* ---- rules ---- */

static bool find_in(struct pattern *pattern, const char *text, struct found *ret)
{
	ret->text = text;
	return pattern_find(pattern, text, ret->matches);
}

/* "-p --publish": returns whether one of them was given. */
static bool has_option(const struct failure *f, const char *spellings)
{
	const char *name = strstr(spellings, "--");
	return f->is_docker && name != NULL && cli_value_of(&f->call, name) != NULL;
}

/* Logs show what a program said when it failed, and docker ends with 0 all the same: rules about
 * programs count for them, but not those that fit anything. */
static bool is_of_logs(const struct failure *f, const struct rule *rule)
{
	static const char *const logs[] = {"container logs", "compose logs"};
	return f->question->status == 0 && f->is_docker &&
	       text_is_one_of(f->call.command->name, logs, ARRAY_LENGTH(logs)) &&
	       f->message.speaker == EXPLAIN_PROGRAM &&
	       (rule->speakers & 1U << EXPLAIN_PROGRAM) != 0 && rule->message.text != NULL &&
	       rule->status_count == 0 && !rule->is_general && !rule->is_last && !rule->is_partial;
}

static bool has_status(const struct rule *rule, int status)
{
	for (size_t i = 0; i < rule->status_count; i++)
		if (rule->statuses[i] == status)
			return true;
	if (status == EXPLAIN_NO_STATUS)
		return rule->message.text != NULL &&
		       (rule->status_count == 0 || rule->statuses[0] != 0);
	return rule->status_count == 0 && status != 0;
}

static bool fits_words(const struct failure *f, struct rule *rule, struct match *ret)
{
	const char *first = f->first != NULL ? f->first : "";
	struct found verb, unwanted;
	if (rule->verb.text != NULL &&
		(!f->is_docker ||
			(!find_in(&rule->verb, f->call.command->verb, &verb) &&
				!find_in(&rule->verb, f->call.command->name, &verb) &&
				!(is_of_logs(f, rule) && find_in(&rule->verb, "start", &verb)))))
		return false;
	for (size_t i = 0; i < rule->option_count; i++)
		if (!has_option(f, rule->options[i]))
			return false;
	for (size_t i = 0; i < rule->absent_count; i++)
		if (has_option(f, rule->absent[i]))
			return false;
	if (rule->unless.text != NULL && find_in(&rule->unless, f->question->line, &unwanted))
		return false;
	return (rule->first.text == NULL || find_in(&rule->first, first, &ret->line)) &&
	       (rule->words.text == NULL ||
		       find_in(&rule->words, buf_text(&f->words), &ret->line)) &&
	       (rule->line.text == NULL || find_in(&rule->line, f->question->line, &ret->line));
}

static enum weight weigh(const struct failure *f, struct rule *rule, bool *ret_is_in_line)
{
	struct found found;
	bool asks = rule->line.text != NULL || rule->first.text != NULL ||
		    rule->words.text != NULL || rule->option_count > 0;
	*ret_is_in_line = asks || find_in(&rule->message, f->message.line, &found) ||
			  find_in(&rule->also, f->message.line, &found);
	if (rule->message.text == NULL || rule->is_partial)
		return WEIGHT_STATUS;
	if (!*ret_is_in_line && !rule->is_around && f->message.speaker != EXPLAIN_UNKNOWN)
		return WEIGHT_NONE;
	if (rule->is_last)
		return WEIGHT_STATUS;
	return (rule->is_general ? WEIGHT_GENERAL : WEIGHT_AROUND) + *ret_is_in_line;
}

static bool rule_fits(const struct failure *f, struct rule *rule, struct match *ret)
{
	struct found also;
	*ret = (struct match){.rule = rule};
	if ((!has_status(rule, f->question->status) && !is_of_logs(f, rule)) ||
		(rule->speakers != 0 && (rule->speakers & 1U << f->message.speaker) == 0) ||
		(rule->message.text != NULL &&
			!find_in(&rule->message, f->message.text, &ret->message)) ||
		(rule->also.text != NULL && !find_in(&rule->also, f->message.text, &also)) ||
		!fits_words(f, rule, ret))
		return false;
	ret->weight = weigh(f, rule, &ret->is_in_line);
	return ret->weight != WEIGHT_NONE;
}

/* Takes the first of the reader's own rules that fits. */
static bool choose_own_rule(const struct failure *f, struct rules *rules, struct match *ret)
{
	for (size_t i = 0; i < rules->own; i++)
		if (rule_fits(f, &rules->items[i], ret))
			return true;
	return false;
}

/* Takes the heaviest of the other rules; on a tie, the first. */
static bool choose_rule(const struct failure *f, struct rules *rules, struct match *ret)
{
	bool found = false;
	for (size_t i = rules->own; i < rules->count; i++) {
		struct match one;
		if (!rule_fits(f, &rules->items[i], &one))
			continue;
		if (!found || one.weight > ret->weight)
			*ret = one;
		found = true;
	}
	return found;
}

/* ---- texts ---- */

static void add_found(const struct found *found, size_t n, struct buf *out)
{
	static const char hub[] = "docker.io/library/"; /* people leave it out */
	if (found->text == NULL || found->matches[n].rm_so < 0)
		return;
	const char *text = found->text + found->matches[n].rm_so;
	size_t length = (size_t)(found->matches[n].rm_eo - found->matches[n].rm_so);
	size_t skipped = length > strlen(hub) && text_starts(text, hub) ? strlen(hub) : 0;
	buf_add(out, text + skipped, length - skipped);
}

/* Returns the operand that the grammar calls so: the CONTAINER of "NETWORK CONTAINER"; else the
 * first. */
static const char *operand_called(const struct failure *f, const char *name)
{
	size_t n = 0, at = 0;
	for (const char *c = f->is_docker ? f->call.command->operands : ""; *c != '\0'; n++) {
		if (text_starts(c, name) && at == 0)
			at = n;
		c += strcspn(c, " ");
		c += strspn(c, " ");
	}
	const char *called = f->is_docker ? cli_operand(&f->call, at) : NULL;
	return called != NULL ? called : f->first;
}

/* Appends an operand. If the shell has replaced it, docker's message tells by what:
 * "cannot remove container "/web"". The operands of Compose are services. */
static void add_operand(const struct failure *f, const char *name, struct buf *out)
{
	bool is_service = f->is_docker && text_same(name, "CONTAINER") &&
			  text_starts(f->call.command->name, "compose ");
	const char *operand = operand_called(f, name);
	const char *first = operand != NULL ? operand : name;
	const char *named = strstr(f->message.line, "\"/");
	if (is_service && message_add_container(f->message.line, out))
		return;
	if (strstr(first, "$(") == NULL && strchr(first, '`') == NULL)
		buf_add_text(out, first);
	else if (named != NULL)
		buf_add(out, named + 2, strcspn(named + 2, "\""));
	else
		buf_add_text(out, name);
}

/* Appends a value from the docker command, or a placeholder if the command does not have it. */
static void add_word(const struct failure *f, const char *name, struct buf *out)
{
	const char *called = f->is_docker ? cli_value_of(&f->call, "--name") : NULL;
	if (text_same(name, "IMAGE") || text_same(name, "CONTAINER"))
		add_operand(f, name, out);
	else if (text_same(name, "NAME"))
		buf_add_text(out, called != NULL ? called : "NAME");
	else if (text_same(name, "CAUSE"))
		buf_add_text(out, f->message.cause);
	else if (text_same(name, "MESSAGE"))
		buf_add_text(out, f->message.said);
	else if (text_same(name, "SAID"))
		buf_printf(out, "%s%s", *f->message.said != '\0' ? ": " : ".",
			f->message.said + strspn(f->message.said, " \t"));
	else if (text_same(name, "STATUS"))
		buf_printf(out, "%d", f->question->status);
	else if (text_same(name, "VERB"))
		buf_add_text(out, f->is_docker ? f->call.command->verb : "COMMAND");
	else
		buf_printf(out, "$%s", name);
}

/* Keeps a value that a text names at `at`, unless it is a sentence, or the kind of what follows in
 * quotes: "the $1 `$2`" may be "the volume `data`". */
static void keep_operand(const char *value, const char *text, const char *at, struct explanation *x)
{
	bool is_quoted = at > text && at[-1] == '`';
	bool is_kind = text_starts(at + 2, " `");
	if (x != NULL && !is_kind && (is_quoted || strpbrk(value, " \t\n") == NULL))
		explanation_add_operand(x, value);
}

static bool is_operand_word(const char *name, const char *value)
{
	static const char *const words[] = {"IMAGE", "CONTAINER", "NAME"};
	return text_is_one_of(name, words, ARRAY_LENGTH(words)) && !text_same(name, value);
}

/* Adds what it fills in to the operands of x, which may be NULL. */
static char *fill_template(
	const struct failure *f, const struct match *m, const char *text, struct explanation *x)
{
	struct buf out = {0};
	for (const char *c = text != NULL ? text : ""; *c != '\0'; c++) {
		size_t length = strspn(c + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), begin = out.length;
		if ((*c == '$' || *c == '%') && c[1] >= '1' && c[1] < '0' + PATTERN_GROUPS) {
			add_found(*c == '$' ? &m->message : &m->line, (size_t)(c[1] - '0'), &out);
			keep_operand(buf_text(&out) + begin, text, c, x);
			c++;
		} else if (*c == '$' && length > 0) {
			cleanup_free char *name = xstrndup(c + 1, length);
			add_word(f, name, &out);
			if (is_operand_word(name, buf_text(&out) + begin))
				keep_operand(buf_text(&out) + begin, text, c, x);
			c += length;
		} else {
			buf_add_char(&out, *c);
		}
	}
	return buf_steal(&out);
}

/* A message may leave out what the text quotes: "There is no container ``." loses the quotes, and
 * "`docker network create `" the blank before the second one. */
static char *without_gaps(const char *text)
{
	struct buf out = {0};
	bool in_quotes = false;
	for (const char *c = text; *c != '\0'; c++) {
		size_t gap = strspn(c, " :");
		if (!in_quotes && gap > 0 && text_starts(c + gap, "``")) {
			c += gap + 1;
			continue;
		}
		if (in_quotes && *c == ' ' && c[1] == '`')
			continue;
		in_quotes = in_quotes != (*c == '`');
		buf_add_char(&out, *c);
	}
	return buf_steal(&out);
}

/* The rules speak of docker's commands; podman has them, too. */
static char *fill_text(
	const struct failure *f, const struct match *m, const char *text, struct explanation *x)
{
	static const char spelled[] = "`docker ";
	cleanup_free char *with_gaps = fill_template(f, m, text != NULL ? _(text) : NULL, x);
	char *filled = without_gaps(with_gaps);
	if (!f->is_docker || !f->call.is_podman)
		return filled;
	for (char *at = filled; (at = strstr(at, spelled)) != NULL; at += strlen(spelled))
		memcpy(at, "`podman ", strlen(spelled));
	return filled;
}

/* ---- the repaired line ---- */

static void repair_line(
	const struct failure *f, const char *old, const char *text, struct explanation *x)
{
	if (f->is_docker && f->question->line != NULL && x->repaired == NULL && *text != '\0')
		x->repaired = cli_replace(&f->call, f->question->line, old, text);
}

/* Repairs the line as the rule says: "replace OLD NEW", "drop --SWITCH". */
static void apply_repair(const struct failure *f, const struct match *m, struct explanation *x)
{
	const char *replace = m->rule->replace;
	if (replace != NULL && strchr(replace, ' ') != NULL) {
		cleanup_free char *first = xstrndup(replace, strcspn(replace, " "));
		cleanup_free char *old = fill_template(f, m, first, NULL);
		cleanup_free char *text = fill_template(f, m, strchr(replace, ' ') + 1, NULL);
		repair_line(f, old, text, x);
	} else if (m->rule->drop != NULL && f->is_docker && f->question->line != NULL) {
		x->repaired = cli_drop_switch(&f->call, f->question->line, m->rule->drop);
	}
}

/* ---- details that depend on what there is ---- */

/* Returns the object that the message names, else the first operand; NULL if neither does. */
static char *missing_name(const struct failure *f, const struct match *m)
{
	cleanup_buf struct buf name = {0};
	for (size_t i = 1; i < PATTERN_GROUPS && name.length == 0; i++)
		add_found(&m->message, i, &name);
	if (name.length > 0)
		return buf_steal(&name);
	return f->first != NULL ? xstrdup(f->first) : NULL;
}

/* Name the available images: that helps more than general advice. Where the word may be something
 * else, keep the advice about both unless it resembles an image. */
static void set_nearest_image(const struct failure *f, const struct match *m, struct explanation *x)
{
	cleanup_free char *image = missing_name(f, m);
	if (f->question->images == NULL || image == NULL)
		return;
	struct near_image near = near_images(image, f->question->images);
	if (m->rule->look == LOOK_IMAGE || near.is_like) {
		free(x->hint);
		x->hint = xstrdup(near.text);
		if (near.intended != NULL)
			repair_line(f, image, near.intended, x);
		if (!near.is_like) /* else it is most likely a typing error */
			x->image = xstrdup(image);
	}
	near_image_finish(&near);
}

/* "Did you mean `web`?", if something of a similar name exists. */
static void set_nearest_object(
	const struct failure *f, const struct match *m, char what, struct explanation *x)
{
	cleanup_free char *wanted = missing_name(f, m);
	cleanup_free char *near =
		wanted != NULL ? state_near_name(what, wanted, f->question->engine) : NULL;
	if (near == NULL)
		return;
	free(x->hint);
	x->hint = xasprintf(_("Did you mean `%s`?"), near);
	repair_line(f, wanted, near, x);
}

static void add_interpreter(const struct failure *f, const struct match *m, struct buf *hint)
{
	cleanup_buf struct buf path = {0};
	add_found(&m->message, 1, &path);
	if (f->is_docker && path.length > 0)
		state_add_interpreter(&f->call, buf_text(&path), f->question->engine, hint);
}

static void look_up(
	const struct failure *f, const struct match *m, struct explanation *x, struct buf *hint)
{
	switch (m->rule->look) {
	case LOOK_NOWHERE:
		break;
	case LOOK_IMAGE:
	case LOOK_IF_IMAGE:
		set_nearest_image(f, m, x);
		break;
	case LOOK_CONTAINER:
		set_nearest_object(f, m, 'c', x);
		break;
	case LOOK_VOLUME:
		set_nearest_object(f, m, 'v', x);
		break;
	case LOOK_NETWORK:
		set_nearest_object(f, m, 'n', x);
		break;
	case LOOK_LOCAL_IMAGE:
		set_nearest_object(f, m, 'i', x);
		break;
	case LOOK_MEMBERS:
		if (f->is_docker && f->first != NULL)
			state_add_members(f->first, f->question->engine, hint);
		break;
	case LOOK_INTERPRETER:
		add_interpreter(f, m, hint);
		break;
	}
}

static void add_state(const struct failure *f, const struct match *m, struct explanation *x)
{
	cleanup_buf struct buf more = {0};
	struct buf hint = {0};
	state_add_port_holder(f->message.text, f->question->engine, &more);
	look_up(f, m, x, &more);
	buf_printf(&hint, "%s%s", x->hint, buf_text(&more));
	if (f->is_docker)
		compose_add_key(&f->call, x, &hint);
	explanation_add_repaired(x->repaired, &hint);
	free(x->hint);
	x->hint = buf_steal(&hint);
}

/* ---- applying the rules ---- */

/* Look only at the end of the output, where a failing command reports the error: running every rule
 * over the output of an endless line would take minutes. */
static struct explain_question with_last_words(const struct explain_question *question)
{
	struct explain_question last = *question;
	size_t length = last.output != NULL ? strlen(last.output) : 0;
	if (length > WORDS_MAX)
		last.output += length - WORDS_MAX;
	return last;
}

/* Returns whether the command may leave something behind when it fails. Compose uses again what it
 * left, and a program in an existing container leaves nothing; of a container that should start,
 * only rules about that know the state. */
static bool leaves_something(const struct failure *f, const struct rule *rule)
{
	static const char *const leaving[] = {"container run", "container create",
		"container rename", "container rm", "image rm", "image build", "buildx build"};
	static const char *const starting[] = {"container start", "container restart"};
	bool is_starting = f->is_docker &&
			   text_is_one_of(f->call.command->name, starting, ARRAY_LENGTH(starting));
	if (is_starting)
		return rule->verb.text != NULL && strstr(rule->verb.text, "start") != NULL;
	return f->is_docker &&
	       text_is_one_of(f->call.command->name, leaving, ARRAY_LENGTH(leaving));
}

static void apply_rule(const struct failure *f, const struct match *m, struct explanation *ret)
{
	ret->rule = xstrdup(m->rule->name);
	ret->topic = xstrdup(m->rule->topic != NULL ? m->rule->topic : "own");
	ret->confidence = m->rule->is_partial ? EXPLAIN_PARTIAL
			  : m->is_in_line     ? EXPLAIN_CERTAIN
					      : EXPLAIN_LIKELY;
	ret->what = fill_text(f, m, m->rule->what, ret);
	ret->why = fill_text(f, m, m->rule->why, NULL);
	ret->hint = fill_text(f, m, m->rule->hint, NULL);
	ret->left = fill_text(f, m, leaves_something(f, m->rule) ? m->rule->left : NULL, NULL);
	apply_repair(f, m, ret);
	add_state(f, m, ret);
}

bool explain_failure(
	const struct explain_question *question, struct explanation *ret, struct error *err)
{
	const struct explain_question last = with_last_words(question);
	struct rules *rules = load_rules(err);
	struct failure f;
	struct match m;
	*ret = (struct explanation){0};
	if (rules != NULL) {
		failure_init(&f, &last);
		ret->speaker = f.message.speaker;
		ret->cause = xstrdup(f.message.cause);
		if (choose_own_rule(&f, rules, &m))
			apply_rule(&f, &m, ret);
		else if (!(f.is_docker && usage_explain(&last, &f.call, &f.message, ret)) &&
			 choose_rule(&f, rules, &m))
			apply_rule(&f, &m, ret);
		failure_finish(&f);
	}
	return rules != NULL;
}

char *explain_shortly(const struct explain_question *question)
{
	struct explanation x;
	char *text = NULL;
	if (question->status != 0 && question->output != NULL &&
		explain_failure(question, &x, NULL)) {
		text = x.rule != NULL && x.confidence != EXPLAIN_PARTIAL
			       ? xasprintf("%s %s", x.what, x.hint)
			       : NULL;
		explain_finish(&x);
	}
	return text;
}
