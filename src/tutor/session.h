/*
 * tutor/session.h - the state of a running session. Private to src/tutor.
 *
 * tutor.c is the loop, commands.c the colon commands, move.c moves through the steps, work.c runs
 * lines, context.c provides the check context, judge.c judges, show.c draws steps, keep.c writes
 * the record, evaluate.c and review.c ask questions, attend.c handles a workshop, follow.c shows
 * what the course's author saves, needs.c finds steps that cannot be done here, test.c is a learner
 * who knows everything, inspect.c lets a person look at a state.
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
	bool begun;          /* the record has the session's beginning */
	bool unwatched;      /* a course's own test: no one reads the messages on the way */
	bool unkept; /* the last event could not be recorded, and the learner has been informed */
	bool ended;
	enum tutor_end end;

	/* a review's task: it replaces the lesson's step, and the position does not move */
	const struct course_step *review_task;
	bool review_left; /* the learner gave up */

	/* the current step */
	bool step_done;       /* just now, or on an earlier day */
	bool reached_pending; /* it was shown, but is not recorded yet */
	unsigned failures;    /* failed verdicts */
	unsigned hints;       /* hints shown */
	bool solution_shown;
	bool set_up;         /* its hidden commands have run */
	const char *lacking; /* why it is not asked for here: a missing need; NULL */

	/* the last line that ran, for :check and :explain */
	char *line;
	char *moved_ports; /* as last shown; NULL */
	int status;
	bool interrupted;
	char *output; /* without escape sequences */
	int64_t started_ms, ended_ms;

	struct engine *engine; /* NULL until the daemon is ready */
	struct check_context *context;
	struct words images; /* images that can be pulled from the practice registry */
	int timer;           /* timerfd that wakes the prompt until the daemon is ready; -1 */
	bool daemon_lost;
	bool trusted;
	bool trust_asked;
	bool network_asked; /* whether the practice machine may have a network */

	int wake;                    /* epoll over the prompt's and the source's descriptors; -1 */
	struct attendance *workshop; /* NULL: no workshop */
	/* commands.c: runs a command that works while a question is asked; NULL: none does */
	bool (*aside)(struct session *s, const char *text);
};

/* ---- session.c ---- */

const struct course_lesson *session_lesson(const struct session *s);
bool session_has_sandbox(const struct session *s); /* lines can be run */
uint64_t session_seed(const struct session *s);    /* the options' seed, else a new one */
const struct course_step *session_step(const struct session *s); /* NULL at the end of a lesson */

/* Makes *wake a descriptor that is readable while one of these is (-1: none); returns it. */
int session_wake_on(int *wake, const int *fds, size_t count);
void session_close_fd(int *fd); /* -1: does nothing */

/* ---- show.c ---- */
/* Draws the title, steps and links of a lesson, without a session. */
void show_lesson(struct screen *screen, const struct course *course, size_t lesson);
void show_lesson_head(struct screen *screen, const struct course *course, size_t lesson);
void show_step(
	struct screen *screen, const struct course_lesson *lesson, const struct course_step *step);
/* Says in one dimmed line what the learner can do now. */
void show_offer(struct session *s);
/* "  b) TEXT": an option of a question, counted from 0. */
void show_option(struct screen *screen, size_t place, const char *text);
void show_verdicts(struct screen *screen, const struct check_verdicts *verdicts);
void show_where(struct session *s);
void show_links(struct session *s);
/* Shows the learner's notes of the course. */
void show_notes(struct session *s);
/* Says why the step is not asked for. */
void show_lacking(struct session *s);
/* Shows the next of the step's hints. */
void show_hint(struct session *s);

/* ---- network.c ---- */
/* If a line failed because an image is missing, asks once whether it may come from the internet. */
void network_offer(struct session *s, const struct check_ran *ran);

/* ---- needs.c ---- */
/* Returns why the step cannot be done here; NULL if it can, or nothing is known. Waits for the
 * daemon if the step needs something from it. */
const char *needs_lacking(struct session *s, const struct course_step *step);

/* ---- move.c ---- */
/* Goes to a step (or a lesson's end) and shows it. */
void move_to(struct session *s, size_t lesson, size_t step);
void move_next(struct session *s);
/* Finds the next step; returns false if there is none. */
bool move_target(const struct session *s, size_t *ret_lesson, size_t *ret_step);
void move_back(struct session *s);
void move_lesson(struct session *s, const char *reference);
/* Goes to where the record says that the learner stopped; otherwise to the first step. */
bool move_start(struct session *s, struct error *err);
/* Goes on to the awaited step once it is open. */
void move_go_on(struct session *s);

/* Shows the step again, as if the learner had just come to it. */
void move_again(struct session *s, size_t lesson, size_t step);

/* ---- follow.c: without a source, these do nothing ---- */
/* Returns a descriptor that wakes for the source and for `other` (-1: none). */
int follow_wake_fd(struct session *s, int other);
/* If the course has changed, goes on in the new one, at the same step. */
void follow_changes(struct session *s);
void follow_close(struct session *s);

/* ---- context.c ---- */
/* Opens the engine of a daemon that answers, and a context if there is none yet. */
bool context_connect(struct session *s, struct error *err);
void context_disconnect(struct session *s);
/* Takes what exists now as the baseline. */
bool context_open(struct session *s, struct error *err);
/* Returns the images that can be pulled; NULL if unknown, because they are more than the practice
 * images. */
const struct words *context_images(struct session *s);
void context_close(struct session *s);
/* Starts or finds the daemon and opens engine and context. Returns false if nothing can run, after
 * saying why. */
bool context_ready(struct session *s);
/* Stops waking the prompt to look for the daemon. */
void context_stop_timer(struct session *s);

/* ---- setup.c ---- */

/* Begins a step: drops the old context, writes files, runs hidden commands if they may run. */
void setup_enter_step(struct session *s);
void setup_leave_lesson(struct session *s);
/* Runs a step's cleanup commands. */
void setup_clean_up(struct session *s, const struct course_step *step);
/* Writes the step's named listings into the workspace. */
void setup_write_files(struct session *s, const struct course_step *step);
/* Runs a line without showing it. Returns false if it could not be started. */
bool setup_run_unseen(struct session *s, const char *line, const char *input,
	struct sandbox_result *ret, struct error *err);
/* The same, but reports a failure. Returns false if it failed. */
bool setup_run_quietly(struct session *s, const char *line, const char *input);
/* Runs the step's hidden commands, unless they have run already. */
void setup_step(struct session *s);
/* At a terminal, someone sees that it takes long; otherwise it must end. */
int setup_timeout(const struct session *s, bool terminal);

/* ---- work.c ---- */
/* Runs a line in the sandbox, shows its output, judges the step by it. */
void work_line(struct session *s, const char *line);
/* Only runs a line and shows its output. Returns false, after saying why, if it could not start. */
bool work_run_shown(
	struct session *s, const char *line, const char *input, struct sandbox_result *ret);
/* Runs the current example after filling in its placeholders. */
void work_example(struct session *s);
/* Call when the daemon's events or the timer woke the prompt. */
void work_wake(struct session *s);
/* Returns the descriptor that wakes the prompt; -1. */
int work_wake_fd(const struct session *s);
void work_skip(struct session *s);
void work_reset(struct session *s);
void work_finish(struct session *s);

/* ---- inspect.c ---- */
/* Lets the person at the terminal type lines into the sandbox as it is, until its end or `exit`. */
void inspect_state(struct session *s);

/* ---- judge.c ---- */

/* Judges the step by the current state. */
void judge_check(struct session *s);
void judge_explain(struct session *s);

/* ---- keep.c: records events; says once if nothing can be recorded ---- */
void keep_reached(struct session *s);
void keep_begun(struct session *s);
void keep_attempt(struct session *s, enum check_outcome outcome);
void keep_step(struct session *s, enum record_step_state state);
/* A review task was done or given up. */
void keep_review_task(struct session *s, bool done);
void keep_ended(struct session *s);
/* Keeps a note at the step; returns false, after saying why, if that failed. */
bool keep_note(struct session *s, const char *text);
void keep_event(struct session *s, const struct record_event *event);
bool keep_step_known(
	struct session *s, size_t lesson, size_t step, enum record_step_state *ret_state);
/* Marks a lesson as completed if all its required steps are done. */
void keep_lesson_if_complete(struct session *s);

/* ---- attend.c: a workshop; without one, these functions do nothing and allow everything ---- */
void attend_open(struct session *s);
void attend_close(struct session *s);
/* Waits a moment for the room's first message and adjusts the position to it. */
void attend_settle(struct session *s, size_t *lesson, size_t *step);
/* Returns a descriptor that wakes for the room and for `other` (-1: none); valid until the next
 * call. */
int attend_wake_fd(struct session *s, int other);
/* Shows the room's events. */
void attend_wake(struct session *s);
/* Reports at once to the room that the learner entered a step. */
void attend_entered(struct session *s);
/* Returns false if that step is not open, after telling the learner. Without a terminal, waits
 * until it is; at a terminal, the session goes there by itself once it is. */
bool attend_lets_on(struct session *s, size_t lesson, size_t step);
/* The same without waiting. */
bool attend_lets_go(struct session *s, size_t lesson, size_t step);
/* Returns whether that step is not open yet, but may become so. */
bool attend_waits(const struct session *s, size_t lesson, size_t step);
/* The course is finished, but the workshop is not, and someone is at the terminal. */
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
/* While a question is asked: returns true if it was a command that works there, which has run. */
bool commands_run_aside(struct session *s, const char *text);
/* Answers what people type to leave a shell or to get help; runs nothing. */
bool commands_answer_shell(struct session *s, const char *line);
void commands_complete(const struct session *s, const char *line, struct words *ret);

/* ---- tutor.c ---- */
/* Asks for a line (or waits for an event) and acts on it. */
void tutor_turn(struct session *s);

/* ---- evaluate.c ---- */
void evaluate_lesson(struct session *s, bool one_by_one);
/* Asks a question in the lesson. */
void evaluate_step(struct session *s);

#endif
