/*
 * oidc.h - signing in at an OpenID Connect provider: the authorization code flow with PKCE (OpenID
 * Connect Core 1.0, 3.1; RFC 7636; RFC 9207).
 *
 * Who signs in so is a lead or an instructor, as the settings say. The ID token comes from the
 * provider itself over TLS, which stands for its signature (3.1.3.7, 6).
 *
 *     struct oidc_attempt attempt = {0};
 *     oidc_begin(oidc, callback, &attempt, &url, &err);    the browser goes to url,
 *     ...                                                  and comes back with code and state
 *     oidc_end(oidc, callback, &attempt, code, &who, &err);
 *
 * Any thread may make any call. Each waits for the provider, 10 s at most.
 */
#ifndef OIDC_H
#define OIDC_H

#include "base.h"

struct oidc;

/* Reads settings, a line each; `#` begins a comment:
 *
 *     issuer: https://login.example.com
 *     client: ropes
 *     secret: …                          without it, the client is a public one
 *     name: Example                      as people call the provider; else its host
 *     ca: /etc/ropes/example.pem         certificates for it; else the system's
 *     lead: ann@example.com
 *     lead: bob@example.com, Blue        of one team
 *     instructor: *@example.com
 *     lead: sub:248289761001             the provider's own name for somebody
 *
 * Of the last kind of lines, the first that fits counts. Errors name the line. */
bool oidc_open(const char *settings, struct oidc **ret, struct error *err);
void oidc_close(struct oidc *oidc); /* NULL does nothing */
/* The provider's name for people. */
const char *oidc_name(const struct oidc *oidc);

/* What only the browser that tries to sign in knows; it is kept in a cookie there. */
struct oidc_attempt {
	char *state, *nonce, *verifier; /* base64url */
};
void oidc_attempt_finish(struct oidc_attempt *attempt);
/* Begins an attempt. *ret_url: where the browser goes; the caller frees it. `callback` is the
 * address to which it comes back. */
bool oidc_begin(struct oidc *oidc, const char *callback, struct oidc_attempt *ret, char **ret_url,
	struct error *err);

struct oidc_identity {
	char *name;              /* verified address in small letters, or "sub:…" */
	const char *role, *team; /* team "": every team; they live as long as oidc */
};
void oidc_identity_finish(struct oidc_identity *identity);
/* Asks the provider whose code this is. `issuer` is what came with the code; NULL: nothing did.
 * ERROR_FAILED: the answer is not for this attempt, or the settings do not name them. */
bool oidc_end(struct oidc *oidc, const char *callback, const struct oidc_attempt *attempt,
	const char *code, const char *issuer, struct oidc_identity *ret, struct error *err);
/* What the settings say of a name that oidc_end() returned; false: nothing. */
bool oidc_may(
	const struct oidc *oidc, const char *name, const char **ret_role, const char **ret_team);

#endif
