/* SPDX-License-Identifier: BSD-2-Clause */
/* t/74-calls: calls between the marks are counted, exactly, and no others */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/wait.h>

#include "t/lib/tap.h"
#include "tools/calls.h"

static void
say(int fd, int times)
{
	for (int i = 0; i < times; i++)
		if (write(fd, "12345", 5) != 5)
			_exit(1);
}

/* Three calls of 5 bytes each, and what must not be counted. */
static void
marked(int fd)
{
	say(fd, 2);			/* before */
	(void)getppid();
	say(fd, 1);			/* begun, and forgotten */
	(void)getppid();
	say(fd, 3);
	poll(NULL, 0, 1);		/* its time is up */
	(void)getuid();
	say(fd, 4);			/* after */
}

/* Two messages by one call: 7 bytes. */
static void
received(int fd)
{
	char bytes[2][8];
	struct iovec v[2] = { { bytes[0], 8 }, { bytes[1], 8 } };
	struct mmsghdr all[2] = {
		{ .msg_hdr = { .msg_iov = &v[0], .msg_iovlen = 1 } },
		{ .msg_hdr = { .msg_iov = &v[1], .msg_iovlen = 1 } },
	};

	(void)getppid();
	if (recvmmsg(fd, all, 2, 0, NULL) != 2)
		_exit(1);
	(void)getuid();
}

static void
run(int go, int out, int in)
{
	char byte;
	pid_t pid;

	if (read(go, &byte, 1) != 1)
		_exit(1);
	marked(out);
	if ((pid = fork()) == 0) {
		received(in);
		_exit(0);
	}
	_exit(pid < 0 || waitpid(pid, NULL, 0) != pid);
}

int
main(void)
{
	struct calls c[CALLS_DEPTH];
	int go[2], out[2], in[2], status = -1, err;
	pid_t pid;

	if (pipe(go) < 0 || pipe(out) < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, in) < 0 ||
	    send(in[1], "abc", 3, 0) != 3 || send(in[1], "defg", 4, 0) != 4 ||
	    (pid = fork()) < 0)
		bail_out("%s", strerror(errno));
	if (pid == 0)
		run(go[0], out[1], in[0]);
	if ((err = calls_attach(pid)) < 0) {
		skip(8, "cannot trace: %s", strerror(-err));
		return done_testing();
	}
	is_int(write(go[1], "", 1), 1, "it goes on");
	is_int(calls_count(pid, c, &status), 0, "counted to its end");
	is_int(status, 0, "which was good");
	is_u64(c[0].calls, 3, "three calls");
	is_u64(c[0].bytes, 15, "their bytes");
	is_u64(c[1].calls, 1, "of its child: one");
	is_u64(c[1].bytes, 7, "the bytes of both messages");
	is_u64(c[2].calls, 0, "nobody else");
	return done_testing();
}
