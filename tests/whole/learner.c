/*
 * tests/whole/learner.c - what a learner types who goes through a whole course, as a script for
 * drive.py: learner COURSE SEED [MISTAKES]
 *
 * Without MISTAKES it is one who knows everything. With it, one who makes each of the mistakes of
 * that file before doing a task rightly, answers every evaluation wrongly at first, looks at what
 * was missed, and takes it again.
 *
 *     prompt TEXT    typed at the tutor's prompt
 *     input TEXT     typed into the program that runs
 *     answer TEXT    typed at a question
 *     again TEXT     typed where it is offered to practise what was missed
 *     expect ERE     what was shown since has a line like this
 *     unless ERE     such a line makes the script go on after the next "end"
 *     end
 */
#include "course.h"
#include "quiz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct learner {
	const struct course_lesson *lesson;
	struct quiz *quiz; /* NULL: the lesson has none */
	uint64_t seed;
	const char *mistakes; /* the whole file; NULL */
};

static void say(const char *what, const char *text)
{
	printf("%s\t", what);
	for (; *text != '\0'; text++)
		fputs(*text == '\n' ? "\\n" : (char[]){*text, '\0'}, stdout);
	putchar('\n');
}

static void run(const struct course_entry *entry)
{
	say("prompt", entry->line);
	for (const char *at = entry->input; at != NULL && *at != '\0';) {
		size_t length = strcspn(at, "\n");
		cleanup_free char *line = xstrndup(at, length);
		say("input", line);
		at += length + (at[length] == '\n');
	}
}

static void answer(const struct learner *l, const struct quiz_question *q, bool right)
{
	size_t order[64];
	quiz_shuffle(q, l->seed, order);
	cleanup_free char *text = quiz_response(q, order, right);
	if (text != NULL)
		say("answer", text);
}

/* "LESSON#TASK<tab>COMMAND<tab>ERE": typed before the task is done; an empty ERE: nothing is said
 * of it. */
static void err(const struct learner *l, const struct course_step *step)
{
	cleanup_free char *place = xasprintf("%s#%s\t", l->lesson->anchor, step->id);
	for (const char *at = l->mistakes; at != NULL && *at != '\0';) {
		size_t length = strcspn(at, "\n");
		if (text_starts(at, place)) {
			const char *command = at + strlen(place);
			size_t words = strcspn(command, "\t\n");
			cleanup_free char *line = xstrndup(command, words);
			const char *wanted = command + words + (command[words] == '\t');
			cleanup_free char *ere = xstrndup(wanted, length - (size_t)(wanted - at));
			say("prompt", line);
			if (*ere != '\0')
				say("expect", ere);
		}
		at += length + (at[length] == '\n');
	}
}

static void do_step(const struct learner *l, const struct course_step *step)
{
	if (step->needs != 0)
		say("unless", "This step is skipped");
	switch (step->kind) {
	case STEP_EXAMPLE:
		if (step->skip == NULL) {
			run(&(struct course_entry){"", step->input, 0});
			say("expect", "✔ done");
		}
		break;
	case STEP_TASK:
		err(l, step);
		for (size_t i = 0; i < step->solution.count; i++)
			run(&step->solution.items[i]);
		say("expect", "✔ done");
		break;
	case STEP_QUESTION:
		say("prompt", "");
		if (l->quiz != NULL && quiz_find(l->quiz, step->quiz) != NULL)
			answer(l, quiz_find(l->quiz, step->quiz), l->mistakes == NULL);
		say("expect", l->mistakes == NULL ? "✔ correct" : "✘ |✔ correct");
		break;
	case STEP_PROSE:
	case STEP_CALLOUT:
		break;
	}
	if (step->needs != 0)
		say("end", "");
	say("prompt", "");
}

static void take_quiz(const struct learner *l, bool right)
{
	say("prompt", ":quiz");
	for (size_t i = 0; i < l->quiz->question_count; i++)
		answer(l, &l->quiz->questions[i], right);
	say("expect", right ? "points \\(100 %\\): passed" : "not passed yet");
	if (right)
		return;
	say("again", "");
	for (size_t i = 0; i < l->quiz->question_count; i++)
		answer(l, &l->quiz->questions[i], true);
	say("expect", "this time");
}

static void do_lesson(struct learner *l)
{
	cleanup_error struct error problem = {0};
	if (l->lesson->quiz_path != NULL && !quiz_load(l->lesson->quiz_path, &l->quiz, &problem))
		fprintf(stderr, "%s\n", error_text(&problem));
	for (size_t i = 0; i < l->lesson->step_count; i++)
		do_step(l, &l->lesson->steps[i]);
	if (l->quiz != NULL) {
		if (l->mistakes != NULL)
			take_quiz(l, false);
		take_quiz(l, true);
		say("prompt", "");
	}
	quiz_destroy(l->quiz);
	l->quiz = NULL;
}

int main(int argc, char **argv)
{
	cleanup_error struct error problem = {0};
	cleanup_buf struct buf mistakes = {0};
	struct course *course;
	if (argc < 3 || !course_load(argv[1], &course, &problem) ||
		(argc > 3 && !file_read(argv[3], 1 << 20, &mistakes, &problem))) {
		fprintf(stderr, "learner COURSE SEED [MISTAKES]: %s\n", error_text(&problem));
		return 2;
	}
	struct learner l = {.seed = strtoull(argv[2], NULL, 10),
		.mistakes = argc > 3 ? buf_text(&mistakes) : NULL};
	for (size_t i = 0; i < course->lesson_count; i++) {
		l.lesson = &course->lessons[i];
		do_lesson(&l);
	}
	course_destroy(course);
	return 0;
}
