/* tests/cmd/test_cmd.c - subcommands: what is typed, what is written, how it ends */
#include "ropes.h"

#include "fake/clock.h"

#include <sqlite3.h>

/* PRACTICE stands for the note of tests/data/tutor, GIFT for its questions, BANK for a bank that
 * has mistakes, CAST for a recording, OUT for a file that is written. */
static char *with_paths(const char *line)
{
	static const struct {
		const char *word, *file;
	} files[] = {{"PRACTICE", "tutor/practice.md"}, {"GIFT", "tutor/quizzes/questions.gift"},
		{"CAST", "corpus/cast/three.cast"}, {"BANK", "quiz/bad_bank.txt"},
		{"NOTES", "tutor"}};
	struct buf out = {0};
	while (*line != '\0') {
		size_t i = 0;
		if (text_starts(line, "OUT.")) {
			buf_printf(&out, "%s/", suite_folder);
			buf_add(&out, line, 4);
			line += 4;
			continue;
		}
		while (i < ARRAY_LENGTH(files) && !text_starts(line, files[i].word))
			i++;
		if (i < ARRAY_LENGTH(files)) {
			cleanup_free char *path = ropes_data(files[i].file);
			buf_add_text(&out, path);
			line += strlen(files[i].word);
		} else {
			buf_add_char(&out, *line++);
		}
	}
	return buf_steal(&out);
}

struct row {
	const char *line, *input;
	int status;
	const char *out, *err;
};

static void try_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		cleanup_free char *line = with_paths(rows[i].line);
		cleanup_free char *input = with_paths(rows[i].input != NULL ? rows[i].input : "");
		free(ropes_expect(line, input, rows[i].status, rows[i].out, rows[i].err));
	}
}

/* ---- the command line ---- */

static const struct row words[] = {
	{"--help", "", 0, "usage: ropes [--plain] [SUBCOMMAND]", NULL},
	{"help", "", 0, "`ropes SUBCOMMAND --help` describes a subcommand", NULL},
	{"help learn", "", 0, "usage: ropes learn [OPTION…] [COURSE[#LESSON]]", NULL},
	{"help nothing", "", 0, "usage: ropes [--plain] [SUBCOMMAND]", NULL},
	{"--version", "", 0, "ropes ", NULL},
	{"--frob", "", 2, NULL, "unrecognized option '--frob'"},
	{"lern", "", 2, NULL, "did you mean 'learn'?"},
	{"xyzzy", "", 2, NULL, "unknown subcommand 'xyzzy'"},
	{"learn --help", "", 0, "--timeout SECONDS", NULL},
	{"learn --frob", "", 2, NULL, "unrecognized option '--frob'"},
	{"learn --timeout", "", 2, NULL, "option '--timeout' requires an argument"},
	{"learn a b", "", 2, NULL, "unexpected argument 'b'"},
	{"show", "", 2, NULL, "missing operand: COURSE[#LESSON]"},
	{"gate --owner=x", "", 2, NULL, "option '--owner' has been removed: use --learner"},
	{"learn --daemon moon PRACTICE", "", 2, NULL, "--daemon: expected practice, host, none"},
	{"learn --daemon none --network PRACTICE", "", 2, NULL,
		"--network works only with the practice machine"},
	{"learn --timeout x PRACTICE", "", 2, NULL, "--timeout: 'x' is not a number of seconds"},
	{"learn --seed x PRACTICE", "", 2, NULL, "--seed: 'x' is not a number"},
	{"test --seed 0 PRACTICE", "", 2, NULL, "--seed: '0' is not a number"},
	{"learn --idle x PRACTICE", "", 2, NULL, "--idle: 'x' is not a number of minutes"},
	{"learn nowhere", "", 3, NULL, "nowhere"},
	{"learn PRACTICE#nothing", "", 2, NULL, "there is no lesson 'nothing'"},
};

START_TEST(command_lines_are_read)
{
	ropes_home();
	ropes_prepare = ropes_sandbox;
	try_rows(&words[_i], 1);
}
END_TEST

/* ---- what needs nobody's record ---- */

static const struct row single[] = {
	{"list", "", 0, "docker-start-here", NULL},
	{"list --json", "", 0, "docker-start-here", NULL},
	{"list PRACTICE", "", 0, "1.2", NULL},
	{"list PRACTICE --json", "", 0, "\"lessons\"", NULL},
	{"list NOTES", "", 0, "Practice", NULL},
	{"list nowhere", "", 3, NULL, "nowhere"},
	{"show PRACTICE#tasks", "", 0, "Start `alpine` as `job`", NULL},
	{"show PRACTICE", "", 0, "1.4", NULL},
	{"show docker-start-here#docker-run", "", 0, "docker run", NULL},
	{"import", "", 2, NULL, "missing operand: NOTE|FOLDER|ARCHIVE"},
	{"import PRACTICE", "", 2, NULL, "requires the folder to write"},
	{"import PRACTICE -o", "", 2, NULL, "option '-o' requires an argument"},
	{"import PRACTICE -o NOTES", "", 2, NULL, "name a folder that is new or empty"},
	{"import PRACTICE --output=NOTES", "", 2, NULL, "name a folder that is new or empty"},
	{"import nowhere -o no/such", "", 3, NULL, "nowhere"},
	{"import GIFT -o no/such", "", 2, NULL, "has only questions"},
	{"import PRACTICE -x", "", 2, NULL, "unrecognized option '-x'"},
	{"lint PRACTICE", "", 1, NULL, NULL},
	{"lint GIFT", "", 0, NULL, NULL},
	{"lint BANK", "", 1, ":3:7: the answers have no closing '}'", "2 problems"},
	{"lint BANK", "", 1, ":8:12: 'x' is not NUMBER, NUMBER:TOLERANCE or LOW..HIGH", NULL},
	{"lint BANK", "", 1, ":10:12: note: '1,000' is read as 1000", NULL},
	{"lint BANK", "", 1, ":12:21: note: Moodle refuses the weight -15 %", NULL},
	{"lint BANK --format json", "", 1, "\"rule\":\"question\"", "2 problems"},
	{"lint BANK --format sarif", "", 1, "\"startColumn\":7", "2 problems"},
	{"lint BANK --format xml", "", 2, NULL, "--format: expected human, json or sarif"},
	{"lint docker-start-here", "", 0, "note: `docker run` has no option `--nosuch`.", NULL},
	{"lint nowhere", "", 3, NULL, "nowhere"},
	{"quiz GIFT --gift", "", 0, "::First::", NULL},
	{"quiz BANK --gift", "", 3, "[html]<b>Which</b> is\\: &lt;right&gt;? {",
		":3:7: the answers have"},
	{"quiz BANK --seed 7", "a\nt\na\n1,000\nb c\n", 0, "Not asked: ", NULL},
	{"quiz BANK --seed 7", "a\nt\nb\n1 000\nb c\nn\n", 1, "Which is: <right>?", NULL},
	{"quiz BANK --seed 7", "a\nt\nb\n1 000\nb c\nn\n", 1, "t or f", NULL},
	{"quiz PRACTICE --gift", "", 0, "::First::", NULL},
	{"quiz docker-start-here --gift", "", 0, "{", NULL},
	{"quiz GIFT --seed 7", "b\nfalse\n42\n-a\na b\na2 b1 c3\n100\n", 0, "points", NULL},
	{"quiz GIFT --seed 7 --one-by-one", "n\n", 1, "is that correct?", NULL},
	{"explain -- docker rum", "", 1, NULL, "no explanation found"},
	{"explain -- docker rum", "docker: 'rum' is not a docker command.", 0, "docker run", NULL},
	{"explain", "", 2, NULL, "missing operand: -- COMMAND"},
	{"explain --last -- docker ps", "", 2, NULL, "name no COMMAND"},
	{"record", "", 2, NULL, "missing operand: FILE [COURSE[#LESSON]]"},
	{"record /no/such/file", "", 2, NULL, "record needs a terminal"},
	{"play", "", 2, NULL, "missing operand: FILE"},
	{"play CAST", "", 0, "ls\n", NULL},
	{"play CAST --speed 3 --max-pause 2", "", 0, "ls\n", NULL},
	{"play CAST --speed 0", "", 2, NULL, "--speed: '0' is not a number from 0.1 to 100"},
	{"play CAST --speed nan", "", 2, NULL, "--speed: 'nan' is not a number from"},
	{"play CAST --max-pause x", "", 2, NULL, "--max-pause: 'x' is not a number from 0.01 to"},
	{"play PRACTICE", "", 3, NULL, "practice.md:1: this is not a recording (asciicast)"},
	{"play nowhere.cast", "", 3, NULL, "nowhere.cast"},
	{"doctor", "", 0, "dockerd", NULL},
	{"doctor --json", "", 0, "\"dockerd\"", NULL},
	{"doctor --daemon host", "", 0, "daemon", NULL},
	{"doctor --daemon unix:///run/x.sock", "", 0, "unix:///run/x.sock", NULL},
	{"env", "", 0, NULL, NULL},
	{"gate --print-policy", "", 0, "registries =", NULL},
	{"gate", "", 2, NULL, "--listen"},
	{"gate --listen /x/y --profile moon", "", 2, NULL, "moon"},
	{"board", "", 2, NULL, "missing operand: URL"},
	{"board http://127.0.0.1:1/room/board?token=x", "", 3, NULL, NULL},
	{"join", "", 2, NULL, "missing operand: URL [CODE]"},
	{"join http://example.com x", "", 2, NULL, NULL},
	{"join http://127.0.0.1:1 x", "", 3, NULL, NULL},
	{"sync", "", 2, NULL, "no store to send to yet"},
	{"sync status", "", 2, NULL, "no store to send to yet"},
	{"sync frob", "", 2, NULL, "unknown subcommand 'frob'"},
	{"sync join", "", 2, NULL, "expected `ropes sync join LINK`, the link of an invitation"},
	{"sync join http://example.com --key k", "s\n", 2, NULL, "use an https:// address"},
	{"sync join http://127.0.0.1:1/xapi --key k", "", 2, NULL,
		"there is no secret on standard input"},
	{"sync join http://127.0.0.1:1/xapi --key k --ca /nowhere", "s\n", 2, NULL, "--ca"},
	{"serve --listen 127.0.0.1:0 --lrs-key x", "", 2, NULL, "--lrs-key requires --lrs"},
	{"serve --listen 127.0.0.1:0 --tls-cert x", "", 3, NULL, "'x'"},
	{"serve --listen what", "", 2, NULL, NULL},
	{"serve --listen 127.0.0.1:0 --connections x", "", 2, NULL,
		"--connections: 'x' is not a number from 1 to"},
	{"serve --listen 127.0.0.1:0 --new-room", "", 2, NULL, "--new-room requires --workshop"},
	{"serve --listen 127.0.0.1:0 --lrs http://example.com/xapi", "", 2, NULL, "--lrs"},
	{"serve --listen 127.0.0.1:0 --allow-origin what", "", 2, NULL, "--allow-origin"},
	{"serve report", "", 3, NULL, "this store has no workshop"},
	{"serve frob", "", 2, NULL, "unknown subcommand 'frob'"},
	{"serve --daemon=x", "", 2, NULL, "option '--daemon' has been removed"},
};

START_TEST(single_commands)
{
	ropes_home();
	ropes_prepare = ropes_sandbox;
	try_rows(&single[_i], 1);
}
END_TEST

/* ---- output that cannot be written ---- */

START_TEST(a_full_disk_is_told)
{
	ropes_home();
	ropes_prepare = ropes_sandbox;
	const struct row *row =
		_i < (int)ARRAY_LENGTH(words) ? &words[_i] : &single[_i - (int)ARRAY_LENGTH(words)];
	if (row->status != 0 || row->out == NULL)
		return;
	cleanup_free char *line = with_paths(row->line);
	int in = ropes_file("stdin", row->input), err = ropes_file("stderr", "");
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	int status = ropes_wait(ropes_start(line, in, full, err));
	cleanup_free char *why = ropes_content("stderr");
	ck_assert_msg(status > 0 && status < 128 && text_starts(why, "ropes: "),
		"%s: status %d, %s", line, status, why);
	close(in);
	close(err);
	close(full);
}
END_TEST

/* The last part finds room again, after one before it did not. */
START_TEST(lost_output_in_the_middle_is_told)
{
	int ends[2], err = ropes_file("stderr", ""), in = ropes_file("stdin", "");
	ropes_home();
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	pid_t pid = ropes_start("list docker-start-here --json", in, ends[1], err);
	siginfo_t info;
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	ck_assert_int_eq(ropes_wait(pid), ERROR_ENVIRONMENT);
	cleanup_free char *why = ropes_content("stderr");
	ck_assert_ptr_nonnull(strstr(why, "cannot write to standard output"));
	close(ends[0]);
	close(ends[1]);
	close(in);
	close(err);
}
END_TEST

/* ---- the practice machine ---- */

static const struct row machine[] = {
	{"daemon", "", 2, NULL, "start|stop|status|env"},
	{"daemon frob", "", 2, NULL, "unknown subcommand 'frob'"},
	{"daemon start", "", 0, NULL, NULL},
	{"daemon start --network --idle 5", "", 0, NULL, NULL},
	{"daemon status", "", 0, "unix:///run/fake/docker.sock", NULL},
	{"daemon env", "", 0, "DOCKER_HOST=unix:///run/fake/docker.sock", NULL},
	{"daemon stop", "", 0, NULL, NULL},
	{"images", "", 0, "alpine:3", NULL},
	{"images list", "", 0, "nginx:1", NULL},
	{"images list --json", "", 0, "\"alpine:3\"", NULL},
	{"images add", "", 2, NULL, NULL},
	{"images add --pull redis", "", 0, "redis", NULL},
	{"images add redis:7", "", 0, "redis:7", NULL},
	{"images remove redis", "", 0, NULL, NULL},
	{"images frob", "", 2, NULL, "unknown subcommand 'frob'"},
};

START_TEST(the_machine_is_asked)
{
	ropes_home();
	ropes_prepare = ropes_sandbox;
	try_rows(&machine[_i], 1);
}
END_TEST

static void no_machine(void)
{
	ropes_sandbox();
	fake_machine.state = MACHINE_ABSENT;
	fake_machine.start_error = "no namespaces here";
	fake_machine.image_error = "no such archive";
	fake_sandbox.open_error = "no namespaces here";
	fake_sandbox.host.address = NULL;
	fake_sandbox.engine = NULL;
}

static const struct row without[] = {
	{"daemon start", "", 3, NULL, "no namespaces here"},
	{"daemon status", "", 1, NULL, NULL},
	{"daemon env", "", 3, NULL, NULL},
	{"images add redis.tar", "", 3, NULL, "no such archive"},
	{"images remove redis", "", 3, NULL, "no such archive"},
	{"doctor", "", 3, "there is none", NULL},
	{"learn PRACTICE#running", ":quit\n", 0,
		"no namespaces here. You can read and take quizzes", NULL},
	{"learn PRACTICE#running --daemon host", ":quit\n", 0, "You can read and take quizzes",
		NULL},
	{"reset --daemon host", "", 3, NULL, NULL},
	{"test PRACTICE#tasks", "", 3, NULL, NULL},
};

START_TEST(there_is_no_machine)
{
	ropes_home();
	ropes_prepare = no_machine;
	try_rows(&without[_i], 1);
}
END_TEST

/* ---- a learner's days ---- */

static const struct row days[] = {
	{"progress", "", 0, NULL, NULL},
	{"review", "", 0, NULL, NULL},
	{"learn PRACTICE#tasks --trust --seed 3 --timeout 5",
		"docker run --name job alpine true\n\n\n\ncat\n\n:quit\n", 0,
		"✔ container job is exited", NULL},
	{"", ":quit\n", 0, "Welcome back. You stopped here:", NULL},
	{"learn", ":quit\n", 0, "1.3", NULL},
	{"quiz PRACTICE#questions --seed 7", "c\nfalse\n42\n-a\na b\na2 b1 c3\n100\nn\n", 0,
		"6 of 7 points", NULL},
	{"progress", "", 0, "Practice", NULL},
	{"progress PRACTICE", "", 0, "86 / 86 / 86 %", NULL},
	{"progress nosuch", "", 3, NULL, "nosuch"},
	{"progress --json", "", 0, "\"passed\":\ttrue", NULL},
	{"progress PRACTICE --items", "", 0, "too few answers", NULL},
	{"progress PRACTICE --items --json", "", 0, "\"", NULL},
	{"notes", "", 0, "There are no notes of ada yet. In a lesson, `:note WORDS` writes one.",
		NULL},
	{"learn PRACTICE#tasks", ":note `true` exits\n:quit\n", 0, "Noted, for you alone.", NULL},
	{"notes", "", 0, "Tasks   `true` exits", NULL},
	{"notes PRACTICE", "", 0, "Practice", NULL},
	{"notes nosuch", "", 3, NULL, "nosuch"},
	{"notes --learner bob", "", 0, "There are no notes of bob yet", NULL},
	{"export md", "", 0, ": `true` exits", NULL},
	{"export xapi", "", 0, "\n]", NULL},
	{"notes --remove x", "", 2, NULL, "--remove: 'x' is not the number of a note"},
	{"notes --remove 1 PRACTICE", "", 2, NULL, "--remove needs no COURSE"},
	{"notes --remove 1 --learner bob", "", 1, NULL,
		"bob has no note 1; `ropes notes` lists them"},
	{"notes --remove 1", "", 0, "Note 1 has been removed.", NULL},
	{"notes --remove 1", "", 1, NULL, "ada has no note 1"},
	{"export", "", 2, NULL, "missing operand: md|csv|json|xapi|gift|anki [COURSE]"},
	{"export word", "", 2, NULL, "expected md, csv, json, xapi, gift or anki, got 'word'"},
	{"export md nosuch", "", 3, NULL, "nosuch"},
	{"export md", "", 0, "docker run --name job alpine true", NULL},
	{"export md PRACTICE", "", 0, "| Questions | passed |", NULL},
	{"export csv", "", 0, "\"task\",\"job\",\"Start `alpine` as `job`", NULL},
	{"export json", "", 0, "\"passed_lines\":\t[\"docker run --name job alpine true\"]", NULL},
	{"export xapi", "", 0, "[\n{\"id\":", NULL},
	{"export gift", "", 0, "// [id:first]", NULL},
	{"export anki PRACTICE", "", 0, "#separator:tab\n", NULL},
	{"export anki --learner bob", "", 0, "#guid column:1", NULL},
	{"export gift -o OUT.gift", "", 0, NULL, NULL},
	{"quiz OUT.gift --seed 1", "c\n", 0, "1 of 1 points", NULL},
	{"export md -o OUT.gift", "", 1, NULL, "exists and was not replaced; --force replaces it"},
	{"export md -o OUT.gift", "n\n", 1, NULL, "exists and was not replaced"},
	{"lint OUT.gift", "", 0, NULL, NULL},
	{"export md -o OUT.gift", "y\n", 0, "Replace ", NULL},
	{"export csv -o OUT.gift --force", "", 0, NULL, NULL},
	{"export md -o /dev/null", "", 2, NULL, "'/dev/null' is not a regular file"},
	{"export md --force -o /dev", "", 2, NULL, "'/dev' is not a regular file"},
	{"export md -o /no/such/file", "", 3, NULL, "/no/such/file"},
	{"review PRACTICE", "", 0, "Due in the next week:", NULL},
	{"review PRACTICE --most 0", "", 2, NULL, "--most"},
	{"learn --once --watch PRACTICE", "", 2, NULL,
		"--once and --watch cannot be used together"},
	{"learn --once PRACTICE", "", 0, "✔ container web exists", NULL},
	{"learn PRACTICE#tasks --daemon none", ":next\n:quit\n", 0, "without a daemon", NULL},
	{"test PRACTICE#running", "", 0, "ok 1 - 1.1 Running: example", NULL},
	{"test PRACTICE#running", "", 0, "# seed ", NULL},
	{"test PRACTICE#running --seed 7", "", 0, "# seed 7\n", NULL},
	{"test PRACTICE --trust --alone --timeout 5", "", 1, "not ok", NULL},
	{"test PRACTICE#tasks", "", 0,
		"this course does not come with ropes, so its hidden commands run only with --trust",
		NULL},
	{"test NOTES", "", 1, NULL, NULL},
	{"test PRACTICE#running --format junit", "", 0, "<testcase name=\"1.1 Running: example",
		NULL},
	{"test PRACTICE#running --format human", "", 0, "1 passed, 0 failed, 2 skipped", NULL},
	{"test PRACTICE#running --format xml", "", 2, NULL, "--format: expected human, tap or"},
	{"test PRACTICE --filter '('", "", 2, NULL, "--filter: '(' is not a regular expression"},
	{"test PRACTICE --filter xyzzy", "", 1, NULL, "nothing that --filter wants was found"},
	{"test PRACTICE --shell x", "", 2, NULL, "--shell: expected LINE"},
	{"test PRACTICE BANK --shell 3", "", 2, NULL, "--shell needs one course"},
	{"test PRACTICE --shell 3 --update", "", 2, NULL, "--shell and --update cannot be used"},
	{"test PRACTICE --shell 3 --jobs 2", "", 2, NULL, "--shell and --jobs cannot be used"},
	{"test PRACTICE --shell x --jobs 1", "", 2, NULL, "--shell: expected LINE"},
	{"test PRACTICE --alone --trust --shell 51", "cat\n", 0, "twice", NULL},
	{"test PRACTICE --jobs 0", "", 2, NULL, "--jobs: '0' is not a number from 1 to 20"},
	{"test PRACTICE --jobs 21", "", 2, NULL, "--jobs: '21' is not a number from 1 to 20"},
	{"test PRACTICE --jobs two", "", 2, NULL, "--jobs: 'two' is not a number"},
	{"test PRACTICE --jobs", "", 2, NULL, "option '--jobs' requires an argument"},
	{"test PRACTICE --jobs 2 --daemon host", "", 2, NULL, "--jobs works only with practice"},
	{"test PRACTICE --jobs 1 --daemon none", "", 2, NULL, "--daemon none: testing a course"},
	{"test BANK --filter quiz", "", 1, "not ok 1 - 1 bad_bank: quiz", NULL},
	{"test BANK", "", 1, "not ok 1 - 1 bad_bank: quiz", NULL},
	{"test BANK", "", 1, "bad_bank.txt:3:7: the answers have no closing", NULL},
	{"reset", "", 0, NULL, NULL},
	{"reset PRACTICE#nowhere", "", 2, NULL, "there is no lesson 'nowhere'"},
	{"reset PRACTICE#nowhere --progress --yes", "", 2, NULL, "there is no lesson 'nowhere'"},
	{"reset nowhere", "", 3, NULL, "nowhere"},
	{"reset GIFT --progress --yes", "", 1, NULL, "there is no recorded progress of ada in"},
	{"reset PRACTICE#tasks --progress", "", 1, NULL, "nothing was deleted"},
	{"reset PRACTICE#tasks --progress", "n\n", 1, NULL, "nothing was deleted"},
	{"progress --json", "", 0, "\"tasks\"", NULL},
	{"reset PRACTICE#tasks --progress", "y\n", 0,
		"The progress of ada in Tasks has been deleted", NULL},
	{"reset PRACTICE#tasks --progress --yes", "", 1, NULL, "there is no recorded progress"},
	{"reset PRACTICE#running --progress --yes", "", 0, "in Running has been deleted", NULL},
	{"progress --json", "", 0, "questions", NULL},
	{"reset --progress", "", 2, NULL, "--progress"},
	{"list PRACTICE", "", 0, "1.3", NULL},
};

START_TEST(days_of_a_learner)
{
	ropes_home();
	ropes_prepare = ropes_sandbox;
	try_rows(days, ARRAY_LENGTH(days));
}
END_TEST

/* ---- settings ---- */

static const struct row choices[] = {
	{"config", "", 0, "daemon    practice  default", NULL},
	{"config daemon", "", 0, "practice\n", NULL},
	{"config timeout", "", 0, "\n", NULL},
	{"config lerner bob", "", 2, NULL, "unknown setting 'lerner'; did you mean 'learner'?"},
	{"config xyzzy", "", 2, NULL, "unknown setting 'xyzzy'; `ropes config` lists them"},
	{"config editing ed", "", 2, NULL, "editing: expected emacs|vi, got 'ed'"},
	{"config plain maybe", "", 2, NULL, "plain: expected yes|no, got 'maybe'"},
	{"config idle x", "", 2, NULL, "idle: expected MINUTES, got 'x'"},
	{"config --unset", "", 2, NULL, "--unset requires a KEY"},
	{"config --unset idle 3", "", 2, NULL, "--unset requires a KEY, and no VALUE"},
	/* the environment wins, and an option over it */
	{"config learner bob", "", 0, NULL, NULL},
	{"config learner", "", 0, "ada\n", NULL},
	{"config", "", 0, "learner   ada       ROPES_LEARNER", NULL},
	{"notes", "", 0, "no notes of ada", NULL},
	{"notes --learner eve", "", 0, "no notes of eve", NULL},
	{"config timeout 5", "", 0, NULL, NULL},
	{"config timeout", "", 0, "5\n", NULL},
	{"config", "", 0, "timeout   5         config:", NULL},
	{"config daemon moon", "", 2, NULL,
		"daemon: expected practice|host|none|ADDRESS, got 'moon'"},
	{"config daemon none", "", 0, NULL, NULL},
	{"learn PRACTICE#tasks", ":next\n:quit\n", 0, "without a daemon", NULL},
	{"config daemon --unset", "", 0, NULL, NULL},
	{"config daemon", "", 0, "practice\n", NULL},
};

START_TEST(settings_have_sources)
{
	ropes_home();
	ropes_prepare = ropes_sandbox;
	try_rows(choices, ARRAY_LENGTH(choices));
}
END_TEST

/* What is set changes one line; the rest of the file is its owner's. */
static const struct {
	const char *before, *set; /* before NULL: there is no file */
	const char *after;        /* a part of it; "=": the whole */
	const char *whole;
} edits[] = {
	{"# mine\nidle = 5 \n# end", "config idle 7", "=", "# mine\nidle = 7\n# end"},
	{"idle=5\nidle = 6\n", "config idle 7", "=", "idle=5\nidle = 7\n"},
	{"# idle = 240\n# plain = no\n", "config idle 7", "=",
		"# idle = 240\nidle = 7\n# plain = no\n"},
	{"# nothing", "config editing vi", "=", "# nothing\nediting = vi\n"},
	{"\r\n  idle = 5\r\nplain = yes\r\n", "config idle --unset", "=",
		"\r\n#   idle = 5\r\nplain = yes\r\n"},
	{"idle = no\n", "config idle 9", "=", "idle = 9\n"}, /* what is wrong can be set right */
	{NULL, "config editing vi", "\n# editing = emacs|vi\nediting = vi\n", NULL},
	{NULL, "config plain --unset", "# plain = no\n", NULL},
};

START_TEST(a_file_keeps_its_lines)
{
	struct error err = {0};
	cleanup_buf struct buf text = {0};
	ropes_home();
	ropes_prepare = ropes_sandbox;
	cleanup_free char *folder = xdg_folder(XDG_CONFIG), *path = path_join(folder, "config");
	ck_assert(folder_make(folder, 0700, &err));
	if (edits[_i].before != NULL)
		ck_assert(file_write(path, edits[_i].before, strlen(edits[_i].before), 0640, &err));
	free(ropes_expect(edits[_i].set, "", 0, NULL, NULL));
	ck_assert_msg(file_read(path, 1 << 16, &text, &err), "%s", error_text(&err));
	if (text_same(edits[_i].after, "="))
		ck_assert_str_eq(buf_text(&text), edits[_i].whole);
	else
		ck_assert_msg(
			strstr(buf_text(&text), edits[_i].after) != NULL, "%s", buf_text(&text));
	free(ropes_expect("config", "", 0, "setting", NULL)); /* it can be read */
}
END_TEST

static const struct {
	const char *text, *message;
} mistakes[] = {
	{"# x\nlerner = bob\n",
		"/ropes/config:2: unknown setting 'lerner'; did you mean 'learner'?"},
	{"idle = no\n", "/ropes/config:1: idle: expected MINUTES, got 'no'"},
	{"idle =\n", "/ropes/config:1: idle: expected MINUTES, got ''"},
	{"\n\nidle\n", "/ropes/config:3: expected KEY = VALUE, got 'idle'"},
	{"learner = \x1b[31m\n", "/ropes/config:1: learner: expected NAME, got ''"},
};

START_TEST(mistakes_in_a_file_are_told)
{
	struct error err = {0};
	ropes_home();
	ropes_prepare = ropes_sandbox;
	cleanup_free char *folder = xdg_folder(XDG_CONFIG), *path = path_join(folder, "config");
	const char *text = mistakes[_i].text;
	ck_assert(folder_make(folder, 0700, &err));
	ck_assert(file_write(path, text, strlen(text), 0600, &err));
	free(ropes_expect("list", "", 2, NULL, mistakes[_i].message));
	free(ropes_expect("config", "", 2, NULL, mistakes[_i].message));
	free(ropes_expect("--version", "", 0, "ropes ", NULL));
}
END_TEST

START_TEST(a_record_that_is_damaged_is_no_obstacle)
{
	struct error err = {0};
	ropes_home();
	ropes_prepare = ropes_sandbox;
	cleanup_free char *path = record_default_path();
	cleanup_free char *folder = xstrndup(path, (size_t)(path_base(path) - path));
	ck_assert(folder_make(folder, 0700, &err));
	ck_assert(folder_make(path, 0700, &err)); /* a folder is no file */
	cleanup_free char *line = with_paths("learn PRACTICE#running");
	free(ropes_expect(line, ":quit\n", 0, "Your progress is not recorded:", NULL));
}
END_TEST

/* ---- notes that others wrote ---- */

START_TEST(a_note_becomes_a_course)
{
	ropes_home();
	ropes_prepare = ropes_sandbox;
	cleanup_free char *folder = path_join(suite_folder, "imported");
	cleanup_free char *source = with_paths("PRACTICE");
	cleanup_free char *import = xasprintf("import %s -o %s", source, folder);
	cleanup_free char *list = xasprintf("list %s", folder);
	cleanup_free char *said = ropes_expect(import, "", 0, "/imported: 1 note, ", NULL);
	ck_assert_ptr_nonnull(strstr(said, "/imported/practice.md:"));
	free(ropes_expect(list, "", 0, "1.2", NULL));
	free(ropes_expect(import, "", 2, NULL, "nothing is overwritten"));
}
END_TEST

/* ---- what courses are known by ---- */

static const char first_note[] =
	"# Getting started\n\nWords.\n\n```console\n$ docker ps\n```\n\nMore.\n\n"
	"```console\n$ docker rm -f job\n```\n";
static const char second_note[] = "# Getting started\n\nWords.\n\n```console\n$ docker ps\n```\n";

/* Writes a file below the suite's folder; returns its path. The caller frees it. */
static char *write_below(const char *name, const char *content)
{
	struct error err = {0};
	char *path = path_join(suite_folder, name);
	cleanup_free char *folder = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	ck_assert_msg(folder_make(folder, 0700, &err) &&
			      file_write(path, content, strlen(content), 0600, &err),
		"%s", error_text(&err));
	return path;
}

/* What is typed, and what is shown then; each line begins with the file that it is about. */
static const struct {
	const char *file, *line, *input;
	const char *shows, *not ; /* NULL: nothing is looked for */
} ways[] = {
	{"p1/notes.md", "list", "", "1 Getting started", "/4"},
	{"p1/notes.md", "learn", "\n\n\n:quit\n", "✔ done", NULL},
	{"p1/notes.md", "list", "", "2/4", NULL},
	/* the same name and heading elsewhere */
	{"p2/notes.md", "list", "", "1 Getting started", "/2"},
	{"p2/notes.md", "learn", ":where\n:quit\n", "0/2", "Welcome back"},
	{"p1/notes.md", "learn", ":quit\n", "Welcome back. You stopped here:", NULL},
	/* banks, too */
	{"p1/bank.gift", "quiz", "t\nt\n", "2 of 2", NULL},
	{"p2/bank.gift", "quiz", "f\n", "1 of 1", "attempts"},
	{"p2/bank.gift", "quiz", "f\n", "2 attempts", NULL},
	/* a note with an id may move */
	{"p1/own.md", "learn", "\n:quit\n", "Enter: run it", NULL},
	{"p2/moved.md", "list", "", "1/2", NULL},
};

static void write_places(void)
{
	static const char own[] =
		"---\nid: my-steps\n---\n# Own\n\nWords.\n\n```console\n$ docker ps\n```\n";
	free(write_below("p1/notes.md", first_note));
	free(write_below("p2/notes.md", second_note));
	free(write_below("p1/bank.gift", "Q{T}\n\nR{T}\n"));
	free(write_below("p2/bank.gift", "Other{F}\n"));
	free(write_below("p1/own.md", own));
	free(write_below("p2/moved.md", own));
}

START_TEST(places_tell_courses_apart)
{
	ropes_home();
	ropes_prepare = ropes_sandbox;
	write_places();
	for (size_t i = 0; i < ARRAY_LENGTH(ways); i++) {
		cleanup_free char *path = path_join(suite_folder, ways[i].file);
		cleanup_free char *line = xasprintf("%s %s", ways[i].line, path);
		cleanup_free char *shown =
			ropes_expect(line, ways[i].input, 0, ways[i].shows, NULL);
		ck_assert_msg(ways[i].not == NULL || strstr(shown, ways[i].not ) == NULL,
			"row %zu: %s", i, shown);
	}
}
END_TEST

/* A step's marks follow its command when the note is edited. */
START_TEST(marks_follow_an_edited_note)
{
	static const char before[] =
		"# N\n\n```console\n$ docker ps\n```\n\n```console\n$ docker rm -f job\n```\n";
	static const char after[] =
		"# N\n\n```console\n$ docker pull alpine\n$ docker ps\n```\n\n```console\n$ docker rm -f job\n```\n";
	ropes_home();
	ropes_prepare = ropes_sandbox;
	cleanup_free char *path = write_below("p5/edited.md", before);
	cleanup_free char *learn = xasprintf("learn %s", path);
	free(ropes_expect(learn, "\n:quit\n", 0, "✔ done", NULL));
	free(write_below("p5/edited.md", after));
	cleanup_free char *at_start = xasprintf("learn %s#1", path);
	cleanup_free char *shown =
		ropes_expect(at_start, ":next\n:quit\n", 0, "$ docker pull alpine", NULL);
	const char *pull = strstr(shown, "docker pull"), *ps = strstr(shown, "docker ps");
	ck_assert_msg(pull != NULL && ps != NULL, "%s", shown);
	const char *run = strstr(pull, "Enter: run it");
	ck_assert_msg(run != NULL && run < ps, "the new one is done: %s", shown);
	ck_assert_msg(strstr(ps, "Enter: run it") == NULL, "the old one is not: %s", shown);
}
END_TEST

/* A record of the version before: the same marks for the same note, and none for another one of its
 * name. */
static void record_as_before(const char *reference, const char *course, const char *lesson)
{
	static const char *const steps[] = {"prose-1", "example-1", "q1"};
	struct error err = {0};
	struct record *record;
	sqlite3 *db;
	cleanup_free char *path = record_default_path();
	cleanup_free char *folder = xstrndup(path, (size_t)(path_base(path) - path));
	ck_assert(folder_make(folder, 0700, &err));
	ck_assert_msg(record_open(path, &record, &err), "%s", error_text(&err));
	for (size_t i = 0; i < ARRAY_LENGTH(steps); i++)
		ck_assert(record_append(record,
			&(struct record_event){.verb = i == 2 ? RECORD_ANSWERED : RECORD_PROGRESSED,
				.learner = "ada",
				.course = course,
				.course_title = "Getting started",
				.lesson = lesson,
				.lesson_title = "Getting started",
				.step = steps[i],
				.state = RECORD_STEP_DONE},
			&err));
	if (reference != NULL)
		ck_assert(record_remember_course(record, "ada", course, reference, &err));
	record_close(record);
	ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
	ck_assert_int_eq(
		sqlite3_exec(db,
			"DROP TABLE earlier; DROP TABLE renamed; DROP TABLE note; PRAGMA user_version = 2",
			NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_close(db);
}

START_TEST(records_of_the_version_before_count)
{
	ropes_home();
	ropes_prepare = ropes_sandbox;
	write_places();
	cleanup_free char *p1 = path_join(suite_folder, "p1/notes.md");
	cleanup_free char *p2 = path_join(suite_folder, "p2/notes.md");
	cleanup_free char *list1 = xasprintf("list %s", p1), *list2 = xasprintf("list %s", p2);
	cleanup_free char *learn1 = xasprintf("learn %s", p1), *learn2 = xasprintf("learn %s", p2);
	record_as_before(_i == 0 ? p1 : NULL, "notes", "getting-started");
	free(ropes_expect(list1, "", 0, "2/4", NULL));
	free(ropes_expect(learn1, ":where\n:quit\n", 0, "2/4", NULL));
	cleanup_free char *other = ropes_expect(list2, "", 0, "Getting started", NULL);
	ck_assert_ptr_null(strstr(other, "/2"));
	free(ropes_expect(learn2, ":where\n:quit\n", 0, "0/2", NULL));
	free(ropes_expect(learn1, "\n\n:quit\n", 0, "$ docker rm -f job", NULL));
	free(ropes_expect(list1, "", 0, "/4", NULL));
}
END_TEST

/* ---- what comes next ---- */

START_TEST(ropes_alone_finds_what_is_left)
{
	struct error err = {0};
	ropes_home();
	ropes_prepare = ropes_sandbox;
	cleanup_free char *one = write_below("p3/one.md", second_note);
	cleanup_free char *two = write_below("p3/two.md", "# Two\n\nWords.\n");
	cleanup_free char *learn_one = xasprintf("learn %s", one);
	cleanup_free char *learn_two = xasprintf("learn %s", two);
	free(ropes_expect(learn_one, ":quit\n", 0, "Getting started", NULL));
	free(ropes_expect(learn_two, "\n\n", 0, "That was the last step of Two.", NULL));
	free(ropes_expect("", ":quit\n", 0, "You have done all of Two.", NULL));
	free(ropes_expect("", ":quit\n", 0, "1  Getting started", NULL));
	free(ropes_expect(learn_two, ":quit\n", 0, "You have done all of this course", NULL));
	ck_assert_int_eq(unlink(one), 0);
	free(ropes_expect("", ":quit\n", 0, "p3/one.md'", NULL));
	/* nothing else is in the catalogue */
	cleanup_free char *empty = path_join(suite_folder, "data");
	cleanup_free char *lessons = path_join(empty, "lessons");
	ck_assert_msg(folder_make(lessons, 0700, &err), "%s", error_text(&err));
	ck_assert_int_eq(setenv("ROPES_DATA", empty, 1), 0);
	free(ropes_expect("", ":quit\n", 0, "Nothing is left to do", NULL));
	unsetenv("ROPES_DATA");
}
END_TEST

/* A clock that was a year ahead locks no one out. */
START_TEST(a_wrong_clock_is_forgiven)
{
	static const char quick[] = "# Quick\n<!-- evaluation\nwait: 10 minutes\n-->\n\nWords.\n";
	static const int64_t year = (int64_t)365 * 24 * 3600 * 1000;
	ropes_home();
	ropes_prepare = ropes_sandbox;
	cleanup_free char *path = write_below("p4/quick.md", quick);
	free(write_below("p4/quizzes/quick.gift", "Q{T}\n"));
	cleanup_free char *quiz = xasprintf("quiz %s", path);
	cleanup_free char *review = xasprintf("review %s", path);
	fake_clock_forward(year);
	free(ropes_expect(quiz, "f\nn\n", 1, "0 of 1 points", NULL));
	free(ropes_expect(quiz, "f\nn\n", 1, "You can try again in", NULL));
	fake_clock_forward(-year);
	free(ropes_expect(review, "t\n", 0, "1 of 1 remembered", NULL));
	free(ropes_expect(review, "t\n", 0, "Nothing is due now.", NULL));
	free(ropes_expect(quiz, "t\n", 0, "1 of 1 points", NULL));
}
END_TEST

/* ---- at a terminal ---- */

/* Whatever the locale, Backspace removes a character, not a byte. */
START_TEST(characters_are_edited_in_any_locale)
{
	static const char *const locales[][2] = {
		{"LANG", "C"}, {"LC_ALL", "POSIX"}, {"LC_CTYPE", "en_US.ISO-8859-1"}};
	static const struct fake_typing typing[] = {
		{"1.1 › ", ":goto \xc3\xa9\x7fx\r"}, {"there is no lesson 'x'", ":quit\r"}};
	ropes_home();
	ropes_prepare = ropes_sandbox;
	unsetenv("LC_ALL");
	unsetenv("LC_CTYPE");
	setenv(locales[_i][0], locales[_i][1], 1);
	cleanup_free char *line = with_paths("learn PRACTICE#running --daemon none");
	struct fake_terminal *terminal = fake_terminal_open(typing, ARRAY_LENGTH(typing));
	int fd = fake_terminal_fd(terminal), err = ropes_file("stderr", "");
	int status = ropes_wait(ropes_start(line, fd, fd, err));
	close(err);
	cleanup_free char *shown = fake_terminal_close(terminal);
	ck_assert_msg(status == 0, "status %d after:\n%s", status, shown);
}
END_TEST

/* Somebody's own daemon is asked for once. */
START_TEST(lines_may_run_on_a_daemon_of_ones_own)
{
	static const struct fake_typing typing[][3] = {
		{{"[y/N]", "n\r"}, {"1.1 › ", ":quit\r"}},
		{{"[y/N]", "y\r"}, {"1.1 › ", "docker ps\r"}, {"CONTAINER ID", ":quit\r"}},
		{{"1.1 › ", "docker ps\r"}, {"CONTAINER ID", ":quit\r"}},
	};
	static const size_t counts[] = {2, 3, 2};
	ropes_home();
	ropes_prepare = ropes_sandbox;
	cleanup_free char *line = with_paths("learn PRACTICE#running --daemon host");
	for (size_t i = 0; i < ARRAY_LENGTH(typing); i++) {
		struct fake_terminal *terminal = fake_terminal_open(typing[i], counts[i]);
		int fd = fake_terminal_fd(terminal), err = ropes_file("stderr", "");
		int status = ropes_wait(ropes_start(line, fd, fd, err));
		close(err);
		cleanup_free char *shown = fake_terminal_close(terminal);
		ck_assert_msg(status == 0, "status %d after:\n%s", status, shown);
		ck_assert_msg(i > 0 || strstr(shown, "Nothing runs on that daemon.") != NULL, "%s",
			shown);
	}
}
END_TEST

/* ---- several tests at once ---- */

static void die_at_once(struct fake_engine *engine)
{
	(void)engine;
	(void)raise(SIGKILL);
}

static void with_fatal_lines(void)
{
	static const struct fake_line lines[] = {{.line = "true"}, {.line = "false", .status = 1},
		{.line = "say", .output = "now \377\r\n"}, {.line = "broken", .cannot_start = true},
		{.line = "die", .act = die_at_once}};
	ropes_sandbox();
	fake_sandbox.lines = lines;
	fake_sandbox.line_count = ARRAY_LENGTH(lines);
}

/* Removes what may differ between two runs: times, and the steps of a start. */
static char *without_times(const char *text)
{
	static const struct {
		const char *begin, *end;
	} times[] = {{"duration_ms: ", "\n"}, {" time=\"", "\""}, {"timestamp=\"", "\""},
		{" (", "\n"}, {", in ", "\n"}, {"making the fake sandbox", "\n"}};
	struct buf out = {0};
	while (*text != '\0') {
		size_t i = 0;
		while (i < ARRAY_LENGTH(times) && !text_starts(text, times[i].begin))
			i++;
		if (i == ARRAY_LENGTH(times)) {
			buf_add_char(&out, *text++);
			continue;
		}
		text += strlen(times[i].begin);
		text += strcspn(text, times[i].end);
		text += text_starts(text, times[i].end);
	}
	return buf_steal(&out);
}

#define SHOWN "```console\n"
static const struct {
	const char *name, *content;
} job_notes[] = {
	{"many.md", "# Many\n\n" SHOWN "$ false\n$ say\nthen\n```\n\n## Two\n\nWords.\n\n" SHOWN
		    "$ true\n$ true <name>\n```\n\n## Three\n\n" SHOWN "$ say\nthen\n```\n"},
	{"one.md", "# One\n\nSee [[nowhere]].\n\n" SHOWN "$ true\n```\n"},
	{"words.md", "# Words\n\nOnly words.\n"},
	{"broken.md", "# Broken\n\n" SHOWN "$ true\n$ broken\n$ true\n```\n"},
	{"fatal.md", "# Fatal\n\n" SHOWN "$ true\n$ die\n$ true\n```\n"},
};

/* Operands of `ropes test`, the exit status, and a part of the report. */
static const struct {
	const char *line;
	int status;
	const char *part;
} job_rows[] = {
	{"many.md one.md", 1, "One"},
	{"many.md one.md --alone", 1, "One"},
	{"many.md one.md --alone --strict", 1, "One"},
	{"one.md many.md --filter say", 0, "say"},
	{"one.md one.md many.md --alone --filter true", 0, "true"},
	{"one.md many.md --filter nothing-like-it", 1, "nothing that --filter wants"},
	{"many.md words.md one.md", 1, "there is nothing to test in"},
	{"many.md missing.md one.md", 3, "missing.md"},
	{"one.md broken.md many.md", 3, "Bail out! the shell can't be started"},
};

static char *job_line(const char *line)
{
	cleanup_words struct words typed = {0};
	struct buf out = {0};
	ropes_split(line, &typed);
	buf_add_text(&out, "test --seed 3");
	for (size_t i = 0; i < typed.count; i++)
		buf_printf(&out, " %s%s%s", text_ends(typed.items[i], ".md") ? suite_folder : "",
			text_ends(typed.items[i], ".md") ? "/" : "", typed.items[i]);
	return buf_steal(&out);
}

static void write_job_notes(void)
{
	for (size_t i = 0; i < ARRAY_LENGTH(job_notes); i++)
		free(suite_file(
			job_notes[i].name, job_notes[i].content, strlen(job_notes[i].content)));
}

START_TEST(jobs_report_what_one_reports)
{
	static const char *const formats[] = {"human", "tap", "junit"};
	ropes_home();
	ropes_prepare = with_fatal_lines;
	write_job_notes();
	cleanup_free char *line = job_line(job_rows[_i].line);
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++) {
		cleanup_free char *one = xasprintf("%s --format %s", line, formats[i]);
		cleanup_free char *three = xasprintf("%s --jobs 3", one);
		struct ropes_ran by_one = ropes_run(one, ""), by_three = ropes_run(three, "");
		cleanup_free char *expected = without_times(by_one.out);
		cleanup_free char *got = without_times(by_three.out);
		ck_assert_str_eq(got, expected);
		ck_assert(i != 1 || strstr(got, job_rows[_i].part) != NULL);
		ck_assert_int_eq(by_one.status, job_rows[_i].status);
		ck_assert_int_eq(by_three.status, job_rows[_i].status);
		ropes_finish(&by_one);
		ropes_finish(&by_three);
	}
}
END_TEST

/* What was tested before and afterwards counts. */
START_TEST(a_job_that_dies_is_a_failure)
{
	ropes_home();
	ropes_prepare = with_fatal_lines;
	write_job_notes();
	cleanup_free char *line = job_line("one.md fatal.md many.md --jobs 2 --format tap");
	cleanup_free char *out = ropes_expect(line, "", 1,
		"fatal.md:1: the process that tested it was ended by signal 9 (Killed)\n", NULL);
	ck_assert_ptr_nonnull(strstr(out, "\nok 3 - 1 Fatal: example: true\n"));
	ck_assert_ptr_nonnull(strstr(out, "\nnot ok 4 - Fatal: end\n"));
	ck_assert_ptr_nonnull(strstr(out, "Many: example: say\n"));
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{command_lines_are_read, ARRAY_LENGTH(words)},
		{single_commands, ARRAY_LENGTH(single)},
		{the_machine_is_asked, ARRAY_LENGTH(machine)},
		{there_is_no_machine, ARRAY_LENGTH(without)},
		{days_of_a_learner, 1},
		{a_full_disk_is_told, ARRAY_LENGTH(words) + ARRAY_LENGTH(single)},
		{lost_output_in_the_middle_is_told, 1},
		{settings_have_sources, 1},
		{a_file_keeps_its_lines, ARRAY_LENGTH(edits)},
		{mistakes_in_a_file_are_told, ARRAY_LENGTH(mistakes)},
		{a_record_that_is_damaged_is_no_obstacle, 1},
		{a_note_becomes_a_course, 1},
		{places_tell_courses_apart, 1},
		{marks_follow_an_edited_note, 1},
		{records_of_the_version_before_count, 2},
		{ropes_alone_finds_what_is_left, 1},
		{a_wrong_clock_is_forgiven, 1},
		{characters_are_edited_in_any_locale, 3},
		{lines_may_run_on_a_daemon_of_ones_own, 1},
		{jobs_report_what_one_reports, ARRAY_LENGTH(job_rows)},
		{a_job_that_dies_is_a_failure, 1},
	};
	return suite_run("cmd", tests, ARRAY_LENGTH(tests), 60);
}
