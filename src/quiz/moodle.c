/* quiz/moodle.c - translates Moodle XML, as Moodle's importer (qformat_xml) reads it */
#include "private.h"

/* What a question has in Moodle and loses here. */
static const struct {
	const char *element, *unless; /* this is in it, or nothing */
	const char *note;
} losses[] = {
	{"hint", "", N_("a hint is left out")},
	{"usecase", "0", N_("capital and small letters are not told apart here")},
	{"graderinfo", "", N_("the information for graders is left out")},
	{"responsetemplate", "", N_("the response template is left out")},
	{"units", "", N_("units are left out: an answer is a number without a unit")},
	{"image", "", N_("the picture is left out")},
	{"image_base64", "", N_("the picture is left out")},
};

static void note_losses(struct translation *t, const struct xml_node *question)
{
	for (size_t i = 0; i < ARRAY_LENGTH(losses); i++)
		for (const struct xml_node *lost = xml_child(question, losses[i].element);
			lost != NULL; lost = xml_next(lost)) {
			const char *words = translate_words(t, lost);
			if (words != NULL && !text_same(words, losses[i].unless))
				translate_note(t, lost->line, "%s", _(losses[i].note));
		}
}

static void read_tags(
	struct translation *t, const struct xml_node *question, struct quiz_question *q)
{
	for (const struct xml_node *tag = xml_child(xml_child(question, "tags"), "tag");
		tag != NULL; tag = xml_next(tag)) {
		const char *words = translate_words(t, tag);
		if (words == NULL)
			continue;
		q->tags = arena_grow(&t->arena, q->tags, q->tag_count, sizeof *q->tags);
		q->tags[q->tag_count++] = words;
	}
}

/* A name "q3" of the third question is what ropes writes if there is no title. */
static const char *read_title(struct translation *t, const struct xml_node *question, size_t number)
{
	cleanup_free char *usual = xasprintf("q%zu", number);
	cleanup_buf struct buf title = {0};
	xml_add_text(&title, xml_child(question, "name"));
	return text_is_blank(buf_text(&title)) ||
			       text_same(translate_words(t, xml_child(question, "name")), usual)
		       ? NULL
		       : arena_strdup(&t->arena, buf_text(&title));
}

static void translate_one(struct translation *t, const struct xml_node *question,
	const struct kind *kind, size_t number)
{
	struct quiz_question q = {.kind = &kind->face,
		.title = read_title(t, question, number),
		.id = translate_words(t, xml_child(question, "idnumber"))};
	q.has_id = q.id != NULL;
	read_tags(t, question, &q);
	q.text_source = element_read_source(t, xml_child(question, "questiontext"), QUIZ_HTML);
	if (q.text_source.text == NULL) {
		translate_refusal(t, question->line, "the question has no text");
		return;
	}
	translate_question(t, question->line, kind);
	enum quiz_format usual = q.text_source.format;
	write_head(&t->gift, &q);
	if (kind != &quiz_kind_description) {
		buf_add_text(&t->gift, " {");
		if (kind->translate != NULL)
			kind->translate(t, question, usual);
		buf_add_char(&t->gift, '\n');
		translate_from(t, question->line);
		write_feedback(&t->gift, "####",
			element_read_source(t, xml_child(question, "generalfeedback"), usual),
			usual);
		buf_add_char(&t->gift, '}');
	}
	note_losses(t, question);
}

static void translate_any(struct translation *t, const struct xml_node *question, size_t *number)
{
	const char *name = xml_attribute(question, "type");
	if (text_same(name, "category")) {
		const char *category = translate_words(t, xml_child(question, "category"));
		if (category != NULL)
			buf_printf(&t->gift, "\n\n$CATEGORY: %s", category);
		return;
	}
	++*number;
	const struct kind *kind = kinds_find_type(t, question);
	if (kind != NULL) {
		translate_one(t, question, kind, *number);
		return;
	}
	const char *title = translate_words(t, xml_child(question, "name"));
	translate_refusal(t, question->line,
		"question '%s' is of the type '%s', which cannot be asked here",
		title != NULL ? title : "", name != NULL ? name : "");
}

void moodle_translate(struct translation *t, const struct xml_node *quiz)
{
	size_t number = 0;
	for (const struct xml_node *question = xml_child(quiz, "question"); question != NULL;
		question = xml_next(question))
		translate_any(t, question, &number);
}
