/* oidc/oidc.c - settings, the provider's addresses, and the two halves of an attempt */
#include "oidc.h"
#include "digest.h"
#include "http.h"
#include "json.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS 10000L
#define RANDOM_BYTES 32
#define OWN_NAME "sub:"
#define REST_MS 5000 /* after a provider did not answer */
#define SKEW_S 60    /* how far the provider's clock may be ahead or behind */

struct rule {
	char *who, *team;
	const char *role;
};

/* What a provider says of itself. */
struct provider {
	char *issuer; /* as it is written in tokens */
	char *authorization, *token, *userinfo;
	bool takes_post; /* the secret in the body, not as a password */
};

struct oidc {
	char *issuer, *client, *secret, *ca, *name;
	struct rule *rules;
	size_t rule_count;
	pthread_mutex_t lock; /* of what follows; `is` no longer changes once it is known */
	bool is_known, is_asked;
	int64_t failed_ms;
	struct provider is;
};

/* ---- settings ---- */

/* Secrets and codes travel only over TLS, or within this machine. */
static bool is_safe(const char *url)
{
	return text_starts(url, "https://") ||
	       (text_starts(url, "http://") && text_is_loopback(url + strlen("http://")));
}

static bool set_once(char **place, const char *value)
{
	bool first = *place == NULL;
	if (first)
		*place = xstrdup(value);
	return first;
}

/* "bob@example.com, Blue" */
static void add_rule(struct oidc *o, const char *role, const char *value)
{
	const char *comma = strchr(value, ',');
	size_t length = comma != NULL ? (size_t)(comma - value) : strlen(value);
	o->rules = array_grow(o->rules, o->rule_count, sizeof *o->rules);
	o->rules[o->rule_count++] = (struct rule){.role = role,
		.who = xstrndup(value, length),
		.team = xstrdup(comma != NULL ? comma + 1 + strspn(comma + 1, " ") : "")};
}

static bool take_setting(struct oidc *o, const char *name, const char *value)
{
	static const char *const roles[] = {"lead", "instructor"};
	struct {
		const char *name;
		char **place;
	} const texts[] = {{"issuer", &o->issuer}, {"client", &o->client}, {"secret", &o->secret},
		{"name", &o->name}, {"ca", &o->ca}};
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		if (text_same(name, texts[i].name))
			return set_once(texts[i].place, value);
	for (size_t i = 0; i < ARRAY_LENGTH(roles); i++)
		if (text_same(name, roles[i])) {
			add_rule(o, roles[i], value);
			return true;
		}
	return false;
}

/* "name: value"; a line that is blank or a comment is fine. */
static bool read_line(struct oidc *o, const char *line, size_t length)
{
	while (length > 0 && strchr(" \t\r", line[length - 1]) != NULL)
		length--;
	const char *colon = memchr(line, ':', length);
	if (length == 0 || *line == '#')
		return true;
	if (colon == NULL)
		return false;
	size_t gap = 1 + strspn(colon + 1, " \t");
	cleanup_free char *name = xstrndup(line, (size_t)(colon - line));
	cleanup_free char *value =
		(size_t)(colon - line) + gap < length
			? xstrndup(colon + gap, length - gap - (size_t)(colon - line))
			: NULL;
	return value != NULL && take_setting(o, name, value);
}

static bool read_settings(struct oidc *o, const char *settings, struct error *err)
{
	int number = 1;
	for (const char *line = settings; *line != '\0'; number++) {
		size_t length = strcspn(line, "\n");
		if (!read_line(o, line, length))
			return error_set_kind(err, ERROR_USAGE,
				"line %d is not one of issuer:, client:, secret:, name:, ca:, lead: and instructor:, or the second of its kind",
				number);
		line += length + (line[length] == '\n');
	}
	if (o->issuer == NULL || o->client == NULL || o->rule_count == 0)
		return error_set_kind(err, ERROR_USAGE,
			"there must be the lines `issuer: https://…` and `client: …`, and one that says who may sign in, as in `lead: ann@example.com`");
	if (!is_safe(o->issuer))
		return error_set_kind(err, ERROR_USAGE,
			"issuer: '%s' does not begin with https:// (http:// only for this machine)",
			o->issuer);
	while (text_ends(o->issuer, "/"))
		o->issuer[strlen(o->issuer) - 1] = '\0';
	if (o->name == NULL) {
		const char *host = strstr(o->issuer, "://") + 3;
		o->name = xstrndup(host, strcspn(host, "/:"));
	}
	return true;
}

bool oidc_open(const char *settings, struct oidc **ret, struct error *err)
{
	struct oidc *o = xcalloc(1, sizeof *o);
	pthread_mutex_init(&o->lock, NULL);
	if (!read_settings(o, settings, err)) {
		oidc_close(o);
		return false;
	}
	*ret = o;
	return true;
}

static void provider_finish(struct provider *p)
{
	free(p->issuer);
	free(p->authorization);
	free(p->token);
	free(p->userinfo);
	*p = (struct provider){0};
}

void oidc_close(struct oidc *o)
{
	if (o == NULL)
		return;
	for (size_t i = 0; i < o->rule_count; i++) {
		free(o->rules[i].who);
		free(o->rules[i].team);
	}
	free(o->rules);
	free(o->issuer);
	free(o->client);
	free(o->secret);
	free(o->ca);
	free(o->name);
	provider_finish(&o->is);
	pthread_mutex_destroy(&o->lock);
	free(o);
}

const char *oidc_name(const struct oidc *o)
{
	return o->name;
}

/* What a provider calls an address is never taken for its own name of somebody, nor the other way
 * round. */
static bool rule_fits(const struct rule *rule, const char *name)
{
	const char *at = strrchr(name, '@');
	if (text_starts(rule->who, OWN_NAME) || text_starts(name, OWN_NAME))
		return text_same(rule->who, name);
	if (text_starts(rule->who, "*@"))
		return at != NULL && text_same_fold(at, rule->who + 1);
	return text_same_fold(rule->who, name);
}

bool oidc_may(const struct oidc *o, const char *name, const char **ret_role, const char **ret_team)
{
	for (size_t i = 0; i < o->rule_count; i++)
		if (rule_fits(&o->rules[i], name)) {
			*ret_role = o->rules[i].role;
			*ret_team = o->rules[i].team;
			return true;
		}
	return false;
}

/* ---- asking the provider ---- */

static bool ask(const struct oidc *o, struct http_request *request, cJSON **ret, struct error *err)
{
	struct http_answer answer = {0};
	request->timeout_ms = TIMEOUT_MS;
	request->ca = o->ca;
	bool good = http_send(request, &answer, err);
	cJSON *json = good ? json_parse(&answer.body) : NULL;
	if (good && (answer.status != 200 || !cJSON_IsObject(json))) {
		const char *why = json_get_text_or(
			json, "error_description", json_get_text_or(json, "error", _("no reason")));
		good = error_set_kind(err,
			answer.status >= 400 && answer.status < 500 ? ERROR_FAILED
								    : ERROR_ENVIRONMENT,
			"it answered %ld: %.200s", answer.status, why);
	}
	buf_finish(&answer.body);
	if (!good) {
		cJSON_Delete(json);
		return error_wrap(err, "'%s'", request->url);
	}
	*ret = json;
	return true;
}

static bool take_address(const cJSON *json, const char *name, char **place, struct error *err)
{
	const char *url = json_get_text(json, name);
	if (url == NULL || !is_safe(url))
		return error_set(err, 0, "the provider's description has no usable %s", name);
	free(*place);
	*place = xstrdup(url);
	return true;
}

/* Without a list, a secret is a password (OpenID Connect Discovery 1.0, 3). */
static bool only_takes_post(const cJSON *json)
{
	const cJSON *list = json_get(json, "token_endpoint_auth_methods_supported"), *one;
	bool basic = !cJSON_IsArray(list), post = false;
	cJSON_ArrayForEach(one, list) {
		basic = basic || text_same(one->valuestring, "client_secret_basic");
		post = post || text_same(one->valuestring, "client_secret_post");
	}
	return post && !basic;
}

static bool discover(const struct oidc *o, struct provider *ret, struct error *err)
{
	cleanup_free char *url = xasprintf("%s/.well-known/openid-configuration", o->issuer);
	struct http_request request = {.method = "GET", .url = url};
	cJSON *json;
	if (!ask(o, &request, &json, err))
		return false;
	const char *issuer = json_get_text_or(json, "issuer", "");
	size_t length = strlen(o->issuer);
	bool same = strncmp(issuer, o->issuer, length) == 0 &&
		    (issuer[length] == '\0' || text_same(issuer + length, "/"));
	bool good = (same || error_set(err, 0, "the provider calls itself '%.200s'", issuer)) &&
		    take_address(json, "authorization_endpoint", &ret->authorization, err) &&
		    take_address(json, "token_endpoint", &ret->token, err) &&
		    (json_get(json, "userinfo_endpoint") == NULL ||
			    take_address(json, "userinfo_endpoint", &ret->userinfo, err));
	ret->issuer = xstrdup(issuer);
	ret->takes_post = only_takes_post(json);
	cJSON_Delete(json);
	return good;
}

static bool ask_provider(struct oidc *o, struct error *err)
{
	struct provider found = {0};
	bool good = discover(o, &found, err);
	pthread_mutex_lock(&o->lock);
	if (good)
		o->is = found;
	o->is_known = good;
	o->is_asked = false;
	o->failed_ms = clock_monotonic_ms();
	pthread_mutex_unlock(&o->lock);
	if (!good)
		provider_finish(&found);
	return good;
}

/* What the provider says of itself stays for the life of the program. One request at a time asks
 * for it, and none for a while after a failure: a provider that is slow must not hold up the
 * server. */
static bool know_provider(struct oidc *o, struct error *err)
{
	pthread_mutex_lock(&o->lock);
	bool known = o->is_known;
	bool may_ask = !o->is_asked &&
		       (o->failed_ms == 0 || clock_monotonic_ms() - o->failed_ms > REST_MS);
	o->is_asked = o->is_asked || (!known && may_ask);
	pthread_mutex_unlock(&o->lock);
	if (known || (may_ask && ask_provider(o, err)))
		return true;
	if (!may_ask)
		error_set(err, 0, "it did not answer a moment ago; try again in a few seconds");
	return error_wrap(err, "cannot ask %s", o->name);
}

/* ---- beginning ---- */

void oidc_attempt_finish(struct oidc_attempt *attempt)
{
	free(attempt->state);
	free(attempt->nonce);
	free(attempt->verifier);
	*attempt = (struct oidc_attempt){0};
}

/* The verifier's SHA-256 as base64url (RFC 7636, 4.2). */
static char *challenge_of(const char *verifier)
{
	char digest[DIGEST_TEXT_SIZE];
	cleanup_buf struct buf bytes = {0};
	(void)digest_sha2(256, verifier, strlen(verifier), digest);
	digest_bytes(digest, &bytes);
	return digest_base64url(bytes.data, bytes.length);
}

static void add_field(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "%s%s=", out->length > 0 ? "&" : "", name);
	url_encode(out, value, "");
}

bool oidc_begin(struct oidc *o, const char *callback, struct oidc_attempt *ret, char **ret_url,
	struct error *err)
{
	cleanup_buf struct buf query = {0};
	if (!know_provider(o, err))
		return false;
	*ret = (struct oidc_attempt){.state = digest_random_text(RANDOM_BYTES),
		.nonce = digest_random_text(RANDOM_BYTES),
		.verifier = digest_random_text(RANDOM_BYTES)};
	cleanup_free char *challenge = challenge_of(ret->verifier);
	add_field(&query, "response_type", "code");
	add_field(&query, "client_id", o->client);
	add_field(&query, "redirect_uri", callback);
	add_field(&query, "scope", "openid email");
	add_field(&query, "state", ret->state);
	add_field(&query, "nonce", ret->nonce);
	add_field(&query, "code_challenge", challenge);
	add_field(&query, "code_challenge_method", "S256");
	*ret_url = xasprintf("%s%s%s", o->is.authorization,
		strchr(o->is.authorization, '?') != NULL ? "&" : "?", buf_text(&query));
	return true;
}

/* ---- ending ---- */

void oidc_identity_finish(struct oidc_identity *identity)
{
	free(identity->name);
	*identity = (struct oidc_identity){0};
}

static bool exchange_code(const struct oidc *o, const char *callback,
	const struct oidc_attempt *attempt, const char *code, cJSON **ret, struct error *err)
{
	static const char *const headers[] = {"Content-Type: application/x-www-form-urlencoded",
		"Accept: application/json", NULL};
	cleanup_buf struct buf body = {0};
	/* both are encoded once more than in other passwords (RFC 6749, 2.3.1) */
	cleanup_free char *user = url_encode_text(o->client, "");
	cleanup_free char *password = url_encode_text(o->secret != NULL ? o->secret : "", "");
	bool basic = o->secret != NULL && !o->is.takes_post;
	add_field(&body, "grant_type", "authorization_code");
	add_field(&body, "code", code);
	add_field(&body, "redirect_uri", callback);
	add_field(&body, "code_verifier", attempt->verifier);
	if (!basic)
		add_field(&body, "client_id", o->client);
	if (!basic && o->secret != NULL)
		add_field(&body, "client_secret", o->secret);
	struct http_request request = {.method = "POST",
		.url = o->is.token,
		.user = basic ? user : NULL,
		.password = basic ? password : NULL,
		.headers = headers,
		.body = buf_text(&body),
		.body_length = body.length};
	return ask(o, &request, ret, err);
}

/* The second part of "head.claims.signature". */
static cJSON *read_claims(const char *token)
{
	const char *begin = token != NULL ? strchr(token, '.') : NULL;
	const char *end = begin != NULL ? strchr(begin + 1, '.') : NULL;
	cleanup_buf struct buf text = {0};
	bool good =
		end != NULL && digest_base64_decode(begin + 1, (size_t)(end - begin - 1), &text);
	return good ? json_parse(&text) : NULL;
}

static bool is_for_client(const struct oidc *o, const cJSON *claims)
{
	const cJSON *to = json_get(claims, "aud"), *one;
	const char *by = json_get_text(claims, "azp");
	bool found = cJSON_IsString(to) && text_same(to->valuestring, o->client);
	if (cJSON_IsArray(to))
		cJSON_ArrayForEach(one, to)
			found = found || text_same(one->valuestring, o->client);
	return found && (by == NULL ? cJSON_GetArraySize(to) <= 1 : text_same(by, o->client));
}

/* Core 1.0, 3.1.3.7; returns what is wrong with the token, NULL if nothing is. */
static const char *check_claims(
	const struct oidc *o, const struct oidc_attempt *attempt, const cJSON *claims)
{
	const cJSON *until = json_get(claims, "exp");
	const char *nonce = json_get_text(claims, "nonce");
	if (!cJSON_IsObject(claims))
		return N_("it sent no ID token");
	if (!text_same(json_get_text(claims, "iss"), o->is.issuer))
		return N_("the token is of another provider");
	if (!is_for_client(o, claims))
		return N_("the token is for another program");
	if (!cJSON_IsNumber(until) || until->valuedouble < (double)clock_wall_ms() / 1000 - SKEW_S)
		return N_("the token has expired; compare the clocks of both machines");
	if (nonce == NULL || !digest_same(nonce, attempt->nonce))
		return N_("the token is for another attempt");
	return text_is_blank(json_get_text(claims, "sub")) ? N_("the token names nobody") : NULL;
}

/* An address counts only if the provider has verified it. */
static const char *address_in(const cJSON *claims)
{
	const cJSON *verified = json_get(claims, "email_verified");
	bool good = cJSON_IsTrue(verified) ||
		    (cJSON_IsString(verified) && text_same(verified->valuestring, "true"));
	const char *address = good ? json_get_text(claims, "email") : NULL;
	return address != NULL && strchr(address, '@') != NULL && !text_starts(address, OWN_NAME)
		       ? address
		       : NULL;
}

/* Many providers tell the address only here. */
static bool ask_address(const struct oidc *o, const cJSON *tokens, const char *subject, cJSON **ret,
	struct error *err)
{
	const char *access = json_get_text(tokens, "access_token");
	*ret = NULL;
	if (o->is.userinfo == NULL || access == NULL || strpbrk(access, "\r\n") != NULL)
		return true;
	cleanup_free char *bearer = xasprintf("Authorization: Bearer %s", access);
	const char *const headers[] = {bearer, "Accept: application/json", NULL};
	struct http_request request = {.method = "GET", .url = o->is.userinfo, .headers = headers};
	if (!ask(o, &request, ret, err))
		return false;
	return text_same(json_get_text(*ret, "sub"), subject) ||
	       error_set_kind(err, ERROR_FAILED, "it tells of somebody else");
}

static bool identify(const struct oidc *o, const cJSON *tokens, const cJSON *claims,
	struct oidc_identity *ret, struct error *err)
{
	const char *subject = json_get_text(claims, "sub"), *address = address_in(claims);
	cleanup_free char *own = xasprintf(OWN_NAME "%s", subject);
	cJSON *more = NULL;
	bool good = address != NULL || ask_address(o, tokens, subject, &more, err);
	if (good && address == NULL)
		address = address_in(more);
	const char *const names[] = {address, own};
	bool found = false;
	for (size_t i = 0; good && !found && i < ARRAY_LENGTH(names); i++) {
		found = names[i] != NULL && oidc_may(o, names[i], &ret->role, &ret->team);
		if (found)
			ret->name = xstrdup(names[i]);
		if (found && names[i] == address)
			text_lower(ret->name); /* providers write it as it was typed */
	}
	if (good && !found)
		error_set_kind(err, ERROR_FAILED, "%s may not sign in here; ask your administrator",
			address != NULL ? address : own);
	cJSON_Delete(more);
	return found;
}

bool oidc_end(struct oidc *o, const char *callback, const struct oidc_attempt *attempt,
	const char *code, const char *issuer, struct oidc_identity *ret, struct error *err)
{
	cJSON *tokens;
	if (!know_provider(o, err))
		return false;
	if (issuer != NULL && !text_same(issuer, o->is.issuer)) /* RFC 9207 */
		return error_set_kind(
			err, ERROR_FAILED, "the answer is of another provider, '%.200s'", issuer);
	if (!exchange_code(o, callback, attempt, code, &tokens, err))
		return false;
	cJSON *claims = read_claims(json_get_text(tokens, "id_token"));
	const char *wrong = check_claims(o, attempt, claims);
	bool good = wrong == NULL ? identify(o, tokens, claims, ret, err)
				  : error_set_kind(err, ERROR_FAILED, "%s", _(wrong));
	cJSON_Delete(claims);
	cJSON_Delete(tokens);
	return good;
}
