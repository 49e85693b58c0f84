/* tests/xml/test_xml.c - XML that others wrote: what is in the tree, and which limits there are */
#include "xml.h"
#include "suite.h"

static bool parse(
	const char *text, struct arena *arena, const struct xml_node **ret, struct error *err)
{
	return xml_parse("t.xml", text, strlen(text), arena, ret, err);
}

START_TEST(a_document_is_a_tree)
{
	static const char text[] = "<?xml version='1.0'?>\n<p:a xmlns:p='x' p:b='1&#10;2 &lt;'>\n"
				   "t&amp;<b/><![CDATA[<c>&]]><c d=\"e\">f</c>\n<b>g</b></p:a>";
	cleanup_arena struct arena arena = {0};
	cleanup_error struct error err = {0};
	cleanup_buf struct buf words = {0}, markup = {0};
	const struct xml_node *root;
	ck_assert_msg(parse(text, &arena, &root, &err), "%s", error_text(&err));
	ck_assert(xml_is(root, "a") && !xml_is(root, "p:a") && root->line == 2);
	ck_assert_str_eq(xml_attribute(root, "b"), "1 2 <");
	ck_assert_ptr_null(xml_attribute(root, "none"));
	ck_assert_ptr_null(xml_child(NULL, "a"));
	ck_assert_int_eq(xml_child(root, "c")->line, 3);
	ck_assert_int_eq(xml_next(xml_child(root, "b"))->line, 4);
	xml_add_text(&words, root);
	ck_assert_str_eq(buf_text(&words), "\nt&<c>&f\ng");
	xml_add_markup(&markup, root, NULL);
	ck_assert_str_eq(buf_text(&markup), "\nt&amp;<b/>&lt;c&gt;&amp;<c d=\"e\">f</c>\n<b>g</b>");
}
END_TEST

static const struct {
	const char *start, *repeated, *message;
	size_t times;
} large[] = {
	{"", "<a>", "elements are nested too deeply", XML_DEPTH_MAX + 1},
	{"<a>", "<b/>", "it has too many elements", XML_COUNT_MAX / 2 + 1},
	{"<a>", "                ", "it is larger than 64 MiB", XML_SIZE_MAX / 16},
};

START_TEST(size_is_limited)
{
	cleanup_arena struct arena arena = {0};
	cleanup_error struct error err = {0};
	cleanup_buf struct buf text = {0};
	const struct xml_node *root;
	buf_add_text(&text, large[_i].start);
	for (size_t i = 0; i < large[_i].times; i++)
		buf_add_text(&text, large[_i].repeated);
	ck_assert(!xml_parse("t.xml", buf_text(&text), text.length, &arena, &root, &err));
	ck_assert_msg(strstr(error_text(&err), large[_i].message) != NULL, "%s", error_text(&err));
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{a_document_is_a_tree, 1},
		{size_is_limited, ARRAY_LENGTH(large)},
	};
	return suite_run("xml", tests, ARRAY_LENGTH(tests), 30);
}
