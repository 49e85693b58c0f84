/* machine/inside.c - tasks that the machine's first process does itself instead of starting a
 * program: the witness in front of dockerd, and the Docker Hub of a machine without a network */
#include "private.h"

#include "gate.h"
#include "hub.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the witness ---- */

void inside_serve_witness(int control, int log_fd)
{
	static const char path[] = "/run/docker.sock";
	const struct gate_options options = {.listen = path,
		.upstream = MACHINE_DOCKER_SOCKET,
		.profile = GATE_WITNESS,
		.listen_fd = -1,
		.log_fd = log_fd};
	cleanup_error struct error err = {0};
	struct reply reply = {0};
	struct gate *gate = NULL;
	(void)prctl(PR_SET_NAME, "ropes-witness");
	if (!gate_open(&options, &gate, &err) || chown(path, 0, MACHINE_DOCKER_GROUP) < 0 ||
		chmod(path, 0660) < 0) {
		reply.number = errno != 0 ? errno : EIO;
		snprintf(reply.what, sizeof reply.what, _("cannot start the witness at %s"), path);
	}
	if (order_send_reply(control, &reply, NULL, 0) && reply.number == 0)
		gate_run(gate, control); /* until the requester is gone */
	gate_close(gate);
}

/* ---- the hub ---- */

#define HOSTS "/etc/hosts"
#define FILE_MAX ((size_t)8 << 20)

static int listen_on_hub_address(void)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(MACHINE_HUB_PORT),
		.sin_addr.s_addr = htonl(MACHINE_HUB_NUMBER)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
		listen(fd, 64) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Adds the certificate authorities from the folders where systems keep them; Debian's first. */
static void add_authorities(struct buf *out)
{
	static const char *const files[] = {"/etc/ssl/certs/ca-certificates.crt",
		"/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"};
	for (size_t i = 0; i < ARRAY_LENGTH(files) && out->length == 0; i++)
		(void)file_read(files[i], FILE_MAX, out, NULL);
}

/* *ret_before is the former content of the hosts file. */
static bool name_hub(struct buf *ret_before)
{
	cleanup_buf struct buf hosts = {0};
	if (!file_read(HOSTS, FILE_MAX, ret_before, NULL))
		return false;
	buf_printf(&hosts, "%s" MACHINE_HUB_ADDRESS, buf_text(ret_before));
	for (size_t i = 0; hub_names[i] != NULL; i++)
		buf_printf(&hosts, " %s", hub_names[i]);
	buf_add_char(&hosts, '\n');
	return file_write(HOSTS, buf_text(&hosts), hosts.length, 0644, NULL);
}

void inside_serve_hub(int control)
{
	cleanup_buf struct buf trusted = {0}, before = {0};
	struct reply reply = {0};
	struct hub *hub = NULL;
	(void)prctl(PR_SET_NAME, "ropes-hub");
	cleanup_fd int fd = listen_on_hub_address();
	add_authorities(&trusted);
	if (fd < 0 || !hub_open(fd, MACHINE_REGISTRY_PORT, &hub, &trusted, NULL) ||
		!file_write(MACHINE_CERTIFICATES, buf_text(&trusted), trusted.length, 0644, NULL) ||
		!name_hub(&before))
		reply = (struct reply){.number = errno != 0 ? errno : EIO,
			.what = N_("cannot start the machine's hub")};
	if (order_send_reply(control, &reply, NULL, 0) && reply.number == 0)
		hub_run(hub, control); /* until the requester is gone */
	if (before.length > 0)         /* give the names back to the real hub */
		(void)file_write(HOSTS, buf_text(&before), before.length, 0644, NULL);
	hub_close(hub);
}
