/* SPDX-License-Identifier: BSD-2-Clause */
/* What a master answers to an observer, right or wrong. */
#include "t/lib/sock.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shm/frame.h"
#include "shm/object.h"

static void
objects(const struct sample *s, int fd, uint32_t first, unsigned int n,
    int bad)
{
	uint32_t body[2] = { first, SAMPLE_OBJECTS };
	struct cadre__frame f = { .type = CADRE_FRAME_OBJECTS, .length = 8 };
	int fds[SAMPLE_OBJECTS];

	for (unsigned int i = 0; i < n; i++)
		fds[i] = bad ? STDIN_FILENO :
		    cadre__object_reopen(sample_fd(s->anchor, first + i));
	cadre__frame_send(fd, &f, body, fds, n);
}

void
sock_answer(const struct sample *s, int sock, enum answer how)
{
	struct { int32_t err; char text[8]; } no = { -EACCES, "not you" };
	struct cadre__frame f = { .type = CADRE_FRAME_ERROR, .length = 11 };
	struct pollfd p = { .fd = accept(sock, NULL, NULL), .events = POLLIN };

	poll(&p, 1, 1000);
	if (cadre__frame_recv(p.fd, &f, NULL, 0, NULL, NULL) < 0 ||
	    f.type != CADRE_FRAME_ATTACH || how == ANSWER_HANGS_UP)
		_exit(0);
	for (uint32_t i = 0; how == ANSWER_BY_ONE && i < SAMPLE_OBJECTS; i++)
		objects(s, p.fd, i, 1, 0);
	if (how == ANSWER_GOOD)
		objects(s, p.fd, 0, SAMPLE_OBJECTS, 0);
	else if (how == ANSWER_NO_ANCHOR)
		objects(s, p.fd, 1, 3, 0);
	else if (how == ANSWER_TWICE || how == ANSWER_TOO_FEW ||
	    how == ANSWER_SKIPS)
		objects(s, p.fd, 0, 3, 0);
	if (how == ANSWER_TWICE)
		objects(s, p.fd, 0, 3, 0);
	if (how == ANSWER_SKIPS)
		objects(s, p.fd, 5, 3, 0);
	if (how == ANSWER_NOT_OURS)
		objects(s, p.fd, 0, 1, 1);
	f = (struct cadre__frame){ .type = CADRE_FRAME_ERROR, .length = 11 };
	if (how == ANSWER_REFUSES)
		cadre__frame_send(p.fd, &f, &no, NULL, 0);
	poll(&p, 1, 3000);		/* until the observer goes */
	_exit(0);
}
