/* tests/tutor/test_terminal.c - the tutor's session with somebody at a terminal, who types when the
 * words that they wait for are there */
#include "play.h"

static void start_other(struct fake_engine *engine)
{
	static const char id[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	fake_engine_container(engine, id, "web", "nginx", "running", NULL);
	fake_engine_container_event(engine, "create", id, "web", "nginx");
	fake_engine_container_event(engine, "start", id, "web", "nginx");
}

static void go_away(struct fake_engine *engine)
{
	fake_engine_end_events(engine);
}

static const struct fake_line lines[] = {
	{.line = "docker run -d --name web nginx",
		.output = "\033[1m0123\033[0m\r\n",
		.container = "web",
		.image = "nginx",
		.state = "running"},
	{.line = "docker logs web", .output = "a log", .more = {.typed = (char *)"docker ps"}},
	{.line = "docker ps", .output = "CONTAINER ID\r\n"},
	{.line = "elsewhere", .act = start_other},
	{.line = "go-away", .act = go_away},
	{.line = "docker pull alpine"},
	{.line = "docker pull redis",
		.output = "pull access denied for redis, repository does not exist\r\n",
		.status = 1},
	{.line = "docker pull alpin",
		.output = "pull access denied for alpin, repository does not exist\r\n",
		.status = 1},
	{.line = "docker rm -f job"},
};

static const struct {
	const char *lesson;
	bool trusted;
	struct fake_typing typing[9];
	const char *shows[4];
	const char *ran;
} sessions[] = {
	{"running", true, {{"1.1 › ", "docker ps\r"}, {"CONTAINER ID", ":quit\r"}},
		{"CONTAINER ID", "Bye."}, "docker ps"},
	/* a gap is filled */
	{"running", true,
		{{"1.1 › ", ":next\r"}, {"1.1 › ", ":next\r"}, {"run it", ":next\r"},
			{"1.1 › ", ":next\r"}, {"run it", "\r"}, {"name = ", "web\r"},
			/* readline 8.3 moves over a letter that stands there already */
			{"ocker ps", "\r"}, {"CONTAINER ID", ":quit\r"}},
		{"a log", "Bye."}, "docker logs web; docker ps"},
	{"running", true,
		{{"1.1 › ", ":next\r"}, {"1.1 › ", ":next\r"}, {"run it", ":next\r"},
			{"1.1 › ", ":next\r"}, {"run it", "\r"}, {"name = ", "\r"},
			{"a placeholder", ":quit\r"}},
		{"This command has a placeholder", "Bye."}, ""},
	/* ^C drops an answer; only a second one leaves the questions */
	{"questions", true,
		{{" › ", ":quiz\r"}, {"letter › ", "b\x03"}, {"Ctrl-C again", "b\r"},
			{"🧪 2/7", "\x03"}, {"Ctrl-C again", "\x03"}, {"abandoned", ":quit\r"}},
		{"✔ correct", "Quiz abandoned", "Bye."}, ""},
	/* ^C drops the line, ^D ends */
	{"running", true, {{"1.1 › ", "docker p"}, {"docker p", "\x03"}, {"1.1 › ", ":quit\r"}},
		{"Bye."}, ""},
	{"running", true, {{"1.1 › ", "\x04"}}, {"Bye."}, ""},
	/* what the daemon does by itself is judged, too */
	{"running", true,
		{{"1.1 › ", "\r"}, {"1.1 › ", "\r"}, {"run it", "elsewhere\r"},
			{"✔ container web exists", ":quit\r"}},
		{"your container is running", "done"}, "elsewhere"},
	{"running", true,
		{{"1.1 › ", "go-away\r"}, {"The daemon stopped", "docker ps\r"},
			{"CONTAINER ID", ":quit\r"}},
		{"The next command starts a new one.", "starting a new one"}, NULL},
	/* tab completes words and colon words */
	{"running", true,
		{{"1.1 › ", "docker vers\t"}, {"version", "\x03"}, {"1.1 › ", ":hin\t"},
			{":hint", "\r"}, {"1.1 › ", ":quit\r"}},
		{"Bye."}, ""},
	/* hidden commands of a stranger's course are asked for */
	{"tasks", false,
		{{"1.2 › ", "docker ps\r"}, {"Let them run? [y/N]", "y\r"},
			{"CONTAINER ID", ":quit\r"}},
		{"runs hidden commands"}, "docker pull alpine; docker ps; docker rm -f job"},
	{"tasks", false,
		{{"1.2 › ", "docker ps\r"}, {"Let them run? [y/N]", "n\r"},
			{"CONTAINER ID", ":quit\r"}},
		{"runs hidden commands"}, "docker ps"},
	/* an image that is missing may come from the internet */
	{"running", true,
		{{"1.1 › ", "docker pull redis\r"}, {"[y/N]", "y\r"},
			{"It has network access until it ends", ":quit\r"}},
		{"`redis` is not among the practice images."}, "docker pull redis"},
	{"running", true,
		{{"1.1 › ", "docker pull redis\r"}, {"[y/N]", "\r"}, {"1.1 › ", ":quit\r"}},
		{"Bye."}, "docker pull redis"},
	/* but not for a slip */
	{"running", true, {{"1.1 › ", "docker pull alpin\r"}, {"Did you mean alpine?", ":quit\r"}},
		{"Bye."}, "docker pull alpin"},
	{"running", true, {{"1.1 › ", ":open\r"}, {"http://localhost:40080", ":quit\r"}}, {"Bye."},
		""},
	{"running", true, {{"1.1 › ", "docker ps\r"}, {"80 at http://localhost:40080", ":quit\r"}},
		{"For a browser on this system"}, NULL},
};

START_TEST(sessions_at_a_terminal)
{
	static const char *const images[] = {"alpine:latest", NULL};
	struct play p = play_open();
	struct error err = {0};
	enum tutor_end end;
	size_t rows = 0;
	while (rows < ARRAY_LENGTH(sessions[_i].typing) && sessions[_i].typing[rows].type != NULL)
		rows++;
	fake_sandbox.lines = lines;
	fake_sandbox.line_count = ARRAY_LENGTH(lines);
	fake_machine.can_have_network = true;
	fake_machine.images = images;
	fake_machine.inside = 80;
	fake_machine.outside = 40080;
	fake_machine.moved_ports = "80 at http://localhost:40080";
	p.options.lesson = sessions[_i].lesson;
	p.options.trusted = sessions[_i].trusted;
	play_begin_terminal(&p, sessions[_i].typing, rows);
	ck_assert_msg(tutor_run(&p.options, &end, &err), "%s", error_text(&err));
	cleanup_free char *shown = play_end(&p);
	ck_assert_msg(end == TUTOR_QUIT, "it ended with %d after:\n%s", (int)end, shown);
	cleanup_free char *ran = play_ran();
	play_expect(shown, sessions[_i].shows, ARRAY_LENGTH(sessions[_i].shows));
	if (sessions[_i].ran != NULL)
		ck_assert_str_eq(ran, sessions[_i].ran);
	play_close(&p);
}
END_TEST

/* The browser of a seat is elsewhere: its ports have the server's address. */
START_TEST(a_seat_shows_the_address_of_the_server)
{
	static const struct fake_typing typing[] = {{"1.1 › ", "docker ps\r"},
		{"CONTAINER ID", ":open\r"}, {"https://lab.example/port/K/80/", ":open 80\r"},
		{"lab.example", ":open 81\r"}, {"No container publishes port 81", ":quit\r"}};
	struct play p = play_open();
	struct error err = {0};
	enum tutor_end end;
	fake_sandbox.lines = lines;
	fake_sandbox.line_count = ARRAY_LENGTH(lines);
	fake_machine.inside = 80;
	fake_machine.outside = 40080;
	fake_machine.moved_ports = "80 at http://localhost:40080";
	p.options.lesson = "running";
	p.options.trusted = true;
	p.options.port_address = "https://lab.example/port/K/{port}/";
	play_begin_terminal(&p, typing, ARRAY_LENGTH(typing));
	ck_assert_msg(tutor_run(&p.options, &end, &err), "%s", error_text(&err));
	cleanup_free char *shown = play_end(&p);
	ck_assert_ptr_null(strstr(shown, "localhost"));
	play_close(&p);
}
END_TEST

START_TEST(a_terminal_that_goes_away_ends_the_session)
{
	static const struct fake_typing typing[] = {{"1.1 › ", NULL}};
	struct play p = play_open();
	struct error err = {0};
	enum tutor_end end;
	p.options.lesson = "running";
	play_begin_terminal(&p, typing, 1);
	ck_assert_msg(tutor_run(&p.options, &end, &err), "%s", error_text(&err));
	ck_assert_int_eq(end, TUTOR_HUNG_UP);
	free(play_end(&p));
	play_close(&p);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{sessions_at_a_terminal, ARRAY_LENGTH(sessions)},
		{a_seat_shows_the_address_of_the_server, 1},
		{a_terminal_that_goes_away_ends_the_session, 1},
	};
	return suite_run("terminal", tests, ARRAY_LENGTH(tests), 60);
}
