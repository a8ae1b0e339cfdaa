/* t/30-channel: frames to a slow peer keep their order, and none is lost */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "runtime/channel.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static char body[CADRE_FRAME_BODY_MAX];

/* Each has a number, a length of its own, and every third a descriptor. */
static int
put(struct channel *c, uint32_t id, int fd)
{
	struct cadre__frame f = { .type = 7, .id = id,
	    .length = id * 131 % 5000 };

	memset(body, (int)(id & 0xff), f.length);
	return channel_send(c, &f, body, &fd, id % 3 == 0);
}

/* Take what has come; true: all right and in order. */
static bool
take(int fd, uint32_t *inout_id)
{
	struct cadre__frame f;
	unsigned int nfds = 1;
	int came = -1;
	bool right = true;

	while (cadre__frame_recv(fd, &f, body, sizeof(body), &came,
	    &nfds) == 0) {
		right = right && f.id == *inout_id &&
		    f.length == f.id * 131 % 5000 && nfds == (f.id % 3 == 0);
		for (uint32_t i = 0; i < f.length; i++)
			right = right && body[i] == (char)(f.id & 0xff);
		right = (nfds == 0 || close(came) == 0) && right;
		(*inout_id)++;
		nfds = 1;
	}
	return right;
}

int
main(void)
{
	struct channel c = CHANNEL_NONE;
	uint32_t sent = 0, came = 0, in_kernel;
	int s[2], p[2], before, flushes = 0;
	bool right = true;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, s) < 0 ||
	    pipe(p) < 0)
		bail_out("no sockets");
	before = probe_fds(0);
	c.fd = s[0];
	while (put(&c, sent, p[1]) == 0 && !channel_waits(&c))
		sent++;
	in_kernel = sent++;
	ok(in_kernel > 0, "%u go at once", in_kernel);
	while (put(&c, sent, p[1]) == 0)
		sent++;
	is_u64(sent - in_kernel, CHANNEL_FRAMES, "then so many wait");
	do {
		right = take(s[1], &came) && right;
		/* There is room now, but not before those that wait. */
		if (channel_waits(&c) && put(&c, sent, p[1]) == 0)
			sent++;
	} while (channel_flush(&c) == 0 && came < sent && flushes++ < 1000);
	ok(right, "all come in order, with bytes and descriptors as sent");
	is_u64(came, sent, "none is lost");
	ok(flushes > 0 && !channel_waits(&c) && c.bytes == 0 && c.frames == 0,
	    "the queue is empty again, after %d flushes", flushes);
	is_int(probe_fds(0), before, "no descriptor is left");
	return done_testing();
}
