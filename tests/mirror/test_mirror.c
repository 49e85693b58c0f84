/* tests/mirror/test_mirror.c - two folders that are kept the same, whatever is done to either */
#include "mirror.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sched.h>

#define MIB ((uint64_t)1 << 20)

static struct {
	char *folder, *inside, *outside;
	int in, out;
	struct mirror *mirror;
	struct buf told;
	size_t changes;
} t;

static void set_up_with(uint64_t bytes, size_t entries)
{
	struct error err = {0};
	const struct mirror_options options = {
		.uid = geteuid(), .gid = getegid(), .bytes_max = bytes, .entries_max = entries};
	t.folder = xasprintf("%s/%d", suite_folder, (int)getpid());
	t.inside = path_join(t.folder, "in");
	t.outside = path_join(t.folder, "out");
	ck_assert(folder_make(t.inside, 0755, &err) && folder_make(t.outside, 0700, &err));
	t.in = open(t.inside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	t.out = open(t.outside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	t.mirror = mirror_new(&options);
}

static void set_up(void)
{
	set_up_with(64 * MIB, 100000);
}

static void tear_down(void)
{
	struct error err = {0};
	mirror_free(t.mirror);
	close(t.in);
	close(t.out);
	ck_assert_msg(folder_remove(t.folder, &err), "%s", error_text(&err));
	free(t.folder);
	free(t.inside);
	free(t.outside);
	buf_finish(&t.told);
}

static void sync_whole(bool whole)
{
	struct error err = {0};
	buf_truncate(&t.told, 0);
	ck_assert_msg(mirror_sync(t.mirror, t.in, t.out, whole, &t.changes, &t.told, &err), "%s",
		error_text(&err));
}

static void sync_now(void)
{
	sync_whole(false);
}

/* Twice, the second time with nothing to do, so that nothing goes to and fro. */
static void sync_still(void)
{
	sync_now();
	ck_assert_msg(t.told.length == 0, "%s", buf_text(&t.told));
	usleep(30000); /* longer than what is looked at again since it has just changed */
	sync_now();
	sync_now();
	ck_assert_uint_eq(t.changes, 0);
}

/* A command in the folder of both. */
static void do_in(const char *folder, const char *command)
{
	cleanup_free char *line = xasprintf("cd '%s' && %s", folder, command);
	ck_assert_msg(system(line) == 0, "%s", line); /* NOLINT: a test's own words */
}

static void in(const char *command)
{
	do_in(t.inside, command);
}

static void out(const char *command)
{
	do_in(t.outside, command);
}

static void expect_same(void)
{
	do_in(t.folder, "diff -r --no-dereference in out && cd in && find . -printf '%y %P %l\\n' "
			"| sort >../a && cd ../out && find . -printf '%y %P %l\\n' | sort >../b && "
			"cd .. && cmp a b && rm a b");
}

/* ---- what goes over ---- */

static const char *const doings[] = {
	"echo one >a; mkdir -p d/e; echo two >d/e/b; ln -s nowhere l; ln -s d/e way; mkdir empty",
	"echo other >a",
	"rm a",
	"mv d D",
	"rm l; ln -s elsewhere l",
	"rm l; mkdir l; echo x >l/x",
	"rm -r l; echo file >l",
	"rm l; ln -s . l",
	"rm -r D; echo file >D",
	"rm D; mkdir D; ln -s ../a D/a",
	"rm -r D; ln -s /etc D",
	"rm D empty -r; mkdir D",
	"chmod 755 l; echo '#!' >script; chmod 755 script",
	"chmod 600 script",
	"touch -d 2001-02-03 script",
	"mv script way",
	"rm -rf ./*",
	"printf 'a\\001\\n' >\"$(printf 'new\\nline')\"; echo b >\"$(printf '\\377\\376')\"; echo "
	"c >' '",
	"echo >-n; echo >'*'; mkdir \"$(printf 'd\\tx')\"; echo >\"$(printf 'd\\tx/y')\"; "
	":>.hidden",
	"find . -mindepth 1 -delete",
};

START_TEST(what_is_done_on_one_side_is_on_the_other)
{
	set_up();
	for (size_t i = 0; i < ARRAY_LENGTH(doings); i++) {
		do_in(_i == 0 ? t.inside : t.outside, doings[i]);
		sync_still();
		expect_same();
	}
	tear_down();
}
END_TEST

START_TEST(modes_and_times_go_along)
{
	struct stat info;
	const char *min = geteuid() == 0 ? "0" : "400"; /* that its owner can read */
	cleanup_free char *hide = xasprintf("chmod %s hidden", min);
	cleanup_free char *same =
		xasprintf("test \"$(stat -c %%a plain script hidden root d | xargs)\" = "
			  "'700 755 %s 6755 3750'",
			min);
	set_up();
	in("echo x >plain; echo x >script; echo x >hidden; echo x >root; mkdir d; "
	   "touch -d @1000000000.123456789 plain; chmod 640 plain; chmod 755 script; "
	   "chmod 6755 root; chmod 3750 d");
	in(hide);
	sync_still();
	out("test \"$(stat -c %a plain script hidden root d | xargs)\" = '640 755 600 755 750'");
	ck_assert_int_eq(fstatat(t.out, "plain", &info, 0), 0);
	ck_assert_int_eq(info.st_mtim.tv_sec, 1000000000);
	ck_assert_int_eq(info.st_mtim.tv_nsec, 123456789);
	out("chmod 700 plain; echo y >>hidden");
	sync_still();
	in(same);
	tear_down();
}
END_TEST

START_TEST(holes_and_names_stay)
{
	struct stat info, other;
	set_up();
	in("truncate -s 1T huge; echo here | dd of=huge bs=1 seek=500G conv=notrunc status=none; "
	   "echo many >one; ln one two; mkdir d; ln one d/three");
	sync_still();
	ck_assert_int_eq(fstatat(t.out, "huge", &info, 0), 0);
	ck_assert_int_eq(info.st_size, (int64_t)1 << 40);
	ck_assert_int_lt(info.st_blocks, 2048);
	ck_assert_int_eq(fstatat(t.out, "one", &info, 0), 0);
	ck_assert_int_eq(fstatat(t.out, "d/three", &other, 0), 0);
	ck_assert_uint_eq(info.st_ino, other.st_ino);
	ck_assert_uint_eq(info.st_nlink, 3);
	in("echo changed >two; rm one; ln two four");
	sync_still();
	out("test \"$(cat d/three two four | xargs)\" = 'changed changed changed' && test ! -e "
	    "one");
	ck_assert_int_eq(fstatat(t.out, "two", &info, 0), 0);
	ck_assert_uint_eq(info.st_nlink, 3);
	in("echo x >>huge");
	sync_still();
	ck_assert_int_eq(fstatat(t.out, "huge", &info, 0), 0);
	ck_assert_int_eq(info.st_size, ((int64_t)1 << 40) + 2);
	tear_down();
}
END_TEST

START_TEST(what_is_no_file_stays_where_it_is)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	set_up();
	cleanup_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(chdir(t.inside), 0);
	strcpy(address.sun_path, "socket");
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	in("mkfifo pipe; echo x >beside; echo x >becomes");
	bool device = mknodat(t.in, "null", S_IFCHR | 0666, makedev(1, 3)) == 0;
	ck_assert(device || geteuid() != 0 || errno == EPERM);
	sync_now();
	in("rm becomes; mkfifo becomes");
	sync_still();
	out("test \"$(ls | xargs)\" = beside");
	out("echo said >pipe");
	sync_still();
	in("test \"$(cat pipe)\" = said");
	tear_down();
}
END_TEST

START_TEST(deep_trees_have_an_end)
{
	char name[256];
	set_up();
	/* 3,000 folders by single steps: no path reaches the last one */
	ck_assert_int_eq(chdir(t.inside), 0);
	for (int i = 0; i < 3000; i++)
		ck_assert(mkdir("d", 0755) == 0 && chdir("d") == 0);
	memset(name, 'n', 255);
	name[255] = '\0';
	ck_assert_int_eq(chdir(t.inside), 0);
	for (int i = 0; i < 30; i++)
		ck_assert(mkdir(name, 0755) == 0 && chdir(name) == 0);
	ck_assert_int_eq(chdir("/"), 0);
	in("echo x >beside");
	sync_now();
	ck_assert_msg(strstr(buf_text(&t.told), "too many nested folders") != NULL, "%s",
		buf_text(&t.told));
	out("test -e beside && test -d d/d/d/d");
	in("rm -rf d n*");
	sync_still();
	out("test \"$(ls)\" = beside");
	tear_down();
}
END_TEST

START_TEST(ten_thousand_files)
{
	set_up();
	in("for d in $(seq 0 99); do mkdir $d; for f in $(seq 0 99); do echo $f >$d/$f; done; "
	   "done");
	sync_still();
	expect_same();
	in("find . -name '*7' -type f -delete; mv 5 500");
	sync_still();
	expect_same();
	tear_down();
}
END_TEST

START_TEST(more_entries_than_are_kept)
{
	set_up_with(64 * MIB, 50);
	in("i=0; while [ $i -lt 60 ]; do echo x >$i; i=$((i+1)); done");
	sync_now();
	ck_assert_msg(strstr(buf_text(&t.told), "more files") != NULL, "%s", buf_text(&t.told));
	out("test $(ls | wc -l) -le 50");
	in("rm 1? 2?");
	sync_still();
	expect_same();
	tear_down();
}
END_TEST

/* ---- both sides ---- */

START_TEST(what_changed_on_both_sides_stays_on_both)
{
	set_up();
	in("echo old >f; echo old >same; mkdir d; echo old >d/x; echo old >kind; echo old >gone; "
	   "echo old >lost; ln -s old l");
	sync_still();
	in("echo inside >f; echo equal >same; echo inside >d/x; rm kind; mkdir kind; "
	   "echo inside >kind/x; rm gone; echo inside >lost; ln -sf inside l");
	out("echo outside >f; echo equal >same; echo outside >d/x; echo outside >kind; "
	    "echo outside >gone; rm lost; ln -sf outside l");
	sync_now();
	ck_assert_msg(strstr(buf_text(&t.told), "'f' was changed outside") != NULL, "%s",
		buf_text(&t.told));
	sync_still();
	expect_same();
	out("test \"$(cat f f.inside same d/x d/x.inside kind kind.inside/x gone lost | xargs)\" = "
	    "'outside inside equal outside inside outside inside outside inside'");
	out("test \"$(readlink l) $(readlink l.inside)\" = 'outside inside' && test ! -e "
	    "same.inside");
	tear_down();
}
END_TEST

START_TEST(a_file_in_a_folder_that_goes_stays)
{
	set_up();
	in("mkdir -p d/e f; echo x >d/e/x; echo x >d/y; echo x >f/x");
	sync_still();
	in("rm -r d f; echo now >f");
	out("echo new >d/e/new; echo new >f/new");
	sync_now();
	sync_still();
	expect_same();
	out("test \"$(cat d/e/new f/new f.inside | xargs)\" = 'new new now' && test ! -e d/y && "
	    "test ! -e "
	    "f/x");
	tear_down();
}
END_TEST

START_TEST(who_knows_nothing_takes_the_newer)
{
	const struct mirror_options options = {
		.uid = geteuid(), .gid = getegid(), .bytes_max = MIB, .entries_max = 100};
	set_up();
	in("echo in >a; echo in >b; echo same >c; echo in >only-in; touch -d '1 hour ago' a");
	out("echo out >a; echo out >b; echo same >c; echo out >only-out; touch -d '1 hour ago' b");
	mirror_free(t.mirror);
	t.mirror = mirror_new(&options);
	sync_now();
	sync_still();
	expect_same();
	in("test \"$(cat a a.inside b b.outside c only-in only-out | xargs)\" = 'out in in out "
	   "same in "
	   "out'");
	tear_down();
}
END_TEST

/* A folder that was exchanged is no order to remove anything. */
START_TEST(a_folder_that_is_missing_removes_nothing)
{
	set_up();
	in("echo x >a");
	sync_still();
	close(_i == 0 ? t.in : t.out);
	do_in(t.folder, _i == 0 ? "rm -r in; mkdir in" : "mv out old; mkdir out; rm -r old");
	if (_i == 0)
		t.in = open(t.inside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	else
		t.out = open(t.outside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	sync_still();
	expect_same();
	out("test -s a");
	tear_down();
}
END_TEST

START_TEST(a_mount_that_is_written_to_is_seen_at_the_end)
{
	struct timespec times[2];
	struct stat info;
	set_up();
	in("printf before >f");
	sync_still();
	/* as a file that is mapped: the content changes, and no time does that is looked at */
	ck_assert_int_eq(fstatat(t.out, "f", &info, 0), 0);
	times[0] = info.st_atim;
	times[1] = info.st_mtim;
	cleanup_fd int fd = openat(t.in, "f", O_RDWR | O_CLOEXEC);
	ck_assert(pwrite(fd, "after!", 6, 0) == 6 && futimens(fd, times) == 0);
	sync_whole(true);
	out("test $(cat f) = after!");
	tear_down();
}
END_TEST

/* ---- limits ---- */

static uint64_t stored_outside(void)
{
	cleanup_free char *line = xasprintf("du -sk --apparent-size '%s' | cut -f1", t.outside);
	FILE *said = popen(line, "re");
	char text[32] = "";
	ck_assert(said != NULL && fgets(text, sizeof text, said) != NULL);
	pclose(said);
	return (uint64_t)strtoull(text, NULL, 10) * 1024;
}

static atomic_bool over;

/* What is inside never has more than 6 MiB, but always other ones. */
static void *rewrite(void *data)
{
	char name[16];
	(void)data;
	for (unsigned i = 0; !over; i++) {
		snprintf(name, sizeof name, "f%u", i % 7);
		cleanup_fd int fd =
			openat(t.in, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		for (int k = 0; k < 96 && !over; k++) {
			static char bytes[65536];
			memset(bytes, (int)i, sizeof bytes);
			ck_assert(write(fd, bytes, sizeof bytes) > 0);
		}
		snprintf(name, sizeof name, "f%u", i % 7);
		(void)unlinkat(t.in, name, 0);
	}
	return NULL;
}

START_TEST(outside_has_a_limit)
{
	pthread_t thread;
	set_up_with(6 * MIB, 1000);
	ck_assert_int_eq(pthread_create(&thread, NULL, rewrite, NULL), 0);
	for (int i = 0; i < 50; i++) {
		sync_now();
		ck_assert_uint_le(stored_outside(), 6 * MIB + 65536);
	}
	over = true;
	pthread_join(thread, NULL);
	in("rm -f f*; head -c 5000000 /dev/zero >old");
	sync_now();
	in("head -c 5000000 /dev/urandom >new; rm old");
	sync_still();
	expect_same();
	in("head -c 5000000 /dev/urandom >new");
	sync_still();
	expect_same();
	in("cp new more");
	sync_now();
	ck_assert_msg(strstr(buf_text(&t.told), "'more' exists only in the machine") != NULL, "%s",
		buf_text(&t.told));
	out("test ! -e more && test -s new");
	tear_down();
}
END_TEST

/* Each name of one file becomes a file of its own. */
START_TEST(names_of_a_file_share_the_limit)
{
	set_up_with(6 * MIB, 1000);
	in("head -c 2000000 /dev/urandom >f; for i in 1 2 3 4 5 6 7 8; do ln f f$i; done");
	sync_now();
	in("for i in 1 2 3 4 5 6 7 8; do rm f$i; head -c 2000000 /dev/urandom >f$i; done");
	for (int i = 0; i < 3; i++) {
		sync_now();
		ck_assert_uint_le(stored_outside(), 6 * MIB + 65536);
	}
	in("rm f3 f4 f5 f6 f7 f8");
	sync_still();
	expect_same();
	tear_down();
}
END_TEST

/* What came out of one folder is still there when another one takes its place. */
START_TEST(another_folder_inside_has_the_same_limits)
{
	set_up_with(6 * MIB, 20);
	for (int i = 0; i < 4; i++) {
		cleanup_free char *fill = xasprintf(
			"head -c 2000000 /dev/urandom >f%d; for i in 1 2 3 4 5; do echo >e%d-$i; done",
			i, i);
		in(fill);
		sync_now();
		ck_assert_uint_le(stored_outside(), 6 * MIB + 65536);
		out("test $(ls | wc -l) -le 20");
		close(t.in);
		do_in(t.folder, "rm -rf in && mkdir in");
		t.in = open(t.inside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	sync_still();
	expect_same();
	out("rm ./*");
	sync_still();
	in("head -c 5000000 /dev/urandom >whole");
	sync_still();
	expect_same();
	tear_down();
}
END_TEST

/* Of more names than it looks at, it can't say which are gone. */
START_TEST(other_names_have_the_same_limit)
{
	set_up_with(6 * MIB, 20);
	for (int i = 0; i < 4; i++) {
		cleanup_free char *line =
			xasprintf("rm -f ./*; for i in $(seq 40); do echo >n%d-$i; done", i);
		in(line);
		sync_now();
		out("test $(ls | wc -l) -le 20");
	}
	ck_assert_msg(strstr(buf_text(&t.told), "more files than can be copied") != NULL, "%s",
		buf_text(&t.told));
	in("rm -f ./*; echo >left");
	sync_still();
	expect_same();
	tear_down();
}
END_TEST

static bool mount_small(const char *target, const char *options)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("tmpfs", target, "tmpfs", 0, options) == 0;
}

START_TEST(a_full_disk_is_told_and_loses_nothing)
{
	set_up();
	close(t.out);
	if (!mount_small(t.outside, "size=1m,nr_inodes=20")) {
		suite_skip("full disks: only root can mount small ones");
		t.out = -1;
		tear_down();
		return;
	}
	t.out = open(t.outside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	in("echo kept >a; head -c 500000 /dev/urandom >b");
	sync_still();
	in("head -c 5000000 /dev/urandom >big; echo new >a; echo z >z");
	sync_now();
	ck_assert_msg(strstr(buf_text(&t.told), "'big' exists only in the machine") != NULL &&
			      strstr(buf_text(&t.told), "No space left") != NULL,
		"%s", buf_text(&t.told));
	out("test \"$(cat a z | xargs)\" = 'new z' && test ! -e big && test -z \"$(ls -A | grep "
	    "ropes)\"");
	in("test -s big && rm big b; i=0; while [ $i -lt 40 ]; do echo x >n$i; i=$((i+1)); done");
	sync_now();
	ck_assert_msg(strstr(buf_text(&t.told), "No space left") != NULL, "%s", buf_text(&t.told));
	in("test $(ls n* | wc -l) = 40 && rm n*");
	sync_still();
	expect_same();
	ck_assert_int_eq(umount2(t.outside, MNT_DETACH), 0);
	tear_down();
}
END_TEST

/* Inside is the small one: what does not fit stays outside. */
START_TEST(what_does_not_fit_inside_stays_outside)
{
	set_up();
	close(t.in);
	if (!mount_small(t.inside, "size=1m")) {
		suite_skip("small folders: only root can mount them");
		t.in = -1;
		tear_down();
		return;
	}
	t.in = open(t.inside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	out("head -c 5000000 /dev/urandom >big; echo x >small");
	sync_now();
	ck_assert_msg(
		strstr(buf_text(&t.told), "'big' could not be copied into the machine") != NULL,
		"%s", buf_text(&t.told));
	in("test -s small && test ! -e big && echo y >small; echo z >new");
	sync_now();
	out("test $(stat -c %s big) = 5000000 && test \"$(cat small new | xargs)\" = 'y z'");
	ck_assert_int_eq(umount2(t.inside, MNT_DETACH), 0);
	tear_down();
}
END_TEST

/* ---- somebody works against it ---- */

/* Folders become links that lead out, and back again, and what is in them changes. */
static void *exchange(void *data)
{
	cleanup_fd int folder = openat(t.in, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	(void)data;
	for (unsigned i = 0; !over; i++) {
		(void)renameat2(t.in, "d", t.in, "trap", RENAME_EXCHANGE);
		(void)renameat2(t.in, "f", t.in, "ftrap", RENAME_EXCHANGE);
		(void)renameat2(t.out, "d", t.out, "trap", RENAME_EXCHANGE);
		if (i % 5 != 0)
			continue;
		cleanup_fd int fd =
			openat(folder, "x", O_WRONLY | O_CREAT | (i % 2 != 0 ? O_TRUNC : 0), 0644);
		ck_assert(fd < 0 || write(fd, "mine", 4) == 4); /* it may be gone just now */
		if (i % 15 == 0)
			(void)unlinkat(folder, "x", 0);
	}
	return NULL;
}

START_TEST(nothing_is_followed_out)
{
	pthread_t thread;
	set_up();
	do_in(t.folder, "mkdir victim && echo untouched >victim/x && echo secret >victim/secret");
	in("mkdir -p d/e && echo mine >d/x && echo mine >d/e/y && ln -s ../victim trap && "
	   "echo mine >f && ln -s ../victim/secret ftrap");
	sync_now();
	ck_assert_int_eq(pthread_create(&thread, NULL, exchange, NULL), 0);
	for (int i = 0; i < 1000; i++)
		sync_now();
	over = true;
	pthread_join(thread, NULL);
	do_in(t.folder, "test \"$(cat victim/secret victim/x | xargs)\" = 'secret untouched' && "
			"test \"$(ls -A victim | xargs)\" = 'secret x'");
	/* links are not followed by grep -r */
	do_in(t.folder, "! grep -r secret in out");
	tear_down();
}
END_TEST

/* Killed at any moment, and begun anew: what was there is there, old or new. */
START_TEST(a_killed_one_loses_nothing)
{
	struct error err = {0};
	set_up();
	in("i=0; while [ $i -lt 200 ]; do echo old >$i; i=$((i+1)); done");
	sync_still();
	for (int i = 0; i < 20; i++) {
		in("i=0; while [ $i -lt 200 ]; do echo newer >$i; i=$((i+1)); done");
		pid_t pid = fork();
		if (pid == 0) {
			(void)mirror_sync(t.mirror, t.in, t.out, true, NULL, NULL, &err);
			_exit(0);
		}
		usleep((useconds_t)(i * 500));
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
		out("test $(ls | wc -l) = 200 && test -z \"$(cat * | grep -v -e '^old$' -e "
		    "'^newer$')\"");
	}
	sync_now();
	sync_still();
	expect_same();
	tear_down();
}
END_TEST

START_TEST(clearing_empties_both)
{
	struct error err = {0};
	set_up();
	in("mkdir -p d/e; echo x >d/e/x; mkfifo pipe; ln -s /etc l");
	out("mkdir only; echo x >only/out");
	sync_now();
	ck_assert_msg(mirror_clear(t.mirror, t.in, t.out, &err), "%s", error_text(&err));
	in("test -z \"$(ls -A)\"");
	out("test -z \"$(ls -A)\" && test -d /etc");
	sync_still();
	tear_down();
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{what_is_done_on_one_side_is_on_the_other, 2},
		{modes_and_times_go_along, 1},
		{holes_and_names_stay, 1},
		{what_is_no_file_stays_where_it_is, 1},
		{deep_trees_have_an_end, 1},
		{ten_thousand_files, 1},
		{more_entries_than_are_kept, 1},
		{what_changed_on_both_sides_stays_on_both, 1},
		{a_file_in_a_folder_that_goes_stays, 1},
		{who_knows_nothing_takes_the_newer, 1},
		{a_folder_that_is_missing_removes_nothing, 2},
		{a_mount_that_is_written_to_is_seen_at_the_end, 1},
		{outside_has_a_limit, 1},
		{names_of_a_file_share_the_limit, 1},
		{another_folder_inside_has_the_same_limits, 1},
		{other_names_have_the_same_limit, 1},
		{a_full_disk_is_told_and_loses_nothing, 1},
		{what_does_not_fit_inside_stays_outside, 1},
		{nothing_is_followed_out, 1},
		{a_killed_one_loses_nothing, 1},
		{clearing_empties_both, 1},
	};
	return suite_run("mirror", tests, ARRAY_LENGTH(tests), 300);
}
