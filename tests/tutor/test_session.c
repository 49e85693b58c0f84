/* tests/tutor/test_session.c - the tutor's session, without a terminal: what is typed, what is
 * shown, what runs, what is recorded */
#include "play.h"

static const struct {
	const char *lesson; /* where it begins; NULL: at the first step */
	const char *input;
	enum tutor_end end;
	const char *shows[7];
	const char *ran, *recorded; /* NULL: whatever it is */
} sessions[] = {
	/* the way through the steps */
	{NULL, ":quit\n", TUTOR_QUIT,
		{"1 Practice", "End of the lesson · Enter: next lesson",
			"Bye. Run `ropes` to continue here."},
		"", "initialized, end reached, end terminated"},
	{"running", "", TUTOR_QUIT, {"Start a container.", "Bye."}, "", NULL},
	{"running", "\n\n\n\n:quit\n", TUTOR_QUIT,
		{"$ docker run -d --name web nginx", "Enter: run it",
			"✔ the command succeeded (exit 0)", "✔ your container is of image nginx",
			"✔ your container is running", "✔ done · Enter: continue", "A callout."},
		"docker run -d --name web nginx",
		"initialized, callout-1 reached, callout-1 done, prose-1 reached, prose-1 done, "
		"example-1 reached, example-1 attempted (held), example-1 done, callout-2 reached, "
		"callout-2 terminated"},
	{"running", "\n\ndocker run -d --name other nginx\n", TUTOR_QUIT,
		{"✔ container other exists", "✔ done"}, "docker run -d --name other nginx", NULL},
	{"running", "\n\n:next\n\n\ndocker ps\ndocker logs web\n:next\n\n:next\n:quit\n",
		TUTOR_QUIT,
		{"$ docker logs <name>", "This command has a placeholder", "CONTAINER ID", "a log",
			"✔ the daemon was asked: GET containers/{container}/logs",
			"For reading only: it removes everything.",
			"`app.py` is in your workspace."},
		"docker ps; docker logs web; docker rm -f job",
		"initialized, callout-1 reached, callout-1 done, prose-1 reached, prose-1 done, "
		"callout-2 reached, callout-2 done, example-2 reached, "
		"example-2 attempted (not run), example-2 attempted (held), example-2 done, "
		"example-3 reached, example-3 done, prose-2 reached, prose-2 done, job reached, "
		"job terminated"},
	{"broken", ":skip\n\n:skip\n", TUTOR_FINISHED,
		{"Skipped", "Nothing to ask here.", "That was the last step of Practice."}, "true",
		"initialized, broken reached, broken skipped, prose-1 reached, prose-1 done, "
		"question-1 reached, question-1 skipped, end terminated"},
	{"running", ":back\n:back\n:goto\n:goto nowhere\n:goto 1.2\n:quit\n", TUTOR_QUIT,
		{"1 Practice", "This is the first step.", "requires a lesson",
			"there is no lesson 'nowhere'", "1.2 Tasks"},
		"", "initialized, callout-1 reached, end reached, job reached, job terminated"},

	/* words that act on nothing */
	{"questions", ":where\n:links\n:check\n:explain\n:hint\n:solution\n:frob\n:hlp\n:q\n",
		TUTOR_QUIT,
		{"▸ 1.3 Questions 0/2", "practice.md, line 54", "This step has nothing to check.",
			"You have not run a command yet.", "There is no hint for this step.",
			"There is no solution to show here.",
			"Unknown command `:frob`. `:help` lists them."},
		"", NULL},
	{"questions",
		":notes\n:note\n:note `-p` is HOST:CONTAINER\n\n\n:note twice\nb\n:notes\n:q\n",
		TUTOR_QUIT,
		{"There are no notes of this course yet.", "`:note` requires words",
			"Noted, for you alone.", "one letter › :note twice",
			"1.3 `-p` is HOST:CONTAINER", "1.3 twice"},
		"", NULL},
	{"questions", ":hlp\n:q\nexit\nhelp\n:open x\n:open 80\n:open\n", TUTOR_QUIT,
		{"Did you mean `:help`?", "Unknown command `:q`.", "`:quit` leaves the lesson",
			"`docker help` and `help cd`", "`:open` requires a port",
			"No container publishes port 80.", "No container publishes a port."},
		"", NULL},
	{"running", "\n\n:hint\n:solution\n", TUTOR_QUIT,
		{"The command is shown above: Enter runs it.", "$ docker run -d --name web nginx"},
		"", NULL},

	/* tasks */
	{"tasks", ":hint\n:hint\n:hint\ndocker run --name job alpine true\n:check\n:quit\n",
		TUTOR_QUIT,
		{"Hint 1 of 2: Look at", "Hint 2 of 2: It is", "Hint 2 of 2: It is",
			"✔ container job is exited", "This step is already done."},
		"docker pull alpine; docker run --name job alpine true; docker rm -f job",
		"initialized, job reached, job attempted (held), job done, job answered 0.5, "
		"job terminated"},
	{"tasks", "false\n:check\n:solution\ndocker run --name job alpine true\n", TUTOR_QUIT,
		{"exit status 1", "✘ container job is exited", "there is no container job",
			"this step gives no points", "$ docker run --name job alpine true",
			"✔ container job is exited", "Done. You viewed the solution"},
		NULL,
		"initialized, job reached, job attempted (not run), job shown, "
		"job attempted (held), job shown, job answered 0, job terminated"},
	{"tasks", ":skip\n:skip\n:skip\n", TUTOR_QUIT,
		{"Skipped. So that the next step finds what it needs", "$ docker run --name job",
			"$ docker run -m 32m", "Say it twice.", "$ cat", "1.3 Questions"},
		"docker pull alpine; docker run --name job alpine true; "
		"docker run -m 32m --rm alpine true; cat < twice\n; docker rm -f job",
		"initialized, job reached, job skipped, example-1 reached, example-1 skipped, "
		"twice reached, twice skipped, prose-1 reached, prose-1 terminated"},
	{"tasks", ":next\n:next\n\ncat\n:solution\n", TUTOR_QUIT,
		{"Say it twice.", "Your turn", "✔ the output has \"twice\"", "$ cat",
			"then type into it:", "$ twice"},
		"cat; docker rm -f job", NULL},
	{"tasks",
		"docker run -d --name web nginx:nope\ndocker run -d --name web nginx:nope\n"
		"docker run -d --name web nginx:nope\n:quit\n",
		TUTOR_QUIT,
		{"✘ container job is exited", "The registry refused to send the image `ngnix`",
			"✘ container job is exited", "✘ container job is exited", "Hint 1 of 2"},
		NULL, NULL},
	{"broken", "true\n:next\n\n\n:quit\n", TUTOR_QUIT,
		{"practice.md:",
			"a check of this step cannot be read, so the step cannot be judged",
			"This lesson has no quiz.", "Enter: answer the question"},
		"true", NULL},

	/* how lines end */
	{"running", "nope\ndocker run -d --name web nginx:nope\n:explain\n", TUTOR_QUIT,
		{"command not found", "exit status 127", "This shell knows no command `nope`.",
			"exit status 125", "The registry refused to send the image `ngnix`.",
			"It exited with status 125.",
			"The registry refused to send the image `ngnix`."},
		NULL, NULL},
	{"running", "false\n:explain\n", TUTOR_QUIT,
		{"It exited with status 1.", "ropes does not know this failure"}, NULL, NULL},
	{"running", "slow\nexit 3\nmuch\nfill\nbroken\n", TUTOR_QUIT,
		{"! The command was stopped: it exceeded its time limit.", "exit status 3",
			"The shell has ended", "Checks see only the first part of the output",
			"`big` could not be kept.",
			"The command could not be run: the shell can't be started. Nothing was "
			"marked."},
		"slow; exit 3; much; fill; broken", NULL},
	{"running", "bye-bye\ndocker ps\n", TUTOR_HUNG_UP, {"bye-bye"}, "bye-bye", NULL},
	{"running", "kill-daemon\ndocker ps\n", TUTOR_QUIT,
		{"The daemon stopped while the command ran, so nothing was checked.",
			"The daemon stopped; starting a new one.", "CONTAINER ID"},
		"kill-daemon; docker ps",
		"initialized, callout-1 reached, callout-1 attempted (error), "
		"callout-1 attempted (not run), callout-1 terminated"},
	{"running", "if true\nthen docker ps\nfi\n", TUTOR_QUIT, {"> then docker ps", "> fi"},
		"if true\nthen docker ps\nfi", NULL},
	{"tasks", ":reset\n:quit\n", TUTOR_QUIT,
		{"removing what was created in the sandbox", "The sandbox is empty again."}, NULL,
		NULL},

	/* evaluations */
	{"questions", "\n\nb\n\n:quit\n", TUTOR_QUIT,
		{"Enter: answer the question", "Which one is right?", "✔ correct",
			"✔ answered · Enter: continue", "End of the lesson · :quiz"},
		"", NULL},
	{"questions", ":quiz\nc\ntrue\n42\n-a\na b\na1 b2 c3\n50\nn\n:quit\n", TUTOR_QUIT,
		{"🧪 1/7 Which one is right?",
			"✘ Not quite. Correct: b) this one → There is one.", "Read this first.",
			"🧪 2/7", "Partly right (33 %). Correct: a2 b1 c3",
			"3.83 of 7 points (55 %): not passed yet; you need 60 %",
			"Practise the 4 questions you missed?"},
		"",
		"initialized, prose-1 reached, attempted, first answered 0, truth answered 0, "
		"number answered 1, short answered 1, several answered 1, pairs answered 0.333333, "
		"essay answered 0.5, failed 3.83333, prose-1 terminated"},
	{"questions", ":quiz\nb\nfalse\n42\n-a\na b\na2 b1 c3\n100\n:quit\n", TUTOR_QUIT,
		{"7 of 7 points (100 %): passed"}, "", NULL},
	{"questions", ":quiz\nc\nfalse\n42\n-a\na b\na2 b1 c3\n100\n\nb\n:quiz\n:quit\n:quit\n",
		TUTOR_QUIT,
		{"6 of 7 points (86 %): passed", "Practise the question you missed?", "✔ correct",
			"1 of 1 correct this time", "🧪 1/7", "Quiz abandoned, no score."},
		"", NULL},
	{"questions", ":quiz\nc\n:why\n:quit\n:quiz\nx\n:why\n:quit\n:quit\n", TUTOR_QUIT,
		{"See again: 1.3 Questions", "Ask before you read on.", "Quiz abandoned",
			"`:quit` stops.",
			"`:why` shows the lesson about the last question that you missed."},
		"", NULL},
	{"questions", ":quiz one\nmaybe\nno\nyes\n:quit\n:quit\n", TUTOR_QUIT,
		{"a) that one", "Answer with yes or no.", "b) this one", "✔ correct", "🧪 2/7"},
		"", NULL},
	{"questions", ":quiz one\nno\nno\n:quit\n:quit\n", TUTOR_QUIT,
		{"b) this one", "✘ Not quite. Correct: b) this one"}, "", NULL},
	{"questions", ":quiz\nc\ntrue\n1\n-x\nc\na1 b2 c3\n0\nn\n:quiz\n:quit\n", TUTOR_QUIT,
		{"not passed yet", "You can try again in"}, "", NULL},
};

START_TEST(sessions_are_played)
{
	struct play p = play_open();
	enum tutor_end end;
	p.options.lesson = sessions[_i].lesson;
	cleanup_free char *shown = play(&p, sessions[_i].input, &end);
	cleanup_free char *ran = play_ran();
	cleanup_free char *recorded = play_recorded(&p);
	play_expect(shown, sessions[_i].shows, ARRAY_LENGTH(sessions[_i].shows));
	if (sessions[_i].ran != NULL)
		ck_assert_str_eq(ran, sessions[_i].ran);
	if (sessions[_i].recorded != NULL)
		ck_assert_str_eq(recorded, sessions[_i].recorded);
	ck_assert_int_eq(end, sessions[_i].end);
	play_close(&p);
}
END_TEST

START_TEST(one_goes_on_where_one_stopped)
{
	struct play p = play_open();
	p.options.lesson = "running";
	free(play(&p, "\n\n:quit\n", NULL));
	p.options.lesson = NULL;
	cleanup_free char *shown = play(&p, ":quit\n", NULL);
	play_expect(shown,
		(const char *const[]){"Welcome back. You stopped here:",
			"$ docker run -d --name web nginx", NULL},
		3);
	play_close(&p);
}
END_TEST

START_TEST(a_lesson_whose_steps_are_done_is_completed)
{
	struct play p = play_open();
	p.options.lesson = "tasks";
	free(play(&p, "docker run --name job alpine true\n\n\n\ncat\n\n:quit\n", NULL));
	cleanup_free char *recorded = play_recorded(&p);
	ck_assert_msg(
		strstr(recorded, "twice done, completed, prose-1 reached") != NULL, "%s", recorded);
	struct record_progress progress = {0};
	ck_assert(record_progress(p.record, "ada", &progress, NULL));
	ck_assert_str_eq(progress.courses[0].lessons[0].lesson, "tasks");
	ck_assert(progress.courses[0].lessons[0].completed);
	ck_assert_uint_eq(progress.courses[0].lessons[0].done, 3);
	record_progress_finish(&progress);
	play_close(&p);
}
END_TEST

START_TEST(attempts_at_an_evaluation_are_counted)
{
	static const char right[] = ":quiz\nb\nfalse\n42\n-a\na b\na2 b1 c3\n100\n";
	struct play p = play_open();
	cleanup_free char *input = xasprintf("%s%s%s:quiz\n:quit\n", right, right, right);
	p.options.lesson = "questions";
	cleanup_free char *shown = play(&p, input, NULL);
	play_expect(shown,
		(const char *const[]){"7 of 7 points", "7 of 7 points",
			"2 attempts: first 100 %, best 100 %, last 100 %", "3 attempts:",
			"You have used all 3 attempts; your best score is 100 %.", NULL},
		6);
	play_close(&p);
}
END_TEST

/* ---- what is not there ---- */

START_TEST(without_a_sandbox_one_reads)
{
	struct play p = play_open();
	p.options.sandbox = NULL;
	p.options.record = NULL;
	p.options.lesson = "running";
	cleanup_free char *shown =
		play(&p, "\n\ndocker ps\n:check\n\n:reset\n:skip\n:open\n", NULL);
	play_expect(shown,
		(const char *const[]){"Enter: continue (without a daemon nothing runs)",
			"There is no daemon here: you can read", "There is no daemon here",
			"A callout.", "There is no daemon here", "Bye. Nothing was recorded.",
			NULL},
		7);
	play_close(&p);
}
END_TEST

START_TEST(a_daemon_that_does_not_come_is_told)
{
	struct play p = play_open();
	fake_sandbox.wait_error = "no room for it";
	p.options.lesson = "running";
	cleanup_free char *shown = play(&p, "docker ps\n", NULL);
	cleanup_free char *recorded = play_recorded(&p);
	play_expect(shown,
		(const char *const[]){
			"Commands cannot run now: no room for it. Nothing was marked.", NULL},
		2);
	ck_assert_ptr_null(strstr(recorded, "attempted"));
	play_close(&p);
}
END_TEST

START_TEST(a_reset_that_fails_is_told)
{
	struct play p = play_open();
	fake_sandbox.reset_error = "it holds on";
	p.options.lesson = "running";
	cleanup_free char *shown = play(&p, ":reset\n", NULL);
	play_expect(shown, (const char *const[]){"! it holds on", NULL}, 2);
	play_close(&p);
}
END_TEST

START_TEST(what_a_step_needs_and_is_not_there_is_skipped)
{
	struct play p = play_open();
	fake_sandbox.limits = (struct sandbox_limits){.groups = _i == 1};
	p.options.lesson = "tasks";
	cleanup_free char *shown = play(&p, ":next\n:check\n:solution\n\n:quit\n", NULL);
	cleanup_free char *recorded = play_recorded(&p);
	play_expect(shown,
		(const char *const[]){"This step is skipped: containers have no memory and process "
				      "limits here",
			"This step is skipped", "Say it twice.", NULL},
		4);
	ck_assert_msg(strstr(recorded, "example-1 skipped") != NULL, "%s", recorded);
	play_close(&p);
}
END_TEST

START_TEST(hidden_commands_of_strangers_do_not_run)
{
	struct play p = play_open();
	p.options.trusted = false;
	p.options.lesson = "tasks";
	cleanup_free char *shown = play(&p, "docker run --name job alpine true\n:quit\n", NULL);
	cleanup_free char *ran = play_ran();
	play_expect(shown,
		(const char *const[]){"runs hidden commands in the sandbox", "$ docker pull alpine",
			"They are not run; `--trust` allows them.", "✔ container job is exited",
			NULL},
		5);
	ck_assert_str_eq(ran, "docker run --name job alpine true");
	play_close(&p);
}
END_TEST

START_TEST(a_hidden_command_that_fails_is_told)
{
	static const struct fake_line lines[] = {{.line = "docker pull alpine", .status = 1}};
	struct play p = play_open();
	fake_sandbox.lines = lines;
	fake_sandbox.line_count = 1;
	p.options.lesson = "tasks";
	cleanup_free char *shown = play(&p, ":skip\n:quit\n", NULL);
	play_expect(shown,
		(const char *const[]){"the set-up command failed: docker pull alpine",
			"Skipped. ropes tried this for you, but it failed:", NULL},
		3);
	play_close(&p);
}
END_TEST

START_TEST(files_of_the_learner_stay)
{
	struct play p = play_open();
	struct error err = {0};
	cleanup_buf struct buf text = {0};
	ck_assert(beneath_write(sandbox_workspace(p.sandbox), "app.py", "mine", 4, &err));
	p.options.lesson = "running";
	free(play(&p, "\n\n:next\n\n:next\n:next\n:quit\n", NULL));
	ck_assert(beneath_read(sandbox_workspace(p.sandbox), "app.py", 100, &text, &err));
	ck_assert_str_eq(buf_text(&text), "mine");
	fake_sandbox.write_error = "the disk is full";
	ck_assert(folder_remove(sandbox_workspace(p.sandbox), &err) &&
		  folder_make(sandbox_workspace(p.sandbox), 0700, &err));
	cleanup_free char *shown = play(&p, "\n\n:next\n\n:next\n:next\n:quit\n", NULL);
	play_expect(shown, (const char *const[]){"! the disk is full", NULL}, 2);
	play_close(&p);
}
END_TEST

/* Another name and image than the note's gaps, and a line that fills none of them. */
START_TEST(a_gap_is_filled_as_the_learner_likes)
{
	static const char text[] =
		"# Gaps\n\n```console\n$ docker run -d --name NAME IMAGE_NAME\n```\n";
	struct play p = play_open();
	struct error err = {0};
	cleanup_free char *note = suite_file("gaps.md", text, strlen(text));
	course_destroy(p.course);
	ck_assert_msg(course_load(note, &p.course, &err), "%s", error_text(&err));
	p.options.course = p.course;
	cleanup_free char *shown =
		play(&p, "docker ps\n:check\ndocker run -d --name other nginx\n", NULL);
	static const char *const phrases[] = {
		"✔ your container is of image nginx", "✔ container other exists", "✔ done"};
	const char *at = shown;
	for (size_t i = 0; i < ARRAY_LENGTH(phrases); i++) {
		at = strstr(at, phrases[i]);
		ck_assert_msg(at != NULL, "no '%s' in:\n%s", phrases[i], shown);
	}
	play_close(&p);
}
END_TEST

START_TEST(a_course_without_lessons_is_none)
{
	struct play p = play_open();
	const struct course empty = {.name = "empty"};
	struct error err = {0};
	enum tutor_end end;
	p.options.course = &empty;
	play_begin(&p, "");
	ck_assert(!tutor_run(&p.options, &end, &err));
	ck_assert_str_eq(error_text(&err), "the course 'empty' has no lesson");
	ck_assert(!tutor_demonstrate(&p.options, &err));
	ck_assert_str_eq(error_text(&err), "the course 'empty' has no command to run");
	error_finish(&err);
	free(play_end(&p));
	play_close(&p);
}
END_TEST

/* ---- without a session ---- */

START_TEST(the_first_command_is_demonstrated)
{
	struct play p = play_open();
	struct error err = {0};
	play_begin(&p, "");
	ck_assert_msg(tutor_demonstrate(&p.options, &err), "%s", error_text(&err));
	cleanup_free char *shown = play_end(&p);
	play_expect(shown,
		(const char *const[]){"Words before anything runs.",
			"$ docker run -d --name web nginx", "✔ container web exists", NULL},
		4);
	fake_sandbox.line_count = 0;
	play_begin(&p, "");
	ck_assert(!tutor_demonstrate(&p.options, &err));
	ck_assert_int_eq(err.kind, ERROR_FAILED);
	error_finish(&err);
	free(play_end(&p));
	play_close(&p);
}
END_TEST

START_TEST(lessons_are_shown)
{
	struct play p = play_open();
	play_begin(&p, "");
	tutor_show(p.screen, p.course, _i == 0 ? TUTOR_ALL_LESSONS : 3);
	cleanup_free char *shown = play_end(&p);
	if (_i == 0)
		play_expect(shown,
			(const char *const[]){"1.1 Running", "1.2 Tasks", "1.4 Broken", NULL}, 4);
	play_expect(
		shown, (const char *const[]){"1.3 Questions", "🧪 a question: first", NULL}, 3);
	play_close(&p);
}
END_TEST

static const struct {
	size_t lesson;
	const char *input;
	const char *error; /* NULL: it is taken */
	bool passed;
} evaluations[] = {
	{3, "b\nfalse\n42\n-a\na b\na2 b1 c3\n100\n", NULL, true},
	{3, "c\ntrue\n1\nx\nc\na1 b2 c3\n0\nn\n", NULL, false},
	{3, "b\n", "the quiz was not finished", false},
	{1, "", "the lesson 'running' has no quiz", false},
};

START_TEST(an_evaluation_is_taken_alone)
{
	struct play p = play_open();
	struct error err = {0};
	bool passed = false;
	play_begin(&p, evaluations[_i].input);
	bool taken = tutor_evaluate(&p.options, evaluations[_i].lesson, &passed, &err);
	ck_assert_str_eq(error_text(&err), evaluations[_i].error ? evaluations[_i].error : "");
	ck_assert(taken == (evaluations[_i].error == NULL));
	ck_assert(passed == evaluations[_i].passed);
	error_finish(&err);
	free(play_end(&p));
	play_close(&p);
}
END_TEST

/* ---- reviews ---- */

static void answer(struct play *p, const char *step, double score)
{
	struct error err = {0};
	const bool task = text_same(step, "job");
	char registration[UUID_TEXT_SIZE];
	uuid_make(registration);
	const struct record_event event = {.verb = RECORD_ANSWERED,
		.learner = "ada",
		.course = p->course->id,
		.lesson = task ? "tasks" : "questions",
		.step = step,
		.registration = registration,
		.has_success = true,
		.success = score >= 1,
		.has_score = true,
		.score = score,
		.score_max = 1};
	ck_assert_msg(record_append(p->record, &event, &err), "%s", error_text(&err));
}

static char *review(struct play *p, const char *input)
{
	struct error err = {0};
	play_begin(p, input);
	ck_assert_msg(tutor_review(&p->options, 20, &err), "%s", error_text(&err));
	return play_end(p);
}

START_TEST(nothing_is_due)
{
	struct play p = play_open();
	bool task = true;
	cleanup_free char *never = review(&p, "");
	play_expect(never, (const char *const[]){"Nothing to review yet", NULL}, 2);
	ck_assert(tutor_review_has_task(&p.options, &task, NULL));
	ck_assert(!task);
	answer(&p, "first", 1);
	cleanup_free char *later = review(&p, "");
	play_expect(later,
		(const char *const[]){"Nothing is due now.", "Due in the next week:", NULL}, 3);
	play_close(&p);
}
END_TEST

START_TEST(what_is_due_is_asked)
{
	struct play p = play_open();
	bool task = false;
	answer(&p, "first", 0);
	answer(&p, "gone", 0); /* the course has no such question any more */
	answer(&p, "job", 1);
	fake_clock_forward((int64_t)400 * 24 * 3600 * 1000);
	ck_assert(tutor_review_has_task(&p.options, &task, NULL));
	ck_assert(task);
	cleanup_free char *shown = review(&p, "b\n"
					      "false\n"
					      ":solution\n"
					      "docker run --name chore alpine true\n"
					      "docker run --name errand alpine true\n");
	cleanup_free char *ran = play_ran();
	play_expect(shown,
		(const char *const[]){"Questions", "Which one is right?", "✔ correct", NULL}, 4);
	play_expect(shown,
		(const char *const[]){"Start `alpine` as `", ":next gives up", "✔ container ",
			"Done. You viewed the solution", "1 of 2 remembered",
			"Due in the next week:", NULL},
		7);
	ck_assert_msg(strstr(ran, "docker rm -f ") != NULL, "nothing was cleaned up: %s", ran);
	play_close(&p);
}
END_TEST

static const struct {
	const char *input, *shows;
} recalls[] = {
	{":next\n", "0 of 1 remembered"},
	{":quit\n", "1.2 › :quit Due in the next week: 1 today"},
	{"", "Due in the next week: 1 today"},
};

START_TEST(a_recall_task_is_given_up)
{
	struct play p = play_open();
	answer(&p, "job", 1);
	fake_clock_forward((int64_t)400 * 24 * 3600 * 1000);
	cleanup_free char *shown = review(&p, recalls[_i].input);
	play_expect(
		shown, (const char *const[]){"Start `alpine` as `", recalls[_i].shows, NULL}, 3);
	play_close(&p);
}
END_TEST

START_TEST(a_recall_task_waits_for_what_it_needs)
{
	struct play p = play_open();
	p.options.sandbox = NULL;
	answer(&p, "job", 1);
	fake_clock_forward((int64_t)400 * 24 * 3600 * 1000);
	cleanup_free char *shown = review(&p, "");
	play_expect(shown, (const char *const[]){"Nothing is due now.", NULL}, 2);
	play_close(&p);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{sessions_are_played, ARRAY_LENGTH(sessions)},
		{one_goes_on_where_one_stopped, 1},
		{a_lesson_whose_steps_are_done_is_completed, 1},
		{attempts_at_an_evaluation_are_counted, 1},
		{without_a_sandbox_one_reads, 1},
		{a_daemon_that_does_not_come_is_told, 1},
		{a_reset_that_fails_is_told, 1},
		{what_a_step_needs_and_is_not_there_is_skipped, 2},
		{hidden_commands_of_strangers_do_not_run, 1},
		{a_hidden_command_that_fails_is_told, 1},
		{files_of_the_learner_stay, 1},
		{a_gap_is_filled_as_the_learner_likes, 1},
		{a_course_without_lessons_is_none, 1},
		{the_first_command_is_demonstrated, 1},
		{lessons_are_shown, 2},
		{an_evaluation_is_taken_alone, ARRAY_LENGTH(evaluations)},
		{nothing_is_due, 1},
		{what_is_due_is_asked, 1},
		{a_recall_task_is_given_up, ARRAY_LENGTH(recalls)},
		{a_recall_task_waits_for_what_it_needs, 1},
	};
	return suite_run("session", tests, ARRAY_LENGTH(tests), 60);
}
