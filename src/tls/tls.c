/* tls/tls.c - certificates, the handshake, and a thread that copies bytes between a TLS session
 * and a pair of sockets (RFC 8446; the identity check is RFC 6125) */
#include "private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HANDSHAKE_MS 10000
#define PIECE_SIZE 16384 /* the maximum size of a record */
#define STACK_SIZE ((size_t)128 * 1024)

/* Bytes of one direction that were received but not yet sent on. */
struct piece {
	char bytes[PIECE_SIZE];
	size_t length, sent;
	bool ended, closed; /* no more input; the end was passed on */
};

struct connection {
	struct tls *tls;
	gnutls_session_t session;
	int net, near; /* the peer; our end of the pair */
	struct piece up, down;
	bool serves;
};

/* ---- certificates ---- */

static void release_tls(struct tls *tls)
{
	if (atomic_fetch_sub(&tls->users, 1) > 1)
		return;
	crypto()->certificate_free_credentials(tls->credentials);
	free(tls);
}

struct tls *tls_create(void)
{
	struct tls *tls = xcalloc(1, sizeof *tls);
	atomic_init(&tls->users, 1);
	if (crypto()->certificate_allocate_credentials(&tls->credentials) < 0)
		die_out_of_memory();
	return tls;
}

bool tls_open(const char *folder, struct tls **ret, struct error *err)
{
	cleanup_free char *ca = path_join(folder, "ca.pem");
	cleanup_free char *certificate = path_join(folder, "cert.pem");
	cleanup_free char *key = path_join(folder, "key.pem");
	struct tls *tls = tls_create();
	int count = crypto()->certificate_set_x509_trust_file(
		tls->credentials, ca, GNUTLS_X509_FMT_PEM);
	int paired = count <= 0 ? 0
				: crypto()->certificate_set_x509_key_file(
					  tls->credentials, certificate, key, GNUTLS_X509_FMT_PEM);
	if (count > 0 && paired >= 0) {
		*ret = tls;
		return true;
	}
	release_tls(tls);
	return count <= 0 ? error_set(err, 0, "'%s' contains no readable certificate", ca)
			  : error_set(err, 0, "'%s' and '%s' are not a certificate and its key: %s",
				    certificate, key, crypto()->strerror(paired));
}

struct tls *tls_share(struct tls *tls)
{
	atomic_fetch_add(&tls->users, 1);
	return tls;
}

void tls_close(struct tls *tls)
{
	if (tls != NULL)
		release_tls(tls);
}

/* ---- the handshake ---- */

static bool is_address(const char *host)
{
	return strchr(host, ':') != NULL || strspn(host, "0123456789.") == strlen(host);
}

static bool why_not(gnutls_session_t session, int code, const char *host, struct error *err)
{
	gnutls_datum_t text = {0};
	if (code != GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR ||
		crypto()->certificate_verification_status_print(
			crypto()->session_get_verify_cert_status(session), GNUTLS_CRT_X509, &text,
			0) < 0)
		return error_set(err, 0, "TLS with %s: %s", host, crypto()->strerror(code));
	(void)error_set(err, 0, "the certificate of %s: %s", host, (const char *)text.data);
	free(text.data);
	return false;
}

static gnutls_session_t new_session(const struct tls *tls, int net, unsigned side)
{
	gnutls_session_t session;
	if (crypto()->init(&session, side | GNUTLS_NO_SIGNAL) < 0)
		die_out_of_memory();
	crypto()->set_default_priority(session);
	crypto()->credentials_set(session, GNUTLS_CRD_CERTIFICATE, tls->credentials);
	crypto()->transport_set_int2(session, net, net);
	crypto()->handshake_set_timeout(session, HANDSHAKE_MS);
	return session;
}

static int finish_handshake(gnutls_session_t session)
{
	int code;
	do
		code = crypto()->handshake(session);
	while (code < 0 && crypto()->error_is_fatal(code) == 0);
	return code;
}

static bool shake_hands(
	const struct tls *tls, int net, const char *host, gnutls_session_t *ret, struct error *err)
{
	gnutls_session_t session = new_session(tls, net, GNUTLS_CLIENT);
	if (!is_address(host))
		crypto()->server_name_set(session, GNUTLS_NAME_DNS, host, strlen(host));
	crypto()->session_set_verify_cert(session, host, 0);
	int code = finish_handshake(session);
	if (code >= 0) {
		*ret = session;
		return true;
	}
	(void)why_not(session, code, host, err);
	crypto()->deinit(session);
	return false;
}

/* ---- carrying ---- */

static bool is_for_later(ssize_t code)
{
	return code < 0 && crypto()->error_is_fatal((int)code) == 0;
}

static void fill_piece(struct piece *p, ssize_t got)
{
	p->sent = 0;
	p->length = got > 0 ? (size_t)got : 0;
	p->ended = got == 0;
}

/* Copies from the pair to the peer. Returns false if the peer is gone. */
static bool carry_up(struct connection *c)
{
	struct piece *p = &c->up;
	if (p->sent == p->length && !p->ended) {
		ssize_t got = read(c->near, p->bytes, sizeof p->bytes);
		if (got >= 0 || (errno != EAGAIN && errno != EINTR))
			fill_piece(p, got > 0 ? got : 0);
	}
	while (p->sent < p->length) {
		ssize_t put =
			crypto()->record_send(c->session, p->bytes + p->sent, p->length - p->sent);
		if (is_for_later(put))
			return true;
		if (put < 0)
			return false;
		p->sent += (size_t)put;
	}
	if (p->ended && !p->closed) {
		(void)crypto()->bye(c->session, GNUTLS_SHUT_WR); /* the peer may be gone */
		p->closed = true;
	}
	return true;
}

/* Copies the other way. Accept an end without close_notify: HTTP itself shows whether a message
 * is complete. */
static bool carry_down(struct connection *c)
{
	struct piece *p = &c->down;
	if (p->sent == p->length && !p->ended) {
		ssize_t got = crypto()->record_recv(c->session, p->bytes, sizeof p->bytes);
		if (!is_for_later(got))
			fill_piece(p, got > 0 ? got : 0);
	}
	while (p->sent < p->length) {
		ssize_t put = send(c->near, p->bytes + p->sent, p->length - p->sent, MSG_NOSIGNAL);
		if (put < 0 && (errno == EAGAIN || errno == EINTR))
			return true;
		if (put < 0)
			return false;
		p->sent += (size_t)put;
	}
	if (p->ended && !p->closed) {
		(void)shutdown(c->near, SHUT_WR);
		p->closed = true;
	}
	return true;
}

static short wanted_poll(const struct piece *in, const struct piece *out)
{
	short events = 0;
	if (in->sent == in->length && !in->ended)
		events |= POLLIN;
	if (out->sent < out->length)
		events |= POLLOUT;
	return events;
}

static void carry_both(struct connection *c)
{
	bool left = false; /* the user of the other end has closed it */
	for (;;) {
		short near = wanted_poll(&c->up, &c->down);
		/* of an end that was closed, there may still be bytes to read, and its end */
		struct pollfd fds[2] = {{.fd = c->net, .events = wanted_poll(&c->down, &c->up)},
			{.fd = left && near == 0 ? -1 : c->near, .events = near}};
		bool waits_not = crypto()->record_check_pending(c->session) > 0 &&
				 (fds[0].events & POLLIN) != 0;
		if (poll(fds, 2, waits_not ? 0 : -1) < 0 && errno != EINTR)
			return;
		if (!carry_down(c) || !carry_up(c))
			return;
		left = left || (fds[1].revents & POLLHUP) != 0;
		/* a client may have sent everything and still wait for the answer */
		if ((c->down.closed && (!c->serves || c->up.closed)) || (left && c->up.closed))
			return;
	}
}

static void *run_tls_connection(void *data)
{
	struct connection *c = data;
	(void)fcntl(c->net, F_SETFL, fcntl(c->net, F_GETFL) | O_NONBLOCK);
	(void)fcntl(c->near, F_SETFL, fcntl(c->near, F_GETFL) | O_NONBLOCK);
	carry_both(c);
	crypto()->deinit(c->session);
	close(c->net);
	close(c->near);
	release_tls(c->tls);
	free(c);
	return NULL;
}

/* Takes over session and socket. */
static int attach_session(struct tls *tls, gnutls_session_t session, int net, const char *host,
	bool serves, struct error *err)
{
	int pair[2] = {-1, -1};
	struct connection *c = xcalloc(1, sizeof *c);
	bool good = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0;
	*c = (struct connection){
		.tls = tls, .session = session, .net = net, .near = pair[0], .serves = serves};
	(void)tls_share(tls);
	if (good && thread_start(run_tls_connection, c, STACK_SIZE))
		return pair[1];
	error_set(err, errno, "TLS with %s: the connection was closed", host);
	for (size_t i = 0; i < 2 && good; i++)
		close(pair[i]);
	crypto()->deinit(session);
	close(net);
	release_tls(tls);
	free(c);
	return -1;
}

int tls_connect(struct tls *tls, int net, const char *host, struct error *err)
{
	gnutls_session_t session;
	if (shake_hands(tls, net, host, &session, err))
		return attach_session(tls, session, net, host, false, err);
	close(net);
	return -1;
}

int tls_accept(struct tls *tls, int net, struct error *err)
{
	gnutls_session_t session = new_session(tls, net, GNUTLS_SERVER);
	int code = finish_handshake(session);
	if (code >= 0)
		return attach_session(tls, session, net, _("a client"), true, err);
	error_set(err, 0, "TLS with a client: %s", crypto()->strerror(code));
	crypto()->deinit(session);
	close(net);
	return -1;
}
