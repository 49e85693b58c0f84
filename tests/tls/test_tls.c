/* tests/tls/test_tls.c - certificates that can be read and those that can't, and a real server of
 * openssl's: who it must be, bytes both ways, half-closes. */
#include "suite.h"
#include "tls.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* An authority, a server for 127.0.0.1 and "place", and a learner; made once, by the first test. */
static void make_certificates(void)
{
	static const char script[] =
		"cd %s && [ ! -e good ] && mkdir good other broken || exit 0\n"
		"exec >log 2>&1\n"
		"ca() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
		"-days 2 -subj /CN=ca -keyout "
		"$1-key.pem -out $1/ca.pem; }\n"
		"ca good && ca other\n"
		"openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=x "
		"-keyout good/key.pem -out "
		"request\n"
		"echo 'subjectAltName = IP:127.0.0.1, DNS:place' >extension\n"
		"openssl x509 -req -in request -CA good/ca.pem -CAkey good-key.pem -CAcreateserial "
		"-days 2 -extfile extension -out good/cert.pem\n"
		"cp good/cert.pem good/key.pem other; cp good/ca.pem good/cert.pem broken\n"
		"cp other-key.pem broken/key.pem\n";
	cleanup_free char *text = xasprintf(script, suite_folder);
	cleanup_free char *mark = path_join(suite_folder, "other/key.pem");
	ck_assert_int_ne(system(text), -1);
	ck_assert(file_exists(mark));
}

static const struct {
	const char *folder, *due; /* NULL: it is opened */
} folders[] = {
	{"good", NULL},
	{"other", NULL},
	{"absent", "absent/ca.pem' contains no readable certificate"},
	{"broken", "are not a certificate and its key"},
};

START_TEST(folders_are_read)
{
	make_certificates();
	cleanup_free char *folder = path_join(suite_folder, folders[_i].folder);
	struct error err = {0};
	struct tls *tls = NULL;
	ck_assert(tls_open(folder, &tls, &err) == (folders[_i].due == NULL));
	if (folders[_i].due != NULL)
		ck_assert_msg(
			strstr(error_text(&err), folders[_i].due) != NULL, "%s", error_text(&err));
	tls_close(tls);
	error_finish(&err);
}
END_TEST

/* A port that was free a moment ago. */
static unsigned short free_port(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	cleanup_fd int fd = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	return ntohs(address.sin_port);
}

static int connect_to(unsigned short port)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	for (int i = 0; i < 200; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
			return fd;
		close(fd);
		usleep(20000);
	}
	return -1;
}

/* One that wants a learner's certificate and gives each line back turned round. */
static pid_t start_server(unsigned short port)
{
	cleanup_free char *folder = path_join(suite_folder, "good");
	cleanup_free char *number = xasprintf("127.0.0.1:%u", port);
	pid_t pid = fork();
	if (pid == 0) {
		int log = open("/dev/null", O_WRONLY);
		if (chdir(folder) == 0 && dup2(log, 1) == 1 && dup2(log, 2) == 2)
			execlp("openssl", "openssl", "s_server", "-accept", number, "-cert",
				"cert.pem", "-key", "key.pem", "-CAfile", "ca.pem", "-Verify", "1",
				"-verify_return_error", "-rev", "-quiet", (char *)NULL);
		_exit(127);
	}
	return pid;
}

static const struct {
	const char *folder, *host, *due; /* due NULL: they talk */
} servers[] = {
	{"good", "127.0.0.1", NULL},
	{"good", "place", NULL},
	{"good", "127.0.0.2", "the certificate of 127.0.0.2: "},
	{"good", "elsewhere", "the certificate of elsewhere: "},
	{"other", "127.0.0.1", "the certificate of 127.0.0.1: "},
};

START_TEST(a_server_is_who_it_must_be)
{
	make_certificates();
	cleanup_free char *folder = path_join(suite_folder, servers[_i].folder);
	struct error err = {0};
	struct tls *tls = NULL;
	char said[64] = "";
	size_t length = 0;
	ssize_t got;
	unsigned short port = free_port();
	pid_t server = start_server(port);
	ck_assert_msg(tls_open(folder, &tls, &err), "%s", error_text(&err));
	int fd = tls_connect(tls, connect_to(port), servers[_i].host, &err);
	tls_close(tls); /* the connection holds on to it */
	ck_assert_msg((fd >= 0) == (servers[_i].due == NULL), "%s", error_text(&err));
	if (fd < 0) {
		ck_assert_msg(
			strstr(error_text(&err), servers[_i].due) != NULL, "%s", error_text(&err));
	} else {
		ck_assert(fd_write(fd, "abc\n", 4, NULL));
		while (length < 4 && (got = fd_read(fd, said + length, 4 - length)) > 0)
			length += (size_t)got;
		ck_assert_str_eq(said, "cba\n");
		ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
		ck_assert_int_eq(fd_read(fd, said, sizeof said), 0); /* it ends, too */
		close(fd);
	}
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	error_finish(&err);
}
END_TEST

START_TEST(what_speaks_no_tls_is_left)
{
	static const char plain[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
	make_certificates();
	cleanup_free char *folder = path_join(suite_folder, "good");
	struct error err = {0};
	struct tls *tls = NULL;
	int pair[2];
	ck_assert(tls_open(folder, &tls, &err));
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	ck_assert(fd_write(pair[1], plain, sizeof plain - 1, NULL));
	ck_assert_int_eq(tls_connect(tls, pair[0], "place", &err), -1);
	ck_assert_ptr_nonnull(strstr(error_text(&err), "TLS with place: "));
	close(pair[1]);
	tls_close(tls);
	error_finish(&err);
}
END_TEST

/* Gives back what comes, turned round by one letter, until the client ends. */
static void serve_once(struct tls *tls, int socket)
{
	char bytes[64];
	ssize_t got;
	int fd = tls_accept(tls, socket, NULL);
	while (fd >= 0 && (got = fd_read(fd, bytes, sizeof bytes)) > 0) {
		for (ssize_t i = 0; i < got; i++)
			bytes[i]++;
		(void)fd_write(fd, bytes, (size_t)got, NULL);
	}
	if (fd >= 0)
		close(fd);
	while (fcntl(socket, F_GETFD) >= 0) /* the thread says the last words, and closes it */
		usleep(1000);
	_exit(0);
}

static const struct {
	const char *host;
	bool trusted;
} made[] = {{"one.example", true}, {"two.example", true}, {"three.example", false}};

START_TEST(a_server_makes_its_own)
{
	static const char *const names[] = {"one.example", "two.example", NULL};
	make_certificates();
	cleanup_free char *folder = xasprintf("%s/made-%d", suite_folder, _i);
	cleanup_free char *copy = xasprintf("cp -R %s/good %s", suite_folder, folder);
	cleanup_free char *ca = path_join(folder, "ca.pem");
	cleanup_buf struct buf pem = {0};
	struct error err = {0};
	struct tls *server = NULL, *client = NULL;
	char said[8] = "";
	int pair[2];
	ck_assert_msg(tls_make(names, &server, &pem, &err), "%s", error_text(&err));
	ck_assert_int_eq(system(copy), 0);
	ck_assert(file_write(ca, buf_text(&pem), pem.length, 0600, NULL));
	ck_assert(tls_open(folder, &client, &err));
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	pid_t pid = fork();
	if (pid == 0) {
		close(pair[1]);
		serve_once(server, pair[0]);
	}
	close(pair[0]);
	int fd = tls_connect(client, pair[1], made[_i].host, &err);
	ck_assert_msg((fd >= 0) == made[_i].trusted, "%s", error_text(&err));
	if (fd >= 0) {
		ck_assert(fd_write(fd, "HAL", 3, NULL));
		ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
		for (size_t length = 0; length < 3;) {
			ssize_t got = fd_read(fd, said + length, 3 - length);
			ck_assert_int_gt(got, 0);
			length += (size_t)got;
		}
		ck_assert_str_eq(said, "IBM");
		close(fd);
	}
	waitpid(pid, NULL, 0);
	tls_close(server);
	tls_close(client);
	error_finish(&err);
}
END_TEST

int main(void)
{
	const struct suite_test tests[] = {
		{folders_are_read, ARRAY_LENGTH(folders)},
		{a_server_is_who_it_must_be, ARRAY_LENGTH(servers)},
		{what_speaks_no_tls_is_left, 1},
		{a_server_makes_its_own, ARRAY_LENGTH(made)},
	};
	return suite_run("tls", tests, ARRAY_LENGTH(tests), 30);
}
