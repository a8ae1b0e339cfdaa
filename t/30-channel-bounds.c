/* t/30-channel-bounds: what waits for a peer that never reads is bounded */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <unistd.h>

#include <sys/socket.h>

#include "runtime/channel.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static const char body[CADRE_FRAME_BODY_MAX];

/* Until no more goes, each with descriptors of its own. */
static void
fill(uint32_t length, unsigned int frames)
{
	struct cadre__frame f = { .length = length },
	    larger = { .length = CADRE_FRAME_BODY_MAX + 1 };
	struct channel c = CHANNEL_NONE;
	int fds = probe_fds(0), s[2], p[2], err;

	is_int(channel_send(&c, &f, body, NULL, 0), -EPIPE, "closed");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, s) < 0 ||
	    pipe(p) < 0)
		bail_out("no sockets");
	c.fd = s[0];
	while ((err = channel_send(&c, &f, body, p, 2)) == 0)
		;
	is_int(err, -ENOBUFS, "%u bytes a frame: it ends", length);
	is_int(channel_send(&c, &f, body, p, 2), -ENOBUFS, "and stays so");
	is_u64(c.frames, frames, "so many wait");
	ok(c.bytes == (size_t)frames * length, "of so many bytes");
	is_int(channel_send(&c, &larger, body, NULL, 0), -EINVAL, "64 KiB + 1");
	is_int(channel_flush(&c), 0, "there is no room yet: that is no error");
	is_u64(c.frames, frames, "and all still wait");
	close(s[1]);
	is_int(channel_flush(&c), -EPIPE, "the peer is gone");
	channel_drop(&c);
	ok(!channel_waits(&c) && c.frames == 0 && c.bytes == 0, "dropped");
	close(s[0]);
	close(p[0]);
	close(p[1]);
	is_int(probe_fds(0), fds, "no descriptor is left");
}

int
main(void)
{
	fill(8, CHANNEL_FRAMES);
	fill(CADRE_FRAME_BODY_MAX, CHANNEL_BYTES / CADRE_FRAME_BODY_MAX);
	return done_testing();
}
