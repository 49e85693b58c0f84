/*
 * tutor/session.h - what a session knows while it runs. Private to src/tutor.
 *
 * tutor.c is the loop, commands.c the colon words, move.c the way through the steps, work.c runs
 * lines, context.c has what they are judged against, judge.c judges, show.c draws steps, keep.c
 * writes the record, evaluate.c and review.c ask questions, attend.c is what a workshop has to say,
 * needs.c knows what can't be asked for here, test.c is a learner who knows everything.
 */
#ifndef TUTOR_SESSION_H
#define TUTOR_SESSION_H

#include "check.h"
#include "tutor.h"

struct session {
	const struct tutor_options *options;
	struct screen *screen;
	const struct course *course;
	size_t lesson, step; /* step may be the lesson's step_count: its end */
	bool begun;          /* the record knows that the session began */
	bool unwatched;      /* a course's own test: nobody reads what is said on the way */
	bool unkept;         /* the last event could not be recorded, and the learner was told */
	bool ended;
	enum tutor_end end;

	/* a review's task: it stands in for the lesson's step, and nothing moves from it */
	const struct course_step *review_task;
	bool review_left; /* given up */

	/* the step that is worked on */
	bool step_done;       /* now, or on an earlier day */
	bool reached_pending; /* it was shown, and the record does not know yet */
	unsigned failures;    /* verdicts that did not hold */
	unsigned hints;       /* hints that were shown */
	bool solution_shown;
	bool set_up;         /* its hidden commands were run */
	const char *lacking; /* why it is not asked for here: what it needs is not there; NULL */

	/* the last line that ran, for :check and :explain */
	char *line;
	char *moved_ports; /* as they were shown last; NULL */
	int status;
	bool interrupted;
	char *output; /* without escape sequences */
	int64_t started_ms, ended_ms;

	struct engine *engine; /* NULL until the daemon is ready */
	struct check_context *context;
	struct words images; /* what can be pulled from the practice registry */
	int timer;           /* timerfd that wakes the prompt until the daemon is ready; -1 */
	bool daemon_lost;
	bool trusted;
	bool trust_asked;
	bool network_asked; /* whether the practice machine may have one */

	struct attendance *workshop; /* NULL: no workshop */
	/* commands.c: where something else is asked, does a word for the workshop; NULL: there is
	 * none */
	bool (*room_command)(struct session *s, const char *text);
};

/* ---- session.c ---- */

const struct course_lesson *session_lesson(const struct session *s);
bool session_has_sandbox(const struct session *s);               /* something can be run */
const struct course_step *session_step(const struct session *s); /* NULL at the end of a lesson */

/* ---- show.c ---- */
/* Title, steps and links of a lesson, as they stand. */
void show_lesson(struct screen *screen, const struct course *course, size_t lesson);
void show_lesson_head(struct screen *screen, const struct course *course, size_t lesson);
void show_step(
	struct screen *screen, const struct course_lesson *lesson, const struct course_step *step);
/* What the learner can do now, in one quiet line. */
void show_offer(struct session *s);
/* "  b) TEXT": an option of a question, the first at place 0. */
void show_option(struct screen *screen, size_t place, const char *text);
void show_verdicts(struct screen *screen, const struct check_verdicts *verdicts);
void show_where(struct session *s);
void show_links(struct session *s);
/* Why the step is not asked for. */
void show_lacking(struct session *s);
/* The next of the step's hints. */
void show_hint(struct session *s);

/* ---- network.c ---- */
/* Where a line failed for want of an image, asks once whether it may come from the internet. */
void network_offer(struct session *s, const struct check_ran *ran);

/* ---- needs.c ---- */
/* Why the step can't be asked for here; NULL: it can, or nothing is known. Waits for the daemon
 * where the step needs something of it. */
const char *needs_lacking(struct session *s, const struct course_step *step);

/* ---- move.c ---- */
/* Goes to a step (or a lesson's end), shows it. */
void move_to(struct session *s, size_t lesson, size_t step);
void move_next(struct session *s);
/* The step behind this one; false: there is none. */
bool move_target(const struct session *s, size_t *ret_lesson, size_t *ret_step);
void move_back(struct session *s);
void move_lesson(struct session *s, const char *reference);
/* Where the record says that the learner stopped; the first step otherwise. */
bool move_start(struct session *s, struct error *err);
/* Goes on to a step that was waited for and is open by now. */
void move_go_on(struct session *s);

/* ---- context.c ---- */
/* Opens the engine of a daemon that answers, and a context where there is none yet. */
bool context_connect(struct session *s, struct error *err);
void context_disconnect(struct session *s);
/* The baseline is what is there now. */
bool context_open(struct session *s, struct error *err);
/* What can be pulled; NULL: nobody knows, since it is more than the practice images. */
const struct words *context_images(struct session *s);
void context_close(struct session *s);
/* Brings the daemon up (or finds it) and opens engine and context. False: said why, nothing can
 * run.
 */
bool context_ready(struct session *s);
/* The prompt is not woken any more to look for the daemon. */
void context_stop_timer(struct session *s);

/* ---- setup.c ---- */

/* A new step: forget the old context, write files, run hidden commands when they may. */
void setup_enter_step(struct session *s);
void setup_leave_lesson(struct session *s);
/* Runs what a step wants to have removed. */
void setup_clean_up(struct session *s, const struct course_step *step);
/* Writes the listings of a step that have a name into the workspace. */
void setup_write_files(struct session *s, const struct course_step *step);
/* Runs a line that the learner does not see. False: it could not be started. */
bool setup_run_unseen(struct session *s, const char *line, const char *input,
	struct sandbox_result *ret, struct error *err);
/* The same, told where it fails. False: it failed. */
bool setup_run_quietly(struct session *s, const char *line, const char *input);
/* Runs the step's hidden commands, where that was not done yet. */
void setup_step(struct session *s);
/* At a terminal somebody sees that it takes long; elsewhere it must end. */
int setup_timeout(const struct session *s, bool terminal);

/* ---- work.c ---- */
/* Runs a line in the sandbox, shows what it prints, judges the step by it. */
void work_line(struct session *s, const char *line);
/* Runs the example that is shown, with its placeholders filled. */
void work_example(struct session *s);
/* The daemon's events or the timer woke the prompt. */
void work_wake(struct session *s);
/* The descriptor that wakes the prompt; -1. */
int work_wake_fd(const struct session *s);
void work_skip(struct session *s);
void work_reset(struct session *s);
void work_finish(struct session *s);

/* ---- judge.c ---- */

/* Judges the step by what is there now. */
void judge_check(struct session *s);
void judge_explain(struct session *s);

/* ---- keep.c: what is recorded; says once when nothing can be kept ---- */
void keep_reached(struct session *s);
void keep_begun(struct session *s);
void keep_attempt(struct session *s, enum check_outcome outcome);
void keep_step(struct session *s, enum record_step_state state);
/* A task that comes back in reviews was done, or was given up. */
void keep_review_task(struct session *s, bool done);
void keep_ended(struct session *s);
void keep_event(struct session *s, const struct record_event *event);
bool keep_step_known(
	struct session *s, size_t lesson, size_t step, enum record_step_state *ret_state);
/* Where all that a lesson asks for is done, it is completed. */
void keep_lesson_if_complete(struct session *s);

/* ---- attend.c: a workshop; without one, all of it does nothing and allows everything ---- */
void attend_open(struct session *s);
void attend_close(struct session *s);
/* Waits a moment for what the room has to say at the beginning, and keeps to it. */
void attend_settle(struct session *s, size_t *lesson, size_t *step);
/* A descriptor that wakes for the room and for `other` (-1: none); good until the next call. */
int attend_wake_fd(struct session *s, int other);
/* Shows what came. */
void attend_wake(struct session *s);
/* A step was entered: the room knows at once. */
void attend_entered(struct session *s);
/* False: that step is not for now, and the learner was told. With nobody at a terminal, waits until
 * it is; at a terminal, the session goes there by itself once it is. */
bool attend_lets_on(struct session *s, size_t lesson, size_t step);
/* The same without waiting. */
bool attend_lets_go(struct session *s, size_t lesson, size_t step);
/* That step is not open yet, but may be. */
bool attend_waits(const struct session *s, size_t lesson, size_t step);
/* The course is through, but the workshop is not, and somebody sits there. */
bool attend_stays(const struct session *s);

/* ---- talk.c ---- */

void talk_raise(struct session *s, const char *rest);
void talk_lower(struct session *s, const char *rest);
void talk_ready(struct session *s, const char *rest);
void talk_slower(struct session *s, const char *rest);
void talk_send_answer(struct session *s, const char *rest);
void talk_show(struct session *s, const char *rest);

/* ---- commands.c ---- */
void commands_run(struct session *s, const char *text);
/* Where something else is asked: true where it was a word for the workshop, which was done. */
bool commands_run_for_room(struct session *s, const char *text);
/* What people type to leave a shell or to get help: answers it, and nothing runs. */
bool commands_answer_shell(struct session *s, const char *line);
void commands_complete(const struct session *s, const char *line, struct words *ret);

/* ---- tutor.c ---- */
/* Asks for a line (or waits for something to happen) and does what it says. */
void tutor_turn(struct session *s);

/* ---- evaluate.c ---- */
void evaluate_lesson(struct session *s, bool one_by_one);
/* A question in the lesson. */
void evaluate_step(struct session *s);

#endif
