/* screen/prompt.c - asks for a line: readline at a terminal, plain lines otherwise. The only file
 * that uses readline, whose state is global: only one prompt can be active at a time. */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <readline/readline.h>

#define LINE_LIMIT ((size_t)1 << 20)

struct prompt {
	FILE *stream;   /* readline writes here */
	FILE *keys;     /* readline reads here; NULL: standard input */
	bool installed; /* readline controls the terminal */
	const struct screen_prompt *asked;
	struct buf text; /* earlier lines of the text being typed, while something is open */
	char *line;      /* the line that readline delivered */
	bool handed, ended;
	bool hidden;
	char *shown;      /* the prompt text as passed to readline */
	struct buf input; /* without a terminal: read, but not consumed yet */
	bool input_ended;
	bool skipping;    /* the rest of a line that is too long */
	struct buf ahead; /* typed before there was a prompt */
};

/* readline's callbacks carry no user data. */
static struct prompt *asking;

static struct prompt *prompt_of(struct screen *s)
{
	if (s->prompt == NULL)
		s->prompt = xcalloc(1, sizeof *s->prompt);
	return s->prompt;
}

/* ---- completion ---- */

static struct words candidates;
static size_t next_candidate;

static char *give_candidate(const char *text, int state)
{
	size_t length = strlen(text);
	if (state == 0)
		next_candidate = 0;
	while (next_candidate < candidates.count) {
		const char *word = candidates.items[next_candidate++];
		if (strncmp(word, text, length) == 0)
			return strdup(word); /* readline frees it */
	}
	return NULL;
}

static char **complete_line(const char *text, int start, int end)
{
	(void)end;
	rl_attempted_completion_over = 1; /* the sandbox has other files */
	words_finish(&candidates);
	if (asking == NULL || asking->asked->complete == NULL)
		return NULL;
	asking->asked->complete(asking->asked->data, rl_line_buffer, (size_t)start, &candidates);
	return candidates.count > 0 ? rl_completion_matches(text, give_candidate) : NULL;
}

/* ---- readline ---- */

static void accept_line(char *line)
{
	rl_callback_handler_remove();
	asking->installed = false;
	asking->handed = true;
	asking->line = line;
	asking->ended = line == NULL;
}

/* Duplicate the descriptor, so that closing the stream closes no one else's. */
static FILE *stream_of(int fd, const char *mode)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return copy >= 0 ? fdopen(copy, mode) : NULL;
}

/* Text typed ahead comes first. */
static int read_key(FILE *stream)
{
	struct buf *ahead = &asking->ahead;
	if (ahead->length == 0)
		return rl_getc(stream);
	int key = (unsigned char)ahead->data[0];
	buf_remove_front(ahead, 1);
	return key;
}

/* Whether there is a key before readline's timeout, which only setting it tells. */
static int has_key(void)
{
	int us = rl_set_keyboard_input_timeout(0);
	struct pollfd keys = {.fd = fileno(rl_instream), .events = POLLIN};
	(void)rl_set_keyboard_input_timeout(us);
	return asking->ahead.length > 0 || poll(&keys, 1, us / 1000) > 0;
}

static void set_up_readline(struct screen *s, struct prompt *p)
{
	p->stream = stream_of(s->output, "w");
	p->keys = s->input == STDIN_FILENO ? NULL : stream_of(s->input, "r");
	rl_readline_name = "ropes";
	rl_instream = p->keys != NULL ? p->keys : stdin;
	rl_outstream = p->stream != NULL ? p->stream : stdout;
	rl_getc_function = read_key;
	rl_input_available_hook = has_key;
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_change_environment = 0;
	rl_attempted_completion_function = complete_line;
	rl_completer_word_break_characters = " \t\n;|&()<>";
	if (!s->drawing)
		rl_terminal_name = "dumb"; /* readline moves the cursor otherwise */
	if (s->editing != NULL) {          /* after ~/.inputrc */
		(void)rl_initialize();
		rl_variable_bind("editing-mode", s->editing);
	}
	rl_variable_bind("enable-bracketed-paste", s->drawing ? "on" : "off");
	rl_variable_bind("completion-ignore-case", "off");
	history_limit();
}

/* Text between \001 and \002, such as colour, takes no columns. */
static char *dress_prompt(const struct screen *s, const char *text)
{
	return s->colour ? xasprintf("\001\033[1m\002%s\001\033[0m\002", text) : xstrdup(text);
}

static void install_handler(struct screen *s, struct prompt *p, const char *text)
{
	free(p->shown);
	p->shown = xstrdup(text);
	cleanup_free char *prompt = dress_prompt(s, text);
	screen_flush(s);
	rl_callback_handler_install(prompt, accept_line);
	p->installed = true;
}

/* Erases all rows of the line being typed. */
void screen_interject(struct screen *s)
{
	struct prompt *p = s->prompt;
	if (p == NULL || !p->installed || p->hidden)
		return;
	screen_flush(s);
	rl_clear_visible_line();
	fflush(rl_outstream);
	p->hidden = true;
}

/* Draws the line again, after the current prompt. */
static void reveal_line(struct screen *s, struct prompt *p, const char *text)
{
	bool other = p->text.length == 0 && !text_same(p->shown, text);
	screen_flush(s);
	if (other && !p->hidden)
		screen_interject(s);
	if (other) {
		cleanup_free char *prompt = dress_prompt(s, text);
		free(p->shown);
		p->shown = xstrdup(text);
		rl_set_prompt(prompt);
	}
	if (!p->hidden)
		return;
	p->hidden = false;
	rl_on_new_line();
	rl_forced_update_display();
}

/* Moves below the last row of the typed text. */
static void go_below(struct prompt *p)
{
	if (!p->hidden) {
		rl_point = rl_end;
		rl_redisplay();
		putc('\n', rl_outstream);
		fflush(rl_outstream);
	}
	p->hidden = false;
}

static void leave_terminal(struct prompt *p)
{
	if (p->installed) {
		rl_callback_sigcleanup();
		rl_replace_line("", 1);
		rl_callback_handler_remove();
	}
	buf_truncate(&p->text, 0);
	p->installed = false;
	p->hidden = false;
}

static void drop_line(struct prompt *p)
{
	if (p->installed)
		go_below(p);
	leave_terminal(p);
}

/* Act as if the signal had not been caught: the shell that started us takes the terminal and
 * returns it with SIGCONT. If no shell would do that (an orphaned process group), nothing stops. */
static void stop_here(struct screen *s, struct prompt *p)
{
	sigset_t only, before;
	bool typing = p->installed && !p->hidden;
	screen_flush(s);
	if (p->installed && rl_deprep_term_function != NULL)
		rl_deprep_term_function();
	if (p->stream != NULL)
		fflush(p->stream);
	sigemptyset(&only);
	sigaddset(&only, SIGTSTP);
	(void)kill(getpid(), SIGTSTP); /* pending until it is unblocked */
	sigprocmask(SIG_UNBLOCK, &only, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	screen_resized(s);
	if (!p->installed)
		return;
	if (rl_prep_term_function != NULL)
		rl_prep_term_function(1);
	rl_resize_terminal();
	if (typing) {
		rl_on_new_line();
		rl_forced_update_display();
	}
}

/* ---- signals ---- */

/* Returns true if *ret_answer is something the caller must know. */
static bool handle_signal(struct screen *s, struct prompt *p, enum screen_answer *ret_answer)
{
	struct signalfd_siginfo info;
	if (fd_read(s->signals, &info, sizeof info) != (ssize_t)sizeof info)
		return false;
	switch (info.ssi_signo) {
	case SIGTERM:
	case SIGHUP:
		drop_line(p);
		*ret_answer = SCREEN_QUIT;
		return true;
	case SIGINT:
		if (!s->terminal) {
			*ret_answer = SCREEN_QUIT;
			return true;
		}
		drop_line(p);
		*ret_answer = SCREEN_CANCEL;
		return true;
	case SIGTSTP:
		stop_here(s, p);
		return false;
	case SIGWINCH:
		screen_resized(s);
		if (p->installed)
			rl_resize_terminal();
		return false;
	default:
		return false;
	}
}

/* ---- at a terminal ---- */

/* Returns true if the line is complete; *ret_line has it. */
static bool finish_line(struct screen *s, struct prompt *p, char **ret_line)
{
	const struct screen_prompt *asked = p->asked;
	buf_add_text(&p->text, p->line);
	free(p->line);
	p->line = NULL;
	if (asked->unfinished != NULL && p->text.length < LINE_LIMIT &&
		asked->unfinished(asked->data, buf_text(&p->text))) {
		buf_add_char(&p->text, '\n');
		install_handler(s, p, "> ");
		return false;
	}
	*ret_line = buf_steal(&p->text);
	if (asked->shell)
		history_remember(*ret_line);
	return true;
}

/* A closed terminal also ends its input. */
static bool is_terminal_gone(const struct screen *s)
{
	struct pollfd fd = {.fd = s->input, .events = POLLIN};
	struct termios mode;
	return tcgetattr(s->input, &mode) < 0 ||
	       (poll(&fd, 1, 0) > 0 && (fd.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0);
}

static enum screen_answer finish_input(
	struct screen *s, struct prompt *p, char **ret_line, bool *ret_done)
{
	p->handed = false;
	*ret_done = true;
	if (!p->ended)
		*ret_done = finish_line(s, p, ret_line);
	if (!p->ended)
		return SCREEN_LINE;
	buf_truncate(&p->text, 0);
	buf_add_char(&s->out, '\n');
	return is_terminal_gone(s) ? SCREEN_QUIT : SCREEN_END;
}

void screen_type(struct screen *s, const char *text)
{
	buf_add_text(&prompt_of(s)->ahead, text);
}

static enum screen_answer ask_terminal(
	struct screen *s, const struct screen_prompt *prompt, char **ret_line)
{
	struct prompt *p = prompt_of(s);
	p->asked = prompt;
	asking = p;
	(void)screen_signals(s); /* before the terminal changes: a signal must not leave it so */
	if (p->stream == NULL)
		set_up_readline(s, p);
	if (p->installed)
		reveal_line(s, p, prompt->text);
	else
		install_handler(s, p, prompt->text);
	for (;;) {
		struct pollfd fds[] = {{.fd = s->input, .events = POLLIN},
			{.fd = screen_signals(s), .events = POLLIN},
			{.fd = prompt->wake_fd, .events = POLLIN}};
		if (poll(fds, ARRAY_LENGTH(fds), p->ahead.length > 0 ? 0 : -1) < 0 &&
			errno != EINTR)
			return SCREEN_QUIT;
		enum screen_answer answer;
		if (fds[1].revents != 0 && handle_signal(s, p, &answer))
			return answer;
		if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) {
			leave_terminal(p);
			return SCREEN_QUIT;
		}
		if (p->ahead.length > 0 || (fds[0].revents & POLLIN)) {
			bool done = true;
			rl_callback_read_char();
			if (p->handed) {
				answer = finish_input(s, p, ret_line, &done);
				if (done)
					return answer;
			}
		}
		if (fds[2].revents != 0)
			return SCREEN_WAKE;
	}
}

/* ---- without a terminal ---- */

/* Adds to the input read so far: drops NUL bytes and the rest of a line that is too long. */
static void buffer_input(struct prompt *p, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (p->skipping && bytes[i] == '\n')
			p->skipping = false;
		else if (!p->skipping && bytes[i] != '\0')
			buf_add_char(&p->input, bytes[i]);
	}
}

static void read_more(struct screen *s, struct prompt *p)
{
	char bytes[4096];
	ssize_t got = fd_read(s->input, bytes, sizeof bytes);
	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0)
		p->input_ended = true;
	else
		buffer_input(p, bytes, (size_t)got);
}

/* Half of a line must not run. */
static void refuse_long_line(struct screen *s, struct prompt *p)
{
	screen_say(s, SCREEN_WARN, "! ", "A line of more than 1 MiB was ignored.");
	buf_truncate(&p->input, 0);
	buf_truncate(&p->text, 0);
	p->skipping = !p->input_ended;
}

/* Reads the next line of the input; the last one needs no newline. */
static bool next_input_line(struct screen *s, struct prompt *p, char **ret_line)
{
	const char *start = buf_text(&p->input);
	const char *newline = memchr(start, '\n', p->input.length);
	size_t length = newline != NULL ? (size_t)(newline - start) : p->input.length;
	if (newline == NULL && length > LINE_LIMIT) {
		refuse_long_line(s, p);
		return false;
	}
	if (newline == NULL && (!p->input_ended || length == 0))
		return false;
	size_t taken = newline != NULL ? length + 1 : length;
	if (length > 0 && start[length - 1] == '\r')
		length--;
	*ret_line = xstrndup(start, length);
	buf_remove_front(&p->input, taken);
	return true;
}

/* If the input ends while the text is still open, return it as it is: the shell reports what is
 * missing. */
static bool whole_text(
	struct screen *s, struct prompt *p, const struct screen_prompt *prompt, char **ret_line)
{
	char *line;
	while (next_input_line(s, p, &line)) {
		buf_add_text(&p->text, line);
		free(line);
		bool more = prompt->unfinished != NULL && p->text.length < LINE_LIMIT &&
			    prompt->unfinished(prompt->data, buf_text(&p->text));
		if (!more) {
			*ret_line = buf_steal(&p->text);
			return true;
		}
		buf_add_char(&p->text, '\n');
	}
	if (!p->input_ended || p->text.length == 0)
		return false;
	buf_truncate(&p->text, p->text.length - 1);
	*ret_line = buf_steal(&p->text);
	return true;
}

static void echo_line(struct screen *s, const struct screen_prompt *prompt, const char *line)
{
	draw_text(s, 0, prompt->text, strlen(prompt->text));
	while (true) {
		size_t length = strcspn(line, "\n");
		draw_text(s, 0, line, length);
		screen_newline(s);
		if (line[length] == '\0')
			break;
		draw_text(s, 0, "> ", 2);
		line += length + 1;
	}
}

static enum screen_answer ask_plain(
	struct screen *s, const struct screen_prompt *prompt, char **ret_line)
{
	struct prompt *p = prompt_of(s);
	enum screen_answer answer;
	screen_flush(s);
	/* Buffered input must not delay a signal or an event. */
	struct pollfd first[] = {{.fd = screen_signals(s), .events = POLLIN},
		{.fd = prompt->wake_fd, .events = POLLIN}};
	(void)poll(first, ARRAY_LENGTH(first), 0);
	if (first[0].revents != 0 && handle_signal(s, p, &answer))
		return answer;
	if (first[1].revents != 0)
		return SCREEN_WAKE;
	for (;;) {
		if (whole_text(s, p, prompt, ret_line)) {
			echo_line(s, prompt, *ret_line);
			return SCREEN_LINE;
		}
		if (p->input_ended)
			return SCREEN_END;
		struct pollfd fds[] = {{.fd = s->input, .events = POLLIN},
			{.fd = s->signals, .events = POLLIN},
			{.fd = prompt->wake_fd, .events = POLLIN}};
		if (poll(fds, ARRAY_LENGTH(fds), -1) < 0 && errno != EINTR)
			return SCREEN_QUIT;
		if (fds[1].revents != 0 && handle_signal(s, p, &answer))
			return answer;
		if (fds[0].revents != 0)
			read_more(s, p);
		else if (fds[2].revents != 0)
			return SCREEN_WAKE;
	}
}

enum screen_answer screen_ask(
	struct screen *s, const struct screen_prompt *prompt, char **ret_line, struct error *err)
{
	(void)err; /* an error here means that the terminal is gone: SCREEN_QUIT */
	screen_flush(s);
	if (s->dead || s->ending)
		return SCREEN_QUIT;
	struct screen_prompt shown = *prompt;
	cleanup_free char *text = screen_own(s, prompt->text);
	shown.text = text;
	enum screen_answer answer =
		s->terminal ? ask_terminal(s, &shown, ret_line) : ask_plain(s, &shown, ret_line);
	s->ending = answer == SCREEN_QUIT;
	return answer;
}

bool screen_confirm(struct screen *s, const char *question, bool otherwise, bool *ret)
{
	cleanup_free char *answer = NULL;
	const struct screen_prompt prompt = {.text = question, .wake_fd = -1};
	if (screen_ask(s, &prompt, &answer, NULL) != SCREEN_LINE)
		return false;
	*ret = answer[strspn(answer, " \t")] == '\0' ? otherwise : screen_means_yes(answer);
	return true;
}

void prompt_destroy(struct screen *s)
{
	struct prompt *p = s->prompt;
	if (p == NULL)
		return;
	leave_terminal(p);
	if (p->stream != NULL) {
		rl_outstream = stdout;
		fclose(p->stream);
	}
	if (p->keys != NULL) {
		rl_instream = stdin;
		fclose(p->keys);
	}
	words_finish(&candidates);
	buf_finish(&p->text);
	buf_finish(&p->input);
	buf_finish(&p->ahead);
	free(p->line);
	free(p->shown);
	free(p);
	asking = NULL;
	s->prompt = NULL;
}
