/* t/01-frame-refused: what is not a frame is refused whole and leaves no descriptor */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shm/frame.h"
#include "t/lib/tap.h"

static int pair[2];

static int
open_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

/* Send raw bytes as a message, with one descriptor if `fd` is one. */
static void
raw(const struct cadre__frame *f, size_t bytes, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 }, message[512] = { 0 };
	struct iovec iov = { message, bytes };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c = (void *)control;

	memcpy(message, f, sizeof(*f));
	if (fd >= 0) {
		m.msg_control = control;
		m.msg_controllen = sizeof(control);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	ok(sendmsg(pair[0], &m, 0) == (ssize_t)bytes, "sent %zu bytes", bytes);
}

static void
refused(const char *what, struct cadre__frame f, size_t bytes,
    unsigned int room)
{
	struct cadre__frame got = { .type = 99 };
	int fds[4], before = open_fds();
	char body[64];

	raw(&f, bytes, 0);
	is_int(cadre__frame_recv(pair[1], &got, body, sizeof(body), fds, &room),
	    bytes == 0 ? -EPIPE : -EPROTO, "%s: refused", what);
	is_int(open_fds(), before, "%s: no descriptor is left", what);
	is_int(got.type, 99, "%s: nothing is returned", what);
}

int
main(void)
{
	struct cadre__frame f;

	socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair);
	f = (struct cadre__frame){ .version = 1, .type = 7, .length = 8 };
	refused("shorter than it says", f, sizeof(f) + 7, 4);
	refused("longer than it says", f, sizeof(f) + 9, 4);
	refused("shorter than a header", f, sizeof(f) - 1, 4);
	refused("longer than there is room", f, 500, 4);
	f.length = 65;
	refused("one byte longer than there is room", f, sizeof(f) + 65, 4);
	f.length = UINT32_MAX;
	refused("a lying length", f, sizeof(f) + 8, 4);
	f = (struct cadre__frame){ .version = 2, .type = 7, .length = 8 };
	refused("of another version", f, sizeof(f) + 8, 4);
	f.version = 1;
	refused("with a descriptor too many", f, sizeof(f) + 8, 0);
	refused("an empty message", f, 0, 4);
	return done_testing();
}
