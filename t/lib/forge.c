/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames that no mailbox would send; see forge.h. */
#include "t/lib/forge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "runtime/channel.h"
#include "t/lib/tap.h"

#define FDS_MAX		253		/* more the kernel does not take */
#define BYTES_MAX	(CADRE_FRAME_BODY_MAX + 65536)
#define SEALS		(F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

static int
memfd(const struct forge *f)
{
	off_t bytes = (off_t)f->head.bytes - (f->fd == FORGE_SHORT);
	int fd = memfd_create("forged", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int seals = f->fd == FORGE_UNSEALED ? 0 :
	    f->fd == FORGE_WRITABLE ? SEALS : SEALS | F_SEAL_WRITE;

	if (fd < 0 || ftruncate(fd, bytes) < 0 ||
	    (seals != 0 && fcntl(fd, F_ADD_SEALS, seals) < 0))
		bail_out("no memfd: %s", strerror(errno));
	return fd;
}

static int
descriptor(const struct forge *f)
{
	int p[2];

	if (f->fd >= FORGE_MEMFD)
		return memfd(f);
	if (f->fd == FORGE_NULL)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (pipe(p) < 0)
		bail_out("no pipe: %s", strerror(errno));
	close(p[1]);
	return p[0];
}

static size_t
make(char *bytes, const struct forge *f)
{
	size_t body = sizeof(f->head) + f->payload, n;
	struct cadre__frame frame = {
		.version = f->version != 0 ? f->version : CADRE_FRAME_VERSION,
		.type = f->type,
		.id = f->id,
		.length = (uint32_t)((long)body - f->cut + f->lie),
	};

	memcpy(bytes, &frame, sizeof(frame));
	memcpy(bytes + sizeof(frame), &f->head, sizeof(f->head));
	n = sizeof(frame) + body - (size_t)f->cut;
	for (unsigned int i = 1; i < f->times; i++)
		memcpy(bytes + i * CHANNEL_FILL(n), bytes, n);
	return f->times > 1 ? (f->times - 1) * CHANNEL_FILL(n) + n : n;
}

int
forge_send(int fd, const struct forge *f)
{
	static char bytes[BYTES_MAX];
	char control[CMSG_SPACE(FDS_MAX * sizeof(int))];
	struct cmsghdr *c = (struct cmsghdr *)(void *)control;
	struct iovec iov = { bytes, make(bytes, f) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int sent = -1, err;

	if (f->nfds > 0) {
		sent = descriptor(f);
		memset(control, 0, sizeof(control));
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(f->nfds * sizeof(int));
		for (unsigned int i = 0; i < f->nfds; i++)
			memcpy(CMSG_DATA(c) + i * sizeof(int), &sent,
			    sizeof(sent));
		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(f->nfds * sizeof(int));
	}
	err = sendmsg(fd, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
	if (sent >= 0)
		close(sent);
	return err;
}

/* It has two such sockets, and that of control was made first. */
int
forge_find(void)
{
	socklen_t bytes = sizeof(int);
	int found = -ENOENT, type;

	for (int fd = 3; fd < 1024; fd++)
		if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &bytes) == 0 &&
		    type == SOCK_SEQPACKET)
			found = fd;
	return found;
}

static struct sockaddr_in door = { .sin_family = AF_INET };

/* Here nobody accepts, and connections last. */
void
forge_door(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t bytes = sizeof(door);

	door.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&door, bytes) < 0 ||
	    listen(fd, SOMAXCONN) < 0 ||
	    getsockname(fd, (struct sockaddr *)&door, &bytes) < 0)
		bail_out("no listener: %s", strerror(errno));
}

int
forge_lingering(int seconds)
{
	struct linger linger = { 1, seconds };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	static char all[65536];

	if (connect(fd, (struct sockaddr *)&door, sizeof(door)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger,
	    sizeof(linger)) < 0)
		bail_out("no connection: %s", strerror(errno));
	while (send(fd, all, sizeof(all), MSG_DONTWAIT) > 0)
		;
	return fd;
}
