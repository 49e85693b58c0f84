/* screen/prompt.c - asking for a line: readline at a terminal, plain lines elsewhere. The one file
 * that knows readline, whose state is global: one prompt is asked at a time. */
#include "private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#define LINE_LIMIT ((size_t)1 << 20)
#define HISTORY_LINES 1000

struct prompt {
	FILE *stream;   /* readline writes here */
	bool installed; /* readline has the terminal */
	const struct screen_prompt *asked;
	struct buf text; /* lines before the one being typed, while something is open */
	char *line;      /* what readline handed over */
	bool handed, ended;
	bool hidden;
	struct buf input; /* without a terminal: read, but not yet asked for */
	bool input_ended;
	char *history_path;
};

/* readline's callbacks carry no data of ours. */
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

static char **complete(const char *text, int start, int end)
{
	(void)end;
	rl_attempted_completion_over = 1; /* file names of this machine are not the sandbox's */
	words_finish(&candidates);
	if (asking == NULL || asking->asked->complete == NULL)
		return NULL;
	asking->asked->complete(asking->asked->data, rl_line_buffer, (size_t)start, &candidates);
	return candidates.count > 0 ? rl_completion_matches(text, give_candidate) : NULL;
}

/* ---- readline ---- */

static void take_line(char *line)
{
	rl_callback_handler_remove();
	asking->installed = false;
	asking->handed = true;
	asking->line = line;
	asking->ended = line == NULL;
}

static void set_up_readline(struct screen *s, struct prompt *p)
{
	int copy = dup(s->output);
	p->stream = copy >= 0 ? fdopen(copy, "w") : NULL;
	rl_readline_name = "ropes";
	rl_instream = stdin;
	rl_outstream = p->stream != NULL ? p->stream : stdout;
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_change_environment = 0;
	rl_attempted_completion_function = complete;
	rl_completer_word_break_characters = " \t\n;|&()<>";
	rl_variable_bind("enable-bracketed-paste", "on");
	rl_variable_bind("completion-ignore-case", "off");
	stifle_history(HISTORY_LINES);
}

/* Colour between \001 and \002 does not count as columns. */
static char *dressed(const struct screen *s, const char *text)
{
	return s->colour ? xasprintf("\001\033[1m\002%s\001\033[0m\002", text) : xstrdup(text);
}

static void install(struct screen *s, struct prompt *p, const char *text)
{
	cleanup_free char *prompt = dressed(s, text);
	screen_flush(s);
	rl_callback_handler_install(prompt, take_line);
	p->installed = true;
}

void prompt_hide(struct screen *s)
{
	struct prompt *p = s->prompt;
	if (p == NULL || !p->installed || p->hidden)
		return;
	buf_add_text(&s->out, "\r\033[K");
	p->hidden = true;
}

void screen_interject(struct screen *s)
{
	prompt_hide(s);
}

static void reveal(struct screen *s, struct prompt *p)
{
	if (!p->hidden)
		return;
	p->hidden = false;
	screen_flush(s);
	rl_on_new_line();
	rl_forced_update_display();
}

static void drop_line(struct screen *s, struct prompt *p)
{
	if (p->installed) {
		rl_callback_sigcleanup();
		rl_replace_line("", 0);
		rl_callback_handler_remove();
		p->installed = false;
	}
	buf_truncate(&p->text, 0);
	buf_add_char(&s->out, '\n');
	screen_flush(s);
}

static void leave_terminal(struct prompt *p)
{
	if (p->installed)
		rl_callback_handler_remove();
	p->installed = false;
	p->hidden = false;
}

/* The shell that started us takes the terminal, and gives it back with SIGCONT. */
static void stop_here(struct prompt *p)
{
	if (p->installed && rl_deprep_term_function != NULL)
		rl_deprep_term_function();
	if (p->stream != NULL)
		fflush(p->stream);
	kill(getpid(), SIGSTOP);
	if (p->installed && rl_prep_term_function != NULL) {
		rl_prep_term_function(1);
		rl_on_new_line();
		rl_forced_update_display();
	}
}

/* ---- signals ---- */

/* True: *ret_answer is what the asker should know. */
static bool take_signal(struct screen *s, struct prompt *p, enum screen_answer *ret_answer)
{
	struct signalfd_siginfo info;
	if (fd_read(s->signals, &info, sizeof info) != (ssize_t)sizeof info)
		return false;
	switch (info.ssi_signo) {
	case SIGTERM:
	case SIGHUP:
		leave_terminal(p);
		*ret_answer = SCREEN_QUIT;
		return true;
	case SIGINT:
		if (!s->terminal) {
			*ret_answer = SCREEN_QUIT;
			return true;
		}
		drop_line(s, p);
		*ret_answer = SCREEN_CANCEL;
		return true;
	case SIGTSTP:
		stop_here(p);
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

/* True: the line is whole and *ret_line has it. */
static bool finish_line(struct screen *s, struct prompt *p, char **ret_line)
{
	const struct screen_prompt *asked = p->asked;
	buf_add_text(&p->text, p->line);
	free(p->line);
	p->line = NULL;
	if (asked->unfinished != NULL && p->text.length < LINE_LIMIT &&
		asked->unfinished(asked->data, buf_text(&p->text))) {
		buf_add_char(&p->text, '\n');
		install(s, p, "> ");
		return false;
	}
	*ret_line = buf_steal(&p->text);
	if (asked->shell && !text_is_blank(*ret_line))
		add_history(*ret_line);
	return true;
}

static enum screen_answer finish_input(
	struct screen *s, struct prompt *p, char **ret_line, bool *ret_done)
{
	p->handed = false;
	*ret_done = true;
	if (!p->ended)
		*ret_done = finish_line(s, p, ret_line);
	if (p->ended) {
		buf_truncate(&p->text, 0);
		buf_add_char(&s->out, '\n');
		return SCREEN_END;
	}
	return SCREEN_LINE;
}

static enum screen_answer ask_terminal(
	struct screen *s, const struct screen_prompt *prompt, char **ret_line)
{
	struct prompt *p = prompt_of(s);
	p->asked = prompt;
	asking = p;
	if (p->stream == NULL)
		set_up_readline(s, p);
	if (p->installed)
		reveal(s, p);
	else
		install(s, p, prompt->text);
	for (;;) {
		struct pollfd fds[] = {{.fd = s->input, .events = POLLIN},
			{.fd = screen_signals(s), .events = POLLIN},
			{.fd = prompt->wake_fd, .events = POLLIN}};
		if (poll(fds, ARRAY_LENGTH(fds), -1) < 0 && errno != EINTR)
			return SCREEN_QUIT;
		enum screen_answer answer;
		if (fds[1].revents != 0 && take_signal(s, p, &answer))
			return answer;
		if (fds[0].revents & POLLIN) {
			bool done = true;
			rl_callback_read_char();
			if (p->handed) {
				answer = finish_input(s, p, ret_line, &done);
				if (done)
					return answer;
			}
		} else if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) {
			leave_terminal(p);
			return SCREEN_QUIT;
		}
		if (fds[2].revents != 0)
			return SCREEN_WAKE;
	}
}

/* ---- without a terminal ---- */

static bool read_more(struct screen *s, struct prompt *p)
{
	char bytes[4096];
	ssize_t got = fd_read(s->input, bytes, sizeof bytes);
	if (got <= 0) {
		p->input_ended = true;
		return false;
	}
	for (ssize_t i = 0; i < got; i++)
		if (bytes[i] != '\0')
			buf_add_char(&p->input, bytes[i]);
	return true;
}

/* The next line of what was read; the last needs no newline. */
static bool next_line(struct prompt *p, char **ret_line)
{
	const char *start = buf_text(&p->input);
	const char *newline = memchr(start, '\n', p->input.length);
	if (newline == NULL && !(p->input_ended && p->input.length > 0) &&
		p->input.length < LINE_LIMIT)
		return false;
	size_t length = newline != NULL ? (size_t)(newline - start) : p->input.length;
	size_t taken = newline != NULL ? length + 1 : length;
	if (length > 0 && start[length - 1] == '\r')
		length--;
	*ret_line = xstrndup(start, length);
	buf_remove_front(&p->input, taken);
	return true;
}

static bool whole_text(struct prompt *p, const struct screen_prompt *prompt, char **ret_line)
{
	char *line;
	while (next_line(p, &line)) {
		buf_add_text(&p->text, line);
		free(line);
		bool more = prompt->unfinished != NULL &&
			    !(p->input_ended && p->input.length == 0) &&
			    prompt->unfinished(prompt->data, buf_text(&p->text));
		if (!more) {
			*ret_line = buf_steal(&p->text);
			return true;
		}
		buf_add_char(&p->text, '\n');
	}
	return false;
}

static void echo(struct screen *s, const struct screen_prompt *prompt, const char *line)
{
	draw(s, 0, prompt->text, strlen(prompt->text));
	while (true) {
		size_t length = strcspn(line, "\n");
		draw(s, 0, line, length);
		screen_newline(s);
		if (line[length] == '\0')
			break;
		draw(s, 0, "> ", 2);
		line += length + 1;
	}
}

static enum screen_answer ask_plain(
	struct screen *s, const struct screen_prompt *prompt, char **ret_line)
{
	struct prompt *p = prompt_of(s);
	screen_flush(s);
	for (;;) {
		if (whole_text(p, prompt, ret_line)) {
			echo(s, prompt, *ret_line);
			return SCREEN_LINE;
		}
		if (p->input_ended)
			return SCREEN_END;
		struct pollfd fds[] = {{.fd = s->input, .events = POLLIN},
			{.fd = screen_signals(s), .events = POLLIN},
			{.fd = prompt->wake_fd, .events = POLLIN}};
		if (poll(fds, ARRAY_LENGTH(fds), -1) < 0 && errno != EINTR)
			return SCREEN_QUIT;
		enum screen_answer answer;
		if (fds[1].revents != 0 && take_signal(s, p, &answer))
			return answer;
		if (fds[0].revents != 0)
			(void)read_more(s, p); /* its end is kept in input_ended */
		else if (fds[2].revents != 0)
			return SCREEN_WAKE;
	}
}

enum screen_answer screen_ask(
	struct screen *s, const struct screen_prompt *prompt, char **ret_line, struct error *err)
{
	(void)err; /* what goes wrong here is that the terminal is gone: SCREEN_QUIT */
	screen_flush(s);
	if (s->dead)
		return SCREEN_QUIT;
	return s->terminal ? ask_terminal(s, prompt, ret_line) : ask_plain(s, prompt, ret_line);
}

/* ---- history ---- */

bool screen_history_load(struct screen *s, const char *path, struct error *err)
{
	struct prompt *p = prompt_of(s);
	cleanup_buf struct buf text = {0};
	free(p->history_path);
	p->history_path = xstrdup(path);
	using_history();
	if (!file_exists(path))
		return true;
	if (!file_read(path, LINE_LIMIT, &text, err))
		return false;
	char *line;
	struct prompt lines = {.input = text, .input_ended = true};
	while (next_line(&lines, &line)) {
		add_history(line);
		free(line);
	}
	text = lines.input;
	return true;
}

bool screen_history_save(struct screen *s, struct error *err)
{
	cleanup_buf struct buf text = {0};
	if (s->prompt == NULL || s->prompt->history_path == NULL)
		return true;
	HIST_ENTRY **entries = history_list();
	int count = history_length;
	for (int i = count > HISTORY_LINES ? count - HISTORY_LINES : 0;
		entries != NULL && i < count; i++)
		if (strchr(entries[i]->line, '\n') == NULL)
			buf_printf(&text, "%s\n", entries[i]->line);
	return file_write(s->prompt->history_path, buf_text(&text), text.length, 0600, err);
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
	clear_history();
	words_finish(&candidates);
	buf_finish(&p->text);
	buf_finish(&p->input);
	free(p->line);
	free(p->history_path);
	free(p);
	asking = NULL;
	s->prompt = NULL;
}
