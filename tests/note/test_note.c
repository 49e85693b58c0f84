/* tests/note/test_note.c - notes: encodings, heads, sections, fences, callouts, and everything odd
 */
#include "note.h"
#include "suite.h"

#include <fcntl.h>

static struct note *parse(const char *text)
{
	struct note *note = NULL;
	struct error err = {0};
	ck_assert_msg(
		note_parse("test.md", text, strlen(text), &note, &err), "%s", error_text(&err));
	return note;
}

/* ---- encodings ---- */

static const struct {
	const char *bytes;
	size_t length;
	const char *title, *from;
} encodings[] = {
	{"# caf\xC3\xA9\n", 0, "café", NULL},
	{"\xEF\xBB\xBF# bom\r\n\r\ntext\r\n", 0, "bom", NULL},
	{"# It\xE2\x80\x9A\xC3\x84\xC3\xB4s\n", 0, "It’s", "Mac Roman"},
	{"# It\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2s\n", 0, "It’s", "Windows-1252"},
	{"# M\xC3\x83\xC2\xBCller\n", 0, "Müller", "Windows-1252"},
	{"# quotes \xE2\x80\x9C\xC3\xA9t\xC3\xA9\xE2\x80\x9D\n", 0, "quotes “été”", NULL},
	{"\xFF\xFE#\0 \0h\0i\0\n\0", 12, "hi", "UTF-16LE"},
	{"\xFE\xFF\0#\0 \0h\0i\0\n", 12, "hi", "UTF-16BE"},
	{"#\0 \0h\0i\0\n\0", 10, "hi", "UTF-16LE"},
	{"# bad \xFF byte\n", 0, "bad ÿ byte", NULL},
	{"# a \033[31mred\033[0m \033]0;name\007word\n", 0, "a red word", NULL},
	{"# one\0zero in a file that is otherwise words and words\n", 55,
		"onezero in a file that is otherwise words and words", NULL},
	{"# old\rmac\r", 0, "old", NULL},
};

START_TEST(encodings_become_utf8)
{
	struct note *note = NULL;
	struct error err = {0};
	size_t length =
		encodings[_i].length > 0 ? encodings[_i].length : strlen(encodings[_i].bytes);
	ck_assert_msg(note_parse("x.md", encodings[_i].bytes, length, &note, &err), "%s",
		error_text(&err));
	ck_assert_str_eq(note->sections[0].title, encodings[_i].title);
	ck_assert(text_same(note->repaired_from, encodings[_i].from));
	note_destroy(note);
}
END_TEST

static const struct {
	const char *bytes;
	size_t length;
	const char *message;
} refused[] = {
	{"", 0, "empty"},
	{" \n\t\n", 4, "empty"},
	{"\xEF\xBB\xBF", 3, "empty"},
	{"\x7F"
	 "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0",
		16, "binary"},
};

START_TEST(what_is_no_note_is_refused)
{
	struct note *note = NULL;
	struct error err = {0};
	ck_assert(!note_parse("x.md", refused[_i].bytes, refused[_i].length, &note, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), refused[_i].message));
	ck_assert_ptr_null(note);
	error_finish(&err);
}
END_TEST

/* ---- fences ---- */

static const struct {
	const char *fence;
	size_t commands;
	const char *first, *output, *last;
} fences[] = {
	{"```\n$ docker ps\n```", 1, "docker ps", NULL, NULL},
	{"```console\n$ docker ps\nCONTAINER ID\n$ docker images\n```", 2, "docker ps",
		"CONTAINER ID", "docker images"},
	{"~~~sh\ndocker pull alpine\n# a remark\ndocker run alpine\n~~~", 2, "docker pull alpine",
		NULL, "docker run alpine"},
	{"```bash\ndocker run \\\n  -d nginx\n```", 1, "docker run \\\n  -d nginx", NULL, NULL},
	{"```console\n$ docker run \\\n> -d nginx\nabc\n```", 1, "docker run \\\n-d nginx", "abc",
		NULL},
	{"```sh\ncat <<EOF >x\n$ not a prompt\nEOF\nls\n```", 2, NULL, NULL, "ls"},
	{"```console\nuser@host:~$ whoami\nuser\n```", 1, "whoami", "user", NULL},
	{"```console\n[root@host ~]# id\n```", 1, "id", NULL, NULL},
	{"```console\nroot@1f2e3d:/# exit\n```", 0, NULL, NULL, NULL},
	{"```console\nPS C:\\x> docker ps\n```", 1, "docker ps", NULL, NULL},
	{"```cli\n🕙 16:12:38 ❯ docker version\nClient:\n\nServer:\n```", 1, "docker version",
		"Client:\n\nServer:", NULL},
	{"```console\n# docker ps\nout\n# docker images\n```", 2, "docker ps", "out",
		"docker images"},
	{"```\ndocker run -dp 80:80 x\n```", 1, "docker run -dp 80:80 x", NULL, NULL},
	{"```\njust some text\n```", 0, NULL, NULL, NULL},
	{"```yaml\nservices:\n```", 0, NULL, NULL, NULL},
	{"```sh\n#!/bin/sh\necho x\n```", 0, NULL, NULL, NULL},
	{"> ```\n> docker ps\n> ```", 1, "docker ps", NULL, NULL},
	{"- item\n\n  ```sh\n  docker ps\n  ```", 1, "docker ps", NULL, NULL},
	{"```sh\nfor i in 1 2; do\n  echo $i\ndone\n```", 1, "for i in 1 2; do\n  echo $i\ndone",
		NULL, NULL},
	{"```console\n$ echo 'a\nb'\na\nb\n```", 1, "echo 'a\nb'", "a\nb", NULL},
	{"```{.bash title=\"x.sh\"}\ndocker ps\n```", 0, NULL, NULL, NULL},
	{"```\nThere are two licenses from\nwhich you can choose\n```", 0, NULL, NULL, NULL},
	/* a host's prompt comes again behind a container's, with another clock or folder */
	{"```\n🕙 16:12:38 ❯ docker run -it a\nroot@1:/# ls\n🕚 17:13:00 ❯ docker ps\n```", 2,
		"docker run -it a", "root@1:/# ls", "docker ps"},
	{"```\n➜  ~ docker run -it a\n/ # ls\n➜  p git:(main) ✗ docker ps\n```", 2,
		"docker run -it a", "/ # ls", "docker ps"},
	{"```\nPS C:\\x> docker run -it a\n/ # ls\nPS C:\\y> docker ps\n```", 2, "docker run -it a",
		"/ # ls", "docker ps"},
	{"```\n~/x $ docker run -it a\nbash-5.1$ ls\n/y $ docker ps\n```", 2, "docker run -it a",
		"bash-5.1$ ls", "docker ps"},
	{"```\n/x # docker run -it a\n/ # ls\n/x # docker ps\n```", 2, "docker run -it a", "/ # ls",
		"docker ps"},
};

START_TEST(fences_become_commands)
{
	cleanup_free char *text = xasprintf("# t\n\n%s\n", fences[_i].fence);
	struct note *note = parse(text);
	const struct note_section *s = &note->sections[0];
	const struct note_block *first = NULL, *last = NULL;
	size_t count = 0;
	for (size_t i = 0; i < s->block_count; i++) {
		if (s->blocks[i].kind != NOTE_COMMAND)
			continue;
		first = first != NULL ? first : &s->blocks[i];
		last = &s->blocks[i];
		count++;
	}
	ck_assert_uint_eq(count, fences[_i].commands);
	if (fences[_i].first != NULL)
		ck_assert_str_eq(first->code, fences[_i].first);
	if (count > 0)
		ck_assert_msg(text_same(first->output, fences[_i].output), "%s", first->output);
	if (fences[_i].last != NULL)
		ck_assert_str_eq(last->code, fences[_i].last);
	note_destroy(note);
}
END_TEST

static size_t count_commands(const struct note *note)
{
	size_t count = 0;
	for (size_t i = 0; i < note->section_count; i++)
		for (size_t k = 0; k < note->sections[i].block_count; k++)
			count += note->sections[i].blocks[k].kind == NOTE_COMMAND;
	return count;
}

/* One that is called often does not keep others from being known. */
START_TEST(programs_of_long_notes_are_known)
{
	cleanup_buf struct buf text = {0};
	buf_add_text(&text, "# t\n\n```console\n");
	for (int i = 0; i < 500; i++)
		buf_add_text(&text, "$ quux ps\n");
	buf_add_text(&text, "$ acme --help\n```\n\n```\nacme sync -a\n```\n");
	struct note *note = parse(buf_text(&text));
	ck_assert_uint_eq(count_commands(note), 502);
	note_destroy(note);
}
END_TEST

/* ---- callouts ---- */

static const struct {
	const char *text;
	enum note_icon icon;
	const char *words;
} callouts[] = {
	{"⚠️ Careful here", NOTE_ICON_WARNING, "Careful here"},
	{"⚠ Careful here", NOTE_ICON_WARNING, "Careful here"},
	{"🎯 Learn it", NOTE_ICON_OBJECTIVE, "Learn it"},
	{"> [!NOTE]\n> read this", NOTE_ICON_NOTE, "read this"},
	{"> [!warning] read this", NOTE_ICON_WARNING, "read this"},
	{"> **Tip**\n>\n> short", NOTE_ICON_TIP, "short"},
	{"**Note:** this", NOTE_ICON_NOTE, "this"},
	{"- 🧠 in a list", NOTE_ICON_KNOWLEDGE, "in a list"},
	{"Nothing ⚠️ here", NOTE_ICON_NONE, "Nothing ⚠️ here"},
	{"> a quote", NOTE_ICON_NONE, "a quote"},
};

START_TEST(callouts_are_recognised)
{
	cleanup_free char *text = xasprintf("# t\n\n%s\n", callouts[_i].text);
	struct note *note = parse(text);
	ck_assert_uint_ge(note->sections[0].block_count, 1);
	const struct note_block *b = &note->sections[0].blocks[0];
	cleanup_buf struct buf words = {0};
	note_text_plain(&b->text, &words);
	ck_assert_int_eq(b->icon, callouts[_i].icon);
	ck_assert_str_eq(buf_text(&words), callouts[_i].words);
	ck_assert((b->callout != 0) == (callouts[_i].icon != NOTE_ICON_NONE));
	note_destroy(note);
}
END_TEST

/* ---- anchors ---- */

static const struct {
	const char *title, *anchor;
} anchors[] = {
	{"What is a container?", "what-is-a-container"},
	{"Example docker run command", "example-docker-run-command"},
	{"A & B", "a--b"},
	{"Éclair_1", "éclair_1"},
	{"🎯 Aim", "-aim"},
	{"!!!", "section"},
};

START_TEST(anchors_follow_github)
{
	cleanup_free char *anchor = note_anchor(anchors[_i].title);
	ck_assert_str_eq(anchor, anchors[_i].anchor);
}
END_TEST

START_TEST(sections_nest_and_repeat)
{
	struct note *note =
		parse("intro\n\n# A\n## B\n### C\n# A\n### D\n\nSetext\n======\n> # quoted\n");
	static const char *const numbers[] = {"1", "2", "2.1", "2.1.1", "3", "3.1", "4"};
	static const char *const names[] = {"test", "a", "b", "c", "a-1", "d", "setext"};
	ck_assert_uint_eq(note->section_count, ARRAY_LENGTH(numbers));
	for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
		ck_assert_str_eq(note->sections[i].number, numbers[i]);
		ck_assert_str_eq(note->sections[i].anchor, names[i]);
	}
	note_destroy(note);
}
END_TEST

/* What the note is called that has no heading for all of it. */
static const struct {
	const char *text, *title, *first;
} titles[] = {
	{"## A\n## B\n", "test", "A"},
	{"## A\n### B\n", "A", "A"},
	{"## A\n# B\n", "B", "A"},
	{"words\n\n## A\n", "test", "test"},
	{"---\ntitle: Named\n---\nwords\n\n## A\n", "Named", "Named"},
	{"+++\ntitle = 'Named'\n+++\nwords\n", "Named", "Named"},
};

START_TEST(titles_are_found)
{
	struct note *note = parse(titles[_i].text);
	ck_assert_str_eq(note->head.title, titles[_i].title);
	ck_assert_str_eq(note->sections[0].title, titles[_i].first);
	note_destroy(note);
}
END_TEST

/* A heading, and its title: attributes are for the site generator. */
static const struct {
	const char *heading, *title;
} headings[] = {
	{"# Images {#images}", "Images"},
	{"# Images{#images}", "Images"},
	{"# Images { #images .wide }", "Images"},
	{"# Images {: #images }", "Images"},
	{"# Images {:.no_toc}", "Images"},
	{"# Images {/* #images */}", "Images"},
	{"# Images ## {#images}", "Images"},
	{"# Images {#images} ##", "Images"},
	{"Images {#images}\n===", "Images"},
	{"# **Images** {#images}", "Images"},
	{"# Learn C# {#c}", "Learn C#"},
	{"# Length ${#array}", "Length ${#array}"},
	{"# Blocks {{#if}}", "Blocks {{#if}}"},
	{"# The form `{#id}`", "The form {#id}"},
	{"# A set {a, b}", "A set {a, b}"},
	{"# {#images}", "{#images}"},
	{"# Empty {#}", "Empty {#}"},
};

START_TEST(headings_have_no_attributes)
{
	cleanup_free char *text = xasprintf("%s\n\nwords\n", headings[_i].heading);
	struct note *note = parse(text);
	ck_assert_str_eq(note->sections[0].title, headings[_i].title);
	note_destroy(note);
}
END_TEST

/* What is told of a note as a whole. */
static const struct {
	const char *text;
	int line;
	const char *message;
} problems[] = {
	{"---\ntitle: x\n\n# A\n", 1, "never ended"},
	{"# A\n\n```sh\nls\n", 3, "all that follows"},
	{"# A\n\n- ```sh\n  ls\n\nwords\n", 3, "ends with its list item"},
	{"# A\n\n> ~~~ sh\n> ls\n> ```\nwords\n", 3, "ends with its list item or quote"},
	{"# A \xFC\n", 1, "1 byte is not UTF-8"},
	{"# A \001 heading that is long enough\n", 0, "1 control character was left out"},
};

START_TEST(problems_are_told)
{
	struct note *note = parse(problems[_i].text);
	ck_assert_uint_eq(note->problem_count, 1);
	ck_assert_int_eq(note->problems[0].line, problems[_i].line);
	ck_assert_ptr_nonnull(strstr(note->problems[0].message, problems[_i].message));
	note_destroy(note);
}
END_TEST

START_TEST(whole_fences_are_no_problem)
{
	struct note *note = parse("# A\n\n```\n```\n\n~~~sh\nls\n\n~~~\n\n- ```\n  ls\n  ```\n");
	ck_assert_uint_eq(note->problem_count, 0);
	note_destroy(note);
}
END_TEST

START_TEST(front_matter_is_read)
{
	struct note *note =
		parse("---\nid: x-1\ntitle: \"A title\"\nauthor: Ada\ndate: 2026-01-02\n"
		      "written_against:\n  client: 20.10\n  server: 24.0\nsources:\n  - "
		      "https://a.example\n"
		      "tags: [one, two]\n---\n# H\n");
	ck_assert_str_eq(note->head.id, "x-1");
	ck_assert_str_eq(note->head.title, "A title");
	ck_assert_str_eq(note->head.author, "Ada");
	ck_assert_str_eq(note->head.client_version, "20.10");
	ck_assert_str_eq(note->head.server_version, "24.0");
	ck_assert_uint_eq(note->head.source_count, 1);
	ck_assert_uint_eq(note->head.tag_count, 2);
	ck_assert_int_eq(note->sections[0].line, 13);
	note_destroy(note);
}
END_TEST

/* ---- the head of a note whose author kept to a form; its blocks are in kinds/NAME.blocks ---- */

START_TEST(heads_of_a_form_are_read)
{
	cleanup_free char *path = suite_data("note/kinds/docker_start_here.md");
	struct note *note = NULL;
	struct error err = {0};
	ck_assert_msg(note_load(path, &note, &err), "%s", error_text(&err));
	ck_assert_str_eq(note->repaired_from, "Mac Roman");
	ck_assert_str_eq(note->head.id, "cn_2400117350_docker_start_here");
	ck_assert_str_eq(note->head.author, "Ada Example");
	ck_assert_str_eq(note->head.created, "2021-04-06 08:15");
	ck_assert_str_eq(note->head.client_version, "20.10.5");
	ck_assert_str_eq(note->head.server_version, "20.10.5");
	ck_assert_uint_eq(note->head.source_count, 2);
	ck_assert_uint_eq(note->head.tag_count, 1);
	ck_assert_uint_eq(note->head.icon_count, 7);
	ck_assert_str_eq(note->head.icons[0].mark, "⚠️");
	ck_assert_str_eq(note->head.icons[6].mark, "🧪");
	ck_assert_uint_eq(note->section_count, 17);
	ck_assert_str_eq(note->sections[3].title, "Docker architecture");
	ck_assert_str_eq(
		note->sections[3].source, "https://docs.example.org/start/overview/#architecture");
	const struct note_section *last = &note->sections[16];
	ck_assert_int_eq(last->links[last->link_count - 1].kind, NOTE_LINK_WIKI);
	note_destroy(note);
}
END_TEST

/* ---- sizes and depths ---- */

START_TEST(footnotes_are_numbered)
{
	struct note *note =
		parse("# A\n\nThis[^why] and that[^2].\n\n[^why]: Because.\n\n[^2]: Second.\n");
	const struct note_section *s = &note->sections[0];
	cleanup_buf struct buf plain = {0};
	ck_assert_uint_eq(s->block_count, 3);
	note_text_plain(&s->blocks[0].text, &plain);
	ck_assert_str_eq(buf_text(&plain), "This[^1] and that[^2].");
	ck_assert_str_eq(s->blocks[1].marker, "[^1]");
	ck_assert_str_eq(s->blocks[2].marker, "[^2]");
	note_destroy(note);
}
END_TEST

static const struct {
	const char *front, *again;
	size_t size;
} shapes[] = {
	{"", "x", 1 << 20},
	{"", ">", 10000},
	{"", "# same\n", 70000},
	{"", "[", 50000},
	/* each would take minutes, if what is looked for in vain were looked for again */
	{"<div>\n", "<a", 1 << 20},
	{"<div>\n", "<!x", 1 << 20},
	{"<div>\n", "<pre></pre>", 1 << 20},
	{"<div>\n", "<details>", 1 << 20},
	{"", ":::note\n", 1 << 20},
	{"", "{{< note >}}\n", 1 << 20},
	{"", "%%\nx\n", 1 << 20},
};

static void read_shape(const struct buf *text)
{
	struct note *note = NULL;
	struct error err = {0};
	ck_assert_msg(
		note_parse("x.md", text->data, text->length, &note, &err), "%s", error_text(&err));
	ck_assert_uint_ge(note->section_count, 1);
	note_destroy(note);
}

START_TEST(hostile_shapes_end_well)
{
	cleanup_buf struct buf text = {0};
	buf_add_text(&text, shapes[_i].front);
	while (text.length < shapes[_i].size)
		buf_add_text(&text, shapes[_i].again);
	buf_add_text(&text, " end\n");
	read_shape(&text);
}
END_TEST

START_TEST(deep_lists_end_well)
{
	cleanup_buf struct buf text = {0};
	for (int i = 0; i < 3000; i++)
		buf_printf(&text, "%*s- x\n", i % 200 * 2, "");
	read_shape(&text);
}
END_TEST

/* What stands in front of each line of a container is not repeated without measure. */
START_TEST(wide_margins_end_well)
{
	cleanup_buf struct buf text = {0};
	buf_add_text(&text, "- x\n");
	buf_add_repeat(&text, ' ', 1 << 19);
	buf_add_text(&text, ":::note\n");
	for (int i = 0; i < 1 << 18; i++)
		buf_add_text(&text, "a\n");
	buf_add_text(&text, ":::\n");
	read_shape(&text);
}
END_TEST

START_TEST(files_that_are_none)
{
	struct note *note = NULL;
	struct error err = {0};
	ck_assert(!note_load(suite_folder, &note, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "folder"));
	ck_assert(!note_load("/nonexistent/x.md", &note, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "No such file"));
	cleanup_free char *path = path_join(suite_folder, "large.md");
	ck_assert_int_eq(close(creat(path, 0600)), 0);
	ck_assert_int_eq(truncate(path, 50 * 1000 * 1000), 0);
	ck_assert(!note_load(path, &note, &err));
	ck_assert_ptr_nonnull(strstr(error_text(&err), "too large"));
	error_finish(&err);
}
END_TEST

static const struct {
	const char *line;
	size_t count;
} placeholders[] = {
	{"docker rm <container>", 1},
	{"docker stop CONTAINER", 1},
	{"docker ps $(docker ps -q)", 0},
	{"docker run IMAGE …", 2},
	{"docker stop <CONTAINER_ID|NAME>", 1},
	{"docker rm <nombre del contenedor>", 1},
	{"docker rm {{container}} {name} «name» ‹name›", 4},
	{"docker ps --format {{.Names}} -f {a,b} -e X=${NAME} {1..3}", 0},
	{"docker run [OPTIONS] IMAGE [COMMAND] [ARG...]", 4},
	{"[ -f x ] && ls file[0-9]", 0},
	{"docker exec %CONTAINER% __NAME__", 2},
	{"date +%Y%m%d", 0},
	{"docker login -u YOUR_NAME -p your-password", 2},
	{"docker push yourusername/app", 1},
	{"git commit -m \"your words\"", 0},
	{"docker tag xxxx me/XXXX", 2},
	{"mktemp /tmp/x.XXXXXX", 0},
	{"docker build -t USERNAME/IMAGE_NAME:TAG .", 3},
	{"docker run --name=NAME -e NAME=web -e PORT=80 $NAME ${NAME} alpine", 1},
	{"docker rm container_id image-id my_container", 2},
	{"docker run -v /path/to/dir:/data alpine", 1},
	{"echo \"<h1>Hello</h1><br>\" >index.html", 0},
	{"cat >x <<EOF\n<h1>YOUR NAME</h1> <name>\nEOF\ndocker rm <name>", 1},
	{"cat <<EOF>f\n<name>\nEOF", 0},
	{"docker run -e NAME=x alpine", 0},
	{"docker logs container_name", 1},
	{"docker pull IMAGE[:TAG]", 1},
	{"docker tag SOURCE_IMAGE[:TAG] me/app", 1},
	{"docker push $$user$$/app", 1},
	{"docker stop ____", 1},
	{"docker stop <<id>>", 1},
	{"docker stop &lt;id&gt;", 1},
	{"docker network connect dev `<id>`", 1},
	{"docker cp *CONTAINER_ID*:/x .", 1},
	{"docker rm 305297d7a235 ff0a5c3750b9", 2},
	{"docker logs 47d", 1},
	{"docker rm 容器ID", 1},
	{"docker stop db1 c1 cafe", 0},
	{"docker run alpine echo 305297d7a235", 0},
	{"cat <<EOF>>f", 0},
	{"docker run MY_IMAGE", 1},
	{"docker stop ID", 1},
	{"cat <file >out", 0},
	{"echo '<b>'", 0},
};

START_TEST(placeholders_are_found)
{
	ck_assert_uint_eq(
		note_placeholders(placeholders[_i].line, NULL, NULL), placeholders[_i].count);
}
END_TEST

/* As a picture in base64 is one word. */
START_TEST(long_words_end_well)
{
	static const char *const again[] = {"abcd", "«", "__A", "<a> ", "<a>b</", "x", "<<a "};
	for (size_t i = 0; i < ARRAY_LENGTH(again); i++) {
		cleanup_buf struct buf line = {0};
		while (line.length < 1 << 18)
			buf_add_text(&line, again[i]);
		note_placeholders(buf_text(&line), NULL, NULL);
	}
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{encodings_become_utf8, ARRAY_LENGTH(encodings)},
		{what_is_no_note_is_refused, ARRAY_LENGTH(refused)},
		{fences_become_commands, ARRAY_LENGTH(fences)},
		{programs_of_long_notes_are_known, 1},
		{programs_of_long_notes_are_known, 1},
		{callouts_are_recognised, ARRAY_LENGTH(callouts)},
		{anchors_follow_github, ARRAY_LENGTH(anchors)},
		{sections_nest_and_repeat, 1},
		{titles_are_found, ARRAY_LENGTH(titles)},
		{headings_have_no_attributes, ARRAY_LENGTH(headings)},
		{problems_are_told, ARRAY_LENGTH(problems)},
		{whole_fences_are_no_problem, 1},
		{front_matter_is_read, 1},
		{heads_of_a_form_are_read, 1},
		{footnotes_are_numbered, 1},
		{hostile_shapes_end_well, ARRAY_LENGTH(shapes)},
		{deep_lists_end_well, 1},
		{wide_margins_end_well, 1},
		{files_that_are_none, 1},
		{placeholders_are_found, ARRAY_LENGTH(placeholders)},
		{long_words_end_well, 1},
	};
	return suite_run("note", tests, ARRAY_LENGTH(tests), 30);
}
