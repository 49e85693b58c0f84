/* machine/pull.c - fetches an image from a registry into an image layout, without a daemon: OCI
 * Distribution Specification 1.1, tokens as docs.docker.com/reference/api/registry/auth */
#include "private.h"

#include "digest.h"
#include "engine.h"
#include "http.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SILENCE_MS 30000 /* after this silence the registry counts as gone */
#define BLOB_SIZE_MAX 1e12

static const char accepted[] = "Accept: application/vnd.oci.image.index.v1+json, "
			       "application/vnd.docker.distribution.manifest.list.v2+json, "
			       "application/vnd.oci.image.manifest.v1+json, "
			       "application/vnd.docker.distribution.manifest.v2+json";

struct pull {
	const char *registry;
	const struct image_name *name;
	const char *folder;
	char *authorization; /* a header; NULL: not needed */
	void (*tell)(void *data, const char *what);
	void *data;
};

/* Adds what to do to the error of a request that got no answer. */
static bool tell_unreachable(const struct pull *p, struct error *err)
{
	struct error cause = {0};
	error_move(&cause, err);
	error_set(err, 0,
		"%s; check the network, or add the image from your own Docker (`ropes images add %s`) or from a file of `docker save`",
		error_text(&cause), p->name->shown);
	error_finish(&cause);
	return false;
}

/* ---- a token ---- */

/* Returns the value of `key="…"` in a challenge, or NULL; the caller frees it. */
static char *challenge_value(const char *challenge, const char *key)
{
	cleanup_free char *begin = xasprintf("%s=\"", key);
	const char *at = strstr(challenge, begin);
	if (at == NULL)
		return NULL;
	at += strlen(begin);
	return xstrndup(at, strcspn(at, "\""));
}

static char *token_url(const char *challenge)
{
	cleanup_free char *realm = challenge_value(challenge, "realm");
	cleanup_free char *service = challenge_value(challenge, "service");
	cleanup_free char *scope = challenge_value(challenge, "scope");
	if (realm == NULL)
		return NULL;
	cleanup_free char *of = url_encode_text(service != NULL ? service : "", "");
	cleanup_free char *in = url_encode_text(scope != NULL ? scope : "", "");
	return xasprintf("%s?service=%s&scope=%s", realm, of, in);
}

static bool take_token(struct pull *p, const char *challenge, struct error *err)
{
	struct http_answer answer = {0};
	cleanup_free char *url = token_url(challenge);
	if (url == NULL)
		return error_set(err, 0, "%s requires a password", p->registry);
	const struct http_request request = {.method = "GET", .url = url};
	bool good = http_send(&request, &answer, err) || tell_unreachable(p, err);
	cJSON *json = good ? json_parse(&answer.body) : NULL;
	const char *token = json_get_text_or(json, "token", json_get_text(json, "access_token"));
	if (token != NULL && strpbrk(token, "\r\n") == NULL)
		p->authorization = xasprintf("Authorization: Bearer %s", token);
	else if (good)
		good = error_set(
			err, 0, "%s did not issue a token (status %ld)", url, answer.status);
	cJSON_Delete(json);
	buf_finish(&answer.body);
	return good;
}

/* ---- manifests ---- */

static bool refuse_pull(const struct pull *p, long status, struct error *err)
{
	if (status == 401 || status == 403 || status == 404)
		return error_set(err, 0,
			"%s has no public image '%s'; `docker search` and the registry's pages show names and tags",
			p->registry, p->name->shown);
	if (status == 429)
		return error_set(err, 0,
			"%s allows no more pulls from this address for now (429); try again in some hours, or add the image from your own Docker: `ropes images add %s`",
			p->registry, p->name->shown);
	return error_set(err, 0, "%s answered %ld for '%s'", p->registry, status, p->name->shown);
}

/* reference: a tag, or a digest. */
static bool get_manifest(struct pull *p, const char *reference, struct buf *ret, struct error *err)
{
	struct http_answer answer = {0};
	cleanup_buf struct buf challenge = {0};
	cleanup_free char *url =
		xasprintf("%s/v2/%s/manifests/%s", p->registry, p->name->repository, reference);
	bool good = true;
	for (int attempt = 0; good && attempt < 2; attempt++) {
		const char *const headers[] = {accepted, p->authorization, NULL};
		const struct http_request request = {
			.method = "GET", .url = url, .headers = headers, .challenge = &challenge};
		good = http_send(&request, &answer, err) || tell_unreachable(p, err);
		if (!good || answer.status != 401 || p->authorization != NULL)
			break;
		good = take_token(p, buf_text(&challenge), err);
	}
	if (good && answer.status != 200)
		good = refuse_pull(p, answer.status, err);
	*ret = answer.body;
	return good;
}

static bool keep_text(
	const struct pull *p, const char *digest, const struct buf *text, struct error *err)
{
	cleanup_free char *path = xasprintf("%s/blobs/sha256/%s", p->folder, digest);
	return file_write(path, text->data, text->length, 0600, err);
}

/* ---- parts ---- */

/* Returns a descriptor's size in bytes, or 0 if a part cannot have that size. */
static double descriptor_size(const cJSON *descriptor)
{
	double size = json_get_number_or(descriptor, "size", 0);
	return size > 0 && size < BLOB_SIZE_MAX ? size : 0;
}

struct part {
	const struct pull *pull;
	int fd;
	double left; /* promised bytes that have not arrived */
	bool failed;
	struct error *err;
};

static bool write_part(void *data, const char *bytes, size_t length)
{
	struct part *part = data;
	part->left -= (double)length;
	if (part->left < 0)
		part->failed =
			!error_set(part->err, 0, "%s sent more data for '%s' than it announced",
				part->pull->registry, part->pull->name->shown);
	else
		part->failed = !fd_write(part->fd, bytes, length, part->err);
	return !part->failed;
}

static bool get_part(const struct pull *p, const cJSON *descriptor, struct error *err)
{
	cleanup_free char *below = archive_blob_path(descriptor);
	if (below == NULL)
		return error_set(err, 0, "'%s' has a part without a digest", p->name->shown);
	cleanup_free char *path = path_join(p->folder, below);
	cleanup_free char *url = xasprintf(
		"%s/v2/%s/blobs/sha256:%s", p->registry, p->name->repository, path_base(below));
	struct part part = {.pull = p, .left = descriptor_size(descriptor), .err = err};
	cleanup_fd int out = part.fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	const char *const headers[] = {p->authorization, NULL};
	const struct http_stream stream = {.url = url,
		.headers = headers,
		.redirected = true,
		.silence_ms = SILENCE_MS,
		.stop_fd = -1,
		.take = write_part,
		.data = &part};
	long status = 0;
	if (out < 0)
		return error_set(err, errno, "cannot save '%s'", path);
	if (!http_follow(&stream, &status, err) || part.failed)
		return !part.failed && tell_unreachable(p, err);
	return status == 200 || refuse_pull(p, status, err);
}

static bool get_parts(const struct pull *p, const cJSON *manifest, struct error *err)
{
	const cJSON *one, *layers = json_get(manifest, "layers");
	cleanup_buf struct buf said = {0}, size = {0};
	double bytes = 0;
	cJSON_ArrayForEach(one, layers)
		bytes += descriptor_size(one);
	if (!cJSON_IsArray(layers) || cJSON_GetArraySize(layers) > IMAGE_PARTS_MAX - 2)
		return error_set(err, 0, "%s has no manifest of a known kind for '%s'", p->registry,
			p->name->shown);
	text_size(&size, (unsigned long long)bytes);
	buf_printf(&said, _("pulling %s: %d layers, %s"), p->name->shown,
		cJSON_GetArraySize(layers), buf_text(&size));
	p->tell(p->data, buf_text(&said));
	if (!get_part(p, json_get(manifest, "config"), err))
		return false;
	cJSON_ArrayForEach(one, layers)
		if (!get_part(p, one, err))
			return false;
	return true;
}

/* ---- the layout ---- */

static bool write_index(const struct pull *p, const cJSON *manifest, const char *digest,
	size_t size, struct error *err)
{
	cleanup_free char *path = path_join(p->folder, "index.json");
	cleanup_free char *full = xasprintf("sha256:%s", digest);
	cJSON *json = cJSON_CreateObject();
	cJSON *one = cJSON_CreateObject();
	cJSON_AddItemToArray(cJSON_AddArrayToObject(json, "manifests"), one);
	cJSON_AddStringToObject(one, "mediaType",
		json_get_text_or(
			manifest, "mediaType", "application/vnd.oci.image.manifest.v1+json"));
	cJSON_AddStringToObject(one, "digest", full);
	cJSON_AddNumberToObject(one, "size", (double)size);
	cJSON_AddStringToObject(cJSON_AddObjectToObject(one, "annotations"),
		"io.containerd.image.name", p->name->shown);
	cleanup_free char *text = json_print_take(json);
	return file_write(path, text, strlen(text), 0600, err);
}

/* Fetches an index's manifest for this processor. */
static bool get_chosen(struct pull *p, const cJSON *index, struct buf *ret, struct error *err)
{
	const cJSON *one = archive_choose_image(index);
	cleanup_free char *path = archive_blob_path(one); /* NULL if it has no usable digest */
	return path != NULL
		       ? get_manifest(p, json_get_text(one, "digest"), ret, err)
		       : error_set(err, 0, "'%s' has no image for this processor", p->name->shown);
}

static bool fetch_image(struct pull *p, struct error *err)
{
	cleanup_buf struct buf text = {0}, chosen = {0};
	char digest[DIGEST_TEXT_SIZE];
	cleanup_free char *blobs = path_join(p->folder, "blobs/sha256");
	if (!folder_make(blobs, 0700, err) || !get_manifest(p, p->name->tag, &text, err))
		return false;
	cJSON *json = json_parse(&text);
	bool good = true;
	if (cJSON_IsArray(json_get(json, "manifests"))) {
		good = get_chosen(p, json, &chosen, err);
		cJSON_Delete(json);
		json = good ? json_parse(&chosen) : NULL;
	}
	const struct buf *manifest = chosen.length > 0 ? &chosen : &text;
	good = good && digest_sha2(256, manifest->data, manifest->length, digest) &&
	       keep_text(p, digest, manifest, err) && get_parts(p, json, err) &&
	       write_index(p, json, digest, manifest->length, err);
	cJSON_Delete(json);
	return good;
}

bool pull_layout(const char *registry, const struct image_name *name, const char *folder,
	void (*tell)(void *data, const char *what), void *data, struct error *err)
{
	struct pull p = {
		.registry = registry, .name = name, .folder = folder, .tell = tell, .data = data};
	bool good = fetch_image(&p, err);
	free(p.authorization);
	return good;
}
