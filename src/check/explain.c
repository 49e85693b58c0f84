/* check/explain.c - what went wrong with a line: the first rule that fits its message, its words
 * and its exit status; and what the daemon's state adds */
#include "private.h"
#include "json.h"
#include "rules.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define RULES "assets/explain/rules.txt"
#define RULES_LIMIT ((size_t)1 << 20)
#define WORDS_MAX ((size_t)16 * 1024)

/* ---- what is judged ---- */

struct found {
	const char *text;
	regmatch_t matches[4];
};

struct failure {
	const struct check_ran *ran;
	struct check_commands commands;
	struct docker_line docker;
	bool is_docker;
	const char *first; /* operand; NULL */
	struct buf words;  /* the operands behind it, joined */
	struct found message, line;
};

static void failure_begin(struct failure *f, const struct check_ran *ran)
{
	*f = (struct failure){.ran = ran};
	check_split(ran->line != NULL ? ran->line : "", &f->commands);
	for (size_t i = 0; i < f->commands.count && !f->is_docker; i++)
		f->is_docker = docker_read(&f->commands.items[i], &f->docker);
	if (f->is_docker && f->docker.operand_count > 0)
		f->first = f->docker.operands[0];
	for (size_t i = 1; f->is_docker && i < f->docker.operand_count; i++)
		buf_printf(&f->words, "%s%s", i > 1 ? " " : "", f->docker.operands[i]);
}

static void failure_finish(struct failure *f)
{
	buf_finish(&f->words);
	check_commands_finish(&f->commands);
}

/* ---- matching ---- */

static bool match_pattern(const char *pattern, const char *text, struct found *ret)
{
	regex_t regex;
	struct found found = {.text = text};
	if (text == NULL || regcomp(&regex, pattern, REG_EXTENDED) != 0)
		return false;
	bool good = regexec(&regex, text, ARRAY_LENGTH(found.matches), found.matches, 0) == 0;
	regfree(&regex);
	if (good && ret != NULL)
		*ret = found;
	return good;
}

/* "-p --publish" */
static bool has_option(const struct failure *f, const char *spellings)
{
	size_t length = strcspn(spellings, " ");
	cleanup_free char *one = xstrndup(spellings, length);
	const char *other = spellings[length] != '\0' ? spellings + length + 1 : NULL;
	return f->is_docker && docker_option(&f->docker, one, other) != NULL;
}

static bool has_status(const struct rule *rule, int status)
{
	for (size_t i = 0; i < rule->status_count; i++)
		if (rule->statuses[i] == status)
			return true;
	if (status == CHECK_STATUS_UNKNOWN)
		return rule->message != NULL && (rule->status_count == 0 || rule->statuses[0] != 0);
	return rule->status_count == 0 && status != 0;
}

static bool fits_words(struct failure *f, const struct rule *rule)
{
	const char *first = f->first != NULL ? f->first : "";
	if (rule->verb != NULL) {
		cleanup_free char *whole = xasprintf("^(%s)$", rule->verb);
		if (!f->is_docker || !match_pattern(whole, f->docker.verb->name, NULL))
			return false;
	}
	for (size_t i = 0; i < rule->option_count; i++)
		if (!has_option(f, rule->options[i]))
			return false;
	for (size_t i = 0; i < rule->absent_count; i++)
		if (has_option(f, rule->absent[i]))
			return false;
	return (rule->first == NULL || match_pattern(rule->first, first, &f->line)) &&
	       (rule->words == NULL || match_pattern(rule->words, buf_text(&f->words), &f->line)) &&
	       (rule->line == NULL || match_pattern(rule->line, f->ran->line, &f->line));
}

static bool rule_fits(struct failure *f, const struct rule *rule)
{
	f->message = f->line = (struct found){0};
	return has_status(rule, f->ran->status) && fits_words(f, rule) &&
	       (rule->message == NULL ||
		       match_pattern(rule->message, f->ran->output, &f->message)) &&
	       (rule->also == NULL || match_pattern(rule->also, f->ran->output, NULL));
}

/* ---- texts ---- */

static void add_found(const struct found *found, size_t n, struct buf *out)
{
	if (found->text != NULL && found->matches[n].rm_so >= 0)
		buf_add(out, found->text + found->matches[n].rm_so,
			(size_t)(found->matches[n].rm_eo - found->matches[n].rm_so));
}

/* What the docker command says itself, or words for it where it does not. */
static void add_word(const struct failure *f, const char *name, struct buf *out)
{
	const char *called = f->is_docker ? docker_option(&f->docker, NULL, "--name") : NULL;
	if (text_same(name, "IMAGE") || text_same(name, "CONTAINER"))
		buf_add_text(out, f->first != NULL ? f->first : name);
	else if (text_same(name, "NAME"))
		buf_add_text(out, called != NULL ? called : "NAME");
	else if (text_same(name, "VERB"))
		buf_add_text(out, f->is_docker ? f->docker.verb->name : "COMMAND");
	else
		buf_printf(out, "$%s", name);
}

static char *fill_template(const struct failure *f, const char *text)
{
	struct buf out = {0};
	for (const char *c = text != NULL ? text : ""; *c != '\0'; c++) {
		size_t length = strspn(c + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
		if ((*c == '$' || *c == '%') && c[1] >= '1' && c[1] <= '3') {
			add_found(*c == '$' ? &f->message : &f->line, (size_t)(c[1] - '0'), &out);
			c++;
		} else if (*c == '$' && length > 0) {
			cleanup_free char *name = xstrndup(c + 1, length);
			add_word(f, name, &out);
			c += length;
		} else {
			buf_add_char(&out, *c);
		}
	}
	return buf_steal(&out);
}

/* ---- what the state adds ---- */

static char *port_holder(struct engine *engine, const char *port)
{
	cJSON *json = NULL;
	const cJSON *one, *p;
	char *holder = NULL;
	long long wanted;
	if (engine == NULL || !text_number(port, 1, 65535, &wanted) ||
		!engine_get(engine, "/containers/json", &json, NULL))
		return NULL;
	cJSON_ArrayForEach(one, json)
		cJSON_ArrayForEach(p, json_get(one, "Ports")) {
			const char *name = json_get_item_text(json_get(one, "Names"), 0);
			if (holder == NULL && name != NULL &&
				json_get_integer_or(p, "PublicPort", 1, 65535, 0) == wanted)
				holder = xstrdup(name[0] == '/' ? name + 1 : name);
		}
	cJSON_Delete(json);
	return holder;
}

/* "Bind for 0.0.0.0:80 failed: port is already allocated" */
static void add_holder(const char *output, struct engine *engine, struct buf *out)
{
	const char *bind = strstr(output, "Bind for ");
	const char *colon = bind != NULL ? strstr(bind, " failed") : NULL;
	while (colon != NULL && colon > bind && *colon != ':')
		colon--;
	if (colon == NULL || *colon != ':')
		return;
	cleanup_free char *port = xstrndup(colon + 1, strcspn(colon + 1, " "));
	cleanup_free char *holder = port_holder(engine, port);
	if (holder != NULL)
		buf_printf(out, " Here port %s belongs to `%s`: `docker rm -f %s` frees it.", port,
			holder, holder);
}

static const struct docker_verb *nearest_verb(const char *word)
{
	const struct docker_verb *best = NULL;
	size_t min = 6,
	       wanted = strlen(word); /* of two that are as near, the one as long is meant */
	for (size_t i = 0; i < docker_verb_count; i++) {
		size_t length = strlen(docker_verbs[i].name);
		size_t distance = 2 * text_distance(word, docker_verbs[i].name) +
				  (length > wanted ? length - wanted : wanted - length);
		if (distance < min) {
			min = distance;
			best = &docker_verbs[i];
		}
	}
	return best;
}

/* "docker rum": did you mean run? */
static void add_nearest(const struct check_commands *commands, struct buf *out)
{
	for (size_t i = 0; i < commands->count; i++) {
		const struct check_command *c = &commands->items[i];
		if (c->count < 2 || !text_same(c->words[0], "docker"))
			continue;
		const struct docker_verb *verb = nearest_verb(c->words[1]);
		if (verb != NULL && !text_same(verb->name, c->words[1]))
			buf_printf(out, "Did you mean `docker %s`? ", verb->name);
	}
}

/* ---- the rules at work ---- */

/* The learner's own rules go first. */
static bool load_rules(struct rules *rules, struct error *err)
{
	cleanup_buf struct buf text = {0}, own_text = {0};
	cleanup_free char *config = xdg_folder(XDG_CONFIG);
	cleanup_free char *own = path_join(config, "explain.txt");
	cleanup_free char *shipped = data_path(RULES);
	if (file_exists(own) && (!file_read(own, RULES_LIMIT, &own_text, err) ||
					!rules_parse(own, buf_text(&own_text), rules, err)))
		return false;
	return file_read(shipped, RULES_LIMIT, &text, err) &&
	       rules_parse(shipped, buf_text(&text), rules, err);
}

/* The image that a message names, else the line does. NULL: neither. */
static char *missing_image(const struct failure *f)
{
	cleanup_buf struct buf name = {0};
	for (size_t i = 1; i <= 3 && name.length == 0; i++)
		add_found(&f->message, i, &name);
	if (name.length > 0)
		return buf_steal(&name);
	return f->first != NULL ? xstrdup(f->first) : NULL;
}

/* What is here says more than general advice. */
static void set_nearest_image(
	const struct failure *f, const struct words *images, struct check_explanation *x)
{
	if (images == NULL ||
		!(text_same(x->rule, "pull-denied") || text_same(x->rule, "manifest-missing")))
		return;
	char *image = missing_image(f);
	if (image == NULL)
		return;
	bool like_one;
	free(x->hint);
	x->hint = near_images(image, images, &like_one);
	if (like_one)
		free(image); /* mistyped, most likely */
	else
		x->image = image;
}

static void add_state(const struct failure *f, struct engine *engine, const struct words *images,
	struct check_explanation *x)
{
	cleanup_buf struct buf hint = {0};
	set_nearest_image(f, images, x);
	if (text_same(x->rule, "unknown-command"))
		add_nearest(&f->commands, &hint);
	buf_add_text(&hint, x->hint);
	add_holder(f->ran->output, engine, &hint);
	free(x->hint);
	x->hint = buf_steal(&hint);
}

/* What failed says so at its end; every rule over all that an endless line said would take minutes.
 */
static struct check_ran with_last_words(const struct check_ran *ran)
{
	struct check_ran last = *ran;
	size_t length = ran->output != NULL ? strlen(ran->output) : 0;
	if (length > WORDS_MAX)
		last.output += length - WORDS_MAX;
	return last;
}

bool check_explain(const struct check_ran *whole, struct engine *engine, const struct words *images,
	struct check_explanation *ret, struct error *err)
{
	const struct check_ran last = with_last_words(whole), *ran = &last;
	struct rules rules = {0};
	struct failure f;
	*ret = (struct check_explanation){0};
	bool good = load_rules(&rules, err);
	failure_begin(&f, ran);
	for (size_t i = 0; good && i < rules.count && ret->rule == NULL; i++) {
		const struct rule *rule = &rules.items[i];
		if (!rule_fits(&f, rule))
			continue;
		*ret = (struct check_explanation){.rule = xstrdup(rule->name),
			.what = fill_template(&f, rule->what),
			.why = fill_template(&f, rule->why),
			.hint = fill_template(&f, rule->hint),
			.left = fill_template(&f, rule->left)};
		add_state(&f, engine, images, ret);
	}
	failure_finish(&f);
	rules_finish(&rules);
	return good;
}

void check_explanation_finish(struct check_explanation *x)
{
	free(x->rule);
	free(x->what);
	free(x->why);
	free(x->hint);
	free(x->left);
	free(x->image);
	*x = (struct check_explanation){0};
}

char *explain_shortly(
	const struct check_ran *ran, struct engine *engine, const struct words *images)
{
	struct check_explanation x;
	char *text = NULL;
	if (ran->status != 0 && ran->output != NULL &&
		check_explain(ran, engine, images, &x, NULL)) {
		text = x.rule != NULL ? xasprintf("%s %s", x.what, x.hint) : NULL;
		check_explanation_finish(&x);
	}
	return text;
}
