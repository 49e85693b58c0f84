/* import/stub.c - what an author finds where a lesson's questions belong: forms to fill in */
#include "private.h"

static const char forms[] =
	"// ropes asks nothing until this file has a question. Remove the two slashes before the lines\n"
	"// of a form, and replace the words in capitals. The format is Moodle's GIFT: in the text,\n"
	"// = ~ # { } and : need a \\ before them. Give each question a title that no other one has.\n"
	"\n"
	"// One answer is right. What follows # is shown to those who chose that answer: say what they\n"
	"// mixed up.\n"
	"// ::TITLE::QUESTION?{\n"
	"// =RIGHT ANSWER\n"
	"// ~WRONG ANSWER#WHY IT IS WRONG\n"
	"// ~WRONG ANSWER#WHY IT IS WRONG\n"
	"// }\n"
	"\n"
	"// A statement that is true or false:\n"
	"// ::TITLE::STATEMENT{FALSE#WHY IT IS FALSE}\n"
	"\n"
	"// An answer to type, in two spellings:\n"
	"// ::TITLE::QUESTION?{=ANSWER =OTHER SPELLING}\n";

void stub_write(const struct course_lesson *lesson, struct buf *out)
{
	buf_printf(out, "// Questions of the lesson: %s\n%s", lesson->title, forms);
}
