/* t/01-frame: a frame and its descriptors come whole, and nothing waits */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shm/frame.h"
#include "t/lib/tap.h"

static int pair[2];

int
main(void)
{
	struct cadre__frame f = { .type = 7, .id = 8, .length = 5 }, got;
	int fds[CADRE_FRAME_FDS_MAX + 1] = { 0 }, in[CADRE_FRAME_FDS_MAX];
	unsigned int n = 4, many = CADRE_FRAME_FDS_MAX;
	char body[64];

	socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair);
	is_int(cadre__frame_recv(pair[1], &got, body, 64, in, &n), -EAGAIN,
	    "nothing there: does not wait");
	is_int(cadre__frame_send(pair[0], &f, "hello", fds, 2), 0, "sent");
	is_int(cadre__frame_recv(pair[1], &got, body, 5, in, &n), 0, "came");
	ok(got.version == 1 && got.type == 7 && got.id == 8 && got.length == 5
	    && memcmp(body, "hello", 5) == 0, "whole, into a body of its size");
	is_int(n, 2, "with two descriptors");
	ok(fcntl(in[0], F_GETFD) == FD_CLOEXEC, "which are close-on-exec");
	close(in[0]), close(in[1]);
	cadre__frame_send(pair[0], &f, "hello", fds, many);
	n = many;
	is_int(cadre__frame_recv(pair[1], &got, body, 5, in, &n), 0, "252 fit");
	while (n > 0)
		close(in[--n]);
	is_int(cadre__frame_send(pair[0], &f, "hello", fds, many + 1), -EINVAL,
	    "253 do not");
	f.length = CADRE_FRAME_BODY_MAX + 1;
	is_int(cadre__frame_send(pair[0], &f, body, fds, 0), -EINVAL,
	    "a body too long");
	f = (struct cadre__frame){ .type = 7, .length = 0 };
	close(pair[1]);
	is_int(cadre__frame_send(pair[0], &f, NULL, NULL, 0), -EPIPE,
	    "peer gone: no signal, -EPIPE");
	is_int(cadre__frame_recv(pair[0], &got, body, 64, in, &n), -EPIPE,
	    "and its end is read");
	return done_testing();
}
