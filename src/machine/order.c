/* machine/order.c - orders to the machine's first process: each is one message on a
 * SOCK_SEQPACKET socket, together with descriptors */
#include "private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define REPLY_SECONDS 30 /* root inside may have stopped the process that replies */

/* ---- messages with descriptors ---- */

static bool send_message(
	int socket, const void *bytes, size_t length, const int *fds, size_t fd_count)
{
	char control[CMSG_SPACE(sizeof(int) * MACHINE_FDS_MAX)] = {0};
	struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	if (fd_count > 0) {
		message.msg_control = control;
		message.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
		struct cmsghdr *head = CMSG_FIRSTHDR(&message);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
		memcpy(CMSG_DATA(head), fds, sizeof(int) * fd_count);
	}
	ssize_t sent;
	while ((sent = sendmsg(socket, &message, MSG_NOSIGNAL)) < 0 && errno == EINTR)
		continue;
	return sent == (ssize_t)length;
}

/* -1: no message, or an incomplete one. */
static ssize_t receive_message(
	int socket, void *bytes, size_t size, int *ret_fds, size_t *ret_count, pid_t *ret_sender)
{
	char control[CMSG_SPACE(sizeof(int) * MACHINE_FDS_MAX) + CMSG_SPACE(sizeof(struct ucred))] =
		{0};
	struct iovec part = {.iov_base = bytes, .iov_len = size};
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof control};
	ssize_t got;
	while ((got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
		continue;
	*ret_count = 0;
	for (struct cmsghdr *head = got > 0 ? CMSG_FIRSTHDR(&message) : NULL; head != NULL;
		head = CMSG_NXTHDR(&message, head)) {
		struct ucred sender;
		if (head->cmsg_type == SCM_RIGHTS) {
			*ret_count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
			memcpy(ret_fds, CMSG_DATA(head), *ret_count * sizeof(int));
		} else if (head->cmsg_type == SCM_CREDENTIALS && ret_sender != NULL) {
			memcpy(&sender, CMSG_DATA(head), sizeof sender);
			*ret_sender = sender.pid;
		}
	}
	return got > 0 && (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0 ? got : -1;
}

bool order_send(int fd, const struct order *order, const struct words *words, const int *fds)
{
	cleanup_buf struct buf bytes = {0};
	buf_add(&bytes, order, sizeof *order);
	for (size_t i = 0; i < words->count; i++)
		buf_add(&bytes, words->items[i], strlen(words->items[i]) + 1);
	if (bytes.length > ORDER_SIZE_MAX) {
		errno = E2BIG;
		return false;
	}
	return send_message(fd, bytes.data, bytes.length, fds, order->fd_count);
}

bool order_receive(int fd, struct order *ret, struct words *ret_words, int *ret_fds)
{
	cleanup_free char *bytes = xmalloc(ORDER_SIZE_MAX + 1);
	size_t fd_count = 0;
	ssize_t got = receive_message(fd, bytes, ORDER_SIZE_MAX, ret_fds, &fd_count, NULL);
	if (got < (ssize_t)sizeof *ret)
		return false;
	bytes[got] = '\0';
	memcpy(ret, bytes, sizeof *ret);
	for (const char *at = bytes + sizeof *ret; at < bytes + got; at += strlen(at) + 1)
		words_add(ret_words, at);
	return fd_count == ret->fd_count;
}

bool order_send_reply(int fd, const struct reply *reply, const int *fds, size_t count)
{
	return send_message(fd, reply, sizeof *reply, fds, count);
}

static bool reply_receive(
	int fd, struct reply *ret, int *ret_fds, size_t *ret_count, pid_t *ret_sender)
{
	return receive_message(fd, ret, sizeof *ret, ret_fds, ret_count, ret_sender) ==
	       (ssize_t)sizeof *ret;
}

/* ---- sending orders ---- */

static bool limit_time(int fd, int seconds)
{
	const struct timeval max = {.tv_sec = seconds};
	return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &max, sizeof max) == 0 &&
	       setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &max, sizeof max) == 0;
}

static int connect_to(const char *path, struct error *err)
{
	const int size = ORDER_SIZE_MAX * 2, yes = 1;
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd >= 0 && unix_address(path, &address, NULL) &&
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size) == 0 &&
		setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes) == 0 &&
		limit_time(fd, REPLY_SECONDS) &&
		connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	error_set(err, errno, "the practice machine does not answer at '%s'", path);
	if (fd >= 0)
		close(fd);
	return -1;
}

static int exchange_order(const char *path, const struct order *order, const struct words *words,
	const int *fds, int *ret_fds, size_t *ret_count, pid_t *ret_sender, struct error *err)
{
	struct reply reply;
	int fd = connect_to(path, err);
	if (fd < 0)
		return -1;
	bool good = order_send(fd, order, words, fds) ||
		    error_set(err, errno, "cannot send a request to the practice machine");
	errno = 0;
	good = good && (reply_receive(fd, &reply, ret_fds, ret_count, ret_sender) ||
			       error_set(err, 0,
				       errno == EAGAIN ? N_("the practice machine does not answer")
						       : N_("the practice machine has ended")));
	(void)limit_time(fd, 0); /* the order itself may take any time */
	if (good && reply.number != 0) {
		reply.what[sizeof reply.what - 1] = '\0';
		good = error_set(err, reply.number, "%s", _(reply.what));
	}
	if (good)
		return fd;
	close(fd);
	return -1;
}

int order_ask(const char *path, const struct order *order, const struct words *words,
	const int *fds, int *ret_fds, size_t *ret_count, struct error *err)
{
	return exchange_order(path, order, words, fds, ret_fds, ret_count, NULL, err);
}

static const char *const root_environment[] = {"HOME=/root",
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TMPDIR=/tmp", NULL};

bool order_run(const char *path, const struct machine_program *p, struct machine_process *ret,
	struct error *err)
{
	cleanup_words struct words words = {0};
	struct order order = {.kind = ORDER_RUN,
		.learner = p->learner,
		.terminal = p->terminal,
		.listens = p->listens,
		.rows = p->rows,
		.columns = p->columns,
		.fd_count = (unsigned)p->fd_count};
	int fds[MACHINE_FDS_MAX], got[MACHINE_FDS_MAX];
	size_t count = 0;
	words_add(&words, p->folder != NULL ? p->folder : "/");
	words_add_all(&words, p->argv);
	order.argc = (unsigned)words.count - 1;
	words_add_all(&words, p->environment != NULL ? p->environment : root_environment);
	order.envc = (unsigned)words.count - 1 - order.argc;
	for (size_t i = 0; i < p->fd_count; i++) {
		fds[i] = p->fds[i].from;
		order.to[i] = p->fds[i].to;
	}
	pid_t keeper = 0;
	int control = exchange_order(path, &order, &words, fds, got, &count, &keeper, err);
	if (control < 0)
		return error_wrap(err, "cannot start '%s' in the practice machine", p->argv[0]);
	*ret = (struct machine_process){.control = control,
		.terminal = count > 0 ? got[0] : -1,
		.line = count > 1 ? got[1] : -1,
		.keeper = keeper};
	return true;
}

/* ---- the public interface ---- */

static char *control_path(enum machine_kind kind)
{
	cleanup_free char *folder = machine_state_folder(kind);
	return path_join(folder, CONTROL_SOCKET);
}

bool machine_run(enum machine_kind kind, const struct machine_program *p,
	struct machine_process *ret, struct error *err)
{
	cleanup_free char *path = control_path(kind);
	return order_run(path, p, ret, err);
}

void machine_process_signal(const struct machine_process *p, int number)
{
	(void)send(p->control, &number, sizeof number, MSG_NOSIGNAL); /* it may have ended */
}

int machine_process_wait(struct machine_process *p)
{
	int status = 128 + 9;
	ssize_t got;
	while ((got = recv(p->control, &status, sizeof status, 0)) < 0 && errno == EINTR)
		continue;
	if (got != (ssize_t)sizeof status)
		status = 128 + 9;
	machine_process_close(p);
	return status;
}

void machine_process_close(struct machine_process *p)
{
	int *const all[] = {&p->control, &p->terminal, &p->line};
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		if (*all[i] >= 0)
			close(*all[i]);
		*all[i] = -1;
	}
}

void machine_process_kill(struct machine_process *p)
{
	if (p->control >= 0 && p->keeper > 1)
		(void)kill(p->keeper, SIGKILL); /* it may have ended; nothing else has its number */
	machine_process_close(p);
}

bool machine_run_whole(enum machine_kind kind, const struct machine_program *program,
	int timeout_ms, struct error *err)
{
	struct machine_process process;
	if (!machine_run(kind, program, &process, err))
		return false;
	struct pollfd ended = {.fd = process.control, .events = POLLIN};
	if (poll(&ended, 1, timeout_ms) == 0) {
		machine_process_kill(&process);
		return error_set(err, 0, "'%s' did not end in the practice machine in time",
			program->argv[0]);
	}
	int status = machine_process_wait(&process);
	return status == 0 ||
	       error_set(err, 0, "'%s' exited with status %d in the practice machine",
		       program->argv[0], status);
}

/* Sends an order whose reply is a descriptor. */
static int ask_for_fd(
	const char *path, const struct order *order, const struct words *words, struct error *err)
{
	int fds[MACHINE_FDS_MAX];
	size_t count = 0;
	cleanup_fd int control = order_ask(path, order, words, NULL, fds, &count, err);
	return control >= 0 && count == 1 ? fds[0] : -1;
}

int order_socket(const char *path, int domain, int type, int protocol)
{
	const struct order order = {
		.kind = ORDER_SOCKET, .domain = domain, .type = type, .protocol = protocol};
	int fd = ask_for_fd(path, &order, &(struct words){0}, NULL);
	if (fd < 0)
		errno = ENETDOWN;
	return fd;
}

int machine_socket(enum machine_kind kind, int domain, int type, int protocol)
{
	cleanup_free char *path = control_path(kind);
	return order_socket(path, domain, type, protocol);
}

int machine_listen(enum machine_kind kind, const char *path, struct error *err)
{
	const struct order order = {.kind = ORDER_LISTEN};
	cleanup_words struct words words = {0};
	cleanup_free char *control = control_path(kind);
	words_add(&words, path);
	return ask_for_fd(control, &order, &words, err);
}

bool order_run_to_end(const struct machine_paths *p, const char *const *argv, int in_fd, int out_fd,
	struct error *err)
{
	struct machine_program program = {.argv = argv};
	struct machine_process process;
	if (in_fd >= 0)
		program.fds[program.fd_count++] = (struct machine_fd){in_fd, 0};
	if (out_fd >= 0)
		program.fds[program.fd_count++] = (struct machine_fd){out_fd, 1};
	if (!order_run(p->control, &program, &process, err))
		return false;
	int status = machine_process_wait(&process);
	return status == 0 || error_set(err, 0, "'%s' exited with status %d", argv[0], status);
}
