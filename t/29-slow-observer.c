/* t/29-slow-observer: one that asks much and reads late gets every answer, and holds nobody up */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include <sys/socket.h>

#include "shm/frame.h"
#include "shm/rundir.h"
#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define WAITS	5
#define MANY	5000		/* answers that no socket has room for */

/* The next answer to an attach: how many objects came, if that is all. */
static int
answer_take(int fd, uint32_t id)
{
	struct pollfd p = { fd, POLLIN, 0 };
	int fds[CADRE_FRAME_FDS_MAX], err;
	unsigned int n = CADRE_FRAME_FDS_MAX;
	struct cadre__frame f;
	uint32_t body[2];

	if (poll(&p, 1, APP_WAIT_S * 1000) != 1)
		return -ETIMEDOUT;
	err = cadre__frame_recv(fd, &f, body, sizeof(body), fds, &n);
	if (err < 0)
		return err;
	for (unsigned int i = 0; i < n; i++)
		close(fds[i]);
	return f.type == CADRE_FRAME_OBJECTS && f.id == id && body[0] == 0 &&
	    body[1] == n ? (int)n : -EBADMSG;
}

/* One seat, so an answer is one frame of few objects. */
static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_set(m, CADRE_MAX_WORKERS, 1);
}

int
main(void)
{
	struct cadre__frame f = { .type = CADRE_FRAME_ATTACH };
	struct app *a = app_start_with(1, app_idle, config, NULL);
	int dirfd, fd, asked = 0, whole, objects, room = 1, waits = 0;
	char path[512];

	dirfd = cadre__rundir_find(a->name, path, sizeof(path));
	fd = cadre__rundir_connect(dirfd);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	while (asked < MANY && waits < WAITS) {
		f.id = (uint32_t)asked;
		waits = cadre__frame_send(fd, &f, NULL, NULL, 0) < 0 ?
		    waits + 1 : 0;
		asked += waits == 0;
		if (waits > 0 && !probe_turn(a))
			break;		/* others must be answered */
	}
	ok(waits == WAITS, "it asks %d times, then the master waits for room",
	    asked);
	objects = answer_take(fd, 0);
	ok(objects > 2, "an answer is %d objects", objects);
	for (whole = 1; whole < asked; whole++)
		if (answer_take(fd, (uint32_t)whole) != objects)
			break;
	is_int(whole, asked, "each answer comes whole, and in order");
	close(fd);
	close(dirfd);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
