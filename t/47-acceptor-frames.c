/* t/47-acceptor-frames: an acceptor that breaks the protocol is ended and replaced; what it may say is believed as numbers */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <unistd.h>

#include <sys/pidfd.h>
#include <sys/socket.h>

#include "runtime/refusal.h"
#include "shm/frame.h"
#include "t/lib/keeper.h"
#include "t/lib/tap.h"

static const struct row {
	const char	*name;
	uint16_t	type;
	uint32_t	length, reason, listener, count;
} rows[] = {
	{ "of another type", CADRE_FRAME_READY, 0, 0, 0, 0 },
	{ "of no type", 99, 16, 0, 0, 1 },
	{ "cut", CADRE_FRAME_REFUSED, 8, 0, 0, 1 },
	{ "too long", CADRE_FRAME_REFUSED, 64, 0, 0, 1 },
	{ "for a reason that there is not", CADRE_FRAME_REFUSED, 16, REFUSALS,
	    0, 1 },
	{ "for a worker's reason", CADRE_FRAME_REFUSED, 16, REFUSAL_PROXY_LATE,
	    0, 1 },
	{ "of a listener that there is not", CADRE_FRAME_REFUSED, 16,
	    REFUSAL_STICKY_LATE, 1, 1 },
	{ "of nobody", CADRE_FRAME_REFUSED, 16, REFUSAL_STICKY_LATE, 0, 0 },
};

/* By whatever channel it has. How many there are; -1: we may not. */
static int
say(pid_t pid, const struct row *r)
{
	const struct cadre__frame frame = { CADRE_FRAME_VERSION, r->type, 0,
	    r->length, 0 };
	const uint32_t body[4] = { r->reason, r->listener, r->count, 0 };
	char bytes[sizeof(frame) + 64] = "";
	int pidfd = pidfd_open(pid, 0), type, n = 0, fd;
	socklen_t got = sizeof(type);

	memcpy(bytes, &frame, sizeof(frame));
	memcpy(bytes + sizeof(frame), body, sizeof(body));
	for (int i = 3; i < 256; i++) {
		fd = pidfd_getfd(pidfd, i, 0);
		if (fd < 0)
			continue;
		if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &got) == 0 &&
		    type == SOCK_SEQPACKET && send(fd, bytes, sizeof(frame) +
		    r->length, MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
			n++;
		close(fd);
	}
	close(pidfd);
	return n > 0 ? n : -1;
}

int
main(void)
{
	static const struct row good = { "", CADRE_FRAME_REFUSED, 16,
	    REFUSAL_STICKY_LATE, 0, 7 };
	struct app *a = keeper_start(2, keeper, "mode=sticky:cookie:sid");
	struct cadre_shm_event e;
	unsigned int seat;
	pid_t pid;
	int fd;

	if (say(keeper_acceptor(a), &good) < 0) {
		app_stop(a);
		skip_all("no right to another process's descriptors");
	}
	ok(app_wait_event(a, CADRE_EVENT_PEERS, CADRE_NO_SEAT, &e) &&
	    e.tries == 7 && memmem(e.text, e.text_bytes, "7 connections", 13)
	    != NULL, "it says whom it refused");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pid = keeper_acceptor(a);
		say(pid, &rows[i]);
		ok(app_wait_event(a, CADRE_EVENT_ACCEPTOR, CADRE_NO_SEAT, &e)
		    && memmem(e.text, e.text_bytes, "is ended", 8) != NULL,
		    "a frame %s ends it: %.*s", rows[i].name,
		    (int)e.text_bytes, e.text);
		ok(app_wait_event(a, CADRE_EVENT_ACCEPTOR, CADRE_NO_SEAT, &e),
		    "it is dead");
		ok(app_gone(pid) && keeper_acceptor(a) != pid, "another comes");
		fd = keeper_enter(a, &seat);
		ok(fd >= 0, "which gives out what waits");
		close(fd);
	}
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
