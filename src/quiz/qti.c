/* quiz/qti.c - translates QTI 2 items with one choice interaction, as IMS's assessment test,
 * section and item information model describes them */
#include "private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

extern const struct kind quiz_kind_choice, quiz_kind_choices;

/* ---- the files of a package ---- */

static void add_item(struct words *ret, const char *address)
{
	cleanup_buf struct buf name = {0};
	if (address == NULL)
		return;
	address += text_starts(address, "./") ? 2 : 0;
	url_decode(&name, address, strlen(address));
	if (name.length > 0 && !words_has(ret, buf_text(&name)))
		words_add(ret, buf_text(&name));
}

void qti_items(const struct xml_node *root, struct words *ret)
{
	for (const struct xml_node *at = root; at != NULL; at = xml_walk(root, at)) {
		const char *type = xml_attribute(at, "type");
		bool item =
			xml_is(at, "resource") && type != NULL && text_starts(type, "imsqti_item");
		if (item || xml_is(at, "assessmentItemRef"))
			add_item(ret, xml_attribute(at, "href"));
	}
}

/* ---- an item ---- */

struct item {
	struct translation *t;
	const struct xml_node *root, *interaction, *declaration;
	bool several;        /* options may be chosen */
	bool weighted;       /* by its mapping; else all right options together earn the point */
	struct words values; /* the right ones */
	size_t right;        /* options */
	double best;         /* sum of the positive weights, or the largest of them */
};

static const struct xml_node *find(const struct xml_node *root, const char *name)
{
	const struct xml_node *at = root;
	while (at != NULL && !xml_is(at, name))
		at = xml_walk(root, at);
	return at;
}

static bool is_interaction(const struct xml_node *node)
{
	return node->name != NULL && text_ends(node->name, "Interaction");
}

static bool is_apart(const struct xml_node *element)
{
	static const char *const names[] = {"rubricBlock", "feedbackInline", "feedbackBlock",
		"printedVariable", "infoControl", "stylesheet", "templateInline", "templateBlock"};
	return is_interaction(element) || text_is_one_of(element->name, names, ARRAY_LENGTH(names));
}

/* Returns the element as HTML on one line: its line ends mean nothing. NULL: there is nothing. */
static const char *read_markup(struct translation *t, const struct xml_node *element)
{
	cleanup_buf struct buf out = {0};
	if (element != NULL)
		xml_add_markup(&out, element, is_apart);
	return text_is_blank(buf_text(&out)) ? NULL : arena_strdup(&t->arena, buf_text(&out));
}

static const char *choice_name(const struct xml_node *choice)
{
	const char *name = xml_attribute(choice, "identifier");
	return name != NULL ? name : "";
}

static double mapped_value(const struct item *item, const char *choice)
{
	const struct xml_node *mapping = xml_child(item->declaration, "mapping");
	const char *value = xml_attribute(mapping, "defaultValue");
	for (const struct xml_node *entry = xml_child(mapping, "mapEntry"); entry != NULL;
		entry = xml_next(entry))
		if (text_same(xml_attribute(entry, "mapKey"), choice))
			value = xml_attribute(entry, "mappedValue");
	double number = value != NULL ? strtod(value, NULL) : 0;
	return isfinite(number) ? number : 0;
}

static double choice_weight(const struct item *item, const char *choice)
{
	if (item->weighted) {
		double value = mapped_value(item, choice);
		return item->best > 0 ? fmax(value / item->best, -1) : 0;
	}
	if (words_has(&item->values, choice))
		return item->several ? 1.0 / (double)item->right : 1;
	return item->several ? -1 : 0;
}

/* Counts what is right before any weight is known. */
static void weigh_choices(struct item *item)
{
	const struct xml_node *processing = xml_child(item->root, "responseProcessing");
	const char *by = xml_attribute(processing, "template");
	const struct xml_node *mapping = xml_child(item->declaration, "mapping");
	const struct xml_node *response = xml_child(item->declaration, "correctResponse");
	bool mapped = by != NULL && strstr(by, "map_response") != NULL;
	item->weighted = mapping != NULL && (mapped || response == NULL);
	for (const struct xml_node *value = xml_child(response, "value"); value != NULL;
		value = xml_next(value)) {
		const char *words = translate_words(item->t, value);
		words_add(&item->values, words != NULL ? words : "");
	}
	for (const struct xml_node *choice = xml_child(item->interaction, "simpleChoice");
		choice != NULL; choice = xml_next(choice)) {
		const char *name = choice_name(choice);
		double value = mapped_value(item, name);
		item->right += words_has(&item->values, name);
		item->best = item->several ? item->best + fmax(value, 0) : fmax(item->best, value);
	}
	if (item->several && !item->weighted && item->right > 1)
		translate_note(item->t, item->interaction->line,
			"QTI gives the point only for all right options; here each of them earns a "
			"part");
}

/* ---- feedback ---- */

static const char *choice_feedback(const struct item *item, const struct xml_node *choice)
{
	const char *name = choice_name(choice);
	const char *own = read_markup(item->t, find(choice, "feedbackInline"));
	for (const struct xml_node *modal = xml_child(item->root, "modalFeedback");
		own == NULL && modal != NULL; modal = xml_next(modal))
		if (text_same(xml_attribute(modal, "identifier"), name))
			own = read_markup(item->t, modal);
	return own;
}

static void note_losses(const struct item *item)
{
	static const char *const files[] = {"img", "object", "audio", "video"};
	for (const struct xml_node *at = item->root; at != NULL; at = xml_walk(item->root, at))
		if (at->name != NULL && text_is_one_of(at->name, files, ARRAY_LENGTH(files))) {
			const char *source = xml_attribute(at, "src");
			source = source != NULL ? source : xml_attribute(at, "data");
			translate_note(item->t, at->line, "the file '%s' is left out",
				source != NULL ? source : "");
		}
}

/* ---- the whole ---- */

static void write_choice(struct item *item, const struct xml_node *choice)
{
	double weight = choice_weight(item, choice_name(choice));
	bool right = !item->several && weight > 1 - 1e-6;
	const char *text = read_markup(item->t, choice);
	struct buf *out = &item->t->gift;
	translate_from(item->t, choice->line);
	write_sign(out, right ? '=' : '~', right ? 1 : weight);
	if (text != NULL)
		write_source(out, (struct quiz_source){text, QUIZ_HTML}, QUIZ_HTML);
	write_feedback(out, "#", (struct quiz_source){choice_feedback(item, choice), QUIZ_HTML},
		QUIZ_HTML);
}

static const char *read_stem(const struct item *item)
{
	cleanup_buf struct buf stem = {0};
	const char *body = read_markup(item->t, xml_child(item->root, "itemBody"));
	const char *prompt = read_markup(item->t, xml_child(item->interaction, "prompt"));
	buf_add_text(&stem, body != NULL ? body : "");
	if (prompt != NULL)
		buf_printf(&stem, "<p>%s</p>", prompt);
	return arena_strdup(&item->t->arena, buf_text(&stem));
}

static void write_item(struct item *item)
{
	const char *name = xml_attribute(item->root, "identifier");
	const char *title = xml_attribute(item->root, "title");
	const struct kind *kind = item->several ? &quiz_kind_choices : &quiz_kind_choice;
	struct quiz_question q = {.id = name,
		.has_id = !text_is_blank(name),
		.title = text_is_blank(title) ? NULL : title,
		.text_source = {read_stem(item), QUIZ_HTML}};
	translate_question(item->t, item->root->line, kind);
	write_head(&item->t->gift, &q);
	buf_add_text(&item->t->gift, " {");
	for (const struct xml_node *choice = xml_child(item->interaction, "simpleChoice");
		choice != NULL; choice = xml_next(choice))
		write_choice(item, choice);
	buf_add_char(&item->t->gift, '\n');
	translate_from(item->t, item->root->line);
	buf_add_char(&item->t->gift, '}');
	note_losses(item);
}

static const struct xml_node *find_declaration(const struct item *item)
{
	const char *name = xml_attribute(item->interaction, "responseIdentifier");
	const struct xml_node *at = xml_child(item->root, "responseDeclaration");
	while (at != NULL && !text_same(xml_attribute(at, "identifier"), name))
		at = xml_next(at);
	return at;
}

void qti_translate(struct translation *t, const struct xml_node *root)
{
	struct item item = {.t = t, .root = root};
	const struct xml_node *other = NULL;
	size_t count = 0;
	for (const struct xml_node *at = root; at != NULL; at = xml_walk(root, at))
		if (is_interaction(at)) {
			count++;
			item.interaction = at;
			other = xml_is(at, "choiceInteraction") ? other : at;
		}
	const char *name = xml_attribute(root, "identifier");
	name = name != NULL ? name : "";
	if (count != 1 || other != NULL) {
		translate_refusal(t, other != NULL ? other->line : root->line,
			other != NULL
				? N_("item '%s' has a %s, and cannot be asked here; it needs one choiceInteraction")
			: count == 0
				? N_("item '%s' has no interaction, and cannot be asked here; it needs one choiceInteraction")
				: N_("item '%s' has several, and cannot be asked here; it needs one choiceInteraction"),
			name, other != NULL ? other->name : "");
		return;
	}
	item.declaration = find_declaration(&item);
	if (item.declaration == NULL) {
		translate_refusal(t, item.interaction->line,
			"item '%s' does not say what is right: it has no responseDeclaration for it",
			name);
		return;
	}
	item.several = text_same(xml_attribute(item.declaration, "cardinality"), "multiple");
	weigh_choices(&item);
	write_item(&item);
	words_finish(&item.values);
}
