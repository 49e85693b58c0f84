/* tests/check/test_output.c - output compared with what a note shows: what is masked, what differs,
 * and the note brought up to date */
#include "check.h"
#include "suite.h"

/* Texts that mean the same, and texts that do not. */
static const struct {
	const char *expected, *seen;
	bool same;
} pairs[] = {
	/* ages */
	{"Up 3 seconds", "Up 1 second", true},
	{"Up 3 seconds", "Up Less than a second", true},
	{"Up About a minute", "Up 2 hours", true},
	{"3 weeks ago", "About an hour ago", true},
	{"Up 3 seconds", "Exited (0) 3 seconds ago", false},
	{"Exited (0) 2 seconds ago", "Exited (1) 2 seconds ago", false},
	{"Exited (0) 2 seconds ago", "Exited (0) Less than a second ago", true},
	{"real 0m1.203s", "real 0m0.998s", true},
	{"time=0.045 ms ttl=64", "time=1.2 ms ttl=64", true},
	{"time=0.045 ms ttl=64", "time=1.2 ms ttl=63", false},
	{"[+] Building 1.2s (7/7) FINISHED", "[+] Building 14.0s (7/7) FINISHED", true},
	{"[+] Building 1.2s (7/7) FINISHED", "[+] Building 14.0s (6/7) FINISHED", false},
	/* times and dates */
	{"Mon Jan  2 15:04:05 UTC 2006", "Thu Nov 26 01:00:59 UTC 2026", true},
	{"2024-05-01T10:11:12.123Z ready", "2026-11-26T23:59:59.9Z ready", true},
	{"2024-05-01T10:11:12.123Z ready", "2026-11-26T23:59:59.9Z failed", false},
	{"2024-05-01 10:11:12 +0200 CEST", "2026-11-26 23:59:59 +0000 UTC", true},
	{"2024-05-01 INFO start", "2024-05-01 WARN start", false},
	{"[01/May/2024:10:11:12 +0000] GET", "[26/Nov/2026:01:02:03 +0000] GET", true},
	{"Wed, 01 May 2024 10:11:12 GMT", "Thu, 26 Nov 2026 01:02:03 GMT", true},
	{"at 10:11", "at 9:05 pm", true},
	{"-rw-r--r-- 1 root root 4096 Jan  2 10:00 notes",
		"-rw-r--r-- 1 root root 12 Nov 26  2025 notes", true},
	{"-rw-r--r-- 1 root root 4096 Jan  2 10:00 notes",
		"-rw-r--r-- 1 root root 12 Nov 26  2025 other", false},
	/* sizes and shares */
	{"alpine latest 5.61MB", "alpine latest 7.8MB", true},
	{"10.1MiB / 1.94GiB 0.52%", "812kB / 3GiB 12%", true},
	{"64 bytes from here", "56 bytes from here", true},
	/* ids */
	{"3f2a9c1b7d5e nginx", "0123456789ab nginx", true},
	{"3f2a9c1b7d5e nginx", "0123456789ab httpd", false},
	{"Digest: sha256:aaaa1111", "Digest: sha256:bbbb2222", true},
	{"550e8400-e29b-41d4-a716-446655440000", "123e4567-e89b-12d3-a456-426614174000", true},
	{"root@3f2a9c1b7d5e:/#", "root@0123456789ab:/#", true},
	{"[main 1a2b3c4] begin", "[main 9f8e7d6] begin", true},
	{"PID 4711 listens", "PID 12 listens", true},
	{"PID 4711 listens", "PID 12 sleeps", false},
	/* versions */
	{"Docker version 28.0.1, build 068a01e", "Docker version 29.1, build 1234abc", true},
	{"nginx/1.25.3", "nginx/1.27.0", true},
	{"go1.22.3", "go1.23", true},
	{"5.15.0-91-generic", "6.1.0-17-amd64", true},
	{"v20.11.1", "v22.0.0-rc.1", true},
	/* addresses and ports */
	{"inet 172.17.0.2/16", "inet 172.18.0.7/16", true},
	{"0.0.0.0:32768->80/tcp", "0.0.0.0:32771->80/tcp", true},
	{"0.0.0.0:8080->80/tcp", "0.0.0.0:8081->80/tcp", false},
	{"0.0.0.0:8080->80/tcp", "127.0.0.1:8080->80/tcp", false},
	{"02:42:ac:11:00:02", "02:42:ac:11:00:03", true},
	/* names */
	{"hopeful_turing", "zealous_curie2", true},
	{"my_app", "your_app", false},
	{"web", "web2", false},
	/* plain numbers and words */
	{"hello 42", "hello 43", false},
	{"hello", "hello", true},
	{"hello", "Hello", false},
	{"", "", true},
	/* columns */
	{"NAME   STATE\nweb    up", "NAME STATE\nweb  up", true},
	{"+----+---+\n| a  | b |", "+--+-+\n| a | b |", true},
	{"a\n\nb", "a\nb\n\n", true},
	{"a  \nb", "a\r\nb\r\n", true},
	/* gaps */
	{"a\n…\nd", "a\nb\nc\nd", true},
	{"a\n...\nd", "a\nd", true},
	{"a\n…", "a\nb\nc", true},
	{"…\nz", "a\nz", true},
	{"a\n…\nd", "a\nb\nc", false},
	{"Pulling from …", "Pulling from library/alpine", true},
	{"a … d", "a b c d", true},
	{"a … d", "a b c e", false},
	/* whole lines */
	{"a\nb", "a\nb\nc", false},
	{"a\nb\nc", "a\nc", false},
	{"b", "a\nb", false},
	{"hello",
		"Unable to find image 'alpine:latest' locally\nlatest: Pulling\nStatus: Downloaded newer image\nhello\n",
		true},
};

START_TEST(output_is_compared)
{
	ck_assert_msg(
		check_compare_output(pairs[_i].expected, pairs[_i].seen, NULL) == pairs[_i].same,
		"'%s' and '%s' should %s", pairs[_i].expected, pairs[_i].seen,
		pairs[_i].same ? "match" : "differ");
	if (pairs[_i].same) /* what matches is kept, so that nothing changes without need */
		return;
	cleanup_free char *updated = check_update_output(pairs[_i].expected, pairs[_i].seen);
	ck_assert_msg(check_compare_output(updated, pairs[_i].seen, NULL),
		"'%s' brought up to date is '%s'", pairs[_i].expected, updated);
}
END_TEST

static const struct {
	const char *expected, *seen, *diff, *updated;
} differences[] = {
	{"one\ntwo\nthree", "one\n2\nthree", " one\n-two\n+2\n three\n", "one\n2\nthree"},
	{"3f2a9c1b7d5e web Up 3 seconds", "0123456789ab shop Up 1 second",
		"-‹3f2a9c1b7d5e› web Up ‹3 seconds›\n+‹0123456789ab› shop Up ‹1 second›\n",
		"0123456789ab shop Up 1 second"},
	{"id 3f2a9c1b7d5e\nend", "id 0123456789ab\nEND", " id ‹0123456789ab›\n-end\n+END\n",
		"id 3f2a9c1b7d5e\nEND"},
	{"a\n…\nd", "a\nb\nc\ne", " a\n …\n-d\n", "a\n…"},
	{"1x\n2x\n3x\n4x\n5x\nsix", "1x\n2x\n3x\n4x\n5x\n6x", "@@\n 4x\n 5x\n-six\n+6x\n",
		"1x\n2x\n3x\n4x\n5x\n6x"},
	{"a\n\nb", "a\nc", " a\n-b\n+c\n", "a\nc"},
	{"a", "", "-a\n", ""},
};

START_TEST(differences_are_shown)
{
	cleanup_buf struct buf diff = {0};
	ck_assert(!check_compare_output(differences[_i].expected, differences[_i].seen, &diff));
	ck_assert_str_eq(buf_text(&diff), differences[_i].diff);
	cleanup_free char *updated =
		check_update_output(differences[_i].expected, differences[_i].seen);
	ck_assert_str_eq(updated, differences[_i].updated);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{output_is_compared, ARRAY_LENGTH(pairs)},
		{differences_are_shown, ARRAY_LENGTH(differences)},
	};
	return suite_run("output", tests, ARRAY_LENGTH(tests), 60);
}
